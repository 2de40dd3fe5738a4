// Views: the named values a template is filled from.
#include "waybill/template.h"

View *view_new(Arena *arena)
{
    View *view = arena_new(arena, View);
    view->arena = arena;
    return view;
}

// A name set twice keeps its last value.
static Field *view_field(View *view, Str name, FieldKind kind)
{
    Field *field = NULL;
    for (size_t i = 0; i < view->fields.count && !field; i++)
        if (str_equal(view->fields.items[i].name, name))
            field = &view->fields.items[i];
    if (!field) {
        vec_push(view->arena, &view->fields, (Field){0});
        field = &view->fields.items[view->fields.count - 1];
    }
    *field = (Field){.name = name, .kind = kind};
    return field;
}

void view_text(View *view, Str name, Str text)
{
    view_field(view, name, FIELD_TEXT)->text = text;
}

void view_null(View *view, Str name)
{
    view_field(view, name, FIELD_NULL);
}

void view_optional(View *view, Str name, Str text)
{
    view_field(view, name, text.len ? FIELD_TEXT : FIELD_NULL)->text = text;
}

void view_bool(View *view, Str name, bool value)
{
    view_field(view, name, FIELD_BOOL)->boolean = value;
}

void view_view(View *view, Str name, View *child)
{
    view_field(view, name, FIELD_VIEW)->view = child;
}

void view_list(View *view, Str name)
{
    view_field(view, name, FIELD_LIST);
}

View *view_item(View *view, Str name)
{
    Field *list = NULL;
    for (size_t i = view->fields.count; i-- && !list;)
        if (str_equal(view->fields.items[i].name, name))
            list = &view->fields.items[i];
    if (!list || list->kind != FIELD_LIST)
        BUG("an item for a field that is no list");
    // Room doubles at powers of two, so that Field needs no capacity.
    if ((list->count & (list->count - 1)) == 0) {
        View **grown = arena_array(view->arena, View *, list->count ? list->count * 2 : 1);
        if (list->count)
            memcpy(grown, list->items, list->count * sizeof *grown);
        list->items = grown;
    }
    if (list->count)
        view_text(list->items[list->count - 1], STR("comma"), STR(","));
    View *item = view_new(view->arena);
    view_text(item, STR("comma"), STR_EMPTY);
    list->items[list->count++] = item;
    return item;
}
