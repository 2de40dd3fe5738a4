// The PostgreSQL frame, for psql and any other client: armed session, guard, sections with gates, journal, receipt.
#include "frame_int.h"

static Str version_schema(Frame *frame)
{
    Str own = frame->r->project->settings.version_table_schema;
    return own.len ? own : frame_pinned_schema(frame);
}

static Str version_table(Frame *frame)
{
    return sql_qualified(frame->r->arena, frame->r->dialect, version_schema(frame),
                         frame->r->project->settings.version_table);
}

// It stands beside the version table, for every script with sections.
static Str journal_table(Frame *frame)
{
    return sql_qualified(frame->r->arena, frame->r->dialect, version_schema(frame), STR("waybill_journal"));
}

// ARRAY['a', 'b']::text[]
static bool rows_array(Frame *frame, const StrList *rows, Str *sql)
{
    Str list;
    if (!frame_text_list(frame, rows, &list))
        return false;
    *sql = rows->count ? str_format(frame->r->arena, "ARRAY[%.*s]::text[]", STR_ARGS(list)) : STR("'{}'::text[]");
    return true;
}

StrList frame_schemas(const Frame *frame)
{
    const DialectSettings *said = settings_dialect(&frame->r->project->settings, frame->r->dialect->name);
    StrList schemas = {0};
    vec_push(frame->r->arena, &schemas, frame_pinned_schema(frame));
    for (size_t i = 0; said && i < said->search_path.count; i++)
        vec_push(frame->r->arena, &schemas, said->search_path.items[i]);
    return schemas;
}

// The search_path of the steps, as a text. Temporary objects are looked for last: they cannot stand before the ones meant.
static bool section_path(Frame *frame, Str *sql)
{
    Arena *arena = frame->r->arena;
    StrList schemas = frame_schemas(frame);
    Buf path = buf_open(arena);
    for (size_t i = 0; i < schemas.count; i++)
        buf_addf(&path, "%s%.*s", i ? ", " : "", STR_ARGS(sql_name(arena, frame->r->dialect, schemas.items[i])));
    buf_add(&path, STR(", pg_temp"));
    return frame_text(frame, buf_str(&path), sql);
}

bool postgresql_regclass(Frame *frame, Str schema, Str name, Str *sql)
{
    return frame_text(frame, frame_pinned_name(frame, schema, name), sql);
}

static bool optional_text(Frame *frame, View *view, Str name, Str text)
{
    Str sql = STR_EMPTY;
    if (text.len && !frame_text(frame, text, &sql))
        return false;
    view_optional(view, name, sql);
    return true;
}

// ---- guard ----

void postgresql_ask_none(Frame *frame, QuestionKind kind, Str from, Str why, const char *listed)
{
    Arena *arena = frame->r->arena;
    frame_ask(
        frame, kind, str_format(arena, "NOT EXISTS (SELECT 1 %.*s)", STR_ARGS(from)),
        str_format(arena, "%.*s || (SELECT pg_catalog.string_agg(%s, ', ') %.*s)", STR_ARGS(why), listed, STR_ARGS(from)));
}

// The tables that must be there, or must not.
static bool ask_tables(Frame *frame, const TableNames *tables, bool wanted, Str why)
{
    StrList names = {0};
    Str list, text;
    Arena *arena = frame->r->arena;
    for (size_t i = 0; i < tables->count; i++)
        vec_push(arena, &names, frame_pinned_name(frame, tables->items[i].schema, tables->items[i].name));
    if (!names.count)
        return true;
    if (!frame_text_list(frame, &names, &list) || !frame_text(frame, why, &text))
        return false;
    // a view would hand what is written on to other tables
    Str from = wanted ? str_format(arena,
                                   "FROM pg_catalog.unnest(ARRAY[%.*s]) AS t WHERE NOT EXISTS (SELECT 1 FROM "
                                   "pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(t) AND relkind IN ('r', 'p'))",
                                   STR_ARGS(list))
                      : str_format(arena,
                                   "FROM pg_catalog.unnest(ARRAY[%.*s]) AS t WHERE pg_catalog.to_regclass(t) IS NOT NULL",
                                   STR_ARGS(list));
    postgresql_ask_none(frame, wanted ? ASK_PRESENT : ASK_ABSENT, from, text, "t");
    return true;
}

// Where a script from base finds something under the version table's name, it is a table.
static bool ask_version_table(Frame *frame)
{
    Str table;
    if (!frame_text(frame, version_table(frame), &table))
        return false;
    frame_ask(
        frame, ASK_TABLE,
        str_format(frame->r->arena,
                   "pg_catalog.to_regclass(%.*s) IS NULL OR (SELECT relkind IN ('r', 'p') FROM pg_catalog.pg_class "
                   "WHERE oid = pg_catalog.to_regclass(%.*s))",
                   STR_ARGS(table), STR_ARGS(table)),
        str_format(frame->r->arena, "'what stands under the version table''s name is no table: ' || %.*s", STR_ARGS(table)));
    return true;
}

