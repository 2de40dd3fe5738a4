// What Oracle compiles without saying by an error that it could not: the unit's name and kind, read from its text.
#include "sql_int.h"

// The name under the cursor as the dictionary keeps it; empty: none.
static Str dictionary_name(Cursor *c)
{
    SqlToken t = c->token;
    Str name = STR_EMPTY;
    if (!cursor_name(c, &name))
        return STR_EMPTY;
    return t.kind == TOKEN_QUOTED ? name : str_upper(c->arena, t.text);
}

PlsqlUnit sql_plsql_unit(Arena *arena, const Dialect *dialect, Str text)
{
    static const char *const kinds[] = {"TRIGGER", "FUNCTION", "PROCEDURE", "PACKAGE", "TYPE", "LIBRARY", NULL};
    static const char *const before[] = {"OR", "REPLACE", "EDITIONABLE", "NONEDITIONABLE", NULL};
    PlsqlUnit unit = {.type = STR_EMPTY, .schema = STR_EMPTY, .name = STR_EMPTY};
    Cursor c = {.arena = arena, .dialect = dialect, .text = text};
    cursor_next(&c);
    if (!sql_is_plsql(dialect, text) || !cursor_accept(&c, "CREATE"))
        return unit;
    while (cursor_at_any(&c, before))
        cursor_next(&c);
    if (!cursor_at_any(&c, kinds))
        return unit;
    unit.type = str_upper(arena, c.token.text);
    cursor_next(&c);
    if (cursor_accept(&c, "BODY"))
        unit.type = str_format(arena, "%.*s BODY", STR_ARGS(unit.type));
    cursor_skip_if_exists(&c);   // before the name since 23ai
    unit.name = dictionary_name(&c);
    if (!unit.name.len || !cursor_at_punct(&c, '.'))
        return unit;
    cursor_next(&c);
    unit.schema = unit.name;
    unit.name = dictionary_name(&c);
    return unit;
}
