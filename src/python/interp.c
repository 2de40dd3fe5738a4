// The evaluator's frame: opening a module, limits, exceptions and refusals, and how they are reported.
#include "python_int.h"

bool interp_is_catching(const Interp *in)
{
    return in->catching > 0;
}

Arena *interp_arena(const Interp *in)
{
    return in->arena;
}

Diag *interp_diag(const Interp *in)
{
    return in->diag;
}

// ---- names ----

Value *table_find(const NameTable *table, Str name, uint32_t hash)
{
    if (!table->slot_count) {
        for (size_t i = 0; i < table->entries.count; i++)
            if (table->entries.items[i].hash == hash && str_equal(table->entries.items[i].name, name))
                return &table->entries.items[i].value;
        return NULL;
    }
    uint32_t mask = table->slot_count - 1;
    for (uint32_t slot = hash & mask; table->slots[slot]; slot = (slot + 1) & mask) {
        NameEntry *entry = &table->entries.items[table->slots[slot] - 1];
        if (entry->hash == hash && str_equal(entry->name, name))
            return &entry->value;
    }
    return NULL;
}

void table_put(Arena *arena, NameTable *table, Str name, uint32_t hash, Value value)
{
    enum { LINEAR = 12, MOST = 65000 };
    Value *old = table_find(table, name, hash);
    if (old) {
        *old = value;
        return;
    }
    NameEntry entry = {name, hash, value};
    vec_push(arena, &table->entries, entry);
    size_t count = table->entries.count;
    if (count <= LINEAR || count > MOST)
        return;
    if (count * 2 > table->slot_count) {
        uint32_t wanted = table->slot_count ? table->slot_count * 2 : 64;
        table->slots = arena_array(arena, uint16_t, wanted);
        table->slot_count = wanted;
        count = 0;
    } else {
        count--;
    }
    for (; count < table->entries.count; count++) {
        uint32_t slot = table->entries.items[count].hash & (table->slot_count - 1);
        while (table->slots[slot])
            slot = (slot + 1) & (table->slot_count - 1);
        table->slots[slot] = (uint16_t)(count + 1);
    }
}

const Value *interp_global(const Interp *in, Str name)
{
    Value *value = table_find(&in->own.globals, name, name_hash(name.ptr, name.len));
    return value && !is_unset(*value) ? value : NULL;
}

// ---- limits ----

bool interp_tick(Interp *in, Span at, uint64_t cost)
{
    in->steps += cost;
    if (in->steps <= in->max_steps)
        return true;
    return interp_refuse(in, at, STR("A revision that needs that many steps probably loops without end."),
                         "evaluating this file takes more than %llu steps (the limit)", (unsigned long long)in->max_steps);
}

bool interp_room(Interp *in, Span at, uint64_t bytes)
{
    if (bytes > LIMIT_VALUE_BYTES)
        return interp_refuse(in, at, STR_EMPTY, "a text of more than %d bytes (the limit)", LIMIT_VALUE_BYTES);
    return interp_tick(in, at, bytes / 32);
}

bool interp_items(Interp *in, Span at, uint64_t items)
{
    if (items > LIMIT_ITEMS)
        return interp_refuse(in, at, STR_EMPTY, "a list of more than %d items (the limit)", LIMIT_ITEMS);
    return interp_tick(in, at, items / 2);
}

bool interp_enter(Interp *in, Span at)
{
    if (in->depth < LIMIT_EVAL_DEPTH) {
        in->depth++;
        return true;
    }
    return interp_refuse(in, at, STR_EMPTY, "expressions and calls more than %d deep inside one another (the limit)",
                         LIMIT_EVAL_DEPTH);
}

// ---- exceptions ----

