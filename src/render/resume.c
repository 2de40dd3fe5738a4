// Going on with another script than the one that stopped: a corrected one, whose sections up to there do the same.
#include "frame_int.h"

enum { RUN_DIGITS = 64, TOKEN_DIGITS = 20 };

static bool are_digits(Str text, size_t at, size_t count)
{
    if (at + count > text.len)
        return false;
    for (size_t i = at; i < at + count; i++)
        if (!strchr("0123456789abcdef", text.ptr[i]) || !text.ptr[i])
            return false;
    return true;
}

// The digits behind the first place where `before` stands in front of so many of them.
static Str digits_behind(Str text, Str before, size_t count)
{
    for (size_t at = 0; (at = str_find(text, before, at)) != SIZE_MAX; at++)
        if (are_digits(text, at + before.len, count))
            return str_slice(text, at + before.len, at + before.len + count);
    return STR_EMPTY;
}

// What stands from the head of section 1 up to that of section `end`; empty: there are no such.
static Str sections_of(Arena *arena, Str script, size_t end)
{
    size_t first = str_find(script, STR("\n-- Section 1 of "), 0);
    size_t last = str_find(script, str_format(arena, "\n-- Section %zu of ", end), 0);
    return first == SIZE_MAX || last == SIZE_MAX || first >= last ? STR_EMPTY : str_slice(script, first, last);
}

// Without what each script has of its own: its token, its run, how many sections it has.
static Str plain(Arena *arena, Str sections, Str run, Str token)
{
    Buf out = buf_open(arena);
    sections = str_replace(arena, str_replace(arena, sections, run, STR("RUN")), token, STR("TOKEN"));
    while (sections.len) {
        Str line = str_cut(&sections, '\n');
        size_t of = str_starts(line, STR("-- Section ")) ? str_find(line, STR(" of "), 0) : SIZE_MAX;
        size_t colon = of == SIZE_MAX ? SIZE_MAX : str_find_char(line, ':', of);
        if (colon != SIZE_MAX)
            line = str_format(arena, "%.*s%.*s", (int)of, line.ptr, (int)(line.len - colon), line.ptr + colon);
        buf_addf(&out, "%.*s\n", STR_ARGS(line));
    }
    return buf_str(&out);
}

bool frame_resume(Frame *frame, Str script, Str *run)
{
    Arena *arena = frame->r->arena;
    Str old = frame->r->options->resume_of;
    size_t from = (size_t)frame->r->options->from_section;
    Str own = *run;
    *run = digits_behind(old, STR("WHERE run = '"), RUN_DIGITS);
    Str token = digits_behind(old, STR("'waybill.at', true) IS DISTINCT FROM '"), TOKEN_DIGITS);
    if (!run->len || !token.len) {
        diag_error(frame->diag, SPAN_NONE, "--resume-of names no script with sections");
        diag_hint(frame->diag, "A script of one section keeps nothing when it stops: run the corrected one whole.");
        return false;
    }
    // a script that went on from a section has not the ones before it: the whole one is asked for
    Str before = sections_of(arena, old, from), now = sections_of(arena, script, from);
    if (!before.len || !now.len) {
        diag_error(frame->diag, SPAN_NONE, "the script of --resume-of does not hold the sections before section %zu", from);
        diag_hint(frame->diag, "Give the whole script that the run began with, not one that goes on from a section.");
        return false;
    }
    if (str_equal(plain(arena, before, *run, token), plain(arena, now, own, frame->token)))
        return true;
    diag_error(frame->diag, SPAN_NONE, "the sections before section %zu do something else than those of --resume-of", from);
    diag_hint(frame->diag,
              "What is done is done: a corrected script may differ from the section on in which the run stopped.");
    return false;
}
