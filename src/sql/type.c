// Column types as each dialect writes them. A spec is the type's text with holes:
//   %l (length)   %p (precision[, scale])   %q (precision)   %z WITH or WITHOUT TIME ZONE   %c COLLATE
//   %e enum: its type's name   %v VARCHAR of the longest label   %u UUID or CHAR(32)   %i interval fields
//   %b BIT's length   %a array element and brackets   %d domain name   %r the type's own text
// A missing spec: the dialect has no such type.
// Source: SQLAlchemy 2.0.52's type compilers; ALEMBIC.md section 6 as measured.
#include "sql_int.h"

#define COMMON_TYPES                                                                                                        \
    [TYPE_SMALL_INTEGER] = "SMALLINT", [TYPE_INTEGER] = "INTEGER", [TYPE_BIG_INTEGER] = "BIGINT",                           \
    [TYPE_NUMERIC] = "NUMERIC%p", [TYPE_STRING] = "VARCHAR%l%c", [TYPE_TEXT] = "TEXT%l%c", [TYPE_UNICODE] = "VARCHAR%l%c",  \
    [TYPE_UNICODE_TEXT] = "TEXT%l%c", [TYPE_BOOLEAN] = "BOOLEAN", [TYPE_DATE] = "DATE", [TYPE_JSON] = "JSON",               \
    [TYPE_SQL_INTEGER] = "INTEGER", [TYPE_SQL_INT] = "INTEGER", [TYPE_SQL_SMALLINT] = "SMALLINT",                           \
    [TYPE_SQL_BIGINT] = "BIGINT", [TYPE_SQL_NUMERIC] = "NUMERIC%p", [TYPE_SQL_DECIMAL] = "DECIMAL%p",                       \
    [TYPE_SQL_REAL] = "REAL", [TYPE_SQL_DOUBLE] = "DOUBLE", [TYPE_SQL_DOUBLE_PRECISION] = "DOUBLE PRECISION",               \
    [TYPE_SQL_VARCHAR] = "VARCHAR%l%c", [TYPE_SQL_NVARCHAR] = "NVARCHAR%l%c", [TYPE_SQL_CHAR] = "CHAR%l%c",                 \
    [TYPE_SQL_NCHAR] = "NCHAR%l%c", [TYPE_SQL_TEXT] = "TEXT%l%c", [TYPE_SQL_CLOB] = "CLOB", [TYPE_SQL_BOOLEAN] = "BOOLEAN", \
    [TYPE_SQL_DATE] = "DATE", [TYPE_SQL_DATETIME] = "DATETIME", [TYPE_SQL_BLOB] = "BLOB", [TYPE_SQL_BINARY] = "BINARY%l",   \
    [TYPE_SQL_VARBINARY] = "VARBINARY%l", [TYPE_SQL_UUID] = "UUID", [TYPE_UUID] = "%u",                                     \
    [TYPE_ORA_NVARCHAR2] = "NVARCHAR%l", [TYPE_USER_DEFINED] = "%r"

