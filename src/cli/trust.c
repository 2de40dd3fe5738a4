// trust: making, changing, signing, showing and installing a site's trust file.
//
// A file without signatures beside it is a draft and is changed in place. One that is signed stays as it is: a change gives
// the next version, in another file.
#include "commands.h"

enum { FIRST_JUMP = 1000 };

typedef struct TrustCommand {
    const char *name, *arguments;
    size_t least, most;
    bool (*run)(Cli *cli, const StrList *arguments);
} TrustCommand;

// ---- values of options ----

// NAME=REST
static bool cut_pair(Cli *cli, const char *option, Str text, Str *name, Str *rest)
{
    size_t at = str_find_char(text, '=', 0);
    if (at == SIZE_MAX || at == 0 || at + 1 == text.len)
        return cli_usage(cli, "%s \"%.*s\" is not of the form NAME=VALUE", option, STR_ARGS(text));
    *name = str_slice(text, 0, at);
    *rest = str_slice(text, at + 1, text.len);
    return true;
}

static bool number_of(Cli *cli, const char *option, Str text, int64_t *value)
{
    return whole_number(text, BUNDLE_INTEGER_MAX, value) ||
           cli_usage(cli, "%s \"%.*s\" is no whole number", option, STR_ARGS(text));
}

// Empty takes a time away.
static bool time_of(Cli *cli, const char *option, Str *text)
{
    *text = cli_option(cli, option);
    return !text->len || time_option(cli, option, text);
}

static TrustKey *key_named(const Trust *t, Str name)
{
    return (TrustKey *)(uintptr_t)trust_key(t, name);   // the caller's own
}

static TrustRole *role_named(Cli *cli, Trust *t, Str name)
{
    if (!trust_role(t, name))
        vec_push(cli->arena, &t->roles, ((TrustRole){.name = name, .threshold = 1}));
    return (TrustRole *)(uintptr_t)trust_role(t, name);
}

static void add_text(Cli *cli, StrList *list, Str text)
{
    if (!strlist_has(list, text))
        vec_push(cli->arena, list, text);
}

// ---- what every change may say ----

static bool set_numbers(Cli *cli, Trust *t)
{
    const StrList *thresholds = cli_options(cli, "--threshold"), *minimums = cli_options(cli, "--min-sequence");
    Str name, rest;
    for (size_t i = 0; thresholds && i < thresholds->count; i++) {
        int64_t value;
        if (!cut_pair(cli, "--threshold", thresholds->items[i], &name, &rest) ||
            !number_of(cli, "--threshold", rest, &value))
            return false;
        role_named(cli, t, name)->threshold = value;
    }
    for (size_t i = 0; minimums && i < minimums->count; i++) {
        TrustMinimum minimum;
        if (!cut_pair(cli, "--min-sequence", minimums->items[i], &minimum.product, &rest) ||
            !number_of(cli, "--min-sequence", rest, &minimum.sequence))
            return false;
        size_t k = 0;
        while (k < t->minimums.count && !str_equal(t->minimums.items[k].product, minimum.product))
            k++;
        if (k < t->minimums.count)
            t->minimums.items[k] = minimum;
        else
            vec_push(cli->arena, &t->minimums, minimum);
    }
    return !cli_flag(cli, "--max-jump") || number_of(cli, "--max-jump", cli_option(cli, "--max-jump"), &t->most_jump);
}

static bool set_policy(Cli *cli, Trust *t)
{
    Str policy = cli_option(cli, "--predecessor"), legacy = cli_option(cli, "--allow-legacy");
    bool known = !cli_flag(cli, "--predecessor");
    for (int i = 0; predecessor_policies[i] && !known; i++)
        if (str_equal(policy, str_from(predecessor_policies[i]))) {
            t->predecessor = (PredecessorPolicy)i;
            known = true;
        }
    if (!known)
        return cli_usage(cli, "--predecessor is checked, required or ignored");
    if (cli_flag(cli, "--allow-legacy") && !str_equal(legacy, STR("yes")) && !str_equal(legacy, STR("no")))
        return cli_usage(cli, "--allow-legacy is yes or no");
    t->allow_legacy = cli_flag(cli, "--allow-legacy") ? str_equal(legacy, STR("yes")) : t->allow_legacy;
    return true;
}

