// Who could change what decides trust. What a path leads to is worth no more than the weakest folder or link on the way:
// whoever may write there puts another file in its place.
//
// The same rule as OpenSSH's StrictModes, for all of the way: everything belongs to root or to the one who runs this, and
// nobody else may write it. In a folder like /tmp everybody may write, but remove and rename only what is his own.
// Source: OpenSSH 9.2 misc.c, safe_path().
#define _XOPEN_SOURCE 700   // S_ISVTX
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle_int.h"

enum { MOST_LINKS = 40, LINK_BYTES = 4096 };

typedef struct Walk {
    Diag *diag;
    const char *what;
    Str path;   // as it was given
    Str at;     // looked at so far; absolute, without links
    struct stat st;
} Walk;

static bool refuse(const Walk *w, const char *kind, Str why)
{
    bool is_end = !S_ISLNK(w->st.st_mode) && !S_ISDIR(w->st.st_mode);
    Str place = is_end ? STR_EMPTY
                       : str_format(w->diag->arena, " %s \"%.*s\" on its way", kind,
                                    STR_ARGS(str_printable(w->diag->arena, w->at)));
    diag_error(w->diag, SPAN_NONE, "E-116 %s \"%.*s\":%.*s %.*s", w->what, STR_ARGS(w->path), STR_ARGS(place),
               STR_ARGS(why));
    return false;
}

static bool belongs_to_others(const struct stat *st)
{
    return st->st_uid != 0 && st->st_uid != geteuid();
}

// Judges what stands at w->at.
static bool judge(const Walk *w)
{
    const char *kind = S_ISLNK(w->st.st_mode) ? "link" : S_ISDIR(w->st.st_mode) ? "folder" : "file";
    bool is_shared = S_ISDIR(w->st.st_mode) && w->st.st_mode & S_ISVTX;
    if (belongs_to_others(&w->st)) {
        refuse(w, kind,
               str_format(w->diag->arena, "belongs to user %lu, who is neither root nor the one who runs this",
                          (unsigned long)w->st.st_uid));
        diag_hint(w->diag, "When it is the right one, copy it to a folder that is your own.");
        return false;
    }
    if (S_ISLNK(w->st.st_mode) || !(w->st.st_mode & (S_IWGRP | S_IWOTH)) || is_shared)
        return true;
    refuse(w, kind,
           str_format(w->diag->arena, "may be changed by others than its owner (mode %04o)",
                      (unsigned)(w->st.st_mode & 07777)));
    diag_hint(w->diag, "When it is the right one, take their right away: chmod go-w.");
    return false;
}

bool path_is_guarded(Arena *arena, Diag *diag, const char *what, Str path, bool *exists)
{
    Walk w = {.diag = diag, .what = what, .path = path, .at = STR("/")};
    Str here = path.len && path.ptr[0] == '/' ? STR_EMPTY : path_real(arena, STR(".")), rest;
    int links = 0;
    rest = here.len ? str_format(arena, "%.*s/%.*s", STR_ARGS(here), STR_ARGS(path)) : path;
    if (exists)
        *exists = true;
    for (bool first = true; first || rest.len; first = false) {
        Str part = first ? STR(".") : str_cut(&rest, '/');
        if (!part.len || (!first && str_equal(part, STR("."))))
            continue;
        Str above = w.at;
        if (!first)
            w.at = str_equal(part, STR("..")) ? path_parent(w.at) : path_join(arena, w.at, part);
        if (lstat(str_cstr(arena, w.at), &w.st) != 0) {
            if (errno == ENOENT && exists && !rest.len) {
                *exists = false;
                return true;
            }
            return diag_error(diag, SPAN_NONE, "could not open \"%.*s\": %s", STR_ARGS(path), strerror(errno));
        }
        if (!judge(&w))
            return false;
        if (!S_ISLNK(w.st.st_mode))
            continue;
        char target[LINK_BYTES];
        ssize_t len = readlink(str_cstr(arena, w.at), target, sizeof target);
        if (len <= 0 || len == sizeof target || ++links > MOST_LINKS)
            return diag_error(diag, SPAN_NONE, "could not open \"%.*s\": a link leads nowhere", STR_ARGS(path));
        rest = str_format(arena, "%.*s/%.*s", (int)len, target, STR_ARGS(rest));
        w.at = target[0] == '/' ? STR("/") : above;
    }
    return true;
}

bool guarded_read(Arena *arena, Diag *diag, const char *what, Str path, size_t max_bytes, Str *text)
{
    // whoever could change the path between the two is root or the one who runs this
    return path_is_guarded(arena, diag, what, path, NULL) && file_read(arena, diag, path, max_bytes, text);
}
