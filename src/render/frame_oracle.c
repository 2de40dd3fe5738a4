// The Oracle frames. Every DDL commits, so nothing can be undone as a whole: each revision stands for itself, its version
// row is committed with what it wrote last, and a journal table says that a run stopped in the middle. SQL*Plus stops at an
// error by itself, so its statements stand plainly between the checks; for any other client each stands in a block that asks
// for the token of the one before.
#include "frame_int.h"

// CLIENT_INFO holds 64 bytes: "WAYBILL:", these digits, ":" and a number.
enum { VARCHAR2_BYTES = 32767, ROWS_PER_BLOCK = 100 };
// What a frame may write around a statement on its line: "  EXECUTE IMMEDIATE q'[" and "]' INTO n;".
enum { ROOM_BYTES = 60 };

typedef struct Oracle {
    Frame *frame;
    Arena *arena;
    View *view;
    bool generic;
} Oracle;

static Oracle oracle_of(Frame *frame, View *view)
{
    return (Oracle){.frame = frame, .arena = frame->r->arena, .view = view, .generic = frame_is_generic(frame)};
}

// ---- texts ----

static bool text_literal(Oracle *o, Str text, Str *sql)
{
    return sql_text(o->arena, o->frame->diag, o->frame->r->style, SPAN_NONE, text, sql);
}

// Long literals are broken like statements.
static bool put_literal(Oracle *o, View *view, Str name, Str text)
{
    Str sql;
    if (!text_literal(o, text, &sql))
        return false;
    view_text(view, name, sql_wrap(o->arena, o->frame->r->dialect, sql, o->frame->r->dialect->max_line_bytes - 200));
    return true;
}

// q'[...]' with brackets that the text does not close.
static Str q_literal(Oracle *o, Str text)
{
    static const char open[] = "[{(<!|~^#", close[] = "]})>!|~^#";
    for (size_t i = 0; open[i]; i++)
        if (str_find(text, str_format(o->arena, "%c'", close[i]), 0) == SIZE_MAX && text.len)
            return str_format(o->arena, "q'%c%.*s%c'", open[i], STR_ARGS(text), close[i]);
    return STR_EMPTY;
}

static bool quoted_text(Oracle *o, const Statement *s, Str text, Str *literal)
{
    *literal = q_literal(o, text);
    if (text.len <= VARCHAR2_BYTES && literal->len)
        return true;
    return frame_refuse(o->frame, s, "in a block a statement of more than 32,767 bytes, or one that closes every quote",
                        "Render with --client sqlplus, where it stands for itself.");
}

bool oracle_owner(Frame *frame, Str schema, Str *sql)
{
    *sql = STR("SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')");
    return !schema.len || frame_text(frame, sql_dictionary_name(frame->r->arena, frame->r->dialect, schema), sql);
}

static Str version_table(Oracle *o)
{
    return version_table_name(o->frame->r);
}

// COUNT(DISTINCT ...) of the rows that are as wanted; 0 when there should be none.
static bool known_rows(Oracle *o, const StrList *rows, Str *sql)
{
    Str list;
    *sql = STR("0");
    if (!rows->count)
        return true;
    if (!sql_text_list(o->arena, o->frame->diag, o->frame->r->style, SPAN_NONE, rows, &list))
        return false;
    *sql = str_format(o->arena, "COUNT(DISTINCT CASE WHEN version_num IN (%.*s) THEN version_num END)", STR_ARGS(list));
    return true;
}

static void put_gate(Oracle *o, View *view, Str what)
{
    view_text(view, STR("what"), what);
    view_text(view, STR("before"), str_format(o->arena, "%zu", o->frame->at));
}

// ---- what a section holds ----

// What is undone with the transaction, checks among it included.
static bool is_rows(const Statement *s)
{
    return s->kind == STATEMENT_DML || s->kind == STATEMENT_QUERY || s->kind == STATEMENT_COPY;
}

static bool is_comment(const FrameItem *item)
{
    return !item->statement || item->statement->kind == STATEMENT_COMMENT;
}

