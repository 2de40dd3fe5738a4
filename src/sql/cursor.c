// Reading raw SQL from left to right: words, punctuation, names.
#include "sql_int.h"

void cursor_next(Cursor *c)
{
    do
        c->token = sql_token(c->dialect, c->text, c->token.end);
    while (c->token.kind == TOKEN_COMMENT);
}

bool cursor_at(const Cursor *c, const char *word)
{
    return c->token.kind == TOKEN_WORD && str_equal_fold(c->token.text, str_from(word));
}

bool cursor_at_any(const Cursor *c, const char *const *words)
{
    return c->token.kind == TOKEN_WORD && str_is_one_of(c->token.text, words);
}

bool cursor_accept(Cursor *c, const char *word)
{
    if (!cursor_at(c, word))
        return false;
    cursor_next(c);
    return true;
}

void cursor_skip_if_exists(Cursor *c)
{
    if (cursor_accept(c, "IF")) {
        cursor_accept(c, "NOT");
        cursor_accept(c, "EXISTS");
    }
}

bool cursor_at_punct(const Cursor *c, char punct)
{
    return c->token.kind == TOKEN_PUNCT && c->text.ptr[c->token.start] == punct;
}

bool cursor_name(Cursor *c, Str *name)
{
    if (c->token.kind == TOKEN_QUOTED)
        *name = unquoted_name(c->arena, c->dialect, c->token.text);
    else if (c->token.kind == TOKEN_WORD)
        *name = c->dialect->id == DIALECT_POSTGRESQL || c->dialect->id == DIALECT_ORACLE ? str_lower(c->arena, c->token.text)
                                                                                         : c->token.text;
    else
        return false;
    cursor_next(c);
    return true;
}

// The table that the chain knows by this name but for its case.
static void as_known(const Cursor *c, Str *schema, Str *name)
{
    if (!c->model || model_table(c->model, *schema, *name))
        return;
    for (MapEntry *e = map_first(&c->model->tables); e; e = map_next(&c->model->tables, e)) {
        const Table *table = e->value;
        if (str_equal_fold(table->name, *name) && str_equal_fold(table->schema, *schema)) {
            *schema = table->schema;
            *name = table->name;
            return;
        }
    }
}

bool cursor_qualified(Cursor *c, Str *schema, Str *name)
{
    *schema = STR_EMPTY;
    if (!cursor_name(c, name))
        return false;
    while (cursor_at_punct(c, '.')) {
        cursor_next(c);
        *schema = *name;
        if (!cursor_name(c, name))
            return false;
    }
    return true;
}

bool cursor_names(Cursor *c, Arena *arena, StrList *names)
{
    if (!cursor_at_punct(c, '('))
        return false;
    do {
        Str name;
        cursor_next(c);
        if (!cursor_name(c, &name))
            return false;
        vec_push(arena, names, name);
    } while (cursor_at_punct(c, ','));
    if (!cursor_at_punct(c, ')'))
        return false;
    cursor_next(c);
    return true;
}

bool cursor_object(Cursor *c, Str *schema, Str *name)
{
    if (!cursor_qualified(c, schema, name))
        return false;
    if (c->dialect->id == DIALECT_SQLITE && str_equal_fold(*schema, STR("main")))
        *schema = STR_EMPTY;
    if (c->dialect->id == DIALECT_POSTGRESQL && str_equal_fold(*schema, STR("public")))
        *schema = STR_EMPTY;
    if (c->dialect->id == DIALECT_MSSQL && str_equal_fold(*schema, STR("dbo")))
        *schema = STR_EMPTY;
    bool searched = !schema->len && c->model && c->model->search_schema.len;
    if (searched && (model_table(c->model, c->model->search_schema, *name) || !model_table(c->model, STR_EMPTY, *name)))
        *schema = c->model->search_schema;
    as_known(c, schema, name);
    return true;
}
