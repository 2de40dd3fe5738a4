// op.*: each call becomes an operation, completed, applied to the model and logged when it is made.
#include "alembic_int.h"
#include "ops_int.h"

Op *op_new(Call *call, OpKind kind)
{
    Op *op = arena_new(call->a->arena, Op);
    op->kind = kind;
    op->at = call->args->at;
    return op;
}

// ---- enum types ----

static bool needs_enum_type(Alembic *a, const Type *given)
{
    const Type *type = type_for(given, a->dialect->name);
    if (!a->dialect->has_enum_types || !type || !type->name.len)
        return false;
    bool native = (type->kind == TYPE_ENUM && type->native_enum) || type->kind == TYPE_PG_ENUM;
    return native && type->create_type && type->labels.count && !model_type(a->model, type->schema, type->name);
}

bool emit_types_for(Call *call, const Type *given, Span at)
{
    const Type *type = type_for(given, call->a->dialect->name);
    if (type && type->kind == TYPE_ARRAY)
        return emit_types_for(call, type->element, at);
    if (type && type->kind == TYPE_PG_DOMAIN && type->create_type && !model_type(call->a->model, type->schema, type->name))
        return call_refuse(call, at, "Create it with op.execute(\"CREATE DOMAIN ...\") and pass create_type=False.",
                           "domain \"%.*s\" would have to be made for the column", STR_ARGS(type->name));
    if (!needs_enum_type(call->a, type))
        return true;
    Op *op = op_new(call, OP_CREATE_ENUM);
    op->at = at;
    op->type = type;
    op->name = type->name;
    op->schema = type->schema;
    op->is_implicit = true;
    return op_emit(call, op);
}

// The foreign keys that an operation drops on MySQL, which keeps the indexes that it has made for them.
static const Table *dropped_keys(Alembic *a, const Op *op, ConstraintList *dropped)
{
    bool mysql = a->dialect->id == DIALECT_MYSQL || a->dialect->id == DIALECT_MARIADB;
    const Table *table = mysql ? model_table(a->model, op->schema, op->table) : NULL;
    OpList one = {0};
    vec_push(a->arena, &one, (Op *)(uintptr_t)op);
    const OpList *ops = op->kind == OP_BATCH ? &op->ops : &one;
    for (size_t i = 0; table && !table->is_opaque && i < ops->count; i++) {
        const Op *inner = ops->items[i];
        const Constraint *c = inner->kind == OP_DROP_CONSTRAINT ? table_constraint(table, inner->name) : NULL;
        if (c && c->kind == CONSTRAINT_FOREIGN && c->columns.count && !has_key_for(a->arena, table, c))
            vec_push(a->arena, dropped, c);
    }
    return table;
}

static void leave_index(Alembic *a, const Table *before, const Constraint *foreign)
{
    const Table *now = model_table(a->model, before->schema, before->name);
    Str name = foreign->name.len ? foreign->name : foreign->columns.items[0];
    if (!now || now->is_opaque || table_index(now, name) || table_constraint(now, foreign->name))
        return;
    Table *table = table_copy(a->arena, now);
    Index *index = arena_new(a->arena, Index);
    *index = (Index){.name = name, .schema = table->schema, .table = table->name, .at = foreign->at};
    for (size_t i = 0; i < foreign->columns.count; i++) {
        if (!table_column(table, foreign->columns.items[i]))
            return;
        vec_push(a->arena, &index->items, ((IndexItem){.column = foreign->columns.items[i]}));
    }
    vec_push(a->arena, &table->indexes, index);
    model_put_table(a->model, table);
}

