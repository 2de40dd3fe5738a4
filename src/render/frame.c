// What all frames share: sections, headings, labels, and the hash that a receipt names its script by.
#include "frame_int.h"

bool frame_fits_block(Frame *frame, Span at, Str text)
{
    if (frame->r->dialect->id != DIALECT_POSTGRESQL || str_find(text, STR("$wb"), 0) == SIZE_MAX)
        return true;
    diag_error(frame->diag, at, "a framed script cannot hold \"$wb\" here: it could end one of the script's own blocks");
    diag_hint(frame->diag, "Rename it, or run this revision's SQL by hand with --bare.");
    return false;
}

bool frame_text(Frame *frame, Str text, Str *sql)
{
    return frame_fits_block(frame, SPAN_NONE, text) &&
           sql_text(frame->r->arena, frame->diag, frame->r->style, SPAN_NONE, text, sql);
}

bool frame_text_list(Frame *frame, const StrList *texts, Str *sql)
{
    for (size_t i = 0; i < texts->count; i++)
        if (!frame_fits_block(frame, SPAN_NONE, texts->items[i]))
            return false;
    return sql_text_list(frame->r->arena, frame->diag, frame->r->style, SPAN_NONE, texts, sql);
}

Str frame_receipt(Frame *frame)
{
    Arena *arena = frame->r->arena;
    Str from = str_printable(arena, version_rows_text(arena, &frame->path->from, STR(",")));
    Str to = str_printable(arena, version_rows_text(arena, &frame->path->to, STR(",")));
    return str_format(arena,
                      "[WAYBILL-RECEIPT] v=2 bundle=%.*s script_sha256=%.*s release=- fingerprint=- checks=%zu from=%.*s "
                      "to=%.*s",
                      STR_ARGS(frame->r->options->bundle), STR_ARGS(frame->own), frame->checks,
                      STR_ARGS(str_replace(arena, from, STR(" "), STR("%20"))),
                      STR_ARGS(str_replace(arena, to, STR(" "), STR("%20"))));
}

bool frame_is_psql(const Frame *frame)
{
    return str_equal(frame->r->options->client, STR("psql"));
}

bool frame_is_generic(const Frame *frame)
{
    return str_equal(frame->r->options->client, STR("generic"));
}

void frame_heading(Frame *frame, View *view)
{
    Renderer *r = frame->r;
    Arena *arena = r->arena;
    const char *word = frame->is_preflight                      ? "preflight"
                       : frame->is_abandon                      ? "abandon"
                       : !frame->rendered                       ? "stamp"
                       : frame->path->direction == DIRECTION_UP ? "upgrade"
                                                                : "downgrade";
    Str from = version_rows_text(arena, &frame->path->from, STR(", "));
    Str to = version_rows_text(arena, &frame->path->to, STR(", "));
    size_t steps = frame->path->steps.count;
    Str server = str_format(arena, "%.*s %.*s", STR_ARGS(r->dialect->title),
                            STR_ARGS(dialect_version_text(arena, r->dialect, r->style->minimum)));
    // a preflight has no receipt to say which bundle it is of
    bool names_bundle = frame->is_preflight && !str_equal(r->options->bundle, STR("-"));
    view_text(view, STR("title"),
              frame_plain(frame, str_format(arena, "Waybill %s: %s %s %.*s", WAYBILL_VERSION, word,
                                            names_bundle ? "for bundle" : "of",
                                            STR_ARGS(names_bundle ? r->options->bundle
                                                                  : str_printable(arena, r->project->settings.product)))));
    view_text(view, STR("range"),
              frame_plain(frame,
                          str_printable(arena, steps ? str_format(arena, "From %.*s to %.*s, %zu revision%s.",
                                                                  STR_ARGS(from), STR_ARGS(to), steps, steps == 1 ? "" : "s")
                                                     : str_format(arena, "From %.*s to %.*s, version rows only.",
                                                                  STR_ARGS(from), STR_ARGS(to)))));
    view_text(view, STR("server"), server);
    view_text(view, STR("client"), r->options->client);
    view_text(view, STR("failure"), frame_failure(frame));
    view_text(view, STR("minimum"), str_format(arena, "%d", r->style->minimum));
    view_text(view, STR("run"), frame->run);
    view_text(view, STR("token"), frame->token);
    view_text(view, STR("version_table_name"), version_table_name(r));
}

