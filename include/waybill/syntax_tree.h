// The tree that the parser makes and the evaluator walks.
//
// A node is allocated with only the member of `as` that its kind uses. Names are offsets into the source. Lists of
// operands (a + b - c, a < b < c, if/elif) are flat, so that long ones need no deep recursion.
#ifndef WAYBILL_SYNTAX_TREE_H
#define WAYBILL_SYNTAX_TREE_H

#include "waybill/syntax.h"

typedef enum ConstantKind {
    CONSTANT_NONE,
    CONSTANT_BOOL,
    CONSTANT_INT,   // 64 bits
    CONSTANT_FLOAT,
    CONSTANT_STR,
    CONSTANT_BYTES,
} ConstantKind;
typedef struct Constant {
    ConstantKind kind;
    union {
        bool boolean;
        int64_t integer;
        double real;
        Str text;   // STR, BYTES
    };
} Constant;

typedef enum NodeKind {
    // expressions
    NODE_NAME,         // extra: hash
    NODE_CONST,        // constant
    NODE_BIG,          // an int beyond 64 bits, or an imaginary number
    NODE_FSTRING,      // list: CONST or FIELD
    NODE_FIELD,        // field; op: conversion character or 0
    NODE_TUPLE,        // list
    NODE_LIST,         // list
    NODE_SET,          // list
    NODE_DICT,         // list: key, value, key, value...; key NULL: **value
    NODE_ATTRIBUTE,    // attribute
    NODE_SUBSCRIPT,    // pair: object, index
    NODE_SLICE,        // triple: lower, upper, step
    NODE_CALL,         // call; extra: number of arguments
    NODE_BINARY,       // chain
    NODE_COMPARE,      // chain
    NODE_AND,          // list
    NODE_OR,           // list
    NODE_NOT,          // operand
    NODE_UNARY,        // operand; op: UnaryOp
    NODE_TERNARY,      // triple: test, then, otherwise
    NODE_LAMBDA,       // function
    NODE_LISTCOMP,     // comp
    NODE_SETCOMP,      // comp
    NODE_DICTCOMP,     // comp
    NODE_GENEXP,       // comp
    NODE_STARRED,      // operand
    NODE_WALRUS,       // pair: target, value
    NODE_YIELD,        // operand or NULL
    NODE_YIELD_FROM,   // operand
    NODE_AWAIT,        // operand
    // statements
    NODE_EXPR,        // operand
    NODE_ASSIGN,      // assign
    NODE_AUGASSIGN,   // pair; op: BinaryOp
    NODE_ANNASSIGN,   // triple: target, annotation, value or NULL
    NODE_RETURN,      // operand or NULL
    NODE_RAISE,       // pair: exception or NULL, cause or NULL
    NODE_DEL,         // list
    NODE_PASS,
    NODE_BREAK,
    NODE_CONTINUE,
    NODE_GLOBAL,        // list of names
    NODE_NONLOCAL,      // list of names
    NODE_IMPORT,        // import
    NODE_FROM_IMPORT,   // import
    NODE_ASSERT,        // pair: test, message or NULL
    NODE_IF,            // branches: tests and blocks; the else block's test is NULL
    NODE_WHILE,         // loop
    NODE_FOR,           // loop
    NODE_TRY,           // try
    NODE_WITH,          // with
    NODE_FUNCTION,      // function
    NODE_CLASS,         // class
    NODE_MATCH,         // match
    NODE_TYPE_ALIAS,    // pair: name, value
    NODE_BLOCK,         // list: the module's statements
    // patterns
    PATTERN_VALUE,      // operand
    PATTERN_CAPTURE,    // name: pattern_as.pattern NULL; name empty: wildcard
    PATTERN_SEQUENCE,   // list
    PATTERN_STAR,       // pattern_as: name (empty: wildcard)
    PATTERN_MAPPING,    // list: key, pattern, ...; a PATTERN_STAR at the end for **rest
    PATTERN_CLASS,      // pattern_class
    PATTERN_OR,         // list
    PATTERN_AS,         // pattern_as
} NodeKind;

