// The frame of scripts for MySQL and MariaDB: the session may only read until the guard has checked everything, and each
// statement is followed by a gate that makes it so again after an error, whatever the client does about errors.
//
// Every statement commits itself, so a lone COMMIT or BEGIN in a revision has nothing to end or to open and is left out. A
// comment on the version table says which revision was begun until its version row has moved: a script that stopped inside
// a revision is not run a second time by mistake.
#include "frame_int.h"

static bool is_mariadb(const Frame *frame)
{
    return frame->r->dialect->id == DIALECT_MARIADB;
}

// MariaDB knows transaction_read_only since 11.1.1, which calls the old name deprecated; MySQL since 5.7.20.
static Str read_only_name(const Frame *frame)
{
    enum { MARIADB_RENAMED_IT = 110101 };
    return is_mariadb(frame) && frame->r->style->minimum < MARIADB_RENAMED_IT ? STR("tx_read_only")
                                                                              : STR("transaction_read_only");
}

enum { MARIADB_IF_EXISTS = 100502 };   // since when a session can make each DROP one that misses nothing

// ---- version rows ----

// The version rows are this set, row by row, compared byte for byte.
static bool rows_match(Frame *frame, const StrList *rows, Str *expr)
{
    Str list;
    if (!frame_text_list(frame, rows, &list))
        return false;
    *expr = rows->count ? str_format(frame->r->arena, "COUNT(*) = %zu AND COUNT(DISTINCT IF(v IN (%.*s), v, NULL)) = %zu",
                                     rows->count, STR_ARGS(list), rows->count)
                        : STR("COUNT(*) = 0");
    return true;
}

static Str from_rows(Frame *frame)
{
    return str_format(frame->r->arena,
                      "FROM (SELECT CAST(CONVERT(version_num USING utf8mb4) AS BINARY) AS v FROM %.*s) AS wb",
                      STR_ARGS(version_table_name(frame->r)));
}

// The query that says whether the version rows are these.
static bool rows_are(Frame *frame, View *view, Str name, const StrList *rows)
{
    Str match;
    if (!rows_match(frame, rows, &match))
        return false;
    view_text(view, name, str_format(frame->r->arena, "SELECT %.*s\n  %.*s", STR_ARGS(match), STR_ARGS(from_rows(frame))));
    return true;
}

static bool put_literal(Frame *frame, View *view, Str name, Str text)
{
    Str sql;
    if (!frame_text(frame, str_printable(frame->r->arena, text), &sql))
        return false;
    view_text(view, name, sql);
    return true;
}

// For any client: run only where the guard has passed in this session; asking is part of the statement itself.
static bool gated(Frame *frame, Str text, Str *sql)
{
    Str literal;
    if (!frame_text(frame, text, &literal))
        return false;
    *sql = is_mariadb(frame)
               ? str_format(frame->r->arena, "EXECUTE IMMEDIATE IF(@wb_at IS NULL, NULL, %.*s)", STR_ARGS(literal))
               : str_format(frame->r->arena,
                            "SET @wb_sql = IF(@wb_at IS NULL, NULL, %.*s); PREPARE wb_p FROM @wb_sql; EXECUTE wb_p",
                            STR_ARGS(literal));
    return true;
}

// ---- guard ----

typedef struct Group {
    Str schema;
    StrList names;
} Group;
typedef VEC(Group) GroupList;

static void add_to_group(Arena *arena, GroupList *groups, const TableName *table)
{
    Group *group = NULL;
    for (size_t i = 0; i < groups->count && !group; i++)
        if (str_equal(groups->items[i].schema, table->schema))
            group = &groups->items[i];
    if (!group) {
        vec_push(arena, groups, ((Group){.schema = table->schema}));
        group = &groups->items[groups->count - 1];
    }
    vec_push(arena, &group->names, table->name);
}

// "a, b, c" in lines that can be read.
static Str wrapped_list(Arena *arena, const StrList *items)
{
    Buf out = buf_open(arena);
    size_t line = 0;
    for (size_t i = 0; i < items->count; i++) {
        bool breaks = i && line + items->items[i].len > MYSQL_LINE_BYTES;
        buf_addf(&out, "%s%.*s", !i ? "" : breaks ? ",\n    " : ", ", STR_ARGS(items->items[i]));
        line = (breaks ? 0 : line) + items->items[i].len + 2;
    }
    return buf_str(&out);
}

static bool is_lower(Arena *arena, Str name)
{
    return str_is_ascii(name) && str_equal(name, str_lower(arena, name));   // of other letters' capitals the server knows
}

