// What stands on a column: constraints, indexes, computed columns, foreign keys of this and of other tables. It is dropped
// and made again where the model knows all of it; what a server would refuse in the middle of a script is refused before.
#include "render_int.h"

bool refuse_framed(Writing *w, Span at, const char *hint, Str what)
{
    bool bare = w->r->options->bare;
    if (bare)
        diag_warn(w->diag, at, "%.*s", STR_ARGS(what));
    else
        diag_error(w->diag, at, "%.*s", STR_ARGS(what));
    diag_hint(w->diag, "%s", hint);
    return bare;
}

// Drops the default, check or foreign key of a column, whatever the server has called it.
bool put_looked_up(Writing *w, const Op *op, const char *view_name)
{
    View *view = view_new(w->arena);
    Str table = table_of(w, op->schema, op->table), table_literal, column_literal, drop;
    bool plain = str_find_char(table, '[', 0) == SIZE_MAX && str_equal(name_of(w, op->name), op->name);
    bool (*text)(Arena *, Diag *, const SqlStyle *, Span, Str, Str *) = plain ? sql_text : sql_national_text;
    if (!text(w->arena, w->diag, w->r->style, op->at, table, &table_literal) ||
        !text(w->arena, w->diag, w->r->style, op->at, op->name, &column_literal) ||
        !text(w->arena, w->diag, w->r->style, op->at,
              str_format(w->arena, "alter table %.*s drop constraint ", STR_ARGS(table)), &drop))
        return false;
    view_text(view, STR("view"), str_from(view_name));
    view_bool(view, STR("foreign_keys"), strcmp(view_name, "sys.foreign_keys") == 0);
    view_bool(view, STR("keys"), strcmp(view_name, "sys.key_constraints") == 0);
    view_text(view, STR("table_literal"), table_literal);
    view_text(view, STR("column_literal"), column_literal);
    view_list(view, STR("declared"));
    view_text(view, STR("drop_literal"), constant_argument(w, view, "drop", drop));
    return put(w, STATEMENT_DDL, "drop_looked_up", view);
}

static bool text_mentions(Writing *w, Str text, Str column)
{
    return !str_equal(sql_rename(w->arena, w->r->dialect, text, column, STR("waybill mentions it")), text);
}

static bool mentions(Writing *w, const Expr *expr, Str column)
{
    Buf out = buf_open(w->arena);
    Diag scratch = diag_open(w->arena);
    return expr && sql_expr_unqualified(w->arena, &scratch, w->r->style, expr, &out) &&
           text_mentions(w, buf_str(&out), column);
}

static bool constraint_uses(Writing *w, const Constraint *c, Str column)
{
    return strlist_has(&c->columns, column) || str_equal(c->column, column) ||
           (c->kind == CONSTRAINT_CHECK && mentions(w, c->check, column));
}

// In an expression or a condition, not as one of its columns.
static bool index_mentions(Writing *w, const Index *index, Str column)
{
    const Option *where = dialect_option(w, &index->options, "where");
    for (size_t i = 0; i < index->items.count; i++)
        if (mentions(w, index->items.items[i].expr, column))
            return true;
    return where && ((where->kind == OPTION_EXPR && mentions(w, where->expr, column)) ||
                     (where->kind == OPTION_TEXT && text_mentions(w, where->text, column)));
}

static bool index_uses(Writing *w, const Index *index, Str column)
{
    // in the raw text the names of the index and its table stand before the parenthesis
    size_t open = str_find_char(index->raw, '(', 0);
    if (open != SIZE_MAX)
        return text_mentions(w, str_slice(index->raw, open, index->raw.len), column);
    for (size_t i = 0; i < index->items.count; i++)
        if (str_equal(index->items.items[i].column, column))
            return true;
    const Option *include = dialect_option(w, &index->options, "include");
    for (size_t i = 0; include && i < include->items.count; i++)
        if (str_equal(include->items.items[i].text, column))
            return true;
    return index_mentions(w, index, column);
}

