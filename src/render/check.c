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

// What a query is asked by: whether rows are there is no matter of their order, and EXISTS of a query is one of its rows.
static bool asked_text(Writing *w, const Op *op, Str own, Expect *expect, Str *text)
{
    bool rows = *expect == EXPECT_NO_ROWS || *expect == EXPECT_ROWS;
    const Select *select = op->select;
    *text = own;
    if (!select)
        return true;
    const Expr *inner = select_only_exists(select);
    bool orders = rows && select->order_by.count && !select->limit && !select->offset;
    if (!inner && !orders)
        return true;
    Buf out = buf_open(w->arena);
    Select plain = inner ? *inner->select : *select;
    plain.order_by = (ExprList){0};
    if (inner)
        *expect = *expect == EXPECT_TRUE ? EXPECT_ROWS : EXPECT_NO_ROWS;
    bool done = sql_select(w->arena, w->diag, w->r->style, &plain, &out);
    *text = buf_str(&out);
    return done;
}

bool expect_of_last(Writing *w, const Op *op)
{
    Statement *s = last_statement(w);
    if (s->kind != STATEMENT_QUERY || op->expect == EXPECT_ANYTHING)
        return true;
    s->expects_zero = true;
    if (!op->raised_at.source)
        return true;
    Str query, check;
    Expect expect = op->expect;
    s->raised_at = op->raised_at;
    s->remark = remark_of(w, op);
    if (!asked_text(w, op, s->text, &expect, &query))
        return false;
    s->no_check = sql_check(w->arena, w->r->dialect, query, expect, &check);
    if (!s->no_check)
        s->check = str_copy(w->r->arena, check);
    return true;
}
