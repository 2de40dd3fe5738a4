// Arguments of calls, and the conversion of evaluated values into schema's types, literals and expressions.
#include "alembic_int.h"

Span arg_span(const Call *call, const Arg *arg)
{
    return arg && arg->at.source ? arg->at : call->args->at;
}

const Arg *call_arg(const Call *call, size_t position, const char *name)
{
    const Arg *arg = args_find(call->args, position, str_from(name));
    arg = arg ? arg : signature_arg(call, name);   // which the real callable takes by position too
    if (arg && call->looked_at && arg - call->args->items < 64)
        *call->looked_at |= UINT64_C(1) << (arg - call->args->items);
    return arg;
}

const Arg *call_unread(const Call *call, size_t at)
{
    for (; call->looked_at && at < call->args->count && at < 64; at++)
        if (!(*call->looked_at >> at & 1))
            return &call->args->items[at];
    return NULL;
}

const Value *call_value(const Call *call, size_t position, const char *name)
{
    const Arg *arg = call_arg(call, position, name);
    return arg ? &arg->value : NULL;
}

bool call_refuse(Call *call, Span at, const char *hint, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str text = str_vformat(call->a->arena, format, args);
    va_end(args);
    return interp_refuse(call->in, at, str_from(hint), "%.*s", STR_ARGS(text));
}

bool call_known(Call *call, Span at, Value value, const char *what)
{
    if (value.kind != VALUE_UNKNOWN)
        return true;
    Str needed = str_format(call->a->arena, "the argument \"%s\" of %s()", what, call->name);
    return interp_refuse_unknown(call->in, at, value, str_cstr(call->a->arena, needed));
}

// Of a value that has no name of its own: one of many parameters, a side of a comparison.
static bool value_known(Call *call, Span at, Value value)
{
    if (value.kind != VALUE_UNKNOWN)
        return true;
    Str needed = str_format(call->a->arena, "what %s() is given", call->name);
    return interp_refuse_unknown(call->in, at, value, str_cstr(call->a->arena, needed));
}

HostObject *host_of(Value value, ObjectKind kind)
{
    return value.kind == VALUE_HOST && value.host->kind == (int)kind ? value.host : NULL;
}

bool is_text(Value value, Str *text)
{
    if (value.kind == VALUE_STR)
        *text = value.text;
    else if (host_of(value, OBJECT_NAME))
        *text = ((NameObject *)value.host)->text;
    else if (value.kind == VALUE_INSTANCE) {
        const Value *inner = instance_plain(value.instance);   // a member of a class X(str, Enum) is its value
        if (!value.instance->class->is_enum || !inner || inner->kind != VALUE_STR)
            return false;
        *text = inner->text;
    } else
        return false;
    return true;
}

static bool wrong_kind(Call *call, const Arg *arg, const char *name, const char *wanted)
{
    return interp_raise(call->in, arg_span(call, arg), STR("TypeError"), "argument \"%s\" of %s() must be %s, not %.*s",
                        name, call->name, wanted, STR_ARGS(value_type_name(arg->value)));
}

bool call_writable(Call *call, Span at, Str text)
{
    return (utf8_check(text) == SIZE_MAX && str_find_char(text, '\0', 0) == SIZE_MAX) ||
           call_refuse(call, at, "Write it without that character.",
                       "a text for %s() has a character that no script can hold: U+0000, or half of a surrogate pair",
                       call->name);
}

bool call_name(Call *call, size_t position, const char *name, Str *out, bool *is_final)
{
    const Arg *arg = call_arg(call, position, name);
    if (is_final)
        *is_final = false;
    if (!arg || value_is_none(arg->value))
        return true;
    if (!call_known(call, arg_span(call, arg), arg->value, name))
        return false;
    if (is_final)
        *is_final = arg->value.is_final;
    // a table object may stand for its name
    if (host_of(arg->value, OBJECT_TABLE)) {
        *out = ((TableObject *)arg->value.host)->ref->name;
        return true;
    }
    if (!is_text(arg->value, out))
        return wrong_kind(call, arg, name, "a text");
    if (!call_writable(call, arg_span(call, arg), *out))
        return false;
    if (arg->value.is_final)   // op.f()
        *out = name_shortened(call->a, *out);
    return true;
}

bool call_str(Call *call, size_t position, const char *name, Str *out)
{
    return call_name(call, position, name, out, NULL);
}

