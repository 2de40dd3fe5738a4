// Column types: sa.String(50), postgresql.JSONB(), Enum classes, with_variant, create and drop.
#include "alembic_int.h"

static bool set_length(Call *call, Type *type)
{
    const Value *value = call_value(call, 0, "length");
    if (value && value->kind == VALUE_STR) {
        type->length_is_max = str_equal_fold(value->text, STR("max"));
        return type->length_is_max ||
               call_refuse(call, call->args->at, "Write a number.", "a type's length is not a number");
    }
    int64_t length = -1;
    bool given;
    if (!call_int(call, 0, "length", &length, &given))
        return false;
    if (given && (length < 0 || length > INT32_MAX))
        return call_refuse(call, call->args->at, "Write a positive number.", "a type's length is out of range");
    type->length = given ? (int32_t)length : -1;
    return call_str(call, 1, "collation", &type->collation) && call_str(call, SIZE_MAX, "charset", &type->charset);
}

bool call_small_int(Call *call, size_t position, const char *name, int32_t *out)
{
    int64_t value = -1;
    bool given;
    if (!call_int(call, position, name, &value, &given))
        return false;
    bool is_scale = strcmp(name, "scale") == 0;   // Oracle's may be negative; -1 stands for none here
    if (given && (value < (is_scale ? -1000 : 0) || value == -1 || value > 100000))
        return call_refuse(call, call->args->at, "Write a smaller number.", "\"%s\" of a type is out of range", name);
    if (given)
        *out = (int32_t)value;
    return true;
}

static bool add_label(Call *call, Type *type, Value label)
{
    Str text;
    if (!call_known(call, call->args->at, label, "enum label"))
        return false;
    if (!is_text(label, &text))
        return interp_raise(call->in, call->args->at, STR("TypeError"), "a label of %s() must be a text, not %.*s",
                            call->name, STR_ARGS(value_type_name(label)));
    vec_push(call->a->arena, &type->labels, text);
    return true;
}

// Enum(PythonEnum): labels are the members' names, or what values_callable gives, one by one.
static bool labels_of_class(Call *call, Type *type, Value class)
{
    const Value *callable = call_value(call, SIZE_MAX, "values_callable");
    Value members;
    if (!interp_iterate(call->in, call->args->at, class, &members))
        return false;
    type->members_of = class.class->name;
    for (size_t i = 0; i < members.list->values.count; i++) {
        Value name;
        if (!interp_attribute(call->in, call->args->at, members.list->values.items[i], STR("name"), &name))
            return false;
        vec_push(call->a->arena, &type->members, value_text(call->a->arena, name));
        Value member = members.list->values.items[i];
        const Value *plain = member.kind == VALUE_INSTANCE ? instance_plain(member.instance) : NULL;
        if (plain)
            vec_push(call->a->arena, &type->plain, value_text(call->a->arena, *plain));
        type->plain_numbers |= plain && plain->kind == VALUE_INT;
    }
    if (callable && callable->kind != VALUE_NONE) {
        Arg arg = {.value = class, .at = call->args->at};
        Args args = {.items = &arg, .count = 1, .positional = 1, .at = call->args->at};
        Value labels;
        if (!interp_call(call->in, *callable, &args, &labels) || !interp_iterate(call->in, call->args->at, labels, &members))
            return false;
        for (size_t i = 0; i < members.list->values.count; i++)
            if (!add_label(call, type, members.list->values.items[i]))
                return false;
    } else {
        for (size_t i = 0; i < type->members.count; i++)
            vec_push(call->a->arena, &type->labels, type->members.items[i]);
    }
    if (!type->name.len && class.kind == VALUE_CLASS)
        type->name = str_lower(call->a->arena, class.class->name);
    return true;
}

