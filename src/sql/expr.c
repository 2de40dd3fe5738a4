// Expressions and SELECT as SQLAlchemy Core writes them: its precedences decide the parentheses.
// Source: SQLAlchemy 2.0.52 sql/operators.py (_PRECEDENCE), sql/compiler.py.
#include "sql_int.h"

enum {
    PRECEDENCE_LIST = -1,
    PRECEDENCE_OR = 2,
    PRECEDENCE_AND = 3,
    PRECEDENCE_COLLATE = 4,
    PRECEDENCE_COMPARE = 5,
    PRECEDENCE_ADD = 7,
    PRECEDENCE_MUL = 8,
    PRECEDENCE_GET = 15,
    PRECEDENCE_ATOM = 100,
};

static const struct {
    const char *sql;
    int precedence;
    bool associative;   // a op (b op c) needs no parentheses
} ops[] = {
    [EXPR_OP_ADD] = {"+", PRECEDENCE_ADD, true},
    [EXPR_OP_SUB] = {"-", PRECEDENCE_ADD, false},
    [EXPR_OP_MUL] = {"*", PRECEDENCE_MUL, true},
    [EXPR_OP_DIV] = {"/", PRECEDENCE_MUL, false},
    [EXPR_OP_FLOORDIV] = {"/", PRECEDENCE_MUL, false},
    [EXPR_OP_MOD] = {"%", PRECEDENCE_MUL, false},
    [EXPR_OP_CONCAT] = {"||", PRECEDENCE_COMPARE, true},
    [EXPR_OP_EQ] = {"=", PRECEDENCE_COMPARE, false},
    [EXPR_OP_NE] = {"!=", PRECEDENCE_COMPARE, false},
    [EXPR_OP_LT] = {"<", PRECEDENCE_COMPARE, false},
    [EXPR_OP_LE] = {"<=", PRECEDENCE_COMPARE, false},
    [EXPR_OP_GT] = {">", PRECEDENCE_COMPARE, false},
    [EXPR_OP_GE] = {">=", PRECEDENCE_COMPARE, false},
    [EXPR_OP_LIKE] = {"LIKE", PRECEDENCE_COMPARE, false},
    [EXPR_OP_NOT_LIKE] = {"NOT LIKE", PRECEDENCE_COMPARE, false},
    [EXPR_OP_ILIKE] = {"ILIKE", PRECEDENCE_COMPARE, false},
    [EXPR_OP_NOT_ILIKE] = {"NOT ILIKE", PRECEDENCE_COMPARE, false},
    [EXPR_OP_REGEXP] = {"~", PRECEDENCE_COMPARE, false},
    [EXPR_OP_NOT_REGEXP] = {"!~", PRECEDENCE_COMPARE, false},
    [EXPR_OP_IS] = {"IS", PRECEDENCE_COMPARE, false},
    [EXPR_OP_IS_NOT] = {"IS NOT", PRECEDENCE_COMPARE, false},
    [EXPR_OP_IS_DISTINCT] = {"IS DISTINCT FROM", PRECEDENCE_COMPARE, false},
    [EXPR_OP_IS_NOT_DISTINCT] = {"IS NOT DISTINCT FROM", PRECEDENCE_COMPARE, false},
    [EXPR_OP_IN] = {"IN", PRECEDENCE_COMPARE, false},
    [EXPR_OP_NOT_IN] = {"NOT IN", PRECEDENCE_COMPARE, false},
    [EXPR_OP_CUSTOM] = {NULL, 0, false},
    [EXPR_OP_GET] = {"->", PRECEDENCE_GET, false},
    [EXPR_OP_GET_TEXT] = {"->>", PRECEDENCE_GET, false},
    [EXPR_OP_CONTAINS] = {"@>", PRECEDENCE_COMPARE, false},
    [EXPR_OP_CONTAINED] = {"<@", PRECEDENCE_COMPARE, false},
    [EXPR_OP_HAS_KEY] = {"?", PRECEDENCE_COMPARE, false},
    [EXPR_OP_OVERLAP] = {"&&", PRECEDENCE_COMPARE, false},
    [EXPR_OP_BIT_AND] = {"&", PRECEDENCE_ADD, false},
    [EXPR_OP_BIT_OR] = {"|", PRECEDENCE_ADD, false},
    [EXPR_OP_BIT_XOR] = {"#", PRECEDENCE_ADD, false},
    [EXPR_OP_NOT] = {"NOT", PRECEDENCE_COMPARE, false},
    [EXPR_OP_NEG] = {"-", PRECEDENCE_MUL, false},
    [EXPR_OP_ANY] = {"ANY", PRECEDENCE_GET, false},
    [EXPR_OP_ALL] = {"ALL", PRECEDENCE_GET, false},
};

