// The trust file: one struct, one text. It is the site's own: nothing of it ever comes from a bundle.
#include <stdlib.h>

#include "json.h"

enum { LIMIT_TRUST_KEYS = 1024, LIMIT_NAME_BYTES = 64 };
static const Str trust_type = {"waybill-trust/1", 15};
const char *const predecessor_policies[] = {"checked", "required", "ignored", NULL};

// ---- writing ----

static json_t *key_object(Arena *arena, const TrustKey *k)
{
    json_t *o = json_object(), *revoked = json_null();
    json_object_set_new(o, "minisign", json_text(public_key_line(arena, &k->key)));
    json_object_set_new(o, "owner", json_text(k->owner));
    json_object_set_new(o, "notAfter", json_text(k->not_after));
    if (k->is_revoked) {
        revoked = json_object();
        json_object_set_new(revoked, "at", json_text(k->revoked_at));
        json_object_set_new(revoked, "fromSequence", k->revoked_from ? json_integer(k->revoked_from) : json_null());
        json_object_set_new(revoked, "reason", json_text(k->revoked_why));
    }
    json_object_set_new(o, "revoked", revoked);
    return o;
}

static json_t *role_object(const TrustRole *r)
{
    json_t *o = json_object();
    json_object_set_new(o, "threshold", json_integer(r->threshold));
    json_object_set_new(o, "keys", json_texts(&r->keys));
    return o;
}

static json_t *trust_object(Arena *arena, const Trust *t)
{
    json_t *o = json_object(), *site = json_object(), *keys = json_object(), *roles = json_object(),
           *minimums = json_object();
    json_object_set_new(o, "type", json_text(trust_type));
    json_object_set_new(o, "version", json_integer(t->version));
    json_object_set_new(o, "issued", json_text(t->issued));
    json_object_set_new(o, "expires", json_text(t->expires));
    json_object_set_new(site, "customer", json_text(t->customer));
    json_object_set_new(site, "environment", json_text(t->environment));
    json_object_set_new(site, "dialects", json_texts(&t->dialects));
    json_object_set_new(o, "site", site);
    for (size_t i = 0; i < t->keys.count; i++)
        json_object_set_new(keys, str_cstr(arena, t->keys.items[i].name), key_object(arena, &t->keys.items[i]));
    for (size_t i = 0; i < t->roles.count; i++)
        json_object_set_new(roles, str_cstr(arena, t->roles.items[i].name), role_object(&t->roles.items[i]));
    for (size_t i = 0; i < t->minimums.count; i++)
        json_object_set_new(minimums, str_cstr(arena, t->minimums.items[i].product),
                            json_integer(t->minimums.items[i].sequence));
    json_object_set_new(o, "keys", keys);
    json_object_set_new(o, "roles", roles);
    json_object_set_new(o, "require", json_texts(&t->require));
    json_object_set_new(o, "minSequence", minimums);
    json_object_set_new(o, "maxSequenceJump", json_integer(t->most_jump));
    json_object_set_new(o, "predecessor", json_string(predecessor_policies[t->predecessor]));
    json_object_set_new(o, "revokedBundles", json_texts(&t->revoked_bundles));
    json_object_set_new(o, "allowLegacy", json_boolean(t->allow_legacy));
    return o;
}

// ---- reading ----

static bool get_key(Arena *arena, Diag *diag, const Trust *t, const char *name, const json_t *o, TrustKey *k)
{
    const json_t *revoked = json_object_get(o, "revoked");
    *k = (TrustKey){.name = str_copy(arena, str_from(name)),
                    .owner = json_get_text(arena, o, "owner"),
                    .not_after = json_get_text(arena, o, "notAfter"),
                    .is_revoked = json_is_object(revoked),
                    .revoked_at = json_get_text(arena, revoked, "at"),
                    .revoked_why = json_get_text(arena, revoked, "reason"),
                    .revoked_from = json_integer_value(json_object_get(revoked, "fromSequence"))};
    Str shown = str_format(arena, "%.*s in %.*s", STR_ARGS(str_printable(arena, k->name)), STR_ARGS(t->name));
    Str text = str_format(arena, "untrusted comment: minisign public key\n%.*s\n",
                          STR_ARGS(json_get_text(arena, o, "minisign")));
    return public_key_parse(diag, shown, text, &k->key);
}

