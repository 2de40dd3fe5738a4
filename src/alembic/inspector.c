// inspect(bind): what a revision asks of the schema, answered from the replayed model.
#include "alembic_int.h"

// Alembic's own table is there whenever a revision runs.
static const Table *version_table(Alembic *a, Str schema, Str name)
{
    const Settings *settings = &a->project->settings;
    if (!str_equal(name, settings->version_table) || !str_equal(schema, settings->version_table_schema))
        return NULL;
    Table *table = arena_new(a->arena, Table);
    table->name = name;
    table->schema = schema;
    Column *column = arena_new(a->arena, Column);
    Type *type = type_new(a->arena, TYPE_STRING);
    type->length = 32;
    column->name = STR("version_num");
    column->type = type;
    vec_push(a->arena, &table->columns, column);
    if (settings->version_table_pk) {
        Constraint *key = arena_new(a->arena, Constraint);
        key->kind = CONSTRAINT_PRIMARY;
        key->name = str_format(a->arena, "%.*s_pkc", STR_ARGS(name));
        vec_push(a->arena, &key->columns, column->name);
        vec_push(a->arena, &table->constraints, key);
    }
    return table;
}

static const Table *inspected(Call *call, size_t position, Str *name)
{
    Str schema = STR_EMPTY;
    if (!call_need_name(call, position, "table_name", name) || !call_str(call, position + 1, "schema", &schema))
        return NULL;
    const Table *table = model_table(call->a->model, schema, *name);
    table = table ? table : version_table(call->a, schema, *name);
    if (!table || table->is_opaque || call->a->model->all_opaque) {
        Str why = table && table->is_opaque ? table->why_opaque : STR("no revision of the chain creates it");
        call_refuse(call, call->args->at,
                    table ? "Write this revision's SQL by hand in overrides/REV.DIALECT.up.sql." : BASELINE_HINT,
                    "cannot inspect table \"%.*s\": its shape is not known (%.*s)", STR_ARGS(*name), STR_ARGS(why));
        return NULL;
    }
    return table;
}

static Value texts_value(Arena *arena, const StrList *texts)
{
    Value list = value_list(arena, VALUE_LIST);
    for (size_t i = 0; i < texts->count; i++)
        vec_push(arena, &list.list->values, value_str(texts->items[i]));
    return list;
}

static void put(Arena *arena, Value dict, const char *key, Value value)
{
    dict_put(arena, dict.dict, value_str(str_from(key)), value);
}

static bool all_opaque(Call *call)
{
    if (!call->a->model->all_opaque)
        return true;
    return call_refuse(call, call->args->at, "Write this revision's SQL by hand in overrides/REV.DIALECT.up.sql.",
                       "cannot inspect the database: %.*s", STR_ARGS(call->a->model->why_all_opaque));
}

bool unknown_tables(Alembic *a, Span at, Value *unknown)
{
    const Model *model = a->model;
    Str why = model->why_incomplete;
    StrList *only = NULL;
    if (!why.len && !map_size(&model->doubtful))
        return false;
    if (!why.len) {
        only = arena_new(a->arena, StrList);
        for (MapEntry *e = map_first(&model->doubtful); e; e = map_next(&model->doubtful, e)) {
            why = why.len ? why : *(const Str *)e->value;
            vec_push(a->arena, only, e->key);
        }
    }
    *unknown = value_unknown_cured(
        a->arena, at,
        str_format(a->arena, "which other tables there are is known only to the database (%.*s)", STR_ARGS(why)),
        STR("Write this revision's SQL by hand in overrides/REV.DIALECT.up.sql."), (Cure){.kind = CURE_OVERRIDE});
    ((Unknown *)(uintptr_t)unknown->unknown)->only = only;
    return true;
}

static bool inspector_tables(Call *call)
{
    Str schema = STR_EMPTY;
    StrList names = {0};
    if (!all_opaque(call) || !call_str(call, 0, "schema", &schema))
        return false;
    for (MapEntry *e = map_first(&call->a->model->tables); e; e = map_next(&call->a->model->tables, e)) {
        const Table *table = e->value;
        if (str_equal(table->schema, schema))
            vec_push(call->a->arena, &names, table->name);
    }
    Str own = call->a->project->settings.version_table;
    if (version_table(call->a, schema, own) && !strlist_has(&names, own))
        vec_push(call->a->arena, &names, own);
    strlist_sort(&names);
    *call->result = texts_value(call->a->arena, &names);
    // whoever goes through the list, or looks for what it does not hold, comes upon the rest
    Value others;
    if (unknown_tables(call->a, call->args->at, &others))
        vec_push(call->a->arena, &call->result->list->values, others);
    return true;
}

