// White space as Python's str knows it: str.strip() and "\s" decide how ini files, docstrings and lists are cut.
#include "revision_int.h"

bool space_is(uint32_t code)
{
    return (code >= 9 && code <= 13) || (code >= 0x1C && code <= 0x20) || code == 0x85 || code == 0xA0 || code == 0x1680 ||
           (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F ||
           code == 0x3000;
}

Str space_trim_start(Str s)
{
    while (s.len) {
        uint32_t code;
        size_t len = utf8_decode(s, &code);
        if (!len || !space_is(code))
            break;
        s = str_slice(s, len, s.len);
    }
    return s;
}

Str space_trim_end(Str s)
{
    while (s.len) {
        size_t start = s.len - 1;
        while (start && ((unsigned char)s.ptr[start] & 0xC0) == 0x80)
            start--;
        uint32_t code;
        size_t len = utf8_decode(str_slice(s, start, s.len), &code);
        if (len != s.len - start || !space_is(code))
            break;
        s.len = start;
    }
    return s;
}

Str space_trim(Str s)
{
    return space_trim_end(space_trim_start(s));
}
