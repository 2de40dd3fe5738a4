// The alembic room's own parts: the objects that revision files handle, and the calls that make them.
#ifndef WAYBILL_ALEMBIC_INT_H
#define WAYBILL_ALEMBIC_INT_H

#include "waybill/alembic.h"

typedef enum ObjectKind {
    OBJECT_MODULE,        // op, sa, sa.types, ...
    OBJECT_FUNCTION,      // a callable, bound to `self` or not
    OBJECT_TYPE_CLASS,    // sa.String
    OBJECT_TYPE,          // sa.String(5)
    OBJECT_NAME,          // op.f("name"): a name that no convention changes
    OBJECT_COLUMN,        // sa.Column
    OBJECT_FOREIGN_KEY,   // sa.ForeignKey
    OBJECT_CONSTRAINT,    // sa.UniqueConstraint, ...
    OBJECT_INDEX,         // sa.Index
    OBJECT_IDENTITY,
    OBJECT_COMPUTED,
    OBJECT_SEQUENCE,
    OBJECT_TABLE,     // sa.Table, sa.table, an alias, a subquery
    OBJECT_COLUMNS,   // table.c
    OBJECT_EXPR,
    OBJECT_SELECT,
    OBJECT_DML,
    OBJECT_FROM,   // a join
    OBJECT_FUNC,   // sa.func, sa.func.schema
    OBJECT_BATCH,
    OBJECT_BIND,   // connection, engine, session
    OBJECT_DIALECT,
    OBJECT_CONTEXT,      // op.get_context()
    OBJECT_AUTOCOMMIT,   // context.autocommit_block()
    OBJECT_BLOCK,        // any other block that only groups: bind.begin()
    OBJECT_METADATA,
    OBJECT_INSPECTOR,
    OBJECT_RESULT,      // what execute() returns: rows are known only to the database
    OBJECT_DDL,         // CreateTable(t), CreateSequence(s): an operation to execute
    OBJECT_CONFIG,      // context.config
    OBJECT_CONSTRUCT,   // FunctionElement, DDLElement: what a file's own SQL constructs are derived from
    OBJECT_ELEMENT,     // an object of such a class while its SQL is asked for
    OBJECT_COMPILER,    // what a @compiles function is handed
    OBJECT_BASE,        // declarative_base(): what mapped classes inherit from
    OBJECT_PROPERTY,    // relationship(...), hybrid_property: what a mapped class has besides columns
    OBJECT_QUERY,       // session.query(...)
    OBJECT_MAPPED,      // a new object of a mapped class
    OBJECT_ENTITY,      // alembic_utils' PGFunction(...) and such
} ObjectKind;

// A call being answered.
typedef struct Call {
    Alembic *a;
    Interp *in;
    HostObject *self;   // NULL for plain functions
    const Args *args;
    const char *name;      // as messages call it: "op.add_column"
    uint64_t *looked_at;   // the arguments that the handler has asked for, by index; NULL: nobody wants to know
    Str parameters;        // as signature.def has them; empty: not known
    int extra;             // the function's own number (TypeKind, ExprOp, ...)
    Value *result;
} Call;

typedef bool Handler(Call *call);

typedef struct FunctionObject {
    HostObject host;
    const char *name;
    Handler *handler;
    HostObject *self;
    int extra;
} FunctionObject;

typedef struct ModuleObject {
    HostObject host;
    Str name;             // "sqlalchemy.types"
    Map members;          // name -> HostObject *
    bool is_project;      // of the project's own
    Str file;             // its __file__
    bool is_library;      // another library's object, whose attributes a file may set
    Map assigned;         // name -> Value *
    Space *space;         // what its file holds; NULL: a folder without one, or a module that Waybill knows itself
    const char *only;     // the names of `space` that it gives, with spaces between; NULL: all
    const Module *tree;   // of that file
    bool is_package;
} ModuleObject;

