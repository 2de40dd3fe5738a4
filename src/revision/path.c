// Specs -> ordered steps with their version rows: what upgrade, downgrade and stamp do, and the way back of a pack.
#include "revision_int.h"

static Query query_open(Arena *arena, Diag *diag, const Project *project, Str spec)
{
    return (Query){arena, diag, &project->graph, spec};
}

static StrList split_commas(Arena *arena, Str text)
{
    StrList pieces = {0};
    size_t at;
    while ((at = str_find_char(text, ',', 0)) != SIZE_MAX) {
        vec_push(arena, &pieces, str_trim(str_slice(text, 0, at)));
        text = str_slice(text, at + 1, text.len);
    }
    Str last = pieces.count ? str_trim(text) : text;
    vec_push(arena, &pieces, last);
    return pieces;
}

// Cuts `[FROM:]TO`; FROM is "base" when there is none.
static bool split_range(Query *query, Str spec, Str *from, Str *to)
{
    size_t colon = str_find_char(spec, ':', 0);
    *from = colon == SIZE_MAX ? STR("base") : str_slice(spec, 0, colon);
    *to = colon == SIZE_MAX ? spec : str_slice(spec, colon + 1, spec.len);
    if (str_find_char(*to, ':', 0) != SIZE_MAX)
        return query_refuse(query, "\"%.*s\" has more than one \":\"", STR_ARGS(spec));
    if (!from->len || !to->len) {
        query_refuse(query, "\"%.*s\" has no revision %s \":\"", STR_ARGS(spec), from->len ? "after" : "before");
        diag_hint(query->diag, "Write \"base\" for the empty database.");
        return false;
    }
    return true;
}

// The version rows that FROM names: exact revisions, several only as a comma list (an extension).
static bool find_rows(Query *query, Str from, RevisionList *rows)
{
    StrList names = split_commas(query->arena, from);
    for (size_t i = 0; i < names.count; i++) {
        const Revision *revision;
        if (str_equal(names.items[i], STR("base")))
            continue;
        if (!query_revision(query, name_of(names.items[i]), &revision))
            return false;
        if (!revision)
            return query_refuse(query, "\"%.*s\" names no revision to start from", STR_ARGS(names.items[i]));
        if (!revisions_have(rows, revision))
            vec_push(query->arena, rows, revision);
    }
    return names.count == 1 || query_check_overlaps(query, rows);
}

// Our own: everything applied but what is below a list of revisions.
static bool collect_down_to_list(Query *query, const RevisionList *current, const StrList *names, Collected *collected)
{
    RevisionList ends = {0};
    for (size_t i = 0; i < names->count; i++) {
        const Revision *revision;
        if (!query_revision(query, name_of(names->items[i]), &revision))
            return false;
        if (revision && !revisions_have(&ends, revision))
            vec_push(query->arena, &ends, revision);
    }
    if (!query_check_overlaps(query, &ends))
        return false;
    *collected = (Collected){.set = set_open(query->arena, query->graph), .heads = *current, .is_convex = true};
    RevisionSet kept = set_open(query->arena, query->graph);
    set_add_ancestors(query->arena, &collected->set, current, true);
    set_add_ancestors(query->arena, &kept, &ends, true);
    for (size_t i = 0; i < ends.count; i++)
        if (!set_has(&collected->set, ends.items[i]))
            return query_refuse(query, "\"%.*s\" is no way down: \"%.*s\" is not applied", STR_ARGS(query->spec),
                                STR_ARGS(ends.items[i]->id));
    for (size_t i = 0; i < query->graph->revisions.count; i++)
        collected->set.has[i] = collected->set.has[i] && !kept.has[i];
    return true;
}

static StrList ids_of(Arena *arena, const RevisionList *revisions)
{
    StrList ids = {0};
    for (size_t i = 0; i < revisions->count; i++)
        vec_push(arena, &ids, revisions->items[i]->id);
    return ids;
}

static Step step_open(Arena *arena, const Revision *revision, Direction direction)
{
    Step step = {.revision = revision, .direction = direction};
    StrList self = {0};
    vec_push(arena, &self, revision->id);
    StrList down = ids_of(arena, &revision->down);
    step.from_ids = direction == DIRECTION_UP ? down : self;
    step.to_ids = direction == DIRECTION_UP ? self : down;
    return step;
}

