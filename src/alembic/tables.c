// sa.Column, constraints and indexes, and the tables built of them.
#include "alembic_int.h"
#include "ops_int.h"

// ---- names by convention ----

static bool first_columns(Alembic *a, const StrList *columns, Str token, Str table, Str *value)
{
    if (!columns->count)
        return false;
    if (str_equal(token, STR("column_0_name")) || str_equal(token, STR("column_0_key")))
        *value = columns->items[0];
    else if (str_equal(token, STR("column_0_label")))
        *value = str_format(a->arena, "%.*s_%.*s", STR_ARGS(table), STR_ARGS(columns->items[0]));
    else if (str_equal(token, STR("column_0_N_name")) || str_equal(token, STR("column_0_N_key")))
        *value = strlist_join(a->arena, columns, STR("_"));
    else if (str_equal(token, STR("column_0N_name")) || str_equal(token, STR("column_0N_key")))
        *value = strlist_join(a->arena, columns, STR_EMPTY);
    else
        return false;
    return true;
}

// Fills "%(table_name)s_..." in; empty when a token has no value here.
// A table's schema stands in a column's label. Source: SQLAlchemy 2.0.52 sql/elements.py, ColumnClause._gen_tq_label.
static Str fill_convention(Alembic *a, Str pattern, Str schema, Str table, const StrList *columns,
                           const Constraint *constraint)
{
    Str label = table;
    if (schema.len)
        label = str_format(a->arena, "%.*s_%.*s", STR_ARGS(str_replace(a->arena, schema, STR("."), STR("_"))),
                           STR_ARGS(table));
    Buf out = buf_open(a->arena);
    for (size_t i = 0; i < pattern.len;) {
        size_t close = str_find(pattern, STR(")s"), i);
        if (pattern.ptr[i] != '%' || i + 1 >= pattern.len || pattern.ptr[i + 1] != '(' || close == SIZE_MAX) {
            buf_add_char(&out, pattern.ptr[i++]);
            continue;
        }
        Str token = str_slice(pattern, i + 2, close), value = STR_EMPTY;
        if (str_equal(token, STR("table_name")))
            value = table;
        else if (constraint && str_equal(token, STR("constraint_name")) && constraint->name.len)
            value = constraint->name;
        else if (constraint && str_equal(token, STR("referred_table_name")))
            value = constraint->ref_table;
        else if (constraint && str_equal(token, STR("referred_column_0_name")) && constraint->ref_columns.count)
            value = constraint->ref_columns.items[0];
        else if (!first_columns(a, columns, token, label, &value))
            return STR_EMPTY;
        buf_add(&out, value);
        i = close + 2;
    }
    return buf_str(&out);
}

// A name made by op.f() or a convention that is longer than the server takes keeps its beginning and gets four digits.
// Source: SQLAlchemy 2.0.52 sql/compiler.py, IdentifierPreparer.truncate_and_render_constraint_name.
Str name_shortened(Alembic *a, Str name)
{
    size_t most = a->dialect->max_identifier_length;
    if (!most || utf8_length(name) <= most)
        return name;
    uint8_t digest[16];
    md5(name, digest);
    size_t end = 0;
    for (size_t i = 0; i < most - 8; i++) {
        uint32_t code;
        end += utf8_decode(str_slice(name, end, name.len), &code);
    }
    return str_format(a->arena, "%.*s_%02x%02x", STR_ARGS(str_slice(name, 0, end)), digest[14], digest[15]);
}

static void name_by(Alembic *a, const NamingConvention *naming, const Table *table, Constraint *constraint)
{
    const Str patterns[] = {naming->pk, naming->uq, naming->fk, naming->ck, STR_EMPTY};
    Str pattern = patterns[constraint->kind];
    bool uses_name = str_find(pattern, STR("%(constraint_name)s"), 0) != SIZE_MAX;
    if (!pattern.len || constraint->name_is_final || (constraint->name.len && !uses_name) ||
        (!constraint->name.len && uses_name))
        return;
    StrList columns = constraint->columns;
    if (constraint->kind == CONSTRAINT_CHECK && constraint->column.len && !columns.count)
        vec_push(a->arena, &columns, constraint->column);
    Str name = fill_convention(a, pattern, table->schema, table->name, &columns, constraint);
    if (name.len)
        constraint->name = name_shortened(a, name);
}

void name_constraint(Alembic *a, const Table *table, Constraint *constraint)
{
    name_by(a, &a->project->settings.naming, table, constraint);
}

void name_unnamed(Alembic *a, const Table *table, const NamingConvention *naming)
{
    Table *named = table_copy(a->arena, table);
    for (size_t i = 0; i < named->constraints.count; i++) {
        if (named->constraints.items[i]->name.len || named->constraints.items[i]->kind == CONSTRAINT_CHECK)
            continue;
        Constraint *constraint = constraint_copy(a->arena, named->constraints.items[i]);
        name_by(a, naming, table, constraint);
        named->constraints.items[i] = constraint;
    }
    model_put_table(a->model, named);
}

