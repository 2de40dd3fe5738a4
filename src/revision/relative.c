// "[branch@][symbol](+|-)N", taken apart as Alembic's regular expression `(?:(.+?)@)?(\w+)?((?:\+|-)\d+)` does with match():
// from the start, and whatever follows the digits is ignored. Letters beyond ASCII are taken for word characters all alike.
#include "revision_int.h"

// Matches `(\w+)?((?:\+|-)\d+)` at `at`.
static bool match_rest(Str text, size_t at, Relative *relative)
{
    size_t start = at;
    while (at < text.len && is_word_byte(text.ptr[at]))
        at++;
    relative->has_symbol = at > start;
    relative->symbol = str_slice(text, start, at);
    if (at == text.len || (text.ptr[at] != '+' && text.ptr[at] != '-'))
        return false;
    size_t digits = at + 1, end = digits;
    enum { LARGEST = 100 * 1000 * 1000 };   // more steps than any chain has
    relative->steps = 0;
    for (; end < text.len && text.ptr[end] >= '0' && text.ptr[end] <= '9'; end++)
        if (relative->steps < LARGEST)
            relative->steps = relative->steps * 10 + (text.ptr[end] - '0');
    if (text.ptr[at] == '-')
        relative->steps = -relative->steps;
    relative->digits = str_slice(text, at, end);
    return end > digits;
}

bool relative_match(Str text, Relative *relative)
{
    *relative = (Relative){0};
    size_t newline = str_find_char(text, '\n', 0);
    for (size_t at = 1; (at = str_find_char(text, '@', at)) != SIZE_MAX && at < newline; at++)
        if (match_rest(text, at + 1, relative)) {
            relative->has_branch = true;
            relative->branch = str_slice(text, 0, at);
            return true;
        }
    return match_rest(text, 0, relative);
}
