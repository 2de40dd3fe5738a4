// The SQLite frames: plain statements for the sqlite3 client, which .bail stops; marks and one gate for any other client.
#include "frame_int.h"

static Str version_condition(Frame *frame)
{
    return str_format(
        frame->r->arena,
        "(SELECT CAST(v AS INTEGER) * 1000000 + CAST(r AS INTEGER) * 1000 + CAST(substr(r, instr(r, '.') + 1) AS INTEGER)"
        " FROM (SELECT v, substr(v, instr(v, '.') + 1) AS r FROM (SELECT sqlite_version() AS v))) >= %d",
        frame->r->style->minimum);
}

// The version rows are this set, row by row, compared byte for byte.
static bool rows_condition(Frame *frame, const StrList *rows, Str *sql)
{
    Str list, table = version_table_name(frame->r);
    if (!frame_text_list(frame, rows, &list))
        return false;
    *sql = rows->count ? str_format(frame->r->arena,
                                    "(SELECT count(*) = %zu AND count(DISTINCT version_num COLLATE BINARY) = %zu AND "
                                    "min(version_num COLLATE BINARY IN (%.*s)) FROM %.*s)",
                                    rows->count, rows->count, STR_ARGS(list), STR_ARGS(table))
                       : str_format(frame->r->arena, "NOT EXISTS (SELECT 1 FROM %.*s)", STR_ARGS(table));
    return true;
}

// The frame's own objects in the session, with which a table of the chain would be mistaken.
#define OWN_TABLES                                                                                                          \
    "'waybill_guard', 'waybill_shape', 'waybill_keys', 'waybill_before', 'waybill_broken', 'waybill_answers', "             \
    "'waybill_written', 'wb_mark', 'wb_env', 'wb_alive', 'wb_gate'"
static const char *const own_names[] = {"waybill_guard",   "waybill_shape",
                                        "waybill_keys",    "waybill_before",
                                        "waybill_broken",  "waybill_drop",
                                        "waybill_answers", "waybill_written",
                                        "waybill_write",   "wb_mark",
                                        "wb_env",          "wb_alive",
                                        "wb_gate",         NULL};

// Returns whether neither a table of the chain nor a statement has the name of one of the frame's own tables.
static bool names_are_free(Frame *frame)
{
    Arena *arena = frame->r->arena;
    static const char hint[] = "Rename it, or run this revision's SQL by hand with --bare.";
    for (size_t i = 0; frame->rendered && i < frame->rendered->table_count; i++)
        if (str_is_one_of(str_lower(arena, frame->rendered->tables_at_from[i]->name), own_names)) {
            diag_error(frame->diag, SPAN_NONE,
                       "a framed script cannot hold table \"%.*s\": it has a table of that name itself",
                       STR_ARGS(frame->rendered->tables_at_from[i]->name));
            diag_hint(frame->diag, "%s", hint);
            return false;
        }
    for (size_t i = 0; i < frame->sections.count; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++) {
            const Statement *s = frame->sections.items[i].items.items[k].statement;
            Str text = s && s->kind != STATEMENT_COMMENT ? str_lower(arena, s->text) : STR_EMPTY;
            for (size_t n = 0; text.len && own_names[n]; n++)
                if (frame_says(text, str_from(own_names[n])))
                    return frame_refuse(frame, s,
                                        str_cstr(arena, str_format(arena, "\"%s\", a name of its own", own_names[n])), hint);
        }
    return true;
}

// The path to the main file: its end is compared as it is, from a folder's boundary on. Windows alone has other boundaries;
// elsewhere a path begins with one, and a backslash is a letter of a name.
#define MAIN_FILE                                                                                                           \
    "(SELECT '/' || CASE substr(file, 1, 1) WHEN '/' THEN file ELSE replace(file, '\\', '/') END FROM "                     \
    "pragma_database_list "                                                                                                 \
    "WHERE name = 'main')"

