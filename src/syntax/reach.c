// Whether a function or class of the project's modules may make tables, or change any: everything is searched that the names
// in it lead to, from module to module. A class that is named counts with all of its methods, so that what is called on its
// objects is searched as well. Code that no module holds (another library's, given more than constants; exec and such) may
// do anything.
#include "search_int.h"

enum { REACH_LIMIT = 20000 };   // names looked at, before the answer is "it may"

typedef struct Binder {
    const Node *statement;
    bool walked;
} Binder;
typedef struct Names {
    StrList imports;   // dotted
    VEC(Binder) binders;
} Names;
typedef struct Place {
    const Module *module;
    Str dotted;    // empty: the revision
    Str package;   // what `from . import x` means there; empty: not known
    Map names;     // -> Names *
    StrList stars;
} Place;
typedef struct Target {
    Place *place;
    Str name, member;   // name.member, of which a static method is searched alone
    bool is_handed;     // called with more than constants
} Target;
typedef struct Reach {
    Arena *arena;
    const SchemaModules *modules;
    SchemaChange change;
    Place *revision;
    Map places;   // dotted name -> Place *
    Map seen;     // targets
    VEC(Target) queue;
    size_t next;   // in the queue
} Reach;

// ---- what a module's names are ----

static Names *names_of(Arena *arena, Place *place, Str name)
{
    Names *names = map_get(&place->names, name);
    if (!names) {
        names = arena_new(arena, Names);
        map_put(&place->names, name, names);
    }
    return names;
}

// from ..a import b in package p.q is p.a; empty package: the name keeps its dot, and is no module's.
static Str import_base(Arena *arena, const Place *place, const Node *node)
{
    Str package = place->package;
    for (uint32_t level = 1; level < node->as.import.level && package.len; level++) {
        size_t dot = package.len;
        while (dot && package.ptr[dot - 1] != '.')
            dot--;
        package = str_slice(package, 0, dot ? dot - 1 : 0);
    }
    if (!node->as.import.level)
        return node->as.import.module;
    return node->as.import.module.len ? str_format(arena, "%.*s.%.*s", STR_ARGS(package), STR_ARGS(node->as.import.module))
                                      : package;
}

// Imports wherever they stand, and functions that bind the module's names.
static bool note_name(Visit *v, const Node *node)
{
    if (node->kind == NODE_GLOBAL) {
        for (uint32_t i = 0; i < node->as.list.count; i++) {
            Binder binder = {v->within, false};
            Str name = node_text(v->module->source, node->as.list.items[i]);
            vec_push(v->arena, &names_of(v->arena, v->place, name)->binders, binder);
        }
        return true;
    }
    if (node->kind != NODE_IMPORT && node->kind != NODE_FROM_IMPORT)
        return true;
    for (uint32_t i = 0; i < node->extra; i++) {
        const ImportName *import = &node->as.import.names[i];
        Str rest = import->module, first = str_cut(&rest, '.');
        if (node->kind == NODE_IMPORT) {
            Str bound = import->alias.len ? import->alias : first;
            vec_push(v->arena, &names_of(v->arena, v->place, bound)->imports, import->alias.len ? import->module : first);
            continue;
        }
        Str base = import_base(v->arena, v->place, node);
        if (str_equal(import->module, STR("*"))) {
            vec_push(v->arena, &v->place->stars, base);
            continue;
        }
        Str full = str_format(v->arena, "%.*s.%.*s", STR_ARGS(base), STR_ARGS(import->module));
        vec_push(v->arena, &names_of(v->arena, v->place, import->alias.len ? import->alias : import->module)->imports, full);
    }
    return true;
}

static void note_binders(Arena *arena, Place *place, NodeList list);

static void note_binder(Arena *arena, Place *place, const Node *node)
{
    switch ((int)node->kind) {
    case NODE_IF:
        for (uint32_t i = 0; i < node->extra; i++)
            note_binders(arena, place, node->as.branches[i].body);
        return;
    case NODE_TRY:
        note_binders(arena, place, node->as.try->body);
        note_binders(arena, place, node->as.try->otherwise);
        note_binders(arena, place, node->as.try->final);
        for (uint32_t i = 0; i < node->as.try->handler_count; i++)
            note_binders(arena, place, node->as.try->handlers[i].body);
        return;
    case NODE_WITH: note_binders(arena, place, node->as.with.body); break;
    case NODE_IMPORT:
    case NODE_FROM_IMPORT: return;
    default: break;
    }
    StrList touched = {0};
    syntax_touched_names(arena, place->module->source, node, false, &touched);
    for (size_t i = 0; i < touched.count; i++) {
        Binder binder = {node, false};
        vec_push(arena, &names_of(arena, place, touched.items[i])->binders, binder);
    }
}