Str name_index(Alembic *a, Str schema, Str table, const Index *index)
{
    StrList columns = {0};
    for (size_t i = 0; i < index->items.count; i++)
        if (index->items.items[i].column.len)
            vec_push(a->arena, &columns, index->items.items[i].column);
    Str pattern = a->project->settings.naming.ix.len ? a->project->settings.naming.ix : STR("ix_%(column_0_label)s");
    return name_shortened(a, fill_convention(a, pattern, schema, table, &columns, NULL));
}

// ---- constraints ----

static Constraint *constraint_new(Call *call, ConstraintKind kind)
{
    Constraint *constraint = arena_new(call->a->arena, Constraint);
    constraint->kind = kind;
    constraint->at = call->args->at;
    return constraint;
}

static Value constraint_value(Call *call, Constraint *constraint)
{
    ConstraintObject *object = arena_new(call->a->arena, ConstraintObject);
    *object = (ConstraintObject){.host = {.kind = OBJECT_CONSTRAINT}, .constraint = constraint};
    if (call->a->attaching)
        call->a->attaching->made++;
    return value_host(&object->host);
}

bool read_constraint_options(Call *call, Constraint *constraint)
{
    bool deferrable = false;
    const Value *given = call_value(call, SIZE_MAX, "deferrable");
    if (!call_bool(call, SIZE_MAX, "deferrable", &deferrable) ||
        !call_str(call, SIZE_MAX, "initially", &constraint->initially) ||
        !call_str(call, SIZE_MAX, "ondelete", &constraint->on_delete) ||
        !call_str(call, SIZE_MAX, "onupdate", &constraint->on_update) ||
        !call_str(call, SIZE_MAX, "match", &constraint->match) ||
        !call_bool(call, SIZE_MAX, "use_alter", &constraint->use_alter))
        return false;
    if (given && !value_is_none(*given))
        constraint->deferrable = deferrable ? TRI_TRUE : TRI_FALSE;
    if (call->a->dialect->id != DIALECT_POSTGRESQL && str_find_char(constraint->on_delete, '(', 0) != SIZE_MAX)
        return interp_raise(call->in, call->args->at, STR("CompileError"), "Unexpected SQL phrase: '%.*s'",
                            STR_ARGS(constraint->on_delete));
    return call_options(call, &constraint->options);
}

// "schema.table.column" or "table.column"
static void split_reference(Str text, Constraint *constraint, Arena *arena)
{
    size_t last = SIZE_MAX, before = SIZE_MAX;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '.') {
            before = last;
            last = i;
        }
    Str column = last == SIZE_MAX ? STR_EMPTY : str_slice(text, last + 1, text.len);
    Str table = last == SIZE_MAX ? text : str_slice(text, before == SIZE_MAX ? 0 : before + 1, last);
    constraint->ref_table = table;
    constraint->ref_schema = before == SIZE_MAX ? STR_EMPTY : str_slice(text, 0, before);
    vec_push(arena, &constraint->ref_columns, column);
}

static bool read_reference(Call *call, Span at, Value value, Constraint *constraint)
{
    Str text;
    if (!call_known(call, at, value, "column"))
        return false;
    HostObject *expr = host_of(value, OBJECT_EXPR);
    if (expr && ((ExprObject *)expr)->expr->kind == EXPR_COLUMN && ((ExprObject *)expr)->expr->table) {
        constraint->ref_table = ((ExprObject *)expr)->expr->table->name;
        constraint->ref_schema = ((ExprObject *)expr)->expr->table->schema;
        vec_push(call->a->arena, &constraint->ref_columns, ((ExprObject *)expr)->expr->text);
        return true;
    }
    ColumnObject *column = (ColumnObject *)host_of(value, OBJECT_COLUMN);
    if (column && column->table && column->column->name.len) {
        constraint->ref_table = column->table->name;
        constraint->ref_schema = column->table->schema;
        vec_push(call->a->arena, &constraint->ref_columns, column->column->name);
        return true;
    }
    if (!is_text(value, &text))
        return call_refuse(call, at, "Write it as \"table.column\".", "a foreign key's target is not a text");
    split_reference(text, constraint, call->a->arena);
    return true;
}

static bool foreign_key(Call *call)
{
    Constraint *constraint = constraint_new(call, CONSTRAINT_FOREIGN);
    const Value *target = call_value(call, 0, "column");
    if (!target || !read_reference(call, call->args->at, *target, constraint) ||
        !call_name(call, SIZE_MAX, "name", &constraint->name, &constraint->name_is_final) ||
        !read_constraint_options(call, constraint))
        return target ? false
                      : interp_raise(call->in, call->args->at, STR("TypeError"),
                                     "ForeignKey() missing a required argument: 'column'");
    ConstraintObject *object = arena_new(call->a->arena, ConstraintObject);
    *object = (ConstraintObject){.host = {.kind = OBJECT_FOREIGN_KEY}, .constraint = constraint};
    *call->result = value_host(&object->host);
    return true;
}

