// survey: every revision rendered both ways for each dialect; what does not render, where and why.
#include <stdlib.h>
#include <unistd.h>

#include "survey.h"

static const Message *first_error(const SurveyRow *row)
{
    for (size_t i = 0; i < row->diag.messages.count; i++)
        if (row->diag.messages.items[i].severity == SEVERITY_ERROR)
            return &row->diag.messages.items[i];
    return NULL;
}

// ---- --emit ----

static Str file_name(Arena *arena, Str id)
{
    char *name = str_cstr(arena, id);
    for (size_t i = 0; i < id.len; i++) {
        char c = name[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
              c == '-'))
            name[i] = '_';
    }
    return (Str){name, id.len};
}

static Str flat(Arena *arena, Str text)
{
    return str_replace(arena, str_replace(arena, text, STR("\t"), STR(" ")), STR("\n"), STR(" "));
}

static void add_refusal(Arena *arena, Buf *out, const SurveyRow *row)
{
    const Message *error = first_error(row);
    unsigned line = 0, column = 0;
    Str file = row->revision->path;
    if (error && error->at.source) {
        span_position(error->at, &line, &column);
        file = error->at.source->name;
    }
    buf_addf(out, "%.*s\t%s\t%.*s\t%u\t%.*s\n", STR_ARGS(row->revision->id), row->direction == DIRECTION_UP ? "up" : "down",
             STR_ARGS(file), line, STR_ARGS(flat(arena, error ? error->text : STR("unknown"))));
}

static bool emit(Cli *cli, Str dialect, const SurveyRows *rows, Str folder)
{
    Str below = path_join(cli->arena, folder, dialect);
    Buf refused = buf_open(cli->arena);
    if (!dir_make(&cli->diag, below))
        return false;
    for (size_t i = 0; i < rows->count; i++) {
        const SurveyRow *row = &rows->items[i];
        if (!row->rendered) {
            add_refusal(cli->arena, &refused, row);
            continue;
        }
        Str name = str_format(cli->arena, "%.*s.%s.sql", STR_ARGS(file_name(cli->arena, row->revision->id)),
                              row->direction == DIRECTION_UP ? "up" : "down");
        if (!file_write(&cli->diag, path_join(cli->arena, below, name), row->sql, true))
            return false;
    }
    return file_write(&cli->diag, path_join(cli->arena, below, STR("refused.tsv")), buf_str(&refused), true);
}

// ---- one dialect ----

// Whether the exception that left the function comes from a raise statement, not from something that failed.
static bool is_wilful(const Message *error)
{
    return error->at.source && str_find(error->text, STR("() raises "), 0) != SIZE_MAX &&
           str_starts(str_slice(error->at.source->text, error->at.start, error->at.source->text.len), STR("raise"));
}

// What is refused in a module of the project: the revision's own line that leads there is among the notes.
static void find_call(const SurveyRow *row, const Message *error, Refusal *refusal)
{
    const Message *end = row->diag.messages.items + row->diag.messages.count;
    for (const Message *note = error + 1; note < end && note->severity == SEVERITY_NOTE; note++)
        if (note->at.source == row->revision->source)
            span_position(note->at, &refusal->from_line, &refusal->from_column);
}

static void note_refusal(Survey *survey, size_t dialect, const SurveyRow *row, bool is_framed)
{
    Arena *arena = survey->cli->arena;
    const Message *error = first_error(row);
    Refusal refusal = {.dialect = dialect,
                       .revision = row->revision,
                       .direction = row->direction,
                       .file = row->revision->path,
                       .reason = STR("unknown"),
                       .is_framed = is_framed};
    if (error) {
        refusal.reason = str_copy(arena, error->text);
        refusal.hint = str_copy(arena, error->hint);
        refusal.is_wilful = is_wilful(error);
        refusal.cure = error->cure;
        refusal.cure.name = str_copy(arena, error->cure.name);
        refusal.cure.suggestion = str_copy(arena, error->cure.suggestion);
        refusal.cure.example = str_copy(arena, error->cure.example);
    }
    if (error && error->at.source) {
        refusal.file = str_copy(arena, error->at.source->name);
        span_position(error->at, &refusal.line, &refusal.column);
    }
    if (error && error->at.source && error->at.source != row->revision->source)
        find_call(row, error, &refusal);
    vec_push(arena, &survey->refusals, refusal);
}

// Counts what can be rendered framed, as scripts are made unless --bare is said.
static bool is_rendered(Survey *survey, size_t index, const SurveyRow *bare, const SurveyRow *framed)
{
    if (bare->rendered && framed->rendered)
        return true;
    survey->dialects.items[index].bare_only += bare->rendered;
    note_refusal(survey, index, bare->rendered ? framed : bare, bare->rendered);
    return false;
}

