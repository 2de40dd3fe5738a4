// Which tables a statement makes, drops or gives another name, read off its text, whoever wrote it. What is run only
// sometimes, or stands in a text that the statement runs, counts as well, and is not sure; what cannot be read is said to be
// so, as the rows of the tables behind it are at stake.
#include "sql_int.h"

enum { MOST_DEPTH = 4 };   // of texts within texts

typedef struct Reader {
    Cursor c;
    TableChangeList *changes;
    bool is_sure;     // the statement does it, or fails
    unsigned depth;   // of the text in those around it
} Reader;

static TableChange *add(Reader *r, TableChangeKind kind)
{
    vec_push(r->c.arena, r->changes, ((TableChange){.kind = kind, .is_sure = r->is_sure}));
    return &r->changes->items[r->changes->count - 1];
}

static bool ends(const Reader *r)
{
    return r->c.token.kind == TOKEN_END || r->c.token.kind == TOKEN_BAD;
}

// SQLite takes 'text' for a name too.
static bool read_part(Reader *r, Str *part)
{
    Str text = str_slice(r->c.text, r->c.token.start, r->c.token.end);
    if (r->c.dialect->id != DIALECT_SQLITE || r->c.token.kind != TOKEN_STRING || text.len < 2)
        return cursor_name(&r->c, part);
    *part = str_replace(r->c.arena, str_slice(text, 1, text.len - 1), STR("''"), STR("'"));
    cursor_next(&r->c);
    return true;
}

// A name of up to three parts.
static bool read_name(Reader *r, SqlTable *name)
{
    Str parts[3] = {0};
    size_t count = 0;
    if (!read_part(r, &parts[count++]))
        return false;
    while (cursor_at_punct(&r->c, '.')) {
        cursor_next(&r->c);
        if (cursor_at_punct(&r->c, '.') && count == 1) {   // SQL Server: db..t
            parts[count++] = STR_EMPTY;
            continue;
        }
        if (count == 3 || !read_part(r, &parts[count++]))
            return false;
    }
    *name = (SqlTable){.database = count == 3 ? parts[0] : STR_EMPTY,
                       .schema = count > 1 ? parts[count - 2] : STR_EMPTY,
                       .name = parts[count - 1]};
    return name->name.len > 0;
}

static bool is_temporary(const Reader *r, const SqlTable *name)
{
    return r->c.dialect->id == DIALECT_MSSQL && str_starts(name->name, STR("#"));
}

// IF [NOT] EXISTS, which leaves the rest undone without an error.
static bool read_if(Reader *r)
{
    bool is_if = cursor_at(&r->c, "IF");
    cursor_skip_if_exists(&r->c);
    return is_if;
}

static void add_rename(Reader *r, SqlTable from, SqlTable to, bool is_sure)
{
    TableChange *change = add(r, TABLE_RENAMED);
    change->table = from;
    change->to = to;
    change->is_sure = r->is_sure && is_sure;
}

// ---- DROP ----

// The next name of a list; what cannot be read may be any.
static bool read_dropped(Reader *r, SqlTable *name)
{
    if (cursor_at_punct(&r->c, ','))
        cursor_next(&r->c);
    if (read_name(r, name))
        return true;
    add(r, TABLES_UNREAD);
    return false;
}

static void drop_tables(Reader *r)
{
    SqlTable name;
    bool is_if = read_if(r);
    do {
        if (!read_dropped(r, &name))
            return;
        if (is_temporary(r, &name))
            continue;
        TableChange *change = add(r, TABLE_DROPPED);
        change->table = name;
        change->is_sure = r->is_sure && !is_if;
    } while (cursor_at_punct(&r->c, ','));
}

static void drop_schemas(Reader *r)
{
    SqlTable name;
    StrList names = {0};
    bool postgresql = r->c.dialect->id == DIALECT_POSTGRESQL;
    bool takes = r->c.dialect->id == DIALECT_MYSQL || r->c.dialect->id == DIALECT_MARIADB;   // with all that is in it
    read_if(r);
    do {
        if (!read_dropped(r, &name))
            return;
        vec_push(r->c.arena, &names, name.name);
    } while (cursor_at_punct(&r->c, ','));
    takes |= postgresql && cursor_at(&r->c, "CASCADE");
    for (size_t i = 0; takes && i < names.count; i++)
        add(r, TABLES_OF_SCHEMA)->table.schema = names.items[i];
}

