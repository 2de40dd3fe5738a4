// The SQLite frames: plain statements for the sqlite3 client, which .bail stops; marks and one gate for any other client.
#include "frame_int.h"

typedef struct Check {
    const char *name;
    Str message, condition;
    Str already;   // with it, whether there is nothing left to do
} Check;
typedef VEC(Check) CheckList;

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

static bool database_condition(Frame *frame, Str *sql)
{
    Str name, pattern;
    Arena *arena = frame->r->arena;
    Str database = frame->r->options->database;
    Str escaped = str_replace(arena,
                              str_replace(arena, str_replace(arena, database, STR("!"), STR("!!")), STR("%"), STR("!%")),
                              STR("_"), STR("!_"));
    if (!frame_text(frame, database, &name) || !frame_text(frame, escaped, &pattern))
        return false;
    *sql = str_format(arena,
                      "(SELECT replace(file, '\\', '/') = %.*s OR replace(file, '\\', '/') LIKE '%%/' || %.*s ESCAPE '!' "
                      "FROM pragma_database_list WHERE name = 'main')",
                      STR_ARGS(name), STR_ARGS(pattern));
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

static bool table_condition(Frame *frame, const StrList *tables, bool must_exist, Str *sql)
{
    Str list;
    if (!values_list(frame, tables, &list))
        return false;
    *sql = str_format(frame->r->arena,
                      "NOT EXISTS (SELECT 1 FROM (VALUES %.*s) AS t WHERE column1 %s (SELECT name FROM sqlite_master WHERE "
                      "type = 'table'))",
                      STR_ARGS(list), must_exist ? "NOT IN" : "IN");
    return true;
}

static void add_check(Frame *frame, CheckList *checks, const char *name, Str message, Str condition)
{
    Check check = {name, message, condition, STR_EMPTY};
    vec_push(frame->r->arena, checks, check);
}

// Everything the guard asks before the first change, in order.
static bool guard_checks(Frame *frame, CheckList *checks)
{
    Arena *arena = frame->r->arena;
    const RenderedPath *rendered = frame->rendered;
    StrList tables = {0}, created = {0};
    Str condition, table_name = STR_EMPTY;
    bool base = frame->path->from.count == 0;
    add_check(frame, checks, "version",
              str_format(arena, "needs SQLite %.*s or later",
                         STR_ARGS(dialect_version_text(arena, frame->r->dialect, frame->r->style->minimum))),
              version_condition(frame));
    if (frame->r->options->database.len) {
        if (!database_condition(frame, &condition))
            return false;
        add_check(frame, checks, "database",
                  str_format(arena, "made for the database file %.*s", STR_ARGS(frame->r->options->database)), condition);
    }
    add_check(
        frame, checks, "temporary",
        STR("the session has temporary tables or triggers, which would stand before the database's own: start a new one"),
        STR("NOT EXISTS (SELECT 1 FROM sqlite_temp_master WHERE name NOT LIKE 'waybill!_%' ESCAPE '!' AND name NOT LIKE "
            "'wb!_%' "
            "ESCAPE '!')"));
    if (!frame_text(frame, frame->r->project->settings.version_table, &table_name))
        return false;
    if (!base)
        add_check(frame, checks, "table",
                  str_format(arena, "the version table is missing, expected revision %.*s",
                             STR_ARGS(strlist_join(arena, &frame->path->from, STR(", ")))),
                  str_format(arena, "EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = %.*s)",
                             STR_ARGS(table_name)));
    if (!rows_condition(frame, &frame->path->to, &condition))
        return false;
    Str already = condition;
    if (!rows_condition(frame, &frame->path->from, &condition))
        return false;
    add_check(frame, checks, "revision",
              str_format(arena, "expected revision %.*s (at %.*s there is nothing left to do), the database is at another",
                         STR_ARGS(version_rows_text(arena, &frame->path->from, STR(", "))),
                         STR_ARGS(version_rows_text(arena, &frame->path->to, STR(", ")))),
              condition);
    checks->items[checks->count - 1].already = already;
    for (size_t i = 0; rendered && i < rendered->table_count; i++)
        if (!rendered->tables_at_from[i]->prefixes.count)
            vec_push(arena, &tables, rendered->tables_at_from[i]->name);
    for (size_t i = 0; rendered && frame->path->from_base && i < rendered->created_tables.count; i++)
        vec_push(arena, &created, rendered->created_tables.items[i]);
    StrList own = {0};
    if (frame_own_tables(frame, &own)) {
        Str list;
        if (!frame_text_list(frame, &own, &list))
            return false;
        // a table that this script makes has its own question below
        if (created.count) {
            Str more;
            if (!frame_text_list(frame, &created, &more))
                return false;
            list = str_format(arena, "%.*s, %.*s", STR_ARGS(list), STR_ARGS(more));
        }
        add_check(frame, checks, "beside", STR("the database holds tables of another application (beside = yes allows it)"),
                  str_format(arena,
                             "NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%%' "
                             "ESCAPE '!' AND name NOT IN (%.*s))",
                             STR_ARGS(list)));
    }
    if (tables.count) {
        if (!table_condition(frame, &tables, true, &condition))
            return false;
        add_check(frame, checks, "tables", STR("tables of this revision are missing"), condition);
    }
    if (created.count) {
        if (!table_condition(frame, &created, false, &condition))
            return false;
        add_check(frame, checks, "created", STR("the database is not empty: tables that this script creates exist already"),
                  condition);
    }
    return true;
}

static bool version_table_if_base(Frame *frame, View *view)
{
    Str table;
    bool done = frame_version_table(frame, &table);
    view_optional(view, STR("version_table"), table);
    return done;
}

// ---- the sqlite3 client ----

// A statement as part of the shell's input that is open: behind the savepoint of its transaction.
static Str led(Frame *frame, Str text)
{
    return str_format(frame->r->arena, "; RELEASE run; SAVEPOINT run; %.*s", STR_ARGS(text));
}

static Str plain_item(Frame *frame, const FrameItem *item)
{
    Arena *arena = frame->r->arena;
    const Statement *s = item->statement;
    Buf out = buf_open(arena);
    if (item->heading.len)
        buf_addf(&out, "\n%.*s\n", STR_ARGS(item->heading));
    buf_add(&out, frame_note(frame, s));
    if (item->version.len)
        buf_add(&out, led(frame, item->version));
    else if (s && s->expects_zero)
        buf_addf(&out, "; INSERT INTO waybill_guard SELECT coalesce((%.*s) = 0, 0), 'check', NULL", STR_ARGS(s->text));
    else if (s && s->kind == STATEMENT_COMMENT)
        buf_add(&out, s->text);
    else if (s && s->legacy_rename)
        buf_addf(&out, "; PRAGMA legacy_alter_table = ON\n%.*s\n; PRAGMA legacy_alter_table = OFF",
                 STR_ARGS(led(frame, s->text)));
    else if (s)
        buf_add(&out, led(frame, s->text));
    if (s && s->kind == STATEMENT_COPY)
        buf_addf(&out,
                 "\n; INSERT INTO waybill_guard SELECT (SELECT count(*) FROM %.*s) = (SELECT count(*) FROM %.*s), 'copy', "
                 "NULL",
                 STR_ARGS(s->copy_to), STR_ARGS(s->copy_from));
    while (out.len && out.ptr[out.len - 1] == '\n')
        out.len--;
    return buf_str(&out);
}

static bool plain_section(Frame *frame, size_t index, const CheckList *checks, View *list)
{
    Arena *arena = frame->r->arena;
    const Section *section = &frame->sections.items[index];
    View *view = view_item(list, STR("sections"));
    Str condition;
    view_text(view, STR("number"), str_format(arena, "%zu", index + 1));
    // the guard looks once, in the first transaction; each of the others looks for the one before, and at its rows
    view_list(view, STR("guards"));
    for (size_t i = 0; index == 0 && i < checks->count; i++) {
        View *guard = view_item(view, STR("guards"));
        view_text(guard, STR("name"), str_from(checks->items[i].name));
        view_text(guard, STR("condition"), checks->items[i].condition);
        view_optional(guard, STR("already"), checks->items[i].already);
    }
    if (index > 0) {
        View *guard = view_item(view, STR("guards"));
        if (!rows_condition(frame, &section->rows_before, &condition))
            return false;
        view_text(guard, STR("name"), STR("before"));
        view_null(guard, STR("already"));
        view_text(guard, STR("condition"),
                  str_format(arena, "((SELECT count(*) FROM waybill_guard WHERE what = 'section') = %zu AND %.*s)", index,
                             STR_ARGS(condition)));
    }
    view_null(view, STR("version_table"));
    if (index == 0 && !version_table_if_base(frame, view))
        return false;
    if (!rows_condition(frame, &section->rows_after, &condition))
        return false;
    view_text(view, STR("to_check"), condition);
    view_list(view, STR("items"));
    for (size_t i = 0; i < section->items.count; i++)
        view_text(view_item(view, STR("items")), STR("text"), plain_item(frame, &section->items.items[i]));
    return true;
}

static Str quoted_message(Frame *frame, Str message)
{
    return str_replace(frame->r->arena, str_printable(frame->r->arena, message), STR("\""), STR("\"\""));
}

static bool copies_rows(const Frame *frame)
{
    for (size_t i = 0; i < frame->sections.count; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++) {
            const Statement *s = frame->sections.items[i].items.items[k].statement;
            if (s && s->kind == STATEMENT_COPY)
                return true;
        }
    return false;
}

static bool plain_script(Frame *frame, View *view)
{
    CheckList checks = {0};
    if (!guard_checks(frame, &checks))
        return false;
    CheckList named = checks;
    if (frame->checks)
        add_check(frame, &named, "check", STR("a check of the revision does not hold"), STR_EMPTY);
    if (copies_rows(frame))
        add_check(frame, &named, "copy", STR("a rebuilt table has another number of rows"), STR_EMPTY);
    if (frame->sections.count > 1)
        add_check(frame, &named, "before", STR("the transaction before this one is not complete"), STR_EMPTY);
    add_check(frame, &named, "broken", STR("a foreign key is broken that was not before"), STR_EMPTY);
    add_check(frame, &named, "moved", STR("the version rows are not what they should be"), STR_EMPTY);
    add_check(frame, &named, "undone", STR("what was done in a transaction that failed is undone"), STR_EMPTY);
    view_list(view, STR("checks"));
    for (size_t i = 0; i < named.count; i++) {
        View *item = view_item(view, STR("checks"));
        view_text(item, STR("name"), str_from(named.items[i].name));
        view_text(item, STR("kind"), strcmp(named.items[i].name, "check") == 0 ? STR("CHECK") : STR("GUARD"));
        view_text(item, STR("message"), quoted_message(frame, named.items[i].message));
    }
    view_list(view, STR("sections"));
    for (size_t i = 0; i < frame->sections.count; i++)
        if (!plain_section(frame, i, &checks, view))
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

// What a trigger's body may not hold. Source: sqlite.org/lang_createtrigger.html, "Syntax Restrictions".
static bool fits_trigger(Frame *frame, const Statement *s)
{
    SqlHead head = sql_head(frame->r->dialect, s->text);
    if (sql_head_is(&head, 0, "WITH"))
        return refuse_generic(frame, s, "WITH");
    Str upper = str_upper(frame->r->arena, s->text);
    if (str_find(upper, STR("DEFAULT VALUES"), 0) != SIZE_MAX)
        return refuse_generic(frame, s, "DEFAULT VALUES");
    if (str_find(upper, STR("RETURNING"), 0) != SIZE_MAX)
        return refuse_generic(frame, s, "RETURNING");
    if (str_find(upper, STR("INDEXED BY"), 0) != SIZE_MAX)
        return refuse_generic(frame, s, "INDEXED BY");
    return true;
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
        if (!fits_trigger(frame, s))
            return false;
        Str exists = STR("EXISTS (SELECT 1 FROM sqlite_temp_master WHERE type = 'trigger' AND name = 'wb_step')");
        *text = str_format(arena,
                           "%.*sSAVEPOINT wb; CREATE TEMP TRIGGER wb_step AFTER INSERT ON wb_mark WHEN NEW.step = %zu "
                           "BEGIN\n%.*s\nEND;\n%.*s\nDROP TRIGGER IF EXISTS temp.wb_step;",
                           STR_ARGS(heading), n, STR_ARGS(own), STR_ARGS(mark(frame, n, exists)));
        return true;
    }
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

static bool gated_script(Frame *frame, View *view)
{
    Arena *arena = frame->r->arena;
    CheckList checks = {0};
    if (frame->sections.count > 1) {
        diag_error(frame->diag, SPAN_NONE, "the generic SQLite script is one transaction");
        diag_hint(frame->diag, "Render it with --client sqlite3, or set transaction = script.");
        return false;
    }
    if (!guard_checks(frame, &checks))
        return false;
    view_list(view, STR("checks"));
    for (size_t i = 0; i < checks.count; i++) {
        View *item = view_item(view, STR("checks"));
        view_text(item, STR("message_literal"),
                  str_replace(arena, str_printable(arena, checks.items[i].message), STR("'"), STR("''")));
        view_text(item, STR("condition"), checks.items[i].condition);
        view_optional(item, STR("already"), checks.items[i].already);
    }
    const Section *section = &frame->sections.items[0];
    size_t step = 0;
    bool done = true;
    view_list(view, STR("items"));
    view_list(view, STR("versions"));
    for (size_t i = 0; i < section->items.count; i++) {
        const FrameItem *item = &section->items.items[i];
        Str text;
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
    return done && version_table_if_base(frame, view);
}

bool frame_sqlite(Frame *frame, Str *script)
{
    Arena *arena = frame->r->arena;
    View *view = view_new(arena);
    Str text;
    bool generic = str_equal(frame->r->options->client, STR("generic"));
    if (frame->first) {
        diag_error(frame->diag, SPAN_NONE, "a SQLite script has no sections to go on from");
        diag_hint(frame->diag,
                  "With transaction = step the version row says how far the run came: render the range from there.");
        return false;
    }
    frame_heading(frame, view);
    view_text(view, STR("count"), str_format(arena, "%zu", frame->sections.count));
    if (!frame_text(frame, frame_receipt(frame), &text))
        return false;
    view_text(view, STR("receipt"), text);
    if (generic ? !gated_script(frame, view) : !plain_script(frame, view))
        return false;
    Writing w = {.r = frame->r, .arena = arena, .diag = frame->diag};
    if (!fill(&w, generic ? "script.generic" : "script.sqlite3", view, script))
        return false;
    *script = str_format(arena, "%.*s\n", STR_ARGS(*script));
    return true;
}
