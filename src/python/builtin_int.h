// The builtins' natives that builtins.c puts into its table: types and conversions.
#ifndef WAYBILL_PYTHON_BUILTIN_INT_H
#define WAYBILL_PYTHON_BUILTIN_INT_H

#include "python_int.h"

#define NATIVE_FN_SHARED(name) bool name(Interp *in, Value self, const Args *args, Value *out)
#define NATIVE_FN(name) static NATIVE_FN_SHARED(name)
#define UNUSED_SELF (void)self

static inline Value value_float(double real)
{
    return (Value){.kind = VALUE_FLOAT, .real = real};
}

bool b_len(Interp *in, Value self, const Args *args, Value *out);
bool b_range(Interp *in, Value self, const Args *args, Value *out);
bool b_str(Interp *in, Value self, const Args *args, Value *out);
bool b_repr(Interp *in, Value self, const Args *args, Value *out);
bool b_int(Interp *in, Value self, const Args *args, Value *out);
bool b_float(Interp *in, Value self, const Args *args, Value *out);
bool b_bool(Interp *in, Value self, const Args *args, Value *out);
bool b_list(Interp *in, Value self, const Args *args, Value *out);
bool b_tuple(Interp *in, Value self, const Args *args, Value *out);
bool b_set(Interp *in, Value self, const Args *args, Value *out);
bool b_dict(Interp *in, Value self, const Args *args, Value *out);
bool b_bytes(Interp *in, Value self, const Args *args, Value *out);

// ---- introspect.c ----
NATIVE_FN_SHARED(b_isinstance);
NATIVE_FN_SHARED(b_issubclass);
NATIVE_FN_SHARED(b_getattr);
NATIVE_FN_SHARED(b_hasattr);
NATIVE_FN_SHARED(b_setattr);
NATIVE_FN_SHARED(b_delattr);
NATIVE_FN_SHARED(b_type);
NATIVE_FN_SHARED(b_property);
NATIVE_FN_SHARED(b_staticmethod);
NATIVE_FN_SHARED(b_classmethod);
NATIVE_FN_SHARED(b_object);
NATIVE_FN_SHARED(b_globals);
NATIVE_FN_SHARED(b_locals);
NATIVE_FN_SHARED(b_vars);
NATIVE_FN_SHARED(b_id);
NATIVE_FN_SHARED(b_hash);

#endif
