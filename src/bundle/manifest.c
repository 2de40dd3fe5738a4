// MANIFEST.json: one struct, one text. What is read must be exactly what would be written again.
#include "json.h"

static const Str manifest_type = {"waybill-bundle/1", 16};

// ---- writing ----

static json_t *script_object(const ManifestScript *s)
{
    json_t *o = json_object();
    json_object_set_new(o, "dialect", json_text(s->dialect));
    json_object_set_new(o, "minimum", json_text(s->minimum));
    json_object_set_new(o, "client", json_text(s->client));
    json_object_set_new(o, "from", json_texts(&s->from));
    json_object_set_new(o, "upgrade", json_text(s->upgrade));
    json_object_set_new(o, "downgrade", json_text(s->downgrade));
    json_object_set_new(o, "sections", json_integer(s->sections));
    return o;
}

static json_t *revision_object(const ManifestRevision *r)
{
    json_t *o = json_object(), *overrides = json_array();
    json_object_set_new(o, "id", json_text(r->id));
    json_object_set_new(o, "down", json_texts(&r->down));
    json_object_set_new(o, "dependsOn", json_texts(&r->depends));
    json_object_set_new(o, "message", json_text(r->message));
    json_object_set_new(o, "sourceSha256", json_text(r->source_sha256));
    json_object_set_new(o, "emptyDowngrade", json_boolean(r->empty_downgrade));
    json_object_set_new(o, "irreversible", json_text(r->irreversible));
    for (size_t i = 0; i < r->overrides.count; i++) {
        json_t *item = json_object();
        json_object_set_new(item, "dialect", json_text(r->overrides.items[i].dialect));
        json_object_set_new(item, "direction", json_string(r->overrides.items[i].is_upgrade ? "upgrade" : "downgrade"));
        json_object_set_new(item, "sha256", json_text(r->overrides.items[i].sha256));
        json_array_append_new(overrides, item);
    }
    json_object_set_new(o, "overrides", overrides);
    return o;
}

static json_t *manifest_object(const Manifest *m)
{
    json_t *o = json_object(), *scripts = json_array(), *revisions = json_array(), *generator = json_object();
    json_object_set_new(o, "type", json_stringn(manifest_type.ptr, manifest_type.len));
    json_object_set_new(o, "bundle", json_text(m->bundle));
    json_object_set_new(o, "product", json_text(m->product));
    json_object_set_new(o, "sequence", json_integer(m->sequence));
    json_object_set_new(o, "predecessor", json_text(m->predecessor));
    json_object_set_new(o, "customer", json_text(m->customer));
    json_object_set_new(o, "environment", json_text(m->environment));
    json_object_set_new(o, "ticket", json_text(m->ticket));
    json_object_set_new(o, "created", json_text(m->created));
    json_object_set_new(o, "notBefore", json_text(m->not_before));
    json_object_set_new(o, "notAfter", json_text(m->not_after));
    json_object_set_new(generator, "name", json_text(m->generator_name));
    json_object_set_new(generator, "version", json_text(m->generator_version));
    json_object_set_new(o, "generator", generator);
    json_object_set_new(o, "to", json_texts(&m->to));
    for (size_t i = 0; i < m->scripts.count; i++)
        json_array_append_new(scripts, script_object(&m->scripts.items[i]));
    for (size_t i = 0; i < m->revisions.count; i++)
        json_array_append_new(revisions, revision_object(&m->revisions.items[i]));
    json_object_set_new(o, "scripts", scripts);
    json_object_set_new(o, "revisions", revisions);
    json_object_set_new(o, "waivers", json_array());
    return o;
}

bool manifest_text(Arena *arena, Diag *diag, const Manifest *manifest, Str *text)
{
    return json_write(arena, diag, "manifest", STR("MANIFEST.json"), manifest_object(manifest), text);
}

// ---- reading ----

