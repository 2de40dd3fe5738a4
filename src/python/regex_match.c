// re, second part: a backtracking matcher with a step limit. Texts are UTF-8, characters are read whole.
#include <ctype.h>

#include "regex_int.h"

typedef struct Continuation {
    const ReNode *node;   // what comes after the group or repetition
    const struct Continuation *outer;
    const ReNode *repeat;   // set: one round of a repetition has just ended
    uint32_t count;
    size_t start;
    int group;   // >0: a group ends here
} Continuation;

typedef struct Matcher {
    Interp *in;
    Match *match;
    int64_t flags;
    uint64_t steps;
    unsigned depth;
    bool broken;
} Matcher;

static bool run(Matcher *m, const ReNode *node, size_t at, const Continuation *next, size_t *end);

static bool is_word(Str text, size_t at)
{
    return at < text.len && is_word_byte(text.ptr[at]);
}

static uint32_t fold(uint32_t c)
{
    return c < 0x80 ? (uint32_t)tolower((int)c) : c;
}

static bool in_ranges(const ReNode *node, uint32_t c, bool ignore_case)
{
    bool found = false;
    for (size_t i = 0; i < node->ranges.count && !found; i++) {
        const Range *r = &node->ranges.items[i];
        found = c >= r->low && c <= r->high;
        if (!found && ignore_case && c < 0x80) {
            uint32_t upper = (uint32_t)toupper((int)c), lower = (uint32_t)tolower((int)c);
            found = (upper >= r->low && upper <= r->high) || (lower >= r->low && lower <= r->high);
        }
    }
    return found != node->negated;
}

// Takes one character; returns its bytes, 0 when it does not match.
static size_t one_char(const Matcher *m, const ReNode *node, size_t at)
{
    Str text = m->match->text;
    uint32_t c;
    if (at >= text.len)
        return 0;
    size_t bytes = utf8_decode(str_slice(text, at, text.len), &c);
    if (!bytes) {
        c = (unsigned char)text.ptr[at];
        bytes = 1;
    }
    bool ignore_case = m->flags & FLAG_I, good;
    if (node->type == RE_ANY)
        good = c != '\n' || m->flags & FLAG_S;
    else if (node->type == RE_SET)
        good = in_ranges(node, c, ignore_case);
    else
        good = c == node->code || (ignore_case && fold(c) == fold(node->code));
    return good ? bytes : 0;
}

static bool resume(Matcher *m, size_t at, const Continuation *next, size_t *end)
{
    if (!next) {
        *end = at;
        return true;
    }
    if (next->group) {
        size_t *starts = m->match->starts, *ends = m->match->ends;
        size_t old_start = starts[next->group], old_end = ends[next->group];
        starts[next->group] = next->start;
        ends[next->group] = at;
        if (run(m, next->node, at, next->outer, end))
            return true;
        starts[next->group] = old_start;
        ends[next->group] = old_end;
        return false;
    }
    if (!next->repeat)
        return run(m, next->node, at, next->outer, end);
    const ReNode *repeat = next->repeat;
    if (at == next->start && next->count > repeat->least)   // an empty round goes no further
        return run(m, repeat->next, at, next->outer, end);
    Continuation round = {NULL, next->outer, repeat, next->count + 1, at, 0};
    bool more = next->count < repeat->most;
    if (next->count < repeat->least)
        return run(m, repeat->child, at, &round, end);
    if (repeat->lazy)
        return run(m, repeat->next, at, next->outer, end) || (more && run(m, repeat->child, at, &round, end));
    return (more && run(m, repeat->child, at, &round, end)) || run(m, repeat->next, at, next->outer, end);
}

// Repetition of single characters: no recursion for each of them.
static bool run_simple_repeat(Matcher *m, const ReNode *node, size_t at, const Continuation *next, size_t *end)
{
    uint32_t count = 0;
    size_t position = at;
    while (count < node->least || (!node->lazy && count < node->most)) {
        size_t bytes = one_char(m, node->child, position);
        if (!bytes)
            break;
        position += bytes;
        count++;
    }
    m->steps += count / 4;
    if (count < node->least)
        return false;
    for (;;) {
        if (run(m, node->next, position, next, end))
            return true;
        if (m->broken)
            return false;
        if (node->lazy) {
            size_t bytes = count < node->most ? one_char(m, node->child, position) : 0;
            if (!bytes)
                return false;
            position += bytes;
            count++;
        } else {
            if (count == node->least)
                return false;
            do
                position--;
            while (position > at && ((unsigned char)m->match->text.ptr[position] & 0xC0) == 0x80);
            count--;
        }
    }
}

