// What raw SQL does to the model: plain DML nothing, the common DDL forms what they say; anything else that names a table
// makes that table opaque.
#include "sql_int.h"

#define UNFOLLOWED "raw SQL that cannot be followed names it"

static bool is_word(Str name)
{
    bool plain = name.len > 0;
    for (size_t i = 0; i < name.len && plain; i++)
        plain = is_word_byte(name.ptr[i]);
    return plain;
}

// Every table of the model whose name stands in the text, quoted text included, becomes opaque.
static void blur(Cursor *c, Model *model, Span at)
{
    Map words = map_open(c->arena);
    for (size_t i = 0, end; i < c->text.len; i = end + (end == i)) {
        for (end = i; end < c->text.len && is_word_byte(c->text.ptr[end]);)
            end++;
        if (end > i)
            map_put(&words, str_lower(c->arena, str_slice(c->text, i, end)), c);
    }
    for (MapEntry *e = map_first(&model->tables); e; e = map_next(&model->tables, e)) {
        const Table *table = e->value;
        if (table->is_opaque)
            continue;
        // names that are no plain words ("user id") are looked for as they are
        bool found = is_word(table->name) ? map_get(&words, str_lower(c->arena, table->name)) != NULL
                                          : str_find(c->text, table->name, 0) != SIZE_MAX;
        if (found)
            model_make_opaque(model, table->schema, table->name, at, STR(UNFOLLOWED));
    }
}

static void create_type(Cursor *c, Model *model)
{
    Str schema, name;
    if (!cursor_object(c, &schema, &name))
        return;
    NamedType *type = arena_new(model->work, NamedType);
    *type = (NamedType){.schema = schema, .name = name, .revision = model->revision};
    for (; c->token.kind != TOKEN_END && c->token.kind != TOKEN_BAD && !cursor_at_punct(c, ';'); cursor_next(c))
        if (c->token.kind == TOKEN_STRING && c->token.end - c->token.start >= 2)
            vec_push(model->work, &type->labels,
                     str_replace(c->arena, str_slice(c->text, c->token.start + 1, c->token.end - 1), STR("''"), STR("'")));
    model_put_type(model, type);
}

static void drop_types(Cursor *c, Model *model)
{
    cursor_skip_if_exists(c);
    Str schema, name;
    while (cursor_object(c, &schema, &name)) {
        if (model_type(model, schema, name))
            model_remove_type(model, schema, name);
        if (!cursor_at_punct(c, ','))
            break;
        cursor_next(c);
    }
}

static void alter_type(Cursor *c, Model *model)
{
    Str schema, name, new_name, skipped;
    if (!cursor_object(c, &schema, &name))
        return;
    const NamedType *old = model_type(model, schema, name);
    if (cursor_accept(c, "RENAME") && cursor_accept(c, "TO") && cursor_object(c, &skipped, &new_name)) {
        NamedType *renamed = arena_new(model->work, NamedType);
        *renamed = old ? *old : (NamedType){.schema = schema, .revision = model->revision};
        renamed->name = new_name;
        if (old)
            model_remove_type(model, schema, name);
        model_put_type(model, renamed);
    }
}

static void drop_tables(Cursor *c, Model *model, Span at)
{
    VEC(Cascade) dropped = {0};
    cursor_skip_if_exists(c);
    Str schema, name;
    while (cursor_object(c, &schema, &name)) {
        Cascade cascade = {.schema = schema, .name = name, .whole = true};
        model_remove_table(model, schema, name);
        vec_push(c->arena, &dropped, cascade);
        if (!cursor_at_punct(c, ','))
            break;
        cursor_next(c);
    }
    bool is_mysql = c->dialect->alter == ALTER_WHOLE;   // where the word does nothing
    for (size_t i = 0; cursor_at(c, "CASCADE") && !is_mysql && i < dropped.count; i++)
        model_cascade(model, &dropped.items[i], at);
}

// CREATE [UNIQUE] INDEX [CONCURRENTLY] [IF NOT EXISTS] name ON [ONLY] table ...: kept as its text.
static void create_index(Cursor *c, Model *model, Span at, bool unique)
{
    cursor_accept(c, "CONCURRENTLY");
    cursor_skip_if_exists(c);
    Str schema, name = STR_EMPTY, index_schema;
    if (!cursor_at(c, "ON") && !cursor_object(c, &index_schema, &name))
        return;
    if (!cursor_accept(c, "ON"))
        return;
    cursor_accept(c, "ONLY");
    Str table_name;
    if (!cursor_object(c, &schema, &table_name))
        return;
    const Table *table = model_table(model, schema, table_name);
    if (!table)   // one without a name has one that the server chooses
        return;
    Table *copy = table_copy(model->work, table);
    Index *index = arena_new(model->work, Index);
    *index = (Index){.name = name, .schema = schema, .table = table_name, .unique = unique, .raw = c->text, .at = at};
    vec_push(model->work, &copy->indexes, index);
    model_put_table(model, copy);
}

