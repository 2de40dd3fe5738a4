// Attributes: of instances, classes, builtin values and modules; bound methods, properties, super().
#include "python_int.h"

const Builtin *member_find(const Builtin *members, Str name)
{
    for (; members && members->name.len; members++)
        if (members->name.len == name.len && memcmp(members->name.ptr, name.ptr, name.len) == 0)
            return members;
    return NULL;
}

const Builtin *native_method(Value object, Str name)
{
    if (view_of(object))
        return str_equal(name, STR("isdisjoint")) && object.kind == VALUE_SET ? member_find(set_methods, name) : NULL;
    switch ((int)object.kind) {
    case VALUE_STR: return member_find(str_methods, name);
    case VALUE_BYTES: return member_find(bytes_methods, name);
    case VALUE_LIST: return member_find(list_methods, name);
    case VALUE_TUPLE: return member_find(tuple_methods, name);
    case VALUE_DICT: return member_find(dict_methods, name);
    case VALUE_SET: return member_find(set_methods, name);
    case VALUE_INT:
    case VALUE_BOOL:
    case VALUE_FLOAT: return member_find(number_methods, name);
    case VALUE_TIME: return member_find(time_methods, name);
    case VALUE_UUID: return member_find(uuid_methods, name);
    case VALUE_DECIMAL: return member_find(decimal_methods, name);
    case VALUE_BUILTIN:
        if (object.builtin->kind == B_PATTERN)
            return member_find(pattern_methods, name);
        return object.builtin->kind == B_MATCH ? member_find(match_methods, name) : NULL;
    default: return NULL;
    }
}

static Value bound(Interp *in, Value function, Value self)
{
    Builtin *b = builtin_make(in, B_BOUND);
    b->self = self;
    b->other = function;
    return value_builtin(b);
}

// What an attribute found on a class means for an object (or, self unset, for the class itself).
bool bind_attribute(Interp *in, Span at, Value found, Value self, Class *class, Value *out)
{
    *out = found;
    if (found.kind == VALUE_FUNCTION && !is_unset(self)) {
        *out = bound(in, found, self);
    } else if (found.kind == VALUE_BUILTIN) {
        const Builtin *b = found.builtin;
        Value of_class = {.kind = VALUE_CLASS, .class = class};
        if (b->kind == B_STATIC)
            *out = b->self;
        else if (b->kind == B_CLASSMETHOD)
            *out = bound(in, b->self, of_class);
        else if (b->kind == B_PROPERTY && !is_unset(self))
            return call_positional(in, at, b->self, 1, &self, out);
    }
    return true;
}

bool instance_method(Interp *in, Value object, Str name, Value *out)
{
    if (object.kind != VALUE_INSTANCE)
        return false;
    const Value *found = class_lookup(object.instance->class, name, NULL, NULL);
    if (!found || found->kind != VALUE_FUNCTION)
        return false;
    *out = bound(in, *found, object);
    return true;
}

// ---- properties ----

static bool one_function(Interp *in, const Args *args, const char *name)
{
    return args->positional == 1 || interp_raise(in, args->at, STR("TypeError"), "property.%s() takes one function", name);
}

static bool property_with_setter(Interp *in, Value self, const Args *args, Value *out)
{
    if (!one_function(in, args, "setter"))
        return false;
    *out = property_make(in, self.builtin->self, args->items[0].value);
    return true;
}

static bool property_with_getter(Interp *in, Value self, const Args *args, Value *out)
{
    if (!one_function(in, args, "getter"))
        return false;
    *out = property_make(in, args->items[0].value, self.builtin->other);
    return true;
}

// What deletes an attribute is not called: delete_attribute() says so.
static bool property_kept(Interp *in, Value self, const Args *args, Value *out)
{
    *out = self;
    return one_function(in, args, "deleter");
}

static bool no_attribute(Interp *in, Span at, Str type, Str name)
{
    return interp_raise(in, at, STR("AttributeError"), "'%.*s' object has no attribute '%.*s'", STR_ARGS(type),
                        STR_ARGS(name));
}

