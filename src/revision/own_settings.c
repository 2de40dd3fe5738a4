// Waybill's own settings: [waybill], [waybill.types] and [waybill.values], in alembic.ini, in waybill.ini beside it, or as
// [tool.waybill] in pyproject.toml.
#include "revision_int.h"

static const char *const dialects[] = {"postgresql", "mysql", "mariadb", "sqlite", "oracle", "mssql"};
enum { DIALECTS = sizeof dialects / sizeof *dialects };
static const char known_dialects[] = "postgresql, mysql, mariadb, sqlite, oracle, mssql";
static const char known_keys[] =
    "product, dialects, version_table, version_table_schema, version_num_length, transaction, "
    "beside, adopt.TABLE, naming_convention.{ix,uq,ck,fk,pk}, templates, overrides, baseline, now, "
    "seed_uuid, name.mariadb, search_path.postgresql, schema.DIALECT, database.DIALECT, owner.DIALECT, client.DIALECT";

typedef struct Own {
    Arena *arena;
    Diag *diag;
    Settings *settings;
    Str key, text;
    Span key_at, at;
} Own;

bool dialect_is_known(Str dialect)
{
    for (size_t i = 0; i < DIALECTS; i++)
        if (str_equal(dialect, str_from(dialects[i])))
            return true;
    return false;
}

DialectSettings *settings_dialect_entry(Arena *arena, Settings *settings, Str dialect)
{
    for (size_t i = 0; i < settings->dialects.count; i++)
        if (str_equal(settings->dialects.items[i].dialect, dialect))
            return &settings->dialects.items[i];
    DialectSettings entry = {.dialect = dialect};
    vec_push(arena, &settings->dialects, entry);
    return &settings->dialects.items[settings->dialects.count - 1];
}

static bool is_version(Str text)
{
    bool was_digit = false;
    for (size_t i = 0; i < text.len; i++) {
        bool is_digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        if (!is_digit && !(text.ptr[i] == '.' && was_digit))
            return false;
        was_digit = is_digit;
    }
    return was_digit;
}

static bool read_dialects(Own *own)
{
    // Listed ones come first and in the order of the list, whatever schema.D and such have said before.
    char *text = str_cstr(own->arena, own->text);
    for (char *c = text; *c; c++)
        if (*c == ',' || *c == '\n' || *c == '\t')
            *c = ' ';
    size_t listed = 0;
    for (Str rest = {text, own->text.len}; rest.len;) {
        Str piece = str_cut(&rest, ' ');
        if (!piece.len)
            continue;
        Str minimum = piece, dialect = str_cut(&minimum, ':');
        if (!dialect_is_known(dialect)) {
            diag_error(own->diag, own->at, "unknown dialect \"%.*s\"", STR_ARGS(dialect));
            diag_hint(own->diag, "Dialects are %s.", known_dialects);
            return false;
        }
        if (str_find_char(piece, ':', 0) != SIZE_MAX && !is_version(minimum))
            return diag_error(own->diag, own->at, "minimum version \"%.*s\" of dialect \"%.*s\" is not a version number",
                              STR_ARGS(minimum), STR_ARGS(dialect));
        DialectSettings *entry = settings_dialect_entry(own->arena, own->settings, dialect);
        if (entry->is_listed)
            return diag_error(own->diag, own->at, "dialect \"%.*s\" is listed twice", STR_ARGS(dialect));
        entry->is_listed = true;
        entry->minimum = minimum;
        DialectSettings moved = *entry;
        size_t at = (size_t)(entry - own->settings->dialects.items);
        memmove(own->settings->dialects.items + listed + 1, own->settings->dialects.items + listed,
                (at - listed) * sizeof moved);
        own->settings->dialects.items[listed++] = moved;
    }
    return true;
}

static bool read_folder(Own *own, Str *folder)
{
    *folder = path_of_setting(own->arena, own->settings, own->text);
    return path_is_dir(*folder) || diag_error(own->diag, own->at, "there is no folder \"%.*s\"", STR_ARGS(*folder));
}

static bool read_beside(Own *own)
{
    if (!str_equal(own->text, STR("yes")) && !str_equal(own->text, STR("no")))
        return diag_error(own->diag, own->at, "beside is \"%.*s\", neither \"yes\" nor \"no\"", STR_ARGS(own->text));
    own->settings->beside = str_equal(own->text, STR("yes"));
    return true;
}

static bool read_transaction(Own *own)
{
    if (!str_equal(own->text, STR("script")) && !str_equal(own->text, STR("step")))
        return diag_error(own->diag, own->at, "transaction is \"%.*s\", neither \"script\" nor \"step\"",
                          STR_ARGS(own->text));
    own->settings->transaction_per_step = str_equal(own->text, STR("step"));
    return true;
}

