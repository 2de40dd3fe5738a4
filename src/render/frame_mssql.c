// The SQL Server frame, for sqlcmd and for any client that cuts at GO: one transaction whose only COMMIT asks for the mark
// of every step. A mark is written inside the transaction by the batch of its own step, so an error, a rollback or a batch
// that did not compile leaves it missing, whatever the client does next; and every batch asks for those before it, so that
// a part of the script run alone does nothing.
#include "frame_int.h"

// Rendered INSERTs in one batch: any error of theirs ends it under XACT_ABORT, and a gate behind each row would be noise.
enum { ROWS_PER_BATCH = 100 };

bool mssql_has_session_context(const Frame *frame)
{
    return frame->r->style->minimum >= 2016;
}

static Str version_table(Frame *frame)
{
    const Settings *s = &frame->r->project->settings;
    return frame_pinned_name(frame, s->version_table_schema, s->version_table);
}

static bool national(Frame *frame, View *view, Str name, Str text)
{
    Str sql;
    if (!frame_literal(frame, text, &sql))
        return false;
    view_text(view, name, sql);
    return true;
}

// ---- rows of the version table ----

// Over the version table: its rows are these and no others. "|" keeps trailing blanks from being ignored.
static bool rows_are(Frame *frame, const StrList *rows, Str *condition)
{
    static const char row[] = "version_num + N'|' COLLATE Latin1_General_BIN2";
    Arena *arena = frame->r->arena;
    Buf out = buf_open(arena);
    buf_addf(&out, "COUNT(*) = %zu", rows->count);
    if (rows->count > 1)
        buf_addf(&out, " AND COUNT(DISTINCT %s) = %zu", row, rows->count);
    for (size_t i = 0; i < rows->count; i++) {
        Str text;
        if (!frame_literal(frame, str_format(arena, "%.*s|", STR_ARGS(rows->items[i])), &text))
            return false;
        if (i == 0)
            buf_addf(&out, " AND MIN(IIF(%s IN (", row);
        buf_addf(&out, "%s%.*s", i ? ", " : "", STR_ARGS(text));
    }
    if (rows->count)
        buf_add(&out, STR("), 1, 0)) = 1"));
    *condition = buf_str(&out);
    return true;
}

// The query that stores in @rows whether they are.
static bool put_rows(Frame *frame, View *view, Str name, const StrList *rows)
{
    Str condition;
    return rows_are(frame, rows, &condition) &&
           national(frame, view, name,
                    str_format(frame->r->arena, "SELECT @rows = IIF(%.*s, 1, 0) FROM %.*s", STR_ARGS(condition),
                               STR_ARGS(version_table(frame))));
}

// Whether a batch may run: how many marks it wants, and whether in a transaction.
static void put_gate(Frame *frame, View *view, size_t before, bool inside, Str what)
{
    view_text(view, STR("before"), str_format(frame->r->arena, "%zu", before));
    view_text(view, STR("depth"), inside ? STR("1") : STR("0"));
    view_text(view, STR("what"), what);
}

// ---- guard ----

static Str quoted(Frame *frame, Str text)
{
    Str sql;
    return frame_literal(frame, text, &sql) ? sql : STR_EMPTY;
}

// A question that compares two texts to the byte; none where nothing is pinned.
static bool ask_name(Frame *frame, const char *now, const char *what, Str name)
{
    Arena *arena = frame->r->arena;
    if (!name.len)
        return true;
    Str sql = quoted(frame, name);
    Str why = quoted(frame, str_format(arena, "made for %s %.*s, this is ", what, STR_ARGS(name)));
    frame_ask(frame, ASK_DATABASE, str_format(arena, "%s = %.*s COLLATE Latin1_General_BIN2", now, STR_ARGS(sql)),
              str_format(arena, "%.*s + ISNULL(%s, N'none')", STR_ARGS(why), now));
    return sql.len > 0 && why.len > 0;
}

