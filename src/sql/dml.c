// INSERT, UPDATE and DELETE, and the parameters of sa.text().
#include "sql_int.h"

static const Type *column_type(const TableRef *table, Str name)
{
    for (size_t i = 0; i < table->columns.count; i++)
        if (str_equal(table->columns.items[i].name, name))
            return table->columns.items[i].type;
    return NULL;
}

static bool write_conflict(Writer *w, const Dml *dml)
{
    if (!dml->has_conflict)
        return true;
    if (w->dialect->id != DIALECT_POSTGRESQL && w->dialect->id != DIALECT_SQLITE) {
        diag_error(w->diag, w->at, "%.*s has no INSERT ... ON CONFLICT", STR_ARGS(w->dialect->title));
        diag_hint(w->diag, "Branch on the dialect's name, or write an override for %.*s.", STR_ARGS(w->dialect->name));
        return false;
    }
    buf_add(w->out, STR(" ON CONFLICT"));
    if (dml->conflict_constraint.len)
        buf_addf(w->out, " ON CONSTRAINT %.*s", STR_ARGS(sql_name(w->arena, w->dialect, dml->conflict_constraint)));
    for (size_t i = 0; i < dml->conflict_columns.count; i++)
        buf_addf(w->out, "%s%.*s", i ? ", " : " (",
                 STR_ARGS(sql_name(w->arena, w->dialect, dml->conflict_columns.items[i])));
    if (dml->conflict_columns.count)
        buf_add_char(w->out, ')');
    if (!dml->conflict_updates) {
        buf_add(w->out, STR(" DO NOTHING"));
        return true;
    }
    buf_add(w->out, STR(" DO UPDATE SET "));
    for (size_t i = 0; i < dml->conflict_set.count; i++) {
        const Assignment *set = &dml->conflict_set.items[i];
        buf_addf(w->out, "%s%.*s = ", i ? ", " : "", STR_ARGS(sql_name(w->arena, w->dialect, set->column)));
        if (!write_value(w, set->value, column_type(dml->table, set->column)))
            return false;
    }
    return true;
}

static bool write_returning(Writer *w, const Dml *dml)
{
    w->unqualified = w->dialect->id == DIALECT_SQLITE;
    bool can = w->dialect->id == DIALECT_POSTGRESQL || w->dialect->id == DIALECT_SQLITE;
    if (dml->returning.count && !can) {
        diag_error(w->diag, w->at, "a script for %.*s has no use for RETURNING", STR_ARGS(w->dialect->title));
        diag_hint(w->diag, "Leave returning() out: nobody reads its rows.");
        return false;
    }
    for (size_t i = 0; i < dml->returning.count; i++) {
        buf_add(w->out, i ? STR(", ") : STR(" RETURNING "));
        if (!write_expr(w, dml->returning.items[i]))
            return false;
    }
    return true;
}

static bool write_assigned(Writer *w, const Expr *value, const Type *type)
{
    bool group = value->kind == EXPR_BINARY || value->kind == EXPR_UNARY || value->kind == EXPR_AND ||
                 value->kind == EXPR_OR;
    if (group)
        buf_add_char(w->out, '(');
    if (!write_value(w, value, type))
        return false;
    if (group)
        buf_add_char(w->out, ')');
    return true;
}

static bool write_insert_row(Writer *w, const Dml *dml, const AssignmentList *row)
{
    write_table(w, dml->table, false);
    if (!row->count && !w->dialect->empty_row) {
        diag_error(w->diag, w->at, "%.*s has no INSERT without columns", STR_ARGS(w->dialect->title));
        diag_hint(w->diag, "Name a column and give it a value.");
        return false;
    }
    if (!row->count) {
        buf_add(w->out, str_from(w->dialect->empty_row));
        return true;
    }
    for (size_t i = 0; i < row->count; i++)
        buf_addf(w->out, "%s%.*s", i ? ", " : " (", STR_ARGS(sql_name(w->arena, w->dialect, row->items[i].column)));
    buf_add(w->out, STR(") VALUES ("));
    for (size_t i = 0; i < row->count; i++) {
        if (i)
            buf_add(w->out, STR(", "));
        if (!write_assigned(w, row->items[i].value, column_type(dml->table, row->items[i].column)))
            return false;
    }
    buf_add_char(w->out, ')');
    return write_conflict(w, dml) && write_returning(w, dml);
}

