// What a revision takes for granted, so that a framed script can ask the database first: what inspectors answered from the
// chain, as far as the revision looked at it, and statements whose failure an except clause would have caught.
#include "alembic_int.h"

void forget_assumed(Alembic *a)
{
    a->answered.count = a->answered.cap = 0;
    a->answered.items = NULL;
    a->assumed = (AssumptionList){0};
}

const AssumptionList *alembic_assumed(const Alembic *a)
{
    return &a->assumed;
}

static void assume(Alembic *a, Assumption assumption)
{
    enum { LONGEST = 128 };   // no name is longer
    if (assumption.name.len > LONGEST || assumption.table.len > LONGEST)
        return;
    for (size_t i = 0; i < a->assumed.count; i++) {
        const Assumption *other = &a->assumed.items[i];
        // what was said first was said of the state before the revision changed it
        if (other->kind == assumption.kind && str_equal(other->schema, assumption.schema) &&
            str_equal(other->table, assumption.table) && str_equal(other->name, assumption.name))
            return;
    }
    vec_push(a->arena, &a->assumed, assumption);
}

static void assume_of(Alembic *a, const Answered *answered, Str text, bool is_there)
{
    bool table = answered->kind == ASSUMED_TABLE;
    assume(a, (Assumption){.kind = answered->kind,
                           .is_there = is_there,
                           .is_known = true,
                           .schema = answered->schema,
                           .table = table ? text : answered->table,
                           .name = table ? STR_EMPTY : text});
}

// ---- inspectors ----

static bool is_named(const Alembic *a, const Answered *answered, Str name)
{
    const Table *table = model_table(a->model, answered->schema, answered->table);
    const Constraint *c = table ? table_constraint(table, name) : NULL;
    if (!table || answered->kind == ASSUMED_TABLE || answered->kind == ASSUMED_COLUMN)
        return false;
    return (c && str_equal(c->name, name)) || (answered->kind == ASSUMED_INDEX && table_index(table, name));
}

void note_answer(Alembic *a, AssumedKind kind, Str schema, Str table, const StrList *names)
{
    Answered *answered = arena_new(a->arena, Answered);
    *answered = (Answered){.kind = kind, .schema = schema, .table = table, .names = map_open(a->arena)};
    vec_push(a->arena, &a->answered, answered);
    for (size_t i = 0; i < names->count; i++) {
        map_put(&answered->names, names->items[i], answered);
        // indexes and constraints are gone through, and what is found is dropped: each is taken for there that the chain has
        // named, as another server may choose another name
        if (is_named(a, answered, names->items[i]))
            assume_of(a, answered, names->items[i], true);
    }
}

void note_columns(Alembic *a, Str schema, Str table)
{
    assume(a, (Assumption){.kind = ASSUMED_OTHERS, .is_known = true, .schema = schema, .table = table});
}

void note_table(Alembic *a, Str schema, Str table, bool is_there)
{
    assume(a, (Assumption){.kind = ASSUMED_TABLE, .is_there = is_there, .is_known = true, .schema = schema, .table = table});
}

// What a text is compared with says which answer it is looked for in; only the latest count, as a loop over many tables
// compares without end.
enum { LATEST = 200 };

static size_t first_answer(const Alembic *a)
{
    return a->answered.count > LATEST ? a->answered.count - LATEST : 0;
}

// Tables and columns have the names that the chain gives them.
static bool is_taken(const Alembic *a, const Answered *answered, Str name)
{
    bool keys = answered->kind == ASSUMED_INDEX || answered->kind == ASSUMED_CONSTRAINT;
    return !keys || is_named(a, answered, name);
}

void note_compared(Host *host, Str left, Str right)
{
    Alembic *a = (Alembic *)host;
    for (size_t i = first_answer(a); i < a->answered.count; i++) {
        const Answered *answered = a->answered.items[i];
        bool has_left = map_get(&answered->names, left), has_right = map_get(&answered->names, right);
        if (has_left && has_right && str_equal(left, right) && is_taken(a, answered, left))
            assume_of(a, answered, left, true);
        else if (has_left != has_right)
            assume_of(a, answered, has_left ? right : left, false);
    }
}

// Whether the container is made of the answer's names, or of none where the answer is empty.
static bool is_made_of(Value among, const Answered *answered)
{
    bool is_dict = among.kind == VALUE_DICT;
    size_t count = is_dict ? among.dict->items.count : among.list->values.count;
    for (size_t i = 0; i < count; i++) {
        Value v = is_dict ? among.dict->items.items[i].key : among.list->values.items[i];
        if (v.kind == VALUE_STR && map_get(&answered->names, v.text))
            return true;
    }
    return !count && !map_size(&answered->names);
}

