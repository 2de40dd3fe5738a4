// What frames share: the list of questions, the preflight that answers them one by one, the tables their guards ask for; of
// Oracle's and SQL Server's, comments that no client misreads, the character that shows a wrong encoding.
#include "frame_int.h"

static const char *const kinds[ASK_KINDS] = {
    [ASK_VERSION] = "version",
    [ASK_SETTINGS] = "settings",
    [ASK_ENCODING] = "encoding",
    [ASK_DATABASE] = "database",
    [ASK_WRITABLE] = "writable",
    [ASK_TEMPORARY] = "temporary",
    [ASK_LOCK] = "lock",
    [ASK_RUN] = "run",
    [ASK_TABLE] = "table",
    [ASK_DONE] = "pending",
    [ASK_ROWS] = "revision",
    [ASK_BESIDE] = "beside",
    [ASK_ASSUMED] = "assumed",
    [ASK_HELD] = "rows",
    [ASK_SHAPE] = "shape",
    [ASK_CHECK] = "check",
    [ASK_PRESENT] = "tables",
    [ASK_ABSENT] = "created",
    [ASK_PRIVILEGES] = "privileges",
};

void frame_ask(Frame *frame, QuestionKind kind, Str condition, Str why)
{
    Arena *arena = frame->r->arena;
    size_t same = 1;
    for (size_t i = 0; i < frame->questions.count; i++)
        same += frame->questions.items[i].kind == kind;
    Str name = same == 1 ? str_from(kinds[kind]) : str_format(arena, "%s%zu", kinds[kind], same);
    vec_push(arena, &frame->questions, ((GuardQuestion){kind, name, condition, why}));
}

void frame_put_questions(Frame *frame, View *view)
{
    enum { LINE_BYTES = 120, WHEN_BYTES = 6, THEN_BYTES = 16 };   // MySQL's "  IF((", ") IS NOT TRUE, " and ","
    // one within the other, which MariaDB's stack bears up to some 900
    enum { GROUP = 200 };
    Buf open = buf_open(frame->r->arena);
    view_list(view, STR("questions"));
    for (size_t i = 0; i < frame->questions.count; i++) {
        const GuardQuestion *q = &frame->questions.items[i];
        View *item = view_item(view, STR("questions"));
        size_t line = q->condition.len;   // of the condition's last one
        while (line && q->condition.ptr[line - 1] != '\n')
            line--;
        bool fits = (line ? 0 : WHEN_BYTES) + q->condition.len - line + THEN_BYTES + q->why.len <= LINE_BYTES;
        view_null(item, STR("regroup"));
        if (i && i % GROUP == 0) {
            View *regroup = view_new(frame->r->arena);
            view_view(item, STR("regroup"), regroup);
            view_text(regroup, STR("closed"), buf_str(&open));
            open = buf_open(frame->r->arena);
            buf_add(&open, STR(")"));
        }
        buf_add(&open, STR(")"));
        view_text(item, STR("name"), q->name);
        view_text(item, STR("before"), str_format(frame->r->arena, "%zu", i));
        view_text(item, STR("number"), str_format(frame->r->arena, "%zu", i + 1));
        view_text(item, STR("condition"), q->condition);
        view_text(item, STR("why"), q->why);
        view_text(item, STR("break"), fits ? STR(" ") : STR("\n    "));
        view_bool(item, STR("done"), q->kind == ASK_DONE);
        view_bool(item, STR("of_shape"), q->kind == ASK_SHAPE);
    }
    view_text(view, STR("closed"), buf_str(&open));
}

Str frame_pinned_schema(const Frame *frame)
{
    return frame->r->options->schema.len                 ? frame->r->options->schema
           : frame->r->dialect->id == DIALECT_POSTGRESQL ? STR("public")
                                                         : STR("dbo");
}

Str frame_pinned_name(const Frame *frame, Str schema, Str name)
{
    return sql_qualified(frame->r->arena, frame->r->dialect, schema.len ? schema : frame_pinned_schema(frame), name);
}

bool frame_literal(Frame *frame, Str text, Str *sql)
{
    if (frame->r->dialect->id == DIALECT_MSSQL)
        return sql_national_text(frame->r->arena, frame->diag, frame->r->style, SPAN_NONE, text, sql);
    return frame_text(frame, text, sql);
}

// The checks that can be asked now, each with the name of its line and its number behind the questions.
static bool put_checks(Frame *frame, View *view, size_t *count)
{
    CheckList checks = {0};
    frame_first_checks(frame, &checks);
    view_list(view, STR("asked_checks"));
    for (size_t i = 0; i < checks.count; i++) {
        View *item = view_item(view, STR("asked_checks"));
        Str query;
        if (!frame_literal(frame, checks.items[i]->text, &query))
            return false;
        view_text(item, STR("name"), i ? str_format(frame->r->arena, "check%zu", i + 1) : STR("check"));
        view_text(item, STR("before"), str_format(frame->r->arena, "%zu", frame->questions.count + i));
        view_text(item, STR("number"), str_format(frame->r->arena, "%zu", frame->questions.count + i + 1));
        view_text(item, STR("check"), checks.items[i]->text);
        view_text(item, STR("query"), query);
    }
    *count = checks.count;
    return true;
}

