// What a survey found: one screen for people, or JSON for programs.
#include "survey.h"

static const Refusal *first_of(const Survey *survey, const Cause *cause)
{
    return &survey->refusals.items[cause->first];
}

static const char *direction_name(Direction direction)
{
    return direction == DIRECTION_UP ? "up" : "down";
}

// ---- text ----

static Str some_ids(Arena *arena, const RevisionList *revisions)
{
    enum { MOST = 4 };
    Buf out = buf_open(arena);
    for (size_t i = 0; i < revisions->count && i < MOST; i++)
        buf_addf(&out, "%s%.*s", i ? ", " : "", STR_ARGS(str_printable(arena, revisions->items[i]->id)));
    if (revisions->count > MOST)
        buf_addf(&out, " and %zu more", revisions->count - MOST);
    return buf_str(&out);
}

static void add_chain(const Survey *survey, Buf *out)
{
    const Graph *graph = &survey->project->graph;
    size_t revisions = graph->revisions.count, heads = graph->heads.count, bases = graph->bases.count;
    buf_addf(out, "%zu revision%s; %s %.*s, %s %.*s; each up and down on ", revisions, revisions == 1 ? "" : "s",
             heads == 1 ? "head" : "heads", STR_ARGS(some_ids(out->arena, &graph->heads)), bases == 1 ? "base" : "bases",
             STR_ARGS(some_ids(out->arena, &graph->bases)));
    for (size_t i = 0; i < survey->dialects.count; i++)
        buf_addf(out, "%s%.*s", i ? ", " : "", STR_ARGS(survey->dialects.items[i].asked));
    buf_add(out, STR("\n\n"));
}

// Never 100 % while something is missing.
static void add_share(Buf *out, size_t part, size_t whole)
{
    size_t thousandths = whole ? part * 1000 / whole : 1000;
    Str share = str_format(out->arena, "%zu of %zu", part, whole);
    buf_addf(out, "  %14.*s %3zu.%zu %%", STR_ARGS(share), thousandths / 10, thousandths % 10);
}

static void add_table(const Survey *survey, Buf *out)
{
    buf_addf(out, "%-16s%23s%23s%23s%12s\n", "", "upgrades", "downgrades", "both ways", "empty down");
    for (size_t i = 0; i < survey->dialects.count; i++) {
        const SurveyDialect *d = &survey->dialects.items[i];
        buf_addf(out, "%-16.*s", STR_ARGS(d->asked));
        add_share(out, d->up, d->files);
        add_share(out, d->down, d->files);
        add_share(out, d->both, d->files);
        buf_addf(out, "%12zu\n", d->empty_down);
        if (d->bare_only)
            buf_addf(out, "%-16s  and %zu direction%s with --bare only\n", "", d->bare_only, d->bare_only == 1 ? "" : "s");
    }
}

static void add_place(const Survey *survey, const Cause *cause, Buf *out)
{
    const Refusal *first = first_of(survey, cause);
    Arena *arena = out->arena;
    buf_addf(out, "         %s%.*s", cause->directions > 1 ? "first at " : "", STR_ARGS(str_printable(arena, first->file)));
    if (first->line)
        buf_addf(out, ":%u:%u", first->line, first->column);
    if (first->from_line)
        buf_addf(out, ", called at %.*s:%u:%u", STR_ARGS(str_printable(arena, first->revision->path)), first->from_line,
                 first->from_column);
    size_t named = 0;
    for (size_t i = 0; i < survey->dialects.count; i++)
        named += cause->dialects[i];
    for (size_t i = 0, k = 0; i < survey->dialects.count && named < survey->dialects.count; i++)
        if (cause->dialects[i])
            buf_addf(out, "%s%.*s", k++ ? ", " : " on ", STR_ARGS(survey->dialects.items[i].asked));
}

