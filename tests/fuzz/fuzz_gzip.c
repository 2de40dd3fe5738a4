// Any bytes as gzip: read or refused, and recompression told from the packer's own.
#include "file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_open();
    Diag diag = diag_open(arena);
    if (!bundle_start(&diag))
        BUG("libsodium");
    fuzz_filter(&filter_gzip, data, size);
    arena_close(arena);
    return 0;
}
