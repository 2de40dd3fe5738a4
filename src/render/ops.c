// One operation -> its statements.
#include "render_int.h"

// MySQL changes the type of what foreign keys stand on while it does not look at them; MariaDB never.
static void note_key_checks(Writing *w, Str sql)
{
    Buf plain = buf_open(w->arena);
    for (size_t i = 0; i < sql.len; i++)
        if (!strchr(" \t\r\n:@", sql.ptr[i]))
            buf_add_char(&plain, sql.ptr[i]);
    Str text = str_lower(w->arena, buf_str(&plain)), set = STR("setforeign_key_checks="), session = STR("setsession");
    if (str_starts(text, session))
        text = str_format(w->arena, "set%.*s", STR_ARGS(str_slice(text, session.len, text.len)));
    if (w->r->dialect->id == DIALECT_MYSQL && str_starts(text, set))
        w->unchecked_keys = str_ends(text, STR("=0")) || str_ends(text, STR("=off"));
}

// Raw SQL, statement by statement, told apart for the frame; never rewritten.
bool put_raw(Writing *w, Span at, Str sql)
{
    RawList statements = {0};
    if (!sql_split(w->arena, w->diag, w->r->dialect, at, sql, &statements))
        return false;
    for (size_t i = 0; i < statements.count; i++) {
        const RawStatement *raw = &statements.items[i];
        StatementKind kind = STATEMENT_DDL;
        switch (raw->kind) {
        case RAW_QUERY: kind = STATEMENT_QUERY; break;
        case RAW_COMMENT: kind = STATEMENT_COMMENT; break;
        case RAW_TRANSACTION:
            kind = str_equal_fold(raw->text, STR("COMMIT"))  ? STATEMENT_COMMIT
                   : str_equal_fold(raw->text, STR("BEGIN")) ? STATEMENT_BEGIN
                                                             : STATEMENT_CONTROL;
            break;
        case RAW_SESSION: kind = STATEMENT_CONTROL; break;
        case RAW_CLIENT: kind = STATEMENT_CLIENT; break;
        case RAW_DML: kind = STATEMENT_DML; break;
        case RAW_OTHER:
        case RAW_DDL: break;
        }
        if (raw->touches.len && kind != STATEMENT_CLIENT)
            kind = STATEMENT_CONTROL;
        note_key_checks(w, raw->text);
        put_text(w, kind, raw->text, at);
        Statement *statement = last_statement(w);
        statement->touches = str_copy(w->r->arena, raw->touches);
        statement->is_raw = true;
        statement->must_run_outside = raw->outside_transaction;
        statement->outside_transaction |= raw->outside_transaction;
    }
    return true;
}

// ---- INSERT with values for what SQL Server counts by itself ----

static bool inserts_column(const Dml *dml, Str column)
{
    if (dml->select)
        return strlist_has(&dml->columns, column);
    for (size_t r = 0; r < dml->rows.count; r++)
        for (size_t i = 0; i < dml->rows.items[r].count; i++)
            if (str_equal(dml->rows.items[r].items[i].column, column))
                return true;
    return false;
}

// The names that the INSERT fills, as texts: N'id', N'name'.
static bool inserted_names(Writing *w, const Dml *dml, Str *names)
{
    StrList list = {0};
    for (size_t i = 0; dml->select && i < dml->columns.count; i++)
        vec_push(w->arena, &list, dml->columns.items[i]);
    for (size_t r = 0; !dml->select && r < dml->rows.count; r++)
        for (size_t i = 0; i < dml->rows.items[r].count; i++)
            if (!strlist_has(&list, dml->rows.items[r].items[i].column))
                vec_push(w->arena, &list, dml->rows.items[r].items[i].column);
    Buf out = buf_open(w->arena);
    for (size_t i = 0; i < list.count; i++) {
        Str name;
        if (!sql_national_text(w->arena, w->diag, w->r->style, w->op->at, list.items[i], &name))
            return false;
        buf_addf(&out, "%s%.*s", i ? ", " : "", STR_ARGS(name));
    }
    *names = buf_str(&out);
    return true;
}

