// Imports inside the project: a module of the very package that the version folder lies in is read from its file and
// evaluated like a revision. Nothing outside that package is opened, and nothing is executed.
#include "alembic_int.h"

// Returns the folder that holds the package: the parent of the nearest folder above the revision that is called `top`.
static Str package_parent(const Revision *revision, Str root, Arena *arena, Str top)
{
    Str folder = path_parent(path_join(arena, root, revision->source->name));
    while (folder.len > 1 && !str_equal(path_base(folder), top)) {
        Str above = path_parent(folder);
        if (str_equal(above, folder) || str_equal(above, STR(".")))
            return STR_EMPTY;
        folder = above;
    }
    return folder.len > 1 ? path_parent(folder) : STR_EMPTY;
}

static Source *find_file(Alembic *a, Str parent, Str name)
{
    Str relative = str_replace(a->arena, name, STR("."), STR("/"));
    static const char *const endings[] = {".py", "/__init__.py"};
    for (size_t i = 0; i < 2; i++) {
        Str file = str_format(a->arena, "%.*s%s", STR_ARGS(relative), endings[i]);
        Str path = path_join(a->arena, parent, file);
        Diag ignored = diag_open(a->arena);
        Source *source = path_exists(path) && !path_is_dir(path) ? source_read(a->arena, &ignored, path, file) : NULL;
        if (source)
            return source;
    }
    return NULL;
}

ModuleObject *project_module(Alembic *a, Str name)
{
    Str top = name;
    top = str_cut(&top, '.');
    if (!top.len || !a->revision || map_get(&a->missing_modules, name))
        return NULL;
    Str parent = package_parent(a->revision, a->project->settings.root, a->arena, top);
    Source *source = parent.len ? find_file(a, parent, name) : NULL;
    // whatever it says wrong is no fault of the revision: the names stay unknown then
    Diag *own = arena_new(a->arena, Diag);
    *own = diag_open(a->arena);
    Module *module = source ? python_parse(a->arena, own, source) : NULL;
    const InterpOptions options = {0};
    ModuleObject *object = NULL;
    if (module) {
        // known before its imports are followed, so that a cycle ends
        a->has_project_module = true;
        object = module_new(a, str_cstr(a->kept, name));
        object->file = interp_open(a->arena, own, &a->host, module, &options);
    }
    if (!object || !object->file)
        map_put(&a->missing_modules, str_copy(a->kept, name), a);
    return object && object->file ? object : NULL;
}
