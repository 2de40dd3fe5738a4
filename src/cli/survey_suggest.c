// survey --suggest: the settings lines that would cure refusals, as ini text that can be put in alembic.ini or waybill.ini.
#include <stdlib.h>

#include "survey.h"

typedef struct Line {
    CureKind kind;
    Str name, value;   // value empty: nobody but the project's people knows
    Str text;          // the whole line
    size_t directions;
    const Refusal *first;
    const char *why_not;   // it stands as a comment though its value is known; NULL: nothing stands against it
} Line;

typedef VEC(Line) Lines;

static Map *settings_of(const Survey *survey, CureKind kind)
{
    Settings *settings = &survey->project->settings;
    return kind == CURE_TYPE ? &settings->types : &settings->values;
}

static bool has_line(const Lines *lines, CureKind kind, Str name)
{
    for (size_t i = 0; i < lines->count; i++)
        if (lines->items[i].kind == kind && str_equal(lines->items[i].name, name))
            return true;
    return false;
}

// Whether a line of the settings, or one that is tried, is the same name to an ini file, which knows no capitals in keys.
static bool is_taken(const Map *settings, Str name)
{
    for (MapEntry *e = map_first(settings); e; e = map_next(settings, e))
        if (str_equal_fold(e->key, name))
            return true;
    return false;
}

// An ini file has one line for a value, and '%' begins a reference to another.
static Str ini_value(Arena *arena, Str value)
{
    return str_replace(arena, str_replace(arena, value, STR("\n"), STR(" ")), STR("%"), STR("%%"));
}

// A key ends at the first of these, or would not begin one.
static bool is_key(Str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (strchr("=:#;[ \t\r\n", name.ptr[i]))
            return false;
    return name.len > 0;
}

// Takes what the last round found; stores whether a line came that can be tried.
static void add_lines(Survey *survey, Lines *lines, bool *tries)
{
    Arena *arena = survey->cli->arena;
    *tries = false;
    for (size_t i = 0; i < survey->causes.count; i++) {
        const Cause *cause = &survey->causes.items[i];
        if (cause->class != CAUSE_SETTING || !is_key(cause->cure.name) ||
            has_line(lines, cause->cure.kind, cause->cure.name) ||
            map_get(settings_of(survey, cause->cure.kind), cause->cure.name))
            continue;
        Refusal *first = arena_new(arena, Refusal);
        *first = survey->refusals.items[cause->first];
        Cure cure = cause->cure;
        Line line = {.kind = cure.kind, .name = cure.name, .directions = cause->directions, .first = first};
        cure.suggestion = ini_value(arena, cure.suggestion);
        line.text = cure_line(arena, cure);
        if (is_taken(settings_of(survey, cure.kind), cure.name))
            line.why_not = "an ini file takes this name for that of another line";
        if (cause->cure.suggestion.len && !line.why_not) {
            Str *value = arena_new(arena, Str);
            *value = line.value = cause->cure.suggestion;
            map_put(settings_of(survey, cure.kind), cure.name, value);
            *tries = true;
        }
        vec_push(arena, lines, line);
    }
}

// A line that was tried and does no good stands as a comment.
static void drop_bad_lines(Survey *survey, Lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        Line *line = &lines->items[i];
        Str source = str_format(survey->cli->arena, "[waybill] %.*s", STR_ARGS(line->name));
        for (size_t k = 0; line->value.len && k < survey->refusals.count; k++)
            if (str_equal(survey->refusals.items[k].file, source)) {
                line->value = STR_EMPTY;
                line->why_not = "this was tried and is refused";
                map_remove(settings_of(survey, line->kind), line->name);
            }
    }
}

static int compare_lines(const void *a, const void *b)
{
    const Line *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return str_compare(x->name, y->name);
}

static void add_count(Buf *out, size_t directions, const Refusal *first)
{
    buf_addf(out, "# %zu direction%s, first at %.*s", directions, directions == 1 ? "" : "s",
             STR_ARGS(str_printable(out->arena, first->file)));
    if (first->line)
        buf_addf(out, ":%u:%u", first->line, first->column);
}

// What the revisions ask of the machine that runs them. Comments: which time and which text is for people to say.
static void add_occasion(Buf *out, const Survey *survey)
{
    bool any = false;
    for (size_t i = 0; i < survey->causes.count; i++) {
        const Cause *cause = &survey->causes.items[i];
        if (cause->class != CAUSE_OPTION)
            continue;
        buf_add(out, any ? STR_EMPTY : STR("\n[waybill]\n"));
        any = true;
        add_count(out, cause->directions, &survey->refusals.items[cause->first]);
        buf_add(out,
                cause->cure.kind == CURE_CLOCK ? STR("\n# now = 2026-11-23T01:00:00Z\n") : STR("\n# seed_uuid = TEXT\n"));
    }
}

// A folder of revisions alone has no settings: the ini file that the lines stand in says where it is.
static void add_place(Buf *out, const Settings *settings)
{
    Str versions = settings->version_locations.items[0], parent = path_parent(versions);
    buf_addf(out, "\n[alembic]\nscript_location = %.*s\n", STR_ARGS(parent));
    if (!str_equal(path_base(versions), STR("versions")))
        buf_addf(out, "version_locations = %.*s\n", STR_ARGS(versions));
}

static void add_section(Buf *out, const char *name, const Lines *lines, CureKind kind)
{
    bool any = false;
    for (size_t i = 0; i < lines->count; i++) {
        const Line *line = &lines->items[i];
        const Refusal *first = line->first;
        if (line->kind != kind)
            continue;
        if (!any)
            buf_addf(out, "\n[%s]\n", name);
        any = true;
        add_count(out, line->directions, first);
        if (line->why_not)
            buf_addf(out, "; %s", line->why_not);
        buf_addf(out, "\n%s%.*s\n", line->value.len ? "" : "# ", STR_ARGS(str_printable(out->arena, line->text)));
    }
}

bool survey_suggest(Survey *survey, Str *text)
{
    enum { ROUNDS = 12 };   // what a cure brings to light is cured as well, but not without end
    Arena *arena = survey->cli->arena;
    Buf out = buf_open(arena);
    Lines lines = {0};
    bool tries = true;
    for (size_t round = 0; tries && round < ROUNDS; round++) {
        if (!survey_run(survey, STR_EMPTY))
            return false;
        drop_bad_lines(survey, &lines);
        add_lines(survey, &lines, &tries);
    }
    if (lines.count > 1)
        qsort(lines.items, lines.count, sizeof *lines.items, compare_lines);
    size_t open = 0;
    for (size_t i = 0; i < lines.count; i++)
        open += !lines.items[i].value.len;
    buf_addf(&out, "# %zu line%s of settings that would let more of the chain render, for alembic.ini or waybill.ini.\n",
             lines.count, lines.count == 1 ? "" : "s");
    if (open)
        buf_addf(&out, "# What stands behind the = of %zu of them only the project's people know.\n", open);
    if (!survey->project->settings.source)
        add_place(&out, &survey->project->settings);
    add_occasion(&out, survey);
    add_section(&out, "waybill.types", &lines, CURE_TYPE);
    add_section(&out, "waybill.values", &lines, CURE_VALUE);
    *text = buf_str(&out);
    return true;
}
