// Tables as statements name them, joins, and what is read from.
#include "statements_int.h"

// ---- tables ----

// A sa.Column is from now on the table's: table.c.name is the same one.
static void own_column(ColumnObject *object, const TableRef *ref)
{
    object->table = ref;
    object->host.owner = ref;
    object->host.part = object->column->name;
}

void add_ref_column(Alembic *a, TableRef *ref, HostObject *object)
{
    TableColumn column = {0};
    if (object->kind == OBJECT_COLUMN) {
        const Column *c = ((ColumnObject *)object)->column;
        column = (TableColumn){c->name, c->type, c->fills};
        own_column((ColumnObject *)object, ref);
    } else {
        const Expr *expr = ((ExprObject *)object)->expr;
        column = (TableColumn){expr->text, expr->type, NULL};
    }
    vec_push(a->arena, &ref->columns, column);
}

// sa.table("t", sa.column("a", sa.String), schema=)
static bool sa_table(Call *call)
{
    TableRef *ref = arena_new(call->a->arena, TableRef);
    ref->is_described = true;
    if (!call_need_name(call, 0, "name", &ref->name) || !call_str(call, SIZE_MAX, "schema", &ref->schema))
        return false;
    for (size_t i = 1; i < call->args->positional; i++) {
        Value item = call->args->items[i].value;
        HostObject *column = item.kind == VALUE_HOST ? item.host : NULL;
        bool is_column = column && (column->kind == OBJECT_COLUMN ||
                                    (column->kind == OBJECT_EXPR && ((ExprObject *)column)->expr->kind == EXPR_COLUMN));
        if (!call_known(call, call->args->items[i].at, item, "columns"))
            return false;
        if (!is_column)
            return call_refuse(call, call->args->items[i].at, "Pass sa.column(...).", "an argument of table() is no column");
        add_ref_column(call->a, ref, column);
    }
    *call->result = table_value(call->a, ref, NULL);
    return true;
}

static bool reflected(Call *call, Str name, Str schema, bool *known)
{
    const Table *table = model_table(call->a->model, schema, name);
    *known = table && !table->is_opaque && !call->a->model->all_opaque;
    if (!*known) {
        Str why = model_why_unknown(call->a->model, schema, name);
        return call_refuse(call, call->args->at, reflect_hint(why),
                           "cannot reflect table \"%.*s\": its shape is not known (%.*s)", STR_ARGS(name), STR_ARGS(why));
    }
    note_reflected(call->a, table);
    *call->result = table_value(call->a, ref_of_table(call->a, table), table_copy(call->a->arena, table));
    return true;
}

static bool register_table(Call *call, Value table)
{
    const Value *metadata = call_value(call, 1, "metadata");
    if (metadata && host_of(*metadata, OBJECT_METADATA)) {
        metadata_add(call->a, metadata->host, table);
        ((TableObject *)table.host)->metadata = metadata->host;
    }
    return true;
}

// A reflected table brings those that its foreign keys lead to.
static bool register_referred(Call *call, Str schema, Str name)
{
    bool resolves_keys = true;
    const Value *metadata = call_value(call, 1, "metadata");
    const Table *table = model_table(call->a->model, schema, name);
    if (!call_bool(call, SIZE_MAX, "resolve_fks", &resolves_keys))
        return false;
    if (resolves_keys && table && metadata && host_of(*metadata, OBJECT_METADATA))
        metadata_add_referred(call->a, metadata->host, call->args->at, table);
    return true;
}

static bool is_said(Call *call, const char *name, bool *said)
{
    *said = false;
    return call_bool(call, SIZE_MAX, name, said);
}

// Table(name, metadata) of a table that the metadata has is that table; with extend_existing= its columns stay, but for
// those that are given anew. Stores None when nothing of it is meant.
// Source: SQLAlchemy 2.0.52 sql/schema.py, Table._new.
static bool existing_table(Call *call, Str schema, Str name, Value *existing)
{
    bool extends, keeps, must_exist;
    const Value *metadata = call_value(call, 1, "metadata");
    *existing = VALUE_OF_NONE;
    if (!is_said(call, "extend_existing", &extends) || !is_said(call, "keep_existing", &keeps) ||
        !is_said(call, "must_exist", &must_exist))
        return false;
    if (!metadata || !host_of(*metadata, OBJECT_METADATA))
        return true;
    bool is_bare = call->args->positional <= 2;
    *existing = is_bare || extends || keeps || must_exist ? metadata_described(call->a, metadata->host, schema, name)
                                                          : VALUE_OF_NONE;
    if (must_exist && value_is_none(*existing))
        return interp_raise(call->in, call->args->at, STR("InvalidRequestError"), "Table '%.*s' not defined",
                            STR_ARGS(name));
    return true;
}

