// approve: shows what is to be signed, asks, and adds a signature.
#include "commands.h"

static Str short_digest(Cli *cli, const BundleFacts *facts)
{
    return str_slice(hex_text(cli->arena, facts->digest, 32), 0, 8);
}

// What a signature would stand for, on one screen: the digest, the range, whose changes are beyond the ordinary.
static void add_question(Cli *cli, const BundleFacts *facts, const PublicKey *key, Buf *out)
{
    size_t overridden = 0, irreversible = 0, empty = 0;
    for (size_t i = 0; i < facts->manifest.revisions.count; i++) {
        const ManifestRevision *r = &facts->manifest.revisions.items[i];
        overridden += r->overrides.count > 0;
        irreversible += r->irreversible.len > 0;
        empty += r->empty_downgrade;
    }
    buf_addf(out, "To be signed by key %.*s: %.*s\n", STR_ARGS(public_key_id(cli->arena, key)),
             STR_ARGS(facts->manifest.bundle));
    add_facts_text(cli, facts, out);
    buf_addf(out, "  %-12s %zu of %zu revisions: %zu written by hand, %zu with no way back, %zu with an empty way back\n",
             "look at", overridden + irreversible + empty, facts->manifest.revisions.count, overridden, irreversible, empty);
    for (size_t i = 0; i < facts->manifest.revisions.count; i++) {
        const ManifestRevision *r = &facts->manifest.revisions.items[i];
        if (r->irreversible.len)
            buf_addf(out, "  %-12s %.*s has no way back: %.*s\n", "", STR_ARGS(str_printable(cli->arena, r->id)),
                     STR_ARGS(str_printable(cli->arena, r->irreversible)));
        for (size_t k = 0; k < r->overrides.count; k++)
            buf_addf(out, "  %-12s %.*s is written by hand for %.*s, %s\n", "", STR_ARGS(str_printable(cli->arena, r->id)),
                     STR_ARGS(str_printable(cli->arena, r->overrides.items[k].dialect)),
                     r->overrides.items[k].is_upgrade ? "upgrade" : "downgrade");
    }
}

// Whoever signs says which bytes: a digest seen before, or the digits that stand on the screen.
static bool confirm(Cli *cli, const BundleFacts *facts)
{
    char answer[64];
    Str expected = cli_option(cli, "--expect"), digest = hex_text(cli->arena, facts->digest, 32);
    if (cli_flag(cli, "--expect")) {
        if (str_equal(digest_digits(expected), digest))
            return true;
        return diag_error(&cli->diag, SPAN_NONE, "E-203 bundle \"%.*s\": its SHA256SUMS is not the expected one",
                          STR_ARGS(facts->manifest.bundle));
    }
    Str prompt = str_format(cli->arena, "To sign it, type the first eight digits of SHA256SUMS: ");
    if (!answer_read(&cli->diag, prompt, answer, sizeof answer)) {
        diag_hint(&cli->diag, "Without a terminal, say which bundle it must be: --expect sha256:DIGEST.");
        return false;
    }
    return str_equal(str_trim(str_from(answer)), short_digest(cli, facts)) ||
           diag_error(&cli->diag, SPAN_NONE, "not signed: the answer is not \"%.*s\"", STR_ARGS(short_digest(cli, facts)));
}

typedef struct Approved {
    Cli *cli;
    const BundleFacts *facts;
    const PublicKey *key;
    Str written;
    bool is_json;
} Approved;

static bool print_approved(void *context)
{
    const Approved *a = context;
    Cli *cli = a->cli;
    Buf out = buf_open(cli->arena);
    Str id = public_key_id(cli->arena, a->key);
    if (a->is_json) {
        buf_addf(&out, "{\"approved\": true, \"key\": \"%.*s\", \"sumsSha256\": \"%.*s\", \"written\": ", STR_ARGS(id),
                 STR_ARGS(hex_text(cli->arena, a->facts->digest, 32)));
        buf_add_json(&out, a->written);
        buf_add(&out, STR("}\n"));
    } else {
        buf_addf(&out, "Signed %.*s by key %.*s, in %.*s\n", STR_ARGS(a->facts->manifest.bundle), STR_ARGS(id),
                 STR_ARGS(str_printable(cli->arena, a->written)));
    }
    return cli_print(cli, &out);
}

bool run_approve(Cli *cli)
{
    BundleFacts facts;
    PublicKey key;
    Trust trust;
    PasswordSource password;
    BundleOptions options = {.is_awaiting = true};
    Approval approval = {.output = cli_option(cli, "-o"), .is_detached = cli_flag(cli, "--detached")};
    Str path = cli->arguments.items[0];
    bool is_json;
    if (!cli_option(cli, "--key").len)
        return cli_usage(cli, "approve needs --key FILE");
    if (!format_option(cli, &is_json) || !password_options(cli, &password) || !bundle_start(&cli->diag) ||
        !judge_options(cli, &key, &trust, &options))
        return false;
    if (!signatures_beside(cli->arena, &cli->diag, path, &options.beside) ||
        !bundle_read(cli->arena, &cli->diag, path, &options, &facts))
        return false;
    SecretKey *secret = secret_key_open(cli->arena, &cli->diag, cli_option(cli, "--key"), password);
    if (!secret)
        return false;
    approval.key = secret;
    approval.at = rfc3339_text(cli->arena, options.now_s);
    Approved approved = {.cli = cli, .facts = &facts, .key = secret_key_public(secret), .is_json = is_json};
    const Report report = {print_approved, &approved};
    approval.report = &report;
    approval.written = &approved.written;
    Buf question = buf_open(cli->arena);
    add_question(cli, &facts, secret_key_public(secret), &question);
    if (is_json)
        fwrite(buf_str(&question).ptr, 1, question.len, stderr);
    bool done = (is_json || cli_print(cli, &question)) && confirm(cli, &facts) &&
                bundle_approve(cli->arena, &cli->diag, path, &facts, &approval);
    secret_key_close(secret);
    return done;
}
