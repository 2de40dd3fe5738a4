// Any bytes as each thing that a bundle brings from outside: a key, a signature, the list, a manifest, a text, an archive.
// Read or refused, never a crash; one error for each refusal; what is accepted is written again as the same bytes.
#include <stdlib.h>
#include <unistd.h>

#include "waybill/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const Diag *diag, bool done, size_t errors)
{
    if (done == (diag->errors > errors) || diag->errors > errors + 1)
        BUG("an answer without its one error");
}

// A file is needed for an archive: libarchive reads through the same code as a command.
static void read_archive(Arena *arena, const uint8_t *data, size_t size, const char *suffix)
{
    char name[64];
    Diag diag = diag_open(arena);
    BundleFacts facts;
    BundleOptions options = {.judge_compression = true};
    snprintf(name, sizeof name, "/tmp/waybill-fuzz-%ld%s", (long)getpid(), suffix);
    FILE *file = fopen(name, "wb");
    if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        BUG("no place for the fuzzer's file");
    check(&diag, bundle_read(arena, &diag, str_from(name), &options, &facts), 0);
    unlink(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {"README.txt", "sql/postgresql/x.sql", "sql/sqlite/x.sql"};
    Arena *arena = arena_open();
    Diag diag = diag_open(arena);
    Str text = {(const char *)data, size};
    PublicKey key;
    Signature signature;
    Sums sums;
    Manifest manifest;
    if (!bundle_start(&diag))
        BUG("libsodium");
    check(&diag, public_key_parse(&diag, STR("k"), text, &key), 0);
    size_t errors = diag.errors;
    check(&diag, signature_parse(arena, &diag, STR("signatures/0807060504030201.minisig"), text, &signature), errors);
    errors = diag.errors;
    check(&diag, signature_parse(arena, &diag, STR("signatures/0807060504030201.sig"), text, &signature), errors);
    errors = diag.errors;
    bool done = sums_parse(arena, &diag, text, &sums);
    check(&diag, done, errors);
    if (done && !str_equal(sums_text(arena, &sums), text))
        BUG("a list that is not the one text it has");
    errors = diag.errors;
    check(&diag, manifest_parse(arena, &diag, text, &manifest), errors);
    for (size_t i = 0; i < 3; i++) {
        TextCheck *whole = text_check_open(arena, str_from(paths[i])), *parts = text_check_open(arena, str_from(paths[i]));
        Diag one = diag_open(arena), two = diag_open(arena);
        bool first = text_check(whole, &one, text.ptr, text.len) && text_check_end(whole, &one), second = true;
        for (size_t at = 0; second && at < size; at++)
            second = text_check(parts, &two, text.ptr + at, 1);
        second = second && text_check_end(parts, &two);
        if (first != second)
            BUG("a text is judged differently in pieces");
        check(&one, first, 0);
    }
    read_archive(arena, data, size, ".tar");
    read_archive(arena, data, size, ".tar.gz");
    arena_close(arena);
    return 0;
}
