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

static void add_column(Arena *arena, Shape *shape, size_t id)
{
    const ColumnList *columns = &shape->table->columns;
    for (size_t i = 0; i < shape->columns.count; i++)
        if (shape->columns.items[i]->id == id)
            return;
    for (size_t i = 0; i < columns->count; i++)
        if (columns->items[i]->id == id)
            vec_push(arena, &shape->columns, columns->items[i]);
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
                add_column(frame->r->arena, shape, s->column_id);
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
