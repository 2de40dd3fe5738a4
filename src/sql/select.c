// SELECT and its FROM: which tables a query reads follows from the columns it uses, less those of the query around it.
#include "sql_int.h"

bool same_table_ref(const TableRef *a, const TableRef *b)
{
    if (a == b)
        return true;
    return !a->select && !b->select && str_equal(a->alias, b->alias) && str_equal(a->schema, b->schema) &&
           str_equal(a->name, b->name);
}

static bool from_holds(const From *from, const TableRef *table)
{
    if (from->table)
        return same_table_ref(from->table, table);
    return from->left && (from_holds(from->left, table) || from_holds(from->right, table));
}

bool from_has_table(const FromList *from, const TableRef *table)
{
    for (size_t i = 0; i < from->count; i++)
        if (from_holds(from->items[i], table))
            return true;
    return false;
}

static void add_table(Arena *arena, const TableRef *table, FromList *from)
{
    if (from_has_table(from, table))
        return;
    From *entry = arena_new(arena, From);
    entry->table = table;
    vec_push(arena, from, entry);
}

void collect_tables(Arena *arena, const Expr *expr, FromList *from)
{
    if (!expr)
        return;
    if ((expr->kind == EXPR_COLUMN || expr->kind == EXPR_STAR) && expr->table)
        add_table(arena, expr->table, from);
    for (size_t i = 0; i < expr->count; i++)
        collect_tables(arena, expr->args[i], from);
    collect_tables(arena, expr->extra, from);
    collect_tables(arena, expr->extra2, from);
}

// What stands in FROM sees no table of the statement around it.
static bool write_apart(Writer *w, const Select *select)
{
    const Scope *scope = w->scope;
    w->scope = NULL;
    w->names_columns = true;
    bool done = write_select(w, select);
    w->names_columns = false;
    w->scope = scope;
    return done;
}

// Notes what the name stands for, once.
static bool add_cte(Writer *w, const TableRef *table)
{
    if (!w->ctes) {
        diag_error(w->diag, w->at, "the common table expression \"%.*s\" has no statement here to begin with WITH",
                   STR_ARGS(table->name));
        diag_hint(w->diag, "Use .subquery(), which reads the same rows.");
        return false;
    }
    if (w->style->minimum < w->dialect->with_since) {
        diag_error(w->diag, w->at, "the oldest %.*s that the script is for has no WITH", STR_ARGS(w->dialect->title));
        diag_hint(w->diag, "Use .subquery() instead of .cte(): it reads the same rows.");
        return false;
    }
    for (size_t i = 0; i < w->ctes->items.count; i++) {
        if (!str_equal(w->ctes->items.items[i].name, table->name))
            continue;
        if (w->ctes->items.items[i].select == table->select)
            return true;
        diag_error(w->diag, w->at, "two common table expressions go by the same name \"%.*s\"", STR_ARGS(table->name));
        diag_hint(w->diag, "Give each cte() a name of its own.");
        return false;
    }
    Buf text = buf_open(w->arena), *out = w->out;
    w->out = &text;
    bool done = write_apart(w, table->select);
    w->out = out;
    if (done)
        vec_push(w->arena, &w->ctes->items, ((Cte){table->name, buf_str(&text), table->select}));
    return done;
}

// Source: SQLAlchemy 2.0.52 sql/compiler.py, SQLCompiler._render_cte_clause().
Str with_clause(Writer *w)
{
    Buf out = buf_open(w->arena);
    for (size_t i = 0; w->ctes && i < w->ctes->items.count; i++) {
        const Cte *cte = &w->ctes->items.items[i];
        buf_addf(&out, "%s%.*s AS\n(%.*s)", i ? ",\n" : "WITH ", STR_ARGS(sql_name(w->arena, w->dialect, cte->name)),
                 STR_ARGS(cte->text));
    }
    if (w->ctes && w->ctes->items.count)
        buf_add_char(&out, '\n');
    return buf_str(&out);
}

