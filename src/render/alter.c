// Columns of existing tables: added, changed, dropped; completed from the model where the database wants more than the
// revision says.
#include "render_int.h"

// ---- ADD COLUMN ----

bool put_added_constraint(Writing *w, const Op *op, const Constraint *c)
{
    View *add = view_new(w->arena);
    Str text;
    if (!constraint_text(w, c, &text))
        return false;
    view_text(add, STR("table"), table_of(w, op->schema, op->table));
    view_text(add, STR("constraint"), text);
    return put(w, STATEMENT_DDL, "add_constraint", add);
}

bool put_add_column(Writing *w, const Op *op)
{
    View *view = view_new(w->arena);
    Str line, references = STR_EMPTY, table_literal, column_literal;
    // a stand-in table with the column alone: its checks are written inline, and a primary key may make it grow
    Table alone = {.name = op->table, .schema = op->schema};
    Constraint key = {.kind = CONSTRAINT_PRIMARY};
    vec_push(w->arena, &alone.columns, op->column);
    for (size_t i = 0; i < op->constraints.count; i++)
        vec_push(w->arena, &alone.constraints, op->constraints.items[i]);
    bool primary = op->inline_primary_key && op->column->primary_key;
    if (op->column->primary_key) {
        vec_push(w->arena, &key.columns, op->column->name);
        vec_push(w->arena, &alone.constraints, &key);
    }
    // MySQL reads REFERENCES in a column's line and forgets it
    bool inline_references = op->inline_references && w->r->dialect->id != DIALECT_MYSQL;
    if (!column_line(w, &alone, op->column, false, &line))
        return false;
    for (size_t i = 0; inline_references && i < op->constraints.count; i++)
        if (op->constraints.items[i]->kind == CONSTRAINT_FOREIGN &&
            !references_text(w, op->constraints.items[i], &references))
            return false;
    if (!object_literal(w, op->schema, op->table, &table_literal) || !name_literal(w, op->column->name, &column_literal) ||
        !default_may_be_added(w, op) || !counts_freely(w, op->after, &alone))
        return false;
    view_text(view, STR("table"), table_of(w, op->schema, op->table));
    view_text(view, STR("table_literal"), table_literal);
    view_text(view, STR("column_literal"), column_literal);
    view_bool(view, STR("if_not_exists"), op->if_not_exists && says_if_exists(w, EXISTS_COLUMN));
    view_text(view, STR("column"), line);
    view_bool(view, STR("primary_key"), primary);
    view_optional(view, STR("references"), references);
    if (op->if_not_exists ? !put_if(w, "add_column", view, EXISTS_COLUMN) : !put(w, STATEMENT_DDL, "add_column", view))
        return false;
    for (size_t i = 0; i < op->constraints.count; i++) {
        const Constraint *c = op->constraints.items[i];
        if (!c->is_inline && !(inline_references && c->kind == CONSTRAINT_FOREIGN) && !put_added_constraint(w, op, c))
            return false;
    }
    for (size_t i = 0; i < op->indexes.count; i++)
        if (!put_index(w, op->indexes.items[i], false))
            return false;
    return put_comment_on_table(w, &alone);
}

// ---- what is known of a column before it changes ----

// The column as the model has it, or NULL.
static const Column *known_column(const Op *op)
{
    return op->before && !op->before->is_opaque ? table_column(op->before, op->name) : NULL;
}

// What existing_type= leaves out is as the model has it: autogenerate writes String(40) of a column with a collation.
static const Type *existing_type(Writing *w, const Op *op)
{
    const Column *before = known_column(op);
    const Type *existing = op->change->existing_type, *known = before ? before->type : NULL;
    if (!existing || !known)
        return existing ? existing : known;
    bool texts = type_family(existing) == FAMILY_TEXT && type_family(known) == FAMILY_TEXT;
    bool same = texts && !existing->collation.len && !existing->charset.len && (known->collation.len || known->charset.len);
    if (!same)
        return existing;
    Type *whole = arena_new(w->arena, Type);
    *whole = *existing;
    whole->collation = known->collation;
    whole->charset = known->charset;
    return whole;
}

static const Type *type_after(Writing *w, const Op *op)
{
    return op->change->type ? op->change->type : existing_type(w, op);
}