// Rows alone are undone by an error; with the first DDL a run can stop in the middle.
static bool has_ddl(const Frame *frame)
{
    for (size_t i = 0; i < frame->sections.count; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++) {
            const FrameItem *item = &frame->sections.items[i].items.items[k];
            if (!is_comment(item) && !is_rows(item->statement))
                return true;
        }
    return false;
}

// ---- guard ----

static void ask(Oracle *o, QuestionKind kind, Str condition, Str why)
{
    const Dialect *dialect = o->frame->r->dialect;
    frame_ask(o->frame, kind, condition, sql_wrap(o->arena, dialect, why, dialect->max_line_bytes - 200));
}

// Counts those of the tables that are there, or that are not, and asks that there be none.
static bool ask_tables(Oracle *o, const char *variable, const TableNames *tables, bool present, Str why)
{
    Str literal;
    if (!tables->count)
        return true;
    View *count = view_item(o->view, STR("counts"));
    view_text(count, STR("variable"), str_from(variable));
    view_text(count, STR("not"), present ? STR_EMPTY : STR("NOT "));
    view_list(count, STR("names"));
    for (size_t i = 0; i < tables->count; i++) {
        View *item = view_item(count, STR("names"));
        Str owner;
        view_bool(item, STR("more"), i + 1 < tables->count);
        if (!oracle_owner(o->frame, tables->items[i].schema, &owner) ||
            !put_literal(o, item, STR("name"), sql_dictionary_name(o->arena, o->frame->r->dialect, tables->items[i].name)))
            return false;
        view_text(item, STR("owner"), owner);
    }
    if (!text_literal(o, why, &literal))
        return false;
    ask(o, present ? ASK_ABSENT : ASK_PRESENT, str_format(o->arena, "%s = 0", variable),
        str_format(o->arena, "%.*s || %s_name", STR_ARGS(literal), variable));
    return true;
}

static void ask_version(Oracle *o)
{
    enum { LAST_WITH_RELEASES = 12 };   // since 18, RELEASE is 0
    int minimum = o->frame->r->style->minimum, major = minimum / 100, minor = minimum % 100;
    Str condition = str_format(o->arena, "DBMS_DB_VERSION.VERSION >= %d", major);
    if (minor && major <= LAST_WITH_RELEASES)
        condition = str_format(
            o->arena, "DBMS_DB_VERSION.VERSION > %d OR DBMS_DB_VERSION.VERSION = %d AND DBMS_DB_VERSION.RELEASE >= %d",
            major, major, minor);
    ask(o, ASK_VERSION, condition,
        str_format(
            o->arena, "'needs %.*s %.*s or later, this is ' || DBMS_DB_VERSION.VERSION || '.' || DBMS_DB_VERSION.RELEASE",
            STR_ARGS(o->frame->r->dialect->title), STR_ARGS(dialect_version_text(o->arena, o->frame->r->dialect, minimum))));
}

static void ask_encoding(Oracle *o)
{
    uint32_t code;
    if (!frame_probe(o->frame, &code))
        return;
    Buf out = buf_open(o->arena), codes = buf_open(o->arena);
    uint32_t units[2];
    size_t count = utf16_units(code, units);
    for (size_t i = 0; i < count; i++)
        buf_addf(&codes, "\\%04X", units[i]);
    buf_add_code(&out, code);
    ask(o, ASK_ENCODING,
        str_format(o->arena, "ASCIISTR('%.*s') = '%.*s'", STR_ARGS(buf_str(&out)), STR_ARGS(buf_str(&codes))),
        STR("'the client read this file in another encoding than UTF-8 (NLS_LANG=.AL32UTF8), or the database cannot hold "
            "its "
            "texts'"));
}

