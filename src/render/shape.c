// What a script takes from the model where the database could know better: the tables that it rebuilds, the columns that it
// completes. Each is asked about as it stands where the script starts, under the name that it has there.
#include "frame_int.h"

static Shape *shape_of(Arena *arena, ShapeList *shapes, const Table *table)
{
    for (size_t i = 0; i < shapes->count; i++)
        if (shapes->items[i].table == table)
            return &shapes->items[i];
    vec_push(arena, shapes, ((Shape){.table = table}));
    return &shapes->items[shapes->count - 1];
}

static ShapeColumn *column_of(Arena *arena, Shape *shape, size_t id)
{
    const ColumnList *columns = &shape->table->columns;
    for (size_t i = 0; i < shape->columns.count; i++)
        if (shape->columns.items[i].column->id == id)
            return &shape->columns.items[i];
    for (size_t i = 0; i < columns->count; i++)
        if (columns->items[i]->id == id) {
            vec_push(arena, &shape->columns, ((ShapeColumn){.column = columns->items[i]}));
            return &shape->columns.items[shape->columns.count - 1];
        }
    return NULL;
}

// What one statement says of a column, a later one finds as the model has it.
static void add_column(Arena *arena, Shape *shape, const Statement *s)
{
    ShapeColumn *column = column_of(arena, shape, s->column_id);
    if (!column)
        return;
    column->takes |= s->takes & ~column->settled;
    column->settled |= s->settles;
}

static void add_taken(Frame *frame, const Table *table, ShapeList *shapes)
{
    for (size_t i = 0; i < frame->path->steps.count; i++) {
        const StatementList *statements = &frame->rendered->steps[i].statements;
        for (size_t k = 0; k < statements->count; k++) {
            const Statement *s = &statements->items[k];
            if (!s->table_id || s->table_id != table->id)
                continue;
            Shape *shape = shape_of(frame->r->arena, shapes, table);
            if (!s->column_id)
                shape->adopts = s->adopts && (shape->adopts || !shape->whole);
            shape->whole |= !s->column_id;
            shape->renumbers |= s->renumbers;
            for (size_t c = 0; c < s->adds.count; c++)
                vec_push(frame->r->arena, &shape->adds, s->adds.items[c]);
            if (s->column_id)
                add_column(frame->r->arena, shape, s);
        }
    }
}

ShapeList frame_shapes(Frame *frame)
{
    ShapeList shapes = {0};
    for (size_t i = 0; frame->rendered && !frame->first && i < frame->rendered->table_count; i++)
        add_taken(frame, frame->rendered->tables_at_from[i], &shapes);
    return shapes;
}

// What to say of a column that is otherwise, in the frame's SQL.
static bool otherwise(Frame *frame, const Table *table, const Column *column, Str variable, Str *why)
{
    Arena *arena = frame->r->arena;
    Str what = str_format(arena, "column %.*s.%.*s is not as the chain made it, but ", STR_ARGS(table->name),
                          STR_ARGS(column->name));
    Str text;
    bool mssql = frame->r->dialect->id == DIALECT_MSSQL, oracle = frame->r->dialect->id == DIALECT_ORACLE;
    what = str_printable(arena, what);
    if (!frame_literal(frame, what, &text))
        return false;
    *why = mssql    ? str_format(arena, "%.*s + ISNULL(%.*s_is, N'missing')", STR_ARGS(text), STR_ARGS(variable))
           : oracle ? str_format(arena, "%.*s || NVL(%.*s_is, 'missing')", STR_ARGS(text), STR_ARGS(variable))
                    : str_format(arena, "CONCAT(%.*s, COALESCE(%.*s_is, 'missing'))", STR_ARGS(text), STR_ARGS(variable));
    return true;
}

bool frame_column_is(Frame *frame, const Table *table, const ShapeColumn *column, ColumnQuery *query)
{
    static const struct {
        DialectId dialect;
        ColumnIs *is;
    } rows[] = {
        {DIALECT_POSTGRESQL, postgresql_column_is}, {DIALECT_MYSQL, mysql_column_is},   {DIALECT_MARIADB, mysql_column_is},
        {DIALECT_SQLITE, sqlite_column_is},         {DIALECT_ORACLE, oracle_column_is}, {DIALECT_MSSQL, mssql_column_is},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].dialect == frame->r->dialect->id)
            return rows[i].is(frame, table, column, query);
    return false;
}

static bool ask_column(Frame *frame, View *view, const Table *table, const ShapeColumn *taken, size_t number)
{
    Arena *arena = frame->r->arena;
    const char *mark = frame->r->dialect->alter == ALTER_WHOLE       ? "@wb_"
                       : frame->r->dialect->alter == ALTER_TYPE_NULL ? "@"
                                                                     : "";
    Str variable = str_format(arena, "%scolumn%zu", mark, number), why;
    ColumnQuery query;
    if (!frame_column_is(frame, table, taken, &query) || !otherwise(frame, table, taken->column, variable, &why))
        return false;
    View *item = view_item(view, STR("columns"));
    view_text(item, STR("variable"), variable);
    view_text(item, STR("condition"), query.condition);
    view_text(item, STR("found"), query.found);
    view_text(item, STR("from"), query.from);
    frame_ask(frame, ASK_SHAPE, str_format(arena, "%.*s = 1", STR_ARGS(variable)), why);
    return true;
}

bool frame_ask_columns(Frame *frame, View *view)
{
    ShapeList shapes = frame_shapes(frame);
    size_t number = 0;
    view_list(view, STR("columns"));
    for (size_t i = 0; i < shapes.count; i++)
        for (size_t k = 0; k < shapes.items[i].columns.count; k++) {
            const ShapeColumn *column = &shapes.items[i].columns.items[k];
            if (column->takes && !ask_column(frame, view, shapes.items[i].table, column, ++number))
                return false;
        }
    return true;
}