// The nullability that the column keeps: as the revision says, else as the model knows it.
static bool nullable_before(const Op *op, bool *nullable)
{
    const Column *before = known_column(op);
    *nullable = op->change->has_existing_nullable ? op->change->existing_nullable : !before || before->nullable;
    return op->change->has_existing_nullable || before;
}

// Notes what the last statement takes of a column from the model, and what of it is as the model says behind the statement.
static void mark_taken(Writing *w, const Op *op, unsigned takes, unsigned settles)
{
    const Column *before = known_column(op);
    if (!before)
        return;
    last_statement(w)->table_id = op->before->id;
    last_statement(w)->column_id = before->id;
    last_statement(w)->takes = takes;
    last_statement(w)->settles = settles;
}

// What the revision leaves open of a change.
static unsigned unsaid(const ColumnChange *change)
{
    return (change->type ? 0 : TAKES_TYPE) | (change->has_nullable ? 0 : TAKES_NULL) |
           (change->has_default ? 0 : TAKES_DEFAULT) | (change->has_comment ? 0 : TAKES_COMMENT) |
           (change->has_autoincrement ? 0 : TAKES_GROWTH) | TAKES_UNSAID;
}

static View *alter_view(Writing *w, const Op *op)
{
    View *view = view_new(w->arena);
    view_text(view, STR("table"), table_of(w, op->schema, op->table));
    view_text(view, STR("column"), name_of(w, op->name));
    return view;
}

static bool put_rename(Writing *w, const Op *op)
{
    View *view = alter_view(w, op);
    view_text(view, STR("name"), name_of(w, op->change->new_name));
    if (w->r->dialect->id == DIALECT_MSSQL) {
        Str path = str_format(w->arena, "%.*s.%.*s", STR_ARGS(table_of(w, op->schema, op->table)),
                              STR_ARGS(name_of(w, op->name)));
        Str old, new;
        if (!rename_arguments(w, path, op->change->new_name, &old, &new))
            return false;
        view_list(view, STR("declared"));
        view_text(view, STR("old_literal"), constant_argument(w, view, "old", old));
        view_text(view, STR("new_literal"), constant_argument(w, view, "new", new));
    }
    return put_dependents_drop(w, op, TOUCH_RENAME) && put(w, STATEMENT_DDL, "rename_column", view) &&
           put_dependents_again(w, op, TOUCH_RENAME);
}

static bool put_column_comment(Writing *w, const Op *op)
{
    const Column *before = known_column(op);
    return !op->change->has_comment ||
           put_comment(w, op->schema, op->table, op->name, op->change->comment, op->change->comment_is_none,
                       !before               ? (op->change->has_existing_comment ? TRI_TRUE : TRI_NONE)
                       : before->has_comment ? TRI_TRUE
                                             : TRI_FALSE);
}

// ---- one statement for each change ----

static bool put_type_change(Writing *w, const Op *op)
{
    View *view = alter_view(w, op);
    Str type, using_ = option_text(w, &op->change->options, "using");
    const Option *option = dialect_option(w, &op->change->options, "using");
    if (option && option->kind == OPTION_EXPR) {
        Buf out = buf_open(w->arena);
        if (!sql_expr_unqualified(w->arena, w->diag, w->r->style, option->expr, &out))
            return false;
        using_ = buf_str(&out);
    }
    if (!sql_type(w->arena, w->diag, w->r->style, op->change->type, &type))
        return false;
    view_text(view, STR("type"), type);
    view_optional(view, STR("using"), using_);
    return put(w, STATEMENT_DDL, "alter_column_type", view);
}

static void add_set(Buf *out, bool differs, const char *word, const int64_t *value)
{
    if (!differs)
        return;
    buf_addf(out, "%sSET %s", out->len ? " " : "", word);
    if (value)
        buf_addf(out, " %lld", (long long)*value);
}

