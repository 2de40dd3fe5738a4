// The version folders -> the files that are revisions, in Alembic's order: by folder as configured, then by name.
#include "revision_int.h"

#include <errno.h>
#include <sys/stat.h>

typedef struct Locator {
    Arena *arena;
    Diag *diag;
    const Settings *settings;
    LocationList *files;
    Map seen;   // identity -> Location *
    size_t depth;
} Locator;

// Alembic's `(?!\.\#|__init__)(.*\.py)$`; .sql files are our own.
static bool is_candidate(Str name)
{
    if (str_starts(name, STR(".#")) || str_starts(name, STR("__init__")))
        return false;
    return str_ends(name, STR(".py")) || str_ends(name, STR(".sql"));
}

static bool add_file(Locator *locator, Str path, Str shown, const struct stat *st)
{
    Location *file = arena_new(locator->arena, Location);
    *file = (Location){path, shown};
    uint64_t numbers[] = {(uint64_t)st->st_dev, (uint64_t)st->st_ino};
    Str identity = str_copy(locator->arena, (Str){(const char *)numbers, sizeof numbers});
    const Location *other = map_get(&locator->seen, identity);
    if (other)
        return diag_warn(locator->diag, SPAN_NONE, "\"%.*s\" is the same file as \"%.*s\" and is read once",
                         STR_ARGS(file->shown), STR_ARGS(other->shown));
    map_put(&locator->seen, identity, file);
    if (locator->files->count == LIMIT_REVISIONS)
        return diag_error(locator->diag, SPAN_NONE, "project has more than %d revision files", LIMIT_REVISIONS);
    vec_push(locator->arena, locator->files, *file);
    return true;
}

static bool add_folder(Locator *locator, Str folder)
{
    StrList names = {0}, folders = {0};
    if (!dir_list(locator->arena, locator->diag, folder, &names))
        return false;
    Str folder_shown = path_shown(locator->arena, locator->settings, folder);
    bool is_cache = str_ends(path_base(folder), STR("__pycache__"));
    for (size_t i = 0; i < names.count; i++) {
        Str path = path_join(locator->arena, folder, names.items[i]);
        Str shown = path_join(locator->arena, folder_shown, names.items[i]);
        bool is_file_name = is_candidate(names.items[i]);
        if (!is_file_name && !locator->settings->recursive_locations)
            continue;
        struct stat st, link;
        const char *cpath = str_cstr(locator->arena, path);
        if (stat(cpath, &st) != 0) {
            if (!is_file_name)
                continue;
            return diag_error(locator->diag, SPAN_NONE, "could not read \"%.*s\": %s", STR_ARGS(path), strerror(errno));
        }
        if (S_ISDIR(st.st_mode)) {
            if (is_file_name)
                return diag_error(locator->diag, SPAN_NONE, "revision file \"%.*s\" is a folder", STR_ARGS(shown));
            // Links to folders are not followed, as os.walk() does not.
            if (lstat(cpath, &link) == 0 && S_ISDIR(link.st_mode))
                vec_push(locator->arena, &folders, path);
        } else if (is_file_name && !is_cache && !add_file(locator, path, shown, &st)) {
            return false;
        }
    }
    if (!locator->settings->recursive_locations)
        return true;
    if (locator->depth == LIMIT_NESTING)
        return diag_error(locator->diag, SPAN_NONE, "folder \"%.*s\" is nested deeper than %d", STR_ARGS(folder),
                          LIMIT_NESTING);
    locator->depth++;
    for (size_t i = 0; i < folders.count; i++)
        if (!add_folder(locator, folders.items[i]))
            return false;
    locator->depth--;
    return true;
}

bool locate_files(Arena *arena, Diag *diag, const Settings *settings, LocationList *files)
{
    Locator locator = {.arena = arena, .diag = diag, .settings = settings, .files = files, .seen = map_open(arena)};
    for (size_t i = 0; i < settings->version_locations.count; i++) {
        Str folder = settings->version_locations.items[i];
        if (!path_exists(folder))
            diag_warn(diag, SPAN_NONE, "there is no version folder \"%.*s\"; no revisions are read from it",
                      STR_ARGS(path_shown(arena, settings, folder)));
        else if (!add_folder(&locator, folder))
            return false;
    }
    return true;
}

bool project_has_revisions(Arena *arena, Diag *diag, const Project *project)
{
    if (project->graph.revisions.count)
        return true;
    const Settings *settings = &project->settings;
    StrList folders = {0};
    for (size_t i = 0; i < settings->version_locations.count; i++)
        vec_push(arena, &folders, path_shown(arena, settings, settings->version_locations.items[i]));
    Settings deep = *settings;
    deep.recursive_locations = true;
    Diag own = diag_open(arena);
    LocationList below = {0};
    IniValue value = {.at = SPAN_NONE};
    bool failed = false, is_found = locate_files(arena, &own, &deep, &below) && below.count;
    bool is_set = is_found && settings->ini &&
                  ini_get(settings->ini, &own, settings->ini_section, STR("recursive_version_locations"), &value, &failed);
    diag_error(diag, value.at, "there is no revision file in \"%.*s\"",
               STR_ARGS(strlist_join(arena, &folders, STR("\", \""))));
    if (!is_found)
        diag_hint(diag, "script_location and version_locations say where they are.");
    else if (is_set)
        diag_hint(diag,
                  "In folders below there are %zu, which are read when recursive_version_locations is \"true\", in small "
                  "letters: Alembic takes \"%.*s\" for false.",
                  below.count, STR_ARGS(value.text));
    else
        diag_hint(diag, "In folders below there are %zu, which are read when recursive_version_locations = true says so.",
                  below.count);
    return false;
}
