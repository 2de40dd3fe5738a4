// The clients, one const row each; everything that differs and can be data is here.
#include "waybill/client.h"

// ---- psql ----

// Source: PostgreSQL src/bin/psql/command.c, exec_command(), 9.6 to 18. A name is read up to white space or a backslash, so
// that \nname, \', \1 or \( in a text are none of these. An unknown one throws the rest of its line away unread. Harmless
// are those that texts with patterns and E-strings are full of: they print, or change how results are printed.
static const ClientCommand psql_names[] = {
    {"!", IS_PREFIX, false},   // up to 9.6 a command of one letter may have its argument right behind it
    {"a", ALONE, true},
    {"bind", ALONE, false},
    {"bind_named", ALONE, false},
    {"c", ALONE, false},
    {"C", ALONE, true},
    {"cd", ALONE, false},
    {"close", ALONE, false},
    {"close_prepared", ALONE, false},
    {"connect", ALONE, false},
    {"conninfo", ALONE, true},
    {"copy", ALONE, false},
    {"copyright", ALONE, true},
    {"crosstabview", ALONE, false},
    {"d", IS_PREFIX, true},
    {"e", ALONE, false},
    {"echo", ALONE, false},
    {"edit", ALONE, false},
    {"ef", ALONE, false},
    {"elif", ALONE, false},
    {"else", ALONE, false},
    {"encoding", ALONE, false},
    {"endif", ALONE, false},
    {"endpipeline", ALONE, false},
    {"errverbose", ALONE, true},
    {"ev", ALONE, false},
    {"f", ALONE, true},
    {"flush", ALONE, false},
    {"flushrequest", ALONE, false},
    {"g", ALONE, false},
    {"gdesc", ALONE, false},
    {"getenv", ALONE, false},
    {"getresults", ALONE, false},
    {"gexec", ALONE, false},
    {"gset", ALONE, false},
    {"gx", ALONE, false},
    {"h", ALONE, true},
    {"H", ALONE, true},
    {"help", ALONE, true},
    {"html", ALONE, true},
    {"i", ALONE, false},
    {"if", ALONE, false},
    {"include", ALONE, false},
    {"include_relative", ALONE, false},
    {"ir", ALONE, false},
    {"l", ALONE, true},
    {"l+", ALONE, true},
    {"list", ALONE, true},
    {"list+", ALONE, true},
    {"lo_", IS_PREFIX, false},
    {"o", ALONE, false},
    {"out", ALONE, false},
    {"p", ALONE, true},
    {"parse", ALONE, false},
    {"password", ALONE, false},
    {"print", ALONE, true},
    {"prompt", ALONE, false},
    {"pset", ALONE, false},
    {"q", ALONE, false},
    {"qecho", ALONE, false},
    {"quit", ALONE, false},
    {"r", ALONE, true},
    {"reset", ALONE, true},
    {"restrict", ALONE, false},
    {"s", ALONE, false},   // writes the history to a file
    {"sendpipeline", ALONE, false},
    {"set", ALONE, false},
    {"setenv", ALONE, false},
    {"sf", IS_PREFIX, false},
    {"startpipeline", ALONE, false},
    {"sv", IS_PREFIX, false},
    {"syncpipeline", ALONE, false},
    {"t", ALONE, true},
    {"T", ALONE, true},
    {"timing", ALONE, true},
    {"unrestrict", ALONE, false},
    {"unset", ALONE, false},
    {"w", ALONE, false},   // writes the statement to a file or a program
    {"warn", ALONE, false},
    {"watch", ALONE, false},
    {"write", ALONE, false},
    {"x", ALONE, true},
    {"z", ALONE, true},
    {"?", ALONE, true},
    {NULL, ALONE, false},
};

// Source: PostgreSQL src/bin/psql/mainloop.c: a line that is no more than this leaves psql on a terminal, and the shell gets
// what is pasted behind it.
static const ClientCommand psql_words[] = {{"exit", ALONE, false}, {"quit", ALONE, false}, {NULL, ALONE, false}};

