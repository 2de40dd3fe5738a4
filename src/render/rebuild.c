// SQLite's copy and move: a table that ALTER TABLE cannot change is made anew under another name, filled, and renamed.
// Columns, types, defaults, constraints and indexes come from the model; triggers are made again, with a warning.
#include "render_int.h"

static bool is_unknown(const Table *table)
{
    return !table || table->is_opaque;
}

// Whether a constraint or an index goes with the column, where ALTER TABLE DROP COLUMN is refused. What else may name it in
// a table that is not known as a whole, SQLite tells.
static bool loses_more(const Op *op)
{
    return op->before && op->after &&
           (op->after->constraints.count < op->before->constraints.count ||
            op->after->indexes.count < op->before->indexes.count);
}

// ALTER TABLE ADD COLUMN takes no key, no expression as default, no stored column, and NOT NULL only with a default.
static bool can_add_column(const Op *op)
{
    const Column *column = op->column;
    for (size_t i = 0; i < op->constraints.count; i++)
        if (!op->constraints.items[i]->is_inline && !op->inline_references)
            return false;
    bool constant = !column->default_ || column->default_->kind == EXPR_LITERAL || column->default_->kind == EXPR_NULL ||
                    column->default_->kind == EXPR_TRUE || column->default_->kind == EXPR_FALSE;
    if (column->default_ && column->default_->kind == EXPR_TEXT) {
        static const char *const words[] = {"true", "false", "null", NULL};
        Str text = column->default_->text;   // a quoted text, a number or a word that is a value
        bool number = text.len > 0;
        for (size_t i = 0; i < text.len; i++)
            number &= (text.ptr[i] >= '0' && text.ptr[i] <= '9') || text.ptr[i] == '.';
        constant = number || str_is_one_of(text, words) ||
                   (text.len > 1 && text.ptr[0] == '\'' && str_find_char(text, '\'', 1) == text.len - 1);
    }
    bool stored = column->computed && column->computed->persisted == TRI_TRUE;
    return constant && !stored && !column->primary_key &&
           (column->nullable || (column->default_ && column->default_->kind != EXPR_NULL)) && !op->insert_before.len &&
           !op->insert_after.len;
}

bool needs_rebuild(const SqlStyle *style, const Op *op)
{
    switch (op->kind) {
    case OP_ADD_COLUMN: return !can_add_column(op);
    case OP_DROP_COLUMN: return style->minimum < style->dialect->drop_column_since || loses_more(op);
    case OP_ALTER_COLUMN: {
        const ColumnChange *c = op->change;
        return c->type || c->has_nullable || c->has_default || c->has_autoincrement || op->insert_before.len ||
               op->insert_after.len || (c->new_name.len && style->minimum < style->dialect->rename_column_since);
    }
    case OP_ADD_CONSTRAINT:
    case OP_DROP_CONSTRAINT: return true;
    case OP_BATCH:
        if (str_equal(op->recreate, STR("always")))
            return true;
        if (str_equal(op->recreate, STR("never")))
            return false;
        for (size_t i = 0; i < op->ops.count; i++) {
            OpKind kind = op->ops.items[i]->kind;
            if (is_unknown(op->before)) {   // it cannot be rebuilt, but ALTER TABLE may do
                if (needs_rebuild(style, op->ops.items[i]))
                    return true;
                continue;
            }
            bool simple = kind == OP_CREATE_INDEX || kind == OP_DROP_INDEX || kind == OP_TABLE_COMMENT ||
                          (kind == OP_ADD_COLUMN && can_add_column(op->ops.items[i]));
            if (!simple)
                return true;
        }
        return false;
    case OP_CREATE_TABLE:
    case OP_DROP_TABLE:
    case OP_RENAME_TABLE:
    case OP_CREATE_INDEX:
    case OP_DROP_INDEX:
    case OP_TABLE_COMMENT:
    case OP_CREATE_ENUM:
    case OP_DROP_ENUM:
    case OP_CREATE_SEQUENCE:
    case OP_DROP_SEQUENCE:
    case OP_CREATE_SCHEMA:
    case OP_DROP_SCHEMA:
    case OP_EXECUTE:
    case OP_BULK_INSERT:
    case OP_AUTOCOMMIT_BEGIN:
    case OP_AUTOCOMMIT_END: return false;
    }
    return false;
}

