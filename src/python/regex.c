// re: a backtracking matcher for the common syntax, with a step limit. Texts are matched byte by byte as UTF-8 with
// characters read whole; anything beyond (lookbehind, conditionals, inline flags inside) is refused.
#include <ctype.h>

#include "module_int.h"

typedef enum NodeType { RE_CHAR, RE_ANY, RE_SET, RE_START, RE_END, RE_TEXT_START, RE_TEXT_END, RE_WORD, RE_NOT_WORD, RE_GROUP, RE_REPEAT, RE_ALT,
                        RE_BACKREF, RE_AHEAD, RE_NOT_AHEAD, RE_EMPTY } NodeType;

typedef struct Range {
    uint32_t low, high;
} Range;

typedef struct ReNode {
    NodeType type;
    uint32_t code;
    VEC(Range) ranges;
    bool negated, lazy;
    int group;               // RE_GROUP: number, 0: does not capture
    uint32_t least, most;
    struct ReNode *child;    // RE_GROUP, RE_REPEAT, RE_AHEAD
    struct ReNode *other;    // RE_ALT: child | other
    struct ReNode *next;
} ReNode;

enum { RE_MAX_GROUPS = 100, RE_MAX_DEPTH = 1500, RE_STEPS = 2000000, FLAG_I = 2, FLAG_M = 8, FLAG_S = 16, FLAG_X = 64 };

typedef struct Pattern {
    ReNode *root;
    int groups;
    int64_t flags;
    Str text;
    StrList names;     // by group number - 1; empty: unnamed
} Pattern;

typedef struct Match {
    const Pattern *pattern;
    Str text;
    size_t starts[RE_MAX_GROUPS], ends[RE_MAX_GROUPS];   // SIZE_MAX: not taken part
} Match;

typedef struct Compiler {
    Interp *in;
    Span at;
    Str text;
    size_t pos;
    Pattern *pattern;
    unsigned depth;
    bool failed;
} Compiler;

static ReNode *parse_alternatives(Compiler *c);

static ReNode *re_fail(Compiler *c, const char *why)
{
    if (!c->failed)
        interp_refuse(c->in, c->at, STR("Write the result in the revision."), "this regular expression is not supported: %s", why);
    c->failed = true;
    return NULL;
}

static ReNode *re_node(Compiler *c, NodeType type)
{
    ReNode *node = arena_new(c->in->arena, ReNode);
    node->type = type;
    return node;
}

static uint32_t re_peek(const Compiler *c)
{
    return c->pos < c->text.len ? (unsigned char)c->text.ptr[c->pos] : 0;
}

static uint32_t re_take(Compiler *c)
{
    uint32_t code = 0;
    size_t bytes = utf8_decode(str_slice(c->text, c->pos, c->text.len), &code);
    c->pos += bytes ? bytes : 1;
    return code;
}

static void add_range(Compiler *c, ReNode *node, uint32_t low, uint32_t high)
{
    Range range = {low, high};
    vec_push(c->in->arena, &node->ranges, range);
}

// \d \w \s and their opposites; returns false when `letter` is none of them.
static bool add_class(Compiler *c, ReNode *node, char letter)
{
    switch (letter) {
    case 'd': add_range(c, node, '0', '9'); return true;
    case 'D': add_range(c, node, 0, '0' - 1); add_range(c, node, '9' + 1, 0x10FFFF); return true;
    case 's': add_range(c, node, 9, 13); add_range(c, node, ' ', ' '); add_range(c, node, 0x1C, 0x1F); add_range(c, node, 0xA0, 0xA0); return true;
    case 'S': add_range(c, node, 0, 8); add_range(c, node, 14, 0x1B); add_range(c, node, 0x21, 0x9F); add_range(c, node, 0xA1, 0x10FFFF); return true;
    case 'w':
        add_range(c, node, '0', '9'), add_range(c, node, 'A', 'Z'), add_range(c, node, 'a', 'z'), add_range(c, node, '_', '_');
        add_range(c, node, 0xAA, 0xAA), add_range(c, node, 0xC0, 0xD6), add_range(c, node, 0xD8, 0xF6), add_range(c, node, 0xF8, 0x1FFF);
        add_range(c, node, 0x3040, 0xD7FF);
        return true;
    case 'W':
        add_range(c, node, 0, '0' - 1), add_range(c, node, '9' + 1, 'A' - 1), add_range(c, node, 'Z' + 1, '_' - 1), add_range(c, node, '_' + 1, 'a' - 1);
        add_range(c, node, 'z' + 1, 0xA9), add_range(c, node, 0xAB, 0xBF), add_range(c, node, 0xD7, 0xD7), add_range(c, node, 0xF7, 0xF7);
        add_range(c, node, 0x2000, 0x303F);
        return true;
    default: return false;
    }
}

