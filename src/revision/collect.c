// Which revisions a range means. Each function does what the method of Alembic 1.19.1's RevisionMap does that is named
// above it; where Alembic fails an assertion there is a message.
#include "revision_int.h"

static bool refuse_count(Query *query, const Relative *relative)
{
    return query_refuse(query, "\"%.*s\" leads nowhere: there are not %lld revisions %s", STR_ARGS(relative->digits),
                        relative->steps < 0 ? -relative->steps : relative->steps, relative->steps > 0 ? "above" : "below");
}

static Str at_branch(Query *query, Str branch, Str symbol)
{
    return str_format(query->arena, "%.*s@%.*s", STR_ARGS(branch), STR_ARGS(symbol));
}

// Members of `set` without a member right above them.
static void find_tips(Query *query, const RevisionSet *set, RevisionList *tips)
{
    bool *has_child = arena_array(query->arena, bool, query->graph->revisions.count + 1);
    for (size_t i = 0; i < query->graph->revisions.count; i++) {
        const Revision *revision = query->graph->revisions.items[i];
        for (size_t p = 0; set->has[i] && p < revision->versioned_down.count; p++)
            has_child[revision->versioned_down.items[p]->index] = true;
    }
    for (size_t i = 0; i < query->graph->revisions.count; i++)
        if (set->has[i] && !has_child[i])
            vec_push(query->arena, tips, query->graph->revisions.items[i]);
}

static void members(Query *query, const RevisionSet *set, RevisionList *list)
{
    for (size_t i = 0; i < query->graph->revisions.count; i++)
        if (set->has[i])
            vec_push(query->arena, list, query->graph->revisions.items[i]);
}

// Where `branch@+N` starts: the version row on the branch, else the tips of what is applied of it, else base.
static bool find_start_on_branch(Query *query, const RevisionList *current, Str branch, RevisionList *starts)
{
    if (!query_lineage(query, current, branch, false, starts))
        return false;
    if (starts->count)
        return true;
    RevisionSet below = set_open(query->arena, query->graph), active = set_open(query->arena, query->graph);
    set_add_ancestors(query->arena, &below, current, true);
    RevisionList applied = {0}, on_branch = {0};
    members(query, &below, &applied);
    if (!query_lineage(query, &applied, branch, false, &on_branch))
        return false;
    for (size_t i = 0; i < on_branch.count; i++)
        set_add(&active, on_branch.items[i]);
    find_tips(query, &active, starts);
    return true;
}

// _parse_upgrade_target, for a relative name upwards of the version rows
static bool target_above(Query *query, const RevisionList *current, const Relative *relative, bool no_overwalk,
                         const Revision **target)
{
    RevisionList starts = *current;
    if (relative->has_branch) {
        starts = (RevisionList){0};
        if (!find_start_on_branch(query, current, relative->branch, &starts))
            return false;
    }
    if (starts.count > 1) {
        query_refuse(query, "\"%.*s\" is ambiguous: the database is at several revisions", STR_ARGS(query->spec));
        diag_hint(query->diag, "Choose a branch, as in BRANCH@+1.");
        return false;
    }
    if (!query_walk(query, starts.count ? starts.items[0] : NULL, relative->steps, relative->branch, no_overwalk, target))
        return false;
    return *target || refuse_count(query, relative);
}

// _parse_upgrade_target
static bool parse_upgrade_target(Query *query, const RevisionList *current, Str target, bool no_overwalk,
                                 RevisionList *targets)
{
    Relative relative;
    if (!relative_match(target, &relative))
        return query_revisions(query, name_of(target), targets);
    const Revision *start, *end;
    if (relative.steps > 0 && !relative.has_symbol) {
        if (!target_above(query, current, &relative, no_overwalk, &end))
            return false;
    } else {
        if (!relative.has_symbol)
            return refuse_count(query, &relative);
        bool is_down = relative.steps <= 0;
        Str name = is_down && relative.has_branch ? at_branch(query, relative.branch, relative.symbol) : relative.symbol;
        if (!query_revision(query, name_of(name), &start) ||
            !query_walk(query, start, relative.steps, is_down ? STR_EMPTY : relative.branch, no_overwalk, &end))
            return false;
        if (!end)
            return refuse_count(query, &relative);
    }
    if (end == &base_marker)
        return query_refuse(query, "\"%.*s\" is base, which is no target of an upgrade", STR_ARGS(target));
    vec_push(query->arena, targets, end);
    return true;
}