static bool refuse_opaque(Writing *w, const Op *op, const Table *table)
{
    Str why = table && table->is_opaque ? table->why_opaque : op->why_unknown.len ? op->why_unknown : STR(NEVER_CREATED);
    diag_error(w->diag, op->at, "cannot rebuild table \"%.*s\": its shape is not known (%.*s)", STR_ARGS(op->table),
               STR_ARGS(why));
    if (is_after_refusal(why))
        diag_hint(w->diag, "%s", refusal_hint(why));
    else if (!is_never_created(why))
        diag_hint(w->diag, "Give batch_alter_table() the table with copy_from=, or write an override for this revision.");
    else
        diag_hint(w->diag,
                  "If it stood there before the chain, describe it in a baseline ([waybill] baseline = FILE.py); else give "
                  "batch_alter_table() the table with copy_from=, or write an override for this revision.");
    if (table && table == op->before && table->opaque_at.source)
        diag_note(w->diag, table->opaque_at, "it became unknown here");
    return false;
}

// Returns what an old column is called after the operation.
static Str renamed(const Op *op, Str column)
{
    if (op->kind == OP_BATCH) {
        for (size_t i = 0; i < op->ops.count; i++)
            column = renamed(op->ops.items[i], column);
        return column;
    }
    return op->kind == OP_ALTER_COLUMN && op->change->new_name.len && str_equal(op->name, column) ? op->change->new_name
                                                                                                  : column;
}

static bool is_dropped(const Op *op, Str column)
{
    if (op->kind == OP_BATCH) {
        for (size_t i = 0; i < op->ops.count; i++)
            if (is_dropped(op->ops.items[i], column))
                return true;
        return false;
    }
    return op->kind == OP_DROP_COLUMN && str_equal(op->name, column);
}

static const Column *old_column(const Op *op, const Table *before, Str name)
{
    for (size_t i = 0; i < before->columns.count; i++) {
        const Column *old = before->columns.items[i];
        if (str_equal(renamed(op, old->name), name) && !is_dropped(op, old->name))
            return old;
    }
    return NULL;
}

// A shorter text type would keep what is too long for it: SQLite does not check lengths, so the script does.
static void put_narrowing_check(Writing *w, const Op *op, const Table *before, const Column *old, const Column *now)
{
    bool text = type_family(old->type) == FAMILY_TEXT && type_family(now->type) == FAMILY_TEXT;
    if (!text || now->type->length < 0 || (old->type->length >= 0 && old->type->length <= now->type->length) ||
        now->type->kind == TYPE_ENUM)
        return;
    Str sql = str_format(w->arena, "SELECT count(*) FROM %.*s WHERE length(%.*s) > %d",
                         STR_ARGS(table_of(w, before->schema, before->name)), STR_ARGS(name_of(w, old->name)),
                         now->type->length);
    put_text(w, STATEMENT_QUERY, sql, op->at);
    last_statement(w)->expects_zero = true;
}

// What a column gets that the table before has not: its default, as ADD COLUMN gives it.
static bool first_value(Writing *w, const Column *column, Str *value)
{
    *value = STR("NULL");
    return !column->default_ || sql_default(w->arena, w->diag, w->r->style, column->default_, column->type, value);
}

// ---- what SQLite keeps of a table that no column shows ----

static bool has_rowid(Writing *w, const Table *table)
{
    const Option *rowid = dialect_option(w, &table->options, "with_rowid");
    return !(rowid && rowid->kind == OPTION_BOOL && !rowid->boolean);
}

// Returns the column that is another name of the rowid: of a key of one column, when its type is INTEGER, to the letter.
// Source: sqlite.org/lang_createtable.html, "ROWIDs and the INTEGER PRIMARY KEY".
static const Column *rowid_alias(Writing *w, const Table *table)
{
    const Constraint *key = table_primary_key(table);
    const Column *column = key && key->columns.count == 1 ? table_column(table, key->columns.items[0]) : NULL;
    Str type;
    return column && has_rowid(w, table) && sql_type(w->arena, w->diag, w->r->style, column->type, &type) &&
                   str_equal_fold(type, STR("INTEGER"))
               ? column
               : NULL;
}

static bool says_column(const Table *table, Str name)
{
    for (size_t i = 0; i < table->columns.count; i++)
        if (str_equal_fold(table->columns.items[i]->name, name))
            return true;
    return false;
}

// What becomes of the rowids, by which full text indexes and applications may find rows.
typedef struct Rowids {
    Str name;        // what both tables call it, to copy it by; empty: it is not copied
    bool renumber;   // they are others afterwards
} Rowids;

