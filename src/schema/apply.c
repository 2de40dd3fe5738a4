// Operations applied to the model. What contradicts it makes the table opaque: the server will judge the statement, and
// nothing further is claimed of the table's shape.
#include "schema_int.h"

static const Table *get(Model *model, const Op *op)
{
    return model_table(model, op->schema, op->table);
}

// The chain uses a table that it has neither made nor dropped: the database holds more than the chain tells.
static void note_unknown(Model *model, Str schema, Str name)
{
    if (!model_is_dropped(model, schema, name))
        model_make_incomplete(
            model, str_format(model->work, "the chain uses table \"%.*s\", which no revision creates", STR_ARGS(name)));
}

// Returns a changeable copy of the operation's table; an opaque one when the chain never built it.
static Table *edit(Model *model, const Op *op)
{
    const Table *table = get(model, op);
    if (table)
        return table_copy(model->work, table);
    note_unknown(model, op->schema, op->table);
    Table *unknown = arena_new(model->work, Table);
    unknown->schema = op->schema;
    unknown->name = op->table;
    unknown->is_opaque = true;
    unknown->why_opaque = model_why_unknown(model, op->schema, op->table);
    unknown->opaque_at = op->at;
    return unknown;
}

static void contradict(Table *table, const Op *op, const char *what)
{
    if (table->is_opaque)
        return;
    table->is_opaque = true;
    table->why_opaque = str_from(what);
    table->opaque_at = op->at;
}

static const Constraint *with_server_name(Model *model, const Table *table, const Constraint *constraint)
{
    Constraint *named = constraint_copy(model->work, constraint);
    if (!named->name.len && model->constraint_name)
        named->server_name = model->constraint_name(model->work, model->dialect, table, constraint);
    if (!named->name.len && model->usual_name)
        named->usual_name = model->usual_name(model->work, model->dialect, table, constraint);
    named->revision = model->revision;
    return named;
}

static void set_not_null(Model *model, Table *table, const StrList *columns)
{
    for (size_t i = 0; i < table->columns.count; i++) {
        if (!table->columns.items[i]->nullable || !strlist_has(columns, table->columns.items[i]->name))
            continue;
        Column *column = column_copy(model->work, table->columns.items[i]);
        column->nullable = false;
        table->columns.items[i] = column;
    }
}

static void add_constraint(Model *model, Table *table, const Constraint *constraint)
{
    vec_push(model->work, &table->constraints, with_server_name(model, table, constraint));
    if (constraint->kind == CONSTRAINT_PRIMARY)
        set_not_null(model, table, &constraint->columns);
}

// A column that is made is another than the one it may have been read from.
static const Column *fresh_column(Model *model, const Column *column)
{
    if (!column->id)
        return column;
    Column *copy = column_copy(model->work, column);
    copy->id = 0;
    return copy;
}

static void create_table(Model *model, Op *op)
{
    op->before = get(model, op);
    if (op->before && op->if_not_exists) {
        op->after = op->before;
        return;
    }
    Table *table = table_copy(model->work, op->created);
    table->id = 0;
    for (size_t i = 0; i < table->columns.count; i++)
        table->columns.items[i] = fresh_column(model, table->columns.items[i]);
    for (size_t i = 0; i < table->constraints.count; i++)
        table->constraints.items[i] = with_server_name(model, table, table->constraints.items[i]);
    for (size_t i = 0; i < op->indexes.count; i++)
        vec_push(model->work, &table->indexes, op->indexes.items[i]);
    if (op->before && !op->before->is_opaque)
        contradict(table, op, "the chain creates it twice");
    model_put_table(model, table);
    op->after = table;
}

static bool same_table(Str schema, Str name, Str other_schema, Str other)
{
    return str_equal(schema, other_schema) && str_equal(name, other);
}

// Points foreign keys of all tables from one table (or one of its columns) to its new name.
static void rename_references(Model *model, Str schema, Str table, Str column, Str new_name)
{
    VEC(const Table *) changed = {0};
    for (MapEntry *e = map_first(&model->tables); e; e = map_next(&model->tables, e)) {
        const Table *other = e->value;
        Table *copy = NULL;
        for (size_t i = 0; i < other->constraints.count; i++) {
            const Constraint *c = other->constraints.items[i];
            if (c->kind != CONSTRAINT_FOREIGN || !same_table(c->ref_schema, c->ref_table, schema, table) ||
                (column.len && !strlist_has(&c->ref_columns, column)))
                continue;
            copy = copy ? copy : table_copy(model->work, other);
            Constraint *moved = constraint_copy(model->work, c);
            if (!column.len)
                moved->ref_table = new_name;
            for (size_t k = 0; column.len && k < moved->ref_columns.count; k++)
                if (str_equal(moved->ref_columns.items[k], column))
                    moved->ref_columns.items[k] = new_name;
            copy->constraints.items[i] = moved;
        }
        if (copy)
            vec_push(model->work, &changed, copy);
    }
    for (size_t i = 0; i < changed.count; i++)
        model_put_table(model, changed.items[i]);
}

