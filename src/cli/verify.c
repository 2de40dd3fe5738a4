// verify, inspect and repack: one reading of a bundle each.
#include "commands.h"

static void print(const Buf *out)
{
    fwrite(buf_str(out).ptr, 1, out->len, stdout);   // main checks that it arrived
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

bool run_verify(Cli *cli)
{
    BundleFacts facts = {0};
    PublicKey key;
    bool is_json;
    Str path = cli->arguments.items[0], pubkey = cli_option(cli, "--pubkey"), folder = cli_option(cli, "--extract");
    if (!pubkey.len)
        return cli_usage(cli, "verify needs --pubkey FILE");
    if (cli_flag(cli, "--extract") && !folder.len)
        return cli_usage(cli, "--extract needs a folder's name");
    if (!format_option(cli, &is_json) || !bundle_start(&cli->diag) || !public_key_read(cli->arena, &cli->diag, pubkey, &key))
        return false;
    BundleOptions options = {.key = &key, .to = folder, .to_folder = true, .judge_compression = true};
    bool done = bundle_read(cli->arena, &cli->diag, path, &options, &facts);
    Buf out = buf_open(cli->arena);
    if (!done) {
        add_refusal(cli, &out, is_json, path);
    } else if (is_json) {
        buf_add(&out, STR("{\"verified\": true, "));
        add_facts_json(cli, &facts, &out);
        buf_add(&out, STR(", \"extracted\": "));
        buf_add_json(&out, folder);
        buf_add(&out, STR("}\n"));
    } else {
        buf_addf(&out, "VERIFIED: %.*s\n", STR_ARGS(facts.manifest.bundle));
        add_facts_text(cli, &facts, &out);
        if (folder.len)
            buf_addf(&out, "  extracted to %.*s\n", STR_ARGS(str_printable(cli->arena, folder)));
    }
    print(&out);
    return done;
}

bool run_inspect(Cli *cli)
{
    BundleFacts facts;
    BundleOptions options = {0};
    bool is_json;
    if (!format_option(cli, &is_json) || !bundle_start(&cli->diag) ||
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
    print(&out);
    return true;
}

bool run_repack(Cli *cli)
{
    BundleFacts facts;
    BundleOptions options = {.to = cli_option(cli, "-o")};
    if (!options.to.len)
        return cli_usage(cli, "repack needs -o FILE");
    if (!bundle_start(&cli->diag) || !bundle_read(cli->arena, &cli->diag, cli->arguments.items[0], &options, &facts))
        return false;
    Buf out = buf_open(cli->arena);
    buf_addf(&out, "%.*s: %zu files, SHA256SUMS %.*s\n", STR_ARGS(str_printable(cli->arena, options.to)), facts.files,
             STR_ARGS(digest_groups(cli->arena, facts.digest)));
    print(&out);
    return true;
}
