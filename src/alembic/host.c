// The Host of the evaluator: hands attribute, call, operator and block to the object they belong to.
#include "alembic_int.h"

static Alembic *of(Host *host)
{
    return (Alembic *)host;
}

static Call call_on(Alembic *a, Interp *in, HostObject *self, const char *name, const Args *args, Value *result)
{
    return (Call){.a = a, .in = in, .self = self, .args = args, .name = name, .result = result};
}

static const char *const kind_names[] = {
    [OBJECT_MODULE] = "module",
    [OBJECT_FUNCTION] = "function",
    [OBJECT_TYPE_CLASS] = "type class",
    [OBJECT_TYPE] = "type",
    [OBJECT_NAME] = "name",
    [OBJECT_COLUMN] = "Column",
    [OBJECT_FOREIGN_KEY] = "ForeignKey",
    [OBJECT_CONSTRAINT] = "Constraint",
    [OBJECT_INDEX] = "Index",
    [OBJECT_IDENTITY] = "Identity",
    [OBJECT_COMPUTED] = "Computed",
    [OBJECT_SEQUENCE] = "Sequence",
    [OBJECT_TABLE] = "Table",
    [OBJECT_COLUMNS] = "columns",
    [OBJECT_EXPR] = "SQL expression",
    [OBJECT_SELECT] = "Select",
    [OBJECT_DML] = "statement",
    [OBJECT_FROM] = "Join",
    [OBJECT_FUNC] = "func",
    [OBJECT_BATCH] = "batch_op",
    [OBJECT_BIND] = "connection",
    [OBJECT_DIALECT] = "dialect",
    [OBJECT_CONTEXT] = "migration context",
    [OBJECT_AUTOCOMMIT] = "autocommit block",
    [OBJECT_BLOCK] = "transaction",
    [OBJECT_METADATA] = "MetaData",
    [OBJECT_INSPECTOR] = "Inspector",
    [OBJECT_RESULT] = "result",
    [OBJECT_DDL] = "DDL element",
    [OBJECT_CONFIG] = "Config",
    [OBJECT_CONSTRUCT] = "SQL construct",
    [OBJECT_ELEMENT] = "SQL construct",
    [OBJECT_COMPILER] = "compiler",
    [OBJECT_BASE] = "declarative base",
    [OBJECT_MAPPED] = "mapped object",
    [OBJECT_PROPERTY] = "mapped property",
    [OBJECT_ENTITY] = "entity",
    [OBJECT_QUERY] = "query",
};

static Str host_name(const Host *host, Arena *arena, const HostObject *object)
{
    (void)host;
    if (object->kind == OBJECT_MODULE)
        return ((const ModuleObject *)object)->name;
    if (object->kind == OBJECT_FUNCTION)
        return str_from(((const FunctionObject *)object)->name);
    if (object->kind == OBJECT_NAME)
        return ((const NameObject *)object)->text;
    if (object->kind == OBJECT_TYPE)
        return str_from(type_name(((const TypeObject *)object)->type->kind));
    if (object->kind == OBJECT_TYPE_CLASS)
        return str_from(((const TypeClassObject *)object)->name);
    (void)arena;
    return str_from(kind_names[object->kind]);
}

static bool func_attribute(Alembic *a, FuncObject *func, Str name, Value *result)
{
    FuncObject *below = arena_new(a->arena, FuncObject);
    below->host.kind = OBJECT_FUNC;
    below->name = func->name.len ? str_format(a->arena, "%.*s.%.*s", STR_ARGS(func->name), STR_ARGS(name)) : name;
    *result = value_host(&below->host);
    return true;
}

static bool name_attribute(Interp *in, Span at, HostObject *object, Str name, Value *result)
{
    return interp_attribute(in, at, value_str(((NameObject *)object)->text), name, result);
}

