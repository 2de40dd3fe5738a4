// How each database's catalogue is asked about what a revision takes for granted: whether something of a name is there, how
// many of a kind there are on a table, whether there is a key over certain columns.
#include "frame_int.h"

// Each text is an SQL condition, or with `counts` what follows FROM, whose rows are counted. @Q: the table's qualified name,
// @S its schema, @T its name, @N the thing's name, each as a literal; @L: the names of the chain's columns, or tables, as
// literals; @C: the text with which a constraint of that name begins in a table's definition.
//
// The counts and keys are always what follows FROM, up to a WHERE that can be gone on with. @K: the key's columns, with
// commas between, as a literal; @U: whether it is unique; @D and @E: what it does on delete and on update; @P: the qualified
// name of the table that it refers to, @R its name;
// @X: the names of indexes that the server makes for foreign keys.
typedef struct Catalogue {
    DialectId dialect;
    const char *schema;   // the pinned one, as SQL; NULL: its name as a literal
    bool counts;
    const char *yes, *no;   // of a flag
    const char *kinds[ASSUMED_KINDS];
    const char *parts[TABLE_PARTS];   // NULL: SQLite's checks and key
    const char *keys[TABLE_PARTS];    // NULL: of columns and checks there are none
    const char *named[TABLE_PARTS];   // what is added for one that has a name; NULL: the catalogue has no names
} Catalogue;

#define PG_TABLE "pg_catalog.to_regclass(@Q)"
#define PG_KEY(type)                                                                                                        \
    "pg_catalog.pg_constraint AS k WHERE k.conrelid = " PG_TABLE " AND k.contype = '" type "' AND (SELECT "                 \
    "pg_catalog.string_agg(a.attname::text, ',' ORDER BY c.n) FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS c "       \
    "(attnum, n) JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = c.attnum) = @K"

#define MY_TABLE "TABLE_SCHEMA = @S AND TABLE_NAME = @T"
#define MY_KEY(type)                                                                                                        \
    "(SELECT INDEX_NAME AS name, GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX) AS cols, MIN(NON_UNIQUE) AS many FROM "    \
    "information_schema.STATISTICS\n    WHERE " MY_TABLE " GROUP BY INDEX_NAME) AS k WHERE cols = @K AND " type
#define MY_CONSTRAINTS(type) "information_schema.TABLE_CONSTRAINTS WHERE " MY_TABLE " AND CONSTRAINT_TYPE = '" type "'"
#define MY_KINDS                                                                                                            \
    {                                                                                                                       \
        "EXISTS (SELECT 1 FROM information_schema.TABLES WHERE " MY_TABLE ")",                                              \
            "EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE " MY_TABLE " AND COLUMN_NAME = @N)",                    \
            "EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE " MY_TABLE " AND INDEX_NAME = @N)",                  \
            "EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS WHERE " MY_TABLE " AND CONSTRAINT_NAME = @N)",      \
            "EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = @S AND TABLE_TYPE = 'BASE TABLE' AND "    \
            "TABLE_NAME NOT IN (@L))",                                                                                      \
            "EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE " MY_TABLE " AND COLUMN_NAME NOT IN (@L))", NULL        \
    }
#define MY_PARTS(checks)                                                                                                    \
    {                                                                                                                       \
        "information_schema.COLUMNS WHERE " MY_TABLE,                                                                       \
            "(SELECT DISTINCT INDEX_NAME FROM information_schema.STATISTICS WHERE " MY_TABLE " AND INDEX_NAME NOT IN "      \
            "(@X)) AS k WHERE 1 = 1",                                                                                       \
            "(SELECT DISTINCT INDEX_NAME FROM information_schema.STATISTICS WHERE " MY_TABLE " AND NON_UNIQUE = 0 AND "     \
            "INDEX_NAME <> 'PRIMARY') AS k WHERE 1 = 1",                                                                    \
            MY_CONSTRAINTS("FOREIGN KEY"), checks, MY_CONSTRAINTS("PRIMARY KEY")                                            \
    }
