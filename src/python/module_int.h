// The standard library's modules that python knows itself: their member tables.
#ifndef WAYBILL_PYTHON_MODULE_INT_H
#define WAYBILL_PYTHON_MODULE_INT_H

#include "python_int.h"

#define NATIVE_FN(name) static bool name(Interp *in, Value self, const Args *args, Value *out)

extern const Builtin datetime_members[], decimal_members[], uuid_members[], json_members[], re_members[], textwrap_members[],
    base64_members[], binascii_members[], os_members[], path_members[], collections_members[], itertools_members[],
    functools_members[], operator_members[], contextlib_members[], copy_members[], dataclasses_members[], math_members[],
    string_members[], enum_members_table[];

#endif
