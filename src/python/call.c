// Calls: arguments evaluated and spread, parameters bound, functions run.
#include "python_int.h"

const Arg *args_find(const Args *args, size_t position, Str name)
{
    if (position < args->positional)
        return &args->items[position];
    if (name.len)
        for (size_t i = args->positional; i < args->count; i++)
            if (str_equal(args->items[i].name, name))
                return &args->items[i];
    return NULL;
}

Value function_make(Interp *in, Env *env, const FunctionInfo *info)
{
    Function *function = arena_new(in->arena, Function);
    function->info = info;
    function->space = in->space;
    function->closure = env->table && env->parent ? env->parent : env;   // a class body is no scope for its functions
    function->presets = info->param_count ? arena_array(in->arena, Value, info->param_count) : NULL;
    for (uint32_t i = 0; i < info->param_count; i++) {
        function->presets[i].kind = VALUE_UNSET;
        if (info->params[i].preset && !eval(in, env, info->params[i].preset, &function->presets[i]))
            return UNSET_VALUE;
    }
    return (Value){.kind = VALUE_FUNCTION, .function = function};
}

typedef struct Growing {
    Arg *items;
    size_t count, cap;
} Growing;

static void push_arg(Interp *in, Growing *args, Arg arg)
{
    if (args->count == args->cap) {
        size_t cap = args->cap ? args->cap * 2 : 8;
        Arg *items = arena_array(in->arena, Arg, cap);
        if (args->count)
            memcpy(items, args->items, args->count * sizeof(Arg));
        args->items = items;
        args->cap = cap;
    }
    args->items[args->count++] = arg;
}

static bool spread_list(Interp *in, Growing *args, Value value, Span at)
{
    Value items;
    if (is_unknown(value))
        return interp_refuse_unknown(in, at, value, "an argument unpacked by *");
    if (!interp_iterate(in, at, value, &items) || !interp_items(in, at, items.list->values.count))
        return false;
    for (size_t i = 0; i < items.list->values.count; i++)
        push_arg(in, args, (Arg){STR_EMPTY, items.list->values.items[i], at});
    return true;
}

static bool spread_dict(Interp *in, Growing *args, Value value, Span at)
{
    if (is_unknown(value))
        return interp_refuse_unknown(in, at, value, "an argument unpacked by **");
    if (value.kind != VALUE_DICT)
        return interp_raise(in, at, STR("TypeError"), "argument after ** must be a mapping, not %.*s",
                            STR_ARGS(value_type_name(value)));
    tell_looked(in, value);
    for (size_t i = 0; i < value.dict->items.count; i++) {
        Value key = unwrap(value.dict->items.items[i].key);
        if (key.kind != VALUE_STR)
            return interp_raise(in, at, STR("TypeError"), "keywords must be strings");
        push_arg(in, args, (Arg){key.text, value.dict->items.items[i].value, at});
    }
    return true;
}

bool eval_args(Interp *in, Env *env, const CallArg *given, uint32_t count, Span at, Arg *room, uint32_t room_count,
               Args *args)
{
    Growing list = {room, 0, room_count};
    if (count > room_count) {
        list.items = arena_array(in->arena, Arg, count);
        list.cap = count;
    }
    bool keywords = false;
    // Two rounds only when something positional stands behind a keyword (f(a=1, *b)): positional ones come first.
    for (int round = 0; round < 2; round++) {
        bool skipped = false;
        for (uint32_t i = 0; i < count; i++) {
            const CallArg *arg = &given[i];
            bool keyword = arg->name_len || arg->star == STAR_TWO;
            if (keyword != (round == 1)) {
                skipped = true;
                continue;
            }
            Value value;
            uint32_t start = arg->name_len ? arg->name_start : arg->value->start;
            Span span = {in->space->source, start, arg->value->start + arg->value->len - start};
            if (!eval(in, env, arg->value, &value))
                return false;
            if (arg->star == STAR_ONE) {
                if (!spread_list(in, &list, value, span))
                    return false;
            } else if (arg->star == STAR_TWO) {
                if (!spread_dict(in, &list, value, span))
                    return false;
            } else {
                Str name = arg->name_len ? (Str){in->space->source->text.ptr + arg->name_start, arg->name_len} : STR_EMPTY;
                push_arg(in, &list, (Arg){name, value, span});
            }
        }
        if (!round) {
            args->positional = list.count;
            keywords = skipped;
            if (!keywords)
                break;
        }
    }
    args->items = list.items;
    args->count = list.count;
    args->at = at;
    return true;
}

