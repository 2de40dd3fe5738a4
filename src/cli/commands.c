// The table of commands, and what they share.
#include <errno.h>
#include <signal.h>
#include <time.h>

#include "commands.h"

const OptionSpec global_options[] = {
    {"-c", "INI", "the project's ini file or pyproject.toml, or each once (default: what stands in the current folder)"},
    {"-n", "SECTION", "the section of the ini file that is read instead of [alembic]"},
    {"--name", "SECTION", "the same as -n"},
    {"-x", "KEY=VALUE", "what context.get_x_argument() gives to revisions, as with alembic -x; may be given more than once"},
    {"--versions", "DIR", "a folder of revision files, without an ini file"},
    {"--version", NULL, "print the version"},
    {NULL, NULL, NULL},
};

#define END_OF_OPTIONS                                                                                                      \
    {                                                                                                                       \
        NULL, NULL, NULL                                                                                                    \
    }

static const OptionSpec listing_options[] = {{"-v", NULL, "print all of each revision"},
                                             {"--verbose", NULL, "the same as -v"},
                                             {"--format", "text|json", "form of the output"},
                                             END_OF_OPTIONS};

static const OptionSpec history_options[] = {{"-r", "A:B", "from A up to B"},
                                             {"--rev-range", "A:B", "the same as -r"},
                                             {"-v", NULL, "print all of each revision"},
                                             {"--verbose", NULL, "the same as -v"},
                                             {"--format", "text|json", "form of the output"},
                                             END_OF_OPTIONS};

static const OptionSpec heads_options[] = {{"-v", NULL, "print all of each revision"},
                                           {"--verbose", NULL, "the same as -v"},
                                           {"--resolve-dependencies", NULL, "a revision that another depends on is no head"},
                                           {"--format", "text|json", "form of the output"},
                                           END_OF_OPTIONS};

#define SCRIPT_OPTIONS                                                                                                      \
    {"--dialect", "D[:VERSION]", "postgresql, mysql, mariadb, sqlite, oracle or mssql, with the oldest server to support"}, \
        {"--bare", NULL, "what \"alembic --sql\" prints: no guard, no receipt"},                                            \
        {"--client", "CLIENT", "the dialect's stock client (psql, mysql, sqlite3, ...), which is the default, or generic"}, \
        {"--ascii", NULL, "keep literals and comments to ASCII"}, {"--sql", NULL, "accepted and implied"},                  \
    {                                                                                                                       \
        "-o", "FILE", "write to FILE, which must not exist"                                                                 \
    }

// What revisions would ask of the machine that runs them.
#define OCCASION_OPTIONS                                                                                                    \
    {"--at", "T", "the time that now() and today() give, such as 2026-11-23T01:00:00Z (default: unknown)"},                 \
    {                                                                                                                       \
        "--seed-uuid", "TEXT", "make the UUIDs of uuid4() from TEXT, the revision and a count (default: unknown)"           \
    }

static const OptionSpec script_options[] = {
    SCRIPT_OPTIONS,
    OCCASION_OPTIONS,
    {"--from-section", "K", "go on from section K, after a run that stopped there"},
    {"--resume-of", "FILE", "with --from-section: go on with the run of FILE, whose sections so far are the same"},
    {"--preflight", NULL, "what the script asks before it changes anything, and no change"},
    END_OF_OPTIONS};
static const OptionSpec stamp_options[] = {SCRIPT_OPTIONS, END_OF_OPTIONS};

static const OptionSpec survey_options[] = {
    {"--dialect", "D[:VERSION]",
     "dialect to render; may be given more than once (default: the settings' dialects, else all)"},
    {"--all", NULL, "show every cause, not only those that fit on a screen"},
    {"--suggest", NULL, "print the settings lines that would cure refusals, as an ini file"},
    {"--emit", "DIR", "write each revision's SQL below DIR"},
    {"--format", "text|json", "form of the output"},
    OCCASION_OPTIONS,
    END_OF_OPTIONS};