static bool host_attribute(Host *host, Interp *in, Span at, HostObject *object, Str name, Value *result)
{
    Alembic *a = of(host);
    Args none = {.at = at};
    Call call = call_on(a, in, object, "", &none, result);
    bool found = true, done = true;
    switch ((ObjectKind)object->kind) {
    case OBJECT_MODULE: return module_attribute(a, in, at, (ModuleObject *)object, name, result);
    case OBJECT_FUNC: return func_attribute(a, (FuncObject *)object, name, result);
    case OBJECT_NAME: return name_attribute(in, at, object, name, result);
    case OBJECT_TYPE: done = type_attribute(&call, (TypeObject *)object, name, result, &found); break;
    case OBJECT_TYPE_CLASS: done = type_class_attribute(&call, (TypeClassObject *)object, name, result, &found); break;
    case OBJECT_EXPR:
    case OBJECT_COLUMN: done = expr_attribute(&call, object, name, result, &found); break;
    case OBJECT_SELECT: done = select_attribute(&call, (SelectObject *)object, name, result, &found); break;
    case OBJECT_DML: done = dml_attribute(&call, (DmlObject *)object, name, result, &found); break;
    case OBJECT_TABLE:
    case OBJECT_FROM: done = table_attribute(&call, (TableObject *)object, name, result, &found); break;
    case OBJECT_COLUMNS: return columns_attribute(&call, (TableObject *)((FunctionObject *)object)->self, name, at, result);
    case OBJECT_ELEMENT: done = element_attribute(&call, object, name, result, &found); break;
    case OBJECT_COMPILER: done = compiler_attribute(&call, object, name, result, &found); break;
    case OBJECT_CONSTRUCT: found = false; break;
    case OBJECT_BASE: done = base_attribute(&call, object, name, result, &found); break;
    case OBJECT_PROPERTY: done = property_attribute(&call, object, name, result, &found); break;
    case OBJECT_QUERY: done = query_attribute(&call, object, name, result, &found); break;
    case OBJECT_BATCH: done = batch_attribute(&call, (BatchObject *)object, name, result, &found); break;
    case OBJECT_BIND:
    case OBJECT_DIALECT:
    case OBJECT_CONTEXT:
    case OBJECT_AUTOCOMMIT:
    case OBJECT_BLOCK:
    case OBJECT_METADATA:
    case OBJECT_INSPECTOR:
    case OBJECT_RESULT:
    case OBJECT_CONFIG:
    case OBJECT_SEQUENCE:
    case OBJECT_INDEX:
    case OBJECT_CONSTRAINT: done = connection_attribute(&call, object, name, result, &found); break;
    case OBJECT_FOREIGN_KEY: done = foreign_key_attribute(&call, (ConstraintObject *)object, name, result, &found); break;
    case OBJECT_MAPPED: done = mapped_attribute(&call, object, name, result, &found); break;
    case OBJECT_ENTITY: done = entity_attribute(object, name, result, &found); break;
    case OBJECT_FUNCTION:
    case OBJECT_IDENTITY:
    case OBJECT_COMPUTED:
    case OBJECT_DDL: found = false; break;
    }
    if (!done)
        return false;
    if (found)
        return true;
    Str what = host_name(host, a->arena, object);
    *result = value_unknown(
        interp_arena(in), at,
        str_format(a->arena, "Waybill does not know the attribute \"%.*s\" of a %.*s", STR_ARGS(name), STR_ARGS(what)),
        STR("Write it in another way, or write an override for this revision."));
    return true;
}

static bool host_set_attribute(Host *host, Interp *in, Span at, HostObject *object, Str name, Value value)
{
    if (object->kind == OBJECT_ELEMENT) {
        element_set(of(host), object, name, value);
        return true;
    }
    if (object->kind == OBJECT_MAPPED)
        return mapped_set(of(host), in, at, object, name, value);
    if (object->kind == OBJECT_TYPE && ((TypeObject *)object)->class) {
        made_type_set(of(host), (TypeObject *)object, name, value);
        return true;
    }
    if (object->kind == OBJECT_MODULE && ((ModuleObject *)object)->is_library) {
        module_set(of(host), (ModuleObject *)object, name, value);
        return true;
    }
    // bind.echo = True and the like change nothing that a script would show
    if (object->kind == OBJECT_BIND || object->kind == OBJECT_METADATA || object->kind == OBJECT_CONTEXT ||
        object->kind == OBJECT_TABLE)
        return true;
    return interp_refuse(in, at, STR("Pass it as an argument instead."), "cannot assign the attribute \"%.*s\"",
                         STR_ARGS(name));
}