// Functions that are written without parentheses when they have no arguments.
static const char *const bare_functions[] = {"current_date", "current_time", "current_timestamp",
                                             "current_user", "localtime",    "localtimestamp",
                                             "session_user", "user",         "sysdate"};

int expr_precedence(const Expr *expr)
{
    switch (expr->kind) {
    case EXPR_BINARY:
    case EXPR_UNARY: return expr->op == EXPR_OP_CUSTOM ? expr->precedence : ops[expr->op].precedence;
    case EXPR_AND: return expr->count > 1 ? PRECEDENCE_AND : expr_precedence(expr->args[0]);
    case EXPR_OR: return expr->count > 1 ? PRECEDENCE_OR : expr_precedence(expr->args[0]);
    case EXPR_COLLATE: return PRECEDENCE_COLLATE;
    case EXPR_BETWEEN: return PRECEDENCE_COMPARE;
    case EXPR_ORDER: return PRECEDENCE_AND;
    case EXPR_LITERAL:
    case EXPR_NULL:
    case EXPR_TRUE:
    case EXPR_FALSE:
    case EXPR_RAW:
    case EXPR_TEXT:
    case EXPR_BIND:
    case EXPR_COLUMN:
    case EXPR_LIST:
    case EXPR_FUNCTION:
    case EXPR_CASE:
    case EXPR_CAST:
    case EXPR_EXTRACT:
    case EXPR_LABEL:
    case EXPR_SELECT:
    case EXPR_EXISTS:
    case EXPR_DISTINCT:
    case EXPR_OVER:
    case EXPR_DEFAULT:
    case EXPR_SEQUENCE:
    case EXPR_STAR: return PRECEDENCE_ATOM;
    }
    return PRECEDENCE_ATOM;
}

static void put(Writer *w, const char *text)
{
    buf_add(w->out, str_from(text));
}

static bool write_grouped(Writer *w, const Expr *expr, bool group)
{
    if (group)
        buf_add_char(w->out, '(');
    if (!write_expr(w, expr))
        return false;
    if (group)
        buf_add_char(w->out, ')');
    return true;
}

// An operand of an operator with that precedence.
static bool write_operand(Writer *w, const Expr *expr, int against, bool same_associative)
{
    int own = expr_precedence(expr);
    bool group = own != PRECEDENCE_ATOM && own <= against && !(own == against && same_associative);
    // a text fragment next to an operator may hold operators of its own
    group |= expr->kind == EXPR_TEXT && against > PRECEDENCE_AND;
    return write_grouped(w, expr, group);
}

static bool is_boolean(const Expr *expr)
{
    return expr->kind == EXPR_COLUMN && type_family(expr->type) == FAMILY_BOOLEAN;
}

// A condition: databases without booleans need a comparison for a bare column.
static bool write_condition(Writer *w, const Expr *expr, int against)
{
    if (w->dialect->has_native_boolean)
        return write_operand(w, expr, against, false);
    if (is_boolean(expr)) {
        if (!write_expr(w, expr))
            return false;
        put(w, " = 1");
        return true;
    }
    if (expr->kind == EXPR_TRUE || expr->kind == EXPR_FALSE) {
        buf_addf(w->out, "%s = 1", expr->kind == EXPR_TRUE ? w->dialect->true_text : w->dialect->false_text);
        return true;
    }
    return write_operand(w, expr, against, false);
}

static bool write_list(Writer *w, const Expr *const *items, size_t count, const char *separator)
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            put(w, separator);
        if (!write_expr(w, items[i]))
            return false;
    }
    return true;
}

static bool write_junction(Writer *w, const Expr *expr)
{
    int precedence = expr->kind == EXPR_AND ? PRECEDENCE_AND : PRECEDENCE_OR;
    if (expr->count == 0) {
        put(w, expr->kind == EXPR_AND ? "1 = 1" : "0 = 1");
        return true;
    }
    for (size_t i = 0; i < expr->count; i++) {
        if (i)
            put(w, expr->kind == EXPR_AND ? " AND " : " OR ");
        if (!write_condition(w, expr->args[i], expr->count > 1 ? precedence : PRECEDENCE_LIST - 1))
            return false;
    }
    return true;
}

// A value beside a column takes the column's type.
static const Type *partner_type(const Expr *expr)
{
    return expr->kind == EXPR_COLUMN || expr->kind == EXPR_CAST || expr->kind == EXPR_FUNCTION ? expr->type : NULL;
}

