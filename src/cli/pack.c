// pack: ranges of the chain -> one signed bundle.
#include <stdlib.h>
#include <unistd.h>

#include "pack.h"

// ---- options ----

// When the bundle was made: only what the caller says, never the clock, so that the same inputs give the same bytes.
static bool created_option(Cli *cli, Str *text)
{
    int64_t seconds;
    if (!time_option(cli, "--at", text))
        return false;
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    if (!text->len && epoch && *epoch) {
        if (!whole_number(str_from(epoch), BUNDLE_LATEST_TIME, &seconds))
            return cli_usage(cli, "SOURCE_DATE_EPOCH is no number of seconds");
        *text = rfc3339_text(cli->arena, seconds < BUNDLE_EARLIEST_TIME ? BUNDLE_EARLIEST_TIME : seconds);
    }
    if (text->len && rfc3339_parse(*text, &seconds) && (seconds < BUNDLE_EARLIEST_TIME || seconds > BUNDLE_LATEST_TIME))
        return cli_usage(cli, "--at \"%.*s\" is before 1980 or after 2242", STR_ARGS(*text));
    return true;
}

static bool predecessor_option(Cli *cli, Str *text)
{
    Str digest = cli_option(cli, "--predecessor");
    if (!cli_flag(cli, "--predecessor"))
        return true;
    digest = digest_digits(digest);
    *text = str_format(cli->arena, "sha256:%.*s", STR_ARGS(digest));
    return is_digest(digest) ||
           cli_usage(cli, "--predecessor \"%.*s\" is no SHA-256: 64 lower-case hexadecimal digits", STR_ARGS(digest));
}

static bool read_dialects(Pack *pack)
{
    Cli *cli = pack->cli;
    const StrList *given = cli_options(cli, "--dialect");
    StrList wanted = {0};
    const Settings *settings = &pack->project->settings;
    for (size_t i = 0; given && i < given->count; i++)
        vec_push(cli->arena, &wanted, given->items[i]);
    for (size_t i = 0; !given && i < settings->dialects.count; i++)
        if (settings->dialects.items[i].is_listed)
            vec_push(cli->arena, &wanted, settings->dialects.items[i].dialect);
    if (!wanted.count)
        return cli_usage(cli, "pack needs --dialect");
    for (size_t i = 0; i < wanted.count; i++) {
        RenderOptions options;
        if (!dialect_options(cli, pack->project, wanted.items[i], &options))
            return false;
        options.each_step = true;
        for (size_t k = 0; k < pack->dialects.count; k++)
            if (pack->dialects.items[k].style.dialect == options.style.dialect)
                return cli_usage(cli, "dialect \"%.*s\" is given twice", STR_ARGS(options.style.dialect->name));
        vec_push(cli->arena, &pack->dialects, options);
    }
    return true;
}

static bool read_ranges(Pack *pack)
{
    Cli *cli = pack->cli;
    for (size_t i = 0; i < cli->arguments.count; i++) {
        Str spec = cli->arguments.items[i];
        Path path;
        if (str_find_char(spec, ':', 0) == SIZE_MAX)
            return cli_usage(cli, "\"%.*s\" is no range FROM:TO", STR_ARGS(spec));
        if (!path_find(cli->arena, &cli->diag, pack->project, DIRECTION_UP, spec, &path))
            return false;
        if (!path.steps.count)
            return diag_error(&cli->diag, SPAN_NONE, "range \"%.*s\" has no steps", STR_ARGS(spec));
        vec_push(cli->arena, &pack->ranges, path);
    }
    Str to = strlist_join(cli->arena, &pack->ranges.items[0].to, STR(", "));
    for (size_t i = 1; i < pack->ranges.count; i++) {
        Str other = strlist_join(cli->arena, &pack->ranges.items[i].to, STR(", "));
        if (!str_equal(to, other)) {
            diag_error(&cli->diag, SPAN_NONE, "the ranges of a bundle lead to one revision, these to \"%.*s\" and \"%.*s\"",
                       STR_ARGS(to), STR_ARGS(other));
            diag_hint(&cli->diag, "Pack one bundle for each.");
            return false;
        }
    }
    return true;
}

static bool in_ranges(const Pack *pack, const Revision *revision)
{
    for (size_t i = 0; i < pack->ranges.count; i++)
        for (size_t k = 0; k < pack->ranges.items[i].steps.count; k++)
            if (pack->ranges.items[i].steps.items[k].revision == revision)
                return true;
    return false;
}