bool write_from(Writer *w, const From *from)
{
    if (from->table && from->table->is_cte) {
        const TableRef *table = from->table;
        if (!add_cte(w, table))
            return false;
        buf_add(w->out, sql_name(w->arena, w->dialect, table->name));
        if (!str_equal(table->alias, table->name))
            buf_addf(w->out, "%s%.*s", w->dialect->alias_word, STR_ARGS(sql_name(w->arena, w->dialect, table->alias)));
        return true;
    }
    if (from->function) {
        if (!write_expr(w, from->function))
            return false;
        if (from->table && from->table->alias.len)
            buf_addf(w->out, "%s%.*s", w->dialect->alias_word, STR_ARGS(sql_name(w->arena, w->dialect, from->table->alias)));
        return true;
    }
    if (from->table && from->table->select) {
        buf_add_char(w->out, '(');
        if (!write_apart(w, from->table->select))
            return false;
        buf_addf(w->out, ")%s%.*s", w->dialect->alias_word, STR_ARGS(sql_name(w->arena, w->dialect, from->table->alias)));
        return true;
    }
    if (from->table) {
        write_table(w, from->table, true);
        return true;
    }
    const char *const joins[] = {w->dialect->join_word, " LEFT OUTER JOIN ", " FULL OUTER JOIN "};
    if (!write_from(w, from->left))
        return false;
    buf_add(w->out, str_from(joins[from->join]));
    bool nested = !from->right->table && !from->right->function;
    if (nested)
        buf_add_char(w->out, '(');
    if (!write_from(w, from->right))
        return false;
    if (nested)
        buf_add_char(w->out, ')');
    buf_add(w->out, STR(" ON "));
    return write_expr(w, from->on);
}

static bool scope_reads(const Scope *scope, const TableRef *table)
{
    return (scope->from && from_has_table(scope->from, table)) || (scope->target && same_table_ref(scope->target, table));
}

// Whether the subquery leaves the table to a statement around it: to the next one by itself, to any where it is told so.
static bool is_correlated(const Scope *scope, const Select *select, const TableRef *table)
{
    bool named = false;
    if (!select->correlates)
        return scope && scope_reads(scope, table);
    for (size_t i = 0; i < select->correlated.count; i++)
        named |= same_table_ref(select->correlated.items[i], table);
    for (; scope && named != select->correlates_except; scope = scope->outer)
        if (scope_reads(scope, table))
            return true;
    return false;
}

static Str label_of(Writer *w, const Expr *expr)
{
    if (expr->kind == EXPR_LABEL)
        return expr->text;
    Str stem = STR("anon");
    if (expr->kind == EXPR_FUNCTION || (expr->kind == EXPR_OVER && expr->args[0]->kind == EXPR_FUNCTION)) {
        Str name = expr->kind == EXPR_FUNCTION ? expr->text : STR("anon");
        size_t dot = 0;
        while ((dot = str_find_char(name, '.', 0)) != SIZE_MAX)
            name = str_slice(name, dot + 1, name.len);
        stem = name;
    } else if (expr->kind == EXPR_CAST && expr->args[0]->kind == EXPR_COLUMN) {
        return expr->args[0]->text;
    } else if (expr->kind == EXPR_LITERAL || expr->kind == EXPR_BIND) {
        stem = STR("anon");
    } else if (expr->kind == EXPR_COLUMN || expr->kind == EXPR_RAW || expr->kind == EXPR_TEXT || expr->kind == EXPR_STAR ||
               expr->kind == EXPR_DISTINCT) {
        return STR_EMPTY;
    }
    size_t *count = map_get(w->labels, stem);
    if (!count) {
        count = arena_new(w->arena, size_t);
        map_put(w->labels, stem, count);
    }
    return str_format(w->arena, "%.*s_%zu", STR_ARGS(stem), ++*count);
}

