// sql: what differs between databases, as data: one const Dialect each. Renders names, literals, types, expressions and
// DML; splits raw SQL into statements and reads the common DDL in it. Knows nothing of the order of operations.
#ifndef WAYBILL_SQL_H
#define WAYBILL_SQL_H

#include "waybill/base.h"
#include "waybill/schema.h"

typedef enum DialectId {
    DIALECT_POSTGRESQL,
    DIALECT_MYSQL,
    DIALECT_MARIADB,
    DIALECT_SQLITE,
    DIALECT_ORACLE,
    DIALECT_MSSQL,
    DIALECT_COUNT
} DialectId;

// How a text literal says what may not stand in it.
typedef enum CharEscape {
    ESCAPE_E_STRING,     // E'a\nb'
    ESCAPE_CHAR_CALL,    // 'a'||char(10)||'b'
    ESCAPE_BACKSLASH,    // 'a\nb'; what has no such escape: the whole text as _utf8mb4 X'...'
    ESCAPE_CHR_CALL,     // 'a'||CHR(10)||'b'
    ESCAPE_NCHAR_CALL,   // N'a'+NCHAR(10)+N'b'
} CharEscape;

// How a column is made to grow by itself.
typedef enum GrowForm {
    GROW_NONE,
    GROW_SERIAL,     // a type of its own
    GROW_KEYWORD,    // AUTO_INCREMENT
    GROW_IDENTITY,   // IDENTITY(1,1)
} GrowForm;

typedef enum CommentForm {
    COMMENT_NONE,
    COMMENT_STATEMENT,   // COMMENT ON
    COMMENT_INLINE,      // part of the column and of the table
    COMMENT_PROPERTY,    // an extended property
} CommentForm;

typedef enum AlterForm {
    ALTER_EACH,       // one ALTER COLUMN for each change: TYPE, NULL, DEFAULT, COMMENT, RENAME
    ALTER_REBUILD,    // the table is copied and moved
    ALTER_WHOLE,      // MODIFY or CHANGE with the whole column
    ALTER_MODIFY,     // one MODIFY for each change: NULL, DEFAULT, TYPE, COMMENT, RENAME
    ALTER_TYPE_NULL   // type and nullability together; defaults are constraints
} AlterForm;

typedef enum LimitForm {
    LIMIT_OFFSET,   // LIMIT n OFFSET m
    LIMIT_COMMA,    // LIMIT m, n
    LIMIT_FETCH,    // OFFSET m ROWS FETCH FIRST n ROWS ONLY
    LIMIT_TOP,      // SELECT TOP n; with an offset as LIMIT_FETCH
} LimitForm;

// UPDATE and DELETE that read other tables.
typedef enum ManyTablesForm {
    MANY_FROM,        // UPDATE t SET ... FROM u; DELETE FROM t USING u
    MANY_FROM_SELF,   // UPDATE t SET ... FROM t, u; DELETE FROM t FROM t, u
    MANY_LIST,        // UPDATE t, u SET t.a = ...; DELETE FROM t USING t, u
    MANY_SUBQUERY,    // UPDATE t SET a = (SELECT ...) WHERE EXISTS (SELECT ...)
} ManyTablesForm;

// Where an index's statement says the schema.
typedef enum IndexForm {
    INDEX_OF_TABLE,    // CREATE INDEX i ON s.t, DROP INDEX s.i
    INDEX_IN_SCHEMA,   // CREATE INDEX s.i ON t, DROP INDEX s.i
    INDEX_BOTH,        // CREATE INDEX s.i ON s.t, DROP INDEX s.i
    INDEX_ON_TABLE,    // CREATE INDEX i ON s.t, DROP INDEX i ON s.t
} IndexForm;

// How the dialect writes an operator that is not written as everywhere: prefix left infix right suffix.
typedef struct OperatorForm {
    ExprOp op;
    const char *prefix, *infix, *suffix;
} OperatorForm;

