// DDL piece by piece: names, columns, constraints, tables, indexes, each shaped by its template.
#include "render_int.h"

bool fill(Writing *w, const char *name, const View *view, Str *text)
{
    Str file = str_format(w->arena, "%s.sql", name);
    const Template *template = template_find(w->r->templates, w->r->dialect->name, file);
    if (!template)
        return diag_error(w->diag, w->op ? w->op->at : SPAN_NONE, "%.*s has no template \"%s\"",
                          STR_ARGS(w->r->dialect->title), name);
    Buf out = buf_open(w->arena);
    if (!template_fill(w->diag, template, view, &out))
        return false;
    while (out.len && out.ptr[out.len - 1] == '\n')
        out.len--;
    *text = buf_str(&out);
    return true;
}

void put_text(Writing *w, StatementKind kind, Str text, Span at)
{
    Statement statement = {
        .text = str_copy(w->r->arena, text), .kind = kind, .outside_transaction = w->outside, .rows = -1, .at = at};
    vec_push(w->r->arena, w->out, statement);
}

bool put(Writing *w, StatementKind kind, const char *name, const View *view)
{
    Str text;
    if (!fill(w, name, view, &text))
        return false;
    put_text(w, kind, text, w->op ? w->op->at : SPAN_NONE);
    return true;
}

Statement *last_statement(Writing *w)
{
    return &w->out->items[w->out->count - 1];
}

Str name_of(Writing *w, Str name)
{
    return sql_name(w->arena, w->r->dialect, name);
}

Str table_of(Writing *w, Str schema, Str table)
{
    return sql_qualified(w->arena, w->r->dialect, schema, table);
}

Str names_of(Writing *w, const StrList *names)
{
    Buf out = buf_open(w->arena);
    for (size_t i = 0; i < names->count; i++)
        buf_addf(&out, "%s%.*s", i ? ", " : "", STR_ARGS(name_of(w, names->items[i])));
    return buf_str(&out);
}

// ---- options ----

static const Option *dialect_option(Writing *w, const OptionList *options, const char *name)
{
    if (!options->count)
        return NULL;
    return option_find(options, str_format(w->arena, "%.*s_%s", STR_ARGS(w->r->dialect->name), name));
}

static bool option_is_true(Writing *w, const OptionList *options, const char *name)
{
    const Option *option = dialect_option(w, options, name);
    return option && option->kind == OPTION_BOOL && option->boolean;
}

static Str option_text(Writing *w, const OptionList *options, const char *name)
{
    const Option *option = dialect_option(w, options, name);
    if (!option)
        return STR_EMPTY;
    if (option->kind == OPTION_INTEGER)
        return str_format(w->arena, "%lld", (long long)option->integer);
    return option->kind == OPTION_TEXT ? option->text : STR_EMPTY;
}

static Str option_names(Writing *w, const OptionList *options, const char *name)
{
    const Option *option = dialect_option(w, options, name);
    StrList names = {0};
    if (option && option->kind == OPTION_TEXT)
        vec_push(w->arena, &names, option->text);
    for (size_t i = 0; option && i < option->items.count; i++)
        if (option->items.items[i].kind == OPTION_TEXT)
            vec_push(w->arena, &names, option->items.items[i].text);
    return names_of(w, &names);
}

static Str option_pairs(Writing *w, const OptionList *options, const char *name)
{
    const Option *option = dialect_option(w, options, name);
    Buf out = buf_open(w->arena);
    for (size_t i = 0; option && option->kind == OPTION_MAP && i < option->items.count; i++) {
        const Option *pair = &option->items.items[i];
        Str value = pair->kind == OPTION_TEXT   ? pair->text
                    : pair->kind == OPTION_BOOL ? (pair->boolean ? STR("True") : STR("False"))
                                                : str_format(w->arena, "%lld", (long long)pair->integer);
        buf_addf(&out, "%s%.*s = %.*s", i ? ", " : "", STR_ARGS(pair->name), STR_ARGS(value));
    }
    return buf_str(&out);
}

static bool option_where(Writing *w, const OptionList *options, Str *where)
{
    const Option *option = dialect_option(w, options, "where");
    *where = option && option->kind == OPTION_TEXT ? option->text : STR_EMPTY;
    if (!option || option->kind != OPTION_EXPR)
        return true;
    Buf out = buf_open(w->arena);
    if (!sql_expr_unqualified(w->arena, w->diag, w->r->style, option->expr, &out))
        return false;
    *where = buf_str(&out);
    return true;
}

