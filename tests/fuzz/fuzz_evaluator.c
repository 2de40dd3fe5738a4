// Any bytes as a revision file, and, behind a line "# module", as a module of the project that it imports: what parses is
// evaluated against a host that answers everything, within few steps.
#include "waybill/python.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static HostObject object = {.kind = 1};

static HostObject module_object = {.kind = 2};
static Space *space;   // of the module

static bool host_import(Host *h, Interp *in, Span at, Str module, Value *result)
{
    (void)h;
    if (space && module.len % 3 == 0)
        *result = value_host(&module_object);
    else if (module.len % 2)
        *result = value_host(&object);
    else
        *result = value_unknown_cured(interp_arena(in), at, STR("the application's"), STR("Say it."),
                                      (Cure){.kind = CURE_VALUE, .name = module});
    return true;
}

static bool host_setting(Host *h, Interp *in, Span at, Str name, Value *result, bool *found)
{
    (void)h;
    (void)in;
    (void)at;
    *found = name.len % 7 == 0;
    *result = value_int(7);
    return true;
}

static bool host_read_file(Host *h, Interp *in, Span at, Str path, Str *text)
{
    (void)h;
    *text = path;
    return path.len % 5 || interp_refuse(in, at, STR("Say it."), "no such file");
}

static bool host_super(Host *h, Interp *in, Span at, HostObject *self, Str name, Value *result)
{
    (void)h;
    (void)in;
    (void)at;
    (void)name;
    *result = value_host(self);
    return true;
}

static bool host_declare(Host *h, Interp *in, Class *class)
{
    (void)h;
    (void)in;
    return class->name.len > 0;
}

static bool host_attribute(Host *h, Interp *in, Span at, HostObject *o, Str name, Value *result)
{
    (void)h;
    bool found = false;
    if (o == &module_object && !interp_space_name(in, at, space, name, result, &found))
        return false;
    if (!found)
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

static bool host_same(const Host *h, const HostObject *a, const HostObject *b, bool *same)
{
    (void)h;
    *same = a == b;
    return a->kind != b->kind;
}

static bool host_is_single(const Host *h, const HostObject *o)
{
    (void)h;
    return o->kind == 1;
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

static bool argument(Host *h, Interp *in, Str name, const Value *preset, Value *value)
{
    (void)preset;
    (void)h;
    (void)in;
    (void)name;
    *value = value_host(&object);
    return true;
}

// A copy of its own size, so that reading beyond it is seen.
static Source *source_of(Arena *arena, const char *name, Str bytes)
{
    char *text = arena_alloc(arena, bytes.len);
    if (bytes.len)
        memcpy(text, bytes.ptr, bytes.len);
    Source *source = arena_new(arena, Source);
    *source = (Source){str_from(name), {text, bytes.len}};
    return source;
}

static size_t skipped;

static void begin_statement(Host *h, Span statement)
{
    (void)h;
    (void)statement;
}

static bool skip_statement(Host *h, Span statement, bool may_return)
{
    (void)h;
    (void)statement;
    (void)may_return;
    skipped++;
    return true;
}

// The same past what is refused: one error for each statement of the body that is left out, and one more where the function
// itself cannot be run. What is left out within a block says nothing.
static void run_skipping(Arena *arena, Host *host, const Module *module, bool inner)
{
    const Skipping skipping = {inner, begin_statement, skip_statement};
    const InterpOptions options = {
        .max_steps = 3000, .occasion = {true, 1795395600, STR("seed")}, .uuid_scope = STR("fuzz"), .skipping = &skipping};
    Diag diag = diag_open(arena);
    Interp *in = interp_open(arena, &diag, host, module, &options);
    skipped = 0;
    if (!in)
        return;
    size_t least = interp_call_function(in, STR("upgrade"), argument) ? skipped : skipped + 1;
    if (inner ? diag.errors > least : diag.errors != least)
        BUG("skipping reports one error for each statement");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_open();
    Diag diag = diag_open(arena), ignored = diag_open(arena);
    Str bytes = {(const char *)data, size}, mark = STR("\n# module\n");
    size_t cut = str_find(bytes, mark, 0);
    Source *source = source_of(arena, "fuzz.py", cut == SIZE_MAX ? bytes : str_slice(bytes, 0, cut));
    Host host = {.import = host_import,
                 .attribute = host_attribute,
                 .set_attribute = host_set_attribute,
                 .call = host_call,
                 .binary = host_binary,
                 .unary = host_unary,
                 .item = host_item,
                 .iterate = host_iterate,
                 .truth = host_truth,
                 .same = host_same,
                 .is_single = host_is_single,
                 .enter = host_enter,
                 .exit = host_exit,
                 .construct = host_construct,
                 .declare = host_declare,
                 .super = host_super,
                 .setting = host_setting,
                 .read_file = host_read_file,
                 .is_instance = host_is_instance,
                 .name = host_name,
                 .text = host_text};
    InterpOptions options = {.max_steps = 3000};
    Module *module = syntax_parse(arena, &diag, source);
    if (!module != (diag.errors == 1) || diag.errors > 1)
        BUG("parsing reports one error or none");
    space = NULL;
    if (cut != SIZE_MAX) {
        Source *other = source_of(arena, "module.py", str_slice(bytes, cut + mark.len, bytes.len));
        Module *imported = syntax_parse(arena, &ignored, other);
        space = imported ? space_open(arena, imported, STR("a.b.c"), size % 2) : NULL;
    }
    if (module) {
        Interp *in = interp_open(arena, &diag, &host, module, &options);
        if (!in != (diag.errors == 1))
            BUG("opening reports one error or none");
        if (in && syntax_has_function(module, STR("upgrade"), NULL)) {
            bool done = interp_call_function(in, STR("upgrade"), argument);
            if (done != (diag.errors == 0))
                BUG("calling reports one error or none");
            for (int inner = 0; inner < 2; inner++)
                run_skipping(arena, &host, module, inner);
        }
    }
    for (size_t i = 0; i < diag.messages.count; i++)
        message_format(arena, &diag.messages.items[i]);
    arena_close(arena);
    return 0;
}
