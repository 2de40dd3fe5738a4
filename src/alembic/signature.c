// What a call gives a callable is held against the parameters that the real one has, before the callable is asked: what is
// too many, given twice, not known or left out raises what Python raises, once for all of them.
#include "alembic_int.h"

static const struct {
    const char *name, *parameters;
} signatures[] = {
#define SIGNATURE(name, parameters) {name, parameters},
#include "signature.def"
#undef SIGNATURE
};

typedef struct Parameter {
    Str name, kind;   // kind: empty when it takes anything
    bool is_optional;
    bool is_rest, is_keywords;   // *args, **
} Parameter;

// Takes the next parameter off the text; false: there is none.
static bool next_parameter(Str *text, Parameter *parameter)
{
    Str word = str_cut(text, ' ');
    *parameter = (Parameter){0};
    if (!word.len)
        return false;
    parameter->name = str_cut(&word, ':');
    parameter->kind = word;
    parameter->is_keywords = str_equal(parameter->name, STR("**"));
    parameter->is_rest = !parameter->is_keywords && parameter->name.ptr[0] == '*';
    parameter->is_optional = parameter->name.ptr[parameter->name.len - 1] == '?';
    if (parameter->is_optional)
        parameter->name.len--;
    return true;
}

// ---- kinds: what SQLAlchemy and Alembic raise for, here or when they render; an unknown value is left to the callable ----

static bool is_clause(Value value)
{
    if (value.kind != VALUE_HOST)
        return false;
    const ObjectKind kind = (ObjectKind)value.host->kind;
    return kind == OBJECT_EXPR || kind == OBJECT_COLUMN || kind == OBJECT_SELECT || kind == OBJECT_QUERY ||
           kind == OBJECT_ELEMENT || kind == OBJECT_SEQUENCE;
}

static bool takes_text(Value value)
{
    Str text;
    return value_is_none(value) || is_text(value, &text);
}

// False: the comment stays.
static bool takes_comment(Value value)
{
    return takes_text(value) || (value.kind == VALUE_BOOL && !value.boolean);
}

static bool takes_id(Value value)
{
    Str text;
    return value_is_none(value) || (is_text(value, &text) && text.len);
}

static bool takes_name(Value value)
{
    return takes_id(value) && !value_is_none(value);
}

static bool takes_flag(Value value)
{
    // of a clause there is no truth, and of a constraint it is whether it has columns yet
    return !is_clause(value) && !host_of(value, OBJECT_TABLE) && !host_of(value, OBJECT_DML) &&
           !host_of(value, OBJECT_FROM) && !host_of(value, OBJECT_CONSTRAINT);
}

static bool takes_number(Value value)
{
    return value_is_none(value) || value.kind == VALUE_INT || value.kind == VALUE_BOOL;
}

static bool takes_list(Value value)
{
    if (value.kind == VALUE_LIST || value.kind == VALUE_TUPLE || value.kind == VALUE_SET)
        return value.list->values.count > 0;
    if (value.kind == VALUE_STR)   // its characters are the items
        return value.text.len == 1;
    return (value.kind == VALUE_DICT && value.dict->items.count) || value.kind == VALUE_BUILTIN ||
           (value.kind == VALUE_HOST && !host_of(value, OBJECT_TABLE));
}

// Columns and expressions of an index.
static bool takes_keys(Value value)
{
    Str text;
    bool holds = value.kind == VALUE_LIST || value.kind == VALUE_TUPLE || value.kind == VALUE_SET;
    if (!holds || !takes_list(value))
        return takes_list(value) && !str_equal(value_type_name(value), STR("range"));
    for (size_t i = 0; i < value.list->values.count; i++) {
        Value key = value.list->values.items[i];
        if (!is_text(key, &text) && key.kind != VALUE_HOST && key.kind != VALUE_UNKNOWN && key.kind != VALUE_INSTANCE)
            return false;
    }
    return true;
}

static bool takes_string(Value value)
{
    return takes_text(value) && !value_is_none(value);
}

static bool takes_phrase(Value value, const char *const *phrases)
{
    Str text;
    if (!is_text(value, &text))
        return value_is_none(value);
    for (; *phrases; phrases++)
        if (str_equal_fold(text, str_from(*phrases)))
            return true;
    return false;
}

static const char *const foreign_key_actions[] = {"RESTRICT", "CASCADE", "SET NULL", "NO ACTION", "SET DEFAULT", NULL};

