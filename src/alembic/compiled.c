// statement.compile(bind): the SQL as text, for revisions that put it into a statement of their own; and str() of types.
#include "statements_int.h"

static bool select_has_values(const Select *select);

// Whether a compiled text would hold a placeholder: for a value that is bound later.
static bool has_values(const Expr *expr)
{
    if (!expr)
        return false;
    if (expr->kind == EXPR_LITERAL || expr->kind == EXPR_BIND)
        return true;
    for (size_t i = 0; i < expr->count; i++)
        if (has_values(expr->args[i]))
            return true;
    return has_values(expr->extra) || has_values(expr->extra2) || (expr->select && select_has_values(expr->select)) ||
           (expr->table && expr->table->select && select_has_values(expr->table->select));
}

static bool list_has_values(const ExprList *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (has_values(list->items[i]))
            return true;
    return false;
}

static bool from_has_values(const From *from)
{
    return from &&
           (from_has_values(from->left) || from_has_values(from->right) || has_values(from->on) ||
            has_values(from->function) || (from->table && from->table->select && select_has_values(from->table->select)));
}

static bool select_has_values(const Select *select)
{
    for (size_t i = 0; i < select->from.count; i++)
        if (from_has_values(select->from.items[i]))
            return true;
    return list_has_values(&select->columns) || list_has_values(&select->where) || list_has_values(&select->group_by) ||
           list_has_values(&select->having) || list_has_values(&select->order_by) || has_values(select->limit) ||
           has_values(select->offset) || (select->left && select_has_values(select->left)) ||
           (select->right && select_has_values(select->right));
}

// Source: SQLAlchemy 2.0.52 sql/elements.py, CompilerElement.compile(): without a bind or a dialect it is SQL of none.
bool statement_compile(Call *call)
{
    Alembic *a = call->a;
    const Value *bind = call_value(call, 0, "bind"), *dialect = call_value(call, 1, "dialect"),
                *options = call_value(call, SIZE_MAX, "compile_kwargs");
    bool is_ours = (bind && host_of(*bind, OBJECT_BIND)) || (dialect && host_of(*dialect, OBJECT_DIALECT));
    bool literal = false;
    if (!is_ours)
        return call_refuse(call, call->args->at, "Pass op.get_bind().", "compile() without a connection or its dialect");
    if (options && options->kind == VALUE_DICT) {
        const Value *binds = dict_get_str(options->dict, STR("literal_binds"));
        literal = binds && binds->kind == VALUE_BOOL && binds->boolean;
    }
    const Expr *expr = NULL;
    const Select *select = call->self->kind == OBJECT_SELECT ? ((SelectObject *)call->self)->select : NULL;
    if (!select && !to_expr(call, call->args->at, value_host(call->self), &expr))
        return false;
    if (!literal && (select ? select_has_values(select) : has_values(expr)))
        return call_refuse(call, call->args->at, "Pass compile_kwargs={\"literal_binds\": True}, or execute the statement.",
                           "a compiled text with placeholders for its values");
    Buf out = buf_open(a->arena);
    bool done = select ? sql_select(a->arena, interp_diag(call->in), a->style, select, &out)
                       : sql_expr(a->arena, interp_diag(call->in), a->style, expr, &out);
    if (!done)
        return interp_refused(call->in);
    NameObject *text = arena_new(a->arena, NameObject);
    *text = (NameObject){{.kind = OBJECT_NAME}, buf_str(&out)};
    *call->result = value_host(&text->host);
    return true;
}

// str(type) is the generic dialect's SQL, and what an inspector gives is the database's own type. Here stand those for which
// both are the same text wherever the type is built.
// Source: SQLAlchemy 2.0.52 sql/type_api.py, TypeEngine.__str__; the dialects' ischema_names.
bool type_text(Alembic *a, const TypeObject *object, Str *text)
{
    const Type *type = object->type;
    bool own_names = a->dialect->id == DIALECT_POSTGRESQL || a->dialect->id == DIALECT_SQLITE;
    if (object->class || type->processor || type->variants.count || type->collation.len || type->unsigned_ ||
        type->zerofill || (!own_names && a->dialect->id != DIALECT_MSSQL))
        return false;
    switch ((int)type->kind) {
    case TYPE_INTEGER:
    case TYPE_SQL_INTEGER:
    case TYPE_SQL_INT: *text = STR("INTEGER"); return true;
    case TYPE_SMALL_INTEGER:
    case TYPE_SQL_SMALLINT: *text = STR("SMALLINT"); return true;
    case TYPE_BIG_INTEGER:
    case TYPE_SQL_BIGINT: *text = STR("BIGINT"); return true;
    case TYPE_JSON: *text = STR("JSON"); return own_names;
    case TYPE_PG_JSONB: *text = STR("JSONB"); return own_names;
    case TYPE_DATE: *text = STR("DATE"); return own_names;
    case TYPE_TEXT: *text = STR("TEXT"); return own_names && type->length < 0;
    case TYPE_BOOLEAN:
    case TYPE_SQL_BOOLEAN: *text = STR("BOOLEAN"); return own_names;
    case TYPE_STRING:
    case TYPE_SQL_VARCHAR:
        *text = type->length < 0 ? STR("VARCHAR") : str_format(a->arena, "VARCHAR(%d)", type->length);
        return own_names;
    default: return false;
    }
}
