// Methods of lists, tuples, dicts, sets and numbers; sorting.
#include "python_int.h"

#define METHOD(name) static bool name(Interp *in, Value self, const Args *args, Value *out)

// ---- sorting: a stable merge sort, since comparing may fail ----

typedef struct SortItem {
    Value key, value;
} SortItem;

static bool merge(Interp *in, Span at, SortItem *items, SortItem *room, size_t count, bool reverse)
{
    if (count < 2)
        return true;
    size_t half = count / 2, left = 0, right = half, n = 0;
    if (!merge(in, at, items, room, half, reverse) || !merge(in, at, items + half, room, count - half, reverse))
        return false;
    while (left < half && right < count) {
        Value less;
        bool swap;
        const SortItem *first = reverse ? &items[left] : &items[right], *second = reverse ? &items[right] : &items[left];
        bool texts = first->key.kind == VALUE_STR && second->key.kind == VALUE_STR;   // the order of names tells nothing
        if (texts)
            swap = str_compare(first->key.text, second->key.text) < 0;
        else if (!binary(in, at, BINARY_LT, first->key, second->key, &less) || !interp_truth(in, at, less, "sorting", &swap))
            return false;
        room[n++] = swap ? items[right++] : items[left++];
    }
    while (left < half)
        room[n++] = items[left++];
    memcpy(items, room, n * sizeof *items);
    return interp_tick(in, at, count);
}

bool sort_values(Interp *in, Span at, List *list, Value key, bool reverse)
{
    size_t count = list->values.count;
    if (!count)
        return true;
    SortItem *items = arena_array(in->arena, SortItem, count), *room = arena_array(in->arena, SortItem, count);
    if (!value_is_none(key))   // which is given each item
        tell_looked(in, (Value){.kind = VALUE_LIST, .list = list});
    for (size_t i = 0; i < count; i++) {
        items[i].key = items[i].value = list->values.items[i];
        if (!value_is_none(key) && !call_positional(in, at, key, 1, &items[i].value, &items[i].key))
            return false;
    }
    if (!merge(in, at, items, room, count, reverse))
        return false;
    for (size_t i = 0; i < count; i++)
        list->values.items[i] = items[i].value;
    return true;
}

// ---- lists and tuples ----

METHOD(l_append)
{
    Value v;
    *out = VALUE_OF_NONE;
    if (!take_args(in, args, "append", "object", &v))
        return false;
    list_push(in->arena, self, v);
    return self.list->values.count <= LIMIT_ITEMS || interp_items(in, args->at, self.list->values.count);
}

METHOD(l_extend)
{
    Value v, list;
    *out = VALUE_OF_NONE;
    if (!take_args(in, args, "extend", "iterable", &v) || !interp_iterate(in, args->at, v, &list) ||
        !interp_items(in, args->at, self.list->values.count + list.list->values.count))
        return false;
    for (size_t i = 0; i < list.list->values.count; i++)
        list_push(in->arena, self, list.list->values.items[i]);
    return true;
}

METHOD(l_insert)
{
    Value v[2];
    int64_t at;
    *out = VALUE_OF_NONE;
    if (!take_args(in, args, "insert", "index object", v) || !want_int(in, args, v[0], "insert", &at) ||
        !interp_items(in, args->at, self.list->values.count))
        return false;
    int64_t count = (int64_t)self.list->values.count;
    at = at < 0 ? at + count : at;
    at = at < 0 ? 0 : at > count ? count : at;
    list_push(in->arena, self, v[1]);
    memmove(self.list->values.items + at + 1, self.list->values.items + at, (size_t)(count - at) * sizeof(Value));
    self.list->values.items[at] = v[1];
    return true;
}

METHOD(l_pop)
{
    Value v;
    if (!take_args(in, args, "pop", "index?", &v))
        return false;
    if (!self.list->values.count)
        return interp_raise(in, args->at, STR("IndexError"), "pop from empty list");
    Value index = is_unset(v) ? value_int(-1) : v;
    return subscript(in, args->at, self, index, out) && subscript_del(in, args->at, self, index);
}

