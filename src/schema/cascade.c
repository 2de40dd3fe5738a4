// What the server drops along where a statement says CASCADE: the foreign keys that rest on a key, on a column or on a
// table.
#include "schema_int.h"

static bool same_set(const StrList *a, const StrList *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (!strlist_has(b, a->items[i]))
            return false;
    return a->count == b->count;
}

// Of two keys over the same columns nobody knows which one a foreign key rests on.
static bool has_other_key(const Table *table, const Constraint *key)
{
    for (size_t i = 0; i < table->constraints.count; i++) {
        const Constraint *c = table->constraints.items[i];
        if (c != key && (c->kind == CONSTRAINT_UNIQUE || c->kind == CONSTRAINT_PRIMARY) &&
            same_set(&c->columns, &key->columns))
            return true;
    }
    for (size_t i = 0; i < table->indexes.count; i++) {
        const Index *index = table->indexes.items[i];
        size_t same = 0;
        for (size_t k = 0; k < index->items.count; k++)
            same += strlist_has(&key->columns, index->items.items[k].column);
        if (index->unique && (index->raw.len || (same == index->items.count && same == key->columns.count)))
            return true;
    }
    return false;
}

static Tri rests_on(const Cascade *cascade, const Constraint *foreign)
{
    const Table *table = cascade->table;
    const Constraint *primary = table ? table_primary_key(table) : NULL;
    const StrList *columns = foreign->ref_columns.count || !primary ? &foreign->ref_columns : &primary->columns;
    if (cascade->whole)
        return TRI_TRUE;
    if (!table || table->is_opaque || !columns->count)
        return TRI_NONE;
    if (cascade->column.len)
        return strlist_has(columns, cascade->column) ? TRI_TRUE : TRI_FALSE;
    if (!cascade->key)
        return TRI_NONE;
    if (!same_set(columns, &cascade->key->columns))
        return TRI_FALSE;
    return has_other_key(table, cascade->key) ? TRI_NONE : TRI_TRUE;
}

static Table *without(Model *model, const Table *table, const Cascade *cascade, bool *unclear)
{
    Table *copy = table_copy(model->work, table);
    copy->constraints.count = 0;
    for (size_t i = 0; i < table->constraints.count; i++) {
        const Constraint *c = table->constraints.items[i];
        bool refers = c->kind == CONSTRAINT_FOREIGN && str_equal(c->ref_schema, cascade->schema) &&
                      str_equal(c->ref_table, cascade->name);
        Tri rests = refers ? rests_on(cascade, c) : TRI_FALSE;
        *unclear |= rests == TRI_NONE;
        if (rests != TRI_TRUE)
            vec_push(model->work, &copy->constraints, c);
    }
    return copy->constraints.count < table->constraints.count ? copy : NULL;
}

void model_cascade(Model *model, const Cascade *cascade, Span at)
{
    VEC(const Table *) changed = {0}, unclear = {0};
    for (MapEntry *e = map_first(&model->tables); e; e = map_next(&model->tables, e)) {
        bool is_unclear = false;
        const Table *copy = without(model, e->value, cascade, &is_unclear);
        if (copy)
            vec_push(model->work, &changed, copy);
        if (is_unclear)
            vec_push(model->work, &unclear, (const Table *)e->value);
    }
    for (size_t i = 0; i < changed.count; i++)
        model_put_table(model, changed.items[i]);
    for (size_t i = 0; i < unclear.count; i++)
        model_make_opaque(model, unclear.items[i]->schema, unclear.items[i]->name, at,
                          STR("a CASCADE may have dropped a foreign key of it"));
}
