// Expressions: operators by precedence climbing, so that parentheses cost few C frames; calls, subscripts, atoms.
#include "parse_int.h"

static const struct {
    uint8_t level, op;
} binary_ops[256] = {
    [TOKEN_BAR] = {1, BINARY_OR},          [TOKEN_CARET] = {2, BINARY_XOR},     [TOKEN_AMPERSAND] = {3, BINARY_AND},
    [TOKEN_LSHIFT] = {4, BINARY_LSHIFT},   [TOKEN_RSHIFT] = {4, BINARY_RSHIFT}, [TOKEN_PLUS] = {5, BINARY_ADD},
    [TOKEN_MINUS] = {5, BINARY_SUB},       [TOKEN_STAR] = {6, BINARY_MUL},      [TOKEN_SLASH] = {6, BINARY_DIV},
    [TOKEN_DSLASH] = {6, BINARY_FLOORDIV}, [TOKEN_PERCENT] = {6, BINARY_MOD},   [TOKEN_AT] = {6, BINARY_MATMUL},
};

static Node *operand_node(Parser *p, NodeKind kind, uint32_t start, Node *operand)
{
    Node *node = node_new(p, kind, start, operand);
    node->as.operand = operand;
    return node_end(p, node);
}

static Node *pair_node(Parser *p, NodeKind kind, uint32_t start, Node *first, Node *second)
{
    Node *node = node_new(p, kind, start, pair);
    node->as.pair.first = first;
    node->as.pair.second = second;
    return node_end(p, node);
}

// A function's body may hold a yield: noted on the nearest scope that is a function.
static void note_yield(Parser *p)
{
    ScopeInfo *scope = p->scope;
    while (scope && scope->kind == SCOPE_COMPREHENSION)
        scope = scope->parent;
    if (scope)
        scope->is_generator = true;
}

Node *parse_yield(Parser *p)
{
    uint32_t start = p->token.start;
    expect(p, TOKEN_YIELD);
    note_yield(p);
    if (accept(p, TOKEN_FROM))
        return operand_node(p, NODE_YIELD_FROM, start, parse_expression(p));
    bool bare = at(p, TOKEN_RPAREN) || at(p, TOKEN_RBRACKET) || at(p, TOKEN_RBRACE) || at(p, TOKEN_NEWLINE) ||
                at(p, TOKEN_SEMICOLON) || at(p, TOKEN_EQUAL) || at(p, TOKEN_COLON) || at(p, TOKEN_BANG) ||
                at(p, TOKEN_COMMA);
    return operand_node(p, NODE_YIELD, start, bare ? NULL : parse_star_expressions(p));
}

bool at_comprehension(const Parser *p)
{
    return at(p, TOKEN_FOR) || at(p, TOKEN_ASYNC);
}

// `for` and `if` clauses behind an element.
Node *parse_comprehension(Parser *p, NodeKind kind, uint32_t start, Node *element, Node *value)
{
    VEC(CompFor) loops = {0};
    ScopeInfo *scope = scope_push(p, SCOPE_COMPREHENSION);
    while (at_comprehension(p)) {
        CompFor loop = {0};
        if (accept(p, TOKEN_ASYNC) && !at(p, TOKEN_FOR))
            fail_expected(p, "\"for\" after \"async\"");
        expect(p, TOKEN_FOR);
        loop.target = parse_targets(p, false);
        make_target(p, loop.target, TARGET_FOR);
        expect(p, TOKEN_IN);
        loop.iterable = parse_disjunction(p);
        size_t from = list_open(p);
        while (accept(p, TOKEN_IF))
            list_add(p, parse_disjunction(p));
        loop.tests = list_close(p, from);
        vec_push(p->arena, &loops, loop);
    }
    scope_pop(p);
    Node *node = node_new(p, kind, start, comp);
    node->as.comp.element = element;
    node->as.comp.value = value;
    node->as.comp.loops = loops.items;
    node->as.comp.scope = scope;
    node->extra = (uint32_t)loops.count;
    return node_end(p, node);
}

