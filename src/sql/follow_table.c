// Raw CREATE TABLE and ALTER TABLE, read strictly into the model: a table with anything that is not understood here is left
// opaque, for what is rebuilt from a half-read shape would be lost. Types stand as they are written.
#include "sql_int.h"

typedef struct Reading {
    Cursor *c;
    Model *model;
    Arena *arena;
    Span at;
    Table *table;   // gets the columns and constraints
} Reading;

static Expr *raw_expr(Reading *r, Str text)
{
    Expr *expr = arena_new(r->arena, Expr);
    *expr = (Expr){.kind = EXPR_RAW, .text = str_copy(r->arena, str_trim(text)), .at = r->at};
    return expr;
}

// (anything): the cursor stands behind it; *inside is its text.
static bool in_parentheses(Cursor *c, Str *inside)
{
    if (!cursor_at_punct(c, '('))
        return false;
    size_t depth = 0, start = c->token.end;
    for (;; cursor_next(c)) {
        if (c->token.kind == TOKEN_END || c->token.kind == TOKEN_BAD)
            return false;
        depth += cursor_at_punct(c, '(');
        if (cursor_at_punct(c, ')') && --depth == 0)
            break;
    }
    *inside = str_slice(c->text, start, c->token.start);
    cursor_next(c);
    return true;
}

// CASCADE, SET NULL, ...
static bool action(Reading *r, Str *text)
{
    Cursor *c = r->c;
    if (cursor_accept(c, "CASCADE"))
        *text = STR("CASCADE");
    else if (cursor_accept(c, "RESTRICT"))
        *text = STR("RESTRICT");
    else if (cursor_accept(c, "NO"))
        *text = STR("NO ACTION");
    else if (cursor_accept(c, "SET"))
        *text = cursor_at(c, "NULL") ? STR("SET NULL") : STR("SET DEFAULT");
    else
        return false;
    if (str_equal(*text, STR("NO ACTION")))
        return cursor_accept(c, "ACTION");
    return str_starts(*text, STR("SET")) ? cursor_accept(c, "NULL") || cursor_accept(c, "DEFAULT") : true;
}

// REFERENCES table [(columns)] [MATCH ...] [ON DELETE ...] [ON UPDATE ...] [[NOT] DEFERRABLE [INITIALLY ...]]
static bool references(Reading *r, Constraint *fk)
{
    Cursor *c = r->c;
    if (!cursor_accept(c, "REFERENCES") || !cursor_object(c, &fk->ref_schema, &fk->ref_table))
        return false;
    if (cursor_at_punct(c, '(') && !cursor_names(r->c, r->arena, &fk->ref_columns))
        return false;
    if (cursor_accept(c, "MATCH") && !cursor_accept(c, "SIMPLE")) {
        fk->match = cursor_at(c, "FULL") ? STR("FULL") : STR("PARTIAL");
        if (!cursor_accept(c, "FULL") && !cursor_accept(c, "PARTIAL"))
            return false;
    }
    while (cursor_accept(c, "ON")) {
        bool on_delete = cursor_accept(c, "DELETE");
        if ((!on_delete && !cursor_accept(c, "UPDATE")) || !action(r, on_delete ? &fk->on_delete : &fk->on_update))
            return false;
    }
    if (cursor_at(c, "NOT")) {
        Cursor before = *c;
        cursor_next(c);
        if (cursor_accept(c, "DEFERRABLE"))
            fk->deferrable = TRI_FALSE;
        else
            *c = before;
    } else if (cursor_accept(c, "DEFERRABLE")) {
        fk->deferrable = TRI_TRUE;
    }
    if (!cursor_accept(c, "INITIALLY"))
        return true;
    fk->initially = cursor_at(c, "DEFERRED") ? STR("DEFERRED") : STR("IMMEDIATE");
    return cursor_accept(c, "DEFERRED") || cursor_accept(c, "IMMEDIATE");
}

static Constraint *new_constraint(Reading *r, ConstraintKind kind, Str name)
{
    Constraint *constraint = arena_new(r->arena, Constraint);
    *constraint = (Constraint){.kind = kind, .name = name, .name_is_final = true, .at = r->at};
    return constraint;
}

