// The frame of scripts for MySQL and MariaDB: the session may only read until the guard has checked everything, and each
// statement is followed by a gate that makes it so again after an error, whatever the client does about errors.
//
// Every statement commits itself, so a lone COMMIT or BEGIN in a revision has nothing to end or to open and is left out. A
// comment on the version table says which revision was begun until its version row has moved: a script that stopped inside
// a revision is not run a second time by mistake.
#include "frame_int.h"

static bool is_mariadb(const Frame *frame)
{
    return frame->r->dialect->id == DIALECT_MARIADB;
}

// MariaDB knows transaction_read_only since 11.1.1, which calls the old name deprecated; MySQL since 5.7.20.
static Str read_only_name(const Frame *frame)
{
    enum { MARIADB_RENAMED_IT = 110101 };
    return is_mariadb(frame) && frame->r->style->minimum < MARIADB_RENAMED_IT ? STR("tx_read_only")
                                                                              : STR("transaction_read_only");
}

// ---- version rows ----

// The version rows are this set, row by row, compared byte for byte.
static bool rows_match(Frame *frame, const StrList *rows, Str *expr)
{
    Str list;
    if (!frame_text_list(frame, rows, &list))
        return false;
    *expr = rows->count ? str_format(frame->r->arena, "COUNT(*) = %zu AND COUNT(DISTINCT IF(v IN (%.*s), v, NULL)) = %zu",
                                     rows->count, STR_ARGS(list), rows->count)
                        : STR("COUNT(*) = 0");
    return true;
}

static Str from_rows(Frame *frame)
{
    return str_format(frame->r->arena,
                      "FROM (SELECT CAST(CONVERT(version_num USING utf8mb4) AS BINARY) AS v FROM %.*s) AS wb",
                      STR_ARGS(version_table_name(frame->r)));
}

static bool rows_are(Frame *frame, View *view, Str name, const StrList *rows)
{
    Str match;
    if (!rows_match(frame, rows, &match))
        return false;
    view_text(view, name, str_format(frame->r->arena, "SELECT %.*s %.*s", STR_ARGS(match), STR_ARGS(from_rows(frame))));
    return true;
}

static bool put_literal(Frame *frame, View *view, Str name, Str text)
{
    Str sql;
    if (!frame_text(frame, str_printable(frame->r->arena, text), &sql))
        return false;
    view_text(view, name, sql);
    return true;
}

// ---- guard ----

// Adds a group of tables of one schema to the list field: `rows` is SELECT 'a' AS t UNION ALL SELECT 'b'.
static bool add_tables(Frame *frame, View *view, Str field, Str schema, const StrList *names)
{
    Arena *arena = frame->r->arena;
    Buf rows = buf_open(arena);
    Str text = STR("DATABASE()");
    if (schema.len && !frame_text(frame, schema, &text))
        return false;
    View *item = view_item(view, field);
    view_text(item, STR("schema"), text);
    for (size_t i = 0; i < names->count; i++) {
        if (!frame_text(frame, names->items[i], &text))
            return false;
        buf_addf(&rows, "%sSELECT %.*s%s", i ? " UNION ALL " : "", STR_ARGS(text), i ? "" : " AS t");
    }
    view_text(item, STR("rows"), buf_str(&rows));
    return true;
}

typedef struct Group {
    Str schema;
    StrList names;
} Group;
typedef VEC(Group) GroupList;

static void add_to_group(Arena *arena, GroupList *groups, const TableName *table)
{
    Group *group = NULL;
    for (size_t i = 0; i < groups->count && !group; i++)
        if (str_equal(groups->items[i].schema, table->schema))
            group = &groups->items[i];
    if (!group) {
        vec_push(arena, groups, ((Group){.schema = table->schema}));
        group = &groups->items[groups->count - 1];
    }
    vec_push(arena, &group->names, table->name);
}

