// SQLite: a rebuild makes a table anew from the model, so whatever else stands on it is lost with the old one. What there is
// is said in short texts, "orders: column total NUMERIC(10, 2) not null", by a query of the catalogue; the model says the
// same texts of what it knows, and whatever is not among them refuses. What the database lacks does no harm.
//
// A pragma does not tell everything: of CHECK, COLLATE and such it is asked how often the table's own text says them, and
// whether those that the model knows are written as it knows them. Views, triggers elsewhere and foreign keys towards the
// table stay as they are, and are not asked about.
#include "frame_int.h"

typedef struct Facts {
    Frame *frame;
    Writing w;
    StrList known;    // "orders: index ix_orders_user_id (user_id)"
    StrList pieces;   // ('orders', 'check(total>0)', 1): what the table's text must hold, if it says as many checks
    Str table;
} Facts;

static void know(Facts *facts, Str text)
{
    Arena *arena = facts->frame->r->arena;
    vec_push(arena, &facts->known, str_format(arena, "%.*s: %.*s", STR_ARGS(facts->table), STR_ARGS(text)));
}

// SQL text as the catalogue's is compared: without case, blanks and quotes around names, which depend on who wrote it.
static Str folded(Arena *arena, Str text)
{
    text = str_replace(arena, str_replace(arena, str_lower(arena, text), STR(" "), STR("")), STR("\n"), STR(""));
    return str_replace(arena, str_replace(arena, text, STR("\""), STR("")), STR("`"), STR(""));
}

// ---- what SQLAlchemy makes of a table that it reads, and Alembic writes anew ----

static bool says(Str text, const char *word)
{
    return str_find(text, str_from(word), 0) != SIZE_MAX;
}

// Source: SQLAlchemy 1.4.46 and 2.0.52 dialects/sqlite/base.py, ischema_names, _resolve_type_affinity().
static Str reflected_type(Arena *arena, Str type)
{
    static const char *const kept[] = {"BIGINT", "BLOB",    "BOOLEAN",  "CHAR",      "DATE",     "DATETIME", "DECIMAL",
                                       "FLOAT",  "INTEGER", "JSON",     "NUMERIC",   "NVARCHAR", "REAL",     "TEXT",
                                       "TIME",   "VARCHAR", "SMALLINT", "TIMESTAMP", NULL};
    size_t open = str_find_char(type, '(', 0);
    Str name = str_trim(str_slice(type, 0, open == SIZE_MAX ? type.len : open));
    Str options = open == SIZE_MAX ? STR_EMPTY : str_slice(type, open, type.len);
    if (str_is_one_of(name, kept))
        return type;
    if (str_equal(name, STR("BOOL")))
        return STR("BOOLEAN");
    if (says(name, "INT"))
        return STR("INTEGER");
    if (says(name, "CHAR") || says(name, "CLOB") || says(name, "TEXT"))
        return str_format(arena, "TEXT%.*s", STR_ARGS(options));
    if (says(name, "REAL") || says(name, "FLOA") || says(name, "DOUB"))
        return STR("REAL");
    return str_format(arena, "NUMERIC%.*s", STR_ARGS(options));
}

