// PostgreSQL: ALTER COLUMN says what changes and leaves the rest, but that a new type brings its own collation, storage and
// compression. What a revision takes for granted of a column is asked of pg_attribute too.
#include "frame_int.h"

static void ask(Buf *out, Str condition)
{
    buf_addf(out, "%s%.*s", out->len ? " AND " : "", STR_ARGS(condition));
}

// The numbers in the parentheses behind a type's name: how many there are.
static size_t numbers(Str type, int64_t values[2])
{
    size_t open = str_find_char(type, '(', 0), count = 0;
    Str rest = open == SIZE_MAX ? STR_EMPTY : str_slice(type, open + 1, type.len);
    for (size_t i = 0; i < rest.len && rest.ptr[i] != ')' && count < 2; i++) {
        if (rest.ptr[i] < '0' || rest.ptr[i] > '9')
            continue;
        for (values[count] = 0; i < rest.len && rest.ptr[i] >= '0' && rest.ptr[i] <= '9' && values[count] < 100000000; i++)
            values[count] = values[count] * 10 + (rest.ptr[i] - '0');
        i--;
        count++;
    }
    return count;
}

// Types that an extension or the project has made stand in the schemas of the steps. Source of atttypmod: PostgreSQL's
// varchartypmodin(), numerictypmodin().
static bool ask_type(Frame *frame, Buf *out, const Column *column)
{
    Arena *arena = frame->r->arena;
    Str type, plain;
    StrList schemas = frame_schemas(frame);
    Buf places = buf_open(arena);
    int64_t n[2] = {0, 0};
    if (!sql_type(arena, frame->diag, frame->r->style, column->type, &type))
        return false;
    size_t collate = str_find(type, STR(" COLLATE "), 0);
    type = str_slice(type, 0, collate == SIZE_MAX ? type.len : collate);
    if (!frame_text(frame, type, &plain))
        return false;
    for (size_t i = 0; i < schemas.count; i++) {
        Str name = sql_name(arena, frame->r->dialect, schemas.items[i]), text;
        if (!frame_text(frame, str_format(arena, "%.*s.%.*s", STR_ARGS(name), STR_ARGS(type)), &text))
            return false;
        buf_addf(&places, ", pg_catalog.to_regtype(%.*s)", STR_ARGS(text));
    }
    ask(out, str_format(arena, "a.atttypid = COALESCE(pg_catalog.to_regtype(%.*s)%.*s)", STR_ARGS(plain),
                        STR_ARGS(buf_str(&places))));
    bool is_array = str_ends(type, STR("]"));
    size_t count = numbers(type, n);
    if (str_starts(type, STR("VARCHAR")) && !is_array)
        ask(out, str_format(arena, "a.atttypmod = %lld", count ? (long long)n[0] + 4 : -1));
    else if (str_starts(type, STR("NUMERIC")) && !is_array)
        ask(out, str_format(arena, "a.atttypmod = %lld", count ? (long long)((n[0] << 16) | n[1]) + 4 : -1));
    return true;
}

// A collation that the model knows, else the type's; storage and compression as they come with the type. There is no
// compression before PostgreSQL 14.
static bool ask_unsaid(Frame *frame, Buf *out, const Type *type)
{
    Str collation;
    if (!type->collation.len) {
        ask(out, STR("a.attcollation = (SELECT t.typcollation FROM pg_catalog.pg_type AS t WHERE t.oid = a.atttypid)"));
    } else {
        if (!frame_text(frame, type->collation, &collation))
            return false;
        ask(out, str_format(frame->r->arena,
                            "a.attcollation IN (SELECT n.oid FROM pg_catalog.pg_collation AS n WHERE "
                            "n.collname = %.*s)",
                            STR_ARGS(collation)));
    }
    ask(out, STR("a.attstorage = (SELECT t.typstorage FROM pg_catalog.pg_type AS t WHERE t.oid = a.atttypid) AND "
                 "coalesce(pg_catalog.to_json(a) ->> 'attcompression', '') = ''"));
    return true;
}

bool postgresql_column_is(Frame *frame, const Table *table, const ShapeColumn *taken, ColumnQuery *query)
{
    Arena *arena = frame->r->arena;
    const Column *column = taken->column;
    Str schema = table->schema.len ? table->schema : frame_pinned_schema(frame), table_text, column_text;
    Buf out = buf_open(arena);
    bool grows = table_autoincrement(table) == column;
    if (!frame_text(frame, sql_qualified(arena, frame->r->dialect, schema, table->name), &table_text) ||
        !frame_text(frame, column->name, &column_text) || ((taken->takes & TAKES_TYPE) && !ask_type(frame, &out, column)))
        return false;
    if (taken->takes & TAKES_NULL)
        ask(&out,
            column->nullable && !column->primary_key && !column->identity ? STR("NOT a.attnotnull") : STR("a.attnotnull"));
    if ((taken->takes & TAKES_DEFAULT) && !grows && !column->identity)
        ask(&out, column->default_ || column->computed ? STR("a.atthasdef") : STR("NOT a.atthasdef"));
    bool unsaid = taken->takes & TAKES_UNSAID;
    if (unsaid && !ask_unsaid(frame, &out, column->type))
        return false;
    query->condition = buf_str(&out);
    query->found = str_format(
        arena, "pg_catalog.format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END%s",
        unsaid ? " || coalesce(' COLLATE ' || (SELECT n.collname FROM pg_catalog.pg_collation AS n WHERE n.oid = "
                 "a.attcollation), '') || ' STORAGE ' || a.attstorage::text || coalesce(' COMPRESSION ' || "
                 "nullif(pg_catalog.to_json(a) ->> 'attcompression', ''), '')"
               : "");
    query->from = str_format(arena,
                             "pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass(%.*s) AND a.attname = "
                             "%.*s AND NOT a.attisdropped",
                             STR_ARGS(table_text), STR_ARGS(column_text));
    return true;
}