static bool put_tables(Frame *frame, View *view, Str field, const TableNames *tables)
{
    GroupList groups = {0};
    for (size_t i = 0; i < tables->count; i++)
        add_to_group(frame->r->arena, &groups, &tables->items[i]);
    view_list(view, field);
    for (size_t i = 0; i < groups.count; i++)
        if (!add_tables(frame, view, field, groups.items[i].schema, &groups.items[i].names))
            return false;
    return true;
}

static bool guard_tables(Frame *frame, View *view)
{
    TableNames present = {0}, absent = {0};
    frame_tables(frame, &present, &absent);
    return put_tables(frame, view, STR("tables"), &present) && put_tables(frame, view, STR("created"), &absent);
}

// Reads the version rows into @wb_found and @wb_match; `select_none` stands for them where there is no version table, which
// a statement could not name then.
static bool guard_rows(Frame *frame, View *view)
{
    Arena *arena = frame->r->arena;
    const StrList *from = &frame->path->from;
    Str match, text;
    if (!rows_match(frame, from, &match))
        return false;
    Str select = str_format(arena,
                            "SELECT COALESCE(GROUP_CONCAT(CONVERT(v USING utf8mb4) ORDER BY v SEPARATOR ', '), 'base'), "
                            "%.*s INTO @wb_found, @wb_match %.*s",
                            STR_ARGS(match), STR_ARGS(from_rows(frame)));
    Str none = str_format(arena, "SELECT 'no version table', %d INTO @wb_found, @wb_match", from->count == 0);
    if (!frame_text(frame, select, &text))
        return false;
    view_text(view, STR("select_rows"), text);
    if (!frame_text(frame, none, &text))
        return false;
    view_text(view, STR("select_none"), text);
    return true;
}

static bool guard_view(Frame *frame, View *view)
{
    Renderer *r = frame->r;
    const Settings *settings = &r->project->settings;
    Str schema = STR("DATABASE()"), text;
    if (settings->version_table_schema.len && !frame_text(frame, settings->version_table_schema, &schema))
        return false;
    view_text(view, STR("version_schema"), schema);
    view_list(view, STR("databases"));
    const Str databases[] = {r->options->database, r->options->schema};   // a schema is a database here
    for (size_t i = 0; i < 2; i++) {
        if (!databases[i].len || (i && str_equal(databases[0], databases[1])))
            continue;
        if (!frame_text(frame, databases[i], &text))
            return false;
        view_text(view_item(view, STR("databases")), STR("."), text);
    }
    Str table = STR_EMPTY;
    Writing w = {.r = r, .arena = r->arena, .diag = frame->diag};
    if (frame->path->from.count == 0 && !version_table_text(&w, &table))
        return false;
    view_optional(view, STR("create_version_table"),
                  str_replace(r->arena, table, STR("CREATE TABLE "), STR("CREATE TABLE IF NOT EXISTS ")));
    return put_literal(frame, view, STR("version_table"), settings->version_table) &&
           put_literal(frame, view, STR("from_text"), version_rows_text(frame->r->arena, &frame->path->from, STR(", "))) &&
           guard_rows(frame, view) && guard_tables(frame, view);
}

// ---- statements ----

// Their errors are rows of a result, which no gate can see.
static bool answers_in_rows(const SqlHead *head)
{
    static const char *const words[] = {"ANALYZE", "CHECK", "OPTIMIZE", "REPAIR", NULL};
    bool partitions = sql_head_is(head, 0, "ALTER");   // ALTER TABLE t CHECK PARTITION p
    for (size_t i = 0; i < head->count; i++)
        if (str_is_one_of(head->words[i], words) && (i == 0 || (partitions && sql_head_is(head, i + 1, "PARTITION"))))
            return true;
    return (sql_head_is(head, 0, "CACHE") || sql_head_is(head, 0, "LOAD")) && sql_head_is(head, 1, "INDEX");
}