static void drop_indexes(Cursor *c, Model *model, Span at)
{
    cursor_accept(c, "CONCURRENTLY");
    cursor_skip_if_exists(c);
    Op op = {.kind = OP_DROP_INDEX, .at = at};
    while (cursor_object(c, &op.schema, &op.name)) {
        model_apply(model, &op);
        if (!cursor_at_punct(c, ','))
            break;
        cursor_next(c);
    }
}

static void create_trigger(Cursor *c, Model *model)
{
    while (c->token.kind != TOKEN_END && c->token.kind != TOKEN_BAD && !cursor_at(c, "ON"))
        cursor_next(c);
    Str schema, name;
    if (!cursor_accept(c, "ON") || !cursor_object(c, &schema, &name))
        return;
    const Table *table = model_table(model, schema, name);
    if (!table)
        return;
    Table *copy = table_copy(model->work, table);
    StrList triggers = {0};
    for (size_t i = 0; i < table->triggers.count; i++)
        vec_push(model->work, &triggers, table->triggers.items[i]);
    vec_push(model->work, &triggers, c->text);
    copy->triggers = triggers;
    model_put_table(model, copy);
}

// What an action that is not understood does to other tables than its own.
static bool concerns_others(const Cursor *at)
{
    static const char *const words[] = {"RENAME", "ATTACH",    "DETACH", "INHERIT", "EXCHANGE",
                                        "SCHEMA", "PARTITION", "UNION",  NULL};
    for (Cursor c = *at; c.token.kind != TOKEN_END; cursor_next(&c))
        if (c.token.kind == TOKEN_BAD || cursor_at_any(&c, words))
            return true;
    return false;
}

// Actions that leave the shape as it is: passed over, to the next comma.
static bool skip_harmless(Cursor *c)
{
    static const char *const words[] = {"VALIDATE", "OWNER", "ENABLE", "DISABLE", "FORCE", "REPLICA", "CLUSTER", NULL};
    size_t depth = 0;
    if (!cursor_at_any(c, words))
        return false;
    for (; c->token.kind != TOKEN_END && c->token.kind != TOKEN_BAD; cursor_next(c)) {
        if (!depth && cursor_at_punct(c, ','))
            break;
        depth += cursor_at_punct(c, '(');
        depth -= cursor_at_punct(c, ')');
    }
    return true;
}

// ALTER TABLE, action by action. Returns false when one of them is not understood and may concern any table.
static bool alter_table(Cursor *c, Model *model, Span at)
{
    Str schema, table;
    cursor_skip_if_exists(c);
    cursor_accept(c, "ONLY");
    if (!cursor_object(c, &schema, &table))
        return false;
    Cursor actions = *c;
    for (;;) {
        Op op = {.at = at, .schema = schema, .table = table};
        bool known = model_table(model, schema, table) != NULL;
        if (!skip_harmless(c)) {
            if (!follow_alter_action(c, model, &op))
                break;
            if (known)
                model_apply(model, &op);
        }
        if (c->token.kind == TOKEN_END)
            return true;
        if (!cursor_at_punct(c, ','))
            break;
        cursor_next(c);
    }
    if (concerns_others(&actions))
        return false;
    model_make_opaque(model, schema, table, at, STR(UNFOLLOWED));
    return true;
}

static void create_raw_table(Cursor *c, Model *model, Span at)
{
    Cursor start = *c;
    if (follow_create_table(c, model, at))
        return;
    *c = start;
    cursor_skip_if_exists(c);
    Str schema, name;
    if (cursor_object(c, &schema, &name))
        model_make_opaque(model, schema, name, at, STR("raw SQL creates it"));
}

static bool follow_create(Cursor *c, Model *model, Span at)
{
    if (cursor_accept(c, "OR"))
        cursor_next(c);   // REPLACE
    bool unique = cursor_accept(c, "UNIQUE");
    while (cursor_accept(c, "TEMP") || cursor_accept(c, "TEMPORARY") || cursor_accept(c, "UNLOGGED") ||
           cursor_accept(c, "CONSTRAINT"))
        ;
    if (cursor_accept(c, "TABLE"))
        create_raw_table(c, model, at);
    else if (cursor_accept(c, "INDEX"))
        create_index(c, model, at, unique);
    else if (cursor_accept(c, "TRIGGER"))
        create_trigger(c, model);
    else if (cursor_accept(c, "TYPE") || cursor_accept(c, "DOMAIN"))
        create_type(c, model);
    else
        return cursor_at(c, "VIEW") || cursor_at(c, "MATERIALIZED") || cursor_at(c, "FUNCTION") ||
               cursor_at(c, "PROCEDURE") || cursor_at(c, "EXTENSION") || cursor_at(c, "SCHEMA") ||
               cursor_at(c, "SEQUENCE") || cursor_at(c, "STATISTICS") || cursor_at(c, "AGGREGATE") || cursor_at(c, "ROLE") ||
               cursor_at(c, "POLICY");
    return true;
}