static bool set_all(Cli *cli, Trust *t)
{
    const StrList *require = cli_options(cli, "--require"), *dialects = cli_options(cli, "--dialect"),
                  *spare = cli_options(cli, "--no-require");
    Str expires;
    if (!time_of(cli, "--expires", &expires) || !set_numbers(cli, t) || !set_policy(cli, t))
        return false;
    t->expires = cli_flag(cli, "--expires") ? expires : t->expires;
    t->customer = cli_flag(cli, "--customer") ? cli_option(cli, "--customer") : t->customer;
    t->environment = cli_flag(cli, "--environment") ? cli_option(cli, "--environment") : t->environment;
    if (dialects)
        t->dialects = (StrList){0};
    for (size_t i = 0; dialects && i < dialects->count; i++)
        add_text(cli, &t->dialects, dialects->items[i]);
    for (size_t i = 0; require && i < require->count; i++)
        add_text(cli, &t->require, require->items[i]);
    StrList kept = {0};
    for (size_t i = 0; i < t->require.count; i++)
        if (!spare || !strlist_has(spare, t->require.items[i]))
            vec_push(cli->arena, &kept, t->require.items[i]);
    t->require = kept;
    return true;
}

// --key NAME=FILE.pub for a role
static bool add_keys(Cli *cli, Trust *t, Str role)
{
    const StrList *given = cli_options(cli, "--pubkey");
    Str until;
    if (!time_of(cli, "--not-after", &until))
        return false;
    for (size_t i = 0; given && i < given->count; i++) {
        TrustKey key = {.owner = cli_option(cli, "--owner"), .not_after = until};
        Str file;
        if (!cut_pair(cli, "--pubkey", given->items[i], &key.name, &file) ||
            !public_key_read(cli->arena, &cli->diag, file, &key.key))
            return false;
        const TrustKey *known = trust_key(t, key.name);
        if (known && memcmp(&known->key, &key.key, sizeof key.key) != 0)
            return diag_error(&cli->diag, SPAN_NONE, "E-211 trust file \"%.*s\": \"%.*s\" is another key already",
                              STR_ARGS(t->name), STR_ARGS(key.name));
        if (!known)
            vec_push(cli->arena, &t->keys, key);
        add_text(cli, &role_named(cli, t, role)->keys, key.name);
    }
    return true;
}

// ---- writing ----

static void add_written(Cli *cli, const Trust *t, Str path, Buf *out)
{
    buf_addf(out, "Wrote %.*s: version %lld, fingerprint\n  %.*s\n", STR_ARGS(str_printable(cli->arena, path)),
             (long long)t->version, STR_ARGS(digest_groups(cli->arena, t->digest)));
}

static bool is_signed(Cli *cli, Str path, bool *signed_already)
{
    SignatureList signatures = {0};
    if (!signatures_beside(cli->arena, &cli->diag, path, &signatures))
        return false;
    *signed_already = signatures.count > 0;
    return true;
}

static bool write_trust(Cli *cli, Str path, Trust *t, const FileLock *lock)
{
    Str text;
    TextReport said = text_report(cli);
    const Report report = report_of(&said);
    t->name = path;
    if (!trust_text(cli->arena, &cli->diag, t, &text))
        return false;
    add_written(cli, t, path, &said.out);
    return trust_write(&cli->diag, path, text, lock, &report);
}

// A change of what a trust file says.
typedef bool TrustChange(Cli *cli, Trust *t);

