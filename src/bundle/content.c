// What the texts of a bundle may hold, read in pieces: no character that hides or reorders what a reader sees, and no
// command of the database's client but the lines that every frame has.
#include "bundle_int.h"

typedef enum Place {
    IN_CODE,
    IN_QUOTE,     // '...'
    IN_ESCAPED,   // E'...': a backslash takes the next character
    IN_NAME,      // "..."
    IN_BACKTICK,
    IN_BRACKET,
    IN_DOLLAR,   // $tag$...$tag$
    IN_Q,        // q'[...]'
    IN_LINE_COMMENT,
    IN_COMMENT,
} Place;

// What one client takes for its own, and the lines of it that a frame has.
typedef struct ClientRules {
    Str dialect, title;
    bool has_backslash;    // a backslash anywhere in code
    bool has_e_strings;    // E'...'
    bool has_dot;          // a line that begins with a dot
    bool has_brackets;     // [name]
    bool has_backticks;    // `name`
    bool has_dollars;      // $tag$...$tag$
    bool escapes_quotes;   // a backslash takes the next character in '...' and "..."
    bool has_hash;         // a comment to the line's end
    bool nests_comments;
    bool has_q_quotes;    // q'[...]'
    bool has_variables;   // $(x), in texts and comments too
    const char *const *known;
    const char *const *words;   // commands where a statement would begin; NULL: none
    // whether the client takes a line for its own, as far as its begin and its last character say; NULL: see above
    bool (*is_command)(TextCheck *check, Str line);
} ClientRules;
static bool is_sqlcmd_command(TextCheck *check, Str line);
static bool is_sqlplus_command(TextCheck *check, Str line);

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

enum { LINE_KEPT = 64, TAG_KEPT = 64, HEAD_LINES = 8 };

struct TextCheck {
    Str path;
    const ClientRules *rules;   // NULL: no script
    bool bad_dialect;
    size_t line, column;   // of the character being read, from 1
    uint8_t cut[4];        // a character cut by a piece's end
    size_t cut_len;
    Place place;
    int depth;             // of comments
    char before;           // the character before, in code
    bool is_word_before;   // and the one before that: E right after a word begins no literal
    bool is_digit_before;
    bool escaped;
    bool after_escaped, newline_after;   // an E'...' has just ended, a line after it too
    bool has_begun, had_begun;           // a statement has begun, and had before the last character
    bool is_delimited;                   // between DELIMITER lines: any line may begin one
    size_t comment_at;                   // characters of the comment read so far
    bool line_begins;                    // none had when this line began
    bool line_is_code;                   // this line began outside quotes and comments
    bool in_unit;                        // PL/SQL: up to a line "/"
    char last;                           // the line's last character but blanks; 0: none yet
    bool dollar;                         // the character before was $
    char q_end;                          // of q'[...]': the bracket that ends it, 0: not read yet
    bool is_command;         // the line holds a client's command, or what different versions of it read differently
    char start[LINE_KEPT];   // the line's first bytes
    size_t start_len;
    char tag[TAG_KEPT];   // between the dollars
    size_t tag_len, tag_at;
    bool tag_open;   // reading $tag
};

TextCheck *text_check_open(Arena *arena, Str path)
{
    TextCheck *check = arena_new(arena, TextCheck);
    *check = (TextCheck){.path = path, .line = 1, .column = 1, .line_begins = true, .line_is_code = true};
    if (!str_starts(path, STR("sql/")))
        return check;
    Str rest = str_slice(path, 4, path.len), dialect = str_cut(&rest, '/');
    check->bad_dialect = true;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (str_equal(dialect, rules[i].dialect)) {
            check->rules = &rules[i];
            check->bad_dialect = false;
        }
    return check;
}

static bool fault(const TextCheck *check, Diag *diag, const char *number, const char *what)
{
    return diag_error(diag, SPAN_NONE, "%s text in \"%.*s\": line %zu, column %zu: %s", number, STR_ARGS(check->path),
                      check->line, check->column, what);
}

// ---- hidden characters ----