// SET IDENTITY_INSERT stands around an INSERT that fills an identity column: as the model knows the table, else asked of the
// server. Alembic writes it around every bulk_insert(), which fails for tables without such a column.
static bool put_identity_insert(Writing *w, const Op *op, bool on)
{
    const Dml *dml = op->dml;
    if (w->r->dialect->grow != GROW_IDENTITY || dml->kind != DML_INSERT)
        return true;
    const Table *table = op->before;
    bool known = table && !table->is_opaque, fills = false;
    for (size_t i = 0; known && i < table->columns.count; i++) {
        const Column *column = table->columns.items[i];
        fills |= (column->identity || table_grows(w->r->dialect, table) == column) && inserts_column(dml, column->name);
    }
    View *view = view_new(w->arena);
    Str table_literal, names;
    if (known && !fills)
        return true;
    if (!object_literal(w, dml->table->schema, dml->table->name, &table_literal) || !inserted_names(w, dml, &names))
        return false;
    view_text(view, STR("table"), table_of(w, dml->table->schema, dml->table->name));
    view_text(view, STR("table_literal"), table_literal);
    view_text(view, STR("names"), names);
    view_bool(view, STR("known"), known);
    view_text(view, STR("state"), on ? STR("ON") : STR("OFF"));
    return put(w, STATEMENT_DML, "identity_insert", view);
}

static bool put_raw_query(Writing *w, const Op *op)
{
    size_t first = w->out->count;
    if (!put_raw(w, op->at, op->sql->text))
        return false;
    size_t count = w->out->count;
    bool done = true;
    for (size_t i = first; i < count && done; i++) {
        w->out->count = i + 1;
        done = expect_of_last(w, op);
    }
    w->out->count = count;
    return done;
}

static bool put_execute(Writing *w, const Op *op)
{
    if (op->only_asked && op->expect == EXPECT_ANYTHING)
        return true;
    if (op->sql)
        return put_raw_query(w, op);
    if (op->select) {
        Buf out = buf_open(w->arena);
        if (!sql_select(w->arena, w->diag, w->r->style, op->select, &out))
            return false;
        put_text(w, STATEMENT_QUERY, buf_str(&out), op->at);
        return expect_of_last(w, op);
    }
    StrList texts = {0};
    if (!sql_dml(w->arena, w->diag, w->r->style, op->dml, op->at, &texts) || !put_identity_insert(w, op, true))
        return false;
    for (size_t i = 0; i < texts.count; i++) {
        put_text(w, STATEMENT_DML, texts.items[i], op->at);
        if (op->dml->kind == DML_INSERT && !op->dml->select && !op->dml->has_conflict)
            last_statement(w)->rows = 1;
    }
    return put_identity_insert(w, op, false);
}

static bool put_table(Writing *w, const Op *op)
{
    if (!put_create_table(w, op->created, op->created->name, op->if_not_exists))
        return false;
    for (size_t i = 0; i < op->indexes.count; i++)
        if (!put_index(w, op->indexes.items[i], op->if_not_exists))
            return false;
    return put_comment_on_table(w, op->created);
}

// A key or foreign key dropped without its name: the one the server gave it is known from the model.
static bool constraint_to_drop(Writing *w, const Op *op, Str *name)
{
    *name = op->name;
    if (name->len)
        return true;
    const Constraint *key = op->before && op->has_constraint_kind && op->constraint_kind == CONSTRAINT_PRIMARY
                                ? table_primary_key(op->before)
                                : NULL;
    if (key)
        *name = key->name.len ? key->name : key->server_name;
    if (name->len)
        return true;
    diag_error(w->diag, op->at, "cannot drop a constraint of table \"%.*s\" without its name", STR_ARGS(op->table));
    diag_hint(w->diag, "Give drop_constraint() the constraint's name as the database has it.");
    return false;
}

