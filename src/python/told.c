// What the host is told of how its answers are looked at. An answer is a list or a dict that the host has marked, as the
// texts in it: whoever compares such a text, or looks for one in a list of them, depends on that one; whoever counts, reads
// another field or uses a part of a text depends on the answer as a whole.
#include "python_int.h"

void tell_looked(Interp *in, Value v)
{
    bool is_list = v.kind == VALUE_LIST || v.kind == VALUE_TUPLE || v.kind == VALUE_SET;
    const void *reflection = is_list ? v.list->reflection : v.kind == VALUE_DICT ? v.dict->reflection : NULL;
    if (v.kind == VALUE_STR && v.is_reflected)
        in->host->used(in->host, v.text);
    if (reflection)
        in->host->looked(in->host, reflection, STR_EMPTY);
}

void tell_field(Interp *in, Value dict, Value key)
{
    if (dict.dict->reflection)
        in->host->looked(in->host, dict.dict->reflection, key.kind == VALUE_STR ? key.text : STR_EMPTY);
}

void interp_used(Interp *in, Value v)
{
    enum { MOST = 200 };
    tell_looked(in, v);
    if (v.kind == VALUE_LIST || v.kind == VALUE_TUPLE || v.kind == VALUE_SET)
        for (size_t i = 0; i < v.list->values.count && i < MOST; i++)
            if (v.list->values.items[i].kind == VALUE_STR)
                tell_looked(in, v.list->values.items[i]);
}

void tell_combined(Interp *in, BinaryOp op, Value left, Value right)
{
    bool orders = op >= BINARY_LT && op <= BINARY_GE;   // all of a set is looked for in one that is no smaller
    if (left.kind != VALUE_SET || (orders && op != BINARY_GE))
        interp_used(in, left);
    if (right.kind != VALUE_SET || (orders && op != BINARY_LE))
        interp_used(in, right);
}

void tell_compared(Interp *in, Value left, Value right)
{
    if (left.kind == VALUE_STR && right.kind == VALUE_STR) {
        if (in->host && in->host->compared)
            in->host->compared(in->host, left.text, right.text);
        return;
    }
    interp_used(in, left);
    interp_used(in, right);
}

void tell_sought(Interp *in, Value item, Value among)
{
    if (item.kind == VALUE_STR && in->host && in->host->sought)
        in->host->sought(in->host, item.text, among);
}

void tell_sets(Interp *in, Value left, Value right)
{
    enum { MOST = 200 };
    for (size_t i = 0; i < left.list->values.count && i < MOST; i++)
        tell_sought(in, left.list->values.items[i], right);
    for (size_t i = 0; i < right.list->values.count && i < MOST; i++)
        tell_sought(in, right.list->values.items[i], left);
}