bool op_emit(Call *call, Op *op)
{
    Alembic *a = call->a;
    if (op->kind == OP_CREATE_TABLE)
        for (size_t i = 0; i < op->created->columns.count; i++)
            if (!emit_types_for(call, op->created->columns.items[i]->type, op->at))
                return false;
    if (op->kind == OP_ADD_COLUMN && !emit_types_for(call, op->column->type, op->at))
        return false;
    if (op->kind == OP_ALTER_COLUMN && op->change->type && !emit_types_for(call, op->change->type, op->at))
        return false;
    if (op->kind == OP_BATCH)
        for (size_t i = 0; i < op->ops.count; i++) {
            const Op *inner = op->ops.items[i];
            const Type *type = inner->kind == OP_ADD_COLUMN     ? inner->column->type
                               : inner->kind == OP_ALTER_COLUMN ? inner->change->type
                                                                : NULL;
            if (type && !emit_types_for(call, type, op->at))
                return false;
        }
    if (interp_is_catching(call->in))
        note_caught(a, op);
    ConstraintList dropped = {0};
    const Table *before = dropped_keys(a, op, &dropped);
    model_apply(a->model, op);
    for (size_t i = 0; i < dropped.count; i++)
        leave_index(a, before, dropped.items[i]);
    vec_push(a->arena, a->ops, op);
    return true;
}

// In a batch an operation waits for the block's end; outside it is emitted at once.
static bool finish(Call *call, Op *op)
{
    if (!call->self)
        return op_emit(call, op);
    Op *batch = ((BatchObject *)call->self)->op;
    vec_push(call->a->arena, &batch->ops, op);
    return true;
}

// Arguments of batch methods lack the table's name: positions move down by one, and the schema is the batch's.
static size_t position(const Call *call, size_t with_table)
{
    return call->self ? with_table - 1 : with_table;
}

static bool read_table(Call *call, Op *op, const char *name)
{
    if (call->self) {
        op->table = ((BatchObject *)call->self)->op->table;
        op->schema = ((BatchObject *)call->self)->op->schema;
        return true;
    }
    return call_need_name(call, 0, name, &op->table) && call_str(call, SIZE_MAX, "schema", &op->schema);
}

// ---- tables ----

static bool create_table(Call *call)
{
    Op *op = op_new(call, OP_CREATE_TABLE);
    Table *table;
    if (!call_need_name(call, 0, "table_name", &op->table) || !call_str(call, SIZE_MAX, "schema", &op->schema) ||
        !call_bool(call, SIZE_MAX, "if_not_exists", &op->if_not_exists) ||
        !build_table(call, op->table, op->schema, 1, call->args, &table, &op->indexes))
        return false;
    op->created = table;
    *call->result = table_value(call->a, ref_of_table(call->a, table), table);
    return op_emit(call, op);
}

static bool drop_table(Call *call)
{
    Op *op = op_new(call, OP_DROP_TABLE);
    return call_need_name(call, 0, "table_name", &op->table) && call_str(call, SIZE_MAX, "schema", &op->schema) &&
           call_bool(call, SIZE_MAX, "if_exists", &op->if_exists) && op_emit(call, op);
}

static bool rename_table(Call *call)
{
    Op *op = op_new(call, OP_RENAME_TABLE);
    return call_need_name(call, 0, "old_table_name", &op->table) && call_need_name(call, 1, "new_table_name", &op->name) &&
           call_str(call, SIZE_MAX, "schema", &op->schema) && op_emit(call, op);
}

static bool table_comment(Call *call)
{
    Op *op = op_new(call, OP_TABLE_COMMENT);
    op->comment_is_none = call->extra == 1;
    return read_table(call, op, "table_name") &&
           (op->comment_is_none || call_str(call, position(call, 1), "comment", &op->comment)) && finish(call, op);
}

// ---- columns ----

static bool raise_place(Call *call, Span at)
{
    return interp_raise(call->in, at, STR("CommandError"),
                        "Can't specify insert_before or insert_after when using ALTER; please specify recreate='always'");
}

