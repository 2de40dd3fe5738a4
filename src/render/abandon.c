// Undoing a run that stopped between two of its sections. Revisions that are whole are undone by their downgrades; of the
// one that is not, its downgrade is evaluated on what there is by then, and what of it has nothing to undo is left out.
#include "render_int.h"

typedef enum Sense { UNDOES, IS_UNDONE, CANNOT_BE_TOLD } Sense;

// What an operation of the downgrade finds, where only a part of the upgrade has been done. `before`: its table by then.
static Sense sense_of(const Op *op, const Table *before)
{
    bool is_there;
    switch (op->kind) {
    case OP_CREATE_TABLE: return before ? IS_UNDONE : UNDOES;
    case OP_DROP_TABLE:
    case OP_RENAME_TABLE: return before ? UNDOES : IS_UNDONE;
    case OP_CREATE_ENUM:   // the model says by itself whether it is there
    case OP_DROP_ENUM:
    case OP_TABLE_COMMENT: return UNDOES;
    case OP_ADD_COLUMN: is_there = before && table_column(before, op->column->name); break;
    case OP_DROP_COLUMN:
    case OP_ALTER_COLUMN: is_there = before && table_column(before, op->name); break;
    case OP_CREATE_INDEX: is_there = before && table_index(before, op->indexes.items[0]->name); break;
    case OP_DROP_INDEX: is_there = before && table_index(before, op->name); break;
    case OP_ADD_CONSTRAINT:
        if (!op->constraints.items[0]->name.len)
            return CANNOT_BE_TOLD;
        is_there = before && table_constraint(before, op->constraints.items[0]->name);
        break;
    case OP_DROP_CONSTRAINT:
        if (!op->name.len)
            return CANNOT_BE_TOLD;
        is_there = before && table_constraint(before, op->name);
        break;
    case OP_BATCH:
    case OP_CREATE_SEQUENCE:
    case OP_DROP_SEQUENCE:
    case OP_CREATE_SCHEMA:
    case OP_DROP_SCHEMA:
    case OP_EXECUTE:
    case OP_BULK_INSERT:
    case OP_AUTOCOMMIT_BEGIN:
    case OP_AUTOCOMMIT_END:
    default: return CANNOT_BE_TOLD;   // rows, and what the model does not know
    }
    bool makes = op->kind == OP_ADD_COLUMN || op->kind == OP_CREATE_INDEX || op->kind == OP_ADD_CONSTRAINT;
    return !before ? CANNOT_BE_TOLD : is_there == makes ? IS_UNDONE : UNDOES;
}

static bool keep_undoing(Diag *diag, const OpList *ops, const Op *batch, Arena *arena, OpList *kept)
{
    for (size_t i = 0; i < ops->count; i++) {
        Op *op = ops->items[i];
        if (op->kind == OP_AUTOCOMMIT_BEGIN || op->kind == OP_AUTOCOMMIT_END)
            continue;
        if (op->kind == OP_BATCH) {
            Op *part = arena_new(arena, Op);
            *part = *op;
            part->ops = (OpList){0};
            if (!keep_undoing(diag, &op->ops, op, arena, &part->ops))
                return false;
            if (part->ops.count)
                vec_push(arena, kept, part);
            continue;
        }
        Sense sense = sense_of(op, batch ? batch->before : op->before);
        if (sense == CANNOT_BE_TOLD)
            return diag_error(
                diag, op->at,
                "a downgrade that goes back over rows, or over what is not known, cannot undo half a revision");
        if (sense == UNDOES)
            vec_push(arena, kept, op);
    }
    return true;
}

// In one transaction an index cannot be built or dropped beside its readers; undoing what nobody uses yet may lock it.
static void lock_instead(Renderer *r, StatementList *statements)
{
    for (size_t i = 0; i < statements->count; i++) {
        Statement *s = &statements->items[i];
        if (s->effect.kind == EFFECT_INDEX_VALID || s->effect.kind == EFFECT_INDEX_ABSENT) {
            s->text = str_replace(r->arena, s->text, STR(" CONCURRENTLY"), STR_EMPTY);
            s->must_run_outside = false;
            s->effect = (Effect){0};
        }
        s->outside_transaction = false;
    }
}

