// The dialects, one const row each; everything that differs and can be data is here.
#include "sql_int.h"

static const char *const postgresql_clients[] = {"psql", "generic", NULL};
static const char *const mysql_clients[] = {"mysql", "generic", NULL};
static const char *const mariadb_clients[] = {"mariadb", "generic", NULL};
static const char *const sqlite_clients[] = {"sqlite3", "generic", NULL};
static const char *const oracle_clients[] = {"sqlplus", "generic", NULL};
static const char *const mssql_clients[] = {"sqlcmd", "generic", NULL};

// Source: SQLAlchemy 2.0.52's SQL compilers (visit_*_binary of each dialect).
#define LOWERED_LIKE                                                                                                        \
    {EXPR_OP_ILIKE, "lower(", ") LIKE lower(", ")"},                                                                        \
    {                                                                                                                       \
        EXPR_OP_NOT_ILIKE, "lower(", ") NOT LIKE lower(", ")"                                                               \
    }

static const OperatorForm postgresql_operators[] = {{EXPR_OP_ADD, NULL, NULL, NULL}};
static const OperatorForm mysql_operators[] = {
    LOWERED_LIKE,
    {EXPR_OP_CONCAT, "concat(", ", ", ")"},
    {EXPR_OP_IS_DISTINCT, "NOT (", " <=> ", ")"},
    {EXPR_OP_IS_NOT_DISTINCT, "", " <=> ", ""},
    {EXPR_OP_REGEXP, "", " REGEXP ", ""},
    {EXPR_OP_NOT_REGEXP, "", " NOT REGEXP ", ""},
    {EXPR_OP_BIT_XOR, "", " ^ ", ""},
    {EXPR_OP_ADD, NULL, NULL, NULL},
};
static const OperatorForm sqlite_operators[] = {
    LOWERED_LIKE,
    {EXPR_OP_IS_DISTINCT, "", " IS NOT ", ""},
    {EXPR_OP_IS_NOT_DISTINCT, "", " IS ", ""},
    {EXPR_OP_ADD, NULL, NULL, NULL},
};
static const OperatorForm oracle_operators[] = {
    LOWERED_LIKE,
    {EXPR_OP_MOD, "mod(", ", ", ")"},
    {EXPR_OP_IS_DISTINCT, "DECODE(", ", ", ", 0, 1) = 1"},
    {EXPR_OP_IS_NOT_DISTINCT, "DECODE(", ", ", ", 0, 1) = 0"},
    {EXPR_OP_REGEXP, "REGEXP_LIKE(", ", ", ")"},
    {EXPR_OP_NOT_REGEXP, "NOT REGEXP_LIKE(", ", ", ")"},
    {EXPR_OP_BIT_AND, "BITAND(", ", ", ")"},
    {EXPR_OP_ADD, NULL, NULL, NULL},
};
static const OperatorForm mssql_operators[] = {
    LOWERED_LIKE,
    {EXPR_OP_CONCAT, "", " + ", ""},
    {EXPR_OP_IS_DISTINCT, "NOT EXISTS (SELECT ", " INTERSECT SELECT ", ")"},
    {EXPR_OP_IS_NOT_DISTINCT, "EXISTS (SELECT ", " INTERSECT SELECT ", ")"},
    {EXPR_OP_BIT_XOR, "", " ^ ", ""},
    {EXPR_OP_ADD, NULL, NULL, NULL},
};

// Source: SQLAlchemy 2.0.52's compilers, visit_*_func.
static const char *const mysql_functions[][2] = {{"random", "rand"}, {NULL, NULL}};
static const char *const sqlite_functions[][2] = {{"char_length", "length"}, {NULL, NULL}};
static const char *const oracle_functions[][2] = {{"char_length", "LENGTH"}, {"substring", "SUBSTR"}, {NULL, NULL}};
static const char *const mssql_functions[][2] = {{"length", "LEN"}, {"char_length", "LEN"}, {NULL, NULL}};