// Name, base and, of those that are no global names, the module they are imported from.
static const char *const exception_table[][3] = {
    {"BaseException", NULL},
    {"Exception", "BaseException"},
    {"SystemExit", "BaseException"},
    {"KeyboardInterrupt", "BaseException"},
    {"GeneratorExit", "BaseException"},
    {"StopIteration", "Exception"},
    {"StopAsyncIteration", "Exception"},
    {"ArithmeticError", "Exception"},
    {"ZeroDivisionError", "ArithmeticError"},
    {"OverflowError", "ArithmeticError"},
    {"FloatingPointError", "ArithmeticError"},
    {"AssertionError", "Exception"},
    {"AttributeError", "Exception"},
    {"BufferError", "Exception"},
    {"EOFError", "Exception"},
    {"ImportError", "Exception"},
    {"ModuleNotFoundError", "ImportError"},
    {"LookupError", "Exception"},
    {"IndexError", "LookupError"},
    {"KeyError", "LookupError"},
    {"MemoryError", "Exception"},
    {"NameError", "Exception"},
    {"UnboundLocalError", "NameError"},
    {"OSError", "Exception"},
    {"IOError", "Exception"},
    {"EnvironmentError", "Exception"},
    {"BlockingIOError", "OSError"},
    {"ChildProcessError", "OSError"},
    {"ConnectionError", "OSError"},
    {"BrokenPipeError", "ConnectionError"},
    {"ConnectionAbortedError", "ConnectionError"},
    {"ConnectionRefusedError", "ConnectionError"},
    {"ConnectionResetError", "ConnectionError"},
    {"FileExistsError", "OSError"},
    {"FileNotFoundError", "OSError"},
    {"InterruptedError", "OSError"},
    {"IsADirectoryError", "OSError"},
    {"NotADirectoryError", "OSError"},
    {"PermissionError", "OSError"},
    {"ProcessLookupError", "OSError"},
    {"TimeoutError", "OSError"},
    {"ReferenceError", "Exception"},
    {"RuntimeError", "Exception"},
    {"NotImplementedError", "RuntimeError"},
    {"RecursionError", "RuntimeError"},
    {"SyntaxError", "Exception"},
    {"IndentationError", "SyntaxError"},
    {"TabError", "IndentationError"},
    {"SystemError", "Exception"},
    {"TypeError", "Exception"},
    {"ValueError", "Exception"},
    {"UnicodeError", "ValueError"},
    {"UnicodeDecodeError", "UnicodeError"},
    {"UnicodeEncodeError", "UnicodeError"},
    {"UnicodeTranslateError", "UnicodeError"},
    {"Warning", "Exception"},
    {"DeprecationWarning", "Warning"},
    {"PendingDeprecationWarning", "Warning"},
    {"RuntimeWarning", "Warning"},
    {"SyntaxWarning", "Warning"},
    {"UserWarning", "Warning"},
    {"FutureWarning", "Warning"},
    {"ImportWarning", "Warning"},
    {"UnicodeWarning", "Warning"},
    {"BytesWarning", "Warning"},
    {"ResourceWarning", "Warning"},
    {"FrozenInstanceError", "AttributeError", "dataclasses"},
    {"InvalidOperation", "ArithmeticError", "decimal"},
};

Class *exception_global(Interp *in, Str name)
{
    for (size_t i = 0; i < sizeof exception_table / sizeof *exception_table; i++)
        if (exception_table[i][2] && str_equal(name, str_from(exception_table[i][0])))
            return NULL;
    return exception_class(in, name);
}

static Class *new_exception(Interp *in, Str name, Class *base)
{
    Class *class = class_new(in->arena, name, SPAN_NONE);
    class->is_builtin = true;
    if (base)
        vec_push(in->arena, &class->bases, ((Value){.kind = VALUE_CLASS, .class = base}));
    return class;
}

Class *exception_class(Interp *in, Str name)
{
    if (!in->exceptions.arena)
        in->exceptions = map_open(in->arena);
    Class *known = map_get(&in->exceptions, name);
    if (known)
        return known;
    for (size_t i = 0; i < sizeof exception_table / sizeof *exception_table; i++) {
        if (!str_equal(name, str_from(exception_table[i][0])))
            continue;
        Class *base = exception_table[i][1] ? exception_class(in, str_from(exception_table[i][1])) : NULL;
        Class *class = new_exception(in, str_from(exception_table[i][0]), base);
        map_put(&in->exceptions, class->name, class);
        return class;
    }
    return NULL;
}

bool class_is(const Class *class, const Class *ancestor)
{
    // each interpreter makes the built-in ones for itself
    if (class == ancestor || (class->is_builtin && ancestor->is_builtin && str_equal(class->name, ancestor->name)))
        return true;
    for (size_t i = 0; i < class->bases.count; i++)
        if (class->bases.items[i].kind == VALUE_CLASS && class_is(class->bases.items[i].class, ancestor))
            return true;
    return false;
}

bool is_exception_class(const Class *class)
{
    if (!class->bases.count)
        return str_equal(class->name, STR("BaseException")) && !class->at.source;
    for (size_t i = 0; i < class->bases.count; i++)
        if (class->bases.items[i].kind == VALUE_CLASS && is_exception_class(class->bases.items[i].class))
            return true;
    return false;
}

Value exception_make(Interp *in, Class *class, Str message)
{
    Instance *instance = arena_new(in->arena, Instance);
    instance->class = class;
    instance->attributes = map_open(in->arena);
    Value *args = value_boxed(in->arena, value_list(in->arena, VALUE_TUPLE));
    list_push(in->arena, *args, value_str(message));
    map_put(&instance->attributes, STR("args"), args);
    return (Value){.kind = VALUE_INSTANCE, .instance = instance};
}

