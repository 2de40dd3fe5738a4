// sql: what differs between databases, as data: one const Dialect each. Renders names, literals, types, expressions and
// DML; splits raw SQL into statements and reads the common DDL in it. Knows nothing of the order of operations.
#ifndef WAYBILL_SQL_H
#define WAYBILL_SQL_H

#include "waybill/base.h"
#include "waybill/schema.h"

typedef enum DialectId { DIALECT_POSTGRESQL, DIALECT_SQLITE, DIALECT_COUNT } DialectId;

typedef enum CharEscape {
    ESCAPE_E_STRING,    // E'a\nb'
    ESCAPE_CHAR_CALL,   // 'a'||char(10)||'b'
} CharEscape;

typedef struct Dialect {
    DialectId id;
    Str name;                      // "postgresql"
    Str title;                     // "PostgreSQL"
    int default_minimum;           // server version: 120000, 3035000
    Str default_client;            // "psql"
    const char *const *clients;    // all, NULL-terminated
    const char *const *reserved;   // sorted lower-case words, NULL-terminated
    char quote_open, quote_close;
    size_t max_identifier_bytes;   // 0: none
    CharEscape escape;
    bool has_native_boolean;   // true/false, else 1/0
    bool has_transactional_ddl;
    bool has_alter_constraint;   // ADD/DROP CONSTRAINT, ALTER COLUMN; else a table is rebuilt
    bool has_enum_types;         // CREATE TYPE ... AS ENUM
    bool has_comments;           // COMMENT ON
    bool has_schemas_in_foreign_keys;
    bool has_sequences;
    const char *const *type_specs;   // by TypeKind; NULL entry: the dialect has no such type
    const char *concat;              // "||"
} Dialect;

// Returns the dialect of that name, or NULL.
const Dialect *dialect_find(Str name);
const Dialect *dialect_at(size_t index);   // NULL after the last
// Splits "postgresql:13" into dialect and server version (dialect's default when absent).
// Fails: unknown dialect (the hint lists those built), a version that is not one.
MUST_CHECK bool dialect_parse(Diag *diag, Str text, const Dialect **dialect, int *minimum);
// Returns a version as people write it: "12", "3.35.0".
Str dialect_version_text(Arena *arena, const Dialect *dialect, int version);

// ---- rendering: options that hold for a whole script ----

typedef struct SqlStyle {
    const Dialect *dialect;
    int minimum;   // server version that may be used
    bool ascii;    // --ascii: literals keep to ASCII
    bool bare;     // as Alembic prints: no line folding of literals beyond what is needed
} SqlStyle;

// Returns the identifier, quoted when the dialect needs it, as SQLAlchemy does.
Str sql_name(Arena *arena, const Dialect *dialect, Str name);
Str sql_qualified(Arena *arena, const Dialect *dialect, Str schema, Str name);
// Returns `text` as a literal that survives client and server on one line.
// Fails: U+0000, a lone surrogate or bytes that are not UTF-8.
MUST_CHECK bool sql_text(Arena *arena, Diag *diag, const SqlStyle *style, Span at, Str text, Str *sql);
// The same for each, with ", " between them.
MUST_CHECK bool sql_text_list(Arena *arena, Diag *diag, const SqlStyle *style, Span at, const StrList *texts, Str *sql);
// Fails: the value does not fit the type (a text where a date is wanted), or has no literal form.
MUST_CHECK bool sql_literal(Arena *arena, Diag *diag, const SqlStyle *style, Span at, const Literal *literal,
                            const Type *type, Str *sql);
