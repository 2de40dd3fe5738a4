// Which tables a way back takes that stood there before it and may hold rows: each statement's text is followed, the
// revision's own and what operations have become, through every other name that the script gives them. What cannot be
// followed is counted too, or refused: to ask for a word that was not needed is the lesser harm.
#include <stdlib.h>

#include "frame_int.h"

// A table somewhere in the script.
typedef struct Followed {
    TableName at_start;   // where the walk begins to count; of one that the script makes: its name when made
    TableName at_section, now;
    bool is_made;      // by the script
    bool is_known;     // the guard asks for it
    bool is_certain;   // it is there under this name: no statement that may not have been run has touched it
    size_t id;         // in the model at the script's start; 0: none
} Followed;

typedef struct Walk {
    Frame *frame;
    DroppedList *dropped;
    VEC(Followed) tables;
    VEC(TableChange) schemas;                      // that have got another name
    size_t schemas_at_start, schemas_at_section;   // so many of them before the walk counts, and before the section
    StrList maybe_made;
    size_t section, first;
    bool unread_drop, unread_rename;
} Walk;

// ---- names ----

static bool same_text(DialectId dialect, Arena *arena, Str a, Str b)
{
    if (dialect == DIALECT_ORACLE)   // "T" is t there
        return str_equal(str_equal(a, str_upper(arena, a)) ? str_lower(arena, a) : a,
                         str_equal(b, str_upper(arena, b)) ? str_lower(arena, b) : b);
    return dialect == DIALECT_SQLITE ? str_equal_fold(a, b) : str_equal(a, b);
}

// Whether both stand for the same schema: none, or the one that is pinned.
static bool same_schema(const Frame *frame, Str a, Str b)
{
    Str own = frame->r->options->schema;
    DialectId dialect = frame->r->dialect->id;
    if (!own.len)
        own = dialect == DIALECT_POSTGRESQL || dialect == DIALECT_MSSQL ? frame_pinned_schema(frame)
              : dialect == DIALECT_SQLITE                               ? STR("main")
              : dialect == DIALECT_MYSQL || dialect == DIALECT_MARIADB  ? frame->r->options->database
                                                                        : STR_EMPTY;
    if (!a.len)
        a = own;
    if (!b.len)
        b = own;
    return same_text(dialect, frame->r->arena, a, b);
}

typedef enum Likeness { DIFFERENT, ALIKE, SAME } Likeness;

// ALIKE: but for their case, which the server may heed or not.
static Likeness compare(const Frame *frame, TableName a, TableName b)
{
    DialectId dialect = frame->r->dialect->id;
    bool may_fold = dialect == DIALECT_MYSQL || dialect == DIALECT_MARIADB || dialect == DIALECT_MSSQL;
    if (same_schema(frame, a.schema, b.schema) && same_text(dialect, frame->r->arena, a.name, b.name))
        return SAME;
    bool alike = str_equal_fold(a.name, b.name) &&
                 (str_equal_fold(a.schema, b.schema) || same_schema(frame, a.schema, b.schema));
    return may_fold && alike ? ALIKE : DIFFERENT;
}

static TableName plain(SqlTable table)
{
    return (TableName){table.schema, table.name};
}

// The earlier name of a table that nothing is known of: its schema may have got another name, by a change from `since` on.
static TableName earlier_name(const Walk *walk, TableName name, size_t since)
{
    for (size_t i = walk->schemas.count; i-- > since;)
        if (same_schema(walk->frame, name.schema, walk->schemas.items[i].to.schema))
            name.schema = walk->schemas.items[i].table.schema;
    return name;
}

// ---- what is dropped ----

static void take(Walk *walk, Dropped taken)
{
    Frame *frame = walk->frame;
    if (walk->section < walk->first)
        return;
    for (size_t i = 0; i < walk->dropped->count; i++) {
        const Dropped *other = &walk->dropped->items[i];
        if (other->by == taken.by && !other->at_start.name.len == !taken.at_start.name.len &&
            compare(frame, other->at_start, taken.at_start) == SAME)
            return;
    }
    vec_push(frame->r->arena, walk->dropped, taken);
}