// The check=True of _iterate_related_revisions: none of `list` may be below another.
bool query_check_overlaps(Query *query, const RevisionList *list)
{
    RevisionSet below = set_open(query->arena, query->graph);
    bool is_found = false;
    for (size_t i = 0; i < list->count; i++)
        set_add_ancestors(query->arena, &below, &list->items[i]->versioned_down, true);
    for (size_t i = 0; i < list->count; i++)
        is_found = is_found || set_has(&below, list->items[i]);
    for (size_t i = 0; is_found && i < list->count; i++) {
        below = set_open(query->arena, query->graph);
        set_add_ancestors(query->arena, &below, &list->items[i]->versioned_down, true);
        for (size_t k = 0; k < list->count; k++)
            if (set_has(&below, list->items[k]))
                return query_refuse(query,
                                    "revisions \"%.*s\" and \"%.*s\" of \"%.*s\" overlap: the first is below the second",
                                    STR_ARGS(list->items[k]->id), STR_ARGS(list->items[i]->id), STR_ARGS(query->spec));
    }
    return true;
}

static void push_new(Query *query, RevisionList *list, const Revision *revision)
{
    if (!revisions_have(list, revision))
        vec_push(query->arena, list, revision);
}

// _collect_upgrade_revisions with implicit_base, as the command upgrade uses it
bool collect_upgrade(Query *query, const StrList *targets, const RevisionList *current, Collected *collected)
{
    *collected = (Collected){.is_convex = true};
    for (size_t i = 0; i < targets->count; i++) {
        RevisionList found = {0};
        if (!parse_upgrade_target(query, current, targets->items[i], true, &found))
            return false;
        for (size_t f = 0; f < found.count; f++) {
            if (!found.items[f] || found.items[f] == &base_marker)
                return query_refuse(query, "\"%.*s\" is base, which is no target of an upgrade",
                                    STR_ARGS(targets->items[i]));
            push_new(query, &collected->heads, found.items[f]);
        }
    }
    if (!query_check_overlaps(query, &collected->heads) || !query_check_overlaps(query, current))
        return false;
    RevisionSet done = set_open(query->arena, query->graph);
    set_add_ancestors(query->arena, &done, current, true);
    collected->set = set_open(query->arena, query->graph);
    set_add_ancestors(query->arena, &collected->set, &collected->heads, true);
    for (size_t i = 0; i < query->graph->revisions.count; i++)
        collected->set.has[i] = collected->set.has[i] && !done.has[i];
    return true;
}

// ---- history ----

// `lower` is "branch@name": only targets of that branch count.
static bool keep_targets_of_branch(Query *query, Str lower, RevisionList *targets)
{
    size_t at = str_find_char(lower, '@', 0);
    if (at == SIZE_MAX)
        return true;
    const Revision *revision;
    Str branch = str_slice(lower, 0, at);
    if (!query_revision(query, name_of(branch), &revision))
        return false;
    if (revision && str_equal(revision->id, branch)) {
        if (revision->all_labels.count != 1)
            return query_refuse(query, "revision \"%.*s\" is on %zu labelled branches, so it does not name one",
                                STR_ARGS(branch), revision->all_labels.count);
        branch = revision->all_labels.items[0];
    }
    RevisionList kept = {0};
    for (size_t i = 0; i < targets->count; i++)
        if (strlist_has(&targets->items[i]->all_labels, branch))
            vec_push(query->arena, &kept, targets->items[i]);
    *targets = kept;
    return true;
}

static bool parse_downgrade_target(Query *query, const RevisionList *current, Str first_current, Str target,
                                   bool no_overwalk, Str *branch, const Revision **revision);

// Where history begins: what `lower` names, or nothing for base.
static bool find_lower(Query *query, Str upper, Str lower, RevisionList *current, Name *lower_name)
{
    *lower_name = name_of(lower);
    if (!query_revisions(query, *lower_name, current))
        return false;
    if (!current->count || current->items[0])
        return true;
    // A relative start beyond base.
    Str branch;
    const Revision *revision;
    RevisionList above = {0};
    if (!parse_downgrade_target(query, &above, upper, lower, false, &branch, &revision))
        return false;
    if (!revision)
        return query_refuse(query, "\"%.*s\" names no revision", STR_ARGS(lower));
    *current = (RevisionList){0};
    *lower_name = NAME_NONE;
    if (revision != &base_marker) {
        vec_push(query->arena, current, revision);
        *lower_name = name_of(revision->id);
    }
    return true;
}