// A setting of the session that the frame pins, or that nothing in a revision may change: later text would be read
// otherwise, or later statements would act elsewhere.
typedef struct Setting {
    const char *name;    // NULL ends a list
    const char *value;   // what the frame sets it to, as SET has it; NULL: not the same in every script, or not set
    bool reads_text;     // what is a quote, a text or a name depends on it, or whether statements run at all
} Setting;

// How the drivers of a dialect have their parameters in a text.
typedef enum DriverParams {
    DRIVER_PERCENT,            // %s by place or %(name)s, and %% for a percent sign
    DRIVER_QUESTION,           // ? by place
    DRIVER_QUESTION_OR_NAME,   // ? by place, :name
    DRIVER_COLON               // :name
} DriverParams;

typedef struct Dialect {
    DialectId id;
    Str name;    // "postgresql"
    Str title;   // "PostgreSQL"
    Str kin;     // the dialect whose templates serve where it has none of its own: "mysql"; empty: none

    // server versions: 13.2 is 13 * version_parts[0] + 2 * version_parts[1]
    int version_parts[3];
    const char *version_example;
    int default_minimum, oldest;
    Str default_client;
    const char *const *clients;   // all, NULL-terminated

    // names
    const char *const *reserved;   // sorted lower-case words, NULL-terminated
    char quote_open, quote_close;
    const char *quoted_first;          // first characters that make a name need quotes
    size_t max_identifier_length;      // 0: none
    bool cuts_long_names;              // with a notice only; else the server refuses them
    bool identifier_length_in_bytes;   // else in characters

    // literals
    CharEscape escape;
    const char *bytes_open, *bytes_close;
    const char *true_text, *false_text;   // "true", "1"
    bool has_native_boolean;              // a boolean stands alone as a condition
    bool doubles_backslashes;

    // expressions
    const OperatorForm *operators;       // ends with a NULL prefix
    const char *const *type_specs;       // by TypeKind; NULL entry: the dialect has no such type
    const char *const *cast_specs;       // the same inside CAST; NULL: type_specs; an entry "": no cast is written
    const char *alias_word;              // " AS "
    const char *from_nothing;            // " FROM DUAL": a query without tables
    const char *const (*functions)[2];   // its own names of functions, ends with NULLs; NULL: none
    const char *join_word;               // " JOIN "
    const char *now_text;                // func.now() without arguments
    const char *empty_row;               // INSERT without columns
    bool with_follows_insert;            // INSERT INTO t WITH ... SELECT; else WITH ... INSERT
    bool has_with_changes;               // WITH ... UPDATE, WITH ... DELETE
    int with_since;                      // the first server version that has WITH
    LimitForm limit;
    ManyTablesForm many_tables;   // MANY_SUBQUERY before the server version many_tables_since
    int many_tables_since;
    bool has_nulls_order;           // ORDER BY a NULLS LAST
    bool has_rows_in_expressions;   // (a, b) IN ((1, 2))
    bool divides_exactly;           // 1 / 2 is 0.5
    bool has_for_update;
    bool quotes_collations;
    const char *except_word;   // "EXCEPT"
    const char *next_value;    // of a sequence, with %s for its name; NULL: no sequences

    // statements
    DriverParams driver_params;
    const Setting *settings;
    bool has_transactional_ddl;
    const char *begin_text, *commit_text;   // around a bare script; NULL: none
    const char *terminator;                 // ";"; Oracle's bare statements have none
    const char *separator;                  // a line of its own after each bare statement: "GO", "/"; NULL: none
    size_t max_line_bytes;                  // of the stock client; 0: none that matters
    AlterForm alter;
    int drop_column_since, rename_column_since, computed_since;   // the server versions of these; 0: all have it
    int checks_since;                                             // before: CHECK is read and not kept
    GrowForm grow;
    CommentForm comments;
    IndexForm index;
    bool has_alter_constraint;   // ADD/DROP CONSTRAINT; else a table is rebuilt
    bool has_enum_types;         // CREATE TYPE ... AS ENUM
    bool has_inline_enums;       // ENUM('a','b') is a column's type
    bool has_identity;           // GENERATED ... AS IDENTITY
    bool has_deferrable;
    bool has_match;   // FOREIGN KEY ... MATCH
    bool has_on_update;
    bool has_restrict;             // ON DELETE RESTRICT; else that is NO ACTION
    bool has_no_action;            // ON DELETE NO ACTION; else it is left out
    bool has_if_exists_in_alter;   // IF [NOT] EXISTS for columns, indexes and constraints
    bool has_schemas_in_foreign_keys;
    bool has_schemas;         // CREATE SCHEMA makes one
    bool has_checks_inline;   // CHECK in a column's own line of ADD COLUMN
} Dialect;