bool call_need_name(Call *call, size_t position, const char *name, Str *out)
{
    if (!call_arg(call, position, name))
        return interp_raise(call->in, call->args->at, STR("TypeError"), "%s() missing a required argument: '%s'", call->name,
                            name);
    if (value_is_none(call_arg(call, position, name)->value))
        return wrong_kind(call, call_arg(call, position, name), name, "a text");
    return call_name(call, position, name, out, NULL);
}

bool call_bool(Call *call, size_t position, const char *name, bool *out)
{
    const Arg *arg = call_arg(call, position, name);
    if (!arg || value_is_none(arg->value))
        return true;
    return call_known(call, arg_span(call, arg), arg->value, name) &&
           interp_truth(call->in, arg_span(call, arg), arg->value, "an argument", out);
}

bool call_int(Call *call, size_t position, const char *name, int64_t *out, bool *given)
{
    const Arg *arg = call_arg(call, position, name);
    if (given)
        *given = false;
    if (!arg || value_is_none(arg->value))
        return true;
    if (!call_known(call, arg_span(call, arg), arg->value, name))
        return false;
    if (arg->value.kind != VALUE_INT && arg->value.kind != VALUE_BOOL)
        return wrong_kind(call, arg, name, "an integer");
    *out = arg->value.kind == VALUE_BOOL ? arg->value.boolean : arg->value.integer;
    if (given)
        *given = true;
    return true;
}

bool call_names(Call *call, size_t position, const char *name, StrList *out)
{
    const Arg *arg = call_arg(call, position, name);
    if (!arg || value_is_none(arg->value))
        return true;
    Str one;
    if (is_text(arg->value, &one)) {
        vec_push(call->a->arena, out, one);
        return true;
    }
    Value list;
    if (!call_known(call, arg_span(call, arg), arg->value, name) ||
        !interp_iterate(call->in, arg_span(call, arg), arg->value, &list))
        return false;
    for (size_t i = 0; i < list.list->values.count; i++) {
        Value item = list.list->values.items[i];
        if (!call_known(call, arg_span(call, arg), item, name))
            return false;
        HostObject *column = host_of(item, OBJECT_EXPR);
        if (!is_text(item, &one) && column && ((ExprObject *)column)->expr->kind == EXPR_COLUMN)
            one = ((ExprObject *)column)->expr->text;
        else if (!is_text(item, &one) && host_of(item, OBJECT_COLUMN))
            one = ((ColumnObject *)item.host)->column->name;
        else if (!is_text(item, &one))
            return wrong_kind(call, arg, name, "a list of texts");
        if (!call_writable(call, arg_span(call, arg), one))
            return false;
        vec_push(call->a->arena, out, one);
    }
    return true;
}

// ---- options ----

static bool to_option(Call *call, Span at, Str name, Value value, Option *option)
{
    *option = (Option){.name = name};
    if (!call_known(call, at, value, str_cstr(call->a->arena, name)))
        return false;
    switch (value.kind) {
    case VALUE_NONE: option->kind = OPTION_NONE; return true;
    case VALUE_BOOL:
        option->kind = OPTION_BOOL;
        option->boolean = value.boolean;
        return true;
    case VALUE_INT:
        option->kind = OPTION_INTEGER;
        option->integer = value.integer;
        return true;
    case VALUE_STR:
    case VALUE_FLOAT:
    case VALUE_DECIMAL:
        option->kind = OPTION_TEXT;
        option->is_number = value.kind != VALUE_STR;
        option->text = value_text(call->a->arena, value);
        return call_writable(call, at, option->text);
    case VALUE_LIST:
    case VALUE_TUPLE:
    case VALUE_SET:
        option->kind = OPTION_LIST;
        for (size_t i = 0; i < value.list->values.count; i++) {
            Option item;
            if (!to_option(call, at, STR_EMPTY, value.list->values.items[i], &item))
                return false;
            vec_push(call->a->arena, &option->items, item);
        }
        return true;
    case VALUE_DICT:
        option->kind = OPTION_MAP;
        for (size_t i = 0; i < value.dict->items.count; i++) {
            Option item;
            Str key;
            if (!is_text(value.dict->items.items[i].key, &key))
                key = value_text(call->a->arena, value.dict->items.items[i].key);
            if (!to_option(call, at, key, value.dict->items.items[i].value, &item))
                return false;
            vec_push(call->a->arena, &option->items, item);
        }
        return true;
    case VALUE_HOST: {
        Str text;
        option->kind = is_text(value, &text) ? OPTION_TEXT : OPTION_EXPR;
        option->text = option->kind == OPTION_TEXT ? text : STR_EMPTY;
        return option->kind == OPTION_TEXT || to_expr(call, at, value, &option->expr);
    }
    case VALUE_BYTES:
    case VALUE_FUNCTION:
    case VALUE_CLASS:
    case VALUE_INSTANCE:
    case VALUE_BUILTIN:
    case VALUE_TIME:
    case VALUE_UUID:
    case VALUE_UNKNOWN: break;
    }
    return call_refuse(call, at, "Write a constant.", "cannot use this value for the option \"%.*s\"", STR_ARGS(name));
}