static void count(Survey *survey, size_t index, const SurveyRows *rows, const SurveyRows *framed)
{
    SurveyDialect *dialect = &survey->dialects.items[index];
    for (size_t i = 0; i + 1 < rows->count; i += 2) {
        bool up = is_rendered(survey, index, &rows->items[i], &framed->items[i]);
        bool down = is_rendered(survey, index, &rows->items[i + 1], &framed->items[i + 1]);
        dialect->files++;
        dialect->up += up;
        dialect->down += down;
        dialect->both += up && down;
        dialect->empty_down += down && rows->items[i + 1].is_empty;
    }
}

// The renderer and the rows are of `scratch`, which goes when the dialect has been told.
static bool survey_dialect(Survey *survey, Arena *scratch, size_t index, Str folder)
{
    Cli *cli = survey->cli;
    SurveyDialect *dialect = &survey->dialects.items[index];
    Path all;
    SurveyRows rows = {0}, framed = {0};
    RenderOptions framing = dialect->options;
    framing.bare = framing.style.bare = framing.keeps_sql = false;
    framing.progress = NULL;
    dialect->bare_only = 0;
    dialect->files = dialect->both = dialect->up = dialect->down = dialect->empty_down = 0;
    Renderer *renderer = render_open(scratch, &cli->diag, survey->project, &dialect->options);
    if (!renderer || !path_all(scratch, &cli->diag, survey->project, &all) ||
        !render_survey(renderer, &cli->diag, &all, &rows))
        return false;
    renderer = render_open(scratch, &cli->diag, survey->project, &framing);
    if (!renderer || !render_survey(renderer, &cli->diag, &all, &framed))
        return false;
    count(survey, index, &rows, &framed);
    return !folder.len || emit(cli, dialect->options.style.dialect->name, &rows, folder);
}

// ---- causes ----

// Reasons that differ only in names are one cause, and so are those that differ in what an exception says.
static Str without_names(Arena *arena, Str text)
{
    Buf out = buf_open(arena);
    bool quoted = false;
    size_t raises = str_find(text, STR("() raises "), 0);
    size_t says = raises == SIZE_MAX ? SIZE_MAX : str_find(text, STR(": "), raises);
    text = says == SIZE_MAX ? text : str_slice(text, 0, says);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"') {
            if (!quoted)
                buf_add(&out, STR("\"...\""));
            quoted = !quoted;
        } else if (!quoted) {
            buf_add_char(&out, text.ptr[i]);
        }
    }
    return buf_str(&out);
}

static CauseClass class_of(const Refusal *refusal)
{
    if (refusal->is_wilful)
        return CAUSE_WILFUL;
    if (is_after_refusal(refusal->reason))
        return CAUSE_FOLLOWS;
    switch (refusal->cure.kind) {
    case CURE_TYPE:
    case CURE_VALUE: return CAUSE_SETTING;
    case CURE_CLOCK:
    case CURE_UUID_SEED: return CAUSE_OPTION;
    case CURE_OVERRIDE: return CAUSE_OVERRIDE;
    case CURE_NONE: break;
    }
    return CAUSE_OTHER;
}

// "MySQL changes a column as a whole" is one cause with SQL Server's.
static Str without_dialect(const Survey *survey, const Refusal *refusal, Str reason)
{
    const Dialect *dialect = survey->dialects.items[refusal->dialect].options.style.dialect;
    return str_replace(survey->cli->arena, reason, dialect->title, STR("the database"));
}

// Refusals with the same key are one cause.
static Str key_of(const Survey *survey, const Refusal *refusal, CauseClass class, Str reason)
{
    bool by_kind = class == CAUSE_SETTING || class == CAUSE_OPTION;
    return str_format(survey->cli->arena, "%d %d %.*s", (int)class, by_kind ? (int)refusal->cure.kind : 0,
                      STR_ARGS(by_kind ? refusal->cure.name : without_dialect(survey, refusal, reason)));
}

static void add_cause(Survey *survey, Map *keys, size_t index)
{
    Arena *arena = survey->cli->arena;
    Refusal *refusal = &survey->refusals.items[index];
    CauseClass class = class_of(refusal);
    Str reason = without_names(arena, refusal->reason), key = key_of(survey, refusal, class, reason);
    size_t *known = map_get(keys, key);
    if (!known) {
        Cause cause = {.class = class, .cure = refusal->cure, .reason = reason, .first = index};
        cause.index = survey->causes.count;
        cause.seen = arena_array(arena, bool, 2 * survey->project->graph.revisions.count);
        cause.dialects = arena_array(arena, bool, survey->dialects.count);
        known = arena_new(arena, size_t);
        *known = survey->causes.count;
        map_put(keys, key, known);
        vec_push(arena, &survey->causes, cause);
    }
    Cause *cause = &survey->causes.items[*known];
    refusal->cause = *known;
    if (refusal->dialect != survey->refusals.items[cause->first].dialect)
        cause->reason = without_dialect(survey, refusal, reason);
    bool *seen = &cause->seen[refusal->revision->index * 2 + (refusal->direction == DIRECTION_DOWN)];
    if (!cause->cure.suggestion.len)
        cause->cure = refusal->cure;
    cause->refusals++;
    cause->directions += !*seen;
    *seen = true;
    cause->dialects[refusal->dialect] = true;
}

