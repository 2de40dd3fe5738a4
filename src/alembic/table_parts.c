// What a described table is made of, asked for or added later: its foreign keys, and the joins that follow from them.
#include "statements_int.h"

// table.append_column(column), table.append_constraint(constraint)
bool table_append(Call *call)
{
    TableObject *object = (TableObject *)call->self;
    const Value *item = call_value(call, 0, call->extra == OBJECT_COLUMN ? "column" : "constraint");
    *call->result = VALUE_OF_NONE;
    if (item && !call_known(call, call->args->at, *item, "column"))
        return false;
    if (!item || !host_of(*item, (ObjectKind)call->extra) || call->args->count != 1 || object->mapped)
        return call_refuse(call, call->args->at, "Describe the table with all its columns.",
                           "%s() is called with more than a %s", call->name,
                           call->extra == OBJECT_COLUMN ? "column" : "constraint");
    if (object->table) {
        // others may hold it as it was
        object->table = table_copy(call->a->arena, object->table);
        IndexList indexes = object->indexes;
        indexes.cap = indexes.count;
        object->indexes = indexes;
        if (!extend_table(call, call->args, object->table, &object->indexes))
            return false;
    }
    if (call->extra == OBJECT_COLUMN)
        add_ref_column(call->a, object->ref, item->host);
    return true;
}

// table.foreign_keys: one for each column of each constraint; an unnamed constraint of a reflected table has the server's
// name.
bool foreign_keys(Call *call, TableObject *table, Value *result)
{
    Arena *arena = call->a->arena;
    *result = value_list(arena, VALUE_LIST);
    for (size_t i = 0; i < table->table->constraints.count; i++) {
        const Constraint *given = table->table->constraints.items[i];
        if (given->kind != CONSTRAINT_FOREIGN)
            continue;
        Constraint *constraint = constraint_copy(arena, given);
        constraint->name = constraint->name.len ? constraint->name : constraint->server_name;
        for (size_t k = 0; k < constraint->columns.count; k++) {
            ConstraintObject *key = arena_new(arena, ConstraintObject);
            *key = (ConstraintObject){
                .host = {.kind = OBJECT_FOREIGN_KEY}, .constraint = constraint, .table = &table->host, .part = k};
            vec_push(arena, &result->list->values, value_host(&key->host));
        }
    }
    return true;
}

static bool column_named(Call *call, TableObject *table, Str name, Value *result, bool *found)
{
    const TableRef *ref = table->ref;
    for (size_t i = 0; i < ref->columns.count; i++)
        if (str_equal(ref->columns.items[i].name, name)) {
            *result = expr_value(call->a, column_of(call->a, ref, i, call->args->at));
            return true;
        }
    *found = false;
    return true;
}

// Returns the table that a foreign key of `table` points to, among those that its MetaData has; NULL: none is known.
static TableObject *referred_table(Call *call, const TableObject *table, const Constraint *constraint)
{
    if (str_equal(constraint->ref_table, table->ref->name) && str_equal(constraint->ref_schema, table->ref->schema))
        return (TableObject *)(uintptr_t)table;
    if (!table->metadata)
        return NULL;
    return (TableObject *)host_of(
        metadata_table(table->metadata, call->a->arena, constraint->ref_schema, constraint->ref_table), OBJECT_TABLE);
}

bool foreign_key_attribute(Call *call, ConstraintObject *key, Str name, Value *result, bool *found)
{
    const Constraint *constraint = key->constraint;
    TableObject *table = (TableObject *)key->table;
    *found = true;
    if (table && str_equal(name, STR("parent")))
        return column_named(call, table, constraint->columns.items[key->part], result, found);
    if (table && str_equal(name, STR("constraint"))) {
        ConstraintObject *whole = arena_new(call->a->arena, ConstraintObject);
        *whole = (ConstraintObject){
            .host = {.kind = OBJECT_CONSTRAINT}, .constraint = key->constraint, .table = key->table, .info = VALUE_OF_NONE};
        *result = value_host(&whole->host);
        return true;
    }
    if (table && str_equal(name, STR("column")) && key->part < constraint->ref_columns.count) {
        TableObject *referred = referred_table(call, table, constraint);
        if (referred)
            return column_named(call, referred, constraint->ref_columns.items[key->part], result, found);
    }
    *found = false;
    return true;
}

