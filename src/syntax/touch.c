// Which names a statement binds, and which it may change.
#include "waybill/syntax_tree.h"

typedef struct Touch {
    Arena *arena;
    const Source *source;
    Touched *touched;
    uint32_t index;
    bool binds_only;   // what calls may change is passed over
} Touch;

static void touch(Touch *t, Str name)
{
    Statements *indices = map_get(&t->touched->by, name);
    if (!indices) {
        indices = arena_new(t->arena, Statements);
        map_put(&t->touched->by, name, indices);
    }
    if (!indices->count || indices->items[indices->count - 1] != t->index)
        vec_push(t->arena, indices, t->index);
}

static const Node *root_of(const Node *node)
{
    for (;;)
        switch ((int)node->kind) {
        case NODE_ATTRIBUTE: node = node->as.attribute.object; break;
        case NODE_SUBSCRIPT: node = node->as.pair.first; break;
        case NODE_CALL: node = node->as.call.callee; break;
        case NODE_STARRED: node = node->as.operand; break;
        default: return node;
        }
}

static void touch_root(Touch *t, const Node *node)
{
    node = root_of(node);
    if (node->kind == NODE_NAME)
        touch(t, node_text(t->source, node));
    bool listed = node->kind == NODE_TUPLE || node->kind == NODE_LIST;
    for (uint32_t i = 0; listed && i < node->as.list.count; i++)
        touch_root(t, node->as.list.items[i]);
}

// A call made for what it does: its object may change, and what it is handed.
static void touch_call(Touch *t, const Node *call)
{
    if (t->binds_only)
        return;
    if (call->as.call.callee->kind == NODE_ATTRIBUTE)
        touch_root(t, call->as.call.callee);
    for (uint32_t i = 0; i < call->extra; i++)
        touch_root(t, call->as.call.args[i].value);
}

static void touch_block(Touch *t, NodeList block);

static void touch_decorators(Touch *t, NodeList decorators)
{
    for (uint32_t i = 0; i < decorators.count; i++)
        if (decorators.items[i]->kind == NODE_CALL)
            touch_call(t, decorators.items[i]);
        else
            touch_root(t, decorators.items[i]);
}

static void touch_pattern(Touch *t, const Node *pattern)
{
    switch ((int)pattern->kind) {
    case PATTERN_CAPTURE:
    case PATTERN_STAR:
    case PATTERN_AS:
        if (pattern->as.pattern_as.name.len)
            touch(t, pattern->as.pattern_as.name);
        if (pattern->as.pattern_as.pattern)
            touch_pattern(t, pattern->as.pattern_as.pattern);
        break;
    case PATTERN_SEQUENCE:
    case PATTERN_OR:
    case PATTERN_MAPPING:
        for (uint32_t i = 0; i < pattern->as.list.count; i++)
            touch_pattern(t, pattern->as.list.items[i]);
        break;
    case PATTERN_CLASS:
        for (uint32_t i = 0; i < pattern->as.pattern_class.patterns.count; i++)
            touch_pattern(t, pattern->as.pattern_class.patterns.items[i]);
        break;
    default: break;
    }
}

static void touch_import(Touch *t, const Node *node)
{
    for (uint32_t i = 0; i < node->extra; i++) {
        const ImportName *name = &node->as.import.names[i];
        Str bound = name->module, rest = name->module;
        if (str_equal(name->module, STR("*"))) {
            vec_push(t->arena, &t->touched->stars, t->index);
            continue;
        }
        if (node->kind == NODE_IMPORT)
            bound = str_cut(&rest, '.');
        touch(t, name->alias.len ? name->alias : bound);
    }
}

