// One operation -> its statements.
#include "render_int.h"

// Raw SQL, statement by statement, told apart for the frame; never rewritten.
bool put_raw(Writing *w, Span at, Str sql, bool expects_zero)
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
        put_text(w, kind, raw->text, at);
        Statement *statement = last_statement(w);
        statement->must_run_outside = raw->outside_transaction;
        statement->outside_transaction |= raw->outside_transaction;
        statement->expects_zero = expects_zero && kind == STATEMENT_QUERY;
    }
    return true;
}

static bool put_execute(Writing *w, const Op *op)
{
    if (op->sql)
        return put_raw(w, op->at, op->sql->text, op->expects_zero);
    if (op->select) {
        Buf out = buf_open(w->arena);
        if (!sql_select(w->arena, w->diag, w->r->style, op->select, &out))
            return false;
        put_text(w, STATEMENT_QUERY, buf_str(&out), op->at);
        last_statement(w)->expects_zero = op->expects_zero;
        return true;
    }
    StrList texts = {0};
    if (!sql_dml(w->arena, w->diag, w->r->style, op->dml, op->at, &texts))
        return false;
    for (size_t i = 0; i < texts.count; i++) {
        put_text(w, STATEMENT_DML, texts.items[i], op->at);
        if (op->dml->kind == DML_INSERT && !op->dml->select && !op->dml->has_conflict)
            last_statement(w)->rows = 1;
    }
    return true;
}

static bool put_table(Writing *w, const Op *op)
{
    if (!put_create_table(w, op->created, op->created->name, op->if_not_exists))
        return false;
    for (size_t i = 0; i < op->created->constraints.count; i++) {
        const Constraint *c = op->created->constraints.items[i];
        if (!c->use_alter || !w->r->dialect->has_alter_constraint)
            continue;
        View *view = view_new(w->arena);
        Str text;
        if (!constraint_text(w, op->created, c, &text))
            return false;
        view_text(view, STR("table"), table_of(w, op->schema, op->table));
        view_text(view, STR("constraint"), text);
        if (!put(w, STATEMENT_DDL, "add_constraint", view))
            return false;
    }
    for (size_t i = 0; i < op->indexes.count; i++)
        if (!put_index(w, op->indexes.items[i], op->if_not_exists))
            return false;
    return put_comment_on_table(w, op->created);
}