// Returns the dialect of that name, or NULL.
const Dialect *dialect_find(Str name);
const Dialect *dialect_at(size_t index);   // NULL after the last
// Splits "postgresql:13" into dialect and server version (dialect's default when absent).
// Fails: unknown dialect (the hint lists those built), a version that is not one or older than the dialect's oldest.
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
// Returns a name as Oracle's dictionary keeps it: upper case, unless it is written with quotes.
Str sql_dictionary_name(Arena *arena, const Dialect *dialect, Str name);
Str sql_qualified(Arena *arena, const Dialect *dialect, Str schema, Str name);
// Returns `text` as a literal that survives client and server on one line.
// Fails: U+0000, a lone surrogate or bytes that are not UTF-8.
MUST_CHECK bool sql_text(Arena *arena, Diag *diag, const SqlStyle *style, Span at, Str text, Str *sql);
// The same where MySQL takes no expression and no character set: a label of ENUM or SET, a COMMENT; `what` it is.
// Fails: a character that could only stand there as itself, unseen.
MUST_CHECK bool sql_plain_text(Arena *arena, Diag *diag, const SqlStyle *style, Span at, const char *what, Str text,
                               Str *sql);
// The same where SQL Server wants NVARCHAR whatever the text: N'...'.
MUST_CHECK bool sql_national_text(Arena *arena, Diag *diag, const SqlStyle *style, Span at, Str text, Str *sql);
// The same for each, with ", " between them.
MUST_CHECK bool sql_text_list(Arena *arena, Diag *diag, const SqlStyle *style, Span at, const StrList *texts, Str *sql);
// Fails: the value does not fit the type (a text where a date is wanted), or has no literal form.
MUST_CHECK bool sql_literal(Arena *arena, Diag *diag, const SqlStyle *style, Span at, const Literal *literal,
                            const Type *type, Str *sql);
// Returns the type as in a column definition ("VARCHAR(50)").
// Fails: the dialect has no such type, or an option is missing (an enum without name).
MUST_CHECK bool sql_type(Arena *arena, Diag *diag, const SqlStyle *style, const Type *type, Str *sql);
// Returns whether sql_type() can write it.
bool sql_has_type(Arena *arena, const SqlStyle *style, const Type *type);
// The same inside CAST(... AS ...); empty where the dialect casts nothing to it.
MUST_CHECK bool sql_cast_type(Arena *arena, Diag *diag, const SqlStyle *style, const Type *type, Str *sql);
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

// Fills in the parameters of a text that a driver is handed as it stands: connection.exec_driver_sql(). No :name is one but
// where the driver says so; a colon, a backslash and all else stays. `params`: values by place, or with `is_named`
// EXPR_BIND.
//
// Fails: a parameter without value, a value without parameter, a percent sign that no driver takes.
// Source: PEP 249 paramstyle of psycopg2, mysqlclient, sqlite3, cx_Oracle, pyodbc.
MUST_CHECK bool sql_driver_text(Arena *arena, Diag *diag, const SqlStyle *style, Span at, Str text, const ExprList *params,
                                bool is_named, Str *sql);
