// Operations that a project registers itself: @Operations.register_operation("create_view") on a class derived from
// MigrateOperation, and @Operations.implementation_for(CreateViewOp) on what it does, as Alembic's cookbook has them for its
// ReplaceableObject; and the script directory, whose revisions' modules they look into.
// Source: Alembic 1.19 operations/base.py, AbstractOperations.register_operation, implementation_for, invoke;
// util/langhelpers.py, Dispatcher.
#include "alembic_int.h"

typedef struct Registration {
    HostObject host;
    Str name, source;   // op.name() calls the class's source()
    Value class;        // of register_operation, once it decorates one; of implementation_for, whose
    Value implementation;
} Registration;

// ---- the decorators ----

static bool keep_class(Call *call)
{
    Registration *registration = (Registration *)call->self;
    const Value *class = call_value(call, 0, "op_cls");
    if (!class || class->kind != VALUE_CLASS)
        return call_refuse(call, call->args->at, OVERRIDE_HINT,
                           "register_operation() decorates something else than a class");
    registration->class = *class;
    map_put(&call->a->registered, registration->name, registration);
    *call->result = *class;
    return true;
}

static Registration *registration_new(Alembic *a)
{
    Registration *registration = arena_new(a->arena, Registration);
    registration->host.kind = OBJECT_CONSTRUCT;
    registration->class = registration->implementation = VALUE_OF_NONE;
    return registration;
}

// register_operation(name, sourcename=None)
static bool register_operation(Call *call)
{
    Registration *registration = registration_new(call->a);
    if (!call_need_name(call, 0, "name", &registration->name))
        return false;
    registration->name = str_copy(call->a->arena, registration->name);
    registration->source = registration->name;
    if (!call_str(call, 1, "sourcename", &registration->source))
        return false;
    *call->result = value_host(&function_new(call->a, "register_operation", keep_class, &registration->host, 0)->host);
    return true;
}

static bool keep_implementation(Call *call)
{
    Registration *registration = (Registration *)call->self;
    const Value *function = call_value(call, 0, "fn");
    if (!function)
        return interp_raise(call->in, call->args->at, STR("TypeError"), "implementation_for() decorates a function");
    registration->implementation = *function;
    vec_push(call->a->arena, &call->a->implementations, &registration->host);
    *call->result = *function;
    return true;
}

// implementation_for(class, replace=False): Alembic's own operations keep their meaning here.
static bool implementation_for(Call *call)
{
    const Value *class = call_value(call, 0, "op_cls");
    (void)call_value(call, 1, "replace");
    if (!class || class->kind != VALUE_CLASS)
        return call_refuse(call, call->args->at, OVERRIDE_HINT,
                           "what implementation_for() is given is no class of the project's own");
    Registration *registration = registration_new(call->a);
    registration->class = *class;
    *call->result = value_host(
        &function_new(call->a, "implementation_for", keep_implementation, &registration->host, 0)->host);
    return true;
}

static bool keep_nothing(Call *call)
{
    *call->result = call->args->positional ? call->args->items[0].value : VALUE_OF_NONE;
    return true;
}

// BatchOperations.register_operation(): op itself does not get it
static bool register_for_batch(Call *call)
{
    for (size_t i = call->args->positional; i < call->args->count; i++)
        (void)call_value(call, SIZE_MAX, str_cstr(call->a->arena, call->args->items[i].name));
    *call->result = value_host(&function_new(call->a, "register_operation", keep_nothing, NULL, 0)->host);
    return true;
}

// ---- the calls ----

static Value op_value(Alembic *a)
{
    return value_host(&module_new(a, "alembic.op")->host);
}

static bool call_registered(Call *call)
{
    const Registration *registration = (const Registration *)call->self;
    Value method;
    Arg *items = arena_array(call->a->arena, Arg, call->args->count + 1);
    items[0] = (Arg){.value = op_value(call->a), .at = call->args->at};
    for (size_t i = 0; i < call->args->count; i++) {
        items[i + 1] = call->args->items[i];
        if (items[i + 1].name.len)
            (void)call_value(call, SIZE_MAX, str_cstr(call->a->arena, items[i + 1].name));
    }
    Args args = {
        .items = items, .count = call->args->count + 1, .positional = call->args->positional + 1, .at = call->args->at};
    return interp_attribute(call->in, call->args->at, registration->class, registration->source, &method) &&
           interp_call(call->in, method, &args, call->result);
}

