// Operators on values: arithmetic, comparison, membership, subscripts, truth and iteration.
#include <math.h>

#include "python_int.h"

static const char *const op_texts[] = {"+",  "-",  "*",  "/",  "//", "%",  "** or pow()", "@",  "&",  "|",     "^",
                                       "<<", ">>", "==", "!=", "<",  "<=", ">",           ">=", "in", "not in"};

static bool unsupported(Interp *in, Span at, BinaryOp op, Value left, Value right)
{
    Str a = value_type_name(left), b = value_type_name(right);
    if (op >= BINARY_LT && op <= BINARY_GE)
        return interp_raise(in, at, STR("TypeError"), "'%s' not supported between instances of '%.*s' and '%.*s'",
                            op_texts[op], STR_ARGS(a), STR_ARGS(b));
    return interp_raise(in, at, STR("TypeError"), "unsupported operand type(s) for %s: '%.*s' and '%.*s'", op_texts[op],
                        STR_ARGS(a), STR_ARGS(b));
}

static bool overflow(Interp *in, Span at)
{
    return interp_refuse(in, at, STR_EMPTY, "an integer beyond 64 bits (the limit)");
}

static int64_t floor_div(int64_t a, int64_t b)
{
    int64_t q = a / b;
    return q - ((a % b != 0) && ((a < 0) != (b < 0)));
}

static bool int_power(Interp *in, Span at, int64_t base, int64_t exponent, Value *out)
{
    if (exponent < 0) {
        if (!base)
            return interp_raise(in, at, STR("ZeroDivisionError"), "0.0 cannot be raised to a negative power");
        *out = (Value){.kind = VALUE_FLOAT, .real = pow((double)base, (double)exponent)};
        return true;
    }
    int64_t result = 1;
    while (exponent) {
        if (exponent & 1 && __builtin_mul_overflow(result, base, &result))
            return overflow(in, at);
        exponent >>= 1;
        if (exponent && __builtin_mul_overflow(base, base, &base))
            return overflow(in, at);
    }
    *out = value_int(result);
    return true;
}

static bool int_binary(Interp *in, Span at, BinaryOp op, int64_t a, int64_t b, Value *out)
{
    int64_t result = 0;
    bool over = false;
    switch ((int)op) {
    case BINARY_ADD: over = __builtin_add_overflow(a, b, &result); break;
    case BINARY_SUB: over = __builtin_sub_overflow(a, b, &result); break;
    case BINARY_MUL: over = __builtin_mul_overflow(a, b, &result); break;
    case BINARY_DIV:
        if (!b)
            return interp_raise(in, at, STR("ZeroDivisionError"), "division by zero");
        *out = (Value){.kind = VALUE_FLOAT, .real = (double)a / (double)b};
        return true;
    case BINARY_FLOORDIV:
    case BINARY_MOD:
        if (!b)
            return interp_raise(in, at, STR("ZeroDivisionError"),
                                op == BINARY_MOD ? "integer modulo by zero" : "integer division or modulo by zero");
        // the one quotient that does not fit: -2**63 // -1
        over = op == BINARY_FLOORDIV && a == INT64_MIN && b == -1;
        if (op == BINARY_MOD)
            result = b == -1 ? 0 : a - floor_div(a, b) * b;
        else if (!over)
            result = floor_div(a, b);
        break;
    case BINARY_POW: return int_power(in, at, a, b, out);
    case BINARY_AND: result = a & b; break;
    case BINARY_OR: result = a | b; break;
    case BINARY_XOR: result = a ^ b; break;
    case BINARY_LSHIFT:
    case BINARY_RSHIFT:
        if (b < 0)
            return interp_raise(in, at, STR("ValueError"), "negative shift count");
        if (op == BINARY_RSHIFT)
            result = b > 62 ? (a < 0 ? -1 : 0) : a >> b;
        else
            over = a && (b > 62 || __builtin_mul_overflow(a, (int64_t)1 << b, &result));
        break;
    default: return unsupported(in, at, op, value_int(a), value_int(b));
    }
    if (over)
        return overflow(in, at);
    *out = value_int(result);
    return true;
}

