// Values: containers with insertion order and, when they grow, an index; equality and identity as Python has them.
#include <math.h>

#include "python_int.h"

// Containers of up to this many items are searched one by one.
enum { INDEX_FROM = 16 };

Value *value_boxed(Arena *arena, Value value)
{
    Value *box = arena_new(arena, Value);
    *box = value;
    return box;
}

Class *class_new(Arena *arena, Str name, Span at)
{
    Class *class = arena_new(arena, Class);
    class->name = name;
    class->at = at;
    class->attributes = map_open(arena);
    return class;
}

Value value_list(Arena *arena, ValueKind kind)
{
    return (Value){.kind = kind, .list = arena_new(arena, List)};
}

Value value_dict(Arena *arena)
{
    return (Value){.kind = VALUE_DICT, .dict = arena_new(arena, Dict)};
}

void list_push(Arena *arena, Value list, Value item)
{
    vec_push(arena, &list.list->values, item);
}

void list_reverse(Value list)
{
    Value *items = list.list->values.items;
    size_t n = list.list->values.count;
    for (size_t i = 0; i < n / 2; i++) {
        Value swap = items[i];
        items[i] = items[n - 1 - i];
        items[n - 1 - i] = swap;
    }
}

Value value_unknown(Arena *arena, Span at, Str reason, Str hint)
{
    return value_unknown_cured(arena, at, reason, hint, (Cure){0});
}

Value value_unknown_cured(Arena *arena, Span at, Str reason, Str hint, Cure cure)
{
    Unknown *unknown = arena_new(arena, Unknown);
    *unknown = (Unknown){.at = at, .reason = reason, .hint = hint, .cure = cure};
    return (Value){.kind = VALUE_UNKNOWN, .unknown = unknown};
}

Value value_unknown_asked(Arena *arena, Value value, UnknownForm form, Question *question)
{
    Unknown *unknown = arena_new(arena, Unknown);
    Condition *condition = arena_new(arena, Condition);
    Answer *answer = arena_new(arena, Answer);
    *answer = (Answer){question, true};
    *condition = (Condition){.answers = answer, .count = 1};
    value = value_unknown_by(value);
    *unknown = *value.unknown;
    unknown->condition = condition;
    unknown->form = form;
    unknown->plain = value.unknown;
    value.unknown = unknown;
    return value;
}

bool is_integral(Value v, int64_t *integer)
{
    v = unwrap(v);
    if (v.kind == VALUE_INT)
        *integer = v.integer;
    else if (v.kind == VALUE_BOOL)
        *integer = v.boolean;
    else
        return false;
    return true;
}

const Value *instance_plain(const Instance *instance)
{
    bool plain = class_has_builtin(instance->class, VALUE_STR) || class_has_builtin(instance->class, VALUE_INT) ||
                 class_has_builtin(instance->class, TYPE_INT_ENUM) || class_has_builtin(instance->class, TYPE_STR_ENUM);
    return plain ? map_get(&instance->attributes, instance->class->is_enum ? STR("value") : STR("__plain__")) : NULL;
}

Value unwrap(Value v)
{
    const Value *plain = v.kind == VALUE_INSTANCE ? instance_plain(v.instance) : NULL;
    return plain ? *plain : v;
}

bool value_same(Value a, Value b)
{
    if (a.kind != b.kind)
        return false;
    switch (a.kind) {
    case VALUE_NONE: return true;
    case VALUE_BOOL: return a.boolean == b.boolean;
    case VALUE_INT: return a.integer == b.integer;
    case VALUE_FLOAT: return a.real == b.real;
    case VALUE_STR:
    case VALUE_BYTES:
    case VALUE_DECIMAL:
    case VALUE_UUID: return str_equal(a.text, b.text);
    case VALUE_LIST:
    case VALUE_TUPLE:
    case VALUE_SET: return a.list == b.list;
    case VALUE_DICT: return a.dict == b.dict;
    case VALUE_FUNCTION: return a.function == b.function;
    case VALUE_CLASS: return a.class == b.class;
    case VALUE_INSTANCE: return a.instance == b.instance;
    case VALUE_BUILTIN:
        return a.builtin == b.builtin || (a.builtin->kind == B_TYPE && b.builtin->kind == B_TYPE &&
                                          a.builtin->call == b.builtin->call && a.builtin->type == b.builtin->type);
    case VALUE_TIME: return a.time == b.time;
    case VALUE_HOST:
        return a.host == b.host ||
               (a.host->owner && a.host->owner == b.host->owner && str_equal(a.host->part, b.host->part));
    case VALUE_UNKNOWN: return a.unknown == b.unknown;
    }
    return false;
}