// `column` is one of the names, or none (how: "IN", "NOT IN"), byte for byte: collations take "Item" and "ítem" for "item".
// A server that does not tell cases apart keeps its names in lower case.
static bool one_of_names(Frame *frame, const char *column, const char *how, const StrList *names, Str *sql)
{
    Arena *arena = frame->r->arena;
    StrList texts = {0}, lowered = {0};
    bool lower = true;
    for (size_t i = 0; i < names->count; i++) {
        Str text;
        if (!frame_text(frame, names->items[i], &text))
            return false;
        vec_push(arena, &texts, text);
        vec_push(arena, &lowered, str_format(arena, "LOWER(%.*s)", STR_ARGS(text)));
        lower &= is_lower(arena, names->items[i]);
    }
    *sql = str_format(arena, "BINARY %s %s (%.*s)", column, how, STR_ARGS(wrapped_list(arena, &texts)));
    if (!lower)
        *sql = str_format(arena, "IF(@@lower_case_table_names,\n    BINARY LOWER(%s) %s (%.*s),\n    %.*s)", column, how,
                          STR_ARGS(wrapped_list(arena, &lowered)), STR_ARGS(*sql));
    return true;
}

// The version table stands in the schema of the others, and its comment is read with them.
static bool has_version(const Frame *frame, const Group *group)
{
    return frame->path->from.count && str_equal(group->schema, frame->r->project->settings.version_table_schema);
}

// Counts those of the tables that are there, and asks for the number that is right: all of them, or none.
static bool count_tables(Frame *frame, View *view, const TableNames *tables, bool present, size_t *counts)
{
    Arena *arena = frame->r->arena;
    GroupList groups = {0};
    for (size_t i = 0; i < tables->count; i++)
        add_to_group(arena, &groups, &tables->items[i]);
    for (size_t i = 0; i < groups.count; i++) {
        Group *group = &groups.items[i];
        bool with_version = present && has_version(frame, group);
        Str schema = STR("DATABASE()"), one_of;
        if (with_version)
            vec_push(arena, &group->names, frame->r->project->settings.version_table);
        if ((group->schema.len && !frame_text(frame, group->schema, &schema)) ||
            !one_of_names(frame, "TABLE_NAME", "IN", &group->names, &one_of))
            return false;
        View *item = view_item(view, STR("tables"));
        Str count = str_format(arena, "@wb_count%zu", ++*counts), names = str_format(arena, "@wb_names%zu", *counts);
        view_text(item, STR("schema"), schema);
        view_bool(item, STR("present"), present);
        view_text(item, STR("one_of"), one_of);
        view_text(item, STR("count"), count);
        view_text(item, STR("names"), names);
        view_bool(item, STR("with_version"), with_version);
        if (with_version)
            view_bool(view, STR("begun_apart"), false);
        frame_ask(
            frame, present ? ASK_PRESENT : ASK_ABSENT,
            str_format(arena, "%.*s = %zu", STR_ARGS(count), present ? group->names.count : 0),
            str_format(arena, "CONCAT('%s: ', %.*s)",
                       present ? "of the tables of this revision there are only" : "tables to be created exist already",
                       STR_ARGS(names)));
    }
    return true;
}

// A script from base makes its tables where there is nothing but the project's own.
static bool count_others(Frame *frame, View *view, size_t *counts)
{
    Arena *arena = frame->r->arena;
    StrList own = {0};
    Str none_of;
    view_null(view, STR("others"));
    if (!frame_own_tables(frame, &own))
        return true;
    if (!one_of_names(frame, "n", "NOT IN", &own, &none_of))
        return false;
    View *others = view_new(arena);
    Str count = str_format(arena, "@wb_count%zu", ++*counts), names = str_format(arena, "@wb_names%zu", *counts);
    view_view(view, STR("others"), others);
    view_text(others, STR("none_of"), none_of);
    view_text(others, STR("count"), count);
    view_text(others, STR("names"), names);
    frame_ask(frame, ASK_BESIDE, str_format(arena, "%.*s = 0", STR_ARGS(count)),
              str_format(arena, "CONCAT('another application stands here, see beside = yes: ', %.*s)", STR_ARGS(names)));
    return true;
}

// Reads the version rows into @wb_from (whether they are those that the range starts from) and @wb_found.
static bool guard_rows(Frame *frame, View *view)
{
    Arena *arena = frame->r->arena;
    Str from, text;
    StrList lines = {0};
    Buf literal = buf_open(arena);
    if (!rows_match(frame, &frame->path->from, &from))
        return false;
    vec_push(arena, &lines, str_format(arena, "SELECT %.*s,", STR_ARGS(from)));
    vec_push(arena, &lines,
             STR("COALESCE(GROUP_CONCAT(CONVERT(v USING utf8mb4) ORDER BY v SEPARATOR ', '), 'base') INTO @wb_from, "
                 "@wb_found"));
    vec_push(arena, &lines, from_rows(frame));
    if (frame->path->from.count) {
        view_text(view, STR("select_rows"), strlist_join(arena, &lines, STR("\n  ")));
        return true;
    }
    // a statement cannot name the version table where there is none
    for (size_t i = 0; i < lines.count; i++) {
        if (!frame_text(frame, i ? str_format(arena, " %.*s", STR_ARGS(lines.items[i])) : lines.items[i], &text))
            return false;
        buf_addf(&literal, "%s%.*s", i ? "\n  " : "", STR_ARGS(text));
    }
    view_text(view, STR("select_rows"), buf_str(&literal));
    return true;
}

