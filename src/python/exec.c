// Statements.
#include "python_int.h"

static bool unpack(Interp *in, Env *env, const Node *target, Value value)
{
    NodeList nodes = target->as.list;
    Value items;
    Span at = span_of(in, target);
    if (is_unknown(value)) {
        for (uint32_t i = 0; i < nodes.count; i++) {
            const Node *node = nodes.items[i];
            if (!assign(in, env, node->kind == NODE_STARRED ? node->as.operand : node, value_unknown_by(value)))
                return false;
        }
        return true;
    }
    if (!interp_iterate(in, at, value, &items))
        return false;
    size_t have = items.list->values.count, star = SIZE_MAX;
    for (uint32_t i = 0; i < nodes.count; i++)
        star = nodes.items[i]->kind == NODE_STARRED ? i : star;
    if (star == SIZE_MAX ? have != nodes.count : have + 1 < nodes.count)
        return interp_raise(in, at, STR("ValueError"),
                            have < nodes.count ? "not enough values to unpack (expected %u, got %zu)"
                                               : "too many values to unpack (expected %u)",
                            nodes.count, have);
    size_t position = 0;
    for (uint32_t i = 0; i < nodes.count; i++) {
        if (i != star) {
            if (!assign(in, env, nodes.items[i], items.list->values.items[position++]))
                return false;
            continue;
        }
        Value rest = value_list(in->arena, VALUE_LIST);
        for (size_t k = 0; k < have + 1 - nodes.count; k++)
            list_push(in->arena, rest, items.list->values.items[position++]);
        if (!assign(in, env, nodes.items[i]->as.operand, rest))
            return false;
    }
    return true;
}

bool assign(Interp *in, Env *env, const Node *target, Value value)
{
    Value object, key;
    switch (target->kind) {
    case NODE_NAME: return assign_name(in, env, node_text(in->space->source, target), target->extra, value);
    case NODE_ATTRIBUTE:
        return eval(in, env, target->as.attribute.object, &object) &&
               set_attribute(in, span_of(in, target), object, attribute_name(in->space->source, target), value);
    case NODE_SUBSCRIPT:
        return eval(in, env, target->as.pair.first, &object) && eval(in, env, target->as.pair.second, &key) &&
               subscript_set(in, span_of(in, target), object, key, value);
    case NODE_TUPLE:
    case NODE_LIST: return unpack(in, env, target, value);
    default:
        return interp_raise(in, span_of(in, target), STR("SyntaxError"),
                            "starred assignment target must be in a list or tuple");
    }
}

// Lists, sets and dicts change in place.
static bool augment_in_place(Interp *in, Span at, BinaryOp op, Value left, Value right, bool *done)
{
    Value items;
    *done = false;
    if (view_of(left))
        return true;
    bool times = left.kind == VALUE_LIST && op == BINARY_MUL && !is_unknown(right);
    bool of_sets = op == BINARY_OR || op == BINARY_AND || op == BINARY_XOR || op == BINARY_SUB;
    if (times || (left.kind == VALUE_SET && right.kind == VALUE_SET && of_sets)) {
        Value result;
        if (!binary(in, at, op, left, right, &result))
            return false;
        *done = result.kind == left.kind;
        if (*done) {
            left.list->values = result.list->values;
            left.list->slots = result.list->slots;
            left.list->slot_count = result.list->slot_count;
        }
        return true;
    }
    if (left.kind == VALUE_LIST && op == BINARY_ADD && !is_unknown(right)) {
        if (!interp_iterate(in, at, right, &items) ||
            !interp_items(in, at, left.list->values.count + items.list->values.count))
            return false;
        for (size_t i = 0, n = items.list->values.count; i < n; i++)
            list_push(in->arena, left, items.list->values.items[i]);
        *done = true;
    } else if (left.kind == VALUE_DICT && op == BINARY_OR && right.kind == VALUE_DICT) {
        tell_looked(in, right);
        for (size_t i = 0; i < right.dict->items.count; i++)
            dict_put(in->arena, left.dict, right.dict->items.items[i].key, right.dict->items.items[i].value);
        *done = true;
    }
    return true;
}

static bool augment(Interp *in, Env *env, const Node *node)
{
    const Node *target = node->as.pair.first;
    Value object = UNSET_VALUE, key = UNSET_VALUE, left, right;
    Span at = span_of(in, node);
    if (target->kind == NODE_NAME ? !eval(in, env, target, &left)
        : target->kind == NODE_ATTRIBUTE
            ? !eval(in, env, target->as.attribute.object, &object) ||
                  !interp_attribute(in, span_of(in, target), object, attribute_name(in->space->source, target), &left)
            : !eval(in, env, target->as.pair.first, &object) || !eval(in, env, target->as.pair.second, &key) ||
                  !subscript(in, span_of(in, target), object, key, &left))
        return false;
    bool done;
    if (!eval(in, env, node->as.pair.second, &right) || !augment_in_place(in, at, (BinaryOp)node->op, left, right, &done))
        return false;
    if (!done && !binary(in, at, (BinaryOp)node->op, left, right, &left))
        return false;
    if (target->kind == NODE_NAME)
        return assign(in, env, target, left);
    if (target->kind == NODE_ATTRIBUTE)
        return set_attribute(in, span_of(in, target), object, attribute_name(in->space->source, target), left);
    return subscript_set(in, span_of(in, target), object, key, left);
}