static bool float_binary(Interp *in, Span at, BinaryOp op, double a, double b, Value *out)
{
    double result;
    if ((op == BINARY_DIV || op == BINARY_FLOORDIV || op == BINARY_MOD) && b == 0)
        return interp_raise(in, at, STR("ZeroDivisionError"),
                            op == BINARY_DIV   ? "float division by zero"
                            : op == BINARY_MOD ? "float modulo"
                                               : "float floor division by zero");
    switch ((int)op) {
    case BINARY_ADD: result = a + b; break;
    case BINARY_SUB: result = a - b; break;
    case BINARY_MUL: result = a * b; break;
    case BINARY_DIV: result = a / b; break;
    case BINARY_MOD:
    case BINARY_FLOORDIV: {
        double mod = fmod(a, b), div = (a - mod) / b;
        if (mod != 0 && (b < 0) != (mod < 0)) {
            mod += b;
            div -= 1.0;
        } else if (mod == 0) {
            mod = copysign(0.0, b);
        }
        double whole = div != 0 ? floor(div) : copysign(0.0, a / b);
        result = op == BINARY_MOD ? mod : div != 0 && div - whole > 0.5 ? whole + 1.0 : whole;
        break;
    }
    case BINARY_POW:
        if (a < 0 && b != floor(b))
            return interp_refuse(in, at, STR_EMPTY, "imaginary numbers are not supported");
        if (a == 0 && b < 0)
            return interp_raise(in, at, STR("ZeroDivisionError"), "0.0 cannot be raised to a negative power");
        result = pow(a, b);
        if (isinf(result) && !isinf(a) && !isinf(b))
            return interp_raise(in, at, STR("OverflowError"), "(34, 'Numerical result out of range')");
        break;
    default: {
        const Value any = {.kind = VALUE_FLOAT};
        return unsupported(in, at, op, any, any);
    }
    }
    *out = (Value){.kind = VALUE_FLOAT, .real = result};
    return true;
}

// a + b for texts. The text last built grows in place when it is added to again, so that building one piece by piece
// takes linear time.
static bool concat(Interp *in, Span at, Value left, Value right, Value *out)
{
    size_t len = left.text.len + right.text.len;
    if (len > LIMIT_VALUE_BYTES)
        return interp_room(in, at, len);
    bool grows = in->tail.ptr && left.text.ptr == in->tail.ptr && left.text.len == in->tail.len && len <= in->tail.cap;
    if (grows) {
        memcpy(in->tail.ptr + left.text.len, right.text.ptr, right.text.len);
        in->steps += right.text.len / 64;
    } else {
        bool again = in->tail.ptr && left.text.ptr == in->tail.ptr && left.text.len == in->tail.len;
        size_t cap = again ? len * 2 : len + (len > 1024 ? 0 : 0);
        if (!interp_room(in, at, len))
            return false;
        char *text = arena_alloc(in->arena, cap + 1);
        if (left.text.len)
            memcpy(text, left.text.ptr, left.text.len);
        if (right.text.len)
            memcpy(text + left.text.len, right.text.ptr, right.text.len);
        in->tail.ptr = text;
        in->tail.cap = cap;
    }
    in->tail.len = len;
    *out = left;
    out->text = (Str){in->tail.ptr, len};
    return true;
}

static bool repeat_text(Interp *in, Span at, Value text, int64_t times, Value *out)
{
    times = times < 0 ? 0 : times;
    if (text.text.len && times > (int64_t)(LIMIT_VALUE_BYTES / text.text.len))
        return interp_room(in, at, (uint64_t)LIMIT_VALUE_BYTES + 1);
    size_t len = text.text.len * (size_t)times;
    if (!interp_room(in, at, len))
        return false;
    char *copy = arena_alloc(in->arena, len + 1);
    for (size_t i = 0; i < len; i += text.text.len)
        memcpy(copy + i, text.text.ptr, text.text.len);
    *out = text;
    out->text = (Str){copy, len};
    return true;
}

static bool repeat_list(Interp *in, Span at, Value list, int64_t times, Value *out)
{
    size_t count = list.list->values.count;
    times = times < 0 ? 0 : times;
    if (count && times > (int64_t)(LIMIT_ITEMS / count))
        return interp_items(in, at, (uint64_t)LIMIT_ITEMS + 1);
    if (!interp_items(in, at, count * (size_t)times))
        return false;
    Value result = value_list(in->arena, list.kind);
    for (int64_t k = 0; count && k < times; k++)
        for (size_t i = 0; i < count; i++)
            list_push(in->arena, result, list.list->values.items[i]);
    *out = result;
    return true;
}

