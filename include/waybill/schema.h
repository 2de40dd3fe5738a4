// schema: types, columns, constraints, the expression and DML tree, operations, and the model: every table as the chain
// has built it so far. Knows nothing of dialects.
#ifndef WAYBILL_SCHEMA_H
#define WAYBILL_SCHEMA_H

#include "waybill/base.h"

// ---- types ----

typedef enum TypeFamily {
    FAMILY_NONE,
    FAMILY_INTEGER,
    FAMILY_NUMERIC,
    FAMILY_FLOAT,
    FAMILY_TEXT,
    FAMILY_BOOLEAN,
    FAMILY_DATE,
    FAMILY_TIME,
    FAMILY_DATETIME,
    FAMILY_INTERVAL,
    FAMILY_BYTES,
    FAMILY_JSON,
    FAMILY_UUID,
    FAMILY_ARRAY,
} TypeFamily;

typedef enum TypeKind {
#define TYPE(kind, name, module, family) TYPE_##kind,
#include "../../src/schema/type.def"
#undef TYPE
    TYPE_COUNT
} TypeKind;

typedef struct Type Type;
typedef struct TypeVariant {
    Str dialect;
    const Type *type;
    bool is_kin;   // another dialect's, which serves until this one gets its own
} TypeVariant;

struct Type {
    TypeKind kind;
    int32_t length, precision, scale;   // -1: not given
    bool length_is_max;                 // mssql 'max'
    bool timezone, local_timezone, unsigned_, zerofill, varying;
    bool as_decimal;   // Float(asdecimal=True)
    Str collation, charset;
    Str name, schema;   // enum or domain
    StrList labels;     // enum
    Str members_of;     // the Python enum that the labels stand for, in its order; empty: labels as texts
    StrList members;    // its members' names
    StrList plain;      // what they are beside: the texts or numbers of class Kind(str, Enum); empty: nothing
    bool plain_numbers;
    bool native_enum, create_constraint, create_type, inherit_schema;
    Str constraint_name;   // of a type-bound CHECK; empty: the enum's name or none
    bool native_uuid;
    Str fields;            // INTERVAL DAY
    const Type *element;   // ARRAY, DOMAIN
    int32_t dimensions;
    Str raw;   // its SQL, where the application's own class says it; USER_DEFINED has nothing else
    bool is_literal_json_none;
    VEC(TypeVariant) variants;   // with_variant()
    bool allows_raw_text;        // TypeDecorator and such: a literal of any kind is taken as it is
    void *processor;             // of the room that made it: turns a value into what is stored; not kept by the model
    void *listened;              // likewise: the object whose class something listens to
    Span at;
};

const char *type_name(TypeKind kind);              // "String"
Str type_full_name(Arena *arena, TypeKind kind);   // "sqlalchemy.dialects.postgresql.JSONB"
TypeFamily type_family(const Type *type);
// Returns a new type of that kind with every option absent or at SQLAlchemy's default.
Type *type_new(Arena *arena, TypeKind kind);
// Returns whether the type is defined in that module: "" or a dialect package.
bool type_is_in(TypeKind kind, const char *module);
// Returns what the type is for that dialect: its variant if it has one.
const Type *type_for(const Type *type, Str dialect);
bool type_equal(const Type *a, const Type *b);

// ---- literals ----

typedef enum LiteralKind {
    LITERAL_NULL,
    LITERAL_BOOL,
    LITERAL_INTEGER,
    LITERAL_DECIMAL,   // text
    LITERAL_FLOAT,     // real
    LITERAL_TEXT,
    LITERAL_BYTES,
    LITERAL_TIME,   // date, time, datetime, interval
    LITERAL_JSON,   // text: the JSON document
    LITERAL_UUID,   // text of 36 characters
    LITERAL_ARRAY,
} LiteralKind;