static uint32_t escaped_char(Compiler *c, char letter)
{
    switch (letter) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case 'f': return '\f';
    case 'v': return '\v';
    case 'a': return '\a';
    case '0': return 0;
    case 'x': case 'u': {
        uint32_t code = 0;
        for (int i = 0; i < (letter == 'x' ? 2 : 4); i++) {
            char digit = (char)re_peek(c);
            if (!isxdigit((unsigned char)digit))
                return re_fail(c, "incomplete escape"), 0;
            code = code * 16 + (uint32_t)(isdigit((unsigned char)digit) ? digit - '0' : (digit | 32) - 'a' + 10);
            c->pos++;
        }
        return code;
    }
    default:
        if (isalnum((unsigned char)letter))
            re_fail(c, "unknown escape");
        return (unsigned char)letter;
    }
}

static ReNode *parse_set(Compiler *c)
{
    ReNode *node = re_node(c, RE_SET);
    if (re_peek(c) == '^') {
        node->negated = true;
        c->pos++;
    }
    for (bool first = true; first || re_peek(c) != ']'; first = false) {
        if (c->pos >= c->text.len || c->failed)
            return re_fail(c, "unterminated character set");
        uint32_t low = re_take(c), high;
        if (low == '\\') {
            char letter = (char)re_take(c);
            if (add_class(c, node, letter))
                continue;
            low = letter == 'b' ? '\b' : escaped_char(c, letter);
        }
        high = low;
        if (re_peek(c) == '-' && c->pos + 1 < c->text.len && c->text.ptr[c->pos + 1] != ']') {
            c->pos++;
            high = re_take(c);
            if (high == '\\')
                high = escaped_char(c, (char)re_take(c));
            if (high < low)
                return re_fail(c, "bad character range");
        }
        add_range(c, node, low, high);
    }
    c->pos++;
    return node;
}

static ReNode *parse_group(Compiler *c)
{
    ReNode *node = re_node(c, RE_GROUP);
    Str name = STR_EMPTY;
    bool captures = true;
    if (re_peek(c) == '?') {
        c->pos++;
        char kind = (char)re_take(c);
        captures = false;
        if (kind == '=' || kind == '!') {
            node->type = kind == '=' ? RE_AHEAD : RE_NOT_AHEAD;
        } else if (kind == 'P' && re_peek(c) == '<') {
            size_t end = str_find_char(c->text, '>', ++c->pos);
            if (end == SIZE_MAX)
                return re_fail(c, "a group's name is not ended");
            name = str_slice(c->text, c->pos, end);
            c->pos = end + 1;
            captures = true;
        } else if (kind != ':') {
            return re_fail(c, "this kind of group");
        }
    }
    if (captures) {
        if (c->pattern->groups + 1 >= RE_MAX_GROUPS)
            return re_fail(c, "too many groups");
        node->group = ++c->pattern->groups;
        vec_push(c->in->arena, &c->pattern->names, name);
    }
    node->child = parse_alternatives(c);
    if (re_peek(c) != ')' || c->pos >= c->text.len)
        return re_fail(c, "missing )");
    c->pos++;
    return node;
}

static ReNode *parse_escape(Compiler *c)
{
    if (c->pos >= c->text.len)
        return re_fail(c, "bad escape at the end");
    char letter = (char)re_take(c);
    ReNode *node = re_node(c, RE_SET);
    if (add_class(c, node, letter))
        return node;
    static const char anchors[] = "AZbB";
    static const NodeType types[] = {RE_TEXT_START, RE_TEXT_END, RE_WORD, RE_NOT_WORD};
    const char *anchor = strchr(anchors, letter);
    if (anchor && letter) {
        node->type = types[anchor - anchors];
    } else if (letter >= '1' && letter <= '9') {
        node->type = RE_BACKREF;
        node->group = letter - '0';
        if (node->group > c->pattern->groups)
            return re_fail(c, "invalid group reference");
    } else {
        node->type = RE_CHAR;
        node->code = escaped_char(c, letter);
    }
    return node;
}