// What MySQL and MariaDB have in common.
#define MYSQL_FAMILY                                                                                                        \
    .version_parts = {10000, 100, 1}, .quote_open = '`', .quote_close = '`', .quoted_first = "0123456789$",                 \
    .max_identifier_length = 64, .escape = ESCAPE_BACKSLASH, .bytes_open = "X'", .bytes_close = "'", .true_text = "true",   \
    .false_text = "false", .doubles_backslashes = true, .operators = mysql_operators, .cast_specs = mysql_casts,            \
    .alias_word = " AS ", .functions = mysql_functions, .join_word = " INNER JOIN ", .from_nothing = "",                    \
    .now_text = "now()", .empty_row = " () VALUES ()", .with_follows_insert = true, .limit = LIMIT_COMMA,                   \
    .many_tables = MANY_LIST, .has_rows_in_expressions = true, .divides_exactly = true, .has_for_update = true,             \
    .except_word = "EXCEPT", .settings = mysql_settings, .terminator = ";", .alter = ALTER_WHOLE, .grow = GROW_KEYWORD,     \
    .comments = COMMENT_INLINE, .index = INDEX_ON_TABLE, .has_alter_constraint = true, .has_inline_enums = true,            \
    .has_on_update = true, .has_restrict = true, .has_no_action = true, .has_schemas_in_foreign_keys = true,                \
    .has_schemas = true, .has_checks_inline = true