static bool set_enum(Call *call, Type *type)
{
    bool native = true, create_type = true;
    type->native_enum = true;
    if (!call_str(call, SIZE_MAX, "name", &type->name))
        return false;
    for (size_t i = 0; i < call->args->positional; i++) {
        Value value = call->args->items[i].value;
        bool members = value.kind == VALUE_CLASS;
        if (!call_known(call, call->args->items[i].at, value, "enum labels"))
            return false;
        if (members && call->args->positional > 1)
            return interp_raise(call->in, call->args->items[i].at, STR("TypeError"),
                                "an enum class beside other labels of %s()", call->name);
        if (members ? !labels_of_class(call, type, value) : !add_label(call, type, value))
            return false;
    }
    if (!call_bool(call, SIZE_MAX, "native_enum", &native) || !call_bool(call, SIZE_MAX, "create_type", &create_type) ||
        !call_bool(call, SIZE_MAX, "create_constraint", &type->create_constraint) ||
        !call_str(call, SIZE_MAX, "schema", &type->schema) || !call_small_int(call, SIZE_MAX, "length", &type->length) ||
        !call_bool(call, SIZE_MAX, "inherit_schema", &type->inherit_schema))
        return false;
    const Value *length = call_value(call, SIZE_MAX, "length");
    if (length && value_is_none(*length) && !native)
        return call_refuse(call, call->args->at, "Write a number, or leave it out: then it is the longest label's.",
                           "the length of an Enum is None");
    type->native_enum = native;
    type->create_type = create_type || type->kind == TYPE_ENUM;   // sa.Enum itself knows no create_type=
    type->constraint_name = type->name;
    return true;
}

static bool set_array(Call *call, Type *type)
{
    const Value *element = call_value(call, 0, "item_type");
    if (!element)
        return interp_raise(call->in, call->args->at, STR("TypeError"), "ARRAY() missing a required argument: 'item_type'");
    return to_type(call, call->args->at, *element, &type->element) &&
           call_small_int(call, SIZE_MAX, "dimensions", &type->dimensions);
}

static bool set_numeric(Call *call, Type *type)
{
    return call_small_int(call, 0, "precision", &type->precision) && call_small_int(call, 1, "scale", &type->scale) &&
           call_bool(call, SIZE_MAX, "asdecimal", &type->as_decimal) &&
           call_small_int(call, SIZE_MAX, "binary_precision", &type->precision) &&
           call_bool(call, SIZE_MAX, "unsigned", &type->unsigned_) && call_bool(call, SIZE_MAX, "zerofill", &type->zerofill);
}

static bool set_integer(Call *call, Type *type)
{
    return call_bool(call, SIZE_MAX, "unsigned", &type->unsigned_) &&
           call_bool(call, SIZE_MAX, "zerofill", &type->zerofill) && call_small_int(call, 0, "display_width", &type->length);
}

// SQLite's own classes take a form for what they store, which decides what is written.
static bool check_format(Call *call)
{
    static const char *const names[] = {"storage_format", "regexp"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const Value *given = call_value(call, SIZE_MAX, names[i]);
        if (given && !value_is_none(*given))
            return call_refuse(call, call->args->at, "Leave it out: SQLite's own form of dates and times is written.",
                               "\"%s\" of %s() is not supported", names[i], call->name);
    }
    return true;
}

static bool set_time(Call *call, Type *type)
{
    const Value *first = call_value(call, 0, "timezone");
    bool is_zone = !call->args->positional || signature_arg(call, "timezone") != NULL;
    if (first && first->kind == VALUE_INT && !is_zone)   // mssql.DATETIME2(3)
        return call_small_int(call, 0, "timezone", &type->precision);
    bool done = call_bool(call, 0, "timezone", &type->timezone) &&
                call_small_int(call, SIZE_MAX, "precision", &type->precision) &&
                call_small_int(call, SIZE_MAX, "fsp", &type->length) &&
                call_bool(call, SIZE_MAX, "local_timezone", &type->local_timezone);
    type->length = type->length ? type->length : -1;   // MySQL's fsp=0 says nothing
    return done;
}

static bool set_uuid(Call *call, Type *type)
{
    return call_bool(call, SIZE_MAX, "native_uuid", &type->native_uuid);
}

static bool set_interval(Call *call, Type *type)
{
    return call_str(call, SIZE_MAX, "fields", &type->fields) &&
           call_small_int(call, SIZE_MAX, "precision", &type->precision) &&
           call_small_int(call, SIZE_MAX, "second_precision", &type->precision) &&
           call_small_int(call, SIZE_MAX, "day_precision", &type->scale);
}

static bool set_domain(Call *call, Type *type)
{
    const Value *element = call_value(call, 1, "data_type");
    return call_need_name(call, 0, "name", &type->name) && call_str(call, SIZE_MAX, "schema", &type->schema) &&
           call_bool(call, SIZE_MAX, "create_type", &type->create_type) &&
           (!element || to_type(call, call->args->at, *element, &type->element));
}