static bool locate(Interp *in, const Args *args, Value self, Value item, size_t *position)
{
    tell_sought(in, item, self);
    for (size_t i = 0; i < self.list->values.count; i++) {
        bool equal = value_same(self.list->values.items[i], item);
        if (!equal && !values_equal(in, args->at, self.list->values.items[i], item, &equal))
            return false;
        if (equal) {
            *position = i;
            return true;
        }
    }
    return interp_raise(in, args->at, STR("ValueError"), "%.*s is not in list", STR_ARGS(value_repr(in->arena, item)));
}

METHOD(l_remove)
{
    Value v;
    size_t i;
    *out = VALUE_OF_NONE;
    return take_args(in, args, "remove", "value", &v) && locate(in, args, self, v, &i) &&
           subscript_del(in, args->at, self, value_int((int64_t)i));
}

METHOD(l_index)
{
    Value v;
    size_t i;
    if (!take_args(in, args, "index", "value", &v) || !locate(in, args, self, v, &i))
        return false;
    *out = value_int((int64_t)i);
    return true;
}

METHOD(l_count)
{
    Value v;
    int64_t count = 0;
    if (!take_args(in, args, "count", "value", &v))
        return false;
    tell_sought(in, v, self);
    for (size_t i = 0; i < self.list->values.count; i++) {
        bool equal;
        if (!values_equal(in, args->at, self.list->values.items[i], v, &equal))
            return false;
        count += equal;
    }
    *out = value_int(count);
    return interp_tick(in, args->at, self.list->values.count / 8);
}

METHOD(l_copy)
{
    return take_args(in, args, "copy", "", out) && interp_copied(in, args->at, self, out);
}

METHOD(l_clear)
{
    self.list->values.count = 0;
    *out = VALUE_OF_NONE;
    return take_args(in, args, "clear", "", out);
}

METHOD(l_reverse)
{
    size_t n = self.list->values.count;
    list_reverse(self);
    *out = VALUE_OF_NONE;
    return take_args(in, args, "reverse", "", out) && interp_tick(in, args->at, n / 8);
}

METHOD(l_sort)
{
    Value v[2];
    bool reverse = false;
    *out = VALUE_OF_NONE;
    if (args->positional)
        return interp_raise(in, args->at, STR("TypeError"), "sort() takes no positional arguments");
    return take_args(in, args, "sort", "key? reverse?", v) &&
           (is_unset(v[1]) || interp_truth(in, args->at, v[1], "the order of sorting", &reverse)) &&
           sort_values(in, args->at, self.list, is_unset(v[0]) ? VALUE_OF_NONE : v[0], reverse);
}

const Builtin list_methods[] = {
    NATIVE_ANY("append", l_append), NATIVE("extend", l_extend),   NATIVE_ANY("insert", l_insert), NATIVE("pop", l_pop),
    NATIVE("remove", l_remove),     NATIVE("index", l_index),     NATIVE("count", l_count),       NATIVE("copy", l_copy),
    NATIVE("clear", l_clear),       NATIVE("reverse", l_reverse), NATIVE("sort", l_sort),         MEMBERS_END,
};
const Builtin tuple_methods[] = {NATIVE("index", l_index), NATIVE("count", l_count), MEMBERS_END};

// ---- dicts ----

static bool dict_list(Interp *in, Value self, const Args *args, int what, Value *out)
{
    if (!take_args(in, args, "items", "", out))
        return false;
    Value list = value_list(in->arena, VALUE_LIST);
    if (what)
        tell_looked(in, self);
    for (size_t i = 0; i < self.dict->items.count; i++) {
        DictItem item = self.dict->items.items[i];
        Value pair = what == 2 ? value_list(in->arena, VALUE_TUPLE) : what == 1 ? item.value : item.key;
        if (what == 2) {
            list_push(in->arena, pair, item.key);
            list_push(in->arena, pair, item.value);
        }
        list_push(in->arena, list, pair);
    }
    list.list->view = what == 2 ? "dict_items" : "dict_values";
    *out = list;
    return interp_tick(in, args->at, list.list->values.count / 4);
}