bool frame_preflight(Frame *frame, View *view)
{
    Arena *arena = frame->r->arena;
    const RenderOptions *options = frame->r->options;
    const Settings *settings = &frame->r->project->settings;
    bool is_sqlite = frame->r->dialect->id == DIALECT_SQLITE;
    size_t checks, asked = 0;
    // that another run holds the lock is so for a moment
    for (size_t i = 0; i < frame->questions.count; i++) {
        GuardQuestion q = frame->questions.items[i];
        if (q.kind == ASK_LOCK)
            continue;
        if (is_sqlite && !frame_text(frame, str_printable(arena, q.why), &q.why))
            return false;
        frame->questions.items[asked++] = q;
    }
    frame->questions.count = asked;
    if (!put_checks(frame, view, &checks))
        return false;
    // a check before which rows change can only be asked by the script
    Str summary = str_format(arena, "v=1 bundle=%.*s checks=%zu/%zu upgrade_sha256=%.*s from=%.*s to=%.*s",
                             STR_ARGS(options->bundle), checks, frame->checks, STR_ARGS(frame->run),
                             STR_ARGS(str_printable(arena, version_rows_text(arena, &frame->path->from, STR(",")))),
                             STR_ARGS(str_printable(arena, version_rows_text(arena, &frame->path->to, STR(",")))));
    if (!frame_literal(frame, summary, &summary))
        return false;
    view_text(view, STR("summary_literal"), summary);
    // SQLite's template has three answers of its own
    view_text(view, STR("asked"), str_format(arena, "%zu", asked + checks + (is_sqlite ? 3 : 0)));
    view_text(view, STR("client_name"),
              frame_is_generic(frame) ? STR("any client") : str_format(arena, "client %.*s", STR_ARGS(options->client)));
    view_bool(view, STR("sqlplus"), str_equal(options->client, STR("sqlplus")));
    view_bool(view, STR("sqlite3"), str_equal(options->client, STR("sqlite3")));
    view_bool(view, STR("at_base"), frame->path->from.count == 0);
    view_text(view, STR("stand_in"), sql_name(arena, frame->r->dialect, settings->version_table));
    return true;
}

void frame_tables(Frame *frame, TableNames *present, TableNames *absent)
{
    Arena *arena = frame->r->arena;
    const RenderedPath *rendered = frame->rendered;
    for (size_t i = 0; rendered && i < rendered->table_count; i++) {
        const Table *table = rendered->tables_at_from[i];
        TableName name = {table->schema, table->name};
        if (!table->prefixes.count)
            vec_push(arena, present, name);
    }
    for (size_t i = 0; rendered && frame->path->from_base && i < rendered->created_tables.count; i++) {
        Str full = rendered->created_tables.items[i];
        size_t dot = str_find_char(full, '.', 0);
        TableName name = {dot == SIZE_MAX ? STR_EMPTY : str_slice(full, 0, dot),
                          dot == SIZE_MAX ? full : str_slice(full, dot + 1, full.len)};
        vec_push(arena, absent, name);
    }
}

// One that is written by hand says the name: what it does with the table, nobody knows.
static bool is_said_by_hand(const RenderStep *step, Str name)
{
    for (size_t i = 0; i < step->statements.count; i++)
        if (step->statements.items[i].is_raw && frame_says(step->statements.items[i].text, name))
            return true;
    return false;
}

void frame_tables_of_run(Frame *frame, TableNames *present)
{
    Arena *arena = frame->r->arena;
    size_t done = 0;
    bool inside = false;
    for (size_t i = 0; i < frame->first; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++) {
            inside = !frame->sections.items[i].items.items[k].ends_step;
            done += !inside;
        }
    if (!frame->rendered || done == frame->path->steps.count)
        return;
    const RenderStep *step = &frame->rendered->steps[done];
    for (size_t i = 0; i < step->table_count; i++) {
        const Table *table = step->tables_before[i];
        bool goes = inside && (strlist_has(&step->gone, table_full_name(arena, table->schema, table->name)) ||
                               is_said_by_hand(step, table->name));
        if (!table->prefixes.count && !goes)
            vec_push(arena, present, ((TableName){table->schema, table->name}));
    }
}