static bool add_lists(Interp *in, Span at, Value left, Value right, Value *out)
{
    Value result = value_list(in->arena, left.kind);
    if (!interp_items(in, at, left.list->values.count + right.list->values.count))
        return false;
    for (size_t i = 0; i < left.list->values.count; i++)
        list_push(in->arena, result, left.list->values.items[i]);
    for (size_t i = 0; i < right.list->values.count; i++)
        list_push(in->arena, result, right.list->values.items[i]);
    *out = result;
    return true;
}

static bool set_binary(Interp *in, Span at, BinaryOp op, Value left, Value right, Value *out)
{
    Value result = value_list(in->arena, VALUE_SET);
    if (!interp_items(in, at, left.list->values.count + right.list->values.count))
        return false;
    for (size_t i = 0; i < left.list->values.count; i++) {
        Value item = left.list->values.items[i];
        bool both = set_has(right.list, item);
        if (op == BINARY_OR || (op == BINARY_AND && both) || ((op == BINARY_SUB || op == BINARY_XOR) && !both))
            set_add(in->arena, result.list, item);
    }
    if (op == BINARY_OR || op == BINARY_XOR)
        for (size_t i = 0; i < right.list->values.count; i++)
            if (op == BINARY_OR || !set_has(left.list, right.list->values.items[i]))
                set_add(in->arena, result.list, right.list->values.items[i]);
    if (op != BINARY_AND)   // what is not there makes the result another
        result.list->reflection = left.list->reflection                 ? left.list->reflection
                                  : op == BINARY_OR || op == BINARY_XOR ? right.list->reflection
                                                                        : NULL;
    *out = result;
    return true;
}

static bool call_operator(Interp *in, Span at, BinaryOp op, Value left, Value right, Value *out, bool *done)
{
    static const char *const names[] = {"__add__", "__sub__",    "__mul__",    "__truediv__", "__floordiv__",
                                        "__mod__", "__pow__",    "__matmul__", "__and__",     "__or__",
                                        "__xor__", "__lshift__", "__rshift__", "__eq__",      "__ne__",
                                        "__lt__",  "__le__",     "__gt__",     "__ge__"};
    static const char *const mirrored[] = {"__radd__", "__rsub__",    "__rmul__",    "__rtruediv__", "__rfloordiv__",
                                           "__rmod__", "__rpow__",    "__rmatmul__", "__rand__",     "__ror__",
                                           "__rxor__", "__rlshift__", "__rrshift__", "__eq__",       "__ne__",
                                           "__gt__",   "__ge__",      "__lt__",      "__le__"};
    Value method;
    *done = false;
    if (op > BINARY_GE)
        return true;
    for (int side = 0; side < 2; side++) {
        Value object = side ? right : left, other = side ? left : right;
        if (!instance_method(in, object, str_from(side ? mirrored[op] : names[op]), &method))
            continue;
        if (!call_positional(in, at, method, 1, &other, out))
            return false;
        *done = out->kind != VALUE_BUILTIN || out->builtin->kind != B_NOT_IMPLEMENTED;
        if (*done)
            return true;
    }
    return true;
}

static bool is_sequence(Value v)
{
    return (v.kind == VALUE_LIST && !v.list->view) || v.kind == VALUE_TUPLE;
}

static bool is_list_view(Value v)
{
    return v.kind == VALUE_LIST && v.list->view;
}

bool interp_same(Interp *in, Span at, Value a, Value b, bool *same)
{
    *same = value_same(a, b);
    return *same || a.kind != VALUE_HOST || b.kind != VALUE_HOST || in->host->same(in->host, a.host, b.host, same) ||
           interp_refuse(in, at, STR("Compare their names, or write an override for this revision."),
                         "whether these are the same object of SQLAlchemy's is not known");
}

bool values_equal(Interp *in, Span at, Value left, Value right, bool *equal)
{
    Value result;
    if (!binary(in, at, BINARY_EQ, left, right, &result))
        return false;
    return interp_truth(in, at, result, "a comparison", equal);
}

