// The commands, each run by a function of its own file, and their option tables.
#ifndef WAYBILL_COMMANDS_H
#define WAYBILL_COMMANDS_H

#include "waybill/cli.h"

extern const Command commands[];            // ends with an empty one
extern const OptionSpec global_options[];   // ends with an empty one

bool run_history(Cli *cli);
bool run_heads(Cli *cli);
bool run_branches(Cli *cli);
bool run_show(Cli *cli);
bool run_upgrade(Cli *cli);
bool run_downgrade(Cli *cli);
bool run_stamp(Cli *cli);
bool run_survey(Cli *cli);

#endif