static bool delete_target(Interp *in, Env *env, const Node *target)
{
    Value object, key;
    switch (target->kind) {
    case NODE_NAME:
        return eval(in, env, target, &object) &&
               assign_name(in, env, node_text(in->space->source, target), target->extra, UNSET_VALUE);
    case NODE_ATTRIBUTE:
        return eval(in, env, target->as.attribute.object, &object) &&
               delete_attribute(in, span_of(in, target), object, attribute_name(in->space->source, target));
    case NODE_SUBSCRIPT:
        return eval(in, env, target->as.pair.first, &object) && eval(in, env, target->as.pair.second, &key) &&
               subscript_del(in, span_of(in, target), object, key);
    default:
        for (uint32_t i = 0; i < target->as.list.count; i++)
            if (!delete_target(in, env, target->as.list.items[i]))
                return false;
        return true;
    }
}

// The truth of an if's condition. One that is not known is taken for what does not raise, if the host makes sure of it,
// where the branch that it leads to, or the else, does nothing but raise.
static bool branch_truth(Interp *in, Env *env, const Node *node, uint32_t i, bool *truth)
{
    const Branch *branch = &node->as.branches[i];
    const Source *source = in->space->source;
    const Node *outer = in->guard;
    const char *what = "the condition of an if";
    Span at = span_of(in, branch->test);
    Value test;
    bool is_guard = branch->test->kind == NODE_OR && !in->catching && only_raises(source, branch->body);
    in->guard = is_guard ? branch->test : NULL;
    bool done = eval(in, env, branch->test, &test);
    in->guard = outer;
    if (!done)
        return false;
    if (!is_unknown(test) || condition_truth(test.unknown->condition, truth))
        return interp_truth(in, at, test, what, truth);
    *truth = !only_raises(source, branch->body);
    if (!*truth)
        return assume_truth(in, at, test, false, what, raised_text(in->arena, source, branch->body));
    if (i + 2 == node->extra && !branch[1].test && only_raises(source, branch[1].body))
        return assume_truth(in, at, test, true, what, raised_text(in->arena, source, branch[1].body));
    return interp_truth(in, at, test, what, truth);
}

static Flow exec_if(Interp *in, Env *env, const Node *node)
{
    for (uint32_t i = 0; i < node->extra; i++) {
        const Branch *branch = &node->as.branches[i];
        bool truth = true;
        if (branch->test && !branch_truth(in, env, node, i, &truth))
            return FLOW_FAIL;
        if (truth)
            return exec_block(in, env, branch->body);
    }
    return FLOW_NEXT;
}

static Flow exec_while(Interp *in, Env *env, const Node *node)
{
    for (;;) {
        Value test;
        bool truth;
        if (!eval(in, env, node->as.loop.subject, &test) ||
            !interp_truth(in, span_of(in, node->as.loop.subject), test, "the condition of a while", &truth) ||
            !interp_tick(in, span_of(in, node->as.loop.subject), 1))
            return FLOW_FAIL;
        if (!truth)
            return exec_block(in, env, node->as.loop.otherwise);
        Flow flow = exec_block(in, env, node->as.loop.body);
        if (flow == FLOW_BREAK)
            return FLOW_NEXT;
        if (flow == FLOW_RETURN || flow == FLOW_FAIL)
            return flow;
    }
}

static Flow exec_for(Interp *in, Env *env, const Node *node)
{
    Value subject, items;
    if (!eval(in, env, node->as.loop.subject, &subject))
        return FLOW_FAIL;
    Span at = span_of(in, node->as.loop.subject);
    if (is_unknown(subject)) {
        interp_refuse_unknown(in, at, subject, "a for loop");
        return FLOW_FAIL;
    }
    // A list is walked as it is, so that what the body appends is seen.
    bool live = subject.kind == VALUE_LIST;
    tell_looked(in, subject);
    if (live)
        items = subject;
    else if (!interp_iterate(in, at, subject, &items))
        return FLOW_FAIL;
    for (size_t i = 0; i < items.list->values.count; i++) {
        if (!interp_tick(in, at, 1) || !assign(in, env, node->as.loop.target, items.list->values.items[i]))
            return FLOW_FAIL;
        Flow flow = exec_block(in, env, node->as.loop.body);
        if (flow == FLOW_BREAK)
            return FLOW_NEXT;
        if (flow == FLOW_RETURN || flow == FLOW_FAIL)
            return flow;
    }
    return exec_block(in, env, node->as.loop.otherwise);
}

