// Literals: one line each, safe for the client, coming back byte for byte from the server.
// Every hidden character is escaped in the dialect's way; U+0000 and lone surrogates are refused.
#include <math.h>
#include <stdlib.h>

#include "sql_int.h"

// Decodes and checks the whole text; *escaped: some character needs the dialect's escape.
static bool check_text(Diag *diag, const SqlStyle *style, Span at, Str text, bool *escaped)
{
    *escaped = false;
    for (size_t i = 0; i < text.len;) {
        uint32_t code;
        size_t len = utf8_decode(str_slice(text, i, text.len), &code);
        if (!len)
            return diag_error(diag, at, "text literal is not UTF-8 at byte %zu", i);
        if (code == 0 || (code >= 0xd800 && code <= 0xdfff)) {
            diag_error(diag, at, "text literal holds U+%04X, which %.*s cannot store", code,
                       STR_ARGS(style->dialect->title));
            diag_hint(diag, "Remove the character, or store the value as bytes.");
            return false;
        }
        *escaped |= code_is_hidden(code) || (style->ascii && code > 0x7f);
        i += len;
    }
    return true;
}

static void add_plain(Buf *out, Str text)
{
    buf_add_char(out, '\'');
    for (size_t done = 0, at;; done = at + 1) {
        at = str_find_char(text, '\'', done);
        if (at == SIZE_MAX) {
            buf_add(out, str_slice(text, done, text.len));
            break;
        }
        buf_add(out, str_slice(text, done, at + 1));
        buf_add_char(out, '\'');
    }
    buf_add_char(out, '\'');
}

// PostgreSQL: E'line\nnext', which means the same whatever standard_conforming_strings says.
static void add_e_string(Buf *out, Str text, bool ascii)
{
    buf_add(out, STR("E'"));
    for (size_t i = 0; i < text.len;) {
        uint32_t code = 0;
        size_t len = utf8_decode(str_slice(text, i, text.len), &code);
        if (code == '\'')
            buf_add(out, STR("''"));
        else if (code == '\\')
            buf_add(out, STR("\\\\"));
        else if (code == '\n')
            buf_add(out, STR("\\n"));
        else if (code == '\r')
            buf_add(out, STR("\\r"));
        else if (code == '\t')
            buf_add(out, STR("\\t"));
        else if (!code_is_hidden(code) && !(ascii && code > 0x7f))
            buf_add(out, str_slice(text, i, i + len));
        else
            buf_addf(out, code > 0xffff ? "\\U%08X" : "\\u%04X", code);
        i += len;
    }
    buf_add_char(out, '\'');
}

// SQLite: 'line'||char(10)||'next'. Its expression depth is limited to 1000, so long chains are grouped in parentheses.
typedef struct Pieces {
    StrList list;
    Buf numbers;
    size_t number_count;
} Pieces;

enum { NUMBERS_PER_CALL = 60, PIECES_PER_GROUP = 60 };

static void end_numbers(Arena *arena, Pieces *pieces)
{
    if (!pieces->number_count)
        return;
    vec_push(arena, &pieces->list, str_format(arena, "char(%.*s)", STR_ARGS(buf_str(&pieces->numbers))));
    pieces->numbers = buf_open(arena);
    pieces->number_count = 0;
}