// [CONSTRAINT name] PRIMARY KEY (...), UNIQUE (...), FOREIGN KEY (...) REFERENCES ..., CHECK (...)
static Constraint *table_constraint_of(Reading *r)
{
    Cursor *c = r->c;
    Str name = STR_EMPTY, inside, skipped;
    if (cursor_accept(c, "CONSTRAINT") && !cursor_name(c, &name))
        return NULL;
    if (cursor_accept(c, "PRIMARY")) {
        Constraint *key = new_constraint(r, CONSTRAINT_PRIMARY, name);
        return cursor_accept(c, "KEY") && cursor_names(r->c, r->arena, &key->columns) ? key : NULL;
    }
    if (cursor_accept(c, "UNIQUE")) {
        Constraint *unique = new_constraint(r, CONSTRAINT_UNIQUE, name);
        if ((cursor_accept(c, "KEY") || cursor_accept(c, "INDEX")) && !cursor_at_punct(c, '(') &&
            !cursor_name(c, &unique->name))
            return NULL;
        return cursor_names(r->c, r->arena, &unique->columns) ? unique : NULL;
    }
    if (cursor_accept(c, "FOREIGN")) {
        Constraint *fk = new_constraint(r, CONSTRAINT_FOREIGN, name);
        bool good = cursor_accept(c, "KEY") && (cursor_at_punct(c, '(') || cursor_name(c, &skipped)) &&
                    cursor_names(r->c, r->arena, &fk->columns) && references(r, fk);
        return good ? fk : NULL;
    }
    if (cursor_accept(c, "CHECK") && in_parentheses(c, &inside)) {
        Constraint *check = new_constraint(r, CONSTRAINT_CHECK, name);
        check->check = raw_expr(r, inside);
        return check;
    }
    return NULL;
}

static const char *const column_words[] = {
    "NOT",       "NULL",      "DEFAULT",   "PRIMARY", "UNIQUE",         "REFERENCES",    "CHECK",   "CONSTRAINT",
    "COLLATE",   "GENERATED", "AS",        "ON",      "AUTO_INCREMENT", "AUTOINCREMENT", "COMMENT", "IDENTITY",
    "CHARACTER", "ENCODE",    "INVISIBLE", "AFTER",   "FIRST",          "USING",         NULL};

// The text up to the next word of a column, a comma or a closing parenthesis at this depth.
static Str text_until_word(Cursor *c)
{
    size_t start = c->token.start, end = start, depth = 0;
    for (; c->token.kind != TOKEN_END && c->token.kind != TOKEN_BAD; cursor_next(c)) {
        if (!depth &&
            (cursor_at_punct(c, ',') || cursor_at_punct(c, ')') || (end > start && cursor_at_any(c, column_words))))
            break;
        depth += cursor_at_punct(c, '(');
        depth -= cursor_at_punct(c, ')');
        end = c->token.end;
    }
    return str_trim(str_slice(c->text, start, end));
}

static Type *raw_type(Reading *r, Str text)
{
    Type *type = type_new(r->arena, TYPE_USER_DEFINED);
    type->raw = str_copy(r->arena, text);
    type->allows_raw_text = true;
    type->at = r->at;
    return type;
}

static bool add_on_column(Reading *r, Constraint *constraint, Str column)
{
    constraint->column = column;
    if (constraint->kind != CONSTRAINT_CHECK)
        vec_push(r->arena, &constraint->columns, column);
    else
        constraint->is_inline = true;
    vec_push(r->arena, &r->table->constraints, constraint);
    return true;
}