static bool database_condition(Frame *frame, Str *sql)
{
    Arena *arena = frame->r->arena;
    Str name;
    if (!frame_text(frame, str_format(arena, "/%.*s", STR_ARGS(frame->r->options->database)), &name))
        return false;
    *sql = str_format(arena, "substr(" MAIN_FILE ", -length(%.*s)) = %.*s", STR_ARGS(name), STR_ARGS(name));
    return true;
}

// ('a'), ('b')
static bool values_list(Frame *frame, const StrList *names, Str *sql)
{
    Buf out = buf_open(frame->r->arena);
    for (size_t i = 0; i < names->count; i++) {
        Str text;
        if (!frame_text(frame, names->items[i], &text))
            return false;
        buf_addf(&out, "%s(%.*s)", i ? ", " : "", STR_ARGS(text));
    }
    *sql = buf_str(&out);
    return true;
}

// Of a row of sqlite_master: neither a view nor a virtual table, which have no page of their own. Those take statements that
// a transaction does not hold, or hand them to triggers.
#define PLAIN_TABLE "type = 'table' AND rootpage > 0"

static bool ask_tables(Frame *frame, QuestionKind kind, const TableNames *tables, Str why)
{
    StrList names = {0};
    Str list;
    for (size_t i = 0; i < tables->count; i++)
        vec_push(frame->r->arena, &names, tables->items[i].name);
    if (!names.count)
        return true;
    if (!values_list(frame, &names, &list))
        return false;
    frame_ask(
        frame, kind,
        str_format(
            frame->r->arena,
            "NOT EXISTS (SELECT 1 FROM (VALUES %.*s) AS t WHERE column1 COLLATE NOCASE %s (SELECT name FROM sqlite_master "
            "WHERE %s))",
            STR_ARGS(list), kind == ASK_PRESENT ? "NOT IN" : "IN",
            kind == ASK_PRESENT ? PLAIN_TABLE : "type IN ('table', 'view')"),
        why);
    return true;
}

// What stands beside is printed beforehand, as a guard says here only what is known before the run.
static bool ask_beside(Frame *frame, View *view, const TableNames *created)
{
    Arena *arena = frame->r->arena;
    StrList own = {0};
    Str list;
    view_null(view, STR("beside"));
    if (!frame_own_tables(frame, &own))
        return true;
    // a table that this script makes has its own question
    for (size_t i = 0; i < created->count; i++)
        vec_push(arena, &own, created->items[i].name);
    if (!frame_text_list(frame, &own, &list))
        return false;
    Str from = str_format(arena,
                          "FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite!_%%' ESCAPE '!' AND "
                          "name COLLATE NOCASE NOT IN (%.*s)",
                          STR_ARGS(list));
    view_text(view, STR("beside"), from);
    frame_ask(frame, ASK_BESIDE, str_format(arena, "NOT EXISTS (SELECT 1 %.*s)", STR_ARGS(from)),
              STR("the database holds tables or views of another application (beside = yes allows it)"));
    return true;
}

static bool ask_rows(Frame *frame)
{
    Arena *arena = frame->r->arena;
    const StrList *rows = &frame->path->from;
    Str from, to, name, expected = version_rows_text(arena, rows, STR(", "));
    if (!rows_condition(frame, rows, &from) || !rows_condition(frame, &frame->path->to, &to) ||
        !frame_text(frame, frame->r->project->settings.version_table, &name))
        return false;
    if (rows->count)
        frame_ask(frame, ASK_TABLE,
                  str_format(arena,
                             "EXISTS (SELECT 1 FROM sqlite_master WHERE " PLAIN_TABLE " AND name = %.*s COLLATE NOCASE)",
                             STR_ARGS(name)),
                  str_format(arena, "the version table is missing, or a view or virtual table, expected revision %.*s",
                             STR_ARGS(expected)));
    else   // a preflight has not made it
        frame_ask(frame, ASK_TABLE,
                  str_format(arena,
                             "NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND NOT (" PLAIN_TABLE
                             ") AND name = %.*s COLLATE NOCASE)",
                             STR_ARGS(name)),
                  STR("the version table is a view or a virtual table"));
    frame_ask(frame, ASK_DONE, str_format(arena, "%.*s = 0", STR_ARGS(to)), STR("there is nothing left to do"));
    frame_ask(frame, ASK_ROWS, from,
              str_format(arena, "expected revision %.*s (at %.*s there is nothing left to do), the database is at another",
                         STR_ARGS(expected), STR_ARGS(version_rows_text(arena, &frame->path->to, STR(", ")))));
    return true;
}

