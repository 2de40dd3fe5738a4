// A path rendered: the chain replayed up to its start, then each step evaluated and written.
#include <stdlib.h>

#include "render_int.h"

Renderer *render_open(Arena *arena, Diag *diag, const Project *project, const RenderOptions *options)
{
    Renderer *r = arena_new(arena, Renderer);
    *r = (Renderer){
        .arena = arena, .project = project, .options = options, .style = &options->style, .dialect = options->style.dialect};
    r->scratch = arena_child(arena);
    r->frames = arena_child(arena);
    r->templates = template_set_open(arena, TEMPLATE_SQL);
    template_set_kin(r->templates, r->dialect->name, r->dialect->kin);
    return template_set_load(r->templates, diag, project->settings.templates) ? r : NULL;
}

// What the baseline makes: tables, those too whose shape is not known, and the names in its statements. One that cannot be
// rendered names nothing.
static void note_before(Renderer *r, const Model *model, const OpList *ops)
{
    StatementList statements = {0};
    Diag scratch = diag_open(r->arena);
    if (r->knows_before)
        return;
    r->knows_before = true;
    bool whole = render_ops(r, &scratch, ops, &statements);
    (void)whole;
    for (MapEntry *e = map_first(&model->tables); e; e = map_next(&model->tables, e)) {
        const Table *table = e->value;
        if (!table->schema.len)
            vec_push(r->arena, &r->before, table->name);
    }
    for (size_t i = 0; i < statements.count; i++) {
        Str name = sql_created_name(r->arena, r->dialect, statements.items[i].text);
        if (name.len)
            vec_push(r->arena, &r->before, name);
    }
}

Model *open_model(Renderer *r, Diag *diag)
{
    Model *model = model_open(r->arena);
    model->dialect = r->dialect;
    model->constraint_name = sql_constraint_name;
    model->usual_name = sql_usual_name;
    model->rename_in_text = sql_rename;
    if (!r->project->baseline)
        return model;
    OpList ops = {0};
    Alembic *alembic = alembic_open(r->arena, r->project, r->style, model, r->options->occasion);
    bool done = alembic_run(alembic, diag, r->project->baseline, DIRECTION_UP, &ops);
    if (done)
        note_before(r, model, &ops);
    alembic_forget(alembic);
    return done ? model : NULL;
}

// Replays what stands in the database at the path's start. Refused revisions there refuse nothing: what they may have
// touched is opaque. What they leave in modules of the project is not seen by the path's steps, as with Alembic, which does
// not run them.
bool replay(Renderer *r, Diag *diag, const Path *path, Model *model)
{
    if (!path->from.count)
        return true;
    Alembic *alembic = alembic_open(r->arena, r->project, r->style, model, r->options->occasion);
    const bool *applied = revisions_applied(r->arena, &r->project->graph, &path->from);
    Path all;
    if (!path_all(r->arena, diag, r->project, &all))
        return false;
    for (size_t i = 0; i < all.steps.count; i++) {
        const Revision *revision = all.steps.items[i].revision;
        if (!applied[revision->index])
            continue;
        OpList ops = {0};
        Diag scratch = diag_open(r->arena);
        bool refused = !alembic_run(alembic, &scratch, revision, DIRECTION_UP, &ops);
        (void)refused;
        alembic_forget(alembic);
    }
    return true;
}

static int compare_tables(const void *a, const void *b)
{
    const Table *x = *(const Table *const *)a, *y = *(const Table *const *)b;
    int order = str_compare(x->schema, y->schema);
    return order ? order : str_compare(x->name, y->name);
}

void note_tables(Renderer *r, const Model *model, const Table ***tables, size_t *count)
{
    const Table **list = *tables = arena_array(r->arena, const Table *, map_size(&model->tables) + 1);
    for (MapEntry *e = map_first(&model->tables); e; e = map_next(&model->tables, e)) {
        const Table *table = e->value;
        if (!table->is_opaque)
            list[(*count)++] = table;
    }
    if (*count > 1)
        qsort(list, *count, sizeof *list, compare_tables);
}

// The operations, and the names in them, go before the script is framed.
static Str kept_name(Renderer *r, Str schema, Str table)
{
    return str_copy(r->arena, table_full_name(r->arena, schema, table));
}

static void note_created(Renderer *r, const OpList *ops, Map *seen, StrList *created)
{
    for (size_t i = 0; i < ops->count; i++) {
        const Op *op = ops->items[i];
        if (op->kind != OP_CREATE_TABLE || op->if_not_exists)
            continue;
        Str name = kept_name(r, op->schema, op->table);
        if (map_get(seen, name))
            continue;
        map_put(seen, name, r);
        vec_push(r->arena, created, name);
    }
}

