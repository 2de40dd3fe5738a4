// Statements.
#include "parse_int.h"

static Node *plain(Parser *p, NodeKind kind)
{
    Node *node = node_make(p, kind, p->token.start, offsetof(Node, as));
    advance(p);
    return node_end(p, node);
}

static bool at_simple_end(const Parser *p)
{
    return at(p, TOKEN_NEWLINE) || at(p, TOKEN_SEMICOLON);
}

static Node *yield_or_star(Parser *p)
{
    return at(p, TOKEN_YIELD) ? parse_yield(p) : parse_star_expressions(p);
}

static int augmented(unsigned token)
{
    switch (token) {
    case TOKEN_PLUS_EQUAL: return BINARY_ADD;
    case TOKEN_MINUS_EQUAL: return BINARY_SUB;
    case TOKEN_STAR_EQUAL: return BINARY_MUL;
    case TOKEN_SLASH_EQUAL: return BINARY_DIV;
    case TOKEN_DSLASH_EQUAL: return BINARY_FLOORDIV;
    case TOKEN_PERCENT_EQUAL: return BINARY_MOD;
    case TOKEN_AT_EQUAL: return BINARY_MATMUL;
    case TOKEN_DSTAR_EQUAL: return BINARY_POW;
    case TOKEN_BAR_EQUAL: return BINARY_OR;
    case TOKEN_CARET_EQUAL: return BINARY_XOR;
    case TOKEN_AMPERSAND_EQUAL: return BINARY_AND;
    case TOKEN_LSHIFT_EQUAL: return BINARY_LSHIFT;
    case TOKEN_RSHIFT_EQUAL: return BINARY_RSHIFT;
    default: return -1;
    }
}

static Node *parse_assignment(Parser *p, uint32_t start, Node *first)
{
    size_t from = list_open(p);
    Node *value = first;
    while (at(p, TOKEN_EQUAL)) {
        if (value->kind == NODE_YIELD || value->kind == NODE_YIELD_FROM)
            fail_at(p, value->start, value->start + value->len, "cannot assign to a yield");
        make_target(p, value, TARGET_ASSIGN);
        list_add(p, value);
        advance(p);
        value = yield_or_star(p);
    }
    Node *node = node_new(p, NODE_ASSIGN, start, assign);
    node->as.assign.targets = list_close(p, from);
    node->as.assign.value = value;
    return node_end(p, node);
}

static Node *parse_annotated(Parser *p, uint32_t start, Node *target)
{
    Node *node = node_new(p, NODE_ANNASSIGN, start, triple);
    if (target->kind != NODE_NAME && target->kind != NODE_ATTRIBUTE && target->kind != NODE_SUBSCRIPT)
        fail_at(p, start, p->previous_end, "only a single target can be annotated");
    make_target(p, target, TARGET_AUGMENT);
    advance(p);
    node->as.triple.first = target;
    node->as.triple.second = parse_expression(p);
    if (accept(p, TOKEN_EQUAL))
        node->as.triple.third = yield_or_star(p);
    return node_end(p, node);
}

static Node *parse_expression_statement(Parser *p)
{
    uint32_t start = p->token.start;
    Node *value = yield_or_star(p);
    int op = augmented(p->token.kind);
    if (at(p, TOKEN_EQUAL))
        return parse_assignment(p, start, value);
    if (at(p, TOKEN_COLON) && value->kind != NODE_YIELD && value->kind != NODE_YIELD_FROM)
        return parse_annotated(p, start, value);
    if (op >= 0) {
        make_target(p, value, TARGET_AUGMENT);
        advance(p);
        Node *node = node_new(p, NODE_AUGASSIGN, start, pair);
        node->op = (uint8_t)op;
        node->as.pair.first = value;
        node->as.pair.second = yield_or_star(p);
        return node_end(p, node);
    }
    if (value->kind == NODE_STARRED)
        fail_at(p, value->start, value->start + value->len, "cannot use a starred expression here");
    Node *node = node_new(p, NODE_EXPR, start, operand);
    node->as.operand = value;
    return node_end(p, node);
}

