// What history, heads, branches and show print: the line formats of Alembic 1.19.1's Script (script/base.py), and JSON.
// Alembic prints labels and children in the order of a set; here labels are sorted and children come in file order.
#include "revision_int.h"

typedef struct LineParts {
    bool has_parents, has_labels, has_tree, has_doc;
} LineParts;

static void add_list(Buf *out, const StrList *names)
{
    for (size_t i = 0; i < names->count; i++) {
        buf_add(out, i ? STR(", ") : STR_EMPTY);
        buf_add(out, names->items[i]);
    }
}

static void add_ids(Buf *out, const RevisionList *revisions)
{
    for (size_t i = 0; i < revisions->count; i++) {
        buf_add(out, i ? STR(", ") : STR_EMPTY);
        buf_add(out, revisions->items[i]->id);
    }
}

static void add_parents(Buf *out, const Revision *revision)
{
    if (!revision->down.count)
        buf_add(out, STR("<base>"));
    add_ids(out, &revision->down);
}

// Script._head_only
static void add_line(Buf *out, const Revision *revision, LineParts parts)
{
    if (parts.has_parents) {
        add_parents(out, revision);
        if (revision->depends_ids.count) {
            buf_add(out, STR(" ("));
            add_list(out, &revision->depends_ids);
            buf_add(out, STR(")"));
        }
        buf_add(out, STR(" -> "));
    }
    buf_add(out, revision->id);
    if (parts.has_labels && revision->all_labels.count) {
        buf_add(out, STR(" ("));
        add_list(out, &revision->all_labels);
        buf_add(out, STR(")"));
    }
    if (revision->is_real_head)
        buf_add(out, STR(" (head)"));
    else if (revision->is_head)
        buf_add(out, STR(" (effective head)"));
    if (parts.has_tree && revision->is_branch_point)
        buf_add(out, STR(" (branchpoint)"));
    if (parts.has_tree && revision->is_merge_point)
        buf_add(out, STR(" (mergepoint)"));
    if (parts.has_doc) {
        buf_add(out, STR(", "));
        buf_add(out, revision->message);
    }
}

// Script.log_entry
static void add_entry(Buf *out, const Revision *revision)
{
    buf_addf(out, "Rev: %.*s%s%s%s\n", STR_ARGS(revision->id), revision->is_head ? " (head)" : "",
             revision->is_branch_point ? " (branchpoint)" : "", revision->is_merge_point ? " (mergepoint)" : "");
    buf_add(out, revision->is_merge_point ? STR("Merges: ") : STR("Parent: "));
    add_parents(out, revision);
    buf_add_char(out, '\n');
    if (revision->depends_ids.count) {
        buf_add(out, STR("Also depends on: "));
        add_list(out, &revision->depends_ids);
        buf_add_char(out, '\n');
    }
    if (revision->is_branch_point) {
        buf_add(out, STR("Branches into: "));
        add_ids(out, &revision->next);
        buf_add_char(out, '\n');
    }
    if (revision->all_labels.count) {
        buf_add(out, STR("Branch names: "));
        add_list(out, &revision->all_labels);
        buf_add_char(out, '\n');
    }
    buf_addf(out, "Path: %.*s\n\n", STR_ARGS(revision->path));
    bool is_first = true;
    for (Str rest = revision->docstring; rest.len; is_first = false) {
        Str line = str_cut(&rest, '\n');
        buf_addf(out, "%s    %.*s", is_first ? "" : "\n", STR_ARGS(line));
    }
    buf_add_char(out, '\n');
}

static void add_formatted(Buf *out, const Revision *revision, bool is_verbose, LineParts parts)
{
    if (is_verbose)
        add_entry(out, revision);
    else
        add_line(out, revision, parts);
}

// ---- JSON ----

static void add_json_names(Buf *out, const char *key, const StrList *names)
{
    buf_addf(out, ", \"%s\": [", key);
    for (size_t i = 0; i < names->count; i++) {
        buf_add(out, i ? STR(", ") : STR_EMPTY);
        buf_add_json(out, names->items[i]);
    }
    buf_add_char(out, ']');
}

static void add_json_ids(Buf *out, const char *key, const RevisionList *revisions)
{
    StrList ids = {0};
    for (size_t i = 0; i < revisions->count; i++)
        vec_push(out->arena, &ids, revisions->items[i]->id);
    add_json_names(out, key, &ids);
}

static void add_json_text(Buf *out, const char *key, Str text)
{
    buf_addf(out, ", \"%s\": ", key);
    buf_add_json(out, text);
}

