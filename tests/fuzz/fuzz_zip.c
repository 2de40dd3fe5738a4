// Any bytes as a zip: what is accepted is what the packer writes.
#include "file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_open();
    Diag diag = diag_open(arena);
    if (!bundle_start(&diag))
        BUG("libsodium");
    fuzz_archive(&format_zip, data, size);
    arena_close(arena);
    return 0;
}
