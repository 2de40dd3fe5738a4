// Raw SQL cut into statements and told apart by their first words; never translated, never rewritten.
#include "sql_int.h"

// Returns the offset behind a quoted run that starts at `at`, or SIZE_MAX. Doubled quotes belong to it; with `backslash`
// a backslash takes the next character with it.
static size_t skip_quoted(Str text, size_t at, char quote, bool backslash)
{
    for (size_t i = at + 1; i < text.len; i++) {
        if (backslash && text.ptr[i] == '\\') {
            i++;
        } else if (text.ptr[i] == quote) {
            if (i + 1 < text.len && text.ptr[i + 1] == quote)
                i++;
            else
                return i + 1;
        }
    }
    return SIZE_MAX;
}

static size_t skip_block_comment(const Dialect *dialect, Str text, size_t at)
{
    bool nests = dialect->id == DIALECT_POSTGRESQL || dialect->id == DIALECT_MSSQL;
    size_t depth = 1;
    for (size_t i = at + 2; i + 1 < text.len; i++) {
        if (text.ptr[i] == '*' && text.ptr[i + 1] == '/') {
            i++;
            if (--depth == 0)
                return i + 1;
        } else if (nests && text.ptr[i] == '/' && text.ptr[i + 1] == '*') {
            depth++;
            i++;
        }
    }
    return SIZE_MAX;
}

// PostgreSQL's $tag$ ... $tag$. Returns SIZE_MAX when it does not end, `at` when it is none.
static size_t skip_dollar(Str text, size_t at)
{
    size_t end = at + 1;
    while (end < text.len && is_word_byte(text.ptr[end]))
        end++;
    if (end >= text.len || text.ptr[end] != '$' || (end > at + 1 && text.ptr[at + 1] >= '0' && text.ptr[at + 1] <= '9'))
        return at;
    Str tag = str_slice(text, at, end + 1);
    size_t close = str_find(text, tag, end + 1);
    return close == SIZE_MAX ? SIZE_MAX : close + tag.len;
}

// Oracle's q'[it's]' and nq'{...}'. Returns `at` when there is none, SIZE_MAX when it does not end.
static size_t skip_q_quote(Str text, size_t at)
{
    static const char open[] = "[{(<", close[] = "]})>";
    size_t q = at;
    if (q < text.len && (text.ptr[q] == 'n' || text.ptr[q] == 'N'))
        q++;
    if (q + 2 >= text.len || (text.ptr[q] != 'q' && text.ptr[q] != 'Q') || text.ptr[q + 1] != '\'')
        return at;
    const char *bracket = strchr(open, text.ptr[q + 2]);
    char end[2] = {bracket ? close[bracket - open] : text.ptr[q + 2], '\''};
    size_t found = str_find(text, (Str){end, 2}, q + 3);
    return found == SIZE_MAX ? SIZE_MAX : found + 2;
}

static bool is_mysql(const Dialect *dialect)
{
    return dialect->escape == ESCAPE_BACKSLASH;
}

static bool is_hidden_code(const Dialect *dialect, Str text)
{
    return is_mysql(dialect) && (str_starts(text, STR("/*!")) || str_starts(text, STR("/*M!")));
}

// MySQL wants a space behind the dashes, and has a sign of its own.
static bool starts_line_comment(const Dialect *dialect, Str text, size_t at)
{
    if (text.ptr[at] == '#')
        return is_mysql(dialect);
    if (text.ptr[at] != '-' || at + 1 >= text.len || text.ptr[at + 1] != '-')
        return false;
    return !is_mysql(dialect) || at + 2 >= text.len || (unsigned char)text.ptr[at + 2] <= ' ';
}

