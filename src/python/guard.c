// try, with and import.
#include "python_int.h"

// Whether an except clause's type catches the pending exception. What the host or an unknown names is a database's or an
// application's exception: those never happen while evaluating.
static bool handler_matches(Interp *in, Value type, Value exception, unsigned depth)
{
    if (type.kind == VALUE_TUPLE && depth < LIMIT_NESTING) {
        for (size_t i = 0; i < type.list->values.count; i++)
            if (handler_matches(in, type.list->values.items[i], exception, depth + 1))
                return true;
        return false;
    }
    if (type.kind != VALUE_CLASS || exception.kind != VALUE_INSTANCE)
        return false;
    if (class_is(exception.instance->class, type.class))
        return true;
    bool os_alias = str_equal(type.class->name, STR("IOError")) || str_equal(type.class->name, STR("EnvironmentError"));
    return os_alias && class_is(exception.instance->class, exception_class(in, STR("OSError")));
}

static Flow run_handler(Interp *in, Env *env, const Handler *handler, Value exception, Span raised_at)
{
    Value outer = in->handled;
    Span outer_at = in->handled_at;
    in->handled = exception;
    in->handled_at = raised_at;
    if (handler->name.len)
        assign_name(in, env, handler->name, handler->name_hash, exception);
    Flow flow = exec_block(in, env, handler->body);
    if (handler->name.len)
        assign_name(in, env, handler->name, handler->name_hash, UNSET_VALUE);
    in->handled = outer;
    in->handled_at = outer_at;
    return flow;
}

static Flow handle(Interp *in, Env *env, const TryInfo *info)
{
    Value exception = in->exception;
    Span raised_at = in->raised_at;
    for (uint32_t i = 0; i < info->handler_count; i++) {
        const Handler *handler = &info->handlers[i];
        bool matches = !handler->type;
        if (handler->type) {
            Value type;
            in->trouble = TROUBLE_NONE;
            if (!eval(in, env, handler->type, &type))
                return FLOW_FAIL;
            matches = handler_matches(in, type, exception, 0);
        }
        if (matches) {
            in->trouble = TROUBLE_NONE;
            return run_handler(in, env, handler, exception, raised_at);
        }
    }
    in->trouble = TROUBLE_RAISED;
    in->exception = exception;
    in->raised_at = raised_at;
    return FLOW_FAIL;
}

Flow exec_try(Interp *in, Env *env, const Node *node)
{
    const TryInfo *info = node->as.try;
    Frame *frame = in->frame;
    unsigned depth = in->depth;
    unsigned catches = !lets_through(in->space->source, info);
    in->catching += catches;
    Flow flow = exec_block(in, env, info->body);
    in->catching -= catches;
    in->depth = depth;
    if (flow == FLOW_FAIL && in->trouble == TROUBLE_RAISED)
        flow = handle(in, env, info);
    else if (flow == FLOW_NEXT)
        flow = exec_block(in, env, info->otherwise);
    if (!info->has_final || in->trouble == TROUBLE_REFUSED)
        return flow;
    Trouble trouble = in->trouble;
    Value exception = in->exception, result = frame ? frame->result : VALUE_OF_NONE;
    Span raised_at = in->raised_at;
    in->trouble = TROUBLE_NONE;
    Flow final = exec_block(in, env, info->final);
    if (final != FLOW_NEXT)
        return final;
    in->trouble = trouble;
    in->exception = exception;
    in->raised_at = raised_at;
    if (frame)
        frame->result = result;
    return flow;
}

// ---- with ----

static Flow with_target(Interp *in, Env *env, const Node *node, uint32_t item, Value entered)
{
    const Node *target = node->as.with.items[item].target;
    if (target && !assign(in, env, target, entered))
        return FLOW_FAIL;
    if (item + 1 == node->extra)
        return exec_block(in, env, node->as.with.body);
    if (!interp_enter(in, span_of(in, node)))
        return FLOW_FAIL;
    Flow flow = exec_with(in, env, node, item + 1);
    interp_leave(in);
    return flow;
}

