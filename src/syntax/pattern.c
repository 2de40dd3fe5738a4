// The match statement and its patterns.
#include "parse_int.h"

static Node *parse_patterns(Parser *p);
static Node *parse_as_pattern(Parser *p);

static Node *capture(Parser *p, NodeKind kind, uint32_t start, Node *pattern)
{
    Node *node = node_new(p, kind, start, pattern_as);
    node->as.pattern_as.pattern = pattern;
    Str name = token_text(p);
    bool wildcard = str_equal(name, STR("_"));
    if (at(p, TOKEN_NAME) && !wildcard) {
        node->as.pattern_as.name = name;
        node->extra = token_hash(p);
        scope_bind(p, name, token_hash(p), BINDING_LOCAL);
    }
    if (wildcard && kind == PATTERN_AS)
        fail_at(p, p->token.start, p->token.end, "cannot use \"_\" as a target");
    expect(p, TOKEN_NAME);
    return node_end(p, node);
}

static Node *value_pattern(Parser *p, Node *value)
{
    Node *node = node_new(p, PATTERN_VALUE, value->start, operand);
    node->as.operand = value;
    return node_end(p, node);
}

static bool is_imaginary(const Node *node)
{
    return node->kind == NODE_BIG && node->op == 2;
}

// Numbers, also -1 and 1 + 2j.
static Node *number_pattern(Parser *p)
{
    uint32_t start = p->token.start;
    bool minus = accept(p, TOKEN_MINUS);
    Node *value = NULL;
    if (!at(p, TOKEN_NUMBER)) {
        fail_expected(p, "a number");
        return value_pattern(p, parse_atom(p));
    }
    value = parse_number(p);
    if (minus) {
        Node *negative = node_new(p, NODE_UNARY, start, operand);
        negative->op = UNARY_NEG;
        negative->as.operand = value;
        value = node_end(p, negative);
    }
    if (at(p, TOKEN_PLUS) || at(p, TOKEN_MINUS)) {
        advance(p);
        if (is_imaginary(minus ? value->as.operand : value))
            fail_expected(p, "a real number before the imaginary part");
        Node *imaginary = at(p, TOKEN_NUMBER) ? parse_number(p) : NULL;
        if (!imaginary || !is_imaginary(imaginary))
            fail_expected(p, "an imaginary number");
        value = imaginary ? imaginary : value;
    }
    return value_pattern(p, value);
}

static Node *star_pattern(Parser *p)
{
    uint32_t start = p->token.start;
    expect(p, TOKEN_STAR);
    return capture(p, PATTERN_STAR, start, NULL);
}

static Node *maybe_star(Parser *p)
{
    return at(p, TOKEN_STAR) ? star_pattern(p) : parse_as_pattern(p);
}

static Node *group_pattern(Parser *p)
{
    uint32_t start = p->token.start;
    TokenKind close = at(p, TOKEN_LPAREN) ? TOKEN_RPAREN : TOKEN_RBRACKET;
    advance(p);
    size_t from = list_open(p);
    bool comma = false;
    while (!at(p, close) && !p->failed && !p->spoiled) {
        list_add(p, maybe_star(p));
        comma = accept(p, TOKEN_COMMA);
        if (!comma)
            break;
    }
    expect(p, close);
    size_t count = p->stack.count - from;
    if (close == TOKEN_RPAREN && count == 1 && !comma) {
        Node *only = list_close(p, from).items[0];
        if (only->kind == PATTERN_STAR)
            fail_at(p, start, p->previous_end, "a starred pattern cannot stand here");
        return only;
    }
    return list_node(p, PATTERN_SEQUENCE, start, from);
}

