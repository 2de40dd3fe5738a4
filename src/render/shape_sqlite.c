// SQLite: a rebuild makes a table anew from the model, so whatever else stands on it is lost with the old one. What there is
// is said in short texts, "column total NUMERIC(10, 2) not null", by a query of the catalogue; the model says the same texts
// of what it knows, and whatever is not among them refuses. What the database lacks does no harm.
//
// A pragma does not tell everything: CHECK, COLLATE, generated columns, options and such stand only in the table's own text,
// as indexes and triggers do. The query reads it word by word, as SQLite does, and says of each what it is. The model gives
// the text of its own that the same query reads, so that both are read by the same rules. Comments are blanks to it: they
// hide nothing, and SQLite keeps in its texts even the one that stands before a script's next statement. Views, triggers
// elsewhere and foreign keys towards the table stay as they are, and are not asked about.
#include "frame_int.h"

typedef struct Facts {
    Frame *frame;
    Writing w;
    StrList known;   // ('index', 'orders', 'ix_orders_user_id', 'CREATE INDEX ...'): kind, table, name, what is known of it
    bool failed;
    Str table;
} Facts;

// Of a table, an index or a trigger the text is SQL, of anything else what the query says of it.
static void know(Facts *facts, const char *kind, Str name, Str text)
{
    Arena *arena = facts->frame->r->arena;
    Str table_text, name_text, sql;
    if (frame_text(facts->frame, facts->table, &table_text) && frame_text(facts->frame, name, &name_text) &&
        frame_text(facts->frame, text, &sql))
        vec_push(
            arena, &facts->known,
            str_format(arena, "('%s', %.*s, %.*s, %.*s)", kind, STR_ARGS(table_text), STR_ARGS(name_text), STR_ARGS(sql)));
    else
        facts->failed = true;
}