// Reading an attribute that is not known here. What CPython has is refused, for an AttributeError could be caught, or is
// what the settings say of a class's.
static bool lacks_attribute(Interp *in, Span at, Value object, Str type, Str name, Value *out)
{
    bool said = false;
    if (!library_has(in, object, name))
        return object.kind == VALUE_CLASS
                   ? interp_raise(in, at, STR("AttributeError"), "type object '%.*s' has no attribute '%.*s'",
                                  STR_ARGS(type), STR_ARGS(name))
                   : no_attribute(in, at, type, name);
    Str full = library_full_name(in, object, name);
    if (!full.len || str_starts(name, STR("__")))
        return interp_refuse(in, at, STR("Write it in another way, or write an override for this revision."),
                             "\"%.*s\" of %.*s is not supported", STR_ARGS(name), STR_ARGS(type));
    if (in->host && in->host->setting && (!in->host->setting(in->host, in, at, full, out, &said) || said))
        return said;
    *out = value_unknown_cured(
        in->arena, at, str_format(in->arena, "%.*s is known only when the program runs", STR_ARGS(full)),
        STR("Write the value in the revision."), (Cure){.kind = CURE_VALUE, .name = full, .is_called = true});
    return true;
}

static Value dict_of(Interp *in, const Map *attributes)
{
    Value dict = value_dict(in->arena);
    for (MapEntry *e = map_first(attributes); e; e = map_next(attributes, e))
        dict_put(in->arena, dict.dict, value_str(e->key), *(Value *)e->value);
    return dict;
}

static bool instance_attribute(Interp *in, Span at, Value object, Str name, Value *out)
{
    Instance *instance = object.instance;
    const Value *found = map_get(&instance->attributes, name), *of_class = class_lookup(instance->class, name, NULL, NULL);
    if (found) {
        // what is not known of the class may have taken the assignment: a descriptor
        *out = of_class && is_unknown(*of_class) ? *of_class : *found;
        return true;
    }
    if ((found = of_class))
        return bind_attribute(in, at, *found, object, instance->class, out);
    if (instance->class->is_enum && (str_equal(name, STR("_value_")) || str_equal(name, STR("_name_")))) {
        *out = *(Value *)map_get(&instance->attributes, str_slice(name, 1, name.len - 1));
        return true;
    }
    if (str_equal(name, STR("__class__"))) {
        *out = (Value){.kind = VALUE_CLASS, .class = instance->class};
        return true;
    }
    if (str_equal(name, STR("__dict__"))) {
        *out = dict_of(in, &instance->attributes);
        return true;
    }
    bool exception = is_exception_class(instance->class);
    if (exception && str_equal(name, STR("__context__")))
        return interp_refuse(in, at, STR_EMPTY, "what an exception was raised within is not supported");
    if (exception && (str_equal(name, STR("__traceback__")) || str_equal(name, STR("__cause__")))) {
        *out = VALUE_OF_NONE;
        return true;
    }
    const Value *plain = instance_plain(instance);
    if (plain && native_method(*plain, name))
        return interp_attribute(in, at, *plain, name, out);
    Value getter, argument = value_str(name);
    if (instance_method(in, object, STR("__getattr__"), &getter))
        return call_positional(in, at, getter, 1, &argument, out);
    const Value *fields = class_lookup(instance->class, STR("_fields"), NULL, NULL);
    if (fields && str_equal(name, STR("_asdict"))) {
        Builtin *constant = builtin_make(in, B_CONSTANT);
        constant->self = dict_of(in, &instance->attributes);
        *out = value_builtin(constant);
        return true;
    }
    if (fields && str_equal(name, STR("_replace"))) {
        *out = named_tuple_replace(in, object);
        return true;
    }
    bool is_ours = in->files && instance->class->at.source == in->files->source;
    if (is_ours && !str_equal(instance->class->name, STR("SimpleNamespace")))   // Python's own has more to it than ours
        return interp_refuse(in, at, STR("Write it in another way, or write an override for this revision."),
                             "\"%.*s\" of %.*s is not supported", STR_ARGS(name), STR_ARGS(instance->class->name));
    return lacks_attribute(in, at, object, instance->class->name, name, out);
}

static bool class_value_attribute(Interp *in, Span at, Class *class, Str name, Value *out)
{
    const Value *found = class_lookup(class, name, NULL, NULL);
    if (found)
        return bind_attribute(in, at, *found, UNSET_VALUE, class, out);
    if (str_equal(name, STR("__name__")) || str_equal(name, STR("__qualname__"))) {
        *out = value_str(class->name);
        return true;
    }
    if (str_equal(name, STR("__dict__"))) {
        *out = dict_of(in, &class->attributes);
        return true;
    }
    if (str_equal(name, STR("__doc__")) || str_equal(name, STR("__module__"))) {
        *out = VALUE_OF_NONE;
        return true;
    }
    if (class->is_enum && str_equal(name, STR("__members__"))) {
        *out = value_dict(in->arena);   // aliases too
        for (MapEntry *e = map_first(&class->attributes); e; e = map_next(&class->attributes, e)) {
            const Value *member = e->value;
            if (member->kind == VALUE_INSTANCE && member->instance->class == class)
                dict_put(in->arena, out->dict, value_str(e->key), *member);
        }
        return true;
    }
    HostObject *base = class_host_base(class);
    if (base)
        return in->host->attribute(in->host, in, at, base, name, out);
    return lacks_attribute(in, at, (Value){.kind = VALUE_CLASS, .class = class}, class->name, name, out);
}