// Puts the collected revisions in order and keeps the version rows over them.
static bool build_steps(Query *query, const Collected *collected, const RevisionList *current, Path *path)
{
    RevisionList sorted = {0};
    if (!set_sort(query->arena, &collected->set, &collected->heads, collected->is_convex, &sorted))
        return query_refuse(query, "Alembic finds no order for the revisions of \"%.*s\"", STR_ARGS(query->spec));
    Rows rows = rows_open(query->arena, query->graph, current);
    path->from = path->to = rows_ids(&rows);
    path->from_base = !current->count;
    for (size_t i = 0; i < sorted.count; i++) {
        size_t at = path->direction == DIRECTION_UP ? sorted.count - 1 - i : i;
        Step step = step_open(query->arena, sorted.items[at], path->direction);
        step.rows_before = path->to;
        if (!rows_step(&rows, query->diag, step.revision, path->direction, &step.version))
            return false;
        path->to = step.rows_after = rows_ids(&rows);
        vec_push(query->arena, &path->steps, step);
    }
    return true;
}

bool path_find(Arena *arena, Diag *diag, const Project *project, Direction direction, Str spec, Path *path)
{
    Query query = query_open(arena, diag, project, spec);
    Str from, to;
    RevisionList current = {0};
    Collected collected;
    *path = (Path){.direction = direction};
    if (direction == DIRECTION_DOWN && str_find_char(spec, ':', 0) == SIZE_MAX) {
        query_refuse(&query, "downgrade needs FROM:TO, but \"%.*s\" has no \":\"", STR_ARGS(spec));
        diag_hint(diag, "Without a database Waybill does not know where the downgrade starts.");
        return false;
    }
    if (!split_range(&query, spec, &from, &to) || !find_rows(&query, from, &current))
        return false;
    StrList targets = split_commas(arena, to);
    bool is_good = direction == DIRECTION_UP ? collect_upgrade(&query, &targets, &current, &collected)
                   : targets.count > 1       ? collect_down_to_list(&query, &current, &targets, &collected)
                                             : collect_downgrade(&query, &current, to, &collected);
    return is_good && build_steps(&query, &collected, &current, path);
}

bool path_reverse(Arena *arena, Diag *diag, const Project *project, const Path *up, Path *down)
{
    (void)diag;
    (void)project;
    if (up->direction != DIRECTION_UP)
        BUG("only an upgrade has a way back");
    *down = (Path){.direction = DIRECTION_DOWN, .from = up->to, .to = up->from, .from_base = !up->to.count};
    for (size_t i = up->steps.count; i-- > 0;) {
        const Step *taken = &up->steps.items[i];
        Step step = step_open(arena, taken->revision, DIRECTION_DOWN);
        step.rows_before = taken->rows_after;
        step.rows_after = taken->rows_before;
        step.version = (VersionChange){.deleted = taken->version.inserted,
                                       .inserted = taken->version.deleted,
                                       .updated_from = taken->version.updated_to,
                                       .updated_to = taken->version.updated_from};
        vec_push(arena, &down->steps, step);
    }
    return true;
}

bool path_all(Arena *arena, Diag *diag, const Project *project, Path *path)
{
    return path_find(arena, diag, project, DIRECTION_UP, STR("base:heads"), path);
}

// ---- stamp: ScriptDirectory._stamp_revs ----

typedef struct Stamper {
    Query *query;
    RevisionList heads;   // version rows that one of the destinations concerns
    VEC(StampStep) steps;
} Stamper;

static bool any_in(const RevisionSet *set, const RevisionList *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (set_has(set, list->items[i]))
            return true;
    return false;
}

static bool add_stamp(Stamper *stamper, const Revision *destination)
{
    Query *query = stamper->query;
    Arena *arena = query->arena;
    if (revisions_have(&stamper->heads, destination))
        return true;
    RevisionList one = {0};
    vec_push(arena, &one, destination);
    RevisionSet above = set_open(arena, query->graph), below = set_open(arena, query->graph);
    set_add_descendants(arena, &above, &one, true);
    set_add_ancestors(arena, &below, &one, true);
    StampStep step = {.to = ids_of(arena, &one), .is_upgrade = true, .is_branch_move = true};
    bool is_down = any_in(&above, &stamper->heads), is_up = any_in(&below, &stamper->heads);
    if (is_down && is_up)
        return query_refuse(query, "\"%.*s\" stands between the revisions that the database is at",
                            STR_ARGS(destination->id));
    if (is_down || is_up) {
        step.from = ids_of(arena, &stamper->heads);
        step.is_upgrade = is_up;
        step.is_branch_move = false;
    }
    vec_push(arena, &stamper->steps, step);
    return true;
}

