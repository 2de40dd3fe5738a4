// Deep copies of tables and their parts: what the model keeps of what an evaluation has made and takes away with it.
// Every pointer of the structures in waybill/schema.h that a table can reach is followed here.
#include "schema_int.h"

static const Expr *expr_clone(Arena *arena, const Expr *expr);
static const Select *select_clone(Arena *arena, const Select *select);

static Str text_clone(Arena *arena, Str text)
{
    return text.len ? str_copy(arena, text) : STR_EMPTY;
}

static StrList texts_clone(Arena *arena, const StrList *texts)
{
    StrList copy = {0};
    for (size_t i = 0; i < texts->count; i++)
        vec_push(arena, &copy, text_clone(arena, texts->items[i]));
    return copy;
}

// Allocates the copy of a structure; its pointers are still the old ones'.
#define SHALLOW(arena, T, old) ((T *)memcpy(arena_new((arena), T), (old), sizeof(T)))

static const Type *type_clone(Arena *arena, const Type *type)
{
    if (!type)
        return NULL;
    Type *copy = SHALLOW(arena, Type, type);
    copy->processor = copy->listened = NULL;   // what a server reflects of it does no more
    copy->collation = text_clone(arena, type->collation);
    copy->charset = text_clone(arena, type->charset);
    copy->name = text_clone(arena, type->name);
    copy->schema = text_clone(arena, type->schema);
    copy->labels = texts_clone(arena, &type->labels);
    copy->members_of = text_clone(arena, type->members_of);
    copy->members = texts_clone(arena, &type->members);
    copy->plain = texts_clone(arena, &type->plain);
    copy->constraint_name = text_clone(arena, type->constraint_name);
    copy->fields = text_clone(arena, type->fields);
    copy->element = type_clone(arena, type->element);
    copy->raw = text_clone(arena, type->raw);
    copy->variants.items = NULL;
    copy->variants.count = copy->variants.cap = 0;
    for (size_t i = 0; i < type->variants.count; i++) {
        TypeVariant variant = {text_clone(arena, type->variants.items[i].dialect),
                               type_clone(arena, type->variants.items[i].type), type->variants.items[i].is_kin};
        vec_push(arena, &copy->variants, variant);
    }
    return copy;
}

// ---- expressions ----

static void literal_fill(Arena *arena, Literal *copy)
{
    copy->text = text_clone(arena, copy->text);
    copy->time = copy->time ? SHALLOW(arena, Time, copy->time) : NULL;
    const Literal *items = copy->items;
    if (!copy->count)
        return;
    Literal *own = arena_array(arena, Literal, copy->count);
    memcpy(own, items, copy->count * sizeof *own);
    for (size_t i = 0; i < copy->count; i++)
        literal_fill(arena, &own[i]);
    copy->items = own;
}

static const Literal *literal_clone(Arena *arena, const Literal *literal)
{
    if (!literal)
        return NULL;
    Literal *copy = SHALLOW(arena, Literal, literal);
    literal_fill(arena, copy);
    return copy;
}

static const TableRef *ref_clone(Arena *arena, const TableRef *ref)
{
    if (!ref)
        return NULL;
    TableRef *copy = arena_new(arena, TableRef);
    copy->schema = text_clone(arena, ref->schema);
    copy->name = text_clone(arena, ref->name);
    copy->alias = text_clone(arena, ref->alias);
    copy->select = select_clone(arena, ref->select);
    for (size_t i = 0; i < ref->columns.count; i++) {
        TableColumn column = ref->columns.items[i];
        column.name = text_clone(arena, column.name);
        column.type = type_clone(arena, column.type);
        column.fills = NULL;
        vec_push(arena, &copy->columns, column);
    }
    return copy;
}

static ExprList exprs_clone(Arena *arena, const ExprList *list)
{
    ExprList copy = {0};
    for (size_t i = 0; i < list->count; i++)
        vec_push(arena, &copy, expr_clone(arena, list->items[i]));
    return copy;
}

