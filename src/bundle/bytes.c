// The bytes of an archive: its file read and its compression taken off, ahead of what reads the archive, in a thread.
// Without a thread the same is done in place.
//
// Compression is exactly one member or frame, with the packer's own header, that ends where the file ends. Whether it is the
// packer's in all its bytes is found by compressing again: at the begin of a large archive only, where another program or
// version would show, because it takes longer than all the rest.
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle_int.h"

enum { SLOTS = 4, JUDGED_BYTES = 4 << 20 };

struct ByteSource {
    Str path;
    int fd;
    const Filter *filter;   // NULL: none
    // the thread's own
    Arena *arena;
    Diag diag;
    uint8_t *raw;   // bytes of the file
    size_t raw_len, raw_at;
    void *inflating;
    bool header_checked, member_ended;
    // would the packer make the same bytes?
    void *deflating;   // NULL: it is not asked any more
    uint64_t judged;
    Fifo compressed, made_again;
    bool recompressed;
    // what both share
    uint8_t *pieces[SLOTS];
    size_t lens[SLOTS];
    size_t made, taken;   // pieces so far
    bool ended, failed;   // after the last piece
    bool is_ending;       // nobody wants more
    bool holds_piece, has_thread;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

static bool fault(ByteSource *s, const char *number, const char *why)
{
    return diag_error(&s->diag, SPAN_NONE, "%s bundle \"%.*s\": %s", number, STR_ARGS(s->path), why);
}

// A whole piece, or what is left: short reads change nothing.
static bool read_file(ByteSource *s, uint8_t *bytes, size_t *len)
{
    *len = 0;
    for (;;) {
        if (!not_interrupted(&s->diag))
            return false;
        ssize_t got = read(s->fd, bytes + *len, PIECE_BYTES - *len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return diag_system(&s->diag, SPAN_NONE, "could not read \"%.*s\": %s", STR_ARGS(s->path), strerror(errno));
        *len += (size_t)got;
        if (got == 0 || *len == PIECE_BYTES)
            return true;
    }
}

// ---- would the packer make the same bytes? ----

static void stop_judging(ByteSource *s, bool recompressed)
{
    s->recompressed = recompressed;
    s->filter->deflate_close(s->deflating);
    s->deflating = NULL;
    fifo_close(&s->compressed);
    fifo_close(&s->made_again);
}

static bool take_again(void *context, const void *bytes, size_t len)
{
    ByteSource *s = context;
    fifo_add(&s->made_again, bytes, len);
    return fifo_match(&s->compressed, &s->made_again);
}

static void judge(ByteSource *s, const uint8_t *bytes, size_t len)
{
    if (!s->deflating)
        return;
    if (!s->filter->deflate(s->deflating, bytes, len)) {
        stop_judging(s, true);
        return;
    }
    s->judged += len;
    if (s->judged >= JUDGED_BYTES)
        stop_judging(s, !s->filter->deflate_flush(s->deflating));
}

static void judge_end_of_bytes(ByteSource *s)
{
    if (!s->deflating)
        return;
    bool same = s->filter->deflate_end(s->deflating) && !fifo_len(&s->compressed) && !fifo_len(&s->made_again);
    stop_judging(s, !same);
}

// ---- inflating ----

static bool fill_raw(ByteSource *s)
{
    s->raw_at = 0;
    if (!read_file(s, s->raw, &s->raw_len))
        return false;
    if (s->deflating)
        fifo_add(&s->compressed, s->raw, s->raw_len);
    return true;
}

static bool check_header(ByteSource *s)
{
    const Filter *f = s->filter;
    uint8_t scratch[64];
    FilterStep step = {s->raw, s->raw_len, scratch, sizeof scratch};
    s->header_checked = true;
    // the first read gives the whole header, or the file is shorter than one
    if (s->raw_len >= f->header_len && memcmp(s->raw, f->header, f->header_len) == 0)
        return true;
    if (s->raw_len < f->magic_len || memcmp(s->raw, f->header, f->magic_len) != 0)
        return diag_error(&s->diag, SPAN_NONE, "E-410 bundle \"%.*s\": it is not %s, as its name says", STR_ARGS(s->path),
                          f->name);
    if (f->inflate(s->inflating, &step) == FILTER_TOO_LARGE)
        return fault(s, "E-411", "reading it would take more memory than any bundle needs");
    return diag_error(&s->diag, SPAN_NONE, "E-408 bundle \"%.*s\": its %s header is not the packer's", STR_ARGS(s->path),
                      f->name);
}

static bool end_member(ByteSource *s)
{
    s->member_ended = true;
    if (s->raw_at == s->raw_len && !fill_raw(s))
        return false;
    return s->raw_at == s->raw_len || fault(s, "E-408", "something stands behind the end of its compressed data");
}

static bool inflate_piece(ByteSource *s, uint8_t *piece, size_t *len)
{
    FilterStep step = {NULL, 0, piece, PIECE_BYTES};
    while (step.out_len && !s->member_ended) {
        if (s->raw_at == s->raw_len) {
            if (!fill_raw(s) || (!s->header_checked && !check_header(s)))
                return false;
            if (!s->raw_len)
                return fault(s, "E-416", "it ends in the middle of its compressed data");
        }
        step.in = s->raw + s->raw_at;
        step.in_len = s->raw_len - s->raw_at;
        FilterResult result = s->filter->inflate(s->inflating, &step);
        s->raw_at = s->raw_len - step.in_len;
        if (result == FILTER_END && !end_member(s))
            return false;
        if (result == FILTER_DAMAGED)
            return fault(s, "E-416", "its compressed data are damaged");
        if (result == FILTER_TOO_LARGE)
            return fault(s, "E-411", "reading it would take more memory than any bundle needs");
    }
    *len = PIECE_BYTES - step.out_len;
    judge(s, piece, *len);
    return true;
}

// ---- pieces ----

// Makes the next piece in its slot; empty: the end.
static bool make_piece(ByteSource *s, size_t slot)
{
    uint8_t *piece = s->pieces[slot];
    size_t *len = &s->lens[slot];
    if (!s->filter)
        return read_file(s, piece, len);
    *len = 0;
    if (!s->member_ended && !inflate_piece(s, piece, len))
        return false;
    if (!*len)
        judge_end_of_bytes(s);
    return true;
}

static void *run(void *context)
{
    ByteSource *s = context;
    pthread_mutex_lock(&s->lock);
    while (!s->is_ending && !s->ended) {
        if (s->made - s->taken == SLOTS) {
            pthread_cond_wait(&s->changed, &s->lock);
            continue;
        }
        size_t slot = s->made % SLOTS;
        pthread_mutex_unlock(&s->lock);
        bool done = make_piece(s, slot);
        pthread_mutex_lock(&s->lock);
        s->made += done;
        s->failed = !done;
        s->ended = !done || !s->lens[slot];
        pthread_cond_signal(&s->changed);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

// Gives the last piece back and waits for the next; returns whether there is one.
static bool take_piece(ByteSource *s)
{
    pthread_mutex_lock(&s->lock);
    s->taken += s->holds_piece;
    pthread_cond_signal(&s->changed);
    while (s->made == s->taken && !s->ended)
        pthread_cond_wait(&s->changed, &s->lock);
    bool done = s->made != s->taken;
    pthread_mutex_unlock(&s->lock);
    return done;
}

bool bytes_next(ByteSource *s, Diag *diag, Str *piece)
{
    *piece = STR_EMPTY;
    if (s->has_thread && !take_piece(s))
        return !s->failed || diag_pass(diag, &s->diag);
    if (!s->has_thread && !make_piece(s, 0))
        return diag_pass(diag, &s->diag);
    size_t slot = s->taken % SLOTS;
    s->holds_piece = s->has_thread;
    *piece = (Str){(const char *)s->pieces[slot], s->lens[slot]};
    return true;
}

bool bytes_are_recompressed(ByteSource *s)
{
    return s->recompressed;
}

bool bytes_end_with(const ByteSource *s, const void *bytes, size_t len, size_t before_end)
{
    char found[16];
    struct stat st;
    return len <= sizeof found && fstat(s->fd, &st) == 0 && st.st_size >= (off_t)before_end &&
           pread(s->fd, found, len, st.st_size - (off_t)before_end) == (ssize_t)len && memcmp(found, bytes, len) == 0;
}

// ---- opening and closing ----

void bytes_close(ByteSource *s)
{
    if (!s)
        return;
    if (s->has_thread) {
        pthread_mutex_lock(&s->lock);
        s->is_ending = true;
        pthread_cond_signal(&s->changed);
        pthread_mutex_unlock(&s->lock);
        pthread_join(s->thread, NULL);
        pthread_cond_destroy(&s->changed);
        pthread_mutex_destroy(&s->lock);
    }
    if (s->filter) {
        s->filter->inflate_close(s->inflating);
        s->filter->deflate_close(s->deflating);
    }
    fifo_close(&s->compressed);
    fifo_close(&s->made_again);
    if (s->fd >= 0)
        close(s->fd);
    arena_close(s->arena);
}

static bool open_file(ByteSource *s, Diag *diag)
{
    struct stat st;
    s->fd = open(str_cstr(s->arena, s->path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (s->fd < 0)
        return diag_error(diag, SPAN_NONE, "E-416 bundle \"%.*s\": could not open it: %s", STR_ARGS(s->path),
                          strerror(errno));
    if (fstat(s->fd, &st) != 0 || !S_ISREG(st.st_mode))
        return diag_error(diag, SPAN_NONE, "E-416 bundle \"%.*s\": not a regular file", STR_ARGS(s->path));
    if (st.st_size == 0)
        return diag_error(diag, SPAN_NONE, "E-416 bundle \"%.*s\": the file is empty", STR_ARGS(s->path));
    posix_fadvise(s->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return true;
}

static bool open_filter(ByteSource *s, bool judge)
{
    if (!s->filter)
        return true;
    s->raw = arena_alloc(s->arena, PIECE_BYTES);
    s->inflating = s->filter->inflate_open(s->arena);
    s->deflating = judge && s->inflating ? s->filter->deflate_open(s->arena, take_again, s) : NULL;
    return s->inflating && (!judge || s->deflating);
}

ByteSource *bytes_open(Arena *arena, Diag *diag, Str path, const Filter *filter, bool judge)
{
    ByteSource *s = arena_new(arena, ByteSource);
    *s = (ByteSource){.path = path, .fd = -1, .filter = filter, .arena = arena_open()};
    s->diag = diag_open(s->arena);
    for (size_t i = 0; i < SLOTS; i++)
        s->pieces[i] = arena_alloc(s->arena, PIECE_BYTES);
    bool done = open_file(s, diag);
    if (done && !open_filter(s, judge))
        done = diag_system(diag, SPAN_NONE, "could not start reading \"%.*s\"", STR_ARGS(path));
    if (!done) {
        bytes_close(s);
        return NULL;
    }
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    s->has_thread = thread_start(&s->thread, run, s);
    if (!s->has_thread) {
        pthread_cond_destroy(&s->changed);
        pthread_mutex_destroy(&s->lock);
    }
    return s;
}