static void note_binders(Arena *arena, Place *place, NodeList list)
{
    for (uint32_t i = 0; i < list.count; i++)
        note_binder(arena, place, list.items[i]);
}

static Place *place_open(Reach *reach, const Module *module, Str dotted, bool is_package)
{
    Place *place = arena_new(reach->arena, Place);
    size_t dot = dotted.len;
    while (!is_package && dot && dotted.ptr[dot - 1] != '.')
        dot--;
    *place = (Place){.module = module, .dotted = dotted, .names = map_open(reach->arena)};
    place->package = is_package ? dotted : str_slice(dotted, 0, dot ? dot - 1 : 0);
    Visit v = {.node = note_name, .arena = reach->arena, .module = module, .place = place};
    for (uint32_t i = 0; i < module->body->as.list.count; i++) {
        v.within = module->body->as.list.items[i];
        walk(&v, v.within);
    }
    note_binders(reach->arena, place, module->body->as.list);
    return place;
}

static Place *project_place(Reach *reach, Str dotted, bool *is_project)
{
    Place *known = map_get(&reach->places, dotted);
    bool is_package = false;
    *is_project = true;
    if (known)
        return known;
    const Module *module = reach->modules->find(reach->modules, dotted, &is_package, is_project);
    if (!module)
        return NULL;
    Place *place = place_open(reach, module, str_copy(reach->arena, dotted), is_package);
    map_put(&reach->places, place->dotted, place);
    return place;
}

// ---- where a dotted name leads ----

// Libraries that the evaluator does not know, Python's own and others, that write nothing and run no code that they are not
// handed: they work on plain data.
static bool is_library_module(Str dotted)
{
    static const char *const names[] = {
        "abc",          "ast",         "attr",       "attrs",     "babel",       "base64",
        "bcrypt",       "binascii",    "bisect",     "bleach",    "calendar",    "click",
        "configparser", "contextvars", "csv",        "dateutil",  "errno",       "fnmatch",
        "getpass",      "glob",        "gzip",       "hashlib",   "heapq",       "hmac",
        "html",         "inspect",     "ipaddress",  "locale",    "markdown",    "markupsafe",
        "mimetypes",    "numbers",     "orjson",     "packaging", "passlib",     "platform",
        "pprint",       "pytz",        "queue",      "regex",     "rich",        "secrets",
        "shutil",       "signal",      "simplejson", "slugify",   "socket",      "stat",
        "statistics",   "struct",      "structlog",  "tempfile",  "textwrap",    "threading",
        "tokenize",     "toml",        "tqdm",       "traceback", "unicodedata", "ujson",
        "weakref",      "yaml",        "zipfile",    "zlib",      "oslo_log",    "oslo_serialization",
        "oslo_utils",   NULL};
    Str rest = dotted;
    return is_one(str_cut(&rest, '.'), names);
}

typedef enum Origin {
    ORIGIN_SAID,      // the settings say what it is
    ORIGIN_PROJECT,   // a name of one of the project's modules
    ORIGIN_KNOWN,     // Python's, SQLAlchemy's or Alembic's
    ORIGIN_FOREIGN,   // another library's
    ORIGIN_LOST,      // the project's, but nobody knows what
} Origin;

static bool runs_anything(Str dotted)
{
    static const char *const names[] = {"ctypes", "importlib", "multiprocessing", "runpy", "subprocess", NULL};
    Str rest = dotted;
    return is_one(str_cut(&rest, '.'), names) && !str_starts(dotted, STR("importlib.resources"));
}

