// What asks of objects and classes: isinstance, type, getattr, property, globals and their kin.
#include "builtin_int.h"

static bool matches_builtin(Value v, const Builtin *type)
{
    Value plain = unwrap(v);
    switch (type->type) {
    case TYPE_OBJECT: return true;
    case TYPE_TYPE: return v.kind == VALUE_CLASS || (v.kind == VALUE_BUILTIN && v.builtin->kind == B_TYPE);
    case VALUE_INT: return plain.kind == VALUE_INT || plain.kind == VALUE_BOOL;
    case TYPE_FROZENSET: return v.kind == VALUE_SET && !v.list->view;
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
    case TYPE_NAMED_TUPLE:
    case TYPE_TYPED_DICT:
    case TYPE_OTHER: return false;
    case VALUE_TUPLE:
        return plain.kind == VALUE_TUPLE ||
               (v.kind == VALUE_INSTANCE && class_lookup(v.instance->class, STR("_fields"), NULL, NULL));
    case VALUE_LIST:
    case VALUE_SET: return (int)plain.kind == type->type && !plain.list->view;
    default: return (int)plain.kind == type->type;
    }
}

static bool is_instance(Interp *in, Span at, Value v, Value type, Value *out)
{
    if (!interp_tick(in, at, 1))   // tuples of tuples
        return false;
    *out = value_bool(false);
    if (is_unknown(v) || is_unknown(type)) {
        *out = value_unknown_by(is_unknown(v) ? v : type);
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
    } else if (type.kind == VALUE_CLASS && v.kind == VALUE_HOST && class_host_base(type.class)) {
        *out = value_unknown(in->arena, at,
                             str_format(in->arena, "whether an object is of class \"%.*s\" is not asked of SQLAlchemy",
                                        STR_ARGS(type.class->name)),
                             STR("Write the branch that is taken."));
        return true;
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

NATIVE_FN_SHARED(b_isinstance)
{
    UNUSED_SELF;
    Value v[2];
    return take_args(in, args, "isinstance", "obj class_or_tuple", v) && is_instance(in, args->at, v[0], v[1], out);
}

NATIVE_FN_SHARED(b_issubclass)
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

NATIVE_FN_SHARED(b_getattr)
{
    UNUSED_SELF;
    Value v[3];
    Str name;
    bool found;
    if (!take_args(in, args, "getattr", "object name default?", v))
        return false;
    if (is_unknown(v[0]) || is_unknown(v[1])) {
        *out = value_unknown_by(is_unknown(v[0]) ? v[0] : v[1]);
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

NATIVE_FN_SHARED(b_hasattr)
{
    UNUSED_SELF;
    Value v[2], ignored;
    Str name;
    bool found;
    if (!take_args(in, args, "hasattr", "obj name", v) || !want_text(in, args, v[1], "hasattr", &name))
        return false;
    *out = value_bool(true);
    bool is_plain = v[0].kind < VALUE_FUNCTION;   // a text, a number, a list and such
    if (is_plain && str_starts(name, STR("__")) && library_has(in, v[0], name))
        return true;
    if (!attribute_or(in, args, v[0], name, &found, &ignored))
        return false;
    *out = value_bool(found);
    return true;
}

NATIVE_FN_SHARED(b_setattr)
{
    UNUSED_SELF;
    Value v[3];
    Str name;
    *out = VALUE_OF_NONE;
    return take_args(in, args, "setattr", "obj name value", v) && want_text(in, args, v[1], "setattr", &name) &&
           set_attribute(in, args->at, v[0], name, v[2]);
}

NATIVE_FN_SHARED(b_delattr)
{
    UNUSED_SELF;
    Value v[2];
    Str name;
    *out = VALUE_OF_NONE;
    return take_args(in, args, "delattr", "obj name", v) && want_text(in, args, v[1], "delattr", &name) &&
           delete_attribute(in, args->at, v[0], name);
}

NATIVE_FN_SHARED(b_type)
{
    UNUSED_SELF;
    Value v;
    if (args->count == 3 && args->positional == 3)
        return class_of_parts(in, args, out);
    if (!take_args(in, args, "type", "object", &v))
        return false;
    if (is_unknown(v)) {
        *out = value_unknown_by(v);
        return true;
    }
    if (v.kind == VALUE_INSTANCE) {
        *out = (Value){.kind = VALUE_CLASS, .class = v.instance->class};
        return true;
    }
    if (v.kind == VALUE_HOST)
        return interp_refuse(in, args->at, STR_EMPTY, "type() of <%.*s> is not supported",
                             STR_ARGS(in->host->name(in->host, in->arena, v.host)));
    bool is_view = view_of(v);
    for (const Builtin *b = builtin_names; b->name.len && !is_view; b++)
        if (b->kind == B_TYPE && b->type == (int)v.kind) {
            *out = value_builtin(b);
            return true;
        }
    Builtin *type = builtin_make(in, B_TYPE);
    Str name = value_type_name(v);
    type->name.ptr = name.ptr;
    type->name.len = name.len;
    type->type = is_view ? TYPE_OTHER : v.kind == VALUE_CLASS ? TYPE_TYPE : (int)v.kind;
    *out = value_builtin(type);
    return true;
}

static Value wrapped(Interp *in, BuiltinKind kind, Value inner)
{
    Builtin *b = builtin_make(in, kind);
    b->self = inner;
    return value_builtin(b);
}

NATIVE_FN_SHARED(b_property)
{
    UNUSED_SELF;
    if (!args->count)
        return interp_raise(in, args->at, STR("TypeError"), "property() needs a function");
    *out = property_make(in, args->items[0].value, args->positional > 1 ? args->items[1].value : UNSET_VALUE);
    return true;
}

NATIVE_FN_SHARED(b_staticmethod)
{
    UNUSED_SELF;
    Value v;
    if (!take_args(in, args, "staticmethod", "function", &v))
        return false;
    *out = wrapped(in, B_STATIC, v);
    return true;
}

NATIVE_FN_SHARED(b_classmethod)
{
    UNUSED_SELF;
    Value v;
    if (!take_args(in, args, "classmethod", "function", &v))
        return false;
    *out = wrapped(in, B_CLASSMETHOD, v);
    return true;
}

NATIVE_FN_SHARED(b_object)
{
    UNUSED_SELF;
    (void)args;
    *out = value_builtin(builtin_make(in, B_CONSTANT));
    return true;
}

NATIVE_FN_SHARED(b_globals)
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

NATIVE_FN_SHARED(b_locals)
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

NATIVE_FN_SHARED(b_vars)
{
    if (!args->count)
        return b_locals(in, self, args, out);
    return interp_attribute(in, args->at, args->items[0].value, STR("__dict__"), out);
}

NATIVE_FN_SHARED(b_id)
{
    UNUSED_SELF;
    Value v;
    if (!take_args(in, args, "id", "obj", &v))
        return false;
    *out = value_unknown(in->arena, args->at, STR("the identity of an object is known only when the program runs"),
                         STR_EMPTY);
    return true;
}

NATIVE_FN_SHARED(b_hash)
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
