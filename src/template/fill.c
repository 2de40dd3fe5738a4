// Running a compiled template over a view.
#include "template_int.h"

// One entry of the context stack: a view, or a text that is only reachable as {{.}}.
typedef struct Context {
    const View *view;   // NULL: `field` is the context
    const Field *field;
    const struct Context *outer;
} Context;

typedef struct Filler {
    Diag *diag;
    Buf *out;
    bool is_strict, is_html;
    size_t depth;
    size_t steps;
    size_t max_len;   // of `out`
} Filler;

static const Field *view_find(const View *view, Str name)
{
    for (size_t i = 0; i < view->fields.count; i++) {
        const Field *field = &view->fields.items[i];
        if (field->name.len == name.len && field->name.ptr[0] == name.ptr[0] &&
            memcmp(field->name.ptr, name.ptr, name.len) == 0)
            return field;
    }
    return NULL;
}

static const Field *find_outwards(const Context *context, Str name)
{
    for (; context; context = context->outer) {
        const Field *found = context->view ? view_find(context->view, name) : NULL;
        if (found)
            return found;
    }
    return NULL;
}

// {{.}}: the field "." of the innermost view, or the innermost context itself.
static const Field *find_self(const Context *context, Field *scratch)
{
    if (!context->view)
        return context->field;
    const Field *found = view_find(context->view, STR("."));
    if (found)
        return found;
    *scratch = (Field){.name = STR("."), .kind = FIELD_VIEW, .view = (View *)(uintptr_t)context->view};
    return scratch;
}

// Returns NULL when there is none. A dotted name's first part is looked up outwards, the others only inside it; what is
// null on the way makes the whole name null.
static const Field *find_value(const Context *context, const Op *op, Field *scratch)
{
    if (op->text.len == 1 && op->text.ptr[0] == '.')
        return find_self(context, scratch);
    if (!op->is_dotted)
        return find_outwards(context, op->text);
    Str rest = op->text;
    const Field *found = find_outwards(context, str_cut(&rest, '.'));
    while (found && rest.len) {
        if (found->kind == FIELD_NULL)
            return found;
        found = found->kind == FIELD_VIEW ? view_find(found->view, str_cut(&rest, '.')) : NULL;
    }
    return found;
}

static bool report_unknown(const Filler *filler, const Context *context, const Op *op)
{
    diag_error(filler->diag, op->at, "unknown name \"%.*s\"", STR_ARGS(op->text));
    Buf names = buf_open(filler->diag->arena);
    for (; context; context = context->outer)
        for (size_t i = 0; context->view && i < context->view->fields.count && names.len < 400; i++)
            buf_addf(&names, "%s%.*s", names.len ? ", " : "", STR_ARGS(context->view->fields.items[i].name));
    if (names.len)
        diag_hint(filler->diag, "Names that can stand here: %.*s.", STR_ARGS(buf_str(&names)));
    return false;
}

static void add_escaped(Buf *out, Str text)
{
    size_t done = 0;
    for (size_t i = 0; i < text.len; i++) {
        Str entity;
        switch (text.ptr[i]) {
        case '&': entity = STR("&amp;"); break;
        case '<': entity = STR("&lt;"); break;
        case '>': entity = STR("&gt;"); break;
        case '"': entity = STR("&quot;"); break;
        case '\'': entity = STR("&#39;"); break;
        default: continue;
        }
        buf_add(out, str_slice(text, done, i));
        buf_add(out, entity);
        done = i + 1;
    }
    buf_add(out, str_slice(text, done, text.len));
}

static bool fill_value(Filler *filler, const Context *context, const Op *op)
{
    Field scratch;
    const Field *field = find_value(context, op, &scratch);
    if (!field)
        return !filler->is_strict || report_unknown(filler, context, op);
    if (field->kind == FIELD_NULL)
        return true;
    if (field->kind != FIELD_TEXT && filler->is_strict)
        return diag_error(filler->diag, op->at, "\"%.*s\" is no text", STR_ARGS(op->text));
    Str text = field->kind == FIELD_TEXT   ? field->text
               : field->kind == FIELD_BOOL ? (field->boolean ? STR("true") : STR("false"))
                                           : STR_EMPTY;
    if (filler->is_html && op->kind == OP_VALUE)
        add_escaped(filler->out, text);
    else
        buf_add(filler->out, text);
    return true;
}

static void fill_text(Filler *filler, const Op *op, Str indent)
{
    if (!indent.len) {
        buf_add(filler->out, op->text);
        return;
    }
    Str text = op->text;
    for (size_t at = 0; at < text.len;) {
        size_t end = str_find_char(text, '\n', at);
        end = end == SIZE_MAX ? text.len : end + 1;
        if (at ? text.ptr[at - 1] == '\n' : op->is_line_start)
            buf_add(filler->out, indent);
        buf_add(filler->out, str_slice(text, at, end));
        at = end;
    }
}

