// Over-long lines of a rendered statement, broken where white space may stand: a client that reads line by line has a
// longest one, and it takes some first and last characters of a line for its own.
#include "sql_int.h"

typedef struct Wrap {
    Buf out;
    size_t line;   // bytes of the line that is being written
    size_t most;
} Wrap;

static void add_text(Wrap *w, Str text)
{
    buf_add(&w->out, text);
    for (size_t i = text.len; i > 0; i--)
        if (text.ptr[i - 1] == '\n') {
            w->line = text.len - i;
            return;
        }
    w->line += text.len;
}

static size_t first_line(Str text)
{
    size_t end = str_find_char(text, '\n', 0);
    return end == SIZE_MAX ? text.len : end;
}

// Whether a line may end before `at`, given what stands on both sides: `gap` bytes of white space, or none.
static bool may_break(Str text, size_t before, size_t at)
{
    char last = text.ptr[before - 1], next = text.ptr[at];
    if (strchr("/.#@!", next) || strchr("-;", last))
        return false;
    if (before < at)
        return true;
    // without white space only where two tokens can never be one: behind a comma, a parenthesis or a whole ||
    return last == ',' || last == '(' || (last == '|' && before > 1 && text.ptr[before - 2] == '|' && next != '|');
}

Str sql_wrap(Arena *arena, const Dialect *dialect, Str text, size_t most)
{
    Wrap w = {.out = buf_open(arena), .most = most};
    size_t start = 0, end = 0;   // the chunk that cannot be broken
    size_t written = 0;
    for (SqlToken t = sql_token(dialect, text, 0);; t = sql_token(dialect, text, t.end)) {
        bool done = t.kind == TOKEN_END;
        if (end && !done && !may_break(text, end, t.start)) {
            end = t.end;
            continue;
        }
        if (end) {
            Str gap = str_slice(text, written, start), chunk = str_slice(text, start, end);
            size_t before = str_find_char(gap, '\n', 0) == SIZE_MAX ? w.line + gap.len : 0;
            if (written && before && before + first_line(chunk) > most)
                gap = STR("\n");
            add_text(&w, gap);
            add_text(&w, chunk);
            written = end;
        }
        if (done)
            break;
        start = t.start;
        end = t.end;
    }
    add_text(&w, str_slice(text, written, text.len));
    return buf_str(&w.out);
}