static bool super_attribute(Interp *in, Span at, const Builtin *b, Str name, Value *out)
{
    // an object of the host's has its class there: the one that super() stands in is where the search begins
    Class *start = b->self.kind == VALUE_INSTANCE ? b->self.instance->class
                   : b->self.kind == VALUE_HOST   ? b->other.class
                                                  : b->self.class,
          *owner = NULL;
    const Value *found = class_lookup(start, name, b->other.class, &owner);
    if (found)
        return bind_attribute(in, at, *found, b->self.kind == VALUE_CLASS ? UNSET_VALUE : b->self, start, out);
    if (b->self.kind == VALUE_HOST && in->host->super)
        return in->host->super(in->host, in, at, b->self.host, name, out);
    HostObject *base = class_host_base(start);
    if (base)
        return in->host->attribute(in->host, in, at, base, name, out);
    if (str_equal(name, STR("__init__")) || str_equal(name, STR("__init_subclass__"))) {
        // The initialiser of object, or of an exception: keeps the arguments.
        Builtin *init = builtin_make(in, B_SUPER);
        init->self = b->self;
        init->other = VALUE_OF_NONE;
        *out = value_builtin(init);
        return true;
    }
    return lacks_attribute(in, at, b->self, STR("super"), name, out);
}

static Str dotted_name(Interp *in, const Builtin *module, Str name)
{
    return str_format(in->arena, "%.*s.%.*s", STR_ARGS(builtin_name(module)), STR_ARGS(name));
}

