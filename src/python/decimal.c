// decimal.Decimal: its text; sums and products are exact as long as the digits fit.
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "module_int.h"

// Coefficient and power of ten: value = coefficient * 10^exponent.
typedef struct Digits {
    int64_t coefficient;
    int64_t exponent;
} Digits;

static bool parse_digits(Str text, Digits *out)
{
    size_t i = 0;
    bool negative = false, any = false, point = false;
    *out = (Digits){0, 0};
    if (i < text.len && (text.ptr[i] == '-' || text.ptr[i] == '+'))
        negative = text.ptr[i++] == '-';
    for (; i < text.len &&
           ((text.ptr[i] >= '0' && text.ptr[i] <= '9') || (text.ptr[i] == '.' && !point) || text.ptr[i] == '_');
         i++) {
        if (text.ptr[i] == '.') {
            point = true;
            continue;
        }
        if (text.ptr[i] == '_')
            continue;
        any = true;
        if (__builtin_mul_overflow(out->coefficient, (int64_t)10, &out->coefficient) ||
            __builtin_add_overflow(out->coefficient, (int64_t)(text.ptr[i] - '0'), &out->coefficient))
            return false;
        out->exponent -= point;
    }
    if (any && i < text.len && (text.ptr[i] | 32) == 'e') {
        int64_t exponent = 0, sign = 1;
        i++;
        if (i < text.len && (text.ptr[i] == '-' || text.ptr[i] == '+'))
            sign = text.ptr[i++] == '-' ? -1 : 1;
        if (i >= text.len)
            return false;
        for (; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9' && exponent < 100000; i++)
            exponent = exponent * 10 + (text.ptr[i] - '0');
        out->exponent += sign * exponent;
    }
    if (negative)
        out->coefficient = -out->coefficient;
    return any && i == text.len;
}

// As CPython's Decimal.__str__.
static Str digits_text(Arena *arena, Digits d)
{
    char text[32];
    uint64_t magnitude = d.coefficient < 0 ? 0 - (uint64_t)d.coefficient : (uint64_t)d.coefficient;
    int len = snprintf(text, sizeof text, "%llu", (unsigned long long)magnitude);
    const char *sign = d.coefficient < 0 ? "-" : "";
    int64_t left = d.exponent + len;
    if (d.exponent > 0 || left <= -6) {
        Buf out = buf_open(arena);
        buf_addf(&out, "%s%c", sign, text[0]);
        if (len > 1)
            buf_addf(&out, ".%s", text + 1);
        buf_addf(&out, "E%+lld", (long long)(left - 1));
        return buf_str(&out);
    }
    if (!d.exponent)
        return str_format(arena, "%s%s", sign, text);
    if (left > 0)
        return str_format(arena, "%s%.*s.%s", sign, (int)left, text, text + left);
    Buf out = buf_open(arena);
    buf_addf(&out, "%s0.", sign);
    for (; left < 0; left++)
        buf_add_char(&out, '0');
    buf_add(&out, str_from(text));
    return buf_str(&out);
}

static bool to_digits(Value v, Digits *out)
{
    int64_t integer;
    if (is_integral(v, &integer)) {
        *out = (Digits){integer, 0};
        return true;
    }
    return v.kind == VALUE_DECIMAL && parse_digits(v.text, out);
}

static bool align(Digits *a, Digits *b)
{
    while (a->exponent > b->exponent)
        if (a->exponent--, __builtin_mul_overflow(a->coefficient, (int64_t)10, &a->coefficient))
            return false;
    while (b->exponent > a->exponent)
        if (b->exponent--, __builtin_mul_overflow(b->coefficient, (int64_t)10, &b->coefficient))
            return false;
    return true;
}

bool decimal_fixed(Arena *arena, Value v, char type, int64_t precision, Str *digits)
{
    Digits d;
    bool fixed = type == 'f' || type == 'F';
    if (!parse_digits(v.text, &d) || (!fixed && (type || precision >= 0)) || precision > 18)
        return false;
    Str sign = str_starts(v.text, STR("-")) ? STR("-") : STR_EMPTY;
    if (fixed && precision < 0)
        precision = d.exponent < 0 ? -d.exponent : 0;
    uint64_t magnitude = d.coefficient < 0 ? 0 - (uint64_t)d.coefficient : (uint64_t)d.coefficient;
    if (!fixed) {
        *digits = str_slice(v.text, sign.len, v.text.len);
        return true;
    }
    for (; d.exponent > -precision; d.exponent--)
        if (__builtin_mul_overflow(magnitude, (uint64_t)10, &magnitude))
            return false;
    bool beyond = false;   // a digit behind the last that was cut is not 0
    uint64_t last = 0;
    for (; d.exponent < -precision; d.exponent++) {
        beyond |= last != 0;
        last = magnitude % 10;
        magnitude /= 10;
    }
    magnitude += last > 5 || (last == 5 && (beyond || magnitude % 2));   // ROUND_HALF_EVEN
    Str all = str_format(arena, "%0*llu", (int)precision + 1, (unsigned long long)magnitude);
    size_t whole = all.len - (size_t)precision;
    *digits = precision ? str_format(arena, "%.*s.%.*s", STR_ARGS(str_slice(all, 0, whole)),
                                     STR_ARGS(str_slice(all, whole, all.len)))
                        : all;
    return true;
}

// A number written out: its digits without leading zeros before the point, without trailing ones behind it.
enum { PLAIN_DIGITS = 1100 };
typedef struct Plain {
    bool negative;
    char whole[PLAIN_DIGITS], fraction[PLAIN_DIGITS];
} Plain;

static bool to_plain(Value v, Plain *out)
{
    enum { MOST_EXPONENT = 400 };
    char text[2 * PLAIN_DIGITS];
    Digits d;
    if (v.kind == VALUE_FLOAT) {
        if (isnan(v.real))
            return false;
        out->negative = v.real < 0;
        // all of it, a double has no more; what is infinite is larger than any number here
        snprintf(text, sizeof text, "%.1074f", isinf(v.real) ? DBL_MAX : fabs(v.real));
    } else {
        if (!to_digits(v, &d) || d.exponent < -MOST_EXPONENT || d.exponent > MOST_EXPONENT)
            return false;
        out->negative = d.coefficient < 0;
        uint64_t magnitude = d.coefficient < 0 ? 0 - (uint64_t)d.coefficient : (uint64_t)d.coefficient;
        int zeros = d.exponent > 0 ? (int)d.exponent : 0, behind = d.exponent < 0 ? (int)-d.exponent : 0;
        char digits[2 * MOST_EXPONENT], filled[MOST_EXPONENT];
        memset(filled, '0', sizeof filled);
        int len = snprintf(digits, sizeof digits, "%0*llu", behind + 1, (unsigned long long)magnitude);
        snprintf(text, sizeof text, "%.*s%.*s.%s", len - behind, digits, zeros, filled, digits + len - behind);
    }
    const char *whole = text + strspn(text, "0"), *point = strchr(text, '.');
    whole = whole > point ? point : whole;
    size_t before = (size_t)(point - whole), after = strlen(point + 1);
    while (after && point[after] == '0')
        after--;
    snprintf(out->whole, sizeof out->whole, "%.*s", (int)before, whole);
    snprintf(out->fraction, sizeof out->fraction, "%.*s", (int)after, point + 1);
    return true;
}

static int plain_order(const Plain *a, const Plain *b)
{
    bool a_is_zero = !*a->whole && !*a->fraction, b_is_zero = !*b->whole && !*b->fraction;
    if (a_is_zero || b_is_zero || a->negative != b->negative)
        return (a_is_zero ? 0 : a->negative ? -1 : 1) - (b_is_zero ? 0 : b->negative ? -1 : 1);
    size_t left = strlen(a->whole), right = strlen(b->whole);
    int order = left != right ? (left < right ? -1 : 1) : strcmp(a->whole, b->whole);
    order = order ? order : strcmp(a->fraction, b->fraction);
    return a->negative ? -order : order;
}

bool decimal_compare(Value a, Value b, int *order)
{
    Digits x, y;
    if (a.kind == VALUE_FLOAT || b.kind == VALUE_FLOAT) {
        Plain left, right;
        if (!to_plain(a, &left) || !to_plain(b, &right))
            return false;
        *order = plain_order(&left, &right);
        return true;
    }
    if (!to_digits(a, &x) || !to_digits(b, &y)) {
        *order = str_compare(a.text, b.text);
        return a.kind == VALUE_DECIMAL && b.kind == VALUE_DECIMAL && *order == 0;
    }
    if (!x.coefficient || !y.coefficient || (x.coefficient < 0) != (y.coefficient < 0)) {
        *order = x.coefficient < y.coefficient ? -1 : x.coefficient > y.coefficient;
        return true;
    }
    if (!align(&x, &y))
        return false;
    *order = x.coefficient < y.coefficient ? -1 : x.coefficient > y.coefficient;
    return true;
}

static bool has_minus(Value v)
{
    int64_t integer;
    return is_integral(v, &integer) ? integer < 0 : str_starts(v.text, STR("-"));
}

static bool is_zero(Value v)
{
    Digits digits;
    return to_digits(v, &digits) && !digits.coefficient;
}

bool decimal_binary(Interp *in, Span at, BinaryOp op, Value left, Value right, Value *out)
{
    Digits x, y;
    if (left.kind == VALUE_FLOAT || right.kind == VALUE_FLOAT)
        return interp_raise(in, at, STR("TypeError"), "unsupported operand type(s): '%.*s' and '%.*s'",
                            STR_ARGS(value_type_name(left)), STR_ARGS(value_type_name(right)));
    if (op != BINARY_ADD && op != BINARY_SUB && op != BINARY_MUL)
        return interp_refuse(in, at, STR("Write the result in the revision."),
                             "this operation on a Decimal is not supported");
    bool over = !to_digits(left, &x) || !to_digits(right, &y);
    if (!over && op == BINARY_MUL) {
        over = __builtin_mul_overflow(x.coefficient, y.coefficient, &x.coefficient);
        x.exponent += y.exponent;
    } else if (!over) {
        over = !align(&x, &y) || (op == BINARY_ADD ? __builtin_add_overflow(x.coefficient, y.coefficient, &x.coefficient)
                                                   : __builtin_sub_overflow(x.coefficient, y.coefficient, &x.coefficient));
    }
    if (over)
        return interp_refuse(in, at, STR("Write the result in the revision."),
                             "a Decimal with more digits than 64 bits hold (the limit)");
    Str text = digits_text(in->arena, x);
    bool minus = has_minus(left), other = has_minus(right) != (op == BINARY_SUB);
    bool zeros = op == BINARY_MUL || (is_zero(left) && is_zero(right));
    if (!x.coefficient && zeros && (op == BINARY_MUL ? minus != other : minus && other))   // a zero has a sign too
        text = str_format(in->arena, "-%.*s", STR_ARGS(text));
    *out = (Value){.kind = VALUE_DECIMAL, .text = text};
    return true;
}

NATIVE_FN(make_decimal)
{
    Value v;
    Digits digits;
    int64_t integer;
    (void)self;
    if (!take_args(in, args, "Decimal", "value?", &v))
        return false;
    if (v.kind == VALUE_DECIMAL) {
        *out = v;
        return true;
    }
    *out = (Value){.kind = VALUE_DECIMAL, .text = STR("0")};
    if (is_unset(v))
        return true;
    if (is_integral(v, &integer)) {
        out->text = value_repr(in->arena, value_int(integer));
        return true;
    }
    if (v.kind != VALUE_STR)
        return interp_refuse(in, args->at, STR("Give Decimal its value as a text."), "Decimal() of %.*s is not supported",
                             STR_ARGS(value_type_name(v)));
    Str text = str_trim(v.text);
    if (parse_digits(text, &digits)) {
        bool minus_zero = !digits.coefficient && text.ptr[0] == '-';
        out->text = digits_text(in->arena, digits);
        if (minus_zero)
            out->text = str_format(in->arena, "-%.*s", STR_ARGS(out->text));
        return true;
    }
    static const char *const words[] = {"inf", "infinity", "nan", "snan", NULL};
    bool has_sign = text.len && (text.ptr[0] == '-' || text.ptr[0] == '+');
    bool may_be = (has_sign && text.ptr[0] == '+') || str_is_one_of(str_slice(text, has_sign, text.len), words);
    bool is_number = true;
    size_t points = 0, digits_seen = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool is_digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        digits_seen += is_digit;
        points += text.ptr[i] == '.';
        is_number &= is_digit || text.ptr[i] == '.' || (text.ptr[i] == '-' && !i);
        may_be |= digits_seen && strchr("eE_", text.ptr[i]);
    }
    if (may_be)
        return interp_refuse(in, args->at, STR("Write it as digits."), "this text of a Decimal is not supported");
    if (!is_number || !digits_seen || points > 1)
        return interp_raise(in, args->at, STR("InvalidOperation"), "[<class 'decimal.ConversionSyntax'>]");
    out->text = text;   // more digits than can be computed with: kept as text
    return true;
}

NATIVE_FN(decimal_quantize)
{
    (void)self;
    (void)out;
    return interp_refuse(in, args->at, STR("Write the result in the revision."), "Decimal.quantize() is not supported");
}

const Builtin decimal_methods[] = {NATIVE("quantize", decimal_quantize), MEMBERS_END};
const Builtin decimal_members[] = {
    {.kind = B_TYPE, .name = NAME_OF("Decimal"), .call = make_decimal, .type = VALUE_DECIMAL},
    {.kind = B_CONSTANT, .name = NAME_OF("ROUND_HALF_UP"), .self = {.kind = VALUE_STR, .text = {"ROUND_HALF_UP", 13}}},
    MEMBERS_END};