// Options that are true or false, whatever the dialect: another value would be taken for the wrong one of both.
static bool to_flag(Call *call, Span at, Value value, Option *option)
{
    static const char *const flags[] = {"_not_valid", "_concurrently",  "_nulls_not_distinct", "_clustered", "_bitmap",
                                        "_strict",    "_autoincrement", "_with_rowid",         "_with_oids"};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (!str_ends(option->name, str_from(flags[i])) || value_is_none(value))
            continue;
        if (value.kind != VALUE_BOOL && value.kind != VALUE_INT)
            return call_refuse(call, at, "Write True or False.", "the option \"%.*s\" is neither true nor false",
                               STR_ARGS(option->name));
        option->boolean = value.kind == VALUE_BOOL ? value.boolean : value.integer != 0;
        option->kind = OPTION_BOOL;
    }
    return true;
}

// A name or a word of the dialect's, where a list or an expression would be left out without a word.
static bool check_word(Call *call, Span at, const Option *option)
{
    static const char *const words[] = {"_using", "_tablespace", "_prefix", "_on_commit"};
    bool is_word = (str_starts(option->name, STR("mysql_")) || str_starts(option->name, STR("mariadb_"))) &&
                   !str_ends(option->name, STR("_length"));
    bool is_text = option->kind != OPTION_LIST && option->kind != OPTION_MAP && option->kind != OPTION_EXPR;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_ends(option->name, str_from(words[i]))) {
            is_word = true;
            is_text = option->kind == OPTION_NONE || (option->kind == OPTION_TEXT && !option->is_number);
        }
    return !is_word || is_text ||
           call_refuse(call, at, "Write a text.", "the option \"%.*s\" is no text", STR_ARGS(option->name));
}

// The condition of a partial index: anything else would leave it out, and the index over every row.
static bool check_where(Call *call, Span at, const Option *option)
{
    bool is_sql = option->kind == OPTION_EXPR || (option->kind == OPTION_TEXT && !option->is_number);
    return !str_ends(option->name, STR("_where")) || option->kind == OPTION_NONE || is_sql ||
           call_refuse(call, at, "Write the condition as sa.text(...) or a SQL expression.", "the option \"%.*s\" is no SQL",
                       STR_ARGS(option->name));
}

// Returns the name that the dialect reads an option by: behind a mysql:// URL, MySQL's options are MariaDB's.
static Str option_name(Call *call, Str given)
{
    const Alembic *a = call->a;
    Str rest = given;
    if (str_equal(a->dialect->name, a->dialect_name) || !str_equal(str_cut(&rest, '_'), a->dialect_name))
        return given;
    return str_format(a->arena, "%.*s_%.*s", STR_ARGS(a->dialect->name), STR_ARGS(rest));
}

// Whether MySQL's option gives way to MariaDB's own.
static bool is_outdone(Call *call, const Arg *arg, Str name)
{
    return !str_equal(arg->name, name) && args_find(call->args, SIZE_MAX, name);
}