static void touch_assign(Touch *t, const Node *node)
{
    const Node *value = root_of(node->as.assign.value);
    bool is_alias = node->as.assign.value->kind == NODE_NAME || node->as.assign.value->kind == NODE_ATTRIBUTE ||
                    node->as.assign.value->kind == NODE_SUBSCRIPT;
    for (uint32_t i = 0; i < node->as.assign.targets.count; i++) {
        const Node *target = node->as.assign.targets.items[i];
        touch_root(t, target);
        if (is_alias && value->kind == NODE_NAME && target->kind == NODE_NAME) {
            Str *other = arena_new(t->arena, Str);
            *other = node_text(t->source, value);
            map_put(&t->touched->aliases, node_text(t->source, target), other);
        }
    }
}

static void touch_statement(Touch *t, const Node *node)
{
    switch ((int)node->kind) {
    case NODE_ASSIGN: touch_assign(t, node); break;
    case NODE_AUGASSIGN: touch_root(t, node->as.pair.first); break;
    case NODE_ANNASSIGN:
        if (node->as.triple.third)
            touch_root(t, node->as.triple.first);
        break;
    case NODE_EXPR:
        if (node->as.operand->kind == NODE_CALL)
            touch_call(t, node->as.operand);
        else if (node->as.operand->kind == NODE_WALRUS)
            touch_root(t, node->as.operand->as.pair.first);
        break;
    case NODE_DEL:
        for (uint32_t i = 0; i < node->as.list.count; i++)
            touch_root(t, node->as.list.items[i]);
        break;
    case NODE_IMPORT:
    case NODE_FROM_IMPORT: touch_import(t, node); break;
    case NODE_IF:
        for (uint32_t i = 0; i < node->extra; i++)
            touch_block(t, node->as.branches[i].body);
        break;
    case NODE_FOR:
        touch_root(t, node->as.loop.target);
        touch_block(t, node->as.loop.body);
        break;
    case NODE_WHILE: touch_block(t, node->as.loop.body); break;
    case NODE_TRY:
        touch_block(t, node->as.try->body);
        for (uint32_t i = 0; i < node->as.try->handler_count; i++)
            touch_block(t, node->as.try->handlers[i].body);
        touch_block(t, node->as.try->otherwise);
        touch_block(t, node->as.try->final);
        break;
    case NODE_WITH:
        for (uint32_t i = 0; i < node->extra; i++)
            if (node->as.with.items[i].target)
                touch_root(t, node->as.with.items[i].target);
        touch_block(t, node->as.with.body);
        break;
    case NODE_FUNCTION:
        touch(t, node->as.function->name);
        touch_decorators(t, node->as.function->decorators);
        break;
    case NODE_CLASS:
        touch(t, node->as.class->name);
        touch_decorators(t, node->as.class->decorators);
        break;
    case NODE_MATCH:
        for (uint32_t i = 0; i < node->extra; i++) {
            touch_pattern(t, node->as.match.cases[i].pattern);
            touch_block(t, node->as.match.cases[i].body);
        }
        break;
    case NODE_TYPE_ALIAS: touch_root(t, node->as.pair.first); break;
    default: break;
    }
}

static void touch_block(Touch *t, NodeList block)
{
    for (uint32_t i = 0; i < block.count; i++)
        touch_statement(t, block.items[i]);
}

void syntax_touched(Arena *arena, const Source *source, NodeList statements, bool binds_only, Touched *touched)
{
    *touched = (Touched){.by = map_open(arena), .aliases = map_open(arena)};
    Touch t = {arena, source, touched, 0, binds_only};
    for (; t.index < statements.count; t.index++)
        touch_statement(&t, statements.items[t.index]);
}

void syntax_touched_names(Arena *arena, const Source *source, const Node *node, bool binds_only, StrList *names)
{
    Touched touched = {.by = map_open(arena), .aliases = map_open(arena)};
    Touch t = {arena, source, &touched, 0, binds_only};
    touch_statement(&t, node);
    for (MapEntry *e = map_first(&touched.by); e; e = map_next(&touched.by, e))
        vec_push(arena, names, e->key);
}