// Returns the first computed column that another column is part of, or NULL.
static const Column *computed_over(Writing *w, const Table *table, Str column)
{
    for (size_t i = 0; i < table->columns.count; i++) {
        const Column *c = table->columns.items[i];
        if (c->computed && !str_equal(c->name, column) && mentions(w, c->computed->expr, column))
            return c;
    }
    return NULL;
}

// The same of defaults: MySQL and MariaDB have such that read other columns.
static const Column *default_over(Writing *w, const Table *table, Str column)
{
    for (size_t i = 0; i < table->columns.count; i++) {
        const Column *c = table->columns.items[i];
        if (!str_equal(c->name, column) && mentions(w, c->default_, column))
            return c;
    }
    return NULL;
}

static bool put_drop_of(Writing *w, const Op *op, const Constraint *c)
{
    Str name = c->name.len ? c->name : c->server_name;
    if (!name.len && w->r->dialect->id == DIALECT_MSSQL && c->kind == CONSTRAINT_FOREIGN)
        return put_looked_up(w, op, "sys.foreign_keys");
    // the catalogue names the column only of a CHECK in the column's own line
    if (!name.len && w->r->dialect->id == DIALECT_MSSQL && c->kind == CONSTRAINT_CHECK && c->is_inline &&
        str_equal(c->column, op->name))
        return put_looked_up(w, op, "sys.check_constraints");
    if (!name.len && w->r->dialect->id == DIALECT_MSSQL && (c->kind == CONSTRAINT_UNIQUE || c->kind == CONSTRAINT_PRIMARY))
        return put_looked_up(w, op, "sys.key_constraints");
    if (!name.len && w->r->dialect->id == DIALECT_ORACLE)
        return true;   // goes with the column
    if (!name.len) {
        diag_error(w->diag, op->at, "a constraint without a name stands on column \"%.*s.%.*s\"", STR_ARGS(op->table),
                   STR_ARGS(op->name));
        diag_hint(w->diag, "Drop it first, with the name that the database has given it.");
        return false;
    }
    Op drop = *op;
    drop.kind = OP_DROP_CONSTRAINT;
    drop.name = name;
    drop.has_constraint_kind = true;
    drop.constraint_kind = c->kind;
    drop.if_exists = false;
    return put_drop_constraint(w, &drop);
}

static bool put_drop_of_index(Writing *w, const Op *op, const Index *index)
{
    Op drop = *op;
    drop.kind = OP_DROP_INDEX;
    drop.name = index->name;
    drop.schema = index->schema;
    drop.table = index->table;
    drop.options = index->options;
    drop.if_exists = false;
    return put_drop_index(w, &drop);
}

// What stands on a column in the way of a change, as the model knows it: PostgreSQL and a rebuilt table drop it along,
// Oracle what stands on the column alone, MySQL what is left of an index, SQL Server nothing.
static bool is_constraint_in_way(Writing *w, const Constraint *c, Str column, Touch touch)
{
    bool alone = c->columns.count < 2 && c->kind != CONSTRAINT_CHECK;
    bool key = c->kind == CONSTRAINT_UNIQUE || c->kind == CONSTRAINT_PRIMARY;
    switch (w->r->dialect->id) {
    case DIALECT_MSSQL:
        return touch == TOUCH_RENAME ? c->kind == CONSTRAINT_CHECK && mentions(w, c->check, column)
                                     : constraint_uses(w, c, column);
    case DIALECT_ORACLE: return touch == TOUCH_DROP && !alone && constraint_uses(w, c, column);
    case DIALECT_MYSQL:
    case DIALECT_MARIADB:
        // MariaDB's CHECK of a column's own line is a part of it
        if (w->r->dialect->id == DIALECT_MARIADB && c->is_inline && str_equal(c->column, column))
            return false;
        return touch == TOUCH_DROP && c->kind != CONSTRAINT_PRIMARY && !(key && alone) && constraint_uses(w, c, column);
    case DIALECT_POSTGRESQL:
    case DIALECT_SQLITE:
    case DIALECT_COUNT: break;
    }
    return false;
}

