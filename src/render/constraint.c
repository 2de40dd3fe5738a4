// Constraints, as they stand in CREATE TABLE and behind ADD.
#include "render_int.h"

// Source: sqlite.org/syntax/table-constraint.html, where the words belong to foreign keys alone; PostgreSQL 15 CREATE TABLE,
// "NOT NULL and CHECK constraints are not deferrable".
static bool is_deferrable(const Dialect *dialect, ConstraintKind kind)
{
    if (dialect->id == DIALECT_SQLITE)
        return kind == CONSTRAINT_FOREIGN;
    return dialect->has_deferrable && !(dialect->id == DIALECT_POSTGRESQL && kind == CONSTRAINT_CHECK);
}

static Str timing_text(Writing *w, const Constraint *c)
{
    Buf out = buf_open(w->arena);
    bool has_words = w->r->dialect->id == DIALECT_POSTGRESQL || is_deferrable(w->r->dialect, c->kind);
    if (!has_words)
        return STR_EMPTY;
    if (c->deferrable != TRI_NONE)
        buf_add(&out, c->deferrable == TRI_TRUE ? STR(" DEFERRABLE") : STR(" NOT DEFERRABLE"));
    if (c->initially.len)
        buf_addf(&out, " INITIALLY %.*s", STR_ARGS(c->initially));
    return buf_str(&out);
}

// ON DELETE, INITIALLY and such arrive as text of the revision: only the words of the standard pass.
static bool check_phrase(Writing *w, const Constraint *c, Str phrase, const char *what)
{
    for (size_t i = 0; i < phrase.len; i++) {
        char ch = phrase.ptr[i];
        bool good = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == ' ' || ch == '_' || ch == '(' ||
                    ch == ')' || ch == ',' || (ch >= '0' && ch <= '9');
        if (!good)
            return diag_error(w->diag, c->at, "%s of a constraint holds \"%c\", which no SQL phrase has", what, ch);
    }
    return true;
}

static bool is_restrict(Str action)
{
    return str_equal_fold(action, STR("RESTRICT"));
}

// What happens to the rows that refer: as the database can say it.
static Str action_text(const Dialect *dialect, Str action, bool can_say)
{
    if (!can_say)
        return STR_EMPTY;
    bool nothing = is_restrict(action) || str_equal_fold(action, STR("NO ACTION"));
    if (is_restrict(action) && !dialect->has_restrict)
        action = STR("NO ACTION");
    return nothing && !dialect->has_no_action ? STR_EMPTY : action;
}

static bool refuse_clause(Writing *w, const Constraint *c, const char *what, const char *hint)
{
    diag_error(w->diag, c->at.source ? c->at : w->op->at, "%.*s has no %s", STR_ARGS(w->r->dialect->title), what);
    diag_hint(w->diag, "%s", hint);
    return false;
}

static bool check_clauses(Writing *w, const Constraint *c)
{
    const Dialect *dialect = w->r->dialect;
    static const char *const kinds[] = {"PRIMARY KEY", "UNIQUE", "FOREIGN KEY", "CHECK", "EXCLUDE"};
    bool defers = c->deferrable == TRI_TRUE || str_equal_fold(c->initially, STR("DEFERRED"));
    if (defers && !is_deferrable(dialect, c->kind)) {
        Str what = str_format(w->arena, "deferrable %s constraints", kinds[c->kind]);
        return refuse_clause(w, c, dialect->has_deferrable ? str_cstr(w->arena, what) : "deferrable constraints",
                             "Pass deferrable= and initially= on other dialects only.");
    }
    if (c->match.len && !str_equal_fold(c->match, STR("SIMPLE")) && !dialect->has_match)
        return refuse_clause(w, c, "MATCH in a foreign key", "Pass match= on other dialects only.");
    bool updates = c->on_update.len && !is_restrict(c->on_update) && !str_equal_fold(c->on_update, STR("NO ACTION"));
    if (updates && !dialect->has_on_update) {
        diag_warn(w->diag, c->at.source ? c->at : w->op->at, "%.*s has no ON UPDATE %.*s: it is left out of the foreign key",
                  STR_ARGS(dialect->title), STR_ARGS(c->on_update));
        diag_hint(w->diag, "Keep what it did in the application or in a trigger.");
    }
    if (c->kind == CONSTRAINT_EXCLUDE && dialect->id != DIALECT_POSTGRESQL)
        return refuse_clause(w, c, "exclude constraints", "Branch on the dialect's name.");
    return true;
}

