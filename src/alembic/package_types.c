// Column types that well-known packages bring, as the SQLAlchemy type each stores its values in.
// Source: sqlalchemy_utils 0.42 types/, compared with it by its own compile(); pgvector 0.4 sqlalchemy/; sqlmodel 0.0.39
// sql/sqltypes.py, and 0.0.8 for GUID; oslo.db 12.1 sqlalchemy/types.py.
#include "alembic_int.h"

typedef enum PackageType {
    PACKAGE_PLAIN,        // kind and length as given here, whatever its arguments say
    PACKAGE_LENGTH,       // length by argument, else the default here
    PACKAGE_MAX_LENGTH,   // by max_length=: length=, which autogenerate writes, is read and then forgotten
    PACKAGE_TIMEZONE,     // timezone by argument
    PACKAGE_UUID,         // UUIDType(binary=True, native=True): UUID, UNIQUEIDENTIFIER, else BINARY(16) or CHAR(32)
    PACKAGE_GUID,         // UUID on PostgreSQL, else CHAR of the length here
    PACKAGE_BY_DIALECT,   // kind on PostgreSQL, that of JSONType elsewhere
    PACKAGE_RANGE,        // kind on PostgreSQL, VARCHAR(255) elsewhere
    PACKAGE_BIT,          // BitType(length=1): BIT, VARCHAR, BINARY
    PACKAGE_AWARE,        // a timestamp with time zone, unless timezone=False
    PACKAGE_JSONFIELD,    // JSON where the database has it, unless enforce_string=True
    PACKAGE_CHOICE,       // ChoiceType(choices, impl=type)
    PACKAGE_PASSWORD,     // PasswordType(max_length=): bytes
    PACKAGE_AUTO,         // AutoString(length=): 255 on MySQL
    PACKAGE_RAW,          // the dialect's own name
    PACKAGE_GEOMETRY,
    PACKAGE_VECTOR,      // NAME(dim)
    PACKAGE_ENCRYPTED,   // StringEncryptedType(type, key, ..., length=)
    PACKAGE_LONG_TEXT,   // JsonEncodedDict(mysql_as_long=, mysql_as_medium=): LONGTEXT, MEDIUMTEXT behind a mysql:// URL
} PackageType;

