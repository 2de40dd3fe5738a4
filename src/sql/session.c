// What a statement does to the session that runs it: settings that the frame pins, or that change how what follows is read.
// They are looked for in every spelling that can be read: quoted names, lists, the clauses of ALTER ROLE and of functions,
// set_config(), and within texts, which EXECUTE may run. What is put together at run time is the frame's to notice.
#include "sql_int.h"

enum { DEEPEST_TEXT = 4 };

// Source: the frames' templates, which pin them. A NULL value: the frame does not pin it to the same in every script.
const Setting postgresql_settings[] = {
    {"standard_conforming_strings", "on", true},
    {"client_encoding", "'UTF8'", true},
    {"backslash_quote", NULL, true},
    {"search_path", NULL, false},
    {"role", NULL, false},
    {"session_authorization", NULL, false},
    {"default_transaction_read_only", NULL, false},
    {"transaction_read_only", NULL, false},
    {"default_transaction_isolation", NULL, false},
    {"transaction_isolation", NULL, false},
    {"default_transaction_deferrable", NULL, false},
    {"transaction_deferrable", NULL, false},
    {NULL, NULL, false},
};
const Setting mysql_settings[] = {
    {"sql_mode", NULL, true},
    {"character_set_client", "utf8mb4", true},
    {"character_set_connection", "utf8mb4", true},
    {"character_set_results", "utf8mb4", true},
    {"collation_connection", NULL, true},
    {"autocommit", "1", false},
    {"completion_type", "0", false},
    {"transaction_read_only", NULL, false},
    {"tx_read_only", NULL, false},
    {"transaction_isolation", NULL, false},
    {"tx_isolation", NULL, false},
    {"lock_wait_timeout", "30", false},
    {"innodb_lock_wait_timeout", "30", false},
    {"max_error_count", NULL, false},
    {NULL, NULL, false},
};
const Setting mssql_settings[] = {
    {"QUOTED_IDENTIFIER", "ON", true},
    {"ANSI_NULLS", "ON", true},
    {"ANSI_PADDING", "ON", true},
    {"ANSI_WARNINGS", "ON", true},
    {"ANSI_DEFAULTS", NULL, true},
    {"ANSI_NULL_DFLT_ON", "ON", true},
    {"ANSI_NULL_DFLT_OFF", NULL, true},
    {"ARITHABORT", "ON", true},
    {"CONCAT_NULL_YIELDS_NULL", "ON", true},
    {"NUMERIC_ROUNDABORT", "OFF", true},
    {"NOEXEC", NULL, true},
    {"PARSEONLY", NULL, true},
    {"FMTONLY", NULL, true},
    {"XACT_ABORT", "ON", true},
    {"IMPLICIT_TRANSACTIONS", "OFF", true},
    {"TRANSACTION", NULL, false},
    {"ROWCOUNT", "0", false},
    {"DATEFORMAT", "ymd", false},
    {"LANGUAGE", "us_english", false},
    {"SHOWPLAN_ALL", NULL, false},
    {"SHOWPLAN_TEXT", NULL, false},
    {"SHOWPLAN_XML", NULL, false},
    {NULL, NULL, false},
};
const Setting no_settings[] = {{NULL, NULL, false}};

typedef struct Scan {
    Arena *arena;
    const Dialect *dialect;
    unsigned depth;   // of texts within texts: 0 is the statement itself
    Cursor c;
    Str found;
} Scan;

static const Setting *find_setting(const Dialect *dialect, Str name)
{
    for (const Setting *s = dialect->settings; s->name; s++)
        if (str_equal_fold(name, str_from(s->name)))
            return s;
    return NULL;
}

static bool is_name(const Cursor *c)
{
    return c->token.kind == TOKEN_WORD || c->token.kind == TOKEN_QUOTED;
}

static Str name_of_token(const Scan *s)
{
    return s->c.token.kind == TOKEN_QUOTED ? unquoted_name(s->arena, s->dialect, s->c.token.text) : s->c.token.text;
}

static bool at_end(const Cursor *c)
{
    return c->token.kind == TOKEN_END || c->token.kind == TOKEN_BAD || cursor_at_punct(c, ';');
}

// Words between texts for people and SQL: "Set names of things" is none, SET NAMES latin1 is one.
static bool is_phrase(Scan *s)
{
    Cursor c = s->c;
    cursor_next(&c);
    return !at_end(&c) && (cursor_next(&c), at_end(&c));
}