bool call_options(Call *call, OptionList *options)
{
    static const char *const prefixes[] = {"postgresql_", "sqlite_", "mysql_", "mariadb_", "oracle_", "mssql_"};
    for (size_t i = call->args->positional; i < call->args->count; i++) {
        const Arg *arg = &call->args->items[i];
        bool is_option = false;
        for (size_t k = 0; k < sizeof prefixes / sizeof prefixes[0]; k++)
            is_option |= str_starts(arg->name, str_from(prefixes[k]));
        // options of other dialects are not looked at: they may hold anything
        // of MySQL's, MariaDB takes a few
        bool ours = str_starts(arg->name, call->a->dialect->name) ||
                    (call->a->dialect->kin.len && str_starts(arg->name, call->a->dialect->kin));
        Option option;
        if (!is_option || !ours)
            continue;
        if (!to_option(call, arg_span(call, arg), option_name(call, arg->name), arg->value, &option) ||
            !to_flag(call, arg_span(call, arg), arg->value, &option) || !check_word(call, arg_span(call, arg), &option) ||
            !check_where(call, arg_span(call, arg), &option))
            return false;
        if (!is_outdone(call, arg, option.name)) {
            option.use = arena_new(call->a->arena, OptionUse);
            *option.use = (OptionUse){.name = arg->name, .at = arg_span(call, arg)};
            vec_push(call->a->arena, options, option);
        }
    }
    return true;
}

// ---- literals ----

static bool json_literal(Call *call, Span at, Value value, Literal *literal)
{
    *literal = (Literal){.kind = LITERAL_JSON};
    return value_json(call->in, at, value, &literal->text);
}

static bool array_literal(Call *call, Span at, Value value, const Type *type, Literal *literal)
{
    size_t count = value.list->values.count;
    Literal *items = arena_array(call->a->arena, Literal, count + 1);
    const Type *element = type && type->kind == TYPE_ARRAY ? type->element : NULL;
    for (size_t i = 0; i < count; i++)
        if (!to_literal(call, at, value.list->values.items[i], element, &items[i]))
            return false;
    *literal = (Literal){.kind = LITERAL_ARRAY, .items = items, .is_row = value.kind != VALUE_LIST, .count = count};
    return true;
}

static bool is_enum_type(const Type *type)
{
    return type && (type->kind == TYPE_ENUM || type->kind == TYPE_PG_ENUM);
}

static bool refuse_member(Call *call, Span at, Value member, bool is_of_another)
{
    return call_refuse(call, at, "Write the value itself, such as the member's .name or .value.",
                       is_of_another ? "a member of enum \"%.*s\" is none of this Enum's"
                                     : "a member of enum \"%.*s\" meets no column of a type Enum here",
                       STR_ARGS(member.instance->class->name));
}

// An enum member: for an Enum of that class the label that stands for it; elsewhere its value, where it is a text or a
// number itself. Source: SQLAlchemy 2.0.52 sql/sqltypes.py, Enum._db_value_for_lookup.
static bool enum_literal(Call *call, Span at, Value value, const Type *type, Literal *literal)
{
    const Class *class = value.instance->class;
    const Value *name = map_get(&value.instance->attributes, STR("name"));
    const Value *inner = map_get(&value.instance->attributes, STR("value"));
    bool of_class = is_enum_type(type) && type->members_of.len;
    for (size_t i = 0; of_class && name && i < type->members.count && i < type->labels.count; i++)
        if (str_equal(class->name, type->members_of) && str_equal(name->text, type->members.items[i])) {
            *literal = (Literal){.kind = LITERAL_TEXT, .text = type->labels.items[i]};
            return true;
        }
    if (inner && instance_plain(value.instance) && !of_class)
        return to_literal(call, at, *inner, type, literal);
    return refuse_member(call, at, value, of_class);
}

// A text or a number for an Enum: a label itself, or a member that is equal to it. Other texts are left to the server.
static bool plain_label(Call *call, Span at, Value value, const Type *type, Literal *literal)
{
    Str text = value_text(call->a->arena, value);
    bool is_text = value.kind == VALUE_STR;
    *literal = (Literal){.kind = LITERAL_TEXT, .text = text};
    if (is_text && strlist_has(&type->labels, text))
        return true;
    for (size_t i = 0; type->plain_numbers != is_text && i < type->plain.count && i < type->labels.count; i++)
        if (str_equal(type->plain.items[i], text)) {
            literal->text = type->labels.items[i];
            return true;
        }
    return is_text ||
           call_refuse(call, at, "Write one of its labels as a text.", "%.*s is no value of this Enum", STR_ARGS(text));
}

