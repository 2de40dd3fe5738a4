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
    return key_and_order(in, args, "sorted", &iterable, &key, &reverse) && interp_iterate(in, args->at, iterable, out) &&
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

static bool matches_builtin(Value v, const Builtin *type)
{
    Value plain = unwrap(v);
    switch (type->type) {
    case TYPE_OBJECT: return true;
    case TYPE_TYPE: return v.kind == VALUE_CLASS || (v.kind == VALUE_BUILTIN && v.builtin->kind == B_TYPE);
    case VALUE_INT: return plain.kind == VALUE_INT || plain.kind == VALUE_BOOL;
    case TYPE_FROZENSET: return v.kind == VALUE_SET;
    case TYPE_RANGE: return v.kind == VALUE_BUILTIN && v.builtin->kind == B_RANGE;
    case TYPE_ITERABLE:
        return plain.kind == VALUE_LIST || plain.kind == VALUE_TUPLE || plain.kind == VALUE_SET ||
               plain.kind == VALUE_DICT || plain.kind == VALUE_STR || plain.kind == VALUE_BYTES ||
               (plain.kind == VALUE_BUILTIN && (plain.builtin->kind == B_ITERATOR || plain.builtin->kind == B_RANGE));
    case TYPE_ENUM:
    case TYPE_INT_ENUM:
    case TYPE_STR_ENUM:
        return v.kind == VALUE_INSTANCE && v.instance->class->is_enum &&
               (type->type == TYPE_ENUM || class_has_builtin(v.instance->class, type->type));
    case VALUE_TIME:   // datetime is a date too
        return v.kind == VALUE_TIME &&
               (type->start == (int64_t)v.time->kind || (type->start == TIME_DATE && v.time->kind == TIME_DATETIME));
    case TYPE_OTHER: return false;
    default: return (int)plain.kind == type->type;
    }
}

static bool is_instance(Interp *in, Span at, Value v, Value type, Value *out)
{
    *out = value_bool(false);
    if (is_unknown(v) || is_unknown(type)) {
        *out = is_unknown(v) ? v : type;
        return true;
    }
    if (type.kind == VALUE_TUPLE) {
        if (!interp_enter(in, at))
            return false;
        bool done = true;
        for (size_t i = 0; i < type.list->values.count && done; i++) {
            done = is_instance(in, at, v, type.list->values.items[i], out);
            if (done && (is_unknown(*out) || out->boolean))
                break;
        }
        interp_leave(in);
        return done;
    }
    bool result = false;
    if (type.kind == VALUE_HOST) {
        if (!in->host->is_instance(in->host, in, at, v, type.host, &result))
            return false;
    } else if (type.kind == VALUE_CLASS) {
        result = v.kind == VALUE_INSTANCE && class_is(v.instance->class, type.class);
    } else if (type.kind == VALUE_BUILTIN && type.builtin->kind == B_TYPE) {
        result = matches_builtin(v, type.builtin);
    } else if (type.kind == VALUE_BUILTIN && type.builtin->kind == B_IGNORED) {
        return interp_refuse(in, at, STR_EMPTY, "isinstance() with a type of the typing module is not supported");
    } else {
        return interp_raise(in, at, STR("TypeError"), "isinstance() arg 2 must be a type, a tuple of types, or a union");
    }
    *out = value_bool(result);
    return true;
}

NATIVE_FN(b_isinstance)
{
    UNUSED_SELF;
    Value v[2];
    return take_args(in, args, "isinstance", "obj class_or_tuple", v) && is_instance(in, args->at, v[0], v[1], out);
}

