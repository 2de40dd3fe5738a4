// Outputs that get their names only when they are complete, and that are removed otherwise.
#define _GNU_SOURCE   // renameat2()
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle_int.h"

static bool exists(Diag *diag, Str path)
{
    diag_error(diag, SPAN_NONE, "E-501 output \"%.*s\": it exists already", STR_ARGS(path));
    diag_hint(diag, "Choose another name, or remove it first.");
    return true;
}

static bool failed(Diag *diag, const char *what, Str path)
{
    return diag_system(diag, SPAN_NONE, "E-502 could not %s \"%.*s\": %s", what, STR_ARGS(path), strerror(errno));
}

bool fd_write(Diag *diag, int fd, Str path, const void *bytes, size_t len)
{
    const char *at = bytes;
    while (len) {
        ssize_t put = write(fd, at, len);
        if (put < 0 && errno == EINTR && not_interrupted(diag))
            continue;
        if (put < 0)
            return errno == EINTR ? false : failed(diag, "write", path);
        at += put;
        len -= (size_t)put;
    }
    return true;
}

// What could not be removed must be said: it may hold what nobody verified.
static void warn_left(Diag *diag, const char *path)
{
    diag_warn(diag, SPAN_NONE, "E-502 could not remove \"%s\": %s", path, strerror(errno));
    diag_hint(diag, "It is only a temporary file or folder: remove it by hand.");
}

enum { REMOVAL_ATTEMPTS = 2 };   // a fault of the moment, such as too many open files, is gone at the second

static void remove_file(Diag *diag, const char *path)
{
    for (int i = 0; i < REMOVAL_ATTEMPTS; i++)
        if (unlink(path) == 0 || errno == ENOENT)
            return;
    warn_left(diag, path);
}

static mode_t current_mask(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return mask;
}

// ---- one file ----

bool out_open(Diag *diag, Str path, mode_t mode, const FileLock *lock, OutFile *out)
{
    struct stat st;
    *out = OUT_FILE_CLOSED;
    out->diag = diag;
    path = lock ? file_lock_path(lock) : path;
    out->path = str_cstr(diag->arena, path);
    out->lock = lock;
    if (!lock && lstat(out->path, &st) == 0)
        return !exists(diag, path);
    char *temporary = str_cstr(diag->arena, str_format(diag->arena, "%.*s.tmp-XXXXXX", STR_ARGS(path)));
    out->fd = mkstemp(temporary);
    if (out->fd < 0)
        return failed(diag, "create", path);
    out->temporary = temporary;
    if (fchmod(out->fd, mode & ~current_mask()) == 0)
        return true;
    failed(diag, "create", path);
    out_close(out);
    return false;
}

bool out_write(Diag *diag, OutFile *out, const void *bytes, size_t len)
{
    return fd_write(diag, out->fd, str_from(out->path), bytes, len);
}

bool out_finish(Diag *diag, OutFile *out)
{
    if (!not_interrupted(diag))
        return false;
    bool done = fsync(out->fd) == 0;
    int fd = out->fd;
    out->fd = -1;
    done = close(fd) == 0 && done;
    return done || failed(diag, "write", str_from(out->path));
}

bool out_commit(Diag *diag, OutFile *out)
{
    if (!not_interrupted(diag) || (out->fd >= 0 && !out_finish(diag, out)) ||
        (out->lock && !file_lock_holds(diag, out->lock)))
        return false;
    if (out->lock && file_lock_exists(out->lock)) {
        if (rename(out->temporary, out->path) != 0)
            return failed(diag, "replace", str_from(out->path));
        out->temporary = NULL;
        return true;
    }
    // link() refuses a name that appeared meanwhile; rename() would replace it
    if (link(out->temporary, out->path) != 0)
        return errno == EEXIST ? !exists(diag, str_from(out->path)) : failed(diag, "create", str_from(out->path));
    remove_file(diag, out->temporary);
    out->temporary = NULL;
    return true;
}

void out_close(OutFile *out)
{
    if (out->fd >= 0)
        close(out->fd);
    if (out->temporary)
        remove_file(out->diag, out->temporary);
    *out = OUT_FILE_CLOSED;
}

// ---- a folder ----