bool frame_version_table(Frame *frame, Str *text)
{
    Writing w = {.r = frame->r, .arena = frame->r->arena, .diag = frame->diag};
    *text = STR_EMPTY;
    if (frame->path->from.count)
        return true;
    if (!version_table_text(&w, text))
        return false;
    *text = str_replace(frame->r->arena, *text, STR("CREATE TABLE "), STR("CREATE TABLE IF NOT EXISTS "));
    return true;
}

Str frame_note(Frame *frame, const Statement *s)
{
    Arena *arena = frame->r->arena;
    if (!s || !s->warning.len)
        return STR_EMPTY;
    return str_format(arena, "-- %.*s\n",
                      STR_ARGS(frame_plain(frame, str_format(arena, "Note: %.*s.", STR_ARGS(s->warning)))));
}

Str item_text(Frame *frame, const FrameItem *item)
{
    return item_text_ended(frame, item, frame->r->dialect->terminator);
}

Str item_text_ended(Frame *frame, const FrameItem *item, const char *terminator)
{
    Buf out = buf_open(frame->r->arena);
    if (item->heading.len)
        buf_addf(&out, "\n%.*s", STR_ARGS(item->heading));
    Str text = item->version.len ? item->version : item->statement ? item->statement->text : STR_EMPTY;
    if (!text.len)
        return buf_str(&out);
    if (item->heading.len)
        buf_add_char(&out, '\n');
    buf_add(&out, frame_note(frame, item->statement));
    if (item->statement && item->statement->kind == STATEMENT_COMMENT) {
        buf_add(&out, text);
        return buf_str(&out);
    }
    add_ended(&out, text, terminator);
    while (out.len && out.ptr[out.len - 1] == '\n')
        out.len--;
    return buf_str(&out);
}

// ---- sections ----

bool frame_refuse(Frame *frame, const Statement *s, const char *what, const char *hint)
{
    diag_error(frame->diag, s->at, "a framed script cannot hold %s: %.*s", what,
               STR_ARGS(str_printable(frame->r->arena, str_slice(s->text, 0, s->text.len < 60 ? s->text.len : 60))));
    diag_hint(frame->diag, "%s", hint);
    return false;
}

// Before version 17, PostgreSQL takes a value added to an enum only after a commit, even when the type is new as well.
static bool uses_fresh_value(const Frame *frame, Str sql)
{
    for (size_t i = 0; i < frame->fresh_values.count; i++)
        if (str_find(sql, frame->fresh_values.items[i], 0) != SIZE_MAX)
            return true;
    return false;
}

static Section *add_section(Frame *frame, bool transaction, const StrList *rows)
{
    Section section = {.transaction = transaction, .rows_before = *rows, .rows_after = *rows};
    vec_push(frame->r->arena, &frame->sections, section);
    frame->fresh_values = (StrList){0};
    return &frame->sections.items[frame->sections.count - 1];
}

static Str step_heading(Frame *frame, size_t index)
{
    const Step *step = &frame->path->steps.items[index];
    Arena *arena = frame->r->arena;
    Str message = step->revision->message;
    size_t line = str_find_char(message, '\n', 0);
    message = line == SIZE_MAX ? message : str_slice(message, 0, line);
    Str text = str_format(arena, "%zu/%zu %s %.*s%s%.*s", index + 1, frame->path->steps.count,
                          frame->path->direction == DIRECTION_UP ? "upgrade" : "downgrade", STR_ARGS(step->revision->id),
                          message.len ? ": " : "", STR_ARGS(message));
    return str_format(arena, "-- %.*s", STR_ARGS(frame_plain(frame, str_printable(arena, text))));
}