typedef struct Literal Literal;
struct Literal {
    LiteralKind kind;
    bool boolean;
    int64_t integer;
    double real;
    Str text;
    const Time *time;
    const Literal *items;   // ARRAY
    bool is_row;            // ARRAY: a tuple or a set, which a driver writes in parentheses
    size_t count;
};

// ---- expressions and DML ----

typedef struct Expr Expr;
typedef struct Select Select;
typedef struct Dml Dml;

// A table as an expression names it: op.create_table's value, sa.table(), sa.Table(), an alias or a subquery.
typedef struct TableColumn {
    Str name;
    const Type *type;
    const void *fills;   // Column.fills
} TableColumn;
typedef struct TableRef {
    Str schema, name;
    Str alias;              // empty: none
    const Select *select;   // a subquery; NULL: a table
    bool is_cte;            // the subquery stands in WITH, and goes by `name` everywhere else
    VEC(TableColumn) columns;
    bool is_described;   // those are all: a statement can name no other
    void *object;        // of the room that made it: the table that its columns belong to; NULL: none
} TableRef;

typedef enum ExprKind {
    EXPR_LITERAL,   // literal, type
    EXPR_NULL,
    EXPR_TRUE,
    EXPR_FALSE,
    EXPR_RAW,        // text as it is: sa.text() with its binds filled in, literal_column
    EXPR_TEXT,       // text with named parameters :x; args are EXPR_BIND by name
    EXPR_BIND,       // text: its name; args[0]: its value when it has one
    EXPR_COLUMN,     // text: name; table: NULL for sa.column()
    EXPR_BINARY,     // op, args[0], args[1]
    EXPR_UNARY,      // op, args[0]
    EXPR_AND,        // args
    EXPR_OR,         // args
    EXPR_LIST,       // (a, b, c): right side of IN, tuple_()
    EXPR_FUNCTION,   // text: name with its package; args
    EXPR_CASE,       // pairs condition, value in args; last one alone: ELSE. extra: CASE operand
    EXPR_CAST,       // args[0], type
    EXPR_EXTRACT,    // text: field, args[0]
    EXPR_LABEL,      // args[0] AS text
    EXPR_ORDER,      // args[0] text ("ASC", "DESC NULLS LAST")
    EXPR_COLLATE,    // args[0] COLLATE text
    EXPR_BETWEEN,    // args[0] BETWEEN args[1] AND args[2]
    EXPR_SELECT,     // (select)
    EXPR_EXISTS,     // EXISTS (select)
    EXPR_DISTINCT,   // DISTINCT args[0]
    EXPR_OVER,       // args[0] OVER (PARTITION BY ... ORDER BY ...): extra: partition list, extra2: order list
    EXPR_DEFAULT,    // DEFAULT
    EXPR_SEQUENCE,   // next value of sequence text; table: NULL, or its schema
    EXPR_STAR,       // *, table: NULL or the one it belongs to
} ExprKind;

typedef enum ExprOp {
    EXPR_OP_ADD,
    EXPR_OP_SUB,
    EXPR_OP_MUL,
    EXPR_OP_DIV,
    EXPR_OP_FLOORDIV,
    EXPR_OP_MOD,
    EXPR_OP_CONCAT,
    EXPR_OP_EQ,
    EXPR_OP_NE,
    EXPR_OP_LT,
    EXPR_OP_LE,
    EXPR_OP_GT,
    EXPR_OP_GE,
    EXPR_OP_LIKE,
    EXPR_OP_NOT_LIKE,
    EXPR_OP_ILIKE,
    EXPR_OP_NOT_ILIKE,
    EXPR_OP_REGEXP,
    EXPR_OP_NOT_REGEXP,
    EXPR_OP_IS,
    EXPR_OP_IS_NOT,
    EXPR_OP_IS_DISTINCT,
    EXPR_OP_IS_NOT_DISTINCT,
    EXPR_OP_IN,
    EXPR_OP_NOT_IN,
    EXPR_OP_CUSTOM,     // text holds it
    EXPR_OP_GET,        // a[b]; JSON: a -> b
    EXPR_OP_GET_TEXT,   // JSON: a ->> b
    EXPR_OP_CONTAINS,
    EXPR_OP_CONTAINED,
    EXPR_OP_HAS_KEY,
    EXPR_OP_OVERLAP,
    EXPR_OP_BIT_AND,
    EXPR_OP_BIT_OR,
    EXPR_OP_BIT_XOR,
    EXPR_OP_NOT,
    EXPR_OP_NEG,
    EXPR_OP_ANY,
    EXPR_OP_ALL,
} ExprOp;

