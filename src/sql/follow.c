// What raw SQL does to the model: plain DML nothing, the common DDL forms what they say; anything else that names a table
// makes that table opaque.
#include "sql_int.h"

typedef struct Cursor {
    Arena *arena;
    const Dialect *dialect;
    Str text;
    SqlToken token;
} Cursor;

static void advance(Cursor *c)
{
    do
        c->token = sql_token(c->dialect, c->text, c->token.end);
    while (c->token.kind == TOKEN_COMMENT);
}

static bool at_word(const Cursor *c, const char *word)
{
    return c->token.kind == TOKEN_WORD && str_equal_fold(c->token.text, str_from(word));
}

static bool accept(Cursor *c, const char *word)
{
    if (!at_word(c, word))
        return false;
    advance(c);
    return true;
}

static void skip_if_exists(Cursor *c)
{
    if (accept(c, "IF")) {
        accept(c, "NOT");
        accept(c, "EXISTS");
    }
}

static bool at_punct(const Cursor *c, char punct)
{
    return c->token.kind == TOKEN_PUNCT && c->text.ptr[c->token.start] == punct;
}

static bool part_name(Cursor *c, Str *name)
{
    if (c->token.kind == TOKEN_QUOTED)
        *name = c->token.text;
    else if (c->token.kind == TOKEN_WORD)
        *name = str_lower(c->arena, c->token.text);
    else
        return false;
    advance(c);
    return true;
}

// [schema.]name
static bool object_name(Cursor *c, Str *schema, Str *name)
{
    *schema = STR_EMPTY;
    if (!part_name(c, name))
        return false;
    while (at_punct(c, '.')) {
        advance(c);
        *schema = *name;
        if (!part_name(c, name))
            return false;
    }
    if (c->dialect->id == DIALECT_SQLITE && str_equal_fold(*schema, STR("main")))
        *schema = STR_EMPTY;
    if (c->dialect->id == DIALECT_POSTGRESQL && str_equal_fold(*schema, STR("public")))
        *schema = STR_EMPTY;
    return true;
}

// Every table of the model whose name stands in the text, quoted text included, becomes opaque.
static void blur(Cursor *c, Model *model, Span at)
{
    Str why = STR("raw SQL that cannot be followed names it");
    for (size_t i = 0; i < c->text.len;) {
        size_t end = i;
        while (end < c->text.len && is_word_byte(c->text.ptr[end]))
            end++;
        if (end == i) {
            i++;
            continue;
        }
        Str word = str_slice(c->text, i, end);
        for (MapEntry *e = map_size(&model->tables) > 64 ? NULL : map_first(&model->tables); e;
             e = map_next(&model->tables, e)) {
            const Table *table = e->value;
            if (str_equal_fold(table->name, word) && !table->is_opaque)
                model_make_opaque(model, table->schema, table->name, at, why);
        }
        Str lower = str_lower(c->arena, word);
        if (model_table(model, STR_EMPTY, lower))
            model_make_opaque(model, STR_EMPTY, lower, at, why);
        if (model_table(model, STR_EMPTY, word))
            model_make_opaque(model, STR_EMPTY, word, at, why);
        i = end;
    }
    // names that are no plain words ("user id") are looked for as they are
    for (MapEntry *e = map_first(&model->tables); e; e = map_next(&model->tables, e)) {
        const Table *table = e->value;
        bool found = false;
        for (size_t i = 0; table->name.len && i + table->name.len <= c->text.len && !found; i++)
            found = memcmp(c->text.ptr + i, table->name.ptr, table->name.len) == 0 &&
                    (i > 0 && (c->text.ptr[i - 1] == '"' || c->text.ptr[i - 1] == '`' || c->text.ptr[i - 1] == '['));
        if (found && !table->is_opaque)
            model_make_opaque(model, table->schema, table->name, at, why);
    }
}

