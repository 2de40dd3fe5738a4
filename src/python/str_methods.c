// Methods of str and bytes.
#include <ctype.h>

#include "python_int.h"

#define METHOD(name) static bool name(Interp *in, Value self, const Args *args, Value *out)

static Value same_kind(Value self, Str text)
{
    return (Value){.kind = self.kind, .text = text};
}

// A text where self is one, bytes where it is bytes.
static bool want_alike(Interp *in, Value self, const Args *args, Value v, const char *method, Str *out)
{
    ValueKind kind = unwrap(v).kind;
    if (kind != self.kind && (kind == VALUE_STR || kind == VALUE_BYTES))
        return interp_raise(in, args->at, STR("TypeError"), "%s() wants %.*s, not %.*s", method,
                            STR_ARGS(value_type_name(self)), STR_ARGS(value_type_name(v)));
    return want_text(in, args, v, method, out);
}

static bool is_space_at(Str s, size_t i)
{
    unsigned char c = (unsigned char)s.ptr[i];
    return c == ' ' || (c >= 9 && c <= 13) || (c >= 0x1C && c <= 0x1F);
}

static bool done(Interp *in, const Args *args, Value self, const Buf *buf, Value *out)
{
    *out = same_kind(self, buf_str(buf));
    return interp_room(in, args->at, buf->len);
}

// ASCII letters change case; so do the letters of Latin-1, Greek and Cyrillic, which have theirs at a fixed distance.
static uint32_t change_case(uint32_t c, bool upper)
{
    if (c < 0x80)
        return (uint32_t)(upper ? toupper((int)c) : tolower((int)c));
    if (upper) {
        if ((c >= 0xE0 && c <= 0xFE && c != 0xF7) || (c >= 0x3B1 && c <= 0x3C9 && c != 0x3C2) || (c >= 0x430 && c <= 0x44F))
            return c - 32;
        if (c >= 0x450 && c <= 0x45F)
            return c - 80;
        if (c >= 0x100 && c <= 0x17F && c != 0x131 && c != 0x138 && c != 0x149 && c != 0x17F)
            return ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) ? (c & 1 ? c : c - 1) : c & ~1u;
        return c == 0xFF ? 0x178 : c;
    }
    if ((c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F))
        return c + 32;
    if (c >= 0x400 && c <= 0x40F)
        return c + 80;
    if (c >= 0x100 && c <= 0x17F && c != 0x130 && c != 0x138 && c != 0x149 && c != 0x178 && c != 0x17F)
        return ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) ? (c & 1 ? c + 1 : c) : c | 1u;
    return c == 0x178 ? 0xFF : c;
}

typedef enum CaseRule { CASE_UPPER, CASE_LOWER, CASE_SWAP, CASE_TITLE, CASE_CAPITAL } CaseRule;

static bool is_letter(uint32_t c)
{
    return c < 0x80 ? isalpha((int)c) != 0
                    : change_case(c, true) != c || change_case(c, false) != c || c == 0xDF || c >= 0x370;
}

static bool recase(Interp *in, Value self, const Args *args, CaseRule rule, Value *out)
{
    Buf buf = buf_open(in->arena);
    bool inside = false;
    if (!take_args(in, args, "case", "", out))
        return false;
    for (size_t i = 0; i < self.text.len;) {
        uint32_t code = (unsigned char)self.text.ptr[i];
        size_t bytes = self.kind == VALUE_STR ? utf8_decode(str_slice(self.text, i, self.text.len), &code) : 1;
        i += bytes ? bytes : 1;
        bool upper = rule == CASE_UPPER || (rule == CASE_SWAP && (change_case(code, true) != code || code == 0xDF)) ||
                     ((rule == CASE_TITLE || rule == CASE_CAPITAL) && !inside);
        if (upper && code == 0xDF) {
            buf_add(&buf, rule == CASE_TITLE || rule == CASE_CAPITAL ? STR("Ss") : STR("SS"));
        } else if (self.kind == VALUE_BYTES && code > 0x7F) {
            buf_add_char(&buf, (char)code);
        } else {
            buf_add_code(&buf, change_case(code, upper));
        }
        inside = rule == CASE_TITLE ? is_letter(code) : true;
    }
    return done(in, args, self, &buf, out);
}