// What stands in a database as the model has it, so that it can be compared: each table as it would be made, each type.
static bool describe(Renderer *r, Diag *diag, const Model *model, Str *text)
{
    const Table **tables;
    size_t count = 0;
    Buf out = buf_open(r->arena);
    StrList types = {0};
    note_tables(r, model, &tables, &count);
    for (size_t i = 0; i < count; i++) {
        Op op = {.kind = OP_CREATE_TABLE,
                 .schema = tables[i]->schema,
                 .table = tables[i]->name,
                 .created = tables[i],
                 .after = tables[i],
                 .indexes = tables[i]->indexes};
        Op *one = &op;
        OpList ops = {.items = &one, .count = 1, .cap = 1};
        StatementList statements = {0};
        if (!render_ops(r, diag, &ops, &statements))
            return false;
        for (size_t k = 0; k < statements.count; k++)
            buf_addf(&out, "%.*s\n", STR_ARGS(statements.items[k].text));
    }
    for (MapEntry *e = map_first(&model->types); e; e = map_next(&model->types, e)) {
        const NamedType *type = e->value;
        vec_push(r->arena, &types,
                 str_format(r->arena, "type %.*s %.*s", STR_ARGS(e->key),
                            STR_ARGS(strlist_join(r->arena, &type->labels, STR(", ")))));
    }
    strlist_sort(&types);
    buf_add(&out, strlist_join(r->arena, &types, STR("\n")));
    *text = buf_str(&out);
    return true;
}

static bool writes_rows(const Op *op)
{
    return op->kind == OP_BULK_INSERT || (op->kind == OP_EXECUTE && !op->select);
}

static bool refuse_rows(Diag *diag, Span at)
{
    return diag_error(diag, at, "rows may have been written that no downgrade takes back");
}

// The model as it is where the run stopped, and what stood there when it began.
static Model *model_at(Renderer *r, Diag *diag, const RenderedPath *rendered, const Stop *stop, Alembic **alembic,
                       Str *began)
{
    const Path *up = rendered->path;
    Model *model = open_model(r, diag);
    if (!model || !replay(r, diag, up, model) || !describe(r, diag, model, began))
        return NULL;
    *alembic = alembic_open(r->arena, r->project, r->style, model, r->options->occasion);
    for (size_t i = 0; i < stop->steps + (stop->ops > 0); i++) {
        OpList ops = {0};
        size_t mark = model_mark(model);
        if (!alembic_run(*alembic, diag, up->steps.items[i].revision, DIRECTION_UP, &ops))
            return NULL;
        if (i == stop->steps) {   // the one that is not whole
            model_rollback(model, mark);
            for (size_t k = 0; k < stop->ops && k < ops.count; k++) {
                if (writes_rows(ops.items[k]) && !refuse_rows(diag, ops.items[k]->at))
                    return NULL;
                model_apply(model, ops.items[k]);
            }
        }
        alembic_forget(*alembic);
    }
    return model;
}

// An index that is half built where the section failed: what else runs outside a transaction is refused.
static void drop_half_built(Renderer *r, const Statement *outside, StatementList *statements)
{
    const Effect *e = &outside->effect;
    Statement drop = {.text = str_format(r->arena, "DROP INDEX IF EXISTS %.*s",
                                         STR_ARGS(sql_qualified(r->arena, r->dialect, e->schema, e->name))),
                      .kind = STATEMENT_DDL,
                      .rows = -1,
                      .at = outside->at};
    vec_push(r->arena, statements, drop);
}

