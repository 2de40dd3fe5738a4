// A column's line in CREATE TABLE and ADD COLUMN.
#include "render_int.h"

// START WITH 5 INCREMENT BY 2 ..., in SQLAlchemy's order.
Str sequence_options(Writing *w, const Identity *identity)
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
    bool oracle = w->r->dialect->id == DIALECT_ORACLE;   // which writes NO and the word together
    if (identity->nominvalue)
        buf_addf(&options, "%s%sMINVALUE", options.len ? " " : "", oracle ? "NO" : "NO ");
    if (identity->nomaxvalue)
        buf_addf(&options, "%s%sMAXVALUE", options.len ? " " : "", oracle ? "NO" : "NO ");
    if (identity->has_cache)
        buf_addf(&options, "%sCACHE %lld", options.len ? " " : "", (long long)identity->cache);
    if (identity->has_cycle)
        buf_addf(&options, "%s%s", options.len ? " " : "", identity->cycle ? "CYCLE" : oracle ? "NOCYCLE" : "NO CYCLE");
    if (identity->has_order && oracle)
        buf_addf(&options, "%s%s", options.len ? " " : "", identity->order ? "ORDER" : "NOORDER");
    return buf_str(&options);
}

bool identity_text(Writing *w, const Identity *identity, Str *text)
{
    bool oracle = w->r->dialect->id == DIALECT_ORACLE;
    // SQL Server counts from a seed by a step: both or neither are written
    bool seeded = identity->has_start || identity->has_increment;
    View *view = view_new(w->arena);
    view_bool(view, STR("always"), identity->always);
    view_bool(view, STR("on_null"), identity->on_null && oracle);
    view_optional(view, STR("seed"),
                  seeded ? str_format(w->arena, "%lld,%lld", (long long)(identity->has_start ? identity->start : 1),
                                      (long long)(identity->has_increment ? identity->increment : 1))
                         : STR_EMPTY);
    view_optional(view, STR("options"), sequence_options(w, identity));
    return fill(w, "identity", view, text);
}

static Str serial_type(const Type *type)
{
    if (type->kind == TYPE_SMALL_INTEGER || type->kind == TYPE_SQL_SMALLINT)
        return STR("SMALLSERIAL");
    return type->kind == TYPE_BIG_INTEGER || type->kind == TYPE_SQL_BIGINT ? STR("BIGSERIAL") : STR("SERIAL");
}

static bool no_persistence(Writing *w, const char *what, const char *hint)
{
    diag_error(w->diag, w->op->at, "%.*s computed columns are %s", STR_ARGS(w->r->dialect->title), what);
    diag_hint(w->diag, "%s", hint);
    return false;
}

// The word behind a computed column's expression.
static bool persistence_word(Writing *w, const Computed *computed, Str *word)
{
    Tri persisted = computed->persisted;
    *word = STR_EMPTY;
    switch (w->r->dialect->id) {
    case DIALECT_POSTGRESQL:
        *word = STR("STORED");
        return persisted != TRI_FALSE || no_persistence(w, "always stored", "Write Computed(..., persisted=True).");
    case DIALECT_MYSQL:
    case DIALECT_MARIADB:
    case DIALECT_SQLITE:
        *word = persisted == TRI_TRUE ? STR("STORED") : persisted == TRI_FALSE ? STR("VIRTUAL") : STR_EMPTY;
        return true;
    case DIALECT_ORACLE:
        *word = persisted == TRI_FALSE ? STR("VIRTUAL") : STR_EMPTY;
        return persisted != TRI_TRUE || no_persistence(w, "never stored", "Write Computed(...) without persisted=True.");
    case DIALECT_MSSQL: *word = persisted == TRI_TRUE ? STR("PERSISTED") : STR_EMPTY; return true;
    case DIALECT_COUNT: break;
    }
    return false;
}

bool computed_text(Writing *w, const Computed *computed, View *view)
{
    view_null(view, STR("computed"));
    view_null(view, STR("persisted"));
    if (!computed)
        return true;
    const Dialect *dialect = w->r->dialect;
    if (w->r->style->minimum < dialect->computed_since) {
        diag_error(w->diag, w->op->at, "computed columns are of %.*s %.*s and later", STR_ARGS(dialect->title),
                   STR_ARGS(dialect_version_text(w->arena, dialect, dialect->computed_since)));
        return false;
    }
    Str word;
    Buf out = buf_open(w->arena);
    if (!persistence_word(w, computed, &word) || !sql_expr_unqualified(w->arena, w->diag, w->r->style, computed->expr, &out))
        return false;
    view_text(view, STR("computed"), buf_str(&out));
    view_optional(view, STR("persisted"), word);
    return true;
}

bool column_checks(Writing *w, const Table *table, const Column *column, View *view)
{
    view_list(view, STR("checks"));
    for (size_t i = 0; table && i < table->constraints.count; i++) {
        const Constraint *c = table->constraints.items[i];
        if (!c->is_inline || !str_equal(c->column, column->name))
            continue;
        Str text;
        if (!constraint_text(w, c, &text))
            return false;
        view_text(view_item(view, STR("checks")), STR("text"), text);
    }
    return true;
}

