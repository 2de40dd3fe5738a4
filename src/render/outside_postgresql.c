// PostgreSQL: what runs outside a transaction: what it must find before the script's first change, and what must hold behind
// it. Its failure undoes nothing that stands before it.
#include "frame_int.h"

// Reads the effect of raw CREATE or DROP INDEX CONCURRENTLY from its text.
Effect postgresql_effect(Frame *frame, const Statement *s)
{
    if (!s || s->effect.kind != EFFECT_NONE)
        return s ? s->effect : (Effect){0};
    RawIndex index = sql_raw_index(frame->r->arena, frame->r->dialect, s->text);
    if (!index.name.len && !index.table.len)
        return (Effect){0};
    return (Effect){.kind = index.is_drop    ? EFFECT_INDEX_ABSENT
                            : index.name.len ? EFFECT_INDEX_VALID
                                             : EFFECT_INDEX_NEW,
                    .schema = index.schema,
                    .name = index.name,
                    .table_schema = index.table_schema,
                    .table = index.table};
}

// " AND ..." of pg_index as i: what the statement asks for, as the catalogue keeps it. The text of an expression is the
// server's own there, and is not compared; an expression may be no more than its column to the server.
static bool index_shape(Frame *frame, const RawIndex *asked, Str *sql)
{
    Arena *arena = frame->r->arena;
    Buf out = buf_open(arena), rows = buf_open(arena);
    Str method = asked->method.len ? asked->method : STR("btree");
    *sql = STR_EMPTY;
    if (!asked->keys.count)
        return true;
    if (str_equal(method, STR("rtree")))   // which the server takes for its successor
        method = STR("gist");
    if (!frame_text(frame, method, &method))
        return false;
    buf_addf(&out, " AND i.indisunique = %s AND i.indpred IS %sNULL", asked->unique ? "true" : "false",
             asked->is_partial ? "NOT " : "");
    buf_addf(&out,
             " AND EXISTS (SELECT 1 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_am AS m ON m.oid = c.relam WHERE "
             "c.oid = i.indexrelid AND m.amname = %.*s)",
             STR_ARGS(method));
    if (asked->nulls_equal)
        buf_add(&out, STR(" AND i.indnullsnotdistinct"));
    for (size_t i = 0; i < asked->keys.count + asked->include.count; i++) {
        bool is_key = i < asked->keys.count;
        RawIndexKey key = is_key ? asked->keys.items[i]
                                 : (RawIndexKey){.column = asked->include.items[i - asked->keys.count]};
        Str texts[] = {key.column, key.class, key.collation};
        if (key.is_unread)
            continue;
        buf_addf(&rows, "%s(%zu", rows.len ? ", " : "", i);
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
            if (texts[k].len && !frame_text(frame, texts[k], &texts[k]))
                return false;
            buf_addf(&rows, ", %.*s", STR_ARGS(texts[k].len ? texts[k] : STR("NULL")));
        }
        if (is_key)
            buf_addf(&rows, ", %d)", key.descends + 2 * key.nulls_first);
        else
            buf_add(&rows, STR(", NULL::int)"));
    }
    buf_addf(&out, " AND i.indnatts = %zu", asked->keys.count + asked->include.count);
    // only a key has a class, a collation and an order there, and has them always
    if (rows.len)
        buf_addf(&out,
                 " AND NOT EXISTS (SELECT 1 FROM (VALUES %.*s) AS k (n, attribute, class, collation_, options) WHERE "
                 "k.attribute::name <> (SELECT a.attname FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = i.indrelid "
                 "AND a.attnum = i.indkey[k.n]) OR k.attribute IS NOT NULL AND i.indkey[k.n] = 0 OR "
                 "(SELECT CASE WHEN k.class IS NULL THEN NOT o.opcdefault ELSE o.opcname <> k.class::name END FROM "
                 "pg_catalog.pg_opclass AS o WHERE o.oid = i.indclass[k.n]) OR k.collation_::name <> (SELECT l.collname "
                 "FROM pg_catalog.pg_collation AS l WHERE l.oid = i.indcollation[k.n]) OR k.options IS "
                 "DISTINCT FROM i.indoption[k.n])",
                 STR_ARGS(buf_str(&rows)));
    *sql = buf_str(&out);
    return true;
}

// ---- what is asked before the first change ----

// What runs outside a transaction in the section in which a run has stopped that the script goes on with; NULL: nothing.
static const Statement *gone_on_with(const Frame *frame)
{
    return frame->first ? frame->sections.items[frame->first].outside : NULL;
}

// The index and its table as literals; empty: without a name.
static bool index_and_table(Frame *frame, const Effect *e, Str *index, Str *table)
{
    *index = *table = STR_EMPTY;
    return (!e->name.len || postgresql_regclass(frame, e->schema, e->name, index)) &&
           (!e->table.len || postgresql_regclass(frame, e->table_schema, e->table, table));
}