// Evaluates the downgrade; of one whose upgrade is not whole, only what there is to undo stands in the model then.
static bool undoing_ops(Renderer *r, Diag *diag, Alembic *alembic, Model *model, const Revision *revision, bool is_whole,
                        OpList *kept)
{
    OpList ops = {0};
    size_t mark = model_mark(model);
    if (!alembic_run(alembic, diag, revision, DIRECTION_DOWN, is_whole ? kept : &ops))
        return false;
    if (is_whole)
        return true;
    if (!keep_undoing(diag, &ops, NULL, r->arena, kept))
        return false;
    model_rollback(model, mark);
    for (size_t i = 0; i < kept->count; i++)
        model_apply(model, kept->items[i]);
    return true;
}

static bool undo_step(Renderer *r, Diag *diag, Alembic *alembic, Model *model, const Stop *stop, const RenderStep *upgrade,
                      RenderStep *step, bool is_whole)
{
    OpList ops = {0};
    if (!is_whole && stop->outside)
        drop_half_built(r, stop->outside, &step->statements);
    if (!undoing_ops(r, diag, alembic, model, step->step->revision, is_whole, &ops) ||
        !render_ops(r, diag, &ops, &step->statements))
        return false;
    // an upgrade that writes rows and a downgrade that does nothing: what was there is not known
    for (size_t i = 0; is_whole && !ops.count && i < upgrade->statements.count; i++)
        if (upgrade->statements.items[i].kind == STATEMENT_DML)
            return refuse_rows(diag, upgrade->statements.items[i].at);
    note_changed(r, &ops, step);
    lock_instead(r, &step->statements);
    alembic_forget(alembic);
    return true;
}

bool render_abandon(Renderer *renderer, Diag *diag, const RenderedPath *rendered, size_t section, Str *script)
{
    const Path *up = rendered->path;
    Stop stop;
    Path back;
    Alembic *alembic;
    Renderer own = *renderer, *r = &own;
    own.arena = arena_child(renderer->arena);
    if (!framed_stop(r, diag, rendered, section, &stop))
        return diag_error(diag, SPAN_NONE, "there is no section %zu to stop in", section);
    // whether it took effect can be told, and undone, of an index that is built under a name
    if (stop.outside && (stop.outside->effect.kind != EFFECT_INDEX_VALID || !stop.outside->effect.name.len))
        return diag_error(diag, stop.outside->at, "whether the statement that stopped took effect cannot be told");
    Str began, ended;
    Model *model = model_at(r, diag, rendered, &stop, &alembic, &began);
    if (!model || !path_reverse(r->arena, diag, r->project, up, &back))
        return false;
    bool has_part = stop.ops > 0 || stop.outside;
    size_t count = stop.steps + has_part;
    if (!count)
        return diag_error(diag, SPAN_NONE, "nothing is done before section %zu", section);
    Step *steps = arena_array(r->arena, Step, count);
    RenderedPath undone = {.steps = arena_array(r->arena, RenderStep, count)};
    note_tables(r, model, &undone.tables_at_from, &undone.table_count);
    for (size_t i = 0; i < count; i++) {
        steps[i] = back.steps.items[back.steps.count - count + i];
        undone.steps[i].step = &steps[i];
        bool is_whole = i > 0 || !has_part;
        if (!is_whole) {   // its version row has not moved yet
            steps[i].version = (VersionChange){0};
            steps[i].rows_before = steps[i].rows_after = stop.rows;
        }
        if (!undo_step(r, diag, alembic, model, &stop, &rendered->steps[count - 1 - i], &undone.steps[i], is_whole))
            return false;
    }
    note_left(r, model, &undone.steps[count - 1]);
    if (!describe(r, diag, model, &ended))
        return false;
    if (!str_equal(began, ended))
        return diag_error(diag, SPAN_NONE, "the downgrades do not lead back to what was there when the run began");
    Path path = {.direction = DIRECTION_DOWN,
                 .from = stop.rows,
                 .to = up->from,
                 .steps = {.items = steps, .count = count, .cap = count}};
    undone.path = &path;
    Renderer frames = framing(r);
    return framed_abandon(&frames, diag, &undone, rendered->run, section - 1, script);
}
