// Mapped classes, as the tables they stand for, and the queries of a session: what changes rows all at once is a statement;
// what gives rows back is known only to the database.
#include "statements_int.h"

// ---- mapped classes ----

static void add_columns(Call *call, TableRef *ref, const Class *class)
{
    for (MapEntry *e = map_first(&class->attributes); e; e = map_next(&class->attributes, e)) {
        const Value *value = e->value;
        if (!host_of(*value, OBJECT_COLUMN))
            continue;
        ColumnObject *column = (ColumnObject *)value->host;
        if (!column->column->name.len)
            column->column->name = e->key;
        bool known = false;
        for (size_t i = 0; i < ref->columns.count; i++)
            known |= str_equal(ref->columns.items[i].name, column->column->name);
        if (!known)
            add_ref_column(call->a, ref, &column->host);
    }
    for (size_t i = 0; i < class->bases.count; i++)   // mixins
        if (class->bases.items[i].kind == VALUE_CLASS)
            add_columns(call, ref, class->bases.items[i].class);
}

static Value table_argument(const Class *class, const char *key)
{
    const Value *args = class_attribute(class, STR("__table_args__"));
    if (args && args->kind == VALUE_TUPLE && args->list->values.count)
        args = &args->list->values.items[args->list->values.count - 1];
    const Value *found = args && args->kind == VALUE_DICT ? dict_get_str(args->dict, str_from(key)) : NULL;
    return found ? *found : VALUE_OF_NONE;
}

// The name of an attribute that is only annotated: Mapped[str] makes a column of it.
static Str annotated_only(const Class *class)
{
    const Value *notes = map_get(&class->attributes, STR("__annotations__"));
    for (size_t i = 0; notes && notes->kind == VALUE_DICT && i < notes->dict->items.count; i++) {
        Value key = notes->dict->items.items[i].key;
        if (key.kind == VALUE_STR && !map_get(&class->attributes, key.text) && !str_starts(key.text, STR("__")))
            return key.text;
    }
    return STR_EMPTY;
}

bool class_is_clear(Call *call, Span at, const Class *class)
{
    for (MapEntry *e = map_first(&class->attributes); e; e = map_next(&class->attributes, e))
        if (((const Value *)e->value)->kind == VALUE_UNKNOWN)
            return interp_refuse_unknown(call->in, at, *(const Value *)e->value, "which columns a mapped class has");
    Str only = annotated_only(class);
    if (only.len)
        return call_refuse(call, at, "Write it as a column: mapped_column(sa.Text).",
                           "attribute \"%.*s\" of class \"%.*s\" has only an annotation: its column type is not read",
                           STR_ARGS(only), STR_ARGS(class->name));
    for (size_t i = 0; i < class->bases.count; i++)
        if (class->bases.items[i].kind == VALUE_CLASS && !class_is_clear(call, at, class->bases.items[i].class))
            return false;
    return true;
}

bool class_table(Call *call, Span at, Class *class, TableRef **table)
{
    const Value *done = map_get(&class->attributes, STR("__table__"));
    if (done && host_of(*done, OBJECT_TABLE)) {
        *table = ((TableObject *)done->host)->ref;
        return true;
    }
    const Value *name = class_attribute(class, STR("__tablename__"));
    if (!name || name->kind != VALUE_STR)
        return call_refuse(call, at, "Use sa.table() with the columns needed.", "class \"%.*s\" is no mapped table",
                           STR_ARGS(class->name));
    Value schema = table_argument(class, "schema");
    TableRef *ref = arena_new(call->a->arena, TableRef);
    ref->name = name->text;
    ref->schema = schema.kind == VALUE_STR ? schema.text : STR_EMPTY;
    add_columns(call, ref, class);
    Value *kept = value_boxed(call->a->arena, table_value(call->a, ref, NULL));
    ((TableObject *)kept->host)->mapped = class;
    map_put(&class->attributes, STR("__table__"), kept);
    *table = ref;
    return true;
}

static void push_items(Call *call, const TableRef *ref, const Class *class, Span at, ArgList *items)
{
    for (MapEntry *e = map_first(&class->attributes); e; e = map_next(&class->attributes, e)) {
        const Value *value = e->value;
        ColumnObject *column = (ColumnObject *)host_of(*value, OBJECT_COLUMN);
        if (column && column->table == ref)
            vec_push(call->a->arena, items, ((Arg){.value = *value, .at = at}));
    }
    for (size_t i = 0; i < class->bases.count; i++)
        if (class->bases.items[i].kind == VALUE_CLASS)
            push_items(call, ref, class->bases.items[i].class, at, items);
    const Value *args = map_get(&class->attributes, STR("__table_args__"));
    for (size_t i = 0; args && args->kind == VALUE_TUPLE && i < args->list->values.count; i++)
        if (args->list->values.items[i].kind != VALUE_DICT)
            vec_push(call->a->arena, items, ((Arg){.value = args->list->values.items[i], .at = at}));
}

