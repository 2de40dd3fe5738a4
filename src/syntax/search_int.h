// Searching trees: a visit of every node, and what it looks for.
#ifndef WAYBILL_SEARCH_INT_H
#define WAYBILL_SEARCH_INT_H

#include "waybill/syntax_tree.h"

typedef struct Visit Visit;
struct Visit {
    bool (*node)(Visit *, const Node *);   // false: the search is over
    Arena *arena;
    const Module *module;
    StrList *texts;
    Str callee;   // or the name that is looked for
    Map *keywords;
    SaidList *calls;
    Str function;   // of the top level, and where it and whatever makes things conditional end
    uint32_t function_end, condition_end;
    ImportList *imports;
    bool is_package;       // the file, where imports are read
    size_t position;       // of an argument
    SchemaChange change;   // which changes of a schema count
    bool is_done;          // what the nodes call has been called
    // of a search through the project's modules
    struct Reach *reach;
    const SchemaModules *modules;
    struct Place *place;               // the module, and what its names are
    const Node *within;                // the statement of the module's top level
    uint32_t chain_start, chain_end;   // the dotted name that has been looked at as a whole
};

// Returns what an expression is; NULL: nothing.
Said syntax_said(const Module *module, const Node *node);

// Returns false when the search is over.
bool walk(Visit *v, const Node *node);
bool walk_list(Visit *v, NodeList list);

// ---- part.c ----

typedef struct PartNode {
    const Node *node;
    bool is_done;   // run before: only its texts count
} PartNode;
struct FilePart {
    const Module *module;
    VEC(PartNode) nodes;
};

// ---- change.c ----

bool is_one(Str name, const char *const *list);   // a list that ends with NULL
// Modules whose functions change no schema unless a text or a name says so: Python's, SQLAlchemy's and Alembic's.
bool is_known_module(const SchemaModules *modules, Str dotted);
// Whether a text may be, or begin, DDL that counts.
bool text_changes_schema(Str text, SchemaChange change);
extern const char *const data_operations[], *const altering_operations[], *const making_methods[];

// ---- reach.c ----

// A search through what a revision calls in the project's modules for whatever may make tables or, with CHANGE_ANY, change
// them.
struct Reach *reach_open(Arena *arena, const SchemaModules *modules, const Module *revision, SchemaChange change);
// Returns the dotted names that a name of the revision's file is imported under, anywhere in it; NULL: none. One that is
// relative begins with a dot.
const StrList *reach_imports(struct Reach *reach, Str name);
// Returns whether the revision's file defines that name itself.
bool reach_defines(struct Reach *reach, Str name);
// Returns whether a call in the revision's file, of what begins with a name of these imports, does none of that.
bool reach_is_harmless(struct Reach *reach, const StrList *imports, const Node *callee, const Node *call);

#endif
