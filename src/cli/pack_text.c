// What a bundle says for itself: status.sql of each dialect and README.txt, from templates.
#include "pack.h"

typedef struct Texts {
    Pack *pack;
    Arena *arena;
    Diag *diag;
    TemplateSet *templates;
} Texts;

static bool add_text(Texts *t, Str folder, Str name, const View *view, Str path)
{
    Buf out = buf_open(t->arena);
    const Template *template = template_find(t->templates, folder, name);
    if (!template)
        BUG("a bundle's template is missing");
    return template_fill(t->diag, template, view, &out) && stage_add(t->pack->stage, t->diag, path, buf_str(&out));
}

static Str names(Arena *arena, const StrList *rows, Str separator)
{
    return str_printable(arena, version_rows_text(arena, rows, separator));
}

static Str server_name(Arena *arena, const RenderOptions *options)
{
    const Dialect *d = options->style.dialect;
    return str_format(arena, "%.*s %.*s", STR_ARGS(d->title),
                      STR_ARGS(dialect_version_text(arena, d, options->style.minimum)));
}

// ---- status.sql ----

typedef struct Status {
    Texts *texts;
    const RenderOptions *options;
    View *view;
    Map seen;   // version rows -> their case
} Status;

static bool put_sql(Status *s, View *view, Str name, Str text)
{
    Str sql;
    const Dialect *dialect = s->options->style.dialect;
    if (!sql_text(s->texts->arena, s->texts->diag, &s->options->style, SPAN_NONE, text, &sql))
        return false;
    view_text(view, name, dialect->id == DIALECT_ORACLE ? sql_wrap(s->texts->arena, dialect, sql, 1000) : sql);
    return true;
}

// The first case for some rows stands: whole ranges come before single steps.
static bool add_case(Status *s, const StrList *rows, Str apply)
{
    Str key = strlist_join(s->texts->arena, rows, STR(","));
    if (map_get(&s->seen, key))
        return true;
    map_put(&s->seen, key, s);
    View *item = view_item(s->view, STR("cases"));
    return put_sql(s, item, STR("rows"), key) && put_sql(s, item, STR("apply"), apply);
}

static bool has_step(const PackScript *script, const Revision *revision)
{
    for (size_t i = 0; i < script->steps.count; i++)
        if (script->steps.items[i].step->revision == revision)
            return true;
    return false;
}

// The way back that takes nothing which was there before any upgrade of this bundle: the one whose steps are in every range,
// as nobody can tell from a database which upgrade it came by. NULL: there is none such.
static const PackScript *common_way_back(const Status *s)
{
    const Pack *pack = s->texts->pack;
    const PackScript *least = NULL;
    for (size_t i = 0; i < pack->scripts.count; i++) {
        const PackScript *script = &pack->scripts.items[i];
        if (script->options == s->options && (!least || script->steps.count < least->steps.count))
            least = script;
    }
    for (size_t i = 0; least && i < pack->scripts.count; i++)
        for (size_t k = 0; pack->scripts.items[i].options == s->options && k < least->steps.count; k++)
            if (!has_step(&pack->scripts.items[i], least->steps.items[k].step->revision))
                return NULL;
    return least && least->downgrade.len ? least : NULL;
}

static bool add_cases(Status *s)
{
    const Pack *pack = s->texts->pack;
    const PackScript *back = common_way_back(s);
    view_list(s->view, STR("cases"));
    for (size_t i = 0; i < pack->scripts.count; i++) {
        const PackScript *script = &pack->scripts.items[i];
        if (script->options != s->options)
            continue;
        if (!add_case(s, &script->up->from, script->upgrade))
            return false;
    }
    if (!add_case(s, &pack->manifest.to,
                  back ? str_format(s->texts->arena,
                                    "none: the database is where this bundle leads; back to revision %.*s: %.*s",
                                    STR_ARGS(version_rows_text(s->texts->arena, &back->up->from, STR(","))),
                                    STR_ARGS(back->downgrade))
                       : STR("none: the database is where this bundle leads")))
        return false;
    for (size_t i = 0; i < pack->scripts.count; i++) {
        const PackScript *script = &pack->scripts.items[i];
        for (size_t k = 0; script->options == s->options && k < script->steps.count; k++)
            if (!add_case(s, &script->steps.items[k].step->rows_before, script->steps.items[k].upgrade))
                return false;
    }
    return true;
}

static bool add_run(Status *s, Str run, size_t done, Str folder, const char *direction)
{
    View *item = view_item(s->view, STR("runs"));
    return put_sql(s, item, STR("run"), str_format(s->texts->arena, "%.*s/%zu", STR_ARGS(run), done)) &&
           put_sql(s, item, STR("apply"),
                   str_format(s->texts->arena, "%.*s/%s.from-section-%zu.sql", STR_ARGS(folder), direction, done + 1));
}

