// A preflight is run days ahead, on a database that is in use, by people who were told that it only asks. So it is taken at
// nobody's word: it is read statement by statement, and each must have one of the forms that the templates give it. What a
// form leaves open is an expression, which holds no word that writes, and the text of a query, which is read in the same
// way.
//
// What stands there is what a server can be trusted with, too: PostgreSQL, MySQL and MariaDB are told before the first
// question to refuse writes, SQLite and SQL Server have no functions that write, and Oracle's may not in a query.
#include "preflight.h"

enum { MOST_BYTES = 16 << 20 };

typedef struct Matching {
    Arena *arena;
    const Rules *rules;
    const ClientQuotes *quotes;
    TokenList tokens;
    int stage;
    Map declared;      // Oracle's variables, in lower case
    Str names;         // what %F said
    bool differs;      // two of them did not say the same
    size_t furthest;   // token that no form went beyond
} Matching;

typedef enum Strictness { STRICT_FRAME, STRICT_PLSQL, LOOSE } Strictness;

static bool may_call(const Matching *m, const Token *t, size_t i, Strictness strictness)
{
    Str name = t[i].text;
    bool qualified = i && is_mark(&t[i - 1], '.');
    if (t[i].kind == TOKEN_NAME)   // a function's name in quotes; an alias has AS before it
        return strictness == LOOSE && str_find_char(name, '\\', 0) == SIZE_MAX && !is_one_of(name, preflight_refused) &&
               !begins_as(name, preflight_refused_beginnings);
    if (is_one_of(name, preflight_keywords))
        return true;
    if (strictness != LOOSE && m->rules->functions)
        return is_one_of(name, m->rules->functions) && (!qualified || is_word(&t[i - 2], "pg_catalog"));
    return !is_one_of(name, preflight_refused) &&
           (!begins_as(name, preflight_refused_beginnings) || is_one_of(name, preflight_reading));
}

// Returns the first token from `i` on that does not only read; `end`: none.
static size_t first_write(const Matching *m, const Token *t, size_t i, size_t end, Strictness strictness)
{
    for (; i < end; i++) {
        bool is_column = i && is_mark(&t[i - 1], '.');
        if (t[i].kind == TOKEN_NAME && is_mark(&t[i + 1], '(') && i && !is_word(&t[i - 1], "AS") &&
            !may_call(m, t, i, strictness))
            return i;
        if (is_mark(&t[i], ';') || is_mark(&t[i], '\\') ||
            (is_mark(&t[i], ':') && is_mark(&t[i + 1], '=') && strictness != LOOSE))
            return i;
        if (t[i].kind != TOKEN_WORD)
            continue;
        if (is_one_of(t[i].text, preflight_writes) || (!is_column && is_one_of(t[i].text, m->rules->statements)))
            return i;
        if (begins_as(t[i].text, (const char *const[]){"dbms_", "utl_", NULL}) && !is_word(&t[i], "DBMS_DB_VERSION"))
            return i;
        if (strictness == STRICT_PLSQL && t[i].text.ptr[0] > '9' && !is_one_of(t[i].text, preflight_plsql_words) &&
            !map_get(&m->declared, str_lower(m->arena, t[i].text)))
            return i;
        bool is_alias = i && is_word(&t[i - 1], "AS");   // AS c (attnum, n), AS numeric(10, 2)
        if (strictness != STRICT_PLSQL && is_mark(&t[i + 1], '(') && !is_alias && !may_call(m, t, i, strictness))
            return i;
    }
    return end;
}

static bool only_reads(Matching *m, const Token *t, size_t i, size_t end, Strictness strictness)
{
    size_t at = first_write(m, t, i, end, strictness);
    if (at != end && t == m->tokens.items && at > m->furthest)
        m->furthest = at;
    return at == end;
}

// The text of a query, which is one, and reads.
static bool is_query(Matching *m, Str text)
{
    Reader r = {.arena = m->arena, .quotes = m->quotes, .text = text, .line = 1};
    TokenList list = preflight_tokens(&r);
    size_t i = 0, end = list.count - 1;
    bool mysql = m->quotes->escapes_quotes;
    while (is_mark(&list.items[i], '('))
        i++;
    if (r.odd || !(is_word(&list.items[i], "SELECT") || is_word(&list.items[i], "WITH")))
        return false;
    // MySQL's query of the version rows says itself what it fills
    for (size_t k = i; mysql && k + 1 < end; k++)
        if (is_word(&list.items[k], "INTO") && is_word(&list.items[k + 1], "@wb_from"))
            list.items[k].text = STR("AND");
    return only_reads(m, list.items, i, end, LOOSE);
}