bool inspector_has_table(Call *call)
{
    Str name, schema = STR_EMPTY;
    size_t first = call->extra ? 1 : 0;   // dialect.has_table(bind, name)
    if (!all_opaque(call) || !call_need_name(call, first, "table_name", &name) ||
        !call_str(call, first + 1, "schema", &schema))
        return false;
    bool known = model_table(call->a->model, schema, name) != NULL || version_table(call->a, schema, name) != NULL;
    *call->result = value_bool(known);
    if (!known && model_may_have(call->a->model, schema, name))
        (void)unknown_tables(call->a, call->args->at, call->result);
    return true;
}

static bool inspector_columns(Call *call)
{
    Str name;
    const Table *table = inspected(call, 0, &name);
    if (!table)
        return false;
    Arena *arena = call->a->arena;
    *call->result = value_list(arena, VALUE_LIST);
    for (size_t i = 0; i < table->columns.count; i++) {
        const Column *column = table->columns.items[i];
        Value row = value_dict(arena);
        Type *type = arena_new(arena, Type);
        *type = *column->type;
        put(arena, row, "name", value_str(column->name));
        put(arena, row, "type", type_value(call->a, type));
        put(arena, row, "nullable", value_bool(column->nullable));
        put(arena, row, "default",
            column->default_ ? expr_value(call->a, (Expr *)(uintptr_t)column->default_) : VALUE_OF_NONE);
        vec_push(arena, &call->result->list->values, row);
    }
    return true;
}

static bool inspector_indexes(Call *call)
{
    Str name;
    const Table *table = inspected(call, 0, &name);
    if (!table)
        return false;
    Arena *arena = call->a->arena;
    *call->result = value_list(arena, VALUE_LIST);
    for (size_t i = 0; i < table->indexes.count; i++) {
        const Index *index = table->indexes.items[i];
        Value row = value_dict(arena);
        StrList columns = {0};
        for (size_t k = 0; k < index->items.count; k++)
            vec_push(arena, &columns, index->items.items[k].column);
        put(arena, row, "name", value_str(index->name));
        put(arena, row, "column_names", texts_value(arena, &columns));
        put(arena, row, "unique", value_bool(index->unique));
        vec_push(arena, &call->result->list->values, row);
    }
    return true;
}

static Value constraint_row(Call *call, const Constraint *c)
{
    Arena *arena = call->a->arena;
    Value row = value_dict(arena);
    Str name = c->name.len ? c->name : c->server_name;
    put(arena, row, "name", name.len ? value_str(name) : VALUE_OF_NONE);
    put(arena, row, c->kind == CONSTRAINT_FOREIGN || c->kind == CONSTRAINT_PRIMARY ? "constrained_columns" : "column_names",
        texts_value(arena, &c->columns));
    if (c->kind == CONSTRAINT_FOREIGN) {
        put(arena, row, "referred_table", value_str(c->ref_table));
        put(arena, row, "referred_schema", c->ref_schema.len ? value_str(c->ref_schema) : VALUE_OF_NONE);
        put(arena, row, "referred_columns", texts_value(arena, &c->ref_columns));
        Value options = value_dict(arena);
        if (c->on_update.len)
            put(arena, options, "onupdate", value_str(c->on_update));
        if (c->on_delete.len)
            put(arena, options, "ondelete", value_str(c->on_delete));
        put(arena, row, "options", options);
    }
    return row;
}

static bool inspector_constraints(Call *call)
{
    Str name;
    const Table *table = inspected(call, 0, &name);
    if (!table)
        return false;
    bool key = call->extra == CONSTRAINT_PRIMARY;
    *call->result = key ? value_dict(call->a->arena) : value_list(call->a->arena, VALUE_LIST);
    for (size_t i = 0; i < table->constraints.count; i++) {
        const Constraint *c = table->constraints.items[i];
        if ((int)c->kind != call->extra)
            continue;
        if (key)
            *call->result = constraint_row(call, c);
        else
            vec_push(call->a->arena, &call->result->list->values, constraint_row(call, c));
    }
    return true;
}

static bool clear_cache(Call *call)
{
    *call->result = VALUE_OF_NONE;
    return true;
}

bool inspector_attribute(Call *call, HostObject *object, Str name, Value *result, bool *found)
{
    static const Method inspector_methods[] = {
        {"get_table_names", inspector_tables, 0},
        {"has_table", inspector_has_table, 0},
        {"get_columns", inspector_columns, 0},
        {"get_indexes", inspector_indexes, 0},
        {"get_foreign_keys", inspector_constraints, CONSTRAINT_FOREIGN},
        {"get_unique_constraints", inspector_constraints, CONSTRAINT_UNIQUE},
        {"get_check_constraints", inspector_constraints, CONSTRAINT_CHECK},
        {"get_pk_constraint", inspector_constraints, CONSTRAINT_PRIMARY},
        {"clear_cache", clear_cache, 0},
    };
    if (str_equal(name, STR("dialect")))
        *result = value_host(simple_object(call->a, OBJECT_DIALECT));
    else
        *found = find_method(call, inspector_methods, sizeof inspector_methods / sizeof inspector_methods[0], object, name,
                             result);
    return true;
}