bool to_literal(Call *call, Span at, Value value, const Type *given, Literal *literal)
{
    const Type *type = type_for(given, call->a->dialect->name);
    if (!value_known(call, at, value))
        return false;
    *literal = (Literal){.kind = LITERAL_NULL};
    if (value.kind == VALUE_NONE)
        return true;
    if (type && type->processor) {
        Type *plain = arena_new(call->a->arena, Type);
        *plain = *type;
        plain->processor = NULL;
        type = plain;
        if (!process_value(call, at, given->processor ? given : type_for(given, call->a->dialect->name), value, &value))
            return false;
        if (value.kind == VALUE_NONE)
            return true;
    }
    Str text;
    if (type && type_family(type) == FAMILY_JSON && !host_of(value, OBJECT_NAME) && value.kind != VALUE_HOST)
        return json_literal(call, at, value, literal);
    if (is_enum_type(type) && (value.kind == VALUE_STR || value.kind == VALUE_INT))
        return plain_label(call, at, value, type, literal);
    switch (value.kind) {
    case VALUE_BOOL:
        literal->kind = LITERAL_BOOL;
        literal->boolean = value.boolean;
        return true;
    case VALUE_INT:
        literal->kind = LITERAL_INTEGER;
        literal->integer = value.integer;
        return true;
    case VALUE_FLOAT:
        literal->kind = LITERAL_FLOAT;
        literal->real = value.real;
        return true;
    case VALUE_STR:
        literal->kind = LITERAL_TEXT;
        literal->text = value.text;
        return true;
    case VALUE_BYTES:
        literal->kind = LITERAL_BYTES;
        literal->text = value.text;
        return true;
    case VALUE_DECIMAL:
        literal->kind = LITERAL_DECIMAL;
        literal->text = value.text;
        return true;
    case VALUE_UUID:
        literal->kind = LITERAL_UUID;
        literal->text = value.text;
        return true;
    case VALUE_TIME:
        if (value.time->kind == TIME_ZONE)
            break;
        literal->kind = LITERAL_TIME;
        literal->time = value.time;
        return true;
    case VALUE_LIST:
    case VALUE_TUPLE:
    case VALUE_SET: return array_literal(call, at, value, type, literal);
    case VALUE_DICT: return json_literal(call, at, value, literal);
    case VALUE_INSTANCE:
        if (value.instance->class->is_enum)
            return enum_literal(call, at, value, type, literal);
        break;
    case VALUE_HOST:
        if (is_text(value, &text)) {
            literal->kind = LITERAL_TEXT;
            literal->text = text;
            return true;
        }
        break;
    case VALUE_NONE:
    case VALUE_FUNCTION:
    case VALUE_CLASS:
    case VALUE_BUILTIN:
    case VALUE_UNKNOWN: break;
    }
    return call_refuse(call, at, "Write a constant value.", "cannot use a value of type \"%.*s\" in SQL",
                       STR_ARGS(value_type_name(value)));
}

// ---- expressions ----

Expr *expr_new(Alembic *a, ExprKind kind, Span at)
{
    Expr *expr = arena_new(a->arena, Expr);
    expr->kind = kind;
    expr->at = at;
    return expr;
}

Expr *expr_make(Alembic *a, ExprKind kind, ExprOp op, Span at, size_t count, const Expr *const *args)
{
    Expr *expr = expr_new(a, kind, at);
    expr->op = op;
    expr->count = count;
    expr->args = arena_array(a->arena, const Expr *, count + 1);
    if (count)
        memcpy(expr->args, args, count * sizeof *args);
    return expr;
}

static bool is_sequence(Value value)
{
    return value.kind == VALUE_LIST || value.kind == VALUE_TUPLE || value.kind == VALUE_SET;
}

