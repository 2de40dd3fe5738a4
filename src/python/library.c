// collections, itertools, functools, operator, contextlib, copy, dataclasses and enum: the parts that revisions use.
#include "module_int.h"

// ---- collections ----

NATIVE_FN(make_ordered)
{
    Value ignored;
    (void)self;
    *out = value_dict(in->arena);
    return member_find(dict_methods, STR("update"))->call(in, *out, args, &ignored);
}

NATIVE_FN(make_defaultdict)
{
    Value ignored;
    (void)self;
    *out = value_dict(in->arena);
    out->dict->is_default = args->positional > 0 && !value_is_none(args->items[0].value);
    out->dict->factory = args->positional ? args->items[0].value : VALUE_OF_NONE;
    size_t skip = args->positional > 0;
    Args rest = {args->items + skip, args->count - skip, args->positional - skip, args->at};
    return member_find(dict_methods, STR("update"))->call(in, *out, &rest, &ignored);
}

NATIVE_FN(make_counter)
{
    Value list;
    (void)self;
    *out = value_dict(in->arena);
    out->dict->is_default = true;
    if (!args->positional || value_is_none(args->items[0].value))
        return true;
    if (args->items[0].value.kind == VALUE_DICT)
        return make_ordered(in, self, args, out);
    if (!interp_iterate(in, args->at, args->items[0].value, &list))
        return false;
    for (size_t i = 0; i < list.list->values.count; i++) {
        Value item = list.list->values.items[i], count;
        if (!subscript(in, args->at, *out, item, &count) ||
            !subscript_set(in, args->at, *out, item, value_int(count.integer + 1)))
            return false;
    }
    return true;
}

NATIVE_FN(make_namedtuple)
{
    Value v[3], list, fields = value_list(in->arena, VALUE_TUPLE);
    Str name;
    (void)self;
    if (!take_args(in, args, "namedtuple", "typename field_names defaults?", v) ||
        !want_text(in, args, v[0], "namedtuple", &name))
        return false;
    if (v[1].kind == VALUE_STR) {
        Arg none = {.at = args->at};
        Args empty = {&none, 0, 0, args->at};
        v[1].text = str_replace(in->arena, v[1].text, STR(","), STR(" "));
        if (!member_find(str_methods, STR("split"))->call(in, v[1], &empty, &v[1]))
            return false;
    }
    if (!interp_iterate(in, args->at, v[1], &list))
        return false;
    Class *class = class_new(in->arena, name, args->at);
    for (size_t i = 0; i < list.list->values.count; i++) {
        Str field;
        if (!want_text(in, args, list.list->values.items[i], "namedtuple", &field))
            return false;
        list_push(in->arena, fields, value_str(field));
    }
    if (!is_unset(v[2]) && !value_is_none(v[2])) {
        Value presets;
        if (!interp_iterate(in, args->at, v[2], &presets))
            return false;
        size_t n = presets.list->values.count, first = fields.list->values.count - n;
        for (size_t i = 0; i < n && n <= fields.list->values.count; i++)
            map_put(&class->attributes, fields.list->values.items[first + i].text,
                    value_boxed(in->arena, presets.list->values.items[i]));
    }
    set_fields(in, class, fields);
    *out = (Value){.kind = VALUE_CLASS, .class = class};
    return true;
}

static const Builtin no_type = {.kind = B_IGNORED};
const Builtin collections_members[] = {
    {.kind = B_TYPE,
     .name = NAME_OF("OrderedDict"),
     .call = make_ordered,
     .type = VALUE_DICT,
     .flags = NATIVE_KEEPS_UNKNOWN},
    {.kind = B_TYPE,
     .name = NAME_OF("defaultdict"),
     .call = make_defaultdict,
     .type = VALUE_DICT,
     .flags = NATIVE_KEEPS_UNKNOWN},
    {.kind = B_TYPE, .name = NAME_OF("Counter"), .call = make_counter, .type = VALUE_DICT},
    NATIVE("namedtuple", make_namedtuple),
    {.kind = B_CONSTANT, .name = NAME_OF("abc"), .self = {.kind = VALUE_BUILTIN, .builtin = &no_type}},
    {.kind = B_CONSTANT, .name = NAME_OF("Mapping"), .self = {.kind = VALUE_BUILTIN, .builtin = &no_type}},
    MEMBERS_END,
};