// Source: PostgreSQL's psql manual, "Variables", 9.6 to 18. Those are there with -X. A value is read by the same lexer as if
// it were written, so :LAST_ERROR_MESSAGE runs the command that a server's error message spells.
static const char *const psql_variables[] = {"AUTOCOMMIT",
                                             "COMP_KEYWORD_CASE",
                                             "DBNAME",
                                             "ECHO",
                                             "ECHO_HIDDEN",
                                             "ENCODING",
                                             "ERROR",
                                             "FETCH_COUNT",
                                             "HIDE_TABLEAM",
                                             "HIDE_TOAST_COMPRESSION",
                                             "HISTCONTROL",
                                             "HISTFILE",
                                             "HISTSIZE",
                                             "HOST",
                                             "IGNOREEOF",
                                             "LASTOID",
                                             "LAST_ERROR_MESSAGE",
                                             "LAST_ERROR_SQLSTATE",
                                             "ON_ERROR_ROLLBACK",
                                             "ON_ERROR_STOP",
                                             "PIPELINE_COMMAND_COUNT",
                                             "PIPELINE_RESULT_COUNT",
                                             "PIPELINE_SYNC_COUNT",
                                             "PORT",
                                             "PROMPT1",
                                             "PROMPT2",
                                             "PROMPT3",
                                             "QUIET",
                                             "ROW_COUNT",
                                             "SERVER_VERSION_NAME",
                                             "SERVER_VERSION_NUM",
                                             "SERVICE",
                                             "SHELL_ERROR",
                                             "SHELL_EXIT_CODE",
                                             "SHOW_ALL_RESULTS",
                                             "SHOW_CONTEXT",
                                             "SINGLELINE",
                                             "SINGLESTEP",
                                             "SQLSTATE",
                                             "USER",
                                             "VERBOSITY",
                                             "VERSION",
                                             "VERSION_NAME",
                                             "VERSION_NUM",
                                             "WATCH_INTERVAL",
                                             NULL};
static const char *const psql_lines[] = {"\\pset pager off \\pset tuples_only on \\pset format unaligned",
                                         "\\pset pager off \\pset tuples_only on",
                                         "\\set ON_ERROR_STOP on",
                                         "\\set ON_ERROR_ROLLBACK off",
                                         "\\set AUTOCOMMIT on",
                                         "\\set QUIET on",
                                         "\\pset tuples_only on",
                                         "\\pset format unaligned",
                                         "\\gset waybill_",
                                         "\\gexec",
                                         "\\if :waybill_go",
                                         "\\endif",
                                         "SELECT pg_catalog.set_config('waybill.failed', :'ERROR', false) AS failed",
                                         "\\if :{?waybill_drop}",
                                         "SELECT pg_catalog.set_config('waybill.drop', :'waybill_drop', false) AS allowed",
                                         NULL};
static const char *const psql_failures[] = {
    "ERROR:", "FATAL:", "PANIC:", "server closed the connection", "connection to server was lost", "invalid command", NULL};

#define PSQL                                                                                                                \
    .dialect = {"postgresql", 10}, .title = {"PostgreSQL", 10}, .quotes = {.has_e_strings = true, .has_dollars = true},     \
    .backslash_names = psql_names, .runs_backticks = true, .copies_rows = true, .variables = psql_variables,                \
    .words = psql_words, .completes = true, .frame_lines = psql_lines, .failure_words = psql_failures

// ---- sqlite3 ----

static const char *const sqlite3_alone[] = {"/", "go", NULL};
// Source: SQLite shell.c, open_db(), and what the shell of 3.40 has more than its library in pragma_function_list and
// pragma_module_list. edit() runs an editor that its argument names; sha3_query() and eval() run a text as SQL, in which any
// of the others may be put together; a zipfile table writes its file. Left out are those that only work out a value.
static const char *const sqlite3_names[] = {"load_extension",   "readfile",       "writefile",     "fsdir",
                                            "sha3_query",       "sha1_query",     "sqlite_dbdata", "sqlite_dbptr",
                                            "shell_add_schema", "fts3_tokenizer", "zipfile",       NULL};
static const char *const sqlite3_calls[] = {"edit", "eval", "usleep", NULL};
static const char *const sqlite3_lines[] = {
    ".bail on", ".headers off", ".mode list", ".timeout 10000", ".dbconfig defensive off", NULL};
