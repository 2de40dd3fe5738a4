// Column types as each dialect writes them. A spec is the type's text with holes:
//   %l (length)   %L the same, which must be given   %M (length) or (max)   %n (length CHAR)   %N the same, must be given
//   %p (precision[, scale])   %q (precision)   %z WITH or WITHOUT TIME ZONE   %t WITH [LOCAL] TIME ZONE or nothing
//   %c COLLATE   %k CHARACTER SET and COLLATE   %u UNSIGNED ZEROFILL
//   %e enum: its type's name   %E its labels   %v VARCHAR of the longest label   %V the same in characters
//   %U UUID or CHAR(32)   %i interval fields   %I day and second precision
//   %b BIT's length   %a array element and brackets   %d domain name   %r the type's own text
// "A<v:B": A for servers before version v, else B; an empty one: no such type.
// A missing spec: the dialect has no such type.
// Source: SQLAlchemy 2.0.52's type compilers; ALEMBIC.md section 6 as measured; where SQLAlchemy writes a type the server
// does not have (sa.CLOB on SQL Server), the server's own.
#include "sql_int.h"

// What PostgreSQL and SQLite have in common.
#define COMMON_TYPES                                                                                                        \
    [TYPE_SMALL_INTEGER] = "SMALLINT", [TYPE_INTEGER] = "INTEGER", [TYPE_BIG_INTEGER] = "BIGINT",                           \
    [TYPE_NUMERIC] = "NUMERIC%p", [TYPE_STRING] = "VARCHAR%l%c", [TYPE_UNICODE] = "VARCHAR%l%c",                            \
    [TYPE_BOOLEAN] = "BOOLEAN", [TYPE_DATE] = "DATE", [TYPE_JSON] = "JSON", [TYPE_SQL_INTEGER] = "INTEGER",                 \
    [TYPE_SQL_INT] = "INTEGER", [TYPE_SQL_SMALLINT] = "SMALLINT", [TYPE_SQL_BIGINT] = "BIGINT",                             \
    [TYPE_SQL_NUMERIC] = "NUMERIC%p", [TYPE_SQL_DECIMAL] = "DECIMAL%p", [TYPE_SQL_REAL] = "REAL",                           \
    [TYPE_SQL_DOUBLE_PRECISION] = "DOUBLE PRECISION", [TYPE_SQL_VARCHAR] = "VARCHAR%l%c", [TYPE_SQL_CHAR] = "CHAR%l%c",     \
    [TYPE_SQL_NCHAR] = "NCHAR%l%c", [TYPE_SQL_BOOLEAN] = "BOOLEAN", [TYPE_SQL_DATE] = "DATE", [TYPE_SQL_UUID] = "UUID",     \
    [TYPE_UUID] = "%U", [TYPE_USER_DEFINED] = "%r"