// What MySQL drops by a word of its own: as the revision says, else as the model knows it.
static bool drop_word(Writing *w, const Op *op, Str name, Str *word)
{
    bool mariadb = w->r->dialect->id == DIALECT_MARIADB, has_kind = op->has_constraint_kind;
    const Constraint *known = op->dropped ? op->dropped : op->before ? table_constraint(op->before, name) : NULL;
    ConstraintKind kind = has_kind ? op->constraint_kind : known ? known->kind : CONSTRAINT_UNIQUE;
    *word = STR_EMPTY;
    if (w->r->dialect->alter != ALTER_WHOLE)
        return true;
    if (!has_kind && !known) {
        diag_error(w->diag, op->at, "%.*s drops each kind of constraint in its own way, and that of \"%.*s\" is not known",
                   STR_ARGS(w->r->dialect->title), STR_ARGS(name));
        diag_hint(w->diag, "Pass type_=\"foreignkey\", \"unique\", \"primary\" or \"check\".");
        return false;
    }
    switch (kind) {
    case CONSTRAINT_PRIMARY: *word = STR("PRIMARY KEY"); break;
    case CONSTRAINT_UNIQUE: *word = STR("INDEX"); break;
    case CONSTRAINT_FOREIGN: *word = STR("FOREIGN KEY"); break;
    case CONSTRAINT_CHECK: *word = mariadb ? STR("CONSTRAINT") : STR("CHECK"); break;
    case CONSTRAINT_EXCLUDE: break;
    }
    return true;
}

bool put_drop_constraint(Writing *w, const Op *op)
{
    View *view = view_new(w->arena);
    Str name, word;
    bool nameless = w->r->dialect->alter == ALTER_WHOLE && op->has_constraint_kind &&
                    op->constraint_kind == CONSTRAINT_PRIMARY;
    name = op->name;
    if ((!nameless && !constraint_to_drop(w, op, &name)) || !drop_word(w, op, name, &word))
        return false;
    view_text(view, STR("table"), table_of(w, op->schema, op->table));
    view_optional(view, STR("word"), word);
    view_optional(view, STR("name"), str_equal(word, STR("PRIMARY KEY")) ? STR_EMPTY : name_of(w, name));
    view_bool(view, STR("if_exists"), op->if_exists && says_if_exists(w, GONE_CONSTRAINT));
    return op->if_exists ? put_if(w, "drop_constraint", view, GONE_CONSTRAINT)
                         : put(w, STATEMENT_DDL, "drop_constraint", view);
}

static bool put_constraint(Writing *w, const Op *op)
{
    View *view = view_new(w->arena);
    Str text;
    if (op->kind == OP_DROP_CONSTRAINT)
        return put_drop_constraint(w, op);
    view_text(view, STR("table"), table_of(w, op->schema, op->table));
    Table added = {.name = op->table, .schema = op->schema, .constraints = op->constraints};
    if (!counts_freely(w, op->after, &added) || !constraint_text(w, op->constraints.items[0], &text))
        return false;
    view_text(view, STR("constraint"), text);
    return put(w, STATEMENT_DDL, "add_constraint", view);
}

static bool put_enum(Writing *w, const Op *op)
{
    View *view = view_new(w->arena);
    view_text(view, STR("name"), table_of(w, op->type->schema, op->type->name));
    view_bool(view, STR("if_exists"), op->if_exists);
    Str labels;
    if (!sql_text_list(w->arena, w->diag, w->r->style, op->at, &op->type->labels, &labels))
        return false;
    view_text(view, STR("labels"), labels);
    return put(w, STATEMENT_DDL, op->kind == OP_CREATE_ENUM ? "create_enum" : "drop_enum", view);
}

static bool put_sequence(Writing *w, const Op *op)
{
    if (!w->r->dialect->next_value)
        return diag_error(w->diag, op->at, "%.*s has no sequences", STR_ARGS(w->r->dialect->title));
    View *view = view_new(w->arena);
    view_text(view, STR("name"), table_of(w, op->schema, op->name));
    view_optional(view, STR("options"), sequence_options(w, op->sequence));
    return put(w, STATEMENT_DDL, op->kind == OP_CREATE_SEQUENCE ? "create_sequence" : "drop_sequence", view);
}

