// Hashing and reading a file's text beside the work of writing it: packing is bound by deflate, and this is what would
// make it slower than tar and gzip, which use two processors too. Without a thread the same is done in place.
#include "head.h"

struct Judge {
    Arena *arena;   // the thread's own, for messages
    Diag diag;
    ScriptReader *reader;
    TextCheck *check;
    Str piece;
    Buf preflight;   // all of its text; of other files nothing
    bool is_preflight;
    bool good;   // so far
    bool has_thread, is_busy, is_ending;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

static void work(Judge *judge)
{
    script_reader_add(judge->reader, judge->piece);
    if (judge->is_preflight)
        buf_add(&judge->preflight, judge->piece);
    judge->good = judge->good && text_check(judge->check, &judge->diag, judge->piece.ptr, judge->piece.len);
}

static void *run(void *context)
{
    Judge *judge = context;
    pthread_mutex_lock(&judge->lock);
    for (;;) {
        while (!judge->is_busy && !judge->is_ending)
            pthread_cond_wait(&judge->changed, &judge->lock);
        if (!judge->is_busy)
            break;
        pthread_mutex_unlock(&judge->lock);
        work(judge);
        pthread_mutex_lock(&judge->lock);
        judge->is_busy = false;
        pthread_cond_signal(&judge->changed);
    }
    pthread_mutex_unlock(&judge->lock);
    return NULL;
}

Judge *judge_open(Arena *arena, bool beside)
{
    Judge *judge = arena_new(arena, Judge);
    *judge = (Judge){.arena = arena_open()};
    judge->diag = diag_open(judge->arena);
    judge->reader = script_reader_open(judge->arena);
    if (!beside)
        return judge;
    pthread_mutex_init(&judge->lock, NULL);
    pthread_cond_init(&judge->changed, NULL);
    judge->has_thread = thread_start(&judge->thread, run, judge);
    if (!judge->has_thread) {
        pthread_cond_destroy(&judge->changed);
        pthread_mutex_destroy(&judge->lock);
    }
    return judge;
}

static void wait_idle(Judge *judge)
{
    if (!judge->has_thread)
        return;
    pthread_mutex_lock(&judge->lock);
    while (judge->is_busy)
        pthread_cond_wait(&judge->changed, &judge->lock);
    pthread_mutex_unlock(&judge->lock);
}

void judge_close(Judge *judge)
{
    if (!judge)
        return;
    if (judge->has_thread) {
        wait_idle(judge);
        pthread_mutex_lock(&judge->lock);
        judge->is_ending = true;
        pthread_cond_signal(&judge->changed);
        pthread_mutex_unlock(&judge->lock);
        pthread_join(judge->thread, NULL);
        pthread_cond_destroy(&judge->changed);
        pthread_mutex_destroy(&judge->lock);
    }
    arena_close(judge->arena);
    judge->arena = NULL;
}

void judge_begin(Judge *judge, Str path)
{
    judge->check = text_check_open(judge->arena, path);
    script_reader_begin(judge->reader, path);
    judge->preflight = buf_open(judge->arena);
    judge->is_preflight = preflight_is(path);
    judge->good = true;
}

void judge_give(Judge *judge, Str piece)
{
    judge->piece = piece;
    if (!judge->has_thread) {
        work(judge);
        return;
    }
    pthread_mutex_lock(&judge->lock);
    judge->is_busy = true;
    pthread_cond_signal(&judge->changed);
    pthread_mutex_unlock(&judge->lock);
}

static bool report(Judge *judge, Diag *diag)
{
    return judge->good || diag_pass(diag, &judge->diag);
}

bool judge_take(Judge *judge, Diag *diag)
{
    wait_idle(judge);
    return !diag || report(judge, diag);
}

bool judge_end(Judge *judge, Diag *diag, const uint8_t wanted[32], Str path, ScriptHead **head)
{
    uint8_t digest[32];
    *head = script_reader_end(judge->reader, digest);
    if (memcmp(digest, wanted, sizeof digest) != 0)
        return diag_error(diag, SPAN_NONE, "E-203 file \"%.*s\": its SHA-256 is %.*s, SHA256SUMS says %.*s", STR_ARGS(path),
                          STR_ARGS(hex_text(diag->arena, digest, 32)), STR_ARGS(hex_text(diag->arena, wanted, 32)));
    judge->good = text_check_end(judge->check, &judge->diag) &&
                  (!judge->is_preflight || preflight_check(judge->arena, &judge->diag, buf_str(&judge->preflight), *head));
    return report(judge, diag);
}
