// gzip, by zlib, level 6. What is compressed is cut into blocks that threads deflate at the same time, each going on from
// the last bytes of the block before it; together they are one member of one stream. The bytes depend on the blocks' size
// alone, not on how many threads there are: with none, the same is done in place.
#include <pthread.h>
#include <zlib.h>

#include "bundle_int.h"

enum {
    LEVEL = 6,
    BLOCK_BYTES = 1 << 20,
    WINDOW_BYTES = 32 << 10,   // how far back deflate looks
    SLOTS = MOST_WORKERS + 2,
    RAW = -15,   // zlib's window bits for deflate without a header
    GZIP = 15 + 16,
};

typedef enum SlotState { SLOT_FREE, SLOT_READY, SLOT_TAKEN, SLOT_DONE } SlotState;

typedef struct Slot {
    SlotState state;
    uint8_t *bytes;   // the window of what stands before, then the block
    size_t window_len, len;
    bool is_last;
    uint8_t *made;
    size_t made_len, made_cap;
    uint32_t crc;
    bool failed;
} Slot;

typedef struct GzipDeflate {
    Arena *arena;
    FilterSink *sink;
    void *context;
    bool header_given, stopped;   // stopped: the sink wants no more, or zlib failed
    uint32_t crc, size;           // of all that was given out
    Slot slots[SLOTS];
    size_t filling, oldest;   // the slot being filled, and the first that is not given out
    z_stream streams[MOST_WORKERS];
    size_t stream_count, thread_count;
    pthread_t threads[MOST_WORKERS];
    // what the threads share
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t next;   // the next slot to deflate
    size_t started;
    bool is_ending;
} GzipDeflate;

static void deflate_slot(z_stream *stream, Slot *slot)
{
    uint8_t *block = slot->bytes + WINDOW_BYTES;
    slot->failed = true;
    if (deflateReset(stream) != Z_OK ||
        (slot->window_len && deflateSetDictionary(stream, block - slot->window_len, (uInt)slot->window_len) != Z_OK))
        return;
    slot->crc = (uint32_t)crc32(0, block, (uInt)slot->len);
    stream->next_in = block;
    stream->avail_in = (uInt)slot->len;
    stream->next_out = slot->made;
    stream->avail_out = (uInt)slot->made_cap;
    int result = deflate(stream, slot->is_last ? Z_FINISH : Z_SYNC_FLUSH);
    slot->made_len = slot->made_cap - stream->avail_out;
    slot->failed = slot->is_last ? result != Z_STREAM_END : result != Z_OK || stream->avail_in || !stream->avail_out;
}

// ---- threads ----

static void *work(void *context)
{
    GzipDeflate *g = context;
    pthread_mutex_lock(&g->lock);
    z_stream *stream = &g->streams[g->started++];
    for (;;) {
        Slot *slot = &g->slots[g->next % SLOTS];
        if (slot->state != SLOT_READY) {
            if (g->is_ending)
                break;
            pthread_cond_wait(&g->changed, &g->lock);
            continue;
        }
        g->next++;
        slot->state = SLOT_TAKEN;
        pthread_mutex_unlock(&g->lock);
        deflate_slot(stream, slot);
        pthread_mutex_lock(&g->lock);
        slot->state = SLOT_DONE;
        pthread_cond_broadcast(&g->changed);
    }
    pthread_mutex_unlock(&g->lock);
    return NULL;
}

static bool add_stream(GzipDeflate *g)
{
    bool done = deflateInit2(&g->streams[g->stream_count], LEVEL, Z_DEFLATED, RAW, 8, Z_DEFAULT_STRATEGY) == Z_OK;
    g->stream_count += done;
    return done;
}

// Before the first block that is not the last: most bundles have one block and need none.
static void start_threads(GzipDeflate *g)
{
    for (size_t wanted = worker_count(); g->stream_count < wanted && add_stream(g);)
        ;
    while (g->thread_count < g->stream_count && thread_start(&g->threads[g->thread_count], work, g))
        g->thread_count++;
}

static void submit(GzipDeflate *g, Slot *slot)
{
    if (!g->thread_count) {
        deflate_slot(&g->streams[0], slot);
        slot->state = SLOT_DONE;
        return;
    }
    pthread_mutex_lock(&g->lock);
    slot->state = SLOT_READY;
    pthread_cond_broadcast(&g->changed);
    pthread_mutex_unlock(&g->lock);
}

static void wait_done(GzipDeflate *g, Slot *slot)
{
    if (!g->thread_count)
        return;
    pthread_mutex_lock(&g->lock);
    while (slot->state != SLOT_DONE)
        pthread_cond_wait(&g->changed, &g->lock);
    pthread_mutex_unlock(&g->lock);
}

// ---- deflating ----

// Gives out the oldest block, waiting for it.
static bool give_oldest(GzipDeflate *g)
{
    Slot *slot = &g->slots[g->oldest++ % SLOTS];
    wait_done(g, slot);
    if (!g->header_given)
        g->stopped |= !g->sink(g->context, filter_gzip.header, filter_gzip.header_len);
    g->header_given = true;
    g->crc = (uint32_t)crc32_combine(g->crc, slot->crc, (z_off_t)slot->len);
    g->size += (uint32_t)slot->len;   // gzip keeps it modulo 2^32
    slot->state = SLOT_FREE;
    g->stopped |= slot->failed || !g->sink(g->context, slot->made, slot->made_len);
    return !g->stopped;
}

