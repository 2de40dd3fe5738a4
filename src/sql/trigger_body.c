// SQLite's generic script: a statement that writes rows runs in the body of a trigger, which takes less than SQLite does
// elsewhere, and one of the schema is seen by the number that each change of the schema raises.
#include "sql_int.h"

// INSERT OR REPLACE INTO main.t AS a, up to the name that is written: whether it is one by itself, and who else calls it.
static const char *target(Cursor *c)
{
    Str schema, name;
    cursor_next(c);
    if (cursor_accept(c, "OR"))
        cursor_next(c);
    if (!cursor_accept(c, "INTO"))
        cursor_accept(c, "FROM");
    if (!cursor_qualified(c, &schema, &name))
        return NULL;
    if (schema.len)
        return "a table's schema";
    if (cursor_at(c, "AS"))
        return "another name for its table";
    return cursor_at(c, "INDEXED") || cursor_at(c, "NOT") ? "INDEXED BY or NOT INDEXED" : NULL;
}

const char *sql_trigger_lacks(Arena *arena, const Dialect *dialect, Str text)
{
    Cursor c = {.arena = arena, .dialect = dialect, .text = text};
    cursor_next(&c);
    if (cursor_at(&c, "WITH"))
        return "WITH";
    bool inserts = cursor_at(&c, "INSERT") || cursor_at(&c, "REPLACE");
    const char *lacks = target(&c);
    for (size_t depth = 0; !lacks && c.token.kind != TOKEN_END && c.token.kind != TOKEN_BAD; cursor_next(&c)) {
        depth += cursor_at_punct(&c, '(');
        depth -= cursor_at_punct(&c, ')') && depth;
        if (depth)
            continue;
        if (cursor_at(&c, "RETURNING"))
            lacks = "RETURNING";
        else if (!inserts && (cursor_at(&c, "ORDER") || cursor_at(&c, "LIMIT")))
            lacks = "ORDER BY or LIMIT";
        else if (inserts && cursor_accept(&c, "DEFAULT") && cursor_at(&c, "VALUES"))
            lacks = "DEFAULT VALUES";
    }
    return lacks;
}

const char *sql_leaves_no_mark(Arena *arena, const Dialect *dialect, Str text)
{
    static const char *const temporary = "a temporary table, view or trigger";
    Cursor c = {.arena = arena, .dialect = dialect, .text = text};
    Str schema, name;
    cursor_next(&c);
    if (cursor_at(&c, "REINDEX"))
        return "REINDEX";
    if (cursor_at(&c, "ANALYZE"))
        return "ANALYZE";
    cursor_next(&c);   // CREATE, ALTER or DROP
    if (cursor_at(&c, "TEMP") || cursor_at(&c, "TEMPORARY"))
        return temporary;
    if (!cursor_accept(&c, "UNIQUE"))
        cursor_accept(&c, "VIRTUAL");
    cursor_next(&c);   // TABLE, VIEW, INDEX or TRIGGER
    cursor_skip_if_exists(&c);
    return cursor_qualified(&c, &schema, &name) && str_equal_fold(schema, STR("temp")) ? temporary : NULL;
}
