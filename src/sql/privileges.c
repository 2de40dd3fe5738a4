// What a user of MySQL or MariaDB must be granted for a statement, table by table, as far as its text tells: what cannot be
// read for sure is left out, so that no user is refused who may run it.
#include "sql_int.h"

enum { MOST_DEPTH = 32 };   // of parentheses that are looked into

typedef struct Name {
    Str schema, name;
} Name;

typedef struct Reader {
    Cursor c;
    NeededList *needed;
} Reader;

static void need(Reader *r, const char *privilege, Name table)
{
    for (size_t i = 0; i < r->needed->count; i++) {
        const NeededPrivilege *n = &r->needed->items[i];
        if (str_equal(str_from(n->privilege), str_from(privilege)) && str_equal(n->schema, table.schema) &&
            str_equal(n->table, table.name))
            return;
    }
    vec_push(r->c.arena, r->needed, ((NeededPrivilege){privilege, table.schema, table.name}));
}

static void need_somewhere(Reader *r, const char *privilege)
{
    need(r, privilege, (Name){0});
}

static bool read_name(Reader *r, Name *name)
{
    return cursor_object(&r->c, &name->schema, &name->name);
}

static bool ends(const Reader *r)
{
    return r->c.token.kind == TOKEN_END || r->c.token.kind == TOKEN_BAD;
}

static void skip_words(Reader *r, const char *const *words)
{
    while (cursor_at_any(&r->c, words))
        cursor_next(&r->c);
}

// Reads on to the word; a body's statements are not entered.
static bool skip_to(Reader *r, const char *word)
{
    while (!ends(r) && !cursor_at(&r->c, word))
        cursor_next(&r->c);
    return cursor_accept(&r->c, word);
}

static bool everyone_reads(Str schema)
{
    static const char *const schemas[] = {"INFORMATION_SCHEMA", "PERFORMANCE_SCHEMA", "MYSQL", "SYS", NULL};
    return str_is_one_of(schema, schemas);
}

// The tables behind FROM and JOIN. EXTRACT(YEAR FROM d) has a FROM too, but no SELECT in its parentheses; behind WITH a name
// may be none of a table.
static void read_sources(Reader *r)
{
    static const char *const with[] = {"WITH", NULL}, *const sources[] = {"FROM", "JOIN", NULL};
    bool selects[MOST_DEPTH] = {false};
    size_t depth = 0;
    Str rest = str_slice(r->c.text, r->c.token.start, r->c.text.len);
    if (sql_find_word(r->c.dialect, rest, with).len)
        return;
    while (!ends(r)) {
        Name name;
        bool source = cursor_at_any(&r->c, sources) && selects[depth];
        if (cursor_at(&r->c, "SELECT"))
            selects[depth] = true;
        if (cursor_at_punct(&r->c, '(')) {
            if (++depth == MOST_DEPTH)
                return;
            selects[depth] = false;
        } else if (cursor_at_punct(&r->c, ')')) {
            depth -= depth > 0;
        }
        cursor_next(&r->c);
        if (!source || cursor_at_punct(&r->c, '(') || !read_name(r, &name))
            continue;
        if (!cursor_at_punct(&r->c, '(') && !everyone_reads(name.schema) && !str_equal_fold(name.name, STR("dual")))
            need(r, "SELECT", name);
    }
}

// Where the whole of the rest says one of these words, a statement reads what it writes.
static bool says(const Reader *r, const char *word)
{
    const char *const words[] = {word, NULL};
    return sql_find_word(r->c.dialect, str_slice(r->c.text, r->c.token.start, r->c.text.len), words).len > 0;
}

static void need_to_rename(Reader *r, Name from, Name to)
{
    need(r, "ALTER", from);
    need(r, "DROP", from);
    need(r, "CREATE", to);
    need(r, "INSERT", to);
}

