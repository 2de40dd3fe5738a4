// TOML text -> a tree, as far as a pyproject.toml's tables are looked at.
#ifndef WAYBILL_TOML_H
#define WAYBILL_TOML_H

#include "waybill/base.h"

typedef enum TomlKind {
    TOML_TEXT,
    TOML_INTEGER,
    TOML_BOOLEAN,
    TOML_OTHER,   // a float, a date or a time: it is there, and nobody looks at it
    TOML_ARRAY,
    TOML_TABLE,
} TomlKind;

// How a table has come to be: what may still be added to it depends on it.
typedef enum TomlOrigin {
    TOML_IMPLIED,   // by the header of a table inside it
    TOML_HEADED,    // by its own header
    TOML_DOTTED,    // by a dotted key
    TOML_INLINE,    // by braces: nothing is added
} TomlOrigin;

typedef struct Toml Toml;
struct Toml {
    TomlKind kind;
    TomlOrigin origin;   // of a TABLE
    bool is_of_tables;   // an ARRAY made by [[headers]]
    bool boolean;
    Str text;            // a TEXT's value; an INTEGER as it is written
    Span key_at, at;     // of its key, where it has one, and of the value
    VEC(Toml *) items;   // of an ARRAY
    Map fields;          // of a TABLE: name -> Toml *
};

// Returns the file's top table. Grammar: TOML 1.0.
//
// Fails: not UTF-8, whatever TOML forbids (duplicate keys and tables included), nesting beyond LIMIT_NESTING. Numbers
// and times are looked at for their characters alone.
// Memory: the arena's; texts without escapes point into the source.
MUST_CHECK Toml *toml_parse(Arena *arena, Diag *diag, const Source *source);
// Returns what stands under a name, or NULL: also when `table` is NULL or no table.
const Toml *toml_field(const Toml *table, Str name);
const char *toml_kind_name(const Toml *value);   // "a text", "an array", ...

#endif