const char *const postgresql_types[TYPE_COUNT] = {
    COMMON_TYPES,
    [TYPE_TEXT] = "TEXT%c",
    [TYPE_UNICODE_TEXT] = "TEXT%c",
    [TYPE_SQL_TEXT] = "TEXT%c",
    [TYPE_ORA_FLOAT] = "FLOAT",
    [TYPE_SQL_DATETIME] = "TIMESTAMP%q%z",
    [TYPE_SQL_DOUBLE] = "DOUBLE PRECISION",
    [TYPE_SQL_NVARCHAR] = "VARCHAR%l%c",
    [TYPE_ORA_NVARCHAR2] = "VARCHAR%l",
    [TYPE_SQL_CLOB] = "TEXT",
    [TYPE_ORA_NCLOB] = "TEXT",
    [TYPE_SQL_BLOB] = "BYTEA",
    [TYPE_SQL_BINARY] = "BYTEA",
    [TYPE_SQL_VARBINARY] = "BYTEA",
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
    [TYPE_MS_MONEY] = "MONEY",
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

// Source: SQLAlchemy 2.0.52 dialects/mysql/base.py, MySQLTypeCompiler.
#define MYSQL_TYPES                                                                                                         \
    [TYPE_SMALL_INTEGER] = "SMALLINT%l%u", [TYPE_INTEGER] = "INTEGER%l%u", [TYPE_BIG_INTEGER] = "BIGINT%l%u",               \
    [TYPE_SQL_INTEGER] = "INTEGER%l%u", [TYPE_SQL_INT] = "INTEGER%l%u", [TYPE_SQL_SMALLINT] = "SMALLINT%l%u",               \
    [TYPE_SQL_BIGINT] = "BIGINT%l%u", [TYPE_MY_TINYINT] = "TINYINT%l%u", [TYPE_MS_TINYINT] = "TINYINT%l%u",                 \
    [TYPE_MY_MEDIUMINT] = "MEDIUMINT%l%u", [TYPE_NUMERIC] = "NUMERIC%p%u", [TYPE_SQL_NUMERIC] = "NUMERIC%p%u",              \
    [TYPE_SQL_DECIMAL] = "DECIMAL%p%u", [TYPE_FLOAT] = "FLOAT%p%u", [TYPE_SQL_FLOAT] = "FLOAT%p%u",                         \
    [TYPE_ORA_FLOAT] = "FLOAT", [TYPE_SQL_REAL] = "REAL%p%u", [TYPE_DOUBLE] = "DOUBLE%p%u",                                 \
    [TYPE_SQL_DOUBLE] = "DOUBLE%p%u", [TYPE_SQL_DOUBLE_PRECISION] = "DOUBLE PRECISION", [TYPE_STRING] = "VARCHAR%L%k",      \
    [TYPE_UNICODE] = "VARCHAR%L%k", [TYPE_SQL_VARCHAR] = "VARCHAR%L%k", [TYPE_SQL_CHAR] = "CHAR%l%k",                       \
    [TYPE_SQL_NVARCHAR] = "NATIONAL VARCHAR%L%k", [TYPE_SQL_NCHAR] = "NATIONAL CHAR%l%k",                                   \
    [TYPE_ORA_NVARCHAR2] = "NATIONAL VARCHAR%L", [TYPE_TEXT] = "TEXT%l%k", [TYPE_UNICODE_TEXT] = "TEXT%l%k",                \
    [TYPE_SQL_TEXT] = "TEXT%l%k", [TYPE_SQL_CLOB] = "LONGTEXT", [TYPE_ORA_NCLOB] = "LONGTEXT",                              \
    [TYPE_MY_TINYTEXT] = "TINYTEXT%k", [TYPE_MY_MEDIUMTEXT] = "MEDIUMTEXT%k", [TYPE_MY_LONGTEXT] = "LONGTEXT%k",            \
    [TYPE_BOOLEAN] = "BOOL", [TYPE_SQL_BOOLEAN] = "BOOL", [TYPE_DATE] = "DATE", [TYPE_SQL_DATE] = "DATE",                   \
    [TYPE_TIME] = "TIME%l", [TYPE_SQL_TIME] = "TIME%l", [TYPE_DATETIME] = "DATETIME%l", [TYPE_SQL_DATETIME] = "DATETIME%l", \
    [TYPE_SQL_TIMESTAMP] = "TIMESTAMP%l", [TYPE_INTERVAL] = "DATETIME", [TYPE_MY_YEAR] = "YEAR%l",                          \
    [TYPE_LARGE_BINARY] = "BLOB%l", [TYPE_PICKLE] = "BLOB", [TYPE_SQL_BLOB] = "BLOB%l", [TYPE_SQL_BINARY] = "BINARY%l",     \
    [TYPE_SQL_VARBINARY] = "VARBINARY%L", [TYPE_MY_TINYBLOB] = "TINYBLOB", [TYPE_MY_MEDIUMBLOB] = "MEDIUMBLOB",             \
    [TYPE_MY_LONGBLOB] = "LONGBLOB", [TYPE_JSON] = "JSON", [TYPE_ENUM] = "%E", [TYPE_PG_ENUM] = "%E",                       \
    [TYPE_MY_ENUM] = "%E", [TYPE_MY_SET] = "%E", [TYPE_MY_BIT] = "BIT%l", [TYPE_PG_BIT] = "BIT%l",                          \
    [TYPE_UUID] = "CHAR(32)", [TYPE_USER_DEFINED] = "%r"

const char *const mysql_types[TYPE_COUNT] = {MYSQL_TYPES, [TYPE_SQL_UUID] = "CHAR(32)"};
const char *const mariadb_types[TYPE_COUNT] = {MYSQL_TYPES, [TYPE_SQL_UUID] = "CHAR(32)<100700:UUID"};

// What CAST takes. Source: dialects/mysql/base.py, MySQLCompiler.visit_typeclause.
const char *const mysql_casts[TYPE_COUNT] = {
    [TYPE_SMALL_INTEGER] = "%S",
    [TYPE_INTEGER] = "%S",
    [TYPE_BIG_INTEGER] = "%S",
    [TYPE_SQL_INTEGER] = "%S",
    [TYPE_SQL_INT] = "%S",
    [TYPE_SQL_SMALLINT] = "%S",
    [TYPE_SQL_BIGINT] = "%S",
    [TYPE_MY_TINYINT] = "%S",
    [TYPE_MS_TINYINT] = "%S",
    [TYPE_MY_MEDIUMINT] = "%S",
    [TYPE_NUMERIC] = "DECIMAL%p",
    [TYPE_SQL_NUMERIC] = "DECIMAL%p",
    [TYPE_SQL_DECIMAL] = "DECIMAL%p",
    [TYPE_FLOAT] = "<80017:DOUBLE",
    [TYPE_SQL_FLOAT] = "<80017:DOUBLE",
    [TYPE_DOUBLE] = "<80017:DOUBLE",
    [TYPE_SQL_DOUBLE] = "<80017:DOUBLE",
    [TYPE_SQL_DOUBLE_PRECISION] = "<80017:DOUBLE",
    [TYPE_SQL_REAL] = "<80017:DOUBLE",
    [TYPE_STRING] = "CHAR%l",
    [TYPE_UNICODE] = "CHAR%l",
    [TYPE_SQL_VARCHAR] = "CHAR%l",
    [TYPE_SQL_CHAR] = "CHAR%l",
    [TYPE_SQL_NVARCHAR] = "CHAR%l",
    [TYPE_SQL_NCHAR] = "CHAR%l",
    [TYPE_TEXT] = "CHAR%l",
    [TYPE_UNICODE_TEXT] = "CHAR%l",
    [TYPE_SQL_TEXT] = "CHAR%l",
    [TYPE_MY_TINYTEXT] = "CHAR",
    [TYPE_MY_MEDIUMTEXT] = "CHAR",
    [TYPE_MY_LONGTEXT] = "CHAR",
    [TYPE_DATE] = "DATE",
    [TYPE_SQL_DATE] = "DATE",
    [TYPE_TIME] = "TIME%l",
    [TYPE_SQL_TIME] = "TIME%l",
    [TYPE_DATETIME] = "DATETIME%l",
    [TYPE_SQL_DATETIME] = "DATETIME%l",
    [TYPE_SQL_TIMESTAMP] = "DATETIME",
    [TYPE_LARGE_BINARY] = "BINARY",
    [TYPE_SQL_BLOB] = "BINARY",
    [TYPE_SQL_BINARY] = "BINARY%l",
    [TYPE_SQL_VARBINARY] = "BINARY%l",
    [TYPE_JSON] = "JSON",
    [TYPE_BOOLEAN] = "",
    [TYPE_SQL_BOOLEAN] = "",
    [TYPE_ENUM] = "",
    [TYPE_PG_ENUM] = "",
    [TYPE_MY_ENUM] = "",
    [TYPE_MY_SET] = "",
    [TYPE_UUID] = "CHAR(32)",
    [TYPE_SQL_UUID] = "CHAR(32)",
    [TYPE_USER_DEFINED] = "%r",
};

const char *const sqlite_types[TYPE_COUNT] = {
    COMMON_TYPES,
    [TYPE_TEXT] = "TEXT%l%c",
    [TYPE_UNICODE_TEXT] = "TEXT%l%c",
    [TYPE_SQL_TEXT] = "TEXT%l%c",
    [TYPE_SQL_DATETIME] = "DATETIME",
    [TYPE_SQL_DOUBLE] = "DOUBLE",
    [TYPE_SQL_NVARCHAR] = "NVARCHAR%l%c",
    [TYPE_ORA_NVARCHAR2] = "NVARCHAR%l",
    [TYPE_SQL_CLOB] = "CLOB",
    [TYPE_SQL_BLOB] = "BLOB",
    [TYPE_SQL_BINARY] = "BINARY%l",
    [TYPE_SQL_VARBINARY] = "VARBINARY%l",
    [TYPE_ORA_NCLOB] = "NCLOB",
    [TYPE_FLOAT] = "FLOAT",
    [TYPE_SQL_FLOAT] = "FLOAT",
    [TYPE_ORA_FLOAT] = "FLOAT",
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

// Source: SQLAlchemy 2.0.52 dialects/oracle/base.py, OracleTypeCompiler. Oracle has no TIME, TEXT, BIGINT, BINARY or
// DATETIME.
const char *const oracle_types[TYPE_COUNT] = {
    [TYPE_SMALL_INTEGER] = "SMALLINT",
    [TYPE_INTEGER] = "INTEGER",
    [TYPE_BIG_INTEGER] = "NUMBER(19)",
    [TYPE_SQL_INTEGER] = "INTEGER",
    [TYPE_SQL_INT] = "INTEGER",
    [TYPE_SQL_SMALLINT] = "SMALLINT",
    [TYPE_SQL_BIGINT] = "NUMBER(19)",
    [TYPE_NUMERIC] = "NUMERIC%p",
    [TYPE_SQL_NUMERIC] = "NUMERIC%p",
    [TYPE_SQL_DECIMAL] = "DECIMAL%p",
    [TYPE_FLOAT] = "FLOAT%q",
    [TYPE_SQL_FLOAT] = "FLOAT%q",
    [TYPE_ORA_FLOAT] = "FLOAT%q",
    [TYPE_DOUBLE] = "DOUBLE PRECISION",
    [TYPE_SQL_DOUBLE] = "DOUBLE PRECISION",
    [TYPE_SQL_DOUBLE_PRECISION] = "DOUBLE PRECISION",
    [TYPE_SQL_REAL] = "REAL",
    [TYPE_STRING] = "VARCHAR2%N",
    [TYPE_UNICODE] = "VARCHAR2%N",
    [TYPE_ORA_VARCHAR2] = "VARCHAR2%N",
    [TYPE_SQL_VARCHAR] = "VARCHAR%N",
    [TYPE_SQL_CHAR] = "CHAR%l",
    [TYPE_SQL_NCHAR] = "NCHAR%l",
    [TYPE_SQL_NVARCHAR] = "NVARCHAR2%L",
    [TYPE_ORA_NVARCHAR2] = "NVARCHAR2%L",
    [TYPE_TEXT] = "CLOB",
    [TYPE_UNICODE_TEXT] = "CLOB",
    [TYPE_SQL_TEXT] = "CLOB",
    [TYPE_SQL_CLOB] = "CLOB",
    [TYPE_ORA_NCLOB] = "NCLOB",
    [TYPE_ORA_LONG] = "LONG",
    [TYPE_BOOLEAN] = "SMALLINT",
    [TYPE_SQL_BOOLEAN] = "SMALLINT",
    [TYPE_DATE] = "DATE",
    [TYPE_SQL_DATE] = "DATE",
    [TYPE_DATETIME] = "DATE",
    [TYPE_SQL_DATETIME] = "DATE",
    [TYPE_SQL_TIMESTAMP] = "TIMESTAMP%t",
    [TYPE_INTERVAL] = "INTERVAL DAY TO SECOND",
    [TYPE_ORA_INTERVAL] = "INTERVAL DAY%I",
    [TYPE_LARGE_BINARY] = "BLOB",
    [TYPE_PICKLE] = "BLOB",
    [TYPE_SQL_BLOB] = "BLOB",
    [TYPE_SQL_BINARY] = "RAW%L",
    [TYPE_SQL_VARBINARY] = "RAW%L",
    [TYPE_ORA_RAW] = "RAW%L",
    [TYPE_ORA_BFILE] = "BFILE",
    [TYPE_ORA_NUMBER] = "NUMBER%p",
    [TYPE_ORA_BINARY_FLOAT] = "BINARY_FLOAT",
    [TYPE_ORA_BINARY_DOUBLE] = "BINARY_DOUBLE",
    [TYPE_ORA_ROWID] = "ROWID",
    [TYPE_JSON] = "<2100:JSON",
    [TYPE_ENUM] = "%V",
    [TYPE_PG_ENUM] = "%V",
    [TYPE_UUID] = "CHAR(32)",
    [TYPE_SQL_UUID] = "CHAR(32)",
    [TYPE_USER_DEFINED] = "%r",
};

// Source: SQLAlchemy 2.0.52 dialects/mssql/base.py, MSTypeCompiler, as for a server of 2012 and later (which is what it
// finds when it is connected): large types are VARCHAR(max), DATE and TIME exist. sa.TIMESTAMP is a time, not a rowversion.
const char *const mssql_types[TYPE_COUNT] = {
    [TYPE_SMALL_INTEGER] = "SMALLINT",
    [TYPE_INTEGER] = "INTEGER",
    [TYPE_BIG_INTEGER] = "BIGINT",
    [TYPE_SQL_INTEGER] = "INTEGER",
    [TYPE_SQL_INT] = "INTEGER",
    [TYPE_SQL_SMALLINT] = "SMALLINT",
    [TYPE_SQL_BIGINT] = "BIGINT",
    [TYPE_MS_TINYINT] = "TINYINT",
    [TYPE_MY_TINYINT] = "TINYINT",
    [TYPE_NUMERIC] = "NUMERIC%p",
    [TYPE_SQL_NUMERIC] = "NUMERIC%p",
    [TYPE_SQL_DECIMAL] = "DECIMAL%p",
    [TYPE_MS_MONEY] = "MONEY",
    [TYPE_PG_MONEY] = "MONEY",
    [TYPE_MS_SMALLMONEY] = "SMALLMONEY",
    [TYPE_FLOAT] = "FLOAT%q",
    [TYPE_SQL_FLOAT] = "FLOAT%q",
    [TYPE_ORA_FLOAT] = "FLOAT",
    [TYPE_DOUBLE] = "DOUBLE PRECISION",
    [TYPE_SQL_DOUBLE] = "DOUBLE PRECISION",
    [TYPE_SQL_DOUBLE_PRECISION] = "DOUBLE PRECISION",
    [TYPE_SQL_REAL] = "REAL",
    [TYPE_STRING] = "VARCHAR%M%c",
    [TYPE_UNICODE] = "NVARCHAR%M%c",
    [TYPE_SQL_VARCHAR] = "VARCHAR%M%c",
    [TYPE_SQL_NVARCHAR] = "NVARCHAR%M%c",
    [TYPE_ORA_NVARCHAR2] = "NVARCHAR%M%c",
    [TYPE_SQL_CHAR] = "CHAR%l%c",
    [TYPE_SQL_NCHAR] = "NCHAR%l%c",
    [TYPE_TEXT] = "VARCHAR%M%c",
    [TYPE_UNICODE_TEXT] = "NVARCHAR%M%c",
    [TYPE_SQL_TEXT] = "TEXT%c",
    [TYPE_SQL_CLOB] = "VARCHAR(max)",
    [TYPE_ORA_NCLOB] = "NVARCHAR(max)",
    [TYPE_MS_NTEXT] = "NTEXT%c",
    [TYPE_BOOLEAN] = "BIT",
    [TYPE_SQL_BOOLEAN] = "BIT",
    [TYPE_MS_BIT] = "BIT",
    [TYPE_PG_BIT] = "BIT",
    [TYPE_MY_BIT] = "BIT",
    [TYPE_DATE] = "DATE",
    [TYPE_SQL_DATE] = "DATE",
    [TYPE_TIME] = "TIME%q",
    [TYPE_SQL_TIME] = "TIME%q",
    [TYPE_DATETIME] = "%D",
    [TYPE_SQL_DATETIME] = "DATETIME",
    [TYPE_SQL_TIMESTAMP] = "%T",
    [TYPE_INTERVAL] = "DATETIME",
    [TYPE_MS_DATETIME2] = "DATETIME2%q",
    [TYPE_MS_DATETIMEOFFSET] = "DATETIMEOFFSET%q",
    [TYPE_MS_SMALLDATETIME] = "SMALLDATETIME",
    [TYPE_LARGE_BINARY] = "VARBINARY%M",
    [TYPE_PICKLE] = "VARBINARY(max)",
    [TYPE_SQL_BLOB] = "VARBINARY(max)",
    [TYPE_SQL_BINARY] = "BINARY%l",
    [TYPE_SQL_VARBINARY] = "VARBINARY%M",
    [TYPE_MS_IMAGE] = "IMAGE",
    [TYPE_MS_ROWVERSION] = "ROWVERSION",
    [TYPE_MS_TIMESTAMP] = "TIMESTAMP",
    [TYPE_JSON] = "NVARCHAR(max)",
    [TYPE_ENUM] = "%v",
    [TYPE_PG_ENUM] = "%v",
    [TYPE_UUID] = "%U",
    [TYPE_SQL_UUID] = "UNIQUEIDENTIFIER",
    [TYPE_MS_UNIQUEIDENTIFIER] = "UNIQUEIDENTIFIER",
    [TYPE_MS_XML] = "XML",
    [TYPE_MS_SQL_VARIANT] = "SQL_VARIANT",
    [TYPE_USER_DEFINED] = "%r",
};

static Str enum_text(Arena *arena, const Type *type, const char *unit)
{
    size_t longest = 0;
    for (size_t i = 0; i < type->labels.count; i++) {
        size_t len = utf8_length(type->labels.items[i]);
        longest = len > longest ? len : longest;
    }
    size_t length = type->length >= 0 ? (size_t)type->length : longest;
    return length ? str_format(arena, "VARCHAR(%zu%s)", length, unit) : STR("VARCHAR");
}

static bool add_enum(Arena *arena, Diag *diag, const SqlStyle *style, const Type *type, Buf *out)
{
    if (!type->native_enum) {
        buf_add(out, enum_text(arena, type, ""));
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

static void add_charset(const Type *type, Buf *out)
{
    if (type->charset.len)
        buf_addf(out, " CHARACTER SET %.*s", STR_ARGS(type->charset));
    if (type->collation.len)
        buf_addf(out, " COLLATE %.*s", STR_ARGS(type->collation));
}

// ENUM('a','b') of a column, SET('a','b')
static bool add_labels(Arena *arena, Diag *diag, const SqlStyle *style, const Type *type, Buf *out)
{
    if (type->kind == TYPE_ENUM && !type->native_enum) {
        buf_add(out, enum_text(arena, type, ""));
        return true;
    }
    buf_add(out, type->kind == TYPE_MY_SET ? STR("SET(") : STR("ENUM("));
    for (size_t i = 0; i < type->labels.count; i++) {
        Str label;
        if (!sql_plain_text(arena, diag, style, type->at, "label", type->labels.items[i], &label))
            return false;
        buf_addf(out, "%s%.*s", i ? "," : "", STR_ARGS(label));
    }
    buf_add_char(out, ')');
    add_charset(type, out);
    return true;
}

static void add_interval(const Type *type, Buf *out)
{
    if (type->fields.len)
        buf_addf(out, " %.*s", STR_ARGS(type->fields));
    if (type->precision >= 0)
        buf_addf(out, " (%d)", type->precision);
}

static void add_day_to_second(const Type *type, Buf *out)
{
    if (type->scale >= 0)   // of days
        buf_addf(out, "(%d)", type->scale);
    buf_add(out, STR(" TO SECOND"));
    if (type->precision >= 0)
        buf_addf(out, "(%d)", type->precision);
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

static void add_length(const Type *type, const char *unit, Buf *out)
{
    if (type->length >= 0)
        buf_addf(out, "(%d%s)", type->length, unit);
}

static bool need_length(Diag *diag, const SqlStyle *style, const Type *type)
{
    if (type->length >= 0)
        return true;
    diag_error(diag, type->at, "%.*s needs a length for %s", STR_ARGS(style->dialect->title), type_name(type->kind));
    Cure cure = {.kind = CURE_TYPE, .name = type_full_name(diag->arena, type->kind)};
    diag_hint(diag, "Write %s(LENGTH), or say it for all revisions in [waybill.types]: %.*s", type_name(type->kind),
              STR_ARGS(cure_line(diag->arena, cure)));
    diag_cure(diag, cure);
    return false;
}

static void add_precision(const Type *type, bool with_scale, Buf *out)
{
    if (with_scale && type->precision >= 0 && type->scale >= 0)
        buf_addf(out, "(%d, %d)", type->precision, type->scale);
    else if (type->precision >= 0)
        buf_addf(out, "(%d)", type->precision);
}

static void add_collation(const Dialect *dialect, const Type *type, Buf *out)
{
    if (type->collation.len)
        buf_addf(out, dialect->quotes_collations ? " COLLATE \"%.*s\"" : " COLLATE %.*s", STR_ARGS(type->collation));
}

static Str uuid_text(const Dialect *dialect, const Type *type)
{
    if (!type->native_uuid)
        return STR("CHAR(32)");
    return dialect->id == DIALECT_POSTGRESQL ? STR("UUID")
           : dialect->id == DIALECT_MSSQL    ? STR("UNIQUEIDENTIFIER")
                                             : STR("CHAR(32)");
}

static bool add_hole(Arena *arena, Diag *diag, const SqlStyle *style, const Type *type, char hole, Buf *out)
{
    switch (hole) {
    case 'L':
    case 'N':
        if (!need_length(diag, style, type))
            return false;
        add_length(type, hole == 'N' ? " CHAR" : "", out);
        return true;
    case 'l': add_length(type, "", out); return true;
    case 'M':
        if (type->length < 0)
            buf_add(out, STR("(max)"));
        else
            add_length(type, "", out);
        return true;
    case 'p': add_precision(type, true, out); return true;
    case 'q':
        // mysql.FLOAT(7, 3) counts decimal digits, Oracle's FLOAT binary ones
        if (!(style->dialect->id == DIALECT_ORACLE && type->scale >= 0))
            add_precision(type, false, out);
        return true;
    case 'z': buf_add(out, type->timezone ? STR(" WITH TIME ZONE") : STR(" WITHOUT TIME ZONE")); return true;
    case 't':
        buf_add(out, type->local_timezone ? STR(" WITH LOCAL TIME ZONE")
                     : type->timezone     ? STR(" WITH TIME ZONE")
                                          : STR_EMPTY);
        return true;
    case 'D': buf_add(out, type->timezone ? STR("DATETIMEOFFSET") : STR("DATETIME")); return true;
    case 'T':
        buf_add(out, type->timezone ? STR("DATETIMEOFFSET") : STR("DATETIME2"));
        add_precision(type, false, out);
        return true;
    case 'c': add_collation(style->dialect, type, out); return true;
    case 'k': add_charset(type, out); return true;
    case 'u': buf_add(out, type->zerofill ? STR(" ZEROFILL") : type->unsigned_ ? STR(" UNSIGNED") : STR_EMPTY); return true;
    case 'S': buf_add(out, type->unsigned_ ? STR("UNSIGNED INTEGER") : STR("SIGNED INTEGER")); return true;
    case 'e': return add_enum(arena, diag, style, type, out);
    case 'E': return add_labels(arena, diag, style, type, out);
    case 'v': buf_add(out, enum_text(arena, type, "")); return true;
    case 'V': buf_add(out, enum_text(arena, type, " CHAR")); return true;
    case 'U': buf_add(out, uuid_text(style->dialect, type)); return true;
    case 'i': add_interval(type, out); return true;
    case 'I': add_day_to_second(type, out); return true;
    case 'b': add_bit(type, out); return true;
    case 'a': return add_array(arena, diag, style, type, out);
    case 'd': buf_add(out, sql_qualified(arena, style->dialect, type->schema, type->name)); return true;
    case 'r': buf_add(out, type->raw); return true;
    default: BUG("unknown hole in a type spec");
    }
}

// "A<80017:B": A before that version of the server.
static Str spec_for(const char *spec, int version)
{
    Str all = str_from(spec ? spec : "");
    size_t less = str_find_char(all, '<', 0), colon = str_find_char(all, ':', 0);
    if (less == SIZE_MAX || colon == SIZE_MAX)
        return all;
    int limit = 0;
    for (size_t i = less + 1; i < colon; i++)
        limit = limit * 10 + (all.ptr[i] - '0');
    return version < limit ? str_slice(all, 0, less) : str_slice(all, colon + 1, all.len);
}

static bool fill_spec(Arena *arena, Diag *diag, const SqlStyle *style, const Type *type, Str spec, Str *sql)
{
    if (str_find_char(spec, '%', 0) == SIZE_MAX) {
        *sql = spec;
        return true;
    }
    Buf out = buf_open(arena);
    for (size_t i = 0; i < spec.len; i++) {
        if (spec.ptr[i] != '%')
            buf_add_char(&out, spec.ptr[i]);
        else if (!add_hole(arena, diag, style, type, spec.ptr[++i], &out))
            return false;
    }
    *sql = buf_str(&out);
    return true;
}

static bool refuse_type(Arena *arena, Diag *diag, const SqlStyle *style, const Type *type)
{
    diag_error(diag, type ? type->at : SPAN_NONE, "%.*s has no type \"%s\"", STR_ARGS(style->dialect->title),
               type ? type_name(type->kind) : "NullType");
    if (!type || type->kind == TYPE_NULL || type->kind == TYPE_USER_DEFINED) {
        diag_hint(diag, "Give it one with .with_variant(TYPE, \"%.*s\"), or map it in [waybill.types].",
                  STR_ARGS(style->dialect->name));
        return false;
    }
    Cure cure = {.kind = CURE_TYPE, .name = type_full_name(arena, type->kind)};
    if (type->kind == TYPE_PG_JSONB)
        cure.suggestion = STR("sa.JSON()");
    diag_hint(diag, "Give it one with .with_variant(TYPE, \"%.*s\"), or one for all revisions in [waybill.types]: %.*s",
              STR_ARGS(style->dialect->name), STR_ARGS(cure_line(arena, cure)));
    diag_cure(diag, cure);
    return false;
}

bool sql_type(Arena *arena, Diag *diag, const SqlStyle *style, const Type *given, Str *sql)
{
    const Type *type = type_for(given, style->dialect->name);
    if (type && type->raw.len) {
        *sql = type->raw;
        return true;
    }
    Str spec = type ? spec_for(style->dialect->type_specs[type->kind], style->minimum) : STR_EMPTY;
    if (!spec.len || type->kind == TYPE_USER_DEFINED)
        return refuse_type(arena, diag, style, type);
    return fill_spec(arena, diag, style, type, spec, sql);
}

bool sql_has_type(Arena *arena, const SqlStyle *style, const Type *given)
{
    Diag ignored = diag_open(arena);
    Str sql;
    return sql_type(arena, &ignored, style, given, &sql);
}

bool sql_cast_type(Arena *arena, Diag *diag, const SqlStyle *style, const Type *given, Str *sql)
{
    const Type *type = type_for(given, style->dialect->name);
    if (!type || type->raw.len || !style->dialect->cast_specs || !style->dialect->cast_specs[type->kind])
        return sql_type(arena, diag, style, given, sql);
    return fill_spec(arena, diag, style, type, spec_for(style->dialect->cast_specs[type->kind], style->minimum), sql);
}