static int order_of_texts(Str a, Str b)
{
    return str_compare(a, b);
}

static bool order_lists(Interp *in, Span at, BinaryOp op, Value left, Value right, Value *out)
{
    size_t n = left.list->values.count < right.list->values.count ? left.list->values.count : right.list->values.count;
    if (!interp_enter(in, at))
        return false;
    bool done = true;
    size_t i = 0;
    for (; i < n; i++) {
        bool equal;
        if (!values_equal(in, at, left.list->values.items[i], right.list->values.items[i], &equal)) {
            in->depth--;
            return false;
        }
        if (!equal)
            break;
    }
    if (i < n)
        done = binary(in, at, op, left.list->values.items[i], right.list->values.items[i], out);
    else
        done = binary(in, at, op, value_int((int64_t)left.list->values.count), value_int((int64_t)right.list->values.count),
                      out);
    in->depth--;
    return done;
}

bool compare_order(Interp *in, Span at, BinaryOp op, Value left, Value right, Value *out)
{
    int64_t a, b;
    int order = 0;
    bool integral = is_integral(left, &a), other_integral = is_integral(right, &b);
    bool number = integral || left.kind == VALUE_FLOAT, other_number = other_integral || right.kind == VALUE_FLOAT;
    if (integral && other_integral) {
        order = a < b ? -1 : a > b;
    } else if (number && other_number) {
        double x = integral ? (double)a : left.real, y = other_integral ? (double)b : right.real;
        bool holds = op == BINARY_LT ? x < y : op == BINARY_LE ? x <= y : op == BINARY_GT ? x > y : x >= y;
        *out = value_bool(holds);
        return true;
    } else if ((left.kind == VALUE_STR || left.kind == VALUE_BYTES || left.kind == VALUE_UUID) && left.kind == right.kind) {
        order = order_of_texts(left.text, right.text);
    } else if (left.kind == VALUE_DECIMAL || right.kind == VALUE_DECIMAL) {
        if (!decimal_compare(left, right, &order))
            return unsupported(in, at, op, left, right);
    } else if (left.kind == VALUE_TIME && right.kind == VALUE_TIME && time_compare(left.time, right.time, &order)) {
        if (left.time->has_zone != right.time->has_zone)
            return interp_raise(in, at, STR("TypeError"), "can't compare offset-naive and offset-aware datetimes");
    } else if (is_sequence(left) && left.kind == right.kind) {
        return order_lists(in, at, op, left, right, out);
    } else if (left.kind == VALUE_SET && right.kind == VALUE_SET) {
        List *small = op == BINARY_LT || op == BINARY_LE ? left.list : right.list,
             *large = small == left.list ? right.list : left.list;
        bool inside = true;
        for (size_t i = 0; i < small->values.count && inside; i++)
            inside = set_has(large, small->values.items[i]);
        bool strict = op == BINARY_LT || op == BINARY_GT;
        *out = value_bool(inside && (!strict || small->values.count < large->values.count));
        return true;
    } else {
        return unsupported(in, at, op, left, right);
    }
    *out = value_bool(op == BINARY_LT ? order < 0 : op == BINARY_LE ? order <= 0 : op == BINARY_GT ? order > 0 : order >= 0);
    return true;
}

// Whether objects in the value say themselves what they are equal to, which is not asked within containers.
static bool has_own_equality(Interp *in, Value v, unsigned depth)
{
    enum { MOST_DEPTH = 4 };
    Value method;
    bool is_list = v.kind == VALUE_LIST || v.kind == VALUE_TUPLE || v.kind == VALUE_SET, has = false;
    if (v.kind == VALUE_INSTANCE)
        return instance_method(in, v, STR("__eq__"), &method) || instance_method(in, v, STR("__hash__"), &method);
    if (v.kind == VALUE_HOST)
        return !in->host->is_single(in->host, v.host);
    for (size_t i = 0; is_list && depth < MOST_DEPTH && !has && i < v.list->values.count; i++)
        has = has_own_equality(in, v.list->values.items[i], depth + 1);
    for (size_t i = 0; v.kind == VALUE_DICT && depth < MOST_DEPTH && !has && i < v.dict->items.count; i++)
        has = has_own_equality(in, v.dict->items.items[i].value, depth + 1);
    return has;
}