static bool holds_fraction(const Literal *literal)
{
    bool holds = literal->kind == LITERAL_FLOAT || literal->kind == LITERAL_DECIMAL;
    for (size_t i = 0; literal->kind == LITERAL_ARRAY && i < literal->count; i++)
        holds |= holds_fraction(&literal->items[i]);
    return holds;
}

// Whether the value would be another number as the integer that its place has the type of.
static bool is_cut(const Expr *expr, const Type *type)
{
    if (expr->kind == EXPR_BIND && expr->count && !expr->type)
        expr = expr->args[0];
    return type_family(type) == FAMILY_INTEGER && expr->kind == EXPR_LITERAL && !expr->type && holds_fraction(expr->literal);
}

// Beside a column of another kind a value keeps a type of its own.
// Source: SQLAlchemy 2.0.52 sql/type_api.py, coerce_compared_value.
static bool keeps_own_type(const Expr *expr, const Type *type)
{
    if (is_cut(expr, type))
        return true;
    if (expr->kind != EXPR_LITERAL)
        return false;
    TypeFamily family = type_family(type);
    bool dates = family == FAMILY_DATE || family == FAMILY_TIME || family == FAMILY_DATETIME || family == FAMILY_INTERVAL;
    bool numbers = family == FAMILY_INTEGER || family == FAMILY_NUMERIC || family == FAMILY_FLOAT;
    LiteralKind kind = expr->literal->kind;
    if (kind == LITERAL_TEXT)
        return dates || numbers;
    return family == FAMILY_TEXT &&
           (kind == LITERAL_INTEGER || kind == LITERAL_FLOAT || kind == LITERAL_DECIMAL || kind == LITERAL_BOOL);
}

static bool write_side(Writer *w, const Expr *expr, const Type *type, int precedence, bool associative)
{
    type = keeps_own_type(expr, type) ? NULL : type;
    if ((expr->kind == EXPR_LITERAL || expr->kind == EXPR_BIND) && !expr->type && type && type_family(type) != FAMILY_NONE)
        return write_value(w, expr, type);
    if (expr->kind == EXPR_LIST) {
        buf_add_char(w->out, '(');
        for (size_t i = 0; i < expr->count; i++) {
            if (i)
                put(w, ", ");
            if (!write_side(w, expr->args[i], type, PRECEDENCE_LIST, false))
                return false;
        }
        buf_add_char(w->out, ')');
        return true;
    }
    return write_operand(w, expr, precedence, associative);
}

static bool write_empty_in(Writer *w, const Expr *expr)
{
    // x IN () : never true; x NOT IN () : always true
    if (!write_operand(w, expr->args[0], PRECEDENCE_COMPARE, false))
        return false;
    bool in = expr->op == EXPR_OP_IN;
    if (w->dialect->id == DIALECT_SQLITE)   // which has no row from IN (NULL)
        put(w, in ? " IN (SELECT 1 FROM (SELECT 1) WHERE 1!=1)" : " NOT IN (SELECT 1 FROM (SELECT 1) WHERE 1!=1)");
    else
        put(w, in ? " IN (NULL) AND (1 != 1)" : " NOT IN (NULL) OR (1 = 1)");
    return true;
}

static bool write_escape(Writer *w, const Expr *expr)
{
    if (!expr->extra)
        return true;
    put(w, " ESCAPE ");
    return write_expr(w, expr->extra);
}

// The dialect's own way to write an operator, or NULL.
static const OperatorForm *operator_form(const Writer *w, ExprOp op)
{
    for (const OperatorForm *form = w->dialect->operators; form->prefix; form++)
        if (form->op == op)
            return form;
    return NULL;
}

// A function's or a query's form takes its sides as they are; an infix keeps the operator's precedence.
static bool write_form(Writer *w, const Expr *expr, const OperatorForm *form)
{
    bool call = form->suffix[0] == ')' || form->suffix[0] == ',';
    const Expr *first = expr->args[0];
    if (call && ops[expr->op].associative && first->kind == EXPR_BINARY && first->op == expr->op) {
        // concat(a, b, c)
        const Expr *sides[] = {first->args[0], first->args[1], expr->args[1]};
        put(w, form->prefix);
        if (!write_list(w, sides, 3, form->infix))
            return false;
        put(w, form->suffix);
        return true;
    }
    int precedence = call ? PRECEDENCE_LIST : expr_precedence(expr);
    put(w, form->prefix);
    bool flat = !call && ops[expr->op].associative;
    const Expr *left = expr->args[0], *right = expr->args[1];
    if (!write_side(w, left, partner_type(right), precedence, flat && left->kind == EXPR_BINARY && left->op == expr->op))
        return false;
    put(w, form->infix);
    if (!write_side(w, right, partner_type(left), precedence, flat && right->kind == EXPR_BINARY && right->op == expr->op))
        return false;
    put(w, form->suffix);
    return write_escape(w, expr);
}