static Node *parse_paren(Parser *p)
{
    uint32_t start = p->token.start;
    advance(p);
    if (accept(p, TOKEN_RPAREN))
        return node_end(p, node_new(p, NODE_TUPLE, start, list));
    if (at(p, TOKEN_YIELD)) {
        Node *yield = parse_yield(p);
        expect(p, TOKEN_RPAREN);
        yield->flags |= FLAG_PAREN;
        return yield;
    }
    Node *first = parse_star_named(p);
    if (at_comprehension(p)) {
        if (first->kind == NODE_STARRED)
            fail_at(p, first->start, first->start + first->len, "a comprehension cannot unpack");
        Node *node = parse_comprehension(p, NODE_GENEXP, start, first, NULL);
        expect(p, TOKEN_RPAREN);
        return node_end(p, node);
    }
    if (at(p, TOKEN_COMMA)) {
        size_t from = list_open(p);
        list_add(p, first);
        while (accept(p, TOKEN_COMMA) && !at(p, TOKEN_RPAREN))
            list_add(p, parse_star_named(p));
        expect(p, TOKEN_RPAREN);
        Node *node = list_node(p, NODE_TUPLE, start, from);
        node->flags |= FLAG_PAREN;
        return node;
    }
    if (first->kind == NODE_STARRED)
        fail_at(p, first->start, first->start + first->len, "a starred expression cannot stand here");
    expect(p, TOKEN_RPAREN);
    first->flags |= FLAG_PAREN;
    return first;
}

static Node *parse_list(Parser *p)
{
    uint32_t start = p->token.start;
    advance(p);
    size_t from = list_open(p);
    if (!at(p, TOKEN_RBRACKET)) {
        Node *first = parse_star_named(p);
        if (at_comprehension(p)) {
            if (first->kind == NODE_STARRED)
                fail_at(p, first->start, first->start + first->len, "a comprehension cannot unpack");
            Node *node = parse_comprehension(p, NODE_LISTCOMP, start, first, NULL);
            expect(p, TOKEN_RBRACKET);
            return node_end(p, node);
        }
        list_add(p, first);
        while (accept(p, TOKEN_COMMA) && !at(p, TOKEN_RBRACKET))
            list_add(p, parse_star_named(p));
    }
    expect(p, TOKEN_RBRACKET);
    return list_node(p, NODE_LIST, start, from);
}

static Node *parse_set(Parser *p, uint32_t start, Node *first)
{
    size_t from = list_open(p);
    list_add(p, first);
    while (accept(p, TOKEN_COMMA) && !at(p, TOKEN_RBRACE))
        list_add(p, parse_star_named(p));
    expect(p, TOKEN_RBRACE);
    return list_node(p, NODE_SET, start, from);
}

// Adds the items up to the closing brace to the open list.
static void dict_items(Parser *p)
{
    while (!at(p, TOKEN_RBRACE)) {
        if (accept(p, TOKEN_DSTAR)) {
            list_add(p, NULL);
            list_add(p, parse_bitwise_or(p));
        } else {
            list_add(p, parse_expression(p));
            expect(p, TOKEN_COLON);
            list_add(p, parse_expression(p));
        }
        if (!accept(p, TOKEN_COMMA))
            break;
    }
    expect(p, TOKEN_RBRACE);
}

static Node *parse_brace(Parser *p)
{
    uint32_t start = p->token.start;
    advance(p);
    Node *key = NULL, *value = NULL;
    if (!at(p, TOKEN_RBRACE) && !at(p, TOKEN_DSTAR)) {
        key = parse_star_named(p);
        bool plain = key->kind != NODE_STARRED && (key->kind != NODE_WALRUS || key->flags & FLAG_PAREN);
        if (plain && accept(p, TOKEN_COLON))
            value = parse_expression(p);
        if (at_comprehension(p)) {
            if (key->kind == NODE_STARRED)
                fail_at(p, key->start, key->start + key->len, "a comprehension cannot unpack");
            Node *node = parse_comprehension(p, value ? NODE_DICTCOMP : NODE_SETCOMP, start, key, value);
            expect(p, TOKEN_RBRACE);
            return node_end(p, node);
        }
        if (!value)
            return parse_set(p, start, key);
    }
    size_t from = list_open(p);
    if (key) {
        list_add(p, key);
        list_add(p, value);
        if (!at(p, TOKEN_RBRACE))
            expect(p, TOKEN_COMMA);
    }
    dict_items(p);
    return list_node(p, NODE_DICT, start, from);
}

