// Any bytes as a text of a bundle: a README, and a script of each dialect. Judged the same whole and byte by byte, with one
// error for each refusal.
#include "file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {"README.txt",        "sql/postgresql/x.sql", "sql/sqlite/x.sql", "sql/mysql/x.sql",
                                        "sql/mariadb/x.sql", "sql/oracle/x.sql",     "sql/mssql/x.sql"};
    Arena *arena = arena_open();
    Str text = {(const char *)data, size};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        TextCheck *whole = text_check_open(arena, str_from(paths[i])), *parts = text_check_open(arena, str_from(paths[i]));
        Diag one = diag_open(arena), two = diag_open(arena);
        bool first = text_check(whole, &one, text.ptr, text.len) && text_check_end(whole, &one), second = true;
        for (size_t at = 0; second && at < size; at++)
            second = text_check(parts, &two, text.ptr + at, 1);
        second = second && text_check_end(parts, &two);
        if (first != second)
            BUG("a text is judged differently in pieces");
        fuzz_check(&one, first);
    }
    arena_close(arena);
    return 0;
}