// What a table's definition names: the tables that its foreign keys point to. MariaDB (measured, 10.11) takes SELECT, INSERT
// or UPDATE there too, and whatever is granted on the database.
static void read_parents(Reader *r)
{
    Name parent;
    while (skip_to(r, "REFERENCES"))
        if (read_name(r, &parent))
            need(r, "REFERENCES,SELECT,INSERT,UPDATE,CREATE,ALTER", parent);
}

static void read_alter(Reader *r)
{
    static const char *const leading[] = {"ONLINE", "IGNORE", NULL}, *const none[] = {"COLUMN", "INDEX", "KEY", NULL};
    Name table, name;
    skip_words(r, leading);
    if (!cursor_accept(&r->c, "TABLE") && !cursor_accept(&r->c, "SEQUENCE"))
        return;
    cursor_skip_if_exists(&r->c);
    if (!read_name(r, &table))
        return;
    need(r, "ALTER", table);
    Reader parents = *r;
    read_parents(&parents);
    while (!ends(r)) {
        bool drops = cursor_at(&r->c, "DROP"), renames = cursor_at(&r->c, "RENAME");
        cursor_next(&r->c);
        if (drops && cursor_at(&r->c, "PARTITION"))
            need(r, "DROP", table);
        if (!renames || cursor_at_any(&r->c, none))
            continue;
        if (!cursor_accept(&r->c, "TO"))
            cursor_accept(&r->c, "AS");
        if (read_name(r, &name))
            need_to_rename(r, table, name);
    }
}

static void read_create_table(Reader *r, bool replaces)
{
    Name table, like;
    cursor_skip_if_exists(&r->c);
    if (!read_name(r, &table))
        return;
    need(r, "CREATE", table);
    if (replaces)
        need(r, "DROP", table);
    if (cursor_at_punct(&r->c, '('))
        cursor_next(&r->c);
    if (cursor_accept(&r->c, "LIKE") && read_name(r, &like))
        need(r, "SELECT", like);
    if (says(r, "SELECT"))
        need(r, "INSERT", table);
    Reader parents = *r;
    read_parents(&parents);
    read_sources(r);
}

static void read_create(Reader *r)
{
    static const struct {
        const char *word, *privilege;
    } makes[] = {
        {"VIEW", "CREATE VIEW"}, {"EVENT", "EVENT"}, {"PROCEDURE", "CREATE ROUTINE"}, {"FUNCTION", "CREATE ROUTINE"}};
    static const char *const kinds[] = {"UNIQUE", "FULLTEXT", "SPATIAL", NULL};
    Name table;
    bool replaces = cursor_accept(&r->c, "OR");
    if (replaces)
        cursor_accept(&r->c, "REPLACE");
    if (cursor_accept(&r->c, "TEMPORARY")) {
        cursor_accept(&r->c, "TABLE");
        cursor_skip_if_exists(&r->c);
        if (read_name(r, &table))
            need(r, "CREATE TEMPORARY TABLES", table);
        return;
    }
    skip_words(r, kinds);
    if (cursor_accept(&r->c, "TABLE") || cursor_accept(&r->c, "SEQUENCE")) {
        read_create_table(r, replaces);
    } else if (cursor_accept(&r->c, "INDEX")) {
        if (skip_to(r, "ON") && read_name(r, &table))
            need(r, "INDEX", table);
    } else if (cursor_accept(&r->c, "TRIGGER")) {
        if (skip_to(r, "ON") && read_name(r, &table))
            need(r, "TRIGGER", table);
    }
    for (size_t i = 0; i < sizeof makes / sizeof makes[0]; i++)
        if (cursor_at(&r->c, makes[i].word))
            need_somewhere(r, makes[i].privilege);
}