bool folder_open(Arena *arena, Diag *diag, Str path, OutFolder *out)
{
    struct stat st;
    *out = OUT_FOLDER_CLOSED;
    out->diag = diag;
    path = path_trimmed(path);
    out->path = str_cstr(arena, path);
    if (lstat(out->path, &st) == 0)
        return !exists(diag, path);
    char *temporary = str_cstr(arena, str_format(arena, "%.*s.tmp-XXXXXX", STR_ARGS(path)));
    if (!mkdtemp(temporary))
        return failed(diag, "create folder", path);
    out->temporary = temporary;
    out->fd = open(temporary, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (out->fd >= 0)
        return true;
    failed(diag, "open folder", path);
    folder_close(out);
    return false;
}

// Opens (and, when `make`, makes) the folder that a path stands in. Returns -1 with errno.
static int open_parent(Arena *arena, int folder, Str path, bool make)
{
    int at = dup(folder);
    Str rest = path;
    while (at >= 0 && str_find_char(rest, '/', 0) != SIZE_MAX) {
        char *part = str_cstr(arena, str_cut(&rest, '/'));
        if (make && mkdirat(at, part, MODE_FOLDER) != 0 && errno != EEXIST) {
            close(at);
            return -1;
        }
        int next = openat(at, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int reason = errno;
        close(at);
        errno = reason;
        at = next;
    }
    return at;
}

int folder_create(Arena *arena, Diag *diag, OutFolder *out, Str path)
{
    int fd = -1, parent = open_parent(arena, out->fd, path, true);
    if (parent >= 0) {
        fd = openat(parent, str_cstr(arena, path_base(path)), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                    MODE_FILE);
        int reason = errno;
        close(parent);
        errno = reason;
    }
    if (fd < 0)
        failed(diag, "create", path);
    return fd;
}

int folder_file(Arena *arena, Diag *diag, int folder, Str path)
{
    int fd = -1, parent = open_parent(arena, folder, path, false);
    struct stat st;
    if (parent >= 0) {
        fd = openat(parent, str_cstr(arena, path_base(path)), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        int reason = errno;
        close(parent);
        errno = reason;
    }
    if (fd < 0) {
        diag_error(diag, SPAN_NONE, "E-416 file \"%.*s\": could not open it: %s", STR_ARGS(path), strerror(errno));
        return -1;
    }
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        return fd;
    close(fd);
    diag_error(diag, SPAN_NONE, "E-403 file \"%.*s\": not a regular file", STR_ARGS(path));
    return -1;
}

bool folder_finish(Diag *diag, OutFolder *out)
{
    if (!not_interrupted(diag))
        return false;
    return (fsync(out->fd) == 0 && fchmod(out->fd, MODE_FOLDER & ~current_mask()) == 0) ||
           failed(diag, "write folder", str_from(out->path));
}

// rename() would take the place of an empty folder that appeared meanwhile; not every file system can do without it.
static int rename_new(const char *from, const char *to)
{
    struct stat st;
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    if (lstat(to, &st) == 0) {
        errno = EEXIST;
        return -1;
    }
    return rename(from, to);
}

bool folder_commit(Diag *diag, OutFolder *out)
{
    if (!not_interrupted(diag))
        return false;
    if (rename_new(out->temporary, out->path) != 0)
        return errno == EEXIST || errno == ENOTEMPTY ? !exists(diag, str_from(out->path))
                                                     : failed(diag, "create folder", str_from(out->path));
    out->temporary = NULL;
    return true;
}

// Removes what is below a folder; only what we made, so names are plain and nothing is followed. Returns false with errno.
static bool remove_below(int folder)
{
    int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), reason = 0;
    DIR *dir = again >= 0 ? fdopendir(again) : NULL;
    if (!dir) {
        reason = errno;
        if (again >= 0)
            close(again);
        errno = reason;
        return false;
    }
    struct dirent *entry;
    for (errno = 0; (entry = readdir(dir)); errno = 0) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (unlinkat(folder, entry->d_name, 0) == 0)
            continue;
        if (errno != EISDIR) {
            reason = errno;
            continue;
        }
        int below = openat(folder, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        bool removed = below >= 0 && remove_below(below) && unlinkat(folder, entry->d_name, AT_REMOVEDIR) == 0;
        reason = removed ? reason : errno;
        if (below >= 0)
            close(below);
    }
    reason = errno ? errno : reason;
    closedir(dir);
    errno = reason;
    return reason == 0;
}

static void remove_folder(Diag *diag, const char *path, int fd)
{
    for (int i = 0; i < REMOVAL_ATTEMPTS; i++)
        if ((fd < 0 || remove_below(fd)) && rmdir(path) == 0)
            return;
    warn_left(diag, path);
}

void folder_close(OutFolder *out)
{
    if (out->temporary)
        remove_folder(out->diag, out->temporary, out->fd);
    if (out->fd >= 0)
        close(out->fd);
    *out = OUT_FOLDER_CLOSED;
}