METHOD(d_keys)
{
    if (!dict_list(in, self, args, 0, out))
        return false;
    // Keys take part in set operations; as a set they are distinct already.
    Value keys = value_list(in->arena, VALUE_SET);
    keys.list->reflection = self.dict->reflection;
    keys.list->view = "dict_keys";
    for (size_t i = 0; i < out->list->values.count; i++)
        set_add(in->arena, keys.list, out->list->values.items[i]);
    *out = keys;
    return true;
}
METHOD(d_values)
{
    return dict_list(in, self, args, 1, out);
}
METHOD(d_items)
{
    return dict_list(in, self, args, 2, out);
}

static bool key_of(Interp *in, const Args *args, Value key)
{
    if (is_unknown(key))
        return interp_refuse_unknown(in, args->at, key, "a dict key");
    if (!refuse_own_equality(in, args->at, key))
        return false;
    return value_hashable(key) ||
           interp_raise(in, args->at, STR("TypeError"), "unhashable type: '%.*s'", STR_ARGS(value_type_name(key)));
}

METHOD(d_get)
{
    Value v[2];
    if (!take_args(in, args, "get", "key default?", v) || !key_of(in, args, v[0]))
        return false;
    const Value *found = dict_find(self.dict, v[0]);
    tell_sought(in, v[0], self);
    tell_field(in, self, v[0]);
    *out = found ? *found : is_unset(v[1]) ? VALUE_OF_NONE : v[1];
    return true;
}

METHOD(d_setdefault)
{
    Value v[2];
    if (!take_args(in, args, "setdefault", "key default?", v) || !key_of(in, args, v[0]))
        return false;
    const Value *found = dict_find(self.dict, v[0]);
    tell_sought(in, v[0], self);
    tell_field(in, self, v[0]);
    *out = found ? *found : is_unset(v[1]) ? VALUE_OF_NONE : v[1];
    if (!found)
        dict_put(in->arena, self.dict, v[0], *out);
    return true;
}

METHOD(d_update)
{
    *out = VALUE_OF_NONE;
    if (args->positional > 1)
        return interp_raise(in, args->at, STR("TypeError"), "update expected at most 1 argument, got %zu", args->positional);
    if (args->positional) {
        Value from = args->items[0].value, list;
        if (from.kind == VALUE_DICT) {
            tell_looked(in, from);
            for (size_t i = 0; i < from.dict->items.count; i++)
                dict_put(in->arena, self.dict, from.dict->items.items[i].key, from.dict->items.items[i].value);
        } else {
            if (!interp_iterate(in, args->at, from, &list))
                return false;
            for (size_t i = 0; i < list.list->values.count; i++) {
                Value pair;
                if (!interp_iterate(in, args->at, list.list->values.items[i], &pair))
                    return false;
                if (pair.list->values.count != 2)
                    return interp_raise(in, args->at, STR("ValueError"),
                                        "dictionary update sequence element #%zu has length %zu; 2 is required", i,
                                        pair.list->values.count);
                if (!subscript_set(in, args->at, self, pair.list->values.items[0], pair.list->values.items[1]))
                    return false;
            }
        }
    }
    for (size_t i = args->positional; i < args->count; i++)
        dict_put(in->arena, self.dict, value_str(args->items[i].name), args->items[i].value);
    return interp_items(in, args->at, self.dict->items.count / 8);
}

METHOD(d_pop)
{
    Value v[2];
    if (!take_args(in, args, "pop", "key default?", v) || !key_of(in, args, v[0]))
        return false;
    const Value *found = dict_find(self.dict, v[0]);
    if (!found && !is_unset(v[1])) {
        tell_sought(in, v[0], self);
        *out = v[1];
        return true;
    }
    return subscript(in, args->at, self, v[0], out) && subscript_del(in, args->at, self, v[0]);
}

METHOD(d_popitem)
{
    if (!take_args(in, args, "popitem", "", out))
        return false;
    if (!self.dict->items.count)
        return interp_raise(in, args->at, STR("KeyError"), "popitem(): dictionary is empty");
    tell_looked(in, self);
    DictItem last = self.dict->items.items[self.dict->items.count - 1];
    *out = value_list(in->arena, VALUE_TUPLE);
    list_push(in->arena, *out, last.key);
    list_push(in->arena, *out, last.value);
    return subscript_del(in, args->at, self, last.key);
}

