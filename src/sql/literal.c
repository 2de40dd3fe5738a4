// Literals of every kind: one line each, safe for the client, coming back byte for byte from the server.
#include <math.h>
#include <stdlib.h>

#include "sql_int.h"

// Oracle's HEXTORAW gives a RAW, which holds 2,000 bytes in SQL; its digits stand in pieces that fit a line.
static bool add_bytes(Diag *diag, const SqlStyle *style, Span at, Str bytes, Buf *out)
{
    enum { RAW_BYTES = 2000, PIECE_BYTES = 500 };
    bool oracle = style->dialect->id == DIALECT_ORACLE;
    if (oracle && bytes.len > RAW_BYTES) {
        diag_error(diag, at, "Oracle has no literal for %zu bytes: the most is %d", bytes.len, RAW_BYTES);
        diag_hint(diag, "Load such a value outside the script.");
        return false;
    }
    buf_add(out, str_from(style->dialect->bytes_open));
    for (size_t i = 0; i < bytes.len; i += PIECE_BYTES) {
        size_t end = oracle && i + PIECE_BYTES < bytes.len ? i + PIECE_BYTES : bytes.len;
        buf_add(out, i ? STR("'||'") : STR_EMPTY);
        buf_add_hex(out, str_slice(bytes, i, end));
        if (!oracle)
            break;
    }
    buf_add(out, str_from(style->dialect->bytes_close));
    return true;
}

// SQLite before 3.43 reads long decimal numbers through long double, a bit off at times. Such a value is written as an
// integer times or divided by a power of two, which every version computes exactly.
static void add_exact_float(double value, Buf *out)
{
    int exponent;
    int64_t mantissa = (int64_t)ldexp(frexp(value, &exponent), 53);
    exponent -= 53;
    buf_addf(out, "(%lld.0", (long long)mantissa);
    while (exponent != 0) {
        int step = exponent > 0 ? (exponent < 52 ? exponent : 52) : (exponent > -52 ? -exponent : 52);
        buf_addf(out, "%c%lld", exponent > 0 ? '*' : '/', 1LL << step);
        exponent += exponent > 0 ? -step : step;
    }
    buf_add_char(out, ')');
}

static bool no_float(Diag *diag, const SqlStyle *style, Span at, Str repr)
{
    diag_error(diag, at, "%.*s cannot store the float %.*s", STR_ARGS(style->dialect->title), STR_ARGS(repr));
    diag_hint(diag, "Store a number it has, or NULL.");
    return false;
}

// NaN and the infinities, as far as the database has them.
static bool add_special_float(Diag *diag, const SqlStyle *style, Span at, double value, const Type *type, Str repr, Buf *out)
{
    bool nan = isnan(value), binary = type && (type->kind == TYPE_ORA_BINARY_DOUBLE || type->kind == TYPE_ORA_BINARY_FLOAT);
    switch (style->dialect->id) {
    case DIALECT_POSTGRESQL:
        buf_add(out, nan ? STR("'NaN'") : value > 0 ? STR("'Infinity'") : STR("'-Infinity'"));
        return true;
    case DIALECT_SQLITE:
        if (!nan)
            buf_add(out, value > 0 ? STR("9e999") : STR("-9e999"));
        return !nan || no_float(diag, style, at, repr);
    case DIALECT_ORACLE:
        if (binary)
            buf_add(out, nan         ? STR("BINARY_DOUBLE_NAN")
                         : value > 0 ? STR("BINARY_DOUBLE_INFINITY")
                                     : STR("-BINARY_DOUBLE_INFINITY"));
        return binary || no_float(diag, style, at, repr);
    case DIALECT_MYSQL:
    case DIALECT_MARIADB:
    case DIALECT_MSSQL:
    case DIALECT_COUNT: break;
    }
    return no_float(diag, style, at, repr);
}