enum {
    FLAG_PAREN = 1,   // written in parentheses of its own
    FLAG_ASYNC = 2,
    FLAG_STAR = 4,    // try: except*
    FLAG_BYTES = 8,   // a string constant is bytes
};

typedef struct NodeList {
    Node **items;
    uint32_t count;
} NodeList;

typedef enum StarKind { STAR_NOT, STAR_ONE, STAR_TWO } StarKind;

typedef struct CallArg {
    Node *value;
    uint32_t name_start;   // keyword
    uint32_t name_len : 30;
    uint32_t star : 2;
} CallArg;

typedef struct Operand {
    Node *value;
    uint8_t op;   // BinaryOp, or COMPARE_IS, COMPARE_IS_NOT
} Operand;
enum { COMPARE_IS = 100, COMPARE_IS_NOT };

typedef enum ScopeKind { SCOPE_MODULE, SCOPE_FUNCTION, SCOPE_CLASS, SCOPE_COMPREHENSION } ScopeKind;
typedef enum Binding { BINDING_LOCAL, BINDING_GLOBAL, BINDING_NONLOCAL } Binding;
typedef struct ScopeName {
    Str text;
    uint32_t hash;
    Binding binding;
} ScopeName;
// The names that a function, comprehension or class binds; found while parsing.
typedef struct ScopeInfo {
    ScopeKind kind;
    bool is_generator;
    VEC(ScopeName) names;
    struct ScopeInfo *parent;   // of the text, while parsing
} ScopeInfo;

typedef enum ParamKind { PARAM_POSITIONAL_ONLY, PARAM_PLAIN, PARAM_STAR, PARAM_KEYWORD_ONLY, PARAM_DOUBLE_STAR } ParamKind;
typedef struct Param {
    Str name;
    ParamKind kind;
    uint32_t slot;   // in the scope's names
    uint32_t start;
    Node *preset;   // default or NULL
    Node *annotation;
} Param;

typedef struct FunctionInfo {
    Str name;   // "<lambda>"
    uint32_t hash;
    uint32_t name_start;
    Param *params;
    uint32_t param_count;
    bool is_lambda, is_async;
    NodeList body;   // lambda: one expression
    NodeList decorators;
    ScopeInfo *scope;
} FunctionInfo;

typedef struct CompFor {
    Node *target, *iterable;
    NodeList tests;
} CompFor;

typedef struct ImportName {
    Str module;   // import: "a.b.c"; from: the name, "*" for all
    Str alias;    // empty: none
    uint32_t start, len;
} ImportName;

typedef struct Branch {
    Node *test;
    NodeList body;
} Branch;

typedef struct Handler {
    Node *type;   // NULL: bare
    Str name;
    uint32_t name_hash;
    NodeList body;
} Handler;

typedef struct TryInfo {
    NodeList body, otherwise, final;
    Handler *handlers;
    uint32_t handler_count;
    bool has_final;
} TryInfo;

typedef struct WithItem {
    Node *context, *target;
} WithItem;

typedef struct ClassInfo {
    Str name;
    uint32_t hash;
    CallArg *bases;
    uint32_t base_count;
    NodeList body, decorators;
    ScopeInfo *scope;
} ClassInfo;

typedef struct MatchCase {
    Node *pattern, *guard;
    NodeList body;
} MatchCase;