static bool write_item(Writer *w, const Expr *expr)
{
    bool json = type_family(expr->args[0]->type) == FAMILY_JSON;
    if (json || expr->op == EXPR_OP_GET_TEXT)
        return false;
    if (!write_operand(w, expr->args[0], PRECEDENCE_GET, false))
        return false;
    buf_add_char(w->out, '[');
    if (!write_expr(w, expr->args[1]))
        return false;
    buf_add_char(w->out, ']');
    return true;
}

// The databases divide whole numbers into whole numbers; Python's / does not, and its // always does.
// Source: SQLAlchemy 2.0.52 sql/compiler.py, visit_truediv_binary, visit_floordiv_binary; dialects/sqlite/base.py.
static bool write_division(Writer *w, const Expr *expr)
{
    const Expr *left = expr->args[0], *right = expr->args[1];
    TypeFamily family = type_family(right->type);
    if (right->kind == EXPR_LITERAL && !right->type)
        family = right->literal->kind == LITERAL_INTEGER ? FAMILY_INTEGER
                 : right->literal->kind == LITERAL_FLOAT ? FAMILY_FLOAT
                                                         : FAMILY_NUMERIC;
    bool exact = w->dialect->divides_exactly, floors = expr->op == EXPR_OP_FLOORDIV, casts = !floors && !exact;
    bool rounds = floors && (exact || family != FAMILY_INTEGER);
    bool sqlite = w->dialect->id == DIALECT_SQLITE;
    Str type = STR("NUMERIC");
    if (casts && right->type && (family == FAMILY_NUMERIC || family == FAMILY_FLOAT)) {
        if (!sql_type(w->arena, w->diag, w->style, right->type, &type))
            return false;
    } else if (casts && family == FAMILY_FLOAT) {
        type = STR("FLOAT");
    }
    put(w, rounds ? "FLOOR(" : "");
    if (!write_operand(w, left, PRECEDENCE_MUL, false))
        return false;
    put(w, casts ? (sqlite ? " / (" : " / CAST(") : " / ");
    if (casts && !sqlite ? !write_expr(w, right)
                         : !write_operand(w, right, sqlite && casts ? PRECEDENCE_ADD : PRECEDENCE_MUL, false))
        return false;
    if (casts && sqlite)
        put(w, " + 0.0)");
    else if (casts)
        buf_addf(w->out, " AS %.*s)", STR_ARGS(type));
    put(w, rounds ? ")" : "");
    return true;
}

// (a, b) IN ((1, 2), (3, 4)); SQLite wants VALUES before the rows.
static bool write_tuple_in(Writer *w, const Expr *expr)
{
    if (!w->dialect->has_rows_in_expressions) {
        diag_error(w->diag, expr->at, "%.*s has no rows of values in IN", STR_ARGS(w->dialect->title));
        diag_hint(w->diag, "Compare the columns one by one, joined by and_() and or_().");
        return false;
    }
    if (!write_expr(w, expr->args[0]))
        return false;
    buf_addf(w->out, " %s (%s", ops[expr->op].sql, w->dialect->id == DIALECT_SQLITE ? "VALUES " : "");
    if (!write_list(w, expr->args[1]->args, expr->args[1]->count, ", "))
        return false;
    buf_add_char(w->out, ')');
    return true;
}

// Operators that only PostgreSQL has, unless the dialect says a form of its own.
static bool is_postgresql_only(ExprOp op)
{
    return op == EXPR_OP_CONTAINS || op == EXPR_OP_CONTAINED || op == EXPR_OP_HAS_KEY || op == EXPR_OP_OVERLAP ||
           op == EXPR_OP_REGEXP || op == EXPR_OP_NOT_REGEXP || op == EXPR_OP_BIT_XOR;
}

static bool is_missing(const Writer *w, ExprOp op)
{
    if (w->dialect->id == DIALECT_ORACLE && op == EXPR_OP_BIT_OR)
        return true;
    if ((op == EXPR_OP_GET || op == EXPR_OP_GET_TEXT) &&
        (w->dialect->id == DIALECT_ORACLE || w->dialect->id == DIALECT_MSSQL))
        return true;
    return is_postgresql_only(op) && w->dialect->id != DIALECT_POSTGRESQL;
}

// startswith() and its kin: (a LIKE 'x' || '%')
static bool write_pattern(Writer *w, const Expr *expr)
{
    buf_add_char(w->out, '(');
    if (!write_side(w, expr->args[0], NULL, PRECEDENCE_COMPARE, false))
        return false;
    put(w, " LIKE ");
    if (!write_expr(w, expr->args[1]) || !write_escape(w, expr))
        return false;
    buf_add_char(w->out, ')');
    return true;
}

