// A revision evaluated statement by statement, past what is refused: for somebody who writes by hand what cannot be
// rendered, and for the model of what comes after.
#include "alembic_int.h"

typedef struct Sketch {
    SketchParts *parts;
    const Module *module;
    bool for_model;                      // and for no reader
    size_t messages;                     // told so far
    size_t model_mark, unnamed_drops;    // when the statement began
    size_t first_mark, first_messages;   // when the run began
} Sketch;

static void begin_part(Alembic *a, Span statement)
{
    SketchPart part = {.statement = statement, .first = a->ops->count};
    vec_push(a->arena, a->sketch->parts, part);
}

// Stores the first error that no part has yet.
static void note_error(Alembic *a)
{
    Diag *diag = a->diag;
    SketchPart *part = &a->sketch->parts->items[a->sketch->parts->count - 1];
    for (size_t i = a->sketch->messages; i < diag->messages.count && !part->error; i++)
        if (diag->messages.items[i].severity == SEVERITY_ERROR) {
            Message *kept = arena_new(a->arena, Message);
            *kept = diag->messages.items[i];
            part->error = kept;
        }
    a->sketch->messages = diag->messages.count;
}

static void begin(Host *host, Span statement)
{
    Alembic *a = (Alembic *)host;
    begin_part(a, statement);
    a->sketch->messages = a->diag->messages.count;
    a->sketch->model_mark = model_mark(a->model);
    a->sketch->unnamed_drops = a->unnamed_drops.count;
}

static bool skip(Host *host, Span statement, bool may_return)
{
    Alembic *a = (Alembic *)host;
    const Sketch *sketch = a->sketch;
    note_error(a);
    if (!sketch->for_model) {   // a reader writes all of the statement anew
        a->ops->count = sketch->parts->items[sketch->parts->count - 1].first;
        a->unnamed_drops.count = sketch->unnamed_drops;
        model_rollback(a->model, sketch->model_mark);
    }
    blur_refused(a, sketch->module, statement, !may_return);
    return !sketch->for_model || !may_return;
}

const Skipping sketching = {.begin = begin, .skip = skip}, following = {.inner = true, .begin = begin, .skip = skip};

bool sketch_is_for_model(const Alembic *a)
{
    return a->sketch && a->sketch->for_model;
}

void sketch_module(Alembic *a, const Module *module)
{
    if (a->sketch)
        a->sketch->module = module;
}

void sketch_anew(Alembic *a)
{
    if (!a->sketch)
        return;
    a->sketch->parts->count = 0;
    a->ops->count = a->unnamed_drops.count = 0;
    a->sketch->messages = a->sketch->first_messages;
    model_rollback(a->model, a->sketch->first_mark);
}

void sketch_rest(Alembic *a)
{
    if (!a->sketch)
        return;
    begin_part(a, SPAN_NONE);
    a->sketch->messages = a->diag->messages.count;
}

bool alembic_sketch(Alembic *a, Diag *diag, const Revision *revision, Direction direction, OpList *ops, SketchParts *parts)
{
    Sketch sketch = {.parts = parts,
                     .messages = diag->messages.count,
                     .first_messages = diag->messages.count,
                     .first_mark = model_mark(a->model)};
    begin_run(a, diag, revision, direction, ops);
    a->sketch = &sketch;
    if (revision->is_sql)
        begin_part(a, SPAN_NONE);
    bool done = run_own(a, diag, revision, direction, ops);
    if (!done && !revision->is_sql) {
        // what makes all of it impossible, or is found when all has been run
        begin_part(a, SPAN_NONE);
        note_error(a);
    }
    a->sketch = NULL;
    return done || !revision->is_sql;
}

void sketch_refused(Alembic *a, const Revision *revision, Direction direction, size_t mark)
{
    Diag own = diag_open(a->arena), *diag = a->diag;
    OpList ops = {0}, *given = a->ops;
    SketchParts parts = {0};
    Sketch sketch = {.parts = &parts, .for_model = true, .first_mark = mark};
    model_rollback(a->model, mark);
    begin_run(a, &own, revision, direction, &ops);
    a->sketch = &sketch;
    run_python(a, &own, revision, direction, &ops);
    a->sketch = NULL;
    begin_run(a, diag, revision, direction, given);
}