static void keep_columns(Alembic *a, Table *table, const Table *existing)
{
    ColumnList merged = {0};
    for (size_t i = 0; i < existing->columns.count; i++) {
        const Column *anew = table_column(table, existing->columns.items[i]->name);
        vec_push(a->arena, &merged, anew ? anew : existing->columns.items[i]);
    }
    for (size_t i = 0; i < table->columns.count; i++)
        if (!table_column(existing, table->columns.items[i]->name))
            vec_push(a->arena, &merged, table->columns.items[i]);
    table->columns = merged;
    for (size_t i = 0; i < existing->constraints.count; i++)
        if (existing->constraints.items[i]->kind != CONSTRAINT_PRIMARY || !table_primary_key(table))
            vec_push(a->arena, &table->constraints, existing->constraints.items[i]);
}

// sa.Table("t", metadata, sa.Column(...), ..., autoload_with=bind)
static bool sa_table_with_metadata(Call *call)
{
    Str name, schema = STR_EMPTY;
    Table *table;
    IndexList indexes = {0};
    const Value *metadata = call_value(call, 1, "metadata");
    if (!call_need_name(call, 0, "name", &name) || !call_str(call, SIZE_MAX, "schema", &schema) ||
        (metadata && host_of(*metadata, OBJECT_METADATA) && !metadata_schema(call, metadata->host, &schema)))
        return false;
    const Value *with = call_value(call, SIZE_MAX, "autoload_with"), *autoload = call_value(call, SIZE_MAX, "autoload");
    bool known, extends;
    Value existing;
    if (!is_said(call, "extend_existing", &extends) || !existing_table(call, schema, name, &existing))
        return false;
    if (!value_is_none(existing) && !extends) {
        *call->result = existing;
        return true;
    }
    if ((with && !value_is_none(*with)) || (autoload && autoload->kind == VALUE_BOOL && autoload->boolean))
        return reflected(call, name, schema, &known) && register_table(call, *call->result) &&
               register_referred(call, schema, name);
    if (!value_is_none(existing) && (call->args->positional <= 2 || !host_of(existing, OBJECT_TABLE))) {
        *call->result = existing;
        return true;
    }
    Args items = *call->args;
    if (!build_table(call, name, schema, 2, &items, &table, &indexes))
        return false;
    if (!value_is_none(existing) && ((TableObject *)existing.host)->table)
        keep_columns(call->a, table, ((TableObject *)existing.host)->table);
    TableRef *ref = ref_of_table(call->a, table);
    for (size_t i = 2; i < items.positional; i++)
        if (host_of(items.items[i].value, OBJECT_COLUMN))
            own_column((ColumnObject *)items.items[i].value.host, ref);
    Value value = table_value(call->a, ref, table);
    ((TableObject *)value.host)->indexes = indexes;
    *call->result = value;
    return register_table(call, value);
}

bool to_table(Call *call, Span at, Value value, TableRef **table)
{
    if (!call_known(call, at, value, "table"))
        return false;
    Str name;
    if (value.kind == VALUE_CLASS)
        return class_table(call, at, value.class, table);
    if (host_of(value, OBJECT_TABLE)) {
        *table = ((TableObject *)value.host)->ref;
        return true;
    }
    return call_refuse(call, at, "Pass sa.table(...).", "%.*s is no table",
                       STR_ARGS(is_text(value, &name) ? value_repr(call->a->arena, value) : value_type_name(value)));
}

Expr *column_of(Alembic *a, const TableRef *ref, size_t i, Span at)
{
    Expr *column = expr_new(a, EXPR_COLUMN, at);
    column->text = ref->columns.items[i].name;
    column->type = ref->columns.items[i].type;
    column->table = ref;
    return column;
}

static bool join_tables(Call *call);

static bool to_condition(Call *call, Span at, Value value, const Expr **condition)
{
    if (value.kind == VALUE_BOOL)   // t.c.a is None, written for is_(None): Python has decided it
        *condition = expr_new(call->a, value.boolean ? EXPR_TRUE : EXPR_FALSE, at);
    return value.kind == VALUE_BOOL || to_sql_expr(call, at, value, condition);
}

bool push_conditions(Call *call, ExprList *list)
{
    for (size_t i = 0; i < call->args->positional; i++) {
        const Expr *condition;
        if (!to_condition(call, call->args->items[i].at, call->args->items[i].value, &condition))
            return false;
        vec_push(call->a->arena, list, condition);
    }
    return true;
}

