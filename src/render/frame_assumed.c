// What can be asked before the first change: what revisions take for granted, of each database's catalogue, and their own
// checks.
#include "frame_int.h"

// How a catalogue is asked whether a thing is there: an SQL condition, or with `counts` what follows FROM, whose rows are
// counted. @Q: the table's qualified name, @S its schema, @T its name, @N the thing's name, each as a literal; @C: the text
// with which a constraint of that name begins in a table's definition.
typedef struct Catalogue {
    DialectId dialect;
    const char *schema;   // the pinned one, as SQL; NULL: its name as a literal
    bool counts;
    const char *kinds[ASSUMED_CONSTRAINT + 1];
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
            "CONSTRAINT_NAME = @N)"                                                                                         \
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
      "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE conrelid = pg_catalog.to_regclass(@Q) AND conname = @N)"}},
    {DIALECT_MYSQL, MYSQL_SCHEMA, false, MYSQL_KINDS},
    {DIALECT_MARIADB, MYSQL_SCHEMA, false, MYSQL_KINDS},
    {DIALECT_SQLITE,
     NULL,
     false,
     {"EXISTS (SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = @T COLLATE NOCASE)",
      "EXISTS (SELECT 1 FROM pragma_table_xinfo(@T) WHERE name = @N COLLATE NOCASE)",
      "EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = @N COLLATE NOCASE)",
      "EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = @T COLLATE NOCASE AND instr(sql, @C) > 0)"}},
    {DIALECT_ORACLE,
     "SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')",
     true,
     {"all_objects WHERE owner = @S AND object_name = @T AND object_type IN ('TABLE', 'VIEW')",
      "all_tab_columns WHERE owner = @S AND table_name = @T AND column_name = @N",
      "all_indexes WHERE table_owner = @S AND table_name = @T AND index_name = @N",
      "all_constraints WHERE owner = @S AND table_name = @T AND constraint_name = @N"}},
    {DIALECT_MSSQL,
     NULL,
     false,
     {"OBJECT_ID(@Q) IS NOT NULL", "COL_LENGTH(@Q, @N) IS NOT NULL",
      "EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(@Q) AND name = @N)",
      "EXISTS (SELECT 1 FROM sys.objects WHERE parent_object_id = OBJECT_ID(@Q) AND name = @N)"}},
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
    Str full = str_format(frame->r->arena, "%.*s.%.*s", STR_ARGS(a->schema), STR_ARGS(a->table));
    if (str_equal(a->table, settings->version_table) && str_equal(a->schema, settings->version_table_schema))
        return false;
    for (size_t i = 0; i <= step; i++) {
        bool is_first = i == step && a->kind == ASSUMED_TABLE && !a->is_there;   // it is made because it is not there
        if (!is_first && strlist_has(&frame->rendered->steps[i].made, full))
            return false;
    }
    const Table *table = table_at_from(frame, a);
    if (a->kind == ASSUMED_TABLE) {
        bool created = frame->path->from_base &&
                       strlist_has(&frame->rendered->created_tables, a->schema.len ? full : a->table);
        // those that are there, or are made, have questions of their own; one that the chain knows by then, and not at FROM,
        // is made by the script's own SQL
        return !table && (a->is_there ? !a->is_known : !created);
    }
    return table ? !a->is_known || has_name(table, a) == a->is_there : !a->is_known;
}

// ---- how ----

static Str pinned_schema(const Frame *frame)
{
    return frame->r->options->schema.len                 ? frame->r->options->schema
           : frame->r->dialect->id == DIALECT_POSTGRESQL ? STR("public")
                                                         : STR("dbo");
}

static bool put_part(Frame *frame, const Catalogue *catalogue, const Assumption *a, char part, Str *sql)
{
    Arena *arena = frame->r->arena;
    const Dialect *d = frame->r->dialect;
    Str schema = a->schema.len ? a->schema : pinned_schema(frame);
    bool dictionary = d->id == DIALECT_ORACLE;
    switch (part) {
    case 'Q': return frame_literal(frame, sql_qualified(arena, d, schema, a->table), sql);
    case 'S':
        *sql = catalogue->schema ? str_from(catalogue->schema) : STR_EMPTY;
        return (catalogue->schema && !a->schema.len) ||
               frame_literal(frame, dictionary ? sql_dictionary_name(arena, d, schema) : schema, sql);
    case 'T': return frame_literal(frame, dictionary ? sql_dictionary_name(arena, d, a->table) : a->table, sql);
    case 'N': return frame_literal(frame, dictionary ? sql_dictionary_name(arena, d, a->name) : a->name, sql);
    default: return frame_literal(frame, str_format(arena, "CONSTRAINT %.*s ", STR_ARGS(sql_name(arena, d, a->name))), sql);
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

static Str described(Frame *frame, const Assumption *a, Str revision)
{
    static const char *const words[] = {"table", "column", "index", "constraint"};
    Arena *arena = frame->r->arena;
    bool is_part = a->kind != ASSUMED_TABLE;
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

bool frame_ask_assumed(Frame *frame, View *view)
{
    size_t facts = 0;
    view_list(view, STR("facts"));
    if (!frame->rendered || frame->first)
        return true;
    for (size_t i = 0; i < frame->path->steps.count; i++) {
        const AssumptionList *assumed = &frame->rendered->steps[i].assumed;
        for (size_t k = 0; k < assumed->count; k++)
            if (is_askable(frame, &assumed->items[k], i) &&
                !ask_one(frame, view, &assumed->items[k], frame->path->steps.items[i].revision->id, &facts))
                return false;
    }
    return true;
}

// ---- checks ----

// A statement that may change more than what it names.
static bool reaches_further(const Dialect *dialect, const Statement *s)
{
    static const char *const plain[] = {"ALTER", "COMMENT", "CREATE", "DELETE", "DROP", "INSERT", "RENAME", "UPDATE", NULL};
    SqlHead head = sql_head(dialect, s->text);
    return s->is_raw && !(head.count && str_is_one_of(head.words[0], plain));
}

// The tables that stand there before the script and that the text names.
static void named_tables(const Frame *frame, Str text, StrList *names)
{
    for (size_t i = 0; i < frame->rendered->table_count; i++)
        if (frame_says(text, frame->rendered->tables_at_from[i]->name))
            vec_push(frame->r->arena, names, frame->rendered->tables_at_from[i]->name);
}

static bool changes_one_of(const Frame *frame, const Statement *s, const StrList *tables)
{
    if (s->kind == STATEMENT_QUERY || s->kind == STATEMENT_COMMENT)
        return false;
    bool changes = reaches_further(frame->r->dialect, s);
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
            if (s && changes_one_of(frame, s, &tables))
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