// What a keyword argument says would be lost without a word where nobody has asked for it. Schema objects take arguments of
// any dialect: those have an underscore in their names.
// Source: SQLAlchemy 2.0.52 sql/base.py, DialectKWArgs._validate_dialect_kwargs.
static bool check_keywords(Call *call)
{
    const Arg *unread = call->parameters.len ? signature_unread(call) : NULL;
    if (unread && !value_is_none(unread->value))
        return call_refuse(call, unread->at, "Remove the argument, or write an override.",
                           "argument %zu of %s() is not supported", (size_t)(unread - call->args->items) + 1, call->name);
    static const char *const takes_any[] = {
        "values",           "bindparams",     "execution_options", "filter_by", "op",
        "Session",          "sessionmaker",   "scoped_session",    "MetaData",  "StringEncryptedType",
        "declarative_base", "as_declarative", "SQLAlchemy",        "SQLA",      "relationship",
        "relation",         "dynamic_loader", "backref",           "synonym",   "association_proxy",
        "validates"};
    // what says nothing that a script would show
    static const char *const silent[] = {"info",   "doc",       "key",    "onupdate", "default",
                                         "system", "expanding", "unique", "required"};
    ObjectKind kind = call->self ? (ObjectKind)call->self->kind : OBJECT_MODULE;
    bool sql = kind == OBJECT_EXPR || kind == OBJECT_SELECT || kind == OBJECT_DML;
    if (!sql && kind != OBJECT_MODULE && kind != OBJECT_BATCH)
        return true;
    for (size_t i = 0; i < sizeof takes_any / sizeof takes_any[0]; i++)
        if (strcmp(call->name, takes_any[i]) == 0)
            return true;
    const Arg *arg = call_unread(call, call->args->positional);
    for (; arg; arg = call_unread(call, (size_t)(arg - call->args->items) + 1)) {
        bool passes = (!sql && str_find_char(arg->name, '_', 0) != SIZE_MAX);
        for (size_t k = 0; !sql && k < sizeof silent / sizeof silent[0]; k++)
            passes |= str_equal(arg->name, str_from(silent[k]));
        if (passes)
            continue;
        return call_refuse(call, arg->at,
                           sql ? "Write the statement with sa.text()." : "Remove the argument, or write an override.",
                           "the argument \"%.*s\" of %s() is not supported", STR_ARGS(arg->name), call->name);
    }
    return true;
}

static bool host_call(Host *host, Interp *in, HostObject *callee, const Args *args, Value *result)
{
    Alembic *a = of(host);
    *result = VALUE_OF_NONE;
    for (size_t i = 0; i < args->count; i++)
        interp_used(in, args->items[i].value);
    if (callee->kind == OBJECT_FUNCTION) {
        FunctionObject *function = (FunctionObject *)callee;
        Call call = call_on(a, in, function->self, function->name, args, result);
        call.extra = function->extra;
        uint64_t looked_at = 0;
        call.looked_at = &looked_at;
        return signature_check(&call) && function->handler(&call) && check_keywords(&call);
    }
    if (callee->kind == OBJECT_TYPE_CLASS) {
        TypeClassObject *class = (TypeClassObject *)callee;
        Call call = call_on(a, in, NULL, class->name, args, result);
        return signature_check_type(&call, class) && call_type(&call, class->kind);
    }
    if (callee->kind == OBJECT_FUNC) {
        Call call = call_on(a, in, NULL, "func", args, result);
        return call_func(&call, (FuncObject *)callee);
    }
    if (callee->kind == OBJECT_BIND || callee->kind == OBJECT_CONTEXT || callee->kind == OBJECT_TYPE) {
        *result = value_host(callee);   // sessionmaker(bind=...)(); a type that [waybill.types] gives
        return true;
    }
    return interp_raise(in, args->at, STR("TypeError"), "'%.*s' object is not callable",
                        STR_ARGS(host_name(host, a->arena, callee)));
}

static bool host_binary(Host *host, Interp *in, Span at, BinaryOp op, Value left, Value right, Value *result)
{
    // op.f("x") + "y", and texts compared with it
    Str text;
    if (left.kind == VALUE_HOST && left.host->kind == OBJECT_NAME && is_text(left, &text))
        left = value_str(text);
    if (right.kind == VALUE_HOST && right.host->kind == OBJECT_NAME && is_text(right, &text))
        right = value_str(text);
    if (left.kind != VALUE_HOST && right.kind != VALUE_HOST) {
        if (op == BINARY_ADD && left.kind == VALUE_STR && right.kind == VALUE_STR)
            *result = value_str(str_format(interp_arena(in), "%.*s%.*s", STR_ARGS(left.text), STR_ARGS(right.text)));
        else
            *result = value_bool((op == BINARY_EQ) == value_equal(left, right));
        return true;
    }
    Args none = {.at = at};
    Call call = call_on(of(host), in, NULL, "operator", &none, result);
    return expr_binary(&call, at, op, left, right, result);
}

