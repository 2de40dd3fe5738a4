// Column types: names, defaults, variants.
#include "waybill/schema.h"

static const struct {
    const char *name, *module;
    TypeFamily family;
} types[] = {
#define TYPE(kind, name, module, family) [TYPE_##kind] = {name, module, FAMILY_##family},
#include "type.def"
#undef TYPE
};

const char *type_name(TypeKind kind)
{
    return types[kind].name;
}

Str type_full_name(Arena *arena, TypeKind kind)
{
    bool is_own = types[kind].module[0] != '\0';
    return str_format(arena, "sqlalchemy.%s%s%s%s", is_own ? "dialects." : "", types[kind].module, is_own ? "." : "",
                      types[kind].name);
}

TypeFamily type_family(const Type *type)
{
    return type ? types[type->kind].family : FAMILY_NONE;
}

Type *type_new(Arena *arena, TypeKind kind)
{
    Type *type = arena_new(arena, Type);
    *type = (Type){.kind = kind,
                   .length = -1,
                   .precision = -1,
                   .scale = -1,
                   .native_enum = true,
                   .create_type = true,
                   .native_uuid = true,
                   .dimensions = 1};
    return type;
}

bool type_is_in(TypeKind kind, const char *module)
{
    return strcmp(types[kind].module, module) == 0;
}

const Type *type_for(const Type *type, Str dialect)
{
    for (size_t i = 0; type && i < type->variants.count; i++)
        if (str_equal(type->variants.items[i].dialect, dialect))
            return type_for(type->variants.items[i].type, dialect);
    return type;
}

bool type_equal(const Type *a, const Type *b)
{
    if (a == b)
        return true;
    if (!a || !b || a->kind != b->kind || a->length != b->length || a->precision != b->precision || a->scale != b->scale ||
        a->timezone != b->timezone || a->unsigned_ != b->unsigned_ || a->varying != b->varying ||
        !str_equal(a->collation, b->collation) || !str_equal(a->name, b->name) || !str_equal(a->schema, b->schema) ||
        !str_equal(a->raw, b->raw) || a->labels.count != b->labels.count || a->dimensions != b->dimensions)
        return false;
    for (size_t i = 0; i < a->labels.count; i++)
        if (!str_equal(a->labels.items[i], b->labels.items[i]))
            return false;
    return type_equal(a->element, b->element);
}