// Source: SQLAlchemy 2.0.52 sql/compiler.py, FK_INITIALLY.
static bool takes_initially(Value value)
{
    return takes_phrase(value, (const char *const[]){"DEFERRED", "IMMEDIATE", NULL});
}

// Source: SQLAlchemy 2.0.52 sql/compiler.py, FK_ON_UPDATE.
static bool takes_update(Value value)
{
    return takes_phrase(value, foreign_key_actions);
}

// Source: SQLAlchemy 2.0.52 sql/compiler.py, FK_ON_DELETE, and dialects/postgresql/base.py, _fk_ondelete_pattern.
static bool takes_deletion(Value value)
{
    Str text;
    if (takes_phrase(value, foreign_key_actions))
        return true;
    if (!is_text(value, &text))
        return false;
    size_t open = str_find_char(text, '(', 0);
    if (open == SIZE_MAX || open + 2 >= text.len || text.ptr[text.len - 1] != ')')
        return false;
    Str action = str_trim(str_slice(text, 0, open));
    return str_equal_fold(action, STR("SET NULL")) || str_equal_fold(action, STR("SET DEFAULT"));
}

// Source: Alembic 1.19.2 operations/schemaobj.py, SchemaObjects.generic_constraint().
static bool takes_constraint_type(Value value)
{
    return takes_phrase(value, (const char *const[]){"foreignkey", "primary", "unique", "check", NULL});
}

static bool takes_autoincrement(Value value)
{
    return value.kind == VALUE_BOOL || takes_phrase(value, (const char *const[]){"auto", "ignore_fk", NULL});
}

static bool takes_boolean(Value value)
{
    return value.kind == VALUE_BOOL || value.kind == VALUE_INT || value_is_none(value);
}

static bool takes_metadata(Value value)
{
    return value_is_none(value) || value.kind == VALUE_HOST;
}

static bool takes_map(Value value)
{
    return value_is_none(value) || value.kind == VALUE_DICT;
}

static bool takes_bind(Value value)
{
    bool instance = value.kind == VALUE_INSTANCE && !value.instance->class->is_enum;
    return host_of(value, OBJECT_BIND) || instance || host_of(value, OBJECT_CONTEXT);
}

static bool takes_type(Value value)
{
    return value_is_none(value) || value.kind == VALUE_CLASS || value.kind == VALUE_FUNCTION ||
           host_of(value, OBJECT_TYPE) || host_of(value, OBJECT_TYPE_CLASS) || host_of(value, OBJECT_FUNCTION);
}

// Of a value's type: what can be called is not called.
static bool takes_value_type(Value value)
{
    return value_is_none(value) || host_of(value, OBJECT_TYPE) || host_of(value, OBJECT_TYPE_CLASS) ||
           (value.kind == VALUE_CLASS && class_host_base(value.class));
}

static bool takes_limit(Value value)
{
    const HostObject *expr = host_of(value, OBJECT_EXPR);
    bool is_raw = expr && ((const ExprObject *)expr)->expr->kind == EXPR_TEXT;
    return takes_number(value) || (is_clause(value) && !is_raw && !host_of(value, OBJECT_SELECT));   // a scalar_subquery()
}

static bool takes_column(Value value)
{
    return host_of(value, OBJECT_COLUMN) || host_of(value, OBJECT_EXPR);
}

// What carries a parameter's name: bindparam(...).
static bool takes_bound(Value value)
{
    const HostObject *expr = host_of(value, OBJECT_EXPR);
    return expr && ((const ExprObject *)expr)->expr->kind == EXPR_BIND;
}

static bool takes_condition(Value value)
{
    Str text;   // of other objects, the callable itself says what they are
    return value_is_none(value) || value.kind == VALUE_BOOL || (value.kind == VALUE_HOST && !is_text(value, &text));
}

static bool takes_ddl(Value value)
{
    Str text;
    return is_text(value, &text) || (is_clause(value) && !is_query(value));
}

static bool takes_words(Value value)
{
    return value.kind != VALUE_HOST;
}