bool interp_raise_value(Interp *in, Span at, Value exception)
{
    if (in->trouble == TROUBLE_NONE) {
        in->trouble = TROUBLE_RAISED;
        in->exception = exception;
        in->raised_at = at;
    }
    return false;
}

bool interp_raise(Interp *in, Span at, Str class_name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str text = str_vformat(in->arena, format, args);
    va_end(args);
    Class *class = exception_class(in, class_name);
    if (!class)   // one of a library, that nothing but its name is known of
        class = new_exception(in, class_name, exception_class(in, STR("Exception")));
    return interp_raise_value(in, at, exception_make(in, class, text));
}

bool interp_refuse(Interp *in, Span at, Str hint, const char *format, ...)
{
    if (in->trouble == TROUBLE_REFUSED)
        return false;
    in->trouble = TROUBLE_REFUSED;
    va_list args;
    va_start(args, format);
    Str text = str_vformat(in->arena, format, args);
    va_end(args);
    diag_error(in->diag, at, "%.*s", STR_ARGS(text));
    if (hint.len)
        diag_hint(in->diag, "%.*s", STR_ARGS(hint));
    return false;
}

static Str hint_of(Interp *in, const Unknown *unknown, const Cure *cure)
{
    if (cure->kind == CURE_TYPE)
        return str_format(in->arena, "Say which column type it stands for, in [waybill.types]: %.*s",
                          STR_ARGS(cure_line(in->arena, *cure)));
    if (cure->kind == CURE_VALUE && cure->is_called)
        return str_format(in->arena,
                          "If the call changes no database, say what it gives, in [waybill.values]: %.*s; else write an "
                          "override for this revision.",
                          STR_ARGS(cure_line(in->arena, *cure)));
    if (cure->kind == CURE_VALUE && str_equal(cure->example, STR(SILENT_NAME)))
        return str_format(
            in->arena,
            "If it only logs, traces or measures, say so, in [waybill.values]: %.*s; else write an override for "
            "this revision.",
            STR_ARGS(cure_line(in->arena, *cure)));
    if (cure->kind == CURE_VALUE)
        return str_format(in->arena, "Say what it is, in [waybill.values]: %.*s", STR_ARGS(cure_line(in->arena, *cure)));
    return unknown->hint.len ? unknown->hint : STR("Write the value into the revision, or write an override for it.");
}

bool interp_refuse_unknown(Interp *in, Span at, Value value, const char *what)
{
    if (value.kind != VALUE_UNKNOWN)
        BUG("interp_refuse_unknown of a known value");
    const Unknown *unknown = value.unknown;
    if (in->trouble == TROUBLE_REFUSED)
        return false;
    Cure cure = unknown->cure;
    if (!cure.suggestion.len && cure.name.len && in->host && in->host->suggestion)
        cure.suggestion = in->host->suggestion(in->host, cure.kind, cure.name);
    interp_refuse(in, at, hint_of(in, unknown, &cure), "%s depends on a value that is not known: %.*s", what,
                  STR_ARGS(unknown->reason));
    diag_cure(in->diag, cure);
    if (unknown->at.source && (unknown->at.source != at.source || unknown->at.start != at.start))
        diag_note(in->diag, unknown->at, "the value comes from here");
    return false;
}

void interp_was_told(Interp *in)
{
    in->is_told = true;
}

bool interp_refused(Interp *in)
{
    in->trouble = TROUBLE_REFUSED;
    return false;
}

Str exception_text(Interp *in, Value exception)
{
    const Value *args = exception.kind == VALUE_INSTANCE ? map_get(&exception.instance->attributes, STR("args")) : NULL;
    Value method, text;
    if (exception.kind == VALUE_INSTANCE && instance_method(in, exception, STR("__str__"), &method)) {
        Trouble trouble = in->trouble;
        in->trouble = TROUBLE_NONE;
        Args none = {.at = in->raised_at};
        bool done = interp_call(in, method, &none, &text);
        in->trouble = trouble;
        if (done && text.kind == VALUE_STR)
            return text.text;
    }
    if (!args || args->kind != VALUE_TUPLE || !args->list->values.count)
        return STR_EMPTY;
    if (args->list->values.count == 1) {
        bool key = class_is(exception.instance->class, exception_class(in, STR("KeyError")));
        return key ? value_repr(in->arena, args->list->values.items[0]) : value_text(in->arena, args->list->values.items[0]);
    }
    return value_repr(in->arena, *args);
}

