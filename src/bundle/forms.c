// Statements read by forms: what a preflight, a status and the end of a script may say is taken at nobody's word, but read
// statement by statement, and each must have one of the forms that the templates give it. What a form leaves open is an
// expression, which holds no word that writes, and the text of a query, which is read in the same way; the rest is kept of
// it in what the text has said.
#include "forms.h"

typedef struct Matching {
    Arena *arena;
    const Rules *rules;
    const ScriptRules *script;   // of what is no preflight
    const ClientQuotes *quotes;
    TokenList tokens;
    int stage;
    Map declared;   // Oracle's variables, in lower case
    ScriptSaid said;
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
    TokenList list = form_tokens(&r);
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
    for (size_t i = 0; i < t[2].text.len && code < 0x110000; i++)
        code = code * 10 + (unsigned)(t[2].text.ptr[i] - '0');
    char bytes[4];
    buf_add(out, (Str){bytes, utf8_encode(code < 0x110000 ? code : '?', bytes)});
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
    static const char *const decides[] = {"@wb_yes", "@wb_why", "@wb_now", NULL};
    const Token *t = m->tokens.items;
    bool asking = m->stage == m->rules->asking;
    for (;; ++*at) {
        size_t begin = *at + 2;
        if (!str_starts(t[*at].text, STR("@wb_")) || t[*at].kind != TOKEN_WORD || !is_mark(&t[*at + 1], '=') ||
            (asking && is_one_of(t[*at].text, kept)))
            return false;
        size_t end = value_end(m, begin);
        if (end == begin || !only_reads(m, t, begin, end, STRICT_FRAME) ||
            (is_word(&t[*at], "@wb_sql") && !(end == begin + 1 && is_word(&t[begin], "NULL"))) ||
            (is_one_of(t[*at].text, decides) &&
             !(end == begin + 1 && (is_word(&t[begin], "NULL") || is_word(&t[begin], "0")))))
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
    static const char *const kept[] = {"@wb_sql", "@wb_yes", "@wb_why", "@wb_now", NULL};
    const Token *t = m->tokens.items;
    for (;; ++*at) {
        if (t[*at].kind != TOKEN_WORD || !str_starts(t[*at].text, STR("@wb_")) || is_one_of(t[*at].text, kept))
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
    m->said.differs |= m->said.names.len && !str_equal(m->said.names, text);
    m->said.names = text;
    return true;
}

// ---- what a status or the end of a script says ----

static bool matches(Matching *m, const Form *form, size_t *at);

static bool number_is(int64_t *kept, Str digits, int64_t more)
{
    int64_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9' || i == 9)
            return false;
        value = value * 10 + (digits.ptr[i] - '0');
    }
    value -= more;
    bool is_first = *kept < 0;
    *kept = is_first ? value : *kept;
    return digits.len && value >= 0 && (is_first || *kept == value);
}

static bool token_is(Matching *m, Str token)
{
    if (!m->said.token.len)
        m->said.token = token;
    return token.len == m->script->token_len && str_equal(m->said.token, token);
}

static size_t run_of(Str text, size_t at, const char *chars)
{
    while (at < text.len && strchr(chars, text.ptr[at]))
        at++;
    return at;
}

// A literal of a form, blanks as blanks, against one of the text.
static bool literal_is(Matching *m, Str wanted, Str text)
{
    size_t at = 0;
    for (size_t i = 0; i < wanted.len; i++) {
        size_t end = at;
        if (wanted.ptr[i] == '\x02' && m->script) {
            end = run_of(text, at, "0123456789");
            if (!number_is(&m->said.count, str_slice(text, at, end), 0))
                return false;
        } else if (wanted.ptr[i] == '\x03' && m->script) {
            end = run_of(text, at, "0123456789abcdef");
            if (!token_is(m, str_slice(text, at, end)))
                return false;
        } else if (at < text.len && text.ptr[at] == wanted.ptr[i]) {
            end++;
        } else {
            return false;
        }
        at = end;
    }
    return at == text.len;
}

// What is printed with a receipt or a status has one line, and says no result of its own.
static bool is_printed(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20)
            return false;
    return str_find(text, STR("result="), 0) == SIZE_MAX && str_find(text, STR("apply="), 0) == SIZE_MAX;
}