static const char *const sqlite3_failures[] = {"Error: ",     "Error near", "Parse error", "Runtime error",
                                               "SQL error: ", "error: ",    NULL};

#define SQLITE3                                                                                                             \
    .dialect = {"sqlite", 6}, .title = {"SQLite", 6}, .quotes = {.has_brackets = true, .has_backticks = true},              \
    .starts = ".#", .lines = sqlite3_alone, .names = sqlite3_names, .calls = sqlite3_calls, .completes = true,              \
    .frame_lines = sqlite3_lines, .failure_words = sqlite3_failures

// ---- mysql and mariadb ----

// Source: MySQL 8.0 and 9 client/mysql.cc, MariaDB 10.11 and 11 client/mysql.cc: commands[], add_line(), find_command(). A
// letter is a command outside quotes, and within them where the client's character set takes the backslash's forerunner or
// the server has NO_BACKSLASH_ESCAPES. Harmless: \n nopager and \t notee, which put output back where it was; \N, NULL; \s
// status, \p print, \w and \W warnings, which print. \r is none of them: it connects to another server.
static const ClientCommand mysql_letters[] = {
    {"?", TAKES_REST, false}, {"!", TAKES_REST, false}, {"-", TAKES_REST, false}, {"#", TAKES_REST, false},
    {".", TAKES_REST, false}, {"C", TAKES_REST, false}, {"c", TAKES_REST, false}, {"d", TAKES_REST, false},
    {"e", TAKES_REST, false}, {"G", TAKES_REST, false}, {"g", TAKES_REST, false}, {"h", TAKES_REST, false},
    {"N", TAKES_REST, true},  {"n", TAKES_REST, true},  {"o", TAKES_REST, false}, {"P", TAKES_REST, false},
    {"p", TAKES_REST, true},  {"q", TAKES_REST, false}, {"R", TAKES_REST, false}, {"r", TAKES_REST, false},
    {"s", TAKES_REST, true},  {"T", TAKES_REST, false}, {"t", TAKES_REST, true},  {"u", TAKES_REST, false},
    {"W", TAKES_REST, true},  {"w", TAKES_REST, true},  {"x", TAKES_REST, false}, {NULL, ALONE, false},
};
static const ClientCommand mysql_names[] = {
    {"?", TAKES_REST, false},       {"charset", TAKES_REST, false}, {"clear", ALONE, false},
    {"connect", TAKES_REST, false}, {"costs", ALONE, false},        {"delimiter", TAKES_REST, false},
    {"edit", TAKES_REST, false},    {"ego", ALONE, false},          {"exit", ALONE, false},
    {"go", ALONE, false},           {"help", TAKES_REST, false},    {"nopager", ALONE, true},
    {"notee", ALONE, true},         {"nowarning", ALONE, true},     {"pager", TAKES_REST, false},
    {"print", ALONE, true},         {"prompt", TAKES_REST, false},  {"query_attributes", TAKES_REST, false},
    {"quit", ALONE, false},         {"rehash", ALONE, true},        {"resetconnection", ALONE, false},
    {"sandbox", ALONE, false},      {"source", TAKES_REST, false},  {"ssl_session_data_print", TAKES_REST, false},
    {"status", ALONE, true},        {"system", TAKES_REST, false},  {"tee", TAKES_REST, false},
    {"use", TAKES_REST, false},     {"warnings", ALONE, true},      {NULL, ALONE, false},
};
// LOAD DATA LOCAL INFILE sends a file of the client's machine.
static const char *const mysql_carried[] = {"infile", NULL};
static const char *const mysql_lines[] = {"DELIMITER $$", "DELIMITER $1$", "DELIMITER $2$", "DELIMITER ;", NULL};
static const char *const mysql_failures[] = {"ERROR ", "Lost connection", "server has gone away", "Unknown command", NULL};

#define MYSQL                                                                                                               \
    .quotes = {.has_backticks = true, .escapes_quotes = true, .has_hash = true}, .backslash_letters = mysql_letters,        \
    .words = mysql_names, .words_after_blanks = true, .words_after_delimiter = true, .words_end_at_blanks = true,           \
    .names = mysql_carried, .completes = true, .frame_lines = mysql_lines, .failure_words = mysql_failures