static Flow with_instance(Interp *in, Env *env, const Node *node, uint32_t item, Value manager, Span at)
{
    Value enter, leave, entered;
    Args none = {.at = at};
    if (!instance_method(in, manager, STR("__enter__"), &enter) || !instance_method(in, manager, STR("__exit__"), &leave)) {
        interp_raise(in, at, STR("TypeError"), "'%.*s' object does not support the context manager protocol",
                     STR_ARGS(value_type_name(manager)));
        return FLOW_FAIL;
    }
    if (!interp_call(in, enter, &none, &entered))
        return FLOW_FAIL;
    in->catching++;
    Flow flow = with_target(in, env, node, item, entered);
    in->catching--;
    if (in->trouble == TROUBLE_REFUSED)
        return flow;
    Value given[3] = {VALUE_OF_NONE, VALUE_OF_NONE, VALUE_OF_NONE}, result;
    Value exception = in->exception;
    Span raised_at = in->raised_at;
    bool raised = flow == FLOW_FAIL;
    if (raised && exception.kind == VALUE_INSTANCE) {
        given[0] = (Value){.kind = VALUE_CLASS, .class = exception.instance->class};
        given[1] = exception;
    }
    Value kept = in->frame ? in->frame->result : VALUE_OF_NONE;
    in->trouble = TROUBLE_NONE;
    if (!call_positional(in, at, leave, 3, given, &result))
        return FLOW_FAIL;
    if (in->frame)
        in->frame->result = kept;
    if (!raised)
        return flow;
    bool swallowed;
    if (!interp_truth(in, at, result, "the result of __exit__", &swallowed))
        return FLOW_FAIL;
    if (swallowed)
        return FLOW_NEXT;
    interp_raise_value(in, raised_at, exception);
    return FLOW_FAIL;
}

// The block of a with, run where the context manager's generator yields.
static bool run_with_body(Interp *in, const YieldHook *hook, Value yielded)
{
    Frame *frame = in->frame;
    Space *space = in->space;
    in->frame = frame->outer;
    in->space = hook->space;
    *hook->ran = true;
    *hook->flow = (int)with_target(in, hook->env, hook->node, hook->next_item, yielded);
    in->frame = frame;
    in->space = space;
    return *hook->flow != (int)FLOW_FAIL;
}

static Flow with_generator(Interp *in, Env *env, const Node *node, uint32_t item, const Builtin *context, Span at)
{
    int flow = FLOW_NEXT;
    bool ran = false;
    YieldHook hook = {run_with_body, in->space, env, node, item, &flow, &ran};
    Value result;
    const Args *args = context->data;
    if (!call_function(in, context->self.function, is_unset(context->other) ? NULL : &context->other, args, &hook, &result))
        return FLOW_FAIL;
    if (!ran) {
        interp_raise(in, at, STR("RuntimeError"), "generator didn't yield");
        return FLOW_FAIL;
    }
    return flow == FLOW_FAIL ? FLOW_NEXT : (Flow)flow;   // the generator caught what the block raised
}

static Flow with_builtin(Interp *in, Env *env, const Node *node, uint32_t item, const Builtin *b, Span at)
{
    if (b->kind == B_CONTEXT)
        return with_generator(in, env, node, item, b, at);
    in->catching += b->kind == B_SUPPRESS;
    Flow flow = with_target(in, env, node, item, b->kind == B_SUPPRESS ? b->other : value_builtin(b));
    in->catching -= b->kind == B_SUPPRESS;
    if (flow != FLOW_FAIL || in->trouble != TROUBLE_RAISED || b->kind != B_SUPPRESS)
        return flow;
    if (!handler_matches(in, b->self, in->exception, 0))
        return flow;
    in->trouble = TROUBLE_NONE;
    return FLOW_NEXT;
}

Flow exec_with(Interp *in, Env *env, const Node *node, uint32_t item)
{
    const Node *context = node->as.with.items[item].context;
    Span at = span_of(in, context);
    Value manager, entered;
    if (!eval(in, env, context, &manager))
        return FLOW_FAIL;
    if (manager.kind == VALUE_HOST) {
        if (!in->host->enter(in->host, in, at, manager.host, &entered))
            return FLOW_FAIL;
        Flow flow = with_target(in, env, node, item, entered);
        return flow != FLOW_FAIL && !in->host->exit(in->host, in, at, manager.host) ? FLOW_FAIL : flow;
    }
    if (manager.kind == VALUE_INSTANCE)
        return with_instance(in, env, node, item, manager, at);
    if (manager.kind == VALUE_BUILTIN &&
        (manager.builtin->kind == B_CONTEXT || manager.builtin->kind == B_SUPPRESS || manager.builtin->kind == B_IGNORED))
        return with_builtin(in, env, node, item, manager.builtin, at);
    if (is_unknown(manager) && manager.unknown->is_silent)
        return with_target(in, env, node, item, manager);
    if (is_unknown(manager))
        interp_refuse_unknown(in, at, or_silent(in, manager), "a with statement");
    else
        interp_raise(in, at, STR("TypeError"), "'%.*s' object does not support the context manager protocol",
                     STR_ARGS(value_type_name(manager)));
    return FLOW_FAIL;
}