static bool read_product(Own *own)
{
    for (size_t i = 0; i < own->text.len; i++) {
        char c = own->text.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (i && strchr("._-", c))))
            return diag_error(own->diag, own->at,
                              "product may have only letters, digits, \".\", \"_\" and \"-\", and begins "
                              "with a letter or digit");
    }
    own->settings->product = own->text;
    return true;
}

static bool read_version_length(Own *own)
{
    enum { MOST = 4000 };   // what VARCHAR2 holds
    size_t length = 0;
    for (size_t i = 0; i < own->text.len && length <= MOST; i++) {
        char c = own->text.ptr[i];
        length = c >= '0' && c <= '9' ? length * 10 + (size_t)(c - '0') : MOST + 1;
    }
    own->settings->version_num_length = length;
    return (length && length <= MOST) ||
           diag_error(own->diag, own->at, "version_num_length is \"%.*s\", no number of characters from 1 to %d",
                      STR_ARGS(own->text), MOST);
}

static bool read_now(Own *own)
{
    own->settings->has_now = true;
    return rfc3339_parse(own->text, &own->settings->now_s) ||
           diag_error(own->diag, own->at, "now is \"%.*s\", no time of the form 2026-11-23T01:00:00Z", STR_ARGS(own->text));
}

static bool report_unknown(Own *own)
{
    diag_error(own->diag, own->key_at, "unknown key \"%.*s\"", STR_ARGS(own->key));
    diag_hint(own->diag, "Keys of [waybill] are %s.", known_keys);
    return false;
}

static bool read_adopt(Own *own, Str table)
{
    if (!str_equal(own->text, STR("yes")) && !str_equal(own->text, STR("no")))
        return diag_error(own->diag, own->at, "%.*s is \"%.*s\", neither \"yes\" nor \"no\"", STR_ARGS(own->key),
                          STR_ARGS(own->text));
    if (str_equal(own->text, STR("yes")))
        vec_push(own->arena, &own->settings->adopt, table);
    return true;
}

// What SQLAlchemy calls MariaDB follows from the URL, which the ini may not hold.
static bool read_name(Own *own, Str dialect)
{
    if (!str_equal(dialect, STR("mariadb")))
        return report_unknown(own);
    own->settings->mariadb_name = own->text;
    return str_equal(own->text, STR("mysql")) || str_equal(own->text, STR("mariadb")) ||
           diag_error(own->diag, own->at, "name.mariadb is \"%.*s\", neither \"mysql\" nor \"mariadb\"",
                      STR_ARGS(own->text));
}

// Schemas whose things, extensions' mostly, go by their bare names: search_path.postgresql = extensions, audit
static bool read_search_path(Own *own, Str dialect)
{
    if (!str_equal(dialect, STR("postgresql")))
        return report_unknown(own);
    DialectSettings *entry = settings_dialect_entry(own->arena, own->settings, dialect);
    for (Str rest = own->text; rest.len;) {
        Str name = str_trim(str_cut(&rest, ','));
        if (!name.len || strpbrk(str_cstr(own->arena, name), "\"'$") || str_starts(name, STR("pg_")))
            return diag_error(own->diag, own->at, "%.*s is \"%.*s\", no list of schemas: public, extensions",
                              STR_ARGS(own->key), STR_ARGS(own->text));
        vec_push(own->arena, &entry->search_path, name);
    }
    return true;
}

// Keys of two parts: naming_convention.ix, schema.postgresql, adopt.users.
static bool read_dotted(Own *own)
{
    Settings *settings = own->settings;
    Str last = own->key, first = str_cut(&last, '.');
    const struct {
        Str name;
        Str *field;
    } conventions[] = {{STR("ix"), &settings->naming.ix},
                       {STR("uq"), &settings->naming.uq},
                       {STR("ck"), &settings->naming.ck},
                       {STR("fk"), &settings->naming.fk},
                       {STR("pk"), &settings->naming.pk}};
    if (str_equal(first, STR("naming_convention"))) {
        for (size_t i = 0; i < sizeof conventions / sizeof *conventions; i++)
            if (str_equal(last, conventions[i].name)) {
                *conventions[i].field = own->text;
                return true;
            }
        return report_unknown(own);
    }
    if (str_equal(first, STR("adopt")) && last.len)
        return read_adopt(own, last);
    if (str_equal(first, STR("name")))
        return read_name(own, last);
    if (str_equal(first, STR("search_path")))
        return read_search_path(own, last);
    static const char *const per_dialect[] = {"schema", "database", "owner", "client"};
    for (size_t i = 0; i < 4; i++) {
        if (!str_equal(first, str_from(per_dialect[i])))
            continue;
        if (!dialect_is_known(last)) {
            diag_error(own->diag, own->key_at, "unknown dialect \"%.*s\"", STR_ARGS(last));
            diag_hint(own->diag, "Dialects are %s.", known_dialects);
            return false;
        }
        if (i == 0 && str_find_char(own->text, ',', 0) != SIZE_MAX) {
            diag_error(own->diag, own->at, "%.*s is \"%.*s\", not the name of one schema", STR_ARGS(own->key),
                       STR_ARGS(own->text));
            diag_hint(own->diag, "Schemas that are looked in behind it: search_path.postgresql = SCHEMA, SCHEMA");
            return false;
        }
        DialectSettings *entry = settings_dialect_entry(own->arena, settings, last);
        Str *fields[] = {&entry->schema, &entry->database, &entry->owner, &entry->client};
        *fields[i] = own->text;
        return true;
    }
    return report_unknown(own);
}