METHOD(s_upper)
{
    return recase(in, self, args, CASE_UPPER, out);
}
METHOD(s_lower)
{
    return recase(in, self, args, CASE_LOWER, out);
}
METHOD(s_casefold)
{
    Value folded = same_kind(self, str_replace(in->arena, self.text, STR("ß"), STR("ss")));
    return recase(in, folded, args, CASE_LOWER, out);
}
METHOD(s_swapcase)
{
    return recase(in, self, args, CASE_SWAP, out);
}
METHOD(s_title)
{
    return recase(in, self, args, CASE_TITLE, out);
}
METHOD(s_capitalize)
{
    return recase(in, self, args, CASE_CAPITAL, out);
}

static bool join_texts(Interp *in, Value self, const Args *args, Value *out)
{
    Value iterable, list;
    Buf buf = buf_open(in->arena);
    if (!take_args(in, args, "join", "iterable", &iterable) || !interp_iterate(in, args->at, iterable, &list))
        return false;
    for (size_t i = 0; i < list.list->values.count; i++) {
        Value item = unwrap(list.list->values.items[i]);
        if (is_unknown(item)) {
            *out = value_unknown_by(item);
            return true;
        }
        if (item.kind != self.kind)
            return interp_raise(in, args->at, STR("TypeError"), "sequence item %zu: expected str instance, %.*s found", i,
                                STR_ARGS(value_type_name(item)));
        if (i)
            buf_add(&buf, self.text);
        buf_add(&buf, item.text);
        if (buf.len > LIMIT_VALUE_BYTES)
            break;
    }
    return done(in, args, self, &buf, out);
}

METHOD(s_join)
{
    return join_texts(in, self, args, out);
}

static bool in_set(Str text, size_t at, size_t len, Value chars)
{
    return is_unset(chars) || value_is_none(chars) ? len == 1 && is_space_at(text, at)
                                                   : str_find(chars.text, str_slice(text, at, at + len), 0) != SIZE_MAX;
}

static bool strip(Interp *in, Value self, const Args *args, bool left, bool right, Value *out)
{
    Value chars;
    Str text = self.text, ignored;
    if (!take_args(in, args, "strip", "chars?", &chars) ||
        (!is_unset(chars) && !value_is_none(chars) && !want_alike(in, self, args, chars, "strip", &ignored)))
        return false;
    chars = unwrap(chars);
    while (left && text.len) {
        uint32_t code;
        size_t bytes = self.kind == VALUE_STR ? utf8_decode(text, &code) : 1;
        bytes = bytes ? bytes : 1;
        if (!in_set(text, 0, bytes, chars))
            break;
        text = str_slice(text, bytes, text.len);
    }
    while (right && text.len) {
        size_t at = text.len - 1;
        while (self.kind == VALUE_STR && at && ((unsigned char)text.ptr[at] & 0xC0) == 0x80)
            at--;
        if (!in_set(text, at, text.len - at, chars))
            break;
        text.len = at;
    }
    *out = same_kind(self, text);
    return true;
}

METHOD(s_strip)
{
    return strip(in, self, args, true, true, out);
}
METHOD(s_lstrip)
{
    return strip(in, self, args, true, false, out);
}
METHOD(s_rstrip)
{
    return strip(in, self, args, false, true, out);
}

static void split_space(Interp *in, Value self, int64_t most, bool right, Value list)
{
    Str text = self.text;
    size_t start = 0, end = text.len;
    while (!right && start < end && is_space_at(text, start))
        start++;
    while (right && end && is_space_at(text, end - 1))
        end--;
    while (start < end) {
        if (!most--) {
            list_push(in->arena, list, same_kind(self, str_slice(text, start, end)));
            return;
        }
        size_t cut = right ? end : start;
        while (right ? cut > start && !is_space_at(text, cut - 1) : cut < end && !is_space_at(text, cut))
            right ? cut-- : cut++;
        list_push(in->arena, list, same_kind(self, right ? str_slice(text, cut, end) : str_slice(text, start, cut)));
        if (right)
            end = cut;
        else
            start = cut;
        while (right ? end > start && is_space_at(text, end - 1) : start < end && is_space_at(text, start))
            right ? end-- : start++;
    }
}

static size_t find_last(Str text, Str needle, size_t start, size_t end)
{
    if (needle.len > end - start || end < start)
        return SIZE_MAX;
    for (size_t at = end - needle.len + 1; at-- > start;)
        if (memcmp(text.ptr + at, needle.ptr, needle.len) == 0)
            return at;
    return SIZE_MAX;
}

