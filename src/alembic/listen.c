// sqlalchemy.event on classes of column types: a listener hears of a column when it is made of the type, and says what shall
// be done when the column comes into a table; a CheckConstraint made there is the table's. All other events are not heard:
// a class that something else listens to is not made.
// Source: SQLAlchemy 2.0.52 sql/schema.py, Column.__init__, ColumnCollectionMixin._check_attach.
#include "alembic_int.h"

// The attribute of a class that something listens to: a LIST of what hears before_parent_attach, or True for any other.
#define CLASS_LISTENED "__waybill_listened__"

// What listens_for(target, event) gives: it takes the function.
typedef struct ListenObject {
    HostObject host;
    Value target;
    Str event;
    bool is_plain;   // nothing else is said of it
} ListenObject;

static void listen_to_class(Call *call, Class *class, const ListenObject *listen, Value function)
{
    Value *own = map_get(&class->attributes, STR(CLASS_LISTENED));
    if (!own) {
        own = arena_new(call->a->arena, Value);
        *own = value_list(call->a->arena, VALUE_LIST);
        map_put(&class->attributes, STR(CLASS_LISTENED), own);
    }
    if (!listen->is_plain || !str_equal(listen->event, STR("before_parent_attach")))
        *own = value_bool(true);
    else if (own->kind == VALUE_LIST)
        vec_push(call->a->arena, &own->list->values, function);
}

static bool listen_to(Call *call, const ListenObject *listen, Value function)
{
    HostObject *column = host_of(listen->target, OBJECT_COLUMN);
    if (listen->target.kind == VALUE_CLASS)
        listen_to_class(call, listen->target.class, listen, function);
    if (column && listen->is_plain && str_equal(listen->event, STR("after_parent_attach")))
        vec_push(call->a->arena, &((ColumnObject *)column)->listeners, function);
    else if ((column || host_of(listen->target, OBJECT_TYPE)) && str_ends(listen->event, STR("parent_attach")))
        return call_refuse(call, call->args->at, "Write what it does as operations, or write an override for this revision.",
                           "a listener to \"%.*s\" of a column or type is not supported", STR_ARGS(listen->event));
    return true;
}

static bool read_listening(Call *call, ListenObject *listen, size_t count)
{
    const Value *target = call_value(call, 0, "target"), *event = call_value(call, 1, "identifier");
    *listen = (ListenObject){{.kind = OBJECT_BLOCK}, VALUE_OF_NONE, STR_EMPTY, false};
    if (target && event && event->kind == VALUE_STR) {
        listen->target = *target;
        listen->event = event->text;
        listen->is_plain = call->args->count == count;
    }
    return true;
}

static bool take_listener(Call *call)
{
    const Arg *function = call_arg(call, 0, "fn");
    *call->result = function ? function->value : VALUE_OF_NONE;
    return listen_to(call, (ListenObject *)call->self, *call->result);
}

static bool listens_for(Call *call)
{
    ListenObject *listen = arena_new(call->a->arena, ListenObject);
    *call->result = value_host(&function_new(call->a, "listens_for", take_listener, &listen->host, 0)->host);
    return read_listening(call, listen, 2);
}

static bool listen(Call *call)
{
    ListenObject listening;
    const Value *function = call_value(call, 2, "fn");
    *call->result = VALUE_OF_NONE;
    return read_listening(call, &listening, 3) && listen_to(call, &listening, function ? *function : VALUE_OF_NONE);
}

void open_listen_module(Alembic *a)
{
    ModuleObject *event = module_new(a, "sqlalchemy.event");
    module_function(a, event, "listens_for", listens_for, 0);
    module_function(a, event, "listen", listen, 0);
    module_add(a, module_new(a, "sqlalchemy"), "event", &event->host);
}

// ---- who listens ----

static size_t count_listened(const Class *class)
{
    size_t count = map_get(&class->attributes, STR(CLASS_LISTENED)) != NULL;
    for (size_t i = 0; i < class->bases.count; i++)
        if (class->bases.items[i].kind == VALUE_CLASS)
            count += count_listened(class->bases.items[i].class);
    return count;
}

