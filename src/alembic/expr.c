// SQL expressions: text(), column(), func.x(), case(), cast(), operators and the methods of what they give.
#include "expr_int.h"

bool positional_operand(Call *call, size_t at, const Type *beside, const Expr **expr)
{
    if (at >= call->args->positional)
        return interp_raise(call->in, call->args->at, STR("TypeError"), "%s() misses an argument", call->name);
    const Arg *arg = call_arg(call, at, "");
    return to_operand(call, arg->at, arg->value, beside, expr);
}

bool positional_expr(Call *call, size_t at, const Expr **expr)
{
    return positional_operand(call, at, NULL, expr);
}

bool give_expr(Call *call, Expr *expr)
{
    *call->result = expr_value(call->a, expr);
    return true;
}

static bool sa_text(Call *call)
{
    Expr *expr = expr_new(call->a, EXPR_TEXT, call->args->at);
    *call->result = expr_value(call->a, expr);
    return call_need_name(call, 0, "text", &expr->text);
}

// Adds a piece of DDL()'s text, in which a colon is no parameter's.
static void add_ddl_text(Buf *out, Str piece)
{
    for (size_t i = 0; i < piece.len; i++) {
        bool is_colon = piece.ptr[i] == ':' && (!i || piece.ptr[i - 1] != ':') &&
                        (i + 1 == piece.len || piece.ptr[i + 1] != ':');
        if (is_colon)
            buf_add_char(out, '\\');
        buf_add_char(out, piece.ptr[i]);
    }
}

// DDL("... %(name)s ... %%", context={"name": ...}): what Python's % makes of it. What the table would give that it is
// listened for is not known where it is executed by itself.
// Source: SQLAlchemy 2.0.52 sql/compiler.py, DDLCompiler.visit_ddl.
static bool sa_ddl(Call *call)
{
    Expr *expr = expr_new(call->a, EXPR_TEXT, call->args->at);
    const Value *context = call_value(call, 1, "context");
    Buf out = buf_open(call->a->arena);
    Str text;
    *call->result = expr_value(call->a, expr);
    if (!call_need_name(call, 0, "statement", &text))
        return false;
    for (Str rest = text; rest.len;) {
        size_t percent = str_find_char(rest, '%', 0);
        percent = percent == SIZE_MAX ? rest.len : percent;
        add_ddl_text(&out, str_slice(rest, 0, percent));
        rest = str_slice(rest, percent, rest.len);
        size_t end = rest.len > 1 && rest.ptr[1] == '(' ? str_find(rest, STR(")s"), 0) : SIZE_MAX;
        if (!rest.len)
            break;
        if (str_starts(rest, STR("%%"))) {
            buf_add_char(&out, '%');
            rest = str_slice(rest, 2, rest.len);
            continue;
        }
        if (end == SIZE_MAX)
            return call_refuse(call, call->args->at, "Write %% for a percent sign.",
                               "a percent sign in DDL() that stands for nothing");
        Str key = str_slice(rest, 2, end);
        const Value *given = context && context->kind == VALUE_DICT ? dict_get_str(context->dict, key) : NULL;
        if (!given || given->kind == VALUE_UNKNOWN || given->kind == VALUE_HOST) {
            *call->result = given && given->kind == VALUE_UNKNOWN
                                ? *given
                                : value_unknown(
                                      call->a->arena, call->args->at,
                                      str_format(call->a->arena, "DDL() is not told what \"%.*s\" is", STR_ARGS(key)),
                                      STR("Write it into the text, or pass it by context=."));
            return true;
        }
        add_ddl_text(&out, value_text(call->a->arena, *given));
        rest = str_slice(rest, end + 2, rest.len);
    }
    expr->text = buf_str(&out);
    return true;
}

static bool sa_literal_column(Call *call)
{
    Expr *expr = expr_new(call->a, EXPR_RAW, call->args->at);
    const Value *type = call_value(call, 1, "type_");
    *call->result = expr_value(call->a, expr);
    return call_need_name(call, 0, "text", &expr->text) && (!type || to_type(call, call->args->at, *type, &expr->type));
}