typedef struct TypeObject {
    HostObject host;
    Type *type;
    // of a class that a file writes; NULL: one of SQLAlchemy's own
    Class *class;
    Map attributes;      // name -> Value *: what its __init__ has set
    bool is_made;        // the base's __init__ has run
    bool is_reflected;   // as the server has it: a type of the dialect's own, not the one that the chain wrote
} TypeObject;

typedef struct TypeClassObject {
    HostObject host;
    const char *name;
    TypeKind kind;
    const char *package;   // "sqlalchemy.dialects.mysql"
} TypeClassObject;

typedef struct NameObject {
    HostObject host;
    Str text;
} NameObject;

typedef struct ConstraintObject {
    HostObject host;
    Constraint *constraint;
    HostObject *table;   // that it has come into; NULL: not known
    size_t part;         // of a ForeignKey of such a table: which of the constraint's columns
    Value info;          // a dict of the application's own, once asked for; else None
} ConstraintObject;

typedef struct ColumnObject {
    HostObject host;
    Column *column;
    bool nullable_given;
    bool unique, index;
    VEC(Constraint *) foreign_keys;
    VEC(Constraint *) checks;
    VEC(Value) listeners;   // to its coming into a table
    Value python_default;   // default=, as given; None: none
    const TableRef *table;
} ColumnObject;

// What INSERTs and UPDATEs give a column that they leave out: default= and onupdate=, as written; None: nothing.
typedef struct ColumnFills {
    Value insert, update;
} ColumnFills;

typedef struct IndexObject {
    HostObject host;
    Index *index;
    bool name_is_final;
} IndexObject;

typedef struct IdentityObject {
    HostObject host;
    Identity *identity;
} IdentityObject;

typedef struct ComputedObject {
    HostObject host;
    Computed *computed;
} ComputedObject;

typedef struct SequenceObject {
    HostObject host;
    Str schema, name;
    bool is_optional;
    Identity *options;
} SequenceObject;

typedef struct TableObject {
    HostObject host;
    TableRef *ref;
    Table *table;   // NULL for sa.table() and aliases
    IndexList indexes;
    const From *from;        // a join's or function's own FROM
    Class *mapped;           // the mapped class that it was made of
    HostObject *metadata;    // NULL: none
    bool stands_for_class;   // the settings put it in a mapped class's place: its columns are its attributes
} TableObject;

typedef struct ExprObject {
    HostObject host;
    Expr *expr;
    const Value *given;   // to literal() or bindparam() without a type: it takes that of what it meets; NULL: nothing such
    bool needs_type;      // it is nothing without one: a member of an enum
} ExprObject;

typedef struct SelectObject {
    HostObject host;
    Select *select;
} SelectObject;

typedef struct DmlObject {
    HostObject host;
    Dml *dml;
} DmlObject;

typedef struct FromObject {
    HostObject host;
    From *from;
} FromObject;

typedef struct FuncObject {
    HostObject host;
    Str name;   // "" for sa.func, "schema." below it
} FuncObject;

typedef struct BatchObject {
    HostObject host;
    Op *op;                    // OP_BATCH being gathered
    NamingConvention naming;   // for the unnamed constraints of a table that is rebuilt
} BatchObject;

typedef struct DdlObject {
    HostObject host;
    Op *op;
} DdlObject;

// A column comes into a table, and its listeners are told.
typedef struct Attaching {
    HostObject *object;   // the table
    const Column *column;
    ConstraintList *constraints;
    unsigned made, attached;   // constraints and indexes
} Attaching;

// An inspector has been asked: what there is of this kind, as far as the chain tells.
typedef struct Answered {
    AssumedKind kind;
    Str schema, table;
    size_t table_id;   // of the model; 0: none
    TablePart part;
    bool has_tables;   // a MetaData's: the tables themselves
    Map names;         // name -> the answer itself
} Answered;
// What a list or dict of an answer stands for: see Host.looked.
typedef struct Reflection {
    Answered *answered;
    bool is_row;
    Str column;   // of a row of the columns
    size_t column_id;
} Reflection;

