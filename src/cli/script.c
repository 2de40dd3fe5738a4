// upgrade, downgrade and stamp: one script on standard output or in a file.
#include "commands.h"
#include "waybill/bundle.h"
#include "waybill/render.h"

// "--client", the project's client.D, or the dialect's own.
static bool choose_client(Cli *cli, const Dialect *dialect, const DialectSettings *settings, Str *client)
{
    Str wanted = cli_option(cli, "--client");
    if (!wanted.len && settings)
        wanted = settings->client;
    *client = wanted.len ? wanted : dialect->default_client;
    for (const char *const *known = dialect->clients; *known; known++)
        if (str_equal(*client, str_from(*known)))
            return true;
    return cli_usage(cli, "%.*s has no client \"%.*s\"", STR_ARGS(dialect->title), STR_ARGS(*client));
}

bool occasion_options(Cli *cli, const Project *project, Occasion *occasion)
{
    const Settings *settings = &project->settings;
    *occasion = (Occasion){settings->has_now, settings->now_s, settings->uuid_seed};
    Str at = cli_option(cli, "--at");
    if (cli_flag(cli, "--at")) {
        occasion->has_time = true;
        if (!rfc3339_parse(at, &occasion->time_s))
            return cli_usage(cli, "--at \"%.*s\" is no time of the form 2026-11-23T01:00:00Z", STR_ARGS(at));
    }
    if (cli_flag(cli, "--seed-uuid")) {
        occasion->uuid_seed = cli_option(cli, "--seed-uuid");
        if (!occasion->uuid_seed.len)
            return cli_usage(cli, "--seed-uuid is empty");
    }
    return true;
}

bool dialect_options(Cli *cli, const Project *project, Str wanted, RenderOptions *options)
{
    const Dialect *dialect;
    int minimum;
    if (!dialect_parse(&cli->diag, wanted, &dialect, &minimum)) {
        cli->usage = true;
        return false;
    }
    const DialectSettings *settings = settings_dialect(&project->settings, dialect->name);
    bool versioned = str_find_char(wanted, ':', 0) != SIZE_MAX;
    if (!versioned && settings && settings->minimum.len) {
        Str full = str_format(cli->arena, "%.*s:%.*s", STR_ARGS(dialect->name), STR_ARGS(settings->minimum));
        if (!dialect_parse(&cli->diag, full, &dialect, &minimum))
            return false;
    }
    *options = (RenderOptions){.style = {.dialect = dialect,
                                         .minimum = minimum,
                                         .ascii = cli_flag(cli, "--ascii"),
                                         .bare = cli_flag(cli, "--bare")},
                               .bare = cli_flag(cli, "--bare"),
                               .bundle = STR("-"),
                               .transaction_per_step = project->settings.transaction_per_step};
    if (settings) {
        options->database = settings->database;
        options->schema = settings->schema;
        options->owner = settings->owner;
    }
    return occasion_options(cli, project, &options->occasion) && choose_client(cli, dialect, settings, &options->client);
}

static bool read_options(Cli *cli, const Project *project, RenderOptions *options)
{
    const StrList *dialects = cli_options(cli, "--dialect");
    if (!dialects || dialects->count > 1)
        return cli_usage(cli, "%s needs --dialect once", cli->command->name);
    if (!dialect_options(cli, project, dialects->items[0], options))
        return false;
    Str section = cli_option(cli, "--from-section");
    for (size_t i = 0; i < section.len; i++) {
        if (section.ptr[i] < '0' || section.ptr[i] > '9' || section.len > 6)
            return cli_usage(cli, "\"%.*s\" is no section number", STR_ARGS(section));
        options->from_section = options->from_section * 10 + (section.ptr[i] - '0');
    }
    options->each_step = options->from_section > 0;
    Str old = cli_option(cli, "--resume-of");
    if (!old.len)
        return true;
    if (options->from_section < 2)
        return cli_usage(cli, "--resume-of goes with --from-section K: the section that the run stopped in");
    Source *source = source_read(cli->arena, &cli->diag, old, old);
    options->resume_of = source ? source->text : STR_EMPTY;
    return source != NULL;
}

// What a bundle carries is judged as it would be there: the preflight of an upgrade. One of a way back counts rows of tables
// by names that it puts together, which no bundle may.
static bool preflight(Cli *cli, Renderer *renderer, const RenderOptions *options, Direction direction,
                      RenderedPath *rendered, Str *script)
{
    return render_preflight(renderer, &cli->diag, rendered, script) &&
           (direction == DIRECTION_DOWN ||
            preflight_only_asks(cli->arena, &cli->diag, options->style.dialect->name, *script));
}

// Warnings of a script belong to the person who makes it; errors stop it: nothing is printed then.
static bool print_path(Cli *cli, Direction direction)
{
    Project *project = cli_project(cli);
    RenderOptions options;
    Path path;
    if (!project || !read_options(cli, project, &options) ||
        !path_find(cli->arena, &cli->diag, project, direction, cli->arguments.items[0], &path))
        return false;
    if (cli_flag(cli, "--preflight") && (options.bare || options.from_section))
        return cli_usage(cli, "--preflight asks for a whole framed script: neither --bare nor --from-section goes with it");
    if (!path.steps.count && !options.bare) {
        diag_error(&cli->diag, SPAN_NONE, "\"%.*s\" has no steps", STR_ARGS(cli->arguments.items[0]));
        diag_hint(&cli->diag, "A framed script needs something to do; --bare prints Alembic's empty frame.");
        return false;
    }
    RenderedPath rendered;
    Str script;
    Renderer *renderer = render_open(cli->arena, &cli->diag, project, &options);
    return renderer && render_path(renderer, &cli->diag, &path, &rendered) &&
           render_script(renderer, &cli->diag, &rendered, &script) &&
           (!cli_flag(cli, "--preflight") || preflight(cli, renderer, &options, direction, &rendered, &script)) &&
           cli_write(cli, script);
}

bool run_upgrade(Cli *cli)
{
    return print_path(cli, DIRECTION_UP);
}

bool run_downgrade(Cli *cli)
{
    return print_path(cli, DIRECTION_DOWN);
}

bool run_stamp(Cli *cli)
{
    Project *project = cli_project(cli);
    RenderOptions options;
    Path path;
    VersionChangeList changes = {0};
    Str script;
    if (!project || !read_options(cli, project, &options) ||
        !path_stamp(cli->arena, &cli->diag, project, cli->arguments.items[0], &path, &changes))
        return false;
    Renderer *renderer = render_open(cli->arena, &cli->diag, project, &options);
    return renderer && render_stamp(renderer, &cli->diag, &path, &changes, &script) && cli_write(cli, script);
}
