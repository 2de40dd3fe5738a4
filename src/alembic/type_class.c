// Classes of column types that a file writes itself: class Money(TypeDecorator): impl = Numeric ... Their __init__ and
// load_dialect_impl are run on the type that is being made.
#include "alembic_int.h"

// What the base's __init__ makes of its arguments: the impl's type, or the base's own.
static bool initialise(Call *call, TypeObject *object, const Args *args)
{
    const Value *impl = class_attribute(object->class, STR("impl"));
    HostObject *base = class_host_base(object->class);
    const Type *type = NULL;
    Value made;
    object->is_made = true;
    if (impl && impl->kind == VALUE_HOST && impl->host->kind == OBJECT_TYPE_CLASS) {
        if (!interp_call(call->in, *impl, args, &made) || !to_type(call, args->at, made, &type))
            return false;
    } else if (impl) {
        if (!to_type(call, args->at, *impl, &type))
            return false;
    } else if (base->kind == OBJECT_TYPE_CLASS && ((TypeClassObject *)base)->kind != TYPE_USER_DEFINED) {
        if (!interp_call(call->in, value_host(base), args, &made) || !to_type(call, args->at, made, &type))
            return false;
    }
    if (!type)
        return true;
    void *processor = object->type->processor;
    *object->type = *type;
    object->type->at = args->at;
    object->type->allows_raw_text |= impl != NULL;
    object->type->processor = processor;
    return true;
}

// super().__init__(...) of a type being made
static bool type_init(Call *call)
{
    *call->result = VALUE_OF_NONE;
    return initialise(call, (TypeObject *)call->self, call->args);
}

// TypeDecorator.__init__(self, ...)
static bool class_init(Call *call)
{
    TypeObject *object = call->args->positional ? (TypeObject *)host_of(call->args->items[0].value, OBJECT_TYPE) : NULL;
    Args rest = *call->args;
    *call->result = VALUE_OF_NONE;
    if (!object || !object->class)
        return call_refuse(call, call->args->at, "Use super().__init__().",
                           "__init__() of a type is called on something else");
    rest.items++;
    rest.count--;
    rest.positional--;
    // SchemaType.__init__(self) beside TypeDecorator's: nothing more
    return (object->is_made && !rest.count) || initialise(call, object, &rest);
}

static bool type_self(Call *call)
{
    *call->result = value_host(call->self);
    return true;
}

bool type_base_attribute(Call *call, TypeObject *object, Str name, Value *result, bool *found)
{
    static const Method methods[] = {{"__init__", type_init, 0}, {"load_dialect_impl", type_self, 0}};
    *found = find_method(call, methods, sizeof methods / sizeof methods[0], &object->host, name, result);
    return true;
}

bool made_type_attribute(Call *call, TypeObject *object, Str name, Value *result, bool *found)
{
    const Value *own = map_get(&object->attributes, name);
    *found = true;
    if (own) {
        *result = *own;
        return true;
    }
    const Value *of_class = str_equal(name, STR("impl")) ? NULL : class_attribute(object->class, name);
    if (of_class)
        return interp_bind(call->in, call->args->at, *of_class, value_host(&object->host), object->class, result);
    return type_base_attribute(call, object, name, result, found);
}

bool type_class_init(Call *call, Value *result)
{
    *result = value_host(&function_new(call->a, "__init__", class_init, NULL, 0)->host);
    return true;
}

void made_type_set(Alembic *a, TypeObject *object, Str name, Value value)
{
    Value *kept = value_boxed(a->arena, value);
    map_put(&object->attributes, name, kept);
}

// load_dialect_impl(self, dialect) says what a TypeDecorator is here.
static bool load_dialect_impl(Call *call, TypeObject *object, const Value *method)
{
    Arg items[2] = {{.value = value_host(&object->host), .at = call->args->at},
                    {.value = value_host(simple_object(call->a, OBJECT_DIALECT)), .at = call->args->at}};
    Args args = {.items = items, .count = 2, .positional = 2, .at = call->args->at};
    Value given;
    const Type *type;
    if (!interp_call(call->in, *method, &args, &given))
        return false;
    if (given.kind == VALUE_UNKNOWN) {
        *call->result = given;
        return true;
    }
    if (!to_type(call, call->args->at, given, &type))
        return false;
    bool raw = object->type->allows_raw_text;
    void *processor = object->type->processor;
    *object->type = *type;
    object->type->allows_raw_text = raw;
    object->type->processor = processor;
    return true;
}

static bool get_col_spec(Call *call, TypeObject *object, const Value *method)
{
    Arg self = {.value = value_host(&object->host), .at = call->args->at};
    Args args = {.items = &self, .count = 1, .positional = 1, .at = call->args->at};
    Value text;
    if (!interp_call(call->in, *method, &args, &text))
        return false;
    if (text.kind == VALUE_UNKNOWN)
        *call->result = text;
    else if (text.kind == VALUE_STR)
        object->type->raw = text.text;
    return true;
}

bool process_value(Call *call, Span at, const Type *type, Value value, Value *stored)
{
    TypeObject *object = type->processor;
    const Value *method = class_attribute(object->class, STR("process_literal_param"));
    method = method ? method : class_attribute(object->class, STR("process_bind_param"));
    Arg items[2] = {{.value = value, .at = at}, {.value = value_host(simple_object(call->a, OBJECT_DIALECT)), .at = at}};
    Args args = {.items = items, .count = 2, .positional = 2, .at = at};
    Value bound;
    return interp_bind(call->in, at, *method, value_host(&object->host), object->class, &bound) &&
           interp_call(call->in, bound, &args, stored) && call_known(call, at, *stored, "value");
}

static bool make_type(Call *call, Class *class, TypeObject *object)
{
    Alembic *a = call->a;
    object->type->at = call->args->at;
    if (class_attribute(class, STR("process_bind_param")) || class_attribute(class, STR("process_literal_param")))
        object->type->processor = object;
    object->class = class;
    object->attributes = map_open(a->arena);
    *call->result = value_host(&object->host);
    const Value *init = class_attribute(class, STR("__init__"));
    if (init && init->kind == VALUE_FUNCTION) {
        Value method, ignored;
        if (!interp_bind(call->in, call->args->at, *init, *call->result, class, &method) ||
            !interp_call(call->in, method, call->args, &ignored))
            return false;
    }
    const Args none = {.at = call->args->at};
    if (!object->is_made && !initialise(call, object, init ? &none : call->args))
        return false;
    const Value *load = class_attribute(class, STR("load_dialect_impl")),
                *spec = class_attribute(class, STR("get_col_spec"));
    bool said = load                                              ? load_dialect_impl(call, object, load)
                : spec && object->type->kind == TYPE_USER_DEFINED ? get_col_spec(call, object, spec)
                                                                  : true;
    return said && (call->result->kind == VALUE_UNKNOWN || compile_type(call, object));
}

bool construct_type(Call *call, Class *class)
{
    Alembic *a = call->a;
    if (!class_is_heard(class)) {
        *call->result = value_unknown_cured(interp_arena(call->in), call->args->at,
                                            str_format(a->arena,
                                                       "a listener (sqlalchemy.event) does more when class \"%.*s\" is used",
                                                       STR_ARGS(class->name)),
                                            STR(OVERRIDE_HINT), (Cure){.kind = CURE_OVERRIDE});
        return true;
    }
    TypeObject *object = (TypeObject *)type_value(a, type_new(a->arena, TYPE_USER_DEFINED)).host;
    if (!make_type(call, class, object))
        return false;
    if (class_is_listened(class))
        object->type->listened = object;
    return true;
}
