// verify, inspect and repack: one reading of a bundle each.
#include "commands.h"

bool judge_options(Cli *cli, PublicKey *key, Trust *trust, BundleOptions *options)
{
    Str pubkey = cli_option(cli, "--pubkey"), file = cli_option(cli, "--trust"), text;
    if (cli_flag(cli, "--pubkey") && cli_flag(cli, "--trust"))
        return cli_usage(cli, "--pubkey and --trust exclude each other");
    if (!now_option(cli, &options->now_s))
        return false;
    if (cli_flag(cli, "--trust")) {
        options->trust = trust;
        return trust_read(cli->arena, &cli->diag, file, trust, &text);
    }
    options->key = cli_flag(cli, "--pubkey") ? key : NULL;
    return !options->key || public_key_read(cli->arena, &cli->diag, pubkey, key);
}

// The decision, on one screen; the reasons of a refusal are the messages.
static void add_refusal(Cli *cli, Buf *out, bool is_json, Str path)
{
    if (!is_json) {
        buf_addf(out, "NOT VERIFIED: %.*s\n", STR_ARGS(str_printable(cli->arena, path)));
        return;
    }
    buf_add(out, STR("{\"verified\": false, \"errors\": ["));
    bool first = true;
    for (size_t i = 0; i < cli->diag.messages.count; i++) {
        const Message *message = &cli->diag.messages.items[i];
        if (message->severity != SEVERITY_ERROR)
            continue;
        buf_add(out, first ? STR("") : STR(", "));
        buf_add_json(out, message->text);
        first = false;
    }
    buf_add(out, STR("]}\n"));
}

// By what it was decided, and when.
static void add_decision_text(Cli *cli, const BundleOptions *options, const BundleFacts *facts, Buf *out)
{
    if (options->trust) {
        buf_addf(out, "  %-12s %.*s, version %lld\n", "trust file",
                 STR_ARGS(str_printable(cli->arena, options->trust->name)), (long long)options->trust->version);
        buf_addf(out, "  %-12s   %.*s\n", "", STR_ARGS(digest_groups(cli->arena, options->trust->digest)));
    }
    add_roles_text(cli, facts, out);
    buf_addf(out, "  %-12s %.*s%s\n", "judged at", STR_ARGS(rfc3339_text(cli->arena, options->now_s)),
             cli_flag(cli, "--at") ? " (as --at says)" : "");
    if (options->record.len)
        buf_addf(out, "  %-12s %.*s\n", "recorded in", STR_ARGS(str_printable(cli->arena, options->record)));
    else
        buf_addf(out, "  %-12s none: whether a newer bundle was accepted before is not known\n", "state file");
}

static void add_decision_json(Cli *cli, const BundleOptions *options, Buf *out)
{
    buf_addf(out, "\"judgedAt\": \"%.*s\", \"trust\": ", STR_ARGS(rfc3339_text(cli->arena, options->now_s)));
    if (options->trust) {
        buf_addf(out, "{\"version\": %lld, \"sha256\": \"%.*s\", \"file\": ", (long long)options->trust->version,
                 STR_ARGS(hex_text(cli->arena, options->trust->digest, 32)));
        buf_add_json(out, options->trust->name);
        buf_add(out, STR("}, "));
    } else {
        buf_add(out, STR("null, "));
    }
}

// What is said of a bundle that has passed, before its files or its record are there.
typedef struct Passed {
    Cli *cli;
    const BundleOptions *options;
    BundleFacts facts;
    Str folder;
    bool is_json, is_printed;
} Passed;

static bool print_verified(void *context)
{
    Passed *p = context;
    Cli *cli = p->cli;
    p->is_printed = true;
    Buf out = buf_open(cli->arena);
    if (p->is_json) {
        buf_add(&out, STR("{\"verified\": true, "));
        add_decision_json(cli, p->options, &out);
        add_facts_json(cli, &p->facts, &out);
        buf_add(&out, STR(", \"extracted\": "));
        buf_add_json(&out, p->folder);
        buf_add(&out, STR("}\n"));
    } else {
        buf_addf(&out, "VERIFIED: %.*s\n", STR_ARGS(p->facts.manifest.bundle));
        add_decision_text(cli, p->options, &p->facts, &out);
        add_facts_text(cli, &p->facts, &out);
        if (p->folder.len)
            buf_addf(&out, "  extracted to %.*s\n", STR_ARGS(str_printable(cli->arena, p->folder)));
    }
    return cli_print(cli, &out);
}

