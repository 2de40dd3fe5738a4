// The functions and types that every file can name.
#include <math.h>
#include <stdlib.h>

#include "builtin_int.h"

static bool key_and_order(Interp *in, const Args *args, const char *function, Value *iterable, Value *key, bool *reverse)
{
    Value v[3];
    bool ok = true;
    if (!take_args(in, args, function, "iterable key? reverse?", v))
        return false;
    *iterable = v[0];
    *key = is_unset(v[1]) ? VALUE_OF_NONE : v[1];
    *reverse = false;
    if (!is_unset(v[2]))
        ok = interp_truth(in, args->at, v[2], "the order of sorting", reverse);
    return ok;
}

NATIVE_FN(b_sorted)
{
    UNUSED_SELF;
    Value iterable, key;
    bool reverse;
    return key_and_order(in, args, "sorted", &iterable, &key, &reverse) && interp_copied(in, args->at, iterable, out) &&
           sort_values(in, args->at, out->list, key, reverse);
}

NATIVE_FN(b_reversed)
{
    UNUSED_SELF;
    Value v, list;
    if (!take_args(in, args, "reversed", "sequence", &v) || !interp_iterate(in, args->at, v, &list))
        return false;
    list_reverse(list);
    *out = iterator_of(in, list);
    return true;
}

static Value pair_of(Interp *in, Value a, Value b)
{
    Value pair = value_list(in->arena, VALUE_TUPLE);
    list_push(in->arena, pair, a);
    list_push(in->arena, pair, b);
    return pair;
}

NATIVE_FN(b_enumerate)
{
    UNUSED_SELF;
    Value v[2], list;
    int64_t start = 0;
    if (!take_args(in, args, "enumerate", "iterable start?", v) ||
        (!is_unset(v[1]) && !want_int(in, args, v[1], "enumerate", &start)) || !interp_iterate(in, args->at, v[0], &list))
        return false;
    for (size_t i = 0; i < list.list->values.count; i++)
        list.list->values.items[i] = pair_of(in, value_int((int64_t)((uint64_t)start + i)), list.list->values.items[i]);
    *out = iterator_of(in, list);
    return interp_tick(in, args->at, list.list->values.count);
}

NATIVE_FN(b_zip)
{
    UNUSED_SELF;
    Value lists = value_list(in->arena, VALUE_LIST), result = value_list(in->arena, VALUE_LIST);
    size_t shortest = args->positional ? SIZE_MAX : 0, longest = 0;
    bool strict = false;
    for (size_t i = 0; i < args->count; i++) {
        Value list;
        if (i >= args->positional) {
            if (!interp_truth(in, args->at, args->items[i].value, "strict", &strict))
                return false;
            continue;
        }
        if (!interp_iterate(in, args->at, args->items[i].value, &list))
            return false;
        size_t count = list.list->values.count;
        shortest = count < shortest ? count : shortest;
        longest = count > longest ? count : longest;
        list_push(in->arena, lists, list);
    }
    if (strict && shortest != longest)
        return interp_raise(in, args->at, STR("ValueError"), "zip() arguments have different lengths");
    for (size_t i = 0; i < shortest; i++) {
        Value row = value_list(in->arena, VALUE_TUPLE);
        for (size_t k = 0; k < lists.list->values.count; k++)
            list_push(in->arena, row, lists.list->values.items[k].list->values.items[i]);
        list_push(in->arena, result, row);
    }
    *out = iterator_of(in, result);
    return interp_tick(in, args->at, shortest);
}

NATIVE_FN(b_ascii)
{
    if (!b_repr(in, self, args, out))
        return false;
    *out = value_ascii(in->arena, *out);
    return true;
}

