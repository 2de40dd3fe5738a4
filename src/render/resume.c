// Going on with another script than the one that stopped: a corrected one, whose sections up to there are the same, byte for
// byte.
#include "frame_int.h"

enum { HASH_DIGITS = 64 };
static const Str section_head = {"\n-- Section ", 12},
                 receipt_head = {"\n-- Receipt: computed, never printed as a constant.", 51};

static size_t find_last(Str text, Str part)
{
    size_t last = SIZE_MAX;
    for (size_t at = 0; (at = str_find(text, part, at)) != SIZE_MAX; at++)
        last = at;
    return last;
}

// The digits behind the first place where `before` stands, or the last.
static Str digits_behind(Str text, Str before, size_t count, bool is_last)
{
    size_t at = is_last ? find_last(text, before) : str_find(text, before, 0);
    if (at == SIZE_MAX || !frame_has_digits(text, at + before.len, count))
        return STR_EMPTY;
    return str_slice(text, at + before.len, at + before.len + count);
}

// What its receipt says of it is so: it is as it was made.
static bool is_sealed(Arena *arena, Str script, Str digits)
{
    uint8_t hash[HASH_DIGITS / 2];
    static const char zeros[HASH_DIGITS + 1] = "0000000000000000000000000000000000000000000000000000000000000000";
    sha256(str_replace(arena, script, digits, str_from(zeros)), hash);
    return str_equal(frame_hex(arena, hash), digits);
}

// The seal of a script's guard, which its first section asks for.
static Str guard_seal(Str script)
{
    return digits_behind(script, STR("'waybill.at', true) IS DISTINCT FROM '"), HASH_DIGITS, false);
}

// The sections before the one that is gone on from, as the corrected script has them under the name of the old one, behind
// its guard.
static bool own_sections(const Frame *frame, Str run, Str seal, Str count, Str *sections)
{
    Frame probe = *frame;
    Str text;
    probe.run = run;
    probe.until = (size_t)frame->r->options->from_section - 1;
    probe.count_said = count;
    probe.first = probe.done = 0;
    if (!framed_text(&probe, &text))
        return false;
    size_t first = str_find(text, section_head, 0), last = find_last(text, receipt_head);
    *sections = str_replace(frame->r->arena, str_slice(text, first, last), guard_seal(text), seal);
    if (frame_is_psql(frame))
        *sections = str_slice(*sections, 0, sections->len - strlen("\\endif\n"));
    return true;
}

bool frame_resume(Frame *frame, Str *run)
{
    Arena *arena = frame->r->arena;
    Str old = frame->r->options->resume_of, own,
        hint = STR("Give the whole script that the run began with, as it was made.");
    Str digits = digits_behind(old, STR(" script_sha256="), HASH_DIGITS, true);
    Str seal = guard_seal(old);
    size_t first = str_find(old, section_head, 0), colon = first == SIZE_MAX ? SIZE_MAX : str_find_char(old, ':', first);
    size_t of = first == SIZE_MAX ? SIZE_MAX : str_find(old, STR(" of "), first);
    *run = digits_behind(old, STR("WHERE run = '"), HASH_DIGITS, true);
    bool is_whole = digits.len && seal.len && run->len && of < colon && colon != SIZE_MAX && is_sealed(arena, old, digits);
    if (!is_whole || !str_equal(*run, digits)) {
        diag_error(frame->diag, SPAN_NONE, "--resume-of names no whole script with sections, unchanged since it was made");
        diag_hint(frame->diag, "%.*s", STR_ARGS(hint));
        return false;
    }
    if (!own_sections(frame, *run, seal, str_slice(old, of + strlen(" of "), colon), &own))
        return false;
    Str there = str_slice(old, first, first + own.len < old.len ? first + own.len : old.len);
    Str behind = str_slice(old, first + there.len, old.len);
    Str next = str_format(arena, "%.*s%d of ", STR_ARGS(section_head), frame->r->options->from_section);
    if (str_equal(there, own) && str_starts(behind, next))
        return true;
    diag_error(frame->diag, SPAN_NONE, "the sections before section %d are not the same as those of --resume-of",
               frame->r->options->from_section);
    diag_hint(frame->diag,
              "What is done is done: a corrected script may differ from the section on in which the run stopped.");
    return false;
}
