// Any bytes as MANIFEST.json: refused with one error, or the one text that the manifest has.
#include "file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_open();
    Diag diag = diag_open(arena), writing = diag_open(arena);
    Str text = {(const char *)data, size}, again;
    Manifest manifest;
    bool done = manifest_parse(arena, &diag, text, &manifest);
    fuzz_check(&diag, done);
    if (done && (!manifest_text(arena, &writing, &manifest, &again) || !str_equal(again, text)))
        BUG("a manifest that is not the one text it has");
    if (done && (manifest_time(&manifest) < BUNDLE_EARLIEST_TIME || manifest_time(&manifest) > BUNDLE_LATEST_TIME))
        BUG("a time that no entry can have");
    arena_close(arena);
    return 0;
}