static bool put_drop_index(Writing *w, const Op *op)
{
    View *view = view_new(w->arena);
    Str key = str_format(w->arena, "%.*s_concurrently", STR_ARGS(w->r->dialect->name));
    const Option *option = option_find(&op->options, key);
    bool concurrently = option && option->kind == OPTION_BOOL && option->boolean;
    view_bool(view, STR("concurrently"), concurrently);
    view_bool(view, STR("if_exists"), op->if_exists);
    view_text(view, STR("name"), table_of(w, op->schema, op->name));
    if (!put(w, STATEMENT_DDL, "drop_index", view))
        return false;
    if (concurrently) {
        last_statement(w)->outside_transaction = last_statement(w)->must_run_outside = true;
        last_statement(w)->effect = (Effect){.kind = EFFECT_INDEX_ABSENT, .schema = op->schema, .name = op->name};
    }
    return true;
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

static bool put_constraint(Writing *w, const Op *op)
{
    View *view = view_new(w->arena);
    Str text;
    view_text(view, STR("table"), table_of(w, op->schema, op->table));
    if (op->kind == OP_DROP_CONSTRAINT) {
        Str name;
        if (!constraint_to_drop(w, op, &name))
            return false;
        view_text(view, STR("name"), name_of(w, name));
        view_bool(view, STR("if_exists"), op->if_exists);
        return put(w, STATEMENT_DDL, "drop_constraint", view);
    }
    if (!constraint_text(w, op->after, op->constraints.items[0], &text))
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
    if (!w->r->dialect->has_sequences)
        return diag_error(w->diag, op->at, "%.*s has no sequences", STR_ARGS(w->r->dialect->title));
    View *view = view_new(w->arena);
    Buf options = buf_open(w->arena);
    const Identity *s = op->sequence;
    if (s->has_start)
        buf_addf(&options, "START WITH %lld", (long long)s->start);
    if (s->has_increment)
        buf_addf(&options, "%sINCREMENT BY %lld", options.len ? " " : "", (long long)s->increment);
    if (s->has_minvalue)
        buf_addf(&options, "%sMINVALUE %lld", options.len ? " " : "", (long long)s->minvalue);
    if (s->has_maxvalue)
        buf_addf(&options, "%sMAXVALUE %lld", options.len ? " " : "", (long long)s->maxvalue);
    if (s->has_cache)
        buf_addf(&options, "%sCACHE %lld", options.len ? " " : "", (long long)s->cache);
    view_text(view, STR("name"), table_of(w, op->schema, op->name));
    view_optional(view, STR("options"), buf_str(&options));
    return put(w, STATEMENT_DDL, op->kind == OP_CREATE_SEQUENCE ? "create_sequence" : "drop_sequence", view);
}

static bool put_simple(Writing *w, const Op *op)
{
    View *view = view_new(w->arena);
    view_text(view, STR("table"), table_of(w, op->schema, op->table));
    view_bool(view, STR("if_exists"), op->if_exists);
    if (op->kind == OP_DROP_COLUMN)
        view_text(view, STR("column"), name_of(w, op->name));
    if (op->kind == OP_RENAME_TABLE)
        view_text(view, STR("name"), name_of(w, op->name));
    if (op->kind == OP_TABLE_COMMENT) {
        Str comment = STR("NULL");
        if (!w->r->dialect->has_comments)
            return true;
        if (!op->comment_is_none && !sql_text(w->arena, w->diag, w->r->style, op->at, op->comment, &comment))
            return false;
        view_text(view, STR("comment"), comment);
    }
    static const char *const names[] = {[OP_DROP_TABLE] = "drop_table",
                                        [OP_RENAME_TABLE] = "rename_table",
                                        [OP_DROP_COLUMN] = "drop_column",
                                        [OP_TABLE_COMMENT] = "table_comment"};
    return put(w, STATEMENT_DDL, names[op->kind], view);
}

// PostgreSQL cuts longer identifiers with no more than a NOTICE: refused instead.
static bool check_length(Writing *w, const Op *op, Str name, const char *what)
{
    size_t most = w->r->dialect->max_identifier_bytes;
    if (!most || name.len <= most)
        return true;
    diag_error(w->diag, op->at, "the name of %s \"%.*s\" has %zu bytes; %.*s cuts names after %zu", what, STR_ARGS(name),
               name.len, STR_ARGS(w->r->dialect->title), most);
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
    if (!w->r->dialect->has_alter_constraint && needs_rebuild(op))
        return put_rebuild(w, op);
    switch (op->kind) {
    case OP_CREATE_TABLE: return put_table(w, op);
    case OP_DROP_TABLE:
    case OP_RENAME_TABLE:
    case OP_DROP_COLUMN:
    case OP_TABLE_COMMENT: return put_simple(w, op);
    case OP_ADD_COLUMN: return put_add_column(w, op);
    case OP_ALTER_COLUMN: return put_alter_column(w, op);
    case OP_CREATE_INDEX: return put_index(w, op->indexes.items[0], op->if_not_exists);
    case OP_DROP_INDEX: return put_drop_index(w, op);
    case OP_ADD_CONSTRAINT:
    case OP_DROP_CONSTRAINT: return put_constraint(w, op);
    case OP_CREATE_ENUM:
    case OP_DROP_ENUM: return put_enum(w, op);
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
        done &= render_op(&w, ops->items[i]);
        arena_rewind(r->scratch, mark);
    }
    return done;
}