static void read_drop(Reader *r)
{
    static const char *const whole[] = {"OWNED", "USER", "TABLESPACE", NULL};
    if (cursor_accept(&r->c, "TABLE") || cursor_accept(&r->c, "TABLES"))
        drop_tables(r);
    else if (cursor_accept(&r->c, "SCHEMA") || cursor_accept(&r->c, "DATABASE"))
        drop_schemas(r);
    else if (cursor_at_any(&r->c, whole))
        add(r, TABLES_UNREAD);
}

// ---- other names ----

// RENAME TO b, RENAME b: MySQL and MariaDB need no word between; elsewhere a name there is a column's.
static void read_rename_action(Reader *r, SqlTable table)
{
    static const char *const parts[] = {"COLUMN", "CONSTRAINT", "INDEX", "KEY", "PARTITION", "SUBPARTITION", NULL};
    SqlTable to;
    if (cursor_at_any(&r->c, parts))
        return;
    bool says_to = cursor_accept(&r->c, "TO") || cursor_accept(&r->c, "AS");
    if (cursor_at_punct(&r->c, '='))
        cursor_next(&r->c);
    if (!read_name(r, &to)) {
        add(r, RENAME_UNREAD);
        return;
    }
    if (!says_to && cursor_at(&r->c, "TO"))
        return;   // of a column
    if (!to.schema.len)
        to.schema = table.schema;
    add_rename(r, table, to, true);
}

// The rows of another table become the table's, or the other way round.
static void read_partition(Reader *r, SqlTable table)
{
    SqlTable other;
    if (cursor_accept(&r->c, "ATTACH")) {
        if (cursor_accept(&r->c, "PARTITION") && read_name(r, &other))
            add_rename(r, other, table, false);
    } else if (cursor_accept(&r->c, "INHERIT")) {
        if (read_name(r, &other))
            add_rename(r, table, other, false);
    } else if (cursor_accept(&r->c, "EXCHANGE")) {
        while (!ends(r) && !cursor_at(&r->c, "WITH"))
            cursor_next(&r->c);
        if (cursor_accept(&r->c, "WITH") && cursor_accept(&r->c, "TABLE") && read_name(r, &other)) {
            add_rename(r, other, table, false);
            add_rename(r, table, other, false);
        }
    } else if (cursor_accept(&r->c, "SWITCH")) {
        while (!ends(r) && !cursor_at(&r->c, "TO"))
            cursor_next(&r->c);
        if (cursor_accept(&r->c, "TO") && read_name(r, &other))
            add_rename(r, table, other, false);
    }
}

static void read_alter_table(Reader *r)
{
    static const char *const moves[] = {"ATTACH", "INHERIT", "EXCHANGE", "SWITCH", NULL};
    SqlTable table, schema;
    size_t depth = 0;
    bool is_if = read_if(r), was_sure = r->is_sure;
    cursor_accept(&r->c, "ONLY");
    if (!read_name(r, &table)) {
        static const char *const words[] = {"RENAME", "SCHEMA", "ATTACH", "INHERIT", "EXCHANGE", "SWITCH", NULL};
        while (!ends(r) && !cursor_at_punct(&r->c, ';') && !cursor_at_any(&r->c, words))
            cursor_next(&r->c);
        if (cursor_at_any(&r->c, words))
            add(r, RENAME_UNREAD);
        return;
    }
    r->is_sure &= !is_if;
    while (!ends(r) && !cursor_at_punct(&r->c, ';')) {
        depth += cursor_at_punct(&r->c, '(');
        depth -= cursor_at_punct(&r->c, ')') && depth;
        if (!depth && cursor_accept(&r->c, "RENAME")) {
            read_rename_action(r, table);
        } else if (!depth && cursor_at_any(&r->c, moves)) {
            read_partition(r, table);
        } else if (!depth && cursor_accept(&r->c, "SET")) {
            if (cursor_accept(&r->c, "SCHEMA") && read_name(r, &schema))
                add_rename(r, table, (SqlTable){.schema = schema.name, .name = table.name}, true);
        } else {
            cursor_next(&r->c);
        }
    }
    r->is_sure = was_sure;
}

