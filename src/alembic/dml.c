// Tables as statements name them, SELECT, INSERT, UPDATE, DELETE, and what execute() does with them.
#include "alembic_int.h"
#include "ops_int.h"

// ---- tables ----

static void add_ref_column(Alembic *a, TableRef *ref, HostObject *object)
{
    TableColumn column = {0};
    if (object->kind == OBJECT_COLUMN) {
        const Column *c = ((ColumnObject *)object)->column;
        column = (TableColumn){c->name, c->type, c->has_python_default};
        ((ColumnObject *)object)->table = ref;
    } else {
        const Expr *expr = ((ExprObject *)object)->expr;
        column = (TableColumn){expr->text, expr->type, false};
    }
    vec_push(a->arena, &ref->columns, column);
}

// sa.table("t", sa.column("a", sa.String), schema=)
static bool sa_table(Call *call)
{
    TableRef *ref = arena_new(call->a->arena, TableRef);
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
        Str why = table && table->is_opaque ? table->why_opaque : STR("no revision of the chain creates it");
        return call_refuse(call, call->args->at,
                           "List its columns in the revision, as sa.Table(name, meta, sa.Column(...)).",
                           "cannot reflect table \"%.*s\": its shape is not known (%.*s)", STR_ARGS(name), STR_ARGS(why));
    }
    *call->result = table_value(call->a, ref_of_table(call->a, table), table_copy(call->a->arena, table));
    return true;
}

// sa.Table("t", metadata, sa.Column(...), ..., autoload_with=bind)
static bool sa_table_with_metadata(Call *call)
{
    Str name, schema = STR_EMPTY;
    Table *table;
    IndexList indexes = {0};
    if (!call_need_name(call, 0, "name", &name) || !call_str(call, SIZE_MAX, "schema", &schema))
        return false;
    const Value *with = call_value(call, SIZE_MAX, "autoload_with"), *autoload = call_value(call, SIZE_MAX, "autoload");
    bool known;
    if ((with && !value_is_none(*with)) || (autoload && autoload->kind == VALUE_BOOL && autoload->boolean))
        return reflected(call, name, schema, &known);
    Args items = *call->args;
    if (!build_table(call, name, schema, 2, &items, &table, &indexes))
        return false;
    TableRef *ref = ref_of_table(call->a, table);
    for (size_t i = 2; i < items.positional; i++)
        if (host_of(items.items[i].value, OBJECT_COLUMN))
            ((ColumnObject *)items.items[i].value.host)->table = ref;
    Value value = table_value(call->a, ref, table);
    ((TableObject *)value.host)->indexes = indexes;
    *call->result = value;
    return true;
}

// A mapped class stands for its table.
static bool class_table(Call *call, Span at, Class *class, TableRef **table)
{
    const Value *name = class_attribute(class, STR("__tablename__"));
    const Value *done = class_attribute(class, STR("__waybill_table__"));
    if (done) {
        *table = ((TableObject *)done->host)->ref;
        return true;
    }
    if (!name || name->kind != VALUE_STR)
        return call_refuse(call, at, "Use sa.table() with the columns needed.", "class \"%.*s\" is no mapped table",
                           STR_ARGS(class->name));
    TableRef *ref = arena_new(call->a->arena, TableRef);
    ref->name = name->text;
    for (MapEntry *e = map_first(&class->attributes); e; e = map_next(&class->attributes, e)) {
        const Value *value = e->value;
        if (!host_of(*value, OBJECT_COLUMN))
            continue;
        ColumnObject *column = (ColumnObject *)value->host;
        if (!column->column->name.len)
            column->column->name = e->key;
        add_ref_column(call->a, ref, &column->host);
    }
    Value *kept = arena_new(call->a->arena, Value);
    *kept = table_value(call->a, ref, NULL);
    map_put(&class->attributes, STR("__waybill_table__"), kept);
    *table = ref;
    return true;
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
    if (is_text(value, &name)) {
        *table = arena_new(call->a->arena, TableRef);
        (*table)->name = name;
        return true;
    }
    return call_refuse(call, at, "Pass sa.table(...).", "\"%.*s\" is no table", STR_ARGS(value_type_name(value)));
}