static ReNode *re_atom(Compiler *c)
{
    uint32_t code = re_take(c);
    switch (code) {
    case '.': return re_node(c, RE_ANY);
    case '^': return re_node(c, RE_START);
    case '$': return re_node(c, RE_END);
    case '[': return parse_set(c);
    case '(': return parse_group(c);
    case '\\': return parse_escape(c);
    case '*': case '+': case '?': return re_fail(c, "nothing to repeat");
    default: break;
    }
    ReNode *node = re_node(c, RE_CHAR);
    node->code = code;
    return node;
}

static bool parse_count(Compiler *c, uint32_t *least, uint32_t *most)
{
    size_t at = c->pos + 1;
    uint32_t numbers[2] = {0, UINT32_MAX};
    int part = 0;
    bool any = false, second = false;
    for (; at < c->text.len && c->text.ptr[at] != '}'; at++) {
        char digit = c->text.ptr[at];
        if (digit == ',' && !part) {
            part = 1;
        } else if (isdigit((unsigned char)digit)) {
            numbers[part] = (part && !second ? 0 : numbers[part]) * 10 + (uint32_t)(digit - '0');
            second = second || part;
            any = true;
            if (numbers[part] > 10000)
                return re_fail(c, "a repetition of more than 10000"), false;
        } else {
            return false;
        }
    }
    if (at >= c->text.len || (!any && !part))
        return false;
    *least = numbers[0];
    *most = part ? numbers[1] : numbers[0];
    c->pos = at + 1;
    return true;
}

static ReNode *parse_repeat(Compiler *c)
{
    ReNode *atom = re_atom(c);
    while (atom && !c->failed && c->pos < c->text.len) {
        uint32_t least, most;
        char op = (char)re_peek(c);
        if (op == '*' || op == '+' || op == '?') {
            least = op == '+';
            most = op == '?' ? 1 : UINT32_MAX;
            c->pos++;
        } else if (op != '{' || !parse_count(c, &least, &most)) {
            break;
        }
        ReNode *node = re_node(c, RE_REPEAT);
        node->child = atom;
        node->least = least;
        node->most = most;
        if (re_peek(c) == '?' && c->pos < c->text.len) {
            node->lazy = true;
            c->pos++;
        } else if (c->pos < c->text.len && (re_peek(c) == '+' || re_peek(c) == '*')) {
            return re_fail(c, "multiple repeat");
        }
        atom = node;
    }
    return atom;
}

static ReNode *parse_sequence(Compiler *c)
{
    ReNode *first = NULL, **link = &first;
    while (c->pos < c->text.len && re_peek(c) != '|' && re_peek(c) != ')' && !c->failed) {
        if (c->pattern->flags & FLAG_X && (isspace((int)re_peek(c)) || re_peek(c) == '#')) {
            size_t end = re_peek(c) == '#' ? str_find_char(c->text, '\n', c->pos) : c->pos;
            c->pos = end == SIZE_MAX ? c->text.len : end + 1;
            continue;
        }
        *link = parse_repeat(c);
        if (!*link)
            break;
        link = &(*link)->next;
    }
    return first ? first : re_node(c, RE_EMPTY);
}

static ReNode *parse_alternatives(Compiler *c)
{
    if (++c->depth > LIMIT_NESTING)
        return re_fail(c, "groups too deep");
    ReNode *first = parse_sequence(c);
    if (re_peek(c) == '|' && c->pos < c->text.len) {
        c->pos++;
        ReNode *node = re_node(c, RE_ALT);
        node->child = first;
        node->other = parse_alternatives(c);
        first = node;
    }
    c->depth--;
    return first;
}

// ---- matching ----