static bool write_binary(Writer *w, const Expr *expr)
{
    const Expr *left = expr->args[0], *right = expr->args[1];
    if (expr->op == EXPR_OP_DIV || expr->op == EXPR_OP_FLOORDIV)
        return write_division(w, expr);
    if (left->kind == EXPR_LIST && right->kind == EXPR_LIST && right->count && right->args[0]->kind == EXPR_LIST &&
        (expr->op == EXPR_OP_IN || expr->op == EXPR_OP_NOT_IN))
        return write_tuple_in(w, expr);
    if ((expr->op == EXPR_OP_IN || expr->op == EXPR_OP_NOT_IN) && right->kind == EXPR_LIST && right->count == 0)
        return write_empty_in(w, expr);
    const OperatorForm *form = operator_form(w, expr->op);
    if (form)
        return write_form(w, expr, form);
    if (expr->is_pattern)
        return write_pattern(w, expr);
    if (expr->op == EXPR_OP_GET && type_family(left->type) == FAMILY_ARRAY)
        return write_item(w, expr);
    if (is_missing(w, expr->op)) {
        diag_error(w->diag, expr->at, "%.*s has no operator \"%s\"", STR_ARGS(w->dialect->title), ops[expr->op].sql);
        diag_hint(w->diag, "Branch on the dialect's name, or write an override for %.*s.", STR_ARGS(w->dialect->name));
        return false;
    }
    int precedence = expr_precedence(expr);
    bool associative = expr->op != EXPR_OP_CUSTOM && ops[expr->op].associative;
    bool same_left = associative && left->kind == EXPR_BINARY && left->op == expr->op;
    bool same_right = associative && right->kind == EXPR_BINARY && right->op == expr->op;
    if (!write_side(w, left, partner_type(right), precedence, same_left))
        return false;
    buf_add_char(w->out, ' ');
    if (expr->op == EXPR_OP_CUSTOM)
        buf_add(w->out, expr->text);
    else
        put(w, ops[expr->op].sql);
    buf_add_char(w->out, ' ');
    const Type *type = expr->op == EXPR_OP_GET || expr->op == EXPR_OP_GET_TEXT || expr->op == EXPR_OP_CUSTOM ||
                               expr->op == EXPR_OP_HAS_KEY
                           ? NULL
                           : partner_type(left);
    return write_side(w, right, type, precedence, same_right) && write_escape(w, expr);
}

static bool write_not(Writer *w, const Expr *operand)
{
    if (!w->dialect->has_native_boolean && is_boolean(operand)) {
        if (!write_expr(w, operand))
            return false;
        put(w, " = 0");
        return true;
    }
    put(w, "NOT ");
    return write_operand(w, operand, PRECEDENCE_COMPARE, false);
}

static bool write_unary(Writer *w, const Expr *expr)
{
    if (expr->op == EXPR_OP_NOT)
        return write_not(w, expr->args[0]);
    if (expr->op == EXPR_OP_NEG) {
        put(w, "-");
        return write_operand(w, expr->args[0], PRECEDENCE_MUL, false);
    }
    if (w->dialect->id != DIALECT_POSTGRESQL)
        return diag_error(w->diag, expr->at, "%.*s has no %s (...)", STR_ARGS(w->dialect->title), ops[expr->op].sql);
    put(w, ops[expr->op].sql);
    buf_add_char(w->out, ' ');
    bool own = expr->args[0]->kind == EXPR_SELECT;
    return write_grouped(w, expr->args[0], !own);
}

static bool is_bare_function(Str name)
{
    for (size_t i = 0; i < sizeof bare_functions / sizeof bare_functions[0]; i++)
        if (str_equal_fold(name, str_from(bare_functions[i])))
            return true;
    return false;
}

// What the dialect calls a function that SQLAlchemy knows by another name.
static Str function_name(const Dialect *dialect, Str name)
{
    for (const char *const(*pair)[2] = dialect->functions; pair && (*pair)[0]; pair++)
        if (str_equal_fold(name, str_from((*pair)[0])))
            return str_from((*pair)[1]);
    return name;
}

