// Seals: the server itself compares what reached it with what the script says, so that a line which a paste lost, or a
// client changed, is noticed where the rest is good SQL too.
//
// PostgreSQL only, whose current_query() is the text of the message that is being executed. What clients leave out or change
// without another statement is not compared: comments from "--" to the line's end, blanks, line ends, ";", and the backslash
// by which psql joins statements. Nor are 64 digits in a row, which are the names of scripts and the seals themselves.
#include "frame_int.h"

enum { DIGITS = 64 };

// What stands behind the digits that stand for a seal: where a message begins and ends, that it sets where the run is, and
// for the seals of others.
enum { FROM = '<', TO = '>', SETS = '!', BEFORE = '^', AT = '@' };

static Str mark(const Frame *frame, char what)
{
    return str_format(frame->r->arena, "%.*s%c", STR_ARGS(frame->seal), what);
}

void frame_seal_marks(const Frame *frame, View *view)
{
    view_text(view, STR("seal_from"), mark(frame, FROM));
    view_text(view, STR("seal_to"), mark(frame, TO));
    view_text(view, STR("seal_before"), mark(frame, BEFORE));
    view_text(view, STR("seal_at"), mark(frame, AT));
    view_text(view, STR("seal_sets"), mark(frame, SETS));
}

// What compared() does, as PostgreSQL does it. Of the message in which it stands, or what stands there within the dollar
// quote.
static Str sent_text(const Frame *frame, Str tag)
{
    Arena *arena = frame->r->arena;
    Str text = STR("pg_catalog.current_query()");
    // the tag in one piece would end the quote
    if (tag.len)
        text = str_format(arena, "pg_catalog.split_part(%.*s, '%.*s' || '$', 2)", STR_ARGS(text),
                          STR_ARGS(str_slice(tag, 0, tag.len - 1)));
    return str_format(
        arena,
        "pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.translate("
        "pg_catalog.regexp_replace(%.*s COLLATE pg_catalog.\"C\", '--.*|[0-9a-f]{64}', '', 'gn'), "
        "pg_catalog.concat(' ;', pg_catalog.chr(10), pg_catalog.chr(13), pg_catalog.chr(92)), ''), 'UTF8')), 'hex')",
        STR_ARGS(text));
}

void frame_seal_condition(const Frame *frame, View *view, Str tag)
{
    Str sent = sent_text(frame, frame_is_psql(frame) ? STR_EMPTY : tag);
    view_text(view, STR("seal_sent"), sent);
    view_text(view, STR("sealed"), str_format(frame->r->arena, "%.*s = '%.*s'", STR_ARGS(sent), STR_ARGS(frame->seal)));
}

void frame_seal_statement(const Frame *frame, View *view)
{
    Arena *arena = frame->r->arena;
    view_text(view, STR("sent"),
              str_format(arena, "pg_catalog.set_config('waybill.sent', %.*s, false) = '%.*s'",
                         STR_ARGS(sent_text(frame, STR_EMPTY)), STR_ARGS(frame->seal)));
    view_text(view, STR("not_sent"),
              str_format(arena, "pg_catalog.current_setting('waybill.sent', true) IS DISTINCT FROM '%.*s'",
                         STR_ARGS(mark(frame, BEFORE))));
}

static Str compared(Arena *arena, Str text)
{
    Buf out = buf_open(arena);
    for (size_t i = 0; i < text.len;) {
        if (str_starts(str_slice(text, i, text.len), STR("--"))) {
            size_t end = str_find_char(text, '\n', i);
            i = end == SIZE_MAX ? text.len : end;
            continue;
        }
        if (frame_has_digits(text, i, DIGITS)) {
            i += DIGITS;
            continue;
        }
        char c = text.ptr[i];
        if (c != ' ' && c != '\n' && c != '\r' && c != ';' && c != '\\')
            buf_add_char(&out, c);
        i++;
    }
    return buf_str(&out);
}

// The seals that the marks stand for, as the text goes on.
typedef struct Seals {
    Str before, at;   // of the last message, and of the last that has set where the run is
} Seals;

static Str known_seals(const Frame *frame, const Seals *seals, Str text)
{
    Arena *arena = frame->r->arena;
    text = str_replace(arena, text, mark(frame, BEFORE), seals->before);
    return str_replace(arena, text, mark(frame, AT), seals->at);
}

Str frame_sealed(const Frame *frame, Str script)
{
    Arena *arena = frame->r->arena;
    Str from = mark(frame, FROM), to = mark(frame, TO), sets = mark(frame, SETS);
    Seals seals = {STR("-"), STR("-")};
    Buf out = buf_open(arena);
    size_t at = 0, begin, end;
    while ((begin = str_find(script, from, at)) != SIZE_MAX && (end = str_find(script, to, begin)) != SIZE_MAX) {
        uint8_t hash[DIGITS / 2];
        size_t inner = begin + from.len;
        if (begin && script.ptr[begin - 1] == '\n' && script.ptr[inner] == '\n')
            inner++;   // a line of its own
        buf_add(&out, known_seals(frame, &seals, str_slice(script, at, begin)));
        Str message = str_slice(script, inner, end);
        bool is_set = str_find(message, sets, 0) != SIZE_MAX;
        message = known_seals(frame, &seals, str_replace(arena, message, sets, STR_EMPTY));
        sha256(compared(arena, message), hash);
        seals.before = frame_hex(arena, hash);
        if (is_set)
            seals.at = seals.before;
        buf_add(&out, str_replace(arena, message, frame->seal, seals.before));
        at = end + to.len;
    }
    buf_add(&out, known_seals(frame, &seals, str_slice(script, at, script.len)));
    return buf_str(&out);
}
