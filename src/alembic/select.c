// SELECT, and what a query is part of.
#include "statements_int.h"

bool is_query(Value value)
{
    const HostObject *select = host_of(value, OBJECT_SELECT);
    return host_of(value, OBJECT_QUERY) || (select && !((const SelectObject *)select)->select->is_exists);
}

// A query among columns is none by itself: whether its rows or its one value are meant, the revision has to say.
// Source: SQLAlchemy 2.0.52 sql/coercions.py, ColumnsClauseImpl.
static bool check_column(Call *call, Span at, Value value)
{
    return !is_query(value) ||
           interp_raise(call->in, at, STR("ArgumentError"),
                        "Column expression or FROM clause expected, got a query: scalar_subquery() makes it a "
                        "value, subquery() a table");
}

static bool add_selected(Call *call, Select *select, Span at, Value value)
{
    if (!call_known(call, at, value, "columns"))
        return false;
    if (value.kind == VALUE_CLASS || host_of(value, OBJECT_TABLE)) {
        TableRef *ref;
        if (!to_table(call, at, value, &ref))
            return false;
        const TableObject *object = ref->object;
        if (object && object->mapped && !class_is_clear(call, at, object->mapped))
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
    bool is_first = call->args->positional && at.start == call->args->items[0].at.start;
    if (is_first && (value.kind == VALUE_LIST || value.kind == VALUE_TUPLE)) {   // select([a, b]) of SQLAlchemy 1.3
        for (size_t i = 0; i < value.list->values.count; i++)
            if (!add_selected(call, select, at, value.list->values.items[i]))
                return false;
        return true;
    }
    if (host_of(value, OBJECT_COLUMNS)) {
        Value list;
        bool good = interp_iterate(call->in, at, value, &list);
        for (size_t i = 0; good && i < list.list->values.count; i++)
            good = add_selected(call, select, at, list.list->values.items[i]);
        return good;
    }
    const Expr *expr;
    Str text;
    if (value.kind == VALUE_DICT || value.kind == VALUE_SET || value.kind == VALUE_BYTES || value.kind == VALUE_LIST ||
        value.kind == VALUE_TUPLE || value.kind == VALUE_TIME || value.kind == VALUE_UUID ||
        (is_text(value, &text) && !host_of(value, OBJECT_NAME)))
        return interp_raise(call->in, at, STR("ArgumentError"), "Column expression or FROM clause expected, got %.*s",
                            STR_ARGS(value_repr(call->a->arena, value)));
    if (!check_column(call, at, value) || !to_expr(call, at, value, &expr))
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
    copy->correlated.cap = copy->correlated.count;
    return copy;
}

bool push_columns(Call *call, ExprList *list)
{
    for (size_t i = 0; i < call->args->positional; i++)
        if (!check_column(call, call->args->items[i].at, call->args->items[i].value))
            return false;
    return push_exprs(call, list);
}

bool push_exprs(Call *call, ExprList *list)
{
    for (size_t i = 0; i < call->args->positional; i++) {
        const Expr *expr;
        if (!to_sql_expr(call, call->args->items[i].at, call->args->items[i].value, &expr))
            return false;
        vec_push(call->a->arena, list, expr);
    }
    return true;
}

// select.correlate(t, u), correlate_except(t), correlate(None)
static bool select_correlate(Call *call)
{
    Select *copy = select_copy(call->a, ((SelectObject *)call->self)->select);
    *call->result = select_value(call->a, copy);
    copy->correlates = true;
    copy->correlates_except = call->extra != 0;
    for (size_t i = 0; i < call->args->positional; i++) {
        TableRef *table;
        if (value_is_none(call->args->items[i].value))
            continue;
        if (!to_table(call, call->args->items[i].at, call->args->items[i].value, &table))
            return false;
        vec_push(call->a->arena, &copy->correlated, table);
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
    bool condition = call->extra == CLAUSE_WHERE || call->extra == CLAUSE_HAVING;
    return condition                       ? push_conditions(call, lists[call->extra])
           : call->extra == CLAUSE_COLUMNS ? push_columns(call, &copy->columns)
                                           : push_exprs(call, lists[call->extra]);
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
    size_t others = copy->from.count;   // besides the one that is joined to
    if (!read.count) {
        for (size_t i = 0; i < copy->columns.count; i++) {
            const Expr *column = copy->columns.items[i];
            if ((column->kind == EXPR_COLUMN || column->kind == EXPR_STAR) && column->table && !read.count) {
                From *first = arena_new(call->a->arena, From);
                first->table = column->table;
                vec_push(call->a->arena, &read, first);
            }
            others += !read.count || column->kind != EXPR_COLUMN || column->table != read.items[0]->table;
        }
    }
    bool given = on && !value_is_none(*on);
    if (!given && others > (copy->from.count > 0))
        return call_refuse(call, call->args->at, "Give join() its condition.",
                           "a join without a condition to one of several tables");
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
    const Expr **place = call->extra ? &copy->offset : &copy->limit;
    if (value_is_none(*value)) {   // takes one back
        *place = NULL;
        return true;
    }
    return to_expr(call, call->args->at, *value, place);
}

static bool select_flag(Call *call)
{
    Select *copy = select_copy(call->a, ((SelectObject *)call->self)->select);
    if (!call->extra && call->args->count)
        return call_refuse(call, call->args->at, "Write the query with sa.text().", "DISTINCT ON is not supported");
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
    static const char *const not_plain[] = {"recursive", "nesting"};
    for (size_t i = 0; call->extra && i < sizeof not_plain / sizeof *not_plain; i++) {
        bool given = false;
        if (!call_bool(call, i + 1, not_plain[i], &given))
            return false;
        if (given)
            return call_refuse(call, call->args->at, "Write the statement with sa.text().", "cte(%s=True) is not supported",
                               not_plain[i]);
    }
    ref->is_cte = call->extra != 0;
    ref->alias = STR("anon_1");
    if (!call_str(call, 0, "name", &ref->alias))
        return false;
    ref->name = ref->alias;
    for (size_t i = 0; i < ref->select->columns.count; i++) {
        const Expr *expr = ref->select->columns.items[i];
        TableColumn column = {expr->kind == EXPR_CAST ? expr->args[0]->text : expr->text, expr->type, NULL};
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
        {"correlate", select_correlate, 0},
        {"correlate_except", select_correlate, 1},
        {"execution_options", select_same, 0},
        {"label", select_label, 0},
        {"select", select_same, 0},
        {"compile", statement_compile, 0},
    };
    *found = find_method(call, methods, sizeof methods / sizeof methods[0], &select->host, name, result);
    if (!*found && str_equal(name, STR("selectable"))) {
        *result = value_host(&select->host);
        *found = true;
    }
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

void open_select_functions(Alembic *a, ModuleObject *module)
{
    static const Method functions[] = {{"select", sa_select, 0},
                                       {"exists", sa_exists, 0},
                                       {"union", select_compound, 0},
                                       {"union_all", select_compound, 1}};
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        module_function(a, module, functions[i].name, functions[i].handler, functions[i].extra);
}