struct Expr {
    ExprKind kind;
    ExprOp op;
    const Type *type;   // NULL: not known
    Str text;
    const TableRef *table;
    const Literal *literal;
    const Expr **args;
    size_t count;
    const Expr *extra, *extra2;
    const Select *select;
    int32_t precedence;   // EXPR_OP_CUSTOM
    bool is_pattern;      // LIKE made by startswith() and its kin
    bool is_expanding;    // EXPR_BIND: a list becomes that of an IN
    Span at;
};

typedef enum JoinKind { JOIN_INNER, JOIN_LEFT, JOIN_FULL } JoinKind;
typedef struct From From;
struct From {
    const TableRef *table;   // NULL: a join
    JoinKind join;
    const From *left, *right;
    const Expr *on;
    const Expr *function;   // FROM function(...) AS alias
};
typedef VEC(const From *) FromList;
typedef VEC(const Expr *) ExprList;

struct Select {
    ExprList columns;
    FromList from;   // explicit ones; others follow from the columns used
    ExprList where, group_by, having, order_by;
    const Expr *limit, *offset;
    bool distinct, for_update;
    bool is_exists;               // EXISTS (...) when used as an expression
    const Select *left, *right;   // a compound: left OP right
    Str compound;                 // "UNION ALL"
    // correlate(), correlate_except(): which tables of the statements around it it leaves to them; else those of the next
    // one
    bool correlates, correlates_except;
    VEC(const TableRef *) correlated;
};

// Returns the EXISTS (...) that is all a query is, or NULL.
static inline const Expr *select_only_exists(const Select *select)
{
    const Expr *only = select->columns.count == 1 && !select->from.count && !select->where.count ? select->columns.items[0]
                                                                                                 : NULL;
    if (only && only->kind == EXPR_LABEL)
        only = only->args[0];
    return only && only->kind == EXPR_EXISTS && only->select ? only : NULL;
}

typedef enum DmlKind { DML_INSERT, DML_UPDATE, DML_DELETE } DmlKind;
typedef struct Assignment {
    Str column;
    const Expr *value;
} Assignment;
typedef VEC(Assignment) AssignmentList;

struct Dml {
    DmlKind kind;
    const TableRef *table;
    VEC(AssignmentList) rows;   // INSERT: one or more; UPDATE: one
    StrList columns;            // INSERT ... SELECT
    bool leaves_defaults;       // include_defaults=False
    const Select *select;
    ExprList where;
    FromList from;              // UPDATE ... FROM, DELETE ... USING: explicit ones
    StrList conflict_columns;   // INSERT ... ON CONFLICT (columns)
    Str conflict_constraint;
    bool has_conflict, conflict_updates;
    AssignmentList conflict_set;
    ExprList returning;
};

// ---- options: dialect keyword arguments such as postgresql_using='gin' ----

