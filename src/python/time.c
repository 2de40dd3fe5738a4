// datetime: values, arithmetic, texts. What asks for the clock is in clock.c.
#include <stdlib.h>

#include "module_int.h"

#define DAY_MICROSECONDS ((int64_t)86400 * 1000000)

static int64_t days_from_civil(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400, year = y - era * 400, day = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + year * 365 + year / 4 - year / 100 + day - 719468;
}

static void civil_from_days(int64_t z, Time *time)
{
    z += 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097, day = z - era * 146097;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365, rest = day - (365 * year + year / 4 - year / 100),
            month = (5 * rest + 2) / 153;
    time->day = (int32_t)(rest - (153 * month + 2) / 5 + 1);
    time->month = (int32_t)(month < 10 ? month + 3 : month - 9);
    time->year = (int32_t)(year + era * 400 + (time->month <= 2));
}

static int64_t moment(const Time *t)
{
    int64_t days = t->kind == TIME_TIME ? 0 : days_from_civil(t->year, t->month, t->day);
    return days * DAY_MICROSECONDS +
           ((t->hour * 60 + t->minute) * (int64_t)60 + t->second - (t->has_zone ? t->zone_seconds : 0)) * 1000000 +
           t->microsecond;
}

static bool valid_date(int64_t y, int64_t m, int64_t d)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (y % 4 == 0 && y % 100) || y % 400 == 0;
    return y >= 1 && y <= 9999 && m >= 1 && m <= 12 && d >= 1 && d <= days[m - 1] + (m == 2 && leap);
}

Value time_make(Interp *in, Time time)
{
    Time *kept = arena_new(in->arena, Time);
    *kept = time;
    return (Value){.kind = VALUE_TIME, .time = kept};
}

bool time_from_moment(Interp *in, Span at, Time like, int64_t microseconds, Value *out)
{
    int64_t days = microseconds / DAY_MICROSECONDS, rest = microseconds % DAY_MICROSECONDS;
    if (rest < 0) {
        rest += DAY_MICROSECONDS;
        days--;
    }
    if (days < -719162 || days > 2932896)
        return interp_raise(in, at, STR("OverflowError"), "date value out of range");
    civil_from_days(days, &like);
    like.microsecond = (int32_t)(rest % 1000000);
    rest /= 1000000;
    like.second = (int32_t)(rest % 60);
    like.minute = (int32_t)(rest / 60 % 60);
    like.hour = (int32_t)(rest / 3600);
    *out = time_make(in, like);
    return true;
}

bool time_compare(const Time *a, const Time *b, int *order)
{
    if (a->kind != b->kind)
        return false;
    int64_t x = a->kind == TIME_DELTA ? a->delta_microseconds : a->kind == TIME_ZONE ? a->zone_seconds : moment(a);
    int64_t y = a->kind == TIME_DELTA ? b->delta_microseconds : a->kind == TIME_ZONE ? b->zone_seconds : moment(b);
    *order = x < y ? -1 : x > y;
    return true;
}

static void add_zone(Buf *out, const Time *t)
{
    if (!t->has_zone)
        return;
    int32_t seconds = t->zone_seconds < 0 ? -t->zone_seconds : t->zone_seconds;
    buf_addf(out, "%c%02d:%02d", t->zone_seconds < 0 ? '-' : '+', (int)(seconds / 3600), (int)(seconds / 60 % 60));
    if (seconds % 60)
        buf_addf(out, ":%02d", (int)(seconds % 60));
}

static void add_clock(Buf *out, const Time *t)
{
    buf_addf(out, "%02d:%02d:%02d", (int)t->hour, (int)t->minute, (int)t->second);
    if (t->microsecond)
        buf_addf(out, ".%06d", (int)t->microsecond);
    add_zone(out, t);
}

static void add_delta(Buf *out, const Time *t)
{
    int64_t days = t->delta_microseconds / DAY_MICROSECONDS, rest = t->delta_microseconds % DAY_MICROSECONDS;
    if (rest < 0) {
        rest += DAY_MICROSECONDS;
        days--;
    }
    if (days)
        buf_addf(out, "%lld day%s, ", (long long)days, days == 1 || days == -1 ? "" : "s");
    int64_t seconds = rest / 1000000;
    buf_addf(out, "%lld:%02lld:%02lld", (long long)(seconds / 3600), (long long)(seconds / 60 % 60),
             (long long)(seconds % 60));
    if (rest % 1000000)
        buf_addf(out, ".%06lld", (long long)(rest % 1000000));
}

