// The characters of a script that a database of PostgreSQL's must have. The server takes a message only when its database's
// encoding has each of them, those of comments too, and gives what it compares back from there; what is written by its
// number it makes of that when it reads the text. Which there are is seen in the script itself, once it is written without
// asking.
#include "frame_int.h"

enum { SHORT_DIGITS = 4, LONG_DIGITS = 8, U_DIGITS = 6, BEYOND = 0x10ffff };

static void add(Map *codes, uint32_t code)
{
    if (code > 0x7f && code <= BEYOND && (code < 0xd800 || code > 0xdfff))
        map_put(codes, str_format(codes->arena, "%04X", (unsigned)code), codes);
}

static bool number_at(Str text, size_t at, size_t digits, uint32_t *code)
{
    *code = 0;
    if (at + digits > text.len)
        return false;
    for (size_t i = at; i < at + digits; i++) {
        char c = text.ptr[i];
        int value = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
        if (value < 0)
            return false;
        *code = *code * 16 + (uint32_t)value;
    }
    return true;
}

// \uXXXX, two of them for one character beyond, and \UXXXXXXXX; \XXXX and \+XXXXXX too, as texts and names that begin with
// U& have them.
static void add_numbered(Map *codes, Str text, bool has_u)
{
    uint32_t code, low;
    for (size_t i = 0; (i = str_find_char(text, '\\', i)) != SIZE_MAX && ++i < text.len;) {   // within a text it is doubled
        if (text.ptr[i] == 'u' && number_at(text, i + 1, SHORT_DIGITS, &code)) {
            size_t next = i + 1 + SHORT_DIGITS;
            bool pair = code >> 10 == 0x36 && next + 1 < text.len && text.ptr[next] == '\\' && text.ptr[next + 1] == 'u' &&
                        number_at(text, next + 2, SHORT_DIGITS, &low);
            add(codes, pair ? 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff) : code);
        } else if ((text.ptr[i] == 'U' && number_at(text, i + 1, LONG_DIGITS, &code)) ||
                   (has_u && text.ptr[i] == '+' && number_at(text, i + 1, U_DIGITS, &code)) ||
                   (has_u && number_at(text, i, SHORT_DIGITS, &code))) {
            add(codes, code);
        }
    }
}

static void add_sent(Map *codes, Str text)
{
    uint32_t code;
    for (size_t i = 0, len; i < text.len; i += len) {
        len = utf8_decode(str_slice(text, i, text.len), &code);
        if (!len)
            len = 1;   // no UTF-8: refused elsewhere
        else
            add(codes, code);
    }
}

void postgresql_find_characters(Frame *frame, Str script)
{
    Arena *arena = frame->r->arena;
    frame->sent = map_open(arena);
    frame->numbered = map_open(arena);
    add_sent(&frame->sent, script);
    add_numbered(&frame->numbered, script,
                 str_find(script, STR("U&"), 0) != SIZE_MAX || str_find(script, STR("u&"), 0) != SIZE_MAX);
}

// '{U+00E4 c3a4,U+2192 e28692}': the bytes, or with a "+" the number.
static Str listed(Arena *arena, const Map *codes, bool numbers)
{
    Buf out = buf_open(arena);
    for (const MapEntry *e = map_first(codes); e; e = map_next(codes, e)) {
        char bytes[4];
        uint32_t code;
        number_at(e->key, 0, e->key.len, &code);
        buf_addf(&out, "%sU+%.*s ", out.len ? "," : "'{", STR_ARGS(e->key));
        if (numbers)
            buf_addf(&out, "+%06X", (unsigned)code);
        else
            buf_add_hex(&out, (Str){bytes, utf8_encode(code, bytes)});
    }
    if (out.len)
        buf_add(&out, STR("}'"));
    return buf_str(&out);
}

void postgresql_put_characters(Frame *frame, View *view)
{
    Arena *arena = frame->r->arena;
    size_t total = map_size(&frame->sent) + map_size(&frame->numbered);
    view_null(view, STR("characters"));
    if (!total)
        return;
    View *characters = view_new(arena);
    view_view(view, STR("characters"), characters);
    view_optional(characters, STR("sent"), listed(arena, &frame->sent, false));
    view_optional(characters, STR("numbered"), listed(arena, &frame->numbered, true));
    view_text(characters, STR("total"), str_format(arena, "%zu", total));
    frame_ask(frame, ASK_ENCODING,
              str_format(arena, "pg_catalog.current_setting('waybill.characters', true) = '%.*s/%zu'",
                         STR_ARGS(frame->token), total),
              STR("'the encoding of this database, ' || pg_catalog.current_setting('server_encoding') || ', lacks "
                  "characters of this script, as is said above'"));
}