// ---- columns ----

static bool identity_text(Writing *w, const Identity *identity, Str *text)
{
    Buf options = buf_open(w->arena);
    const struct {
        bool has;
        const char *word;
        int64_t value;
    } numbers[] = {{identity->has_start, "START WITH", identity->start},
                   {identity->has_increment, "INCREMENT BY", identity->increment},
                   {identity->has_minvalue, "MINVALUE", identity->minvalue},
                   {identity->has_maxvalue, "MAXVALUE", identity->maxvalue}};
    // SQLAlchemy's order: INCREMENT, START, MINVALUE, MAXVALUE, NO MINVALUE, NO MAXVALUE, CACHE, CYCLE
    static const int order[] = {1, 0, 2, 3};
    for (size_t i = 0; i < 4; i++)
        if (numbers[order[i]].has)
            buf_addf(&options, "%s%s %lld", options.len ? " " : "", numbers[order[i]].word,
                     (long long)numbers[order[i]].value);
    if (identity->nominvalue)
        buf_addf(&options, "%sNO MINVALUE", options.len ? " " : "");
    if (identity->nomaxvalue)
        buf_addf(&options, "%sNO MAXVALUE", options.len ? " " : "");
    if (identity->has_cache)
        buf_addf(&options, "%sCACHE %lld", options.len ? " " : "", (long long)identity->cache);
    if (identity->has_cycle)
        buf_addf(&options, "%s%s", options.len ? " " : "", identity->cycle ? "CYCLE" : "NO CYCLE");
    View *view = view_new(w->arena);
    view_bool(view, STR("always"), identity->always);
    view_optional(view, STR("options"), buf_str(&options));
    return fill(w, "identity", view, text);
}

static Str serial_type(const Type *type)
{
    if (type->kind == TYPE_SMALL_INTEGER || type->kind == TYPE_SQL_SMALLINT)
        return STR("SMALLSERIAL");
    return type->kind == TYPE_BIG_INTEGER || type->kind == TYPE_SQL_BIGINT ? STR("BIGSERIAL") : STR("SERIAL");
}

static bool computed_text(Writing *w, const Computed *computed, View *view)
{
    if (!computed) {
        view_null(view, STR("computed"));
        view_null(view, STR("persisted"));
        return true;
    }
    bool postgresql = w->r->dialect->id == DIALECT_POSTGRESQL;
    if (computed->persisted == TRI_FALSE && postgresql) {
        diag_error(w->diag, w->op->at, "PostgreSQL computed columns are always stored");
        diag_hint(w->diag, "Write Computed(..., persisted=True).");
        return false;
    }
    Buf out = buf_open(w->arena);
    if (!sql_expr_unqualified(w->arena, w->diag, w->r->style, computed->expr, &out))
        return false;
    view_text(view, STR("computed"), buf_str(&out));
    view_optional(view, STR("persisted"),
                  postgresql || computed->persisted == TRI_TRUE ? STR("STORED")
                  : computed->persisted == TRI_FALSE            ? STR("VIRTUAL")
                                                                : STR_EMPTY);
    return true;
}

static bool column_checks(Writing *w, const Table *table, const Column *column, View *view)
{
    view_list(view, STR("checks"));
    for (size_t i = 0; table && i < table->constraints.count; i++) {
        const Constraint *c = table->constraints.items[i];
        if (!c->is_inline || !str_equal(c->column, column->name))
            continue;
        Str text;
        if (!constraint_text(w, table, c, &text))
            return false;
        view_text(view_item(view, STR("checks")), STR("text"), text);
    }
    return true;
}