// A condition given in a call itself, as before SQLAlchemy 2.0; none when it is absent or None.
bool push_condition(Call *call, Span at, const Value *value, ExprList *where)
{
    const Expr *condition;
    if (!value || value_is_none(*value))
        return true;
    if (!to_condition(call, at, *value, &condition))
        return false;
    vec_push(call->a->arena, where, condition);
    return true;
}

static bool table_alias(Call *call)
{
    TableRef *ref = arena_new(call->a->arena, TableRef);
    *ref = *((TableObject *)call->self)->ref;
    if (!call_str(call, 0, "name", &ref->alias))
        return false;
    if (!ref->alias.len)
        ref->alias = str_format(call->a->arena, "%.*s_1", STR_ARGS(ref->name));
    *call->result = table_value(call->a, ref, NULL);
    return true;
}

static bool table_select(Call *call)
{
    Select *select = arena_new(call->a->arena, Select);
    const TableRef *ref = ((TableObject *)call->self)->ref;
    const Value *where = call_value(call, 0, "whereclause");
    for (size_t i = 0; i < ref->columns.count; i++)
        vec_push(call->a->arena, &select->columns, column_of(call->a, ref, i, call->args->at));
    *call->result = select_value(call->a, select);
    return refuse_rest(call) && push_condition(call, call->args->at, where, &select->where);
}

// table.create(bind), table.drop(bind)
static bool table_create_drop(Call *call)
{
    TableObject *object = (TableObject *)call->self;
    Op *op = op_new(call, (OpKind)call->extra);
    op->table = object->ref->name;
    op->schema = object->ref->schema;
    if (!object->table && object->mapped && !mapped_class_build(call, object))
        return false;
    if (!object->table)
        return call_refuse(call, op->at, "Use op.create_table().", "table \"%.*s\" has no columns to create",
                           STR_ARGS(op->table));
    op->created = object->table;
    op->indexes = object->indexes;
    bool checkfirst = false;
    if (!call_bool(call, 1, "checkfirst", &checkfirst))
        return false;
    bool exists = model_table(call->a->model, op->schema, op->table) != NULL;
    if (checkfirst && exists == (op->kind == OP_CREATE_TABLE))
        return true;
    return op_emit(call, op);
}

bool columns_attribute(Call *call, TableObject *table, Str name, Span at, Value *result)
{
    for (size_t i = 0; i < table->ref->columns.count; i++)
        if (str_equal(table->ref->columns.items[i].name, name)) {
            *result = expr_value(call->a, column_of(call->a, table->ref, i, at));
            return true;
        }
    if (str_equal(name, STR("keys")) || str_equal(name, STR("values")) || str_equal(name, STR("items"))) {
        *result = value_unknown(call->a->arena, at, STR("Waybill does not list a table's columns that way"),
                                STR("Name the columns."));
        return true;
    }
    return interp_raise(call->in, at, STR("AttributeError"), "%.*s", STR_ARGS(name));
}

// table.constraints, table.foreign_key_constraints; an unnamed one of a reflected table has the server's name.
static Value constraint_values(Call *call, const Table *table, bool only_foreign)
{
    Arena *arena = call->a->arena;
    Value list = value_list(arena, VALUE_LIST);
    for (size_t i = 0; i < table->constraints.count; i++) {
        Constraint *constraint = constraint_copy(arena, table->constraints.items[i]);
        if (only_foreign && constraint->kind != CONSTRAINT_FOREIGN)
            continue;
        constraint->name = constraint->name.len ? constraint->name : constraint->server_name;
        ConstraintObject *object = arena_new(arena, ConstraintObject);
        *object = (ConstraintObject){.host = {.kind = OBJECT_CONSTRAINT}, .constraint = constraint};
        vec_push(arena, &list.list->values, value_host(&object->host));
    }
    return list;
}

static bool has_ref_column(const TableRef *ref, Str name)
{
    for (size_t i = 0; i < ref->columns.count; i++)
        if (str_equal(ref->columns.items[i].name, name))
            return true;
    return false;
}

