// Archives: libarchive's ustar writer, the packer's own gzip around it.
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <zlib.h>

#include "bundle_int.h"

// What zlib writes at level 6 on Unix: no name, no time.
const uint8_t gzip_header[GZIP_HEADER_BYTES] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};

bool gzip_open(z_stream *stream)
{
    static gz_header header;   // no name, no time; the system's byte is fixed, whatever this one is
    header.os = 3;
    *stream = (z_stream){0};
    return deflateInit2(stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK &&
           deflateSetHeader(stream, &header) == Z_OK;
}

struct archive *tar_writer(void *context, TarSink *sink)
{
    struct archive *archive = archive_write_new();
    if (!archive)
        return NULL;
    if (archive_write_set_format_ustar(archive) == ARCHIVE_OK && archive_write_add_filter_none(archive) == ARCHIVE_OK &&
        archive_write_set_bytes_per_block(archive, 0) == ARCHIVE_OK &&
        archive_write_open(archive, context, NULL, sink, NULL) == ARCHIVE_OK)
        return archive;
    archive_write_free(archive);
    return NULL;
}

bool tar_put_header(struct archive *archive, Str full_path, uint64_t size, int64_t mtime)
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

typedef struct TarWriter {
    Arena *arena;
    Diag *diag;   // of the call that is being made
    OutFile out;
    struct archive *archive;
    bool is_gzip, has_stream, failed;
    z_stream stream;
    uint8_t *piece;
    Str top, path;
    int64_t mtime;
    uint64_t left;   // of the open entry
} TarWriter;

// Deflates what is given (all of it; `finish` ends the stream) into the file.
static bool put_gzip(TarWriter *w, const void *bytes, size_t len, bool finish)
{
    w->stream.next_in = (z_const Bytef *)(uintptr_t)bytes;
    w->stream.avail_in = (uInt)len;
    for (;;) {
        w->stream.next_out = w->piece;
        w->stream.avail_out = PIECE_BYTES;
        int result = deflate(&w->stream, finish ? Z_FINISH : Z_NO_FLUSH);
        size_t made = PIECE_BYTES - w->stream.avail_out;
        if (made && !out_write(w->diag, &w->out, w->piece, made))
            return false;
        if (finish ? result == Z_STREAM_END : w->stream.avail_out != 0)
            return true;
    }
}

static ssize_t sink(struct archive *archive, void *context, const void *bytes, size_t len)
{
    TarWriter *w = context;
    (void)archive;
    size_t part = len < (1u << 30) ? len : 1u << 30;   // zlib counts in 32 bits
    if (!w->failed && (w->is_gzip ? put_gzip(w, bytes, part, false) : out_write(w->diag, &w->out, bytes, part)))
        return (ssize_t)part;
    w->failed = true;
    return -1;
}

static bool archive_failed(TarWriter *w)
{
    if (w->failed)   // the sink has reported it
        return false;
    w->failed = true;
    const char *why = archive_error_string(w->archive);
    return diag_system(w->diag, SPAN_NONE, "E-502 could not write \"%s\": %s", w->out.path, why ? why : "libarchive failed");
}

static void write_close(void *writer)
{
    TarWriter *w = writer;
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
    if (w->has_stream)
        deflateEnd(&w->stream);
    w->has_stream = false;
    out_close(&w->out);
}

static void *open_either(Diag *diag, const WriteRequest *request, bool is_gzip)
{
    TarWriter *w = arena_new(request->arena, TarWriter);
    *w = (TarWriter){.arena = request->arena,
                     .diag = diag,
                     .out = OUT_FILE_CLOSED,
                     .is_gzip = is_gzip,
                     .top = request->top,
                     .mtime = request->mtime};
    if (!out_open(diag, request->path, 0666, request->replaces, &w->out))
        return NULL;
    if (is_gzip) {
        w->piece = arena_alloc(request->arena, PIECE_BYTES);
        w->has_stream = gzip_open(&w->stream);
    }
    if (!is_gzip || w->has_stream)
        w->archive = tar_writer(w, sink);
    if (w->archive)
        return w;
    diag_system(diag, SPAN_NONE, "could not start writing \"%.*s\"", STR_ARGS(request->path));
    write_close(w);
    return NULL;
}

static void *open_tar(Diag *diag, const WriteRequest *request)
{
    return open_either(diag, request, false);
}

static void *open_tar_gz(Diag *diag, const WriteRequest *request)
{
    return open_either(diag, request, true);
}

static bool write_begin(void *writer, Diag *diag, Str path, uint64_t size)
{
    TarWriter *w = writer;
    w->diag = diag;
    w->path = path;
    w->left = size;
    Str full = str_format(w->arena, "%.*s/%.*s", STR_ARGS(w->top), STR_ARGS(path));
    return tar_put_header(w->archive, full, size, w->mtime) || archive_failed(w);
}

static bool write_data(void *writer, Diag *diag, Str piece)
{
    TarWriter *w = writer;
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

static bool write_end(void *writer, Diag *diag)
{
    TarWriter *w = writer;
    w->diag = diag;
    if (w->left)
        return diag_error(diag, SPAN_NONE, "E-203 file \"%.*s\": shorter than its size says", STR_ARGS(w->path));
    return archive_write_finish_entry(w->archive) == ARCHIVE_OK || archive_failed(w);
}

static bool write_commit(void *writer, Diag *diag)
{
    TarWriter *w = writer;
    w->diag = diag;
    if (archive_write_close(w->archive) != ARCHIVE_OK)
        return archive_failed(w);
    return (!w->is_gzip || put_gzip(w, NULL, 0, true)) && out_commit(diag, &w->out);
}

// ---- the rows; reading is tar_read.c's ----

#define TAR_ROW(opens_read, opens_write)                                                                                    \
    .read_open = opens_read, .read_next = tar_read_next, .read_data = tar_read_data, .read_top = tar_read_top,              \
    .is_recompressed = tar_is_recompressed, .read_close = tar_read_close, .write_open = opens_write,                        \
    .write_begin = write_begin, .write_data = write_data, .write_end = write_end, .write_commit = write_commit,             \
    .write_close = write_close

const BundleFormat format_tar = {.name = {"tar", 3}, .suffix = {".tar", 4}, TAR_ROW(tar_read_open, open_tar)};
const BundleFormat format_tar_gz = {.name = {"tar.gz", 6}, .suffix = {".tar.gz", 7}, TAR_ROW(tar_gz_read_open, open_tar_gz)};