// What an identity column gets anew, in the order of SQLAlchemy's attribute names.
// Source: Alembic 1.19.1 ddl/postgresql.py, visit_identity_column; ddl/impl.py, _compare_identity_default.
static Str identity_change(Writing *w, const Identity *new, const Identity *old)
{
    static const Identity none = {0};
    Buf out = buf_open(w->arena);
    bool known = old != NULL;
    old = known ? old : &none;
    add_set(&out, !known || new->always != old->always, new->always ? "GENERATED ALWAYS" : "GENERATED BY DEFAULT", NULL);
    add_set(&out, new->has_cache && !(old->has_cache && old->cache == new->cache), "CACHE", &new->cache);
    add_set(&out, new->has_cycle && !(old->has_cycle && old->cycle == new->cycle), new->cycle ? "CYCLE" : "NO CYCLE", NULL);
    add_set(&out, new->has_increment && !(old->has_increment && old->increment == new->increment), "INCREMENT BY",
            &new->increment);
    add_set(&out, new->has_maxvalue && !(old->has_maxvalue && old->maxvalue == new->maxvalue), "MAXVALUE", &new->maxvalue);
    add_set(&out, new->has_minvalue && !(old->has_minvalue && old->minvalue == new->minvalue), "MINVALUE", &new->minvalue);
    add_set(&out, new->nomaxvalue && !old->nomaxvalue, "NO MAXVALUE", NULL);
    add_set(&out, new->nominvalue && !old->nominvalue, "NO MINVALUE", NULL);
    add_set(&out, new->has_start && !(old->has_start && old->start == new->start), "START WITH", &new->start);
    return buf_str(&out);
}

static bool write_identity_change(Writing *w, const Op *op, bool *done)
{
    const ColumnChange *change = op->change;
    const Column *before = known_column(op);
    bool had_identity = change->existing_identity || (before && before->identity);
    View *view = alter_view(w, op);
    *done = true;
    if (!w->r->dialect->has_identity || w->r->dialect->grow == GROW_IDENTITY) {
        *done = change->identity != NULL;
        if (!*done)
            return true;
        diag_error(w->diag, op->at, "%.*s cannot make an existing column an identity", STR_ARGS(w->r->dialect->title));
        diag_hint(w->diag, "Add a new column with it, or branch on the dialect's name.");
        return false;
    }
    if (change->identity) {
        // where neither the revision nor the model says what the column is, it is taken for one already, as Alembic does
        Str identity;
        const Identity *old = change->existing_identity ? change->existing_identity : before ? before->identity : NULL;
        bool oracle = w->r->dialect->id == DIALECT_ORACLE;   // where MODIFY takes the whole clause, new or changed
        if (!oracle && (had_identity || (!before && !change->has_existing_default))) {
            identity = identity_change(w, change->identity, old);
            if (!identity.len)
                return true;
        } else if (!identity_text(w, change->identity, &identity)) {
            return false;
        } else if (!oracle) {
            identity = str_format(w->arena, "ADD %.*s", STR_ARGS(identity));
        }
        view_text(view, STR("action"), identity);
        return put(w, STATEMENT_DDL, "alter_column_identity", view);
    }
    *done = had_identity && !change->default_;
    if (!*done)
        return true;
    view_text(view, STR("action"), STR("DROP IDENTITY"));
    return put(w, STATEMENT_DDL, "alter_column_identity", view);
}

// Stores whether the change of the default is done with it: it is not when false is returned.
static bool put_identity_change(Writing *w, const Op *op, bool *done)
{
    bool good = write_identity_change(w, op, done);
    *done &= good;
    return good;
}

static bool put_default_change(Writing *w, const Op *op)
{
    bool done;
    if (!put_identity_change(w, op, &done) || done)
        return done;
    View *view = alter_view(w, op);
    Str default_ = STR_EMPTY;
    if (op->change->default_ &&
        !sql_default(w->arena, w->diag, w->r->style, op->change->default_, type_after(w, op), &default_))
        return false;
    view_optional(view, STR("default"), default_);
    return put(w, STATEMENT_DDL, "alter_column_default", view);
}

static bool put_null_change(Writing *w, const Op *op)
{
    View *view = alter_view(w, op);
    view_bool(view, STR("nullable"), op->change->nullable);
    if (!put(w, STATEMENT_DDL, "alter_column_nullable", view))
        return false;
    const Column *before = known_column(op);
    // Oracle refuses what is so already
    if (w->r->dialect->alter == ALTER_MODIFY && before && before->nullable != op->change->nullable)
        mark_taken(w, op, TAKES_NULL, TAKES_NULL);
    return true;
}

// Order: TYPE, NULL, DEFAULT, COMMENT, RENAME. Source: Alembic 1.19.1 ddl/postgresql.py, alter_column.
static bool put_each_change(Writing *w, const Op *op)
{
    const ColumnChange *change = op->change;
    if (change->type) {
        if (!put_type_change(w, op))
            return false;
        mark_taken(w, op, TAKES_UNSAID, TAKES_UNSAID);
    }
    return (!change->has_nullable || put_null_change(w, op)) && (!change->has_default || put_default_change(w, op)) &&
           put_column_comment(w, op) && (!change->new_name.len || put_rename(w, op));
}

