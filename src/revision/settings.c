// alembic.ini and pyproject.toml -> Settings: where the revisions are. Keys and defaults as in Alembic 1.19.1, config.py and
// script/base.py; what the ini says wins, key by key.
#include "revision_int.h"

typedef struct AlembicIni {
    Arena *arena;
    Diag *diag;
    Settings *settings;
    bool failed;
} AlembicIni;

static bool get_from(AlembicIni *from, const Ini *ini, Str section, Str key, IniValue *value)
{
    return ini && ini_get(ini, from->diag, section, key, value, &from->failed);
}

static bool get_ini_option(AlembicIni *from, Str key, IniValue *value)
{
    return get_from(from, from->settings->ini, from->settings->ini_section, key, value);
}

// Stores a value of Alembic's; false when it is absent or empty.
static bool get_option(AlembicIni *from, Str key, IniValue *value)
{
    bool is_there = get_ini_option(from, key, value);
    if (!is_there && !from->failed)
        is_there = get_from(from, from->settings->pyproject, STR("alembic"), key, value);
    return is_there && value->text.len;
}

// Where Alembic's keys stand, or would.
static Span section_at(const AlembicIni *from)
{
    const Settings *settings = from->settings;
    Span at = settings->ini ? ini_section_at(settings->ini, settings->ini_section) : SPAN_NONE;
    return at.source || !settings->pyproject ? at : ini_section_at(settings->pyproject, STR("alembic"));
}

static bool is_option_true(AlembicIni *from, Str key)
{
    IniValue value;
    return get_option(from, key, &value) && str_equal(value.text, STR("true"));
}

// Resolves a folder given as a path or as "package:path".
static bool find_folder(AlembicIni *from, Str key, Str text, Span at, Str *folder)
{
    size_t colon = str_find_char(text, ':', 0);
    if (text.ptr[0] == '/' || colon == SIZE_MAX) {
        *folder = path_of_setting(from->arena, from->settings, text);
        return true;
    }
    Str package = str_replace(from->arena, str_slice(text, 0, colon), STR("."), STR("/"));
    Str rest = str_replace(from->arena, str_slice(text, colon + 1, text.len), STR(":"), STR("/"));
    Str relative = path_join(from->arena, package, rest);
    *folder = path_of_setting(from->arena, from->settings, relative);
    if (path_is_dir(*folder) || settings_find_package_folder(from->arena, from->settings, relative, folder))
        return true;
    from->failed = true;
    diag_error(from->diag, at, "\"%.*s\" names a folder of a Python package, and the project has no \"%.*s\"",
               STR_ARGS(text), STR_ARGS(relative));
    diag_hint(from->diag, "Waybill imports nothing. Write %.*s as a path, such as %%(here)s/FOLDER.", STR_ARGS(key));
    return false;
}

