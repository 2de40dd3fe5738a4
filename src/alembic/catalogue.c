// What a query of the catalogue finds, as the chain has made the database: answered as the inspector is, and taken for
// granted as its answers are. What the chain does not know stays unknown.
#include "alembic_int.h"

// Stores the schema as the model has it; false: which one it is, is not sure.
static bool model_schema(const Alembic *a, const CatalogueQuery *query, Str *schema)
{
    const DialectSettings *said = settings_dialect(&a->project->settings, a->dialect->name);
    bool postgresql = a->dialect->id == DIALECT_POSTGRESQL;
    Str own = said && postgresql ? said->schema : said ? said->database : STR_EMPTY;
    own = own.len || !postgresql ? own : STR("public");
    *schema = STR_EMPTY;
    if (a->model->search_schema.len)
        return false;
    if (!query->has_schema || query->is_own_schema)
        return true;
    // another revision may name the script's own schema
    bool is_named = false;
    for (MapEntry *e = map_first(&a->model->tables); e; e = map_next(&a->model->tables, e))
        is_named |= str_equal(((const Table *)e->value)->schema, query->schema);
    if (own.len && str_equal(query->schema, own))
        return !is_named;
    *schema = query->schema;
    return is_named && postgresql;
}

// Whether the model has something of that name but for the case of its letters, which servers take for the same or not.
static bool is_nearly(Str a, Str b)
{
    return !str_equal(a, b) && str_equal_fold(a, b);
}

static bool has_near_table(const Alembic *a, Str name)
{
    for (MapEntry *e = map_first(&a->model->tables); e; e = map_next(&a->model->tables, e))
        if (is_nearly(((const Table *)e->value)->name, name))
            return true;
    return false;
}

// Stores whether the table has the column, index or constraint; false: that is not sure.
static bool part_exists(Alembic *a, const CatalogueQuery *query, const Table *table, bool *exists)
{
    const Constraint *constraint = table_constraint(table, query->name);
    const AssumedKind kinds[] = {[CATALOGUE_TABLE] = ASSUMED_TABLE,
                                 [CATALOGUE_COLUMN] = ASSUMED_COLUMN,
                                 [CATALOGUE_INDEX] = ASSUMED_INDEX,
                                 [CATALOGUE_CONSTRAINT] = ASSUMED_CONSTRAINT};
    for (size_t i = 0; i < table->columns.count; i++)
        if (is_nearly(table->columns.items[i]->name, query->name))
            return false;
    if (query->kind == CATALOGUE_COLUMN)
        *exists = table_column(table, query->name) != NULL;
    else if (query->kind == CATALOGUE_INDEX)
        *exists = table_index(table, query->name) != NULL;
    else
        *exists = constraint && str_equal(constraint->name, query->name);
    // the server has chosen the name, or it may choose one that begins so where the first is taken
    for (size_t i = 0; query->kind != CATALOGUE_COLUMN && !*exists && i < table->constraints.count; i++) {
        const Constraint *c = table->constraints.items[i];
        Str begin = a->dialect->id == DIALECT_SQLITE ? STR("sqlite_autoindex_") : c->server_name;
        if (str_equal(c->name, query->name) || (!c->name.len && (!begin.len || str_starts(query->name, begin))))
            return false;
    }
    note_part(a, kinds[query->kind], table, query->name, *exists);
    return true;
}

// Without a schema every schema's table of that name is found, and the chain knows its own alone.
static bool sees_all(const Alembic *a, const CatalogueQuery *query)
{
    return query->has_schema || a->dialect->id == DIALECT_SQLITE;
}

// Stores the table of the schema that has an index or constraint of that name; NULL: none of those that are known has.
static const Table *table_with(const Alembic *a, const CatalogueQuery *query, Str schema)
{
    for (MapEntry *e = map_first(&a->model->tables); e; e = map_next(&a->model->tables, e)) {
        const Table *table = e->value;
        const Constraint *constraint = table_constraint(table, query->name);
        bool has = query->kind == CATALOGUE_INDEX ? table_index(table, query->name) != NULL
                                                  : constraint && str_equal(constraint->name, query->name);
        if (has && !table->is_opaque && str_equal(table->schema, schema))
            return table;
    }
    return NULL;
}

// Whether something besides a table may go by the name: what raw SQL made, an index, a key, what a server names by itself.
static bool may_be_other(const Alembic *a, Str name)
{
    static const char *const ends[] = {"_seq", "_key", "_pkey", "_idx", "_excl"};
    bool may = model_has_other(a->model, name);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        may |= str_ends(name, str_from(ends[i]));
    for (MapEntry *e = map_first(&a->model->tables); e && !may; e = map_next(&a->model->tables, e)) {
        const Table *table = e->value;
        may = table_index(table, name) || table_constraint(table, name);
    }
    return may;
}