METHOD(d_copy)
{
    if (!take_args(in, args, "copy", "", out))
        return false;
    *out = value_dict(in->arena);
    out->dict->is_default = self.dict->is_default;
    out->dict->factory = self.dict->factory;
    out->dict->reflection = self.dict->reflection;
    for (size_t i = 0; i < self.dict->items.count; i++)
        dict_put(in->arena, out->dict, self.dict->items.items[i].key, self.dict->items.items[i].value);
    return interp_tick(in, args->at, self.dict->items.count / 4);
}

METHOD(d_clear)
{
    *self.dict = (Dict){.is_default = self.dict->is_default, .factory = self.dict->factory};
    return take_args(in, args, "clear", "", out) && (*out = VALUE_OF_NONE, true);
}

METHOD(d_most_common)
{
    Value v, list;
    int64_t most = INT64_MAX;
    if (!take_args(in, args, "most_common", "n?", &v) ||
        (!is_unset(v) && !value_is_none(v) && !want_int(in, args, v, "most_common", &most)))
        return false;
    Args none = {.at = args->at};
    if (!dict_list(in, self, &none, 2, &list))
        return false;
    SortItem *items = arena_array(in->arena, SortItem, list.list->values.count),
             *room = arena_array(in->arena, SortItem, list.list->values.count);
    for (size_t i = 0; i < list.list->values.count; i++)
        items[i] = (SortItem){list.list->values.items[i].list->values.items[1], list.list->values.items[i]};
    if (!merge(in, args->at, items, room, list.list->values.count, true))
        return false;
    *out = value_list(in->arena, VALUE_LIST);
    for (size_t i = 0; i < list.list->values.count && (int64_t)i < most; i++)
        list_push(in->arena, *out, items[i].value);
    return true;
}

const Builtin dict_methods[] = {
    NATIVE("get", d_get),
    NATIVE("items", d_items),
    NATIVE("keys", d_keys),
    NATIVE("values", d_values),
    NATIVE_ANY("setdefault", d_setdefault),
    NATIVE_ANY("update", d_update),
    NATIVE_ANY("pop", d_pop),
    NATIVE("popitem", d_popitem),
    NATIVE("copy", d_copy),
    NATIVE("clear", d_clear),
    NATIVE("most_common", d_most_common),
    MEMBERS_END,
};

// ---- sets ----

static bool as_set(Interp *in, const Args *args, Value v, Value *set)
{
    Value list;
    if (v.kind == VALUE_SET) {
        *set = v;
        return true;
    }
    if (!interp_copied(in, args->at, v, &list))
        return false;
    *set = value_list(in->arena, VALUE_SET);
    set->list->reflection = list.list->reflection;
    for (size_t i = 0; i < list.list->values.count; i++) {
        if (!key_of(in, args, list.list->values.items[i]))
            return false;
        set_add(in->arena, set->list, list.list->values.items[i]);
    }
    return interp_tick(in, args->at, list.list->values.count);
}

METHOD(e_add)
{
    Value v;
    *out = VALUE_OF_NONE;
    if (!take_args(in, args, "add", "elem", &v) || !key_of(in, args, v))
        return false;
    set_add(in->arena, self.list, v);
    return self.list->values.count <= LIMIT_ITEMS || interp_items(in, args->at, self.list->values.count);
}

static bool drop(Interp *in, Value self, const Args *args, bool must, Value *out)
{
    Value v;
    *out = VALUE_OF_NONE;
    if (!take_args(in, args, "remove", "elem", &v) || !key_of(in, args, v) ||
        !interp_tick(in, args->at, self.list->values.count / 8))
        return false;
    tell_sought(in, v, self);
    if (!set_remove(in->arena, self.list, v) && must)
        return interp_raise(in, args->at, STR("KeyError"), "%.*s", STR_ARGS(value_text(in->arena, v)));
    return true;
}

METHOD(e_remove)
{
    return drop(in, self, args, true, out);
}
METHOD(e_discard)
{
    return drop(in, self, args, false, out);
}

static bool set_many(Interp *in, Value self, const Args *args, BinaryOp op, Value *out)
{
    *out = self;
    if (!args->count)
        return binary(in, args->at, BINARY_OR, self, self, out);
    for (size_t i = 0; i < args->count; i++) {
        Value other;
        if (!as_set(in, args, args->items[i].value, &other) || !binary(in, args->at, op, *out, other, out))
            return false;
    }
    return true;
}