// ---- sqlplus ----

static const char *const sqlplus_alone[] = {".", NULL};
// A line of SET, SPOOL, HOST, ... is SQL*Plus's own; SET CONSTRAINTS is SQL and looked for apart.
static const char *const sqlplus_verbs[] = {
    "ADMINISTER", "ALTER",  "ANALYZE",      "ASSOCIATE", "AUDIT",   "BEGIN",     "CALL",   "COMMENT", "COMMIT", "CREATE",
    "DECLARE",    "DELETE", "DISASSOCIATE", "DROP",      "EXPLAIN", "FLASHBACK", "GRANT",  "INSERT",  "LOCK",   "MERGE",
    "NOAUDIT",    "PURGE",  "RENAME",       "REVOKE",    "SELECT",  "TRUNCATE",  "UPDATE", "WITH",    NULL};
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
static const char *const sqlplus_failures[] = {"ORA-", "SP2-", "PLS-", NULL};

#define SQLPLUS                                                                                                             \
    .dialect = {"oracle", 6}, .title = {"Oracle", 6}, .quotes = {.has_q_quotes = true}, .starts = "@!#",                    \
    .lines = sqlplus_alone, .completes = true, .line_end = '-', .runs_lines = true, .verbs = sqlplus_verbs,                 \
    .longest_line = 2499, .frame_lines = sqlplus_lines, .failure_words = sqlplus_failures

// ---- sqlcmd ----

// Source: learn.microsoft.com, sqlcmd utility, "sqlcmd commands": those without a colon are older, and read the same way.
static const ClientCommand sqlcmd_words[] = {
    {"ED", TAKES_REST, false},    {"EXIT", TAKES_REST, false}, {"QUIT", TAKES_REST, false},  {"LIST", ALONE, false},
    {"RESET", TAKES_REST, false}, {"HELP", ALONE, false},      {"SERVERLIST", ALONE, false}, {NULL, ALONE, false},
};
static const char *const sqlcmd_starts[] = {"!!", NULL};
static const char *const sqlcmd_anywhere[] = {"$(", NULL};
static const char *const sqlcmd_lines[] = {"GO", NULL};
static const char *const sqlcmd_failures[] = {"Msg ", "Sqlcmd: ", "HResult ", NULL};

#define SQLCMD                                                                                                              \
    .dialect = {"mssql", 5}, .title = {"SQL Server", 10}, .quotes = {.has_brackets = true, .nests_comments = true},         \
    .words = sqlcmd_words, .words_after_blanks = true, .starts = ":", .start_texts = sqlcmd_starts,                         \
    .anywhere = sqlcmd_anywhere, .completes = true, .has_batches = true, .frame_lines = sqlcmd_lines,                       \
    .failure_words = sqlcmd_failures

static const Client clients[] = {
    {.name = {"psql", 4}, PSQL},
    {.name = {"generic", 7}, PSQL},
    {.name = {"mysql", 5}, .dialect = {"mysql", 5}, .title = {"MySQL", 5}, MYSQL},
    {.name = {"generic", 7}, .dialect = {"mysql", 5}, .title = {"MySQL", 5}, MYSQL},
    {.name = {"mariadb", 7}, .dialect = {"mariadb", 7}, .title = {"MariaDB", 7}, MYSQL},
    {.name = {"generic", 7}, .dialect = {"mariadb", 7}, .title = {"MariaDB", 7}, MYSQL},
    {.name = {"sqlite3", 7}, SQLITE3},
    {.name = {"generic", 7}, SQLITE3},
    {.name = {"sqlplus", 7}, SQLPLUS},
    {.name = {"generic", 7}, SQLPLUS},
    {.name = {"sqlcmd", 6}, SQLCMD},
    {.name = {"generic", 7}, SQLCMD},
};

const Client *client_at(size_t index)
{
    return index < sizeof clients / sizeof clients[0] ? &clients[index] : NULL;
}

const Client *client_find(Str dialect, Str name)
{
    const Client *client;
    for (size_t i = 0; (client = client_at(i)); i++)
        if (str_equal(client->dialect, dialect) && (!name.len || str_equal(client->name, name)))
            return client;
    return NULL;
}