typedef enum OptionKind {
    OPTION_TEXT,
    OPTION_BOOL,
    OPTION_INTEGER,
    OPTION_EXPR,
    OPTION_LIST,
    OPTION_MAP,
    OPTION_NONE
} OptionKind;
// Of an option as a revision gives it; its copies share it.
typedef struct OptionUse {
    Str name;   // as written
    Span at;
    bool is_read;   // something has asked for it
} OptionUse;
typedef struct Option Option;
typedef VEC(Option) OptionList;
struct Option {
    Str name;         // "postgresql_using"; in a map: the key; in a list: empty
    OptionUse *use;   // NULL: of the model, or within a map or a list
    OptionKind kind;
    Str text;
    bool is_number;   // TEXT: that of a float or a decimal
    bool boolean;
    int64_t integer;
    const Expr *expr;
    OptionList items;   // LIST, MAP
};
// Returns the option, which counts as read from then on, or NULL.
const Option *option_find(const OptionList *options, Str name);
void option_read(const Option *option);   // it counts as read

// ---- tables ----

typedef enum Tri { TRI_NONE, TRI_FALSE, TRI_TRUE } Tri;   // TRI_NONE: not said

typedef struct Identity {
    bool always, on_null, cycle, has_cycle, order, has_order;
    bool has_start, has_increment, has_minvalue, has_maxvalue, has_cache, nominvalue, nomaxvalue;
    int64_t start, increment, minvalue, maxvalue, cache;
} Identity;

typedef struct Computed {
    const Expr *expr;
    Tri persisted;
} Computed;

typedef enum Autoincrement {
    AUTOINCREMENT_AUTO,
    AUTOINCREMENT_TRUE,
    AUTOINCREMENT_FALSE,
    AUTOINCREMENT_IGNORE_FK
} Autoincrement;

// A Sequence as a column's default takes the place of what grows by itself where the server has sequences.
typedef enum SequenceUse {
    SEQUENCE_NONE,
    SEQUENCE_OPTIONAL,   // only where nothing grows by itself
    SEQUENCE_ALWAYS
} SequenceUse;

typedef struct Column {
    Str name;
    size_t id;    // which column of the model it is, whatever it is called by now; 0: of none yet
    bool quote;   // quoted_name(..., True)
    const Type *type;
    bool nullable, nullable_given;
    const Expr *default_;   // server default; NULL: none
    const Identity *identity;
    const Computed *computed;
    bool primary_key;
    Autoincrement autoincrement;
    bool has_python_default;   // default=... or a Sequence: filled by the application, so the server grows nothing
    SequenceUse sequence;
    const void *fills;   // of the room that made it: default= and onupdate=; not kept by the model
    Str comment;
    bool has_comment;
    OptionList options;
    Span at;
} Column;

typedef enum ConstraintKind {
    CONSTRAINT_PRIMARY,
    CONSTRAINT_UNIQUE,
    CONSTRAINT_FOREIGN,
    CONSTRAINT_CHECK,
    CONSTRAINT_EXCLUDE
} ConstraintKind;

typedef struct ExcludeElement {
    const Expr *expr;
    Str op;
} ExcludeElement;

typedef struct Constraint {
    ConstraintKind kind;
    Str name;             // as written or by naming convention; empty: unnamed
    bool name_is_final;   // op.f(): no naming convention changes it
    Str server_name;      // unnamed: what the server calls it, so that a later drop by name finds it
    Str usual_name;       // unnamed on a server that gives no name either: what PostgreSQL would call it
    size_t revision;      // index of the revision that added it, which alone may drop it without a name
    bool is_type_bound;   // made by Boolean or Enum with create_constraint
    bool is_inline;       // CHECK of a column: written in the column's line
    Str column;           // the column it was written on; empty: table level
    StrList columns;
    Str ref_schema, ref_table;
    StrList ref_columns;
    Str on_delete, on_update, match, initially;
    Tri deferrable;
    const Expr *check;
    VEC(ExcludeElement) elements;   // EXCLUDE
    Str using_;
    const Expr *where;
    bool use_alter;
    OptionList options;
    Span at;
} Constraint;

typedef struct IndexItem {
    Str column;   // empty: an expression
    const Expr *expr;
} IndexItem;

typedef struct Index {
    Str name;
    Str schema, table;
    bool unique;
    VEC(IndexItem) items;
    OptionList options;
    Str raw;   // made by raw SQL: its text; items are then not known
    Span at;
} Index;