static bool call_named(Interp *in, const Node *callee, Value object, const Args *args, Value *out)
{
    Str name = attribute_name(in->space->source, callee);
    const Builtin *native = native_method(object, name);
    if (native && native->call)
        return native_call(in, native, object, args, out);
    Value function;
    return interp_attribute(in, span_of(in, callee), object, name, &function) && interp_call(in, function, args, out);
}

static bool is_attribute_of(const Interp *in, const Node *callee, const char *const *names)
{
    for (; callee->kind == NODE_ATTRIBUTE && *names; names++)
        if (str_equal(attribute_name(in->space->source, callee), str_from(*names)))
            return true;
    return false;
}

static Value result_of_unknown(Interp *in, Value callee)
{
    Cure cure = callee.unknown->cure;
    if (cure.kind != CURE_VALUE || cure.is_called || is_said_whole(cure.name))
        return value_unknown_by(callee);
    cure.is_called = true;
    return value_unknown_cured(in->arena, callee.unknown->at, callee.unknown->reason, callee.unknown->hint, cure);
}

static bool refuse_unknown_call(Interp *in, Span at, Value callee)
{
    return interp_refuse_unknown(in, at, result_of_unknown(in, callee), "what this call does");
}

// What an unknown function does is not known either: it is refused where it is called for that, or handed the means to
// write.
static bool check_unknown_callee(Interp *in, const Node *node, Value function, const Args *args)
{
    // these change no database, whoever's log, result or session it is; those below do
    static const char *const harmless[] = {"debug",    "info",     "warning", "warn",   "error",    "exception",
                                           "critical", "log",      "close",   "commit", "rollback", "flush",
                                           "fetchall", "fetchone", "first",   "all",    "one",      "count",
                                           "mappings", "scalars",  "scalar",  "keys",   NULL};
    static const char *const writes[] = {"execute", "update", "delete", "insert", "add", "add_all", "merge", NULL};
    const Node *callee = node->as.call.callee;
    bool silent = function.unknown->is_silent, handed = !silent && is_attribute_of(in, callee, writes);
    for (size_t i = 0; i < args->count; i++) {
        Value v = args->items[i].value;
        handed |= v.kind == VALUE_HOST && in->host && in->host->writes && in->host->writes(in->host, v.host);
        // a function that is handed over may be run there; one of a silent package, unless its arguments come along or
        // nothing is made of what it gives, decorates it
        handed |= in->frame && v.kind == VALUE_FUNCTION && (!silent || args->count > 1 || node == in->discarded);
    }
    if ((!handed && (silent || node != in->discarded)) || is_attribute_of(in, callee, harmless)) {
        in->discarded = node == in->discarded ? NULL : in->discarded;
        return true;
    }
    return refuse_unknown_call(in, span_of(in, node), function);
}

// The calls that a statement makes for what they do: the expression itself, or those it chooses from or goes through.
static bool is_made_for_effect(const Node *node)
{
    return node->kind == NODE_CALL || node->kind == NODE_AND || node->kind == NODE_OR || node->kind == NODE_TERNARY ||
           node->kind == NODE_LISTCOMP || node->kind == NODE_SETCOMP || node->kind == NODE_GENEXP ||
           node->kind == NODE_DICTCOMP;
}

static const Value *first_unknown(const Value *value)
{
    if (is_unknown(*value))
        return value;
    bool list = value->kind == VALUE_LIST || value->kind == VALUE_TUPLE;
    for (size_t i = 0; list && i < value->list->values.count; i++)
        if (is_unknown(value->list->values.items[i]))
            return &value->list->values.items[i];
    return NULL;
}

// map(), filter() and generators do what they do when somebody goes through them. Of a statement that is only such a one,
// what is worked out at once alone is evaluated.
static bool eval_lazy(Interp *in, Env *env, const Node *node, Value *out, bool *is_lazy)
{
    *is_lazy = true;
    if (node->kind == NODE_GENEXP)
        return eval(in, env, node->as.comp.loops[0].iterable, out);
    const Node *callee = node->kind == NODE_CALL ? node->as.call.callee : NULL;
    Str name = callee && callee->kind == NODE_NAME ? node_text(in->space->source, callee) : STR_EMPTY;
    *is_lazy = (str_equal(name, STR("map")) || str_equal(name, STR("filter"))) && node->extra > 1;
    if (!*is_lazy)
        return true;
    if (!eval(in, env, callee, out))
        return false;
    *is_lazy = out->kind == VALUE_BUILTIN && str_equal(builtin_name(out->builtin), name);
    for (uint32_t i = 0; *is_lazy && i < node->extra; i++)
        if (node->as.call.args[i].value->kind != NODE_STARRED && !eval(in, env, node->as.call.args[i].value, out))
            return false;
    return true;
}