const char *const postgresql_types[TYPE_COUNT] = {
    COMMON_TYPES,
    [TYPE_FLOAT] = "FLOAT%q",
    [TYPE_SQL_FLOAT] = "FLOAT%q",
    [TYPE_DOUBLE] = "DOUBLE PRECISION",
    [TYPE_TIME] = "TIME%q%z",
    [TYPE_SQL_TIME] = "TIME%q%z",
    [TYPE_DATETIME] = "TIMESTAMP%q%z",
    [TYPE_SQL_TIMESTAMP] = "TIMESTAMP%q%z",
    [TYPE_INTERVAL] = "INTERVAL%i",
    [TYPE_PG_INTERVAL] = "INTERVAL%i",
    [TYPE_LARGE_BINARY] = "BYTEA",
    [TYPE_PICKLE] = "BYTEA",
    [TYPE_PG_BYTEA] = "BYTEA",
    [TYPE_ENUM] = "%e",
    [TYPE_PG_ENUM] = "%e",
    [TYPE_ARRAY] = "%a",
    [TYPE_PG_JSONB] = "JSONB",
    [TYPE_PG_INET] = "INET",
    [TYPE_PG_CIDR] = "CIDR",
    [TYPE_PG_MACADDR] = "MACADDR",
    [TYPE_PG_MACADDR8] = "MACADDR8",
    [TYPE_PG_TSVECTOR] = "TSVECTOR",
    [TYPE_PG_TSQUERY] = "TSQUERY",
    [TYPE_PG_HSTORE] = "HSTORE",
    [TYPE_PG_BIT] = "%b",
    [TYPE_PG_OID] = "OID",
    [TYPE_PG_REGCLASS] = "REGCLASS",
    [TYPE_PG_REGCONFIG] = "REGCONFIG",
    [TYPE_PG_MONEY] = "MONEY",
    [TYPE_PG_CITEXT] = "CITEXT",
    [TYPE_PG_JSONPATH] = "JSONPATH",
    [TYPE_PG_DOMAIN] = "%d",
    [TYPE_PG_INT4RANGE] = "INT4RANGE",
    [TYPE_PG_INT8RANGE] = "INT8RANGE",
    [TYPE_PG_NUMRANGE] = "NUMRANGE",
    [TYPE_PG_DATERANGE] = "DATERANGE",
    [TYPE_PG_TSRANGE] = "TSRANGE",
    [TYPE_PG_TSTZRANGE] = "TSTZRANGE",
    [TYPE_PG_INT4MULTIRANGE] = "INT4MULTIRANGE",
    [TYPE_PG_INT8MULTIRANGE] = "INT8MULTIRANGE",
    [TYPE_PG_NUMMULTIRANGE] = "NUMMULTIRANGE",
    [TYPE_PG_DATEMULTIRANGE] = "DATEMULTIRANGE",
    [TYPE_PG_TSMULTIRANGE] = "TSMULTIRANGE",
    [TYPE_PG_TSTZMULTIRANGE] = "TSTZMULTIRANGE",
};

const char *const sqlite_types[TYPE_COUNT] = {
    COMMON_TYPES,
    [TYPE_FLOAT] = "FLOAT",
    [TYPE_SQL_FLOAT] = "FLOAT",
    [TYPE_DOUBLE] = "DOUBLE",
    [TYPE_TIME] = "TIME",
    [TYPE_SQL_TIME] = "TIME",
    [TYPE_DATETIME] = "DATETIME",
    [TYPE_SQL_TIMESTAMP] = "TIMESTAMP",
    [TYPE_INTERVAL] = "DATETIME",
    [TYPE_LARGE_BINARY] = "BLOB",
    [TYPE_PICKLE] = "BLOB",
    [TYPE_ENUM] = "%v",
    [TYPE_PG_ENUM] = "%v",
};

static Str longest_label(const Type *type, Arena *arena)
{
    size_t longest = 0;
    for (size_t i = 0; i < type->labels.count; i++) {
        size_t len = utf8_length(type->labels.items[i]);
        longest = len > longest ? len : longest;
    }
    size_t length = type->length >= 0 ? (size_t)type->length : longest;
    return length ? str_format(arena, "VARCHAR(%zu)", length) : STR("VARCHAR");
}

static bool add_enum(Arena *arena, Diag *diag, const SqlStyle *style, const Type *type, Buf *out)
{
    if (!type->native_enum) {
        buf_add(out, longest_label(type, arena));
        return true;
    }
    if (!type->name.len) {
        diag_error(diag, type->at, "%.*s needs a name for an enum type", STR_ARGS(style->dialect->title));
        diag_hint(diag, "Write Enum(..., name=\"...\").");
        return false;
    }
    buf_add(out, sql_qualified(arena, style->dialect, type->schema, type->name));
    return true;
}

