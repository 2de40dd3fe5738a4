// Reading an archive: canonical or refused.
//
// The bytes of the tar go two ways: to libarchive's reader, and into a queue with which the output of libarchive's writer,
// given the same entries again, is compared. So only the one tar that the packer would make is accepted, whatever a reader
// would make of others. Compression is taken off here, by zlib itself: exactly one member, with the packer's own header,
// that ends where the file ends.
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "bundle_int.h"

typedef struct TarReader {
    Arena *arena;
    Diag *diag;   // of the call that is being made
    Str path;
    int fd;
    bool is_gzip, ended, failed;
    // gzip
    z_stream inflating;
    bool has_inflate, member_ended, header_checked;
    uint8_t *raw;   // bytes of the file
    size_t raw_len, raw_at;
    // would the packer's zlib make the same bytes?
    z_stream deflating;
    bool has_deflate, recompressed;
    Fifo compressed, made_again;
    uint8_t *scratch;
    // tar
    uint8_t *piece;            // what libarchive reads now
    Fifo incoming, outgoing;   // the tar, and what the writer makes of it
    struct archive *reader, *writer;
    Str top, entry_path;
    int64_t mtime;
    uint64_t left;
    bool in_entry, first_seen;
} TarReader;

static bool fault(TarReader *r, const char *number, const char *why)
{
    r->failed = true;
    return diag_error(r->diag, SPAN_NONE, "%s bundle \"%.*s\": %s", number, STR_ARGS(r->path), why);
}

static bool fill_raw(TarReader *r)
{
    for (;;) {
        if (!not_interrupted(r->diag)) {
            r->failed = true;
            return false;
        }
        ssize_t got = read(r->fd, r->raw, PIECE_BYTES);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            r->failed = true;
            return diag_system(r->diag, SPAN_NONE, "could not read \"%.*s\": %s", STR_ARGS(r->path), strerror(errno));
        }
        r->raw_len = (size_t)got;
        r->raw_at = 0;
        if (r->has_deflate && !r->recompressed)
            fifo_add(&r->compressed, r->raw, r->raw_len);
        return true;
    }
}

// ---- gzip ----

static bool check_header(TarReader *r)
{
    // the first read gives the whole header, or the file is shorter than one
    if (r->raw_len < GZIP_HEADER_BYTES || r->raw[0] != gzip_header[0] || r->raw[1] != gzip_header[1])
        return fault(r, r->raw_len ? "E-410" : "E-416",
                     r->raw_len ? "it is not gzip, as its name says" : "the file is empty");
    if (memcmp(r->raw, gzip_header, GZIP_HEADER_BYTES) != 0)
        return fault(r, "E-408", "its gzip header is not the packer's");
    r->header_checked = true;
    return true;
}

static void judge_compression(TarReader *r, size_t len, bool finish)
{
    if (!r->has_deflate || r->recompressed)
        return;
    r->deflating.next_in = r->piece;
    r->deflating.avail_in = (uInt)len;
    for (;;) {
        r->deflating.next_out = r->scratch;
        r->deflating.avail_out = PIECE_BYTES;
        int result = deflate(&r->deflating, finish ? Z_FINISH : Z_NO_FLUSH);
        fifo_add(&r->made_again, r->scratch, PIECE_BYTES - r->deflating.avail_out);
        if (!fifo_match(&r->compressed, &r->made_again)) {
            r->recompressed = true;
            return;
        }
        if (finish ? result == Z_STREAM_END : r->deflating.avail_out != 0)
            break;
    }
    if (finish && (fifo_len(&r->compressed) || fifo_len(&r->made_again)))
        r->recompressed = true;
}

static bool end_of_member(TarReader *r)
{
    if (r->raw_at < r->raw_len || (fill_raw(r) && r->raw_len))
        return fault(r, "E-408", "something stands behind the end of its compressed data");
    if (r->failed)
        return false;
    r->member_ended = true;
    return true;
}

