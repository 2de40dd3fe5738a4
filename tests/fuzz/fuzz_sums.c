// Any bytes as SHA256SUMS: refused with one error, or the one text that its rows have.
#include "file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_open();
    Diag diag = diag_open(arena);
    Str text = {(const char *)data, size};
    Sums sums;
    bool done = sums_parse(arena, &diag, text, &sums);
    fuzz_check(&diag, done);
    if (done && !str_equal(sums_text(arena, &sums), text))
        BUG("a list that is not the one text it has");
    for (size_t i = 0; done && i < sums.rows.count; i++)
        if (map_get(&sums.by_path, sums.rows.items[i].path) != &sums.rows.items[i])
            BUG("a row that is not found by its path");
    arena_close(arena);
    return 0;
}