static void rename_table(Model *model, Op *op)
{
    op->before = get(model, op);
    rename_references(model, op->schema, op->table, STR_EMPTY, op->name);
    Table *table = edit(model, op);
    table->name = op->name;
    for (size_t i = 0; i < table->indexes.count; i++) {
        Index *index = index_copy(model->work, table->indexes.items[i]);
        index->table = op->name;
        index->raw = model_rename_in_text(model, index->raw, op->table, op->name);
        table->indexes.items[i] = index;
    }
    model_remove_table(model, op->schema, op->table);
    model_put_table(model, table);
    op->after = table;
}

// Moves the last column to where insert_before/insert_after says.
static void place_column(Table *table, Str name, Str before, Str after)
{
    size_t count = table->columns.count, from = count, to = count;
    if (!before.len && !after.len)
        return;
    for (size_t i = 0; i < count; i++)
        if (str_equal(table->columns.items[i]->name, name))
            from = i;
    if (from == count)
        return;
    const Column *moved = table->columns.items[from];
    memmove(&table->columns.items[from], &table->columns.items[from + 1],
            (count - from - 1) * sizeof table->columns.items[0]);
    for (size_t i = 0; i + 1 < count; i++) {
        if (before.len && str_equal(table->columns.items[i]->name, before))
            to = i;
        if (!before.len && str_equal(table->columns.items[i]->name, after))
            to = i + 1;
    }
    to = to == count ? count - 1 : to;
    memmove(&table->columns.items[to + 1], &table->columns.items[to], (count - 1 - to) * sizeof table->columns.items[0]);
    table->columns.items[to] = moved;
}

static void add_column(Model *model, Op *op)
{
    Table *table = edit(model, op);
    bool exists = table_column(table, op->column->name) != NULL;
    if (exists && !op->if_not_exists)
        contradict(table, op, "the chain adds one of its columns twice");
    if (!exists) {
        vec_push(model->work, &table->columns, fresh_column(model, op->column));
        place_column(table, op->column->name, op->insert_before, op->insert_after);
        for (size_t i = 0; i < op->constraints.count; i++)
            add_constraint(model, table, op->constraints.items[i]);
    }
    for (size_t i = 0; i < op->indexes.count; i++)
        vec_push(model->work, &table->indexes, op->indexes.items[i]);
    model_put_table(model, table);
    op->after = table;
}

// Drops a column, and with it what the server drops: constraints and indexes over it.
static void drop_column(Model *model, Op *op)
{
    Table *table = edit(model, op);
    size_t kept = 0;
    for (size_t i = 0; i < table->columns.count; i++)
        if (!str_equal(table->columns.items[i]->name, op->name))
            table->columns.items[kept++] = table->columns.items[i];
    if (kept == table->columns.count && !op->if_exists)
        contradict(table, op, "the chain drops a column of it that it never had");
    table->columns.count = kept;
    kept = 0;
    for (size_t i = 0; i < table->constraints.count; i++) {
        const Constraint *c = table->constraints.items[i];
        if (!strlist_has(&c->columns, op->name) && !str_equal(c->column, op->name) &&
            !expr_mentions_column(model, c->check, op->name) && !expr_mentions_column(model, c->where, op->name))
            table->constraints.items[kept++] = c;
    }
    table->constraints.count = kept;
    kept = 0;
    for (size_t i = 0; i < table->indexes.count; i++)
        if (!index_mentions_column(model, table->indexes.items[i], op->name))
            table->indexes.items[kept++] = table->indexes.items[i];
    table->indexes.count = kept;
    model_put_table(model, table);
    if (op->cascade) {
        Cascade cascade = {.schema = op->schema, .name = op->table, .table = op->before, .column = op->name};
        model_cascade(model, &cascade, op->at);
    }
    op->after = get(model, op);
}