static const Registration *implementation_of(const Alembic *a, const Class *class)
{
    for (size_t i = a->implementations.count; i--;) {
        const Registration *registration = (const Registration *)a->implementations.items[i];
        if (registration->class.class == class)
            return registration;
    }
    for (size_t i = 0; i < class->bases.count; i++) {
        Value base = class->bases.items[i];
        const Registration *found = base.kind == VALUE_CLASS ? implementation_of(a, base.class) : NULL;
        if (found)
            return found;
    }
    return NULL;
}

// op.invoke(operation)
static bool invoke(Call *call)
{
    const Value *operation = call_value(call, 0, "operation");
    if (operation && !call_known(call, call->args->at, *operation, "operation"))
        return false;
    const Registration *found = operation && operation->kind == VALUE_INSTANCE
                                    ? implementation_of(call->a, operation->instance->class)
                                    : NULL;
    if (!found)
        return call_refuse(call, call->args->at,
                           "Write what it does with Alembic's own operations, or write an override for this revision.",
                           "no implementation of this operation is registered");
    Arg items[2] = {{.value = op_value(call->a), .at = call->args->at}, {.value = *operation, .at = call->args->at}};
    Args args = {.items = items, .count = 2, .positional = 2, .at = call->args->at};
    return interp_call(call->in, found->implementation, &args, call->result);
}

// ---- where a project registers them ----

// A module is read by need: what its decorators register comes with the name that they go by.
static bool run_decorators(Interp *in, Span at, Space *space, const ImportList *imports)
{
    for (size_t i = 0; i < imports->count; i++) {
        Value ignored;
        bool found;
        const Import *import = &imports->items[i];
        bool is_it = str_starts(import->module, STR("alembic.operations")) ||
                     str_starts(import->dotted, STR("alembic.operations"));
        if (is_it && !interp_space_name(in, at, space, import->name, &ignored, &found))
            return false;
    }
    return true;
}

static bool look_in(Alembic *a, Interp *in, Span at, ModuleObject *module, Map *seen);

static bool look_in_imports(Alembic *a, Interp *in, Span at, const ImportList *imports, Map *seen)
{
    for (size_t i = 0; i < imports->count; i++) {
        const Str names[] = {imports->items[i].module, imports->items[i].dotted};
        for (size_t n = 0; n < 2; n++) {
            ModuleObject *module = map_get(&a->modules, names[n]);
            module = module ? module : project_module(a, names[n]);
            if (module && module->is_project && !look_in(a, in, at, module, seen))
                return false;
        }
    }
    return true;
}

static bool look_in(Alembic *a, Interp *in, Span at, ModuleObject *module, Map *seen)
{
    ImportList imports = {0};
    if (map_get(seen, module->name) || !module->space)
        return true;
    map_put(seen, module->name, module);
    syntax_imports(a->arena, module->tree, module->name, module->is_package, &imports);
    return run_decorators(in, at, module->space, &imports) && look_in_imports(a, in, at, &imports, seen);
}

// env.py as a module: it registers, or imports what does.
static ModuleObject *env_module(Alembic *a)
{
    static const char name[] = "waybill.env";
    ModuleObject *known = map_get(&a->modules, str_from(name));
    Str path = path_join(a->kept, a->project->settings.script_location, STR("env.py"));
    if (known || !path_exists(path))
        return known;
    Diag own = diag_open(a->kept);
    const Source *source = source_read(a->kept, &own, path, path);
    ModuleObject *module = module_new(a, name);
    module->tree = source ? syntax_parse(a->kept, &own, source) : NULL;
    module->space = module->tree ? space_open(a->kept, module->tree, STR("env"), false) : NULL;
    a->has_project_module = true;
    return module;
}

