// What a revision's header says, read from the tree without evaluating the file.
#include "tree.h"

// Names that follow one another, and texts put together, end somewhere.
enum { MAX_WORK = 2000, MAX_TEXT = 64 << 10 };

static Header read_value(Arena *arena, const Module *module, const Node *value, size_t before, unsigned *work);

static bool is_name(const Module *module, const Node *node, Str name)
{
    return node->kind == NODE_NAME && str_equal(node_text(module->source, node), name);
}

// The last assignment to `name` among the first `before` statements.
static Header find_assigned(Arena *arena, const Module *module, Str name, size_t before, unsigned *work)
{
    NodeList body = module->body->as.list;
    for (size_t i = before; i-- > 0;) {
        const Node *statement = body.items[i], *value = NULL;
        if (statement->kind == NODE_ASSIGN) {
            for (uint32_t k = 0; k < statement->as.assign.targets.count; k++)
                if (is_name(module, statement->as.assign.targets.items[k], name))
                    value = statement->as.assign.value;
        } else if (statement->kind == NODE_ANNASSIGN && is_name(module, statement->as.triple.first, name)) {
            value = statement->as.triple.third;
        }
        if (value)
            return read_value(arena, module, value, i, work);
    }
    return (Header){0};
}

static Header read_sum(Arena *arena, const Module *module, const Node *value, size_t before, unsigned *work)
{
    Header sum = {.kind = HEADER_OTHER, .at = node_span(module->source, value)};
    Header first = read_value(arena, module, value->as.chain.first, before, work);
    for (uint32_t i = 0; i < value->extra; i++) {
        Header next = read_value(arena, module, value->as.chain.rest[i].value, before, work);
        if (value->as.chain.rest[i].op != BINARY_ADD || first.kind != next.kind ||
            (first.kind != HEADER_TEXT && first.kind != HEADER_LIST))
            return sum;
        if (first.kind == HEADER_TEXT && first.texts.items[0].len + next.texts.items[0].len > MAX_TEXT)
            return sum;
        if (first.kind == HEADER_TEXT) {
            first.texts.items[0] = str_format(arena, "%.*s%.*s", STR_ARGS(first.texts.items[0]),
                                              STR_ARGS(next.texts.items[0]));
            continue;
        }
        for (size_t k = 0; k < next.texts.count; k++)
            vec_push(arena, &first.texts, next.texts.items[k]);
    }
    sum.kind = first.kind;
    sum.texts = first.texts;
    return sum;
}

static Header read_value(Arena *arena, const Module *module, const Node *value, size_t before, unsigned *work)
{
    Header header = {.kind = HEADER_OTHER, .at = node_span(module->source, value)};
    if (!*work)
        return header;
    --*work;
    switch (value->kind) {
    case NODE_CONST:
        if (value->as.constant.kind == VALUE_STR) {
            header.kind = HEADER_TEXT;
            vec_push(arena, &header.texts, value->as.constant.text);
        } else if (value->as.constant.kind == VALUE_NONE) {
            header.kind = HEADER_NONE;
        }
        return header;
    case NODE_NAME: {
        Header named = find_assigned(arena, module, node_text(module->source, value), before, work);
        named.at = header.at;
        named.kind = named.kind == HEADER_ABSENT ? HEADER_OTHER : named.kind;
        return named;
    }
    case NODE_TUPLE:
    case NODE_LIST:
    case NODE_SET:
        for (uint32_t i = 0; i < value->as.list.count; i++) {
            Header item = read_value(arena, module, value->as.list.items[i], before, work);
            if (item.kind != HEADER_TEXT) {
                header.texts.count = 0;
                return header;
            }
            vec_push(arena, &header.texts, item.texts.items[0]);
        }
        header.kind = HEADER_LIST;
        return header;
    case NODE_BINARY: return read_sum(arena, module, value, before, work);
    default: return header;
    }
}

Header python_header(Arena *arena, const Module *module, Str name)
{
    unsigned work = MAX_WORK;
    return find_assigned(arena, module, name, module->body->as.list.count, &work);
}

// -1: not constant.
static int constant_truth(const Node *test)
{
    if (!test)
        return 1;
    if (test->kind != NODE_CONST)
        return -1;
    return test->as.constant.kind == VALUE_BOOL  ? test->as.constant.boolean
           : test->as.constant.kind == VALUE_INT ? test->as.constant.integer != 0
                                                 : -1;
}

static bool find_function(const Module *module, NodeList body, Str name, Span *at)
{
    for (uint32_t i = 0; i < body.count; i++) {
        const Node *node = body.items[i];
        if (node->kind == NODE_FUNCTION && str_equal(node->as.function->name, name)) {
            if (at)
                *at = (Span){module->source, node->as.function->name_start, (uint32_t)name.len};
            return true;
        }
        for (uint32_t k = 0; node->kind == NODE_IF && k < node->extra; k++) {
            int truth = constant_truth(node->as.branches[k].test);
            if (truth && find_function(module, node->as.branches[k].body, name, at))
                return true;
            if (truth == 1)
                break;
        }
    }
    return false;
}

bool python_has_function(const Module *module, Str name, Span *at)
{
    return find_function(module, module->body->as.list, name, at);
}
