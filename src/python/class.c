// Classes of the file: their bodies, enums, dataclasses and named tuples; instances made by calling them.
#include "python_int.h"

enum { LIMIT_CLASS_DEPTH = 50, LIMIT_ANCESTORS = 256 };

typedef struct Lineage {
    const Class *classes[LIMIT_ANCESTORS];
    size_t count;
} Lineage;

// Ancestors in the order in which attributes are looked up: a base that several classes share stands behind all of them.
static void collect_lineage(const Class *class, Lineage *lineage)
{
    for (size_t i = 0; i < lineage->count; i++)
        if (lineage->classes[i] == class) {
            memmove(&lineage->classes[i], &lineage->classes[i + 1], (lineage->count - i - 1) * sizeof lineage->classes[0]);
            lineage->count--;
            break;
        }
    if (lineage->count == LIMIT_ANCESTORS)
        return;
    lineage->classes[lineage->count++] = class;
    for (size_t i = 0; i < class->bases.count; i++)
        if (class->bases.items[i].kind == VALUE_CLASS)
            collect_lineage(class->bases.items[i].class, lineage);
}

const Value *class_lookup(const Class *class, Str name, const Class *after, Class **owner)
{
    bool simple = !after && class->bases.count <= 1;
    for (const Class *own = class; simple && own;
         own = own->bases.count == 1 && own->bases.items[0].kind == VALUE_CLASS ? own->bases.items[0].class : NULL) {
        const Value *found = map_get(&own->attributes, name);
        if (found) {
            if (owner)
                *owner = (Class *)(uintptr_t)own;
            return found;
        }
        simple = own->bases.count <= 1;
        if (simple && !own->bases.count)
            return NULL;
    }
    Lineage lineage = {.count = 0};
    collect_lineage(class, &lineage);
    size_t i = 0;
    if (after) {
        while (i < lineage.count && lineage.classes[i] != after)
            i++;
        i++;
    }
    for (; i < lineage.count; i++) {
        const Value *found = map_get(&lineage.classes[i]->attributes, name);
        if (found) {
            if (owner)
                *owner = (Class *)(uintptr_t)lineage.classes[i];
            return found;
        }
    }
    return NULL;
}

const Value *class_attribute(const Class *class, Str name)
{
    return class_lookup(class, name, NULL, NULL);
}

HostObject *class_host_base(const Class *class)
{
    for (size_t i = 0; i < class->bases.count; i++) {
        Value base = class->bases.items[i];
        if (base.kind == VALUE_HOST)
            return base.host;
        HostObject *found = base.kind == VALUE_CLASS ? class_host_base(base.class) : NULL;
        if (found)
            return found;
    }
    return NULL;
}

bool class_has_builtin(const Class *class, int type)
{
    for (size_t i = 0; i < class->bases.count; i++) {
        Value base = class->bases.items[i];
        if (base.kind == VALUE_BUILTIN && base.builtin->kind == B_TYPE && base.builtin->type == type)
            return true;
        if (base.kind == VALUE_CLASS && class_has_builtin(base.class, type))
            return true;
    }
    return false;
}

static unsigned class_depth(const Class *class)
{
    unsigned most = 0;
    for (size_t i = 0; i < class->bases.count; i++) {
        unsigned depth = class->bases.items[i].kind == VALUE_CLASS ? class_depth(class->bases.items[i].class) : 0;
        most = depth > most ? depth : most;
    }
    return most + 1;
}

static bool is_dunder(Str name)
{
    return (str_starts(name, STR("__")) && str_ends(name, STR("__"))) || str_starts(name, STR("_ignore_"));
}

