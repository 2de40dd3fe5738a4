// Revisions as read -> a graph: ids, parents, children, heads. Every fault is reported, then the graph is refused; Alembic
// only warns of some of them and then stops with a KeyError.
#include "revision_int.h"

const Revision *graph_find(const Graph *graph, Str name)
{
    const Revision *revision = map_get(&graph->by_id, name);
    return revision ? revision : map_get(&graph->by_label, name);
}

bool revisions_have(const RevisionList *list, const Revision *revision)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i] == revision)
            return true;
    return false;
}

static bool index_ids(Diag *diag, Graph *graph)
{
    bool is_good = true;
    for (size_t i = 0; i < graph->revisions.count; i++) {
        Revision *revision = revision_mutable(graph->revisions.items[i]);
        revision->index = i;
        const Revision *other = map_get(&graph->by_id, revision->id);
        if (other) {
            is_good = diag_error(diag, revision->id_at, "revision \"%.*s\" is there twice", STR_ARGS(revision->id));
            diag_note(diag, other->id_at, "first here");
            continue;
        }
        map_put(&graph->by_id, revision->id, revision);
    }
    return is_good;
}

static bool index_labels(Diag *diag, Graph *graph)
{
    bool is_good = true;
    for (size_t i = 0; i < graph->revisions.count; i++) {
        Revision *revision = revision_mutable(graph->revisions.items[i]);
        for (size_t l = 0; l < revision->labels.count; l++) {
            Str label = revision->labels.items[l];
            const Revision *other = graph_find(graph, label);
            if (other) {
                is_good = diag_error(diag, revision->labels_at, "branch label \"%.*s\" is already used by revision \"%.*s\"",
                                     STR_ARGS(label), STR_ARGS(other->id));
                diag_note(diag, str_equal(other->id, label) ? other->id_at : other->labels_at, "used here");
                continue;
            }
            map_put(&graph->by_label, label, revision);
        }
    }
    return is_good;
}

// Names the one id that begins with `name`, as a hint.
static void hint_at_partial(Diag *diag, const Graph *graph, Str name)
{
    const Revision *found = NULL;
    for (size_t i = 0; name.len && i < graph->revisions.count; i++)
        if (str_starts(graph->revisions.items[i]->id, name)) {
            if (found)
                return;
            found = graph->revisions.items[i];
        }
    if (found)
        diag_hint(diag, "Write the whole id, \"%.*s\".", STR_ARGS(found->id));
    else
        diag_hint(diag, "If another package brings it, add its folder of revisions to version_locations, as Alembic asks.");
}

static bool link_parents(Arena *arena, Diag *diag, const Graph *graph, Revision *revision)
{
    bool is_good = true;
    for (size_t i = 0; i < revision->down_ids.count; i++) {
        Str id = revision->down_ids.items[i];
        const Revision *parent = map_get(&graph->by_id, id);
        if (!parent) {
            is_good = diag_error(diag, revision->down_at, "revision \"%.*s\" names the parent \"%.*s\", which is not there",
                                 STR_ARGS(revision->id), STR_ARGS(id));
            hint_at_partial(diag, graph, id);
        } else if (parent == revision) {
            is_good = diag_error(diag, revision->down_at, "revision \"%.*s\" is its own parent", STR_ARGS(revision->id));
        } else if (revisions_have(&revision->down, parent)) {
            is_good = diag_error(diag, revision->down_at, "revision \"%.*s\" names the parent \"%.*s\" twice",
                                 STR_ARGS(revision->id), STR_ARGS(id));
        } else {
            vec_push(arena, &revision->down, parent);
        }
    }
    for (size_t i = 0; i < revision->depends_ids.count; i++) {
        Str name = revision->depends_ids.items[i];
        const Revision *wanted = graph_find(graph, name);
        if (!wanted) {
            is_good = diag_error(diag, revision->depends_at,
                                 "revision \"%.*s\" depends on \"%.*s\", which is neither a "
                                 "revision nor a branch label",
                                 STR_ARGS(revision->id), STR_ARGS(name));
            hint_at_partial(diag, graph, name);
        } else if (wanted == revision) {
            is_good = diag_error(diag, revision->depends_at, "revision \"%.*s\" depends on itself", STR_ARGS(revision->id));
        } else if (!revisions_have(&revision->depends_all, wanted)) {
            vec_push(arena, &revision->depends_all, wanted);
        }
    }
    return is_good;
}

static void link_children(Arena *arena, const Graph *graph)
{
    for (size_t i = 0; i < graph->revisions.count; i++) {
        const Revision *revision = graph->revisions.items[i];
        for (size_t p = 0; p < revision->down.count; p++) {
            vec_push(arena, &revision_mutable(revision->down.items[p])->next, revision);
            vec_push(arena, &revision_mutable(revision->down.items[p])->next_all, revision);
        }
        for (size_t p = 0; p < revision->depends_all.count; p++)
            if (!revisions_have(&revision->down, revision->depends_all.items[p]))
                vec_push(arena, &revision_mutable(revision->depends_all.items[p])->next_all, revision);
    }
}

// ---- cycles ----