static bool is_true(const Filler *filler, const Field *field)
{
    switch (field->kind) {
    case FIELD_NULL: return false;
    case FIELD_TEXT: return filler->is_strict || field->text.len > 0;
    case FIELD_BOOL: return field->boolean;
    case FIELD_VIEW: return true;
    case FIELD_LIST: return field->count > 0;
    }
    BUG("a field of no kind");
}

static bool run(Filler *filler, Template *template, size_t start, size_t end, const Context *context, Str indent);

static bool enter(Filler *filler, const Op *op)
{
    if (filler->depth == LIMIT_NESTING)
        return diag_error(filler->diag, op->at, "sections and partials are nested deeper than %d", LIMIT_NESTING);
    filler->depth++;
    return true;
}

static bool fill_section(Filler *filler, Template *template, size_t index, const Context *context, Str indent)
{
    const Op *op = &template->code->ops.items[index];
    Field scratch;
    const Field *field = find_value(context, op, &scratch);
    if (!field && filler->is_strict)
        return report_unknown(filler, context, op);
    if ((field && is_true(filler, field)) != (op->kind == OP_SECTION))
        return true;
    if (!enter(filler, op))
        return false;
    size_t start = index + 1, end = op->jump + 1;
    bool is_good = true;
    if (op->kind == OP_INVERTED || field->kind == FIELD_BOOL) {
        is_good = run(filler, template, start, end, context, indent);
    } else if (field->kind == FIELD_LIST) {
        for (size_t i = 0; i < field->count && is_good; i++)
            is_good = run(filler, template, start, end, &(Context){field->items[i], NULL, context}, indent);
    } else {
        Context inner = {field->kind == FIELD_VIEW ? field->view : NULL, field, context};
        is_good = run(filler, template, start, end, &inner, indent);
    }
    filler->depth--;
    return is_good;
}

static bool fill_partial(Filler *filler, Template *template, const Op *op, const Context *context, Str indent)
{
    Template **slot = &template->partials[op->partial];
    if (template->generation != template->set->generation) {
        memset(template->partials, 0, template->code->partial_count * sizeof *template->partials);
        template->generation = template->set->generation;
    }
    if (!*slot)
        *slot = template_bind(template->set, template->folder, op->text);
    if (!*slot)
        return !filler->is_strict || diag_error(filler->diag, op->at, "unknown partial \"%.*s\"", STR_ARGS(op->text));
    if (!enter(filler, op))
        return false;
    Str inner = op->is_standalone ? op->indent : STR_EMPTY;
    if (inner.len && indent.len)
        inner = str_format(template->set->arena, "%.*s%.*s", STR_ARGS(indent), STR_ARGS(inner));
    else if (op->is_standalone && indent.len)
        inner = indent;
    bool is_good = run(filler, *slot, 0, (*slot)->code->ops.count, context, inner);
    filler->depth--;
    return is_good;
}

static bool run(Filler *filler, Template *template, size_t start, size_t end, const Context *context, Str indent)
{
    const Op *ops = template->code->ops.items;
    for (size_t i = start; i < end; i++) {
        const Op *op = &ops[i];
        if (++filler->steps > LIMIT_STEPS)
            return diag_error(filler->diag, op->at, "template takes more than %d steps", LIMIT_STEPS);
        if (filler->out->len > filler->max_len)
            return diag_error(filler->diag, op->at, "filled template is larger than %d bytes", LIMIT_VALUE_BYTES);
        if (op->kind == OP_TEXT) {
            fill_text(filler, op, indent);
            continue;
        }
        if (op->is_line_start && indent.len)
            buf_add(filler->out, indent);
        switch (op->kind) {
        case OP_TEXT:
        case OP_END: break;
        case OP_VALUE:
        case OP_RAW:
            if (!fill_value(filler, context, op))
                return false;
            break;
        case OP_SECTION:
        case OP_INVERTED:
            if (!fill_section(filler, template, i, context, indent))
                return false;
            i = op->jump;
            break;
        case OP_PARTIAL:
            if (!fill_partial(filler, template, op, context, indent))
                return false;
            break;
        }
    }
    return true;
}

bool template_fill(Diag *diag, const Template *template, const View *view, Buf *out)
{
    TemplateMode mode = template->set->mode;
    Filler filler = {.diag = diag, .out = out, .is_strict = mode == TEMPLATE_SQL, .is_html = mode == TEMPLATE_HTML};
    size_t len = out->len;
    filler.max_len = len + LIMIT_VALUE_BYTES;
    // Not const: running fills the slots of its partials.
    Template *running = (Template *)(uintptr_t) template;
    if (run(&filler, running, 0, running->code->ops.count, &(Context){view, NULL, NULL}, STR_EMPTY))
        return true;
    out->len = len;   // a half-filled template is nobody's text
    return false;
}