NATIVE_FN(b_map)
{
    UNUSED_SELF;
    Value result = value_list(in->arena, VALUE_LIST), lists[3], given[3];
    size_t shortest = SIZE_MAX;
    if (args->positional < 2 || args->positional > 4 || args->count != args->positional)
        return interp_raise(in, args->at, STR("TypeError"), "map() must have at least two arguments.");
    for (size_t i = 1; i < args->positional; i++) {
        if (!interp_iterate(in, args->at, args->items[i].value, &lists[i - 1]))
            return false;
        size_t count = lists[i - 1].list->values.count;
        shortest = count < shortest ? count : shortest;
    }
    for (size_t i = 0; i < shortest; i++) {
        Value item;
        for (size_t k = 0; k + 1 < args->positional; k++)
            given[k] = lists[k].list->values.items[i];
        if (!call_positional(in, args->at, args->items[0].value, args->positional - 1, given, &item) ||
            !interp_tick(in, args->at, 1))
            return false;
        list_push(in->arena, result, item);
    }
    *out = iterator_of(in, result);
    return true;
}

NATIVE_FN(b_filter)
{
    UNUSED_SELF;
    Value v[2], list, result = value_list(in->arena, VALUE_LIST);
    if (!take_args(in, args, "filter", "function iterable", v) || !interp_iterate(in, args->at, v[1], &list))
        return false;
    for (size_t i = 0; i < list.list->values.count; i++) {
        Value test = list.list->values.items[i];
        bool keep;
        if (!value_is_none(v[0]) && !call_positional(in, args->at, v[0], 1, &list.list->values.items[i], &test))
            return false;
        if (!interp_truth(in, args->at, test, "a filter", &keep) || !interp_tick(in, args->at, 1))
            return false;
        if (keep)
            list_push(in->arena, result, list.list->values.items[i]);
    }
    *out = iterator_of(in, result);
    return true;
}

NATIVE_FN(b_sum)
{
    UNUSED_SELF;
    Value v[2], list;
    if (!take_args(in, args, "sum", "iterable start?", v) || !interp_iterate(in, args->at, v[0], &list))
        return false;
    *out = is_unset(v[1]) ? value_int(0) : v[1];
    if (out->kind == VALUE_STR || out->kind == VALUE_BYTES)
        return interp_raise(in, args->at, STR("TypeError"), "sum() can't sum strings [use ''.join(seq) instead]");
    for (size_t i = 0; i < list.list->values.count; i++)
        if (!binary(in, args->at, BINARY_ADD, *out, list.list->values.items[i], out) || !interp_tick(in, args->at, 1))
            return false;
    return true;
}

static bool extreme(Interp *in, const Args *args, BinaryOp op, Value *out)
{
    Value list, key = VALUE_OF_NONE, best_key = VALUE_OF_NONE, preset = UNSET_VALUE;
    for (size_t i = args->positional; i < args->count; i++) {
        if (str_equal(args->items[i].name, STR("key")))
            key = args->items[i].value;
        else if (str_equal(args->items[i].name, STR("default")))
            preset = args->items[i].value;
    }
    if (args->positional == 1) {
        if (!interp_iterate(in, args->at, args->items[0].value, &list))
            return false;
    } else {
        list = value_list(in->arena, VALUE_LIST);
        for (size_t i = 0; i < args->positional; i++)
            list_push(in->arena, list, args->items[i].value);
    }
    if (!list.list->values.count) {
        if (is_unset(preset))
            return interp_raise(in, args->at, STR("ValueError"), "%s() arg is an empty sequence",
                                op == BINARY_LT ? "min" : "max");
        *out = preset;
        return true;
    }
    for (size_t i = 0; i < list.list->values.count; i++) {
        Value item = list.list->values.items[i], item_key = item, less;
        bool better = !i;
        if (!value_is_none(key) && !call_positional(in, args->at, key, 1, &item, &item_key))
            return false;
        if (i && (!binary(in, args->at, op, item_key, best_key, &less) ||
                  !interp_truth(in, args->at, less, "min() or max()", &better)))
            return false;
        if (better) {
            *out = item;
            best_key = item_key;
        }
    }
    return interp_tick(in, args->at, list.list->values.count);
}

NATIVE_FN(b_min)
{
    UNUSED_SELF;
    return extreme(in, args, BINARY_LT, out);
}
NATIVE_FN(b_max)
{
    UNUSED_SELF;
    return extreme(in, args, BINARY_GT, out);
}

