// Queries of the catalogue in their usual forms: does a table, a column, an index or a constraint exist?
//   SELECT ... FROM information_schema.columns WHERE table_name = 'x' AND column_name = 'y'
// and so of tables, table_constraints, pg_tables, pg_indexes, sqlite_master; within EXISTS(...) too; and to_regclass('x'),
// 'x'::regclass. Anything else is none.
#include "sql_int.h"

typedef struct KeyColumn {
    const char *name;
    enum { IS_SCHEMA, IS_TABLE, IS_NAME, IS_TYPE, IS_RELATION } means;
} KeyColumn;

typedef struct Catalogue {
    const char *schema, *name;   // of the view
    CatalogueKind kind;
    const char *type;   // what the column of its type must say; NULL: it has none
    KeyColumn columns[6];
} Catalogue;

static const Catalogue catalogues[] = {
    {"information_schema",
     "tables",
     CATALOGUE_TABLE,
     "BASE TABLE",
     {{"table_schema", IS_SCHEMA}, {"table_name", IS_TABLE}, {"table_type", IS_TYPE}}},
    {"information_schema",
     "columns",
     CATALOGUE_COLUMN,
     NULL,
     {{"table_schema", IS_SCHEMA}, {"table_name", IS_TABLE}, {"column_name", IS_NAME}}},
    {"information_schema",
     "table_constraints",
     CATALOGUE_CONSTRAINT,
     NULL,
     {{"table_schema", IS_SCHEMA}, {"table_name", IS_TABLE}, {"constraint_name", IS_NAME}}},
    {"pg_catalog", "pg_tables", CATALOGUE_TABLE, NULL, {{"schemaname", IS_SCHEMA}, {"tablename", IS_TABLE}}},
    {"pg_catalog",
     "pg_indexes",
     CATALOGUE_INDEX,
     NULL,
     {{"schemaname", IS_SCHEMA}, {"tablename", IS_TABLE}, {"indexname", IS_NAME}}},
    {"pg_catalog", "pg_constraint", CATALOGUE_CONSTRAINT, NULL, {{"conname", IS_NAME}, {"conrelid", IS_RELATION}}},
    {"", "sqlite_master", CATALOGUE_TABLE, "table", {{"name", IS_TABLE}, {"type", IS_TYPE}}},
    {"", "sqlite_master", CATALOGUE_INDEX, "index", {{"tbl_name", IS_TABLE}, {"name", IS_NAME}, {"type", IS_TYPE}}},
};

static bool serves(const Dialect *dialect, const Catalogue *catalogue)
{
    bool mysql = dialect->id == DIALECT_MYSQL || dialect->id == DIALECT_MARIADB;
    if (dialect->id == DIALECT_SQLITE)
        return !*catalogue->schema;
    return *catalogue->schema &&
           (dialect->id == DIALECT_POSTGRESQL || (mysql && strcmp(catalogue->schema, "information_schema") == 0));
}

// A text without escapes.
static bool plain_text(Cursor *c, Str *text)
{
    Str written = str_slice(c->text, c->token.start, c->token.end);
    if (c->token.kind != TOKEN_STRING || written.len < 2 || written.ptr[0] != '\'' ||
        str_find_char(written, '\\', 0) != SIZE_MAX)
        return false;
    *text = str_replace(c->arena, str_slice(written, 1, written.len - 1), STR("''"), STR("'"));
    cursor_next(c);
    return true;
}

// current_schema(), DATABASE() and such: the schema that the script is in.
static bool own_schema(Cursor *c)
{
    static const char *const names[] = {"current_schema", "database", "schema", NULL};
    if (!cursor_at_any(c, names))
        return false;
    cursor_next(c);
    if (cursor_at_punct(c, '(')) {
        cursor_next(c);
        if (!cursor_at_punct(c, ')'))
            return false;
        cursor_next(c);
    }
    return true;
}

// [alias.]name
static bool column_name(Cursor *c, Str alias, Str *name)
{
    if (!cursor_name(c, name))
        return false;
    if (!cursor_at_punct(c, '.'))
        return true;
    cursor_next(c);
    return alias.len && str_equal_fold(*name, alias) && cursor_name(c, name);
}

