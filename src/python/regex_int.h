// Regular expressions: their tree, and what its two files share.
#ifndef WAYBILL_PYTHON_REGEX_INT_H
#define WAYBILL_PYTHON_REGEX_INT_H

#include "module_int.h"

typedef enum NodeType {
    RE_CHAR,
    RE_ANY,
    RE_SET,
    RE_START,
    RE_END,
    RE_TEXT_START,
    RE_TEXT_END,
    RE_WORD,
    RE_NOT_WORD,
    RE_GROUP,
    RE_REPEAT,
    RE_ALT,
    RE_BACKREF,
    RE_AHEAD,
    RE_NOT_AHEAD,
    RE_EMPTY
} NodeType;

typedef struct Range {
    uint32_t low, high;
} Range;

typedef struct ReNode {
    NodeType type;
    uint32_t code;
    VEC(Range) ranges;
    bool negated, lazy;
    int group;   // RE_GROUP: number, 0: does not capture
    uint32_t least, most;
    struct ReNode *child;   // RE_GROUP, RE_REPEAT, RE_AHEAD
    struct ReNode *other;   // RE_ALT: child | other
    struct ReNode *next;
} ReNode;

enum { RE_MAX_GROUPS = 100, RE_MAX_DEPTH = 1500, RE_STEPS = 2000000, FLAG_I = 2, FLAG_M = 8, FLAG_S = 16, FLAG_X = 64 };

typedef struct Pattern {
    ReNode *root;
    int groups;
    int64_t flags;
    Str text;
    StrList names;   // by group number - 1; empty: unnamed
} Pattern;

typedef struct Match {
    const Pattern *pattern;
    Str text;
    size_t starts[RE_MAX_GROUPS], ends[RE_MAX_GROUPS];   // SIZE_MAX: not taken part
} Match;

// Compiles a text, or takes a compiled pattern as it is. Fails: not supported (refused), not a text.
bool regex_compile(Interp *in, Span at, Value v, int64_t flags, const Pattern **out);
// Returns the number of a named group, or -1.
int regex_group(const Pattern *pattern, Str name);
bool regex_match_at(Interp *in, Span at, const Pattern *pattern, Str text, size_t start, bool whole, Match *match,
                    bool *found);

#endif