Node *parse_atom(Parser *p)
{
    uint32_t start = p->token.start;
    Node *node;
    switch (p->token.kind) {
    case TOKEN_NAME:
        node = node_make(p, NODE_NAME, start, offsetof(Node, as));
        node->extra = token_hash(p);
        node->len = p->token.end - start;
        advance(p);
        return node;
    case TOKEN_NONE:
    case TOKEN_TRUE:
    case TOKEN_FALSE:
        node = node_new(p, NODE_CONST, start, constant);
        node->as.constant = at(p, TOKEN_NONE) ? (Constant){.kind = CONSTANT_NONE}
                                              : (Constant){.kind = CONSTANT_BOOL, .boolean = at(p, TOKEN_TRUE)};
        advance(p);
        return node_end(p, node);
    case TOKEN_NUMBER: return parse_number(p);
    case TOKEN_STRING:
    case TOKEN_FSTRING: return parse_strings(p);
    case TOKEN_LPAREN: return parse_paren(p);
    case TOKEN_LBRACKET: return parse_list(p);
    case TOKEN_LBRACE: return parse_brace(p);
    case TOKEN_ELLIPSIS:
        advance(p);
        node = node_make(p, NODE_BIG, start, offsetof(Node, as));
        node->op = 3;
        return node_end(p, node);
    default: fail_expected(p, "an expression"); return node_new(p, NODE_CONST, start, constant);
    }
}

static void add_keyword(Parser *p, CallArg *arg, const Node *name)
{
    arg->name_start = name->start;
    arg->name_len = name->len & 0x3FFFFFFF;
    advance(p);
    arg->value = parse_expression(p);
}

CallArg *parse_call_args(Parser *p, uint32_t *count, bool is_class)
{
    size_t from = p->args.count;
    bool keywords = false, spread = false;
    while (!at(p, TOKEN_RPAREN) && !at(p, TOKEN_ERROR)) {
        CallArg arg = {0};
        uint32_t start = p->token.start;
        if (accept(p, TOKEN_DSTAR)) {
            arg.star = STAR_TWO;
            arg.value = parse_expression(p);
            spread = keywords = true;
        } else if (accept(p, TOKEN_STAR)) {
            arg.star = STAR_ONE;
            arg.value = parse_expression(p);
            if (spread)
                fail_at(p, start, p->previous_end, "an argument unpacked by * follows one unpacked by **");
        } else {
            arg.value = parse_named_expression(p);
            if (at(p, TOKEN_EQUAL)) {
                if (arg.value->kind != NODE_NAME || arg.value->flags & FLAG_PAREN)
                    fail_at(p, start, p->previous_end, "a keyword argument needs a plain name before \"=\"");
                add_keyword(p, &arg, arg.value);
                keywords = true;
            } else if (at_comprehension(p)) {
                if (is_class || p->args.count > from)
                    fail_at(p, start, p->previous_end, "a generator expression needs parentheses here");
                arg.value = parse_comprehension(p, NODE_GENEXP, start, arg.value, NULL);
                if (!at(p, TOKEN_RPAREN))
                    fail_at(p, start, p->previous_end, "a generator expression needs parentheses here");
            } else if (keywords) {
                fail_at(p, start, p->previous_end, "a positional argument follows a keyword argument");
            }
        }
        vec_push(p->arena, &p->args, arg);
        if (!accept(p, TOKEN_COMMA))
            break;
    }
    *count = (uint32_t)(p->args.count - from);
    CallArg *args = *count ? parser_alloc(p, *count * sizeof *args) : NULL;
    if (*count)
        memcpy(args, p->args.items + from, *count * sizeof *args);
    p->args.count = from;
    return args;
}

static Node *parse_slice(Parser *p)
{
    uint32_t start = p->token.start;
    if (accept(p, TOKEN_STAR))
        return operand_node(p, NODE_STARRED, start, parse_bitwise_or(p));
    Node *lower = at(p, TOKEN_COLON) ? NULL : parse_named_expression(p);
    if (!at(p, TOKEN_COLON) || (lower && lower->kind == NODE_WALRUS && !(lower->flags & FLAG_PAREN)))
        return lower ? lower : node_new(p, NODE_CONST, start, constant);
    advance(p);
    Node *node = node_new(p, NODE_SLICE, start, triple);
    node->as.triple.first = lower;
    if (!at(p, TOKEN_COLON) && !at(p, TOKEN_RBRACKET) && !at(p, TOKEN_COMMA))
        node->as.triple.second = parse_expression(p);
    if (accept(p, TOKEN_COLON) && !at(p, TOKEN_RBRACKET) && !at(p, TOKEN_COMMA))
        node->as.triple.third = parse_expression(p);
    return node_end(p, node);
}