// What auto() is: one more than the largest value so far. Beside values that are no numbers it is another from one release
// of Python to the next. Source: CPython 3.11 and 3.13 enum.py, Enum._generate_next_value_().
static bool auto_value(Interp *in, const Class *class, Str name, const List *given, Value *out)
{
    int64_t number, most = 0;
    if (class_has_builtin(class, TYPE_STR_ENUM)) {
        *out = value_str(str_lower(in->arena, name));
        return true;
    }
    for (size_t i = 0; i < given->values.count; i++) {
        if (is_unknown(given->values.items[i])) {
            *out = given->values.items[i];
            return true;
        }
        if (!is_integral(given->values.items[i], &number))
            return interp_refuse(in, class->at, STR("Give each member of the enum a value."),
                                 "auto() beside values that are no whole numbers is not supported");
        most = i && most > number ? most : number;
    }
    *out = value_int(given->values.count ? most + 1 : 1);
    return true;
}

// What an enum that is derived from int or str makes of a member's value; a conversion that may fail is refused.
// Source: CPython 3.11 enum.py, _proto_member.__set_name__().
static bool member_value(Interp *in, const Class *class, Value *value)
{
    bool number = class_has_builtin(class, TYPE_INT_ENUM) || class_has_builtin(class, VALUE_INT);
    bool text = class_has_builtin(class, TYPE_STR_ENUM) || class_has_builtin(class, VALUE_STR);
    int64_t integer;
    if (is_unknown(*value) || (!number && !text) || (text && value->kind == VALUE_STR))
        return true;
    bool fits = is_integral(*value, &integer) && value->kind != VALUE_INSTANCE && !class_has_builtin(class, TYPE_STR_ENUM);
    if (!fits)
        return interp_refuse(in, class->at, STR("Give the members values of the enum's own type."),
                             "a member of \"%.*s\" whose value is of type %.*s is not supported", STR_ARGS(class->name),
                             STR_ARGS(value_type_name(*value)));
    *value = number ? value_int(integer) : value_str(value_text(in->arena, *value));
    return true;
}

// Turns what an enum's body assigned into members.
static bool make_members(Interp *in, Class *class, const NameTable *table)
{
    Value given = value_list(in->arena, VALUE_LIST);
    for (size_t i = 0; i < table->entries.count; i++) {
        const NameEntry *entry = &table->entries.items[i];
        Value value = entry->value;
        bool plain = !is_dunder(entry->name) && value.kind != VALUE_FUNCTION && value.kind != VALUE_CLASS &&
                     (value.kind != VALUE_BUILTIN || value.builtin->kind == B_AUTO || value.builtin->kind == B_TYPE) &&
                     !is_unset(value);
        if (!plain)
            continue;
        if (value.kind == VALUE_BUILTIN && value.builtin->kind == B_AUTO &&
            !auto_value(in, class, entry->name, given.list, &value))
            return false;
        list_push(in->arena, given, value);
        if (!member_value(in, class, &value))
            return false;
        Value *same = NULL;
        for (MapEntry *e = map_first(&class->attributes); e && !same; e = map_next(&class->attributes, e)) {
            Value *other = e->value;
            if (other->kind == VALUE_INSTANCE && other->instance->class == class &&
                value_equal(*(Value *)map_get(&other->instance->attributes, STR("value")), value))
                same = other;
        }
        if (same) {
            map_put(&class->attributes, entry->name, same);
            continue;
        }
        Instance *member = arena_new(in->arena, Instance);
        member->class = class;
        member->attributes = map_open(in->arena);
        map_put(&member->attributes, STR("name"), value_boxed(in->arena, value_str(entry->name)));
        map_put(&member->attributes, STR("value"), value_boxed(in->arena, value));
        map_put(&class->attributes, entry->name,
                value_boxed(in->arena, (Value){.kind = VALUE_INSTANCE, .instance = member}));
    }
    return true;
}

bool enum_members(Interp *in, Span at, Class *class, Value *list)
{
    (void)at;
    *list = value_list(in->arena, VALUE_LIST);
    for (MapEntry *e = map_first(&class->attributes); e; e = map_next(&class->attributes, e)) {
        Value *member = e->value;
        const Value *name =
            member->kind == VALUE_INSTANCE && member->instance->class == class ? map_get(&member->instance->attributes,
                                                                                         STR("name"))
                                                                               : NULL;
        if (name && name->kind == VALUE_STR && str_equal(name->text, e->key))   // an alias has another name
            list_push(in->arena, *list, *member);
    }
    return true;
}