// ---- joins without a condition ----

typedef VEC(const TableRef *) RefList;

static void joined_tables(Arena *arena, const From *from, RefList *refs)
{
    if (from->table)
        vec_push(arena, refs, from->table);
    if (from->left)
        joined_tables(arena, from->left, refs);
    if (from->right)
        joined_tables(arena, from->right, refs);
}

// The shape of a table that a FROM names; NULL: it is not described.
static bool shape_of(Call *call, const TableRef *ref, const Table **shape)
{
    TableObject *object = ref->object;
    *shape = NULL;
    if (!object || ref->select || ref->alias.len)
        return true;
    if (!object->table && object->mapped && !mapped_class_build(call, object))
        return false;
    *shape = object->table;
    return true;
}

typedef struct Links {
    size_t constraints;   // found between the two sides
    ExprList pairs;       // of the last one
} Links;

static const Expr *column_expr(Call *call, const TableRef *ref, Str name)
{
    for (size_t i = 0; i < ref->columns.count; i++)
        if (str_equal(ref->columns.items[i].name, name))
            return column_of(call->a, ref, i, call->args->at);
    return NULL;
}

// Adds the foreign keys of `from` that point to `to`: each pair is "referred = referring".
static bool add_links(Call *call, const TableRef *from, const TableRef *to, Links *links)
{
    const Table *table;
    if (!shape_of(call, from, &table))
        return false;
    if (!table)
        return call_refuse(call, call->args->at, "Give join() its condition.",
                           "the condition of a join is not given, and the foreign keys of \"%.*s\" are not known",
                           STR_ARGS(from->name));
    for (size_t i = 0; i < table->constraints.count; i++) {
        const Constraint *constraint = table->constraints.items[i];
        if (constraint->kind != CONSTRAINT_FOREIGN || !str_equal(constraint->ref_table, to->name) ||
            !str_equal(constraint->ref_schema, to->schema))
            continue;
        links->constraints++;
        links->pairs = (ExprList){0};
        for (size_t c = 0; c < table->columns.count; c++) {
            size_t k = 0;
            while (k < constraint->columns.count && !str_equal(constraint->columns.items[k], table->columns.items[c]->name))
                k++;
            if (k == constraint->columns.count || k >= constraint->ref_columns.count)
                continue;
            const Expr *sides[2] = {column_expr(call, to, constraint->ref_columns.items[k]),
                                    column_expr(call, from, constraint->columns.items[k])};
            if (!sides[0] || !sides[1])
                return call_refuse(call, call->args->at, "Give join() its condition.",
                                   "a foreign key of \"%.*s\" names a column that is not described", STR_ARGS(from->name));
            vec_push(call->a->arena, &links->pairs, expr_make(call->a, EXPR_BINARY, EXPR_OP_EQ, call->args->at, 2, sides));
        }
    }
    return true;
}

// Exactly one foreign key between both sides says it.
// Source: SQLAlchemy 2.0.52 sql/selectable.py, Join._joincond_scan_left_right().
bool join_condition(Call *call, const From *left, const From *right, const Expr **on)
{
    RefList lefts = {0}, rights = {0};
    Links links = {0};
    joined_tables(call->a->arena, left, &lefts);
    joined_tables(call->a->arena, right, &rights);
    for (size_t i = 0; i < lefts.count; i++)
        for (size_t k = 0; k < rights.count; k++)
            if (!add_links(call, rights.items[k], lefts.items[i], &links) ||
                !add_links(call, lefts.items[i], rights.items[k], &links))
                return false;
    if (links.constraints != 1 || !links.pairs.count)
        return call_refuse(call, call->args->at, "Give join() its condition.",
                           links.constraints ? "more than one foreign key could be the condition of a join"
                                             : "no foreign key says what the condition of a join is");
    *on = links.pairs.count == 1
              ? links.pairs.items[0]
              : expr_make(call->a, EXPR_AND, EXPR_OP_EQ, call->args->at, links.pairs.count, links.pairs.items);
    return true;
}