typedef VEC(const Column *) ColumnList;
typedef VEC(const Constraint *) ConstraintList;
typedef VEC(const Index *) IndexList;

// A table of the model: one immutable version; a change makes a new one.
typedef struct Table {
    Str schema, name;
    size_t id;           // which table of the model it is, whatever it is called by now; 0: of none yet
    bool is_reflected;   // a batch was applied to it: where Alembic rebuilds, what SQLAlchemy does not read of a table is
                         // gone
    bool is_opaque;      // its shape is not known
    Str why_opaque;
    Span opaque_at;
    ColumnList columns;
    ConstraintList constraints;   // in the order they would be written
    IndexList indexes;
    Str comment;
    bool has_comment;
    StrList prefixes;   // TEMPORARY
    StrList triggers;   // the raw text of each CREATE TRIGGER: a rebuild drops them and must make them again
    OptionList options;
} Table;

// "schema.name", or the name itself, not copied, where there is no schema.
Str table_full_name(Arena *arena, Str schema, Str name);
const Column *table_column(const Table *table, Str name);           // NULL when absent
const Constraint *table_constraint(const Table *table, Str name);   // of that name, its own or the server's choice
const Index *table_index(const Table *table, Str name);
const Constraint *table_primary_key(const Table *table);
// Returns the column that is filled by the server with growing numbers (SERIAL, AUTO_INCREMENT), by SQLAlchemy's rule: the
// only integer column of the primary key without default or foreign key unless autoincrement says otherwise; or NULL.
const Column *table_autoincrement(const Table *table);
// Puts the primary key first and marks its columns: primary and NOT NULL, but where `null_stays` (SQLite) and they say NULL.
void table_settle_key(Arena *arena, Table *table, bool null_stays);
Table *table_copy(Arena *arena, const Table *table);
Index *index_copy(Arena *arena, const Index *index);
Constraint *constraint_copy(Arena *arena, const Constraint *constraint);
Column *column_copy(Arena *arena, const Column *column);

// ---- operations ----

typedef enum OpKind {
#define OP(kind, name) OP_##kind,
#include "../../src/schema/op.def"
#undef OP
} OpKind;

// What alter_column changes; `has_*` false: left as it is.
typedef struct ColumnChange {
    const Type *type;   // NULL: unchanged
    bool has_nullable, nullable;
    bool has_default;   // new default, NULL: dropped
    const Expr *default_;
    const Identity *identity;   // new default is an identity
    Str new_name;               // empty: unchanged
    bool has_comment;
    Str comment;
    bool comment_is_none;
    bool has_autoincrement, autoincrement;
    const Type *existing_type;   // as given; NULL: not given
    bool has_existing_nullable, existing_nullable;
    bool has_existing_default;
    const Expr *existing_default;
    const Identity *existing_identity;
    bool has_existing_comment;
    Str existing_comment;
    OptionList options;   // postgresql_using, ...
} ColumnChange;

// What a query must find, else the framed script stops there.
typedef enum Expect {
    EXPECT_ANYTHING,
    EXPECT_ZERO,    // its one number is 0, and
    EXPECT_COUNT,   // is not
    EXPECT_NO_ROWS,
    EXPECT_ROWS,
    EXPECT_FALSE,   // its one value, true or false
    EXPECT_TRUE,
} Expect;

// A foreign key that stands on a column, or refers to it.
typedef struct ForeignUse {
    const Table *table;   // whose foreign key it is
    const Constraint *constraint;
    bool refers;           // to the column; else it stands on it
    const Column *other;   // at the other end; NULL: not known
} ForeignUse;

typedef struct Op Op;
typedef VEC(Op *) OpList;

