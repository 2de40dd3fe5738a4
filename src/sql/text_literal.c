// Text literals: one literal is one line, safe for its client, and comes back byte for byte from the server. Every hidden
// character is escaped in the dialect's way; U+0000 and lone surrogates are refused.
// Source: CLIENTS.md section 7.
#include "sql_int.h"
#include "waybill/client.h"

// Whether a client would act on something in the literal, should it take it for no literal. A line can hold several: what
// is harmless alone counts, as what follows it on the line is not known here.
static bool is_taken(const SqlStyle *style, Str literal, bool strict)
{
    ClientTake take;
    ClientReading reading = {.client = client_find(style->dialect->name, STR_EMPTY), .strict = strict, .begun = true};
    return !style->bare && client_takes_line(&reading, literal, &take);
}

// Decodes and checks the whole text; *escaped: some character needs the dialect's escape.
static bool check_text(Diag *diag, const SqlStyle *style, Span at, Str text, bool *escaped, bool *beyond_ascii)
{
    *escaped = *beyond_ascii = false;
    for (size_t i = 0; i < text.len;) {
        uint32_t code;
        size_t len = utf8_decode(str_slice(text, i, text.len), &code);
        if (!len)
            return diag_error(diag, at, "text literal is not UTF-8 at byte %zu", i);
        if (code == 0 || (code >= 0xd800 && code <= 0xdfff)) {
            diag_error(diag, at, "text literal holds U+%04X, which %.*s cannot store", code,
                       STR_ARGS(style->dialect->title));
            diag_hint(diag, "Remove the character, or store the value as bytes.");
            return false;
        }
        *beyond_ascii |= code > 0x7f;
        *escaped |= code_is_hidden(code) || (style->ascii && code > 0x7f);
        i += len;
    }
    return true;
}

static void add_doubled(Buf *out, Str text)
{
    for (size_t done = 0, at;; done = at + 1) {
        at = str_find_char(text, '\'', done);
        if (at == SIZE_MAX) {
            buf_add(out, str_slice(text, done, text.len));
            return;
        }
        buf_add(out, str_slice(text, done, at + 1));
        buf_add_char(out, '\'');
    }
}

void add_plain_text(Buf *out, Str text)
{
    buf_add_char(out, '\'');
    add_doubled(out, text);
    buf_add_char(out, '\'');
}

// PostgreSQL: E'line\nnext', which means the same whatever standard_conforming_strings says. No backslash in it begins a
// command of psql's: \r and \t would, so they are numbers; \\ is none, but behind a byte that psql may take for the first of
// two.
static void add_e_string(Buf *out, Str text, bool ascii)
{
    bool beyond = false, colon = false;
    buf_add(out, STR("E'"));
    for (size_t i = 0; i < text.len;) {
        uint32_t code = 0;
        size_t len = utf8_decode(str_slice(text, i, text.len), &code), next = i + len;
        bool hidden = code_is_hidden(code) || (ascii && code > 0x7f);
        colon = code == ':' && next < text.len && text.ptr[next] >= 'A' && text.ptr[next] <= 'Z';
        if (code == '\'')
            buf_add(out, STR("''"));
        else if (code == '\n')
            buf_add(out, STR("\\n"));
        else if (code == '\\' && !beyond)
            buf_add(out, STR("\\\\"));
        else if (code == '\r' || code == '\t' || code == '\\' || colon)
            buf_addf(out, "\\%03o", code);
        else if (!hidden)
            buf_add(out, str_slice(text, i, next));
        else
            buf_addf(out, code > 0xffff ? "\\U%08X" : "\\u%04X", code);
        beyond = !hidden && code > 0x7f;
        i = next;
    }
    buf_add_char(out, '\'');
}

static void add_postgresql_text(Buf *out, const SqlStyle *style, Str text, bool escaped)
{
    size_t start = out->len;
    add_plain_text(out, text);
    if (!escaped && !is_taken(style, (Str){out->ptr + start, out->len - start}, true))
        return;
    out->len = start;
    add_e_string(out, text, style->ascii);
}

