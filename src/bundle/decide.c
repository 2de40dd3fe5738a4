// The decision: whose signatures count, and whether the bundle is for this site, at this time, in this order.
#include "bundle_int.h"

// ---- signatures ----

static bool refuse_signature(Diag *diag, const BundleOptions *options, const Signature *s)
{
    diag_error(
        diag, SPAN_NONE,
        "%s signature in \"%.*s\": SHA256SUMS or the signature was changed after signing, or another key has the same "
        "id",
        options->trust ? "E-111" : "E-102", STR_ARGS(s->file));
    return false;
}

bool decide_signatures(Arena *arena, Diag *diag, const BundleOptions *options, Str sums_text, BundleFacts *facts)
{
    bool any = false;
    for (size_t i = 0; i < options->beside.count; i++)
        vec_push(arena, &facts->signatures, options->beside.items[i]);
    if (!options->key && !options->trust)
        return true;
    for (size_t i = 0; i < facts->signatures.count; i++) {
        Signature *s = &facts->signatures.items[i];
        const TrustKey *known = options->trust ? trust_key_by_id(options->trust, s->id) : NULL;
        const PublicKey *key = known ? &known->key : options->key;
        s->standing = STANDING_UNKNOWN;
        if (!key || memcmp(s->id, key->id, sizeof s->id) != 0)
            continue;
        // a known key's signature that does not verify refuses; unknown keys only do not count
        if (!signature_verify(s, key, sums_text))
            return refuse_signature(diag, options, s);
        s->is_verified = true;
        s->signer = known ? known->name : STR_EMPTY;
        s->standing = s->is_legacy && !(options->trust && options->trust->allow_legacy) ? STANDING_COPY : STANDING_COUNTS;
        for (size_t k = 0; k < i && s->standing == STANDING_COUNTS; k++)
            if (memcmp(facts->signatures.items[k].id, s->id, sizeof s->id) == 0 &&
                facts->signatures.items[k].standing == STANDING_COUNTS)
                s->standing = STANDING_SECOND;
        any |= s->standing == STANDING_COUNTS;
    }
    if (any)
        return true;
    if (options->trust)
        diag_error(diag, SPAN_NONE, "E-101 bundle \"%.*s\": no signature by any key of the trust file",
                   STR_ARGS(facts->format));
    else
        diag_error(diag, SPAN_NONE, "E-101 bundle \"%.*s\": no signature by key %.*s", STR_ARGS(facts->format),
                   STR_ARGS(public_key_id(arena, options->key)));
    diag_hint(diag, "\"waybill inspect\" lists the keys that signed it.");
    return false;
}

// Keys that are revoked or have run out do not count from here on.
static void weigh_signatures(const BundleOptions *options, BundleFacts *facts)
{
    for (size_t i = 0; i < facts->signatures.count; i++) {
        Signature *s = &facts->signatures.items[i];
        const TrustKey *key = s->standing == STANDING_COUNTS ? trust_key_by_id(options->trust, s->id) : NULL;
        if (!key)
            continue;
        if (key->is_revoked && facts->manifest.sequence >= key->revoked_from)
            s->standing = STANDING_REVOKED;
        else if (key_has_expired(key, options->now_s))
            s->standing = STANDING_EXPIRED;
    }
}

// The most telling reason why a role has too few.
static bool refuse_role(Diag *diag, const Trust *trust, const BundleFacts *facts, const RoleCount *count)
{
    const TrustRole *role = count->role;
    const char *number = "E-101", *note = "";
    Str why = STR_EMPTY;
    for (size_t i = 0; i < facts->signatures.count; i++) {
        const Signature *s = &facts->signatures.items[i];
        const TrustKey *key = s->signer.len ? trust_key(trust, s->signer) : NULL;
        if (!key || !strlist_has(&role->keys, key->name))
            continue;
        if (s->standing == STANDING_REVOKED) {
            number = "E-112";
            why = str_format(diag->arena, "; key \"%.*s\" is revoked since %.*s: %.*s", STR_ARGS(key->name),
                             STR_ARGS(key->revoked_at), STR_ARGS(str_printable(diag->arena, key->revoked_why)));
            break;
        }
        if (s->standing == STANDING_EXPIRED) {
            number = "E-113";
            why = str_format(diag->arena, "; key \"%.*s\" was valid until %.*s", STR_ARGS(key->name),
                             STR_ARGS(key->not_after));
        } else if (s->standing == STANDING_SECOND && !why.len) {
            number = "E-109";
            note = "; a second signature by the same key does not count";
        } else if (s->standing == STANDING_COPY && !why.len) {
            number = "E-103";
            note = "; a signify copy does not count here";
        }
    }
    return diag_error(diag, SPAN_NONE, "%s role \"%.*s\": %zu of %lld needed signatures%s%.*s", number, STR_ARGS(role->name),
                      count->signers.count, (long long)role->threshold, why.len ? "" : note, STR_ARGS(why));
}