// A way back that drops rows wants a temporary view, made by hand, that names the database's file. What the tables hold is
// printed beforehand, as what a guard says here is known before the run.
static bool ask_held(Frame *frame, View *view)
{
    static const char given[] =
        "EXISTS (SELECT 1 FROM (SELECT '/' || replace(substr(sql, 37, length(sql) - 37), '''''', '''') AS word FROM "
        "sqlite_temp_master WHERE sql LIKE 'CREATE VIEW waybill_drop AS SELECT ''_%''') WHERE substr(" MAIN_FILE
        ", -length(word)) = word)";
    Arena *arena = frame->r->arena;
    DroppedList dropped = {0};
    Buf sum = buf_open(arena);
    frame_dropped(frame, &dropped);
    TableNames there = frame_dropped_names(frame, &dropped, true), may_be = frame_dropped_names(frame, &dropped, false);
    view_list(view, STR("dropped"));
    for (size_t i = 0; i < there.count; i++) {
        Str name = sql_name(arena, frame->r->dialect, there.items[i].name), text;
        View *item = view_item(view, STR("dropped"));
        if (!frame_text(frame, str_printable(arena, there.items[i].name), &text))
            return false;
        view_text(item, STR("name_literal"), text);
        view_text(item, STR("table"), name);
        buf_addf(&sum, "%sNOT EXISTS (SELECT 1 FROM %.*s)", i ? " AND " : "", STR_ARGS(name));
    }
    // no query can name a table that may be missing: one that is there wants the word, whatever it holds
    for (size_t i = 0; i < may_be.count; i++) {
        Str text;
        if (!frame_text(frame, may_be.items[i].name, &text))
            return false;
        buf_addf(&sum, "%sNOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = %.*s COLLATE NOCASE)",
                 sum.len ? " AND " : "", STR_ARGS(text));
    }
    if (dropped.count)
        frame_ask(
            frame, ASK_HELD, str_format(arena, "%.*s OR %s", STR_ARGS(buf_str(&sum)), given),
            STR("this way back drops tables that hold rows: CREATE TEMP VIEW waybill_drop AS SELECT 'FILE' allows it"));
    return true;
}

// What a transaction is kept in, and undone by: a file, with a journal that outlives the session. What is in memory or a
// file without a name is gone with the session; so is a journal in memory, and then what is half done stays in the file.
// Source: sqlite.org/pragma.html#pragma_journal_mode, #pragma_synchronous.
#define IS_KEPT                                                                                                             \
    "(SELECT j.journal_mode IN ('delete', 'truncate', 'persist', 'wal') AND s.synchronous > 0 AND d.file <> '' FROM "       \
    "pragma_journal_mode('main') AS j, pragma_synchronous('main') AS s, pragma_database_list AS d WHERE d.name = 'main')"

// The settings that both scripts begin with are in force, whatever the session was set to.
#define AS_SET                                                                                                              \
    " AND (SELECT f.foreign_keys + c.ignore_check_constraints + a.legacy_alter_table + t.recursive_triggers + "             \
    "u.reverse_unordered_selects + w.writable_schema FROM pragma_foreign_keys AS f, pragma_ignore_check_constraints AS "    \
    "c, pragma_legacy_alter_table AS a, pragma_recursive_triggers AS t, pragma_reverse_unordered_selects AS u, "            \
    "pragma_writable_schema AS w) = 0 AND 'a' LIKE 'A'"