static Node *mapping_pattern(Parser *p)
{
    uint32_t start = p->token.start;
    advance(p);
    size_t from = list_open(p);
    while (!at(p, TOKEN_RBRACE) && !p->failed && !p->spoiled) {
        uint32_t item = p->token.start;
        if (accept(p, TOKEN_DSTAR)) {
            if (at_word(p, STR("_")))
                fail_expected(p, "a name for the rest");
            list_add(p, capture(p, PATTERN_STAR, item, NULL));
            accept(p, TOKEN_COMMA);
            break;
        }
        Node *key;
        if (at(p, TOKEN_NUMBER) || at(p, TOKEN_MINUS)) {
            key = number_pattern(p)->as.operand;
        } else {
            bool plain = at(p, TOKEN_NAME);
            bool literal = at(p, TOKEN_STRING) || at(p, TOKEN_NONE) || at(p, TOKEN_TRUE) || at(p, TOKEN_FALSE);
            key = parse_atom(p);
            while (plain && at(p, TOKEN_DOT)) {
                advance(p);
                Node *next = node_new(p, NODE_ATTRIBUTE, item, attribute);
                next->as.attribute.object = key;
                next->as.attribute.name_start = p->token.start;
                next->as.attribute.name_len = p->token.end - p->token.start;
                expect(p, TOKEN_NAME);
                key = node_end(p, next);
            }
            if ((!literal && key->kind != NODE_ATTRIBUTE) || key->kind == NODE_FSTRING)
                fail_at(p, item, p->previous_end, "a mapping pattern's key must be a literal or a dotted name");
        }
        expect(p, TOKEN_COLON);
        list_add(p, key);
        list_add(p, parse_as_pattern(p));
        if (!accept(p, TOKEN_COMMA))
            break;
    }
    expect(p, TOKEN_RBRACE);
    return list_node(p, PATTERN_MAPPING, start, from);
}

static Node *class_pattern(Parser *p, Node *class)
{
    Node *node = node_new(p, PATTERN_CLASS, class->start, pattern_class);
    node->as.pattern_class.class = class;
    node->as.pattern_class.names = arena_new(p->arena, StrList);
    advance(p);
    size_t from = list_open(p);
    while (!at(p, TOKEN_RPAREN) && !p->failed && !p->spoiled) {
        Mark mark = parser_mark(p);
        if (at(p, TOKEN_NAME)) {
            Str name = token_text(p);
            advance(p);
            if (accept(p, TOKEN_EQUAL)) {
                vec_push(p->arena, node->as.pattern_class.names, name);
                list_add(p, parse_as_pattern(p));
                if (!accept(p, TOKEN_COMMA))
                    break;
                continue;
            }
            parser_reset(p, mark);
        }
        if (node->as.pattern_class.names->count)
            fail_at(p, p->token.start, p->token.end, "a positional pattern follows a keyword pattern");
        list_add(p, parse_as_pattern(p));
        if (!accept(p, TOKEN_COMMA))
            break;
    }
    expect(p, TOKEN_RPAREN);
    node->as.pattern_class.patterns = list_close(p, from);
    return node_end(p, node);
}

static Node *name_pattern(Parser *p)
{
    uint32_t start = p->token.start;
    Mark mark = parser_mark(p);
    Node *value = parse_atom(p);
    if (!at(p, TOKEN_DOT) && !at(p, TOKEN_LPAREN)) {
        parser_reset(p, mark);
        return capture(p, PATTERN_CAPTURE, start, NULL);
    }
    while (accept(p, TOKEN_DOT)) {
        Node *next = node_new(p, NODE_ATTRIBUTE, start, attribute);
        next->as.attribute.object = value;
        next->as.attribute.name_start = p->token.start;
        next->as.attribute.name_len = p->token.end - p->token.start;
        expect(p, TOKEN_NAME);
        value = node_end(p, next);
    }
    return at(p, TOKEN_LPAREN) ? class_pattern(p, value) : value_pattern(p, value);
}