static bool add_base(Interp *in, Class *class, Value base, Span at)
{
    bool ignored = base.kind == VALUE_BUILTIN &&
                   (base.builtin->kind == B_IGNORED || (base.builtin->kind == B_TYPE && base.builtin->type == TYPE_OBJECT));
    if (ignored || is_typed_base(base))
        return true;
    bool fits = base.kind == VALUE_CLASS || base.kind == VALUE_HOST ||
                (base.kind == VALUE_BUILTIN && base.builtin->kind == B_TYPE);
    if (!fits)
        return interp_raise(in, at, STR("TypeError"), "a class cannot be derived from %.*s",
                            STR_ARGS(value_type_name(base)));
    bool builtin = base.kind == VALUE_BUILTIN;
    if (builtin && base.builtin->type != VALUE_STR && base.builtin->type != VALUE_INT &&
        (base.builtin->type < TYPE_ENUM || base.builtin->type > TYPE_STR_ENUM))
        return interp_refuse(in, at, STR_EMPTY, "a class derived from %.*s is not supported",
                             STR_ARGS(builtin_name(base.builtin)));
    if (base.kind == VALUE_CLASS && class_depth(base.class) >= LIMIT_CLASS_DEPTH)
        return interp_refuse(in, at, STR_EMPTY, "classes derived more than %d deep (the limit)", LIMIT_CLASS_DEPTH);
    vec_push(in->arena, &class->bases, base);
    bool enumeration = base.kind == VALUE_CLASS ? base.class->is_enum
                                                : base.kind == VALUE_BUILTIN && base.builtin->type >= TYPE_ENUM &&
                                                      base.builtin->type <= TYPE_STR_ENUM;
    class->is_enum = class->is_enum || enumeration;
    return true;
}

static bool build_class(Interp *in, Env *env, const Node *node, Value *out)
{
    const ClassInfo *info = node->as.class;
    Class *class = arena_new(in->arena, Class);
    Args bases;
    Arg room[4];
    class->name = info->name;
    class->at = (Span){in->space->source, node->start,
                       (uint32_t)(info->name.ptr + info->name.len - in->space->source->text.ptr) - node->start};
    class->attributes = map_open(in->arena);
    if (!eval_args(in, env, info->bases, info->base_count, class->at, room, 4, &bases))
        return false;
    Value unknown = UNSET_VALUE;
    for (size_t i = 0; i < bases.positional; i++) {
        if (is_unknown(bases.items[i].value))
            unknown = value_unknown_by(bases.items[i].value);
        else if (!add_base(in, class, bases.items[i].value, bases.items[i].at))
            return false;
    }
    NameTable table = {0};
    Env own = {.scope = info->scope, .parent = env, .table = &table};
    Env *body = arena_new(in->arena, Env);
    *body = own;
    if (!exec_class_body(in, body, class, info, &bases))
        return false;
    if (!is_unset(unknown)) {
        *out = unknown;
        return true;
    }
    for (size_t i = 0; i < table.entries.count; i++) {
        NameEntry *entry = &table.entries.items[i];
        if (is_unset(entry->value))
            continue;
        if (entry->value.kind == VALUE_FUNCTION && !entry->value.function->owner)
            ((Function *)(uintptr_t)entry->value.function)->owner = class;
        if (entry->value.kind == VALUE_BUILTIN && entry->value.builtin->self.kind == VALUE_FUNCTION &&
            (entry->value.builtin->kind == B_PROPERTY || entry->value.builtin->kind == B_STATIC ||
             entry->value.builtin->kind == B_CLASSMETHOD))
            ((Function *)(uintptr_t)entry->value.builtin->self.function)->owner = class;
        map_put(&class->attributes, entry->name, value_boxed(in->arena, entry->value));
    }
    if (class->is_enum) {
        if (class_lookup(class, STR("__init__"), NULL, NULL) || class_lookup(class, STR("__new__"), NULL, NULL) ||
            class_lookup(class, STR("_generate_next_value_"), NULL, NULL))
            return interp_refuse(in, class->at, STR_EMPTY,
                                 "an enum with __init__, __new__ or _generate_next_value_ of its own is not supported");
        if (!make_members(in, class, &table))
            return false;
    }
    for (size_t i = 0; i < bases.positional; i++)
        if (is_typed_base(bases.items[i].value)) {
            if (bases.items[i].value.builtin->type != TYPE_NAMED_TUPLE) {
                *out = typed_dict_type(in);
                return true;
            }
            make_named_tuple(in, class);
        }
    *out = (Value){.kind = VALUE_CLASS, .class = class};
    return !in->host || !in->host->declare || in->host->declare(in->host, in, class);
}