bool refuse_own_equality(Interp *in, Span at, Value v)
{
    return !has_own_equality(in, v, 0) ||
           interp_refuse(in, at, STR("Compare what the objects hold, or write an override for this revision."),
                         "objects of SQLAlchemy's, and those with an __eq__ or __hash__ of their own, in a set, as a dict's "
                         "key or in a compared list are not supported");
}

static bool equality(Interp *in, Span at, BinaryOp op, Value left, Value right, Value *out)
{
    Value unknown;
    bool lists = is_sequence(left) && left.kind == right.kind;
    bool contain = left.kind == right.kind && left.kind != VALUE_INSTANCE &&
                   (!lists || left.list->values.count == right.list->values.count);
    if (contain && (!refuse_own_equality(in, at, left) || !refuse_own_equality(in, at, right)))
        return false;
    if (find_unknown(left, &unknown) || find_unknown(right, &unknown)) {
        *out = unknown;
        return true;
    }
    if ((is_list_view(left) || is_list_view(right)) && !value_same(left, right))
        return interp_refuse(in, at, STR("Compare the dicts, or lists made of what they hold."),
                             "comparing dict views is not supported");
    *out = value_bool(value_equal(left, right) == (op == BINARY_EQ));
    return true;
}

static bool dict_union(Interp *in, Value left, Value right, Value *out)
{
    Value result = value_dict(in->arena);
    tell_looked(in, left);
    tell_looked(in, right);
    for (size_t i = 0; i < left.dict->items.count; i++)
        dict_put(in->arena, result.dict, left.dict->items.items[i].key, left.dict->items.items[i].value);
    for (size_t i = 0; i < right.dict->items.count; i++)
        dict_put(in->arena, result.dict, right.dict->items.items[i].key, right.dict->items.items[i].value);
    *out = result;
    return true;
}

static bool arithmetic(Interp *in, Span at, BinaryOp op, Value left, Value right, Value *out)
{
    int64_t a, b;
    bool integral = is_integral(left, &a), other_integral = is_integral(right, &b);
    bool text = left.kind == VALUE_STR || left.kind == VALUE_BYTES,
         other_text = right.kind == VALUE_STR || right.kind == VALUE_BYTES;
    if (integral && other_integral) {
        bool logical = left.kind == VALUE_BOOL && right.kind == VALUE_BOOL && op >= BINARY_AND && op <= BINARY_XOR;
        if (!int_binary(in, at, op, a, b, out))
            return false;
        if (logical)
            *out = value_bool(out->integer);
        return true;
    }
    if (left.kind == VALUE_DECIMAL || right.kind == VALUE_DECIMAL)
        return decimal_binary(in, at, op, left, right, out);
    if ((integral || left.kind == VALUE_FLOAT) && (other_integral || right.kind == VALUE_FLOAT))
        return float_binary(in, at, op, integral ? (double)a : left.real, other_integral ? (double)b : right.real, out);
    if (op == BINARY_MOD && left.kind == VALUE_STR)
        return format_percent(in, at, left.text, right, out);
    if (op == BINARY_MOD && left.kind == VALUE_BYTES)
        return interp_refuse(in, at, STR_EMPTY, "formatting bytes is not supported");
    if ((op == BINARY_ADD || op == BINARY_MUL) && left.kind != right.kind &&
        (left.kind == VALUE_INSTANCE || right.kind == VALUE_INSTANCE)) {
        left = value_as_tuple(in->arena, left);
        right = value_as_tuple(in->arena, right);
    }
    if (op == BINARY_ADD && text && left.kind == right.kind)
        return concat(in, at, left, right, out);
    if (op == BINARY_ADD && is_sequence(left) && left.kind == right.kind)
        return add_lists(in, at, left, right, out);
    if (op == BINARY_MUL && text && other_integral)
        return repeat_text(in, at, left, b, out);
    if (op == BINARY_MUL && other_text && integral)
        return repeat_text(in, at, right, a, out);
    if (op == BINARY_MUL && is_sequence(left) && other_integral)
        return repeat_list(in, at, left, b, out);
    if (op == BINARY_MUL && is_sequence(right) && integral)
        return repeat_list(in, at, right, a, out);
    if (left.kind == VALUE_SET && right.kind == VALUE_SET &&
        (op == BINARY_OR || op == BINARY_AND || op == BINARY_SUB || op == BINARY_XOR))
        return set_binary(in, at, op, left, right, out);
    if (left.kind == VALUE_DICT && right.kind == VALUE_DICT && (left.dict->is_default || right.dict->is_default))
        return interp_refuse(in, at, STR("Write it with a loop over the items."),
                             "operators of Counters and defaultdicts are not supported");
    if (left.kind == VALUE_DICT && right.kind == VALUE_DICT && op == BINARY_OR)
        return dict_union(in, left, right, out);
    if (left.kind == VALUE_TIME || right.kind == VALUE_TIME)
        return time_binary(in, at, op, left, right, out);
    bool types = op == BINARY_OR && (left.kind == VALUE_BUILTIN || left.kind == VALUE_CLASS || right.kind == VALUE_BUILTIN ||
                                     right.kind == VALUE_CLASS);
    if (types) {   // int | None: a type of annotations
        *out = value_builtin(builtin_make(in, B_IGNORED));
        return true;
    }
    if (op == BINARY_DIV && left.kind == VALUE_BUILTIN && left.builtin->kind == B_IGNORED) {
        *out = left;
        return true;
    }
    return unsupported(in, at, op, left, right);
}