SqlToken sql_token(const Dialect *dialect, Str text, size_t at)
{
    while (at < text.len && (text.ptr[at] == ' ' || (text.ptr[at] >= '\t' && text.ptr[at] <= '\r')))
        at++;
    SqlToken token = {.kind = TOKEN_END, .start = at, .end = at};
    if (at >= text.len)
        return token;
    char c = text.ptr[at], next = at + 1 < text.len ? text.ptr[at + 1] : 0;
    bool postgresql = dialect->id == DIALECT_POSTGRESQL, oracle = dialect->id == DIALECT_ORACLE;
    size_t end;
    token.kind = TOKEN_PUNCT;
    if (starts_line_comment(dialect, text, at)) {
        end = str_find_char(text, '\n', at);
        end = end == SIZE_MAX ? text.len : end;
        token.kind = TOKEN_COMMENT;
    } else if (c == '/' && next == '*') {
        end = skip_block_comment(dialect, text, at);
        // what MySQL runs of it is no comment
        token.kind = is_hidden_code(dialect, str_slice(text, at, text.len)) ? TOKEN_PUNCT : TOKEN_COMMENT;
    } else if (c == '\'' || (c == '"' && is_mysql(dialect))) {
        end = skip_quoted(text, at, c, is_mysql(dialect));
        token.kind = TOKEN_STRING;
    } else if (postgresql && (c == 'e' || c == 'E') && next == '\'') {
        end = skip_quoted(text, at + 1, '\'', true);
        token.kind = TOKEN_STRING;
    } else if (oracle && (end = skip_q_quote(text, at)) != at) {
        token.kind = TOKEN_STRING;
    } else if (c == '"' || (!postgresql && !oracle && (c == '`' || c == '['))) {
        end = skip_quoted(text, at, c == '[' ? ']' : c, false);
        token.kind = TOKEN_QUOTED;
        if (end != SIZE_MAX)
            token.text = str_slice(text, at + 1, end - 1);
    } else if (postgresql && c == '$' && (end = skip_dollar(text, at)) != at) {
        token.kind = TOKEN_STRING;
    } else if (is_word_byte(c)) {
        end = at + 1;
        while (end < text.len && (is_word_byte(text.ptr[end]) || text.ptr[end] == '$'))
            end++;
        token.kind = TOKEN_WORD;
        token.text = str_slice(text, at, end);
    } else {
        end = at + 1;
    }
    if (end == SIZE_MAX) {
        token.kind = TOKEN_BAD;
        end = text.len;
    }
    token.end = end;
    return token;
}

const char *sql_mark_text(Arena *arena, const Dialect *dialect, Str text)
{
    char *kinds = arena_array(arena, char, text.len + 1);
    memset(kinds, TEXT_PLAIN, text.len);
    for (SqlToken t = sql_token(dialect, text, 0); t.kind != TOKEN_END; t = sql_token(dialect, text, t.end)) {
        bool is_line = t.kind == TOKEN_COMMENT && starts_line_comment(dialect, text, t.start);
        bool is_quoted = t.kind == TOKEN_COMMENT || t.kind == TOKEN_STRING || t.kind == TOKEN_QUOTED || t.kind == TOKEN_BAD;
        if (is_quoted)
            memset(kinds + t.start, is_line ? TEXT_COMMENT : TEXT_QUOTED, t.end - t.start);
    }
    return kinds;
}

// ---- what a statement is ----

enum { HEAD_WORDS = 8 };
typedef struct Head {
    Str words[HEAD_WORDS];   // upper case would cost a copy: compared without case
    size_t count;
    bool has_client_line;
    bool hides;    // MySQL runs what stands in /*! ... */
    bool writes;   // INSERT, UPDATE or DELETE somewhere outside quotes
    bool concurrently, reads_stdin;
} Head;

static bool is_word(const Head *head, size_t at, const char *word)
{
    return at < head->count && str_equal_fold(head->words[at], str_from(word));
}

static Head read_head(const Dialect *dialect, Str text)
{
    static const char *const writers[] = {"INSERT", "UPDATE", "DELETE", "MERGE", NULL};
    Head head = {0};
    bool after_from = false;
    for (SqlToken t = sql_token(dialect, text, 0); t.kind != TOKEN_END && t.kind != TOKEN_BAD;
         t = sql_token(dialect, text, t.end)) {
        if (t.kind == TOKEN_PUNCT && text.ptr[t.start] == '\\' && (dialect->id == DIALECT_POSTGRESQL || is_mysql(dialect)))
            head.has_client_line = true;
        head.hides |= t.kind == TOKEN_PUNCT && is_hidden_code(dialect, str_slice(text, t.start, t.end));
        if (t.kind != TOKEN_WORD)
            continue;
        if (head.count < HEAD_WORDS)
            head.words[head.count++] = t.text;
        head.writes |= str_is_one_of(t.text, writers);
        // COPY ... FROM STDOUT means the same
        head.reads_stdin |= str_equal_fold(t.text, STR("STDIN")) || (after_from && str_equal_fold(t.text, STR("STDOUT")));
        after_from = str_equal_fold(t.text, STR("FROM"));
        head.concurrently |= str_equal_fold(t.text, STR("CONCURRENTLY"));
    }
    return head;
}