static void rename_in_list(StrList *list, Str from, Str to)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_equal(list->items[i], from))
            list->items[i] = to;
}

static void rename_column(Model *model, Table *table, Str from, Str to)
{
    for (size_t i = 0; i < table->columns.count; i++) {
        if (!table->columns.items[i]->computed)
            continue;
        Column *copy = column_copy(model->work, table->columns.items[i]);
        Computed *computed = arena_new(model->work, Computed);
        *computed = *copy->computed;
        computed->expr = expr_rename_column(model, computed->expr, from, to);
        copy->computed = computed;
        table->columns.items[i] = copy;
    }
    for (size_t i = 0; i < table->constraints.count; i++) {
        const Constraint *c = table->constraints.items[i];
        bool self = c->kind == CONSTRAINT_FOREIGN && same_table(c->ref_schema, c->ref_table, table->schema, table->name);
        if (!strlist_has(&c->columns, from) && !str_equal(c->column, from) && !self && !c->check && !c->where)
            continue;
        Constraint *copy = constraint_copy(model->work, c);
        rename_in_list(&copy->columns, from, to);
        if (self)
            rename_in_list(&copy->ref_columns, from, to);
        if (str_equal(copy->column, from))
            copy->column = to;
        copy->check = expr_rename_column(model, copy->check, from, to);
        copy->where = expr_rename_column(model, copy->where, from, to);
        table->constraints.items[i] = copy;
    }
    for (size_t i = 0; i < table->indexes.count; i++) {
        Index *copy = index_copy(model->work, table->indexes.items[i]);
        for (size_t k = 0; k < copy->items.count; k++) {
            if (str_equal(copy->items.items[k].column, from))
                copy->items.items[k].column = to;
            copy->items.items[k].expr = expr_rename_column(model, copy->items.items[k].expr, from, to);
        }
        copy->options = options_rename_column(model, &copy->options, from, to);
        copy->raw = model_rename_in_text(model, copy->raw, from, to);
        table->indexes.items[i] = copy;
    }
}

static const Column *end_of(const Table *table, const StrList *columns, size_t at)
{
    return table && !table->is_opaque && at < columns->count ? table_column(table, columns->items[at]) : NULL;
}

// Of a foreign key that names no columns of the other table, its primary key is meant.
static void note_foreign_use(Model *model, Op *op, const Table *table, const Constraint *c)
{
    const Table *to = model_table(model, c->ref_schema, c->ref_table);
    const Constraint *key = to ? table_primary_key(to) : NULL;
    const StrList *referred = c->ref_columns.count || !key ? &c->ref_columns : &key->columns;
    bool is_own = same_table(table->schema, table->name, op->schema, op->table);
    for (size_t i = 0; is_own && i < c->columns.count; i++)
        if (str_equal(c->columns.items[i], op->name))
            vec_push(model->work, &op->foreign_uses, ((ForeignUse){table, c, false, end_of(to, referred, i)}));
    bool is_other = same_table(c->ref_schema, c->ref_table, op->schema, op->table);
    for (size_t i = 0; is_other && i < referred->count; i++)
        if (str_equal(referred->items[i], op->name))
            vec_push(model->work, &op->foreign_uses, ((ForeignUse){table, c, true, end_of(table, &c->columns, i)}));
}

static void note_foreign_uses(Model *model, Op *op)
{
    for (MapEntry *e = map_first(&model->tables); e; e = map_next(&model->tables, e)) {
        const Table *table = e->value;
        for (size_t i = 0; !table->is_opaque && i < table->constraints.count; i++)
            if (table->constraints.items[i]->kind == CONSTRAINT_FOREIGN)
                note_foreign_use(model, op, table, table->constraints.items[i]);
    }
}

static void alter_column(Model *model, Op *op)
{
    const ColumnChange *change = op->change;
    if (change->new_name.len)
        rename_references(model, op->schema, op->table, op->name, change->new_name);
    Table *table = edit(model, op);
    size_t at = 0;
    while (at < table->columns.count && !str_equal(table->columns.items[at]->name, op->name))
        at++;
    if (at == table->columns.count) {
        contradict(table, op, "the chain alters a column of it that it never had");
        model_put_table(model, table);
        op->after = table;
        return;
    }
    Column *column = column_copy(model->work, table->columns.items[at]);
    if (change->type)
        column->type = change->type;
    if (change->has_nullable)
        column->nullable = change->nullable;
    if (change->has_default) {
        column->default_ = change->default_;
        column->identity = change->identity;
    }
    if (change->has_comment) {
        column->comment = change->comment;
        column->has_comment = !change->comment_is_none;
    }
    if (change->has_autoincrement)
        column->autoincrement = change->autoincrement ? AUTOINCREMENT_TRUE : AUTOINCREMENT_FALSE;
    table->columns.items[at] = column;
    if (change->new_name.len) {
        column->name = change->new_name;
        rename_column(model, table, op->name, change->new_name);
    }
    place_column(table, column->name, op->insert_before, op->insert_after);
    model_put_table(model, table);
    op->after = table;
}

