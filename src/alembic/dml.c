// INSERT, UPDATE and DELETE.
#include "statements_int.h"

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
        if (!to_operand(call, at, value, type, &set.value))
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

// ---- default= and onupdate= ----

// A constant, what a function of no arguments gives, or a SQL expression.
static bool fill_value(Call *call, Span at, Value given, Str column, Value *value)
{
    const Args none = {.at = at};
    *value = given;
    if ((given.kind == VALUE_FUNCTION || given.kind == VALUE_BUILTIN || given.kind == VALUE_CLASS) &&
        !interp_call(call->in, given, &none, value))
        return false;
    return call_known(call, at, *value,
                      str_cstr(call->a->arena, str_format(call->a->arena, "default= of %.*s", STR_ARGS(column))));
}

static bool has_value(const AssignmentList *row, Str column)
{
    for (size_t i = 0; i < row->count; i++)
        if (str_equal(row->items[i].column, column))
            return true;
    return false;
}

// Returns what the column is given where a statement leaves it out, or NULL.
static const Value *fill_of(const Call *call, const TableColumn *column, DmlKind kind)
{
    const ColumnFills *fills = column->fills;
    const Value *given = !fills ? NULL : kind == DML_UPDATE ? &fills->update : &fills->insert;
    bool is_sequence = given && host_of(*given, OBJECT_SEQUENCE);
    return given && !value_is_none(*given) && (!is_sequence || call->a->dialect->next_value) ? given : NULL;
}

static bool fill_row(Call *call, Span at, const TableRef *table, DmlKind kind, AssignmentList *row)
{
    size_t given = row->count;
    row->cap = row->count;   // the statement may be executed again
    for (size_t i = 0; i < table->columns.count; i++) {
        const TableColumn *column = &table->columns.items[i];
        const Value *fill = fill_of(call, column, kind);
        Value value;
        if (fill && !has_value(row, column->name) &&
            (!fill_value(call, at, *fill, column->name, &value) || !set_value(call, table, row, at, column->name, value)))
            return false;
    }
    if (row->count > given)
        sort_row(call, table, row);
    return true;
}

// INSERT ... SELECT: the columns that are left out come behind those of the query.
static bool fill_select(Call *call, Span at, Dml *dml)
{
    AssignmentList fills = {0};
    if (!dml->columns.count || dml->leaves_defaults)
        return true;
    for (size_t i = 0; i < dml->columns.count; i++)
        vec_push(call->a->arena, &fills, ((Assignment){.column = dml->columns.items[i]}));
    size_t given = fills.count;
    for (size_t i = 0; i < dml->table->columns.count; i++) {
        const TableColumn *column = &dml->table->columns.items[i];
        const Value *fill = fill_of(call, column, DML_INSERT);
        Value value;
        if (fill && !has_value(&fills, column->name) &&
            (!fill_value(call, at, *fill, column->name, &value) ||
             !set_value(call, dml->table, &fills, at, column->name, value)))
            return false;
    }
    if (fills.count == given)
        return true;
    if (dml->select->left)
        return call_refuse(call, at, "Name every column, or say include_defaults=False.",
                           "the default of column \"%.*s\" cannot be put beside a UNION",
                           STR_ARGS(fills.items[given].column));
    Select *select = arena_new(call->a->arena, Select);
    *select = *dml->select;
    select->columns.cap = select->columns.count;
    dml->columns.cap = dml->columns.count;
    for (size_t i = given; i < fills.count; i++) {
        vec_push(call->a->arena, &dml->columns, fills.items[i].column);
        vec_push(call->a->arena, &select->columns, fills.items[i].value);
    }
    dml->select = select;
    return true;
}

// Source: SQLAlchemy 2.0.52 sql/crud.py, _get_crud_params; sql/dml.py, Insert.from_select.
static bool check_columns(Call *call, Span at, const Dml *dml)
{
    const TableRef *table = dml->table;
    if (!table->is_described)
        return true;
    for (size_t i = 0; i < dml->columns.count; i++)
        if (!has_ref_column(table, dml->columns.items[i]))
            return interp_raise(call->in, at, STR("KeyError"), "'%.*s'", STR_ARGS(dml->columns.items[i]));
    for (size_t i = 0; i < dml->rows.count; i++)
        for (size_t k = 0; k < dml->rows.items[i].count; k++)
            if (!has_ref_column(table, dml->rows.items[i].items[k].column))
                return interp_raise(call->in, at, STR("CompileError"), "Unconsumed column names: %.*s",
                                    STR_ARGS(dml->rows.items[i].items[k].column));
    return true;
}

