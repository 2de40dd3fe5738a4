// The parser's start and its shared parts: errors, scopes, lists; and the encoding of the file.
#include "parse_int.h"

void fail_at(Parser *p, uint32_t start, uint32_t end, const char *format, ...)
{
    if (p->failed || p->spoiled)
        return;
    p->token.kind = TOKEN_ERROR;
    if (p->quiet) {
        p->spoiled = true;
        return;
    }
    p->failed = true;
    va_list args;
    va_start(args, format);
    char text[256];
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    Span at = {p->source, start, end > start ? end - start : 1};
    diag_error(p->diag, at, "%s", text);
}

void fail_expected(Parser *p, const char *what)
{
    uint32_t end = p->token.end > p->token.start ? p->token.end : p->token.start + 1;
    fail_at(p, p->token.start, end, "syntax error: expected %s, found %s", what, token_name(p->token.kind));
}

void expect(Parser *p, TokenKind kind)
{
    if (p->token.kind == kind)
        advance(p);
    else
        fail_expected(p, token_name(kind));
}

bool parse_enter(Parser *p)
{
    if (p->nesting < LIMIT_NESTING + 50) {   // brackets have the limit proper; a statement around them needs some room
        p->nesting++;
        return true;
    }
    fail_at(p, p->token.start, p->token.end, "more than %d expressions inside one another (the limit)", LIMIT_NESTING);
    return false;
}

Mark parser_mark(const Parser *p)
{
    return (Mark){p->token, p->pos, p->previous_end, p->brackets, p->line_start};
}

void parser_reset(Parser *p, Mark mark)
{
    if (p->failed)
        return;   // stays at the error
    p->token = mark.token;
    p->pos = mark.pos;
    p->previous_end = mark.previous_end;
    p->brackets = mark.brackets;
    p->line_start = mark.line_start;
    p->ready = NULL;
    p->spoiled = false;
}

// Small pieces are cut from blocks of the arena: fewer calls and less rounding.
void *parser_alloc(Parser *p, size_t bytes)
{
#ifndef WAYBILL_SAN
    enum { POOL_BYTES = 1008 };
    bytes = (bytes + sizeof(void *) - 1) & ~(sizeof(void *) - 1);
    if (bytes > p->pool_left) {
        if (bytes > POOL_BYTES / 4)
            return arena_alloc(p->arena, bytes);
        p->pool = arena_alloc(p->arena, POOL_BYTES);
        p->pool_left = POOL_BYTES;
    }
    void *block = p->pool;
    p->pool += bytes;
    p->pool_left -= bytes;
    return block;
#else
    return arena_alloc(p->arena, bytes);
#endif
}

Node *node_make(Parser *p, NodeKind kind, uint32_t start, size_t bytes)
{
    Node *node = parser_alloc(p, bytes);
    node->kind = (uint8_t)kind;
    node->start = start;
    return node;
}

NodeList list_close(Parser *p, size_t from)
{
    if (p->stack.count <= from)
        return (NodeList){NULL, 0};
    size_t count = p->stack.count - from;
    NodeList list = {parser_alloc(p, count * sizeof(Node *)), (uint32_t)count};
    memcpy(list.items, p->stack.items + from, count * sizeof(Node *));
    p->stack.count = from;
    return list;
}

Node *list_node(Parser *p, NodeKind kind, uint32_t start, size_t from)
{
    Node *node = node_new(p, kind, start, list);
    node->as.list = list_close(p, from);
    return node_end(p, node);
}

ScopeInfo *scope_push(Parser *p, ScopeKind kind)
{
    ScopeInfo *scope = parser_alloc(p, sizeof *scope);
    scope->kind = kind;
    scope->parent = p->scope;
    p->scope = scope;
    return scope;
}

void scope_pop(Parser *p)
{
    p->scope = p->scope->parent;
}

uint32_t scope_bind(Parser *p, Str name, uint32_t hash, Binding binding)
{
    ScopeInfo *scope = p->scope;
    if (p->quiet || (scope->kind == SCOPE_MODULE && binding == BINDING_LOCAL))
        return 0;
    size_t slot = scope_slot(scope, name, hash);
    if (slot != SIZE_MAX) {
        if (binding != BINDING_LOCAL)
            scope->names.items[slot].binding = binding;
        return (uint32_t)slot;
    }
    ScopeName entry = {name, hash, binding};
    vec_push(p->arena, &scope->names, entry);
    return (uint32_t)scope->names.count - 1;
}