bool class_of_parts(Interp *in, const Args *args, Value *out)
{
    Value name = unwrap(args->items[0].value), bases = args->items[1].value, attributes = args->items[2].value;
    for (size_t i = 0; i < 3; i++)
        if (is_unknown(args->items[i].value)) {
            *out = value_unknown_by(args->items[i].value);
            return true;
        }
    if (name.kind != VALUE_STR || bases.kind != VALUE_TUPLE || attributes.kind != VALUE_DICT)
        return interp_raise(in, args->at, STR("TypeError"), "type() takes a name, a tuple of bases and a dict");
    Class *class = class_new(in->arena, name.text, args->at);
    for (size_t i = 0; i < bases.list->values.count; i++) {
        if (is_unknown(bases.list->values.items[i])) {
            *out = value_unknown_by(bases.list->values.items[i]);
            return true;
        }
        if (!add_base(in, class, bases.list->values.items[i], args->at))
            return false;
    }
    if (class->is_enum)
        return interp_refuse(in, args->at, STR("Write the class with a class statement."), "an enum made by type()");
    for (size_t i = 0; i < attributes.dict->items.count; i++) {
        Value key = unwrap(attributes.dict->items.items[i].key);
        if (key.kind != VALUE_STR)
            return interp_raise(in, args->at, STR("TypeError"), "attribute names must be strings");
        map_put(&class->attributes, key.text, value_boxed(in->arena, attributes.dict->items.items[i].value));
    }
    *out = (Value){.kind = VALUE_CLASS, .class = class};
    return !in->host || !in->host->declare || in->host->declare(in->host, in, class);
}

Flow exec_class(Interp *in, Env *env, const Node *node)
{
    Value class;
    if (!build_class(in, env, node, &class) || !assign_name(in, env, node->as.class->name, node->as.class->hash, class))
        return FLOW_FAIL;
    return FLOW_NEXT;
}

static bool enum_by_value(Interp *in, Class *class, const Args *args, Value *out)
{
    Value members;
    if (args->count != 1)
        return interp_raise(in, args->at, STR("TypeError"), "%.*s() takes one value", STR_ARGS(class->name));
    Value wanted = args->items[0].value;
    if (is_unknown(wanted)) {
        *out = wanted;
        return true;
    }
    if (!enum_members(in, args->at, class, &members))
        return false;
    for (size_t i = 0; i < members.list->values.count; i++) {
        Value member = members.list->values.items[i];
        const Value *value = map_get(&member.instance->attributes, STR("value"));
        if (value_same(member, wanted) || value_equal(*value, wanted)) {
            *out = member;
            return true;
        }
    }
    Str text = value_repr(in->arena, wanted);
    return interp_raise(in, args->at, STR("ValueError"), "%.*s is not a valid %.*s", STR_ARGS(text), STR_ARGS(class->name));
}

