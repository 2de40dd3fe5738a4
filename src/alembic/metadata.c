// MetaData: the tables that a file has described with it, and those of the replayed model when it reflects.
#include "statements_int.h"

typedef struct MetadataObject {
    HostObject host;
    Value tables;   // a dict: "schema.name" -> table
    Value naming;   // its naming_convention
    Value schema;   // of tables that name none
} MetadataObject;

Value metadata_value(Alembic *a)
{
    MetadataObject *metadata = arena_new(a->arena, MetadataObject);
    metadata->host.kind = OBJECT_METADATA;
    metadata->tables = value_dict(a->arena);
    metadata->naming = VALUE_OF_NONE;
    metadata->schema = VALUE_OF_NONE;
    return value_host(&metadata->host);
}

void metadata_add(Alembic *a, HostObject *object, Value table)
{
    const TableRef *ref = ((TableObject *)table.host)->ref;
    dict_put(a->arena, ((MetadataObject *)object)->tables.dict, value_str(table_full_name(a->arena, ref->schema, ref->name)),
             table);
}

Value metadata_table(HostObject *object, Arena *arena, Str schema, Str name)
{
    const Value *found = dict_get_str(((MetadataObject *)object)->tables.dict, table_full_name(arena, schema, name));
    return found ? *found : VALUE_OF_NONE;
}

Value metadata_described(Alembic *a, HostObject *object, Str schema, Str name)
{
    const Dict *tables = ((MetadataObject *)object)->tables.dict;
    Str full = table_full_name(a->arena, schema, name);
    const Value *found = dict_get_str(tables, full);
    TableObject *table = found ? (TableObject *)host_of(*found, OBJECT_TABLE) : NULL;
    const Table *reflected = table && !table->metadata ? model_table(a->model, schema, name) : NULL;
    if (reflected && !reflected->is_opaque)
        note_reflected(a, reflected);
    if (found)
        return *found;
    for (size_t i = 0; i < tables->items.count; i++) {
        Value key = tables->items.items[i].key;
        if (key.kind == VALUE_UNKNOWN && (!key.unknown->only || strlist_has(key.unknown->only, full)))
            return key;
    }
    return VALUE_OF_NONE;
}

void metadata_add_referred(Alembic *a, HostObject *object, Span at, const Table *table)
{
    for (size_t i = 0; i < table->constraints.count; i++) {
        const Constraint *c = table->constraints.items[i];
        if (c->kind != CONSTRAINT_FOREIGN || !value_is_none(metadata_table(object, a->arena, c->ref_schema, c->ref_table)))
            continue;
        const Table *referred = model_table(a->model, c->ref_schema, c->ref_table);
        bool is_known = referred && !referred->is_opaque && !a->model->all_opaque;
        dict_put(a->arena, ((MetadataObject *)object)->tables.dict,
                 value_str(table_full_name(a->arena, c->ref_schema, c->ref_table)),
                 reflected_table(a, at, c->ref_schema, c->ref_table));
        if (is_known)
            metadata_add_referred(a, object, at, referred);
    }
}

bool metadata_schema(Call *call, HostObject *object, Str *schema)
{
    Value given = ((MetadataObject *)object)->schema;
    if (schema->len || value_is_none(given))
        return true;
    if (!call_known(call, call->args->at, given, "schema"))
        return false;
    is_text(given, schema);
    return true;
}

static bool sa_metadata(Call *call)
{
    *call->result = metadata_value(call->a);
    const Value *naming = call_value(call, SIZE_MAX, "naming_convention"), *schema = call_value(call, SIZE_MAX, "schema");
    if (schema)
        ((MetadataObject *)call->result->host)->schema = *schema;
    if (naming)
        ((MetadataObject *)call->result->host)->naming = *naming;
    return true;
}

const char *reflect_hint(Str why)
{
    return is_after_refusal(why)   ? refusal_hint(why)
           : is_never_created(why) ? BASELINE_HINT
                                   : "List its columns in the revision, as sa.Table(name, meta, sa.Column(...)).";
}

