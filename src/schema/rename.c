// Renamed columns inside expressions and SQL text, as the servers rename them there.
#include "waybill/schema.h"

Str model_rename_in_text(const Model *model, Str text, Str from, Str to)
{
    return model->rename_in_text && text.len ? model->rename_in_text(model->work, model->dialect, text, from, to) : text;
}

const Expr *expr_rename_column(const Model *model, const Expr *e, Str from, Str to)
{
    if (!e)
        return NULL;
    Expr *copy = arena_new(model->work, Expr);
    *copy = *e;
    if (e->kind == EXPR_COLUMN && str_equal(e->text, from))
        copy->text = to;
    if (e->kind == EXPR_RAW || e->kind == EXPR_TEXT)
        copy->text = model_rename_in_text(model, e->text, from, to);
    copy->extra = expr_rename_column(model, e->extra, from, to);
    copy->extra2 = expr_rename_column(model, e->extra2, from, to);
    if (e->count)
        copy->args = arena_alloc(model->work, e->count * sizeof *copy->args);
    for (size_t i = 0; i < e->count; i++)
        copy->args[i] = expr_rename_column(model, e->args[i], from, to);
    return copy;
}

OptionList options_rename_column(const Model *model, const OptionList *options, Str from, Str to)
{
    OptionList copy = {0};
    for (size_t i = 0; i < options->count; i++) {
        Option option = options->items[i];
        if (option.kind == OPTION_EXPR)
            option.expr = expr_rename_column(model, option.expr, from, to);
        if (option.kind == OPTION_TEXT && str_ends(option.name, STR("_where")))
            option.text = model_rename_in_text(model, option.text, from, to);
        vec_push(model->work, &copy, option);
    }
    return copy;
}