// Base as a destination: the rows concerned go away one by one.
static void add_stamp_to_base(Stamper *stamper)
{
    for (size_t i = 0; i < stamper->heads.count; i++) {
        StampStep step = {.is_branch_move = true};
        vec_push(stamper->query->arena, &step.from, stamper->heads.items[i]->id);
        vec_push(stamper->query->arena, &stamper->steps, step);
    }
}

bool path_stamp(Arena *arena, Diag *diag, const Project *project, Str spec, Path *path, VersionChangeList *changes)
{
    Query query = query_open(arena, diag, project, spec);
    Stamper stamper = {.query = &query};
    Str from, to;
    RevisionList current = {0}, destinations = {0};
    *path = (Path){.direction = DIRECTION_UP};
    *changes = (VersionChangeList){0};
    if (!split_range(&query, spec, &from, &to) || !find_rows(&query, from, &current))
        return false;
    StrList names = split_commas(arena, to);
    for (size_t i = 0; i < names.count; i++) {
        RevisionList concerned = {0};
        if (!query_lineage(&query, &current, names.items[i], true, &concerned) ||
            !query_revisions(&query, name_of(names.items[i]), &destinations))
            return false;
        for (size_t c = 0; c < concerned.count; c++)
            if (!revisions_have(&stamper.heads, concerned.items[c]))
                vec_push(arena, &stamper.heads, concerned.items[c]);
    }
    if (!destinations.count)
        add_stamp_to_base(&stamper);
    for (size_t i = 0; i < destinations.count; i++) {
        if (destinations.items[i] == &base_marker)
            return query_refuse(&query, "\"%.*s\" leads down to base; write \"base\"", STR_ARGS(to));
        if (!destinations.items[i])
            add_stamp_to_base(&stamper);
        else if (!add_stamp(&stamper, destinations.items[i]))
            return false;
    }
    Rows rows = rows_open(arena, &project->graph, &current);
    path->from = rows_ids(&rows);
    path->from_base = !current.count;
    for (size_t i = 0; i < stamper.steps.count; i++) {
        VersionChange change;
        if (!rows_stamp(&rows, diag, &stamper.steps.items[i], &change))
            return false;
        vec_push(arena, changes, change);
    }
    path->to = rows_ids(&rows);
    return true;
}

// ---- names for show, history, pack ----

static bool is_current(Query *query, Str name)
{
    if (!str_equal(name, STR("current")))
        return false;
    query_refuse(query, "\"current\" is known only to a database");
    return true;
}

bool revision_resolve(Arena *arena, Diag *diag, const Project *project, Str spec, RevisionList *revisions)
{
    Query query = query_open(arena, diag, project, spec);
    StrList names = split_commas(arena, spec);
    RevisionList found = {0};
    for (size_t i = 0; i < names.count; i++)
        if (is_current(&query, names.items[i]) || !query_revisions(&query, name_of(names.items[i]), &found))
            return false;
    for (size_t i = 0; i < found.count; i++) {
        if (!found.items[i] || found.items[i] == &base_marker)
            return query_refuse(&query, "\"%.*s\" leads below the first revision", STR_ARGS(spec));
        if (!revisions_have(revisions, found.items[i]))
            vec_push(arena, revisions, found.items[i]);
    }
    return true;
}

bool revision_history(Arena *arena, Diag *diag, const Project *project, Str range, RevisionList *revisions)
{
    Query query = query_open(arena, diag, project, range);
    Str lower = STR_EMPTY, upper = STR_EMPTY;
    if (range.len) {
        Str trimmed = space_trim(range);
        size_t colon = str_find_char(trimmed, ':', 0);
        if (colon == SIZE_MAX || str_find_char(trimmed, ':', colon + 1) != SIZE_MAX)
            return query_refuse(&query, "\"%.*s\" is no range: it is written START:END, START: or :END", STR_ARGS(range));
        lower = str_slice(trimmed, 0, colon);
        upper = str_slice(trimmed, colon + 1, trimmed.len);
    }
    if (is_current(&query, lower) || is_current(&query, upper))
        return false;
    Collected collected;
    if (!collect_history(&query, upper.len ? upper : STR("heads"), lower.len ? lower : STR("base"), &collected))
        return false;
    return set_sort(arena, &collected.set, &collected.heads, collected.is_convex, revisions) ||
           query_refuse(&query, "Alembic finds no order for the revisions of \"%.*s\"", STR_ARGS(range));
}
