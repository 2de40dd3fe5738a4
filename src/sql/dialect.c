// The dialects, one const row each; everything that differs and can be data is here.
#include "sql_int.h"

static const char *const postgresql_clients[] = {"psql", "generic", NULL};
static const char *const sqlite_clients[] = {"sqlite3", "generic", NULL};

static const Dialect dialects[DIALECT_COUNT] = {
    [DIALECT_POSTGRESQL] =
        {
            .id = DIALECT_POSTGRESQL,
            .name = {"postgresql", 10},
            .title = {"PostgreSQL", 10},
            .default_minimum = 120000,
            .default_client = {"psql", 4},
            .clients = postgresql_clients,
            .reserved = postgresql_words,
            .quote_open = '"',
            .quote_close = '"',
            .max_identifier_bytes = 63,
            .escape = ESCAPE_E_STRING,
            .has_native_boolean = true,
            .has_transactional_ddl = true,
            .has_alter_constraint = true,
            .has_enum_types = true,
            .has_comments = true,
            .has_schemas_in_foreign_keys = true,
            .has_sequences = true,
            .type_specs = postgresql_types,
            .concat = "||",
        },
    [DIALECT_SQLITE] =
        {
            .id = DIALECT_SQLITE,
            .name = {"sqlite", 6},
            .title = {"SQLite", 6},
            .default_minimum = 3035000,
            .default_client = {"sqlite3", 7},
            .clients = sqlite_clients,
            .reserved = sqlite_words,
            .quote_open = '"',
            .quote_close = '"',
            .escape = ESCAPE_CHAR_CALL,
            .has_transactional_ddl = true,
            .type_specs = sqlite_types,
            .concat = "||",
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

// PostgreSQL numbers its versions 130002 (13.2), SQLite 3035004 (3.35.4).
static bool parse_version(const Dialect *dialect, Str text, int *version)
{
    long parts[3] = {0};
    size_t count = 0;
    while (text.len && count < 3) {
        Str part = str_cut(&text, '.');
        if (!part.len || part.len > 3)
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
    *version = dialect->id == DIALECT_POSTGRESQL ? (int)(parts[0] * 10000 + parts[1])
                                                 : (int)(parts[0] * 1000000 + parts[1] * 1000 + parts[2]);
    return true;
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
    if (name.len < text.len && !parse_version(*dialect, rest, minimum)) {
        diag_error(diag, SPAN_NONE, "\"%.*s\" is not a server version of %.*s", STR_ARGS(rest), STR_ARGS((*dialect)->title));
        diag_hint(diag, "Write it as in \"%s\".", (*dialect)->id == DIALECT_POSTGRESQL ? "postgresql:13" : "sqlite:3.35");
        return false;
    }
    return true;
}

Str dialect_version_text(Arena *arena, const Dialect *dialect, int version)
{
    if (dialect->id == DIALECT_POSTGRESQL)
        return version % 10000 ? str_format(arena, "%d.%d", version / 10000, version % 10000)
                               : str_format(arena, "%d", version / 10000);
    return str_format(arena, "%d.%d.%d", version / 1000000, version / 1000 % 1000, version % 1000);
}

static bool is_reserved(const Dialect *dialect, Str name)
{
    enum { LONGEST = 24 };
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
    if (!name.len || (name.ptr[0] >= '0' && name.ptr[0] <= '9') || name.ptr[0] == '$')
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