// Stores the separator of path lists; '\0': Alembic's old splitting on spaces and commas. Its old key speaks of
// version_locations only: with prepend_sys_path nobody reads what stands there.
static bool find_separator(AlembicIni *from, const IniValue *list, bool of_versions, char *separator)
{
    static const struct {
        const char *name;
        char separator;
    } names[] = {{"space", ' '}, {"newline", '\n'}, {"os", ':'}, {":", ':'}, {";", ';'}};
    Str key = STR("path_separator");
    IniValue value;
    *separator = '\n';
    if (str_equal(path_base(list->at.source->name), STR("pyproject.toml")))
        return true;   // there it is an array
    *separator = '\0';
    if (!get_ini_option(from, key, &value)) {
        key = STR("version_path_separator");
        if (from->failed || !of_versions || !get_ini_option(from, key, &value))
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
    if (!find_separator(from, &value, true, &separator))
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
    if (get_option(from, STR("prepend_sys_path"), &value) && find_separator(from, &value, false, &separator)) {
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
    const Settings *settings = from->settings;
    return settings->ini && ini_has_section(settings->ini, settings->ini_section) &&
           path_exists(path_join(from->arena, settings->root, STR("env.py"))) &&
           path_is_dir(path_join(from->arena, settings->root, STR("versions")));
}

static bool refuse_without_location(AlembicIni *from)
{
    const Settings *settings = from->settings;
    const Ini *ini = settings->ini ? settings->ini : settings->pyproject;
    Str section = settings->ini ? settings->ini_section : STR("tool.alembic");
    if (!ini_has_section(ini, settings->ini_section))
        diag_error(from->diag, SPAN_NONE, "\"%.*s\" has no section \"%.*s\"", STR_ARGS(settings->source->name),
                   STR_ARGS(section));
    else
        diag_error(from->diag, section_at(from), "section \"%.*s\" has no key \"script_location\"", STR_ARGS(section));
    StrList names = {0}, found = {0};
    IniValue value;
    if (settings->ini)
        ini_sections(settings->ini, &names);
    for (size_t i = 0; i < names.count; i++)
        if (get_from(from, settings->ini, names.items[i], STR("script_location"), &value))
            vec_push(from->arena, &found, names.items[i]);
    if (found.count)
        diag_hint(from->diag, "It has script_location in %s %.*s: choose one with -n SECTION.",
                  found.count > 1 ? "the sections" : "section", STR_ARGS(strlist_join(from->arena, &found, STR(", "))));
    else
        diag_hint(from->diag,
                  "Waybill reads the project's settings from the [%.*s] section of an ini file, or from "
                  "[tool.alembic] of a pyproject.toml; script_location names the folder that holds env.py and "
                  "versions/.",
                  STR_ARGS(settings->ini_section));
    return false;
}

// Stores script_location's folder.
static bool read_script_location(AlembicIni *from)
{
    Settings *settings = from->settings;
    IniValue value;
    if (!get_option(from, STR("script_location"), &value)) {
        if (from->failed)
            return false;
        if (!is_script_folder(from))
            return refuse_without_location(from);
        settings->script_location = settings->root;
        diag_note(from->diag, section_at(from),
                  "no script_location: taken to be this file's folder, for env.py and versions/ stand there");
        return true;
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
        diag_warn(from->diag, section_at(from),
                  "sourceless is true, but compiled revisions cannot be read; only .py files are");
    return !from->failed;
}

Settings settings_default(Arena *arena, Str root)
{
    Settings settings = {.root = root, .ini_section = STR("alembic"), .types = map_open(arena), .values = map_open(arena)};
    settings.version_table = STR("alembic_version");
    settings.version_num_length = 32;
    settings.mariadb_name = STR("mysql");
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

typedef const Ini *IniReader(Arena *arena, Diag *diag, const Source *source, Str here);

static const Ini *read_plain(Arena *arena, Diag *diag, const Source *source, Str here)
{
    return ini_parse(arena, diag, source, here);
}

// Reads one file of settings, [waybill] included.
static const Ini *read_file(Arena *arena, Diag *diag, IniReader *reader, Str path, Map *taken, Settings *settings)
{
    const Source *source = source_read(arena, diag, path, path);
    const Ini *ini = source ? reader(arena, diag, source, path_absolute(arena, path_parent(path))) : NULL;
    settings->source = settings->source ? settings->source : source;
    return ini && settings_read_waybill(arena, diag, ini, source, taken, settings) ? ini : NULL;
}

// What SQLAlchemy calls MariaDB by the project's URL: a mysql:// one, as most have it, says "mysql". One that cannot be
// interpolated says nothing.
static void read_url_name(Arena *arena, const Map *taken, Settings *settings)
{
    Diag own = diag_open(arena);
    IniValue url;
    bool failed = false, is_said = map_get(taken, STR("waybill\nname.mariadb")) != NULL;
    if (!is_said && settings->ini &&
        ini_get(settings->ini, &own, settings->ini_section, STR("sqlalchemy.url"), &url, &failed) &&
        str_starts(url.text, STR("mariadb")))
        settings->mariadb_name = STR("mariadb");
}

static bool read_section_name(Diag *diag, const ProjectPlace *place, Settings *settings)
{
    if (!place->section.len)
        return true;
    settings->ini_section = place->section;
    if (settings->ini && ini_has_section(settings->ini, place->section))
        return true;
    diag_error(diag, SPAN_NONE, "\"%.*s\" has no section \"%.*s\"", STR_ARGS(settings->source->name),
               STR_ARGS(place->section));
    diag_hint(diag, "-n names the section of the ini file that holds script_location and such.");
    return false;
}

bool settings_read(Arena *arena, Diag *diag, const ProjectPlace *place, Settings *settings)
{
    Str root = path_parent(place->ini.len ? place->ini : place->pyproject);
    *settings = settings_default(arena, root);
    Map taken = map_open(arena);
    if (place->ini.len)
        settings->ini = read_file(arena, diag, read_plain, place->ini, &taken, settings);
    bool is_good = settings->ini || !place->ini.len;
    if (place->pyproject.len) {
        settings->pyproject = read_file(arena, diag, pyproject_parse, place->pyproject, &taken, settings);
        is_good = settings->pyproject && is_good;
    }
    is_good = is_good && read_section_name(diag, place, settings);
    AlembicIni from = {arena, diag, settings, false};
    is_good = is_good && read_alembic(&from);
    Str own = str_equal(root, STR(".")) ? STR("waybill.ini") : path_join(arena, root, STR("waybill.ini"));
    if (path_exists(own) && !str_equal(path_base(place->ini), STR("waybill.ini")))
        is_good = read_file(arena, diag, read_plain, own, &taken, settings) && is_good;
    if (!settings->overrides.len) {
        Str overrides = path_of_setting(arena, settings, STR("overrides"));
        settings->overrides = path_is_dir(overrides) ? overrides : STR_EMPTY;
    }
    read_url_name(arena, &taken, settings);
    if (!is_good)
        return false;
    return settings_read_env(arena, diag, path_join(arena, settings->script_location, STR("env.py")), &taken, settings);
}