// Source: Oracle SQL*Plus User's Guide, "Running PL/SQL Blocks"; SQL Language Reference, plsql_declarations.
static bool is_plsql(const Head *head)
{
    static const char *const units[] = {"TRIGGER", "FUNCTION", "PROCEDURE", "PACKAGE", "TYPE", "LIBRARY", "JAVA", NULL};
    if (is_word(head, 0, "BEGIN") || is_word(head, 0, "DECLARE"))
        return true;
    if (is_word(head, 0, "WITH"))
        return is_word(head, 1, "FUNCTION") || is_word(head, 1, "PROCEDURE");
    size_t at = is_word(head, 1, "OR") ? 3 : 1;
    at += is_word(head, at, "EDITIONABLE") || is_word(head, at, "NONEDITIONABLE");
    return is_word(head, 0, "CREATE") && at < head->count && str_is_one_of(head->words[at], units);
}

// SET of a parameter that the frame pins or arms; other SETs (timeouts, work_mem) are the revision's own business.
static bool touches_armed_state(const Head *head)
{
    static const char *const pinned[] = {"ROLE",
                                         "SESSION_AUTHORIZATION",
                                         "AUTHORIZATION",
                                         "TRANSACTION",
                                         "CHARACTERISTICS",
                                         "NAMES",
                                         "default_transaction_read_only",
                                         "transaction_read_only",
                                         "default_transaction_isolation",
                                         "standard_conforming_strings",
                                         "client_encoding",
                                         "search_path",
                                         "SCHEMA",
                                         NULL};
    size_t at = 1;
    if (is_word(head, at, "LOCAL") || (is_word(head, at, "SESSION") && !is_word(head, at + 1, "AUTHORIZATION")))
        at++;
    return at < head->count && str_is_one_of(head->words[at], pinned);
}

// What changes whom or how a session of SQL Server works; SET IDENTITY_INSERT and the like are the revision's own.
static bool is_mssql_session(const Head *head)
{
    static const char *const verbs[] = {"USE", "REVERT", "SETUSER", "SAVE", "SHUTDOWN", "KILL", NULL};
    static const char *const pinned[] = {"NOEXEC",
                                         "PARSEONLY",
                                         "FMTONLY",
                                         "XACT_ABORT",
                                         "TRANSACTION",
                                         "IMPLICIT_TRANSACTIONS",
                                         "ANSI_DEFAULTS",
                                         "ANSI_NULLS",
                                         "ANSI_PADDING",
                                         "ANSI_WARNINGS",
                                         "ARITHABORT",
                                         "CONCAT_NULL_YIELDS_NULL",
                                         "QUOTED_IDENTIFIER",
                                         "NUMERIC_ROUNDABORT",
                                         "ROWCOUNT",
                                         "DATEFORMAT",
                                         "LANGUAGE",
                                         "SHOWPLAN_ALL",
                                         "SHOWPLAN_TEXT",
                                         "SHOWPLAN_XML",
                                         "ANSI_NULL_DFLT_ON",
                                         "ANSI_NULL_DFLT_OFF",
                                         NULL};
    if (str_is_one_of(head->words[0], verbs))
        return true;
    if (is_word(head, 0, "EXEC") || is_word(head, 0, "EXECUTE"))
        return is_word(head, 1, "AS");
    return is_word(head, 0, "SET") && head->count > 1 && str_is_one_of(head->words[1], pinned);
}

// What runs on to the end of its text, semicolons inside: Oracle's PL/SQL, up to a line "/", as its clients have it; what
// shares variables or a block with the statements behind it on SQL Server.
static bool takes_rest(const Dialect *dialect, const Head *head)
{
    static const char *const blocks[] = {"DECLARE", "IF", "WHILE", NULL};
    static const char *const modules[] = {"PROC", "PROCEDURE", "FUNCTION", "TRIGGER", "VIEW", NULL};
    static const char *const transaction[] = {"TRAN", "TRANSACTION", "DISTRIBUTED", NULL};
    if (!head->count)
        return false;
    if (dialect->id == DIALECT_ORACLE)
        return is_plsql(head);
    if (dialect->id != DIALECT_MSSQL)
        return false;
    if (is_word(head, 0, "BEGIN"))
        return head->count > 1 && !str_is_one_of(head->words[1], transaction);
    size_t at = is_word(head, 1, "OR") ? 3 : 1;
    bool makes = is_word(head, 0, "CREATE") || is_word(head, 0, "ALTER");
    return str_is_one_of(head->words[0], blocks) || (makes && at < head->count && str_is_one_of(head->words[at], modules));
}