static Str quad(Arena *arena, int version)
{
    return str_format(arena, "%d.%d.%d.0", version / 10000, version / 100 % 100, version % 100);
}

// Does one of our own statements make a TIMESTAMP column without a default that must not be NULL? A server that is set so
// gives the first of them the time of each change. What is written by hand means what it means on its server.
static bool has_implied_default(const Frame *frame)
{
    for (size_t i = 0; i < frame->sections.count; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++) {
            const Statement *s = frame->sections.items[i].items.items[k].statement;
            Str rest = s && s->kind != STATEMENT_COMMENT && !s->is_raw ? s->text : STR_EMPTY;
            while (rest.len) {   // a column stands on one line
                Str line = str_cut(&rest, '\n');
                size_t type = str_find(line, STR(" TIMESTAMP"), 0);
                if (type != SIZE_MAX && str_find(line, STR(" NOT NULL"), type) != SIZE_MAX &&
                    str_find(line, STR(" DEFAULT "), type) == SIZE_MAX)
                    return true;
            }
        }
    return false;
}

// What else of a session changes what a statement leaves behind, and is nothing that one sets for a script: there it must be
// as the server has it for everybody. Not every version has all of them, and of MySQL's some may only be set by those who
// administer it, so they are asked for, not set. Source: each session variable of MariaDB 10.11 set to other values in turn
// (tests/servers/test_sessions.py); MySQL 8.0 manual 7.1.8.
static void ask_session(Frame *frame)
{
    Str mariadb = STR(
        "@@max_error_count > 0 AND NOT EXISTS (SELECT * FROM information_schema.SYSTEM_VARIABLES WHERE SESSION_VALUE <>\n"
        "    IFNULL(GLOBAL_VALUE, '0') AND VARIABLE_NAME REGEXP "
        "'^(alter_alg|auto_inc|default_week|div_prec|enforce|insert_id|'\n"
        "    'innodb_(comp|def|ft|str)|lc_time|sql_(buf|quo)|system_ver)')");
    Str mysql = STR("@@max_error_count > 0 AND @@insert_id = 0 AND NOT EXISTS (SELECT * FROM "
                    "performance_schema.session_variables WHERE\n"
                    "    VARIABLE_NAME REGEXP "
                    "'^(auto_i|default_(c|ta|w)|div_p|innodb_(ft|s)|lc_time|sql_(auto|buf|gen|quo|req)|windowing)'\n"
                    "    AND (VARIABLE_NAME, VARIABLE_VALUE) NOT IN (SELECT * FROM performance_schema.global_variables))");
    frame_ask(frame, ASK_SETTINGS, is_mariadb(frame) ? mariadb : mysql, STR("'auto_increment_* or such is SET here'"));
}

// `armed`: lines that set the session.
static bool ask_server(Frame *frame, size_t armed)
{
    Arena *arena = frame->r->arena;
    const RenderOptions *options = frame->r->options;
    const Str databases[] = {options->database, options->schema};   // a schema is a database here
    Str text;
    frame_ask(
        frame, ASK_VERSION,
        str_format(
            arena,
            "VERSION() %sLIKE '%%MariaDB%%' AND INET_ATON(CONCAT(SUBSTRING_INDEX(REPLACE(VERSION(), '5.5.5-', ''), '-', "
            "1),\n    '.0')) >= INET_ATON('%.*s')",
            is_mariadb(frame) ? "" : "NOT ", STR_ARGS(quad(arena, frame->r->style->minimum))),
        str_format(arena, "CONCAT('needs %.*s %.*s or later, this is ', VERSION())", STR_ARGS(frame->r->dialect->title),
                   STR_ARGS(dialect_version_text(arena, frame->r->dialect, frame->r->style->minimum))));
    frame_ask(frame, ASK_SETTINGS, STR("@wb_open = 0 AND DATABASE() IS NOT NULL"),
              STR("'a transaction is open (XA: end it), or no database in use'"));
    frame_ask(frame, ASK_ENCODING, STR("@wb_cs NOT REGEXP 'big5|cp932|gb|sjis'"),
              STR("CONCAT('the client reads files as ', @wb_cs)"));
    for (size_t i = 0; i < 2; i++) {
        if (!databases[i].len || (i && str_equal(databases[0], databases[1])))
            continue;
        if (!frame_text(frame, databases[i], &text))
            return false;
        frame_ask(frame, ASK_DATABASE,
                  str_format(arena,
                             "BINARY IF(@@lower_case_table_names, LOWER(DATABASE()), DATABASE()) =\n    "
                             "IF(@@lower_case_table_names, LOWER(%.*s), %.*s)",
                             STR_ARGS(text), STR_ARGS(text)),
                  str_format(arena, "CONCAT('made for database ', %.*s, ', this is ', DATABASE())", STR_ARGS(text)));
    }
    frame_ask(frame, ASK_WRITABLE, STR("@@global.read_only = 0 AND @@default_storage_engine = 'InnoDB'"),
              STR("'read-only, or no InnoDB'"));
    ask_session(frame);
    frame_ask(frame, ASK_LOCK, str_format(arena, "@wb_got = 1 AND @wb_a = %zu", armed),
              STR("'another run holds the lock, or a line above is missing'"));
    if (has_implied_default(frame))
        frame_ask(frame, ASK_SETTINGS, STR("@@explicit_defaults_for_timestamp = 1"),
                  STR("'explicit_defaults_for_timestamp is off: a TIMESTAMP would get a default of its own'"));
    frame_ask(frame, ASK_RUN, STR("@wb_begun = ''"),   // somebody's own comment would be lost
              STR("CONCAT('an earlier run stopped, or a comment not ours: ', @wb_begun)"));
    return true;
}