// Source: SQLAlchemy 2.0.52 sql/schema.py, ForeignKeyConstraint.__init__().
bool check_pairs(Call *call, const Constraint *constraint)
{
    return constraint->columns.count == constraint->ref_columns.count || !constraint->ref_columns.count ||
           interp_raise(call->in, call->args->at, STR("ArgumentError"), "a foreign key has %zu columns and refers to %zu",
                        constraint->columns.count, constraint->ref_columns.count);
}

static bool foreign_key_constraint(Call *call)
{
    Constraint *constraint = constraint_new(call, CONSTRAINT_FOREIGN);
    const Value *targets = call_value(call, 1, "refcolumns");
    Value list;
    if (!targets)
        return interp_raise(call->in, call->args->at, STR("TypeError"),
                            "ForeignKeyConstraint() missing a required argument: 'refcolumns'");
    if (!call_names(call, 0, "columns", &constraint->columns) || !call_known(call, call->args->at, *targets, "refcolumns") ||
        !interp_iterate(call->in, call->args->at, *targets, &list) ||
        !call_name(call, 2, "name", &constraint->name, &constraint->name_is_final) ||
        !call_str(call, 3, "onupdate", &constraint->on_update) || !call_str(call, 4, "ondelete", &constraint->on_delete) ||
        !read_constraint_options(call, constraint))
        return false;
    for (size_t i = 0; i < list.list->values.count; i++)
        if (!read_reference(call, call->args->at, list.list->values.items[i], constraint))
            return false;
    *call->result = constraint_value(call, constraint);
    return check_pairs(call, constraint);
}

static bool column_constraint(Call *call)
{
    Constraint *constraint = constraint_new(call, (ConstraintKind)call->extra);
    for (size_t i = 0; i < call->args->positional; i++) {
        Value value = call->args->items[i].value;
        Str name;
        if (!call_known(call, call->args->items[i].at, value, "columns"))
            return false;
        HostObject *expr = host_of(value, OBJECT_EXPR), *column = host_of(value, OBJECT_COLUMN);
        if (expr && ((ExprObject *)expr)->expr->kind == EXPR_COLUMN)
            name = ((ExprObject *)expr)->expr->text;
        else if (column)
            name = ((ColumnObject *)column)->column->name;
        else if (!is_text(value, &name))
            return call_refuse(call, call->args->items[i].at, "Write column names as texts.",
                               "a constraint's column is not a name");
        if (!call_writable(call, call->args->items[i].at, name))
            return false;
        vec_push(call->a->arena, &constraint->columns, name);
    }
    *call->result = constraint_value(call, constraint);
    return call_name(call, SIZE_MAX, "name", &constraint->name, &constraint->name_is_final) &&
           read_constraint_options(call, constraint);
}

static bool check_constraint(Call *call)
{
    Constraint *constraint = constraint_new(call, CONSTRAINT_CHECK);
    const Value *condition = call_value(call, 0, "sqltext");
    if (!condition)
        return interp_raise(call->in, call->args->at, STR("TypeError"),
                            "CheckConstraint() missing a required argument: 'sqltext'");
    *call->result = constraint_value(call, constraint);
    return to_sql_expr(call, call->args->at, *condition, &constraint->check) &&
           call_name(call, 1, "name", &constraint->name, &constraint->name_is_final) &&
           read_constraint_options(call, constraint) &&
           (!call->a->attaching || attach_check(call, (ConstraintObject *)call->result->host));
}

// ExcludeConstraint((column, operator), ..., name=, using=, where=)
static bool exclude_constraint(Call *call)
{
    Constraint *constraint = constraint_new(call, CONSTRAINT_EXCLUDE);
    constraint->using_ = STR("gist");
    for (size_t i = 0; i < call->args->positional; i++) {
        Value pair = call->args->items[i].value;
        ExcludeElement element = {0};
        Span at = call->args->items[i].at;
        if ((pair.kind != VALUE_TUPLE && pair.kind != VALUE_LIST) || pair.list->values.count != 2 ||
            !is_text(pair.list->values.items[1], &element.op))
            return call_refuse(call, at, "Write it as (column, operator).",
                               "an element of an exclude constraint is no pair");
        Str name;
        if (is_text(pair.list->values.items[0], &name)) {
            Expr *column = expr_new(call->a, EXPR_COLUMN, at);
            column->text = name;
            element.expr = column;
            vec_push(call->a->arena, &constraint->columns, name);
        } else if (!to_expr(call, at, pair.list->values.items[0], &element.expr)) {
            return false;
        }
        vec_push(call->a->arena, &constraint->elements, element);
    }
    const Value *where = call_value(call, SIZE_MAX, "where");
    *call->result = constraint_value(call, constraint);
    return call_name(call, SIZE_MAX, "name", &constraint->name, &constraint->name_is_final) &&
           call_str(call, SIZE_MAX, "using", &constraint->using_) &&
           (!where || value_is_none(*where) || to_sql_expr(call, call->args->at, *where, &constraint->where)) &&
           read_constraint_options(call, constraint);
}