struct Alembic {
    Host host;      // first: the evaluator hands it back
    Arena *arena;   // of what one run makes
    Arena *kept;    // of what outlives it: the modules
    const Project *project;
    const SqlStyle *style;
    const Dialect *dialect;
    Str dialect_name;   // dialect.name: that of the dialect, but for MariaDB behind a mysql:// URL
    Model *model;
    Occasion occasion;
    Map signatures;            // name -> const char *: its parameters
    Map modules;               // name -> ModuleObject *
    Map missing_modules;       // of the project: looked for and not found, or not to be evaluated
    bool has_project_module;   // one was evaluated: it may hold what a run has put into it
    Map progress;              // modules that show how far something is, as they are asked for: name -> ModuleObject *
    Space *progress_space;     // what they all show; NULL: none has been asked for
    Map registered;            // the project's own operations: name -> Registration *
    VEC(HostObject *) implementations;
    Arena *trees;   // of the revision's file that was parsed last
    const Revision *parsed;
    const Module *tree;
    // of the direction being run
    Interp *interp;
    Diag *diag;
    const Revision *revision;
    Direction direction;
    OpList *ops;
    bool asked_offline;            // whether it renders offline has been asked
    bool as_online;                // it is told that it does not
    bool stands_in[TYPE_COUNT];    // what [waybill.types] puts in this missing type's place is being evaluated
    VEC(HostObject *) pending;     // new objects that a session has not written yet, in order
    HostObject *pending_session;   // that has them
    AssumptionList assumed;
    OpList unnamed_drops;    // drop_constraint(None, ...): each has taken a constraint
    Attaching *attaching;    // or NULL
    struct Sketch *sketch;   // the run goes on after what is refused; else NULL
};

// ---- run.c, sketch.c ----

void begin_run(Alembic *a, Diag *diag, const Revision *revision, Direction direction, OpList *ops);
// What the revision's own file says, whatever overrides there are.
bool run_own(Alembic *a, Diag *diag, const Revision *revision, Direction direction, OpList *ops);
// What the run's revision may have done from the refused place on, or by the refused statement alone, is in doubt.
void blur_refused(Alembic *a, const Module *module, Span refused, bool alone);
bool run_python(Alembic *a, Diag *diag, const Revision *revision, Direction direction, OpList *ops);
// Brings the model from `mark`, where the refused direction began, to where it would be as far as that can be said.
void sketch_refused(Alembic *a, const Revision *revision, Direction direction, size_t mark);
bool sketch_is_for_model(const Alembic *a);   // the run's operations are nobody's: only what they do to the model counts
extern const Skipping sketching, following;   // for a reader, and for the model alone
void sketch_module(Alembic *a, const Module *module);
void sketch_anew(Alembic *a);   // what was sketched so far does not count
void sketch_rest(Alembic *a);   // what follows belongs to no statement

// ---- objects ----

