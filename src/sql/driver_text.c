// Text that a driver is handed as it stands: sa.text()'s :name is none of its parameters, it has its own.
#include "sql_int.h"

typedef struct Filling {
    Writer w;
    Str text;
    const ExprList *params;
    bool is_named;
    size_t used;   // by place: how many; by name: how often any
} Filling;

#define AS_TEXT "Write the statement with sa.text() and named parameters."
#define AS_PERCENT "Write %% for each percent sign, or the statement with sa.text() and named parameters."

static bool refuse(Filling *f, const char *problem, const char *hint)
{
    diag_error(f->w.diag, f->w.at, "%s", problem);
    diag_hint(f->w.diag, "%s", hint);
    return false;
}

static bool put_named(Filling *f, Str name)
{
    for (size_t i = 0; i < f->params->count; i++)
        if (f->is_named && str_equal(f->params->items[i]->text, name) && ++f->used)
            return write_value(&f->w, f->params->items[i]->args[0], NULL);
    diag_error(f->w.diag, f->w.at, "the driver's parameter \"%.*s\" has no value", STR_ARGS(name));
    diag_hint(f->w.diag, "Give it one, or write the statement with sa.text() and named parameters.");
    return false;
}

static bool put_next(Filling *f)
{
    if (f->is_named)
        return refuse(f, "a driver's parameters by place are given by name", AS_TEXT);
    if (f->used >= f->params->count)
        return refuse(f, "execute() is given too few parameters", AS_TEXT);
    return write_value(&f->w, f->params->items[f->used++], NULL);
}

// The name of %(name)s at a percent sign, or empty.
static Str percent_name(Str text, size_t at)
{
    size_t end = at + 1 < text.len && text.ptr[at + 1] == '(' ? str_find_char(text, ')', at) : SIZE_MAX;
    bool is_one = end != SIZE_MAX && end + 1 < text.len && text.ptr[end + 1] == 's';
    return is_one ? str_slice(text, at + 2, end) : STR_EMPTY;
}

// Without parameters a driver still reads %% as one sign, and raises at one that stands alone: a text with nothing else was
// written for a driver that leaves them be.
static bool percents_are_doubled(Filling *f, bool *doubled)
{
    bool is_alone = false;
    *doubled = false;
    for (size_t i = 0; i < f->text.len; i++) {
        if (f->text.ptr[i] != '%')
            continue;
        bool two = i + 1 < f->text.len && f->text.ptr[i + 1] == '%';
        *doubled |= two;
        is_alone |= !two;
        i += two;
        Str name = two ? STR_EMPTY : percent_name(f->text, i);
        if (name.len && !f->params->count)
            return put_named(f, name);
    }
    if (!f->params->count && *doubled && is_alone)
        return refuse(f, "no driver reads \"%\" and \"%%\" in one text", AS_PERCENT);
    return true;
}

// %s, %(name)s, and %% for a percent sign, within quotes too.
static bool fill_percents(Filling *f)
{
    bool doubled;
    if (!percents_are_doubled(f, &doubled))
        return false;
    for (size_t i = 0; i < f->text.len; i++) {
        char c = f->text.ptr[i], after = i + 1 < f->text.len ? f->text.ptr[i + 1] : '\0';
        if (c != '%' || (!doubled && !f->params->count)) {
            buf_add_char(f->w.out, c);
            continue;
        }
        Str name = f->is_named ? percent_name(f->text, i) : STR_EMPTY;
        i++;
        if (after == '%') {
            buf_add_char(f->w.out, '%');
        } else if (name.len) {
            if (!put_named(f, name))
                return false;
            i += name.len + strlen("()");
        } else if (after != 's') {
            return refuse(f,
                          f->is_named ? "a parameter of execute() that is not written as %(name)s"
                                      : "a parameter of execute() that is not written as %s",
                          AS_PERCENT);
        } else if (!put_next(f)) {
            return false;
        }
    }
    return true;
}

// ? in order, :name by name, outside quotes.
static bool fill_marks(Filling *f, DriverParams style)
{
    size_t done = 0;
    SqlToken t = sql_token(f->w.dialect, f->text, 0);
    for (; t.kind != TOKEN_END; t = sql_token(f->w.dialect, f->text, t.end)) {
        if (t.kind == TOKEN_BAD)
            break;   // whoever cuts the text into statements says so
        if (t.kind != TOKEN_PUNCT)
            continue;
        char mark = f->text.ptr[t.start];
        SqlToken next = sql_token(f->w.dialect, f->text, t.end);
        bool is_next = next.start == t.end && next.kind == TOKEN_WORD;
        bool by_place = mark == '?' && style != DRIVER_COLON;
        bool by_name = mark == ':' && is_next && style != DRIVER_QUESTION && (style != DRIVER_COLON || f->params->count) &&
                       !(t.start && f->text.ptr[t.start - 1] == ':');
        if (!by_place && !by_name)
            continue;
        if (by_place && is_next)
            return refuse(f, "a numbered parameter of execute()", AS_TEXT);
        if (by_name && f->params->count && !f->is_named)
            return refuse(f, "a driver's parameters by name are given by place", AS_TEXT);
        buf_add(f->w.out, str_slice(f->text, done, t.start));
        if (by_name ? !put_named(f, next.text) : !put_next(f))
            return false;
        t = by_name ? next : t;
        done = t.end;
    }
    buf_add(f->w.out, str_slice(f->text, done, f->text.len));
    return true;
}

bool sql_driver_text(Arena *arena, Diag *diag, const SqlStyle *style, Span at, Str text, const ExprList *params,
                     bool is_named, Str *sql)
{
    Buf out = buf_open(arena);
    Map labels;
    Filling f = {
        .w = writer_open(arena, diag, style, at, &out, &labels), .text = text, .params = params, .is_named = is_named};
    DriverParams own = style->dialect->driver_params;
    if (own == DRIVER_PERCENT ? !fill_percents(&f) : !fill_marks(&f, own))
        return false;
    // :name given by name to a driver that knows no such parameter
    if (params->count && is_named ? !f.used : f.used < params->count)
        return refuse(&f, "execute() is given more parameters than its text has", AS_TEXT);
    *sql = buf_str(&out);
    return true;
}