// A name within a text, as regclass reads it: [schema.]name, folded unless it stands in quotes.
static bool relation_name(Arena *arena, Str *text, Str *name)
{
    bool quoted = text->len && text->ptr[0] == '"';
    size_t end = quoted ? str_find_char(*text, '"', 1) : 0;
    if (quoted && end == SIZE_MAX)
        return false;
    while (!quoted && end < text->len && text->ptr[end] != '.') {
        char ch = text->ptr[end++];
        if (!(ch == '_' || (ch >= '0' && ch <= '9' && end > 1) || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z')))
            return false;
    }
    *name = quoted ? str_slice(*text, 1, end) : str_lower(arena, str_slice(*text, 0, end));
    *text = str_slice(*text, end + quoted, text->len);
    return name->len > 0 && (!text->len || text->ptr[0] == '.');
}

// Takes the table that the text names as regclass reads it.
static bool relation_text(Cursor *c, CatalogueQuery *query)
{
    Str text, first;
    if (!plain_text(c, &text) || !relation_name(c->arena, &text, &first))
        return false;
    query->has_schema = true;
    query->is_own_schema = !text.len;
    query->table = first;
    if (!text.len)
        return true;
    text = str_slice(text, 1, text.len);
    query->schema = first;
    return relation_name(c->arena, &text, &query->table) && !text.len;
}

// ::NAME
static bool accept_cast(Cursor *c, const char *name)
{
    for (int i = 0; i < 2; i++) {
        if (!cursor_at_punct(c, ':'))
            return false;
        cursor_next(c);
    }
    return cursor_accept(c, name);
}

// column = 'text' AND ...
static bool conditions(Cursor *c, const Catalogue *catalogue, Str alias, CatalogueQuery *query, StrList *names,
                       StrList *values)
{
    bool typed = !catalogue->type;
    do {
        Str name, text = STR_EMPTY;
        const KeyColumn *column = NULL;
        if (!column_name(c, alias, &name) || !cursor_at_punct(c, '='))
            return false;
        cursor_next(c);
        for (size_t i = 0; i < sizeof catalogue->columns / sizeof *catalogue->columns && catalogue->columns[i].name; i++)
            if (str_equal_fold(name, str_from(catalogue->columns[i].name)))
                column = &catalogue->columns[i];
        if (!column || strlist_has(names, name))
            return false;
        bool is_own = column->means == IS_SCHEMA && own_schema(c);
        bool is_relation = column->means == IS_RELATION;
        if (is_relation ? !relation_text(c, query) || !accept_cast(c, "regclass") : !is_own && !plain_text(c, &text))
            return false;
        query->needs_table |= is_relation;
        vec_push(c->arena, names, name);
        vec_push(c->arena, values, text);
        switch (column->means) {
        case IS_SCHEMA:
            query->has_schema = true;
            query->is_own_schema = is_own;
            query->schema = text;
            break;
        case IS_TABLE: query->table = text; break;
        case IS_RELATION: break;
        case IS_NAME: query->name = text; break;
        case IS_TYPE:
            typed = true;
            if (!str_equal(text, str_from(catalogue->type)))
                return false;
            break;
        }
    } while (cursor_accept(c, "AND"));
    bool is_by_name = query->kind == CATALOGUE_INDEX || query->kind == CATALOGUE_CONSTRAINT;   // whatever the table
    return (query->table.len || is_by_name) && (query->kind == CATALOGUE_TABLE || query->name.len) &&
           (typed || *catalogue->schema);   // information_schema.tables has views too, as an inspector's has_table()
}

// What a row holds: the columns that the conditions say, or a number.
static bool select_list(Cursor *c, CatalogueQuery *query)
{
    if (cursor_at(c, "FROM"))
        return true;
    do {
        CatalogueItem item = {0};
        Str text = c->token.text;
        if (cursor_at_punct(c, '*')) {
            query->has_all = true;
            cursor_next(c);
        } else if (cursor_accept(c, "count")) {
            bool opens = cursor_at_punct(c, '(');
            cursor_next(c);
            if (!opens || cursor_at_punct(c, ')'))
                return false;
            cursor_next(c);
            if (!cursor_at_punct(c, ')'))
                return false;
            cursor_next(c);
            query->is_count = true;
        } else if (str_equal(text, STR("1"))) {
            item.is_number = true;
            vec_push(c->arena, &query->items, item);
            cursor_next(c);
        } else {
            if (!cursor_name(c, &item.name))
                return false;
            if (cursor_at_punct(c, '.')) {
                cursor_next(c);
                if (!cursor_name(c, &item.name))
                    return false;
            }
            vec_push(c->arena, &query->items, item);
        }
        if (!cursor_at_punct(c, ','))
            break;
        cursor_next(c);
    } while (true);
    return !query->is_count || (!query->items.count && !query->has_all);
}

static bool inner_query(Cursor *c, CatalogueQuery *query)
{
    Str schema, name, alias = STR_EMPTY;
    StrList names = {0}, values = {0};
    if (!cursor_accept(c, "SELECT") || !select_list(c, query) || !cursor_accept(c, "FROM") ||
        !cursor_qualified(c, &schema, &name))
        return false;
    alias = name;
    (void)cursor_accept(c, "AS");
    if (!cursor_at(c, "WHERE") && !cursor_name(c, &alias))
        return false;
    if (!cursor_accept(c, "WHERE"))
        return false;
    const Cursor before = *c;
    const CatalogueQuery selected = *query;
    for (size_t i = 0; i < sizeof catalogues / sizeof *catalogues; i++) {
        const Catalogue *catalogue = &catalogues[i];
        bool unnamed = !schema.len && strcmp(catalogue->schema, "information_schema") != 0;
        if (!serves(c->dialect, catalogue) || !str_equal_fold(name, str_from(catalogue->name)) ||
            !(unnamed || str_equal_fold(schema, str_from(catalogue->schema))))
            continue;
        *c = before;
        *query = selected;
        query->kind = catalogue->kind;
        names.count = values.count = 0;
        if (!conditions(c, catalogue, alias, query, &names, &values))
            continue;
        for (size_t k = 0; k < query->items.count; k++)
            for (size_t n = 0; n < names.count; n++)
                if (str_equal_fold(query->items.items[k].name, names.items[n]) && values.items[n].len) {
                    query->items.items[k].text = values.items[n];
                    query->items.items[k].is_text = true;
                }
        if (cursor_accept(c, "LIMIT")) {
            bool one = str_equal(c->token.text, STR("1"));
            cursor_next(c);
            return one;
        }
        return true;
    }
    return false;
}

// to_regclass('t') [::text] [IS [NOT] NULL] [AS x]: a table, or anything else that has rows or columns.
// Source: PostgreSQL 16 manual, 9.26.4 System Catalog Information Functions.
static bool relation_query(Cursor *c, CatalogueQuery *query)
{
    Str label;
    if (c->dialect->id != DIALECT_POSTGRESQL || !cursor_accept(c, "SELECT") || !cursor_accept(c, "to_regclass") ||
        !cursor_at_punct(c, '('))
        return false;
    cursor_next(c);
    if (!relation_text(c, query) || !cursor_at_punct(c, ')'))
        return false;
    cursor_next(c);
    query->kind = CATALOGUE_TABLE;
    query->is_relation = true;
    if (cursor_at_punct(c, ':') && !accept_cast(c, "text"))
        return false;
    if (cursor_accept(c, "IS")) {
        query->tells_null = true;
        query->is_negated = !cursor_accept(c, "NOT");
        if (!cursor_accept(c, "NULL"))
            return false;
    }
    return !cursor_accept(c, "AS") || cursor_name(c, &label);
}

bool sql_catalogue_query(Arena *arena, const Dialect *dialect, Str text, CatalogueQuery *query)
{
    Cursor c = {.arena = arena, .dialect = dialect, .text = text};
    *query = (CatalogueQuery){0};
    cursor_next(&c);
    const Cursor begin = c;
    if (cursor_accept(&c, "SELECT") && cursor_accept(&c, "EXISTS") && cursor_at_punct(&c, '(')) {
        cursor_next(&c);
        if (!inner_query(&c, query) || query->is_count || !cursor_at_punct(&c, ')'))
            return false;
        cursor_next(&c);
        query->is_exists = true;
        Str label;
        if (cursor_accept(&c, "AS") && !cursor_name(&c, &label))
            return false;
    } else {
        c = begin;
        *query = (CatalogueQuery){0};
        if (!relation_query(&c, query)) {
            c = begin;
            *query = (CatalogueQuery){0};
            if (!inner_query(&c, query))
                return false;
        }
    }
    if (cursor_at_punct(&c, ';'))
        cursor_next(&c);
    return c.token.kind == TOKEN_END;
}