// Of what no other module has: name.member... of a place.
static Origin origin_of(Reach *reach, Str dotted, Place **place, Str *name, Str *member)
{
    bool is_project = false;
    if (!dotted.len || dotted.ptr[0] == '.')
        return ORIGIN_LOST;
    for (size_t end = dotted.len;; end--) {
        if (end == dotted.len || dotted.ptr[end] == '.')
            if (reach->modules->is_said(reach->modules, str_slice(dotted, 0, end)))
                return ORIGIN_SAID;
        if (!end)
            break;
    }
    if (runs_anything(dotted))
        return ORIGIN_LOST;
    if (is_known_module(reach->modules, dotted) || is_library_module(dotted))
        return ORIGIN_KNOWN;
    for (size_t end = dotted.len; end; end--) {
        bool here = false;
        if (end < dotted.len && dotted.ptr[end] != '.')
            continue;
        *place = project_place(reach, str_slice(dotted, 0, end), &here);
        is_project |= here;
        if (!*place)
            continue;
        if (end == dotted.len)
            return ORIGIN_LOST;   // the module itself is handed about
        Str rest = str_slice(dotted, end + 1, dotted.len);
        *name = str_cut(&rest, '.');
        *member = str_cut(&rest, '.');
        return ORIGIN_PROJECT;
    }
    return is_project ? ORIGIN_LOST : ORIGIN_FOREIGN;
}

static void ask(Reach *reach, Place *place, Str name, Str member, bool is_handed)
{
    Str key = str_format(reach->arena, "%.*s:%.*s.%.*s:%d", STR_ARGS(place->dotted), STR_ARGS(name), STR_ARGS(member),
                         is_handed);
    if (map_get(&reach->seen, key))
        return;
    map_put(&reach->seen, key, place);
    Target target = {place, name, member, is_handed};
    vec_push(reach->arena, &reach->queue, target);
}

// What a module imports under a name, used as name.path there. False: it may make tables.
static bool follow_import(Reach *reach, Str dotted, Str path, bool is_handed)
{
    Place *place = NULL;
    Str name = STR_EMPTY, member = STR_EMPTY;
    Str full = path.len ? str_format(reach->arena, "%.*s.%.*s", STR_ARGS(dotted), STR_ARGS(path)) : dotted;
    switch (origin_of(reach, full, &place, &name, &member)) {
    case ORIGIN_SAID:
    case ORIGIN_KNOWN: return true;
    case ORIGIN_FOREIGN: return !is_handed;
    case ORIGIN_LOST: return false;
    case ORIGIN_PROJECT: break;
    }
    ask(reach, place, name, member, is_handed);
    return true;
}

// ---- one module's code ----

// The name at the bottom of a.b.c, and b.c; NULL: it is no such thing.
static const Node *chain_root(const Source *source, const Node *node, Str *path)
{
    const Node *root = node;
    while (root->kind == NODE_ATTRIBUTE)
        root = root->as.attribute.object;
    if (root->kind != NODE_NAME)
        return NULL;
    Str text = node_text(source, node);
    *path = root == node ? STR_EMPTY : str_slice(text, root->len + 1, text.len);
    for (size_t i = 0; i < path->len; i++)   // written over several lines: only the first name counts
        if (path->ptr[i] == ' ' || path->ptr[i] == '\n' || path->ptr[i] == '\\' || path->ptr[i] == '\r')
            *path = str_slice(*path, 0, i);
    return root;
}

static Str first_of(Str path)
{
    return str_cut(&path, '.');
}

// node.attribute, where an attribute is given.
static bool follow_name(Visit *v, const Node *node, Str attribute, bool is_handed)
{
    Str path, text;
    const Node *root = chain_root(v->module->source, node, &path);
    if (!root)
        return true;
    text = node_text(v->module->source, root);
    if (attribute.len)
        path = path.len ? str_format(v->arena, "%.*s.%.*s", STR_ARGS(path), STR_ARGS(attribute)) : attribute;
    const Names *names = map_get(&v->place->names, text);
    for (size_t i = 0; names && i < names->imports.count; i++)
        if (!follow_import(v->reach, names->imports.items[i], path, is_handed))
            return false;
    if (names && names->binders.count)
        ask(v->reach, v->place, text, first_of(path), is_handed);
    if (names)
        return true;
    for (size_t i = 0; i < v->place->stars.count; i++) {
        bool is_project = false;
        Place *place = project_place(v->reach, v->place->stars.items[i], &is_project);
        if (place)
            ask(v->reach, place, text, first_of(path), is_handed);
    }
    return true;
}

static bool is_foreign(Visit *v, const Node *node)
{
    Str path;
    const Node *root = node ? chain_root(v->module->source, node, &path) : NULL;
    const Names *names = root ? map_get(&v->place->names, node_text(v->module->source, root)) : NULL;
    for (size_t i = 0; names && i < names->imports.count; i++) {
        Place *place = NULL;
        Str name, member;
        Str full = path.len ? str_format(v->arena, "%.*s.%.*s", STR_ARGS(names->imports.items[i]), STR_ARGS(path))
                            : names->imports.items[i];
        Origin origin = origin_of(v->reach, full, &place, &name, &member);
        if (origin == ORIGIN_FOREIGN || origin == ORIGIN_LOST)
            return true;
    }
    return false;
}