static void add_zone_repr(Buf *out, const Time *t)
{
    if (!t->has_zone)
        return;
    if (!t->zone_seconds)
        buf_add(out, STR(", tzinfo=datetime.timezone.utc"));
    else if (t->zone_seconds < 0)
        buf_addf(out, ", tzinfo=datetime.timezone(datetime.timedelta(days=-1, seconds=%d))", (int)(t->zone_seconds + 86400));
    else
        buf_addf(out, ", tzinfo=datetime.timezone(datetime.timedelta(seconds=%d))", (int)t->zone_seconds);
}

static void add_time_repr(Buf *out, const Time *t)
{
    int64_t days = t->delta_microseconds / DAY_MICROSECONDS, rest = t->delta_microseconds % DAY_MICROSECONDS;
    switch (t->kind) {
    case TIME_DATE: buf_addf(out, "datetime.date(%d, %d, %d)", (int)t->year, (int)t->month, (int)t->day); return;
    case TIME_DATETIME:
    case TIME_TIME:
        if (t->kind == TIME_DATETIME)
            buf_addf(out, "datetime.datetime(%d, %d, %d, ", (int)t->year, (int)t->month, (int)t->day);
        else
            buf_add(out, STR("datetime.time("));
        buf_addf(out, "%d, %d", (int)t->hour, (int)t->minute);
        if (t->second || t->microsecond)
            buf_addf(out, ", %d", (int)t->second);
        if (t->microsecond)
            buf_addf(out, ", %d", (int)t->microsecond);
        add_zone_repr(out, t);
        buf_add_char(out, ')');
        return;
    case TIME_DELTA: {
        if (rest < 0) {
            rest += DAY_MICROSECONDS;
            days--;
        }
        const char *comma = "";
        buf_add(out, STR("datetime.timedelta("));
        if (days)
            buf_addf(out, "days=%lld", (long long)days), comma = ", ";
        if (rest / 1000000)
            buf_addf(out, "%sseconds=%lld", comma, (long long)(rest / 1000000)), comma = ", ";
        if (rest % 1000000)
            buf_addf(out, "%smicroseconds=%lld", comma, (long long)(rest % 1000000));
        buf_add(out, t->delta_microseconds ? STR(")") : STR("0)"));
        return;
    }
    case TIME_ZONE: buf_add(out, t->zone_seconds ? STR("datetime.timezone(...)") : STR("datetime.timezone.utc")); return;
    }
}

Str time_text(Arena *arena, const Time *time, bool repr)
{
    Buf out = buf_open(arena);
    if (repr) {
        add_time_repr(&out, time);
        return buf_str(&out);
    }
    switch (time->kind) {
    case TIME_DATETIME:
        buf_addf(&out, "%04d-%02d-%02d ", (int)time->year, (int)time->month, (int)time->day);
        add_clock(&out, time);
        break;
    case TIME_DATE: buf_addf(&out, "%04d-%02d-%02d", (int)time->year, (int)time->month, (int)time->day); break;
    case TIME_TIME: add_clock(&out, time); break;
    case TIME_DELTA: add_delta(&out, time); break;
    case TIME_ZONE:
        buf_add(&out, STR("UTC"));
        if (time->zone_seconds)
            add_zone(&out, time);
        break;
    }
    return buf_str(&out);
}

// CPython counts to 999,999,999 days.
static bool refuse_delta(Interp *in, Span at)
{
    return interp_refuse(in, at, STR_EMPTY, "a timedelta of more than 106,000,000 days is not supported");
}

// ---- constructors ----

bool time_zone_of(Interp *in, const Args *args, Value v, Time *time)
{
    if (is_unset(v) || value_is_none(v))
        return true;
    if (v.kind != VALUE_TIME || v.time->kind != TIME_ZONE)
        return interp_raise(in, args->at, STR("TypeError"),
                            "tzinfo argument must be None or of a tzinfo subclass, not type '%.*s'",
                            STR_ARGS(value_type_name(v)));
    time->has_zone = true;
    time->zone_seconds = v.time->zone_seconds;
    return true;
}

static bool check_time(Interp *in, Span at, const Time *t)
{
    if (t->kind != TIME_TIME && !valid_date(t->year, t->month, t->day))
        return interp_raise(in, at, STR("ValueError"),
                            t->year < 1 || t->year > 9999   ? "year %d is out of range"
                            : t->month < 1 || t->month > 12 ? "month must be in 1..12"
                                                            : "day is out of range for month",
                            (int)t->year);
    bool clock = t->hour >= 0 && t->hour < 24 && t->minute >= 0 && t->minute < 60 && t->second >= 0 && t->second < 60 &&
                 t->microsecond >= 0 && t->microsecond < 1000000;
    return clock || interp_raise(in, at, STR("ValueError"), "hour, minute, second or microsecond is out of range");
}

