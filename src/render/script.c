// Bare scripts: what `alembic upgrade --sql` prints, transaction lines, version table and version statements included.
#include "render_int.h"

Str version_table_name(Renderer *r)
{
    const Settings *s = &r->project->settings;
    return sql_qualified(r->arena, r->dialect, s->version_table_schema, s->version_table);
}

static Writing writing(Renderer *r, Diag *diag)
{
    return (Writing){.r = r, .arena = r->arena, .diag = diag};
}

bool version_table_text(Writing *w, Str *text)
{
    const Settings *s = &w->r->project->settings;
    View *view = view_new(w->arena);
    view_text(view, STR("table"), version_table_name(w->r));
    view_text(view, STR("length"), str_format(w->arena, "%zu", s->version_num_length));
    view_optional(view, STR("primary_key"),
                  s->version_table_pk ? name_of(w, str_format(w->arena, "%.*s_pkc", STR_ARGS(s->version_table)))
                                      : STR_EMPTY);
    return fill(w, "version_table", view, text);
}

// Whether some revision deals with the version table's column itself: then the chain knows how much it holds.
static bool is_changed_by_chain(const Renderer *r)
{
    const RevisionList *all = &r->project->graph.revisions;
    for (size_t i = 0; i < all->count; i++)
        if (str_find(all->items[i]->source->text, STR("version_num"), 0) != SIZE_MAX)
            return true;
    return false;
}

bool version_id_fits(Renderer *r, Diag *diag, const Revision *revision)
{
    static const size_t usual[] = {64, 128, 255};
    const Settings *s = &r->project->settings;
    size_t length = utf8_length(revision->id), wanted = length;
    // SQLite holds whatever it is given
    if (length <= s->version_num_length || r->dialect->id == DIALECT_SQLITE || is_changed_by_chain(r))
        return true;
    for (size_t i = sizeof usual / sizeof *usual; i-- > 0;)
        wanted = length <= usual[i] ? usual[i] : wanted;
    diag_error(diag, revision->id_at,
               "the id of revision \"%.*s\" has %zu characters, and version_num of table \"%.*s\" holds %zu",
               STR_ARGS(revision->id), length, STR_ARGS(s->version_table), s->version_num_length);
    diag_hint(diag,
              "Shorten it; or, where the table is or will be made wider, say so in [waybill]: version_num_length = %zu",
              wanted);
    return false;
}

static bool version_statement(Writing *w, const char *name, Str old, Str new, StrList *texts)
{
    View *view = view_new(w->arena);
    Str old_text, new_text, text;
    if (!sql_text(w->arena, w->diag, w->r->style, SPAN_NONE, old, &old_text) ||
        !sql_text(w->arena, w->diag, w->r->style, SPAN_NONE, new, &new_text))
        return false;
    view_text(view, STR("table"), version_table_name(w->r));
    view_text(view, STR("old"), old_text);
    view_text(view, STR("new"), new_text);
    if (!fill(w, name, view, &text))
        return false;
    vec_push(w->arena, texts, text);
    return true;
}

bool version_statements(Writing *w, const VersionChange *change, StrList *texts)
{
    for (size_t i = 0; i < change->deleted.count; i++)
        if (!version_statement(w, "version_delete", change->deleted.items[i], STR_EMPTY, texts))
            return false;
    for (size_t i = 0; i < change->inserted.count; i++)
        if (!version_statement(w, "version_insert", STR_EMPTY, change->inserted.items[i], texts))
            return false;
    return !change->updated_from.len ||
           version_statement(w, "version_update", change->updated_from, change->updated_to, texts);
}

void add_terminated(const Dialect *dialect, Buf *out, Str text)
{
    add_ended(out, text, dialect->terminator);
}

void add_ended(Buf *out, Str text, const char *terminator)
{
    buf_add(out, text);
    // a comment on the last line would swallow the terminator
    size_t line = text.len;
    while (line && text.ptr[line - 1] != '\n')
        line--;
    bool comment = str_find(str_slice(text, line, text.len), STR("--"), 0) != SIZE_MAX;
    bool ended = str_ends(text, STR(";"));   // a batch of SQL Server, which is kept whole
    buf_addf(out, comment && terminator[0] ? "\n%s\n\n" : "%s\n\n", ended && !comment ? "" : terminator);
}

// A statement of a bare script, and the line that ends its batch where there are such.
void add_bare(const Dialect *dialect, Buf *out, Str text)
{
    add_terminated(dialect, out, text);
    if (dialect->separator)
        buf_addf(out, "%s\n\n", dialect->separator);
}

static void add_line(Buf *out, const char *text)
{
    if (text)
        buf_addf(out, "%s\n\n", text);
}