typedef struct Visit {
    const Revision *revision;
    size_t edge;
} Visit;

static const Revision *parent_at(const Revision *revision, size_t edge, bool with_depends)
{
    if (edge < revision->down.count)
        return revision->down.items[edge];
    edge -= revision->down.count;
    return with_depends && edge < revision->depends_all.count ? revision->depends_all.items[edge] : NULL;
}

static bool report_cycle(Arena *arena, Diag *diag, const Visit *cycle, size_t count, bool with_depends)
{
    // `cycle` goes from children to parents; the arrows of Alembic's listings go the other way.
    Buf text = buf_open(arena);
    enum { LONGEST = 50 };
    buf_add(&text, cycle[0].revision->id);
    for (size_t i = count; i-- > 0;) {
        if (count > LONGEST && i == count - LONGEST) {
            buf_addf(&text, " -> ... (%zu more)", i);
            i = 0;
        }
        buf_addf(&text, " -> %.*s", STR_ARGS(cycle[i].revision->id));
    }
    return diag_error(diag, with_depends ? cycle[0].revision->depends_at : cycle[0].revision->down_at,
                      "%s form a cycle: %.*s", with_depends ? "revisions and what they depend on" : "revisions",
                      STR_ARGS(buf_str(&text)));
}

static bool find_cycle(Arena *arena, Diag *diag, const Graph *graph, bool with_depends)
{
    enum { NEW, OPEN, DONE };
    size_t count = graph->revisions.count;
    char *state = arena_array(arena, char, count + 1);
    Visit *stack = arena_array(arena, Visit, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (state[i] != NEW)
            continue;
        size_t depth = 0;
        stack[depth++] = (Visit){graph->revisions.items[i], 0};
        state[i] = OPEN;
        while (depth) {
            Visit *top = &stack[depth - 1];
            const Revision *parent = parent_at(top->revision, top->edge++, with_depends);
            if (!parent) {
                state[top->revision->index] = DONE;
                depth--;
            } else if (state[parent->index] == OPEN) {
                size_t start = depth;
                while (stack[--start].revision != parent)
                    ;
                return report_cycle(arena, diag, stack + start, depth - start, with_depends);
            } else if (state[parent->index] == NEW) {
                state[parent->index] = OPEN;
                stack[depth++] = (Visit){parent, 0};
            }
        }
    }
    return true;
}

// ---- dependencies ----

// Whether `wanted` is a dependency of a strict ancestor of `revision` along down_revision.
static bool is_implied(Arena *arena, const Graph *graph, const Revision *revision, const Revision *wanted,
                       RevisionSet *below)
{
    // Children of `wanted` that have it as a dependency are few; without another one there is nothing to search.
    for (size_t i = 0; i < wanted->next_all.count; i++) {
        const Revision *user = wanted->next_all.items[i];
        if (user == revision || !revisions_have(&user->depends_all, wanted))
            continue;
        if (!below->has) {
            *below = set_open(arena, graph);
            set_add_ancestors(arena, below, &revision->down, false);
        }
        if (set_has(below, user))
            return true;
    }
    return false;
}

// Drops dependencies that an ancestor already has (Alembic's _normalize_depends_on).
static void normalise(Arena *arena, const Graph *graph, Revision *revision)
{
    RevisionSet below = {graph, NULL};
    for (size_t i = 0; i < revision->down.count; i++)
        vec_push(arena, &revision->versioned_down, revision->down.items[i]);
    for (size_t i = 0; i < revision->depends_all.count; i++) {
        const Revision *wanted = revision->depends_all.items[i];
        if (is_implied(arena, graph, revision, wanted, &below))
            continue;
        vec_push(arena, &revision->depends, wanted);
        if (!revisions_have(&revision->versioned_down, wanted))
            vec_push(arena, &revision->versioned_down, wanted);
    }
}

bool graph_link(Arena *arena, Diag *diag, Graph *graph)
{
    graph->by_id = map_open(arena);
    graph->by_label = map_open(arena);
    bool is_good = index_ids(diag, graph);
    is_good = index_labels(diag, graph) && is_good;
    for (size_t i = 0; i < graph->revisions.count; i++)
        is_good = link_parents(arena, diag, graph, revision_mutable(graph->revisions.items[i])) && is_good;
    if (!is_good)
        return false;
    link_children(arena, graph);
    if (!find_cycle(arena, diag, graph, false) || !find_cycle(arena, diag, graph, true))
        return false;
    for (size_t i = 0; i < graph->revisions.count; i++) {
        Revision *revision = revision_mutable(graph->revisions.items[i]);
        normalise(arena, graph, revision);
        revision->is_head = !revision->next.count;
        revision->is_real_head = !revision->next_all.count;
        revision->is_branch_point = revision->next.count > 1;
        revision->is_merge_point = revision->down.count > 1;
        if (revision->is_head)
            vec_push(arena, &graph->heads, revision);
        if (revision->is_real_head)
            vec_push(arena, &graph->real_heads, revision);
        if (!revision->down.count)
            vec_push(arena, &graph->bases, revision);
    }
    graph_inherit_labels(arena, graph);
    return true;
}