static bool inflate_piece(TarReader *r, size_t *len)
{
    r->inflating.next_out = r->piece;
    r->inflating.avail_out = PIECE_BYTES;
    while (r->inflating.avail_out && !r->member_ended) {
        if (r->raw_at == r->raw_len) {
            if (!fill_raw(r) || (!r->header_checked && !check_header(r)))
                return false;
            if (!r->raw_len)
                return fault(r, "E-416", "it ends in the middle of its compressed data");
        }
        r->inflating.next_in = r->raw + r->raw_at;
        r->inflating.avail_in = (uInt)(r->raw_len - r->raw_at);
        int result = inflate(&r->inflating, Z_NO_FLUSH);
        r->raw_at = r->raw_len - r->inflating.avail_in;
        if (result == Z_STREAM_END) {
            if (!end_of_member(r))
                return false;
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            return fault(r, "E-416", "its compressed data are damaged");
        }
    }
    *len = PIECE_BYTES - r->inflating.avail_out;
    judge_compression(r, *len, false);
    return true;
}

// ---- the tar's bytes ----

// Reads the next piece of the tar into r->piece and the queue; len 0: the end.
static bool pump(TarReader *r, size_t *len)
{
    *len = 0;
    if (r->failed)
        return false;
    if (r->is_gzip && !r->member_ended) {
        if (!inflate_piece(r, len))
            return false;
    } else if (!r->is_gzip && !r->ended) {
        if (!fill_raw(r))
            return false;
        memcpy(r->piece, r->raw, r->raw_len);
        *len = r->raw_len;
    }
    r->ended = *len == 0;
    fifo_add(&r->incoming, r->piece, *len);
    return true;
}

static la_ssize_t give_reader(struct archive *archive, void *context, const void **bytes)
{
    TarReader *r = context;
    size_t len;
    if (!pump(r, &len)) {
        archive_set_error(archive, EIO, "reading stopped");
        return -1;
    }
    *bytes = r->piece;
    return (la_ssize_t)len;
}

static ssize_t take_writer(struct archive *archive, void *context, const void *bytes, size_t len)
{
    TarReader *r = context;
    (void)archive;
    fifo_add(&r->outgoing, bytes, len);
    return (ssize_t)len;
}

static bool compare(TarReader *r)
{
    if (fifo_match(&r->incoming, &r->outgoing))
        return true;
    if (r->entry_path.len) {
        r->failed = true;
        return diag_error(r->diag, SPAN_NONE, "E-400 entry \"%.*s\": not written as the packer writes it",
                          STR_ARGS(r->entry_path));
    }
    return fault(r, "E-400", "not written as the packer writes it");
}

static bool writer_failed(TarReader *r)
{
    return r->failed ? false : fault(r, "E-400", "it holds an entry that the packer cannot write");
}

// ---- entries ----

static bool archive_fault(TarReader *r)
{
    if (r->failed)   // reported where it happened
        return false;
    r->failed = true;
    const char *why = archive_error_string(r->reader);
    return diag_error(r->diag, SPAN_NONE, "E-416 bundle \"%.*s\": %s", STR_ARGS(r->path), why ? why : "no tar archive");
}

static bool entry_fault(TarReader *r, const char *number, const char *why)
{
    r->failed = true;
    return diag_error(r->diag, SPAN_NONE, "%s entry \"%.*s\": %s", number, STR_ARGS(str_printable(r->arena, r->entry_path)),
                      why);
}

// The most telling message for what the comparison would refuse too.
static bool check_entry(TarReader *r, struct archive_entry *entry)
{
    if (archive_format(r->reader) != ARCHIVE_FORMAT_TAR_USTAR)
        return entry_fault(r, "E-415", "a header that is not plain ustar (pax, GNU, sparse or old tar)");
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) || archive_entry_symlink(entry))
        return entry_fault(r, "E-403", "not a regular file");
    if (archive_entry_perm(entry) != 0644 || archive_entry_uid(entry) != 0 || archive_entry_gid(entry) != 0)
        return entry_fault(r, "E-407", "its mode is not 0644 or its owner is not 0");
    if (!archive_entry_size_is_set(entry) || archive_entry_size(entry) < 0 ||
        archive_entry_size(entry) > LIMIT_BUNDLE_FILE_BYTES)
        return entry_fault(r, "E-418", "larger than the limit of 2 GiB");
    if (archive_entry_mtime(entry) < BUNDLE_EARLIEST_TIME || archive_entry_mtime(entry) > BUNDLE_LATEST_TIME)
        return entry_fault(r, "E-407", "its time is before 1980");
    if (r->first_seen && archive_entry_mtime(entry) != r->mtime)
        return entry_fault(r, "E-407", "its time is not that of the other entries");
    return true;
}