static bool add_float(Arena *arena, Diag *diag, const SqlStyle *style, Span at, double value, const Type *type, Buf *out)
{
    Str repr = real_text(arena, value);
    if (isnan(value) || isinf(value))
        return add_special_float(diag, style, at, value, type, repr, out);
    size_t digits = 0;
    bool exponent = str_find_char(repr, 'e', 0) != SIZE_MAX;
    for (size_t i = 0; i < repr.len && repr.ptr[i] != 'e'; i++)
        digits += repr.ptr[i] >= '0' && repr.ptr[i] <= '9';
    bool negative_zero = value == 0 && signbit(value);
    switch (style->dialect->id) {
    case DIALECT_SQLITE:
        if (digits > 15 || fabs(value) >= 1e22 || (fabs(value) < 1e-7 && value != 0)) {
            add_exact_float(value, out);
            return true;
        }
        break;
    case DIALECT_POSTGRESQL:
        if (negative_zero) {
            buf_add(out, STR("'-0'"));   // a bare -0 would be the integer 0
            return true;
        }
        break;
    case DIALECT_MYSQL:
    case DIALECT_MARIADB:
    case DIALECT_MSSQL:
        // without an exponent it would be a decimal number
        buf_add(out, repr);
        if (!exponent && (digits > 15 || negative_zero))
            buf_add(out, STR("e0"));
        return true;
    case DIALECT_ORACLE:
        if (type && (type->kind == TYPE_ORA_BINARY_DOUBLE || type->kind == TYPE_ORA_BINARY_FLOAT)) {
            buf_addf(out, "%.*sd", STR_ARGS(repr));
            return true;
        }
        if (fabs(value) >= 1e126 || (value != 0 && fabs(value) < 1e-130)) {   // NUMBER's range
            diag_error(diag, at, "Oracle's numbers have no %.*s", STR_ARGS(repr));
            diag_hint(diag, "Give the column the type oracle.BINARY_DOUBLE.");
            return false;
        }
        break;
    case DIALECT_COUNT: break;
    }
    buf_add(out, repr);
    return true;
}

// SQLite keeps a decimal as the nearest binary number: beyond 15 digits that is written out, see above.
static bool add_decimal(Arena *arena, Diag *diag, const SqlStyle *style, Span at, Str text, Buf *out)
{
    size_t digits = 0;
    bool whole = true;
    for (size_t i = 0; i < text.len; i++) {
        digits += text.ptr[i] >= '0' && text.ptr[i] <= '9';
        whole &= (text.ptr[i] >= '0' && text.ptr[i] <= '9') || text.ptr[i] == '-' || text.ptr[i] == '+';
    }
    if (style->dialect->id != DIALECT_SQLITE || digits <= (whole ? 18 : 15)) {
        buf_add(out, text);
        return true;
    }
    return add_float(arena, diag, style, at, strtod(str_cstr(arena, text), NULL), NULL, out);
}

static void add_date_part(const Time *time, Buf *out)
{
    buf_addf(out, "%04d-%02d-%02d", time->year, time->month, time->day);
}

static void add_clock_part(const Time *time, bool always_micro, Buf *out)
{
    buf_addf(out, "%02d:%02d:%02d", time->hour, time->minute, time->second);
    if (time->microsecond || always_micro)
        buf_addf(out, ".%06d", time->microsecond);
}

static void add_zone_part(const Time *time, Buf *out)
{
    int32_t zone = time->zone_seconds < 0 ? -time->zone_seconds : time->zone_seconds;
    buf_addf(out, "%c%02d:%02d", time->zone_seconds < 0 ? '-' : '+', zone / 3600, zone / 60 % 60);
    if (zone % 60)
        buf_addf(out, ":%02d", zone % 60);
}

// Oracle reads dates by a format, not by the session's settings.
// Source: SQLAlchemy 2.0.52 dialects/oracle/types.py, _OracleDateLiteralRender; with a zone it writes what ORA-01830
// refuses.
static void add_oracle_time(const Time *time, TypeFamily family, Buf *out)
{
    bool date_only = time->kind == TIME_DATE || (family == FAMILY_DATE && time->kind == TIME_DATETIME);
    if (time->kind == TIME_TIME) {
        buf_add_char(out, '\'');
        add_clock_part(time, false, out);
        buf_add_char(out, '\'');
        return;
    }
    bool zone = !date_only && time->has_zone, fraction = !date_only && time->microsecond;
    buf_add(out, zone ? STR("TO_TIMESTAMP_TZ('") : fraction ? STR("TO_TIMESTAMP('") : STR("TO_DATE('"));
    add_date_part(time, out);
    if (!date_only) {
        buf_add_char(out, ' ');
        add_clock_part(time, false, out);
    }
    if (zone)
        add_zone_part(time, out);
    buf_add(out, STR("', 'YYYY-MM-DD"));
    buf_add(out, date_only ? STR_EMPTY : STR(" HH24:MI:SS"));
    buf_add(out, fraction ? STR(".FF") : STR_EMPTY);
    buf_add(out, zone ? STR("TZH:TZM')") : STR("')"));
}

// MySQL and SQLite keep no zone: what is written is the time as it reads, as their drivers do.
static bool keeps_zone(const Dialect *dialect)
{
    return dialect->id == DIALECT_POSTGRESQL || dialect->id == DIALECT_MSSQL;
}