static void create_index(Model *model, Op *op)
{
    Table *table = edit(model, op);
    const Index *index = op->indexes.items[0];
    for (size_t i = 0; i < table->indexes.count; i++)
        if (str_equal(table->indexes.items[i]->name, index->name)) {
            if (!op->if_not_exists) {
                contradict(table, op, "the chain creates one of its indexes twice");
                model_put_table(model, table);
            }
            op->after = get(model, op);
            return;
        }
    vec_push(model->work, &table->indexes, index);
    model_put_table(model, table);
    op->after = table;
}

// DROP INDEX may come without its table: any table that has the index is meant.
static const Table *find_index(Model *model, Op *op)
{
    for (MapEntry *e = map_first(&model->tables); e; e = map_next(&model->tables, e)) {
        const Table *table = e->value;
        for (size_t i = 0; i < table->indexes.count; i++)
            if (str_equal(table->indexes.items[i]->name, op->name) && str_equal(table->schema, op->schema))
                return table;
    }
    return NULL;
}

static void drop_index(Model *model, Op *op)
{
    const Table *old = op->table.len ? get(model, op) : find_index(model, op);
    op->before = op->after = old;
    if (!old)
        return;
    Table *table = table_copy(model->work, old);
    size_t kept = 0;
    for (size_t i = 0; i < table->indexes.count; i++)
        if (!str_equal(table->indexes.items[i]->name, op->name))
            table->indexes.items[kept++] = table->indexes.items[i];
    if (kept == table->indexes.count)
        return;   // made by raw SQL, or by a constraint: the rest of the table is as it was
    table->indexes.count = kept;
    model_put_table(model, table);
    op->after = table;
}

// SQLite gives a constraint without a name none, so a chain that was written for PostgreSQL can mean only the one that has
// the name there: if another were there, the table would not be as the model has it, and no script would touch it.
static const Constraint *usually_called(const Table *table, const Op *op)
{
    for (size_t i = 0; op->name.len && !op->if_exists && i < table->constraints.count; i++) {
        const Constraint *c = table->constraints.items[i];
        if (str_equal(c->usual_name, op->name) && (!op->has_constraint_kind || op->constraint_kind == c->kind))
            return c;
    }
    return NULL;
}

static void drop_constraint(Model *model, Op *op)
{
    Table *table = edit(model, op);
    const Constraint *dropped = op->dropped ? op->dropped : table_constraint(table, op->name);
    if (!dropped)
        dropped = op->dropped = usually_called(table, op);
    if (!dropped && op->has_constraint_kind && op->constraint_kind == CONSTRAINT_PRIMARY)
        dropped = table_primary_key(table);
    size_t kept = 0;
    for (size_t i = 0; i < table->constraints.count; i++)
        if (table->constraints.items[i] != dropped)
            table->constraints.items[kept++] = table->constraints.items[i];
    table->constraints.count = kept;
    if (!dropped && !op->if_exists)
        contradict(table, op, "the chain drops a constraint of it whose name it does not know");
    model_put_table(model, table);
    bool is_key = !dropped || dropped->kind == CONSTRAINT_PRIMARY || dropped->kind == CONSTRAINT_UNIQUE;
    if (op->cascade && is_key) {
        Cascade cascade = {.schema = op->schema, .name = op->table, .table = op->before, .key = dropped};
        model_cascade(model, &cascade, op->at);
    }
    op->after = get(model, op);
}

static void table_comment(Model *model, Op *op)
{
    Table *table = edit(model, op);
    table->comment = op->comment;
    table->has_comment = !op->comment_is_none;
    model_put_table(model, table);
    op->after = table;
}

static void create_enum(Model *model, Op *op)
{
    NamedType *type = arena_new(model->work, NamedType);
    *type = (NamedType){op->type->schema, op->type->name, op->type->labels, op->is_implicit, model->revision};
    model_put_type(model, type);
    if (op->is_implicit && model->revision != SIZE_MAX)
        vec_push(model->arena, &model->implicit, named_type_clone(model->arena, type));
}

