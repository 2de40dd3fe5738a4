// Searches a whole file's tree: text literals, and the constant keyword arguments of a call.
#include "search_int.h"

bool walk_list(Visit *v, NodeList list)
{
    for (uint32_t i = 0; i < list.count; i++)
        if (list.items[i] && !walk(v, list.items[i]))
            return false;
    return true;
}

static bool walk_function(Visit *v, const FunctionInfo *function)
{
    for (uint32_t i = 0; i < function->param_count; i++)
        if (!walk(v, function->params[i].preset))
            return false;
    return walk_list(v, function->decorators) && walk_list(v, function->body);
}

static bool walk_comprehension(Visit *v, const Node *node)
{
    for (uint32_t i = 0; i < node->extra; i++) {
        const CompFor *loop = &node->as.comp.loops[i];
        if (!walk(v, loop->target) || !walk(v, loop->iterable) || !walk_list(v, loop->tests))
            return false;
    }
    return walk(v, node->as.comp.element) && walk(v, node->as.comp.value);
}

static bool walk_try(Visit *v, const TryInfo *info)
{
    for (uint32_t i = 0; i < info->handler_count; i++)
        if (!walk_list(v, info->handlers[i].body))
            return false;
    return walk_list(v, info->body) && walk_list(v, info->otherwise) && walk_list(v, info->final);
}

static bool walk_chain(Visit *v, const Node *node)
{
    if (!walk(v, node->as.chain.first))
        return false;
    for (uint32_t i = 0; i < node->extra; i++)
        if (!walk(v, node->as.chain.rest[i].value))
            return false;
    return true;
}

static bool walk_children(Visit *v, const Node *node)
{
    switch ((NodeKind)node->kind) {
    case NODE_FSTRING:
    case NODE_TUPLE:
    case NODE_LIST:
    case NODE_SET:
    case NODE_DICT:
    case NODE_AND:
    case NODE_OR:
    case NODE_DEL:
    case NODE_BLOCK: return walk_list(v, node->as.list);
    case NODE_FIELD: return walk(v, node->as.field.value) && walk(v, node->as.field.spec);
    case NODE_ATTRIBUTE: return walk(v, node->as.attribute.object);
    case NODE_SUBSCRIPT:
    case NODE_WALRUS:
    case NODE_AUGASSIGN:
    case NODE_RAISE:
    case NODE_ASSERT: return walk(v, node->as.pair.first) && walk(v, node->as.pair.second);
    case NODE_SLICE:
    case NODE_TERNARY:
        return walk(v, node->as.triple.first) && walk(v, node->as.triple.second) && walk(v, node->as.triple.third);
    case NODE_ANNASSIGN: return walk(v, node->as.triple.third);
    case NODE_CALL:
        for (uint32_t i = 0; i < node->extra; i++)
            if (!walk(v, node->as.call.args[i].value))
                return false;
        return walk(v, node->as.call.callee);
    case NODE_BINARY:
    case NODE_COMPARE: return walk_chain(v, node);
    case NODE_NOT:
    case NODE_UNARY:
    case NODE_STARRED:
    case NODE_YIELD:
    case NODE_YIELD_FROM:
    case NODE_AWAIT:
    case NODE_RETURN: return walk(v, node->as.operand);
    case NODE_EXPR:   // a constant alone, a docstring above all, does nothing
        return node->as.operand->kind == NODE_CONST || walk(v, node->as.operand);
    case NODE_LAMBDA:
    case NODE_FUNCTION: return walk_function(v, node->as.function);
    case NODE_LISTCOMP:
    case NODE_SETCOMP:
    case NODE_DICTCOMP:
    case NODE_GENEXP: return walk_comprehension(v, node);
    case NODE_ASSIGN: return walk_list(v, node->as.assign.targets) && walk(v, node->as.assign.value);
    case NODE_IF:
        for (uint32_t i = 0; i < node->extra; i++)
            if (!walk(v, node->as.branches[i].test) || !walk_list(v, node->as.branches[i].body))
                return false;
        return true;
    case NODE_WHILE:
    case NODE_FOR:
        return walk(v, node->as.loop.subject) && walk_list(v, node->as.loop.body) && walk_list(v, node->as.loop.otherwise);
    case NODE_TRY: return walk_try(v, node->as.try);
    case NODE_WITH:
        for (uint32_t i = 0; i < node->extra; i++)
            if (!walk(v, node->as.with.items[i].context))
                return false;
        return walk_list(v, node->as.with.body);
    case NODE_CLASS: return walk_list(v, node->as.class->decorators) && walk_list(v, node->as.class->body);
    case NODE_MATCH:
        for (uint32_t i = 0; i < node->extra; i++)
            if (!walk_list(v, node->as.match.cases[i].body))
                return false;
        return walk(v, node->as.match.subject);
    case NODE_NAME:
    case NODE_CONST:
    case NODE_BIG:
    case NODE_PASS:
    case NODE_BREAK:
    case NODE_CONTINUE:
    case NODE_GLOBAL:
    case NODE_NONLOCAL:
    case NODE_IMPORT:
    case NODE_FROM_IMPORT:
    case NODE_TYPE_ALIAS:
    case PATTERN_VALUE:
    case PATTERN_CAPTURE:
    case PATTERN_SEQUENCE:
    case PATTERN_STAR:
    case PATTERN_MAPPING:
    case PATTERN_CLASS:
    case PATTERN_OR:
    case PATTERN_AS: return true;
    }
    return true;
}

bool walk(Visit *v, const Node *node)
{
    return !node || (v->node(v, node) && walk_children(v, node));
}