static bool split(Interp *in, Value self, const Args *args, bool right, Value *out)
{
    Value v[2];
    int64_t most = -1;
    if (!take_args(in, args, "split", "sep? maxsplit?", v) || (!is_unset(v[1]) && !want_int(in, args, v[1], "split", &most)))
        return false;
    *out = value_list(in->arena, VALUE_LIST);
    if (is_unset(v[0]) || value_is_none(v[0])) {
        split_space(in, self, most, right, *out);
    } else {
        Str separator, rest = self.text;
        if (!want_alike(in, self, args, v[0], "split", &separator))
            return false;
        if (!separator.len)
            return interp_raise(in, args->at, STR("ValueError"), "empty separator");
        for (size_t at;
             most-- && (at = right ? find_last(rest, separator, 0, rest.len) : str_find(rest, separator, 0)) != SIZE_MAX;) {
            list_push(in->arena, *out,
                      same_kind(self, right ? str_slice(rest, at + separator.len, rest.len) : str_slice(rest, 0, at)));
            rest = right ? str_slice(rest, 0, at) : str_slice(rest, at + separator.len, rest.len);
        }
        list_push(in->arena, *out, same_kind(self, rest));
    }
    if (right)
        list_reverse(*out);
    return interp_items(in, args->at, out->list->values.count) && interp_tick(in, args->at, self.text.len / 32);
}

METHOD(s_split)
{
    return split(in, self, args, false, out);
}
METHOD(s_rsplit)
{
    return split(in, self, args, true, out);
}

METHOD(s_splitlines)
{
    Value keep;
    bool ends = false;
    if (!take_args(in, args, "splitlines", "keepends?", &keep) ||
        (!is_unset(keep) && !interp_truth(in, args->at, keep, "keepends", &ends)))
        return false;
    *out = value_list(in->arena, VALUE_LIST);
    Str text = self.text;
    for (size_t start = 0; start < text.len;) {
        size_t end = start, width = 0;
        for (; end < text.len && !width; end += width ? 0 : 1) {
            unsigned char c = (unsigned char)text.ptr[end];
            if (c == '\r' && end + 1 < text.len && text.ptr[end + 1] == '\n')
                width = 2;
            else if (c == '\n' || c == '\r' || (self.kind == VALUE_STR && (c == 11 || c == 12 || (c >= 0x1C && c <= 0x1E))))
                width = 1;
            else if (self.kind == VALUE_STR && c == 0xC2 && end + 1 < text.len && (unsigned char)text.ptr[end + 1] == 0x85)
                width = 2;
            else if (self.kind == VALUE_STR && c == 0xE2 && end + 2 < text.len && (unsigned char)text.ptr[end + 1] == 0x80 &&
                     ((unsigned char)text.ptr[end + 2] | 1) == 0xA9)
                width = 3;
        }
        list_push(in->arena, *out, same_kind(self, str_slice(text, start, ends ? end + width : end)));
        start = end + width;
    }
    return interp_items(in, args->at, out->list->values.count);
}

METHOD(s_replace)
{
    Value v[3];
    Str from, to, rest = self.text;
    int64_t most = -1;
    Buf buf = buf_open(in->arena);
    if (!take_args(in, args, "replace", "old new count?", v) || !want_alike(in, self, args, v[0], "replace", &from) ||
        !want_alike(in, self, args, v[1], "replace", &to) ||
        (!is_unset(v[2]) && !want_int(in, args, v[2], "replace", &most)))
        return false;
    while (most--) {
        size_t at = from.len ? str_find(rest, from, 0) : 0;
        if (at == SIZE_MAX)
            break;
        if (from.len) {
            buf_add(&buf, str_slice(rest, 0, at));
            buf_add(&buf, to);
            rest = str_slice(rest, at + from.len, rest.len);
        } else {
            uint32_t code;
            size_t bytes = rest.len ? utf8_decode(rest, &code) : 0;
            bytes = rest.len && !bytes ? 1 : bytes;
            buf_add(&buf, to);
            buf_add(&buf, str_slice(rest, 0, bytes));
            if (!rest.len)
                break;
            rest = str_slice(rest, bytes, rest.len);
        }
        if (!interp_room(in, args->at, buf.len > LIMIT_VALUE_BYTES ? buf.len : to.len))
            return false;
    }
    buf_add(&buf, rest);
    return done(in, args, self, &buf, out);
}