// What a user needs to be granted for the statements of the script that make something; every DDL commits, so a privilege
// that is missing would be missed in the middle. In another user's schema it is granted in more ways than can be asked for.
static void ask_privileges(Oracle *o)
{
    static const struct {
        const char *word, *privilege;
    } makes[] = {{"TABLE", "CREATE TABLE"},       {"VIEW", "CREATE VIEW"},           {"SEQUENCE", "CREATE SEQUENCE"},
                 {"TRIGGER", "CREATE TRIGGER"},   {"PROCEDURE", "CREATE PROCEDURE"}, {"FUNCTION", "CREATE PROCEDURE"},
                 {"PACKAGE", "CREATE PROCEDURE"}, {"TYPE", "CREATE TYPE"},           {"SYNONYM", "CREATE SYNONYM"}};
    const Frame *frame = o->frame;
    StrList wanted = {0};
    view_null(o->view, STR("privileges"));
    if (!o->frame->journal.len)
        return;
    vec_push(o->arena, &wanted, STR("CREATE TABLE"));   // of the journal
    for (size_t i = 0; i < frame->sections.count; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++) {
            const Statement *s = frame->sections.items[i].items.items[k].statement;
            SqlHead head = s ? sql_head(frame->r->dialect, s->text) : (SqlHead){0};
            if (!sql_head_is(&head, 0, "CREATE"))
                continue;
            size_t at = sql_head_is(&head, 1, "OR") ? 3 : 1;
            for (size_t m = 0; m < sizeof makes / sizeof makes[0]; m++) {
                Str privilege = str_from(makes[m].privilege);
                if (sql_head_is(&head, at, makes[m].word) && !strlist_has(&wanted, privilege))
                    vec_push(o->arena, &wanted, privilege);
            }
        }
    view_text(o->view, STR("privileges"),
              str_format(o->arena, "'%.*s'", STR_ARGS(strlist_join(o->arena, &wanted, STR("', '")))));
    ask(o, ASK_PRIVILEGES,
        str_format(o->arena,
                   "granted = %zu OR SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') <> SYS_CONTEXT('USERENV', 'SESSION_USER')",
                   wanted.count),
        str_format(o->arena, "'this user needs the privileges %.*s'", STR_ARGS(strlist_join(o->arena, &wanted, STR(", ")))));
}

static bool ask_place(Oracle *o)
{
    const RenderOptions *options = o->frame->r->options;
    Str text;
    if (options->database.len) {
        if (!text_literal(o, options->database, &text))
            return false;
        ask(o, ASK_DATABASE,
            str_format(
                o->arena,
                "UPPER(%.*s) IN (UPPER(SYS_CONTEXT('USERENV', 'DB_NAME')), UPPER(SYS_CONTEXT('USERENV', 'CON_NAME')),\n"
                "      UPPER(SYS_CONTEXT('USERENV', 'SERVICE_NAME')))",
                STR_ARGS(text)),
            str_format(o->arena, "'made for the database ' || %.*s", STR_ARGS(text)));
    }
    ask(o, ASK_WRITABLE, STR("SYS_CONTEXT('USERENV', 'DATABASE_ROLE') = 'PRIMARY'"), STR("'this database is a standby'"));
    if (!options->schema.len) {
        view_text(o->view, STR("set_schema"),
                  STR("'ALTER SESSION SET CURRENT_SCHEMA = \"' || SYS_CONTEXT('USERENV', 'SESSION_USER') || '\"'"));
        return true;
    }
    if (!text_literal(o, sql_dictionary_name(o->arena, o->frame->r->dialect, options->schema), &text))
        return false;
    ask(o, ASK_DATABASE, str_format(o->arena, "SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') = %.*s", STR_ARGS(text)),
        str_format(o->arena, "'made for the schema ' || %.*s", STR_ARGS(text)));
    return put_literal(o, o->view, STR("set_schema"),
                       str_format(o->arena, "ALTER SESSION SET CURRENT_SCHEMA = %.*s",
                                  STR_ARGS(sql_name(o->arena, o->frame->r->dialect, options->schema))));
}