static bool check_code(TextCheck *check, Diag *diag, uint32_t code)
{
    char what[96];
    if (code == 0xfeff && check->line == 1 && check->column == 1)
        return fault(check, diag, "E-602", "a byte order mark");
    if (code == 0x2028 || code == 0x2029 || code == 0x85) {
        snprintf(what, sizeof what, "U+%04X, which some programs take for a line's end", (unsigned)code);
        return fault(check, diag, "E-602", what);
    }
    if (!code_is_hidden(code))
        return true;
    bool direction = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0x200e ||
                     code == 0x200f || code == 0x61c;
    snprintf(what, sizeof what, "%s U+%04X", direction ? "a hidden text-direction character" : "an invisible character",
             (unsigned)code);
    fault(check, diag, "E-601", what);
    if (check->rules && check->rules->escapes_quotes)
        diag_hint(diag, "A reader would not see it; in SQL the whole text is written _utf8mb4 X'...'.");
    else if (check->rules && check->rules->has_e_strings)
        diag_hint(diag, "A reader would not see it; in SQL it is written E'\\%c%0*X'.", code > 0xffff ? 'U' : 'u',
                  code > 0xffff ? 8 : 4, (unsigned)code);
    else if (check->rules)
        diag_hint(diag, "A reader would not see it; in SQL it is written '...' || char(%u).", (unsigned)code);
    return false;
}

static bool check_control(TextCheck *check, Diag *diag, unsigned char c)
{
    char what[64];
    if (c == '\r' || c == '\v' || c == '\f')
        return fault(check, diag, "E-602",
                     c == '\r' ? "a carriage return" : "a control character that some programs take for a line's end");
    snprintf(what, sizeof what, "a control character, U+%04X", (unsigned)c);
    return fault(check, diag, "E-601", what);
}

// ---- client commands ----

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

static bool end_line(TextCheck *check, Diag *diag)
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
    for (size_t i = 0; check->rules->known[i] && !check->rules->is_command; i++) {
        if (!str_equal(line, str_from(check->rules->known[i])))
            continue;
        check->has_begun = false;
        check->is_delimited = check->rules->words && !str_ends(line, STR(";"));
        return true;
    }
    diag_error(diag, SPAN_NONE, "E-603 text in \"%.*s\": line %zu: the client would take it for a command of its own",
               STR_ARGS(check->path), check->line);
    diag_hint(diag, "Only the lines of Waybill's own frame may be commands of the client.");
    return false;
}

static inline bool is_word(char c)
{
    return is_word_byte(c) || c == '$';
}

// Whether a statement has begun; a comment begins none, and its first character was already taken for one.
static void note_begin(TextCheck *check, char c)
{
    if (check->place == IN_COMMENT || check->place == IN_LINE_COMMENT) {
        check->has_begun = c == '#' ? check->has_begun : check->had_begun;
        return;
    }
    check->had_begun = check->has_begun;
    if (c == ';')
        check->has_begun = false;
    else if (c != ' ' && c != '\t' && c != '\n')
        check->has_begun = true;
}

// What MySQL's clients and servers read differently: --x is two minus signs for some of them, and /*! and /*M! are run.
static void begin_of_comment(TextCheck *check, char c)
{
    size_t at = check->comment_at++;
    if (!check->rules->has_hash || at > 1)
        return;
    if (check->place == IN_LINE_COMMENT)
        check->is_command |= at == 0 && c != ' ' && c != '\t' && c != '\n';
    else
        check->is_command |= c == '!' && (at == 0 || check->before == 'M');
}