static const struct {
    const char *module, *name;
    PackageType how;
    TypeKind kind;
    int length;
    const char *raw;
} package_types[] = {
    {"sqlalchemy_utils", "ArrowType", PACKAGE_TIMEZONE, TYPE_DATETIME, -1, NULL},
    {"sqlalchemy_utils", "EnrichedDateTimeType", PACKAGE_TIMEZONE, TYPE_DATETIME, -1, NULL},
    {"sqlalchemy_utils", "EnrichedDateType", PACKAGE_PLAIN, TYPE_DATE, -1, NULL},
    {"sqlalchemy_utils", "UUIDType", PACKAGE_UUID, TYPE_UUID, -1, NULL},
    {"sqlalchemy_utils", "JSONType", PACKAGE_BY_DIALECT, TYPE_JSON, -1, NULL},
    {"sqlalchemy_utils", "TSVectorType", PACKAGE_PLAIN, TYPE_PG_TSVECTOR, -1, NULL},
    {"sqlalchemy_utils", "URLType", PACKAGE_PLAIN, TYPE_UNICODE_TEXT, -1, NULL},
    {"sqlalchemy_utils", "EmailType", PACKAGE_LENGTH, TYPE_UNICODE, 255, NULL},
    {"sqlalchemy_utils", "ChoiceType", PACKAGE_CHOICE, TYPE_UNICODE, 255, NULL},
    {"sqlalchemy_utils", "ScalarListType", PACKAGE_PLAIN, TYPE_UNICODE_TEXT, -1, NULL},
    {"sqlalchemy_utils", "IPAddressType", PACKAGE_MAX_LENGTH, TYPE_UNICODE, 50, NULL},
    {"sqlalchemy_utils", "CountryType", PACKAGE_PLAIN, TYPE_STRING, 2, NULL},
    {"sqlalchemy_utils", "CurrencyType", PACKAGE_PLAIN, TYPE_STRING, 3, NULL},
    {"sqlalchemy_utils", "TimezoneType", PACKAGE_PLAIN, TYPE_UNICODE, 50, NULL},
    {"sqlalchemy_utils", "LocaleType", PACKAGE_PLAIN, TYPE_UNICODE, 10, NULL},
    {"sqlalchemy_utils", "ColorType", PACKAGE_MAX_LENGTH, TYPE_UNICODE, 20, NULL},
    {"sqlalchemy_utils", "PhoneNumberType", PACKAGE_MAX_LENGTH, TYPE_UNICODE, 20, NULL},
    {"sqlalchemy_utils", "PasswordType", PACKAGE_PASSWORD, TYPE_SQL_VARBINARY, -1, NULL},
    {"sqlalchemy_utils", "BitType", PACKAGE_BIT, TYPE_SQL_BINARY, 1, NULL},
    {"sqlalchemy_utils", "WeekDaysType", PACKAGE_BIT, TYPE_SQL_BINARY, 7, NULL},
    {"sqlalchemy_utils", "IntRangeType", PACKAGE_RANGE, TYPE_PG_INT4RANGE, -1, NULL},
    {"sqlalchemy_utils", "Int8RangeType", PACKAGE_RANGE, TYPE_PG_INT8RANGE, -1, NULL},
    {"sqlalchemy_utils", "NumericRangeType", PACKAGE_RANGE, TYPE_PG_NUMRANGE, -1, NULL},
    {"sqlalchemy_utils", "DateRangeType", PACKAGE_RANGE, TYPE_PG_DATERANGE, -1, NULL},
    {"sqlalchemy_utils", "DateTimeRangeType", PACKAGE_RANGE, TYPE_PG_TSRANGE, -1, NULL},
    {"sqlalchemy_utils", "LtreeType", PACKAGE_RAW, TYPE_USER_DEFINED, -1, "LTREE"},
    {"sqlalchemy_utils", "EncryptedType", PACKAGE_ENCRYPTED, TYPE_LARGE_BINARY, -1, NULL},
    {"sqlalchemy_utils", "StringEncryptedType", PACKAGE_ENCRYPTED, TYPE_STRING, -1, NULL},
    {"sqlmodel", "AutoString", PACKAGE_AUTO, TYPE_STRING, -1, NULL},
    {"sqlmodel", "GUID", PACKAGE_GUID, TYPE_UUID, 32, NULL},
    {"fastapi_users_db_sqlalchemy", "GUID", PACKAGE_GUID, TYPE_UUID, 36, NULL},
    {"fastapi_users_db_sqlalchemy", "TIMESTAMPAware", PACKAGE_AWARE, TYPE_SQL_TIMESTAMP, -1, NULL},
    {"geoalchemy2", "Geometry", PACKAGE_GEOMETRY, TYPE_USER_DEFINED, -1, "geometry"},
    {"geoalchemy2", "Geography", PACKAGE_GEOMETRY, TYPE_USER_DEFINED, -1, "geography"},
    {"geoalchemy2", "Raster", PACKAGE_RAW, TYPE_USER_DEFINED, -1, "raster"},
    {"pgvector", "Vector", PACKAGE_VECTOR, TYPE_USER_DEFINED, -1, "VECTOR"},
    {"pgvector", "VECTOR", PACKAGE_VECTOR, TYPE_USER_DEFINED, -1, "VECTOR"},
    {"pgvector", "HALFVEC", PACKAGE_VECTOR, TYPE_USER_DEFINED, -1, "HALFVEC"},
    {"pgvector", "SPARSEVEC", PACKAGE_VECTOR, TYPE_USER_DEFINED, -1, "SPARSEVEC"},
    {"pgvector", "BIT", PACKAGE_LENGTH, TYPE_PG_BIT, 1, NULL},
    {"oslo_db", "JsonEncodedDict", PACKAGE_LONG_TEXT, TYPE_TEXT, -1, NULL},
    {"oslo_db", "JsonEncodedList", PACKAGE_LONG_TEXT, TYPE_TEXT, -1, NULL},
    {"oslo_db", "SoftDeleteInteger", PACKAGE_PLAIN, TYPE_INTEGER, -1, NULL},
    {"oslo_db", "String", PACKAGE_LENGTH, TYPE_STRING, -1, NULL},
    {"sqlalchemy_jsonfield", "JSONField", PACKAGE_JSONFIELD, TYPE_JSON, -1, NULL},
};