// Whoever may make things in the schema can make an operator or a function there that is called in the place of the server's
// own, by whoever runs the script: with a type that fits better it comes before pg_catalog's.
static bool ask_overloads(Frame *frame)
{
    StrList schemas = frame_schemas(frame);
    Str schema;
    if (!frame_text_list(frame, &schemas, &schema))
        return false;
    if (schemas.count > 1)
        schema = str_format(frame->r->arena, "ANY (ARRAY[%.*s])", STR_ARGS(schema));
    Str from = str_format(
        frame->r->arena,
        "FROM (SELECT 'pg_catalog.pg_operator'::regclass AS k, oid, oprnamespace AS s, oprname AS n, oprowner AS owner FROM "
        "pg_catalog.pg_operator UNION ALL SELECT 'pg_catalog.pg_proc'::regclass, oid, pronamespace, proname, proowner FROM "
        "pg_catalog.pg_proc) AS o JOIN pg_catalog.pg_namespace AS s ON s.oid = o.s AND s.nspname = %.*s WHERE (o.k, o.n) IN "
        "(SELECT 'pg_catalog.pg_operator'::regclass, oprname FROM pg_catalog.pg_operator WHERE oprnamespace = 11 UNION ALL "
        "SELECT 'pg_catalog.pg_proc'::regclass, proname FROM pg_catalog.pg_proc WHERE pronamespace = 11) AND NOT EXISTS "
        "(SELECT 1 FROM pg_catalog.pg_roles AS r WHERE r.oid = o.owner AND (r.rolsuper OR r.rolname IN (current_user, "
        "session_user))) AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_database AS d WHERE d.datname = "
        "pg_catalog.current_database() AND d.datdba = o.owner) AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend AS d "
        "WHERE "
        "d.classid = o.k AND d.objid = o.oid AND d.deptype = 'e')",
        STR_ARGS(schema));
    postgresql_ask_none(
        frame, ASK_SETTINGS, from,
        STR("'others have made these, which could be called in the place of the server''s own (give them to the "
            "database''s owner, or drop them): '"),
        "o.n || ' of ' || pg_catalog.pg_get_userbyid(o.owner)");
    return true;
}

static bool ask_all_tables(Frame *frame, Str from_text)
{
    TableNames present = {0}, absent = {0};
    if (frame->first) {
        frame_tables_of_run(frame, &present);
        return ask_tables(frame, &present, true,
                          STR("the sections before this one have left these tables, which are missing or no tables: "));
    }
    if (frame->sections.items[frame->first].rows_before.count)
        vec_push(frame->r->arena, &present, ((TableName){version_schema(frame), frame->r->project->settings.version_table}));
    else if (!ask_version_table(frame))
        return false;
    frame_tables(frame, &present, &absent);
    Str missing = str_format(
        frame->r->arena, "revision %.*s should have these tables, which are missing or no tables: ", STR_ARGS(from_text));
    return ask_tables(frame, &present, true, missing) &&
           ask_tables(frame, &absent, false, STR("the database is not empty: these tables exist already: "));
}

// A script from base makes its tables where there is nothing but what the project or an extension owns. What hangs on
// something else within ('i': row and array types, a range's functions, an identity's sequence; 'a' on a column: a serial's
// sequence) is no thing of its own. A partitioned table's columns hang on itself.
static bool ask_beside(Frame *frame)
{
    StrList names = {0};
    Str list, schema;
    if (frame->first || !frame_own_tables(frame, &names))
        return true;
    if (!frame_text_list(frame, &names, &list) || !frame_text(frame, frame_pinned_schema(frame), &schema))
        return false;
    Str from = str_format(
        frame->r->arena,
        "FROM (SELECT 'pg_catalog.pg_class'::regclass AS k, oid, relnamespace AS s, relname AS n, CASE relkind WHEN 'v' "
        "THEN "
        "'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' ELSE 'table' END "
        "AS "
        "what FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'f', 'v', 'm', 'S')\n"
        "    UNION ALL SELECT 'pg_catalog.pg_type'::regclass, oid, typnamespace, typname, CASE typtype WHEN 'd' THEN "
        "'domain' "
        "ELSE 'type' END FROM pg_catalog.pg_type\n"
        "    UNION ALL SELECT 'pg_catalog.pg_proc'::regclass, oid, pronamespace, proname, CASE prokind WHEN 'p' THEN "
        "'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END FROM pg_catalog.pg_proc) AS o\n"
        "    WHERE o.s = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = %.*s) AND o.n NOT IN (%.*s) AND NOT "
        "EXISTS "
        "(SELECT 1 FROM pg_catalog.pg_depend AS d WHERE d.classid = o.k AND d.objid = o.oid AND d.objsubid = 0 AND "
        "(d.deptype "
        "IN ('e', 'i') OR d.deptype = 'a' AND d.refobjsubid > 0))",
        STR_ARGS(schema), STR_ARGS(list));
    postgresql_ask_none(frame, ASK_BESIDE, from,
                        STR("'the schema holds what another application made (beside = yes allows it): '"),
                        "o.what || ' ' || o.n");
    return true;
}

