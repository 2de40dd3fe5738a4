// Whether a table's columns, indexes and constraints are those that the chain has made, where a revision looks at how many
// there are or at what they are over. A table is asked about as it stands where the script starts: what the script does to
// it before the revision looks, it does to what was made by hand as well.
#include "frame_int.h"

static void counted(Frame *frame, PartQuestion *question, Str from, Str rows)
{
    vec_push(frame->r->arena, &question->from, from);
    vec_push(frame->r->arena, &question->counted, rows);
}

// What the reader is told that the chain made, as far as there is room.
static void say(Frame *frame, PartQuestion *question, Str name, const StrList *columns)
{
    enum { ROOM = 160 };
    Arena *arena = frame->r->arena;
    Str text = name;
    if (columns)
        text = str_format(arena, "%.*s%s(%.*s)", STR_ARGS(name), name.len ? " " : "",
                          STR_ARGS(strlist_join(arena, columns, STR(", "))));
    if (str_ends(question->made, STR("...")))
        return;
    bool fits = question->made.len + text.len < ROOM;
    question->made = str_format(arena, "%.*s%s%.*s", STR_ARGS(question->made), question->made.len ? ", " : "",
                                STR_ARGS(fits ? text : STR("...")));
}

static bool add_key(Frame *frame, PartQuestion *question, TablePart part, CatalogueNames *names)
{
    Str from;
    say(frame, question, names->name, &names->columns);
    if (!catalogue_key(frame, part, names, &from))
        return false;
    counted(frame, question, from, STR("> 0"));
    return true;
}

static bool is_mysql(const Frame *frame)
{
    return frame->r->dialect->id == DIALECT_MYSQL || frame->r->dialect->id == DIALECT_MARIADB;
}

// The columns of an index, with those that it only holds; false: an expression is among them, or it was made by raw SQL.
static bool index_columns(const Frame *frame, const Index *index, StrList *columns)
{
    Arena *arena = frame->r->arena;
    bool plain = !index->raw.len && index->items.count;
    for (size_t i = 0; i < index->items.count; i++) {
        plain &= index->items.items[i].column.len > 0;
        vec_push(arena, columns, index->items.items[i].column);
    }
    return plain && !index->options.count;   // INCLUDE, a length, an operator class
}

static bool add_indexes(Frame *frame, const Table *table, PartQuestion *question, CatalogueNames names, bool only_unique,
                        size_t *count)
{
    for (size_t i = 0; i < table->indexes.count; i++) {
        const Index *index = table->indexes.items[i];
        if ((only_unique && !index->unique) || strlist_has(&names.left_out, index->name))
            continue;
        names.name = index->name;
        names.columns = (StrList){0};
        names.is_unique = index->unique;
        ++*count;
        if (!index_columns(frame, index, &names.columns))
            // that it is there is asked by its name
            say(frame, question, index->name.len ? index->name : STR("one without a name"), NULL);
        else if (!add_key(frame, question, PART_INDEXES, &names))
            return false;
    }
    return true;
}

// A unique constraint that says what another one says: the server makes one of the two.
static bool repeats(const Table *table, size_t at)
{
    const StrList *columns = &table->constraints.items[at]->columns;
    for (size_t i = 0; i < table->constraints.count; i++) {
        const Constraint *c = table->constraints.items[i];
        bool other = i != at && (c->kind == CONSTRAINT_UNIQUE || c->kind == CONSTRAINT_PRIMARY) && (c->name.len || i < at);
        bool same = other && c->columns.count == columns->count;
        for (size_t k = 0; same && k < columns->count; k++)
            same = str_equal(c->columns.items[k], columns->items[k]);
        if (same)
            return true;
    }
    return false;
}

static bool add_constraints(Frame *frame, const Table *table, PartQuestion *question, CatalogueNames names, TablePart part,
                            size_t *count)
{
    static const ConstraintKind kinds[TABLE_PARTS] = {[PART_UNIQUES] = CONSTRAINT_UNIQUE,
                                                      [PART_FOREIGN_KEYS] = CONSTRAINT_FOREIGN,
                                                      [PART_CHECKS] = CONSTRAINT_CHECK,
                                                      [PART_PRIMARY_KEY] = CONSTRAINT_PRIMARY};
    for (size_t i = 0; i < table->constraints.count; i++) {
        const Constraint *c = table->constraints.items[i];
        if (c->kind != kinds[part])
            continue;
        if (c->kind == CONSTRAINT_UNIQUE && !c->name.len && repeats(table, i))
            continue;
        names.name = c->name.len ? c->name : c->server_name;
        names.columns = c->columns;
        names.target_schema = c->ref_schema;
        names.target = c->ref_table;
        names.on_delete = c->on_delete;
        names.on_update = c->on_update;
        ++*count;
        if (part == PART_CHECKS)
            say(frame, question, c->name.len ? c->name : STR("one without a name"), NULL);
        else if (!add_key(frame, question, part, &names))
            return false;
    }
    return true;
}