// Tables that are made anew and whose rows keep their rowids, by which those that break a key are told apart.
static bool put_kept(Frame *frame, View *view)
{
    ShapeList shapes = frame_shapes(frame);
    StrList kept = {0};
    Str list = STR_EMPTY;
    for (size_t i = 0; i < shapes.count; i++)
        if (shapes.items[i].whole && !shapes.items[i].renumbers)
            vec_push(frame->r->arena, &kept, str_lower(frame->r->arena, shapes.items[i].table->name));
    if (kept.count && !frame_text_list(frame, &kept, &list))
        return false;
    view_optional(view, STR("kept"), list);
    view_bool(view, STR("by_table"), frame->r->style->minimum >= 3035000);   // what a newer one than 3.28 is known to take
    return true;
}

bool sqlite_guard(Frame *frame, View *view)
{
    Arena *arena = frame->r->arena;
    Str condition, table;
    TableNames present = {0}, absent = {0};
    if (!names_are_free(frame))
        return false;
    frame_ask(frame, ASK_VERSION, version_condition(frame),
              str_format(arena, "needs SQLite %.*s or later",
                         STR_ARGS(dialect_version_text(arena, frame->r->dialect, frame->r->style->minimum))));
    if (frame->r->options->database.len) {
        if (!database_condition(frame, &condition))
            return false;
        frame_ask(frame, ASK_DATABASE, condition,
                  str_format(arena, "made for the database file %.*s", STR_ARGS(frame->r->options->database)));
    }
    frame_ask(
        frame, ASK_TEMPORARY,
        str_format(arena,
                   "NOT EXISTS (SELECT 1 FROM sqlite_temp_master WHERE tbl_name NOT IN (" OWN_TABLES
                   ") AND type || name <> 'viewwaybill_drop') AND NOT EXISTS (SELECT 1 FROM pragma_database_list WHERE "
                   "name NOT IN ('main', 'temp')%s)%s",
                   frame->is_preflight ? " AND NOT (name = 'waybill_preflight' AND file = '')" : "",
                   frame->is_preflight ? "" : AS_SET),   // a preflight sets nothing
        STR("the session has temporary tables or triggers, which would stand before the database's own, or another "
            "database attached, which would stand in for what is missing, or settings of its own: start a new one"));
    frame_ask(frame, ASK_SETTINGS, STR(IS_KEPT),
              STR("nothing would be kept or undone: the database is no file, or its journal_mode is off or memory, or "
                  "synchronous is off"));
    if (!frame_version_table(frame, &table) || !ask_rows(frame))
        return false;
    view_optional(view, STR("version_table"), table);
    frame_tables(frame, &present, &absent);
    return ask_beside(frame, view, &absent) &&
           ask_tables(frame, ASK_PRESENT, &present,
                      STR("tables of this revision are missing, or are views or virtual tables")) &&
           ask_tables(frame, ASK_ABSENT, &absent,
                      STR("the database is not empty: tables that this script creates exist already")) &&
           ask_held(frame, view) && sqlite_shape(frame, view) && put_kept(frame, view) && frame_ask_assumed(frame, view);
}

// ---- the sqlite3 client ----

static bool has_kind(const Frame *frame, StatementKind kind)
{
    for (size_t i = 0; i < frame->sections.count; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++) {
            const Statement *s = frame->sections.items[i].items.items[k].statement;
            if (s && s->kind == kind)
                return true;
        }
    return false;
}

// A statement as part of the shell's input that is open: behind the savepoint of the one before.
static Str led(Frame *frame, Str text)
{
    size_t last = frame->at++;
    return str_format(frame->r->arena, "; RELEASE s%zu; SAVEPOINT s%zu; %.*s", last, frame->at, STR_ARGS(text));
}