// Fills in the parameters of sa.text(): \: becomes :, :: stays, :name becomes its value.
// Fails: a parameter without value, naming it (Alembic writes NULL).
MUST_CHECK bool sql_bind_text(Arena *arena, Diag *diag, const SqlStyle *style, Span at, Str text, const ExprList *binds,
                              Str *sql);

// Returns the name the server gives an unnamed constraint, or empty.
Str sql_constraint_name(Arena *arena, const Dialect *dialect, const Table *table, const Constraint *constraint);
// Returns what PostgreSQL would call an unnamed constraint, where the dialect leaves it without a name; else nothing.
Str sql_usual_name(Arena *arena, const Dialect *dialect, const Table *table, const Constraint *constraint);

// Returns the keys of an index that are written as one text, "a, lower(b) DESC", each by itself.
StrList sql_index_keys(Arena *arena, const Dialect *dialect, Str text);
// Returns whether such a key is no column, maybe with a length, "b(5)", but an expression in no parentheses of its own;
// *end: where that ends, before ASC, DESC and such.
bool sql_is_index_expression(const Dialect *dialect, Str key, size_t *end);
// Returns whether the text calls one of these functions; NULL ends them.
bool sql_calls_any(const Dialect *dialect, Str text, const char *const *functions);

// Returns whether MySQL takes a default of such a column as an expression only: TEXT, BLOB, JSON.
bool sql_is_large_on_mysql(const Type *type);

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
    Str touches;                // what of the session it changes, as sql_touched_setting() says; empty: nothing
} RawStatement;
typedef VEC(RawStatement) RawList;

// Returns for each byte of raw SQL what it belongs to: TEXT_COMMENT, a comment to the line's end; TEXT_QUOTED, a quoted text
// or name, or a comment of the other kind, its ends included (one that does not end goes to the end); or TEXT_PLAIN.
enum { TEXT_PLAIN = ' ', TEXT_COMMENT = '-', TEXT_QUOTED = 'q' };
const char *sql_mark_text(Arena *arena, const Dialect *dialect, Str text);

// Returns what of the text reaches the host of the server, its files, programs or configuration, as it is written, and where
// the statement's own token of it stands; empty: nothing that can be read.
Str sql_reaches_host(Arena *arena, const Dialect *dialect, Str text, size_t *at);

// Splits raw SQL into statements: quotes, dollar quotes, comments and trigger bodies are understood.
// Fails: an unterminated quote or comment.
MUST_CHECK bool sql_split(Arena *arena, Diag *diag, const Dialect *dialect, Span at, Str text, RawList *statements);

// What the text of a query shows of what it finds.
typedef struct QueryForm {
    bool is_count;      // one row with one number: SELECT count(...) FROM ...
    bool is_exists;     // one row with a yes or no: SELECT EXISTS (...)
    bool is_constant;   // SELECT 1 FROM ...: no row, or a number that is not 0
    bool reads_table;   // SELECT ... FROM
} QueryForm;
QueryForm sql_query_form(const Dialect *dialect, Str text);

// A query that asks the catalogue for one thing by its names.
typedef enum CatalogueKind { CATALOGUE_TABLE, CATALOGUE_COLUMN, CATALOGUE_INDEX, CATALOGUE_CONSTRAINT } CatalogueKind;
typedef struct CatalogueItem {
    Str name, text;
    bool is_number, is_text;   // 1, or a column that the conditions say; else its value is not known
} CatalogueItem;
typedef struct CatalogueQuery {
    CatalogueKind kind;
    bool is_exists, is_count, has_all;   // SELECT EXISTS (...), count(...), *
    bool is_relation, tells_null;        // SELECT to_regclass(...): a name or NULL; ... IS NOT NULL, or IS NULL
    bool is_negated;                     // IS NULL
    bool needs_table;                    // 'x'::regclass, which is an error where there is no such table
    bool has_schema, is_own_schema;      // a schema is asked for; the one that the script is in
    Str schema, table, name;             // table: empty, any; name: of the column, index or constraint
    VEC(CatalogueItem) items;            // of a row
} CatalogueQuery;
// Returns whether the text is such a query, in one of the usual forms.
bool sql_catalogue_query(Arena *arena, const Dialect *dialect, Str text, CatalogueQuery *query);
// Stores the query of one number that is 0 when `query` finds what is expected. Returns NULL, or what keeps it from being
// asked so ("a check that locks rows").
const char *sql_check(Arena *arena, const Dialect *dialect, Str query, Expect expect, Str *text);

