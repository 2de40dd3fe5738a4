// Calls of builtin things: argument taking, the kinds of Builtin.
#include "python_int.h"

bool take_args(Interp *in, const Args *args, const char *function, const char *spec, Value *out)
{
    size_t position = 0, used = 0;
    for (const char *p = spec; *p; position++) {
        size_t len = strcspn(p, " ?");
        bool optional = p[len] == '?';
        const Arg *arg = args_find(args, position, (Str){p, len});
        if (!arg && !optional)
            return interp_raise(in, args->at, STR("TypeError"), "%s() missing required argument: '%.*s'", function, (int)len,
                                p);
        out[position] = arg ? arg->value : UNSET_VALUE;
        used += arg != NULL;
        p += len + optional;
        p += *p == ' ';
    }
    // Python may know an argument that is not built here: an exception could be caught, a refusal cannot.
    if (used < args->count)
        return interp_refuse(in, args->at, STR_EMPTY, "an argument of %s() that is not supported", function);
    return true;
}

bool want_text(Interp *in, const Args *args, Value v, const char *function, Str *out)
{
    v = unwrap(v);
    if (is_unknown(v))
        return interp_refuse_unknown(in, args->at, v, function);
    if (v.kind != VALUE_STR && v.kind != VALUE_BYTES)
        return interp_raise(in, args->at, STR("TypeError"), "%s() argument must be str, not %.*s", function,
                            STR_ARGS(value_type_name(v)));
    *out = v.text;
    return true;
}

bool want_int(Interp *in, const Args *args, Value v, const char *function, int64_t *out)
{
    if (is_unknown(v))
        return interp_refuse_unknown(in, args->at, v, function);
    return is_integral(v, out) ||
           interp_raise(in, args->at, STR("TypeError"), "'%.*s' object cannot be interpreted as an integer",
                        STR_ARGS(value_type_name(v)));
}

// Whoever is given an answer may do anything with it, but for what makes another form of it or looks for something in it.
static void tell_given(Interp *in, const Builtin *b, Value self, const Args *args)
{
    bool container = self.kind == VALUE_LIST || self.kind == VALUE_SET || self.kind == VALUE_DICT;   // these tell themselves
    bool copies = b->flags & NATIVE_COPIES;
    for (size_t i = 0; i < args->count && !container && !copies; i++)
        interp_used(in, args->items[i].value);
}

bool native_call(Interp *in, const Builtin *b, Value self, const Args *args, Value *out)
{
    if (!(b->flags & NATIVE_KEEPS_UNKNOWN)) {
        for (size_t i = 0; i < args->count; i++)
            if (is_unknown(args->items[i].value)) {
                *out = value_unknown_by(args->items[i].value);
                return true;
            }
    }
    tell_given(in, b, self, args);
    return b->call(in, self, args, out);
}

// More arguments in front of the given ones.
static bool call_with(Interp *in, Value callee, const Args *front, const Args *args, Value *out)
{
    Arg *items = arena_array(in->arena, Arg, front->count + args->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < front->positional; i++)
        items[n++] = front->items[i];
    for (size_t i = 0; i < args->positional; i++)
        items[n++] = args->items[i];
    Args all = {items, 0, n, args->at};
    for (size_t i = front->positional; i < front->count; i++)
        if (!args_find(args, SIZE_MAX, front->items[i].name))
            items[n++] = front->items[i];
    for (size_t i = args->positional; i < args->count; i++)
        items[n++] = args->items[i];
    all.count = n;
    return interp_call(in, callee, &all, out);
}

static bool call_bound(Interp *in, const Builtin *b, const Args *args, Value *out)
{
    if (b->other.kind == VALUE_FUNCTION && !b->other.function->is_context_manager)
        return call_function(in, b->other.function, &b->self, args, NULL, out);
    Arg self = {STR_EMPTY, b->self, args->at};
    Args front = {&self, 1, 1, args->at};
    return call_with(in, b->other, &front, args, out);
}

