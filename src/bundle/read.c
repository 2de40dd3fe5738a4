// Reading a whole bundle: whatever its format, its entries come in one order and each is judged as it passes.
//
// Manifest, sums and signatures come first and fit in memory. Only when the signatures over SHA256SUMS have been judged are
// the sums and the manifest looked into, and only then is anything written.
#include "head.h"

typedef struct Head {
    Str manifest, sums_text;
    int64_t mtime;   // of the entries, -1: the format keeps none
} Head;

typedef struct Reading {
    Arena *arena;
    Diag *diag;
    const BundleOptions *options;
    Str path;
    const BundleFormat *format, *to_format;
    void *reader, *writer;
    Judge *judge;
    Head head;
    Sums sums;
    SiteState state;
    ScriptHeadList heads;   // of the scripts read so far
    BundleFacts *facts;
} Reading;

static bool next(Reading *r, Entry *entry, bool *end)
{
    if (!r->format->read_next(r->reader, r->diag, entry, end))
        return false;
    if (*end)
        return true;
    r->facts->files++;
    r->facts->bytes += entry->size;
    return r->facts->files <= LIMIT_BUNDLE_FILES ||
           diag_error(r->diag, SPAN_NONE, "E-418 bundle: more than the limit of %d files", LIMIT_BUNDLE_FILES);
}

// Reads an entry of the head into memory.
static bool read_small(Reading *r, const Entry *entry, size_t most, Str *text)
{
    Buf out = buf_open(r->arena);
    Str piece;
    if (entry->size > most)
        return diag_error(r->diag, SPAN_NONE, "E-411 file \"%.*s\": larger than the limit of %zu bytes",
                          STR_ARGS(entry->path), most);
    do {
        if (!r->format->read_data(r->reader, r->diag, &piece))
            return false;
        buf_add(&out, piece);
    } while (piece.len);
    *text = buf_str(&out);
    return true;
}

static bool expect(Reading *r, Str path, size_t most, Str *text)
{
    Entry entry;
    bool end;
    if (!next(r, &entry, &end))
        return false;
    if (end)
        return diag_error(r->diag, SPAN_NONE, "E-202 file \"%.*s\": missing", STR_ARGS(path));
    if (!str_equal(entry.path, path))
        return diag_error(r->diag, SPAN_NONE, "E-417 file \"%.*s\": missing, or not in its place", STR_ARGS(path));
    r->head.mtime = entry.mtime;
    return read_small(r, &entry, most, text);
}

// Reads the signatures, up to the first entry behind them.
static bool read_signatures(Reading *r, Entry *entry, bool *end)
{
    SignatureList *list = &r->facts->signatures;
    for (;;) {
        Signature signature;
        Str text;
        if (!next(r, entry, end))
            return false;
        if (*end || layout_group(entry->path) != 2)
            return *end || layout_group(entry->path) == 3 ||
                   diag_error(r->diag, SPAN_NONE, "E-404 entry \"%.*s\": it is there twice", STR_ARGS(entry->path));
        if (list->count && str_compare(list->items[list->count - 1].file, entry->path) >= 0)
            return diag_error(r->diag, SPAN_NONE, "E-404 entry \"%.*s\": there twice, or not sorted", STR_ARGS(entry->path));
        if (list->count == LIMIT_SIGNATURES)
            return diag_error(r->diag, SPAN_NONE, "E-418 bundle: more than the limit of %d signatures", LIMIT_SIGNATURES);
        if (!read_small(r, entry, 2 * LIMIT_KEY_FILE_BYTES, &text) ||
            !signature_parse(r->arena, r->diag, entry->path, text, &signature))
            return false;
        vec_push(r->arena, list, signature);
    }
}

// The head once it is trusted: sums, manifest, and how they fit each other, the comments and the archive.
static bool judge_head(Reading *r)
{
    BundleFacts *f = r->facts;
    uint8_t digest[32];
    sha256(r->head.sums_text, f->digest);
    f->sums_text = r->head.sums_text;
    if (r->options->digest && memcmp(f->digest, r->options->digest, sizeof f->digest) != 0)
        return diag_error(r->diag, SPAN_NONE, "E-203 file \"SHA256SUMS\": the bundle was changed since it was looked at");
    if (!decide_signatures(r->arena, r->diag, r->options, r->head.sums_text, f) ||
        !sums_parse(r->arena, r->diag, r->head.sums_text, &r->sums))
        return false;
    const SumsRow *row = map_get(&r->sums.by_path, STR("MANIFEST.json"));
    sha256(r->head.manifest, digest);
    if (memcmp(digest, row->digest, sizeof digest) != 0)
        return diag_error(r->diag, SPAN_NONE, "E-203 file \"MANIFEST.json\": its SHA-256 is %.*s, SHA256SUMS says %.*s",
                          STR_ARGS(hex_text(r->arena, digest, 32)), STR_ARGS(hex_text(r->arena, row->digest, 32)));
    if (!manifest_parse(r->arena, r->diag, r->head.manifest, &f->manifest) ||
        !manifest_check_layout(r->arena, r->diag, &f->manifest, &r->sums))
        return false;
    for (size_t i = 0; i < f->signatures.count; i++) {
        const Signature *s = &f->signatures.items[i];
        if (!s->is_legacy && !signature_comment_fits(r->arena, s->comment, f->manifest.bundle, f->digest))
            return diag_error(r->diag, SPAN_NONE,
                              "E-108 signature in \"%.*s\": its trusted comment speaks of something else: \"%.*s\"",
                              STR_ARGS(s->file), STR_ARGS(str_printable(r->arena, s->comment)));
    }
    Str top = r->format->read_top(r->reader);
    if (top.len && !str_equal(top, f->manifest.bundle))
        return diag_error(r->diag, SPAN_NONE, "E-401 top folder \"%.*s\": the bundle is \"%.*s\"", STR_ARGS(top),
                          STR_ARGS(f->manifest.bundle));
    if (r->head.mtime >= 0 && r->head.mtime != manifest_time(&f->manifest))
        return diag_error(r->diag, SPAN_NONE,
                          "E-407 entries of \"%.*s\": their time is not what the manifest's \"created\" gives",
                          STR_ARGS(f->manifest.bundle));
    return decide_bundle(r->arena, r->diag, r->options, &r->state, f);
}

