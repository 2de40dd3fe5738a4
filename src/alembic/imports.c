// What an imported module is: one that Waybill knows, names that the settings give a meaning, or a module of the project,
// read from its file by need and evaluated like a revision. Nothing outside the project is opened; nothing is executed.
#include "alembic_int.h"

// ---- [waybill.types] and [waybill.values] ----

// Whether the settings say something of a name below `prefix`.
static bool is_mapped_below(const Alembic *a, Str prefix)
{
    const Map *maps[] = {&a->project->settings.types, &a->project->settings.values};
    for (size_t m = 0; m < 2; m++)
        for (MapEntry *e = map_first(maps[m]); e; e = map_next(maps[m], e))
            if (e->key.len > prefix.len && str_starts(e->key, prefix) && e->key.ptr[prefix.len] == '.')
                return true;
    return false;
}

// The modules of the project that the expression names, for its import lines: "app.flags" of "app.flags.ON".
static void add_project_imports(Alembic *a, Buf *out, Str text)
{
    StrList tops = {0};
    for (size_t i = 0; i < text.len;) {
        size_t start = i;
        while (i < text.len && (text.ptr[i] == '_' || (text.ptr[i] >= '0' && text.ptr[i] <= '9') ||
                                ((text.ptr[i] | 32) >= 'a' && (text.ptr[i] | 32) <= 'z')))
            i++;
        Str word = str_slice(text, start, i);
        bool starts = word.len && i < text.len && text.ptr[i] == '.' && (!start || text.ptr[start - 1] != '.');
        const ModuleObject *known = starts ? map_get(&a->modules, word) : NULL;
        if (starts && !strlist_has(&tops, word) && (known ? known->is_project : project_module(a, word) != NULL))
            vec_push(a->arena, &tops, word);
        i += !word.len;
    }
    for (size_t i = 0; i < tops.count; i++)
        buf_addf(out, "; import %.*s", STR_ARGS(tops.items[i]));
}

// Evaluates what a setting says of a name, as an expression of a revision file.
static bool mapped_value(Alembic *a, Interp *in, Str name, Str text, Value *result)
{
    Arena *lasting = interp_diag(in)->arena;   // messages may point into it
    Source *source = arena_new(lasting, Source);
    Buf out = buf_open(lasting);
    // one line: messages name the next
    buf_add(
        &out,
        STR("import datetime, decimal, enum, functools, itertools, json, logging, os, pathlib, re, types, uuid, waybill; "
            "import sqlalchemy, sqlalchemy as sa; from sqlalchemy import orm; from alembic import context, op; "
            "from sqlalchemy.dialects import postgresql, sqlite, mysql, oracle, mssql"));
    add_project_imports(a, &out, text);
    buf_addf(&out, "\nvalue = (%.*s)\n", STR_ARGS(text));
    source->name = str_format(lasting, "[waybill] %.*s", STR_ARGS(name));
    source->text = buf_str(&out);
    const InterpOptions options = {.occasion = a->occasion,
                                   .uuid_scope = str_format(lasting, "setting %.*s", STR_ARGS(name))};
    Module *module = syntax_parse(a->arena, interp_diag(in), source);
    Interp *inner = module ? interp_open(a->arena, interp_diag(in), &a->host, module, &options) : NULL;
    const Value *value = inner ? interp_global(inner, STR("value")) : NULL;
    if (!value)
        return interp_refused(in);
    interp_was_told(in);
    *result = *value;
    if (host_of(*value, OBJECT_TABLE)) {
        TableObject *copy = arena_new(a->arena, TableObject);
        *copy = *(TableObject *)value->host;
        copy->stands_for_class = true;
        *result = value_host(&copy->host);
    }
    return true;
}

bool host_setting(Host *host, Interp *in, Span at, Str name, Value *result, bool *found)
{
    Alembic *a = (Alembic *)host;
    const Str *mapped = map_get(&a->project->settings.types, name);
    mapped = mapped ? mapped : map_get(&a->project->settings.values, name);
    (void)at;
    *found = mapped != NULL;
    return !mapped || mapped_value(a, in, name, *mapped, result);
}

// ---- the project's own modules ----

static ModuleObject *no_module(Alembic *a, Str name)
{
    map_put(&a->missing_modules, str_copy(a->kept, name), a);
    return NULL;
}