// The first words of a statement, comments left out.
typedef struct SqlHead {
    Str words[8];
    size_t count;
} SqlHead;
SqlHead sql_head(const Dialect *dialect, Str text);
bool sql_head_is(const SqlHead *head, size_t at, const char *word);   // without case

// Returns the first of the NULL-terminated `words` that stands in the text outside quotes and comments, without case, or
// empty.
Str sql_find_word(const Dialect *dialect, Str text, const char *const *words);
// Returns whether a statement for Oracle is PL/SQL: a block, or a unit that is compiled. Its client runs it at a line "/".
bool sql_is_plsql(const Dialect *dialect, Str text);
// The unit that a CREATE of PL/SQL compiles, as Oracle's dictionary has it; name empty: none.
typedef struct PlsqlUnit {
    Str type;           // "TRIGGER", "PACKAGE BODY"
    Str schema, name;   // upper case unless quoted; schema empty: the session's
} PlsqlUnit;
PlsqlUnit sql_plsql_unit(Arena *arena, const Dialect *dialect, Str text);
// Returns the statement with its lines of more than `most` bytes broken between tokens, where white space may stand. A new
// line never begins with / . # @ ! and the one before never ends with - or ;. What cannot be broken (a longer token, a
// comment) stays.
Str sql_wrap(Arena *arena, const Dialect *dialect, Str text, size_t most);

// One key of an index as CREATE INDEX has it.
typedef struct RawIndexKey {
    bool is_unread;         // what stands behind its column or expression could not be read
    Str column;             // empty: an expression
    Str collation, class;   // without their schemas; empty: the column's, the type's default
    bool descends, nulls_first;
} RawIndexKey;
// The index that CREATE or DROP INDEX names; name is empty when the statement is neither, or leaves it to the server: then
// the table is given. Names are as PostgreSQL keeps them, but not cut to their longest; a schema is as written, of a new
// index its table's.
typedef struct RawIndex {
    bool is_drop, unique;
    bool if_not_exists;
    Str schema, name, table_schema, table;
    Str method;              // empty: not said
    VEC(RawIndexKey) keys;   // none: they, or what stands behind them, could not be read
    StrList include;
    bool nulls_equal;   // NULLS NOT DISTINCT
    bool is_partial;    // by a condition that is no constant
} RawIndex;
RawIndex sql_raw_index(Arena *arena, const Dialect *dialect, Str text);
// Returns what of a statement that writes rows the body of a SQLite trigger cannot hold, NULL: nothing.
// Source: sqlite.org/lang_createtrigger.html, "Syntax Restrictions On UPDATE, DELETE, and INSERT Statements Within
// Triggers".
const char *sql_trigger_lacks(Arena *arena, const Dialect *dialect, Str text);
// Returns what a statement of the schema is, where SQLite's number of the main schema is behind it what it was; else NULL.
const char *sql_leaves_no_mark(Arena *arena, const Dialect *dialect, Str text);
// Returns the name of what CREATE ... IF NOT EXISTS or DROP ... IF EXISTS makes or drops, without its schema, or empty.
Str sql_if_exists_name(Arena *arena, const Dialect *dialect, Str text, bool *is_drop);
// Returns the name of the view, sequence, type, routine, synonym or event that a CREATE makes, without its schema, or empty.
Str sql_created_name(Arena *arena, const Dialect *dialect, Str text);
// Returns the value that ALTER TYPE ... ADD VALUE adds, with its quotes, or empty.
Str sql_added_enum_value(Arena *arena, const Dialect *dialect, Str text);
// Returns what psql would replace by a variable (":NAME", ":'name'") outside quotes, or empty.
Str sql_client_variable(const Dialect *dialect, Str text);