// One clause behind a column's type. Returns false when it is not understood.
static bool column_clause(Reading *r, Column *column)
{
    Cursor *c = r->c;
    Str name = STR_EMPTY, inside;
    if (cursor_accept(c, "CONSTRAINT") && !cursor_name(c, &name))
        return false;
    if (cursor_accept(c, "NOT")) {
        column->nullable = false;
        return cursor_accept(c, "NULL");
    }
    if (cursor_accept(c, "NULL"))
        return true;
    if (cursor_accept(c, "DEFAULT")) {
        column->default_ = raw_expr(r, text_until_word(c));
        return column->default_->text.len > 0;
    }
    if (cursor_accept(c, "PRIMARY")) {
        column->primary_key = true;
        // SQLite lets a key be NULL that does not say otherwise
        column->nullable = column->nullable && c->dialect->id == DIALECT_SQLITE;
        return cursor_accept(c, "KEY") && add_on_column(r, new_constraint(r, CONSTRAINT_PRIMARY, name), column->name);
    }
    if (cursor_accept(c, "UNIQUE"))
        return add_on_column(r, new_constraint(r, CONSTRAINT_UNIQUE, name), column->name);
    if (cursor_at(c, "REFERENCES")) {
        Constraint *fk = new_constraint(r, CONSTRAINT_FOREIGN, name);
        return references(r, fk) && fk->ref_columns.count && add_on_column(r, fk, column->name);
    }
    if (cursor_accept(c, "CHECK") && in_parentheses(c, &inside)) {
        Constraint *check = new_constraint(r, CONSTRAINT_CHECK, name);
        check->check = raw_expr(r, inside);
        return add_on_column(r, check, column->name);
    }
    if (cursor_accept(c, "AUTO_INCREMENT")) {
        column->autoincrement = AUTOINCREMENT_TRUE;
        return true;
    }
    if (cursor_accept(c, "COMMENT") && c->token.kind == TOKEN_STRING && c->token.end - c->token.start >= 2) {
        column->has_comment = true;
        column->comment = str_replace(r->arena, str_slice(c->text, c->token.start + 1, c->token.end - 1), STR("''"),
                                      STR("'"));
        bool plain = str_find_char(column->comment, '\\', 0) == SIZE_MAX;
        cursor_next(c);
        return plain;
    }
    return false;
}

// name type clauses
static Column *column_of(Reading *r)
{
    Cursor *c = r->c;
    Column *column = arena_new(r->arena, Column);
    *column = (Column){.nullable = true, .nullable_given = true, .autoincrement = AUTOINCREMENT_FALSE, .at = r->at};
    if (!cursor_name(c, &column->name))
        return NULL;
    column->name = str_copy(r->arena, column->name);
    bool typeless = cursor_at_punct(c, ',') || cursor_at_punct(c, ')') || c->token.kind == TOKEN_END ||
                    (cursor_at_any(c, column_words) && !cursor_at(c, "CHARACTER"));
    if (typeless)
        return NULL;
    Str type = text_until_word(c);
    if (cursor_at(c, "COLLATE") || cursor_at(c, "CHARACTER")) {
        size_t start = c->token.start;
        cursor_next(c);
        Str rest = text_until_word(c);
        type = str_format(r->arena, "%.*s %.*s", STR_ARGS(type),
                          STR_ARGS(str_slice(c->text, start, (size_t)(rest.ptr + rest.len - c->text.ptr))));
    }
    column->type = raw_type(r, type);
    while (cursor_at_any(c, column_words))
        if (!column_clause(r, column))
            return NULL;
    return column;
}

static bool element(Reading *r)
{
    static const char *const words[] = {"CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", NULL};
    static const char *const unknown[] = {"EXCLUDE", "KEY", "INDEX", "FULLTEXT", "SPATIAL", "LIKE", "PERIOD", NULL};
    if (cursor_at_any(r->c, unknown))
        return false;
    if (cursor_at_any(r->c, words)) {
        Constraint *constraint = table_constraint_of(r);
        if (constraint)
            vec_push(r->arena, &r->table->constraints, constraint);
        return constraint != NULL;
    }
    Column *column = column_of(r);
    if (column)
        vec_push(r->arena, &r->table->columns, column);
    return column != NULL;
}