// ---- indexes ----

bool read_index_items(Call *call, Span at, Value items, Index *index)
{
    Value list;
    Str name;
    if (is_text(items, &name)) {
        IndexItem item = {.column = name};
        vec_push(call->a->arena, &index->items, item);
        return true;
    }
    if (!call_known(call, at, items, "columns") || !interp_iterate(call->in, at, items, &list))
        return false;
    for (size_t i = 0; i < list.list->values.count; i++) {
        Value value = list.list->values.items[i];
        IndexItem item = {0};
        if (!is_text(value, &item.column) && !to_expr(call, at, value, &item.expr))
            return false;
        // a plain column object is the column, whatever it belongs to
        if (item.expr && item.expr->kind == EXPR_COLUMN) {
            item.column = item.expr->text;
            item.expr = NULL;
        }
        vec_push(call->a->arena, &index->items, item);
    }
    return true;
}

static bool index_object(Call *call)
{
    IndexObject *object = arena_new(call->a->arena, IndexObject);
    Index *index = arena_new(call->a->arena, Index);
    *object = (IndexObject){{.kind = OBJECT_INDEX}, index, false};
    index->at = call->args->at;
    if (call->a->attaching)
        call->a->attaching->made++;
    *call->result = value_host(&object->host);
    if (!call_name(call, 0, "name", &index->name, &object->name_is_final) ||
        !call_bool(call, SIZE_MAX, "unique", &index->unique))
        return false;
    Value items = value_list(call->a->arena, VALUE_LIST);
    for (size_t i = 1; i < call->args->positional; i++)
        vec_push(call->a->arena, &items.list->values, call->args->items[i].value);
    return read_index_items(call, call->args->at, items, index) && call_options(call, &index->options);
}

// ---- columns ----

static bool add_column_item(Call *call, ColumnObject *object, Span at, Value item)
{
    Column *column = object->column;
    if (value_is_none(item))
        return true;
    HostObject *host = item.kind == VALUE_HOST ? item.host : NULL;
    switch (host ? host->kind : -1) {
    case OBJECT_FOREIGN_KEY:
        vec_push(call->a->arena, &object->foreign_keys, ((ConstraintObject *)host)->constraint);
        return true;
    case OBJECT_CONSTRAINT: vec_push(call->a->arena, &object->checks, ((ConstraintObject *)host)->constraint); return true;
    case OBJECT_IDENTITY: column->identity = ((IdentityObject *)host)->identity; return true;
    case OBJECT_COMPUTED: column->computed = ((ComputedObject *)host)->computed; return true;
    case OBJECT_SEQUENCE:
        column->has_python_default = true;
        column->sequence = ((SequenceObject *)host)->is_optional ? SEQUENCE_OPTIONAL : SEQUENCE_ALWAYS;
        return true;
    default: break;
    }
    if (column->type)
        return call_refuse(call, at, "Leave it out, or give it by keyword.",
                           "column \"%.*s\" has an argument that is no type or constraint", STR_ARGS(column->name));
    return to_type(call, at, item, &column->type);
}

static bool read_autoincrement(Call *call, Column *column)
{
    const Value *value = call_value(call, SIZE_MAX, "autoincrement");
    Str text;
    if (!value)
        return true;
    bool on = false;
    if (is_text(*value, &text))
        column->autoincrement = str_equal(text, STR("ignore_fk")) ? AUTOINCREMENT_IGNORE_FK : AUTOINCREMENT_AUTO;
    else if (!call_bool(call, SIZE_MAX, "autoincrement", &on))
        return false;
    else
        column->autoincrement = on ? AUTOINCREMENT_TRUE : AUTOINCREMENT_FALSE;
    return true;
}

static void note_fills(Call *call, ColumnObject *object)
{
    const Value *update = call_value(call, SIZE_MAX, "onupdate");
    ColumnFills *fills = arena_new(call->a->arena, ColumnFills);
    *fills = (ColumnFills){object->python_default, update ? *update : VALUE_OF_NONE};
    if (!value_is_none(fills->insert) || !value_is_none(fills->update))
        object->column->fills = fills;
}