// ALTER SCHEMA a RENAME TO b (PostgreSQL); ALTER SCHEMA b TRANSFER [OBJECT::]a.t (SQL Server).
static void read_alter_schema(Reader *r)
{
    SqlTable schema, other;
    if (!read_name(r, &schema)) {
        add(r, RENAME_UNREAD);
        return;
    }
    if (cursor_accept(&r->c, "RENAME")) {
        if (!cursor_accept(&r->c, "TO") || !read_name(r, &other)) {
            add(r, RENAME_UNREAD);
            return;
        }
        TableChange *change = add(r, SCHEMA_RENAMED);
        change->table.schema = schema.name;
        change->to.schema = other.name;
    } else if (cursor_accept(&r->c, "TRANSFER")) {
        if (cursor_at(&r->c, "TYPE") || cursor_at(&r->c, "XML"))
            return;
        if (cursor_accept(&r->c, "OBJECT"))
            while (cursor_at_punct(&r->c, ':'))
                cursor_next(&r->c);
        if (read_name(r, &other))
            add_rename(r, other, (SqlTable){.schema = schema.name, .name = other.name}, true);
        else
            add(r, RENAME_UNREAD);
    }
}

static void read_alter(Reader *r)
{
    static const char *const leading[] = {"ONLINE", "OFFLINE", "IGNORE", NULL};
    while (cursor_at_any(&r->c, leading))
        cursor_next(&r->c);
    if (cursor_accept(&r->c, "TABLE"))
        read_alter_table(r);
    else if (cursor_accept(&r->c, "SCHEMA"))
        read_alter_schema(r);
    else
        while (!ends(r) && !cursor_at_punct(&r->c, ';'))   // RENAME there is of something else
            cursor_next(&r->c);
}

// RENAME TABLE a TO b, c TO d (MySQL, MariaDB); RENAME a TO b (Oracle).
static void read_rename(Reader *r)
{
    SqlTable from, to;
    bool is_oracle = r->c.dialect->id == DIALECT_ORACLE;
    if (!is_oracle && !cursor_accept(&r->c, "TABLE") && !cursor_accept(&r->c, "TABLES"))
        return;
    bool is_if = read_if(r);
    do {
        if (cursor_at_punct(&r->c, ','))
            cursor_next(&r->c);
        bool has_from = read_name(r, &from);
        while (has_from && !ends(r) && !cursor_at(&r->c, "TO"))   // WAIT 5
            cursor_next(&r->c);
        if (!has_from || !cursor_accept(&r->c, "TO") || !read_name(r, &to)) {
            add(r, RENAME_UNREAD);
            return;
        }
        add_rename(r, from, to, !is_if);
    } while (cursor_at_punct(&r->c, ','));
}

// ---- CREATE ----

static void read_create(Reader *r)
{
    static const char *const leading[] = {"GLOBAL",  "LOCAL",   "TEMP",     "TEMPORARY", "UNLOGGED",
                                          "PRIVATE", "FOREIGN", "EXTERNAL", "VIRTUAL",   NULL};
    SqlTable name;
    bool replaces = cursor_accept(&r->c, "OR") && cursor_accept(&r->c, "REPLACE");
    while (cursor_at_any(&r->c, leading))
        cursor_next(&r->c);
    if (!cursor_accept(&r->c, "TABLE"))
        return;
    bool is_if = read_if(r);
    if (!read_name(r, &name) || is_temporary(r, &name))
        return;
    if (replaces) {   // MariaDB: with the rows of the one before
        TableChange *change = add(r, TABLE_DROPPED);
        change->table = name;
        change->is_sure = false;
    }
    TableChange *change = add(r, TABLE_MADE);
    change->table = name;
    change->is_sure = r->is_sure && !is_if;
}

// SELECT ... INTO t (PostgreSQL, SQL Server).
static void read_select(Reader *r)
{
    size_t depth = 0;
    SqlTable name;
    if (r->c.dialect->id != DIALECT_POSTGRESQL && r->c.dialect->id != DIALECT_MSSQL)
        return;
    for (; !ends(r) && !cursor_at_punct(&r->c, ';'); cursor_next(&r->c)) {
        depth += cursor_at_punct(&r->c, '(');
        depth -= cursor_at_punct(&r->c, ')') && depth;
        if (depth || !cursor_accept(&r->c, "INTO"))
            continue;
        while (cursor_accept(&r->c, "TEMP") || cursor_accept(&r->c, "TEMPORARY") || cursor_accept(&r->c, "UNLOGGED") ||
               cursor_accept(&r->c, "TABLE"))
            ;
        if (r->is_sure && read_name(r, &name) && !is_temporary(r, &name))
            add(r, TABLE_MADE)->table = name;
        return;
    }
}

