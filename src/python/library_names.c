// What attributes CPython's own objects have, whether the evaluator knows them or not: a name that is there is never said to
// raise. The names come from CPython itself (mk/library_names.py).
#include "python_int.h"

static const struct {
    const char *module, *type, *names;
} rows[] = {
#define NAMES(module, type, names) {module, type, names},
#include "library_names.def"
#undef NAMES
};
enum { ROWS = sizeof rows / sizeof *rows };

static bool has_word(const char *names, Str word)
{
    for (Str rest = str_from(names); rest.len;)
        if (str_equal(str_cut(&rest, ' '), word))
            return true;
    return false;
}

// The type's own name; "datetime.datetime" is it as well.
static Str last_part(Str dotted)
{
    size_t at = dotted.len;
    while (at && dotted.ptr[at - 1] != '.')
        at--;
    return str_slice(dotted, at, dotted.len);
}

static const char *module_of(Str type)
{
    for (size_t i = 0; i < ROWS; i++)
        if (str_equal(type, str_from(rows[i].type)))
            return rows[i].module;
    return "";
}

static bool type_has(Str type, Str name)
{
    for (size_t i = 0; i < ROWS; i++)
        if (str_equal(type, str_from(rows[i].type)) && has_word(rows[i].names, name))
            return true;
    return false;
}

static bool any_has(Str name)
{
    for (size_t i = 0; i < ROWS; i++)
        if (has_word(rows[i].names, name))
            return true;
    return false;
}

bool is_builtin_name(Str name)
{
    return type_has(STR_EMPTY, name);
}

static bool is_ours(const Interp *in, const Class *class)
{
    return in->files && class->at.source == in->files->source;
}

// What a class of a file has besides what it says itself.
static bool class_has(const Interp *in, const Class *class, Str name)
{
    if (type_has(STR("object"), name) ||
        has_word("__module__ __weakref__ __annotations__ __slots__ __match_args__ __replace__ __firstlineno__ "
                 "__static_attributes__",
                 name) ||
        (is_exception_class(class) && type_has(STR("BaseException"), name)) ||
        (class->is_enum && type_has(STR("Enum"), name)) || (is_ours(in, class) && type_has(class->name, name)))
        return true;
    for (size_t i = 0; i < class->bases.count; i++) {
        Value base = class->bases.items[i];
        if (base.kind == VALUE_CLASS ? class_has(in, base.class, name)
                                     : base.kind == VALUE_BUILTIN && type_has(last_part(builtin_name(base.builtin)), name))
            return true;
    }
    // a named tuple
    const Value *fields = class_attribute(class, STR("_fields"));
    for (size_t i = 0; fields && fields->kind == VALUE_TUPLE && i < fields->list->values.count; i++)
        if (value_is_str(fields->list->values.items[i]) && str_equal(fields->list->values.items[i].text, name))
            return true;
    return fields && (type_has(STR("tuple"), name) || has_word("_asdict _replace _make _field_defaults", name));
}

static bool builtin_has(const Builtin *b, Str name)
{
    if (b->kind == B_MODULE)   // its names are its own affair
        return str_starts(name, STR("__"));
    if (b->kind == B_TYPE)
        return type_has(last_part(builtin_name(b)), name) || type_has(STR("type"), name) || type_has(STR("object"), name);
    return any_has(name) || str_starts(name, STR("__"));
}

bool library_has(const Interp *in, Value object, Str name)
{
    switch ((int)object.kind) {
    case VALUE_INSTANCE: return class_has(in, object.instance->class, name);
    case VALUE_CLASS:
        return class_has(in, object.class, name) || type_has(STR("type"), name) ||
               (object.class->is_enum && type_has(STR("EnumType"), name));
    case VALUE_BUILTIN: return builtin_has(object.builtin, name);
    case VALUE_SET: return type_has(STR("set"), name) || type_has(STR("frozenset"), name);
    case VALUE_DICT:   // the collections module's are dicts too
        return type_has(STR("dict"), name) || type_has(STR("OrderedDict"), name) || type_has(STR("Counter"), name) ||
               type_has(STR("defaultdict"), name);
    case VALUE_LIST:   // a deque and a dict's view are lists too
        return type_has(STR("list"), name) || type_has(STR("deque"), name) || type_has(STR("dict_items"), name);
    default: return type_has(last_part(value_type_name(object)), name);
    }
}

Str library_full_name(const Interp *in, Value object, Str name)
{
    bool is_type = object.kind == VALUE_BUILTIN && object.builtin->kind == B_TYPE;
    if (!is_type && !(object.kind == VALUE_CLASS && is_ours(in, object.class)))
        return STR_EMPTY;
    Str type = is_type ? last_part(builtin_name(object.builtin)) : object.class->name;
    const char *module = module_of(type);
    return !*module || strcmp(module, "builtins") == 0
               ? STR_EMPTY
               : str_format(in->arena, "%s.%.*s.%.*s", module, STR_ARGS(type), STR_ARGS(name));
}
