// inspect(bind): what a revision asks of the schema, answered from the replayed model as SQLAlchemy's reflection would.
#include "alembic_int.h"

const Table *version_table(Alembic *a, Str schema, Str name)
{
    const Settings *settings = &a->project->settings;
    if (!str_equal(name, settings->version_table) || !str_equal(schema, settings->version_table_schema))
        return NULL;
    Table *table = arena_new(a->arena, Table);
    table->name = name;
    table->schema = schema;
    Column *column = arena_new(a->arena, Column);
    Type *type = type_new(a->arena, TYPE_STRING);
    type->length = (int)settings->version_num_length;
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
        Str why = model_why_unknown(call->a->model, schema, *name);
        call_refuse(call, call->args->at,
                    is_after_refusal(why) ? refusal_hint(why)
                    : table               ? OVERRIDE_HINT
                                          : BASELINE_HINT,
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
    return call_refuse(call, call->args->at, OVERRIDE_HINT, "cannot inspect the database: %.*s",
                       STR_ARGS(call->a->model->why_all_opaque));
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
            why = why.len ? why : ((const Doubt *)e->value)->why;
            vec_push(a->arena, only, e->key);
        }
    }
    *unknown = value_unknown_cured(
        a->arena, at,
        str_format(a->arena, "which other tables there are is known only to the database (%.*s)", STR_ARGS(why)),
        is_after_refusal(why) ? str_from(refusal_hint(why)) : STR(BASELINE_HINT), (Cure){.kind = CURE_OVERRIDE});
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
    note_tables_answer(call->a, schema, *call->result);
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
    if (!known && model_has_other(call->a->model, name)) {
        *call->result = value_unknown_cured(
            call->a->arena, call->args->at,
            str_format(call->a->arena, "raw SQL has made \"%.*s\", a view or such", STR_ARGS(name)), STR(OVERRIDE_HINT),
            (Cure){.kind = CURE_OVERRIDE});
        return true;
    }
    if (known || !model_may_have(call->a->model, schema, name) || !unknown_tables(call->a, call->args->at, call->result))
        note_table(call->a, schema, name, known);
    return true;
}

// A text that is there, but only the server knows which.
static Value server_text(Call *call, const char *reason)
{
    static const Condition always = {.all = true};
    Value value = value_unknown_cured(call->a->arena, call->args->at, str_from(reason),
                                      STR("Ask only whether there is one, or write an override for this revision."),
                                      (Cure){.kind = CURE_OVERRIDE});
    Unknown *unknown = arena_new(call->a->arena, Unknown);
    *unknown = *value.unknown;
    unknown->plain = value.unknown;
    unknown->condition = &always;
    unknown->form = UNKNOWN_OBJECT;
    return (Value){.kind = VALUE_UNKNOWN, .unknown = unknown};
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
        put(arena, row, "name", value_str(column->name));
        put(arena, row, "type", reflected_type(call->a, column->type));
        put(arena, row, "nullable", value_bool(column->nullable));
        put(arena, row, "default",
            column->default_ ? server_text(call, "how the server writes a default is known only to the database")
                             : VALUE_OF_NONE);
        vec_push(arena, &call->result->list->values, row);
    }
    note_rows(call->a, PART_COLUMNS, table, *call->result);
    return true;
}

// ---- indexes and constraints ----

static Str server_name(const Constraint *c)
{
    return c->name.len ? c->name : c->server_name;
}

static Value name_value(Str name)
{
    return name.len ? value_str(name) : VALUE_OF_NONE;
}

static Value key_row(Arena *arena, Str name, const StrList *columns, bool unique)
{
    Value row = value_dict(arena);
    put(arena, row, "name", name_value(name));
    put(arena, row, "column_names", texts_value(arena, columns));
    put(arena, row, "unique", value_bool(unique));
    return row;
}

static Value index_row(Arena *arena, const Index *index)
{
    Value row = key_row(arena, index->name, &(StrList){0}, index->unique), columns = value_list(arena, VALUE_LIST);
    if (!index->name.len)
        put(arena, row, "name",
            value_unknown_cured(arena, index->at, STR("which name the server gives an index is known only to the database"),
                                STR("Name it, or write an override for this revision."), (Cure){.kind = CURE_OVERRIDE}));
    for (size_t i = 0; i < index->items.count; i++)
        vec_push(arena, &columns.list->values, name_value(index->items.items[i].column));   // an expression: None
    put(arena, row, "column_names", columns);
    return row;
}

