// cli: argv -> one command. Option tables give parsing, --help and completion.
#ifndef WAYBILL_CLI_H
#define WAYBILL_CLI_H

#include "waybill/base.h"
#include "waybill/revision.h"

typedef enum ExitStatus { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_SYSTEM = 3 } ExitStatus;

typedef struct OptionSpec {
    const char *name;    // "--dialect"
    const char *value;   // what --help calls its value; NULL: a flag
    const char *help;
} OptionSpec;

typedef struct Cli Cli;
typedef struct Command {
    const char *name;
    const char *arguments;   // "[FROM:]TO"
    const char *summary;
    size_t least, most;   // positional arguments
    const OptionSpec *options;
    bool (*run)(Cli *cli);   // false: reported in cli->diag
} Command;

// All state of the program.
struct Cli {
    Arena *arena;
    Diag diag;
    const Command *command;
    Str ini;        // -c
    Str versions;   // --versions
    StrList arguments;
    Map options;    // name -> StrList *
    bool refused;   // the command did its work and its answer is no: exit status 1
    bool usage;     // exit status 2
    bool is_mute;   // standard output takes no more, which has been reported
};

// Returns an option's (last) value, or empty.
Str cli_option(const Cli *cli, const char *name);
const StrList *cli_options(const Cli *cli, const char *name);   // NULL when not given
bool cli_flag(const Cli *cli, const char *name);
// Reports a wrong command line. Returns false; the exit status becomes 2.
bool cli_usage(Cli *cli, const char *format, ...) PRINTF_LIKE(2, 3);
// Opens the project that -c or --versions names, else alembic.ini or waybill.ini in this folder.
Project *cli_project(Cli *cli);
// Writes to standard output and waits until it has arrived. Fails: it did not.
MUST_CHECK bool cli_put(Cli *cli, Str text);
// Writes to -o FILE (which must not exist), or to standard output, completely or not at all.
bool cli_write(Cli *cli, Str text);

#endif