// What is in the schema goes with it where the statement says so, and on MySQL always; elsewhere the server refuses to drop
// one that holds anything.
static void drop_schema(Model *model, const Op *op)
{
    VEC(const Table *) inside = {0};
    for (const MapEntry *e = map_first(&model->tables); e; e = map_next(&model->tables, e))
        if (str_equal(((const Table *)e->value)->schema, op->name))
            vec_push(model->work, &inside, (const Table *)e->value);
    for (size_t i = 0; i < inside.count; i++)
        model_remove_table(model, inside.items[i]->schema, inside.items[i]->name);
}

// Where a batch makes the table anew, a primary key takes the place of the one that is there; elsewhere the server refuses
// it. Source: Alembic 1.19.2 operations/batch.py, ApplyBatchImpl.add_constraint().
static void leave_primary_key(Model *model, const Op *op)
{
    const Table *table = model_table(model, op->schema, op->table);
    const Constraint *key = table ? table_primary_key(table) : NULL;
    if (!key || op->kind != OP_ADD_CONSTRAINT || op->constraints.items[0]->kind != CONSTRAINT_PRIMARY)
        return;
    Table *copy = table_copy(model->work, table);
    copy->constraints.count = 0;
    for (size_t i = 0; i < table->constraints.count; i++)
        if (table->constraints.items[i] != key)
            vec_push(model->work, &copy->constraints, table->constraints.items[i]);
    model_put_table(model, copy);
}

static void apply_batch(Model *model, Op *op)
{
    for (size_t i = 0; i < op->ops.count; i++) {
        leave_primary_key(model, op->ops.items[i]);
        model_apply(model, op->ops.items[i]);
    }
    const Table *table = get(model, op);
    if (table && !table->is_reflected && !str_equal(op->recreate, STR("never"))) {
        Table *copy = table_copy(model->work, table);
        copy->is_reflected = true;
        model_put_table(model, copy);
    }
    op->after = get(model, op);
}

void model_apply(Model *model, Op *op)
{
    if (op->dml) {   // whose table it writes: the renderer may have to know its columns
        op->schema = op->dml->table->schema;
        op->table = op->dml->table->name;
    }
    if (op->kind != OP_DROP_INDEX)
        op->before = op->table.len ? get(model, op) : NULL;
    op->after = op->before;
    op->why_unknown = op->table.len && !op->before ? model_why_unknown(model, op->schema, op->table) : STR_EMPTY;
    switch (op->kind) {
    case OP_CREATE_TABLE: create_table(model, op); break;
    case OP_DROP_TABLE:
        if (!model_table(model, op->schema, op->table) && !op->if_exists)
            note_unknown(model, op->schema, op->table);
        model_remove_table(model, op->schema, op->table);
        op->after = NULL;
        break;
    case OP_RENAME_TABLE: rename_table(model, op); break;
    case OP_ADD_COLUMN: add_column(model, op); break;
    case OP_DROP_COLUMN:
        note_foreign_uses(model, op);
        drop_column(model, op);
        break;
    case OP_ALTER_COLUMN:
        note_foreign_uses(model, op);
        alter_column(model, op);
        break;
    case OP_CREATE_INDEX: create_index(model, op); break;
    case OP_DROP_INDEX: drop_index(model, op); break;
    case OP_ADD_CONSTRAINT: {
        Table *table = edit(model, op);
        add_constraint(model, table, op->constraints.items[0]);
        model_put_table(model, table);
        op->after = table;
        break;
    }
    case OP_DROP_CONSTRAINT: drop_constraint(model, op); break;
    case OP_TABLE_COMMENT: table_comment(model, op); break;
    case OP_CREATE_ENUM: create_enum(model, op); break;
    case OP_DROP_ENUM: model_remove_type(model, op->type->schema, op->type->name); break;
    case OP_BATCH: apply_batch(model, op); break;
    case OP_DROP_SCHEMA: drop_schema(model, op); break;
    case OP_CREATE_SCHEMA:
    case OP_CREATE_SEQUENCE:
    case OP_DROP_SEQUENCE:
    case OP_EXECUTE:
    case OP_BULK_INSERT:
    case OP_AUTOCOMMIT_BEGIN:
    case OP_AUTOCOMMIT_END: break;
    }
}