static bool object_expr(Call *call, Span at, HostObject *object, const Expr **expr)
{
    Alembic *a = call->a;
    object = object->kind == OBJECT_QUERY ? query_select(object) : object;
    if (object->kind == OBJECT_EXPR) {
        Literal none;
        *expr = ((ExprObject *)object)->expr;
        return !((ExprObject *)object)->needs_type || enum_literal(call, at, *((ExprObject *)object)->given, NULL, &none);
    }
    Expr *made = NULL;
    if (object->kind == OBJECT_COLUMN) {
        ColumnObject *column = (ColumnObject *)object;
        made = expr_new(a, EXPR_COLUMN, at);
        made->text = column->column->name;
        made->type = column->column->type;
        made->table = column->table;
    } else if (object->kind == OBJECT_SELECT) {
        made = expr_new(a, ((SelectObject *)object)->select->is_exists ? EXPR_EXISTS : EXPR_SELECT, at);
        made->select = ((SelectObject *)object)->select;
        if (made->select->columns.count == 1)
            made->type = made->select->columns.items[0]->type;
    } else if (object->kind == OBJECT_TABLE && ((TableObject *)object)->ref->select &&
               !((TableObject *)object)->ref->is_cte && ((TableObject *)object)->ref->columns.count == 1) {
        made = expr_new(a, EXPR_SELECT, at);   // x.in_(select(...).subquery())
        made->select = ((TableObject *)object)->ref->select;
    } else if (object->kind == OBJECT_SEQUENCE) {
        made = expr_new(a, EXPR_SEQUENCE, at);
        made->text = ((SequenceObject *)object)->name;
        if (((SequenceObject *)object)->schema.len) {
            TableRef *place = arena_new(a->arena, TableRef);
            place->schema = ((SequenceObject *)object)->schema;
            made->table = place;
        }
    }
    *expr = made;
    return made ||
           call_refuse(call, at, "Write a SQL expression or a constant.", "cannot use this object in a SQL expression");
}

bool to_expr(Call *call, Span at, Value value, const Expr **expr)
{
    if (!value_known(call, at, value))
        return false;
    Str text;
    if (value.kind == VALUE_HOST && !is_text(value, &text))
        return object_expr(call, at, value.host, expr);
    if (value.kind == VALUE_NONE) {
        *expr = expr_new(call->a, EXPR_NULL, at);
        return true;
    }
    Expr *made = expr_new(call->a, EXPR_LITERAL, at);
    Literal *literal = arena_new(call->a->arena, Literal);
    made->literal = literal;
    *expr = made;
    if (is_sequence(value)) {
        // a list beside an operator: expressions among the items make it a list of expressions
        bool plain = true;
        for (size_t i = 0; i < value.list->values.count; i++)
            plain &= value.list->values.items[i].kind != VALUE_HOST;
        if (!plain) {
            ExprList items = {0};
            for (size_t i = 0; i < value.list->values.count; i++) {
                const Expr *item;
                if (!to_expr(call, at, value.list->values.items[i], &item))
                    return false;
                vec_push(call->a->arena, &items, item);
            }
            *expr = expr_make(call->a, EXPR_LIST, EXPR_OP_EQ, at, items.count, items.items);
            return true;
        }
    }
    return to_literal(call, at, value, NULL, literal);
}

// Whether a value without a type of SQL's own takes the one of what it meets.
static bool takes_type(const Type *type, Value value)
{
    if (value_is_none(value) || value.kind == VALUE_UNKNOWN || (value.kind == VALUE_HOST && !host_of(value, OBJECT_NAME)))
        return false;
    bool member = value.kind == VALUE_INSTANCE && value.instance->class->is_enum;
    bool contains = is_sequence(value) || value.kind == VALUE_DICT;
    return type->processor || ((member || value.kind == VALUE_STR) && is_enum_type(type)) ||
           (contains && (type_family(type) == FAMILY_JSON || type->kind == TYPE_ARRAY));
}

const Type *operand_type(Value value)
{
    const HostObject *object = value.kind == VALUE_HOST ? value.host : NULL;
    const Select *select = object && object->kind == OBJECT_SELECT ? ((const SelectObject *)object)->select : NULL;
    if (select)
        return select->columns.count == 1 ? select->columns.items[0]->type : NULL;
    return !object                         ? NULL
           : object->kind == OBJECT_COLUMN ? ((const ColumnObject *)object)->column->type
           : object->kind == OBJECT_EXPR   ? ((const ExprObject *)object)->expr->type
                                           : NULL;
}

bool to_operand(Call *call, Span at, Value value, const Type *beside, const Expr **expr)
{
    const Type *type = type_for(beside, call->a->dialect->name);
    ExprObject *object = (ExprObject *)host_of(value, OBJECT_EXPR);
    Value given = object && object->given ? *object->given : value;
    if (!type && given.kind == VALUE_INSTANCE && given.instance->class->is_enum)
        return refuse_member(call, at, given, false);
    if (!type || !takes_type(type, given))
        return to_expr(call, at, value, expr);
    Literal *literal = arena_new(call->a->arena, Literal);
    Expr *made = expr_new(call->a, EXPR_LITERAL, at);
    made->literal = literal;
    *expr = made;
    return to_literal(call, at, given, beside, literal);
}