// reflect(bind, schema=, views=, resolve_fks=, only=[...]): the model's tables, as the chain has built them by now.
static bool metadata_reflect(Call *call)
{
    Alembic *a = call->a;
    Str schema = STR_EMPTY;
    StrList only = {0};
    bool resolves_keys = true;
    const Value *wanted = call_value(call, 3, "only");
    bool listed = wanted && (wanted->kind == VALUE_LIST || wanted->kind == VALUE_TUPLE || wanted->kind == VALUE_SET);
    *call->result = VALUE_OF_NONE;
    if (wanted && !listed && !value_is_none(*wanted))
        return call_refuse(call, call->args->at, "List the tables' names.", "only= of reflect() is no list of names");
    if (a->model->all_opaque)
        return call_refuse(call, call->args->at, OVERRIDE_HINT, "cannot reflect the database: %.*s",
                           STR_ARGS(a->model->why_all_opaque));
    if (!call_str(call, 1, "schema", &schema) || !metadata_schema(call, call->self, &schema) ||
        !call_bool(call, SIZE_MAX, "resolve_fks", &resolves_keys) || (listed && !call_names(call, 3, "only", &only)))
        return false;
    Str own = a->project->settings.version_table;
    const Table *version = version_table(a, schema, own);
    StrList names = {0};
    if (version && (!listed || strlist_has(&only, own)))
        vec_push(a->arena, &names, own);
    for (MapEntry *e = map_first(&a->model->tables); e; e = map_next(&a->model->tables, e)) {
        const Table *table = e->value;
        if (str_equal(table->schema, schema) && (!listed || strlist_has(&only, table->name)) &&
            !strlist_has(&names, table->name))
            vec_push(a->arena, &names, table->name);
    }
    strlist_sort(&names);
    for (size_t i = 0; i < names.count; i++) {
        const Table *table = model_table(a->model, schema, names.items[i]);
        Value value = table ? reflected_table(a, call->args->at, schema, names.items[i])
                            : table_value(a, ref_of_table(a, version), table_copy(a->arena, version));
        if (listed && table && !table->is_opaque)
            note_reflected(a, table);
        dict_put(a->arena, ((MetadataObject *)call->self)->tables.dict,
                 value_str(table_full_name(a->arena, schema, names.items[i])), value);
    }
    for (size_t i = 0; i < names.count && resolves_keys; i++) {
        const Table *table = model_table(a->model, schema, names.items[i]);
        if (table && !table->is_opaque)
            metadata_add_referred(a, call->self, call->args->at, table);
    }
    if (!listed)
        note_tables_answer(a, schema, ((MetadataObject *)call->self)->tables);
    Value others;
    if (!listed && unknown_tables(a, call->args->at, &others))
        dict_put(a->arena, ((MetadataObject *)call->self)->tables.dict, others, others);
    for (size_t i = 0; i < only.count; i++) {
        Str why = model_why_unknown(a->model, schema, only.items[i]);
        if (!model_table(a->model, schema, only.items[i]) && !version_table(a, schema, only.items[i]))
            return call_refuse(call, call->args->at, reflect_hint(why),
                               "cannot reflect table \"%.*s\": its shape is not known (%.*s)", STR_ARGS(only.items[i]),
                               STR_ARGS(why));
    }
    return true;
}

static bool metadata_clear(Call *call)
{
    ((MetadataObject *)call->self)->tables = value_dict(call->a->arena);
    *call->result = VALUE_OF_NONE;
    return true;
}

bool metadata_attribute(Call *call, HostObject *object, Str name, Value *result, bool *found)
{
    static const Method methods[] = {{"reflect", metadata_reflect, 0}, {"clear", metadata_clear, 0}};
    *found = true;
    if (str_equal(name, STR("tables")))
        *result = ((MetadataObject *)object)->tables;
    else if (str_equal(name, STR("bind")))
        *result = value_host(simple_object(call->a, OBJECT_BIND));
    else if (str_equal(name, STR("naming_convention")))
        *result = ((MetadataObject *)object)->naming;
    else if (str_equal(name, STR("schema")))
        *result = ((MetadataObject *)object)->schema;
    else
        *found = find_method(call, methods, sizeof methods / sizeof methods[0], object, name, result);
    return true;
}

Value reflected_table(Alembic *a, Span at, Str schema, Str name)
{
    const Table *table = model_table(a->model, schema, name);
    if (table && !table->is_opaque && !a->model->all_opaque)
        return table_value(a, ref_of_table(a, table), table_copy(a->arena, table));
    Str why = model_why_unknown(a->model, schema, name);
    return value_unknown_cured(
        a->arena, at, str_format(a->arena, "the shape of table \"%.*s\" is not known (%.*s)", STR_ARGS(name), STR_ARGS(why)),
        str_from(reflect_hint(why)), (Cure){.kind = CURE_OVERRIDE});
}

void open_metadata_modules(Alembic *a)
{
    static const char *const modules[] = {"sqlalchemy", "sqlalchemy.schema", "sqlalchemy.sql.schema"};
    for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++)
        module_function(a, module_new(a, modules[i]), "MetaData", sa_metadata, 0);
    // for [waybill.values]: what an application hands to upgrade(op, tables, ...)
    module_add(a, module_new(a, "waybill"), "tables", &module_new(a, MODEL_TABLES)->host);
}
