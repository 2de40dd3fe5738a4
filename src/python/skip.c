// Going on after what is refused, one statement of the called function's body at a time: for a reader who writes by hand
// what is left out, and for a model of what the rest has done.
#include "python_int.h"

static Value *place_of(Interp *in, const Env *env, Str name, uint32_t hash)
{
    size_t slot = scope_slot(env->scope, name, hash);
    bool local = slot != SIZE_MAX && env->scope->names.items[slot].binding == BINDING_LOCAL;
    return local ? &env->slots[slot] : table_find(&in->own.globals, name, hash);
}

static bool may_change(Value v)
{
    return v.kind == VALUE_LIST || v.kind == VALUE_DICT || v.kind == VALUE_SET || v.kind == VALUE_INSTANCE;
}

// The names that the statement would have bound are unknown, and so is what it may have changed.
static void forget_names(Interp *in, Env *env, const Node *node)
{
    for (int pass = 0; pass < 2; pass++) {
        bool binds_only = pass == 0;
        StrList names = {0};
        syntax_touched_names(in->arena, in->space->source, node, binds_only, &names);
        for (size_t i = 0; i < names.count; i++) {
            Str name = names.items[i];
            Value *place = place_of(in, env, name, name_hash(name.ptr, name.len));
            if (!place || (!binds_only && !may_change(*place)))
                continue;
            *place = value_unknown_cured(
                in->arena, span_of(in, node),
                str_format(in->arena, "a statement that is left out says what \"%.*s\" is", STR_ARGS(name)), STR_EMPTY,
                (Cure){.kind = CURE_OVERRIDE});
        }
    }
}

// Goes back to where the statement began; what it did to names stays doubtful.
static void leave_out(Interp *in, Env *env, const Node *node, const Interp *before)
{
    in->depth = before->depth;
    in->call_depth = before->call_depth;
    in->frame = before->frame;
    in->space = before->space;
    in->discarded = before->discarded;
    in->whole = before->whole;
    in->trouble = TROUBLE_NONE;
    in->handled = before->handled;
    in->handled_at = before->handled_at;
    forget_names(in, env, node);
}

Flow exec_or_skip(Interp *in, Env *env, const Node *node)
{
    const Interp before = *in;
    in->options->skipping->begin(in->host, span_of(in, node));
    Flow flow = exec_statement(in, env, node);
    if (flow != FLOW_FAIL)
        return flow;
    interp_report(in, str_format(in->arena, "%.*s()", STR_ARGS(in->uuid_function)));
    in->steps = 0;   // a loop without end shall not keep the rest from being seen
    leave_out(in, env, node, &before);
    bool goes_on = in->options->skipping->skip(in->host, span_of(in, node), may_return(in->arena, in->space->module, node));
    // what stands behind a raise is never run
    return goes_on && node->kind != NODE_RAISE ? FLOW_NEXT : FLOW_RETURN;
}

Flow exec_or_skip_inner(Interp *in, Env *env, const Node *node)
{
    const Interp before = *in;
    Flow flow = exec_statement(in, env, node);
    if (flow != FLOW_FAIL || in->trouble != TROUBLE_REFUSED || may_leave(in->arena, in->space->module, node))
        return flow;
    leave_out(in, env, node, &before);
    in->options->skipping->skip(in->host, span_of(in, node), false);
    return FLOW_NEXT;
}
