// Class bodies: a line that cannot be evaluated leaves the name that it binds unknown, and the rest of the class stands, as
// far as nothing else can depend on that line without asking for the name.
#include "python_int.h"

// What a class is may hang on every line of its body: a host's base, a metaclass, a decorator or an __init_subclass__ reads
// all of them. In a function, what a line does beside its name is not looked for.
static bool stands_without(Interp *in, const Class *class, const ClassInfo *info, const Args *bases)
{
    if (in->frame || info->decorators.count || class_host_base(class) ||
        class_lookup(class, STR("__init_subclass__"), NULL, NULL))
        return false;
    for (size_t i = bases->positional; i < bases->count; i++)
        if (bases->items[i].value.kind != VALUE_BUILTIN || bases->items[i].value.builtin->kind != B_IGNORED)   // ABCMeta
            return false;
    return true;
}

// Python reads these by itself.
static bool is_special(Str name)
{
    static const char *const names[] = {
        "init", "new", "init_subclass", "class_getitem", "call", "post_init", "del", "prepare", "metaclass", "set_name",
        "str", "repr", "format", "bytes", "hash", "bool", "len", "length_hint", "iter", "next", "reversed", "contains",
        "getitem", "setitem", "delitem", "missing", "getattr", "getattribute", "setattr", "delattr", "dir", "enter", "exit",
        "get", "set", "delete", "eq", "ne", "lt", "le", "gt", "ge", "add", "sub", "mul", "matmul", "truediv", "floordiv",
        "mod", "divmod", "pow", "lshift", "rshift", "and", "xor", "or", "radd", "rsub", "rmul", "rmatmul", "rtruediv",
        "rfloordiv", "rmod", "rdivmod", "rpow", "rlshift", "rrshift", "rand", "rxor", "ror", "iadd", "isub", "imul",
        "imatmul", "itruediv", "ifloordiv", "imod", "ipow", "ilshift", "irshift", "iand", "ixor", "ior", "neg", "pos", "abs",
        "invert", "int", "float", "complex", "index", "round", "trunc", "floor", "ceil", "instancecheck", "subclasscheck",
        "subclasshook", "mro_entries", "annotations", "slots", "dict", "class", "bases", "mro", "name", "qualname", "module",
        "doc", "match_args", "order", "copy", "deepcopy", "reduce", "reduce_ex", "fields", "plain", "json", "html",
        // of libraries that read classes
        "tablename", "table", "table_args", "mapper_args", "abstract", "bind_key", "composite_values"};
    if (name.len < 5 || !str_starts(name, STR("__")) || !str_ends(name, STR("__")))
        return false;
    Str plain = str_slice(name, 2, name.len - 2);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_equal(plain, str_from(names[i])))
            return true;
    return false;
}

// Stores the names that a statement binds, when that is all it does to a class.
static bool bound_names(Interp *in, const Node *node, StrList *names)
{
    const Source *source = in->space->source;
    switch ((int)node->kind) {
    case NODE_ASSIGN:
        for (uint32_t i = 0; i < node->as.assign.targets.count; i++) {
            const Node *target = node->as.assign.targets.items[i];
            if (target->kind != NODE_NAME)
                return false;
            vec_push(in->arena, names, node_text(source, target));
        }
        return true;
    case NODE_ANNASSIGN:
        if (node->as.triple.first->kind != NODE_NAME)
            return false;
        vec_push(in->arena, names, node_text(source, node->as.triple.first));
        return true;
    case NODE_FUNCTION: vec_push(in->arena, names, node->as.function->name); return true;
    case NODE_CLASS: vec_push(in->arena, names, node->as.class->name); return true;
    default: return false;
    }
}

// Whether the class is known but for the names of that statement. An enum's are its members, or say what those are.
static bool is_only_missing(Interp *in, const Class *class, const Node *node, StrList *names)
{
    if (!bound_names(in, node, names))
        return false;
    for (size_t i = 0; i < names->count; i++) {
        Str name = names->items[i];
        bool is_dunder = str_starts(name, STR("__")) && str_ends(name, STR("__"));
        if (is_special(name) || (class->is_enum && !is_dunder))
            return false;
    }
    return true;
}

// Puts unknown values in the place of what the refusal, the last message of the Diag from `first` on, has left out.
static void bind_unknown(Interp *in, Env *env, const Class *class, const Node *node, const StrList *names, size_t first)
{
    Message why = {.text = STR("its line cannot be read")};
    for (size_t i = first; i < in->diag->messages.count; i++)
        if (in->diag->messages.items[i].severity == SEVERITY_ERROR)
            why = in->diag->messages.items[i];
    for (size_t i = 0; i < names->count; i++) {
        Str name = names->items[i];
        Value value = value_unknown_cured(in->arena, (Span){in->space->source, node->start, 1},
                                          str_format(in->arena, "\"%.*s.%.*s\" cannot be read (%.*s)", STR_ARGS(class->name),
                                                     STR_ARGS(name), STR_ARGS(why.text)),
                                          str_copy(in->arena, why.hint),
                                          (Cure){why.cure.kind, str_copy(in->arena, why.cure.name),
                                                 str_copy(in->arena, why.cure.suggestion), why.cure.is_called,
                                                 str_copy(in->arena, why.cure.example)});
        table_put(in->arena, env->table, name, name_hash(name.ptr, name.len), value);
    }
}

bool exec_class_body(Interp *in, Env *env, const Class *class, const ClassInfo *info, const Args *bases)
{
    if (!stands_without(in, class, info, bases))
        return exec_block(in, env, info->body) != FLOW_FAIL;
    for (uint32_t i = 0; i < info->body.count; i++) {
        const Interp before = *in;
        size_t messages = in->diag->messages.count, errors = in->diag->errors;
        StrList names = {0};
        if (exec_block(in, env, (NodeList){&info->body.items[i], 1}) != FLOW_FAIL)
            continue;
        if (in->trouble != TROUBLE_REFUSED || in->steps > in->max_steps || in->diag->system_failed ||
            !is_only_missing(in, class, info->body.items[i], &names))
            return false;
        in->depth = before.depth;
        in->call_depth = before.call_depth;
        in->frame = before.frame;
        in->space = before.space;
        in->discarded = before.discarded;
        in->trouble = TROUBLE_NONE;
        in->handled = before.handled;
        in->handled_at = before.handled_at;
        bind_unknown(in, env, class, info->body.items[i], &names, messages);
        in->diag->messages.count = messages;
        in->diag->errors = errors;
    }
    return true;
}
