// survey: every revision rendered both ways for each dialect; what does not render, where and why.
#include "commands.h"
#include "waybill/render.h"

typedef struct Cause {
    Str reason;
    size_t count;
    const SurveyRow *first;
} Cause;

typedef struct Tally {
    const Dialect *dialect;
    SurveyRows rows;
    size_t files, both, up, down, empty_down;
    VEC(Cause) causes;
} Tally;

static const Message *first_error(const SurveyRow *row)
{
    for (size_t i = 0; i < row->diag.messages.count; i++)
        if (row->diag.messages.items[i].severity == SEVERITY_ERROR)
            return &row->diag.messages.items[i];
    return NULL;
}

// Reasons that differ only in names are one cause, and so are those that differ in what an exception says.
static Str cause_of(Arena *arena, Str text)
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

static void count_cause(Cli *cli, Tally *tally, const SurveyRow *row)
{
    const Message *error = first_error(row);
    Str reason = error ? cause_of(cli->arena, error->text) : STR("unknown");
    for (size_t i = 0; i < tally->causes.count; i++)
        if (str_equal(tally->causes.items[i].reason, reason)) {
            tally->causes.items[i].count++;
            return;
        }
    Cause cause = {reason, 1, row};
    vec_push(cli->arena, &tally->causes, cause);
}