static void in_code(TextCheck *check, char c)
{
    const ClientRules *r = check->rules;
    char before = check->before;
    if (check->tag_open) {
        if (c == '$') {
            check->tag_open = false;
            check->place = IN_DOLLAR;
            check->tag_at = 0;
            check->before = 0;
            return;
        }
        bool first = check->tag_len == 0;
        if (is_word(c) && !(first && c >= '0' && c <= '9') && check->tag_len < TAG_KEPT) {
            check->tag[check->tag_len++] = c;
            return;
        }
        // a lone $word is cut up differently by different lexers
        check->tag_open = false;
        check->is_command |= check->tag_len > 0;
    }
    bool digit = before >= '0' && before <= '9';
    if (check->after_escaped && c == '\n')
        check->newline_after = true;
    // E'a', a new line, 'b': one literal for PostgreSQL; 1E'...' and 1$tag$ depend on the version
    if (r->has_e_strings && c == '\'' &&
        ((check->newline_after && before != 'E') || ((before == 'E' || before == 'e') && check->is_digit_before)))
        check->is_command = true;
    if (c == '$' && r->has_dollars && digit)
        check->is_command = true;
    if (c != ' ' && c != '\t' && c != '\n' && c != '-')
        check->after_escaped = check->newline_after = false;
    // nq'...' is left to no doubt: none is written
    if (c == '\'' && r->has_q_quotes && (before == 'q' || before == 'Q') && check->is_word_before)
        check->is_command = true;
    if (c == '\'' && r->has_q_quotes && (before == 'q' || before == 'Q')) {
        check->place = IN_Q;
        check->q_end = 0;
    } else if (c == '\'')
        check->place = r->has_e_strings && (before == 'E' || before == 'e') && !check->is_word_before ? IN_ESCAPED
                                                                                                      : IN_QUOTE;
    else if (c == '"')
        check->place = IN_NAME;
    else if (c == '`' && r->has_backticks)
        check->place = IN_BACKTICK;
    else if (c == '[' && r->has_brackets)
        check->place = IN_BRACKET;
    else if (c == '-' && before == '-') {
        check->place = IN_LINE_COMMENT;
        check->comment_at = 0;
    } else if (c == '*' && before == '/') {
        check->place = IN_COMMENT;
        check->depth = 1;
        check->comment_at = 0;
    } else if (c == '$' && r->has_dollars && !is_word(before)) {
        check->tag_open = true;
        check->tag_len = 0;
    } else if (c == '\\' && r->has_backslash)
        check->is_command = true;
    else if (c == '#' && r->has_hash)
        check->place = IN_LINE_COMMENT;
    note_begin(check, c);
    check->is_word_before = is_word(before);
    check->is_digit_before = digit;
    check->before = check->place == IN_CODE ? c : 0;
}

// A closing tag is searched for as it goes by; tags hold no dollar, so a failed match can only begin again at one.
static void in_dollar(TextCheck *check, char c)
{
    size_t whole = check->tag_len + 2;
    char wanted = check->tag_at == 0 || check->tag_at == whole - 1 ? '$' : check->tag[check->tag_at - 1];
    check->tag_at = c == wanted ? check->tag_at + 1 : c == '$' ? 1 : 0;
    if (check->tag_at == whole) {
        check->place = IN_CODE;
        check->before = '$';
        check->is_word_before = false;
    }
}

static void in_q_quote(TextCheck *check, char c)
{
    static const char open[] = "[{(<", close[] = "]})>";
    if (!check->q_end) {
        const char *bracket = strchr(open, c);
        check->q_end = bracket ? close[bracket - open] : c;
    } else if (c == '\'' && check->before == check->q_end) {
        check->place = IN_CODE;
    }
    check->before = check->place == IN_CODE ? 0 : c;
    check->is_word_before = false;
}

static void in_comment(TextCheck *check, char c)
{
    if (check->before == '*' && c == '/') {
        check->before = 0;
        if (--check->depth == 0)
            check->place = IN_CODE;
    } else if (check->before == '/' && c == '*' && (check->rules->has_dollars || check->rules->nests_comments)) {
        check->depth++;
        check->before = 0;
    } else {
        check->before = c;
    }
}

static void in_quotes(TextCheck *check, char c)
{
    static const char ends[] = {
        [IN_QUOTE] = '\'', [IN_ESCAPED] = '\'', [IN_NAME] = '"', [IN_BACKTICK] = '`', [IN_BRACKET] = ']'};
    if (check->escaped)
        check->escaped = false;
    else if (c == '\\' && (check->place == IN_ESCAPED ||
                           (check->rules->escapes_quotes && (check->place == IN_QUOTE || check->place == IN_NAME))))
        check->escaped = true;
    else if (c == ends[check->place]) {
        // a doubled quote closes and opens again; what an E-string goes on as must stay one
        check->after_escaped = check->place == IN_ESCAPED;
        check->before = check->place == IN_ESCAPED ? 'E' : 0;
        check->is_word_before = check->is_digit_before = false;
        check->place = IN_CODE;
    }
}