// Oracle's CREATE SCHEMA makes none, and SQLite has no such statement.
static bool put_schema(Writing *w, const Op *op)
{
    const Dialect *dialect = w->r->dialect;
    bool creates = op->kind == OP_CREATE_SCHEMA, mssql = dialect->id == DIALECT_MSSQL;
    const char *lacks = !dialect->has_schemas                   ? "schemas that a script can make"
                        : creates && op->if_not_exists && mssql ? "CREATE SCHEMA IF NOT EXISTS"
                        : !creates && op->if_exists && mssql && !says_if_exists(w, GONE_TABLE) ? "DROP SCHEMA IF EXISTS"
                        : op->cascade && dialect->id != DIALECT_POSTGRESQL                     ? "DROP SCHEMA ... CASCADE"
                                                                                               : NULL;
    if (lacks) {
        diag_error(w->diag, op->at, "%.*s has no %s", STR_ARGS(dialect->title), lacks);
        diag_hint(w->diag, "Branch on the dialect's name.");
        return false;
    }
    View *view = view_new(w->arena);
    view_text(view, STR("name"), name_of(w, op->name));
    view_bool(view, STR("if_not_exists"), op->if_not_exists);
    view_bool(view, STR("if_exists"), op->if_exists);
    view_bool(view, STR("cascade"), op->cascade);
    return put(w, STATEMENT_DDL, creates ? "create_schema" : "drop_schema", view);
}

static bool put_drop_table(Writing *w, const Op *op)
{
    View *view = view_new(w->arena);
    view_text(view, STR("table"), table_of(w, op->schema, op->table));
    view_bool(view, STR("if_exists"), op->if_exists && says_if_exists(w, GONE_TABLE));
    return op->if_exists ? put_if(w, "drop_table", view, GONE_TABLE) : put(w, STATEMENT_DDL, "drop_table", view);
}

bool rename_arguments(Writing *w, Str path, Str name, Str *old_literal, Str *new_literal)
{
    bool plain = str_find_char(path, '[', 0) == SIZE_MAX, plain_name = str_equal(name_of(w, name), name);
    *new_literal = name;
    return (plain ? sql_text : sql_national_text)(w->arena, w->diag, w->r->style, w->op->at, path, old_literal) &&
           (plain_name || sql_national_text(w->arena, w->diag, w->r->style, w->op->at, name, new_literal));
}

static bool put_rename_table(Writing *w, const Op *op)
{
    View *view = view_new(w->arena);
    Str old = STR("''"), new = STR("''");
    if (w->r->dialect->id == DIALECT_MSSQL && !rename_arguments(w, table_of(w, op->schema, op->table), op->name, &old, &new))
        return false;
    view_text(view, STR("table"), table_of(w, op->schema, op->table));
    view_text(view, STR("name"), name_of(w, op->name));
    view_text(view, STR("qualified"), table_of(w, op->schema, op->name));
    view_list(view, STR("declared"));
    view_text(view, STR("old_literal"), constant_argument(w, view, "old", old));
    view_text(view, STR("new_literal"), constant_argument(w, view, "new", new));
    return put(w, STATEMENT_DDL, "rename_table", view);
}

static bool put_table_comment(Writing *w, const Op *op)
{
    Tri existed = !op->before || op->before->is_opaque ? TRI_NONE : op->before->has_comment ? TRI_TRUE : TRI_FALSE;
    if (w->r->dialect->comments == COMMENT_INLINE) {
        View *view = view_new(w->arena);
        Str text = STR("''");
        if (!op->comment_is_none && !comment_text(w, op->comment, &text))
            return false;
        view_text(view, STR("table"), table_of(w, op->schema, op->table));
        view_text(view, STR("comment"), text);
        return put(w, STATEMENT_DDL, "table_comment", view);
    }
    return put_comment(w, op->schema, op->table, STR_EMPTY, op->comment, op->comment_is_none, existed);
}

// ---- IF EXISTS ----

static bool is_column_or_constraint(IfExists what)
{
    return what == EXISTS_COLUMN || what == GONE_COLUMN || what == GONE_CONSTRAINT;
}