static bool change_locked(Cli *cli, Str path, const FileLock *lock, TrustChange *change)
{
    Trust t;
    bool signed_already;
    int64_t now_s;
    Str text, output = cli_option(cli, "-o");
    if (!now_option(cli, &now_s) || !trust_read(cli->arena, &cli->diag, path, &t, &text) ||
        !is_signed(cli, path, &signed_already))
        return false;
    if (signed_already && !output.len)
        return cli_usage(cli, "%.*s is signed and stays as it is: say where the next version goes, with -o FILE",
                         STR_ARGS(path));
    if (signed_already) {
        t.version++;
        t.issued = rfc3339_text(cli->arena, now_s);
    }
    return change(cli, &t) && set_all(cli, &t) && write_trust(cli, output.len ? output : path, &t, output.len ? NULL : lock);
}

// Reads the file, changes and writes it, while nobody else does; a signed one gives the next version.
static bool change_trust(Cli *cli, Str path, TrustChange *change)
{
    FileLock *lock = file_lock(cli->arena, &cli->diag, path);
    bool done = lock && change_locked(cli, path, lock, change);
    file_unlock(lock);
    return done;
}

// ---- the commands ----

static bool trust_init(Cli *cli, const StrList *arguments)
{
    int64_t now_s;
    Trust t = {.version = 1, .most_jump = FIRST_JUMP};
    const StrList *roots = cli_options(cli, "--pubkey");
    if (!roots)
        return cli_usage(cli, "trust init needs --pubkey NAME=FILE.pub, once for each root key");
    if (!now_option(cli, &now_s))
        return false;
    t.name = arguments->items[0];
    t.issued = rfc3339_text(cli->arena, now_s);
    if (!add_keys(cli, &t, STR("root")) || !set_all(cli, &t))
        return false;
    if (!t.require.count)   // until other roles are added, what the root keys sign is accepted
        vec_push(cli->arena, &t.require, STR("root"));
    return write_trust(cli, t.name, &t, NULL);
}

static bool add_role_keys(Cli *cli, Trust *t)
{
    Str role = cli_option(cli, "--role");
    return !role.len || add_keys(cli, t, role);
}

static bool trust_add(Cli *cli, const StrList *arguments)
{
    if (cli_flag(cli, "--pubkey") != cli_flag(cli, "--role"))
        return cli_usage(cli, "trust add needs --role ROLE and --pubkey NAME=FILE.pub together");
    return change_trust(cli, arguments->items[0], add_role_keys);
}

static bool revoke_key(Cli *cli, Trust *t, Str name)
{
    TrustKey *key = key_named(t, name);
    int64_t now_s, from = 0;
    if (!key)
        return diag_error(&cli->diag, SPAN_NONE, "E-211 trust file \"%.*s\": it has no key \"%.*s\"", STR_ARGS(t->name),
                          STR_ARGS(name));
    if (!cli_option(cli, "--reason").len)
        return cli_usage(cli, "trust revoke needs --reason WHY");
    if ((cli_flag(cli, "--from-sequence") &&
         !number_of(cli, "--from-sequence", cli_option(cli, "--from-sequence"), &from)) ||
        !now_option(cli, &now_s))
        return false;
    key->is_revoked = true;
    key->revoked_at = rfc3339_text(cli->arena, now_s);
    key->revoked_why = cli_option(cli, "--reason");
    key->revoked_from = from;
    return true;
}

static bool revoke_all(Cli *cli, Trust *t)
{
    const StrList *keys = cli_options(cli, "--key"), *bundles = cli_options(cli, "--bundle");
    for (size_t i = 0; keys && i < keys->count; i++)
        if (!revoke_key(cli, t, keys->items[i]))
            return false;
    for (size_t i = 0; bundles && i < bundles->count; i++)
        add_text(cli, &t->revoked_bundles, bundles->items[i]);
    return true;
}

static bool trust_revoke(Cli *cli, const StrList *arguments)
{
    if (!cli_flag(cli, "--key") && !cli_flag(cli, "--bundle"))
        return cli_usage(cli, "trust revoke needs --key NAME or --bundle sha256:DIGEST");
    return change_trust(cli, arguments->items[0], revoke_all);
}

