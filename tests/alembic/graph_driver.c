// Answers specs about a folder of revisions, one line each, for graph_differential.py.
//
// Standard input: `up SPEC`, `down SPEC`, `stamp SPEC` or `history RANGE` ("-": all). Each step is
// "from -> to CHANGES [rows] ; " with D, I and U for deleted, inserted and updated rows.
#include "waybill/revision.h"

static void print_list(const StrList *list, const char *separator)
{
    for (size_t i = 0; i < list->count; i++)
        printf("%s%.*s", i ? separator : "", STR_ARGS(list->items[i]));
}

static void print_ids(const char *word, const RevisionList *list)
{
    printf("%s", word);
    for (size_t i = 0; i < list->count; i++)
        printf(" %.*s", STR_ARGS(list->items[i]->id));
    printf("\n");
}

static void print_step(const StrList *from, const StrList *to, const VersionChange *change)
{
    print_list(from, ",");
    printf(" -> ");
    print_list(to, ",");
    for (size_t i = 0; i < change->deleted.count; i++)
        printf(" D%.*s", STR_ARGS(change->deleted.items[i]));
    for (size_t i = 0; i < change->inserted.count; i++)
        printf(" I%.*s", STR_ARGS(change->inserted.items[i]));
    if (change->updated_to.len)
        printf(" U%.*s>%.*s", STR_ARGS(change->updated_from), STR_ARGS(change->updated_to));
}

// The rows of a stamp are followed here, as another view on the changes.
static void follow(Arena *arena, StrList *rows, const VersionChange *change)
{
    StrList next = {0};
    for (size_t i = 0; i < rows->count; i++)
        if (!strlist_has(&change->deleted, rows->items[i]) && !str_equal(rows->items[i], change->updated_from))
            vec_push(arena, &next, rows->items[i]);
    for (size_t i = 0; i < change->inserted.count; i++)
        vec_push(arena, &next, change->inserted.items[i]);
    if (change->updated_to.len)
        vec_push(arena, &next, change->updated_to);
    strlist_sort(&next);
    *rows = next;
}

static bool answer_path(Arena *arena, Diag *diag, const Project *project, Direction direction, Str spec)
{
    Path path, back;
    if (!path_find(arena, diag, project, direction, spec, &path))
        return false;
    for (size_t i = 0; i < path.steps.count; i++) {
        const Step *step = &path.steps.items[i];
        print_step(&step->from_ids, &step->to_ids, &step->version);
        printf(" [");
        print_list(&step->rows_after, ",");
        printf("] ; ");
        StrList rows = step->rows_before;
        follow(arena, &rows, &step->version);
        if (!str_equal(strlist_join(arena, &rows, STR(",")), strlist_join(arena, &step->rows_after, STR(","))))
            BUG("changes and rows of a step differ");
    }
    if (direction == DIRECTION_UP &&
        (!path_reverse(arena, diag, project, &path, &back) || back.steps.count != path.steps.count))
        BUG("an upgrade without way back");
    return true;
}

static bool answer_stamp(Arena *arena, Diag *diag, const Project *project, Str spec)
{
    Path path;
    VersionChangeList changes;
    if (!path_stamp(arena, diag, project, spec, &path, &changes))
        return false;
    StrList rows = path.from;
    for (size_t i = 0; i < changes.count; i++) {
        follow(arena, &rows, &changes.items[i]);
        print_step(&changes.items[i].from_ids, &changes.items[i].to_ids, &changes.items[i]);
        printf(" [");
        print_list(&rows, ",");
        printf("] ; ");
    }
    return true;
}

static bool answer_history(Arena *arena, Diag *diag, const Project *project, Str range)
{
    RevisionList revisions = {0};
    if (!revision_history(arena, diag, project, str_equal(range, STR("-")) ? STR_EMPTY : range, &revisions))
        return false;
    for (size_t i = 0; i < revisions.count; i++)
        printf("%.*s ", STR_ARGS(revisions.items[i]->id));
    return true;
}

int main(int argc, char **argv)
{
    Arena *arena = arena_open();
    Diag diag = diag_open(arena);
    Project *project = argc > 1 ? project_open_folder(arena, &diag, str_from(argv[1])) : NULL;
    if (!project) {
        diag_print(&diag, stderr);
        arena_close(arena);
        return 1;
    }
    char line[4096];
    for (size_t i = 0; i < project->graph.revisions.count; i++) {
        const Revision *revision = project->graph.revisions.items[i];
        printf("LABELS %.*s ", STR_ARGS(revision->id));
        print_list(&revision->all_labels, ",");
        printf("\n");
    }
    print_ids("HEADS", &project->graph.heads);
    print_ids("REALHEADS", &project->graph.real_heads);
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        Str spec = str_copy(arena, str_from(line)), word = str_cut(&spec, ' ');
        Diag answer = diag_open(arena);
        printf("%s => ", line);
        bool is_good = str_equal(word, STR("up"))      ? answer_path(arena, &answer, project, DIRECTION_UP, spec)
                       : str_equal(word, STR("down"))  ? answer_path(arena, &answer, project, DIRECTION_DOWN, spec)
                       : str_equal(word, STR("stamp")) ? answer_stamp(arena, &answer, project, spec)
                                                       : answer_history(arena, &answer, project, spec);
        if (is_good != !answer.errors || answer.errors > 1)
            BUG("a refusal is exactly one error");
        if (argc > 2)
            diag_print(&answer, stderr);
        printf(is_good ? "\n" : "REFUSED\n");
    }
    arena_close(arena);
    return 0;
}