static void get_script(Arena *arena, const json_t *o, Manifest *m)
{
    ManifestScript s = {.dialect = json_get_text(arena, o, "dialect"),
                        .minimum = json_get_text(arena, o, "minimum"),
                        .client = json_get_text(arena, o, "client"),
                        .upgrade = json_get_text(arena, o, "upgrade"),
                        .downgrade = json_get_text(arena, o, "downgrade"),
                        .sections = json_integer_value(json_object_get(o, "sections"))};
    json_get_texts(arena, o, "from", &s.from);
    vec_push(arena, &m->scripts, s);
}

static void get_revision(Arena *arena, const json_t *o, Manifest *m)
{
    ManifestRevision r = {.id = json_get_text(arena, o, "id"),
                          .message = json_get_text(arena, o, "message"),
                          .source_sha256 = json_get_text(arena, o, "sourceSha256"),
                          .empty_downgrade = json_is_true(json_object_get(o, "emptyDowngrade")),
                          .irreversible = json_get_text(arena, o, "irreversible")};
    json_get_texts(arena, o, "down", &r.down);
    json_get_texts(arena, o, "dependsOn", &r.depends);
    const json_t *overrides = json_object_get(o, "overrides");
    for (size_t i = 0; i < json_array_size(overrides); i++) {
        const json_t *item = json_array_get(overrides, i);
        ManifestOverride v = {.dialect = json_get_text(arena, item, "dialect"),
                              .is_upgrade = str_equal(json_get_text(arena, item, "direction"), STR("upgrade")),
                              .sha256 = json_get_text(arena, item, "sha256")};
        vec_push(arena, &r.overrides, v);
    }
    vec_push(arena, &m->revisions, r);
}

static void get_manifest(Arena *arena, const json_t *o, Manifest *m)
{
    const json_t *generator = json_object_get(o, "generator"), *scripts = json_object_get(o, "scripts"),
                 *revisions = json_object_get(o, "revisions");
    *m = (Manifest){.bundle = json_get_text(arena, o, "bundle"),
                    .product = json_get_text(arena, o, "product"),
                    .sequence = json_integer_value(json_object_get(o, "sequence")),
                    .predecessor = json_get_text(arena, o, "predecessor"),
                    .customer = json_get_text(arena, o, "customer"),
                    .environment = json_get_text(arena, o, "environment"),
                    .ticket = json_get_text(arena, o, "ticket"),
                    .created = json_get_text(arena, o, "created"),
                    .not_before = json_get_text(arena, o, "notBefore"),
                    .not_after = json_get_text(arena, o, "notAfter"),
                    .generator_name = json_get_text(arena, generator, "name"),
                    .generator_version = json_get_text(arena, generator, "version")};
    json_get_texts(arena, o, "to", &m->to);
    for (size_t i = 0; i < json_array_size(scripts); i++)
        get_script(arena, json_array_get(scripts, i), m);
    for (size_t i = 0; i < json_array_size(revisions); i++)
        get_revision(arena, json_array_get(revisions, i), m);
}

// ---- judging ----

static bool fault(Diag *diag, const char *number, const char *why)
{
    return diag_error(diag, SPAN_NONE, "%s manifest \"MANIFEST.json\": %s", number, why);
}

static bool is_time(Str text, bool is_mtime)
{
    int64_t seconds;
    if (!text.len)
        return true;
    return rfc3339_parse(text, &seconds) &&
           (!is_mtime || (seconds >= BUNDLE_EARLIEST_TIME && seconds <= BUNDLE_LATEST_TIME));
}

// Nothing that a reader would not see, or that would write over what he sees. What people wrote of a change may have several
// lines, and hidden characters too: it came from a source file, and is never shown but with these made visible.
static bool is_text(Str text, bool may_have_lines)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t code;
        size_t len = utf8_decode(str_slice(text, at, text.len), &code);
        bool is_control = code < 0x20 || (code >= 0x7f && code < 0xa0), is_line = code == '\n' || code == '\t';
        if (!len || (may_have_lines ? is_control && !is_line : code_is_hidden(code)))
            return false;
        at += len;
    }
    return true;
}

static bool is_id_list(const StrList *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!list->items[i].len || !is_text(list->items[i], false))
            return false;
        for (size_t k = 0; k < i; k++)
            if (str_equal(list->items[k], list->items[i]))
                return false;
    }
    return true;
}