bool builtin_attribute(Interp *in, Span at, const Builtin *b, Str name, Value *out)
{
    switch (b->kind) {
    case B_MODULE:
    case B_TYPE:
    case B_FUNCTION: {
        bool said = false;
        if (b->kind == B_MODULE && in->host && in->host->setting &&
            (!in->host->setting(in->host, in, at, dotted_name(in, b, name), out, &said) || said))
            return said;
        bool found = false;
        if (b->kind == B_MODULE && b->data &&
            (!interp_space_name(in, at, (Space *)(uintptr_t)b->data, name, out, &found) || found))
            return found;
        const Builtin *member = member_find(b->members, name);
        if (member) {
            *out = member->kind == B_CONSTANT ? member->self : value_builtin(member);
            return true;
        }
        if (str_equal(name, STR("__name__"))) {
            Str full = builtin_name(b);   // of a type with its module: what follows the last dot
            size_t start = b->kind == B_TYPE ? full.len : 0;
            while (start && full.ptr[start - 1] != '.')
                start--;
            *out = value_str(str_slice(full, start, full.len));
            return true;
        }
        if (b->kind != B_MODULE && b->type) {   // str.upper and such: a function of the object
            static const struct {
                int type;
                const Builtin *methods;
            } tables[] = {
                {VALUE_STR, str_methods},      {VALUE_BYTES, bytes_methods}, {VALUE_LIST, list_methods},
                {VALUE_DICT, dict_methods},    {VALUE_SET, set_methods},     {VALUE_INT, number_methods},
                {VALUE_FLOAT, number_methods}, {VALUE_TUPLE, tuple_methods},
            };
            for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
                if (tables[i].type == b->type && member_find(tables[i].methods, name)) {
                    Builtin *getter = builtin_make(in, B_GETTER);
                    getter->self = value_str(name);
                    getter->type = 1;
                    *out = value_builtin(getter);
                    return true;
                }
        }
        if (b->kind == B_MODULE && files_module(in, dotted_name(in, b, name), out))
            return true;
        if (b->kind == B_MODULE && b->other.kind == VALUE_BUILTIN && !str_starts(name, STR("__"))) {   // any name at all
            bool is_environ = str_equal(dotted_name(in, b, name), STR("os.environ"));
            Str example = is_environ ? STR(ENVIRON_EXAMPLE) : STR_EMPTY;
            if (b->other.builtin->kind == B_UNKNOWN)
                *out = value_unknown_cured(in->arena, at,
                                           str_format(in->arena, "%.*s.%.*s is known only when the program runs",
                                                      STR_ARGS(builtin_name(b)), STR_ARGS(name)),
                                           STR("Write the value in the revision."),
                                           (Cure){.kind = CURE_VALUE, .name = dotted_name(in, b, name), .example = example});
            else
                *out = b->other;
            return true;
        }
        if (b->kind == B_MODULE)
            return library_has(in, value_builtin(b), name)
                       ? interp_refuse(in, at, STR_EMPTY, "\"%.*s\" of module %.*s is not supported", STR_ARGS(name),
                                       STR_ARGS(builtin_name(b)))
                       : interp_raise(in, at, STR("AttributeError"), "module '%.*s' has no attribute '%.*s'",
                                      STR_ARGS(builtin_name(b)), STR_ARGS(name));
        break;
    }
    case B_IGNORED: *out = value_builtin(b); return true;
    case B_SUPER: return super_attribute(in, at, b, name, out);
    case B_BOUND:
        if (str_equal(name, STR("__self__")))
            *out = b->self;
        else
            return interp_attribute(in, at, b->other, name, out);
        return true;
    case B_PROPERTY:
        if (str_equal(name, STR("setter")) || str_equal(name, STR("deleter")) || str_equal(name, STR("getter"))) {
            Builtin *with = builtin_make(in, B_FUNCTION);
            with->call = name.ptr[0] == 's'   ? property_with_setter
                         : name.ptr[0] == 'g' ? property_with_getter
                                              : property_kept;
            with->self = value_builtin(b);
            *out = value_builtin(with);
            return true;
        }
        break;
    case B_RANGE:
    case B_SLICE: {
        int64_t part = str_equal(name, STR("start")) ? b->start : str_equal(name, STR("stop")) ? b->stop : b->step;
        if (b->kind == B_RANGE &&
            (str_equal(name, STR("start")) || str_equal(name, STR("stop")) || str_equal(name, STR("step")))) {
            *out = value_int(part);
            return true;
        }
        break;
    }
    case B_PATTERN:
        if (str_equal(name, STR("pattern"))) {
            *out = b->self;
            return true;
        }
        break;
    case B_METHOD:
    case B_CONSTANT:
    case B_ITERATOR:
    case B_ELLIPSIS:
    case B_NOT_IMPLEMENTED:
    case B_STATIC:
    case B_CLASSMETHOD:
    case B_PARTIAL:
    case B_MATCH:
    case B_CONTEXT:
    case B_SUPPRESS:
    case B_GETTER:
    case B_UNKNOWN:
    case B_AUTO:
    case B_NAMEDTUPLE:
    case B_COMPOSED: break;
    }
    return lacks_attribute(in, at, value_builtin(b), b->kind == B_TYPE ? builtin_name(b) : value_type_name(value_builtin(b)),
                           name, out);
}

static bool function_attribute(Interp *in, Span at, Value object, Str name, Value *out)
{
    const Function *function = object.function;
    const Value *found = function->attributes ? map_get(function->attributes, name) : NULL;
    if (found) {
        *out = *found;
        return true;
    }
    if (str_equal(name, STR("__name__")) || str_equal(name, STR("__qualname__"))) {
        *out = value_str(function->info->name);
        return true;
    }
    if (str_equal(name, STR("__doc__"))) {
        const NodeList *body = &function->info->body;
        const Node *first = body->count && !function->info->is_lambda ? body->items[0] : NULL;
        bool is_text = first && first->kind == NODE_EXPR && first->as.operand->kind == NODE_CONST &&
                       first->as.operand->as.constant.kind == CONSTANT_STR;
        *out = is_text ? value_str(first->as.operand->as.constant.text) : VALUE_OF_NONE;
        return true;
    }
    if (str_equal(name, STR("__module__"))) {
        *out = value_str(STR("revision"));
        return true;
    }
    return lacks_attribute(in, at, object, STR("function"), name, out);
}

