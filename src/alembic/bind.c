// Connections, contexts, dialects, inspectors and MetaData: what a revision asks of the database without one.
#include "alembic_int.h"

static Value bind_value(Alembic *a)
{
    return value_host(simple_object(a, OBJECT_BIND));
}

static bool give_unknown(Call *call)
{
    *call->result = rows_unknown(call);
    return true;
}

static bool give_bind(Call *call)
{
    *call->result = bind_value(call->a);
    return true;
}

static bool give_nothing(Call *call)
{
    *call->result = VALUE_OF_NONE;
    return true;
}

static bool give_true(Call *call)
{
    *call->result = value_bool(call->extra != 0);
    return true;
}

static bool give_object(Call *call)
{
    *call->result = value_host(simple_object(call->a, (ObjectKind)call->extra));
    return true;
}

static bool give_self(Call *call)
{
    *call->result = value_host(call->self);
    return true;
}

static Value engine_value(Alembic *a)
{
    HostObject *engine = simple_object(a, OBJECT_BIND);
    ((BindObject *)engine)->is_engine = true;
    return value_host(engine);
}

static bool give_engine(Call *call)
{
    *call->result = engine_value(call->a);
    return true;
}

static bool bind_begin(Call *call)
{
    return ((BindObject *)call->self)->is_engine ? give_bind(call) : give_object(call);
}

static bool give_session(Call *call)
{
    HostObject *session = simple_object(call->a, OBJECT_BIND);
    ((BindObject *)session)->is_session = true;
    *call->result = value_host(session);
    return true;
}

// `to_driver`: a plain text is the driver's.
static bool execute_given(Call *call, bool to_driver, bool lists_rows)
{
    const Value *statement = call_value(call, 0, "statement");
    const Value *params = call_value(call, 1, "parameters");
    Str text;
    if (!statement)
        return interp_raise(call->in, call->args->at, STR("TypeError"),
                            "execute() missing a required argument: 'statement'");
    // execute(text, name=value): SQLAlchemy 1.3's keyword parameters
    Value keywords;
    if (!params && call->args->count > call->args->positional) {
        keywords = value_dict(call->a->arena);
        for (size_t i = call->args->positional; i < call->args->count; i++)
            dict_put(call->a->arena, keywords.dict, value_str(call->args->items[i].name), call->args->items[i].value);
        params = &keywords;
    }
    Value many;
    if (call->args->positional > 2) {   // execute(insert, {...}, {...})
        many = value_list(call->a->arena, VALUE_LIST);
        for (size_t i = 1; i < call->args->positional; i++)
            vec_push(call->a->arena, &many.list->values, call->args->items[i].value);
        params = &many;
    }
    if (to_driver && statement->kind != VALUE_HOST && is_text(*statement, &text))
        return emit_driver_text(call, call->args->at, text, params, lists_rows);
    return emit_execute(call, call->args->at, *statement, params);
}

bool bind_execute(Call *call)
{
    return execute_given(call, false, false);
}

// connection.execute("..."): SQLAlchemy 1's plain text
static bool connection_execute(Call *call)
{
    return execute_given(call, !((BindObject *)call->self)->is_session, false);
}

static bool exec_driver_sql(Call *call)
{
    return execute_given(call, true, true);
}

// connection.scalar(query), .scalars(query): executed, and its value asked for
static bool bind_scalar(Call *call)
{
    return connection_execute(call) && result_take(call, call->result->host, call->name);
}

// ---- attributes ----

static const Method bind_methods[] = {
    {"execute", connection_execute, 0},
    {"exec_driver_sql", exec_driver_sql, 0},
    {"scalar", bind_scalar, 0},
    {"scalars", bind_scalar, 0},
    {"begin", bind_begin, OBJECT_BLOCK},
    {"begin_nested", give_object, OBJECT_BLOCK},
    {"connect", give_bind, 0},
    {"get_bind", give_bind, 0},
    {"connection", give_bind, 0},
    {"execution_options", give_self, 0},
    {"commit", session_flush, 0},
    {"rollback", session_forget, 0},
    {"flush", session_flush, 0},
    {"close", session_forget, 0},
    {"configure", give_nothing, 0},
    {"expunge_all", session_forget, 0},
    {"add", session_add, 0},
    {"add_all", session_add, 1},
    {"bulk_save_objects", session_bulk, 0},
    {"bulk_insert_mappings", session_bulk, 1},
    {"in_transaction", give_true, 1},
    {"has_table", inspector_has_table, 0},
    {"query", session_query, 0},
    {"get", give_unknown, 0},
};