bool column_line(Writing *w, const Table *table, const Column *column, bool in_create, Str *text)
{
    bool postgresql = w->r->dialect->id == DIALECT_POSTGRESQL;
    const Column *growing = table ? table_autoincrement(table) : NULL;
    bool serial = postgresql && growing == column && !column->identity;
    bool identity = postgresql && column->identity;
    View *view = view_new(w->arena);
    Str type = STR_EMPTY, default_ = STR_EMPTY, identity_sql = STR_EMPTY;
    if (serial)
        type = serial_type(type_for(column->type, w->r->dialect->name));
    else if (!sql_type(w->arena, w->diag, w->r->style, column->type, &type))
        return false;
    if (!serial && column->default_ &&
        !sql_default(w->arena, w->diag, w->r->style, column->default_, column->type, &default_))
        return false;
    if (identity && !identity_text(w, column->identity, &identity_sql))
        return false;
    const Option *autoincrement = in_create && table ? dialect_option(w, &table->options, "autoincrement") : NULL;
    view_text(view, STR("name"), name_of(w, column->name));
    view_text(view, STR("type"), type);
    view_optional(view, STR("default"), default_);
    view_optional(view, STR("identity"), identity_sql);
    view_bool(view, STR("not_null"), !column->nullable && !identity);
    view_bool(view, STR("null"), column->nullable && identity);
    view_bool(view, STR("primary_key"), autoincrement && autoincrement->boolean && growing == column);
    return computed_text(w, column->computed, view) && column_checks(w, table, column, view) &&
           fill(w, "column", view, text);
}

// ---- constraints ----

static Str timing_text(Writing *w, const Constraint *c)
{
    Buf out = buf_open(w->arena);
    if (c->deferrable != TRI_NONE)
        buf_add(&out, c->deferrable == TRI_TRUE ? STR(" DEFERRABLE") : STR(" NOT DEFERRABLE"));
    if (c->initially.len)
        buf_addf(&out, " INITIALLY %.*s", STR_ARGS(c->initially));
    return buf_str(&out);
}

// ON DELETE, INITIALLY and such arrive as text of the revision: only the words of the standard pass.
static bool check_phrase(Writing *w, const Constraint *c, Str phrase, const char *what)
{
    for (size_t i = 0; i < phrase.len; i++) {
        char ch = phrase.ptr[i];
        bool good = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == ' ' || ch == '_' || ch == '(' ||
                    ch == ')' || ch == ',' || (ch >= '0' && ch <= '9');
        if (!good)
            return diag_error(w->diag, c->at, "%s of a constraint holds \"%c\", which no SQL phrase has", what, ch);
    }
    return true;
}

bool references_text(Writing *w, const Constraint *c, Str *text)
{
    View *view = view_new(w->arena);
    if (!check_phrase(w, c, c->on_delete, "ON DELETE") || !check_phrase(w, c, c->on_update, "ON UPDATE") ||
        !check_phrase(w, c, c->match, "MATCH"))
        return false;
    view_text(view, STR("table"), table_of(w, c->ref_schema, c->ref_table));
    view_text(view, STR("columns"), names_of(w, &c->ref_columns));
    view_optional(view, STR("match"), c->match);
    view_optional(view, STR("on_delete"), c->on_delete);
    view_optional(view, STR("on_update"), c->on_update);
    return fill(w, "references", view, text);
}

static bool exclude_elements(Writing *w, const Constraint *c, View *view)
{
    view_list(view, STR("elements"));
    for (size_t i = 0; i < c->elements.count; i++) {
        Buf expr = buf_open(w->arena);
        if (!sql_expr_unqualified(w->arena, w->diag, w->r->style, c->elements.items[i].expr, &expr))
            return false;
        View *item = view_item(view, STR("elements"));
        view_text(item, STR("expr"), buf_str(&expr));
        view_text(item, STR("op"), c->elements.items[i].op);
    }
    Buf where = buf_open(w->arena);
    if (c->where && !sql_expr_unqualified(w->arena, w->diag, w->r->style, c->where, &where))
        return false;
    view_optional(view, STR("where"), buf_str(&where));
    view_text(view, STR("using"), c->using_);
    return true;
}

bool constraint_text(Writing *w, const Table *table, const Constraint *c, Str *text)
{
    static const char *const templates[] = {"primary_key", "unique", "foreign_key", "check", "exclude"};
    View *view = view_new(w->arena);
    (void)table;
    if (!check_phrase(w, c, c->initially, "INITIALLY"))
        return false;
    view_optional(view, STR("name"), c->name.len ? name_of(w, c->name) : STR_EMPTY);
    view_text(view, STR("columns"), names_of(w, &c->columns));
    view_text(view, STR("timing"), timing_text(w, c));
    view_bool(view, STR("not_valid"), option_is_true(w, &c->options, "not_valid"));
    const Option *nulls = dialect_option(w, &c->options, "nulls_not_distinct");
    view_optional(view, STR("nulls"),
                  nulls && nulls->kind == OPTION_BOOL
                      ? (nulls->boolean ? STR("NULLS NOT DISTINCT ") : STR("NULLS DISTINCT "))
                      : STR_EMPTY);
    view_optional(view, STR("include"), option_names(w, &c->options, "include"));
    if (c->kind == CONSTRAINT_FOREIGN) {
        Str references;
        if (!references_text(w, c, &references))
            return false;
        view_text(view, STR("references"), references);
    }
    if (c->kind == CONSTRAINT_CHECK) {
        Buf check = buf_open(w->arena);
        if (!sql_expr_unqualified(w->arena, w->diag, w->r->style, c->check, &check))
            return false;
        view_text(view, STR("check"), buf_str(&check));
    }
    if (c->kind == CONSTRAINT_EXCLUDE && !exclude_elements(w, c, view))
        return false;
    return fill(w, templates[c->kind], view, text);
}