bool binary(Interp *in, Span at, BinaryOp op, Value left, Value right, Value *out)
{
    if (left.kind == VALUE_HOST || right.kind == VALUE_HOST) {
        bool member = op == BINARY_IN || op == BINARY_NOT_IN;
        bool own = member && right.kind != VALUE_HOST && right.kind != VALUE_UNKNOWN;
        if (!own && !(left.kind == VALUE_STR && op == BINARY_MOD && left.kind != VALUE_HOST))
            return in->host->binary(in->host, in, at, op, left, right, out);
    }
    if (is_unknown(left) || is_unknown(right)) {
        if (op == BINARY_IN || op == BINARY_NOT_IN)
            return interp_refuse_unknown(in, at, is_unknown(right) ? right : left, "an \"in\"");
        *out = op >= BINARY_EQ && op <= BINARY_GE ? unknown_compare(in, op, left, right)
               : op == BINARY_ADD                 ? unknown_sum(in, left, right)
                                                  : value_unknown_by(is_unknown(left) ? left : right);
        return true;
    }
    if (op == BINARY_IN || op == BINARY_NOT_IN) {
        bool found;
        if (!contains(in, at, right, left, &found))
            return false;
        if (right.kind != VALUE_STR)
            tell_sought(in, left, right);
        interp_used(in, left);
        *out = value_bool(found == (op == BINARY_IN));
        return true;
    }
    if (left.kind == VALUE_SET && right.kind == VALUE_SET)
        tell_sets(in, left, right);
    if (left.kind == VALUE_INSTANCE || right.kind == VALUE_INSTANCE) {
        bool done;
        if (!call_operator(in, at, op, left, right, out, &done))
            return false;
        if (done)
            return true;
        if (op == BINARY_NE &&
            (instance_method(in, left, STR("__eq__"), out) || instance_method(in, right, STR("__eq__"), out))) {
            bool equal;
            if (!values_equal(in, at, left, right, &equal))
                return false;
            *out = value_bool(!equal);
            return true;
        }
        // An enum's member is equal to itself only, unless it is a text or a number too.
        left = unwrap(left);
        if (op != BINARY_MOD || left.kind != VALUE_STR)   // '%s' % member is its name
            right = unwrap(right);
        const Value *fields = left.kind == VALUE_INSTANCE ? class_lookup(left.instance->class, STR("__fields__"), NULL, NULL)
                                                          : NULL;
        if (fields && op <= BINARY_NE && op >= BINARY_EQ && right.kind == VALUE_INSTANCE &&
            right.instance->class == left.instance->class) {
            bool equal = true;
            for (size_t i = 0; i < fields->list->values.count && equal; i++) {
                Str name = fields->list->values.items[i].text;
                const Value *a = map_get(&left.instance->attributes, name), *b = map_get(&right.instance->attributes, name);
                equal = a && b && value_equal(*a, *b);
            }
            *out = value_bool(equal == (op == BINARY_EQ));
            return true;
        }
    }
    if (op == BINARY_EQ || op == BINARY_NE) {
        if (!equality(in, at, op, left, right, out))
            return false;
        tell_combined(in, op, left, right);
        return true;
    }
    tell_combined(in, op, left, right);
    if (op >= BINARY_LT && op <= BINARY_GE)
        return compare_order(in, at, op, left, right, out);
    return arithmetic(in, at, op, left, right, out);
}