static bool host_unary(Host *host, Interp *in, Span at, UnaryOp op, HostObject *operand, Value *result)
{
    Args none = {.at = at};
    Call call = call_on(of(host), in, NULL, "operator", &none, result);
    return expr_unary(&call, at, op, operand, result);
}

static bool host_item(Host *host, Interp *in, Span at, HostObject *object, Value key, Value *result)
{
    Alembic *a = of(host);
    Str name;
    Args none = {.at = at};
    Call call = call_on(a, in, object, "[]", &none, result);
    if (object->kind == OBJECT_COLUMNS && is_text(key, &name))
        return columns_attribute(&call, (TableObject *)((FunctionObject *)object)->self, name, at, result);
    if (object->kind == OBJECT_EXPR || object->kind == OBJECT_COLUMN) {
        const Expr *base, *index;
        if (!to_expr(&call, at, value_host(object), &base) || !to_expr(&call, at, key, &index))
            return false;
        const Expr *args[] = {base, index};
        *result = expr_value(a, expr_make(a, EXPR_BINARY, EXPR_OP_GET, at, 2, args));
        return true;
    }
    if (object->kind == OBJECT_TYPE_CLASS || object->kind == OBJECT_CONSTRUCT || object->kind == OBJECT_FUNCTION) {
        *result = value_host(object);   // TypeDecorator[int], FunctionElement[str]: the class itself
        return true;
    }
    int64_t index = key.kind == VALUE_INT ? key.integer : 0;
    if ((key.kind == VALUE_STR || key.kind == VALUE_INT) && result_row(object, result))
        return (!index || index == -1) || interp_raise(in, at, STR("IndexError"), "tuple index out of range");
    *result = value_unknown(interp_arena(in), at,
                            object->kind == OBJECT_RESULT ? STR("the rows of a query are known only to the database")
                                                          : STR("Waybill does not know what this subscript gives"),
                            STR("Write an override for this revision."));
    return true;
}

static bool refuse_rows(Interp *in, Span at, const char *what)
{
    interp_refuse(in, at, STR(ROWS_HINT), "%s", what);
    diag_cure(interp_diag(in), (Cure){.kind = CURE_OVERRIDE});
    return false;
}

static bool host_iterate(Host *host, Interp *in, Span at, HostObject *object, Value *result)
{
    Alembic *a = of(host);
    if (object->kind == OBJECT_COLUMNS || object->kind == OBJECT_TABLE) {
        TableObject *table = object->kind == OBJECT_TABLE ? (TableObject *)object
                                                          : (TableObject *)((FunctionObject *)object)->self;
        *result = value_list(interp_arena(in), VALUE_LIST);
        for (size_t i = 0; i < table->ref->columns.count; i++) {
            Expr *column = expr_new(a, EXPR_COLUMN, at);
            column->text = table->ref->columns.items[i].name;
            column->type = table->ref->columns.items[i].type;
            column->table = table->ref;
            vec_push(interp_arena(in), &result->list->values, expr_value(a, column));
        }
        return true;
    }
    Value item;
    Args none = {.at = at};
    Call asks = call_on(a, in, object, "iter", &none, result);
    if (result_rows(&asks, object, result))
        return true;
    if (result_row(object, &item)) {
        *result = value_list(interp_arena(in), VALUE_LIST);
        vec_push(interp_arena(in), &result->list->values, item);
        return true;
    }
    if (object->kind == OBJECT_RESULT || object->kind == OBJECT_SELECT || object->kind == OBJECT_QUERY)
        return refuse_rows(in, at, "cannot loop over the rows of a query: they are known only to the database");
    return interp_raise(in, at, STR("TypeError"), "'%.*s' object is not iterable",
                        STR_ARGS(host_name(host, a->arena, object)));
}

// bool(a == b) of SQL expressions asks whether both are the same object.
// Source: SQLAlchemy 2.0.52 sql/elements.py, BinaryExpression.__bool__.
static bool compared_same(Alembic *a, Interp *in, Span at, const Expr *expr, bool *result)
{
    const Value left = expr_value(a, (Expr *)expr->args[0]), right = expr_value(a, (Expr *)expr->args[1]);
    if (!interp_same(in, at, left, right, result))
        return false;
    *result = *result == (expr->op == EXPR_OP_EQ);
    return true;
}