// The version table, which a script from base makes, and the journal, which a script with DDL has while it runs.
static bool put_own_tables(Oracle *o)
{
    Str table;
    Writing w = {.r = o->frame->r, .arena = o->arena, .diag = o->frame->diag};
    view_null(o->view, STR("version_table"));
    view_null(o->view, STR("journal"));
    if (o->frame->journal.len) {
        View *journal = view_new(o->arena);
        view_view(o->view, STR("journal"), journal);
        put_gate(o, journal, STR("the journal"));
        if (!put_literal(o, journal, STR("create_literal"),
                         str_format(o->arena,
                                    "CREATE TABLE %.*s (run VARCHAR2(64 CHAR) NOT NULL, section NUMBER(10) NOT NULL)",
                                    STR_ARGS(o->frame->journal))) ||
            !put_literal(o, journal, STR("insert_literal"),
                         str_format(o->arena, "INSERT INTO %.*s (run, section) VALUES ('%.*s', 0)",
                                    STR_ARGS(o->frame->journal), STR_ARGS(o->frame->token))))
            return false;
    }
    if (o->frame->path->from.count)
        return true;
    View *version = view_new(o->arena);
    view_view(o->view, STR("version_table"), version);
    put_gate(o, version, STR("the version table"));
    if (!put_literal(o, version, STR("count_literal"),
                     str_format(o->arena, "SELECT COUNT(*) FROM %.*s", STR_ARGS(version_table(o)))))
        return false;
    return version_table_text(&w, &table) &&
           put_literal(o, version, STR("create_literal"), str_replace(o->arena, table, STR("\n"), STR(" ")));
}

// 1 where the version rows are these and no others.
static bool rows_are(Oracle *o, const StrList *rows, Str *sql)
{
    Str known;
    if (!known_rows(o, rows, &known))
        return false;
    *sql = rows->count ? str_format(o->arena, "CASE WHEN COUNT(*) = %zu AND %.*s = %zu THEN 1 ELSE 0 END", rows->count,
                                    STR_ARGS(known), rows->count)
                       : STR("CASE WHEN COUNT(*) = 0 THEN 1 ELSE 0 END");
    return true;
}

static bool ask_state(Oracle *o)
{
    const StrList *rows = &o->frame->path->from;
    Str table = version_table(o), expected = version_rows_text(o->arena, rows, STR(", ")), from, to, no_table, wrong,
        already;
    Str at = version_rows_text(o->arena, &o->frame->path->to, STR(", "));
    if (!rows_are(o, rows, &from) || !rows_are(o, &o->frame->path->to, &to) ||
        !put_literal(o, o->view, STR("rows_literal"),
                     str_format(o->arena, "SELECT %.*s, %.*s, MIN(version_num) FROM %.*s", STR_ARGS(from), STR_ARGS(to),
                                STR_ARGS(table))) ||
        !text_literal(o,
                      str_format(o->arena, "version table %.*s is missing, expected revision %.*s", STR_ARGS(table),
                                 STR_ARGS(expected)),
                      &no_table) ||
        !text_literal(o, str_format(o->arena, "expected revision %.*s, found ", STR_ARGS(expected)), &wrong) ||
        !text_literal(o, str_format(o->arena, "ALREADY at revision %.*s: nothing to do", STR_ARGS(at)), &already))
        return false;
    if (rows->count)
        ask(o, ASK_TABLE, STR("has_table = 1"), no_table);
    ask(o, ASK_DONE, STR("NVL(at_to, 0) <> 1"), o->generic ? STR("'already'") : already);
    ask(o, ASK_ROWS, rows->count ? STR("at_from = 1") : STR("has_table = 0 OR at_from = 1"),
        str_format(o->arena, "%.*s || NVL(found, 'base')", STR_ARGS(wrong)));
    return true;
}

static bool check_owner(Frame *frame)
{
    if (!frame->r->options->owner.len)
        return true;
    diag_error(frame->diag, SPAN_NONE, "Oracle has no role that owns tables: owner.oracle means nothing");
    diag_hint(frame->diag, "Name the schema with schema.oracle, and connect as a user who may change it.");
    return false;
}

// ---- what a frame cannot hold ----

// SQL*Plus has commands of its own that look like statements; what begins otherwise than SQL does is one, or an error.
static bool begins_as_sql(const SqlHead *head)
{
    static const char *const verbs[] = {"ADMINISTER", "ALTER",    "ANALYZE",   "ASSOCIATE", "AUDIT",  "BEGIN",
                                        "CALL",       "COMMENT",  "CREATE",    "DECLARE",   "DELETE", "DISASSOCIATE",
                                        "DROP",       "EXPLAIN",  "FLASHBACK", "GRANT",     "INSERT", "LOCK",
                                        "MERGE",      "NOAUDIT",  "PURGE",     "RENAME",    "REVOKE", "SELECT",
                                        "SET",        "TRUNCATE", "UPDATE",    "WITH",      NULL};
    return head->count && str_is_one_of(head->words[0], verbs);
}