static Str column_name(const Expr *column)
{
    return column->kind == EXPR_LABEL || (column->kind == EXPR_COLUMN && column->table) ? column->text : STR_EMPTY;
}

// Of two columns that go by one name, what reads the query could not tell which it is to have.
static bool check_names(Writer *w, const Select *select)
{
    for (size_t i = 0; i < select->columns.count; i++)
        for (size_t k = 0; k < i; k++) {
            Str name = column_name(select->columns.items[i]);
            if (!name.len || !str_equal(name, column_name(select->columns.items[k])))
                continue;
            diag_error(w->diag, w->at, "two columns of a query within a statement go by the name \"%.*s\"", STR_ARGS(name));
            diag_hint(w->diag, "Give one of them another name by label().");
            return false;
        }
    return true;
}

// Source: SQLAlchemy 2.0.52 sql/compiler.py, SQLCompiler._label_select_column().
static bool write_columns(Writer *w, const Select *select, bool names)
{
    if (names && !check_names(w, select))
        return false;
    for (size_t i = 0; i < select->columns.count; i++) {
        if (i)
            buf_add(w->out, STR(", "));
        const Expr *column = select->columns.items[i];
        Str label = names && column->kind == EXPR_COLUMN && column->table ? column->text : label_of(w, column);
        const Expr *inner = column->kind == EXPR_LABEL ? column->args[0] : column;
        // as SQLAlchemy: an operator that becomes a labelled column stands without parentheses
        if (!write_expr(w, inner))
            return false;
        if (label.len)
            buf_addf(w->out, " AS %.*s", STR_ARGS(sql_name(w->arena, w->dialect, label)));
    }
    return true;
}

static bool write_clause(Writer *w, const char *word, const ExprList *items, const char *separator)
{
    if (!items->count)
        return true;
    buf_add(w->out, str_from(word));
    for (size_t i = 0; i < items->count; i++) {
        if (i)
            buf_add(w->out, str_from(separator));
        if (!write_expr(w, items->items[i]))
            return false;
    }
    return true;
}

static bool write_where(Writer *w, const char *word, const ExprList *where)
{
    if (!where->count)
        return true;
    Expr both = {.kind = EXPR_AND, .args = where->items, .count = where->count};
    buf_add(w->out, str_from(word));
    return write_expr(w, &both);
}

// Source: SQLAlchemy 2.0.52 sql/selectable.py, SelectState._get_display_froms(): one table alone stays, whatever reads it.
static bool tables_read(Writer *w, const Select *select, FromList *read)
{
    FromList all = {0};
    for (size_t i = 0; i < select->from.count; i++)
        vec_push(w->arena, &all, select->from.items[i]);
    const ExprList *lists[] = {&select->columns, &select->where, &select->group_by, &select->having, &select->order_by};
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < lists[k]->count; i++)
            collect_tables(w->arena, lists[k]->items[i], &all);
    for (size_t i = 0; i < all.count; i++)
        if ((all.count == 1 && !select->correlates) || !all.items[i]->table ||
            !is_correlated(w->scope, select, all.items[i]->table))
            vec_push(w->arena, read, all.items[i]);
    if (read->count || !all.count || select->correlates)
        return true;
    diag_error(w->diag, w->at, "a subquery reads no table of its own: all of them are those of the statement around it");
    diag_hint(w->diag, "Read another table or an alias in it, or say .correlate(...).");
    return false;
}

static bool write_number(Writer *w, const char *before, const Expr *expr, const char *after)
{
    buf_add(w->out, str_from(before));
    if (!write_expr(w, expr))
        return false;
    buf_add(w->out, str_from(after));
    return true;
}

