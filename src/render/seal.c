// Seals: the server itself compares what reached it with what the script says, so that a line which a paste lost, or a
// client changed, is noticed where the rest is good SQL too.
//
// PostgreSQL only, whose current_query() is the text of the message that is being executed. Of it 64 digits in a row are not
// compared, which are the names of scripts and the seals themselves, and no carriage returns, which line ends may have got.
// psql leaves out more, outside of quotes: before the first word of a message blanks and comments; then, read line by line,
// empty lines, but not what is pasted into it as a whole; before release 15 comments from "--" to the line's end, and a line
// that was nothing else with its end. So a message has up to four forms in which it may come, each with its hash; the first
// one's is its seal.
// Source: PostgreSQL's psql, mainloop.c and psqlscan.l, of releases 14 and 15.
#include "frame_int.h"

enum { DIGITS = 64 };

// What stands behind the digits that stand for a seal: where a message begins and ends, that it sets where the run is, and
// for the seals of others; and around the expression for a message's hash, which becomes its seal whatever its form was.
enum { FROM = '<', TO = '>', SETS = '!', BEFORE = '^', AT = '@', OPENS = '(', CLOSES = ')' };

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
        "%.*spg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.btrim(pg_catalog.regexp_replace(%.*s "
        "COLLATE pg_catalog.\"C\", '[0-9a-f]{64}|' || pg_catalog.chr(13), '', 'g'), ' ' || pg_catalog.chr(10)), 'UTF8')), "
        "'hex')%.*s",
        STR_ARGS(mark(frame, OPENS)), STR_ARGS(text), STR_ARGS(mark(frame, CLOSES)));
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

// ---- the forms of a message ----

typedef struct Form {
    bool by_lines, has_comments;
} Form;
static const Form forms[] = {{true, true}, {false, true}, {true, false}, {false, false}};
enum { FORMS = sizeof forms / sizeof forms[0] };

static bool is_blank(char c)
{
    return c == ' ' || c == '\n';
}

// What psql sends of it, which begins with a word. kinds: as sql_mark_text() says.
static Str psql_sends(Arena *arena, Str text, const char *kinds, Form form)
{
    Buf out = buf_open(arena);
    for (size_t at = 0; at < text.len;) {
        size_t end = str_find_char(text, '\n', at), line = out.len;
        end = end == SIZE_MAX ? text.len : end;
        bool is_open = at && kinds[at - 1] == TEXT_QUOTED;   // the line's end before it belongs to a quote
        bool is_empty = end == at;
        if (at)
            buf_add_char(&out, '\n');
        size_t begun = out.len;
        for (size_t i = at; i < end; i++) {
            bool joins = kinds[i] == TEXT_PLAIN && text.ptr[i] == '\\' && i + 1 < end && text.ptr[i + 1] == ';';
            if (!joins && (form.has_comments || kinds[i] != TEXT_COMMENT))   // of "\;" the semicolon alone
                buf_add_char(&out, text.ptr[i]);
        }
        bool adds_nothing = out.len == begun && (is_empty || !form.has_comments);
        if (at && !is_open && form.by_lines && adds_nothing)
            out.len = line;
        at = end + 1;
    }
    return buf_str(&out);
}

// Whether psql leaves out something of it in one of the forms.
static bool has_forms(Str text, const char *kinds)
{
    for (size_t i = 0; i < text.len; i++)
        if (kinds[i] == TEXT_COMMENT ||
            (kinds[i] == TEXT_PLAIN && text.ptr[i] == '\n' && i + 1 < text.len && text.ptr[i + 1] == '\n'))
            return true;
    return false;
}

static Str compared(Arena *arena, Str text)
{
    Buf out = buf_open(arena);
    for (size_t i = 0; i < text.len;) {
        bool digits = frame_has_digits(text, i, DIGITS);
        if (!digits && text.ptr[i] != '\r')
            buf_add_char(&out, text.ptr[i]);
        i += digits ? DIGITS : 1;
    }
    Str all = buf_str(&out);
    size_t begin = 0;
    while (begin < all.len && is_blank(all.ptr[begin]))
        begin++;
    while (all.len > begin && is_blank(all.ptr[all.len - 1]))
        all.len--;
    return str_slice(all, begin, all.len);
}

// The forms of a message that differ, as they are compared. Returns their number.
static size_t forms_of(const Frame *frame, Str message, Str found[FORMS])
{
    Arena *arena = frame->r->arena;
    size_t count = 0;
    if (!frame_is_psql(frame)) {   // it stands in a dollar quote, of which no client changes anything
        found[0] = compared(arena, message);
        return 1;
    }
    const char *kinds = sql_mark_text(arena, frame->r->dialect, message);
    size_t begin = 0;   // what stands before its first word psql leaves out in every form
    while (begin < message.len && (is_blank(message.ptr[begin]) || kinds[begin] == TEXT_COMMENT))
        begin++;
    message = str_slice(message, begin, message.len);
    size_t most = has_forms(message, kinds + begin) ? FORMS : 1;
    for (size_t i = 0; i < most; i++) {
        Str form = compared(arena, psql_sends(arena, message, kinds + begin, forms[i]));
        bool is_new = true;
        for (size_t k = 0; k < count; k++)
            is_new &= !str_equal(found[k], form);
        if (is_new)
            found[count++] = form;
    }
    return count;
}

// The message with its hashes in their places.
static Str sealed_message(const Frame *frame, Str message, Str *seal)
{
    Arena *arena = frame->r->arena;
    Str opens = mark(frame, OPENS), closes = mark(frame, CLOSES), comma = STR("', '"), found[FORMS];
    StrList digits = {0};
    size_t count = forms_of(frame, message, found);
    for (size_t i = 0; i < count; i++)
        vec_push(arena, &digits, frame->seal);   // as many as there will be
    Str of_several = str_format(arena, " IN ('%.*s') THEN '%.*s' END", STR_ARGS(closes), STR_ARGS(frame->seal));
    message = str_replace(arena, message, opens, count > 1 ? STR("CASE WHEN ") : STR_EMPTY);
    message = str_replace(arena, message, closes, count > 1 ? of_several : STR_EMPTY);
    forms_of(frame, str_replace(arena, message, closes, strlist_join(arena, &digits, comma)), found);
    for (size_t i = 0; i < count; i++) {
        uint8_t hash[DIGITS / 2];
        sha256(found[i], hash);
        digits.items[i] = frame_hex(arena, hash);
    }
    *seal = digits.items[0];
    return str_replace(arena, str_replace(arena, message, closes, strlist_join(arena, &digits, comma)), frame->seal, *seal);
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
        size_t inner = begin + from.len;
        if (begin && script.ptr[begin - 1] == '\n' && script.ptr[inner] == '\n')
            inner++;   // a line of its own
        buf_add(&out, known_seals(frame, &seals, str_slice(script, at, begin)));
        Str message = str_slice(script, inner, end);
        bool is_set = str_find(message, sets, 0) != SIZE_MAX;
        message = known_seals(frame, &seals, str_replace(arena, message, sets, STR_EMPTY));
        message = sealed_message(frame, message, &seals.before);
        if (is_set)
            seals.at = seals.before;
        buf_add(&out, message);
        at = end + to.len;
    }
    buf_add(&out, known_seals(frame, &seals, str_slice(script, at, script.len)));
    return buf_str(&out);
}