static bool named_attribute(HostObject *object, Str name, Value *result, bool *found)
{
    Str own = object->kind == OBJECT_INDEX        ? ((IndexObject *)object)->index->name
              : object->kind == OBJECT_CONSTRAINT ? ((ConstraintObject *)object)->constraint->name
                                                  : ((SequenceObject *)object)->name;
    *found = str_equal(name, STR("name"));
    if (*found)
        *result = own.len ? value_str(own) : VALUE_OF_NONE;
    return true;
}

static bool constraint_attribute(Call *call, ConstraintObject *object, Str name, Value *result, bool *found)
{
    Arena *arena = call->a->arena;
    const Constraint *constraint = object->constraint;
    if (str_equal(name, STR("column_keys"))) {
        *result = value_list(arena, VALUE_LIST);
        for (size_t i = 0; i < constraint->columns.count; i++)
            vec_push(arena, &result->list->values, value_str(constraint->columns.items[i]));
    } else if (constraint->kind == CONSTRAINT_FOREIGN && str_equal(name, STR("referred_table"))) {
        const Table *table = model_table(call->a->model, constraint->ref_schema, constraint->ref_table);
        TableRef *ref = arena_new(arena, TableRef);
        *ref = (TableRef){.schema = constraint->ref_schema, .name = constraint->ref_table};
        *result = table_value(call->a, table ? ref_of_table(call->a, table) : ref, NULL);
    } else if (object->table && str_equal(name, STR("table"))) {
        *result = value_host(object->table);
    } else if (str_equal(name, STR("info"))) {
        if (value_is_none(object->info))
            object->info = value_dict(arena);
        *result = object->info;
    } else {
        *found = false;
    }
    return true;
}

// sequence.create(bind), index.create(bind), .drop(bind)
static bool element_create_drop(Call *call)
{
    Op *op = op_new(call, (OpKind)call->extra);
    if (call->self->kind == OBJECT_SEQUENCE) {
        SequenceObject *sequence = (SequenceObject *)call->self;
        op->name = sequence->name;
        op->schema = sequence->schema;
        op->sequence = sequence->options;
        return op_emit(call, op);
    }
    Index *index = ((IndexObject *)call->self)->index;
    op->kind = call->extra == OP_CREATE_SEQUENCE ? OP_CREATE_INDEX : OP_DROP_INDEX;
    op->name = index->name;
    op->table = index->table;
    op->schema = index->schema;
    if (!index->table.len)
        return call_refuse(call, op->at, "Use op.create_index().", "index \"%.*s\" belongs to no table",
                           STR_ARGS(index->name));
    vec_push(call->a->arena, &op->indexes, index);
    return op_emit(call, op);
}

// What a session does without writing its new objects on the way.
static bool may_wait(Str name)
{
    static const char *const names[] = {"add",   "add_all",     "commit",  "flush",  "rollback",
                                        "close", "expunge_all", "dialect", "engine", NULL};
    return str_is_one_of(name, names);
}

static bool next_value(Call *call)
{
    const Expr *expr;
    if (!to_expr(call, call->args->at, value_host(call->self), &expr))
        return false;
    *call->result = expr_value(call->a, (Expr *)(uintptr_t)expr);
    return true;
}

