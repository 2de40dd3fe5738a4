// What the fuzz targets of files share: bytes under a name in memory, and an archive read and written again.
#ifndef WAYBILL_FUZZ_FILE_H
#define WAYBILL_FUZZ_FILE_H

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../src/bundle/bundle_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Returns the name of a file of this process, with these bytes.
static inline Str fuzz_file(Arena *arena, const char *suffix, const uint8_t *data, size_t size)
{
    Str path = str_format(arena, "/dev/shm/waybill-fuzz-%ld%s", (long)getpid(), suffix);
    int fd = open(str_cstr(arena, path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size || close(fd) != 0)
        BUG("no place for the fuzzer's file");
    return path;
}

static inline Str fuzz_slurp(Arena *arena, Str path)
{
    Diag diag = diag_open(arena);
    Str text;
    if (!file_read(arena, &diag, path, 64 << 20, &text))
        BUG("the fuzzer's own file");
    return text;
}

static inline void fuzz_check(const Diag *diag, bool done)
{
    if (done == (diag->errors > 0) || diag->errors > 1)
        BUG("an answer without its one error");
}

// Reads an archive; what is accepted, written again by the packer's writer, must be the same bytes.
static inline void fuzz_archive(const BundleFormat *format, const uint8_t *data, size_t size)
{
    Arena *arena = arena_open();
    Diag diag = diag_open(arena), writing = diag_open(arena);
    Str path = fuzz_file(arena, "", data, size), again = str_format(arena, "%.*s.again", STR_ARGS(path));
    ReadRequest request = {arena, format, path, false};
    void *reader = format->read_open(&diag, &request), *writer = NULL;
    Entry entry = {0};
    Str piece;
    bool end = false, done = reader != NULL;
    unlink(str_cstr(arena, again));
    while (done && (done = format->read_next(reader, &diag, &entry, &end)) && !end) {
        WriteRequest write = {arena, format, again, str_copy(arena, format->read_top(reader)), entry.mtime, NULL};
        if (!writer && !(writer = format->write_open(&writing, &write)))
            BUG("the writer does not open");
        if (!format->write_begin(writer, &writing, entry.path, entry.size))
            BUG("an entry is read that cannot be written");
        do {
            done = format->read_data(reader, &diag, &piece);
            if (done && piece.len && !format->write_data(writer, &writing, piece))
                BUG("contents are read that cannot be written");
        } while (done && piece.len);
        if (done && !format->write_end(writer, &writing))
            BUG("an entry is read that cannot be ended");
    }
    fuzz_check(&diag, done);
    if (done && (!format->write_finish(writer, &writing) || !format->write_commit(writer, &writing)))
        BUG("what is read cannot be written");
    if (done && !str_equal(fuzz_slurp(arena, again), (Str){(const char *)data, size}))
        BUG("what is accepted is not what the packer writes");
    format->write_close(writer);
    format->read_close(reader);
    unlink(str_cstr(arena, again));
    unlink(str_cstr(arena, path));
    arena_close(arena);
}

// Unpacks compressed bytes. Returns whether they were accepted; more than `most` are left unread, which is no answer.
static inline bool fuzz_unpack(Arena *arena, const Filter *filter, Str path, size_t most, Buf *out, bool *recompressed)
{
    Diag diag = diag_open(arena);
    ByteSource *source = bytes_open(arena, &diag, path, filter, true);
    Str piece = STR_EMPTY;
    bool done = source != NULL, whole = true;
    while (done && (done = bytes_next(source, &diag, &piece)) && piece.len && (whole = out->len < most))
        buf_add(out, piece);
    fuzz_check(&diag, done);
    *recompressed = done && whole && bytes_are_recompressed(source);
    bytes_close(source);
    return done && whole;
}

static inline bool fuzz_collect(void *context, const void *bytes, size_t len)
{
    buf_add(context, (Str){bytes, len});
    return true;
}

static inline Str fuzz_compress(Arena *arena, const Filter *filter, Str text)
{
    Buf out = buf_open(arena);
    void *stream = filter->deflate_open(arena, fuzz_collect, &out);
    bool done = stream && filter->deflate(stream, text.ptr, text.len) && filter->deflate_end(stream);
    if (!done)
        BUG("the compressor fails");
    filter->deflate_close(stream);
    return buf_str(&out);
}

// Two ways: the bytes as a compressed file, where what is accepted and not called recompressed must be what the packer's
// compressor makes of the contents, and the other way round; and the bytes as contents, which must come back.
static inline void fuzz_filter(const Filter *filter, const uint8_t *data, size_t size)
{
    enum { MOST = 4 << 20 };   // as far as compression is judged
    Arena *arena = arena_open();
    Str given = {(const char *)data, size};
    Buf out = buf_open(arena), back = buf_open(arena);
    bool recompressed;
    Str path = fuzz_file(arena, "", data, size);
    if (fuzz_unpack(arena, filter, path, MOST, &out, &recompressed) && out.len < MOST &&
        str_equal(fuzz_compress(arena, filter, buf_str(&out)), given) == recompressed)
        BUG("recompression is not what it is said to be");
    Str packed = fuzz_compress(arena, filter, given);
    fuzz_file(arena, "", (const uint8_t *)packed.ptr, packed.len);
    if (!fuzz_unpack(arena, filter, path, SIZE_MAX, &back, &recompressed) || recompressed ||
        !str_equal(buf_str(&back), given))
        BUG("what is compressed does not come back");
    unlink(str_cstr(arena, path));
    arena_close(arena);
}

#endif