static bool says_any(const Head *head, const char *const *list)
{
    for (size_t i = 1; i < head->count; i++)
        if (str_is_one_of(head->words[i], list))
            return true;
    return false;
}

// CREATE PROCEDURE and its kin, with or without a DEFINER, and MariaDB's BEGIN NOT ATOMIC: statements stand inside.
static bool is_mysql_routine(const Dialect *dialect, const Head *head)
{
    static const char *const kinds[] = {"PROCEDURE", "FUNCTION", "TRIGGER", "EVENT", "PACKAGE", NULL};
    if (!is_mysql(dialect))
        return false;
    return (is_word(head, 0, "BEGIN") && is_word(head, 1, "NOT")) || (is_word(head, 0, "CREATE") && says_any(head, kinds));
}

// What touches the session, the transaction or the server itself on MySQL; SET FOREIGN_KEY_CHECKS and the like are the
// revision's own.
static bool is_mysql_session(const Head *head)
{
    static const char *const verbs[] = {"USE",  "FLUSH",  "RESET",  "KILL",    "PURGE",     "SHUTDOWN", "HANDLER",
                                        "XA",   "CACHE",  "CHANGE", "INSTALL", "UNINSTALL", "RESTART",  "CLONE",
                                        "HELP", "SOURCE", "STOP",   "BINLOG",  "DELIMITER", "UNLOCK",   NULL};
    static const char *const pinned[] = {"GLOBAL",
                                         "PERSIST",
                                         "PERSIST_ONLY",
                                         "NAMES",
                                         "CHARACTER",
                                         "CHARSET",
                                         "TRANSACTION",
                                         "PASSWORD",
                                         "ROLE",
                                         "sql_mode",
                                         "autocommit",
                                         "completion_type",
                                         "transaction_read_only",
                                         "tx_read_only",
                                         "transaction_isolation",
                                         "tx_isolation",
                                         "lock_wait_timeout",
                                         "innodb_lock_wait_timeout",
                                         "max_error_count",
                                         "character_set_client",
                                         "character_set_connection",
                                         "character_set_results",
                                         NULL};
    if (str_is_one_of(head->words[0], verbs))
        return true;
    if (is_word(head, 0, "LOCK"))
        return is_word(head, 1, "TABLES") || is_word(head, 1, "TABLE");
    return is_word(head, 0, "SET") && says_any(head, pinned);
}

static RawKind classify(const Dialect *dialect, const Head *head, Str text)
{
    static const char *const transaction[] = {"BEGIN", "START",     "COMMIT",  "END", "ROLLBACK",
                                              "ABORT", "SAVEPOINT", "RELEASE", NULL};
    static const char *const session[] = {"RESET", "DISCARD", "ATTACH", "DETACH", "PRAGMA", NULL};
    static const char *const dml[] = {"INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", NULL};
    static const char *const query[] = {"SELECT", "VALUES", "SHOW", "EXPLAIN", "TABLE", NULL};
    static const char *const ddl[] = {"CREATE",  "ALTER",    "DROP",   "COMMENT",  "TRUNCATE", "GRANT", "REVOKE",
                                      "REINDEX", "ANALYZE",  "VACUUM", "REFRESH",  "CLUSTER",  "LOCK",  "SECURITY",
                                      "IMPORT",  "REASSIGN", "RENAME", "OPTIMIZE", NULL};
    if (head->hides)
        return RAW_SESSION;
    if (!head->count)
        return sql_token(dialect, text, 0).kind == TOKEN_COMMENT ? RAW_COMMENT : RAW_OTHER;
    Str first = head->words[0];
    // COPY ... FROM STDIN reads rows from the script itself, which no frame can carry
    bool copies_stdin = is_word(head, 0, "COPY") && head->reads_stdin;
    if (head->has_client_line || copies_stdin || (dialect->id == DIALECT_SQLITE && text.ptr[0] == '.'))
        return RAW_CLIENT;
    if (is_mysql(dialect) && is_mysql_session(head))
        return RAW_SESSION;
    if (is_mysql_routine(dialect, head))
        return is_word(head, 0, "CREATE") ? RAW_DDL : RAW_OTHER;
    if (takes_rest(dialect, head))
        return is_word(head, 0, "WITH") ? RAW_QUERY : RAW_OTHER;
    if (dialect->id == DIALECT_MSSQL && is_mssql_session(head))
        return RAW_SESSION;
    if (dialect->id == DIALECT_ORACLE && is_word(head, 0, "ALTER") && is_word(head, 1, "SESSION"))
        return RAW_SESSION;
    if (str_is_one_of(first, transaction) || (is_word(head, 0, "PREPARE") && is_word(head, 1, "TRANSACTION")))
        return RAW_TRANSACTION;
    if (str_is_one_of(first, session))
        return RAW_SESSION;
    if (is_word(head, 0, "SET"))
        return is_word(head, 1, "CONSTRAINTS") || !touches_armed_state(head) ? RAW_OTHER : RAW_SESSION;
    if (str_is_one_of(first, dml))
        return RAW_DML;
    if (is_word(head, 0, "WITH"))
        return head->writes ? RAW_DML : RAW_QUERY;
    if (str_is_one_of(first, query))
        return RAW_QUERY;
    return str_is_one_of(first, ddl) ? RAW_DDL : RAW_OTHER;
}