static bool quantify(Interp *in, const Args *args, bool any, Value *out)
{
    Value v, list;
    if (!take_args(in, args, any ? "any" : "all", "iterable", &v) || !interp_iterate(in, args->at, v, &list))
        return false;
    for (size_t i = 0; i < list.list->values.count; i++) {
        bool truth;
        if (!interp_truth(in, args->at, list.list->values.items[i], any ? "any()" : "all()", &truth))
            return false;
        if (truth == any) {
            *out = value_bool(any);
            return true;
        }
    }
    *out = value_bool(!any);
    return true;
}

NATIVE_FN(b_any)
{
    UNUSED_SELF;
    return quantify(in, args, true, out);
}
NATIVE_FN(b_all)
{
    UNUSED_SELF;
    return quantify(in, args, false, out);
}

NATIVE_FN(b_abs)
{
    UNUSED_SELF;
    Value v;
    int64_t integer;
    if (!take_args(in, args, "abs", "x", &v))
        return false;
    if (v.kind == VALUE_FLOAT) {
        *out = value_float(fabs(v.real));
        return true;
    }
    if (is_integral(v, &integer) && integer >= 0) {
        *out = value_int(integer);
        return true;
    }
    if (v.kind == VALUE_DECIMAL && (!v.text.len || v.text.ptr[0] != '-')) {
        *out = v;
        return true;
    }
    if (v.kind == VALUE_TIME && v.time->kind == TIME_DELTA && v.time->delta_microseconds >= 0) {
        *out = v;
        return true;
    }
    return unary(in, args->at, UNARY_NEG, v, out);
}

NATIVE_FN(b_ignore)
{
    UNUSED_SELF;
    (void)in;
    (void)args;
    *out = VALUE_OF_NONE;
    return true;
}

NATIVE_FN(b_format)
{
    UNUSED_SELF;
    Value v[2];
    Str spec = STR_EMPTY;
    return take_args(in, args, "format", "value format_spec?", v) &&
           (is_unset(v[1]) || want_text(in, args, v[1], "format", &spec)) && format_value(in, args->at, v[0], spec, out);
}

NATIVE_FN(b_ord)
{
    UNUSED_SELF;
    Value v;
    Str text;
    uint32_t code = 0;
    if (!take_args(in, args, "ord", "c", &v) || !want_text(in, args, v, "ord", &text))
        return false;
    if (v.kind == VALUE_BYTES ? text.len != 1 : !text.len || utf8_decode(text, &code) != text.len)
        return interp_raise(in, args->at, STR("TypeError"), "ord() expected a character, but string of length %zu found",
                            utf8_length(text));
    *out = value_int(v.kind == VALUE_BYTES ? (int64_t)(unsigned char)text.ptr[0] : (int64_t)code);
    return true;
}

NATIVE_FN(b_chr)
{
    UNUSED_SELF;
    Value v;
    int64_t code;
    if (!take_args(in, args, "chr", "i", &v) || !want_int(in, args, v, "chr", &code))
        return false;
    if (code < INT32_MIN || code > INT32_MAX)
        return interp_raise(in, args->at, STR("OverflowError"), "Python int too large to convert to C int");
    if (code < 0 || code > 0x10FFFF)
        return interp_raise(in, args->at, STR("ValueError"), "chr() arg not in range(0x110000)");
    Buf buf = buf_open(in->arena);
    buf_add_code(&buf, (uint32_t)code);
    *out = value_str(buf_str(&buf));
    return true;
}

static bool based(Interp *in, const Args *args, const char *function, const char *spec, Value *out)
{
    Value v;
    int64_t integer;
    return take_args(in, args, function, "number", &v) && want_int(in, args, v, function, &integer) &&
           format_value(in, args->at, value_int(integer), str_from(spec), out);
}

NATIVE_FN(b_hex)
{
    UNUSED_SELF;
    return based(in, args, "hex", "#x", out);
}
NATIVE_FN(b_oct)
{
    UNUSED_SELF;
    return based(in, args, "oct", "#o", out);
}
NATIVE_FN(b_bin)
{
    UNUSED_SELF;
    return based(in, args, "bin", "#b", out);
}

