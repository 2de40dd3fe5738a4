// The program's entry: reads argv, runs one command, prints its messages, chooses the exit status.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "commands.h"

// A descriptor that is closed at the start would be given to the first file that is opened, which what is printed would then
// be written into. In its place stands what fails for whoever uses it, as if it were closed still.
// Source: gnulib's stdopen.c.
static bool open_standard(void)
{
    static const int contrary[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", contrary[fd]) != fd)
            return false;
    return true;
}

static void print_options(const OptionSpec *options)
{
    for (; options && options->name; options++) {
        char left[64];
        snprintf(left, sizeof left, "%s%s%s", options->name, options->value ? " " : "",
                 options->value ? options->value : "");
        printf("  %-26s %s\n", left, options->help);
    }
}

static void print_command_help(const Command *command)
{
    printf("usage: waybill [-c INI] %s %s\n\n%s.\n", command->name, command->arguments, command->summary);
    printf("\noptions:\n");
    print_options(command->options);
    print_options(global_options);
}

static void print_help(void)
{
    printf("usage: waybill [-c INI] COMMAND ...\n\n"
           "Reads an Alembic revision chain without running it, renders its exact SQL, and packs it into signed "
           "bundles.\n\ncommands:\n");
    for (const Command *command = commands; command->name; command++)
        printf("  %-10s %s\n", command->name, command->summary);
    printf("\noptions:\n");
    print_options(global_options);
    printf("\n\"waybill COMMAND --help\" describes one command. Exit status: 0 done, 1 refused, 2 wrong command line, 3 the "
           "system failed.\n");
}

static const Command *find_command(const char *name)
{
    for (const Command *command = commands; command->name; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

static const OptionSpec *find_option(const OptionSpec *options, Str name)
{
    for (; options && options->name; options++)
        if (str_equal(name, str_from(options->name)))
            return options;
    return NULL;
}

static void keep_option(Cli *cli, const OptionSpec *option, Str value)
{
    StrList *values = map_get(&cli->options, str_from(option->name));
    if (!values) {
        values = arena_new(cli->arena, StrList);
        map_put(&cli->options, str_from(option->name), values);
    }
    vec_push(cli->arena, values, value);
}

// A revision spec such as -1 or a range such as -3:head is no option.
static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] && !(word[1] >= '0' && word[1] <= '9');
}

static bool read_arguments(Cli *cli, int argc, char **argv, bool *help)
{
    for (int i = 1; i < argc; i++) {
        Str word = str_from(argv[i]), name = word, value = STR_EMPTY;
        if (!is_option(argv[i])) {
            if (!cli->command) {
                cli->command = find_command(argv[i]);
                if (!cli->command)
                    return cli_usage(cli, "unknown command \"%s\"", argv[i]);
            } else {
                vec_push(cli->arena, &cli->arguments, word);
            }
            continue;
        }
        size_t equal = str_starts(word, STR("--")) ? str_find_char(word, '=', 0) : SIZE_MAX;
        if (equal != SIZE_MAX) {
            name = str_slice(word, 0, equal);
            value = str_slice(word, equal + 1, word.len);
        } else if (word.len > 2 && word.ptr[1] != '-' &&
                   find_option(cli->command ? cli->command->options : NULL, str_slice(word, 0, 2))) {
            name = str_slice(word, 0, 2);   // -r-3:head, glued as Alembic wants it
            value = str_slice(word, 2, word.len);
            equal = 2;
        }
        if (str_equal(name, STR("--help")) || str_equal(name, STR("-h"))) {
            *help = true;
            continue;
        }
        const OptionSpec *option = find_option(global_options, name);
        option = option ? option : find_option(cli->command ? cli->command->options : NULL, name);
        if (!option)
            return cli_usage(cli, "unknown option \"%.*s\"", STR_ARGS(name));
        if (!option->value && equal != SIZE_MAX)
            return cli_usage(cli, "option \"%s\" takes no value", option->name);
        if (option->value && equal == SIZE_MAX) {
            if (++i >= argc)
                return cli_usage(cli, "option \"%s\" needs a value", option->name);
            value = str_from(argv[i]);
        }
        keep_option(cli, option, value);
    }
    return true;
}

static bool run(Cli *cli, int argc, char **argv)
{
    bool help = false;
    if (!read_arguments(cli, argc, argv, &help))
        return false;
    if (cli_flag(cli, "--version")) {
        printf("waybill %s\n", WAYBILL_VERSION);
        return true;
    }
    if (help && cli->command) {
        print_command_help(cli->command);
        return true;
    }
    if (help) {
        print_help();
        return true;
    }
    if (!cli->command)
        return cli_usage(cli, "no command is given");
    if (cli->arguments.count < cli->command->least)
        return cli_usage(cli, "%s needs %s", cli->command->name, cli->command->arguments);
    if (cli->arguments.count > cli->command->most)
        return cli_usage(cli, "%s takes no argument \"%.*s\"", cli->command->name,
                         STR_ARGS(cli->arguments.items[cli->command->most]));
    return cli->command->run(cli);
}

int main(int argc, char **argv)
{
    if (!open_standard())
        return EXIT_SYSTEM;   // and there is nowhere to say so
    Arena *arena = arena_open();
    Cli cli = {.arena = arena, .diag = diag_open(arena), .options = map_open(arena)};
    bool done = run(&cli, argc, argv);
    // what was printed must have arrived: a full disk is a failure
    if ((fflush(stdout) != 0 || ferror(stdout)) && !cli.is_mute) {
        diag_system(&cli.diag, SPAN_NONE, "could not write standard output: %s", strerror(errno));
        done = false;
    }
    diag_print(&cli.diag, stderr);
    ExitStatus status = cli.usage                ? EXIT_USAGE
                        : cli.diag.system_failed ? EXIT_SYSTEM
                        : !done || cli.refused   ? EXIT_REFUSED
                                                 : EXIT_DONE;
    arena_close(arena);
    return (int)status;
}