static void add_char_calls(Arena *arena, Buf *out, Str text, bool ascii)
{
    Pieces pieces = {.numbers = buf_open(arena)};
    size_t start = 0;
    for (size_t i = 0; i <= text.len;) {
        uint32_t code = 0;
        size_t len = i < text.len ? utf8_decode(str_slice(text, i, text.len), &code) : 1;
        bool special = i == text.len || code_is_hidden(code) || (ascii && code > 0x7f);
        if (special && start < i) {
            Buf plain = buf_open(arena);
            end_numbers(arena, &pieces);
            add_plain(&plain, str_slice(text, start, i));
            vec_push(arena, &pieces.list, buf_str(&plain));
        }
        if (special && i < text.len) {
            buf_addf(&pieces.numbers, "%s%u", pieces.number_count ? "," : "", code);
            if (++pieces.number_count == NUMBERS_PER_CALL)
                end_numbers(arena, &pieces);
        }
        i += len;
        start = special ? i : start;
    }
    end_numbers(arena, &pieces);
    while (pieces.list.count > PIECES_PER_GROUP) {
        StrList groups = {0};
        for (size_t from = 0; from < pieces.list.count; from += PIECES_PER_GROUP) {
            size_t count = pieces.list.count - from < PIECES_PER_GROUP ? pieces.list.count - from : PIECES_PER_GROUP;
            StrList group = {.items = pieces.list.items + from, .count = count};
            vec_push(arena, &groups, str_format(arena, "(%.*s)", STR_ARGS(strlist_join(arena, &group, STR("||")))));
        }
        pieces.list = groups;
    }
    buf_add(out, strlist_join(arena, &pieces.list, STR("||")));
}

static bool add_text(Arena *arena, Diag *diag, const SqlStyle *style, Span at, Str text, Buf *out)
{
    bool escaped;
    if (!check_text(diag, style, at, text, &escaped))
        return false;
    if (!escaped)
        add_plain(out, text);
    else if (style->dialect->escape == ESCAPE_E_STRING)
        add_e_string(out, text, style->ascii);
    else
        add_char_calls(arena, out, text, style->ascii);
    return true;
}

bool sql_text(Arena *arena, Diag *diag, const SqlStyle *style, Span at, Str text, Str *sql)
{
    Buf out = buf_open(arena);
    if (!add_text(arena, diag, style, at, text, &out))
        return false;
    *sql = buf_str(&out);
    return true;
}

bool sql_text_list(Arena *arena, Diag *diag, const SqlStyle *style, Span at, const StrList *texts, Str *sql)
{
    Buf out = buf_open(arena);
    for (size_t i = 0; i < texts->count; i++) {
        buf_add(&out, i ? STR(", ") : STR_EMPTY);
        if (!add_text(arena, diag, style, at, texts->items[i], &out))
            return false;
    }
    *sql = buf_str(&out);
    return true;
}