bool class_is_listened(const Class *class)
{
    return class_attribute(class, STR(CLASS_LISTENED)) != NULL;
}

bool class_is_heard(const Class *class)
{
    const Value *listeners = class_attribute(class, STR(CLASS_LISTENED));
    return !listeners || (listeners->kind == VALUE_LIST && count_listened(class) == 1);
}

bool type_is_listened(const Type *type)
{
    if (!type)
        return false;
    for (size_t i = 0; i < type->variants.count; i++)
        if (type_is_listened(type->variants.items[i].type))
            return true;
    return type->listened || type_is_listened(type->element);
}

bool column_is_made(Call *call, ColumnObject *object)
{
    const Type *type = object->column->type;
    if (!type_is_listened(type))
        return true;
    TypeObject *listened = type->listened;
    if (!listened || type->variants.count)
        return call_refuse(call, call->args->at, OVERRIDE_HINT,
                           "a listener (sqlalchemy.event) hears of a type that is part of another");
    const Value *listeners = class_attribute(listened->class, STR(CLASS_LISTENED));
    for (size_t i = 0; i < listeners->list->values.count; i++) {
        Value values[] = {value_host(&listened->host), value_host(&object->host)}, ignored;
        Arg items[] = {{.value = values[0], .at = call->args->at}, {.value = values[1], .at = call->args->at}};
        Args args = {.items = items, .count = 2, .positional = 2, .at = call->args->at};
        if (!interp_call(call->in, listeners->list->values.items[i], &args, &ignored))
            return false;
    }
    return true;
}

// ---- what they do ----

// Whether an expression is made of that column and literals alone, and has the column.
static bool is_over(const Expr *expr, Str column, bool *found)
{
    if (expr->kind == EXPR_COLUMN) {
        *found = true;
        return str_equal(expr->text, column);
    }
    if (expr->kind != EXPR_LITERAL && expr->kind != EXPR_LIST && expr->kind != EXPR_BINARY)
        return false;
    for (size_t i = 0; i < expr->count; i++)
        if (!is_over(expr->args[i], column, found))
            return false;
    return true;
}

bool attach_check(Call *call, ConstraintObject *object)
{
    Attaching *attaching = call->a->attaching;
    Constraint *check = object->constraint;
    bool found = false;
    if (!is_over(check->check, attaching->column->name, &found) || !found)
        return true;   // left alone: then it is too many
    check->column = attaching->column->name;
    check->at = attaching->column->at;
    object->table = attaching->object;
    attaching->attached++;
    vec_push(call->a->arena, attaching->constraints, check);
    return true;
}

bool column_is_attached(Call *call, const ColumnObject *object, const Table *table, ConstraintList *constraints)
{
    Alembic *a = call->a;
    if (!object->listeners.count)
        return true;
    ColumnObject *column = arena_new(a->arena, ColumnObject);
    *column = *object;
    Value of_table = table_value(a, ref_of_table(a, table), NULL);
    ConstraintList made = {0};
    Attaching attaching = {.object = of_table.host, .column = column->column, .constraints = &made};
    if (a->attaching)
        return call_refuse(call, call->args->at, OVERRIDE_HINT, "a listener makes a table");
    a->attaching = &attaching;
    bool done = true;
    for (size_t i = 0; i < object->listeners.count && done; i++) {
        Arg items[] = {{.value = value_host(&column->host), .at = call->args->at},
                       {.value = of_table, .at = call->args->at}};
        Args args = {.items = items, .count = 2, .positional = 2, .at = call->args->at};
        Value ignored;
        done = interp_call(call->in, object->listeners.items[i], &args, &ignored);
    }
    a->attaching = NULL;
    if (done && attaching.made != attaching.attached)
        return call_refuse(call, call->args->at, OVERRIDE_HINT,
                           "a listener makes something other than a check of its column");
    for (size_t i = 0; i < made.count && done; i++) {
        name_constraint(a, table, (Constraint *)made.items[i]);
        vec_push(a->arena, constraints, made.items[i]);
    }
    return done;
}