bool mapped_class_build(Call *call, TableObject *object)
{
    ArgList items = {0};
    if (!class_is_clear(call, call->args->at, object->mapped))
        return false;
    push_items(call, object->ref, object->mapped, call->args->at, &items);
    Args args = {.items = items.items, .count = items.count, .positional = items.count, .at = call->args->at};
    const Args *outer = call->args;
    call->args = &args;
    bool done = build_table(call, object->ref->name, object->ref->schema, 0, &args, &object->table, &object->indexes);
    call->args = outer;
    return done;
}

bool host_declare(Host *host, Interp *in, Class *class)
{
    Alembic *a = (Alembic *)host;
    HostObject *base = class_host_base(class);
    const Value *name = class_attribute(class, STR("__tablename__"));
    if (!base || base->kind != OBJECT_BASE || !name || name->kind != VALUE_STR)
        return true;
    Args none = {.at = class->at};
    Value ignored;
    TableRef *table;
    Call call = {.a = a, .in = in, .args = &none, .name = "class", .result = &ignored};
    return class_table(&call, class->at, class, &table);
}

static bool give_base(Call *call)
{
    *call->result = value_host(simple_object(call->a, OBJECT_BASE));
    return true;
}

// @as_declarative() above a class makes it a base.
static bool as_declarative(Call *call)
{
    *call->result = value_host(&function_new(call->a, "as_declarative", give_base, NULL, 0)->host);
    return true;
}

bool base_attribute(Call *call, HostObject *base, Str name, Value *result, bool *found)
{
    (void)base;
    *found = str_equal(name, STR("metadata"));
    if (*found)
        *result = metadata_value(call->a);
    return true;
}

// ---- what mapped classes have besides columns ----

static bool give_property(Call *call)
{
    *call->result = value_host(simple_object(call->a, OBJECT_PROPERTY));
    return true;
}

// @validates("name") above a function.
static bool give_property_decorator(Call *call)
{
    *call->result = value_host(&function_new(call->a, call->name, give_property, NULL, 0)->host);
    return true;
}

// @hybrid.setter and such above a function give the property again.
bool property_attribute(Call *call, HostObject *property, Str name, Value *result, bool *found)
{
    static const char *const decorators[] = {"setter", "deleter", "expression", "comparator", "update_expression", NULL};
    *found = str_is_one_of(name, decorators);
    if (*found)
        *result = value_host(&function_new(call->a, "hybrid_property", give_property, property, 0)->host);
    return true;
}

static void open_property_modules(Alembic *a)
{
    // Source: SQLAlchemy 2.0.52 orm/__init__.py, ext/hybrid.py, ext/associationproxy.py.
    static const char *const properties[][2] = {{"sqlalchemy.orm", "relationship"},
                                                {"sqlalchemy.orm", "relation"},
                                                {"sqlalchemy.orm", "dynamic_loader"},
                                                {"sqlalchemy.orm", "backref"},
                                                {"sqlalchemy.orm", "synonym"},
                                                {"sqlalchemy.ext.hybrid", "hybrid_property"},
                                                {"sqlalchemy.ext.hybrid", "hybrid_method"},
                                                {"sqlalchemy.ext.associationproxy", "association_proxy"}};
    for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++)
        module_function(a, module_new(a, properties[i][0]), properties[i][1], give_property, 0);
    module_function(a, module_new(a, "sqlalchemy.orm"), "validates", give_property_decorator, 0);
}

// ---- queries ----

typedef struct QueryObject {
    HostObject host;
    SelectObject *select;
    TableRef *entity;   // the one class or table that it is about; NULL: columns, or several
    bool is_plain;      // nothing but conditions so far: it may be an UPDATE or DELETE
} QueryObject;

static Value query_value(Alembic *a, SelectObject *select, TableRef *entity, bool is_plain)
{
    QueryObject *query = arena_new(a->arena, QueryObject);
    *query = (QueryObject){{.kind = OBJECT_QUERY}, select, entity, is_plain};
    return value_host(&query->host);
}

// Whether a SELECT can be made of what query() is given; of anything else only the rows could be known, and are not.
static bool is_all_mapped(const Args *args)
{
    for (size_t i = 0; i < args->count; i++) {
        Value v = args->items[i].value;
        const Value *name = v.kind == VALUE_CLASS ? class_attribute(v.class, STR("__tablename__")) : NULL;
        bool mapped = (name && name->kind == VALUE_STR) || host_of(v, OBJECT_TABLE) || host_of(v, OBJECT_COLUMN) ||
                      host_of(v, OBJECT_EXPR);
        if (!mapped)
            return false;
    }
    return args->count > 0 && args->count == args->positional;
}

