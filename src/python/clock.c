// What asks for the clock: unknown, unless the time at which the revision runs is given. The machine's time zone is UTC
// then.
#include "module_int.h"

bool clock_unknown(Interp *in, const Args *args, Value *out)
{
    *out = value_unknown_cured(
        in->arena, args->at, STR("the time at which the revision runs is not known"),
        STR("Give the time with --at or as \"now\" in [waybill], write it in the revision, or use sa.func.now()."),
        (Cure){.kind = CURE_CLOCK});
    return true;
}

static bool is_known(const Interp *in)
{
    return in->options->occasion.has_time;
}

static int64_t microseconds(const Interp *in)
{
    return in->options->occasion.time_s * 1000000;
}

NATIVE_FN_SHARED(clock_now)
{
    Value zone;
    Time like = {.kind = TIME_DATETIME};
    (void)self;
    if (!is_known(in))
        return clock_unknown(in, args, out);
    if (!take_args(in, args, "now", "tz?", &zone))
        return false;
    if (is_unknown(zone)) {
        *out = value_unknown_by(zone);
        return true;
    }
    return time_zone_of(in, args, zone, &like) &&
           time_from_moment(in, args->at, like, microseconds(in) + (int64_t)like.zone_seconds * 1000000, out);
}

NATIVE_FN_SHARED(clock_utcnow)
{
    Time like = {.kind = TIME_DATETIME};
    (void)self;
    if (!is_known(in))
        return clock_unknown(in, args, out);
    return take_args(in, args, "utcnow", "", NULL) && time_from_moment(in, args->at, like, microseconds(in), out);
}

NATIVE_FN_SHARED(clock_today)
{
    if (!is_known(in))
        return clock_unknown(in, args, out);
    if (!clock_utcnow(in, self, args, out))
        return false;
    Time day = *out->time;
    *out = time_make(in, (Time){.kind = TIME_DATE, .year = day.year, .month = day.month, .day = day.day});
    return true;
}

NATIVE_FN(clock_seconds)
{
    (void)self;
    if (!is_known(in))
        return clock_unknown(in, args, out);
    *out = (Value){.kind = VALUE_FLOAT, .real = (double)in->options->occasion.time_s};
    return take_args(in, args, "time", "", NULL);
}

NATIVE_FN(clock_nanoseconds)
{
    int64_t nanoseconds;
    (void)self;
    if (!is_known(in))
        return clock_unknown(in, args, out);
    if (__builtin_mul_overflow(microseconds(in), (int64_t)1000, &nanoseconds))
        return interp_refuse(in, args->at, STR_EMPTY, "an integer beyond 64 bits (the limit)");
    *out = value_int(nanoseconds);
    return take_args(in, args, "time_ns", "", NULL);
}

NATIVE_FN(clock_sleep)
{
    (void)self;
    (void)in;
    (void)args;
    *out = VALUE_OF_NONE;
    return true;
}

const Builtin time_module_members[] = {NATIVE_ANY("sleep", clock_sleep), NATIVE_ANY("time", clock_seconds),
                                       NATIVE_ANY("time_ns", clock_nanoseconds), MEMBERS_END};
