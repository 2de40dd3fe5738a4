// Messages: collected with byte offsets, worked out to lines and columns when printed.
#include "waybill/base.h"

PRINTF_LIKE(4, 0) static void add_message(Diag *diag, Severity severity, Span at, const char *format, va_list args)
{
    Message message = {.severity = severity, .at = at, .text = str_vformat(diag->arena, format, args)};
    vec_push(diag->arena, &diag->messages, message);
    diag->errors += severity == SEVERITY_ERROR;
}

bool diag_error(Diag *diag, Span at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_message(diag, SEVERITY_ERROR, at, format, args);
    va_end(args);
    return false;
}

bool diag_system(Diag *diag, Span at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_message(diag, SEVERITY_ERROR, at, format, args);
    va_end(args);
    diag->system_failed = true;
    return false;
}

bool diag_warn(Diag *diag, Span at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_message(diag, SEVERITY_WARNING, at, format, args);
    va_end(args);
    return true;
}

void diag_note(Diag *diag, Span at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_message(diag, SEVERITY_NOTE, at, format, args);
    va_end(args);
}

void diag_hint(Diag *diag, const char *format, ...)
{
    if (!diag->messages.count)
        BUG("hint without a message");
    va_list args;
    va_start(args, format);
    Str text = str_vformat(diag->arena, format, args);
    va_end(args);
    diag->messages.items[diag->messages.count - 1].hint = text;
}

void diag_cure(Diag *diag, Cure cure)
{
    if (!diag->messages.count)
        BUG("cure without a message");
    // as long as the message's own text: what a refusal came from may be gone when it is reported
    cure.name = str_copy(diag->arena, cure.name);
    cure.suggestion = str_copy(diag->arena, cure.suggestion);
    cure.example = str_copy(diag->arena, cure.example);
    diag->messages.items[diag->messages.count - 1].cure = cure;
}

Str cure_line(Arena *arena, Cure cure)
{
    Str value = cure.suggestion.len      ? cure.suggestion
                : cure.example.len       ? cure.example
                : cure.kind == CURE_TYPE ? STR("TYPE")
                : cure.is_called         ? STR("lambda *args, **kwargs: VALUE")
                                         : STR("VALUE");
    return str_format(arena, "%.*s = %.*s", STR_ARGS(cure.name), STR_ARGS(value));
}

void span_position(Span at, unsigned *line, unsigned *column)
{
    Str text = at.source->text;
    size_t end = at.start < text.len ? at.start : text.len, line_start = 0;
    *line = 1;
    for (size_t i = 0; i < end; i++)
        if (text.ptr[i] == '\n') {
            ++*line;
            line_start = i + 1;
        }
    *column = 1 + (unsigned)utf8_length(str_slice(text, line_start, end));
}

// The source line of `at` with carets under it.
static void add_excerpt(Arena *arena, Buf *out, Span at, unsigned line, unsigned column)
{
    enum { LONGEST = 200 };
    Str text = at.source->text;
    size_t start = at.start < text.len ? at.start : text.len, end;
    while (start && text.ptr[start - 1] != '\n')
        start--;
    end = str_find_char(text, '\n', start);
    end = end == SIZE_MAX ? text.len : end;
    if (end - start > LONGEST || utf8_check(str_slice(text, start, end)) != SIZE_MAX)
        return;
    Str shown = str_replace(arena, str_slice(text, start, end), STR("\t"), STR(" "));
    if (!str_equal(shown, str_printable(arena, shown)))
        return;
    size_t stop = at.start + at.len < end ? at.start + at.len : end;
    size_t width = stop > at.start ? utf8_length(str_slice(text, at.start, stop)) : 1;
    buf_addf(out, "%5u | %.*s\n      | ", line, STR_ARGS(shown));
    for (unsigned i = 1; i < column; i++)
        buf_add_char(out, ' ');
    for (size_t i = 0; i < width; i++)
        buf_add_char(out, '^');
    buf_add_char(out, '\n');
}

Str message_format(Arena *arena, const Message *message)
{
    static const char *const names[] = {"error", "warning", "note"};
    Buf out = buf_open(arena);
    unsigned line = 0, column = 0;
    if (message->at.source) {
        span_position(message->at, &line, &column);
        buf_addf(&out, "%.*s:%u:%u: ", STR_ARGS(message->at.source->name), line, column);
    } else {
        buf_add(&out, STR("waybill: "));
    }
    buf_addf(&out, "%s: %.*s\n", names[message->severity], STR_ARGS(str_printable(arena, message->text)));
    if (message->at.source && message->at.source->text.len)
        add_excerpt(arena, &out, message->at, line, column);
    if (message->hint.len)
        buf_addf(&out, "hint: %.*s\n", STR_ARGS(message->hint));
    return buf_str(&out);
}

void diag_print(const Diag *diag, FILE *out)
{
    for (size_t i = 0; i < diag->messages.count; i++) {
        Str text = message_format(diag->arena, &diag->messages.items[i]);
        fwrite(text.ptr, 1, text.len, out);
    }
}