static bool ask_owned(Frame *frame, const StrList *tables, const char *why)
{
    Str list;
    if (!tables->count)
        return true;
    if (!frame_text_list(frame, tables, &list))
        return false;
    Str from = str_format(frame->r->arena,
                          "FROM pg_catalog.unnest(ARRAY[%.*s]) AS t JOIN pg_catalog.pg_class AS c ON c.oid = "
                          "pg_catalog.to_regclass(t) WHERE NOT pg_catalog.pg_has_role(c.relowner, 'USAGE')",
                          STR_ARGS(list));
    postgresql_ask_none(frame, ASK_PRIVILEGES, from, str_from(why), "DISTINCT t");
    return true;
}

// A statement outside a transaction cannot be undone with what stood before it: that it may be run is asked beforehand.
static bool ask_owners(Frame *frame)
{
    StrList tables = {0};
    Arena *arena = frame->r->arena;
    for (size_t i = frame->first; i < frame->sections.count; i++) {
        Effect e = postgresql_effect(frame, frame->sections.items[i].outside);
        if (e.table.len)
            vec_push(arena, &tables, frame_pinned_name(frame, e.table_schema, e.table));
    }
    return ask_owned(frame, &tables, "current_user || ' does not own tables that change outside a transaction: '");
}

// What moves the version rows.
static bool ask_version_rights(Frame *frame)
{
    static const char *const verbs[] = {"INSERT", "UPDATE", "DELETE"};
    Arena *arena = frame->r->arena;
    Str table, rights = STR_EMPTY;
    bool used[3] = {false};
    for (size_t i = frame->first; i < frame->sections.count; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++)
            for (size_t v = 0; v < 3; v++)
                used[v] |= str_starts(frame->sections.items[i].items.items[k].version, str_from(verbs[v]));
    if (!frame_text(frame, version_table(frame), &table))
        return false;
    for (size_t v = 0; v < 3; v++)
        if (used[v])
            rights = str_format(arena, "%.*s%spg_catalog.%s(pg_catalog.to_regclass(%.*s), '%s')", STR_ARGS(rights),
                                rights.len ? " AND " : "",
                                v == 2 ? "has_table_privilege" : "has_any_column_privilege",   // on its column will do
                                STR_ARGS(table), verbs[v]);
    if (!rights.len)
        return true;
    frame_ask(frame, ASK_PRIVILEGES,
              str_format(arena, "pg_catalog.to_regclass(%.*s) IS NULL OR %.*s", STR_ARGS(table), STR_ARGS(rights)),
              str_format(arena, "current_user || ' may not write to ' || %.*s", STR_ARGS(table)));
    return true;
}

static void find_needed(const Frame *frame, NeededList *needed)
{
    for (size_t i = frame->first; i < frame->sections.count; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++) {
            const Statement *s = frame->sections.items[i].items.items[k].statement;
            if (s && s->kind != STATEMENT_COMMENT)
                sql_needed_privileges(frame->r->arena, frame->r->dialect, s->text, needed);
        }
}

// The session has row_security off, so that no policy hides a row from a statement: one that would is an error, in the
// middle of the script. The version table is read before anything is changed.
static bool ask_row_security(Frame *frame)
{
    static const char *const verbs[] = {"SELECT", "INSERT", "UPDATE", "DELETE", NULL};
    Arena *arena = frame->r->arena;
    NeededList needed = {0};
    StrList names = {0};
    find_needed(frame, &needed);
    for (size_t i = 0; i < needed.count; i++) {
        const NeededPrivilege *n = &needed.items[i];
        Str name;
        if (!str_is_one_of(str_from(n->privilege), verbs))
            continue;
        if (!frame_text(frame, frame_pinned_name(frame, n->schema, n->table), &name))
            return false;
        if (!strlist_has(&names, name))
            vec_push(arena, &names, name);
    }
    if (names.count)
        postgresql_ask_none(
            frame, ASK_PRIVILEGES,
            str_format(arena,
                       "FROM pg_catalog.unnest(ARRAY[%.*s]) AS t WHERE "
                       "pg_catalog.row_security_active(pg_catalog.to_regclass(t)::oid)",
                       STR_ARGS(strlist_join(arena, &names, STR(", ")))),
            STR("'policies of row level security could hide rows from ' || current_user || ' (run it as a "
                "role with BYPASSRLS, or lift it from these by ALTER TABLE ... NO FORCE or DISABLE ROW LEVEL "
                "SECURITY): '"),
            "t");
    return true;
}

