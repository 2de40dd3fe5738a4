// The tables that a statement for MySQL or MariaDB may mean: rather too many names than too few, as for a table that a
// session may have made before, what is no table's name costs nothing. Bodies of routines and triggers are read like the
// rest.
#include "sql_int.h"

enum { MOST_DEPTH = 64 };   // of parentheses that are told apart; deeper ones are read as the last

typedef struct Depth {
    bool selects;   // a SELECT stands here: EXTRACT(YEAR FROM d) has none
    bool lists;     // behind a comma stands the next table
} Depth;

// Behind which words a table's name stands; `lists`: or several.
static bool names_tables(const Cursor *c, bool *lists)
{
    static const char *const one[] = {"INTO", "INSERT", "REPLACE", "TABLE", "REFERENCES", NULL};
    static const char *const several[] = {"FROM", "JOIN", "STRAIGHT_JOIN", "UPDATE", "DELETE", "USING", "TABLES", NULL};
    *lists = cursor_at_any(c, several);
    return *lists || cursor_at_any(c, one);
}

// REPLACE(a, b, c), USING (a), USING utf8mb4 within parentheses, FOR UPDATE, ON DELETE, BEFORE INSERT, EXTRACT(YEAR FROM d).
static bool is_no_statement(const Cursor *c, Str before, size_t depth, bool selects)
{
    static const char *const clauses[] = {"FOR", "KEY", "ON", "BEFORE", "AFTER", "OR", NULL};
    static const char *const functions[] = {"REPLACE", "INSERT", "USING", NULL};
    Cursor next = *c;
    cursor_next(&next);
    return str_is_one_of(before, clauses) || (cursor_at_any(c, functions) && cursor_at_punct(&next, '(')) ||
           (cursor_at(c, "USING") && depth) || (cursor_at(c, "FROM") && depth && !selects);
}

// Behind these, tables are listed no more.
static bool ends_list(const Cursor *c)
{
    static const char *const words[] = {"SET",       "WHERE",  "GROUP",  "HAVING", "ORDER",  "LIMIT",     "UNION", "EXCEPT",
                                        "INTERSECT", "SELECT", "VALUES", "VALUE",  "WINDOW", "PROCEDURE", "DO",    NULL};
    return cursor_at_any(c, words);
}

// What may stand between such a word and the name.
static bool is_between(const Cursor *c)
{
    static const char *const words[] = {"LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "QUICK", "IGNORE",
                                        "INTO",         "FROM",          "TABLE",   "IF",    "NOT",
                                        "EXISTS",       "LATERAL",       "OJ",      NULL};
    return cursor_at_any(c, words) || cursor_at_punct(c, '{');
}

static void add(Arena *arena, SqlTableList *tables, SqlTable table)
{
    static const char *const no_names[] = {"ON", "SET", "SELECT", "VALUES", "CASCADE", "WHERE", "DUAL", NULL};
    // no session can make a table in these, and to drop one is an error
    static const char *const servers_own[] = {"information_schema", "performance_schema", NULL};
    if (!table.schema.len && str_is_one_of(table.name, no_names))
        return;
    if (str_is_one_of(table.schema, servers_own))
        return;
    for (size_t i = 0; i < tables->count; i++)
        if (str_equal(tables->items[i].schema, table.schema) && str_equal(tables->items[i].name, table.name))
            return;
    vec_push(arena, tables, table);
}

void sql_named_tables(Arena *arena, const Dialect *dialect, Str text, SqlTableList *tables)
{
    Cursor c = {.arena = arena, .dialect = dialect, .text = text};
    Depth depths[MOST_DEPTH] = {{false, false}};
    size_t depth = 0;
    Str before = STR_EMPTY;
    bool wanted = false;   // a table's name stands next
    cursor_next(&c);
    while (c.token.kind != TOKEN_END && c.token.kind != TOKEN_BAD) {
        Depth *here = &depths[depth < MOST_DEPTH ? depth : MOST_DEPTH - 1];
        SqlTable table = {0};
        bool lists;
        if (wanted && !is_between(&c) && cursor_object(&c, &table.schema, &table.name)) {
            if (!cursor_at_punct(&c, '(') || !here->lists)   // no function that gives rows
                add(arena, tables, table);
            wanted = false;
            before = table.name;
            continue;
        }
        if (cursor_at_punct(&c, '(')) {
            depth++;
            depths[depth < MOST_DEPTH ? depth : MOST_DEPTH - 1] = (Depth){false, wanted};
        } else if (cursor_at_punct(&c, ')')) {
            depth -= depth > 0;
            wanted = false;
        } else if (cursor_at_punct(&c, ';')) {
            here->lists = wanted = false;
        } else if (cursor_at_punct(&c, ',')) {
            wanted = here->lists;
        } else if (names_tables(&c, &lists) && !is_no_statement(&c, before, depth, here->selects)) {
            here->lists = lists;
            wanted = true;
        } else if (ends_list(&c)) {
            here->selects |= cursor_at(&c, "SELECT");
            here->lists = wanted = false;
        } else if (!is_between(&c)) {
            wanted = false;
        }
        before = c.token.kind == TOKEN_WORD ? c.token.text : STR_EMPTY;
        cursor_next(&c);
    }
}