// An exception left the file or the function: now it becomes an error message.
bool interp_report(Interp *in, Str what)
{
    if (in->trouble != TROUBLE_RAISED)
        return false;
    Value exception = in->exception;
    Span at = in->raised_at;
    Str class = exception.kind == VALUE_INSTANCE ? exception.instance->class->name : value_type_name(exception);
    Str text = exception_text(in, exception);
    in->trouble = TROUBLE_REFUSED;
    diag_error(in->diag, at, "%.*s raises %.*s%s%.*s", STR_ARGS(what), STR_ARGS(class), text.len ? ": " : "",
               STR_ARGS(text));
    if (str_equal(class, STR("NotImplementedError")))
        diag_hint(in->diag, "The revision says itself that this direction does not exist.");
    else if (in->is_told)
        diag_hint(in->diag, "Look at what [waybill.values] gives it first; if that is right, Alembic would stop here too.");
    else
        diag_hint(in->diag, "Alembic would stop here too; if the revision is right, write this direction as an override.");
    return false;
}

Builtin *builtin_make(Interp *in, BuiltinKind kind)
{
    Builtin *b = arena_new(in->arena, Builtin);
    b->kind = kind;
    return b;
}

Interp *interp_open(Arena *arena, Diag *diag, Host *host, const Module *module, const InterpOptions *options)
{
    Interp *in = arena_new(arena, Interp);
    in->arena = arena;
    in->diag = diag;
    in->host = host;
    in->space = &in->own;
    in->own.module = module;
    in->own.source = module->source;
    InterpOptions *kept = arena_new(arena, InterpOptions);
    *kept = options ? *options : (InterpOptions){0};
    in->options = kept;
    in->uuid_scope = kept->uuid_scope;
    in->max_steps = kept->max_steps ? kept->max_steps : LIMIT_STEPS;
    in->own.env.table = &in->own.globals;
    table_put(arena, &in->own.globals, STR("__name__"), name_hash("__name__", 8), value_str(STR("revision")));
    if (exec_block(in, &in->own.env, module->body->as.list) == FLOW_FAIL) {
        interp_report(in, STR("the file"));
        return NULL;
    }
    in->steps = 0;
    return in;
}

bool interp_call_function(Interp *in, Str name, bool (*argument)(Host *, Interp *, Str, const Value *, Value *))
{
    const Value *found = interp_global(in, name);
    Span at = {in->space->source, 0, 0};
    // An earlier call may have been refused half way.
    in->trouble = TROUBLE_NONE;
    in->steps = 0;
    in->depth = in->call_depth = in->whole = 0;
    in->frame = NULL;
    in->space = &in->own;
    in->handled = VALUE_OF_NONE;
    in->uuid_function = name;
    in->uuids = 0;
    if (found && found->kind == VALUE_UNKNOWN)
        return interp_refuse_unknown(in, found->unknown->at.source ? found->unknown->at : at, *found,
                                     "calling the function");
    if (!found || (found->kind != VALUE_FUNCTION && found->kind != VALUE_BUILTIN && found->kind != VALUE_HOST))
        return interp_refuse(in, at, STR_EMPTY, "there is no function %.*s()", STR_ARGS(name));
    VEC(Arg) given = {0};
    if (found->kind == VALUE_FUNCTION) {
        const FunctionInfo *info = found->function->info;
        in->skips = in->options->skipping ? info->body.items : NULL;
        at = (Span){in->space->source, info->name_start, (uint32_t)info->name.len};
        for (uint32_t i = 0; i < info->param_count; i++) {
            const Param *param = &info->params[i];
            if (param->kind == PARAM_STAR || param->kind == PARAM_DOUBLE_STAR)
                continue;
            const Value *preset = is_unset(found->function->presets[i]) ? NULL : &found->function->presets[i];
            Arg arg = {.at = {in->space->source, param->start, (uint32_t)param->name.len}};
            arg.name = param->kind == PARAM_KEYWORD_ONLY ? param->name : STR_EMPTY;
            if (!argument || !argument(in->host, in, param->name, preset, &arg.value)) {
                if (in->trouble == TROUBLE_RAISED)
                    return interp_report(in, str_format(in->arena, "%.*s()", STR_ARGS(name)));
                if (in->trouble == TROUBLE_REFUSED)
                    return false;
                if (preset) {
                    arg.value = *preset;
                    vec_push(in->arena, &given, arg);
                    continue;
                }
                return interp_refuse(in, arg.at, STR_EMPTY, "%.*s() asks for a parameter \"%.*s\" that is not known",
                                     STR_ARGS(name), STR_ARGS(param->name));
            }
            vec_push(in->arena, &given, arg);
        }
    }
    Args args = {.items = given.items, .count = given.count, .at = at};
    while (args.positional < given.count && !given.items[args.positional].name.len)
        args.positional++;
    Value result;
    if (interp_call(in, *found, &args, &result))
        return true;
    return interp_report(in, str_format(in->arena, "%.*s()", STR_ARGS(name)));
}