static bool count_roles(Arena *arena, Diag *diag, const BundleOptions *options, BundleFacts *facts)
{
    const Trust *trust = options->trust;
    bool enough = true;
    for (size_t i = 0; i < trust->require.count; i++) {
        RoleCount count = {.role = trust_role(trust, trust->require.items[i])};
        for (size_t k = 0; k < facts->signatures.count; k++) {
            const Signature *s = &facts->signatures.items[k];
            if (s->standing == STANDING_COUNTS && strlist_has(&count.role->keys, s->signer) &&
                !strlist_has(&count.signers, s->signer))
                vec_push(arena, &count.signers, s->signer);
        }
        vec_push(arena, &facts->roles, count);
        if ((int64_t)count.signers.count < count.role->threshold && !options->is_awaiting)
            enough = refuse_role(diag, trust, facts, &count);
    }
    return enough;
}

// ---- site, time and order ----

static bool refuse(Diag *diag, const char *number, const Manifest *m, Str why)
{
    return diag_error(diag, SPAN_NONE, "%s bundle \"%.*s\": %.*s", number, STR_ARGS(m->bundle), STR_ARGS(why));
}

static bool check_clock(Arena *arena, Diag *diag, const BundleOptions *options, const SiteState *state, const Manifest *m)
{
    int64_t seconds;
    Str now = rfc3339_text(arena, options->now_s);
    const Trust *t = options->trust;
    if (t && rfc3339_parse(t->issued, &seconds) && options->now_s < seconds)
        return refuse(diag, "E-308", m,
                      str_format(arena, "the clock says %.*s, before the trust file was issued (%.*s): it cannot be right",
                                 STR_ARGS(now), STR_ARGS(t->issued)));
    if (state->clock.len && rfc3339_parse(state->clock, &seconds) && options->now_s < seconds) {
        refuse(diag, "E-308", m,
               str_format(arena, "the clock says %.*s, before the last bundle was recorded (%.*s): it was set back",
                          STR_ARGS(now), STR_ARGS(state->clock)));
        diag_hint(diag, "Set the clock right. If the state file's time is the wrong one, because the clock was once ahead, "
                        "set \"clock\" in it back by hand to a time that has been; what it says of bundles stays.");
        return false;
    }
    if (t && t->expires.len && rfc3339_parse(t->expires, &seconds) && options->now_s > seconds) {
        diag_error(diag, SPAN_NONE, "E-113 trust file \"%.*s\": it was valid until %.*s, the clock says %.*s",
                   STR_ARGS(t->name), STR_ARGS(t->expires), STR_ARGS(now));
        diag_hint(diag, "Ask those who hold the root keys for a newer one.");
        return false;
    }
    if (m->not_before.len && rfc3339_parse(m->not_before, &seconds) && options->now_s < seconds)
        return refuse(
            diag, "E-305", m,
            str_format(arena, "not valid before %.*s, the clock says %.*s", STR_ARGS(m->not_before), STR_ARGS(now)));
    if (m->not_after.len && rfc3339_parse(m->not_after, &seconds) && options->now_s > seconds)
        return refuse(diag, "E-305", m,
                      str_format(arena, "not valid after %.*s, the clock says %.*s", STR_ARGS(m->not_after), STR_ARGS(now)));
    return true;
}

