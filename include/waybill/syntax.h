// syntax: Python source text -> tokens -> tree, and what is read off a tree without evaluating it.
#ifndef WAYBILL_SYNTAX_H
#define WAYBILL_SYNTAX_H

#include "waybill/base.h"

// ---- parsing ----

typedef struct Node Node;
typedef struct Module {
    const Source *source;
    const Node *body;   // the file's statements
    Str docstring;      // its value; empty when there is none
} Module;

// Returns the parsed file. Grammar: Python 3.12's; what python3.11's ast.parse refuses is refused too, 3.12 syntax aside.
//
// Fails: not UTF-8, NUL byte, syntax error, or a limit (size, nesting).
// Memory: the tree is the arena's and points into the source's text.
MUST_CHECK Module *syntax_parse(Arena *arena, Diag *diag, const Source *source);

// Adds what stands behind `prefix` in the names of the functions that the file defines at its top level, each once, in
// order.
void syntax_functions(Arena *arena, const Module *module, Str prefix, StrList *rests);

// Finds what a revision's header assigns at the top level (revision = 'x', down_revision: Union[...] = None, ...): a
// constant text, None, or a tuple or list of texts; names assigned to constants before are followed, implicit and `+`
// concatenation are understood.
typedef enum HeaderKind {
    HEADER_ABSENT,
    HEADER_NONE,
    HEADER_TEXT,
    HEADER_LIST,
    HEADER_BOOL,   // only from syntax_call_keywords
    HEADER_DICT,   // only from syntax_call_keywords: texts are key, value, key, value
    HEADER_OTHER,
} HeaderKind;
typedef struct Header {
    HeaderKind kind;
    bool boolean;
    StrList texts;   // one for HEADER_TEXT
    Span at;
} Header;
// Says what another module's name holds, given dotted ("shop.labels.BILLING"); HEADER_ABSENT: not known.
typedef struct HeaderImports HeaderImports;
struct HeaderImports {
    Header (*find)(const HeaderImports *, Arena *, Str dotted);
};
Header syntax_header(Arena *arena, const Module *module, Str name, const HeaderImports *imports);   // NULL: none are known
// Stores the keyword arguments of the first call in the file whose dotted callee ends with `callee_suffix`
// ("context.configure" matches alembic.context.configure(...) too; "MetaData" matches sa.MetaData(...)), wherever it stands,
// functions and with-blocks included. Values: name -> Header *, of the kinds of syntax_header and a constant True or False
// or a dict display of texts (names assigned to constants at the top level are followed); anything else is HEADER_OTHER.
// Returns false when there is no such call.
bool syntax_call_keywords(Arena *arena, const Module *module, Str callee_suffix, Map *keywords);
// Returns whether a function of that name is defined at the top level (also under a constant `if`), and its place.
bool syntax_has_function(const Module *module, Str name, Span *at);

// ---- what a file says as it is written: nothing is evaluated ----

typedef enum SaidKind {
    SAID_NOTHING,
    SAID_NONE,
    SAID_TEXT,
    SAID_INT,
    SAID_NAME,   // a, a.b.c
    SAID_CALL,
    SAID_OTHER,
} SaidKind;
typedef struct Said {
    SaidKind kind;
    Str text;          // a TEXT's value, a NAME as written; of a CALL the callee, of a().b() only "b"
    int64_t integer;   // of an INT
    Span at;
    const Node *node;
    // of a CALL that syntax_calls() has found
    Str function;          // of the top level that it stands in; empty: none
    bool is_conditional;   // whether it is reached depends on more than that: an if, a loop, a try, a function inside
} Said;
typedef VEC(Said) SaidList;