static bool put_modified_type(Writing *w, const Op *op)
{
    bool needless;
    if (!oracle_may_modify(w, op, &needless) || needless)
        return needless;
    return put_dependents_drop(w, op, TOUCH_TYPE) && put_type_change(w, op) && put_dependents_again(w, op, TOUCH_TYPE);
}

// Oracle refuses NULL or NOT NULL for a column that is so already (ORA-01442, ORA-01451).
// Order: NULL, DEFAULT, TYPE, COMMENT, RENAME. Source: Alembic 1.19.1 ddl/impl.py, alter_column.
static bool put_modify_changes(Writing *w, const Op *op)
{
    const ColumnChange *change = op->change;
    bool before, known = nullable_before(op, &before);
    bool null_changes = change->has_nullable && !(known && before == change->nullable);
    return (!null_changes || put_null_change(w, op)) && (!change->has_default || put_default_change(w, op)) &&
           (!change->type || put_modified_type(w, op)) && put_column_comment(w, op) &&
           (!change->new_name.len || put_rename(w, op));
}

// ---- MySQL: the whole column at once ----

// Alembic takes CHANGE, which says the same as MODIFY, for times.
static bool is_changed_time(Writing *w, const Op *op)
{
    return !(op->change->has_default && !op->change->default_) && op->change->existing_type &&
           type_family(type_for(type_after(w, op), w->r->dialect->name)) == FAMILY_DATETIME;
}

static bool need_type(Writing *w, const Op *op)
{
    if (type_after(w, op))
        return true;
    const Table *table = op->before && op->before->is_opaque ? op->before : op->after;
    Str why = table && table->is_opaque ? table->why_opaque : STR_EMPTY;
    diag_error(w->diag, op->at, "%.*s changes a column as a whole, and the type of \"%.*s.%.*s\" is not known%s%.*s%s",
               STR_ARGS(w->r->dialect->title), STR_ARGS(op->table), STR_ARGS(op->name), why.len ? " (" : "", STR_ARGS(why),
               why.len ? ")" : "");
    diag_hint(w->diag, "%s existing_type=, and existing_nullable= and existing_server_default= with it%s.",
              is_after_refusal(why) ? "Cure the refusal of that revision, or pass" : "Pass",
              is_never_created(why) ? ", or describe the table in a baseline ([waybill] baseline = FILE.py)" : "");
    return false;
}

// existing_server_default= may leave out the ON UPDATE that the model knows behind it.
static bool whole_default(Writing *w, const Op *op, const Type *type, Str *default_)
{
    static const Str behind = {" ON UPDATE ", 11};
    const Column *before = known_column(op);
    Str known;
    if (op->change->has_default || !op->change->has_existing_default || !before || !before->default_)
        return true;
    if (!sql_default(w->arena, w->diag, w->r->style, before->default_, type, &known))
        return false;
    Str end = str_slice(known, default_->len < known.len ? default_->len : known.len, known.len);
    if (str_equal_fold(str_slice(known, 0, known.len - end.len), *default_) && end.len > behind.len &&
        str_equal_fold(str_slice(end, 0, behind.len), behind))
        *default_ = known;
    return true;
}

