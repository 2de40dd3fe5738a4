// Types as functions: len(), str(), int(), list() and so on.
#include <math.h>
#include <stdlib.h>

#include "builtin_int.h"

#define SHARED_FN(name) bool name(Interp *in, Value self, const Args *args, Value *out)

SHARED_FN(b_len)
{
    UNUSED_SELF;
    Value v, method;
    if (!take_args(in, args, "len", "obj", &v))
        return false;
    if (is_unknown(v)) {
        *out = unknown_length(in, v);
        return true;
    }
    if (v.kind == VALUE_INSTANCE && instance_method(in, v, STR("__len__"), &method))
        return call_positional(in, args->at, method, 0, NULL, out);
    v = unwrap(v);
    switch ((int)v.kind) {
    case VALUE_STR: *out = value_int((int64_t)utf8_length(v.text)); return true;
    case VALUE_BYTES: *out = value_int((int64_t)v.text.len); return true;
    case VALUE_LIST:
    case VALUE_TUPLE:
    case VALUE_SET:
        tell_looked(in, v);
        *out = value_int((int64_t)v.list->values.count);
        return true;
    case VALUE_DICT:
        tell_looked(in, v);
        *out = value_int((int64_t)v.dict->items.count);
        return true;
    case VALUE_BUILTIN:
        if (v.builtin->kind != B_RANGE)
            break;
        // fall through
    case VALUE_HOST:
    case VALUE_CLASS:
    case VALUE_INSTANCE: {
        Value list;
        if (!interp_iterate(in, args->at, v, &list))
            return false;
        *out = value_int((int64_t)list.list->values.count);
        return true;
    }
    default: break;
    }
    return interp_raise(in, args->at, STR("TypeError"), "object of type '%.*s' has no len()", STR_ARGS(value_type_name(v)));
}

SHARED_FN(b_range)
{
    UNUSED_SELF;
    int64_t numbers[3] = {0, 0, 1};
    if (!args->count || args->count > 3 || args->positional != args->count)
        return interp_raise(in, args->at, STR("TypeError"), "range expected 1 to 3 arguments, got %zu", args->count);
    for (size_t i = 0; i < args->count; i++)
        if (!want_int(in, args, args->items[i].value, "range", &numbers[args->count == 1 ? 1 : i]))
            return false;
    if (!numbers[2])
        return interp_raise(in, args->at, STR("ValueError"), "range() arg 3 must not be zero");
    Builtin *range = builtin_make(in, B_RANGE);
    range->start = numbers[0];
    range->stop = numbers[1];
    range->step = numbers[2] == INT64_MIN ? -INT64_MAX : numbers[2];
    *out = value_builtin(range);
    return true;
}

SHARED_FN(b_str)
{
    UNUSED_SELF;
    Value v[3];
    if (!take_args(in, args, "str", "object? encoding? errors?", v))
        return false;
    if (is_unset(v[0])) {
        *out = value_str(STR_EMPTY);
        return true;
    }
    if (v[0].kind == VALUE_BYTES && !is_unset(v[1])) {
        *out = value_str(v[0].text);
        return true;
    }
    return to_text(in, args->at, v[0], out);
}

SHARED_FN(b_repr)
{
    UNUSED_SELF;
    Value v;
    return take_args(in, args, "repr", "obj", &v) && to_repr(in, args->at, v, out);
}