struct Op {
    OpKind kind;
    Span at;
    Str schema, table;   // what it acts on
    Str name;            // column, index, constraint, type, sequence or schema; new name of RENAME_TABLE
    bool if_exists, if_not_exists;
    bool cascade;                  // DROP_SCHEMA: with what is in it; of raw SQL: with what rests on it
    bool is_implicit;              // not written in the revision: an enum type made for a column, ...
    Expect expect;                 // EXECUTE of a query: `# waybill: expect 0`, or a raise that depends on it
    Span raised_at;                // the condition of that raise; no source: a comment asks
    Str raised;                    // what it says; may be empty
    bool only_asked;               // a query that is executed only where something depends on it
    const Table *before, *after;   // the table around it; NULL when there is none (or none is known)
    Str why_unknown;               // then, why; else empty
    const Table *created;          // CREATE_TABLE
    const Column *column;          // ADD_COLUMN
    ConstraintList constraints;    // ADD_COLUMN: those it brings; ADD_CONSTRAINT: one
    IndexList indexes;             // CREATE_TABLE, ADD_COLUMN: those it brings; CREATE_INDEX: one
    bool inline_references, inline_primary_key;
    const ColumnChange *change;       // ALTER_COLUMN
    VEC(ForeignUse) foreign_uses;     // ALTER_COLUMN, DROP_COLUMN: of the column, before the operation
    ConstraintKind constraint_kind;   // DROP_CONSTRAINT
    bool has_constraint_kind;
    const Constraint *dropped;   // DROP_CONSTRAINT without a name: the one that is meant
    Str comment;                 // TABLE_COMMENT
    bool comment_is_none;
    const Type *type;           // CREATE_ENUM, DROP_ENUM
    const Expr *sql;            // EXECUTE of text
    const Dml *dml;             // EXECUTE of a construct, BULK_INSERT
    const Select *select;       // EXECUTE of a query
    const Identity *sequence;   // CREATE_SEQUENCE
    OptionList options;
    Str insert_before, insert_after;   // ADD_COLUMN, ALTER_COLUMN in a batch
    // BATCH
    OpList ops;
    Str recreate;   // "auto", "always", "never"
    const Table *copy_from;
    bool changed_type_enum;
};

const char *op_name(OpKind kind);

// ---- the model ----

// An enum (or other named) type as the chain has made it.
typedef struct NamedType {
    Str schema, name;
    StrList labels;
    bool is_implicit;   // made for a column, not by .create() or raw SQL
    size_t revision;    // index of the revision whose upgrade made it
} NamedType;

struct Dialect;
typedef struct ModelChange ModelChange;
// Why a table may exist that the model does not list.
typedef struct Doubt {
    Str why;
    bool is_made;   // a revision does make one of that name, as far as its file tells; else one is only named there
} Doubt;

typedef struct Model {
    Arena *arena;      // of what the model keeps: whatever is put into it is copied
    Arena *work;       // of what is made on the way to that; may be given back between operations
    Map tables;        // "schema.name" -> Table
    Map types;         // "schema.name" -> NamedType
    Map dropped;       // tables that the chain dropped: known not to exist
    bool all_opaque;   // raw text that could not be read: nothing is known for sure
    Str why_all_opaque;
    Map doubtful;         // names of tables that may exist as well -> Doubt *
    Map others;           // names of what raw SQL has made that is no table: views, sequences and such
    Str why_incomplete;   // why there may be tables that are not listed; empty: there are none
    Span all_opaque_at;
    Str search_schema;      // where raw SQL of this run finds and makes what it gives no schema; empty: the default
    size_t revision;        // index of the revision being applied
    size_t last_id;         // of its tables and columns, given in the order in which they come
    VEC(ModelChange) log;   // for rolling back
    VEC(const NamedType *) implicit;   // each type that an upgrade made by itself, whatever has become of it
    const struct Dialect *dialect;     // only handed on to these three
    // the server's rule for unnamed constraints; NULL: none
    Str (*constraint_name)(Arena *, const struct Dialect *, const Table *, const Constraint *);
    // the name that a chain may drop one by although its server gives none; NULL: none
    Str (*usual_name)(Arena *, const struct Dialect *, const Table *, const Constraint *);
    // a name inside SQL text; NULL: texts stay
    Str (*rename_in_text)(Arena *, const struct Dialect *, Str text, Str from, Str to);
} Model;