static bool same_place(const NeededPrivilege *a, const NeededPrivilege *b)
{
    return str_equal(a->schema, b->schema) && str_equal(a->table, b->table);
}

static void need(Frame *frame, NeededList *needed, const char *privilege, Str schema, Str table)
{
    NeededPrivilege n = {privilege, schema, table};
    for (size_t i = 0; i < needed->count; i++)
        if (same_place(&needed->items[i], &n) && str_equal(str_from(needed->items[i].privilege), str_from(privilege)))
            return;
    vec_push(frame->r->arena, needed, n);
}

// What the statements need, and what the frame's own do on the version table.
static void find_needed(Frame *frame, NeededList *needed)
{
    const Settings *settings = &frame->r->project->settings;
    Str schema = settings->version_table_schema, table = settings->version_table;
    NeededList all = {0};
    need(frame, needed, "SELECT", schema, table);
    if (!frame->path->from.count)
        need(frame, needed, "CREATE", schema, table);
    for (size_t i = 0; i < frame->sections.count; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++) {
            const FrameItem *item = &frame->sections.items[i].items.items[k];
            const Statement *s = item->version.len ? NULL : item->statement;
            if (s && s->is_recount)   // the table may have that name only by then
                continue;
            if (s && s->kind != STATEMENT_COMMENT && s->kind != STATEMENT_QUERY)
                need(frame, needed, "ALTER", schema, table);   // its comment says which revision is begun
            if (s || item->version.len)
                sql_needed_privileges(frame->r->arena, frame->r->dialect, s ? s->text : item->version, &all);
        }
    // a temporary table is its maker's
    for (size_t i = 0; i < all.count; i++) {
        const NeededPrivilege *n = &all.items[i];
        bool temporary = str_equal(str_from(n->privilege), STR("CREATE TEMPORARY TABLES")), of_own = false;
        for (size_t k = 0; k < all.count && !temporary; k++)
            of_own |= same_place(n, &all.items[k]) &&
                      str_equal(str_from(all.items[k].privilege), STR("CREATE TEMPORARY TABLES"));
        if (!of_own)
            need(frame, needed, n->privilege, temporary ? STR_EMPTY : n->schema, temporary ? STR_EMPTY : n->table);
    }
}

// One row of what is needed: of these privileges so many, on that table. What one of several would do stands alone.
typedef struct Wanted {
    Str privileges;   // "ALTER,UPDATE"
    size_t count;
    const NeededPrivilege *place;
} Wanted;
typedef VEC(Wanted) WantedList;

static void group_needed(Arena *arena, const NeededList *needed, WantedList *wanted)
{
    for (size_t i = 0; i < needed->count; i++) {
        const NeededPrivilege *n = &needed->items[i];
        Str privilege = str_from(n->privilege);
        bool one_of = str_find_char(privilege, ',', 0) != SIZE_MAX, added = false;
        for (size_t k = 0; k < wanted->count && !one_of && !added; k++) {
            Wanted *w = &wanted->items[k];
            added = w->count && same_place(w->place, n);
            if (added)
                w->privileges = str_format(arena, "%.*s,%.*s", STR_ARGS(w->privileges), STR_ARGS(privilege));
            w->count += added;
        }
        if (!added)
            vec_push(arena, wanted, ((Wanted){privilege, one_of ? 0 : 1, n}));
    }
}