// a.b.c as one text. Spaces and comments between the parts are rare: then it is put together.
static Str dotted_name(Parser *p)
{
    Str first = token_text(p);
    uint32_t start = p->token.start;
    expect(p, TOKEN_NAME);
    if (!at(p, TOKEN_DOT))
        return first;
    Buf joined = buf_open(p->arena);
    buf_add(&joined, first);
    while (accept(p, TOKEN_DOT)) {
        buf_add_char(&joined, '.');
        buf_add(&joined, token_text(p));
        expect(p, TOKEN_NAME);
    }
    return joined.len == p->previous_end - start ? (Str){p->text + start, joined.len} : buf_str(&joined);
}

static void bind_text(Parser *p, Str name)
{
    if (!p->failed)
        scope_bind(p, name, name_hash(name.ptr, name.len), BINDING_LOCAL);
}

static Str import_alias(Parser *p)
{
    if (!accept(p, TOKEN_AS))
        return STR_EMPTY;
    Str alias = token_text(p);
    expect(p, TOKEN_NAME);
    return alias;
}

static Node *parse_import(Parser *p)
{
    Node *node = node_new(p, NODE_IMPORT, p->token.start, import);
    VEC(ImportName) names = {0};
    advance(p);
    do {
        ImportName name = {.start = p->token.start};
        name.module = dotted_name(p);
        name.alias = import_alias(p);
        name.len = p->previous_end - name.start;
        Str bound = name.alias;
        if (!bound.len) {
            Str rest = name.module;
            bound = str_cut(&rest, '.');
        }
        bind_text(p, bound);
        vec_push(p->arena, &names, name);
    } while (accept(p, TOKEN_COMMA));
    node->as.import.names = names.items;
    node->extra = (uint32_t)names.count;
    return node_end(p, node);
}

static Node *parse_from_import(Parser *p)
{
    Node *node = node_new(p, NODE_FROM_IMPORT, p->token.start, import);
    VEC(ImportName) names = {0};
    advance(p);
    while (at(p, TOKEN_DOT) || at(p, TOKEN_ELLIPSIS)) {
        node->as.import.level += at(p, TOKEN_DOT) ? 1 : 3;
        advance(p);
    }
    if (!node->as.import.level || !at(p, TOKEN_IMPORT))
        node->as.import.module = dotted_name(p);
    expect(p, TOKEN_IMPORT);
    if (at(p, TOKEN_STAR)) {
        ImportName all = {.module = STR("*"), .start = p->token.start, .len = 1};
        vec_push(p->arena, &names, all);
        advance(p);
    } else {
        bool parens = accept(p, TOKEN_LPAREN);
        do {
            if (parens && at(p, TOKEN_RPAREN) && names.count)
                break;
            ImportName name = {.start = p->token.start, .module = token_text(p)};
            expect(p, TOKEN_NAME);
            name.alias = import_alias(p);
            name.len = p->previous_end - name.start;
            bind_text(p, name.alias.len ? name.alias : name.module);
            vec_push(p->arena, &names, name);
        } while (accept(p, TOKEN_COMMA));
        if (parens)
            expect(p, TOKEN_RPAREN);
    }
    node->as.import.names = names.items;
    node->extra = (uint32_t)names.count;
    return node_end(p, node);
}

static Node *parse_scope_names(Parser *p, NodeKind kind, Binding binding)
{
    Node *node = node_new(p, kind, p->token.start, list);
    advance(p);
    do {
        if (at(p, TOKEN_NAME))
            scope_bind(p, token_text(p), token_hash(p), binding);
        expect(p, TOKEN_NAME);
    } while (accept(p, TOKEN_COMMA));
    return node_end(p, node);
}

static Node *parse_del(Parser *p)
{
    Node *node = node_new(p, NODE_DEL, p->token.start, list);
    advance(p);
    size_t from = list_open(p);
    do {
        if (at_simple_end(p) && p->stack.count > from)
            break;
        Node *target = parse_primary(p);
        make_target(p, target, TARGET_DEL);
        list_add(p, target);
    } while (accept(p, TOKEN_COMMA));
    node->as.list = list_close(p, from);
    return node_end(p, node);
}

static Node *parse_raise(Parser *p)
{
    Node *node = node_new(p, NODE_RAISE, p->token.start, pair);
    advance(p);
    if (!at_simple_end(p)) {
        node->as.pair.first = parse_expression(p);
        if (accept(p, TOKEN_FROM))
            node->as.pair.second = parse_expression(p);
    }
    return node_end(p, node);
}