static bool check_line(Oracle *o, const Statement *s, Str line, bool first, bool plsql)
{
    Frame *frame = o->frame;
    Str bare = str_trim(line);
    size_t most = frame->r->dialect->max_line_bytes - ROOM_BYTES;
    if (line.len > most)
        return frame_misread(frame, s, line,
                             str_cstr(o->arena, str_format(o->arena, "refuse a line of more than %zu bytes", most)),
                             "Break the line.");
    if (str_equal(bare, STR("/")) || str_equal(bare, STR(".")))
        return frame_misread(frame, s, line, "end the statement at this line", "Write it otherwise.");
    if (bare.len && strchr("@#!", bare.ptr[0]))
        return frame_misread(frame, s, line, "take this line for its own command", "Begin the line otherwise.");
    if (first && str_starts(bare, STR("/*")) && bare.len > 2 && bare.ptr[2] != ' ')
        return frame_misread(frame, s, line, "take the slash for its own command", "Put a blank behind \"/*\".");
    if (str_ends(bare, STR("-")))
        return frame_misread(frame, s, line, "read on behind the \"-\" at this line's end", "End the line otherwise.");
    if (!plsql && str_ends(bare, STR(";")))
        return frame_misread(frame, s, line, "end the statement at this line's semicolon", "End the line otherwise.");
    if (o->generic && str_find_char(line, '&', 0) != SIZE_MAX)
        return frame_misread(frame, s, line, "ask for a value at \"&\"", "Write CHR(38), or render with --client sqlplus.");
    return true;
}

static bool check_lines(Oracle *o, const Statement *s, Str text, bool plsql)
{
    bool first = true;
    for (Str rest = text; rest.len; first = false)
        if (!check_line(o, s, str_cut(&rest, '\n'), first, plsql))
            return false;
    return true;
}

// Stores the statement's text as it stands in the script.
static bool statement_text(Oracle *o, const Statement *s, bool *plsql, Str *text)
{
    const Dialect *dialect = o->frame->r->dialect;
    SqlHead head = sql_head(dialect, s->text);
    *plsql = sql_is_plsql(dialect, s->text);
    *text = s->is_raw ? s->text : sql_wrap(o->arena, dialect, s->text, dialect->max_line_bytes - ROOM_BYTES);
    if (s->is_raw && !*plsql && !begins_as_sql(&head) && !str_starts(s->text, STR("(")))
        return frame_refuse(o->frame, s, "what is no SQL statement of Oracle",
                            "EXEC and the like are commands of SQL*Plus: write a block, BEGIN ... END.");
    return check_lines(o, s, *text, *plsql);
}

// ---- the guard as a whole ----

// Every DDL commits: what a revision checks is asked before the first one too, where none of them matters to it.
static bool put_first_checks(Oracle *o)
{
    CheckList checks = {0};
    frame_first_checks(o->frame, &checks);
    view_null(o->view, STR("first_checks"));
    if (!checks.count)
        return true;
    View *view = view_new(o->arena);
    view_view(o->view, STR("first_checks"), view);
    put_gate(o, view, STR("the first checks"));
    view_text(view, STR("after"), str_format(o->arena, "%zu", ++o->frame->at));
    view_list(view, STR("queries"));
    for (size_t i = 0; i < checks.count; i++) {
        Str text, quoted;
        bool plsql;
        if (!statement_text(o, checks.items[i], &plsql, &text) || !quoted_text(o, checks.items[i], text, &quoted))
            return false;
        view_text(view_item(view, STR("queries")), STR("query"), quoted);
    }
    return true;
}