static bool sa_column(Call *call)
{
    Expr *expr = expr_new(call->a, EXPR_COLUMN, call->args->at);
    const Value *type = call_value(call, 1, "type_");
    *call->result = expr_value(call->a, expr);
    return call_need_name(call, 0, "text", &expr->text) && (!type || to_type(call, call->args->at, *type, &expr->type));
}

// The call's result is an expression of a value that has no type yet. Returns whether it is nothing without one.
static bool note_untyped(Call *call, Value value)
{
    ExprObject *object = (ExprObject *)call->result->host;
    bool member = value.kind == VALUE_INSTANCE && value.instance->class->is_enum;
    Value *given = value_boxed(call->a->arena, value);
    object->given = given;
    object->needs_type = member && !instance_plain(value.instance);
    return object->needs_type;
}

static bool sa_literal(Call *call)
{
    const Value *value = call_value(call, 0, "value"), *type = call_value(call, 1, "type_");
    Expr *expr = expr_new(call->a, EXPR_LITERAL, call->args->at);
    Literal *literal = arena_new(call->a->arena, Literal);
    expr->literal = literal;
    *call->result = expr_value(call->a, expr);
    if (!value || (type && !to_type(call, call->args->at, *type, &expr->type)))
        return false;
    if (!expr->type && note_untyped(call, *value))
        return true;
    if (!to_literal(call, call->args->at, *value, expr->type, literal))
        return false;
    // its own type, whatever stands beside it
    TypeKind own = literal->kind == LITERAL_BOOL      ? TYPE_BOOLEAN
                   : literal->kind == LITERAL_INTEGER ? TYPE_INTEGER
                   : literal->kind == LITERAL_FLOAT   ? TYPE_FLOAT
                   : literal->kind == LITERAL_TEXT    ? TYPE_STRING
                                                      : TYPE_COUNT;
    if (!expr->type && own != TYPE_COUNT && value->kind != VALUE_INSTANCE)
        expr->type = type_new(call->a->arena, own);
    return true;
}

static bool sa_bindparam(Call *call)
{
    Expr *expr = expr_new(call->a, EXPR_BIND, call->args->at);
    const Value *value = call_value(call, 1, "value"), *type = call_value(call, 2, "type_");
    *call->result = expr_value(call->a, expr);
    if (!call_need_name(call, 0, "key", &expr->text) || !call_bool(call, SIZE_MAX, "expanding", &expr->is_expanding) ||
        (type && !to_type(call, call->args->at, *type, &expr->type)))
        return false;
    if (!value || (!expr->type && note_untyped(call, *value)))
        return true;
    const Expr *inner;
    if (!(expr->type ? to_operand(call, call->args->at, *value, expr->type, &inner)
                     : to_expr(call, call->args->at, *value, &inner)))
        return false;
    const Value *given = ((ExprObject *)call->result->host)->given;
    const Type *bound = expr->type;
    bool expands = expr->is_expanding;
    Str name = expr->text;
    expr = expr_make(call->a, EXPR_BIND, EXPR_OP_EQ, call->args->at, 1, &inner);
    expr->text = name;
    expr->type = bound;
    expr->is_expanding = expands;
    give_expr(call, expr);
    ((ExprObject *)call->result->host)->given = given;
    return true;
}

static bool sa_constant(Call *call)
{
    Expr *expr = expr_new(call->a, (ExprKind)call->extra, call->args->at);
    expr->type = call->extra == EXPR_NULL ? NULL : type_new(call->a->arena, TYPE_BOOLEAN);
    return give_expr(call, expr);
}

static bool sa_junction(Call *call)
{
    ExprList items = {0};
    for (size_t i = 0; i < call->args->positional; i++) {
        const Expr *item;
        Str text;
        Value value = call->args->items[i].value;
        if (value.kind == VALUE_BOOL) {   // and_(True, ...)
            Expr *constant = expr_new(call->a, value.boolean ? EXPR_TRUE : EXPR_FALSE, call->args->at);
            if (value.boolean == (call->extra == EXPR_AND))
                continue;
            item = constant;
        } else if (is_text(value, &text)) {
            return interp_raise(call->in, call->args->items[i].at, STR("ArgumentError"),
                                "Textual SQL expression %.*s should be explicitly declared as text(...)",
                                STR_ARGS(value_repr(call->a->arena, value)));
        } else if (!to_sql_expr(call, call->args->items[i].at, value, &item)) {
            return false;
        }
        vec_push(call->a->arena, &items, item);
    }
    return give_expr(call, expr_make(call->a, (ExprKind)call->extra, EXPR_OP_EQ, call->args->at, items.count, items.items));
}

