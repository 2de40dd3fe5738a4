// What can be asked before the first change: what revisions take for granted, of each database's catalogue, and their own
// checks.
#include "frame_int.h"

// ---- which of them ----

static const Table *table_at_from(const Frame *frame, const Assumption *a)
{
    for (size_t i = 0; i < frame->rendered->table_count; i++) {
        const Table *table = frame->rendered->tables_at_from[i];
        if (a->table_id ? table->id == a->table_id : str_equal(table->schema, a->schema) && str_equal(table->name, a->table))
            return table;
    }
    return NULL;
}

static bool has_name(const Table *table, const Assumption *a)
{
    if (a->kind == ASSUMED_COLUMN)
        return table_column(table, a->name);
    // a unique constraint is an index too
    return (a->kind == ASSUMED_INDEX && table_index(table, a->name)) || table_constraint(table, a->name);
}

// Whether it can be asked about before the first change: what an earlier step of the script makes, drops or changes cannot.
static bool is_askable(const Frame *frame, const Assumption *a, size_t step)
{
    const Settings *settings = &frame->r->project->settings;
    Str full = table_full_name(frame->r->arena, a->schema, a->table);
    if (a->kind == ASSUMED_TABLES)
        return frame->path->from.count || settings->beside;   // else from base there is another question
    if (a->kind == ASSUMED_PARTS || a->kind == ASSUMED_FORM)
        return table_at_from(frame, a) != NULL;
    if (str_equal(a->table, settings->version_table) && str_equal(a->schema, settings->version_table_schema))
        return false;
    for (size_t i = 0; i <= step; i++) {
        bool is_first = i == step && a->kind == ASSUMED_TABLE && !a->is_there;   // it is made because it is not there
        if (!is_first && strlist_has(&frame->rendered->steps[i].made, full))
            return false;
    }
    const Table *table = table_at_from(frame, a);
    if (a->kind == ASSUMED_TABLE) {
        bool created = frame->path->from_base && strlist_has(&frame->rendered->created_tables, full);
        // those that are there, or are made, have questions of their own; one that the chain knows by then, and not at FROM,
        // is made by the script's own SQL
        return !table && (a->is_there ? !a->is_known : !created);
    }
    return table ? !a->is_known || has_name(table, a) == a->is_there : !a->is_known;
}

// ---- how ----

// A statement that the chain itself makes fail would be caught online: no script can go on behind it.
static bool refuse_denied(Frame *frame, const Assumption *a)
{
    diag_error(frame->diag, a->at,
               "this statement must fail (the chain has %.*s%s%.*s%s), and a script stops where an except clause "
               "goes on",
               STR_ARGS(a->table), a->name.len ? "." : "", STR_ARGS(a->name), a->is_there ? " not" : " already");
    diag_hint(frame->diag, "Ask the inspector instead, or write an override for this revision.");
    return false;
}

static Str described(Frame *frame, const Assumption *a, Str revision, Str made)
{
    static const char *const words[] = {"table", "column", "index", "constraint"};
    static const char *const parts[] = {"other columns",      "other indexes",           "other unique constraints",
                                        "other foreign keys", "other CHECK constraints", "another primary key"};
    Arena *arena = frame->r->arena;
    if (a->kind == ASSUMED_TABLES)
        return str_format(arena, "revision %.*s looks at all tables, and there are others than the chain made",
                          STR_ARGS(revision));
    if (a->kind == ASSUMED_PARTS)
        return str_format(arena, "revision %.*s looks at table %.*s, which has %s than the chain made: %.*s",
                          STR_ARGS(revision), STR_ARGS(a->table), parts[a->part], STR_ARGS(made));
    if (a->kind == ASSUMED_FORM)
        return str_format(arena, "revision %.*s looks at column %.*s.%.*s, which is not as the chain made it",
                          STR_ARGS(revision), STR_ARGS(a->table), STR_ARGS(a->name));
    return str_format(arena, "revision %.*s takes for granted that %s %.*s%s%.*s is %s", STR_ARGS(revision), words[a->kind],
                      STR_ARGS(a->table), a->kind == ASSUMED_TABLE ? "" : ".", STR_ARGS(a->name),
                      a->is_there ? "there" : "not there");
}