bool table_attribute(Call *call, TableObject *table, Str name, Value *result, bool *found)
{
    static const Method methods[] = {
        {"insert", table_dml, DML_INSERT},
        {"update", table_dml, DML_UPDATE},
        {"delete", table_dml, DML_DELETE},
        {"select", table_select, 0},
        {"alias", table_alias, 0},
        {"join", join_tables, JOIN_INNER},
        {"outerjoin", join_tables, JOIN_LEFT},
        {"create", table_create_drop, OP_CREATE_TABLE},
        {"drop", table_create_drop, OP_DROP_TABLE},
        {"append_column", table_append, OBJECT_COLUMN},
        {"append_constraint", table_append, OBJECT_CONSTRAINT},
    };
    *found = true;
    if (table->host.kind == OBJECT_TABLE && table->stands_for_class && has_ref_column(table->ref, name)) {
        Value columns;
        return table_attribute(call, table, STR("c"), &columns, found) &&
               interp_attribute(call->in, call->args->at, columns, name, result);
    }
    if (table->host.kind == OBJECT_FROM) {
        static const Method joins[] = {{"join", join_tables, JOIN_INNER}, {"outerjoin", join_tables, JOIN_LEFT}};
        *found = find_method(call, joins, 2, &table->host, name, result);
        return true;
    }
    if (str_equal(name, STR("c")) || str_equal(name, STR("columns"))) {
        FunctionObject *columns = function_new(call->a, "columns", NULL, &table->host, 0);
        columns->host.kind = OBJECT_COLUMNS;
        *result = value_host(&columns->host);
    } else if (find_method(call, methods, sizeof methods / sizeof methods[0], &table->host, name, result)) {
        return true;
    } else if (str_equal(name, STR("name")) || str_equal(name, STR("__tablename__")) || str_equal(name, STR("fullname"))) {
        *result = value_str(table->ref->name);
    } else if (str_equal(name, STR("schema"))) {
        *result = table->ref->schema.len ? value_str(table->ref->schema) : VALUE_OF_NONE;
    } else if (table->table && (str_equal(name, STR("constraints")) || str_equal(name, STR("foreign_key_constraints")))) {
        bool only_foreign = !str_equal(name, STR("constraints"));
        for (TablePart part = PART_UNIQUES; part < TABLE_PARTS; part++)
            if (!only_foreign || part == PART_FOREIGN_KEYS)
                note_reflected_part(call->a, table->table, part);
        *result = constraint_values(call, table->table, only_foreign);
    } else if (table->table && str_equal(name, STR("foreign_keys"))) {
        note_reflected_part(call->a, table->table, PART_FOREIGN_KEYS);
        return foreign_keys(call, table, result);
    } else {
        *found = false;
    }
    return true;
}

// ---- FROM ----

bool to_from(Call *call, Span at, Value value, const From **from)
{
    if (host_of(value, OBJECT_FROM)) {
        *from = ((FromObject *)value.host)->from;
        return true;
    }
    TableRef *table;
    if (!to_table(call, at, value, &table))
        return false;
    From *made = arena_new(call->a->arena, From);
    made->table = table;
    *from = made;
    return true;
}

bool make_join(Call *call, const From *left, Value right, const Value *on, JoinKind kind, const From **join)
{
    From *made = arena_new(call->a->arena, From);
    made->join = kind;
    made->left = left;
    *join = made;
    if (!to_from(call, call->args->at, right, &made->right))
        return false;
    if (!on || value_is_none(*on))
        return join_condition(call, left, made->right, &made->on);
    return to_expr(call, call->args->at, *on, &made->on);
}

static Value from_value(Alembic *a, const From *from)
{
    FromObject *object = arena_new(a->arena, FromObject);
    object->host.kind = OBJECT_FROM;
    object->from = (From *)(uintptr_t)from;
    return value_host(&object->host);
}

// left.join(right, condition)
static bool join_tables(Call *call)
{
    const From *left, *join;
    const Value *right = call_value(call, 0, "right"), *on = call_value(call, 1, "onclause");
    JoinKind kind = (JoinKind)call->extra;
    bool outer = kind == JOIN_LEFT;
    if (!right || !call_bool(call, SIZE_MAX, "isouter", &outer) ||
        !to_from(call, call->args->at, value_host(call->self), &left) ||
        !make_join(call, left, *right, on, outer ? JOIN_LEFT : JOIN_INNER, &join))
        return false;
    *call->result = from_value(call->a, join);
    return true;
}

// sa.join(left, right, condition)
static bool sa_join(Call *call)
{
    const From *left, *join;
    const Value *first = call_value(call, 0, "left"), *right = call_value(call, 1, "right"),
                *on = call_value(call, 2, "onclause");
    if (!first || !right || !to_from(call, call->args->at, *first, &left) ||
        !make_join(call, left, *right, on, (JoinKind)call->extra, &join))
        return false;
    *call->result = from_value(call->a, join);
    return true;
}

void open_from_functions(Alembic *a, ModuleObject *module)
{
    static const Method functions[] = {
        {"table", sa_table, 0},
        {"Table", sa_table_with_metadata, 0},
        {"join", sa_join, JOIN_INNER},
        {"outerjoin", sa_join, JOIN_LEFT},
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        module_function(a, module, functions[i].name, functions[i].handler, functions[i].extra);
}