// The names that an index gives its columns follow a rename everywhere; its expressions do not on MySQL (3837) and Oracle
// (ORA-30556 for the type too), its condition not on SQL Server.
static bool is_index_in_way(Writing *w, const Index *index, Str column, Touch touch)
{
    bool alone = !index->raw.len && index->items.count < 2 && !index_mentions(w, index, column);
    switch (w->r->dialect->id) {
    case DIALECT_MSSQL:
        if (touch == TOUCH_RENAME && index->raw.len)
            return str_find(str_lower(w->arena, index->raw), STR("where"), 0) != SIZE_MAX && index_uses(w, index, column);
        return touch == TOUCH_RENAME ? index_mentions(w, index, column) : index_uses(w, index, column);
    case DIALECT_ORACLE: return !index->raw.len && index_mentions(w, index, column);
    case DIALECT_MYSQL:
    case DIALECT_MARIADB:
        return touch == TOUCH_DROP ? !alone && index_uses(w, index, column)
                                   : touch == TOUCH_RENAME && w->r->dialect->id == DIALECT_MYSQL && !index->raw.len &&
                                         index_mentions(w, index, column);
    case DIALECT_POSTGRESQL:
    case DIALECT_SQLITE:
    case DIALECT_COUNT: break;
    }
    return false;
}

bool put_dependents_drop(Writing *w, const Op *op, Touch touch)
{
    const Table *table = op->before;
    if (!table || table->is_opaque)
        return true;
    // foreign keys before the indexes that they need
    for (int foreign = 1; foreign >= 0; foreign--)
        for (size_t i = 0; i < table->constraints.count; i++) {
            const Constraint *c = table->constraints.items[i];
            if ((c->kind == CONSTRAINT_FOREIGN) == foreign && is_constraint_in_way(w, c, op->name, touch) &&
                !put_drop_of(w, op, c))
                return false;
        }
    for (size_t i = 0; i < table->indexes.count; i++)
        if (is_index_in_way(w, table->indexes.items[i], op->name, touch) &&
            !put_drop_of_index(w, op, table->indexes.items[i]))
            return false;
    return true;
}

bool put_dependents_again(Writing *w, const Op *op, Touch touch)
{
    const Table *before = op->before, *now = touch == TOUCH_RENAME ? op->after : before;
    if (!before || before->is_opaque || !now || now->is_opaque)
        return true;
    // a rename leaves them in their order
    if (now->constraints.count != before->constraints.count || now->indexes.count != before->indexes.count)
        BUG("renaming a column has changed how many constraints or indexes its table has");
    for (int foreign = 0; foreign < 2; foreign++)
        for (size_t i = 0; i < before->constraints.count; i++) {
            const Constraint *c = before->constraints.items[i];
            if ((c->kind == CONSTRAINT_FOREIGN) == foreign && is_constraint_in_way(w, c, op->name, touch) &&
                !put_added_constraint(w, op, now->constraints.items[i]))
                return false;
        }
    for (size_t i = 0; i < before->indexes.count; i++)
        if (is_index_in_way(w, before->indexes.items[i], op->name, touch) && !put_index(w, now->indexes.items[i], false))
            return false;
    return true;
}

// MySQL refuses to rename what a CHECK names (3959), unless the same statement drops that and adds it again.
bool checks_renamed(Writing *w, const Op *op, View *view)
{
    const Table *before = op->before, *after = op->after;
    view_list(view, STR("dropped_checks"));
    view_list(view, STR("added_checks"));
    if (w->r->dialect->id != DIALECT_MYSQL || !op->change->new_name.len || !before || before->is_opaque || after->is_opaque)
        return true;
    for (size_t i = 0; i < before->constraints.count; i++) {
        const Constraint *c = before->constraints.items[i];
        if (c->kind != CONSTRAINT_CHECK || !mentions(w, c->check, op->name))
            continue;
        Constraint *again = constraint_copy(w->arena, after->constraints.items[i]);
        Str text;
        again->name = c->name.len ? c->name : c->server_name;
        if (!constraint_text(w, again, &text))
            return false;
        view_text(view_item(view, STR("dropped_checks")), STR("name"), name_of(w, again->name));
        view_text(view_item(view, STR("added_checks")), STR("text"), text);
    }
    return true;
}

// ---- what the servers refuse ----

