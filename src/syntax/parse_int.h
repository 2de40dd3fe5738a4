// Lexer and parser: what their files share.
//
// After the first error the parser's token stays TOKEN_ERROR and every parse function returns a harmless node, so that
// callers need no checks: loops end because nothing they wait for comes any more.
#ifndef WAYBILL_SYNTAX_PARSE_INT_H
#define WAYBILL_SYNTAX_PARSE_INT_H

#include "waybill/syntax_tree.h"

typedef enum TokenKind {
#define TOKEN(name, text) TOKEN_##name,
#define KEYWORD(name, text) TOKEN_##name,
#include "token.def"
#undef TOKEN
#undef KEYWORD
} TokenKind;

enum {
    PREFIX_RAW = 1,
    PREFIX_BYTES = 2,
    PREFIX_F = 4,
    STRING_TRIPLE = 8,
    STRING_ESCAPES = 16,   // holds a backslash or a carriage return: has to be decoded
    STRING_UNICODE = 32,   // u prefix
    STRING_HIGH = 64,      // holds bytes above 127
};

typedef struct Token {
    uint8_t kind;
    uint8_t flags;    // of strings
    uint8_t prefix;   // bytes before the quote
    uint32_t start, end;
} Token;

// What backtracking must restore.
typedef struct Mark {
    Token token;
    uint32_t pos, previous_end;
    int brackets;
    bool line_start;
} Mark;

enum { INDENTS = 100 };   // as CPython's MAXINDENT

typedef struct Parser {
    Arena *arena;
    Diag *diag;
    const Source *source;
    const char *text;
    uint32_t pos, end;
    Token token;             // the current one
    uint32_t previous_end;   // of the token before
    bool line_start, failed, quiet;
    bool spoiled;   // an error inside a quiet stretch
    int brackets;
    char bracket[LIMIT_NESTING];
    uint32_t bracket_at[LIMIT_NESTING];
    int indent, dedents;   // dedents: still to be handed out
    uint32_t columns[INDENTS], alternates[INDENTS];
    int field_brackets;   // bracket depth of the f-string field being read; -1: none
    unsigned nesting;
    ScopeInfo *scope;
    VEC(Node *) stack;   // lists being collected
    VEC(CallArg) args;   // arguments being collected
    Node *ready;         // an operand already read: see parse_expression
    char *pool;          // what is left of a block that nodes are cut from
    size_t pool_left;
} Parser;

// ---- lexer ----
void advance(Parser *p);
const char *token_name(unsigned kind);

// ---- errors ----
void fail_at(Parser *p, uint32_t start, uint32_t end, const char *format, ...) PRINTF_LIKE(4, 5);
void fail_expected(Parser *p, const char *what);
bool parse_enter(Parser *p);   // counts nesting; false (and failed) beyond the limit
static inline void parse_leave(Parser *p)
{
    p->nesting--;
}
Mark parser_mark(const Parser *p);
void parser_reset(Parser *p, Mark mark);

static inline bool at(const Parser *p, TokenKind kind)
{
    return p->token.kind == kind;
}
static inline bool accept(Parser *p, TokenKind kind)
{
    if (p->token.kind != kind)
        return false;
    advance(p);
    return true;
}
void expect(Parser *p, TokenKind kind);
// Where the operand that comes next begins.
static inline uint32_t operand_start(const Parser *p)
{
    return p->ready ? p->ready->start : p->token.start;
}
static inline Str token_text(const Parser *p)
{
    return (Str){p->text + p->token.start, p->token.end - p->token.start};
}
static inline uint32_t token_hash(const Parser *p)
{
    return name_hash(p->text + p->token.start, p->token.end - p->token.start);
}
static inline bool at_word(const Parser *p, Str word)
{
    return p->token.kind == TOKEN_NAME && str_equal(token_text(p), word);
}

// ---- nodes ----
#define NODE_BYTES(member) (offsetof(Node, as) + sizeof(((Node *)0)->as.member))
Node *node_make(Parser *p, NodeKind kind, uint32_t start, size_t bytes);
void *parser_alloc(Parser *p, size_t bytes);   // zeroed, aligned for pointers
#define node_new(p, kind, start, member) node_make((p), (kind), (start), NODE_BYTES(member))
static inline Node *node_end(Parser *p, Node *node)
{
    node->len = p->previous_end - node->start;
    return node;
}
static inline size_t list_open(const Parser *p)
{
    return p->stack.count;
}
static inline void list_add(Parser *p, Node *node)
{
    vec_push(p->arena, &p->stack, node);
}
NodeList list_close(Parser *p, size_t from);
// Closes the list as a node that ends at the last token read.
Node *list_node(Parser *p, NodeKind kind, uint32_t start, size_t from);

// ---- scopes ----
ScopeInfo *scope_push(Parser *p, ScopeKind kind);
void scope_pop(Parser *p);
// Notes that the current scope binds a name; returns its slot.
uint32_t scope_bind(Parser *p, Str name, uint32_t hash, Binding binding);

// ---- literals (literal.c) ----
Node *parse_number(Parser *p);
// One or more adjacent strings.
Node *parse_strings(Parser *p);

// ---- expressions (expr.c, atom.c) ----
Node *parse_expression(Parser *p);         // ternary, lambda, or what binds tighter
Node *parse_named_expression(Parser *p);   // with :=
Node *parse_star_named(Parser *p);         // *x or named expression
Node *parse_star_expressions(Parser *p);   // a, *b, c
Node *parse_yield(Parser *p);
Node *parse_bitwise_or(Parser *p);
Node *parse_disjunction(Parser *p);
Node *parse_primary(Parser *p);
Node *parse_atom(Parser *p);
Node *parse_targets(Parser *p, bool one);   // for, comprehension: a, *b, c.d; checked as targets
CallArg *parse_call_args(Parser *p, uint32_t *count, bool is_class);
bool at_comprehension(const Parser *p);
Node *parse_comprehension(Parser *p, NodeKind kind, uint32_t start, Node *element, Node *value);
typedef enum TargetUse { TARGET_ASSIGN, TARGET_DEL, TARGET_AUGMENT, TARGET_FOR } TargetUse;
// Checks that an expression can be assigned to and binds its names.
void make_target(Parser *p, Node *node, TargetUse use);
// ---- parameters (params.c) ----
void parse_params(Parser *p, FunctionInfo *info, TokenKind end, bool is_lambda);
Node *parse_lambda(Parser *p);
void parse_type_params(Parser *p);
// ---- statements ----
NodeList parse_block(Parser *p);
void parse_statement(Parser *p);   // adds to the open list
Node *parse_match(Parser *p);      // NULL: `match` is a plain name here
Node *parse_pattern_case(Parser *p);

#endif