// What MODIFY and CHANGE do not repeat is lost: the revision says it, or the model knows it.
static bool put_whole_column(Writing *w, const Op *op)
{
    const ColumnChange *change = op->change;
    const Column *before = known_column(op);
    const Type *type = type_after(w, op);
    View *view = alter_view(w, op);
    bool nullable;
    Str type_text, default_ = STR_EMPTY, comment = STR_EMPTY;
    nullable_before(op, &nullable);
    if (change->has_nullable)
        nullable = change->nullable;
    const Expr *default_expr = change->has_default            ? change->default_
                               : change->has_existing_default ? change->existing_default
                               : before                       ? before->default_
                                                              : NULL;
    bool grows = change->has_autoincrement ? change->autoincrement : before && table_autoincrement(op->before) == before;
    bool has_comment = change->has_comment            ? !change->comment_is_none
                       : change->has_existing_comment ? true
                                                      : before && before->has_comment;
    Str comment_of = change->has_comment            ? change->comment
                     : change->has_existing_comment ? change->existing_comment
                     : before                       ? before->comment
                                                    : STR_EMPTY;
    if (!need_type(w, op) || !sql_type(w->arena, w->diag, w->r->style, type, &type_text))
        return false;
    if (default_expr && !grows &&
        (!sql_default(w->arena, w->diag, w->r->style, default_expr, type, &default_) ||
         !whole_default(w, op, type, &default_)))
        return false;
    if (has_comment && comment_of.len && !comment_text(w, comment_of, &comment))
        return false;
    bool changes_name = change->new_name.len || is_changed_time(w, op);
    view_optional(view, STR("name"),
                  changes_name ? name_of(w, change->new_name.len ? change->new_name : op->name) : STR_EMPTY);
    view_text(view, STR("type"), type_text);
    view_bool(view, STR("nullable"), nullable);
    view_bool(view, STR("grows"), grows);
    view_optional(view, STR("default"), default_);
    view_optional(view, STR("comment"), comment);
    // MariaDB loses the column's own CHECK with the rest of its line
    const Table *checked = w->r->dialect->id == DIALECT_MARIADB && op->after && !op->after->is_opaque ? op->after : NULL;
    const Column *after = checked ? table_column(checked, change->new_name.len ? change->new_name : op->name) : NULL;
    if (!column_checks(w, after ? checked : NULL, after, view) ||
        !computed_text(w, before ? before->computed : NULL, view) || !checks_renamed(w, op, view) ||
        (change->new_name.len && !put_dependents_drop(w, op, TOUCH_RENAME)) ||
        !put(w, STATEMENT_DDL, "alter_column_whole", view))
        return false;
    mark_taken(w, op, unsaid(change), ~0U);
    return !change->new_name.len || put_dependents_again(w, op, TOUCH_RENAME);
}

// Source: Alembic 1.19.1 ddl/mysql.py, alter_column.
static bool put_whole_change(Writing *w, const Op *op)
{
    const ColumnChange *change = op->change;
    bool done;
    if (change->has_default && (!put_identity_change(w, op, &done) || done))
        return done;
    if (change->new_name.len || change->type || change->has_nullable || change->has_autoincrement || change->has_comment ||
        (change->has_default && change->default_ && is_changed_time(w, op)))
        return put_whole_column(w, op);
    // MySQL sets no literal as the default of TEXT, BLOB, JSON (1101), but states it with the column
    bool whole = change->default_ && w->r->dialect->id == DIALECT_MYSQL && sql_is_large_on_mysql(type_after(w, op));
    if (!whole)
        return !change->has_default || put_default_change(w, op);
    bool nullable;
    return (nullable_before(op, &nullable) ||
            refuse_framed(
                w, op->at, "Pass existing_nullable=, or describe the table in a baseline.",
                STR("MySQL sets the default of a TEXT, BLOB or JSON column with the whole column, and whether it may "
                    "be NULL is not known"))) &&
           put_whole_column(w, op);
}

// ---- SQL Server ----

bool put_drop_column(Writing *w, const Op *op)
{
    if (op->after && !column_may_go(w, op, op->after))
        return false;
    View *view = alter_view(w, op);
    const Column *before = known_column(op);
    bool mssql = w->r->dialect->id == DIALECT_MSSQL;
    if (mssql && ((before && before->default_) || option_is_true(w, &op->options, "drop_default")) &&
        !put_looked_up(w, op, "sys.default_constraints"))
        return false;
    if (mssql && !before && option_is_true(w, &op->options, "drop_check") && !put_looked_up(w, op, "sys.check_constraints"))
        return false;
    if (mssql && !before && option_is_true(w, &op->options, "drop_foreign_key") && !put_looked_up(w, op, "sys.foreign_keys"))
        return false;
    if (!put_dependents_drop(w, op, TOUCH_DROP))
        return false;
    view_bool(view, STR("if_exists"), op->if_exists && says_if_exists(w, GONE_COLUMN));
    return op->if_exists ? put_if(w, "drop_column", view, GONE_COLUMN) : put(w, STATEMENT_DDL, "drop_column", view);
}

// A longer text of the same kind leaves indexes and constraints as they are; any other change is refused while they stand.
static bool is_widened(const Type *from, const Type *to)
{
    bool text = type_family(from) == FAMILY_TEXT || type_family(from) == FAMILY_BYTES;
    return from && to && from->kind == to->kind && text && str_equal(from->collation, to->collation) && from->length >= 0 &&
           to->length >= from->length;
}

