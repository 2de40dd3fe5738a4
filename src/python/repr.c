// repr() and str(), as CPython writes them.
#include <math.h>
#include <stdlib.h>

#include "python_int.h"

// Characters that repr() escapes: controls, format characters, spaces other than ' ', private and unassigned planes.
static bool is_printable(uint32_t code)
{
    static const struct {
        uint32_t low, high;
    } hidden[] = {
        {0, 0x1F},        {0x7F, 0xA0},     {0xAD, 0xAD},       {0x600, 0x605},      {0x61C, 0x61C},
        {0x6DD, 0x6DD},   {0x70F, 0x70F},   {0x1680, 0x1680},   {0x180E, 0x180E},    {0x2000, 0x200F},
        {0x2028, 0x202F}, {0x205F, 0x206F}, {0x3000, 0x3000},   {0xD800, 0xF8FF},    {0xFEFF, 0xFEFF},
        {0xFFF0, 0xFFFB}, {0xFFFE, 0xFFFF}, {0xE0000, 0xE00FF}, {0xE01F0, 0x10FFFF},
    };
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (code >= hidden[i].low && code <= hidden[i].high)
            return false;
    return true;
}

static void add_escaped(Buf *out, uint32_t code, char quote, bool bytes)
{
    if (code == (uint32_t)quote || code == '\\')
        buf_addf(out, "\\%c", (char)code);
    else if (code == '\n')
        buf_add(out, STR("\\n"));
    else if (code == '\r')
        buf_add(out, STR("\\r"));
    else if (code == '\t')
        buf_add(out, STR("\\t"));
    else if (code < 0x80 && code >= ' ' && code != 0x7F)
        buf_add_char(out, (char)code);
    else if (!bytes && is_printable(code))
        buf_add_code(out, code);
    else
        buf_addf(out, code < 0x100 ? "\\x%02x" : code < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)code);
}

Str text_repr(Arena *arena, Str text, bool bytes)
{
    Buf out = buf_open(arena);
    bool single = str_find_char(text, '\'', 0) != SIZE_MAX, both = single && str_find_char(text, '"', 0) != SIZE_MAX;
    char quote = single && !both ? '"' : '\'';
    if (bytes)
        buf_add_char(&out, 'b');
    buf_add_char(&out, quote);
    for (size_t i = 0; i < text.len;) {
        uint32_t code = (unsigned char)text.ptr[i];
        size_t used = bytes ? 1 : utf8_decode(str_slice(text, i, text.len), &code);
        i += used ? used : 1;
        add_escaped(&out, code, quote, bytes);
    }
    buf_add_char(&out, quote);
    return buf_str(&out);
}

static void add_repr(Buf *out, Value v, unsigned depth);

static void add_list(Buf *out, const List *list, char open, char close, unsigned depth)
{
    buf_add_char(out, open);
    for (size_t i = 0; i < list->values.count && out->len < LIMIT_VALUE_BYTES; i++) {
        if (i)
            buf_add(out, STR(", "));
        add_repr(out, list->values.items[i], depth + 1);
    }
    if (open == '(' && list->values.count == 1)
        buf_add_char(out, ',');
    buf_add_char(out, close);
}

static void add_instance(Buf *out, const Instance *instance, unsigned depth)
{
    const Class *class = instance->class;
    const Value *value = map_get(&instance->attributes, STR("value")), *name = map_get(&instance->attributes, STR("name"));
    const Value *args = map_get(&instance->attributes, STR("args")),
                *fields = class_lookup(class, STR("__fields__"), NULL, NULL);
    if (class->is_enum && value && name) {
        buf_addf(out, "<%.*s.%.*s: ", STR_ARGS(class->name), STR_ARGS(name->text));
        add_repr(out, *value, depth + 1);
        buf_add_char(out, '>');
    } else if (args && is_exception_class(class)) {
        buf_add(out, class->name);
        if (args->list->values.count == 1) {
            buf_add_char(out, '(');
            add_repr(out, args->list->values.items[0], depth + 1);
            buf_add_char(out, ')');
        } else {
            add_repr(out, *args, depth + 1);
        }
    } else if (fields && fields->kind == VALUE_TUPLE) {
        buf_add(out, class->name);
        buf_add_char(out, '(');
        for (size_t i = 0; i < fields->list->values.count; i++) {
            Str field = fields->list->values.items[i].text;
            const Value *item = map_get(&instance->attributes, field);
            buf_addf(out, "%s%.*s=", i ? ", " : "", STR_ARGS(field));
            add_repr(out, item ? *item : VALUE_OF_NONE, depth + 1);
        }
        buf_add_char(out, ')');
    } else if (instance_plain(instance)) {
        add_repr(out, *instance_plain(instance), depth + 1);
    } else {
        buf_addf(out, "<%.*s object>", STR_ARGS(class->name));
    }
}

