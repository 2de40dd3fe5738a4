// What the host is told of how its answers are looked at. An answer is a list or a dict that the host has marked: whoever
// looks for a text in it depends on that one, and whoever looks at it in any other way depends on all of it. So that nothing
// of it is had unnoticed, whatever gives an item away tells; only set(), list(), sorted() and [row["name"] for row in rows]
// make of it what is marked in the same way.
#include "python_int.h"

static const void *reflection_of(Value v)
{
    switch ((int)v.kind) {
    case VALUE_LIST:
    case VALUE_TUPLE:
    case VALUE_SET: return v.list->reflection;
    case VALUE_DICT: return v.dict->reflection;
    case VALUE_BUILTIN:
        return v.builtin->kind == B_ITERATOR && v.builtin->self.kind == VALUE_LIST ? v.builtin->self.list->reflection : NULL;
    default: return NULL;
    }
}

void tell_looked(Interp *in, Value v)
{
    const void *reflection = reflection_of(v);
    if (reflection)
        in->host->looked(in->host, reflection, STR_EMPTY);
}

void tell_field(Interp *in, Value dict, Value key)
{
    if (dict.dict->reflection)
        in->host->looked(in->host, dict.dict->reflection, key.kind == VALUE_STR ? key.text : STR_EMPTY);
}

void tell_sought(Interp *in, Value item, Value among)
{
    const void *reflection = reflection_of(among);
    item = unwrap(item);
    if (reflection && item.kind == VALUE_STR)
        in->host->sought(in->host, reflection, item.text);
    else if (reflection)
        in->host->looked(in->host, reflection, STR_EMPTY);
}

void tell_sets(Interp *in, Value left, Value right)
{
    for (size_t i = 0; right.list->reflection && i < left.list->values.count; i++)
        tell_sought(in, left.list->values.items[i], right);
    for (size_t i = 0; left.list->reflection && i < right.list->values.count; i++)
        tell_sought(in, right.list->values.items[i], left);
}

static void used_at(Interp *in, Value v, unsigned depth)
{
    enum { MOST_DEPTH = 6 };
    bool is_list = v.kind == VALUE_LIST || v.kind == VALUE_TUPLE || v.kind == VALUE_SET;
    tell_looked(in, v);
    for (size_t i = 0; is_list && depth < MOST_DEPTH && i < v.list->values.count; i++)
        used_at(in, v.list->values.items[i], depth + 1);
    for (size_t i = 0; v.kind == VALUE_DICT && depth < MOST_DEPTH && i < v.dict->items.count; i++) {
        used_at(in, v.dict->items.items[i].key, depth + 1);
        used_at(in, v.dict->items.items[i].value, depth + 1);
    }
}

void interp_used(Interp *in, Value v)
{
    if (in->host && in->host->reflects)
        used_at(in, v, 0);
}

void tell_combined(Interp *in, BinaryOp op, Value left, Value right)
{
    bool orders = op >= BINARY_LT && op <= BINARY_GE;   // all of a set is looked for in one that is no smaller
    bool compares = op == BINARY_EQ || op == BINARY_NE;
    if (left.kind != VALUE_SET || right.kind != VALUE_SET || compares || (orders && op != BINARY_GE))
        interp_used(in, left);
    if (left.kind != VALUE_SET || right.kind != VALUE_SET || compares || (orders && op != BINARY_LE))
        interp_used(in, right);
}