// Counts the rows of the tables that go, into `holds`.
static bool ask_held(Oracle *o)
{
    DroppedList dropped = {0};
    frame_dropped(o->frame, &dropped);
    view_null(o->view, STR("dropped"));
    if (!dropped.count)
        return true;
    View *held = view_new(o->arena);
    view_view(o->view, STR("dropped"), held);
    view_list(held, STR("names"));
    for (size_t i = 0; i < dropped.count; i++) {
        View *item = view_item(held, STR("names"));
        view_bool(item, STR("more"), i + 1 < dropped.count);
        TableName name = dropped.items[i].at_start;
        view_bool(item, STR("must"), dropped.items[i].is_there && !dropped.items[i].is_known);
        if (!put_literal(o, item, STR("name"), sql_qualified(o->arena, o->frame->r->dialect, name.schema, name.name)))
            return false;
    }
    ask(o, ASK_HELD,
        STR("holds IS NULL OR SYS_CONTEXT('USERENV', 'CLIENT_IDENTIFIER') = 'waybill_drop=' || SYS_CONTEXT('USERENV', "
            "'DB_NAME')"),
        STR("'this way back drops tables that hold rows (' || holds || '): EXEC "
            "DBMS_SESSION.SET_IDENTIFIER(''waybill_drop=' || "
            "SYS_CONTEXT('USERENV', 'DB_NAME') || ''') allows it'"));
    return true;
}

// A script from base makes its tables where there is nothing but the project's own.
static bool ask_beside(Oracle *o)
{
    StrList own = {0}, names = {0};
    Str list;
    view_null(o->view, STR("beside"));
    if (!frame_own_tables(o->frame, &own))
        return true;
    for (size_t i = 0; i < own.count; i++)
        vec_push(o->arena, &names, sql_dictionary_name(o->arena, o->frame->r->dialect, own.items[i]));
    if (!sql_text_list(o->arena, o->frame->diag, o->frame->r->style, SPAN_NONE, &names, &list))
        return false;
    View *beside = view_new(o->arena);
    view_view(o->view, STR("beside"), beside);
    view_text(beside, STR("own"),
              sql_wrap(o->arena, o->frame->r->dialect, list, o->frame->r->dialect->max_line_bytes - 200));
    ask(o, ASK_BESIDE, STR("others = 0"),
        STR("'the schema holds what another application made (beside = yes allows it), the first is ' || others_name"));
    return true;
}

bool oracle_guard(Frame *frame, View *view)
{
    Oracle own = oracle_of(frame, view), *o = &own;
    const Settings *settings = &frame->r->project->settings;
    if (!check_owner(frame))
        return false;
    frame_plain_heading(frame, view);
    frame->journal = has_ddl(frame)
                         ? sql_qualified(o->arena, frame->r->dialect, settings->version_table_schema, STR("waybill_journal"))
                         : STR_EMPTY;
    Str owner, expected = version_rows_text(o->arena, &frame->path->from, STR(", "));
    TableNames present = {0}, absent = {0};
    frame_tables(frame, &present, &absent);
    view_list(o->view, STR("counts"));
    view_bool(o->view, STR("generic"), o->generic);
    ask_version(o);
    ask_encoding(o);
    if (!oracle_owner(frame, frame->r->project->settings.version_table_schema, &owner) || !ask_place(o))
        return false;
    view_text(o->view, STR("version_owner"), owner);
    ask(o, ASK_DATABASE, STR("maintained = 0"),
        STR("'this schema is Oracle''s own: connect as the owner of the tables, or render with schema.oracle'"));
    ask(o, ASK_RUN, STR("journals = 0"),
        STR("'WAYBILL_JOURNAL says that a run stopped in the middle, or is at work: see README.txt, then drop that table'"));
    if (!ask_state(o))
        return false;
    ask_privileges(o);
    return ask_tables(o, "missing", &present, false,
                      str_format(o->arena, "revision %.*s should have tables that are missing, the first is ",
                                 STR_ARGS(expected))) &&
           ask_tables(o, "present", &absent, true, STR("the schema is not empty, there is already ")) &&
           frame_ask_columns(frame, view) && frame_ask_assumed(frame, view) && ask_beside(o) && ask_held(o) &&
           put_first_checks(o) && put_own_tables(o);
}

// ---- steps ----

static View *add_item(View *section)
{
    static const char *const texts[] = {"remark", "zero", "text", "unit", "step"};
    View *item = view_item(section, STR("items"));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        view_null(item, str_from(texts[i]));
    view_bool(item, STR("commit"), false);
    view_list(item, STR("statements"));
    return item;
}