bool to_bind(Call *call, Span at, Str name, Value value, const ExprList *known, const Expr **bind)
{
    const Expr *declared = NULL, *inner;
    for (size_t i = 0; i < known->count; i++)
        if (str_equal(known->items[i]->text, name))
            declared = known->items[i];
    const Type *type = declared ? declared->type : NULL;
    if (!(type ? to_operand(call, at, value, type, &inner) : to_expr(call, at, value, &inner)))
        return false;
    Expr *made = expr_make(call->a, EXPR_BIND, EXPR_OP_EQ, at, 1, &inner);
    made->text = name;
    made->type = type;
    made->is_expanding = declared && declared->is_expanding;
    *bind = made;
    return true;
}

bool to_sql_expr(Call *call, Span at, Value value, const Expr **expr)
{
    Str text;
    if (!is_text(value, &text))
        // Source: SQLAlchemy 2.0.52 sql/coercions.py: what these places take is never made a literal, but for constants
        return value.kind == VALUE_HOST || value.kind == VALUE_UNKNOWN || value_is_none(value) || value.kind == VALUE_BOOL
                   ? to_expr(call, at, value, expr)
                   : interp_raise(call->in, at, STR("ArgumentError"), "SQL expression expected, got %.*s",
                                  STR_ARGS(value_repr(call->a->arena, value)));
    if (!text.len)
        return interp_raise(call->in, at, STR("ArgumentError"), "SQL expression expected, got ''");
    Expr *made = expr_new(call->a, EXPR_TEXT, at);
    made->text = text;
    *expr = made;
    return call_writable(call, at, text);
}

bool to_server_default(Call *call, Span at, Value value, const Type *type, const Expr **expr, const Identity **identity,
                       const Computed **computed)
{
    *expr = NULL;
    *identity = NULL;
    *computed = NULL;
    Str text;
    if (value_is_none(value))
        return true;
    if (host_of(value, OBJECT_IDENTITY)) {
        *identity = ((IdentityObject *)value.host)->identity;
        return true;
    }
    if (host_of(value, OBJECT_COMPUTED)) {
        *computed = ((ComputedObject *)value.host)->computed;
        return true;
    }
    if (is_text(value, &text)) {
        Expr *made = expr_new(call->a, EXPR_LITERAL, at);
        Literal *literal = arena_new(call->a->arena, Literal);
        *literal = (Literal){.kind = LITERAL_TEXT, .text = text};
        made->literal = literal;
        *expr = made;
        return true;
    }
    (void)type;
    if (value.kind == VALUE_HOST || value.kind == VALUE_UNKNOWN)
        return to_expr(call, at, value, expr);
    return interp_raise(call->in, at, STR("ArgumentError"),
                        "argument 'server_default' is expected to be a text or a SQL expression, got %.*s",
                        STR_ARGS(value_repr(call->a->arena, value)));
}

// A type that the database lacks, or cannot have without a length, is the one that [waybill.types] puts in its place.
static bool stand_in(Call *call, Span at, const Type **type)
{
    Alembic *a = call->a;
    if (!map_size(&a->project->settings.types))
        return true;
    Str name = type_full_name(a->arena, (*type)->kind);
    Value value;
    bool found = false;
    bool *stands_in = &a->stands_in[(*type)->kind];
    if (*stands_in || !map_get(&a->project->settings.types, name) || sql_has_type(a->arena, a->style, *type))
        return true;
    TypeVariant variant = {.dialect = a->dialect->name};
    // what stands there may be made of the type itself, and of others that have a line of their own
    *stands_in = true;
    bool done = host_setting(&a->host, call->in, at, name, &value, &found) && to_type(call, at, value, &variant.type);
    *stands_in = false;
    if (!done || !variant.type)
        return done;
    Type *copy = arena_new(a->arena, Type);
    *copy = **type;
    copy->variants.items = NULL;
    copy->variants.count = copy->variants.cap = 0;
    for (size_t i = 0; i < (*type)->variants.count; i++)
        if (!str_equal((*type)->variants.items[i].dialect, variant.dialect))
            vec_push(a->arena, &copy->variants, (*type)->variants.items[i]);
    vec_push(a->arena, &copy->variants, variant);
    *type = copy;
    return true;
}

