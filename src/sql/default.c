// Server defaults, as they stand after DEFAULT.
#include "sql_int.h"

static bool is_word(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
              (unsigned char)c > 0x7f))
            return false;
    }
    return true;
}

// SQLite takes an expression as a default only in parentheses.
// Source: SQLAlchemy 2.0.52 dialects/sqlite/base.py, get_column_specification.
static bool sqlite_groups(const Expr *expr, Str sql)
{
    Str trimmed = str_trim(sql);
    bool literal = expr->kind == EXPR_LITERAL && str_find(sql, STR("||"), 0) == SIZE_MAX && !str_starts(sql, STR("char("));
    char first = trimmed.len ? trimmed.ptr[0] : '(';
    bool quoted = first == '(' || ((first == '\'' || first == '"') && expr->kind != EXPR_LITERAL);
    return !literal && !quoted && !is_word(sql);
}

static bool starts_fold(Str text, const char *word)
{
    Str head = str_from(word);
    return text.len >= head.len && str_equal_fold(str_slice(text, 0, head.len), head);
}

static bool is_number(Str text)
{
    size_t digits = 0, i = text.len && (text.ptr[0] == '-' || text.ptr[0] == '+');
    for (; i < text.len; i++) {
        if (!((text.ptr[i] >= '0' && text.ptr[i] <= '9') || text.ptr[i] == '.'))
            return false;
        digits++;
    }
    return digits > 0;
}

// A literal alone, from its first character to its last.
static bool is_one_text(const Dialect *dialect, Str text)
{
    SqlToken token = sql_token(dialect, text, 0);
    return token.kind == TOKEN_STRING && sql_token(dialect, text, token.end).kind == TOKEN_END;
}

bool sql_is_large_on_mysql(const Type *given)
{
    static const TypeKind large[] = {TYPE_TEXT,         TYPE_UNICODE_TEXT, TYPE_SQL_TEXT,      TYPE_SQL_CLOB,
                                     TYPE_ORA_NCLOB,    TYPE_MY_TINYTEXT,  TYPE_MY_MEDIUMTEXT, TYPE_MY_LONGTEXT,
                                     TYPE_LARGE_BINARY, TYPE_SQL_BLOB,     TYPE_MY_TINYBLOB,   TYPE_MY_MEDIUMBLOB,
                                     TYPE_MY_LONGBLOB,  TYPE_PICKLE};
    const Type *type = type_for(given, STR("mysql"));
    for (size_t i = 0; type && i < sizeof large / sizeof large[0]; i++)
        if (type->kind == large[i])
            return true;
    return type_family(type) == FAMILY_JSON;
}

// MySQL takes an expression as a default only in parentheses, and so a literal of a TEXT, BLOB or JSON column; the time of
// now stands bare, with ON UPDATE behind it. MariaDB takes both bare.
// Source: MySQL 8.0 Reference Manual 13.6, "Data Type Default Values".
static bool mysql_groups(const Dialect *dialect, const Type *given, Str sql)
{
    const Type *type = type_for(given, dialect->name);
    TypeFamily family = type_family(type);
    Str trimmed = str_trim(sql);
    if (!trimmed.len || trimmed.ptr[0] == '(' || str_equal_fold(trimmed, STR("NULL")))
        return false;
    if (sql_is_large_on_mysql(type))
        return true;
    bool time = family == FAMILY_DATETIME || family == FAMILY_INTERVAL;
    bool now = starts_fold(trimmed, "now(") || starts_fold(trimmed, "CURRENT_TIMESTAMP") ||
               starts_fold(trimmed, "LOCALTIME");
    if (now)
        return !time;
    bool hex = starts_fold(trimmed, "X'") || starts_fold(trimmed, "_utf8mb4 X'") || starts_fold(trimmed, "b'") ||
               starts_fold(trimmed, "0x");
    bool constant = is_number(trimmed) || is_one_text(dialect, trimmed) || hex || str_equal_fold(trimmed, STR("true")) ||
                    str_equal_fold(trimmed, STR("false"));
    return !constant;
}

// A text put together of pieces: DEFAULT 'a'+CHAR(10) is read up to its sign by some parsers of T-SQL.
static bool mssql_groups(Str sql)
{
    size_t at = str_starts(sql, STR("N'")) ? 1 : 0;
    return sql.len > at && sql.ptr[at] == '\'' && str_find(sql, STR("'+"), at) != SIZE_MAX;
}

bool sql_default(Arena *arena, Diag *diag, const SqlStyle *style, const Expr *expr, const Type *type, Str *sql)
{
    Map labels;
    Buf out = buf_open(arena);
    Writer w = writer_open(arena, diag, style, expr->at, &out, &labels);
    w.unqualified = true;
    if (!write_expr(&w, expr))
        return false;
    *sql = buf_str(&out);
    const Dialect *dialect = style->dialect;
    bool mysql = dialect->id == DIALECT_MYSQL && style->minimum >= 80013;
    bool groups = dialect->id == DIALECT_SQLITE  ? sql->len && sqlite_groups(expr, *sql)
                  : dialect->id == DIALECT_MSSQL ? mssql_groups(*sql)
                                                 : mysql && mysql_groups(dialect, type, *sql);
    if (groups)
        *sql = str_format(arena, "(%.*s)", STR_ARGS(*sql));
    return true;
}