// Runs that the journal may hold: scripts of this bundle that stopped after one of their sections.
static bool add_runs(Status *s)
{
    const Pack *pack = s->texts->pack;
    view_list(s->view, STR("runs"));
    for (size_t i = 0; i < pack->scripts.count; i++) {
        const PackScript *script = &pack->scripts.items[i];
        if (script->options != s->options || !script->has_section_files)
            continue;
        for (size_t k = 1; k < script->upgrade_sections; k++)
            if (!add_run(s, script->upgrade_run, k, script->folder, "upgrade"))
                return false;
        for (size_t k = 1; script->downgrade.len && k < script->downgrade_sections; k++)
            if (!add_run(s, script->downgrade_run, k, script->folder, "downgrade"))
                return false;
    }
    return true;
}

static bool view_postgresql(Status *s)
{
    Arena *arena = s->texts->arena;
    const Dialect *d = s->options->style.dialect;
    const Settings *settings = &s->texts->pack->project->settings;
    Str schema = settings->version_table_schema.len ? settings->version_table_schema
                 : s->options->schema.len           ? s->options->schema
                                                    : STR("public");
    Str table = sql_qualified(arena, d, schema, settings->version_table),
        journal = sql_qualified(arena, d, schema, STR("waybill_journal"));
    return put_sql(s, s->view, STR("version_regclass"), table) && put_sql(s, s->view, STR("journal_regclass"), journal) &&
           put_sql(s, s->view, STR("select_rows"),
                   str_format(arena,
                              "SELECT pg_catalog.array_agg(version_num::text ORDER BY version_num::text COLLATE "
                              "pg_catalog.\"C\") FROM %.*s",
                              STR_ARGS(table))) &&
           put_sql(s, s->view, STR("select_run"),
                   str_format(arena,
                              "SELECT run || '/' || max(section) FROM %.*s GROUP BY run ORDER BY max(at) DESC LIMIT 1",
                              STR_ARGS(journal))) &&
           add_runs(s);
}

static bool view_sqlite(Status *s)
{
    Arena *arena = s->texts->arena;
    const Dialect *d = s->options->style.dialect;
    const Settings *settings = &s->texts->pack->project->settings;
    view_text(s->view, STR("version_table_name"),
              sql_qualified(arena, d, settings->version_table_schema, settings->version_table));
    // a table of another schema cannot be stood in for
    view_optional(s->view, STR("attached"),
                  settings->version_table_schema.len ? STR_EMPTY : sql_name(arena, d, settings->version_table));
    Str pattern = str_replace(
        arena, str_replace(arena, str_replace(arena, s->options->database, STR("!"), STR("!!")), STR("%"), STR("!%")),
        STR("_"), STR("!_"));
    return put_sql(s, s->view, STR("database_pattern"), pattern);
}

// MySQL and MariaDB. A schema is a database there.
static bool view_mysql(Status *s)
{
    Arena *arena = s->texts->arena;
    const Dialect *d = s->options->style.dialect;
    const Settings *settings = &s->texts->pack->project->settings;
    const Str databases[] = {s->options->database, s->options->schema};
    view_list(s->view, STR("databases"));
    for (size_t i = 0; i < 2; i++)
        if (databases[i].len && !(i && str_equal(databases[0], databases[1])) &&
            !put_sql(s, view_item(s->view, STR("databases")), STR("."), databases[i]))
            return false;
    view_bool(s->view, STR("mariadb"), d->id == DIALECT_MARIADB);
    view_text(s->view, STR("version_schema"), STR("DATABASE()"));
    Str table = sql_qualified(arena, d, settings->version_table_schema, settings->version_table);
    return (!settings->version_table_schema.len ||
            put_sql(s, s->view, STR("version_schema"), settings->version_table_schema)) &&
           put_sql(s, s->view, STR("version_table"), settings->version_table) &&
           put_sql(s, s->view, STR("select_rows"),
                   str_format(
                       arena,
                       "SELECT COALESCE(GROUP_CONCAT(CONVERT(v USING utf8mb4) ORDER BY v SEPARATOR ','), '') INTO @wb_rows "
                       "FROM (SELECT CAST(CONVERT(version_num USING utf8mb4) AS BINARY) AS v FROM %.*s) AS wb",
                       STR_ARGS(table)));
}