static Str plain_item(Frame *frame, const FrameItem *item, size_t *rows)
{
    Arena *arena = frame->r->arena;
    const Statement *s = item->statement;
    Buf out = buf_open(arena);
    bool is_statement = s && !s->expects_zero && s->kind != STATEMENT_COMMENT;
    Str text = item->version.len || is_statement ? led(frame, item->version.len ? item->version : s->text) : STR_EMPTY;
    if (item->heading.len)
        buf_addf(&out, "\n%.*s\n", STR_ARGS(item->heading));
    buf_add(&out, frame_note(frame, s));
    if (item->version.len)
        buf_add(&out, text);
    else if (s && s->expects_zero)
        buf_addf(&out, "; INSERT INTO waybill_guard SELECT coalesce((%.*s) = 0, 0), 'check', NULL", STR_ARGS(s->text));
    else if (s && s->kind == STATEMENT_COMMENT)
        buf_add(&out, s->text);
    else if (s && s->writes_schema)
        buf_addf(&out, "; PRAGMA writable_schema = ON\n%.*s\n; PRAGMA writable_schema = RESET", STR_ARGS(text));
    else if (s && s->legacy_rename)
        buf_addf(&out, "; PRAGMA legacy_alter_table = ON\n%.*s\n; PRAGMA legacy_alter_table = OFF", STR_ARGS(text));
    else
        buf_add(&out, text);
    if (s && s->kind == STATEMENT_COPY)
        buf_addf(&out,
                 "\n; INSERT INTO waybill_guard SELECT (SELECT count(*) FROM %.*s) = (SELECT count(*) FROM %.*s), 'copy', "
                 "NULL",
                 STR_ARGS(s->copy_to), STR_ARGS(s->copy_from));
    if (s && s->holds.len)
        buf_addf(&out, "\n; INSERT INTO waybill_guard SELECT coalesce(%.*s, 0), 'adopted', NULL", STR_ARGS(s->holds));
    if (s)
        *rows += (size_t)s->expects_zero + (s->kind == STATEMENT_COPY) + (s->holds.len > 0);
    while (out.len && out.ptr[out.len - 1] == '\n')
        out.len--;
    return buf_str(&out);
}

// Rows that the guard leaves behind where it passes: of each question, and of the trigger that is tried out.
static size_t rows_of_guard(const Frame *frame)
{
    size_t rows = has_kind(frame, STATEMENT_DML) ? 3 : 0;
    for (size_t i = 0; i < frame->questions.count; i++)
        rows += frame->questions.items[i].kind != ASK_DONE;
    return rows;
}

// `rows`: of the guard's table so far, when nothing is missing.
// The first transaction asks what the guard asks; each of the others for the one before, and for its rows.
static bool plain_section(Frame *frame, size_t index, size_t *rows, View *list)
{
    Arena *arena = frame->r->arena;
    const Section *section = &frame->sections.items[index];
    View *view = view_item(list, STR("sections"));
    Str condition;
    view_text(view, STR("number"), str_format(arena, "%zu", index + 1));
    view_bool(view, STR("first"), index == 0);
    if (!rows_condition(frame, &section->rows_before, &condition))
        return false;
    view_text(view, STR("before"),
              str_format(arena, "((SELECT count(*) FROM waybill_guard WHERE what = 'section') = %zu AND %.*s)", index,
                         STR_ARGS(condition)));
    if (!rows_condition(frame, &section->rows_after, &condition))
        return false;
    view_text(view, STR("to_check"), condition);
    view_list(view, STR("items"));
    *rows += index ? 1 : rows_of_guard(frame);   // before
    frame->at = 0;
    for (size_t i = 0; i < section->items.count; i++)
        view_text(view_item(view, STR("items")), STR("text"), plain_item(frame, &section->items.items[i], rows));
    view_text(view, STR("last"), str_format(arena, "%zu", frame->at));
    ++*rows;   // broken keys
    view_text(view, STR("rows"), str_format(arena, "%zu", *rows));
    ++*rows;   // the section's own
    return true;
}

static bool writes_schema(const Frame *frame)
{
    for (size_t i = 0; i < frame->sections.count; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++) {
            const Statement *s = frame->sections.items[i].items.items[k].statement;
            if (s && s->writes_schema)
                return true;
        }
    return false;
}

// A constraint of the guard's table: its name is what sqlite3 says where it does not hold.
static void add_check(Frame *frame, View *view, Str name, const char *kind, Str message)
{
    Arena *arena = frame->r->arena;
    View *item = view_item(view, STR("checks"));
    view_text(item, STR("name"), name);
    view_text(item, STR("kind"), str_from(kind));
    view_text(item, STR("message"), str_replace(arena, str_printable(arena, message), STR("\""), STR("\"\"")));
}