static Node *parse_assert(Parser *p)
{
    Node *node = node_new(p, NODE_ASSERT, p->token.start, pair);
    advance(p);
    node->as.pair.first = parse_expression(p);
    if (accept(p, TOKEN_COMMA))
        node->as.pair.second = parse_expression(p);
    return node_end(p, node);
}

// type X = ...: returns NULL when `type` is a plain name here.
static Node *parse_type_alias(Parser *p)
{
    Mark mark = parser_mark(p);
    uint32_t start = p->token.start;
    advance(p);
    if (at(p, TOKEN_NAME)) {
        Node *name = parse_atom(p);
        parse_type_params(p);
        if (at(p, TOKEN_EQUAL)) {
            make_target(p, name, TARGET_ASSIGN);
            advance(p);
            Node *node = node_new(p, NODE_TYPE_ALIAS, start, pair);
            node->as.pair.first = name;
            node->as.pair.second = parse_expression(p);
            return node_end(p, node);
        }
    }
    parser_reset(p, mark);
    return NULL;
}

static Node *parse_simple(Parser *p)
{
    Node *node;
    switch (p->token.kind) {
    case TOKEN_PASS: return plain(p, NODE_PASS);
    case TOKEN_BREAK: return plain(p, NODE_BREAK);
    case TOKEN_CONTINUE: return plain(p, NODE_CONTINUE);
    case TOKEN_RETURN:
        node = node_new(p, NODE_RETURN, p->token.start, operand);
        advance(p);
        if (!at_simple_end(p))
            node->as.operand = parse_star_expressions(p);
        return node_end(p, node);
    case TOKEN_RAISE: return parse_raise(p);
    case TOKEN_GLOBAL: return parse_scope_names(p, NODE_GLOBAL, BINDING_GLOBAL);
    case TOKEN_NONLOCAL: return parse_scope_names(p, NODE_NONLOCAL, BINDING_NONLOCAL);
    case TOKEN_DEL: return parse_del(p);
    case TOKEN_ASSERT: return parse_assert(p);
    case TOKEN_IMPORT: return parse_import(p);
    case TOKEN_FROM: return parse_from_import(p);
    case TOKEN_NAME:
        if (at_word(p, STR("type")) && (node = parse_type_alias(p)))
            return node;
        return parse_expression_statement(p);
    default: return parse_expression_statement(p);
    }
}

static void parse_simple_line(Parser *p)
{
    do {
        if (at(p, TOKEN_NEWLINE))
            break;
        list_add(p, parse_simple(p));
    } while (accept(p, TOKEN_SEMICOLON));
    if (!at(p, TOKEN_NEWLINE))
        fail_expected(p, "the end of the line");
    advance(p);
}

// A colon and what it governs: the rest of the line, or an indented block.
NodeList parse_block(Parser *p)
{
    expect(p, TOKEN_COLON);
    size_t from = list_open(p);
    if (accept(p, TOKEN_NEWLINE)) {
        if (!at(p, TOKEN_INDENT))
            fail_expected(p, "an indented block");
        advance(p);
        while (!at(p, TOKEN_DEDENT) && !p->failed)
            parse_statement(p);
        advance(p);
    } else if (at(p, TOKEN_SEMICOLON)) {
        fail_expected(p, "a statement");
    } else {
        parse_simple_line(p);
    }
    return list_close(p, from);
}

static Node *parse_if(Parser *p)
{
    Node *node = node_new(p, NODE_IF, p->token.start, branches);
    VEC(Branch) branches = {0};
    do {
        advance(p);
        Branch branch = {0};
        branch.test = parse_named_expression(p);
        branch.body = parse_block(p);
        vec_push(p->arena, &branches, branch);
    } while (at(p, TOKEN_ELIF));
    if (accept(p, TOKEN_ELSE)) {
        Branch branch = {0};
        branch.body = parse_block(p);
        vec_push(p->arena, &branches, branch);
    }
    node->as.branches = branches.items;
    node->extra = (uint32_t)branches.count;
    return node_end(p, node);
}

static Node *parse_while(Parser *p)
{
    Node *node = node_new(p, NODE_WHILE, p->token.start, loop);
    advance(p);
    node->as.loop.subject = parse_named_expression(p);
    node->as.loop.body = parse_block(p);
    if (accept(p, TOKEN_ELSE))
        node->as.loop.otherwise = parse_block(p);
    return node_end(p, node);
}