static Dropped taken_by(const Walk *walk, const Statement *s, const Followed *table)
{
    return (Dropped){.at_start = table->at_start,
                     .is_there = table->is_known,
                     .is_known = table->is_known,
                     .section = walk->section,
                     .at_section = table->at_section,
                     .by = s,
                     .now = table->now,
                     .is_there_now = table->is_certain};
}

// Fails where it may be one that the script has given this name, in a way that cannot be read.
static bool take_unknown(Walk *walk, const Statement *s, TableName name, bool is_sure)
{
    Str full = table_full_name(walk->frame->r->arena, name.schema, name.name);
    bool may_be_made = strlist_has(&walk->maybe_made, str_lower(walk->frame->r->arena, full));
    if (walk->unread_rename && !may_be_made)
        return frame_refuse(walk->frame, s, "the drop of a table that cannot be followed to the name it has before",
                            "Rename it with op.rename_table, or with ALTER TABLE outside a block of statements.");
    take(walk, (Dropped){.at_start = earlier_name(walk, name, walk->schemas_at_start),
                         .is_there = is_sure && !may_be_made,
                         .section = walk->section,
                         .at_section = earlier_name(walk, name, walk->schemas_at_section),
                         .by = s,
                         .now = name,
                         .is_there_now = is_sure});
    return true;
}

static bool drop(Walk *walk, const Statement *s, const TableChange *change)
{
    TableName name = plain(change->table);
    bool found = false;
    if (change->table.database.len)
        return frame_refuse(walk->frame, s,
                            "the drop of a table that is named with its database, whose rows are not counted",
                            "Name it without, or drop it by hand.");
    for (size_t i = 0; i < walk->tables.count; i++) {
        Followed *table = &walk->tables.items[i];
        Likeness likeness = compare(walk->frame, table->now, name);
        if (likeness == DIFFERENT)
            continue;
        found |= likeness == SAME;
        if (!table->is_made)
            take(walk, taken_by(walk, s, table));
        table->is_certain &= change->is_sure;
        if (likeness == SAME && change->is_sure) {
            table->now = (TableName){0};
            table->is_made = true;   // nothing of it is left
        }
    }
    return found || take_unknown(walk, s, name, change->is_sure);
}

// ---- what becomes of them ----

static void follow(Walk *walk, TableName name, bool is_made)
{
    vec_push(walk->frame->r->arena, &walk->tables,
             ((Followed){.at_start = name, .at_section = name, .now = name, .is_made = is_made, .is_certain = is_made}));
}

static void rename_table(Walk *walk, const TableChange *change)
{
    TableName from = plain(change->table), to = plain(change->to);
    size_t count = walk->tables.count;
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        Likeness likeness = compare(walk->frame, walk->tables.items[i].now, from);
        if (likeness == DIFFERENT || !walk->tables.items[i].now.name.len)
            continue;
        found |= likeness == SAME;
        if (change->is_sure && likeness == SAME) {
            walk->tables.items[i].now = to;
            continue;
        }
        walk->tables.items[i].is_certain = false;
        Followed both = walk->tables.items[i];
        both.now = to;
        vec_push(walk->frame->r->arena, &walk->tables, both);
    }
    if (found)
        return;
    follow(walk, earlier_name(walk, from, walk->schemas_at_start), false);
    Followed *table = &walk->tables.items[walk->tables.count - 1];
    table->at_section = earlier_name(walk, from, walk->schemas_at_section);
    table->now = to;
    table->is_certain = change->is_sure;
}

static void rename_schema(Walk *walk, const TableChange *change)
{
    for (size_t i = 0; i < walk->tables.count; i++) {
        Followed *table = &walk->tables.items[i];
        if (!same_schema(walk->frame, table->now.schema, change->table.schema))
            continue;
        if (!change->is_sure)
            vec_push(walk->frame->r->arena, &walk->tables, *table);
        walk->tables.items[i].now.schema = change->to.schema;
        walk->tables.items[i].is_certain &= change->is_sure;
    }
    vec_push(walk->frame->r->arena, &walk->schemas, *change);
}