static bool write_insert_select(Writer *w, const Dml *dml)
{
    write_table(w, dml->table, false);
    for (size_t i = 0; i < dml->columns.count; i++)
        buf_addf(w->out, "%s%.*s", i ? ", " : " (", STR_ARGS(sql_name(w->arena, w->dialect, dml->columns.items[i])));
    buf_add(w->out, dml->columns.count ? STR(") ") : STR(" "));
    Buf text = buf_open(w->arena), *out = w->out;
    w->out = &text;
    bool done = write_select(w, dml->select);
    w->out = out;
    if (!done)
        return false;
    if (w->dialect->with_follows_insert) {
        buf_add(w->out, with_clause(w));
        w->ctes->items.count = 0;
    }
    buf_add(w->out, buf_str(&text));
    return write_conflict(w, dml) && write_returning(w, dml);
}

// Tables beside the target that the statement reads: UPDATE ... FROM, DELETE ... USING.
static FromList other_tables(Writer *w, const Dml *dml)
{
    FromList all = {0}, others = {0};
    for (size_t i = 0; i < dml->from.count; i++)
        vec_push(w->arena, &all, dml->from.items[i]);
    for (size_t i = 0; dml->rows.count && i < dml->rows.items[0].count; i++)
        collect_tables(w->arena, dml->rows.items[0].items[i].value, &all);
    for (size_t i = 0; i < dml->where.count; i++)
        collect_tables(w->arena, dml->where.items[i], &all);
    for (size_t i = 0; i < all.count; i++)
        if (!all.items[i]->table || !same_table_ref(all.items[i]->table, dml->table))
            vec_push(w->arena, &others, all.items[i]);
    return others;
}

static bool write_others(Writer *w, const FromList *others, const char *word)
{
    for (size_t i = 0; i < others->count; i++) {
        buf_add(w->out, i ? STR(", ") : str_from(word));
        if (!write_from(w, others->items[i]))
            return false;
    }
    return true;
}

static bool write_dml_where(Writer *w, const Dml *dml)
{
    if (!dml->where.count)
        return true;
    Expr both = {.kind = EXPR_AND, .args = dml->where.items, .count = dml->where.count};
    buf_add(w->out, STR(" WHERE "));
    return write_expr(w, &both);
}

// "a=b, c=d"; with several tables in the list MySQL wants to know whose columns they are.
static bool write_sets(Writer *w, const Dml *dml, bool qualified)
{
    const AssignmentList *sets = &dml->rows.items[0];
    for (size_t i = 0; i < sets->count; i++) {
        buf_add(w->out, i ? STR(", ") : STR_EMPTY);
        if (qualified) {
            write_table(w, dml->table, false);
            buf_add_char(w->out, '.');
        }
        buf_addf(w->out, "%.*s=", STR_ARGS(sql_name(w->arena, w->dialect, sets->items[i].column)));
        if (!write_assigned(w, sets->items[i].value, column_type(dml->table, sets->items[i].column)))
            return false;
    }
    return true;
}

// The statement's own table first, then the others.
static bool write_all_tables(Writer *w, const Dml *dml, const FromList *others, const char *word)
{
    buf_add(w->out, str_from(word));
    write_table(w, dml->table, true);
    return !others->count || write_others(w, others, ", ");
}

// Where no other table can be read beside the target, a subquery reads it: SELECT ... FROM others WHERE condition.
static bool write_reading(Writer *w, const Dml *dml, const FromList *others, const char *open, const Expr *value,
                          const Type *type)
{
    buf_addf(w->out, "%sSELECT %s", open, value ? "" : "1");
    if (value && !write_assigned(w, value, type))
        return false;
    if (!write_others(w, others, " FROM ") || !write_dml_where(w, dml))
        return false;
    buf_add_char(w->out, ')');
    return true;
}

static bool reads_others(Arena *arena, const Expr *value, const FromList *others)
{
    FromList read = {0};
    collect_tables(arena, value, &read);
    for (size_t i = 0; i < read.count; i++)
        if (read.items[i]->table && from_has_table(others, read.items[i]->table))
            return true;
    return false;
}

// UPDATE t SET a=(SELECT u.b FROM u WHERE ...) WHERE EXISTS (SELECT 1 FROM u WHERE ...): where several rows match, the
// server refuses instead of taking any of them.
static bool write_update_by_subquery(Writer *w, const Dml *dml, const FromList *others)
{
    const AssignmentList *sets = &dml->rows.items[0];
    write_table(w, dml->table, true);
    buf_add(w->out, STR(" SET "));
    for (size_t i = 0; i < sets->count; i++) {
        const Type *type = column_type(dml->table, sets->items[i].column);
        const Expr *value = sets->items[i].value;
        buf_addf(w->out, "%s%.*s=", i ? ", " : "", STR_ARGS(sql_name(w->arena, w->dialect, sets->items[i].column)));
        if (reads_others(w->arena, value, others) ? !write_reading(w, dml, others, "(", value, type)
                                                  : !write_assigned(w, value, type))
            return false;
    }
    return write_reading(w, dml, others, " WHERE EXISTS (", NULL, NULL);
}