static Node *parse_for(Parser *p)
{
    Node *node = node_new(p, NODE_FOR, p->token.start, loop);
    advance(p);
    node->as.loop.target = parse_targets(p, false);
    make_target(p, node->as.loop.target, TARGET_FOR);
    expect(p, TOKEN_IN);
    node->as.loop.subject = parse_star_expressions(p);
    node->as.loop.body = parse_block(p);
    if (accept(p, TOKEN_ELSE))
        node->as.loop.otherwise = parse_block(p);
    return node_end(p, node);
}

static Handler parse_handler(Parser *p, Node *node, bool first)
{
    Handler handler = {0};
    advance(p);
    bool star = accept(p, TOKEN_STAR);
    if (!first && star != ((node->flags & FLAG_STAR) != 0))
        fail_at(p, p->token.start, p->token.end, "\"except\" and \"except*\" cannot be mixed");
    node->flags |= star ? FLAG_STAR : 0;
    if (!at(p, TOKEN_COLON) || star) {
        handler.type = parse_expression(p);
        if (accept(p, TOKEN_AS)) {
            handler.name = token_text(p);
            handler.name_hash = token_hash(p);
            if (at(p, TOKEN_NAME))
                scope_bind(p, handler.name, token_hash(p), BINDING_LOCAL);
            expect(p, TOKEN_NAME);
        } else if (at(p, TOKEN_COMMA)) {
            fail_at(p, p->token.start, p->token.end, "several exception types need parentheses");
        }
    }
    handler.body = parse_block(p);
    return handler;
}

static Node *parse_try(Parser *p)
{
    Node *node = node_new(p, NODE_TRY, p->token.start, try);
    TryInfo *info = arena_new(p->arena, TryInfo);
    VEC(Handler) handlers = {0};
    node->as.try = info;
    advance(p);
    info->body = parse_block(p);
    while (at(p, TOKEN_EXCEPT)) {
        Handler handler = parse_handler(p, node, handlers.count == 0);
        vec_push(p->arena, &handlers, handler);
    }
    if (handlers.count && accept(p, TOKEN_ELSE))
        info->otherwise = parse_block(p);
    if (accept(p, TOKEN_FINALLY)) {
        info->has_final = true;
        info->final = parse_block(p);
    } else if (!handlers.count) {
        fail_expected(p, "\"except\" or \"finally\"");
    }
    info->handlers = handlers.items;
    info->handler_count = (uint32_t)handlers.count;
    return node_end(p, node);
}

typedef VEC(WithItem) WithItems;

static void parse_with_items(Parser *p, WithItems *items, bool parens)
{
    do {
        if (parens && items->count && at(p, TOKEN_RPAREN))
            return;
        WithItem item = {0};
        item.context = parse_expression(p);
        if (accept(p, TOKEN_AS)) {
            item.target = parse_targets(p, true);
            make_target(p, item.target, TARGET_FOR);
            if (!at(p, TOKEN_COMMA) && !at(p, TOKEN_COLON) && !at(p, TOKEN_RPAREN))
                fail_expected(p, "\",\" or \":\"");
        }
        vec_push(p->arena, items, item);
    } while (accept(p, TOKEN_COMMA));
}

static Node *parse_with(Parser *p)
{
    Node *node = node_new(p, NODE_WITH, p->token.start, with);
    WithItems items = {0};
    advance(p);
    bool done = false;
    if (at(p, TOKEN_LPAREN)) {
        // with (a as b, c): tried first; otherwise the bracket begins an expression.
        Mark mark = parser_mark(p);
        bool quiet = p->quiet;
        size_t stack = p->stack.count;
        p->quiet = true;
        advance(p);
        parse_with_items(p, &items, true);
        done = accept(p, TOKEN_RPAREN) && at(p, TOKEN_COLON);
        p->quiet = quiet;
        if (!done) {
            p->stack.count = stack;
            parser_reset(p, mark);
            items.count = 0;
        }
    }
    if (!done)
        parse_with_items(p, &items, false);
    node->as.with.items = items.items;
    node->extra = (uint32_t)items.count;
    node->as.with.body = parse_block(p);
    return node_end(p, node);
}