bool sqlite_steps(Frame *frame, View *view)
{
    Str text;
    view_list(view, STR("checks"));
    for (size_t i = 0; i < frame->questions.count; i++) {
        const GuardQuestion *q = &frame->questions.items[i];
        if (q->kind != ASK_DONE)
            add_check(frame, view, q->name, "GUARD", q->why);
    }
    if (frame->checks)
        add_check(frame, view, STR("check"), "CHECK", STR("a check of the revision does not hold"));
    if (has_kind(frame, STATEMENT_COPY))
        add_check(frame, view, STR("copy"), "GUARD", STR("a rebuilt table has another number of rows"));
    // where rows change, the database's own triggers are part of what the revision does
    view_bool(view, STR("fires"), has_kind(frame, STATEMENT_DML));
    if (has_kind(frame, STATEMENT_DML))
        add_check(frame, view, STR("fires"), "GUARD", STR("triggers do not fire in this session"));
    if (writes_schema(frame))
        add_check(frame, view, STR("adopted"), "GUARD", STR("what was made by hand is not all there"));
    view_bool(view, STR("adopts"), writes_schema(frame));
    if (frame->sections.count > 1)
        add_check(frame, view, STR("before"), "GUARD", STR("the transaction before this one is not complete"));
    add_check(frame, view, STR("broken"), "GUARD", STR("a foreign key is broken that was not before"));
    add_check(frame, view, STR("section"), "GUARD",
              STR("lines are missing, or the version rows are not what they should be"));
    add_check(frame, view, STR("undone"), "GUARD", STR("what was done in a transaction that failed is undone"));
    view_text(view, STR("count"), str_format(frame->r->arena, "%zu", frame->sections.count));
    if (!frame_text(frame, frame_receipt(frame), &text))
        return false;
    view_text(view, STR("receipt"), text);
    view_list(view, STR("sections"));
    size_t rows = 0;
    for (size_t i = 0; i < frame->sections.count; i++)
        if (!plain_section(frame, i, &rows, view))
            return false;
    return true;
}

// ---- any client ----

static bool refuse_generic(Frame *frame, const Statement *s, const char *what)
{
    diag_error(frame->diag, s->at, "the generic SQLite script cannot gate a statement with %s", what);
    diag_hint(frame->diag, "Render it with --client sqlite3.");
    return false;
}

// DDL raises the schema's version; with IF [NOT] EXISTS it may not, so the object itself is looked for.
static Str ddl_condition(Frame *frame, const Statement *s)
{
    bool drop;
    Str name = sql_if_exists_name(frame->r->arena, frame->r->dialect, s->text, &drop), text;
    if (name.len && frame_text(frame, name, &text))
        return str_format(frame->r->arena, "%s (SELECT 1 FROM sqlite_master WHERE name = %.*s COLLATE NOCASE)",
                          drop ? "NOT EXISTS" : "EXISTS", STR_ARGS(text));
    return STR("(SELECT schema_version FROM pragma_schema_version) > (SELECT max(sv) FROM wb_mark)");
}

static Str mark(Frame *frame, size_t step, Str condition)
{
    return str_format(frame->r->arena,
                      "INSERT INTO wb_mark SELECT %zu, (SELECT schema_version FROM pragma_schema_version), total_changes() "
                      "WHERE %.*s;",
                      step, STR_ARGS(condition));
}