// operator.itemgetter, attrgetter, and str.upper as a function.
static bool call_getter(Interp *in, const Builtin *b, const Args *args, Value *out)
{
    if (!args->positional)
        return interp_raise(in, args->at, STR("TypeError"), "an argument is missing");
    Value object = args->items[0].value, method;
    if (b->type == 1) {
        Args rest = {args->items + 1, args->count - 1, args->positional - 1, args->at};
        return interp_attribute(in, args->at, object, b->self.text, &method) && interp_call(in, method, &rest, out);
    }
    const List *keys = b->self.list;
    Value all = value_list(in->arena, VALUE_TUPLE);
    for (size_t i = 0; i < keys->values.count; i++) {
        Value key = keys->values.items[i];
        if (b->type == 2 ? !subscript(in, args->at, object, key, out)
                         : !interp_attribute(in, args->at, object, key.text, out))
            return false;
        list_push(in->arena, all, *out);
    }
    if (keys->values.count != 1)
        *out = all;
    return true;
}

// super().__init__(...): only an exception has something to keep.
static bool call_super_init(Interp *in, const Builtin *b, const Args *args, Value *out)
{
    *out = VALUE_OF_NONE;
    if (b->self.kind != VALUE_INSTANCE || !is_exception_class(b->self.instance->class))
        return true;
    Value *all = value_boxed(in->arena, value_list(in->arena, VALUE_TUPLE));
    for (size_t i = 0; i < args->positional; i++)
        list_push(in->arena, *all, args->items[i].value);
    map_put(&b->self.instance->attributes, STR("args"), all);
    return true;
}

static bool call_kind(Interp *in, const Builtin *b, const Args *args, Value *out)
{
    switch (b->kind) {
    case B_FUNCTION:
    case B_TYPE:
    case B_METHOD:
        if (b->call)
            return native_call(in, b, b->self, args, out);
        break;
    case B_BOUND: return call_bound(in, b, args, out);
    case B_PARTIAL: return call_with(in, b->self, b->data, args, out);
    case B_GETTER: return call_getter(in, b, args, out);
    case B_SUPER: return call_super_init(in, b, args, out);
    case B_CONSTANT:   // what a decorator or _asdict stands for
        *out = b->self;
        return true;
    case B_STATIC:
    case B_CLASSMETHOD: return interp_call(in, b->self, args, out);
    case B_IGNORED:
        // A decorator that changes nothing gives back what it decorates; a logger's methods give back the logger.
        *out = args->count == 1 && (args->items[0].value.kind == VALUE_FUNCTION || args->items[0].value.kind == VALUE_CLASS)
                   ? args->items[0].value
                   : value_builtin(b);
        return true;
    case B_COMPOSED:   // functools.wraps(f): keeps the wrapper
        *out = args->positional ? args->items[0].value : VALUE_OF_NONE;
        return true;
    case B_UNKNOWN:
        *out = value_unknown(in->arena, args->at,
                             b->self.kind == VALUE_STR ? b->self.text : STR("the value is known only when the program runs"),
                             b->other.kind == VALUE_STR ? b->other.text : STR("Write the value in the revision."));
        return true;
    case B_MODULE:
    case B_ITERATOR:
    case B_RANGE:
    case B_SLICE:
    case B_ELLIPSIS:
    case B_NOT_IMPLEMENTED:
    case B_PROPERTY:
    case B_PATTERN:
    case B_MATCH:
    case B_CONTEXT:
    case B_SUPPRESS:
    case B_AUTO:
    case B_NAMEDTUPLE: break;
    }
    return interp_raise(in, args->at, STR("TypeError"), "'%.*s' object is not callable",
                        STR_ARGS(value_type_name(value_builtin(b))));
}

bool builtin_call(Interp *in, const Builtin *b, const Args *args, Value *out)
{
    if (!interp_enter(in, args->at))
        return false;
    bool done = call_kind(in, b, args, out);
    interp_leave(in);
    return done;
}
