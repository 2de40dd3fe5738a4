// What all frames share: sections, headings, labels, and the hash that a receipt names its script by.
#include "frame_int.h"

static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";

Str frame_label(Frame *frame, const StrList *rows)
{
    Arena *arena = frame->r->arena;
    Str joined = rows->count ? strlist_join(arena, rows, STR(",")) : STR("base");
    return str_replace(arena, str_printable(arena, joined), STR("'"), STR("''"));
}

bool frame_text(Frame *frame, Str text, Str *sql)
{
    return sql_text(frame->r->arena, frame->diag, frame->r->style, SPAN_NONE, text, sql);
}

bool frame_text_list(Frame *frame, const StrList *texts, Str *sql)
{
    Buf out = buf_open(frame->r->arena);
    for (size_t i = 0; i < texts->count; i++) {
        Str text;
        if (!frame_text(frame, texts->items[i], &text))
            return false;
        buf_addf(&out, "%s%.*s", i ? ", " : "", STR_ARGS(text));
    }
    *sql = buf_str(&out);
    return true;
}

void frame_heading(Frame *frame, View *view)
{
    Renderer *r = frame->r;
    Arena *arena = r->arena;
    const char *word = !frame->rendered ? "stamp" : frame->path->direction == DIRECTION_UP ? "upgrade" : "downgrade";
    Str from = frame->path->from.count ? strlist_join(arena, &frame->path->from, STR(", ")) : STR("base");
    Str to = frame->path->to.count ? strlist_join(arena, &frame->path->to, STR(", ")) : STR("base");
    size_t steps = frame->path->steps.count;
    Str server = str_format(arena, "%.*s %.*s", STR_ARGS(r->dialect->title), STR_ARGS(dialect_version_text(arena, r->dialect, r->style->minimum)));
    view_text(view, STR("title"), str_format(arena, "Waybill %s: %s of %.*s", WAYBILL_VERSION, word, STR_ARGS(str_printable(arena, r->project->settings.product))));
    view_text(view, STR("range"), str_printable(arena, steps ? str_format(arena, "From %.*s to %.*s, %zu revision%s.", STR_ARGS(from), STR_ARGS(to), steps, steps == 1 ? "" : "s")
                                                             : str_format(arena, "From %.*s to %.*s, version rows only.", STR_ARGS(from), STR_ARGS(to))));
    view_text(view, STR("server"), server);
    view_text(view, STR("client"), r->options->client);
    view_text(view, STR("minimum"), str_format(arena, "%d", r->style->minimum));
    view_text(view, STR("bundle"), r->options->bundle);
    view_text(view, STR("run"), frame->run);
    view_text(view, STR("script_sha256"), frame->own);
    view_text(view, STR("from_label"), frame_label(frame, &frame->path->from));
    view_text(view, STR("to_label"), frame_label(frame, &frame->path->to));
    view_text(view, STR("version_table_name"), version_table_name(r));
}

Str item_text(Frame *frame, const FrameItem *item)
{
    Buf out = buf_open(frame->r->arena);
    if (item->heading.len)
        buf_addf(&out, "\n%.*s", STR_ARGS(item->heading));
    Str text = item->version.len ? item->version : item->statement ? item->statement->text : STR_EMPTY;
    if (!text.len)
        return buf_str(&out);
    if (item->heading.len)
        buf_add_char(&out, '\n');
    if (item->statement && item->statement->warning.len)
        buf_addf(&out, "-- Note: %.*s.\n", STR_ARGS(item->statement->warning));
    if (item->statement && item->statement->kind == STATEMENT_COMMENT) {
        buf_add(&out, text);
        return buf_str(&out);
    }
    add_terminated(&out, text);
    while (out.len && out.ptr[out.len - 1] == '\n')
        out.len--;
    return buf_str(&out);
}

// ---- sections ----

static bool refuse(Frame *frame, const Statement *s, const char *what, const char *hint)
{
    diag_error(frame->diag, s->at, "a framed script cannot hold %s: %.*s", what, STR_ARGS(str_slice(s->text, 0, s->text.len < 60 ? s->text.len : 60)));
    diag_hint(frame->diag, "%s", hint);
    return false;
}