static Str foreign_key_text(Writing *w, const ForeignUse *use)
{
    const Constraint *c = use->constraint;
    Str name = c->name.len ? c->name : c->server_name;
    return name.len
               ? str_format(w->arena, "foreign key \"%.*s\" of table \"%.*s\"", STR_ARGS(name), STR_ARGS(use->table->name))
               : str_format(w->arena, "a foreign key of table \"%.*s\"", STR_ARGS(use->table->name));
}

// why: "cannot be dropped", ...; by: what stands in the way, and how.
static bool refuse_column(Writing *w, const Op *op, const char *why, Str by, const char *hint)
{
    return refuse_framed(w, op->at, hint,
                         str_format(w->arena, "%.*s: column \"%.*s.%.*s\" cannot be %s: %.*s",
                                    STR_ARGS(w->r->dialect->title), STR_ARGS(op->table), STR_ARGS(op->name), why,
                                    STR_ARGS(by)));
}

static bool refuse_computed(Writing *w, const Op *op, const char *why, const Column *computed)
{
    return refuse_column(w, op, why,
                         str_format(w->arena, "computed column \"%.*s\" is made of it", STR_ARGS(computed->name)),
                         "Drop that computed column first, and add it again behind the change.");
}

static bool refuse_default(Writing *w, const Op *op, const char *why, const Column *column)
{
    return refuse_column(w, op, why, str_format(w->arena, "the default of column \"%.*s\" reads it", STR_ARGS(column->name)),
                         "Drop that default first, and set it again behind the change.");
}

static Str type_said(Writing *w, const Type *type)
{
    Str text;
    Diag scratch = diag_open(w->arena);
    return type && sql_type(w->arena, &scratch, w->r->style, type, &text) ? text : STR_EMPTY;
}

// Whether values of the two are compared at all: what PostgreSQL has an operator of equality for, and Oracle one family.
static bool are_comparable(Writing *w, const Type *refers, const Type *referred)
{
    TypeFamily from = type_family(type_for(refers, w->r->dialect->name)),
               to = type_family(type_for(referred, w->r->dialect->name));
    bool known = from != FAMILY_NONE && to != FAMILY_NONE;
    bool number = from == FAMILY_INTEGER || from == FAMILY_NUMERIC || from == FAMILY_FLOAT;
    bool number_to = to == FAMILY_INTEGER || to == FAMILY_NUMERIC || to == FAMILY_FLOAT;
    bool time = from == FAMILY_DATE || from == FAMILY_DATETIME, time_to = to == FAMILY_DATE || to == FAMILY_DATETIME;
    if (!known || from == to || (time && time_to))
        return true;
    if (number && number_to)
        return w->r->dialect->id != DIALECT_POSTGRESQL || from == FAMILY_INTEGER || to == FAMILY_FLOAT;
    return false;
}

// InnoDB compares the new type with the old one, not with the other end: MariaDB refuses any other (1832, 1833) but an ENUM
// with more labels, MySQL lets a text grow where its length keeps its size in the row.
static bool innodb_keeps(Writing *w, const Type *from, const Type *to)
{
    enum { ONE_BYTE_OF_LENGTH = 255, LONGEST_CHARACTER = 4 };
    from = type_for(from, w->r->dialect->name);
    to = type_for(to, w->r->dialect->name);
    if (str_equal(type_said(w, from), type_said(w, to)) || (from->kind == TYPE_ENUM && to->kind == TYPE_ENUM))
        return true;
    bool grows = type_family(from) == FAMILY_TEXT && from->kind == to->kind && from->length > 0 &&
                 to->length >= from->length && str_equal(from->collation, to->collation) &&
                 str_equal(from->charset, to->charset);
    return w->r->dialect->id == DIALECT_MYSQL && grows &&
           (to->length * LONGEST_CHARACTER <= ONE_BYTE_OF_LENGTH || from->length > ONE_BYTE_OF_LENGTH);
}