bool references_text(Writing *w, const Constraint *c, Str *text)
{
    View *view = view_new(w->arena);
    const Dialect *dialect = w->r->dialect;
    if (!check_phrase(w, c, c->on_delete, "ON DELETE") || !check_phrase(w, c, c->on_update, "ON UPDATE") ||
        !check_phrase(w, c, c->match, "MATCH"))
        return false;
    view_text(view, STR("table"),
              table_of(w, dialect->has_schemas_in_foreign_keys ? c->ref_schema : STR_EMPTY, c->ref_table));
    view_text(view, STR("columns"), names_of(w, &c->ref_columns));
    view_optional(view, STR("match"), dialect->has_match ? c->match : STR_EMPTY);
    view_optional(view, STR("on_delete"), action_text(dialect, c->on_delete, true));
    view_optional(view, STR("on_update"), action_text(dialect, c->on_update, dialect->has_on_update));
    return fill(w, "references", view, text);
}

static bool exclude_elements(Writing *w, const Constraint *c, View *view)
{
    view_list(view, STR("elements"));
    for (size_t i = 0; i < c->elements.count; i++) {
        Buf expr = buf_open(w->arena);
        if (!sql_expr_unqualified(w->arena, w->diag, w->r->style, c->elements.items[i].expr, &expr))
            return false;
        View *item = view_item(view, STR("elements"));
        view_text(item, STR("expr"), buf_str(&expr));
        view_text(item, STR("op"), c->elements.items[i].op);
    }
    Buf where = buf_open(w->arena);
    if (c->where && !sql_expr_unqualified(w->arena, w->diag, w->r->style, c->where, &where))
        return false;
    view_optional(view, STR("where"), buf_str(&where));
    view_text(view, STR("using"), c->using_);
    return true;
}

bool constraint_text(Writing *w, const Constraint *c, Str *text)
{
    static const char *const templates[] = {"primary_key", "unique", "foreign_key", "check", "exclude"};
    View *view = view_new(w->arena);
    if (!check_phrase(w, c, c->initially, "INITIALLY") || !check_clauses(w, c))
        return false;
    view_optional(view, STR("name"), c->name.len ? name_of(w, c->name) : STR_EMPTY);
    view_text(view, STR("columns"), names_of(w, &c->columns));
    view_text(view, STR("timing"), timing_text(w, c));
    view_bool(view, STR("not_valid"), option_is_true(w, &c->options, "not_valid"));
    Str nulls = nulls_option(w, &c->options);
    view_optional(view, STR("nulls"), nulls.len ? str_format(w->arena, "%.*s ", STR_ARGS(nulls)) : STR_EMPTY);
    view_optional(view, STR("include"), option_names(w, &c->options, "include"));
    view_optional(view, STR("clustered"), clustered_word(w, &c->options));
    // Source: SQLAlchemy 2.0.52 dialects/sqlite/base.py, visit_primary_key_constraint and the like; mysql/base.py
    bool is_key = c->kind == CONSTRAINT_PRIMARY && w->r->dialect->alter == ALTER_WHOLE;
    Str on_conflict = w->r->dialect->id == DIALECT_SQLITE ? option_text(w, &c->options, "on_conflict") : STR_EMPTY;
    Str using_ = is_key ? option_text(w, &c->options, "using") : STR_EMPTY;
    if (!check_phrase(w, c, on_conflict, "ON CONFLICT") || !check_phrase(w, c, using_, "USING"))
        return false;
    view_optional(view, STR("on_conflict"), on_conflict);
    view_optional(view, STR("key_using"), using_);
    if (c->kind == CONSTRAINT_FOREIGN) {
        Str references;
        if (!references_text(w, c, &references))
            return false;
        view_text(view, STR("references"), references);
    }
    if (c->kind == CONSTRAINT_CHECK) {
        if (w->r->style->minimum < w->r->dialect->checks_since)
            diag_warn(w->diag, w->op->at, "%.*s before %.*s reads a CHECK constraint and does not keep it",
                      STR_ARGS(w->r->dialect->title),
                      STR_ARGS(dialect_version_text(w->arena, w->r->dialect, w->r->dialect->checks_since)));
        Buf check = buf_open(w->arena);
        if (!sql_expr_unqualified(w->arena, w->diag, w->r->style, c->check, &check))
            return false;
        view_text(view, STR("check"), buf_str(&check));
    }
    if (c->kind == CONSTRAINT_EXCLUDE && !exclude_elements(w, c, view))
        return false;
    return fill(w, templates[c->kind], view, text);
}