static const Dialect dialects[DIALECT_COUNT] = {
    [DIALECT_POSTGRESQL] =
        {
            .id = DIALECT_POSTGRESQL,
            .driver_params = DRIVER_PERCENT,
            .name = {"postgresql", 10},
            .title = {"PostgreSQL", 10},
            .version_parts = {10000, 1, 0},
            .version_example = "13",
            .default_minimum = 120000,
            .oldest = 90500,
            .default_client = {"psql", 4},
            .clients = postgresql_clients,
            .settings = postgresql_settings,
            .reserved = postgresql_words,
            .quote_open = '"',
            .quote_close = '"',
            .quoted_first = "0123456789$",
            .max_identifier_length = 63,
            .cuts_long_names = true,
            .identifier_length_in_bytes = true,
            .escape = ESCAPE_E_STRING,
            .bytes_open = "'\\x",
            .bytes_close = "'::bytea",
            .true_text = "true",
            .false_text = "false",
            .has_native_boolean = true,
            .operators = postgresql_operators,
            .type_specs = postgresql_types,
            .join_word = " JOIN ",
            .alias_word = " AS ",
            .from_nothing = "",
            .now_text = "now()",
            .empty_row = " DEFAULT VALUES",
            .has_with_changes = true,
            .limit = LIMIT_OFFSET,
            .has_nulls_order = true,
            .many_tables = MANY_FROM,
            .has_rows_in_expressions = true,
            .has_for_update = true,
            .quotes_collations = true,
            .except_word = "EXCEPT",
            .next_value = "nextval('%s')",
            .has_transactional_ddl = true,
            .begin_text = "BEGIN;",
            .commit_text = "COMMIT;",
            .terminator = ";",
            .alter = ALTER_EACH,
            .grow = GROW_SERIAL,
            .comments = COMMENT_STATEMENT,
            .index = INDEX_OF_TABLE,
            .has_alter_constraint = true,
            .has_enum_types = true,
            .has_identity = true,
            .has_deferrable = true,
            .has_match = true,
            .has_on_update = true,
            .has_restrict = true,
            .has_no_action = true,
            .has_if_exists_in_alter = true,
            .has_schemas = true,
            .has_schemas_in_foreign_keys = true,
            .has_checks_inline = true,
        },
    [DIALECT_MYSQL] =
        {
            .id = DIALECT_MYSQL,
            .driver_params = DRIVER_PERCENT,
            .name = {"mysql", 5},
            .title = {"MySQL", 5},
            .version_example = "8.0.16",
            .has_with_changes = true,
            .with_since = 80001,
            .default_minimum = 80016,
            .checks_since = 80016,
            .oldest = 50700,
            .default_client = {"mysql", 5},
            .clients = mysql_clients,
            .reserved = mysql_words,
            .type_specs = mysql_types,
            MYSQL_FAMILY,
        },
    [DIALECT_MARIADB] =
        {
            .id = DIALECT_MARIADB,
            .driver_params = DRIVER_PERCENT,
            .name = {"mariadb", 7},
            .title = {"MariaDB", 7},
            .kin = {"mysql", 5},
            .version_example = "10.6",
            .default_minimum = 100502,   // RENAME COLUMN
            .oldest = 100300,
            .default_client = {"mariadb", 7},
            .clients = mariadb_clients,
            .reserved = mariadb_words,
            .type_specs = mariadb_types,
            .next_value = "nextval(%s)",
            .has_if_exists_in_alter = true,
            MYSQL_FAMILY,
        },
    [DIALECT_SQLITE] =
        {
            .id = DIALECT_SQLITE,
            .driver_params = DRIVER_QUESTION_OR_NAME,
            .name = {"sqlite", 6},
            .title = {"SQLite", 6},
            .version_parts = {1000000, 1000, 1},
            .version_example = "3.35",
            .default_minimum = 3035000,
            .oldest = 3024000,
            .default_client = {"sqlite3", 7},
            .clients = sqlite_clients,
            .settings = no_settings,
            .reserved = sqlite_words,
            .quote_open = '"',
            .quote_close = '"',
            .quoted_first = "0123456789$",
            .escape = ESCAPE_CHAR_CALL,
            .bytes_open = "X'",
            .bytes_close = "'",
            .true_text = "1",
            .false_text = "0",
            .operators = sqlite_operators,
            .type_specs = sqlite_types,
            .functions = sqlite_functions,
            .join_word = " JOIN ",
            .alias_word = " AS ",
            .from_nothing = "",
            .now_text = "CURRENT_TIMESTAMP",
            .empty_row = " DEFAULT VALUES",
            .has_with_changes = true,
            .limit = LIMIT_OFFSET,
            .has_nulls_order = true,
            .many_tables = MANY_FROM,
            .many_tables_since = 3033000,
            .has_rows_in_expressions = true,
            .quotes_collations = true,
            .except_word = "EXCEPT",
            .has_transactional_ddl = true,
            .terminator = ";",
            .alter = ALTER_REBUILD,
            .drop_column_since = 3035000,
            .rename_column_since = 3025000,
            .computed_since = 3031000,
            .grow = GROW_NONE,
            .comments = COMMENT_NONE,
            .index = INDEX_IN_SCHEMA,
            .has_deferrable = true,
            .has_match = true,
            .has_on_update = true,
            .has_restrict = true,
            .has_no_action = true,
            .has_checks_inline = true,
        },
    [DIALECT_ORACLE] =
        {
            .id = DIALECT_ORACLE,
            .driver_params = DRIVER_COLON,
            .name = {"oracle", 6},
            .title = {"Oracle", 6},
            .version_parts = {100, 1, 0},
            .version_example = "12.2",
            .default_minimum = 1900,
            .oldest = 1201,
            .default_client = {"sqlplus", 7},
            .clients = oracle_clients,
            .settings = no_settings,
            .reserved = oracle_words,
            .quote_open = '"',
            .quote_close = '"',
            .quoted_first = "0123456789$_",
            .max_identifier_length = 128,
            .identifier_length_in_bytes = true,
            .escape = ESCAPE_CHR_CALL,
            .bytes_open = "HEXTORAW('",
            .bytes_close = "')",
            .true_text = "1",
            .false_text = "0",
            .operators = oracle_operators,
            .type_specs = oracle_types,
            .functions = oracle_functions,
            .join_word = " JOIN ",
            .alias_word = " ",
            .from_nothing = " FROM DUAL",
            .now_text = "CURRENT_TIMESTAMP",
            .limit = LIMIT_FETCH,
            .has_nulls_order = true,
            .many_tables = MANY_SUBQUERY,
            .with_follows_insert = true,
            .has_rows_in_expressions = true,
            .divides_exactly = true,
            .has_for_update = true,
            .quotes_collations = true,
            .except_word = "MINUS",
            .next_value = "%s.nextval",
            .terminator = "",
            .separator = "/",
            .max_line_bytes = 2000,
            .alter = ALTER_MODIFY,
            .grow = GROW_NONE,
            .comments = COMMENT_STATEMENT,
            .index = INDEX_BOTH,
            .has_alter_constraint = true,
            .has_identity = true,
            .has_deferrable = true,
            .has_if_exists_in_alter = true,
            .has_schemas_in_foreign_keys = true,
        },
    [DIALECT_MSSQL] =
        {
            .id = DIALECT_MSSQL,
            .driver_params = DRIVER_QUESTION,
            .name = {"mssql", 5},
            .title = {"SQL Server", 10},
            .version_parts = {1, 0, 0},
            .version_example = "2019",
            .default_minimum = 2017,
            .oldest = 2012,
            .default_client = {"sqlcmd", 6},
            .clients = mssql_clients,
            .settings = mssql_settings,
            .reserved = mssql_words,
            .quote_open = '[',
            .quote_close = ']',
            .quoted_first = "0123456789$",
            .max_identifier_length = 128,
            .escape = ESCAPE_NCHAR_CALL,
            .bytes_open = "0x",
            .bytes_close = "",
            .true_text = "1",
            .false_text = "0",
            .operators = mssql_operators,
            .type_specs = mssql_types,
            .functions = mssql_functions,
            .join_word = " JOIN ",
            .alias_word = " AS ",
            .from_nothing = "",
            .now_text = "CURRENT_TIMESTAMP",
            .empty_row = " DEFAULT VALUES",
            .has_with_changes = true,
            .limit = LIMIT_TOP,
            .many_tables = MANY_FROM_SELF,
            .except_word = "EXCEPT",
            .next_value = "NEXT VALUE FOR %s",
            .has_transactional_ddl = true,
            .begin_text = "BEGIN TRANSACTION;",
            .commit_text = "COMMIT;\n\nGO",
            .terminator = ";",
            .separator = "GO",
            .alter = ALTER_TYPE_NULL,
            .grow = GROW_IDENTITY,
            .comments = COMMENT_PROPERTY,
            .index = INDEX_ON_TABLE,
            .has_alter_constraint = true,
            .has_identity = true,
            .has_on_update = true,
            .has_no_action = true,
            .has_if_exists_in_alter = true,
            .has_schemas = true,
            .has_schemas_in_foreign_keys = true,
        },
};