static void drop_schema(Walk *walk, const Statement *s, Str schema)
{
    for (size_t i = 0; i < walk->tables.count; i++)
        if (!walk->tables.items[i].is_made && same_schema(walk->frame, walk->tables.items[i].now.schema, schema))
            take(walk, taken_by(walk, s, &walk->tables.items[i]));
    TableName all = {.schema = schema};
    take(walk, (Dropped){.at_start = earlier_name(walk, all, walk->schemas_at_start),
                         .section = walk->section,
                         .at_section = earlier_name(walk, all, walk->schemas_at_section),
                         .by = s,
                         .now = all});
}

// A rebuild carries the rows over: from then on the table is the new one, and what goes is empty to the reader.
static void carry(Walk *walk, const Statement *s)
{
    SqlTable from, to;
    Arena *arena = walk->frame->r->arena;
    if (!sql_read_table(arena, walk->frame->r->dialect, s->copy_from, &from) ||
        !sql_read_table(arena, walk->frame->r->dialect, s->copy_to, &to))
        return;
    Followed *old = NULL, *made = NULL;
    for (size_t i = 0; i < walk->tables.count; i++) {
        Followed *table = &walk->tables.items[i];
        if (compare(walk->frame, table->now, plain(from)) == SAME)
            old = table;
        else if (table->is_made && compare(walk->frame, table->now, plain(to)) == SAME)
            made = table;
    }
    if (!old || !made)
        return;
    TableName name = old->now;
    old->now = made->now;
    made->now = name;
}

static bool follow_change(Walk *walk, const Statement *s, const TableChange *change)
{
    Arena *arena = walk->frame->r->arena;
    switch (change->kind) {
    case TABLE_MADE:
        if (change->is_sure)
            follow(walk, plain(change->table), true);
        else
            vec_push(arena, &walk->maybe_made,
                     str_lower(arena, table_full_name(arena, change->table.schema, change->table.name)));
        return true;
    case TABLE_DROPPED: return drop(walk, s, change);
    case TABLE_RENAMED: rename_table(walk, change); return true;
    case TABLES_OF_SCHEMA: drop_schema(walk, s, change->table.schema); return true;
    case SCHEMA_RENAMED: rename_schema(walk, change); return true;
    case TABLES_UNREAD: walk->unread_drop = true; return true;
    case RENAME_UNREAD: walk->unread_rename = true; return true;
    }
    return true;
}

static bool follow_statement(Walk *walk, const Statement *s)
{
    TableChangeList changes = {0};
    if (s->kind == STATEMENT_COMMENT || s->is_recount)
        return true;
    if (s->kind == STATEMENT_COPY) {
        carry(walk, s);
        return true;
    }
    sql_table_changes(walk->frame->r->arena, walk->frame->r->dialect, s->text, &changes);
    for (size_t i = 0; i < changes.count; i++)
        if (!follow_change(walk, s, &changes.items[i]))
            return false;
    return true;
}

// ---- what the model knows ----

// SQL of a revision's own that the model cannot follow, and that drops.
static bool drops_by_hand(const Frame *frame)
{
    static const char *const words[] = {"DROP", NULL};
    for (size_t i = 0; i < frame->path->steps.count; i++)
        for (size_t k = 0; k < frame->rendered->steps[i].statements.count; k++) {
            const Statement *s = &frame->rendered->steps[i].statements.items[k];
            if (s->is_raw && (sql_find_word(frame->r->dialect, s->text, words).len ||
                              str_find(str_lower(frame->r->arena, s->text), STR("drop"), 0) != SIZE_MAX))
                return true;
        }
    return false;
}

static bool is_left(const RenderStep *last, const Table *table)
{
    for (size_t i = 0; i < last->left.count; i++)
        if (last->left.items[i] == table->id)
            return true;
    return false;
}

// One that is no longer known at the end may have been altered only, by SQL that does not drop.
static bool may_be_dropped(const Walk *walk, const Table *table)
{
    const Frame *frame = walk->frame;
    const RenderStep *last = &frame->rendered->steps[frame->path->steps.count - 1];
    if (walk->unread_drop)
        return true;
    if (is_left(last, table))
        return false;
    Str full = table_full_name(frame->r->arena, table->schema, table->name);
    for (size_t i = 0; i < frame->path->steps.count; i++)
        if (strlist_has(&frame->rendered->steps[i].altered, full))
            return true;
    return drops_by_hand(frame);
}

