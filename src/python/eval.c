// Expressions: the tree walked. Names, constants and calls are the quick way through; the rest has a function each, so
// that the C frame of eval() stays small.
#include "python_int.h"

static const Builtin ellipsis = {.kind = B_ELLIPSIS};

Env *env_open(Interp *in, const ScopeInfo *scope, Env *parent)
{
    Env *env = arena_new(in->arena, Env);
    env->scope = scope;
    env->parent = parent;
    env->slots = arena_array(in->arena, Value, scope->names.count);
    for (size_t i = 0; i < scope->names.count; i++)
        env->slots[i].kind = VALUE_UNSET;
    return env;
}

static const Builtin *find_builtin_name(Str name)
{
    static size_t count;
    if (!count)
        while (builtin_names[count].name.len)
            count++;
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = str_compare(name, builtin_name(&builtin_names[middle]));
        if (!order)
            return &builtin_names[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static bool outermost_lookup(Interp *in, Span at, Str name, Value *out)
{
    const Builtin *b = find_builtin_name(name);
    if (b) {
        *out = b->kind == B_CONSTANT ? b->self : value_builtin(b);
        return true;
    }
    Class *class = exception_global(in, name);
    if (class) {
        *out = (Value){.kind = VALUE_CLASS, .class = class};
        return true;
    }
    if (str_equal(name, STR("__file__"))) {
        *out = value_str(in->space->source->name);
        return true;
    }
    if (str_equal(name, STR("__doc__"))) {
        *out = value_str(in->space->module->docstring);
        return true;
    }
    if (in->space->lazy && !lazy_settle_stars(in, in->space))
        return false;
    for (size_t i = in->space->star_imports.count; i-- > 0;) {
        if (interp_attribute(in, at, in->space->star_imports.items[i], name, out))
            return true;
        if (in->trouble != TROUBLE_RAISED)
            return false;
        in->trouble = TROUBLE_NONE;   // not there: the next one
    }
    if (in->host && in->host->global)
        return in->host->global(in->host, in, at, name, out);
    if (is_builtin_name(name))
        return interp_refuse(in, at, STR("Write it in another way, or write an override for this revision."),
                             "\"%.*s\" is not supported", STR_ARGS(name));
    return interp_raise(in, at, STR("NameError"), "name '%.*s' is not defined", STR_ARGS(name));
}

bool env_lookup(Interp *in, Env *env, Span at, Str name, uint32_t hash, Value *out)
{
    for (Env *scope = env; scope; scope = scope->parent) {
        if (scope->slots) {
            size_t slot = scope_slot(scope->scope, name, hash);
            if (slot == SIZE_MAX || scope->scope->names.items[slot].binding == BINDING_NONLOCAL)
                continue;
            if (scope->scope->names.items[slot].binding == BINDING_GLOBAL)
                break;
            *out = scope->slots[slot];
            if (!is_unset(*out))
                return true;
            return interp_raise(in, at, STR("UnboundLocalError"),
                                "cannot access local variable '%.*s' where it is not associated with a value",
                                STR_ARGS(name));
        }
        const Value *found = scope->table && scope->parent ? table_find(scope->table, name, hash) : NULL;
        if (found && !is_unset(*found)) {
            *out = *found;
            return true;
        }
    }
    bool said = false;
    if (in->space->lazy && (!lazy_said(in, in->space, at, name, out, &said) || said || !lazy_settle(in, in->space, name)))
        return said;
    const Value *found = table_find(&in->space->globals, name, hash);
    if (found && !is_unset(*found)) {
        *out = *found;
        return true;
    }
    return outermost_lookup(in, at, name, out);
}

bool assign_name(Interp *in, Env *env, Str name, uint32_t hash, Value value)
{
    for (; env; env = env->parent) {
        size_t slot = env->scope ? scope_slot(env->scope, name, hash) : SIZE_MAX;
        Binding binding = slot == SIZE_MAX ? BINDING_LOCAL : env->scope->names.items[slot].binding;
        if (binding == BINDING_GLOBAL)
            break;
        if (binding == BINDING_NONLOCAL || (env->slots && slot == SIZE_MAX))
            continue;
        if (env->slots)
            env->slots[slot] = value;
        else
            table_put(in->arena, env->table, name, hash, value);
        return true;
    }
    table_put(in->arena, &in->space->globals, name, hash, value);
    return true;
}

static bool eval_list(Interp *in, Env *env, NodeList nodes, Value list)
{
    for (uint32_t i = 0; i < nodes.count; i++) {
        Value item, all;
        const Node *node = nodes.items[i];
        if (node->kind == NODE_STARRED) {
            if (!eval(in, env, node->as.operand, &item) || !interp_iterate(in, span_of(in, node), item, &all))
                return false;
            for (size_t k = 0; k < all.list->values.count; k++)
                list_push(in->arena, list, all.list->values.items[k]);
            if (!interp_items(in, span_of(in, node), list.list->values.count))
                return false;
        } else {
            if (!eval(in, env, node, &item))
                return false;
            list_push(in->arena, list, item);
        }
    }
    return true;
}

static bool eval_set(Interp *in, Env *env, const Node *node, Value *out)
{
    Value list = value_list(in->arena, VALUE_LIST);
    if (!eval_list(in, env, node->as.list, list))
        return false;
    *out = value_list(in->arena, VALUE_SET);
    for (size_t i = 0; i < list.list->values.count; i++) {
        Value item = list.list->values.items[i];
        if (is_unknown(item))
            return interp_refuse_unknown(in, span_of(in, node), item, "an item of a set");
        if (!refuse_own_equality(in, span_of(in, node), item))
            return false;
        if (!value_hashable(item))
            return interp_raise(in, span_of(in, node), STR("TypeError"), "unhashable type: '%.*s'",
                                STR_ARGS(value_type_name(item)));
        set_add(in->arena, out->list, item);
    }
    return true;
}

static bool eval_dict(Interp *in, Env *env, const Node *node, Value *out)
{
    *out = value_dict(in->arena);
    for (uint32_t i = 0; i + 1 < node->as.list.count; i += 2) {
        const Node *key_node = node->as.list.items[i], *value_node = node->as.list.items[i + 1];
        Value key, value;
        if (key_node) {
            if (!eval(in, env, key_node, &key) || !eval(in, env, value_node, &value) ||
                !subscript_set(in, span_of(in, key_node), *out, key, value))
                return false;
            continue;
        }
        if (!eval(in, env, value_node, &value))
            return false;
        if (is_unknown(value))
            return interp_refuse_unknown(in, span_of(in, value_node), value, "a dict unpacked by **");
        if (value.kind != VALUE_DICT)
            return interp_raise(in, span_of(in, value_node), STR("TypeError"), "'%.*s' object is not a mapping",
                                STR_ARGS(value_type_name(value)));
        tell_looked(in, value);
        for (size_t k = 0; k < value.dict->items.count; k++)
            dict_put(in->arena, out->dict, value.dict->items.items[k].key, value.dict->items.items[k].value);
    }
    return true;
}

static bool eval_slice(Interp *in, Env *env, const Node *node, Value *out)
{
    const Node *parts[3] = {node->as.triple.first, node->as.triple.second, node->as.triple.third};
    Value values = value_list(in->arena, VALUE_TUPLE);
    for (int i = 0; i < 3; i++) {
        Value part = VALUE_OF_NONE;
        if (parts[i] && !eval(in, env, parts[i], &part))
            return false;
        list_push(in->arena, values, part);
    }
    Builtin *slice = builtin_make(in, B_SLICE);
    slice->self = values;
    *out = value_builtin(slice);
    return true;
}

static bool eval_binary(Interp *in, Env *env, const Node *node, Value *out)
{
    if (!eval(in, env, node->as.chain.first, out))
        return false;
    for (uint32_t i = 0; i < node->extra; i++) {
        Value right;
        const Operand *operand = &node->as.chain.rest[i];
        Span at = {in->space->source, node->start, operand->value->start + operand->value->len - node->start};
        if (!eval(in, env, operand->value, &right) || !binary(in, at, (BinaryOp)operand->op, *out, right, out) ||
            !interp_tick(in, at, 1))
            return false;
    }
    return true;
}

static bool compare(Interp *in, Span at, unsigned op, Value left, Value right, Value *out)
{
    if (op == COMPARE_IS || op == COMPARE_IS_NOT) {
        // What is unknown may be None; an object of the host's never is.
        if (is_unknown(left) || is_unknown(right)) {
            *out = unknown_compare(in, op, left, right);
            return true;
        }
        bool same;
        if (!interp_same(in, at, left, right, &same))
            return false;
        *out = value_bool(same == (op == COMPARE_IS));
        return true;
    }
    return binary(in, at, (BinaryOp)op, left, right, out);
}

static bool eval_compare(Interp *in, Env *env, const Node *node, Value *out)
{
    Value left, right;
    if (!eval(in, env, node->as.chain.first, &left))
        return false;
    for (uint32_t i = 0; i < node->extra; i++) {
        const Operand *operand = &node->as.chain.rest[i];
        Span at = {in->space->source, node->start, operand->value->start + operand->value->len - node->start};
        if (!eval(in, env, operand->value, &right) || !compare(in, at, operand->op, left, right, out))
            return false;
        if (i + 1 == node->extra)
            return true;
        bool holds;
        if (!interp_truth(in, at, *out, "a chained comparison", &holds))
            return false;
        if (!holds)
            return true;
        left = right;
    }
    return true;
}

// Whether the items from `i` on may be evaluated though it is not known whether Python would come to them: they do nothing,
// or Python comes to them wherever it comes to what follows the condition.
static bool may_go_on(const Interp *in, const Node *node, uint32_t i)
{
    if (node == in->guard)
        return true;
    for (; i < node->as.list.count; i++)
        if (!is_quiet(in->space->source, node->as.list.items[i]))
            return false;
    return true;
}

static bool eval_logic(Interp *in, Env *env, const Node *node, Value *out)
{
    bool is_or = node->kind == NODE_OR, truth, is_open = false;
    const Node *guard = in->guard;
    Value sofar = VALUE_OF_NONE;
    for (uint32_t i = 0; i < node->as.list.count; i++) {
        const Node *item = node->as.list.items[i];
        in->guard = NULL;
        bool done = eval(in, env, item, out);
        in->guard = guard;
        if (!done && is_open && in->trouble == TROUBLE_RAISED) {   // Python may not have come here
            in->trouble = TROUBLE_NONE;
            return interp_refuse_unknown(in, span_of(in, node), sofar, is_or ? "an \"or\"" : "an \"and\"");
        }
        if (!done)
            return false;
        if (is_open)
            *out = sofar = unknown_logic(in, is_or, sofar, *out);
        if (i + 1 == node->as.list.count)
            return true;
        if (is_unknown(*out) && (is_open || (out->unknown->condition && !condition_truth(out->unknown->condition, &truth) &&
                                             may_go_on(in, node, i + 1)))) {
            sofar = *out;
            is_open = true;
            continue;
        }
        if (!interp_truth(in, span_of(in, item), *out, is_or ? "an \"or\"" : "an \"and\"", &truth))
            return false;
        if (truth == is_or)
            return true;
    }
    return true;
}

static bool eval_ternary(Interp *in, Env *env, const Node *node, Value *out)
{
    Value test;
    bool truth;
    if (!eval(in, env, node->as.triple.first, &test) ||
        !interp_truth(in, span_of(in, node->as.triple.first), test, "a conditional expression", &truth))
        return false;
    return eval(in, env, truth ? node->as.triple.second : node->as.triple.third, out);
}

static bool eval_not(Interp *in, Env *env, const Node *node, Value *out)
{
    Value operand;
    bool truth;
    if (!eval(in, env, node->as.operand, &operand))
        return false;
    if (is_unknown(operand) && !condition_truth(operand.unknown->condition, &truth)) {
        *out = unknown_not(in, operand);
        return true;
    }
    if (!interp_truth(in, span_of(in, node), operand, "a \"not\"", &truth))
        return false;
    *out = value_bool(!truth);
    return true;
}

static bool eval_attribute(Interp *in, Env *env, const Node *node, Value *out)
{
    Value object;
    if (!eval(in, env, node->as.attribute.object, &object))
        return false;
    if (object.kind == VALUE_HOST)
        return in->host->attribute(in->host, in, span_of(in, node), object.host, attribute_name(in->space->source, node),
                                   out);
    return interp_attribute(in, span_of(in, node), object, attribute_name(in->space->source, node), out);
}

static bool eval_subscript(Interp *in, Env *env, const Node *node, Value *out)
{
    Value object, key;
    return eval(in, env, node->as.pair.first, &object) && eval(in, env, node->as.pair.second, &key) &&
           subscript(in, span_of(in, node), object, key, out);
}

static bool eval_yield(Interp *in, Env *env, const Node *node, Value *out)
{
    Value value = VALUE_OF_NONE;
    if (node->as.operand && !eval(in, env, node->as.operand, &value))
        return false;
    if (node->kind == NODE_YIELD)
        return do_yield(in, span_of(in, node), value, out);
    Value all;
    if (!interp_iterate(in, span_of(in, node), value, &all))
        return false;
    *out = VALUE_OF_NONE;
    for (size_t i = 0; i < all.list->values.count; i++)
        if (!do_yield(in, span_of(in, node), all.list->values.items[i], out))
            return false;
    return true;
}

bool do_yield(Interp *in, Span at, Value value, Value *out)
{
    Frame *frame = in->frame;
    *out = VALUE_OF_NONE;
    if (!frame || !frame->yielded)
        return interp_refuse(in, at, STR_EMPTY, "a yield outside a function");
    if (frame->hook)
        return frame->hook->run(in, frame->hook, value);
    vec_push(in->arena, &frame->yielded->values, value);
    return interp_items(in, at, frame->yielded->values.count) && interp_tick(in, at, 1);
}

static bool eval_walrus(Interp *in, Env *env, const Node *node, Value *out)
{
    const Node *name = node->as.pair.first;
    if (!eval(in, env, node->as.pair.second, out))
        return false;
    while (env->scope && env->scope->kind == SCOPE_COMPREHENSION && env->parent)
        env = env->parent;
    return assign_name(in, env, node_text(in->space->source, name), name->extra, *out);
}

static bool eval_big(Interp *in, const Node *node, Value *out)
{
    Span at = span_of(in, node);
    switch (node->op) {
    case 0: return interp_refuse(in, at, STR_EMPTY, "an integer beyond 64 bits (the limit)");
    case 1:
        return interp_refuse(in, at, STR("Write the character itself or its \\u escape."),
                             "a \\N{...} escape with a name that is not known here");
    case 2: return interp_refuse(in, at, STR_EMPTY, "imaginary numbers are not supported");
    default: *out = value_builtin(&ellipsis); return true;
    }
}

static bool eval_rest(Interp *in, Env *env, const Node *node, Value *out)
{
    Value operand;
    switch (node->kind) {
    case NODE_BIG: return eval_big(in, node, out);
    case NODE_FSTRING: return eval_fstring(in, env, node, out);
    case NODE_TUPLE: *out = value_list(in->arena, VALUE_TUPLE); return eval_list(in, env, node->as.list, *out);
    case NODE_LIST: *out = value_list(in->arena, VALUE_LIST); return eval_list(in, env, node->as.list, *out);
    case NODE_SET: return eval_set(in, env, node, out);
    case NODE_DICT: return eval_dict(in, env, node, out);
    case NODE_SUBSCRIPT: return eval_subscript(in, env, node, out);
    case NODE_SLICE: return eval_slice(in, env, node, out);
    case NODE_BINARY: return eval_binary(in, env, node, out);
    case NODE_COMPARE: return eval_compare(in, env, node, out);
    case NODE_AND:
    case NODE_OR: return eval_logic(in, env, node, out);
    case NODE_NOT: return eval_not(in, env, node, out);
    case NODE_UNARY:
        return eval(in, env, node->as.operand, &operand) && unary(in, span_of(in, node), (UnaryOp)node->op, operand, out);
    case NODE_TERNARY: return eval_ternary(in, env, node, out);
    case NODE_LAMBDA: *out = function_make(in, env, node->as.function); return (int)out->kind != VALUE_UNSET;
    case NODE_LISTCOMP:
    case NODE_SETCOMP:
    case NODE_DICTCOMP:
    case NODE_GENEXP: return eval_comprehension(in, env, node, out);
    case NODE_WALRUS: return eval_walrus(in, env, node, out);
    case NODE_YIELD:
    case NODE_YIELD_FROM: return eval_yield(in, env, node, out);
    case NODE_AWAIT: return eval(in, env, node->as.operand, out);
    default: return interp_raise(in, span_of(in, node), STR("SyntaxError"), "a starred expression cannot stand here");
    }
}

static Value value_of_constant(const Constant *constant)
{
    switch (constant->kind) {
    case CONSTANT_NONE: return VALUE_OF_NONE;
    case CONSTANT_BOOL: return value_bool(constant->boolean);
    case CONSTANT_INT: return value_int(constant->integer);
    case CONSTANT_FLOAT: return (Value){.kind = VALUE_FLOAT, .real = constant->real};
    case CONSTANT_STR: return value_str(constant->text);
    case CONSTANT_BYTES: return (Value){.kind = VALUE_BYTES, .text = constant->text};
    }
    return VALUE_OF_NONE;
}

bool eval(Interp *in, Env *env, const Node *node, Value *out)
{
    if (node->kind == NODE_CONST) {
        *out = value_of_constant(&node->as.constant);
        return true;
    }
    if (node->kind == NODE_NAME)
        return env_lookup(in, env, span_of(in, node), node_text(in->space->source, node), node->extra, out);
    if (++in->steps > in->max_steps)
        return interp_tick(in, span_of(in, node), 1);
    if (!interp_enter(in, span_of(in, node)))
        return false;
    bool done;
    if (node->kind == NODE_CALL)
        done = eval_call(in, env, node, out);
    else if (node->kind == NODE_ATTRIBUTE)
        done = eval_attribute(in, env, node, out);
    else
        done = eval_rest(in, env, node, out);
    in->depth--;
    return done;
}

// ---- f-strings ----

static bool eval_field(Interp *in, Env *env, const Node *field, Value *out)
{
    Value spec = value_str(STR_EMPTY);
    Span at = span_of(in, field);
    if (!eval(in, env, field->as.field.value, out))
        return false;
    if (field->as.field.spec && !eval(in, env, field->as.field.spec, &spec))
        return false;
    if (is_unknown(*out) || is_unknown(spec)) {
        *out = value_unknown_by(is_unknown(*out) ? *out : spec);
        return true;
    }
    if (field->op == 's' && !to_text(in, at, *out, out))
        return false;
    if ((field->op == 'r' || field->op == 'a') && !to_repr(in, at, *out, out))
        return false;
    *out = field->op == 'a' ? value_ascii(in->arena, *out) : *out;
    return is_unknown(*out) || format_value(in, at, *out, spec.text, out);
}

bool eval_fstring(Interp *in, Env *env, const Node *node, Value *out)
{
    Buf text = buf_open(in->arena);
    Value unknown = UNSET_VALUE;
    for (uint32_t i = 0; i < node->as.list.count; i++) {
        const Node *part = node->as.list.items[i];
        Value piece;
        if (part->kind == NODE_FIELD ? !eval_field(in, env, part, &piece) : !eval(in, env, part, &piece))
            return false;
        if (is_unknown(piece) && is_unset(unknown))
            unknown = piece;
        else if (piece.kind == VALUE_STR)
            buf_add(&text, piece.text);
        if (!interp_room(in, span_of(in, node), text.len))
            return false;
    }
    *out = is_unset(unknown) ? value_str(buf_str(&text)) : unknown;
    return true;
}

// ---- comprehensions ----

static bool comprehend(Interp *in, Env *env, Env *first_env, const Node *node, uint32_t level, Value *out);

static bool comprehend_item(Interp *in, Env *env, const Node *node, Value *out)
{
    Value element, value;
    if (!eval(in, env, node->as.comp.element, &element))
        return false;
    if (node->kind == NODE_DICTCOMP)
        return eval(in, env, node->as.comp.value, &value) && subscript_set(in, span_of(in, node), *out, element, value);
    if (node->kind != NODE_SETCOMP) {
        list_push(in->arena, *out, element);
        return interp_items(in, span_of(in, node), out->list->values.count / 64 + 1) &&
               (out->list->values.count <= LIMIT_ITEMS || interp_items(in, span_of(in, node), out->list->values.count));
    }
    if (is_unknown(element))
        return interp_refuse_unknown(in, span_of(in, node), element, "an item of a set");
    if (!refuse_own_equality(in, span_of(in, node), element))
        return false;
    if (!value_hashable(element))
        return interp_raise(in, span_of(in, node), STR("TypeError"), "unhashable type: '%.*s'",
                            STR_ARGS(value_type_name(element)));
    set_add(in->arena, out->list, element);
    return true;
}

static bool comprehend_tests(Interp *in, Env *env, const CompFor *loop, bool *holds)
{
    *holds = true;
    for (uint32_t i = 0; i < loop->tests.count && *holds; i++) {
        Value test;
        if (!eval(in, env, loop->tests.items[i], &test) ||
            !interp_truth(in, span_of(in, loop->tests.items[i]), test, "the condition of a comprehension", holds))
            return false;
    }
    return true;
}

// [row["name"] for row in rows]: the names are another form of the rows.
static bool is_of_names(Interp *in, const Node *node)
{
    const CompFor *loop = node->as.comp.loops;
    const Node *item = node->as.comp.element;
    if (node->kind == NODE_DICTCOMP || node->extra != 1 || loop->tests.count || loop->target->kind != NODE_NAME ||
        item->kind != NODE_SUBSCRIPT)
        return false;
    const Node *object = item->as.pair.first, *key = item->as.pair.second;
    return object->kind == NODE_NAME && key->kind == NODE_CONST &&
           str_equal(node_text(in->space->source, object), node_text(in->space->source, loop->target));
}

static bool comprehend(Interp *in, Env *env, Env *first_env, const Node *node, uint32_t level, Value *out)
{
    if (level == node->extra)
        return comprehend_item(in, env, node, out);
    const CompFor *loop = &node->as.comp.loops[level];
    Value subject, items;
    bool of_names = is_of_names(in, node);
    if (!eval(in, level ? env : first_env, loop->iterable, &subject) ||
        !(of_names ? interp_copied : interp_iterate)(in, span_of(in, loop->iterable), subject, &items))
        return false;
    if (of_names)
        out->list->reflection = items.list->reflection;
    if (!interp_enter(in, span_of(in, loop->iterable)))
        return false;
    for (size_t i = 0; i < items.list->values.count; i++) {
        bool holds;
        if (!interp_tick(in, span_of(in, node), 1) || !assign(in, env, loop->target, items.list->values.items[i]) ||
            !comprehend_tests(in, env, loop, &holds) || (holds && !comprehend(in, env, first_env, node, level + 1, out)))
            return false;
    }
    interp_leave(in);
    return true;
}

bool eval_comprehension(Interp *in, Env *env, const Node *node, Value *out)
{
    // Lambdas made inside share one environment, as Python's do.
    Env *own = env_open(in, node->as.comp.scope, env);
    Value result = node->kind == NODE_DICTCOMP ? value_dict(in->arena)
                                               : value_list(in->arena, node->kind == NODE_SETCOMP ? VALUE_SET : VALUE_LIST);
    if (!comprehend(in, own, env, node, 0, &result))
        return false;
    *out = node->kind == NODE_GENEXP ? iterator_of(in, result) : result;
    return true;
}
