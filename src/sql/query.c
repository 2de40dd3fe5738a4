// Queries looked at from outside: what their text shows of what they find, and how to ask for it as one number.
#include "sql_int.h"

// The outermost SELECT, its clauses in order; what stands in brackets belongs to none of them.
typedef struct Outline {
    bool is_select, has_with, writes, has_from, has_group, has_order, has_limit, has_top, locks, has_set, is_odd;
    bool limits_to_some;           // LIMIT n, n not 0, and nothing behind it
    size_t list_start, list_end;   // of the select list
} Outline;

static void note_clause(Outline *o, Str word)
{
    static const char *const groups[] = {"GROUP", "HAVING", "WINDOW", "QUALIFY", NULL};
    static const char *const sets[] = {"UNION", "INTERSECT", "EXCEPT", "MINUS", NULL};
    static const char *const limits[] = {"LIMIT", "OFFSET", "FETCH", NULL};
    static const char *const odd[] = {"INTO", "PROCEDURE", "CONNECT", "OPTION", NULL};
    o->has_group |= str_is_one_of(word, groups);
    o->has_set |= str_is_one_of(word, sets);
    o->has_limit |= str_is_one_of(word, limits);
    o->is_odd |= str_is_one_of(word, odd);
    o->has_order |= str_equal_fold(word, STR("ORDER"));
    o->locks |= str_equal_fold(word, STR("FOR")) || str_equal_fold(word, STR("LOCK"));
}

static Outline outline(const Dialect *dialect, Str text)
{
    // the last ones do something in a query: EXISTS may not come to them
    static const char *const writers[] = {"INSERT",     "UPDATE",   "DELETE",           "MERGE", "nextval", "setval",
                                          "set_config", "get_lock", "pg_advisory_lock", NULL};
    Outline o = {0};
    size_t depth = 0, after_limit = 0;
    Cursor c = {.dialect = dialect, .text = text};
    cursor_next(&c);
    o.has_with = cursor_at(&c, "WITH");
    if (!o.has_with && !cursor_at(&c, "SELECT"))
        return o;
    for (; c.token.kind != TOKEN_END && c.token.kind != TOKEN_BAD; cursor_next(&c)) {
        bool word = c.token.kind == TOKEN_WORD;
        o.writes |= word && str_is_one_of(c.token.text, writers);
        if (cursor_at_punct(&c, '('))
            depth++;
        else if (cursor_at_punct(&c, ')') && depth)
            depth--;
        if (depth)
            continue;
        after_limit += after_limit > 0;
        if (word && !o.is_select) {
            if (cursor_at(&c, "SELECT")) {
                o.is_select = true;
                o.list_start = c.token.end;
            }
        } else if (word && !o.has_from && cursor_at(&c, "FROM")) {
            o.has_from = true;
            o.list_end = c.token.start;
        } else if (word) {
            o.has_top |= !o.has_from && cursor_at(&c, "TOP");
            note_clause(&o, c.token.text);
            if (cursor_at(&c, "LIMIT"))
                after_limit = 1;
            else if (after_limit == 2)
                o.limits_to_some = c.token.text.ptr[0] >= '1' && c.token.text.ptr[0] <= '9';
        }
        if (after_limit > 2)
            o.limits_to_some = false;
    }
    if (!o.list_end)
        o.list_end = text.len;
    o.is_select &= c.token.kind == TOKEN_END && !depth;
    return o;
}

static bool skip_brackets(Cursor *c)
{
    size_t depth = 0;
    if (!cursor_at_punct(c, '('))
        return false;
    do {
        if (c->token.kind == TOKEN_END || c->token.kind == TOKEN_BAD)
            return false;
        depth += cursor_at_punct(c, '(');
        depth -= cursor_at_punct(c, ')');
        cursor_next(c);
    } while (depth);
    return true;
}