// Counts the tables for which `counted` is so, (N'dbo.users'), (N'dbo.orders'), and asks that there be none.
static bool ask_tables(Frame *frame, View *view, QuestionKind kind, const char *variable, const TableNames *tables,
                       const char *counted, Str why)
{
    Arena *arena = frame->r->arena;
    Buf list = buf_open(arena);
    for (size_t i = 0; i < tables->count; i++) {
        Str text = quoted(frame, frame_pinned_name(frame, tables->items[i].schema, tables->items[i].name));
        if (!text.len)
            return false;
        buf_addf(&list, "%s(%.*s)", i ? ", " : "", STR_ARGS(text));
    }
    if (!tables->count)
        return true;
    View *count = view_item(view, STR("counts"));
    view_text(count, STR("variable"), str_from(variable));
    view_text(count, STR("tables"), buf_str(&list));
    view_text(count, STR("counted"), str_from(counted));
    why = quoted(frame, why);
    frame_ask(frame, kind, str_format(arena, "@%s = 0", variable),
              str_format(arena, "%.*s + @%s_name", STR_ARGS(why), variable));
    return why.len > 0;
}

// EXECUTE AS takes a literal and no expression, N'...' only where it must be one.
static bool put_owner(Frame *frame, View *view)
{
    Str owner = frame->r->options->owner, sql;
    view_null(view, STR("owner_name"));
    view_bool(view, STR("owner"), owner.len > 0);
    if (!owner.len)
        return true;
    if (!sql_text(frame->r->arena, frame->diag, frame->r->style, SPAN_NONE, owner, &sql))
        return false;
    view_text(view, STR("owner_name"), sql);
    if (str_find(sql, STR("'+"), 0) == SIZE_MAX && sql.ptr[sql.len - 1] == '\'' &&
        str_find(sql, STR("CHAR("), 0) == SIZE_MAX)
        return true;
    diag_error(frame->diag, SPAN_NONE, "EXECUTE AS cannot name the owner \"%.*s\"",
               STR_ARGS(str_printable(frame->r->arena, owner)));
    diag_hint(frame->diag, "Take a user whose name is plain text for owner.mssql.");
    return false;
}

static Str major_version(Arena *arena, int year)
{
    static const struct {
        int year, major;
    } versions[] = {{2012, 11}, {2014, 12}, {2016, 13}, {2017, 14}, {2019, 15}, {2022, 16}, {2025, 17}};
    size_t count = sizeof versions / sizeof versions[0];
    for (size_t i = 0; i < count; i++)
        if (year <= versions[i].year)
            return str_format(arena, "%d", versions[i].major);
    // a year nobody knows yet: none fits until this table does
    return str_format(arena, "%d", versions[count - 1].major + 1);
}

static void ask_encoding(Frame *frame)
{
    uint32_t code;
    Arena *arena = frame->r->arena;
    if (!frame_probe(frame, &code))
        return;
    Buf out = buf_open(arena), codes = buf_open(arena);
    uint32_t units[2];
    size_t count = utf16_units(code, units);
    for (size_t i = 0; i < count; i++)
        buf_addf(&codes, "%sNCHAR(%u)", i ? " + " : "", units[i]);
    buf_add_code(&out, code);
    frame_ask(
        frame, ASK_ENCODING,
        str_format(arena, "N'%.*s' COLLATE Latin1_General_BIN2 = %.*s", STR_ARGS(buf_str(&out)), STR_ARGS(buf_str(&codes))),
        STR("N'the client read this file in another encoding than UTF-8'"));
}

