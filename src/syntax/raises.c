// Blocks that do nothing but raise. What they work out before that, for their message, nobody sees when it is not raised.
#include "search_int.h"

// ---- expressions ----

static bool is_quiet_call(const Source *source, const Node *call)
{
    static const char *const functions[] = {"print", "len",  "str",    "repr",  "int",   "bool",      "list", "tuple",
                                            "set",   "dict", "sorted", "min",   "max",   "sum",       "zip",  "map",
                                            "any",   "all",  "type",   "range", "round", "enumerate", NULL};
    static const char *const methods[] = {"debug", "info",   "warning",   "warn",     "error", "critical", "exception",
                                          "log",   "echo",   "secho",     "write",    "flush", "join",     "format",
                                          "upper", "lower",  "strip",     "title",    "items", "keys",     "values",
                                          "get",   "append", "isoformat", "rollback", "close", NULL};
    const Node *callee = call->as.call.callee;
    if (callee->kind == NODE_NAME)
        return is_one(node_text(source, callee), functions);
    return callee->kind == NODE_ATTRIBUTE && is_one(attribute_name(source, callee), methods);
}

static bool visit(Visit *v, const Node *node)
{
    switch ((int)node->kind) {
    case NODE_CALL: return is_quiet_call(v->module->source, node);
    case NODE_YIELD:
    case NODE_YIELD_FROM:
    case NODE_AWAIT: return false;
    default: return true;
    }
}

static bool calls_quietly(const Source *source, const Node *node)
{
    const Module module = {.source = source};
    Visit v = {.node = visit, .module = &module};
    return walk(&v, node);
}

static bool visit_quiet(Visit *v, const Node *node)
{
    static const char *const functions[] = {"len", "bool", "int", NULL};
    if (node->kind == NODE_CALL)
        return node->as.call.callee->kind == NODE_NAME &&
               is_one(node_text(v->module->source, node->as.call.callee), functions);
    return node->kind != NODE_WALRUS && node->kind != NODE_YIELD && node->kind != NODE_YIELD_FROM &&
           node->kind != NODE_AWAIT;
}

bool is_quiet(const Source *source, const Node *node)
{
    const Module module = {.source = source};
    Visit v = {.node = visit_quiet, .module = &module};
    return walk(&v, node);
}

// ---- statements ----

static bool raises_quietly(const Source *source, const Node *node)
{
    const Node *exception = node->as.pair.first;
    if (!exception || exception->kind != NODE_CALL)
        return !exception || calls_quietly(source, exception);
    for (uint32_t i = 0; i < exception->extra; i++)   // the exception's class is called whatever it is
        if (!calls_quietly(source, exception->as.call.args[i].value))
            return false;
    return exception->as.call.callee->kind == NODE_NAME || exception->as.call.callee->kind == NODE_ATTRIBUTE;
}

static bool binds_names(const Node *target)
{
    if (target->kind != NODE_TUPLE)
        return target->kind == NODE_NAME;
    for (uint32_t i = 0; i < target->as.list.count; i++)
        if (target->as.list.items[i]->kind != NODE_NAME)
            return false;
    return true;
}

static bool all_quiet(const Source *source, NodeList block);

// Whether a statement goes on to the next one, or raises, and does nothing else that would be seen.
static bool is_quiet_statement(const Source *source, const Node *node)
{
    switch ((int)node->kind) {
    case NODE_PASS:
    case NODE_IMPORT:
    case NODE_FROM_IMPORT: return true;
    case NODE_EXPR: return calls_quietly(source, node->as.operand);
    case NODE_ASSIGN:
        for (uint32_t i = 0; i < node->as.assign.targets.count; i++)
            if (!binds_names(node->as.assign.targets.items[i]))
                return false;
        return calls_quietly(source, node->as.assign.value);
    case NODE_AUGASSIGN: return binds_names(node->as.pair.first) && calls_quietly(source, node->as.pair.second);
    case NODE_ANNASSIGN: return binds_names(node->as.triple.first) && calls_quietly(source, node->as.triple.third);
    case NODE_RAISE: return raises_quietly(source, node);
    case NODE_FOR:
        return binds_names(node->as.loop.target) && calls_quietly(source, node->as.loop.subject) &&
               all_quiet(source, node->as.loop.body) && all_quiet(source, node->as.loop.otherwise);
    case NODE_IF:
        for (uint32_t i = 0; i < node->extra; i++) {
            const Branch *branch = &node->as.branches[i];
            if ((branch->test && !calls_quietly(source, branch->test)) || !all_quiet(source, branch->body))
                return false;
        }
        return true;
    default: return false;
    }
}