// SELECT 'ALTER,UPDATE' p, 't' t, 2 n UNION SELECT ..., with the database as d where one is of another.
static bool wanted_rows(Frame *frame, const WantedList *wanted, bool elsewhere, Str *rows)
{
    Arena *arena = frame->r->arena;
    Buf out = buf_open(arena);
    for (size_t i = 0; i < wanted->count; i++) {
        const Wanted *w = &wanted->items[i];
        Str schema = STR("DATABASE()"), table;
        if (!frame_text(frame, w->place->table, &table) ||
            (w->place->schema.len && !frame_text(frame, w->place->schema, &schema)))
            return false;
        if (!is_lower(arena, w->place->table))
            table = str_format(arena, "IF(@@lower_case_table_names, LOWER(%.*s), %.*s)", STR_ARGS(table), STR_ARGS(table));
        buf_addf(&out, "%s '%.*s'%s, %.*s%s, %zu%s", i ? " UNION SELECT" : "SELECT", STR_ARGS(w->privileges), i ? "" : " p",
                 STR_ARGS(table), i ? "" : " t", w->count ? w->count : 1, i ? "" : " n");
        if (elsewhere)
            buf_addf(&out, ", %.*s%s", STR_ARGS(schema), i ? "" : " d");
    }
    *rows = buf_str(&out);
    return true;
}

// Every statement commits itself, so a privilege that is missing would be missed in the middle. What is granted to the user
// himself is asked, on the server, the database and each table. What a role brings is shown to administrators only, so where
// one is active nobody is refused; a user who has a privilege by PUBLIC alone, or on columns alone, is.
static bool ask_privileges(Frame *frame, View *view, const NeededList *list)
{
    enum { INDENT = 2 };
    Arena *arena = frame->r->arena;
    NeededList needed = *list;
    WantedList wanted = {0};
    bool elsewhere = false, somewhere = false;
    Str rows;
    group_needed(arena, &needed, &wanted);
    for (size_t i = 0; i < needed.count; i++) {
        elsewhere |= needed.items[i].schema.len > 0;
        somewhere |= !needed.items[i].table.len;
    }
    if (!wanted_rows(frame, &wanted, elsewhere, &rows))
        return false;
    Str sql = str_format(
        arena,
        "SELECT COALESCE(GROUP_CONCAT(p, ' on ', t), '') INTO @wb_may FROM (%.*s) wb WHERE n > (SELECT COUNT(DISTINCT q) "
        "FROM "
        "(SELECT GRANTEE, PRIVILEGE_TYPE q, '%%' o%s FROM information_schema.USER_PRIVILEGES UNION SELECT GRANTEE, "
        "PRIVILEGE_TYPE, '%%'%s FROM information_schema.SCHEMA_PRIVILEGES%s UNION SELECT GRANTEE, PRIVILEGE_TYPE, "
        "TABLE_NAME%s FROM information_schema.TABLE_PRIVILEGES%s) g WHERE FIND_IN_SET(q, p) AND (o = '%%' OR BINARY o = "
        "t%s)%s "
        "AND REPLACE(GRANTEE, '''', '') = REPLACE(CURRENT_USER(), '''', ''))",
        STR_ARGS(rows), elsewhere ? ", '%' s" : "", elsewhere ? ", TABLE_SCHEMA" : "",
        elsewhere ? "" : " WHERE DATABASE() LIKE TABLE_SCHEMA", elsewhere ? ", TABLE_SCHEMA" : "",
        elsewhere ? "" : " WHERE TABLE_SCHEMA = DATABASE()", somewhere ? " OR t = ''" : "",
        elsewhere ? " AND d LIKE s" : "");
    view_text(
        view, STR("may"),
        str_replace(arena, sql_wrap(arena, frame->r->dialect, sql, MYSQL_LINE_BYTES - INDENT), STR("\n"), STR("\n  ")));
    frame_ask(frame, ASK_PRIVILEGES, STR("@wb_may = '' OR CURRENT_ROLE() <> 'NONE'"),
              STR("CONCAT('the user lacks one of ', @wb_may)"));
    return true;
}

// Of tables that may be missing, and of all those of a schema, the catalogue is asked first: what stands behind WHERE.
static bool looked_up(Frame *frame, const DroppedList *dropped, Str *sql)
{
    Arena *arena = frame->r->arena;
    Buf out = buf_open(arena);
    for (size_t i = 0; i < dropped->count; i++) {
        TableName name = dropped->items[i].at_start;
        Str schema = STR("DATABASE()"), text;
        if (dropped->items[i].is_there && name.name.len)
            continue;
        if (name.schema.len && !frame_text(frame, name.schema, &schema))
            return false;
        buf_addf(&out, "%sTABLE_SCHEMA = %.*s", out.len ? " OR " : "", STR_ARGS(schema));
        if (!name.name.len)
            continue;
        if (!frame_text(frame, name.name, &text))
            return false;
        buf_addf(&out, " AND TABLE_NAME = %.*s", STR_ARGS(text));
    }
    *sql = buf_str(&out);
    return true;
}

