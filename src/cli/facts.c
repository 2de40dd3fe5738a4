// What a bundle is, for people and for programs: inspect, verify and pack print it.
#include "commands.h"

static void add_row(Buf *out, const char *name, Str value)
{
    if (value.len)
        buf_addf(out, "  %-12s %.*s\n", name, STR_ARGS(str_printable(out->arena, value)));
}

static const char *standing_name(Standing standing)
{
    switch (standing) {
    case STANDING_NOT_JUDGED: return "not judged";
    case STANDING_COUNTS: return "verified";
    case STANDING_COPY: return "verified; a copy for signify, which does not count";
    case STANDING_UNKNOWN: return "its key is not known here: it does not count";
    case STANDING_REVOKED: return "its key is revoked: it does not count";
    case STANDING_EXPIRED: return "its key has expired: it does not count";
    case STANDING_SECOND: return "verified; by the same key as another, so it does not count";
    }
    return "";
}

static void add_signatures(Cli *cli, const BundleFacts *f, Buf *out)
{
    for (size_t i = 0; i < f->signatures.count; i++) {
        const Signature *s = &f->signatures.items[i];
        buf_addf(out, "  %-12s %.*s%s%.*s%s%s: %s\n", i ? "" : "signed by", STR_ARGS(s->key_id), s->signer.len ? " " : "",
                 STR_ARGS(s->signer), s->is_legacy ? " (copy for signify)" : "", s->is_beside ? " (beside the bundle)" : "",
                 standing_name(s->standing));
        if (s->comment.len)
            buf_addf(out, "  %-12s   %.*s\n", "", STR_ARGS(str_printable(cli->arena, s->comment)));
    }
    if (!f->signatures.count)
        buf_add(out, STR("  signed by    nobody\n"));
}

void add_roles_text(Cli *cli, const BundleFacts *f, Buf *out)
{
    for (size_t i = 0; i < f->roles.count; i++) {
        const RoleCount *count = &f->roles.items[i];
        add_row(out, i ? "" : "roles",
                str_format(cli->arena, "%.*s: %zu of %lld (%.*s)", STR_ARGS(count->role->name), count->signers.count,
                           (long long)count->role->threshold,
                           STR_ARGS(strlist_join(cli->arena, &count->signers, STR(", ")))));
    }
}

void add_facts_text(Cli *cli, const BundleFacts *f, Buf *out)
{
    Arena *arena = cli->arena;
    const Manifest *m = &f->manifest;
    add_row(out, "product", m->product);
    add_row(out, "sequence", str_format(arena, "%lld", (long long)m->sequence));
    add_row(out, "predecessor", m->predecessor);
    add_row(out, "customer", m->customer);
    add_row(out, "environment", m->environment);
    add_row(out, "ticket", m->ticket);
    add_row(out, "created", m->created);
    add_row(out, "not before", m->not_before);
    add_row(out, "not after", m->not_after);
    add_row(out, "made by", str_format(arena, "%.*s %.*s", STR_ARGS(m->generator_name), STR_ARGS(m->generator_version)));
    add_signatures(cli, f, out);
    add_row(out, "leads to", version_rows_text(arena, &m->to, STR(", ")));
    for (size_t i = 0; i < m->scripts.count; i++) {
        const ManifestScript *s = &m->scripts.items[i];
        Str where = str_format(arena, "%.*s %.*s and later, %.*s, from %.*s%s", STR_ARGS(s->dialect), STR_ARGS(s->minimum),
                               STR_ARGS(s->client), STR_ARGS(version_rows_text(arena, &s->from, STR(", "))),
                               s->downgrade.len ? "" : " (no way back but a backup)");
        add_row(out, i ? "" : "scripts", where);
    }
    for (size_t i = 0; i < m->revisions.count; i++) {
        const ManifestRevision *r = &m->revisions.items[i];
        size_t line = str_find_char(r->message, '\n', 0);
        Str first = line == SIZE_MAX ? r->message : str_slice(r->message, 0, line);
        const char *note = r->irreversible.len  ? " [irreversible]"
                           : r->empty_downgrade ? " [empty downgrade]"
                           : r->overrides.count ? " [overridden]"
                                                : "";
        add_row(out, i ? "" : "revisions", str_format(arena, "%.*s%s %.*s", STR_ARGS(r->id), note, STR_ARGS(first)));
    }
    add_row(out, "files",
            str_format(arena, "%zu, %llu bytes, as %.*s", f->files, (unsigned long long)f->bytes, STR_ARGS(f->format)));
    add_row(out, "SHA256SUMS", digest_groups(arena, f->digest));
    if (f->is_recompressed)
        add_row(out, "note",
                STR("recompressed: the archive inside is the packer's, its compression is not (another program or library "
                    "version)"));
}