static bool take_fields(Interp *in, const Args *args, const char *function, const char *spec, size_t count,
                        int32_t *const fields[], Value *zone)
{
    Value v[8];
    if (!take_args(in, args, function, spec, v))
        return false;
    for (size_t i = 0; i < count; i++) {
        int64_t integer;
        if (is_unset(v[i]))
            continue;
        if (!want_int(in, args, v[i], function, &integer))
            return false;
        *fields[i] = integer > 99999999 || integer < -99999999 ? -1 : (int32_t)integer;
    }
    if (zone)
        *zone = v[count];
    return true;
}

NATIVE_FN(make_datetime)
{
    Time t = {.kind = TIME_DATETIME};
    Value zone;
    int32_t *const fields[] = {&t.year, &t.month, &t.day, &t.hour, &t.minute, &t.second, &t.microsecond};
    (void)self;
    if (!take_fields(in, args, "datetime", "year month day hour? minute? second? microsecond? tzinfo?", 7, fields, &zone) ||
        !time_zone_of(in, args, zone, &t) || !check_time(in, args->at, &t))
        return false;
    *out = time_make(in, t);
    return true;
}

NATIVE_FN(make_date)
{
    Time t = {.kind = TIME_DATE};
    int32_t *const fields[] = {&t.year, &t.month, &t.day};
    (void)self;
    if (!take_fields(in, args, "date", "year month day", 3, fields, NULL) || !check_time(in, args->at, &t))
        return false;
    *out = time_make(in, t);
    return true;
}

NATIVE_FN(make_clock)
{
    Time t = {.kind = TIME_TIME};
    Value zone;
    int32_t *const fields[] = {&t.hour, &t.minute, &t.second, &t.microsecond};
    (void)self;
    if (!take_fields(in, args, "time", "hour? minute? second? microsecond? tzinfo?", 4, fields, &zone) ||
        !time_zone_of(in, args, zone, &t) || !check_time(in, args->at, &t))
        return false;
    *out = time_make(in, t);
    return true;
}

NATIVE_FN(make_delta)
{
    static const double units[] = {86400e6, 1e6, 1, 1e3, 60e6, 3600e6, 604800e6};
    Value v[7];
    double total = 0;
    int64_t exact = 0;
    (void)self;
    if (!take_args(in, args, "timedelta", "days? seconds? microseconds? milliseconds? minutes? hours? weeks?", v))
        return false;
    for (size_t i = 0; i < 7; i++) {
        int64_t integer, product;
        if (is_unset(v[i]))
            continue;
        if (is_integral(v[i], &integer)) {
            if (__builtin_mul_overflow(integer, (int64_t)units[i], &product) ||
                __builtin_add_overflow(exact, product, &exact))
                return refuse_delta(in, args->at);
        } else if (v[i].kind == VALUE_FLOAT) {
            total += v[i].real * units[i];
        } else {
            return interp_raise(in, args->at, STR("TypeError"), "unsupported type for timedelta component: %.*s",
                                STR_ARGS(value_type_name(v[i])));
        }
    }
    if (!(total > -8e18 && total < 8e18) ||
        __builtin_add_overflow(exact, (int64_t)(total < 0 ? total - 0.5 : total + 0.5), &exact))
        return refuse_delta(in, args->at);
    *out = time_make(in, (Time){.kind = TIME_DELTA, .delta_microseconds = exact});
    return true;
}

NATIVE_FN(make_zone)
{
    Value v[2];
    (void)self;
    if (!take_args(in, args, "timezone", "offset name?", v))
        return false;
    if (v[0].kind != VALUE_TIME || v[0].time->kind != TIME_DELTA)
        return interp_raise(in, args->at, STR("TypeError"), "timezone() argument 1 must be datetime.timedelta");
    int64_t seconds = v[0].time->delta_microseconds / 1000000;
    if (seconds <= -86400 || seconds >= 86400)
        return interp_raise(in, args->at, STR("ValueError"), "offset must be strictly between -24 and 24 hours");
    *out = time_make(in, (Time){.kind = TIME_ZONE, .has_zone = true, .zone_seconds = (int32_t)seconds});
    return true;
}

static bool digits(Str *text, size_t count, int32_t *number)
{
    *number = 0;
    if (text->len < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (text->ptr[i] < '0' || text->ptr[i] > '9')
            return false;
        *number = *number * 10 + (text->ptr[i] - '0');
    }
    *text = str_slice(*text, count, text->len);
    return true;
}

static bool skip(Str *text, char c)
{
    if (!text->len || text->ptr[0] != c)
        return false;
    *text = str_slice(*text, 1, text->len);
    return true;
}