// A literal, or a character by its number; returns how many tokens, 0: neither.
static size_t add_text(const Token *t, Buf *out)
{
    static const char *const by_number[] = {"CHR", "CHAR", "NCHAR", NULL};
    unsigned code = 0;
    if (t->kind == TOKEN_TEXT) {
        buf_add(out, t->text);
        return 1;
    }
    if (t->kind != TOKEN_WORD || !is_one_of(t->text, by_number) || !is_mark(&t[1], '(') || t[2].kind != TOKEN_WORD ||
        !is_mark(&t[3], ')'))
        return 0;
    for (size_t i = 0; i < t[2].text.len && code < 0x80; i++)
        code = code * 10 + (unsigned)(t[2].text.ptr[i] - '0');
    buf_add_char(out, code < 0x80 ? (char)code : '?');
    return 4;
}

// Literals that are joined, as long ones are; MySQL's by nothing between them.
static bool joined_text(const Matching *m, size_t *at, Str *text)
{
    const Token *t = m->tokens.items;
    Buf out = buf_open(m->arena);
    size_t used = add_text(&t[*at], &out), join = 0;
    bool found = used > 0;
    for (; used; used = add_text(&t[*at + join], &out)) {
        *at += join + used;
        join = is_mark(&t[*at], '+') ? 1 : is_mark(&t[*at], '|') && is_mark(&t[*at + 1], '|') ? 2 : 0;
        if (!join && !(m->quotes->escapes_quotes && t[*at].kind == TOKEN_TEXT))
            break;
    }
    *text = buf_str(&out);
    return found;
}

// `what`: a word of a form; returns where the token stands on which it matches, at depth 0, from `at` on.
static bool fits(const Token *t, size_t at, Str what)
{
    if (t[at].kind == TOKEN_TEXT || what.ptr[0] == '\'')
        return false;
    for (size_t i = 0; t[at].kind == TOKEN_MARK && i < what.len; i++)
        if (!is_mark(&t[at + i], what.ptr[i]))
            return false;
    return t[at].kind == TOKEN_MARK || (t[at].kind == TOKEN_WORD && str_equal_fold(t[at].text, what));
}

static size_t expression_end(const Matching *m, size_t at, Str next)
{
    const Token *t = m->tokens.items;
    size_t depth = 0, from = at;
    for (; t[at].kind != TOKEN_END; at++) {
        if (!depth && at > from && fits(t, at, next))
            return at;
        if (is_mark(&t[at], ';') || (is_mark(&t[at], ')') && !depth))
            return from;
        depth += is_mark(&t[at], '(');
        depth -= is_mark(&t[at], ')');
    }
    return from;
}

// Where one value of a list ends.
static size_t value_end(const Matching *m, size_t at)
{
    const Token *t = m->tokens.items;
    size_t depth = 0;
    for (; t[at].kind != TOKEN_END && !is_mark(&t[at], ';') && (depth || !is_mark(&t[at], ',')); at++) {
        if (is_mark(&t[at], ')') && !depth)
            break;
        depth += is_mark(&t[at], '(');
        depth -= is_mark(&t[at], ')');
    }
    return at;
}

// NAME = VALUE, ... The settings of the session are kept before the first question and given back behind the last, where a
// value calls nothing, as nothing keeps it from writing.
static bool assignments(Matching *m, size_t *at)
{
    static const char *const kept[] = {"@wb_cs", "@wb_results", "@wb_collation", "@wb_mode", "@wb_engine", "@wb_only", NULL};
    const Token *t = m->tokens.items;
    bool asking = m->stage == m->rules->asking;
    for (;; ++*at) {
        size_t begin = *at + 2;
        if (!str_starts(t[*at].text, STR("@wb_")) || t[*at].kind != TOKEN_WORD || !is_mark(&t[*at + 1], '=') ||
            (asking && is_one_of(t[*at].text, kept)))
            return false;
        size_t end = value_end(m, begin);
        if (end == begin || !only_reads(m, t, begin, end, STRICT_FRAME) ||
            (is_word(&t[*at], "@wb_sql") && !(end == begin + 1 && is_word(&t[begin], "NULL"))))
            return false;
        for (size_t i = begin; !asking && i < end; i++)
            // the settings that a literal is read with are not known there
            if (t[i].kind == TOKEN_TEXT || is_word(&t[i], "SELECT") ||
                (is_mark(&t[i], '(') && !is_word(&t[i - 1], "COALESCE")))
                return false;
        *at = end;
        if (!is_mark(&t[*at], ','))
            return true;
    }
}