// The tables that nothing can be asked about beforehand, and those that only their owner may change.
void note_changed(Renderer *r, const OpList *ops, RenderStep *step)
{
    for (size_t i = 0; i < ops->count; i++) {
        const Op *op = ops->items[i];
        bool makes = op->kind == OP_CREATE_TABLE || op->kind == OP_RENAME_TABLE;
        bool changes = op->kind != OP_CREATE_TABLE && op->kind != OP_EXECUTE && op->kind != OP_BULK_INSERT && op->before;
        if (makes)
            vec_push(r->arena, &step->made, kept_name(r, op->schema, op->kind == OP_CREATE_TABLE ? op->table : op->name));
        if (changes)
            vec_push(r->arena, &step->altered, kept_name(r, op->schema, op->table));
        if (op->kind == OP_DROP_TABLE || op->kind == OP_RENAME_TABLE)
            vec_push(r->arena, &step->gone, kept_name(r, op->schema, op->table));
    }
}

static void note_assumed(Renderer *r, const AssumptionList *assumed, AssumptionList *kept)
{
    for (size_t i = 0; i < assumed->count; i++) {
        Assumption a = assumed->items[i];
        a.schema = str_copy(r->arena, a.schema);
        a.table = str_copy(r->arena, a.table);
        a.name = str_copy(r->arena, a.name);
        vec_push(r->arena, kept, a);
    }
}

void note_left(Renderer *r, const Model *model, RenderStep *step)
{
    for (MapEntry *e = map_first(&model->tables); e; e = map_next(&model->tables, e))
        if (!((const Table *)e->value)->is_opaque)
            vec_push(r->arena, &step->left, ((const Table *)e->value)->id);
}

// Evaluates and renders one direction of a revision; the operations stay until alembic_forget(). A refusal that names no
// cure of its own has the one that always helps.
static bool render_revision(Renderer *r, Alembic *alembic, Diag *diag, const Revision *revision, Direction direction,
                            OpList *ops, StatementList *statements)
{
    size_t first = diag->messages.count;
    if (alembic_run(alembic, diag, revision, direction, ops) && render_ops(r, diag, ops, statements))
        return true;
    for (size_t i = first; i < diag->messages.count; i++)
        if (diag->messages.items[i].severity == SEVERITY_ERROR && !diag->messages.items[i].hint.len)
            diag->messages.items[i].hint = STR("Write it in another way, or write an override for this revision.");
    return false;
}

bool render_path(Renderer *r, Diag *diag, const Path *path, RenderedPath *rendered)
{
    Model *model = open_model(r, diag);
    *rendered = (RenderedPath){.path = path};
    rendered->steps = arena_array(r->arena, RenderStep, path->steps.count + 1);
    if (!model || !replay(r, diag, path, model))
        return false;
    Alembic *alembic = alembic_open(r->arena, r->project, r->style, model, r->options->occasion);
    if (!r->options->bare)
        note_tables(r, model, &rendered->tables_at_from, &rendered->table_count);
    for (MapEntry *e = map_first(&model->tables); e; e = map_next(&model->tables, e))
        if (((const Table *)e->value)->is_opaque)
            vec_push(r->arena, &rendered->opaque_at_from,
                     kept_name(r, ((const Table *)e->value)->schema, ((const Table *)e->value)->name));
    bool done = true;
    Map created = map_open(r->arena);
    for (size_t i = 0; i < path->steps.count; i++) {
        RenderStep *step = &rendered->steps[i];
        step->step = &path->steps.items[i];
        if (r->options->each_step)
            note_tables(r, model, &step->tables_before, &step->table_count);
        OpList ops = {0};
        done &= render_revision(r, alembic, diag, step->step->revision, path->direction, &ops, &step->statements);
        done &= path->direction == DIRECTION_DOWN || version_id_fits(r, diag, step->step->revision);
        if (!r->options->bare && path->from_base)
            note_created(r, &ops, &created, &rendered->created_tables);
        if (!r->options->bare) {
            note_assumed(r, alembic_assumed(alembic), &step->assumed);
            note_changed(r, &ops, step);
            if (path->direction == DIRECTION_DOWN && (r->options->each_step || i + 1 == path->steps.count))
                note_left(r, model, step);   // asked of the last step of a script only
        }
        Map own = map_open(r->arena);
        if (r->options->each_step)
            note_created(r, &ops, &own, &step->created_tables);
        alembic_forget(alembic);
    }
    return done;
}

// What writes one framed script, or one revision of a survey: the last one's memory is given back, so that a bundle of many
// needs no more than its largest.
Renderer framing(Renderer *r)
{
    Renderer own = *r;
    arena_rewind(r->frames, (ArenaMark){0});
    own.arena = r->frames;
    return own;
}

bool render_script(Renderer *r, Diag *diag, RenderedPath *rendered, Str *script)
{
    if (r->options->bare)
        return bare_script(r, diag, rendered, script);
    Renderer own = framing(r);
    bool done = framed_script(&own, diag, rendered, script);
    rendered->run = str_copy(r->arena, rendered->run);
    rendered->dropped = str_copy(r->arena, rendered->dropped);
    return done;
}

