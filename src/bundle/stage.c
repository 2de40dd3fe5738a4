// Packing: every text is hashed and kept as it comes; then manifest, sums and signature; then the archive is made of them.
// Memory holds the first megabyte, which is all of most bundles; the rest goes to a private folder.
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "head.h"

enum { KEPT_BYTES = 1 << 20 };

typedef struct StagedFile {
    Str path, text;
    bool is_kept;   // in memory; else in the folder
} StagedFile;

struct BundleStage {
    Arena *arena;
    Diag *diag;   // for what goes wrong when it is closed
    Str output;
    OutFolder folder;   // opened with the first file that it needs
    size_t kept_bytes;
    Sums sums;
    Map folded;   // paths in lower case
    ScriptReader *reader;
    ScriptHeadList heads;   // what the scripts say of themselves
    Str readme;
    VEC(StagedFile) files;   // all, SHA256SUMS and signatures too
};

BundleStage *stage_open(Arena *arena, Diag *diag, Str output)
{
    BundleStage *stage = arena_new(arena, BundleStage);
    output = path_trimmed(output);
    *stage = (BundleStage){.arena = arena,
                           .diag = diag,
                           .output = output,
                           .folder = OUT_FOLDER_CLOSED,
                           .sums = {.by_path = map_open(arena)},
                           .folded = map_open(arena),
                           .reader = script_reader_open(arena)};
    OutFile probe;
    if (!out_open(diag, output, MODE_SECRET, NULL, &probe))   // refuses what exists before any work is done
        return NULL;
    out_close(&probe);
    return stage;
}

void stage_close(BundleStage *stage)
{
    if (stage)
        folder_close(&stage->folder);
}

static bool write_file(BundleStage *stage, Diag *diag, Str path, Str text)
{
    // beside the output: the space it needs is there or nowhere
    if (stage->folder.fd < 0 &&
        !folder_open(stage->arena, diag, str_format(stage->arena, "%.*s.parts", STR_ARGS(stage->output)), &stage->folder))
        return false;
    stage->folder.diag = stage->diag;   // the caller's may end before the folder does
    int fd = folder_create(stage->arena, diag, &stage->folder, path);
    if (fd < 0)
        return false;
    bool done = fd_write(diag, fd, path, text.ptr, text.len);
    if (close(fd) != 0 && done)
        done = diag_system(diag, SPAN_NONE, "E-502 could not write \"%.*s\": %s", STR_ARGS(path), strerror(errno));
    return done;
}

static bool keep_text(BundleStage *stage, Diag *diag, Str path, Str text)
{
    StagedFile file = {.path = path, .is_kept = text.len <= KEPT_BYTES - stage->kept_bytes};
    if (file.is_kept) {
        file.text = str_copy(stage->arena, text);
        stage->kept_bytes += text.len;
    } else if (!write_file(stage, diag, path, text)) {
        return false;
    }
    vec_push(stage->arena, &stage->files, file);
    return true;
}

// Behind the last line that begins its end.
static bool check_end(BundleStage *stage, Diag *diag, Str text, ScriptHead *head)
{
    Str rest = str_slice(head->path, 4, head->path.len);
    Str begin = str_format(stage->arena, "\n%.*s", STR_ARGS(receipt_begin(str_cut(&rest, '/'))));
    size_t at = SIZE_MAX, line = 1;
    for (size_t next = 0; (next = str_find(text, begin, next)) != SIZE_MAX; next++)
        at = next;
    if (at == SIZE_MAX)
        return receipt_check(stage->arena, diag, STR_EMPTY, line, head);
    at = str_find_char(text, '\n', at + 1);
    at = at == SIZE_MAX ? text.len : at + 1;
    for (size_t i = 0; i < at; i++)
        line += text.ptr[i] == '\n';
    return receipt_check(stage->arena, diag, str_slice(text, at, text.len), line, head);
}

static bool check_statements(BundleStage *stage, Diag *diag, Str text, ScriptHead *head)
{
    if (preflight_is(head->path))
        return preflight_check(stage->arena, diag, text, head);
    if (status_is(head->path))
        return status_check(stage->arena, diag, text, head);
    return check_end(stage, diag, text, head);
}

// As a verifier will read it.
static bool hash_file(BundleStage *stage, Diag *diag, Str path, Str text, uint8_t digest[32])
{
    script_reader_begin(stage->reader, path);
    script_reader_add(stage->reader, text);
    ScriptHead *head = script_reader_end(stage->reader, digest);
    if (str_equal(path, STR("README.txt")))
        stage->readme = str_copy(stage->arena, text);
    if (!str_starts(path, STR("sql/")))
        return true;
    if (!check_statements(stage, diag, text, head))
        return false;
    if (!head->is_sealed && !preflight_is(path) && head->fields[HEAD_DIGITS].len) {
        SealReader *seal = seal_open(stage->arena, head);
        seal_add(seal, text);
        head->is_sealed = seal_end(seal);
    }
    vec_push(stage->arena, &stage->heads, head);
    return true;
}