// The cursor stands on a name that is given a value; `only_reading`: those that change where statements act may be set.
static bool check_name(Scan *s, bool only_reading)
{
    Str name = name_of_token(s);
    const Setting *setting = find_setting(s->dialect, name);
    bool own = s->dialect->id == DIALECT_POSTGRESQL && str_equal_fold(name, STR("waybill"));
    if (!own && (!setting || (only_reading && !setting->reads_text)))
        return false;
    Cursor next = s->c;
    cursor_next(&next);
    bool given = cursor_at_punct(&next, '=') || cursor_at_punct(&next, ':') || cursor_at(&next, "TO") ||
                 cursor_at(&next, "FROM") || cursor_at_punct(&next, '.');
    if (!given && s->depth)
        return false;
    s->found = name;
    return true;
}

// ---- PostgreSQL ----

static bool check_phrase(Scan *s)
{
    static const char *const phrases[] = {"NAMES", "SCHEMA", "ROLE", "AUTHORIZATION", NULL};
    static const char *const modes[] = {"READ", "ISOLATION", "NOT", "DEFERRABLE", "SNAPSHOT", "AS", NULL};
    Cursor next = s->c;
    cursor_next(&next);
    if (cursor_at_any(&s->c, phrases) && (!s->depth || is_phrase(s)))
        s->found = s->c.token.text;
    else if ((cursor_at(&s->c, "TRANSACTION") || cursor_at(&s->c, "CHARACTERISTICS")) &&
             (!s->depth || cursor_at_any(&next, modes)))
        s->found = s->c.token.text;
    return s->found.len > 0;
}

static bool after_set(Scan *s, bool only_reading)
{
    while (cursor_at(&s->c, "SESSION") || cursor_at(&s->c, "LOCAL"))
        cursor_next(&s->c);
    return is_name(&s->c) && ((!only_reading && check_phrase(s)) || check_name(s, only_reading));
}

static bool after_reset(Scan *s)
{
    static const char *const all[] = {"ALL", "ROLE", "SESSION", NULL};
    if (!is_name(&s->c))
        return false;
    Str name = name_of_token(s);
    bool known = cursor_at_any(&s->c, all) || find_setting(s->dialect, name);
    cursor_next(&s->c);
    if (known && (!s->depth || at_end(&s->c) || cursor_at(&s->c, "AUTHORIZATION")))
        s->found = str_format(s->arena, "RESET %.*s", STR_ARGS(name));
    return s->found.len > 0;
}

// set_config('name', ...): a name that is no text is not known.
static bool after_set_config(Scan *s)
{
    if (!cursor_at_punct(&s->c, '('))
        return false;
    cursor_next(&s->c);
    Str text = str_slice(s->c.text, s->c.token.start, s->c.token.end);
    if (s->c.token.kind != TOKEN_STRING || text.len < 2 || text.ptr[0] != '\'')
        s->found = STR("set_config() of a name that is not known");
    else if (find_setting(s->dialect, str_slice(text, 1, text.len - 1)) ||
             str_starts(str_lower(s->arena, text), STR("'waybill.")))
        s->found = str_format(s->arena, "set_config(%.*s)", STR_ARGS(text));
    return s->found.len > 0;
}

static bool updates_settings(Scan *s)
{
    while (cursor_at(&s->c, "ONLY") || cursor_at(&s->c, "pg_catalog") || cursor_at_punct(&s->c, '.'))
        cursor_next(&s->c);
    if (cursor_at(&s->c, "pg_settings"))
        s->found = STR("pg_settings");
    return s->found.len > 0;
}

// ---- MySQL and MariaDB ----

