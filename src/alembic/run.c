// One direction of one revision: evaluated, its operations logged and applied to the model.
#include "alembic_int.h"

// Parameters of upgrade(op, tables, tester) and the like.
static bool parameter(Host *host, Interp *in, Str name, const Value *preset, Value *value)
{
    Alembic *a = (Alembic *)host;
    if (!preset && str_equal(name, STR("op"))) {
        *value = value_host(&((ModuleObject *)map_get(&a->modules, STR("alembic.op")))->host);
        return true;
    }
    return application_parameter(a, in, name, preset, value);
}

// Whether a text is nothing but statements that read or write rows: no shape changes by it.
static bool moves_rows(Alembic *a, Str text)
{
    Diag ignored = diag_open(a->arena);
    RawList statements = {0};
    if (!sql_split(a->arena, &ignored, a->dialect, SPAN_NONE, text, &statements) || !statements.count)
        return false;
    for (size_t i = 0; i < statements.count; i++)
        if (statements.items[i].kind != RAW_DML && statements.items[i].kind != RAW_QUERY &&
            statements.items[i].kind != RAW_COMMENT)
            return false;
    return true;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

// Whether a text is DDL up to where the table's name would stand: "ALTER TABLE ", "DROP TABLE IF EXISTS %s".
static bool lacks_table(Str text)
{
    static const char *const between[] = {"if", "not", "exists", "only", NULL};
    Str last = STR_EMPTY;
    for (size_t at = 0; at < text.len;) {
        size_t end = at;
        while (end < text.len && is_name_char(text.ptr[end]))
            end++;
        bool is_table = str_equal_fold(str_slice(text, at, end), STR("table")) &&
                        (str_equal_fold(last, STR("alter")) || str_equal_fold(last, STR("drop")));
        last = end > at ? str_slice(text, at, end) : last;
        at = end > at ? end : at + 1;
        while (is_table) {
            while (end < text.len && strchr(" \t\r\n\"`[", text.ptr[end]))
                end++;
            size_t start = end;
            while (end < text.len && is_name_char(text.ptr[end]))
                end++;
            if (start == end)
                return end == text.len || text.ptr[end] == '%' || text.ptr[end] == '{';
            is_table = false;
            for (const char *const *word = between; *word; word++)
                is_table |= str_equal_fold(str_slice(text, start, end), str_from(*word));
        }
    }
    return false;
}

// A refused direction may have done more than what was recorded: every table that its texts name becomes opaque.
static void blur_named_tables(Alembic *a, const Revision *revision, const FilePart *part)
{
    StrList texts = {0};
    Span at = {revision->source, 0, 0};
    Str why = str_format(a->arena, "revision \"%.*s\" is refused and may have changed it", STR_ARGS(revision->id));
    VEC(const Table *) tables = {0};
    for (MapEntry *e = map_first(&a->model->tables); e; e = map_next(&a->model->tables, e))
        vec_push(a->arena, &tables, (const Table *)e->value);
    syntax_texts(a->arena, part, &texts);
    for (size_t i = 0; i < texts.count; i++) {
        Str text = texts.items[i];
        // in whatever schema: its name may stand in another text
        for (size_t k = 0; k < tables.count; k++)
            if (str_equal(tables.items[k]->name, text))
                model_make_opaque(a->model, tables.items[k]->schema, text, at, why);
        RawStatement raw = {.text = text, .kind = RAW_OTHER};
        if (lacks_table(text))
            model_make_all_opaque(a->model, at, why);
        if (str_find_char(text, ' ', 0) != SIZE_MAX && !moves_rows(a, text))
            sql_follow(a->arena, a->dialect, &raw, at, a->model);
    }
}

// Whether a text makes tables, or new names of them, as far as a glance tells.
static bool names_new_tables(Arena *arena, Str text)
{
    Str low = str_lower(arena, text);
    return str_find(low, STR("create table"), 0) != SIZE_MAX || str_find(low, STR("rename to"), 0) != SIZE_MAX;
}

// A refused direction may have made tables: any at all, when functions of other modules do it, or those that its texts name.
static void expect_tables(Alembic *a, const Revision *revision, const FilePart *part, bool any)
{
    StrList texts = {0}, made = {0};
    Doubt doubt = {.why = str_format(a->arena, "revision \"%.*s\" is refused and may make tables", STR_ARGS(revision->id))};
    if (any)
        model_make_incomplete(a->model, doubt.why);
    syntax_texts(a->arena, part, &texts);
    syntax_call_texts(a->arena, part, STR("create_table"), 0, &made);
    syntax_call_texts(a->arena, part, STR("rename_table"), 1, &made);
    for (size_t i = 0; i < texts.count; i++) {
        Str text = texts.items[i];
        bool is_sql = str_find_char(text, ' ', 0) != SIZE_MAX;
        doubt.is_made = is_sql ? names_new_tables(a->arena, text) : strlist_has(&made, text);
        if (!is_sql && text.len)
            model_make_doubtful(a->model, text, doubt);
        for (size_t at = 0; is_sql && at < text.len;) {   // any word of it
            size_t end = at;
            while (end < text.len && is_name_char(text.ptr[end]))
                end++;
            if (end > at)
                model_make_doubtful(a->model, str_slice(text, at, end), doubt);
            at = end + 1;
        }
    }
}

typedef struct RunModules {
    SchemaModules modules;   // first: the search hands it back
    Alembic *a;
} RunModules;

static const Module *find_module(const SchemaModules *modules, Str dotted, bool *is_package, bool *is_project)
{
    Alembic *a = ((const RunModules *)modules)->a;
    ModuleFile file;
    Diag own = diag_open(a->arena);
    *is_project = project_module_file(a->arena, &a->project->settings, dotted, &file);
    if (!*is_project || file.is_folder)
        return NULL;
    Source *source = source_read(a->arena, &own, file.path, file.shown);
    *is_package = file.is_package;
    return source ? syntax_parse(a->arena, &own, source) : NULL;
}

static bool is_said(const SchemaModules *modules, Str dotted)
{
    const Settings *settings = &((const RunModules *)modules)->a->project->settings;
    return map_get(&settings->types, dotted) || map_get(&settings->values, dotted);
}

static bool is_library(const SchemaModules *modules, Str name)
{
    (void)modules;
    return python_has_module(name);
}

void blur_refused(Alembic *a, const Module *module, Span refused, bool alone)
{
    Str function = a->direction == DIRECTION_UP ? STR("upgrade") : STR("downgrade");
    const RunModules all = {{find_module, is_said, is_library}, a};
    const SchemaModules *modules = &all.modules;
    const FilePart *part = syntax_part(a->arena, module, function, refused, alone);
    if (syntax_may_change_schema(a->arena, part, CHANGE_ANY, modules))
        blur_named_tables(a, a->revision, part);
    if (syntax_may_change_schema(a->arena, part, CHANGE_NEW_TABLES, modules))
        expect_tables(a, a->revision, part, syntax_may_change_schema(a->arena, part, CHANGE_ELSEWHERE, modules));
}

static bool is_of_type(const Alembic *a, const Type *given, const NamedType *named)
{
    const Type *type = type_for(given, a->dialect->name);
    while (type && type->kind == TYPE_ARRAY)
        type = type_for(type->element, a->dialect->name);
    return type && (type->kind == TYPE_ENUM || type->kind == TYPE_PG_ENUM) && str_equal(type->name, named->name) &&
           str_equal(type->schema, named->schema);
}

// Whether a column still has the type: a table that an empty downgrade() leaves standing.
static bool is_used(const Alembic *a, const NamedType *named)
{
    for (MapEntry *e = map_first(&a->model->tables); e; e = map_next(&a->model->tables, e)) {
        const Table *table = e->value;
        for (size_t i = 0; i < table->columns.count; i++)
            if (is_of_type(a, table->columns.items[i]->type, named))
                return true;
    }
    return false;
}

// Enum types that the upgrade made by itself and that this downgrade has not dropped are dropped last, those too that a
// later upgrade dropped and its downgrade has made again.
static bool drop_implicit_types(Alembic *a, const Revision *revision, OpList *ops)
{
    VEC(const NamedType *) made = {0};
    for (MapEntry *e = map_first(&a->model->types); e; e = map_next(&a->model->types, e)) {
        const NamedType *type = e->value;
        if (model_made_type(a->model, type, revision->index) && !is_used(a, type))
            vec_push(a->arena, &made, type);
    }
    for (size_t i = made.count; i > 0; i--) {
        const NamedType *named = made.items[i - 1];
        Type *type = type_new(a->arena, TYPE_PG_ENUM);
        type->name = named->name;
        type->schema = named->schema;
        type->labels = named->labels;
        Op *op = arena_new(a->arena, Op);
        *op = (Op){.kind = OP_DROP_ENUM,
                   .at = {revision->source, 0, 0},
                   .name = named->name,
                   .schema = named->schema,
                   .type = type,
                   .is_implicit = true};
        model_apply(a->model, op);
        vec_push(a->arena, ops, op);
    }
    return true;
}

// Plain SQL: an override or a .sql revision.
static bool run_sql(Alembic *a, Diag *diag, const Source *source, Str sql, OpList *ops)
{
    Span at = {source, (uint32_t)(sql.ptr - source->text.ptr), 0};
    RawList statements = {0};
    if (!sql_split(a->arena, diag, a->dialect, at, sql, &statements))
        return false;
    for (size_t i = 0; i < statements.count; i++) {
        RawStatement *statement = &statements.items[i];
        Span place = {source, (uint32_t)(statement->text.ptr - source->text.ptr), (uint32_t)statement->text.len};
        sql_follow(a->arena, a->dialect, statement, place, a->model);
        Expr *raw = expr_new(a, EXPR_RAW, place);
        raw->text = statement->text;
        Op *op = arena_new(a->arena, Op);
        *op = (Op){.kind = OP_EXECUTE, .at = place, .sql = raw};
        Str text = statement->text;
        size_t mark = str_find(text, STR("-- expect: 0"), 0);
        op->expect = statement->kind == RAW_QUERY && mark != SIZE_MAX ? EXPECT_ZERO : EXPECT_ANYTHING;
        vec_push(a->arena, ops, op);
    }
    return true;
}

// When drop_constraint(None) left some of the constraints of its kind standing, which ones it meant is a guess.
static bool check_unnamed_drops(Alembic *a, Diag *diag, const Revision *revision)
{
    for (size_t i = 0; i < a->unnamed_drops.count; i++) {
        const Op *op = a->unnamed_drops.items[i];
        const Table *table = model_table(a->model, op->schema, op->table);
        for (size_t k = 0; table && k < table->constraints.count; k++) {
            const Constraint *c = table->constraints.items[k];
            bool alike = (c->name.len > 0) == (op->dropped->name.len > 0);
            if (!alike || c == op->dropped || c->revision != revision->index || c->kind != op->constraint_kind)
                continue;
            diag_error(diag, op->at,
                       "cannot tell which constraint of table \"%.*s\" is dropped here: one over \"%.*s\" would be left",
                       STR_ARGS(op->table), STR_ARGS(strlist_join(a->arena, &c->columns, STR(", "))));
            diag_hint(diag, "Give drop_constraint() the constraint's name.");
            return false;
        }
    }
    return true;
}

static bool call_function(Alembic *a, Diag *diag, const Revision *revision, const Module *module, Direction direction,
                          OpList *ops)
{
    const InterpOptions options = {.occasion = a->occasion,
                                   .uuid_scope = str_format(a->arena, "revision %.*s", STR_ARGS(revision->id)),
                                   .skipping = !a->sketch               ? NULL
                                               : sketch_is_for_model(a) ? &following
                                                                        : &sketching};
    a->asked_offline = false;
    sketch_module(a, module);
    a->interp = interp_open(a->arena, diag, &a->host, module, &options);
    if (!a->interp ||
        !interp_call_function(a->interp, direction == DIRECTION_UP ? STR("upgrade") : STR("downgrade"), parameter))
        return false;
    if (!check_pending(a, diag, (Span){module->source, 0, 0}))
        return false;
    sketch_rest(a);
    return direction == DIRECTION_UP || (check_unnamed_drops(a, diag, revision) && drop_implicit_types(a, revision, ops));
}

static const Message *first_error(const Diag *diag, size_t from)
{
    for (size_t i = from; i < diag->messages.count; i++)
        if (diag->messages.items[i].severity == SEVERITY_ERROR)
            return &diag->messages.items[i];
    return NULL;
}

static bool python_raised(const Diag *diag, size_t from)
{
    const Message *error = first_error(diag, from);
    return error && str_find(error->text, STR("() raises "), 0) != SIZE_MAX;
}

static Span place_of_error(const Diag *diag, size_t from)
{
    const Message *error = first_error(diag, from);
    return error ? error->at : SPAN_NONE;
}

// Both directions of a revision are evaluated one after the other.
static const Module *parsed_file(Alembic *a, Diag *diag, const Revision *revision)
{
    if (revision->tree)
        return revision->tree;
    if (a->parsed == revision)
        return a->tree;
    if (!a->has_project_module)
        arena_rewind(a->trees, (ArenaMark){0});
    a->tree = syntax_parse(a->trees, diag, revision->source);
    a->parsed = a->tree ? revision : NULL;
    return a->tree;
}

bool run_python(Alembic *a, Diag *diag, const Revision *revision, Direction direction, OpList *ops)
{
    const Module *module = parsed_file(a, diag, revision);
    if (!module)
        return false;
    size_t messages = diag->messages.count, errors = diag->errors, mark = model_mark(a->model), first = ops->count;
    a->as_online = false;
    bool done = call_function(a, diag, revision, module, direction, ops);
    if (a->asked_offline && python_raised(diag, messages)) {
        // It refuses to be rendered offline. What Alembic lacks there, the schema, is known here: it is told that it is
        // online, and what needs rows is refused all the same.
        diag->messages.count = messages;
        diag->errors = errors;
        model_rollback(a->model, mark);
        ops->count = first;
        a->unnamed_drops.count = 0;
        forget_assumed(a);
        sketch_anew(a);
        a->as_online = true;
        done = call_function(a, diag, revision, module, direction, ops);
    }
    if (!done && !a->sketch)
        sketch_refused(a, revision, direction, mark);
    else if (!done)
        blur_refused(a, module, place_of_error(diag, messages), false);
    return done;
}

void begin_run(Alembic *a, Diag *diag, const Revision *revision, Direction direction, OpList *ops)
{
    a->diag = diag;
    a->revision = revision;
    a->direction = direction;
    a->ops = ops;
    a->unnamed_drops = (OpList){0};
    forget_assumed(a);
    if (!a->has_project_module) {   // what the last revision's own file has registered
        a->registered = map_open(a->arena);
        a->implementations.items = NULL;
        a->implementations.count = a->implementations.cap = 0;
    }
    a->pending.count = 0;
    a->pending.cap = 0;
    // what a downgrade makes again belongs to an earlier upgrade, not to this one
    a->model->revision = direction == DIRECTION_UP ? revision->index : SIZE_MAX;
    a->model->search_schema = STR_EMPTY;
}

bool run_own(Alembic *a, Diag *diag, const Revision *revision, Direction direction, OpList *ops)
{
    bool up = direction == DIRECTION_UP;
    Span at = {revision->source, 0, 0};
    if (revision->is_sql) {
        Str sql;
        return !revision_sql_section(revision, direction, a->dialect->name, &sql, &at) ||
               run_sql(a, diag, revision->source, sql, ops);
    }
    if (up ? !revision->has_upgrade : !revision->has_downgrade)
        return diag_warn(diag, at, "revision \"%.*s\" has no %s() function: nothing is done", STR_ARGS(revision->id),
                         up ? "upgrade" : "downgrade");
    return run_python(a, diag, revision, direction, ops);
}

// What stands in an override's place is refused whole.
static void blur_revision(Alembic *a, const Revision *revision)
{
    Diag ignored = diag_open(a->arena);
    const Module *module = revision->is_sql ? NULL : parsed_file(a, &ignored, revision);
    Span all = {revision->source, 0, 0};
    if (module)
        blur_refused(a, module, all, false);
    else
        model_make_all_opaque(
            a->model, all,
            str_format(a->arena, "revision \"%.*s\" is refused and may have changed it", STR_ARGS(revision->id)));
}

// A skeleton whose marks are still there would be half a revision.
static bool is_finished(Alembic *a, Diag *diag, const Revision *revision, const Source *source)
{
    Str rest = source->text;
    while (rest.len) {
        Str line = str_trim(str_cut(&rest, '\n'));
        if (line.len < STR(UNFINISHED_MARK).len ||
            !str_equal_fold(str_slice(line, 0, STR(UNFINISHED_MARK).len), STR(UNFINISHED_MARK)))
            continue;
        Span at = {source, (uint32_t)(line.ptr - source->text.ptr), (uint32_t)line.len};
        diag_error(diag, at, "override has a part that is still to be written");
        diag_hint(diag, "Write the SQL of this part, then take this line away.");
        diag_cure(diag, (Cure){.kind = CURE_OVERRIDE});
        blur_revision(a, revision);
        return false;
    }
    return true;
}

// Hints are written where nobody knows which revision is run: the file they speak of gets its name here.
static void name_override(Alembic *a, Diag *diag, size_t from)
{
    if (from == diag->messages.count)
        return;
    const Settings *settings = &a->project->settings;
    Str file = override_path(diag->arena, settings, a->revision, a->dialect->name, a->direction == DIRECTION_UP);
    if (!settings->source)   // a folder of revisions alone has no overrides
        file = str_format(diag->arena, "overrides/%.*s beside an ini file", STR_ARGS(path_base(file)));
    for (size_t i = from; i < diag->messages.count; i++) {
        Str *hint = &diag->messages.items[i].hint;
        *hint = str_replace(diag->arena, *hint, STR(OVERRIDE_FILE), file);
    }
}

static bool run_either(Alembic *a, Diag *diag, const Revision *revision, Direction direction, OpList *ops)
{
    for (size_t i = 0; i < revision->overrides.count; i++) {
        const Override *override = &revision->overrides.items[i];
        if (override->is_upgrade == (direction == DIRECTION_UP) && str_equal(override->dialect, a->dialect->name))
            return is_finished(a, diag, revision, override->source) &&
                   run_sql(a, diag, override->source, override->source->text, ops);
    }
    return run_own(a, diag, revision, direction, ops);
}

bool alembic_run(Alembic *a, Diag *diag, const Revision *revision, Direction direction, OpList *ops)
{
    size_t messages = diag->messages.count;
    begin_run(a, diag, revision, direction, ops);
    bool done = run_either(a, diag, revision, direction, ops);
    name_override(a, diag, messages);
    return done;
}