static bool parse_int_text(Interp *in, const Args *args, Str text, int64_t base, Value *out)
{
    Str body = str_trim(text);
    bool negative = body.len && body.ptr[0] == '-', any = false, under = false;
    if (body.len && (body.ptr[0] == '-' || body.ptr[0] == '+'))
        body = str_slice(body, 1, body.len);
    if (body.len > 2 && body.ptr[0] == '0') {
        char c = (char)(body.ptr[1] | 32);
        int64_t own = c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 0;
        if (own && (base == own || !base)) {
            base = own;
            body = str_slice(body, 2, body.len);
        }
    }
    base = base ? base : 10;
    uint64_t value = 0;
    for (size_t i = 0; i < body.len; i++) {
        char c = body.ptr[i];
        int64_t digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'z' ? (c | 32) - 'a' + 10 : 99;
        if (c == '_' && any && !under) {
            under = true;
            continue;
        }
        if (digit >= base) {
            any = false;
            break;
        }
        if (value > ((uint64_t)INT64_MAX - (uint64_t)digit) / (uint64_t)base)
            return interp_refuse(in, args->at, STR_EMPTY, "an integer beyond 64 bits (the limit)");
        value = value * (uint64_t)base + (uint64_t)digit;
        any = true;
        under = false;
    }
    if (!any || under)
        return interp_raise(in, args->at, STR("ValueError"), "invalid literal for int() with base %d: %.*s", (int)base,
                            STR_ARGS(text_repr(in->arena, text, false)));
    *out = value_int(negative ? -(int64_t)value : (int64_t)value);
    return true;
}

SHARED_FN(b_int)
{
    UNUSED_SELF;
    Value v[2], method;
    int64_t base = 10;
    if (!take_args(in, args, "int", "x? base?", v))
        return false;
    if (is_unknown(v[0]) || is_unknown(v[1])) {
        bool is_count = is_unset(v[1]) && v[0].unknown->form == UNKNOWN_COUNT;
        *out = is_count ? v[0] : value_unknown_by(is_unknown(v[0]) ? v[0] : v[1]);
        return true;
    }
    if (!is_unset(v[1]) && !want_int(in, args, v[1], "int", &base))
        return false;
    if (base < 0 || base == 1 || base > 36)
        return interp_raise(in, args->at, STR("ValueError"), "int() base must be >= 2 and <= 36, or 0");
    Value x = is_unset(v[0]) ? value_int(0) : unwrap(v[0]);
    int64_t integer;
    if (x.kind == VALUE_STR || x.kind == VALUE_BYTES)
        return parse_int_text(in, args, x.text, base, out);
    if (!is_unset(v[1]))
        return interp_raise(in, args->at, STR("TypeError"), "int() can't convert non-string with explicit base");
    if (x.kind == VALUE_DECIMAL)
        x = value_float(trunc(strtod(str_cstr(in->arena, x.text), NULL)));
    if (x.kind == VALUE_FLOAT) {
        if (isnan(x.real))
            return interp_raise(in, args->at, STR("ValueError"), "cannot convert float NaN to integer");
        if (isinf(x.real))
            return interp_raise(in, args->at, STR("OverflowError"), "cannot convert float infinity to integer");
        if (fabs(x.real) >= 9.2e18)
            return interp_refuse(in, args->at, STR_EMPTY, "an integer beyond 64 bits (the limit)");
        *out = value_int((int64_t)x.real);
        return true;
    }
    if (is_integral(x, &integer)) {
        *out = value_int(integer);
        return true;
    }
    if (instance_method(in, x, STR("__int__"), &method))
        return call_positional(in, args->at, method, 0, NULL, out);
    return interp_raise(in, args->at, STR("TypeError"),
                        "int() argument must be a string, a bytes-like object or a real number, not '%.*s'",
                        STR_ARGS(value_type_name(x)));
}

SHARED_FN(b_float)
{
    UNUSED_SELF;
    Value v;
    int64_t integer;
    if (!take_args(in, args, "float", "x?", &v))
        return false;
    v = is_unset(v) ? value_int(0) : unwrap(v);
    if (v.kind == VALUE_FLOAT) {
        *out = v;
        return true;
    }
    if (is_integral(v, &integer)) {
        *out = value_float((double)integer);
        return true;
    }
    if (v.kind != VALUE_STR && v.kind != VALUE_DECIMAL)
        return interp_raise(in, args->at, STR("TypeError"), "float() argument must be a string or a real number, not '%.*s'",
                            STR_ARGS(value_type_name(v)));
    char *end, *text = str_cstr(in->arena, str_trim(v.text));
    bool hex = strpbrk(text, "xXpP(") != NULL;
    double real = strtod(text, &end);
    if (!*text || *end || hex)
        return interp_raise(in, args->at, STR("ValueError"), "could not convert string to float: %.*s",
                            STR_ARGS(text_repr(in->arena, v.text, false)));
    *out = value_float(real);
    return true;
}