#define MY_KEYS                                                                                                             \
    {                                                                                                                       \
        NULL, MY_KEY("many = 1 - @U"), MY_KEY("many = 0"),                                                                  \
            "(SELECT CONSTRAINT_NAME AS name, REFERENCED_TABLE_NAME AS target, GROUP_CONCAT(COLUMN_NAME ORDER BY "          \
            "ORDINAL_POSITION) AS cols FROM information_schema.KEY_COLUMN_USAGE\n    WHERE " MY_TABLE                       \
            " AND REFERENCED_TABLE_NAME IS NOT NULL GROUP BY CONSTRAINT_NAME, REFERENCED_TABLE_NAME) AS k WHERE cols = "    \
            "@K AND target = @R AND EXISTS (SELECT 1 FROM information_schema.REFERENTIAL_CONSTRAINTS AS r\n    WHERE "      \
            "r.CONSTRAINT_SCHEMA = @S AND r.TABLE_NAME = @T AND r.CONSTRAINT_NAME = k.name AND REPLACE(r.DELETE_RULE, 'NO " \
            "ACTION', 'RESTRICT') = @D AND REPLACE(r.UPDATE_RULE, 'NO ACTION', 'RESTRICT') = @E)",                          \
            NULL, MY_KEY("name = 'PRIMARY'")                                                                                \
    }
#define MY_NAMED                                                                                                            \
    {                                                                                                                       \
        NULL, "name = @N", "name = @N", "name = @N", NULL, NULL                                                             \
    }

#define ORA_TABLE "owner = @S AND table_name = @T"
#define ORA_KEY(type, more)                                                                                                 \
    "(SELECT c.constraint_name AS name, MAX(r.table_name) AS target, MAX(c.delete_rule) AS d, LISTAGG(k.column_name, ',') " \
    "WITHIN GROUP (ORDER BY "                                                                                               \
    "k.position) AS cols FROM all_constraints c JOIN all_cons_columns k ON k.owner = c.owner AND k.constraint_name = "      \
    "c.constraint_name LEFT JOIN all_constraints r ON r.owner = c.r_owner AND r.constraint_name = c.r_constraint_name "     \
    "WHERE c.owner = @S AND c.table_name = @T AND c.constraint_type = '" type                                               \
    "' GROUP BY c.constraint_name) WHERE cols = @K" more

#define MS_TABLE "OBJECT_ID(@Q)"
#define MS_KEY(type)                                                                                                        \
    "sys.indexes AS k WHERE k.object_id = " MS_TABLE " AND " type                                                           \
    " AND (SELECT STRING_AGG(c.name, N',') WITHIN GROUP (ORDER BY i.key_ordinal) FROM sys.index_columns AS i JOIN "         \
    "sys.columns AS c ON c.object_id = i.object_id AND c.column_id = i.column_id WHERE i.object_id = k.object_id AND "      \
    "i.index_id = k.index_id AND i.is_included_column = 0) = @K"