typedef struct Asking {
    Frame *frame;
    View *view;
    size_t facts;    // variables so far
    Buf condition;   // of the question that is being made
} Asking;

static void and (Asking * asking, Str condition)
{
    buf_addf(&asking->condition, "%s%.*s", asking->condition.len ? "\n    AND " : "", STR_ARGS(condition));
}

// The rows of `from` are so many: "= 2". Oracle counts them beforehand, into a variable.
static void add_count(Asking *asking, Str from, Str rows)
{
    Arena *arena = asking->frame->r->arena;
    if (asking->frame->r->dialect->id == DIALECT_ORACLE) {
        Str variable = str_format(arena, "fact%zu", ++asking->facts);
        View *fact = view_item(asking->view, STR("facts"));
        view_text(fact, STR("variable"), variable);
        view_text(fact, STR("from"), from);
        and(asking, str_format(arena, "%.*s %.*s", STR_ARGS(variable), STR_ARGS(rows)));
    } else if (str_equal(rows, STR("> 0"))) {
        and(asking, str_format(arena, "EXISTS (SELECT 1 FROM %.*s)", STR_ARGS(from)));
    } else {
        and(asking, str_format(arena, "(SELECT COUNT(*) FROM %.*s) %.*s", STR_ARGS(from), STR_ARGS(rows)));
    }
}

static bool add_has(Asking *asking, AssumedKind kind, const CatalogueNames *names, bool is_there)
{
    Str condition;
    bool counts;
    if (!catalogue_has(asking->frame, kind, names, &condition, &counts))
        return false;
    if (counts)
        add_count(asking, condition, is_there ? STR("> 0") : STR("= 0"));
    else
        and(asking, is_there ? condition : str_format(asking->frame->r->arena, "NOT %.*s", STR_ARGS(condition)));
    return true;
}

// The name of a table of the schema; of another one the whole of it, which names none there.
static Str bare_name(Str full, Str schema)
{
    bool of_it = schema.len && full.len > schema.len && str_starts(full, schema) && full.ptr[schema.len] == '.';
    return of_it ? str_slice(full, schema.len + 1, full.len) : full;
}

static bool add_others(Asking *asking, const Assumption *a, const Table *table)
{
    Arena *arena = asking->frame->r->arena;
    CatalogueNames names = {.schema = a->schema, .table = table ? table->name : STR_EMPTY};
    if (table) {
        for (size_t i = 0; i < table->columns.count; i++)
            vec_push(arena, &names.known, table->columns.items[i]->name);
    } else {
        vec_push(arena, &names.known, asking->frame->r->project->settings.version_table);
        vec_push(arena, &names.known, STR("waybill_journal"));
        for (size_t i = 0; i < asking->frame->rendered->opaque_at_from.count; i++)
            vec_push(arena, &names.known, bare_name(asking->frame->rendered->opaque_at_from.items[i], a->schema));
        for (size_t i = 0; i < asking->frame->r->before.count && !a->schema.len; i++)
            vec_push(arena, &names.known, asking->frame->r->before.items[i]);
        for (size_t i = 0; i < asking->frame->rendered->table_count; i++)
            if (str_equal(asking->frame->rendered->tables_at_from[i]->schema, a->schema))
                vec_push(arena, &names.known, asking->frame->rendered->tables_at_from[i]->name);
    }
    return add_has(asking, a->kind, &names, false);
}

static bool add_condition(Asking *asking, const Assumption *a, Str *made)
{
    const Table *table = table_at_from(asking->frame, a);
    PartQuestion question = {0};
    *made = STR_EMPTY;
    if (a->kind == ASSUMED_TABLES)
        return add_others(asking, a, NULL);
    if (a->kind != ASSUMED_PARTS && a->kind != ASSUMED_FORM)
        return add_has(asking, a->kind, &(CatalogueNames){.schema = a->schema, .table = a->table, .name = a->name},
                       a->is_there);
    if (a->kind == ASSUMED_PARTS && a->part == PART_COLUMNS && !add_others(asking, a, table))
        return false;
    if (!(a->kind == ASSUMED_PARTS ? frame_parts(asking->frame, table, a->part, &question)
                                   : frame_form(asking->frame, table, a, &question)))
        return false;
    *made = question.made;
    for (size_t i = 0; i < question.from.count; i++)
        add_count(asking, question.from.items[i], question.counted.items[i]);
    return true;
}