// Source: Alembic 1.19.2 operations/batch.py, BatchOperationsImpl.add_column(): ALTER TABLE puts a column last. What SQLite
// does is known when the block ends.
static bool check_place(Call *call, const Op *op)
{
    const Op *batch = call->self && call->self->kind == OBJECT_BATCH ? ((const BatchObject *)call->self)->op : NULL;
    bool is_placed = op->insert_before.len || op->insert_after.len;
    bool alters = batch && call->a->dialect->has_alter_constraint && !str_equal(batch->recreate, STR("always"));
    return !(is_placed && alters) || raise_place(call, op->at);
}

static bool add_column(Call *call)
{
    Op *op = op_new(call, OP_ADD_COLUMN);
    const Value *value = call_value(call, position(call, 1), "column");
    if (!read_table(call, op, "table_name"))
        return false;
    if (!value)
        return interp_raise(call->in, call->args->at, STR("TypeError"),
                            "add_column() missing a required argument: 'column'");
    if (!call_known(call, call->args->at, *value, "column"))
        return false;
    if (!host_of(*value, OBJECT_COLUMN))
        return call_refuse(call, call->args->at, "Pass sa.Column(...).", "the second argument of add_column() is no column");
    ColumnObject object = *(ColumnObject *)value->host;
    object.column = column_copy(call->a->arena, object.column);
    op->column = object.column;
    op->name = object.column->name;
    Table stand_in = {.name = op->table, .schema = op->schema};
    return call_bool(call, SIZE_MAX, "if_not_exists", &op->if_not_exists) &&
           call_bool(call, SIZE_MAX, "inline_references", &op->inline_references) &&
           call_bool(call, SIZE_MAX, "inline_primary_key", &op->inline_primary_key) &&
           call_str(call, SIZE_MAX, "insert_before", &op->insert_before) &&
           call_str(call, SIZE_MAX, "insert_after", &op->insert_after) &&
           column_constraints(call, &object, &stand_in, &op->constraints, &op->indexes) && check_place(call, op) &&
           finish(call, op);
}

static bool drop_column(Call *call)
{
    Op *op = op_new(call, OP_DROP_COLUMN);
    return read_table(call, op, "table_name") && call_need_name(call, position(call, 1), "column_name", &op->name) &&
           call_bool(call, SIZE_MAX, "if_exists", &op->if_exists) && call_options(call, &op->options) && finish(call, op);
}

// Reads a default that may be given as False (unchanged), None (dropped) or a value.
static bool read_default(Call *call, const char *name, const Type *type, bool *given, const Expr **expr,
                         const Identity **identity)
{
    const Value *value = call_value(call, SIZE_MAX, name);
    *given = value && !(value->kind == VALUE_BOOL && !value->boolean);
    if (!*given)
        return true;
    const Computed *computed;
    if (!to_server_default(call, call->args->at, *value, type, expr, identity, &computed))
        return false;
    return !computed || call_refuse(call, call->args->at, "Drop the column and add it anew.",
                                    "an existing column cannot become, or cease to be, a computed one");
}

static bool read_type_argument(Call *call, const char *name, const Type **type)
{
    const Value *value = call_value(call, SIZE_MAX, name);
    if (value && !to_type(call, call->args->at, *value, type))
        return false;
    return !type_is_listened(*type) ||
           call_refuse(call, call->args->at, "Pass the type that it is stored as.",
                       "a listener (sqlalchemy.event) hears of the argument \"%s\" of alter_column()", name);
}

static bool read_comment(Call *call, ColumnChange *change)
{
    const Value *comment = call_value(call, SIZE_MAX, "comment");
    if (!comment || (comment->kind == VALUE_BOOL && !comment->boolean))
        return true;
    change->has_comment = true;
    change->comment_is_none = value_is_none(*comment);
    return call_str(call, SIZE_MAX, "comment", &change->comment);
}

