// A module of the project, read by need: only the top-level statements that bind or change a name are run, when the name
// is asked for, and those of the names that they need in turn. A statement sees what stands above it, as if the whole file
// had been run in order.
#include "python_int.h"

typedef enum RunState { RUN_NOT_YET, RUN_RUNNING, RUN_DONE } RunState;

struct Lazy {
    Str name;   // dotted
    NodeList statements;
    uint8_t *states;
    Touched touched;
    Map said;         // name -> Value *, as the settings give it; unset: nothing is said
    Str sought;       // the name that is being looked for in the star imports; ptr NULL: none is
    uint32_t limit;   // statements from here on do not exist yet for what is being run
};

Space *space_open(Arena *arena, const Module *module, Str name, bool is_package)
{
    Space *space = arena_new(arena, Space);
    Lazy *lazy = arena_new(arena, Lazy);
    space->module = module;
    space->source = module->source;
    space->env.table = &space->globals;
    size_t dot = name.len;
    while (!is_package && dot && name.ptr[dot - 1] != '.')
        dot--;
    space->package = is_package ? name : dot ? str_slice(name, 0, dot - 1) : STR_EMPTY;
    space->lazy = lazy;
    table_put(arena, &space->globals, STR("__name__"), name_hash("__name__", 8), value_str(name));
    lazy->name = name;
    lazy->statements = module->body->as.list;
    lazy->states = arena_array(arena, uint8_t, lazy->statements.count + 1);
    lazy->said = map_open(arena);
    lazy->limit = UINT32_MAX;
    syntax_touched(arena, module->source, lazy->statements, false, &lazy->touched);
    return space;
}

// ---- running what is needed ----

// What a statement that cannot be read leaves behind: every name that it would have bound or changed is unknown.
static void make_unknown(Interp *in, Space *space, uint32_t index, const Diag *own)
{
    const Lazy *lazy = space->lazy;
    const Node *node = lazy->statements.items[index];
    Str why = STR("its file cannot be read");
    for (size_t i = 0; i < own->messages.count; i++)
        if (own->messages.items[i].severity == SEVERITY_ERROR) {
            why = own->messages.items[i].text;
            break;
        }
    for (MapEntry *e = map_first(&lazy->touched.by); e; e = map_next(&lazy->touched.by, e)) {
        const Statements *indices = e->value;
        bool touched = false;
        for (size_t i = 0; i < indices->count; i++)
            touched |= indices->items[i] == index;
        if (!touched)
            continue;
        Str full = str_format(in->arena, "%.*s.%.*s", STR_ARGS(lazy->name), STR_ARGS(e->key));
        Value value = value_unknown_cured(
            in->arena, (Span){space->source, node->start, 1},
            str_format(in->arena, "\"%.*s\" cannot be read (%.*s)", STR_ARGS(full), STR_ARGS(why)), STR_EMPTY,
            (Cure){.kind = CURE_VALUE, .name = full});
        table_put(in->arena, &space->globals, e->key, name_hash(e->key.ptr, e->key.len), value);
    }
}

// The statement is run in its own space, outside of whatever function asks, and its errors stay its own.
static bool run_statement(Interp *in, Space *space, uint32_t index)
{
    Lazy *lazy = space->lazy;
    Interp saved = *in;
    Diag *own = arena_new(in->diag->arena, Diag);
    *own = diag_open(in->diag->arena);
    uint32_t limit = lazy->limit;
    lazy->states[index] = RUN_RUNNING;
    lazy->limit = index;
    in->diag = own;
    in->space = space;
    in->frame = NULL;
    in->discarded = NULL;
    in->trouble = TROUBLE_NONE;
    in->handled = VALUE_OF_NONE;
    // it is run once, whoever asks for it first
    in->uuid_scope = str_format(in->arena, "module %.*s, statement %u", STR_ARGS(lazy->name), index + 1);
    in->uuid_function = STR_EMPTY;
    in->uuids = 0;
    Span at = {space->source, lazy->statements.items[index]->start, 1};
    bool entered = interp_enter(in, at);
    bool done = entered && exec_block(in, &space->env, (NodeList){&lazy->statements.items[index], 1}) != FLOW_FAIL;
    if (entered)
        interp_leave(in);
    if (!done) {
        interp_report(in, STR("the file"));
        make_unknown(in, space, index, own);
    }
    lazy->limit = limit;
    lazy->states[index] = RUN_DONE;
    in->diag = saved.diag;
    in->space = saved.space;
    in->frame = saved.frame;
    in->discarded = saved.discarded;
    in->trouble = saved.trouble;
    in->exception = saved.exception;
    in->raised_at = saved.raised_at;
    in->handled = saved.handled;
    in->handled_at = saved.handled_at;
    in->uuid_scope = saved.uuid_scope;
    in->uuid_function = saved.uuid_function;
    in->uuids = saved.uuids;
    return in->steps <= in->max_steps || interp_tick(in, at, 0);
}

