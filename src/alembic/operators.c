// What operators and methods of SQL expressions make of them.
#include "expr_int.h"
#include "statements_int.h"

// ---- operators ----

static bool is_json(const Expr *expr)
{
    return type_family(expr->type) == FAMILY_JSON;
}

static bool is_textual(const Expr *expr)
{
    return type_family(expr->type) == FAMILY_TEXT || (expr->kind == EXPR_LITERAL && expr->literal->kind == LITERAL_TEXT);
}

static ExprOp binary_op(BinaryOp op, const Expr *left, const Expr *right)
{
    switch (op) {
    case BINARY_ADD: return is_textual(left) || is_textual(right) ? EXPR_OP_CONCAT : EXPR_OP_ADD;
    case BINARY_SUB: return EXPR_OP_SUB;
    case BINARY_MUL: return EXPR_OP_MUL;
    case BINARY_DIV: return EXPR_OP_DIV;
    case BINARY_FLOORDIV: return EXPR_OP_FLOORDIV;
    case BINARY_MOD: return EXPR_OP_MOD;
    case BINARY_EQ: return EXPR_OP_EQ;
    case BINARY_NE: return EXPR_OP_NE;
    case BINARY_LT: return EXPR_OP_LT;
    case BINARY_LE: return EXPR_OP_LE;
    case BINARY_GT: return EXPR_OP_GT;
    case BINARY_GE: return EXPR_OP_GE;
    case BINARY_POW:
    case BINARY_MATMUL:
    case BINARY_AND:
    case BINARY_OR:
    case BINARY_XOR:
    case BINARY_LSHIFT:
    case BINARY_RSHIFT:
    case BINARY_IN:
    case BINARY_NOT_IN: break;
    }
    return EXPR_OP_CUSTOM;
}

static const Type *result_type(Alembic *a, ExprOp op, const Expr *left, const Expr *right)
{
    bool arithmetic = op <= EXPR_OP_CONCAT;
    if (arithmetic)
        return left->type ? left->type : right->type;
    return op >= EXPR_OP_EQ && op <= EXPR_OP_NOT_IN ? type_new(a->arena, TYPE_BOOLEAN) : NULL;
}

static Expr *make_binary(Alembic *a, ExprOp op, Span at, const Expr *left, const Expr *right)
{
    // = NULL and = true say IS, as SQLAlchemy does
    if ((op == EXPR_OP_EQ || op == EXPR_OP_NE) && right->kind == EXPR_NULL)
        op = op == EXPR_OP_EQ ? EXPR_OP_IS : EXPR_OP_IS_NOT;
    const Expr *sides[] = {left, right};
    Expr *expr = expr_make(a, EXPR_BINARY, op, at, 2, sides);
    expr->type = result_type(a, op, left, right);
    return expr;
}

// What is no SQL expression: it is equal to itself alone.
static bool is_object(Value v)
{
    static const ObjectKind kinds[] = {OBJECT_TABLE,       OBJECT_BIND,     OBJECT_TYPE,  OBJECT_TYPE_CLASS,
                                       OBJECT_DIALECT,     OBJECT_CONTEXT,  OBJECT_INDEX, OBJECT_CONSTRAINT,
                                       OBJECT_FOREIGN_KEY, OBJECT_METADATA, OBJECT_MODULE};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (host_of(v, kinds[i]))
            return true;
    return false;
}

