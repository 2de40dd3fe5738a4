// alembic.ini -> Settings: where the revisions are. Keys and defaults as in Alembic 1.19.1, config.py and script/base.py.
#include "revision_int.h"

typedef struct AlembicIni {
    Arena *arena;
    Diag *diag;
    const Ini *ini;
    Settings *settings;
    bool failed;
} AlembicIni;

// Stores a value of the [alembic] section; false when it is absent or empty.
static bool get_option(AlembicIni *from, Str key, IniValue *value)
{
    return ini_get(from->ini, from->diag, STR("alembic"), key, value, &from->failed) && value->text.len;
}

static bool is_option_true(AlembicIni *from, Str key)
{
    IniValue value;
    return get_option(from, key, &value) && str_equal(value.text, STR("true"));
}

// Resolves a folder given as a path or as "package:path"; a package is looked for below the root only.
static bool find_folder(AlembicIni *from, Str key, Str text, Span at, Str *folder)
{
    size_t colon = str_find_char(text, ':', 0);
    if (text.ptr[0] == '/' || colon == SIZE_MAX) {
        *folder = path_of_setting(from->arena, from->settings, text);
        return true;
    }
    Str package = str_replace(from->arena, str_slice(text, 0, colon), STR("."), STR("/"));
    Str rest = str_replace(from->arena, str_slice(text, colon + 1, text.len), STR(":"), STR("/"));
    *folder = path_of_setting(from->arena, from->settings, path_join(from->arena, package, rest));
    if (path_is_dir(*folder))
        return true;
    from->failed = true;
    diag_error(from->diag, at, "\"%.*s\" names a folder of a Python package, which is not below the project's root",
               STR_ARGS(text));
    diag_hint(from->diag, "Waybill imports nothing. Write %.*s as a path, such as %%(here)s/%.*s.", STR_ARGS(key),
              STR_ARGS(rest));
    return false;
}

// Stores the separator of path lists; '\0': Alembic's old splitting on spaces and commas. Its old key speaks of
// version_locations only: with prepend_sys_path nobody reads what stands there.
static bool find_separator(AlembicIni *from, bool of_versions, char *separator)
{
    static const struct {
        const char *name;
        char separator;
    } names[] = {{"space", ' '}, {"newline", '\n'}, {"os", ':'}, {":", ':'}, {";", ';'}};
    Str key = STR("path_separator");
    IniValue value;
    *separator = '\0';
    if (!ini_get(from->ini, from->diag, STR("alembic"), key, &value, &from->failed)) {
        key = STR("version_path_separator");
        if (from->failed || !of_versions || !ini_get(from->ini, from->diag, STR("alembic"), key, &value, &from->failed))
            return !from->failed;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal(value.text, str_from(names[i].name))) {
            *separator = names[i].separator;
            return true;
        }
    from->failed = true;
    diag_error(from->diag, value.at, "%.*s is \"%.*s\", not one of space, newline, os, : and ;", STR_ARGS(key),
               STR_ARGS(value.text));
    if (str_find_char(value.text, '#', 0) != SIZE_MAX || str_find_char(value.text, ';', 0) != SIZE_MAX)
        diag_hint(from->diag, "Behind a value there are no comments in an ini file: Alembic refuses this too.");
    return false;
}

static void read_version_locations(AlembicIni *from)
{
    Settings *settings = from->settings;
    IniValue value;
    char separator;
    if (!get_option(from, STR("version_locations"), &value)) {
        Str versions = path_join(from->arena, settings->script_location, STR("versions"));
        vec_push(from->arena, &settings->version_locations, versions);
        return;
    }
    if (!find_separator(from, true, &separator))
        return;
    Str text = value.text;
    if (!separator)
        text = str_replace(from->arena, text, STR(","), STR(" "));
    for (Str rest = text; rest.len;) {
        Str folder, piece = space_trim(str_cut(&rest, separator ? separator : ' '));
        if (piece.len && find_folder(from, STR("version_locations"), piece, value.at, &folder))
            vec_push(from->arena, &settings->version_locations, folder);
    }
}

// prepend_sys_path: folders that Alembic puts on Python's path. Without path_separator they are cut at spaces, commas and
// colons, as Alembic does.
static void read_import_roots(AlembicIni *from)
{
    StrList prepended = {0};
    IniValue value;
    char separator;
    if (get_option(from, STR("prepend_sys_path"), &value) && find_separator(from, false, &separator)) {
        Str text = value.text;
        if (!separator) {
            text = str_replace(from->arena, text, STR(","), STR(" "));
            text = str_replace(from->arena, text, STR(":"), STR(" "));
        }
        for (Str rest = text; rest.len;) {
            Str piece = space_trim(str_cut(&rest, separator ? separator : ' '));
            if (piece.len)
                vec_push(from->arena, &prepended, path_of_setting(from->arena, from->settings, piece));
        }
    }
    settings_find_import_roots(from->arena, from->settings, &prepended);
}

static void read_slug_length(AlembicIni *from)
{
    IniValue value;
    if (!get_option(from, STR("truncate_slug_length"), &value))
        return;
    size_t length = 0;
    for (size_t i = 0; i < value.text.len; i++) {
        char c = value.text.ptr[i];
        if (c < '0' || c > '9' || length > 100000) {
            from->failed = true;
            diag_error(from->diag, value.at, "truncate_slug_length is \"%.*s\", not a number", STR_ARGS(value.text));
            return;
        }
        length = length * 10 + (size_t)(c - '0');
    }
    from->settings->truncate_slug_length = length ? length : 40;
}