static const struct {
    const char *name;
    bool (*takes)(Value value);
    const char *wanted;
} kinds[] = {
    {"text", takes_text, "a text"},
    {"comment", takes_comment, "a text, None or False"},
    {"id", takes_id, "a text that is not empty, or None"},
    {"name", takes_name, "a text that is not empty"},
    {"flag", takes_flag, "true or false"},
    {"number", takes_number, "an integer"},
    {"list", takes_list, "a list that is not empty"},
    {"keys", takes_keys, "a list, not empty, of names and SQL expressions"},
    {"string", takes_string, "a text"},
    {"initially", takes_initially, "DEFERRED or IMMEDIATE"},
    {"update", takes_update, "CASCADE, RESTRICT, SET NULL, SET DEFAULT or NO ACTION"},
    {"deletion", takes_deletion, "CASCADE, RESTRICT, SET NULL, SET DEFAULT or NO ACTION"},
    {"constraint", takes_constraint_type, "one of foreignkey, primary, unique, check"},
    {"autoincrement", takes_autoincrement, "true, false, \"auto\" or \"ignore_fk\""},
    {"boolean", takes_boolean, "True or False"},
    {"metadata", takes_metadata, "a MetaData"},
    {"map", takes_map, "a dict"},
    {"bind", takes_bind, "a connection"},
    {"type", takes_type, "a column type"},
    {"valuetype", takes_value_type, "a column type"},
    {"limit", takes_limit, "an integer or a SQL expression"},
    {"column", takes_column, "a column"},
    {"bound", takes_bound, "a bindparam(...)"},
    {"condition", takes_condition, "a SQL expression, such as sa.text(...)"},
    {"ddl", takes_ddl, "a text or a SQL expression"},
    {"words", takes_words, "a list of texts"},
};

static bool check_kind(Call *call, const Arg *arg, const Parameter *parameter)
{
    if (!parameter->kind.len || arg->value.kind == VALUE_UNKNOWN || (parameter->is_optional && value_is_none(arg->value)))
        return true;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (str_equal(parameter->kind, str_from(kinds[i].name)))
            return kinds[i].takes(arg->value) ||
                   interp_raise(call->in, arg_span(call, arg), STR("TypeError"),
                                "argument \"%.*s\" of %s() must be %s, not %.*s", STR_ARGS(parameter->name), call->name,
                                kinds[i].wanted, STR_ARGS(value_type_name(arg->value)));
    return true;   // tests/alembic/arguments.py looks for kinds that are none
}

// ---- calls ----

static const Arg *keyword_of(const Args *args, Str name)
{
    for (size_t i = args->positional; i < args->count; i++)
        if (str_equal(args->items[i].name, name))
            return &args->items[i];
    return NULL;
}

static bool has_parameter(Str text, Str name)
{
    Parameter parameter;
    while (next_parameter(&text, &parameter))
        if (parameter.is_keywords || (!parameter.is_rest && str_equal(parameter.name, name)))
            return true;
    return false;
}

// The arguments by position, and those of the parameters that they leave to keywords.
static bool check_parameters(Call *call, Str text)
{
    const Args *args = call->args;
    size_t at = 0;
    bool by_keyword = false;
    Parameter parameter;
    while (next_parameter(&text, &parameter)) {
        if (parameter.is_keywords)
            break;
        if (parameter.is_rest) {
            by_keyword = true;
            if (parameter.name.len == 1 && at < args->positional)
                break;
            parameter.name = str_slice(parameter.name, 1, parameter.name.len);
            for (; at < args->positional; at++)
                if (!check_kind(call, &args->items[at], &parameter))
                    return false;
            continue;
        }
        const Arg *keyword = keyword_of(args, parameter.name);
        const Arg *given = !by_keyword && at < args->positional ? &args->items[at++] : keyword;
        if (keyword && given != keyword)
            return interp_raise(call->in, keyword->at, STR("TypeError"), "%s() got multiple values for argument '%.*s'",
                                call->name, STR_ARGS(parameter.name));
        if (!given && !parameter.is_optional)
            return interp_raise(call->in, args->at, STR("TypeError"), "%s() missing a required argument: '%.*s'", call->name,
                                STR_ARGS(parameter.name));
        if (given && !check_kind(call, given, &parameter))
            return false;
    }
    return at == args->positional || interp_raise(call->in, args->items[at].at, STR("TypeError"),
                                                  "%s() takes %zu positional argument%s but %zu were given", call->name, at,
                                                  at == 1 ? "" : "s", args->positional);
}