static const OptionSpec override_options[] = {
    {"--dialect", "D[:VERSION]", "the dialect whose SQL is to be written by hand"},
    {"--down", NULL, "of the downgrade (default: of the upgrade)"},
    {"-o", "FILE", "write to FILE, which must not exist; -: standard output (default: where overrides are read from)"},
    {"--ascii", NULL, "keep literals and comments to ASCII"},
    OCCASION_OPTIONS,
    END_OF_OPTIONS};

#define PASSWORD_FD                                                                                                         \
    {                                                                                                                       \
        "--password-fd", "N", "read the secret key's password from file descriptor N (default: ask at the terminal)"        \
    }
#define REPORT_FORMAT                                                                                                       \
    {                                                                                                                       \
        "--format", "text|json", "form of the output"                                                                       \
    }

static const OptionSpec keygen_options[] = {
    {"-o", "NAME", "write NAME.key and NAME.pub, which must not exist"},
    {"--no-password", NULL, "do not encrypt the secret key"},
    {"--kdf", "light|strong", "what a password costs: 16 MiB, or a gigabyte and seconds (default)"},
    PASSWORD_FD,
    REPORT_FORMAT,
    END_OF_OPTIONS};
static const OptionSpec pack_options[] = {
    {"--dialect", "D[:VERSION]", "as of upgrade; may be given more than once (default: the settings' dialects)"},
    {"--database", "[D=]NAME", "the only database that the scripts (of dialect D) run in; may be given more than once"},
    {"--key", "FILE", "the secret key that signs"},
    {"--no-password", NULL, "the secret key is not encrypted: never ask"},
    PASSWORD_FD,
    {"-o", "FILE", "write to FILE.tar.gz, .tar.zst, .tar, .zip or the folder FILE (default: dist/BUNDLE.tar.gz)"},
    {"--sequence", "N", "the bundle's number (default: how many revisions stand at or below TO)"},
    {"--predecessor", "DIGEST", "SHA-256 of the SHA256SUMS of the bundle before"},
    {"--customer", "C", "whom the bundle is for; part of its name"},
    {"--environment", "E", "where it may be applied"},
    {"--not-before", "T", "not valid before T, such as 2026-11-23T01:00:00Z"},
    {"--not-after", "T", "not valid after T"},
    {"--ticket", "X", "the change request it belongs to"},
    {"--at", "T", "when it was made, and the time that now() gives (default: SOURCE_DATE_EPOCH and unknown)"},
    {"--seed-uuid", "TEXT", "make the UUIDs of uuid4() from TEXT, the revision and a count (default: unknown)"},
    {"--irreversible", "REV=WHY", "REV has no way back but a backup; may be given more than once"},
    REPORT_FORMAT,
    END_OF_OPTIONS};
static const OptionSpec repack_options[] = {
    {"-o", "FILE", "write to FILE.tar.gz, .tar.zst, .tar, .zip or the folder FILE, which must not exist"}, END_OF_OPTIONS};
static const OptionSpec inspect_options[] = {REPORT_FORMAT, END_OF_OPTIONS};
#define JUDGE_OPTIONS                                                                                                       \
    {"--trust", "FILE", "the site's trust file, which says whose signatures it takes"},                                     \
        {"--pubkey", "FILE", "without a trust file: the public key that must have signed it"},                              \
    {                                                                                                                       \
        "--at", "T", "judge as of T, such as 2026-11-23T01:00:00Z, without --record (default: the clock)"                   \
    }
static const OptionSpec verify_options[] = {
    JUDGE_OPTIONS,
    {"--record", "FILE", "the state file: refuses what is older than what it holds, and records this bundle"},
    {"--extract", "DIR", "write its files to DIR, which must not exist, once all has passed"},
    REPORT_FORMAT,
    END_OF_OPTIONS};