static bool get_trust(Arena *arena, Diag *diag, json_t *o, Trust *t)
{
    const json_t *site = json_object_get(o, "site");
    json_t *keys = json_object_get(o, "keys"), *roles = json_object_get(o, "roles"),
           *minimums = json_object_get(o, "minSequence"), *item;
    const char *name;
    t->version = json_integer_value(json_object_get(o, "version"));
    t->issued = json_get_text(arena, o, "issued");
    t->expires = json_get_text(arena, o, "expires");
    t->customer = json_get_text(arena, site, "customer");
    t->environment = json_get_text(arena, site, "environment");
    json_get_texts(arena, site, "dialects", &t->dialects);
    if (json_object_size(keys) > LIMIT_TRUST_KEYS || json_object_size(roles) > LIMIT_TRUST_KEYS)
        return diag_error(diag, SPAN_NONE, "E-211 trust file \"%.*s\": more than the limit of %d keys or roles",
                          STR_ARGS(t->name), LIMIT_TRUST_KEYS);
    json_object_foreach(keys, name, item)
    {
        TrustKey key;
        if (!get_key(arena, diag, t, name, item, &key))
            return false;
        vec_push(arena, &t->keys, key);
    }
    json_object_foreach(roles, name, item)
    {
        TrustRole role = {.name = str_copy(arena, str_from(name)),
                          .threshold = json_integer_value(json_object_get(item, "threshold"))};
        json_get_texts(arena, item, "keys", &role.keys);
        vec_push(arena, &t->roles, role);
    }
    json_object_foreach(minimums, name, item)
    {
        TrustMinimum minimum = {str_copy(arena, str_from(name)), json_integer_value(item)};
        vec_push(arena, &t->minimums, minimum);
    }
    json_get_texts(arena, o, "require", &t->require);
    json_get_texts(arena, o, "revokedBundles", &t->revoked_bundles);
    t->most_jump = json_integer_value(json_object_get(o, "maxSequenceJump"));
    Str policy = json_get_text(arena, o, "predecessor");
    for (int i = 0; predecessor_policies[i]; i++)   // another text is not written again
        if (str_equal(policy, str_from(predecessor_policies[i])))
            t->predecessor = (PredecessorPolicy)i;
    t->allow_legacy = json_is_true(json_object_get(o, "allowLegacy"));
    return true;
}

// ---- judging ----

static bool fault(Diag *diag, const Trust *t, const char *number, Str subject, const char *why)
{
    return diag_error(diag, SPAN_NONE, "%s trust file \"%.*s\": %s%.*s%s%s", number, STR_ARGS(t->name),
                      subject.len ? "\"" : "", STR_ARGS(str_printable(diag->arena, subject)), subject.len ? "\" " : "", why);
}

static bool is_name(Arena *arena, Str name)
{
    return name.len > 0 && name.len <= LIMIT_NAME_BYTES && name.ptr[0] != '-' && name.ptr[0] != '.' &&
           str_equal(name, bundle_safe(arena, name));
}

static bool is_time(Str text, bool may_lack)
{
    int64_t seconds;
    return text.len ? rfc3339_parse(text, &seconds) : may_lack;
}

static bool check_keys(Diag *diag, const Trust *t)
{
    for (size_t i = 0; i < t->keys.count; i++) {
        const TrustKey *k = &t->keys.items[i];
        if (!is_name(diag->arena, k->name))
            return fault(diag, t, "E-211", k->name, "is no name: letters, digits, \".\", \"_\" and \"-\", at most 64");
        if (!is_time(k->not_after, true) || (k->is_revoked && (!is_time(k->revoked_at, false) || !k->revoked_why.len)))
            return fault(diag, t, "E-211", k->name, "has a time that is none, or is revoked without time and reason");
        for (size_t j = 0; j < i; j++) {
            const TrustKey *other = &t->keys.items[j];
            if (memcmp(other->key.key, k->key.key, sizeof k->key.key) == 0)
                return fault(diag, t, "E-109", k->name, "is the same key as another: it would count twice");
            if (memcmp(other->key.id, k->key.id, sizeof k->key.id) == 0)
                return fault(diag, t, "E-104", k->name, "has the key id of another key");
        }
    }
    return true;
}

static bool check_role(Diag *diag, const Trust *t, const TrustRole *r)
{
    int64_t usable = 0;
    if (!is_name(diag->arena, r->name))
        return fault(diag, t, "E-211", r->name, "is no name: letters, digits, \".\", \"_\" and \"-\", at most 64");
    for (size_t i = 0; i < r->keys.count; i++) {
        const TrustKey *key = trust_key(t, r->keys.items[i]);
        if (!key)
            return fault(diag, t, "E-211", r->keys.items[i], "is in a role and is none of the keys");
        if (i && str_equal(r->keys.items[i - 1], r->keys.items[i]))
            return fault(diag, t, "E-109", r->keys.items[i], "is twice in a role");
        usable += !key->is_revoked;
    }
    if (r->threshold < 1)
        return fault(diag, t, "E-110", r->name, "has a threshold below 1: nobody would have to sign");
    return r->threshold <= usable ||
           fault(diag, t, "E-110", r->name, "has a higher threshold than keys that are not revoked");
}