// ---- text literals ----

static bool keep_text(Visit *v, const Node *node)
{
    if (node->kind == NODE_CONST && node->as.constant.kind == CONSTANT_STR)
        vec_push(v->arena, v->texts, node->as.constant.text);
    return true;
}

static void walk_part(Visit *v, const FilePart *part)
{
    v->module = part->module;
    for (size_t i = 0; i < part->nodes.count; i++)
        walk(v, part->nodes.items[i].node);
}

void syntax_texts(Arena *arena, const FilePart *part, StrList *texts)
{
    Visit v = {.node = keep_text, .arena = arena, .texts = texts};
    walk_part(&v, part);
}

// ---- keyword arguments of a call ----

static const Node *top_level_value(const Module *module, Str name)
{
    const Node *value = NULL;
    for (uint32_t i = 0; i < module->body->as.list.count; i++) {
        const Node *statement = module->body->as.list.items[i];
        if (statement->kind != NODE_ASSIGN)
            continue;
        for (uint32_t k = 0; k < statement->as.assign.targets.count; k++) {
            const Node *target = statement->as.assign.targets.items[k];
            if (target->kind == NODE_NAME && str_equal(node_text(module->source, target), name))
                value = statement->as.assign.value;
        }
    }
    return value;
}

static bool add_texts(Visit *v, const Node *node, Header *header)
{
    for (uint32_t i = 0; i < node->as.list.count; i++) {
        const Node *item = node->as.list.items[i];
        if (!item || item->kind != NODE_CONST || item->as.constant.kind != CONSTANT_STR)
            return false;
        vec_push(v->arena, &header->texts, item->as.constant.text);
    }
    return true;
}

static Header constant_of(Visit *v, const Node *node)
{
    Header header = {.kind = HEADER_OTHER, .at = node_span(v->module->source, node)};
    for (int hops = 0; node && node->kind == NODE_NAME && hops < 8; hops++)
        node = top_level_value(v->module, node_text(v->module->source, node));
    if (!node)
        return header;
    if (node->kind == NODE_CONST && node->as.constant.kind == CONSTANT_STR) {
        header.kind = HEADER_TEXT;
        vec_push(v->arena, &header.texts, node->as.constant.text);
    } else if (node->kind == NODE_CONST && node->as.constant.kind == CONSTANT_NONE) {
        header.kind = HEADER_NONE;
    } else if (node->kind == NODE_CONST && node->as.constant.kind == CONSTANT_BOOL) {
        header.kind = HEADER_BOOL;
        header.boolean = node->as.constant.boolean;
    } else if (node->kind == NODE_DICT && add_texts(v, node, &header)) {
        header.kind = HEADER_DICT;
    } else if ((node->kind == NODE_LIST || node->kind == NODE_TUPLE) && add_texts(v, node, &header)) {
        header.kind = HEADER_LIST;
    }
    return header;
}

// Whether the dotted callee ends with what is asked for, at a dot.
static bool is_callee(Visit *v, const Node *callee)
{
    Str text = node_text(v->module->source, callee);
    if ((callee->kind != NODE_NAME && callee->kind != NODE_ATTRIBUTE) || !str_ends(text, v->callee))
        return false;
    return text.len == v->callee.len || text.ptr[text.len - v->callee.len - 1] == '.';
}

static bool keep_keywords(Visit *v, const Node *node)
{
    if (node->kind != NODE_CALL || !is_callee(v, node->as.call.callee))
        return true;
    for (uint32_t i = 0; i < node->extra; i++) {
        const CallArg *arg = &node->as.call.args[i];
        if (!arg->name_len || arg->star)
            continue;
        Header *header = arena_new(v->arena, Header);
        *header = constant_of(v, arg->value);
        map_put(v->keywords, (Str){v->module->source->text.ptr + arg->name_start, arg->name_len}, header);
    }
    return false;
}

static bool keep_argument(Visit *v, const Node *node)
{
    if (node->kind != NODE_CALL || !is_callee(v, node->as.call.callee) || node->extra <= v->position)
        return true;
    const CallArg *arg = &node->as.call.args[v->position];
    Header header = constant_of(v, arg->value);
    if (!arg->name_len && !arg->star && header.kind == HEADER_TEXT)
        vec_push(v->arena, v->texts, header.texts.items[0]);
    return true;
}

void syntax_call_texts(Arena *arena, const FilePart *part, Str callee_suffix, size_t position, StrList *texts)
{
    Visit v = {.node = keep_argument, .arena = arena, .callee = callee_suffix, .position = position, .texts = texts};
    walk_part(&v, part);
}

bool syntax_call_keywords(Arena *arena, const Module *module, Str callee_suffix, Map *keywords)
{
    Visit v = {.node = keep_keywords, .arena = arena, .module = module, .callee = callee_suffix, .keywords = keywords};
    return !walk(&v, module->body);
}

// ---- changes of an object ----

static bool is_no_change(Visit *v, const Node *node)
{
    const Node *object = NULL;
    if (node->kind == NODE_CALL && node->as.call.callee->kind == NODE_ATTRIBUTE)
        object = node->as.call.callee->as.attribute.object;
    else if (node->kind == NODE_AUGASSIGN)
        object = node->as.pair.first;
    return !object || object->kind != NODE_NAME || !str_equal(node_text(v->module->source, object), v->callee);
}

bool module_changes(Arena *arena, const Module *module, Str name)
{
    Visit v = {.node = is_no_change, .arena = arena, .module = module, .callee = name};
    return !walk(&v, module->body);
}
