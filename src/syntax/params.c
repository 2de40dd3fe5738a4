// Parameters of functions and lambdas, and the type parameters of Python 3.12.
#include "parse_int.h"

typedef struct ParamState {
    bool has_default, has_star, bare_star, has_double_star, has_slash;
    size_t after_star;
} ParamState;

static void parse_param(Parser *p, FunctionInfo *info, ParamKind kind, bool is_lambda, Param *param)
{
    *param = (Param){.kind = kind, .start = p->token.start, .name = token_text(p)};
    if (!at(p, TOKEN_NAME)) {
        fail_expected(p, "a parameter's name");
        return;
    }
    ScopeInfo *own = p->scope;
    p->scope = info->scope;
    param->slot = scope_bind(p, param->name, token_hash(p), BINDING_LOCAL);
    p->scope = own;
    advance(p);
    if (!is_lambda && accept(p, TOKEN_COLON))
        param->annotation = kind == PARAM_STAR ? parse_star_named(p) : parse_expression(p);
    if (param->annotation && param->annotation->kind == NODE_WALRUS && !(param->annotation->flags & FLAG_PAREN))
        fail_at(p, param->start, p->previous_end, "a named expression cannot stand here");
    if (at(p, TOKEN_EQUAL)) {
        if (kind == PARAM_STAR || kind == PARAM_DOUBLE_STAR) {
            fail_at(p, param->start, p->token.end, "a parameter with * cannot have a default");
            return;
        }
        advance(p);
        param->preset = parse_expression(p);
    }
}

// `info->scope` receives the names; defaults and annotations are read in the scope around.
void parse_params(Parser *p, FunctionInfo *info, TokenKind end, bool is_lambda)
{
    VEC(Param) params = {0};
    ParamState state = {0};
    while (!at(p, end) && !p->failed && !p->spoiled) {
        uint32_t start = p->token.start;
        Param param;
        if (state.has_double_star) {
            fail_at(p, start, p->token.end, "nothing can follow a parameter with **");
        } else if (accept(p, TOKEN_SLASH)) {
            if (!params.count || state.has_slash || state.has_star)
                fail_at(p, start, start + 1, "\"/\" stands at a wrong place among the parameters");
            state.has_slash = true;
            for (size_t i = 0; i < params.count; i++)
                params.items[i].kind = PARAM_POSITIONAL_ONLY;
        } else if (accept(p, TOKEN_STAR)) {
            if (state.has_star)
                fail_at(p, start, start + 1, "\"*\" can stand only once among the parameters");
            state.has_star = true;
            state.bare_star = at(p, TOKEN_COMMA) || at(p, end);
            if (!state.bare_star) {
                parse_param(p, info, PARAM_STAR, is_lambda, &param);
                vec_push(p->arena, &params, param);
            }
            state.after_star = params.count;
        } else if (accept(p, TOKEN_DSTAR)) {
            if (state.bare_star && state.after_star == params.count)
                fail_at(p, start, start + 2, "named parameters must follow the bare \"*\"");
            parse_param(p, info, PARAM_DOUBLE_STAR, is_lambda, &param);
            vec_push(p->arena, &params, param);
            state.has_double_star = true;
        } else {
            parse_param(p, info, state.has_star ? PARAM_KEYWORD_ONLY : PARAM_PLAIN, is_lambda, &param);
            if (!state.has_star && state.has_default && !param.preset)
                fail_at(p, start, p->previous_end, "a parameter without default follows one with default");
            state.has_default = state.has_default || param.preset;
            vec_push(p->arena, &params, param);
        }
        if (!accept(p, TOKEN_COMMA))
            break;
    }
    if (state.bare_star && state.after_star == params.count)
        fail_at(p, p->token.start, p->token.end, "named parameters must follow the bare \"*\"");
    info->params = params.items;
    info->param_count = (uint32_t)params.count;
}

Node *parse_lambda(Parser *p)
{
    uint32_t start = p->token.start;
    if (!parse_enter(p))
        return parse_atom(p);
    int brackets = p->brackets;
    FunctionInfo *info = arena_new(p->arena, FunctionInfo);
    info->name = STR("<lambda>");
    info->is_lambda = true;
    info->name_start = start;
    info->scope = scope_push(p, SCOPE_FUNCTION);
    scope_pop(p);
    advance(p);
    parse_params(p, info, TOKEN_COLON, true);
    if (p->field_brackets == brackets && brackets)
        fail_at(p, start, p->token.end, "a lambda in an f-string needs parentheses");
    expect(p, TOKEN_COLON);
    ScopeInfo *outer = p->scope;
    p->scope = info->scope;
    size_t from = list_open(p);
    list_add(p, parse_expression(p));
    info->body = list_close(p, from);
    p->scope = outer;
    Node *node = node_new(p, NODE_LAMBDA, start, function);
    node->as.function = info;
    parse_leave(p);
    return node_end(p, node);
}

// [T, *Ts, **P, T: bound]: read and left out, since nothing is evaluated by type.
void parse_type_params(Parser *p)
{
    if (!accept(p, TOKEN_LBRACKET))
        return;
    do {
        if (at(p, TOKEN_RBRACKET))
            break;
        bool plain = !accept(p, TOKEN_STAR) && !accept(p, TOKEN_DSTAR);
        expect(p, TOKEN_NAME);
        if (plain && accept(p, TOKEN_COLON))
            parse_expression(p);
    } while (accept(p, TOKEN_COMMA));
    expect(p, TOKEN_RBRACKET);
}