static const Catalogue catalogues[] = {
    {DIALECT_POSTGRESQL,
     NULL,
     false,
     "true",
     "false",
     {PG_TABLE " IS NOT NULL",
      "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = " PG_TABLE " AND attname = @N AND NOT "
      "attisdropped)",
      "EXISTS (SELECT 1 FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid WHERE "
      "i.indrelid = " PG_TABLE " AND c.relname = @N)",
      "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE conrelid = " PG_TABLE " AND conname = @N)",
      "EXISTS (SELECT 1 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS s ON s.oid = c.relnamespace WHERE "
      "s.nspname = @S AND c.relkind IN ('r', 'p') AND c.relname NOT IN (@L) AND NOT EXISTS (SELECT 1 FROM "
      "pg_catalog.pg_depend AS d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = "
      "'e'))",
      "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = " PG_TABLE " AND attnum > 0 AND NOT "
      "attisdropped AND attname NOT IN (@L))",
      NULL},
     {"pg_catalog.pg_attribute WHERE attrelid = " PG_TABLE " AND attnum > 0 AND NOT attisdropped",
      "pg_catalog.pg_index WHERE indrelid = " PG_TABLE " AND NOT indisprimary",
      "pg_catalog.pg_constraint WHERE conrelid = " PG_TABLE " AND contype = 'u'",
      "pg_catalog.pg_constraint WHERE conrelid = " PG_TABLE " AND contype = 'f'",
      "pg_catalog.pg_constraint WHERE conrelid = " PG_TABLE " AND contype = 'c'",
      "pg_catalog.pg_constraint WHERE conrelid = " PG_TABLE " AND contype = 'p'"},
     {NULL,
      "pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS k ON k.oid = i.indexrelid WHERE i.indrelid = " PG_TABLE
      " AND i.indisunique = @U AND (SELECT pg_catalog.string_agg(a.attname::text, ',' ORDER BY c.n) FROM "
      "pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS c (attnum, n) JOIN pg_catalog.pg_attribute AS a ON "
      "a.attrelid = i.indrelid AND a.attnum = c.attnum) = @K",
      PG_KEY("u"), PG_KEY("f") " AND k.confrelid = pg_catalog.to_regclass(@P) AND k.confdeltype = @D AND k.confupdtype = @E",
      NULL, PG_KEY("p")},
     {NULL, "k.relname = @N", "k.conname = @N", "k.conname = @N", NULL, "k.conname = @N"}},
    {DIALECT_MYSQL, "DATABASE()", false, "1", "0", MY_KINDS, MY_PARTS(MY_CONSTRAINTS("CHECK")), MY_KEYS, MY_NAMED},
    {DIALECT_MARIADB, "DATABASE()", false, "1", "0", MY_KINDS,
     MY_PARTS("information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = @S AND TABLE_NAME = @T AND CHECK_CLAUSE NOT "
              "LIKE 'json_valid%'"),
     MY_KEYS, MY_NAMED},
    {DIALECT_SQLITE,
     NULL,
     false,
     "1",
     "0",
     {"EXISTS (SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = @T COLLATE NOCASE)",
      "EXISTS (SELECT 1 FROM pragma_table_xinfo(@T) WHERE name = @N COLLATE NOCASE)",
      "EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = @N COLLATE NOCASE)",
      "EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = @T COLLATE NOCASE AND "
      "instr(replace(replace(lower(sql), char(10), ' '), '\"', ''), lower(@C)) > 0)",
      "EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name COLLATE "
      "NOCASE NOT IN (@L))",
      "EXISTS (SELECT 1 FROM pragma_table_xinfo(@T) WHERE name COLLATE NOCASE NOT IN (@L))", NULL},
     {"pragma_table_xinfo(@T) WHERE hidden <> 1", "pragma_index_list(@T) WHERE origin = 'c'",
      "pragma_index_list(@T) WHERE origin = 'u'", "(SELECT DISTINCT id FROM pragma_foreign_key_list(@T)) WHERE true", NULL,
      NULL},
     {NULL,
      "pragma_index_list(@T) AS k WHERE k.origin = 'c' AND k.\"unique\" = @U AND (SELECT group_concat(name) FROM (SELECT "
      "name FROM pragma_index_info(k.name) WHERE name IS NOT NULL ORDER BY seqno)) = @K COLLATE NOCASE",
      "pragma_index_list(@T) AS k WHERE k.origin = 'u' AND (SELECT group_concat(name) FROM (SELECT name FROM "
      "pragma_index_info(k.name) ORDER BY seqno)) = @K COLLATE NOCASE",
      "(SELECT max(\"table\") AS target, group_concat(\"from\") AS cols, max(on_delete) AS d, max(on_update) AS u FROM "
      "(SELECT * FROM pragma_foreign_key_list(@T) "
      "ORDER BY id, seq) GROUP BY id) WHERE cols = @K COLLATE NOCASE AND target = @R COLLATE NOCASE AND d = @D AND u = @E",
      NULL,
      "(SELECT coalesce(group_concat(name), '') AS cols FROM (SELECT name FROM pragma_table_info(@T) WHERE pk > 0 ORDER BY "
      "pk)) WHERE cols = @K COLLATE NOCASE"},
     {NULL, "k.name = @N COLLATE NOCASE", NULL, NULL, NULL, NULL}},
    {DIALECT_ORACLE,
     "SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')",
     true,
     "'UNIQUE'",
     "'NONUNIQUE'",
     {"all_objects WHERE owner = @S AND object_name = @T AND object_type IN ('TABLE', 'VIEW')",
      "all_tab_columns WHERE " ORA_TABLE " AND column_name = @N",
      "all_indexes WHERE table_owner = @S AND table_name = @T AND index_name = @N",
      "all_constraints WHERE " ORA_TABLE " AND constraint_name = @N",
      "all_tables WHERE owner = @S AND nested = 'NO' AND secondary = 'N' AND dropped = 'NO' AND table_name NOT IN (@L)",
      "all_tab_columns WHERE " ORA_TABLE " AND column_name NOT IN (@L)", NULL},
     {"all_tab_columns WHERE " ORA_TABLE,
      "all_indexes i WHERE i.table_owner = @S AND i.table_name = @T AND i.index_type <> 'LOB' AND NOT EXISTS (SELECT 1 FROM "
      "all_constraints c WHERE c.owner = i.table_owner AND c.table_name = i.table_name AND c.constraint_type = 'P' AND "
      "c.index_name = i.index_name)",
      "all_constraints WHERE " ORA_TABLE " AND constraint_type = 'U'",
      "all_constraints WHERE " ORA_TABLE " AND constraint_type = 'R'",
      "all_constraints WHERE " ORA_TABLE " AND constraint_type = 'C' AND search_condition_vc NOT LIKE '%IS NOT NULL'",
      "all_constraints WHERE " ORA_TABLE " AND constraint_type = 'P'"},
     {NULL,
      "(SELECT i.index_name AS name, LISTAGG(k.column_name, ',') WITHIN GROUP (ORDER BY k.column_position) AS cols FROM "
      "all_indexes i JOIN all_ind_columns k ON k.index_owner = i.owner AND k.index_name = i.index_name WHERE i.table_owner "
      "= "
      "@S AND i.table_name = @T AND i.uniqueness = @U GROUP BY i.index_name) WHERE cols = @K",
      ORA_KEY("U", ""), ORA_KEY("R", " AND target = @R AND d = @D"), NULL, ORA_KEY("P", "")},
     {NULL, "name = @N", "name = @N", "name = @N", NULL, "name = @N"}},
    {DIALECT_MSSQL,
     NULL,
     false,
     "1",
     "0",
     {MS_TABLE " IS NOT NULL", "COL_LENGTH(@Q, @N) IS NOT NULL",
      "EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = " MS_TABLE " AND name = @N)",
      "EXISTS (SELECT 1 FROM sys.objects WHERE parent_object_id = " MS_TABLE " AND name = @N)",
      "EXISTS (SELECT 1 FROM sys.tables WHERE schema_id = SCHEMA_ID(@S) AND is_ms_shipped = 0 AND name NOT IN (@L))",
      "EXISTS (SELECT 1 FROM sys.columns WHERE object_id = " MS_TABLE " AND name NOT IN (@L))", NULL},
     {"sys.columns WHERE object_id = " MS_TABLE,
      "sys.indexes WHERE object_id = " MS_TABLE " AND type > 0 AND is_primary_key = 0",
      "sys.key_constraints WHERE parent_object_id = " MS_TABLE " AND type = 'UQ'",
      "sys.foreign_keys WHERE parent_object_id = " MS_TABLE, "sys.check_constraints WHERE parent_object_id = " MS_TABLE,
      "sys.key_constraints WHERE parent_object_id = " MS_TABLE " AND type = 'PK'"},
     {NULL, MS_KEY("k.is_unique = @U"), MS_KEY("k.is_unique_constraint = 1"),
      "sys.foreign_keys AS k WHERE k.parent_object_id = " MS_TABLE " AND k.referenced_object_id = OBJECT_ID(@P) AND (SELECT "
      "STRING_AGG(c.name, N',') WITHIN GROUP (ORDER BY f.constraint_column_id) FROM sys.foreign_key_columns AS f JOIN "
      "sys.columns AS c ON c.object_id = f.parent_object_id AND c.column_id = f.parent_column_id WHERE "
      "f.constraint_object_id = k.object_id) = @K AND k.delete_referential_action_desc = @D AND "
      "k.update_referential_action_desc = @E",
      NULL, MS_KEY("k.is_primary_key = 1")},
     {NULL, "k.name = @N", "k.name = @N", "k.name = @N", NULL, "k.name = @N"}},
};

