// Undoing a run that stopped between two of its sections. Revisions that are whole are undone by their downgrades; of the
// one that is not, its downgrade is evaluated on what there is by then, and what of it has nothing to undo is left out.
#include "render_int.h"

// ---- what of a revision's downgrade undoes what is done of its upgrade ----

// The things that the upgrade makes, changes or drops: by operations that have run, and by those that have not.
typedef struct Touched {
    Map by_done, by_others;   // "column t.c" -> the operation
} Touched;

typedef VEC(Str) Things;

static void add_thing(Arena *arena, Things *things, const char *kind, Str schema, Str name)
{
    vec_push(arena, things, str_format(arena, "%s %.*s", kind, STR_ARGS(table_full_name(arena, schema, name))));
}

static void add_part(Arena *arena, Things *things, const char *kind, const Op *op, Str name)
{
    Str of = str_format(arena, "%.*s.%.*s", STR_ARGS(op->table), STR_ARGS(name));
    add_thing(arena, things, kind, op->schema, of);
}

// What an operation is about, under its old and its new name. Nothing: that cannot be said.
static Things things_of(Arena *arena, const Op *op)
{
    Things things = {0};
    switch (op->kind) {
    case OP_CREATE_TABLE:
    case OP_DROP_TABLE: add_thing(arena, &things, "table", op->schema, op->table); break;
    case OP_RENAME_TABLE:
        add_thing(arena, &things, "table", op->schema, op->table);
        add_thing(arena, &things, "table", op->schema, op->name);
        break;
    case OP_CREATE_ENUM:
    case OP_DROP_ENUM: add_thing(arena, &things, "type", op->type->schema, op->type->name); break;
    case OP_TABLE_COMMENT: add_thing(arena, &things, "comment", op->schema, op->table); break;
    case OP_ADD_COLUMN: add_part(arena, &things, "column", op, op->column->name); break;
    case OP_DROP_COLUMN: add_part(arena, &things, "column", op, op->name); break;
    case OP_ALTER_COLUMN:
        add_part(arena, &things, "column", op, op->name);
        if (op->change->new_name.len)
            add_part(arena, &things, "column", op, op->change->new_name);
        break;
    case OP_CREATE_INDEX: add_thing(arena, &things, "index", op->schema, op->indexes.items[0]->name); break;
    case OP_DROP_INDEX: add_thing(arena, &things, "index", op->schema, op->name); break;
    case OP_ADD_CONSTRAINT:
        if (op->constraints.items[0]->name.len)
            add_part(arena, &things, "constraint", op, op->constraints.items[0]->name);
        break;
    case OP_DROP_CONSTRAINT:
        if (op->name.len)
            add_part(arena, &things, "constraint", op, op->name);
        break;
    case OP_BATCH:
    case OP_CREATE_SEQUENCE:
    case OP_DROP_SEQUENCE:
    case OP_CREATE_SCHEMA:
    case OP_DROP_SCHEMA:
    case OP_EXECUTE:
    case OP_BULK_INSERT:
    case OP_AUTOCOMMIT_BEGIN:
    case OP_AUTOCOMMIT_END: break;   // rows, and what the model does not know
    }
    return things;
}

// What an operation makes along with it.
static void add_made_with(Arena *arena, Things *things, const Op *op)
{
    if (op->kind != OP_CREATE_TABLE && op->kind != OP_ADD_COLUMN)
        return;
    const Table *made = op->kind == OP_CREATE_TABLE ? op->created : NULL;
    const ConstraintList *constraints = made ? &made->constraints : &op->constraints;
    for (size_t i = 0; made && i < made->columns.count; i++)
        add_part(arena, things, "column", op, made->columns.items[i]->name);
    for (size_t i = 0; i < constraints->count; i++)
        if (constraints->items[i]->name.len)
            add_part(arena, things, "constraint", op, constraints->items[i]->name);
    for (size_t i = 0; i < op->indexes.count; i++)
        add_thing(arena, things, "index", op->schema, op->indexes.items[i]->name);
}

