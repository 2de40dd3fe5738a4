// Columns inside expressions and SQL text: renamed there, as the servers do it, and looked for.
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

static bool text_mentions(const Model *model, Str text, Str column)
{
    return !str_equal(model_rename_in_text(model, text, column, STR("waybill looks for it")), text);
}

bool expr_mentions_column(const Model *model, const Expr *e, Str column)
{
    if (!e)
        return false;
    if (e->kind == EXPR_COLUMN && str_equal(e->text, column))
        return true;
    if ((e->kind == EXPR_RAW || e->kind == EXPR_TEXT) && text_mentions(model, e->text, column))
        return true;
    if (expr_mentions_column(model, e->extra, column) || expr_mentions_column(model, e->extra2, column))
        return true;
    for (size_t i = 0; i < e->count; i++)
        if (expr_mentions_column(model, e->args[i], column))
            return true;
    return false;
}

bool index_mentions_column(const Model *model, const Index *index, Str column)
{
    // in the raw text the names of the index and its table stand before the parenthesis
    size_t open = str_find_char(index->raw, '(', 0);
    if (open != SIZE_MAX && text_mentions(model, str_slice(index->raw, open, index->raw.len), column))
        return true;
    for (size_t i = 0; i < index->items.count; i++)
        if (str_equal(index->items.items[i].column, column) ||
            expr_mentions_column(model, index->items.items[i].expr, column))
            return true;
    for (size_t i = 0; i < index->options.count; i++) {
        const Option *option = &index->options.items[i];
        if (!str_ends(option->name, STR("_where")))
            continue;
        if ((option->kind == OPTION_EXPR && expr_mentions_column(model, option->expr, column)) ||
            (option->kind == OPTION_TEXT && text_mentions(model, option->text, column)))
            return true;
    }
    return false;
}