// What is signed must still stand there when its signature does: a draft may be changed while a password is asked for.
static bool write_signature(Cli *cli, Str path, Str signed_text, Str place, Str signature, const Report *report)
{
    Str text;
    FileLock *lock = file_lock(cli->arena, &cli->diag, path);
    bool done = lock && file_read(cli->arena, &cli->diag, path, LIMIT_JSON_BYTES, &text) &&
                (str_equal(text, signed_text) ||
                 diag_error(&cli->diag, SPAN_NONE, "E-503 trust file \"%.*s\": it was changed while it was signed",
                            STR_ARGS(path))) &&
                file_create(&cli->diag, place, signature, report);
    file_unlock(lock);
    return done;
}

static bool trust_sign(Cli *cli, const StrList *arguments)
{
    Trust t;
    Str text, signature, path = arguments->items[0];
    PasswordSource password;
    if (!cli_option(cli, "--key").len)
        return cli_usage(cli, "trust sign needs --key FILE");
    if (!password_options(cli, &password) || !trust_read(cli->arena, &cli->diag, path, &t, &text))
        return false;
    SecretKey *key = secret_key_open(cli->arena, &cli->diag, cli_option(cli, "--key"), password);
    if (!key)
        return false;
    Str place = signature_path_beside(cli->arena, path, public_key_id(cli->arena, secret_key_public(key)));
    TextReport said = text_report(cli);
    const Report report = report_of(&said);
    buf_addf(&said.out, "Signed version %lld, in %.*s\n", (long long)t.version, STR_ARGS(str_printable(cli->arena, place)));
    bool done = signature_make(cli->arena, &cli->diag, key, text, trust_comment(cli->arena, &t), &signature) &&
                write_signature(cli, path, text, place, signature, &report);
    secret_key_close(key);
    return done;
}

// ---- showing ----

static void add_key_line(Cli *cli, const TrustKey *k, Buf *out)
{
    buf_addf(out, "  %-12s %.*s %.*s%s%.*s%s%.*s\n", "key", STR_ARGS(public_key_id(cli->arena, &k->key)), STR_ARGS(k->name),
             k->owner.len ? ", " : "", STR_ARGS(str_printable(cli->arena, k->owner)), k->not_after.len ? ", until " : "",
             STR_ARGS(k->not_after));
    if (!k->is_revoked)
        return;
    Str from = k->revoked_from ? str_format(cli->arena, " for bundles from sequence %lld on", (long long)k->revoked_from)
                               : STR_EMPTY;
    buf_addf(out, "  %-12s   revoked %.*s%.*s: %.*s\n", "", STR_ARGS(k->revoked_at), STR_ARGS(from),
             STR_ARGS(str_printable(cli->arena, k->revoked_why)));
}