static bool is_of_table(IfExists what)
{
    return what == EXISTS_TABLE || what == GONE_TABLE;
}

bool says_if_exists(Writing *w, IfExists what)
{
    const Dialect *dialect = w->r->dialect;
    if (dialect->id == DIALECT_ORACLE)   // of whole objects, since 23ai
        return w->r->style->minimum >= 2300 && !is_column_or_constraint(what);
    // SQL Server asks for what is to be made by IF, at any version; DROP ... IF EXISTS is of 2016
    bool drops = what == GONE_TABLE || what == GONE_INDEX || what == GONE_COLUMN || what == GONE_CONSTRAINT;
    if (dialect->id == DIALECT_MSSQL && drops)
        return w->r->style->minimum >= 2016;
    if (dialect->id == DIALECT_SQLITE)
        return !is_column_or_constraint(what);
    return dialect->has_if_exists_in_alter || is_of_table(what);
}

// Whether the model has what the operation asks for; false in *known when it cannot say.
static bool model_has(const Writing *w, IfExists what, bool *known)
{
    const Op *op = w->op;
    const Table *table = op->before;
    *known = table && !table->is_opaque;
    if (!*known)
        return false;
    switch (what) {
    case EXISTS_COLUMN: return table_column(table, op->column->name) != NULL;
    case GONE_COLUMN: return table_column(table, op->name) != NULL;
    case GONE_CONSTRAINT: return table_constraint(table, op->name) != NULL;
    case EXISTS_INDEX:
    case GONE_INDEX:
        for (size_t i = 0; i < table->indexes.count; i++)
            if (str_equal(table->indexes.items[i]->name,
                          op->kind == OP_CREATE_INDEX ? op->indexes.items[0]->name : op->name))
                return true;
        return false;
    case EXISTS_TABLE:
    case GONE_TABLE: return true;
    }
    return false;
}

// Oracle before 23: the statement as text in a block that takes one error for done.
static bool put_excused(Writing *w, const char *name, const View *view, IfExists what)
{
    static const char *const codes[] = {
        [EXISTS_TABLE] = "-955", [EXISTS_INDEX] = "-955", [EXISTS_COLUMN] = "-1430",  [GONE_TABLE] = "-942",
        [GONE_INDEX] = "-1418",  [GONE_COLUMN] = "-904",  [GONE_CONSTRAINT] = "-2443"};
    Str text, literal;
    if (!fill(w, name, view, &text) ||
        !sql_text(w->arena, w->diag, w->r->style, w->op->at, str_replace(w->arena, text, STR("\n"), STR(" ")), &literal))
        return false;
    View *block = view_new(w->arena);
    view_text(block, STR("statement_literal"), literal);
    view_text(block, STR("code"), str_from(codes[what]));
    return put(w, STATEMENT_DDL, "if_exists", block);
}

bool put_if(Writing *w, const char *name, View *view, IfExists what)
{
    bool known;
    if (says_if_exists(w, what))
        return put(w, STATEMENT_DDL, name, view);
    if (w->r->dialect->id == DIALECT_ORACLE)
        return put_excused(w, name, view, what);
    // a server without such a clause: the chain says what is there
    bool has = model_has(w, what, &known), wanted = what == GONE_COLUMN || what == GONE_CONSTRAINT || what == GONE_INDEX;
    if (known)
        return has != wanted || put(w, STATEMENT_DDL, name, view);
    diag_error(w->diag, w->op->at, "%.*s has no IF EXISTS for this, and what table \"%.*s\" has is not known",
               STR_ARGS(w->r->dialect->title), STR_ARGS(w->op->table));
    diag_hint(w->diag, "Leave if_exists= and if_not_exists= out, or branch on the dialect's name.");
    return false;
}