static bool ask_server(Frame *frame)
{
    Arena *arena = frame->r->arena;
    const RenderOptions *options = frame->r->options;
    Str needs = quoted(frame,
                       str_format(arena, "needs %.*s %.*s or later, this is ", STR_ARGS(frame->r->dialect->title),
                                  STR_ARGS(dialect_version_text(arena, frame->r->dialect, frame->r->style->minimum))));
    enum { WARNINGS = 8, PADDING = 16, NULLS = 32, QUOTED = 256, CONCATENATED = 4096, XACT_ABORT = 16384 };
    enum { ANSI = WARNINGS | PADDING | NULLS | QUOTED | CONCATENATED };
    if (frame->is_preflight) {   // which opens no transaction and leaves the session as it is
        frame_ask(frame, ASK_SETTINGS, str_format(arena, "(@@OPTIONS & %d) = %d", ANSI, ANSI),
                  STR("N'the ANSI settings of this session are not all on: sqlcmd -I, or SET ANSI_DEFAULTS ON'"));
    } else {
        frame_ask(frame, ASK_SETTINGS, STR("@@TRANCOUNT = 1"), STR("N'no transaction could be opened'"));
        frame_ask(frame, ASK_SETTINGS, str_format(arena, "(@@OPTIONS & %d) = %d", XACT_ABORT, XACT_ABORT),
                  STR("N'the settings at the head of this script are missing, XACT_ABORT among them'"));
    }
    // editions 5 and 8 are Azure SQL Database and Managed Instance, always current
    frame_ask(frame, ASK_VERSION,
              str_format(arena,
                         "@edition IN (5, 8) OR CAST(LEFT(@version, CHARINDEX(N'.', @version + N'.') - 1) AS INT) >= %.*s",
                         STR_ARGS(major_version(arena, frame->r->style->minimum))),
              str_format(arena, "%.*s + ISNULL(@version, N'unknown')", STR_ARGS(needs)));
    ask_encoding(frame);
    // plain names are looked for in the user's default schema, and no setting changes that
    if (!needs.len || !ask_name(frame, "DB_NAME()", "the database", options->database) ||
        !ask_name(frame, "USER_NAME()", "the user", options->owner) ||
        !ask_name(frame, "SCHEMA_NAME()", "users whose default schema is", frame_pinned_schema(frame)))
        return false;
    // a secondary replica says so too, to users who may not ask sys.fn_hadr_is_primary_replica
    frame_ask(frame, ASK_WRITABLE,
              STR("CAST(DATABASEPROPERTYEX(DB_NAME(), N'Updateability') AS NVARCHAR(20)) = N'READ_WRITE'"),
              STR("N'this database is read-only, or a secondary replica'"));
    frame_ask(frame, ASK_LOCK, STR("@lock >= 0"), STR("N'another run holds the lock'"));
    return true;
}

static bool ask_state(Frame *frame, View *view)
{
    Arena *arena = frame->r->arena;
    const StrList *rows = &frame->path->from;
    Str version = version_table(frame), expected = version_rows_text(arena, rows, STR(", ")), from, to;
    Str name = quoted(frame, version);
    Str found = quoted(frame, str_format(arena, "expected revision %.*s, found ", STR_ARGS(expected)));
    Str no_table = quoted(frame, str_format(arena, "version table %.*s is missing, expected revision %.*s",
                                            STR_ARGS(version), STR_ARGS(expected)));
    TableNames present = {0}, absent = {0};
    frame_tables(frame, &present, &absent);
    if (!rows_are(frame, rows, &from) || !rows_are(frame, &frame->path->to, &to) || !name.len || !found.len || !no_table.len)
        return false;
    view_text(view, STR("version_literal"), name);
    if (rows->count)
        frame_ask(frame, ASK_TABLE, str_format(arena, "OBJECT_ID(%.*s, N'U') IS NOT NULL", STR_ARGS(name)), no_table);
    frame_ask(frame, ASK_DONE, STR("ISNULL(@to, 0) <> 1"), STR("N'already'"));
    frame_ask(frame, ASK_ROWS,
              rows->count ? STR("@from = 1")
                          : str_format(arena, "@from = 1 OR OBJECT_ID(%.*s, N'U') IS NULL", STR_ARGS(name)),
              str_format(arena, "%.*s + ISNULL(@found, N'base')", STR_ARGS(found)));
    return national(frame, view, STR("guard_rows"),
                    str_format(arena,
                               "SELECT @from = IIF(%.*s, 1, 0), @to = IIF(%.*s, 1, 0), @found = MIN(version_num) FROM %.*s",
                               STR_ARGS(from), STR_ARGS(to), STR_ARGS(version))) &&
           ask_tables(
               frame, view, ASK_PRESENT, "missing", &present, "OBJECT_ID(t.name, N'U') IS NULL",
               str_format(arena, "revision %.*s should have tables that are missing, the first is ", STR_ARGS(expected))) &&
           ask_tables(frame, view, ASK_ABSENT, "present", &absent, "OBJECT_ID(t.name) IS NOT NULL",
                      STR("the database is not empty, there is already "));
}