static bool alter_column(Call *call)
{
    Op *op = op_new(call, OP_ALTER_COLUMN);
    ColumnChange *change = arena_new(call->a->arena, ColumnChange);
    op->change = change;
    const Value *nullable = call_value(call, SIZE_MAX, "nullable"),
                *existing_nullable = call_value(call, SIZE_MAX, "existing_nullable");
    const Value *autoincrement = call_value(call, SIZE_MAX, "autoincrement"),
                *existing_comment = call_value(call, SIZE_MAX, "existing_comment");
    change->has_nullable = nullable && !value_is_none(*nullable);
    change->has_existing_nullable = existing_nullable && !value_is_none(*existing_nullable);
    change->has_autoincrement = autoincrement && !value_is_none(*autoincrement);
    change->has_existing_comment = existing_comment && !value_is_none(*existing_comment);
    bool given = read_table(call, op, "table_name") && call_need_name(call, position(call, 1), "column_name", &op->name) &&
                 call_bool(call, SIZE_MAX, "nullable", &change->nullable) &&
                 call_bool(call, SIZE_MAX, "existing_nullable", &change->existing_nullable) &&
                 call_bool(call, SIZE_MAX, "autoincrement", &change->autoincrement) &&
                 call_str(call, SIZE_MAX, "new_column_name", &change->new_name) &&
                 (change->new_name.len || call_str(call, SIZE_MAX, "name", &change->new_name)) &&
                 call_str(call, SIZE_MAX, "existing_comment", &change->existing_comment) && read_comment(call, change) &&
                 read_type_argument(call, "type_", &change->type) &&
                 read_type_argument(call, "existing_type", &change->existing_type) &&
                 read_default(call, "server_default", change->type, &change->has_default, &change->default_,
                              &change->identity) &&
                 read_default(call, "existing_server_default", change->type, &change->has_existing_default,
                              &change->existing_default, &change->existing_identity) &&
                 call_str(call, SIZE_MAX, "insert_before", &op->insert_before) &&
                 call_str(call, SIZE_MAX, "insert_after", &op->insert_after) && call_options(call, &change->options);
    if (str_equal(change->new_name, op->name))
        change->new_name = STR_EMPTY;
    return given && finish(call, op);
}

// ---- indexes ----

static bool create_index(Call *call)
{
    Op *op = op_new(call, OP_CREATE_INDEX);
    Index *index = arena_new(call->a->arena, Index);
    index->at = op->at;
    const Arg *columns = call_arg(call, position(call, 2), "columns");
    if (call->self ? !read_table(call, op, "table_name")
                   : !call_need_name(call, 1, "table_name", &op->table) || !call_str(call, SIZE_MAX, "schema", &op->schema))
        return false;
    if (!columns)
        return interp_raise(call->in, call->args->at, STR("TypeError"),
                            "create_index() missing a required argument: 'columns'");
    if (!call_str(call, 0, "index_name", &index->name) ||
        !read_index_items(call, arg_span(call, columns), columns->value, index) ||
        !call_bool(call, SIZE_MAX, "unique", &index->unique) ||
        !call_bool(call, SIZE_MAX, "if_not_exists", &op->if_not_exists) || !call_options(call, &index->options))
        return false;
    index->schema = op->schema;
    index->table = op->table;
    if (!index->name.len)
        index->name = name_index(call->a, op->schema, op->table, index);
    if (!index->name.len)
        return call_refuse(call, op->at, "Give the index a name.", "an index on expressions needs a name");
    op->name = index->name;
    vec_push(call->a->arena, &op->indexes, index);
    return finish(call, op);
}

static bool drop_index(Call *call)
{
    Op *op = op_new(call, OP_DROP_INDEX);
    return call_need_name(call, 0, "index_name", &op->name) &&
           (call->self ? read_table(call, op, "")
                       : call_str(call, 1, "table_name", &op->table) && call_str(call, SIZE_MAX, "schema", &op->schema)) &&
           call_bool(call, SIZE_MAX, "if_exists", &op->if_exists) && call_options(call, &op->options) && finish(call, op);
}

// ---- constraints ----