static bool check_required(Diag *diag, const Trust *t)
{
    if (!trust_role(t, STR("root")))
        return fault(diag, t, "E-110", STR("root"), "is no role: nobody could sign the next trust file");
    if (!t->require.count)
        return fault(diag, t, "E-110", STR_EMPTY, "it requires no role: any bundle would pass");
    for (size_t i = 0; i < t->require.count; i++) {
        const TrustRole *role = trust_role(t, t->require.items[i]);
        if (!role)
            return fault(diag, t, "E-211", t->require.items[i], "is required and is no role");
        if (i && str_equal(t->require.items[i - 1], t->require.items[i]))
            return fault(diag, t, "E-211", t->require.items[i], "is required twice");
        for (size_t k = 0; k < role->keys.count; k++)
            for (size_t j = 0; j < i; j++)
                if (strlist_has(&trust_role(t, t->require.items[j])->keys, role->keys.items[k]))
                    return fault(diag, t, "E-109", role->keys.items[k], "is in two required roles: it would count twice");
    }
    return true;
}

static bool check_rest(Diag *diag, const Trust *t)
{
    int64_t issued, expires;
    if (t->version < 1 || t->version > BUNDLE_INTEGER_MAX)
        return fault(diag, t, "E-211", STR_EMPTY, "its version is not a number from 1");
    if (!is_time(t->issued, false) || !is_time(t->expires, true))
        return fault(diag, t, "E-211", STR_EMPTY, "a time is not of the form 2026-11-23T01:00:00Z");
    if (t->expires.len && rfc3339_parse(t->issued, &issued) && rfc3339_parse(t->expires, &expires) && expires <= issued)
        return fault(diag, t, "E-211", STR_EMPTY, "it expires before it is issued");
    if (t->most_jump < 1 || t->most_jump > BUNDLE_INTEGER_MAX)
        return fault(diag, t, "E-211", STR_EMPTY, "maxSequenceJump is not a number from 1");
    for (size_t i = 0; i < t->minimums.count; i++)
        if (t->minimums.items[i].sequence < 0 || t->minimums.items[i].sequence > BUNDLE_INTEGER_MAX)
            return fault(diag, t, "E-211", t->minimums.items[i].product, "has a minimum that is no sequence");
    for (size_t i = 0; i < t->revoked_bundles.count; i++)
        if (!is_named_digest(t->revoked_bundles.items[i]))
            return fault(diag, t, "E-211", t->revoked_bundles.items[i], "is not \"sha256:\" and 64 digits");
    return true;
}

static int compare_keys(const void *a, const void *b)
{
    return str_compare(((const TrustKey *)a)->name, ((const TrustKey *)b)->name);
}

static int compare_roles(const void *a, const void *b)
{
    return str_compare(((const TrustRole *)a)->name, ((const TrustRole *)b)->name);
}

static int compare_minimums(const void *a, const void *b)
{
    return str_compare(((const TrustMinimum *)a)->product, ((const TrustMinimum *)b)->product);
}

static void sort_all(Trust *t)
{
    if (t->keys.count)
        qsort(t->keys.items, t->keys.count, sizeof *t->keys.items, compare_keys);
    if (t->roles.count)
        qsort(t->roles.items, t->roles.count, sizeof *t->roles.items, compare_roles);
    if (t->minimums.count)
        qsort(t->minimums.items, t->minimums.count, sizeof *t->minimums.items, compare_minimums);
    for (size_t i = 0; i < t->roles.count; i++)
        strlist_sort(&t->roles.items[i].keys);
    strlist_sort(&t->require);
    strlist_sort(&t->dialects);
    strlist_sort(&t->revoked_bundles);
}

bool trust_text(Arena *arena, Diag *diag, Trust *trust, Str *text)
{
    sort_all(trust);
    if (!check_keys(diag, trust))
        return false;
    for (size_t i = 0; i < trust->roles.count; i++)
        if (!check_role(diag, trust, &trust->roles.items[i]))
            return false;
    if (!check_required(diag, trust) || !check_rest(diag, trust) ||
        !json_write(arena, diag, "trust file", trust->name, trust_object(arena, trust), text))
        return false;
    sha256(*text, trust->digest);
    return true;
}

bool trust_parse(Arena *arena, Diag *diag, Str name, Str text, Trust *trust)
{
    Str again;
    *trust = (Trust){.name = name};
    json_t *object = json_read(arena, diag, "trust file", name, text, trust_type);
    if (!object)
        return false;
    bool done = get_trust(arena, diag, object, trust);
    json_decref(object);
    return done && trust_text(arena, diag, trust, &again) &&
           (str_equal(again, text) ||
            fault(diag, trust, "E-209", STR_EMPTY, "not in the one form that \"waybill trust\" writes"));
}

bool trust_read(Arena *arena, Diag *diag, Str path, Trust *trust, Str *text)
{
    return guarded_read(arena, diag, "trust file", path, LIMIT_JSON_BYTES, text) &&
           trust_parse(arena, diag, path, *text, trust);
}

