// The table of commands, and what they share.
#include "commands.h"

const OptionSpec global_options[] = {
    {"-c", "INI", "the project's ini file (default: alembic.ini, else waybill.ini)"},
    {"--versions", "DIR", "a folder of revision files, without an ini file"},
    {"--version", NULL, "print the version"},
    {NULL, NULL, NULL},
};

#define END_OF_OPTIONS {NULL, NULL, NULL}

static const OptionSpec listing_options[] = {{"-v", NULL, "print all of each revision"}, {"--verbose", NULL, "the same as -v"},
                                             {"--format", "text|json", "form of the output"}, END_OF_OPTIONS};

static const OptionSpec history_options[] = {{"-r", "A:B", "from A up to B"}, {"--rev-range", "A:B", "the same as -r"},
                                             {"-v", NULL, "print all of each revision"}, {"--verbose", NULL, "the same as -v"},
                                             {"--format", "text|json", "form of the output"}, END_OF_OPTIONS};

static const OptionSpec heads_options[] = {{"-v", NULL, "print all of each revision"}, {"--verbose", NULL, "the same as -v"},
                                           {"--resolve-dependencies", NULL, "a revision that another depends on is no head"},
                                           {"--format", "text|json", "form of the output"}, END_OF_OPTIONS};

#define SCRIPT_OPTIONS                                                                                                        \
    {"--dialect", "D[:VERSION]", "postgresql or sqlite, with the oldest server version to support"},                         \
        {"--bare", NULL, "what \"alembic --sql\" prints: no guard, no receipt"},                                              \
        {"--client", "CLIENT", "psql, sqlite3 or generic (default: the dialect's stock client)"},                             \
        {"--ascii", NULL, "keep literals to ASCII"}, {"--sql", NULL, "accepted and implied"}, {"-o", "FILE", "write to FILE, which must not exist"}

static const OptionSpec script_options[] = {SCRIPT_OPTIONS,
                                            {"--from-section", "K", "go on from section K, after a run that stopped there"},
                                            END_OF_OPTIONS};
static const OptionSpec stamp_options[] = {SCRIPT_OPTIONS, END_OF_OPTIONS};

static const OptionSpec survey_options[] = {{"--dialect", "D[:VERSION]", "dialect to render; may be given more than once (default: all)"},
                                            {"--emit", "DIR", "write each revision's SQL below DIR"},
                                            {"--format", "text|json", "form of the output"},
                                            END_OF_OPTIONS};

const Command commands[] = {
    {"history", "[-r A:B] [-v]", "List the revisions, newest first", 0, 0, history_options, run_history},
    {"heads", "[-v]", "List the head revisions", 0, 0, heads_options, run_heads},
    {"branches", "[-v]", "List the branch points", 0, 0, listing_options, run_branches},
    {"show", "REV", "Describe a revision", 1, 1, listing_options, run_show},
    {"upgrade", "[FROM:]TO --dialect D", "Print the script that upgrades a database", 1, 1, script_options, run_upgrade},
    {"downgrade", "FROM:TO --dialect D", "Print the script that downgrades a database", 1, 1, script_options, run_downgrade},
    {"stamp", "[FROM:]TO --dialect D", "Print the script that only moves the version rows", 1, 1, stamp_options, run_stamp},
    {"survey", "[--dialect D...]", "Try every revision both ways: what renders, what does not and why", 0, 0, survey_options, run_survey},
    {NULL, NULL, NULL, 0, 0, NULL, NULL},
};

const StrList *cli_options(const Cli *cli, const char *name)
{
    return map_get(&cli->options, str_from(name));
}

Str cli_option(const Cli *cli, const char *name)
{
    const StrList *values = cli_options(cli, name);
    return values ? values->items[values->count - 1] : STR_EMPTY;
}

bool cli_flag(const Cli *cli, const char *name)
{
    return cli_options(cli, name) != NULL;
}

bool cli_usage(Cli *cli, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char text[512];
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    cli->usage = true;
    diag_error(&cli->diag, SPAN_NONE, "%s", text);
    if (cli->command)
        diag_hint(&cli->diag, "See \"waybill %s --help\".", cli->command->name);
    else
        diag_hint(&cli->diag, "See \"waybill --help\".");
    return false;
}

Project *cli_project(Cli *cli)
{
    Str ini = cli_option(cli, "-c"), versions = cli_option(cli, "--versions");
    if (versions.len)
        return project_open_folder(cli->arena, &cli->diag, versions);
    if (!ini.len)
        ini = path_exists(STR("alembic.ini")) || !path_exists(STR("waybill.ini")) ? STR("alembic.ini") : STR("waybill.ini");
    return project_open(cli->arena, &cli->diag, ini);
}

bool cli_write(Cli *cli, Str text)
{
    Str file = cli_option(cli, "-o");
    if (file.len)
        return file_write(&cli->diag, file, text, false);
    if (fwrite(text.ptr, 1, text.len, stdout) == text.len && fflush(stdout) == 0)
        return true;
    return diag_system(&cli->diag, SPAN_NONE, "could not write standard output");
}