bool dml_filled(Call *call, Span at, const Dml *dml, const Dml **filled)
{
    if (!check_columns(call, at, dml))
        return false;
    Dml *copy = arena_new(call->a->arena, Dml);
    *copy = *dml;
    *filled = copy;
    if (dml->kind == DML_DELETE)
        return true;
    if (dml->select)
        return fill_select(call, at, copy);
    copy->rows.items = NULL;
    copy->rows.count = copy->rows.cap = 0;
    for (size_t i = 0; i < dml->rows.count; i++) {
        AssignmentList row = dml->rows.items[i];
        if (!fill_row(call, at, dml->table, dml->kind, &row))
            return false;
        vec_push(call->a->arena, &copy->rows, row);
    }
    return true;
}

// ---- how a statement starts ----

// What no part of a call has read would be lost without a word.
bool refuse_rest(Call *call)
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
    if (table->select)
        return interp_raise(call->in, call->args->at, STR("ArgumentError"),
                            "subject table for an INSERT, UPDATE or DELETE expected, got a query");
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

bool dml_of_table(Call *call, DmlKind kind, TableRef *table, const ExprList *where, const Value *values, Value *statement)
{
    Dml *dml = arena_new(call->a->arena, Dml);
    AssignmentList row = {0};
    *dml = (Dml){.kind = kind, .table = table, .where = *where};
    dml->where.cap = dml->where.count;
    if (values && !row_of(call, call->args->at, table, *values, &row))
        return false;
    if (values)
        vec_push(call->a->arena, &dml->rows, row);
    *statement = dml_value(call->a, dml);
    return true;
}

bool table_dml(Call *call)
{
    return start_dml(call, (DmlKind)call->extra, ((TableObject *)call->self)->ref, 0);
}

static bool sa_dml(Call *call)
{
    TableRef *table;
    const Value *value = call_value(call, 0, "table");
    return to_table(call, call->args->at, *value, &table) && start_dml(call, (DmlKind)call->extra, table, 1);
}

static bool dml_where(Call *call)
{
    return push_conditions(call, &dml_copy(call)->where);
}

static bool dml_from_select(Call *call)
{
    Dml *dml = dml_copy(call);
    const Value *names = call_value(call, 0, "names"), *select = call_value(call, 1, "select");
    Value list;
    bool includes = true;
    if (!call_bool(call, 2, "include_defaults", &includes))
        return false;
    dml->leaves_defaults = !includes;
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
    return push_columns(call, &dml_copy(call)->returning);
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
    const Value *set = call_value(call, SIZE_MAX, "set_"), *constraint = call_value(call, 0, "constraint");
    const Value *elements = call_value(call, SIZE_MAX, "index_elements");
    if (constraint && elements && !value_is_none(*constraint) && !value_is_none(*elements))
        return interp_raise(call->in, call->args->at, STR("ValueError"),
                            "'constraint' and 'index_elements' are mutually exclusive");
    if (!call_str(call, 0, "constraint", &dml->conflict_constraint) ||
        !call_names(call, SIZE_MAX, "index_elements", &dml->conflict_columns) ||
        (set && !row_of(call, call->args->at, dml->table, *set, &dml->conflict_set)))
        return false;
    if (!dml->conflict_updates)
        return true;
    if (!dml->conflict_constraint.len && !dml->conflict_columns.count)
        return interp_raise(call->in, call->args->at, STR("ValueError"),
                            "Either constraint or index_elements, but not both, must be specified unless DO NOTHING");
    return dml->conflict_set.count ||
           interp_raise(call->in, call->args->at, STR("ValueError"), "set parameter dictionary must not be empty");
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
        {"insert", sa_dml, DML_INSERT}, {"update", sa_dml, DML_UPDATE}, {"delete", sa_dml, DML_DELETE}};
    open_from_functions(a, module);
    open_select_functions(a, module);
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        module_function(a, module, functions[i].name, functions[i].handler, functions[i].extra);
}