// What "+N" counts from: with a branch whatever `lower` names, else one revision.
static bool find_history_start(Query *query, Str upper, Str lower, bool has_branch, RevisionList *starts)
{
    const Revision *start = NULL;
    if (has_branch ? !query_revisions(query, name_of(lower), starts) : !query_revision(query, name_of(lower), &start))
        return false;
    if (start)
        vec_push(query->arena, starts, start);
    for (size_t i = 0; i < starts->count; i++)
        if (!starts->items[i] || starts->items[i] == &base_marker)
            return query_refuse(query, "\"%.*s\" counts from a start that is base", STR_ARGS(upper));
    return true;
}

// _collect_upgrade_revisions as walk_revisions uses it: inclusive, without implicit base and exact length
bool collect_history(Query *query, Str upper, Str lower, Collected *collected)
{
    RevisionList current = {0}, targets = {0}, included = {0};
    Name lower_name;
    *collected = (Collected){.is_convex = true};
    Relative relative;
    bool is_above = relative_match(upper, &relative) && relative.steps > 0 && !relative.has_symbol;
    // Only "+N" needs to know where it starts before the targets are known.
    if (is_above && !find_history_start(query, upper, lower, relative.has_branch, &current))
        return false;
    if (!parse_upgrade_target(query, &current, upper, false, &targets))
        return false;
    for (size_t i = 0; i < targets.count; i++)
        if (!targets.items[i] || targets.items[i] == &base_marker)
            return query_refuse(query, "\"%.*s\" is base, where no history ends", STR_ARGS(upper));
    if (!keep_targets_of_branch(query, lower, &targets) || !query_check_overlaps(query, &targets))
        return false;
    collected->set = set_open(query->arena, query->graph);
    set_add_ancestors(query->arena, &collected->set, &targets, true);
    collected->heads = targets;
    current = (RevisionList){0};
    if (!query_revisions(query, name_of(lower), &current))
        return false;
    for (size_t i = 0; i < current.count; i++)
        if (current.items[i] && (current.items[i] == &base_marker || !set_has(&collected->set, current.items[i])))
            return query_refuse(query, "\"%.*s\" is no range: \"%.*s\" is not below \"%.*s\"", STR_ARGS(query->spec),
                                STR_ARGS(lower), STR_ARGS(upper));
    current = (RevisionList){0};
    if (!find_lower(query, upper, lower, &current, &lower_name))
        return false;
    for (size_t i = 0; i < current.count; i++)
        if (!current.items[i])
            return query_refuse(query, "\"%.*s\" leads below base from some heads only", STR_ARGS(lower));
    if (!query_check_overlaps(query, &current))
        return false;
    RevisionSet done = set_open(query->arena, query->graph), above = set_open(query->arena, query->graph);
    set_add_ancestors(query->arena, &done, &current, true);
    for (size_t i = 0; i < query->graph->revisions.count; i++)
        collected->set.has[i] = collected->set.has[i] && !done.has[i];
    if (!query_revisions(query, lower_name, &included))
        return false;
    for (size_t i = 0; i < included.count; i++) {
        if (!included.items[i] || included.items[i] == &base_marker)
            return query_refuse(query, "\"%.*s\" names no revision", STR_ARGS(lower));
        set_add(&collected->set, included.items[i]);
    }
    if (!current.count)
        return true;
    collected->is_convex = false;
    set_add_descendants(query->arena, &above, &current, false);
    for (size_t i = 0; i < query->graph->revisions.count; i++)
        collected->set.has[i] = collected->set.has[i] && above.has[i];
    return true;
}

// ---- downgrade ----

// The version row, or what is applied below the rows, that is on `branch`; exactly one. NULL: refused.
static const Revision *find_row_on_branch(Query *query, const RevisionList *current, Str branch)
{
    RevisionList rows = {0}, tips = {0};
    if (!query_lineage(query, current, branch, false, &rows))
        return NULL;
    if (!rows.count) {
        RevisionSet below = set_open(query->arena, query->graph), inner = set_open(query->arena, query->graph);
        set_add_ancestors(query->arena, &below, current, true);
        // _filter_into_branch_heads: without those that another one stands above, along down_revision.
        for (size_t i = 0; i < query->graph->revisions.count; i++)
            if (below.has[i])
                set_add_ancestors(query->arena, &inner, &query->graph->revisions.items[i]->down, false);
        for (size_t i = 0; i < query->graph->revisions.count; i++)
            below.has[i] = below.has[i] && !inner.has[i];
        members(query, &below, &tips);
        if (!query_lineage(query, &tips, branch, false, &rows))
            return NULL;
    }
    if (rows.count == 1)
        return rows.items[0];
    if (rows.count)
        query_refuse(query, "branch \"%.*s\" leads to several of the revisions that are applied", STR_ARGS(branch));
    else
        query_refuse(query, "nothing of branch \"%.*s\" is applied", STR_ARGS(branch));
    return NULL;
}