static bool all_constant(const Source *source, NodeList list);

static bool is_module_name(const Source *source, const Node *node)
{
    Str name = node_text(source, node);
    return str_equal(name, STR("__name__")) || str_equal(name, STR("__file__"));
}

// A text counts as one whatever is put into it: nothing that could write with a connection is.
static bool is_constant(const Source *source, const Node *node)
{
    if (!node)
        return true;
    switch ((int)node->kind) {
    case NODE_CONST:
    case NODE_BIG:
    case NODE_FSTRING: return true;
    case NODE_NAME: return is_module_name(source, node);
    case NODE_UNARY: return is_constant(source, node->as.operand);
    case NODE_TUPLE:
    case NODE_LIST:
    case NODE_SET:
    case NODE_DICT: return all_constant(source, node->as.list);
    default: return false;
    }
}

static bool all_constant(const Source *source, NodeList list)
{
    for (uint32_t i = 0; i < list.count; i++)
        if (!list.items[i] || !is_constant(source, list.items[i]))
            return false;
    return true;
}

static bool is_handed_more(const Source *source, const Node *call)
{
    for (uint32_t i = 0; i < call->extra; i++)
        if (call->as.call.args[i].star || !is_constant(source, call->as.call.args[i].value))
            return true;
    return false;
}

static bool call_is_harmless(Visit *v, const Node *node)
{
    static const char *const runs[] = {"exec",        "eval",   "__import__", "import_module", "exec_module",
                                       "load_module", "system", "popen",      "Popen",         "run_module",
                                       "run_path",    "execv",  "check_call", "check_output",  NULL};
    const Node *callee = node->as.call.callee;
    const Source *source = v->module->source;
    Str path, name = callee->kind == NODE_ATTRIBUTE ? attribute_name(source, callee) : STR_EMPTY;
    const Node *root = chain_root(source, callee, &path);
    Str base = root ? node_text(source, root) : STR_EMPTY;
    const Names *names = root ? map_get(&v->place->names, base) : NULL;
    bool any = v->change == CHANGE_ANY;
    if ((is_one(name, making_methods) && (any || !is_one(name, altering_operations))) ||
        (any && is_one(name, altering_operations)))
        return false;
    if (is_one(name.len ? name : base, runs))
        return false;
    if (str_equal(base, STR("getattr")) && node->extra >= 2) {   // of a name that is written out, it is that attribute
        const Node *object = node->as.call.args[0].value, *key = node->as.call.args[1].value;
        if (chain_root(source, object, &path) && key->kind == NODE_CONST && key->as.constant.kind == CONSTANT_STR) {
            v->chain_start = object->start;
            v->chain_end = object->start + object->len;
            return follow_name(v, object, key->as.constant.text, false);
        }
    }
    bool op = str_equal(base, STR("op")) || str_equal(base, STR("batch_op"));
    for (size_t i = 0; names && i < names->imports.count; i++)
        op |= str_equal(names->imports.items[i], STR("alembic.op")) || str_equal(names->imports.items[i], STR("alembic"));
    if (op)
        return is_one(name, data_operations) || (!any && is_one(name, altering_operations));
    for (uint32_t i = 0; !names && i < node->extra; i++)
        if (node->as.call.args[i].value->kind == NODE_NAME &&
            str_equal(node_text(source, node->as.call.args[i].value), STR("op")))
            return false;
    return !root || follow_name(v, callee, STR_EMPTY, is_handed_more(source, node));
}