// The rows of the tables that go, as "dbo.t 5, ": asked by dynamic SQL, as they may be missing.
static bool ask_held(Frame *frame, View *view)
{
    Arena *arena = frame->r->arena;
    DroppedList dropped = {0};
    Buf query = buf_open(arena), there = buf_open(arena);
    frame_dropped(frame, &dropped);
    view_null(view, STR("dropped"));
    if (!dropped.count)
        return true;
    View *held = view_new(arena);
    view_view(view, STR("dropped"), held);
    view_list(held, STR("others"));
    buf_add(&query, STR("SELECT @holds = N''"));
    for (size_t i = 0; i < dropped.count; i++) {
        TableName table = dropped.items[i].at_start;
        Str name = frame_pinned_name(frame, table.schema, table.name), text = quoted(frame, name), one;
        Str said = quoted(frame, str_format(arena, "%.*s ", STR_ARGS(str_printable(arena, name))));
        if (!text.len || !said.len)
            return false;
        one = str_format(
            arena, " + (SELECT IIF(COUNT_BIG(*) > 0, %.*s + CAST(COUNT_BIG(*) AS NVARCHAR(20)) + N', ', N'') FROM %.*s)",
            STR_ARGS(said), STR_ARGS(name));
        if (dropped.items[i].is_there) {
            buf_add(&query, one);
            buf_addf(&there, "%sOBJECT_ID(%.*s, N'U') IS NOT NULL", there.len ? " AND " : "", STR_ARGS(text));
            continue;
        }
        View *other = view_item(held, STR("others"));   // it may be missing
        view_text(other, STR("name"), text);
        if (!national(frame, other, STR("query"), str_format(arena, "SELECT @holds = @holds%.*s", STR_ARGS(one))))
            return false;
    }
    view_text(held, STR("there"), there.len ? buf_str(&there) : STR("1 = 1"));
    bool can = mssql_has_session_context(frame);
    frame_ask(
        frame, ASK_HELD,
        can ? STR("@holds = N'' OR @holds > N'' AND CAST(SESSION_CONTEXT(N'waybill_drop') AS NVARCHAR(128)) = DB_NAME()")
            : STR("@holds = N''"),
        can ? STR("N'this way back drops tables that hold rows (' + ISNULL(@holds, N'?') + N'): EXEC "
                  "sp_set_session_context N''waybill_drop'', N''' + DB_NAME() + N''' allows it'")
            : STR("N'this way back drops tables that hold rows (' + ISNULL(@holds, N'?') + N'): empty them first'"));
    return national(frame, held, STR("query"), buf_str(&query));
}