// SQL on one line, where no quote or comment holds the line's end.
static Str on_one_line(Arena *arena, Str text)
{
    Buf out = buf_open(arena);
    char quote = '\0';
    if (str_find(text, STR("--"), 0) != SIZE_MAX || str_find(text, STR("/*"), 0) != SIZE_MAX)
        return text;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (quote)
            quote = c == quote ? '\0' : quote;
        else if (c == '\'' || c == '"' || c == '`' || c == '[')
            quote = c == '[' ? ']' : c;
        bool blank = !quote && (c == ' ' || c == '\n' || c == '\t' || c == '\r');
        if (!blank)
            buf_add_char(&out, c);
        else if (out.len && out.ptr[out.len - 1] != ' ')
            buf_add_char(&out, ' ');
    }
    return buf_str(&out);
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
static Str reflected_index(Arena *arena, Str text)
{
    static const char *const words[][2] = {{" DESC,", ","}, {" DESC)", ")"}, {" ASC,", ","}, {" ASC)", ")"},
                                           {" desc,", ","}, {" desc)", ")"}, {" asc,", ","}, {" asc)", ")"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        text = str_replace(arena, text, str_from(words[i][0]), str_from(words[i][1]));
    return text;
}

// ---- facts ----

// DEFAULT (expr) is kept without its parentheses.
static Str kept_default(Str text)
{
    return str_starts(text, STR("(")) && str_ends(text, STR(")")) ? str_trim(str_slice(text, 1, text.len - 1)) : text;
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
        buf_add(&text, column->computed->persisted == TRI_TRUE ? STR(" stored") : STR(" generated"));
    know(facts, "column", column->name, buf_str(&text));
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
    return true;
}

static void know_key(Facts *facts, const Constraint *c, Str on_delete, Str on_update)
{
    Arena *arena = facts->frame->r->arena;
    know(facts, "foreign key", STR_EMPTY,
         str_format(arena, "foreign key (%.*s) to %.*s (%.*s) %.*s, %.*s",
                    STR_ARGS(strlist_join(arena, &c->columns, STR(","))), STR_ARGS(c->ref_table),
                    STR_ARGS(strlist_join(arena, &c->ref_columns, STR(","))), STR_ARGS(on_delete), STR_ARGS(on_update)));
}

static void know_constraint(Facts *facts, const Table *table, const Constraint *c)
{
    Arena *arena = facts->frame->r->arena;
    Str columns = strlist_join(arena, &c->columns, STR(","));
    switch (c->kind) {
    case CONSTRAINT_UNIQUE: know(facts, "unique", c->name, str_format(arena, "unique (%.*s)", STR_ARGS(columns))); break;
    case CONSTRAINT_FOREIGN: {
        Str none = STR("NO ACTION"), on_delete = c->on_delete.len ? str_upper(arena, c->on_delete) : none;
        Str on_update = c->on_update.len ? str_upper(arena, c->on_update) : none;
        know_key(facts, c, on_delete, on_update);
        // what is written in a column's line is read without its actions
        bool acts = !str_equal(on_delete, none) || !str_equal(on_update, none);
        if (table->is_reflected && c->columns.count == 1 && acts)
            know_key(facts, c, none, none);
        break;
    }
    case CONSTRAINT_CHECK:     // said by the table's text
    case CONSTRAINT_PRIMARY:   // and by its columns
    case CONSTRAINT_EXCLUDE: break;
    }
}

// What only the table's text tells.
static bool know_text(Facts *facts, const Table *table)
{
    facts->w.out->count = 0;
    if (!put_create_table(&facts->w, table, table->name, false))
        return false;
    know(facts, "table", table->name, on_one_line(facts->frame->r->arena, last_statement(&facts->w)->text));
    return true;
}

static bool know_index(Facts *facts, const Table *table, const Index *index)
{
    Arena *arena = facts->frame->r->arena;
    const char *kind = index->unique ? "unique index" : "index";
    facts->w.out->count = 0;
    if (!put_index(&facts->w, index, false))
        return false;
    Str text = on_one_line(arena, last_statement(&facts->w)->text);
    Str reflected = table->is_reflected ? reflected_index(arena, text) : text;
    know(facts, kind, index->name, text);
    if (!str_equal(reflected, text))
        know(facts, kind, index->name, reflected);
    return true;
}

static bool know_table(Facts *facts, const Table *table)
{
    Arena *arena = facts->frame->r->arena;
    facts->table = table->name;
    for (size_t i = 0; i < table->columns.count; i++)
        if (!know_column(facts, table, table->columns.items[i]))
            return false;
    if (!know_text(facts, table))
        return false;
    for (size_t i = 0; i < table->constraints.count; i++)
        know_constraint(facts, table, table->constraints.items[i]);
    for (size_t i = 0; i < table->indexes.count; i++)
        if (!know_index(facts, table, table->indexes.items[i]))
            return false;
    for (size_t i = 0; i < table->triggers.count; i++)
        know(facts, "trigger", STR_EMPTY, on_one_line(arena, table->triggers.items[i]));
    return !facts->failed;
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

static bool put_known(Facts *facts, const StrList *names, const StrList *adopted, const StrList *renumbered, Str *text)
{
    View *view = view_new(facts->frame->r->arena);
    const struct {
        Str name;
        const StrList *list;
    } lists[] = {{STR("tables"), names}, {STR("adopted"), adopted}, {STR("renumbered"), renumbered}};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        Str sql = STR_EMPTY;
        if (lists[i].list->count && !frame_text_list(facts->frame, lists[i].list, &sql))
            return false;
        view_optional(view, lists[i].name, sql);
    }
    put_lines(facts->frame->r->arena, view, STR("known"), &facts->known);
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
    StrList names = {0}, adopted = {0}, renumbered = {0};
    Str text = STR_EMPTY;
    for (size_t i = 0; i < shapes.count; i++) {
        if (!know_table(&facts, shapes.items[i].table))
            return false;
        vec_push(arena, &names, shapes.items[i].table->name);
        for (size_t k = 0; k < shapes.items[i].adds.count; k++)   // none of these can be taken over
            know(&facts, "column", shapes.items[i].adds.items[k], STR("added"));
        if (shapes.items[i].adopts)
            vec_push(arena, &adopted, shapes.items[i].table->name);
        if (shapes.items[i].renumbers)
            vec_push(arena, &renumbered, shapes.items[i].table->name);
    }
    if (names.count && !put_known(&facts, &names, &adopted, &renumbered, &text))
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