void frame_altered(Frame *frame, TableNames *altered)
{
    Arena *arena = frame->r->arena;
    const RenderedPath *rendered = frame->rendered;
    for (size_t i = 0; rendered && i < rendered->table_count; i++) {
        const Table *table = rendered->tables_at_from[i];
        Str full = table_full_name(arena, table->schema, table->name);
        bool changes = false;
        for (size_t k = 0; k < frame->path->steps.count && !changes; k++)
            changes = strlist_has(&rendered->steps[k].altered, full);
        if (changes)
            vec_push(arena, altered, ((TableName){table->schema, table->name}));
    }
}

bool frame_says(Str text, Str name)
{
    for (size_t at = 0; (at = str_find(text, name, at)) != SIZE_MAX; at++) {
        size_t end = at + name.len;
        if ((!at || !is_word_byte(text.ptr[at - 1])) && (end == text.len || !is_word_byte(text.ptr[end])))
            return true;
    }
    return false;
}

bool frame_own_tables(Frame *frame, StrList *names)
{
    Arena *arena = frame->r->arena;
    const Settings *settings = &frame->r->project->settings;
    if (!frame->rendered || frame->path->from.count || settings->beside)
        return false;
    vec_push(arena, names, settings->version_table);
    vec_push(arena, names, STR("waybill_journal"));
    for (size_t i = 0; i < frame->rendered->table_count; i++)
        if (!frame->rendered->tables_at_from[i]->schema.len)
            vec_push(arena, names, frame->rendered->tables_at_from[i]->name);
    for (size_t i = 0; i < frame->r->before.count; i++)
        if (!strlist_has(names, frame->r->before.items[i]))
            vec_push(arena, names, frame->r->before.items[i]);
    // what it makes only where it is missing may be there
    for (size_t i = 0; i < frame->sections.count; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++) {
            const Statement *s = frame->sections.items[i].items.items[k].statement;
            bool drops = false;
            Str name = s ? sql_if_exists_name(arena, frame->r->dialect, s->text, &drops) : STR_EMPTY;
            if (name.len && !drops && sql_created_name(arena, frame->r->dialect, s->text).len)
                vec_push(arena, names, name);
        }
    return true;
}

static Str without_marks(Str line)
{
    line = str_trim(line);
    while (str_starts(line, STR("--")) || str_starts(line, STR("/*")))
        line = str_trim(str_slice(line, 2, line.len));
    if (str_ends(line, STR("*/")))
        line = str_trim(str_slice(line, 0, line.len - 2));
    return line;
}

Str frame_remark(Frame *frame, Str text)
{
    enum { LONGEST = 1000 };
    Arena *arena = frame->r->arena;
    Buf out = buf_open(arena);
    text = frame_ascii(frame, text);
    while (text.len) {
        Str line = str_printable(arena, without_marks(str_cut(&text, '\n')));
        // sqlcmd looks for its variables in comments too; SQL*Plus goes on after a "-" and ends a statement at a ";"
        line = str_replace(arena, line, STR("$("), STR("$ ("));
        if (line.len > LONGEST)
            for (line.len = LONGEST; ((unsigned char)line.ptr[line.len] & 0xc0) == 0x80;)
                line.len--;
        bool odd = line.len && strchr("-;", line.ptr[line.len - 1]);
        buf_addf(&out, "%s--%s%.*s%s", out.len ? "\n" : "", line.len ? " " : "", STR_ARGS(line), odd ? " ." : "");
    }
    return buf_str(&out);
}

void frame_plain_heading(Frame *frame, View *view)
{
    for (size_t i = 0; i < view->fields.count; i++) {
        Field *field = &view->fields.items[i];
        if (str_equal(field->name, STR("title")) || str_equal(field->name, STR("range"))) {
            Str line = frame_remark(frame, field->text);
            field->text = str_slice(line, line.len < 3 ? line.len : 3, line.len);   // the template writes "-- " itself
        }
    }
}

static bool first_beyond_ascii(Str text, uint32_t *code)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] > 0x7f)
            return utf8_decode(str_slice(text, i, text.len), code) > 0;
    return false;
}

bool frame_probe(const Frame *frame, uint32_t *code)
{
    for (size_t i = 0; i < frame->sections.count; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++) {
            const FrameItem *item = &frame->sections.items[i].items.items[k];
            bool comment = item->statement && item->statement->kind == STATEMENT_COMMENT;
            if ((item->statement && !comment && first_beyond_ascii(item->statement->text, code)) ||
                first_beyond_ascii(item->version, code))
                return true;
        }
    return false;
}

bool frame_misread(Frame *frame, const Statement *s, Str line, const char *what, const char *hint)
{
    Arena *arena = frame->r->arena;
    Str shown = str_printable(arena, str_slice(line, 0, line.len < 60 ? line.len : 60));
    Str client = frame->r->options->client;
    diag_error(frame->diag, s->at, "%.*s would %s: %.*s",
               STR_ARGS(str_equal(client, STR("generic")) ? STR("a client") : client), what, STR_ARGS(shown));
    diag_hint(frame->diag, "%s", hint);
    return false;
}