typedef struct Continuation {
    const ReNode *node;          // what comes after the group or repetition
    const struct Continuation *outer;
    const ReNode *repeat;        // set: one round of a repetition has just ended
    uint32_t count;
    size_t start;
    int group;                   // >0: a group ends here
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
    if (at >= text.len)
        return false;
    unsigned char c = (unsigned char)text.ptr[at];
    return isalnum(c) || c == '_' || c >= 0x80;
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
    case RE_END: return at == text.len || (at + 1 == text.len && text.ptr[at] == '\n') || (m->flags & FLAG_M && text.ptr[at] == '\n');
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

static bool match_at(Interp *in, Span at, const Pattern *pattern, Str text, size_t start, bool whole, Match *match, bool *found)
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
        return interp_refuse(in, at, STR("Write the result in the revision."), "a regular expression needs more than %d steps or %d levels (the limit)", RE_STEPS, RE_MAX_DEPTH);
    return interp_tick(in, at, m.steps / 4 + 1);
}

static bool search_from(Interp *in, Span at, const Pattern *pattern, Str text, size_t start, Match *match, bool *found)
{
    *found = false;
    for (; start <= text.len && !*found; start++) {
        if (start && start < text.len && ((unsigned char)text.ptr[start] & 0xC0) == 0x80)
            continue;
        if (!match_at(in, at, pattern, text, start, false, match, found))
            return false;
    }
    return true;
}

// ---- the module's functions ----

static bool compile(Interp *in, Span at, Value v, int64_t flags, const Pattern **out)
{
    if (v.kind == VALUE_BUILTIN && v.builtin->kind == B_PATTERN) {
        *out = v.builtin->data;
        return true;
    }
    if (v.kind != VALUE_STR)
        return v.kind == VALUE_BYTES ? interp_refuse(in, at, STR_EMPTY, "regular expressions on bytes are not supported")
                                     : interp_raise(in, at, STR("TypeError"), "first argument must be string or compiled pattern");
    Pattern *pattern = arena_new(in->arena, Pattern);
    Compiler c = {.in = in, .at = at, .text = v.text, .pattern = pattern};
    pattern->text = v.text;
    pattern->flags = flags;
    if (str_starts(v.text, STR("(?")) && v.text.len > 3 && strchr("imsxua", v.text.ptr[2])) {
        size_t close = str_find_char(v.text, ')', 0);
        for (size_t i = 2; close != SIZE_MAX && i < close; i++)
            pattern->flags |= v.text.ptr[i] == 'i' ? FLAG_I : v.text.ptr[i] == 'm' ? FLAG_M : v.text.ptr[i] == 's' ? FLAG_S : v.text.ptr[i] == 'x' ? FLAG_X : 0;
        c.pos = close == SIZE_MAX ? 0 : close + 1;
    }
    pattern->root = parse_alternatives(&c);
    if (!c.failed && c.pos < v.text.len)
        re_fail(&c, "unbalanced parenthesis");
    *out = pattern;
    return !c.failed;
}

static Value match_value(Interp *in, const Match *match)
{
    Builtin *b = builtin_make(in, B_MATCH);
    Match *kept = arena_new(in->arena, Match);
    *kept = *match;
    b->data = kept;
    return value_builtin(b);
}

static Value group_value(const Match *match, int group)
{
    return match->starts[group] == SIZE_MAX ? VALUE_OF_NONE : value_str(str_slice(match->text, match->starts[group], match->ends[group]));
}

// (pattern, text...) of the module's functions, (text...) of a compiled pattern's methods.
static bool take_pattern(Interp *in, Value self, const Args *args, const char *name, const char *spec, size_t flags_at, const Pattern **pattern, Value *v)
{
    bool method = self.kind == VALUE_BUILTIN && self.builtin->kind == B_PATTERN;
    int64_t flags = 0;
    if (!take_args(in, args, name, method ? str_find(str_from(spec), STR("pattern "), 0) == 0 ? spec + 8 : spec : spec, method ? v + 1 : v))
        return false;
    if (method) {
        *pattern = self.builtin->data;
        return true;
    }
    if (!is_unset(v[flags_at]) && !want_int(in, args, v[flags_at], name, &flags))
        return false;
    return compile(in, args->at, v[0], flags, pattern);
}

typedef enum MatchHow { HOW_SEARCH, HOW_MATCH, HOW_FULL } MatchHow;

