// Reading an archive: canonical or refused.
//
// The archive's bytes go two ways: to libarchive's reader, and into a queue with which the output of libarchive's writer,
// given the same entries again, is compared. So only the one archive that the packer would make is accepted, whatever a
// reader would make of others. Each byte is read once: what is handed out is what was compared.
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#include "bundle_int.h"

typedef struct ArchiveReader {
    Arena *arena;
    Diag *diag;   // of the call that is being made
    Str path;
    const Container *container;
    ByteSource *source;
    struct archive *reader, *writer;
    Fifo incoming, outgoing;   // the archive, and what the writer makes of it
    uint64_t read, written;    // bytes of both
    size_t files;
    Str top, entry_path;
    int64_t mtime;
    uint64_t left;
    bool in_data, ended, failed;
} ArchiveReader;

// ---- refusals ----

static bool refuse_bundle(ArchiveReader *r, const char *number, const char *why)
{
    r->failed = true;
    return diag_error(r->diag, SPAN_NONE, "%s bundle \"%.*s\": %s", number, STR_ARGS(r->path), why);
}

static bool refuse_entry(ArchiveReader *r, const char *number, const char *why)
{
    if (!r->entry_path.len)
        return refuse_bundle(r, number, why);
    r->failed = true;
    return diag_error(r->diag, SPAN_NONE, "%s entry \"%.*s\": %s", number, STR_ARGS(str_printable(r->arena, r->entry_path)),
                      why);
}

static bool reader_failed(ArchiveReader *r)
{
    if (r->failed)   // reported where it happened
        return false;
    r->failed = true;
    const char *why = archive_error_string(r->reader);
    return diag_error(r->diag, SPAN_NONE, "E-416 bundle \"%.*s\": %s", STR_ARGS(r->path),
                      why ? why : "no archive of its kind");
}

static bool writer_failed(ArchiveReader *r)
{
    return r->failed ? false : refuse_bundle(r, "E-400", "it holds an entry that the packer cannot write");
}

static bool explain(ArchiveReader *r, bool is_tail)
{
    size_t same = 0;
    while (same < fifo_len(&r->incoming) && same < fifo_len(&r->outgoing) &&
           fifo_at(&r->incoming)[same] == fifo_at(&r->outgoing)[same])
        same++;
    // nothing was added since the header or the tail began, so the queue still has what was matched of it
    Difference d = {.wanted = r->outgoing.ptr,
                    .wanted_len = r->outgoing.end,
                    .at = r->outgoing.start + same,
                    .found = fifo_at(&r->incoming) + same,
                    .found_len = fifo_len(&r->incoming) - same,
                    .is_tail = is_tail};
    Refusal refusal = r->container->explain(&d);
    return refuse_entry(r, refusal.number, refusal.why);
}

static bool compare(ArchiveReader *r)
{
    return fifo_match(&r->incoming, &r->outgoing) || explain(r, false);
}

// ---- the archive's bytes ----

// Reads the next piece and queues it; empty: the end.
static bool pump(ArchiveReader *r, Str *piece)
{
    if (r->failed)
        return false;
    if (!bytes_next(r->source, r->diag, piece)) {
        r->failed = true;
        return false;
    }
    Refusal refusal = {0};
    if (!r->read)
        refusal = r->container->judge_start(r->source, *piece);
    if (refusal.number)
        return refuse_bundle(r, refusal.number, refusal.why);
    r->read += piece->len;
    r->ended = !piece->len;
    fifo_add(&r->incoming, piece->ptr, piece->len);
    return true;
}

static la_ssize_t give_reader(struct archive *archive, void *context, const void **bytes)
{
    ArchiveReader *r = context;
    Str piece;
    if (!pump(r, &piece)) {
        archive_set_error(archive, EIO, "reading stopped");
        return -1;
    }
    *bytes = piece.ptr;
    return (la_ssize_t)piece.len;
}