const Dialect *dialect_at(size_t index)
{
    return index < DIALECT_COUNT ? &dialects[index] : NULL;
}

const Dialect *dialect_find(Str name)
{
    for (size_t i = 0; i < DIALECT_COUNT; i++)
        if (str_equal(dialects[i].name, name))
            return &dialects[i];
    return NULL;
}

static bool parse_version(const Dialect *dialect, Str text, int *version)
{
    int parts[3] = {0};
    size_t count = 0;
    while (text.len && count < 3) {
        Str part = str_cut(&text, '.');
        if (!part.len || part.len > 4 || (count > 0 && part.len > 3) || !dialect->version_parts[count])
            return false;
        for (size_t i = 0; i < part.len; i++) {
            if (part.ptr[i] < '0' || part.ptr[i] > '9')
                return false;
            parts[count] = parts[count] * 10 + (part.ptr[i] - '0');
        }
        count++;
    }
    if (!count || text.len)
        return false;
    *version = 0;
    for (size_t i = 0; i < 3; i++)
        *version += parts[i] * dialect->version_parts[i];
    return true;
}

// "19c" is how Oracle writes its versions.
static Str version_number(const Dialect *dialect, Str text)
{
    char last = text.len ? text.ptr[text.len - 1] : '0';
    bool letter = dialect->id == DIALECT_ORACLE && text.len > 2 && (last == 'c' || last == 'g');
    return letter ? str_slice(text, 0, text.len - 1)
                  : (dialect->id == DIALECT_ORACLE && text.len > 3 &&
                             str_equal(str_slice(text, text.len - 2, text.len), STR("ai"))
                         ? str_slice(text, 0, text.len - 2)
                         : text);
}