// SQL Server's IDENTITY of a column that grows; mssql_identity_start and _increment say where and how.
static Identity grown_identity(const Column *column)
{
    const Option *start = option_find(&column->options, STR("mssql_identity_start"));
    const Option *step = option_find(&column->options, STR("mssql_identity_increment"));
    Identity identity = column->identity ? *column->identity : (Identity){0};
    if (start && start->kind == OPTION_INTEGER) {
        identity.has_start = true;
        identity.start = start->integer;
    }
    if (step && step->kind == OPTION_INTEGER) {
        identity.has_increment = true;
        identity.increment = step->integer;
    }
    return identity;
}

bool comment_text(Writing *w, Str comment, Str *text)
{
    return sql_plain_text(w->arena, w->diag, w->r->style, w->op->at, "comment", comment, text);
}

// MySQL's TIMESTAMP is NOT NULL unless it says otherwise, with explicit_defaults_for_timestamp off.
static bool says_null(const Dialect *dialect, const Column *column, const Type *type, bool identity)
{
    if (!column->nullable)
        return false;
    if (dialect->alter == ALTER_WHOLE)
        return type && type->kind == TYPE_SQL_TIMESTAMP;
    if (dialect->alter == ALTER_TYPE_NULL)
        return !column->computed && !identity;
    return identity && dialect->id == DIALECT_POSTGRESQL;
}

// Source: SQLAlchemy 2.0.52 dialects/postgresql/base.py, mssql/base.py, get_column_specification(); dialects/mysql/base.py
// looks for no sequence where the server's version is not known.
const Column *table_grows(const Dialect *dialect, const Table *table)
{
    const Column *column = table_autoincrement(table);
    bool minds = dialect->grow == GROW_SERIAL || dialect->grow == GROW_IDENTITY;
    return column && minds && column->sequence == SEQUENCE_ALWAYS ? NULL : column;
}

bool column_line(Writing *w, const Table *table, const Column *column, bool in_create, Str *text)
{
    const Dialect *dialect = w->r->dialect;
    const Type *type = type_for(column->type, dialect->name);
    const Column *growing = table ? table_grows(dialect, table) : NULL;
    // SQL Server lets any column grow that asks for it, others the key's only
    bool asks = dialect->grow == GROW_IDENTITY && column->autoincrement == AUTOINCREMENT_TRUE &&
                column->sequence != SEQUENCE_ALWAYS;
    bool grows = (growing == column || asks) && (dialect->grow == GROW_KEYWORD || !column->identity);
    bool identity = dialect->has_identity && column->identity, serial = grows && dialect->grow == GROW_SERIAL;
    View *view = view_new(w->arena);
    Str type_text = STR_EMPTY, default_ = STR_EMPTY, identity_sql = STR_EMPTY, comment = STR_EMPTY;
    Identity own = {0};
    if (dialect->grow == GROW_IDENTITY && (grows || identity)) {
        own = grown_identity(column);
        identity = true;
        if (!identity_text(w, &own, &identity_sql))
            return false;
    } else if (identity && !identity_text(w, column->identity, &identity_sql)) {
        return false;
    }
    if (serial)
        type_text = serial_type(type);
    else if (!(column->computed && dialect->id == DIALECT_MSSQL) &&
             !sql_type(w->arena, w->diag, w->r->style, column->type, &type_text))
        return false;
    bool has_default = !serial && !(grows && dialect->grow == GROW_KEYWORD) && !identity && column->default_;
    if (has_default && !sql_default(w->arena, w->diag, w->r->style, column->default_, column->type, &default_))
        return false;
    if (column->has_comment && dialect->comments == COMMENT_INLINE && !comment_text(w, column->comment, &comment))
        return false;
    const Option *autoincrement = in_create && table ? dialect_option(w, &table->options, "autoincrement") : NULL;
    // PostgreSQL's and Oracle's identities are NOT NULL by themselves
    bool not_null = !column->nullable || ((identity || column->sequence) && dialect->grow == GROW_IDENTITY);
    view_text(view, STR("name"), name_of(w, column->name));
    view_text(view, STR("type"), type_text);
    view_optional(view, STR("default"), default_);
    view_optional(view, STR("identity"), identity_sql);
    view_bool(view, STR("not_null"), not_null && !(identity && dialect->grow != GROW_IDENTITY));
    view_bool(view, STR("null"), !not_null && says_null(dialect, column, type, identity));
    view_bool(view, STR("grows"), grows && dialect->grow == GROW_KEYWORD);
    view_optional(view, STR("comment"), comment);
    view_bool(view, STR("primary_key"), autoincrement && autoincrement->boolean && growing == column);
    return computed_text(w, column->computed, view) && column_checks(w, table, column, view) &&
           fill(w, "column", view, text);
}