// What the statements do with rows of tables that stand there, as far as their texts tell it; a right on some column will
// do.
static bool ask_row_rights(Frame *frame)
{
    static const char *const verbs[] = {"SELECT", "INSERT", "UPDATE", "DELETE", NULL};
    Arena *arena = frame->r->arena;
    NeededList needed = {0};
    Buf rows = buf_open(arena);
    find_needed(frame, &needed);
    for (size_t i = 0; i < needed.count; i++) {
        const NeededPrivilege *n = &needed.items[i];
        bool stands = false;
        Str name;
        for (size_t t = 0; t < frame->rendered->table_count; t++)
            stands |= str_equal(frame->rendered->tables_at_from[t]->name, n->table) &&
                      str_equal(frame->rendered->tables_at_from[t]->schema, n->schema);
        if (!stands || !str_is_one_of(str_from(n->privilege), verbs))
            continue;
        if (!frame_text(frame, frame_pinned_name(frame, n->schema, n->table), &name))
            return false;
        buf_addf(&rows, "%s(%.*s, '%s')", rows.len ? ", " : "", STR_ARGS(name), n->privilege);
    }
    if (!rows.len)
        return true;
    Str from = str_format(arena,
                          "FROM (VALUES %.*s) AS t (name, verb) WHERE NOT coalesce(CASE verb WHEN 'DELETE' THEN "
                          "pg_catalog.has_table_privilege(pg_catalog.to_regclass(name), verb) ELSE "
                          "pg_catalog.has_any_column_privilege(pg_catalog.to_regclass(name), verb) END, true)",
                          STR_ARGS(buf_str(&rows)));
    postgresql_ask_none(frame, ASK_PRIVILEGES, from, STR("current_user || ' may not: '"), "verb || ' ' || name");
    return true;
}

// Days ahead it is worth knowing what the script would only find when it is run, to be undone as a whole. Of a script with
// sections the first ones would stay.
static bool ask_privileges(Frame *frame)
{
    TableNames altered = {0};
    StrList tables = {0};
    Str schema;
    if ((!frame->is_preflight && !frame->has_journal) || !frame->rendered)
        return true;
    frame_altered(frame, &altered);
    for (size_t i = 0; i < altered.count; i++)
        vec_push(frame->r->arena, &tables, frame_pinned_name(frame, altered.items[i].schema, altered.items[i].name));
    if (!frame_text(frame, frame_pinned_schema(frame), &schema) ||
        !ask_owned(frame, &tables, "current_user || ' does not own these tables: '") || !ask_version_rights(frame) ||
        !ask_row_rights(frame))
        return false;
    bool makes = frame->has_journal;
    for (size_t i = 0; i < frame->path->steps.count; i++)
        makes |= frame->rendered->steps[i].made.count > 0;
    if (makes)
        frame_ask(
            frame, ASK_PRIVILEGES,
            str_format(frame->r->arena, "pg_catalog.has_schema_privilege(%.*s, 'CREATE')", STR_ARGS(schema)),
            str_format(frame->r->arena, "current_user || ' may not make tables in schema ' || %.*s", STR_ARGS(schema)));
    return true;
}

// What arm.sql has set is so, and nothing else is set that statements mean something by. What a connection brings along
// (PGOPTIONS, PGTZ) cannot be taken back; for any client it may bring how its driver reads times and numbers.
#define ARMED                                                                                                               \
    "pg_catalog.concat_ws(' ', pg_catalog.current_setting('default_transaction_isolation'), "                               \
    "pg_catalog.current_setting('standard_conforming_strings'), pg_catalog.current_setting('row_security')) = 'read "       \
    "committed on off' AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_settings WHERE source = 'session' AND setting <> "       \
    "reset_val AND name NOT IN ('client_encoding', 'client_min_messages', 'default_transaction_isolation', "                \
    "'default_transaction_read_only', 'idle_in_transaction_session_timeout', 'lock_timeout', 'row_security', "              \
    "'search_path', 'standard_conforming_strings', 'statement_timeout') OR source = 'client' AND setting <> boot_val AND "  \
    "name IN ('array_nulls', 'check_function_bodies', 'default_table_access_method', 'default_tablespace', "                \
    "'default_text_search_config', 'default_toast_compression', 'lo_compat_privileges', 'quote_all_identifiers', "          \
    "'transform_null_equals', 'xmlbinary', 'xmloption'%s))"