static bool begins_status(Matching *m, Str text)
{
    static const Str begin = {"[WAYBILL-STATUS] v=1 bundle=", 28}, ends[] = {{" db=", 4}, {" file=", 6}};
    if (!str_starts(text, begin) || !is_printed(text))
        return false;
    for (size_t i = 0; i < 2; i++)
        if (str_ends(text, ends[i]) && text.len > begin.len + ends[i].len)
            m->said.bundle = str_slice(text, begin.len, text.len - ends[i].len);
    return m->said.bundle.len && str_find_char(m->said.bundle, ' ', 0) == SIZE_MAX;
}

// The texts before " steps=", which are joined, or MySQL's arguments.
static bool begins_receipt(Matching *m, size_t *at)
{
    static const char *const fields[] = {
        "[WAYBILL-RECEIPT]", "v=", "bundle=", "script_sha256=", "release=", "fingerprint=", "checks=", "from=", "to="};
    const Token *t = m->tokens.items;
    Buf out = buf_open(m->arena);
    for (size_t used, join;; *at += join) {
        used = add_text(&t[*at], &out);
        *at += used;
        join = is_mark(&t[*at], '+') || is_mark(&t[*at], ',')       ? 1
               : is_mark(&t[*at], '|') && is_mark(&t[*at + 1], '|') ? 2
                                                                    : 0;
        if (!used || !join)
            return false;
        if (t[*at + join].kind == TOKEN_TEXT && str_starts(t[*at + join].text, STR(" steps=")))
            break;
    }
    Str text = buf_str(&out), rest = text;
    size_t range = str_find(text, STR(" from="), 0);
    if (!str_starts(text, STR("[WAYBILL-RECEIPT] v=")) || !is_printed(text) || range == SIZE_MAX)
        return false;
    // what it is of is said once, one word each
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (!str_starts(str_cut(&rest, ' '), str_from(fields[i])))
            return false;
    m->said.names = str_slice(text, range, text.len);
    return true;
}

// Literals with commas between them. SQL Server's end in "|".
static bool row_list(Matching *m, size_t *at)
{
    const Token *t = m->tokens.items;
    Str text;
    m->said.rows.count = 0;
    m->said.asks_rows = true;
    for (;; ++*at) {
        if (!joined_text(m, at, &text) || (m->quotes->has_brackets && !str_ends(text, STR("|"))))
            return false;
        vec_push(m->arena, &m->said.rows, str_slice(text, 0, text.len - m->quotes->has_brackets));
        if (!is_mark(&t[*at], ','))
            return true;
    }
}

static bool qualified_name(const Token *t, size_t *at)
{
    for (;; ++*at) {
        if (t[*at].kind != TOKEN_NAME && t[*at].kind != TOKEN_WORD)
            return false;
        if (!is_mark(&t[++*at], '.'))
            return true;
    }
}

// The text of a query, which is one of these, whole.
static bool is_known_query(Matching *m, Str text, const Form *forms)
{
    Reader r = {.arena = m->arena, .quotes = m->quotes, .text = text, .line = 1};
    Matching inner = *m;
    inner.tokens = form_tokens(&r);
    for (; forms && forms->text && !r.odd; forms++) {
        size_t at = 0;
        inner.said = m->said;
        if (matches(&inner, forms, &at) && at == inner.tokens.count - 1) {
            m->said = inner.said;
            return true;
        }
    }
    return false;
}

static bool like_of_product(const Matching *m, size_t *at)
{
    const Token *t = m->tokens.items;
    if (str_equal(str_from(m->script->dialect), STR("mariadb")) && !is_word(&t[(*at)++], "NOT"))
        return false;
    return is_word(&t[(*at)++], "LIKE");
}