// Splits "<top>/<path>"; the top is the same for all.
static bool check_name(TarReader *r, Str full, Str *path)
{
    size_t slash = str_find_char(full, '/', 0);
    r->entry_path = full;
    if (slash == 0 || (full.len > 1 && full.ptr[1] == ':'))
        return entry_fault(r, "E-402", "an absolute path");
    if (slash == SIZE_MAX)
        return entry_fault(r, "E-401", "it stands outside the bundle's top folder");
    Str top = str_slice(full, 0, slash);
    *path = str_slice(full, slash + 1, full.len);
    if (!r->first_seen) {
        if (top.len > BUNDLE_NAME_BYTES)
            return entry_fault(r, "E-418", "the top folder's name is too long");
        if (!bundle_path_check(r->diag, top))
            return false;
        r->top = top;
    }
    if (!str_equal(top, r->top))
        return entry_fault(r, "E-401", "it stands outside the bundle's top folder");
    r->entry_path = *path;
    return bundle_path_check(r->diag, *path);
}

// After the last entry: the writer's end must be the tar's, and nothing may follow.
static bool finish(TarReader *r)
{
    size_t len;
    r->entry_path = STR_EMPTY;
    if (archive_write_close(r->writer) != ARCHIVE_OK)
        return writer_failed(r);
    do {
        if (!pump(r, &len))
            return false;
        if (!fifo_match(&r->incoming, &r->outgoing))
            return fault(r, "E-409", "something stands where the archive should be padded with zeros");
    } while (len && fifo_len(&r->incoming) <= PIECE_BYTES);
    if (fifo_len(&r->outgoing))
        return fault(r, "E-416", "it is cut off before the end of the archive");
    if (fifo_len(&r->incoming))
        return fault(r, "E-409", "something stands behind the end of the archive");
    judge_compression(r, 0, true);
    return true;
}

bool tar_read_next(void *reader, Diag *diag, Entry *entry, bool *end)
{
    TarReader *r = reader;
    struct archive_entry *found;
    r->diag = diag;
    *end = false;
    int result = archive_read_next_header(r->reader, &found);
    if (result == ARCHIVE_EOF && !r->failed) {
        *end = true;
        return r->first_seen ? finish(r) : fault(r, "E-416", "it holds no files");
    }
    if (result != ARCHIVE_OK)
        return archive_fault(r);
    const char *name = archive_entry_pathname(found);
    r->entry_path = name ? str_copy(r->arena, str_from(name)) : STR_EMPTY;
    Str path;
    if (!name)
        return entry_fault(r, "E-406", "a name that cannot be read");
    if (!check_entry(r, found) || !check_name(r, r->entry_path, &path))
        return false;
    r->first_seen = true;
    r->mtime = archive_entry_mtime(found);
    r->left = (uint64_t)archive_entry_size(found);
    *entry = (Entry){path, r->left, r->mtime};
    Str full = str_format(r->arena, "%.*s/%.*s", STR_ARGS(r->top), STR_ARGS(path));
    if (!tar_put_header(r->writer, full, r->left, r->mtime))
        return writer_failed(r);
    return compare(r);
}