ModuleObject *project_module(Alembic *a, Str name)
{
    ModuleFile file;
    if (map_get(&a->missing_modules, name))
        return NULL;
    if (!project_module_file(a->arena, &a->project->settings, name, &file))
        return no_module(a, name);
    Space *space = NULL;
    const Module *tree = NULL;
    if (!file.is_folder) {
        // whatever it says wrong is no fault of the revision: its names stay unknown then
        Diag own = diag_open(a->kept);
        Source *source = source_read(a->kept, &own, file.path, file.shown);
        Module *module = source ? syntax_parse(a->kept, &own, source) : NULL;
        if (!module)
            return no_module(a, name);
        tree = module;
        space = space_open(a->kept, module, str_copy(a->kept, name), file.is_package);
    }
    a->has_project_module = true;
    ModuleObject *object = module_new(a, str_cstr(a->kept, name));
    object->space = space;
    object->tree = tree;
    object->is_package = file.is_package;
    object->file = file.is_folder ? str_format(a->kept, "%.*s/__init__.py", STR_ARGS(file.shown))
                                  : str_copy(a->kept, file.shown);
    object->is_project = true;
    return object;
}

// ---- files of the project ----

bool host_read_file(Host *host, Interp *in, Span at, Str path, Str *text)
{
    Alembic *a = (Alembic *)host;
    const Settings *settings = &a->project->settings;
    Diag own = diag_open(a->arena);
    Str real = project_file(a->arena, settings, path);
    const Str hint = STR("Write the text into the revision, or write an override for it.");
    if (!real.len)
        return interp_refuse(in, at, hint, "the project has no file \"%.*s\"", STR_ARGS(path));
    if (!file_read(a->kept, &own, real, LIMIT_SOURCE_BYTES, text))
        return interp_refuse(in, at, hint, "%.*s", STR_ARGS(own.messages.items[0].text));
    if (utf8_check(*text) != SIZE_MAX)
        return interp_refuse(in, at, hint, "file \"%.*s\" is not UTF-8", STR_ARGS(path));
    return true;
}

bool host_has_file(Host *host, Str path)
{
    Alembic *a = (Alembic *)host;
    return project_file(a->arena, &a->project->settings, path).len > 0;
}

// ---- import and attribute ----

static Value unknown_name(Interp *in, Span at, Str reason, Str name)
{
    return value_unknown_cured(interp_arena(in), at, reason, STR_EMPTY, (Cure){.kind = CURE_VALUE, .name = name});
}

static bool is_known_library(Str module)
{
    Str top = str_cut(&module, '.');
    return str_equal(top, STR("sqlalchemy")) || str_equal(top, STR("alembic"));
}

bool host_import(Host *host, Interp *in, Span at, Str module, Value *result)
{
    Alembic *a = (Alembic *)host;
    ModuleObject *known = map_get(&a->modules, module);
    known = known ? known : project_module(a, module);
    known = known ? known : progress_module(a, module);
    if (!known && is_mapped_below(a, module))
        known = module_new(a, str_cstr(a->kept, module));
    if (known) {
        *result = value_host(&known->host);
        return true;
    }
    Str rest = module, top = str_cut(&rest, '.');
    Str quoted = str_format(a->arena, "\"%.*s\"", STR_ARGS(module));
    Str reason = is_known_library(module) ? str_format(a->arena, "Waybill does not know the module %.*s", STR_ARGS(quoted))
                 : rest.len && project_module(a, top)
                     ? str_format(a->arena, "the project has no module %.*s", STR_ARGS(quoted))
                     : str_format(a->arena, "module %.*s is no part of the project, and no code is run", STR_ARGS(quoted));
    *result = unknown_name(in, at, reason, str_copy(a->kept, module));
    return true;
}

// A value of the project's file that is unknown is known by the name under which it was asked for: that is what the
// settings can give it.
static Value named(Interp *in, Value value, Str full)
{
    if (value.kind != VALUE_UNKNOWN || (value.unknown->cure.kind != CURE_VALUE && value.unknown->cure.kind != CURE_NONE))
        return value;
    return value_unknown_cured(interp_arena(in), value.unknown->at, value.unknown->reason, STR_EMPTY,
                               (Cure){.kind = CURE_VALUE, .name = full});
}

static bool gives_name(const ModuleObject *module, Str name)
{
    for (Str rest = module->only ? str_from(module->only) : STR_EMPTY; rest.len;)
        if (str_equal(str_cut(&rest, ' '), name))
            return true;
    return !module->only;
}