// Returns the type as in a column definition ("VARCHAR(50)").
// Fails: the dialect has no such type, or an option is missing (an enum without name).
MUST_CHECK bool sql_type(Arena *arena, Diag *diag, const SqlStyle *style, const Type *type, Str *sql);
// Appends an expression.
// Fails: a parameter without value, a construct the dialect has no form for, a literal that fails.
MUST_CHECK bool sql_expr(Arena *arena, Diag *diag, const SqlStyle *style, const Expr *expr, Buf *out);
MUST_CHECK bool sql_select(Arena *arena, Diag *diag, const SqlStyle *style, const Select *select, Buf *out);
// Renders INSERT, UPDATE or DELETE, one statement for each row of a bulk insert.
MUST_CHECK bool sql_dml(Arena *arena, Diag *diag, const SqlStyle *style, const Dml *dml, Span at, StrList *statements);
// Columns of CREATE INDEX, CHECK, server defaults: names are never qualified.
MUST_CHECK bool sql_expr_unqualified(Arena *arena, Diag *diag, const SqlStyle *style, const Expr *expr, Buf *out);
// A server default as it stands after DEFAULT.
MUST_CHECK bool sql_default(Arena *arena, Diag *diag, const SqlStyle *style, const Expr *expr, const Type *type, Str *sql);

// Fills in the parameters of sa.text(): \: becomes :, :: stays, :name becomes its value.
// Fails: a parameter without value, naming it (Alembic writes NULL).
MUST_CHECK bool sql_bind_text(Arena *arena, Diag *diag, const SqlStyle *style, Span at, Str text, const ExprList *binds,
                              Str *sql);

// Returns the name the server gives an unnamed constraint, or empty.
Str sql_constraint_name(Arena *arena, const Dialect *dialect, const Table *table, const Constraint *constraint);

// Returns the text with a table or column named as the server names it after a rename. Functions, parameters and texts stay.
Str sql_rename(Arena *arena, const Dialect *dialect, Str text, Str from, Str to);

// ---- raw SQL ----

typedef enum RawKind {
    RAW_OTHER,
    RAW_DML,     // INSERT, UPDATE, DELETE, MERGE
    RAW_QUERY,   // SELECT, VALUES, WITH ... SELECT
    RAW_DDL,
    RAW_TRANSACTION,   // BEGIN, COMMIT, ROLLBACK, SAVEPOINT, ...
    RAW_SESSION,       // SET, RESET, DISCARD, ATTACH, PRAGMA: touches the armed state
    RAW_CLIENT,        // a line the client would take as its own command
    RAW_COMMENT,       // nothing but comments
} RawKind;

typedef struct RawStatement {
    Str text;   // without terminator and surrounding white space
    RawKind kind;
    bool outside_transaction;   // cannot run in one (CREATE INDEX CONCURRENTLY, VACUUM, ...)
} RawStatement;
typedef VEC(RawStatement) RawList;

// Splits raw SQL into statements: quotes, dollar quotes, comments and trigger bodies are understood.
// Fails: an unterminated quote or comment.
MUST_CHECK bool sql_split(Arena *arena, Diag *diag, const Dialect *dialect, Span at, Str text, RawList *statements);

// The first words of a statement, comments left out.
typedef struct SqlHead {
    Str words[8];
    size_t count;
} SqlHead;
SqlHead sql_head(const Dialect *dialect, Str text);
bool sql_head_is(const SqlHead *head, size_t at, const char *word);   // without case

// The index that CREATE or DROP INDEX names; name is empty when the statement is neither.
typedef struct RawIndex {
    bool is_drop, unique;
    Str schema, name, table_schema, table;
} RawIndex;
RawIndex sql_raw_index(Arena *arena, const Dialect *dialect, Str text);
// Returns the name of what CREATE ... IF NOT EXISTS or DROP ... IF EXISTS makes or drops, without its schema, or empty.
Str sql_if_exists_name(Arena *arena, const Dialect *dialect, Str text, bool *is_drop);
// Returns the value that ALTER TYPE ... ADD VALUE adds, with its quotes, or empty.
Str sql_added_enum_value(Arena *arena, const Dialect *dialect, Str text);
// Returns what psql would replace by a variable (":NAME", ":'name'") outside quotes, or empty.
Str sql_client_variable(const Dialect *dialect, Str text);

// What one raw statement does to the model, as far as the common DDL forms go.
// Follows it in the model; what cannot be followed makes the objects it names opaque.
void sql_follow(Arena *arena, const Dialect *dialect, const RawStatement *statement, Span at, Model *model);

#endif