static Rowids rowids_of(Writing *w, const Op *op, const Table *before, const Table *after, bool adopts)
{
    static const char *const names[] = {"rowid", "_rowid_", "oid"};
    const Column *old = rowid_alias(w, before), *now = rowid_alias(w, after);
    if (!has_rowid(w, before))
        return (Rowids){STR_EMPTY, false};
    if (!has_rowid(w, after) || now)
        return (Rowids){STR_EMPTY, !now || !old || old_column(op, before, now->name) != old};
    // columns that are taken over stand in no list, and the rowid would have to
    for (size_t i = 0; i < sizeof names / sizeof names[0] && !adopts; i++)
        if (!says_column(before, str_from(names[i])) && !says_column(after, str_from(names[i])))
            return (Rowids){str_from(names[i]), false};
    return (Rowids){STR_EMPTY, true};
}

// The highest number that AUTOINCREMENT has given, which may belong to a row that is gone: it is never given again.
static bool put_counter(Writing *w, const Table *before, const Table *after, Str stem)
{
    View *view = view_new(w->arena);
    Str table, temporary;
    if (!option_is_true(w, &before->options, "autoincrement") || !table_autoincrement(before) ||
        !option_is_true(w, &after->options, "autoincrement") || !table_autoincrement(after))
        return true;
    if (!sql_text(w->arena, w->diag, w->r->style, SPAN_NONE, before->name, &table) ||
        !sql_text(w->arena, w->diag, w->r->style, SPAN_NONE, stem, &temporary))
        return false;
    view_text(view, STR("table"), table);
    view_text(view, STR("temporary"), temporary);
    return put(w, STATEMENT_DML, "carry_counter", view);
}

// ---- the copy ----

// adopts: the new table has all columns of the old one behind its own, which are named in no list.
static bool put_copy(Writing *w, const Op *op, const Table *before, const Table *after, Str temporary, Str rowid,
                     bool adopts)
{
    Buf columns = buf_open(w->arena), values = buf_open(w->arena);
    Str from = table_of(w, before->schema, before->name), value;
    if (rowid.len) {
        buf_add(&columns, rowid);
        buf_addf(&values, "%.*s.%.*s", STR_ARGS(name_of(w, before->name)), STR_ARGS(rowid));
    }
    for (size_t i = 0; i < after->columns.count; i++) {
        const Column *now = after->columns.items[i];
        const Column *old = old_column(op, before, now->name);
        const char *comma = columns.len ? ", " : "";
        if (now->computed || (!adopts && (!old || old->computed)))
            continue;
        buf_addf(&columns, "%s%.*s", comma, STR_ARGS(name_of(w, now->name)));
        if (!old || old->computed) {
            if (!first_value(w, now, &value))
                return false;
            buf_addf(&values, "%s%.*s", comma, STR_ARGS(value));
            continue;
        }
        put_narrowing_check(w, op, before, old, now);
        Str source = str_format(w->arena, "%.*s.%.*s", STR_ARGS(name_of(w, before->name)), STR_ARGS(name_of(w, old->name)));
        bool cast = type_family(old->type) != type_family(now->type) && type_family(now->type) != FAMILY_JSON;
        Str type;
        if (!cast) {
            buf_addf(&values, "%s%.*s", comma, STR_ARGS(source));
        } else {
            if (!sql_type(w->arena, w->diag, w->r->style, now->type, &type))
                return false;
            buf_addf(&values, "%sCAST(%.*s AS %.*s) AS %.*s", comma, STR_ARGS(source), STR_ARGS(type),
                     STR_ARGS(name_of(w, now->name)));
        }
    }
    if (!columns.len)
        return true;
    View *view = view_new(w->arena);
    view_text(view, STR("to"), temporary);
    view_text(view, STR("columns"), buf_str(&columns));
    view_text(view, STR("values"), buf_str(&values));
    view_text(view, STR("from"), from);
    if (!put(w, STATEMENT_COPY, adopts ? "adopt_rows" : "copy_rows", view))
        return false;
    last_statement(w)->copy_from = str_copy(w->r->arena, from);
    last_statement(w)->copy_to = str_copy(w->r->arena, temporary);
    return true;
}

static bool put_renamed(Writing *w, Str table, Str name)
{
    View *rename = view_new(w->arena);
    view_text(rename, STR("table"), table);
    view_text(rename, STR("name"), name_of(w, name));
    if (!put(w, STATEMENT_DDL, "rename_table", rename))
        return false;
    last_statement(w)->legacy_rename = true;
    return true;
}