static Node *parse_subscript(Parser *p, Node *object)
{
    advance(p);
    uint32_t start = p->token.start;
    Node *index = parse_slice(p);
    if (at(p, TOKEN_COMMA) || index->kind == NODE_STARRED) {
        size_t from = list_open(p);
        list_add(p, index);
        while (accept(p, TOKEN_COMMA) && !at(p, TOKEN_RBRACKET))
            list_add(p, parse_slice(p));
        index = list_node(p, NODE_TUPLE, start, from);
    }
    expect(p, TOKEN_RBRACKET);
    return pair_node(p, NODE_SUBSCRIPT, object->start, object, index);
}

Node *parse_primary(Parser *p)
{
    uint32_t start = p->token.start;
    if (p->ready) {
        Node *ready = p->ready;
        p->ready = NULL;
        return ready;
    }
    if (at(p, TOKEN_AWAIT)) {
        advance(p);
        if (at(p, TOKEN_AWAIT))
            fail_expected(p, "an expression after \"await\"");
        return operand_node(p, NODE_AWAIT, start, parse_primary(p));
    }
    Node *node = parse_atom(p);
    for (;;) {
        Node *next;
        switch (p->token.kind) {
        case TOKEN_DOT:
            advance(p);
            next = node_new(p, NODE_ATTRIBUTE, start, attribute);
            next->as.attribute.object = node;
            next->as.attribute.name_start = p->token.start;
            next->as.attribute.name_len = p->token.end - p->token.start;
            if (!at(p, TOKEN_NAME))
                fail_expected(p, "a name after \".\"");
            advance(p);
            node = node_end(p, next);
            break;
        case TOKEN_LPAREN:
            advance(p);
            next = node_new(p, NODE_CALL, start, call);
            next->as.call.callee = node;
            next->as.call.args = parse_call_args(p, &next->extra, false);
            expect(p, TOKEN_RPAREN);
            node = node_end(p, next);
            break;
        case TOKEN_LBRACKET: node = parse_subscript(p, node); break;
        default: return node;
        }
    }
}

static Node *parse_unary(Parser *p);

static Node *parse_power(Parser *p)
{
    uint32_t start = operand_start(p);
    Node *base = parse_primary(p);
    if (!at(p, TOKEN_DSTAR) || !parse_enter(p))
        return base;
    advance(p);
    Node *node = node_new(p, NODE_BINARY, start, chain);
    node->as.chain.first = base;
    node->as.chain.rest = parser_alloc(p, sizeof(Operand));
    node->as.chain.rest[0] = (Operand){parse_unary(p), BINARY_POW};
    parse_leave(p);
    node->extra = 1;
    return node_end(p, node);
}

static Node *parse_unary(Parser *p)
{
    uint32_t start = p->token.start;
    if (p->ready || (!at(p, TOKEN_MINUS) && !at(p, TOKEN_PLUS) && !at(p, TOKEN_TILDE)))
        return parse_power(p);
    UnaryOp op = at(p, TOKEN_MINUS) ? UNARY_NEG : at(p, TOKEN_PLUS) ? UNARY_POS : UNARY_INVERT;
    if (!parse_enter(p))
        return parse_atom(p);
    advance(p);
    Node *operand = parse_unary(p);
    Node *node = operand_node(p, NODE_UNARY, start, operand);
    if (op == UNARY_NEG && operand->kind == NODE_BIG &&
        str_equal(node_text(p->source, operand), STR("9223372036854775808"))) {
        node = node_new(p, NODE_CONST, start, constant);   // the smallest integer has no positive counterpart
        node->as.constant = (Constant){.kind = CONSTANT_INT, .integer = INT64_MIN};
        node_end(p, node);
    }
    node->op = (uint8_t)op;
    parse_leave(p);
    return node;
}