#define READ_BY_DRIVERS ", 'DateStyle', 'IntervalStyle', 'TimeZone', 'bytea_output', 'extra_float_digits'"

static bool ask_server(Frame *frame)
{
    Arena *arena = frame->r->arena;
    Str needs, database = frame->r->options->database, text;
    Str server = str_format(arena, "needs %.*s %.*s or later, this is ", STR_ARGS(frame->r->dialect->title),
                            STR_ARGS(dialect_version_text(arena, frame->r->dialect, frame->r->style->minimum)));
    if (!frame_text(frame, server, &needs))
        return false;
    frame_ask(
        frame, ASK_VERSION,
        str_format(
            arena,
            "pg_catalog.version() LIKE 'PostgreSQL %%' AND pg_catalog.current_setting('server_version_num')::int >= %d",
            frame->r->style->minimum),
        str_format(arena, "%.*s || pg_catalog.version()", STR_ARGS(needs)));
    if (database.len) {
        if (!frame_text(frame, database, &text))
            return false;
        frame_ask(frame, ASK_DATABASE, str_format(arena, "pg_catalog.current_database() = %.*s", STR_ARGS(text)),
                  str_format(arena, "'made for database ' || %.*s || ', this is ' || pg_catalog.current_database()",
                             STR_ARGS(text)));
    }
    // what the database or the role is set to by ALTER ... SET, whatever this session has set since
    frame_ask(
        frame, ASK_WRITABLE,
        STR("NOT pg_catalog.pg_is_in_recovery() AND (SELECT reset_val = 'off' FROM pg_catalog.pg_settings WHERE name = "
            "'default_transaction_read_only')"),
        STR("'this server or database is kept read-only: a standby, or default_transaction_read_only'"));
    frame_ask(frame, ASK_SETTINGS, STR("pg_catalog.current_setting('session_replication_role') = 'origin'"),
              STR("'session_replication_role is not origin: triggers and foreign keys would not work'"));
    if (!frame->is_preflight)   // the script sets the session first
        frame_ask(frame, ASK_SETTINGS, str_format(arena, ARMED, frame_is_psql(frame) ? READ_BY_DRIVERS : ""),
                  STR("'this session is set otherwise than the lines above set it, or by PGOPTIONS and its kin'"));
    frame_ask(frame, ASK_LOCK, STR("pg_catalog.pg_try_advisory_lock(87401234, 1)"), STR("'another run holds the lock'"));
    return ask_overloads(frame);
}

static bool ask_state(Frame *frame, Str from_text)
{
    Arena *arena = frame->r->arena;
    const StrList *rows = &frame->sections.items[frame->first].rows_before;
    Str array, to, expected, journal, table;
    bool several = frame->has_journal;
    if (!rows_array(frame, rows, &array) || !rows_array(frame, &frame->path->to, &to) ||
        !frame_text(frame, journal_table(frame), &journal) ||
        !frame_text(frame, str_format(arena, "expected revision %.*s, found ", STR_ARGS(from_text)), &expected))
        return false;
    if (several)
        frame_ask(frame, ASK_RUN, STR("others IS NULL"),
                  STR("'the journal holds an unfinished run of another script: ' || others"));
    else
        frame_ask(frame, ASK_RUN, str_format(arena, "pg_catalog.to_regclass(%.*s) IS NULL", STR_ARGS(journal)),
                  str_format(arena, "'a run has stopped between two of its sections, and is not ended: ' || %.*s",
                             STR_ARGS(journal)));
    if (!postgresql_ask_left_over(frame))
        return false;
    // where nothing has ever been, nobody has been on the way back either
    Str never = STR_EMPTY;
    if (!frame_text(frame, version_table(frame), &table))
        return false;
    if (!frame->path->to.count)
        never = str_format(arena, " OR pg_catalog.to_regclass(%.*s) IS NULL", STR_ARGS(table));
    frame_ask(frame, ASK_DONE,
              str_format(arena, "found IS DISTINCT FROM %.*s%.*s%s", STR_ARGS(to), STR_ARGS(never),
                         several ? " OR done <> 0" : ""),
              STR("'already'"));
    frame_ask(
        frame, ASK_ROWS, str_format(arena, "found = %.*s", STR_ARGS(array)),
        str_format(arena,
                   "%.*s || coalesce(nullif(pg_catalog.array_to_string(found, ', '), ''), 'base') || ', in database ' || "
                   "pg_catalog.current_database()",
                   STR_ARGS(expected)));
    if (several)
        frame_ask(
            frame, ASK_RUN, str_format(arena, "done = %zu", frame->done),
            str_format(arena, "'this script begins after section %zu of the run, the journal says ' || done", frame->done));
    return postgresql_ask_indexes(frame) && ask_all_tables(frame, from_text) && ask_beside(frame) && ask_owners(frame) &&
           ask_row_security(frame) && ask_privileges(frame);
}