// ---- itertools ----

NATIVE_FN(iter_chain)
{
    Value result = value_list(in->arena, VALUE_LIST), list;
    (void)self;
    for (size_t i = 0; i < args->positional; i++) {
        if (!interp_iterate(in, args->at, args->items[i].value, &list) ||
            !interp_items(in, args->at, result.list->values.count + list.list->values.count))
            return false;
        for (size_t k = 0; k < list.list->values.count; k++)
            list_push(in->arena, result, list.list->values.items[k]);
    }
    *out = iterator_of(in, result);
    return true;
}

NATIVE_FN(iter_chain_all)
{
    Value v, lists;
    if (!take_args(in, args, "from_iterable", "iterable", &v) || !interp_iterate(in, args->at, v, &lists))
        return false;
    size_t n = lists.list->values.count;
    Arg *items = arena_array(in->arena, Arg, n + 1);
    for (size_t i = 0; i < n; i++)
        items[i] = (Arg){STR_EMPTY, lists.list->values.items[i], args->at};
    Args all = {items, n, n, args->at};
    return iter_chain(in, self, &all, out);
}

NATIVE_FN(iter_product)
{
    Value rows = value_list(in->arena, VALUE_LIST);
    (void)self;
    list_push(in->arena, rows, value_list(in->arena, VALUE_TUPLE));
    if (args->count != args->positional)
        return interp_refuse(in, args->at, STR_EMPTY, "itertools.product() with repeat is not supported");
    for (size_t i = 0; i < args->positional; i++) {
        Value list, next = value_list(in->arena, VALUE_LIST);
        if (!interp_iterate(in, args->at, args->items[i].value, &list) ||
            !interp_items(in, args->at, (uint64_t)rows.list->values.count * list.list->values.count))
            return false;
        for (size_t r = 0; r < rows.list->values.count; r++)
            for (size_t k = 0; k < list.list->values.count; k++) {
                Value one = value_list(in->arena, VALUE_TUPLE), row;
                list_push(in->arena, one, list.list->values.items[k]);
                if (!binary(in, args->at, BINARY_ADD, rows.list->values.items[r], one, &row))
                    return false;
                list_push(in->arena, next, row);
            }
        rows = next;
    }
    *out = iterator_of(in, rows);
    return true;
}

NATIVE_FN(iter_islice)
{
    Value list, parts = value_list(in->arena, VALUE_TUPLE), result;
    (void)self;
    if (args->positional < 2 || args->positional > 4)
        return interp_raise(in, args->at, STR("TypeError"), "islice expected 2 to 4 arguments");
    if (!interp_iterate(in, args->at, args->items[0].value, &list))
        return false;
    if (args->positional == 2)
        list_push(in->arena, parts, VALUE_OF_NONE);
    for (size_t i = 1; i < 4; i++)
        if (i < args->positional)
            list_push(in->arena, parts, args->items[i].value);
    while (parts.list->values.count < 3)
        list_push(in->arena, parts, VALUE_OF_NONE);
    Builtin *slice = builtin_make(in, B_SLICE);
    slice->self = parts;
    if (!subscript(in, args->at, list, value_builtin(slice), &result))
        return false;
    *out = iterator_of(in, result);
    return true;
}

NATIVE_FN(iter_count)
{
    (void)self;
    (void)out;
    return interp_refuse(in, args->at, STR("Use range() with an end."), "an iterator without end is not supported");
}

static const Builtin chain_members[] = {NATIVE("from_iterable", iter_chain_all), MEMBERS_END};
const Builtin itertools_members[] = {
    {.kind = B_FUNCTION, .name = NAME_OF("chain"), .call = iter_chain, .members = chain_members},
    NATIVE("product", iter_product),
    NATIVE("islice", iter_islice),
    NATIVE("count", iter_count),
    NATIVE("cycle", iter_count),
    NATIVE("repeat", iter_count),
    MEMBERS_END,
};

// ---- functools ----