static int compare_causes(const void *a, const void *b)
{
    const Cause *x = a, *y = b;
    if (x->class != y->class)
        return x->class < y->class ? -1 : 1;
    if (x->directions != y->directions)
        return x->directions > y->directions ? -1 : 1;
    if (x->refusals != y->refusals)
        return x->refusals > y->refusals ? -1 : 1;
    return x->first < y->first ? -1 : 1;
}

static void sort_causes(Survey *survey)
{
    Arena *arena = survey->cli->arena;
    Map keys = map_open(arena);
    for (size_t i = 0; i < survey->refusals.count; i++)
        add_cause(survey, &keys, i);
    if (survey->causes.count > 1)
        qsort(survey->causes.items, survey->causes.count, sizeof *survey->causes.items, compare_causes);
    size_t *places = arena_array(arena, size_t, survey->causes.count + 1);
    for (size_t i = 0; i < survey->causes.count; i++)
        places[survey->causes.items[i].index] = i;
    for (size_t i = 0; i < survey->refusals.count; i++)
        survey->refusals.items[i].cause = places[survey->refusals.items[i].cause];
}

// ---- the command ----

enum { LONG_WORK = 300 };   // revisions, over all dialects: less is done before anybody wonders

static void show_progress(const Dialect *dialect, size_t done, size_t all)
{
    if (done % 10 == 0 || done == all)
        fprintf(stderr, "\r%.*s %zu/%zu\033[K", STR_ARGS(dialect->name), done, all);
}

bool survey_run(Survey *survey, Str folder)
{
    bool shows = isatty(STDERR_FILENO) && survey->dialects.count * survey->project->graph.revisions.count >= LONG_WORK;
    bool done = true;
    survey->refusals.count = 0;
    survey->causes.count = 0;
    for (size_t i = 0; i < survey->dialects.count && done; i++) {
        Arena *scratch = arena_open();
        survey->dialects.items[i].options.keeps_sql = folder.len > 0;
        survey->dialects.items[i].options.progress = shows ? show_progress : NULL;
        done = survey_dialect(survey, scratch, i, folder);
        arena_close(scratch);
    }
    if (shows)
        fputs("\r\033[K", stderr);
    sort_causes(survey);
    return done;
}

// The dialects asked for, else those that the settings list, else all.
static bool choose_dialects(Survey *survey)
{
    Cli *cli = survey->cli;
    const StrList *asked = cli_options(cli, "--dialect");
    const Settings *settings = &survey->project->settings;
    StrList wanted = {0};
    for (size_t i = 0; asked && i < asked->count; i++)
        vec_push(cli->arena, &wanted, asked->items[i]);
    for (size_t i = 0; !asked && i < settings->dialects.count; i++)
        if (settings->dialects.items[i].is_listed)
            vec_push(cli->arena, &wanted, settings->dialects.items[i].dialect);
    bool all = !wanted.count;
    for (size_t i = 0; all && dialect_at(i); i++)
        vec_push(cli->arena, &wanted, dialect_at(i)->name);
    for (size_t i = 0; i < wanted.count; i++) {
        SurveyDialect dialect = {.asked = wanted.items[i]};
        if (!dialect_options(cli, survey->project, wanted.items[i], &dialect.options))
            return false;
        const DialectSettings *said = settings_dialect(settings, wanted.items[i]);
        if (said && said->minimum.len)
            dialect.asked = str_format(cli->arena, "%.*s:%.*s", STR_ARGS(said->dialect), STR_ARGS(said->minimum));
        dialect.options.bare = dialect.options.style.bare = true;
        for (size_t k = 0; k < survey->dialects.count; k++)
            if (survey->dialects.items[k].options.style.dialect == dialect.options.style.dialect)
                return cli_usage(cli, "dialect \"%.*s\" is given twice", STR_ARGS(dialect.options.style.dialect->name));
        vec_push(cli->arena, &survey->dialects, dialect);
    }
    return true;
}

bool run_survey(Cli *cli)
{
    Survey survey = {.cli = cli};
    Str folder = cli_option(cli, "--emit"), text;
    if (folder.len)
        cli_outlives_pipe();
    bool json, suggest = cli_flag(cli, "--suggest");
    if (!format_option(cli, &json))
        return false;
    if (suggest && (folder.len || json || cli_flag(cli, "--all")))
        return cli_usage(cli, "--suggest goes with neither --emit, --format json nor --all");
    survey.project = cli_project(cli);
    if (!survey.project || !choose_dialects(&survey))
        return false;
    if (suggest)
        return survey_suggest(&survey, &text) && cli_write(cli, text);
    if (!survey_run(&survey, folder))
        return false;
    cli->refused = survey.refusals.count > 0;
    return cli_write(cli, json ? survey_json(&survey) : survey_text(&survey, cli_flag(cli, "--all")));
}