// ---- import ----

static bool import_module(Interp *in, Span at, Str name, Value *out)
{
    const Builtin *own = module_find(name);
    if (files_module(in, name, out))
        return true;
    if (own) {
        *out = value_builtin(own);
        return true;
    }
    if (in->host && in->host->import) {
        if (!in->host->import(in->host, in, at, name, out))
            return false;
        if (is_unknown(*out) && module_is_silent(name))
            *out = silent_module(in, at, name);
        return true;
    }
    *out = value_unknown(in->arena, at, str_format(in->arena, "the module %.*s is not part of this file", STR_ARGS(name)),
                         STR_EMPTY);
    return true;
}

static bool import_plain(Interp *in, Env *env, const ImportName *name)
{
    Span at = {in->space->source, name->start, name->len};
    Value module;
    if (!import_module(in, at, name->module, &module))
        return false;
    Str bound = name->alias;
    if (!bound.len) {
        Str rest = name->module;
        bound = str_cut(&rest, '.');
        if (bound.len != name->module.len && !import_module(in, at, bound, &module))
            return false;
    }
    return assign_name(in, env, bound, name_hash(bound.ptr, bound.len), module);
}

static bool import_from(Interp *in, Env *env, Str from, Value module, const ImportName *name)
{
    Span at = {in->space->source, name->start, name->len};
    if (str_equal(name->module, STR("*"))) {
        vec_push(in->arena, &in->space->star_imports, module);
        return true;
    }
    Value value;
    if (!interp_attribute(in, at, module, name->module, &value)) {
        Value submodule;
        bool own = module.kind == VALUE_BUILTIN && module.builtin->kind == B_MODULE && in->trouble == TROUBLE_RAISED;
        const Builtin *found = own ? module_find(str_format(in->arena, "%.*s.%.*s", STR_ARGS(from), STR_ARGS(name->module)))
                                   : NULL;
        if (!found) {
            if (own) {
                in->trouble = TROUBLE_NONE;
                return interp_raise(in, at, STR("ImportError"), "cannot import name '%.*s' from '%.*s'",
                                    STR_ARGS(name->module), STR_ARGS(from));
            }
            return false;
        }
        in->trouble = TROUBLE_NONE;
        submodule = value_builtin(found);
        value = submodule;
    }
    Str bound = name->alias.len ? name->alias : name->module;
    return assign_name(in, env, bound, name_hash(bound.ptr, bound.len), value);
}

// from ..x import y: counted from the package that the file belongs to.
static bool absolute_name(Interp *in, Span at, uint32_t level, Str *name)
{
    Str package = in->space->package;
    for (uint32_t i = 1; package.len && i < level; i++) {
        while (package.len && package.ptr[package.len - 1] != '.')
            package.len--;
        package.len -= package.len > 0;
    }
    if (!package.len)
        return interp_raise(in, at, STR("ImportError"),
                            in->space->package.len ? "attempted relative import beyond top-level package"
                                                   : "attempted relative import with no known parent package");
    *name = name->len ? str_format(in->arena, "%.*s.%.*s", STR_ARGS(package), STR_ARGS(*name)) : package;
    return true;
}

Flow exec_import(Interp *in, Env *env, const Node *node)
{
    if (node->kind == NODE_IMPORT) {
        for (uint32_t i = 0; i < node->extra; i++)
            if (!import_plain(in, env, &node->as.import.names[i]))
                return FLOW_FAIL;
        return FLOW_NEXT;
    }
    Str from = node->as.import.module;
    if (node->as.import.level && !absolute_name(in, span_of(in, node), node->as.import.level, &from))
        return FLOW_FAIL;
    Value module;
    if (!import_module(in, span_of(in, node), from, &module))
        return FLOW_FAIL;
    for (uint32_t i = 0; i < node->extra; i++)
        if (!import_from(in, env, from, module, &node->as.import.names[i]))
            return FLOW_FAIL;
    return FLOW_NEXT;
}