static void take_by_model(Walk *walk)
{
    const RenderedPath *rendered = walk->frame->rendered;
    for (size_t i = 0; i < rendered->table_count; i++) {
        const Table *table = rendered->tables_at_from[i];
        TableName name = {table->schema, table->name};
        bool found = false;
        for (size_t k = 0; k < walk->dropped->count && !found; k++)
            found = compare(walk->frame, walk->dropped->items[k].at_start, name) == SAME;
        if (found || !may_be_dropped(walk, table))
            continue;
        bool is_there = !walk->first;   // else it may have gone already
        vec_push(walk->frame->r->arena, walk->dropped,
                 ((Dropped){.at_start = name,
                            .is_there = is_there,
                            .is_known = is_there,
                            .section = SIZE_MAX,
                            .at_section = name,
                            .now = name}));
    }
}

static int compare_dropped(const void *a, const void *b)
{
    const Dropped *x = a, *y = b;
    int order = str_compare(x->at_start.schema, y->at_start.schema);
    return order ? order : str_compare(x->at_start.name, y->at_start.name);
}

bool frame_find_dropped(Frame *frame, size_t first, DroppedList *dropped)
{
    const RenderedPath *rendered = frame->rendered;
    Walk walk = {.frame = frame, .dropped = dropped, .first = first};
    if (!rendered || frame->path->direction == DIRECTION_UP || !frame->path->steps.count)
        return true;
    for (size_t i = 0; i < rendered->table_count; i++) {
        const Table *table = rendered->tables_at_from[i];
        follow(&walk, (TableName){table->schema, table->name}, false);
        walk.tables.items[i].is_known = walk.tables.items[i].is_certain = true;
    }
    for (; walk.section < frame->sections.count; walk.section++) {
        walk.schemas_at_section = walk.schemas.count;
        if (walk.section == first)
            walk.schemas_at_start = walk.schemas.count;
        for (size_t i = 0; i < walk.tables.count; i++) {
            Followed *table = &walk.tables.items[i];
            table->at_section = table->now;
            if (walk.section == first && first) {
                table->at_start = table->now;
                table->is_known = false;
            }
        }
        const Section *section = &frame->sections.items[walk.section];
        for (size_t i = 0; i < section->items.count; i++)
            if (section->items.items[i].statement && !follow_statement(&walk, section->items.items[i].statement))
                return false;
    }
    take_by_model(&walk);
    if (dropped->count > 1)
        qsort(dropped->items, dropped->count, sizeof *dropped->items, compare_dropped);
    return true;
}

void frame_dropped(Frame *frame, DroppedList *dropped)
{
    DroppedList all = frame->dropped;
    Diag scratch = diag_open(frame->r->arena), *diag = frame->diag;
    bool found = true;
    if (frame->first) {
        all = (DroppedList){0};
        frame->diag = &scratch;   // it was refused before, when the sections were made
        found = frame_find_dropped(frame, frame->first, &all);
        frame->diag = diag;
    }
    for (size_t i = 0; found && i < all.count; i++) {
        bool again = false;   // by another statement, or known by another's case
        for (size_t k = 0; k < dropped->count && !again; k++)
            again = !all.items[i].at_start.name.len == !dropped->items[k].at_start.name.len &&
                    compare(frame, all.items[i].at_start, dropped->items[k].at_start) == SAME;
        if (!again)
            vec_push(frame->r->arena, dropped, all.items[i]);
    }
}

TableNames frame_dropped_names(Frame *frame, const DroppedList *dropped, bool is_there)
{
    TableNames names = {0};
    for (size_t i = 0; i < dropped->count; i++)
        if (dropped->items[i].at_start.name.len && dropped->items[i].is_there == is_there)
            vec_push(frame->r->arena, &names, dropped->items[i].at_start);
    return names;
}

// ---- asked again before each drop ----