static Expr *column_of(Alembic *a, const TableRef *ref, size_t i, Span at)
{
    Expr *column = expr_new(a, EXPR_COLUMN, at);
    column->text = ref->columns.items[i].name;
    column->type = ref->columns.items[i].type;
    column->table = ref;
    return column;
}

static bool join_tables(Call *call);
static bool table_dml(Call *call);
static bool refuse_rest(Call *call);

// A condition given in a call itself, as before SQLAlchemy 2.0; none when it is absent or None.
static bool push_condition(Call *call, Span at, const Value *value, ExprList *where)
{
    const Expr *condition;
    if (!value || value_is_none(*value))
        return true;
    if (!to_sql_expr(call, at, *value, &condition))
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
    };
    *found = true;
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
    } else {
        *found = false;
    }
    return true;
}

// ---- FROM ----

static bool to_from(Call *call, Span at, Value value, const From **from)
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

static bool make_join(Call *call, const From *left, Value right, const Value *on, JoinKind kind, const From **join)
{
    From *made = arena_new(call->a->arena, From);
    made->join = kind;
    made->left = left;
    *join = made;
    if (!to_from(call, call->args->at, right, &made->right))
        return false;
    if (!on || value_is_none(*on))
        return call_refuse(call, call->args->at, "Give join() its condition.", "the condition of a join is not given");
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

// ---- SELECT ----

static bool add_selected(Call *call, Select *select, Span at, Value value)
{
    if (!call_known(call, at, value, "columns"))
        return false;
    if (value.kind == VALUE_CLASS || host_of(value, OBJECT_TABLE)) {
        TableRef *ref;
        if (!to_table(call, at, value, &ref))
            return false;
        for (size_t i = 0; i < ref->columns.count; i++)
            vec_push(call->a->arena, &select->columns, column_of(call->a, ref, i, at));
        if (!ref->columns.count) {
            Expr *star = expr_new(call->a, EXPR_STAR, at);
            star->table = ref;
            vec_push(call->a->arena, &select->columns, star);
        }
        return true;
    }
    if (value.kind == VALUE_LIST || value.kind == VALUE_TUPLE) {   // select([a, b]) of SQLAlchemy 1.3
        for (size_t i = 0; i < value.list->values.count; i++)
            if (!add_selected(call, select, at, value.list->values.items[i]))
                return false;
        return true;
    }
    if (host_of(value, OBJECT_COLUMNS)) {
        Value list;
        return interp_iterate(call->in, at, value, &list) && add_selected(call, select, at, list);
    }
    const Expr *expr;
    if (!to_expr(call, at, value, &expr))
        return false;
    vec_push(call->a->arena, &select->columns, expr);
    return true;
}

static bool sa_select(Call *call)
{
    Select *select = arena_new(call->a->arena, Select);
    const Args *args = call->args;
    *call->result = select_value(call->a, select);
    // before SQLAlchemy 1.4: select([columns], condition)
    bool legacy = args->positional && args->items[0].value.kind == VALUE_LIST;
    size_t columns = legacy ? 1 : args->positional;
    if (args->count > args->positional || (legacy && args->positional > 2))
        return call_refuse(call, args->items[args->count - 1].at, "Use .where(), .order_by() and such.",
                           "an argument of select() that is not supported");
    for (size_t i = 0; i < columns; i++)
        if (!add_selected(call, select, args->items[i].at, args->items[i].value))
            return false;
    return !legacy || args->positional < 2 || push_condition(call, args->items[1].at, &args->items[1].value, &select->where);
}

static Select *select_copy(Alembic *a, const Select *select)
{
    Select *copy = arena_new(a->arena, Select);
    *copy = *select;
    // lists are extended, never changed in place: their next push must not touch the original's
    copy->columns.cap = copy->columns.count;
    copy->from.cap = copy->from.count;
    copy->where.cap = copy->where.count;
    copy->group_by.cap = copy->group_by.count;
    copy->having.cap = copy->having.count;
    copy->order_by.cap = copy->order_by.count;
    copy->ctes.cap = copy->ctes.count;
    return copy;
}

static bool push_exprs(Call *call, ExprList *list)
{
    for (size_t i = 0; i < call->args->positional; i++) {
        const Expr *expr;
        if (!to_sql_expr(call, call->args->items[i].at, call->args->items[i].value, &expr))
            return false;
        vec_push(call->a->arena, list, expr);
    }
    return true;
}

typedef enum SelectClause { CLAUSE_WHERE, CLAUSE_GROUP, CLAUSE_HAVING, CLAUSE_ORDER, CLAUSE_COLUMNS } SelectClause;

static bool select_clause(Call *call)
{
    Select *copy = select_copy(call->a, ((SelectObject *)call->self)->select);
    ExprList *lists[] = {&copy->where, &copy->group_by, &copy->having, &copy->order_by, &copy->columns};
    *call->result = select_value(call->a, copy);
    if (call->extra == CLAUSE_COLUMNS)
        copy->columns = (ExprList){0};
    return push_exprs(call, lists[call->extra]);
}

static bool select_from(Call *call)
{
    Select *copy = select_copy(call->a, ((SelectObject *)call->self)->select);
    *call->result = select_value(call->a, copy);
    for (size_t i = 0; i < call->args->positional; i++) {
        const From *from;
        if (!to_from(call, call->args->items[i].at, call->args->items[i].value, &from))
            return false;
        vec_push(call->a->arena, &copy->from, from);
    }
    return true;
}

// select(...).join(table, condition): joins to what is read so far.
static bool select_join(Call *call)
{
    Select *copy = select_copy(call->a, ((SelectObject *)call->self)->select);
    const Value *right = call_value(call, 0, "target"), *on = call_value(call, 1, "onclause");
    bool outer = call->extra == JOIN_LEFT;
    *call->result = select_value(call->a, copy);
    if (!right || !call_bool(call, SIZE_MAX, "isouter", &outer))
        return false;
    FromList read = copy->from;
    if (!read.count) {
        for (size_t i = 0; i < copy->columns.count; i++) {
            const Expr *column = copy->columns.items[i];
            if ((column->kind == EXPR_COLUMN || column->kind == EXPR_STAR) && column->table && !read.count) {
                From *first = arena_new(call->a->arena, From);
                first->table = column->table;
                vec_push(call->a->arena, &read, first);
            }
        }
    }
    if (!read.count)
        return call_refuse(call, call->args->at, "Use select_from(a.join(b, condition)).",
                           "the left side of a join is not known");
    const From *join;
    if (!make_join(call, read.items[read.count - 1], *right, on, outer ? JOIN_LEFT : JOIN_INNER, &join))
        return false;
    copy->from = (FromList){0};
    for (size_t i = 0; i + 1 < read.count; i++)
        vec_push(call->a->arena, &copy->from, read.items[i]);
    vec_push(call->a->arena, &copy->from, join);
    return true;
}

static bool select_limit(Call *call)
{
    Select *copy = select_copy(call->a, ((SelectObject *)call->self)->select);
    const Value *value = call_value(call, 0, "limit");
    *call->result = select_value(call->a, copy);
    return value && to_expr(call, call->args->at, *value, call->extra ? &copy->offset : &copy->limit);
}

static bool select_flag(Call *call)
{
    Select *copy = select_copy(call->a, ((SelectObject *)call->self)->select);
    if (call->extra)
        copy->for_update = true;
    else
        copy->distinct = true;
    *call->result = select_value(call->a, copy);
    return true;
}

static bool select_compound(Call *call)
{
    static const char *const words[] = {"UNION", "UNION ALL", "EXCEPT", "INTERSECT"};
    const Select *left = call->self ? ((SelectObject *)call->self)->select : NULL;
    for (size_t i = 0; i < call->args->positional; i++) {
        Value value = call->args->items[i].value;
        if (!host_of(value, OBJECT_SELECT))
            return call_refuse(call, call->args->items[i].at, "Pass select(...).", "an argument of %s() is no query",
                               call->name);
        const Select *right = ((SelectObject *)value.host)->select;
        if (!left) {
            left = right;
            continue;
        }
        Select *both = arena_new(call->a->arena, Select);
        both->left = left;
        both->right = right;
        both->compound = str_from(words[call->extra]);
        both->columns = left->columns;
        left = both;
    }
    *call->result = select_value(call->a, (Select *)(uintptr_t)left);
    return true;
}

// select(...).alias("x"), .subquery("x"), .cte("x")
static bool select_alias(Call *call)
{
    TableRef *ref = arena_new(call->a->arena, TableRef);
    ref->select = ((SelectObject *)call->self)->select;
    ref->is_cte = call->extra != 0;
    ref->alias = STR("anon_1");
    if (!call_str(call, 0, "name", &ref->alias))
        return false;
    ref->name = ref->alias;
    for (size_t i = 0; i < ref->select->columns.count; i++) {
        const Expr *expr = ref->select->columns.items[i];
        TableColumn column = {expr->kind == EXPR_CAST ? expr->args[0]->text : expr->text, expr->type, false};
        vec_push(call->a->arena, &ref->columns, column);
    }
    *call->result = table_value(call->a, ref, NULL);
    return true;
}

static bool select_scalar(Call *call)
{
    const Expr *expr;
    if (!to_expr(call, call->args->at, value_host(call->self), &expr))
        return false;
    *call->result = expr_value(call->a, (Expr *)(uintptr_t)expr);
    return true;
}

static bool exists_of(Call *call, const Select *select)
{
    Select *copy = select_copy(call->a, select);
    Expr *expr = expr_new(call->a, EXPR_EXISTS, call->args->at);
    expr->select = copy;
    *call->result = expr_value(call->a, expr);
    return true;
}

static bool select_exists(Call *call)
{
    return exists_of(call, ((SelectObject *)call->self)->select);
}

static bool sa_exists(Call *call)
{
    if (call->args->positional == 1 && host_of(call->args->items[0].value, OBJECT_SELECT))
        return exists_of(call, ((SelectObject *)call->args->items[0].value.host)->select);
    if (!sa_select(call))
        return false;
    Select *select = ((SelectObject *)call->result->host)->select;
    if (!select->columns.count)
        vec_push(call->a->arena, &select->columns, expr_new(call->a, EXPR_STAR, call->args->at));
    select->is_exists = true;   // .where(...) and .select_from(...) may follow
    return true;
}

static bool select_same(Call *call)
{
    *call->result = value_host(call->self);
    return true;
}

static bool select_label(Call *call)
{
    const Expr *inner;
    Str name;
    if (!to_expr(call, call->args->at, value_host(call->self), &inner) || !call_need_name(call, 0, "name", &name))
        return false;
    Expr *expr = expr_make(call->a, EXPR_LABEL, EXPR_OP_EQ, call->args->at, 1, &inner);
    expr->text = name;
    *call->result = expr_value(call->a, expr);
    return true;
}

bool select_attribute(Call *call, SelectObject *select, Str name, Value *result, bool *found)
{
    static const Method methods[] = {
        {"where", select_clause, CLAUSE_WHERE},
        {"filter", select_clause, CLAUSE_WHERE},
        {"group_by", select_clause, CLAUSE_GROUP},
        {"having", select_clause, CLAUSE_HAVING},
        {"order_by", select_clause, CLAUSE_ORDER},
        {"with_only_columns", select_clause, CLAUSE_COLUMNS},
        {"select_from", select_from, 0},
        {"join", select_join, JOIN_INNER},
        {"outerjoin", select_join, JOIN_LEFT},
        {"limit", select_limit, 0},
        {"offset", select_limit, 1},
        {"distinct", select_flag, 0},
        {"with_for_update", select_flag, 1},
        {"union", select_compound, 0},
        {"union_all", select_compound, 1},
        {"except_", select_compound, 2},
        {"intersect", select_compound, 3},
        {"alias", select_alias, 0},
        {"subquery", select_alias, 0},
        {"cte", select_alias, 1},
        {"scalar_subquery", select_scalar, 0},
        {"as_scalar", select_scalar, 0},
        {"exists", select_exists, 0},
        {"correlate", select_same, 0},
        {"execution_options", select_same, 0},
        {"label", select_label, 0},
        {"select", select_same, 0},
    };
    *found = find_method(call, methods, sizeof methods / sizeof methods[0], &select->host, name, result);
    if (!*found && (str_equal(name, STR("c")) || str_equal(name, STR("columns")))) {
        Call inner = *call;
        Value alias;
        inner.self = &select->host;
        inner.result = &alias;
        *found = true;
        return select_alias(&inner) && table_attribute(call, (TableObject *)alias.host, name, result, found);
    }
    return true;
}

// ---- INSERT, UPDATE, DELETE ----

static Dml *dml_copy(Call *call)
{
    Dml *copy = arena_new(call->a->arena, Dml);
    *copy = *((DmlObject *)call->self)->dml;
    copy->where.cap = copy->where.count;
    copy->rows.cap = copy->rows.count;
    copy->returning.cap = copy->returning.count;
    *call->result = dml_value(call->a, copy);
    return copy;
}

static bool column_name(Value key, Str *name)
{
    HostObject *expr = host_of(key, OBJECT_EXPR), *column = host_of(key, OBJECT_COLUMN);
    if (expr && ((ExprObject *)expr)->expr->kind == EXPR_COLUMN)
        *name = ((ExprObject *)expr)->expr->text;
    else if (column)
        *name = ((ColumnObject *)column)->column->name;
    else
        return is_text(key, name);
    return true;
}

static const Type *ref_type(const TableRef *table, Str name)
{
    for (size_t i = 0; i < table->columns.count; i++)
        if (str_equal(table->columns.items[i].name, name))
            return table->columns.items[i].type;
    return NULL;
}

static bool has_ref_column(const TableRef *table, Str name)
{
    for (size_t i = 0; i < table->columns.count; i++)
        if (str_equal(table->columns.items[i].name, name))
            return true;
    return false;
}

static bool set_value(Call *call, const TableRef *table, AssignmentList *row, Span at, Str name, Value value)
{
    Assignment set = {.column = name};
    const Type *type = ref_type(table, name);
    if (value.kind == VALUE_HOST && !host_of(value, OBJECT_NAME)) {
        if (!to_expr(call, at, value, &set.value))
            return false;
    } else {
        Expr *expr = expr_new(call->a, EXPR_LITERAL, at);
        Literal *literal = arena_new(call->a->arena, Literal);
        expr->literal = literal;
        set.value = expr;
        if (!to_literal(call, at, value, type, literal))
            return false;
    }
    for (size_t i = 0; i < row->count; i++)
        if (str_equal(row->items[i].column, name)) {
            row->items[i] = set;
            return true;
        }
    vec_push(call->a->arena, row, set);
    return true;
}

// Columns come in the table's order, as SQLAlchemy writes them.
static void sort_row(Call *call, const TableRef *table, AssignmentList *row)
{
    AssignmentList sorted = {0};
    for (size_t i = 0; i < table->columns.count; i++)
        for (size_t k = 0; k < row->count; k++)
            if (str_equal(row->items[k].column, table->columns.items[i].name))
                vec_push(call->a->arena, &sorted, row->items[k]);
    for (size_t k = 0; k < row->count; k++)
        if (!has_ref_column(table, row->items[k].column))
            vec_push(call->a->arena, &sorted, row->items[k]);
    *row = sorted;
}

static bool row_of(Call *call, Span at, const TableRef *table, Value value, AssignmentList *row)
{
    if (!call_known(call, at, value, "values"))
        return false;
    if (value.kind == VALUE_DICT) {
        for (size_t i = 0; i < value.dict->items.count; i++) {
            Str name;
            Value key = value.dict->items.items[i].key;
            if (!call_known(call, at, key, "values"))
                return false;
            if (!column_name(key, &name))
                return call_refuse(call, at, "Write column names as texts.", "a key of the values is no column");
            if (!set_value(call, table, row, at, name, value.dict->items.items[i].value))
                return false;
        }
    } else if (value.kind == VALUE_TUPLE || value.kind == VALUE_LIST) {
        for (size_t i = 0; i < value.list->values.count; i++) {
            if (i >= table->columns.count)
                return call_refuse(call, at, "Name the columns.", "a row has more values than its table has columns");
            if (!set_value(call, table, row, at, table->columns.items[i].name, value.list->values.items[i]))
                return false;
        }
    } else {
        return call_refuse(call, at, "Write the row as a dict.", "a row of values is no dict");
    }
    sort_row(call, table, row);
    return true;
}

// Adds what one positional argument of values() says: a row, or a list of rows.
static bool add_rows(Call *call, Dml *dml, AssignmentList *row, Value value)
{
    if (!call_known(call, call->args->at, value, "values"))
        return false;
    const List *list = value.kind == VALUE_LIST ? value.list : NULL;
    bool many = list && list->values.count &&
                (list->values.items[0].kind == VALUE_DICT || list->values.items[0].kind == VALUE_TUPLE);
    if (!many)
        return row_of(call, call->args->at, dml->table, value, row);
    for (size_t i = 0; i < list->values.count; i++) {
        AssignmentList one = {0};
        if (!row_of(call, call->args->at, dml->table, list->values.items[i], &one))
            return false;
        vec_push(call->a->arena, &dml->rows, one);
    }
    return true;
}

static bool dml_values(Call *call)
{
    Dml *dml = dml_copy(call);
    AssignmentList row = {0};
    if (dml->rows.count == 1)
        for (size_t i = 0; i < dml->rows.items[0].count; i++)
            vec_push(call->a->arena, &row, dml->rows.items[0].items[i]);
    if (call->args->positional) {
        size_t before = dml->rows.count;
        if (!add_rows(call, dml, &row, call->args->items[0].value))
            return false;
        if (dml->rows.count > before)
            return true;
    }
    for (size_t i = call->args->positional; i < call->args->count; i++)
        if (!set_value(call, dml->table, &row, call->args->items[i].at, call->args->items[i].name,
                       call->args->items[i].value))
            return false;
    sort_row(call, dml->table, &row);
    dml->rows.count = dml->rows.cap = 0;
    vec_push(call->a->arena, &dml->rows, row);
    return true;
}

// ---- how a statement starts ----

// What no part of a call has read would be lost without a word.
static bool refuse_rest(Call *call)
{
    const Arg *arg = call_unread(call, 0);
    return !arg || call_refuse(call, arg->at, "Use .where() and .values().", "an argument of %s() that is not supported",
                               call->name);
}

// SQLAlchemy before 2.0 took the condition and the values here; they mean what .where() and .values() say.
static bool start_dml(Call *call, DmlKind kind, TableRef *table, size_t next)
{
    Dml *dml = arena_new(call->a->arena, Dml);
    dml->kind = kind;
    dml->table = table;
    *call->result = dml_value(call->a, dml);
    const Value *where = kind == DML_INSERT ? NULL : call_value(call, next++, "whereclause");
    const Value *values = kind == DML_DELETE ? NULL : call_value(call, next, "values");
    AssignmentList row = {0};
    if (!refuse_rest(call) || !push_condition(call, call->args->at, where, &dml->where))
        return false;
    if (!values || value_is_none(*values))
        return true;
    if (!add_rows(call, dml, &row, *values))
        return false;
    if (!dml->rows.count)
        vec_push(call->a->arena, &dml->rows, row);
    return true;
}

static bool table_dml(Call *call)
{
    return start_dml(call, (DmlKind)call->extra, ((TableObject *)call->self)->ref, 0);
}

static bool sa_dml(Call *call)
{
    TableRef *table;
    const Value *value = call_value(call, 0, "table");
    return value && to_table(call, call->args->at, *value, &table) && start_dml(call, (DmlKind)call->extra, table, 1);
}

static bool dml_where(Call *call)
{
    return push_exprs(call, &dml_copy(call)->where);
}

static bool dml_from_select(Call *call)
{
    Dml *dml = dml_copy(call);
    const Value *names = call_value(call, 0, "names"), *select = call_value(call, 1, "select");
    Value list;
    if (!names || !select || !interp_iterate(call->in, call->args->at, *names, &list))
        return false;
    for (size_t i = 0; i < list.list->values.count; i++) {
        Str name;
        if (!column_name(list.list->values.items[i], &name))
            return call_refuse(call, call->args->at, "Write column names as texts.", "a column of from_select() is no name");
        vec_push(call->a->arena, &dml->columns, name);
    }
    if (host_of(*select, OBJECT_SELECT))
        dml->select = ((SelectObject *)select->host)->select;
    return dml->select || call_refuse(call, call->args->at, "Pass select(...).", "from_select() is not given a query");
}

static bool dml_returning(Call *call)
{
    return push_exprs(call, &dml_copy(call)->returning);
}

static bool dml_same(Call *call)
{
    *call->result = value_host(call->self);
    return true;
}

static bool dml_on_conflict(Call *call)
{
    Dml *dml = dml_copy(call);
    dml->has_conflict = true;
    dml->conflict_updates = call->extra == 1;
    const Value *set = call_value(call, SIZE_MAX, "set_");
    return call_str(call, 0, "constraint", &dml->conflict_constraint) &&
           call_names(call, SIZE_MAX, "index_elements", &dml->conflict_columns) &&
           (!set || row_of(call, call->args->at, dml->table, *set, &dml->conflict_set));
}

bool dml_attribute(Call *call, DmlObject *object, Str name, Value *result, bool *found)
{
    static const Method methods[] = {
        {"values", dml_values, 0},
        {"where", dml_where, 0},
        {"from_select", dml_from_select, 0},
        {"returning", dml_returning, 0},
        {"execution_options", dml_same, 0},
        {"inline", dml_same, 0},
        {"on_conflict_do_nothing", dml_on_conflict, 0},
        {"on_conflict_do_update", dml_on_conflict, 1},
        {"filter", dml_where, 0},
    };
    *found = find_method(call, methods, sizeof methods / sizeof methods[0], &object->host, name, result);
    if (!*found && str_equal(name, STR("excluded"))) {
        TableRef *ref = arena_new(call->a->arena, TableRef);
        *ref = *object->dml->table;
        ref->schema = STR_EMPTY;
        ref->alias = ref->name = STR("excluded");
        FunctionObject *columns = function_new(call->a, "columns", NULL, table_value(call->a, ref, NULL).host, 0);
        columns->host.kind = OBJECT_COLUMNS;
        *result = value_host(&columns->host);
        *found = true;
    }
    return true;
}

void open_dml_functions(Alembic *a, ModuleObject *module)
{
    static const Method functions[] = {
        {"table", sa_table, 0},         {"Table", sa_table_with_metadata, 0}, {"select", sa_select, 0},
        {"insert", sa_dml, DML_INSERT}, {"update", sa_dml, DML_UPDATE},       {"delete", sa_dml, DML_DELETE},
        {"exists", sa_exists, 0},       {"union", select_compound, 0},        {"union_all", select_compound, 1},
        {"join", sa_join, JOIN_INNER},  {"outerjoin", sa_join, JOIN_LEFT},
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        module_function(a, module, functions[i].name, functions[i].handler, functions[i].extra);
}