// Arguments that do not reach the column: what values are made of, and the length that autogenerate repeats.
static void read_silent(Call *call)
{
    static const char *const names[] = {"length", "backend", "coerce_func", "separator", "regconfig",
                                        "region", "type_in", "key",         "engine",    "padding"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)call_value(call, SIZE_MAX, names[i]);
}

static bool choice_type(Call *call, Type *plain)
{
    const Value *impl = call_value(call, 1, "impl");
    const Type *given = NULL;
    if (impl && !value_is_none(*impl)) {
        if (!to_type(call, call->args->at, *impl, &given))
            return false;
        *plain = *given;
        plain->allows_raw_text = true;
    }
    *call->result = type_value(call->a, plain);
    return true;
}

static void become(Type *type, TypeKind kind, int32_t length)
{
    type->kind = kind;
    type->length = length;
}

static bool uuid_type(Call *call, Type *type)
{
    DialectId id = call->a->dialect->id;
    bool binary = true, native = true;
    if (!call_bool(call, 0, "binary", &binary) || !call_bool(call, 1, "native", &native))
        return false;
    if (native && id == DIALECT_MSSQL)
        become(type, TYPE_MS_UNIQUEIDENTIFIER, -1);
    else if (!native || id != DIALECT_POSTGRESQL)
        become(type, binary ? TYPE_SQL_BINARY : TYPE_SQL_CHAR, binary ? 16 : 32);
    return true;
}

// Where the bytes have a length, passlib would work it out of the schemes that are installed.
static bool password_type(Call *call, Type *type)
{
    DialectId id = call->a->dialect->id;
    if (!call_small_int(call, SIZE_MAX, "length", &type->length) || !call_small_int(call, 0, "max_length", &type->length))
        return false;
    for (size_t i = call->args->positional; i < call->args->count; i++)   // schemes= and such: of the hashes
        (void)call_value(call, SIZE_MAX, str_cstr(call->a->arena, call->args->items[i].name));
    if (id == DIALECT_POSTGRESQL || id == DIALECT_SQLITE)
        become(type, id == DIALECT_SQLITE ? TYPE_SQL_BLOB : TYPE_PG_BYTEA, -1);
    else if (id == DIALECT_ORACLE)
        type->kind = TYPE_ORA_RAW;
    *call->result = type->length < 0 && id != DIALECT_POSTGRESQL && id != DIALECT_SQLITE
                        ? value_unknown(call->a->arena, call->args->at,
                                        STR("the length of PasswordType() follows from the hash schemes of the application"),
                                        STR("Write PasswordType(max_length=...)."))
                        : type_value(call->a, type);
    return true;
}

static bool bit_type(Call *call, Type *type)
{
    DialectId id = call->a->dialect->id;
    if (!call_small_int(call, 0, "length", &type->length))
        return false;
    if (id == DIALECT_POSTGRESQL || id == DIALECT_SQLITE)
        type->kind = id == DIALECT_SQLITE ? TYPE_STRING : TYPE_PG_BIT;
    return true;
}

