// CREATE INDEX and DROP INDEX as they are written: what the catalogue must say behind them. What is not understood of a key
// is passed over up to the next one, so that their number is known all the same.
#include "sql_int.h"

// Leaves the cursor behind the bracket that closes the one it stands on.
static void skip_group(Cursor *c)
{
    size_t depth = 0;
    do {
        depth += cursor_at_punct(c, '(');
        depth -= cursor_at_punct(c, ')');
        cursor_next(c);
    } while (depth && c->token.kind != TOKEN_END && c->token.kind != TOKEN_BAD);
}

static bool at_key_end(const Cursor *c)
{
    return cursor_at_punct(c, ',') || cursor_at_punct(c, ')') || c->token.kind == TOKEN_END || c->token.kind == TOKEN_BAD;
}

// [COLLATE name] [class [(options)]] [ASC | DESC] [NULLS FIRST | LAST]
static bool read_behind_key(Cursor *c, RawIndexKey *key)
{
    static const char *const order[] = {"ASC", "DESC", "NULLS", NULL};
    Str schema;
    if (cursor_accept(c, "COLLATE") && !cursor_qualified(c, &schema, &key->collation))
        return false;
    if (!at_key_end(c) && !cursor_at_any(c, order) && !cursor_qualified(c, &schema, &key->class))
        return false;
    if (key->class.len && cursor_at_punct(c, '('))
        skip_group(c);
    key->descends = cursor_accept(c, "DESC");
    if (!key->descends)
        cursor_accept(c, "ASC");
    key->nulls_first = key->descends;
    if (cursor_accept(c, "NULLS")) {
        key->nulls_first = cursor_accept(c, "FIRST");
        if (!key->nulls_first && !cursor_accept(c, "LAST"))
            return false;
    }
    return at_key_end(c);
}

static RawIndexKey read_key(Cursor *c)
{
    RawIndexKey key = {0};
    Str schema, name;
    bool is_read = true;
    if (cursor_at_punct(c, '(')) {
        skip_group(c);
    } else {
        is_read = cursor_qualified(c, &schema, &name);
        if (is_read && cursor_at_punct(c, '('))   // a call
            skip_group(c);
        else if (is_read)
            key.column = name;
    }
    if (is_read && read_behind_key(c, &key))
        return key;
    while (!at_key_end(c))
        if (cursor_at_punct(c, '('))
            skip_group(c);
        else
            cursor_next(c);
    return (RawIndexKey){.is_unread = true};
}

// The cursor stands on the bracket that opens the keys. Returns false when it does not close.
static bool read_keys(Cursor *c, RawIndex *index)
{
    do {
        cursor_next(c);
        RawIndexKey key = read_key(c);
        vec_push(c->arena, &index->keys, key);
    } while (cursor_at_punct(c, ','));
    bool is_closed = cursor_at_punct(c, ')');
    cursor_next(c);
    return is_closed;
}

// INCLUDE (names) NULLS [NOT] DISTINCT WITH (...) TABLESPACE name WHERE condition, each once at most.
static bool read_behind_keys(Cursor *c, RawIndex *index)
{
    Str name;
    if (cursor_accept(c, "INCLUDE") && !cursor_names(c, c->arena, &index->include))
        return false;
    if (cursor_accept(c, "NULLS"))
        index->nulls_equal = cursor_accept(c, "NOT");
    cursor_accept(c, "DISTINCT");
    if (cursor_accept(c, "WITH"))
        skip_group(c);
    if (cursor_accept(c, "TABLESPACE") && !cursor_name(c, &name))
        return false;
    if (!cursor_accept(c, "WHERE"))
        return c->token.kind == TOKEN_END || cursor_at_punct(c, ';');
    while (cursor_at_punct(c, '('))
        cursor_next(c);
    // the server drops a condition that is always true
    index->is_partial = !cursor_at(c, "TRUE") && c->token.kind != TOKEN_STRING;
    return true;
}