static const Catalogue *catalogue_of(const Frame *frame)
{
    size_t i = 0;
    while (i + 1 < sizeof catalogues / sizeof catalogues[0] && catalogues[i].dialect != frame->r->dialect->id)
        i++;
    return &catalogues[i];
}

// ---- the texts filled ----

static bool put_names(Frame *frame, const StrList *names, Str *sql)
{
    Arena *arena = frame->r->arena;
    const Dialect *d = frame->r->dialect;
    Buf out = buf_open(arena);
    for (size_t i = 0; i < names->count; i++) {
        Str name = names->items[i], text;
        if (!frame_literal(frame, d->id == DIALECT_ORACLE ? sql_dictionary_name(arena, d, name) : name, &text))
            return false;
        buf_addf(&out, "%s%.*s", i ? ", " : "", STR_ARGS(text));
    }
    *sql = buf_str(&out);
    return true;
}

static bool put_columns(Frame *frame, const StrList *names, Str *sql)
{
    Arena *arena = frame->r->arena;
    const Dialect *d = frame->r->dialect;
    StrList own = {0};
    for (size_t i = 0; i < names->count; i++)
        vec_push(arena, &own, d->id == DIALECT_ORACLE ? sql_dictionary_name(arena, d, names->items[i]) : names->items[i]);
    return frame_literal(frame, strlist_join(arena, &own, STR(",")), sql);
}

