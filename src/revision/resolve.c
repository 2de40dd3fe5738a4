// Names of revisions -> revisions: ids, unique beginnings, labels, head, heads, base, branch@name, and walks.
//
// Each query_ function does what the method of Alembic 1.19.1's RevisionMap does that is named above it, errors included;
// where Alembic fails an assertion there is a message.
#include "revision_int.h"

#include <stdlib.h>

const Revision base_marker = {.id = {"base", 4}};

bool query_refuse(Query *query, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str text = str_vformat(query->arena, format, args);
    va_end(args);
    return diag_error(query->diag, SPAN_NONE, "%.*s", STR_ARGS(text));
}

enum { LONGEST_LIST = 12 };

static Str join_ids(Query *query, const RevisionList *revisions, Str separator)
{
    StrList ids = {0};
    for (size_t i = 0; i < revisions->count && i < LONGEST_LIST; i++)
        vec_push(query->arena, &ids, revisions->items[i]->id);
    if (revisions->count > LONGEST_LIST)
        vec_push(query->arena, &ids, STR("..."));
    return strlist_join(query->arena, &ids, separator);
}

static bool refuse_several(Query *query, Str name, const RevisionList *revisions)
{
    query_refuse(query, "\"%.*s\" is %zu revisions: %.*s", STR_ARGS(name), revisions->count,
                 STR_ARGS(join_ids(query, revisions, STR(", "))));
    Str last = name;
    size_t at = str_find_char(name, '@', 0);
    if (at != SIZE_MAX)
        last = str_slice(name, at + 1, name.len);
    size_t colon = str_find_char(query->spec, ':', 0);
    bool is_from = colon != SIZE_MAX && str_equal(str_slice(query->spec, 0, colon), name);
    if (is_from && revisions->count <= LONGEST_LIST)
        diag_hint(query->diag, "Name one of them, or a branch as in BRANCH@%.*s, or all that are there: %.*s%.*s",
                  STR_ARGS(last), STR_ARGS(join_ids(query, revisions, STR(","))),
                  STR_ARGS(str_slice(query->spec, colon, query->spec.len)));
    else
        diag_hint(query->diag, "Name one of them, or a branch as in BRANCH@%.*s, or \"heads\" for all heads as a target.",
                  STR_ARGS(last));
    return false;
}

// ---- lineage ----

static bool find_ident(Query *query, Str id, Str branch, const Revision **revision);

// Whatever shares lineage with one of `tests`: what is below and above them.
static void mark_related(Query *query, RevisionSet *set, const RevisionList *tests, bool with_depends)
{
    RevisionSet above = set_open(query->arena, query->graph);
    set_add_ancestors(query->arena, set, tests, with_depends);
    set_add_descendants(query->arena, &above, tests, with_depends);
    for (size_t i = 0; i < query->graph->revisions.count; i++)
        set->has[i] = set->has[i] || above.has[i];
}

// What a name stands for before it is looked up: ids, or revisions that are already known.
typedef struct Number {
    bool has_branch;
    Str branch;
    bool is_ids;   // one id in `id`; otherwise `revisions`
    Str id;
    RevisionList revisions;
} Number;

static bool resolve_number(Query *query, Name name, Number *number);

// _shares_lineage against what `against` names.
static bool open_lineage(Query *query, Str against, bool with_depends, RevisionSet *set, bool *is_all)
{
    Number number;
    if (!resolve_number(query, name_of(against), &number))
        return false;
    RevisionList tests = {0};
    const Revision *test;
    if (number.branch.len) {
        if (!find_ident(query, number.branch, STR_EMPTY, &test))
            return false;
        vec_push(query->arena, &tests, test);
    }
    if (number.is_ids) {
        if (!find_ident(query, number.id, STR_EMPTY, &test))
            return false;
        vec_push(query->arena, &tests, test);
    }
    for (size_t i = 0; i < number.revisions.count; i++)
        vec_push(query->arena, &tests, number.revisions.items[i]);
    *is_all = !tests.count;
    *set = set_open(query->arena, query->graph);
    if (tests.count)
        mark_related(query, set, &tests, with_depends);
    return true;
}

// filter_for_lineage
bool query_lineage(Query *query, const RevisionList *targets, Str against, bool with_depends, RevisionList *members)
{
    RevisionSet set;
    bool is_all;
    Number number;
    if (!targets->count)   // Alembic then never looks at what `against` names
        return resolve_number(query, name_of(against), &number);
    if (!open_lineage(query, against, with_depends, &set, &is_all))
        return false;
    for (size_t i = 0; i < targets->count; i++)
        if (is_all || set_has(&set, targets->items[i]))
            vec_push(query->arena, members, targets->items[i]);
    return true;
}