bool unary(Interp *in, Span at, UnaryOp op, Value operand, Value *out)
{
    int64_t integer;
    if (operand.kind == VALUE_HOST)
        return in->host->unary(in->host, in, at, op, operand.host, out);
    if (is_unknown(operand)) {
        *out = value_unknown_by(operand);
        return true;
    }
    if (is_integral(operand, &integer)) {
        if (op == UNARY_NEG && integer == INT64_MIN)
            return overflow(in, at);
        *out = value_int(op == UNARY_NEG ? -integer : op == UNARY_INVERT ? ~integer : integer);
        return true;
    }
    if (operand.kind == VALUE_FLOAT && op != UNARY_INVERT) {
        *out = operand;
        out->real = op == UNARY_NEG ? -operand.real : operand.real;
        return true;
    }
    if (operand.kind == VALUE_DECIMAL && op != UNARY_INVERT) {
        if (!decimal_binary(in, at, BINARY_MUL, operand, value_int(op == UNARY_NEG ? -1 : 1), out))
            return false;
        int order;
        if (decimal_compare(*out, value_int(0), &order) && !order && str_starts(out->text, STR("-")))
            out->text = str_slice(out->text, 1, out->text.len);   // neither -x nor +x is a zero with a sign
        return true;
    }
    if (operand.kind == VALUE_TIME && operand.time->kind == TIME_DELTA && op != UNARY_INVERT)
        return time_binary(in, at, BINARY_MUL, operand, value_int(op == UNARY_NEG ? -1 : 1), out);
    static const char *const texts[] = {"-", "+", "~"};
    return interp_raise(in, at, STR("TypeError"), "bad operand type for unary %s: '%.*s'", texts[op],
                        STR_ARGS(value_type_name(operand)));
}

bool interp_truth(Interp *in, Span at, Value v, const char *what, bool *result)
{
    Value method, answer;
    *result = true;
    switch (v.kind) {
    case VALUE_NONE: *result = false; return true;
    case VALUE_BOOL: *result = v.boolean; return true;
    case VALUE_INT: *result = v.integer != 0; return true;
    case VALUE_FLOAT: *result = v.real != 0; return true;
    case VALUE_STR:
    case VALUE_BYTES: *result = v.text.len != 0; return true;
    case VALUE_LIST:
    case VALUE_TUPLE:
    case VALUE_SET:
        tell_looked(in, v);
        *result = v.list->values.count != 0;
        return true;
    case VALUE_DICT:
        tell_looked(in, v);
        *result = v.dict->items.count != 0;
        return true;
    case VALUE_DECIMAL: {
        int order;
        *result = !decimal_compare(v, value_int(0), &order) || order != 0;
        return true;
    }
    case VALUE_TIME: *result = v.time->kind != TIME_DELTA || v.time->delta_microseconds != 0; return true;
    case VALUE_HOST: return in->host->truth(in->host, in, at, v.host, result);
    case VALUE_UNKNOWN: return condition_truth(v.unknown->condition, result) || interp_refuse_unknown(in, at, v, what);
    case VALUE_INSTANCE:
        if (instance_method(in, v, STR("__bool__"), &method) || instance_method(in, v, STR("__len__"), &method))
            return call_positional(in, at, method, 0, NULL, &answer) && interp_truth(in, at, answer, what, result);
        if (instance_plain(v.instance))
            return interp_truth(in, at, unwrap(v), what, result);
        return true;
    case VALUE_BUILTIN:
        if (v.builtin->kind == B_RANGE)
            *result = v.builtin->step > 0 ? v.builtin->start < v.builtin->stop : v.builtin->start > v.builtin->stop;
        return true;
    case VALUE_FUNCTION:
    case VALUE_CLASS:
    case VALUE_UUID: return true;
    }
    return true;
}