static size_t offset_of(Str text, int64_t index, bool ascii)
{
    size_t at = 0;
    if (ascii)
        return (size_t)index;
    for (uint32_t code; index-- > 0 && at < text.len;) {
        size_t bytes = utf8_decode(str_slice(text, at, text.len), &code);
        at += bytes ? bytes : 1;
    }
    return at;
}

// start and end of a search, in bytes.
static bool range_of(Interp *in, const Args *args, Value self, Value start, Value end, size_t *from, size_t *to)
{
    Builtin slice = {.kind = B_SLICE};
    Value parts = value_list(in->arena, VALUE_TUPLE);
    int64_t first, count, step, length = (int64_t)(self.kind == VALUE_STR ? utf8_length(self.text) : self.text.len);
    list_push(in->arena, parts, is_unset(start) ? VALUE_OF_NONE : start);
    list_push(in->arena, parts, is_unset(end) ? VALUE_OF_NONE : end);
    list_push(in->arena, parts, VALUE_OF_NONE);
    slice.self = parts;
    if (!slice_bounds(in, args->at, &slice, length, &first, &count, &step))
        return false;
    bool ascii = (size_t)length == self.text.len;
    *from = offset_of(self.text, first, ascii);
    *to = offset_of(self.text, first + count, ascii);
    return true;
}

static bool find_in(Interp *in, Value self, const Args *args, bool last, bool must, Value *out)
{
    Value v[3];
    Str needle;
    size_t from, to;
    if (!take_args(in, args, "find", "sub start? end?", v) || !want_alike(in, self, args, v[0], "find", &needle) ||
        !range_of(in, args, self, v[1], v[2], &from, &to))
        return false;
    Str part = str_slice(self.text, 0, to);
    size_t at = last ? find_last(part, needle, from, to) : str_find(part, needle, from);
    int64_t start;
    bool beyond = !is_unset(v[1]) && is_integral(v[1], &start) && start > (int64_t)utf8_length(self.text);
    if (at == SIZE_MAX || beyond) {
        *out = value_int(-1);
        return !must || interp_raise(in, args->at, STR("ValueError"), "substring not found");
    }
    *out = value_int((int64_t)(self.kind == VALUE_STR ? utf8_length(str_slice(self.text, 0, at)) : at));
    return interp_tick(in, args->at, self.text.len / 32);
}

METHOD(s_find)
{
    return find_in(in, self, args, false, false, out);
}
METHOD(s_rfind)
{
    return find_in(in, self, args, true, false, out);
}
METHOD(s_index)
{
    return find_in(in, self, args, false, true, out);
}
METHOD(s_rindex)
{
    return find_in(in, self, args, true, true, out);
}

METHOD(s_count)
{
    Value v[3];
    Str needle;
    size_t from, to;
    int64_t count = 0;
    if (!take_args(in, args, "count", "sub start? end?", v) || !want_alike(in, self, args, v[0], "count", &needle) ||
        !range_of(in, args, self, v[1], v[2], &from, &to))
        return false;
    Str part = str_slice(self.text, from, to);
    if (!needle.len)
        count = (int64_t)utf8_length(part) + 1;
    else
        for (size_t at = 0; (at = str_find(part, needle, at)) != SIZE_MAX; at += needle.len)
            count++;
    *out = value_int(count);
    return interp_tick(in, args->at, self.text.len / 32);
}

static bool affix(Interp *in, Value self, const Args *args, bool ends, Value *out)
{
    Value v[3], choices;
    size_t from, to;
    if (!take_args(in, args, ends ? "endswith" : "startswith", "prefix start? end?", v) ||
        !range_of(in, args, self, v[1], v[2], &from, &to))
        return false;
    choices = unwrap(v[0]);
    if (choices.kind != VALUE_TUPLE) {
        choices = value_list(in->arena, VALUE_TUPLE);
        list_push(in->arena, choices, v[0]);
    }
    Str part = str_slice(self.text, from, to);
    bool found = false;
    for (size_t i = 0; i < choices.list->values.count; i++) {
        Str text;
        if (!want_alike(in, self, args, choices.list->values.items[i], ends ? "endswith" : "startswith", &text))
            return false;
        found = found || (ends ? str_ends(part, text) : str_starts(part, text));
    }
    *out = value_bool(found);
    return true;
}

METHOD(s_startswith)
{
    return affix(in, self, args, false, out);
}
METHOD(s_endswith)
{
    return affix(in, self, args, true, out);
}