// Whether a comment in the first two lines names an encoding, as PEP 263 has it.
static bool check_cookie(Diag *diag, const Source *source)
{
    static const char *const known[] = {"utf-8", "utf8", "utf_8", "ascii", "us-ascii", "utf-8-sig", "utf-8-unix"};
    Str rest = source->text;
    for (int i = 0; i < 2 && rest.len; i++) {
        Str line = str_trim(str_cut(&rest, '\n'));
        if (line.len && line.ptr[0] != '#')
            break;
        size_t at = str_find(line, STR("coding"), 0);
        if (at == SIZE_MAX || at + 6 >= line.len || (line.ptr[at + 6] != ':' && line.ptr[at + 6] != '='))
            continue;
        Str name = str_trim(str_slice(line, at + 7, line.len));
        size_t len = 0;
        while (len < name.len && (name.ptr[len] == '-' || name.ptr[len] == '_' || name.ptr[len] == '.' ||
                                  (name.ptr[len] | 32) >= 'a' || (name.ptr[len] >= '0' && name.ptr[len] <= '9')))
            len++;
        name.len = len;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            if (!len || str_equal_fold(name, str_from(known[k])))
                return true;
        Span span = {source, (uint32_t)(name.ptr - source->text.ptr), (uint32_t)name.len};
        diag_error(diag, span, "the encoding \"%.*s\" is not supported", STR_ARGS(name));
        diag_hint(diag, "Save the file as UTF-8.");
        return false;
    }
    return true;
}

static bool check_bytes(Diag *diag, const Source *source)
{
    Str text = source->text;
    if (text.len > LIMIT_SOURCE_BYTES)
        return diag_error(diag, (Span){source, 0, 0}, "the file is larger than %d bytes (the limit)", LIMIT_SOURCE_BYTES);
    const char *nul = text.len ? memchr(text.ptr, '\0', text.len) : NULL;
    if (nul)
        return diag_error(diag, (Span){source, (uint32_t)(nul - text.ptr), 1}, "the file holds a NUL byte");
    uint64_t high = 0, word;
    size_t at = 0;
    for (; at + 8 <= text.len; at += 8) {
        memcpy(&word, text.ptr + at, 8);
        high |= word;
    }
    for (; at < text.len; at++)
        high |= (uint64_t)(unsigned char)text.ptr[at];
    if (!(high & 0x8080808080808080u))
        return true;
    size_t bad = utf8_check(text);
    if (bad != SIZE_MAX)
        return diag_error(diag, (Span){source, (uint32_t)bad, 1}, "the file is not UTF-8");
    return true;
}

static Str find_docstring(const NodeList *body)
{
    if (!body->count || body->items[0]->kind != NODE_EXPR)
        return STR_EMPTY;
    const Node *value = body->items[0]->as.operand;
    bool text = value->kind == NODE_CONST && value->as.constant.kind == CONSTANT_STR;
    return text ? value->as.constant.text : STR_EMPTY;
}

Module *syntax_parse(Arena *arena, Diag *diag, const Source *source)
{
    if (!check_bytes(diag, source) || !check_cookie(diag, source))
        return NULL;
    Parser p = {.arena = arena,
                .diag = diag,
                .source = source,
                .text = source->text.ptr,
                .end = (uint32_t)source->text.len,
                .line_start = true,
                .field_brackets = -1};
    ScopeInfo top = {.kind = SCOPE_MODULE};
    Node *room[64];   // most lists fit; a longer one moves to the arena
    CallArg args_room[64];
    p.stack.items = room;
    p.stack.cap = sizeof room / sizeof *room;
    p.args.items = args_room;
    p.args.cap = sizeof args_room / sizeof *args_room;
    p.scope = &top;
    if (str_starts(source->text, STR("\xEF\xBB\xBF")))
        p.pos = 3;
    p.token.kind = TOKEN_NEWLINE;
    advance(&p);
    while (!at(&p, TOKEN_EOF) && !p.failed)
        parse_statement(&p);
    if (p.failed)
        return NULL;
    Module *module = arena_new(arena, Module);
    Node *body = node_new(&p, NODE_BLOCK, 0, list);
    body->as.list = list_close(&p, 0);
    body->len = p.end;
    module->source = source;
    module->body = body;
    module->docstring = find_docstring(&body->as.list);
    return module;
}