bool trust_read_offered(Arena *arena, Diag *diag, Str path, Trust *trust, Str *text)
{
    return file_read(arena, diag, path, LIMIT_JSON_BYTES, text) && trust_parse(arena, diag, path, *text, trust);
}

bool trust_write(Diag *diag, Str path, Str text, const FileLock *lock, const Report *report)
{
    OutFile out;
    bool done = out_open(diag, path, MODE_FILE, lock, &out) && out_write(diag, &out, text.ptr, text.len) &&
                out_finish(diag, &out) && report_print(report) && out_commit(diag, &out);
    out_close(&out);
    return done;
}

const TrustKey *trust_key(const Trust *trust, Str name)
{
    for (size_t i = 0; i < trust->keys.count; i++)
        if (str_equal(trust->keys.items[i].name, name))
            return &trust->keys.items[i];
    return NULL;
}

const TrustRole *trust_role(const Trust *trust, Str name)
{
    for (size_t i = 0; i < trust->roles.count; i++)
        if (str_equal(trust->roles.items[i].name, name))
            return &trust->roles.items[i];
    return NULL;
}

const TrustKey *trust_key_by_id(const Trust *trust, const uint8_t id[8])
{
    for (size_t i = 0; i < trust->keys.count; i++)
        if (memcmp(trust->keys.items[i].key.id, id, sizeof trust->keys.items[i].key.id) == 0)
            return &trust->keys.items[i];
    return NULL;
}

bool key_has_expired(const TrustKey *key, int64_t now_s)
{
    int64_t until;
    return key->not_after.len && rfc3339_parse(key->not_after, &until) && now_s > until;
}

// ---- one trust file after another ----

Str trust_comment(Arena *arena, const Trust *trust)
{
    return str_format(arena, "waybill-trust/1 version=%lld sha256=%.*s", (long long)trust->version,
                      STR_ARGS(hex_text(arena, trust->digest, 32)));
}

bool trust_is_signed(Arena *arena, Diag *diag, const Trust *trust, Str text, SignatureList *signatures, const Trust *by,
                     int64_t now_s)
{
    const TrustRole *root = trust_role(by, STR("root"));
    int64_t have = 0;
    for (size_t i = 0; i < signatures->count; i++) {
        Signature *s = &signatures->items[i];
        const TrustKey *key = trust_key_by_id(by, s->id);
        if (!key || s->is_legacy)
            continue;
        if (!signature_verify(s, &key->key, text))
            return diag_error(diag, SPAN_NONE,
                              "E-111 signature in \"%.*s\": the trust file or the signature was changed after signing",
                              STR_ARGS(s->file));
        if (!str_equal(s->comment, trust_comment(arena, trust)))
            return diag_error(diag, SPAN_NONE,
                              "E-108 signature in \"%.*s\": its trusted comment speaks of something else: \"%.*s\"",
                              STR_ARGS(s->file), STR_ARGS(str_printable(arena, s->comment)));
        bool counts = strlist_has(&root->keys, key->name) && !key->is_revoked && !key_has_expired(key, now_s);
        for (size_t k = 0; k < i; k++)
            counts &= memcmp(signatures->items[k].id, s->id, sizeof s->id) != 0;
        s->is_verified = true;
        s->signer = key->name;
        have += counts;
    }
    if (have >= root->threshold)
        return true;
    diag_error(diag, SPAN_NONE, "E-114 trust file \"%.*s\": signed by %lld of %lld root keys that version %lld wants",
               STR_ARGS(trust->name), (long long)have, (long long)root->threshold, (long long)by->version);
    diag_hint(diag, "Each signs with \"waybill trust sign FILE --key KEY\"; the signatures stand beside the file.");
    return false;
}

bool trust_follows(Diag *diag, const Trust *installed, const Trust *next)
{
    int64_t before, after;
    if (next->version <= installed->version)
        return diag_error(diag, SPAN_NONE, "E-114 trust file \"%.*s\": version %lld is not newer than the installed %lld",
                          STR_ARGS(next->name), (long long)next->version, (long long)installed->version);
    if (next->version != installed->version + 1) {
        diag_error(diag, SPAN_NONE, "E-114 trust file \"%.*s\": version %lld does not follow the installed %lld",
                   STR_ARGS(next->name), (long long)next->version, (long long)installed->version);
        diag_hint(diag, "Install the versions between in order: each is signed by the keys of the one before.");
        return false;
    }
    if (rfc3339_parse(installed->issued, &before) && rfc3339_parse(next->issued, &after) && after < before)
        return diag_error(diag, SPAN_NONE, "E-114 trust file \"%.*s\": issued before the installed one",
                          STR_ARGS(next->name));
    return true;
}