// A script from base makes its tables where there is nothing but the project's own.
static bool ask_beside(Frame *frame)
{
    Arena *arena = frame->r->arena;
    StrList own = {0};
    Buf list = buf_open(arena);
    if (!frame_own_tables(frame, &own))
        return true;
    for (size_t i = 0; i < own.count; i++) {
        Str text = quoted(frame, own.items[i]);
        if (!text.len)
            return false;
        buf_addf(&list, "%s%.*s", i ? ", " : "", STR_ARGS(text));
    }
    Str schema = quoted(frame, frame_pinned_schema(frame));
    Str others = str_format(
        arena,
        "FROM (SELECT schema_id, name, CASE type WHEN 'U' THEN N'table ' WHEN 'V' THEN N'view ' WHEN 'SO' THEN N'sequence ' "
        "WHEN 'SN' THEN N'synonym ' WHEN 'P' THEN N'procedure ' ELSE N'function ' END AS what FROM sys.objects WHERE "
        "is_ms_shipped = 0 AND type IN ('U', 'V', 'SO', 'SN', 'P', 'PC', 'FN', 'IF', 'TF', 'FS', 'FT', 'AF') UNION ALL "
        "SELECT schema_id, name, N'type ' FROM sys.types WHERE is_user_defined = 1) AS o WHERE o.schema_id = "
        "SCHEMA_ID(%.*s) "
        "AND o.name NOT IN (%.*s)",
        STR_ARGS(schema), STR_ARGS(buf_str(&list)));
    frame_ask(
        frame, ASK_BESIDE, str_format(arena, "NOT EXISTS (SELECT 1 %.*s)", STR_ARGS(others)),
        str_format(arena,
                   "N'the schema holds what another application made (beside = yes allows it), the first is ' + (SELECT "
                   "MIN(o.what + o.name) %.*s)",
                   STR_ARGS(others)));
    return schema.len > 0;
}

// What the steps may do is not asked before they are run, as a step that is denied undoes the whole transaction; days ahead
// it is worth knowing.
static bool ask_privileges(Frame *frame)
{
    Arena *arena = frame->r->arena;
    TableNames altered = {0};
    bool makes = false;
    if (!frame->is_preflight || !frame->rendered)
        return true;
    frame_altered(frame, &altered);
    for (size_t i = 0; i < altered.count; i++) {
        Str name = frame_pinned_name(frame, altered.items[i].schema, altered.items[i].name), text = quoted(frame, name);
        Str why = quoted(frame, str_format(arena, "this user may not alter %.*s", STR_ARGS(name)));
        if (!text.len || !why.len)
            return false;
        frame_ask(frame, ASK_PRIVILEGES,
                  str_format(arena, "HAS_PERMS_BY_NAME(%.*s, N'OBJECT', N'ALTER') = 1", STR_ARGS(text)), why);
    }
    for (size_t i = 0; i < frame->path->steps.count; i++)
        makes |= frame->rendered->steps[i].made.count > 0;
    if (makes)
        frame_ask(frame, ASK_PRIVILEGES, STR("HAS_PERMS_BY_NAME(DB_NAME(), N'DATABASE', N'CREATE TABLE') = 1"),
                  STR("N'this user may not make tables in this database'"));
    return true;
}

bool mssql_guard(Frame *frame, View *view)
{
    Str table = STR_EMPTY;
    frame_plain_heading(frame, view);
    Writing w = {.r = frame->r, .arena = frame->r->arena, .diag = frame->diag};
    if (!frame->path->from.count && !version_table_text(&w, &table))
        return false;
    view_null(view, STR("version_table"));
    if (table.len) {
        View *first = view_new(frame->r->arena);
        view_text(first, STR("text"), table);
        view_text(first, STR("number"), STR("1"));
        put_gate(frame, first, 1, true, STR("the version table"));
        view_view(view, STR("version_table"), first);
    }
    view_list(view, STR("counts"));
    view_bool(view, STR("sqlcmd"), str_equal(frame->r->options->client, STR("sqlcmd")));
    view_text(view, STR("marks_table"), str_format(frame->r->arena, "#wb_%.*s", STR_ARGS(frame->token)));
    return put_owner(frame, view) && ask_server(frame) && ask_state(frame, view) && frame_ask_columns(frame, view) &&
           ask_beside(frame) && ask_held(frame, view) && ask_privileges(frame) && frame_ask_assumed(frame, view) &&
           put_rows(frame, view, STR("to_rows"), &frame->path->to) &&
           national(frame, view, STR("receipt_literal"), frame_receipt(frame));
}

// ---- steps ----

// How a statement's batch is written.
typedef struct Form {
    bool alone;    // its text may share a batch with nothing, or leaves it: it goes through EXEC
    bool caught;   // errors that end no batch by themselves must be caught: RAISERROR, and what procedures say with it
} Form;