// One row of an answer, in which its fields are looked up.
static bool is_row(Value among)
{
    static const char *const fields[] = {"type", "column_names", "constrained_columns", "sqltext"};
    bool has = false;
    for (size_t i = 0; among.kind == VALUE_DICT && i < sizeof fields / sizeof fields[0]; i++)
        has |= dict_get_str(among.dict, str_from(fields[i])) != NULL;
    return has && dict_get_str(among.dict, STR("name"));
}

void note_sought(Host *host, Str text, Value among)
{
    Alembic *a = (Alembic *)host;
    bool holds = among.kind == VALUE_LIST || among.kind == VALUE_TUPLE || among.kind == VALUE_SET ||
                 among.kind == VALUE_DICT;
    if (!holds || !a->answered.count || is_row(among))
        return;
    for (size_t i = first_answer(a); i < a->answered.count; i++) {
        const Answered *answered = a->answered.items[i];
        bool has = map_get(&answered->names, text) != NULL;
        if (has ? is_taken(a, answered, text) : is_made_of(among, answered))
            assume_of(a, answered, text, has);
    }
}

// ---- except clauses ----

static bool has_name(const Table *table, AssumedKind kind, Str name)
{
    switch (kind) {
    case ASSUMED_TABLE: return true;
    case ASSUMED_COLUMN: return table_column(table, name);
    case ASSUMED_INDEX: return table_index(table, name);
    case ASSUMED_CONSTRAINT: return table_constraint(table, name);
    case ASSUMED_OTHERS:
    case ASSUMED_KINDS: break;
    }
    return false;
}

static void assume_caught(Alembic *a, const Op *op, AssumedKind kind, Str table, Str name, bool is_there)
{
    const Table *known = model_table(a->model, op->schema, table);
    bool has = known && has_name(known, kind, name), is_opaque = known && known->is_opaque;
    if (table.len && (kind == ASSUMED_TABLE || name.len))
        assume(a, (Assumption){.kind = kind,
                               .is_there = is_there,
                               .is_known = has == is_there && !is_opaque,
                               // another server may have given a constraint another name
                               .is_denied = has != is_there && known && !is_opaque && kind != ASSUMED_CONSTRAINT,
                               .at = op->at,
                               .schema = op->schema,
                               .table = table,
                               .name = name});
}

void note_caught(Alembic *a, const Op *op)
{
    if (op->if_exists || op->if_not_exists)
        return;
    switch (op->kind) {
    case OP_CREATE_TABLE: assume_caught(a, op, ASSUMED_TABLE, op->table, STR_EMPTY, false); break;
    case OP_DROP_TABLE: assume_caught(a, op, ASSUMED_TABLE, op->table, STR_EMPTY, true); break;
    case OP_RENAME_TABLE:
        assume_caught(a, op, ASSUMED_TABLE, op->table, STR_EMPTY, true);
        assume_caught(a, op, ASSUMED_TABLE, op->name, STR_EMPTY, false);
        break;
    case OP_ADD_COLUMN: assume_caught(a, op, ASSUMED_COLUMN, op->table, op->column->name, false); break;
    case OP_DROP_COLUMN: assume_caught(a, op, ASSUMED_COLUMN, op->table, op->name, true); break;
    case OP_ALTER_COLUMN:
        assume_caught(a, op, ASSUMED_COLUMN, op->table, op->name, true);
        if (op->change->new_name.len && !str_equal(op->change->new_name, op->name))
            assume_caught(a, op, ASSUMED_COLUMN, op->table, op->change->new_name, false);
        break;
    case OP_CREATE_INDEX: assume_caught(a, op, ASSUMED_INDEX, op->table, op->indexes.items[0]->name, false); break;
    case OP_DROP_INDEX: assume_caught(a, op, ASSUMED_INDEX, op->table, op->name, true); break;
    case OP_ADD_CONSTRAINT:
        assume_caught(a, op, ASSUMED_CONSTRAINT, op->table, op->constraints.items[0]->name, false);
        break;
    case OP_DROP_CONSTRAINT: assume_caught(a, op, ASSUMED_CONSTRAINT, op->table, op->name, true); break;
    case OP_BATCH:
        for (size_t i = 0; i < op->ops.count; i++)
            note_caught(a, op->ops.items[i]);
        break;
    case OP_TABLE_COMMENT:
    case OP_CREATE_ENUM:
    case OP_DROP_ENUM:
    case OP_CREATE_SEQUENCE:
    case OP_DROP_SEQUENCE:
    case OP_CREATE_SCHEMA:
    case OP_DROP_SCHEMA:
    case OP_EXECUTE:
    case OP_BULK_INSERT:
    case OP_AUTOCOMMIT_BEGIN:
    case OP_AUTOCOMMIT_END: break;
    }
}