NATIVE_FN(make_partial)
{
    (void)self;
    if (!args->positional)
        return interp_raise(in, args->at, STR("TypeError"), "partial expected at least 1 argument");
    Builtin *partial = builtin_make(in, B_PARTIAL);
    Args *kept = arena_new(in->arena, Args);
    Arg *items = arena_array(in->arena, Arg, args->count);
    for (size_t i = 1; i < args->count; i++)
        items[i - 1] = args->items[i];
    *kept = (Args){items, args->count - 1, args->positional - 1, args->at};
    partial->self = args->items[0].value;
    partial->data = kept;
    *out = value_builtin(partial);
    return true;
}

NATIVE_FN(do_reduce)
{
    Value v[3], list;
    (void)self;
    if (!take_args(in, args, "reduce", "function iterable initial?", v) || !interp_iterate(in, args->at, v[1], &list))
        return false;
    size_t i = is_unset(v[2]);
    if (i && !list.list->values.count)
        return interp_raise(in, args->at, STR("TypeError"), "reduce() of empty iterable with no initial value");
    *out = i ? list.list->values.items[0] : v[2];
    for (; i < list.list->values.count; i++) {
        Value pair[2] = {*out, list.list->values.items[i]};
        if (!call_positional(in, args->at, v[0], 2, pair, out))
            return false;
    }
    return true;
}

// The function that wraps another has its name and its text.
NATIVE_FN(wrap_function)
{
    static const char *const names[] = {"__name__", "__qualname__", "__doc__"};
    if (args->positional != 1)
        return interp_raise(in, args->at, STR("TypeError"), "a decorator takes one function");
    *out = args->items[0].value;
    if (out->kind != VALUE_FUNCTION || self.kind != VALUE_FUNCTION)
        return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Value value;
        if (!interp_attribute(in, args->at, self, str_from(names[i]), &value) ||
            !set_attribute(in, args->at, *out, str_from(names[i]), value))
            return false;
    }
    return set_attribute(in, args->at, *out, STR("__wrapped__"), self);
}

NATIVE_FN(make_decorator)
{
    Builtin *wrap = builtin_make(in, B_FUNCTION);
    (void)self;
    wrap->call = wrap_function;
    wrap->self = args->positional ? args->items[0].value : UNSET_VALUE;
    *out = value_builtin(wrap);
    return args->count || interp_raise(in, args->at, STR("TypeError"), "wraps() misses its function");
}

NATIVE_FN(make_wraps)
{
    (void)self;
    (void)args;
    *out = value_builtin(builtin_make(in, B_COMPOSED));
    return true;
}

NATIVE_FN(identity_decorator)
{
    (void)self;
    if (args->positional == 1 && args->items[0].value.kind == VALUE_FUNCTION) {
        *out = args->items[0].value;
        return true;
    }
    return make_wraps(in, self, args, out);
}

const Builtin functools_members[] = {NATIVE_ANY("partial", make_partial),     NATIVE("reduce", do_reduce),
                                     NATIVE_ANY("wraps", make_decorator),     NATIVE_ANY("lru_cache", identity_decorator),
                                     NATIVE_ANY("cache", identity_decorator), MEMBERS_END};

// ---- operator ----

static bool make_getter(Interp *in, const Args *args, int type, Value *out)
{
    Builtin *getter = builtin_make(in, B_GETTER);
    getter->type = type;
    getter->self = value_list(in->arena, VALUE_TUPLE);
    for (size_t i = 0; i < args->positional; i++) {
        if (type == 3 && args->items[i].value.kind != VALUE_STR)
            return interp_raise(in, args->at, STR("TypeError"), "attribute name must be a string");
        list_push(in->arena, getter->self, args->items[i].value);
    }
    if (!args->positional)
        return interp_raise(in, args->at, STR("TypeError"), "an argument is missing");
    *out = value_builtin(getter);
    return true;
}

NATIVE_FN(op_itemgetter)
{
    (void)self;
    return make_getter(in, args, 2, out);
}
NATIVE_FN(op_attrgetter)
{
    (void)self;
    return make_getter(in, args, 3, out);
}

const Builtin operator_members[] = {NATIVE("itemgetter", op_itemgetter), NATIVE("attrgetter", op_attrgetter), MEMBERS_END};

// ---- contextlib ----