// [AS name], and nothing more.
static bool ends_with_name(Cursor *c)
{
    bool as = cursor_accept(c, "AS");
    if (c->token.kind == TOKEN_WORD || c->token.kind == TOKEN_QUOTED)
        cursor_next(c);
    else if (as)
        return false;
    return c->token.kind == TOKEN_END;
}

QueryForm sql_query_form(const Dialect *dialect, Str text)
{
    QueryForm form = {0};
    Outline o = outline(dialect, text);
    if (!o.is_select || o.writes || o.is_odd)
        return form;
    form.reads_table = o.has_from;
    bool one_row = !o.has_group && !o.has_set && !o.has_top && (!o.has_limit || o.limits_to_some);
    Cursor c = {.dialect = dialect, .text = str_slice(text, o.list_start, o.list_end)};
    cursor_next(&c);
    if (cursor_accept(&c, "COUNT")) {
        bool counts = skip_brackets(&c);
        if (counts && cursor_accept(&c, "FILTER"))
            counts = skip_brackets(&c);
        form.is_count = counts && one_row && ends_with_name(&c);
    } else if (!o.has_from && cursor_accept(&c, "EXISTS")) {
        form.is_exists = skip_brackets(&c) && one_row && ends_with_name(&c);
    } else if (c.token.kind == TOKEN_WORD && c.token.text.ptr[0] >= '1' && c.token.text.ptr[0] <= '9' && o.has_from) {
        bool digits = true;
        for (size_t i = 0; i < c.token.text.len; i++)
            digits &= c.token.text.ptr[i] >= '0' && c.token.text.ptr[i] <= '9';
        cursor_next(&c);
        form.is_constant = digits && !o.has_set && ends_with_name(&c);
    }
    return form;
}

// A subquery cannot hold everything that a query can.
static const char *no_subquery(const Dialect *dialect, const Outline *o)
{
    bool mssql = dialect->id == DIALECT_MSSQL, oracle = dialect->id == DIALECT_ORACLE;
    if (!o->is_select || o->writes || o->is_odd)
        return "a check of what is no plain SELECT";
    if (o->locks)
        return "a check that locks rows";
    // Source: Transact-SQL reference, "ORDER BY clause", "Limitations"; Oracle SQL Language Reference, "SELECT", ORA-00907
    if (o->has_order && ((mssql && !o->has_top && !o->has_limit) || (oracle && !o->has_limit)))
        return "a check of rows in an order";
    if (mssql && o->has_with)
        return "a check of a query that begins with WITH";
    return NULL;
}

const char *sql_check(Arena *arena, const Dialect *dialect, Str query, Expect expect, Str *text)
{
    Outline o = outline(dialect, query);
    const char *no = no_subquery(dialect, &o), *condition = "";
    bool swaps = false;
    *text = query;
    switch (expect) {
    case EXPECT_ANYTHING:
    case EXPECT_ZERO: return NULL;
    case EXPECT_COUNT: condition = " > 0"; break;
    case EXPECT_NO_ROWS: swaps = true; break;
    case EXPECT_ROWS: break;
    case EXPECT_FALSE:
    case EXPECT_TRUE:
        if (dialect->id == DIALECT_MSSQL || dialect->id == DIALECT_ORACLE)
            no = "a check that selects a yes or no";
        break;
    }
    if (no)
        return no;
    const char *before = expect == EXPECT_NO_ROWS || expect == EXPECT_ROWS ? "EXISTS "
                         : expect == EXPECT_FALSE                          ? "NOT "
                                                                           : "";
    // a comment at its end would take the bracket along
    bool comment = str_find(query, STR("--"), 0) != SIZE_MAX || str_find_char(query, '#', 0) != SIZE_MAX;
    *text = str_format(arena, "SELECT CASE WHEN %s(%.*s%s)%s THEN %d ELSE %d END%s", before, STR_ARGS(query),
                       comment ? "\n" : "", condition, swaps, !swaps, dialect->id == DIALECT_ORACLE ? " FROM dual" : "");
    return NULL;
}
