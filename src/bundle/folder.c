// The folder format: names and contents only. No links, no special files, nothing that a list does not name.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle_int.h"

enum { DEEPEST = 6 };

typedef struct FolderReader {
    Arena *arena;
    int fd;
    StrList paths;   // in the archive's order
    size_t next;
    int file;        // -1: none open
    uint64_t left;   // of the open file
    Str path;
    char *piece;
} FolderReader;

static void read_close(void *reader)
{
    FolderReader *r = reader;
    if (!r)
        return;
    if (r->file >= 0)
        close(r->file);
    if (r->fd >= 0)
        close(r->fd);
    r->file = r->fd = -1;
}

static bool list_below(FolderReader *r, Diag *diag, int folder, Str above, int depth);

static bool list_entry(FolderReader *r, Diag *diag, int folder, Str path, const char *name, int depth)
{
    struct stat st;
    if (!not_interrupted(diag))
        return false;
    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return diag_system(diag, SPAN_NONE, "could not read \"%.*s\": %s", STR_ARGS(path), strerror(errno));
    if (S_ISREG(st.st_mode)) {
        if (r->paths.count > LIMIT_BUNDLE_FILES)
            return diag_error(diag, SPAN_NONE, "E-418 folder: more than the limit of %d files", LIMIT_BUNDLE_FILES);
        vec_push(r->arena, &r->paths, path);
        return true;
    }
    if (!S_ISDIR(st.st_mode))
        return diag_error(diag, SPAN_NONE, "E-403 entry \"%.*s\": not a regular file", STR_ARGS(path));
    if (depth == DEEPEST)
        return diag_error(diag, SPAN_NONE, "E-418 folder \"%.*s\": nested deeper than any bundle", STR_ARGS(path));
    int below = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (below < 0)
        return diag_error(diag, SPAN_NONE, "E-416 folder \"%.*s\": could not open it: %s", STR_ARGS(path), strerror(errno));
    size_t before = r->paths.count;
    bool done = list_below(r, diag, below, path, depth + 1);
    close(below);
    if (done && r->paths.count == before)
        return diag_error(diag, SPAN_NONE, "E-201 folder \"%.*s\": an empty folder, which no bundle has", STR_ARGS(path));
    return done;
}

static bool list_below(FolderReader *r, Diag *diag, int folder, Str above, int depth)
{
    int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = again >= 0 ? fdopendir(again) : NULL;
    if (!dir) {
        if (again >= 0)
            close(again);
        return diag_system(diag, SPAN_NONE, "could not read folder \"%.*s\": %s", STR_ARGS(above), strerror(errno));
    }
    bool done = true;
    struct dirent *entry;
    for (errno = 0; done && (entry = readdir(dir)); errno = 0) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        Str path = path_join(r->arena, above, str_copy(r->arena, str_from(entry->d_name)));
        done = bundle_path_check(diag, path) && list_entry(r, diag, folder, path, entry->d_name, depth);
    }
    if (done && errno)   // a listing that ends early must not pass for the whole
        done = diag_system(diag, SPAN_NONE, "could not read folder \"%.*s\": %s", STR_ARGS(above), strerror(errno));
    closedir(dir);
    return done;
}

static int compare_paths(const void *a, const void *b)
{
    return layout_compare(*(const Str *)a, *(const Str *)b);
}