bool eval_discarded(Interp *in, Env *env, const Node *node, Value *out)
{
    bool is_lazy;
    if (!eval_lazy(in, env, node, out, &is_lazy))
        return false;
    if (is_lazy)
        return true;
    const Node *outer = in->discarded;
    in->discarded = in->frame ? node : NULL;   // a module's top level is read for its names
    bool done = eval(in, env, node, out);
    const Value *lost = done && in->frame && in->discarded == node && is_made_for_effect(node) ? first_unknown(out) : NULL;
    in->discarded = outer;
    lost = lost && lost->unknown->is_silent ? NULL : lost;
    return lost ? refuse_unknown_call(in, span_of(in, node), *lost) : done;
}

bool eval_call(Interp *in, Env *env, const Node *node, Value *out)
{
    enum { ROOM = 4 };
    const Node *callee = node->as.call.callee;
    Value function, object = UNSET_VALUE;
    if (callee->kind == NODE_ATTRIBUTE) {
        if (!eval(in, env, callee->as.attribute.object, &object))
            return false;
        if (object.kind == VALUE_HOST && !in->host->attribute(in->host, in, span_of(in, callee), object.host,
                                                              attribute_name(in->space->source, callee), &function))
            return false;
        if (object.kind != VALUE_HOST && !native_method(object, attribute_name(in->space->source, callee))) {
            if (!interp_attribute(in, span_of(in, callee), object, attribute_name(in->space->source, callee), &function))
                return false;
            object = UNSET_VALUE;
        }
    } else if (!eval(in, env, callee, &function)) {
        return false;
    }
    Arg room[ROOM];
    Args args;
    if (!eval_args(in, env, node->as.call.args, node->extra, span_of(in, node), room, ROOM, &args))
        return false;
    bool is_method = !is_unset(object) && object.kind != VALUE_HOST;
    if (!is_method && is_unknown(function) && !check_unknown_callee(in, node, function, &args))
        return false;
    if (node == in->discarded && (is_method || function.kind == VALUE_HOST || function.kind == VALUE_BUILTIN))
        in->discarded = NULL;
    if (is_method)
        return call_named(in, callee, object, &args, out);
    if (function.kind == VALUE_HOST)
        return in->host->call(in->host, in, function.host, &args, out);
    return interp_call(in, function, &args, out);
}

// ---- functions ----

static bool bind_error(Interp *in, const Function *function, Span at, const char *what, Str name)
{
    return interp_raise(in, at, STR("TypeError"), "%.*s() %s '%.*s'", STR_ARGS(function->info->name), what, STR_ARGS(name));
}

static bool bind_keyword(Interp *in, const Function *function, Env *env, const Arg *arg, Value *rest)
{
    const FunctionInfo *info = function->info;
    for (uint32_t i = 0; i < info->param_count; i++) {
        const Param *param = &info->params[i];
        if ((param->kind != PARAM_PLAIN && param->kind != PARAM_KEYWORD_ONLY) || !str_equal(param->name, arg->name))
            continue;
        if (!is_unset(env->slots[param->slot]))
            return bind_error(in, function, arg->at, "got multiple values for argument", arg->name);
        env->slots[param->slot] = arg->value;
        return true;
    }
    if (is_unset(*rest))
        return bind_error(in, function, arg->at, "got an unexpected keyword argument", arg->name);
    dict_put(in->arena, rest->dict, value_str(arg->name), arg->value);
    return true;
}

static bool bind(Interp *in, const Function *function, Env *env, const Value *self, const Args *args)
{
    const FunctionInfo *info = function->info;
    size_t taken = 0, given = args->positional + (self ? 1 : 0);
    Value rest = UNSET_VALUE;
    for (uint32_t i = 0; i < info->param_count; i++) {
        const Param *param = &info->params[i];
        if (param->kind == PARAM_STAR) {
            Value list = value_list(in->arena, VALUE_TUPLE);
            for (; taken < given; taken++)
                list_push(in->arena, list, self && !taken ? *self : args->items[taken - (self ? 1 : 0)].value);
            env->slots[param->slot] = list;
        } else if (param->kind == PARAM_DOUBLE_STAR) {
            rest = value_dict(in->arena);
            env->slots[param->slot] = rest;
        } else if (param->kind != PARAM_KEYWORD_ONLY && taken < given) {
            env->slots[param->slot] = self && !taken ? *self : args->items[taken - (self ? 1 : 0)].value;
            taken++;
        }
    }
    if (taken < given)
        return interp_raise(in, args->at, STR("TypeError"), "%.*s() takes %zu positional argument%s but %zu were given",
                            STR_ARGS(info->name), taken, taken == 1 ? "" : "s", given);
    for (size_t i = args->positional; i < args->count; i++)
        if (!bind_keyword(in, function, env, &args->items[i], &rest))
            return false;
    for (uint32_t i = 0; i < info->param_count; i++) {
        const Param *param = &info->params[i];
        if (!is_unset(env->slots[param->slot]))
            continue;
        if (is_unset(function->presets[i]))
            return bind_error(in, function, args->at, "missing a required argument:", param->name);
        env->slots[param->slot] = function->presets[i];
    }
    return true;
}

