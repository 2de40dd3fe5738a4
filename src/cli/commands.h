// The commands, each run by a function of its own file, and their option tables.
#ifndef WAYBILL_COMMANDS_H
#define WAYBILL_COMMANDS_H

#include "waybill/bundle.h"
#include "waybill/cli.h"
#include "waybill/render.h"

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
bool run_override(Cli *cli);
bool run_keygen(Cli *cli);
bool run_pack(Cli *cli);
bool run_repack(Cli *cli);
bool run_inspect(Cli *cli);
bool run_verify(Cli *cli);
bool run_approve(Cli *cli);
bool run_trust(Cli *cli);

// Stores what --at and --seed-uuid say, or else the project's settings.
bool occasion_options(Cli *cli, const Project *project, Occasion *occasion);
// Stores what --dialect D[:VERSION] and the project's settings say about a script, --at and --seed-uuid included.
bool dialect_options(Cli *cli, const Project *project, Str wanted, RenderOptions *options);
// Stores what --no-password and --password-fd say.
bool password_options(Cli *cli, PasswordSource *password);
// Stores whether --format says json; text is the default.
bool format_option(Cli *cli, bool *is_json);
bool whole_number(Str text, int64_t most, int64_t *value);   // returns whether it is one, of at most `most`
// Stores a time that an option gives, else empty.
bool time_option(Cli *cli, const char *name, Str *text);
// Stores what --at says, else the clock: for verify, approve and trust, which read it once.
bool now_option(Cli *cli, int64_t *now_s);
bool read_clock(Cli *cli, int64_t *now_s);   // for what stays: no option moves it
// Stores what --pubkey or --trust says of who must have signed, and --at; `trust` and `key` are where they are kept.
bool judge_options(Cli *cli, PublicKey *key, Trust *trust, BundleOptions *options);
MUST_CHECK bool cli_print(Cli *cli, const Buf *out);   // as cli_put()
// For commands that write files: a pipe that nobody reads is an error to report, not the end of the program half-way.
// bundle_start() does it too.
void cli_outlives_pipe(void);
// A report that is one text, known before its output is made.
typedef struct TextReport {
    Cli *cli;
    Buf out;
} TextReport;
TextReport text_report(Cli *cli);
Report report_of(TextReport *text);   // both must stay where they are until it has been printed
// Appends what a bundle is: for people, one screen; or the members of a JSON object, without its braces.
void add_facts_text(Cli *cli, const BundleFacts *facts, Buf *out);
void add_roles_text(Cli *cli, const BundleFacts *facts, Buf *out);
void add_facts_json(Cli *cli, const BundleFacts *facts, Buf *out);

#endif