NATIVE_FN(b_round)
{
    UNUSED_SELF;
    Value v[2];
    int64_t digits = 0, integer;
    if (!take_args(in, args, "round", "number ndigits?", v))
        return false;
    bool whole = is_unset(v[1]) || value_is_none(v[1]);
    if (!whole && !want_int(in, args, v[1], "round", &digits))
        return false;
    if (is_integral(v[0], &integer) && digits >= 0) {
        *out = value_int(integer);
        return true;
    }
    if (v[0].kind != VALUE_FLOAT && v[0].kind != VALUE_DECIMAL && !is_integral(v[0], &integer))
        return interp_raise(in, args->at, STR("TypeError"), "type %.*s doesn't define __round__ method",
                            STR_ARGS(value_type_name(v[0])));
    if (v[0].kind != VALUE_FLOAT)
        return interp_refuse(in, args->at, STR_EMPTY, "round() of %.*s is not supported", STR_ARGS(value_type_name(v[0])));
    if (whole) {
        double rounded = nearbyint(v[0].real);   // to even, as Python
        if (!(fabs(rounded) < 9.2e18))
            return interp_refuse(in, args->at, STR_EMPTY, "an integer beyond 64 bits (the limit)");
        *out = value_int((int64_t)rounded);
        return true;
    }
    if (digits < 0) {
        double scale = pow(10, (double)-digits);
        *out = value_float(nearbyint(v[0].real / scale) * scale);
        return true;
    }
    char text[400];
    snprintf(text, sizeof text, "%.*f", (int)(digits > 300 ? 300 : digits), fabs(v[0].real) < 1e60 ? v[0].real : 0.0);
    *out = fabs(v[0].real) < 1e60 && digits < 300 ? value_float(strtod(text, NULL)) : v[0];
    return true;
}

NATIVE_FN(b_iter)
{
    UNUSED_SELF;
    Value v, list;
    if (!take_args(in, args, "iter", "object", &v))
        return false;
    if (v.kind == VALUE_BUILTIN && v.builtin->kind == B_ITERATOR) {
        *out = v;
        return true;
    }
    if (!interp_iterate(in, args->at, v, &list))
        return false;
    *out = iterator_of(in, list);
    return true;
}

NATIVE_FN(b_next)
{
    UNUSED_SELF;
    Value v[2], method;
    if (!take_args(in, args, "next", "iterator default?", v))
        return false;
    if (is_unknown(v[0])) {
        *out = value_unknown_by(v[0]);
        return true;
    }
    if (instance_method(in, v[0], STR("__next__"), &method))
        return call_positional(in, args->at, method, 0, NULL, out);
    if (v[0].kind != VALUE_BUILTIN || v[0].builtin->kind != B_ITERATOR)
        return interp_raise(in, args->at, STR("TypeError"), "'%.*s' object is not an iterator",
                            STR_ARGS(value_type_name(v[0])));
    Builtin *iterator = (Builtin *)(uintptr_t)v[0].builtin;
    tell_looked(in, v[0]);
    if ((size_t)iterator->start < iterator->self.list->values.count) {
        *out = iterator->self.list->values.items[iterator->start++];
        return true;
    }
    if (is_unset(v[1]))
        return interp_raise(in, args->at, STR("StopIteration"), "%s", "");
    *out = v[1];
    return true;
}

NATIVE_FN(b_callable)
{
    UNUSED_SELF;
    Value v, method;
    if (!take_args(in, args, "callable", "obj", &v))
        return false;
    bool instance = v.kind == VALUE_INSTANCE && instance_method(in, v, STR("__call__"), &method);
    *out = value_bool(v.kind == VALUE_FUNCTION || v.kind == VALUE_CLASS || v.kind == VALUE_BUILTIN || v.kind == VALUE_HOST ||
                      instance);
    return true;
}

NATIVE_FN(b_divmod)
{
    UNUSED_SELF;
    Value v[2], quotient, rest;
    if (!take_args(in, args, "divmod", "x y", v) || !binary(in, args->at, BINARY_FLOORDIV, v[0], v[1], &quotient) ||
        !binary(in, args->at, BINARY_MOD, v[0], v[1], &rest))
        return false;
    *out = pair_of(in, quotient, rest);
    return true;
}