static ssize_t take_writer(struct archive *archive, void *context, const void *bytes, size_t len)
{
    ArchiveReader *r = context;
    (void)archive;
    if (r->failed)   // closing an unfinished archive writes its end
        return -1;
    r->written += len;
    // a file's contents need not be queued: the reader has read them, so they are there to be compared
    if (r->in_data && !fifo_len(&r->outgoing) && fifo_len(&r->incoming) >= len) {
        if (memcmp(fifo_at(&r->incoming), bytes, len) != 0) {
            refuse_entry(r, "E-400", "not written as the packer writes it");
            return -1;
        }
        fifo_drop(&r->incoming, len);
        return (ssize_t)len;
    }
    fifo_add(&r->outgoing, bytes, len);
    return (ssize_t)len;
}

// ---- entries ----

// The most telling message for what the comparison would refuse too.
static bool check_entry(ArchiveReader *r, struct archive_entry *entry)
{
    Refusal refusal = r->container->judge_entry(r->reader, entry);
    if (refusal.number)
        return refuse_entry(r, refusal.number, refusal.why);
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) || archive_entry_symlink(entry))
        return refuse_entry(r, "E-403", "not a regular file");
    if (archive_entry_uid(entry) != 0 || archive_entry_gid(entry) != 0)
        return refuse_entry(r, "E-407", "its owner is not 0");
    if (archive_entry_size(entry) < 0 || archive_entry_size(entry) > LIMIT_BUNDLE_FILE_BYTES)
        return refuse_entry(r, "E-418", "larger than the limit of 2 GiB");
    if (archive_entry_mtime(entry) < BUNDLE_EARLIEST_TIME || archive_entry_mtime(entry) > r->container->latest_time)
        return refuse_entry(r, "E-407", "its time is before 1980, or later than its form can hold");
    if (r->files && archive_entry_mtime(entry) != r->mtime)
        return refuse_entry(r, "E-407", "its time is not that of the other entries");
    return true;
}

// Splits "<top>/<path>"; the top is the same for all.
static bool check_name(ArchiveReader *r, Str full, Str *path)
{
    size_t slash = str_find_char(full, '/', 0);
    if (slash == 0 || (full.len > 1 && full.ptr[1] == ':'))
        return refuse_entry(r, "E-402", "an absolute path");
    if (slash == SIZE_MAX)
        return refuse_entry(r, "E-401", "it stands outside the bundle's top folder");
    Str top = str_slice(full, 0, slash);
    *path = str_slice(full, slash + 1, full.len);
    if (!r->files) {
        if (top.len > BUNDLE_NAME_BYTES)
            return refuse_entry(r, "E-418", "the top folder's name is too long");
        if (!bundle_path_check(r->diag, top))
            return false;
        r->top = top;
    }
    if (!str_equal(top, r->top))
        return refuse_entry(r, "E-401", "it stands outside the bundle's top folder");
    r->entry_path = *path;
    return bundle_path_check(r->diag, *path);
}

// After the last entry: the writer's end must be the archive's, and nothing may follow.
static bool finish(ArchiveReader *r)
{
    Str piece;
    r->entry_path = STR_EMPTY;
    if (archive_write_close(r->writer) != ARCHIVE_OK)
        return writer_failed(r);
    for (;;) {
        if (!fifo_match(&r->incoming, &r->outgoing))
            return explain(r, true);
        if (fifo_len(&r->incoming))
            return refuse_bundle(r, r->container->behind, "something stands behind the end of the archive");
        if (r->ended)
            return !fifo_len(&r->outgoing) || refuse_bundle(r, "E-416", "it is cut off before the end of the archive");
        if (!pump(r, &piece))
            return false;
    }
}