Expr *negate(Alembic *a, const Expr *expr, Span at)
{
    static const struct {
        ExprOp op, opposite;
    } pairs[] = {{EXPR_OP_EQ, EXPR_OP_NE},
                 {EXPR_OP_LT, EXPR_OP_GE},
                 {EXPR_OP_LE, EXPR_OP_GT},
                 {EXPR_OP_IN, EXPR_OP_NOT_IN},
                 {EXPR_OP_LIKE, EXPR_OP_NOT_LIKE},
                 {EXPR_OP_ILIKE, EXPR_OP_NOT_ILIKE},
                 {EXPR_OP_IS, EXPR_OP_IS_NOT},
                 {EXPR_OP_REGEXP, EXPR_OP_NOT_REGEXP},
                 {EXPR_OP_IS_DISTINCT, EXPR_OP_IS_NOT_DISTINCT}};
    for (size_t i = 0; expr->kind == EXPR_BINARY && i < sizeof pairs / sizeof pairs[0]; i++) {
        bool forth = expr->op == pairs[i].op, back = expr->op == pairs[i].opposite;
        if (!forth && !back)
            continue;
        Expr *negated = expr_make(a, EXPR_BINARY, forth ? pairs[i].opposite : pairs[i].op, at, 2, expr->args);
        negated->extra = expr->extra;   // ESCAPE
        return negated;
    }
    if (expr->kind == EXPR_BETWEEN)
        return expr_make(a, EXPR_BETWEEN, expr->op == EXPR_OP_NOT ? EXPR_OP_EQ : EXPR_OP_NOT, at, 3, expr->args);
    if (expr->kind == EXPR_TRUE || expr->kind == EXPR_FALSE)
        return expr_new(a, expr->kind == EXPR_TRUE ? EXPR_FALSE : EXPR_TRUE, at);
    return expr_make(a, EXPR_UNARY, EXPR_OP_NOT, at, 1, &expr);
}

static bool sa_not(Call *call)
{
    const Expr *expr;
    return positional_expr(call, 0, &expr) && give_expr(call, negate(call->a, expr, call->args->at));
}

static bool sa_cast(Call *call)
{
    const Expr *inner;
    const Value *value = call_value(call, 0, "expression"), *type = call_value(call, 1, "type_");
    const Type *target;
    if (!value || !type)
        return interp_raise(call->in, call->args->at, STR("TypeError"), "cast() misses an argument");
    if (!to_type(call, call->args->at, *type, &target) || !to_operand(call, call->args->at, *value, target, &inner))
        return false;
    if (call->extra) {   // type_coerce(): the same SQL, another type
        Expr *same = arena_new(call->a->arena, Expr);
        *same = *inner;
        same->type = target;
        return give_expr(call, same);
    }
    Expr *cast = expr_make(call->a, EXPR_CAST, EXPR_OP_EQ, call->args->at, 1, &inner);
    cast->type = target;
    return give_expr(call, cast);
}

static bool push_when(Call *call, ExprList *items, Value condition, Value value)
{
    const Expr *when, *then;
    if (!to_expr(call, call->args->at, condition, &when) || !to_operand(call, call->args->at, value, NULL, &then))
        return false;
    vec_push(call->a->arena, items, when);
    vec_push(call->a->arena, items, then);
    return true;
}