static bool run_function(Interp *in, const Function *function, const Value *self, const Args *args, const YieldHook *hook,
                         Value *out)
{
    const FunctionInfo *info = function->info;
    if (in->call_depth >= LIMIT_CALL_DEPTH)
        return interp_refuse(in, args->at, STR_EMPTY, "calls more than %d deep inside one another (the limit)",
                             LIMIT_CALL_DEPTH);
    Env *env = env_open(in, info->scope, function->closure);
    if (!bind(in, function, env, self, args))
        return false;
    if (info->is_lambda && !info->scope->is_generator) {
        in->call_depth++;
        bool done = eval(in, env, info->body.items[0], out);
        in->call_depth--;
        return done;
    }
    Frame frame = {.function = function, .env = env, .result = VALUE_OF_NONE, .hook = hook, .outer = in->frame};
    Value yielded = UNSET_VALUE;
    if (info->scope->is_generator) {
        yielded = value_list(in->arena, VALUE_LIST);
        frame.yielded = yielded.list;
    }
    in->frame = &frame;
    in->call_depth++;
    Flow flow = exec_block(in, env, info->body);
    in->call_depth--;
    in->frame = frame.outer;
    if (flow == FLOW_FAIL)
        return false;
    *out = is_unset(yielded) ? frame.result : iterator_of(in, yielded);
    return true;
}

bool call_function(Interp *in, const Function *function, const Value *self, const Args *args, const YieldHook *hook,
                   Value *out)
{
    Space *space = in->space;
    bool into_files = in->files && function->space == in->files;
    if (into_files && space != in->files) {
        in->files_at = args->at;
        for (size_t i = 0; i < args->count; i++)   // as with the library's other functions
            if (find_unknown(args->items[i].value, out))
                return true;
    }
    in->space = function->space;
    bool done = run_function(in, function, self, args, hook, out);
    in->space = space;
    if (!done && in->trouble == TROUBLE_REFUSED && function->space != space && args->at.source && !into_files)
        diag_note(in->diag, args->at, "called from here");
    return done;
}

bool call_positional(Interp *in, Span at, Value callee, size_t count, const Value *values, Value *out)
{
    Arg items[4];
    if (count > 4)
        BUG("call_positional with more than four");
    for (size_t i = 0; i < count; i++)
        items[i] = (Arg){STR_EMPTY, values[i], at};
    Args args = {items, count, count, at};
    return interp_call(in, callee, &args, out);
}

bool interp_call(Interp *in, Value callee, const Args *args, Value *out)
{
    Value method;
    switch ((int)callee.kind) {
    case VALUE_FUNCTION:
        if (callee.function->is_context_manager) {
            Builtin *context = builtin_make(in, B_CONTEXT);
            Args *kept = arena_new(in->arena, Args);
            *kept = *args;
            Arg *items = arena_array(in->arena, Arg, args->count + 1);
            if (args->count)
                memcpy(items, args->items, args->count * sizeof(Arg));
            kept->items = items;
            context->self = callee;
            context->other = UNSET_VALUE;
            context->data = kept;
            *out = value_builtin(context);
            return true;
        }
        return call_function(in, callee.function, NULL, args, NULL, out);
    case VALUE_CLASS: return class_call(in, callee.class, args, out);
    case VALUE_BUILTIN: return builtin_call(in, callee.builtin, args, out);
    case VALUE_HOST: return in->host->call(in->host, in, callee.host, args, out);
    case VALUE_UNKNOWN: {
        // a decorator that traces leaves what it decorates
        bool decorates = callee.unknown->is_silent && args->count == 1 &&
                         (args->items[0].value.kind == VALUE_FUNCTION || args->items[0].value.kind == VALUE_CLASS);
        *out = decorates ? args->items[0].value : result_of_unknown(in, callee);
        return true;
    }
    case VALUE_INSTANCE:
        if (instance_method(in, callee, STR("__call__"), &method))
            return interp_call(in, method, args, out);
        break;
    default: break;
    }
    return interp_raise(in, args->at, STR("TypeError"), "'%.*s' object is not callable", STR_ARGS(value_type_name(callee)));
}
