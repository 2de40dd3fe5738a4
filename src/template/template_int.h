// What the template room's files share: compiled code, bound templates, the set.
#ifndef WAYBILL_TEMPLATE_INT_H
#define WAYBILL_TEMPLATE_INT_H

#include "waybill/template.h"

typedef enum OpKind {
    OP_TEXT,       // append `text`
    OP_VALUE,      // append the value of `text`, escaped in HTML mode
    OP_RAW,        // append the value of `text`
    OP_SECTION,    // run up to `jump` for each item, or once, or not at all; then go on behind `jump`
    OP_INVERTED,   // run up to `jump` when the value is false
    OP_END,        // closes a section; `jump` of the opening tag points here
    OP_PARTIAL,    // run the partial `text`
} OpKind;

typedef struct Op {
    OpKind kind;
    bool is_line_start;   // first thing on its line: an indented partial puts its indentation before it
    bool is_dotted;       // `text` is "a.b" and not "."
    bool is_standalone;   // OP_PARTIAL: `indent` goes before every line of it
    uint32_t jump;        // index of the OP_END
    uint32_t partial;     // OP_PARTIAL: slot in Template.partials
    Str text;
    Str indent;
    Span at;   // the tag
} Op;

// One template's text, compiled; shared by all folders that fall back to it.
typedef struct Code {
    Str path;
    VEC(Op) ops;
    size_t partial_count;
} Code;

// Code seen from a folder: its partials are looked up in that folder first, even when the code itself is common.
struct Template {
    TemplateSet *set;
    const Code *code;
    Str folder;
    Template **partials;   // by Op.partial; NULL until first used
    size_t generation;     // of the set when `partials` was filled
};

struct TemplateSet {
    Arena *arena;
    TemplateMode mode;
    Map codes;           // path -> Code *
    Str kin_of, kin;     // a folder, and where it falls back to before common; empty: none
    Map bound;           // "folder\nname" -> Template *
    size_t generation;   // grows with every added template
};

// Returns the compiled text, or NULL after reporting why not.
MUST_CHECK Code *template_compile(Arena *arena, Diag *diag, Str path, const Source *source);
// Returns the template as template_find does, not const: its partial slots are filled while it runs.
Template *template_bind(TemplateSet *set, Str folder, Str name);

#endif