// The indexes that MySQL makes for foreign keys, and drops when another serves, are named after them or their first column.
static void leave_out(Frame *frame, const Table *table, CatalogueNames *names)
{
    Arena *arena = frame->r->arena;
    vec_push(arena, &names->left_out, STR("PRIMARY"));
    for (size_t i = 0; i < table->constraints.count; i++) {
        const Constraint *c = table->constraints.items[i];
        if (c->kind == CONSTRAINT_FOREIGN && c->columns.count)
            vec_push(arena, &names->left_out, c->name.len ? c->name : c->columns.items[0]);
    }
}

static size_t exclusions(const Table *table)
{
    size_t count = 0;
    for (size_t i = 0; i < table->constraints.count; i++)
        count += table->constraints.items[i]->kind == CONSTRAINT_EXCLUDE;
    return count;
}

static bool add_columns(Frame *frame, const Table *table, PartQuestion *question, size_t *count)
{
    for (size_t i = 0; i < table->columns.count; i++)
        say(frame, question, table->columns.items[i]->name, NULL);
    *count = table->columns.count;
    return true;
}

static bool add_part(Frame *frame, const Table *table, TablePart part, PartQuestion *question, CatalogueNames *names,
                     size_t *count)
{
    bool unique_is_index = frame->r->dialect->id != DIALECT_SQLITE;
    switch (part) {
    case PART_COLUMNS: return add_columns(frame, table, question, count);
    case PART_INDEXES:
        if (is_mysql(frame))
            leave_out(frame, table, names);
        else if (frame->r->dialect->id == DIALECT_POSTGRESQL)
            *count += exclusions(table);
        return add_indexes(frame, table, question, *names, false, count) &&
               (!unique_is_index || add_constraints(frame, table, question, *names, PART_UNIQUES, count));
    case PART_UNIQUES:
        return add_constraints(frame, table, question, *names, part, count) &&
               (!is_mysql(frame) || add_indexes(frame, table, question, *names, true, count));
    case PART_FOREIGN_KEYS:
    case PART_CHECKS:
    case PART_PRIMARY_KEY: return add_constraints(frame, table, question, *names, part, count);
    case TABLE_PARTS: break;
    }
    return false;
}

// SQLite keeps a CHECK in the table's text alone, and lists the columns of a key without saying whether there is one.
static bool ask_sqlite(Frame *frame, const Table *table, TablePart part, size_t count, PartQuestion *question)
{
    Str text, from;
    CatalogueNames names = {.table = table->name};
    if (part == PART_PRIMARY_KEY) {
        if (count)
            return true;   // by its columns
        if (!catalogue_key(frame, part, &names, &from))
            return false;
        counted(frame, question, from, STR("> 0"));
        return true;
    }
    if (!frame_text(frame, table->name, &text))
        return false;
    from = str_format(
        frame->r->arena,
        "(SELECT replace(replace(lower(sql), ' ', ''), char(10), '') AS text FROM sqlite_master WHERE type = "
        "'table' AND name = %.*s COLLATE NOCASE) WHERE length(text) - length(replace(text, 'check(', '')) = %zu",
        STR_ARGS(text), count * strlen("check("));
    counted(frame, question, from, STR("> 0"));
    return true;
}

bool frame_parts(Frame *frame, const Table *table, TablePart part, PartQuestion *question)
{
    Arena *arena = frame->r->arena;
    CatalogueNames names = {.schema = table->schema, .table = table->name};
    size_t count = 0;
    Str from;
    *question = (PartQuestion){0};
    if (!add_part(frame, table, part, question, &names, &count) || !catalogue_part(frame, part, &names, &from))
        return false;
    if (!question->made.len)
        question->made = STR("none");
    if (!from.len)
        return ask_sqlite(frame, table, part, count, question);
    counted(frame, question, from, str_format(arena, "= %zu", count));
    return true;
}

bool frame_form(Frame *frame, const Table *table, const Assumption *a, PartQuestion *question)
{
    static const unsigned takes[] = {TAKES_TYPE, TAKES_NULL, TAKES_DEFAULT};
    ShapeColumn taken = {0};
    ColumnQuery query;
    *question = (PartQuestion){0};
    for (unsigned i = 0; i < 3; i++)
        taken.takes |= a->form & 1u << i ? takes[i] : 0;
    for (size_t i = 0; i < table->columns.count; i++)
        if (table->columns.items[i]->id == a->column_id)
            taken.column = table->columns.items[i];
    if (!taken.column)
        return true;   // the script makes it
    if (!frame_column_is(frame, table, &taken, &query))
        return false;
    if (query.condition.len)
        counted(frame, question,
                str_format(frame->r->arena, "%.*s AND %.*s", STR_ARGS(query.from), STR_ARGS(query.condition)), STR("> 0"));
    return true;
}