static const From *from_clone(Arena *arena, const From *from)
{
    if (!from)
        return NULL;
    From *copy = SHALLOW(arena, From, from);
    copy->table = ref_clone(arena, from->table);
    copy->left = from_clone(arena, from->left);
    copy->right = from_clone(arena, from->right);
    copy->on = expr_clone(arena, from->on);
    copy->function = expr_clone(arena, from->function);
    return copy;
}

static const Select *select_clone(Arena *arena, const Select *select)
{
    if (!select)
        return NULL;
    Select *copy = SHALLOW(arena, Select, select);
    copy->columns = exprs_clone(arena, &select->columns);
    copy->from = (FromList){0};
    for (size_t i = 0; i < select->from.count; i++)
        vec_push(arena, &copy->from, from_clone(arena, select->from.items[i]));
    copy->where = exprs_clone(arena, &select->where);
    copy->group_by = exprs_clone(arena, &select->group_by);
    copy->having = exprs_clone(arena, &select->having);
    copy->order_by = exprs_clone(arena, &select->order_by);
    copy->limit = expr_clone(arena, select->limit);
    copy->offset = expr_clone(arena, select->offset);
    copy->left = select_clone(arena, select->left);
    copy->right = select_clone(arena, select->right);
    copy->compound = text_clone(arena, select->compound);
    copy->correlated.items = NULL;
    copy->correlated.count = copy->correlated.cap = 0;
    for (size_t i = 0; i < select->correlated.count; i++)
        vec_push(arena, &copy->correlated, ref_clone(arena, select->correlated.items[i]));
    return copy;
}

static const Expr *expr_clone(Arena *arena, const Expr *expr)
{
    if (!expr)
        return NULL;
    Expr *copy = SHALLOW(arena, Expr, expr);
    copy->type = type_clone(arena, expr->type);
    copy->text = text_clone(arena, expr->text);
    copy->table = ref_clone(arena, expr->table);
    copy->literal = literal_clone(arena, expr->literal);
    copy->args = expr->count ? arena_array(arena, const Expr *, expr->count) : NULL;
    for (size_t i = 0; i < expr->count; i++)
        copy->args[i] = expr_clone(arena, expr->args[i]);
    copy->extra = expr_clone(arena, expr->extra);
    copy->extra2 = expr_clone(arena, expr->extra2);
    copy->select = select_clone(arena, expr->select);
    return copy;
}

// ---- tables ----

static OptionList options_clone(Arena *arena, const OptionList *options)
{
    OptionList copy = {0};
    for (size_t i = 0; i < options->count; i++) {
        Option option = options->items[i];
        option.name = text_clone(arena, option.name);
        option.use = NULL;
        option.text = text_clone(arena, option.text);
        option.expr = expr_clone(arena, option.expr);
        option.items = options_clone(arena, &option.items);
        vec_push(arena, &copy, option);
    }
    return copy;
}

Column *column_clone(Arena *arena, const Column *column)
{
    Column *copy = SHALLOW(arena, Column, column);
    copy->fills = NULL;
    copy->name = text_clone(arena, column->name);
    copy->type = type_clone(arena, column->type);
    copy->default_ = expr_clone(arena, column->default_);
    copy->identity = column->identity ? SHALLOW(arena, Identity, column->identity) : NULL;
    if (column->computed) {
        Computed *computed = SHALLOW(arena, Computed, column->computed);
        computed->expr = expr_clone(arena, computed->expr);
        copy->computed = computed;
    }
    copy->comment = text_clone(arena, column->comment);
    copy->options = options_clone(arena, &column->options);
    return copy;
}