bool connection_attribute(Call *call, HostObject *object, Str name, Value *result, bool *found)
{
    static const Method elements[] = {{"create", element_create_drop, OP_CREATE_SEQUENCE},
                                      {"drop", element_create_drop, OP_DROP_SEQUENCE}};
    static const Method block[] = {{"commit", give_nothing, 0}, {"rollback", give_nothing, 0}, {"close", give_nothing, 0}};
    *found = true;
    call->self = object;
    switch ((ObjectKind)object->kind) {
    case OBJECT_BIND:
        if (call->a->pending.count && call->a->pending_session == object && !may_wait(name))
            return call_refuse(call, call->args->at, "Call flush() of the session before.",
                               "\"%.*s\" of a session with new objects may write them first", STR_ARGS(name));
        if (str_equal(name, STR("dialect")))
            *result = value_host(simple_object(call->a, OBJECT_DIALECT));
        else if (str_equal(name, STR("name")))
            *result = value_str(call->a->dialect_name);
        else if (str_equal(name, STR("url")))   // engine.url: its parts are settings
            *result = value_host(&module_new(call->a, "engine.url")->host);
        else if (str_equal(name, STR("engine")))
            *result = engine_value(call->a);
        else if (str_equal(name, STR("bind")) || str_equal(name, STR("connection_")))
            *result = ((BindObject *)object)->is_session ? bind_value(call->a) : value_host(object);
        else
            *found = find_method(call, bind_methods, sizeof bind_methods / sizeof bind_methods[0], object, name, result);
        return true;
    case OBJECT_DIALECT: return dialect_attribute(call, name, result, found);
    case OBJECT_CONTEXT: return context_attribute(call, name, result, found);
    case OBJECT_INSPECTOR: return inspector_attribute(call, object, name, result, found);
    case OBJECT_CONFIG: return config_attribute(call, object, name, result, found);
    case OBJECT_METADATA: return metadata_attribute(call, object, name, result, found);
    case OBJECT_BLOCK: *found = find_method(call, block, 3, object, name, result); return true;
    case OBJECT_RESULT: return result_attribute(call, object, name, result, found);
    case OBJECT_SEQUENCE:
        if (str_equal(name, STR("next_value"))) {
            *result = value_host(&function_new(call->a, "next_value", next_value, object, 0)->host);
            return true;
        }
        if (find_method(call, elements, 2, object, name, result))
            return true;
        return named_attribute(object, name, result, found);
    case OBJECT_INDEX:
        if (find_method(call, elements, 2, object, name, result))
            return true;
        return named_attribute(object, name, result, found);
    case OBJECT_CONSTRAINT:
        return str_equal(name, STR("name")) ? named_attribute(object, name, result, found)
                                            : constraint_attribute(call, (ConstraintObject *)object, name, result, found);
    case OBJECT_MODULE:
    case OBJECT_FUNCTION:
    case OBJECT_TYPE_CLASS:
    case OBJECT_TYPE:
    case OBJECT_NAME:
    case OBJECT_COLUMN:
    case OBJECT_FOREIGN_KEY:
    case OBJECT_IDENTITY:
    case OBJECT_COMPUTED:
    case OBJECT_TABLE:
    case OBJECT_COLUMNS:
    case OBJECT_EXPR:
    case OBJECT_SELECT:
    case OBJECT_DML:
    case OBJECT_FROM:
    case OBJECT_FUNC:
    case OBJECT_BATCH:
    case OBJECT_AUTOCOMMIT:
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
    *found = false;
    return true;
}

bool autocommit(Call *call, Span at, bool begin)
{
    Op *op = op_new(call, begin ? OP_AUTOCOMMIT_BEGIN : OP_AUTOCOMMIT_END);
    op->at = at;
    return op_emit(call, op);
}

// ---- module functions ----

// An element that op.execute() and bind.execute() take.
static Op *ddl_object(Call *call)
{
    DdlObject *object = arena_new(call->a->arena, DdlObject);
    object->host.kind = OBJECT_DDL;
    object->op = op_new(call, (OpKind)call->extra);
    *call->result = value_host(&object->host);
    return object->op;
}

// CreateSchema(name, if_not_exists=), DropSchema(name, cascade=, if_exists=)
static bool schema_element(Call *call)
{
    Op *op = ddl_object(call);
    return call_need_name(call, 0, "name", &op->name) &&
           (op->kind == OP_CREATE_SCHEMA
                ? call_bool(call, 1, "if_not_exists", &op->if_not_exists)
                : call_bool(call, 1, "cascade", &op->cascade) && call_bool(call, 2, "if_exists", &op->if_exists));
}

static bool ddl_element(Call *call)
{
    Op *op = ddl_object(call);
    const Value *value = call_value(call, 0, "element");
    bool of_sequence = op->kind == OP_CREATE_SEQUENCE || op->kind == OP_DROP_SEQUENCE;
    if (value && of_sequence && host_of(*value, OBJECT_SEQUENCE)) {
        SequenceObject *sequence = (SequenceObject *)value->host;
        op->name = sequence->name;
        op->schema = sequence->schema;
        op->sequence = sequence->options;
        return true;
    }
    if (value && !of_sequence && host_of(*value, OBJECT_TABLE) && ((TableObject *)value->host)->table) {
        TableObject *table = (TableObject *)value->host;
        op->table = table->ref->name;
        op->schema = table->ref->schema;
        op->created = table->table;
        return true;
    }
    return call_refuse(call, call->args->at, "Use the operation of op.", "cannot make this DDL element");
}

static bool x_argument(Call *call)
{
    bool as_dictionary = false;
    if (!call_bool(call, 0, "as_dictionary", &as_dictionary))
        return false;
    Arena *arena = call->a->arena;
    const StrList *given = &call->a->project->settings.x_arguments;
    *call->result = as_dictionary ? value_dict(arena) : value_list(arena, VALUE_LIST);
    for (size_t i = 0; i < given->count; i++) {
        Str value = given->items[i], key = str_cut(&value, '=');
        if (as_dictionary)
            dict_put(arena, call->result->dict, value_str(key), value_str(value));
        else
            vec_push(arena, &call->result->list->values, value_str(given->items[i]));
    }
    return true;
}

static bool table_reference(Call *call)
{
    Value row = value_dict(call->a->arena);
    static const char *const names[] = {"table_schema", "table_name", "column_name"};
    for (size_t i = 0; i < call->args->count; i++) {
        const Arg *arg = &call->args->items[i];
        Str name = arg->name.len ? arg->name : i < 3 ? str_from(names[i]) : STR("column_type");
        dict_put(call->a->arena, row.dict, value_str(name), arg->value);
    }
    *call->result = row;
    return true;
}

static void add_column_types(Alembic *a, ModuleObject *module)
{
    ModuleObject *kinds = module_new(a, "alembic_postgresql_enum.ColumnType");
    static const char *const names[] = {"COMMON", "ARRAY"};
    for (size_t i = 0; i < 2; i++) {
        Expr *name = expr_new(a, EXPR_RAW, SPAN_NONE);
        name->text = str_from(names[i]);
        module_add(a, kinds, names[i], expr_value(a, name).host);
    }
    module_add(a, module, "ColumnType", &kinds->host);
}

static bool backend_name(Call *call)
{
    *call->result = value_str(call->a->dialect_name);
    return true;
}

// connection.engine.url: the database is where the script runs, not where the ini's URL leads to. What no setting says
// (database.D, or engine.url.host and such among the values) is not known.
static void open_url(Alembic *a)
{
    ModuleObject *url = module_new(a, "engine.url");
    const DialectSettings *said = settings_dialect(&a->project->settings, a->dialect->name);
    if (said && said->database.len)
        module_set(a, url, STR("database"), value_str(said->database));
    module_function(a, url, "get_backend_name", backend_name, 0);
}

void open_bind_modules(Alembic *a, ModuleObject *sa)
{
    open_url(a);
    module_function(a, sa, "inspect", give_object, OBJECT_INSPECTOR);
    module_function(a, sa, "create_engine", give_engine, 0);
    ModuleObject *op = map_get(&a->modules, STR("alembic.op"));
    module_function(a, op, "get_bind", give_bind, 0);
    module_function(a, op, "get_context", give_object, OBJECT_CONTEXT);
    ModuleObject *context = module_new(a, "alembic.context");
    module_function(a, context, "is_offline_mode", context_is_offline, 0);
    module_function(a, context, "get_context", give_object, OBJECT_CONTEXT);
    module_function(a, context, "get_bind", give_bind, 0);
    module_function(a, context, "execute", bind_execute, 0);
    module_function(a, context, "get_x_argument", x_argument, 0);
    ModuleObject *orm = module_new(a, "sqlalchemy.orm");
    ModuleObject *session = module_new(a, "sqlalchemy.orm.session");
    ModuleObject *both[] = {orm, session};
    for (size_t i = 0; i < 2; i++) {
        module_function(a, both[i], "Session", give_session, 0);
        module_function(a, both[i], "sessionmaker", give_session, 0);
        module_function(a, both[i], "scoped_session", give_session, 0);
    }
    ModuleObject *inspection[] = {module_new(a, "sqlalchemy.engine.reflection"), module_new(a, "sqlalchemy.inspection"),
                                  module_new(a, "sqlalchemy.engine")};
    for (size_t i = 0; i < 3; i++) {
        module_function(a, inspection[i], "inspect", give_object, OBJECT_INSPECTOR);
        ModuleObject *inspector = module_new(a, "sqlalchemy.engine.reflection.Inspector");
        module_function(a, inspector, "from_engine", give_object, OBJECT_INSPECTOR);
        module_add(a, inspection[i], "Inspector", &inspector->host);
    }
    ModuleObject *elements[] = {map_get(&a->modules, STR("sqlalchemy.schema")),
                                map_get(&a->modules, STR("sqlalchemy.sql.ddl"))};
    for (size_t i = 0; i < 2; i++) {
        module_function(a, elements[i], "CreateSequence", ddl_element, OP_CREATE_SEQUENCE);
        module_function(a, elements[i], "DropSequence", ddl_element, OP_DROP_SEQUENCE);
        module_function(a, elements[i], "CreateSchema", schema_element, OP_CREATE_SCHEMA);
        module_function(a, elements[i], "DropSchema", schema_element, OP_DROP_SCHEMA);
        module_function(a, elements[i], "CreateTable", ddl_element, OP_CREATE_TABLE);
        module_function(a, elements[i], "DropTable", ddl_element, OP_DROP_TABLE);
    }
    ModuleObject *enums = module_new(a, "alembic_postgresql_enum");
    module_function(a, enums, "TableReference", table_reference, 0);
    module_function(a, enums, "Column", table_reference, 0);
    add_column_types(a, enums);
    ModuleObject *enum_info = module_new(a, "alembic_postgresql_enum.sql_commands.enum_type");
    enum_info->members = enums->members;
}