static void add_time(const SqlStyle *style, const Type *type, const Time *time, Buf *out)
{
    bool sqlite = style->dialect->id == DIALECT_SQLITE, mssql = style->dialect->id == DIALECT_MSSQL;
    TypeFamily family = type_family(type);
    if (style->dialect->id == DIALECT_ORACLE) {
        add_oracle_time(time, family, out);
        return;
    }
    bool with_clock = time->kind == TIME_TIME || (time->kind == TIME_DATETIME && family != FAMILY_DATE);
    // SQL Server's DATETIME reads three digits of a second and no zone; of DATETIME2 it is converted
    bool zone = with_clock && time->has_zone && keeps_zone(style->dialect);
    bool cast = mssql && time->kind == TIME_DATETIME && (zone || time->microsecond) && with_clock;
    buf_add(out, cast ? STR("CAST('") : STR("'"));
    if (time->kind == TIME_DATE || time->kind == TIME_DATETIME)
        add_date_part(time, out);
    // SQLAlchemy reads SQLite's DATETIME text back only with its time of day
    if (time->kind == TIME_DATE && family == FAMILY_DATETIME)
        buf_add(out, sqlite ? STR(" 00:00:00.000000") : STR(" 00:00:00"));
    if (with_clock) {
        buf_add(out, time->kind == TIME_DATETIME ? STR(" ") : STR_EMPTY);
        add_clock_part(time, sqlite, out);
        if (zone)
            add_zone_part(time, out);
    }
    buf_add_char(out, '\'');
    if (cast)
        buf_add(out, zone ? STR(" AS DATETIMEOFFSET)") : STR(" AS DATETIME2)"));
}

static bool add_interval(Diag *diag, const SqlStyle *style, Span at, const Time *time, Buf *out)
{
    int64_t us = time->delta_microseconds;
    bool oracle = style->dialect->id == DIALECT_ORACLE;
    if (style->dialect->id == DIALECT_POSTGRESQL || oracle) {
        uint64_t size = us < 0 ? 0 - (uint64_t)us : (uint64_t)us;
        buf_addf(out, oracle ? "NUMTODSINTERVAL(%s%llu." : "make_interval(secs=>%s%llu.", us < 0 ? "-" : "",
                 (unsigned long long)(size / 1000000));
        uint64_t fraction = size % 1000000;
        int width = 6;
        while (width > 1 && fraction % 10 == 0) {
            fraction /= 10;
            width--;
        }
        buf_addf(out, "%0*llu%s)", width, (unsigned long long)fraction, oracle ? ", 'SECOND'" : "");
        return true;
    }
    // as SQLAlchemy's Interval stores it where there is no such type: the epoch plus the interval
    int64_t days = us / 86400000000, rest = us % 86400000000;
    if (rest < 0) {
        rest += 86400000000;
        days--;
    }
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153, day = doy - (153 * mp + 2) / 5 + 1, month = mp < 10 ? mp + 3 : mp - 9;
    int64_t year = yoe + era * 400 + (month <= 2);
    if (year < 1 || year > 9999)
        return diag_error(diag, at, "the interval is too large for %.*s's DATETIME", STR_ARGS(style->dialect->title));
    int64_t s = rest / 1000000;
    Time stored = {.kind = TIME_DATETIME,
                   .year = (int32_t)year,
                   .month = (int32_t)month,
                   .day = (int32_t)day,
                   .hour = (int32_t)(s / 3600),
                   .minute = (int32_t)(s / 60 % 60),
                   .second = (int32_t)(s % 60),
                   .microsecond = (int32_t)(rest % 1000000)};
    add_time(style, NULL, &stored, out);
    return true;
}

static const char *literal_kind_name(LiteralKind kind)
{
    static const char *const names[] = {"None",  "a bool",         "an int",          "a Decimal", "a float", "a str",
                                        "bytes", "a date or time", "a JSON document", "a UUID",    "a list"};
    return names[kind];
}

static bool misfit(Diag *diag, Span at, const Literal *literal, const Type *type, const char *hint)
{
    diag_error(diag, at, "%s is no value of type \"%s\"", literal_kind_name(literal->kind), type_name(type->kind));
    diag_hint(diag, "%s", hint);
    return false;
}