static bool equal_at(Value a, Value b, unsigned depth);

static bool lists_equal(const List *a, const List *b, unsigned depth)
{
    if (a->values.count != b->values.count)
        return false;
    for (size_t i = 0; i < a->values.count; i++)
        if (!equal_at(a->values.items[i], b->values.items[i], depth + 1))
            return false;
    return true;
}

// The fields by which an instance is equal to another: a namedtuple's, which is a tuple, or a dataclass's; NULL: it is
// itself.
static const List *fields_of_class(Value v, bool *is_tuple)
{
    const Value *named = v.kind == VALUE_INSTANCE ? class_lookup(v.instance->class, STR("_fields"), NULL, NULL) : NULL;
    const Value *data = v.kind == VALUE_INSTANCE ? class_lookup(v.instance->class, STR("__fields__"), NULL, NULL) : NULL;
    *is_tuple = named && named->kind == VALUE_TUPLE;
    return *is_tuple ? named->list : data ? data->list : NULL;
}

static Value field_at(Value v, const List *fields, size_t i)
{
    const Value *found = map_get(&v.instance->attributes, fields->values.items[i].text);
    return found ? *found : VALUE_OF_NONE;
}

Value value_as_tuple(Arena *arena, Value v)
{
    bool is_tuple;
    const List *fields = fields_of_class(v, &is_tuple);
    if (!is_tuple)
        return v;
    Value tuple = value_list(arena, VALUE_TUPLE);
    for (size_t i = 0; i < fields->values.count; i++)
        list_push(arena, tuple, field_at(v, fields, i));
    return tuple;
}

