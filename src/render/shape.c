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

// The first statement that completes a column decides: it says the whole of it, so that later ones find what the model
// knows.
static void add_column(Arena *arena, Shape *shape, const Statement *s)
{
    const ColumnList *columns = &shape->table->columns;
    for (size_t i = 0; i < shape->columns.count; i++)
        if (shape->columns.items[i].column->id == s->column_id)
            return;
    for (size_t i = 0; i < columns->count; i++)
        if (columns->items[i]->id == s->column_id)
            vec_push(arena, &shape->columns, ((ShapeColumn){columns->items[i], s->takes}));
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
            shape->whole |= !s->column_id;
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

bool frame_ask_columns(Frame *frame, ColumnIs *is)
{
    ShapeList shapes = frame_shapes(frame);
    for (size_t i = 0; i < shapes.count; i++)
        for (size_t k = 0; k < shapes.items[i].columns.count; k++) {
            Str condition, why;
            if (!is(frame, shapes.items[i].table, &shapes.items[i].columns.items[k], &condition, &why))
                return false;
            frame_ask(frame, ASK_SHAPE, condition, why);
        }
    return true;
}
