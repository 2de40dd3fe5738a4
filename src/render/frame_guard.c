// What frames share: the tables their guards ask for; of Oracle's and SQL Server's, comments that no
// client misreads, the character that shows a wrong encoding.
#include "frame_int.h"

static const char *const kinds[ASK_KINDS] = {
    [ASK_VERSION] = "version",   [ASK_SETTINGS] = "settings",   [ASK_ENCODING] = "encoding", [ASK_DATABASE] = "database",
    [ASK_WRITABLE] = "writable", [ASK_TEMPORARY] = "temporary", [ASK_LOCK] = "lock",         [ASK_RUN] = "run",
    [ASK_TABLE] = "table",       [ASK_DONE] = "done",           [ASK_ROWS] = "revision",     [ASK_BESIDE] = "beside",
    [ASK_PRESENT] = "tables",    [ASK_ABSENT] = "created",      [ASK_SHAPE] = "shape",       [ASK_PRIVILEGES] = "privileges",
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
    enum { LINE_BYTES = 120, AROUND_BYTES = 27 };
    view_list(view, STR("questions"));
    for (size_t i = 0; i < frame->questions.count; i++) {
        const GuardQuestion *q = &frame->questions.items[i];
        View *item = view_item(view, STR("questions"));
        bool fits = q->condition.len + q->why.len + AROUND_BYTES <= LINE_BYTES;
        view_text(item, STR("name"), q->name);
        view_text(item, STR("condition"), q->condition);
        view_text(item, STR("why"), q->why);
        view_text(item, STR("break"), fits ? STR(" ") : STR("\n    "));
        view_bool(item, STR("done"), q->kind == ASK_DONE);
        view_bool(item, STR("of_shape"), q->kind == ASK_SHAPE);
    }
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
