// The names a server gives to what was left unnamed, so that a later drop by name finds it; names changed inside SQL text.
#include "sql_int.h"

// Source: PostgreSQL 15 src/backend/commands/indexcmds.c, makeObjectName: "table_columns_label", cut to 63 bytes by
// shortening the longer of the two names, on character boundaries.
static Str postgresql_name(Arena *arena, Str table, Str columns, const char *label)
{
    enum { LONGEST = 63 };
    size_t overhead = strlen(label) + 1 + (columns.len ? 1 : 0);
    while (table.len + columns.len + overhead > LONGEST) {
        Str *longer = table.len > columns.len ? &table : &columns;
        longer->len--;
    }
    while (table.len && ((unsigned char)table.ptr[table.len] & 0xc0) == 0x80 && utf8_check(table) != SIZE_MAX)
        table.len--;
    while (columns.len && utf8_check(columns) != SIZE_MAX)
        columns.len--;
    return columns.len ? str_format(arena, "%.*s_%.*s_%s", STR_ARGS(table), STR_ARGS(columns), label)
                       : str_format(arena, "%.*s_%s", STR_ARGS(table), label);
}

static bool is_taken(const Table *table, Str name)
{
    for (size_t i = 0; i < table->constraints.count; i++)
        if (str_equal(table->constraints.items[i]->name, name) ||
            str_equal(table->constraints.items[i]->server_name, name) ||
            str_equal(table->constraints.items[i]->usual_name, name))
            return true;
    for (size_t i = 0; i < table->indexes.count; i++)
        if (str_equal(table->indexes.items[i]->name, name))
            return true;
    return false;
}

static Str postgresql_constraint_name(Arena *arena, const Table *table, const Constraint *constraint)
{
    static const char *const labels[] = {"pkey", "key", "fkey", "check", "excl"};
    Str columns = strlist_join(arena, &constraint->columns, STR("_"));
    if (constraint->kind == CONSTRAINT_PRIMARY)
        columns = STR_EMPTY;
    if (constraint->kind == CONSTRAINT_CHECK)
        columns = constraint->column;
    Str name = postgresql_name(arena, table->name, columns, labels[constraint->kind]);
    for (int pass = 1; is_taken(table, name); pass++) {
        Str label = str_format(arena, "%s%d", labels[constraint->kind], pass);
        name = postgresql_name(arena, table->name, columns, str_cstr(arena, label));
    }
    return name;
}

// The number after `stem` in a name, of nine digits at most; 0: it has none.
static int number_after(Str name, Str stem)
{
    int number = 0;
    if (!str_starts(name, stem) || name.len - stem.len > 9)
        return 0;
    for (size_t i = stem.len; i < name.len; i++) {
        if (name.ptr[i] < '0' || name.ptr[i] > '9')
            return 0;
        number = number * 10 + (name.ptr[i] - '0');
    }
    return number;
}

// "stem" and one more than the highest number that a constraint of the table has after it: a gap is not filled.
static Str counted_on(Arena *arena, const Table *table, Str stem)
{
    int highest = 0;
    for (size_t i = 0; i < table->constraints.count; i++) {
        const Constraint *c = table->constraints.items[i];
        int number = number_after(c->name.len ? c->name : c->server_name, stem);
        highest = number > highest ? number : highest;
    }
    return str_format(arena, "%.*s%d", STR_ARGS(stem), highest + 1);
}

// "stem" and the first number from `first` on that is free.
static Str numbered(Arena *arena, const Table *table, Str stem, int first)
{
    for (int n = first;; n++) {
        Str name = str_format(arena, "%.*s%d", STR_ARGS(stem), n);
        if (!is_taken(table, name))
            return name;
    }
}

// Source: MySQL 8.0 sql/sql_table.cc (make_unique_key_name, generate_fk_name, prepare_check_constraints_for_create); MariaDB
// 10.11 sql/sql_table.cc, mysql_prepare_create_table.
static Str mysql_constraint_name(Arena *arena, const Dialect *dialect, const Table *table, const Constraint *constraint)
{
    Str column = constraint->columns.count ? constraint->columns.items[0] : STR_EMPTY;
    switch (constraint->kind) {
    case CONSTRAINT_PRIMARY: return STR("PRIMARY");
    case CONSTRAINT_UNIQUE:
        return !is_taken(table, column) && !str_equal_fold(column, STR("PRIMARY"))
                   ? column
                   : numbered(arena, table, str_format(arena, "%.*s_", STR_ARGS(column)), 2);
    case CONSTRAINT_FOREIGN: return counted_on(arena, table, str_format(arena, "%.*s_ibfk_", STR_ARGS(table->name)));
    case CONSTRAINT_CHECK:
        if (dialect->id == DIALECT_MYSQL)
            return counted_on(arena, table, str_format(arena, "%.*s_chk_", STR_ARGS(table->name)));
        return constraint->is_inline ? STR_EMPTY : numbered(arena, table, STR("CONSTRAINT_"), 1);
    case CONSTRAINT_EXCLUDE: break;
    }
    return STR_EMPTY;
}

Str sql_constraint_name(Arena *arena, const Dialect *dialect, const Table *table, const Constraint *constraint)
{
    switch (dialect->id) {
    case DIALECT_POSTGRESQL: return postgresql_constraint_name(arena, table, constraint);
    case DIALECT_MYSQL:
    case DIALECT_MARIADB: return mysql_constraint_name(arena, dialect, table, constraint);
    case DIALECT_SQLITE:   // leaves them unnamed
    case DIALECT_ORACLE:   // the server's choice: SYS_C0012345, UQ__t__3BD0198E5A3C1F2D
    case DIALECT_MSSQL:
    case DIALECT_COUNT: break;
    }
    return STR_EMPTY;
}

Str sql_usual_name(Arena *arena, const Dialect *dialect, const Table *table, const Constraint *constraint)
{
    return dialect->id == DIALECT_SQLITE ? postgresql_constraint_name(arena, table, constraint) : STR_EMPTY;
}

Str sql_rename(Arena *arena, const Dialect *dialect, Str text, Str from, Str to)
{
    Buf out = buf_open(arena);
    size_t copied = 0;
    bool plain = str_equal(sql_name(arena, dialect, from), from);   // a name that needs quotes never stands without them
    for (SqlToken t = sql_token(dialect, text, 0), next; t.kind != TOKEN_END && t.kind != TOKEN_BAD; t = next) {
        next = sql_token(dialect, text, t.end);
        bool call = next.kind == TOKEN_PUNCT && text.ptr[next.start] == '(' && t.kind == TOKEN_WORD && next.start == t.end;
        bool parameter = t.start > 0 && text.ptr[t.start - 1] == ':';   // also the type of a cast
        bool same = t.kind == TOKEN_QUOTED ? str_equal(unquoted_name(arena, dialect, t.text), from)
                                           : t.kind == TOKEN_WORD && plain && !call && str_equal_fold(t.text, from);
        if (!same || parameter)
            continue;
        buf_add(&out, str_slice(text, copied, t.start));
        buf_add(&out, sql_name(arena, dialect, to));
        copied = t.end;
    }
    if (!copied)
        return text;
    buf_add(&out, str_slice(text, copied, text.len));
    return buf_str(&out);
}