RawIndex sql_raw_index(Arena *arena, const Dialect *dialect, Str text)
{
    Cursor c = {.arena = arena, .dialect = dialect, .text = text};
    RawIndex index = {0};
    cursor_next(&c);
    index.is_drop = cursor_accept(&c, "DROP");
    if (!index.is_drop && !cursor_accept(&c, "CREATE"))
        return (RawIndex){0};
    index.unique = cursor_accept(&c, "UNIQUE");
    if (!cursor_accept(&c, "INDEX"))
        return (RawIndex){0};
    cursor_accept(&c, "CONCURRENTLY");
    index.if_not_exists = !index.is_drop && cursor_at(&c, "IF");
    cursor_skip_if_exists(&c);
    bool named = !cursor_at(&c, "ON");   // else the server will name it
    if (named && (!cursor_qualified(&c, &index.schema, &index.name) || index.is_drop))
        return index;
    cursor_accept(&c, "ON");
    cursor_accept(&c, "ONLY");
    if (!cursor_qualified(&c, &index.table_schema, &index.table))
        return (RawIndex){0};
    index.schema = index.table_schema;
    bool is_read = !cursor_accept(&c, "USING") || cursor_name(&c, &index.method);
    if (!is_read || !cursor_at_punct(&c, '(') || !read_keys(&c, &index) || !read_behind_keys(&c, &index))
        index.keys.count = 0;
    return index;
}

// ---- keys written as text within a construct ----

static bool is_punct(Str text, SqlToken t, char c)
{
    return t.kind == TOKEN_PUNCT && text.ptr[t.start] == c;
}

StrList sql_index_keys(Arena *arena, const Dialect *dialect, Str text)
{
    StrList keys = {0};
    size_t depth = 0, start = 0;
    for (SqlToken t = sql_token(dialect, text, 0); t.kind != TOKEN_END && t.kind != TOKEN_BAD;
         t = sql_token(dialect, text, t.end)) {
        depth += is_punct(text, t, '(');
        depth -= depth && is_punct(text, t, ')');
        if (depth || !is_punct(text, t, ','))
            continue;
        vec_push(arena, &keys, str_trim(str_slice(text, start, t.start)));
        start = t.end;
    }
    vec_push(arena, &keys, str_trim(str_slice(text, start, text.len)));
    return keys;
}

static bool is_digits(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len > 0;
}

static bool is_one_of_fold(Str word, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        if (str_equal_fold(word, str_from(words[i])))
            return true;
    return false;
}

bool sql_is_index_expression(const Dialect *dialect, Str key, size_t *end)
{
    static const char *const behind[] = {"ASC", "DESC", "NULLS", NULL};
    size_t depth = 0, tokens = 0, groups = 0, open = 0;
    bool is_expression = false, is_group = false;
    *end = 0;
    for (SqlToken t = sql_token(dialect, key, 0); t.kind != TOKEN_END && t.kind != TOKEN_BAD;
         t = sql_token(dialect, key, t.end)) {
        if (!depth && tokens && t.kind == TOKEN_WORD && is_one_of_fold(t.text, behind))
            break;
        if (is_punct(key, t, '(') && !depth++) {
            open = t.end;
            groups++;
            is_group = is_group || !tokens;
        } else if (is_punct(key, t, ')') && depth && !--depth) {
            is_expression |= !is_group && !(tokens == 1 && is_digits(str_trim(str_slice(key, open, t.start))));
        } else if (!depth && (t.kind == TOKEN_STRING || (t.kind == TOKEN_PUNCT && key.ptr[t.start] != '.'))) {
            is_expression = true;
        }
        tokens += !depth && !is_punct(key, t, ')');
        *end = t.end;
    }
    return is_expression || groups > 1;
}

bool sql_calls_any(const Dialect *dialect, Str text, const char *const *functions)
{
    for (SqlToken t = sql_token(dialect, text, 0), next; t.kind != TOKEN_END && t.kind != TOKEN_BAD; t = next) {
        next = sql_token(dialect, text, t.end);
        if (t.kind == TOKEN_WORD && is_punct(text, next, '(') && is_one_of_fold(t.text, functions))
            return true;
    }
    return false;
}