static bool is_alone(const SqlHead *head)
{
    static const char *const kinds[] = {"VIEW",   "PROC",    "PROCEDURE", "FUNCTION", "TRIGGER",
                                        "SCHEMA", "DEFAULT", "RULE",      NULL};
    if (!sql_head_is(head, 0, "CREATE") && !sql_head_is(head, 0, "ALTER"))
        return false;
    size_t at = sql_head_is(head, 1, "OR") ? 3 : 1;
    return at < head->count && str_is_one_of(head->words[at], kinds);
}

// What a batch does to the transaction or the marks behind the frame's back; a module's body does nothing yet.
static bool check_words(Frame *frame, const Statement *s, bool alone)
{
    static const char *const words[] = {"COMMIT",    "ROLLBACK", "TRAN",       "TRANSACTION",           "REVERT", "NOEXEC",
                                        "PARSEONLY", "FMTONLY",  "XACT_ABORT", "IMPLICIT_TRANSACTIONS", NULL};
    Str word = alone ? STR_EMPTY : sql_find_word(frame->r->dialect, s->text, words);
    if (str_find(str_lower(frame->r->arena, s->text), STR("#wb_"), 0) != SIZE_MAX)   // the marks, in a module too
        word = STR("#wb_");
    if (!word.len)
        return true;
    diag_error(frame->diag, s->at,
               "a framed script cannot hold a statement with %.*s: its transaction and session are its own", STR_ARGS(word));
    diag_hint(frame->diag, "Remove it, or run this revision's SQL by hand with --bare.");
    return false;
}

static bool read_form(Frame *frame, const Statement *s, Form *form)
{
    static const char *const leaving[] = {"RETURN", NULL}, *const raising[] = {"EXEC", "EXECUTE", "RAISERROR", NULL};
    const Dialect *dialect = frame->r->dialect;
    SqlHead head = sql_head(dialect, s->text);
    bool module = is_alone(&head);
    // WITH may follow no statement that does not end in a semicolon, as the gate does (error 319)
    form->alone = module || sql_head_is(&head, 0, "WITH") || sql_find_word(dialect, s->text, leaving).len > 0;
    form->caught = !module && sql_find_word(dialect, s->text, raising).len > 0;
    return check_words(frame, s, module);
}

// The statement's text, with a semicolon that no comment swallows.
static Str terminated(Frame *frame, Str text)
{
    Buf out = buf_open(frame->r->arena);
    add_terminated(frame->r->dialect, &out, text);
    return str_trim(buf_str(&out));
}

// One literal for each line, so that the text can be read.
static bool put_lines(Frame *frame, View *step, Str text)
{
    view_list(step, STR("lines"));
    for (bool more = true; more;) {
        size_t end = str_find_char(text, '\n', 0);
        more = end != SIZE_MAX;
        Str line = str_slice(text, 0, more ? end : text.len);
        text = str_slice(text, more ? end + 1 : text.len, text.len);
        View *item = view_item(step, STR("lines"));
        view_bool(item, STR("more"), more);
        if (!national(frame, item, STR("text"), line))
            return false;
    }
    return true;
}

// Every name of a step, so that the template finds no other's.
static View *add_step(View *section, Str heading)
{
    static const char *const texts[] = {"note", "text", "zero", "moves", "number"};
    View *step = view_item(section, STR("steps"));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        view_null(step, str_from(texts[i]));
    view_optional(step, STR("heading"), heading);
    view_list(step, STR("lines"));
    view_bool(step, STR("alone"), false);
    view_bool(step, STR("caught"), false);
    return step;
}

static void set_number(Frame *frame, View *step, size_t *mark)
{
    view_text(step, STR("number"), str_format(frame->r->arena, "%zu", ++*mark));
    put_gate(frame, step, *mark, true, str_format(frame->r->arena, "step %zu", *mark));
}