static bool long_text_type(Call *call, Type *type)
{
    bool as_long = false, as_medium = false;
    if (!call_bool(call, 0, "mysql_as_long", &as_long) || !call_bool(call, 1, "mysql_as_medium", &as_medium))
        return false;
    if (as_long && as_medium)
        return interp_raise(call->in, call->args->at, STR("TypeError"),
                            "mysql_as_long and mysql_as_medium are mutually exclusive");
    if ((as_long || as_medium) && str_equal(call->a->dialect_name, STR("mysql")))
        type->kind = as_long ? TYPE_MY_LONGTEXT : TYPE_MY_MEDIUMTEXT;
    return true;
}

// These are no schema objects, which take a dialect's arguments: one that nobody has asked for may be of the type.
// Geometry's are of its index and its values.
static bool check_package_keywords(Call *call)
{
    static const char *const silent[] = {"spatial_index", "from_text", "use_N_D_index", "use_typmod"};
    const Arg *arg = call_unread(call, call->args->positional);
    for (; arg; arg = call_unread(call, (size_t)(arg - call->args->items) + 1)) {
        bool passes = str_find_char(arg->name, '_', 0) == SIZE_MAX;   // these are checked where all calls are
        for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
            passes |= str_equal(arg->name, str_from(silent[i]));
        if (!passes)
            return call_refuse(call, arg->at, "Remove the argument, or write an override.",
                               "the argument \"%.*s\" of %s() is not supported", STR_ARGS(arg->name), call->name);
    }
    return true;
}

static bool read_package_type(Call *call)
{
    Alembic *a = call->a;
    int row = call->extra;
    Type *type = type_new(a->arena, package_types[row].kind);
    type->at = call->args->at;
    type->length = package_types[row].length;
    type->allows_raw_text = true;
    bool flag = false, postgresql = a->dialect->id == DIALECT_POSTGRESQL;
    int64_t number = -1;
    Str text = STR("GEOMETRY");
    size_t position;
    *call->result = type_value(a, type);
    switch (package_types[row].how) {
    case PACKAGE_PLAIN: read_silent(call); return true;
    case PACKAGE_LENGTH: return call_small_int(call, 0, "length", &type->length);
    case PACKAGE_MAX_LENGTH:
        position = strcmp(package_types[row].name, "PhoneNumberType") == 0 ? 1 : 0;   // behind the region
        read_silent(call);
        return call_small_int(call, position, "max_length", &type->length);
    case PACKAGE_ENCRYPTED: read_silent(call); return call_small_int(call, SIZE_MAX, "length", &type->length);
    case PACKAGE_TIMEZONE: return call_bool(call, SIZE_MAX, "timezone", &type->timezone);
    case PACKAGE_UUID: return uuid_type(call, type);
    case PACKAGE_GUID:
        if (!postgresql)
            type->kind = TYPE_SQL_CHAR;
        else
            type->length = -1;
        return true;
    case PACKAGE_BY_DIALECT:
        if (!postgresql)
            type->kind = TYPE_UNICODE_TEXT;
        return true;
    case PACKAGE_RANGE:
        if (!postgresql)
            become(type, TYPE_STRING, 255);
        return true;
    case PACKAGE_BIT: return bit_type(call, type);
    case PACKAGE_AWARE: type->timezone = true; return call_bool(call, SIZE_MAX, "timezone", &type->timezone);
    case PACKAGE_AUTO:
        if (str_equal(a->dialect_name, STR("mysql")))
            type->length = 255;
        return call_small_int(call, 0, "length", &type->length);
    case PACKAGE_JSONFIELD:
        if (!call_bool(call, 0, "enforce_string", &flag))
            return false;
        (void)call_value(call, 1, "enforce_unicode");
        (void)call_value(call, 2, "json");
        type->kind = flag || a->dialect->id == DIALECT_ORACLE ? TYPE_UNICODE_TEXT : TYPE_JSON;
        return true;
    case PACKAGE_LONG_TEXT: return long_text_type(call, type);
    case PACKAGE_CHOICE: return choice_type(call, type);
    case PACKAGE_PASSWORD: return password_type(call, type);
    case PACKAGE_RAW: type->raw = str_from(package_types[row].raw); return true;
    case PACKAGE_GEOMETRY:
        if (!call_str(call, 0, "geometry_type", &text) || !call_int(call, 1, "srid", &number, NULL))
            return false;
        type->raw = str_format(a->arena, "%s(%.*s,%lld)", package_types[row].raw, STR_ARGS(text), (long long)number);
        return true;
    case PACKAGE_VECTOR:
        if (!call_int(call, 0, "dim", &number, NULL))
            return false;
        type->raw = number >= 0 ? str_format(a->arena, "%s(%lld)", package_types[row].raw, (long long)number)
                                : str_from(package_types[row].raw);
        return true;
    }
    return false;
}

