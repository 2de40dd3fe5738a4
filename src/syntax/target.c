// Targets of assignments: what may stand there, and the names they bind.
#include "parse_int.h"

static Node *one_target(Parser *p)
{
    uint32_t start = p->token.start;
    if (!accept(p, TOKEN_STAR))
        return parse_primary(p);
    Node *node = node_new(p, NODE_STARRED, start, operand);
    node->as.operand = parse_primary(p);
    return node_end(p, node);
}

Node *parse_targets(Parser *p, bool one)
{
    uint32_t start = p->token.start;
    Node *first = one_target(p);
    if (first->kind == NODE_STARRED && !at(p, TOKEN_COMMA))
        fail_at(p, first->start, first->start + first->len, "starred assignment target must be in a list or tuple");
    if (one || !at(p, TOKEN_COMMA))
        return first;
    size_t from = list_open(p);
    list_add(p, first);
    while (accept(p, TOKEN_COMMA) && !at(p, TOKEN_IN) && !at(p, TOKEN_EQUAL))
        list_add(p, one_target(p));
    return list_node(p, NODE_TUPLE, start, from);
}

static const char *describe(const Node *node)
{
    switch (node->kind) {
    case NODE_CONST:
    case NODE_BIG:
    case NODE_FSTRING:
    case NODE_FIELD: return "a literal";
    case NODE_CALL: return "a call";
    case NODE_BINARY:
    case NODE_UNARY:
    case NODE_NOT:
    case NODE_AND:
    case NODE_OR: return "an operation";
    case NODE_COMPARE: return "a comparison";
    case NODE_TERNARY: return "a conditional expression";
    case NODE_LAMBDA: return "a lambda";
    case NODE_DICT: return "a dict";
    case NODE_SET: return "a set";
    case NODE_LISTCOMP:
    case NODE_SETCOMP:
    case NODE_DICTCOMP: return "a comprehension";
    case NODE_GENEXP: return "a generator expression";
    case NODE_YIELD:
    case NODE_YIELD_FROM: return "a yield";
    case NODE_AWAIT: return "an await";
    case NODE_WALRUS: return "a named expression";
    default: return "this expression";
    }
}

void make_target(Parser *p, Node *node, TargetUse use)
{
    if (p->failed || p->spoiled)
        return;
    switch (node->kind) {
    case NODE_NAME: scope_bind(p, node_text(p->source, node), node->extra, BINDING_LOCAL); return;
    case NODE_ATTRIBUTE:
    case NODE_SUBSCRIPT: return;
    case NODE_STARRED:
        if (use == TARGET_ASSIGN || use == TARGET_FOR) {
            if (node->as.operand->kind == NODE_STARRED)
                break;
            make_target(p, node->as.operand, use);
            return;
        }
        break;
    case NODE_TUPLE:
    case NODE_LIST:
        if (use == TARGET_AUGMENT)
            break;
        for (uint32_t i = 0; i < node->as.list.count; i++)
            make_target(p, node->as.list.items[i], use);
        return;
    default: break;
    }
    fail_at(p, node->start, node->start + node->len, "cannot %s %s", use == TARGET_DEL ? "delete" : "assign to",
            describe(node));
}