FunctionObject *function_new(Alembic *a, const char *name, Handler *handler, HostObject *self, int extra);
void module_add(Alembic *a, ModuleObject *module, const char *name, HostObject *object);
void module_set(Alembic *a, ModuleObject *module, Str name, Value value);
void module_function(Alembic *a, ModuleObject *module, const char *name, Handler *handler, int extra);
// Returns the module of this name, made when there is none. The name must live as long as `a`.
ModuleObject *module_new(Alembic *a, const char *name);
// The module under a second name: what comes into it later is found under both.
void module_share(Alembic *a, ModuleObject *module, const char *name);
Value type_value(Alembic *a, Type *type);
Value type_value_copy(Alembic *a, const Type *type);   // of a type that others may hold
Value reflected_type(Alembic *a, const Type *type);    // the same, as an inspector gives it
typedef enum Answer3 { ANSWER_NO, ANSWER_YES, ANSWER_DOUBT } Answer3;
// Stores isinstance(object, class). Fails: that is not sure.
bool host_is_a(Alembic *a, Interp *in, Span at, const HostObject *object, HostObject *class, bool *result);
bool host_same(const Host *host, const HostObject *a, const HostObject *b, bool *same);   // see Host
bool host_is_single(const Host *host, const HostObject *object);
// Whether the class has this handle alone, whatever module it is taken from.
bool type_class_is_one(const TypeClassObject *class);
Value expr_value(Alembic *a, Expr *expr);
Value select_value(Alembic *a, Select *select);
Value dml_value(Alembic *a, Dml *dml);
Value table_value(Alembic *a, TableRef *ref, Table *table);
Value result_value(Alembic *a);
HostObject *simple_object(Alembic *a, ObjectKind kind);
// OBJECT_BIND
typedef struct BindObject {
    HostObject host;
    bool is_session;   // which makes sa.text() of a plain text; a connection hands it to the driver
    bool is_engine;    // whose begin() gives a connection; a connection's own gives a transaction
} BindObject;

// ---- arguments ----

Span arg_span(const Call *call, const Arg *arg);
const Arg *call_arg(const Call *call, size_t position, const char *name);
// Returns the first argument from `at` on that nobody has asked for, or NULL.
const Arg *call_unread(const Call *call, size_t at);
// Returns the argument's value, or NULL when it is absent.
const Value *call_value(const Call *call, size_t position, const char *name);
// Each fails on a value of another kind or an unknown one, naming `name`. Absent: *out keeps what it has.
bool call_str(Call *call, size_t position, const char *name, Str *out);
bool call_name(Call *call, size_t position, const char *name, Str *out, bool *is_final);   // text, op.f() or None
bool call_need_name(Call *call, size_t position, const char *name, Str *out);
bool call_bool(Call *call, size_t position, const char *name, bool *out);
bool call_int(Call *call, size_t position, const char *name, int64_t *out, bool *given);
bool call_names(Call *call, size_t position, const char *name, StrList *out);
bool call_refuse(Call *call, Span at, const char *hint, const char *format, ...) PRINTF_LIKE(4, 5);
// Refuses a text that no script can hold: U+0000, a lone surrogate.
bool call_writable(Call *call, Span at, Str text);
// Refuses when `value` is unknown, saying that it is needed for the call's argument `what`.
bool call_known(Call *call, Span at, Value value, const char *what);
// Collects dialect keywords (postgresql_using=...) into options.
bool call_options(Call *call, OptionList *options);
bool is_text(Value value, Str *text);                // str or op.f()
HostObject *host_of(Value value, ObjectKind kind);   // NULL when it is none
bool is_query(Value value);                          // select(...), session.query(...); not exists(...)

// ---- signature.c ----

void open_signatures(Alembic *a);
// Raises TypeError when the arguments are not what the callable takes: too many, given twice, not known, missing, of a kind
// that is none of the parameter's.
bool signature_check(Call *call);
bool signature_check_type(Call *call, const TypeClassObject *class);
// Returns the argument given by position for that parameter; NULL: none.
const Arg *signature_arg(const Call *call, const char *name);
// Returns the first argument given by position for a parameter that nobody has asked for; NULL: none.
const Arg *signature_unread(const Call *call);

// ---- conversion ----