METHOD(s_removeprefix)
{
    Value v;
    Str text;
    if (!take_args(in, args, "removeprefix", "prefix", &v) || !want_alike(in, self, args, v, "removeprefix", &text))
        return false;
    *out = same_kind(self, str_starts(self.text, text) ? str_slice(self.text, text.len, self.text.len) : self.text);
    return true;
}

METHOD(s_removesuffix)
{
    Value v;
    Str text;
    if (!take_args(in, args, "removesuffix", "suffix", &v) || !want_alike(in, self, args, v, "removesuffix", &text))
        return false;
    *out = same_kind(self, str_ends(self.text, text) ? str_slice(self.text, 0, self.text.len - text.len) : self.text);
    return true;
}

static bool justify(Interp *in, Value self, const Args *args, char align, Value *out)
{
    Value v[2];
    int64_t width;
    Str fill = STR(" ");
    if (!take_args(in, args, "just", "width fillchar?", v) || !want_int(in, args, v[0], "just", &width) ||
        (!is_unset(v[1]) && !want_alike(in, self, args, v[1], "just", &fill)))
        return false;
    int64_t missing = width - (int64_t)utf8_length(self.text);
    if (missing <= 0) {
        *out = self;
        return true;
    }
    if (utf8_length(fill) != 1)
        return interp_raise(in, args->at, STR("TypeError"), "The fill character must be exactly one character long");
    if (!interp_room(in, args->at, (uint64_t)width * fill.len))
        return false;
    // CPython's center puts the odd one out left when the width is odd.
    int64_t before = align == '<' ? 0 : align == '>' ? missing : missing / 2 + (missing & width & 1);
    Buf buf = buf_open(in->arena);
    for (int64_t i = 0; i < before; i++)
        buf_add(&buf, fill);
    buf_add(&buf, self.text);
    for (int64_t i = before; i < missing; i++)
        buf_add(&buf, fill);
    return done(in, args, self, &buf, out);
}

METHOD(s_ljust)
{
    return justify(in, self, args, '<', out);
}
METHOD(s_rjust)
{
    return justify(in, self, args, '>', out);
}
METHOD(s_center)
{
    return justify(in, self, args, '^', out);
}

METHOD(s_zfill)
{
    Value v;
    int64_t width;
    if (!take_args(in, args, "zfill", "width", &v) || !want_int(in, args, v, "zfill", &width) ||
        !interp_room(in, args->at, width > 0 ? (uint64_t)width : 0))
        return false;
    int64_t missing = width - (int64_t)utf8_length(self.text);
    bool sign = self.text.len && (self.text.ptr[0] == '-' || self.text.ptr[0] == '+');
    Buf buf = buf_open(in->arena);
    buf_add(&buf, str_slice(self.text, 0, sign));
    while (missing-- > 0)
        buf_add_char(&buf, '0');
    buf_add(&buf, str_slice(self.text, sign, self.text.len));
    return done(in, args, self, &buf, out);
}

static bool partition(Interp *in, Value self, const Args *args, bool last, Value *out)
{
    Value v;
    Str separator;
    if (!take_args(in, args, "partition", "sep", &v) || !want_alike(in, self, args, v, "partition", &separator))
        return false;
    if (!separator.len)
        return interp_raise(in, args->at, STR("ValueError"), "empty separator");
    size_t at = last ? find_last(self.text, separator, 0, self.text.len) : str_find(self.text, separator, 0);
    bool found = at != SIZE_MAX;
    Str none = STR_EMPTY;
    *out = value_list(in->arena, VALUE_TUPLE);
    list_push(in->arena, *out, same_kind(self, found ? str_slice(self.text, 0, at) : last ? none : self.text));
    list_push(in->arena, *out, same_kind(self, found ? separator : none));
    list_push(in->arena, *out,
              same_kind(self, found  ? str_slice(self.text, at + separator.len, self.text.len)
                              : last ? self.text
                                     : none));
    return true;
}

METHOD(s_partition)
{
    return partition(in, self, args, false, out);
}
METHOD(s_rpartition)
{
    return partition(in, self, args, true, out);
}

typedef enum CharTest {
    IS_DIGITS,
    IS_ALPHA,
    IS_ALNUM,
    IS_SPACES,
    IS_UPPER,
    IS_LOWER,
    IS_ASCII,
    IS_IDENTIFIER,
    IS_TITLE
} CharTest;