static const OptionSpec approve_options[] = {
    {"--key", "FILE", "the secret key that signs"},
    {"--no-password", NULL, "the secret key is not encrypted: never ask"},
    PASSWORD_FD,
    {"--detached", NULL, "write a signature file beside the bundle instead of into it"},
    {"-o", "FILE", "leave the bundle as it is and write the signed one (or the signature file) to FILE"},
    {"--expect", "DIGEST", "SHA-256 of the SHA256SUMS that it must have; instead of asking at the terminal"},
    JUDGE_OPTIONS,
    REPORT_FORMAT,
    END_OF_OPTIONS};
static const OptionSpec trust_options[] = {
    {"--pubkey", "NAME=FILE.pub", "init: a root key; add: a key for --role; may be given more than once"},
    {"--role", "ROLE", "add: the role that the keys get"},
    {"--owner", "WHO", "whose keys they are"},
    {"--not-after", "T", "until when they count"},
    {"--threshold", "ROLE=K", "how many keys of the role must sign (default: 1)"},
    {"--require", "ROLE", "a bundle needs this role's signatures"},
    {"--no-require", "ROLE", "not any longer"},
    {"--customer", "C", "who this site is"},
    {"--environment", "E", "which of its environments"},
    {"--dialect", "D", "which databases it has; may be given more than once (default: any)"},
    {"--min-sequence", "PRODUCT=N", "the lowest sequence accepted"},
    {"--max-jump", "N", "how far a sequence may lead beyond the last one accepted (default: 1000)"},
    {"--predecessor", "POLICY", "checked, required or ignored: must a bundle follow the last one accepted"},
    {"--allow-legacy", "yes|no", "whether signify's copies of signatures count"},
    {"--expires", "T", "until when the trust file is valid"},
    {"--key", "NAME|FILE", "revoke: the key's name; sign: the secret key that signs"},
    {"--reason", "WHY", "revoke: why"},
    {"--from-sequence", "N", "revoke: older bundles keep the key's signature"},
    {"--bundle", "sha256:DIGEST", "revoke: withdraw the bundle with this SHA256SUMS"},
    {"--fingerprint", "DIGEST", "update: SHA-256 of the first trust file, as it came another way"},
    {"-o", "FILE", "write the changed trust file to FILE, which must not exist"},
    {"--at", "T", "the time that is written and judged by (default: the clock)"},
    {"--no-password", NULL, "sign: the secret key is not encrypted: never ask"},
    PASSWORD_FD,
    REPORT_FORMAT,
    END_OF_OPTIONS};