static bool check_revisions(Arena *arena, Diag *diag, const Manifest *m)
{
    Map seen = map_open(arena);
    for (size_t i = 0; i < m->revisions.count; i++) {
        const ManifestRevision *r = &m->revisions.items[i];
        if (!r->id.len || !is_digest(r->source_sha256))
            return fault(diag, "E-209", "a revision has no id or no SHA-256");
        if (map_get(&seen, r->id))
            return diag_error(diag, SPAN_NONE, "E-209 manifest \"MANIFEST.json\": revision \"%.*s\" is there twice",
                              STR_ARGS(str_printable(arena, r->id)));
        if (!is_text(r->id, false) || !is_id_list(&r->down) || !is_id_list(&r->depends) || !is_text(r->message, true) ||
            !is_text(r->irreversible, false))
            return diag_error(
                diag, SPAN_NONE,
                "E-209 manifest \"MANIFEST.json\": revision \"%.*s\": a text with control characters, or an id "
                "that is empty, twice in a list, or has hidden characters",
                STR_ARGS(str_printable(arena, r->id)));
        for (size_t k = 0; k < r->overrides.count; k++)
            if (!is_digest(r->overrides.items[k].sha256))
                return fault(diag, "E-209", "an override has no SHA-256");
        map_put(&seen, r->id, (void *)(uintptr_t)r);
    }
    return true;
}

static bool check_values(Arena *arena, Diag *diag, const Manifest *m)
{
    Str name;
    if (!bundle_name_make(arena, diag, m->product, m->sequence, m->customer, &name))
        return false;
    if (!str_equal(name, m->bundle))
        return diag_error(diag, SPAN_NONE, "E-209 manifest \"MANIFEST.json\": the bundle's name is not \"%.*s\"",
                          STR_ARGS(name));
    if (!is_time(m->created, true) || !is_time(m->not_before, false) || !is_time(m->not_after, false))
        return fault(diag, "E-209", "a time is not of the form 2026-11-23T01:00:00Z, or too early or late");
    if (m->predecessor.len && !is_named_digest(m->predecessor))
        return fault(diag, "E-209", "the predecessor is not \"sha256:\" and 64 digits");
    if (!m->scripts.count || !m->to.count || !m->revisions.count)
        return fault(diag, "E-209", "it has no scripts, no revisions, or no revision to go to");
    if (m->not_before.len && m->not_after.len && str_compare(m->not_before, m->not_after) > 0)
        return fault(diag, "E-209", "its time ends before it begins");
    if (!str_equal(m->product, bundle_safe(arena, m->product)) || !str_equal(m->generator_name, STR("waybill")))
        return fault(diag, "E-209", "its product is no safe name, or its generator is not \"waybill\"");
    if (!is_text(m->environment, false) || !is_text(m->ticket, false) || !is_id_list(&m->to))
        return fault(diag, "E-209",
                     "environment, ticket or \"to\" has hidden characters, or an id that is empty or twice there");
    for (size_t i = 0; i < m->scripts.count; i++)
        if (!is_id_list(&m->scripts.items[i].from))
            return fault(diag, "E-209", "a script's \"from\" has an id that is empty, twice there or has hidden characters");
    return check_revisions(arena, diag, m);
}

bool manifest_parse(Arena *arena, Diag *diag, Str text, Manifest *manifest)
{
    Str again;
    json_t *object = json_read(arena, diag, "manifest", STR("MANIFEST.json"), text, manifest_type);
    if (!object)
        return false;
    get_manifest(arena, object, manifest);
    json_decref(object);
    if (!manifest_text(arena, diag, manifest, &again))
        return false;
    return str_equal(again, text) ? check_values(arena, diag, manifest)
                                  : fault(diag, "E-209", "not in the one form that the packer writes");
}

int64_t manifest_time(const Manifest *manifest)
{
    int64_t seconds;
    return manifest->created.len && rfc3339_parse(manifest->created, &seconds) ? seconds : BUNDLE_EARLIEST_TIME;
}

// ---- the manifest and the files ----

static bool fault_at(Diag *diag, Str path, const char *why)
{
    return diag_error(diag, SPAN_NONE, "E-205 file \"%.*s\": %s", STR_ARGS(path), why);
}