// _resolve_revision_number
static bool resolve_number(Query *query, Name name, Number *number)
{
    *number = (Number){0};
    Str id = name.text;
    size_t at = name.is_none ? SIZE_MAX : str_find_char(id, '@', 0);
    if (at != SIZE_MAX) {
        number->has_branch = true;
        number->branch = str_slice(id, 0, at);
        id = str_slice(id, at + 1, id.len);
    }
    if (name.is_none || str_equal(id, STR("base")))
        return true;
    if (str_equal(id, STR("heads"))) {
        if (number->branch.len)
            return query_lineage(query, &query->graph->heads, number->branch, false, &number->revisions);
        number->revisions = query->graph->real_heads;
        return true;
    }
    if (str_equal(id, STR("head"))) {
        if (number->branch.len) {
            if (!query_lineage(query, &query->graph->heads, number->branch, false, &number->revisions))
                return false;
        } else {
            number->revisions = query->graph->heads;
        }
        if (number->revisions.count > 1)
            return refuse_several(query, name.text, &number->revisions);
        return true;
    }
    number->is_ids = true;
    number->id = id;
    return true;
}

// ---- single names ----

typedef struct Candidates {
    StrList names;
    RevisionList revisions;
} Candidates;

// Ids and labels longer than three characters that begin with `id`, in the order of Alembic's map.
static void find_partial(Query *query, Str id, Candidates *found)
{
    const Map *maps[] = {&query->graph->by_id, &query->graph->by_label};
    for (size_t m = 0; m < 2; m++)
        for (MapEntry *e = map_first(maps[m]); e; e = map_next(maps[m], e))
            if (str_starts(e->key, id) && utf8_length(e->key) > 3) {
                vec_push(query->arena, &found->names, e->key);
                vec_push(query->arena, &found->revisions, e->value);
            }
}

// Leaves those that share lineage with the branch.
static bool filter_candidates(Query *query, Str branch, Candidates *found)
{
    RevisionSet set;
    bool is_all;
    if (!found->names.count)
        return true;
    if (!open_lineage(query, branch, false, &set, &is_all))
        return false;
    Candidates kept = {0};
    for (size_t i = 0; i < found->names.count; i++)
        if (is_all || set_has(&set, found->revisions.items[i])) {
            vec_push(query->arena, &kept.names, found->names.items[i]);
            vec_push(query->arena, &kept.revisions, found->revisions.items[i]);
        }
    *found = kept;
    return true;
}

static bool refuse_unknown(Query *query, Str id, const Candidates *found)
{
    if (!found->names.count) {
        query_refuse(query, "there is no revision or branch \"%.*s\"", STR_ARGS(id));
        diag_hint(query->diag, "\"waybill history\" lists the revisions; a unique beginning of an id will do.");
        return false;
    }
    StrList first = {0};
    for (size_t i = 0; i < found->names.count && i < 5; i++)
        vec_push(query->arena, &first, found->names.items[i]);
    if (found->names.count > first.count)
        vec_push(query->arena, &first, STR("..."));
    return query_refuse(query, "several revisions or branches begin with \"%.*s\": %.*s", STR_ARGS(id),
                        STR_ARGS(strlist_join(query->arena, &first, STR(", "))));
}

// _revision_for_ident, for a name that is not None
static bool find_ident(Query *query, Str id, Str branch, const Revision **revision)
{
    const Revision *branch_revision = NULL;
    if (branch.len && !query_branch(query, branch, &branch_revision))
        return false;
    *revision = graph_find(query->graph, id);
    if (!*revision) {
        if (!id.len)
            return query_refuse(query, "\"%.*s\" names no revision", STR_ARGS(query->spec));
        Candidates found = {0};
        find_partial(query, id, &found);
        if (branch_revision && !filter_candidates(query, branch, &found))
            return false;
        if (found.names.count != 1)
            return refuse_unknown(query, id, &found);
        *revision = found.revisions.items[0];
    }
    if (!branch_revision)
        return true;
    RevisionList one = {0};
    vec_push(query->arena, &one, branch_revision);
    RevisionSet set = set_open(query->arena, query->graph);
    mark_related(query, &set, &one, false);
    return set_has(&set, *revision) ||
           query_refuse(query, "revision \"%.*s\" is not on branch \"%.*s\"", STR_ARGS((*revision)->id), STR_ARGS(branch));
}

