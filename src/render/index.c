// CREATE INDEX and DROP INDEX.
#include "render_int.h"

static bool is_operation(const Expr *expr)
{
    return expr->kind == EXPR_BINARY || expr->kind == EXPR_UNARY || expr->kind == EXPR_CASE || expr->kind == EXPR_AND ||
           expr->kind == EXPR_OR;
}

// PostgreSQL wants an expression in parentheses unless it is a function call or written as text, MySQL a call or CAST too.
static bool stands_in_parentheses(const Dialect *dialect, const Expr *expr)
{
    if (!expr)
        return false;
    bool mysql = dialect->id == DIALECT_MYSQL;
    return (is_operation(expr) && (mysql || dialect->id == DIALECT_POSTGRESQL)) ||
           (mysql && (expr->kind == EXPR_FUNCTION || expr->kind == EXPR_CAST));
}

static bool takes_columns_only(const Dialect *dialect)
{
    return dialect->id == DIALECT_MSSQL || dialect->id == DIALECT_MARIADB;
}

static bool refuse_expression(Writing *w, const Index *index)
{
    diag_error(w->diag, index->at.source ? index->at : w->op->at, "%.*s has no index over an expression",
               STR_ARGS(w->r->dialect->title));
    diag_hint(w->diag, "Index a computed column, or branch on the dialect's name.");
    return false;
}

static bool is_expression(const Expr *expr)
{
    return expr && (is_operation(expr) || expr->kind == EXPR_FUNCTION || expr->kind == EXPR_CAST);
}

// Puts a key that is written as text: MySQL takes an expression in parentheses of its own only.
static bool put_text_key(Writing *w, const Index *index, Str text, Buf *out)
{
    const Dialect *dialect = w->r->dialect;
    StrList keys = sql_index_keys(w->arena, dialect, text);
    size_t end;
    bool expressions = false;
    for (size_t i = 0; i < keys.count; i++)
        expressions |= sql_is_index_expression(dialect, keys.items[i], &end) ||
                       (takes_columns_only(dialect) && str_starts(keys.items[i], STR("(")));
    if (expressions && takes_columns_only(dialect))
        return refuse_expression(w, index);
    if (!expressions || dialect->id != DIALECT_MYSQL) {
        buf_add(out, text);
        return true;
    }
    for (size_t i = 0; i < keys.count; i++) {
        Str key = keys.items[i];
        bool group = sql_is_index_expression(dialect, key, &end);
        buf_addf(out, "%s%s%.*s%s%.*s", i ? ", " : "", group ? "(" : "", STR_ARGS(str_slice(key, 0, end)), group ? ")" : "",
                 STR_ARGS(str_slice(key, end, key.len)));
    }
    return true;
}

// mysql_length: how much of a text an index holds, for all columns or for each.
static int64_t index_length(Writing *w, const Index *index, Str column)
{
    const Option *length = dialect_option(w, &index->options, "length");
    if (length && length->kind == OPTION_MAP)
        length = option_find(&length->items, column);
    return length && length->kind == OPTION_INTEGER ? length->integer : 0;
}

static bool put_key(Writing *w, const Index *index, const IndexItem *item, Buf *out)
{
    Buf key = buf_open(w->arena);
    if (!item->expr) {
        buf_add(out, name_of(w, item->column));
        return true;
    }
    if (is_expression(item->expr) && takes_columns_only(w->r->dialect))
        return refuse_expression(w, index);
    if (!sql_expr_unqualified(w->arena, w->diag, w->r->style, item->expr, &key))
        return false;
    if (item->expr->kind == EXPR_RAW || item->expr->kind == EXPR_TEXT)
        return put_text_key(w, index, buf_str(&key), out);
    bool group = stands_in_parentheses(w->r->dialect, item->expr);
    buf_addf(out, "%s%.*s%s", group ? "(" : "", STR_ARGS(buf_str(&key)), group ? ")" : "");
    return true;
}

static bool index_columns(Writing *w, const Index *index, Str *text)
{
    const Option *ops = dialect_option(w, &index->options, "ops");
    Buf out = buf_open(w->arena);
    for (size_t i = 0; i < index->items.count; i++) {
        const IndexItem *item = &index->items.items[i];
        if (i)
            buf_add(&out, STR(", "));
        if (!put_key(w, index, item, &out))
            return false;
        int64_t length = item->column.len ? index_length(w, index, item->column) : 0;
        if (length > 0)
            buf_addf(&out, "(%lld)", (long long)length);
        // an expression written as text is known by that text
        Str key = item->column.len ? item->column : item->expr ? item->expr->text : STR_EMPTY;
        const Option *op = ops && ops->kind == OPTION_MAP && key.len ? option_find(&ops->items, key) : NULL;
        if (op)
            buf_addf(&out, " %.*s", STR_ARGS(op->text));
    }
    *text = buf_str(&out);
    return true;
}

Str clustered_word(Writing *w, const OptionList *options)
{
    const Option *clustered = dialect_option(w, options, "clustered");
    if (w->r->dialect->id != DIALECT_MSSQL || !clustered || clustered->kind != OPTION_BOOL)
        return STR_EMPTY;
    return clustered->boolean ? STR("CLUSTERED") : STR("NONCLUSTERED");
}

static Str compress_word(Writing *w, const OptionList *options)
{
    const Option *compress = dialect_option(w, options, "compress");
    if (w->r->dialect->id != DIALECT_ORACLE || !compress)
        return STR_EMPTY;
    if (compress->kind == OPTION_INTEGER)
        return str_format(w->arena, "COMPRESS %lld", (long long)compress->integer);
    return compress->kind == OPTION_BOOL && compress->boolean ? STR("COMPRESS") : STR_EMPTY;
}