NATIVE_FN(make_context_manager)
{
    Value v;
    (void)self;
    if (!take_args(in, args, "contextmanager", "func", &v))
        return false;
    if (v.kind == VALUE_FUNCTION)
        ((Function *)(uintptr_t)v.function)->is_context_manager = true;
    *out = v;
    return true;
}

NATIVE_FN(make_suppress)
{
    Builtin *suppress = builtin_make(in, B_SUPPRESS);
    (void)self;
    suppress->self = value_list(in->arena, VALUE_TUPLE);
    suppress->other = VALUE_OF_NONE;
    for (size_t i = 0; i < args->positional; i++)
        list_push(in->arena, suppress->self, args->items[i].value);
    *out = value_builtin(suppress);
    return true;
}

NATIVE_FN(make_nullcontext)
{
    Value v;
    (void)self;
    if (!take_args(in, args, "nullcontext", "enter_result?", &v))
        return false;
    Builtin *suppress = builtin_make(in, B_SUPPRESS);
    suppress->self = value_list(in->arena, VALUE_TUPLE);
    suppress->other = is_unset(v) ? VALUE_OF_NONE : v;
    *out = value_builtin(suppress);
    return true;
}

const Builtin contextlib_members[] = {NATIVE_ANY("contextmanager", make_context_manager),
                                      NATIVE_ANY("suppress", make_suppress), NATIVE_ANY("nullcontext", make_nullcontext),
                                      MEMBERS_END};

// ---- copy ----

static bool deep_copy(Interp *in, Span at, Value v, bool deep, unsigned depth, Value *out)
{
    *out = v;
    if (depth > LIMIT_NESTING)
        return interp_refuse(in, at, STR_EMPTY, "a value more than %d levels deep (the limit)", LIMIT_NESTING);
    if (v.kind == VALUE_LIST || v.kind == VALUE_TUPLE || v.kind == VALUE_SET) {
        if (!interp_items(in, at, v.list->values.count))
            return false;
        tell_looked(in, v);
        *out = value_list(in->arena, v.kind);
        for (size_t i = 0; i < v.list->values.count; i++) {
            Value item = v.list->values.items[i];
            if (deep && !deep_copy(in, at, item, deep, depth + 1, &item))
                return false;
            if (v.kind == VALUE_SET)
                set_add(in->arena, out->list, item);
            else
                list_push(in->arena, *out, item);
        }
    } else if (v.kind == VALUE_DICT) {
        *out = value_dict(in->arena);
        out->dict->is_default = v.dict->is_default;
        out->dict->factory = v.dict->factory;
        tell_looked(in, v);
        for (size_t i = 0; i < v.dict->items.count; i++) {
            Value item = v.dict->items.items[i].value;
            if (!interp_tick(in, at, 1) || (deep && !deep_copy(in, at, item, deep, depth + 1, &item)))
                return false;
            dict_put(in->arena, out->dict, v.dict->items.items[i].key, item);
        }
    } else if (v.kind == VALUE_INSTANCE && !v.instance->class->is_enum) {
        Instance *copy = arena_new(in->arena, Instance);
        copy->class = v.instance->class;
        copy->attributes = map_open(in->arena);
        for (MapEntry *e = map_first(&v.instance->attributes); e; e = map_next(&v.instance->attributes, e)) {
            Value item = *(Value *)e->value;
            if (deep && !deep_copy(in, at, item, deep, depth + 1, &item))
                return false;
            map_put(&copy->attributes, e->key, value_boxed(in->arena, item));
        }
        *out = (Value){.kind = VALUE_INSTANCE, .instance = copy};
    }
    return true;
}

static bool copy_with(Interp *in, const Args *args, bool deep, Value *out)
{
    Value v;
    return take_args(in, args, "copy", "x", &v) && deep_copy(in, args->at, v, deep, 0, out);
}

NATIVE_FN(copy_shallow)
{
    (void)self;
    return copy_with(in, args, false, out);
}
NATIVE_FN(copy_deep)
{
    (void)self;
    return copy_with(in, args, true, out);
}

const Builtin copy_members[] = {NATIVE_ANY("copy", copy_shallow), NATIVE_ANY("deepcopy", copy_deep), MEMBERS_END};

// ---- dataclasses ----