static bool variables(const Matching *m, size_t *at)
{
    const Token *t = m->tokens.items;
    for (;; ++*at) {
        if (t[*at].kind != TOKEN_WORD || !str_starts(t[*at].text, STR("@wb_")) || is_word(&t[*at], "@wb_sql"))
            return false;
        if (!is_mark(&t[++*at], ','))
            return true;
    }
}

// 'ALTER SESSION SET CURRENT_SCHEMA = NAME', whole or with the user's own name joined in.
static bool sets_schema(const Matching *m, size_t *at)
{
    static const Str sets = {"ALTER SESSION SET CURRENT_SCHEMA = ", 35};
    const Token *t = m->tokens.items;
    if (t[*at].kind != TOKEN_TEXT || !str_starts(t[*at].text, sets))
        return false;
    Str name = str_slice(t[*at].text, sets.len, t[*at].text.len);
    if (str_equal(name, STR("\""))) {
        static const char *const rest[] = {"|", "|", "SYS_CONTEXT", "(",  "'USERENV", ",", "'SESSION_USER",
                                           ")", "|", "|",           "'\""};
        ++*at;
        for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++, ++*at) {
            bool is_text = rest[i][0] == '\'';
            if (is_text != (t[*at].kind == TOKEN_TEXT) || !str_equal(t[*at].text, str_from(rest[i] + is_text)))
                return false;
        }
        return true;
    }
    ++*at;
    size_t quotes = 0;
    for (size_t i = 0; i < name.len; i++)
        quotes += name.ptr[i] == '"';
    if (quotes == 2 && name.ptr[0] == '"' && name.ptr[name.len - 1] == '"')
        return name.len > 2;
    for (size_t i = 0; i < name.len; i++)
        if (!is_word_char(name.ptr[i]) || name.ptr[i] == '@')
            return false;
    return name.len > 0;
}

static bool names_script(Matching *m, Str text)
{
    static const Str begin = {"v=1 bundle=", 11};
    if (!str_starts(text, begin))
        return false;
    m->differs |= m->names.len && !str_equal(m->names, text);
    m->names = text;
    return true;
}

static bool hole(Matching *m, char what, size_t *at, Str next)
{
    const Token *t = m->tokens.items;
    Str text;
    size_t end;
    switch (what) {
    case 'T': return joined_text(m, at, &text);
    case 'Q': return joined_text(m, at, &text) && is_query(m, text);
    case 'F': return t[*at].kind == TOKEN_TEXT && names_script(m, t[(*at)++].text);
    case 'W': return t[*at].kind == TOKEN_NAME || t[*at].kind == TOKEN_WORD ? (++*at, true) : false;
    case 'X':
        return t[*at].kind == TOKEN_WORD && t[*at].text.ptr[0] == '@' && !is_word(&t[*at], "@sql") ? (++*at, true) : false;
    case 'N':
        return t[*at].kind == TOKEN_WORD && t[*at].text.ptr[0] >= '0' && t[*at].text.ptr[0] <= '9' ? (++*at, true) : false;
    case 'D':
        if (t[*at].kind != TOKEN_WORD)
            return false;
        map_put(&m->declared, str_lower(m->arena, t[(*at)++].text), m);
        return true;
    case 'A': return assignments(m, at);
    case 'I': return variables(m, at);
    case 'S': return sets_schema(m, at);
    default:   // E, P
        end = expression_end(m, *at, next);
        if (end == *at || !only_reads(m, t, *at, end, what == 'P' ? STRICT_PLSQL : STRICT_FRAME))
            return false;
        *at = end;
        return true;
    }
}

static bool matches(Matching *m, const Form *form, size_t *at)
{
    Str rest = str_from(form->text);
    size_t i = *at;
    const Token *t = m->tokens.items;
    while (rest.len) {
        Str word = str_cut(&rest, ' '), next = rest;
        next = str_cut(&next, ' ');
        bool good;
        if (word.ptr[0] == '%') {
            good = hole(m, word.ptr[1], &i, next);
        } else if (word.ptr[0] == '\'') {
            Str wanted = str_replace(m->arena, str_slice(word, 1, word.len - 1), STR("~"), STR(" "));
            good = t[i].kind == TOKEN_TEXT && str_equal(t[i].text, wanted);
            i += good;
        } else {
            good = fits(t, i, word);
            i += good ? (t[i].kind == TOKEN_MARK ? word.len : 1) : 0;
        }
        if (i > m->furthest)
            m->furthest = i;
        if (!good)
            return false;
    }
    *at = i;
    return true;
}