static const char *module_of_type(const Builtin *type)
{
    static const char *const of_collections[] = {"OrderedDict", "defaultdict", "Counter"};
    if (str_find_char(builtin_name(type), '.', 0) != SIZE_MAX)
        return "";
    for (size_t i = 0; i < sizeof of_collections / sizeof *of_collections; i++)
        if (str_equal(builtin_name(type), str_from(of_collections[i])))
            return "collections.";
    return type->type == VALUE_DECIMAL ? "decimal."
           : type->type == VALUE_UUID  ? "uuid."
           : type->type == VALUE_TIME  ? "datetime."
                                       : "";
}

static void add_builtin(Buf *out, const Builtin *b)
{
    switch ((int)b->kind) {
    case B_TYPE: buf_addf(out, "<class '%s%.*s'>", module_of_type(b), STR_ARGS(builtin_name(b))); break;
    case B_MODULE: buf_addf(out, "<module '%.*s'>", STR_ARGS(builtin_name(b))); break;
    case B_FUNCTION:
    case B_METHOD: buf_addf(out, "<built-in function %.*s>", STR_ARGS(builtin_name(b))); break;
    case B_ELLIPSIS: buf_add(out, STR("Ellipsis")); break;
    case B_NOT_IMPLEMENTED: buf_add(out, STR("NotImplemented")); break;
    case B_RANGE:
        buf_addf(out, b->step == 1 ? "range(%lld, %lld)" : "range(%lld, %lld, %lld)", (long long)b->start,
                 (long long)b->stop, (long long)b->step);
        break;
    default: buf_addf(out, "<%.*s>", STR_ARGS(value_type_name(value_builtin(b)))); break;
    }
}

static void add_dict(Buf *out, const Dict *dict, unsigned depth)
{
    buf_add_char(out, '{');
    for (size_t i = 0; i < dict->items.count && out->len < LIMIT_VALUE_BYTES; i++) {
        if (i)
            buf_add(out, STR(", "));
        add_repr(out, dict->items.items[i].key, depth + 1);
        buf_add(out, STR(": "));
        add_repr(out, dict->items.items[i].value, depth + 1);
    }
    buf_add_char(out, '}');
}

