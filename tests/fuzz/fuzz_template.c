// Any bytes as a template, its own partial included, in both modes: compiled or refused, filled or refused, never a crash.
#include "waybill/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_open();
    for (int mode = TEMPLATE_SQL; mode <= TEMPLATE_HTML; mode++) {
        Diag diag = diag_open(arena);
        TemplateSet *set = template_set_open(arena, (TemplateMode)mode);
        Source source = {STR("fuzz"), {(const char *)data, size}};
        if (!template_set_add(set, &diag, STR("common/a"), &source))
            continue;
        View *view = view_new(arena), *child = view_new(arena);
        view_text(view, STR("t"), STR("<text>\n"));
        view_null(view, STR("n"));
        view_bool(view, STR("b"), true);
        view_text(child, STR("t"), STR("inner"));
        view_view(view, STR("v"), child);
        view_list(view, STR("l"));
        view_text(view_item(view, STR("l")), STR("."), STR("x"));
        view_text(view_item(view, STR("l")), STR("t"), STR("y"));
        Buf out = buf_open(arena);
        // Deep recursion of partials that grow exponentially is stopped by the limits; small inputs keep a run short.
        bool is_filled = size < 200 && template_fill(&diag, template_find(set, STR("x"), STR("a")), view, &out);
        if (!is_filled && out.len)
            BUG("a refused template left text");
        for (size_t i = 0; i < diag.messages.count; i++)
            message_format(arena, &diag.messages.items[i]);
    }
    arena_close(arena);
    return 0;
}