static bool column_object(Call *call)
{
    ColumnObject *object = arena_new(call->a->arena, ColumnObject);
    Column *column = arena_new(call->a->arena, Column);
    object->host.kind = OBJECT_COLUMN;
    object->column = column;
    column->at = call->args->at;
    column->nullable = true;
    *call->result = value_host(&object->host);
    size_t first = 0;
    Str name;
    if (call->args->positional && is_text(call->args->items[0].value, &name)) {
        column->name = name;
        first = 1;
        if (!call_writable(call, call->args->items[0].at, name))
            return false;
    } else if (call->args->positional && !call_known(call, call->args->items[0].at, call->args->items[0].value, "name")) {
        return false;
    } else if (!call_str(call, SIZE_MAX, "name", &column->name)) {
        return false;
    }
    for (size_t i = first; i < call->args->positional; i++) {
        Value item = call->args->items[i].value;
        bool type_missing = i == first && value_is_none(item);
        if (!type_missing && !add_column_item(call, object, call->args->items[i].at, item))
            return false;
    }
    const Value *type = call_value(call, SIZE_MAX, "type_");
    if (type && !to_type(call, call->args->at, *type, &column->type))
        return false;
    const Value *python_default = call_value(call, SIZE_MAX, "default");
    column->has_python_default = column->has_python_default || (python_default && !value_is_none(*python_default));
    object->python_default = python_default ? *python_default : VALUE_OF_NONE;
    note_fills(call, object);
    const Value *nullable = call_value(call, SIZE_MAX, "nullable");
    object->nullable_given = column->nullable_given = nullable && !value_is_none(*nullable);
    if (!call_bool(call, SIZE_MAX, "primary_key", &column->primary_key))
        return false;
    column->nullable = !column->primary_key && !column->identity;
    if (!call_bool(call, SIZE_MAX, "nullable", &column->nullable) || !call_bool(call, SIZE_MAX, "unique", &object->unique) ||
        !call_bool(call, SIZE_MAX, "index", &object->index) || !call_str(call, SIZE_MAX, "comment", &column->comment) ||
        !read_autoincrement(call, column) || !call_options(call, &column->options))
        return false;
    column->has_comment = column->comment.len > 0;
    const Value *server_default = call_value(call, SIZE_MAX, "server_default");
    const Identity *identity = NULL;
    const Computed *computed = NULL;
    if (server_default &&
        !to_server_default(call, call->args->at, *server_default, column->type, &column->default_, &identity, &computed))
        return false;
    column->identity = identity ? identity : column->identity;
    column->computed = computed ? computed : column->computed;
    if (!column->type && !object->foreign_keys.count) {
        Type *none = type_new(call->a->arena, TYPE_NULL);
        none->at = call->args->at;
        column->type = none;
    }
    return column_is_made(call, object);
}

static bool identity_object(Call *call)
{
    IdentityObject *object = arena_new(call->a->arena, IdentityObject);
    Identity *i = arena_new(call->a->arena, Identity);
    *object = (IdentityObject){{.kind = OBJECT_IDENTITY}, i};
    *call->result = value_host(&object->host);
    const Value *cycle = call_value(call, SIZE_MAX, "cycle"), *order = call_value(call, SIZE_MAX, "order");
    i->has_cycle = cycle && !value_is_none(*cycle);
    i->has_order = order && !value_is_none(*order);
    return call_bool(call, 0, "always", &i->always) && call_bool(call, 1, "on_null", &i->on_null) &&
           call_int(call, 2, "start", &i->start, &i->has_start) &&
           call_int(call, 3, "increment", &i->increment, &i->has_increment) &&
           call_int(call, 4, "minvalue", &i->minvalue, &i->has_minvalue) &&
           call_int(call, 5, "maxvalue", &i->maxvalue, &i->has_maxvalue) &&
           call_bool(call, 6, "nominvalue", &i->nominvalue) && call_bool(call, 7, "nomaxvalue", &i->nomaxvalue) &&
           call_bool(call, 8, "cycle", &i->cycle) && call_int(call, 9, "cache", &i->cache, &i->has_cache) &&
           call_bool(call, 10, "order", &i->order);
}

static bool sequence_object(Call *call)
{
    SequenceObject *object = arena_new(call->a->arena, SequenceObject);
    Identity *i = arena_new(call->a->arena, Identity);
    object->host.kind = OBJECT_SEQUENCE;
    object->options = i;
    *call->result = value_host(&object->host);
    const Value *cycle = call_value(call, 7, "cycle"), *order = call_value(call, SIZE_MAX, "order");
    i->has_cycle = cycle && !value_is_none(*cycle);
    i->has_order = order && !value_is_none(*order);
    return call_need_name(call, 0, "name", &object->name) && call_int(call, 1, "start", &i->start, &i->has_start) &&
           call_int(call, 2, "increment", &i->increment, &i->has_increment) &&
           call_str(call, SIZE_MAX, "schema", &object->schema) &&
           call_bool(call, SIZE_MAX, "optional", &object->is_optional) &&
           call_int(call, 3, "minvalue", &i->minvalue, &i->has_minvalue) &&
           call_int(call, 4, "maxvalue", &i->maxvalue, &i->has_maxvalue) &&
           call_bool(call, 5, "nominvalue", &i->nominvalue) && call_bool(call, 6, "nomaxvalue", &i->nomaxvalue) &&
           call_bool(call, 7, "cycle", &i->cycle) && call_int(call, SIZE_MAX, "cache", &i->cache, &i->has_cache) &&
           call_bool(call, SIZE_MAX, "order", &i->order);
}