const Command commands[] = {
    {"history", "[-r A:B] [-v]", "List the revisions, newest first", 0, 0, history_options, run_history},
    {"heads", "[-v]", "List the head revisions", 0, 0, heads_options, run_heads},
    {"branches", "[-v]", "List the branch points", 0, 0, listing_options, run_branches},
    {"show", "REV", "Describe a revision", 1, 1, listing_options, run_show},
    {"upgrade", "[FROM:]TO --dialect D", "Print the script that upgrades a database", 1, 1, script_options, run_upgrade},
    {"downgrade", "FROM:TO --dialect D", "Print the script that downgrades a database", 1, 1, script_options, run_downgrade},
    {"stamp", "[FROM:]TO --dialect D", "Print the script that only moves the version rows", 1, 1, stamp_options, run_stamp},
    {"survey", "[--dialect D...]", "Try every revision both ways: what renders, what does not and why", 0, 0, survey_options,
     run_survey},
    {"override", "REV --dialect D", "Begin an override: what of REV renders, and places for what must be written by hand", 1,
     1, override_options, run_override},
    {"keygen", "-o NAME", "Make a key pair, as minisign does", 0, 0, keygen_options, run_keygen},
    {"pack", "FROM:TO [FROM2:TO...] --key FILE", "Pack the scripts of ranges into a signed bundle", 1, 4096, pack_options,
     run_pack},
    {"repack", "BUNDLE -o FILE", "Write a bundle in another form; its contents and signatures stay", 1, 1, repack_options,
     run_repack},
    {"inspect", "BUNDLE", "Say what a bundle holds and which keys signed it, without judging them", 1, 1, inspect_options,
     run_inspect},
    {"verify", "BUNDLE --trust FILE", "Judge a bundle: its signatures, its contents, its form", 1, 1, verify_options,
     run_verify},
    {"approve", "BUNDLE --key FILE", "Show what a bundle would change, ask, and add a signature to it", 1, 1,
     approve_options, run_approve},
    {"trust", "init|add|revoke|sign|show|update FILE", "Make, change, sign, show or install a site's trust file", 1, 3,
     trust_options, run_trust},
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

static Project *open_project(Cli *cli)
{
    Str versions = cli_option(cli, "--versions");
    if (versions.len && cli_options(cli, "-c")) {
        cli_usage(cli, "--versions and -c exclude each other: an ini file says itself where the revisions are");
        return NULL;
    }
    if (versions.len)
        return project_open_folder(cli->arena, &cli->diag, versions);
    Str section = cli_option(cli, cli_flag(cli, "--name") ? "--name" : "-n");
    ProjectPlace place;
    if (!project_find(cli->arena, &cli->diag, cli_options(cli, "-c"), section, &place))
        return NULL;
    return project_open(cli->arena, &cli->diag, &place);
}

Project *cli_project(Cli *cli)
{
    Project *project = open_project(cli);
    const StrList *given = cli_options(cli, "-x");
    if (project && given)
        project->settings.x_arguments = *given;
    return project && project_has_revisions(cli->arena, &cli->diag, project) ? project : NULL;
}

bool cli_write(Cli *cli, Str text)
{
    Str file = cli_option(cli, "-o");
    if (file.len)
        return file_write(&cli->diag, file, text, false);
    return cli_put(cli, text);
}

bool cli_put(Cli *cli, Str text)
{
    if (fwrite(text.ptr, 1, text.len, stdout) == text.len && fflush(stdout) == 0)
        return true;
    if (!cli->is_mute)
        diag_system(&cli->diag, SPAN_NONE, "could not write standard output: %s", strerror(errno));
    cli->is_mute = true;
    return false;
}

void cli_outlives_pipe(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGPIPE, &ignore, NULL);
}

bool cli_print(Cli *cli, const Buf *out)
{
    return cli_put(cli, buf_str(out));
}

static bool print_text(void *context)
{
    TextReport *text = context;
    return cli_print(text->cli, &text->out);
}

TextReport text_report(Cli *cli)
{
    return (TextReport){cli, buf_open(cli->arena)};
}

Report report_of(TextReport *text)
{
    return (Report){print_text, text};
}

// ---- values of options that several commands have ----

bool whole_number(Str text, int64_t most, int64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || *value > most / 10)
            return false;
        *value = *value * 10 + (text.ptr[i] - '0');
    }
    return text.len && *value <= most;
}

bool time_option(Cli *cli, const char *name, Str *text)
{
    int64_t seconds;
    *text = cli_option(cli, name);
    if (!cli_flag(cli, name) || rfc3339_parse(*text, &seconds))
        return true;
    return cli_usage(cli, "%s \"%.*s\" is no time of the form 2026-11-23T01:00:00Z", name, STR_ARGS(*text));
}

bool read_clock(Cli *cli, int64_t *now_s)
{
    *now_s = (int64_t)time(NULL);
    return *now_s > 0 || diag_system(&cli->diag, SPAN_NONE, "E-308 the clock could not be read");
}

bool now_option(Cli *cli, int64_t *now_s)
{
    Str text;
    if (!time_option(cli, "--at", &text))
        return false;
    return text.len ? rfc3339_parse(text, now_s) : read_clock(cli, now_s);
}