static bool test_characters(Interp *in, Value self, const Args *args, CharTest test, Value *out)
{
    bool holds = self.text.len > 0, cased = false;
    if (!take_args(in, args, "is", "", out))
        return false;
    bool inside = false;
    for (size_t i = 0; i < self.text.len && (holds || test == IS_ASCII);) {
        uint32_t c = (unsigned char)self.text.ptr[i];
        size_t bytes = self.kind == VALUE_STR ? utf8_decode(str_slice(self.text, i, self.text.len), &c) : 1;
        bool digit = c >= '0' && c <= '9', letter = is_letter(c);
        bool is_upper = change_case(c, false) != c, is_lower = change_case(c, true) != c || c == 0xDF;
        switch (test) {
        case IS_DIGITS: holds = digit; break;
        case IS_ALPHA: holds = letter; break;
        case IS_ALNUM: holds = letter || digit; break;
        case IS_SPACES:
            holds = c < 0x80 ? is_space_at(self.text, i)
                             : c == 0x85 || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
                                   c == 0x3000;
            break;
        case IS_UPPER:
            holds = !is_lower;
            cased = cased || is_upper;
            break;
        case IS_LOWER:
            holds = !is_upper;
            cased = cased || is_lower;
            break;
        case IS_ASCII: holds = c < 0x80; break;
        case IS_IDENTIFIER: holds = letter || c == '_' || (digit && i); break;
        case IS_TITLE:
            holds = is_upper ? !inside : is_lower ? inside : true;
            cased = cased || is_upper;
            inside = is_upper || is_lower;
            break;
        }
        if (test == IS_ASCII && !holds)
            break;
        i += bytes ? bytes : 1;
    }
    if (test == IS_ASCII && !self.text.len)
        holds = true;
    *out = value_bool(holds && (cased || (test != IS_UPPER && test != IS_LOWER && test != IS_TITLE)));
    return true;
}

METHOD(s_isdigit)
{
    return test_characters(in, self, args, IS_DIGITS, out);
}
METHOD(s_isalpha)
{
    return test_characters(in, self, args, IS_ALPHA, out);
}
METHOD(s_isalnum)
{
    return test_characters(in, self, args, IS_ALNUM, out);
}
METHOD(s_isspace)
{
    return test_characters(in, self, args, IS_SPACES, out);
}
METHOD(s_isupper)
{
    return test_characters(in, self, args, IS_UPPER, out);
}
METHOD(s_islower)
{
    return test_characters(in, self, args, IS_LOWER, out);
}
METHOD(s_isascii)
{
    return test_characters(in, self, args, IS_ASCII, out);
}
METHOD(s_isidentifier)
{
    return test_characters(in, self, args, IS_IDENTIFIER, out);
}
METHOD(s_istitle)
{
    return test_characters(in, self, args, IS_TITLE, out);
}

static bool codec(Interp *in, Value self, const Args *args, ValueKind kind, Value *out)
{
    Value v[2];
    Str name = STR("utf-8");
    if (!take_args(in, args, "encode", "encoding? errors?", v) ||
        (!is_unset(v[0]) && !want_text(in, args, v[0], "encode", &name)))
        return false;
    bool ascii = str_equal_fold(name, STR("ascii")) || str_equal_fold(name, STR("us-ascii"));
    if (!ascii && !str_equal_fold(name, STR("utf-8")) && !str_equal_fold(name, STR("utf8")))
        return interp_refuse(in, args->at, STR_EMPTY, "the encoding \"%.*s\" is not supported", STR_ARGS(name));
    bool high = false;
    for (size_t i = 0; i < self.text.len; i++)
        high = high || (unsigned char)self.text.ptr[i] > 0x7F;
    if ((ascii && high) || (high && utf8_check(self.text) != SIZE_MAX)) {
        if (!is_unset(v[1]))
            return interp_refuse(in, args->at, STR_EMPTY, "encoding with an error handler is not supported for this text");
        return interp_raise(in, args->at, kind == VALUE_BYTES ? STR("UnicodeEncodeError") : STR("UnicodeDecodeError"),
                            "'%.*s' codec can't convert the text", STR_ARGS(name));
    }
    *out = (Value){.kind = kind, .text = self.text};
    return true;
}

METHOD(s_encode)
{
    return codec(in, self, args, VALUE_BYTES, out);
}
METHOD(s_decode)
{
    return codec(in, self, args, VALUE_STR, out);
}