static void add_running(Renderer *r, Buf *out, const char *word, const StrList *from, const StrList *to)
{
    buf_addf(out, "-- Running %s %.*s -> %.*s\n\n", word, STR_ARGS(strlist_join(r->arena, from, STR(", "))),
             STR_ARGS(strlist_join(r->arena, to, STR(", "))));
}

void add_bare_step(Renderer *r, Buf *out, const StatementList *statements)
{
    bool transactional = r->dialect->begin_text != NULL, outside = false, raw = false;
    for (size_t i = 0; i < statements->count; i++) {
        const Statement *s = &statements->items[i];
        bool comment = s->kind == STATEMENT_COMMENT;
        raw = s->kind == STATEMENT_COMMIT ? true : s->kind == STATEMENT_BEGIN ? false : raw;
        if (transactional && !comment && !raw && s->kind != STATEMENT_BEGIN && s->outside_transaction != outside) {
            add_line(out, outside ? r->dialect->begin_text : r->dialect->commit_text);
            outside = s->outside_transaction;
        }
        if (comment)
            buf_addf(out, "%.*s\n\n", STR_ARGS(s->text));
        else
            add_bare(r->dialect, out, s->text);
    }
    if (outside)
        add_line(out, r->dialect->begin_text);
}

static bool add_version_table(Writing *w, Buf *out)
{
    Str text;
    if (!version_table_text(w, &text))
        return false;
    add_bare(w->r->dialect, out, text);
    return true;
}

static bool add_version(Writing *w, const VersionChange *change, Buf *out)
{
    StrList texts = {0};
    if (!version_statements(w, change, &texts))
        return false;
    for (size_t i = 0; i < texts.count; i++)
        add_bare(w->r->dialect, out, texts.items[i]);
    return true;
}

static void warn_of_raises(Diag *diag, const StatementList *statements)
{
    Span last = SPAN_NONE;
    for (size_t i = 0; i < statements->count; i++) {
        Span at = statements->items[i].raised_at;
        if (at.source && (at.source != last.source || at.start != last.start))
            diag_warn(diag, at, "a bare script does not stop where the revision raises here: a framed one does");
        last = at.source ? at : last;
    }
}

// What env.py itself executes offline, on its side of the transaction's begin.
static void add_env(Renderer *r, Buf *out, bool is_before_begin)
{
    const EnvStatementList *list = &r->project->settings.env_statements;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].is_before_begin == is_before_begin && str_equal(list->items[i].dialect, r->dialect->name))
            add_bare(r->dialect, out, list->items[i].text);
}

bool bare_script(Renderer *r, Diag *diag, const RenderedPath *rendered, Str *script)
{
    Writing w = writing(r, diag);
    Buf out = buf_open(r->arena);
    const Path *path = rendered->path;
    bool each = r->options->transaction_per_step;
    buf_reserve(&out, path->steps.count * 1024 + 1024);
    add_env(r, &out, true);
    if (!each)
        add_line(&out, r->dialect->begin_text);
    add_env(r, &out, false);   // with a transaction for each step none has begun yet
    for (size_t i = 0; i < path->steps.count; i++) {
        const Step *step = &path->steps.items[i];
        if (each)
            add_line(&out, r->dialect->begin_text);
        if (i == 0 && path->from_base && !add_version_table(&w, &out))
            return false;
        add_running(r, &out, path->direction == DIRECTION_UP ? "upgrade" : "downgrade", &step->from_ids, &step->to_ids);
        add_bare_step(r, &out, &rendered->steps[i].statements);
        warn_of_raises(diag, &rendered->steps[i].statements);
        if (!add_version(&w, &step->version, &out))
            return false;
        if (each)
            add_line(&out, r->dialect->commit_text);
    }
    if (!each)
        add_line(&out, r->dialect->commit_text);
    *script = buf_str(&out);
    return true;
}

bool bare_stamp(Renderer *r, Diag *diag, const Path *path, const VersionChangeList *changes, Str *script)
{
    Writing w = writing(r, diag);
    Buf out = buf_open(r->arena);
    add_env(r, &out, true);
    add_line(&out, r->dialect->begin_text);
    add_env(r, &out, false);
    if (path->from_base && !add_version_table(&w, &out))
        return false;
    for (size_t i = 0; i < changes->count; i++) {
        add_running(r, &out, "stamp_revision", &changes->items[i].from_ids, &changes->items[i].to_ids);
        if (!add_version(&w, &changes->items[i], &out))
            return false;
    }
    add_line(&out, r->dialect->commit_text);
    *script = buf_str(&out);
    return true;
}
