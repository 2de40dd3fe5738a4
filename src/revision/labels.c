// Which branch labels a revision has: its own, those of what it descends from, and those of descendants up to the next
// branch or merge point (Alembic's RevisionMap._add_branches).
#include "revision_int.h"

// Adds `labels` to the revision's; revisions of one branch share one list while they can.
static void add_labels(Arena *arena, Revision *revision, const StrList *labels)
{
    if (revision->all_labels.items == labels->items && revision->all_labels.count == labels->count)
        return;
    if (!revision->all_labels.count) {
        revision->all_labels = *labels;
        return;
    }
    StrList joined = {0};
    for (size_t i = 0; i < revision->all_labels.count; i++)
        vec_push(arena, &joined, revision->all_labels.items[i]);
    for (size_t i = 0; i < labels->count; i++)
        if (!strlist_has(&revision->all_labels, labels->items[i]))
            vec_push(arena, &joined, labels->items[i]);
    if (joined.count > revision->all_labels.count) {
        strlist_sort(&joined);
        revision->all_labels = joined;
    }
}

// Labels go upwards from the last descendant only where the descendants form a line: from a branched tree Alembic's walk
// starts above the branch point and stops at it, among revisions that are descendants anyway.
static void label_ancestors(Arena *arena, const Revision *carrier)
{
    const Revision *last = carrier;
    while (last->next.count == 1)
        last = last->next.items[0];
    if (last->next.count)
        return;
    StrList labels = carrier->all_labels;
    for (const Revision *parent = last; parent->next_all.count < 2 && !parent->is_merge_point;) {
        add_labels(arena, revision_mutable(parent), &labels);
        if (!parent->down.count)
            break;
        parent = parent->down.items[0];
    }
}

void graph_inherit_labels(Arena *arena, Graph *graph)
{
    for (size_t i = 0; i < graph->revisions.count; i++) {
        Revision *revision = revision_mutable(graph->revisions.items[i]);
        for (size_t l = 0; l < revision->labels.count; l++)
            vec_push(arena, &revision->all_labels, revision->labels.items[l]);
        strlist_sort(&revision->all_labels);
    }
    for (size_t i = 0; i < graph->revisions.count; i++) {
        const Revision *revision = graph->revisions.items[i];
        if (!revision->labels.count)
            continue;
        StrList labels = revision->all_labels;
        RevisionSet above = set_open(arena, graph);
        RevisionList start = {0};
        vec_push(arena, &start, revision);
        set_add_descendants(arena, &above, &start, false);
        for (size_t d = 0; d < graph->revisions.count; d++)
            if (above.has[d])
                add_labels(arena, revision_mutable(graph->revisions.items[d]), &labels);
        label_ancestors(arena, revision);
    }
}