// What a foreign key does when its target goes or changes, in the catalogue's words.
static Str rule_of(Frame *frame, Str action)
{
    static const char *const letters[][2] = {
        {"CASCADE", "c"}, {"SET NULL", "n"}, {"SET DEFAULT", "d"}, {"RESTRICT", "r"}, {"NO ACTION", "a"}};
    Arena *arena = frame->r->arena;
    DialectId id = frame->r->dialect->id;
    bool mysql = id == DIALECT_MYSQL || id == DIALECT_MARIADB;
    action = action.len ? str_upper(arena, action) : STR("NO ACTION");
    for (size_t i = 0; id == DIALECT_POSTGRESQL && i < sizeof letters / sizeof letters[0]; i++)
        if (str_equal(action, str_from(letters[i][0])))
            return str_from(letters[i][1]);
    if (mysql && str_equal(action, STR("NO ACTION")))
        return STR("RESTRICT");
    return id == DIALECT_MSSQL ? str_replace(arena, action, STR(" "), STR("_")) : action;
}

static bool put_mark(Frame *frame, const Catalogue *catalogue, const CatalogueNames *n, char part, Str *sql)
{
    Arena *arena = frame->r->arena;
    const Dialect *d = frame->r->dialect;
    Str schema = n->schema.len ? n->schema : frame_pinned_schema(frame);
    bool dictionary = d->id == DIALECT_ORACLE;
    switch (part) {
    case 'Q': return frame_literal(frame, sql_qualified(arena, d, schema, n->table), sql);
    case 'S':
        *sql = catalogue->schema ? str_from(catalogue->schema) : STR_EMPTY;
        return (catalogue->schema && !n->schema.len) ||
               frame_literal(frame, dictionary ? sql_dictionary_name(arena, d, schema) : schema, sql);
    case 'T': return frame_literal(frame, dictionary ? sql_dictionary_name(arena, d, n->table) : n->table, sql);
    case 'L': return put_names(frame, &n->known, sql);
    case 'N': return frame_literal(frame, dictionary ? sql_dictionary_name(arena, d, n->name) : n->name, sql);
    case 'K': return put_columns(frame, &n->columns, sql);
    case 'U': *sql = str_from(n->is_unique ? catalogue->yes : catalogue->no); return true;
    case 'P':
        schema = n->target_schema.len ? n->target_schema : schema;
        return frame_literal(frame, sql_qualified(arena, d, schema, n->target), sql);
    case 'R': return frame_literal(frame, dictionary ? sql_dictionary_name(arena, d, n->target) : n->target, sql);
    case 'X': return put_names(frame, &n->left_out, sql);
    case 'D': return frame_literal(frame, rule_of(frame, n->on_delete), sql);
    case 'E': return frame_literal(frame, rule_of(frame, n->on_update), sql);
    default: return frame_literal(frame, str_format(arena, "CONSTRAINT %.*s ", STR_ARGS(n->name)), sql);
    }
}

static bool fill_in(Frame *frame, const Catalogue *catalogue, const CatalogueNames *names, const char *text, Str *filled)
{
    Buf out = buf_open(frame->r->arena);
    for (const char *p = text; *p; p++) {
        Str sql;
        if (*p != '@') {
            buf_add_char(&out, *p);
            continue;
        }
        if (!put_mark(frame, catalogue, names, *++p, &sql))
            return false;
        buf_add(&out, sql);
    }
    *filled = buf_str(&out);
    return true;
}

bool catalogue_has(Frame *frame, AssumedKind kind, const CatalogueNames *names, Str *condition, bool *counts)
{
    const Catalogue *catalogue = catalogue_of(frame);
    *counts = catalogue->counts;
    return fill_in(frame, catalogue, names, catalogue->kinds[kind], condition);
}

bool catalogue_part(Frame *frame, TablePart part, const CatalogueNames *names, Str *from)
{
    const Catalogue *catalogue = catalogue_of(frame);
    *from = STR_EMPTY;
    return !catalogue->parts[part] || fill_in(frame, catalogue, names, catalogue->parts[part], from);
}

bool catalogue_key(Frame *frame, TablePart part, const CatalogueNames *names, Str *from)
{
    const Catalogue *catalogue = catalogue_of(frame);
    Str named;
    if (!fill_in(frame, catalogue, names, catalogue->keys[part], from))
        return false;
    if (!names->name.len || !catalogue->named[part])
        return true;
    if (!fill_in(frame, catalogue, names, catalogue->named[part], &named))
        return false;
    *from = str_format(frame->r->arena, "%.*s AND %.*s", STR_ARGS(*from), STR_ARGS(named));
    return true;
}
