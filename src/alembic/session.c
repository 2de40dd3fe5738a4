// Objects of mapped classes that a revision makes, and the INSERTs that a session makes of them.
//
// What is said here needs no answer from the database: a new object's columns are those that were set, those with a default
// that the revision's own code gives, and NULL; keys that the server makes are left to it. An object's attributes are not
// read back once it is written.
// Source: SQLAlchemy 2.0.52 orm/persistence.py (_collect_insert_commands), orm/bulk_persistence.py, orm/unitofwork.py; tried
// with python3 on SQLite.
#include "statements_int.h"

typedef struct MappedObject {
    HostObject host;
    Class *class;
    TableRef *table;
    Map values;   // attribute -> Value *
    bool is_written;
} MappedObject;

// ---- what may be made ----

static bool is_column_type_known(const ColumnObject *object)
{
    return (object->column->type && object->column->type->kind != TYPE_NULL) || object->foreign_keys.count;
}

// Whether every attribute of the class is one that says nothing more about its rows than what is read here.
static bool is_plain_class(const Class *class, bool outermost)
{
    static const char *const meaning[] = {"__mapper_args__",  "__init__",          "__new__",       "__setattr__",
                                          "__getattribute__", "__init_subclass__", "__mapper_cls__"};
    for (size_t i = 0; i < sizeof meaning / sizeof meaning[0]; i++)
        if (map_get(&class->attributes, str_from(meaning[i])))
            return false;
    if (!outermost && map_get(&class->attributes, STR("__tablename__")))   // a table for each class, or one for several
        return false;
    const Value *notes = map_get(&class->attributes, STR("__annotations__"));
    for (size_t i = 0; notes && notes->kind == VALUE_DICT && i < notes->dict->items.count; i++)
        if (!map_get(&class->attributes, notes->dict->items.items[i].key.text))   // a column may be made of it
            return false;
    for (MapEntry *e = map_first(&class->attributes); e; e = map_next(&class->attributes, e)) {
        const Value *value = e->value;
        const ColumnObject *column = (ColumnObject *)host_of(*value, OBJECT_COLUMN);
        bool other = value->kind == VALUE_HOST && !column && !host_of(*value, OBJECT_TABLE);
        if (value->kind == VALUE_UNKNOWN || other || (column && (column->listeners.count || !is_column_type_known(column))))
            return false;
    }
    for (size_t i = 0; i < class->bases.count; i++) {
        Value base = class->bases.items[i];
        if (base.kind == VALUE_CLASS ? !is_plain_class(base.class, false)
                                     : base.kind == VALUE_HOST && base.host->kind != OBJECT_BASE)
            return false;
    }
    return true;
}

static ColumnObject *mapped_column(const Class *class, Str attribute)
{
    const Value *found = class_attribute(class, attribute);
    return found ? (ColumnObject *)host_of(*found, OBJECT_COLUMN) : NULL;
}

static void keep_value(Alembic *a, MappedObject *object, Str attribute, Value value)
{
    Value *kept = value_boxed(a->arena, value);
    map_put(&object->values, attribute, kept);
}

static bool is_mappable(const Class *class)
{
    const Value *name = class_attribute(class, STR("__tablename__"));
    HostObject *base = class_host_base(class);
    return base && base->kind == OBJECT_BASE && name && name->kind == VALUE_STR && is_plain_class(class, true) &&
           !class_is_listened(class);
}

static MappedObject *object_new(Alembic *a, Class *class, TableRef *table)
{
    MappedObject *object = arena_new(a->arena, MappedObject);
    *object = (MappedObject){.host = {.kind = OBJECT_MAPPED}, .class = class, .table = table, .values = map_open(a->arena)};
    return object;
}

bool construct_mapped(Call *call, Class *class)
{
    Alembic *a = call->a;
    TableRef *table;
    *call->result = value_unknown(interp_arena(call->in), call->args->at,
                                  STR("an object of a mapped class lives in a database session"),
                                  STR("Write the rows with op.bulk_insert()."));
    if (!is_mappable(class) || call->args->positional)
        return true;
    for (size_t i = 0; i < call->args->count; i++)
        if (!mapped_column(class, call->args->items[i].name))
            return true;
    if (!class_table(call, call->args->at, class, &table))
        return false;
    MappedObject *object = object_new(a, class, table);
    for (size_t i = 0; i < call->args->count; i++)
        keep_value(a, object, call->args->items[i].name, call->args->items[i].value);
    *call->result = value_host(&object->host);
    return true;
}

bool mapped_attribute(Call *call, HostObject *host, Str name, Value *result, bool *found)
{
    const MappedObject *object = (MappedObject *)host;
    const Value *value = object->is_written ? NULL : map_get(&object->values, name);
    *found = value || mapped_column(object->class, name);
    if (value)
        *result = *value;
    else if (*found)
        *result = value_unknown_cured(call->a->arena, call->args->at,
                                      STR("what a new row holds is known only to the database"), STR(OVERRIDE_HINT),
                                      (Cure){.kind = CURE_OVERRIDE});
    return true;
}

