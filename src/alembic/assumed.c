// What a revision takes for granted, so that a framed script can ask the database first: what inspectors answered from the
// chain, as far as the revision looked at it, and statements whose failure an except clause would have caught.
#include "alembic_int.h"

void forget_assumed(Alembic *a)
{
    a->host.reflects = false;
    a->assumed = (AssumptionList){0};
}

const AssumptionList *alembic_assumed(const Alembic *a)
{
    return &a->assumed;
}

static void assume(Alembic *a, Assumption assumption)
{
    for (size_t i = 0; i < a->assumed.count; i++) {
        Assumption *other = &a->assumed.items[i];
        // what was said first was said of the state before the revision changed it
        if (other->kind == assumption.kind && other->part == assumption.part && other->table_id == assumption.table_id &&
            str_equal(other->schema, assumption.schema) && str_equal(other->table, assumption.table) &&
            str_equal(other->name, assumption.name)) {
            other->form |= assumption.form;
            return;
        }
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

static void assume_parts(Alembic *a, Str schema, Str table, size_t table_id, TablePart part)
{
    if (table_id)
        assume(a, (Assumption){.kind = ASSUMED_PARTS,
                               .is_there = true,
                               .is_known = true,
                               .schema = schema,
                               .table = table,
                               .table_id = table_id,
                               .part = part});
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

static Answered *answered_new(Alembic *a, AssumedKind kind, Str schema)
{
    Answered *answered = arena_new(a->arena, Answered);
    *answered = (Answered){.kind = kind, .schema = schema, .names = map_open(a->arena)};
    a->host.reflects = true;
    return answered;
}

static const Reflection *reflection_of(Alembic *a, Answered *answered, bool is_row, const Column *column)
{
    Reflection *reflection = arena_new(a->arena, Reflection);
    *reflection = (Reflection){answered, is_row, column ? column->name : STR_EMPTY, column ? column->id : 0};
    return reflection;
}

static void put_name(Answered *answered, Value name)
{
    if (name.kind == VALUE_STR)
        map_put(&answered->names, name.text, answered);
}

void note_tables_answer(Alembic *a, Str schema, Value names)
{
    Answered *answered = answered_new(a, ASSUMED_TABLE, schema);
    bool is_dict = answered->has_tables = names.kind == VALUE_DICT;   // a MetaData's: "schema.name" -> table
    *(is_dict ? &names.dict->reflection : &names.list->reflection) = reflection_of(a, answered, false, NULL);
    for (size_t i = 0; i < (is_dict ? names.dict->items.count : names.list->values.count); i++)
        put_name(answered, is_dict ? names.dict->items.items[i].key : names.list->values.items[i]);
}

void note_rows(Alembic *a, TablePart part, const Table *table, Value rows)
{
    AssumedKind kind = part == PART_COLUMNS ? ASSUMED_COLUMN : part == PART_INDEXES ? ASSUMED_INDEX : ASSUMED_CONSTRAINT;
    Answered *answered = answered_new(a, kind, table->schema);
    bool is_row = rows.kind == VALUE_DICT;   // the primary key
    answered->table = table->name;
    answered->table_id = table->id;
    answered->part = part;
    if (!is_row)
        rows.list->reflection = reflection_of(a, answered, false, NULL);
    for (size_t i = 0; i < (is_row ? 1 : rows.list->values.count); i++) {
        Dict *row = is_row ? rows.dict : rows.list->values.items[i].dict;
        const Value *name = dict_get_str(row, STR("name"));
        row->reflection = reflection_of(a, answered, true, kind == ASSUMED_COLUMN ? table->columns.items[i] : NULL);
        if (name->kind != VALUE_STR)
            continue;
        put_name(answered, *name);
        // indexes and constraints are gone through, and what is found is dropped: each is taken for there that the chain has
        // named, as another server may choose another name
        if (is_named(a, answered, name->text))
            assume_of(a, answered, name->text, true);
    }
}

void note_reflected(Alembic *a, const Table *table)
{
    note_reflected_part(a, table, PART_COLUMNS);
}

void note_reflected_part(Alembic *a, const Table *table, TablePart part)
{
    assume_parts(a, table->schema, table->name, table->id, part);
}

static void assume_form(Alembic *a, Str schema, Str table, size_t table_id, Str column, size_t column_id, unsigned form)
{
    if (table_id && column_id)
        assume(a, (Assumption){.kind = ASSUMED_FORM,
                               .is_there = true,
                               .is_known = true,
                               .schema = schema,
                               .table = table,
                               .name = column,
                               .table_id = table_id,
                               .column_id = column_id,
                               .form = form});
}

void note_reflected_type(Alembic *a, const Table *table, Str name)
{
    const Column *column = table_column(table, name);
    if (column)
        assume_form(a, table->schema, table->name, table->id, name, column->id, FORM_TYPE);
}

// Whoever looks at it so depends on all that there is of the kind.
static void assume_all(Alembic *a, const Answered *answered)
{
    if (answered->kind == ASSUMED_TABLE)
        assume(a, (Assumption){.kind = ASSUMED_TABLES, .is_there = true, .is_known = true, .schema = answered->schema});
    else
        assume_parts(a, answered->schema, answered->table, answered->table_id, answered->part);
}

static unsigned form_of(Str field)
{
    static const char *const fields[] = {"type", "nullable", "default"};
    for (unsigned i = 0; i < 3; i++)
        if (str_equal(field, str_from(fields[i])))
            return 1u << i;
    return FORM_TYPE | FORM_NULLABLE | FORM_DEFAULT;
}

void note_looked(Host *host, const void *reflection, Str field)
{
    Alembic *a = (Alembic *)host;
    const Reflection *looked = reflection;
    const Answered *answered = looked->answered;
    if (answered->kind == ASSUMED_TABLE && field.len) {   // one table of a MetaData
        const Table *table = map_get(&a->model->tables, field);
        if (table)
            note_reflected(a, table);
        return;
    }
    assume_all(a, answered);
    if (str_equal(field, STR("name")))
        return;
    for (MapEntry *e = map_first(&a->model->tables); e && answered->has_tables; e = map_next(&a->model->tables, e))
        if (str_equal(((const Table *)e->value)->schema, answered->schema))
            note_reflected(a, e->value);
    assume_form(a, answered->schema, answered->table, answered->table_id, looked->column, looked->column_id, form_of(field));
}

void note_table(Alembic *a, Str schema, Str table, bool is_there)
{
    assume(a, (Assumption){.kind = ASSUMED_TABLE, .is_there = is_there, .is_known = true, .schema = schema, .table = table});
}

void note_part(Alembic *a, AssumedKind kind, const Table *table, Str name, bool is_there)
{
    assume(a, (Assumption){.kind = kind,
                           .is_there = is_there,
                           .is_known = true,
                           .schema = table->schema,
                           .table = table->name,
                           .name = name});
}

// Tables and columns have the names that the chain gives them.
static bool is_taken(const Alembic *a, const Answered *answered, Str name)
{
    bool keys = answered->kind == ASSUMED_INDEX || answered->kind == ASSUMED_CONSTRAINT;
    return !keys || is_named(a, answered, name);
}

void note_sought(Host *host, const void *reflection, Str text)
{
    Alembic *a = (Alembic *)host;
    const Reflection *sought = reflection;
    const Answered *answered = sought->answered;
    bool has = map_get(&answered->names, text) != NULL;
    if (!sought->is_row && (!has || is_taken(a, answered, text)))
        assume_of(a, answered, text, has);
}

// ---- except clauses ----

static bool has_name(const Table *table, AssumedKind kind, Str name)
{
    switch (kind) {
    case ASSUMED_TABLE: return true;
    case ASSUMED_COLUMN: return table_column(table, name);
    case ASSUMED_INDEX: return table_index(table, name);
    case ASSUMED_CONSTRAINT: return table_constraint(table, name);
    case ASSUMED_TABLES:
    case ASSUMED_PARTS:
    case ASSUMED_FORM:
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

// One of `has` that `lacks` has not: it is there, or not, before the statement.
static void assume_part(Alembic *a, const Table *table, AssumedKind kind, Str name, bool is_there)
{
    if (name.len)
        note_part(a, kind, table, name, is_there);
}

static void assume_parts_of(Alembic *a, const Table *has, const Table *lacks, bool is_there)
{
    for (size_t i = 0; i < has->columns.count; i++)
        if (!table_column(lacks, has->columns.items[i]->name))
            assume_part(a, has, ASSUMED_COLUMN, has->columns.items[i]->name, is_there);
    for (size_t i = 0; i < has->indexes.count; i++)
        if (!table_index(lacks, has->indexes.items[i]->name))
            assume_part(a, has, ASSUMED_INDEX, has->indexes.items[i]->name, is_there);
    for (size_t i = 0; i < has->constraints.count; i++)
        if (has->constraints.items[i]->name.len && !table_constraint(lacks, has->constraints.items[i]->name))
            assume_part(a, has, ASSUMED_CONSTRAINT, has->constraints.items[i]->name, is_there);
}

void note_caught_sql(Alembic *a, Str sql, size_t mark)
{
    static const char *const words[] = {"IF", NULL};
    const Table *before, *after;
    if (sql_find_word(a->dialect, sql, words).len)   // IF EXISTS: it does not fail
        return;
    while (model_changed_table(a->model, &mark, &before, &after)) {
        const Table *one = before ? before : after;
        if (one && !before != !after) {
            assume(a, (Assumption){.kind = ASSUMED_TABLE,
                                   .is_there = before != NULL,
                                   .is_known = true,
                                   .schema = one->schema,
                                   .table = one->name});
        } else if (before && after && !before->is_opaque && !after->is_opaque) {
            assume_parts_of(a, before, after, true);
            assume_parts_of(a, after, before, false);
        }
    }
}
