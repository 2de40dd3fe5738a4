// Str, Buf and UTF-8.
#include "waybill/base.h"

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

bool str_equal_fold(Str a, Str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

bool str_is_one_of(Str s, const char *const *words)
{
    for (; *words; words++)
        if (str_equal_fold(s, str_from(*words)))
            return true;
    return false;
}

int str_compare(Str a, Str b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len ? memcmp(a.ptr, b.ptr, len) : 0;
    return order ? order : a.len < b.len ? -1 : a.len > b.len;
}

bool str_starts(Str s, Str prefix)
{
    return s.len >= prefix.len && str_equal(str_slice(s, 0, prefix.len), prefix);
}

bool str_ends(Str s, Str suffix)
{
    return s.len >= suffix.len && str_equal(str_slice(s, s.len - suffix.len, s.len), suffix);
}

Str str_trim(Str s)
{
    while (s.len && is_space(s.ptr[0]))
        s = str_slice(s, 1, s.len);
    while (s.len && is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

size_t str_find(Str s, Str needle, size_t from)
{
    if (!needle.len)
        return from <= s.len ? from : SIZE_MAX;
    for (size_t at = from; at + needle.len <= s.len; at++) {
        const char *hit = memchr(s.ptr + at, needle.ptr[0], s.len - needle.len - at + 1);
        if (!hit)
            return SIZE_MAX;
        at = (size_t)(hit - s.ptr);
        if (memcmp(hit, needle.ptr, needle.len) == 0)
            return at;
    }
    return SIZE_MAX;
}

size_t str_find_char(Str s, char c, size_t from)
{
    const char *hit = from < s.len ? memchr(s.ptr + from, c, s.len - from) : NULL;
    return hit ? (size_t)(hit - s.ptr) : SIZE_MAX;
}

Str str_cut(Str *rest, char separator)
{
    size_t at = str_find_char(*rest, separator, 0);
    Str piece = at == SIZE_MAX ? *rest : str_slice(*rest, 0, at);
    *rest = at == SIZE_MAX ? str_slice(*rest, rest->len, rest->len) : str_slice(*rest, at + 1, rest->len);
    return piece;
}

char *str_cstr(Arena *arena, Str s)
{
    char *copy = arena_alloc(arena, s.len + 1);
    if (s.len)
        memcpy(copy, s.ptr, s.len);
    return copy;
}

Str str_copy(Arena *arena, Str s)
{
    return (Str){str_cstr(arena, s), s.len};
}

bool str_is_ascii(Str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] > 0x7f)
            return false;
    return true;
}

Str str_lower(Arena *arena, Str s)
{
    char *copy = str_cstr(arena, s);
    for (size_t i = 0; i < s.len; i++)
        copy[i] = lower(copy[i]);
    return (Str){copy, s.len};
}

Str str_upper(Arena *arena, Str s)
{
    char *copy = str_cstr(arena, s);
    for (size_t i = 0; i < s.len; i++)
        copy[i] = upper(copy[i]);
    return (Str){copy, s.len};
}

Str str_replace(Arena *arena, Str s, Str from, Str to)
{
    Buf out = buf_open(arena);
    size_t done = 0;
    for (size_t at; from.len && (at = str_find(s, from, done)) != SIZE_MAX; done = at + from.len) {
        buf_add(&out, str_slice(s, done, at));
        buf_add(&out, to);
    }
    if (done == 0)
        return s;
    buf_add(&out, str_slice(s, done, s.len));
    return buf_str(&out);
}

PRINTF_LIKE(2, 0) static void add_formatted(Buf *buf, const char *format, va_list args)
{
    char few[256];   // most texts fit, so that they are formatted once
    va_list again;
    va_copy(again, args);
    int wanted = vsnprintf(few, sizeof few, format, again);
    va_end(again);
    if (wanted < 0)
        BUG("bad format");
    buf_reserve(buf, (size_t)wanted + 1);
    if ((size_t)wanted < sizeof few)
        memcpy(buf->ptr + buf->len, few, (size_t)wanted + 1);
    else
        vsnprintf(buf->ptr + buf->len, (size_t)wanted + 1, format, args);
    buf->len += (size_t)wanted;
}

Str str_vformat(Arena *arena, const char *format, va_list args)
{
    Buf buf = buf_open(arena);
    add_formatted(&buf, format, args);
    return buf_str(&buf);
}

Str str_format(Arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str text = str_vformat(arena, format, args);
    va_end(args);
    return text;
}

uint64_t str_hash(Str s)
{
    uint64_t hash = 0xcbf29ce484222325u;   // FNV-1a
    for (size_t i = 0; i < s.len; i++)
        hash = (hash ^ (unsigned char)s.ptr[i]) * 0x100000001b3u;
    return hash ^ hash >> 29;
}

size_t utf8_decode(Str s, uint32_t *code)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (!s.len)
        return 0;
    unsigned char first = (unsigned char)s.ptr[0];
    if (first < 0x80) {
        *code = first;
        return 1;
    }
    size_t len = first >= 0xf0 && first < 0xf8   ? 4
                 : first >= 0xe0 && first < 0xf0 ? 3
                 : first >= 0xc2 && first < 0xe0 ? 2
                                                 : 0;
    if (!len || s.len < len)
        return 0;
    uint32_t value = first & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        unsigned char next = (unsigned char)s.ptr[i];
        if ((next & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (next & 0x3f);
    }
    if (value < smallest[len] || value > 0x10ffff)
        return 0;
    *code = value;
    return len;
}

size_t utf8_encode(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)((0xf00u >> len & 0xffu) | code);
    return len;
}