static void add_cause(const Survey *survey, const Cause *cause, Buf *out)
{
    const Refusal *first = first_of(survey, cause);
    Arena *arena = out->arena;
    Str reason = str_printable(arena, cause->directions > 1 ? cause->reason : first->reason);
    buf_addf(out, "%7zu  ", cause->directions);
    switch (cause->class) {
    case CAUSE_SETTING:
        buf_addf(out, "[waybill.%s] %.*s\n", cause->cure.kind == CURE_TYPE ? "types" : "values",
                 STR_ARGS(str_printable(arena, cure_line(arena, cause->cure))));
        break;
    case CAUSE_OPTION:
        buf_add(out, cause->cure.kind == CURE_CLOCK
                         ? STR("--at 2026-11-23T01:00:00Z (or now = in [waybill]): the time that now() gives\n")
                         : STR("--seed-uuid TEXT (or seed_uuid = in [waybill]): what UUIDs are made of\n"));
        break;
    case CAUSE_OTHER:
    case CAUSE_OVERRIDE:
    case CAUSE_FOLLOWS:
    case CAUSE_WILFUL:
        buf_addf(out, "%.*s\n", STR_ARGS(reason));
        add_place(survey, cause, out);
        buf_add_char(out, '\n');
        if (first->hint.len && cause->class < CAUSE_FOLLOWS)
            buf_addf(out, "         hint: %.*s\n", STR_ARGS(str_printable(arena, first->hint)));
        return;
    }
    add_place(survey, cause, out);
    buf_addf(out, ": %.*s\n", STR_ARGS(str_printable(arena, first->reason)));
}

static const struct {
    const char *heading;
    size_t most;   // on one screen
} classes[CAUSE_CLASSES] = {
    [CAUSE_SETTING] = {"one line in the settings each (\"waybill survey --suggest\" prints them all):", 6},
    [CAUSE_OPTION] = {"one option:", 2},
    [CAUSE_OTHER] = {"a change of the revision, or an override:", 4},
    [CAUSE_OVERRIDE] = {"SQL written by hand (\"waybill override REV --dialect D\" writes all the rest of it):", 2},
    [CAUSE_FOLLOWS] = {"goes with the refusal of an earlier revision:", 2},
    [CAUSE_WILFUL] = {"raised by the revision itself (a way back that does not exist is no fault):", 2},
};

static void add_causes(const Survey *survey, bool all, Buf *out)
{
    size_t hidden = 0, hidden_directions = 0, shown[CAUSE_CLASSES] = {0};
    buf_add(out, STR("\nWhat stops the rest, by how many directions; the cheapest cure first:\n"));
    for (size_t i = 0; i < survey->causes.count; i++) {
        const Cause *cause = &survey->causes.items[i];
        if (!all && shown[cause->class] == classes[cause->class].most) {
            hidden++;
            hidden_directions += cause->directions;
            continue;
        }
        if (!shown[cause->class]++)
            buf_addf(out, "\n  %s\n", classes[cause->class].heading);
        add_cause(survey, cause, out);
    }
    if (hidden)
        buf_addf(
            out,
            "\n%zu more cause%s, of %zu direction%s: \"waybill survey --all\" shows them, --format json each refusal.\n",
            hidden, hidden == 1 ? "" : "s", hidden_directions, hidden_directions == 1 ? "" : "s");
}

Str survey_text(const Survey *survey, bool all)
{
    Buf out = buf_open(survey->cli->arena);
    add_chain(survey, &out);
    add_table(survey, &out);
    if (survey->causes.count)
        add_causes(survey, all, &out);
    if (survey->causes.count && !survey->project->settings.source)
        buf_add(&out, STR("\nSettings and overrides need an ini file, which --versions goes without: \"waybill survey "
                          "--suggest\" prints one.\n"));
    return buf_str(&out);
}

// ---- JSON ----

static void add_text(Buf *out, const char *name, Str text)
{
    buf_addf(out, ", \"%s\": ", name);
    buf_add_json(out, text);
}

static void add_ids(Buf *out, const char *name, const RevisionList *revisions)
{
    buf_addf(out, ", \"%s\": [", name);
    for (size_t i = 0; i < revisions->count; i++) {
        buf_add(out, i ? STR(", ") : STR_EMPTY);
        buf_add_json(out, revisions->items[i]->id);
    }
    buf_add_char(out, ']');
}

static void add_position(Buf *out, const Refusal *refusal)
{
    buf_add(out, STR("\"revision\": "));
    buf_add_json(out, refusal->revision->id);
    buf_addf(out, ", \"direction\": \"%s\"", direction_name(refusal->direction));
    add_text(out, "file", refusal->file);
    buf_addf(out, ", \"line\": %u, \"column\": %u", refusal->line, refusal->column);
    if (!refusal->from_line)
        return;
    buf_add(out, STR(", \"called_from\": {\"file\": "));
    buf_add_json(out, refusal->revision->path);
    buf_addf(out, ", \"line\": %u, \"column\": %u}", refusal->from_line, refusal->from_column);
}