// An index whose name the server chose is left half built by a build that failed: nothing else would find it.
static bool may_leave_unnamed(Frame *frame)
{
    return postgresql_effect(frame, gone_on_with(frame)).kind == EFFECT_INDEX_NEW;
}

// The section that stopped in the old script may have left an index half built that the corrected one gives another name.
bool postgresql_ask_left_over(Frame *frame)
{
    if (!frame->r->options->resume_of.len && !may_leave_unnamed(frame))
        return true;
    const Statement *s = frame->sections.items[frame->first].outside;
    Effect e = postgresql_effect(frame, s);
    Str schema = e.table_schema.len ? e.table_schema : frame_pinned_schema(frame), own = STR("''");
    if (!frame_text(frame, schema, &schema) || (e.name.len && !postgresql_regclass(frame, e.schema, e.name, &own)))
        return false;
    Str from = str_format(
        frame->r->arena,
        "FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid JOIN "
        "pg_catalog.pg_namespace AS s ON s.oid = c.relnamespace WHERE NOT i.indisvalid AND s.nspname = %.*s "
        "AND i.indexrelid IS DISTINCT FROM pg_catalog.to_regclass(nullif(%.*s, ''))",
        STR_ARGS(schema), STR_ARGS(own));
    postgresql_ask_none(frame, ASK_RUN, from, STR("'drop these indexes, which an earlier run has left half built: '"),
                        "c.relname");
    return true;
}

// A run that was cut off behind a build that went through does not know that it did. The index may be another's as well.
static bool ask_built(Frame *frame)
{
    const Statement *s = gone_on_with(frame);
    Effect e = postgresql_effect(frame, s);
    Str index, why, name = frame_pinned_name(frame, e.schema, e.name);
    if (e.kind != EFFECT_INDEX_VALID || sql_raw_index(frame->r->arena, frame->r->dialect, s->text).if_not_exists)
        return true;
    if (!postgresql_regclass(frame, e.schema, e.name, &index) ||
        !frame_text(frame,
                    str_format(frame->r->arena,
                               "index %.*s is built already: where the run that stopped has built it, drop it, and run this "
                               "again",
                               STR_ARGS(name)),
                    &why))
        return false;
    frame_ask(frame, ASK_RUN,
              str_format(frame->r->arena,
                         "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_index WHERE indexrelid = pg_catalog.to_regclass(%.*s) AND "
                         "indisvalid)",
                         STR_ARGS(index)),
              why);
    return true;
}

static bool is_known_at_from(const Frame *frame, Str name)
{
    for (size_t i = 0; frame->rendered && i < frame->rendered->table_count; i++) {
        const Table *table = frame->rendered->tables_at_from[i];
        if (table_index(table, name) || table_constraint(table, name))
            return true;
    }
    return false;
}

// Whether the script says the name before its section `index`: it may drop what is called so, or give it another name.
static bool is_said_before(const Frame *frame, size_t index, Str name)
{
    for (size_t i = frame->first; i < index; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++) {
            const Statement *s = frame->sections.items[i].items.items[k].statement;
            if (s && s->kind != STATEMENT_COMMENT && frame_says(s->text, name))
                return true;
        }
    return false;
}

// Where an index that the script will build stands there before it, nobody could tell later which of the two is there; one
// that was left half built is taken away where it is built.
static bool ask_not_there(Frame *frame, size_t section)
{
    Arena *arena = frame->r->arena;
    const Statement *s = frame->sections.items[section].outside;
    Effect e = postgresql_effect(frame, s);
    Str index, table;
    if (e.kind != EFFECT_INDEX_VALID || !e.name.len || is_known_at_from(frame, e.name) ||
        is_said_before(frame, section, e.name) || sql_raw_index(arena, frame->r->dialect, s->text).if_not_exists)
        return true;
    if (!index_and_table(frame, &e, &index, &table))
        return false;
    frame_ask(frame, ASK_ABSENT,
              str_format(arena,
                         "pg_catalog.to_regclass(%.*s) IS NULL OR EXISTS (SELECT 1 FROM pg_catalog.pg_index WHERE "
                         "indexrelid = pg_catalog.to_regclass(%.*s) AND indrelid = pg_catalog.to_regclass(%.*s) AND NOT "
                         "indisvalid)",
                         STR_ARGS(index), STR_ARGS(index), STR_ARGS(table)),
              str_format(arena, "'the index that this script builds is there already, or something of its name: ' || %.*s",
                         STR_ARGS(index)));
    return true;
}

