// Where a project's settings stand: what -c names, else what lies in the current folder.
#include "revision_int.h"

static bool is_pyproject(Str path)
{
    return str_equal(path_base(path), STR("pyproject.toml"));
}

static Str beside(Arena *arena, Str path, Str name)
{
    Str folder = path_parent(path), found = str_equal(folder, STR(".")) ? name : path_join(arena, folder, name);
    return path_exists(found) ? found : STR_EMPTY;
}

static bool read_given(Diag *diag, const StrList *given, ProjectPlace *place)
{
    for (size_t i = 0; i < given->count; i++) {
        bool is_toml = is_pyproject(given->items[i]);
        Str *path = is_toml ? &place->pyproject : &place->ini;
        if (path->len)
            return diag_error(diag, SPAN_NONE, "\"%.*s\" and \"%.*s\" are both given, but a project has one %s",
                              STR_ARGS(*path), STR_ARGS(given->items[i]), is_toml ? "pyproject.toml" : "ini file");
        *path = given->items[i];
    }
    return true;
}

// A pyproject.toml says where the revisions are only when it has a [tool.alembic].
static bool has_alembic(Arena *arena, Diag *diag, Str path, bool *has)
{
    const Source *source = source_read(arena, diag, path, path);
    const Ini *ini = source ? pyproject_parse(arena, diag, source, STR(".")) : NULL;
    *has = ini && ini_has_section(ini, STR("alembic"));
    return ini != NULL;
}

static bool look_around(Arena *arena, Diag *diag, ProjectPlace *place)
{
    bool has = false;
    const Str pyproject = STR("pyproject.toml");
    static const char *const inis[] = {"waybill.ini", "migrations/alembic.ini"};   // the second is Flask-Migrate's
    if (path_exists(STR("alembic.ini"))) {
        place->ini = STR("alembic.ini");
        return true;
    }
    if (path_exists(pyproject) && !has_alembic(arena, diag, pyproject, &has))
        return false;
    if (has) {
        place->pyproject = pyproject;
        return true;
    }
    for (size_t i = 0; i < sizeof inis / sizeof *inis; i++)
        if (path_exists(str_from(inis[i]))) {
            place->ini = str_from(inis[i]);
            return true;
        }
    diag_error(diag, SPAN_NONE, "there is no \"alembic.ini\" here, nor a pyproject.toml with [tool.alembic]");
    diag_hint(diag, "Start in the project's folder, or name the file with -c. Without either, waybill.ini and "
                    "migrations/alembic.ini are looked for too.");
    return false;
}

bool project_find(Arena *arena, Diag *diag, const StrList *given, Str section, ProjectPlace *place)
{
    *place = (ProjectPlace){.section = section};
    if (given && given->count ? !read_given(diag, given, place) : !look_around(arena, diag, place))
        return false;
    if (!place->ini.len)
        place->ini = beside(arena, place->pyproject, STR("alembic.ini"));
    else if (!place->pyproject.len)
        place->pyproject = beside(arena, place->ini, STR("pyproject.toml"));
    return true;
}