// PostgreSQL cuts longer identifiers with no more than a NOTICE, others refuse them in the middle of a script.
static bool check_length(Writing *w, const Op *op, Str name, const char *what)
{
    const Dialect *dialect = w->r->dialect;
    size_t most = dialect->max_identifier_length, len = dialect->identifier_length_in_bytes ? name.len : utf8_length(name);
    if (dialect->id == DIALECT_ORACLE && w->r->style->minimum < 1202)
        most = 30;
    if (!most || len <= most)
        return true;
    diag_error(w->diag, op->at, "the name of %s \"%.*s\" has %zu %s; %.*s %s %zu", what, STR_ARGS(name), len,
               dialect->identifier_length_in_bytes ? "bytes" : "characters", STR_ARGS(dialect->title),
               dialect->cuts_long_names ? "cuts names after" : "takes names of at most", most);
    diag_hint(w->diag, "Give it a shorter name.");
    return false;
}

bool check_names(Writing *w, const Op *op)
{
    for (size_t i = 0; i < op->constraints.count; i++)
        if (!check_length(w, op, op->constraints.items[i]->name, "constraint"))
            return false;
    for (size_t i = 0; i < op->indexes.count; i++)
        if (!check_length(w, op, op->indexes.items[i]->name, "index"))
            return false;
    for (size_t i = 0; op->created && i < op->created->columns.count; i++)
        if (!check_length(w, op, op->created->columns.items[i]->name, "column"))
            return false;
    return check_length(w, op, op->table, "table") && (!op->column || check_length(w, op, op->column->name, "column"));
}

bool render_op(Writing *w, const Op *op)
{
    w->op = op;
    // names are checked where something gets one; a drop takes the name it is given
    bool makes = op->kind == OP_CREATE_TABLE || op->kind == OP_ADD_COLUMN || op->kind == OP_CREATE_INDEX ||
                 op->kind == OP_ADD_CONSTRAINT;
    if (makes && !w->r->options->bare && !check_names(w, op))
        return false;
    if (!w->r->dialect->has_alter_constraint && needs_rebuild(w->r->style, op))
        return put_rebuild(w, op);
    switch (op->kind) {
    case OP_CREATE_TABLE: return put_table(w, op);
    case OP_DROP_TABLE: return put_drop_table(w, op);
    case OP_RENAME_TABLE: return put_rename_table(w, op);
    case OP_DROP_COLUMN: return put_drop_column(w, op);
    case OP_TABLE_COMMENT: return put_table_comment(w, op);
    case OP_ADD_COLUMN: return put_add_column(w, op);
    case OP_ALTER_COLUMN: return put_alter_column(w, op);
    case OP_CREATE_INDEX: return put_index(w, op->indexes.items[0], op->if_not_exists);
    case OP_DROP_INDEX: return put_drop_index(w, op);
    case OP_ADD_CONSTRAINT:
    case OP_DROP_CONSTRAINT: return put_constraint(w, op);
    case OP_CREATE_ENUM:
    case OP_DROP_ENUM: return put_enum(w, op);
    case OP_CREATE_SCHEMA:
    case OP_DROP_SCHEMA: return put_schema(w, op);
    case OP_CREATE_SEQUENCE:
    case OP_DROP_SEQUENCE: return put_sequence(w, op);
    case OP_EXECUTE:
    case OP_BULK_INSERT: return put_execute(w, op);
    case OP_BATCH:
        for (size_t i = 0; i < op->ops.count; i++)
            if (!render_op(w, op->ops.items[i]))
                return false;
        return true;
    case OP_AUTOCOMMIT_BEGIN: w->outside = true; return true;
    case OP_AUTOCOMMIT_END: w->outside = false; return true;
    }
    return false;
}

bool render_ops(Renderer *r, Diag *diag, const OpList *ops, StatementList *statements)
{
    Writing w = {.r = r, .arena = r->scratch, .diag = diag, .out = statements};
    bool done = true;
    for (size_t i = 0; i < ops->count; i++) {
        ArenaMark mark = arena_mark(r->scratch);
        size_t first = statements->count;
        bool rendered = render_op(&w, ops->items[i]);
        if (rendered)
            warn_of_unread_options(&w, ops->items[i]);
        done &= rendered;
        for (; first < statements->count; first++)
            statements->items[first].ops = i + 1;
        arena_rewind(r->scratch, mark);
    }
    return done;
}