// The columns that get another type: what nobody says of them is as the model has it.
static bool ask_columns(Frame *frame)
{
    Arena *arena = frame->r->arena;
    ShapeList shapes = frame_shapes(frame);
    for (size_t i = 0; i < shapes.count; i++)
        for (size_t k = 0; k < shapes.items[i].columns.count; k++) {
            const Table *table = shapes.items[i].table;
            const ShapeColumn *taken = &shapes.items[i].columns.items[k];
            Str text, what = str_format(arena, "column %.*s.%.*s is not as the chain made it, but ", STR_ARGS(table->name),
                                        STR_ARGS(taken->column->name));
            ColumnQuery query;
            if (!taken->takes)
                continue;
            if (!frame_column_is(frame, table, taken, &query) || !frame_text(frame, str_printable(arena, what), &text))
                return false;
            frame_ask(frame, ASK_SHAPE,
                      str_format(arena, "SELECT %.*s FROM %.*s", STR_ARGS(query.condition), STR_ARGS(query.from)),
                      str_format(arena, "%.*s || coalesce((SELECT %.*s FROM %.*s), 'missing')", STR_ARGS(text),
                                 STR_ARGS(query.found), STR_ARGS(query.from)));
        }
    return true;
}

bool postgresql_guard(Frame *frame, View *view)
{
    Arena *arena = frame->r->arena;
    const StrList *rows = &frame->sections.items[frame->first].rows_before;
    Str text, sql;
    bool several = frame->has_journal;
    frame->blocks = 1;   // its own
    frame_seal_marks(frame, view);
    frame_seal_condition(frame, view, STR("$wb1$"));
    view_bool(view, STR("psql"), frame_is_psql(frame));
    if (!frame_text(frame, frame_pinned_schema(frame), &text))
        return false;
    view_text(view, STR("schema"), text);
    if (!section_path(frame, &text))
        return false;
    view_text(view, STR("search_path"), text);
    Str table = version_table(frame);
    Str select = str_format(
        arena, "SELECT coalesce(array_agg(version_num::text ORDER BY version_num::text COLLATE \"C\"), '{}') FROM %.*s",
        STR_ARGS(table));
    view_text(view, STR("version_table_name"), table);
    if (!frame_text(frame, table, &text) || !frame_text(frame, select, &sql))
        return false;
    view_text(view, STR("version_regclass"), text);
    view_text(view, STR("select_rows"), sql);
    view_bool(view, STR("several"), several);
    view_text(view, STR("sections_before"), str_format(arena, "%zu", frame->first));
    Str journal = journal_table(frame);
    Str others = str_format(arena, "SELECT string_agg(DISTINCT run, ', ') FROM %.*s WHERE run <> '%.*s'", STR_ARGS(journal),
                            STR_ARGS(frame->run));
    Str sections = str_format(arena, "SELECT coalesce(max(section), 0) FROM %.*s WHERE run = '%.*s'", STR_ARGS(journal),
                              STR_ARGS(frame->run));
    if (!frame_text(frame, journal, &text))
        return false;
    view_text(view, STR("journal_regclass"), text);
    if (!frame_text(frame, others, &text))
        return false;
    view_text(view, STR("select_other_runs"), text);
    if (!frame_text(frame, sections, &text))
        return false;
    view_text(view, STR("select_sections"), text);
    postgresql_put_characters(frame, view);
    return optional_text(frame, view, STR("owner"), frame->r->options->owner) && ask_server(frame) &&
           ask_state(frame, version_rows_text(arena, rows, STR(", "))) && postgresql_held(frame, view) &&
           ask_columns(frame) && frame_ask_assumed(frame, view);
}

// ---- sections ----

// A tag for a dollar quote that stands nowhere else in the script: where a paste begins within one, its end opens another
// that nothing closes, and nothing behind it is run.
static Str next_tag(Frame *frame)
{
    return str_format(frame->r->arena, "$wb%zu$", ++frame->blocks);
}