// Operators of at least `level`; equal ones side by side become one flat chain.
static Node *parse_binary(Parser *p, unsigned level)
{
    uint32_t start = operand_start(p);
    Node *left = parse_unary(p);
    for (;;) {
        unsigned own = binary_ops[p->token.kind].level;
        if (own < level || !own)
            return left;
        VEC(Operand) rest = {0};
        while (binary_ops[p->token.kind].level == own) {
            uint8_t op = binary_ops[p->token.kind].op;
            advance(p);
            Operand operand = {parse_binary(p, own + 1), op};
            vec_push(p->arena, &rest, operand);
        }
        Node *node = node_new(p, NODE_BINARY, start, chain);
        node->as.chain.first = left;
        node->as.chain.rest = rest.items;
        node->extra = (uint32_t)rest.count;
        left = node_end(p, node);
    }
}

Node *parse_bitwise_or(Parser *p)
{
    if (!parse_enter(p))
        return parse_atom(p);
    Node *node = parse_binary(p, 1);
    parse_leave(p);
    return node;
}

static bool compare_op(Parser *p, uint8_t *op)
{
    switch (p->token.kind) {
    case TOKEN_EQ: *op = BINARY_EQ; break;
    case TOKEN_NE: *op = BINARY_NE; break;
    case TOKEN_LT: *op = BINARY_LT; break;
    case TOKEN_LE: *op = BINARY_LE; break;
    case TOKEN_GT: *op = BINARY_GT; break;
    case TOKEN_GE: *op = BINARY_GE; break;
    case TOKEN_IN: *op = BINARY_IN; break;
    case TOKEN_IS:
        advance(p);
        *op = COMPARE_IS;
        if (accept(p, TOKEN_NOT))
            *op = COMPARE_IS_NOT;
        return true;
    case TOKEN_NOT:
        advance(p);
        expect(p, TOKEN_IN);
        *op = BINARY_NOT_IN;
        return true;
    default: return false;
    }
    advance(p);
    return true;
}

static Node *parse_comparison(Parser *p)
{
    uint32_t start = operand_start(p);
    Node *left = parse_binary(p, 1);
    uint8_t op;
    if (!compare_op(p, &op))
        return left;
    VEC(Operand) rest = {0};
    do {
        Operand operand = {parse_binary(p, 1), op};
        vec_push(p->arena, &rest, operand);
    } while (compare_op(p, &op));
    Node *node = node_new(p, NODE_COMPARE, start, chain);
    node->as.chain.first = left;
    node->as.chain.rest = rest.items;
    node->extra = (uint32_t)rest.count;
    return node_end(p, node);
}

static Node *parse_not(Parser *p)
{
    if (p->ready || !at(p, TOKEN_NOT))
        return parse_comparison(p);
    uint32_t start = p->token.start;
    if (!parse_enter(p))
        return parse_atom(p);
    advance(p);
    Node *node = operand_node(p, NODE_NOT, start, parse_not(p));
    parse_leave(p);
    return node;
}

static Node *parse_conjunction(Parser *p)
{
    uint32_t start = operand_start(p);
    Node *first = parse_not(p);
    if (!at(p, TOKEN_AND))
        return first;
    size_t from = list_open(p);
    list_add(p, first);
    while (accept(p, TOKEN_AND))
        list_add(p, parse_not(p));
    return list_node(p, NODE_AND, start, from);
}

Node *parse_disjunction(Parser *p)
{
    uint32_t start = operand_start(p);
    if (!parse_enter(p))
        return parse_atom(p);
    Node *first = parse_conjunction(p);
    if (at(p, TOKEN_OR)) {
        size_t from = list_open(p);
        list_add(p, first);
        while (accept(p, TOKEN_OR))
            list_add(p, parse_conjunction(p));
        first = list_node(p, NODE_OR, start, from);
    }
    parse_leave(p);
    return first;
}

// Tokens that go on with an expression after its first operand.
static const bool operators[256] = {
    [TOKEN_BAR] = true,     [TOKEN_CARET] = true, [TOKEN_AMPERSAND] = true, [TOKEN_LSHIFT] = true, [TOKEN_RSHIFT] = true,
    [TOKEN_PLUS] = true,    [TOKEN_MINUS] = true, [TOKEN_STAR] = true,      [TOKEN_SLASH] = true,  [TOKEN_DSLASH] = true,
    [TOKEN_PERCENT] = true, [TOKEN_AT] = true,    [TOKEN_DSTAR] = true,     [TOKEN_EQ] = true,     [TOKEN_NE] = true,
    [TOKEN_LT] = true,      [TOKEN_LE] = true,    [TOKEN_GT] = true,        [TOKEN_GE] = true,     [TOKEN_IN] = true,
    [TOKEN_IS] = true,      [TOKEN_NOT] = true,   [TOKEN_AND] = true,       [TOKEN_OR] = true,     [TOKEN_IF] = true,
};

