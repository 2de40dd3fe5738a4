// Where a module that a revision imports stands in the project: the folders that Python would have on its path when the
// project runs Alembic, as far as the files themselves tell. Nothing outside the project is ever opened.
#include "revision_int.h"

// What stands at the top of a project and not above it.
static bool is_project_top(Arena *arena, Str folder)
{
    static const char *const marks[] = {".git",      ".hg",     "pyproject.toml",  "setup.py",
                                        "setup.cfg", "Pipfile", "requirements.txt"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (path_exists(path_join(arena, folder, str_from(marks[i]))))
            return true;
    return false;
}

static bool is_package(Arena *arena, Str folder)
{
    return path_exists(path_join(arena, folder, STR("__init__.py")));
}

static void add_root(Arena *arena, Settings *settings, Str folder, Str limit)
{
    if (!path_is_dir(folder))
        return;
    for (size_t i = 0; i < settings->import_roots.count; i++)
        if (str_equal(settings->import_roots.items[i].folder, folder))
            return;
    ImportRoot root = {folder, limit};
    vec_push(arena, &settings->import_roots, root);
}

// Of a version folder: the project's top and its src/ first, then what lies between, but for the insides of packages.
static void add_above(Arena *arena, Settings *settings, Str versions)
{
    StrList above = {0};   // from the version folder outwards
    Str folder = path_parent(versions), top = STR_EMPTY, package_parent = STR_EMPTY;
    for (; folder.len > 1; folder = path_parent(folder)) {
        vec_push(arena, &above, folder);
        if (!package_parent.len && !is_package(arena, folder))
            package_parent = folder;
        if (is_project_top(arena, folder)) {
            top = folder;
            break;
        }
    }
    if (!top.len)
        top = package_parent;
    if (!top.len)
        return;
    add_root(arena, settings, top, top);
    add_root(arena, settings, path_join(arena, top, STR("src")), top);
    for (size_t i = above.count; i-- > 0;)
        if (above.items[i].len > top.len && !is_package(arena, above.items[i]))
            add_root(arena, settings, above.items[i], top);
}

bool settings_find_package_folder(Arena *arena, const Settings *settings, Str relative, Str *found)
{
    Str folder = path_real(arena, settings->root);
    for (bool top = false; folder.len > 1 && !top; folder = path_parent(folder)) {
        top = is_project_top(arena, folder);
        const Str places[] = {folder, path_join(arena, folder, STR("src"))};
        for (size_t i = 0; i < (top ? 2 : 1); i++) {
            Str place = path_join(arena, places[i], relative);
            if (!is_package(arena, places[i]) && path_is_dir(place)) {
                *found = path_of_setting(arena, settings, place);
                return true;
            }
        }
    }
    return false;
}

void settings_find_import_roots(Arena *arena, Settings *settings, const StrList *prepended)
{
    for (size_t i = 0; i < prepended->count; i++) {
        Str folder = path_real(arena, prepended->items[i]);
        add_root(arena, settings, folder, folder);
    }
    for (size_t i = 0; i < settings->version_locations.count; i++) {
        Str versions = path_real(arena, settings->version_locations.items[i]);
        if (versions.len)
            add_above(arena, settings, versions);
    }
}

static bool is_inside(Str limit, Str path)
{
    return str_starts(path, limit) && path.len > limit.len && path.ptr[limit.len] == '/';
}

// Each part of a module's name is a Python identifier: no path leads anywhere else.
static bool is_module_name(Str name)
{
    for (Str rest = name; rest.len;) {
        Str part = str_cut(&rest, '.');
        if (!part.len || (part.ptr[0] >= '0' && part.ptr[0] <= '9'))
            return false;
        for (size_t i = 0; i < part.len; i++) {
            char c = part.ptr[i];
            if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'))
                return false;
        }
    }
    return name.len && name.ptr[name.len - 1] != '.';
}

bool project_module_file(Arena *arena, const Settings *settings, Str name, ModuleFile *file)
{
    Str relative = str_replace(arena, name, STR("."), STR("/"));
    if (!is_module_name(name))
        return false;
    for (size_t i = 0; i < settings->import_roots.count; i++) {
        const ImportRoot *root = &settings->import_roots.items[i];
        Str base = path_join(arena, root->folder, relative);
        Str init = path_join(arena, base, STR("__init__.py")), plain = str_format(arena, "%.*s.py", STR_ARGS(base));
        *file = (ModuleFile){0};
        if (path_exists(init) && !path_is_dir(init))
            *file = (ModuleFile){.path = init, .is_package = true};
        else if (path_exists(plain) && !path_is_dir(plain))
            *file = (ModuleFile){.path = plain};
        else if (path_is_dir(base))
            *file = (ModuleFile){.path = base, .is_package = true, .is_folder = true};
        else
            continue;
        if (!is_inside(root->limit, path_real(arena, file->path)))
            continue;   // a link that leads out of the project
        file->shown = path_shown(arena, settings, file->path);
        if (str_starts(file->shown, STR("/")))
            file->shown = str_slice(file->path, root->limit.len + 1, file->path.len);
        return true;
    }
    return false;
}

Str project_file(Arena *arena, const Settings *settings, Str path)
{
    Str root = path_real(arena, settings->root);
    StrList places = {0};
    vec_push(arena, &places, root);
    for (size_t i = 0; i < settings->import_roots.count; i++)
        vec_push(arena, &places, settings->import_roots.items[i].limit);
    for (size_t i = 0; i < places.count; i++) {
        Str real = path_real(arena, path_join(arena, places.items[i], path));
        for (size_t k = 0; real.len && k < places.count; k++)
            if (places.items[k].len > 1 && is_inside(places.items[k], real) && !path_is_dir(real))
                return real;
    }
    return STR_EMPTY;
}