NATIVE_FN(b_issubclass)
{
    UNUSED_SELF;
    Value v[2];
    if (!take_args(in, args, "issubclass", "cls class_or_tuple", v))
        return false;
    bool result = false;
    Value types = v[1];
    if (types.kind != VALUE_TUPLE) {
        types = value_list(in->arena, VALUE_TUPLE);
        list_push(in->arena, types, v[1]);
    }
    for (size_t i = 0; i < types.list->values.count; i++) {
        Value type = types.list->values.items[i];
        if (type.kind == VALUE_CLASS && v[0].kind == VALUE_CLASS)
            result = result || class_is(v[0].class, type.class);
        else if (type.kind == VALUE_BUILTIN && v[0].kind == VALUE_CLASS)
            result = result || type.builtin->type == TYPE_OBJECT || class_has_builtin(v[0].class, type.builtin->type) ||
                     (type.builtin->type == TYPE_ENUM && v[0].class->is_enum);
        else
            result = result || value_same(v[0], type) || (type.kind == VALUE_BUILTIN && type.builtin->type == TYPE_OBJECT);
    }
    *out = value_bool(result);
    return true;
}

static bool attribute_or(Interp *in, const Args *args, Value object, Str name, bool *found, Value *out)
{
    *found = interp_attribute(in, args->at, object, name, out);
    if (*found)
        return true;
    Class *missing = exception_class(in, STR("AttributeError"));
    if (in->trouble != TROUBLE_RAISED || in->exception.kind != VALUE_INSTANCE ||
        !class_is(in->exception.instance->class, missing))
        return false;
    in->trouble = TROUBLE_NONE;
    return true;
}

NATIVE_FN(b_getattr)
{
    UNUSED_SELF;
    Value v[3];
    Str name;
    bool found;
    if (!take_args(in, args, "getattr", "object name default?", v))
        return false;
    if (is_unknown(v[0]) || is_unknown(v[1])) {
        *out = is_unknown(v[0]) ? v[0] : v[1];
        return true;
    }
    if (!want_text(in, args, v[1], "getattr", &name))
        return false;
    if (is_unset(v[2]))
        return interp_attribute(in, args->at, v[0], name, out);
    if (!attribute_or(in, args, v[0], name, &found, out))
        return false;
    if (!found)
        *out = v[2];
    return true;
}

NATIVE_FN(b_hasattr)
{
    UNUSED_SELF;
    Value v[2], ignored;
    Str name;
    bool found;
    if (!take_args(in, args, "hasattr", "obj name", v) || !want_text(in, args, v[1], "hasattr", &name) ||
        !attribute_or(in, args, v[0], name, &found, &ignored))
        return false;
    *out = value_bool(found);
    return true;
}

NATIVE_FN(b_setattr)
{
    UNUSED_SELF;
    Value v[3];
    Str name;
    *out = VALUE_OF_NONE;
    return take_args(in, args, "setattr", "obj name value", v) && want_text(in, args, v[1], "setattr", &name) &&
           set_attribute(in, args->at, v[0], name, v[2]);
}