static Constraint *start_constraint(Call *call, Op *op, ConstraintKind kind)
{
    Constraint *constraint = arena_new(call->a->arena, Constraint);
    constraint->kind = kind;
    constraint->at = op->at;
    vec_push(call->a->arena, &op->constraints, constraint);
    return constraint;
}

static bool finish_constraint(Call *call, Op *op, Constraint *constraint)
{
    Table stand_in = {.name = op->table, .schema = op->schema};
    name_constraint(call->a, &stand_in, constraint);
    op->name = constraint->name;
    return finish(call, op);
}

// name, table[, columns or condition]
static bool start(Call *call, Op *op, Constraint *constraint, const char *table_argument)
{
    return call_name(call, 0, "constraint_name", &constraint->name, &constraint->name_is_final) &&
           (constraint->name.len || call_name(call, SIZE_MAX, "name", &constraint->name, &constraint->name_is_final)) &&
           (call->self
                ? read_table(call, op, "")
                : call_need_name(call, 1, table_argument, &op->table) && call_str(call, SIZE_MAX, "schema", &op->schema));
}

static bool create_key(Call *call)
{
    Op *op = op_new(call, OP_ADD_CONSTRAINT);
    Constraint *constraint = start_constraint(call, op, (ConstraintKind)call->extra);
    return start(call, op, constraint, "table_name") &&
           call_names(call, position(call, 2), "columns", &constraint->columns) &&
           read_constraint_options(call, constraint) && finish_constraint(call, op, constraint);
}

static bool create_check(Call *call)
{
    Op *op = op_new(call, OP_ADD_CONSTRAINT);
    Constraint *constraint = start_constraint(call, op, CONSTRAINT_CHECK);
    const Value *condition = call_value(call, position(call, 2), "condition");
    if (!start(call, op, constraint, "table_name"))
        return false;
    if (!condition)
        return interp_raise(call->in, op->at, STR("TypeError"),
                            "create_check_constraint() missing a required argument: 'condition'");
    return to_sql_expr(call, op->at, *condition, &constraint->check) && read_constraint_options(call, constraint) &&
           finish_constraint(call, op, constraint);
}

static bool create_foreign_key(Call *call)
{
    Op *op = op_new(call, OP_ADD_CONSTRAINT);
    Constraint *constraint = start_constraint(call, op, CONSTRAINT_FOREIGN);
    return start(call, op, constraint, "source_table") &&
           call_need_name(call, position(call, 2), "referent_table", &constraint->ref_table) &&
           call_names(call, position(call, 3), "local_cols", &constraint->columns) &&
           call_names(call, position(call, 4), "remote_cols", &constraint->ref_columns) && check_pairs(call, constraint) &&
           call_str(call, SIZE_MAX, "source_schema", &op->schema) &&
           call_str(call, SIZE_MAX, "referent_schema", &constraint->ref_schema) &&
           read_constraint_options(call, constraint) && finish_constraint(call, op, constraint);
}

static bool create_exclude(Call *call)
{
    Op *op = op_new(call, OP_ADD_CONSTRAINT);
    Constraint *constraint = start_constraint(call, op, CONSTRAINT_EXCLUDE);
    constraint->using_ = STR("gist");
    if (!start(call, op, constraint, "table_name"))
        return false;
    for (size_t i = position(call, 2); i < call->args->positional; i++) {
        Value pair = call->args->items[i].value;
        ExcludeElement element = {0};
        if ((pair.kind != VALUE_TUPLE && pair.kind != VALUE_LIST) || pair.list->values.count != 2 ||
            !is_text(pair.list->values.items[1], &element.op))
            return call_refuse(call, op->at, "Write it as (column, operator).",
                               "an element of an exclude constraint is no pair");
        Str name;
        Expr *column = expr_new(call->a, EXPR_COLUMN, op->at);
        element.expr = column;
        if (is_text(pair.list->values.items[0], &name))
            column->text = name;
        else if (!to_expr(call, op->at, pair.list->values.items[0], &element.expr))
            return false;
        vec_push(call->a->arena, &constraint->elements, element);
    }
    const Value *where = call_value(call, SIZE_MAX, "where"), *method = call_value(call, SIZE_MAX, "using");
    if (method && value_is_none(*method))
        return interp_raise(call->in, op->at, STR("AttributeError"), "'NoneType' object has no attribute 'lower'");
    return call_str(call, SIZE_MAX, "using", &constraint->using_) &&
           (!where || value_is_none(*where) || to_sql_expr(call, op->at, *where, &constraint->where)) &&
           read_constraint_options(call, constraint) && finish_constraint(call, op, constraint);
}