static void add_dialect_json(const Survey *survey, size_t index, Buf *out)
{
    const SurveyDialect *d = &survey->dialects.items[index];
    bool any = false;
    buf_add(out, STR("{\"dialect\": "));
    buf_add_json(out, d->options.style.dialect->name);
    add_text(out, "minimum", dialect_version_text(out->arena, d->options.style.dialect, d->options.style.minimum));
    buf_addf(out,
             ", \"files\": %zu, \"both\": %zu, \"upgrades\": %zu, \"downgrades\": %zu, \"empty_downgrades\": %zu, "
             "\"bare_only\": %zu, \"refused\": [",
             d->files, d->both, d->up, d->down, d->empty_down, d->bare_only);
    for (size_t i = 0; i < survey->refusals.count; i++) {
        const Refusal *refusal = &survey->refusals.items[i];
        if (refusal->dialect != index)
            continue;
        buf_add(out, any ? STR(",\n    {") : STR("\n    {"));
        any = true;
        add_position(out, refusal);
        add_text(out, "reason", refusal->reason);
        add_text(out, "hint", refusal->hint);
        buf_addf(out, ", \"framed_only\": %s, \"cause\": %zu}", refusal->is_framed ? "true" : "false", refusal->cause);
    }
    buf_add(out, any ? STR("\n  ]}") : STR("]}"));
}

static void add_cause_json(const Survey *survey, const Cause *cause, Buf *out)
{
    static const char *const class_names[CAUSE_CLASSES] = {
        [CAUSE_SETTING] = "setting",   [CAUSE_OPTION] = "option",   [CAUSE_OTHER] = "change",
        [CAUSE_OVERRIDE] = "override", [CAUSE_FOLLOWS] = "earlier", [CAUSE_WILFUL] = "raises"};
    const Refusal *first = first_of(survey, cause);
    buf_addf(out, "{\"cure\": \"%s\"", class_names[cause->class]);
    if (cause->class == CAUSE_SETTING) {
        buf_addf(out, ", \"section\": \"%s\"", cause->cure.kind == CURE_TYPE ? "waybill.types" : "waybill.values");
        add_text(out, "line", cure_line(out->arena, cause->cure));
        buf_addf(out, ", \"known\": %s", cause->cure.suggestion.len ? "true" : "false");
    }
    if (cause->class == CAUSE_OPTION)
        buf_addf(out, ", \"option\": \"%s\"", cause->cure.kind == CURE_CLOCK ? "--at" : "--seed-uuid");
    buf_addf(out, ", \"directions\": %zu, \"refusals\": %zu, \"dialects\": [", cause->directions, cause->refusals);
    for (size_t i = 0, k = 0; i < survey->dialects.count; i++)
        if (cause->dialects[i]) {
            buf_add(out, k++ ? STR(", ") : STR_EMPTY);
            buf_add_json(out, survey->dialects.items[i].options.style.dialect->name);
        }
    buf_add_char(out, ']');
    add_text(out, "reason", cause->reason);
    add_text(out, "hint", first->hint);
    buf_add(out, STR(", \"first\": {"));
    add_position(out, first);
    buf_add(out, STR("}}"));
}

Str survey_json(const Survey *survey)
{
    Buf out = buf_open(survey->cli->arena);
    const Graph *graph = &survey->project->graph;
    buf_addf(&out, "{\"revisions\": %zu", graph->revisions.count);
    add_ids(&out, "heads", &graph->heads);
    add_ids(&out, "bases", &graph->bases);
    buf_add(&out, STR(", \"dialects\": ["));
    for (size_t i = 0; i < survey->dialects.count; i++) {
        buf_add(&out, i ? STR(",\n  ") : STR("\n  "));
        add_dialect_json(survey, i, &out);
    }
    buf_add(&out, STR("],\n \"causes\": ["));
    for (size_t i = 0; i < survey->causes.count; i++) {
        buf_add(&out, i ? STR(",\n  ") : STR("\n  "));
        add_cause_json(survey, &survey->causes.items[i], &out);
    }
    buf_add(&out, STR("]}\n"));
    return buf_str(&out);
}