SHARED_FN(b_bool)
{
    UNUSED_SELF;
    Value v;
    bool truth;
    if (!take_args(in, args, "bool", "x?", &v))
        return false;
    if (is_unset(v))
        v = value_bool(false);
    if (is_unknown(v) && !condition_truth(v.unknown->condition, &truth)) {
        *out = unknown_bool(in, v);
        return true;
    }
    if (!interp_truth(in, args->at, v, "bool()", &truth))
        return false;
    *out = value_bool(truth);
    return true;
}

static bool collect(Interp *in, const Args *args, const char *name, ValueKind kind, Value *out)
{
    Value v, list;
    if (!take_args(in, args, name, "iterable?", &v))
        return false;
    *out = value_list(in->arena, kind);
    if (is_unset(v))
        return true;
    if (!interp_copied(in, args->at, v, &list))
        return false;
    if (kind != VALUE_SET) {
        *out = list;
        out->kind = kind;
        return true;
    }
    out->list->reflection = list.list->reflection;
    for (size_t i = 0; i < list.list->values.count; i++) {
        Value item = list.list->values.items[i];
        if (is_unknown(item))
            return interp_refuse_unknown(in, args->at, item, "an item of a set");
        if (!refuse_own_equality(in, args->at, item))
            return false;
        if (!value_hashable(item))
            return interp_raise(in, args->at, STR("TypeError"), "unhashable type: '%.*s'", STR_ARGS(value_type_name(item)));
        set_add(in->arena, out->list, item);
    }
    return interp_tick(in, args->at, list.list->values.count);
}

SHARED_FN(b_list)
{
    UNUSED_SELF;
    return collect(in, args, "list", VALUE_LIST, out);
}
SHARED_FN(b_tuple)
{
    UNUSED_SELF;
    return collect(in, args, "tuple", VALUE_TUPLE, out);
}
SHARED_FN(b_set)
{
    UNUSED_SELF;
    return collect(in, args, "set", VALUE_SET, out);
}

SHARED_FN(b_dict)
{
    UNUSED_SELF;
    *out = value_dict(in->arena);
    const Builtin *update = member_find(dict_methods, STR("update"));
    Value ignored;
    return update->call(in, *out, args, &ignored);
}

SHARED_FN(b_bytes)
{
    UNUSED_SELF;
    Value v[2], list;
    int64_t byte;
    if (!take_args(in, args, "bytes", "source? encoding?", v))
        return false;
    *out = (Value){.kind = VALUE_BYTES, .text = STR_EMPTY};
    if (is_unset(v[0]))
        return true;
    if (v[0].kind == VALUE_STR || v[0].kind == VALUE_BYTES) {
        if (v[0].kind == VALUE_STR && is_unset(v[1]))
            return interp_raise(in, args->at, STR("TypeError"), "string argument without an encoding");
        out->text = v[0].text;
        return true;
    }
    if (!is_unset(v[1]))
        return interp_raise(in, args->at, STR("TypeError"), "encoding without a string argument");
    Buf buf = buf_open(in->arena);
    if (is_integral(v[0], &byte)) {
        if (byte < 0 || !interp_room(in, args->at, (uint64_t)byte))
            return byte < 0 ? interp_raise(in, args->at, STR("ValueError"), "negative count") : false;
        while (byte--)
            buf_add_char(&buf, '\0');
        out->text = buf_str(&buf);
        return true;
    }
    if (!interp_iterate(in, args->at, v[0], &list))
        return false;
    for (size_t i = 0; i < list.list->values.count; i++) {
        if (!want_int(in, args, list.list->values.items[i], "bytes", &byte))
            return false;
        if (byte < 0 || byte > 255)
            return interp_raise(in, args->at, STR("ValueError"), "bytes must be in range(0, 256)");
        buf_add_char(&buf, (char)byte);
    }
    out->text = buf_str(&buf);
    return true;
}
