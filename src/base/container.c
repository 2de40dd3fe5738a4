// VEC's growth, lists of texts, and the insertion-ordered Map.
#include <stdlib.h>

#include "waybill/base.h"

void *vec_grow(Arena *arena, void *items, size_t *cap, size_t item_bytes)
{
    size_t old = *cap, wanted = old ? old * 2 : 4;
    if (wanted > SIZE_MAX / 4 / item_bytes)
        out_of_memory(wanted);
    *cap = wanted;
    return arena_grow(arena, items, old * item_bytes, wanted * item_bytes);
}

static int compare_items(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

void strlist_sort(StrList *list)
{
    if (list->count > 1)
        qsort(list->items, list->count, sizeof list->items[0], compare_items);
}

bool strlist_has(const StrList *list, Str item)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_equal(list->items[i], item))
            return true;
    return false;
}

Str strlist_join(Arena *arena, const StrList *list, Str separator)
{
    Buf out = buf_open(arena);
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            buf_add(&out, separator);
        buf_add(&out, list->items[i]);
    }
    return buf_str(&out);
}

// Maps of up to this many entries are searched one by one: most hold a handful.
enum { MAP_LINEAR = 8 };

static MapEntry *map_find(const Map *map, Str key, uint64_t hash)
{
    if (!map->slot_count) {
        for (size_t i = 0; i < map->count; i++)
            if (map->entries[i].value && map->entries[i].hash == hash && str_equal(map->entries[i].key, key))
                return &map->entries[i];
        return NULL;
    }
    size_t mask = map->slot_count - 1;
    for (size_t slot = (size_t)hash & mask; map->slots[slot]; slot = (slot + 1) & mask) {
        MapEntry *entry = &map->entries[map->slots[slot] - 1];
        if (entry->value && entry->hash == hash && str_equal(entry->key, key))
            return entry;
    }
    return NULL;
}

static void map_index(Map *map, size_t entry)
{
    size_t mask = map->slot_count - 1, slot = (size_t)map->entries[entry].hash & mask;
    while (map->slots[slot])
        slot = (slot + 1) & mask;
    map->slots[slot] = (uint32_t)(entry + 1);
}

// Drops removed entries and makes room for twice the live ones.
static void map_rebuild(Map *map)
{
    size_t live = 0;
    for (size_t i = 0; i < map->count; i++)
        if (map->entries[i].value)
            map->entries[live++] = map->entries[i];
    map->count = live;
    if (live <= MAP_LINEAR && !map->slot_count)
        return;
    size_t slots = 32;
    while (slots < live * 4)
        slots *= 2;
    map->slot_count = slots;
    map->slots = arena_array(map->arena, uint32_t, slots);
    for (size_t i = 0; i < live; i++)
        map_index(map, i);
}

void *map_get(const Map *map, Str key)
{
    if (!map->count)
        return NULL;
    MapEntry *entry = map_find(map, key, str_hash(key));
    return entry ? entry->value : NULL;
}

void map_put(Map *map, Str key, void *value)
{
    if (!value)
        BUG("map_put of NULL");
    uint64_t hash = str_hash(key);
    MapEntry *old = map_find(map, key, hash);
    if (old) {
        old->value = value;
        return;
    }
    if (map->slot_count ? map->count * 2 >= map->slot_count : map->count >= MAP_LINEAR) {
        if (!map->slot_count)
            map->slot_count = 1;   // from here on indexed
        map_rebuild(map);
    }
    if (map->count == map->cap)
        map->entries = vec_grow(map->arena, map->entries, &map->cap, sizeof *map->entries);
    map->entries[map->count++] = (MapEntry){key, value, hash};
    map->live++;
    if (map->slot_count)
        map_index(map, map->count - 1);
}

void *map_remove(Map *map, Str key)
{
    MapEntry *entry = map->count ? map_find(map, key, str_hash(key)) : NULL;
    if (!entry)
        return NULL;
    void *value = entry->value;
    entry->value = NULL;   // its slot stays, so that probing goes on past it
    map->live--;
    return value;
}

MapEntry *map_first(const Map *map)
{
    for (size_t i = 0; i < map->count; i++)
        if (map->entries[i].value)
            return &map->entries[i];
    return NULL;
}

MapEntry *map_next(const Map *map, const MapEntry *entry)
{
    for (size_t i = (size_t)(entry + 1 - map->entries); i < map->count; i++)
        if (map->entries[i].value)
            return &map->entries[i];
    return NULL;
}