bool module_attribute(Alembic *a, Interp *in, Span at, ModuleObject *module, Str name, Value *result)
{
    const Value *assigned = map_get(&module->assigned, name);
    if (assigned) {
        *result = *assigned;
        return true;
    }
    if (str_equal(module->name, STR("waybill")) && str_equal(name, STR("silent"))) {   // SILENT_NAME
        *result = interp_silent(in, at);
        return true;
    }
    HostObject *member = map_get(&module->members, name);
    if (member) {
        *result = value_host(member);
        return true;
    }
    Str full = str_format(a->arena, "%.*s.%.*s", STR_ARGS(module->name), STR_ARGS(name));
    const Str *mapped = map_get(&a->project->settings.types, full);
    mapped = mapped ? mapped : map_get(&a->project->settings.values, full);
    if (mapped)
        return mapped_value(a, in, full, *mapped, result);
    bool found = false;
    if (module->space && gives_name(module, name) && !interp_space_name(in, at, module->space, name, result, &found))
        return false;
    bool mapped_below = is_mapped_below(a, full);
    if (found && !(mapped_below && result->kind == VALUE_UNKNOWN)) {
        *result = named(in, *result, full);
        return true;
    }
    ModuleObject *child = map_get(&a->modules, full);
    child = child ? child : module->is_project ? project_module(a, full) : progress_module(a, full);
    if (!child && mapped_below)
        child = module_new(a, str_cstr(a->kept, full));
    if (child) {
        *result = value_host(&child->host);
        return true;
    }
    if (str_equal(module->name, STR(MODEL_TABLES))) {
        // its columns as far as they are known: an application's own tables would not say more
        const Table *table = model_table(a->model, STR_EMPTY, name);
        *result = table && table->columns.count ? table_value(a, ref_of_table(a, table), NULL)
                                                : reflected_table(a, at, STR_EMPTY, name);
        return true;
    }
    if (module->space && !str_starts(name, STR("__"))) {   // a module may say itself what its missing names are
        Value getter;
        if (!interp_space_name(in, at, module->space, STR("__getattr__"), &getter, &found))
            return false;
        Arg arg = {.value = value_str(name), .at = at};
        Args args = {.items = &arg, .count = 1, .positional = 1, .at = at};
        if (found)
            return interp_call(in, getter, &args, result);
    }
    if (str_equal(name, STR("__name__"))) {
        *result = value_str(module->name);
        return true;
    }
    if (str_equal(name, STR("__file__")) && module->file.len) {
        *result = value_str(module->file);
        return true;
    }
    if (str_equal(name, STR("__version__"))) {
        *result = value_str(STR("2.0.52"));
        return true;
    }
    if (str_equal(module->name, STR("alembic.op"))) {
        if (!registered_operation(a, in, at, name, result, &found))
            return false;
        return found ||
               interp_refuse(
                   in, at, STR("Write what it does with Alembic's own operations, or write an override for this revision."),
                   "unsupported operation \"op.%.*s\"", STR_ARGS(name));
    }
    Str reason = module->is_project ? str_format(a->arena, "the project's module \"%.*s\" has no \"%.*s\"",
                                                 STR_ARGS(module->name), STR_ARGS(name))
                                    : str_format(a->arena, "Waybill does not know \"%.*s\"", STR_ARGS(full));
    *result = unknown_name(in, at, reason, full);
    ((Unknown *)(uintptr_t)result->unknown)->is_missing = module->is_project;
    return true;
}

// The names that env.py of a project with several databases may hand over: those of the ini's `databases` (Alembic's
// template "multidb"), then those that the revision has functions for, upgrade_NAME (Flask-Migrate's first one has none).
static void find_engines(Alembic *a, Interp *in, StrList *names)
{
    const Settings *settings = &a->project->settings;
    IniValue value;
    bool failed = false;
    Diag own = diag_open(interp_arena(in));
    if (settings->ini && ini_get(settings->ini, &own, settings->ini_section, STR("databases"), &value, &failed))
        for (Str rest = value.text; rest.len;) {
            Str name = str_trim(str_cut(&rest, ','));
            if (name.len && !strlist_has(names, name))
                vec_push(interp_arena(in), names, name);
        }
    const Module *tree = a->revision->tree ? a->revision->tree : a->tree;
    if (tree)
        syntax_functions(interp_arena(in), tree, STR("upgrade_"), names);
}

bool application_parameter(Alembic *a, Interp *in, Str name, const Value *preset, Value *result)
{
    Str full = str_format(a->arena, "parameter.%.*s", STR_ARGS(name));
    const Str *mapped = map_get(&a->project->settings.values, full);
    if (mapped)
        return mapped_value(a, in, full, *mapped, result);
    if (preset) {
        *result = *preset;
        return true;
    }
    Cure cure = {.kind = CURE_VALUE, .name = full};
    Str reason = str_format(a->arena, "the parameter \"%.*s\" is passed by the application", STR_ARGS(name));
    StrList engines = {0};
    if (str_equal(name, STR("engine_name")))
        find_engines(a, in, &engines);
    for (size_t i = 0; i < engines.count; i++)
        engines.items[i] = value_repr(a->arena, value_str(engines.items[i]));
    if (engines.count > 1)
        reason = str_format(a->arena, "%.*s, once for each of %.*s", STR_ARGS(reason),
                            STR_ARGS(strlist_join(a->arena, &engines, STR(", "))));
    if (engines.count)
        cure.example = engines.items[0];
    *result = value_unknown_cured(interp_arena(in), SPAN_NONE, reason, STR_EMPTY, cure);
    return true;
}