// What an armed session does all the same, or what the frame's own state hangs on: files, locks by name, its variables,
// statements that only the server will see.
static bool reaches_frame(const Dialect *dialect, const SqlHead *head, Str text)
{
    static const char *const words[] = {"OUTFILE", "DUMPFILE", "GET_LOCK", "RELEASE_LOCK", "RELEASE_ALL_LOCKS", NULL};
    if (sql_head_is(head, 0, "PREPARE") || sql_head_is(head, 0, "EXECUTE") || sql_head_is(head, 0, "DEALLOCATE"))
        return true;
    return sql_find_word(dialect, text, words).len > 0 || sql_says_variable(dialect, text, STR("wb_"));
}

// The client would end a body's statement at its first semicolon: it is told another delimiter for that long.
static bool body_text(Frame *frame, const Statement *s, Str *text)
{
    Arena *arena = frame->r->arena;
    if (str_equal(frame->r->options->client, STR("generic"))) {
        diag_error(frame->diag, s->at, "a script for any client cannot hold a body of several statements");
        diag_hint(frame->diag, "Render it with --client %.*s, which is told where the body ends.",
                  STR_ARGS(frame->r->dialect->default_client));
        return false;
    }
    Str delimiter = STR("$$");
    for (int n = 1; str_find(s->text, delimiter, 0) != SIZE_MAX; n++)
        delimiter = str_format(arena, "$%d$", n);
    *text = str_format(arena, "DELIMITER %.*s\n%.*s%.*s\nDELIMITER ;", STR_ARGS(delimiter), STR_ARGS(s->text),
                       STR_ARGS(delimiter));
    return true;
}

static bool statement_text(Frame *frame, const Statement *s, Str *text)
{
    SqlHead head = sql_head(frame->r->dialect, s->text);
    if (answers_in_rows(&head))
        return frame_refuse(frame, s, "a statement that reports its errors as rows", "Run it by hand, outside the script.");
    if (reaches_frame(frame->r->dialect, &head, s->text))
        return frame_refuse(frame, s, "what reaches outside the database or into the script's own state",
                            "Run it by hand, outside the script.");
    if (!sql_has_body(frame->r->dialect, s->text)) {
        FrameItem item = {.statement = s};
        *text = item_text(frame, &item);
        return true;
    }
    if (!body_text(frame, s, text))
        return false;
    if (s->warning.len)
        *text = str_format(frame->r->arena, "-- Note: %.*s.\n%.*s", STR_ARGS(s->warning), STR_ARGS(*text));
    return true;
}

// ---- items ----

typedef struct Walk {
    Frame *frame;
    View *view;
    size_t step, number;   // [WAYBILL-STEP step.number]
    size_t total;
    View *moves;   // version statements of the step so far; NULL: none
    bool begun;    // the step has statements, so the version table says that it was begun
} Walk;

static View *new_item(Walk *walk, Str heading)
{
    static const char *const fields[] = {"begin", "comment", "statement", "check", "moves"};
    View *item = view_item(walk->view, STR("items"));
    view_optional(item, STR("heading"), heading);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        view_null(item, str_from(fields[i]));
    return item;
}

static Str next_number(Walk *walk)
{
    walk->total++;
    return str_format(walk->frame->r->arena, "%zu.%zu", walk->step, ++walk->number);
}

// The revision of the step; empty in a stamp.
static Str revision_id(const Walk *walk)
{
    const Frame *frame = walk->frame;
    return frame->rendered ? frame->path->steps.items[walk->step - 1].revision->id : STR_EMPTY;
}

static bool add_statement(Walk *walk, View *item, const Statement *s)
{
    Frame *frame = walk->frame;
    Arena *arena = frame->r->arena;
    Str text;
    if (s->kind == STATEMENT_COMMENT) {
        view_text(item, STR("comment"), s->text);
        return true;
    }
    if (!walk->begun && s->kind != STATEMENT_QUERY) {
        Str id = revision_id(walk);
        Str mark = str_format(arena, "waybill: revision %.*s was begun, its %s is not finished", STR_ARGS(id),
                              frame->path->direction == DIRECTION_UP ? "upgrade" : "downgrade");
        walk->begun = true;
        if (!put_literal(frame, item, STR("begin"), mark))
            return false;
    }
    if (!statement_text(frame, s, &text))
        return false;
    view_text(item, s->expects_zero ? STR("check") : STR("statement"), s->expects_zero ? s->text : text);
    view_text(item, STR("number"), next_number(walk));
    return true;
}