// Returns the slot that is being filled; its memory comes with its first use, which most bundles are too small for.
static Slot *filled_slot(GzipDeflate *g)
{
    Slot *slot = &g->slots[g->filling % SLOTS];
    if (!slot->bytes) {
        slot->bytes = arena_alloc(g->arena, WINDOW_BYTES + BLOCK_BYTES);
        slot->made_cap = deflateBound(&g->streams[0], BLOCK_BYTES) + 16;   // and the mark that ends a block
        slot->made = arena_alloc(g->arena, slot->made_cap);
    }
    return slot;
}

// Hands the block that is full to the threads and begins the next.
static bool end_block(GzipDeflate *g, bool is_last)
{
    Slot *full = filled_slot(g);
    size_t window = full->window_len + full->len < WINDOW_BYTES ? full->window_len + full->len : WINDOW_BYTES;
    full->is_last = is_last;
    if (!g->filling && !is_last)
        start_threads(g);
    submit(g, full);
    g->filling++;
    if (is_last)
        return true;
    if (g->filling - g->oldest == SLOTS && !give_oldest(g))
        return false;
    Slot *next = filled_slot(g);
    memcpy(next->bytes + WINDOW_BYTES - window, full->bytes + WINDOW_BYTES + full->len - window, window);
    next->window_len = window;
    next->len = 0;
    return true;
}

static bool gzip_deflate(void *stream, const void *bytes, size_t len)
{
    GzipDeflate *g = stream;
    const uint8_t *at = bytes;
    while (len && !g->stopped) {
        Slot *slot = filled_slot(g);
        size_t part = len < BLOCK_BYTES - slot->len ? len : BLOCK_BYTES - slot->len;
        memcpy(slot->bytes + WINDOW_BYTES + slot->len, at, part);
        slot->len += part;
        at += part;
        len -= part;
        if (slot->len == BLOCK_BYTES && !end_block(g, false))
            return false;
    }
    return !g->stopped;
}

static bool gzip_deflate_flush(void *stream)
{
    GzipDeflate *g = stream;
    while (!g->stopped && g->oldest < g->filling)
        give_oldest(g);
    return !g->stopped;
}

static bool gzip_deflate_end(void *stream)
{
    GzipDeflate *g = stream;
    uint8_t trailer[8];
    if (g->stopped || !end_block(g, true) || !gzip_deflate_flush(g))
        return false;
    for (size_t i = 0; i < 4; i++) {
        trailer[i] = (uint8_t)(g->crc >> 8 * i);
        trailer[4 + i] = (uint8_t)(g->size >> 8 * i);
    }
    return g->sink(g->context, trailer, sizeof trailer);
}

static void gzip_deflate_close(void *stream)
{
    GzipDeflate *g = stream;
    if (!g)
        return;
    pthread_mutex_lock(&g->lock);
    g->is_ending = true;
    pthread_cond_broadcast(&g->changed);
    pthread_mutex_unlock(&g->lock);
    for (size_t i = 0; i < g->thread_count; i++)
        pthread_join(g->threads[i], NULL);
    for (size_t i = 0; i < g->stream_count; i++)
        deflateEnd(&g->streams[i]);
    pthread_cond_destroy(&g->changed);
    pthread_mutex_destroy(&g->lock);
    g->thread_count = g->stream_count = 0;
}

static void *gzip_deflate_open(Arena *arena, FilterSink *sink, void *context)
{
    GzipDeflate *g = arena_new(arena, GzipDeflate);
    *g = (GzipDeflate){.arena = arena, .sink = sink, .context = context};
    pthread_mutex_init(&g->lock, NULL);
    pthread_cond_init(&g->changed, NULL);
    if (add_stream(g))
        return g;
    gzip_deflate_close(g);
    return NULL;
}

// ---- inflating ----

static void gzip_inflate_close(void *stream)
{
    if (stream)
        inflateEnd(stream);
}

static void *gzip_inflate_open(Arena *arena)
{
    z_stream *stream = arena_new(arena, z_stream);
    *stream = (z_stream){0};
    return inflateInit2(stream, GZIP) == Z_OK ? stream : NULL;
}

static FilterResult gzip_inflate(void *stream, FilterStep *step)
{
    z_stream *z = stream;
    z->next_in = (z_const Bytef *)(uintptr_t)step->in;
    z->avail_in = (uInt)step->in_len;
    z->next_out = step->out;
    z->avail_out = (uInt)step->out_len;
    int result = inflate(z, Z_NO_FLUSH);
    *step = (FilterStep){z->next_in, z->avail_in, z->next_out, z->avail_out};
    return result == Z_STREAM_END                    ? FILTER_END
           : result == Z_OK || result == Z_BUF_ERROR ? FILTER_MORE
           : result == Z_MEM_ERROR                   ? FILTER_TOO_LARGE
                                                     : FILTER_DAMAGED;
}

// The header says neither name nor time, and always the same system.
const Filter filter_gzip = {
    .name = "gzip",
    .header = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3},
    .header_len = 10,
    .magic_len = 2,
    .deflate_open = gzip_deflate_open,
    .deflate = gzip_deflate,
    .deflate_flush = gzip_deflate_flush,
    .deflate_end = gzip_deflate_end,
    .deflate_close = gzip_deflate_close,
    .inflate_open = gzip_inflate_open,
    .inflate = gzip_inflate,
    .inflate_close = gzip_inflate_close,
};