// Whether a literal may stand for a type; text for dates is refused as SQLAlchemy refuses it.
static bool fits(const Literal *literal, const Type *type)
{
    TypeFamily family = type->allows_raw_text ? FAMILY_NONE : type_family(type);
    LiteralKind kind = literal->kind;
    switch (family) {
    case FAMILY_TEXT: return kind == LITERAL_TEXT || kind == LITERAL_UUID;
    case FAMILY_DATE:
    case FAMILY_TIME:
    case FAMILY_DATETIME: return kind == LITERAL_TIME && literal->time->kind != TIME_DELTA;
    case FAMILY_INTEGER:
        return kind == LITERAL_INTEGER || kind == LITERAL_BOOL || kind == LITERAL_TEXT || kind == LITERAL_DECIMAL ||
               kind == LITERAL_FLOAT;
    case FAMILY_NUMERIC:
    case FAMILY_FLOAT:
        return kind == LITERAL_INTEGER || kind == LITERAL_DECIMAL || kind == LITERAL_FLOAT || kind == LITERAL_BOOL ||
               kind == LITERAL_TEXT;
    case FAMILY_BOOLEAN: return kind == LITERAL_BOOL || kind == LITERAL_INTEGER;
    case FAMILY_BYTES: return kind == LITERAL_BYTES;
    case FAMILY_ARRAY: return kind == LITERAL_ARRAY || kind == LITERAL_TEXT;
    case FAMILY_UUID: return kind == LITERAL_UUID || kind == LITERAL_TEXT;
    case FAMILY_INTERVAL: return kind == LITERAL_TIME && literal->time->kind == TIME_DELTA;
    case FAMILY_JSON:
    case FAMILY_NONE: return true;
    }
    return false;
}

static bool is_number_text(Str s)
{
    size_t i = s.len && (s.ptr[0] == '-' || s.ptr[0] == '+'), digits = 0;
    for (; i < s.len; i++) {
        bool digit = s.ptr[i] >= '0' && s.ptr[i] <= '9';
        digits += digit;
        if (!digit && s.ptr[i] != '.' && !(digits && i + 1 < s.len && (s.ptr[i] == 'e' || s.ptr[i] == 'E')) &&
            !((s.ptr[i] == '-' || s.ptr[i] == '+') && (s.ptr[i - 1] == 'e' || s.ptr[i - 1] == 'E')))
            return false;
    }
    return digits > 0;
}

static bool add_literal(Arena *arena, Diag *diag, const SqlStyle *style, Span at, const Literal *literal, const Type *type,
                        Buf *out);

static bool add_array(Arena *arena, Diag *diag, const SqlStyle *style, Span at, const Literal *literal, const Type *type,
                      Buf *out)
{
    if (style->dialect->id != DIALECT_POSTGRESQL)
        return diag_error(diag, at, "%.*s has no arrays", STR_ARGS(style->dialect->title));
    const Type *element = type && type->kind == TYPE_ARRAY ? type->element : NULL;
    buf_add(out, STR("ARRAY["));
    for (size_t i = 0; i < literal->count; i++) {
        if (i)
            buf_add(out, STR(", "));
        if (!add_literal(arena, diag, style, at, &literal->items[i], element, out))
            return false;
    }
    buf_add_char(out, ']');
    if (!literal->count && element) {
        Str name;
        if (!sql_type(arena, diag, style, type, &name))
            return false;
        buf_addf(out, "::%.*s", STR_ARGS(name));
    }
    return true;
}

static bool add_uuid(Arena *arena, const SqlStyle *style, Str text, const Type *type, Buf *out)
{
    const Dialect *dialect = style->dialect;
    bool native = dialect->id == DIALECT_POSTGRESQL || dialect->id == DIALECT_MSSQL;
    bool dashes = native && (!type || type->native_uuid);
    add_plain_text(out, dashes ? text : str_replace(arena, text, STR("-"), STR_EMPTY));
    return true;
}

static bool add_number(Arena *arena, Diag *diag, const SqlStyle *style, Span at, const Literal *literal, const Type *type,
                       Buf *out)
{
    bool integer = type_family(type) == FAMILY_INTEGER;
    switch (literal->kind) {
    case LITERAL_BOOL: buf_add_char(out, literal->boolean ? '1' : '0'); return true;
    case LITERAL_TEXT:
    case LITERAL_DECIMAL:
        if (is_number_text(literal->text))
            return add_decimal(arena, diag, style, at, literal->text, out);
        return misfit(diag, at, literal, type, "Write the value as a number.");
    case LITERAL_FLOAT:
        if (!integer)
            return add_float(arena, diag, style, at, literal->real, type, out);
        if (literal->real >= -9e18 && literal->real <= 9e18) {
            buf_addf(out, "%lld", (long long)literal->real);
            return true;
        }
        return misfit(diag, at, literal, type, "Write the value as an integer.");
    case LITERAL_INTEGER: buf_addf(out, "%lld", (long long)literal->integer); return true;
    case LITERAL_NULL:
    case LITERAL_BYTES:
    case LITERAL_TIME:
    case LITERAL_JSON:
    case LITERAL_UUID:
    case LITERAL_ARRAY: break;
    }
    return misfit(diag, at, literal, type, "Write the value as a number.");
}