static void create_type(Cursor *c, Model *model)
{
    Str schema, name;
    if (!object_name(c, &schema, &name))
        return;
    NamedType *type = arena_new(model->work, NamedType);
    *type = (NamedType){.schema = schema, .name = name, .revision = model->revision};
    for (; c->token.kind != TOKEN_END && c->token.kind != TOKEN_BAD; advance(c))
        if (c->token.kind == TOKEN_STRING && c->token.end - c->token.start >= 2)
            vec_push(model->work, &type->labels,
                     str_replace(c->arena, str_slice(c->text, c->token.start + 1, c->token.end - 1), STR("''"), STR("'")));
    model_put_type(model, type);
}

static void drop_types(Cursor *c, Model *model)
{
    skip_if_exists(c);
    Str schema, name;
    while (object_name(c, &schema, &name)) {
        if (model_type(model, schema, name))
            model_remove_type(model, schema, name);
        if (!at_punct(c, ','))
            break;
        advance(c);
    }
}

static void alter_type(Cursor *c, Model *model)
{
    Str schema, name, new_name, skipped;
    if (!object_name(c, &schema, &name))
        return;
    const NamedType *old = model_type(model, schema, name);
    if (accept(c, "RENAME") && accept(c, "TO") && object_name(c, &skipped, &new_name)) {
        NamedType *renamed = arena_new(model->work, NamedType);
        *renamed = old ? *old : (NamedType){.schema = schema, .revision = model->revision};
        renamed->name = new_name;
        if (old)
            model_remove_type(model, schema, name);
        model_put_type(model, renamed);
    }
}

static void drop_tables(Cursor *c, Model *model)
{
    skip_if_exists(c);
    Str schema, name;
    while (object_name(c, &schema, &name)) {
        model_remove_table(model, schema, name);
        if (!at_punct(c, ','))
            break;
        advance(c);
    }
}

// CREATE [UNIQUE] INDEX [CONCURRENTLY] [IF NOT EXISTS] name ON [ONLY] table ...: kept as its text.
static void create_index(Cursor *c, Model *model, Span at, bool unique)
{
    accept(c, "CONCURRENTLY");
    skip_if_exists(c);
    Str schema, name = STR_EMPTY, index_schema;
    if (!at_word(c, "ON") && !object_name(c, &index_schema, &name))
        return;
    if (!accept(c, "ON"))
        return;
    accept(c, "ONLY");
    Str table_name;
    if (!object_name(c, &schema, &table_name))
        return;
    const Table *table = model_table(model, schema, table_name);
    if (!table || !name.len)
        return;
    Table *copy = table_copy(model->work, table);
    Index *index = arena_new(model->work, Index);
    *index = (Index){.name = name, .schema = schema, .table = table_name, .unique = unique, .raw = c->text, .at = at};
    vec_push(model->work, &copy->indexes, index);
    model_put_table(model, copy);
}

static void drop_indexes(Cursor *c, Model *model, Span at)
{
    accept(c, "CONCURRENTLY");
    skip_if_exists(c);
    Op op = {.kind = OP_DROP_INDEX, .at = at};
    while (object_name(c, &op.schema, &op.name)) {
        model_apply(model, &op);
        if (!at_punct(c, ','))
            break;
        advance(c);
    }
}