// ---- writing on the way ----

static bool put_file(Reading *r, Str path, Str text)
{
    const BundleFormat *to = r->to_format;
    return to->write_begin(r->writer, r->diag, path, text.len) && (!text.len || to->write_data(r->writer, r->diag, text)) &&
           to->write_end(r->writer, r->diag);
}

static bool open_output(Reading *r)
{
    if (!r->options->to.len)
        return true;
    r->to_format = r->options->to_folder ? &format_folder : format_for_output(r->options->to);
    WriteRequest request = {
        r->arena,        r->to_format, r->options->to, r->facts->manifest.bundle, manifest_time(&r->facts->manifest),
        r->options->lock};
    r->writer = r->to_format->write_open(r->diag, &request);
    if (!r->writer || !put_file(r, STR("MANIFEST.json"), r->head.manifest) ||
        !put_file(r, STR("SHA256SUMS"), r->head.sums_text))
        return false;
    const Signature *adds = r->options->adds;
    if (adds && !approve_fits(r->diag, r->facts, adds->key_id))
        return false;
    for (size_t i = 0; i < r->facts->signatures.count; i++) {
        const Signature *s = &r->facts->signatures.items[i];
        if (s->is_beside)
            continue;
        if (adds && str_compare(adds->file, s->file) < 0) {
            if (!put_file(r, adds->file, adds->text))
                return false;
            adds = NULL;
        }
        if (!put_file(r, s->file, s->text))
            return false;
    }
    return !adds || put_file(r, adds->file, adds->text);
}

// ---- the rest ----

static bool stream_file(Reading *r, const Entry *entry, const SumsRow *row)
{
    Str piece;
    judge_begin(r->judge, entry->path);
    if (r->writer && !r->to_format->write_begin(r->writer, r->diag, entry->path, entry->size))
        return false;
    for (;;) {
        if (!r->format->read_data(r->reader, r->diag, &piece))
            return false;
        if (!piece.len)
            break;
        judge_give(r->judge, piece);
        bool written = !r->writer || r->to_format->write_data(r->writer, r->diag, piece);
        // the piece goes with the next reading, so it is waited for even after a failure
        if (!judge_take(r->judge, written ? r->diag : NULL) || !written)
            return false;
    }
    ScriptHead *head;
    if (!judge_end(r->judge, r->diag, row->digest, entry->path, &head))
        return false;
    if (str_equal(entry->path, STR("README.txt")) && !readme_check(r->diag, &r->sums, judge_readme(r->judge)))
        return false;
    if (str_starts(entry->path, STR("sql/")))
        vec_push(r->arena, &r->heads, head);
    return !r->writer || r->to_format->write_end(r->writer, r->diag);
}

// The rows and the entries are sorted alike, so each entry must be the next row.
static bool wrong_entry(Reading *r, Str found, Str before, Str wanted)
{
    if (!map_get(&r->sums.by_path, found))
        return diag_error(r->diag, SPAN_NONE, "E-201 file \"%.*s\": not covered by the signature", STR_ARGS(found));
    if (str_compare(found, before) <= 0 || layout_group(found) != 3)
        return diag_error(r->diag, SPAN_NONE, "E-404 entry \"%.*s\": there twice, or not sorted", STR_ARGS(found));
    return diag_error(r->diag, SPAN_NONE, "E-202 file \"%.*s\": missing", STR_ARGS(wanted));
}

static bool stream_rest(Reading *r, Entry *entry, bool *end)
{
    Str before = STR_EMPTY;
    for (size_t i = 0; i < r->sums.rows.count; i++) {
        const SumsRow *row = &r->sums.rows.items[i];
        if (layout_group(row->path) != 3)
            continue;
        if (*end)
            return diag_error(r->diag, SPAN_NONE, "E-202 file \"%.*s\": missing", STR_ARGS(row->path));
        if (!str_equal(entry->path, row->path))
            return wrong_entry(r, entry->path, before, row->path);
        if (!stream_file(r, entry, row) || !next(r, entry, end))
            return false;
        before = row->path;
    }
    return *end || wrong_entry(r, entry->path, before, STR_EMPTY);
}

