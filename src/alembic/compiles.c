// SQL constructs that a file writes itself: class utcnow(FunctionElement) and class CreateView(DDLElement), with functions
// that say their SQL for a dialect: @compiles(utcnow, "postgresql"). The SQL is asked for when the construct is made.
#include "alembic_int.h"

typedef struct ElementObject {
    HostObject host;
    Class *class;
    Map attributes;   // name -> Value *
} ElementObject;

typedef struct HookObject {
    HostObject host;
    Class *class;
    StrList dialects;   // none: every dialect without a function of its own
} HookObject;

static Str hook_name(Arena *arena, Str dialect)
{
    return str_format(arena, "__waybill_compiles_%.*s__", STR_ARGS(dialect));
}

// ---- @compiles(class, dialect, ...) ----

static bool keep_hook(Call *call)
{
    const HookObject *hook = (const HookObject *)call->self;
    if (!call->args->positional)
        return interp_raise(call->in, call->args->at, STR("TypeError"), "compiles() decorates a function");
    for (size_t i = 0; i < hook->dialects.count + (hook->dialects.count == 0); i++) {
        Value *kept = value_boxed(call->a->arena, call->args->items[0].value);
        map_put(&hook->class->attributes,
                hook_name(call->a->arena, hook->dialects.count ? hook->dialects.items[i] : STR("default")), kept);
    }
    *call->result = call->args->items[0].value;
    return true;
}

static bool read_dialects(Call *call, StrList *dialects)
{
    for (size_t i = 1; i < call->args->positional; i++) {
        Str dialect;
        if (!is_text(call->args->items[i].value, &dialect))
            return call_refuse(call, call->args->items[i].at, "Write it as a text.", "a dialect of compiles() is no text");
        vec_push(call->a->arena, dialects, dialect);
    }
    return true;
}

static bool keep_nothing(Call *call)
{
    *call->result = call->args->positional ? call->args->items[0].value : VALUE_OF_NONE;
    return true;
}

static bool compiles(Call *call)
{
    Value target = call->args->positional ? call->args->items[0].value : VALUE_OF_NONE;
    HookObject *hook = arena_new(call->a->arena, HookObject);
    bool own = target.kind == VALUE_CLASS && class_host_base(target.class);
    *hook = (HookObject){{.kind = OBJECT_CONSTRUCT}, own ? target.class : NULL, {0}};
    if (!call_known(call, call->args->at, target, "class") || !read_dialects(call, &hook->dialects))
        return false;
    bool here = !hook->dialects.count || strlist_has(&hook->dialects, call->a->dialect->name) ||
                strlist_has(&hook->dialects, call->a->dialect_name);
    if (!own && here)   // it would change the SQL of everything
        return call_refuse(call, call->args->at, "Write an override for this revision.",
                           "a @compiles function for what is no SQL construct of this file's own");
    *call->result = value_host(&function_new(call->a, "compiles", own ? keep_hook : keep_nothing, &hook->host, 0)->host);
    return true;
}

// ---- the compiler that a function is handed ----

static bool process_one(Call *call, Value value, Buf *out)
{
    const Expr *expr;
    if (value.kind == VALUE_LIST || value.kind == VALUE_TUPLE) {
        for (size_t i = 0; i < value.list->values.count; i++) {
            if (i)
                buf_add(out, STR(", "));
            if (!process_one(call, value.list->values.items[i], out))
                return false;
        }
        return true;
    }
    if (host_of(value, OBJECT_SELECT))   // a query by itself stands in no parentheses
        return sql_select(call->a->arena, interp_diag(call->in), call->a->style, ((SelectObject *)value.host)->select,
                          out) ||
               interp_refused(call->in);
    return to_expr(call, call->args->at, value, &expr) &&
           (sql_expr(call->a->arena, interp_diag(call->in), call->a->style, expr, out) || interp_refused(call->in));
}

static bool compiler_process(Call *call)
{
    Buf out = buf_open(call->a->arena);
    if (!call->args->positional)
        return interp_raise(call->in, call->args->at, STR("TypeError"), "process() missing what to process");
    for (size_t i = call->args->positional; i < call->args->count;
         i++)   // literal_binds= and such: literals are always written
        (void)call_value(call, SIZE_MAX, str_cstr(call->a->arena, call->args->items[i].name));
    if (!process_one(call, call->args->items[0].value, &out))
        return false;
    *call->result = value_str(buf_str(&out));
    return true;
}

static bool compiler_quote(Call *call)
{
    Str name;
    if (!call_need_name(call, 0, "ident", &name))
        return false;
    *call->result = value_str(sql_name(call->a->arena, call->a->dialect, name));
    return true;
}

bool compiler_attribute(Call *call, HostObject *compiler, Str name, Value *result, bool *found)
{
    static const Method methods[] = {{"process", compiler_process, 0}, {"quote", compiler_quote, 0}};
    *found = true;
    if (str_equal(name, STR("sql_compiler")) || str_equal(name, STR("preparer")) ||
        str_equal(name, STR("identifier_preparer")))
        *result = value_host(compiler);
    else if (str_equal(name, STR("dialect")))
        *result = value_host(simple_object(call->a, OBJECT_DIALECT));
    else
        *found = find_method(call, methods, sizeof methods / sizeof methods[0], compiler, name, result);
    return true;
}