bool expr_binary(Call *call, Span at, BinaryOp op, Value left, Value right, Value *result)
{
    Alembic *a = call->a;
    if (left.kind == VALUE_UNKNOWN || right.kind == VALUE_UNKNOWN) {
        *result = value_unknown_by(left.kind == VALUE_UNKNOWN ? left : right);
        return true;
    }
    if (host_of(left, OBJECT_RESULT) || host_of(right, OBJECT_RESULT) || op == BINARY_IN || op == BINARY_NOT_IN) {
        bool columns = host_of(right, OBJECT_COLUMNS) != NULL;
        Str name;
        if (columns && is_text(left, &name)) {   // "x" in table.c
            TableObject *table = (TableObject *)((FunctionObject *)right.host)->self;
            bool found = false;
            for (size_t i = 0; i < table->ref->columns.count; i++)
                found |= str_equal(table->ref->columns.items[i].name, name);
            *result = value_bool(found == (op == BINARY_IN));
            return true;
        }
        *result = value_unknown(interp_arena(call->in), at, STR("the rows of a query are known only to the database"),
                                STR(OVERRIDE_HINT));
        return true;
    }
    if (is_object(left) || is_object(right)) {
        bool same;
        if (op != BINARY_EQ && op != BINARY_NE)
            return interp_raise(call->in, at, STR("TypeError"), "unsupported operand types");
        if (!interp_same(call->in, at, left, right, &same))
            return false;
        *result = value_bool(same == (op == BINARY_EQ));
        return true;
    }
    const Expr *l, *r;
    bool typed = op != BINARY_AND && op != BINARY_OR;
    if (!to_operand(call, at, left, typed ? operand_type(right) : NULL, &l) ||
        !to_operand(call, at, right, typed ? operand_type(left) : NULL, &r))
        return false;
    if (op == BINARY_AND || op == BINARY_OR) {
        const Expr *sides[] = {l, r};
        *result = expr_value(a, expr_make(a, op == BINARY_AND ? EXPR_AND : EXPR_OR, EXPR_OP_EQ, at, 2, sides));
        return true;
    }
    ExprOp sql = binary_op(op, l, r);
    if (sql == EXPR_OP_CUSTOM)
        return call_refuse(call, at, "Write the expression with sa.text().",
                           "this operator has no meaning in a SQL expression");
    // a literal on the left of a comparison changes sides, as Python's reflected operators do
    bool flip = left.kind != VALUE_HOST && l->kind == EXPR_LITERAL && r->kind != EXPR_LITERAL && sql >= EXPR_OP_EQ &&
                sql <= EXPR_OP_GE;
    static const ExprOp flipped[] = {EXPR_OP_EQ, EXPR_OP_NE, EXPR_OP_GT, EXPR_OP_GE, EXPR_OP_LT, EXPR_OP_LE};
    *result = expr_value(a, flip ? make_binary(a, flipped[sql - EXPR_OP_EQ], at, r, l) : make_binary(a, sql, at, l, r));
    return true;
}

bool expr_unary(Call *call, Span at, UnaryOp op, HostObject *operand, Value *result)
{
    const Expr *expr;
    if (!to_expr(call, at, value_host(operand), &expr))
        return false;
    *result = expr_value(call->a, op == UNARY_INVERT ? negate(call->a, expr, at)
                                                     : expr_make(call->a, EXPR_UNARY, EXPR_OP_NEG, at, 1, &expr));
    return true;
}

// ---- methods ----

static bool self_expr(Call *call, const Expr **expr)
{
    return to_expr(call, call->args->at, value_host(call->self), expr);
}

static bool method_binary(Call *call)
{
    const Expr *left, *right;
    return self_expr(call, &left) && positional_operand(call, 0, left->type, &right) &&
           give_expr(call, make_binary(call->a, (ExprOp)call->extra, call->args->at, left, right));
}

// The ESCAPE of a LIKE; *escape is NULL when none is given.
static bool read_escape(Call *call, const Expr **escape)
{
    const Value *value = call_value(call, SIZE_MAX, "escape");
    *escape = NULL;
    return !value || value_is_none(*value) || to_expr(call, call->args->at, *value, escape);
}

// column.like("x", escape="/")
static bool method_like(Call *call)
{
    const Expr *left, *right, *escape;
    if (!self_expr(call, &left) || !positional_operand(call, 0, left->type, &right) || !read_escape(call, &escape))
        return false;
    if (call->args->positional > 1 && !value_is_none(call->args->items[1].value) &&
        !to_expr(call, call->args->at, call->args->items[1].value, &escape))
        return false;
    Expr *like = make_binary(call->a, (ExprOp)call->extra, call->args->at, left, right);
    like->extra = escape;
    return give_expr(call, like);
}