static void add_bytes(const SqlStyle *style, Str bytes, Buf *out)
{
    bool postgresql = style->dialect->id == DIALECT_POSTGRESQL;
    buf_add(out, postgresql ? STR("'\\x") : STR("X'"));
    buf_add_hex(out, bytes);
    buf_add(out, postgresql ? STR("'::bytea") : STR("'"));
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

static bool add_float(Arena *arena, Diag *diag, const SqlStyle *style, Span at, double value, Buf *out)
{
    bool sqlite = style->dialect->id == DIALECT_SQLITE;
    if (isnan(value) && sqlite)
        return diag_error(diag, at, "SQLite cannot store the float nan");
    if (isnan(value) || isinf(value)) {
        Str text = isnan(value) ? STR("'NaN'") : value > 0 ? STR("'Infinity'") : STR("'-Infinity'");
        buf_add(out, !sqlite ? text : value > 0 ? STR("9e999") : STR("-9e999"));
        return true;
    }
    Str repr = value_repr(arena, (Value){.kind = VALUE_FLOAT, .real = value});
    size_t digits = 0;
    for (size_t i = 0; i < repr.len && repr.ptr[i] != 'e'; i++)
        digits += repr.ptr[i] >= '0' && repr.ptr[i] <= '9';
    if (sqlite && (digits > 15 || fabs(value) >= 1e22 || (fabs(value) < 1e-7 && value != 0)))
        add_exact_float(value, out);
    else if (!sqlite && value == 0 && signbit(value))
        buf_add(out, STR("'-0'"));   // a bare -0 would be the integer 0
    else
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
    return add_float(arena, diag, style, at, strtod(str_cstr(arena, text), NULL), out);
}

static void add_time(const SqlStyle *style, const Type *type, const Time *time, Buf *out)
{
    bool sqlite = style->dialect->id == DIALECT_SQLITE;
    TypeFamily family = type_family(type);
    buf_add_char(out, '\'');
    if (time->kind == TIME_DATE || time->kind == TIME_DATETIME)
        buf_addf(out, "%04d-%02d-%02d", time->year, time->month, time->day);
    bool with_clock = time->kind == TIME_TIME || (time->kind == TIME_DATETIME && family != FAMILY_DATE);
    // SQLAlchemy reads SQLite's DATETIME text back only with its time of day
    if (time->kind == TIME_DATE && family == FAMILY_DATETIME)
        buf_add(out, sqlite ? STR(" 00:00:00.000000") : STR(" 00:00:00"));
    if (with_clock) {
        buf_addf(out, "%s%02d:%02d:%02d", time->kind == TIME_DATETIME ? " " : "", time->hour, time->minute, time->second);
        if (time->microsecond || sqlite)
            buf_addf(out, ".%06d", time->microsecond);
        int32_t zone = time->zone_seconds < 0 ? -time->zone_seconds : time->zone_seconds;
        if (time->has_zone && !sqlite) {
            buf_addf(out, "%c%02d:%02d", time->zone_seconds < 0 ? '-' : '+', zone / 3600, zone / 60 % 60);
            if (zone % 60)
                buf_addf(out, ":%02d", zone % 60);
        }
    }
    buf_add_char(out, '\'');
}

static bool add_interval(Diag *diag, const SqlStyle *style, Span at, const Time *time, Buf *out)
{
    int64_t us = time->delta_microseconds;
    if (style->dialect->id == DIALECT_POSTGRESQL) {
        uint64_t size = us < 0 ? 0 - (uint64_t)us : (uint64_t)us;
        buf_addf(out, "make_interval(secs=>%s%llu.", us < 0 ? "-" : "", (unsigned long long)(size / 1000000));
        uint64_t fraction = size % 1000000;
        int width = 6;
        while (width > 1 && fraction % 10 == 0) {
            fraction /= 10;
            width--;
        }
        buf_addf(out, "%0*llu)", width, (unsigned long long)fraction);
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
        return diag_error(diag, at, "the interval is too large for SQLite's DATETIME");
    int64_t s = rest / 1000000;
    buf_addf(out, "'%04d-%02d-%02d %02d:%02d:%02d.%06d'", (int)year, (int)month, (int)day, (int)(s / 3600),
             (int)(s / 60 % 60), (int)(s % 60), (int)(rest % 1000000));
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
    bool dashes = style->dialect->id == DIALECT_POSTGRESQL && (!type || type->native_uuid);
    add_plain(out, dashes ? text : str_replace(arena, text, STR("-"), STR_EMPTY));
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
            return add_float(arena, diag, style, at, literal->real, out);
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

// A value whose type is not known is written for what it is.
static bool add_untyped(Arena *arena, Diag *diag, const SqlStyle *style, Span at, const Literal *literal, const Type *type,
                        Buf *out)
{
    switch (literal->kind) {
    case LITERAL_NULL: buf_add(out, STR("NULL")); return true;
    case LITERAL_BOOL:
        if (style->dialect->has_native_boolean)
            buf_add(out, literal->boolean ? STR("true") : STR("false"));
        else
            buf_add_char(out, literal->boolean ? '1' : '0');
        return true;
    case LITERAL_INTEGER: buf_addf(out, "%lld", (long long)literal->integer); return true;
    case LITERAL_DECIMAL: return add_decimal(arena, diag, style, at, literal->text, out);
    case LITERAL_FLOAT: return add_float(arena, diag, style, at, literal->real, out);
    case LITERAL_TEXT:
    case LITERAL_JSON: return add_text(arena, diag, style, at, literal->text, out);
    case LITERAL_BYTES: add_bytes(style, literal->text, out); return true;
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
    if (!fits(literal, type)) {
        bool date = family == FAMILY_DATE || family == FAMILY_TIME || family == FAMILY_DATETIME;
        return misfit(diag, at, literal, type,
                      date ? "Write a datetime value, or op.inline_literal('...') for text as it stands."
                           : "Write a value of that type.");
    }
    if (family == FAMILY_JSON && literal->kind != LITERAL_JSON)
        BUG("a JSON value arrives as its document");
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