static bool check_statement(Frame *frame, const Statement *s)
{
    if (s->kind == STATEMENT_CONTROL && s->touches.len) {
        Str what = str_format(frame->r->arena, "a statement that changes what the script rests on, %.*s",
                              STR_ARGS(str_printable(frame->r->arena, s->touches)));
        return frame_refuse(frame, s, str_cstr(frame->r->arena, what),
                            "Remove it, or run this revision's SQL by hand with --bare.");
    }
    if (s->kind == STATEMENT_CONTROL)
        return frame_refuse(frame, s, "a statement that touches its transaction or session",
                            "Remove it, or run this revision's SQL by hand with --bare.");
    if (s->kind == STATEMENT_CLIENT)
        return frame_refuse(frame, s, "a line that the client would take for its own command", "Write it as SQL.");
    size_t at;
    Str reach = sql_reaches_host(frame->r->arena, frame->r->dialect, s->text, &at);
    if (reach.len) {
        Str what = str_format(frame->r->arena, "what reaches the files, programs or settings of the server's host, \"%.*s\"",
                              STR_ARGS(str_printable(frame->r->arena, reach)));
        return frame_refuse(frame, s, str_cstr(frame->r->arena, what), "Run it by hand, outside the script.");
    }
    if (s->no_check)
        return frame_refuse(frame, s, s->no_check,
                            "Count the rows in the revision, SELECT count(*) ..., or write an override for it.");
    return true;
}

// What SQLite's frame does for the whole script: foreign keys are off, and on again behind it. To switch them on before
// anything that they could act on is another matter.
static bool is_done_by_frame(Frame *frame, const StatementList *statements, size_t at, bool *on)
{
    Arena *arena = frame->r->arena;
    const Dialect *dialect = frame->r->dialect;
    bool same;
    if (!sql_switches_foreign_keys(arena, dialect, statements->items[at].text, on))
        return false;
    for (size_t i = at + 1; *on && i < statements->count; i++) {
        const Statement *s = &statements->items[i];
        if (s->kind != STATEMENT_COMMENT && !sql_switches_foreign_keys(arena, dialect, s->text, &same))
            return false;
    }
    return true;
}

FrameItem frame_comment(const Frame *frame, Str text, Span at, Str heading)
{
    Statement *comment = arena_new(frame->r->arena, Statement);
    *comment = (Statement){.text = text, .kind = STATEMENT_COMMENT, .at = at};
    return (FrameItem){.statement = comment, .heading = heading};
}

static void add_comment(Frame *frame, Section *section, Str text, Span at, FrameItem *heading)
{
    vec_push(frame->r->arena, &section->items, frame_comment(frame, frame_ascii(frame, text), at, heading->heading));
    heading->heading = STR_EMPTY;
}