static bool all_quiet(const Source *source, NodeList block)
{
    for (uint32_t i = 0; i < block.count; i++)
        if (!is_quiet_statement(source, block.items[i]))
            return false;
    return true;
}

static bool ends_raising(NodeList block)
{
    const Node *last = block.count ? block.items[block.count - 1] : NULL;
    if (!last || last->kind != NODE_IF)
        return last && last->kind == NODE_RAISE;
    for (uint32_t i = 0; i < last->extra; i++)
        if (!ends_raising(last->as.branches[i].body))
            return false;
    return !last->as.branches[last->extra - 1].test;
}

bool only_raises(const Source *source, NodeList block)
{
    return ends_raising(block) && all_quiet(source, block);
}

bool lets_through(const Source *source, const TryInfo *info)
{
    for (uint32_t i = 0; i < info->handler_count; i++)
        if (!only_raises(source, info->handlers[i].body))
            return false;
    return !info->has_final || all_quiet(source, info->final);
}

// ---- what is raised ----

static void add_written(Buf *out, const Source *source, const Node *node)
{
    const Node *callee = node->kind == NODE_CALL ? node->as.call.callee : NULL;
    if (node->kind == NODE_CONST && node->as.constant.kind == CONSTANT_STR)
        buf_add(out, node->as.constant.text);
    else if (node->kind == NODE_FIELD)
        buf_addf(out, "{%.*s}", STR_ARGS(node_text(source, node->as.field.value)));
    else if (node->kind == NODE_FSTRING)
        for (uint32_t i = 0; i < node->as.list.count; i++)
            add_written(out, source, node->as.list.items[i]);
    else if (node->kind == NODE_BINARY && node->as.chain.rest[0].op == BINARY_MOD)
        add_written(out, source, node->as.chain.first);
    else if (callee && callee->kind == NODE_ATTRIBUTE && str_equal(attribute_name(source, callee), STR("format")))
        add_written(out, source, callee->as.attribute.object);
    else if (node->kind == NODE_BINARY && node->as.chain.rest[0].op == BINARY_ADD) {
        add_written(out, source, node->as.chain.first);
        for (uint32_t i = 0; i < node->extra; i++)
            add_written(out, source, node->as.chain.rest[i].value);
    }
}

Str written_text(Arena *arena, const Source *source, const Node *node)
{
    Buf out = buf_open(arena);
    if (node)
        add_written(&out, source, node);
    return buf_str(&out);
}

// The value that the block itself gives a name, or NULL.
static const Node *assigned(const Source *source, NodeList block, Str name)
{
    const Node *found = NULL;
    for (uint32_t i = 0; i < block.count; i++) {
        const Node *node = block.items[i], *target = node->kind == NODE_ASSIGN ? node->as.assign.targets.items[0] : NULL;
        if (target && target->kind == NODE_NAME && str_equal(node_text(source, target), name))
            found = node->as.assign.value;
    }
    return found;
}

Str raised_text(Arena *arena, const Source *source, NodeList block)
{
    const Node *last = block.items[block.count - 1], *exception = last->kind == NODE_RAISE ? last->as.pair.first : NULL;
    if (!exception || exception->kind != NODE_CALL || !exception->extra || exception->as.call.args[0].star)
        return STR_EMPTY;
    const Node *text = exception->as.call.args[0].value;
    if (text->kind == NODE_NAME)
        text = assigned(source, block, node_text(source, text));
    return written_text(arena, source, text);
}