static bool marked_item(Frame *frame, const FrameItem *item, size_t *step, Str *text)
{
    Arena *arena = frame->r->arena;
    const Statement *s = item->statement;
    FrameItem bare = *item;
    bare.heading = STR_EMPTY;
    Str heading = item->heading.len ? str_format(arena, "\n%.*s\n", STR_ARGS(item->heading)) : STR_EMPTY;
    Str own = item_text(frame, &bare);
    if (!s || s->kind == STATEMENT_COMMENT || (s->kind == STATEMENT_QUERY && !s->expects_zero)) {
        *text = str_format(arena, "%.*s%.*s", STR_ARGS(heading), STR_ARGS(own));
        return true;
    }
    size_t n = ++*step;
    if (s->expects_zero) {
        Str condition = str_format(arena, "(%.*s) = 0", STR_ARGS(s->text));
        *text = str_format(arena, "%.*s%.*s", STR_ARGS(heading), STR_ARGS(mark(frame, n, condition)));
        return true;
    }
    if (s->kind == STATEMENT_DML) {
        const char *lacks = sql_trigger_lacks(arena, frame->r->dialect, s->text);
        if (lacks)
            return refuse_generic(frame, s, lacks);
        Str exists = str_format(arena,
                                "EXISTS (SELECT 1 FROM sqlite_temp_master WHERE type = 'trigger' AND name = 'wb_step' AND "
                                "instr(sql, 'NEW.step = %zu BEGIN'))",
                                n);
        *text = str_format(arena,
                           "%.*sSAVEPOINT wb; CREATE TEMP TRIGGER wb_step AFTER INSERT ON wb_mark WHEN NEW.step = %zu "
                           "BEGIN %.*s END;\n%.*s\nDROP TRIGGER IF EXISTS temp.wb_step;",
                           STR_ARGS(heading), n, STR_ARGS(own), STR_ARGS(mark(frame, n, exists)));
        return true;
    }
    const char *unseen = sql_leaves_no_mark(arena, frame->r->dialect, s->text);
    if (unseen)
        return refuse_generic(frame, s, unseen);
    Str condition = ddl_condition(frame, s);
    if (s->kind == STATEMENT_COPY)
        condition = str_format(arena, "(SELECT count(*) FROM %.*s) = (SELECT count(*) FROM %.*s)", STR_ARGS(s->copy_to),
                               STR_ARGS(s->copy_from));
    Str note = frame_note(frame, s);
    *text = str_format(arena, "%.*s%.*s%sSAVEPOINT wb; %.*s%s\n%.*s", STR_ARGS(heading), STR_ARGS(note),
                       s->legacy_rename ? "PRAGMA legacy_alter_table = ON;\n" : "",
                       STR_ARGS(str_slice(own, note.len, own.len)),
                       s->legacy_rename ? "\nPRAGMA legacy_alter_table = OFF;" : "", STR_ARGS(mark(frame, n, condition)));
    return true;
}

bool sqlite_generic_steps(Frame *frame, View *view)
{
    Arena *arena = frame->r->arena;
    Str text;
    if (frame->sections.count > 1) {
        diag_error(frame->diag, SPAN_NONE, "the generic SQLite script is one transaction");
        diag_hint(frame->diag, "Render it with --client sqlite3, or set transaction = script.");
        return false;
    }
    if (!frame_text(frame, frame_receipt(frame), &text))
        return false;
    view_text(view, STR("receipt"), text);
    for (size_t i = 0; i < frame->questions.count; i++) {
        GuardQuestion *q = &frame->questions.items[i];
        q->why = str_replace(arena, str_printable(arena, q->why), STR("'"), STR("''"));
    }
    const Section *section = &frame->sections.items[0];
    size_t step = 0;
    bool done = true;
    view_list(view, STR("items"));
    view_list(view, STR("versions"));
    for (size_t i = 0; i < section->items.count; i++) {
        const FrameItem *item = &section->items.items[i];
        // version rows move together at the end, under one mark
        if (item->version.len) {
            view_text(view_item(view, STR("versions")), STR("text"), item->version);
            continue;
        }
        if (marked_item(frame, item, &step, &text))
            view_text(view_item(view, STR("items")), STR("text"), text);
        else
            done = false;
    }
    Str to;
    if (!rows_condition(frame, &section->rows_after, &to))
        return false;
    view_text(view, STR("to_check"), to);
    view_text(view, STR("last"), str_format(arena, "%zu", step + 1));
    view_text(view, STR("marks"), str_format(arena, "%zu", step + 2));
    view_text(view, STR("steps"), str_format(arena, "%zu", step));
    return done;
}