static bool set_boolean(Call *call, Type *type)
{
    return call_bool(call, 0, "create_constraint", &type->create_constraint) &&
           call_str(call, 1, "name", &type->constraint_name);
}

static bool set_bit(Call *call, Type *type)
{
    return call_small_int(call, 0, "length", &type->length) && call_bool(call, SIZE_MAX, "varying", &type->varying);
}

bool call_type(Call *call, TypeKind kind)
{
    Type *type = type_new(call->a->arena, kind);
    type->at = call->args->at;
    bool done = true;
    switch (type_family(type)) {
    case FAMILY_INTEGER: done = set_integer(call, type); break;
    case FAMILY_NUMERIC:
    case FAMILY_FLOAT: done = set_numeric(call, type); break;
    case FAMILY_TEXT:
        done = kind == TYPE_MY_ENUM || kind == TYPE_MY_SET
                   ? set_enum(call, type) && call_str(call, SIZE_MAX, "charset", &type->charset) &&
                         call_str(call, SIZE_MAX, "collation", &type->collation)
               : kind == TYPE_ENUM || kind == TYPE_PG_ENUM ? set_enum(call, type)
               : kind == TYPE_PG_BIT                       ? set_bit(call, type)
                                                           : set_length(call, type);
        break;
    case FAMILY_BOOLEAN: done = kind == TYPE_MS_BIT || set_boolean(call, type); break;
    case FAMILY_TIME:
    case FAMILY_DATETIME: done = check_format(call) && set_time(call, type); break;
    case FAMILY_INTERVAL: done = set_interval(call, type); break;
    case FAMILY_BYTES: done = kind == TYPE_PICKLE || set_length(call, type); break;
    case FAMILY_UUID: done = set_uuid(call, type); break;
    case FAMILY_ARRAY: done = set_array(call, type); break;
    case FAMILY_NONE:
        done = kind == TYPE_MY_BIT ? set_bit(call, type) : kind != TYPE_PG_DOMAIN || set_domain(call, type);
        break;
    case FAMILY_DATE: done = check_format(call); break;
    case FAMILY_JSON: break;
    }
    // what only MySQL's and SQL Server's own types say would be lost
    static const char *const lost[] = {"filestream", "national", "ascii", "unicode", "binary"};
    for (size_t i = 0; done && i < sizeof lost / sizeof lost[0]; i++) {
        bool is_given = false;
        done = call_bool(call, SIZE_MAX, lost[i], &is_given) &&
               (!is_given || call_refuse(call, call->args->at, "Write the column with op.execute().",
                                         "the argument \"%s\" of %s() is not supported", lost[i], call->name));
    }
    // collations of text types may be given after a length by keyword only; lengths of JSON, HSTORE and such mean nothing
    *call->result = type_value(call->a, type);
    return done;
}

// ---- methods of a type ----

// Behind a mysql:// URL, MySQL's variant is MariaDB's, unless it has one of its own.
static void add_variant(Alembic *a, Type *type, TypeVariant entry)
{
    bool is_kin = !str_equal(a->dialect->name, a->dialect_name) && str_equal(entry.dialect, a->dialect_name);
    for (size_t i = 0; i < type->variants.count; i++)
        if (type->variants.items[i].is_kin && str_equal(entry.dialect, a->dialect->name)) {
            type->variants.items[i] = entry;
            return;
        }
    vec_push(a->arena, &type->variants, entry);
    if (is_kin && type_for(type, a->dialect->name) == type)
        vec_push(a->arena, &type->variants,
                 ((TypeVariant){.type = entry.type, .dialect = a->dialect->name, .is_kin = true}));
}

static bool type_with_variant(Call *call)
{
    const Type *old = ((TypeObject *)call->self)->type, *variant;
    const Value *value = call_value(call, 0, "type_");
    if (value && !to_type(call, call->args->at, *value, &variant))
        return false;
    if (!value || !variant)
        return interp_raise(call->in, call->args->at, STR("TypeError"), "with_variant() misses its type");
    Type *type = arena_new(call->a->arena, Type);
    *type = *old;
    type->variants.items = NULL;
    type->variants.count = type->variants.cap = 0;
    for (size_t i = 0; i < old->variants.count; i++)
        vec_push(call->a->arena, &type->variants, old->variants.items[i]);
    for (size_t i = 1; i < call->args->positional; i++) {
        TypeVariant entry = {.type = variant};
        if (!is_text(call->args->items[i].value, &entry.dialect))
            return call_refuse(call, call->args->at, "Write the dialect's name as a text.",
                               "a variant's dialect is not a text");
        add_variant(call->a, type, entry);
    }
    *call->result = type_value(call->a, type);
    return true;
}