// _resolve_branch
bool query_branch(Query *query, Str label, const Revision **revision)
{
    *revision = graph_find(query->graph, label);
    if (*revision)
        return true;
    Candidates found = {0};
    if (label.len)
        find_partial(query, label, &found);
    if (found.names.count == 1) {
        *revision = found.revisions.items[0];
        return true;
    }
    if (found.names.count)
        return refuse_unknown(query, label, &found);
    query_refuse(query, "there is no branch \"%.*s\"", STR_ARGS(label));
    diag_hint(query->diag, "Before \"@\" stands a branch label or a revision on the branch.");
    return false;
}

// get_revision
bool query_revision(Query *query, Name name, const Revision **revision)
{
    Number number;
    *revision = NULL;
    if (!resolve_number(query, name, &number))
        return false;
    if (number.revisions.count > 1)
        return refuse_several(query, name.text, &number.revisions);
    if (number.is_ids)
        return find_ident(query, number.id, number.branch, revision);
    if (number.revisions.count == 1)
        return find_ident(query, number.revisions.items[0]->id, number.branch, revision);
    const Revision *branch;   // base, but the branch must exist
    return !number.branch.len || query_branch(query, number.branch, &branch);
}

// Python's int(text), as far as a revision can be spelled; false when it would raise ValueError.
static bool read_int(Str text, long long *number)
{
    text = space_trim(text);
    bool is_negative = text.len && text.ptr[0] == '-', was_digit = false;
    if (text.len && (text.ptr[0] == '-' || text.ptr[0] == '+'))
        text = str_slice(text, 1, text.len);
    *number = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '_' && was_digit) {
            was_digit = false;
            continue;
        }
        if (c < '0' || c > '9')
            return false;
        was_digit = true;
        if (*number < 1000000000)
            *number = *number * 10 + (c - '0');
    }
    *number = is_negative ? -*number : *number;
    return was_digit;
}

// get_revisions("-2"): as many steps down from each head
static bool walk_from_heads(Query *query, const Number *number, long long steps, RevisionList *revisions)
{
    const RevisionList *heads = &query->graph->real_heads;
    for (size_t i = 0; i < heads->count; i++) {
        const Revision *end;
        if (number->has_branch && !strlist_has(&heads->items[i]->all_labels, number->branch))
            continue;
        if (!query_walk(query, heads->items[i], steps, STR_EMPTY, true, &end))
            return false;
        vec_push(query->arena, revisions, end);
    }
    return true;
}

// get_revisions
bool query_revisions(Query *query, Name name, RevisionList *revisions)
{
    Number number;
    const Revision *revision;
    long long steps;
    if (!resolve_number(query, name, &number))
        return false;
    if (number.is_ids) {
        if (read_int(number.id, &steps) && steps < 0)
            return walk_from_heads(query, &number, steps, revisions);
        if (!find_ident(query, number.id, number.branch, &revision))
            return false;
        vec_push(query->arena, revisions, revision);
        return true;
    }
    for (size_t i = 0; i < number.revisions.count; i++) {
        if (!find_ident(query, number.revisions.items[i]->id, number.branch, &revision))
            return false;
        vec_push(query->arena, revisions, revision);
    }
    return true;
}

// ---- walks ----

static bool refuse_walk(Query *query, const Revision *at, long long steps, const RevisionList *children)
{
    query_refuse(query, "\"%.*s\" is ambiguous: %s \"%.*s\" stand %.*s", STR_ARGS(query->spec),
                 steps > 0 ? "above" : "below", STR_ARGS(at ? at->id : STR("base")),
                 STR_ARGS(join_ids(query, children, STR(", "))));
    if (steps > 0)
        diag_hint(query->diag, "Choose a branch, as in BRANCH@+1, or name the revision.");
    else
        diag_hint(query->diag, "Name the revision instead of counting.");
    return false;
}

// _walk
bool query_walk(Query *query, const Revision *start, long long steps, Str branch, bool no_overwalk, const Revision **end)
{
    const Graph *graph = query->graph;
    const Revision *at = start;
    for (long long left = llabs(steps); left; left--) {
        RevisionList children = {0};
        if (steps > 0) {
            const RevisionList *above = at ? &at->next : &graph->bases;
            if (at == &base_marker)
                return query_refuse(query, "\"%.*s\" cannot be walked upwards from base", STR_ARGS(query->spec));
            if (!branch.len)
                children = *above;
            else if (!query_lineage(query, above, branch, false, &children))
                return false;
        } else if (at != &base_marker) {
            children = at ? at->down : graph->heads;
            if (!children.count)
                vec_push(query->arena, &children, &base_marker);
        }
        if (!children.count) {
            *end = no_overwalk ? NULL : at;
            return true;
        }
        if (children.count > 1)
            return refuse_walk(query, at, steps, &children);
        at = children.items[0];
    }
    *end = at;
    return true;
}