// Where a relative downgrade without symbol starts, and the branch it keeps to.
static bool find_start_below(Query *query, const RevisionList *current, Str first_current, const Relative *relative,
                             Str *branch, Str *symbol)
{
    if (relative->has_branch) {
        *branch = relative->branch;
        const Revision *row = find_row_on_branch(query, current, *branch);
        if (!row)
            return false;
        *symbol = row->id;
        return true;
    }
    if (current->count > 1) {
        query_refuse(query, "\"%.*s\" is ambiguous: the database is at several revisions", STR_ARGS(query->spec));
        diag_hint(query->diag, "Choose a branch, as in BRANCH@-1.");
        return false;
    }
    if (!current->count && !first_current.len)
        return refuse_count(query, relative);
    *symbol = current->count ? current->items[0]->id : first_current;
    *branch = *symbol;
    return true;
}

// _parse_downgrade_target. `first_current` is the upper end's name when it is not a version row.
static bool parse_downgrade_target(Query *query, const RevisionList *current, Str first_current, Str target,
                                   bool no_overwalk, Str *branch, const Revision **revision)
{
    Relative relative;
    const Revision *start;
    *branch = STR_EMPTY;
    if (!relative_match(target, &relative)) {
        size_t at = target.len;
        while (at && target.ptr[at - 1] != '@')
            at--;
        *branch = at ? str_slice(target, 0, at - 1) : STR_EMPTY;
        return query_revision(query, name_of(str_slice(target, at, target.len)), revision);
    }
    Str symbol = relative.symbol;
    *branch = relative.branch;
    if (relative.steps >= 0) {
        if (!relative.has_symbol)
            return refuse_count(query, &relative);
        if (!query_revision(query, name_of(symbol), &start) ||
            !query_walk(query, start, relative.steps, relative.branch, no_overwalk, revision))
            return false;
        return *revision || refuse_count(query, &relative);
    }
    bool has_branch = relative.has_branch;
    if (!relative.has_symbol) {
        if (!find_start_below(query, current, first_current, &relative, branch, &symbol))
            return false;
        has_branch = true;
    }
    if (!query_revision(query, name_of(has_branch ? at_branch(query, *branch, symbol) : symbol), &start) ||
        !query_walk(query, start, relative.steps, STR_EMPTY, no_overwalk, revision))
        return false;
    return *revision || refuse_count(query, &relative);
}

// Leaves the roots below which `branch` lies.
static bool keep_roots_of_branch(Query *query, Str branch, RevisionList *roots)
{
    const Revision *revision;
    if (!query_branch(query, branch, &revision))
        return false;
    RevisionSet below = set_open(query->arena, query->graph);
    RevisionList one = {0}, kept = {0};
    vec_push(query->arena, &one, revision);
    set_add_ancestors(query->arena, &below, &one, false);
    for (size_t i = 0; i < roots->count; i++)
        if (set_has(&below, roots->items[i]))
            vec_push(query->arena, &kept, roots->items[i]);
    *roots = kept;
    return kept.count ||
           query_refuse(query, "\"%.*s\" is no way down for branch \"%.*s\"", STR_ARGS(query->spec), STR_ARGS(branch));
}

// _collect_downgrade_revisions
bool collect_downgrade(Query *query, const RevisionList *current, Str target, Collected *collected)
{
    Str branch;
    const Revision *end;
    *collected = (Collected){.heads = *current, .is_convex = true};
    if (!parse_downgrade_target(query, current, STR_EMPTY, target, true, &branch, &end))
        return false;
    if (end == &base_marker)
        end = NULL;
    RevisionList roots = end ? end->next : query->graph->bases;
    if (branch.len && roots.count > 1 && !keep_roots_of_branch(query, branch, &roots))
        return false;
    RevisionSet active = set_open(query->arena, query->graph);
    collected->set = set_open(query->arena, query->graph);
    set_add_descendants(query->arena, &collected->set, &roots, true);
    set_add_ancestors(query->arena, &active, current, true);
    bool is_empty = true;
    for (size_t i = 0; i < query->graph->revisions.count; i++) {
        collected->set.has[i] = collected->set.has[i] && active.has[i];
        is_empty = is_empty && !collected->set.has[i];
    }
    if (end && is_empty && !revisions_have(current, end))
        return query_refuse(query, "\"%.*s\" is no way down: \"%.*s\" is not applied", STR_ARGS(query->spec),
                            STR_ARGS(end->id));
    return true;
}