// MySQL: 'line\nnext' under the sql_mode that scripts pin. What has no such escape makes the whole text _utf8mb4 X'...',
// which is a literal too and so stands wherever one may.
static void add_hex_string(Buf *out, Str text)
{
    buf_add(out, STR("_utf8mb4 X'"));
    buf_add_hex(out, text);
    buf_add_char(out, '\'');
}

// `careful`: a backslash before each character that the client may take for a statement's end; the server reads them as they
// are.
static void add_quoted_backslash(Buf *out, Str text, bool careful)
{
    static const char escaped[] = "\n\r\t\b\x1a\\", letters[] = "nrtbZ\\";
    buf_add_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i], before = i ? text.ptr[i - 1] : 0;
        const char *at = strchr(escaped, c);
        bool ends = c == ';' || c == '$' || (c == '/' && before == '*');
        if (at)
            buf_addf(out, "\\%c", letters[at - escaped]);
        else if (c == '\'')
            buf_add(out, STR("''"));
        else
            buf_addf(out, "%s%c", careful && ends ? "\\" : "", c);
    }
    buf_add_char(out, '\'');
}

static void add_backslash_string(Buf *out, const SqlStyle *style, Str text)
{
    bool hex = false;
    for (size_t i = 0; i < text.len && !hex;) {
        uint32_t code = 0;
        i += utf8_decode(str_slice(text, i, text.len), &code);
        hex = (code_is_hidden(code) && !(code < 0x80 && strchr("\n\r\t\b\x1a\\", (int)code))) ||
              (style->ascii && code > 0x7f);
    }
    // '\r' would connect the client to another server: only the hex form is left for it
    size_t start = out->len;
    for (int careful = 0; careful < 2 && !hex; careful++) {
        out->len = start;
        add_quoted_backslash(out, text, careful);
        if (!is_taken(style, (Str){out->ptr + start, out->len - start}, false))
            return;
    }
    out->len = start;
    add_hex_string(out, text);
}

// ---- texts put together: 'line'||char(10)||'next' ----

// SQLite's expression depth is limited to 1000, and deep ones cost SQL Server its stack: long chains are grouped.
enum { NUMBERS_PER_CALL = 60, PIECES_PER_GROUP = 60 };

typedef VEC(uint32_t) CodeList;

typedef struct Joining {
    Arena *arena;
    const char *open, *join;                          // "'" or "N'"; "||" or "+"
    size_t piece_bytes;                               // longest plain piece
    const char *escaped;                              // what the client takes for its own, beside hidden characters
    Str (*special)(Arena *, const CodeList *codes);   // a run of codes, written as numbers
    bool ascii;
    StrList pieces;
    CodeList codes;   // the run so far
} Joining;

static bool is_special(const Joining *j, uint32_t code)
{
    return code_is_hidden(code) || (j->ascii && code > 0x7f) || (code < 0x80 && strchr(j->escaped, (int)code));
}

static Str sqlite_codes(Arena *arena, const CodeList *codes)
{
    Buf out = buf_open(arena);
    for (size_t i = 0; i < codes->count; i++)
        buf_addf(&out, "%s%u", i ? "," : "char(", codes->items[i]);
    buf_add_char(&out, ')');
    return buf_str(&out);
}

// CHR(10) for ASCII, UNISTR for the rest: TO_CHAR brings that back to the database's own character set.
static Str oracle_codes(Arena *arena, const CodeList *codes)
{
    Buf out = buf_open(arena);
    bool open = false;
    for (size_t i = 0; i < codes->count; i++) {
        uint32_t code = codes->items[i], units[2];
        if (code < 0x80) {
            buf_addf(&out, "%s%sCHR(%u)", open ? "'))" : "", i ? "||" : "", code);
            open = false;
            continue;
        }
        if (!open)
            buf_addf(&out, "%sTO_CHAR(UNISTR('", i ? "||" : "");
        open = true;
        size_t count = utf16_units(code, units);
        for (size_t k = 0; k < count; k++)
            buf_addf(&out, "\\%04X", units[k]);
    }
    if (open)
        buf_add(&out, STR("'))"));
    return buf_str(&out);
}