METHOD(s_expandtabs)
{
    Value v;
    int64_t size = 8;
    if (!take_args(in, args, "expandtabs", "tabsize?", &v) ||
        (!is_unset(v) && !want_int(in, args, v, "expandtabs", &size)) ||
        !interp_room(in, args->at, size > 0 ? (uint64_t)size : 0))
        return false;
    Buf buf = buf_open(in->arena);
    int64_t column = 0;
    for (size_t i = 0; i < self.text.len; i++) {
        char c = self.text.ptr[i];
        if (c != '\t') {
            buf_add_char(&buf, c);
            column = c == '\n' || c == '\r' ? 0 : column + (((unsigned char)c & 0xC0) != 0x80);
            continue;
        }
        for (int64_t n = size > 0 ? size - column % size : 0; n > 0; n--, column++)
            buf_add_char(&buf, ' ');
        if (!interp_room(in, args->at, buf.len))
            return false;
    }
    return done(in, args, self, &buf, out);
}

METHOD(s_translate)
{
    Value map;
    if (!take_args(in, args, "translate", "table", &map))
        return false;
    if (map.kind != VALUE_DICT)
        return interp_raise(in, args->at, STR("TypeError"), "translate() needs a dict");
    Buf buf = buf_open(in->arena);
    for (size_t i = 0; i < self.text.len;) {
        uint32_t code;
        size_t bytes = utf8_decode(str_slice(self.text, i, self.text.len), &code);
        bytes = bytes ? bytes : 1;
        const Value *to = dict_find(map.dict, value_int(code));
        if (!to)
            buf_add(&buf, str_slice(self.text, i, i + bytes));
        else if (to->kind == VALUE_STR)
            buf_add(&buf, to->text);
        else if (to->kind == VALUE_INT)
            buf_add_code(&buf, (uint32_t)to->integer);
        i += bytes;
    }
    return done(in, args, self, &buf, out);
}

METHOD(s_hex)
{
    if (!take_args(in, args, "hex", "", out))
        return false;
    Buf buf = buf_open(in->arena);
    buf_add_hex(&buf, self.text);
    *out = value_str(buf_str(&buf));
    return true;
}

#define SHARED_METHODS                                                                                                      \
    NATIVE("join", s_join), NATIVE("replace", s_replace), NATIVE("split", s_split), NATIVE("strip", s_strip),               \
        NATIVE("startswith", s_startswith), NATIVE("endswith", s_endswith), NATIVE("upper", s_upper),                       \
        NATIVE("lower", s_lower), NATIVE("title", s_title), NATIVE("capitalize", s_capitalize),                             \
        NATIVE("swapcase", s_swapcase), NATIVE("lstrip", s_lstrip), NATIVE("rstrip", s_rstrip), NATIVE("rsplit", s_rsplit), \
        NATIVE("splitlines", s_splitlines), NATIVE("find", s_find), NATIVE("rfind", s_rfind), NATIVE("index", s_index),     \
        NATIVE("rindex", s_rindex), NATIVE("count", s_count), NATIVE("removeprefix", s_removeprefix),                       \
        NATIVE("removesuffix", s_removesuffix), NATIVE("ljust", s_ljust), NATIVE("rjust", s_rjust),                         \
        NATIVE("center", s_center), NATIVE("zfill", s_zfill), NATIVE("partition", s_partition),                             \
        NATIVE("rpartition", s_rpartition), NATIVE("isdigit", s_isdigit), NATIVE("isalpha", s_isalpha),                     \
        NATIVE("isalnum", s_isalnum), NATIVE("isspace", s_isspace), NATIVE("isupper", s_isupper),                           \
        NATIVE("islower", s_islower), NATIVE("istitle", s_istitle), NATIVE("isascii", s_isascii),                           \
        NATIVE("expandtabs", s_expandtabs)

const Builtin str_methods[] = {
    NATIVE("format", native_format),         SHARED_METHODS,
    NATIVE("casefold", s_casefold),          NATIVE("isdecimal", s_isdigit),
    NATIVE("isnumeric", s_isdigit),          NATIVE("isidentifier", s_isidentifier),
    NATIVE("format_map", native_format_map), NATIVE("encode", s_encode),
    NATIVE("translate", s_translate),        MEMBERS_END,
};
const Builtin bytes_methods[] = {SHARED_METHODS, NATIVE("decode", s_decode), NATIVE("hex", s_hex), MEMBERS_END};
