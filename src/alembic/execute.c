// execute(): text, DML, queries and DDL elements become operations; bulk_insert() and sync_enum_values() too.
#include "alembic_int.h"
#include "ops_int.h"
#include "statements_int.h"

// Returns whether a line of the call carries the comment `# waybill: expect 0`.
static bool has_expect_comment(Span at)
{
    if (!at.source)
        return false;
    Str text = at.source->text;
    size_t end = str_find_char(text, '\n', at.start + at.len), start = at.start;
    end = end == SIZE_MAX ? text.len : end;
    while (start && text.ptr[start - 1] != '\n')
        start--;
    Str lines = str_slice(text, start, end);
    for (size_t from = 0, hit; (hit = str_find(lines, STR("# waybill:"), from)) != SIZE_MAX; from = hit + 1) {
        size_t stop = str_find_char(lines, '\n', hit);
        Str words = str_trim(str_slice(lines, hit + strlen("# waybill:"), stop == SIZE_MAX ? lines.len : stop));
        if (str_equal(words, STR("expect 0")))
            return true;
    }
    return false;
}

// Raw SQL: parameters are filled in, the model follows what it says.
bool emit_sql_text(Call *call, Span at, const Expr *text)
{
    Alembic *a = call->a;
    Str sql;
    ExprList binds = {.items = text->args, .count = text->count};
    if (!sql_bind_text(a->arena, interp_diag(call->in), a->style, at, text->text, &binds, &sql))
        return interp_refused(call->in);
    RawList statements = {0};
    if (!sql_split(a->arena, interp_diag(call->in), a->dialect, at, sql, &statements))
        return interp_refused(call->in);
    size_t mark = model_mark(a->model);
    for (size_t i = 0; i < statements.count; i++)
        sql_follow(a->arena, a->dialect, &statements.items[i], at, a->model);
    if (!statements.count)
        return true;
    if (interp_is_catching(call->in))
        note_caught_sql(a, sql, mark);
    Op *op = op_new(call, OP_EXECUTE);
    Expr *raw = expr_new(a, EXPR_RAW, at);
    raw->text = sql;
    op->at = at;
    op->sql = raw;
    op->expect = has_expect_comment(at) ? EXPECT_ZERO : EXPECT_ANYTHING;
    result_of(call, op);
    return op_emit(call, op);
}

// Adds execute()'s parameters to a text, or to an INSERT as its rows.
static bool with_parameters(Call *call, Span at, Value params, Expr **text)
{
    if (params.kind != VALUE_DICT)
        return call_refuse(call, at, "Pass one dict of parameters.", "cannot use these parameters of execute()");
    ExprList binds = {0};
    for (size_t i = 0; i < (*text)->count; i++)
        vec_push(call->a->arena, &binds, (*text)->args[i]);
    for (size_t i = 0; i < params.dict->items.count; i++) {
        Str name;
        const Expr *bind;
        if (!is_text(params.dict->items.items[i].key, &name))
            return call_refuse(call, at, "Write parameter names as texts.", "a parameter's name is not a text");
        if (!to_bind(call, at, name, params.dict->items.items[i].value, &binds, &bind))
            return false;
        // given with the call: before what the text itself carries
        vec_push(call->a->arena, &binds, bind);
    }
    // the last one given wins
    ExprList reversed = {0};
    for (size_t i = binds.count; i > 0; i--)
        vec_push(call->a->arena, &reversed, binds.items[i - 1]);
    Expr *made = expr_make(call->a, EXPR_TEXT, EXPR_OP_EQ, at, reversed.count, reversed.items);
    made->text = (*text)->text;
    *text = made;
    return true;
}

static bool execute_many(Call *call, Span at, Expr *text, Value list)
{
    for (size_t i = 0; i < list.list->values.count; i++) {
        Expr *one = text;
        if (!with_parameters(call, at, list.list->values.items[i], &one) || !emit_sql_text(call, at, one))
            return false;
    }
    *call->result = result_value(call->a);   // of several statements
    return true;
}

