// re, first part: the text of a regular expression becomes a tree. What is beyond the common syntax is refused.
#include <ctype.h>

#include "regex_int.h"

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
        interp_refuse(c->in, c->at, STR("Write the result in the revision."), "this regular expression is not supported: %s",
                      why);
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
    case 'D':
        add_range(c, node, 0, '0' - 1);
        add_range(c, node, '9' + 1, 0x10FFFF);
        return true;
    case 's':
        add_range(c, node, 9, 13);
        add_range(c, node, ' ', ' ');
        add_range(c, node, 0x1C, 0x1F);
        add_range(c, node, 0xA0, 0xA0);
        return true;
    case 'S':
        add_range(c, node, 0, 8);
        add_range(c, node, 14, 0x1B);
        add_range(c, node, 0x21, 0x9F);
        add_range(c, node, 0xA1, 0x10FFFF);
        return true;
    case 'w':
        add_range(c, node, '0', '9'), add_range(c, node, 'A', 'Z'), add_range(c, node, 'a', 'z'),
            add_range(c, node, '_', '_');
        add_range(c, node, 0xAA, 0xAA), add_range(c, node, 0xC0, 0xD6), add_range(c, node, 0xD8, 0xF6),
            add_range(c, node, 0xF8, 0x1FFF);
        add_range(c, node, 0x3040, 0xD7FF);
        return true;
    case 'W':
        add_range(c, node, 0, '0' - 1), add_range(c, node, '9' + 1, 'A' - 1), add_range(c, node, 'Z' + 1, '_' - 1),
            add_range(c, node, '_' + 1, 'a' - 1);
        add_range(c, node, 'z' + 1, 0xA9), add_range(c, node, 0xAB, 0xBF), add_range(c, node, 0xD7, 0xD7),
            add_range(c, node, 0xF7, 0xF7);
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
    case 'x':
    case 'u': {
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
    case '*':
    case '+':
    case '?': return re_fail(c, "nothing to repeat");
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
    if (!atom)
        return NULL;
    while (!c->failed && c->pos < c->text.len) {
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

bool regex_compile(Interp *in, Span at, Value v, int64_t flags, const Pattern **out)
{
    if (v.kind == VALUE_BUILTIN && v.builtin->kind == B_PATTERN) {
        *out = v.builtin->data;
        return true;
    }
    if (v.kind != VALUE_STR)
        return v.kind == VALUE_BYTES
                   ? interp_refuse(in, at, STR_EMPTY, "regular expressions on bytes are not supported")
                   : interp_raise(in, at, STR("TypeError"), "first argument must be string or compiled pattern");
    Pattern *pattern = arena_new(in->arena, Pattern);
    Compiler c = {.in = in, .at = at, .text = v.text, .pattern = pattern};
    pattern->text = v.text;
    pattern->flags = flags;
    if (str_starts(v.text, STR("(?")) && v.text.len > 3 && strchr("imsxua", v.text.ptr[2])) {
        size_t close = str_find_char(v.text, ')', 0);
        for (size_t i = 2; close != SIZE_MAX && i < close; i++)
            pattern->flags |= v.text.ptr[i] == 'i'   ? FLAG_I
                              : v.text.ptr[i] == 'm' ? FLAG_M
                              : v.text.ptr[i] == 's' ? FLAG_S
                              : v.text.ptr[i] == 'x' ? FLAG_X
                                                     : 0;
        c.pos = close == SIZE_MAX ? 0 : close + 1;
    }
    pattern->root = parse_alternatives(&c);
    if (!c.failed && c.pos < v.text.len)
        re_fail(&c, "unbalanced parenthesis");
    *out = pattern;
    return !c.failed;
}
