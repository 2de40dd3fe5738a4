// Names and places: what a path in a bundle may look like, how ids become file names, in which order files stand.
#include "bundle_int.h"

static bool is_safe(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

Str bundle_safe(Arena *arena, Str text)
{
    char *safe = str_cstr(arena, text);
    for (size_t i = 0; i < text.len; i++)
        if (!is_safe(safe[i]))
            safe[i] = '_';
    return (Str){safe, text.len};
}

// Names that Windows takes for devices, with any extension.
static bool is_device(Str part)
{
    static const char *const names[] = {"con", "prn", "aux", "nul", NULL};
    Str stem = str_slice(part, 0, str_find_char(part, '.', 0) == SIZE_MAX ? part.len : str_find_char(part, '.', 0));
    for (size_t i = 0; names[i]; i++)
        if (str_equal_fold(stem, str_from(names[i])))
            return true;
    Str start = str_slice(stem, 0, stem.len < 3 ? stem.len : 3);
    return stem.len == 4 && stem.ptr[3] >= '0' && stem.ptr[3] <= '9' &&
           (str_equal_fold(start, STR("com")) || str_equal_fold(start, STR("lpt")));
}

static bool refuse_name(Diag *diag, const char *number, Str path, const char *why)
{
    return diag_error(diag, SPAN_NONE, "%s name \"%.*s\": %s", number, STR_ARGS(path), why);
}

bool bundle_path_check(Diag *diag, Str path)
{
    Str shown = str_printable(diag->arena, path), rest = path;
    if (path.len && (path.ptr[0] == '/' || (path.len > 1 && path.ptr[1] == ':')))
        return refuse_name(diag, "E-402", shown, "an absolute path");
    if (!path.len || path.ptr[path.len - 1] == '/')
        return refuse_name(diag, "E-401", shown, "no file's path");
    if (path.len > LIMIT_PATH_BYTES)
        return diag_error(diag, SPAN_NONE, "E-418 name \"%.*s\": longer than the limit of %d bytes", STR_ARGS(shown),
                          LIMIT_PATH_BYTES);
    while (rest.len) {
        Str part = str_cut(&rest, '/');
        if (!part.len || str_equal(part, STR(".")) || str_equal(part, STR("..")))
            return refuse_name(diag, "E-401", shown, "it has an empty part, \".\" or \"..\"");
        for (size_t i = 0; i < part.len; i++) {
            if (part.ptr[i] == '\\')
                return refuse_name(diag, "E-401", shown, "a backslash");
            if (!is_safe(part.ptr[i]) && part.ptr[i] != '+')
                return refuse_name(diag, "E-406", shown, "a character outside [A-Za-z0-9._+-]");
        }
        if (part.ptr[0] == '-' || part.ptr[0] == '.' || part.ptr[part.len - 1] == '.')
            return refuse_name(diag, "E-406", shown, "a part begins with \"-\" or \".\" or ends with \".\"");
        if (is_device(part))
            return refuse_name(diag, "E-406", shown, "a name that Windows takes for a device");
    }
    return true;
}

bool bundle_name_make(Arena *arena, Diag *diag, Str product, int64_t sequence, Str customer, Str *name)
{
    Str safe = bundle_safe(arena, product);
    *name = str_format(arena, "%.*s-%06lld%s%.*s", STR_ARGS(safe), (long long)sequence, customer.len ? "-" : "",
                       STR_ARGS(customer));
    if (!str_equal(customer, bundle_safe(arena, customer)))
        return diag_error(diag, SPAN_NONE, "E-406 customer \"%.*s\": a character outside [A-Za-z0-9._-]",
                          STR_ARGS(customer));
    if (!safe.len || name->len > BUNDLE_NAME_BYTES) {
        diag_error(diag, SPAN_NONE, "E-418 bundle name \"%.*s\": longer than the limit of %d bytes", STR_ARGS(*name),
                   BUNDLE_NAME_BYTES);
        diag_hint(diag, "Shorten \"product\" in the settings or the customer's name.");
        return false;
    }
    return bundle_path_check(diag, *name);
}

Str bundle_from_label(Arena *arena, const StrList *rows)
{
    uint8_t hash[32];
    if (!rows->count)
        return STR("base");
    StrList safe = {0};
    for (size_t i = 0; i < rows->count; i++)
        vec_push(arena, &safe, bundle_safe(arena, rows->items[i]));
    Str joined = strlist_join(arena, &safe, STR("+"));
    if (joined.len <= BUNDLE_FROM_BYTES)
        return joined;
    sha256(strlist_join(arena, rows, STR("+")), hash);
    return hex_text(arena, hash, 6);
}

// Lower-case words of a message, joined by `_`.
static Str slug(Arena *arena, Str message)
{
    Buf out = buf_open(arena);
    size_t end = str_find_char(message, '\n', 0);
    end = end == SIZE_MAX ? message.len : end;
    for (size_t i = 0; i < end; i++) {
        char c = message.ptr[i];
        c = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (word)
            buf_add_char(&out, c);
        else if (out.len && out.ptr[out.len - 1] != '_')
            buf_add_char(&out, '_');
    }
    while (out.len && out.ptr[out.len - 1] == '_')
        out.len--;
    return buf_str(&out);
}

Str bundle_step_name(Arena *arena, Str folder, size_t number, Str revision, Str message, bool is_upgrade)
{
    enum { LONGEST_SLUG = 40, SHORTEST_SLUG = 4 };
    // both directions are cut alike, as the longer of them needs
    Str ending = is_upgrade ? STR(".upgrade.sql") : STR(".downgrade.sql"), longest = STR(".downgrade.sql");
    Str start = str_format(arena, "%04zu_", number), words = slug(arena, message), id = bundle_safe(arena, revision);
    size_t used = folder.len + 1 + start.len + longest.len, room = used < LIMIT_PATH_BYTES ? LIMIT_PATH_BYTES - used : 0;
    id.len = id.len < room ? id.len : room;
    room -= id.len;
    size_t most = room < LONGEST_SLUG + 1 ? (room ? room - 1 : 0) : LONGEST_SLUG, whole = words.len;
    if (whole > most) {   // between two words, where one is left
        words.len = most;
        size_t cut = most;
        while (cut && words.ptr[cut] != '_')
            cut--;
        words.len = cut >= SHORTEST_SLUG ? cut : most;
    }
    bool has_words = words.len >= SHORTEST_SLUG || (words.len && words.len == whole);
    return str_format(arena, "%.*s%.*s%s%.*s%.*s", STR_ARGS(start), STR_ARGS(id), has_words ? "_" : "",
                      has_words ? (int)words.len : 0, words.ptr, STR_ARGS(ending));
}

// ---- order ----

int layout_group(Str path)
{
    return str_equal(path, STR("MANIFEST.json"))  ? 0
           : str_equal(path, STR("SHA256SUMS"))   ? 1
           : str_starts(path, STR("signatures/")) ? 2
                                                  : 3;
}

int layout_compare(Str a, Str b)
{
    int x = layout_group(a), y = layout_group(b);
    return x != y ? (x < y ? -1 : 1) : str_compare(a, b);
}
