// The sql room's own parts.
#ifndef WAYBILL_SQL_INT_H
#define WAYBILL_SQL_INT_H

#include "waybill/sql.h"

extern const char *const postgresql_words[],
    *const mysql_words[], *const mariadb_words[], *const sqlite_words[], *const oracle_words[], *const mssql_words[];
extern const char *const postgresql_types[TYPE_COUNT],
    *const mysql_types[TYPE_COUNT], *const mariadb_types[TYPE_COUNT], *const sqlite_types[TYPE_COUNT],
                                                                          *const oracle_types[TYPE_COUNT],
                                                                              *const mssql_types[TYPE_COUNT];
extern const char *const mysql_casts[TYPE_COUNT];
extern const Setting postgresql_settings[], mysql_settings[], mssql_settings[], no_settings[];

// What one statement is written with.
typedef struct Scope Scope;
struct Scope {
    const Scope *outer;
    const FromList *from;     // tables that this statement reads
    const TableRef *target;   // table that this UPDATE or DELETE changes
};

typedef struct Writer {
    Arena *arena;
    Diag *diag;
    const SqlStyle *style;
    const Dialect *dialect;
    Buf *out;
    bool unqualified;     // column names stand alone
    bool names_columns;   // the query that is written next stands in FROM or WITH: its columns carry their names
    const Scope *scope;
    Map *labels;         // label stem -> size_t *: count_1, count_2
    struct Ctes *ctes;   // those that the statement has named so far; NULL: it cannot have any
    Span at;
    unsigned depth;
} Writer;

// What stands in WITH at the beginning of a statement, in the order in which it is needed.
typedef struct Cte {
    Str name, text;
    const Select *select;
} Cte;
typedef struct Ctes {
    VEC(Cte) items;
} Ctes;
// Returns "WITH x AS (...), y AS (...)" and a new line, or empty: there are none.
Str with_clause(Writer *w);

Writer writer_open(Arena *arena, Diag *diag, const SqlStyle *style, Span at, Buf *out, Map *labels);
bool write_expr(Writer *w, const Expr *expr);
bool write_select(Writer *w, const Select *select);
// Writes a value in a column's type; `expr` may be any expression.
bool write_value(Writer *w, const Expr *expr, const Type *type);
bool write_from(Writer *w, const From *from);
void write_table(Writer *w, const TableRef *table, bool with_alias);
// Adds the tables that an expression's columns belong to and that are not there yet; subqueries are not entered.
void collect_tables(Arena *arena, const Expr *expr, FromList *from);
bool from_has_table(const FromList *from, const TableRef *table);
bool same_table_ref(const TableRef *a, const TableRef *b);
int expr_precedence(const Expr *expr);

// ---- texts ----

void add_plain_text(Buf *out, Str text);
// `national`: SQL Server writes N'...'.
bool add_text_literal(Arena *arena, Diag *diag, const SqlStyle *style, Span at, Str text, bool national, Buf *out);

// ---- raw SQL, token by token ----

typedef enum TokenKind {
    TOKEN_END,
    TOKEN_WORD,
    TOKEN_QUOTED,
    TOKEN_STRING,
    TOKEN_PUNCT,
    TOKEN_COMMENT,
    TOKEN_BAD
} TokenKind;
typedef struct SqlToken {
    TokenKind kind;
    size_t start, end;
    Str text;   // WORD: as written; QUOTED: the name without quotes (doubled ones kept)
} SqlToken;
// Returns the token at or after `at`. TOKEN_BAD: a quote or comment that does not end.
SqlToken sql_token(const Dialect *dialect, Str text, size_t at);

// The name that a quoted token holds.
Str unquoted_name(Arena *arena, const Dialect *dialect, Str text);

// Raw SQL read from left to right, comments left out.
typedef struct Cursor {
    Arena *arena;
    const Dialect *dialect;
    Str text;
    SqlToken token;
    const Model *model;   // whose tables a name may mean, whatever its case; NULL: none
} Cursor;

void cursor_next(Cursor *c);
bool cursor_at(const Cursor *c, const char *word);               // without case
bool cursor_at_any(const Cursor *c, const char *const *words);   // NULL-terminated
bool cursor_accept(Cursor *c, const char *word);
bool cursor_at_punct(const Cursor *c, char punct);
void cursor_skip_if_exists(Cursor *c);   // IF [NOT] EXISTS
// A name without its quotes; a bare one as the database keeps it: in lower case on PostgreSQL, and on Oracle, where the
// chain says so of what the dictionary has in upper case; as written elsewhere.
bool cursor_name(Cursor *c, Str *name);
// (a, b): adds the names. Returns false when something else stands there.
bool cursor_names(Cursor *c, Arena *arena, StrList *names);
// [schema.]name; the schema as written.
bool cursor_qualified(Cursor *c, Str *schema, Str *name);
// The same, but the schema that everyone has (public, main) is none, and what the model knows is as it knows it.
bool cursor_object(Cursor *c, Str *schema, Str *name);

// ---- raw DDL of tables ----

// CREATE TABLE from its name on: puts the table into the model. Returns false when something in it is not understood.
bool follow_create_table(Cursor *c, Model *model, Span at);
// The actions of ALTER TABLE that say what a column or a constraint becomes, from ADD, ALTER, MODIFY, ... on. Returns false
// when it is none of them.
bool follow_alter_action(Cursor *c, Model *model, Op *op);

#endif