Model *model_open(Arena *arena);
// A column (in text also a table) under its new name wherever SQL text or an expression says the old one; the old one is
// kept.
Str model_rename_in_text(const Model *model, Str text, Str from, Str to);
const Expr *expr_rename_column(const Model *model, const Expr *expr, Str from, Str to);
OptionList options_rename_column(const Model *model, const OptionList *options, Str from, Str to);
// Returns whether an expression, or an index in its columns, expressions, conditions or own text, names a column.
bool expr_mentions_column(const Model *model, const Expr *expr, Str column);
bool index_mentions_column(const Model *model, const Index *index, Str column);
// Returns the table, or NULL when the chain has never built it or has dropped it.
const Table *model_table(const Model *model, Str schema, Str name);
bool model_is_dropped(const Model *model, Str schema, Str name);   // by the chain, and not made again
// Returns whether nothing is known of a table: it was never seen, is opaque, or everything is.
bool model_is_opaque(const Model *model, Str schema, Str name);
const NamedType *model_type(const Model *model, Str schema, Str name);
void model_put_table(Model *model, const Table *table);
void model_remove_table(Model *model, Str schema, Str name);
// What a statement drops with CASCADE: a key of a table, a column, or the whole table.
typedef struct Cascade {
    Str schema, name;
    const Table *table;      // as it was before; NULL: not known
    const Constraint *key;   // NULL: none, or nobody knows which
    Str column;
    bool whole;
} Cascade;
// Takes from all tables the foreign keys that go with it; where that is not clear, the table's shape is not known any more.
void model_cascade(Model *model, const Cascade *cascade, Span at);
void model_put_type(Model *model, const NamedType *type);
void model_remove_type(Model *model, Str schema, Str name);
// Returns whether the upgrade of the revision with that index made the type by itself; it may have gone and come back since.
bool model_made_type(const Model *model, const NamedType *type, size_t revision);
void model_make_opaque(Model *model, Str schema, Str name, Span at, Str why);
void model_make_all_opaque(Model *model, Span at, Str why);
void model_make_incomplete(Model *model, Str why);
void model_make_doubtful(Model *model, Str name, Doubt doubt);   // in whatever schema
// Notes that raw SQL has made something of that name that is no table, or has dropped it; in whatever schema.
void model_note_other(Model *model, Str name, bool is_there);
bool model_has_other(const Model *model, Str name);
// Returns whether a table may exist that the model does not list: one that the chain dropped does not.
bool model_may_have(const Model *model, Str schema, Str name);
#define NEVER_CREATED "no revision of the chain creates it"
// Returns why the shape of a table is not known, or empty: it is.
Str model_why_unknown(const Model *model, Str schema, Str name);
// Returns whether such a reason is that the chain tells of no such table: a baseline may.
bool is_never_created(Str why);
// Returns whether such a reason is the refusal of a revision: curing that cures what follows from it.
bool is_after_refusal(Str why);
const char *refusal_hint(Str why);   // what cures it
// A mark to roll back to: a direction that was tried only, or a downgrade after which the chain goes on.
size_t model_mark(const Model *model);
void model_rollback(Model *model, size_t mark);
// Goes through the tables that have changed since the mark: *next begins with the mark. Stores each as it was and as it is
// now, NULL where there is none. Returns false: there are no more.
bool model_changed_table(const Model *model, size_t *next, const Table **before, const Table **after);
// Applies one operation: fills op->before and op->after (of the work arena or the model's) and changes the model. What
// contradicts the model (a column that is not there) makes the table opaque instead: the server will judge it, and nothing
// further is claimed of its shape.
void model_apply(Model *model, Op *op);

#endif