// What undoes a run drops the index in whose building it stopped: half built, or built when its end was not heard of.
static bool ask_stopped(Frame *frame)
{
    Arena *arena = frame->r->arena;
    const Statement *s = frame->stopped;
    Effect e = postgresql_effect(frame, s);
    Str index, table, shape;
    if (!s)
        return true;
    RawIndex asked = sql_raw_index(arena, frame->r->dialect, s->text);
    if (!index_and_table(frame, &e, &index, &table) || !index_shape(frame, &asked, &shape))
        return false;
    frame_ask(frame, ASK_RUN,
              str_format(arena,
                         "pg_catalog.to_regclass(%.*s) IS NULL OR EXISTS (SELECT 1 FROM pg_catalog.pg_index AS i WHERE "
                         "i.indexrelid = pg_catalog.to_regclass(%.*s) AND i.indrelid = pg_catalog.to_regclass(%.*s) AND "
                         "(NOT i.indisvalid OR true%.*s))",
                         STR_ARGS(index), STR_ARGS(index), STR_ARGS(table), STR_ARGS(shape)),
              str_format(arena,
                         "'the run that stopped has not built this: give it another name, and run this again: ' || %.*s",
                         STR_ARGS(index)));
    return true;
}

bool postgresql_ask_indexes(Frame *frame)
{
    bool good = ask_built(frame) && ask_stopped(frame);
    for (size_t i = frame->first + (frame->first > 0); good && !frame->is_abandon && i < frame->sections.count; i++)
        good = ask_not_there(frame, i);
    return good;
}

// ---- what must hold after a statement outside a transaction ----

// Outside a transaction, a failure leaves the session as it was. psql stops there; for other clients what follows must be
// able to see it, but for statements that change nothing.
static bool is_gated(Frame *frame, const Statement *s, const Effect *effect)
{
    SqlHead head = sql_head(frame->r->dialect, s->text);
    if (effect->kind != EFFECT_NONE || frame_is_psql(frame) || sql_head_is(&head, 0, "VACUUM") ||
        sql_head_is(&head, 0, "ANALYZE"))
        return true;
    return frame_refuse(frame, s, "what can fail unseen outside a transaction",
                        "Render with --client psql, which stops there; an index can also be given a name.");
}

bool postgresql_put_effect(Frame *frame, const Statement *s, View *view)
{
    Arena *arena = frame->r->arena;
    Effect e = postgresql_effect(frame, s);
    if (s && !is_gated(frame, s, &e))
        return false;
    view_null(view, STR("condition"));
    view_null(view, STR("prepare"));
    if (e.kind == EFFECT_NONE)
        return true;
    Str index, table;
    if (!index_and_table(frame, &e, &index, &table))
        return false;
    if (e.kind == EFFECT_INDEX_ABSENT) {
        view_text(view, STR("condition"), str_format(arena, "pg_catalog.to_regclass(%.*s) IS NULL", STR_ARGS(index)));
        return true;
    }
    RawIndex asked = sql_raw_index(arena, frame->r->dialect, s->text);
    Str shape, left = STR_EMPTY, stood = STR("pg_catalog.current_setting('waybill.indexes', true)");
    if (!index_shape(frame, &asked, &shape))
        return false;
    // an invalid index of that name is what an earlier, failed build left behind
    if (index.len)
        left = str_format(arena,
                          "  IF EXISTS (SELECT 1 FROM pg_catalog.pg_index WHERE indexrelid = pg_catalog.to_regclass(%.*s) "
                          "AND indrelid = pg_catalog.to_regclass(%.*s) AND NOT indisvalid) THEN\n    DROP INDEX %.*s;\n"
                          "  END IF;\n",
                          STR_ARGS(index), STR_ARGS(table), STR_ARGS(frame_pinned_name(frame, e.schema, e.name)));
    // what stood there before is not what the statement has built, unless it may be
    view_text(view, STR("prepare"),
              str_format(arena,
                         "%.*s  PERFORM pg_catalog.set_config('waybill.indexes', (SELECT coalesce(pg_catalog.string_agg("
                         "indexrelid::text, ','), '') FROM pg_catalog.pg_index WHERE indrelid = "
                         "pg_catalog.to_regclass(%.*s)), false);",
                         STR_ARGS(left), STR_ARGS(table)));
    Str name = index.len ? str_format(arena, " AND i.indexrelid = pg_catalog.to_regclass(%.*s)", STR_ARGS(index))
                         : STR_EMPTY;
    Str added = str_format(arena, " AND i.indexrelid::text <> ALL (pg_catalog.string_to_array(%.*s, ','))", STR_ARGS(stood));
    view_text(view, STR("condition"),
              str_format(arena,
                         "EXISTS (SELECT 1 FROM pg_catalog.pg_index AS i WHERE i.indrelid = pg_catalog.to_regclass(%.*s)"
                         "%.*s%.*s AND i.indisvalid AND i.indisready%.*s)",
                         STR_ARGS(table), STR_ARGS(name), STR_ARGS(asked.if_not_exists ? STR_EMPTY : added),
                         STR_ARGS(shape)));
    return true;
}
