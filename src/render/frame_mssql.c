// The SQL Server frame, for sqlcmd and for any client that cuts at GO: one transaction whose only COMMIT asks for the mark
// of every step. A mark is written inside the transaction by the batch of its own step, so an error, a rollback or a batch
// that did not compile leaves it missing, whatever the client does next.
#include "frame_int.h"

// Rendered INSERTs in one batch: any error of theirs ends it under XACT_ABORT, and a gate behind each row would be noise.
enum { ROWS_PER_BATCH = 100 };

static Str pinned_schema(const Frame *frame)
{
    return frame->r->options->schema.len ? frame->r->options->schema : STR("dbo");
}

static Str qualified(Frame *frame, Str schema, Str name)
{
    return sql_qualified(frame->r->arena, frame->r->dialect, schema.len ? schema : pinned_schema(frame), name);
}

static Str version_table(Frame *frame)
{
    const Settings *s = &frame->r->project->settings;
    return qualified(frame, s->version_table_schema, s->version_table);
}

static bool national(Frame *frame, View *view, Str name, Str text)
{
    Str sql;
    if (!sql_national_text(frame->r->arena, frame->diag, frame->r->style, SPAN_NONE, text, &sql))
        return false;
    view_text(view, name, sql);
    return true;
}

// ---- rows of the version table ----

// A query that counts the version rows and those that are as wanted. "|" keeps trailing blanks from being ignored.
static bool rows_query(Frame *frame, const StrList *rows, Str *sql)
{
    Arena *arena = frame->r->arena;
    Str table = version_table(frame), row = STR("version_num + N'|' COLLATE Latin1_General_BIN2");
    Buf list = buf_open(arena);
    for (size_t i = 0; i < rows->count; i++) {
        Str text;
        if (!sql_national_text(arena, frame->diag, frame->r->style, SPAN_NONE,
                               str_format(arena, "%.*s|", STR_ARGS(rows->items[i])), &text))
            return false;
        buf_addf(&list, "%s%.*s", i ? ", " : "", STR_ARGS(text));
    }
    Str known = rows->count ? str_format(arena, "(SELECT COUNT(DISTINCT %.*s) FROM %.*s WHERE %.*s IN (%.*s))",
                                         STR_ARGS(row), STR_ARGS(table), STR_ARGS(row), STR_ARGS(buf_str(&list)))
                            : STR("0");
    *sql = str_format(
        arena, "SELECT @total = (SELECT COUNT(*) FROM %.*s), @known = %.*s, @found = (SELECT MIN(version_num) FROM %.*s)",
        STR_ARGS(table), STR_ARGS(known), STR_ARGS(table));
    return true;
}

static bool put_rows(Frame *frame, View *view, const StrList *rows)
{
    Str sql;
    view_text(view, STR("row_count"), str_format(frame->r->arena, "%zu", rows->count));
    return rows_query(frame, rows, &sql) && national(frame, view, STR("rows_literal"), sql);
}

// ---- guard ----

// (N'dbo.users'), (N'dbo.orders')
static bool put_tables(Frame *frame, View *view, Str name, const TableNames *tables)
{
    Arena *arena = frame->r->arena;
    Buf list = buf_open(arena);
    for (size_t i = 0; i < tables->count; i++) {
        Str text;
        if (!sql_national_text(arena, frame->diag, frame->r->style, SPAN_NONE,
                               qualified(frame, tables->items[i].schema, tables->items[i].name), &text))
            return false;
        buf_addf(&list, "%s(%.*s)", i ? ", " : "", STR_ARGS(text));
    }
    view_optional(view, name, buf_str(&list));
    return true;
}

static bool put_optional(Frame *frame, View *view, Str name, Str text)
{
    if (text.len)
        return national(frame, view, name, text);
    view_null(view, name);
    return true;
}