static bool write_function(Writer *w, const Expr *expr)
{
    if (expr->count == 0 && str_equal_fold(expr->text, STR("now"))) {
        put(w, w->dialect->now_text);
        return true;
    }
    if (expr->count == 0 && is_bare_function(expr->text)) {
        buf_add(w->out, str_upper(w->arena, expr->text));
        return true;
    }
    Str rest = function_name(w->dialect, expr->text);
    for (bool first = true; rest.len; first = false) {
        Str part = str_cut(&rest, '.');
        bool plain = part.len > 0;
        for (size_t i = 0; i < part.len; i++) {
            char c = part.ptr[i];
            plain &= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
        }
        if (!first)
            buf_add_char(w->out, '.');
        buf_add(w->out, plain ? part : sql_name(w->arena, w->dialect, part));
    }
    buf_add_char(w->out, '(');
    if (expr->count == 0 && str_equal_fold(expr->text, STR("count")))
        buf_add_char(w->out, '*');
    for (size_t i = 0; i < expr->count; i++) {
        if (i)
            put(w, ", ");
        if (!write_operand(w, expr->args[i], PRECEDENCE_LIST, false))
            return false;
    }
    buf_add_char(w->out, ')');
    return true;
}

static bool write_result(Writer *w, const Expr *value, const Type *type)
{
    return write_value(w, value, is_cut(value, type) ? NULL : type);
}

static bool write_case(Writer *w, const Expr *expr)
{
    put(w, "CASE");
    if (expr->extra) {
        buf_add_char(w->out, ' ');
        if (!write_expr(w, expr->extra))
            return false;
    }
    size_t pairs = expr->count / 2;
    for (size_t i = 0; i < pairs; i++) {
        const Expr *when = expr->args[2 * i];
        put(w, " WHEN ");
        bool group = !expr->extra && expr_precedence(when) != PRECEDENCE_ATOM;
        if (group)
            buf_add_char(w->out, '(');
        if (expr->extra ? !write_side(w, when, expr->extra->type, PRECEDENCE_LIST, false)
                        : !write_condition(w, when, PRECEDENCE_LIST - 1))
            return false;
        if (group)
            buf_add_char(w->out, ')');
        put(w, " THEN ");
        if (!write_result(w, expr->args[2 * i + 1], expr->type))
            return false;
    }
    if (expr->count % 2) {
        put(w, " ELSE ");
        if (!write_result(w, expr->args[expr->count - 1], expr->type))
            return false;
    }
    put(w, " END");
    return true;
}

static bool write_cast(Writer *w, const Expr *expr)
{
    Str type;
    if (!sql_cast_type(w->arena, w->diag, w->style, expr->type, &type))
        return false;
    if (!type.len)
        return write_value(w, expr->args[0], expr->type);
    put(w, "CAST(");
    const Expr *value = expr->args[0];
    if (value->kind == EXPR_LITERAL && !value->type) {
        // a text cast to a date and such stays the text it is
        bool keep = value->literal->kind == LITERAL_TEXT && type_family(expr->type) != FAMILY_INTEGER;
        if (!write_value(w, value, keep ? NULL : expr->type))
            return false;
    } else if (!write_expr(w, value)) {
        return false;
    }
    buf_addf(w->out, " AS %.*s)", STR_ARGS(type));
    return true;
}

void write_table(Writer *w, const TableRef *table, bool with_alias)
{
    if (table->alias.len && !with_alias) {
        buf_add(w->out, sql_name(w->arena, w->dialect, table->alias));
        return;
    }
    buf_add(w->out, sql_qualified(w->arena, w->dialect, table->schema, table->name));
    if (table->alias.len)
        buf_addf(w->out, "%s%.*s", w->dialect->alias_word, STR_ARGS(sql_name(w->arena, w->dialect, table->alias)));
}

static void write_column(Writer *w, const Expr *expr)
{
    if (expr->table && !w->unqualified) {
        write_table(w, expr->table, false);
        buf_add_char(w->out, '.');
    }
    buf_add(w->out, sql_name(w->arena, w->dialect, expr->text));
}

static bool write_over(Writer *w, const Expr *expr)
{
    if (!write_expr(w, expr->args[0]))
        return false;
    put(w, " OVER (");
    if (expr->extra) {
        put(w, "PARTITION BY ");
        if (!write_list(w, expr->extra->args, expr->extra->count, ", "))
            return false;
    }
    if (expr->extra2) {
        put(w, expr->extra ? " ORDER BY " : "ORDER BY ");
        if (!write_list(w, expr->extra2->args, expr->extra2->count, ", "))
            return false;
    }
    buf_add_char(w->out, ')');
    return true;
}

static bool write_between(Writer *w, const Expr *expr)
{
    const Type *type = partner_type(expr->args[0]);
    if (!write_operand(w, expr->args[0], PRECEDENCE_COMPARE, false))
        return false;
    put(w, expr->op == EXPR_OP_NOT ? " NOT BETWEEN " : " BETWEEN ");
    if (!write_side(w, expr->args[1], type, PRECEDENCE_AND, false))
        return false;
    put(w, " AND ");
    return write_side(w, expr->args[2], type, PRECEDENCE_AND, false);
}