static bool computed_object(Call *call)
{
    ComputedObject *object = arena_new(call->a->arena, ComputedObject);
    Computed *computed = arena_new(call->a->arena, Computed);
    *object = (ComputedObject){{.kind = OBJECT_COMPUTED}, computed};
    *call->result = value_host(&object->host);
    const Value *text = call_value(call, 0, "sqltext"), *persisted = call_value(call, 1, "persisted");
    bool stored = false;
    if (!text || !to_sql_expr(call, call->args->at, *text, &computed->expr) || !call_bool(call, 1, "persisted", &stored))
        return false;
    if (persisted && !value_is_none(*persisted))
        computed->persisted = stored ? TRI_TRUE : TRI_FALSE;
    return true;
}

// ---- what a column brings along ----

static Index *column_index(Alembic *a, const Table *table, const Column *column, bool unique)
{
    Index *index = arena_new(a->arena, Index);
    *index = (Index){.schema = table->schema, .table = table->name, .unique = unique, .at = column->at};
    IndexItem item = {.column = column->name};
    vec_push(a->arena, &index->items, item);
    index->name = name_index(a, table->schema, table->name, index);
    return index;
}

// A Boolean or Enum with create_constraint checks its values where the database has no such type.
static Constraint *type_check(Alembic *a, const Table *table, const Column *column)
{
    const Type *type = type_for(column->type, a->dialect->name);
    const Dialect *dialect = a->dialect;
    // SQL Server's BIT holds nothing else
    bool boolean = type->kind == TYPE_BOOLEAN && !dialect->has_native_boolean && dialect->id != DIALECT_MSSQL;
    bool has_enums = dialect->has_enum_types || dialect->has_inline_enums;
    bool labels = type->kind == TYPE_ENUM && !(type->native_enum && has_enums);
    if (!type->create_constraint || (!boolean && !labels))
        return NULL;
    ExprList items = {0};
    for (size_t i = 0; i < (boolean ? 2 : type->labels.count); i++) {
        Expr *item = expr_new(a, EXPR_LITERAL, column->at);
        Literal *literal = arena_new(a->arena, Literal);
        *literal = boolean ? (Literal){.kind = LITERAL_INTEGER, .integer = (int64_t)i}
                           : (Literal){.kind = LITERAL_TEXT, .text = type->labels.items[i]};
        item->literal = literal;
        item->type = boolean ? type_new(a->arena, TYPE_INTEGER) : NULL;
        vec_push(a->arena, &items, item);
    }
    Expr *left = expr_new(a, EXPR_COLUMN, column->at);
    left->text = column->name;
    const Expr *sides[] = {left, expr_make(a, EXPR_LIST, EXPR_OP_EQ, column->at, items.count, items.items)};
    Constraint *check = arena_new(a->arena, Constraint);
    *check = (Constraint){.kind = CONSTRAINT_CHECK,
                          .name = type->constraint_name,
                          .is_type_bound = true,
                          .column = column->name,
                          .check = expr_make(a, EXPR_BINARY, EXPR_OP_IN, column->at, 2, sides),
                          .at = column->at};
    name_constraint(a, table, check);
    return check;
}

static void complete_reference(Constraint *constraint)
{
    // ForeignKey("users") refers to the column of the same name
    for (size_t i = 0; i < constraint->ref_columns.count; i++)
        if (!constraint->ref_columns.items[i].len && i < constraint->columns.count)
            constraint->ref_columns.items[i] = constraint->columns.items[i];
}

static const Type *referred_type(Alembic *a, const Constraint *fk)
{
    const Table *table = model_table(a->model, fk->ref_schema, fk->ref_table);
    const Column *column = table && fk->ref_columns.count ? table_column(table, fk->ref_columns.items[0]) : NULL;
    return column ? column->type : NULL;
}