static void count(Cli *cli, Tally *tally)
{
    for (size_t i = 0; i + 1 < tally->rows.count; i += 2) {
        const SurveyRow *up = &tally->rows.items[i], *down = &tally->rows.items[i + 1];
        tally->files++;
        tally->up += up->rendered;
        tally->down += down->rendered;
        tally->both += up->rendered && down->rendered;
        tally->empty_down += down->rendered && down->is_empty;
        if (!up->rendered)
            count_cause(cli, tally, up);
        if (!down->rendered)
            count_cause(cli, tally, down);
    }
    // most frequent first; equal ones as they came
    for (size_t i = 1; i < tally->causes.count; i++)
        for (size_t k = i; k > 0 && tally->causes.items[k - 1].count < tally->causes.items[k].count; k--) {
            Cause swap = tally->causes.items[k];
            tally->causes.items[k] = tally->causes.items[k - 1];
            tally->causes.items[k - 1] = swap;
        }
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

static void add_refusal(Cli *cli, Buf *out, const SurveyRow *row)
{
    const Message *error = first_error(row);
    unsigned line = 0, column = 0;
    Str file = row->revision->path;
    if (error && error->at.source) {
        span_position(error->at, &line, &column);
        file = error->at.source->name;
    }
    buf_addf(out, "%.*s\t%s\t%.*s\t%u\t%.*s\n", STR_ARGS(row->revision->id), row->direction == DIRECTION_UP ? "up" : "down",
             STR_ARGS(file), line, STR_ARGS(flat(cli->arena, error ? error->text : STR("unknown"))));
}

static bool emit(Cli *cli, const Tally *tally, Str folder)
{
    Str below = path_join(cli->arena, folder, tally->dialect->name);
    Buf refused = buf_open(cli->arena);
    if (!dir_make(&cli->diag, below))
        return false;
    for (size_t i = 0; i < tally->rows.count; i++) {
        const SurveyRow *row = &tally->rows.items[i];
        if (!row->rendered) {
            add_refusal(cli, &refused, row);
            continue;
        }
        Str name = str_format(cli->arena, "%.*s.%s.sql", STR_ARGS(file_name(cli->arena, row->revision->id)),
                              row->direction == DIRECTION_UP ? "up" : "down");
        if (!file_write(&cli->diag, path_join(cli->arena, below, name), row->sql, true))
            return false;
    }
    return file_write(&cli->diag, path_join(cli->arena, below, STR("refused.tsv")), buf_str(&refused), true);
}

// ---- reports ----

static void add_share(Buf *out, const char *what, size_t part, size_t whole)
{
    buf_addf(out, "  %-22s %zu of %zu (%.1f %%)\n", what, part, whole, whole ? 100.0 * (double)part / (double)whole : 100.0);
}

static void add_text(Cli *cli, Buf *out, const Tally *tally)
{
    buf_addf(out, "%.*s\n", STR_ARGS(tally->dialect->name));
    add_share(out, "render both ways", tally->both, tally->files);
    add_share(out, "upgrades", tally->up, tally->files);
    add_share(out, "downgrades", tally->down, tally->files);
    if (tally->empty_down)
        buf_addf(out, "  %-22s %zu\n", "empty downgrades", tally->empty_down);
    if (tally->causes.count)
        buf_add(out, STR("  refused:\n"));
    for (size_t i = 0; i < tally->causes.count; i++) {
        const Cause *cause = &tally->causes.items[i];
        const Message *error = first_error(cause->first);
        unsigned line = 0, column = 0;
        buf_addf(out, "  %5zu  %.*s\n", cause->count, STR_ARGS(cause->reason));
        if (error && error->at.source) {
            span_position(error->at, &line, &column);
            buf_addf(out, "         first: %.*s:%u:%u\n", STR_ARGS(error->at.source->name), line, column);
        }
        if (error && error->hint.len)
            buf_addf(out, "         hint: %.*s\n", STR_ARGS(error->hint));
    }
    (void)cli;
}

static void add_json(Buf *out, const Tally *tally)
{
    buf_add(out, STR("{\"dialect\": "));
    buf_add_json(out, tally->dialect->name);
    buf_addf(
        out,
        ", \"files\": %zu, \"both\": %zu, \"upgrades\": %zu, \"downgrades\": %zu, \"empty_downgrades\": %zu, \"refused\": [",
        tally->files, tally->both, tally->up, tally->down, tally->empty_down);
    bool first = true;
    for (size_t i = 0; i < tally->rows.count; i++) {
        const SurveyRow *row = &tally->rows.items[i];
        const Message *error = row->rendered ? NULL : first_error(row);
        unsigned line = 0, column = 0;
        if (row->rendered)
            continue;
        if (error && error->at.source)
            span_position(error->at, &line, &column);
        buf_add(out, first ? STR("\n  {\"revision\": ") : STR(",\n  {\"revision\": "));
        buf_add_json(out, row->revision->id);
        buf_addf(out, ", \"direction\": \"%s\", \"file\": ", row->direction == DIRECTION_UP ? "up" : "down");
        buf_add_json(out, error && error->at.source ? error->at.source->name : row->revision->path);
        buf_addf(out, ", \"line\": %u, \"column\": %u, \"reason\": ", line, column);
        buf_add_json(out, error ? error->text : STR("unknown"));
        buf_add(out, STR(", \"hint\": "));
        buf_add_json(out, error ? error->hint : STR_EMPTY);
        buf_add_char(out, '}');
        first = false;
    }
    buf_add(out, first ? STR("]}") : STR("\n]}"));
}

// The renderer and the rows are of `scratch`, which goes when the dialect has been told.
static bool survey_dialect(Cli *cli, Arena *scratch, const Project *project, Str name, Tally *tally)
{
    int minimum;
    Path all;
    *tally = (Tally){0};
    if (!dialect_parse(&cli->diag, name, &tally->dialect, &minimum)) {
        cli->usage = true;
        return false;
    }
    RenderOptions *options = arena_new(cli->arena, RenderOptions);
    *options = (RenderOptions){
        .style = {.dialect = tally->dialect, .minimum = minimum, .bare = true}, .bare = true, .bundle = STR("-")};
    if (!occasion_options(cli, &options->occasion))
        return false;
    Renderer *renderer = render_open(scratch, &cli->diag, project, options);
    if (!renderer || !path_all(scratch, &cli->diag, project, &all) ||
        !render_survey(renderer, &cli->diag, &all, &tally->rows))
        return false;
    count(cli, tally);
    return true;
}

bool run_survey(Cli *cli)
{
    Project *project = cli_project(cli);
    Str folder = cli_option(cli, "--emit"), format = cli_option(cli, "--format");
    const StrList *asked = cli_options(cli, "--dialect");
    StrList all = {0};
    if (!project)
        return false;
    if (format.len && !str_equal(format, STR("text")) && !str_equal(format, STR("json")))
        return cli_usage(cli, "unknown format \"%.*s\"", STR_ARGS(format));
    for (size_t i = 0; !asked && dialect_at(i); i++)
        vec_push(cli->arena, &all, dialect_at(i)->name);
    asked = asked ? asked : &all;
    bool json = str_equal(format, STR("json"));
    Buf out = buf_open(cli->arena);
    if (!json)
        buf_addf(&out, "%zu revisions, %zu heads, %zu bases\n\n", project->graph.revisions.count, project->graph.heads.count,
                 project->graph.bases.count);
    for (size_t i = 0; i < asked->count; i++) {
        Tally tally;
        Arena *scratch = arena_open();
        if (!survey_dialect(cli, scratch, project, asked->items[i], &tally) || (folder.len && !emit(cli, &tally, folder))) {
            arena_close(scratch);
            return false;
        }
        cli->refused |= tally.both < tally.files;
        if (json) {
            buf_add(&out, i ? STR(",\n") : STR("["));
            add_json(&out, &tally);
        } else {
            buf_add(&out, i ? STR("\n") : STR_EMPTY);
            add_text(cli, &out, &tally);
        }
        arena_close(scratch);
    }
    if (json)
        buf_add(&out, STR("]\n"));
    return cli_write(cli, buf_str(&out));
}