static bool follow_drop(Cursor *c, Model *model, Span at)
{
    if (cursor_accept(c, "TABLE"))
        drop_tables(c, model, at);
    else if (cursor_accept(c, "INDEX"))
        drop_indexes(c, model, at);
    else if (cursor_accept(c, "TYPE") || cursor_accept(c, "DOMAIN"))
        drop_types(c, model);
    else
        return cursor_at(c, "VIEW") || cursor_at(c, "MATERIALIZED") || cursor_at(c, "FUNCTION") ||
               cursor_at(c, "EXTENSION") || cursor_at(c, "SEQUENCE") || cursor_at(c, "PROCEDURE") ||
               cursor_at(c, "AGGREGATE") || cursor_at(c, "STATISTICS") || cursor_at(c, "ROLE") || cursor_at(c, "POLICY");
    return true;
}

static bool follow_ddl(Cursor *c, Model *model, Span at)
{
    if (cursor_accept(c, "CREATE"))
        return follow_create(c, model, at);
    if (cursor_accept(c, "DROP"))
        return follow_drop(c, model, at);
    if (cursor_accept(c, "ALTER")) {
        if (cursor_accept(c, "TYPE")) {
            alter_type(c, model);
            return true;
        }
        if (cursor_accept(c, "TABLE"))
            return alter_table(c, model, at);
        return cursor_at(c, "SEQUENCE") || cursor_at(c, "INDEX") || cursor_at(c, "VIEW") || cursor_at(c, "FUNCTION") ||
               cursor_at(c, "EXTENSION") || cursor_at(c, "ROLE") || cursor_at(c, "DATABASE") || cursor_at(c, "SCHEMA");
    }
    return cursor_at(c, "COMMENT") || cursor_at(c, "TRUNCATE") || cursor_at(c, "GRANT") || cursor_at(c, "REVOKE") ||
           cursor_at(c, "ANALYZE") || cursor_at(c, "VACUUM") || cursor_at(c, "REINDEX") || cursor_at(c, "LOCK") ||
           cursor_at(c, "REFRESH") || cursor_at(c, "CLUSTER");
}

// SET search_path = a, b: what has no schema is looked for and made in the first of them.
static void follow_set(Cursor *c, Model *model)
{
    Str first;
    if (!cursor_accept(c, "SET"))
        return;
    while (cursor_accept(c, "SESSION") || cursor_accept(c, "LOCAL"))
        ;
    if (!cursor_accept(c, "search_path") || c->dialect->id != DIALECT_POSTGRESQL)
        return;
    if (cursor_at_punct(c, '=') || cursor_at(c, "TO"))
        cursor_next(c);
    if (!cursor_name(c, &first))
        return;
    bool is_default = str_equal(first, STR("public")) || str_equal_fold(first, STR("default"));
    model->search_schema = is_default ? STR_EMPTY : str_copy(model->arena, first);
}

// DO $$ ... CREATE TYPE ... EXCEPTION WHEN duplicate_object ... $$: the types that the block makes where they are not there
// yet, by itself or by EXECUTE. What else it does nobody follows.
static void follow_block(Cursor *c, Model *model, unsigned depth)
{
    enum { MOST_DEPTH = 3 };
    while (c->token.kind != TOKEN_END && c->token.kind != TOKEN_BAD) {
        if (c->token.kind == TOKEN_STRING && depth < MOST_DEPTH) {
            Str text = str_slice(c->text, c->token.start, c->token.end);
            size_t tag = text.ptr[0] == '$' ? str_find_char(text, '$', 1) + 1 : 1;
            bool plain = text.ptr[0] == '$' || text.ptr[0] == '\'';
            Str inner = plain && text.len >= 2 * tag ? str_slice(text, tag, text.len - tag) : STR_EMPTY;
            if (text.ptr[0] == '\'')
                inner = str_replace(c->arena, inner, STR("\'\'"), STR("\'"));
            Cursor nested = {.arena = c->arena, .dialect = c->dialect, .text = inner, .model = model};
            cursor_next(&nested);
            follow_block(&nested, model, depth + 1);
        }
        if (cursor_accept(c, "CREATE") && cursor_accept(c, "TYPE"))
            create_type(c, model);
        cursor_next(c);
    }
}

