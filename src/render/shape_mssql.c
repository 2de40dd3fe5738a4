// SQL Server: ALTER COLUMN says type and nullability together, and the collation that it does not say is the database's. A
// default is a constraint of its own, which a change of type drops and makes again from the model. sys.columns is asked
// whether the column is so; of a default that is no plain literal, only whether there is one.
#include "frame_int.h"

static void ask(Buf *out, Str condition)
{
    buf_addf(out, "%s%.*s", out->len ? " AND " : "", STR_ARGS(condition));
}

// The number or word between the parentheses behind a type's name; empty: none.
static Str option(Str options, size_t index)
{
    Str inner = options.len > 2 ? str_slice(options, 1, options.len - 1) : STR_EMPTY, part = STR_EMPTY;
    for (size_t i = 0; i <= index; i++)
        part = str_trim(str_cut(&inner, ','));
    return part;
}

static void ask_type(Frame *frame, Buf *out, Str type)
{
    static const char *const words[][2] = {{"integer", "int"}, {"double precision", "float"}, {"dec", "decimal"}};
    static const char *const sized[] = {"varchar", "nvarchar", "char", "nchar", "varbinary", "binary", NULL};
    static const char *const exact[] = {"decimal", "numeric", NULL};
    static const char *const times[] = {"datetime2", "datetimeoffset", "time", NULL};
    static const char *const plain[] = {
        "int",  "bigint",      "smallint", "tinyint", "bit",   "money",         "smallmoney", "float",
        "real", "date",        "datetime", "text",    "ntext", "smalldatetime", "image",      "uniqueidentifier",
        "xml",  "sql_variant", NULL};
    Arena *arena = frame->r->arena;
    type = str_lower(arena, type);
    size_t collate = str_find(type, STR(" collate "), 0);
    type = str_slice(type, 0, collate == SIZE_MAX ? type.len : collate);
    size_t open = str_find_char(type, '(', 0);
    Str name = str_trim(str_slice(type, 0, open == SIZE_MAX ? type.len : open));
    Str options = open == SIZE_MAX ? STR_EMPTY : str_slice(type, open, type.len), first = option(options, 0);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_equal(name, str_from(words[i][0])))
            name = str_from(words[i][1]);
    bool is_sized = str_is_one_of(name, sized), is_exact = str_is_one_of(name, exact), is_time = str_is_one_of(name, times);
    // what else there is, a revision's own words for it, is left to the server; FLOAT(24) is REAL
    if (!is_sized && !is_exact && !is_time && (!str_is_one_of(name, plain) || options.len))
        return;
    ask(out, str_format(arena, "TYPE_NAME(c.system_type_id) = N'%.*s'", STR_ARGS(name)));
    if (is_sized && str_equal(first, STR("max")))
        ask(out, STR("c.max_length = -1"));
    else if (is_sized)
        ask(out, str_format(arena, "c.max_length = %s%.*s", str_starts(name, STR("n")) ? "2 * " : "",
                            STR_ARGS(first.len ? first : STR("1"))));
    Str scale = option(options, 1);
    if (is_exact)
        ask(out, str_format(arena, "c.precision = %.*s AND c.scale = %.*s", STR_ARGS(first.len ? first : STR("18")),
                            STR_ARGS(scale.len ? scale : STR("0"))));
    if (is_time)
        ask(out, str_format(arena, "c.scale = %.*s", STR_ARGS(first.len ? first : STR("7"))));
}

static bool ask_default(Frame *frame, Buf *out, const Column *column)
{
    static const char digits[] = "0123456789.-";
    Arena *arena = frame->r->arena;
    Str text, sql;
    if (!column->default_) {
        ask(out, STR("c.default_object_id = 0"));
        return true;
    }
    if (!sql_default(arena, frame->diag, frame->r->style, column->default_, column->type, &text))
        return false;
    size_t quotes = 0, numeric = 0;
    for (size_t i = 0; i < text.len; i++) {
        quotes += text.ptr[i] == '\'';
        numeric += strchr(digits, text.ptr[i]) != NULL;
    }
    bool is_text = quotes == 2 && (str_starts(text, STR("'")) || str_starts(text, STR("N'"))) && str_ends(text, STR("'"));
    if (!is_text && (!text.len || numeric < text.len)) {
        ask(out, STR("c.default_object_id <> 0"));
        return true;
    }
    // the server keeps ('x') and ((7))
    text = is_text ? str_slice(text, str_find_char(text, '\'', 0), text.len) : text;
    text = str_replace(arena, str_replace(arena, text, STR("("), STR_EMPTY), STR(")"), STR_EMPTY);
    if (!frame_literal(frame, text, &sql))
        return false;
    ask(out, str_format(arena,
                        "REPLACE(REPLACE(REPLACE(OBJECT_DEFINITION(c.default_object_id), N'(', N''), N')', N''), N'N''', "
                        "N'''') = %.*s COLLATE Latin1_General_BIN2",
                        STR_ARGS(sql)));
    return true;
}

static bool ask_collation(Frame *frame, Buf *out, const Type *type)
{
    Arena *arena = frame->r->arena;
    Str sql = STR("CAST(DATABASEPROPERTYEX(DB_NAME(), N'Collation') AS NVARCHAR(128))");
    if (type->collation.len && !frame_literal(frame, type->collation, &sql))
        return false;
    if (type_family(type) == FAMILY_TEXT)
        ask(out, str_format(arena, "ISNULL(c.collation_name, %.*s) = %.*s", STR_ARGS(sql), STR_ARGS(sql)));
    return true;
}

bool mssql_column_is(Frame *frame, const Table *table, const ShapeColumn *taken, ColumnQuery *query)
{
    Arena *arena = frame->r->arena;
    const Column *column = taken->column;
    const Type *type = type_for(column->type, frame->r->dialect->name);
    Str table_text, column_text, type_text;
    Buf out = buf_open(arena);
    if (!frame_literal(frame, frame_pinned_name(frame, table->schema, table->name), &table_text) ||
        !frame_literal(frame, column->name, &column_text) ||
        !sql_type(arena, frame->diag, frame->r->style, column->type, &type_text))
        return false;
    if (taken->takes & TAKES_TYPE)
        ask_type(frame, &out, type_text);
    if (taken->takes & TAKES_NULL)
        ask(&out, str_format(arena, "c.is_nullable = %d", column->nullable && !column->primary_key));
    if (((taken->takes & TAKES_DEFAULT) && !ask_default(frame, &out, column)) ||
        ((taken->takes & TAKES_UNSAID) && !ask_collation(frame, &out, type)))
        return false;
    query->condition = out.len ? buf_str(&out) : STR("1 = 1");
    query->found = STR("TYPE_NAME(c.system_type_id) + N' of ' + CAST(c.max_length AS NVARCHAR(10)) + N' bytes, precision ' "
                       "+ CAST(c.precision AS NVARCHAR(10)) + N',' + CAST(c.scale AS NVARCHAR(10))\n    + "
                       "IIF(c.is_nullable = 1, N' NULL', N' NOT NULL') + ISNULL(N' DEFAULT ' + "
                       "OBJECT_DEFINITION(c.default_object_id), N'') + ISNULL(N' ' + c.collation_name, N'')");
    query->from = str_format(arena, "sys.columns AS c WHERE c.object_id = OBJECT_ID(%.*s) AND c.name = %.*s",
                             STR_ARGS(table_text), STR_ARGS(column_text));
    return true;
}