// The rows of the tables that go, as "t 5, u 2": asked behind the guard, as a table that is missing would end it.
static bool put_dropped(Frame *frame, View *view)
{
    Arena *arena = frame->r->arena;
    DroppedList dropped = {0};
    Buf counts = buf_open(arena);
    Str others;
    frame_dropped(frame, &dropped);
    TableNames there = frame_dropped_names(frame, &dropped, true);
    for (size_t i = 0; i < there.count; i++) {
        Str name = sql_qualified(arena, frame->r->dialect, there.items[i].schema, there.items[i].name), text;
        if (!frame_text(frame, str_printable(arena, name), &text))
            return false;
        buf_addf(&counts, "%sSELECT %.*s AS t, COUNT(*) AS n FROM %.*s", i ? "\n  UNION ALL " : "", STR_ARGS(text),
                 STR_ARGS(name));
    }
    if (!looked_up(frame, &dropped, &others))
        return false;
    view_null(view, STR("dropped"));
    if (!dropped.count)
        return true;
    View *held = view_new(arena);
    view_view(view, STR("dropped"), held);
    view_optional(held, STR("counts"), buf_str(&counts));
    view_optional(held, STR("looked_up"), others);
    return true;
}

bool mysql_guard(Frame *frame, View *view)
{
    Renderer *r = frame->r;
    Arena *arena = r->arena;
    const Settings *settings = &r->project->settings;
    Str schema = STR("DATABASE()"), from, to, table = STR_EMPTY;
    TableNames present = {0}, absent = {0};
    NeededList needed = {0};
    size_t counts = 0;
    frame_tables(frame, &present, &absent);
    find_needed(frame, &needed);
    Str drop;
    size_t armed = mysql_drop_hidden(frame, &present, &absent, &needed, &drop) +
                   (is_mariadb(frame) ? 4 : 3);   // the template's own statements
    view_text(view, STR("drop_temporary"), drop);
    view_bool(view, STR("if_exists"), r->style->minimum >= MARIADB_IF_EXISTS);
    view_bool(view, STR("begun_apart"), true);
    view_list(view, STR("tables"));
    view_bool(view, STR("mariadb"), is_mariadb(frame));
    view_text(view, STR("read_only"), read_only_name(frame));
    view_bool(view, STR("from_base"), frame->path->from.count == 0);
    if (settings->version_table_schema.len && !frame_text(frame, settings->version_table_schema, &schema))
        return false;
    view_text(view, STR("version_schema"), schema);
    if (!frame_version_table(frame, &table) || (table.len && frame_is_generic(frame) && !gated(frame, table, &table)))
        return false;
    view_optional(view, STR("create_version_table"), table);
    if (!put_literal(frame, view, STR("version_table"), settings->version_table) || !guard_rows(frame, view) ||
        !ask_server(frame, armed) ||
        !frame_text(frame, str_printable(arena, version_rows_text(arena, &frame->path->from, STR(", "))), &from) ||
        !frame_text(frame, str_printable(arena, version_rows_text(arena, &frame->path->to, STR(", "))), &to))
        return false;
    frame_ask(frame, ASK_DONE, str_format(arena, "NOT (BINARY @wb_found <=> %.*s)", STR_ARGS(to)),
              str_format(arena, "CONCAT('ALREADY at revision ', @wb_found, ': nothing to do')"));
    frame_ask(
        frame, ASK_ROWS, STR("@wb_from = 1"),
        str_format(arena, "CONCAT('expected revision ', %.*s, ', found ', COALESCE(@wb_found, 'none'))", STR_ARGS(from)));
    return ask_privileges(frame, view, &needed) && put_dropped(frame, view) &&
           count_tables(frame, view, &present, true, &counts) && count_tables(frame, view, &absent, false, &counts) &&
           count_others(frame, view, &counts) && frame_ask_columns(frame, view) && frame_ask_assumed(frame, view);
}

// ---- statements ----

// Their errors are rows of a result, which no gate can see.
static bool answers_in_rows(const SqlHead *head)
{
    static const char *const words[] = {"ANALYZE", "CHECK", "OPTIMIZE", "REPAIR", NULL};
    bool partitions = sql_head_is(head, 0, "ALTER");   // ALTER TABLE t CHECK PARTITION p
    for (size_t i = 0; i < head->count; i++)
        if (str_is_one_of(head->words[i], words) && (i == 0 || (partitions && sql_head_is(head, i + 1, "PARTITION"))))
            return true;
    return (sql_head_is(head, 0, "CACHE") || sql_head_is(head, 0, "LOAD")) && sql_head_is(head, 1, "INDEX");
}

// What an armed session does all the same, or what the frame's own state hangs on: files, locks by name, its variables,
// statements that only the server will see.
static bool reaches_frame(const Dialect *dialect, const SqlHead *head, Str text)
{
    static const char *const words[] = {"OUTFILE", "DUMPFILE", "GET_LOCK", "RELEASE_LOCK", "RELEASE_ALL_LOCKS", NULL};
    if (sql_head_is(head, 0, "PREPARE") || sql_head_is(head, 0, "EXECUTE") || sql_head_is(head, 0, "DEALLOCATE"))
        return true;
    return sql_find_word(dialect, text, words).len > 0 || sql_says_variable(dialect, text, STR("wb_"));
}