struct Node {
    uint8_t kind, op;
    uint16_t flags;
    uint32_t start, len;
    uint32_t extra;   // a hash, or the number of what `as` points at
    union {
        Constant constant;
        NodeList list;
        Node *operand;
        struct {
            Node *value, *spec;
        } field;
        struct {
            Node *object;
            uint32_t name_start, name_len;
        } attribute;
        struct {
            Node *first, *second;
        } pair;
        struct {
            Node *first, *second, *third;
        } triple;
        struct {
            Node *callee;
            CallArg *args;
        } call;
        struct {
            Node *first;
            Operand *rest;
        } chain;
        FunctionInfo *function;
        struct {
            Node *element, *value;
            CompFor *loops;
            ScopeInfo *scope;
        } comp;   // extra: number of loops
        struct {
            NodeList targets;
            Node *value;
        } assign;
        struct {
            ImportName *names;
            Str module;
            uint32_t level;
        } import;           // extra: number of names
        Branch *branches;   // extra
        struct {
            Node *target, *subject;
            NodeList body, otherwise;
        } loop;
        TryInfo *try;
        struct {
            WithItem *items;
            NodeList body;
        } with;   // extra
        ClassInfo *class;
        struct {
            Node *subject;
            MatchCase *cases;
        } match;   // extra
        struct {
            Node *pattern;
            Str name;
        } pattern_as;   // extra: hash of the name
        struct {
            Node *class;
            NodeList patterns;
            StrList *names;
        } pattern_class;   // the last ones go by name
    } as;
};

// A hash of a name: of its ends and length only, since names are short.
static inline uint32_t name_hash(const char *s, size_t len)
{
    uint64_t a = 0, b = 0;
    if (len >= 8) {
        memcpy(&a, s, 8);
        memcpy(&b, s + (len - 8), 8);
    } else if (len >= 4) {
        uint32_t low, high;
        memcpy(&low, s, 4);
        memcpy(&high, s + (len - 4), 4);
        a = low;
        b = high;
    } else if (len) {
        a = (uint64_t)(unsigned char)s[0] | (uint64_t)(unsigned char)s[len / 2] << 8 |
            (uint64_t)(unsigned char)s[len - 1] << 16;
    }
    uint64_t h = (a ^ (b << 7 | b >> 57) ^ len) * 0x9E3779B97F4A7C15u;
    return (uint32_t)(h >> 32);
}

static inline Str node_text(const Source *source, const Node *node)
{
    return (Str){source->text.ptr + node->start, node->len};
}
static inline Str attribute_name(const Source *source, const Node *node)
{
    return (Str){source->text.ptr + node->as.attribute.name_start, node->as.attribute.name_len};
}
static inline Span node_span(const Source *source, const Node *node)
{
    return (Span){source, node->start, node->len};
}
// Returns whether the file calls a method of a name's object anywhere, or changes it by an operator (x.append(y), x += y).
bool module_changes(Arena *arena, const Module *module, Str name);   // search.c

// Which statements of a list bind a name, or may change what it is.
typedef VEC(uint32_t) Statements;   // their places in the list, ascending
typedef struct Touched {
    Map by;             // name -> Statements *
    Map aliases;        // name -> Str *: another name that may be the same object
    Statements stars;   // from x import *
} Touched;
// With binds_only what they may change is passed over.
void syntax_touched(Arena *arena, const Source *source, NodeList statements, bool binds_only, Touched *touched);
// Adds the names of one statement.
void syntax_touched_names(Arena *arena, const Source *source, const Node *node, bool binds_only, StrList *names);
// Returns whether a statement may leave the function that it stands in, and whether it may leave the block.
bool may_return(Arena *arena, const Module *module, const Node *statement);
bool may_leave(Arena *arena, const Module *module, const Node *statement);

// ---- what a block that only raises says ----

// Returns whether a block does nothing but raise, whatever it works out before.
bool only_raises(const Source *source, NodeList block);
// Returns whether a try statement, or one that ends in the same way, lets through whatever its body raises.
bool lets_through(const Source *source, const TryInfo *info);
// Returns the text of what such a block raises, {expressions} as they are written; empty when it says none.
Str raised_text(Arena *arena, const Source *source, NodeList block);
Str written_text(Arena *arena, const Source *source, const Node *node);   // of a text, as above
// Returns whether evaluating an expression changes nothing and asks nobody.
bool is_quiet(const Source *source, const Node *node);

// Returns the slot of a name in a scope, or SIZE_MAX.
static inline size_t scope_slot(const ScopeInfo *scope, Str name, uint32_t hash)
{
    for (size_t i = 0; i < scope->names.count; i++)
        if (scope->names.items[i].hash == hash && str_equal(scope->names.items[i].text, name))
            return i;
    return SIZE_MAX;
}

#endif