// Where the index's name says a schema: of CREATE INDEX, of DROP INDEX.
static Str index_name(Writing *w, Str schema, Str name, bool in_drop)
{
    IndexForm form = w->r->dialect->index;
    bool qualified = form == INDEX_IN_SCHEMA || form == INDEX_BOTH || (form == INDEX_OF_TABLE && in_drop);
    return qualified ? table_of(w, schema, name) : name_of(w, name);
}

bool put_index(Writing *w, const Index *index, bool if_not_exists)
{
    if (index->raw.len) {
        put_text(w, STATEMENT_DDL, index->raw, index->at);
        return true;
    }
    View *view = view_new(w->arena);
    Str columns, where;
    const OptionList *o = &index->options;
    const Dialect *dialect = w->r->dialect;
    bool concurrently = option_is_true(w, o, "concurrently");
    if (!index_columns(w, index, &columns) || !option_where(w, o, &where))
        return false;
    view_bool(view, STR("unique"), index->unique);
    view_bool(view, STR("concurrently"), concurrently);
    view_bool(view, STR("if_not_exists"), if_not_exists && says_if_exists(w, EXISTS_INDEX));
    view_text(view, STR("name"), index_name(w, index->schema, index->name, false));
    view_text(view, STR("table"),
              dialect->index == INDEX_IN_SCHEMA ? name_of(w, index->table) : table_of(w, index->schema, index->table));
    view_text(view, STR("columns"), columns);
    // MariaDB takes these two from MySQL's options. Source: SQLAlchemy 2.0.52 dialects/mysql/base.py, visit_create_index
    const Option *kin_using = dialect->kin.len ? option_find(o, STR("mysql_using")) : NULL;
    const Option *kin_parser = dialect->kin.len ? option_find(o, STR("mysql_with_parser")) : NULL;
    Str using_ = kin_using ? kin_using->text : option_text(w, o, "using");
    view_optional(view, STR("using"), dialect->id == DIALECT_POSTGRESQL ? str_lower(w->arena, using_) : using_);
    view_optional(view, STR("prefix"), option_text(w, o, "prefix"));
    view_optional(view, STR("parser"), kin_parser ? kin_parser->text : option_text(w, o, "with_parser"));
    view_optional(view, STR("clustered"), clustered_word(w, o));
    view_bool(view, STR("columnstore"), option_is_true(w, o, "columnstore"));
    view_bool(view, STR("bitmap"), option_is_true(w, o, "bitmap"));
    view_optional(view, STR("compress"), compress_word(w, o));
    view_optional(view, STR("include"), option_names(w, o, "include"));
    view_optional(view, STR("nulls"), nulls_option(w, o));
    view_optional(view, STR("with"), option_pairs(w, o, "with"));
    view_optional(view, STR("tablespace"), option_text(w, o, "tablespace"));
    view_optional(view, STR("where"), where);
    Str index_literal, table_literal;
    if (!object_literal(w, index->schema, index->table, &table_literal) || !name_literal(w, index->name, &index_literal))
        return false;
    view_text(view, STR("table_literal"), table_literal);
    view_text(view, STR("name_literal"), index_literal);
    if (if_not_exists ? !put_if(w, "create_index", view, EXISTS_INDEX) : !put(w, STATEMENT_DDL, "create_index", view))
        return false;
    if (concurrently) {
        Statement *statement = last_statement(w);
        statement->outside_transaction = statement->must_run_outside = true;
        statement->effect = (Effect){.kind = EFFECT_INDEX_VALID,
                                     .schema = index->schema,
                                     .name = index->name,
                                     .table_schema = index->schema,
                                     .table = index->table};
    }
    return true;
}

static bool is_index_of(const Table *table, Str name)
{
    for (size_t i = 0; table && i < table->indexes.count; i++)
        if (str_equal(table->indexes.items[i]->name, name))
            return true;
    return false;
}

bool put_drop_index(Writing *w, const Op *op)
{
    View *view = view_new(w->arena);
    bool concurrently = option_is_true(w, &op->options, "concurrently");
    bool on_table = w->r->dialect->index == INDEX_ON_TABLE;
    Str table = op->table.len ? op->table : is_index_of(op->before, op->name) ? op->before->name : STR_EMPTY;
    if (on_table && !table.len) {
        diag_error(w->diag, op->at, "%.*s drops an index of a table: which one \"%.*s\" belongs to is not known",
                   STR_ARGS(w->r->dialect->title), STR_ARGS(op->name));
        diag_hint(w->diag, "Write op.drop_index(\"%.*s\", table_name=\"...\").", STR_ARGS(op->name));
        return false;
    }
    view_bool(view, STR("concurrently"), concurrently);
    view_bool(view, STR("if_exists"), op->if_exists && says_if_exists(w, GONE_INDEX));
    view_text(view, STR("name"), index_name(w, op->schema, op->name, true));
    view_text(view, STR("table"), table_of(w, op->schema, table));
    if (op->if_exists ? !put_if(w, "drop_index", view, GONE_INDEX) : !put(w, STATEMENT_DDL, "drop_index", view))
        return false;
    if (concurrently) {
        last_statement(w)->outside_transaction = last_statement(w)->must_run_outside = true;
        last_statement(w)->effect = (Effect){.kind = EFFECT_INDEX_ABSENT, .schema = op->schema, .name = op->name};
    }
    return true;
}
