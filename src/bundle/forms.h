// Texts whose statements have forms, as the templates write them: preflights, statuses, the ends of scripts; and the words
// that they are cut into.
#ifndef WAYBILL_BUNDLE_FORMS_H
#define WAYBILL_BUNDLE_FORMS_H

#include "content.h"
#include "head.h"

// ---- forms_preflight.c: what the templates write ----

// A form: words and marks as they stand, "~" for a blank in a literal, and
//   %T  a literal              %Q  one that holds a query           %F  the one that names the script
//   %W  a name                 %X  a variable of SQL Server's        %N  a number
//   %E  an expression          %P  one of PL/SQL's own               %D  a name that is declared
//   %A  MySQL's assignments    %I  its variables that a query fills  %S  the statement that sets Oracle's schema
//   %y  "yes  NAME"            %n  "no   NAME: ...", of the same one  %x  "no   NAME: expected 0, found "
//   %s  "no   NAME: table "    %+  one question more                  %p  how many so far    %q  with the next
// and, of a status or the end of a script, what is kept of it in what it has said:
//   %V  the begin of a status  %Y  the begin of a receipt            %L  a literal of one word
//   %R  the rows of a case     %J  its run                           %G  what is said then
//   %M  the lowest version     %Z  how a status says that            %l  LIKE of MySQL, NOT LIKE of MariaDB
//   %K  a literal that holds one of the queries, as its form says    %k  the same of the rows at an end
//   %d  a schema: a literal, DATABASE() or Oracle's CURRENT_SCHEMA
//   %U  a list of rows         %c  how many there are                %H  a name, of a schema or not
//   %C  the count (%1 and %2: that and one or two)                   %O  a temporary table of SQL Server's, by the token
// In a literal \x02 stands for the count and \x03 for the token: the same each time.
typedef struct Form {
    int from, to;   // the stage in which it may stand, and to which it leads
    const char *text;
} Form;

typedef struct Rules {
    const char *dialect;
    const Form *forms;
    int asking, last, last_as;       // stages: where questions stand, where it ends, and where as another user
    const char *const *functions;    // that an expression may call; NULL: those that are not refused
    const char *const *statements;   // words that begin a statement, where a semicolon need not stand before
} Rules;

// By dialect; the last one has none.
extern const Rules preflight_rules[];

// ---- forms_script.c: status.sql, and the ends of scripts ----

typedef struct ScriptRules {
    const char *dialect;
    const Form *status;
    int status_last;   // stage
    const Form *queries;
    const char *const *lines;   // the client's own
    const Form *receipt;
    int receipt_last[2];
    const Form *row_queries;
    size_t token_len;
    int factors[3];   // of a version's parts, in the number that is compared
} ScriptRules;

extern const ScriptRules script_rules[];
// What is no function, and stands before a parenthesis all the same.
extern const char *const preflight_keywords[];
// All words that PL/SQL's expressions may hold beside the names that are declared: a function needs no parentheses there.
extern const char *const preflight_plsql_words[];
// Words with which a query or an expression would write, lock, or call what writes.
extern const char *const preflight_writes[];
// Functions of the servers that reach further than a transaction: into files, other servers, sessions, settings and locks;
// how others begin; and those of PostgreSQL's that begin so and only read.
extern const char *const preflight_refused[], *const preflight_refused_beginnings[], *const preflight_reading[];

// ---- forms.c ----

enum { FORMS_MOST_BYTES = 16 << 20 };   // of a text that is read so
// Returns the client of a path "sql/DIALECT/..."; NULL: there is none.
const Client *forms_client(Str path);

typedef enum FormsOf { FORMS_PREFLIGHT, FORMS_STATUS, FORMS_RECEIPT } FormsOf;

// Returns the line of the first statement that none of the forms fits, 0: there is none, and what was said by the others.
size_t forms_first_fault(Arena *arena, FormsOf of, const Client *client, Str text, size_t first_line, ScriptSaid *said);

// ---- form_tokens.c ----

typedef enum TokenKind { TOKEN_END, TOKEN_WORD, TOKEN_TEXT, TOKEN_NAME, TOKEN_MARK } TokenKind;

typedef struct Token {
    TokenKind kind;
    Str text;   // of a literal or a name in quotes: what it stands for
    size_t line;
} Token;
typedef VEC(Token) TokenList;

typedef struct Reader {
    Arena *arena;
    const ClientQuotes *quotes;
    Str text;
    size_t at, line;
    bool odd;   // something that databases or their settings read differently
} Reader;

// Cuts the text into tokens; the last is TOKEN_END. Sets reader->odd where databases or their settings would read it in
// another way.
TokenList form_tokens(Reader *reader);
bool is_word_char(char c);
bool is_mark(const Token *token, char c);
bool is_word(const Token *token, const char *word);
bool is_one_of(Str text, const char *const *list);   // whatever the case; the list may be NULL
bool begins_as(Str text, const char *const *list);   // with one of them

#endif