static bool method_is(Call *call)
{
    const Expr *left, *right;
    if (!self_expr(call, &left) || !positional_expr(call, 0, &right))
        return false;
    if (right->kind == EXPR_LITERAL && right->literal->kind == LITERAL_BOOL)
        right = expr_new(call->a, right->literal->boolean ? EXPR_TRUE : EXPR_FALSE, call->args->at);
    const Expr *sides[] = {left, right};
    return give_expr(call, expr_make(call->a, EXPR_BINARY, (ExprOp)call->extra, call->args->at, 2, sides));
}

static bool tuple_expr(Call *call, Value tuple, const Expr *beside, const Expr **expr)
{
    ExprList items = {0};
    for (size_t i = 0; i < tuple.list->values.count; i++) {
        const Expr *item;
        if (!to_operand(call, call->args->at, tuple.list->values.items[i], i < beside->count ? beside->args[i]->type : NULL,
                        &item))
            return false;
        vec_push(call->a->arena, &items, item);
    }
    *expr = expr_make(call->a, EXPR_LIST, EXPR_OP_EQ, call->args->at, items.count, items.items);
    return true;
}

// (SELECT expression)
static const Expr *selected(Call *call, const Expr *expr)
{
    Select *select = arena_new(call->a->arena, Select);
    Expr *made = expr_new(call->a, EXPR_SELECT, call->args->at);
    vec_push(call->a->arena, &select->columns, expr);
    made->select = select;
    made->type = expr->type;
    return made;
}

static bool method_in(Call *call)
{
    const Expr *left, *right;
    const Value *value = call_value(call, 0, "other");
    Value list;
    if (!value || !self_expr(call, &left) || !call_known(call, call->args->at, *value, "other"))
        return false;
    Str text;
    if (is_text(*value, &text) || value->kind == VALUE_BYTES)   // whose characters would be the list
        return interp_raise(call->in, call->args->at, STR("ArgumentError"),
                            "IN expression list, SELECT construct, or bound parameter object expected, got %.*s",
                            STR_ARGS(value_repr(call->a->arena, *value)));
    const ExprObject *bound = (const ExprObject *)host_of(*value, OBJECT_EXPR);
    Value items_of = bound && bound->given && bound->given->kind != VALUE_HOST ? *bound->given : *value;   // expanding=True
    if (items_of.kind == VALUE_HOST) {
        if (!to_expr(call, call->args->at, *value, &right))
            return false;
        if (right->kind == EXPR_FUNCTION)   // its rows
            right = selected(call, right);
    } else {
        ExprList items = {0};
        if (!interp_iterate(call->in, call->args->at, items_of, &list))
            return false;
        for (size_t i = 0; i < list.list->values.count; i++) {
            const Expr *item;
            Value one = list.list->values.items[i];
            bool tuple = left->kind == EXPR_LIST && (one.kind == VALUE_TUPLE || one.kind == VALUE_LIST);
            if (tuple ? !tuple_expr(call, one, left, &item) : !to_operand(call, call->args->at, one, left->type, &item))
                return false;
            vec_push(call->a->arena, &items, item);
        }
        right = expr_make(call->a, EXPR_LIST, EXPR_OP_EQ, call->args->at, items.count, items.items);
    }
    return give_expr(call, make_binary(call->a, (ExprOp)call->extra, call->args->at, left, right));
}

static bool method_custom(Call *call);

static bool method_op(Call *call)
{
    const Expr *left;
    int64_t precedence = 0;
    Str text;
    if (!self_expr(call, &left) || !call_need_name(call, 0, "opstring", &text) ||
        !call_int(call, 1, "precedence", &precedence, NULL))
        return false;
    Expr *half = expr_make(call->a, EXPR_BINARY, EXPR_OP_CUSTOM, call->args->at, 1, &left);
    half->text = text;
    half->precedence = (int32_t)precedence;
    ExprObject *object = arena_new(call->a->arena, ExprObject);
    *object = (ExprObject){.host = {.kind = OBJECT_EXPR}, .expr = half};
    *call->result = value_host(&function_new(call->a, "operator", method_custom, &object->host, 0)->host);
    return true;
}