bool follow_create_table(Cursor *c, Model *model, Span at)
{
    Table *table = arena_new(model->work, Table);
    Op op = {.kind = OP_CREATE_TABLE, .at = at, .created = table};
    Reading r = {c, model, model->work, at, table};
    op.if_not_exists = cursor_at(c, "IF");
    cursor_skip_if_exists(c);
    if (!cursor_object(c, &op.schema, &op.table) || !cursor_at_punct(c, '('))
        return false;
    table->schema = op.schema;
    table->name = op.table;
    do {
        cursor_next(c);
        if (!element(&r))
            return false;
    } while (cursor_at_punct(c, ','));
    if (!cursor_at_punct(c, ')'))
        return false;
    cursor_next(c);
    // ENGINE=..., WITHOUT ROWID: only where nothing is ever rebuilt from the model
    if (c->token.kind != TOKEN_END && c->dialect->alter == ALTER_REBUILD)
        return false;
    if (!table->columns.count || cursor_at(c, "AS") || cursor_at(c, "SELECT") || cursor_at(c, "INHERITS"))
        return false;
    table_settle_key(r.arena, table, c->dialect->id == DIALECT_SQLITE);
    model_apply(model, &op);
    return true;
}

// ---- ALTER TABLE ----

// The column as the model has it, whatever its case in the text.
static Str known_column(const Model *model, const Op *op, Str name)
{
    const Table *table = model_table(model, op->schema, op->table);
    for (size_t i = 0; table && !table_column(table, name) && i < table->columns.count; i++)
        if (str_equal_fold(table->columns.items[i]->name, name))
            return table->columns.items[i]->name;
    return name;
}

static bool alter_name(Cursor *c, const Model *model, Op *op)
{
    Str name;
    if (!cursor_name(c, &name))
        return false;
    op->name = known_column(model, op, name);
    return true;
}

static bool rename_action(Cursor *c, Model *model, Op *op, ColumnChange *change)
{
    Str schema;
    if (cursor_accept(c, "TO") || cursor_accept(c, "AS")) {
        op->kind = OP_RENAME_TABLE;
        return cursor_object(c, &schema, &op->name);
    }
    if (cursor_at(c, "CONSTRAINT") || cursor_at(c, "INDEX") || cursor_at(c, "KEY"))
        return false;
    cursor_accept(c, "COLUMN");
    op->kind = OP_ALTER_COLUMN;
    return alter_name(c, model, op) && cursor_accept(c, "TO") && cursor_name(c, &change->new_name);
}

// ALTER COLUMN c SET NOT NULL, DROP DEFAULT, TYPE ..., and SQL Server's ALTER COLUMN c type [NOT NULL].
static bool alter_column_action(Reading *r, Op *op, ColumnChange *change)
{
    Cursor *c = r->c;
    op->kind = OP_ALTER_COLUMN;
    if (cursor_at(c, "INDEX") || cursor_at(c, "CONSTRAINT") || cursor_at(c, "CHECK"))
        return false;
    cursor_accept(c, "COLUMN");
    if (!alter_name(c, r->model, op))
        return false;
    bool set = cursor_accept(c, "SET"), drop = !set && cursor_accept(c, "DROP");
    if ((set || drop) && cursor_accept(c, "NOT")) {
        change->has_nullable = true;
        change->nullable = drop;
        return cursor_accept(c, "NULL");
    }
    if ((set || drop) && cursor_accept(c, "DEFAULT")) {
        change->has_default = true;
        change->default_ = set ? raw_expr(r, text_until_word(c)) : NULL;
        return true;
    }
    if (drop || (set && !cursor_accept(c, "DATA")))
        return false;
    bool type_word = cursor_accept(c, "TYPE");
    if (!type_word && (set || c->dialect->id != DIALECT_MSSQL))
        return false;
    change->type = raw_type(r, text_until_word(c));
    if (cursor_accept(c, "USING"))
        text_until_word(c);
    if (c->dialect->id == DIALECT_MSSQL) {
        change->has_nullable = true;
        change->nullable = !cursor_accept(c, "NOT");
        cursor_accept(c, "NULL");
    }
    return change->type->raw.len > 0;
}

// MySQL's MODIFY c type ..., CHANGE c d type ...: the whole column anew.
static bool modify_action(Reading *r, Op *op, ColumnChange *change, bool renames)
{
    Cursor *c = r->c;
    Table scratch = {0};
    Reading own = {c, r->model, r->arena, r->at, &scratch};
    op->kind = OP_ALTER_COLUMN;
    cursor_accept(c, "COLUMN");
    Cursor at_name = *c;
    if (!alter_name(c, r->model, op))
        return false;
    if (!renames)
        *c = at_name;
    const Column *column = column_of(&own);
    if (!column || scratch.constraints.count)
        return false;
    if (renames && !str_equal(column->name, op->name))
        change->new_name = column->name;
    change->type = column->type;
    change->has_nullable = change->has_default = change->has_comment = change->has_autoincrement = true;
    change->nullable = column->nullable;
    change->default_ = column->default_;
    change->comment = column->comment;
    change->comment_is_none = !column->has_comment;
    change->autoincrement = column->autoincrement == AUTOINCREMENT_TRUE;
    return true;
}