// case((condition, value), ..., else_=), case([(...), ...]), case({value: result}, value=column)
static bool sa_case(Call *call)
{
    ExprList items = {0};
    Value whens = value_list(call->a->arena, VALUE_LIST);
    for (size_t i = 0; i < call->args->positional; i++)
        vec_push(call->a->arena, &whens.list->values, call->args->items[i].value);
    const Value *named = call_value(call, SIZE_MAX, "whens");
    if (named)
        vec_push(call->a->arena, &whens.list->values, *named);
    if (whens.list->values.count == 1 && whens.list->values.items[0].kind == VALUE_LIST)
        whens = whens.list->values.items[0];
    for (size_t i = 0; i < whens.list->values.count; i++) {
        Value when = whens.list->values.items[i];
        if (!call_known(call, call->args->at, when, "whens"))
            return false;
        if (when.kind == VALUE_DICT) {
            for (size_t k = 0; k < when.dict->items.count; k++)
                if (!push_when(call, &items, when.dict->items.items[k].key, when.dict->items.items[k].value))
                    return false;
        } else if ((when.kind == VALUE_TUPLE || when.kind == VALUE_LIST) && when.list->values.count == 2) {
            if (!push_when(call, &items, when.list->values.items[0], when.list->values.items[1]))
                return false;
        } else {
            return call_refuse(call, call->args->at, "Write each as (condition, value).",
                               "an argument of case() is no pair");
        }
    }
    const Value *otherwise = call_value(call, SIZE_MAX, "else_"), *operand = call_value(call, SIZE_MAX, "value");
    const Expr *last, *extra = NULL;
    bool has_else = otherwise && !value_is_none(*otherwise);
    if (has_else) {
        if (!to_operand(call, call->args->at, *otherwise, NULL, &last))
            return false;
        vec_push(call->a->arena, &items, last);
    }
    if (operand && !value_is_none(*operand) && !to_expr(call, call->args->at, *operand, &extra))
        return false;
    Expr *expr = expr_make(call->a, EXPR_CASE, EXPR_OP_EQ, call->args->at, items.count, items.items);
    expr->extra = extra;
    if (items.count > 1)
        expr->type = items.items[items.count - (has_else ? 2 : 1)]->type;
    return give_expr(call, expr);
}

// A text among what is sorted by is a column's name, not a value.
static bool ordered_operand(Call *call, const Expr **inner)
{
    Str name;
    if (call->self)
        return to_expr(call, call->args->at, value_host(call->self), inner);
    const Value *value = call_value(call, 0, "column");
    if (!value || !is_text(*value, &name) || !name.len)
        return value ? to_sql_expr(call, call->args->at, *value, inner) : positional_expr(call, 0, inner);
    Expr *column = expr_new(call->a, EXPR_COLUMN, call->args->at);
    column->text = name;
    *inner = column;
    return call_writable(call, call->args->at, name);
}

bool sa_ordered(Call *call)
{
    static const char *const words[] = {"ASC", "DESC", "NULLS FIRST", "NULLS LAST"};
    const Expr *inner;
    if (!ordered_operand(call, &inner))
        return false;
    Expr *expr = expr_make(call->a, EXPR_ORDER, EXPR_OP_EQ, call->args->at, 1, &inner);
    expr->text = str_from(words[call->extra]);
    return give_expr(call, expr);
}

bool sa_distinct(Call *call)
{
    const Expr *inner;
    return (call->self ? to_expr(call, call->args->at, value_host(call->self), &inner) : positional_expr(call, 0, &inner)) &&
           give_expr(call, expr_make(call->a, EXPR_DISTINCT, EXPR_OP_EQ, call->args->at, 1, &inner));
}

static bool sa_tuple(Call *call)
{
    ExprList items = {0};
    for (size_t i = 0; i < call->args->positional; i++) {
        const Expr *item;
        if (!positional_expr(call, i, &item))
            return false;
        vec_push(call->a->arena, &items, item);
    }
    return give_expr(call, expr_make(call->a, EXPR_LIST, EXPR_OP_EQ, call->args->at, items.count, items.items));
}

static bool sa_between(Call *call)
{
    const Expr *args[3];
    for (size_t i = 0; i < 3; i++)
        if (!positional_operand(call, i, i ? args[0]->type : NULL, &args[i]))
            return false;
    return give_expr(call, expr_make(call->a, EXPR_BETWEEN, EXPR_OP_EQ, call->args->at, 3, args));
}