static bool begins_with(const StrList *columns, const StrList *first)
{
    bool same = columns->count >= first->count;
    for (size_t i = 0; same && i < first->count; i++)
        same = str_equal_fold(columns->items[i], first->items[i]);
    return same;
}

bool has_key_for(Arena *arena, const Table *table, const Constraint *foreign)
{
    for (size_t i = 0; i < table->constraints.count; i++) {
        const Constraint *c = table->constraints.items[i];
        bool is_key = c->kind == CONSTRAINT_PRIMARY || c->kind == CONSTRAINT_UNIQUE;
        if (is_key && begins_with(&c->columns, &foreign->columns))
            return true;
    }
    for (size_t i = 0; i < table->indexes.count; i++) {
        StrList columns = {0};
        for (size_t k = 0; k < table->indexes.items[i]->items.count; k++)
            vec_push(arena, &columns, table->indexes.items[i]->items.items[k].column);
        if (begins_with(&columns, &foreign->columns))
            return true;
    }
    return false;
}

static Str name_of_row(Value row)
{
    const Value *name = dict_get_str(row.dict, STR("name"));
    return name && name->kind == VALUE_STR ? name->text : STR("~");
}

static void sort_rows(List *rows)
{
    for (size_t i = 1; i < rows->values.count; i++)
        for (size_t k = i; k > 0; k--) {
            Value *items = rows->values.items, swap = items[k];
            if (str_compare(name_of_row(items[k - 1]), name_of_row(swap)) <= 0)
                break;
            items[k] = items[k - 1];
            items[k - 1] = swap;
        }
}

// The rows of the answer by name.
static void answer_rows(Call *call, TablePart part, const Table *table)
{
    sort_rows(call->result->list);
    note_rows(call->a, part, table, *call->result);
}

// What stands among the indexes without being one: a unique constraint's index everywhere but on SQLite, and on MySQL the
// index that it makes for a foreign key, named after it or its first column.
// Source: SQLAlchemy 2.0.52 dialects/postgresql/base.py get_multi_indexes(), dialects/mysql/base.py get_indexes(); MySQL 8.0
// manual 13.1.20.5.
static void add_constraint_indexes(Call *call, const Table *table, List *rows)
{
    Arena *arena = call->a->arena;
    const Dialect *dialect = call->a->dialect;
    bool mysql = dialect->id == DIALECT_MYSQL || dialect->id == DIALECT_MARIADB;
    for (size_t i = 0; i < table->constraints.count && dialect->id != DIALECT_SQLITE; i++) {
        const Constraint *c = table->constraints.items[i];
        if (c->kind == CONSTRAINT_UNIQUE) {
            Value row = key_row(arena, server_name(c), &c->columns, true);
            if (dialect->id == DIALECT_POSTGRESQL)
                put(arena, row, "duplicates_constraint", name_value(server_name(c)));
            vec_push(arena, &rows->values, row);
        } else if (mysql && c->kind == CONSTRAINT_FOREIGN && c->columns.count && !has_key_for(arena, table, c)) {
            vec_push(arena, &rows->values, key_row(arena, c->name.len ? c->name : c->columns.items[0], &c->columns, false));
        }
    }
}

static bool inspector_indexes(Call *call)
{
    Str name;
    const Table *table = inspected(call, 0, &name);
    if (!table)
        return false;
    Arena *arena = call->a->arena;
    *call->result = value_list(arena, VALUE_LIST);
    for (size_t i = 0; i < table->indexes.count; i++)
        vec_push(arena, &call->result->list->values, index_row(arena, table->indexes.items[i]));
    add_constraint_indexes(call, table, call->result->list);
    answer_rows(call, PART_INDEXES, table);
    return true;
}

static bool inspector_unique(Call *call)
{
    Str name;
    const Table *table = inspected(call, 0, &name);
    if (!table)
        return false;
    Arena *arena = call->a->arena;
    bool mysql = call->a->dialect->id == DIALECT_MYSQL || call->a->dialect->id == DIALECT_MARIADB;
    *call->result = value_list(arena, VALUE_LIST);
    for (size_t i = 0; i < table->constraints.count; i++) {
        const Constraint *c = table->constraints.items[i];
        if (c->kind != CONSTRAINT_UNIQUE)
            continue;
        Value row = value_dict(arena);
        put(arena, row, "name", name_value(server_name(c)));
        put(arena, row, "column_names", texts_value(arena, &c->columns));
        vec_push(arena, &call->result->list->values, row);
    }
    for (size_t i = 0; i < table->indexes.count && mysql; i++)   // which has no other kind of unique constraint
        if (table->indexes.items[i]->unique)
            vec_push(arena, &call->result->list->values, index_row(arena, table->indexes.items[i]));
    answer_rows(call, PART_UNIQUES, table);
    return true;
}