bool column_constraints(Call *call, ColumnObject *object, Table *table, ConstraintList *constraints, IndexList *indexes)
{
    Alembic *a = call->a;
    Column *column = object->column;
    if (object->index) {
        vec_push(a->arena, indexes, column_index(a, table, column, object->unique));
    } else if (object->unique) {
        Constraint *unique = arena_new(a->arena, Constraint);
        *unique = (Constraint){.kind = CONSTRAINT_UNIQUE, .column = column->name, .at = column->at};
        vec_push(a->arena, &unique->columns, column->name);
        name_constraint(a, table, unique);
        vec_push(a->arena, constraints, unique);
    }
    if (!column_is_attached(call, object, table, constraints))
        return false;
    for (size_t i = 0; i < object->foreign_keys.count; i++) {
        Constraint *fk = constraint_copy(a->arena, object->foreign_keys.items[i]);
        vec_push(a->arena, &fk->columns, column->name);
        fk->column = column->name;
        complete_reference(fk);
        name_constraint(a, table, fk);
        vec_push(a->arena, constraints, fk);
        if (!column->type || column->type->kind == TYPE_NULL)
            column->type = referred_type(a, fk);
    }
    if (!column->type)
        return call_refuse(call, column->at, "Give the column a type.", "the type of column \"%.*s\" is not known",
                           STR_ARGS(column->name));
    for (size_t i = 0; i < object->checks.count; i++) {
        Constraint *check = constraint_copy(a->arena, object->checks.items[i]);
        check->is_inline = check->kind == CONSTRAINT_CHECK;
        check->column = column->name;
        if (check->kind != CONSTRAINT_CHECK && !check->columns.count)
            vec_push(a->arena, &check->columns, column->name);
        name_constraint(a, table, check);
        vec_push(a->arena, constraints, check);
    }
    Constraint *bound = type_check(a, table, column);
    if (bound)
        vec_push(a->arena, constraints, bound);
    return true;
}

// ---- whole tables ----

static void add_primary_key(Alembic *a, Table *table)
{
    StrList columns = {0};
    for (size_t i = 0; i < table->columns.count; i++)
        if (table->columns.items[i]->primary_key)
            vec_push(a->arena, &columns, table->columns.items[i]->name);
    for (size_t i = 0; i < table->constraints.count; i++)
        if (table->constraints.items[i]->kind == CONSTRAINT_PRIMARY)
            return;
    if (!columns.count)
        return;
    Constraint *key = arena_new(a->arena, Constraint);
    *key = (Constraint){.kind = CONSTRAINT_PRIMARY, .columns = columns, .at = table->columns.items[0]->at};
    name_constraint(a, table, key);
    vec_push(a->arena, &table->constraints, key);
}

static bool add_items(Call *call, const Args *items, size_t first, Table *table, IndexList *indexes)
{
    Alembic *a = call->a;
    ConstraintList later = {0};
    for (size_t i = first; i < items->positional; i++) {
        Value item = items->items[i].value;
        Span at = items->items[i].at;
        if (!call_known(call, at, item, "columns"))
            return false;
        HostObject *host = item.kind == VALUE_HOST ? item.host : NULL;
        if (value_is_none(item) || (host && host->kind == OBJECT_METADATA))
            continue;   // op.create_table() passes over what is no column, constraint or index
        if (host && host->kind == OBJECT_COLUMN) {
            if (!((ColumnObject *)host)->column->name.len)
                return call_refuse(call, at, "Give the column a name.", "a column of table \"%.*s\" has no name",
                                   STR_ARGS(table->name));
            ColumnObject copy = *(ColumnObject *)host;
            copy.column = column_copy(a->arena, copy.column);
            vec_push(a->arena, &table->columns, copy.column);
            if (!column_constraints(call, &copy, table, &later, indexes))
                return false;
        } else if (host && host->kind == OBJECT_CONSTRAINT) {
            Constraint *constraint = constraint_copy(a->arena, ((ConstraintObject *)host)->constraint);
            complete_reference(constraint);
            name_constraint(a, table, constraint);
            vec_push(a->arena, &table->constraints, constraint);
        } else if (host && host->kind == OBJECT_INDEX) {
            Index *index = index_copy(a->arena, ((IndexObject *)host)->index);
            index->schema = table->schema;
            index->table = table->name;
            if (!index->name.len)
                index->name = name_index(a, table->schema, table->name, index);
            vec_push(a->arena, indexes, index);
        } else if (host && host->kind == OBJECT_METADATA) {
            continue;   // op.create_table() takes none and passes it over, as Alembic does
        } else if (item.kind == VALUE_LIST || item.kind == VALUE_TUPLE) {
            return call_refuse(call, at, "Spread it with *.", "a list stands among the columns of table \"%.*s\"",
                               STR_ARGS(table->name));
        } else {
            return call_refuse(call, at, "Pass columns, constraints and indexes.",
                               "table \"%.*s\" has an item that is no column or constraint", STR_ARGS(table->name));
        }
    }
    for (size_t i = 0; i < later.count; i++)
        vec_push(a->arena, &table->constraints, later.items[i]);
    return true;
}

// CREATE TABLE has no foreign key that says use_alter=True: where the server can add one later, SQLAlchemy leaves it to
// MetaData.create_all(), which a revision does not call, so it is never made.
// Source: SQLAlchemy 2.0.52 sql/compiler.py, create_table_constraints().
static void leave_out_altered(Alembic *a, Table *table)
{
    ConstraintList kept = {0};
    for (size_t i = 0; i < table->constraints.count; i++)
        if (!table->constraints.items[i]->use_alter || !a->dialect->has_alter_constraint)
            vec_push(a->arena, &kept, table->constraints.items[i]);
    table->constraints = kept;
}