// ---- tables ----

static Str table_suffix(Writing *w, const Table *table)
{
    Buf out = buf_open(w->arena);
    const OptionList *o = &table->options;
    static const char *const keys[] = {"inherits", "partition_by", "using", "with_oids", "on_commit", "tablespace", "with"};
    static const char *const words[] = {"INHERITS (%.*s)", "PARTITION BY %.*s", "USING %.*s", NULL,
                                        "ON COMMIT %.*s",  "TABLESPACE %.*s",   "WITH (%.*s)"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        Str value = i == 0 ? option_names(w, o, keys[i]) : i == 6 ? option_pairs(w, o, keys[i]) : option_text(w, o, keys[i]);
        if (i == 4)
            value = str_upper(w->arena, str_replace(w->arena, value, STR("_"), STR(" ")));
        if (!value.len || !words[i])
            continue;
        const char *hole = strstr(words[i], "%.*s");
        buf_addf(&out, "%s%.*s%.*s%s", out.len ? " " : "", (int)(hole - words[i]), words[i], STR_ARGS(value), hole + 4);
    }
    if (w->r->dialect->id == DIALECT_SQLITE) {
        const Option *rowid = dialect_option(w, o, "with_rowid");
        if (rowid && rowid->kind == OPTION_BOOL && !rowid->boolean)
            buf_add(&out, STR("WITHOUT ROWID"));
        if (option_is_true(w, o, "strict"))
            buf_addf(&out, "%sSTRICT", out.len ? ", " : "");
    }
    return buf_str(&out);
}

// SQLite writes PRIMARY KEY AUTOINCREMENT into the column, and names no other schema in a foreign key.
static bool is_left_out(Writing *w, const Table *table, const Constraint *c)
{
    if (c->is_inline)
        return true;
    if (c->kind == CONSTRAINT_FOREIGN && !w->r->dialect->has_schemas_in_foreign_keys &&
        !str_equal(c->ref_schema, table->schema))
        return true;
    return c->kind == CONSTRAINT_PRIMARY && option_is_true(w, &table->options, "autoincrement") &&
           table_autoincrement(table);
}

bool put_create_table(Writing *w, const Table *table, Str name, bool if_not_exists)
{
    View *view = view_new(w->arena);
    view_list(view, STR("prefixes"));
    for (size_t i = 0; i < table->prefixes.count; i++)
        view_text(view_item(view, STR("prefixes")), STR("text"), table->prefixes.items[i]);
    view_bool(view, STR("if_not_exists"), if_not_exists);
    view_text(view, STR("table"), table_of(w, table->schema, name));
    view_list(view, STR("lines"));
    for (size_t i = 0; i < table->columns.count; i++) {
        Str line;
        if (!column_line(w, table, table->columns.items[i], true, &line))
            return false;
        view_text(view_item(view, STR("lines")), STR("text"), line);
    }
    for (size_t i = 0; i < table->constraints.count; i++) {
        Str line;
        const Constraint *c = table->constraints.items[i];
        if (is_left_out(w, table, c) || c->use_alter)
            continue;
        if (!constraint_text(w, table, c, &line))
            return false;
        view_text(view_item(view, STR("lines")), STR("text"), line);
    }
    view_optional(view, STR("suffix"), table_suffix(w, table));
    return put(w, STATEMENT_DDL, "create_table", view);
}

static bool put_comment(Writing *w, const char *name, Str table, Str column, Str comment, bool is_none)
{
    View *view = view_new(w->arena);
    Str text = STR("NULL");
    if (!is_none && !sql_text(w->arena, w->diag, w->r->style, w->op->at, comment, &text))
        return false;
    view_text(view, STR("table"), table);
    view_text(view, STR("column"), column);
    view_text(view, STR("comment"), text);
    return put(w, STATEMENT_DDL, name, view);
}