static bool read_irreversible(Pack *pack)
{
    Cli *cli = pack->cli;
    const StrList *given = cli_options(cli, "--irreversible");
    pack->irreversible = map_open(cli->arena);
    for (size_t i = 0; given && i < given->count; i++) {
        Str why = given->items[i], spec = str_cut(&why, '=');
        RevisionList found = {0};
        if (!spec.len || !str_trim(why).len)
            return cli_usage(cli, "--irreversible \"%.*s\" is not of the form REV=WHY", STR_ARGS(given->items[i]));
        if (!revision_resolve(cli->arena, &cli->diag, pack->project, spec, &found))
            return false;
        if (found.count != 1 || !in_ranges(pack, found.items[0]))
            return diag_error(&cli->diag, SPAN_NONE, "--irreversible names \"%.*s\", which is no revision of these ranges",
                              STR_ARGS(spec));
        Str *reason = arena_new(cli->arena, Str);
        *reason = str_trim(why);
        map_put(&pack->irreversible, found.items[0]->id, reason);
    }
    return true;
}

// The number of revisions at or below TO, unless --sequence says otherwise.
static bool read_sequence(Pack *pack, int64_t *sequence)
{
    Cli *cli = pack->cli;
    if (cli_flag(cli, "--sequence"))
        return whole_number(cli_option(cli, "--sequence"), BUNDLE_INTEGER_MAX, sequence) ||
               cli_usage(cli, "--sequence \"%.*s\" is no whole number", STR_ARGS(cli_option(cli, "--sequence")));
    Path all;
    Str spec = str_format(cli->arena, "base:%.*s", STR_ARGS(strlist_join(cli->arena, &pack->ranges.items[0].to, STR(","))));
    if (!path_find(cli->arena, &cli->diag, pack->project, DIRECTION_UP, spec, &all))
        return false;
    *sequence = (int64_t)all.steps.count;
    return true;
}

static bool read_manifest_options(Pack *pack)
{
    Cli *cli = pack->cli;
    Manifest *m = &pack->manifest;
    *m = (Manifest){.product = bundle_safe(cli->arena, pack->project->settings.product),
                    .customer = cli_option(cli, "--customer"),
                    .environment = cli_option(cli, "--environment"),
                    .ticket = cli_option(cli, "--ticket"),
                    .generator_name = STR("waybill"),
                    .generator_version = STR(WAYBILL_VERSION),
                    .to = pack->ranges.items[0].to};
    if (!read_sequence(pack, &m->sequence) || !predecessor_option(cli, &m->predecessor) ||
        !time_option(cli, "--not-before", &m->not_before) || !time_option(cli, "--not-after", &m->not_after) ||
        !created_option(cli, &m->created))
        return false;
    if (m->not_before.len && m->not_after.len && str_compare(m->not_before, m->not_after) > 0)
        return cli_usage(cli, "--not-before is after --not-after");
    return bundle_name_make(cli->arena, &cli->diag, m->product, m->sequence, m->customer, &m->bundle);
}

// "--database NAME" for all dialects, "--database D=NAME" for one; either comes before the settings.
static bool read_databases(Pack *pack)
{
    Cli *cli = pack->cli;
    const StrList *given = cli_options(cli, "--database");
    for (size_t i = 0; given && i < given->count; i++) {
        Str name = given->items[i];
        size_t equal = str_find_char(name, '=', 0);
        RenderOptions *only = NULL;
        for (size_t k = 0; equal != SIZE_MAX && k < pack->dialects.count; k++)
            if (str_equal(pack->dialects.items[k].style.dialect->name, str_slice(name, 0, equal)))
                only = &pack->dialects.items[k];
        if (only)
            name = str_slice(name, equal + 1, name.len);
        if (!name.len)
            return cli_usage(cli, "--database \"%.*s\" names no database", STR_ARGS(given->items[i]));
        for (size_t k = 0; k < pack->dialects.count; k++)
            if (!only || only == &pack->dialects.items[k])
                pack->dialects.items[k].database = name;
    }
    return true;
}

// ---- the manifest's lists ----

static Str sha256_text(Arena *arena, Str text)
{
    uint8_t hash[32];
    sha256(text, hash);
    return hex_text(arena, hash, 32);
}

static void list_scripts(Pack *pack)
{
    for (size_t i = 0; i < pack->scripts.count; i++) {
        const PackScript *s = &pack->scripts.items[i];
        const Dialect *dialect = s->options->style.dialect;
        ManifestScript row = {.dialect = dialect->name,
                              .minimum = dialect_version_text(pack->arena, dialect, s->options->style.minimum),
                              .client = s->options->client,
                              .from = s->up->from,
                              .upgrade = s->upgrade,
                              .downgrade = s->downgrade,
                              .sections = (int64_t)s->upgrade_sections};
        vec_push(pack->arena, &pack->manifest.scripts, row);
    }
}

static bool is_packed(const Pack *pack, Str dialect)
{
    for (size_t i = 0; i < pack->dialects.count; i++)
        if (str_equal(pack->dialects.items[i].style.dialect->name, dialect))
            return true;
    return false;
}