static bool is_enum_type(const Type *type)
{
    return type->kind == TYPE_PG_ENUM || (type->kind == TYPE_ENUM && type->native_enum);
}

// enum.create(bind, checkfirst=...), enum.drop(...)
static bool type_create_drop(Call *call)
{
    const Type *type = type_for(((TypeObject *)call->self)->type, call->a->dialect->name);
    if (!call->a->dialect->has_enum_types || !is_enum_type(type))
        return true;
    // sa.Enum asks only when told to, postgresql.ENUM unless told not to
    const Value *check = call_value(call, 1, "checkfirst");
    bool checkfirst = check ? check->kind != VALUE_BOOL || check->boolean : type->kind == TYPE_PG_ENUM;
    bool create = call->extra == OP_CREATE_ENUM;
    bool known = model_type(call->a->model, type->schema, type->name) != NULL;
    // checkfirst asks the database: the model answers
    if (checkfirst && create && known)
        return true;
    Op *op = op_new(call, create ? OP_CREATE_ENUM : OP_DROP_ENUM);
    op->type = type;
    op->name = type->name;
    op->schema = type->schema;
    op->if_exists = checkfirst && !create && !known;
    return op_emit(call, op);
}

bool type_attribute(Call *call, TypeObject *object, Str name, Value *result, bool *found)
{
    static const Method methods[] = {
        {"with_variant", type_with_variant, 0},
        {"create", type_create_drop, OP_CREATE_ENUM},
        {"drop", type_create_drop, OP_DROP_ENUM},
    };
    const Type *type = object->type;
    if (object->class && (!made_type_attribute(call, object, name, result, found) || *found))
        return *found;
    *found = true;
    if (find_method(call, methods, sizeof methods / sizeof methods[0], &object->host, name, result))
        return true;
    if (str_equal(name, STR("impl"))) {   // of a TypeDecorator's object, which is what its impl is
        *result = value_host(&object->host);
    } else if (str_equal(name, STR("length"))) {
        *result = type->length >= 0 ? value_int(type->length) : VALUE_OF_NONE;
    } else if (str_equal(name, STR("name"))) {
        *result = type->name.len ? value_str(type->name) : VALUE_OF_NONE;
    } else if (str_equal(name, STR("enums"))) {
        *result = value_list(call->a->arena, VALUE_LIST);
        for (size_t i = 0; i < type->labels.count; i++)
            vec_push(call->a->arena, &result->list->values, value_str(type->labels.items[i]));
    } else {
        *found = false;
    }
    return true;
}

static bool is_json(TypeKind kind)
{
    return kind == TYPE_JSON || kind == TYPE_PG_JSONB;
}

// JSON.NULL: the document null, which is no NULL of SQL.
static Value json_null(Call *call)
{
    Literal *literal = arena_new(call->a->arena, Literal);
    Expr *expr = expr_new(call->a, EXPR_LITERAL, call->args->at);
    *literal = (Literal){.kind = LITERAL_JSON, .text = STR("null")};
    expr->literal = literal;
    return expr_value(call->a, expr);
}

bool type_class_attribute(Call *call, TypeClassObject *type, Str name, Value *result, bool *found)
{
    *found = true;
    if (str_equal(name, STR("__name__")))
        *result = value_str(str_from(type->name));
    else if (str_equal(name, STR("__init__")))
        return type_class_init(call, result);
    else if (str_equal(name, STR("NULL")) && is_json(type->kind))
        *result = json_null(call);
    else
        *found = false;   // Uuid.something: unknown
    return true;
}

// ---- modules of types ----

static bool is_in_capitals(const char *name)
{
    return !strpbrk(name, "abcdefghijklmnopqrstuvwxyz");
}

bool type_class_is_one(const TypeClassObject *class)
{
    return !is_in_capitals(class->name) || !type_is_in(class->kind, "");
}