static bool host_truth(Host *host, Interp *in, Span at, HostObject *object, bool *result)
{
    const Expr *expr = object->kind == OBJECT_EXPR ? ((ExprObject *)object)->expr : NULL;
    Value item;
    if (result_row(object, &item)) {   // a row is a tuple of one
        *result = true;
        return true;
    }
    if (object->kind == OBJECT_RESULT || object->kind == OBJECT_QUERY)
        return refuse_rows(in, at, "a condition depends on the result of a query, which is known only to the database");
    if (expr && expr->kind == EXPR_BINARY && (expr->op == EXPR_OP_EQ || expr->op == EXPR_OP_NE))
        return compared_same(of(host), in, at, expr, result);
    // Source: SQLAlchemy 2.0.52 sql/elements.py, ClauseElement.__bool__
    if (expr || object->kind == OBJECT_COLUMN || object->kind == OBJECT_TABLE || object->kind == OBJECT_SELECT ||
        object->kind == OBJECT_DML || object->kind == OBJECT_FROM)
        return interp_raise(in, at, STR("TypeError"), "Boolean value of this clause is not defined");
    *result = true;
    return true;
}

static bool host_enter(Host *host, Interp *in, Span at, HostObject *object, Value *result)
{
    Alembic *a = of(host);
    Args none = {.at = at};
    Call call = call_on(a, in, object, "with", &none, result);
    *result = value_host(object);
    switch ((ObjectKind)object->kind) {
    case OBJECT_BATCH:
    case OBJECT_BIND:
    case OBJECT_BLOCK:
    case OBJECT_CONTEXT: return true;
    case OBJECT_AUTOCOMMIT: return autocommit(&call, at, true);
    case OBJECT_MODULE:
    case OBJECT_FUNCTION:
    case OBJECT_TYPE_CLASS:
    case OBJECT_TYPE:
    case OBJECT_NAME:
    case OBJECT_COLUMN:
    case OBJECT_FOREIGN_KEY:
    case OBJECT_CONSTRAINT:
    case OBJECT_INDEX:
    case OBJECT_IDENTITY:
    case OBJECT_COMPUTED:
    case OBJECT_SEQUENCE:
    case OBJECT_TABLE:
    case OBJECT_COLUMNS:
    case OBJECT_EXPR:
    case OBJECT_SELECT:
    case OBJECT_DML:
    case OBJECT_FROM:
    case OBJECT_FUNC:
    case OBJECT_DIALECT:
    case OBJECT_METADATA:
    case OBJECT_INSPECTOR:
    case OBJECT_RESULT:
    case OBJECT_CONFIG:
    case OBJECT_CONSTRUCT:
    case OBJECT_ELEMENT:
    case OBJECT_COMPILER:
    case OBJECT_BASE:
    case OBJECT_PROPERTY:
    case OBJECT_QUERY:
    case OBJECT_MAPPED:
    case OBJECT_ENTITY:
    case OBJECT_DDL: break;
    }
    return interp_raise(in, at, STR("TypeError"), "'%.*s' object does not support the context manager protocol",
                        STR_ARGS(host_name(host, a->arena, object)));
}

static bool host_exit(Host *host, Interp *in, Span at, HostObject *object)
{
    Value ignored;
    Args none = {.at = at};
    Call call = call_on(of(host), in, object, "with", &none, &ignored);
    if (object->kind == OBJECT_BATCH)
        return batch_exit(&call, (BatchObject *)object, at);
    if (object->kind == OBJECT_AUTOCOMMIT)
        return autocommit(&call, at, false);
    return true;
}

static bool host_super(Host *host, Interp *in, Span at, HostObject *self, Str name, Value *result)
{
    Args none = {.at = at};
    Call call = call_on(of(host), in, self, "super", &none, result);
    bool found = false;
    if (self->kind == OBJECT_TYPE && !type_base_attribute(&call, (TypeObject *)self, name, result, &found))
        return false;
    if (self->kind == OBJECT_ELEMENT)
        (void)element_base_attribute(&call, self, name, result, &found);
    return found || interp_raise(in, at, STR("AttributeError"), "'super' object has no attribute '%.*s'", STR_ARGS(name));
}