// PrimaryKeyConstraint() without columns has those that say so themselves; a constraint that has none is none.
// Source: SQLAlchemy 2.0.52 sql/schema.py, PrimaryKeyConstraint._set_parent; sql/compiler.py,
// visit_primary_key_constraint().
static void leave_out_empty(Alembic *a, Table *table)
{
    ConstraintList kept = {0};
    for (size_t i = 0; i < table->constraints.count; i++) {
        Constraint *constraint = constraint_copy(a->arena, table->constraints.items[i]);
        bool key = constraint->kind == CONSTRAINT_PRIMARY, by_columns = key || constraint->kind == CONSTRAINT_UNIQUE;
        for (size_t c = 0; key && !constraint->columns.count && c < table->columns.count; c++)
            if (table->columns.items[c]->primary_key)
                vec_push(a->arena, &constraint->columns, table->columns.items[c]->name);
        if (constraint->columns.count || !by_columns)
            vec_push(a->arena, &kept, constraint);
    }
    table->constraints = kept;
}

// A constraint among a table's items is of columns among them.
// Source: SQLAlchemy 2.0.52 sql/schema.py, ColumnCollectionMixin._set_parent().
static bool check_columns(Call *call, const Table *table)
{
    for (size_t i = 0; i < table->constraints.count; i++) {
        const Constraint *constraint = table->constraints.items[i];
        for (size_t k = 0;
             k < constraint->columns.count && constraint->kind != CONSTRAINT_EXCLUDE && constraint->kind != CONSTRAINT_CHECK;
             k++)
            if (!table_column(table, constraint->columns.items[k]))
                return interp_raise(call->in, constraint->at, STR("ArgumentError"),
                                    "table \"%.*s\" has no column \"%.*s\" for a constraint", STR_ARGS(table->name),
                                    STR_ARGS(constraint->columns.items[k]));
    }
    return true;
}

bool build_table(Call *call, Str name, Str schema, size_t first_item, const Args *items, Table **result, IndexList *indexes)
{
    Table *table = arena_new(call->a->arena, Table);
    table->name = name;
    table->schema = schema;
    *result = table;
    if (!call_str(call, SIZE_MAX, "comment", &table->comment) || !call_names(call, SIZE_MAX, "prefixes", &table->prefixes) ||
        !call_options(call, &table->options) || !add_items(call, items, first_item, table, indexes) ||
        !check_columns(call, table))
        return false;
    table->has_comment = table->comment.len > 0;
    leave_out_altered(call->a, table);
    leave_out_empty(call->a, table);
    add_primary_key(call->a, table);
    table_settle_key(call->a->arena, table, call->a->dialect->id == DIALECT_SQLITE);
    return true;
}

bool extend_table(Call *call, const Args *items, Table *table, IndexList *indexes)
{
    for (size_t i = 0; i < items->positional; i++) {
        const ColumnObject *column = (ColumnObject *)host_of(items->items[i].value, OBJECT_COLUMN);
        const ConstraintObject *constraint = (ConstraintObject *)host_of(items->items[i].value, OBJECT_CONSTRAINT);
        bool is_key = (column && column->column->primary_key) ||
                      (constraint && constraint->constraint->kind == CONSTRAINT_PRIMARY);
        if (is_key || (column && table_column(table, column->column->name)))
            return call_refuse(call, items->items[i].at, "Describe the table as it is to be.",
                               is_key ? "the primary key of table \"%.*s\" is changed"
                                      : "a column of table \"%.*s\" is replaced",
                               STR_ARGS(table->name));
    }
    return add_items(call, items, 0, table, indexes);
}

TableRef *ref_of_table(Alembic *a, const Table *table)
{
    TableRef *ref = arena_new(a->arena, TableRef);
    ref->schema = table->schema;
    ref->name = table->name;
    ref->is_described = true;
    for (size_t i = 0; i < table->columns.count; i++) {
        const Column *c = table->columns.items[i];
        TableColumn column = {c->name, c->type, c->fills};
        vec_push(a->arena, &ref->columns, column);
    }
    return ref;
}

void open_schema_functions(Alembic *a, ModuleObject *module)
{
    module_function(a, module, "Column", column_object, 0);
    module_function(a, module, "ForeignKey", foreign_key, 0);
    module_function(a, module, "ForeignKeyConstraint", foreign_key_constraint, 0);
    module_function(a, module, "PrimaryKeyConstraint", column_constraint, CONSTRAINT_PRIMARY);
    module_function(a, module, "UniqueConstraint", column_constraint, CONSTRAINT_UNIQUE);
    module_function(a, module, "CheckConstraint", check_constraint, 0);
    module_function(a, module, "ExcludeConstraint", exclude_constraint, 0);
    module_function(a, module, "Index", index_object, 0);
    module_function(a, module, "Identity", identity_object, 0);
    module_function(a, module, "Computed", computed_object, 0);
    module_function(a, module, "Sequence", sequence_object, 0);
}