static void note_touched(Arena *arena, Map *map, Op *op)
{
    Things things = things_of(arena, op);
    add_made_with(arena, &things, op);
    for (size_t i = 0; i < things.count; i++)
        map_put(map, things.items[i], op);
    for (size_t i = 0; op->kind == OP_BATCH && i < op->ops.count; i++)
        note_touched(arena, map, op->ops.items[i]);
}

// Keeps of a downgrade what undoes what has run, and leaves out what would undo what has not: whatever is there under that
// name was there before. What is about both, or about neither, nobody can tell.
static bool keep_undoing(Diag *diag, Arena *arena, const OpList *ops, const Touched *touched, OpList *kept)
{
    for (size_t i = 0; i < ops->count; i++) {
        Op *op = ops->items[i];
        if (op->kind == OP_AUTOCOMMIT_BEGIN || op->kind == OP_AUTOCOMMIT_END)
            continue;
        if (op->kind == OP_BATCH) {
            Op *part = arena_new(arena, Op);
            *part = *op;
            part->ops = (OpList){0};
            if (!keep_undoing(diag, arena, &op->ops, touched, &part->ops))
                return false;
            if (part->ops.count)
                vec_push(arena, kept, part);
            continue;
        }
        Things things = things_of(arena, op);
        size_t done = 0, others = 0;
        for (size_t k = 0; k < things.count; k++) {
            done += map_get(&touched->by_done, things.items[k]) != NULL;
            others += map_get(&touched->by_others, things.items[k]) != NULL;
        }
        if (!things.count || (done ? done < things.count || others : others < things.count))
            return diag_error(
                diag, op->at,
                "a downgrade that goes back over rows, or over what is not known, cannot undo half a revision");
        if (done)
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

// ---- what nothing brings back ----

static bool refuse_lost(Diag *diag, Span at, const char *why)
{
    return diag_error(diag, at, "%s: no downgrade brings that back", why);
}

static int integer_bytes(const Type *type)
{
    switch ((int)type->kind) {
    case TYPE_SMALL_INTEGER:
    case TYPE_SQL_SMALLINT: return 2;
    case TYPE_INTEGER:
    case TYPE_SQL_INTEGER:
    case TYPE_SQL_INT: return 4;
    case TYPE_BIG_INTEGER:
    case TYPE_SQL_BIGINT: return 8;
    default: return 0;
    }
}

static bool is_varchar(const Type *type)
{
    switch ((int)type->kind) {
    case TYPE_STRING:
    case TYPE_UNICODE:
    case TYPE_TEXT:
    case TYPE_UNICODE_TEXT:
    case TYPE_SQL_VARCHAR:
    case TYPE_SQL_TEXT: return !type->raw.len;
    default: return false;
    }
}

// Whether every value is the same under both types, there and back. What is not sure is not.
static bool keeps_values(const Type *from, const Type *to)
{
    if (!from || !str_equal(from->collation, to->collation))
        return false;
    if (integer_bytes(from) && integer_bytes(to))
        return integer_bytes(from) <= integer_bytes(to);
    bool is_wider = to->length < 0 || (from->length >= 0 && from->length <= to->length);
    return is_varchar(from) && is_varchar(to) && is_wider;
}

// Refuses an operation of which it is not sure that undoing it gives back the rows that were there: one that may have done
// nothing, as what it makes stood there before, and one that takes values away. What the run itself has made may go.
static bool refuse_lossy(Diag *diag, Arena *arena, Op *op, Map *made)
{
    Things things = things_of(arena, op);
    bool of_run = things.count > 0;
    for (size_t i = 0; i < things.count; i++)
        of_run &= map_get(made, things.items[i]) != NULL;
    if (op->if_not_exists || op->if_exists)
        return refuse_lost(diag, op->at, "IF EXISTS or IF NOT EXISTS may have done nothing");
    bool is_lost = false;
    switch (op->kind) {
    case OP_CREATE_TABLE:
    case OP_ADD_COLUMN:
        add_made_with(arena, &things, op);
        for (size_t i = 0; i < things.count; i++)
            map_put(made, things.items[i], op);
        return true;
    case OP_DROP_TABLE:
    case OP_DROP_COLUMN: is_lost = !of_run; break;
    case OP_ALTER_COLUMN: {
        const Column *column = op->before ? table_column(op->before, op->name) : NULL;
        is_lost = op->change->type && !map_get(made, things.items[0]) &&
                  (op->change->options.count || !column || !keeps_values(column->type, op->change->type));
        break;
    }
    case OP_BATCH:
        for (size_t i = 0; i < op->ops.count; i++)
            if (!refuse_lossy(diag, arena, op->ops.items[i], made))
                return false;
        break;
    case OP_DROP_SCHEMA:
    case OP_DROP_SEQUENCE: is_lost = true; break;
    case OP_RENAME_TABLE:
    case OP_CREATE_ENUM:
    case OP_DROP_ENUM:
    case OP_TABLE_COMMENT:
    case OP_CREATE_INDEX:
    case OP_DROP_INDEX:
    case OP_ADD_CONSTRAINT:
    case OP_DROP_CONSTRAINT:
    case OP_CREATE_SEQUENCE:
    case OP_CREATE_SCHEMA:
    case OP_EXECUTE:
    case OP_BULK_INSERT:
    case OP_AUTOCOMMIT_BEGIN:
    case OP_AUTOCOMMIT_END: break;   // statements are asked for what they write
    }
    return !is_lost || refuse_lost(diag, op->at, "values go with it");
}

// The same of a statement of a revision that is whole: rows that it writes must be those of a table that the run has made.
static bool refuse_written(Renderer *r, Diag *diag, const Statement *s, const Map *made)
{
    NeededList needed = {0};
    bool writes = false;
    if (s->kind == STATEMENT_QUERY || s->kind == STATEMENT_COMMENT || (s->kind == STATEMENT_DDL && !s->is_raw))
        return true;
    SqlHead head = sql_head(r->dialect, s->text);
    bool is_sure = s->kind == STATEMENT_DDL && sql_head_is(&head, 0, "CREATE");
    for (size_t i = 1; i < head.count; i++)
        is_sure &= !sql_head_is(&head, i, "OR") && !sql_head_is(&head, i, "IF");
    if (is_sure)
        return true;
    if (s->kind == STATEMENT_DML)
        sql_needed_privileges(r->arena, r->dialect, s->text, &needed);
    for (size_t i = 0; i < needed.count; i++) {
        const NeededPrivilege *n = &needed.items[i];
        Things table = {0};
        add_thing(r->arena, &table, "table", n->schema, n->table);
        if (str_equal(str_from(n->privilege), STR("SELECT")))
            continue;
        writes = true;
        if (!map_get(made, table.items[0]))
            return refuse_lost(diag, s->at, "rows of a table are written that was there before");
    }
    return writes || refuse_lost(diag, s->at, "what it has changed is not known");
}

static bool writes_rows(const Op *op)
{
    return op->kind == OP_BULK_INSERT || (op->kind == OP_EXECUTE && !op->select);
}

static bool refuse_rows(Diag *diag, Span at)
{
    return diag_error(diag, at, "rows may have been written that no downgrade takes back");
}

// Whether there is a revision that is not whole.
static bool has_part(const Stop *stop)
{
    return stop->ops > 0 || stop->outside;
}

// The model as it is where the run stopped, and what stood there when it began. Of a revision that is not whole the things
// it is about are noted.
static Model *model_at(Renderer *r, Diag *diag, const RenderedPath *rendered, const Stop *stop, Alembic **alembic,
                       Str *began, Touched *touched)
{
    const Path *up = rendered->path;
    Model *model = open_model(r, diag);
    if (!model || !replay(r, diag, up, model) || !describe(r, diag, model, began))
        return NULL;
    *alembic = alembic_open(r->arena, r->project, r->style, model, r->options->occasion);
    *touched = (Touched){map_open(r->arena), map_open(r->arena)};
    Map made = map_open(r->arena);
    for (size_t i = 0; i < stop->steps + has_part(stop); i++) {
        OpList ops = {0};
        size_t mark = model_mark(model);
        if (!alembic_run(*alembic, diag, up->steps.items[i].revision, DIRECTION_UP, &ops))
            return NULL;
        size_t done = i == stop->steps ? stop->ops : ops.count;
        for (size_t k = 0; k < done && k < ops.count; k++)
            if (!refuse_lossy(diag, r->arena, ops.items[k], &made))
                return NULL;
        for (size_t k = 0; i < stop->steps && k < rendered->steps[i].statements.count; k++)
            if (!refuse_written(r, diag, &rendered->steps[i].statements.items[k], &made))
                return NULL;
        if (i == stop->steps) {   // the one that is not whole
            model_rollback(model, mark);
            for (size_t k = 0; k < stop->ops && k < ops.count; k++) {
                if (writes_rows(ops.items[k]) && !refuse_rows(diag, ops.items[k]->at))
                    return NULL;
                model_apply(model, ops.items[k]);
            }
            for (size_t k = 0; k < ops.count; k++)
                note_touched(r->arena, k < stop->ops ? &touched->by_done : &touched->by_others, ops.items[k]);
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
static bool undoing_ops(Renderer *r, Diag *diag, Alembic *alembic, Model *model, const Revision *revision,
                        const Touched *touched, bool is_whole, OpList *kept)
{
    OpList ops = {0};
    size_t mark = model_mark(model);
    if (!alembic_run(alembic, diag, revision, DIRECTION_DOWN, is_whole ? kept : &ops))
        return false;
    if (is_whole)
        return true;
    if (!keep_undoing(diag, r->arena, &ops, touched, kept))
        return false;
    model_rollback(model, mark);
    for (size_t i = 0; i < kept->count; i++)
        model_apply(model, kept->items[i]);
    return true;
}

static bool undo_step(Renderer *r, Diag *diag, Alembic *alembic, Model *model, const Stop *stop, const Touched *touched,
                      RenderStep *step, bool is_whole)
{
    OpList ops = {0};
    if (!is_whole && stop->outside)
        drop_half_built(r, stop->outside, &step->statements);
    if (!undoing_ops(r, diag, alembic, model, step->step->revision, touched, is_whole, &ops) ||
        !render_ops(r, diag, &ops, &step->statements))
        return false;
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
    if (stop.outside && (stop.outside->effect.kind != EFFECT_INDEX_VALID || !stop.outside->effect.name.len ||
                         sql_raw_index(r->arena, r->dialect, stop.outside->text).if_not_exists))
        return diag_error(diag, stop.outside->at, "whether the statement that stopped took effect cannot be told");
    Touched touched;
    Str began, ended;
    Model *model = model_at(r, diag, rendered, &stop, &alembic, &began, &touched);
    if (!model || !path_reverse(r->arena, diag, r->project, up, &back))
        return false;
    size_t count = stop.steps + has_part(&stop);
    if (!count)
        return diag_error(diag, SPAN_NONE, "nothing is done before section %zu", section);
    Step *steps = arena_array(r->arena, Step, count);
    RenderedPath undone = {.steps = arena_array(r->arena, RenderStep, count)};
    note_tables(r, model, &undone.tables_at_from, &undone.table_count);
    for (size_t i = 0; i < count; i++) {
        steps[i] = back.steps.items[back.steps.count - count + i];
        undone.steps[i].step = &steps[i];
        bool is_whole = i > 0 || !has_part(&stop);
        if (!is_whole) {   // its version row has not moved yet
            steps[i].version = (VersionChange){0};
            steps[i].rows_before = steps[i].rows_after = stop.rows;
        }
        if (!undo_step(r, diag, alembic, model, &stop, &touched, &undone.steps[i], is_whole))
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
    return framed_abandon(&frames, diag, &undone, rendered->run, section - 1, stop.outside, script);
}