// ---- elements ----

static bool element_init(Call *call)
{
    ElementObject *element = (ElementObject *)call->self;
    Value clauses = value_list(call->a->arena, VALUE_LIST);
    for (size_t i = 0; i < call->args->positional; i++)
        vec_push(call->a->arena, &clauses.list->values, call->args->items[i].value);
    element_set(call->a, &element->host, STR("clauses"), clauses);
    *call->result = VALUE_OF_NONE;
    return true;
}

void element_set(Alembic *a, HostObject *object, Str name, Value value)
{
    Value *kept = value_boxed(a->arena, value);
    map_put(&((ElementObject *)object)->attributes, name, kept);
}

bool element_base_attribute(Call *call, HostObject *element, Str name, Value *result, bool *found)
{
    static const Method methods[] = {{"__init__", element_init, 0}};
    *found = find_method(call, methods, 1, element, name, result);
    return true;
}

bool element_attribute(Call *call, HostObject *object, Str name, Value *result, bool *found)
{
    ElementObject *element = (ElementObject *)object;
    const Value *own = map_get(&element->attributes, name);
    const Value *of_class = own ? NULL : class_attribute(element->class, name);
    *found = true;
    if (own) {
        *result = *own;
        return true;
    }
    if (of_class)
        return interp_bind(call->in, call->args->at, *of_class, value_host(object), element->class, result);
    return element_base_attribute(call, object, name, result, found);
}

static const Value *hook_of(Alembic *a, const Class *class)
{
    const Value *hook = class_attribute(class, hook_name(a->arena, a->dialect->name));
    hook = hook ? hook : class_attribute(class, hook_name(a->arena, a->dialect_name));
    return hook ? hook : class_attribute(class, hook_name(a->arena, STR("default")));
}

static bool call_hook(Call *call, const Value *hook, HostObject *object, Str *sql)
{
    Arg items[2] = {{.value = value_host(object), .at = call->args->at},
                    {.value = value_host(simple_object(call->a, OBJECT_COMPILER)), .at = call->args->at}};
    Args args = {.items = items, .count = 2, .positional = 2, .at = call->args->at};
    Value text;
    if (!interp_call(call->in, *hook, &args, &text) || !call_known(call, call->args->at, text, "SQL of a construct"))
        return false;
    if (text.kind != VALUE_STR)
        return call_refuse(call, call->args->at, "Give the SQL as a text.", "a @compiles function gives no text");
    *sql = text.text;
    return true;
}

bool compile_type(Call *call, TypeObject *object)
{
    const Value *hook = hook_of(call->a, object->class);
    return !hook || call_hook(call, hook, &object->host, &object->type->raw);
}

bool construct_element(Call *call, Class *class)
{
    Alembic *a = call->a;
    ElementObject *element = arena_new(a->arena, ElementObject);
    *element = (ElementObject){{.kind = OBJECT_ELEMENT}, class, map_open(a->arena)};
    const Value *init = class_attribute(class, STR("__init__")), *hook = hook_of(a, class);
    Value method, text;
    Call own = *call;
    own.self = &element->host;
    own.result = &text;
    if (init ? !interp_bind(call->in, call->args->at, *init, value_host(&element->host), class, &method) ||
                   !interp_call(call->in, method, call->args, &text)
             : !element_init(&own))
        return false;
    if (!hook)
        return call_refuse(call, call->args->at, "Write one, or write an override for this revision.",
                           "class \"%.*s\" has no @compiles function for %.*s", STR_ARGS(class->name),
                           STR_ARGS(a->dialect->title));
    Str sql;
    if (!call_hook(call, hook, &element->host, &sql))
        return false;
    const Value *type = class_attribute(class, STR("type"));
    const Type *of = NULL;
    if (type && type->kind == VALUE_HOST && !to_type(call, call->args->at, *type, &of))
        return false;
    Expr *expr = expr_new(a, EXPR_RAW, call->args->at);
    expr->text = sql;
    expr->type = of;
    *call->result = expr_value(a, expr);
    return true;
}

void open_compiles_modules(Alembic *a)
{
    static const char *const bases[][2] = {
        {"sqlalchemy.sql.expression", "FunctionElement"},
        {"sqlalchemy.sql.expression", "ColumnElement"},
        {"sqlalchemy.sql.expression", "ClauseElement"},
        {"sqlalchemy.sql.expression", "Executable"},
        {"sqlalchemy.sql.elements", "ColumnElement"},
        {"sqlalchemy.sql.elements", "ClauseElement"},
        {"sqlalchemy.sql.functions", "FunctionElement"},
        {"sqlalchemy.sql.base", "Executable"},
        {"sqlalchemy.schema", "DDLElement"},
        {"sqlalchemy.schema", "ExecutableDDLElement"},
        {"sqlalchemy.sql.ddl", "DDLElement"},
        {"sqlalchemy.sql.ddl", "ExecutableDDLElement"},
    };
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        HostObject *base = arena_new(a->kept, HostObject);
        base->kind = OBJECT_CONSTRUCT;
        module_add(a, module_new(a, bases[i][0]), bases[i][1], base);
    }
    module_function(a, module_new(a, "sqlalchemy.ext.compiler"), "compiles", compiles, 0);
}