static bool read_key(Own *own)
{
    Settings *settings = own->settings;
    Str key = own->key;
    if (!own->text.len)
        return diag_error(own->diag, own->key_at, "key \"%.*s\" has no value", STR_ARGS(key));
    if (str_equal(key, STR("product")))
        return read_product(own);
    if (str_equal(key, STR("dialects")))
        return read_dialects(own);
    if (str_equal(key, STR("transaction")))
        return read_transaction(own);
    if (str_equal(key, STR("beside")))
        return read_beside(own);
    if (str_equal(key, STR("version_num_length")))
        return read_version_length(own);
    if (str_equal(key, STR("now")))
        return read_now(own);
    if (str_equal(key, STR("baseline"))) {
        settings->baseline = path_of_setting(own->arena, settings, own->text);
        return path_exists(settings->baseline) ||
               diag_error(own->diag, own->at, "there is no file \"%.*s\"", STR_ARGS(settings->baseline));
    }
    if (str_equal(key, STR("templates")))
        return read_folder(own, &settings->templates);
    if (str_equal(key, STR("overrides")))
        return read_folder(own, &settings->overrides);
    if (str_find_char(key, '.', 0) != SIZE_MAX)
        return read_dotted(own);
    if (str_equal(key, STR("version_table")))
        settings->version_table = own->text;
    else if (str_equal(key, STR("version_table_schema")))
        settings->version_table_schema = own->text;
    else if (str_equal(key, STR("seed_uuid")))
        settings->uuid_seed = own->text;
    else
        return report_unknown(own);
    return true;
}

static bool read_section(Arena *arena, Diag *diag, const Ini *ini, Map *taken, Settings *settings, Str section)
{
    StrList keys = {0};
    ini_keys(ini, section, &keys);
    bool is_good = true, failed = false;
    for (size_t i = 0; i < keys.count; i++) {
        IniValue value;
        Span key_at;
        Str written = ini_written_key(ini, section, keys.items[i], &key_at);
        if (!ini_get(ini, diag, section, keys.items[i], &value, &failed)) {
            is_good = false;
            continue;
        }
        Str mark = str_format(arena, "%.*s\n%.*s", STR_ARGS(section), STR_ARGS(keys.items[i]));
        const Span *other = map_get(taken, mark);
        if (other) {
            is_good = diag_error(diag, key_at, "key \"%.*s\" is set in two files", STR_ARGS(written));
            diag_note(diag, *other, "first here");
            continue;
        }
        Span *place = arena_new(arena, Span);
        *place = key_at;
        map_put(taken, mark, place);
        if (str_equal(section, STR("waybill"))) {
            Own own = {arena, diag, settings, keys.items[i], value.text, key_at, value.at};
            is_good = read_key(&own) && is_good;
            continue;
        }
        Str *text = arena_new(arena, Str);
        *text = value.text;
        bool is_type = str_equal(section, STR("waybill.types"));
        if (!text->len)
            is_good = diag_error(diag, key_at, "%s \"%.*s\" is given nothing", is_type ? "type" : "value",
                                 STR_ARGS(written));
        else
            map_put(is_type ? &settings->types : &settings->values, written, text);
    }
    return is_good;
}

bool settings_read_waybill(Arena *arena, Diag *diag, const Ini *ini, const Source *source, Map *taken, Settings *settings)
{
    StrList sections = {0};
    ini_sections(ini, &sections);
    bool is_good = true, is_own = str_equal(path_base(source->name), STR("waybill.ini")) && source != settings->source;
    for (size_t i = 0; i < sections.count; i++) {
        Str name = sections.items[i];
        if (str_equal(name, STR("waybill")) || str_equal(name, STR("waybill.types")) ||
            str_equal(name, STR("waybill.values"))) {
            is_good = read_section(arena, diag, ini, taken, settings, name) && is_good;
        } else if (is_own || str_starts(name, STR("waybill"))) {
            is_good = diag_error(diag, ini_section_at(ini, name), "unknown section \"%.*s\"", STR_ARGS(name));
            diag_hint(diag, "Waybill's sections are [waybill], [waybill.types] and [waybill.values].");
        }
    }
    return is_good;
}