bool session_query(Call *call)
{
    Value select;
    const Args *args = call->args;
    TableRef *entity = NULL;
    FunctionObject *function = (FunctionObject *)map_get(
        &((ModuleObject *)map_get(&call->a->modules, STR("sqlalchemy")))->members, STR("select"));
    if (!is_all_mapped(args)) {
        *call->result = rows_unknown(call);
        return true;
    }
    bool one = args->count == 1 && (args->items[0].value.kind == VALUE_CLASS || host_of(args->items[0].value, OBJECT_TABLE));
    if (one && !to_table(call, args->at, args->items[0].value, &entity))
        return false;
    if (!interp_call(call->in, value_host(&function->host), args, &select))
        return false;
    *call->result = query_value(call->a, (SelectObject *)select.host, entity, true);
    return true;
}

// A clause of the query, as the SELECT that it is has it.
static bool query_clause(Call *call)
{
    QueryObject *query = (QueryObject *)call->self;
    Value method, made;
    bool found;
    if (!select_attribute(call, query->select, str_from(call->name), &method, &found) || !found)
        return call_refuse(call, call->args->at, ROWS_HINT, "the method \"%s\" of a query is not supported", call->name);
    if (!interp_call(call->in, method, call->args, &made))
        return false;
    bool plain = query->is_plain && call->extra;
    *call->result = host_of(made, OBJECT_SELECT) ? query_value(call->a, (SelectObject *)made.host, query->entity, plain)
                                                 : made;
    return true;
}

// filter_by(a=1): conditions on the entity's columns
static bool query_filter_by(Call *call)
{
    QueryObject *query = (QueryObject *)call->self;
    SelectObject *made = (SelectObject *)select_value(call->a, arena_new(call->a->arena, Select)).host;
    *made->select = *query->select->select;
    made->select->where.cap = made->select->where.count;
    if (!query->entity)
        return call_refuse(call, call->args->at, "Use .filter() with a condition.", "filter_by() of several tables");
    for (size_t i = 0; i < call->args->count; i++) {
        const Arg *arg = &call->args->items[i];
        const Expr *value;
        Expr *column = expr_new(call->a, EXPR_COLUMN, arg->at);
        column->text = arg->name;
        column->table = query->entity;
        for (size_t k = 0; k < query->entity->columns.count; k++)
            if (str_equal(query->entity->columns.items[k].name, arg->name))
                column->type = query->entity->columns.items[k].type;
        Value condition;
        (void)value;
        if (!expr_binary(call, arg->at, BINARY_EQ, expr_value(call->a, column), arg->value, &condition))
            return false;
        vec_push(call->a->arena, &made->select->where, ((ExprObject *)condition.host)->expr);
    }
    *call->result = query_value(call->a, made, query->entity, query->is_plain);
    return true;
}

// query.update({...}, synchronize_session=...), query.delete(...): one statement for all rows that it finds.
static bool query_dml(Call *call)
{
    QueryObject *query = (QueryObject *)call->self;
    const Value *values = call->extra == DML_UPDATE ? call_value(call, 0, "values") : NULL;
    if (!query->entity || !query->is_plain || query->select->select->from.count)
        return call_refuse(call, call->args->at, "Write the statement with sa.update() or sa.delete().",
                           "%s() of a query that does more than choose rows of one table", call->name);
    if (call->extra == DML_UPDATE && !values)
        return interp_raise(call->in, call->args->at, STR("TypeError"), "update() missing its values");
    (void)call_value(call, call->extra == DML_UPDATE ? 1 : 0, "synchronize_session");
    Value statement;
    if (!dml_of_table(call, (DmlKind)call->extra, query->entity, &query->select->select->where, values, &statement) ||
        !emit_execute(call, call->args->at, statement, NULL))
        return false;
    *call->result = value_unknown_cured(call->a->arena, call->args->at,
                                        STR("how many rows a statement changes is known only to the database"),
                                        STR(ROWS_HINT), (Cure){.kind = CURE_OVERRIDE});
    return true;
}

// query.all(), .first(), .count(): it is executed when a raise depends on what it finds, else there is nothing to do.
static bool query_rows(Call *call)
{
    QueryObject *query = (QueryObject *)call->self;
    Op *op = op_new(call, OP_EXECUTE);
    op->at = call->args->at;
    op->select = query->select->select;
    op->only_asked = true;
    result_of(call, op);
    if (!op_emit(call, op))
        return false;
    if (strcmp(call->name, "count") == 0)
        return result_length(call);
    // it wants one row at most
    return result_take(call, call->result->host, strcmp(call->name, "scalar") == 0 ? "scalar_one_or_none" : call->name);
}