// SET a = 1, SESSION b = 2, @@global.c = 3, `d` = 4: one assignment. Leaves the cursor behind its value.
static bool assignment(Scan *s)
{
    static const char *const global[] = {"GLOBAL", "PERSIST", "PERSIST_ONLY", NULL};
    static const char *const phrases[] = {"NAMES", "CHARACTER", "CHARSET", "PASSWORD", "ROLE", NULL};
    size_t signs = 0, depth = 0;
    for (; cursor_at_punct(&s->c, '@'); cursor_next(&s->c))
        signs++;
    Cursor next = s->c;
    cursor_next(&next);
    bool scoped = signs == 2 ? cursor_at_punct(&next, '.') : is_name(&next) || cursor_at_punct(&next, '@');
    if (signs != 1 && scoped && cursor_at_any(&s->c, global)) {
        s->found = s->c.token.text;
        return true;
    }
    while (signs != 1 && (cursor_at(&s->c, "SESSION") || cursor_at(&s->c, "LOCAL")))
        for (cursor_next(&s->c); cursor_at_punct(&s->c, '.') || cursor_at_punct(&s->c, '@');)
            cursor_next(&s->c);
    if (signs == 0 && cursor_at_any(&s->c, phrases) && (!s->depth || is_phrase(s)))
        s->found = s->c.token.text;
    if (s->found.len || (signs != 1 && is_name(&s->c) && check_name(s, false)))
        return true;
    for (; !at_end(&s->c) && (depth || !cursor_at_punct(&s->c, ',')); cursor_next(&s->c)) {
        if (!depth && cursor_at(&s->c, "FOR"))
            break;
        depth += cursor_at_punct(&s->c, '(');
        depth -= depth && cursor_at_punct(&s->c, ')');
    }
    return false;
}

static bool assignments(Scan *s)
{
    cursor_accept(&s->c, "STATEMENT");
    for (;;) {
        if (assignment(s))
            return true;
        if (!cursor_at_punct(&s->c, ','))
            return false;
        cursor_next(&s->c);
    }
}

// ---- SQL Server ----

// SET ANSI_NULLS, QUOTED_IDENTIFIER OFF
static bool options(Scan *s)
{
    Str name = STR_EMPTY;
    for (;;) {
        const Setting *setting = is_name(&s->c) ? find_setting(s->dialect, s->c.token.text) : NULL;
        if (setting && (setting->reads_text || !s->depth))
            name = s->c.token.text;
        cursor_next(&s->c);
        if (!cursor_at_punct(&s->c, ','))
            break;
        cursor_next(&s->c);
    }
    if (!s->depth || cursor_at(&s->c, "ON") || cursor_at(&s->c, "OFF"))
        s->found = name;
    return s->found.len > 0;
}

// ---- Oracle ----

static bool is_oracle_session(Scan *s, Str word)
{
    static const char *const calls[] = {"SET_NLS", "SET_ROLE", "SET_IDENTIFIER", "SET_EDITION_DEFERRED", NULL};
    bool session = str_equal_fold(word, STR("DBMS_SESSION"));
    if (str_equal_fold(word, STR("ALTER")) && cursor_at(&s->c, "SESSION")) {
        s->found = STR("ALTER SESSION");
    } else if ((session || str_equal_fold(word, STR("DBMS_APPLICATION_INFO"))) && cursor_at_punct(&s->c, '.')) {
        cursor_next(&s->c);
        Str name = is_name(&s->c) ? name_of_token(s) : STR_EMPTY;
        if (session ? str_is_one_of(name, calls) : str_equal_fold(name, STR("SET_CLIENT_INFO")))
            s->found = name;
    }
    return s->found.len > 0;
}

// ---- any ----

static Str scan_text(Arena *arena, const Dialect *dialect, Str text, unsigned depth);

// What a text holds, as a statement that EXECUTE runs would read it.
static Str scan_literal(Scan *s, Str literal)
{
    static const char quotes[] = "'\"";
    size_t start = 0;
    if (s->depth >= DEEPEST_TEXT || literal.len < 8)
        return STR_EMPTY;
    if (literal.ptr[0] == '$') {
        start = str_find_char(literal, '$', 1) + 1;
        return scan_text(s->arena, s->dialect, str_slice(literal, start, literal.len - start), s->depth + 1);
    }
    while (start < literal.len && !strchr(quotes, literal.ptr[start]))
        start++;
    if (start + 1 >= literal.len)
        return STR_EMPTY;
    bool bracketed = start && (literal.ptr[start - 1] | 0x20) == 'q';   // q'[...]'
    Str inner = str_slice(literal, start + 1 + bracketed, literal.len - 1 - bracketed);
    if (!bracketed)
        inner = str_replace(s->arena, inner, STR("''"), STR("'"));
    return scan_text(s->arena, s->dialect, inner, s->depth + 1);
}