static bool match_how(Interp *in, Value self, const Args *args, MatchHow how, Value *out)
{
    const Pattern *pattern;
    Value v[4];
    Str text;
    Match match;
    bool found;
    if (!take_pattern(in, self, args, "match", "pattern string flags?", 2, &pattern, v) || !want_text(in, args, v[1], "match", &text))
        return false;
    if (how == HOW_SEARCH ? !search_from(in, args->at, pattern, text, 0, &match, &found) : !match_at(in, args->at, pattern, text, 0, how == HOW_FULL, &match, &found))
        return false;
    *out = found ? match_value(in, &match) : VALUE_OF_NONE;
    return true;
}

NATIVE_FN(re_search) { return match_how(in, self, args, HOW_SEARCH, out); }
NATIVE_FN(re_match) { return match_how(in, self, args, HOW_MATCH, out); }
NATIVE_FN(re_fullmatch) { return match_how(in, self, args, HOW_FULL, out); }

// Walks the matches that do not overlap; calls `each` for every one and stores where the text before it began.
typedef struct Walk {
    Interp *in;
    Span at;
    const Pattern *pattern;
    Str text;
    size_t position, last;
    Match match;
} Walk;

static bool walk_next(Walk *w, bool *found)
{
    *found = false;
    if (w->position > w->text.len)
        return true;
    if (!search_from(w->in, w->at, w->pattern, w->text, w->position, &w->match, found))
        return false;
    if (!*found)
        w->position = w->text.len + 1;
    return true;
}

static void walk_on(Walk *w)
{
    w->last = w->match.ends[0];
    w->position = w->last + (w->match.starts[0] == w->last ? 1 : 0);
    while (w->position < w->text.len && w->position && ((unsigned char)w->text.ptr[w->position] & 0xC0) == 0x80)
        w->position++;
}

static bool find_all(Interp *in, Value self, const Args *args, bool matches, Value *out)
{
    Value v[4];
    Walk w = {.in = in, .at = args->at};
    bool found;
    if (!take_pattern(in, self, args, "findall", "pattern string flags?", 2, &w.pattern, v) || !want_text(in, args, v[1], "findall", &w.text))
        return false;
    Value list = value_list(in->arena, VALUE_LIST);
    for (;;) {
        if (!walk_next(&w, &found))
            return false;
        if (!found)
            break;
        Value item;
        if (matches) {
            item = match_value(in, &w.match);
        } else if (w.pattern->groups <= 1) {
            item = group_value(&w.match, w.pattern->groups);
            item = value_is_none(item) ? value_str(STR_EMPTY) : item;
        } else {
            item = value_list(in->arena, VALUE_TUPLE);
            for (int g = 1; g <= w.pattern->groups; g++) {
                Value group = group_value(&w.match, g);
                list_push(in->arena, item, value_is_none(group) ? value_str(STR_EMPTY) : group);
            }
        }
        list_push(in->arena, list, item);
        walk_on(&w);
    }
    *out = matches ? iterator_of(in, list) : list;
    return true;
}

NATIVE_FN(re_findall) { return find_all(in, self, args, false, out); }
NATIVE_FN(re_finditer) { return find_all(in, self, args, true, out); }

static int named_group(const Pattern *pattern, Str name)
{
    for (size_t i = 0; i < pattern->names.count; i++)
        if (name.len && str_equal(pattern->names.items[i], name))
            return (int)i + 1;
    return -1;
}

// \1, \g<name>, \n in a replacement.
static bool add_replacement(Interp *in, Span at, const Match *match, Str text, Buf *buf)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '\\' || i + 1 >= text.len) {
            buf_add_char(buf, text.ptr[i]);
            continue;
        }
        char c = text.ptr[++i];
        int group = -1;
        if (c >= '0' && c <= '9') {
            group = c - '0';
        } else if (c == 'g' && i + 1 < text.len && text.ptr[i + 1] == '<') {
            size_t close = str_find_char(text, '>', i);
            Str name = close == SIZE_MAX ? STR_EMPTY : str_slice(text, i + 2, close);
            bool number = name.len == 1 && name.ptr[0] >= '0' && name.ptr[0] <= '9';
            group = number ? name.ptr[0] - '0' : named_group(match->pattern, name);
            i = close == SIZE_MAX ? i : close;
            if (group < 0)
                return interp_raise(in, at, STR("IndexError"), "unknown group name");
        } else {
            static const char letters[] = "nrtabfv\\", values[] = "\n\r\t\a\b\f\v\\";
            const char *known = strchr(letters, c);
            if (known && c)
                buf_add_char(buf, values[known - letters]);
            else
                buf_add_char(buf, '\\'), buf_add_char(buf, c);
            continue;
        }
        if (group > match->pattern->groups)
            return interp_raise(in, at, STR("IndexError"), "invalid group reference %d", group);
        Value value = group_value(match, group);
        if (value.kind == VALUE_STR)
            buf_add(buf, value.text);
    }
    return true;
}

