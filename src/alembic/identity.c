// `a is b` of SQLAlchemy's objects, which is also what their == and `in` ask: one object may have several handles here, so
// what is sure is answered and the rest refused, as a wrong no would leave a step out without a word.
#include "statements_int.h"

static Answer3 yes_if(bool is)
{
    return is ? ANSWER_YES : ANSWER_NO;
}

static Answer3 same_table(const TableRef *a, const TableRef *b)
{
    if (a == b)
        return a ? ANSWER_YES : ANSWER_DOUBT;
    bool named = a && b && a->name.len && b->name.len;
    return named && !(str_equal(a->name, b->name) && str_equal(a->alias, b->alias)) ? ANSWER_NO : ANSWER_DOUBT;
}

static Answer3 same_column(Str a, const TableRef *of_a, Str b, const TableRef *of_b)
{
    return str_equal(a, b) ? same_table(of_a, of_b) : ANSWER_NO;
}

static Answer3 same_expr(const Expr *a, const Expr *b)
{
    bool constant = a->kind == EXPR_NULL || a->kind == EXPR_TRUE || a->kind == EXPR_FALSE;
    if (a == b || (constant && a->kind == b->kind))
        return ANSWER_YES;
    if (a->kind != b->kind)
        return ANSWER_NO;
    return a->kind == EXPR_COLUMN ? same_column(a->text, a->table, b->text, b->table) : ANSWER_DOUBT;
}

// Which part of a table is asked of a handle of its own each time; a name tells two apart.
static Answer3 same_constraint(const Constraint *a, const Constraint *b)
{
    bool named = a->name.len && b->name.len;
    return a == b ? ANSWER_YES : a->kind != b->kind || (named && !str_equal(a->name, b->name)) ? ANSWER_NO : ANSWER_DOUBT;
}

// INTEGER of SQLAlchemy and INTEGER of a dialect's package may be two classes, or one.
static Answer3 same_class(const TypeClassObject *a, const TypeClassObject *b)
{
    if (strcmp(a->name, b->name) != 0)
        return ANSWER_NO;
    return type_class_is_one(a) ? ANSWER_YES : ANSWER_DOUBT;
}

static Answer3 answer(const HostObject *a, const HostObject *b)
{
    if (a->kind == OBJECT_EXPR && b->kind == OBJECT_COLUMN)
        return answer(b, a);
    if (a->kind == OBJECT_COLUMN && b->kind == OBJECT_EXPR) {
        const Expr *expr = ((const ExprObject *)b)->expr;
        return expr->kind != EXPR_COLUMN ? ANSWER_NO
                                         : same_column(((const ColumnObject *)a)->column->name,
                                                       ((const ColumnObject *)a)->table, expr->text, expr->table);
    }
    if (a->kind != b->kind)
        return ANSWER_NO;
    switch ((int)a->kind) {
    case OBJECT_EXPR: return same_expr(((const ExprObject *)a)->expr, ((const ExprObject *)b)->expr);
    case OBJECT_COLUMN: return yes_if(((const ColumnObject *)a)->column == ((const ColumnObject *)b)->column);
    case OBJECT_TABLE: return same_table(((const TableObject *)a)->ref, ((const TableObject *)b)->ref);
    case OBJECT_TYPE_CLASS: return same_class((const TypeClassObject *)a, (const TypeClassObject *)b);
    case OBJECT_TYPE: {
        const Type *left = ((const TypeObject *)a)->type, *right = ((const TypeObject *)b)->type;
        return left == right ? ANSWER_YES : left->kind != right->kind ? ANSWER_NO : ANSWER_DOUBT;
    }
    case OBJECT_CONSTRAINT:
        return same_constraint(((const ConstraintObject *)a)->constraint, ((const ConstraintObject *)b)->constraint);
    case OBJECT_INDEX: return yes_if(((const IndexObject *)a)->index == ((const IndexObject *)b)->index);
    case OBJECT_FUNCTION: {   // a bound method is made each time
        const FunctionObject *left = (const FunctionObject *)a, *right = (const FunctionObject *)b;
        return left->handler != right->handler || left->extra != right->extra ? ANSWER_NO : ANSWER_DOUBT;
    }
    case OBJECT_NAME:
        return str_equal(((const NameObject *)a)->text, ((const NameObject *)b)->text) ? ANSWER_DOUBT : ANSWER_NO;
    case OBJECT_MODULE:
        return str_equal(((const ModuleObject *)a)->name, ((const ModuleObject *)b)->name) ? ANSWER_YES : ANSWER_NO;
    default: return ANSWER_DOUBT;
    }
}

bool host_same(const Host *host, const HostObject *a, const HostObject *b, bool *same)
{
    (void)host;
    Answer3 given = answer(a, b);
    *same = given == ANSWER_YES;
    return given != ANSWER_DOUBT;
}

bool host_is_single(const Host *host, const HostObject *object)
{
    (void)host;
    static const ObjectKind doubtful[] = {OBJECT_TYPE,    OBJECT_NAME,    OBJECT_CONSTRAINT, OBJECT_FOREIGN_KEY, OBJECT_BIND,
                                          OBJECT_DIALECT, OBJECT_CONTEXT, OBJECT_FUNCTION,   OBJECT_RESULT};
    for (size_t i = 0; i < sizeof doubtful / sizeof doubtful[0]; i++)
        if (object->kind == (int)doubtful[i])
            return false;
    return true;
}