static void add_interval(const Type *type, Buf *out)
{
    if (type->fields.len)
        buf_addf(out, " %.*s", STR_ARGS(type->fields));
    if (type->precision >= 0)
        buf_addf(out, " (%d)", type->precision);
}

static void add_bit(const Type *type, Buf *out)
{
    buf_add(out, type->varying ? STR("BIT VARYING") : STR("BIT"));
    if (type->length >= 0 && (type->varying || type->length != 1))
        buf_addf(out, "(%d)", type->length);
    else if (type->length == 1)
        buf_add(out, STR("(1)"));
}

static bool add_array(Arena *arena, Diag *diag, const SqlStyle *style, const Type *type, Buf *out)
{
    Str element;
    if (!sql_type(arena, diag, style, type->element, &element))
        return false;
    // the brackets stand before a collation
    size_t collate = str_find(element, STR(" COLLATE "), 0);
    buf_add(out, collate == SIZE_MAX ? element : str_slice(element, 0, collate));
    for (int i = 0; i < type->dimensions; i++)
        buf_add(out, STR("[]"));
    if (collate != SIZE_MAX)
        buf_add(out, str_slice(element, collate, element.len));
    return true;
}

static bool add_hole(Arena *arena, Diag *diag, const SqlStyle *style, const Type *type, char hole, Buf *out)
{
    switch (hole) {
    case 'l':
        if (type->length_is_max)
            buf_add(out, STR("(max)"));
        else if (type->length >= 0)
            buf_addf(out, "(%d)", type->length);
        return true;
    case 'p':
        if (type->precision >= 0 && type->scale >= 0)
            buf_addf(out, "(%d, %d)", type->precision, type->scale);
        else if (type->precision >= 0)
            buf_addf(out, "(%d)", type->precision);
        return true;
    case 'q':
        if (type->precision >= 0)
            buf_addf(out, "(%d)", type->precision);
        return true;
    case 'z': buf_add(out, type->timezone ? STR(" WITH TIME ZONE") : STR(" WITHOUT TIME ZONE")); return true;
    case 'c':
        if (type->collation.len)
            buf_addf(out, " COLLATE \"%.*s\"", STR_ARGS(type->collation));
        return true;
    case 'e': return add_enum(arena, diag, style, type, out);
    case 'v': buf_add(out, longest_label(type, arena)); return true;
    case 'u':
        buf_add(out, type->native_uuid && style->dialect->id == DIALECT_POSTGRESQL ? STR("UUID") : STR("CHAR(32)"));
        return true;
    case 'i': add_interval(type, out); return true;
    case 'b': add_bit(type, out); return true;
    case 'a': return add_array(arena, diag, style, type, out);
    case 'd': buf_add(out, sql_qualified(arena, style->dialect, type->schema, type->name)); return true;
    case 'r': buf_add(out, type->raw); return true;
    default: BUG("unknown hole in a type spec");
    }
}

bool sql_type(Arena *arena, Diag *diag, const SqlStyle *style, const Type *given, Str *sql)
{
    const Type *type = type_for(given, style->dialect->name);
    const char *spec = type ? style->dialect->type_specs[type->kind] : NULL;
    if (!spec || (type->kind == TYPE_USER_DEFINED && !type->raw.len)) {
        diag_error(diag, type ? type->at : SPAN_NONE, "%.*s has no type \"%s\"", STR_ARGS(style->dialect->title),
                   type ? type_name(type->kind) : "NullType");
        diag_hint(diag, "Give it one with .with_variant(TYPE, \"%.*s\"), or map it in [waybill.types].",
                  STR_ARGS(style->dialect->name));
        return false;
    }
    if (!strchr(spec, '%')) {
        *sql = str_from(spec);
        return true;
    }
    Buf out = buf_open(arena);
    for (; *spec; spec++) {
        if (*spec != '%')
            buf_add_char(&out, *spec);
        else if (!add_hole(arena, diag, style, type, *++spec, &out))
            return false;
    }
    *sql = buf_str(&out);
    return true;
}