// Returns the query that counts the rows of the table where the word is not given.
static Str recount_query(Frame *frame, TableName table)
{
    Arena *arena = frame->r->arena;
    const Dialect *dialect = frame->r->dialect;
    Str name = sql_qualified(arena, dialect, table.schema, table.name);
    if (dialect->id == DIALECT_ORACLE)
        return str_format(arena,
                          "SELECT COUNT(*) FROM %.*s WHERE NVL(SYS_CONTEXT('USERENV', 'CLIENT_IDENTIFIER'), '-') <> "
                          "'waybill_drop=' || SYS_CONTEXT('USERENV', 'DB_NAME')",
                          STR_ARGS(name));
    if (dialect->id == DIALECT_MSSQL)   // locked until the end of the transaction
        return str_format(arena, "SELECT COUNT_BIG(*) FROM %.*s WITH (TABLOCKX, HOLDLOCK)%s",
                          STR_ARGS(frame_pinned_name(frame, table.schema, table.name)),
                          mssql_has_session_context(frame)
                              ? " WHERE ISNULL(CAST(SESSION_CONTEXT(N'waybill_drop') AS NVARCHAR(128)), N'') <> DB_NAME()"
                              : "");
    // it waits for rows that are not committed yet
    return str_format(arena, "SELECT COUNT(*) FROM %.*s WHERE NOT (BINARY @waybill_drop <=> DATABASE()) LOCK IN SHARE MODE",
                      STR_ARGS(name));
}

// Oracle: the drop would wait for those who write to the table, and then take their rows: they are waited for here.
static FrameItem lock_item(Frame *frame, const Dropped *dropped)
{
    Arena *arena = frame->r->arena;
    Statement *lock = arena_new(arena, Statement);
    Str name = sql_qualified(arena, frame->r->dialect, dropped->now.schema, dropped->now.name);
    *lock = (Statement){.text = str_format(arena, "LOCK TABLE %.*s IN EXCLUSIVE MODE WAIT 30", STR_ARGS(name)),
                        .kind = STATEMENT_DML,
                        .is_recount = true,
                        .rows = -1,
                        .at = dropped->by->at};
    return (FrameItem){.statement = lock};
}

static FrameItem recount_item(Frame *frame, const Dropped *dropped)
{
    Statement *query = arena_new(frame->r->arena, Statement);
    *query = (Statement){.text = recount_query(frame, dropped->now),
                         .kind = STATEMENT_QUERY,
                         .expects_zero = true,
                         .is_recount = true,
                         .rows = -1,
                         .at = dropped->by->at};
    return (FrameItem){.statement = query};
}

bool frame_recount(Frame *frame)
{
    Arena *arena = frame->r->arena;
    DialectId dialect = frame->r->dialect->id;
    if (!frame_find_dropped(frame, 0, &frame->dropped))
        return false;
    if (dialect == DIALECT_POSTGRESQL || dialect == DIALECT_SQLITE)   // whose gates lock what goes, or the file
        return true;
    for (size_t i = 0; i < frame->sections.count && frame->dropped.count; i++) {
        Section *section = &frame->sections.items[i], with = *section;
        with.items.items = NULL;
        with.items.count = with.items.cap = 0;
        for (size_t k = 0; k < section->items.count; k++) {
            FrameItem item = section->items.items[k];
            bool first = true;
            for (size_t n = 0; n < frame->dropped.count; n++) {
                const Dropped *d = &frame->dropped.items[n];
                if (!d->by || d->by != item.statement || !d->is_there_now || !d->now.name.len)
                    continue;
                if (first)   // below the revision's heading
                    vec_push(arena, &with.items,
                             frame_comment(
                                 frame, STR("-- Rows that have come since the guard has counted stop this way back here."),
                                 d->by->at, item.heading));
                item.heading = first ? STR_EMPTY : item.heading;
                first = false;
                if (dialect == DIALECT_ORACLE)
                    vec_push(arena, &with.items, lock_item(frame, d));
                vec_push(arena, &with.items, recount_item(frame, d));
            }
            vec_push(arena, &with.items, item);
        }
        *section = with;
    }
    return true;
}