static bool put_unit(Oracle *o, View *item, const Statement *s, bool *compiles)
{
    PlsqlUnit unit = sql_plsql_unit(o->arena, o->frame->r->dialect, s->text);
    *compiles = unit.name.len > 0;
    Str owner = STR("SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')");
    if (!*compiles)
        return true;
    View *view = view_new(o->arena);
    view_view(item, STR("unit"), view);
    view_text(view, STR("type"), unit.type);
    if (unit.schema.len && !text_literal(o, unit.schema, &owner))
        return false;
    view_text(view, STR("owner"), owner);
    return put_literal(o, view, STR("name"), unit.name);
}

// Where the item at `i` stands among those of its section.
typedef struct Place {
    const FrameItem *items;
    size_t i, count, end;      // end: where the rows begin that wait for the version row
    size_t number, revision;   // of the statement in its revision, of the revision
} Place;

static const Statement *next_statement(const Place *p)
{
    for (size_t i = p->i + 1; i < p->count && !p->items[i].version.len; i++)
        if (!is_comment(&p->items[i]))
            return p->items[i].statement;
    return NULL;
}

static Str step_name(Oracle *o, const Place *p)
{
    return str_format(o->arena, "%zu.%zu", p->revision, p->number);
}

// SQL*Plus: the statement as it is. What writes rows is committed before the next DDL, which would commit it anyway, so that
// the marker says what is so; the last rows of a revision wait for its version row.
static bool add_plain(Oracle *o, View *item, Place *p)
{
    const Statement *s = p->items[p->i].statement, *next = next_statement(p);
    bool plsql, compiles, rows = is_rows(s), ends_rows = rows && next && !is_rows(next);
    Str text, quoted;
    if (!statement_text(o, s, &plsql, &text))
        return false;
    if (s->warning.len)
        view_text(item, STR("remark"), frame_remark(o->frame, str_format(o->arena, "Note: %.*s.", STR_ARGS(s->warning))));
    if (s->expects_zero) {
        if (!quoted_text(o, s, text, &quoted))
            return false;
        view_text(item, STR("zero"), quoted);
    } else if (plsql) {
        view_text(item, STR("text"), str_format(o->arena, "%.*s\n/", STR_ARGS(text)));
    } else {
        bool comment = str_find(text, STR("--"), 0) != SIZE_MAX;
        view_text(item, STR("text"), str_format(o->arena, comment ? "%.*s\n;" : "%.*s;", STR_ARGS(text)));
    }
    if (!put_unit(o, item, s, &compiles))
        return false;
    view_bool(item, STR("commit"), ends_rows || (plsql && !compiles));
    if (!rows || ends_rows)
        view_text(item, STR("step"), step_name(o, p));
    return true;
}

// Any client: the statement in a block. Rows that follow each other share one.
static bool add_block(Oracle *o, View *item, Place *p)
{
    const Statement *s = p->items[p->i].statement;
    bool rows = is_rows(s), compiles;
    size_t count = 0;
    put_gate(o, item, str_format(o->arena, "revision %zu", p->revision));
    if (!put_unit(o, item, s, &compiles))
        return false;
    for (;; p->i++, p->number++) {
        const Statement *now = p->items[p->i].statement, *next = NULL;
        View *view = view_item(item, STR("statements"));
        Str text, quoted;
        bool plsql;
        if (!statement_text(o, now, &plsql, &text) || !quoted_text(o, now, text, &quoted))
            return false;
        count++;
        if (p->i + 1 < p->end && !is_comment(&p->items[p->i + 1]) && !p->items[p->i + 1].version.len)
            next = p->items[p->i + 1].statement;
        bool last = !rows || !next || !is_rows(next) || count == ROWS_PER_BLOCK;
        view_text(view, STR("text"), quoted);
        view_bool(view, STR("zero"), now->expects_zero);
        view_bool(view, STR("first"), count == 1);
        view_bool(view, STR("last"), last);
        view_text(view, STR("step"), step_name(o, p));
        view_text(view, STR("after"), str_format(o->arena, "%zu", o->frame->at + 1));
        if (last)
            break;
    }
    o->frame->at++;
    return true;
}