// drop_constraint(None, ...) in a downgrade means what its own upgrade made: without a name, which the model knows as the
// server's, or else with one. The newest goes first; which one is which does not matter when all of them go, and the run's
// end sees to it that they do. With nothing to drop it raises, as Alembic always does: a revision may be waiting for that.
static bool is_taken(const Alembic *a, const Constraint *constraint)
{
    for (size_t i = 0; i < a->unnamed_drops.count; i++)
        if (a->unnamed_drops.items[i]->dropped == constraint)
            return true;
    return false;
}

static bool find_unnamed(Call *call, Op *op)
{
    Alembic *a = call->a;
    const Table *table = op->has_constraint_kind ? model_table(a->model, op->schema, op->table) : NULL;
    for (int named = 0; named < 2; named++)
        for (size_t i = table ? table->constraints.count : 0; i > 0 && !op->dropped; i--) {
            const Constraint *c = table->constraints.items[i - 1];
            if ((c->name.len > 0) == named && c->revision == a->revision->index && c->kind == op->constraint_kind &&
                !is_taken(a, c))
                op->dropped = c;
        }
    if (!op->dropped)
        return interp_raise(
            call->in, op->at, STR("ValueError"),
            "cannot drop a constraint of table \"%.*s\" without its name: this revision's upgrade is not known to add one",
            STR_ARGS(op->table));
    op->name = op->dropped->name.len ? op->dropped->name : op->dropped->server_name;
    vec_push(a->arena, &a->unnamed_drops, op);
    return true;
}

static bool drop_constraint(Call *call)
{
    static const struct {
        const char *name;
        ConstraintKind kind;
    } kinds[] = {{"foreignkey", CONSTRAINT_FOREIGN},
                 {"primary", CONSTRAINT_PRIMARY},
                 {"unique", CONSTRAINT_UNIQUE},
                 {"check", CONSTRAINT_CHECK}};
    Op *op = op_new(call, OP_DROP_CONSTRAINT);
    Str type = STR_EMPTY;
    bool is_final;
    const Arg *name = call_arg(call, 0, "constraint_name");
    if (!call_name(call, 0, "constraint_name", &op->name, &is_final) ||
        (!op->name.len && !call_name(call, SIZE_MAX, "name", &op->name, &is_final)) ||
        !(call->self
              ? read_table(call, op, "")
              : call_need_name(call, 1, "table_name", &op->table) && call_str(call, SIZE_MAX, "schema", &op->schema)) ||
        !call_str(call, position(call, 2), "type_", &type) || !call_bool(call, SIZE_MAX, "if_exists", &op->if_exists))
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (str_equal(type, str_from(kinds[i].name))) {
            op->has_constraint_kind = true;
            op->constraint_kind = kinds[i].kind;
        }
    if (!name && !op->name.len)
        return interp_raise(call->in, op->at, STR("TypeError"),
                            "drop_constraint() missing a required argument: 'constraint_name'");
    Table stand_in = {.name = op->table, .schema = op->schema};
    Constraint named = {.kind = op->constraint_kind, .name = op->name, .name_is_final = is_final};
    if (op->has_constraint_kind && op->name.len)
        name_constraint(call->a, &stand_in, &named);
    op->name = named.name;
    return (op->name.len || find_unnamed(call, op)) && finish(call, op);
}