static bool host_construct(Host *host, Interp *in, Class *class, const Args *args, Value *result)
{
    Call call = call_on(of(host), in, NULL, "class", args, result);
    if (class_host_base(class)->kind == OBJECT_BASE || class_attribute(class, STR("__tablename__")))
        return construct_mapped(&call, class);
    if (class_host_base(class)->kind == OBJECT_CONSTRUCT)
        return construct_element(&call, class);
    if (is_database_class(class_host_base(class)))   // class Database(SQLAlchemy)
        return host_call(host, in, class_host_base(class), args, result);
    return construct_type(&call, class);
}

static bool host_writes(const Host *host, const HostObject *object)
{
    (void)host;
    bool op = object->kind == OBJECT_MODULE && str_equal(((const ModuleObject *)object)->name, STR("alembic.op"));
    return op || object->kind == OBJECT_BIND || object->kind == OBJECT_CONTEXT || object->kind == OBJECT_BATCH;
}

static bool host_is_instance(Host *host, Interp *in, Span at, Value object, HostObject *type, bool *result)
{
    *result = false;
    if (object.kind == VALUE_HOST && object.host->kind == OBJECT_DIALECT && is_dialect_of(of(host), type, result))
        return true;
    return object.kind != VALUE_HOST || host_is_a(of(host), in, at, object.host, type, result);
}

static bool host_text(Host *host, Interp *in, Span at, HostObject *object, Str *result)
{
    Alembic *a = of(host);
    if (object->kind == OBJECT_NAME) {
        *result = ((NameObject *)object)->text;
        return true;
    }
    if (object->kind == OBJECT_EXPR || object->kind == OBJECT_COLUMN) {
        Args none = {.at = at};
        Value ignored;
        Call call = call_on(a, in, NULL, "str", &none, &ignored);
        const Expr *expr;
        Buf out = buf_open(interp_arena(in));
        if (!to_expr(&call, at, value_host(object), &expr) ||
            !sql_expr(interp_arena(in), interp_diag(in), a->style, expr, &out))
            return false;
        *result = buf_str(&out);
        return true;
    }
    if (object->kind == OBJECT_TABLE) {
        *result = ((TableObject *)object)->ref->name;
        return true;
    }
    if (object->kind == OBJECT_TYPE && type_text(a, (TypeObject *)object, result))
        return true;
    bool is_url = object->kind == OBJECT_MODULE && str_equal(((ModuleObject *)object)->name, STR("engine.url"));
    return interp_refuse(in, at,
                         is_url ? STR("Ask for its dialect: connection.dialect.name, or engine.url.get_backend_name().")
                                : STR("Write the text itself."),
                         "cannot turn a %.*s into text", STR_ARGS(host_name(host, a->arena, object)));
}

Alembic *alembic_open(Arena *arena, const Project *project, const SqlStyle *style, Model *model, Occasion occasion)
{
    Alembic *a = arena_new(arena, Alembic);
    *a = (Alembic){
        .host = {.import = host_import,
                 .attribute = host_attribute,
                 .set_attribute = host_set_attribute,
                 .call = host_call,
                 .binary = host_binary,
                 .unary = host_unary,
                 .item = host_item,
                 .iterate = host_iterate,
                 .truth = host_truth,
                 .same = host_same,
                 .is_single = host_is_single,
                 .assume = host_assume,
                 .sought = note_sought,
                 .looked = note_looked,
                 .enter = host_enter,
                 .exit = host_exit,
                 .construct = host_construct,
                 .declare = host_declare,
                 .super = host_super,
                 .setting = host_setting,
                 .read_file = host_read_file,
                 .has_file = host_has_file,
                 .is_instance = host_is_instance,
                 .name = host_name,
                 .text = host_text,
                 .writes = host_writes,
                 .suggestion = host_suggestion},
        .arena = arena,
        .kept = arena,
        .project = project,
        .style = style,
        .dialect = style->dialect,
        .dialect_name = style->dialect->id == DIALECT_MARIADB ? project->settings.mariadb_name : style->dialect->name,
        .model = model,
        .occasion = occasion,
        .modules = map_open(arena),
        .missing_modules = map_open(arena),
    };
    open_signatures(a);
    open_modules(a);
    a->arena = model->work = arena_child(arena);
    a->trees = arena_child(arena);
    return a;
}

void alembic_forget(Alembic *a)
{
    if (!a->has_project_module)
        arena_rewind(a->arena, (ArenaMark){0});
}
