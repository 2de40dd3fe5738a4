// Oracle: MODIFY says what changes and leaves the rest, so a statement takes nothing from the model but whether there is a
// change: NULL or NOT NULL for a column that is so already is an error (ORA-01442, ORA-01451), in the middle of a script
// whose DDL commits itself. The dictionary is asked whether the column may be NULL, before the first change.
#include "frame_int.h"

// The dictionary has its own words for most types; those it keeps are compared.
static bool ask_type(Frame *frame, const Column *column, Buf *out)
{
    static const char *const words[][2] = {{"INTEGER", "NUMBER"}, {"NUMBER", "NUMBER"},     {"SMALLINT", "NUMBER"},
                                           {"NUMERIC", "NUMBER"}, {"DECIMAL", "NUMBER"},    {"DOUBLE PRECISION", "FLOAT"},
                                           {"FLOAT", "FLOAT"},    {"VARCHAR2", "VARCHAR2"}, {"NVARCHAR2", "NVARCHAR2"},
                                           {"CHAR", "CHAR"},      {"CLOB", "CLOB"},         {"NCLOB", "NCLOB"},
                                           {"BLOB", "BLOB"},      {"DATE", "DATE"},         {"RAW", "RAW"}};
    Str type;
    if (!sql_type(frame->r->arena, frame->diag, frame->r->style, column->type, &type))
        return false;
    size_t open = str_find_char(type, '(', 0);
    Str word = str_trim(str_slice(type, 0, open == SIZE_MAX ? type.len : open));
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_equal_fold(word, str_from(words[i][0])))
            buf_addf(out, " AND data_type = '%s'", words[i][1]);
    return true;
}

bool oracle_column_is(Frame *frame, const Table *table, const ShapeColumn *taken, ColumnQuery *query)
{
    Arena *arena = frame->r->arena;
    const Column *column = taken->column;
    Str owner, table_text, column_text;
    if (!oracle_owner(frame, table->schema, &owner) ||
        !frame_text(frame, sql_dictionary_name(arena, frame->r->dialect, table->name), &table_text) ||
        !frame_text(frame, sql_dictionary_name(arena, frame->r->dialect, column->name), &column_text))
        return false;
    bool nullable = column->nullable && !column->primary_key && !column->identity;
    Buf out = buf_open(arena);
    if (taken->takes & TAKES_NULL)
        buf_addf(&out, " AND nullable = '%s'", nullable ? "Y" : "N");
    if (taken->takes & TAKES_DEFAULT)
        buf_addf(&out, " AND default_length IS %sNULL",
                 column->default_ || column->computed || column->identity ? "NOT " : "");
    if ((taken->takes & TAKES_TYPE) && !ask_type(frame, column, &out))
        return false;
    query->condition = out.len ? str_slice(buf_str(&out), 5, out.len) : STR_EMPTY;
    query->found = STR("CASE nullable WHEN 'Y' THEN 'NULL' ELSE 'NOT NULL' END");
    query->from = str_format(arena, "all_tab_columns\n    WHERE owner = %.*s AND table_name = %.*s AND column_name = %.*s",
                             STR_ARGS(owner), STR_ARGS(table_text), STR_ARGS(column_text));
    return true;
}
