// Subscripts, slices, membership and iteration.
#include "python_int.h"

static bool index_of(Interp *in, Span at, Value key, size_t count, const char *what, size_t *index)
{
    int64_t i;
    if (is_unknown(key))
        return interp_refuse_unknown(in, at, key, "an index");
    if (!is_integral(key, &i))
        return interp_raise(in, at, STR("TypeError"), "%s indices must be integers or slices, not %.*s", what,
                            STR_ARGS(value_type_name(key)));
    if (i < 0)
        i += (int64_t)count;
    if (i < 0 || i >= (int64_t)count)
        return interp_raise(in, at, STR("IndexError"), "%s index out of range", what);
    *index = (size_t)i;
    return true;
}

static bool bound_of(Interp *in, Span at, Value v, int64_t preset, int64_t *out)
{
    *out = preset;
    if (value_is_none(v))
        return true;
    if (is_unknown(v))
        return interp_refuse_unknown(in, at, v, "a slice");
    if (!is_integral(v, out))
        return interp_raise(in, at, STR("TypeError"), "slice indices must be integers or None or have an __index__ method");
    return true;
}

bool slice_bounds(Interp *in, Span at, const Builtin *slice, int64_t len, int64_t *start, int64_t *count, int64_t *step)
{
    const Value *parts = slice->self.list->values.items;
    int64_t stop;
    if (!bound_of(in, at, parts[2], 1, step))
        return false;
    if (!*step)
        return interp_raise(in, at, STR("ValueError"), "slice step cannot be zero");
    *step = *step < -INT64_MAX ? -INT64_MAX : *step;
    int64_t low = *step < 0 ? -1 : 0, high = *step < 0 ? len - 1 : len;
    if (!bound_of(in, at, parts[0], *step < 0 ? high : low, start) ||
        !bound_of(in, at, parts[1], *step < 0 ? low : high, &stop))
        return false;
    if (!value_is_none(parts[0])) {
        *start += *start < 0 ? len : 0;
        *start = *start < low ? low : *start > high ? high : *start;
    }
    if (!value_is_none(parts[1])) {
        stop += stop < 0 ? len : 0;
        stop = stop < low ? low : stop > high ? high : stop;
    }
    if (*step > 0)
        *count = stop > *start ? (stop - *start - 1) / *step + 1 : 0;
    else
        *count = stop < *start ? (*start - stop - 1) / -*step + 1 : 0;
    return true;
}

// Offset of the character at `index`; texts are UTF-8, ASCII ones the usual case.
static size_t character_offset(Str text, size_t index, bool ascii)
{
    size_t at = 0;
    if (ascii)
        return index;
    for (uint32_t code; index-- && at < text.len;) {
        size_t bytes = utf8_decode(str_slice(text, at, text.len), &code);
        at += bytes ? bytes : 1;
    }
    return at;
}

static bool slice_text(Interp *in, Span at, Value object, const Builtin *slice, Value *out)
{
    Str text = object.text;
    size_t len = object.kind == VALUE_STR ? utf8_length(text) : text.len;
    int64_t start, count, step;
    if (!slice_bounds(in, at, slice, (int64_t)len, &start, &count, &step) || !interp_room(in, at, text.len))
        return false;
    bool ascii = len == text.len;
    *out = object;
    if (step == 1) {
        size_t from = character_offset(text, (size_t)start, ascii);
        size_t to = count ? character_offset(text, (size_t)(start + count), ascii) : from;
        out->text = str_slice(text, from, to);
        return true;
    }
    size_t *offsets = NULL;
    if (!ascii) {
        offsets = arena_array(in->arena, size_t, len + 1);
        for (size_t i = 0, byte = 0; i <= len; i++) {
            uint32_t code;
            offsets[i] = byte;
            size_t bytes = byte < text.len ? utf8_decode(str_slice(text, byte, text.len), &code) : 0;
            byte += bytes ? bytes : 1;
        }
    }
    Buf buf = buf_open(in->arena);
    for (int64_t i = 0; i < count; i++) {
        size_t index = (size_t)(start + i * step);
        buf_add(&buf, ascii ? str_slice(text, index, index + 1) : str_slice(text, offsets[index], offsets[index + 1]));
    }
    out->text = buf_str(&buf);
    return true;
}