bool archive_reader_next(void *reader, Diag *diag, Entry *entry, bool *end)
{
    ArchiveReader *r = reader;
    struct archive_entry *found;
    r->diag = diag;
    *end = false;
    int result = archive_read_next_header(r->reader, &found);
    if (result == ARCHIVE_EOF && !r->failed) {
        *end = true;
        return r->files ? finish(r) : refuse_bundle(r, "E-416", "it holds no files");
    }
    if (result != ARCHIVE_OK)
        return reader_failed(r);
    const char *name = archive_entry_pathname(found);
    r->entry_path = name ? str_copy(r->arena, str_from(name)) : STR_EMPTY;
    Str path;
    if (!name)
        return refuse_entry(r, "E-406", "a name that cannot be read");
    if (!check_entry(r, found) || !check_name(r, r->entry_path, &path))
        return false;
    r->mtime = archive_entry_mtime(found);
    r->left = (uint64_t)archive_entry_size(found);   // 0 when it is not set, which is a difference unless the file is empty
    if (!container_holds(r->container, diag, r->files, r->written, r->left, r->mtime))
        return false;
    r->files++;
    *entry = (Entry){path, r->left, r->mtime};
    Str full = str_format(r->arena, "%.*s/%.*s", STR_ARGS(r->top), STR_ARGS(path));
    if (!archive_put_header(r->writer, full, r->left, r->mtime))
        return writer_failed(r);
    r->in_data = true;
    return compare(r);
}

static bool end_entry(ArchiveReader *r)
{
    r->in_data = false;
    if (r->left)
        return refuse_entry(r, "E-203", "shorter than its size says");
    return archive_write_finish_entry(r->writer) == ARCHIVE_OK ? compare(r) : writer_failed(r);
}

bool archive_reader_data(void *reader, Diag *diag, Str *piece)
{
    ArchiveReader *r = reader;
    const void *bytes;
    size_t len;
    la_int64_t offset;
    r->diag = diag;
    *piece = STR_EMPTY;
    do {
        int result = archive_read_data_block(r->reader, &bytes, &len, &offset);
        if (result == ARCHIVE_EOF && !r->failed)
            return end_entry(r);
        if (result != ARCHIVE_OK)
            return reader_failed(r);
    } while (!len);
    if (len > r->left)
        return refuse_entry(r, "E-203", "longer than its size says");
    r->left -= len;
    if (archive_write_data(r->writer, bytes, len) != (la_ssize_t)len)
        return writer_failed(r);
    *piece = (Str){bytes, len};
    return compare(r);
}

Str archive_reader_top(void *reader)
{
    return ((ArchiveReader *)reader)->top;
}

bool archive_reader_is_recompressed(void *reader)
{
    return bytes_are_recompressed(((ArchiveReader *)reader)->source);
}

void archive_reader_close(void *reader)
{
    ArchiveReader *r = reader;
    if (!r)
        return;
    r->failed = true;
    if (r->reader)
        archive_read_free(r->reader);
    if (r->writer)
        archive_write_free(r->writer);
    bytes_close(r->source);
    fifo_close(&r->incoming);
    fifo_close(&r->outgoing);
    *r = (ArchiveReader){0};
}

void *archive_reader_open(Diag *diag, const ReadRequest *request)
{
    const BundleFormat *format = request->format;
    ArchiveReader *r = arena_new(request->arena, ArchiveReader);
    *r = (ArchiveReader){.arena = request->arena, .diag = diag, .path = request->path, .container = format->container};
    r->source = bytes_open(request->arena, diag, request->path, format->filter,
                           request->judge_compression && format->filter);
    if (!r->source)
        return NULL;
    r->reader = archive_read_new();
    r->writer = archive_writer(r->container, r, take_writer);
    if (!r->reader || !r->writer)
        diag_system(diag, SPAN_NONE, "could not start reading \"%.*s\"", STR_ARGS(r->path));
    else if (r->container->set_reader(r->reader) == ARCHIVE_OK &&
             archive_read_open(r->reader, r, NULL, give_reader, NULL) == ARCHIVE_OK)
        return r;
    else
        reader_failed(r);
    archive_reader_close(r);
    return NULL;
}