static bool keeps_foreign_key(Writing *w, const Op *op, const ForeignUse *use, const Type *from)
{
    const Type *to = op->change->type, *other = use->other ? use->other->type : NULL;
    switch (w->r->dialect->id) {
    case DIALECT_POSTGRESQL:
    case DIALECT_ORACLE: return !other || are_comparable(w, use->refers ? other : to, use->refers ? to : other);
    case DIALECT_MYSQL:
    case DIALECT_MARIADB: return innodb_keeps(w, from, to);
    // one that stands on the column is dropped and made again, which wants the same type at both ends (1778)
    case DIALECT_MSSQL: return !use->refers && (!other || str_equal(type_said(w, other), type_said(w, to)));
    case DIALECT_SQLITE: return true;
    case DIALECT_COUNT: break;
    }
    return true;
}

static bool may_retype(Writing *w, const Op *op, const Column *before)
{
    DialectId id = w->r->dialect->id;
    bool refuses = id == DIALECT_POSTGRESQL || id == DIALECT_ORACLE || id == DIALECT_MSSQL;
    const Column *computed = refuses ? computed_over(w, op->before, op->name) : NULL;
    if (computed && !refuse_computed(w, op, "changed", computed))
        return false;
    for (size_t i = 0; !w->unchecked_keys && i < op->foreign_uses.count; i++) {
        const ForeignUse *use = &op->foreign_uses.items[i];
        if (keeps_foreign_key(w, op, use, before->type))
            continue;
        return refuse_column(
            w, op, "given another type",
            str_format(w->arena, "%.*s %s it", STR_ARGS(foreign_key_text(w, use)), use->refers ? "refers to" : "stands on"),
            "Drop that foreign key first, change the columns at both ends, and create it again.");
    }
    return true;
}

static bool may_rename(Writing *w, const Op *op)
{
    DialectId id = w->r->dialect->id;
    if (id != DIALECT_MYSQL && id != DIALECT_ORACLE && id != DIALECT_MSSQL)
        return true;
    const Column *computed = computed_over(w, op->before, op->name);
    const Column *by_default = id == DIALECT_MYSQL ? default_over(w, op->before, op->name) : NULL;
    return (!computed || refuse_computed(w, op, "renamed", computed)) &&
           (!by_default || refuse_default(w, op, "renamed", by_default));
}

bool column_may_change(Writing *w, const Op *op)
{
    const Table *table = op->before;
    const Column *before = table && !table->is_opaque ? table_column(table, op->name) : NULL;
    bool retypes = before && op->change->type && before->type &&
                   !str_equal(type_said(w, before->type), type_said(w, op->change->type));
    // SQL Server states the type with NULL and NOT NULL, which is a change of it
    const Column *computed = before && !retypes && op->change->has_nullable && w->r->dialect->id == DIALECT_MSSQL
                                 ? computed_over(w, table, op->name)
                                 : NULL;
    return !before ||
           ((!retypes || may_retype(w, op, before)) && (!computed || refuse_computed(w, op, "changed", computed)) &&
            (!op->change->new_name.len || may_rename(w, op)));
}

bool column_may_go(Writing *w, const Op *op, const Table *left)
{
    const Table *before = op->before;
    if (!before || before->is_opaque || !table_column(before, op->name))
        return true;
    for (size_t i = 0; i < op->foreign_uses.count; i++) {
        const ForeignUse *use = &op->foreign_uses.items[i];
        // of its own foreign keys a rebuild may drop one later in the same batch
        if (use->refers && (use->table != before || left == op->after))
            return refuse_column(w, op, "dropped",
                                 str_format(w->arena, "%.*s refers to it", STR_ARGS(foreign_key_text(w, use))),
                                 "Drop that foreign key first.");
    }
    const Column *computed = computed_over(w, left, op->name);
    if (computed)
        return refuse_computed(w, op, "dropped", computed);
    if (w->r->dialect->alter != ALTER_WHOLE)
        return true;
    const Column *by_default = default_over(w, before, op->name);
    const Constraint *key = table_primary_key(before);
    if (by_default)
        return refuse_default(w, op, "dropped", by_default);
    return !key || key->columns.count < 2 || !strlist_has(&key->columns, op->name) ||
           refuse_column(w, op, "dropped", STR("it is one of the primary key's columns"),
                         "Drop the primary key first, and create it again over what is left.");
}