// EXECUTE AS takes a literal and no expression, N'...' only where it must be one.
static bool put_owner(Frame *frame, View *view)
{
    Str owner = frame->r->options->owner, sql;
    view_null(view, STR("owner_name"));
    if (!put_optional(frame, view, STR("owner"), owner) || !owner.len)
        return !owner.len;
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

static bool put_probe(Frame *frame, View *view)
{
    uint32_t code;
    Arena *arena = frame->r->arena;
    view_null(view, STR("probe"));
    view_text(view, STR("probe_code"), STR_EMPTY);
    if (!frame_probe(frame, &code))
        return true;
    Buf out = buf_open(arena), codes = buf_open(arena);
    uint32_t units[2];
    size_t count = utf16_units(code, units);
    for (size_t i = 0; i < count; i++)
        buf_addf(&codes, "%sNCHAR(%u)", i ? " + " : "", units[i]);
    buf_add_code(&out, code);
    view_text(view, STR("probe"), str_format(arena, "N'%.*s'", STR_ARGS(buf_str(&out))));
    view_text(view, STR("probe_code"), buf_str(&codes));
    return true;
}

static bool guard_view(Frame *frame, View *view)
{
    Arena *arena = frame->r->arena;
    const StrList *rows = &frame->path->from;
    const RenderOptions *options = frame->r->options;
    Str version = version_table(frame), table = STR_EMPTY;
    Str expected = version_rows_text(arena, rows, STR(", "));
    Str server = str_format(arena, "%.*s %.*s", STR_ARGS(frame->r->dialect->title),
                            STR_ARGS(dialect_version_text(arena, frame->r->dialect, frame->r->style->minimum)));
    TableNames present = {0}, absent = {0};
    Writing w = {.r = frame->r, .arena = arena, .diag = frame->diag};
    frame_tables(frame, &present, &absent);
    if (!rows->count && !version_table_text(&w, &table))
        return false;
    view_null(view, STR("version_table"));
    if (table.len) {
        View *first = view_new(arena);
        view_text(first, STR("text"), table);
        view_text(first, STR("number"), STR("1"));
        view_view(view, STR("version_table"), first);
    }
    view_text(view, STR("major"), major_version(arena, frame->r->style->minimum));
    view_bool(view, STR("from_base"), rows->count == 0);
    View *from = view_new(arena), *to = view_new(arena);
    view_view(view, STR("from"), from);
    view_view(view, STR("to"), to);
    return put_rows(frame, from, rows) && put_rows(frame, to, &frame->path->to) && put_owner(frame, view) &&
           put_probe(frame, view) && put_tables(frame, view, STR("tables"), &present) &&
           put_tables(frame, view, STR("created"), &absent) &&
           put_optional(frame, view, STR("database"), options->database) &&
           national(frame, view, STR("schema_literal"), pinned_schema(frame)) &&
           national(frame, view, STR("version_literal"), version) &&
           national(frame, view, STR("too_old_literal"),
                    str_format(arena, "needs %.*s or later, this is ", STR_ARGS(server))) &&
           national(frame, view, STR("expected_literal"),
                    str_format(arena, "expected revision %.*s, found ", STR_ARGS(expected))) &&
           national(frame, view, STR("no_version_table_literal"),
                    str_format(arena, "version table %.*s is missing, expected revision %.*s", STR_ARGS(version),
                               STR_ARGS(expected))) &&
           national(
               frame, view, STR("missing_literal"),
               str_format(arena, "revision %.*s should have tables that are missing, the first is ", STR_ARGS(expected))) &&
           national(frame, view, STR("receipt_literal"), frame_receipt(frame));
}

// ---- what a frame cannot hold ----

static bool is_go_line(Str line)
{
    line = str_trim(line);
    if (line.len < 2 || !str_equal_fold(str_slice(line, 0, 2), STR("GO")))
        return false;
    Str rest = str_trim(str_slice(line, 2, line.len));
    bool apart = line.len == 2 || !is_word_byte(line.ptr[2]);
    size_t digits = 0;
    while (digits < rest.len && rest.ptr[digits] >= '0' && rest.ptr[digits] <= '9')
        digits++;
    rest = str_trim(str_slice(rest, digits, rest.len));
    return apart && (!rest.len || str_starts(rest, STR("--")));
}

// sqlcmd's commands that need no colon. Source: learn.microsoft.com, sqlcmd utility, "sqlcmd commands".
static bool is_command_line(Str line)
{
    static const char *const words[] = {"ED", "RESET", "QUIT", "EXIT", NULL};
    if (str_starts(line, STR(":")) || str_starts(line, STR("!!")))
        return true;
    for (const char *const *word = words; *word; word++) {
        size_t len = strlen(*word);
        if (line.len >= len && str_equal_fold(str_slice(line, 0, len), str_from(*word)) &&
            (line.len == len || !(is_word_byte(line.ptr[len]) || line.ptr[len] == '$')))
            return true;
    }
    return false;
}

static bool check_lines(Frame *frame, const Statement *s)
{
    bool sqlcmd = str_equal(frame->r->options->client, STR("sqlcmd"));
    for (Str rest = s->text; rest.len;) {
        Str line = str_cut(&rest, '\n');
        if (is_go_line(line))
            return frame_misread(frame, s, line, "end the batch at this line",
                                 "Give each batch an op.execute() of its own.");
        if (sqlcmd && is_command_line(line))
            return frame_misread(frame, s, line, "take this line for its own command",
                                 "Put a blank before it, or render with --client generic.");
        if (sqlcmd && str_find(line, STR("$("), 0) != SIZE_MAX)
            return frame_misread(frame, s, line, "put a variable in place of \"$(\"",
                                 "Write it apart, as in N'$' + N'(', or render with --client generic.");
    }
    return true;
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
    static const char *const words[] = {
        "COMMIT",  "ROLLBACK",   "TRAN",    "TRANSACTION",           "REVERT", "NOEXEC", "PARSEONLY",
        "FMTONLY", "XACT_ABORT", "wb_pass", "IMPLICIT_TRANSACTIONS", NULL};
    Str word = alone ? STR_EMPTY : sql_find_word(frame->r->dialect, s->text, words);
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
    form->alone = module || sql_find_word(dialect, s->text, leaving).len > 0;
    form->caught = !module && sql_find_word(dialect, s->text, raising).len > 0;
    return check_words(frame, s, module) && check_lines(frame, s);
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
}

static bool add_check(Frame *frame, View *step, const Statement *s)
{
    SqlHead head = sql_head(frame->r->dialect, s->text);
    if (sql_head_is(&head, 0, "WITH"))
        return frame_refuse(frame, s, "a check that begins with WITH", "Write it as one SELECT that yields a number.");
    view_text(step, STR("zero"),
              str_find(s->text, STR("--"), 0) == SIZE_MAX ? s->text
                                                          : str_format(frame->r->arena, "%.*s\n", STR_ARGS(s->text)));
    return check_words(frame, s, false) && check_lines(frame, s);
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
        if (!check_lines(frame, next->statement))
            return false;
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
    view_bool(view, STR("later"), index > 0);
    view_text(view, STR("marks_before"), str_format(arena, "%zu", *mark + 1));
    view_list(view, STR("steps"));
    for (size_t i = 0, used; i < section->items.count; i += used)
        if (!add_items(frame, view, &section->items.items[i], section->items.count - i, mark, &used))
            return false;
    view_text(view, STR("rows_number"), str_format(arena, "%zu", ++*mark));
    view_text(view, STR("marks"), str_format(arena, "%zu", *mark + 1));
    return put_rows(frame, view, &section->rows_after);
}

static bool whole_view(Frame *frame, View *view)
{
    Arena *arena = frame->r->arena;
    size_t mark = 0;   // of the guard; those behind it count on
    frame_heading(frame, view);
    frame_plain_heading(frame, view);
    if (!guard_view(frame, view))
        return false;
    if (!frame->path->from.count)
        mark++;   // of the version table
    view_list(view, STR("sections"));
    for (size_t i = 0; i < frame->sections.count; i++)
        if (!section_view(frame, i, view, &mark))
            return false;
    view_text(view, STR("last_mark"), str_format(arena, "%zu", mark));
    view_text(view, STR("all_marks"), str_format(arena, "%zu", mark + 1));
    return true;
}

bool frame_mssql(Frame *frame, Str *script)
{
    View *view = view_new(frame->r->arena);
    if (frame->first) {
        diag_error(frame->diag, SPAN_NONE, "a SQL Server script has no sections to go on from");
        diag_hint(frame->diag,
                  "It is undone as a whole; with transaction = step the version row says how far it came: render "
                  "the range from there.");
        return false;
    }
    if (!whole_view(frame, view))
        return false;
    Writing w = {.r = frame->r, .arena = frame->r->arena, .diag = frame->diag};
    if (!fill(&w, "script", view, script))
        return false;
    *script = str_format(frame->r->arena, "%.*s\n", STR_ARGS(*script));
    return true;
}
