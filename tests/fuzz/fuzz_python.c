// Fuzz target: any bytes are parsed; what parses is evaluated against a host that answers everything, within few steps.
#include "waybill/python.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static HostObject object = {1};

static bool host_import(Host *h, Interp *in, Span at, Str module, Value *result)
{
    (void)h;
    *result = module.len % 2 ? value_host(&object)
                             : value_unknown(interp_arena(in), at, STR("the application's"), STR("Say it."));
    return true;
}

static bool host_attribute(Host *h, Interp *in, Span at, HostObject *o, Str name, Value *result)
{
    (void)h;
    (void)in;
    (void)at;
    (void)name;
    *result = value_host(o);
    return true;
}

static bool host_set_attribute(Host *h, Interp *in, Span at, HostObject *o, Str name, Value value)
{
    (void)h;
    (void)in;
    (void)at;
    (void)o;
    (void)name;
    (void)value;
    return true;
}

static bool host_call(Host *h, Interp *in, HostObject *callee, const Args *args, Value *result)
{
    (void)h;
    if (args->count == 1)
        return interp_raise(in, args->at, STR("ValueError"), "one argument");
    *result = value_host(callee);
    return true;
}

static bool host_binary(Host *h, Interp *in, Span at, BinaryOp op, Value left, Value right, Value *result)
{
    (void)h;
    (void)in;
    (void)at;
    (void)left;
    (void)right;
    *result = op >= BINARY_EQ ? value_bool(op % 2) : value_host(&object);
    return true;
}

static bool host_unary(Host *h, Interp *in, Span at, UnaryOp op, HostObject *operand, Value *result)
{
    (void)h;
    (void)in;
    (void)at;
    (void)op;
    *result = value_host(operand);
    return true;
}

static bool host_item(Host *h, Interp *in, Span at, HostObject *o, Value key, Value *result)
{
    (void)h;
    (void)in;
    (void)at;
    (void)key;
    *result = value_host(o);
    return true;
}

static bool host_iterate(Host *h, Interp *in, Span at, HostObject *o, Value *result)
{
    (void)h;
    (void)at;
    (void)o;
    *result = value_list(interp_arena(in), VALUE_LIST);
    return true;
}

static bool host_truth(Host *h, Interp *in, Span at, HostObject *o, bool *result)
{
    (void)h;
    (void)in;
    (void)at;
    (void)o;
    *result = true;
    return true;
}

static bool host_enter(Host *h, Interp *in, Span at, HostObject *o, Value *result)
{
    (void)h;
    (void)in;
    (void)at;
    *result = value_host(o);
    return true;
}

static bool host_exit(Host *h, Interp *in, Span at, HostObject *o)
{
    (void)h;
    (void)in;
    (void)at;
    (void)o;
    return true;
}

static bool host_construct(Host *h, Interp *in, Class *class, const Args *args, Value *result)
{
    (void)h;
    (void)in;
    (void)class;
    (void)args;
    *result = value_host(&object);
    return true;
}

static bool host_is_instance(Host *h, Interp *in, Span at, Value value, HostObject *type, bool *result)
{
    (void)h;
    (void)in;
    (void)at;
    (void)value;
    (void)type;
    *result = false;
    return true;
}

static Str host_name(const Host *h, Arena *arena, const HostObject *o)
{
    (void)h;
    (void)arena;
    (void)o;
    return STR("host");
}

static bool host_text(Host *h, Interp *in, Span at, HostObject *o, Str *result)
{
    (void)h;
    (void)in;
    (void)at;
    (void)o;
    *result = STR("host");
    return true;
}

static bool argument(Host *h, Interp *in, Str name, Value *value)
{
    (void)h;
    (void)in;
    (void)name;
    *value = value_host(&object);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_open();
    Diag diag = diag_open(arena);
    // A copy of its own size, so that reading beyond it is seen.
    char *text = arena_alloc(arena, size);
    if (size)
        memcpy(text, data, size);
    Source source = {STR("fuzz.py"), {text, size}};
    Host host = {host_import,      host_attribute, host_set_attribute, host_call,  host_binary, host_unary,
                 host_item,        host_iterate,   host_truth,         host_enter, host_exit,   host_construct,
                 host_is_instance, host_name,      host_text,          NULL};
    InterpOptions options = {.max_steps = 3000};
    Module *module = python_parse(arena, &diag, &source);
    if (!module != (diag.errors == 1) || diag.errors > 1)
        BUG("parsing reports one error or none");
    if (module) {
        python_header(arena, module, STR("revision"), NULL);
        python_header(arena, module, STR("down_revision"), NULL);
        Interp *in = interp_open(arena, &diag, &host, module, &options);
        if (!in != (diag.errors == 1))
            BUG("opening reports one error or none");
        if (in && python_has_function(module, STR("upgrade"), NULL)) {
            bool done = interp_call_function(in, STR("upgrade"), argument);
            if (done != (diag.errors == 0))
                BUG("calling reports one error or none");
        }
    }
    for (size_t i = 0; i < diag.messages.count; i++)
        message_format(arena, &diag.messages.items[i]);
    arena_close(arena);
    return 0;
}