static void add_repr(Buf *out, Value v, unsigned depth)
{
    if (depth > LIMIT_NESTING) {
        buf_add(out, STR("..."));
        return;
    }
    switch (v.kind) {
    case VALUE_NONE: buf_add(out, STR("None")); break;
    case VALUE_BOOL: buf_add(out, v.boolean ? STR("True") : STR("False")); break;
    case VALUE_INT: buf_addf(out, "%lld", (long long)v.integer); break;
    case VALUE_FLOAT: buf_add(out, real_text(out->arena, v.real)); break;
    case VALUE_STR: buf_add(out, text_repr(out->arena, v.text, false)); break;
    case VALUE_BYTES: buf_add(out, text_repr(out->arena, v.text, true)); break;
    case VALUE_LIST:
        buf_addf(out, "%s%s", v.list->view ? v.list->view : "", v.list->view ? "(" : "");
        add_list(out, v.list, '[', ']', depth);
        buf_add(out, v.list->view ? STR(")") : STR_EMPTY);
        break;
    case VALUE_TUPLE: add_list(out, v.list, '(', ')', depth); break;
    case VALUE_SET:
        if (v.list->view) {
            buf_addf(out, "%s(", v.list->view);
            add_list(out, v.list, '[', ']', depth);
            buf_add_char(out, ')');
        } else if (v.list->values.count) {
            add_list(out, v.list, '{', '}', depth);
        } else {
            buf_add(out, STR("set()"));
        }
        break;
    case VALUE_DICT: add_dict(out, v.dict, depth); break;
    case VALUE_FUNCTION: buf_addf(out, "<function %.*s>", STR_ARGS(v.function->info->name)); break;
    case VALUE_CLASS: buf_addf(out, "<%s '%.*s'>", v.class->is_enum ? "enum" : "class", STR_ARGS(v.class->name)); break;
    case VALUE_INSTANCE: add_instance(out, v.instance, depth); break;
    case VALUE_BUILTIN: add_builtin(out, v.builtin); break;
    case VALUE_DECIMAL: buf_addf(out, "Decimal('%.*s')", STR_ARGS(v.text)); break;
    case VALUE_UUID: buf_addf(out, "UUID('%.*s')", STR_ARGS(v.text)); break;
    case VALUE_TIME: buf_add(out, time_text(out->arena, v.time, true)); break;
    case VALUE_HOST: buf_add(out, STR("<object>")); break;
    case VALUE_UNKNOWN: buf_add(out, STR("<unknown>")); break;
    }
}

Str value_repr(Arena *arena, Value v)
{
    Buf out = buf_open(arena);
    add_repr(&out, v, 0);
    return buf_str(&out);
}

Str value_text(Arena *arena, Value v)
{
    // str(Exception(Exception("x"))) is "x".
    for (unsigned i = 0; i < LIMIT_NESTING && v.kind == VALUE_INSTANCE && is_exception_class(v.instance->class); i++) {
        const Value *inner = map_get(&v.instance->attributes, STR("args"));
        if (!inner || inner->kind != VALUE_TUPLE || inner->list->values.count != 1)
            break;
        v = inner->list->values.items[0];
    }
    switch ((int)v.kind) {
    case VALUE_STR:
    case VALUE_DECIMAL:
    case VALUE_UUID: return v.text;
    case VALUE_TIME: return time_text(arena, v.time, false);
    case VALUE_INSTANCE: {
        const Class *class = v.instance->class;
        const Value *name = map_get(&v.instance->attributes, STR("name")),
                    *args = map_get(&v.instance->attributes, STR("args"));
        bool plain = class_has_builtin(class, TYPE_INT_ENUM) || class_has_builtin(class, TYPE_STR_ENUM);
        if (class->is_enum && name && !plain)
            return str_format(arena, "%.*s.%.*s", STR_ARGS(class->name), STR_ARGS(name->text));
        if (args && is_exception_class(class))
            return args->list->values.count
                       ? value_repr(arena, args->list->values.count == 1 ? args->list->values.items[0] : *args)
                       : STR_EMPTY;
        if (instance_plain(v.instance))
            return value_text(arena, *instance_plain(v.instance));
        return value_repr(arena, v);
    }
    default: return value_repr(arena, v);
    }
}