static bool ask_one(Asking *asking, const Assumption *a, Str revision)
{
    Frame *frame = asking->frame;
    Str made;
    asking->condition = buf_open(frame->r->arena);
    if (!add_condition(asking, a, &made))
        return false;
    Str why = str_printable(frame->r->arena, described(frame, a, revision, made));
    if (frame->r->dialect->id != DIALECT_SQLITE && !frame_literal(frame, why, &why))   // whose frames quote it themselves
        return false;
    if (asking->condition.len)
        frame_ask(frame, ASK_ASSUMED, buf_str(&asking->condition), why);
    return true;
}

static bool is_whole(const Assumption *a)
{
    return a->kind == ASSUMED_TABLES || a->kind == ASSUMED_PARTS || a->kind == ASSUMED_FORM;
}

// Of what stands where the script starts it is enough to ask once, whichever revisions look at it.
static bool is_asked_before(const Frame *frame, const Assumption *a, size_t step)
{
    for (size_t i = 0; i <= step && is_whole(a); i++) {
        const AssumptionList *assumed = &frame->rendered->steps[i].assumed;
        for (size_t k = 0; k < assumed->count && &assumed->items[k] != a; k++) {
            const Assumption *other = &assumed->items[k];
            if (other->kind == a->kind && other->table_id == a->table_id && other->part == a->part &&
                other->column_id == a->column_id && str_equal(other->schema, a->schema) && (a->form & ~other->form) == 0)
                return true;
        }
    }
    return false;
}

static bool ask_all(Asking *asking, bool wholes)
{
    Frame *frame = asking->frame;
    for (size_t i = 0; i < frame->path->steps.count; i++) {
        const AssumptionList *assumed = &frame->rendered->steps[i].assumed;
        for (size_t k = 0; k < assumed->count; k++) {
            const Assumption *a = &assumed->items[k];
            if (a->is_denied)
                return refuse_denied(frame, a);
            if (is_whole(a) == wholes && is_askable(frame, a, i) && !is_asked_before(frame, a, i) &&
                !ask_one(asking, a, frame->path->steps.items[i].revision->id))
                return false;
        }
    }
    return true;
}

// Those that name what is otherwise come first.
bool frame_ask_assumed(Frame *frame, View *view)
{
    Asking asking = {.frame = frame, .view = view};
    view_list(view, STR("facts"));
    return !frame->rendered || frame->first || (ask_all(&asking, false) && ask_all(&asking, true));
}

// ---- checks ----

// The tables that stand there before the script and that the text names.
static void named_tables(const Frame *frame, Str text, StrList *names)
{
    for (size_t i = 0; i < frame->rendered->table_count; i++)
        if (frame_says(text, frame->rendered->tables_at_from[i]->name))
            vec_push(frame->r->arena, names, frame->rendered->tables_at_from[i]->name);
}

// Rows reach further than the table that a statement names, by foreign keys, triggers and views; and so may what is written
// by hand.
static bool may_change(const Statement *s, const StrList *tables)
{
    if (s->kind == STATEMENT_QUERY || s->kind == STATEMENT_COMMENT || s->is_recount)
        return false;
    bool changes = s->is_raw || s->kind != STATEMENT_DDL;
    for (size_t i = 0; i < tables->count && !changes; i++)
        changes = frame_says(s->text, tables->items[i]);
    return changes;
}

static bool is_unchanged(const Frame *frame, const Statement *check)
{
    StrList tables = {0};
    named_tables(frame, check->text, &tables);
    for (size_t i = 0; i < frame->sections.count && tables.count; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++) {
            const Statement *s = frame->sections.items[i].items.items[k].statement;
            if (s == check)
                return true;
            if (s && may_change(s, &tables))
                return false;
        }
    return false;
}

void frame_first_checks(Frame *frame, CheckList *checks)
{
    for (size_t i = 0; frame->rendered && frame->checks && i < frame->sections.count; i++)
        for (size_t k = 0; k < frame->sections.items[i].items.count; k++) {
            const Statement *s = frame->sections.items[i].items.items[k].statement;
            if (s && s->expects_zero && !s->is_recount && is_unchanged(frame, s))
                vec_push(frame->r->arena, checks, s);
        }
}