static bool slice_list(Interp *in, Span at, Value object, const Builtin *slice, Value *out)
{
    int64_t start, count, step;
    if (!slice_bounds(in, at, slice, (int64_t)object.list->values.count, &start, &count, &step) ||
        !interp_items(in, at, (uint64_t)count))
        return false;
    Value result = value_list(in->arena, object.kind);
    for (int64_t i = 0; i < count; i++)
        list_push(in->arena, result, object.list->values.items[start + i * step]);
    *out = result;
    return true;
}

static bool text_item(Interp *in, Span at, Value object, Value key, Value *out)
{
    size_t index, len = object.kind == VALUE_STR ? utf8_length(object.text) : object.text.len;
    if (!index_of(in, at, key, len, object.kind == VALUE_STR ? "string" : "bytes", &index))
        return false;
    if (object.kind == VALUE_BYTES) {
        *out = value_int((unsigned char)object.text.ptr[index]);
        return true;
    }
    size_t from = character_offset(object.text, index, len == object.text.len);
    uint32_t code;
    size_t bytes = utf8_decode(str_slice(object.text, from, object.text.len), &code);
    *out = value_str(str_slice(object.text, from, from + (bytes ? bytes : 1)));
    return true;
}

static bool hashable_key(Interp *in, Span at, Value key)
{
    if (is_unknown(key))
        return interp_refuse_unknown(in, at, key, "a dict key");
    if (!refuse_own_equality(in, at, key))
        return false;
    return value_hashable(key) ||
           interp_raise(in, at, STR("TypeError"), "unhashable type: '%.*s'", STR_ARGS(value_type_name(key)));
}

static bool dict_item(Interp *in, Span at, Value object, Value key, Value *out)
{
    if (!hashable_key(in, at, key))
        return false;
    const Value *found = dict_find(object.dict, key);
    tell_sought(in, key, object);
    tell_field(in, object, key);
    if (found) {
        *out = *found;
        return true;
    }
    if (object.dict->is_default && !value_is_none(object.dict->factory)) {
        if (!call_positional(in, at, object.dict->factory, 0, NULL, out))
            return false;
        dict_put(in->arena, object.dict, key, *out);
        return true;
    }
    if (object.dict->is_default) {   // a Counter
        *out = value_int(0);
        return true;
    }
    Value error = exception_make(in, exception_class(in, STR("KeyError")), STR_EMPTY);
    ((Value *)map_get(&error.instance->attributes, STR("args")))->list->values.items[0] = key;
    return interp_raise_value(in, at, error);
}

static bool class_item(Interp *in, Span at, Class *class, Value key, Value *out)
{
    if (!class->is_enum) {
        *out = (Value){.kind = VALUE_CLASS, .class = class};   // Generic[T]
        return true;
    }
    const Value *member = key.kind == VALUE_STR ? map_get(&class->attributes, key.text) : NULL;
    if (member && member->kind == VALUE_INSTANCE) {
        *out = *member;
        return true;
    }
    return interp_raise(in, at, STR("KeyError"), "%.*s", STR_ARGS(value_text(in->arena, key)));
}

static bool builtin_item(Interp *in, Span at, Value object, Value key, Value *out)
{
    const Builtin *b = object.builtin;
    Value list;
    switch ((int)b->kind) {
    case B_TYPE:
    case B_IGNORED:
    case B_FUNCTION:
        *out = object;   // list[int], Union[str, None]
        return true;
    case B_RANGE: return interp_iterate(in, at, object, &list) && subscript(in, at, list, key, out);
    case B_MATCH: {
        const Builtin *group = member_find(match_methods, STR("group"));
        Arg arg = {STR_EMPTY, key, at};
        Args args = {&arg, 1, 1, at};
        return group->call(in, object, &args, out);
    }
    default:
        return interp_raise(in, at, STR("TypeError"), "'%.*s' object is not subscriptable",
                            STR_ARGS(value_type_name(object)));
    }
}

static bool fields_of(Interp *in, Value object, Value *list)
{
    const Value *fields = class_lookup(object.instance->class, STR("_fields"), NULL, NULL);
    if (!fields || fields->kind != VALUE_TUPLE)
        return false;
    *list = value_list(in->arena, VALUE_TUPLE);
    for (size_t i = 0; i < fields->list->values.count; i++) {
        const Value *field = map_get(&object.instance->attributes, fields->list->values.items[i].text);
        list_push(in->arena, *list, field ? *field : VALUE_OF_NONE);
    }
    return true;
}