// Directions are not read.
static Str reflected_index(Arena *arena, Str columns)
{
    static const char *const words[][2] = {{"desc,", ","}, {"desc)", ")"}, {"asc,", ","}, {"asc)", ")"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        columns = str_replace(arena, columns, str_from(words[i][0]), str_from(words[i][1]));
    return columns;
}

// ---- facts ----

// DEFAULT (expr) is kept without its parentheses.
static Str kept_default(Str text)
{
    return str_starts(text, STR("(")) && str_ends(text, STR(")")) ? str_trim(str_slice(text, 1, text.len - 1)) : text;
}

// What the table's text must hold, where it says at least as many checks as the model knows: SQLAlchemy loses some when it
// rebuilds a table that it has read.
static bool add_piece(Facts *facts, Str before, const Expr *expr, size_t checks)
{
    Arena *arena = facts->frame->r->arena;
    Buf out = buf_open(arena);
    Str table, text;
    if (!sql_expr_unqualified(arena, facts->w.diag, facts->w.r->style, expr, &out))
        return false;
    Str piece = str_format(arena, "%.*s%.*s)", STR_ARGS(before), STR_ARGS(folded(arena, buf_str(&out))));
    if (!frame_text(facts->frame, facts->table, &table) || !frame_text(facts->frame, piece, &text))
        return false;
    vec_push(arena, &facts->pieces, str_format(arena, "(%.*s, %.*s, %zu)", STR_ARGS(table), STR_ARGS(text), checks));
    return true;
}

// A column as it stands, with its key's NOT NULL or without.
static void know_form(Facts *facts, const Table *table, const Column *column, Str type, bool not_null, Str default_)
{
    Arena *arena = facts->frame->r->arena;
    const Constraint *key = table_primary_key(table);
    Buf text = buf_open(arena);
    buf_addf(&text, "column %.*s %.*s", STR_ARGS(column->name), STR_ARGS(str_replace(arena, type, STR(", "), STR(","))));
    if (not_null)
        buf_add(&text, STR(" not null"));
    if (default_.len)
        buf_addf(&text, " default %.*s", STR_ARGS(kept_default(default_)));
    for (size_t i = 0; key && i < key->columns.count; i++)
        if (str_equal(key->columns.items[i], column->name))
            buf_addf(&text, " key %zu", i + 1);
    if (column->computed)
        buf_add(&text, STR(" generated"));
    know(facts, buf_str(&text));
}

static bool know_column(Facts *facts, const Table *table, const Column *column)
{
    Arena *arena = facts->frame->r->arena;
    Str type, default_ = STR_EMPTY;
    if (!sql_type(arena, facts->w.diag, facts->w.r->style, column->type, &type) ||
        (column->default_ && !column->computed &&
         !sql_default(arena, facts->w.diag, facts->w.r->style, column->default_, column->type, &default_)))
        return false;
    size_t collate = str_find(type, STR(" COLLATE "), 0);   // no part of the type there
    type = str_upper(arena, str_slice(type, 0, collate == SIZE_MAX ? type.len : collate));
    Str reflected = table->is_reflected ? reflected_type(arena, type) : type;
    bool key_may_be_null = column->primary_key && column->nullable;
    know_form(facts, table, column, type, !column->nullable, default_);
    if (!str_equal(reflected, type) || (table->is_reflected && key_may_be_null))
        know_form(facts, table, column, reflected, !column->nullable || key_may_be_null, default_);
    return !column->computed || add_piece(facts, STR("as("), column->computed->expr, 0);
}

static void know_key(Facts *facts, const Constraint *c, Str on_delete, Str on_update)
{
    Arena *arena = facts->frame->r->arena;
    know(facts,
         str_format(arena, "foreign key (%.*s) to %.*s (%.*s) %.*s, %.*s",
                    STR_ARGS(strlist_join(arena, &c->columns, STR(","))), STR_ARGS(c->ref_table),
                    STR_ARGS(strlist_join(arena, &c->ref_columns, STR(","))), STR_ARGS(on_delete), STR_ARGS(on_update)));
}

static bool know_constraint(Facts *facts, const Table *table, const Constraint *c, size_t checks)
{
    Arena *arena = facts->frame->r->arena;
    Str columns = strlist_join(arena, &c->columns, STR(","));
    switch (c->kind) {
    case CONSTRAINT_UNIQUE: know(facts, str_format(arena, "unique (%.*s)", STR_ARGS(columns))); return true;
    case CONSTRAINT_FOREIGN: {
        Str none = STR("NO ACTION"), on_delete = c->on_delete.len ? str_upper(arena, c->on_delete) : none;
        Str on_update = c->on_update.len ? str_upper(arena, c->on_update) : none;
        know_key(facts, c, on_delete, on_update);
        // what is written in a column's line is read without its actions
        bool acts = !str_equal(on_delete, none) || !str_equal(on_update, none);
        if (table->is_reflected && c->columns.count == 1 && acts)
            know_key(facts, c, none, none);
        return true;
    }
    case CONSTRAINT_CHECK: return add_piece(facts, STR("check("), c->check, checks);
    case CONSTRAINT_PRIMARY:   // said by its columns
    case CONSTRAINT_EXCLUDE: break;
    }
    return true;
}

static size_t count_of(Str text, Str word)
{
    size_t count = 0;
    for (size_t at = 0; (at = str_find(text, word, at)) != SIZE_MAX; at += word.len)
        count++;
    return count;
}

static Str from_parenthesis(Str text)
{
    size_t at = str_find_char(text, '(', 0);
    return at == SIZE_MAX ? STR_EMPTY : str_slice(text, at, text.len);
}

static Str behind_last_parenthesis(Str text)
{
    size_t at = text.len;
    while (at && text.ptr[at - 1] != ')')
        at--;
    return str_slice(text, at, text.len);
}

// What only the table's text tells. Returns how many checks it has.
static bool know_words(Facts *facts, const Table *table, size_t *checks)
{
    static const char *const words[][2] = {{"check(", "CHECK"},
                                           {"collate", "COLLATE"},
                                           {"autoincrement", "AUTOINCREMENT"},
                                           {"onconflict", "ON CONFLICT"},
                                           {"deferrable", "DEFERRABLE"}};
    Arena *arena = facts->frame->r->arena;
    facts->w.out->count = 0;
    if (!put_create_table(&facts->w, table, table->name, false))
        return false;
    Str text = folded(arena, last_statement(&facts->w)->text), options = behind_last_parenthesis(text);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t count = count_of(text, str_from(words[i][0]));
        for (size_t k = 1; k <= count; k++)
            know(facts, str_format(arena, "%s (%zu)", words[i][1], k));
        *checks = i ? *checks : count;
    }
    if (options.len)
        know(facts, str_format(arena, "options %.*s", STR_ARGS(options)));
    return true;
}

static bool know_index(Facts *facts, const Table *table, const Index *index)
{
    Arena *arena = facts->frame->r->arena;
    facts->w.out->count = 0;
    if (!put_index(&facts->w, index, false))
        return false;
    Str columns = from_parenthesis(folded(arena, last_statement(&facts->w)->text));
    Str reflected = table->is_reflected ? reflected_index(arena, columns) : columns;
    Str name = str_format(arena, "index %.*s %s", STR_ARGS(index->name), index->unique ? "unique" : "");
    know(facts, str_format(arena, "%.*s%.*s", STR_ARGS(name), STR_ARGS(columns)));
    if (!str_equal(reflected, columns))
        know(facts, str_format(arena, "%.*s%.*s", STR_ARGS(name), STR_ARGS(reflected)));
    return true;
}

// The catalogue keeps CREATE TRIGGER and the text from the name on.
static void know_trigger(Facts *facts, Str text)
{
    static const char *const left_out[] = {"create", "temporary", "temp", "trigger", "ifnotexists", "main."};
    Arena *arena = facts->frame->r->arena;
    text = folded(arena, text);
    for (size_t i = 0; i < sizeof left_out / sizeof left_out[0]; i++)
        if (str_starts(text, str_from(left_out[i])))
            text = str_slice(text, strlen(left_out[i]), text.len);
    know(facts, str_format(arena, "trigger %.*s", STR_ARGS(text)));
}

static bool know_table(Facts *facts, const Table *table)
{
    size_t checks = 0;
    facts->table = table->name;
    for (size_t i = 0; i < table->columns.count; i++)
        if (!know_column(facts, table, table->columns.items[i]))
            return false;
    if (!know_words(facts, table, &checks))
        return false;
    for (size_t i = 0; i < table->constraints.count; i++)
        if (!know_constraint(facts, table, table->constraints.items[i], checks))
            return false;
    for (size_t i = 0; i < table->indexes.count; i++)
        if (!know_index(facts, table, table->indexes.items[i]))
            return false;
    for (size_t i = 0; i < table->triggers.count; i++)
        know_trigger(facts, table->triggers.items[i]);
    return true;
}

// As many items of a list to a line as there is room for.
static void put_lines(Arena *arena, View *view, Str name, const StrList *items)
{
    enum { LINE_BYTES = 116 };
    Buf line = buf_open(arena);
    view_list(view, name);
    for (size_t i = 0; i < items->count; i++) {
        if (line.len && line.len + items->items[i].len > LINE_BYTES) {
            view_text(view_item(view, name), STR("text"), buf_str(&line));
            line = buf_open(arena);
        }
        buf_addf(&line, "%s%.*s", line.len ? ", " : "", STR_ARGS(items->items[i]));
    }
    if (line.len)
        view_text(view_item(view, name), STR("text"), buf_str(&line));
}

static bool put_known(Facts *facts, const StrList *names, const StrList *adopted, Str *text)
{
    Arena *arena = facts->frame->r->arena;
    View *view = view_new(arena);
    StrList rows = {0};
    Str sql;
    for (size_t i = 0; i < facts->known.count; i++) {
        if (!frame_text(facts->frame, facts->known.items[i], &sql))
            return false;
        vec_push(arena, &rows, str_format(arena, "(%.*s)", STR_ARGS(sql)));
    }
    if (!frame_text_list(facts->frame, names, &sql))
        return false;
    view_text(view, STR("tables"), sql);
    sql = STR_EMPTY;
    if (adopted->count && !frame_text_list(facts->frame, adopted, &sql))
        return false;
    view_optional(view, STR("adopted"), sql);
    put_lines(arena, view, STR("known"), &rows);
    put_lines(arena, view, STR("pieces"), &facts->pieces);
    view_bool(view, STR("has_pieces"), facts->pieces.count);
    return fill(&facts->w, "shape", view, text);
}

bool sqlite_shape(Frame *frame, View *view)
{
    static const Op none = {0};
    Arena *arena = frame->r->arena;
    ShapeList shapes = frame_shapes(frame);
    StatementList statements = {0};
    Facts facts = {.frame = frame,
                   .w = {.r = frame->r, .arena = arena, .diag = frame->diag, .out = &statements, .op = &none}};
    StrList names = {0}, adopted = {0};
    Str text = STR_EMPTY;
    for (size_t i = 0; i < shapes.count; i++) {
        if (!know_table(&facts, shapes.items[i].table))
            return false;
        vec_push(arena, &names, shapes.items[i].table->name);
        for (size_t k = 0; k < shapes.items[i].adds.count; k++)   // none of these can be taken over
            know(&facts, str_format(arena, "column %.*s is added", STR_ARGS(shapes.items[i].adds.items[k])));
        if (shapes.items[i].adopts)
            vec_push(arena, &adopted, shapes.items[i].table->name);
    }
    if (names.count && !put_known(&facts, &names, &adopted, &text))
        return false;
    view_optional(view, STR("shape"), text);
    if (names.count)
        frame_ask(frame, ASK_SHAPE, STR("(SELECT count(*) = 0 FROM waybill_shape)"),
                  STR("a table that is rebuilt has what this script does not know and would lose: see above which"));
    return true;
}

bool sqlite_column_is(Frame *frame, const Table *table, const ShapeColumn *taken, ColumnQuery *query)
{
    Arena *arena = frame->r->arena;
    const Column *column = taken->column;
    Str type, table_text, column_text, type_text, reflected_text;
    Buf out = buf_open(arena);
    if (!sql_type(arena, frame->diag, frame->r->style, column->type, &type))
        return false;
    size_t collate = str_find(type, STR(" COLLATE "), 0);   // no part of the type there
    type = str_upper(arena, str_slice(type, 0, collate == SIZE_MAX ? type.len : collate));
    Str reflected = table->is_reflected ? reflected_type(arena, type) : type;
    if (!frame_text(frame, table->name, &table_text) || !frame_text(frame, column->name, &column_text) ||
        !frame_text(frame, str_replace(arena, type, STR(", "), STR(",")), &type_text) ||
        !frame_text(frame, str_replace(arena, reflected, STR(", "), STR(",")), &reflected_text))
        return false;
    if (taken->takes & TAKES_TYPE)
        buf_addf(&out, " AND upper(replace(type, ', ', ',')) IN (%.*s, %.*s)", STR_ARGS(type_text),
                 STR_ARGS(reflected_text));
    if ((taken->takes & TAKES_NULL) && !column->primary_key)
        buf_addf(&out, " AND \"notnull\" = %d", !column->nullable);
    if (taken->takes & TAKES_DEFAULT)
        buf_addf(&out, " AND dflt_value IS %sNULL", column->default_ ? "NOT " : "");
    query->condition = out.len ? str_slice(buf_str(&out), 5, out.len) : STR_EMPTY;
    query->found = STR("type || CASE WHEN \"notnull\" THEN ' NOT NULL' ELSE '' END");
    query->from = str_format(arena, "pragma_table_xinfo(%.*s) WHERE name = %.*s COLLATE NOCASE", STR_ARGS(table_text),
                             STR_ARGS(column_text));
    return true;
}