NATIVE_FN(b_delattr)
{
    UNUSED_SELF;
    Value v[2];
    Str name;
    *out = VALUE_OF_NONE;
    return take_args(in, args, "delattr", "obj name", v) && want_text(in, args, v[1], "delattr", &name) &&
           delete_attribute(in, args->at, v[0], name);
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

NATIVE_FN(b_type)
{
    UNUSED_SELF;
    Value v;
    if (args->count == 3 && args->positional == 3)
        return class_of_parts(in, args, out);
    if (!take_args(in, args, "type", "object", &v))
        return false;
    if (is_unknown(v)) {
        *out = v;
        return true;
    }
    if (v.kind == VALUE_INSTANCE) {
        *out = (Value){.kind = VALUE_CLASS, .class = v.instance->class};
        return true;
    }
    if (v.kind == VALUE_HOST)
        return interp_refuse(in, args->at, STR_EMPTY, "type() of <%.*s> is not supported",
                             STR_ARGS(in->host->name(in->host, in->arena, v.host)));
    for (const Builtin *b = builtin_names; b->name.len; b++)
        if (b->kind == B_TYPE && b->type == (int)v.kind) {
            *out = value_builtin(b);
            return true;
        }
    Builtin *type = builtin_make(in, B_TYPE);
    Str name = value_type_name(v);
    type->name.ptr = name.ptr;
    type->name.len = name.len;
    type->type = v.kind == VALUE_CLASS ? TYPE_TYPE : (int)v.kind;
    *out = value_builtin(type);
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
        *out = v[0];
        return true;
    }
    if (instance_method(in, v[0], STR("__next__"), &method))
        return call_positional(in, args->at, method, 0, NULL, out);
    if (v[0].kind != VALUE_BUILTIN || v[0].builtin->kind != B_ITERATOR)
        return interp_raise(in, args->at, STR("TypeError"), "'%.*s' object is not an iterator",
                            STR_ARGS(value_type_name(v[0])));
    Builtin *iterator = (Builtin *)(uintptr_t)v[0].builtin;
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

static Value wrapped(Interp *in, BuiltinKind kind, Value inner)
{
    Builtin *b = builtin_make(in, kind);
    b->self = inner;
    return value_builtin(b);
}

NATIVE_FN(b_property)
{
    UNUSED_SELF;
    if (!args->count)
        return interp_raise(in, args->at, STR("TypeError"), "property() needs a function");
    *out = wrapped(in, B_PROPERTY, args->items[0].value);
    return true;
}

NATIVE_FN(b_staticmethod)
{
    UNUSED_SELF;
    Value v;
    if (!take_args(in, args, "staticmethod", "function", &v))
        return false;
    *out = wrapped(in, B_STATIC, v);
    return true;
}

NATIVE_FN(b_classmethod)
{
    UNUSED_SELF;
    Value v;
    if (!take_args(in, args, "classmethod", "function", &v))
        return false;
    *out = wrapped(in, B_CLASSMETHOD, v);
    return true;
}

NATIVE_FN(b_object)
{
    UNUSED_SELF;
    (void)args;
    *out = value_builtin(builtin_make(in, B_CONSTANT));
    return true;
}

NATIVE_FN(b_globals)
{
    UNUSED_SELF;
    (void)args;
    *out = value_dict(in->arena);
    if (in->space->lazy && !lazy_settle_everything(in, in->space))
        return false;
    for (size_t i = 0; i < in->space->globals.entries.count; i++)
        if (!is_unset(in->space->globals.entries.items[i].value))
            dict_put(in->arena, out->dict, value_str(in->space->globals.entries.items[i].name),
                     in->space->globals.entries.items[i].value);
    return interp_tick(in, args->at, in->space->globals.entries.count);
}

NATIVE_FN(b_locals)
{
    if (!in->frame)
        return b_globals(in, self, args, out);
    const Env *env = in->frame->env;
    *out = value_dict(in->arena);
    for (size_t i = 0; i < env->scope->names.count; i++)
        if (!is_unset(env->slots[i]))
            dict_put(in->arena, out->dict, value_str(env->scope->names.items[i].text), env->slots[i]);
    return true;
}

NATIVE_FN(b_vars)
{
    if (!args->count)
        return b_locals(in, self, args, out);
    return interp_attribute(in, args->at, args->items[0].value, STR("__dict__"), out);
}

NATIVE_FN(b_id)
{
    UNUSED_SELF;
    Value v;
    if (!take_args(in, args, "id", "obj", &v))
        return false;
    *out = value_unknown(in->arena, args->at, STR("the identity of an object is known only when the program runs"),
                         STR_EMPTY);
    return true;
}

NATIVE_FN(b_hash)
{
    UNUSED_SELF;
    Value v;
    if (!take_args(in, args, "hash", "obj", &v))
        return false;
    if (!value_hashable(v))
        return interp_raise(in, args->at, STR("TypeError"), "unhashable type: '%.*s'", STR_ARGS(value_type_name(v)));
    *out = value_unknown(in->arena, args->at, STR("a hash changes from run to run"),
                         STR("Write the value in the revision."));
    return true;
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
    NATIVE("ascii", b_repr),
    NATIVE("bin", b_bin),
    TYPE_STRICT("bool", b_bool, VALUE_BOOL),
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
    TYPE_STRICT("int", b_int, VALUE_INT),
    NATIVE_ANY("isinstance", b_isinstance),
    NATIVE("issubclass", b_issubclass),
    NATIVE("iter", b_iter),
    NATIVE("len", b_len),
    TYPE_STRICT("list", b_list, VALUE_LIST),
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
    TYPE_STRICT("set", b_set, VALUE_SET),
    NATIVE_ANY("setattr", b_setattr),
    NATIVE("sorted", b_sorted),
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