// The version statements of a step, in one transaction where there are several.
static bool add_move(Walk *walk, View *item, Str text)
{
    if (!walk->moves) {
        walk->moves = view_new(walk->frame->r->arena);
        view_view(item, STR("moves"), walk->moves);
        view_list(walk->moves, STR("statements"));
        view_bool(walk->moves, STR("several"), false);
    } else {
        view_bool(walk->moves, STR("several"), true);
    }
    view_text(view_item(walk->moves, STR("statements")), STR("text"), text);
    return true;
}

static bool end_step(Walk *walk)
{
    Frame *frame = walk->frame;
    Arena *arena = frame->r->arena;
    View *moves = walk->moves;
    if (!moves)
        return true;
    const StrList *rows = frame->rendered ? &frame->path->steps.items[walk->step - 1].rows_after : &frame->path->to;
    Str number = next_number(walk), done = STR("version rows moved"), not_done = STR("the version rows are not moved");
    if (frame->rendered) {
        const char *what = frame->path->direction == DIRECTION_UP ? "complete" : "undone";
        Str id = revision_id(walk);
        done = str_format(arena, "revision %.*s is %s", STR_ARGS(id), what);
        not_done = str_format(arena, "revision %.*s is not %s, or others moved the version rows", STR_ARGS(id), what);
    }
    done = str_format(arena, "[WAYBILL-STEP %.*s] %.*s", STR_ARGS(number), STR_ARGS(done));
    not_done = str_format(arena, "[WAYBILL-GUARD] stopped: %.*s", STR_ARGS(not_done));
    view_bool(moves, STR("end"), walk->begun);
    walk->moves = NULL;
    walk->begun = false;
    return rows_are(frame, moves, STR("rows_are"), rows) && put_literal(frame, moves, STR("done"), done) &&
           put_literal(frame, moves, STR("not_done"), not_done);
}

static bool add_item(Walk *walk, const FrameItem *item)
{
    // a stamp has no headings: its version rows are one step
    if (item->heading.len || !walk->step) {
        if (!end_step(walk))
            return false;
        walk->step++;
        walk->number = 0;
    }
    if (item->version.len && walk->moves)
        return add_move(walk, NULL, item->version);
    Str heading = item->heading;
    if (!walk->frame->rendered)
        heading = STR("-- Version rows");
    View *view = new_item(walk, heading);
    if (item->version.len)
        return add_move(walk, view, item->version);
    return !item->statement || add_statement(walk, view, item->statement);
}

static bool add_items(Frame *frame, View *view)
{
    Walk walk = {.frame = frame, .view = view};
    bool done = true;
    view_list(view, STR("items"));
    for (size_t i = 0; i < frame->sections.count; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++)
            done &= add_item(&walk, &frame->sections.items[i].items.items[k]);
    if (!end_step(&walk))
        return false;
    view_text(view, STR("steps"), str_format(frame->r->arena, "%zu", walk.total));
    return done;
}

bool frame_mysql(Frame *frame, Str *script)
{
    Renderer *r = frame->r;
    View *view = view_new(r->arena);
    if (r->options->from_section) {
        diag_error(frame->diag, SPAN_NONE, "a %.*s script has no sections to go on from", STR_ARGS(r->dialect->title));
        diag_hint(frame->diag, "The version row names the last whole revision: render the range from there.");
        return false;
    }
    frame_heading(frame, view);
    view_bool(view, STR("mariadb"), is_mariadb(frame));
    view_text(view, STR("read_only"), read_only_name(frame));
    if (!guard_view(frame, view) || !rows_are(frame, view, STR("to_are"), &frame->path->to) || !add_items(frame, view))
        return false;
    Writing w = {.r = r, .arena = r->arena, .diag = frame->diag};
    if (!fill(&w, "script", view, script))
        return false;
    *script = str_format(r->arena, "%.*s\n", STR_ARGS(*script));
    return true;
}