bool mapped_set(Alembic *a, Interp *in, Span at, HostObject *host, Str name, Value value)
{
    MappedObject *object = (MappedObject *)host;
    if (object->is_written || !mapped_column(object->class, name))
        return interp_refuse(in, at, STR(OVERRIDE_HINT),
                             object->is_written ? "an object that is in the database already is changed"
                                                : "\"%.*s\" of an object of a mapped class is no column",
                             STR_ARGS(name));
    keep_value(a, object, name, value);
    return true;
}

// ---- rows ----

typedef struct RowMaker {
    Call *call;
    const Class *class;
    TableRef *table;
    const Map *values;
    bool leaves_out_null;   // the bulk methods
    Value row;              // a dict
} RowMaker;

// A column's default= : a constant, what a function of no arguments gives, or a SQL expression.
static bool default_value(RowMaker *m, const ColumnObject *column, Value *value)
{
    Call *call = m->call;
    Value given = column->python_default;
    const Args none = {.at = call->args->at};
    *value = given;
    if (given.kind == VALUE_FUNCTION || given.kind == VALUE_BUILTIN || given.kind == VALUE_CLASS)
        return interp_call(call->in, given, &none, value);
    if (given.kind == VALUE_HOST && !host_of(given, OBJECT_EXPR))
        return call_refuse(call, call->args->at, "Write the row with op.bulk_insert().",
                           "the default of column \"%.*s\" is no value", STR_ARGS(column->column->name));
    return true;
}

static bool add_cell(RowMaker *m, Str attribute, const ColumnObject *object)
{
    Call *call = m->call;
    const Column *column = object->column;
    const Value *set = map_get(m->values, attribute);
    Value value = set ? *set : VALUE_OF_NONE;
    bool is_json = type_family(column->type) == FAMILY_JSON;
    if (!call_known(call, call->args->at, value, str_cstr(call->a->arena, attribute)))
        return false;
    if (value_is_none(value) && set && is_json)
        return call_refuse(call, call->args->at, "Use sa.null() or sa.JSON.NULL.",
                           "None in the JSON column \"%.*s\" of a new object", STR_ARGS(column->name));
    if (value_is_none(value) && column->has_python_default) {
        if (value_is_none(object->python_default))
            return call_refuse(call, call->args->at, "Write the row with op.bulk_insert().",
                               "the default of column \"%.*s\" is a sequence's", STR_ARGS(column->name));
        if (!default_value(m, object, &value) ||
            !call_known(call, call->args->at, value, str_cstr(call->a->arena, attribute)))
            return false;
        if (column->primary_key && host_of(value, OBJECT_EXPR))
            return call_refuse(call, call->args->at, "Write the row with op.bulk_insert().",
                               "the key \"%.*s\" of a new object is made by the database first", STR_ARGS(column->name));
    } else if (value_is_none(value)) {
        bool is_made = column->default_ || column->identity || column->computed || column->primary_key || is_json;
        if (is_made || m->leaves_out_null)
            return true;
    }
    dict_put(call->a->arena, m->row.dict, value_str(column->name), value);
    return true;
}

static bool add_cells(RowMaker *m, const Class *class)
{
    for (MapEntry *e = map_first(&class->attributes); e; e = map_next(&class->attributes, e)) {
        ColumnObject *column = (ColumnObject *)host_of(*(Value *)e->value, OBJECT_COLUMN);
        if (column && mapped_column(m->class, e->key) == column && !add_cell(m, e->key, column))
            return false;
    }
    for (size_t i = 0; i < class->bases.count; i++)
        if (class->bases.items[i].kind == VALUE_CLASS && !add_cells(m, class->bases.items[i].class))
            return false;
    return true;
}

// A key that is not set must be one that the server numbers.
static bool has_key(RowMaker *m)
{
    const Class *class = m->class;
    size_t keys = 0, missing = 0;
    bool numbered = false;
    for (size_t i = 0; i < m->table->columns.count; i++) {
        Str name = m->table->columns.items[i].name;
        for (MapEntry *e = map_first(&class->attributes); e; e = map_next(&class->attributes, e)) {
            const ColumnObject *object = (ColumnObject *)host_of(*(Value *)e->value, OBJECT_COLUMN);
            if (!object || !str_equal(object->column->name, name) || !object->column->primary_key)
                continue;
            keys++;
            missing += !dict_get_str(m->row.dict, name);
            numbered = !object->foreign_keys.count && type_family(object->column->type) == FAMILY_INTEGER;
            numbered |= object->column->default_ || object->column->identity;
        }
    }
    return !missing || (keys == 1 && numbered);
}

static bool insert_row(RowMaker *m)
{
    Call *call = m->call;
    const ExprList none = {0};
    Value statement;
    m->row = value_dict(call->a->arena);
    if (!add_cells(m, m->class))
        return false;
    if (!has_key(m))
        return call_refuse(call, call->args->at, "Give it its key.", "a new object of class \"%.*s\" has no key",
                           STR_ARGS(m->class->name));
    return dml_of_table(call, DML_INSERT, m->table, &none, &m->row, &statement) &&
           emit_execute(call, call->args->at, statement, NULL);
}