// ---- sp_rename ----

// N'text', 'text', or a name, which stands for its own text.
static bool read_argument(Reader *r, Str *text)
{
    Arena *arena = r->c.arena;
    if (r->c.token.kind == TOKEN_QUOTED || (r->c.token.kind == TOKEN_WORD && !cursor_at(&r->c, "N")))
        return cursor_name(&r->c, text);
    Cursor word = r->c;
    if (cursor_accept(&r->c, "N") && r->c.token.kind != TOKEN_STRING) {
        r->c = word;
        return cursor_name(&r->c, text);
    }
    if (r->c.token.kind == TOKEN_STRING && r->c.token.end - r->c.token.start >= 2) {
        size_t quote = str_find_char(r->c.text, '\'', r->c.token.start);
        if (quote == SIZE_MAX || quote + 1 >= r->c.token.end)
            return false;
        *text = str_replace(arena, str_slice(r->c.text, quote + 1, r->c.token.end - 1), STR("''"), STR("'"));
        cursor_next(&r->c);
        return true;
    }
    return false;
}

// The text that stands for the variable at the token, which an earlier DECLARE gives it: DECLARE @a nvarchar(10) = N'text'.
static bool read_variable(Reader *r, Str *text)
{
    size_t start = r->c.token.start;
    Str said = str_slice(r->c.text, start, r->c.text.len), name;
    size_t len = said.len && said.ptr[0] == '@';
    while (len && len < said.len && is_word_byte(said.ptr[len]))
        len++;
    name = str_slice(said, 0, len);
    if (len < 2)
        return false;
    while (!ends(r) && r->c.token.start < start + len)
        cursor_next(&r->c);
    size_t first = str_find(r->c.text, name, 0), assigned = str_find_char(r->c.text, '=', first);
    if (first >= start || assigned >= start)
        return false;
    Reader value = *r;
    value.c.token = (SqlToken){.end = assigned + 1};
    cursor_next(&value.c);
    return read_argument(&value, text);
}

static void read_sp_rename(Reader *r)
{
    static const char *const names[] = {"objname", "newname", "objtype"};
    Str texts[3] = {0};
    size_t count = 0;
    for (;;) {
        Cursor at = r->c;   // @objname = N'...'
        Str name = STR_EMPTY;
        if (cursor_at_punct(&r->c, '@'))
            cursor_next(&r->c);
        if (r->c.token.kind == TOKEN_WORD && r->c.token.start > at.token.start && cursor_name(&r->c, &name) &&
            cursor_at_punct(&r->c, '='))
            cursor_next(&r->c);
        else
            r->c = at;
        bool other_order = r->c.token.start != at.token.start && count < 3 && !str_equal_fold(name, str_from(names[count]));
        if (count == 3 || other_order || (!read_argument(r, &texts[count]) && !read_variable(r, &texts[count])))
            break;
        count++;
        if (!cursor_at_punct(&r->c, ','))
            break;
        cursor_next(&r->c);
    }
    if (count == 3 && !str_equal_fold(texts[2], STR("OBJECT")))
        return;   // a column, an index, a type
    SqlTable from;
    Reader old = *r;
    old.c = (Cursor){.arena = r->c.arena, .dialect = r->c.dialect, .text = texts[0]};
    cursor_next(&old.c);
    if (count < 2 || !read_name(&old, &from))
        add(r, RENAME_UNREAD);
    else
        add_rename(r, from, (SqlTable){.schema = from.schema, .name = texts[1]}, true);
}

// ---- texts within texts ----

static void read_loosely(Reader *r);