static bool method_custom(Call *call)
{
    const Expr *half = ((ExprObject *)call->self)->expr, *right;
    if (!positional_operand(call, 0, half->args[0]->type, &right))
        return false;
    const Expr *sides[] = {half->args[0], right};
    Expr *expr = expr_make(call->a, EXPR_BINARY, EXPR_OP_CUSTOM, call->args->at, 2, sides);
    expr->text = half->text;
    expr->precedence = half->precedence;
    return give_expr(call, expr);
}

static bool method_label(Call *call)
{
    const Expr *inner;
    Str name;
    if (!self_expr(call, &inner) || !call_need_name(call, 0, "name", &name))
        return false;
    Expr *expr = expr_make(call->a, EXPR_LABEL, EXPR_OP_EQ, call->args->at, 1, &inner);
    expr->text = name;
    expr->type = inner->type;
    return give_expr(call, expr);
}

static bool method_between(Call *call)
{
    const Expr *args[3];
    return self_expr(call, &args[0]) && positional_operand(call, 0, args[0]->type, &args[1]) &&
           positional_operand(call, 1, args[0]->type, &args[2]) &&
           give_expr(call, expr_make(call->a, EXPR_BETWEEN, EXPR_OP_EQ, call->args->at, 3, args));
}

static bool method_collate(Call *call)
{
    const Expr *inner;
    Str name;
    if (!self_expr(call, &inner) || !call_need_name(call, 0, "collation", &name))
        return false;
    Expr *expr = expr_make(call->a, EXPR_COLLATE, EXPR_OP_EQ, call->args->at, 1, &inner);
    expr->text = name;
    expr->type = inner->type;
    return give_expr(call, expr);
}

// startswith(..., autoescape=True): what LIKE would read stands for itself.
static bool escape_pattern(Call *call, const Expr **text, const Expr **escape)
{
    Arena *arena = call->a->arena;
    bool autoescape = false;
    if (!read_escape(call, escape) || !call_bool(call, SIZE_MAX, "autoescape", &autoescape))
        return false;
    if (!autoescape)
        return true;
    bool literal = (*text)->kind == EXPR_LITERAL && (*text)->literal->kind == LITERAL_TEXT &&
                   (!*escape || ((*escape)->kind == EXPR_LITERAL && (*escape)->literal->kind == LITERAL_TEXT));
    if (!literal)
        return interp_raise(call->in, call->args->at, STR("TypeError"), "String value expected when autoescape=True");
    Literal *sign = arena_new(arena, Literal), *escaped = arena_new(arena, Literal);
    *sign = (Literal){.kind = LITERAL_TEXT, .text = *escape ? (*escape)->literal->text : STR("/")};
    Str result = (*text)->literal->text, e = sign->text;
    if (!str_equal(e, STR("%")) && !str_equal(e, STR("_")))
        result = str_replace(arena, result, e, str_format(arena, "%.*s%.*s", STR_ARGS(e), STR_ARGS(e)));
    result = str_replace(arena, result, STR("%"), str_format(arena, "%.*s%%", STR_ARGS(e)));
    result = str_replace(arena, result, STR("_"), str_format(arena, "%.*s_", STR_ARGS(e)));
    *escaped = (Literal){.kind = LITERAL_TEXT, .text = result};
    Expr *own = expr_new(call->a, EXPR_LITERAL, call->args->at),
         *own_escape = expr_new(call->a, EXPR_LITERAL, call->args->at);
    own->literal = escaped;
    own_escape->literal = sign;
    *text = own;
    *escape = own_escape;
    return true;
}