static void *read_open(Diag *diag, const ReadRequest *request)
{
    FolderReader *r = arena_new(request->arena, FolderReader);
    *r = (FolderReader){.arena = request->arena, .file = -1};
    r->fd = open(str_cstr(request->arena, request->path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (r->fd < 0) {
        diag_error(diag, SPAN_NONE, "E-416 bundle \"%.*s\": could not open it: %s", STR_ARGS(request->path),
                   strerror(errno));
        return NULL;
    }
    r->piece = arena_alloc(request->arena, PIECE_BYTES);
    if (!list_below(r, diag, r->fd, STR_EMPTY, 0)) {
        read_close(r);
        return NULL;
    }
    if (r->paths.count > 1)
        qsort(r->paths.items, r->paths.count, sizeof *r->paths.items, compare_paths);
    return r;
}

static bool read_next(void *reader, Diag *diag, Entry *entry, bool *end)
{
    FolderReader *r = reader;
    struct stat st;
    *end = r->next == r->paths.count;
    if (*end)
        return true;
    r->path = r->paths.items[r->next++];
    r->file = folder_file(r->arena, diag, r->fd, r->path);
    if (r->file < 0)
        return false;
    if (fstat(r->file, &st) != 0)
        return diag_system(diag, SPAN_NONE, "could not read \"%.*s\": %s", STR_ARGS(r->path), strerror(errno));
    posix_fadvise(r->file, 0, 0, POSIX_FADV_SEQUENTIAL);
    r->left = (uint64_t)st.st_size;
    *entry = (Entry){r->path, r->left, -1};
    return true;
}

static bool read_data(void *reader, Diag *diag, Str *piece)
{
    FolderReader *r = reader;
    for (;;) {
        ssize_t got = read(r->file, r->piece, PIECE_BYTES);
        if (got < 0 && errno == EINTR && not_interrupted(diag))
            continue;
        if (got < 0)
            return errno == EINTR
                       ? false
                       : diag_system(diag, SPAN_NONE, "could not read \"%.*s\": %s", STR_ARGS(r->path), strerror(errno));
        if ((uint64_t)got > r->left || (got == 0 && r->left))
            return diag_error(diag, SPAN_NONE, "E-203 file \"%.*s\": its size changes while it is read", STR_ARGS(r->path));
        r->left -= (uint64_t)got;
        *piece = (Str){r->piece, (size_t)got};
        if (got == 0) {
            close(r->file);
            r->file = -1;
        }
        return not_interrupted(diag);
    }
}

static Str read_top(void *reader)
{
    (void)reader;
    return STR_EMPTY;
}

static bool never_recompressed(void *reader)
{
    (void)reader;
    return false;
}

// ---- writing ----

typedef struct FolderWriter {
    Arena *arena;
    OutFolder out;
    int file;
    Str path;
} FolderWriter;

static void write_close(void *writer)
{
    FolderWriter *w = writer;
    if (!w)
        return;
    if (w->file >= 0)
        close(w->file);
    w->file = -1;
    folder_close(&w->out);
}

static void *write_open(Diag *diag, const WriteRequest *request)
{
    FolderWriter *w = arena_new(request->arena, FolderWriter);
    *w = (FolderWriter){.arena = request->arena, .file = -1};
    return folder_open(request->arena, diag, request->path, &w->out) ? w : NULL;
}

static bool write_begin(void *writer, Diag *diag, Str path, uint64_t size)
{
    FolderWriter *w = writer;
    (void)size;
    w->path = path;
    w->file = folder_create(w->arena, diag, &w->out, path);
    return w->file >= 0;
}

static bool write_data(void *writer, Diag *diag, Str piece)
{
    FolderWriter *w = writer;
    return fd_write(diag, w->file, w->path, piece.ptr, piece.len);
}

static bool write_end(void *writer, Diag *diag)
{
    FolderWriter *w = writer;
    bool done = fsync(w->file) == 0;
    int reason = errno;
    done = close(w->file) == 0 && done;
    w->file = -1;
    return done || diag_system(diag, SPAN_NONE, "E-502 could not write \"%.*s\": %s", STR_ARGS(w->path), strerror(reason));
}

static bool write_finish(void *writer, Diag *diag)
{
    FolderWriter *w = writer;
    return folder_finish(diag, &w->out);
}

static bool write_commit(void *writer, Diag *diag)
{
    FolderWriter *w = writer;
    return folder_commit(diag, &w->out);
}

const BundleFormat format_folder = {
    .name = {"folder", 6},
    .suffix = {"", 0},
    .read_open = read_open,
    .read_next = read_next,
    .read_data = read_data,
    .read_top = read_top,
    .is_recompressed = never_recompressed,
    .read_close = read_close,
    .write_open = write_open,
    .write_begin = write_begin,
    .write_data = write_data,
    .write_end = write_end,
    .write_finish = write_finish,
    .write_commit = write_commit,
    .write_close = write_close,
};