// Stores every call in the file, in the order written, the outer before the inner.
void syntax_calls(Arena *arena, const Module *module, SaidList *calls);
// Returns the argument of a call at `position` (SIZE_MAX: keyword only) or by name.
Said syntax_argument(const Module *module, Said call, size_t position, Str name);
// Returns what the file's top level, blocks of if, try and with included, assigns last to this name or dotted target.
Said syntax_assigned(const Module *module, Str target);
// Stores a class's bases; false when the top level defines no such class. And what its body assigns to a name.
bool syntax_class_bases(Arena *arena, const Module *module, Str class, SaidList *bases);
Said syntax_class_assigned(const Module *module, Str class, Str name);

typedef struct Import {
    Str name;     // that the file knows it by; "*": all that the module has
    Str dotted;   // what it is: "app.models.Base"
    Str module;   // "app.models"
} Import;
typedef VEC(Import) ImportList;
// Stores the file's imports, wherever they stand. `own`: the module's dotted name, for relative ones.
void syntax_imports(Arena *arena, const Module *module, Str own, bool is_package, ImportList *imports);

// Says what an imported name of *module holds: the other module, and what that assigns to it.
typedef struct SaidImports SaidImports;
struct SaidImports {
    bool (*find)(const SaidImports *, const Module **module, Str name, Said *said);
};
// Stores the keys and values, in turns, of a dict display or dict() of texts, names being followed; false when it is none.
bool syntax_said_table(Arena *arena, const Module *module, Said said, const SaidImports *imports, StrList *texts);

// Part of a revision's file: what a refusal leaves undone. `function` (upgrade or downgrade) from the statement on that
// `from` lies in, or that statement alone; all of the function when `from` lies elsewhere. The functions, classes and
// constants of the file that are named there belong to it.
typedef struct FilePart FilePart;
FilePart *syntax_part(Arena *arena, const Module *module, Str function, Span from, bool alone);

// Returns whether a part holds something that may change a schema. What is said of it is no promise that it does.
typedef enum SchemaChange {
    CHANGE_ANY,          // an operation, DDL in a text, a call of other code that may do such
    CHANGE_NEW_TABLES,   // of those, what may bring a table under a new name
    CHANGE_ELSEWHERE,    // of those, only by functions of other modules, and by functions that are handed op
} SchemaChange;
// The modules whose functions such a file may call.
typedef struct SchemaModules SchemaModules;
struct SchemaModules {
    // Returns the project's module of that dotted name, or NULL; *is_project: the project has something of that name.
    const Module *(*find)(const SchemaModules *, Str dotted, bool *is_package, bool *is_project);
    bool (*is_said)(const SchemaModules *, Str dotted);    // the settings say what it is: no more than they say is done
    bool (*is_library)(const SchemaModules *, Str name);   // it is one of Python's own
};
bool syntax_may_change_schema(Arena *arena, const FilePart *part, SchemaChange change, const SchemaModules *modules);
// Adds every text literal of a part to `texts`, as written values.
void syntax_texts(Arena *arena, const FilePart *part, StrList *texts);
// Adds the text that each call in a part hands as its positional argument `position` to a function whose dotted callee ends
// with `callee_suffix`; names assigned to constants at the file's top level are followed.
void syntax_call_texts(Arena *arena, const FilePart *part, Str callee_suffix, size_t position, StrList *texts);

// ---- operators ----

typedef enum BinaryOp {
    BINARY_ADD,
    BINARY_SUB,
    BINARY_MUL,
    BINARY_DIV,
    BINARY_FLOORDIV,
    BINARY_MOD,
    BINARY_POW,
    BINARY_MATMUL,
    BINARY_AND,
    BINARY_OR,
    BINARY_XOR,
    BINARY_LSHIFT,
    BINARY_RSHIFT,
    BINARY_EQ,
    BINARY_NE,
    BINARY_LT,
    BINARY_LE,
    BINARY_GT,
    BINARY_GE,
    BINARY_IN,
    BINARY_NOT_IN,
} BinaryOp;
typedef enum UnaryOp { UNARY_NEG, UNARY_POS, UNARY_INVERT } UnaryOp;   // `not` asks for truth

#endif
