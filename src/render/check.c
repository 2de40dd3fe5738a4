// Queries that stop the framed script: what it asks, and the line that tells why.
#include "render_int.h"

// "Check of 0003_x.py:12: it stops here when the query finds rows (Cannot ...)."
static Str remark_of(Writing *w, const Op *op)
{
    enum { LONGEST = 300 };
    static const char *const found[] = {"",
                                        "when it counts any",
                                        "unless it counts some",
                                        "when it finds a row",
                                        "unless it finds a row",
                                        "when it says yes",
                                        "unless it says yes"};
    unsigned line, column;
    Buf why = buf_open(w->arena);
    span_position(op->raised_at, &line, &column);
    for (size_t i = 0; i < op->raised.len && why.len < LONGEST; i++) {
        bool space = strchr(" \t\r\n", op->raised.ptr[i]) != NULL;
        if (!space)
            buf_add_char(&why, op->raised.ptr[i]);
        else if (why.len && why.ptr[why.len - 1] != ' ')
            buf_add_char(&why, ' ');
    }
    while (why.len && ((unsigned char)why.ptr[why.len - 1] & 0x80) && why.len >= LONGEST)
        why.len--;   // a character that was cut
    Str said = str_trim(buf_str(&why));
    Str text = str_format(w->arena, "-- Check (%.*s:%u): the script stops at this query %s%s%.*s",
                          STR_ARGS(path_base(op->raised_at.source->name)), line, found[op->expect], said.len ? ": " : ".",
                          STR_ARGS(said));
    return str_copy(w->r->arena, str_printable(w->arena, text));
}

void expect_of_last(Writing *w, const Op *op)
{
    Statement *s = last_statement(w);
    if (s->kind != STATEMENT_QUERY || op->expect == EXPECT_ANYTHING)
        return;
    s->expects_zero = true;
    if (!op->raised_at.source)
        return;
    Str check;
    s->raised_at = op->raised_at;
    s->remark = remark_of(w, op);
    s->no_check = sql_check(w->arena, w->r->dialect, s->text, op->expect, &check);
    if (!s->no_check)
        s->check = str_copy(w->r->arena, check);
}