// column.startswith("x"): LIKE 'x' || '%'
static bool method_pattern(Call *call)
{
    const Expr *left, *right, *escape;
    if (!self_expr(call, &left) || !positional_operand(call, 0, left->type, &right) ||
        !escape_pattern(call, &right, &escape))
        return false;
    if (call->extra == 2 && (is_json(left) || type_family(left->type) == FAMILY_ARRAY))
        return give_expr(call, make_binary(call->a, EXPR_OP_CONTAINS, call->args->at, left, right));
    Expr *percent = expr_new(call->a, EXPR_RAW, call->args->at);
    percent->text = STR("'%'");
    const Expr *pattern = right;
    if (call->extra != 0) {
        const Expr *sides[] = {percent, pattern};
        pattern = expr_make(call->a, EXPR_BINARY, EXPR_OP_CONCAT, call->args->at, 2, sides);
    }
    if (call->extra != 1) {
        const Expr *sides[] = {pattern, percent};
        pattern = expr_make(call->a, EXPR_BINARY, EXPR_OP_CONCAT, call->args->at, 2, sides);
    }
    // (a LIKE 'x' || '%'): the concatenation binds closer than LIKE, and SQLAlchemy puts the parentheses around the whole
    const Expr *sides[] = {left, pattern};
    Expr *like = expr_make(call->a, EXPR_BINARY, EXPR_OP_LIKE, call->args->at, 2, sides);
    like->extra = escape;
    like->is_pattern = true;
    return give_expr(call, like);
}

static bool method_cast(Call *call)
{
    const Expr *inner;
    const Value *type = call_value(call, 0, "type_");
    if (!self_expr(call, &inner) || !type)
        return false;
    Expr *cast = expr_make(call->a, EXPR_CAST, EXPR_OP_EQ, call->args->at, 1, &inner);
    *call->result = expr_value(call->a, cast);
    return to_type(call, call->args->at, *type, &cast->type);
}

static bool method_bindparams(Call *call)
{
    const Expr *self = ((ExprObject *)call->self)->expr;
    ExprList binds = {0};
    for (size_t i = 0; i < self->count; i++)
        vec_push(call->a->arena, &binds, self->args[i]);
    for (size_t i = 0; i < call->args->count; i++) {
        const Arg *arg = &call->args->items[i];
        const Expr *value;
        if (!(arg->name.len ? to_bind(call, arg->at, arg->name, arg->value, &binds, &value)
                            : to_expr(call, arg->at, arg->value, &value)))
            return false;
        vec_push(call->a->arena, &binds, value);
    }
    Expr *expr = expr_make(call->a, EXPR_TEXT, EXPR_OP_EQ, self->at, binds.count, binds.items);
    expr->text = self->text;
    return give_expr(call, expr);
}

static bool method_same(Call *call)
{
    *call->result = value_host(call->self);
    return true;
}

static bool expr_list_argument(Call *call, const char *name, const Expr **list)
{
    const Value *value = call_value(call, SIZE_MAX, name);
    *list = NULL;
    if (!value || value_is_none(*value))
        return true;
    ExprList items = {0};
    Value many;
    bool single = value->kind == VALUE_HOST;
    if (!single && !interp_iterate(call->in, call->args->at, *value, &many))
        return false;
    for (size_t i = 0; i < (single ? 1 : many.list->values.count); i++) {
        const Expr *item;
        if (!to_expr(call, call->args->at, single ? *value : many.list->values.items[i], &item))
            return false;
        vec_push(call->a->arena, &items, item);
    }
    *list = expr_make(call->a, EXPR_LIST, EXPR_OP_EQ, call->args->at, items.count, items.items);
    return true;
}

static bool method_over(Call *call)
{
    const Expr *inner;
    if (!self_expr(call, &inner))
        return false;
    Expr *over = expr_make(call->a, EXPR_OVER, EXPR_OP_EQ, call->args->at, 1, &inner);
    *call->result = expr_value(call->a, over);
    return expr_list_argument(call, "partition_by", &over->extra) && expr_list_argument(call, "order_by", &over->extra2);
}