static bool write_update(Writer *w, const Dml *dml, FromList others)
{
    ManyTablesForm form = !others.count                                       ? MANY_FROM
                          : w->style->minimum < w->dialect->many_tables_since ? MANY_SUBQUERY
                                                                              : w->dialect->many_tables;
    buf_add(w->out, STR("UPDATE "));
    switch (form) {
    case MANY_SUBQUERY: return write_update_by_subquery(w, dml, &others) && write_returning(w, dml);
    case MANY_LIST:
        if (!write_all_tables(w, dml, &others, ""))
            return false;
        buf_add(w->out, STR(" SET "));
        return write_sets(w, dml, true) && write_dml_where(w, dml) && write_returning(w, dml);
    case MANY_FROM_SELF:
        // by its alias, where it has one: FROM says whose it is
        write_table(w, dml->table, false);
        buf_add(w->out, STR(" SET "));
        return write_sets(w, dml, false) && write_all_tables(w, dml, &others, " FROM ") && write_dml_where(w, dml) &&
               write_returning(w, dml);
    case MANY_FROM: break;
    }
    write_table(w, dml->table, true);
    buf_add(w->out, STR(" SET "));
    return write_sets(w, dml, false) && write_others(w, &others, " FROM ") && write_dml_where(w, dml) &&
           write_returning(w, dml);
}

static bool write_delete(Writer *w, const Dml *dml, FromList others)
{
    bool sqlite = w->dialect->id == DIALECT_SQLITE;
    ManyTablesForm form = !others.count ? MANY_FROM : sqlite ? MANY_SUBQUERY : w->dialect->many_tables;
    buf_add(w->out, STR("DELETE FROM "));
    write_table(w, dml->table, form != MANY_FROM_SELF && form != MANY_LIST);
    switch (form) {
    case MANY_SUBQUERY: return write_reading(w, dml, &others, " WHERE EXISTS (", NULL, NULL) && write_returning(w, dml);
    case MANY_LIST:
        return write_all_tables(w, dml, &others, " USING ") && write_dml_where(w, dml) && write_returning(w, dml);
    case MANY_FROM_SELF:
        return write_all_tables(w, dml, &others, " FROM ") && write_dml_where(w, dml) && write_returning(w, dml);
    case MANY_FROM: break;
    }
    return write_others(w, &others, " USING ") && write_dml_where(w, dml) && write_returning(w, dml);
}

static bool write_dml(Writer *w, const Dml *dml, size_t row)
{
    FromList others = {0};
    Scope scope = {.target = dml->table, .from = &others};
    switch (dml->kind) {
    case DML_INSERT:
        buf_add(w->out, STR("INSERT INTO "));
        return dml->select ? write_insert_select(w, dml) : write_insert_row(w, dml, &dml->rows.items[row]);
    case DML_UPDATE:
    case DML_DELETE: break;
    }
    others = other_tables(w, dml);
    w->scope = &scope;
    bool done = dml->kind == DML_UPDATE ? write_update(w, dml, others) : write_delete(w, dml, others);
    w->scope = scope.outer;
    return done;
}

// Whether the statement may begin with the WITH that it needs.
static bool check_with(Writer *w, const Dml *dml)
{
    bool can = dml->kind == DML_INSERT ? !w->dialect->with_follows_insert : w->dialect->has_with_changes;
    if (!w->ctes->items.count || can)
        return true;
    static const char *const words[] = {[DML_INSERT] = "INSERT", [DML_UPDATE] = "UPDATE", [DML_DELETE] = "DELETE"};
    diag_error(w->diag, w->at, "%.*s has no WITH before %s", STR_ARGS(w->dialect->title), words[dml->kind]);
    diag_hint(w->diag, "Use .subquery() instead of .cte(): it reads the same rows.");
    return false;
}