bool tar_read_data(void *reader, Diag *diag, Str *piece)
{
    TarReader *r = reader;
    const void *bytes;
    size_t len;
    la_int64_t offset;
    r->diag = diag;
    *piece = STR_EMPTY;
    int result = archive_read_data_block(r->reader, &bytes, &len, &offset);
    if (result == ARCHIVE_EOF && !r->failed) {
        if (r->left)
            return fault(r, "E-416", "it ends in the middle of a file");
        return archive_write_finish_entry(r->writer) == ARCHIVE_OK ? compare(r) : writer_failed(r);
    }
    if (result != ARCHIVE_OK)
        return archive_fault(r);
    if (len > r->left)
        return fault(r, "E-203", "a file longer than its size says");
    r->left -= len;
    if (len && archive_write_data(r->writer, bytes, len) != (la_ssize_t)len)
        return writer_failed(r);
    *piece = (Str){bytes, len};
    return len ? compare(r) : tar_read_data(reader, diag, piece);
}

Str tar_read_top(void *reader)
{
    return ((TarReader *)reader)->top;
}

bool tar_is_recompressed(void *reader)
{
    return ((TarReader *)reader)->recompressed;
}

void tar_read_close(void *reader)
{
    TarReader *r = reader;
    if (!r)
        return;
    r->failed = true;
    if (r->reader)
        archive_read_free(r->reader);
    if (r->writer)
        archive_write_free(r->writer);
    if (r->has_inflate)
        inflateEnd(&r->inflating);
    if (r->has_deflate)
        deflateEnd(&r->deflating);
    if (r->fd >= 0)
        close(r->fd);
    Fifo *queues[] = {&r->incoming, &r->outgoing, &r->compressed, &r->made_again};
    for (size_t i = 0; i < sizeof queues / sizeof queues[0]; i++)
        fifo_close(queues[i]);
    *r = (TarReader){.fd = -1};
}

static bool open_file(TarReader *r, Diag *diag)
{
    struct stat st;
    r->fd = open(str_cstr(r->arena, r->path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (r->fd < 0)
        return diag_error(diag, SPAN_NONE, "E-416 bundle \"%.*s\": could not open it: %s", STR_ARGS(r->path),
                          strerror(errno));
    if (fstat(r->fd, &st) != 0 || !S_ISREG(st.st_mode))
        return diag_error(diag, SPAN_NONE, "E-416 bundle \"%.*s\": not a regular file", STR_ARGS(r->path));
    if (st.st_size == 0)
        return diag_error(diag, SPAN_NONE, "E-416 bundle \"%.*s\": the file is empty", STR_ARGS(r->path));
    return true;
}

static bool open_streams(TarReader *r, bool judge)
{
    if (!r->is_gzip)
        return true;
    r->has_inflate = inflateInit2(&r->inflating, 15 + 16) == Z_OK;
    if (!r->has_inflate || !judge)
        return r->has_inflate;
    r->has_deflate = gzip_open(&r->deflating);
    r->scratch = arena_alloc(r->arena, PIECE_BYTES);
    return r->has_deflate;
}

static void *open_either(Diag *diag, const ReadRequest *request, bool is_gzip)
{
    TarReader *r = arena_new(request->arena, TarReader);
    *r = (TarReader){.arena = request->arena, .diag = diag, .path = request->path, .fd = -1, .is_gzip = is_gzip};
    r->raw = arena_alloc(request->arena, PIECE_BYTES);
    r->piece = arena_alloc(request->arena, PIECE_BYTES);
    if (!open_file(r, diag)) {
        tar_read_close(r);
        return NULL;
    }
    r->reader = archive_read_new();
    r->writer = tar_writer(r, take_writer);
    if (!r->reader || !r->writer || !open_streams(r, request->judge_compression))
        diag_system(diag, SPAN_NONE, "could not start reading \"%.*s\"", STR_ARGS(r->path));
    else if (archive_read_support_format_tar(r->reader) == ARCHIVE_OK &&
             archive_read_open(r->reader, r, NULL, give_reader, NULL) == ARCHIVE_OK)
        return r;
    else
        archive_fault(r);
    tar_read_close(r);
    return NULL;
}

void *tar_read_open(Diag *diag, const ReadRequest *request)
{
    return open_either(diag, request, false);
}

void *tar_gz_read_open(Diag *diag, const ReadRequest *request)
{
    return open_either(diag, request, true);
}