static bool is_national(const Type *type)
{
    return type && (type->kind == TYPE_UNICODE || type->kind == TYPE_UNICODE_TEXT || type->kind == TYPE_SQL_NVARCHAR ||
                    type->kind == TYPE_SQL_NCHAR || type->kind == TYPE_MS_NTEXT || type->kind == TYPE_JSON);
}

// A value whose type is not known is written for what it is.
static bool add_untyped(Arena *arena, Diag *diag, const SqlStyle *style, Span at, const Literal *literal, const Type *type,
                        Buf *out)
{
    switch (literal->kind) {
    case LITERAL_NULL: buf_add(out, STR("NULL")); return true;
    case LITERAL_BOOL:
        buf_add(out, str_from(literal->boolean ? style->dialect->true_text : style->dialect->false_text));
        return true;
    case LITERAL_INTEGER: buf_addf(out, "%lld", (long long)literal->integer); return true;
    case LITERAL_DECIMAL: return add_decimal(arena, diag, style, at, literal->text, out);
    case LITERAL_FLOAT: return add_float(arena, diag, style, at, literal->real, type, out);
    case LITERAL_TEXT:
    case LITERAL_JSON: return add_text_literal(arena, diag, style, at, literal->text, is_national(type), out);
    case LITERAL_BYTES: return add_bytes(diag, style, at, literal->text, out);
    case LITERAL_TIME:
        if (literal->time->kind == TIME_DELTA)
            return add_interval(diag, style, at, literal->time, out);
        add_time(style, type, literal->time, out);
        return true;
    case LITERAL_UUID: return add_uuid(arena, style, literal->text, type, out);
    case LITERAL_ARRAY: return add_array(arena, diag, style, at, literal, type, out);
    }
    return false;
}

static bool add_literal(Arena *arena, Diag *diag, const SqlStyle *style, Span at, const Literal *literal, const Type *given,
                        Buf *out)
{
    const Type *type = type_for(given, style->dialect->name);
    TypeFamily family = type_family(type);
    if (literal->kind == LITERAL_NULL || !type || family == FAMILY_NONE || type->allows_raw_text)
        return add_untyped(arena, diag, style, at, literal, type, out);
    // a JSON column that is a text on this database holds the document
    if (literal->kind == LITERAL_JSON && family == FAMILY_TEXT && type_family(given) == FAMILY_JSON)
        return add_untyped(arena, diag, style, at, literal, type, out);
    if (!fits(literal, type)) {
        bool date = family == FAMILY_DATE || family == FAMILY_TIME || family == FAMILY_DATETIME;
        return misfit(diag, at, literal, type,
                      date ? "Write a datetime value, or op.inline_literal('...') for text as it stands."
                           : "Write a value of that type.");
    }
    if (family == FAMILY_JSON && literal->kind != LITERAL_JSON)   // it has met the type where nobody asked for the document
        return misfit(diag, at, literal, type, "Write it with sa.cast(value, type) or sa.literal(value, type).");
    if (family == FAMILY_UUID && literal->kind == LITERAL_TEXT && literal->text.len != 36 && literal->text.len != 32)
        return misfit(diag, at, literal, type, "Write 32 hexadecimal digits, with or without dashes.");
    if (family == FAMILY_UUID && literal->kind == LITERAL_TEXT)
        return add_uuid(arena, style, literal->text, type, out);
    if (family == FAMILY_BOOLEAN && literal->kind == LITERAL_INTEGER) {
        Literal truth = {.kind = LITERAL_BOOL, .boolean = literal->integer != 0};
        return add_untyped(arena, diag, style, at, &truth, type, out);
    }
    if (family == FAMILY_INTEGER || family == FAMILY_NUMERIC || family == FAMILY_FLOAT)
        return add_number(arena, diag, style, at, literal, type, out);
    return add_untyped(arena, diag, style, at, literal, type, out);
}

bool sql_literal(Arena *arena, Diag *diag, const SqlStyle *style, Span at, const Literal *literal, const Type *type,
                 Str *sql)
{
    Buf out = buf_open(arena);
    if (!add_literal(arena, diag, style, at, literal, type, &out))
        return false;
    *sql = buf_str(&out);
    return true;
}
