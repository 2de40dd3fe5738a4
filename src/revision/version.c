// The version table's rows, and what each step does to them: Alembic 1.19.1 runtime/migration.py, HeadMaintainer with
// RevisionStep and StampStep. Where the order of rows comes from a Python set there, it is the order of the file's lists
// here.
#include "revision_int.h"

static bool has_row(const Rows *rows, const Revision *revision)
{
    return set_has(&rows->is_row, revision);
}

static void add_row(Rows *rows, const Revision *revision)
{
    vec_push(rows->arena, &rows->rows, revision);
    for (size_t i = rows->rows.count - 1; i && str_compare(rows->rows.items[i - 1]->id, revision->id) > 0; i--) {
        rows->rows.items[i] = rows->rows.items[i - 1];
        rows->rows.items[i - 1] = revision;
    }
    set_add(&rows->applied, revision);
    set_add(&rows->is_row, revision);
}

static void remove_row(Rows *rows, const Revision *revision)
{
    size_t at = 0;
    while (rows->rows.items[at] != revision)
        at++;
    rows->is_row.has[revision->index] = false;
    memmove(rows->rows.items + at, rows->rows.items + at + 1, (rows->rows.count - at - 1) * sizeof *rows->rows.items);
    rows->rows.count--;
}

Rows rows_open(Arena *arena, const Graph *graph, const RevisionList *list)
{
    Rows rows = {.arena = arena, .graph = graph, .applied = set_open(arena, graph), .is_row = set_open(arena, graph)};
    rows.marked = set_open(arena, graph);
    rows.stamps = arena_array(arena, uint32_t, graph->revisions.count + 1);
    rows.stack = arena_array(arena, const Revision *, graph->revisions.count + 1);
    set_add_ancestors(arena, &rows.applied, list, true);
    for (size_t i = 0; i < list->count; i++)
        if (!has_row(&rows, list->items[i]))
            add_row(&rows, list->items[i]);
    return rows;
}

StrList rows_ids(const Rows *rows)
{
    StrList ids = {0};
    for (size_t i = 0; i < rows->rows.count; i++)
        vec_push(rows->arena, &ids, rows->rows.items[i]->id);
    return ids;
}

// ---- single statements ----

static bool refuse(Diag *diag, const Revision *revision)
{
    diag_error(diag, revision->id_at, "version rows cannot be kept over revision \"%.*s\"", STR_ARGS(revision->id));
    diag_hint(diag, "Alembic fails here too: the rows it would replace are not in the version table. Start from other "
                    "revisions, or drop a depends_on that down_revision implies.");
    return false;
}

static bool delete_row(Rows *rows, Diag *diag, const Revision *at, const Revision *revision, VersionChange *change)
{
    if (!has_row(rows, revision))
        return refuse(diag, at);
    remove_row(rows, revision);
    vec_push(rows->arena, &change->deleted, revision->id);
    return true;
}

static bool insert_row(Rows *rows, Diag *diag, const Revision *at, const Revision *revision, VersionChange *change)
{
    if (has_row(rows, revision))
        return refuse(diag, at);
    add_row(rows, revision);
    vec_push(rows->arena, &change->inserted, revision->id);
    return true;
}

static bool update_row(Rows *rows, Diag *diag, const Revision *at, const Revision *from, const Revision *to,
                       VersionChange *change)
{
    if (!has_row(rows, from) || has_row(rows, to))
        return refuse(diag, at);
    remove_row(rows, from);
    add_row(rows, to);
    change->updated_from = from->id;
    change->updated_to = to->id;
    return true;
}

// ---- upgrade and downgrade ----

// Whether `revision` is, or stands below, a member of `tops` that is not in `except`. Ways up lead through what is applied.
static bool is_below(Rows *rows, const Revision *revision, const RevisionSet *tops, const RevisionList *except)
{
    size_t depth = 0;
    rows->stamp++;
    rows->stack[depth++] = revision;
    rows->stamps[revision->index] = rows->stamp;
    while (depth) {
        const Revision *at = rows->stack[--depth];
        if (set_has(tops, at) && !revisions_have(except, at))
            return true;
        for (size_t i = 0; i < at->next_all.count; i++) {
            const Revision *child = at->next_all.items[i];
            if (!set_has(&rows->applied, child) || rows->stamps[child->index] == rows->stamp)
                continue;
            rows->stamps[child->index] = rows->stamp;
            rows->stack[depth++] = child;
        }
    }
    return false;
}