// A question's answers name it in the same way; of a name there is one word.
static bool answers(Matching *m, char what, size_t *at)
{
    const Token *t = &m->tokens.items[*at];
    if (t->kind != TOKEN_TEXT || !is_printed(t->text))
        return false;
    ++*at;
    if (what == 'y') {
        m->said.token = str_slice(t->text, 5, t->text.len);
        return str_starts(t->text, STR("yes  ")) && m->said.token.len && str_find_char(m->said.token, ':', 0) == SIZE_MAX;
    }
    Str no = str_format(m->arena, "no   %.*s: ", STR_ARGS(m->said.token));
    if (what == 'x')
        return str_equal(t->text, str_format(m->arena, "%.*sexpected 0, found ", STR_ARGS(no)));
    if (what == 's')   // before the answer itself
        return str_starts(t->text, STR("no   ")) && str_ends(t->text, STR(": table "));
    return str_starts(t->text, no);
}

// The number of questions so far, and with the next.
static bool counts(Matching *m, size_t *at, int64_t more)
{
    const Token *t = &m->tokens.items[*at];
    int64_t kept = -1;
    ++*at;
    if (t->kind != TOKEN_WORD || !number_is(&kept, t->text, 0) || kept != m->said.count + more)
        return false;
    m->said.count = kept;
    return true;
}

static bool says_case(Matching *m, char what, Str text)
{
    SaidCase *last = m->said.cases.count ? &m->said.cases.items[m->said.cases.count - 1] : NULL;
    if (what == 'G') {
        if (!is_printed(text) || !text.len)
            return false;
        last->apply = text;
        return true;
    }
    vec_push(m->arena, &m->said.cases, ((SaidCase){.rows = text, .is_run = what == 'J'}));
    return true;
}

static bool schema_or_current(Matching *m, size_t *at)
{
    static const Form current[] = {{0, 0, "DATABASE ( )"}, {0, 0, "SYS_CONTEXT ( 'USERENV' , 'CURRENT_SCHEMA' )"}};
    Str text;
    return matches(m, &current[0], at) || matches(m, &current[1], at) || joined_text(m, at, &text);
}

static bool said_hole(Matching *m, char what, size_t *at)
{
    static const Str needs = {"none: this bundle needs ", 24}, later = {" or later", 9};
    const Token *t = m->tokens.items;
    Str text;
    switch (what) {
    case 'y':
    case 'n':
    case 'x':
    case 's': return answers(m, what, at);
    case '+': m->said.count++; return true;
    case 'p':
    case 'q': return counts(m, at, what == 'q');
    case 'V': return t[*at].kind == TOKEN_TEXT && begins_status(m, t[(*at)++].text);
    case 'Y': return begins_receipt(m, at);
    case 'L': return t[*at].kind == TOKEN_TEXT && is_printed(t[(*at)++].text);
    case 'R':
    case 'J':
    case 'G': return joined_text(m, at, &text) && says_case(m, what, text);
    case 'Z':
        if (t[*at].kind != TOKEN_TEXT || !str_starts(t[*at].text, needs) || !str_ends(t[*at].text, later))
            return false;
        m->said.needs = str_slice(t[*at].text, needs.len, t[*at].text.len - later.len);
        ++*at;
        return true;
    case 'M': m->said.minimum = -1; return t[*at].kind == TOKEN_WORD && number_is(&m->said.minimum, t[(*at)++].text, 0);
    case 'd': return schema_or_current(m, at);
    case 'l': return like_of_product(m, at);
    case 'K': return joined_text(m, at, &text) && is_known_query(m, text, m->script->queries);
    case 'k': return joined_text(m, at, &text) && is_known_query(m, text, m->script->row_queries);
    case 'U': return row_list(m, at);
    case 'c':
        m->said.asks_rows = true;
        return t[*at].kind == TOKEN_WORD && number_is(&m->said.row_count, t[(*at)++].text, 0);
    case 'C':
    case '1':
    case '2': return t[*at].kind == TOKEN_WORD && number_is(&m->said.count, t[(*at)++].text, what == 'C' ? 0 : what - '0');
    case 'H': return qualified_name(t, at);
    case 'O':
        return t[*at].kind == TOKEN_WORD && str_starts(t[*at].text, STR("#wb_")) &&
               token_is(m, str_slice(t[*at].text, 4, t[*at].text.len)) && (++*at, true);
    default: return false;
    }
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
    default:
        if (what != 'E' && what != 'P')
            return said_hole(m, what, at);
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
    ScriptSaid before = m->said;
    while (rest.len) {
        Str word = str_cut(&rest, ' '), next = rest;
        next = str_cut(&next, ' ');
        bool good;
        if (word.ptr[0] == '%') {
            good = hole(m, word.ptr[1], &i, next);
        } else if (word.ptr[0] == '\'') {
            Str wanted = str_replace(m->arena, str_slice(word, 1, word.len - 1), STR("~"), STR(" "));
            good = t[i].kind == TOKEN_TEXT && literal_is(m, wanted, t[i].text);
            i += good;
        } else {
            good = fits(t, i, word);
            i += good ? (t[i].kind == TOKEN_MARK ? word.len : 1) : 0;
        }
        if (i > m->furthest)
            m->furthest = i;
        if (!good) {
            m->said = before;
            return false;
        }
    }
    *at = i;
    return true;
}

