// The clients' own commands: no line of a script may be one, but the lines that every frame has.
#include "content.h"

enum { HEAD_LINES = 8 };

static const char *const psql_lines[] = {"\\set ON_ERROR_STOP on", "\\set AUTOCOMMIT on",     "\\set QUIET on",
                                         "\\pset tuples_only on",  "\\pset format unaligned", NULL};
static const char *const sqlite3_lines[] = {".bail on", ".headers off", ".mode list", ".timeout 10000", NULL};
static const char *const mysql_lines[] = {"DELIMITER $$", "DELIMITER $1$", "DELIMITER $2$", "DELIMITER ;", NULL};
// Source: MySQL 8.0 client/mysql.cc and MariaDB 10.11 client/mysql.cc, commands[]; named commands are read where a
// statement would begin.
static const char *const mysql_words[] = {"delimiter",
                                          "?",
                                          "charset",
                                          "clear",
                                          "connect",
                                          "costs",
                                          "edit",
                                          "ego",
                                          "exit",
                                          "go",
                                          "help",
                                          "nopager",
                                          "notee",
                                          "pager",
                                          "print",
                                          "nowarning",
                                          "prompt",
                                          "query_attributes",
                                          "quit",
                                          "rehash",
                                          "source",
                                          "sandbox",
                                          "status",
                                          "resetconnection",
                                          "system",
                                          "tee",
                                          "use",
                                          "warnings",
                                          "ssl_session_data_print",
                                          NULL};
// SET lines of the Oracle frame and of its status.sql.
static const char *const sqlplus_lines[] = {"SET ECHO ON",
                                            "SET TERMOUT ON",
                                            "SET FEEDBACK ON",
                                            "SET FEEDBACK OFF",
                                            "SET VERIFY OFF",
                                            "SET DEFINE OFF",
                                            "SET ESCAPE OFF",
                                            "SET SQLBLANKLINES ON",
                                            "SET SQLTERMINATOR ON",
                                            "SET BLOCKTERMINATOR ON",
                                            "SET SQLPREFIX #",
                                            "SET SQLCASE MIXED",
                                            "SET CMDSEP OFF",
                                            "SET AUTOCOMMIT OFF",
                                            "SET EXITCOMMIT OFF",
                                            "SET PAGESIZE 0",
                                            "SET LINESIZE 2000",
                                            "SET TRIMOUT ON",
                                            "SET TRIMSPOOL ON",
                                            "SET TAB OFF",
                                            "SET SERVEROUTPUT ON SIZE UNLIMITED FORMAT WRAPPED",
                                            "WHENEVER OSERROR EXIT FAILURE ROLLBACK",
                                            "WHENEVER SQLERROR EXIT FAILURE ROLLBACK",
                                            "EXIT SUCCESS",
                                            NULL};
static const char *const no_lines[] = {NULL};
enum { DELIMITER_WORD = 0 };   // read at the begin of any line

// A client's command by its word: where no statement has begun, and DELIMITER at any line's begin.
static bool begins_with_command(const TextCheck *check)
{
    Str line = str_trim((Str){check->start, check->start_len});
    size_t len = 0;
    while (len < line.len && (is_word_byte(line.ptr[len]) || line.ptr[len] == '?'))
        len++;
    Str word = str_slice(line, 0, len);
    for (size_t i = 0; check->rules->words && check->rules->words[i]; i++)
        if (str_equal_fold(word, str_from(check->rules->words[i])))
            return check->line_begins || (check->line_is_code && (check->is_delimited || i == DELIMITER_WORD));
    return false;
}

static bool is_known(const TextCheck *check, Str line)
{
    for (size_t i = 0; check->rules->known[i]; i++)
        if (str_equal(line, str_from(check->rules->known[i])))
            return true;
    return false;
}

static Str first_word(Str line)
{
    size_t len = 0;
    while (len < line.len && is_word_byte(line.ptr[len]))
        len++;
    return str_slice(line, 0, len);
}

// sqlcmd reads its commands at a line's begin, whatever the line stands in.
// Source: learn.microsoft.com, sqlcmd utility, "sqlcmd commands".
static bool is_sqlcmd_command(TextCheck *check, Str line)
{
    static const char *const words[] = {"ED", "RESET", "QUIT", "EXIT", NULL};
    Str bare = str_trim(line), word = first_word(bare);
    if (str_starts(line, STR(":")) || str_starts(line, STR("!!")))
        return true;
    if (line.len && line.ptr[0] == bare.ptr[0] && str_is_one_of(word, words))
        return true;
    // a GO in a text, or one that repeats its batch, is none of the frame's
    return str_equal_fold(word, STR("GO")) && (!check->line_is_code || !str_equal(line, STR("GO")));
}

// "[WAYBILL-STEP 1.12]"
static bool is_step(Str text)
{
    size_t i = STR("PROMPT [WAYBILL-STEP ").len, dots = 0;
    if (!str_starts(text, STR("PROMPT [WAYBILL-STEP ")) || !str_ends(text, STR("]")))
        return false;
    for (; i + 1 < text.len; i++) {
        dots += text.ptr[i] == '.';
        if (text.ptr[i] != '.' && !(text.ptr[i] >= '0' && text.ptr[i] <= '9'))
            return false;
    }
    return dots == 1;
}

