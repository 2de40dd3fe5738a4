// The PostgreSQL frame, for psql and any other client: armed session, guard, sections with gates, journal, receipt.
#include "frame_int.h"

static Str pinned_schema(Frame *frame)
{
    return frame->r->options->schema.len ? frame->r->options->schema : STR("public");
}

static Str version_schema(Frame *frame)
{
    Str own = frame->r->project->settings.version_table_schema;
    return own.len ? own : pinned_schema(frame);
}

static Str qualified(Frame *frame, Str schema, Str name)
{
    return sql_qualified(frame->r->arena, frame->r->dialect, schema.len ? schema : pinned_schema(frame), name);
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

static bool regclass(Frame *frame, Str schema, Str name, Str *sql)
{
    return frame_text(frame, qualified(frame, schema, name), sql);
}

static bool guard_tables(Frame *frame, View *view)
{
    StrList tables = {0}, created = {0};
    Arena *arena = frame->r->arena;
    const RenderedPath *rendered = frame->rendered;
    for (size_t i = 0; rendered && frame->first == 0 && i < rendered->table_count; i++) {
        const Table *table = rendered->tables_at_from[i];
        if (!table->prefixes.count)
            vec_push(arena, &tables, qualified(frame, table->schema, table->name));
    }
    for (size_t i = 0; rendered && frame->first == 0 && frame->path->from_base && i < rendered->created_tables.count; i++) {
        Str full = rendered->created_tables.items[i];
        size_t dot = str_find_char(full, '.', 0);
        Str schema = dot == SIZE_MAX ? STR_EMPTY : str_slice(full, 0, dot);
        vec_push(arena, &created, qualified(frame, schema, dot == SIZE_MAX ? full : str_slice(full, dot + 1, full.len)));
    }
    Str table_list, created_list;
    if (!frame_text_list(frame, &tables, &table_list) || !frame_text_list(frame, &created, &created_list))
        return false;
    view_optional(view, STR("tables"), table_list);
    view_optional(view, STR("created"), created_list);
    return true;
}

static bool optional_text(Frame *frame, View *view, Str name, Str text)
{
    Str sql = STR_EMPTY;
    if (text.len && !frame_text(frame, text, &sql))
        return false;
    view_optional(view, name, sql);
    return true;
}

static bool guard_view(Frame *frame, View *view)
{
    Arena *arena = frame->r->arena;
    const StrList *rows = &frame->sections.items[frame->first].rows_before;
    Str version = version_table_name(frame->r), text, sql;
    bool several = frame->sections.count > 1;
    Str table = sql_qualified(arena, frame->r->dialect, version_schema(frame), frame->r->project->settings.version_table);
    (void)version;
    Str select = str_format(
        arena, "SELECT coalesce(array_agg(version_num::text ORDER BY version_num::text COLLATE \"C\"), '{}') FROM %.*s",
        STR_ARGS(table));
    view_text(view, STR("version_table_name"), table);
    if (!frame_text(frame, table, &text) || !frame_text(frame, select, &sql))
        return false;
    view_text(view, STR("version_regclass"), text);
    view_text(view, STR("select_rows"), sql);
    if (!rows_array(frame, rows, &text))
        return false;
    view_text(view, STR("from_rows"), text);
    if (!frame_text(frame, version_rows_text(arena, rows, STR(", ")), &text))
        return false;
    view_text(view, STR("from_text"), text);
    view_bool(view, STR("from_base"), rows->count == 0);
    view_bool(view, STR("several"), several);
    view_text(view, STR("sections_before"), str_format(arena, "%zu", frame->first));
    Str journal = sql_qualified(arena, frame->r->dialect, version_schema(frame), STR("waybill_journal"));
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
    view_bool(view, STR("psql"), str_equal(frame->r->options->client, STR("psql")));
    return optional_text(frame, view, STR("database"), frame->r->options->database) &&
           optional_text(frame, view, STR("owner"), frame->r->options->owner.len ? frame->r->options->owner : STR_EMPTY) &&
           guard_tables(frame, view);
}

// ---- what must hold after a statement outside a transaction ----

// Reads the effect of raw CREATE or DROP INDEX CONCURRENTLY from its text.
static Effect raw_effect(Frame *frame, const Statement *s)
{
    if (s->effect.kind != EFFECT_NONE)
        return s->effect;
    RawIndex index = sql_raw_index(frame->r->arena, frame->r->dialect, s->text);
    if (!index.name.len)
        return (Effect){0};
    return (Effect){.kind = index.is_drop ? EFFECT_INDEX_ABSENT : EFFECT_INDEX_VALID,
                    .schema = index.schema,
                    .name = index.name,
                    .table_schema = index.table_schema,
                    .table = index.table,
                    .unique = index.unique};
}

// Outside a transaction, a failure leaves the session as it was. psql stops there; for other clients what follows must be
// able to see it, but for statements that change nothing.
static bool is_gated(Frame *frame, const Statement *s, const Effect *effect)
{
    SqlHead head = sql_head(frame->r->dialect, s->text);
    if (effect->kind != EFFECT_NONE || str_equal(frame->r->options->client, STR("psql")) ||
        sql_head_is(&head, 0, "VACUUM") || sql_head_is(&head, 0, "ANALYZE"))
        return true;
    return frame_refuse(frame, s, "what can fail unseen outside a transaction",
                        "Render with --client psql, which stops there; an index can also be given a name.");
}

static bool effect_view(Frame *frame, const Statement *s, View *view)
{
    Arena *arena = frame->r->arena;
    Effect e = s ? raw_effect(frame, s) : (Effect){0};
    if (s && !is_gated(frame, s, &e))
        return false;
    view_null(view, STR("condition"));
    view_null(view, STR("prepare"));
    if (e.kind == EFFECT_NONE)
        return true;
    Str index, table;
    if (!regclass(frame, e.schema, e.name, &index))
        return false;
    if (e.kind == EFFECT_INDEX_ABSENT) {
        view_text(view, STR("condition"), str_format(arena, "pg_catalog.to_regclass(%.*s) IS NULL", STR_ARGS(index)));
        return true;
    }
    if (!regclass(frame, e.table_schema, e.table, &table))
        return false;
    Buf condition = buf_open(arena);
    buf_addf(&condition,
             "EXISTS (SELECT 1 FROM pg_catalog.pg_index AS i WHERE i.indexrelid = pg_catalog.to_regclass(%.*s) AND "
             "i.indrelid = pg_catalog.to_regclass(%.*s) AND i.indisvalid AND i.indisready AND i.indisunique = %s",
             STR_ARGS(index), STR_ARGS(table), e.unique ? "true" : "false");
    if (e.columns.count) {
        Str columns;
        if (!frame_text_list(frame, &e.columns, &columns))
            return false;
        buf_addf(&condition,
                 " AND ARRAY[%.*s] = (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_catalog.pg_attribute AS a "
                 "WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey))",
                 STR_ARGS(columns));
    }
    buf_add_char(&condition, ')');
    view_text(view, STR("condition"), buf_str(&condition));
    // an invalid index of that name is what an earlier, failed build left behind
    view_text(
        view, STR("prepare"),
        str_format(arena,
                   "DO $wb$\nBEGIN\n  IF EXISTS (SELECT 1 FROM pg_catalog.pg_index WHERE indexrelid = "
                   "pg_catalog.to_regclass(%.*s) AND NOT indisvalid) THEN\n    DROP INDEX %.*s;\n  END IF;\nEND\n$wb$;",
                   STR_ARGS(index), STR_ARGS(qualified(frame, e.schema, e.name))));
    return true;
}

// ---- sections ----

// A query whose count must be zero stops the script when it is not.
static Str check_block(Frame *frame, const Statement *s)
{
    Arena *arena = frame->r->arena;
    Str tag = STR("$check$");
    for (int n = 1; str_find(s->text, tag, 0) != SIZE_MAX; n++)
        tag = str_format(arena, "$check%d$", n);
    return str_format(arena,
                      "DO $wb$\nDECLARE n bigint;\nBEGIN\n  EXECUTE %.*s%.*s%.*s INTO n;\n  IF n IS DISTINCT FROM 0 THEN\n  "
                      "  RAISE EXCEPTION '[WAYBILL-CHECK] expected 0, found %%', n;\n  END IF;\nEND\n$wb$;",
                      STR_ARGS(tag), STR_ARGS(s->text), STR_ARGS(tag));
}

static bool misread_by_psql(Frame *frame, const Statement *s)
{
    if (!str_equal(frame->r->options->client, STR("psql")))
        return true;
    Str variable = sql_client_variable(frame->r->dialect, s->text);
    if (!variable.len)
        return true;
    diag_error(frame->diag, s->at, "psql would take \"%.*s\" for one of its variables", STR_ARGS(variable));
    diag_hint(frame->diag, "Put a space behind the colon, or render with --client generic.");
    return false;
}

static bool add_items(Frame *frame, const Section *section, View *view)
{
    view_list(view, STR("items"));
    for (size_t i = 0; i < section->items.count; i++) {
        const FrameItem *item = &section->items.items[i];
        if (item->statement && !misread_by_psql(frame, item->statement))
            return false;
        Str text = item_text(frame, item);
        if (item->statement && item->statement->expects_zero &&
            !frame_fits_block(frame, item->statement->at, item->statement->text))
            return false;
        if (item->statement && item->statement->expects_zero)
            text = str_format(frame->r->arena, "%s%.*s%s%.*s", item->heading.len ? "\n" : "", STR_ARGS(item->heading),
                              item->heading.len ? "\n" : "", STR_ARGS(check_block(frame, item->statement)));
        view_text(view_item(view, STR("items")), STR("text"), text);
    }
    return true;
}

static bool section_view(Frame *frame, size_t index, View *list)
{
    Arena *arena = frame->r->arena;
    const Section *section = &frame->sections.items[index];
    View *view = view_item(list, STR("sections"));
    bool several = frame->sections.count > 1, last = index + 1 == frame->sections.count;
    Str journal = sql_qualified(arena, frame->r->dialect, version_schema(frame), STR("waybill_journal"));
    Str schema = sql_name(arena, frame->r->dialect, pinned_schema(frame)), text = STR_EMPTY, table = STR_EMPTY;
    view_text(view, STR("number"), str_format(arena, "%zu", index + 1));
    view_text(view, STR("before"), str_format(arena, "%zu", index));
    view_text(view, STR("what"), section->transaction ? STR("one transaction.") : STR("outside a transaction."));
    view_bool(view, STR("transaction"), section->transaction);
    if (!frame_text(frame, schema, &text))
        return false;
    view_text(view, STR("search_path"), text);
    if (index == 0 && frame->path->from.count == 0) {
        Writing w = {.r = frame->r, .arena = arena, .diag = frame->diag};
        if (!version_table_text(&w, &table))
            return false;
        table = str_replace(arena, table, STR("CREATE TABLE "), STR("CREATE TABLE IF NOT EXISTS "));
    }
    view_optional(view, STR("version_table"), table);
    view_optional(view, STR("journal_table"), several && !last && index == 0 ? journal : STR_EMPTY);
    view_optional(view, STR("journal_insert"), several && !last ? journal : STR_EMPTY);
    view_optional(view, STR("journal_end"), several && last ? journal : STR_EMPTY);
    text = STR_EMPTY;
    if (section->moves_rows && !rows_array(frame, &section->rows_after, &text))
        return false;
    view_optional(view, STR("check_rows"), text);
    return effect_view(frame, section->outside, view) && add_items(frame, section, view);
}

bool frame_postgresql(Frame *frame, Str *script)
{
    View *view = view_new(frame->r->arena);
    frame_heading(frame, view);
    view_text(view, STR("count"), str_format(frame->r->arena, "%zu", frame->sections.count));
    if (!guard_view(frame, view))
        return false;
    view_list(view, STR("sections"));
    for (size_t i = frame->first; i < frame->sections.count; i++)
        if (!section_view(frame, i, view))
            return false;
    Writing w = {.r = frame->r, .arena = frame->r->arena, .diag = frame->diag};
    if (!fill(&w, "script", view, script))
        return false;
    *script = str_format(frame->r->arena, "%.*s\n", STR_ARGS(*script));
    return true;
}