static bool sa_extract(Call *call)
{
    const Expr *inner;
    Str field;
    if (!call_need_name(call, 0, "field", &field) || !positional_expr(call, 1, &inner))
        return false;
    Expr *expr = expr_make(call->a, EXPR_EXTRACT, EXPR_OP_EQ, call->args->at, 1, &inner);
    expr->text = field;
    return give_expr(call, expr);
}

static bool sa_any_all(Call *call)
{
    const Expr *inner;
    return positional_expr(call, 0, &inner) &&
           give_expr(call, expr_make(call->a, EXPR_UNARY, (ExprOp)call->extra, call->args->at, 1, &inner));
}

static bool default_clause(Call *call)
{
    const Value *value = call_value(call, 0, "arg");
    *call->result = value ? *value : VALUE_OF_NONE;
    return true;
}

// ---- func.x(...) ----

static const Type *function_type(Alembic *a, Str name, const ExprList *args)
{
    static const struct {
        const char *name;
        TypeKind kind;
    } known[] = {{"count", TYPE_INTEGER},
                 {"now", TYPE_DATETIME},
                 {"current_timestamp", TYPE_DATETIME},
                 {"char_length", TYPE_INTEGER},
                 {"concat", TYPE_STRING}};
    static const char *const same[] = {"max", "min", "sum", "coalesce"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (str_equal(name, str_from(known[i].name)))
            return type_new(a->arena, known[i].kind);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        if (str_equal(name, str_from(same[i])) && args->count)
            return args->items[0]->type;
    return NULL;
}

bool call_func(Call *call, FuncObject *func)
{
    ExprList args = {0};
    for (size_t i = 0; i < call->args->positional; i++) {
        const Expr *item;
        if (!positional_expr(call, i, &item))
            return false;
        vec_push(call->a->arena, &args, item);
    }
    Expr *expr = expr_make(call->a, EXPR_FUNCTION, EXPR_OP_EQ, call->args->at, args.count, args.items);
    const Value *type = call_value(call, SIZE_MAX, "type_");
    expr->text = func->name;
    expr->type = function_type(call->a, func->name, &args);
    if (type && !to_type(call, call->args->at, *type, &expr->type))
        return false;
    if (str_equal(func->name, STR("cast")) && args.count == 2)
        return call_refuse(call, call->args->at, "Write sa.cast(value, type).", "func.cast() is not CAST");
    return give_expr(call, expr);
}

// A default that the server has by other means: none is written.
static bool fetched_value(Call *call)
{
    *call->result = VALUE_OF_NONE;
    return true;
}

void open_expr_functions(Alembic *a, ModuleObject *module)
{
    static const Method functions[] = {
        {"text", sa_text, 0},
        {"literal_column", sa_literal_column, 0},
        {"column", sa_column, 0},
        {"literal", sa_literal, 0},
        {"bindparam", sa_bindparam, 0},
        {"null", sa_constant, EXPR_NULL},
        {"true", sa_constant, EXPR_TRUE},
        {"false", sa_constant, EXPR_FALSE},
        {"and_", sa_junction, EXPR_AND},
        {"or_", sa_junction, EXPR_OR},
        {"not_", sa_not, 0},
        {"cast", sa_cast, 0},
        {"type_coerce", sa_cast, 1},
        {"case", sa_case, 0},
        {"asc", sa_ordered, 0},
        {"desc", sa_ordered, 1},
        {"nulls_first", sa_ordered, 2},
        {"nulls_last", sa_ordered, 3},
        {"nullsfirst", sa_ordered, 2},
        {"nullslast", sa_ordered, 3},
        {"distinct", sa_distinct, 0},
        {"between", sa_between, 0},
        {"tuple_", sa_tuple, 0},
        {"extract", sa_extract, 0},
        {"any_", sa_any_all, EXPR_OP_ANY},
        {"all_", sa_any_all, EXPR_OP_ALL},
        {"DefaultClause", default_clause, 0},
        {"DDL", sa_ddl, 0},
        {"FetchedValue", fetched_value, 0},
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        module_function(a, module, functions[i].name, functions[i].handler, functions[i].extra);
    FuncObject *func = arena_new(a->arena, FuncObject);
    func->host.kind = OBJECT_FUNC;
    module_add(a, module, "func", &func->host);
}