// ---- JSON ----

static void add_member(Buf *out, const char *name, Str value)
{
    buf_addf(out, ", \"%s\": ", name);
    if (value.len)
        buf_add_json(out, value);
    else
        buf_add(out, STR("null"));
}

static void add_ids(Buf *out, const char *name, const StrList *list)
{
    buf_addf(out, ", \"%s\": [", name);
    for (size_t i = 0; i < list->count; i++) {
        buf_add(out, i ? STR(", ") : STR(""));
        buf_add_json(out, list->items[i]);
    }
    buf_add_char(out, ']');
}

void add_facts_json(Cli *cli, const BundleFacts *f, Buf *out)
{
    const Manifest *m = &f->manifest;
    buf_add(out, STR("\"bundle\": "));
    buf_add_json(out, m->bundle);
    add_member(out, "product", m->product);
    buf_addf(out, ", \"sequence\": %lld", (long long)m->sequence);
    add_member(out, "predecessor", m->predecessor);
    add_member(out, "customer", m->customer);
    add_member(out, "environment", m->environment);
    add_member(out, "ticket", m->ticket);
    add_member(out, "created", m->created);
    add_member(out, "notBefore", m->not_before);
    add_member(out, "notAfter", m->not_after);
    add_member(out, "generator",
               str_format(cli->arena, "%.*s %.*s", STR_ARGS(m->generator_name), STR_ARGS(m->generator_version)));
    add_ids(out, "to", &m->to);
    buf_add(out, STR(", \"signatures\": ["));
    for (size_t i = 0; i < f->signatures.count; i++) {
        const Signature *s = &f->signatures.items[i];
        buf_addf(out, "%s{\"key\": \"%.*s\", \"legacy\": %s, \"verified\": %s, \"beside\": %s, \"counts\": %s",
                 i ? ", " : "", STR_ARGS(s->key_id), s->is_legacy ? "true" : "false", s->is_verified ? "true" : "false",
                 s->is_beside ? "true" : "false", s->standing == STANDING_COUNTS ? "true" : "false");
        add_member(out, "signer", s->signer);
        add_member(out, "comment", s->comment);
        buf_add_char(out, '}');
    }
    buf_add(out, STR("], \"roles\": ["));
    for (size_t i = 0; i < f->roles.count; i++) {
        const RoleCount *count = &f->roles.items[i];
        buf_addf(out, "%s{\"threshold\": %lld", i ? ", " : "", (long long)count->role->threshold);
        add_member(out, "role", count->role->name);
        add_ids(out, "signers", &count->signers);
        buf_add_char(out, '}');
    }
    buf_add(out, STR("], \"scripts\": ["));
    for (size_t i = 0; i < m->scripts.count; i++) {
        const ManifestScript *s = &m->scripts.items[i];
        buf_addf(out, "%s{\"sections\": %lld", i ? ", " : "", (long long)s->sections);
        add_member(out, "dialect", s->dialect);
        add_member(out, "minimum", s->minimum);
        add_member(out, "client", s->client);
        add_ids(out, "from", &s->from);
        add_member(out, "upgrade", s->upgrade);
        add_member(out, "downgrade", s->downgrade);
        buf_add_char(out, '}');
    }
    buf_add(out, STR("], \"revisions\": ["));
    for (size_t i = 0; i < m->revisions.count; i++) {
        const ManifestRevision *r = &m->revisions.items[i];
        buf_addf(out, "%s{\"emptyDowngrade\": %s", i ? ", " : "", r->empty_downgrade ? "true" : "false");
        add_member(out, "id", r->id);
        add_member(out, "message", r->message);
        add_member(out, "sourceSha256", r->source_sha256);
        add_member(out, "irreversible", r->irreversible);
        buf_addf(out, ", \"overrides\": %zu}", r->overrides.count);
    }
    buf_addf(out, "], \"files\": %zu, \"bytes\": %llu", f->files, (unsigned long long)f->bytes);
    add_member(out, "format", f->format);
    add_member(out, "sumsSha256", hex_text(cli->arena, f->digest, 32));
    buf_addf(out, ", \"recompressed\": %s", f->is_recompressed ? "true" : "false");
}