// ---- batches ----

// naming_convention={"uq": "...", "fk": "..."}
static bool read_naming(Call *call, NamingConvention *naming)
{
    const Value *given = call_value(call, SIZE_MAX, "naming_convention");
    if (!given || value_is_none(*given))
        return true;
    if (given->kind != VALUE_DICT)
        return call_refuse(call, call->args->at, "Pass a dict of patterns.", "naming_convention is not a dict");
    const struct {
        const char *key;
        Str *pattern;
    } rules[] = {{"uq", &naming->uq}, {"fk", &naming->fk}, {"pk", &naming->pk}};
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        const Value *pattern = dict_get_str(given->dict, str_from(rules[i].key));
        if (pattern && !call_known(call, call->args->at, *pattern, "naming_convention"))
            return false;
        if (pattern && pattern->kind == VALUE_STR)
            *rules[i].pattern = pattern->text;
    }
    return true;
}

static bool batch_alter_table(Call *call)
{
    BatchObject *batch = arena_new(call->a->arena, BatchObject);
    batch->host.kind = OBJECT_BATCH;
    Op *op = batch->op = op_new(call, OP_BATCH);
    op->recreate = STR("auto");
    const Value *copy_from = call_value(call, SIZE_MAX, "copy_from");
    if (copy_from && host_of(*copy_from, OBJECT_TABLE))
        op->copy_from = ((TableObject *)copy_from->host)->table;
    *call->result = value_host(&batch->host);
    return call_need_name(call, 0, "table_name", &op->table) && call_str(call, 1, "schema", &op->schema) &&
           call_str(call, 2, "recreate", &op->recreate) && read_naming(call, &batch->naming);
}

// Whether the block gives a column a place and rebuilds nothing: what it holds, SQLite's ALTER TABLE does as well.
// Source: Alembic 1.19.2 ddl/sqlite.py, SQLiteImpl.requires_recreate_in_batch().
static bool is_misplaced(const Call *call, const Op *batch)
{
    bool is_placed = false;
    for (size_t i = 0; i < batch->ops.count; i++) {
        const Op *op = batch->ops.items[i];
        if (op->kind == OP_CREATE_INDEX || op->kind == OP_DROP_INDEX)
            continue;
        const Column *column = op->kind == OP_ADD_COLUMN ? op->column : NULL;
        if (!column || column->computed || op->constraints.count ||
            (column->default_ && column->default_->kind != EXPR_LITERAL))
            return false;
        is_placed |= op->insert_before.len || op->insert_after.len;
    }
    return is_placed && !call->a->dialect->has_alter_constraint && str_equal(batch->recreate, STR("auto"));
}

// Whether the batch drops a constraint by a name that only the description gives, which else has what the chain has built:
// what it leaves out would be lost.
static bool names_more(const Op *op, const Table *described, const Table *built)
{
    bool more = false,
         same = described->columns.count == built->columns.count && described->constraints.count == built->constraints.count;
    for (size_t i = 0; i < described->columns.count && same; i++)
        same = table_column(built, described->columns.items[i]->name) != NULL;
    for (size_t i = 0; i < op->ops.count && same; i++) {
        const Op *inner = op->ops.items[i];
        more |= inner->kind == OP_DROP_CONSTRAINT && !table_constraint(built, inner->name) &&
                table_constraint(described, inner->name);
    }
    return more;
}