static void put_action(Arena *arena, Value options, const char *key, Str action)
{
    Str upper = str_upper(arena, action);
    if (upper.len && !str_equal(upper, STR("NO ACTION")))
        put(arena, options, key, value_str(upper));
}

static bool inspector_foreign(Call *call)
{
    Str name;
    const Table *table = inspected(call, 0, &name);
    if (!table)
        return false;
    Arena *arena = call->a->arena;
    *call->result = value_list(arena, VALUE_LIST);
    for (size_t i = 0; i < table->constraints.count; i++) {
        const Constraint *c = table->constraints.items[i];
        if (c->kind != CONSTRAINT_FOREIGN)
            continue;
        Value row = value_dict(arena), options = value_dict(arena);
        put_action(arena, options, "onupdate", c->on_update);
        put_action(arena, options, "ondelete", c->on_delete);
        put_action(arena, options, "initially", c->initially);
        if (c->deferrable == TRI_TRUE)
            put(arena, options, "deferrable", value_bool(true));
        put(arena, row, "name", name_value(server_name(c)));
        put(arena, row, "constrained_columns", texts_value(arena, &c->columns));
        put(arena, row, "referred_schema", name_value(c->ref_schema));
        put(arena, row, "referred_table", value_str(c->ref_table));
        put(arena, row, "referred_columns", texts_value(arena, &c->ref_columns));
        put(arena, row, "options", options);
        vec_push(arena, &call->result->list->values, row);
    }
    answer_rows(call, PART_FOREIGN_KEYS, table);
    return true;
}

static bool inspector_checks(Call *call)
{
    Str name;
    const Table *table = inspected(call, 0, &name);
    if (!table)
        return false;
    Arena *arena = call->a->arena;
    *call->result = value_list(arena, VALUE_LIST);
    for (size_t i = 0; i < table->constraints.count; i++) {
        const Constraint *c = table->constraints.items[i];
        if (c->kind != CONSTRAINT_CHECK)
            continue;
        Value row = value_dict(arena);
        put(arena, row, "name", name_value(server_name(c)));
        put(arena, row, "sqltext",
            value_unknown_cured(arena, call->args->at, STR("how the server writes a CHECK is known only to the database"),
                                STR("Go by the constraint's name, or write an override for this revision."),
                                (Cure){.kind = CURE_OVERRIDE}));
        vec_push(arena, &call->result->list->values, row);
    }
    answer_rows(call, PART_CHECKS, table);
    return true;
}

static bool inspector_key(Call *call)
{
    Str name;
    const Table *table = inspected(call, 0, &name);
    if (!table)
        return false;
    Arena *arena = call->a->arena;
    const Constraint *key = table_primary_key(table);
    bool mysql = call->a->dialect->id == DIALECT_MYSQL || call->a->dialect->id == DIALECT_MARIADB;
    *call->result = value_dict(arena);
    put(arena, *call->result, "constrained_columns", texts_value(arena, key ? &key->columns : &(StrList){0}));
    Value named = key && !mysql ? name_value(server_name(key)) : VALUE_OF_NONE;
    if (key && call->a->dialect->id == DIALECT_SQLITE && !key->name.len)   // which lists no names
        named = value_unknown_cured(arena, call->args->at, STR("whether the key has a name is known only to the database"),
                                    STR("Name it, or write an override for this revision."), (Cure){.kind = CURE_OVERRIDE});
    put(arena, *call->result, "name", named);
    note_rows(call->a, PART_PRIMARY_KEY, table, *call->result);
    note_reflected_part(call->a, table, PART_PRIMARY_KEY);
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
        {"get_foreign_keys", inspector_foreign, 0},
        {"get_unique_constraints", inspector_unique, 0},
        {"get_check_constraints", inspector_checks, 0},
        {"get_pk_constraint", inspector_key, 0},
        {"clear_cache", clear_cache, 0},
    };
    if (str_equal(name, STR("dialect")))
        *result = value_host(simple_object(call->a, OBJECT_DIALECT));
    else
        *found = find_method(call, inspector_methods, sizeof inspector_methods / sizeof inspector_methods[0], object, name,
                             result);
    return true;
}
