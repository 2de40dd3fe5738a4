// What stands between a script and the client that runs it: nothing in it may be what the client would act on, in whatever
// state its lexer is. Raw SQL that holds such a thing is refused where it is written; what is rendered is written so that it
// does not; and the whole script is looked through once more, by the same question that verify asks.
#include "frame_int.h"
#include "waybill/client.h"

static const Client *client_of(const Frame *frame)
{
    const Client *client = client_find(frame->r->dialect->name, frame->r->options->client);
    return client ? client : client_find(frame->r->dialect->name, STR_EMPTY);
}

// Words of several are quoted, as one would not see where they end; those that come last in the list are the rare ones.
Str frame_failure(const Frame *frame)
{
    enum { LONGEST = 54 };
    const char *const *words = client_of(frame)->failure_words;
    Arena *arena = frame->r->arena;
    StrList said = {0};
    for (size_t bytes = 0; *words; words++) {
        Str word = str_trim(str_from(*words));
        if (str_find_char(word, ' ', 0) != SIZE_MAX)
            word = str_format(arena, "\"%.*s\"", STR_ARGS(word));
        if ((bytes += word.len + 2) > LONGEST)
            break;
        vec_push(arena, &said, word);
    }
    size_t last = said.count - 1;
    Str text = said.items[last];
    said.count = last;
    return last ? str_format(arena, "%.*s or %.*s", STR_ARGS(strlist_join(arena, &said, STR(", "))), STR_ARGS(text)) : text;
}

static size_t line_begin(Str text, size_t at)
{
    while (at && text.ptr[at - 1] != '\n')
        at--;
    return at;
}

static Str line_at(Str text, size_t at)
{
    size_t begin = line_begin(text, at), end = str_find_char(text, '\n', at);
    return str_slice(text, begin, end == SIZE_MAX ? text.len : end);
}

// A rendered line that begins with what the client would act on, as a column's name may, is joined to the one before.
static Str joined_lines(Frame *frame, Str text)
{
    ClientTake take;
    while (client_takes(client_of(frame), text, &take)) {
        size_t begin = line_begin(text, take.at);
        if (!begin || str_trim(str_slice(text, begin, take.at)).len)
            break;
        text = str_format(frame->r->arena, "%.*s %.*s", STR_ARGS(str_slice(text, 0, begin - 1)),
                          STR_ARGS(str_slice(text, take.at, text.len)));
    }
    return text;
}

// What a log is judged by says nobody but the frame.
static const Str own_mark = {"[WAYBILL-", 9};

// With --ascii comments keep to it too: a database may lack what stands in them.
Str frame_ascii(const Frame *frame, Str text)
{
    Buf out = buf_open(frame->r->arena);
    uint32_t code;
    if (!frame->r->style->ascii || str_is_ascii(text))
        return text;
    for (size_t i = 0, len; i < text.len; i += len ? len : 1) {
        len = utf8_decode(str_slice(text, i, text.len), &code);
        if (len && code > 0x7f)
            buf_addf(&out, "<U+%04X>", (unsigned)code);
        else
            buf_add_char(&out, text.ptr[i]);
    }
    return buf_str(&out);
}

Str frame_plain(Frame *frame, Str text)
{
    static const Str mark = {"-- ", 3};
    Arena *arena = frame->r->arena;
    text = frame_ascii(frame, text);
    Str line = client_plain(arena, client_of(frame), str_format(arena, "%.*s%.*s", STR_ARGS(mark), STR_ARGS(text)));
    return str_replace(arena, str_slice(line, mark.len, line.len), own_mark, STR("(WAYBILL-"));
}

// A comment of a revision keeps its lines; what the client would act on in them goes.
static Str plain_comment(Frame *frame, Str text)
{
    Buf out = buf_open(frame->r->arena);
    text = frame_ascii(frame, text);
    while (text.len) {
        Str line = str_cut(&text, '\n');
        buf_addf(&out, "%s%.*s", out.len ? "\n" : "", STR_ARGS(client_plain(frame->r->arena, client_of(frame), line)));
    }
    return str_replace(frame->r->arena, buf_str(&out), own_mark, STR("(WAYBILL-"));
}