bool to_type(Call *call, Span at, Value value, const Type **type);
bool to_literal(Call *call, Span at, Value value, const Type *type, Literal *literal);
bool to_expr(Call *call, Span at, Value value, const Expr **expr);
// The same for a value that meets what is of this type (NULL: not known): a member of an enum, a list, a dict have none of
// their own and take it, others keep theirs. Source: SQLAlchemy 2.0.52 sql/sqltypes.py, TypeEngine.coerce_compared_value.
bool to_operand(Call *call, Span at, Value value, const Type *beside, const Expr **expr);
// Of a column or an expression, else NULL.
const Type *operand_type(Value value);
// Stores the parameter of a text that gets this value; what the last of `known` of that name has declared of it stays.
bool to_bind(Call *call, Span at, Str name, Value value, const ExprList *known, const Expr **bind);
// As to_expr, but a text is SQL: a check's condition, an index's expression.
bool to_sql_expr(Call *call, Span at, Value value, const Expr **expr);
bool to_table(Call *call, Span at, Value value, TableRef **table);
bool to_server_default(Call *call, Span at, Value value, const Type *type, const Expr **expr, const Identity **identity,
                       const Computed **computed);
Expr *expr_new(Alembic *a, ExprKind kind, Span at);
Expr *expr_make(Alembic *a, ExprKind kind, ExprOp op, Span at, size_t count, const Expr *const *args);

// ---- emitting operations ----

Op *op_new(Call *call, OpKind kind);
// Completes an operation (its enum types first), applies it to the model and logs it.
bool op_emit(Call *call, Op *op);
// Makes the enum types that a type needs and the model lacks.
bool emit_types_for(Call *call, const Type *type, Span at);
bool emit_sql_text(Call *call, Span at, const Expr *text);
// Executes whatever execute() is given: text, DML, a query, DDL. `params` may be NULL.
bool emit_execute(Call *call, Span at, Value statement, const Value *params);
// Executes a text that goes to the driver as it stands, with the driver's own parameters. `lists_rows`: a list is always of
// rows, as with exec_driver_sql(); else its first item says so.
bool emit_driver_text(Call *call, Span at, Str text, const Value *params, bool lists_rows);

// ---- question.c: what queries give back ----

Value rows_unknown(Call *call);   // what is known only to the database
// Makes the call's result that of an operation, whose rows may be asked for.
void result_of(Call *call, Op *op);
bool result_attribute(Call *call, HostObject *object, Str name, Value *result, bool *found);
// Stores what the one row of a query that counts holds; false: the object is none.
bool result_rows(Call *call, HostObject *object, Value *rows);   // what is left of those that are known
bool result_row(HostObject *object, Value *value);
// Makes the call's result what a method of an execute()'s result gives.
bool result_take(Call *call, HostObject *result, const char *method);
bool result_length(Call *call);   // makes the call's result, an execute()'s, the number of its rows
bool host_assume(Host *host, Interp *in, Span at, Question *question, bool is_yes, Str why);

// ---- assumed.c: what a revision takes for granted ----

void forget_assumed(Alembic *a);
// What is looked for among an answer's names is taken for there, or for not there.
void note_sought(Host *host, const void *reflection, Str text);
// Where an answer is looked at in another way, all of it is taken for granted.
void note_looked(Host *host, const void *reflection, Str field);
// An inspector has answered with the tables of a schema, by their names.
void note_tables_answer(Alembic *a, Str schema, Value names);
// An inspector has answered with rows of what there is of the table: dicts with a name, of columns in the table's order.
void note_rows(Alembic *a, TablePart part, const Table *table, Value rows);
// The table is described as it is reflected: its columns are taken for granted.
void note_reflected(Alembic *a, const Table *table);
// What it has besides is looked at: a part, or the type of a column. Of a table that is not reflected nothing is noted.
void note_reflected_part(Alembic *a, const Table *table, TablePart part);
void note_reflected_type(Alembic *a, const Table *table, Str column);
void note_table(Alembic *a, Str schema, Str table, bool is_there);
void note_part(Alembic *a, AssumedKind kind, const Table *table, Str name, bool is_there);
// Stores the rows that the operation finds, a list, where it asks the catalogue for what the chain knows; not *has_all:
// there may be more of them.
bool catalogue_rows(Call *call, const Op *op, Value *rows, bool *has_all);
// The operation is about to be applied where an except clause would catch its failure.
void note_caught(Alembic *a, const Op *op);
// Likewise raw SQL, which has changed the model since the mark.
void note_caught_sql(Alembic *a, Str sql, size_t mark);