static bool has_unknown(Value params)
{
    bool unknown = params.kind == VALUE_UNKNOWN;
    for (size_t i = 0; params.kind == VALUE_DICT && i < params.dict->items.count; i++)
        unknown |= params.dict->items.items[i].value.kind == VALUE_UNKNOWN;
    return unknown;
}

// For the model alone: statements whose shape no parameter decides are followed, and what the others name is in doubt.
static bool follow_unfilled(Call *call, Span at, const Expr *text)
{
    Alembic *a = call->a;
    Diag own = diag_open(a->arena);
    RawList statements = {0};
    ExprList binds = {.items = text->args, .count = text->count};
    if (!sql_split(a->arena, interp_diag(call->in), a->dialect, at, text->text, &statements))
        return interp_refused(call->in);
    for (size_t i = 0; i < statements.count; i++) {
        RawStatement statement = statements.items[i];
        bool moves_rows = statement.kind == RAW_DML || statement.kind == RAW_QUERY;
        bool filled = moves_rows || sql_bind_text(a->arena, &own, a->style, at, statement.text, &binds, &statement.text);
        sql_follow(a->arena, a->dialect, &statement, at, a->model);
        statement.kind = RAW_OTHER;
        if (!filled)
            sql_follow(a->arena, a->dialect, &statement, at, a->model);
    }
    return true;
}

static bool execute_text(Call *call, Span at, Expr *text, const Value *params)
{
    if (params && has_unknown(*params) && sketch_is_for_model(call->a))
        return follow_unfilled(call, at, text);
    if (params && params->kind == VALUE_UNKNOWN)
        return interp_refuse_unknown(call->in, at, *params, "the parameters of execute()");
    if (params && (params->kind == VALUE_LIST || params->kind == VALUE_TUPLE))
        return execute_many(call, at, text, *params);
    if (params && !value_is_none(*params) && !with_parameters(call, at, *params, &text))
        return false;
    return emit_sql_text(call, at, text);
}

// ---- a driver's text ----

// A tuple is (1, 2) to the drivers, for IN; a list is an array to PostgreSQL's.
static bool driver_value(Call *call, Span at, Value value, const Expr **expr)
{
    Alembic *a = call->a;
    bool in_brackets = value.kind == VALUE_TUPLE || (value.kind == VALUE_LIST && a->dialect->id != DIALECT_POSTGRESQL);
    if (!in_brackets)
        return to_expr(call, at, value, expr);
    ExprList items = {0};
    for (size_t i = 0; i < value.list->values.count; i++) {
        const Expr *item;
        if (!to_expr(call, at, value.list->values.items[i], &item))
            return false;
        vec_push(a->arena, &items, item);
    }
    *expr = expr_make(a, EXPR_LIST, EXPR_OP_EQ, at, items.count, items.items);
    return true;
}

static bool driver_params(Call *call, Span at, Value params, ExprList *list)
{
    Alembic *a = call->a;
    const Expr *value;
    if (params.kind == VALUE_DICT) {
        for (size_t i = 0; i < params.dict->items.count; i++) {
            Str name;
            if (!is_text(params.dict->items.items[i].key, &name))
                return call_refuse(call, at, "Write parameter names as texts.", "a parameter's name is not a text");
            if (!driver_value(call, at, params.dict->items.items[i].value, &value))
                return false;
            Expr *bind = expr_make(a, EXPR_BIND, EXPR_OP_EQ, at, 1, &value);
            bind->text = name;
            vec_push(a->arena, list, bind);
        }
        return true;
    }
    bool is_row = params.kind == VALUE_TUPLE || params.kind == VALUE_LIST;
    for (size_t i = 0; i < (is_row ? params.list->values.count : 1); i++) {
        if (!driver_value(call, at, is_row ? params.list->values.items[i] : params, &value))
            return false;
        vec_push(a->arena, list, value);
    }
    return true;
}