bool subscript(Interp *in, Span at, Value object, Value key, Value *out)
{
    Value method, list;
    bool slice = key.kind == VALUE_BUILTIN && key.builtin->kind == B_SLICE;
    if (object.kind != VALUE_DICT)   // which tells the field
        tell_looked(in, object);
    if (object.kind == VALUE_LIST && object.list->view)
        return interp_raise(in, at, STR("TypeError"), "'%s' object is not subscriptable", object.list->view);
    switch ((int)object.kind) {
    case VALUE_UNKNOWN: *out = value_unknown_by(object); return true;
    case VALUE_HOST: return in->host->item(in->host, in, at, object.host, key, out);
    case VALUE_STR:
    case VALUE_BYTES: return slice ? slice_text(in, at, object, key.builtin, out) : text_item(in, at, object, key, out);
    case VALUE_LIST:
    case VALUE_TUPLE: {
        size_t index;
        if (slice)
            return slice_list(in, at, object, key.builtin, out);
        if (!index_of(in, at, key, object.list->values.count, object.kind == VALUE_LIST ? "list" : "tuple", &index))
            return false;
        *out = object.list->values.items[index];
        return true;
    }
    case VALUE_DICT: return dict_item(in, at, object, key, out);
    case VALUE_CLASS: return class_item(in, at, object.class, key, out);
    case VALUE_BUILTIN: return builtin_item(in, at, object, key, out);
    case VALUE_INSTANCE:
        if (instance_method(in, object, STR("__getitem__"), &method))
            return call_positional(in, at, method, 1, &key, out);
        if (fields_of(in, object, &list))
            return subscript(in, at, list, key, out);
        if (instance_plain(object.instance))
            return subscript(in, at, unwrap(object), key, out);
        break;
    default: break;
    }
    return interp_raise(in, at, STR("TypeError"), "'%.*s' object is not subscriptable", STR_ARGS(value_type_name(object)));
}

static bool set_slice(Interp *in, Span at, Value object, const Builtin *slice, Value value)
{
    int64_t start, count, step;
    Value items;
    if (!slice_bounds(in, at, slice, (int64_t)object.list->values.count, &start, &count, &step) ||
        !interp_iterate(in, at, value, &items))
        return false;
    if (step != 1)
        return interp_refuse(in, at, STR_EMPTY, "assigning to a slice with a step is not supported");
    Value result = value_list(in->arena, VALUE_LIST);
    for (int64_t i = 0; i < start; i++)
        list_push(in->arena, result, object.list->values.items[i]);
    for (size_t i = 0; i < items.list->values.count; i++)
        list_push(in->arena, result, items.list->values.items[i]);
    for (size_t i = (size_t)(start + count); i < object.list->values.count; i++)
        list_push(in->arena, result, object.list->values.items[i]);
    object.list->values.items = result.list->values.items;
    object.list->values.count = result.list->values.count;
    object.list->values.cap = result.list->values.cap;
    return interp_items(in, at, result.list->values.count);
}

bool subscript_set(Interp *in, Span at, Value object, Value key, Value value)
{
    Value method, given[2] = {key, value};
    size_t index;
    tell_looked(in, object);
    switch ((int)object.kind) {
    case VALUE_UNKNOWN: return true;
    case VALUE_DICT:
        if (!hashable_key(in, at, key) ||
            !interp_items(in, at, object.dict->items.count > LIMIT_ITEMS ? object.dict->items.count : 1))
            return false;
        dict_put(in->arena, object.dict, key, value);
        return true;
    case VALUE_LIST:
        if (key.kind == VALUE_BUILTIN && key.builtin->kind == B_SLICE)
            return set_slice(in, at, object, key.builtin, value);
        if (!index_of(in, at, key, object.list->values.count, "list assignment", &index))
            return false;
        object.list->values.items[index] = value;
        return true;
    case VALUE_INSTANCE:
        if (instance_method(in, object, STR("__setitem__"), &method))
            return call_positional(in, at, method, 2, given, &value);
        break;
    default: break;
    }
    return interp_raise(in, at, STR("TypeError"), "'%.*s' object does not support item assignment",
                        STR_ARGS(value_type_name(object)));
}

