// template: Mustache text -> compiled template -> text, from a view.
//
// The public Mustache spec's interpolation, sections, inverted sections, partials, comments and delimiters; no lambdas.
// Two modes. TEMPLATE_SQL: nothing is escaped and everything is strict: an unknown name or partial is an error, names are
// looked up in the innermost view first and then outwards, and a text section is false only when null. TEMPLATE_HTML: the
// spec as it stands: {{x}} is HTML-escaped, a missing name is empty, an empty text or list is false.
// White space: standalone tags take their line with them and a standalone partial is indented, as in the spec.
#ifndef WAYBILL_TEMPLATE_H
#define WAYBILL_TEMPLATE_H

#include "waybill/base.h"

typedef enum TemplateMode { TEMPLATE_SQL, TEMPLATE_HTML } TemplateMode;

// ---- views: what a template is filled from ----

typedef struct View View;
typedef enum FieldKind { FIELD_NULL, FIELD_TEXT, FIELD_BOOL, FIELD_VIEW, FIELD_LIST } FieldKind;

typedef struct Field {
    Str name;
    FieldKind kind;
    bool boolean;
    Str text;
    View *view;     // VIEW
    View **items;   // LIST
    size_t count;
} Field;

// A set of named fields; a list's items are views too, and {{.}} is an item's field "." when it has one.
struct View {
    Arena *arena;
    VEC(Field) fields;
};

View *view_new(Arena *arena);
void view_text(View *view, Str name, Str text);
void view_null(View *view, Str name);
// text, or null when it is empty.
void view_optional(View *view, Str name, Str text);
void view_bool(View *view, Str name, bool value);
void view_view(View *view, Str name, View *child);
// Begins an empty list field; items are added with view_item(), which sets `comma` of each (`,` but for the last).
void view_list(View *view, Str name);
// Returns a new view appended to the list field `name`.
View *view_item(View *view, Str name);

// ---- templates ----

typedef struct Template Template;
typedef struct TemplateSet TemplateSet;

// Returns an empty set: the templates of one program run, by path ("postgresql/add_column.sql").
TemplateSet *template_set_open(Arena *arena, TemplateMode mode);
// Adds or replaces one template; its text is compiled at once.
// Fails: unclosed section, tag or delimiter change, wrong closing name, nesting over LIMIT_NESTING; each with its place.
MUST_CHECK bool template_set_add(TemplateSet *set, Diag *diag, Str path, const Source *source);
// Adds the templates compiled into the program, then those of a site's folder over them when `folder` is not empty.
// Fails: the folder cannot be read; a file in it is no known template's path or does not compile.
MUST_CHECK bool template_set_load(TemplateSet *set, Diag *diag, Str folder);
// What `folder` lacks is looked for in `kin` before common: MariaDB's templates are MySQL's but for a few.
void template_set_kin(TemplateSet *set, Str folder, Str kin);
// Returns the template at `folder`/`name`, else at common/`name`, else NULL. Partials {{>name}} are found the same way.
const Template *template_find(const TemplateSet *set, Str folder, Str name);
// Appends the filled template to `out`.
// Fails (strict mode): a name no view has, a partial that is not there; recursion deeper than LIMIT_NESTING.
MUST_CHECK bool template_fill(Diag *diag, const Template *template, const View *view, Buf *out);

// The templates compiled into the program (made from templates/ by the Makefile), sorted by path.
typedef struct BuiltinTemplate {
    const char *path;
    const char *text;
    size_t len;
} BuiltinTemplate;
extern const BuiltinTemplate builtin_templates[];
extern const size_t builtin_template_count;

#endif
