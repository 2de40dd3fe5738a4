// Files and folders. Nothing is ever half-written: a file is complete under a temporary name before it gets its own.
#define _XOPEN_SOURCE 700   // realpath()

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "waybill/base.h"

static bool read_all(Arena *arena, Diag *diag, int fd, Str path, size_t max_bytes, size_t expected, Str *text)
{
    size_t cap = expected + 1, len = 0;
    char *bytes = arena_alloc(arena, cap);
    for (;;) {
        if (len == cap) {
            bytes = arena_grow(arena, bytes, cap, cap * 2);
            cap *= 2;
        }
        ssize_t got = read(fd, bytes + len, cap - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return diag_system(diag, SPAN_NONE, "could not read \"%.*s\": %s", STR_ARGS(path), strerror(errno));
        if (got == 0)
            break;
        len += (size_t)got;
        if (len > max_bytes)
            return diag_error(diag, SPAN_NONE, "file \"%.*s\" is larger than the limit of %zu bytes", STR_ARGS(path),
                              max_bytes);
    }
    *text = (Str){bytes, len};
    return true;
}

bool file_read(Arena *arena, Diag *diag, Str path, size_t max_bytes, Str *text)
{
    char *name = str_cstr(arena, path);
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return diag_error(diag, SPAN_NONE, "could not open \"%.*s\": %s", STR_ARGS(path), strerror(errno));
    struct stat st;
    bool done = false;
    if (fstat(fd, &st) != 0)
        diag_system(diag, SPAN_NONE, "could not read \"%.*s\": %s", STR_ARGS(path), strerror(errno));
    else if (S_ISDIR(st.st_mode))
        diag_error(diag, SPAN_NONE, "\"%.*s\" is a folder, not a file", STR_ARGS(path));
    else if (!S_ISREG(st.st_mode))
        diag_error(diag, SPAN_NONE, "\"%.*s\" is not a regular file", STR_ARGS(path));
    else if ((uint64_t)st.st_size > max_bytes)
        diag_error(diag, SPAN_NONE, "file \"%.*s\" is larger than the limit of %zu bytes", STR_ARGS(path), max_bytes);
    else
        done = read_all(arena, diag, fd, path, max_bytes, (size_t)st.st_size, text);
    close(fd);
    return done;
}

Source *source_read(Arena *arena, Diag *diag, Str path, Str name)
{
    Source *source = arena_new(arena, Source);
    source->name = name;
    return file_read(arena, diag, path, LIMIT_SOURCE_BYTES, &source->text) ? source : NULL;
}

static bool write_all(int fd, Str text)
{
    while (text.len) {
        ssize_t put = write(fd, text.ptr, text.len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        text = str_slice(text, (size_t)put, text.len);
    }
    return true;
}

bool report_print(const Report *report)
{
    return !report || report->print(report->context);
}

static bool write_file(Diag *diag, Str path, Str text, bool replace, const Report *report)
{
    char *name = str_cstr(diag->arena, path);
    struct stat st;
    // A device or pipe (/dev/stdout, /dev/full) cannot be renamed over: written in place.
    bool in_place = stat(name, &st) == 0 && (S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode));
    if (!in_place && !replace && lstat(name, &st) == 0) {
        diag_error(diag, SPAN_NONE, "\"%.*s\" exists already", STR_ARGS(path));
        diag_hint(diag, "Choose another name, or remove it first.");
        return false;
    }
    if (stat(name, &st) == 0 && S_ISDIR(st.st_mode))
        return diag_error(diag, SPAN_NONE, "\"%.*s\" is a folder", STR_ARGS(path));
    char *temporary = in_place ? name : str_cstr(diag->arena, str_format(diag->arena, "%.*s.tmp-XXXXXX", STR_ARGS(path)));
    int fd = in_place ? open(name, O_WRONLY | O_CLOEXEC) : mkstemp(temporary);
    if (fd < 0)
        return diag_system(diag, SPAN_NONE, "could not create \"%.*s\": %s", STR_ARGS(path), strerror(errno));
    mode_t mask = umask(0);
    umask(mask);
    bool done = write_all(fd, text) && (in_place || (fchmod(fd, MODE_FILE & ~mask) == 0 && fsync(fd) == 0)), said = true;
    int failed = errno;
    if (close(fd) != 0 && done) {
        done = false;
        failed = errno;
    }
    if (done)
        done = said = report_print(report);
    if (done && !in_place) {
        // link() refuses an existing name, so two runs cannot both believe they created the file
        done = replace ? rename(temporary, name) == 0 : link(temporary, name) == 0;
        failed = errno;
    }
    if (!in_place && (!done || !replace))
        unlink(temporary);
    return done || (said && diag_system(diag, SPAN_NONE, "could not write \"%.*s\": %s", STR_ARGS(path), strerror(failed)));
}

bool file_write(Diag *diag, Str path, Str text, bool replace)
{
    return write_file(diag, path, text, replace, NULL);
}

bool file_create(Diag *diag, Str path, Str text, const Report *report)
{
    return write_file(diag, path, text, false, report);
}

bool dir_list(Arena *arena, Diag *diag, Str path, StrList *names)
{
    DIR *dir = opendir(str_cstr(arena, path));
    if (!dir)
        return diag_error(diag, SPAN_NONE, "could not open folder \"%.*s\": %s", STR_ARGS(path), strerror(errno));
    *names = (StrList){0};
    errno = 0;
    for (struct dirent *entry; (entry = readdir(dir)); errno = 0)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            vec_push(arena, names, str_copy(arena, str_from(entry->d_name)));
    int failed = errno;
    closedir(dir);
    if (failed)
        return diag_system(diag, SPAN_NONE, "could not read folder \"%.*s\": %s", STR_ARGS(path), strerror(failed));
    strlist_sort(names);
    return true;
}

bool dir_make(Diag *diag, Str path)
{
    for (size_t at = 1; at <= path.len; at++) {
        if (at < path.len && path.ptr[at] != '/')
            continue;
        char *part = str_cstr(diag->arena, str_slice(path, 0, at));
        struct stat st;
        if (mkdir(part, MODE_FOLDER) == 0 || (errno == EEXIST && stat(part, &st) == 0 && S_ISDIR(st.st_mode)))
            continue;
        return diag_system(diag, SPAN_NONE, "could not create folder \"%.*s\": %s", STR_ARGS(path), strerror(errno));
    }
    return true;
}

static bool has_mode(Str path, mode_t mode)
{
    char name[4096];
    struct stat st;
    if (path.len >= sizeof name)
        return false;
    memcpy(name, path.ptr, path.len);
    name[path.len] = 0;
    return stat(name, &st) == 0 && (!mode || (st.st_mode & S_IFMT) == mode);
}

bool path_exists(Str path)
{
    return has_mode(path, 0);
}

bool path_is_dir(Str path)
{
    return has_mode(path, S_IFDIR);
}

Str path_real(Arena *arena, Str path)
{
    char *real = realpath(str_cstr(arena, path), NULL);
    Str result = real ? str_copy(arena, str_from(real)) : STR_EMPTY;
    free(real);
    return result;
}

Str path_join(Arena *arena, Str folder, Str name)
{
    if (!folder.len || str_equal(folder, STR(".")) || (name.len && name.ptr[0] == '/'))
        return name;
    Buf path = buf_open(arena);
    buf_reserve(&path, folder.len + 1 + name.len);
    buf_add(&path, folder);
    if (folder.ptr[folder.len - 1] != '/')
        buf_add_char(&path, '/');
    buf_add(&path, name);
    return buf_str(&path);
}

Str path_trimmed(Str path)
{
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    return path;
}

Str path_parent(Str path)
{
    path = path_trimmed(path);
    for (size_t at = path.len; at > 0; at--)
        if (path.ptr[at - 1] == '/')
            return str_slice(path, 0, at > 1 ? at - 1 : 1);
    return STR(".");
}

Str path_base(Str path)
{
    path = path_trimmed(path);
    for (size_t at = path.len; at > 0; at--)
        if (path.ptr[at - 1] == '/')
            return str_slice(path, at, path.len);
    return path;
}