static bool refuse_character(Frame *frame, const Statement *s, uint32_t code)
{
    const ClientQuotes *quotes = &client_of(frame)->quotes;
    diag_error(frame->diag, s->at, "a framed script cannot hold the hidden character U+%04X in SQL written by hand",
               (unsigned)code);
    if (quotes->escapes_quotes)
        diag_hint(frame->diag, "A reader would not see it; in SQL the whole text is written _utf8mb4 X'...'.");
    else if (quotes->has_e_strings)
        diag_hint(frame->diag, "A reader would not see it; in SQL it is written E'\\%c%0*X'.", code > 0xffff ? 'U' : 'u',
                  code > 0xffff ? 8 : 4, (unsigned)code);
    else
        diag_hint(frame->diag, "A reader would not see it; in SQL it is written by its number, as '...' || char(%u).",
                  (unsigned)code);
    return false;
}

static bool check_characters(Frame *frame, const Statement *s)
{
    for (size_t i = 0; i < s->text.len;) {
        uint32_t code;
        size_t len = utf8_decode(str_slice(s->text, i, s->text.len), &code);
        if (!len)
            return diag_error(frame->diag, s->at, "a framed script cannot hold bytes that are not UTF-8");
        if (code != '\n' && code != '\t' && code_is_hidden(code))
            return refuse_character(frame, s, code);
        i += len;
    }
    return true;
}

// The text with blanks for the tabs of what is written by hand in it; NULL: one stands in quotes.
static const Statement *without_tabs(Frame *frame, const Statement *s)
{
    Statement *blank = arena_new(frame->r->arena, Statement);
    ClientTake take;
    *blank = *s;
    Str *texts[] = {&blank->text, &blank->check};
    for (size_t i = 0, fault; i < sizeof texts / sizeof texts[0]; i++) {
        Str line = *texts[i];
        if (sql_blank_tabs(frame->r->arena, frame->r->dialect, line, texts[i], &fault))
            continue;
        line = line_at(line, fault);
        client_takes(client_of(frame), STR("\t"), &take);
        frame_misread(frame, s, line, take.what, take.hint);
        return NULL;
    }
    return blank;
}

const Statement *frame_safe(Frame *frame, const Statement *s)
{
    ClientTake take;
    const Client *client = client_of(frame);
    if (s->kind != STATEMENT_COMMENT && !(s = without_tabs(frame, s)))
        return NULL;
    Str text = s->kind == STATEMENT_COMMENT ? plain_comment(frame, s->text)
               : s->is_raw                  ? s->text
                                            : joined_lines(frame, s->text);
    if (s->is_raw && !check_characters(frame, s))
        return NULL;
    if (s->kind != STATEMENT_COMMENT && str_find(text, own_mark, 0) != SIZE_MAX) {
        diag_error(frame->diag, s->at, "a framed script cannot hold \"%.*s\" in a statement", STR_ARGS(own_mark));
        diag_hint(frame->diag, "A log is judged by the receipts and refusals that begin so: write the text otherwise.");
        return NULL;
    }
    // what is rendered is broken into lines later, as long ones must be
    const Dialect *dialect = frame->r->dialect;
    bool broken = !s->is_raw && dialect->max_line_bytes > 0;
    Str lines = broken ? sql_wrap(frame->r->arena, dialect, text, dialect->max_line_bytes) : text;
    if (s->kind != STATEMENT_COMMENT && client_takes(client, lines, &take)) {
        frame_misread(frame, s, line_at(lines, take.at), take.what, take.hint);
        return NULL;
    }
    if (str_equal(text, s->text))
        return s;
    Statement *safe = arena_new(frame->r->arena, Statement);
    *safe = *s;
    safe->text = text;
    return safe;
}

bool frame_check_script(Frame *frame, Str script)
{
    ClientReading reading = {.client = client_of(frame)};
    ClientTake take;
    size_t number = 0;
    for (Str rest = script; rest.len;) {
        Str line = str_cut(&rest, '\n');
        number++;
        if (!client_takes_script_line(&reading, line, &take))
            continue;
        Str shown = str_printable(frame->r->arena, str_slice(line, 0, line.len < 60 ? line.len : 60));
        diag_error(frame->diag, SPAN_NONE, "line %zu of the script: %.*s would %s: %.*s", number,
                   STR_ARGS(reading.client->name), take.what, STR_ARGS(shown));
        diag_hint(frame->diag, "A name of the project, of a table or of a column says so: give it another.");
        return false;
    }
    return true;
}