static void create_trigger(Cursor *c, Model *model)
{
    while (c->token.kind != TOKEN_END && c->token.kind != TOKEN_BAD && !at_word(c, "ON"))
        advance(c);
    Str schema, name;
    if (!accept(c, "ON") || !object_name(c, &schema, &name))
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

// The forms of ALTER TABLE that can be said as operations. Returns false when it is none of them.
static bool alter_table(Cursor *c, Model *model, Span at)
{
    skip_if_exists(c);
    accept(c, "ONLY");
    Op op = {.at = at};
    if (!object_name(c, &op.schema, &op.table))
        return false;
    ColumnChange *change = arena_new(model->work, ColumnChange);
    op.change = change;
    Str skipped;
    if (accept(c, "RENAME")) {
        if (accept(c, "TO")) {
            op.kind = OP_RENAME_TABLE;
            if (!object_name(c, &skipped, &op.name))
                return false;
        } else if (!accept(c, "CONSTRAINT")) {
            accept(c, "COLUMN");
            op.kind = OP_ALTER_COLUMN;
            if (!part_name(c, &op.name) || !accept(c, "TO") || !part_name(c, &change->new_name))
                return false;
        } else {
            return false;
        }
    } else if (accept(c, "ALTER")) {
        accept(c, "COLUMN");
        op.kind = OP_ALTER_COLUMN;
        if (!part_name(c, &op.name))
            return false;
        bool set = at_word(c, "SET");
        advance(c);
        if (!accept(c, "NOT") || !accept(c, "NULL"))
            return false;
        change->has_nullable = true;
        change->nullable = !set;
    } else if (accept(c, "DROP")) {
        bool constraint = accept(c, "CONSTRAINT");
        op.kind = constraint ? OP_DROP_CONSTRAINT : OP_DROP_COLUMN;
        if (!constraint)
            accept(c, "COLUMN");
        op.if_exists = at_word(c, "IF");
        skip_if_exists(c);
        if (!part_name(c, &op.name))
            return false;
        if (!accept(c, "CASCADE"))
            accept(c, "RESTRICT");
    } else {
        return false;
    }
    if (c->token.kind != TOKEN_END)
        return false;
    if (model_table(model, op.schema, op.table))
        model_apply(model, &op);
    return true;
}

static void make_known_opaque(Cursor *c, Model *model, Span at)
{
    skip_if_exists(c);
    Str schema, name;
    if (object_name(c, &schema, &name))
        model_make_opaque(model, schema, name, at, STR("raw SQL creates it"));
}

static bool follow_create(Cursor *c, Model *model, Span at)
{
    if (accept(c, "OR"))
        advance(c);   // REPLACE
    bool unique = accept(c, "UNIQUE");
    while (accept(c, "TEMP") || accept(c, "TEMPORARY") || accept(c, "UNLOGGED") || accept(c, "CONSTRAINT"))
        ;
    if (accept(c, "TABLE"))
        make_known_opaque(c, model, at);
    else if (accept(c, "INDEX"))
        create_index(c, model, at, unique);
    else if (accept(c, "TRIGGER"))
        create_trigger(c, model);
    else if (accept(c, "TYPE") || accept(c, "DOMAIN"))
        create_type(c, model);
    else
        return at_word(c, "VIEW") || at_word(c, "MATERIALIZED") || at_word(c, "FUNCTION") || at_word(c, "PROCEDURE") ||
               at_word(c, "EXTENSION") || at_word(c, "SCHEMA") || at_word(c, "SEQUENCE") || at_word(c, "STATISTICS") ||
               at_word(c, "AGGREGATE") || at_word(c, "ROLE") || at_word(c, "POLICY");
    return true;
}

static bool follow_drop(Cursor *c, Model *model, Span at)
{
    if (accept(c, "TABLE"))
        drop_tables(c, model);
    else if (accept(c, "INDEX"))
        drop_indexes(c, model, at);
    else if (accept(c, "TYPE") || accept(c, "DOMAIN"))
        drop_types(c, model);
    else
        return at_word(c, "VIEW") || at_word(c, "MATERIALIZED") || at_word(c, "FUNCTION") || at_word(c, "EXTENSION") ||
               at_word(c, "SEQUENCE") || at_word(c, "PROCEDURE") || at_word(c, "AGGREGATE") || at_word(c, "STATISTICS") ||
               at_word(c, "ROLE") || at_word(c, "POLICY");
    return true;
}

static bool follow_ddl(Cursor *c, Model *model, Span at)
{
    if (accept(c, "CREATE"))
        return follow_create(c, model, at);
    if (accept(c, "DROP"))
        return follow_drop(c, model, at);
    if (accept(c, "ALTER")) {
        if (accept(c, "TYPE")) {
            alter_type(c, model);
            return true;
        }
        if (accept(c, "TABLE"))
            return alter_table(c, model, at);
        return at_word(c, "SEQUENCE") || at_word(c, "INDEX") || at_word(c, "VIEW") || at_word(c, "FUNCTION") ||
               at_word(c, "EXTENSION") || at_word(c, "ROLE") || at_word(c, "DATABASE") || at_word(c, "SCHEMA");
    }
    return at_word(c, "COMMENT") || at_word(c, "TRUNCATE") || at_word(c, "GRANT") || at_word(c, "REVOKE") ||
           at_word(c, "ANALYZE") || at_word(c, "VACUUM") || at_word(c, "REINDEX") || at_word(c, "LOCK") ||
           at_word(c, "REFRESH") || at_word(c, "CLUSTER");
}

void sql_follow(Arena *arena, const Dialect *dialect, const RawStatement *statement, Span at, Model *model)
{
    Cursor c = {.arena = arena, .dialect = dialect, .text = statement->text};
    advance(&c);
    switch (statement->kind) {
    case RAW_DML:
    case RAW_QUERY:
    case RAW_TRANSACTION:
    case RAW_SESSION:
    case RAW_COMMENT: return;
    case RAW_DDL:
        if (!follow_ddl(&c, model, at))
            blur(&c, model, at);
        return;
    case RAW_OTHER:
    case RAW_CLIENT:
        if (!at_word(&c, "SET"))
            blur(&c, model, at);
        return;
    }
}

RawIndex sql_raw_index(Arena *arena, const Dialect *dialect, Str text)
{
    Cursor c = {.arena = arena, .dialect = dialect, .text = text};
    RawIndex index = {0};
    advance(&c);
    index.is_drop = accept(&c, "DROP");
    if (!index.is_drop && !accept(&c, "CREATE"))
        return (RawIndex){0};
    index.unique = accept(&c, "UNIQUE");
    if (!accept(&c, "INDEX"))
        return (RawIndex){0};
    accept(&c, "CONCURRENTLY");
    skip_if_exists(&c);
    if (at_word(&c, "ON"))   // the server will name it
        return (RawIndex){0};
    if (!object_name(&c, &index.schema, &index.name) || index.is_drop)
        return index;
    accept(&c, "ON");
    accept(&c, "ONLY");
    if (!object_name(&c, &index.table_schema, &index.table))
        return (RawIndex){0};
    return index;
}

Str sql_if_exists_name(Arena *arena, const Dialect *dialect, Str text, bool *is_drop)
{
    Cursor c = {.arena = arena, .dialect = dialect, .text = text};
    Str schema, name;
    advance(&c);
    *is_drop = accept(&c, "DROP");
    if (!*is_drop && !accept(&c, "CREATE"))
        return STR_EMPTY;
    while (c.token.kind == TOKEN_WORD && !at_word(&c, "IF"))   // TEMP UNIQUE INDEX
        advance(&c);
    if (!accept(&c, "IF"))
        return STR_EMPTY;
    accept(&c, "NOT");
    return accept(&c, "EXISTS") && object_name(&c, &schema, &name) ? name : STR_EMPTY;
}

Str sql_added_enum_value(Arena *arena, const Dialect *dialect, Str text)
{
    Cursor c = {.arena = arena, .dialect = dialect, .text = text};
    Str schema, name;
    advance(&c);
    if (!accept(&c, "ALTER") || !accept(&c, "TYPE") || !object_name(&c, &schema, &name) || !accept(&c, "ADD") ||
        !accept(&c, "VALUE"))
        return STR_EMPTY;
    skip_if_exists(&c);
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