static void add_json_bool(Buf *out, const char *key, bool value)
{
    buf_addf(out, ", \"%s\": %s", key, value ? "true" : "false");
}

static Str json_of(Arena *arena, const RevisionList *revisions)
{
    Buf out = buf_open(arena);
    buf_add_char(&out, '[');
    for (size_t i = 0; i < revisions->count; i++) {
        const Revision *revision = revisions->items[i];
        buf_addf(&out, "%s\n  {\"revision\": ", i ? "," : "");
        buf_add_json(&out, revision->id);
        add_json_ids(&out, "down_revision", &revision->down);
        add_json_names(&out, "depends_on", &revision->depends_ids);
        add_json_names(&out, "branch_labels", &revision->all_labels);
        add_json_ids(&out, "next", &revision->next);
        add_json_bool(&out, "head", revision->is_real_head);
        add_json_bool(&out, "effective_head", revision->is_head && !revision->is_real_head);
        add_json_bool(&out, "branchpoint", revision->is_branch_point);
        add_json_bool(&out, "mergepoint", revision->is_merge_point);
        add_json_text(&out, "message", revision->message);
        add_json_text(&out, "doc", revision->docstring);
        add_json_text(&out, "path", revision->path);
        buf_add_char(&out, '}');
    }
    buf_add(&out, revisions->count ? STR("\n]\n") : STR("]\n"));
    return buf_str(&out);
}

// ---- commands ----

bool history_text(Arena *arena, Diag *diag, const Project *project, Str range, ListingOptions options, Str *text)
{
    RevisionList revisions = {0};
    if (!revision_history(arena, diag, project, range, &revisions))
        return false;
    Buf out = buf_open(arena);
    LineParts parts = {.has_parents = true, .has_labels = true, .has_tree = true, .has_doc = true};
    for (size_t i = 0; i < revisions.count && !options.is_json; i++) {
        add_formatted(&out, revisions.items[i], options.is_verbose, parts);
        buf_add_char(&out, '\n');
    }
    *text = options.is_json ? json_of(arena, &revisions) : buf_str(&out);
    return true;
}

Str heads_text(Arena *arena, const Project *project, ListingOptions options)
{
    const RevisionList *heads = options.resolve_dependencies ? &project->graph.real_heads : &project->graph.heads;
    Buf out = buf_open(arena);
    for (size_t i = 0; i < heads->count && !options.is_json; i++) {
        add_formatted(&out, heads->items[i], options.is_verbose, (LineParts){.has_labels = true});
        buf_add_char(&out, '\n');
    }
    return options.is_json ? json_of(arena, heads) : buf_str(&out);
}

Str branches_text(Arena *arena, const Project *project, ListingOptions options)
{
    const Graph *graph = &project->graph;
    RevisionSet all = set_open(arena, graph);
    RevisionList sorted = {0}, points = {0};
    set_add_ancestors(arena, &all, &graph->real_heads, true);
    if (!set_sort(arena, &all, &graph->real_heads, true, &sorted))
        BUG("a graph without order");
    for (size_t i = 0; i < sorted.count; i++)
        if (sorted.items[i]->is_branch_point)
            vec_push(arena, &points, sorted.items[i]);
    Buf out = buf_open(arena);
    LineParts parts = {.has_labels = true, .has_tree = true};
    for (size_t i = 0; i < points.count && !options.is_json; i++) {
        const Revision *point = points.items[i];
        add_formatted(&out, point, options.is_verbose, parts);
        LineParts child_parts = parts;
        child_parts.has_doc = options.is_verbose;
        for (size_t c = 0; c < point->next.count; c++) {
            buf_addf(&out, "\n%*s -> ", (int)utf8_length(point->id), "");
            add_line(&out, point->next.items[c], child_parts);
        }
        buf_add(&out, STR("\n\n"));
    }
    return options.is_json ? json_of(arena, &points) : buf_str(&out);
}

bool show_text(Arena *arena, Diag *diag, const Project *project, Str spec, ListingOptions options, Str *text)
{
    RevisionList revisions = {0};
    if (!revision_resolve(arena, diag, project, spec, &revisions))
        return false;
    Buf out = buf_open(arena);
    for (size_t i = 0; i < revisions.count && !options.is_json; i++) {
        add_entry(&out, revisions.items[i]);
        buf_add_char(&out, '\n');
    }
    *text = options.is_json ? json_of(arena, &revisions) : buf_str(&out);
    return true;
}
