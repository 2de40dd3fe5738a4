// Writing an archive: libarchive's writer, the packer's own compression around it.
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#include "bundle_int.h"

struct archive *archive_writer(const Container *container, void *context, ArchiveSink *sink)
{
    struct archive *archive = archive_write_new();
    if (!archive)
        return NULL;
    if (container->set_writer(archive) == ARCHIVE_OK && archive_write_add_filter_none(archive) == ARCHIVE_OK &&
        archive_write_set_bytes_per_block(archive, 0) == ARCHIVE_OK &&
        archive_write_open(archive, context, NULL, sink, NULL) == ARCHIVE_OK)
        return archive;
    archive_write_free(archive);
    return NULL;
}

bool archive_put_header(struct archive *archive, Str full_path, uint64_t size, int64_t mtime)
{
    char name[LIMIT_PATH_BYTES + BUNDLE_NAME_BYTES + 2];
    if (full_path.len >= sizeof name)
        return false;
    memcpy(name, full_path.ptr, full_path.len);
    name[full_path.len] = 0;
    struct archive_entry *entry = archive_entry_new();
    if (!entry)
        out_of_memory(sizeof name);
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_uid(entry, 0);
    archive_entry_set_gid(entry, 0);
    archive_entry_set_uname(entry, "root");
    archive_entry_set_gname(entry, "root");
    archive_entry_set_size(entry, (la_int64_t)size);
    archive_entry_set_mtime(entry, (time_t)mtime, 0);
    int result = archive_write_header(archive, entry);
    archive_entry_free(entry);
    return result == ARCHIVE_OK;
}

bool container_holds(const Container *container, Diag *diag, size_t files, uint64_t bytes, uint64_t size, int64_t mtime)
{
    enum { HEADERS = 1024 };   // more than one entry has around its contents
    const char *what = files >= container->most_files                   ? "more files"
                       : size + HEADERS > container->most_bytes         ? "a larger file"
                       : bytes > container->most_bytes - size - HEADERS ? "more bytes"
                       : mtime > container->latest_time                 ? "a later time"
                                                                        : NULL;
    if (!what)
        return true;
    diag_error(diag, SPAN_NONE, "E-418 bundle: %s than a %s archive can hold", what, container->name);
    diag_hint(diag, "Use .tar.gz, which has no such limit.");
    return false;
}

typedef struct ArchiveWriter {
    Arena *arena;
    Diag *diag;   // of the call that is being made
    const Container *container;
    const Filter *filter;   // NULL: none
    void *deflating;
    OutFile out;
    struct archive *archive;
    bool failed;   // and reported
    Str top, path;
    int64_t mtime;
    size_t files;
    uint64_t written;   // before compression
    uint64_t left;      // of the open entry
} ArchiveWriter;

static bool to_file(void *context, const void *bytes, size_t len)
{
    ArchiveWriter *w = context;
    w->failed |= !out_write(w->diag, &w->out, bytes, len);
    return !w->failed;
}

static bool failed(ArchiveWriter *w, const char *why)
{
    if (w->failed)   // reported where it happened
        return false;
    w->failed = true;
    return diag_system(w->diag, SPAN_NONE, "E-502 could not write \"%s\": %s", w->out.path, why);
}

static bool archive_failed(ArchiveWriter *w)
{
    const char *why = archive_error_string(w->archive);
    return failed(w, why ? why : "libarchive failed");
}

static ssize_t take_archive(struct archive *archive, void *context, const void *bytes, size_t len)
{
    ArchiveWriter *w = context;
    (void)archive;
    if (w->failed)
        return -1;
    w->written += len;
    bool done = w->filter ? w->filter->deflate(w->deflating, bytes, len) : to_file(w, bytes, len);
    if (!done)
        failed(w, "the compression library failed");
    return done ? (ssize_t)len : -1;
}

void archive_writer_close(void *writer)
{
    ArchiveWriter *w = writer;
    Diag scratch;
    if (!w)
        return;
    if (w->archive) {
        scratch = diag_open(w->arena);   // closing an unfinished archive may complain into it
        w->diag = &scratch;
        w->failed = true;
        archive_write_free(w->archive);
        w->archive = NULL;
    }
    if (w->filter)
        w->filter->deflate_close(w->deflating);
    w->deflating = NULL;
    out_close(&w->out);
}

void *archive_writer_open(Diag *diag, const WriteRequest *request)
{
    const BundleFormat *format = request->format;
    ArchiveWriter *w = arena_new(request->arena, ArchiveWriter);
    *w = (ArchiveWriter){.arena = request->arena,
                         .diag = diag,
                         .container = format->container,
                         .filter = format->filter,
                         .out = OUT_FILE_CLOSED,
                         .top = request->top,
                         .mtime = request->mtime};
    if (!out_open(diag, request->path, MODE_FILE, request->lock, &w->out))
        return NULL;
    if (w->filter)
        w->deflating = w->filter->deflate_open(request->arena, to_file, w);
    if (!w->filter || w->deflating)
        w->archive = archive_writer(w->container, w, take_archive);
    if (w->archive)
        return w;
    diag_system(diag, SPAN_NONE, "could not start writing \"%.*s\"", STR_ARGS(request->path));
    archive_writer_close(w);
    return NULL;
}

bool archive_writer_begin(void *writer, Diag *diag, Str path, uint64_t size)
{
    ArchiveWriter *w = writer;
    w->diag = diag;
    w->path = path;
    w->left = size;
    if (!container_holds(w->container, diag, w->files++, w->written, size, w->mtime))
        return false;
    Str full = str_format(w->arena, "%.*s/%.*s", STR_ARGS(w->top), STR_ARGS(path));
    return archive_put_header(w->archive, full, size, w->mtime) || archive_failed(w);
}

bool archive_writer_data(void *writer, Diag *diag, Str piece)
{
    ArchiveWriter *w = writer;
    w->diag = diag;
    if (piece.len > w->left)
        return diag_error(diag, SPAN_NONE, "E-203 file \"%.*s\": longer than its size says", STR_ARGS(w->path));
    w->left -= piece.len;
    while (piece.len) {
        la_ssize_t put = archive_write_data(w->archive, piece.ptr, piece.len);
        if (put <= 0)
            return archive_failed(w);
        piece = str_slice(piece, (size_t)put, piece.len);
    }
    return true;
}

bool archive_writer_end(void *writer, Diag *diag)
{
    ArchiveWriter *w = writer;
    w->diag = diag;
    if (w->left)
        return diag_error(diag, SPAN_NONE, "E-203 file \"%.*s\": shorter than its size says", STR_ARGS(w->path));
    return archive_write_finish_entry(w->archive) == ARCHIVE_OK || archive_failed(w);
}

bool archive_writer_finish(void *writer, Diag *diag)
{
    ArchiveWriter *w = writer;
    w->diag = diag;
    if (archive_write_close(w->archive) != ARCHIVE_OK)
        return archive_failed(w);
    if (w->filter && !w->filter->deflate_end(w->deflating))
        return failed(w, "the compression library failed");
    return out_finish(diag, &w->out);
}

bool archive_writer_commit(void *writer, Diag *diag)
{
    ArchiveWriter *w = writer;
    return out_commit(diag, &w->out);
}
