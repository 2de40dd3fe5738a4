// Hashing and reading a file's text beside the work of writing it: packing is bound by deflate, and this is what would
// make it slower than tar and gzip, which use two processors too. Without a thread the same is done in place.
#include "content.h"
#include "head.h"
#include "waybill/sql.h"

enum {
    MOST_TAIL = 256 << 10,   // of a script, within which its receipt stands
    MOST_README = 16 << 20,
};

struct Judge {
    Arena *arena;   // the thread's own, for messages
    Diag diag;
    ScriptReader *reader;
    TextCheck *check;
    Str piece;
    Buf text;           // of a preflight and a status all of it, of another script its end
    uint64_t text_at;   // where that begins in the file
    size_t text_line;   // its number
    Str path;
    bool good;   // so far
    bool has_thread, is_busy, is_ending;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

static bool is_readme(Str path)
{
    return str_equal(path, STR("README.txt"));
}

static bool is_whole(const Judge *judge)
{
    return preflight_is(judge->path) || status_is(judge->path) || is_readme(judge->path);
}

static size_t count_lines(Str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '\n';
    return count;
}

// A text is looked at in parts that overlap: a part begins in a line, and may in a literal, which is read as a statement
// then.
static bool stays_in_database(Judge *judge)
{
    Str rest = str_slice(judge->path, 4, judge->path.len), text = buf_str(&judge->text);
    const Dialect *dialect = dialect_find(str_cut(&rest, '/'));
    size_t at = 0;
    Arena *scratch = arena_open();
    Str reach = dialect ? sql_reaches_host(scratch, dialect, text, &at) : STR_EMPTY;
    if (reach.len) {
        diag_error(&judge->diag, SPAN_NONE,
                   "E-610 text in \"%.*s\": line %zu: \"%.*s\" reaches the files, programs or settings of the server's host",
                   STR_ARGS(judge->path), judge->text_line + count_lines(str_slice(text, 0, at)),
                   STR_ARGS(str_printable(scratch, reach)));
        diag_hint(&judge->diag,
                  "Run it nowhere: no way back undoes it, and nobody who approves a schema's change expects it.");
    }
    arena_close(scratch);
    return !reach.len;
}

static void keep_text(Judge *judge)
{
    buf_add(&judge->text, judge->piece);
    if (is_whole(judge) || judge->text.len < 2 * MOST_TAIL)
        return;
    judge->good = judge->good && stays_in_database(judge);
    size_t gone = judge->text.len - MOST_TAIL;
    judge->text_line += count_lines(str_slice(buf_str(&judge->text), 0, gone));
    memmove(judge->text.ptr, judge->text.ptr + gone, MOST_TAIL);
    judge->text.len = MOST_TAIL;
    judge->text_at += gone;
}

static void work(Judge *judge)
{
    script_reader_add(judge->reader, judge->piece);
    if (str_starts(judge->path, STR("sql/")) || (is_readme(judge->path) && judge->text.len < MOST_README))
        keep_text(judge);
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
    judge->text = buf_open(judge->arena);
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
    judge->text.len = 0;
    judge->text_at = 0;
    judge->text_line = 1;
    judge->path = path;
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

// What its characters and lines do not show: what its statements are.
static bool judge_statements(Judge *judge, ScriptHead *head)
{
    Str text = buf_str(&judge->text);
    if (preflight_is(judge->path))
        return preflight_check(judge->arena, &judge->diag, text, head);
    if (status_is(judge->path))
        return status_check(judge->arena, &judge->diag, text, head);
    if (!str_starts(judge->path, STR("sql/")))
        return true;
    if (!stays_in_database(judge))
        return false;
    uint64_t at = judge->check->receipt_at;
    bool is_there = at && at >= judge->text_at;
    return receipt_check(judge->arena, &judge->diag,
                         is_there ? str_slice(text, (size_t)(at - judge->text_at), text.len) : STR_EMPTY,
                         is_there ? judge->check->receipt_line : judge->check->line, head);
}

bool judge_end(Judge *judge, Diag *diag, const uint8_t wanted[32], Str path, ScriptHead **head)
{
    uint8_t digest[32];
    *head = script_reader_end(judge->reader, digest);
    if (memcmp(digest, wanted, sizeof digest) != 0)
        return diag_error(diag, SPAN_NONE, "E-203 file \"%.*s\": its SHA-256 is %.*s, SHA256SUMS says %.*s", STR_ARGS(path),
                          STR_ARGS(hex_text(diag->arena, digest, 32)), STR_ARGS(hex_text(diag->arena, wanted, 32)));
    judge->good = judge->good && text_check_end(judge->check, &judge->diag) && judge_statements(judge, *head);
    return report(judge, diag);
}

Str judge_readme(const Judge *judge)
{
    return buf_str(&judge->text);
}