static bool read_char(TextCheck *check, Diag *diag, char c)
{
    bool first = check->start_len == 0;
    if (c == '\n') {
        if (!end_line(check, diag))
            return false;
        if (check->place == IN_LINE_COMMENT)
            check->place = IN_CODE;
        check->start_len = 0;
        check->last = 0;
        check->line_is_code = check->place == IN_CODE;
        check->line_begins = check->line_is_code && !check->has_begun;
    } else if (check->start_len < LINE_KEPT) {
        check->start[check->start_len++] = c;
    }
    if (c != ' ' && c != '\t' && c != '\n')
        check->last = c;
    check->is_command |= check->rules->has_variables && check->dollar && c == '(';
    check->dollar = c == '$';
    if (first && c == '.' && check->rules->has_dot && (check->place == IN_CODE || check->place == IN_COMMENT))
        check->is_command = true;
    switch (check->place) {
    case IN_CODE: in_code(check, c); break;
    case IN_DOLLAR: in_dollar(check, c); break;
    case IN_Q: in_q_quote(check, c); break;
    case IN_LINE_COMMENT: begin_of_comment(check, c); break;
    case IN_COMMENT:
        begin_of_comment(check, c);
        in_comment(check, c);
        break;
    case IN_QUOTE:
    case IN_ESCAPED:
    case IN_NAME:
    case IN_BACKTICK:
    case IN_BRACKET: in_quotes(check, c); break;
    }
    return true;
}

// ---- runs of characters that change nothing: most of every file ----

enum { PLAIN_IN_CODE = 1, PLAIN_IN_QUOTES = 2, PLAIN_IN_COMMENT = 4, PLAIN_IN_DOLLAR = 8, PLAIN_IN_LINE = 16 };

static const uint8_t *plain_classes(bool has_variables)
{
    static uint8_t tables[2][256];   // the second for clients that see $(x) everywhere
    if (tables[0]['a'])
        return tables[has_variables];
    for (int c = 0x20; c < 0x7f; c++) {
        bool quote = c == '\'' || c == '"' || c == '`' || c == ']' || c == '\\';
        bool code = !quote && c != '[' && c != '-' && c != '/' && c != '*' && c != '$' && c != ';' && c != '#';
        uint8_t classes = (uint8_t)((code ? PLAIN_IN_CODE : 0) | (quote ? 0 : PLAIN_IN_QUOTES) |
                                    (c == '*' || c == '/' ? 0 : PLAIN_IN_COMMENT) | (c == '$' ? 0 : PLAIN_IN_DOLLAR) |
                                    PLAIN_IN_LINE);
        tables[0][c] = classes;
        tables[1][c] = c == '$' ? 0 : classes;
    }
    return tables[has_variables];
}