static bool view_dialect(Status *s)
{
    switch (s->options->style.dialect->id) {
    case DIALECT_POSTGRESQL: return view_postgresql(s);
    case DIALECT_SQLITE: return view_sqlite(s);
    case DIALECT_MYSQL:
    case DIALECT_MARIADB: return view_mysql(s);
    case DIALECT_ORACLE:
    case DIALECT_MSSQL: return pack_status_view(s->texts->pack, s->options, s->view);
    case DIALECT_COUNT: break;
    }
    return false;
}

static bool add_status(Texts *t, const RenderOptions *options)
{
    Status s = {.texts = t, .options = options, .view = view_new(t->arena), .seen = map_open(t->arena)};
    const Dialect *d = options->style.dialect;
    Str database = STR_EMPTY;
    if (options->database.len && !sql_text(t->arena, t->diag, &options->style, SPAN_NONE, options->database, &database))
        return false;
    view_text(
        s.view, STR("title"),
        str_format(t->arena, "Waybill %s: status for bundle %.*s", WAYBILL_VERSION, STR_ARGS(t->pack->manifest.bundle)));
    view_text(s.view, STR("bundle"), t->pack->manifest.bundle);
    view_text(s.view, STR("server"), server_name(t->arena, options));
    view_text(s.view, STR("minimum"), str_format(t->arena, "%d", options->style.minimum));
    view_optional(s.view, STR("database"), database);
    view_bool(s.view, STR("psql"), str_equal(options->client, STR("psql")));
    view_bool(s.view, STR("sqlite3"), str_equal(options->client, STR("sqlite3")));
    view_bool(s.view, STR("sqlplus"), str_equal(options->client, STR("sqlplus")));
    Str path = str_format(t->arena, "sql/%.*s/status.sql", STR_ARGS(d->name));
    template_set_kin(t->templates, d->name, d->kin);
    return view_dialect(&s) && add_cases(&s) && add_text(t, d->name, STR("status.sql"), s.view, path);
}

// ---- README.txt ----

static Str line_of(Arena *arena, char c, size_t len)
{
    Buf out = buf_open(arena);
    for (size_t i = 0; i < len; i++)
        buf_add_char(&out, c);
    return buf_str(&out);
}

static Str first_line(Str text)
{
    size_t end = str_find_char(text, '\n', 0);
    return end == SIZE_MAX ? text : str_slice(text, 0, end);
}

static void put_parts(Texts *t, View *view, Str name, const PackScript *s, size_t sections)
{
    if (!s->has_section_files || sections < 2) {
        view_null(view, name);
        return;
    }
    View *parts = view_new(t->arena);
    view_text(parts, STR("sections"), str_format(t->arena, "%zu", sections));
    view_bool(parts, STR("has_ways_out"), s->ways_out.count > 0);
    view_list(parts, STR("ways_out"));
    for (size_t i = 0; i < s->ways_out.count; i++)
        view_text(view_item(parts, STR("ways_out")), STR("."), s->ways_out.items[i]);
    view_view(view, name, parts);
}

static void add_range(Texts *t, View *dialect, const PackScript *s)
{
    View *v = view_item(dialect, STR("ranges"));
    view_text(v, STR("from"), names(t->arena, &s->up->from, STR(", ")));
    view_text(v, STR("to"), names(t->arena, &s->up->to, STR(", ")));
    view_text(v, STR("from_label"), names(t->arena, &s->up->from, STR(",")));
    view_text(v, STR("to_label"), names(t->arena, &s->up->to, STR(",")));
    view_text(v, STR("folder"), s->folder);
    view_text(v, STR("upgrade"), s->upgrade);
    view_optional(v, STR("downgrade"), s->downgrade);
    view_optional(v, STR("drops"), str_printable(t->arena, s->drops));
    put_parts(t, v, STR("upgrade_parts"), s, s->upgrade_sections);
    put_parts(t, v, STR("downgrade_parts"), s, s->downgrade_sections);
}

// The version table as README's commands say it.
static Str version_table(Texts *t, const Dialect *d)
{
    const Settings *settings = &t->pack->project->settings;
    return str_printable(t->arena, sql_qualified(t->arena, d, settings->version_table_schema, settings->version_table));
}

