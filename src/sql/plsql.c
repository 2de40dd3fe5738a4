// What Oracle compiles without saying by an error that it could not: the unit's name and kind, read from its text.
#include "sql_int.h"

static Str dictionary_name(Arena *arena, const SqlToken *t)
{
    if (t->kind == TOKEN_QUOTED)
        return str_replace(arena, t->text, STR("\"\""), STR("\""));
    return str_upper(arena, t->text);
}

static bool is(const SqlToken *t, const char *word)
{
    return t->kind == TOKEN_WORD && str_equal_fold(t->text, str_from(word));
}

static SqlToken next(const Dialect *dialect, Str text, const SqlToken *after)
{
    SqlToken t = sql_token(dialect, text, after->end);
    while (t.kind == TOKEN_COMMENT)
        t = sql_token(dialect, text, t.end);
    return t;
}

// IF NOT EXISTS stands before the name since 23ai.
static SqlToken skip_if_not_exists(const Dialect *dialect, Str text, SqlToken t)
{
    if (!is(&t, "IF"))
        return t;
    for (int i = 0; i < 3; i++)
        t = next(dialect, text, &t);
    return t;
}

PlsqlUnit sql_plsql_unit(Arena *arena, const Dialect *dialect, Str text)
{
    static const char *const kinds[] = {"TRIGGER", "FUNCTION", "PROCEDURE", "PACKAGE", "TYPE", "LIBRARY", NULL};
    PlsqlUnit unit = {.type = STR_EMPTY, .schema = STR_EMPTY, .name = STR_EMPTY};
    SqlToken zero = {.end = 0}, t = next(dialect, text, &zero);
    if (!sql_is_plsql(dialect, text) || !is(&t, "CREATE"))
        return unit;
    t = next(dialect, text, &t);
    while (is(&t, "OR") || is(&t, "REPLACE") || is(&t, "EDITIONABLE") || is(&t, "NONEDITIONABLE"))
        t = next(dialect, text, &t);
    for (const char *const *kind = kinds; *kind; kind++)
        if (is(&t, *kind))
            unit.type = str_from(*kind);
    if (!unit.type.len)
        return unit;
    t = next(dialect, text, &t);
    if (is(&t, "BODY")) {
        unit.type = str_format(arena, "%.*s BODY", STR_ARGS(unit.type));
        t = next(dialect, text, &t);
    }
    t = skip_if_not_exists(dialect, text, t);
    if (t.kind != TOKEN_WORD && t.kind != TOKEN_QUOTED)
        return unit;
    unit.name = dictionary_name(arena, &t);
    SqlToken dot = next(dialect, text, &t);
    if (dot.kind != TOKEN_PUNCT || text.ptr[dot.start] != '.')
        return unit;
    t = next(dialect, text, &dot);
    unit.schema = unit.name;
    unit.name = dictionary_name(arena, &t);
    return unit;
}