static bool put_dropped(Writing *w, Str table)
{
    View *drop = view_new(w->arena);
    view_bool(drop, STR("if_exists"), false);
    view_text(drop, STR("table"), table);
    return put(w, STATEMENT_DDL, "drop_table", drop);
}

// ---- what was made by hand ----

// A change of sqlite_master, and what must be so behind it: both are templates of the same view.
static bool put_schema_change(Writing *w, const char *name, const char *holds, const View *view)
{
    Str text;
    if (!put(w, STATEMENT_DDL, name, view) || !fill(w, holds, view, &text))
        return false;
    last_statement(w)->writes_schema = true;
    last_statement(w)->holds = str_copy(w->r->arena, text);
    return true;
}

// What the templates say of a table whose columns, indexes and triggers that were made by hand are taken over.
static bool adopt_view(Writing *w, const Table *before, const Table *after, Str stem, View *view)
{
    Str text;
    Buf columns = buf_open(w->arena);
    StrList own = {0};
    for (size_t i = 0; i < before->columns.count; i++) {
        if (!sql_text(w->arena, w->diag, w->r->style, SPAN_NONE, before->columns.items[i]->name, &text))
            return false;
        buf_addf(&columns, "%s(%.*s, %zu)", i ? ", " : "", STR_ARGS(text), i + 1);
    }
    for (size_t i = 0; i < before->indexes.count; i++)
        vec_push(w->arena, &own, before->indexes.items[i]->name);
    view_text(view, STR("columns"), buf_str(&columns));
    view_text(view, STR("count"), str_format(w->arena, "%zu", after->columns.count));
    const struct {
        Str name, text;
    } texts[] = {{STR("table"), before->name},
                 {STR("temporary"), stem},
                 {STR("name"), after->name},
                 {STR("quoted"),
                  str_format(w->arena, "\"%.*s\"", STR_ARGS(str_replace(w->arena, after->name, STR("\""), STR("\"\""))))}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (!sql_text(w->arena, w->diag, w->r->style, SPAN_NONE, texts[i].text, &text))
            return false;
        view_text(view, texts[i].name, text);
    }
    text = STR_EMPTY;
    if (own.count && !sql_text_list(w->arena, w->diag, w->r->style, SPAN_NONE, &own, &text))
        return false;
    view_optional(view, STR("own"), text);
    return true;
}

static bool has_no_columns_to_drop(Writing *w, const Op *op)
{
    if (w->r->style->minimum >= w->r->dialect->drop_column_since)
        return false;
    diag_error(w->diag, op->at, "adopt.%.*s needs SQLite %.*s or later", STR_ARGS(op->table),
               STR_ARGS(dialect_version_text(w->arena, w->r->dialect, w->r->dialect->drop_column_since)));
    return true;
}

// The new table is made with the old one's columns behind its own, those of the model under other names, which are dropped
// when the rows are there: so no statement has to name what nobody knows. Indexes and triggers are moved to the new table in
// sqlite_master, with their own text, and the indexes made again.
static bool put_adopting_rebuild(Writing *w, const Op *op, const Table *before, const Table *after, Str stem)
{
    Str temporary = table_of(w, before->schema, stem), old = STR("waybill_old");
    View *view = view_new(w->arena);
    Table *wide = table_copy(w->arena, after);
    Column *more = arena_new(w->arena, Column);
    *more = (Column){.name = old, .type = type_new(w->arena, TYPE_INTEGER), .nullable = true};
    vec_push(w->arena, &wide->columns, more);
    if (has_no_columns_to_drop(w, op) || !put_create_table(w, wide, stem, false))
        return false;
    last_statement(w)->table_id = before->id;
    last_statement(w)->adopts = true;
    for (size_t i = 0; i < after->columns.count; i++)
        if (!table_column(before, after->columns.items[i]->name))
            vec_push(w->r->arena, &last_statement(w)->adds, str_copy(w->r->arena, after->columns.items[i]->name));
    last_statement(w)->renumbers = rowids_of(w, op, before, after, true).renumber;
    if (!adopt_view(w, before, after, stem, view) || !put_schema_change(w, "adopt_columns", "adopt_columns_hold", view) ||
        !put_counter(w, before, after, stem) || !put_copy(w, op, before, after, temporary, STR_EMPTY, true))
        return false;
    for (size_t i = 0; i < before->columns.count; i++) {
        View *drop = view_new(w->arena);
        view_bool(drop, STR("if_exists"), false);
        view_text(drop, STR("table"), temporary);
        view_text(drop, STR("column"), str_format(w->arena, "waybill_old_%zu", i + 1));
        if (!put(w, STATEMENT_DDL, "drop_column", drop))
            return false;
    }
    if (!put_renamed(w, table_of(w, before->schema, before->name), old) || !put_renamed(w, temporary, after->name) ||
        !put_schema_change(w, "adopt_objects", "adopt_objects_hold", view))
        return false;
    Str reindex = str_format(w->arena, "REINDEX %.*s", STR_ARGS(table_of(w, after->schema, after->name))), holds;
    put_text(w, STATEMENT_DDL, reindex, op->at);
    if (!fill(w, "adopt_indexes_hold", view, &holds))
        return false;
    last_statement(w)->holds = str_copy(w->r->arena, holds);
    return put_dropped(w, table_of(w, before->schema, old));
}