// `params`: of one row; None: none.
static bool driver_row(Call *call, Span at, Str text, Value params)
{
    Alembic *a = call->a;
    ExprList list = {0};
    Str sql;
    if (!value_is_none(params) && !driver_params(call, at, params, &list))
        return false;
    if (!sql_driver_text(a->arena, interp_diag(call->in), a->style, at, text, &list, params.kind == VALUE_DICT, &sql))
        return interp_refused(call->in);
    // no parameter of sa.text() begins in what is the driver's
    Expr *filled = expr_new(a, EXPR_TEXT, at);
    filled->text = str_replace(a->arena, sql, STR(":"), STR("\\:"));
    return emit_sql_text(call, at, filled);
}

static bool is_row_of_many(Value value)
{
    return value.kind == VALUE_DICT || value.kind == VALUE_TUPLE || value.kind == VALUE_LIST;
}

bool emit_driver_text(Call *call, Span at, Str text, const Value *params, bool lists_rows)
{
    Value given = params ? *params : VALUE_OF_NONE;
    bool is_list = given.kind == VALUE_LIST || given.kind == VALUE_TUPLE;
    *call->result = result_value(call->a);
    if (has_unknown(given) && sketch_is_for_model(call->a)) {
        Expr *made = expr_new(call->a, EXPR_TEXT, at);
        made->text = text;
        return follow_unfilled(call, at, made);
    }
    if (given.kind == VALUE_UNKNOWN)
        return interp_refuse_unknown(call->in, at, given, "the parameters of execute()");
    bool is_many = is_list && given.list->values.count && (lists_rows ? given.kind == VALUE_LIST : true) &&
                   is_row_of_many(given.list->values.items[0]);
    if (!is_many)
        return driver_row(call, at, text, given);
    for (size_t i = 0; i < given.list->values.count; i++)
        if (!driver_row(call, at, text, given.list->values.items[i]))
            return false;
    *call->result = result_value(call->a);   // of several statements
    return true;
}

static bool same_keys(Value a, Value b)
{
    if (a.kind != VALUE_DICT || b.kind != VALUE_DICT)
        return a.kind == b.kind;
    if (a.dict->items.count != b.dict->items.count)
        return false;
    for (size_t i = 0; i < a.dict->items.count; i++) {
        Str key;
        if (!is_text(a.dict->items.items[i].key, &key) || !dict_get_str(b.dict, key))
            return false;
    }
    return true;
}

// execute(table.insert(), [{...}, {...}])
static bool dml_with_rows(Call *call, Span at, const Dml *dml, Value params, const Dml **result)
{
    Value list = params;
    if (params.kind == VALUE_DICT) {
        list = value_list(call->a->arena, VALUE_LIST);
        vec_push(call->a->arena, &list.list->values, params);
    }
    if (list.kind != VALUE_LIST && list.kind != VALUE_TUPLE)
        return call_refuse(call, at, "Pass the rows as dicts.", "cannot use these parameters of execute()");
    if (dml->kind != DML_INSERT)
        return call_refuse(call, at, "Write the values with .values().",
                           "parameters of an UPDATE or DELETE are not supported");
    // INSERT ... values(rows): the same as .values([...])
    Arg arg = {.value = list, .at = at};
    Args args = {.items = &arg, .count = 1, .positional = 1, .at = at};
    Value statement = dml_value(call->a, (Dml *)(uintptr_t)dml), method, filled;
    if (!interp_attribute(call->in, at, statement, STR("values"), &method) || !interp_call(call->in, method, &args, &filled))
        return false;
    *result = ((DmlObject *)filled.host)->dml;
    return true;
}

// The parameters of connection.execute(insert): SQLAlchemy makes one statement of them all, with the columns of the first.
static bool check_rows(Call *call, Span at, const Dml *dml, Value rows)
{
    if (dml->rows.count)
        return call_refuse(call, at, "Give the values in one place.",
                           "values() and parameters of execute() beside them are not supported");
    for (size_t r = 1; (rows.kind == VALUE_LIST || rows.kind == VALUE_TUPLE) && r < rows.list->values.count; r++)
        if (!same_keys(rows.list->values.items[0], rows.list->values.items[r]))
            return call_refuse(call, at, "Give every row the same columns, or use op.bulk_insert().",
                               "the rows of execute() have different columns");
    return true;
}

