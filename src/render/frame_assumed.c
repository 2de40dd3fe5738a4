// What can be asked before the first change: what revisions take for granted, of each database's catalogue, and their own
// checks.
#include "frame_int.h"

// How a catalogue is asked whether a thing is there: an SQL condition, or with `counts` what follows FROM, whose rows are
// counted. @Q: the table's qualified name, @S its schema, @T its name, @N the thing's name, each as a literal; @L: the names
// of the chain's columns, as literals; @C: the text with which a constraint of that name begins in a table's definition.
typedef struct Catalogue {
    DialectId dialect;
    const char *schema;   // the pinned one, as SQL; NULL: its name as a literal
    bool counts;
    const char *kinds[ASSUMED_KINDS];
} Catalogue;

#define MYSQL_SCHEMA "DATABASE()"
#define MYSQL_KINDS                                                                                                         \
    {                                                                                                                       \
        "EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = @S AND TABLE_NAME = @T)",                     \
            "EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = @S AND TABLE_NAME = @T AND COLUMN_NAME " \
            "= @N)",                                                                                                        \
            "EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = @S AND TABLE_NAME = @T AND "          \
            "INDEX_NAME = @N)",                                                                                             \
            "EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = @S AND TABLE_NAME = @T AND "   \
            "CONSTRAINT_NAME = @N)",                                                                                        \
            "EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = @S AND TABLE_NAME = @T AND COLUMN_NAME " \
            "NOT IN (@L))"                                                                                                  \
    }

static const Catalogue catalogues[] = {
    {DIALECT_POSTGRESQL,
     NULL,
     false,
     {"pg_catalog.to_regclass(@Q) IS NOT NULL",
      "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass(@Q) AND attname = @N AND NOT "
      "attisdropped)",
      "EXISTS (SELECT 1 FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid WHERE "
      "i.indrelid "
      "= pg_catalog.to_regclass(@Q) AND c.relname = @N)",
      "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE conrelid = pg_catalog.to_regclass(@Q) AND conname = @N)",
      "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass(@Q) AND attnum > 0 AND NOT "
      "attisdropped AND attname NOT IN (@L))"}},
    {DIALECT_MYSQL, MYSQL_SCHEMA, false, MYSQL_KINDS},
    {DIALECT_MARIADB, MYSQL_SCHEMA, false, MYSQL_KINDS},
    {DIALECT_SQLITE,
     NULL,
     false,
     {"EXISTS (SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = @T COLLATE NOCASE)",
      "EXISTS (SELECT 1 FROM pragma_table_xinfo(@T) WHERE name = @N COLLATE NOCASE)",
      "EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = @N COLLATE NOCASE)",
      "EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = @T COLLATE NOCASE AND "
      "instr(replace(replace(lower(sql), char(10), ' '), '\"', ''), lower(@C)) > 0)",
      "EXISTS (SELECT 1 FROM pragma_table_xinfo(@T) WHERE name COLLATE NOCASE NOT IN (@L))"}},
    {DIALECT_ORACLE,
     "SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')",
     true,
     {"all_objects WHERE owner = @S AND object_name = @T AND object_type IN ('TABLE', 'VIEW')",
      "all_tab_columns WHERE owner = @S AND table_name = @T AND column_name = @N",
      "all_indexes WHERE table_owner = @S AND table_name = @T AND index_name = @N",
      "all_constraints WHERE owner = @S AND table_name = @T AND constraint_name = @N",
      "all_tab_columns WHERE owner = @S AND table_name = @T AND column_name NOT IN (@L)"}},
    {DIALECT_MSSQL,
     NULL,
     false,
     {"OBJECT_ID(@Q) IS NOT NULL", "COL_LENGTH(@Q, @N) IS NOT NULL",
      "EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(@Q) AND name = @N)",
      "EXISTS (SELECT 1 FROM sys.objects WHERE parent_object_id = OBJECT_ID(@Q) AND name = @N)",
      "EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(@Q) AND name NOT IN (@L))"}},
};

static const Catalogue *catalogue_of(const Frame *frame)
{
    for (size_t i = 0; i < sizeof catalogues / sizeof catalogues[0]; i++)
        if (catalogues[i].dialect == frame->r->dialect->id)
            return &catalogues[i];
    return NULL;
}

// ---- which of them ----

static const Table *table_at_from(const Frame *frame, const Assumption *a)
{
    for (size_t i = 0; i < frame->rendered->table_count; i++) {
        const Table *table = frame->rendered->tables_at_from[i];
        if (str_equal(table->schema, a->schema) && str_equal(table->name, a->table))
            return table;
    }
    return NULL;
}

