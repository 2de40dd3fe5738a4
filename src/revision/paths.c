// Folders named by settings: where they lie, and how they are shown.
#include "revision_int.h"

#include <unistd.h>

Str path_absolute(Arena *arena, Str path)
{
    if (path.len && path.ptr[0] == '/')
        return path;
    for (size_t size = 256; size <= 65536; size *= 2) {
        char *folder = arena_alloc(arena, size);
        if (getcwd(folder, size))
            return str_equal(path, STR(".")) ? str_from(folder) : path_join(arena, str_from(folder), path);
    }
    return path;
}

// Without "." parts and doubled slashes, as pathlib writes it; ".." stays.
static Str path_tidy(Arena *arena, Str path)
{
    Buf out = buf_open(arena);
    bool is_absolute = path.len && path.ptr[0] == '/';
    for (Str rest = path; rest.len;) {
        Str part = str_cut(&rest, '/');
        if (!part.len || str_equal(part, STR(".")))
            continue;
        if (out.len || is_absolute)
            buf_add_char(&out, '/');
        buf_add(&out, part);
    }
    if (!out.len)
        return is_absolute ? STR("/") : STR(".");
    return buf_str(&out);
}

// Stores what follows `folder`/ in `path`.
static bool path_below(Str folder, Str path, Str *rest)
{
    if (!str_starts(path, folder) || path.len <= folder.len + 1 || path.ptr[folder.len] != '/')
        return false;
    *rest = str_slice(path, folder.len + 1, path.len);
    return true;
}

static Str path_below_root(Arena *arena, const Settings *settings, Str path)
{
    return str_equal(settings->root, STR(".")) ? path : path_join(arena, settings->root, path);
}

Str path_shown(Arena *arena, const Settings *settings, Str path)
{
    Str rest;
    if (path_below(settings->root, path, &rest) || path_below(path_absolute(arena, settings->root), path, &rest))
        return rest;
    return path;
}

Str path_of_setting(Arena *arena, const Settings *settings, Str path)
{
    path = path_tidy(arena, path);
    Str rest;
    if (path.ptr[0] == '/') {
        Str root = path_tidy(arena, path_absolute(arena, settings->root));
        return path_below(root, path, &rest) ? path_below_root(arena, settings, rest)
               : str_equal(root, path)       ? settings->root
                                             : path;
    }
    if (str_equal(path, STR(".")))
        return settings->root;
    Str below = path_below_root(arena, settings, path);
    // Alembic takes a relative folder from where it was started, which for most projects is the root.
    return !path_exists(below) && path_exists(path) ? path : below;
}
