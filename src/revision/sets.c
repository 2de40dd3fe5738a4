// Sets of revisions, what is below and above them, and Alembic's order of a set.
#include "revision_int.h"

RevisionSet set_open(Arena *arena, const Graph *graph)
{
    return (RevisionSet){graph, arena_array(arena, bool, graph->revisions.count + 1)};
}

size_t set_count(const RevisionSet *set)
{
    size_t count = 0;
    for (size_t i = 0; i < set->graph->revisions.count; i++)
        count += set->has[i];
    return count;
}

static void add_reached(RevisionSet *set, const RevisionList *edges, const Revision **stack, size_t *depth)
{
    for (size_t i = 0; i < edges->count; i++) {
        const Revision *revision = edges->items[i];
        if (set_has(set, revision))
            continue;
        set_add(set, revision);
        stack[(*depth)++] = revision;
    }
}

// Members that are there already count as walked through.
static void add_related(Arena *arena, RevisionSet *set, const RevisionList *targets, bool is_upward, bool with_depends)
{
    const Revision **stack = arena_array(arena, const Revision *, set->graph->revisions.count + 1);
    size_t depth = 0;
    add_reached(set, targets, stack, &depth);
    while (depth) {
        const Revision *revision = stack[--depth];
        const RevisionList *edges = is_upward ? (with_depends ? &revision->next_all : &revision->next)
                                              : (with_depends ? &revision->versioned_down : &revision->down);
        add_reached(set, edges, stack, &depth);
    }
}

void set_add_ancestors(Arena *arena, RevisionSet *set, const RevisionList *targets, bool with_depends)
{
    add_related(arena, set, targets, false, with_depends);
}

void set_add_descendants(Arena *arena, RevisionSet *set, const RevisionList *targets, bool with_depends)
{
    add_related(arena, set, targets, true, with_depends);
}

const bool *revisions_applied(Arena *arena, const Graph *graph, const StrList *rows)
{
    RevisionSet applied = set_open(arena, graph);
    RevisionList known = {0};
    for (size_t i = 0; i < rows->count; i++) {
        const Revision *row = map_get(&graph->by_id, rows->items[i]);
        if (row)
            vec_push(arena, &known, row);
    }
    set_add_ancestors(arena, &applied, &known, true);
    return applied.has;
}

// ---- order ----

// Alembic walks down from several heads at once: it stays on one line as long as it can, and leaves a revision for later
// while another head stands above it, going on from the first such head. It finds out with a set of ancestors for each head;
// here a revision in a convex set is free when all its children in the set are out, which is the same and costs nothing.
// Only when one is not free, the heads above it are searched.
typedef struct Sorter {
    const RevisionSet *set;
    bool is_convex;
    bool *todo;
    size_t *children;   // in the set and not out yet
    const Revision **heads;
    size_t head_count, at;
    bool *is_now_head;
    uint32_t *stamps, stamp;   // what the last search has met
    const Revision **stack;
} Sorter;

static bool is_walkable(const Sorter *sorter, const Revision *revision)
{
    return !sorter->is_convex || sorter->todo[revision->index];
}

// Stores the first other head above `candidate`.
static bool find_head_above(Sorter *sorter, const Revision *candidate, size_t *found)
{
    size_t depth = 0;
    sorter->stamp++;
    sorter->stamps[candidate->index] = sorter->stamp;
    sorter->stack[depth++] = candidate;
    while (depth) {
        const Revision *revision = sorter->stack[--depth];
        for (size_t i = 0; i < revision->next_all.count; i++) {
            const Revision *child = revision->next_all.items[i];
            if (sorter->stamps[child->index] == sorter->stamp || !is_walkable(sorter, child))
                continue;
            sorter->stamps[child->index] = sorter->stamp;
            sorter->stack[depth++] = child;
        }
    }
    for (*found = 0; *found < sorter->head_count; ++*found)
        if (*found != sorter->at && sorter->stamps[sorter->heads[*found]->index] == sorter->stamp)
            return true;
    return false;
}

static void add_head(Sorter *sorter, const Revision *revision)
{
    sorter->heads[sorter->head_count++] = revision;
    sorter->is_now_head[revision->index] = true;
}

// Takes the revision out and puts what is right below it in its place.
static void take_out(Sorter *sorter, const Revision *revision)
{
    sorter->todo[revision->index] = false;
    sorter->is_now_head[revision->index] = false;
    for (size_t i = 0; i < revision->down.count; i++)
        sorter->children[revision->down.items[i]->index]--;
    for (size_t i = 0; i < revision->depends_all.count; i++)
        if (!revisions_have(&revision->down, revision->depends_all.items[i]))
            sorter->children[revision->depends_all.items[i]->index]--;
    bool is_replaced = false;
    for (size_t i = 0; i < revision->versioned_down.count; i++) {
        const Revision *parent = revision->versioned_down.items[i];
        if (!sorter->todo[parent->index] || sorter->is_now_head[parent->index])
            continue;
        if (is_replaced) {
            add_head(sorter, parent);
            continue;
        }
        is_replaced = true;
        sorter->heads[sorter->at] = parent;
        sorter->is_now_head[parent->index] = true;
    }
    if (is_replaced)
        return;
    memmove(sorter->heads + sorter->at, sorter->heads + sorter->at + 1,
            (sorter->head_count - sorter->at - 1) * sizeof *sorter->heads);
    sorter->head_count--;
    sorter->at -= sorter->at > 0;
}

static void open_sorter(Arena *arena, Sorter *sorter, const RevisionList *heads)
{
    const Graph *graph = sorter->set->graph;
    size_t count = graph->revisions.count;
    sorter->todo = arena_array(arena, bool, count + 1);
    sorter->children = arena_array(arena, size_t, count + 1);
    sorter->heads = arena_array(arena, const Revision *, count + 1);
    sorter->is_now_head = arena_array(arena, bool, count + 1);
    sorter->stamps = arena_array(arena, uint32_t, count + 1);
    sorter->stack = arena_array(arena, const Revision *, count + 1);
    for (size_t i = 0; i < count; i++) {
        const Revision *revision = graph->revisions.items[i];
        sorter->todo[i] = set_has(sorter->set, revision);
        for (size_t c = 0; c < revision->next_all.count; c++)
            sorter->children[i] += set_has(sorter->set, revision->next_all.items[c]);
    }
    bool *is_head = arena_array(arena, bool, count + 1);
    for (size_t i = 0; i < heads->count; i++)
        is_head[heads->items[i]->index] = sorter->todo[heads->items[i]->index];
    for (size_t i = 0; i < count; i++)
        if (is_head[i])
            add_head(sorter, graph->revisions.items[i]);
}

bool set_sort(Arena *arena, const RevisionSet *set, const RevisionList *heads, bool is_convex, RevisionList *sorted)
{
    Sorter sorter = {.set = set, .is_convex = is_convex};
    open_sorter(arena, &sorter, heads);
    size_t wanted = set_count(set), above;
    while (sorter.head_count) {
        const Revision *candidate = sorter.heads[sorter.at];
        bool is_free = is_convex && !sorter.children[candidate->index];
        if (!is_free && find_head_above(&sorter, candidate, &above)) {
            sorter.at = above;
            continue;
        }
        vec_push(arena, sorted, candidate);
        take_out(&sorter, candidate);
    }
    return sorted->count == wanted;
}