static Node *parse_function(Parser *p, uint32_t start, NodeList decorators)
{
    FunctionInfo *info = arena_new(p->arena, FunctionInfo);
    info->decorators = decorators;
    advance(p);
    info->name = token_text(p);
    info->hash = token_hash(p);
    info->name_start = p->token.start;
    if (at(p, TOKEN_NAME))
        scope_bind(p, info->name, info->hash, BINDING_LOCAL);
    expect(p, TOKEN_NAME);
    parse_type_params(p);
    info->scope = scope_push(p, SCOPE_FUNCTION);
    scope_pop(p);
    expect(p, TOKEN_LPAREN);
    parse_params(p, info, TOKEN_RPAREN, false);
    expect(p, TOKEN_RPAREN);
    if (accept(p, TOKEN_ARROW))
        parse_expression(p);
    ScopeInfo *outer = p->scope;
    p->scope = info->scope;
    info->body = parse_block(p);
    p->scope = outer;
    Node *node = node_new(p, NODE_FUNCTION, start, function);
    node->as.function = info;
    return node_end(p, node);
}

static Node *parse_class(Parser *p, uint32_t start, NodeList decorators)
{
    ClassInfo *info = arena_new(p->arena, ClassInfo);
    info->decorators = decorators;
    advance(p);
    info->name = token_text(p);
    info->hash = token_hash(p);
    if (at(p, TOKEN_NAME))
        scope_bind(p, info->name, info->hash, BINDING_LOCAL);
    expect(p, TOKEN_NAME);
    parse_type_params(p);
    if (accept(p, TOKEN_LPAREN)) {
        info->bases = parse_call_args(p, &info->base_count, true);
        expect(p, TOKEN_RPAREN);
    }
    info->scope = scope_push(p, SCOPE_CLASS);
    info->body = parse_block(p);
    scope_pop(p);
    Node *node = node_new(p, NODE_CLASS, start, class);
    node->as.class = info;
    return node_end(p, node);
}

static Node *parse_async(Parser *p, uint32_t start, NodeList decorators)
{
    advance(p);
    Node *node;
    if (at(p, TOKEN_DEF)) {
        node = parse_function(p, start, decorators);
        node->as.function->is_async = true;
        return node;
    }
    if (decorators.count)
        fail_expected(p, "\"def\"");
    if (at(p, TOKEN_FOR)) {
        node = parse_for(p);
    } else if (at(p, TOKEN_WITH)) {
        node = parse_with(p);
    } else {
        fail_expected(p, "\"def\", \"for\" or \"with\" after \"async\"");
        return parse_atom(p);
    }
    node->flags |= FLAG_ASYNC;
    return node;
}

static Node *parse_decorated(Parser *p)
{
    size_t from = list_open(p);
    uint32_t start = p->token.start;
    while (accept(p, TOKEN_AT)) {
        list_add(p, parse_named_expression(p));
        expect(p, TOKEN_NEWLINE);
    }
    NodeList decorators = list_close(p, from);
    if (at(p, TOKEN_DEF))
        return parse_function(p, p->token.start, decorators);
    if (at(p, TOKEN_CLASS))
        return parse_class(p, p->token.start, decorators);
    if (at(p, TOKEN_ASYNC))
        return parse_async(p, p->token.start, decorators);
    fail_at(p, start, p->token.end, "a decorator must stand before a function or a class");
    return parse_atom(p);
}

void parse_statement(Parser *p)
{
    NodeList none = {0};
    Node *node;
    switch (p->token.kind) {
    case TOKEN_IF: node = parse_if(p); break;
    case TOKEN_WHILE: node = parse_while(p); break;
    case TOKEN_FOR: node = parse_for(p); break;
    case TOKEN_TRY: node = parse_try(p); break;
    case TOKEN_WITH: node = parse_with(p); break;
    case TOKEN_DEF: node = parse_function(p, p->token.start, none); break;
    case TOKEN_CLASS: node = parse_class(p, p->token.start, none); break;
    case TOKEN_ASYNC: node = parse_async(p, p->token.start, none); break;
    case TOKEN_AT: node = parse_decorated(p); break;
    case TOKEN_INDENT: fail_at(p, p->token.start, p->token.start + 1, "unexpected indentation"); return;
    case TOKEN_NEWLINE:
    case TOKEN_DEDENT:
    case TOKEN_SEMICOLON: fail_expected(p, "a statement"); return;
    case TOKEN_NAME:
        node = at_word(p, STR("match")) ? parse_match(p) : NULL;
        if (node)
            break;
        parse_simple_line(p);
        return;
    default: parse_simple_line(p); return;
    }
    list_add(p, node);
}