METHOD(e_union)
{
    return set_many(in, self, args, BINARY_OR, out);
}
METHOD(e_intersection)
{
    return set_many(in, self, args, BINARY_AND, out);
}
METHOD(e_difference)
{
    return set_many(in, self, args, BINARY_SUB, out);
}
METHOD(e_symmetric)
{
    return set_many(in, self, args, BINARY_XOR, out);
}

static bool change_set(Interp *in, Value self, const Args *args, BinaryOp op, Value *out)
{
    Value result;
    if (!set_many(in, self, args, op, &result))
        return false;
    *self.list = *result.list;
    *out = VALUE_OF_NONE;
    return true;
}

METHOD(e_update)
{
    return change_set(in, self, args, BINARY_OR, out);
}
METHOD(e_intersection_update)
{
    return change_set(in, self, args, BINARY_AND, out);
}
METHOD(e_difference_update)
{
    return change_set(in, self, args, BINARY_SUB, out);
}

static bool relation(Interp *in, Value self, const Args *args, int what, Value *out)
{
    Value v, other, common;
    if (!take_args(in, args, "issubset", "other", &v) || !as_set(in, args, v, &other))
        return false;
    if (what < 2)
        return binary(in, args->at, what ? BINARY_GE : BINARY_LE, self, other, out);
    if (!binary(in, args->at, BINARY_AND, self, other, &common))
        return false;
    *out = value_bool(!common.list->values.count);
    return true;
}

METHOD(e_issubset)
{
    return relation(in, self, args, 0, out);
}
METHOD(e_issuperset)
{
    return relation(in, self, args, 1, out);
}
METHOD(e_isdisjoint)
{
    return relation(in, self, args, 2, out);
}

METHOD(e_copy)
{
    return take_args(in, args, "copy", "", out) && binary(in, args->at, BINARY_OR, self, self, out);
}

METHOD(e_clear)
{
    *self.list = (List){0};
    return take_args(in, args, "clear", "", out) && (*out = VALUE_OF_NONE, true);
}

METHOD(e_pop)
{
    if (!take_args(in, args, "pop", "", out))
        return false;
    if (!self.list->values.count)
        return interp_raise(in, args->at, STR("KeyError"), "pop from an empty set");
    tell_looked(in, self);
    *out = self.list->values.items[0];
    set_remove(in->arena, self.list, *out);
    return interp_tick(in, args->at, self.list->values.count / 8);
}

const Builtin set_methods[] = {
    NATIVE("add", e_add),
    NATIVE("remove", e_remove),
    NATIVE("discard", e_discard),
    NATIVE("union", e_union),
    NATIVE("intersection", e_intersection),
    NATIVE("difference", e_difference),
    NATIVE("symmetric_difference", e_symmetric),
    NATIVE("update", e_update),
    NATIVE("intersection_update", e_intersection_update),
    NATIVE("difference_update", e_difference_update),
    NATIVE("issubset", e_issubset),
    NATIVE("issuperset", e_issuperset),
    NATIVE("isdisjoint", e_isdisjoint),
    NATIVE("copy", e_copy),
    NATIVE("clear", e_clear),
    NATIVE("pop", e_pop),
    MEMBERS_END,
};

// ---- numbers ----

METHOD(n_is_integer)
{
    if (!take_args(in, args, "is_integer", "", out))
        return false;
    *out = value_bool(self.kind != VALUE_FLOAT ||
                      (self.real >= -9e18 && self.real <= 9e18 && self.real == (double)(int64_t)self.real));
    return true;
}

METHOD(n_bit_length)
{
    int64_t integer = 0;
    if (!take_args(in, args, "bit_length", "", out) || !want_int(in, args, self, "bit_length", &integer))
        return false;
    uint64_t magnitude = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
    int64_t bits = 0;
    for (; magnitude; magnitude >>= 1)
        bits++;
    *out = value_int(bits);
    return true;
}

const Builtin number_methods[] = {NATIVE("is_integer", n_is_integer), NATIVE("bit_length", n_bit_length), MEMBERS_END};
