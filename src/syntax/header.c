// What a revision's header says, read from the tree without evaluating the file.
#include "waybill/syntax_tree.h"

// Names that follow one another, and texts put together, end somewhere.
enum { MAX_WORK = 2000, MAX_TEXT = 64 << 10 };

typedef struct Reader {
    unsigned work;   // what is left
    const HeaderImports *imports;
} Reader;

static Header read_value(Arena *arena, const Module *module, const Node *value, size_t before, Reader *r);

static bool is_name(const Module *module, const Node *node, Str name)
{
    return node->kind == NODE_NAME && str_equal(node_text(module->source, node), name);
}

// The last assignment to `name` among the first `before` statements.
static Header find_assigned(Arena *arena, const Module *module, Str name, size_t before, Reader *r)
{
    NodeList body = module->body->as.list;
    for (size_t i = before; i-- > 0;) {
        const Node *statement = body.items[i], *value = NULL;
        if (statement->kind == NODE_ASSIGN) {
            for (uint32_t k = 0; k < statement->as.assign.targets.count; k++)
                if (is_name(module, statement->as.assign.targets.items[k], name))
                    value = statement->as.assign.value;
        } else if (statement->kind == NODE_ANNASSIGN && is_name(module, statement->as.triple.first, name)) {
            value = statement->as.triple.third;
        }
        if (value)
            return read_value(arena, module, value, i, r);
    }
    return (Header){0};
}

static Header read_sum(Arena *arena, const Module *module, const Node *value, size_t before, Reader *r)
{
    Header sum = {.kind = HEADER_OTHER, .at = node_span(module->source, value)};
    Header first = read_value(arena, module, value->as.chain.first, before, r);
    for (uint32_t i = 0; i < value->extra; i++) {
        Header next = read_value(arena, module, value->as.chain.rest[i].value, before, r);
        if (value->as.chain.rest[i].op != BINARY_ADD || first.kind != next.kind ||
            (first.kind != HEADER_TEXT && first.kind != HEADER_LIST))
            return sum;
        if (first.kind == HEADER_TEXT && first.texts.items[0].len + next.texts.items[0].len > MAX_TEXT)
            return sum;
        if (first.kind == HEADER_TEXT) {
            first.texts.items[0] = str_format(arena, "%.*s%.*s", STR_ARGS(first.texts.items[0]),
                                              STR_ARGS(next.texts.items[0]));
            continue;
        }
        for (size_t k = 0; k < next.texts.count; k++)
            vec_push(arena, &first.texts, next.texts.items[k]);
    }
    sum.kind = first.kind;
    sum.texts = first.texts;
    return sum;
}

// A name, or an attribute of one, that an import above has bound.
static Header read_imported(Arena *arena, const Module *module, const Node *value, size_t before, const Reader *r)
{
    Header header = {.kind = HEADER_OTHER, .at = node_span(module->source, value)};
    const Node *root = value;
    while (root->kind == NODE_ATTRIBUTE)
        root = root->as.attribute.object;
    if (root->kind != NODE_NAME || !r->imports)
        return header;
    Str name = node_text(module->source, root);
    Str rest = str_slice(module->source->text, root->start + root->len, value->start + value->len);
    NodeList body = module->body->as.list;
    for (size_t i = before; i-- > 0;) {
        const Node *node = body.items[i];
        for (uint32_t k = 0; k < node->extra && (node->kind == NODE_IMPORT || node->kind == NODE_FROM_IMPORT); k++) {
            const ImportName *import = &node->as.import.names[k];
            Str dotted = import->module, first = import->module;
            if (node->as.import.level)
                continue;
            if (node->kind == NODE_FROM_IMPORT)
                dotted = str_format(arena, "%.*s.%.*s", STR_ARGS(node->as.import.module), STR_ARGS(import->module));
            else if (!import->alias.len)
                dotted = first = str_cut(&first, '.');
            if (!str_equal(import->alias.len ? import->alias : first, name))
                continue;
            Header found = r->imports->find(r->imports, arena,
                                            str_format(arena, "%.*s%.*s", STR_ARGS(dotted), STR_ARGS(rest)));
            found.at = header.at;
            found.kind = found.kind == HEADER_ABSENT ? HEADER_OTHER : found.kind;
            return found;
        }
    }
    return header;
}