NATIVE_FN(re_sub)
{
    Value v[6];
    Walk w = {.in = in, .at = args->at};
    int64_t most = 0;
    bool found;
    if (!take_pattern(in, self, args, "sub", "pattern repl string count? flags?", 4, &w.pattern, v) || !want_text(in, args, v[2], "sub", &w.text) ||
        (!is_unset(v[3]) && !want_int(in, args, v[3], "sub", &most)))
        return false;
    Buf buf = buf_open(in->arena);
    for (int64_t n = 0; !most || n < most; n++) {
        if (!walk_next(&w, &found))
            return false;
        if (!found)
            break;
        buf_add(&buf, str_slice(w.text, w.last, w.match.starts[0]));
        if (v[1].kind == VALUE_STR) {
            if (!add_replacement(in, args->at, &w.match, v[1].text, &buf))
                return false;
        } else {
            Value match = match_value(in, &w.match), text;
            if (!call_positional(in, args->at, v[1], 1, &match, &text))
                return false;
            if (is_unknown(text)) {
                *out = text;
                return true;
            }
            if (text.kind == VALUE_STR)
                buf_add(&buf, text.text);
        }
        walk_on(&w);
        if (!interp_room(in, args->at, buf.len > LIMIT_VALUE_BYTES ? buf.len : 32))
            return false;
    }
    buf_add(&buf, str_slice(w.text, w.last, w.text.len));
    *out = value_str(buf_str(&buf));
    return true;
}

NATIVE_FN(re_split)
{
    Value v[5];
    Walk w = {.in = in, .at = args->at};
    int64_t most = 0;
    bool found;
    if (!take_pattern(in, self, args, "split", "pattern string maxsplit? flags?", 3, &w.pattern, v) || !want_text(in, args, v[1], "split", &w.text) ||
        (!is_unset(v[2]) && !want_int(in, args, v[2], "split", &most)))
        return false;
    *out = value_list(in->arena, VALUE_LIST);
    for (int64_t n = 0; !most || n < most; n++) {
        if (!walk_next(&w, &found))
            return false;
        if (!found)
            break;
        list_push(in->arena, *out, value_str(str_slice(w.text, w.last, w.match.starts[0])));
        for (int g = 1; g <= w.pattern->groups; g++)
            list_push(in->arena, *out, group_value(&w.match, g));
        walk_on(&w);
    }
    list_push(in->arena, *out, value_str(str_slice(w.text, w.last, w.text.len)));
    return true;
}

NATIVE_FN(re_compile)
{
    Value v[2];
    int64_t flags = 0;
    const Pattern *pattern;
    (void)self;
    if (!take_args(in, args, "compile", "pattern flags?", v) || (!is_unset(v[1]) && !want_int(in, args, v[1], "compile", &flags)) ||
        !compile(in, args->at, v[0], flags, &pattern))
        return false;
    Builtin *b = builtin_make(in, B_PATTERN);
    b->data = pattern;
    b->self = value_str(pattern->text);
    *out = value_builtin(b);
    return true;
}

NATIVE_FN(re_escape)
{
    Value v;
    Str text;
    (void)self;
    if (!take_args(in, args, "escape", "pattern", &v) || !want_text(in, args, v, "escape", &text))
        return false;
    Buf buf = buf_open(in->arena);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] && strchr("()[]{}?*+-|^$\\.&~# \t\n\r\v\f", text.ptr[i]))
            buf_add_char(&buf, '\\');
        buf_add_char(&buf, text.ptr[i]);
    }
    *out = value_str(buf_str(&buf));
    return interp_room(in, args->at, buf.len);
}