// What is asked in a query's place, where a check needs more than the query.
static const Statement *asked(Frame *frame, const Statement *s)
{
    if (!s->check.len)
        return s;
    Statement *check = arena_new(frame->r->arena, Statement);
    *check = *s;
    check->text = s->check;
    return check;
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
    bool raw_outside = false, alone = false;
    for (size_t i = 0; i < statements->count; i++) {
        const Statement *s = &statements->items[i];
        bool on;
        if (is_done_by_frame(frame, statements, i, &on)) {
            add_comment(frame, now,
                        on ? STR("-- Foreign keys are switched on behind the script, not here.")
                           : STR("-- Foreign keys are off for the whole script, not from here on."),
                        s->at, &heading);
            continue;
        }
        // what touches the session is said first: a client's word in it is the lesser reason
        if (!check_statement(frame, s) || !(s = frame_safe(frame, s)))
            return false;
        if (s->kind == STATEMENT_COMMIT || s->kind == STATEMENT_BEGIN) {
            raw_outside = s->kind == STATEMENT_COMMIT;
            continue;
        }
        bool outside = sections && s->must_run_outside;
        // where DDL commits itself, there is no transaction that a statement could be refused in
        if (!sections && s->must_run_outside && frame->r->dialect->has_transactional_ddl)
            return frame_refuse(frame, s, "what cannot run in a transaction", "Run it by hand, outside the script.");
        // what an autocommit block holds becomes a transaction of its own where it may
        Str label = sections ? sql_added_enum_value(arena, frame->r->dialect, s->text) : STR_EMPTY;
        bool waits = !label.len && uses_fresh_value(frame, s->text);
        bool cut = sections && (outside || waits || s->outside_transaction || raw_outside || alone);
        if (cut && (now->items.count || outside || !now->transaction)) {
            if (now->items.count == 0 && now->transaction)
                now->transaction = !outside;
            else
                now = add_section(frame, !outside, &now->rows_after);
        }
        alone = sections && (outside || s->outside_transaction || raw_outside);
        if (outside)
            now->outside = s;
        else if (label.len)
            vec_push(arena, &frame->fresh_values, label);
        if (s->remark.len)
            add_comment(frame, now, s->remark, s->at, &heading);
        frame->checks += s->expects_zero;
        FrameItem item = {.statement = asked(frame, s), .heading = heading.heading};
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
    now->items.items[now->items.count - 1].ends_step = true;
    now->rows_after = step->rows_after;
    now->moves_rows = true;
    return true;
}

bool frame_sections(Frame *frame)
{
    // Oracle commits with every DDL: each of its revisions stands for itself
    bool done = true, each = frame->r->options->transaction_per_step || frame->r->dialect->id == DIALECT_ORACLE;
    for (size_t i = 0; i < frame->path->steps.count; i++)
        done &= add_step(frame, i, each && i > 0);
    return done && frame_recount(frame);
}

// ---- whole scripts ----

// One row for each client: its template, and what fills it.
typedef struct FrameForm {
    DialectId dialect;
    const char *client;   // NULL: any of the dialect's
    const char *script;   // templates/DIALECT/SCRIPT.sql
    bool (*guard)(Frame *frame, View *view);
    bool (*steps)(Frame *frame, View *view);
    const char *goes_on;   // how a script that stopped is gone on with, where it has no sections; NULL: it has
    // Notes of the script, written without asking, which characters the database must have; NULL: any will do.
    void (*find_characters)(Frame *frame, Str script);
} FrameForm;

#define FROM_ITS_ROW "The version row says how far it came: mend what failed and render the range from there."
#define AS_A_WHOLE                                                                                                          \
    "It is undone as a whole; with transaction = step the version row says how far it came: render the range from there."

static const FrameForm forms[] = {
    {DIALECT_POSTGRESQL, "psql", "script.psql", postgresql_guard, postgresql_steps, NULL, postgresql_find_characters},
    {DIALECT_POSTGRESQL, "generic", "script.generic", postgresql_guard, postgresql_steps, NULL, postgresql_find_characters},
    {DIALECT_MYSQL, NULL, "script", mysql_guard, mysql_steps, FROM_ITS_ROW, NULL},
    {DIALECT_MARIADB, NULL, "script", mysql_guard, mysql_steps, FROM_ITS_ROW, NULL},
    {DIALECT_SQLITE, "sqlite3", "script.sqlite3", sqlite_guard, sqlite_steps, AS_A_WHOLE, NULL},
    {DIALECT_SQLITE, "generic", "script.generic", sqlite_guard, sqlite_generic_steps, AS_A_WHOLE, NULL},
    {DIALECT_ORACLE, "sqlplus", "script.sqlplus", oracle_guard, oracle_steps, FROM_ITS_ROW, NULL},
    {DIALECT_ORACLE, "generic", "script.generic", oracle_guard, oracle_steps, FROM_ITS_ROW, NULL},
    {DIALECT_MSSQL, NULL, "script", mssql_guard, mssql_steps, AS_A_WHOLE, NULL},
};

static const FrameForm *form_of(const Frame *frame)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (forms[i].dialect == frame->r->dialect->id &&
            (!forms[i].client || str_equal(frame->r->options->client, str_from(forms[i].client))))
            return &forms[i];
    return NULL;
}

bool frame_has_digits(Str text, size_t at, size_t count)
{
    if (at + count > text.len)
        return false;
    for (size_t i = at; i < at + count; i++)
        if (!text.ptr[i] || !strchr("0123456789abcdef", text.ptr[i]))
            return false;
    return true;
}

Str frame_hex(Arena *arena, const uint8_t hash[32])
{
    Buf digits = buf_open(arena);
    buf_add_hex(&digits, (Str){(const char *)hash, 32});
    return buf_str(&digits);
}

static bool is_said(const Frame *frame, Str text)
{
    for (size_t i = 0; i < frame->sections.count; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++) {
            const FrameItem *item = &frame->sections.items[i].items.items[k];
            if ((item->statement && str_find(item->statement->text, text, 0) != SIZE_MAX) ||
                str_find(item->heading, text, 0) != SIZE_MAX || str_find(item->version, text, 0) != SIZE_MAX)
                return true;
        }
    return false;
}