// Whether `revision` is below another one of the list.
static bool is_below_another(Rows *rows, const Revision *revision, const RevisionList *list)
{
    RevisionList self = {0};
    vec_push(rows->arena, &self, revision);
    for (size_t i = 0; i < list->count; i++)
        rows->marked.has[list->items[i]->index] = true;
    bool is_found = is_below(rows, revision, &rows->marked, &self);
    for (size_t i = 0; i < list->count; i++)
        rows->marked.has[list->items[i]->index] = false;
    return is_found;
}

// _unmerge_to_revisions: which rows take the place of the revision's own.
static void find_rows_below(Rows *rows, const Revision *revision, RevisionList *below)
{
    bool has_others = rows->rows.count > has_row(rows, revision);
    RevisionList self = {0};
    vec_push(rows->arena, &self, revision);
    for (size_t i = 0; i < revision->versioned_down.count; i++) {
        const Revision *parent = revision->versioned_down.items[i];
        bool is_implied = has_others ? is_below(rows, parent, &rows->is_row, &self)
                                     : revision->versioned_down.count > 1 &&
                                           is_below_another(rows, parent, &revision->versioned_down);
        if (!is_implied)
            vec_push(rows->arena, below, parent);
    }
}

static bool step_down(Rows *rows, Diag *diag, const Revision *revision, VersionChange *change)
{
    RevisionList below = {0};
    if (!has_row(rows, revision))
        return refuse(diag, revision);
    find_rows_below(rows, revision, &below);
    rows->applied.has[revision->index] = false;
    if (!below.count)
        return delete_row(rows, diag, revision, revision, change);
    for (size_t i = 0; i + 1 < below.count; i++)
        if (!insert_row(rows, diag, revision, below.items[i], change))
            return false;
    return update_row(rows, diag, revision, revision, below.items[below.count - 1], change);
}

// merge_branch_idents: which rows the revision takes the place of.
static void find_rows_merged(Rows *rows, const Revision *revision, RevisionList *merged)
{
    const RevisionList *downs = &revision->versioned_down;
    bool has_others = false;
    for (size_t i = 0; i < rows->rows.count; i++)
        has_others = has_others || !revisions_have(downs, rows->rows.items[i]);
    for (size_t i = 0; i < downs->count; i++)
        if (!has_others || !is_below(rows, downs->items[i], &rows->is_row, downs))
            vec_push(rows->arena, merged, downs->items[i]);
}

static bool step_up(Rows *rows, Diag *diag, const Revision *revision, VersionChange *change)
{
    RevisionList present = {0}, merged = {0};
    for (size_t i = 0; i < revision->versioned_down.count; i++)
        if (has_row(rows, revision->versioned_down.items[i]))
            vec_push(rows->arena, &present, revision->versioned_down.items[i]);
    if (!present.count)
        return insert_row(rows, diag, revision, revision, change);
    if (present.count == 1)
        return update_row(rows, diag, revision, present.items[0], revision, change);
    find_rows_merged(rows, revision, &merged);
    if (!merged.count)
        return refuse(diag, revision);
    for (size_t i = 0; i + 1 < merged.count; i++)
        if (!delete_row(rows, diag, revision, merged.items[i], change))
            return false;
    return update_row(rows, diag, revision, merged.items[merged.count - 1], revision, change);
}

bool rows_step(Rows *rows, Diag *diag, const Revision *revision, Direction direction, VersionChange *change)
{
    *change = (VersionChange){0};
    return direction == DIRECTION_UP ? step_up(rows, diag, revision, change) : step_down(rows, diag, revision, change);
}

// ---- stamp ----

bool rows_stamp(Rows *rows, Diag *diag, const StampStep *step, VersionChange *change)
{
    *change = (VersionChange){.from_ids = step->from, .to_ids = step->to};
    const Revision *to = step->to.count ? map_get(&rows->graph->by_id, step->to.items[0]) : NULL;
    RevisionList from = {0};
    bool is_missing = false;
    for (size_t i = 0; i < step->from.count; i++) {
        vec_push(rows->arena, &from, map_get(&rows->graph->by_id, step->from.items[i]));
        is_missing = is_missing || !has_row(rows, from.items[i]);
    }
    if (!step->is_upgrade && step->is_branch_move)
        return delete_row(rows, diag, from.items[0], from.items[0], change);
    if (!to)
        BUG("a stamp that leads nowhere");
    if (step->is_upgrade && (step->is_branch_move || is_missing) && !has_row(rows, to))
        return insert_row(rows, diag, to, to, change);
    for (size_t i = 0; i + 1 < from.count; i++)
        if (!delete_row(rows, diag, to, from.items[i], change))
            return false;
    return from.count ? update_row(rows, diag, to, from.items[from.count - 1], to, change) : refuse(diag, to);
}

Str version_rows_text(Arena *arena, const StrList *rows, Str separator)
{
    return rows->count ? strlist_join(arena, rows, separator) : STR("base");
}