bool query_attribute(Call *call, HostObject *object, Str name, Value *result, bool *found)
{
    static const Method clauses[] = {
        {"filter", query_clause, 1},       {"where", query_clause, 1},        {"order_by", query_clause, 0},
        {"group_by", query_clause, 0},     {"having", query_clause, 0},       {"distinct", query_clause, 0},
        {"limit", query_clause, 0},        {"offset", query_clause, 0},       {"select_from", query_clause, 0},
        {"join", query_clause, 0},         {"outerjoin", query_clause, 0},    {"with_for_update", query_clause, 0},
        {"subquery", query_clause, 0},     {"exists", query_clause, 0},       {"scalar_subquery", query_clause, 0},
        {"as_scalar", query_clause, 0},    {"label", query_clause, 0},        {"alias", query_clause, 0},
        {"cte", query_clause, 0},          {"filter_by", query_filter_by, 0}, {"update", query_dml, DML_UPDATE},
        {"delete", query_dml, DML_DELETE},
    };
    static const Method rows[] = {{"first", query_rows, 0}, {"one_or_none", query_rows, 0}, {"one", query_rows, 0},
                                  {"all", query_rows, 0},   {"count", query_rows, 0},       {"scalar", query_rows, 0}};
    *found = find_method(call, clauses, sizeof clauses / sizeof clauses[0], object, name, result);
    if (*found)
        return true;
    if (!find_method(call, rows, sizeof rows / sizeof rows[0], object, name, result))
        *result = rows_unknown(call);
    *found = true;
    return true;
}

HostObject *query_select(HostObject *query)
{
    return &((QueryObject *)query)->select->host;
}

// ---- modules ----

// flask_sqlalchemy's db: everything of sqlalchemy and sqlalchemy.orm, a base class and a session.
static bool give_database(Call *call)
{
    Alembic *a = call->a;
    ModuleObject *db = map_get(&a->modules, STR("flask_sqlalchemy.SQLAlchemy"));
    if (!db) {
        static const char *const sources[] = {"sqlalchemy.orm", "sqlalchemy"};
        db = module_new(a, "flask_sqlalchemy.SQLAlchemy");
        db->is_library = true;
        for (size_t i = 0; i < 2; i++) {
            const ModuleObject *source = map_get(&a->modules, str_from(sources[i]));
            for (MapEntry *e = map_first(&source->members); e; e = map_next(&source->members, e))
                map_put(&db->members, e->key, e->value);
        }
        HostObject *base = arena_new(a->kept, HostObject);
        BindObject *session = arena_new(a->kept, BindObject), *engine = arena_new(a->kept, BindObject);
        base->kind = OBJECT_BASE;
        session->host.kind = engine->host.kind = OBJECT_BIND;
        session->is_session = true;
        module_add(a, db, "Model", base);
        module_add(a, db, "session", &session->host);
        module_add(a, db, "engine", &engine->host);
    }
    *call->result = value_host(&db->host);
    return true;
}

bool is_database_class(const HostObject *object)
{
    return object->kind == OBJECT_FUNCTION && ((const FunctionObject *)object)->handler == give_database;
}

void open_orm_modules(Alembic *a)
{
    static const char *const declarative[] = {"sqlalchemy.orm", "sqlalchemy.ext.declarative", "sqlalchemy.orm.decl_api",
                                              "sqlalchemy.ext.declarative.api"};
    HostObject *base = arena_new(a->kept, HostObject);
    base->kind = OBJECT_BASE;
    for (size_t i = 0; i < sizeof declarative / sizeof declarative[0]; i++) {
        ModuleObject *module = module_new(a, declarative[i]);
        module_function(a, module, "declarative_base", give_base, 0);
        module_function(a, module, "as_declarative", as_declarative, 0);
        module_add(a, module, "DeclarativeBase", base);
        module_add(a, module, "DeclarativeBaseNoMeta", base);
    }
    ModuleObject *orm = module_new(a, "sqlalchemy.orm");
    module_add(a, orm, "mapped_column",
               map_get(&((ModuleObject *)map_get(&a->modules, STR("sqlalchemy")))->members, STR("Column")));
    open_property_modules(a);
    static const char *const flask[][2] = {
        {"flask_sqlalchemy", "SQLAlchemy"}, {"flask_appbuilder", "SQLA"}, {"flask_appbuilder.models.sqla", "SQLA"}};
    for (size_t i = 0; i < sizeof flask / sizeof flask[0]; i++) {
        ModuleObject *module = module_new(a, flask[i][0]);
        module_function(a, module, flask[i][1], give_database, 0);
        if (i > 0)
            module_add(a, module, "Model", base);
    }
}