bool counts_freely(Writing *w, const Table *table, const Table *added)
{
    DialectId id = w->r->dialect->id;
    const Column *grows = (id == DIALECT_MYSQL || id == DIALECT_MARIADB) && table && !table->is_opaque
                              ? table_grows(w->r->dialect, table)
                              : NULL;
    // a key that came later has not made it count
    if (!grows || !grows->primary_key)
        return true;
    const char *what = NULL;
    for (size_t i = 0; i < added->constraints.count; i++)
        if (added->constraints.items[i]->kind == CONSTRAINT_CHECK &&
            mentions(w, added->constraints.items[i]->check, grows->name))
            what = "CHECK";
    const Column *computed = computed_over(w, added, grows->name);
    // MariaDB computes such a column when it is read
    if (computed && (id == DIALECT_MYSQL || computed->computed->persisted == TRI_TRUE))
        what = "computed column";
    return !what ||
           refuse_framed(w, w->op->at, "Leave it out, or pass autoincrement=False.",
                         str_format(w->arena, "%.*s has no %s over an AUTO_INCREMENT column: \"%.*s.%.*s\"",
                                    STR_ARGS(w->r->dialect->title), what, STR_ARGS(table->name), STR_ARGS(grows->name)));
}

// Source: MySQL 8.0 Reference Manual 13.6, "Data Type Default Values" (error 1674); 17.2.1.3, "Determination of Safe and
// Unsafe Statements".
bool default_may_be_added(Writing *w, const Op *op)
{
    static const char *const unsafe[] = {"UUID", "UUID_SHORT", "RAND", "RANDOM_BYTES", "SYSDATE", NULL};
    Str text;
    if (w->r->dialect->id != DIALECT_MYSQL || !op->column->default_)
        return true;
    if (!sql_default(w->arena, w->diag, w->r->style, op->column->default_, op->column->type, &text))
        return false;
    return !sql_calls_any(w->r->dialect, text, unsafe) ||
           refuse_framed(w, op->at, "Add it without the default, fill it, and set the default with alter_column().",
                         str_format(w->arena,
                                    "MySQL adds no column with a default that differs from row to row: \"%.*s.%.*s\"",
                                    STR_ARGS(op->table), STR_ARGS(op->column->name)));
}

// What of a type MODIFY cannot reach from or to: ORA-22858, ORA-22859.
static bool is_lob(Str type)
{
    static const char *const words[] = {"CLOB", "NCLOB", "BLOB", "BFILE", "LONG", "JSON", NULL};
    return str_is_one_of(type, words);
}

// INTEGER and SMALLINT are NUMBER(38) there.
static bool is_widest_integer(Str type)
{
    static const char *const words[] = {"INTEGER", "SMALLINT", NULL};
    return str_is_one_of(type, words);
}

bool oracle_may_modify(Writing *w, const Op *op, bool *needless)
{
    const Column *before = op->before && !op->before->is_opaque ? table_column(op->before, op->name) : NULL;
    const Type *old = before ? before->type : op->change->existing_type;
    Str from = type_said(w, old), to = type_said(w, op->change->type);
    *needless = false;
    if (!from.len || str_equal(from, to))
        return true;
    if (is_lob(from) || is_lob(to))
        return refuse_column(w, op, "given another type",
                             str_format(w->arena, "MODIFY makes no %.*s of a %.*s", STR_ARGS(to), STR_ARGS(from)),
                             "Add a new column, fill it from the old one, drop that and rename the new one.");
    // BIGINT is NUMBER(19), in which no row could stay (ORA-01440), and holds no more than the column does already
    *needless = !w->r->options->bare && is_widest_integer(from) &&
                (str_equal(to, STR("NUMBER(19)")) || is_widest_integer(to));
    if (*needless) {
        diag_warn(w->diag, op->at,
                  "Oracle's %.*s is NUMBER(38), which holds every BIGINT: column \"%.*s.%.*s\" stays as it is",
                  STR_ARGS(from), STR_ARGS(op->table), STR_ARGS(op->name));
        diag_hint(w->diag, "Nothing is to be done: NUMBER(19) would be narrower, and is refused as soon as there is a row.");
    }
    return true;
}