static bool make_dataclass(Interp *in, Class *class)
{
    Value fields = value_list(in->arena, VALUE_TUPLE);
    const Value *inherited = class_lookup(class, STR("__fields__"), NULL, NULL);
    for (size_t i = 0; inherited && i < inherited->list->values.count; i++)
        list_push(in->arena, fields, inherited->list->values.items[i]);
    const Value *notes = map_get(&class->attributes, STR("__annotations__"));
    for (size_t i = 0; notes && notes->kind == VALUE_DICT && i < notes->dict->items.count; i++) {
        Value name = notes->dict->items.items[i].key;
        bool known = false;
        for (size_t k = 0; k < fields.list->values.count; k++)
            known = known || value_equal(fields.list->values.items[k], name);
        if (!known)
            list_push(in->arena, fields, name);
        const Value *preset = name.kind == VALUE_STR ? map_get(&class->attributes, name.text) : NULL;
        if (preset && (preset->kind == VALUE_LIST || preset->kind == VALUE_DICT || preset->kind == VALUE_SET))
            return interp_raise(in, class->at, STR("ValueError"),
                                "mutable default %.*s for field %.*s is not allowed: use default_factory",
                                STR_ARGS(value_type_name(*preset)), STR_ARGS(name.text));
    }
    map_put(&class->attributes, STR("__fields__"), value_boxed(in->arena, fields));
    return true;
}

NATIVE_FN(do_frozen)
{
    (void)self;
    if (!args->positional || args->items[0].value.kind != VALUE_CLASS)
        return interp_raise(in, args->at, STR("TypeError"), "dataclass() takes a class");
    *out = args->items[0].value;
    map_put(&out->class->attributes, STR("__frozen__"), value_boxed(in->arena, value_bool(true)));
    return make_dataclass(in, out->class);
}

// Whether an option of dataclass() leaves objects as they are without it, for what revisions do with them.
static bool changes_nothing(Str option, bool is_true)
{
    bool by_default = str_equal(option, STR("init")) || str_equal(option, STR("repr")) || str_equal(option, STR("eq"));
    return by_default == is_true || str_equal(option, STR("slots")) || str_equal(option, STR("match_args"));
}

NATIVE_FN(do_dataclass)
{
    (void)self;
    if (args->positional && args->items[0].value.kind == VALUE_CLASS) {
        *out = args->items[0].value;
        return make_dataclass(in, out->class);
    }
    // With options: called again with the class. Of those that change how its objects behave, frozen=True alone is built.
    bool frozen = false;
    for (size_t i = 0; i < args->count; i++) {
        bool is_true = args->items[i].value.kind == VALUE_BOOL && args->items[i].value.boolean;
        if (is_true && str_equal(args->items[i].name, STR("frozen"))) {
            frozen = true;
        } else if (args->items[i].value.kind != VALUE_BOOL || !changes_nothing(args->items[i].name, is_true)) {
            Builtin *unknown = builtin_make(in, B_UNKNOWN);
            unknown->self = value_str(str_format(in->arena, "a dataclass with the option \"%.*s\" is not supported",
                                                 STR_ARGS(args->items[i].name)));
            *out = value_builtin(unknown);
            return true;
        }
    }
    Builtin *again = builtin_make(in, B_FUNCTION);
    again->call = frozen ? do_frozen : do_dataclass;
    *out = value_builtin(again);
    return true;
}

NATIVE_FN(dataclass_field)
{
    Value v[5];
    (void)self;
    if (!take_args(in, args, "field", "default? default_factory? repr? compare? init?", v))
        return false;
    *out = is_unset(v[0]) ? VALUE_OF_NONE : v[0];
    if (!is_unset(v[1])) {
        Builtin *factory = builtin_make(in, B_NAMEDTUPLE);
        factory->self = v[1];
        *out = value_builtin(factory);
    }
    return true;
}