// ---- inspector.c ----

// Alembic's own table, which is there whenever a revision runs; NULL: that is no name of it.
const Table *version_table(Alembic *a, Str schema, Str name);
// Whether another key of the table serves a foreign key, so that MySQL makes no index for it.
bool has_key_for(Arena *arena, const Table *table, const Constraint *foreign);

// ---- tables ----

// Builds a table of the model from the items of create_table() or Table(): columns, constraints, indexes.
bool build_table(Call *call, Str name, Str schema, size_t first_item, const Args *items, Table **table, IndexList *indexes);
// Adds columns or constraints to a table that a revision describes.
bool extend_table(Call *call, const Args *items, Table *table, IndexList *indexes);
TableRef *ref_of_table(Alembic *a, const Table *table);
bool check_pairs(Call *call, const Constraint *constraint);   // a foreign key has as many columns as it refers to
void name_constraint(Alembic *a, const Table *table, Constraint *constraint);
// Gives the unnamed keys and foreign keys of a table of the model the names of that convention.
void name_unnamed(Alembic *a, const Table *table, const NamingConvention *naming);
Str name_shortened(Alembic *a, Str name);
Str name_index(Alembic *a, Str schema, Str table, const Index *index);
// What a column brings along when it is added: unique, foreign keys, type-bound checks, index.
bool column_constraints(Call *call, ColumnObject *column, Table *table, ConstraintList *constraints, IndexList *indexes);

// ---- hints that more than one place gives ----

// Stands in a hint for the path of the override that the revision, dialect and direction at hand would have.
#define OVERRIDE_FILE "overrides/REV.DIALECT.up.sql"
#define OVERRIDE_HINT "Write this revision's SQL by hand in " OVERRIDE_FILE "."
#define ROWS_HINT "Write this revision's SQL by hand in " OVERRIDE_FILE ", for example as one UPDATE ... FROM."
// For tables that no revision makes.
#define BASELINE_HINT                                                                                                       \
    "If it stood there before the chain, describe it in a baseline ([waybill] baseline = FILE.py: op.create_table(...) in " \
    "upgrade()); else write an override for this revision."

// ---- metadata.c ----

// The module whose attributes are the replayed model's tables.
#define MODEL_TABLES "waybill.tables"
Value metadata_value(Alembic *a);
void metadata_add(Alembic *a, HostObject *metadata, Value table);
// Completes the schema of a table that names none: its MetaData's. Fails: that is not known.
bool metadata_schema(Call *call, HostObject *metadata, Str *schema);
Value metadata_table(HostObject *metadata, Arena *arena, Str schema, Str name);   // None: it has no such table
// The same for Table(name, metadata): unknown where it has reflected what only the database knows; a table that came of a
// reflection is taken for granted.
Value metadata_described(Alembic *a, HostObject *metadata, Str schema, Str name);
// Adds what a table's foreign keys lead to, and so on, as a reflection does.
void metadata_add_referred(Alembic *a, HostObject *metadata, Span at, const Table *table);
bool metadata_attribute(Call *call, HostObject *metadata, Str name, Value *result, bool *found);
// Returns the model's table as it is now; unknown, with the reason, when its shape is.
Value reflected_table(Alembic *a, Span at, Str schema, Str name);
// Returns what helps when a table whose shape is unknown for that reason is to be reflected.
const char *reflect_hint(Str why);
void open_metadata_modules(Alembic *a);

// ---- bind.c, inspector.c, context.c ----