bool registered_operation(Alembic *a, Interp *in, Span at, Str name, Value *result, bool *found)
{
    const Registration *registration = map_get(&a->registered, name);
    if (!registration) {
        Map seen = map_open(a->arena);
        ImportList imports = {0};
        ModuleObject *env = env_module(a);
        const Module *tree = a->revision->tree ? a->revision->tree : a->tree;
        if (tree && !a->revision->is_sql)
            syntax_imports(a->arena, tree, STR_EMPTY, false, &imports);
        if (!look_in_imports(a, in, at, &imports, &seen) || (env && !look_in(a, in, at, env, &seen)))
            return false;
        registration = map_get(&a->registered, name);
    }
    *found = registration != NULL;
    if (*found)
        *result = value_host(&function_new(a, str_cstr(a->arena, registration->name), call_registered,
                                           (HostObject *)(uintptr_t)&registration->host, 0)
                                  ->host);
    return true;
}

// ---- context.script ----

static const Revision *revision_of(const Graph *graph, Str id)
{
    const Revision *found = map_get(&graph->by_id, id);
    for (size_t i = 0; !found && id.len >= 4 && i < graph->revisions.count; i++)
        if (str_starts(graph->revisions.items[i]->id, id))
            found = graph->revisions.items[i];
    return found;
}

// script.get_revision(id).module
static bool get_revision(Call *call)
{
    Alembic *a = call->a;
    Str id;
    if (!call_need_name(call, 0, "id_", &id))
        return false;
    const Revision *revision = revision_of(&a->project->graph, id);
    if (!revision || revision->is_sql)
        return call_refuse(call, call->args->at, OVERRIDE_HINT, "no Python revision \"%.*s\" is in the chain", STR_ARGS(id));
    const char *name = str_cstr(a->kept, str_format(a->kept, "waybill.revision.%.*s", STR_ARGS(revision->id)));
    ModuleObject *script = map_get(&a->modules, str_from(name));
    if (!script) {
        Diag own = diag_open(a->kept);
        const Module *tree = revision->tree ? revision->tree : syntax_parse(a->kept, &own, revision->source);
        if (!tree)
            return call_refuse(call, call->args->at, OVERRIDE_HINT, "revision \"%.*s\" cannot be read", STR_ARGS(id));
        script = module_new(a, name);
        ModuleObject *module = module_new(
            a, str_cstr(a->kept, str_format(a->kept, "waybill.revision.%.*s.module", STR_ARGS(revision->id))));
        module->space = space_open(a->kept, tree, revision->id, false);
        module->tree = tree;
        module->is_project = a->has_project_module = true;
        module_add(a, script, "module", &module->host);
        module_set(a, script, STR("revision"), value_str(revision->id));
    }
    *call->result = value_host(&script->host);
    return true;
}

void open_registered_modules(Alembic *a)
{
    static const char *const holders[] = {"alembic.operations", "alembic.operations.ops", "alembic.operations.base"};
    Class *class = class_new(a->kept, STR("MigrateOperation"), SPAN_NONE);
    ModuleObject *operations = module_new(a, "alembic.operations.Operations"),
                 *batch = module_new(a, "alembic.operations.BatchOperations");
    module_function(a, operations, "register_operation", register_operation, 0);
    module_function(a, operations, "implementation_for", implementation_for, 0);
    module_function(a, batch, "register_operation", register_for_batch, 0);
    for (size_t i = 0; i < sizeof holders / sizeof *holders; i++) {
        ModuleObject *module = module_new(a, holders[i]);
        module_set(a, module, STR("MigrateOperation"), (Value){.kind = VALUE_CLASS, .class = class});
        module_add(a, module, "Operations", &operations->host);
        module_add(a, module, "BatchOperations", &batch->host);
    }
    module_function(a, module_new(a, "alembic.script.ScriptDirectory"), "get_revision", get_revision, 0);
    ModuleObject *op = module_new(a, "alembic.op");
    module_function(a, op, "invoke", invoke, 0);
    module_add(a, op, "migration_context", simple_object(a, OBJECT_CONTEXT));
    a->registered = map_open(a->kept);
}
