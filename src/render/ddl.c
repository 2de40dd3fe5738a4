// What every statement of DDL is made with: its template filled, names, options of the dialect.
#include "render_int.h"

bool fill(Writing *w, const char *name, const View *view, Str *text)
{
    Str file = str_format(w->arena, "%s.sql", name);
    const Template *template = template_find(w->r->templates, w->r->dialect->name, file);
    if (!template)
        return diag_error(w->diag, w->op ? w->op->at : SPAN_NONE, "%.*s has no template \"%s\"",
                          STR_ARGS(w->r->dialect->title), name);
    Buf out = buf_open(w->arena);
    if (!template_fill(w->diag, template, view, &out))
        return false;
    while (out.len && out.ptr[out.len - 1] == '\n')
        out.len--;
    *text = buf_str(&out);
    return true;
}

void put_text(Writing *w, StatementKind kind, Str text, Span at)
{
    Statement statement = {
        .text = str_copy(w->r->arena, text), .kind = kind, .outside_transaction = w->outside, .rows = -1, .at = at};
    vec_push(w->r->arena, w->out, statement);
}

bool put(Writing *w, StatementKind kind, const char *name, const View *view)
{
    Str text;
    if (!fill(w, name, view, &text))
        return false;
    put_text(w, kind, text, w->op ? w->op->at : SPAN_NONE);
    return true;
}

Statement *last_statement(Writing *w)
{
    return &w->out->items[w->out->count - 1];
}

Str name_of(Writing *w, Str name)
{
    return sql_name(w->arena, w->r->dialect, name);
}

Str table_of(Writing *w, Str schema, Str table)
{
    return sql_qualified(w->arena, w->r->dialect, schema, table);
}

Str names_of(Writing *w, const StrList *names)
{
    Buf out = buf_open(w->arena);
    for (size_t i = 0; i < names->count; i++)
        buf_addf(&out, "%s%.*s", i ? ", " : "", STR_ARGS(name_of(w, names->items[i])));
    return buf_str(&out);
}

// ---- options ----

const Option *dialect_option(Writing *w, const OptionList *options, const char *name)
{
    if (!options->count)
        return NULL;
    return option_find(options, str_format(w->arena, "%.*s_%s", STR_ARGS(w->r->dialect->name), name));
}

bool option_is_true(Writing *w, const OptionList *options, const char *name)
{
    const Option *option = dialect_option(w, options, name);
    return option && option->kind == OPTION_BOOL && option->boolean;
}

Str option_text(Writing *w, const OptionList *options, const char *name)
{
    const Option *option = dialect_option(w, options, name);
    if (!option)
        return STR_EMPTY;
    if (option->kind == OPTION_INTEGER)
        return str_format(w->arena, "%lld", (long long)option->integer);
    return option->kind == OPTION_TEXT ? option->text : STR_EMPTY;
}

Str option_names(Writing *w, const OptionList *options, const char *name)
{
    const Option *option = dialect_option(w, options, name);
    StrList names = {0};
    if (option && option->kind == OPTION_TEXT)
        vec_push(w->arena, &names, option->text);
    for (size_t i = 0; option && i < option->items.count; i++)
        if (option->items.items[i].kind == OPTION_TEXT)
            vec_push(w->arena, &names, option->items.items[i].text);
    return names_of(w, &names);
}

Str option_pairs(Writing *w, const OptionList *options, const char *name)
{
    const Option *option = dialect_option(w, options, name);
    Buf out = buf_open(w->arena);
    for (size_t i = 0; option && option->kind == OPTION_MAP && i < option->items.count; i++) {
        const Option *pair = &option->items.items[i];
        Str value = pair->kind == OPTION_TEXT   ? pair->text
                    : pair->kind == OPTION_BOOL ? (pair->boolean ? STR("True") : STR("False"))
                                                : str_format(w->arena, "%lld", (long long)pair->integer);
        buf_addf(&out, "%s%.*s = %.*s", i ? ", " : "", STR_ARGS(pair->name), STR_ARGS(value));
    }
    return buf_str(&out);
}

static void warn_of_unread(Writing *w, const OptionList *options)
{
    const Dialect *dialect = w->r->dialect;
    for (size_t i = 0; i < options->count; i++) {
        const Option *option = &options->items[i];
        if (!option->use || option->use->is_read || option->kind == OPTION_NONE)
            continue;
        option->use->is_read = true;   // it is said once
        diag_warn(w->diag, option->use->at, "nothing reads the option \"%.*s\" here", STR_ARGS(option->use->name));
        if (dialect->kin.len && str_starts(option->name, dialect->kin))
            diag_hint(w->diag,
                      "SQLAlchemy calls this dialect \"%.*s\", by the project's URL or name.%.*s: then it does not "
                      "read the options of %.*s.",
                      STR_ARGS(dialect->name), STR_ARGS(dialect->name), STR_ARGS(dialect->kin));
    }
}

void warn_of_unread_options(Writing *w, const Op *op)
{
    warn_of_unread(w, &op->options);
    if (op->change)
        warn_of_unread(w, &op->change->options);
    if (op->column)
        warn_of_unread(w, &op->column->options);
    if (op->created) {
        warn_of_unread(w, &op->created->options);
        for (size_t i = 0; i < op->created->columns.count; i++)
            warn_of_unread(w, &op->created->columns.items[i]->options);
        for (size_t i = 0; i < op->created->constraints.count; i++)
            warn_of_unread(w, &op->created->constraints.items[i]->options);
    }
    for (size_t i = 0; i < op->constraints.count; i++)
        warn_of_unread(w, &op->constraints.items[i]->options);
    for (size_t i = 0; i < op->indexes.count; i++)
        warn_of_unread(w, &op->indexes.items[i]->options);
    for (size_t i = 0; i < op->ops.count; i++)
        warn_of_unread_options(w, op->ops.items[i]);
}

Str nulls_option(Writing *w, const OptionList *options)
{
    const Option *nulls = dialect_option(w, options, "nulls_not_distinct");
    if (!nulls || nulls->kind != OPTION_BOOL)
        return STR_EMPTY;
    return nulls->boolean ? STR("NULLS NOT DISTINCT") : STR("NULLS DISTINCT");
}

bool option_where(Writing *w, const OptionList *options, Str *where)
{
    const Option *option = dialect_option(w, options, "where");
    *where = option && option->kind == OPTION_TEXT ? option->text : STR_EMPTY;
    if (!option || option->kind != OPTION_EXPR)
        return true;
    Buf out = buf_open(w->arena);
    if (!sql_expr_unqualified(w->arena, w->diag, w->r->style, option->expr, &out))
        return false;
    *where = buf_str(&out);
    return true;
}