// 64 digits that stand for others until those are known: any will do that no revision says.
static Str mark_for(const Frame *frame, const char *what)
{
    for (unsigned n = 0;; n++) {
        uint8_t hash[32];
        sha256(str_format(frame->r->arena, "%s %u", what, n), hash);
        Str mark = frame_hex(frame->r->arena, hash);
        if (!is_said(frame, mark))
            return mark;
    }
}

// The script or the preflight, with the characters asked for that are known by now.
static bool written(Frame *frame, Str *script)
{
    const FrameForm *form = form_of(frame);
    Writing w = {.r = frame->r, .arena = frame->r->arena, .diag = frame->diag};
    View *view = view_new(frame->r->arena);
    frame->questions.count = 0;
    frame->at = 0;
    frame_heading(frame, view);
    if (!form->guard(frame, view) || !(frame->is_preflight ? frame_preflight(frame, view) : form->steps(frame, view)))
        return false;
    frame_put_questions(frame, view);
    return fill(&w, frame->is_preflight ? "preflight" : form->script, view, script);
}

// The same, with what is found of the characters. A preflight asks for those of the script that it is of.
static bool written_asking(Frame *frame, Str *script)
{
    bool is_preflight = frame->is_preflight;
    frame->sent = frame->numbered = map_open(frame->r->arena);
    frame->is_preflight = false;
    bool done = written(frame, script);
    frame->is_preflight = is_preflight;
    if (!done)
        return false;
    form_of(frame)->find_characters(frame, *script);
    bool asks = map_size(&frame->sent) || map_size(&frame->numbered);
    return (!asks && !is_preflight) || written(frame, script);
}

bool framed_text(Frame *frame, Str *script)
{
    const FrameForm *form = form_of(frame);
    frame->seal = mark_for(frame, "seal");
    if (frame->r->options->from_section && form->goes_on) {
        diag_error(frame->diag, SPAN_NONE, "scripts for %.*s have no sections to go on from",
                   STR_ARGS(frame->r->dialect->title));
        diag_hint(frame->diag, "%s", form->goes_on);
        return false;
    }
    if (!(form->find_characters ? written_asking : written)(frame, script))
        return false;
    *script = frame_sealed(frame, str_format(frame->r->arena, "%.*s\n", STR_ARGS(*script)));
    return true;
}

// Of the bundle, the rows and each statement: a script that does something else has another.
static Str content_token(const Frame *frame)
{
    enum { TOKEN_BYTES = 10 };
    Arena *arena = frame->r->arena;
    Buf digits = buf_open(arena);
    Sha256 *all = sha256_open(arena);
    uint8_t hash[32];
    sha256_add(all, str_format(arena, "%.*s %.*s %.*s\n", STR_ARGS(frame->r->options->bundle),
                               STR_ARGS(version_rows_text(arena, &frame->path->from, STR(","))),
                               STR_ARGS(version_rows_text(arena, &frame->path->to, STR(",")))));
    for (size_t i = 0; i < frame->sections.count; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++) {
            const FrameItem *item = &frame->sections.items[i].items.items[k];
            sha256_add(all, item->statement ? item->statement->text : item->version);
            sha256_add(all, STR("\n"));
        }
    sha256_end(all, hash);
    buf_add_hex(&digits, (Str){(const char *)hash, TOKEN_BYTES});
    return buf_str(&digits);
}

// A receipt names its script by the hash of the file with the hash's own digits as zeros.
static bool sealed_text(Frame *frame, Str *script, Str *digits)
{
    static const uint8_t zeros[32] = {0};
    Arena *arena = frame->r->arena;
    uint8_t hash[32];
    Str text;
    if (!framed_text(frame, &text) || !frame_check_script(frame, text))
        return false;
    sha256(str_replace(arena, text, frame->own, frame_hex(arena, zeros)), hash);
    *digits = frame_hex(arena, hash);
    *script = str_replace(arena, text, frame->own, *digits);
    return true;
}