// Returns how many bytes can be passed over at once, and does what reading them one by one would have done.
static size_t skip_plain(TextCheck *check, const char *bytes, size_t len)
{
    static const uint8_t wanted[] = {
        [IN_CODE] = PLAIN_IN_CODE,     [IN_QUOTE] = PLAIN_IN_QUOTES,      [IN_ESCAPED] = PLAIN_IN_QUOTES,
        [IN_NAME] = PLAIN_IN_QUOTES,   [IN_BACKTICK] = PLAIN_IN_QUOTES,   [IN_BRACKET] = PLAIN_IN_QUOTES,
        [IN_DOLLAR] = PLAIN_IN_DOLLAR, [IN_LINE_COMMENT] = PLAIN_IN_LINE, [IN_COMMENT] = PLAIN_IN_COMMENT};
    // a line's first byte, an open tag, an escape or what follows an E-string are read one by one
    if (check->start_len == 0 || check->tag_open || check->escaped || check->after_escaped ||
        (check->place == IN_DOLLAR && check->tag_at) || check->dollar ||
        ((check->place == IN_COMMENT || check->place == IN_LINE_COMMENT) && check->comment_at < 2))
        return 0;
    const uint8_t *classes = plain_classes(check->rules->has_variables);
    uint8_t mask = wanted[check->place];
    size_t n = 0, kept = LINE_KEPT - check->start_len, last;
    while (n < len && classes[(unsigned char)bytes[n]] & mask)
        n++;
    if (n < 2)
        return 0;
    kept = kept < n ? kept : n;
    memcpy(check->start + check->start_len, bytes, kept);
    check->start_len += kept;
    last = n;
    while (last && bytes[last - 1] == ' ')
        last--;
    if (last)
        check->last = bytes[last - 1];
    if (check->place == IN_CODE) {
        check->has_begun |= last > 0;
        check->is_word_before = is_word(bytes[n - 2]);
        check->is_digit_before = bytes[n - 2] >= '0' && bytes[n - 2] <= '9';
    }
    if (check->place == IN_CODE || check->place == IN_COMMENT)
        check->before = bytes[n - 1];
    check->column += n;
    return n;
}

// ---- whole lines of plain statements: most of a data migration ----

// Sixteen bytes at a time: an extension of C that gcc and clang have for every machine.
typedef uint8_t Block __attribute__((vector_size(16)));
enum { BLOCK_BYTES = sizeof(Block), LONGEST_LINE = 254 * BLOCK_BYTES };   // a byte counts the quotes of its column

// All bits where a byte must be read by itself.
static inline Block odd_bytes(Block c)
{
    return (Block)((c < 0x20) | (c > 0x7e) | (c == '\\') | (c == '"') | (c == '`') | (c == '[') | (c == ']') | (c == '$') |
                   (c == '#') | (c == '/') | (c == '*'));
}