bool bind_execute(Call *call);   // op's and a context's: a plain text is sa.text()
// Stores what stands for the tables that there may be besides the model's; false: there are none.
bool unknown_tables(Alembic *a, Span at, Value *unknown);
bool inspector_has_table(Call *call);   // extra: the table's name comes second
bool inspector_attribute(Call *call, HostObject *inspector, Str name, Value *result, bool *found);
bool dialect_attribute(Call *call, Str name, Value *result, bool *found);
bool context_is_offline(Call *call);   // is_offline_mode()
bool context_attribute(Call *call, Str name, Value *result, bool *found);
bool config_attribute(Call *call, HostObject *config, Str name, Value *result, bool *found);
// Stores whether the dialect is of a class such as sqlalchemy's PGDialect; false: `class` is none of them.
bool is_dialect_of(const Alembic *a, const HostObject *class, bool *result);
void open_context_modules(Alembic *a);

// ---- compiles.c ----

// Makes an object of a class of SQL constructs: its SQL, as the file's @compiles function says it.
bool construct_element(Call *call, Class *class);
// Gives a type of the project's own class the SQL that its @compiles function says for the dialect, if there is one.
bool compile_type(Call *call, TypeObject *object);
bool element_attribute(Call *call, HostObject *element, Str name, Value *result, bool *found);
bool element_base_attribute(Call *call, HostObject *element, Str name, Value *result, bool *found);   // what it inherits
void element_set(Alembic *a, HostObject *element, Str name, Value value);
bool compiler_attribute(Call *call, HostObject *compiler, Str name, Value *result, bool *found);
void open_compiles_modules(Alembic *a);

// ---- session.c ----

// Makes a new object of a mapped class; unknown when its rows are more than its columns.
bool construct_mapped(Call *call, Class *class);
bool mapped_attribute(Call *call, HostObject *object, Str name, Value *result, bool *found);
bool mapped_set(Alembic *a, Interp *in, Span at, HostObject *object, Str name, Value value);
bool session_add(Call *call);   // extra: a list of objects
bool session_flush(Call *call);
bool session_forget(Call *call);
bool session_bulk(Call *call);                         // extra: dicts of a class's
bool check_pending(Alembic *a, Diag *diag, Span at);   // every new object has been written

// ---- compiled.c ----

bool type_text(Alembic *a, const TypeObject *object, Str *text);   // false: str() of it is not known

// ---- type_class.c ----

// Makes an object of a class of types.
bool construct_type(Call *call, Class *class);
bool made_type_attribute(Call *call, TypeObject *object, Str name, Value *result, bool *found);
bool type_base_attribute(Call *call, TypeObject *object, Str name, Value *result, bool *found);   // what it inherits
// Stores what a type's process_literal_param() or process_bind_param() makes of a value.
bool process_value(Call *call, Span at, const Type *type, Value value, Value *stored);
void made_type_set(Alembic *a, TypeObject *object, Str name, Value value);
bool type_class_init(Call *call, Value *result);   // TypeDecorator.__init__

// ---- libraries.c ----

void open_library_modules(Alembic *a);

// ---- entities.c ----

void open_entity_modules(Alembic *a);
bool entity_attribute(HostObject *entity, Str name, Value *result, bool *found);

// ---- listen.c ----

void open_listen_module(Alembic *a);
bool class_is_listened(const Class *class);
bool class_is_heard(const Class *class);   // false: by more than can be read
bool type_is_listened(const Type *type);   // itself, or a part of it
// Tells the listeners of its type that a column has been made, and its own that it has come into a table.
bool column_is_made(Call *call, ColumnObject *object);
bool column_is_attached(Call *call, const ColumnObject *object, const Table *table, ConstraintList *constraints);
bool attach_check(Call *call, ConstraintObject *object);   // a check made by a listener

// ---- modules and methods ----

