// Tables of the model and their parts: finding, copying, and who grows by itself.
#include "waybill/schema.h"

static const char *const op_names[] = {
#define OP(kind, name) name,
#include "op.def"
#undef OP
};

const char *op_name(OpKind kind)
{
    return op_names[kind];
}

Str table_full_name(Arena *arena, Str schema, Str name)
{
    return schema.len ? str_format(arena, "%.*s.%.*s", STR_ARGS(schema), STR_ARGS(name)) : name;
}

void option_read(const Option *option)
{
    if (option->use)
        option->use->is_read = true;
}

const Option *option_find(const OptionList *options, Str name)
{
    for (size_t i = 0; i < options->count; i++)
        if (str_equal(options->items[i].name, name)) {
            option_read(&options->items[i]);
            return &options->items[i];
        }
    return NULL;
}

const Column *table_column(const Table *table, Str name)
{
    for (size_t i = 0; i < table->columns.count; i++)
        if (str_equal(table->columns.items[i]->name, name))
            return table->columns.items[i];
    return NULL;
}

const Index *table_index(const Table *table, Str name)
{
    for (size_t i = 0; i < table->indexes.count; i++)
        if (str_equal(table->indexes.items[i]->name, name))
            return table->indexes.items[i];
    return NULL;
}

const Constraint *table_constraint(const Table *table, Str name)
{
    if (!name.len)
        return NULL;
    for (size_t i = 0; i < table->constraints.count; i++) {
        const Constraint *c = table->constraints.items[i];
        if (str_equal(c->name.len ? c->name : c->server_name, name))
            return c;
    }
    return NULL;
}

const Constraint *table_primary_key(const Table *table)
{
    for (size_t i = 0; i < table->constraints.count; i++)
        if (table->constraints.items[i]->kind == CONSTRAINT_PRIMARY)
            return table->constraints.items[i];
    return NULL;
}

static bool has_foreign_key(const Table *table, Str column)
{
    for (size_t i = 0; i < table->constraints.count; i++)
        if (table->constraints.items[i]->kind == CONSTRAINT_FOREIGN &&
            strlist_has(&table->constraints.items[i]->columns, column))
            return true;
    return false;
}

// Source: SQLAlchemy 2.0 sql/schema.py, PrimaryKeyConstraint._autoincrement_column.
const Column *table_autoincrement(const Table *table)
{
    const Constraint *key = table_primary_key(table);
    if (!key)
        return NULL;
    for (size_t i = 0; i < key->columns.count; i++) {
        const Column *column = table_column(table, key->columns.items[i]);
        if (!column)
            continue;
        TypeFamily family = type_family(column->type);
        bool integer = family == FAMILY_INTEGER || (family == FAMILY_NUMERIC && column->type->scale == 0);
        if (column->autoincrement == AUTOINCREMENT_TRUE)
            return integer ? column : NULL;
        bool automatic = column->autoincrement == AUTOINCREMENT_AUTO || column->autoincrement == AUTOINCREMENT_IGNORE_FK;
        if (key->columns.count == 1 && automatic && integer && !column->default_ &&
            (!column->has_python_default || column->sequence) &&
            (column->autoincrement == AUTOINCREMENT_IGNORE_FK || !has_foreign_key(table, column->name)))
            return column;
    }
    return NULL;
}

#define COPY_LIST(arena, copy, list)                                                                                        \
    do {                                                                                                                    \
        size_t n_ = (list).count;                                                                                           \
        void *items_ = arena_alloc((arena), sizeof *(list).items * (n_ + 1));                                               \
        if (n_)                                                                                                             \
            memcpy(items_, (list).items, sizeof *(list).items *n_);                                                         \
        (copy).items = items_;                                                                                              \
        (copy).count = n_;                                                                                                  \
        (copy).cap = n_ + 1;                                                                                                \
    } while (0)

Table *table_copy(Arena *arena, const Table *table)
{
    Table *copy = arena_new(arena, Table);
    *copy = *table;
    COPY_LIST(arena, copy->columns, table->columns);
    COPY_LIST(arena, copy->constraints, table->constraints);
    COPY_LIST(arena, copy->indexes, table->indexes);
    return copy;
}

Index *index_copy(Arena *arena, const Index *index)
{
    Index *copy = arena_new(arena, Index);
    *copy = *index;
    COPY_LIST(arena, copy->items, index->items);
    return copy;
}

Constraint *constraint_copy(Arena *arena, const Constraint *constraint)
{
    Constraint *copy = arena_new(arena, Constraint);
    *copy = *constraint;
    COPY_LIST(arena, copy->columns, constraint->columns);
    COPY_LIST(arena, copy->ref_columns, constraint->ref_columns);
    return copy;
}

Column *column_copy(Arena *arena, const Column *column)
{
    Column *copy = arena_new(arena, Column);
    *copy = *column;
    return copy;
}

void table_settle_key(Arena *arena, Table *table, bool null_stays)
{
    size_t at = 0;
    while (at < table->constraints.count && table->constraints.items[at]->kind != CONSTRAINT_PRIMARY)
        at++;
    if (at == table->constraints.count)
        return;
    const Constraint *key = table->constraints.items[at];
    memmove(&table->constraints.items[1], &table->constraints.items[0], at * sizeof table->constraints.items[0]);
    table->constraints.items[0] = key;
    for (size_t i = 0; i < table->columns.count; i++) {
        if (!strlist_has(&key->columns, table->columns.items[i]->name))
            continue;
        Column *column = column_copy(arena, table->columns.items[i]);
        column->primary_key = true;
        column->nullable = column->nullable && column->nullable_given && null_stays;
        table->columns.items[i] = column;
    }
}
