// PostgreSQL: what a way back asks of the tables that it drops, before its first change and in each section.
#include "frame_int.h"

// ARRAY['public.t', ...], with the tables of schemas that go as a whole.
static bool dropped_array(Frame *frame, const DroppedList *dropped, Str *sql)
{
    Arena *arena = frame->r->arena;
    StrList names = {0}, schemas = {0};
    Str list = STR_EMPTY, whole;
    for (size_t i = 0; i < dropped->count; i++)
        if (!dropped->items[i].at_start.name.len)
            vec_push(arena, &schemas, dropped->items[i].at_start.schema);
    for (size_t i = 0; i < dropped->count; i++) {
        TableName name = dropped->items[i].at_start;
        if (name.name.len && !strlist_has(&schemas, name.schema))
            vec_push(arena, &names, frame_pinned_name(frame, name.schema, name.name));
    }
    if (names.count && !frame_text_list(frame, &names, &list))
        return false;
    *sql = str_format(arena, "ARRAY[%.*s]%s", STR_ARGS(list), names.count ? "" : "::text[]");
    if (!schemas.count)
        return true;
    if (!frame_text_list(frame, &schemas, &whole))
        return false;
    *sql = str_format(
        arena,
        "%.*s || ARRAY(SELECT pg_catalog.format('%%I.%%I', s.nspname, c.relname) FROM pg_catalog.pg_class AS c "
        "JOIN pg_catalog.pg_namespace AS s ON s.oid = c.relnamespace WHERE s.nspname IN (%.*s) AND c.relkind "
        "IN ('r', 'p') AND NOT c.relispartition ORDER BY 1)",
        STR_ARGS(*sql), STR_ARGS(whole));
    return true;
}

// A table that the chain does not know and that the script drops without IF EXISTS is there under that name, or it is
// another one that was given it unseen.
static bool ask_there(Frame *frame, const DroppedList *dropped)
{
    for (size_t i = 0; i < dropped->count; i++) {
        const Dropped *d = &dropped->items[i];
        Str text;
        if (!d->is_there || d->is_known)
            continue;
        if (!frame_text(frame, frame_pinned_name(frame, d->at_start.schema, d->at_start.name), &text))
            return false;
        frame_ask(frame, ASK_HELD, str_format(frame->r->arena, "pg_catalog.to_regclass(%.*s) IS NOT NULL", STR_ARGS(text)),
                  str_format(frame->r->arena, "'this way back drops a table that is not there: ' || %.*s", STR_ARGS(text)));
    }
    return true;
}

// Counts the rows of the tables that go, into `holds`.
bool postgresql_held(Frame *frame, View *view)
{
    DroppedList dropped = {0};
    Str list;
    frame_dropped(frame, &dropped);
    view_null(view, STR("dropped"));
    if (!dropped.count)
        return true;
    if (!dropped_array(frame, &dropped, &list) || !ask_there(frame, &dropped))
        return false;
    view_text(view, STR("dropped"), list);
    frame_ask(
        frame, ASK_HELD,
        STR("holds = '' OR pg_catalog.current_setting('waybill.drop', true) = pg_catalog.current_database()"),
        str_format(
            frame->r->arena,
            "'this way back drops tables that hold rows (' || holds || '): %s' || pg_catalog.current_database() || '%s "
            "allows it'",
            frame_is_psql(frame) ? "psql -v waybill_drop=" : "SET waybill.drop = ''", frame_is_psql(frame) ? "" : "''"));
    return true;
}

// Rows that were not committed yet when the guard counted, or have come since: the tables that go are locked, and looked at
// once more. The first section asks for all of them, before anything is changed, each other one for those that it drops.
bool postgresql_recount(Frame *frame, size_t index, View *view)
{
    Arena *arena = frame->r->arena;
    DroppedList all = {0}, own = {0};
    Buf tables = buf_open(arena), condition = buf_open(arena);
    Str array;
    bool is_first = index == frame->first, is_static = true;
    view_null(view, STR("recount"));
    if (is_first)
        frame_dropped(frame, &all);
    else
        all = frame->dropped;
    for (size_t i = 0; i < all.count; i++) {
        Dropped d = all.items[i];
        if (!is_first && d.section != index && d.section != SIZE_MAX)
            continue;
        if (!is_first)
            d.at_start = d.at_section;
        is_static &= d.is_known && (is_first || d.is_there_now);
        vec_push(arena, &own, d);
    }
    if (!own.count || !frame->sections.items[index].transaction)
        return true;
    View *recount = view_new(arena);
    view_view(view, STR("recount"), recount);
    view_null(recount, STR("tables"));
    view_null(recount, STR("array"));
    if (!is_static) {
        if (!dropped_array(frame, &own, &array))
            return false;
        view_text(recount, STR("array"), array);
        return true;
    }
    for (size_t i = 0; i < own.count; i++) {
        Str name = frame_pinned_name(frame, own.items[i].at_start.schema, own.items[i].at_start.name);
        buf_addf(&tables, "%s%.*s", i ? ", " : "", STR_ARGS(name));
        buf_addf(&condition, "%sEXISTS (SELECT 1 FROM %.*s)", i ? " OR " : "", STR_ARGS(name));
    }
    view_text(recount, STR("tables"), buf_str(&tables));
    view_text(recount, STR("condition"), buf_str(&condition));
    return true;
}
