// MySQL and MariaDB: temporary tables that a session may have made before, which would stand before the tables of those
// names.
#include "frame_int.h"

static void add_hidden(Renderer *r, TableNames *names, Str schema, Str table)
{
    bool has = !table.len;
    for (size_t i = 0; i < names->count && !has; i++)
        has = str_equal(names->items[i].name, table) && str_equal(names->items[i].schema, schema);
    if (!has)
        vec_push(r->arena, names, ((TableName){.schema = schema, .name = table}));
}

// What a session may have made before it, and what would stand before the table of that name: the version table, the
// model's, and those that statements name, of which nobody but the text knows: as table, or for a privilege.
static void may_be_hidden(Frame *frame, const TableNames *present, const TableNames *absent, const NeededList *needed,
                          TableNames *names)
{
    Renderer *r = frame->r;
    const Settings *settings = &r->project->settings;
    const TableNames *both[] = {present, absent};
    SqlTableList named = {0};
    add_hidden(r, names, settings->version_table_schema, settings->version_table);
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < both[k]->count; i++)
            add_hidden(r, names, both[k]->items[i].schema, both[k]->items[i].name);
    for (size_t i = 0; i < frame->sections.count; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++) {
            const Statement *s = frame->sections.items[i].items.items[k].statement;
            if (s && s->kind != STATEMENT_COMMENT)
                sql_named_tables(r->arena, r->dialect, s->text, &named);
        }
    for (size_t i = 0; i < named.count; i++)
        add_hidden(r, names, named.items[i].schema, named.items[i].name);
    for (size_t i = 0; i < needed->count; i++)
        add_hidden(r, names, needed->items[i].schema, needed->items[i].table);
}

// No statement names a table twice. Two names may be one: in another case, or with its database before it. What capitals
// other letters have only the server knows.
static bool may_be_among(Arena *arena, const TableNames *tables, size_t from, size_t to)
{
    Str name = str_lower(arena, tables->items[to].name);
    for (size_t i = from; i < to; i++) {
        Str other = str_lower(arena, tables->items[i].name);
        if (str_equal(name, other) || !str_is_ascii(name) || !str_is_ascii(other))
            return true;
    }
    return false;
}

size_t mysql_drop_hidden(Frame *frame, const TableNames *present, const TableNames *absent, const NeededList *needed,
                         Str *sql)
{
    static const char drop[] = "DROP TEMPORARY TABLE IF EXISTS ";
    static const char behind[] = "; SET @wb_a = @wb_a + (@@error_count = 0);";
    Arena *arena = frame->r->arena;
    TableNames tables = {0};
    Buf out = buf_open(arena);
    size_t lines = 0, line = 0, first = 0;
    may_be_hidden(frame, present, absent, needed, &tables);
    for (size_t i = 0; i < tables.count; i++) {
        Str name = sql_qualified(arena, frame->r->dialect, tables.items[i].schema, tables.items[i].name);
        line += 2 + name.len;
        if (!i || line > MYSQL_LINE_BYTES || may_be_among(arena, &tables, first, i)) {
            buf_addf(&out, "%s%s", !i ? "" : behind, !i ? "" : "\n");
            line = sizeof drop - 1 + sizeof behind - 1 + name.len;
            first = i;
            lines++;
        }
        buf_addf(&out, "%s%.*s", first == i ? drop : ", ", STR_ARGS(name));
    }
    buf_add(&out, str_from(behind));
    *sql = buf_str(&out);
    return lines;
}