static bool parse_date(Str *text, Time *t)
{
    if (!digits(text, 4, &t->year))
        return false;
    bool dash = skip(text, '-');
    return digits(text, 2, &t->month) && (!dash || skip(text, '-')) && digits(text, 2, &t->day);
}

static bool parse_clock(Str *text, Time *t)
{
    if (!digits(text, 2, &t->hour))
        return false;
    bool colon = skip(text, ':');
    if (digits(text, 2, &t->minute) && (colon ? skip(text, ':') : true) && text->len && text->ptr[0] >= '0' &&
        text->ptr[0] <= '9') {
        if (!digits(text, 2, &t->second))
            return false;
        if (skip(text, '.') || skip(text, ',')) {
            int32_t scale = 100000;
            for (; text->len && text->ptr[0] >= '0' && text->ptr[0] <= '9'; scale /= 10) {
                t->microsecond += (text->ptr[0] - '0') * scale;
                *text = str_slice(*text, 1, text->len);
            }
        }
    }
    if (skip(text, 'Z')) {
        t->has_zone = true;
    } else if (text->len && (text->ptr[0] == '+' || text->ptr[0] == '-')) {
        int32_t hours, minutes = 0, sign = text->ptr[0] == '-' ? -1 : 1;
        *text = str_slice(*text, 1, text->len);
        if (!digits(text, 2, &hours))
            return false;
        skip(text, ':');
        if (text->len && !digits(text, 2, &minutes))
            return false;
        t->has_zone = true;
        t->zone_seconds = sign * (hours * 3600 + minutes * 60);
    }
    return true;
}

static bool from_iso(Interp *in, const Args *args, TimeKind kind, Value *out)
{
    Value v;
    Str text;
    if (!take_args(in, args, "fromisoformat", "date_string", &v) || !want_text(in, args, v, "fromisoformat", &text))
        return false;
    Time t = {.kind = kind};
    bool good = kind == TIME_TIME || parse_date(&text, &t);
    if (good && kind == TIME_DATETIME && text.len) {
        text = str_slice(text, 1, text.len);
        good = parse_clock(&text, &t);
    } else if (good && kind == TIME_TIME) {
        good = parse_clock(&text, &t);
    }
    if (!good || text.len)
        return interp_raise(in, args->at, STR("ValueError"), "Invalid isoformat string: %.*s",
                            STR_ARGS(text_repr(in->arena, v.text, false)));
    if (!check_time(in, args->at, &t))
        return false;
    *out = time_make(in, t);
    return true;
}

NATIVE_FN(datetime_from_iso)
{
    (void)self;
    return from_iso(in, args, TIME_DATETIME, out);
}
NATIVE_FN(date_from_iso)
{
    (void)self;
    return from_iso(in, args, TIME_DATE, out);
}
NATIVE_FN(clock_from_iso)
{
    (void)self;
    return from_iso(in, args, TIME_TIME, out);
}

NATIVE_FN(datetime_combine)
{
    Value v[3];
    (void)self;
    if (!take_args(in, args, "combine", "date time tzinfo?", v))
        return false;
    if (v[0].kind != VALUE_TIME || v[1].kind != VALUE_TIME || v[1].time->kind != TIME_TIME)
        return interp_raise(in, args->at, STR("TypeError"), "combine() needs a date and a time");
    Time t = *v[1].time;
    t.kind = TIME_DATETIME;
    t.year = v[0].time->year;
    t.month = v[0].time->month;
    t.day = v[0].time->day;
    if (!time_zone_of(in, args, v[2], &t))
        return false;
    *out = time_make(in, t);
    return true;
}

static bool seconds_of(Interp *in, const Args *args, Value seconds, int64_t *microseconds)
{
    const int64_t first = -62135596800, last = 253402300799;   // of the years 1 to 9999
    int64_t integer = 0;
    bool is_float = seconds.kind == VALUE_FLOAT && seconds.real > -1e15 && seconds.real < 1e15;
    if (is_float)
        integer = (int64_t)seconds.real;
    else if (!is_integral(seconds, &integer) || integer > (int64_t)1 << 55 || integer < -((int64_t)1 << 55))
        return interp_raise(in, args->at, STR("OverflowError"), "timestamp out of range");
    if (integer < first || integer > last)
        return interp_raise(in, args->at, STR("ValueError"), "year is out of range");
    *microseconds = is_float ? (int64_t)(seconds.real * 1e6 + (seconds.real < 0 ? -0.5 : 0.5)) : integer * 1000000;
    return true;
}

