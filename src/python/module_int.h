// The standard library's modules that python knows itself: their member tables.
#ifndef WAYBILL_PYTHON_MODULE_INT_H
#define WAYBILL_PYTHON_MODULE_INT_H

#include "python_int.h"

#define NATIVE_FN_SHARED(name) bool name(Interp *in, Value self, const Args *args, Value *out)
#define NATIVE_FN(name) static NATIVE_FN_SHARED(name)

extern const Builtin datetime_members[], decimal_members[], uuid_members[], json_members[], re_members[], textwrap_members[],
    base64_members[], binascii_members[], os_members[], path_members[], collections_members[], itertools_members[],
    functools_members[], operator_members[], contextlib_members[], copy_members[], dataclasses_members[], math_members[],
    string_members[], enum_members_table[], time_module_members[], typing_members[];

// ---- time.c ----

Value time_make(Interp *in, Time time);
// Stores the date and time of day of microseconds since 1970, local to the zone of `like`.
bool time_from_moment(Interp *in, Span at, Time like, int64_t microseconds, Value *out);
// Reads a tzinfo argument into `time`; unset and None: nothing.
bool time_zone_of(Interp *in, const Args *args, Value v, Time *time);

// ---- clock.c ----

// Stores the value of what asks for a time that nobody has given.
bool clock_unknown(Interp *in, const Args *args, Value *out);
NATIVE_FN_SHARED(clock_now);
NATIVE_FN_SHARED(clock_utcnow);
NATIVE_FN_SHARED(clock_today);

#endif