// Returns what of the dialect's settings the statement would change, in any spelling that can be read and within texts that
// it may run, or empty: "search_path", "ALTER SESSION".
Str sql_touched_setting(Arena *arena, const Dialect *dialect, Str text);
// Returns whether a statement is SQLite's PRAGMA foreign_keys with a value, and stores which.
bool sql_switches_foreign_keys(Arena *arena, const Dialect *dialect, Str text, bool *on);

// A privilege of MySQL or MariaDB that a statement needs, and where.
typedef struct NeededPrivilege {
    const char *privilege;   // "ALTER"; with commas between them: one of these
    Str schema, table;       // schema empty: the database that is selected; table empty: somewhere in it
} NeededPrivilege;
typedef VEC(NeededPrivilege) NeededList;
// Adds what a user needs for the statement and that is not there yet, as far as the text tells it for sure. A temporary
// table is named with CREATE TEMPORARY TABLES, which is granted on the database: whoever made it may do everything with it.
// Source: MySQL 8.0 manual 6.2.2 and the statements' own pages; MariaDB's GRANT page; foreign keys: MariaDB 10.11, measured.
void sql_needed_privileges(Arena *arena, const Dialect *dialect, Str text, NeededList *needed);

// A table as a statement names it: parts that it does not say are empty. A bare name as the database keeps it, as
// cursor_name() says.
typedef struct SqlTable {
    Str database, schema, name;
} SqlTable;
typedef VEC(SqlTable) SqlTableList;
// Adds the tables that a statement for MySQL or MariaDB may name, wherever in it, and that are not there yet: all of them,
// and maybe names that are none.
void sql_named_tables(Arena *arena, const Dialect *dialect, Str text, SqlTableList *tables);
typedef enum TableChangeKind {
    TABLE_MADE,
    TABLE_DROPPED,
    TABLE_RENAMED,      // `table` is `to` from then on; not sure: its rows may be in both, as those of a partition are
    TABLES_OF_SCHEMA,   // all in table.schema are dropped
    SCHEMA_RENAMED,     // table.schema is to.schema
    TABLES_UNREAD,      // some are dropped whose names cannot be read
    RENAME_UNREAD,      // some get another name
} TableChangeKind;
typedef struct TableChange {
    TableChangeKind kind;
    SqlTable table, to;
    bool is_sure;   // the statement does so or fails: it is no IF EXISTS, and no branch of a block
} TableChange;
typedef VEC(TableChange) TableChangeList;
// Adds what the statement does to whole tables, in its order.
void sql_table_changes(Arena *arena, const Dialect *dialect, Str text, TableChangeList *changes);
// Stores the table that the text is the name of.
bool sql_read_table(Arena *arena, const Dialect *dialect, Str text, SqlTable *table);

// Stores the raw statement with a blank for each tab that stands outside quotes: between words, in comments, in the body of
// a SQL or PL/pgSQL function. Fails, without a message: one stands in a quoted text or name, at *fault.
bool sql_blank_tabs(Arena *arena, const Dialect *dialect, Str text, Str *out, size_t *fault);
// Whether a semicolon stands in the statement outside quotes and comments: it has a body of statements.
bool sql_has_body(const Dialect *dialect, Str text);
// Whether it says a variable, "@name", whose name begins so.
bool sql_says_variable(const Dialect *dialect, Str text, Str prefix);

// What one raw statement does to the model, as far as the common DDL forms go.
// Follows it in the model; what cannot be followed makes the objects it names opaque.
void sql_follow(Arena *arena, const Dialect *dialect, const RawStatement *statement, Span at, Model *model);

#endif