bool batch_exit(Call *call, BatchObject *batch, Span at)
{
    (void)at;
    Op *op = batch->op;
    if (!op->ops.count && !str_equal(op->recreate, STR("always")))
        return true;
    if (is_misplaced(call, op))
        return raise_place(call, op->at);
    if (op->copy_from) {
        Table *known = table_copy(call->a->arena, op->copy_from);
        known->schema = op->schema;
        known->name = op->table;
        const Table *table = model_table(call->a->model, op->schema, op->table);
        bool more = table && !table->is_opaque && names_more(op, known, table);
        if (more)
            known->indexes = table->indexes;
        if (more || model_is_opaque(call->a->model, op->schema, op->table))
            model_put_table(call->a->model, known);
    } else if (!call->a->dialect->has_alter_constraint) {   // elsewhere nothing is rebuilt
        const Table *table = model_table(call->a->model, op->schema, op->table);
        bool names = batch->naming.uq.len || batch->naming.fk.len || batch->naming.pk.len;
        if (names && table && !table->is_opaque)
            name_unnamed(call->a, table, &batch->naming);
    }
    return op_emit(call, op);
}

static bool op_f(Call *call)
{
    Str name;
    const Value *value = call_value(call, 0, "name");
    if (value && value_is_none(*value))
        return true;
    if (!call_need_name(call, 0, "name", &name))
        return false;
    *call->result = value_str(name);
    call->result->is_final = true;
    return true;
}

static bool inline_literal(Call *call)
{
    const Value *value = call_value(call, 0, "value");
    Expr *expr = expr_new(call->a, EXPR_LITERAL, call->args->at);
    Literal *literal = arena_new(call->a->arena, Literal);
    expr->literal = literal;
    Type *any = type_new(call->a->arena, TYPE_NULL);   // whatever the column's type: the value is written for what it is
    any->allows_raw_text = true;
    expr->type = any;
    *call->result = expr_value(call->a, expr);
    return to_literal(call, call->args->at, *value, NULL, literal);
}

static bool op_execute(Call *call)
{
    const Value *statement = call_value(call, 0, "sqltext");
    if (!statement)
        return interp_raise(call->in, call->args->at, STR("TypeError"), "execute() missing a required argument: 'sqltext'");
    return emit_execute(call, call->args->at, *statement, NULL);
}

static const Method batch_methods[] = {
    {"add_column", add_column, 0},
    {"drop_column", drop_column, 0},
    {"alter_column", alter_column, 0},
    {"create_index", create_index, 0},
    {"drop_index", drop_index, 0},
    {"create_primary_key", create_key, CONSTRAINT_PRIMARY},
    {"create_unique_constraint", create_key, CONSTRAINT_UNIQUE},
    {"create_check_constraint", create_check, 0},
    {"create_foreign_key", create_foreign_key, 0},
    {"create_exclude_constraint", create_exclude, 0},
    {"drop_constraint", drop_constraint, 0},
    {"create_table_comment", table_comment, 0},
    {"drop_table_comment", table_comment, 1},
};

bool batch_attribute(Call *call, BatchObject *batch, Str name, Value *result, bool *found)
{
    *found = true;
    if (find_method(call, batch_methods, sizeof batch_methods / sizeof batch_methods[0], &batch->host, name, result))
        return true;
    // f, execute, get_bind, ... are op's own
    ModuleObject *op = map_get(&call->a->modules, STR("alembic.op"));
    HostObject *member = map_get(&op->members, name);
    *found = member != NULL;
    if (member)
        *result = value_host(member);
    return true;
}

void open_op_module(Alembic *a, ModuleObject *op)
{
    static const Method functions[] = {
        {"create_table", create_table, 0},
        {"drop_table", drop_table, 0},
        {"rename_table", rename_table, 0},
        {"batch_alter_table", batch_alter_table, 0},
        {"f", op_f, 0},
        {"inline_literal", inline_literal, 0},
        {"execute", op_execute, 0},
        {"bulk_insert", op_bulk_insert, 0},
        {"sync_enum_values", op_sync_enum_values, 0},
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        module_function(a, op, functions[i].name, functions[i].handler, functions[i].extra);
    for (size_t i = 0; i < sizeof batch_methods / sizeof batch_methods[0]; i++)
        module_function(a, op, batch_methods[i].name, batch_methods[i].handler, batch_methods[i].extra);
}
