// The part of a revision's file that a refusal leaves undone: statements, and what the names in them lead to in the file.
// Of a statement that has been run before, only its texts count: what it called has been called.
#include "search_int.h"

typedef VEC(const Node *) Nodes;
typedef struct Names {
    Arena *arena;
    const Module *module;
    const FunctionInfo *function;   // upgrade or downgrade; NULL: the file has none
    FilePart *part;
    Map binders;   // name -> Nodes *: the statements that say what it is, or change it
    Map seen;      // names
    size_t next;   // of the part's nodes, to be searched for names
} Names;

static void add(Names *names, const Node *node, bool is_done)
{
    for (size_t i = 0; i < names->part->nodes.count; i++)
        if (names->part->nodes.items[i].node == node) {
            names->part->nodes.items[i].is_done &= is_done;
            return;
        }
    PartNode entry = {node, is_done};
    vec_push(names->arena, &names->part->nodes, entry);
}

static bool no_lambda(Visit *v, const Node *node)
{
    (void)v;
    return node->kind != NODE_LAMBDA;
}

// What a definition does is done when it is called.
static bool is_done(Names *names, const Node *statement)
{
    Visit v = {.node = no_lambda, .arena = names->arena, .module = names->module};
    return statement->kind != NODE_FUNCTION && statement->kind != NODE_CLASS && walk(&v, statement);
}

// Keeps the name of name.append(...) and such; what connections and op are told binds nothing.
static bool keep_changed(Visit *v, const Node *node)
{
    static const char *const changes[] = {"append", "extend",  "insert", "add",  "update",  "setdefault", "pop",
                                          "remove", "discard", "clear",  "sort", "reverse", NULL};
    const Node *callee = node->kind == NODE_CALL ? node->as.call.callee : NULL;
    if (callee && callee->kind == NODE_ATTRIBUTE && callee->as.attribute.object->kind == NODE_NAME &&
        is_one(attribute_name(v->module->source, callee), changes))
        vec_push(v->arena, v->texts, node_text(v->module->source, callee->as.attribute.object));
    return true;
}

static void note_binders(Names *names, NodeList list)
{
    for (uint32_t i = 0; i < list.count; i++) {
        const Node *statement = list.items[i];
        StrList bound = {0};
        Visit v = {.node = keep_changed, .arena = names->arena, .module = names->module, .texts = &bound};
        syntax_touched_names(names->arena, names->module->source, statement, true, &bound);
        if (statement->kind != NODE_FUNCTION && statement->kind != NODE_CLASS)
            walk(&v, statement);
        for (size_t k = 0; k < bound.count; k++) {
            Nodes *binders = map_get(&names->binders, bound.items[k]);
            if (!binders) {
                binders = arena_new(names->arena, Nodes);
                map_put(&names->binders, bound.items[k], binders);
            }
            if (!binders->count || binders->items[binders->count - 1] != statement)
                vec_push(names->arena, binders, statement);
        }
    }
}

static bool is_function(const Names *names, const Node *node)
{
    return node->kind == NODE_FUNCTION && names->function == node->as.function;
}

// Names that reach every other one.
static bool is_any_name(Str name)
{
    static const char *const any[] = {"globals", "locals", "vars", "eval", "exec", "__import__", NULL};
    return is_one(name, any);
}

static void follow(Names *names, Str name)
{
    NodeList all = names->module->body->as.list;
    if (map_get(&names->seen, name))
        return;
    map_put(&names->seen, name, names);
    const Nodes *binders = map_get(&names->binders, name);
    for (size_t i = 0; binders && i < binders->count; i++)
        if (!is_function(names, binders->items[i]))
            add(names, binders->items[i], is_done(names, binders->items[i]));
    for (uint32_t i = 0; is_any_name(name) && i < all.count; i++)
        if (!is_function(names, all.items[i]))
            add(names, all.items[i], is_done(names, all.items[i]));
}

static bool keep_name(Visit *v, const Node *node)
{
    if (node->kind == NODE_NAME)
        vec_push(v->arena, v->texts, node_text(v->module->source, node));
    for (uint32_t i = 0; node->kind == NODE_CLASS && i < node->as.class->base_count; i++)
        walk(v, node->as.class->bases[i].value);
    return true;
}

static void follow_names(Names *names)
{
    if (names->function)
        note_binders(names, names->function->body);
    note_binders(names, names->module->body->as.list);
    while (names->next < names->part->nodes.count) {
        StrList used = {0};
        Visit v = {.node = keep_name, .arena = names->arena, .module = names->module, .texts = &used};
        walk(&v, names->part->nodes.items[names->next++].node);
        for (size_t i = 0; i < used.count; i++)
            follow(names, used.items[i]);
    }
}

