// The model: tables and named types by name, with a log so that whatever was tried can be rolled back.
#include "schema_int.h"

typedef enum ModelPart {
    PART_TABLES,
    PART_TYPES,
    PART_DROPPED,
    PART_DOUBTFUL,
    PART_OTHERS,
    PART_OPAQUE,
    PART_INCOMPLETE
} ModelPart;

struct ModelChange {
    ModelPart part;
    Str key;
    void *old;   // NULL: was absent
    Str why;     // PART_OPAQUE, PART_INCOMPLETE: the old state
    Span at;
    bool was_opaque;
};

static Map *part_map(Model *model, ModelPart part)
{
    return part == PART_TABLES    ? &model->tables
           : part == PART_TYPES   ? &model->types
           : part == PART_DROPPED ? &model->dropped
           : part == PART_OTHERS  ? &model->others
                                  : &model->doubtful;
}

Model *model_open(Arena *arena)
{
    Model *model = arena_new(arena, Model);
    model->arena = model->work = arena;
    model->tables = model->types = model->dropped = model->doubtful = model->others = map_open(arena);
    return model;
}

static void change(Model *model, ModelPart part, Str key, const void *value)
{
    Map *map = part_map(model, part);
    key = str_copy(model->arena, key);
    ModelChange entry = {.part = part, .key = key, .old = map_get(map, key)};
    vec_push(model->arena, &model->log, entry);
    if (value)
        map_put(map, key, (void *)(uintptr_t)value);
    else
        map_remove(map, key);
}

const Table *model_table(const Model *model, Str schema, Str name)
{
    return map_get(&model->tables, table_full_name(model->work, schema, name));
}

bool model_is_dropped(const Model *model, Str schema, Str name)
{
    return map_get(&model->dropped, table_full_name(model->work, schema, name)) != NULL;
}

bool model_is_opaque(const Model *model, Str schema, Str name)
{
    const Table *table = model_table(model, schema, name);
    return !table || table->is_opaque || model->all_opaque;
}

const NamedType *model_type(const Model *model, Str schema, Str name)
{
    return map_get(&model->types, table_full_name(model->work, schema, name));
}

void model_put_table(Model *model, const Table *table)
{
    Str key = table_full_name(model->work, table->schema, table->name);
    change(model, PART_TABLES, key, table_clone(model->arena, table, map_get(&model->tables, key), &model->last_id));
    if (map_get(&model->dropped, key))
        change(model, PART_DROPPED, key, NULL);
}

void model_remove_table(Model *model, Str schema, Str name)
{
    Str key = table_full_name(model->work, schema, name);
    if (map_get(&model->tables, key))
        change(model, PART_TABLES, key, NULL);
    change(model, PART_DROPPED, key, model);
}

void model_put_type(Model *model, const NamedType *type)
{
    change(model, PART_TYPES, table_full_name(model->work, type->schema, type->name), named_type_clone(model->arena, type));
}

bool model_made_type(const Model *model, const NamedType *type, size_t revision)
{
    if (type->is_implicit && type->revision == revision)
        return true;
    for (size_t i = 0; i < model->implicit.count; i++) {
        const NamedType *made = model->implicit.items[i];
        if (made->revision == revision && str_equal(made->name, type->name) && str_equal(made->schema, type->schema))
            return true;
    }
    return false;
}

void model_remove_type(Model *model, Str schema, Str name)
{
    change(model, PART_TYPES, table_full_name(model->work, schema, name), NULL);
}

void model_make_opaque(Model *model, Str schema, Str name, Span at, Str why)
{
    const Table *old = model_table(model, schema, name);
    if (old && old->is_opaque)
        return;
    Table *table = old ? table_copy(model->work, old) : arena_new(model->work, Table);
    table->schema = schema;
    table->name = name;
    table->is_opaque = true;
    table->why_opaque = why;
    table->opaque_at = at;
    model_put_table(model, table);
}

