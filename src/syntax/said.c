// What a file says as it is written: its calls, what its names are assigned, its classes, its imports. Nothing is evaluated.
#include "search_int.h"

enum { HOPS = 8 };   // names that stand for names

Said syntax_said(const Module *module, const Node *node)
{
    Said said = {.node = node};
    if (!node)
        return said;
    said.kind = SAID_OTHER;
    said.at = node_span(module->source, node);
    const Node *named = node->kind == NODE_CALL ? node->as.call.callee : node;
    const Node *root = named;
    while (root->kind == NODE_ATTRIBUTE)
        root = root->as.attribute.object;
    if (node->kind == NODE_CALL) {
        said.kind = SAID_CALL;
        said.text = root->kind == NODE_NAME ? node_text(module->source, named)
                    : named->kind == NODE_ATTRIBUTE
                        ? (Str){module->source->text.ptr + named->as.attribute.name_start, named->as.attribute.name_len}
                        : STR_EMPTY;
    } else if (root->kind == NODE_NAME) {
        said.kind = SAID_NAME;
        said.text = node_text(module->source, node);
    } else if (node->kind == NODE_CONST && node->as.constant.kind == CONSTANT_STR) {
        said.kind = SAID_TEXT;
        said.text = node->as.constant.text;
    } else if (node->kind == NODE_CONST && node->as.constant.kind == CONSTANT_INT) {
        said.kind = SAID_INT;
        said.integer = node->as.constant.integer;
    } else if (node->kind == NODE_CONST && node->as.constant.kind == CONSTANT_NONE) {
        said.kind = SAID_NONE;
    }
    return said;
}

Said syntax_argument(const Module *module, Said call, size_t position, Str name)
{
    const Node *node = call.node;
    for (uint32_t i = 0; call.kind == SAID_CALL && i < node->extra; i++) {
        const CallArg *arg = &node->as.call.args[i];
        Str given = {module->source->text.ptr + arg->name_start, arg->name_len};
        if (!arg->star && (arg->name_len ? str_equal(given, name) : i == position))
            return syntax_said(module, arg->value);
    }
    return (Said){0};
}

// ---- calls ----

// What is inside is run on a condition, more than once, or by someone else.
static bool is_condition(const Node *node)
{
    static const uint8_t kinds[] = {NODE_FUNCTION, NODE_LAMBDA,   NODE_CLASS,   NODE_IF,       NODE_FOR,
                                    NODE_WHILE,    NODE_TRY,      NODE_MATCH,   NODE_TERNARY,  NODE_AND,
                                    NODE_OR,       NODE_LISTCOMP, NODE_SETCOMP, NODE_DICTCOMP, NODE_GENEXP};
    return memchr(kinds, node->kind, sizeof kinds);
}

// Nodes come from the outside in, so what has ended before a call does not hold it.
static bool keep_call(Visit *v, const Node *node)
{
    uint32_t end = node->start + node->len;
    bool is_function = node->kind == NODE_FUNCTION && node->start >= v->function_end;
    if (is_function) {
        v->function = node->as.function->name;
        v->function_end = end;
    } else if (is_condition(node) && end > v->condition_end) {
        v->condition_end = end;
    }
    if (node->kind == NODE_CALL) {
        Said said = syntax_said(v->module, node);
        said.function = node->start < v->function_end ? v->function : STR_EMPTY;
        said.is_conditional = node->start < v->condition_end;
        vec_push(v->arena, v->calls, said);
    }
    return true;
}

void syntax_calls(Arena *arena, const Module *module, SaidList *calls)
{
    Visit v = {.node = keep_call, .arena = arena, .module = module, .calls = calls};
    walk(&v, module->body);
}

// ---- statements ----

typedef struct Target {
    const Module *module;
    Str text;
    const Node *value;   // the last one
} Target;

static void find_target(Target *target, NodeList body);

static void look_at(Target *target, const Node *node)
{
    if (node->kind == NODE_ASSIGN) {
        for (uint32_t i = 0; i < node->as.assign.targets.count; i++)
            if (str_equal(node_text(target->module->source, node->as.assign.targets.items[i]), target->text))
                target->value = node->as.assign.value;
    } else if (node->kind == NODE_ANNASSIGN && node->as.triple.third &&
               str_equal(node_text(target->module->source, node->as.triple.first), target->text)) {
        target->value = node->as.triple.third;
    } else if (node->kind == NODE_IF) {
        for (uint32_t i = 0; i < node->extra; i++)
            find_target(target, node->as.branches[i].body);
    } else if (node->kind == NODE_TRY) {
        find_target(target, node->as.try->body);
        find_target(target, node->as.try->otherwise);
    } else if (node->kind == NODE_WITH) {
        find_target(target, node->as.with.body);
    }
}

static void find_target(Target *target, NodeList body)
{
    for (uint32_t i = 0; i < body.count; i++)
        look_at(target, body.items[i]);
}

Said syntax_assigned(const Module *module, Str name)
{
    Target target = {module, name, NULL};
    find_target(&target, module->body->as.list);
    return syntax_said(module, target.value);
}