static bool answer(Call *call, const CatalogueQuery *query, bool *exists)
{
    Alembic *a = call->a;
    if (query->is_count && !sees_all(a, query))
        return false;
    Str schema;
    Value unknown;
    if (a->model->all_opaque || !model_schema(a, query, &schema) || has_near_table(a, query->table))
        return false;
    const Table *table = query->table.len ? model_table(a->model, schema, query->table) : table_with(a, query, schema);
    if (!query->table.len && !table)
        return false;
    bool is_version = !table && version_table(a, schema, query->table);
    if (is_version && query->kind != CATALOGUE_TABLE)
        return false;
    *exists = table || is_version;
    bool is_other = query->is_relation ? may_be_other(a, query->table) : model_has_other(a->model, query->table);
    if (!*exists && (is_other || query->needs_table))
        return false;
    if (query->kind == CATALOGUE_TABLE || !table) {
        if (!*exists && (!sees_all(a, query) ||
                         (model_may_have(a->model, schema, query->table) && unknown_tables(a, call->args->at, &unknown))))
            return false;
        note_table(a, schema, query->table, *exists);
        return true;
    }
    return !table->is_opaque && part_exists(a, query, table, exists) && (*exists || sees_all(a, query));
}

// The one value of SELECT EXISTS(...), count(...) and to_regclass(...).
static Value only_value(const Alembic *a, const CatalogueQuery *query, bool exists)
{
    Str schema;
    if (!query->is_relation)
        return a->dialect->id == DIALECT_POSTGRESQL && query->is_exists ? value_bool(exists) : value_int(exists);
    if (query->tells_null)
        return value_bool(exists != query->is_negated);
    // a relation of the schema that is looked in first goes without its schema
    schema = model_schema(a, query, &schema) ? schema : STR_EMPTY;
    return exists ? value_str(sql_qualified(a->arena, a->dialect, schema, query->table)) : VALUE_OF_NONE;
}

// A row that is a named tuple, as SQLAlchemy's are.
static Value row_of(Call *call, const CatalogueQuery *query)
{
    Arena *arena = call->a->arena;
    Class *class = class_new(arena, STR("Row"), call->args->at);
    Instance *row = arena_new(arena, Instance);
    Value *fields = value_boxed(arena, value_list(arena, VALUE_TUPLE));
    *row = (Instance){.class = class, .attributes = map_open(arena)};
    for (size_t i = 0; i < query->items.count; i++) {
        const CatalogueItem *item = &query->items.items[i];
        Value *cell = value_boxed(arena, item->is_number ? value_int(1)
                                         : item->is_text ? value_str(item->text)
                                                         : rows_unknown(call));
        Str name = item->is_number ? str_format(arena, "_%zu", i) : item->name;
        map_put(&row->attributes, name, cell);
        vec_push(arena, &fields->list->values, value_str(name));
    }
    map_put(&class->attributes, STR("_fields"), fields);
    map_put(&class->attributes, STR("__fields__"), fields);
    return (Value){.kind = VALUE_INSTANCE, .instance = row};
}

// What no other text has, so that few are read a second time.
static bool may_ask(const Alembic *a, Str text)
{
    enum { LONGEST = 4000 };
    if (text.len > LONGEST)
        return false;
    Str lower = str_lower(a->arena, text);
    return str_find(lower, STR("information_schema"), 0) != SIZE_MAX || str_find(lower, STR("pg_"), 0) != SIZE_MAX ||
           str_find(lower, STR("sqlite_master"), 0) != SIZE_MAX || str_find(lower, STR("to_regclass"), 0) != SIZE_MAX;
}

bool catalogue_rows(Call *call, const Op *op, Value *rows, bool *has_all)
{
    Alembic *a = call->a;
    Diag ignored = diag_open(a->arena);
    Buf out = buf_open(a->arena);
    CatalogueQuery query;
    bool exists;
    if (!op->sql || !may_ask(a, op->sql->text) || !sql_expr(a->arena, &ignored, a->style, op->sql, &out) ||
        !sql_catalogue_query(a->arena, a->dialect, buf_str(&out), &query) || query.has_all || !answer(call, &query, &exists))
        return false;
    *rows = value_list(a->arena, VALUE_LIST);
    *has_all = query.is_exists || query.is_relation || sees_all(a, &query);
    if (query.is_exists || query.is_count || query.is_relation) {
        Value row = value_list(a->arena, VALUE_TUPLE);
        vec_push(a->arena, &row.list->values, only_value(a, &query, exists));
        vec_push(a->arena, &rows->list->values, row);
    } else if (exists) {
        vec_push(a->arena, &rows->list->values, row_of(call, &query));
    }
    return true;
}