static bool is_for(Str bundle, Str site)
{
    return !bundle.len || str_equal(bundle, site);   // a bundle that names nobody is for anybody
}

static bool check_site(Arena *arena, Diag *diag, const Trust *t, const Manifest *m)
{
    if (!is_for(m->customer, t->customer))
        return refuse(diag, "E-303", m,
                      str_format(arena, "it is for customer \"%.*s\", this site is \"%.*s\"", STR_ARGS(m->customer),
                                 STR_ARGS(t->customer)));
    if (!is_for(m->environment, t->environment))
        return refuse(diag, "E-303", m,
                      str_format(arena, "it is for environment \"%.*s\", this site is \"%.*s\"", STR_ARGS(m->environment),
                                 STR_ARGS(t->environment)));
    for (size_t i = 0; i < m->scripts.count; i++)
        if (!t->dialects.count || strlist_has(&t->dialects, m->scripts.items[i].dialect))
            return true;
    return refuse(diag, "E-303", m,
                  str_format(arena, "it has no script for this site's databases (%.*s)",
                             STR_ARGS(strlist_join(arena, &t->dialects, STR(", ")))));
}

static bool check_withdrawn(Arena *arena, Diag *diag, const Trust *t, const Manifest *m, Str digest)
{
    if (strlist_has(&t->revoked_bundles, digest))
        return refuse(diag, "E-307", m, STR("the trust file withdraws it"));
    for (size_t i = 0; i < t->minimums.count; i++)
        if (str_equal(t->minimums.items[i].product, m->product) && m->sequence < t->minimums.items[i].sequence)
            return refuse(diag, "E-305", m,
                          str_format(arena, "its sequence is below %lld, the lowest that the trust file accepts",
                                     (long long)t->minimums.items[i].sequence));
    return true;
}

static bool check_order(Arena *arena, Diag *diag, const Trust *t, const SiteState *state, const Manifest *m, Str digest)
{
    const StateRow *last = state_row(state, m->product);
    PredecessorPolicy policy = t ? t->predecessor : PREDECESSOR_CHECKED;
    if (!last)
        return true;
    if (m->sequence < last->sequence)
        return refuse(diag, "E-301", m,
                      str_format(arena, "its sequence is %lld, and %lld has been accepted already", (long long)m->sequence,
                                 (long long)last->sequence));
    if (m->sequence == last->sequence)
        return str_equal(digest, last->bundle) ||
               refuse(diag, "E-302", m,
                      str_format(arena, "another bundle with sequence %lld has been accepted already: %.*s",
                                 (long long)m->sequence, STR_ARGS(last->bundle)));
    if (m->predecessor.len && str_equal(m->predecessor, last->bundle))
        return true;
    if (policy != PREDECESSOR_IGNORED && m->predecessor.len)
        return refuse(diag, "E-302", m,
                      str_format(arena, "it follows %.*s, and the last one accepted is %.*s", STR_ARGS(m->predecessor),
                                 STR_ARGS(last->bundle)));
    if (policy == PREDECESSOR_REQUIRED)
        return refuse(diag, "E-302", m, STR("it names no bundle before it, which the trust file requires"));
    return !t || m->sequence - last->sequence <= t->most_jump ||
           refuse(diag, "E-306", m,
                  str_format(arena, "its sequence leads from %lld to %lld, further than the trust file's %lld at once",
                             (long long)last->sequence, (long long)m->sequence, (long long)t->most_jump));
}

bool decide_bundle(Arena *arena, Diag *diag, const BundleOptions *options, const SiteState *state, BundleFacts *facts)
{
    const Trust *t = options->trust;
    const Manifest *m = &facts->manifest;
    Str digest = named_digest(arena, facts->digest);
    if (!t && !options->key)
        return true;
    if (!check_clock(arena, diag, options, state, m))
        return false;
    if (t) {
        weigh_signatures(options, facts);
        if (!count_roles(arena, diag, options, facts) || !check_site(arena, diag, t, m) ||
            !check_withdrawn(arena, diag, t, m, digest))
            return false;
    }
    return check_order(arena, diag, t, state, m, digest);
}