// Flask-Migrate gives script_location in its own code: it is the folder of the ini file.
static bool is_script_folder(const AlembicIni *from)
{
    Str root = from->settings->root;
    return ini_has_section(from->ini, STR("alembic")) && path_exists(path_join(from->arena, root, STR("env.py"))) &&
           path_is_dir(path_join(from->arena, root, STR("versions")));
}

// Stores script_location's folder.
static bool read_script_location(AlembicIni *from)
{
    Settings *settings = from->settings;
    IniValue value;
    if (!get_option(from, STR("script_location"), &value)) {
        if (from->failed)
            return false;
        if (is_script_folder(from)) {
            settings->script_location = settings->root;
            diag_note(from->diag, ini_section_at(from->ini, STR("alembic")),
                      "no script_location: taken to be this file's folder, for env.py and versions/ stand there");
            return true;
        }
        diag_error(from->diag, ini_section_at(from->ini, STR("alembic")),
                   ini_has_section(from->ini, STR("alembic")) ? "section \"alembic\" has no key \"script_location\""
                                                              : "\"%.*s\" has no section \"alembic\"",
                   STR_ARGS(settings->ini_source->name));
        diag_hint(from->diag, "Waybill reads the project's settings from the [alembic] section of an ini file; "
                              "script_location names the folder that holds env.py and versions/.");
        return false;
    }
    if (!find_folder(from, STR("script_location"), value.text, value.at, &settings->script_location))
        return false;
    if (!path_is_dir(settings->script_location)) {
        diag_error(from->diag, value.at, "there is no folder \"%.*s\"", STR_ARGS(settings->script_location));
        return false;
    }
    return true;
}

static bool read_alembic(AlembicIni *from)
{
    Settings *settings = from->settings;
    IniValue value;
    if (!read_script_location(from))
        return false;
    read_version_locations(from);
    read_import_roots(from);
    settings->recursive_locations = is_option_true(from, STR("recursive_version_locations"));
    if (get_option(from, STR("file_template"), &value))
        settings->file_template = value.text;
    if (get_option(from, STR("timezone"), &value))
        settings->timezone = value.text;
    read_slug_length(from);
    if (is_option_true(from, STR("sourceless")))
        diag_warn(from->diag, ini_section_at(from->ini, STR("alembic")),
                  "sourceless is true, but compiled revisions cannot be read; only .py files are");
    return !from->failed;
}

Settings settings_default(Arena *arena, Str root)
{
    Settings settings = {.root = root, .types = map_open(arena), .values = map_open(arena)};
    settings.version_table = STR("alembic_version");
    settings.version_table_pk = true;
    settings.file_template = STR("%(rev)s_%(slug)s");
    settings.timezone = STR_EMPTY;
    settings.truncate_slug_length = 40;
    Str name = path_base(path_absolute(arena, root));
    char *product = str_cstr(arena, name.len ? name : STR("product"));
    for (char *c = product; *c; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || strchr("._-", *c)))
            *c = '-';
    settings.product = str_from(product);
    if (product[0] == '.' || product[0] == '-' || !product[0])
        settings.product = STR("product");
    return settings;
}

const DialectSettings *settings_dialect(const Settings *settings, Str dialect)
{
    for (size_t i = 0; i < settings->dialects.count; i++)
        if (str_equal(settings->dialects.items[i].dialect, dialect))
            return &settings->dialects.items[i];
    return NULL;
}

static const Ini *read_ini(Arena *arena, Diag *diag, Str path, Str name, Str root, const Source **source)
{
    *source = source_read(arena, diag, path, name);
    return *source ? ini_parse(arena, diag, *source, path_absolute(arena, root)) : NULL;
}

bool settings_read(Arena *arena, Diag *diag, Str ini_path, Settings *settings)
{
    Str root = path_parent(ini_path);
    *settings = settings_default(arena, root);
    const Source *source;
    const Ini *ini = read_ini(arena, diag, ini_path, ini_path, root, &source);
    if (!ini)
        return false;
    settings->ini_source = source;
    settings->ini = ini;
    AlembicIni from = {arena, diag, ini, settings, false};
    bool is_good = read_alembic(&from);
    Map taken = map_open(arena);
    is_good = settings_read_waybill(arena, diag, ini, source, &taken, settings) && is_good;
    Str own = path_join(arena, root, STR("waybill.ini"));
    if (str_equal(root, STR(".")))
        own = STR("waybill.ini");
    if (path_exists(own) && !str_equal(path_base(ini_path), STR("waybill.ini"))) {
        const Ini *own_ini = read_ini(arena, diag, own, own, root, &source);
        is_good = own_ini && settings_read_waybill(arena, diag, own_ini, source, &taken, settings) && is_good;
    }
    if (!settings->overrides.len) {
        Str overrides = path_of_setting(arena, settings, STR("overrides"));
        settings->overrides = path_is_dir(overrides) ? overrides : STR_EMPTY;
    }
    if (!is_good)
        return false;
    return settings_read_env(arena, diag, path_join(arena, settings->script_location, STR("env.py")), &taken, settings);
}