static void add_trust(Cli *cli, const Trust *t, const SignatureList *signatures, Buf *out)
{
    static const char *const policies[] = {"the one they name must be the last one accepted",
                                           "they must name the last one accepted", "not looked at"};
    Arena *arena = cli->arena;
    buf_addf(out, "%.*s: version %lld\n  %-12s %.*s\n  %-12s %.*s\n", STR_ARGS(str_printable(arena, t->name)),
             (long long)t->version, "fingerprint", STR_ARGS(digest_groups(arena, t->digest)), "issued", STR_ARGS(t->issued));
    if (t->expires.len)
        buf_addf(out, "  %-12s %.*s\n", "expires", STR_ARGS(t->expires));
    if (t->customer.len || t->environment.len || t->dialects.count)
        buf_addf(out, "  %-12s %.*s%s%.*s%s%.*s\n", "site", STR_ARGS(str_printable(arena, t->customer)),
                 t->environment.len ? ", " : "", STR_ARGS(str_printable(arena, t->environment)),
                 t->dialects.count ? ", " : "", STR_ARGS(strlist_join(arena, &t->dialects, STR(" "))));
    for (size_t i = 0; i < t->keys.count; i++)
        add_key_line(cli, &t->keys.items[i], out);
    for (size_t i = 0; i < t->roles.count; i++) {
        const TrustRole *r = &t->roles.items[i];
        buf_addf(out, "  %-12s %.*s: %lld of %zu (%.*s)%s\n", "role", STR_ARGS(r->name), (long long)r->threshold,
                 r->keys.count, STR_ARGS(strlist_join(arena, &r->keys, STR(", "))),
                 strlist_has(&t->require, r->name) ? ", required" : "");
    }
    for (size_t i = 0; i < t->minimums.count; i++)
        buf_addf(out, "  %-12s %.*s from sequence %lld on\n", "accepts",
                 STR_ARGS(str_printable(arena, t->minimums.items[i].product)), (long long)t->minimums.items[i].sequence);
    buf_addf(out, "  %-12s %s; at most %lld further at once\n", "predecessor", policies[t->predecessor],
             (long long)t->most_jump);
    for (size_t i = 0; i < t->revoked_bundles.count; i++)
        buf_addf(out, "  %-12s %.*s\n", "withdrawn", STR_ARGS(t->revoked_bundles.items[i]));
    if (t->allow_legacy)
        buf_addf(out, "  %-12s signify's copies count\n", "legacy");
    for (size_t i = 0; i < signatures->count; i++)
        buf_addf(out, "  %-12s %.*s%s%.*s\n", "signed by", STR_ARGS(signatures->items[i].key_id),
                 signatures->items[i].signer.len ? " " : "", STR_ARGS(signatures->items[i].signer));
    if (!signatures->count)
        buf_addf(out, "  %-12s nobody: a draft\n", "signed by");
}

static bool trust_show(Cli *cli, const StrList *arguments)
{
    Trust t;
    Str text;
    bool is_json;
    SignatureList signatures = {0};
    int64_t now_s;
    if (!format_option(cli, &is_json) || !now_option(cli, &now_s) ||
        !trust_read(cli->arena, &cli->diag, arguments->items[0], &t, &text) ||
        !signatures_beside(cli->arena, &cli->diag, arguments->items[0], &signatures))
        return false;
    Diag own = diag_open(cli->arena);
    bool enough = trust_is_signed(cli->arena, &own, &t, text, &signatures, &t, now_s);
    Buf out = buf_open(cli->arena);
    if (is_json) {
        buf_addf(&out, "{\"sha256\": \"%.*s\", \"signed\": %s, \"trust\": %.*s}\n",
                 STR_ARGS(hex_text(cli->arena, t.digest, 32)), enough ? "true" : "false",
                 STR_ARGS(str_slice(text, 0, text.len - 1)));
    } else {
        add_trust(cli, &t, &signatures, &out);
        if (!enough && signatures.count)
            buf_addf(&out, "  %-12s %.*s\n", "note", STR_ARGS(own.messages.items[own.messages.count - 1].text));
    }
    return cli_print(cli, &out);
}

// ---- installing ----

// The first trust file is believed for its fingerprint, which came another way.
static bool check_first(Cli *cli, const Trust *next)
{
    Str given = cli_option(cli, "--fingerprint"), wanted = hex_text(cli->arena, next->digest, 32);
    Buf digits = buf_open(cli->arena);
    for (size_t i = 0; i < given.len; i++)   // as people write it down: in groups
        if (given.ptr[i] != ' ')
            buf_add_char(&digits, given.ptr[i]);
    if (!given.len)
        return cli_usage(cli, "the first trust file needs --fingerprint, which must have come another way than the file");
    return str_equal(digest_digits(buf_str(&digits)), wanted) ||
           diag_error(&cli->diag, SPAN_NONE, "E-114 trust file \"%.*s\": its fingerprint is %.*s", STR_ARGS(next->name),
                      STR_ARGS(digest_groups(cli->arena, next->digest)));
}