// Source: SQLAlchemy 2.0.52, limit_clause and fetch_clause of each dialect's compiler.
static bool write_limit(Writer *w, const Select *select)
{
    const Expr *limit = select->limit, *offset = select->offset;
    switch (w->dialect->limit) {
    case LIMIT_OFFSET:
        if (limit && !write_number(w, "\n LIMIT ", limit, ""))
            return false;
        if (offset && !limit && w->dialect->id == DIALECT_SQLITE)
            buf_add(w->out, STR("\n LIMIT -1"));
        if (limit && !offset && w->dialect->id == DIALECT_SQLITE)   // as SQLAlchemy writes it there
            buf_add(w->out, STR(" OFFSET 0"));
        return !offset || write_number(w, " OFFSET ", offset, "");
    case LIMIT_COMMA:
        if (offset)
            return write_number(w, "\n LIMIT ", offset, ", ") &&
                   (limit ? write_expr(w, limit) : (buf_add(w->out, STR("18446744073709551615")), true));
        return !limit || write_number(w, "\n LIMIT ", limit, "");
    case LIMIT_TOP:
        if (!offset)
            return true;   // TOP stands before the columns
        if (!select->order_by.count) {
            diag_error(w->diag, w->at, "SQL Server skips rows only of a query that is sorted");
            diag_hint(w->diag, "Add order_by(...).");
            return false;
        }
        return write_number(w, "\n OFFSET ", offset, " ROWS") &&
               (!limit || write_number(w, "\n FETCH FIRST ", limit, " ROWS ONLY"));
    case LIMIT_FETCH:
        return (!offset || write_number(w, "\n OFFSET ", offset, " ROWS")) &&
               (!limit || write_number(w, "\n FETCH FIRST ", limit, " ROWS ONLY"));
    }
    return false;
}

static bool write_tail(Writer *w, const Select *select)
{
    if (!write_clause(w, " ORDER BY ", &select->order_by, ", ") || !write_limit(w, select))
        return false;
    if (select->for_update && w->dialect->has_for_update)
        buf_add(w->out, STR(" FOR UPDATE"));
    return true;
}

// SELECT ... FROM ... and what follows; the writer's scope holds its tables.
static bool write_query(Writer *w, const Select *select, const FromList *from, bool names)
{
    buf_add(w->out, select->distinct ? STR("SELECT DISTINCT ") : STR("SELECT "));
    if (w->dialect->limit == LIMIT_TOP && select->limit && !select->offset && !write_number(w, "TOP ", select->limit, " "))
        return false;
    if (!write_columns(w, select, names))
        return false;
    if (!from->count)
        buf_add(w->out, str_from(w->dialect->from_nothing));
    for (size_t i = 0; i < from->count; i++) {
        buf_add(w->out, i ? STR(", ") : STR("\nFROM "));
        if (!write_from(w, from->items[i]))
            return false;
    }
    return write_where(w, "\nWHERE ", &select->where) && write_clause(w, " GROUP BY ", &select->group_by, ", ") &&
           write_where(w, "\nHAVING ", &select->having) && write_tail(w, select);
}

bool write_select(Writer *w, const Select *select)
{
    if (w->depth >= LIMIT_NESTING)
        return diag_error(w->diag, w->at, "query is nested deeper than the limit of %d levels", LIMIT_NESTING);
    w->depth++;
    const bool names = w->names_columns;   // of each part of a UNION; not of queries within
    if (select->left) {
        if (!write_select(w, select->left))
            return false;
        w->names_columns = names;
        bool except = str_starts(select->compound, STR("EXCEPT"));
        if (except)
            buf_addf(w->out, " %s%.*s ", w->dialect->except_word,
                     STR_ARGS(str_slice(select->compound, strlen("EXCEPT"), select->compound.len)));
        else
            buf_addf(w->out, " %.*s ", STR_ARGS(select->compound));
        bool done = write_select(w, select->right) && write_tail(w, select);
        w->depth--;
        return done;
    }
    w->names_columns = false;
    FromList from = {0};
    if (!tables_read(w, select, &from))
        return false;
    Scope scope = {.outer = w->scope, .from = &from};
    w->scope = &scope;
    bool done = write_query(w, select, &from, names);
    w->scope = scope.outer;
    w->depth--;
    return done;
}