static bool has_name(const Table *table, const Assumption *a)
{
    if (a->kind == ASSUMED_COLUMN)
        return table_column(table, a->name);
    // a unique constraint is an index too
    return (a->kind == ASSUMED_INDEX && table_index(table, a->name)) || table_constraint(table, a->name);
}

// Whether it can be asked about before the first change: what an earlier step of the script makes, drops or changes cannot.
static bool is_askable(const Frame *frame, const Assumption *a, size_t step)
{
    const Settings *settings = &frame->r->project->settings;
    Str full = table_full_name(frame->r->arena, a->schema, a->table);
    if (str_equal(a->table, settings->version_table) && str_equal(a->schema, settings->version_table_schema))
        return false;
    for (size_t i = 0; i <= step; i++) {
        bool is_first = i == step && a->kind == ASSUMED_TABLE && !a->is_there;   // it is made because it is not there
        if (!is_first && strlist_has(&frame->rendered->steps[i].made, full))
            return false;
    }
    const Table *table = table_at_from(frame, a);
    if (a->kind == ASSUMED_TABLE) {
        bool created = frame->path->from_base && strlist_has(&frame->rendered->created_tables, full);
        // those that are there, or are made, have questions of their own; one that the chain knows by then, and not at FROM,
        // is made by the script's own SQL
        return !table && (a->is_there ? !a->is_known : !created);
    }
    if (a->kind == ASSUMED_OTHERS)
        return table != NULL;
    return table ? !a->is_known || has_name(table, a) == a->is_there : !a->is_known;
}

// ---- how ----

static bool put_columns(Frame *frame, const Table *table, Str *sql)
{
    Arena *arena = frame->r->arena;
    const Dialect *d = frame->r->dialect;
    Buf out = buf_open(arena);
    for (size_t i = 0; i < table->columns.count; i++) {
        Str name = table->columns.items[i]->name, text;
        if (!frame_literal(frame, d->id == DIALECT_ORACLE ? sql_dictionary_name(arena, d, name) : name, &text))
            return false;
        buf_addf(&out, "%s%.*s", i ? ", " : "", STR_ARGS(text));
    }
    *sql = buf_str(&out);
    return true;
}

static bool put_part(Frame *frame, const Catalogue *catalogue, const Assumption *a, char part, Str *sql)
{
    Arena *arena = frame->r->arena;
    const Dialect *d = frame->r->dialect;
    Str schema = a->schema.len ? a->schema : frame_pinned_schema(frame);
    bool dictionary = d->id == DIALECT_ORACLE;
    switch (part) {
    case 'Q': return frame_literal(frame, sql_qualified(arena, d, schema, a->table), sql);
    case 'S':
        *sql = catalogue->schema ? str_from(catalogue->schema) : STR_EMPTY;
        return (catalogue->schema && !a->schema.len) ||
               frame_literal(frame, dictionary ? sql_dictionary_name(arena, d, schema) : schema, sql);
    case 'T': return frame_literal(frame, dictionary ? sql_dictionary_name(arena, d, a->table) : a->table, sql);
    case 'L': return put_columns(frame, table_at_from(frame, a), sql);
    case 'N': return frame_literal(frame, dictionary ? sql_dictionary_name(arena, d, a->name) : a->name, sql);
    default: return frame_literal(frame, str_format(arena, "CONSTRAINT %.*s ", STR_ARGS(a->name)), sql);
    }
}

static bool condition_of(Frame *frame, const Catalogue *catalogue, const Assumption *a, Str *condition)
{
    Buf out = buf_open(frame->r->arena);
    for (const char *p = catalogue->kinds[a->kind]; *p; p++) {
        Str sql;
        if (*p != '@') {
            buf_add_char(&out, *p);
            continue;
        }
        if (!put_part(frame, catalogue, a, *++p, &sql))
            return false;
        buf_add(&out, sql);
    }
    *condition = buf_str(&out);
    return true;
}

// A statement that the chain itself makes fail would be caught online: no script can go on behind it.
static bool refuse_denied(Frame *frame, const Assumption *a)
{
    diag_error(frame->diag, a->at,
               "this statement must fail (the chain has %.*s%s%.*s%s), and a script stops where an except clause "
               "goes on",
               STR_ARGS(a->table), a->name.len ? "." : "", STR_ARGS(a->name), a->is_there ? " not" : " already");
    diag_hint(frame->diag, "Ask the inspector instead, or write an override for this revision.");
    return false;
}