#define FLAG(text, number) {.kind = B_CONSTANT, .name = NAME_OF(text), .self = {.kind = VALUE_INT, .integer = (number)}}
const Builtin re_members[] = {
    NATIVE("search", re_search), NATIVE("match", re_match), NATIVE("fullmatch", re_fullmatch), NATIVE("findall", re_findall), NATIVE("finditer", re_finditer),
    NATIVE("sub", re_sub), NATIVE("split", re_split), NATIVE("compile", re_compile), NATIVE("escape", re_escape), FLAG("I", FLAG_I), FLAG("IGNORECASE", FLAG_I),
    FLAG("M", FLAG_M), FLAG("MULTILINE", FLAG_M), FLAG("S", FLAG_S), FLAG("DOTALL", FLAG_S), FLAG("X", FLAG_X), FLAG("VERBOSE", FLAG_X), FLAG("U", 0),
    FLAG("UNICODE", 0), MEMBERS_END,
};
const Builtin pattern_methods[] = {NATIVE("search", re_search), NATIVE("match", re_match), NATIVE("fullmatch", re_fullmatch), NATIVE("findall", re_findall),
                                   NATIVE("finditer", re_finditer), NATIVE("sub", re_sub), NATIVE("split", re_split), MEMBERS_END};

// ---- match objects ----

static bool group_number(Interp *in, const Args *args, const Match *match, Value v, int *group)
{
    int64_t number;
    if (v.kind == VALUE_STR)
        number = named_group(match->pattern, v.text);
    else if (!want_int(in, args, v, "group", &number))
        return false;
    if (number < 0 || number > match->pattern->groups)
        return interp_raise(in, args->at, STR("IndexError"), "no such group");
    *group = (int)number;
    return true;
}

NATIVE_FN(match_group)
{
    const Match *match = self.builtin->data;
    int group = 0;
    Value all = value_list(in->arena, VALUE_TUPLE);
    *out = group_value(match, 0);
    for (size_t i = 0; i < args->positional; i++) {
        if (!group_number(in, args, match, args->items[i].value, &group))
            return false;
        *out = group_value(match, group);
        list_push(in->arena, all, *out);
    }
    if (args->positional > 1)
        *out = all;
    return true;
}

NATIVE_FN(match_groups)
{
    const Match *match = self.builtin->data;
    Value preset;
    if (!take_args(in, args, "groups", "default?", &preset))
        return false;
    *out = value_list(in->arena, VALUE_TUPLE);
    for (int g = 1; g <= match->pattern->groups; g++) {
        Value group = group_value(match, g);
        list_push(in->arena, *out, value_is_none(group) && !is_unset(preset) ? preset : group);
    }
    return true;
}

NATIVE_FN(match_groupdict)
{
    const Match *match = self.builtin->data;
    if (!take_args(in, args, "groupdict", "", out))
        return false;
    *out = value_dict(in->arena);
    for (size_t i = 0; i < match->pattern->names.count; i++)
        if (match->pattern->names.items[i].len)
            dict_put(in->arena, out->dict, value_str(match->pattern->names.items[i]), group_value(match, (int)i + 1));
    return true;
}

static bool match_place(Interp *in, Value self, const Args *args, bool end, Value *out)
{
    const Match *match = self.builtin->data;
    Value v;
    int group = 0;
    if (!take_args(in, args, "start", "group?", &v) || (!is_unset(v) && !group_number(in, args, match, v, &group)))
        return false;
    size_t at = end ? match->ends[group] : match->starts[group];
    *out = value_int(at == SIZE_MAX ? -1 : (int64_t)utf8_length(str_slice(match->text, 0, at)));
    return true;
}

NATIVE_FN(match_start) { return match_place(in, self, args, false, out); }
NATIVE_FN(match_end) { return match_place(in, self, args, true, out); }

NATIVE_FN(match_span)
{
    Value start, end;
    if (!match_place(in, self, args, false, &start) || !match_place(in, self, args, true, &end))
        return false;
    *out = value_list(in->arena, VALUE_TUPLE);
    list_push(in->arena, *out, start);
    list_push(in->arena, *out, end);
    return true;
}

const Builtin match_methods[] = {NATIVE("group", match_group), NATIVE("groups", match_groups), NATIVE("groupdict", match_groupdict), NATIVE("start", match_start),
                                 NATIVE("end", match_end), NATIVE("span", match_span), MEMBERS_END};