static bool verify_and_say(Cli *cli, Str path, Str folder, bool is_json, const BundleOptions *judged)
{
    BundleOptions options = *judged;
    Passed passed = {.cli = cli, .options = &options, .folder = folder, .is_json = is_json};
    const Report report = {print_verified, &passed};
    options.report = &report;
    bool done = signatures_beside(cli->arena, &cli->diag, path, &options.beside) &&
                bundle_read(cli->arena, &cli->diag, path, &options, &passed.facts);
    if (done || passed.is_printed)
        return done;
    Buf out = buf_open(cli->arena);
    add_refusal(cli, &out, is_json, path);
    return cli_print(cli, &out) && done;
}

bool run_verify(Cli *cli)
{
    PublicKey key;
    Trust trust;
    bool is_json;
    Str path = cli->arguments.items[0], folder = cli_option(cli, "--extract");
    BundleOptions options = {
        .to = folder, .to_folder = true, .judge_compression = true, .record = cli_option(cli, "--record")};
    if (!cli_flag(cli, "--pubkey") && !cli_flag(cli, "--trust"))
        return cli_usage(cli, "verify needs --trust FILE or --pubkey FILE");
    if ((cli_flag(cli, "--extract") && !folder.len) || (cli_flag(cli, "--record") && !options.record.len))
        return cli_usage(cli, "--extract needs a folder's name, --record a file's");
    // a time to come in the state would refuse every bundle until then, and one that has been accepts what is over
    if (cli_flag(cli, "--at") && options.record.len)
        return cli_usage(cli,
                         "--at and --record exclude each other: what is recorded was accepted now, not at another time");
    if (!format_option(cli, &is_json) || !bundle_start(&cli->diag))
        return false;
    // two runs must not both read the state before either has written it
    FileLock *lock = options.record.len ? file_lock(cli->arena, &cli->diag, options.record) : NULL;
    options.record_lock = lock;
    bool done = (lock || !options.record.len) && judge_options(cli, &key, &trust, &options) &&
                verify_and_say(cli, path, folder, is_json, &options);
    file_unlock(lock);
    return done;
}

bool run_inspect(Cli *cli)
{
    BundleFacts facts;
    BundleOptions options = {0};
    bool is_json;
    if (!format_option(cli, &is_json) || !bundle_start(&cli->diag) ||
        !signatures_beside(cli->arena, &cli->diag, cli->arguments.items[0], &options.beside) ||
        !bundle_read(cli->arena, &cli->diag, cli->arguments.items[0], &options, &facts))
        return false;
    Buf out = buf_open(cli->arena);
    if (is_json) {
        buf_add_char(&out, '{');
        add_facts_json(cli, &facts, &out);
        buf_add(&out, STR("}\n"));
    } else {
        buf_addf(&out, "%.*s\n", STR_ARGS(facts.manifest.bundle));
        add_facts_text(cli, &facts, &out);
        buf_add(&out, STR("Nothing here is proven: \"waybill verify\" judges who signed it.\n"));
    }
    return cli_print(cli, &out);
}

static bool print_repacked(void *context)
{
    const Passed *p = context;
    Arena *arena = p->cli->arena;
    Buf out = buf_open(arena);
    buf_addf(&out, "%.*s: %zu files, SHA256SUMS %.*s\n", STR_ARGS(str_printable(arena, p->options->to)), p->facts.files,
             STR_ARGS(digest_groups(arena, p->facts.digest)));
    return cli_print(p->cli, &out);
}

bool run_repack(Cli *cli)
{
    BundleOptions options = {.to = cli_option(cli, "-o")};
    Passed passed = {.cli = cli, .options = &options};
    const Report report = {print_repacked, &passed};
    options.report = &report;
    if (!options.to.len)
        return cli_usage(cli, "repack needs -o FILE");
    return bundle_start(&cli->diag) && bundle_read(cli->arena, &cli->diag, cli->arguments.items[0], &options, &passed.facts);
}