NATIVE_FN(datetime_from_timestamp)
{
    Value v[2];
    int64_t instant;
    Time t = {.kind = TIME_DATETIME};
    (void)self;
    if (!take_args(in, args, "fromtimestamp", "timestamp tz?", v) || !time_zone_of(in, args, v[1], &t))
        return false;
    if (!t.has_zone && !in->options->occasion.has_time) {
        *out = value_unknown(in->arena, args->at, STR("the time zone of the machine decides what fromtimestamp() gives"),
                             STR("Give a time zone, or write the time in the revision."));
        return true;
    }
    return seconds_of(in, args, v[0], &instant) &&
           time_from_moment(in, args->at, t, instant + (int64_t)t.zone_seconds * 1000000, out);
}

NATIVE_FN(datetime_utc_from_timestamp)
{
    Value v;
    int64_t instant;
    const Time t = {.kind = TIME_DATETIME};
    (void)self;
    return take_args(in, args, "utcfromtimestamp", "timestamp", &v) && seconds_of(in, args, v, &instant) &&
           time_from_moment(in, args->at, t, instant, out);
}

// The days since the first of January of the year 1, which is 1.
enum { DAYS_BEFORE_1970 = 719163 };

static bool from_ordinal(Interp *in, const Args *args, TimeKind kind, Value *out)
{
    Value v;
    int64_t days;
    Time t = {.kind = kind};
    if (!take_args(in, args, "fromordinal", "ordinal", &v) || !want_int(in, args, v, "fromordinal", &days))
        return false;
    if (days < 1 || days > days_from_civil(9999, 12, 31) + DAYS_BEFORE_1970)
        return interp_raise(in, args->at, STR("ValueError"), days < 1 ? "ordinal must be >= 1" : "year is out of range");
    civil_from_days(days - DAYS_BEFORE_1970, &t);
    *out = time_make(in, t);
    return true;
}

NATIVE_FN(datetime_from_ordinal)
{
    (void)self;
    return from_ordinal(in, args, TIME_DATETIME, out);
}

NATIVE_FN(date_from_ordinal)
{
    (void)self;
    return from_ordinal(in, args, TIME_DATE, out);
}

NATIVE_FN(strptime_unknown)
{
    (void)self;
    *out = value_unknown(in->arena, args->at, STR("what strptime() reads is not worked out"),
                         STR("Use datetime.fromisoformat(), or write the time's parts."));
    return true;
}

// ---- methods ----

NATIVE_FN(time_isoformat)
{
    Value v[2];
    Str separator = STR("T");
    if (!take_args(in, args, "isoformat", "sep? timespec?", v) ||
        (!is_unset(v[0]) && !want_text(in, args, v[0], "isoformat", &separator)))
        return false;
    if (!is_unset(v[1]))
        return interp_refuse(in, args->at, STR_EMPTY, "isoformat() with timespec is not supported");
    Str text = time_text(in->arena, self.time, false);
    if (self.time->kind == TIME_DATETIME)
        text = str_format(in->arena, "%.*s%.*s%.*s", 10, text.ptr, STR_ARGS(separator),
                          STR_ARGS(str_slice(text, 11, text.len)));
    *out = value_str(text);
    return true;
}

static int64_t weekday_of(const Time *t)
{
    int64_t days = days_from_civil(t->year, t->month, t->day);
    return ((days + 3) % 7 + 7) % 7;   // Monday: 0
}