bool subscript_del(Interp *in, Span at, Value object, Value key)
{
    size_t index;
    int64_t start, count, step;
    if (object.kind == VALUE_UNKNOWN)
        return true;
    tell_looked(in, object);
    if (object.kind == VALUE_DICT) {
        if (!hashable_key(in, at, key) || !interp_tick(in, at, object.dict->items.count / 8))
            return false;
        if (dict_delete(in->arena, object.dict, key))
            return true;
        return interp_raise(in, at, STR("KeyError"), "%.*s", STR_ARGS(value_text(in->arena, key)));
    }
    if (object.kind != VALUE_LIST)
        return interp_raise(in, at, STR("TypeError"), "'%.*s' object doesn't support item deletion",
                            STR_ARGS(value_type_name(object)));
    size_t have = object.list->values.count;
    Value *items = object.list->values.items;
    if (key.kind == VALUE_BUILTIN && key.builtin->kind == B_SLICE) {
        if (!slice_bounds(in, at, key.builtin, (int64_t)have, &start, &count, &step))
            return false;
        if (step != 1)
            return interp_refuse(in, at, STR_EMPTY, "deleting a slice with a step is not supported");
        if (count)
            memmove(items + start, items + start + count, (have - (size_t)(start + count)) * sizeof *items);
        object.list->values.count -= (size_t)count;
        return true;
    }
    if (!index_of(in, at, key, have, "list assignment", &index) || !interp_tick(in, at, have / 16))
        return false;
    memmove(items + index, items + index + 1, (have - index - 1) * sizeof *items);
    object.list->values.count--;
    return true;
}

// Whether an unknown value may be this one.
static bool may_be(Value unknown, Value item)
{
    if (unknown.kind != VALUE_UNKNOWN)
        return false;
    const StrList *only = unknown.unknown->only;
    item = unwrap(item);
    return !only || (item.kind == VALUE_STR && strlist_has(only, item.text));
}

bool contains(Interp *in, Span at, Value container, Value item, bool *found)
{
    Value method, list;
    *found = false;
    switch ((int)container.kind) {
    case VALUE_STR:
    case VALUE_BYTES:
        item = unwrap(item);
        if (item.kind != container.kind)
            return interp_raise(in, at, STR("TypeError"), "'in <string>' requires string as left operand, not %.*s",
                                STR_ARGS(value_type_name(item)));
        *found = str_find(container.text, item.text, 0) != SIZE_MAX;
        return interp_tick(in, at, container.text.len / 64);
    case VALUE_DICT:
        if (!hashable_key(in, at, item))
            return false;
        *found = dict_find(container.dict, item);
        for (size_t i = 0; !*found && container.dict->has_unknown_key && i < container.dict->items.count; i++)
            if (may_be(container.dict->items.items[i].key, item))
                return interp_refuse_unknown(in, at, container.dict->items.items[i].key, "an \"in\"");
        return true;
    case VALUE_SET: *found = set_has(container.list, item); return true;
    case VALUE_INSTANCE:
        if (instance_method(in, container, STR("__contains__"), &method))
            return call_positional(in, at, method, 1, &item, &list) && interp_truth(in, at, list, "an \"in\"", found);
        if (instance_plain(container.instance))
            return contains(in, at, unwrap(container), item, found);
        break;
    case VALUE_BUILTIN: {
        int64_t i;
        const Builtin *b = container.builtin;
        if (b->kind != B_RANGE || !is_integral(item, &i))
            break;
        *found = b->step > 0 ? i >= b->start && i < b->stop && ((uint64_t)i - (uint64_t)b->start) % (uint64_t)b->step == 0
                             : i <= b->start && i > b->stop && ((uint64_t)b->start - (uint64_t)i) % (uint64_t)-b->step == 0;
        return true;
    }
    default: break;
    }
    if (!interp_copied(in, at, container, &list))
        return false;
    tell_sought(in, item, list);
    for (size_t i = 0; i < list.list->values.count && !*found; i++) {
        Value other = list.list->values.items[i];
        if (may_be(other, item))
            return interp_refuse_unknown(in, at, other, "an \"in\"");
        if (is_unknown(other))
            continue;
        if (value_same(other, item))
            *found = true;
        else if (other.kind == VALUE_STR && item.kind == VALUE_STR)
            *found = str_equal(other.text, item.text);
        else if (!values_equal(in, at, other, item, found))
            return false;
    }
    return interp_tick(in, at, list.list->values.count / 8);
}