static Str described(Frame *frame, const Assumption *a, Str revision)
{
    static const char *const words[] = {"table", "column", "index", "constraint"};
    Arena *arena = frame->r->arena;
    bool is_part = a->kind != ASSUMED_TABLE;
    if (a->kind == ASSUMED_OTHERS)
        return str_format(arena, "revision %.*s looks at the columns of table %.*s, which has others than the chain made",
                          STR_ARGS(revision), STR_ARGS(a->table));
    return str_format(arena, "revision %.*s takes for granted that %s %.*s%s%.*s is %s", STR_ARGS(revision), words[a->kind],
                      STR_ARGS(a->table), is_part ? "." : "", STR_ARGS(a->name), a->is_there ? "there" : "not there");
}

static bool ask_one(Frame *frame, View *view, const Assumption *a, Str revision, size_t *facts)
{
    Arena *arena = frame->r->arena;
    const Catalogue *catalogue = catalogue_of(frame);
    Str condition, why = str_printable(arena, described(frame, a, revision));
    if (!condition_of(frame, catalogue, a, &condition))
        return false;
    if (frame->r->dialect->id != DIALECT_SQLITE && !frame_literal(frame, why, &why))   // whose frames quote it themselves
        return false;
    if (catalogue->counts) {
        Str variable = str_format(arena, "fact%zu", ++*facts);
        View *fact = view_item(view, STR("facts"));
        view_text(fact, STR("variable"), variable);
        view_text(fact, STR("from"), condition);
        condition = str_format(arena, "%.*s %s 0", STR_ARGS(variable), a->is_there ? ">" : "=");
    } else if (!a->is_there) {
        condition = str_format(arena, "NOT %.*s", STR_ARGS(condition));
    }
    frame_ask(frame, ASK_ASSUMED, condition, why);
    return true;
}

static bool ask_all(Frame *frame, View *view, bool others, size_t *facts)
{
    for (size_t i = 0; i < frame->path->steps.count; i++) {
        const AssumptionList *assumed = &frame->rendered->steps[i].assumed;
        for (size_t k = 0; k < assumed->count; k++) {
            const Assumption *a = &assumed->items[k];
            if (a->is_denied)
                return refuse_denied(frame, a);
            if ((a->kind == ASSUMED_OTHERS) == others && is_askable(frame, a, i) &&
                !ask_one(frame, view, a, frame->path->steps.items[i].revision->id, facts))
                return false;
        }
    }
    return true;
}

// Those that name what is otherwise come first.
bool frame_ask_assumed(Frame *frame, View *view)
{
    size_t facts = 0;
    view_list(view, STR("facts"));
    return !frame->rendered || frame->first || (ask_all(frame, view, false, &facts) && ask_all(frame, view, true, &facts));
}

// ---- checks ----

// The tables that stand there before the script and that the text names.
static void named_tables(const Frame *frame, Str text, StrList *names)
{
    for (size_t i = 0; i < frame->rendered->table_count; i++)
        if (frame_says(text, frame->rendered->tables_at_from[i]->name))
            vec_push(frame->r->arena, names, frame->rendered->tables_at_from[i]->name);
}

// Rows reach further than the table that a statement names, by foreign keys, triggers and views; and so may what is written
// by hand.
static bool may_change(const Statement *s, const StrList *tables)
{
    if (s->kind == STATEMENT_QUERY || s->kind == STATEMENT_COMMENT)
        return false;
    bool changes = s->is_raw || s->kind != STATEMENT_DDL;
    for (size_t i = 0; i < tables->count && !changes; i++)
        changes = frame_says(s->text, tables->items[i]);
    return changes;
}

static bool is_unchanged(const Frame *frame, const Statement *check)
{
    StrList tables = {0};
    named_tables(frame, check->text, &tables);
    for (size_t i = 0; i < frame->sections.count && tables.count; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++) {
            const Statement *s = frame->sections.items[i].items.items[k].statement;
            if (s == check)
                return true;
            if (s && may_change(s, &tables))
                return false;
        }
    return false;
}

void frame_first_checks(Frame *frame, CheckList *checks)
{
    for (size_t i = 0; frame->rendered && frame->checks && i < frame->sections.count; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++) {
            const Statement *s = frame->sections.items[i].items.items[k].statement;
            if (s && s->expects_zero && is_unchanged(frame, s))
                vec_push(frame->r->arena, checks, s);
        }
}