bool put_comment_on_table(Writing *w, const Table *table)
{
    if (!w->r->dialect->has_comments)
        return true;
    Str name = table_of(w, table->schema, table->name);
    if (table->has_comment && !put_comment(w, "table_comment", name, STR_EMPTY, table->comment, false))
        return false;
    for (size_t i = 0; i < table->columns.count; i++) {
        const Column *column = table->columns.items[i];
        if (column->has_comment && !put_comment(w, "column_comment", name, name_of(w, column->name), column->comment, false))
            return false;
    }
    return true;
}

// ---- indexes ----

static bool index_columns(Writing *w, const Index *index, Str *text)
{
    const Option *ops = dialect_option(w, &index->options, "ops");
    Buf out = buf_open(w->arena);
    for (size_t i = 0; i < index->items.count; i++) {
        const IndexItem *item = &index->items.items[i];
        if (i)
            buf_add(&out, STR(", "));
        // PostgreSQL wants an expression in parentheses unless it is a function call or written as text
        bool group = item->expr && w->r->dialect->id == DIALECT_POSTGRESQL &&
                     (item->expr->kind == EXPR_BINARY || item->expr->kind == EXPR_UNARY || item->expr->kind == EXPR_CASE ||
                      item->expr->kind == EXPR_AND || item->expr->kind == EXPR_OR);
        if (group)
            buf_add_char(&out, '(');
        if (!item->expr)
            buf_add(&out, name_of(w, item->column));
        else if (!sql_expr_unqualified(w->arena, w->diag, w->r->style, item->expr, &out))
            return false;
        if (group)
            buf_add_char(&out, ')');
        const Option *op = ops && ops->kind == OPTION_MAP && item->column.len ? option_find(&ops->items, item->column)
                                                                              : NULL;
        if (op)
            buf_addf(&out, " %.*s", STR_ARGS(op->text));
    }
    *text = buf_str(&out);
    return true;
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
    bool postgresql = w->r->dialect->id == DIALECT_POSTGRESQL;
    bool concurrently = option_is_true(w, o, "concurrently");
    const Option *nulls = dialect_option(w, o, "nulls_not_distinct");
    if (!index_columns(w, index, &columns) || !option_where(w, o, &where))
        return false;
    view_bool(view, STR("unique"), index->unique);
    view_bool(view, STR("concurrently"), concurrently);
    view_bool(view, STR("if_not_exists"), if_not_exists);
    // SQLite names the schema with the index
    view_text(view, STR("name"), postgresql ? name_of(w, index->name) : table_of(w, index->schema, index->name));
    view_text(view, STR("table"), postgresql ? table_of(w, index->schema, index->table) : name_of(w, index->table));
    view_text(view, STR("columns"), columns);
    view_optional(view, STR("using"), str_lower(w->arena, option_text(w, o, "using")));
    view_optional(view, STR("include"), option_names(w, o, "include"));
    view_optional(view, STR("nulls"),
                  !nulls || nulls->kind != OPTION_BOOL ? STR_EMPTY
                  : nulls->boolean                     ? STR("NULLS NOT DISTINCT")
                                                       : STR("NULLS DISTINCT"));
    view_optional(view, STR("with"), option_pairs(w, o, "with"));
    view_optional(view, STR("tablespace"), option_text(w, o, "tablespace"));
    view_optional(view, STR("where"), where);
    if (!put(w, STATEMENT_DDL, "create_index", view))
        return false;
    if (concurrently) {
        Statement *statement = last_statement(w);
        statement->outside_transaction = statement->must_run_outside = true;
        statement->effect = (Effect){.kind = EFFECT_INDEX_VALID,
                                     .schema = index->schema,
                                     .name = index->name,
                                     .table_schema = index->schema,
                                     .table = index->table,
                                     .unique = index->unique};
        for (size_t i = 0; i < index->items.count; i++)
            if (index->items.items[i].column.len)
                vec_push(w->r->arena, &statement->effect.columns, index->items.items[i].column);
        if (statement->effect.columns.count < index->items.count || where.len)
            statement->effect.columns.count = 0;
    }
    return true;
}

// ---- columns of existing tables ----