static bool iterate_text(Interp *in, Span at, Value text, Value *list)
{
    if (!interp_items(in, at, text.text.len))
        return false;
    for (size_t i = 0; i < text.text.len;) {
        uint32_t code;
        size_t bytes = text.kind == VALUE_STR ? utf8_decode(str_slice(text.text, i, text.text.len), &code) : 1;
        bytes = bytes ? bytes : 1;
        list_push(in->arena, *list,
                  text.kind == VALUE_STR ? value_str(str_slice(text.text, i, i + bytes))
                                         : value_int((unsigned char)text.text.ptr[i]));
        i += bytes;
    }
    return true;
}

static bool iterate_builtin(Interp *in, Span at, Value value, Value *list)
{
    const Builtin *b = value.builtin;
    if (b->kind == B_ITERATOR) {
        Builtin *iterator = (Builtin *)(uintptr_t)b;
        list->list->reflection = b->self.list->reflection;
        for (size_t i = (size_t)b->start; i < b->self.list->values.count; i++)
            list_push(in->arena, *list, b->self.list->values.items[i]);
        iterator->start = (int64_t)b->self.list->values.count;
        return interp_tick(in, at, list->list->values.count / 8);
    }
    if (b->kind == B_RANGE) {
        uint64_t distance = b->step > 0 ? (b->start < b->stop ? (uint64_t)b->stop - (uint64_t)b->start : 0)
                                        : (b->start > b->stop ? (uint64_t)b->start - (uint64_t)b->stop : 0);
        uint64_t step = b->step > 0 ? (uint64_t)b->step : -(uint64_t)b->step;
        uint64_t count = distance ? (distance - 1) / step + 1 : 0;
        if (!interp_items(in, at, count))
            return false;
        for (uint64_t i = 0; i < count; i++)
            list_push(in->arena, *list, value_int((int64_t)((uint64_t)b->start + i * (uint64_t)b->step)));
        return true;
    }
    return interp_raise(in, at, STR("TypeError"), "'%.*s' object is not iterable", STR_ARGS(value_type_name(value)));
}

bool interp_copied(Interp *in, Span at, Value value, Value *list)
{
    Value method;
    switch ((int)value.kind) {
    case VALUE_UNKNOWN: return interp_refuse_unknown(in, at, value, "going through the items");
    case VALUE_HOST: return in->host->iterate(in->host, in, at, value.host, list);
    case VALUE_INSTANCE:
        if (instance_method(in, value, STR("__iter__"), &method))
            return call_positional(in, at, method, 0, NULL, &method) &&
                   (method.kind != VALUE_INSTANCE
                        ? interp_iterate(in, at, method, list)
                        : interp_refuse(in, at, STR_EMPTY, "an iterator with __next__ of its own is not supported"));
        if (fields_of(in, value, list))
            return true;
        if (instance_method(in, value, STR("__getitem__"), &method))
            return interp_refuse(in, at, STR_EMPTY, "iterating by __getitem__ is not supported");
        value = unwrap(value);
        break;
    case VALUE_CLASS:
        if (value.class->is_enum)
            return enum_members(in, at, value.class, list);
        break;
    default: break;
    }
    *list = value_list(in->arena, VALUE_LIST);
    switch ((int)value.kind) {
    case VALUE_LIST:
    case VALUE_TUPLE:
    case VALUE_SET:
        if (!interp_items(in, at, value.list->values.count / 8))
            return false;
        list->list->reflection = value.list->reflection;
        for (size_t i = 0; i < value.list->values.count; i++)
            list_push(in->arena, *list, value.list->values.items[i]);
        return true;
    case VALUE_DICT:
        list->list->reflection = value.dict->reflection;
        for (size_t i = 0; i < value.dict->items.count; i++)
            list_push(in->arena, *list, value.dict->items.items[i].key);
        return interp_items(in, at, value.dict->items.count / 8);
    case VALUE_STR:
    case VALUE_BYTES: return iterate_text(in, at, value, list);
    case VALUE_BUILTIN: return iterate_builtin(in, at, value, list);
    default:
        return interp_raise(in, at, STR("TypeError"), "'%.*s' object is not iterable", STR_ARGS(value_type_name(value)));
    }
}

bool interp_iterate(Interp *in, Span at, Value value, Value *list)
{
    if (!interp_copied(in, at, value, list))
        return false;
    tell_looked(in, *list);
    return true;
}

Value iterator_of(Interp *in, Value list)
{
    Builtin *iterator = builtin_make(in, B_ITERATOR);
    iterator->self = list;
    return value_builtin(iterator);
}