static bool write_bind(Writer *w, const Expr *expr)
{
    if (expr->count)
        return write_value(w, expr->args[0], expr->type);
    diag_error(w->diag, expr->at, "parameter \"%.*s\" has no value", STR_ARGS(expr->text));
    diag_hint(w->diag, "Give it one with .bindparams(%.*s=...), or write \\: for a colon of the SQL itself.",
              STR_ARGS(expr->text));
    return false;
}

static bool write_text(Writer *w, const Expr *expr)
{
    ExprList binds = {.items = expr->args, .count = expr->count};
    Str sql;
    if (!sql_bind_text(w->arena, w->diag, w->style, expr->at, expr->text, &binds, &sql))
        return false;
    buf_add(w->out, sql);
    return true;
}

static bool write_subquery(Writer *w, const Expr *expr)
{
    put(w, expr->kind == EXPR_EXISTS ? "EXISTS (" : "(");
    bool unqualified = w->unqualified;
    w->unqualified = false;
    if (!write_select(w, expr->select))
        return false;
    w->unqualified = unqualified;
    buf_add_char(w->out, ')');
    return true;
}

static bool write_literal(Writer *w, const Expr *expr, const Type *type)
{
    Str sql;
    if (!sql_literal(w->arena, w->diag, w->style, expr->at.source ? expr->at : w->at, expr->literal, type, &sql))
        return false;
    buf_add(w->out, sql);
    return true;
}

// Source: SQLAlchemy 2.0.52, visit_extract of dialects/sqlite/base.py and dialects/mssql/base.py.
static bool write_extract(Writer *w, const Expr *expr)
{
    static const char *const formats[][2] = {{"month", "%m"}, {"day", "%d"}, {"year", "%Y"},   {"second", "%S"},
                                             {"hour", "%H"},  {"doy", "%j"}, {"minute", "%M"}, {"epoch", "%s"},
                                             {"dow", "%w"},   {"week", "%W"}};
    static const char *const parts[][2] = {
        {"doy", "dayofyear"}, {"dow", "weekday"}, {"milliseconds", "millisecond"}, {"microseconds", "microsecond"}};
    const char *format = NULL;
    bool sqlite = w->dialect->id == DIALECT_SQLITE, mssql = w->dialect->id == DIALECT_MSSQL;
    for (size_t i = 0; sqlite && i < sizeof formats / sizeof formats[0]; i++)
        if (str_equal(expr->text, str_from(formats[i][0])))
            format = formats[i][1];
    Str field = expr->text;
    for (size_t i = 0; mssql && i < sizeof parts / sizeof parts[0]; i++)
        if (str_equal(field, str_from(parts[i][0])))
            field = str_from(parts[i][1]);
    if (sqlite && !format)
        return diag_error(w->diag, expr->at, "SQLite has no function that gives the %.*s of a time", STR_ARGS(expr->text));
    if (sqlite)
        buf_addf(w->out, "CAST(STRFTIME('%s', ", format);
    else
        buf_addf(w->out, mssql ? "DATEPART(%.*s, " : "EXTRACT(%.*s FROM ", STR_ARGS(field));
    if (!write_expr(w, expr->args[0]))
        return false;
    put(w, sqlite ? ") AS INTEGER)" : ")");
    return true;
}