// The client would end a body's statement at its first semicolon: it is told another delimiter for that long.
static bool body_text(Frame *frame, const Statement *s, Str *text)
{
    Arena *arena = frame->r->arena;
    if (str_equal(frame->r->options->client, STR("generic"))) {
        diag_error(frame->diag, s->at, "a script for any client cannot hold a routine or a body of several statements");
        diag_hint(frame->diag, "Render it with --client %.*s, which is told where the body ends.",
                  STR_ARGS(frame->r->dialect->default_client));
        return false;
    }
    Str delimiter = STR("$$");
    for (int n = 1; str_find(s->text, delimiter, 0) != SIZE_MAX; n++)
        delimiter = str_format(arena, "$%d$", n);
    *text = str_format(arena, "DELIMITER %.*s\nSET @wb_k = 1%.*s %.*s%.*s\nDELIMITER ;", STR_ARGS(delimiter),
                       STR_ARGS(delimiter), STR_ARGS(s->text), STR_ARGS(delimiter));
    return true;
}

// Behind a word on its own line: where that line is lost, the count that follows it ends.
static bool statement_text(Frame *frame, const Statement *s, Str *text)
{
    Arena *arena = frame->r->arena;
    Str note = frame_note(frame, s);
    SqlHead head = sql_head(frame->r->dialect, s->text);
    if (answers_in_rows(&head))
        return frame_refuse(frame, s, "a statement that reports its errors as rows", "Run it by hand, outside the script.");
    if (reaches_frame(frame->r->dialect, &head, s->text))
        return frame_refuse(frame, s, "what reaches outside the database or into the script's own state",
                            "Run it by hand, outside the script.");
    static const char *const routines[] = {"TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "PACKAGE", NULL};
    bool routine = sql_head_is(&head, 0, "CREATE") && sql_find_word(frame->r->dialect, s->text, routines).len > 0;
    if (!sql_has_body(frame->r->dialect, s->text) && (!routine || !frame_is_generic(frame))) {
        FrameItem item = {.statement = s};
        if (!frame_is_generic(frame)) {
            Str whole = item_text(frame, &item);
            *text = str_format(arena, "%.*sSET @wb_k = 1; %.*s", STR_ARGS(note),
                               STR_ARGS(str_slice(whole, note.len, whole.len)));
            return true;
        }
        Str sql;
        if (!gated(frame, s->text, &sql))
            return false;
        *text = str_format(arena, "%.*sSET @wb_k = 1; %.*s;", STR_ARGS(note), STR_ARGS(sql));
        return true;
    }
    if (!body_text(frame, s, text))
        return false;
    *text = str_format(arena, "%.*s%.*s", STR_ARGS(note), STR_ARGS(*text));
    return true;
}

// ---- items ----

typedef struct Walk {
    Frame *frame;
    View *view;
    size_t step, number;   // [WAYBILL-STEP step.number]
    size_t total;
    View *moves;   // version statements of the step so far; NULL: none
    bool begun;    // the step has statements, so the version table says that it was begun
    bool raw;      // some of them are written by hand
} Walk;

static View *new_item(Walk *walk, Str heading)
{
    static const char *const fields[] = {"begin", "comment", "statement", "check", "moves"};
    View *item = view_item(walk->view, STR("items"));
    view_optional(item, STR("heading"), heading);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        view_null(item, str_from(fields[i]));
    return item;
}

static Str next_number(Walk *walk)
{
    walk->total++;
    return str_format(walk->frame->r->arena, "%zu.%zu", walk->step, ++walk->number);
}

// The revision of the step; empty in a stamp.
static Str revision_id(const Walk *walk)
{
    const Frame *frame = walk->frame;
    return frame->rendered ? frame->path->steps.items[walk->step - 1].revision->id : STR_EMPTY;
}

// Says in the version table's comment which revision is begun.
static bool put_mark(Frame *frame, View *view, Str name, Str mark)
{
    Str literal, sql;
    if (!frame_text(frame, str_printable(frame->r->arena, mark), &literal))
        return false;
    sql = str_format(frame->r->arena, "ALTER TABLE %.*s COMMENT = %.*s", STR_ARGS(version_table_name(frame->r)),
                     STR_ARGS(literal));
    if (frame_is_generic(frame) && !gated(frame, sql, &sql))
        return false;
    view_text(view, name, sql);
    return true;
}

static bool add_statement(Walk *walk, View *item, const Statement *s)
{
    Frame *frame = walk->frame;
    Arena *arena = frame->r->arena;
    Str text;
    if (s->kind == STATEMENT_COMMENT) {
        view_text(item, STR("comment"), s->text);
        return true;
    }
    if (!walk->begun && s->kind != STATEMENT_QUERY) {
        Str id = revision_id(walk);
        Str mark = str_format(arena, "waybill: revision %.*s was begun, its %s is not finished", STR_ARGS(id),
                              frame->path->direction == DIRECTION_UP ? "upgrade" : "downgrade");
        walk->begun = true;
        if (!put_mark(frame, item, STR("begin"), mark))
            return false;
    }
    walk->raw |= s->is_raw;
    if (!statement_text(frame, s, &text))
        return false;
    view_text(item, s->expects_zero ? STR("check") : STR("statement"), s->expects_zero ? s->text : text);
    view_text(item, STR("before"), str_format(arena, "%zu", walk->total));
    view_text(item, STR("number"), next_number(walk));
    return true;
}

// The version statements of a step, in one transaction where there are several.
static bool add_move(Walk *walk, View *item, Str text)
{
    if (!walk->moves) {
        walk->moves = view_new(walk->frame->r->arena);
        view_view(item, STR("moves"), walk->moves);
        view_list(walk->moves, STR("statements"));
        view_bool(walk->moves, STR("several"), false);
        view_text(walk->moves, STR("before"), str_format(walk->frame->r->arena, "%zu", walk->total));
    } else {
        view_bool(walk->moves, STR("several"), true);
    }
    if (frame_is_generic(walk->frame) && !gated(walk->frame, text, &text))
        return false;
    view_text(view_item(walk->moves, STR("statements")), STR("text"), text);
    return true;
}

static bool end_step(Walk *walk)
{
    Frame *frame = walk->frame;
    Arena *arena = frame->r->arena;
    View *moves = walk->moves;
    if (!moves)
        return true;
    Str number = next_number(walk), done = STR("version rows moved");
    if (frame->rendered) {
        const char *what = frame->path->direction == DIRECTION_UP ? "complete" : "undone";
        Str id = revision_id(walk);
        done = str_format(arena, "revision %.*s is %s", STR_ARGS(id), what);
    }
    done = str_format(arena, "[WAYBILL-STEP %.*s] %.*s", STR_ARGS(number), STR_ARGS(done));
    Str not_done = str_format(arena, "[WAYBILL-GUARD] stopped at %.*s", STR_ARGS(number));
    bool begun = walk->begun;
    view_null(moves, STR("end"));
    view_bool(moves, STR("raw"), walk->raw);
    if (walk->raw)
        view_bool(walk->view, STR("has_raw"), true);
    walk->moves = NULL;
    walk->begun = walk->raw = false;
    return (!begun || put_mark(frame, moves, STR("end"), STR_EMPTY)) && put_literal(frame, moves, STR("done"), done) &&
           put_literal(frame, moves, STR("not_done"), not_done);
}

static bool add_item(Walk *walk, const FrameItem *item)
{
    // a stamp has no headings: its version rows are one step
    if (item->heading.len || !walk->step) {
        if (!end_step(walk))
            return false;
        walk->step++;
        walk->number = 0;
    }
    if (item->version.len && walk->moves)
        return add_move(walk, NULL, item->version);
    Str heading = item->heading;
    if (!walk->frame->rendered)
        heading = STR("-- Version rows");
    View *view = new_item(walk, heading);
    if (item->version.len)
        return add_move(walk, view, item->version);
    return !item->statement || add_statement(walk, view, item->statement);
}

static bool add_items(Frame *frame, View *view)
{
    Walk walk = {.frame = frame, .view = view};
    bool done = true;
    view_list(view, STR("items"));
    for (size_t i = 0; i < frame->sections.count; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++)
            done &= add_item(&walk, &frame->sections.items[i].items.items[k]);
    if (!end_step(&walk))
        return false;
    view_text(view, STR("steps"), str_format(frame->r->arena, "%zu", walk.total));
    return done;
}

bool mysql_steps(Frame *frame, View *view)
{
    Arena *arena = frame->r->arena;
    Str receipt;
    CheckList checks = {0};
    frame_first_checks(frame, &checks);
    view_list(view, STR("first_checks"));
    for (size_t i = 0; i < checks.count; i++) {
        View *item = view_item(view, STR("first_checks"));
        view_text(item, STR("check"), checks.items[i]->text);
        view_null(item, STR("number"));
    }
    view_bool(view, STR("generic"), frame_is_generic(frame));
    view_bool(view, STR("has_raw"), false);
    if (!frame_text(frame, frame_receipt(frame), &receipt))
        return false;
    receipt = str_replace(arena, receipt, STR(" script_sha256="), STR("',\n  ' script_sha256="));
    view_text(view, STR("receipt"), str_replace(arena, receipt, STR(" checks="), STR("',\n  ' checks=")));
    return rows_are(frame, view, STR("to_are"), &frame->path->to) && add_items(frame, view);
}