bool sql_dml(Arena *arena, Diag *diag, const SqlStyle *style, const Dml *dml, Span at, StrList *statements)
{
    size_t count = dml->kind == DML_INSERT && !dml->select ? dml->rows.count : 1;
    for (size_t i = 0; i < count; i++) {
        Buf out = buf_open(arena);
        Map labels;
        Ctes ctes = {0};
        Writer w = writer_open(arena, diag, style, at, &out, &labels);
        w.ctes = &ctes;
        if (!write_dml(&w, dml, i) || !check_with(&w, dml))
            return false;
        Str with = with_clause(&w);
        vec_push(arena, statements,
                 with.len ? str_format(arena, "%.*s%.*s", STR_ARGS(with), STR_ARGS(buf_str(&out))) : buf_str(&out));
    }
    return true;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static const Expr *find_bind(const ExprList *binds, Str name)
{
    for (size_t i = 0; i < binds->count; i++)
        if (binds->items[i]->kind == EXPR_BIND && str_equal(binds->items[i]->text, name) && binds->items[i]->count)
            return binds->items[i];
    return NULL;
}

static bool no_value(Diag *diag, Span at, Str name)
{
    diag_error(diag, at, "parameter \":%.*s\" in the SQL text has no value", STR_ARGS(name));
    diag_hint(diag, "Give it one with sa.text(...).bindparams(%.*s=...), or write \\:%.*s for a colon of the SQL itself.",
              STR_ARGS(name), STR_ARGS(name));
    return false;
}

// Source: SQLAlchemy 2.0.52 sql/compiler.py, BIND_PARAMS and BIND_PARAMS_ESC: (?<![:\w\$\x5c]):([\w\$]+)(?![:\w\$]).
// A list among the parameters of a text, as the drivers write it: PostgreSQL's an array of a list and a row of a tuple,
// MySQL's both in parentheses; the others take neither. An expanding one is what IN takes, anywhere.
// Source: psycopg2 and PyMySQL, adaptation of Python types; SQLAlchemy 2.0.52, bindparam(expanding=).
static bool write_list_parameter(Writer *w, const Expr *bind, const Literal *list)
{
    bool postgresql = w->dialect->id == DIALECT_POSTGRESQL, mysql = w->dialect->escape == ESCAPE_BACKSLASH;
    bool array = postgresql && !list->is_row && !bind->is_expanding;
    if (!bind->is_expanding && !array && (!(postgresql || mysql) || !list->count)) {
        diag_error(w->diag, bind->at, "%s is no value of parameter \":%.*s\" for a driver of %.*s's",
                   list->is_row ? "a tuple" : "a list", STR_ARGS(bind->text), STR_ARGS(w->dialect->title));
        diag_hint(w->diag, "For IN :%.*s say bindparam(\"%.*s\", expanding=True).", STR_ARGS(bind->text),
                  STR_ARGS(bind->text));
        return false;
    }
    if (!list->count) {
        buf_add(w->out, array ? STR("'{}'") : str_format(w->arena, "(SELECT 1%s WHERE 1 != 1)", w->dialect->from_nothing));
        return true;
    }
    buf_add(w->out, array ? STR("ARRAY[") : STR("("));
    for (size_t k = 0; k < list->count; k++) {
        Str item;
        if (!sql_literal(w->arena, w->diag, w->style, bind->at, &list->items[k], NULL, &item))
            return false;
        buf_addf(w->out, "%s%.*s", k ? ", " : "", STR_ARGS(item));
    }
    buf_add_char(w->out, array ? ']' : ')');
    return true;
}

bool sql_bind_text(Arena *arena, Diag *diag, const SqlStyle *style, Span at, Str text, const ExprList *binds, Str *sql)
{
    if (str_find_char(text, ':', 0) == SIZE_MAX) {
        *sql = text;
        return true;
    }
    Buf out = buf_open(arena);
    for (size_t i = 0; i < text.len;) {
        char c = text.ptr[i];
        if (c == '\\' && i + 1 < text.len && text.ptr[i + 1] == ':') {
            buf_add_char(&out, ':');
            i += 2;
            continue;
        }
        size_t end = i + 1;
        while (c == ':' && end < text.len && (is_name_char(text.ptr[end]) || text.ptr[end] == '$'))
            end++;
        char before = i ? text.ptr[i - 1] : ' ';
        bool bound = c == ':' && end > i + 1 && !is_name_char(before) && before != ':' && before != '$' && before != '\\' &&
                     !(end < text.len && text.ptr[end] == ':');
        if (!bound) {
            buf_add_char(&out, c);
            i++;
            continue;
        }
        Str name = str_slice(text, i + 1, end);
        const Expr *bind = find_bind(binds, name);
        if (!bind)
            return no_value(diag, at, name);
        Map labels;
        Writer w = writer_open(arena, diag, style, at, &out, &labels);
        const Expr *value = bind->args[0];
        bool list = value->kind == EXPR_LITERAL && value->literal->kind == LITERAL_ARRAY && !bind->type;
        if (!(list ? write_list_parameter(&w, bind, value->literal) : write_value(&w, value, bind->type)))
            return false;
        i = end;
    }
    *sql = buf_str(&out);
    return true;
}