// Fields of a named tuple or dataclass, filled from the arguments and the class's defaults.
static bool fill_fields(Interp *in, Class *class, Value fields, Instance *instance, const Args *args)
{
    if (args->positional > fields.list->values.count)
        return interp_raise(in, args->at, STR("TypeError"), "%.*s() takes %zu arguments but %zu were given",
                            STR_ARGS(class->name), fields.list->values.count, args->positional);
    for (size_t i = args->positional; i < args->count; i++) {
        bool known = false;
        for (size_t k = 0; k < fields.list->values.count; k++)
            known = known || str_equal(fields.list->values.items[k].text, args->items[i].name);
        if (!known)
            return interp_raise(in, args->items[i].at, STR("TypeError"), "%.*s() got an unexpected keyword argument '%.*s'",
                                STR_ARGS(class->name), STR_ARGS(args->items[i].name));
    }
    for (size_t i = 0; i < fields.list->values.count; i++) {
        Str name = fields.list->values.items[i].text;
        const Arg *given = args_find(args, i, name);
        const Value *preset = given ? &given->value : class_lookup(class, name, NULL, NULL);
        if (!preset)
            return interp_raise(in, args->at, STR("TypeError"), "%.*s() missing a required argument: '%.*s'",
                                STR_ARGS(class->name), STR_ARGS(name));
        Value value = *preset;
        if (!given && value.kind == VALUE_BUILTIN && value.builtin->kind == B_NAMEDTUPLE &&
            !call_positional(in, args->at, value.builtin->self, 0, NULL, &value))
            return false;   // field(default_factory=...)
        map_put(&instance->attributes, name, value_boxed(in->arena, value));
    }
    return true;
}

static bool plain_part(Interp *in, Class *class, Instance *instance, const Args *args)
{
    bool text = class_has_builtin(class, VALUE_STR), number = class_has_builtin(class, VALUE_INT);
    if (!text && !number)
        return true;
    Value plain = text ? value_str(STR_EMPTY) : value_int(0);
    if (args->positional && text && !to_text(in, args->at, args->items[0].value, &plain))
        return false;
    if (args->positional && number)
        plain = args->items[0].value;
    map_put(&instance->attributes, STR("__plain__"), value_boxed(in->arena, plain));
    return true;
}

bool class_call(Interp *in, Class *class, const Args *args, Value *out)
{
    if (class_host_base(class) && in->host && in->host->construct)
        return in->host->construct(in->host, in, class, args, out);
    if (class->is_enum)
        return enum_by_value(in, class, args, out);
    Instance *instance = arena_new(in->arena, Instance);
    instance->class = class;
    instance->attributes = map_open(in->arena);
    Value self = {.kind = VALUE_INSTANCE, .instance = instance};
    *out = self;
    if (is_exception_class(class)) {
        if (class->is_builtin && args->positional > 1 &&
            (str_equal(class->name, STR("OSError")) || str_equal(class->name, STR("IOError")) ||
             str_equal(class->name, STR("EnvironmentError"))))
            return interp_refuse(in, args->at, STR("Raise the class that the number stands for, with one text."),
                                 "an %.*s made of a number and a text is not supported", STR_ARGS(class->name));
        Value all = value_list(in->arena, VALUE_TUPLE);
        for (size_t i = 0; i < args->positional; i++)
            list_push(in->arena, all, args->items[i].value);
        map_put(&instance->attributes, STR("args"), value_boxed(in->arena, all));
    }
    if (!plain_part(in, class, instance, args))
        return false;
    const Value *fields = class_lookup(class, STR("__fields__"), NULL, NULL);
    const Value *init = class_lookup(class, STR("__init__"), NULL, NULL);
    if (init && init->kind == VALUE_FUNCTION) {
        Value ignored;
        return call_function(in, init->function, &self, args, NULL, &ignored);
    }
    if (fields && fields->kind == VALUE_TUPLE) {
        Value method, ignored;
        if (!fill_fields(in, class, *fields, instance, args))
            return false;
        return !instance_method(in, self, STR("__post_init__"), &method) ||
               call_positional(in, args->at, method, 0, NULL, &ignored);
    }
    if (args->count && !is_exception_class(class) && !instance_plain(instance))
        return interp_raise(in, args->at, STR("TypeError"), "%.*s() takes no arguments", STR_ARGS(class->name));
    return true;
}
