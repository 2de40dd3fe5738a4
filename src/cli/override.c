// override: what a person begins an override with.
#include "commands.h"
#include "waybill/render.h"

static bool find_revision(Cli *cli, const Project *project, const Revision **revision)
{
    RevisionList found = {0};
    Str spec = cli->arguments.items[0];
    if (!revision_resolve(cli->arena, &cli->diag, project, spec, &found))
        return false;
    if (found.count != 1)
        return diag_error(&cli->diag, SPAN_NONE, "\"%.*s\" names %zu revisions; an override is of one", STR_ARGS(spec),
                          found.count);
    *revision = found.items[0];
    return true;
}

static bool choose_file(Cli *cli, const Project *project, const Revision *revision, Str dialect, Str *file)
{
    *file = cli_option(cli, "-o");
    if (file->len)
        return true;
    if (!project->settings.source) {
        diag_error(&cli->diag, SPAN_NONE, "a folder of revisions alone has no overrides");
        diag_hint(&cli->diag, "Give the project's ini file with -c, or a file with -o FILE.");
        return false;
    }
    *file = override_path(cli->arena, &project->settings, revision, dialect, !cli_flag(cli, "--down"));
    if (!path_exists(*file))
        return true;
    diag_error(&cli->diag, SPAN_NONE, "there is an override already: \"%.*s\"", STR_ARGS(*file));
    diag_hint(&cli->diag, "-o - prints what a new one would begin with.");
    return false;
}

static bool write_skeleton(Cli *cli, Str file, const Skeleton *skeleton)
{
    if (str_equal(file, STR("-")))
        return cli_put(cli, skeleton->text);
    Str shown = str_printable(cli->arena, file);
    TextReport text = text_report(cli);
    const Report report = report_of(&text);
    if (skeleton->gaps)
        buf_addf(&text.out, "%.*s: %zu part%s to write by hand\n", STR_ARGS(shown), skeleton->gaps,
                 skeleton->gaps == 1 ? "" : "s");
    else
        buf_addf(&text.out, "%.*s: renders whole%s\n", STR_ARGS(shown), skeleton->text.len ? "" : ", with nothing to do");
    return (cli_flag(cli, "-o") || dir_make(&cli->diag, path_parent(file))) &&
           file_create(&cli->diag, file, skeleton->text, &report);
}

bool run_override(Cli *cli)
{
    const StrList *dialects = cli_options(cli, "--dialect");
    RenderOptions options;
    const Revision *revision = NULL;
    Skeleton skeleton;
    Str file;
    if (!dialects || dialects->count > 1)
        return cli_usage(cli, "override needs --dialect once");
    cli_outlives_pipe();
    Project *project = cli_project(cli);
    if (!project || !dialect_options(cli, project, dialects->items[0], &options) ||
        !find_revision(cli, project, &revision) || !choose_file(cli, project, revision, options.style.dialect->name, &file))
        return false;
    options.bare = options.style.bare = true;
    Renderer *renderer = render_open(cli->arena, &cli->diag, project, &options);
    return renderer &&
           render_skeleton(renderer, &cli->diag, revision, cli_flag(cli, "--down") ? DIRECTION_DOWN : DIRECTION_UP,
                           &skeleton) &&
           write_skeleton(cli, file, &skeleton);
}