bool dialect_parse(Diag *diag, Str text, const Dialect **dialect, int *minimum)
{
    Str rest = text, name = str_cut(&rest, ':');
    *dialect = dialect_find(name);
    if (!*dialect) {
        Buf names = buf_open(diag->arena);
        for (size_t i = 0; i < DIALECT_COUNT; i++)
            buf_addf(&names, "%s%.*s", i ? ", " : "", STR_ARGS(dialects[i].name));
        diag_error(diag, SPAN_NONE, "unknown dialect \"%.*s\"", STR_ARGS(name));
        diag_hint(diag, "Dialects: %.*s.", STR_ARGS(buf_str(&names)));
        return false;
    }
    *minimum = (*dialect)->default_minimum;
    if (name.len == text.len)
        return true;
    if (!parse_version(*dialect, version_number(*dialect, rest), minimum)) {
        diag_error(diag, SPAN_NONE, "\"%.*s\" is not a server version of %.*s", STR_ARGS(rest), STR_ARGS((*dialect)->title));
        diag_hint(diag, "Write it as in \"%.*s:%s\".", STR_ARGS(name), (*dialect)->version_example);
        return false;
    }
    if (*minimum < (*dialect)->oldest) {
        diag_error(diag, SPAN_NONE, "%.*s %.*s is older than any version that is rendered for", STR_ARGS((*dialect)->title),
                   STR_ARGS(rest));
        diag_hint(diag, "The oldest is %.*s.", STR_ARGS(dialect_version_text(diag->arena, *dialect, (*dialect)->oldest)));
        return false;
    }
    return true;
}

Str dialect_version_text(Arena *arena, const Dialect *dialect, int version)
{
    const int *parts = dialect->version_parts;
    int major = version / parts[0], rest = version % parts[0];
    if (!parts[1] || (!parts[2] && !rest))
        return str_format(arena, "%d", major);
    if (!parts[2])
        return str_format(arena, "%d.%d", major, rest / parts[1]);
    return str_format(arena, "%d.%d.%d", major, rest / parts[1], rest % parts[1]);
}

static bool is_reserved(const Dialect *dialect, Str name)
{
    enum { LONGEST = 32 };
    char lower[LONGEST];
    if (name.len >= LONGEST)
        return false;
    for (size_t i = 0; i < name.len; i++)
        lower[i] = (char)(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? name.ptr[i] + 32 : name.ptr[i]);
    for (const char *const *word = dialect->reserved; *word; word++) {
        if (**word < lower[0])
            continue;
        if (**word > lower[0])
            return false;
        if (strlen(*word) == name.len && memcmp(*word, lower, name.len) == 0)
            return true;
    }
    return false;
}

// Source: SQLAlchemy 2.0 sql/compiler.py, IdentifierPreparer._requires_quotes.
static bool needs_quotes(const Dialect *dialect, Str name)
{
    if (!name.len || strchr(dialect->quoted_first, name.ptr[0]))
        return true;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '$'))
            return true;
    }
    return is_reserved(dialect, name);
}

Str sql_name(Arena *arena, const Dialect *dialect, Str name)
{
    if (!needs_quotes(dialect, name))
        return name;
    Buf out = buf_open(arena);
    buf_add_char(&out, dialect->quote_open);
    for (size_t i = 0; i < name.len; i++) {
        buf_add_char(&out, name.ptr[i]);
        if (name.ptr[i] == dialect->quote_close)
            buf_add_char(&out, dialect->quote_close);
    }
    buf_add_char(&out, dialect->quote_close);
    return buf_str(&out);
}

Str sql_qualified(Arena *arena, const Dialect *dialect, Str schema, Str name)
{
    Str quoted = sql_name(arena, dialect, name);
    if (!schema.len)
        return quoted;
    return str_format(arena, "%.*s.%.*s", STR_ARGS(sql_name(arena, dialect, schema)), STR_ARGS(quoted));
}

Str sql_dictionary_name(Arena *arena, const Dialect *dialect, Str name)
{
    return str_equal(sql_name(arena, dialect, name), name) ? str_upper(arena, name) : name;
}

Str unquoted_name(Arena *arena, const Dialect *dialect, Str text)
{
    Str quote = str_format(arena, "%c%c", dialect->quote_close, dialect->quote_close);
    return str_replace(arena, text, quote, str_slice(quote, 0, 1));
}