static bool begins_unit(Str line)
{
    static const char *const units[] = {"TRIGGER", "FUNCTION", "PROCEDURE", "PACKAGE", "TYPE", "LIBRARY", "JAVA", NULL};
    static const char *const between[] = {"CREATE", "OR", "REPLACE", "EDITIONABLE", "NONEDITIONABLE", NULL};
    Str word = first_word(line);
    if (str_equal_fold(word, STR("BEGIN")) || str_equal_fold(word, STR("DECLARE")))
        return true;
    if (!str_equal_fold(word, STR("CREATE")))
        return false;
    while (word.len && str_is_one_of(word, between)) {
        line = str_trim(str_slice(line, word.len, line.len));
        word = first_word(line);
    }
    return str_is_one_of(word, units);
}

// SQL*Plus: commands where a statement would begin, "/" and "." alone, and what begins or ends a line anywhere.
static bool is_sqlplus_command(TextCheck *check, Str line)
{
    static const char *const verbs[] = {
        "ADMINISTER", "ALTER",  "ANALYZE",      "ASSOCIATE", "AUDIT",   "BEGIN",     "CALL",   "COMMENT", "COMMIT", "CREATE",
        "DECLARE",    "DELETE", "DISASSOCIATE", "DROP",      "EXPLAIN", "FLASHBACK", "GRANT",  "INSERT",  "LOCK",   "MERGE",
        "NOAUDIT",    "PURGE",  "RENAME",       "REVOKE",    "SELECT",  "TRUNCATE",  "UPDATE", "WITH",    NULL};
    Str bare = str_trim(line), word = first_word(bare);
    if (str_equal(bare, STR("/"))) {
        bool runs = check->in_unit && check->line_is_code;
        check->in_unit = check->has_begun = false;
        return !runs;
    }
    if (str_equal(bare, STR(".")) || (bare.len && strchr("@#!", bare.ptr[0])) || check->last == '-')
        return true;
    if (check->in_unit || !check->line_begins || !bare.len || str_starts(bare, STR("--")))
        return false;
    if (is_known(check, line) || is_step(line)) {
        check->has_begun = false;
        return false;
    }
    check->in_unit = begins_unit(bare);
    return !str_is_one_of(word, verbs) && !str_starts(bare, STR("("));
}

#define MYSQL_CLIENT                                                                                                        \
    .has_backslash = true, .has_backticks = true, .escapes_quotes = true, .has_hash = true, .known = mysql_lines,           \
    .words = mysql_words
static const ClientRules rules[] = {
    {.dialect = {"postgresql", 10},
     .title = {"PostgreSQL", 10},
     .has_backslash = true,
     .has_e_strings = true,
     .has_dollars = true,
     .known = psql_lines},
    {.dialect = {"sqlite", 6},
     .title = {"SQLite", 6},
     .has_dot = true,
     .has_brackets = true,
     .has_backticks = true,
     .known = sqlite3_lines},
    {.dialect = {"mysql", 5}, .title = {"MySQL", 5}, MYSQL_CLIENT},
    {.dialect = {"mariadb", 7}, .title = {"MariaDB", 7}, MYSQL_CLIENT},
    {.dialect = {"oracle", 6},
     .title = {"Oracle", 6},
     .has_q_quotes = true,
     .known = sqlplus_lines,
     .is_command = is_sqlplus_command},
    {.dialect = {"mssql", 5},
     .title = {"SQL Server", 10},
     .has_brackets = true,
     .nests_comments = true,
     .has_variables = true,
     .known = no_lines,
     .is_command = is_sqlcmd_command},
};

const ClientRules *client_rules(Str dialect)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (str_equal(dialect, rules[i].dialect))
            return &rules[i];
    return NULL;
}

// The frame says in its head what it was made for ("-- Made for SQLite 3.35.0 and later, ..."): a script that stands in
// another database's folder would run there as far as its client lets it.
static bool check_head(TextCheck *check, Diag *diag, Str line)
{
    static const Str made_for = {"-- Made for ", 12};
    if (check->line > HEAD_LINES || !str_starts(line, made_for))
        return true;
    Str server = str_slice(line, made_for.len, line.len);
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (&rules[i] != check->rules && str_starts(server, rules[i].title))
            return diag_error(diag, SPAN_NONE,
                              "E-604 text in \"%.*s\": line %zu: a script for %.*s in the folder of another database",
                              STR_ARGS(check->path), check->line, STR_ARGS(rules[i].title));
    return true;
}

bool client_ends_line(TextCheck *check, Diag *diag)
{
    Str line = {check->start, check->start_len};
    if (!check_head(check, diag, line))
        return false;
    if (check->rules->is_command)
        check->is_command |= check->rules->is_command(check, line);
    bool is_stray = check->rules->has_dot && check->place == IN_CODE &&
                    (str_equal_fold(line, STR("/")) || str_equal_fold(line, STR("go")));
    if (!check->is_command && !is_stray && !begins_with_command(check))
        return true;
    check->is_command = false;
    if (!check->rules->is_command && is_known(check, line)) {
        check->has_begun = false;
        check->is_delimited = check->rules->words && !str_ends(line, STR(";"));
        return true;
    }
    diag_error(diag, SPAN_NONE, "E-603 text in \"%.*s\": line %zu: the client would take it for a command of its own",
               STR_ARGS(check->path), check->line);
    diag_hint(diag, "Only the lines of Waybill's own frame may be commands of the client.");
    return false;
}