bool put_add_column(Writing *w, const Op *op)
{
    View *view = view_new(w->arena);
    Str line, references = STR_EMPTY;
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
    if (!column_line(w, &alone, op->column, false, &line))
        return false;
    for (size_t i = 0; op->inline_references && i < op->constraints.count; i++)
        if (op->constraints.items[i]->kind == CONSTRAINT_FOREIGN &&
            !references_text(w, op->constraints.items[i], &references))
            return false;
    view_text(view, STR("table"), table_of(w, op->schema, op->table));
    view_bool(view, STR("if_not_exists"), op->if_not_exists && w->r->dialect->id == DIALECT_POSTGRESQL);
    view_text(view, STR("column"), line);
    view_bool(view, STR("primary_key"), primary);
    view_optional(view, STR("references"), references);
    if (!put(w, STATEMENT_DDL, "add_column", view))
        return false;
    for (size_t i = 0; i < op->constraints.count; i++) {
        const Constraint *c = op->constraints.items[i];
        Str text;
        if (c->is_inline || (op->inline_references && c->kind == CONSTRAINT_FOREIGN))
            continue;
        View *add = view_new(w->arena);
        if (!constraint_text(w, &alone, c, &text))
            return false;
        view_text(add, STR("table"), table_of(w, op->schema, op->table));
        view_text(add, STR("constraint"), text);
        if (!put(w, STATEMENT_DDL, "add_constraint", add))
            return false;
    }
    for (size_t i = 0; i < op->indexes.count; i++)
        if (!put_index(w, op->indexes.items[i], false))
            return false;
    return put_comment_on_table(w, &alone);
}

static View *alter_view(Writing *w, const Op *op)
{
    View *view = view_new(w->arena);
    view_text(view, STR("table"), table_of(w, op->schema, op->table));
    view_text(view, STR("column"), name_of(w, op->name));
    return view;
}

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

static bool put_default_change(Writing *w, const Op *op)
{
    const ColumnChange *change = op->change;
    const Column *before = op->before && !op->before->is_opaque ? table_column(op->before, op->name) : NULL;
    bool had_identity = change->existing_identity || (before && before->identity);
    View *view = alter_view(w, op);
    if (change->identity) {
        // where neither the revision nor the model says what the column is, it is taken for one already, as Alembic does
        Str identity;
        const Identity *old = change->existing_identity ? change->existing_identity : before ? before->identity : NULL;
        if (had_identity || (!before && !change->has_existing_default)) {
            identity = identity_change(w, change->identity, old);
            if (!identity.len)
                return true;
        } else if (!identity_text(w, change->identity, &identity)) {
            return false;
        } else {
            identity = str_format(w->arena, "ADD %.*s", STR_ARGS(identity));
        }
        view_text(view, STR("action"), identity);
        return put(w, STATEMENT_DDL, "alter_column_identity", view);
    }
    if (had_identity && !change->default_) {
        view_text(view, STR("action"), STR("DROP IDENTITY"));
        return put(w, STATEMENT_DDL, "alter_column_identity", view);
    }
    Str default_ = STR_EMPTY;
    const Type *type = change->type            ? change->type
                       : change->existing_type ? change->existing_type
                       : before                ? before->type
                                               : NULL;
    if (change->default_ && !sql_default(w->arena, w->diag, w->r->style, change->default_, type, &default_))
        return false;
    view_optional(view, STR("default"), default_);
    return put(w, STATEMENT_DDL, "alter_column_default", view);
}

// Order: TYPE, NULL, DEFAULT, COMMENT, RENAME. Source: Alembic 1.19.1 ddl/postgresql.py, alter_column.
bool put_alter_column(Writing *w, const Op *op)
{
    const ColumnChange *change = op->change;
    if (change->type && !put_type_change(w, op))
        return false;
    if (change->has_nullable) {
        View *view = alter_view(w, op);
        view_bool(view, STR("nullable"), change->nullable);
        if (!put(w, STATEMENT_DDL, "alter_column_nullable", view))
            return false;
    }
    if (change->has_default && !put_default_change(w, op))
        return false;
    if (change->has_comment && w->r->dialect->has_comments &&
        !put_comment(w, "column_comment", table_of(w, op->schema, op->table), name_of(w, op->name), change->comment,
                     change->comment_is_none))
        return false;
    if (change->new_name.len) {
        View *view = alter_view(w, op);
        view_text(view, STR("name"), name_of(w, change->new_name));
        if (!put(w, STATEMENT_DDL, "rename_column", view))
            return false;
    }
    return true;
}