bool emit_execute(Call *call, Span at, Value statement, const Value *params)
{
    Str text;
    *call->result = result_value(call->a);
    if (statement.kind == VALUE_UNKNOWN)
        return interp_refuse_unknown(call->in, at, statement, "the SQL of execute()");
    if (is_text(statement, &text)) {
        Expr *made = expr_new(call->a, EXPR_TEXT, at);
        made->text = text;
        return execute_text(call, at, made, params);
    }
    HostObject *host = statement.kind == VALUE_HOST ? statement.host : NULL;
    switch (host ? host->kind : -1) {
    case OBJECT_EXPR: {
        Expr *expr = ((ExprObject *)host)->expr;
        if (expr->kind == EXPR_TEXT || expr->kind == EXPR_RAW)
            return execute_text(call, at, expr, params);
        // execute(func.setval(...)): a query
        Select *select = arena_new(call->a->arena, Select);
        vec_push(call->a->arena, &select->columns, expr);
        Op *op = op_new(call, OP_EXECUTE);
        op->at = at;
        op->select = select;
        return op_emit(call, op);
    }
    case OBJECT_SELECT: {
        Op *op = op_new(call, OP_EXECUTE);
        op->at = at;
        op->select = ((SelectObject *)host)->select;
        op->expect = has_expect_comment(at) ? EXPECT_ZERO : EXPECT_ANYTHING;
        result_of(call, op);
        return op_emit(call, op);
    }
    case OBJECT_DML: {
        Op *op = op_new(call, OP_EXECUTE);
        op->at = at;
        op->dml = ((DmlObject *)host)->dml;
        if (params && !value_is_none(*params) &&
            (!check_rows(call, at, op->dml, *params) || !dml_with_rows(call, at, op->dml, *params, &op->dml)))
            return false;
        if (op->dml->kind == DML_INSERT && !op->dml->select && !op->dml->rows.count)
            return call_refuse(call, at, "Give it rows with .values().", "an INSERT has no values");
        if (op->dml->kind == DML_UPDATE && !op->dml->rows.count)
            return call_refuse(call, at, "Give it values with .values().", "an UPDATE sets nothing");
        return dml_filled(call, at, op->dml, &op->dml) && op_emit(call, op);
    }
    case OBJECT_DDL: return op_emit(call, ((DdlObject *)host)->op);
    default: break;
    }
    return call_refuse(call, at, "Pass a text, sa.text() or a statement.", "execute() is given no SQL");
}

// op.bulk_insert(table, [{...}, ...]): one INSERT a row, whatever multiinsert= says: that is of rows sent to a database.
// Source: Alembic 1.19.2 ddl/impl.py, bulk_insert: as_sql is asked for first.
bool op_bulk_insert(Call *call)
{
    TableRef *table;
    call_value(call, 2, "multiinsert");
    const Value *target = call_value(call, 0, "table"), *rows = call_value(call, 1, "rows");
    Value list;
    if (!target || !rows)
        return interp_raise(call->in, call->args->at, STR("TypeError"), "bulk_insert() misses an argument");
    if (!to_table(call, call->args->at, *target, &table))
        return false;
    if (rows->kind == VALUE_UNKNOWN)
        return interp_refuse_unknown(call->in, call->args->at, *rows, "the rows of op.bulk_insert()");
    if (!interp_iterate(call->in, call->args->at, *rows, &list))
        return false;
    if (!list.list->values.count)
        return true;
    Op *op = op_new(call, OP_BULK_INSERT);
    Dml *empty = arena_new(call->a->arena, Dml);
    empty->table = table;
    op->table = table->name;
    op->schema = table->schema;
    return dml_with_rows(call, call->args->at, empty, list, &op->dml) &&
           dml_filled(call, call->args->at, op->dml, &op->dml) && op_emit(call, op);
}