static bool holds(const Matcher *m, const ReNode *node, size_t at)
{
    Str text = m->match->text;
    bool word = (at && is_word(text, at - 1)) != is_word(text, at);
    switch ((int)node->type) {
    case RE_START: return !at || (m->flags & FLAG_M && text.ptr[at - 1] == '\n');
    case RE_END:
        return at == text.len || (at + 1 == text.len && text.ptr[at] == '\n') || (m->flags & FLAG_M && text.ptr[at] == '\n');
    case RE_TEXT_START: return !at;
    case RE_TEXT_END: return at == text.len;
    case RE_WORD: return word;
    default: return !word;
    }
}

static bool run_look(Matcher *m, const ReNode *node, size_t at)
{
    size_t ignored;
    return run(m, node->child, at, NULL, &ignored) == (node->type == RE_AHEAD) && !m->broken;
}

static bool run(Matcher *m, const ReNode *node, size_t at, const Continuation *next, size_t *end)
{
    if (++m->steps > RE_STEPS || m->depth >= RE_MAX_DEPTH) {
        m->broken = true;
        return false;
    }
    m->depth++;
    bool matched = false;
    for (;; node = node->next) {
        if (!node) {
            matched = resume(m, at, next, end);
            break;
        }
        if (node->type == RE_EMPTY)
            continue;
        if (node->type <= RE_SET) {
            size_t bytes = one_char(m, node, at);
            if (!bytes)
                break;
            at += bytes;
            continue;
        }
        if (node->type <= RE_NOT_WORD) {
            if (!holds(m, node, at))
                break;
            continue;
        }
        if (node->type == RE_AHEAD || node->type == RE_NOT_AHEAD) {
            if (!run_look(m, node, at))
                break;
            continue;
        }
        if (node->type == RE_BACKREF) {
            size_t start = m->match->starts[node->group];
            if (start == SIZE_MAX)
                break;
            Str taken = str_slice(m->match->text, start, m->match->ends[node->group]);
            if (!str_starts(str_slice(m->match->text, at, m->match->text.len), taken))
                break;
            at += taken.len;
            continue;
        }
        if (node->type == RE_ALT) {
            Continuation after = {node->next, next, NULL, 0, at, 0};
            matched = run(m, node->child, at, &after, end) || (!m->broken && run(m, node->other, at, &after, end));
        } else if (node->type == RE_GROUP) {
            Continuation after = {node->next, next, NULL, 0, at, node->group};
            matched = run(m, node->child, at, &after, end);
        } else if (node->child->type <= RE_SET) {
            matched = run_simple_repeat(m, node, at, next, end);
        } else {
            Continuation round = {NULL, next, node, 0, SIZE_MAX, 0};
            matched = resume(m, at, &round, end);
        }
        break;
    }
    m->depth--;
    return matched;
}

bool regex_match_at(Interp *in, Span at, const Pattern *pattern, Str text, size_t start, bool whole, Match *match,
                    bool *found)
{
    Matcher m = {.in = in, .match = match, .flags = pattern->flags};
    match->pattern = pattern;
    match->text = text;
    for (int i = 0; i <= pattern->groups; i++)
        match->starts[i] = match->ends[i] = SIZE_MAX;
    ReNode stop = {.type = RE_TEXT_END};
    Continuation last = {&stop, NULL, NULL, 0, 0, 0};
    size_t end = 0;
    *found = run(&m, pattern->root, start, whole ? &last : NULL, &end);
    match->starts[0] = start;
    match->ends[0] = end;
    if (m.broken)
        return interp_refuse(in, at, STR("Write the result in the revision."),
                             "a regular expression needs more than %d steps or %d levels (the limit)", RE_STEPS,
                             RE_MAX_DEPTH);
    return interp_tick(in, at, m.steps / 4 + 1);
}

int regex_group(const Pattern *pattern, Str name)
{
    for (size_t i = 0; i < pattern->names.count; i++)
        if (name.len && str_equal(pattern->names.items[i], name))
            return (int)i + 1;
    return -1;
}