// ---- once more: scripts that say their digits elsewhere too ----

static bool seal_file(Reading *r, void *reader, const SumsRow *row, ScriptHead *head)
{
    uint8_t digest[32];
    Str piece;
    Sha256 *hash = sha256_open(r->arena);
    SealReader *seal = seal_open(r->arena, head);
    do {
        if (!r->format->read_data(reader, r->diag, &piece))
            return false;
        sha256_add(hash, piece);
        seal_add(seal, piece);
    } while (piece.len);
    sha256_end(hash, digest);
    head->is_sealed = seal_end(seal);
    return memcmp(digest, row->digest, sizeof digest) == 0 ||
           diag_error(r->diag, SPAN_NONE, "E-203 file \"%.*s\": it changes while the bundle is read", STR_ARGS(row->path));
}

// The digits are known when a script has been read, and where else they stand only when it is read again: few scripts say
// them twice, those of several sections.
static bool seal_again(Reading *r)
{
    Map unsealed = map_open(r->arena);
    size_t count = 0;
    for (size_t i = 0; i < r->heads.count; i++)
        if (!r->heads.items[i]->is_sealed && r->heads.items[i]->fields[HEAD_DIGITS].len) {
            map_put(&unsealed, r->heads.items[i]->path, r->heads.items[i]);
            count++;
        }
    if (!count)
        return true;
    ReadRequest request = {r->arena, r->format, r->path, false};
    void *reader = r->format->read_open(r->diag, &request);
    bool done = reader != NULL, end = false;
    while (done && count) {
        Entry entry = {0};
        done = r->format->read_next(reader, r->diag, &entry, &end) && !end;
        ScriptHead *head = done ? map_get(&unsealed, entry.path) : NULL;
        const SumsRow *row = head ? map_get(&r->sums.by_path, entry.path) : NULL;
        Str piece = STR("none yet");
        if (row) {
            done = seal_file(r, reader, row, head);
            count--;
        } else {
            while (done && piece.len)
                done = r->format->read_data(reader, r->diag, &piece);
        }
    }
    r->format->read_close(reader);
    if (done)
        return true;
    return !end ? false : diag_error(r->diag, SPAN_NONE, "E-203 bundle: it changes while it is read");
}

// Everything is on the disk and has been said before the first of the outputs gets its name.
static bool commit(Reading *r)
{
    OutFile state = OUT_FILE_CLOSED;
    Str text;
    if (r->writer && !r->to_format->write_finish(r->writer, r->diag))
        return false;
    bool done = true;
    if (r->options->record_lock)
        done = state_add(r->arena, r->diag, r->options->record, &r->state, &r->facts->manifest, r->facts->digest,
                         r->options->now_s, &text) &&
               out_open(r->diag, r->options->record, MODE_FILE, r->options->record_lock, &state) &&
               out_write(r->diag, &state, text.ptr, text.len) && out_finish(r->diag, &state);
    done = done && report_print(r->options->report);
    // recorded before it is visible: whoever finds its files finds them recorded too
    done = done && (!r->options->record_lock || out_commit(r->diag, &state)) &&
           (!r->writer || r->to_format->write_commit(r->writer, r->diag));
    out_close(&state);
    return done;
}

static bool read_everything(Reading *r)
{
    Entry entry = {0};
    bool end = false;
    if (!expect(r, STR("MANIFEST.json"), LIMIT_JSON_BYTES, &r->head.manifest) ||
        !expect(r, STR("SHA256SUMS"), LIMIT_SUMS_BYTES, &r->head.sums_text) || !read_signatures(r, &entry, &end) ||
        !judge_head(r) || !open_output(r) || !stream_rest(r, &entry, &end) || !seal_again(r) ||
        !manifest_check_claims(r->arena, r->diag, &r->facts->manifest, &r->heads))
        return false;
    r->facts->is_recompressed = r->format->is_recompressed(r->reader);
    return commit(r);
}

static bool read_with_state(Reading *r)
{
    if (!r->options->record.len)
        return read_everything(r);
    return state_read(r->arena, r->diag, r->options->record, &r->state) && read_everything(r);
}

bool bundle_read(Arena *arena, Diag *diag, Str path, const BundleOptions *options, BundleFacts *facts)
{
    Reading r = {.arena = arena,
                 .diag = diag,
                 .options = options,
                 .path = path,
                 .format = format_for_input(diag, path),
                 .facts = facts};
    *facts = (BundleFacts){0};
    if (!r.format)
        return false;
    facts->format = r.format->name;
    ReadRequest request = {arena, r.format, path, options->judge_compression};
    r.reader = r.format->read_open(diag, &request);
    r.judge = r.reader ? judge_open(arena, options->to.len > 0) : NULL;
    bool done = r.reader && read_with_state(&r);
    judge_close(r.judge);
    if (r.to_format)
        r.to_format->write_close(r.writer);
    r.format->read_close(r.reader);
    return done;
}