// Names that Python has and this evaluator has not: they are refused, since an AttributeError could be caught.
static bool is_missing_here(Value object, Str name)
{
    static const char *const numbers[] = {
        "real",      "imag",     "numerator",  "denominator", "conjugate", "as_integer_ratio",
        "bit_count", "to_bytes", "from_bytes", "hex",         "fromhex"};
    static const char *const others[] = {
        "isprintable", "symmetric_difference_update", "fromhex", "maketrans", "fromkeys", "elements", "subtract",
        "move_to_end"};
    const char *const *names = others;
    size_t count = sizeof others / sizeof *others;
    if (object.kind == VALUE_INT || object.kind == VALUE_FLOAT || object.kind == VALUE_BOOL) {
        names = numbers;
        count = sizeof numbers / sizeof *numbers;
    }
    bool open_ended = object.kind == VALUE_TIME || object.kind == VALUE_DECIMAL || object.kind == VALUE_UUID ||
                      (object.kind == VALUE_BUILTIN &&
                       (object.builtin->kind == B_PATTERN || object.builtin->kind == B_MATCH ||
                        object.builtin->kind == B_ITERATOR || (object.builtin->kind == B_TYPE && object.builtin->type)));
    if (open_ended && !str_starts(name, object.kind == VALUE_TIME ? STR("_") : STR("__")))
        return true;
    for (size_t i = 0; i < count; i++)
        if (str_equal(name, str_from(names[i])))
            return true;
    return false;
}

bool is_said_whole(Str name)
{
    return str_starts(name, STR("parameter.")) || str_equal(name, STR("os.environ")) || str_equal(name, STR("context.opts"));
}

// What the settings could say of `app.flags` they may as well say of `app.flags.ON`, which is what is wanted.
static Value attribute_of_unknown(Interp *in, Value object, Str name)
{
    Cure cure = object.unknown->cure;
    if (cure.kind != CURE_VALUE || cure.is_called || is_said_whole(cure.name) || str_starts(name, STR("__")))
        return value_unknown_by(object);
    cure.name = str_format(in->arena, "%.*s.%.*s", STR_ARGS(cure.name), STR_ARGS(name));
    return value_unknown_cured(in->arena, object.unknown->at, object.unknown->reason, object.unknown->hint, cure);
}

bool interp_bind(Interp *in, Span at, Value function, Value self, Class *class, Value *out)
{
    return bind_attribute(in, at, function, self, class, out);
}

// Stores an attribute of an unknown value: what the settings say of its name, if they do.
static bool said_attribute(Interp *in, Span at, Value unknown, Value *out)
{
    const Cure *cure = &unknown.unknown->cure;
    bool found = false;
    *out = unknown;
    if (cure->kind != CURE_VALUE || cure->is_called || !cure->name.len || !in->host || !in->host->setting)
        return true;
    if (!in->host->setting(in->host, in, at, cure->name, out, &found))
        return false;
    if (!found)
        *out = unknown;
    return true;
}

bool interp_attribute(Interp *in, Span at, Value object, Str name, Value *out)
{
    switch ((int)object.kind) {
    case VALUE_HOST: return in->host->attribute(in->host, in, at, object.host, name, out);
    case VALUE_UNKNOWN: return said_attribute(in, at, attribute_of_unknown(in, object, name), out);
    case VALUE_INSTANCE: return instance_attribute(in, at, object, name, out);
    case VALUE_CLASS: return class_value_attribute(in, at, object.class, name, out);
    case VALUE_FUNCTION: return function_attribute(in, at, object, name, out);
    default: break;
    }
    const Builtin *method = native_method(object, name);
    if (method) {
        Builtin *b = builtin_make(in, B_METHOD);
        *b = *method;
        b->kind = B_METHOD;
        b->self = object;
        *out = value_builtin(b);
        return true;
    }
    if (time_attribute(in, at, object, name, out))
        return true;
    if (in->trouble != TROUBLE_NONE)
        return false;
    if (object.kind == VALUE_BUILTIN) {
        if (builtin_attribute(in, at, object.builtin, name, out))
            return true;
        if (in->trouble == TROUBLE_RAISED && is_missing_here(object, name)) {
            in->trouble = TROUBLE_NONE;
            return interp_refuse(in, at, STR_EMPTY, "\"%.*s\" of %.*s is not supported", STR_ARGS(name),
                                 STR_ARGS(value_type_name(object)));
        }
        return false;
    }
    if (object.kind == VALUE_UUID && str_equal(name, STR("hex"))) {
        *out = value_str(str_replace(in->arena, object.text, STR("-"), STR_EMPTY));
        return true;
    }
    if (str_equal(name, STR("__class__"))) {
        Arg arg = {STR_EMPTY, object, at};
        Args args = {&arg, 1, 1, at};
        Value type;
        return env_lookup(in, &in->space->env, at, STR("type"), name_hash("type", 4), &type) &&
               interp_call(in, type, &args, out);
    }
    if (str_equal(name, STR("__doc__"))) {
        *out = VALUE_OF_NONE;
        return true;
    }
    if (is_missing_here(object, name))
        return interp_refuse(in, at, STR_EMPTY, "\"%.*s\" of %.*s is not supported", STR_ARGS(name),
                             STR_ARGS(value_type_name(object)));
    return lacks_attribute(in, at, object, value_type_name(object), name, out);
}