// CREATE VIEW v, DROP MATERIALIZED VIEW IF EXISTS v: what an inspector finds beside tables.
static void follow_other(Cursor c, Model *model)
{
    Str schema, name = sql_created_name(c.arena, c.dialect, c.text);
    if (name.len)
        model_note_other(model, name, true);
    if (!cursor_accept(&c, "DROP"))
        return;
    cursor_accept(&c, "MATERIALIZED");
    if (!cursor_accept(&c, "VIEW"))
        return;
    cursor_skip_if_exists(&c);
    while (cursor_object(&c, &schema, &name)) {
        model_note_other(model, name, false);
        if (!cursor_at_punct(&c, ','))
            break;
        cursor_next(&c);
    }
}

void sql_follow(Arena *arena, const Dialect *dialect, const RawStatement *statement, Span at, Model *model)
{
    Cursor c = {.arena = arena, .dialect = dialect, .text = statement->text, .model = model};
    cursor_next(&c);
    switch (statement->kind) {
    case RAW_DML:
    case RAW_QUERY:
    case RAW_TRANSACTION:
    case RAW_COMMENT: return;
    case RAW_SESSION: follow_set(&c, model); return;
    case RAW_DDL:
        follow_other(c, model);
        if (!follow_ddl(&c, model, at))
            blur(&c, model, at);
        return;
    case RAW_OTHER:
    case RAW_CLIENT:
        if (!cursor_at(&c, "SET") && !cursor_at(&c, "RESET"))
            blur(&c, model, at);
        if (dialect->id == DIALECT_POSTGRESQL && cursor_accept(&c, "DO"))
            follow_block(&c, model, 0);
        return;
    }
}

Str sql_if_exists_name(Arena *arena, const Dialect *dialect, Str text, bool *is_drop)
{
    Cursor c = {.arena = arena, .dialect = dialect, .text = text};
    Str schema, name;
    cursor_next(&c);
    *is_drop = cursor_accept(&c, "DROP");
    if (!*is_drop && !cursor_accept(&c, "CREATE"))
        return STR_EMPTY;
    while (c.token.kind == TOKEN_WORD && !cursor_at(&c, "IF"))   // TEMP UNIQUE INDEX
        cursor_next(&c);
    if (!cursor_accept(&c, "IF"))
        return STR_EMPTY;
    cursor_accept(&c, "NOT");
    return cursor_accept(&c, "EXISTS") && cursor_object(&c, &schema, &name) ? name : STR_EMPTY;
}

Str sql_created_name(Arena *arena, const Dialect *dialect, Str text)
{
    static const char *const kinds[] = {"VIEW",      "SEQUENCE",  "TYPE",    "DOMAIN",  "FUNCTION", "PROCEDURE",
                                        "AGGREGATE", "COLLATION", "SYNONYM", "PACKAGE", "EVENT",    NULL};
    enum { MOST_BEFORE = 12 };   // OR REPLACE DEFINER = `a`@`b` SQL SECURITY DEFINER VIEW
    Cursor c = {.arena = arena, .dialect = dialect, .text = text};
    Str schema, name;
    cursor_next(&c);
    if (!cursor_accept(&c, "CREATE"))
        return STR_EMPTY;
    for (int i = 0; i < MOST_BEFORE && !cursor_at_any(&c, kinds); i++)
        cursor_next(&c);
    if (!cursor_at_any(&c, kinds))
        return STR_EMPTY;
    cursor_next(&c);
    cursor_accept(&c, "BODY");
    cursor_skip_if_exists(&c);
    return cursor_object(&c, &schema, &name) ? name : STR_EMPTY;
}

Str sql_added_enum_value(Arena *arena, const Dialect *dialect, Str text)
{
    Cursor c = {.arena = arena, .dialect = dialect, .text = text};
    Str schema, name;
    cursor_next(&c);
    if (!cursor_accept(&c, "ALTER") || !cursor_accept(&c, "TYPE") || !cursor_object(&c, &schema, &name) ||
        !cursor_accept(&c, "ADD") || !cursor_accept(&c, "VALUE"))
        return STR_EMPTY;
    cursor_skip_if_exists(&c);
    return str_slice(text, c.token.start, c.token.end);
}

// psql knows no variables but its own under -X; those have upper-case names. :'x' and :"x" are replaced too.
Str sql_client_variable(const Dialect *dialect, Str text)
{
    SqlToken before = {0};
    for (SqlToken t = sql_token(dialect, text, 0); t.kind != TOKEN_END && t.kind != TOKEN_BAD;
         t = sql_token(dialect, text, t.end)) {
        bool colon = before.kind == TOKEN_PUNCT && text.ptr[before.start] == ':' && before.end == t.start &&
                     !(before.start > 0 && text.ptr[before.start - 1] == ':');
        bool upper = t.kind == TOKEN_WORD && t.text.ptr[0] >= 'A' && t.text.ptr[0] <= 'Z';
        if (colon && (t.kind == TOKEN_QUOTED || t.kind == TOKEN_STRING || upper))
            return str_slice(text, before.start, t.end);
        before = t;
    }
    return STR_EMPTY;
}