static bool whole_script(Frame *frame, Str *script, Str *digits)
{
    frame->run = frame->own = mark_for(frame, "mark");
    return sealed_text(frame, script, digits);
}

// Sections K and later, of the run that the whole script is known by.
static bool partial_script(Frame *frame, int from_section, Str run, Str *script)
{
    if (from_section < 1 || (size_t)from_section > frame->sections.count)
        return diag_error(frame->diag, SPAN_NONE, "there is no section %d: the script has %zu", from_section,
                          frame->sections.count);
    Str digits;
    frame->run = run;
    frame->own = mark_for(frame, "mark");
    frame->first = frame->done = (size_t)from_section - 1;
    return sealed_text(frame, script, &digits);
}

bool framed_script(Renderer *r, Diag *diag, RenderedPath *rendered, Str *script)
{
    Frame frame = {.r = r, .diag = diag, .rendered = rendered, .path = rendered->path};
    if (!frame_sections(&frame))
        return false;
    rendered->sections = frame.sections.count;
    frame.has_journal = frame.sections.count > 1;
    DroppedList dropped = {0};
    StrList names = {0};
    frame_dropped(&frame, &dropped);
    for (size_t i = 0; i < dropped.count; i++) {
        Str name = dropped.items[i].at_start.name, schema = dropped.items[i].at_start.schema;
        vec_push(r->arena, &names, name.len ? name : str_format(r->arena, "all of %.*s", STR_ARGS(schema)));
    }
    rendered->dropped = strlist_join(r->arena, &names, STR(", "));
    frame.token = content_token(&frame);
    int from = r->options->from_section;
    if ((!from || !rendered->run.len) && !whole_script(&frame, script, &rendered->run))
        return false;
    Str run = rendered->run;
    if (from && r->options->resume_of.len && !frame_resume(&frame, &run))
        return false;
    return !from || partial_script(&frame, from, run, script);
}

bool framed_preflight(Renderer *r, Diag *diag, RenderedPath *rendered, Str *script)
{
    Frame frame = {.r = r, .diag = diag, .rendered = rendered, .path = rendered->path, .is_preflight = true};
    if (!frame_sections(&frame))
        return false;
    frame.token = content_token(&frame);
    frame.run = rendered->run;
    frame.has_journal = frame.sections.count > 1;
    return framed_text(&frame, script) && frame_check_script(&frame, *script);
}

bool framed_abandon(Renderer *r, Diag *diag, RenderedPath *rendered, Str run, size_t done, const Statement *stopped,
                    Str *script)
{
    Frame frame = {.r = r,
                   .diag = diag,
                   .rendered = rendered,
                   .path = rendered->path,
                   .is_abandon = true,
                   .stopped = stopped,
                   .has_journal = true,
                   .done = done,
                   .run = run};
    Str digits;
    if (!frame_sections(&frame))
        return false;
    if (frame.sections.count > 1)
        return diag_error(diag, SPAN_NONE, "what is done cannot be undone in one transaction");
    frame.own = mark_for(&frame, "mark");
    frame.token = content_token(&frame);
    return sealed_text(&frame, script, &digits);
}

bool framed_stop(Renderer *r, Diag *diag, const RenderedPath *rendered, size_t section, Stop *stop)
{
    Frame frame = {.r = r, .diag = diag, .rendered = rendered, .path = rendered->path};
    *stop = (Stop){0};
    if (!frame_sections(&frame) || section < 2 || section > frame.sections.count)
        return false;
    for (size_t i = 0; i + 1 < section; i++)
        for (size_t k = 0; k < frame.sections.items[i].items.count; k++) {
            const FrameItem *item = &frame.sections.items[i].items.items[k];
            if (item->statement && item->statement->ops > stop->ops)
                stop->ops = item->statement->ops;
            if (item->ends_step) {
                stop->steps++;
                stop->ops = 0;
            }
        }
    stop->rows = frame.sections.items[section - 1].rows_before;
    stop->outside = frame.sections.items[section - 1].outside;
    return true;
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
    section->items.items[section->items.count - 1].ends_step = true;
    section->rows_after = path->to;
    section->moves_rows = true;
    Str digits;
    frame.token = content_token(&frame);
    return whole_script(&frame, script, &digits);
}