static bool check(Call *call, Str parameters)
{
    if (!check_parameters(call, parameters))
        return false;
    for (size_t i = call->args->positional; i < call->args->count; i++)
        if (!has_parameter(parameters, call->args->items[i].name))
            return interp_raise(call->in, arg_span(call, &call->args->items[i]), STR("TypeError"),
                                "%s() got an unexpected keyword argument '%.*s'", call->name,
                                STR_ARGS(call->args->items[i].name));
    call->parameters = parameters;
    return true;
}

const Arg *signature_arg(const Call *call, const char *name)
{
    Str text = call->parameters;
    Parameter parameter;
    for (size_t at = 0; at < call->args->positional && next_parameter(&text, &parameter); at++) {
        if (parameter.is_rest || parameter.is_keywords)
            break;
        if (str_equal(parameter.name, str_from(name)))
            return &call->args->items[at];
    }
    return NULL;
}

const Arg *signature_unread(const Call *call)
{
    Str text = call->parameters;
    Parameter parameter;
    for (size_t at = 0; at < call->args->positional && at < 64 && next_parameter(&text, &parameter); at++) {
        if (parameter.is_rest || parameter.is_keywords)
            break;
        if (!(*call->looked_at >> at & 1) && !str_equal(parameter.name, STR("_")) && !str_equal(parameter.kind, STR("bind")))
            return &call->args->items[at];
    }
    return NULL;
}

static const char *prefix_of(const HostObject *self)
{
    switch (self ? (ObjectKind)self->kind : OBJECT_MODULE) {
    case OBJECT_MODULE: return "";
    case OBJECT_BATCH: return "batch.";
    case OBJECT_TYPE: return "type.";
    case OBJECT_TABLE:
    case OBJECT_FROM: return "table.";
    case OBJECT_SELECT: return "select.";
    case OBJECT_COLUMN: return "expr.";
    case OBJECT_EXPR: return ((const ExprObject *)self)->expr->kind == EXPR_TEXT ? "text." : "expr.";
    case OBJECT_DML: return "dml.";
    case OBJECT_CONTEXT: return "context.";
    case OBJECT_DIALECT: return "dialect.";
    case OBJECT_FUNCTION:
    case OBJECT_TYPE_CLASS:
    case OBJECT_NAME:
    case OBJECT_FOREIGN_KEY:
    case OBJECT_CONSTRAINT:
    case OBJECT_INDEX:
    case OBJECT_IDENTITY:
    case OBJECT_COMPUTED:
    case OBJECT_SEQUENCE:
    case OBJECT_COLUMNS:
    case OBJECT_FUNC:
    case OBJECT_BIND:
    case OBJECT_AUTOCOMMIT:
    case OBJECT_BLOCK:
    case OBJECT_METADATA:
    case OBJECT_INSPECTOR:
    case OBJECT_RESULT:
    case OBJECT_DDL:
    case OBJECT_CONFIG:
    case OBJECT_CONSTRUCT:
    case OBJECT_ELEMENT:
    case OBJECT_COMPILER:
    case OBJECT_BASE:
    case OBJECT_PROPERTY:
    case OBJECT_QUERY:
    case OBJECT_MAPPED:
    case OBJECT_ENTITY: break;
    }
    return NULL;
}

static bool check_named(Call *call, Str name, bool *found)
{
    const char *parameters = map_get(&call->a->signatures, name);
    *found = parameters != NULL;
    return !parameters || check(call, str_from(parameters));
}

bool signature_check(Call *call)
{
    const char *prefix = prefix_of(call->self);
    bool found;
    return !prefix || check_named(call, str_format(call->a->arena, "%s%s", prefix, call->name), &found);
}

bool signature_check_type(Call *call, const TypeClassObject *class)
{
    Arena *arena = call->a->arena;
    bool found = false;
    // not of another package's class that stands for the type
    bool is_sqlite = str_ends(str_from(class->package), STR(".sqlite"));
    if (strcmp(call->name, is_sqlite ? class->name : type_name(class->kind)) != 0)
        return true;
    Str package = str_replace(arena, str_from(class->package), STR(".mariadb"), STR(".mysql"));
    if (!check_named(call, str_format(arena, "type:%.*s.%s", STR_ARGS(package), class->name), &found))
        return false;
    return found || check_named(call, str_format(arena, "type:%.*s", STR_ARGS(type_full_name(arena, class->kind))), &found);
}

void open_signatures(Alembic *a)
{
    a->signatures = map_open(a->kept);
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++)
        map_put(&a->signatures, str_from(signatures[i].name), (void *)(uintptr_t)signatures[i].parameters);
}