// Source: learn.microsoft.com, "Transact-SQL statements allowed in transactions" (of BEGIN TRANSACTION).
static bool runs_outside_on_mssql(const Head *head)
{
    static const char *const verbs[] = {"BACKUP", "RESTORE", "RECONFIGURE", NULL};
    static const char *const changes[] = {"CREATE", "ALTER", "DROP", NULL};
    static const char *const kinds[] = {"DATABASE", "FULLTEXT", "ENDPOINT", "AVAILABILITY", NULL};
    return str_is_one_of(head->words[0], verbs) ||
           (str_is_one_of(head->words[0], changes) && head->count > 1 && str_is_one_of(head->words[1], kinds));
}

static bool runs_outside(const Dialect *dialect, const Head *head)
{
    if (dialect->id == DIALECT_SQLITE)
        return is_word(head, 0, "VACUUM");
    if (dialect->id == DIALECT_MSSQL)
        return runs_outside_on_mssql(head);
    if (dialect->id == DIALECT_ORACLE)
        return false;
    if (is_word(head, 0, "VACUUM"))
        return true;
    if (is_word(head, 0, "ALTER") && is_word(head, 1, "SYSTEM"))
        return true;
    bool makes = is_word(head, 0, "CREATE") || is_word(head, 0, "DROP");
    if (makes && (is_word(head, 1, "DATABASE") || is_word(head, 1, "TABLESPACE")))
        return true;
    // ALTER TABLE ... DETACH PARTITION ... CONCURRENTLY
    if (head->concurrently && is_word(head, 0, "ALTER") && is_word(head, 1, "TABLE"))
        return true;
    bool index = is_word(head, 1, "INDEX") || (is_word(head, 1, "UNIQUE") && is_word(head, 2, "INDEX"));
    return head->concurrently && ((makes && index) || is_word(head, 0, "REINDEX"));
}

// ---- cutting ----

// SQL routines with a body of statements: BEGIN ATOMIC ... END, SQLite triggers.
static bool opens_body(const Dialect *dialect, const Head *head, Str previous, Str word)
{
    if (!is_word(head, 0, "CREATE"))
        return false;
    if (dialect->id == DIALECT_POSTGRESQL)
        return str_equal_fold(word, STR("ATOMIC")) && str_equal_fold(previous, STR("BEGIN"));
    bool trigger = is_word(head, 1, "TRIGGER") ||
                   ((is_word(head, 1, "TEMP") || is_word(head, 1, "TEMPORARY")) && is_word(head, 2, "TRIGGER"));
    return trigger && str_equal_fold(word, STR("BEGIN"));
}

// How deep a routine of MySQL is in its own statements. END IF, END CASE and their kin close what the one word opened;
// IF() and REPEAT() are functions, but for the beginning of a statement.
typedef struct Depth {
    size_t open;
    bool begins;   // a statement begins here
    bool after_end;
} Depth;

static void follow_depth(Depth *depth, const SqlToken *t, char punct)
{
    static const char *const opens[] = {"IF", "LOOP", "REPEAT", "WHILE", NULL};
    static const char *const before[] = {"BEGIN", "THEN", "ELSE", "DO", "LOOP", "REPEAT", NULL};
    bool begins = depth->begins, after_end = depth->after_end;
    depth->begins = t->kind == TOKEN_PUNCT ? punct == ';' || punct == ':' : false;
    depth->after_end = false;
    if (t->kind != TOKEN_WORD)
        return;
    if (str_equal_fold(t->text, STR("END"))) {
        depth->open -= depth->open > 0;
        depth->after_end = true;
        return;
    }
    bool opened = str_equal_fold(t->text, STR("BEGIN")) || str_equal_fold(t->text, STR("CASE")) ||
                  (begins && str_is_one_of(t->text, opens));
    depth->open += opened && !after_end;
    depth->begins = str_is_one_of(t->text, before);
}