bool expr_attribute(Call *call, HostObject *object, Str name, Value *result, bool *found)
{
    static const Method methods[] = {
        {"in_", method_in, EXPR_OP_IN},
        {"not_in", method_in, EXPR_OP_NOT_IN},
        {"notin_", method_in, EXPR_OP_NOT_IN},
        {"is_", method_is, EXPR_OP_IS},
        {"is_not", method_is, EXPR_OP_IS_NOT},
        {"isnot", method_is, EXPR_OP_IS_NOT},
        {"is_distinct_from", method_binary, EXPR_OP_IS_DISTINCT},
        {"is_not_distinct_from", method_binary, EXPR_OP_IS_NOT_DISTINCT},
        {"isnot_distinct_from", method_binary, EXPR_OP_IS_NOT_DISTINCT},
        {"like", method_like, EXPR_OP_LIKE},
        {"not_like", method_like, EXPR_OP_NOT_LIKE},
        {"notlike", method_like, EXPR_OP_NOT_LIKE},
        {"ilike", method_like, EXPR_OP_ILIKE},
        {"not_ilike", method_like, EXPR_OP_NOT_ILIKE},
        {"notilike", method_like, EXPR_OP_NOT_ILIKE},
        {"regexp_match", method_binary, EXPR_OP_REGEXP},
        {"concat", method_binary, EXPR_OP_CONCAT},
        {"contained_by", method_binary, EXPR_OP_CONTAINED},
        {"has_key", method_binary, EXPR_OP_HAS_KEY},
        {"overlap", method_binary, EXPR_OP_OVERLAP},
        {"bitwise_and", method_binary, EXPR_OP_BIT_AND},
        {"bitwise_or", method_binary, EXPR_OP_BIT_OR},
        {"startswith", method_pattern, 0},
        {"endswith", method_pattern, 1},
        {"contains", method_pattern, 2},
        {"between", method_between, 0},
        {"collate", method_collate, 0},
        {"label", method_label, 0},
        {"cast", method_cast, 0},
        {"op", method_op, 0},
        {"bool_op", method_op, 0},
        {"asc", sa_ordered, 0},
        {"desc", sa_ordered, 1},
        {"nulls_first", sa_ordered, 2},
        {"nulls_last", sa_ordered, 3},
        {"nullsfirst", sa_ordered, 2},
        {"nullslast", sa_ordered, 3},
        {"distinct", sa_distinct, 0},
        {"over", method_over, 0},
        {"self_group", method_same, 0},
        {"execution_options", method_same, 0},
        {"scalar_subquery", method_same, 0},
        {"compile", statement_compile, 0},
    };
    const Expr *expr;
    *found = true;
    if (object->kind == OBJECT_EXPR && ((ExprObject *)object)->expr->kind == EXPR_TEXT) {
        static const Method text_methods[] = {{"bindparams", method_bindparams, 0}, {"columns", method_same, 0}};
        if (find_method(call, text_methods, 2, object, name, result))
            return true;
    }
    if (find_method(call, methods, sizeof methods / sizeof methods[0], object, name, result))
        return true;
    if (!to_expr(call, call->args->at, value_host(object), &expr))
        return false;
    if (str_equal(name, STR("astext"))) {
        Expr *text = arena_new(call->a->arena, Expr);
        *text = *expr;
        text->op = EXPR_OP_GET_TEXT;
        text->type = type_new(call->a->arena, TYPE_TEXT);
        *result = expr_value(call->a, text);
    } else if (str_equal(name, STR("name")) || str_equal(name, STR("key"))) {
        *result = value_str(expr->text);
    } else if (str_equal(name, STR("text"))) {
        *result = value_str(expr->text);
    } else if (str_equal(name, STR("type")) && expr->type) {
        const TableObject *table = expr->kind == EXPR_COLUMN && expr->table ? expr->table->object : NULL;
        bool reflected = table && table->table && table->table->id;
        if (reflected)
            note_reflected_type(call->a, table->table, expr->text);
        *result = reflected ? reflected_type(call->a, expr->type) : type_value_copy(call->a, expr->type);
    } else if (expr->kind == EXPR_COLUMN && str_equal(name, STR("table")) && (!expr->table || expr->table->object)) {
        *result = expr->table ? value_host(expr->table->object) : VALUE_OF_NONE;
    } else if (object->kind == OBJECT_COLUMN && str_equal(name, STR("nullable"))) {
        *result = value_bool(((ColumnObject *)object)->column->nullable);
    } else {
        *found = false;
    }
    return true;
}