static bool write_kind(Writer *w, const Expr *expr)
{
    switch (expr->kind) {
    case EXPR_LITERAL: return write_literal(w, expr, expr->type);
    case EXPR_NULL: put(w, "NULL"); return true;
    case EXPR_TRUE: put(w, w->dialect->true_text); return true;
    case EXPR_FALSE: put(w, w->dialect->false_text); return true;
    case EXPR_RAW: buf_add(w->out, expr->text); return true;
    case EXPR_TEXT: return write_text(w, expr);
    case EXPR_BIND: return write_bind(w, expr);
    case EXPR_COLUMN: write_column(w, expr); return true;
    case EXPR_BINARY:
        if (expr->op != EXPR_OP_NOT_IN)
            return write_binary(w, expr);
        buf_add_char(w->out, '(');   // what an empty list makes of it is an OR
        if (!write_binary(w, expr))
            return false;
        buf_add_char(w->out, ')');
        return true;
    case EXPR_UNARY: return write_unary(w, expr);
    case EXPR_AND:
    case EXPR_OR: return write_junction(w, expr);
    case EXPR_LIST:
        buf_add_char(w->out, '(');
        if (!write_list(w, expr->args, expr->count, ", "))
            return false;
        buf_add_char(w->out, ')');
        return true;
    case EXPR_FUNCTION: return write_function(w, expr);
    case EXPR_CASE: return write_case(w, expr);
    case EXPR_CAST: return write_cast(w, expr);
    case EXPR_EXTRACT: return write_extract(w, expr);
    case EXPR_LABEL: return write_expr(w, expr->args[0]);
    case EXPR_ORDER:
        if (!w->dialect->has_nulls_order && str_starts(expr->text, STR("NULLS"))) {
            diag_error(w->diag, expr->at, "%.*s has no %.*s", STR_ARGS(w->dialect->title), STR_ARGS(expr->text));
            diag_hint(w->diag, "Order by a case() first, or branch on the dialect's name.");
            return false;
        }
        if (expr->args[0]->kind == EXPR_ORDER ? !write_expr(w, expr->args[0])
                                              : !write_operand(w, expr->args[0], PRECEDENCE_AND, false))
            return false;
        buf_addf(w->out, " %.*s", STR_ARGS(expr->text));
        return true;
    case EXPR_COLLATE:
        if (!write_operand(w, expr->args[0], PRECEDENCE_COLLATE, false))
            return false;
        buf_addf(w->out, " COLLATE %.*s",
                 STR_ARGS(w->dialect->quotes_collations ? sql_name(w->arena, w->dialect, expr->text) : expr->text));
        return true;
    case EXPR_BETWEEN: return write_between(w, expr);
    case EXPR_SELECT:
    case EXPR_EXISTS: return write_subquery(w, expr);
    case EXPR_DISTINCT: put(w, "DISTINCT "); return write_expr(w, expr->args[0]);
    case EXPR_OVER: return write_over(w, expr);
    case EXPR_DEFAULT: put(w, "DEFAULT"); return true;
    case EXPR_SEQUENCE:
        if (!w->dialect->next_value)
            return diag_error(w->diag, expr->at, "%.*s has no sequences", STR_ARGS(w->dialect->title));
        buf_add(w->out,
                str_replace(w->arena, str_from(w->dialect->next_value), STR("%s"),
                            sql_qualified(w->arena, w->dialect, expr->table ? expr->table->schema : STR_EMPTY, expr->text)));
        return true;
    case EXPR_STAR:
        if (expr->table && !w->unqualified) {
            write_table(w, expr->table, false);
            buf_add_char(w->out, '.');
        }
        buf_add_char(w->out, '*');
        return true;
    }
    return false;
}

bool write_expr(Writer *w, const Expr *expr)
{
    if (w->depth >= LIMIT_NESTING)
        return diag_error(w->diag, expr->at, "expression is nested deeper than the limit of %d levels", LIMIT_NESTING);
    w->depth++;
    bool done = write_kind(w, expr);
    w->depth--;
    return done;
}

bool write_value(Writer *w, const Expr *expr, const Type *type)
{
    if (expr->kind == EXPR_LITERAL)
        return write_literal(w, expr, expr->type ? expr->type : type);
    if (expr->kind == EXPR_BIND && expr->count)
        return write_value(w, expr->args[0], expr->type ? expr->type : type);
    return write_expr(w, expr);
}

Writer writer_open(Arena *arena, Diag *diag, const SqlStyle *style, Span at, Buf *out, Map *labels)
{
    *labels = map_open(arena);
    return (Writer){
        .arena = arena, .diag = diag, .style = style, .dialect = style->dialect, .out = out, .labels = labels, .at = at};
}

bool sql_expr(Arena *arena, Diag *diag, const SqlStyle *style, const Expr *expr, Buf *out)
{
    Map labels;
    Writer w = writer_open(arena, diag, style, expr->at, out, &labels);
    return write_expr(&w, expr);
}

bool sql_expr_unqualified(Arena *arena, Diag *diag, const SqlStyle *style, const Expr *expr, Buf *out)
{
    Map labels;
    Writer w = writer_open(arena, diag, style, expr->at, out, &labels);
    w.unqualified = true;
    return write_expr(&w, expr);
}

bool sql_select(Arena *arena, Diag *diag, const SqlStyle *style, const Select *select, Buf *out)
{
    Map labels;
    Ctes ctes = {0};
    Buf text = buf_open(arena);
    const Span at = select->columns.count ? select->columns.items[0]->at : SPAN_NONE;
    Writer w = writer_open(arena, diag, style, at, &text, &labels);
    w.ctes = &ctes;
    if (!write_select(&w, select))
        return false;
    buf_add(out, with_clause(&w));
    buf_add(out, buf_str(&text));
    return true;
}