// A query whose count must be zero stops the script when it is not.
static Str check_text(Frame *frame, const Statement *s)
{
    Str tag = next_tag(frame);
    return str_format(frame->r->arena,
                      "  EXECUTE %.*s%.*s%.*s INTO STRICT n;\n  IF n IS DISTINCT FROM 0 THEN\n    RAISE EXCEPTION "
                      "'[WAYBILL-CHECK] expected 0, found %%', n;\n  END IF;",
                      STR_ARGS(tag), STR_ARGS(s->text), STR_ARGS(tag));
}

static bool misread_by_psql(Frame *frame, const Statement *s)
{
    Str variable = sql_client_variable(frame->r->dialect, s->text);
    if (!variable.len)
        return true;
    diag_error(frame->diag, s->at, "psql would take \"%.*s\" for one of its variables", STR_ARGS(variable));
    diag_hint(frame->diag, "Put a space behind the colon, or render with --client generic.");
    return false;
}

// "\n-- 1/2 upgrade a: ...\n", or nothing.
static Str heading_lines(Frame *frame, const FrameItem *item)
{
    return item->heading.len ? str_format(frame->r->arena, "\n%.*s\n", STR_ARGS(item->heading)) : STR_EMPTY;
}

static bool is_remark(const FrameItem *item)
{
    return !item->version.len && (!item->statement || item->statement->kind == STATEMENT_COMMENT);
}

// For psql: the statement as it is, ended so that the next one goes to the server together with it.
static Str joined_text(Frame *frame, const FrameItem *item)
{
    Arena *arena = frame->r->arena;
    const Statement *s = item->statement;
    if (!s || !s->expects_zero)
        return item_text_ended(frame, item, "\\;");
    Str tag = next_tag(frame);
    return str_format(arena, "%.*sDO %.*s\nDECLARE n numeric;\nBEGIN\n%.*s\nEND\n%.*s\\;",
                      STR_ARGS(heading_lines(frame, item)), STR_ARGS(tag), STR_ARGS(check_text(frame, s)), STR_ARGS(tag));
}

// For any client: the statement as one of the section's block.
static Str executed_text(Frame *frame, const FrameItem *item)
{
    Arena *arena = frame->r->arena;
    const Statement *s = item->statement;
    if (is_remark(item))
        return item_text(frame, item);
    Str heading = heading_lines(frame, item);
    if (s && s->expects_zero)
        return str_format(arena, "%.*s%.*s", STR_ARGS(heading), STR_ARGS(check_text(frame, s)));
    Str note = frame_note(frame, s), tag = next_tag(frame);
    return str_format(arena, "%.*s%.*s  EXECUTE %.*s%.*s%.*s;", STR_ARGS(heading), STR_ARGS(note), STR_ARGS(tag),
                      STR_ARGS(item->version.len ? item->version : s->text), STR_ARGS(tag));
}

// What psql sends at once holds a revision, and of a long one no more than this, as the server reads all of it first.
enum { LONGEST_INPUT = 1 << 20 };

// What a function or a text put together at run time may have changed behind our back: the pinned settings still stand.
static bool put_pins(Frame *frame, const Section *section, View *part)
{
    Arena *arena = frame->r->arena;
    Buf out = buf_open(arena);
    for (const Setting *s = frame->r->dialect->settings; s->name; s++)
        if (s->reads_text && s->value)
            buf_addf(&out, "%spg_catalog.current_setting('%s') = %s%s%s", out.len ? " AND " : "", s->name,
                     s->value[0] == '\'' ? "" : "'", s->value, s->value[0] == '\'' ? "" : "'");
    if (section->transaction) {
        Str path;
        if (!section_path(frame, &path))
            return false;
        buf_addf(&out,
                 " AND pg_catalog.current_setting('default_transaction_read_only') = 'on' AND "
                 "pg_catalog.current_setting('search_path') = %.*s",
                 STR_ARGS(path));
    }
    view_text(part, STR("pins"), buf_str(&out));
    return true;
}

// The input that the next item goes into; opens: the section's first.
static View *add_part(View *section, bool opens)
{
    View *part = view_item(section, STR("parts"));
    view_bool(part, STR("opens"), opens);
    view_text(part, STR("part_tag"), STR_EMPTY);
    view_bool(part, STR("ends"), false);
    view_null(part, STR("pins"));
    view_list(part, STR("items"));
    return part;
}

// A block for any client is one for the whole section.
static void end_part(Frame *frame, const Section *section, View *part)
{
    Str tag = next_tag(frame);
    view_text(part, STR("part_tag"), tag);
    if (frame_is_psql(frame) || !section->transaction)
        frame_seal_condition(frame, part, tag);
}

