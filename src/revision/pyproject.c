// pyproject.toml's [tool.alembic] and [tool.waybill] -> sections as an ini file has them, so that settings are read once.
//
// Facts: Alembic 1.19.1 config.py, get_alembic_option() and what calls it: lists of folders are arrays, truth is a boolean,
// %(here)s stands for the file's folder and %% for a per cent sign.
#include "revision_int.h"
#include "toml.h"

typedef struct Conversion {
    Arena *arena;
    Diag *diag;
    Ini *ini;
    Str section;
    bool is_literal;   // a per cent sign is one
} Conversion;

typedef enum Shape { SHAPE_TEXT, SHAPE_FOLDERS, SHAPE_TRUTH, SHAPE_NUMBER, SHAPE_HOOKS } Shape;

static const struct {
    const char *key, *wanted;
    Shape shape;
} known_keys[] = {
    {"script_location", "a text", SHAPE_TEXT},
    {"file_template", "a text", SHAPE_TEXT},
    {"timezone", "a text", SHAPE_TEXT},
    {"version_locations", "an array of texts", SHAPE_FOLDERS},
    {"prepend_sys_path", "an array of texts", SHAPE_FOLDERS},
    {"recursive_version_locations", "true or false", SHAPE_TRUTH},
    {"sourceless", "true or false", SHAPE_TRUTH},
    {"truncate_slug_length", "a whole number", SHAPE_NUMBER},
    {"post_write_hooks", "an array of tables", SHAPE_HOOKS},
};

static bool has_shape(const Toml *value, Shape shape)
{
    TomlKind item = shape == SHAPE_HOOKS ? TOML_TABLE : TOML_TEXT;
    switch (shape) {
    case SHAPE_TEXT: return value->kind == TOML_TEXT;
    case SHAPE_TRUTH: return value->kind == TOML_BOOLEAN;
    case SHAPE_NUMBER: return value->kind == TOML_INTEGER;
    case SHAPE_FOLDERS:
    case SHAPE_HOOKS: break;
    }
    bool is_good = value->kind == TOML_ARRAY;
    for (size_t i = 0; is_good && i < value->items.count; i++)
        is_good = value->items.items[i]->kind == item;
    return is_good;
}

// Stores a value as the text that an ini file would have; false when it would have none.
static bool text_of(const Conversion *c, const Toml *value, Str *text)
{
    StrList lines = {0};
    switch (value->kind) {
    case TOML_TEXT:
    case TOML_INTEGER: *text = value->text; break;
    case TOML_BOOLEAN: *text = value->boolean ? STR("true") : STR("false"); break;
    case TOML_ARRAY:
        for (size_t i = 0; i < value->items.count; i++) {
            const Toml *item = value->items.items[i];
            if (item->kind != TOML_TEXT || str_find_char(item->text, '\n', 0) != SIZE_MAX)
                return false;
            vec_push(c->arena, &lines, item->text);
        }
        *text = strlist_join(c->arena, &lines, STR("\n"));
        break;
    case TOML_OTHER:
    case TOML_TABLE: return false;
    }
    if (c->is_literal)
        *text = str_replace(c->arena, *text, STR("%"), STR("%%"));
    return true;
}

static bool add_value(const Conversion *c, Str key, const Toml *value, Str text)
{
    return ini_add(c->ini, c->diag, c->section, key, value->key_at, (IniValue){text, value->at});
}

static bool read_alembic(Conversion *c, const Toml *table)
{
    bool is_good = true;
    for (MapEntry *e = map_first(&table->fields); e; e = map_next(&table->fields, e)) {
        const Toml *value = e->value;
        for (size_t i = 0; i < sizeof known_keys / sizeof *known_keys; i++) {
            if (!str_equal(e->key, str_from(known_keys[i].key)) || has_shape(value, known_keys[i].shape))
                continue;
            is_good = diag_error(c->diag, value->at.len ? value->at : value->key_at, "%s is %s, not %s", known_keys[i].key,
                                 toml_kind_name(value), known_keys[i].wanted);
            if (known_keys[i].shape == SHAPE_FOLDERS)
                diag_hint(c->diag, "In a pyproject.toml write [\"FOLDER\", \"FOLDER\"], as Alembic asks.");
        }
        Str text;
        if (is_good && text_of(c, value, &text))   // hooks, and what only env.py reads, are nothing to Waybill
            is_good = add_value(c, e->key, value, text);
    }
    return is_good;
}

// Dotted keys and tables inside the table are one: naming_convention.ix.
static bool read_own(Conversion *c, Str prefix, const Toml *table)
{
    bool is_good = true;
    for (MapEntry *e = map_first(&table->fields); e; e = map_next(&table->fields, e)) {
        const Toml *value = e->value;
        Str text, key = prefix.len ? str_format(c->arena, "%.*s.%.*s", STR_ARGS(prefix), STR_ARGS(e->key)) : e->key;
        bool is_section = !prefix.len && str_equal(c->section, STR("waybill")) &&
                          (str_equal(key, STR("types")) || str_equal(key, STR("values")));
        if (is_section && value->kind == TOML_TABLE)
            continue;
        if (value->kind == TOML_TABLE)
            is_good = read_own(c, key, value) && is_good;
        else if (text_of(c, value, &text))
            is_good = add_value(c, key, value, text) && is_good;
        else
            is_good = diag_error(c->diag, value->at, "\"%.*s\" is %s, not a text", STR_ARGS(key), toml_kind_name(value));
    }
    return is_good;
}

static bool read_section(Conversion *c, const char *name, const Toml *table)
{
    if (!table)
        return true;
    if (table->kind != TOML_TABLE)
        return diag_error(c->diag, table->key_at, "\"%.*s\" is %s, not a table", STR_ARGS(str_from(name)),
                          toml_kind_name(table));
    c->section = str_from(name);
    ini_add_section(c->ini, c->section, table->key_at);
    return c->is_literal ? read_own(c, STR_EMPTY, table) : read_alembic(c, table);
}

const Ini *pyproject_parse(Arena *arena, Diag *diag, const Source *source, Str here)
{
    const Toml *top = toml_parse(arena, diag, source);
    if (!top)
        return NULL;
    const Toml *tool = toml_field(top, STR("tool")), *own = toml_field(tool, STR("waybill"));
    Conversion c = {arena, diag, ini_open(arena, source, here), STR_EMPTY, false};
    bool is_good = read_section(&c, "alembic", toml_field(tool, STR("alembic")));
    c.is_literal = true;
    is_good = read_section(&c, "waybill", own) && is_good;
    is_good = read_section(&c, "waybill.types", toml_field(own, STR("types"))) && is_good;
    is_good = read_section(&c, "waybill.values", toml_field(own, STR("values"))) && is_good;
    return is_good ? c.ini : NULL;
}
