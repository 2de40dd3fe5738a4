// Texts judged as one raw statement would be in a framed script, and as a script in a bundle.
//
//   client_driver DIALECT < texts     each text: its length in decimal, a line feed, its bytes
//
// Prints a line for each: "text raw script what", a 1 for accepted, a 0 for refused. text: it holds nothing that the client
// would act on, the one rule that knows of no quotes; raw: as a revision's statement; script: as a bundle's file; what: why
// it is refused as raw.
#include <stdlib.h>

#include "waybill/client.h"
#include "waybill/sql.h"

#include "../../src/bundle/bundle_int.h"

static bool raw_passes(Arena *arena, const Dialect *dialect, Str text, const char **why)
{
    Diag diag = diag_open(arena);
    ClientTake take;
    RawList statements = {0};
    *why = "cannot be split";
    if (!sql_split(arena, &diag, dialect, SPAN_NONE, text, &statements))
        return false;
    for (size_t i = 0; i < statements.count; i++) {
        *why = "a session's or client's statement";
        const RawStatement *raw = &statements.items[i];
        if (raw->touches.len)
            *why = str_cstr(arena, raw->touches);
        if (raw->kind == RAW_CLIENT || raw->kind == RAW_SESSION || raw->touches.len)
            return false;
    }
    *why = "";
    bool taken = client_takes(client_find(dialect->name, STR_EMPTY), text, &take);
    if (taken)
        *why = take.what;
    return !taken;
}

static bool script_passes(Arena *arena, const Dialect *dialect, Str text)
{
    Diag diag = diag_open(arena);
    TextCheck *check = text_check_open(arena, str_format(arena, "sql/%.*s/x.sql", STR_ARGS(dialect->name)));
    return text_check(check, &diag, text.ptr, text.len) && text_check_end(check, &diag);
}

int main(int argc, char **argv)
{
    const Dialect *dialect = argc == 2 ? dialect_find(str_from(argv[1])) : NULL;
    char line[32];
    if (!dialect)
        return 2;
    while (fgets(line, sizeof line, stdin)) {
        Arena *arena = arena_open();
        size_t len = strtoul(line, NULL, 10);
        char *text = arena_alloc(arena, len + 1);
        const char *why;
        if (fread(text, 1, len, stdin) != len)
            return 3;
        ClientTake take;
        bool plain = !client_takes(client_find(dialect->name, STR_EMPTY), (Str){text, len}, &take);
        bool raw = raw_passes(arena, dialect, (Str){text, len}, &why),
             script = script_passes(arena, dialect, (Str){text, len});
        printf("%d %d %d %s\n", plain, raw, script, why);
        arena_close(arena);
    }
    return 0;
}
