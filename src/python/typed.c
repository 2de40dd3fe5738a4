// typing.NamedTuple and typing.TypedDict: classes by their annotations, or by a call. A typed dict is a dict.
#include "module_int.h"

// ---- NamedTuple ----

void set_fields(Interp *in, Class *class, Value fields)
{
    map_put(&class->attributes, STR("_fields"), value_boxed(in->arena, fields));
    map_put(&class->attributes, STR("__fields__"), value_boxed(in->arena, fields));
}

void make_named_tuple(Interp *in, Class *class)
{
    Value fields = value_list(in->arena, VALUE_TUPLE);
    const Value *notes = map_get(&class->attributes, STR("__annotations__"));
    for (size_t i = 0; notes && notes->kind == VALUE_DICT && i < notes->dict->items.count; i++)
        list_push(in->arena, fields, notes->dict->items.items[i].key);
    set_fields(in, class, fields);
}

// NamedTuple("Step", [("name", str), ...])
NATIVE_FN(named_tuple)
{
    Value v[2], list, fields = value_list(in->arena, VALUE_TUPLE);
    Str name;
    (void)self;
    if (!take_args(in, args, "NamedTuple", "typename fields?", v) || !want_text(in, args, v[0], "NamedTuple", &name))
        return false;
    if (is_unset(v[1]))
        return interp_refuse(in, args->at, STR("Write it as a class, or hand it its fields as a list."),
                             "NamedTuple() without a list of fields is not supported");
    if (!interp_iterate(in, args->at, v[1], &list))
        return false;
    Class *class = class_new(in->arena, name, args->at);
    for (size_t i = 0; i < list.list->values.count; i++) {
        Value pair = list.list->values.items[i];
        bool is_pair = (pair.kind == VALUE_TUPLE || pair.kind == VALUE_LIST) && pair.list->values.count == 2;
        Str field;
        if (!is_pair)
            return interp_raise(in, args->at, STR("TypeError"), "NamedTuple() takes pairs of a name and a type");
        if (!want_text(in, args, pair.list->values.items[0], "NamedTuple", &field))
            return false;
        list_push(in->arena, fields, value_str(field));
    }
    set_fields(in, class, fields);
    *out = (Value){.kind = VALUE_CLASS, .class = class};
    return true;
}

// step._replace(name="b")
NATIVE_FN(replace_fields)
{
    const Value *fields = class_attribute(self.instance->class, STR("_fields"));
    Instance *copy = arena_new(in->arena, Instance);
    copy->class = self.instance->class;
    copy->attributes = map_open(in->arena);
    for (MapEntry *e = map_first(&self.instance->attributes); e; e = map_next(&self.instance->attributes, e))
        map_put(&copy->attributes, e->key, e->value);
    for (size_t i = 0; i < args->count; i++) {
        bool known = false;
        for (size_t k = 0; k < fields->list->values.count; k++)
            known |= str_equal(fields->list->values.items[k].text, args->items[i].name);
        if (!known)
            return interp_raise(in, args->at, i < args->positional ? STR("TypeError") : STR("ValueError"),
                                "Got unexpected field names: ['%.*s']", STR_ARGS(args->items[i].name));
        map_put(&copy->attributes, args->items[i].name, value_boxed(in->arena, args->items[i].value));
    }
    *out = (Value){.kind = VALUE_INSTANCE, .instance = copy};
    return true;
}

Value named_tuple_replace(Interp *in, Value instance)
{
    static const Builtin method = {
        .kind = B_METHOD, .name = NAME_OF("_replace"), .call = replace_fields, .flags = NATIVE_KEEPS_UNKNOWN};
    Builtin *own = builtin_make(in, B_METHOD);
    *own = method;
    own->self = instance;
    return value_builtin(own);
}

// ---- TypedDict ----

Value typed_dict_type(Interp *in)
{
    Builtin *type = builtin_make(in, B_TYPE);
    *type = *member_find(builtin_names, STR("dict"));
    type->flags |= TYPE_IS_TYPED_DICT;
    return value_builtin(type);
}

// TypedDict("Row", {"id": int})
NATIVE_FN(typed_dict)
{
    (void)self;
    (void)args;
    *out = typed_dict_type(in);
    return true;
}

const Builtin typing_members[] = {{.kind = B_TYPE,
                                   .name = NAME_OF("NamedTuple"),
                                   .type = TYPE_NAMED_TUPLE,
                                   .call = named_tuple,
                                   .flags = NATIVE_KEEPS_UNKNOWN},
                                  {.kind = B_TYPE,
                                   .name = NAME_OF("TypedDict"),
                                   .type = TYPE_TYPED_DICT,
                                   .call = typed_dict,
                                   .flags = NATIVE_KEEPS_UNKNOWN},
                                  {.kind = B_CONSTANT, .name = NAME_OF("TYPE_CHECKING"), .self = {.kind = VALUE_BOOL}},
                                  MEMBERS_END};

bool is_typed_base(Value base)
{
    return base.kind == VALUE_BUILTIN && base.builtin->kind == B_TYPE &&
           (base.builtin->type == TYPE_NAMED_TUPLE || base.builtin->type == TYPE_TYPED_DICT ||
            (base.builtin->flags & TYPE_IS_TYPED_DICT));
}