// Integer is one class wherever it is taken from. INTEGER is the generic one in PostgreSQL's and SQLite's packages too;
// others have mostly their own. Source: SQLAlchemy 2.0.52 dialects/*/__init__.py, base.py.
static void add_type_class(Alembic *a, ModuleObject *module, TypeKind kind, const char *name)
{
    static const char *const packages[] = {"sqlalchemy", "sqlalchemy.dialects.postgresql", "sqlalchemy.dialects.sqlite",
                                           NULL};
    static const char *const of_sqlite[] = {"DATETIME", "DATE", "TIME", NULL};
    const ModuleObject *generic = map_get(&a->modules, STR("sqlalchemy.types"));
    bool is_own = str_ends(module->name, STR(".sqlite")) && str_is_one_of(str_from(name), of_sqlite);
    TypeClassObject *class = is_own || (is_in_capitals(name) && !str_is_one_of(module->name, packages))
                                 ? NULL
                                 : map_get(&generic->members, str_from(name));
    if (!class || class->kind != kind) {
        class = arena_new(a->arena, TypeClassObject);
        *class = (TypeClassObject){{.kind = OBJECT_TYPE_CLASS}, name, kind, module->name.ptr};
    }
    module_add(a, module, name, &class->host);
}

enum { TOP_ALIASES = 4 };   // of the table's begin: sqlalchemy itself has them too
static const struct {
    const char *name;
    TypeKind kind;
} aliases[] = {
    {"BigInt", TYPE_BIG_INTEGER},         {"Binary", TYPE_LARGE_BINARY},          {"DECIMAL", TYPE_SQL_DECIMAL},
    {"TypeDecorator", TYPE_USER_DEFINED}, {"UserDefinedType", TYPE_USER_DEFINED}, {"TypeEngine", TYPE_USER_DEFINED},
    {"Concatenable", TYPE_USER_DEFINED},  {"SchemaType", TYPE_USER_DEFINED},
};

// The generic types, and those of a dialect's own package; "": none.
static void add_types(Alembic *a, ModuleObject *module, const char *own)
{
    const char *packages[] = {"", own};
    for (size_t i = 0; i < (*own ? 2 : 1); i++)
        for (int kind = 0; kind < TYPE_COUNT; kind++)
            if (type_is_in((TypeKind)kind, packages[i]) && kind != TYPE_USER_DEFINED)
                add_type_class(a, module, (TypeKind)kind, type_name((TypeKind)kind));
}

static void open_dialect_module(Alembic *a, const char *dialect, const char *own)
{
    enum { PARTS_OF_ALL = 2 };   // the others are PostgreSQL's
    static const char *const parts[] = {"base", "types", "json", "array", "ranges", "named_types", "hstore"};
    size_t part_count = strcmp(dialect, "postgresql") == 0 ? sizeof parts / sizeof parts[0] : PARTS_OF_ALL;
    Str name = str_format(a->arena, "sqlalchemy.dialects.%s", dialect);
    ModuleObject *module = module_new(a, name.ptr);
    add_types(a, module, own);
    for (size_t i = 0; i < part_count; i++)
        module_share(a, module, str_format(a->arena, "%.*s.%s", STR_ARGS(name), parts[i]).ptr);
    // of the same kind as the generic ones
    if (strcmp(dialect, "sqlite") == 0) {
        add_type_class(a, module, TYPE_DATETIME, "DATETIME");
        add_type_class(a, module, TYPE_DATE, "DATE");
        add_type_class(a, module, TYPE_TIME, "TIME");
    }
}

void open_type_modules(Alembic *a, ModuleObject *sa)
{
    static const char *const dialects[] = {"postgresql", "mysql", "mariadb", "sqlite", "oracle", "mssql"};
    ModuleObject *types = module_new(a, "sqlalchemy.types");
    module_share(a, types, "sqlalchemy.sql.sqltypes");
    add_types(a, types, "");
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        add_type_class(a, types, aliases[i].kind, aliases[i].name);
    for (int kind = 0; kind < TYPE_COUNT; kind++)
        if (type_is_in((TypeKind)kind, "") && kind != TYPE_USER_DEFINED && kind != TYPE_NULL)
            add_type_class(a, sa, (TypeKind)kind, type_name((TypeKind)kind));
    for (size_t i = 0; i < TOP_ALIASES; i++)
        add_type_class(a, sa, aliases[i].kind, aliases[i].name);
    for (size_t d = 0; d < sizeof dialects / sizeof dialects[0]; d++)
        open_dialect_module(a, dialects[d], strcmp(dialects[d], "mariadb") == 0 ? "mysql" : dialects[d]);
    open_package_types(a);
}