static const ClassInfo *find_class(const Module *module, Str name)
{
    NodeList body = module->body->as.list;
    for (uint32_t i = body.count; i-- > 0;)
        if (body.items[i]->kind == NODE_CLASS && str_equal(body.items[i]->as.class->name, name))
            return body.items[i]->as.class;
    return NULL;
}

bool syntax_class_bases(Arena *arena, const Module *module, Str class, SaidList *bases)
{
    const ClassInfo *info = find_class(module, class);
    for (uint32_t i = 0; info && i < info->base_count; i++)
        if (!info->bases[i].name_len && !info->bases[i].star)
            vec_push(arena, bases, syntax_said(module, info->bases[i].value));
    return info != NULL;
}

Said syntax_class_assigned(const Module *module, Str class, Str name)
{
    const ClassInfo *info = find_class(module, class);
    Target target = {module, name, NULL};
    if (info)
        find_target(&target, info->body);
    return syntax_said(module, target.value);
}

// ---- imports ----

// The package that `level` dots mean in a module of that name.
static Str package_of(Str own, bool is_package, uint32_t level)
{
    for (uint32_t i = is_package ? 1 : 0; i < level; i++) {
        size_t dot = own.len;
        while (dot && own.ptr[dot - 1] != '.')
            dot--;
        own = str_slice(own, 0, dot ? dot - 1 : 0);
    }
    return own;
}

static bool keep_imports(Visit *v, const Node *node)
{
    if (node->kind != NODE_IMPORT && node->kind != NODE_FROM_IMPORT)
        return true;
    for (uint32_t i = 0; i < node->extra; i++) {
        const ImportName *name = &node->as.import.names[i];
        Import import = {.name = name->alias.len ? name->alias : name->module, .dotted = name->module};
        if (node->kind == NODE_FROM_IMPORT) {
            Str from = node->as.import.module;
            if (node->as.import.level) {
                Str package = package_of(v->callee, v->is_package, node->as.import.level);
                from = from.len && package.len ? str_format(v->arena, "%.*s.%.*s", STR_ARGS(package), STR_ARGS(from))
                       : from.len              ? from
                                               : package;
            }
            import.module = from;
            import.dotted = from.len ? str_format(v->arena, "%.*s.%.*s", STR_ARGS(from), STR_ARGS(name->module))
                                     : name->module;
        } else {
            import.module = name->module;
            Str rest = name->module;
            if (!name->alias.len)
                import.name = import.dotted = str_cut(&rest, '.');
        }
        vec_push(v->arena, v->imports, import);
    }
    return true;
}

void syntax_imports(Arena *arena, const Module *module, Str own, bool is_package, ImportList *imports)
{
    Visit v = {.node = keep_imports, .arena = arena, .module = module, .callee = own, .is_package = is_package};
    v.imports = imports;
    walk(&v, module->body);
}

// ---- tables of texts ----

static bool read_table(Arena *arena, const Module *module, const Node *node, const SaidImports *imports, int hops,
                       StrList *texts);

// A text, or a name that stands for one.
static bool read_text(const Module *module, const Node *node, const SaidImports *imports, int hops, Str *text)
{
    Said said = syntax_said(module, node);
    const Module *other = module;
    while (said.kind == SAID_NAME && hops++ < HOPS) {
        Said next = syntax_assigned(other, said.text);
        if (next.kind == SAID_NOTHING && imports && !imports->find(imports, &other, said.text, &next))
            return false;
        said = next;
    }
    *text = said.text;
    return said.kind == SAID_TEXT;
}

static bool read_named(Arena *arena, const Module *module, Str name, const SaidImports *imports, int hops, StrList *texts)
{
    Said said = syntax_assigned(module, name);
    if (hops >= HOPS)
        return false;
    if (said.kind == SAID_NOTHING && (!imports || !imports->find(imports, &module, name, &said)))
        return false;
    return read_table(arena, module, said.node, imports, hops + 1, texts);
}

static bool read_table(Arena *arena, const Module *module, const Node *node, const SaidImports *imports, int hops,
                       StrList *texts)
{
    Said said = syntax_said(module, node);
    if (said.kind == SAID_NAME)
        return read_named(arena, module, said.text, imports, hops, texts);
    Str key, value;
    if (said.kind == SAID_CALL && str_equal(said.text, STR("dict"))) {
        for (uint32_t i = 0; i < node->extra; i++) {
            const CallArg *arg = &node->as.call.args[i];
            if (!arg->name_len || arg->star || !read_text(module, arg->value, imports, hops, &value))
                return false;
            vec_push(arena, texts, ((Str){module->source->text.ptr + arg->name_start, arg->name_len}));
            vec_push(arena, texts, value);
        }
        return true;
    }
    if (!node || node->kind != NODE_DICT)
        return false;
    for (uint32_t i = 0; i + 1 < node->as.list.count; i += 2) {
        if (!node->as.list.items[i] || !read_text(module, node->as.list.items[i], imports, hops, &key) ||
            !read_text(module, node->as.list.items[i + 1], imports, hops, &value))
            return false;
        vec_push(arena, texts, key);
        vec_push(arena, texts, value);
    }
    return true;
}

bool syntax_said_table(Arena *arena, const Module *module, Said said, const SaidImports *imports, StrList *texts)
{
    return read_table(arena, module, said.node, imports, 0, texts);
}