// Whether the two are equal by their fields; false in *decided: they are compared otherwise.
static bool equal_fields(Value a, Value b, unsigned depth, bool *decided)
{
    bool a_tuple, b_tuple;
    const List *a_fields = fields_of_class(a, &a_tuple), *b_fields = fields_of_class(b, &b_tuple);
    bool tuples = (a_tuple || a.kind == VALUE_TUPLE) && (b_tuple || b.kind == VALUE_TUPLE);
    *decided = tuples ? a_tuple || b_tuple : a_fields && b_fields && a.instance->class == b.instance->class;
    if (!*decided)
        return false;
    size_t count = a_fields ? a_fields->values.count : a.list->values.count;
    if (depth > LIMIT_NESTING || count != (b_fields ? b_fields->values.count : b.list->values.count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!equal_at(a_fields ? field_at(a, a_fields, i) : a.list->values.items[i],
                      b_fields ? field_at(b, b_fields, i) : b.list->values.items[i], depth + 1))
            return false;
    return true;
}

static bool equal_at(Value a, Value b, unsigned depth)
{
    if (a.kind == VALUE_INSTANCE || b.kind == VALUE_INSTANCE) {
        bool decided, equal = equal_fields(a, b, depth, &decided);
        if (decided)
            return equal;
    }
    int64_t left, right;
    a = unwrap(a);
    b = unwrap(b);
    if (is_integral(a, &left) && is_integral(b, &right))
        return left == right;
    int order;
    if ((a.kind == VALUE_DECIMAL || b.kind == VALUE_DECIMAL) && decimal_compare(a, b, &order))
        return order == 0;
    if (a.kind == VALUE_FLOAT || b.kind == VALUE_FLOAT) {
        double x = a.kind == VALUE_FLOAT ? a.real : is_integral(a, &left) ? (double)left : NAN;
        double y = b.kind == VALUE_FLOAT ? b.real : is_integral(b, &right) ? (double)right : NAN;
        return x == y;
    }
    if (a.kind != b.kind)
        return false;
    if (depth > LIMIT_NESTING)
        return value_same(a, b);
    switch ((int)a.kind) {
    case VALUE_LIST:
    case VALUE_TUPLE: return a.list == b.list || lists_equal(a.list, b.list, depth);
    case VALUE_SET:
        if (a.list->values.count != b.list->values.count)
            return false;
        for (size_t i = 0; i < a.list->values.count; i++)
            if (!set_has(b.list, a.list->values.items[i]))
                return false;
        return true;
    case VALUE_DICT:
        if (a.dict->items.count != b.dict->items.count)
            return false;
        for (size_t i = 0; i < a.dict->items.count; i++) {
            const Value *other = dict_find(b.dict, a.dict->items.items[i].key);
            if (!other || !equal_at(a.dict->items.items[i].value, *other, depth + 1))
                return false;
        }
        return true;
    case VALUE_TIME: return time_compare(a.time, b.time, &order) && order == 0;
    case VALUE_BUILTIN:
        if (a.builtin->kind == B_RANGE && b.builtin->kind == B_RANGE)
            return a.builtin->start == b.builtin->start && a.builtin->stop == b.builtin->stop &&
                   a.builtin->step == b.builtin->step;
        return value_same(a, b);
    default: return value_same(a, b);
    }
}

bool value_equal(Value a, Value b)
{
    return equal_at(a, b, 0);
}

// `left`: how many values may still be looked at. What holds itself several times over would be without end.
static const Value *unknown_at(const Value *v, unsigned depth, size_t *left)
{
    static const char reason[] = "it holds itself, or the same, too many times to be looked through";
    static const char hint[] = "Write what it comes to.";
    static const Unknown too_large = {.reason = {reason, sizeof reason - 1}, .hint = {hint, sizeof hint - 1}};
    static const Value unseen = {.kind = VALUE_UNKNOWN, .unknown = &too_large};
    if (v->kind == VALUE_UNKNOWN)
        return v;
    if (!*left)
        return &unseen;
    --*left;
    if (depth > LIMIT_NESTING)
        return NULL;
    const Value *found = NULL;
    if (v->kind == VALUE_LIST || v->kind == VALUE_TUPLE || v->kind == VALUE_SET) {
        for (size_t i = 0; i < v->list->values.count && !found; i++)
            found = unknown_at(&v->list->values.items[i], depth + 1, left);
    } else if (v->kind == VALUE_DICT) {
        for (size_t i = 0; i < v->dict->items.count && !found; i++) {
            found = unknown_at(&v->dict->items.items[i].key, depth + 1, left);
            found = found ? found : unknown_at(&v->dict->items.items[i].value, depth + 1, left);
        }
    }
    return found;
}

bool find_unknown(Value v, Value *unknown)
{
    size_t left = 10000000;
    const Value *found = unknown_at(&v, 0, &left);
    if (found)
        *unknown = value_unknown_by(*found);
    return found;
}

static uint64_t mix(uint64_t h)
{
    h ^= h >> 32;
    h *= 0x9E3779B97F4A7C15u;
    return h ^ h >> 29;
}

static uint64_t hash_at(Value v, unsigned depth)
{
    v = unwrap(v);
    int64_t integer;
    if (is_integral(v, &integer))
        return mix((uint64_t)integer + 1);
    uint64_t h = v.kind;
    bool is_tuple;
    const List *fields = fields_of_class(v, &is_tuple);
    if (fields) {
        h = VALUE_TUPLE;
        for (size_t i = 0; i < fields->values.count && depth < LIMIT_NESTING; i++)
            h = mix(h * 31 + hash_at(field_at(v, fields, i), depth + 1));
        return h;
    }
    switch ((int)v.kind) {
    case VALUE_FLOAT:
        if (v.real >= -9e18 && v.real <= 9e18 && v.real == floor(v.real))
            return mix((uint64_t)(int64_t)v.real + 1);
        memcpy(&h, &v.real, sizeof h);
        return mix(h);
    case VALUE_STR:
    case VALUE_BYTES:
    case VALUE_UUID: return str_hash(v.text);
    case VALUE_DECIMAL: return 77;   // equal ones may be written differently
    case VALUE_TUPLE:
        for (size_t i = 0; i < v.list->values.count && depth < LIMIT_NESTING; i++)
            h = mix(h * 31 + hash_at(v.list->values.items[i], depth + 1));
        return h;
    case VALUE_NONE:
    case VALUE_TIME:
    case VALUE_SET: return h;
    case VALUE_BUILTIN:
        return v.builtin->kind == B_TYPE || v.builtin->kind == B_RANGE ? h : mix((uint64_t)(uintptr_t)v.builtin);
    case VALUE_HOST: return mix((uint64_t)(uintptr_t)(v.host->owner ? v.host->owner : v.host) + str_hash(v.host->part));
    default: return mix((uint64_t)(uintptr_t)v.instance);
    }
}

uint64_t value_hash(Value v)
{
    return hash_at(v, 0);
}

// `left`: how many values may still be looked at, as for unknown_at().
static bool hashable_at(Value v, size_t *left)
{
    if (v.kind != VALUE_TUPLE)
        return v.kind != VALUE_LIST && v.kind != VALUE_DICT && v.kind != VALUE_SET;
    for (size_t i = 0; i < v.list->values.count && *left; i++) {
        --*left;
        if (!hashable_at(v.list->values.items[i], left))
            return false;
    }
    return true;
}

bool value_hashable(Value v)
{
    size_t left = 1000000;
    return hashable_at(v, &left);
}

// ---- the index shared by dicts and sets: `stride` bytes from key to key ----

static size_t probe(const uint32_t *slots, size_t slot_count, const void *keys, size_t stride, Value key)
{
    size_t mask = slot_count - 1, slot = (size_t)value_hash(key) & mask;
    for (; slots[slot]; slot = (slot + 1) & mask) {
        const Value *other = (const Value *)(const void *)((const char *)keys + stride * (slots[slot] - 1));
        if (value_equal(*other, key))
            break;
    }
    return slot;
}

static size_t index_find(const uint32_t *slots, size_t slot_count, const void *keys, size_t stride, size_t count, Value key)
{
    if (slot_count) {
        uint32_t entry = slots[probe(slots, slot_count, keys, stride, key)];
        return entry ? entry - 1 : SIZE_MAX;
    }
    for (size_t i = 0; i < count; i++)
        if (value_equal(*(const Value *)(const void *)((const char *)keys + stride * i), key))
            return i;
    return SIZE_MAX;
}

// After an item was added at the end (or, `all`, after any change).
static void index_update(Arena *arena, uint32_t **slots, size_t *slot_count, const void *keys, size_t stride, size_t count,
                         bool all)
{
    if (count <= INDEX_FROM && !*slot_count)
        return;
    if (count * 2 > *slot_count || all) {
        size_t wanted = 64;
        while (wanted < count * 4)
            wanted *= 2;
        if (wanted > *slot_count)
            *slots = arena_array(arena, uint32_t, wanted);
        else
            memset(*slots, 0, *slot_count * sizeof **slots), wanted = *slot_count;
        *slot_count = wanted;
        for (size_t i = 0; i < count; i++)
            (*slots)[probe(*slots, wanted, keys, stride, *(const Value *)(const void *)((const char *)keys + stride * i))] =
                (uint32_t)i + 1;
        return;
    }
    Value last = *(const Value *)(const void *)((const char *)keys + stride * (count - 1));
    (*slots)[probe(*slots, *slot_count, keys, stride, last)] = (uint32_t)count;
}

static size_t dict_position(const Dict *dict, Value key)
{
    return index_find(dict->slots, dict->slot_count, dict->items.items, sizeof(DictItem), dict->items.count, key);
}

Value *dict_find(const Dict *dict, Value key)
{
    size_t i = dict_position(dict, key);
    return i == SIZE_MAX ? NULL : &dict->items.items[i].value;
}

const Value *dict_get_str(const Dict *dict, Str key)
{
    return dict_find(dict, value_str(key));
}

void dict_put(Arena *arena, Dict *dict, Value key, Value value)
{
    Value *old = dict_find(dict, key);
    if (old) {
        *old = value;
        return;
    }
    DictItem item = {key, value};
    dict->has_unknown_key |= key.kind == VALUE_UNKNOWN;
    vec_push(arena, &dict->items, item);
    index_update(arena, &dict->slots, &dict->slot_count, dict->items.items, sizeof(DictItem), dict->items.count, false);
}

bool dict_delete(Arena *arena, Dict *dict, Value key)
{
    size_t i = dict_position(dict, key);
    if (i == SIZE_MAX)
        return false;
    memmove(dict->items.items + i, dict->items.items + i + 1, (dict->items.count - i - 1) * sizeof(DictItem));
    dict->items.count--;
    index_update(arena, &dict->slots, &dict->slot_count, dict->items.items, sizeof(DictItem), dict->items.count, true);
    return true;
}

bool set_has(const List *set, Value item)
{
    return index_find(set->slots, set->slot_count, set->values.items, sizeof(Value), set->values.count, item) != SIZE_MAX;
}

void set_add(Arena *arena, List *set, Value item)
{
    if (set_has(set, item))
        return;
    vec_push(arena, &set->values, item);
    index_update(arena, &set->slots, &set->slot_count, set->values.items, sizeof(Value), set->values.count, false);
}

bool set_remove(Arena *arena, List *set, Value item)
{
    size_t i = index_find(set->slots, set->slot_count, set->values.items, sizeof(Value), set->values.count, item);
    if (i == SIZE_MAX)
        return false;
    memmove(set->values.items + i, set->values.items + i + 1, (set->values.count - i - 1) * sizeof(Value));
    set->values.count--;
    index_update(arena, &set->slots, &set->slot_count, set->values.items, sizeof(Value), set->values.count, true);
    return true;
}

static Str builtin_type_name(const Builtin *b)
{
    switch (b->kind) {
    case B_TYPE: return STR("type");
    case B_MODULE: return STR("module");
    case B_RANGE: return STR("range");
    case B_SLICE: return STR("slice");
    case B_ITERATOR: return STR("iterator");
    case B_ELLIPSIS: return STR("ellipsis");
    case B_NOT_IMPLEMENTED: return STR("NotImplementedType");
    case B_PATTERN: return STR("re.Pattern");
    case B_MATCH: return STR("re.Match");
    case B_BOUND: return STR("method");
    case B_FUNCTION:
    case B_METHOD: return STR("builtin_function_or_method");
    case B_CONSTANT:
    case B_PROPERTY:
    case B_STATIC:
    case B_CLASSMETHOD:
    case B_SUPER:
    case B_PARTIAL:
    case B_IGNORED:
    case B_CONTEXT:
    case B_SUPPRESS:
    case B_GETTER:
    case B_UNKNOWN:
    case B_AUTO:
    case B_NAMEDTUPLE:
    case B_COMPOSED: return STR("object");
    }
    return STR("object");
}

Str value_type_name(Value v)
{
    static const char *const times[] = {"datetime.datetime", "datetime.date", "datetime.time", "datetime.timedelta",
                                        "datetime.timezone"};
    switch (v.kind) {
    case VALUE_NONE: return STR("NoneType");
    case VALUE_BOOL: return STR("bool");
    case VALUE_INT: return STR("int");
    case VALUE_FLOAT: return STR("float");
    case VALUE_STR: return STR("str");
    case VALUE_BYTES: return STR("bytes");
    case VALUE_LIST: return v.list->view ? str_from(v.list->view) : STR("list");
    case VALUE_TUPLE: return STR("tuple");
    case VALUE_DICT: return STR("dict");
    case VALUE_SET: return v.list->view ? str_from(v.list->view) : STR("set");
    case VALUE_FUNCTION: return STR("function");
    case VALUE_CLASS: return STR("type");
    case VALUE_INSTANCE: return v.instance->class->name;
    case VALUE_BUILTIN: return builtin_type_name(v.builtin);
    case VALUE_DECIMAL: return STR("decimal.Decimal");
    case VALUE_TIME: return str_from(times[v.time->kind]);
    case VALUE_UUID: return STR("UUID");
    case VALUE_HOST: return STR("object");
    case VALUE_UNKNOWN: return STR("unknown");
    }
    return STR("object");
}