// Installed, a trust file of the future would refuse every bundle until then, and every next version that is not of the
// future too. So no option but the machine's clock decides it.
static bool is_of_the_past(Cli *cli, const Trust *next)
{
    int64_t clock_s, issued_s;
    if (!read_clock(cli, &clock_s))
        return false;
    if (rfc3339_parse(next->issued, &issued_s) && issued_s <= clock_s)
        return true;
    diag_error(&cli->diag, SPAN_NONE, "E-308 trust file \"%.*s\": issued at %.*s, and this machine's clock says %.*s",
               STR_ARGS(next->name), STR_ARGS(next->issued), STR_ARGS(rfc3339_text(cli->arena, clock_s)));
    diag_hint(&cli->diag, "Set the clock right, or ask those who hold the root keys for a version with the right time.");
    return false;
}

static bool update_locked(Cli *cli, Str place, Str file, const FileLock *lock)
{
    Trust installed, next;
    Str old_text, text;
    SignatureList signatures = {0};
    int64_t now_s, until;
    bool is_first = !file_lock_exists(lock);
    TextReport said = text_report(cli);
    const Report report = report_of(&said);
    if (!now_option(cli, &now_s) || !trust_read_offered(cli->arena, &cli->diag, file, &next, &text) ||
        !signatures_beside(cli->arena, &cli->diag, file, &signatures))
        return false;
    if (!is_first && !trust_read(cli->arena, &cli->diag, place, &installed, &old_text))
        return false;
    if (!is_first && str_equal(old_text, text)) {
        buf_addf(&said.out, "%.*s has version %lld already\n", STR_ARGS(str_printable(cli->arena, place)),
                 (long long)next.version);
        return report_print(&report);
    }
    if (is_first ? !check_first(cli, &next)
                 : !trust_follows(&cli->diag, &installed, &next) ||
                       !trust_is_signed(cli->arena, &cli->diag, &next, text, &signatures, &installed, now_s))
        return false;
    if (!trust_is_signed(cli->arena, &cli->diag, &next, text, &signatures, &next, now_s))
        return false;
    if (!is_of_the_past(cli, &next))
        return false;
    if (next.expires.len && rfc3339_parse(next.expires, &until) && now_s > until)
        return diag_error(&cli->diag, SPAN_NONE, "E-113 trust file \"%.*s\": it was valid until %.*s", STR_ARGS(file),
                          STR_ARGS(next.expires));
    buf_addf(&said.out, "Installed version %lld in %.*s, fingerprint\n  %.*s\n", (long long)next.version,
             STR_ARGS(str_printable(cli->arena, place)), STR_ARGS(digest_groups(cli->arena, next.digest)));
    return trust_write(&cli->diag, place, text, lock, &report);
}

static bool trust_update(Cli *cli, const StrList *arguments)
{
    FileLock *lock = file_lock(cli->arena, &cli->diag, arguments->items[0]);
    bool done = lock && update_locked(cli, arguments->items[0], arguments->items[1], lock);
    file_unlock(lock);
    return done;
}

bool run_trust(Cli *cli)
{
    static const TrustCommand list[] = {
        {"init", "FILE --pubkey NAME=FILE.pub", 1, 1, trust_init},
        {"add", "FILE [--role ROLE --pubkey NAME=FILE.pub]", 1, 1, trust_add},
        {"revoke", "FILE --key NAME --reason WHY", 1, 1, trust_revoke},
        {"sign", "FILE --key FILE.key", 1, 1, trust_sign},
        {"show", "FILE", 1, 1, trust_show},
        {"update", "INSTALLED NEW [--fingerprint DIGEST]", 2, 2, trust_update},
    };
    Str name = cli->arguments.items[0];
    StrList rest = {cli->arguments.items + 1, cli->arguments.count - 1, cli->arguments.count - 1};
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        if (!str_equal(name, str_from(list[i].name)))
            continue;
        if (rest.count < list[i].least || rest.count > list[i].most)
            return cli_usage(cli, "trust %s needs %s", list[i].name, list[i].arguments);
        return bundle_start(&cli->diag) && list[i].run(cli, &rest);
    }
    return cli_usage(cli, "\"%.*s\" is no trust command: init, add, revoke, sign, show or update", STR_ARGS(name));
}