// A surrogate pair is two NCHARs, whatever the database's collation.
static Str mssql_codes(Arena *arena, const CodeList *codes)
{
    Buf out = buf_open(arena);
    for (size_t i = 0; i < codes->count; i++) {
        uint32_t code = codes->items[i], units[2];
        size_t count = utf16_units(code, units);
        for (size_t k = 0; k < count; k++)
            buf_addf(&out, "%s%s(%u)", i || k ? "+" : "", code < 0x80 ? "CHAR" : "NCHAR", units[k]);
    }
    return buf_str(&out);
}

static void end_codes(Joining *j)
{
    if (j->codes.count)
        vec_push(j->arena, &j->pieces, j->special(j->arena, &j->codes));
    j->codes = (CodeList){0};
}

// The bytes of a text that fit one piece, its quotes counted twice.
static size_t piece_length(Str text, size_t most)
{
    size_t len = 0;
    for (size_t written = 0; len < text.len; len++) {
        written += text.ptr[len] == '\'' ? 2 : 1;
        if (written > most)
            break;
    }
    while (len && len < text.len && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
        len--;
    return len;
}

static void add_piece(Joining *j, Str text)
{
    if (!text.len)
        return;   // two codes that follow each other stay one run
    end_codes(j);
    while (text.len) {
        size_t len = j->piece_bytes ? piece_length(text, j->piece_bytes) : text.len;
        Buf piece = buf_open(j->arena);
        buf_add(&piece, str_from(j->open));
        add_doubled(&piece, str_slice(text, 0, len));
        buf_add_char(&piece, '\'');
        vec_push(j->arena, &j->pieces, buf_str(&piece));
        text = str_slice(text, len, text.len);
    }
}

static void cut_pieces(Joining *j, Str text)
{
    size_t start = 0;
    for (size_t i = 0; i < text.len;) {
        uint32_t code = 0;
        size_t len = utf8_decode(str_slice(text, i, text.len), &code);
        if (is_special(j, code)) {
            add_piece(j, str_slice(text, start, i));
            vec_push(j->arena, &j->codes, code);
            if (j->codes.count == NUMBERS_PER_CALL)
                end_codes(j);
            start = i + len;
        }
        i += len;
    }
    add_piece(j, str_slice(text, start, text.len));
    end_codes(j);
}

// Joins the pieces; `first` stands before the first of each group and makes it a text without a limit.
static void join_pieces(Joining *j, Buf *out, const char *open_first, const char *close_first)
{
    Str join = str_from(j->join);
    StrList list = j->pieces;
    for (size_t from = 0; from < list.count; from += PIECES_PER_GROUP)
        list.items[from] = str_format(j->arena, "%s%.*s%s", open_first, STR_ARGS(list.items[from]), close_first);
    while (list.count > PIECES_PER_GROUP) {
        StrList groups = {0};
        for (size_t from = 0; from < list.count; from += PIECES_PER_GROUP) {
            size_t count = list.count - from < PIECES_PER_GROUP ? list.count - from : PIECES_PER_GROUP;
            StrList group = {.items = list.items + from, .count = count};
            vec_push(j->arena, &groups, str_format(j->arena, "(%.*s)", STR_ARGS(strlist_join(j->arena, &group, join))));
        }
        list = groups;
    }
    buf_add(out, strlist_join(j->arena, &list, join));
}

// edit() and its kin are functions of the client: within a text each of their names stands in two pieces.
static void add_sqlite_text(Arena *arena, Buf *out, const SqlStyle *style, Str text, bool escaped)
{
    static const char *const split[] = {"", "dDfF"};
    size_t start = out->len;
    if (!escaped)
        add_plain_text(out, text);
    for (size_t i = 0; i < 2 && (out->len == start || is_taken(style, str_slice(buf_str(out), start, out->len), false));
         i++) {
        Joining j = {
            .arena = arena, .open = "'", .join = "||", .escaped = split[i], .special = sqlite_codes, .ascii = style->ascii};
        out->len = start;
        cut_pieces(&j, text);
        join_pieces(&j, out, "", "");
    }
}

// A VARCHAR2 literal holds 4,000 bytes, and a line of the client 2,000: pieces, and a CLOB beyond.
static void add_oracle_text(Arena *arena, Buf *out, Str text, bool ascii)
{
    enum { PIECE_BYTES = 1000, LONGEST_VARCHAR2 = 4000 };
    Joining j = {.arena = arena,
                 .open = "'",
                 .join = "||",
                 .piece_bytes = PIECE_BYTES,
                 .escaped = "&",   // asks SQL*Plus, SQL Developer and their kin for a value
                 .special = oracle_codes,
                 .ascii = ascii};
    cut_pieces(&j, text);
    if (!j.pieces.count)
        vec_push(arena, &j.pieces, STR("''"));
    bool large = text.len > LONGEST_VARCHAR2;
    join_pieces(&j, out, large ? "TO_CLOB(" : "", large ? ")" : "");
}

static void add_mssql_text(Arena *arena, Buf *out, Str text, bool ascii, bool national)
{
    enum { PIECE_BYTES = 4000 };
    Joining j = {.arena = arena,
                 .open = national ? "N'" : "'",
                 .join = "+",
                 .piece_bytes = PIECE_BYTES,
                 .escaped = "",
                 .special = mssql_codes,
                 .ascii = ascii};
    // $(x) is a variable of sqlcmd, in texts too
    for (size_t start = 0;;) {
        size_t at = str_find(text, STR("$("), start);
        cut_pieces(&j, at == SIZE_MAX ? str_slice(text, start, text.len) : str_slice(text, start, at + 1));
        if (at == SIZE_MAX)
            break;
        start = at + 1;
    }
    if (!j.pieces.count)
        vec_push(arena, &j.pieces, national ? STR("N''") : STR("''"));
    bool large = text.len > PIECE_BYTES;
    join_pieces(&j, out, large ? (national ? "CAST(N'' AS NVARCHAR(max))+" : "CAST('' AS VARCHAR(max))+") : "", "");
}

bool add_text_literal(Arena *arena, Diag *diag, const SqlStyle *style, Span at, Str text, bool national, Buf *out)
{
    bool escaped, beyond_ascii;
    if (!check_text(diag, style, at, text, &escaped, &beyond_ascii))
        return false;
    switch (style->dialect->escape) {
    case ESCAPE_E_STRING: add_postgresql_text(out, style, text, escaped); return true;
    case ESCAPE_CHAR_CALL: add_sqlite_text(arena, out, style, text, escaped); return true;
    case ESCAPE_BACKSLASH: add_backslash_string(out, style, text); return true;
    case ESCAPE_CHR_CALL: add_oracle_text(arena, out, text, style->ascii); return true;
    case ESCAPE_NCHAR_CALL: add_mssql_text(arena, out, text, style->ascii, national || beyond_ascii); return true;
    }
    return false;
}

bool sql_text(Arena *arena, Diag *diag, const SqlStyle *style, Span at, Str text, Str *sql)
{
    Buf out = buf_open(arena);
    if (!add_text_literal(arena, diag, style, at, text, false, &out))
        return false;
    *sql = buf_str(&out);
    return true;
}

bool sql_national_text(Arena *arena, Diag *diag, const SqlStyle *style, Span at, Str text, Str *sql)
{
    Buf out = buf_open(arena);
    if (!add_text_literal(arena, diag, style, at, text, true, &out))
        return false;
    *sql = buf_str(&out);
    return true;
}

bool sql_text_list(Arena *arena, Diag *diag, const SqlStyle *style, Span at, const StrList *texts, Str *sql)
{
    Buf out = buf_open(arena);
    for (size_t i = 0; i < texts->count; i++) {
        buf_add(&out, i ? STR(", ") : STR_EMPTY);
        if (!add_text_literal(arena, diag, style, at, texts->items[i], false, &out))
            return false;
    }
    *sql = buf_str(&out);
    return true;
}