void open_modules(Alembic *a);
// Returns a module of the project, to be evaluated by need; NULL: it has none of that name, or its file cannot be parsed.
ModuleObject *project_module(Alembic *a, Str name);
bool host_import(Host *host, Interp *in, Span at, Str module, Value *result);
Str host_suggestion(const Host *host, CureKind kind, Str name);   // known_names.c
bool host_read_file(Host *host, Interp *in, Span at, Str path, Str *text);
bool host_has_file(Host *host, Str path);
bool host_setting(Host *host, Interp *in, Span at, Str name, Value *result, bool *found);
// Stores what the settings say that env.py gives to upgrade(name, ...): parameter.NAME; else an unknown value.
// What the settings say of a parameter of upgrade() or downgrade(), else its default, else unknown.
bool application_parameter(Alembic *a, Interp *in, Str name, const Value *preset, Value *result);
bool module_attribute(Alembic *a, Interp *in, Span at, ModuleObject *module, Str name, Value *result);
void open_op_module(Alembic *a, ModuleObject *op);
void open_type_modules(Alembic *a, ModuleObject *sa);
void open_schema_functions(Alembic *a, ModuleObject *module);
void open_expr_functions(Alembic *a, ModuleObject *module);
void open_dml_functions(Alembic *a, ModuleObject *module);
void open_bind_modules(Alembic *a, ModuleObject *sa);
bool is_database_class(const HostObject *object);   // flask_sqlalchemy's SQLAlchemy and its kin
void open_orm_modules(Alembic *a);
// A class with a declarative base is mapped when it is made: its columns get their names and their table.
bool host_declare(Host *host, Interp *in, Class *class);
bool session_query(Call *call);
HostObject *query_select(HostObject *query);   // the SELECT that a query is
// Each answers `object.name`; false with *found false when the object has no such attribute.
bool type_attribute(Call *call, TypeObject *type, Str name, Value *result, bool *found);
bool type_class_attribute(Call *call, TypeClassObject *type, Str name, Value *result, bool *found);
bool expr_attribute(Call *call, HostObject *object, Str name, Value *result, bool *found);
bool select_attribute(Call *call, SelectObject *select, Str name, Value *result, bool *found);
bool dml_attribute(Call *call, DmlObject *dml, Str name, Value *result, bool *found);
bool foreign_key_attribute(Call *call, ConstraintObject *key, Str name, Value *result, bool *found);
bool table_attribute(Call *call, TableObject *table, Str name, Value *result, bool *found);
bool columns_attribute(Call *call, TableObject *table, Str name, Span at, Value *result);
bool batch_attribute(Call *call, BatchObject *batch, Str name, Value *result, bool *found);
bool connection_attribute(Call *call, HostObject *object, Str name, Value *result, bool *found);
bool base_attribute(Call *call, HostObject *base, Str name, Value *result, bool *found);
bool property_attribute(Call *call, HostObject *property, Str name, Value *result, bool *found);
bool query_attribute(Call *call, HostObject *query, Str name, Value *result, bool *found);
bool call_type(Call *call, TypeKind kind);
bool call_small_int(Call *call, size_t position, const char *name, int32_t *out);   // a type's length, precision and such
void open_package_types(Alembic *a);
// Stores an operation that the project registers: in the revision, in what that imports, or in env.py.
bool registered_operation(Alembic *a, Interp *in, Span at, Str name, Value *result, bool *found);
void open_registered_modules(Alembic *a);
ModuleObject *progress_module(Alembic *a, Str name);   // NULL: it is none
bool call_func(Call *call, FuncObject *func);
bool expr_binary(Call *call, Span at, BinaryOp op, Value left, Value right, Value *result);
bool expr_unary(Call *call, Span at, UnaryOp op, HostObject *operand, Value *result);
bool batch_exit(Call *call, BatchObject *batch, Span at);
bool autocommit(Call *call, Span at, bool begin);
// One attribute of an object's method table.
typedef struct Method {
    const char *name;
    Handler *handler;
    int extra;
} Method;
bool find_method(Call *call, const Method *methods, size_t count, HostObject *self, Str name, Value *result);

#endif