// ---- a whole text ----

// The lines of the client's own that a preflight may have: how SQL*Plus prints.
static const char *const preflight_lines[] = {"SET DEFINE OFF", "SET LINESIZE 2000",
                                              "SET SERVEROUTPUT ON SIZE UNLIMITED FORMAT WRAPPED", NULL};

static Str without_lines(Arena *arena, Str text, const char *const *lines)
{
    Buf out = buf_open(arena);
    while (lines && text.len) {
        Str line = str_cut(&text, '\n');
        buf_addf(&out, "%.*s\n", is_one_of(line, lines) ? 0 : (int)line.len, line.ptr);
    }
    return lines ? buf_str(&out) : text;
}

// Returns the line of the first statement that is none of the forms; 0: there is none.
static size_t first_fault(Matching *m, const Reader *r, const Form *forms, const int wanted[2])
{
    size_t at = 0, last = m->tokens.count - 1;
    while (!r->odd && at < last) {
        const Form *form = forms;
        m->furthest = at;
        while (form->text && !(form->from == m->stage && matches(m, form, &at)))
            form++;
        if (!form->text)
            return m->tokens.items[m->furthest].line;
        m->stage = form->to;
    }
    bool ends = m->stage == wanted[0] || m->stage == wanted[1];
    return r->odd || !ends || m->said.differs ? m->tokens.items[last].line : 0;
}

const Client *forms_client(Str path)
{
    Str rest = str_slice(path, 4, path.len);
    return client_find(str_cut(&rest, '/'), STR_EMPTY);
}

size_t forms_first_fault(Arena *arena, FormsOf of, const Client *client, Str text, size_t first_line, ScriptSaid *said)
{
    Matching m = {.arena = arena, .quotes = &client->quotes, .said = {.minimum = -1, .count = -1, .row_count = -1}};
    Reader r = {.arena = arena, .quotes = m.quotes, .text = text, .line = first_line};
    const Form *forms;
    int last[2];
    size_t row = 0;
    bool is_preflight = of == FORMS_PREFLIGHT;
    while (preflight_rules[row].dialect && !str_equal(str_from(preflight_rules[row].dialect), client->dialect))
        row++;
    m.rules = &preflight_rules[row];
    if (!m.rules->dialect)
        return first_line;
    if (is_preflight) {
        m.said.count = 0;
        if (str_equal(client->dialect, STR("oracle")))
            r.text = without_lines(arena, text, preflight_lines);
        m.tokens = form_tokens(&r);
        forms = m.rules->forms;
        last[0] = last[1] = is_word(&m.tokens.items[0], "EXECUTE") ? m.rules->last_as : m.rules->last;
    } else {
        m.script = &script_rules[row];
        r.text = of == FORMS_STATUS ? without_lines(arena, text, m.script->lines) : text;
        m.tokens = form_tokens(&r);
        forms = of == FORMS_STATUS ? m.script->status : m.script->receipt;
        last[0] = of == FORMS_STATUS ? m.script->status_last : m.script->receipt_last[0];
        last[1] = of == FORMS_STATUS ? m.script->status_last : m.script->receipt_last[1];
    }
    m.declared = map_open(arena);
    size_t line = first_fault(&m, &r, forms, last);
    *said = m.said;
    return line;
}