NATIVE_FN(b_pow)
{
    UNUSED_SELF;
    Value v[2];
    return take_args(in, args, "pow", "base exp", v) && binary(in, args->at, BINARY_POW, v[0], v[1], out);
}

NATIVE_FN(b_refused)
{
    UNUSED_SELF;
    (void)out;
    return interp_refuse(in, args->at, STR("Write what is needed in the revision itself, or give its SQL as an override."),
                         "the file asks for something outside itself, which is not done while reading revisions ("
                         "exec, eval, __import__, input)");
}

static const Builtin ellipsis_value = {.kind = B_ELLIPSIS}, not_implemented = {.kind = B_NOT_IMPLEMENTED};

NATIVE_FN(t_fromkeys)
{
    UNUSED_SELF;
    Value v[2], keys;
    if (!take_args(in, args, "fromkeys", "iterable value?", v) || !interp_iterate(in, args->at, v[0], &keys))
        return false;
    *out = value_dict(in->arena);
    for (size_t i = 0; i < keys.list->values.count; i++)
        if (!subscript_set(in, args->at, *out, keys.list->values.items[i], is_unset(v[1]) ? VALUE_OF_NONE : v[1]))
            return false;
    return true;
}

NATIVE_FN(t_maketrans)
{
    UNUSED_SELF;
    Value v[3], from, to;
    if (!take_args(in, args, "maketrans", "x y? z?", v))
        return false;
    *out = value_dict(in->arena);
    if (is_unset(v[1])) {
        if (v[0].kind != VALUE_DICT)
            return interp_raise(in, args->at, STR("TypeError"),
                                "if you give only one argument to maketrans it must be a dict");
        for (size_t i = 0; i < v[0].dict->items.count; i++) {
            Value key = v[0].dict->items.items[i].key;
            uint32_t code;
            if (key.kind == VALUE_STR && key.text.len && utf8_decode(key.text, &code))
                key = value_int(code);
            dict_put(in->arena, out->dict, key, v[0].dict->items.items[i].value);
        }
        return true;
    }
    if (!interp_iterate(in, args->at, v[0], &from) || !interp_iterate(in, args->at, v[1], &to))
        return false;
    if (from.list->values.count != to.list->values.count)
        return interp_raise(in, args->at, STR("ValueError"), "the first two maketrans arguments must have equal length");
    for (size_t i = 0; i < from.list->values.count; i++) {
        uint32_t code = 0;
        utf8_decode(from.list->values.items[i].text, &code);
        dict_put(in->arena, out->dict, value_int(code), to.list->values.items[i]);
    }
    if (!is_unset(v[2])) {
        if (!interp_iterate(in, args->at, v[2], &from))
            return false;
        for (size_t i = 0; i < from.list->values.count; i++) {
            uint32_t code = 0;
            utf8_decode(from.list->values.items[i].text, &code);
            dict_put(in->arena, out->dict, value_int(code), VALUE_OF_NONE);
        }
    }
    return true;
}

static const Builtin dict_statics[] = {NATIVE("fromkeys", t_fromkeys), MEMBERS_END};
static const Builtin str_statics[] = {NATIVE("maketrans", t_maketrans), MEMBERS_END};

#define TYPE(text, function, id)                                                                                            \
    {                                                                                                                       \
        .kind = B_TYPE, .name = NAME_OF(text), .call = (function), .type = (id), .flags = NATIVE_KEEPS_UNKNOWN              \
    }
#define TYPE_STRICT(text, function, id)                                                                                     \
    {                                                                                                                       \
        .kind = B_TYPE, .name = NAME_OF(text), .call = (function), .type = (id)                                             \
    }
#define TYPE_COPIES(text, function, id)                                                                                     \
    {                                                                                                                       \
        .kind = B_TYPE, .name = NAME_OF(text), .call = (function), .type = (id), .flags = NATIVE_COPIES                     \
    }