static bool is_section_name(Str name)
{
    static const char *const words[] = {"upgrade", "downgrade", "abandon", NULL};
    size_t dot = str_find_char(name, '.', 0);
    Str word = str_slice(name, 0, dot == SIZE_MAX ? 0 : dot), start = STR_EMPTY;
    for (const char *const *w = words; *w; w++)
        if (str_equal(word, str_from(*w)))
            start = str_slice(name, 0, word.len + strlen(".from-section-"));
    if (!start.len || !str_ends(start, STR(".from-section-")) || !str_ends(name, STR(".sql")) || name.len < start.len + 5 ||
        name.len > start.len + 8)
        return false;
    for (size_t i = start.len; i < name.len - 4; i++)
        if (name.ptr[i] < '0' || name.ptr[i] > '9')
            return false;
    return name.ptr[start.len] != '0';
}

static bool is_step_name(Str name)
{
    size_t digits = 0;
    while (digits < name.len && name.ptr[digits] >= '0' && name.ptr[digits] <= '9')
        digits++;
    return digits >= 4 && digits < name.len && name.ptr[digits] == '_' &&
           (str_ends(name, STR(".upgrade.sql")) || str_ends(name, STR(".downgrade.sql")));
}

static bool has_place(const Map *folders, const Map *dialects, Str path)
{
    if (str_equal(path, STR("MANIFEST.json")) || str_equal(path, STR("README.txt")) || str_equal(path, STR("REVIEW.html")) ||
        str_equal(path, STR("REVIEW.txt")))
        return true;
    Str parent = path_parent(path), name = path_base(path);
    if (map_get(dialects, parent))
        return str_equal(name, STR("status.sql"));
    const ManifestScript *script = map_get(folders, parent);
    if (script)
        return str_equal(name, STR("upgrade.sql")) || str_equal(name, STR("preflight.sql")) ||
               (str_equal(name, STR("downgrade.sql")) && script->downgrade.len) || is_section_name(name);
    return str_equal(path_base(parent), STR("steps")) && map_get(folders, path_parent(parent)) && is_step_name(name);
}

bool manifest_check_layout(Arena *arena, Diag *diag, const Manifest *m, const Sums *sums)
{
    Map folders = map_open(arena), dialects = map_open(arena);
    for (size_t i = 0; i < m->scripts.count; i++) {
        ManifestScript *s = &m->scripts.items[i];
        Str above = str_format(arena, "sql/%.*s", STR_ARGS(s->dialect));
        Str folder = str_format(arena, "%.*s/from-%.*s", STR_ARGS(above), STR_ARGS(bundle_from_label(arena, &s->from)));
        Str status = str_format(arena, "%.*s/status.sql", STR_ARGS(above));
        if (!str_equal(s->upgrade, str_format(arena, "%.*s/upgrade.sql", STR_ARGS(folder))))
            return fault_at(diag, s->upgrade, "the manifest's range belongs in another folder");
        if (s->downgrade.len && !str_equal(s->downgrade, str_format(arena, "%.*s/downgrade.sql", STR_ARGS(folder))))
            return fault_at(diag, s->downgrade, "the manifest's range belongs in another folder");
        if (map_get(&folders, folder))
            return fault_at(diag, s->upgrade, "two ranges of the manifest have the same folder");
        Str preflight = str_format(arena, "%.*s/preflight.sql", STR_ARGS(folder));
        Str wanted[] = {s->upgrade, preflight, s->downgrade, status, STR("README.txt")};
        for (size_t k = 0; k < sizeof wanted / sizeof wanted[0]; k++)
            if (wanted[k].len && !map_get(&sums->by_path, wanted[k]))
                return fault_at(diag, wanted[k], "the manifest speaks of it, SHA256SUMS does not list it");
        map_put(&folders, folder, s);
        map_put(&dialects, above, s);
    }
    for (size_t i = 0; i < sums->rows.count; i++)
        if (!has_place(&folders, &dialects, sums->rows.items[i].path))
            return fault_at(diag, sums->rows.items[i].path, "the manifest has no place for it");
    return true;
}