void model_make_all_opaque(Model *model, Span at, Str why)
{
    ModelChange entry = {
        .part = PART_OPAQUE, .why = model->why_all_opaque, .at = model->all_opaque_at, .was_opaque = model->all_opaque};
    vec_push(model->arena, &model->log, entry);
    model->all_opaque = true;
    model->why_all_opaque = str_copy(model->arena, why);
    model->all_opaque_at = at;
}

void model_make_incomplete(Model *model, Str why)
{
    if (model->why_incomplete.len)
        return;
    ModelChange entry = {.part = PART_INCOMPLETE, .why = model->why_incomplete};
    vec_push(model->arena, &model->log, entry);
    model->why_incomplete = str_copy(model->arena, why);
}

void model_make_doubtful(Model *model, Str name, Doubt doubt)
{
    const Doubt *known = map_get(&model->doubtful, name);
    if (known && (known->is_made || !doubt.is_made))
        return;
    Doubt *kept = arena_new(model->arena, Doubt);
    *kept = (Doubt){str_copy(model->arena, doubt.why), doubt.is_made};
    change(model, PART_DOUBTFUL, name, kept);
}

void model_note_other(Model *model, Str name, bool is_there)
{
    if (is_there != model_has_other(model, name))
        change(model, PART_OTHERS, name, is_there ? model : NULL);
}

bool model_has_other(const Model *model, Str name)
{
    return map_get(&model->others, name) != NULL;
}

bool model_may_have(const Model *model, Str schema, Str name)
{
    if (model_table(model, schema, name) || map_get(&model->doubtful, name))
        return true;
    return model->why_incomplete.len && !model_is_dropped(model, schema, name);
}

Str model_why_unknown(const Model *model, Str schema, Str name)
{
    const Table *table = model_table(model, schema, name);
    const Doubt *doubt = map_get(&model->doubtful, name);
    if (table && table->is_opaque)
        return table->why_opaque;
    if (model->all_opaque)
        return model->why_all_opaque;
    if (table)
        return STR_EMPTY;
    if (doubt && doubt->is_made)
        return doubt->why;
    if (model_is_dropped(model, schema, name))
        return STR("the chain has dropped or renamed it");
    if (doubt)
        return doubt->why;
    return is_after_refusal(model->why_incomplete) ? STR("no revision that can be read creates it") : STR(NEVER_CREATED);
}

bool is_never_created(Str why)
{
    return str_ends(why, STR(" creates it")) && str_starts(why, STR("no revision "));
}

bool is_after_refusal(Str why)
{
    return str_find(why, STR(" is refused and may "), 0) != SIZE_MAX;
}

const char *refusal_hint(Str why)
{
    return str_ends(why, STR(" may make tables"))
               ? "Cure the refusal of that revision first, with an override if nothing less does. If the table stood there "
                 "before the chain, describe it in a baseline ([waybill] baseline = FILE.py)."
               : "Cure the refusal of that revision, with an override if nothing less does: this one goes with it.";
}

size_t model_mark(const Model *model)
{
    return model->log.count;
}

void model_rollback(Model *model, size_t mark)
{
    while (model->log.count > mark) {
        ModelChange entry = model->log.items[--model->log.count];
        if (entry.part == PART_INCOMPLETE) {
            model->why_incomplete = entry.why;
        } else if (entry.part == PART_OPAQUE) {
            model->all_opaque = entry.was_opaque;
            model->why_all_opaque = entry.why;
            model->all_opaque_at = entry.at;
        } else if (entry.old) {
            map_put(part_map(model, entry.part), entry.key, entry.old);
        } else {
            map_remove(part_map(model, entry.part), entry.key);
        }
    }
}

bool model_changed_table(const Model *model, size_t *next, const Table **before, const Table **after)
{
    while (*next < model->log.count) {
        const ModelChange *entry = &model->log.items[(*next)++];
        if (entry->part != PART_TABLES)
            continue;
        *before = entry->old;
        *after = map_get(&model->tables, entry->key);
        return true;
    }
    return false;
}