static bool do_raise(Interp *in, Env *env, const Node *node)
{
    Span at = span_of(in, node);
    Value exception, cause;
    if (!node->as.pair.first) {
        if (in->handled.kind == VALUE_INSTANCE)
            return interp_raise_value(in, in->handled_at.source ? in->handled_at : at, in->handled);
        return interp_raise(in, at, STR("RuntimeError"), "No active exception to reraise");
    }
    if (!eval(in, env, node->as.pair.first, &exception) ||
        (node->as.pair.second && !eval(in, env, node->as.pair.second, &cause)))
        return false;
    if (exception.kind == VALUE_CLASS && is_exception_class(exception.class)) {
        Args none = {.at = at};
        if (!interp_call(in, exception, &none, &exception))
            return false;
    }
    if (exception.kind == VALUE_INSTANCE && is_exception_class(exception.instance->class)) {
        if (node->as.pair.second)
            map_put(&exception.instance->attributes, STR("__cause__"), value_boxed(in->arena, cause));
        return interp_raise_value(in, at, exception);
    }
    if (is_unknown(exception) || exception.kind == VALUE_HOST) {
        // The file raises on purpose; of what class does not matter to the reader.
        Str name = exception.kind == VALUE_HOST ? in->host->name(in->host, in->arena, exception.host)
                                                : STR("an exception of the application");
        Class *class = class_new(in->arena, name, SPAN_NONE);
        Value base = {.kind = VALUE_CLASS, .class = exception_class(in, STR("Exception"))};
        vec_push(in->arena, &class->bases, base);
        return interp_raise_value(in, at, exception_make(in, class, STR_EMPTY));
    }
    return interp_raise(in, at, STR("TypeError"), "exceptions must derive from BaseException");
}

static bool do_assert(Interp *in, Env *env, const Node *node)
{
    Value test, message;
    bool truth;
    Span at = span_of(in, node->as.pair.first);
    if (!eval(in, env, node->as.pair.first, &test))
        return false;
    if (is_unknown(test) && !condition_truth(test.unknown->condition, &truth))
        return assume_truth(in, at, test, true, "an assert",
                            written_text(in->arena, in->space->source, node->as.pair.second));
    if (!interp_truth(in, at, test, "an assert", &truth))
        return false;
    if (truth)
        return true;
    if (!node->as.pair.second)
        return interp_raise(in, span_of(in, node), STR("AssertionError"), "%s", "");
    if (!eval(in, env, node->as.pair.second, &message) || !to_text(in, span_of(in, node), message, &message))
        return false;
    Str text = message.kind == VALUE_STR ? message.text : STR("(unknown text)");
    return interp_raise(in, span_of(in, node), STR("AssertionError"), "%.*s", STR_ARGS(text));
}

static bool exec_assign(Interp *in, Env *env, const Node *node)
{
    Value value;
    if (!eval(in, env, node->as.assign.value, &value))
        return false;
    for (uint32_t i = 0; i < node->as.assign.targets.count; i++)
        if (!assign(in, env, node->as.assign.targets.items[i], value))
            return false;
    return true;
}

// Class bodies note annotated names, for dataclasses.
static bool note_annotation(Interp *in, Env *env, const Node *node)
{
    const Node *target = node->as.triple.first;
    if (!env->scope || env->scope->kind != SCOPE_CLASS || target->kind != NODE_NAME)
        return true;
    Str key = STR("__annotations__");
    uint32_t hash = name_hash(key.ptr, key.len);
    Value *notes = table_find(env->table, key, hash);
    if (!notes) {
        table_put(in->arena, env->table, key, hash, value_dict(in->arena));
        notes = table_find(env->table, key, hash);
    }
    if (notes->kind == VALUE_DICT)
        dict_put(in->arena, notes->dict, value_str(node_text(in->space->source, target)), VALUE_OF_NONE);
    return true;
}

static bool exec_annotated(Interp *in, Env *env, const Node *node)
{
    Value value;
    note_annotation(in, env, node);
    if (!node->as.triple.third)
        return true;
    return eval(in, env, node->as.triple.third, &value) && assign(in, env, node->as.triple.first, value);
}