// Keys and foreign keys stand in the way of any change of type.
static bool is_keyed(const Table *table, Str column)
{
    for (size_t i = 0; i < table->constraints.count; i++) {
        const Constraint *c = table->constraints.items[i];
        if ((c->kind == CONSTRAINT_PRIMARY || c->kind == CONSTRAINT_FOREIGN) && strlist_has(&c->columns, column))
            return true;
    }
    return false;
}

static bool put_type_and_null(Writing *w, const Op *op, bool moves_default)
{
    const ColumnChange *change = op->change;
    const Column *before = known_column(op);
    View *view = alter_view(w, op);
    const Type *type = type_after(w, op);
    Str type_text;
    if (before && before->computed) {
        diag_error(w->diag, op->at, "%.*s changes no computed column: \"%.*s.%.*s\"", STR_ARGS(w->r->dialect->title),
                   STR_ARGS(op->table), STR_ARGS(op->name));
        diag_hint(w->diag, "Drop it and add it again.");
        return false;
    }
    bool nullable, known = nullable_before(op, &nullable);
    if (!need_type(w, op) || !sql_type(w->arena, w->diag, w->r->style, type, &type_text))
        return false;
    if (change->has_nullable)
        nullable = change->nullable;
    view_text(view, STR("type"), type_text);
    view_bool(view, STR("null"), nullable && (known || change->has_nullable));
    view_bool(view, STR("not_null"), !nullable && (known || change->has_nullable));
    if (!put(w, STATEMENT_DDL, "alter_column_type", view))
        return false;
    unsigned said = TAKES_TYPE | TAKES_NULL | TAKES_UNSAID | (moves_default ? TAKES_DEFAULT : 0);
    mark_taken(w, op, unsaid(change) & said, said);
    return true;
}

// Type and nullability go together, and what is not said of the second is lost. Defaults are constraints of their own, which
// a change of type must first take away; so must indexes and constraints over the column.
// Source: Alembic 1.19.1 ddl/mssql.py, alter_column; learn.microsoft.com, ALTER TABLE (Transact-SQL), ALTER COLUMN.
static bool put_mssql_changes(Writing *w, const Op *op)
{
    const ColumnChange *change = op->change;
    const Column *before = known_column(op);
    bool done;
    if (change->has_default && (!put_identity_change(w, op, &done) || done))
        return done;
    bool retypes = change->type && !(before && type_equal(before->type, change->type));
    bool narrows = before && ((retypes && (!is_widened(before->type, change->type) || is_keyed(op->before, op->name))) ||
                              (change->has_nullable && !change->nullable && before->nullable));
    bool moves_default = before && before->default_ && retypes;
    // without the model, an old default is dropped where there may be one
    bool drops_default = moves_default || (change->has_default && (before ? before->default_ != NULL : true));
    if (!before && change->default_ && !change->has_existing_default)
        drops_default = false;
    if (drops_default && !put_looked_up(w, op, "sys.default_constraints"))
        return false;
    if (narrows && !put_dependents_drop(w, op, TOUCH_TYPE))
        return false;
    if ((change->type || change->has_nullable) && !put_type_and_null(w, op, moves_default))
        return false;
    const Expr *default_ = change->has_default ? change->default_ : moves_default ? before->default_ : NULL;
    if (default_) {
        View *view = alter_view(w, op);
        Str text;
        if (!sql_default(w->arena, w->diag, w->r->style, default_, type_after(w, op), &text))
            return false;
        view_text(view, STR("default"), text);
        if (!put(w, STATEMENT_DDL, "alter_column_default", view))
            return false;
    }
    return (!narrows || put_dependents_again(w, op, TOUCH_TYPE)) && put_column_comment(w, op) &&
           (!change->new_name.len || put_rename(w, op));
}

bool put_alter_column(Writing *w, const Op *op)
{
    if (!column_may_change(w, op))
        return false;
    switch (w->r->dialect->alter) {
    case ALTER_EACH:
    case ALTER_REBUILD: return put_each_change(w, op);   // what SQLite's ALTER TABLE can do: RENAME
    case ALTER_WHOLE: return put_whole_change(w, op);
    case ALTER_MODIFY: return put_modify_changes(w, op);
    case ALTER_TYPE_NULL: return put_mssql_changes(w, op);
    }
    return false;
}