// What a file does whatever is called: listeners that it registers.
static void add_registrations(Names *names)
{
    NodeList all = names->module->body->as.list;
    for (uint32_t i = 0; i < all.count; i++) {
        const Node *node = all.items[i];
        bool calls = node->kind == NODE_EXPR && node->as.operand->kind == NODE_CALL;
        if (calls || (node->kind == NODE_FUNCTION && !is_function(names, node) && node->as.function->decorators.count))
            add(names, node, false);
    }
}

// The statement at that place, in the list or in a block below it; NULL: none begins and ends there.
static const Node *statement_at(NodeList list, Span at);

FilePart *syntax_part(Arena *arena, const Module *module, Str function, Span from, bool alone)
{
    FilePart *part = arena_new(arena, FilePart);
    *part = (FilePart){.module = module};
    Names names = {.arena = arena, .module = module, .part = part, .binders = map_open(arena), .seen = map_open(arena)};
    NodeList all = module->body->as.list;
    for (uint32_t i = 0; i < all.count; i++)
        if (all.items[i]->kind == NODE_FUNCTION && str_equal(all.items[i]->as.function->name, function)) {
            names.function = all.items[i]->as.function;
            bool inside = from.source == module->source && from.start >= all.items[i]->start &&
                          from.start < all.items[i]->start + all.items[i]->len;
            NodeList body = names.function->body;
            const Node *inner = inside && alone ? statement_at(body, from) : NULL;
            if (inner)
                add(&names, inner, false);
            for (uint32_t k = 0; k < body.count && !inner; k++) {
                const Node *statement = body.items[k];
                bool before = inside && k + 1 < body.count && body.items[k + 1]->start <= from.start;
                bool behind = inside && alone && statement->start > from.start;
                if (!before && !behind)
                    add(&names, statement, false);
            }
        }
    if (!names.function)
        for (uint32_t i = 0; i < all.count; i++)
            add(&names, all.items[i], false);
    add_registrations(&names);
    follow_names(&names);
    return part;
}

static const Node *statement_below(const Node *node, Span at)
{
    const Node *found = NULL;
    switch ((int)node->kind) {
    case NODE_IF:
        for (uint32_t i = 0; i < node->extra && !found; i++)
            found = statement_at(node->as.branches[i].body, at);
        return found;
    case NODE_FOR:
    case NODE_WHILE:
        found = statement_at(node->as.loop.body, at);
        return found ? found : statement_at(node->as.loop.otherwise, at);
    case NODE_WITH: return statement_at(node->as.with.body, at);
    case NODE_TRY:
        found = statement_at(node->as.try->body, at);
        for (uint32_t i = 0; i < node->as.try->handler_count && !found; i++)
            found = statement_at(node->as.try->handlers[i].body, at);
        found = found ? found : statement_at(node->as.try->otherwise, at);
        return found ? found : statement_at(node->as.try->final, at);
    default: return NULL;
    }
}

static const Node *statement_at(NodeList list, Span at)
{
    for (uint32_t i = 0; i < list.count; i++) {
        const Node *node = list.items[i];
        if (at.start < node->start || at.start + at.len > node->start + node->len)
            continue;
        const Node *below = statement_below(node, at);
        return below ? below : node->start == at.start && node->len == at.len ? node : NULL;
    }
    return NULL;
}

static bool returns_not(Visit *v, const Node *node)
{
    bool own = node->start >= v->chain_end;
    if (own && (node->kind == NODE_FUNCTION || node->kind == NODE_LAMBDA || node->kind == NODE_CLASS))
        v->chain_end = node->start + node->len;
    return node->kind != NODE_RETURN || !own;
}

bool may_return(Arena *arena, const Module *module, const Node *statement)
{
    Visit v = {.node = returns_not, .arena = arena, .module = module};
    return !walk(&v, statement);
}

static bool leaves_not(Visit *v, const Node *node)
{
    if (node->kind == NODE_FOR || node->kind == NODE_WHILE)
        v->chain_start = node->start + node->len > v->chain_start ? node->start + node->len : v->chain_start;
    if ((node->kind == NODE_BREAK || node->kind == NODE_CONTINUE) && node->start >= v->chain_start)
        return false;
    return returns_not(v, node);
}

bool may_leave(Arena *arena, const Module *module, const Node *statement)
{
    Visit v = {.node = leaves_not, .arena = arena, .module = module};
    return !walk(&v, statement);
}