bool stage_add(BundleStage *stage, Diag *diag, Str path, Str text)
{
    SumsRow row;
    if (!not_interrupted(diag) || !bundle_path_check(diag, path))
        return false;
    if (text.len > LIMIT_BUNDLE_FILE_BYTES)
        return diag_error(diag, SPAN_NONE, "E-418 file \"%.*s\": larger than the limit of 2 GiB", STR_ARGS(path));
    row.path = str_copy(stage->arena, path);
    Str lower = str_lower(stage->arena, row.path);
    if (map_get(&stage->folded, lower)) {
        diag_error(diag, SPAN_NONE, "E-405 name \"%.*s\": two files of the bundle would have it, but for case",
                   STR_ARGS(path));
        diag_hint(diag, "Ids that differ only in case or in characters outside [A-Za-z0-9._-] cannot stand in one bundle.");
        return false;
    }
    TextCheck *check = text_check_open(stage->arena, row.path);
    if (!text_check(check, diag, text.ptr, text.len) || !text_check_end(check, diag) ||
        !keep_text(stage, diag, row.path, text))
        return false;
    map_put(&stage->folded, lower, stage);
    if (!hash_file(stage, diag, row.path, text, row.digest))
        return false;
    vec_push(stage->arena, &stage->sums.rows, row);
    return true;
}

static int compare_rows(const void *a, const void *b)
{
    return str_compare(((const SumsRow *)a)->path, ((const SumsRow *)b)->path);
}

static int compare_files(const void *a, const void *b)
{
    return layout_compare(((const StagedFile *)a)->path, ((const StagedFile *)b)->path);
}

static bool add_manifest(BundleStage *stage, Diag *diag, const Manifest *manifest)
{
    Manifest again;
    SumsRow row = {.path = STR("MANIFEST.json")};
    Str text;
    // read back as a verifier will, so that no bundle is made that would be refused
    if (!manifest_text(stage->arena, diag, manifest, &text) || !manifest_parse(stage->arena, diag, text, &again) ||
        !keep_text(stage, diag, row.path, text))
        return false;
    sha256(text, row.digest);
    vec_push(stage->arena, &stage->sums.rows, row);
    qsort(stage->sums.rows.items, stage->sums.rows.count, sizeof *stage->sums.rows.items, compare_rows);
    return true;
}

static bool add_signature(BundleStage *stage, Diag *diag, const Manifest *manifest, const SecretKey *key, uint8_t digest[32])
{
    Arena *arena = stage->arena;
    Sums sums;
    Str text = sums_text(arena, &stage->sums), signature;
    if (!sums_parse(arena, diag, text, &sums) || !manifest_check_layout(arena, diag, manifest, &sums) ||
        !manifest_check_claims(arena, diag, manifest, &stage->heads) || !readme_check(diag, &sums, stage->readme) ||
        !keep_text(stage, diag, STR("SHA256SUMS"), text))
        return false;
    sha256(text, digest);
    Str comment = signature_comment(arena, manifest->bundle, digest, manifest->created);
    Str name = str_format(arena, "signatures/%.*s.minisig", STR_ARGS(public_key_id(arena, secret_key_public(key))));
    return signature_make(arena, diag, key, text, comment, &signature) && keep_text(stage, diag, name, signature);
}

static bool copy_file(BundleStage *stage, Diag *diag, const BundleFormat *format, void *writer, Str path, char *piece)
{
    int fd = folder_file(stage->arena, diag, stage->folder.fd, path);
    if (fd < 0)
        return false;
    off_t size = lseek(fd, 0, SEEK_END);
    bool done = size >= 0 && lseek(fd, 0, SEEK_SET) == 0;
    if (!done)
        diag_system(diag, SPAN_NONE, "could not read \"%.*s\": %s", STR_ARGS(path), strerror(errno));
    done = done && format->write_begin(writer, diag, path, (uint64_t)size);
    for (off_t at = 0; done && at < size;) {
        ssize_t got = read(fd, piece, PIECE_BYTES);
        if (got < 0 && errno == EINTR)
            done = not_interrupted(diag);
        else if (got <= 0)
            done = diag_system(diag, SPAN_NONE, "could not read \"%.*s\": %s", STR_ARGS(path),
                               got ? strerror(errno) : "it is cut off");
        else
            done = not_interrupted(diag) && format->write_data(writer, diag, (Str){piece, (size_t)got});
        at += got > 0 ? got : 0;
    }
    close(fd);
    return done && format->write_end(writer, diag);
}

static bool put_text(Diag *diag, const BundleFormat *format, void *writer, const StagedFile *file)
{
    return not_interrupted(diag) && format->write_begin(writer, diag, file->path, file->text.len) &&
           format->write_data(writer, diag, file->text) && format->write_end(writer, diag);
}

bool stage_pack(BundleStage *stage, Diag *diag, const Manifest *manifest, const SecretKey *key, const Report *report,
                uint8_t digest[32])
{
    const BundleFormat *format = format_for_output(stage->output);
    if (!add_manifest(stage, diag, manifest) || !add_signature(stage, diag, manifest, key, digest))
        return false;
    qsort(stage->files.items, stage->files.count, sizeof *stage->files.items, compare_files);
    WriteRequest request = {stage->arena, format, stage->output, manifest->bundle, manifest_time(manifest), NULL};
    void *writer = format->write_open(diag, &request);
    char *piece = stage->folder.fd >= 0 ? arena_alloc(stage->arena, PIECE_BYTES) : NULL;
    bool done = writer != NULL;
    for (size_t i = 0; done && i < stage->files.count; i++) {
        const StagedFile *file = &stage->files.items[i];
        done = file->is_kept ? put_text(diag, format, writer, file)
                             : copy_file(stage, diag, format, writer, file->path, piece);
    }
    done = done && format->write_finish(writer, diag) && report_print(report) && format->write_commit(writer, diag);
    format->write_close(writer);
    return done;
}