// Returns the label that ALTER TYPE ... ADD VALUE adds, quotes included, or empty.
static Str added_enum_value(Frame *frame, Str sql)
{
    if (!str_starts(sql, STR("ALTER")) && !str_starts(sql, STR("alter")) && sql.len && sql.ptr[0] != '-' && sql.ptr[0] != '/')
        return STR_EMPTY;   // most statements: not worth a closer look
    SqlHead head = sql_head(frame->r->dialect, sql);
    if (!sql_head_is(&head, 0, "ALTER") || !sql_head_is(&head, 1, "TYPE") || str_find(str_upper(frame->r->arena, sql), STR("ADD VALUE"), 0) == SIZE_MAX)
        return STR_EMPTY;
    size_t start = str_find_char(sql, '\'', 0);
    size_t end = start == SIZE_MAX ? SIZE_MAX : str_find_char(sql, '\'', start + 1);
    return end == SIZE_MAX ? STR_EMPTY : str_slice(sql, start, end + 1);
}

static Section *add_section(Frame *frame, bool transaction, const StrList *rows)
{
    Section section = {.transaction = transaction, .rows_before = *rows, .rows_after = *rows};
    vec_push(frame->r->arena, &frame->sections, section);
    return &frame->sections.items[frame->sections.count - 1];
}

static Str step_heading(Frame *frame, size_t index)
{
    const Step *step = &frame->path->steps.items[index];
    Arena *arena = frame->r->arena;
    Str message = step->revision->message;
    size_t line = str_find_char(message, '\n', 0);
    message = line == SIZE_MAX ? message : str_slice(message, 0, line);
    Str text = str_format(arena, "%zu/%zu %s %.*s: %.*s", index + 1, frame->path->steps.count,
                          frame->path->direction == DIRECTION_UP ? "upgrade" : "downgrade", STR_ARGS(step->revision->id), STR_ARGS(message));
    return str_format(arena, "-- %.*s", STR_ARGS(str_printable(arena, text)));
}

static bool check_statement(Frame *frame, const Statement *s)
{
    if (s->kind == STATEMENT_CONTROL)
        return refuse(frame, s, "a statement that touches its transaction or session", "Remove it, or run this revision's SQL by hand with --bare.");
    if (s->kind == STATEMENT_CLIENT)
        return refuse(frame, s, "a line that the client would take for its own command", "Write it as SQL.");
    return true;
}

static bool add_step(Frame *frame, size_t index, bool own_section)
{
    Arena *arena = frame->r->arena;
    const Step *step = &frame->path->steps.items[index];
    const StatementList *statements = &frame->rendered->steps[index].statements;
    bool sections = frame->r->dialect->id == DIALECT_POSTGRESQL;   // SQLite has one transaction and nothing outside it
    Section *now = frame->sections.count && !own_section ? &frame->sections.items[frame->sections.count - 1] : NULL;
    if (!now || !now->transaction)
        now = add_section(frame, true, &step->rows_before);
    FrameItem heading = {.heading = step_heading(frame, index)};
    StrList fresh_values = {0};   // enum values added in the open transaction
    bool raw_outside = false, alone = false;
    for (size_t i = 0; i < statements->count; i++) {
        const Statement *s = &statements->items[i];
        if (s->kind == STATEMENT_COMMIT || s->kind == STATEMENT_BEGIN) {
            raw_outside = s->kind == STATEMENT_COMMIT;
            continue;
        }
        if (!check_statement(frame, s))
            return false;
        bool outside = sections && s->must_run_outside;
        if (!sections && s->must_run_outside)
            return refuse(frame, s, "what cannot run in a transaction", "Run it by hand, outside the script.");
        bool uses_fresh = false;
        for (size_t k = 0; k < fresh_values.count; k++)
            uses_fresh |= str_find(s->text, fresh_values.items[k], 0) != SIZE_MAX;
        // what an autocommit block holds becomes a transaction of its own where it may
        bool cut = sections && (outside || uses_fresh || s->outside_transaction || raw_outside || alone);
        if (cut && (now->items.count || outside || !now->transaction)) {
            if (now->items.count == 0 && now->transaction)
                now->transaction = !outside;
            else
                now = add_section(frame, !outside, &now->rows_after);
            fresh_values = (StrList){0};
        }
        alone = sections && (outside || s->outside_transaction || raw_outside);
        if (outside)
            now->outside = s;
        Str value = sections && !outside ? added_enum_value(frame, s->text) : STR_EMPTY;
        if (value.len)
            vec_push(arena, &fresh_values, value);
        FrameItem item = {.statement = s, .heading = heading.heading};
        heading.heading = STR_EMPTY;
        vec_push(arena, &now->items, item);
    }
    if (alone)
        now = add_section(frame, true, &now->rows_after);
    if (heading.heading.len)
        vec_push(arena, &now->items, heading);
    StrList versions = {0};
    Writing w = {.r = frame->r, .arena = arena, .diag = frame->diag};
    if (!version_statements(&w, &step->version, &versions))
        return false;
    for (size_t i = 0; i < versions.count; i++) {
        FrameItem item = {.version = versions.items[i]};
        vec_push(arena, &now->items, item);
    }
    now->rows_after = step->rows_after;
    now->moves_rows = true;
    return true;
}