// Whether somewhere inside stands an instance with a __repr__ of its own, or a host's object: then the slow way is taken.
static bool add_repr_full(Interp *in, Span at, Buf *out, Value v, unsigned depth)
{
    Value method, text;
    if (depth > LIMIT_NESTING)   // CPython writes [...] for a list that holds itself
        return interp_refuse(in, at, STR("Write the text in the revision."),
                             "the text of containers more than %d deep inside one another (the limit)", LIMIT_NESTING);
    if (!interp_room(in, at, out->len))
        return false;
    if (v.kind == VALUE_HOST) {
        buf_addf(out, "<%.*s>", STR_ARGS(in->host->name(in->host, in->arena, v.host)));
    } else if (v.kind == VALUE_INSTANCE && instance_method(in, v, STR("__repr__"), &method)) {
        if (!call_positional(in, at, method, 0, NULL, &text))
            return false;
        if (text.kind == VALUE_STR)
            buf_add(out, text.text);
    } else if (v.kind == VALUE_LIST || v.kind == VALUE_TUPLE || (v.kind == VALUE_SET && v.list->values.count)) {
        if (v.list->view)
            buf_addf(out, "%s(", v.list->view);
        buf_add_char(out, v.kind == VALUE_LIST || v.list->view ? '[' : v.kind == VALUE_TUPLE ? '(' : '{');
        for (size_t i = 0; i < v.list->values.count; i++) {
            buf_add(out, i ? STR(", ") : STR_EMPTY);
            if (!add_repr_full(in, at, out, v.list->values.items[i], depth + 1))
                return false;
        }
        buf_add(out, v.list->view                ? STR("])")
                     : v.kind == VALUE_LIST      ? STR("]")
                     : v.kind == VALUE_SET       ? STR("}")
                     : v.list->values.count == 1 ? STR(",)")
                                                 : STR(")"));
    } else if (v.kind == VALUE_DICT) {
        buf_add_char(out, '{');
        for (size_t i = 0; i < v.dict->items.count; i++) {
            buf_add(out, i ? STR(", ") : STR_EMPTY);
            if (!add_repr_full(in, at, out, v.dict->items.items[i].key, depth + 1))
                return false;
            buf_add(out, STR(": "));
            if (!add_repr_full(in, at, out, v.dict->items.items[i].value, depth + 1))
                return false;
        }
        buf_add_char(out, '}');
    } else {
        add_repr(out, v, depth);
    }
    return true;
}

bool to_repr(Interp *in, Span at, Value v, Value *out)
{
    Buf text = buf_open(in->arena);
    if (find_unknown(v, out))
        return true;
    interp_used(in, v);
    if (!add_repr_full(in, at, &text, v, 0))
        return false;
    *out = value_str(buf_str(&text));
    return true;
}

Value value_ascii(Arena *arena, Value v)
{
    if (v.kind != VALUE_STR)
        return v;
    Buf text = buf_open(arena);
    for (size_t at = 0; at < v.text.len;) {
        uint32_t code;
        size_t used = utf8_decode(str_slice(v.text, at, v.text.len), &code);
        if (code < 0x80)
            buf_add_char(&text, (char)code);
        else
            buf_addf(&text, code < 0x100 ? "\\x%02x" : code < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)code);
        at += used ? used : 1;
    }
    return value_str(buf_str(&text));
}

bool to_text(Interp *in, Span at, Value v, Value *out)
{
    Value method;
    Str text;
    interp_used(in, v);
    if (v.kind == VALUE_BUILTIN && v.builtin->kind == B_IGNORED) {   // a logger's level and such
        *out = value_unknown(in->arena, at, STR("the value is known only when the program runs"),
                             STR("Write the value in the revision."));
        return true;
    }
    switch ((int)v.kind) {
    case VALUE_STR: *out = v; return true;
    case VALUE_HOST:
        if (!in->host->text(in->host, in, at, v.host, &text))
            return false;
        *out = value_str(text);
        return true;
    case VALUE_INSTANCE:
        if (instance_method(in, v, STR("__str__"), &method) ||
            (!instance_plain(v.instance) && instance_method(in, v, STR("__repr__"), &method))) {
            if (!call_positional(in, at, method, 0, NULL, out))
                return false;
            if (out->kind != VALUE_STR && out->kind != VALUE_UNKNOWN)
                return interp_raise(in, at, STR("TypeError"), "__str__ returned non-string (type %.*s)",
                                    STR_ARGS(value_type_name(*out)));
            return true;
        }
        if (is_exception_class(v.instance->class)) {
            *out = value_str(exception_text(in, v));
            return true;
        }
        *out = value_str(value_text(in->arena, v));
        return true;
    case VALUE_LIST:
    case VALUE_TUPLE:
    case VALUE_SET:
    case VALUE_DICT:
    case VALUE_UNKNOWN: return to_repr(in, at, v, out);
    default: *out = value_str(value_text(in->arena, v)); return true;
    }
}
