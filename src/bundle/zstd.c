// zstd, by libzstd, level 3: one frame with a checksum and without the content's size.
//
// libzstd makes other bytes with its threads than without, but the same for any number of them. So it has some for all that
// is longer than one job, and none for what is shorter: most bundles, which starting threads would cost more than the work.
// Jobs smaller than its own choice (8 MiB) keep memory small; on SQL and source text they change the size by less than 1 %.
#include <zstd.h>
#include <zstd_errors.h>

#include "bundle_int.h"

enum {
    LEVEL = 3,
    WINDOW_LOG = 21,        // what level 3 has: 2 MiB
    MOST_WINDOW_LOG = 27,   // what the zstd program reads without being asked to: 128 MiB
    JOB_BYTES = 2 << 20,
    OUT_BYTES = 128 << 10,
};

typedef struct ZstdDeflate {
    FilterSink *sink;
    void *context;
    Buf kept;            // the contents up to one job, until it is known whether there is more
    ZSTD_CCtx *stream;   // from then on
    uint8_t *out;
} ZstdDeflate;

static bool run(ZstdDeflate *z, const void *bytes, size_t len, ZSTD_EndDirective how)
{
    ZSTD_inBuffer in = {bytes, len, 0};
    for (;;) {
        ZSTD_outBuffer out = {z->out, OUT_BYTES, 0};
        size_t left = ZSTD_compressStream2(z->stream, &out, &in, how);
        if (ZSTD_isError(left) || (out.pos && !z->sink(z->context, z->out, out.pos)))
            return false;
        if (in.pos == in.size && (how == ZSTD_e_continue || left == 0))
            return true;
    }
}

static bool start(ZstdDeflate *z, size_t threads)
{
    const struct {
        ZSTD_cParameter what;
        int value;
    } settings[] = {{ZSTD_c_compressionLevel, LEVEL}, {ZSTD_c_windowLog, WINDOW_LOG},   {ZSTD_c_contentSizeFlag, 0},
                    {ZSTD_c_checksumFlag, 1},         {ZSTD_c_nbWorkers, (int)threads}, {ZSTD_c_jobSize, JOB_BYTES}};
    size_t count = sizeof settings / sizeof settings[0] - (threads == 0);
    z->stream = ZSTD_createCCtx();
    bool done = z->stream != NULL;
    // a libzstd that was built without threads refuses the last two
    for (size_t i = 0; done && i < count; i++)
        done = !ZSTD_isError(ZSTD_CCtx_setParameter(z->stream, settings[i].what, settings[i].value));
    // contents that come with the first call's end would have their size known, which changes the window
    return done && run(z, NULL, 0, ZSTD_e_continue) && run(z, z->kept.ptr, z->kept.len, ZSTD_e_continue);
}

static bool zstd_deflate(void *stream, const void *bytes, size_t len)
{
    ZstdDeflate *z = stream;
    if (!z->stream && len <= JOB_BYTES - z->kept.len) {
        buf_add(&z->kept, (Str){bytes, len});
        return true;
    }
    return (z->stream || start(z, worker_count())) && run(z, bytes, len, ZSTD_e_continue);
}

// At the end of a job only: in the middle of one it would end a block there.
static bool zstd_deflate_flush(void *stream)
{
    ZstdDeflate *z = stream;
    return !z->stream || run(z, NULL, 0, ZSTD_e_flush);
}

static bool zstd_deflate_end(void *stream)
{
    ZstdDeflate *z = stream;
    return (z->stream || start(z, 0)) && run(z, NULL, 0, ZSTD_e_end);
}

static void zstd_deflate_close(void *stream)
{
    ZstdDeflate *z = stream;
    if (z)
        ZSTD_freeCCtx(z->stream);   // accepts NULL
}

static void *zstd_deflate_open(Arena *arena, FilterSink *sink, void *context)
{
    ZstdDeflate *z = arena_new(arena, ZstdDeflate);
    *z = (ZstdDeflate){.sink = sink, .context = context, .kept = buf_open(arena), .out = arena_alloc(arena, OUT_BYTES)};
    return z;
}

// ---- inflating ----

static void zstd_inflate_close(void *stream)
{
    ZSTD_freeDCtx(stream);   // accepts NULL
}

static void *zstd_inflate_open(Arena *arena)
{
    (void)arena;
    ZSTD_DCtx *stream = ZSTD_createDCtx();
    if (stream && !ZSTD_isError(ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, MOST_WINDOW_LOG)))
        return stream;
    zstd_inflate_close(stream);
    return NULL;
}

static FilterResult zstd_inflate(void *stream, FilterStep *step)
{
    ZSTD_inBuffer in = {step->in, step->in_len, 0};
    ZSTD_outBuffer out = {step->out, step->out_len, 0};
    size_t left = ZSTD_decompressStream(stream, &out, &in);
    *step = (FilterStep){step->in + in.pos, step->in_len - in.pos, step->out + out.pos, step->out_len - out.pos};
    if (!ZSTD_isError(left))
        return left == 0 ? FILTER_END : FILTER_MORE;
    ZSTD_ErrorCode why = ZSTD_getErrorCode(left);
    return why == ZSTD_error_frameParameter_windowTooLarge || why == ZSTD_error_memory_allocation ? FILTER_TOO_LARGE
                                                                                                  : FILTER_DAMAGED;
}

// The header says that a checksum follows and no size, and the window.
const Filter filter_zstd = {
    .name = "zstd",
    .header = {0x28, 0xb5, 0x2f, 0xfd, 0x04, (WINDOW_LOG - 10) << 3},
    .header_len = 6,
    .magic_len = 4,
    .deflate_open = zstd_deflate_open,
    .deflate = zstd_deflate,
    .deflate_flush = zstd_deflate_flush,
    .deflate_end = zstd_deflate_end,
    .deflate_close = zstd_deflate_close,
    .inflate_open = zstd_inflate_open,
    .inflate = zstd_inflate,
    .inflate_close = zstd_inflate_close,
};