bool frame_sections(Frame *frame)
{
    bool done = true, each = frame->r->options->transaction_per_step;
    for (size_t i = 0; i < frame->path->steps.count; i++)
        done &= add_step(frame, i, each && i > 0);
    return done;
}

// ---- whole scripts ----

static bool framed_text(Frame *frame, Str *script)
{
    return frame->r->dialect->id == DIALECT_POSTGRESQL ? frame_postgresql(frame, script) : frame_sqlite(frame, script);
}

static void put_digits(Str script, Str from, const uint8_t hash[32])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t at = 0; (at = str_find(script, from, at)) != SIZE_MAX; at += 64)
        for (size_t i = 0; i < 32; i++) {
            ((char *)(uintptr_t)script.ptr)[at + 2 * i] = digits[hash[i] >> 4];
            ((char *)(uintptr_t)script.ptr)[at + 2 * i + 1] = digits[hash[i] & 15];
        }
}

// The receipt names the script by the hash of the file with these digits as zeros.
static void seal(Frame *frame, Str *script)
{
    uint8_t hash[32];
    sha256(*script, hash);
    *script = str_copy(frame->r->arena, *script);
    put_digits(*script, frame->own, hash);
}

static bool whole_script(Frame *frame, Str *script)
{
    frame->run = frame->own = (Str){zeros, 64};
    if (!framed_text(frame, script))
        return false;
    seal(frame, script);
    return true;
}

// Sections K and later, of the run that the whole script is known by.
static bool partial_script(Frame *frame, int from_section, Str *script)
{
    Str whole;
    if (from_section < 1 || (size_t)from_section > frame->sections.count) {
        diag_error(frame->diag, SPAN_NONE, "there is no section %d: the script has %zu", from_section, frame->sections.count);
        return false;
    }
    if (!whole_script(frame, &whole))
        return false;
    char *run = arena_alloc(frame->r->arena, 65);
    // the whole script's own digits stand in its receipt
    size_t at = str_find(whole, STR("script_sha256="), 0);
    memcpy(run, whole.ptr + at + strlen("script_sha256="), 64);
    frame->run = (Str){run, 64};
    frame->first = (size_t)from_section - 1;
    if (!framed_text(frame, script))
        return false;
    seal(frame, script);
    return true;
}

bool framed_script(Renderer *r, Diag *diag, RenderedPath *rendered, Str *script)
{
    Frame frame = {.r = r, .diag = diag, .rendered = rendered, .path = rendered->path};
    if (!frame_sections(&frame))
        return false;
    rendered->sections = frame.sections.count;
    return r->options->from_section ? partial_script(&frame, r->options->from_section, script) : whole_script(&frame, script);
}

bool framed_stamp(Renderer *r, Diag *diag, const Path *path, const VersionChangeList *changes, Str *script)
{
    Frame frame = {.r = r, .diag = diag, .path = path};
    Writing w = {.r = r, .arena = r->arena, .diag = diag};
    Section *section = add_section(&frame, true, &path->from);
    for (size_t i = 0; i < changes->count; i++) {
        StrList texts = {0};
        if (!version_statements(&w, &changes->items[i], &texts))
            return false;
        for (size_t k = 0; k < texts.count; k++) {
            FrameItem item = {.version = texts.items[k]};
            vec_push(r->arena, &section->items, item);
        }
    }
    section->rows_after = path->to;
    section->moves_rows = true;
    return whole_script(&frame, script);
}