Constraint *constraint_clone(Arena *arena, const Constraint *constraint)
{
    Constraint *copy = SHALLOW(arena, Constraint, constraint);
    copy->name = text_clone(arena, constraint->name);
    copy->server_name = text_clone(arena, constraint->server_name);
    copy->usual_name = text_clone(arena, constraint->usual_name);
    copy->column = text_clone(arena, constraint->column);
    copy->columns = texts_clone(arena, &constraint->columns);
    copy->ref_schema = text_clone(arena, constraint->ref_schema);
    copy->ref_table = text_clone(arena, constraint->ref_table);
    copy->ref_columns = texts_clone(arena, &constraint->ref_columns);
    copy->on_delete = text_clone(arena, constraint->on_delete);
    copy->on_update = text_clone(arena, constraint->on_update);
    copy->match = text_clone(arena, constraint->match);
    copy->initially = text_clone(arena, constraint->initially);
    copy->check = expr_clone(arena, constraint->check);
    copy->elements.items = NULL;
    copy->elements.count = copy->elements.cap = 0;
    for (size_t i = 0; i < constraint->elements.count; i++) {
        ExcludeElement element = {expr_clone(arena, constraint->elements.items[i].expr),
                                  text_clone(arena, constraint->elements.items[i].op)};
        vec_push(arena, &copy->elements, element);
    }
    copy->using_ = text_clone(arena, constraint->using_);
    copy->where = expr_clone(arena, constraint->where);
    copy->options = options_clone(arena, &constraint->options);
    return copy;
}

Index *index_clone(Arena *arena, const Index *index)
{
    Index *copy = SHALLOW(arena, Index, index);
    copy->name = text_clone(arena, index->name);
    copy->schema = text_clone(arena, index->schema);
    copy->table = text_clone(arena, index->table);
    copy->items.items = NULL;
    copy->items.count = copy->items.cap = 0;
    for (size_t i = 0; i < index->items.count; i++) {
        IndexItem item = {text_clone(arena, index->items.items[i].column), expr_clone(arena, index->items.items[i].expr)};
        vec_push(arena, &copy->items, item);
    }
    copy->options = options_clone(arena, &index->options);
    copy->raw = text_clone(arena, index->raw);
    return copy;
}

// Each returns whether the version before holds this very part.
#define HOLDS(name, List, T)                                                                                                \
    static bool name(const List *old, const T *part)                                                                        \
    {                                                                                                                       \
        for (size_t i = 0; i < old->count; i++)                                                                             \
            if (old->items[i] == part)                                                                                      \
                return true;                                                                                                \
        return false;                                                                                                       \
    }
HOLDS(holds_column, ColumnList, Column)
HOLDS(holds_constraint, ConstraintList, Constraint)
HOLDS(holds_index, IndexList, Index)

static const Column *column_kept(Arena *arena, const Column *column, const Table *old, size_t *last_id)
{
    if (holds_column(&old->columns, column))
        return column;
    Column *copy = column_clone(arena, column);
    copy->id = copy->id ? copy->id : ++*last_id;
    return copy;
}

Table *table_clone(Arena *arena, const Table *table, const Table *old, size_t *last_id)
{
    static const Table none = {0};
    old = old ? old : &none;
    Table *copy = SHALLOW(arena, Table, table);
    copy->schema = text_clone(arena, table->schema);
    copy->name = text_clone(arena, table->name);
    copy->why_opaque = text_clone(arena, table->why_opaque);
    copy->id = table->id ? table->id : old->id ? old->id : ++*last_id;
    copy->columns = (ColumnList){0};
    for (size_t i = 0; i < table->columns.count; i++)
        vec_push(arena, &copy->columns, column_kept(arena, table->columns.items[i], old, last_id));
    copy->constraints = (ConstraintList){0};
    for (size_t i = 0; i < table->constraints.count; i++) {
        const Constraint *constraint = table->constraints.items[i];
        vec_push(arena, &copy->constraints,
                 holds_constraint(&old->constraints, constraint) ? constraint : constraint_clone(arena, constraint));
    }
    copy->indexes = (IndexList){0};
    for (size_t i = 0; i < table->indexes.count; i++) {
        const Index *index = table->indexes.items[i];
        vec_push(arena, &copy->indexes, holds_index(&old->indexes, index) ? index : index_clone(arena, index));
    }
    copy->comment = text_clone(arena, table->comment);
    copy->prefixes = texts_clone(arena, &table->prefixes);
    copy->triggers = texts_clone(arena, &table->triggers);
    copy->options = options_clone(arena, &table->options);
    return copy;
}

NamedType *named_type_clone(Arena *arena, const NamedType *type)
{
    NamedType *copy = SHALLOW(arena, NamedType, type);
    copy->schema = text_clone(arena, type->schema);
    copy->name = text_clone(arena, type->name);
    copy->labels = texts_clone(arena, &type->labels);
    return copy;
}