// The rows that a revision writes after its last DDL go into the block of its version row. Returns where they begin.
static size_t trailing_rows(const Section *section)
{
    size_t first = section->items.count, rows = 0;
    for (size_t i = first; i > 0; i--) {
        const FrameItem *item = &section->items.items[i - 1];
        if (item->version.len || is_comment(item))
            continue;
        if (!is_rows(item->statement) || item->statement->expects_zero || rows == ROWS_PER_BLOCK)
            break;
        rows++;
        first = i - 1;
    }
    return first;
}

static bool add_statements(Oracle *o, const Section *section, View *view, Place *p, View *rows)
{
    p->end = o->generic ? trailing_rows(section) : section->items.count;
    for (; p->i < p->count; p->i++) {
        const FrameItem *item = &p->items[p->i];
        Str text, quoted;
        bool plsql;
        if (item->version.len) {
            View *moves = view_item(rows, STR("moves"));
            view_text(moves, STR("text"), item->version);
            continue;
        }
        if (item->statement && item->statement->kind == STATEMENT_COMMENT)
            view_text(add_item(view), STR("remark"), frame_remark(o->frame, item->statement->text));
        if (is_comment(item))
            continue;
        p->number++;
        if (p->i >= p->end) {
            if (!statement_text(o, item->statement, &plsql, &text) || !quoted_text(o, item->statement, text, &quoted))
                return false;
            view_text(view_item(rows, STR("trailing")), STR("text"), quoted);
        } else if (!(o->generic ? add_block(o, add_item(view), p) : add_plain(o, add_item(view), p))) {
            return false;
        }
    }
    return true;
}

static bool section_view(Oracle *o, size_t index)
{
    const Section *section = &o->frame->sections.items[index];
    View *view = view_item(o->view, STR("sections")), *rows = view_new(o->arena);
    Place place = {.items = section->items.items, .count = section->items.count, .revision = index + 1};
    Str what = str_format(o->arena, "revision %zu", index + 1), known, heading = STR_EMPTY;
    for (size_t i = 0; i < section->items.count && !heading.len; i++)
        heading = section->items.items[i].heading;
    view_optional(view, STR("heading"), heading.len ? frame_remark(o->frame, heading) : STR_EMPTY);
    put_gate(o, view, what);
    view_list(view, STR("items"));
    view_view(view, STR("rows"), rows);
    view_list(rows, STR("trailing"));
    view_list(rows, STR("moves"));
    if (!add_statements(o, section, view, &place, rows) || !known_rows(o, &section->rows_after, &known))
        return false;
    place.number++;
    put_gate(o, rows, str_format(o->arena, "the version row of revision %zu", index + 1));
    view_text(rows, STR("known"), known);
    view_text(rows, STR("version_table_name"), version_table(o));
    view_text(rows, STR("row_count"), str_format(o->arena, "%zu", section->rows_after.count));
    view_optional(rows, STR("journal_name"), o->frame->journal);
    view_text(rows, STR("number"), str_format(o->arena, "%zu", index + 1));
    view_text(rows, STR("after"), str_format(o->arena, "%zu", ++o->frame->at));
    view_text(rows, STR("step"), step_name(o, &place));
    view_bool(rows, STR("says"), o->generic);
    return true;
}

bool oracle_steps(Frame *frame, View *view)
{
    Oracle o = oracle_of(frame, view);
    view_list(view, STR("sections"));
    for (size_t i = 0; i < frame->sections.count; i++)
        if (!section_view(&o, i))
            return false;
    View *closing = view_new(o.arena);
    view_view(view, STR("closing"), closing);
    put_gate(&o, closing, STR("the end"));
    view_null(closing, STR("drop_literal"));
    view_text(view, STR("last"), str_format(o.arena, "%zu", frame->at));
    return (!frame->journal.len || put_literal(&o, closing, STR("drop_literal"),
                                               str_format(o.arena, "DROP TABLE %.*s PURGE", STR_ARGS(frame->journal)))) &&
           put_literal(&o, view, STR("receipt_literal"), frame_receipt(frame));
}