static bool package_type(Call *call)
{
    return read_package_type(call) && check_package_keywords(call);
}

// A module that gives a package's types.
static void add_package_module(Alembic *a, const char *name, const char *package)
{
    ModuleObject *module = module_new(a, name);
    for (size_t t = 0; t < sizeof package_types / sizeof package_types[0]; t++)
        if (strcmp(package_types[t].module, package) == 0)
            module_function(a, module, package_types[t].name, package_type, (int)t);
}

void open_package_types(Alembic *a)
{
    static const struct {
        const char *module, *package;
    } modules[] = {
        {"sqlalchemy_utils", "sqlalchemy_utils"},
        {"sqlalchemy_utils.types", "sqlalchemy_utils"},
        {"sqlmodel", "sqlmodel"},
        {"sqlmodel.sql", "sqlmodel"},
        {"sqlmodel.sql.sqltypes", "sqlmodel"},
        {"fastapi_users_db_sqlalchemy", "fastapi_users_db_sqlalchemy"},
        {"fastapi_users_db_sqlalchemy.generics", "fastapi_users_db_sqlalchemy"},
        {"geoalchemy2", "geoalchemy2"},
        {"geoalchemy2.types", "geoalchemy2"},
        {"pgvector", "pgvector"},
        {"pgvector.sqlalchemy", "pgvector"},
        {"pgvector.sqlalchemy.vector", "pgvector"},
        {"pgvector.sqlalchemy.halfvec", "pgvector"},
        {"pgvector.sqlalchemy.sparsevec", "pgvector"},
        {"pgvector.sqlalchemy.bit", "pgvector"},
        {"oslo_db", "oslo_db"},
        {"oslo_db.sqlalchemy", "oslo_db"},
        {"oslo_db.sqlalchemy.types", "oslo_db"},
        {"sqlalchemy_jsonfield", "sqlalchemy_jsonfield"},
    };
    // sqlalchemy_utils keeps each type in a module of its own name as well
    static const char *const utils[] = {"arrow",
                                        "uuid",
                                        "json",
                                        "ts_vector",
                                        "url",
                                        "email",
                                        "choice",
                                        "scalar_list",
                                        "ip_address",
                                        "country",
                                        "currency",
                                        "timezone",
                                        "locale",
                                        "color",
                                        "phone_number",
                                        "weekdays",
                                        "ltree",
                                        "encrypted",
                                        "encrypted.encrypted_type",
                                        "enriched_datetime",
                                        "enriched_datetime.enriched_datetime_type",
                                        "enriched_datetime.enriched_date_type",
                                        "password",
                                        "bit",
                                        "range"};
    for (size_t m = 0; m < sizeof modules / sizeof modules[0]; m++)
        add_package_module(a, modules[m].module, modules[m].package);
    for (size_t u = 0; u < sizeof utils / sizeof utils[0]; u++)
        add_package_module(a, str_cstr(a->arena, str_format(a->arena, "sqlalchemy_utils.types.%s", utils[u])),
                           "sqlalchemy_utils");
}