static bool apply_decorators(Interp *in, Env *env, NodeList decorators, Value *value)
{
    for (uint32_t i = decorators.count; i-- > 0;) {
        Value decorator;
        Span at = span_of(in, decorators.items[i]);
        if (!eval(in, env, decorators.items[i], &decorator) || !call_positional(in, at, decorator, 1, value, value))
            return false;
        if (is_unknown(decorator) && is_unknown(*value))
            *value = or_silent(in, value_unknown_cured(in->arena, at, decorator.unknown->reason, decorator.unknown->hint,
                                                       decorator.unknown->cure));
    }
    return true;
}

static bool exec_function(Interp *in, Env *env, const Node *node)
{
    const FunctionInfo *info = node->as.function;
    Value function = function_make(in, env, info);
    if (is_unset(function) || (info->decorators.count && !apply_decorators(in, env, info->decorators, &function)))
        return false;
    return assign_name(in, env, info->name, info->hash, function);
}

static Flow exec_return(Interp *in, Env *env, const Node *node)
{
    if (!in->frame) {
        interp_raise(in, span_of(in, node), STR("SyntaxError"), "'return' outside function");
        return FLOW_FAIL;
    }
    in->frame->result = VALUE_OF_NONE;
    if (node->as.operand) {
        Frame *frame = in->frame;
        Value result;
        // nobody uses what upgrade() itself returns
        if (!(frame->outer ? eval(in, env, node->as.operand, &result) : eval_discarded(in, env, node->as.operand, &result)))
            return FLOW_FAIL;
        frame->result = result;
    }
    return FLOW_RETURN;
}

Flow exec_statement(Interp *in, Env *env, const Node *node)
{
    Value value;
    bool done = true;
    switch (node->kind) {
    case NODE_EXPR: done = node->as.operand->kind == NODE_CONST || eval_discarded(in, env, node->as.operand, &value); break;
    case NODE_ASSIGN: done = exec_assign(in, env, node); break;
    case NODE_AUGASSIGN: done = augment(in, env, node); break;
    case NODE_ANNASSIGN: done = exec_annotated(in, env, node); break;
    case NODE_RETURN: return exec_return(in, env, node);
    case NODE_RAISE: done = do_raise(in, env, node); break;
    case NODE_DEL:
        for (uint32_t i = 0; i < node->as.list.count && done; i++)
            done = delete_target(in, env, node->as.list.items[i]);
        break;
    case NODE_BREAK: return FLOW_BREAK;
    case NODE_CONTINUE: return FLOW_CONTINUE;
    case NODE_IMPORT:
    case NODE_FROM_IMPORT: return exec_import(in, env, node);
    case NODE_ASSERT: done = do_assert(in, env, node); break;
    case NODE_IF: return exec_if(in, env, node);
    case NODE_WHILE: {   // a test that is left out would never end it
        in->whole++;
        Flow flow = exec_while(in, env, node);
        in->whole--;
        return flow;
    }
    case NODE_FOR: return exec_for(in, env, node);
    case NODE_TRY: return exec_try(in, env, node);
    case NODE_WITH: return exec_with(in, env, node, 0);
    case NODE_FUNCTION: done = exec_function(in, env, node); break;
    case NODE_CLASS: {
        in->whole++;
        Flow flow = exec_class(in, env, node);
        in->whole--;
        if (flow != FLOW_NEXT || !node->as.class->decorators.count)
            return flow;
        Value class;
        done = env_lookup(in, env, span_of(in, node), node->as.class->name, node->as.class->hash, &class) &&
               apply_decorators(in, env, node->as.class->decorators, &class) &&
               assign_name(in, env, node->as.class->name, node->as.class->hash, class);
        break;
    }
    case NODE_MATCH: return exec_match(in, env, node);
    case NODE_TYPE_ALIAS: {
        const Node *name = node->as.pair.first;
        Builtin *alias = builtin_make(in, B_IGNORED);
        done = assign_name(in, env, node_text(in->space->source, name), name->extra, value_builtin(alias));
        break;
    }
    default: break;   // pass, global, nonlocal
    }
    return done ? FLOW_NEXT : FLOW_FAIL;
}

Flow exec_block(Interp *in, Env *env, NodeList list)
{
    if (!list.count)
        return FLOW_NEXT;
    if (!interp_enter(in, span_of(in, list.items[0])))
        return FLOW_FAIL;
    Flow flow = FLOW_NEXT;
    for (uint32_t i = 0; i < list.count && flow == FLOW_NEXT; i++) {
        if (++in->steps > in->max_steps && !interp_tick(in, span_of(in, list.items[i]), 1)) {
            flow = FLOW_FAIL;
            break;
        }
        bool own = in->skips && in->frame && !in->frame->outer, body = own && in->skips == list.items;
        bool inner = own && in->options->skipping->inner && !in->whole;
        flow = body    ? exec_or_skip(in, env, list.items[i])
               : inner ? exec_or_skip_inner(in, env, list.items[i])
                       : exec_statement(in, env, list.items[i]);
    }
    in->depth--;
    return flow;
}