static bool add_items(Frame *frame, const Section *section, View *view)
{
    bool psql = frame_is_psql(frame);
    size_t bytes = 0;
    View *part = add_part(view, true);
    for (size_t i = 0; i < section->items.count; i++) {
        const FrameItem *item = &section->items.items[i];
        const Statement *s = item->statement;
        if (s && s == section->outside) {
            if (s->is_raw && !put_pins(frame, section, part))
                return false;
            continue;
        }
        if (s && ((psql && !misread_by_psql(frame, s)) || !frame_fits_block(frame, s->at, s->text)))
            return false;
        if (s && s->is_raw && s->kind != STATEMENT_COMMENT && !put_pins(frame, section, part))
            return false;
        Str text = psql ? joined_text(frame, item) : executed_text(frame, item);
        view_text(view_item(part, STR("items")), STR("text"), text);
        bytes += text.len;
        if (i + 1 < section->items.count && (item->ends_step || (bytes > LONGEST_INPUT && !is_remark(item)))) {
            end_part(frame, section, part);
            part = add_part(view, false);
            bytes = 0;
        }
    }
    end_part(frame, section, part);
    view_bool(part, STR("ends"), true);
    view_bool(view, STR("has_checks"), frame->checks > 0);
    return true;
}

// The statement that runs outside a transaction, behind its heading.
static bool put_outside(Frame *frame, const Section *section, View *view)
{
    bool psql = frame_is_psql(frame);
    view_null(view, STR("outside"));
    frame_seal_statement(frame, view);
    for (size_t i = 0; i < section->items.count; i++) {
        const FrameItem *item = &section->items.items[i];
        if (!item->statement || item->statement != section->outside)
            continue;
        if (!frame_fits_block(frame, item->statement->at, item->statement->text))
            return false;
        View *outside = view_new(frame->r->arena);
        view_view(view, STR("outside"), outside);
        view_optional(outside, STR("heading"), item->heading);
        view_text(outside, STR("tag"), psql ? next_tag(frame) : STR_EMPTY);
        FrameItem bare = *item;
        bare.heading = STR_EMPTY;
        view_text(outside, STR("text"), psql ? item_text_ended(frame, &bare, "") : item_text(frame, &bare));
    }
    return true;
}

static bool section_view(Frame *frame, size_t index, View *list)
{
    Arena *arena = frame->r->arena;
    const Section *section = &frame->sections.items[index];
    View *view = view_item(list, STR("sections"));
    bool several = frame->has_journal, last = index + 1 == frame->sections.count;
    Str journal = journal_table(frame);
    Str text = STR_EMPTY, table = STR_EMPTY;
    view_text(view, STR("number"), str_format(arena, "%zu", index + 1));
    view_text(view, STR("before"), str_format(arena, "%zu", index));
    view_bool(view, STR("transaction"), section->transaction);
    Str tag = next_tag(frame);
    view_text(view, STR("gate_tag"), tag);
    frame_seal_condition(frame, view, tag);
    if (!section_path(frame, &text))
        return false;
    view_text(view, STR("search_path"), text);
    if (index == 0 && !frame_version_table(frame, &table))
        return false;
    view_optional(view, STR("version_table"), table);
    view_optional(view, STR("journal_table"), several && !last && index == 0 ? journal : STR_EMPTY);
    view_optional(view, STR("journal_insert"), several && !last ? journal : STR_EMPTY);
    view_optional(view, STR("journal_end"), several && last ? journal : STR_EMPTY);
    text = STR_EMPTY;
    if (section->rows_before.count && !rows_array(frame, &section->rows_before, &text))
        return false;
    view_optional(view, STR("rows_before"), text);
    text = STR_EMPTY;
    if (section->moves_rows && !rows_array(frame, &section->rows_after, &text))
        return false;
    view_optional(view, STR("check_rows"), text);
    view_list(view, STR("parts"));
    view_bool(view, STR("has_checks"), false);
    return postgresql_recount(frame, index, view) && postgresql_put_effect(frame, section->outside, view) &&
           put_outside(frame, section, view) && add_items(frame, section, view);
}

bool postgresql_steps(Frame *frame, View *view)
{
    Arena *arena = frame->r->arena;
    Str text;
    size_t end = frame->until ? frame->until : frame->sections.count;
    view_text(view, STR("count"),
              frame->count_said.len ? frame->count_said : str_format(arena, "%zu", frame->sections.count));
    view_list(view, STR("sections"));
    view_bool(view, STR("has_outside"), false);
    for (size_t i = frame->first; i < frame->sections.count; i++)
        if (frame->sections.items[i].outside)
            view_bool(view, STR("has_outside"), true);
    for (size_t i = frame->first; i < end; i++)
        if (!section_view(frame, i, view))
            return false;
    if (!frame_text(frame, frame_receipt(frame), &text))
        return false;
    view_text(view, STR("receipt"), text);
    return true;
}