bool to_type(Call *call, Span at, Value value, const Type **type)
{
    *type = NULL;
    if (value_is_none(value))
        return true;
    if (host_of(value, OBJECT_TYPE)) {
        *type = ((TypeObject *)value.host)->type;
        return stand_in(call, at, type);
    }
    if (host_of(value, OBJECT_TYPE_CLASS)) {
        Type *made = type_new(call->a->arena, ((TypeClassObject *)value.host)->kind);
        made->at = at;
        *type = made;
        return stand_in(call, at, type);
    }
    // a third-party type's class, not called; whatever can be called makes a type, as SQLAlchemy's to_instance() has it
    if ((value.kind == VALUE_CLASS && class_host_base(value.class)) || host_of(value, OBJECT_FUNCTION) ||
        value.kind == VALUE_FUNCTION) {
        Args none = {.at = at};
        Value made;
        if (!interp_call(call->in, value, &none, &made))
            return false;
        if (host_of(made, OBJECT_TYPE) || host_of(made, OBJECT_TYPE_CLASS) || made.kind == VALUE_UNKNOWN)
            return to_type(call, at, made, type);
        value = made;
    }
    if (value.kind == VALUE_UNKNOWN && value.unknown->cure.kind == CURE_VALUE) {
        Cure cure = value.unknown->cure;
        cure.kind = CURE_TYPE;
        value = value_unknown_cured(call->a->arena, value.unknown->at, value.unknown->reason, STR_EMPTY, cure);
    }
    if (!call_known(call, at, value, "type"))
        return false;
    return call_refuse(call, at, "Write a column type such as sa.String(50).", "\"%.*s\" is not a column type",
                       STR_ARGS(value_type_name(value)));
}

// ---- values for the evaluator ----

HostObject *simple_object(Alembic *a, ObjectKind kind)
{
    HostObject *object = kind == OBJECT_BIND ? &arena_new(a->arena, BindObject)->host : arena_new(a->arena, HostObject);
    object->kind = (int)kind;
    return object;
}

Value type_value(Alembic *a, Type *type)
{
    TypeObject *object = arena_new(a->arena, TypeObject);
    *object = (TypeObject){.host = {.kind = OBJECT_TYPE}, .type = type};
    return value_host(&object->host);
}

Value type_value_copy(Alembic *a, const Type *type)
{
    Type *copy = arena_new(a->arena, Type);
    *copy = *type;
    return type_value(a, copy);
}

Value reflected_type(Alembic *a, const Type *type)
{
    Value value = type_value_copy(a, type);
    ((TypeObject *)value.host)->is_reflected = true;
    return value;
}

Value expr_value(Alembic *a, Expr *expr)
{
    ExprObject *object = arena_new(a->arena, ExprObject);
    *object = (ExprObject){.host = {.kind = OBJECT_EXPR}, .expr = expr};
    if (expr->kind == EXPR_COLUMN && expr->table)   // table.c.name: made anew each time that it is asked for
        object->host = (HostObject){OBJECT_EXPR, expr->table, expr->text};
    return value_host(&object->host);
}

Value select_value(Alembic *a, Select *select)
{
    SelectObject *object = arena_new(a->arena, SelectObject);
    *object = (SelectObject){{.kind = OBJECT_SELECT}, select};
    return value_host(&object->host);
}

Value dml_value(Alembic *a, Dml *dml)
{
    DmlObject *object = arena_new(a->arena, DmlObject);
    *object = (DmlObject){{.kind = OBJECT_DML}, dml};
    return value_host(&object->host);
}

Value table_value(Alembic *a, TableRef *ref, Table *table)
{
    TableObject *object = arena_new(a->arena, TableObject);
    object->host.kind = OBJECT_TABLE;
    object->ref = ref;
    object->table = table;
    ref->object = ref->object ? ref->object : object;
    return value_host(&object->host);
}

FunctionObject *function_new(Alembic *a, const char *name, Handler *handler, HostObject *self, int extra)
{
    FunctionObject *function = arena_new(a->arena, FunctionObject);
    *function = (FunctionObject){{.kind = OBJECT_FUNCTION}, name, handler, self, extra};
    return function;
}

bool find_method(Call *call, const Method *methods, size_t count, HostObject *self, Str name, Value *result)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(str_from(methods[i].name), name)) {
            *result = value_host(&function_new(call->a, methods[i].name, methods[i].handler, self, methods[i].extra)->host);
            return true;
        }
    return false;
}