size_t utf8_check(Str s)
{
    for (size_t at = 0; at < s.len;) {
        uint32_t code;
        size_t len = utf8_decode(str_slice(s, at, s.len), &code);
        if (!len || (code >= 0xd800 && code <= 0xdfff))
            return at;
        at += len;
    }
    return SIZE_MAX;
}

size_t utf16_units(uint32_t code, uint32_t units[2])
{
    units[0] = code;
    if (code <= 0xffff)
        return 1;
    units[0] = 0xd800 + ((code - 0x10000) >> 10);
    units[1] = 0xdc00 + ((code - 0x10000) & 0x3ff);
    return 2;
}

size_t utf8_length(Str s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++)
        count += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
    return count;
}

// Source: Unicode 15, general categories Cc, Cf, Zl and Zp, and Default_Ignorable_Code_Point.
bool code_is_hidden(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } hidden[] = {
        {0x00, 0x1f},       {0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},     {0x600, 0x605},
        {0x61c, 0x61c},     {0x6dd, 0x6dd},     {0x70f, 0x70f},     {0x890, 0x891},     {0x8e2, 0x8e2},
        {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200f},   {0x2028, 0x202e},
        {0x2060, 0x206f},   {0x3164, 0x3164},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
        {0xfff0, 0xfffb},   {0x110bd, 0x110bd}, {0x110cd, 0x110cd}, {0x13430, 0x1343f}, {0x1bca0, 0x1bca3},
        {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
    };
    if (code >= 0x20 && code < 0x7f)
        return false;
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        if (code >= hidden[i].first && code <= hidden[i].last)
            return true;
    return false;
}

void buf_reserve(Buf *buf, size_t more)
{
    if (buf->cap - buf->len >= more)
        return;
    size_t cap = buf->cap ? buf->cap : 64;
    while (cap - buf->len < more) {
        if (cap > SIZE_MAX / 4)
            out_of_memory(more);
        cap *= 2;
    }
    buf->ptr = arena_grow(buf->arena, buf->ptr, buf->cap, cap);
    buf->cap = cap;
}

void buf_add(Buf *buf, Str s)
{
    if (!s.len)
        return;
    buf_reserve(buf, s.len);
    memcpy(buf->ptr + buf->len, s.ptr, s.len);
    buf->len += s.len;
}

void buf_add_char(Buf *buf, char c)
{
    buf_reserve(buf, 1);
    buf->ptr[buf->len++] = c;
}

void buf_add_code(Buf *buf, uint32_t code)
{
    char bytes[4];
    size_t len = utf8_encode(code, bytes);
    buf_add(buf, (Str){bytes, len});
}

void buf_addf(Buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_formatted(buf, format, args);
    va_end(args);
}

void buf_add_hex(Buf *buf, Str bytes)
{
    static const char digits[] = "0123456789abcdef";
    buf_reserve(buf, bytes.len * 2);
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];
        buf_add_char(buf, digits[c >> 4]);
        buf_add_char(buf, digits[c & 15]);
    }
}

void buf_add_json(Buf *buf, Str s)
{
    buf_add_char(buf, '"');
    for (size_t i = 0; i < s.len;) {
        unsigned char c = (unsigned char)s.ptr[i];
        uint32_t code;
        size_t len = c < 0x80 ? 1 : utf8_decode(str_slice(s, i, s.len), &code);
        if (c == '"' || c == '\\') {
            buf_add_char(buf, '\\');
            buf_add_char(buf, (char)c);
        } else if (c == '\n') {
            buf_add(buf, STR("\\n"));
        } else if (c < 0x20 || c == 0x7F) {
            buf_addf(buf, "\\u%04x", c);
        } else if (c >= 0x80 && (!len || (code >= 0xD800 && code <= 0xDFFF))) {
            buf_add(buf, STR("\xEF\xBF\xBD"));
        } else {
            buf_add(buf, str_slice(s, i, i + len));
        }
        i += len ? len : 1;
    }
    buf_add_char(buf, '"');
}

Str str_printable(Arena *arena, Str s)
{
    Buf out = buf_open(arena);
    for (size_t at = 0; at < s.len;) {
        uint32_t code = 0;
        size_t len = utf8_decode(str_slice(s, at, s.len), &code);
        bool surrogate = code >= 0xd800 && code <= 0xdfff;
        if (!len) {
            buf_addf(&out, "\\x%02x", (unsigned char)s.ptr[at]);
            len = 1;
        } else if (code == '\n') {
            buf_add(&out, STR("\\n"));
        } else if (surrogate || code_is_hidden(code)) {
            buf_addf(&out, code < 0x100 ? "\\x%02x" : code > 0xffff ? "\\U%08x" : "\\u%04x", code);
        } else {
            buf_add(&out, str_slice(s, at, at + len));
        }
        at += len;
    }
    return buf_str(&out);
}