static bool add_directive(Buf *out, const Time *t, char c)
{
    static const char *const days[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
    bool date = t->kind != TIME_TIME;
    int32_t month = date ? t->month : 1;
    switch (c) {
    case 'Y': buf_addf(out, "%04d", date ? (int)t->year : 1900); return true;
    case 'y': buf_addf(out, "%02d", (date ? (int)t->year : 1900) % 100); return true;
    case 'm': buf_addf(out, "%02d", (int)month); return true;
    case 'd': buf_addf(out, "%02d", date ? (int)t->day : 1); return true;
    case 'H': buf_addf(out, "%02d", (int)t->hour); return true;
    case 'I': buf_addf(out, "%02d", t->hour % 12 ? (int)t->hour % 12 : 12); return true;
    case 'M': buf_addf(out, "%02d", (int)t->minute); return true;
    case 'S': buf_addf(out, "%02d", (int)t->second); return true;
    case 'f': buf_addf(out, "%06d", (int)t->microsecond); return true;
    case 'p': buf_add(out, t->hour < 12 ? STR("AM") : STR("PM")); return true;
    case 'A': buf_add(out, str_from(days[date ? weekday_of(t) : 0])); return true;
    case 'a': buf_addf(out, "%.3s", days[date ? weekday_of(t) : 0]); return true;
    case 'B': buf_add(out, str_from(months[month - 1])); return true;
    case 'b': buf_addf(out, "%.3s", months[month - 1]); return true;
    case 'w': buf_addf(out, "%d", date ? (int)((weekday_of(t) + 1) % 7) : 1); return true;
    case 'j':
        buf_addf(out, "%03d",
                 date ? (int)(days_from_civil(t->year, t->month, t->day) - days_from_civil(t->year, 1, 1) + 1) : 1);
        return true;
    case 'z':
        if (t->has_zone)
            buf_addf(out, "%c%02d%02d", t->zone_seconds < 0 ? '-' : '+', abs((int)t->zone_seconds) / 3600,
                     abs((int)t->zone_seconds) / 60 % 60);
        return true;
    case 'Z':
        if (t->has_zone)
            buf_add(out, STR("UTC"));
        if (t->has_zone && t->zone_seconds)
            add_zone(out, t);
        return true;
    case 'F': buf_addf(out, "%d-%02d-%02d", (int)t->year, (int)month, (int)t->day); return date;
    case 'T': buf_addf(out, "%02d:%02d:%02d", (int)t->hour, (int)t->minute, (int)t->second); return true;
    case '%': buf_add_char(out, '%'); return true;
    default: return false;
    }
}

NATIVE_FN(time_strftime)
{
    Value v;
    Str format;
    if (!take_args(in, args, "strftime", "format", &v) || !want_text(in, args, v, "strftime", &format))
        return false;
    if (self.time->kind == TIME_DELTA || self.time->kind == TIME_ZONE)
        return interp_raise(in, args->at, STR("TypeError"), "unsupported format string");
    Buf text = buf_open(in->arena);
    for (size_t i = 0; i < format.len; i++) {
        if (format.ptr[i] != '%' || i + 1 == format.len)
            buf_add_char(&text, format.ptr[i]);
        else if (!add_directive(&text, self.time, format.ptr[++i]))
            return interp_refuse(in, args->at, STR_EMPTY, "strftime() directive \"%%%c\" is not supported", format.ptr[i]);
    }
    *out = value_str(buf_str(&text));
    return interp_room(in, args->at, text.len);
}

NATIVE_FN(time_replace)
{
    Time t = *self.time;
    int32_t *const fields[] = {&t.year, &t.month, &t.day, &t.hour, &t.minute, &t.second, &t.microsecond};
    Value zone = UNSET_VALUE;
    bool clock = t.kind == TIME_TIME;
    bool taken = clock ? take_fields(in, args, "replace", "hour? minute? second? microsecond? tzinfo?", 4, fields + 3, &zone)
                       : take_fields(in, args, "replace", "year? month? day? hour? minute? second? microsecond? tzinfo?", 7,
                                     fields, &zone);
    if (!taken)
        return false;
    if (!is_unset(zone)) {
        t.has_zone = false;
        t.zone_seconds = 0;
    }
    if (!time_zone_of(in, args, zone, &t) || !check_time(in, args->at, &t))
        return false;
    *out = time_make(in, t);
    return true;
}

NATIVE_FN(time_part)
{
    Time t = *self.time;
    if (!take_args(in, args, "date", "", out))
        return false;
    t.kind = TIME_DATE;
    t.hour = t.minute = t.second = t.microsecond = t.zone_seconds = 0;
    t.has_zone = false;
    *out = time_make(in, t);
    return true;
}

NATIVE_FN(time_clock)
{
    Time t = *self.time;
    if (!take_args(in, args, "time", "", out))
        return false;
    t.kind = TIME_TIME;
    t.year = t.month = t.day = t.zone_seconds = 0;
    t.has_zone = false;
    *out = time_make(in, t);
    return true;
}

NATIVE_FN(time_total_seconds)
{
    if (!take_args(in, args, "total_seconds", "", out))
        return false;
    *out = (Value){.kind = VALUE_FLOAT, .real = (double)self.time->delta_microseconds / 1e6};
    return true;
}

NATIVE_FN(time_weekday)
{
    if (!take_args(in, args, "weekday", "", out))
        return false;
    *out = value_int(weekday_of(self.time));
    return true;
}

NATIVE_FN(time_isoweekday)
{
    if (!take_args(in, args, "isoweekday", "", out))
        return false;
    *out = value_int(weekday_of(self.time) + 1);
    return true;
}

NATIVE_FN(time_ordinal)
{
    if (!take_args(in, args, "toordinal", "", out))
        return false;
    *out = value_int(days_from_civil(self.time->year, self.time->month, self.time->day) + DAYS_BEFORE_1970);
    return true;
}

NATIVE_FN(time_timestamp)
{
    if (!take_args(in, args, "timestamp", "", out))
        return false;
    if (!self.time->has_zone && !in->options->occasion.has_time)
        return clock_unknown(in, args, out);
    *out = (Value){.kind = VALUE_FLOAT, .real = (double)moment(self.time) / 1e6};
    return true;
}

NATIVE_FN(time_astimezone)
{
    Value v;
    Time t = *self.time;
    if (!take_args(in, args, "astimezone", "tz?", &v))
        return false;
    bool local = is_unset(v) || value_is_none(v);
    if ((!t.has_zone || local) && !in->options->occasion.has_time)
        return clock_unknown(in, args, out);
    int64_t instant = moment(&t);
    t.has_zone = true;
    t.zone_seconds = 0;
    return time_zone_of(in, args, v, &t) &&
           time_from_moment(in, args->at, t, instant + (int64_t)t.zone_seconds * 1000000, out);
}

const Builtin time_methods[] = {
    NATIVE("isoformat", time_isoformat),
    NATIVE("strftime", time_strftime),
    NATIVE("replace", time_replace),
    NATIVE("date", time_part),
    NATIVE("time", time_clock),
    NATIVE("total_seconds", time_total_seconds),
    NATIVE("weekday", time_weekday),
    NATIVE("isoweekday", time_isoweekday),
    NATIVE("toordinal", time_ordinal),
    NATIVE("timestamp", time_timestamp),
    NATIVE("astimezone", time_astimezone),
    MEMBERS_END,
};

bool time_attribute(Interp *in, Span at, Value v, Str name, Value *out)
{
    (void)at;
    if (v.kind != VALUE_TIME)
        return false;
    const Time *t = v.time;
    if (t->kind == TIME_DELTA) {
        int64_t days = t->delta_microseconds / DAY_MICROSECONDS, rest = t->delta_microseconds % DAY_MICROSECONDS;
        days -= rest < 0;
        rest += rest < 0 ? DAY_MICROSECONDS : 0;
        if (str_equal(name, STR("days")))
            *out = value_int(days);
        else if (str_equal(name, STR("seconds")))
            *out = value_int(rest / 1000000);
        else if (str_equal(name, STR("microseconds")))
            *out = value_int(rest % 1000000);
        else
            return false;
        return true;
    }
    static const char *const names[] = {"year", "month", "day", "hour", "minute", "second", "microsecond"};
    const int32_t fields[] = {t->year, t->month, t->day, t->hour, t->minute, t->second, t->microsecond};
    size_t first = t->kind == TIME_TIME ? 3 : 0, last = t->kind == TIME_DATE ? 3 : t->kind == TIME_ZONE ? 0 : 7;
    for (size_t i = first; i < last; i++)
        if (str_equal(name, str_from(names[i]))) {
            *out = value_int(fields[i]);
            return true;
        }
    if (str_equal(name, STR("tzinfo")) && last == 7) {
        *out = t->has_zone ? time_make(in, (Time){.kind = TIME_ZONE, .has_zone = true, .zone_seconds = t->zone_seconds})
                           : VALUE_OF_NONE;
        return true;
    }
    return false;
}

bool time_binary(Interp *in, Span at, BinaryOp op, Value left, Value right, Value *out)
{
    bool add = op == BINARY_ADD, sub = op == BINARY_SUB;
    bool left_time = left.kind == VALUE_TIME, right_time = right.kind == VALUE_TIME;
    bool left_delta = left_time && left.time->kind == TIME_DELTA, right_delta = right_time && right.time->kind == TIME_DELTA;
    int64_t result, factor;
    if (left_delta && right_delta && (add || sub)) {
        bool over = add ? __builtin_add_overflow(left.time->delta_microseconds, right.time->delta_microseconds, &result)
                        : __builtin_sub_overflow(left.time->delta_microseconds, right.time->delta_microseconds, &result);
        if (over)
            return refuse_delta(in, at);
        *out = time_make(in, (Time){.kind = TIME_DELTA, .delta_microseconds = result});
        return true;
    }
    if (op == BINARY_MUL && ((left_delta && is_integral(right, &factor)) || (right_delta && is_integral(left, &factor)))) {
        if (__builtin_mul_overflow((left_delta ? left : right).time->delta_microseconds, factor, &result))
            return refuse_delta(in, at);
        *out = time_make(in, (Time){.kind = TIME_DELTA, .delta_microseconds = result});
        return true;
    }
    bool dated = left_time && (left.time->kind == TIME_DATETIME || left.time->kind == TIME_DATE);
    bool dated_right = right_time && (right.time->kind == TIME_DATETIME || right.time->kind == TIME_DATE);
    if ((dated && right_delta && (add || sub)) || (add && left_delta && dated_right)) {
        const Time *base = dated ? left.time : right.time;
        int64_t delta = (dated ? right : left).time->delta_microseconds;
        Time like = *base, local = *base;
        local.has_zone = false;
        if (like.kind == TIME_DATE)
            delta = (delta / DAY_MICROSECONDS - (delta % DAY_MICROSECONDS < 0)) * DAY_MICROSECONDS;
        bool over = sub ? __builtin_sub_overflow(moment(&local), delta, &result)
                        : __builtin_add_overflow(moment(&local), delta, &result);
        if (over)
            return interp_raise(in, at, STR("OverflowError"), "date value out of range");
        return time_from_moment(in, at, like, result, out);
    }
    if (sub && dated && dated_right && left.time->kind == right.time->kind) {
        if (left.time->has_zone != right.time->has_zone)
            return interp_raise(in, at, STR("TypeError"), "can't subtract offset-naive and offset-aware datetimes");
        *out = time_make(in, (Time){.kind = TIME_DELTA, .delta_microseconds = moment(left.time) - moment(right.time)});
        return true;
    }
    if (left_delta && right_delta && op == BINARY_DIV && right.time->delta_microseconds) {
        *out = (Value){.kind = VALUE_FLOAT,
                       .real = (double)left.time->delta_microseconds / (double)right.time->delta_microseconds};
        return true;
    }
    if (left_delta && (op == BINARY_MUL || op == BINARY_DIV || op == BINARY_FLOORDIV || op == BINARY_MOD))
        return interp_refuse(in, at, STR("Write the result in the revision."),
                             "this operation on a timedelta is not supported");
    return interp_raise(in, at, STR("TypeError"), "unsupported operand type(s): '%.*s' and '%.*s'",
                        STR_ARGS(value_type_name(left)), STR_ARGS(value_type_name(right)));
}

static const Time utc = {.kind = TIME_ZONE, .has_zone = true};
static const Time datetime_min = {.kind = TIME_DATETIME, .year = 1, .month = 1, .day = 1};
static const Time datetime_max = {.kind = TIME_DATETIME,
                                  .year = 9999,
                                  .month = 12,
                                  .day = 31,
                                  .hour = 23,
                                  .minute = 59,
                                  .second = 59,
                                  .microsecond = 999999};
static const Time date_min = {.kind = TIME_DATE, .year = 1, .month = 1, .day = 1},
                  date_max = {.kind = TIME_DATE, .year = 9999, .month = 12, .day = 31};
#define TIME_CONSTANT(text, value)                                                                                          \
    {                                                                                                                       \
        .kind = B_CONSTANT, .name = NAME_OF(text), .self = {.kind = VALUE_TIME, .time = (value) }                           \
    }
static const Builtin datetime_statics[] = {
    NATIVE_ANY("now", clock_now),
    NATIVE_ANY("utcnow", clock_utcnow),
    NATIVE_ANY("today", clock_utcnow),
    NATIVE("fromisoformat", datetime_from_iso),
    NATIVE("combine", datetime_combine),
    NATIVE("fromtimestamp", datetime_from_timestamp),
    NATIVE("utcfromtimestamp", datetime_utc_from_timestamp),
    NATIVE("fromordinal", datetime_from_ordinal),
    NATIVE_ANY("strptime", strptime_unknown),
    TIME_CONSTANT("min", &datetime_min),
    TIME_CONSTANT("max", &datetime_max),
    MEMBERS_END,
};
static const Builtin date_statics[] = {NATIVE_ANY("today", clock_today),         NATIVE("fromisoformat", date_from_iso),
                                       NATIVE("fromordinal", date_from_ordinal), TIME_CONSTANT("min", &date_min),
                                       TIME_CONSTANT("max", &date_max),          MEMBERS_END};
static const Builtin clock_statics[] = {NATIVE("fromisoformat", clock_from_iso), MEMBERS_END};
static const Builtin zone_statics[] = {TIME_CONSTANT("utc", &utc), MEMBERS_END};
#define TIME_TYPE(text, function, kind_of, statics)                                                                         \
    {                                                                                                                       \
        .kind = B_TYPE, .name = NAME_OF(text), .call = (function), .type = VALUE_TIME, .start = (kind_of),                  \
        .members = (statics)                                                                                                \
    }
const Builtin datetime_members[] = {
    TIME_TYPE("datetime", make_datetime, TIME_DATETIME, datetime_statics),
    TIME_TYPE("date", make_date, TIME_DATE, date_statics),
    TIME_TYPE("time", make_clock, TIME_TIME, clock_statics),
    TIME_TYPE("timedelta", make_delta, TIME_DELTA, NULL),
    TIME_TYPE("timezone", make_zone, TIME_ZONE, zone_statics),
    TIME_CONSTANT("UTC", &utc),
    MEMBERS_END,
};