// Before a name is bound or changed anew, whatever stands above and may have read what it was before is run. Functions read
// when they are called, and imports read nothing.
static bool run_readers(Interp *in, Space *space, uint32_t before)
{
    for (uint32_t i = 0; i < before; i++) {
        int kind = space->lazy->statements.items[i]->kind;
        bool reads = kind != NODE_FUNCTION && kind != NODE_IMPORT && kind != NODE_FROM_IMPORT;
        if (reads && space->lazy->states[i] == RUN_NOT_YET && !run_statement(in, space, i))
            return false;
    }
    return true;
}

static bool run_all(Interp *in, Space *space, const Statements *indices, bool *running)
{
    for (size_t i = 0; indices && i < indices->count && indices->items[i] < space->lazy->limit; i++) {
        RunState state = (RunState)space->lazy->states[indices->items[i]];
        *running |= state == RUN_RUNNING;
        if (i > 0 && state == RUN_NOT_YET && !run_readers(in, space, indices->items[i]))
            return false;
        state = (RunState)space->lazy->states[indices->items[i]];
        if (state == RUN_NOT_YET && !run_statement(in, space, indices->items[i]))
            return false;
    }
    return true;
}

bool lazy_said(Interp *in, Space *space, Span at, Str name, Value *value, bool *found)
{
    Value *said = map_get(&space->lazy->said, name);
    *found = false;
    if (!in->host || !in->host->setting)
        return true;
    if (!said) {
        said = arena_new(in->arena, Value);
        *said = UNSET_VALUE;   // what it says may need the file's own
        map_put(&space->lazy->said, name, said);
        Str full = str_format(in->arena, "%.*s.%.*s", STR_ARGS(space->lazy->name), STR_ARGS(name));
        if (!in->host->setting(in->host, in, at, full, value, found))
            return false;
        if (*found)
            *said = *value;
    }
    *found = !is_unset(*said);
    *value = *said;
    return true;
}

bool lazy_settle(Interp *in, Space *space, Str name)
{
    enum { HOPS = 16 };
    bool running = false;
    for (int hop = 0; hop < HOPS; hop++) {
        if (!run_all(in, space, map_get(&space->lazy->touched.by, name), &running))
            return false;
        const Str *other = map_get(&space->lazy->touched.aliases, name);
        if (!other)
            break;
        name = *other;
    }
    return true;
}

bool lazy_settle_stars(Interp *in, Space *space)
{
    bool running = false;
    return run_all(in, space, &space->lazy->touched.stars, &running);
}

bool lazy_settle_everything(Interp *in, Space *space)
{
    for (uint32_t i = 0; i < space->lazy->statements.count && i < space->lazy->limit; i++)
        if (space->lazy->states[i] == RUN_NOT_YET && !run_statement(in, space, i))
            return false;
    return true;
}

// Looks for a name in the modules of which the file imports all names. Those may do the same with this one: a search that
// comes back here ends.
static bool find_in_stars(Interp *in, Span at, Space *space, Str name, Value *value, bool *found)
{
    Lazy *lazy = space->lazy;
    Value missing = UNSET_VALUE;
    *found = false;
    if (lazy->sought.ptr && str_equal(lazy->sought, name))
        return true;
    if (!lazy_settle_stars(in, space))
        return false;
    Str outer = lazy->sought;
    lazy->sought = name;
    bool done = true;
    for (size_t i = space->star_imports.count; done && !*found && i-- > 0;) {
        done = interp_attribute(in, at, space->star_imports.items[i], name, value);
        if (done && value->kind != VALUE_UNKNOWN) {
            *found = true;
        } else if (done) {
            // what nobody there knows is left to other modules that it may come from
            if (is_unset(missing) || missing.unknown->is_missing)
                missing = *value;
        } else if (in->trouble == TROUBLE_RAISED) {
            in->trouble = TROUBLE_NONE;
            done = true;
        }
    }
    lazy->sought = outer;
    if (done && !*found && !is_unset(missing) && !missing.unknown->is_missing) {
        *value = missing;
        *found = true;
    }
    return done;
}

bool interp_space_name(Interp *in, Span at, Space *space, Str name, Value *value, bool *found)
{
    Lazy *lazy = space->lazy;
    uint32_t hash = name_hash(name.ptr, name.len), limit = lazy->limit;
    bool running = false;
    // from outside the whole file stands there, but for what is being run just now: imports in a circle
    const Statements *indices = map_get(&lazy->touched.by, name);
    for (size_t i = 0; indices && i < indices->count; i++)
        running |= lazy->states[indices->items[i]] == RUN_RUNNING;
    if (!running)
        lazy->limit = UINT32_MAX;
    bool done = lazy_settle(in, space, name);
    const Value *own = done ? table_find(&space->globals, name, hash) : NULL;
    *found = own && !is_unset(*own);
    if (*found)
        *value = *own;
    else if (done && !running)
        done = find_in_stars(in, at, space, name, value, found);
    lazy->limit = limit;
    if (done && !*found && running) {
        Str full = str_format(in->arena, "%.*s.%.*s", STR_ARGS(lazy->name), STR_ARGS(name));
        *value = value_unknown_cured(in->arena, at,
                                     str_format(in->arena, "\"%.*s\" is imported in a circle", STR_ARGS(full)), STR_EMPTY,
                                     (Cure){.kind = CURE_VALUE, .name = full});
        *found = true;
    }
    return done;
}