static void read_drop(Reader *r)
{
    static const char *const tables[] = {"TABLE", "TABLES", "VIEW", "SEQUENCE", NULL};
    Name name;
    if (cursor_accept(&r->c, "INDEX")) {
        if (skip_to(r, "ON") && read_name(r, &name))
            need(r, "INDEX", name);
    } else if (cursor_accept(&r->c, "TRIGGER")) {
        need_somewhere(r, "TRIGGER");   // on its table, which the statement does not name
    } else if (cursor_at_any(&r->c, tables)) {
        do {
            cursor_next(&r->c);
            cursor_skip_if_exists(&r->c);
            if (read_name(r, &name))
                need(r, "DROP", name);
        } while (cursor_at_punct(&r->c, ','));
    }
}

static void read_rename(Reader *r)
{
    Name from, to;
    if (!cursor_at(&r->c, "TABLE") && !cursor_at(&r->c, "TABLES"))
        return;
    do {
        cursor_next(&r->c);
        cursor_skip_if_exists(&r->c);
        if (!read_name(r, &from) || !skip_to(r, "TO") || !read_name(r, &to))
            return;
        need_to_rename(r, from, to);
    } while (cursor_at_punct(&r->c, ','));
}

static const char *const modifiers[] = {"LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "QUICK", "IGNORE", NULL};

static void read_insert(Reader *r, bool replaces)
{
    Name table;
    skip_words(r, modifiers);
    cursor_accept(&r->c, "INTO");
    if (!read_name(r, &table))
        return;
    need(r, "INSERT", table);
    if (replaces)
        need(r, "DELETE", table);
    if (says(r, "DUPLICATE"))
        need(r, "UPDATE", table);
    read_sources(r);
}

// Of several tables the text does not tell which one is changed.
static bool is_of_several(const Reader *r, const char *until)
{
    static const char *const joins[] = {"JOIN", "STRAIGHT_JOIN", "USING", NULL};
    Reader ahead = *r;
    for (; !ends(&ahead) && !cursor_at(&ahead.c, until); cursor_next(&ahead.c))
        if (cursor_at_punct(&ahead.c, ',') || cursor_at_punct(&ahead.c, '(') || cursor_at_any(&ahead.c, joins))
            return true;
    return false;
}

static void read_change(Reader *r, const char *privilege, const char *until)
{
    Name table;
    if (!read_name(r, &table) || is_of_several(r, until)) {
        need_somewhere(r, privilege);
        return;
    }
    need(r, privilege, table);
    if (says(r, "WHERE"))
        need(r, "SELECT", table);
    read_sources(r);
}

void sql_needed_privileges(Arena *arena, const Dialect *dialect, Str text, NeededList *needed)
{
    Reader r = {.c = {.arena = arena, .dialect = dialect, .text = text}, .needed = needed};
    cursor_next(&r.c);
    if (cursor_accept(&r.c, "ALTER")) {
        read_alter(&r);
    } else if (cursor_accept(&r.c, "CREATE")) {
        read_create(&r);
    } else if (cursor_accept(&r.c, "DROP")) {
        read_drop(&r);
    } else if (cursor_accept(&r.c, "RENAME")) {
        read_rename(&r);
    } else if (cursor_accept(&r.c, "TRUNCATE")) {
        Name table;
        cursor_accept(&r.c, "TABLE");
        if (read_name(&r, &table))
            need(&r, "DROP", table);
    } else if (cursor_accept(&r.c, "INSERT")) {
        read_insert(&r, false);
    } else if (cursor_accept(&r.c, "REPLACE")) {
        read_insert(&r, true);
    } else if (cursor_accept(&r.c, "UPDATE")) {
        skip_words(&r, modifiers);
        read_change(&r, "UPDATE", "SET");
    } else if (cursor_accept(&r.c, "DELETE")) {
        skip_words(&r, modifiers);
        if (cursor_accept(&r.c, "FROM"))
            read_change(&r, "DELETE", "WHERE");
        else
            need_somewhere(&r, "DELETE");
    } else if (cursor_at(&r.c, "SELECT") || cursor_at_punct(&r.c, '(')) {
        read_sources(&r);
    }
}