static bool is_harmless(Visit *v, const Node *node)
{
    switch ((int)node->kind) {
    case NODE_CONST:
        return node->as.constant.kind != CONSTANT_STR || !text_changes_schema(node->as.constant.text, v->change);
    case NODE_CLASS:
        for (uint32_t i = 0; i < node->as.class->base_count; i++)
            if (is_foreign(v, node->as.class->bases[i].value) || !walk(v, node->as.class->bases[i].value))
                return false;
        for (uint32_t i = 0; i < node->as.class->decorators.count; i++)
            if (is_foreign(v, node->as.class->decorators.items[i]))
                return false;
        return true;
    case NODE_FUNCTION:
        for (uint32_t i = 0; i < node->as.function->decorators.count; i++)
            if (is_foreign(v, node->as.function->decorators.items[i]))
                return false;
        return true;
    case NODE_NAME:
    case NODE_ATTRIBUTE:
        if (node->start >= v->chain_start && node->start + node->len <= v->chain_end)
            return true;
        v->chain_start = node->start;
        v->chain_end = node->start + node->len;
        return follow_name(v, node, STR_EMPTY, false);
    case NODE_CALL: return call_is_harmless(v, node);
    default: return true;
    }
}

// ---- the search ----

// Another library's function under a name of the module's own.
static bool is_foreign_alias(Visit *v, const Node *statement)
{
    const Node *value = statement->kind == NODE_ASSIGN      ? statement->as.assign.value
                        : statement->kind == NODE_ANNASSIGN ? statement->as.triple.third
                                                            : NULL;
    while (value && value->kind == NODE_CALL)
        value = value->as.call.callee;
    return is_foreign(v, value);
}

// The static method of that name that a class defines, or NULL: what it does needs none of the others.
static const Node *static_method(const Visit *v, const Node *class, Str name)
{
    for (uint32_t i = 0; class->kind == NODE_CLASS && i < class->as.class->body.count; i++) {
        const Node *node = class->as.class->body.items[i];
        if (node->kind != NODE_FUNCTION || !str_equal(node->as.function->name, name))
            continue;
        NodeList decorators = node->as.function->decorators;
        return decorators.count == 1 && str_equal(node_text(v->module->source, decorators.items[0]), STR("staticmethod"))
                   ? node
                   : NULL;
    }
    return NULL;
}

static bool search_target(Reach *reach, Target target)
{
    Names *names = map_get(&target.place->names, target.name);
    Visit v = {.node = is_harmless,
               .arena = reach->arena,
               .module = target.place->module,
               .place = target.place,
               .change = reach->change,
               .reach = reach};
    if (!names) {
        if (!target.place->stars.count)
            return !target.is_handed;   // not of this module: __getattr__ may give it
        Str path = target.member.len ? str_format(reach->arena, "%.*s.%.*s", STR_ARGS(target.name), STR_ARGS(target.member))
                                     : target.name;
        for (size_t i = 0; i < target.place->stars.count; i++)
            if (!follow_import(reach, target.place->stars.items[i], path, target.is_handed))
                return false;
        return true;
    }
    for (size_t i = 0; i < names->imports.count; i++)
        if (!follow_import(reach, names->imports.items[i], target.member, target.is_handed))
            return false;
    for (size_t i = 0; i < names->binders.count; i++) {
        Binder *binder = &names->binders.items[i];
        if (target.is_handed && is_foreign_alias(&v, binder->statement))
            return false;
        const Node *method = static_method(&v, binder->statement, target.member);
        if (binder->walked)
            continue;
        if (method) {
            if (!walk(&v, method))
                return false;
            continue;
        }
        binder->walked = true;
        if (!walk(&v, binder->statement))
            return false;
    }
    return true;
}

Reach *reach_open(Arena *arena, const SchemaModules *modules, const Module *revision, SchemaChange change)
{
    Reach *reach = arena_new(arena, Reach);
    *reach = (Reach){
        .arena = arena, .modules = modules, .change = change, .places = map_open(arena), .seen = map_open(arena)};
    reach->revision = place_open(reach, revision, STR_EMPTY, false);
    return reach;
}

const StrList *reach_imports(Reach *reach, Str name)
{
    const Names *names = map_get(&reach->revision->names, name);
    return names && names->imports.count ? &names->imports : NULL;
}

bool reach_defines(Reach *reach, Str name)
{
    const Names *names = map_get(&reach->revision->names, name);
    return names && names->binders.count && !names->imports.count;
}

bool reach_is_harmless(Reach *reach, const StrList *imports, const Node *callee, const Node *call)
{
    Str path;
    if (!chain_root(reach->revision->module->source, callee, &path))
        return false;
    for (size_t i = 0; i < imports->count; i++)
        if (!follow_import(reach, imports->items[i], path, is_handed_more(reach->revision->module->source, call)))
            return false;
    while (reach->next < reach->queue.count)
        if (reach->next > REACH_LIMIT || !search_target(reach, reach->queue.items[reach->next++]))
            return false;
    return true;
}
