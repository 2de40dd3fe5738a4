// Oracle: MODIFY says what changes and leaves the rest, so nothing is taken from the model but whether there is a change:
// NULL or NOT NULL for a column that is so already is an error (ORA-01442, ORA-01451), in the middle of a script whose DDL
// commits itself. The dictionary is asked whether the column may be NULL, before the first change.
#include "frame_int.h"

static bool column_is(Frame *frame, const Table *table, const ShapeColumn *taken, ColumnQuery *query)
{
    Arena *arena = frame->r->arena;
    const Column *column = taken->column;
    Str owner, table_text, column_text;
    if (!oracle_owner(frame, table->schema, &owner) ||
        !frame_text(frame, sql_dictionary_name(arena, frame->r->dialect, table->name), &table_text) ||
        !frame_text(frame, sql_dictionary_name(arena, frame->r->dialect, column->name), &column_text))
        return false;
    bool nullable = column->nullable && !column->primary_key && !column->identity;
    query->condition = nullable ? STR("nullable = 'Y'") : STR("nullable = 'N'");
    query->found = STR("CASE nullable WHEN 'Y' THEN 'NULL' ELSE 'NOT NULL' END");
    query->from = str_format(arena, "all_tab_columns\n    WHERE owner = %.*s AND table_name = %.*s AND column_name = %.*s",
                             STR_ARGS(owner), STR_ARGS(table_text), STR_ARGS(column_text));
    return true;
}

bool oracle_shape(Frame *frame, View *view)
{
    return frame_ask_columns(frame, view, column_is);
}