static Header read_value(Arena *arena, const Module *module, const Node *value, size_t before, Reader *r)
{
    Header header = {.kind = HEADER_OTHER, .at = node_span(module->source, value)};
    if (!r->work)
        return header;
    r->work--;
    switch (value->kind) {
    case NODE_CONST:
        if (value->as.constant.kind == CONSTANT_STR) {
            header.kind = HEADER_TEXT;
            vec_push(arena, &header.texts, value->as.constant.text);
        } else if (value->as.constant.kind == CONSTANT_NONE) {
            header.kind = HEADER_NONE;
        }
        return header;
    case NODE_NAME: {
        Header named = find_assigned(arena, module, node_text(module->source, value), before, r);
        named.at = header.at;
        if (named.kind == HEADER_ABSENT)
            return read_imported(arena, module, value, before, r);
        if (named.kind == HEADER_LIST && module_changes(arena, module, node_text(module->source, value)))
            named.kind = HEADER_OTHER;
        return named;
    }
    case NODE_ATTRIBUTE: return read_imported(arena, module, value, before, r);
    case NODE_TUPLE:
    case NODE_LIST:
    case NODE_SET:
        for (uint32_t i = 0; i < value->as.list.count; i++) {
            Header item = read_value(arena, module, value->as.list.items[i], before, r);
            if (item.kind != HEADER_TEXT) {
                header.texts.count = 0;
                return header;
            }
            vec_push(arena, &header.texts, item.texts.items[0]);
        }
        header.kind = HEADER_LIST;
        return header;
    case NODE_BINARY: return read_sum(arena, module, value, before, r);
    default: return header;
    }
}

Header syntax_header(Arena *arena, const Module *module, Str name, const HeaderImports *imports)
{
    Reader r = {MAX_WORK, imports};
    return find_assigned(arena, module, name, module->body->as.list.count, &r);
}

// -1: not constant.
static int constant_truth(const Node *test)
{
    if (!test)
        return 1;
    if (test->kind != NODE_CONST)
        return -1;
    return test->as.constant.kind == CONSTANT_BOOL  ? test->as.constant.boolean
           : test->as.constant.kind == CONSTANT_INT ? test->as.constant.integer != 0
                                                    : -1;
}

static bool find_function(const Module *module, NodeList body, Str name, Span *at)
{
    for (uint32_t i = 0; i < body.count; i++) {
        const Node *node = body.items[i];
        if (node->kind == NODE_FUNCTION && str_equal(node->as.function->name, name)) {
            if (at)
                *at = (Span){module->source, node->as.function->name_start, (uint32_t)name.len};
            return true;
        }
        for (uint32_t k = 0; node->kind == NODE_IF && k < node->extra; k++) {
            int truth = constant_truth(node->as.branches[k].test);
            if (truth && find_function(module, node->as.branches[k].body, name, at))
                return true;
            if (truth == 1)
                break;
        }
    }
    return false;
}

void syntax_functions(Arena *arena, const Module *module, Str prefix, StrList *rests)
{
    NodeList body = module->body->as.list;
    for (uint32_t i = 0; i < body.count; i++) {
        const Node *node = body.items[i];
        if (node->kind != NODE_FUNCTION || !str_starts(node->as.function->name, prefix))
            continue;
        Str rest = str_slice(node->as.function->name, prefix.len, node->as.function->name.len);
        if (!strlist_has(rests, rest))
            vec_push(arena, rests, rest);
    }
}

bool syntax_has_function(const Module *module, Str name, Span *at)
{
    return find_function(module, module->body->as.list, name, at);
}