static void accept_behavior(Cursor *c, Op *op)
{
    op->cascade = cursor_accept(c, "CASCADE");
    if (op->cascade)
        cursor_accept(c, "CONSTRAINTS");   // Oracle's
    else
        cursor_accept(c, "RESTRICT");
}

static bool drop_action(Cursor *c, Model *model, Op *op)
{
    op->kind = OP_DROP_CONSTRAINT;
    op->has_constraint_kind = true;
    if (cursor_accept(c, "PRIMARY")) {
        op->constraint_kind = CONSTRAINT_PRIMARY;
        return cursor_accept(c, "KEY");
    }
    if (cursor_accept(c, "FOREIGN")) {
        op->constraint_kind = CONSTRAINT_FOREIGN;
        return cursor_accept(c, "KEY") && cursor_name(c, &op->name);
    }
    op->has_constraint_kind = false;
    if (cursor_accept(c, "CONSTRAINT") || cursor_accept(c, "CHECK")) {
        op->if_exists = cursor_at(c, "IF");
        cursor_skip_if_exists(c);
        bool named = cursor_name(c, &op->name);
        accept_behavior(c, op);
        return named;
    }
    if (cursor_accept(c, "INDEX") || cursor_accept(c, "KEY")) {
        op->kind = OP_DROP_INDEX;
        return cursor_name(c, &op->name);
    }
    op->kind = OP_DROP_COLUMN;
    cursor_accept(c, "COLUMN");
    op->if_exists = cursor_at(c, "IF");
    cursor_skip_if_exists(c);
    if (!alter_name(c, model, op))
        return false;
    accept_behavior(c, op);
    return true;
}

static bool add_action(Reading *r, Op *op)
{
    static const char *const constraints[] = {"CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", NULL};
    static const char *const others[] = {"INDEX", "KEY", "FULLTEXT", "SPATIAL", "EXCLUDE", "PARTITION", "PERIOD", NULL};
    Cursor *c = r->c;
    if (cursor_at_any(c, others) || cursor_at_punct(c, '('))
        return false;
    if (cursor_at_any(c, constraints)) {
        Constraint *constraint = table_constraint_of(r);
        if (!constraint)
            return false;
        op->kind = OP_ADD_CONSTRAINT;
        vec_push(r->arena, &op->constraints, constraint);
        return !cursor_accept(c, "NOT") || cursor_accept(c, "VALID");
    }
    Table scratch = {0};
    Reading own = {c, r->model, r->arena, r->at, &scratch};
    op->kind = OP_ADD_COLUMN;
    cursor_accept(c, "COLUMN");
    op->if_not_exists = cursor_at(c, "IF");
    cursor_skip_if_exists(c);
    op->column = column_of(&own);
    if (!op->column || op->column->primary_key)
        return false;
    op->constraints = scratch.constraints;
    return true;
}

bool follow_alter_action(Cursor *c, Model *model, Op *op)
{
    ColumnChange *change = arena_new(model->work, ColumnChange);
    Reading r = {c, model, model->work, op->at, NULL};
    op->change = change;
    if (cursor_accept(c, "RENAME"))
        return rename_action(c, model, op, change);
    if (cursor_accept(c, "ALTER"))
        return alter_column_action(&r, op, change);
    if (cursor_accept(c, "MODIFY"))
        return c->dialect->alter == ALTER_WHOLE && modify_action(&r, op, change, false);
    if (cursor_accept(c, "CHANGE"))
        return c->dialect->alter == ALTER_WHOLE && modify_action(&r, op, change, true);
    if (cursor_accept(c, "DROP"))
        return drop_action(c, model, op);
    return cursor_accept(c, "ADD") && add_action(&r, op);
}
