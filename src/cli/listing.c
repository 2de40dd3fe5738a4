// history, heads, branches and show.
#include "commands.h"

static bool options_of(Cli *cli, ListingOptions *options)
{
    Str format = cli_option(cli, "--format");
    if (format.len && !str_equal(format, STR("text")) && !str_equal(format, STR("json")))
        return cli_usage(cli, "unknown format \"%.*s\"", STR_ARGS(format));
    *options = (ListingOptions){.is_verbose = cli_flag(cli, "-v") || cli_flag(cli, "--verbose"),
                                .is_json = str_equal(format, STR("json")),
                                .resolve_dependencies = cli_flag(cli, "--resolve-dependencies")};
    return true;
}

bool run_history(Cli *cli)
{
    ListingOptions options;
    Project *project = options_of(cli, &options) ? cli_project(cli) : NULL;
    Str range = cli_option(cli, "-r");
    Str text;
    range = range.len ? range : cli_option(cli, "--rev-range");
    return project && history_text(cli->arena, &cli->diag, project, range, options, &text) && cli_write(cli, text);
}

bool run_heads(Cli *cli)
{
    ListingOptions options;
    Project *project = options_of(cli, &options) ? cli_project(cli) : NULL;
    return project && cli_write(cli, heads_text(cli->arena, project, options));
}

bool run_branches(Cli *cli)
{
    ListingOptions options;
    Project *project = options_of(cli, &options) ? cli_project(cli) : NULL;
    return project && cli_write(cli, branches_text(cli->arena, project, options));
}

bool run_show(Cli *cli)
{
    ListingOptions options;
    Project *project = options_of(cli, &options) ? cli_project(cli) : NULL;
    Str text;
    return project && show_text(cli->arena, &cli->diag, project, cli->arguments.items[0], options, &text) &&
           cli_write(cli, text);
}