// A script of one step alone.
static bool framed_step(Renderer *own, Diag *diag, Step *step, RenderStep *rendered, Str *script)
{
    Path path = {.direction = step->direction,
                 .from = step->rows_before,
                 .to = step->rows_after,
                 .from_base = step->direction == DIRECTION_UP && step->rows_before.count == 0,
                 .steps = {.items = step, .count = 1, .cap = 1}};
    RenderedPath one = {.path = &path,
                        .steps = rendered,
                        .tables_at_from = rendered->tables_before,
                        .table_count = rendered->table_count,
                        .created_tables = rendered->created_tables};
    return framed_script(own, diag, &one, script);
}

bool render_step(Renderer *r, Diag *diag, const RenderedPath *rendered, size_t index, Str *script)
{
    Renderer own = framing(r);
    return framed_step(&own, diag, &rendered->path->steps.items[index], &rendered->steps[index], script);
}

bool render_preflight(Renderer *r, Diag *diag, RenderedPath *rendered, Str *script)
{
    Renderer own = framing(r);
    return framed_preflight(&own, diag, rendered, script);
}

bool render_stamp(Renderer *r, Diag *diag, const Path *path, const VersionChangeList *changes, Str *script)
{
    Renderer own = framing(r);
    bool fits = true;
    for (size_t i = 0; i < changes->count; i++) {
        const VersionChange *change = &changes->items[i];
        StrList written = change->inserted;
        if (change->updated_to.len)
            vec_push(r->arena, &written, change->updated_to);
        for (size_t k = 0; k < written.count; k++)
            fits &= version_id_fits(r, diag, map_get(&r->project->graph.by_id, written.items[k]));
    }
    return !fits              ? false
           : r->options->bare ? bare_stamp(r, diag, path, changes, script)
                              : framed_stamp(&own, diag, path, changes, script);
}

// ---- survey ----

static Str own_statements(const Renderer *r, const StatementList *statements)
{
    Buf out = buf_open(r->arena);
    for (size_t i = 0; i < statements->count; i++) {
        const Statement *s = &statements->items[i];
        if (s->kind == STATEMENT_COMMENT)
            buf_addf(&out, "%.*s\n\n", STR_ARGS(s->text));
        else
            add_bare(r->dialect, &out, s->text);
    }
    if (out.len)
        out.len--;   // a blank line between statements, none at the end
    return buf_str(&out);
}

// The way back of a step.
static Step reversed(const Step *up)
{
    Step down = *up;
    down.direction = DIRECTION_DOWN;
    down.from_ids = up->to_ids;
    down.to_ids = up->from_ids;
    down.rows_before = up->rows_after;
    down.rows_after = up->rows_before;
    down.version.deleted = up->version.inserted;
    down.version.inserted = up->version.deleted;
    down.version.updated_from = up->version.updated_to;
    down.version.updated_to = up->version.updated_from;
    return down;
}

static void survey_one(Renderer *r, Alembic *alembic, Model *model, const Step *up, Direction direction, SurveyRow *row)
{
    OpList ops = {0};
    Step step = direction == DIRECTION_UP ? *up : reversed(up);
    const Revision *revision = step.revision;
    *row = (SurveyRow){.revision = revision, .direction = direction, .diag = diag_open(r->arena)};
    Renderer own = framing(r);
    RenderStep rendered = {.step = &step};
    Str script;
    if (!r->options->bare)
        note_tables(&own, model, &rendered.tables_before, &rendered.table_count);
    row->rendered = render_revision(&own, alembic, &row->diag, revision, direction, &ops, &rendered.statements) &&
                    (direction == DIRECTION_DOWN || version_id_fits(r, &row->diag, revision));
    if (!r->options->bare && row->rendered) {
        Map created = map_open(own.arena);
        note_created(&own, &ops, &created, &rendered.created_tables);
        note_assumed(&own, alembic_assumed(alembic), &rendered.assumed);
        note_changed(&own, &ops, &rendered);
        note_left(&own, model, &rendered);
    }
    alembic_forget(alembic);
    if (!r->options->bare)
        row->rendered = row->rendered && framed_step(&own, &row->diag, &step, &rendered, &script);
    row->is_empty = row->rendered && rendered.statements.count == 0;
    if (row->rendered && r->options->keeps_sql)
        row->sql = own_statements(r, &rendered.statements);
}

bool render_survey(Renderer *r, Diag *diag, const Path *all, SurveyRows *rows)
{
    Model *model = open_model(r, diag);
    if (!model)
        return false;
    Alembic *alembic = alembic_open(r->arena, r->project, r->style, model, r->options->occasion);
    for (size_t i = 0; i < all->steps.count; i++) {
        const Step *step = &all->steps.items[i];
        SurveyRow up, down;
        survey_one(r, alembic, model, step, DIRECTION_UP, &up);
        size_t mark = model_mark(model);
        survey_one(r, alembic, model, step, DIRECTION_DOWN, &down);
        model_rollback(model, mark);
        vec_push(r->arena, rows, up);
        vec_push(r->arena, rows, down);
        if (r->options->progress)
            r->options->progress(r->dialect, i + 1, all->steps.count);
    }
    return true;
}