static bool add_check(Frame *frame, View *step, const Statement *s)
{
    SqlHead head = sql_head(frame->r->dialect, s->text);
    if (sql_head_is(&head, 0, "WITH"))
        return frame_refuse(frame, s, "a check that begins with WITH", "Write it as one SELECT that yields a number.");
    view_text(step, STR("zero"),
              str_find(s->text, STR("--"), 0) == SIZE_MAX ? s->text
                                                          : str_format(frame->r->arena, "%.*s\n", STR_ARGS(s->text)));
    return check_words(frame, s, false);
}

static bool is_row(const FrameItem *item)
{
    return item->statement && item->statement->kind == STATEMENT_DML && item->statement->rows == 1;
}

// Adds the step that begins with this item; *used: how many items it took.
static bool add_items(Frame *frame, View *section, const FrameItem *items, size_t count, size_t *mark, size_t *used)
{
    Arena *arena = frame->r->arena;
    const Statement *s = items->statement;
    *used = 1;
    View *step = add_step(section, items->heading.len ? frame_remark(frame, items->heading) : STR_EMPTY);
    if (items->version.len) {
        set_number(frame, step, mark);
        view_text(step, STR("moves"), items->version);
        return true;
    }
    if (!s)
        return true;
    if (s->kind == STATEMENT_COMMENT) {
        view_text(step, STR("note"), frame_remark(frame, s->text));
        return true;
    }
    set_number(frame, step, mark);
    if (s->warning.len)
        view_text(step, STR("note"), frame_remark(frame, str_format(arena, "Note: %.*s.", STR_ARGS(s->warning))));
    if (s->expects_zero)
        return add_check(frame, step, s);
    Form form;
    if (!read_form(frame, s, &form))
        return false;
    view_bool(step, STR("alone"), form.alone);
    view_bool(step, STR("caught"), form.caught);
    if (form.alone)
        return put_lines(frame, step, s->text);
    Buf text = buf_open(arena);
    buf_add(&text, terminated(frame, s->text));
    for (; is_row(items) && *used < count && *used < ROWS_PER_BATCH; ++*used) {
        const FrameItem *next = &items[*used];
        if (!is_row(next) || next->heading.len)
            break;
        buf_addf(&text, "\n%.*s", STR_ARGS(terminated(frame, next->statement->text)));
    }
    view_text(step, STR("text"), buf_str(&text));
    return true;
}

static bool section_view(Frame *frame, size_t index, View *list, size_t *mark)
{
    const Section *section = &frame->sections.items[index];
    View *view = view_item(list, STR("sections"));
    Arena *arena = frame->r->arena;
    view_text(view, STR("section"), str_format(arena, "%zu", index + 1));
    view_bool(view, STR("several"), frame->sections.count > 1);
    view_null(view, STR("later"));
    if (index) {
        View *later = view_new(arena);
        put_gate(frame, later, *mark + 1, false, str_format(arena, "transaction %zu", index + 1));
        view_view(view, STR("later"), later);
    }
    view_list(view, STR("steps"));
    for (size_t i = 0, used; i < section->items.count; i += used)
        if (!add_items(frame, view, &section->items.items[i], section->items.count - i, mark, &used))
            return false;
    view_text(view, STR("rows_number"), str_format(arena, "%zu", ++*mark));
    view_text(view, STR("marks"), str_format(arena, "%zu", *mark + 1));
    View *commit = view_new(arena);
    put_gate(frame, commit, *mark, true, STR("the commit"));
    view_view(view, STR("commit"), commit);
    return put_rows(frame, view, STR("rows_literal"), &section->rows_after);
}

bool mssql_steps(Frame *frame, View *view)
{
    Arena *arena = frame->r->arena;
    size_t mark = frame->path->from.count ? 0 : 1;   // of the guard, of the version table; those behind it count on
    view_list(view, STR("sections"));
    for (size_t i = 0; i < frame->sections.count; i++)
        if (!section_view(frame, i, view, &mark))
            return false;
    view_text(view, STR("last_mark"), str_format(arena, "%zu", mark));
    view_text(view, STR("all_marks"), str_format(arena, "%zu", mark + 1));
    return true;
}