static Node *closed_pattern(Parser *p)
{
    Node *value;
    switch (p->token.kind) {
    case TOKEN_NAME: return name_pattern(p);
    case TOKEN_NUMBER:
    case TOKEN_MINUS: return number_pattern(p);
    case TOKEN_LPAREN:
    case TOKEN_LBRACKET: return group_pattern(p);
    case TOKEN_LBRACE: return mapping_pattern(p);
    case TOKEN_STRING:
    case TOKEN_FSTRING:
    case TOKEN_NONE:
    case TOKEN_TRUE:
    case TOKEN_FALSE:
        value = parse_atom(p);   // f-strings too: CPython refuses them only when it compiles
        return value_pattern(p, value);
    default: fail_expected(p, "a pattern"); return value_pattern(p, parse_atom(p));
    }
}

static Node *parse_as_pattern(Parser *p)
{
    uint32_t start = p->token.start;
    if (!parse_enter(p))
        return value_pattern(p, parse_atom(p));
    Node *first = closed_pattern(p);
    if (at(p, TOKEN_BAR)) {
        size_t from = list_open(p);
        list_add(p, first);
        while (accept(p, TOKEN_BAR))
            list_add(p, closed_pattern(p));
        first = list_node(p, PATTERN_OR, start, from);
    }
    if (accept(p, TOKEN_AS))
        first = capture(p, PATTERN_AS, start, first);
    parse_leave(p);
    return first;
}

static Node *parse_patterns(Parser *p)
{
    uint32_t start = p->token.start;
    Node *first = maybe_star(p);
    if (!at(p, TOKEN_COMMA)) {
        if (first->kind == PATTERN_STAR)
            fail_expected(p, "\",\" after a starred pattern");
        return first;
    }
    size_t from = list_open(p);
    list_add(p, first);
    while (accept(p, TOKEN_COMMA) && !at(p, TOKEN_COLON) && !at(p, TOKEN_IF))
        list_add(p, maybe_star(p));
    return list_node(p, PATTERN_SEQUENCE, start, from);
}

static Node *parse_subject(Parser *p)
{
    uint32_t start = p->token.start;
    Node *first = parse_star_named(p);
    if (!at(p, TOKEN_COMMA)) {
        if (first->kind == NODE_STARRED)
            fail_expected(p, "\",\" after a starred expression");
        return first;
    }
    size_t from = list_open(p);
    list_add(p, first);
    while (accept(p, TOKEN_COMMA) && !at(p, TOKEN_COLON))
        list_add(p, parse_star_named(p));
    return list_node(p, NODE_TUPLE, start, from);
}

// `match` is a plain name unless a subject, a colon and the end of the line follow.
Node *parse_match(Parser *p)
{
    Mark mark = parser_mark(p);
    uint32_t start = p->token.start;
    bool quiet = p->quiet;
    size_t stack = p->stack.count;
    p->quiet = true;
    advance(p);
    (void)parse_subject(p);
    bool is_match = accept(p, TOKEN_COLON) && at(p, TOKEN_NEWLINE) && !p->spoiled;
    p->quiet = quiet;
    p->stack.count = stack;
    parser_reset(p, mark);
    if (!is_match)
        return NULL;
    advance(p);   // again, and not quietly: a lambda's names are noted
    Node *subject = parse_subject(p);
    (void)accept(p, TOKEN_COLON);
    Node *node = node_new(p, NODE_MATCH, start, match);
    VEC(MatchCase) cases = {0};
    advance(p);
    if (!at(p, TOKEN_INDENT))
        fail_expected(p, "an indented block");
    advance(p);
    do {
        MatchCase one = {0};
        if (!at_word(p, STR("case")))
            fail_expected(p, "\"case\"");
        advance(p);
        one.pattern = parse_patterns(p);
        if (accept(p, TOKEN_IF))
            one.guard = parse_named_expression(p);
        one.body = parse_block(p);
        vec_push(p->arena, &cases, one);
    } while (!at(p, TOKEN_DEDENT) && !p->failed);
    advance(p);
    node->as.match.subject = subject;
    node->as.match.cases = cases.items;
    node->extra = (uint32_t)cases.count;
    return node_end(p, node);
}