// Returns whether no byte of the line must be read by itself, and how many quotes it has. `len` is a block at least.
static bool count_quotes(const char *bytes, size_t len, size_t *quotes)
{
    // the last block overlaps the one before; of its quotes those count that are new
    static const uint8_t masks[2 * BLOCK_BYTES] = {
        [BLOCK_BYTES] = 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    Block odd = {0}, counts = {0}, c, is_new;
    uint8_t any = 0;
    for (size_t at = 0; at + BLOCK_BYTES <= len; at += BLOCK_BYTES) {
        memcpy(&c, bytes + at, sizeof c);
        odd |= odd_bytes(c);
        counts -= (Block)(c == '\'');   // all bits are minus one
    }
    memcpy(&c, bytes + len - sizeof c, sizeof c);
    memcpy(&is_new, masks + len % BLOCK_BYTES, sizeof is_new);
    odd |= odd_bytes(c);
    counts -= (Block)(c == '\'') & is_new;
    *quotes = 0;
    for (size_t i = 0; i < BLOCK_BYTES; i++) {
        any |= odd[i];
        *quotes += counts[i];
    }
    return !any;
}

// Whether each literal that begins in the line is a plain '...', and no comment begins with --.
static bool has_plain_literals(const ClientRules *r, const char *bytes, size_t len, size_t quotes)
{
    static const char prefixes[] = "EeqQ";
    const char *at = bytes, *end = bytes + len;
    for (size_t i = 0; (r->has_e_strings || r->has_q_quotes) && i < quotes; i++, at++) {
        at = memchr(at, '\'', (size_t)(end - at));
        if (i % 2 == 0 && at > bytes && memchr(prefixes, at[-1], sizeof prefixes - 1))
            return false;
    }
    for (at = bytes; (at = memchr(at, '-', (size_t)(end - at))); at++)
        if (at + 1 < end && at[1] == '-')
            return false;
    return true;
}

// The same as skip_plain for a whole line up to its end, when that begins and ends in code and holds nothing but words,
// numbers and '...'.
static size_t skip_plain_line(TextCheck *check, const char *bytes, size_t len)
{
    if (check->start_len || check->place != IN_CODE || check->tag_open || check->after_escaped || check->dollar || !len)
        return 0;
    const char *end = memchr(bytes, '\n', len);
    size_t n = end ? (size_t)(end - bytes) : 0, quotes, last;
    if (n < BLOCK_BYTES || n > LONGEST_LINE || bytes[0] == '.')
        return 0;
    if (!count_quotes(bytes, n, &quotes) || quotes % 2 || !has_plain_literals(check->rules, bytes, n, quotes))
        return 0;
    for (last = n; last && bytes[last - 1] == ' ';)
        last--;
    if (n >= LINE_KEPT)
        memcpy(check->start, bytes, LINE_KEPT);
    else
        memcpy(check->start, bytes, n);
    check->start_len = n < LINE_KEPT ? n : LINE_KEPT;
    check->last = last ? bytes[last - 1] : 0;
    check->has_begun = last ? check->last != ';' : check->has_begun;
    bool ends_quoted = bytes[n - 1] == '\'';
    check->before = ends_quoted ? 0 : bytes[n - 1];
    check->is_word_before = !ends_quoted && is_word(bytes[n - 2]);
    check->is_digit_before = !ends_quoted && bytes[n - 2] >= '0' && bytes[n - 2] <= '9';
    check->column += n;
    return n;
}

// ---- pieces ----

static bool check_multibyte(TextCheck *check, Diag *diag, Str rest, size_t *used)
{
    uint32_t code;
    size_t len = utf8_decode(rest, &code);
    if (len == 0 || (code >= 0xd800 && code <= 0xdfff))
        return fault(check, diag, "E-602", "bytes that are not UTF-8");
    *used = len;
    return check_code(check, diag, code);
}

static size_t wanted_bytes(unsigned char first)
{
    return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
}

static bool read_multibyte(TextCheck *check, Diag *diag, const char *bytes, size_t used)
{
    for (size_t i = 0; check->rules && i < used; i++)
        if (!read_char(check, diag, bytes[i]))
            return false;
    check->column++;
    return true;
}

bool text_check(TextCheck *check, Diag *diag, const char *bytes, size_t len)
{
    size_t at = 0, used = 0;
    if (check->bad_dialect)
        return diag_error(diag, SPAN_NONE, "E-604 file \"%.*s\": a dialect that this version does not know",
                          STR_ARGS(check->path));
    while (check->cut_len && at < len) {
        check->cut[check->cut_len++] = (uint8_t)bytes[at++];
        if (check->cut_len < wanted_bytes(check->cut[0]))
            continue;
        Str whole = {(const char *)check->cut, check->cut_len};
        if (!check_multibyte(check, diag, whole, &used) || !read_multibyte(check, diag, whole.ptr, used))
            return false;
        check->cut_len = 0;
    }
    while (at < len) {
        if (check->rules) {
            at += skip_plain_line(check, bytes + at, len - at);
            at += skip_plain(check, bytes + at, len - at);
        }
        if (at == len)
            break;
        unsigned char c = (unsigned char)bytes[at];
        if (c >= 0x80) {
            if (len - at < wanted_bytes(c)) {
                memcpy(check->cut, bytes + at, len - at);
                check->cut_len = len - at;
                break;
            }
            if (!check_multibyte(check, diag, (Str){bytes + at, len - at}, &used) ||
                !read_multibyte(check, diag, bytes + at, used))
                return false;
            at += used;
            continue;
        }
        if (c == 0x7f || (c < 0x20 && c != '\n' && c != '\t'))
            return check_control(check, diag, c);
        if (check->rules && !read_char(check, diag, (char)c))
            return false;
        check->column = c == '\n' ? 1 : check->column + 1;
        check->line += c == '\n';
        at++;
    }
    return true;
}

bool text_check_end(TextCheck *check, Diag *diag)
{
    if (check->cut_len)
        return fault(check, diag, "E-602", "bytes that are not UTF-8");
    if (check->rules && !end_line(check, diag))
        return false;
    if (check->rules && check->place != IN_CODE && check->place != IN_LINE_COMMENT)
        return fault(check, diag, "E-603", "a quote or comment is not closed, so its end cannot be judged");
    return true;
}
