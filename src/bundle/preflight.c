// A preflight is run days ahead, on a database that is in use, by people who were told that it only asks: each of its
// statements must have one of the forms of forms_preflight.c.
//
// What stands there is what a server can be trusted with, too: PostgreSQL, MySQL and MariaDB are told before the first
// question to refuse writes, SQLite and SQL Server have no functions that write, and Oracle's may not in a query.
#include "forms.h"

static bool not_asked(Diag *diag, Str path, size_t line)
{
    diag_error(diag, SPAN_NONE,
               "E-608 text in \"%.*s\": line %zu: a preflight asks and changes nothing, and this is none of the statements "
               "that it may have",
               STR_ARGS(path), line);
    diag_hint(
        diag,
        "Run it nowhere. A check of a revision is one SELECT, which calls no function that reaches beyond its transaction.");
    return false;
}

bool preflight_is(Str path)
{
    return str_starts(path, STR("sql/")) && str_equal(path_base(path), STR("preflight.sql"));
}

// "v=1 bundle=B checks=1/2 upgrade_sha256=64 digits from=F to=T". What is missing the manifest's judge misses.
static void keep_names(Arena *arena, Str names, ScriptHead *head)
{
    static const Str before = {" upgrade_sha256=", 16};
    size_t begin = str_find(names, before, 0);
    if (begin == SIZE_MAX)
        return;
    begin += before.len;
    size_t end = str_find_char(names, ' ', begin);
    end = end == SIZE_MAX ? names.len : end;
    head->fields[HEAD_DIGITS] = str_copy(arena, str_slice(names, begin, end));
    head->fields[HEAD_RANGE] = str_copy(arena, str_slice(names, end, names.len));
}

bool preflight_only_asks(Arena *arena, Diag *diag, Str dialect, Str text)
{
    ScriptHead head = {.path = str_format(arena, "sql/%.*s/preflight.sql", STR_ARGS(dialect))};
    return preflight_check(arena, diag, text, &head);
}

bool preflight_check(Arena *arena, Diag *diag, Str text, ScriptHead *head)
{
    const Client *client = forms_client(head->path);
    if (!client)
        return not_asked(diag, head->path, 1);
    if (text.len > FORMS_MOST_BYTES)
        return diag_error(diag, SPAN_NONE, "E-608 text in \"%.*s\": larger than the limit of %d MiB for a preflight",
                          STR_ARGS(head->path), FORMS_MOST_BYTES >> 20);
    Arena *scratch = arena_open();
    ScriptSaid said;
    size_t line = forms_first_fault(scratch, FORMS_PREFLIGHT, client, text, 1, &said);
    if (!line)
        keep_names(arena, said.names, head);
    arena_close(scratch);
    return !line || not_asked(diag, head->path, line);
}