NATIVE_FN(dataclass_asdict)
{
    Value v;
    (void)self;
    if (!take_args(in, args, "asdict", "obj", &v))
        return false;
    const Value *fields = v.kind == VALUE_INSTANCE ? class_lookup(v.instance->class, STR("__fields__"), NULL, NULL) : NULL;
    if (!fields)
        return interp_raise(in, args->at, STR("TypeError"), "asdict() should be called on dataclass instances");
    *out = value_dict(in->arena);
    for (size_t i = 0; i < fields->list->values.count; i++) {
        const Value *item = map_get(&v.instance->attributes, fields->list->values.items[i].text);
        dict_put(in->arena, out->dict, fields->list->values.items[i], item ? *item : VALUE_OF_NONE);
    }
    return true;
}

const Builtin dataclasses_members[] = {NATIVE_ANY("dataclass", do_dataclass), NATIVE_ANY("field", dataclass_field),
                                       NATIVE("asdict", dataclass_asdict), MEMBERS_END};

// ---- enum ----

NATIVE_FN(make_auto)
{
    (void)self;
    *out = value_builtin(builtin_make(in, B_AUTO));
    return take_args(in, args, "auto", "", &(Value){0});
}

NATIVE_FN(enum_unique)
{
    (void)self;
    return take_args(in, args, "unique", "enumeration", out);
}

// Enum("Name", "A B") or with pairs: a class made by a call.
static bool enum_call(Interp *in, const Args *args, int type, Value *out)
{
    Value v[2], list;
    Str name;
    if (!take_args(in, args, "Enum", "value names", v) || !want_text(in, args, v[0], "Enum", &name))
        return false;
    if (v[1].kind == VALUE_STR) {
        Args empty = {.at = args->at};
        v[1].text = str_replace(in->arena, v[1].text, STR(","), STR(" "));
        if (!member_find(str_methods, STR("split"))->call(in, v[1], &empty, &v[1]))
            return false;
    }
    bool pairs = v[1].kind == VALUE_DICT;
    if (!interp_iterate(in, args->at, v[1], &list))
        return false;
    Class *class = class_new(in->arena, name, args->at);
    class->is_enum = true;
    Builtin *base = builtin_make(in, B_TYPE);
    base->type = type;
    vec_push(in->arena, &class->bases, value_builtin(base));
    for (size_t i = 0; i < list.list->values.count; i++) {
        Value item = list.list->values.items[i], value = value_int((int64_t)i + 1);
        if (pairs) {
            value = *dict_find(v[1].dict, item);
        } else if (item.kind == VALUE_TUPLE || item.kind == VALUE_LIST) {
            if (item.list->values.count != 2)
                return interp_raise(in, args->at, STR("ValueError"), "a member needs a name and a value");
            value = item.list->values.items[1];
            item = item.list->values.items[0];
        }
        if (item.kind != VALUE_STR)
            return interp_raise(in, args->at, STR("TypeError"), "a member's name must be a string");
        Instance *member = arena_new(in->arena, Instance);
        member->class = class;
        member->attributes = map_open(in->arena);
        map_put(&member->attributes, STR("name"), value_boxed(in->arena, item));
        map_put(&member->attributes, STR("value"), value_boxed(in->arena, value));
        map_put(&class->attributes, item.text, value_boxed(in->arena, (Value){.kind = VALUE_INSTANCE, .instance = member}));
    }
    *out = (Value){.kind = VALUE_CLASS, .class = class};
    return true;
}

NATIVE_FN(enum_plain)
{
    (void)self;
    return enum_call(in, args, TYPE_ENUM, out);
}
NATIVE_FN(enum_int)
{
    (void)self;
    return enum_call(in, args, TYPE_INT_ENUM, out);
}
NATIVE_FN(enum_str)
{
    (void)self;
    return enum_call(in, args, TYPE_STR_ENUM, out);
}

const Builtin enum_members_table[] = {
    {.kind = B_TYPE, .name = NAME_OF("Enum"), .call = enum_plain, .type = TYPE_ENUM},
    {.kind = B_TYPE, .name = NAME_OF("ReprEnum"), .call = enum_plain, .type = TYPE_ENUM},
    {.kind = B_TYPE, .name = NAME_OF("IntEnum"), .call = enum_int, .type = TYPE_INT_ENUM},
    {.kind = B_TYPE, .name = NAME_OF("StrEnum"), .call = enum_str, .type = TYPE_STR_ENUM},
    NATIVE("auto", make_auto),
    NATIVE_ANY("unique", enum_unique),
    MEMBERS_END,
};