// ---- the rebuild ----

static bool columns_may_go(Writing *w, const Op *op, const Table *left)
{
    for (size_t i = 0; op->kind == OP_BATCH && i < op->ops.count; i++)
        if (!columns_may_go(w, op->ops.items[i], left))
            return false;
    return op->kind != OP_DROP_COLUMN || column_may_go(w, op, left);
}

static void warn_of_usual_names(Writing *w, const Op *op)
{
    for (size_t i = 0; op->kind == OP_BATCH && i < op->ops.count; i++)
        warn_of_usual_names(w, op->ops.items[i]);
    if (op->kind != OP_DROP_CONSTRAINT || !op->dropped || op->dropped->name.len ||
        !str_equal(op->dropped->usual_name, op->name))
        return;
    diag_warn(
        w->diag, op->at,
        "no constraint of table \"%.*s\" has the name \"%.*s\" on SQLite: the one is dropped that has it on PostgreSQL, "
        "over (%.*s)",
        STR_ARGS(op->table), STR_ARGS(op->name), STR_ARGS(strlist_join(w->arena, &op->dropped->columns, STR(", "))));
}

bool put_rebuild(Writing *w, const Op *op)
{
    const Table *before = op->before, *after = op->after;
    if (!before || !after || before->is_opaque || after->is_opaque)
        return refuse_opaque(w, op, before && before->is_opaque ? before : after);
    if (!columns_may_go(w, op, after))
        return false;
    warn_of_usual_names(w, op);
    enum { LONGEST = 50 };
    Str stem = str_format(w->arena, "_alembic_tmp_%.*s", STR_ARGS(before->name));
    stem.len = stem.len > LONGEST ? LONGEST : stem.len;
    Str temporary = table_of(w, before->schema, stem);
    size_t first = w->out->count;
    // a client that goes on after an error could keep a schema that SQLite cannot read, behind which no gate can ask
    // anything
    bool adopts = !w->r->options->bare && str_equal(w->r->options->client, STR("sqlite3")) &&
                  strlist_has(&w->r->project->settings.adopt, str_lower(w->arena, before->name));
    if (adopts) {
        if (!put_adopting_rebuild(w, op, before, after, stem))
            return false;
    } else {
        if (!put_create_table(w, after, stem, false))
            return false;
        Rowids rowids = rowids_of(w, op, before, after, false);
        last_statement(w)->table_id = before->id;
        last_statement(w)->renumbers = rowids.renumber;
        // the bare script is Alembic's
        if ((!w->r->options->bare && !put_counter(w, before, after, stem)) ||
            !put_copy(w, op, before, after, temporary, w->r->options->bare ? STR_EMPTY : rowids.name, false) ||
            !put_dropped(w, table_of(w, before->schema, before->name)) || !put_renamed(w, temporary, after->name))
            return false;
    }
    // checks come before anything is changed
    for (size_t i = first + 1; i < w->out->count; i++)
        if (w->out->items[i].expects_zero) {
            Statement check = w->out->items[i];
            memmove(&w->out->items[first + 1], &w->out->items[first], (i - first) * sizeof check);
            w->out->items[first++] = check;
        }
    for (size_t i = 0; i < after->indexes.count; i++)
        if (!put_index(w, after->indexes.items[i], false))
            return false;
    for (size_t i = 0; !adopts && i < before->triggers.count; i++) {
        put_text(w, STATEMENT_DDL, before->triggers.items[i], op->at);
        last_statement(w)->warning = STR("the rebuild dropped this trigger with its table: it is made again as it was");
        diag_warn(w->diag, op->at, "rebuilding table \"%.*s\" drops and makes again its trigger", STR_ARGS(before->name));
    }
    return true;
}