// ---- sessions ----

static bool add_object(Call *call, Span at, Value value)
{
    Alembic *a = call->a;
    if (!call_known(call, at, value, "instance"))
        return false;
    MappedObject *object = (MappedObject *)host_of(value, OBJECT_MAPPED);
    if (!object || object->is_written || (a->pending.count && a->pending_session != call->self))
        return call_refuse(call, at, OVERRIDE_HINT, "%s() of something else than a new object of a mapped class",
                           call->name);
    for (size_t i = 0; i < a->pending.count; i++)
        if (a->pending.items[i] == &object->host)
            return true;
    a->pending_session = call->self;
    vec_push(a->arena, &a->pending, &object->host);
    return true;
}

bool session_add(Call *call)
{
    const Value *given = call_value(call, 0, call->extra ? "instances" : "instance");
    Value list;
    *call->result = VALUE_OF_NONE;
    if (!given)
        return interp_raise(call->in, call->args->at, STR("TypeError"), "%s() missing its argument", call->name);
    if (!call->extra)
        return add_object(call, call->args->at, *given);
    if (!call_known(call, call->args->at, *given, "instances") || !interp_iterate(call->in, call->args->at, *given, &list))
        return false;
    for (size_t i = 0; i < list.list->values.count; i++)
        if (!add_object(call, call->args->at, list.list->values.items[i]))
            return false;
    return true;
}

static bool write_object(Call *call, MappedObject *object, bool leaves_out_null)
{
    RowMaker maker = {.call = call,
                      .class = object->class,
                      .table = object->table,
                      .values = &object->values,
                      .leaves_out_null = leaves_out_null};
    if (!insert_row(&maker))
        return false;
    object->is_written = true;
    return true;
}

// commit(), flush(): new objects are written in the order in which they were added. Those of several classes go by the
// relationships between these, which are not read.
bool session_flush(Call *call)
{
    Alembic *a = call->a;
    *call->result = VALUE_OF_NONE;
    if (a->pending.count && a->pending_session != call->self)
        return call_refuse(call, call->args->at, OVERRIDE_HINT, "%s() of another session than the one with new objects",
                           call->name);
    for (size_t i = 1; i < a->pending.count; i++)
        if (((MappedObject *)a->pending.items[i])->class != ((MappedObject *)a->pending.items[0])->class)
            return call_refuse(call, call->args->at, "Call flush() after the objects of each class.",
                               "new objects of several classes are written at once");
    for (size_t i = 0; i < a->pending.count; i++)
        if (!write_object(call, (MappedObject *)a->pending.items[i], false))
            return false;
    a->pending.count = 0;
    return true;
}

// rollback(), close(), expunge_all(): what was not written never is.
bool session_forget(Call *call)
{
    *call->result = VALUE_OF_NONE;
    if (call->a->pending.count && call->a->pending_session == call->self)
        call->a->pending.count = 0;
    return true;
}

// bulk_save_objects(objects), bulk_insert_mappings(class, dicts): written at once.
bool session_bulk(Call *call)
{
    Alembic *a = call->a;
    const Value *class = call->extra ? call_value(call, 0, "mapper") : NULL,
                *given = call_value(call, call->extra ? 1 : 0, call->extra ? "mappings" : "objects");
    Value list;
    TableRef *table = NULL;
    *call->result = VALUE_OF_NONE;
    if (!given || (call->extra && (!class || class->kind != VALUE_CLASS || !is_mappable(class->class))) ||
        a->pending.count || call->args->count > (call->extra ? 2 : 1))
        return call_refuse(call, call->args->at, "Use op.bulk_insert().", "%s() of what cannot be read", call->name);
    if (!call_known(call, call->args->at, *given, "objects") || !interp_iterate(call->in, call->args->at, *given, &list) ||
        (call->extra && !class_table(call, call->args->at, class->class, &table)))
        return false;
    for (size_t i = 0; i < list.list->values.count; i++) {
        Value item = list.list->values.items[i];
        MappedObject *object = (MappedObject *)host_of(item, OBJECT_MAPPED);
        if (!call_known(call, call->args->at, item, "objects"))
            return false;
        if (call->extra && item.kind == VALUE_DICT && !item.dict->has_unknown_key) {
            object = object_new(a, class->class, table);
            for (size_t k = 0; k < item.dict->items.count; k++)
                if (value_is_str(item.dict->items.items[k].key) &&
                    mapped_column(class->class, item.dict->items.items[k].key.text))
                    keep_value(a, object, item.dict->items.items[k].key.text, item.dict->items.items[k].value);
        } else if (call->extra || !object || object->is_written) {
            return call_refuse(call, call->args->at, "Use op.bulk_insert().", "an item of %s() is no new row", call->name);
        }
        if (!write_object(call, object, true))
            return false;
    }
    return true;
}

bool check_pending(Alembic *a, Diag *diag, Span at)
{
    if (!a->pending.count)
        return true;
    diag_error(diag, at, "an object is added to a session that writes nothing after it");
    diag_hint(diag, "Call commit() or flush() of the session.");
    return false;
}