// What stands between the quotes: '...', N'...', q'[...]', $tag$...$tag$.
static void read_inside(Reader *r)
{
    Str text = str_slice(r->c.text, r->c.token.start, r->c.token.end);
    if (r->depth + 1 >= MOST_DEPTH || text.len < 2)
        return;
    size_t tag = text.ptr[0] == '$' ? str_find_char(text, '$', 1) + 1 : str_find_char(text, '\'', 0) + 1;
    size_t end = text.ptr[0] == '$' ? tag : 1;
    if (!tag || tag + end > text.len)   // no such quote: npos + 1
        return;
    Str inner = str_slice(text, tag, text.len - end);
    if (text.ptr[0] != '$')
        inner = str_replace(r->c.arena, inner, STR("''"), STR("'"));
    Reader nested = {
        .c = {.arena = r->c.arena, .dialect = r->c.dialect, .text = inner}, .changes = r->changes, .depth = r->depth + 1};
    cursor_next(&nested.c);
    read_loosely(&nested);
}

static void read_loosely(Reader *r)
{
    r->is_sure = false;
    while (!ends(r)) {
        if (r->c.token.kind == TOKEN_STRING) {
            read_inside(r);
            cursor_next(&r->c);
        } else if (cursor_accept(&r->c, "DROP")) {
            read_drop(r);
        } else if (cursor_accept(&r->c, "ALTER")) {
            read_alter(r);
        } else if (cursor_accept(&r->c, "CREATE")) {
            read_create(r);
        } else if (cursor_accept(&r->c, "RENAME")) {
            if (cursor_at(&r->c, "TO"))   // behind a name that stands elsewhere
                add(r, RENAME_UNREAD);
            else
                read_rename(r);
        } else if (cursor_accept(&r->c, "sp_rename")) {
            read_sp_rename(r);
        } else {
            cursor_next(&r->c);
        }
    }
}

static bool is_unit(const Cursor *at)
{
    static const char *const leading[] = {"OR",         "REPLACE",   "EDITIONABLE", "NONEDITIONABLE", "ALTER", "TEMP",
                                          "CONSTRAINT", "TEMPORARY", NULL};
    static const char *const units[] = {"FUNCTION", "PROCEDURE", "TRIGGER", "PACKAGE",
                                        "EVENT",    "AGGREGATE", "DEFINER", NULL};
    Cursor c = *at;
    while (cursor_at_any(&c, leading))
        cursor_next(&c);
    return cursor_at_any(&c, units);
}

void sql_table_changes(Arena *arena, const Dialect *dialect, Str text, TableChangeList *changes)
{
    static const char *const plain[] = {"INSERT", "UPDATE",  "DELETE",   "MERGE",  "REPLACE", "VALUES", "COMMENT", "GRANT",
                                        "REVOKE", "ANALYZE", "TRUNCATE", "VACUUM", "REINDEX", "LOCK",   NULL};
    static const char *const queries[] = {"SELECT", "WITH", NULL};
    Reader r = {.c = {.arena = arena, .dialect = dialect, .text = text}, .changes = changes, .is_sure = true};
    cursor_next(&r.c);
    Cursor start = r.c;
    if (cursor_at_any(&r.c, plain))
        return;
    if (cursor_at_any(&r.c, queries)) {
        read_select(&r);
    } else if (cursor_accept(&r.c, "DROP")) {
        read_drop(&r);
    } else if (cursor_accept(&r.c, "ALTER")) {
        read_alter(&r);
    } else if (cursor_accept(&r.c, "RENAME")) {
        read_rename(&r);
    } else if (cursor_accept(&r.c, "CREATE") && !is_unit(&r.c)) {
        read_create(&r);
    } else {
        r.c = start;
        if (cursor_accept(&r.c, "EXEC") || cursor_accept(&r.c, "EXECUTE")) {
            while (cursor_accept(&r.c, "sys") || cursor_accept(&r.c, "dbo") || cursor_at_punct(&r.c, '.'))
                if (cursor_at_punct(&r.c, '.'))
                    cursor_next(&r.c);
            if (cursor_accept(&r.c, "sp_rename")) {
                read_sp_rename(&r);
                return;
            }
        }
        r.c = start;
        read_loosely(&r);
    }
}

bool sql_read_table(Arena *arena, const Dialect *dialect, Str text, SqlTable *table)
{
    Reader r = {.c = {.arena = arena, .dialect = dialect, .text = text}};
    cursor_next(&r.c);
    return read_name(&r, table);
}