// ---- a whole preflight ----

// The lines of the client's own that a preflight may have: how SQL*Plus prints.
static Str without_settings(Arena *arena, Str text)
{
    static const char *const settings[] = {"SET DEFINE OFF", "SET LINESIZE 2000",
                                           "SET SERVEROUTPUT ON SIZE UNLIMITED FORMAT WRAPPED", NULL};
    Buf out = buf_open(arena);
    while (text.len) {
        Str line = str_cut(&text, '\n');
        buf_addf(&out, "%.*s\n", is_one_of(line, settings) ? 0 : (int)line.len, line.ptr);
    }
    return buf_str(&out);
}

static bool not_asked(Diag *diag, Str path, size_t line)
{
    diag_error(diag, SPAN_NONE,
               "E-608 text in \"%.*s\": line %zu: a preflight asks and changes nothing, and this is none of the statements "
               "that it may have",
               STR_ARGS(path), line);
    diag_hint(
        diag,
        "Run it nowhere. A check of a revision is one SELECT, which calls no function that reaches beyond its transaction.");
    return false;
}

bool preflight_is(Str path)
{
    return str_starts(path, STR("sql/")) && str_equal(path_base(path), STR("preflight.sql"));
}

// Returns the line of the first statement that it may not have; 0: there is none.
static size_t first_fault(Matching *m, const Reader *r)
{
    size_t at = 0, last = m->tokens.count - 1;
    while (!r->odd && at < last) {
        const Form *form = m->rules->forms;
        m->furthest = at;
        while (form->text && !(form->from == m->stage && matches(m, form, &at)))
            form++;
        if (!form->text)
            return m->tokens.items[m->furthest].line;
        m->stage = form->to;
    }
    int wanted = is_word(&m->tokens.items[0], "EXECUTE") ? m->rules->last_as : m->rules->last;
    return r->odd || m->stage != wanted || m->differs ? m->tokens.items[last].line : 0;
}

// "v=1 bundle=B checks=1/2 upgrade_sha256=64 digits from=F to=T". What is missing the manifest's judge misses.
static void keep_names(Arena *arena, Str names, ScriptHead *head)
{
    static const Str before = {" upgrade_sha256=", 16};
    size_t begin = str_find(names, before, 0);
    if (begin == SIZE_MAX)
        return;
    begin += before.len;
    size_t end = str_find_char(names, ' ', begin);
    end = end == SIZE_MAX ? names.len : end;
    head->fields[HEAD_DIGITS] = str_copy(arena, str_slice(names, begin, end));
    head->fields[HEAD_RANGE] = str_copy(arena, str_slice(names, end, names.len));
}

bool preflight_only_asks(Arena *arena, Diag *diag, Str dialect, Str text)
{
    ScriptHead head = {.path = str_format(arena, "sql/%.*s/preflight.sql", STR_ARGS(dialect))};
    return preflight_check(arena, diag, text, &head);
}

bool preflight_check(Arena *arena, Diag *diag, Str text, ScriptHead *head)
{
    Str rest = str_slice(head->path, 4, head->path.len), dialect = str_cut(&rest, '/');
    const Client *client = client_find(dialect, STR_EMPTY);
    const Rules *own = NULL;
    for (size_t i = 0; preflight_rules[i].dialect; i++)
        if (str_equal(str_from(preflight_rules[i].dialect), dialect))
            own = &preflight_rules[i];
    if (!client || !own)
        return not_asked(diag, head->path, 1);
    if (text.len > MOST_BYTES)
        return diag_error(diag, SPAN_NONE, "E-608 text in \"%.*s\": larger than the limit of %d MiB for a preflight",
                          STR_ARGS(head->path), MOST_BYTES >> 20);
    Arena *scratch = arena_open();
    Reader r = {.arena = scratch, .quotes = &client->quotes, .text = text, .line = 1};
    if (str_equal(dialect, STR("oracle")))
        r.text = without_settings(scratch, text);
    Matching m = {.arena = scratch,
                  .rules = own,
                  .quotes = &client->quotes,
                  .tokens = preflight_tokens(&r),
                  .declared = map_open(scratch)};
    size_t line = first_fault(&m, &r);
    if (!line)
        keep_names(arena, m.names, head);
    arena_close(scratch);
    return !line || not_asked(diag, head->path, line);
}