static void list_revision(Pack *pack, const Revision *revision)
{
    uint8_t hash[32];
    const Str *reason = map_get(&pack->irreversible, revision->id);
    revision_sha256(revision, hash);
    ManifestRevision row = {.id = revision->id,
                            .down = revision->down_ids,
                            .depends = revision->depends_ids,
                            .message = revision->message,
                            .source_sha256 = hex_text(pack->arena, hash, 32),
                            .empty_downgrade = pack->went_back[revision->index] && !pack->has_way_back[revision->index],
                            .irreversible = reason ? *reason : STR_EMPTY};
    for (size_t i = 0; i < revision->overrides.count; i++) {
        const Override *o = &revision->overrides.items[i];
        ManifestOverride item = {o->dialect, o->is_upgrade, sha256_text(pack->arena, o->source->text)};
        if (is_packed(pack, o->dialect))
            vec_push(pack->arena, &row.overrides, item);
    }
    vec_push(pack->arena, &pack->manifest.revisions, row);
}

// Every revision of any range once, in the order in which the chain goes.
static bool list_revisions(Pack *pack)
{
    Path all;
    if (!path_all(pack->arena, &pack->cli->diag, pack->project, &all))
        return false;
    for (size_t i = 0; i < all.steps.count; i++)
        if (in_ranges(pack, all.steps.items[i].revision))
            list_revision(pack, all.steps.items[i].revision);
    return true;
}

// ---- the command ----

static bool choose_output(Pack *pack)
{
    pack->output = cli_option(pack->cli, "-o");
    if (pack->output.len)
        return true;
    pack->output = str_format(pack->arena, "dist/%.*s.tar.gz", STR_ARGS(pack->manifest.bundle));
    return dir_make(&pack->cli->diag, STR("dist"));
}

static bool print_result(void *context)
{
    const Pack *pack = context;
    Buf out = buf_open(pack->arena);
    if (pack->is_json) {
        buf_add(&out, STR("{\"bundle\": "));
        buf_add_json(&out, pack->manifest.bundle);
        buf_add(&out, STR(", \"file\": "));
        buf_add_json(&out, pack->output);
        buf_addf(&out, ", \"sumsSha256\": \"%.*s\"", STR_ARGS(hex_text(pack->arena, pack->digest, 32)));
        for (size_t i = 0; i < pack->dialects.count; i++) {
            buf_addf(&out, "%s\"%.*s\": ", i ? ", " : ", \"databases\": {",
                     STR_ARGS(pack->dialects.items[i].style.dialect->name));
            if (pack->dialects.items[i].database.len)
                buf_add_json(&out, pack->dialects.items[i].database);
            else
                buf_add(&out, STR("null"));
        }
        buf_add(&out, STR("}}\n"));
    } else {
        buf_addf(&out, "%.*s\n  SHA256SUMS   %.*s\n", STR_ARGS(str_printable(pack->arena, pack->output)),
                 STR_ARGS(digest_groups(pack->arena, pack->digest)));
        for (size_t i = 0; i < pack->dialects.count; i++) {
            Str name = str_printable(pack->arena, pack->dialects.items[i].database);
            buf_addf(&out, "  %-12.*s database %.*s\n", STR_ARGS(pack->dialects.items[i].style.dialect->name),
                     STR_ARGS(name.len ? name : STR("of any name: --database pins one")));
        }
    }
    return cli_print(pack->cli, &out);
}

static bool fill_stage(Pack *pack, const SecretKey *key)
{
    for (size_t i = 0; i < pack->dialects.count; i++)
        pack->dialects.items[i].bundle = pack->manifest.bundle;
    if (!pack_scripts(pack))
        return false;
    list_scripts(pack);
    return list_revisions(pack) && pack_texts(pack, secret_key_public(key)) &&
           stage_pack(pack->stage, &pack->cli->diag, &pack->manifest, key, &(Report){print_result, pack}, pack->digest);
}

bool run_pack(Cli *cli)
{
    Pack pack = {.cli = cli, .arena = cli->arena};
    PasswordSource password;
    SecretKey *key = NULL;
    bool done = false, had_dist = path_exists(STR("dist"));
    if (!cli_option(cli, "--key").len)
        return cli_usage(cli, "pack needs --key FILE");
    if (!format_option(cli, &pack.is_json) || !password_options(cli, &password) || !bundle_start(&cli->diag))
        return false;
    pack.project = cli_project(cli);
    if (!pack.project || !read_dialects(&pack) || !read_databases(&pack) || !read_ranges(&pack) ||
        !read_irreversible(&pack) || !read_manifest_options(&pack) || !choose_output(&pack))
        goto done;
    pack.went_back = arena_array(cli->arena, bool, pack.project->graph.revisions.count + 1);
    pack.has_way_back = arena_array(cli->arena, bool, pack.project->graph.revisions.count + 1);
    pack.stage = stage_open(cli->arena, &cli->diag, pack.output);
    key = pack.stage ? secret_key_open(cli->arena, &cli->diag, cli_option(cli, "--key"), password) : NULL;
    done = key && fill_stage(&pack, key);
done:
    secret_key_close(key);
    stage_close(pack.stage);
    if (!done && !had_dist)
        rmdir("dist");   // made for nothing; stays when it is not empty
    return done;
}