Value property_make(Interp *in, Value getter, Value setter)
{
    Builtin *b = builtin_make(in, B_PROPERTY);
    b->self = getter;
    b->other = setter;
    return value_builtin(b);
}

static bool set_on_instance(Interp *in, Span at, Value object, Str name, Value value)
{
    const Class *class = object.instance->class;
    const Value *found = class_lookup(class, name, NULL, NULL);
    Value method;
    if (instance_method(in, object, STR("__setattr__"), &method))
        return interp_refuse(in, at, STR("Write an override for this revision."),
                             "a class with a __setattr__ of its own is not supported");
    if (class_lookup(class, STR("__frozen__"), NULL, NULL))
        return interp_raise(in, at, STR("FrozenInstanceError"), "cannot assign to field '%.*s'", STR_ARGS(name));
    if (found && found->kind == VALUE_BUILTIN && found->builtin->kind == B_PROPERTY) {
        Value pair[2] = {object, value}, ignored;
        if (is_unset(found->builtin->other))
            return interp_raise(in, at, STR("AttributeError"), "property '%.*s' of '%.*s' object has no setter",
                                STR_ARGS(name), STR_ARGS(class->name));
        return call_positional(in, at, found->builtin->other, 2, pair, &ignored);
    }
    map_put(&object.instance->attributes, name, value_boxed(in->arena, value));
    return true;
}

bool set_attribute(Interp *in, Span at, Value object, Str name, Value value)
{
    Value *box = value_boxed(in->arena, value);
    switch ((int)object.kind) {
    case VALUE_HOST: return in->host->set_attribute(in->host, in, at, object.host, name, value);
    case VALUE_UNKNOWN:
        // an object of a database session is written when the session is; a module's top level is read for its names
        return !in->frame || interp_refuse_unknown(in, at, object, "what this assignment does");
    case VALUE_INSTANCE: return set_on_instance(in, at, object, name, value);
    case VALUE_CLASS: map_put(&object.class->attributes, name, box); return true;
    case VALUE_FUNCTION: {
        Function *function = (Function *)(uintptr_t)object.function;
        if (!function->attributes) {
            function->attributes = arena_new(in->arena, Map);
            *function->attributes = map_open(in->arena);
        }
        map_put(function->attributes, name, box);
        return true;
    }
    case VALUE_BUILTIN:
        if (object.builtin->kind == B_IGNORED || object.builtin->kind == B_MODULE)
            return true;
        break;
    default: break;
    }
    return no_attribute(in, at, value_type_name(object), name);
}

bool delete_attribute(Interp *in, Span at, Value object, Str name)
{
    if (object.kind == VALUE_UNKNOWN)
        return true;
    const Value *found = object.kind == VALUE_INSTANCE ? class_lookup(object.instance->class, name, NULL, NULL) : NULL;
    if (found && found->kind == VALUE_BUILTIN && found->builtin->kind == B_PROPERTY)
        return interp_refuse(in, at, STR("Write an override for this revision."), "deleting a property is not supported");
    if (object.kind == VALUE_INSTANCE && map_remove(&object.instance->attributes, name))
        return true;
    if (object.kind == VALUE_CLASS && map_remove(&object.class->attributes, name))
        return true;
    return no_attribute(in, at, value_type_name(object), name);
}

bool native_super(Interp *in, Value self, const Args *args, Value *out)
{
    (void)self;
    Builtin *b = builtin_make(in, B_SUPER);
    if (args->count == 2) {
        b->other = args->items[0].value;
        b->self = args->items[1].value;
    } else if (in->frame && in->frame->function && in->frame->function->owner && in->frame->function->info->param_count) {
        b->other = (Value){.kind = VALUE_CLASS, .class = in->frame->function->owner};
        b->self = in->frame->env->slots[in->frame->function->info->params[0].slot];
    }
    if (b->other.kind != VALUE_CLASS ||
        (b->self.kind != VALUE_INSTANCE && b->self.kind != VALUE_CLASS && b->self.kind != VALUE_HOST))
        return interp_raise(in, args->at, STR("RuntimeError"), "super(): no arguments");
    *out = value_builtin(b);
    return true;
}