static bool may_matter(Str text)
{
    for (size_t i = 0; i + 3 <= text.len; i++)
        if ((text.ptr[i] | 0x20) == 's' && (text.ptr[i + 1] | 0x20) == 'e' &&
            ((text.ptr[i + 2] | 0x20) == 't' || (text.ptr[i + 2] | 0x20) == 's'))
            return true;
    return str_find(text, STR("wb_"), 0) != SIZE_MAX;
}

// Reads the word before the cursor, which has gone on. `begins`: where a statement does.
static bool read_word(Scan *s, Str word, bool begins, const SqlHead *head)
{
    bool sets = str_equal_fold(word, STR("SET"));
    switch (s->dialect->id) {
    case DIALECT_POSTGRESQL:
        if (str_equal_fold(word, STR("set_config")))
            return after_set_config(s);
        if (str_equal_fold(word, STR("UPDATE")))
            return updates_settings(s);
        if (begins && str_equal_fold(word, STR("RESET")))
            return after_reset(s);
        if (sets && begins)
            return after_set(s, false);
        // ALTER ROLE r SET x holds for the next session, a function's clause while it runs
        if (sets && (sql_head_is(head, 0, "ALTER") || sql_head_is(head, 0, "CREATE"))) {
            static const char *const roles[] = {"ROLE", "USER", "DATABASE", "SYSTEM", NULL};
            return after_set(s, !(head->count > 1 && str_is_one_of(head->words[1], roles)));
        }
        return false;
    case DIALECT_MYSQL:
    case DIALECT_MARIADB: return sets && begins && assignments(s);
    case DIALECT_MSSQL: return sets && options(s);
    case DIALECT_ORACLE: return is_oracle_session(s, word);
    case DIALECT_SQLITE:
    case DIALECT_COUNT: break;
    }
    return false;
}

static Str scan_text(Arena *arena, const Dialect *dialect, Str text, unsigned depth)
{
    static const char *const openers[] = {"BEGIN", "THEN", "ELSE", "LOOP", "DO", "ATOMIC", "REPEAT", NULL};
    Scan s = {.arena = arena, .dialect = dialect, .depth = depth};
    if (!may_matter(text))
        return STR_EMPTY;
    SqlHead head = sql_head(dialect, text);
    bool begins = true;
    s.c = (Cursor){.arena = arena, .dialect = dialect, .text = text};
    cursor_next(&s.c);
    while (s.c.token.kind != TOKEN_END && s.c.token.kind != TOKEN_BAD) {
        SqlToken token = s.c.token;
        if (token.kind == TOKEN_STRING) {
            s.found = scan_literal(&s, str_slice(text, token.start, token.end));
            if (s.found.len)
                return s.found;
        }
        cursor_next(&s.c);
        Cursor after = s.c;
        bool word = token.kind == TOKEN_WORD || token.kind == TOKEN_QUOTED;
        if (word && read_word(&s, token.text, begins, &head))
            return s.found;
        s.c = after;
        begins = word ? str_is_one_of(token.text, openers) : token.kind == TOKEN_PUNCT && text.ptr[token.start] == ';';
    }
    return STR_EMPTY;
}

Str sql_touched_setting(Arena *arena, const Dialect *dialect, Str text)
{
    return dialect->id == DIALECT_SQLITE ? STR_EMPTY : scan_text(arena, dialect, text, 0);
}

bool sql_switches_foreign_keys(Arena *arena, const Dialect *dialect, Str text, bool *on)
{
    static const char *const ons[] = {"ON", "1", "TRUE", "YES", NULL}, *const offs[] = {"OFF", "0", "FALSE", "NO", NULL};
    Cursor c = {.arena = arena, .dialect = dialect, .text = text};
    if (dialect->id != DIALECT_SQLITE)
        return false;
    cursor_next(&c);
    if (!cursor_accept(&c, "PRAGMA") || !cursor_accept(&c, "foreign_keys"))
        return false;
    bool inside = cursor_at_punct(&c, '(');
    if (!inside && !cursor_at_punct(&c, '='))
        return false;
    cursor_next(&c);
    *on = cursor_at_any(&c, ons);
    if (!*on && !cursor_at_any(&c, offs))
        return false;
    cursor_next(&c);
    if (inside && cursor_at_punct(&c, ')'))
        cursor_next(&c);
    return at_end(&c) && c.token.kind != TOKEN_BAD;
}