#define CONSTANT(text, value)                                                                                               \
    {                                                                                                                       \
        .kind = B_CONSTANT, .name = NAME_OF(text), .self = {.kind = VALUE_BUILTIN, .builtin = (value) }                     \
    }

// Sorted by bytes: names are found by halving.
const Builtin builtin_names[] = {
    CONSTANT("Ellipsis", &ellipsis_value),
    CONSTANT("NotImplemented", &not_implemented),
    NATIVE_ANY("__import__", b_refused),
    NATIVE("abs", b_abs),
    NATIVE("all", b_all),
    NATIVE("any", b_any),
    NATIVE("ascii", b_ascii),
    NATIVE("bin", b_bin),
    TYPE("bool", b_bool, VALUE_BOOL),
    NATIVE_ANY("breakpoint", b_ignore),
    TYPE_STRICT("bytearray", b_bytes, VALUE_BYTES),
    TYPE_STRICT("bytes", b_bytes, VALUE_BYTES),
    NATIVE_ANY("callable", b_callable),
    NATIVE("chr", b_chr),
    NATIVE_ANY("classmethod", b_classmethod),
    NATIVE_ANY("compile", b_refused),
    NATIVE_ANY("delattr", b_delattr),
    {.kind = B_TYPE,
     .name = NAME_OF("dict"),
     .call = b_dict,
     .type = VALUE_DICT,
     .flags = NATIVE_KEEPS_UNKNOWN,
     .members = dict_statics},
    NATIVE("divmod", b_divmod),
    NATIVE("enumerate", b_enumerate),
    NATIVE_ANY("eval", b_refused),
    NATIVE_ANY("exec", b_refused),
    NATIVE("filter", b_filter),
    TYPE_STRICT("float", b_float, VALUE_FLOAT),
    NATIVE("format", b_format),
    TYPE_STRICT("frozenset", b_set, TYPE_FROZENSET),
    NATIVE_ANY("getattr", b_getattr),
    NATIVE_ANY("globals", b_globals),
    NATIVE("hasattr", b_hasattr),
    NATIVE("hash", b_hash),
    NATIVE("hex", b_hex),
    NATIVE_ANY("id", b_id),
    NATIVE_ANY("input", b_refused),
    TYPE("int", b_int, VALUE_INT),
    NATIVE_ANY("isinstance", b_isinstance),
    NATIVE("issubclass", b_issubclass),
    NATIVE("iter", b_iter),
    NATIVE_ANY("len", b_len),
    TYPE_COPIES("list", b_list, VALUE_LIST),
    NATIVE_ANY("locals", b_locals),
    NATIVE("map", b_map),
    NATIVE("max", b_max),
    NATIVE("min", b_min),
    NATIVE_ANY("next", b_next),
    TYPE("object", b_object, TYPE_OBJECT),
    NATIVE("oct", b_oct),
    NATIVE("open", native_open),
    NATIVE("ord", b_ord),
    NATIVE("pow", b_pow),
    NATIVE_ANY("print", b_ignore),
    TYPE("property", b_property, TYPE_OTHER),
    TYPE_STRICT("range", b_range, TYPE_RANGE),
    NATIVE("repr", b_repr),
    NATIVE("reversed", b_reversed),
    NATIVE("round", b_round),
    TYPE_COPIES("set", b_set, VALUE_SET),
    NATIVE_ANY("setattr", b_setattr),
    {.kind = B_FUNCTION, .name = NAME_OF("sorted"), .call = b_sorted, .flags = NATIVE_COPIES},
    TYPE("staticmethod", b_staticmethod, TYPE_OTHER),
    {.kind = B_TYPE, .name = NAME_OF("str"), .call = b_str, .type = VALUE_STR, .members = str_statics},
    NATIVE("sum", b_sum),
    NATIVE_ANY("super", native_super),
    TYPE_STRICT("tuple", b_tuple, VALUE_TUPLE),
    TYPE("type", b_type, TYPE_TYPE),
    NATIVE_ANY("vars", b_vars),
    NATIVE("zip", b_zip),
    MEMBERS_END,
};