static bool starts_operand(const Parser *p)
{
    return at(p, TOKEN_NAME) || at(p, TOKEN_STRING) || at(p, TOKEN_NUMBER) || at(p, TOKEN_NONE) || at(p, TOKEN_TRUE) ||
           at(p, TOKEN_FALSE) || at(p, TOKEN_LPAREN) || at(p, TOKEN_LBRACKET) || at(p, TOKEN_LBRACE) || at(p, TOKEN_FSTRING);
}

Node *parse_expression(Parser *p)
{
    uint32_t start = p->token.start;
    if (at(p, TOKEN_LAMBDA))
        return parse_lambda(p);
    // Most expressions are one operand: read it first, and climb the operators only when one follows.
    if (starts_operand(p)) {
        if (!parse_enter(p))
            return parse_atom(p);
        Node *operand = parse_primary(p);
        parse_leave(p);
        if (!operators[p->token.kind])
            return operand;
        p->ready = operand;
    }
    Node *then = parse_disjunction(p);
    if (!at(p, TOKEN_IF))
        return then;
    if (!parse_enter(p))
        return then;
    advance(p);
    Node *node = node_new(p, NODE_TERNARY, start, triple);
    node->as.triple.second = then;
    node->as.triple.first = parse_disjunction(p);
    expect(p, TOKEN_ELSE);
    node->as.triple.third = parse_expression(p);
    parse_leave(p);
    return node_end(p, node);
}

Node *parse_named_expression(Parser *p)
{
    uint32_t start = p->token.start;
    Node *node = parse_expression(p);
    if (!at(p, TOKEN_WALRUS))
        return node;
    if (node->kind != NODE_NAME || node->flags & FLAG_PAREN)
        fail_at(p, start, p->previous_end, "only a plain name can stand before \":=\"");
    advance(p);
    Node *value = parse_expression(p);
    ScopeInfo *own = p->scope;
    while (p->scope && p->scope->kind == SCOPE_COMPREHENSION)
        p->scope = p->scope->parent;
    if (!p->failed)
        scope_bind(p, node_text(p->source, node), node->extra, BINDING_LOCAL);
    p->scope = own;
    return pair_node(p, NODE_WALRUS, start, node, value);
}

Node *parse_star_named(Parser *p)
{
    uint32_t start = p->token.start;
    if (!accept(p, TOKEN_STAR))
        return parse_named_expression(p);
    return operand_node(p, NODE_STARRED, start, parse_bitwise_or(p));
}

static Node *star_expression(Parser *p)
{
    uint32_t start = p->token.start;
    if (!accept(p, TOKEN_STAR))
        return parse_expression(p);
    return operand_node(p, NODE_STARRED, start, parse_bitwise_or(p));
}

static bool starts_expression(const Parser *p)
{
    switch (p->token.kind) {
    case TOKEN_NAME:
    case TOKEN_NUMBER:
    case TOKEN_STRING:
    case TOKEN_FSTRING:
    case TOKEN_LPAREN:
    case TOKEN_LBRACKET:
    case TOKEN_LBRACE:
    case TOKEN_ELLIPSIS:
    case TOKEN_MINUS:
    case TOKEN_PLUS:
    case TOKEN_TILDE:
    case TOKEN_NOT:
    case TOKEN_LAMBDA:
    case TOKEN_AWAIT:
    case TOKEN_NONE:
    case TOKEN_TRUE:
    case TOKEN_FALSE:
    case TOKEN_STAR: return true;
    default: return false;
    }
}

Node *parse_star_expressions(Parser *p)
{
    uint32_t start = p->token.start;
    Node *first = star_expression(p);
    if (!at(p, TOKEN_COMMA))
        return first;
    size_t from = list_open(p);
    list_add(p, first);
    while (accept(p, TOKEN_COMMA) && starts_expression(p))
        list_add(p, star_expression(p));
    return list_node(p, NODE_TUPLE, start, from);
}