// A line with nothing else: "/" runs what stands before it in Oracle's clients, GO in SQL Server's.
static bool is_line(Str text, size_t at, const char *word)
{
    size_t start = at, end = str_find_char(text, '\n', at);
    while (start && text.ptr[start - 1] != '\n')
        start--;
    return str_equal_fold(str_trim(str_slice(text, start, end == SIZE_MAX ? text.len : end)), str_from(word));
}

static void add_statement(Arena *arena, const Dialect *dialect, RawList *statements, Str text, size_t start, size_t last,
                          size_t end)
{
    Str body = str_trim(str_slice(text, start, last > start ? last : end));
    Str trailing = last > start ? str_trim(str_slice(text, last, end)) : STR_EMPTY;
    if (body.len) {
        Head head = read_head(dialect, body);
        RawStatement statement = {body, classify(dialect, &head, body), head.count && runs_outside(dialect, &head),
                                  sql_touched_setting(arena, dialect, body)};
        // RESET lock_timeout is the revision's own business, as SET lock_timeout is
        if (dialect->id == DIALECT_POSTGRESQL && is_word(&head, 0, "RESET") && !statement.touches.len)
            statement.kind = RAW_OTHER;
        vec_push(arena, statements, statement);
    }
    // a comment behind the last word would swallow the terminator: it follows on its own
    if (trailing.len) {
        RawStatement comment = {trailing, RAW_COMMENT, false, STR_EMPTY};
        vec_push(arena, statements, comment);
    }
}

bool sql_split(Arena *arena, Diag *diag, const Dialect *dialect, Span at, Str text, RawList *statements)
{
    size_t start = 0, last = 0;   // last: end of the last token that is no comment
    size_t body = 0;              // open BEGIN/CASE inside a routine
    Head head = {0};
    Depth depth = {0};
    Str previous = STR_EMPTY;
    for (SqlToken t = sql_token(dialect, text, 0);; t = sql_token(dialect, text, t.end)) {
        if (t.kind == TOKEN_BAD) {
            diag_error(diag, at, "SQL text has a quote or comment that does not end");
            diag_hint(
                diag, "It starts at \"%.*s\".",
                STR_ARGS(str_printable(arena, str_slice(text, t.start, t.start + 20 < text.len ? t.start + 20 : text.len))));
            return false;
        }
        if (t.kind == TOKEN_END) {
            add_statement(arena, dialect, statements, text, start, last, text.len);
            return true;
        }
        if (t.kind == TOKEN_COMMENT)
            continue;
        if (t.kind == TOKEN_WORD) {
            if (head.count < HEAD_WORDS)
                head.words[head.count++] = t.text;
            if (opens_body(dialect, &head, previous, t.text) || (body && str_equal_fold(t.text, STR("CASE"))))
                body++;
            else if (body && str_equal_fold(t.text, STR("END")))
                body--;
            previous = t.text;
        }
        if (is_mysql_routine(dialect, &head))
            follow_depth(&depth, &t, text.ptr[t.start]);
        bool ends = t.kind == TOKEN_PUNCT && text.ptr[t.start] == ';' && !body && !depth.open && !takes_rest(dialect, &head);
        if (ends || (dialect->id == DIALECT_ORACLE && is_line(text, t.start, "/")) ||
            (dialect->id == DIALECT_MSSQL && is_line(text, t.start, "GO"))) {
            add_statement(arena, dialect, statements, text, start, last, t.start);
            start = last = t.end;
            head = (Head){0};
            depth = (Depth){0};
            previous = STR_EMPTY;
            continue;
        }
        last = t.end;
    }
}

SqlHead sql_head(const Dialect *dialect, Str text)
{
    Head head = read_head(dialect, text);
    SqlHead result = {.count = head.count};
    memcpy(result.words, head.words, sizeof result.words);
    return result;
}

bool sql_head_is(const SqlHead *head, size_t at, const char *word)
{
    return at < head->count && str_equal_fold(head->words[at], str_from(word));
}

bool sql_is_plsql(const Dialect *dialect, Str text)
{
    Head head = read_head(dialect, text);
    return dialect->id == DIALECT_ORACLE && head.count && is_plsql(&head);
}