static void add_dialect(Texts *t, View *view, size_t number, const RenderOptions *options)
{
    View *v = view_item(view, STR("dialects"));
    const Dialect *d = options->style.dialect;
    Str heading = str_upper(t->arena, d->title);
    view_text(v, STR("number"), str_format(t->arena, "%zu", number));
    view_text(v, STR("heading"), heading);
    view_text(v, STR("underline"), line_of(t->arena, '-', heading.len + 3));
    view_text(v, STR("dialect"), d->name);
    view_text(v, STR("server"), server_name(t->arena, options));
    view_text(v, STR("client"), options->client);
    view_optional(v, STR("database"), str_printable(t->arena, options->database));
    view_bool(v, STR("postgresql"), d->id == DIALECT_POSTGRESQL);
    view_bool(v, STR("sqlite"), d->id == DIALECT_SQLITE);
    view_bool(v, STR("oracle"), d->id == DIALECT_ORACLE);
    view_bool(v, STR("mssql"), d->id == DIALECT_MSSQL);
    view_bool(v, STR("psql"), str_equal(options->client, STR("psql")));
    view_bool(v, STR("sqlite3"), str_equal(options->client, STR("sqlite3")));
    view_bool(v, STR("sqlplus"), str_equal(options->client, STR("sqlplus")));
    view_bool(v, STR("sqlcmd"), str_equal(options->client, STR("sqlcmd")));
    view_bool(v, STR("mysql"), str_equal(options->client, STR("mysql")) || str_equal(options->client, STR("mariadb")));
    view_bool(v, STR("generic"), str_equal(options->client, STR("generic")));
    bool commits_itself = d->id == DIALECT_MYSQL || d->id == DIALECT_MARIADB;
    view_optional(v, STR("version_table"), commits_itself ? version_table(t, d) : STR_EMPTY);
    view_list(v, STR("ranges"));
    for (size_t i = 0; i < t->pack->scripts.count; i++)
        if (t->pack->scripts.items[i].options == options)
            add_range(t, v, &t->pack->scripts.items[i]);
}

static void add_revision(Texts *t, View *view, const ManifestRevision *r)
{
    View *v = view_item(view, STR("revisions"));
    StrList by_hand = {0};
    for (size_t i = 0; i < r->overrides.count; i++) {
        const ManifestOverride *o = &r->overrides.items[i];
        vec_push(t->arena, &by_hand,
                 str_format(t->arena, "%.*s %s", STR_ARGS(o->dialect), o->is_upgrade ? "upgrade" : "downgrade"));
    }
    view_text(v, STR("id"), str_printable(t->arena, r->id));
    view_text(v, STR("message"), str_printable(t->arena, first_line(r->message)));
    view_optional(v, STR("irreversible"), str_printable(t->arena, r->irreversible));
    view_bool(v, STR("empty_downgrade"), r->empty_downgrade);
    view_optional(v, STR("overridden"), strlist_join(t->arena, &by_hand, STR(", ")));
}

static bool add_readme(Texts *t, const PublicKey *key)
{
    View *v = view_new(t->arena);
    const Manifest *m = &t->pack->manifest;
    Str title = str_format(t->arena, "Bundle %.*s", STR_ARGS(m->bundle));
    const struct {
        Str name, text;
    } optional[] = {{STR("customer"), m->customer}, {STR("environment"), m->environment}, {STR("ticket"), m->ticket},
                    {STR("created"), m->created},   {STR("not_before"), m->not_before},   {STR("not_after"), m->not_after}};
    view_text(v, STR("title"), title);
    view_text(v, STR("underline"), line_of(t->arena, '=', title.len));
    view_text(v, STR("bundle"), m->bundle);
    view_text(v, STR("product"), m->product);
    view_text(v, STR("to"), names(t->arena, &m->to, STR(", ")));
    view_text(v, STR("key"), public_key_id(t->arena, key));
    for (size_t i = 0; i < sizeof optional / sizeof optional[0]; i++)
        view_optional(v, optional[i].name, str_printable(t->arena, optional[i].text));
    view_list(v, STR("dialects"));
    for (size_t i = 0; i < t->pack->dialects.count; i++)
        add_dialect(t, v, i + 3, &t->pack->dialects.items[i]);
    view_text(v, STR("last_number"), str_format(t->arena, "%zu", t->pack->dialects.count + 3));
    view_list(v, STR("revisions"));
    for (size_t i = 0; i < m->revisions.count; i++)
        add_revision(t, v, &m->revisions.items[i]);
    return add_text(t, STR("bundle"), STR("README.txt"), v, STR("README.txt"));
}

bool pack_texts(Pack *pack, const PublicKey *key)
{
    Texts t = {.pack = pack, .arena = pack->arena, .diag = &pack->cli->diag};
    t.templates = template_set_open(pack->arena, TEMPLATE_SQL);
    if (!template_set_load(t.templates, t.diag, pack->project->settings.templates))
        return false;
    for (size_t i = 0; i < pack->dialects.count; i++)
        if (!add_status(&t, &pack->dialects.items[i]))
            return false;
    return add_readme(&t, key);
}
