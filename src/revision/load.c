// One revision file -> a Revision with its header read, not linked yet. What Alembic reads from module attributes is read
// from the file's constants here (script/base.py, Script._from_path).
#include "revision_int.h"

static bool is_legacy_name(Str name)
{
    if (!str_ends(name, STR(".py")) || name.len == 3)
        return false;
    for (size_t i = 0; i < name.len - 3; i++)
        if (!((name.ptr[i] >= 'a' && name.ptr[i] <= 'f') || (name.ptr[i] >= '0' && name.ptr[i] <= '9')))
            return false;
    return true;
}

// Texts that the file writes as they are point into it; others come from the tree, which goes.
static Str kept(Arena *arena, const Source *source, Str text)
{
    uintptr_t at = (uintptr_t)text.ptr, start = (uintptr_t)source->text.ptr;
    return at >= start && at < start + source->text.len ? text : str_copy(arena, text);
}

static bool read_id(Arena *arena, Diag *diag, const Module *module, Revision *revision)
{
    Header header = syntax_header(arena, module, STR("revision"), NULL);
    revision->id_at = header.at;
    if (header.kind == HEADER_TEXT) {
        revision->id = kept(arena, revision->source, header.texts.items[0]);
        return true;
    }
    if (header.kind != HEADER_ABSENT)
        return diag_error(diag, header.at, "revision is not a constant text");
    // Alembic 0.1 took the id from the file's name, and Alembic still does.
    Str name = path_base(revision->path);
    revision->id_at = (Span){revision->source, 0, 0};
    if (is_legacy_name(name)) {
        revision->id = str_slice(name, 0, name.len - 3);
        return true;
    }
    diag_error(diag, revision->id_at, "file does not say which revision it is");
    diag_hint(diag, "A revision file has a line such as: revision = \"1ae2bc3d\". Other files belong outside the version "
                    "folders.");
    return false;
}

// What a module of the project says of a name: "shop.labels.BILLING" is BILLING in shop/labels.py.
typedef struct ProjectImports {
    HeaderImports imports;
    const Settings *settings;
    unsigned hops;
} ProjectImports;

static Header find_imported(const HeaderImports *imports, Arena *arena, Str dotted)
{
    enum { HOPS = 8 };
    ProjectImports next = *(const ProjectImports *)imports;
    size_t dot = dotted.len;
    while (dot && dotted.ptr[dot - 1] != '.')
        dot--;
    ModuleFile file;
    if (!dot || ++next.hops > HOPS || !project_module_file(arena, next.settings, str_slice(dotted, 0, dot - 1), &file) ||
        file.is_folder)
        return (Header){0};
    Diag own = diag_open(arena);
    const Source *source = source_read(arena, &own, file.path, file.shown);
    const Module *module = source ? syntax_parse(arena, &own, source) : NULL;
    return module ? syntax_header(arena, module, str_slice(dotted, dot, dotted.len), &next.imports) : (Header){0};
}

// What [waybill.values] says, under REVISION.depends_on and such.
static Header header_of_settings(Arena *arena, const Settings *settings, Str key, Span at)
{
    const Str *text = map_get(&settings->values, key);
    Source *source = arena_new(arena, Source);
    Header header = {.kind = HEADER_OTHER, .at = at};
    if (!text)
        return header;
    source->name = key;
    source->text = str_format(arena, "value = (%.*s)\n", STR_ARGS(*text));
    Diag own = diag_open(arena);
    const Module *module = syntax_parse(arena, &own, source);
    header = module ? syntax_header(arena, module, STR("value"), NULL) : header;
    header.at = at;
    return header;
}

// Reads a text, a list of texts or None into `texts`.
static bool read_names(Arena *arena, Diag *diag, const Settings *settings, const Module *module, Str revision,
                       const char *name, StrList *texts, Span *at)
{
    const ProjectImports imports = {{find_imported}, settings, 0};
    Header header = syntax_header(arena, module, str_from(name), &imports.imports);
    Str key = STR_EMPTY;
    *at = header.at;
    if (header.kind != HEADER_ABSENT && header.kind != HEADER_NONE && header.kind != HEADER_TEXT)
        key = str_format(arena, "%.*s.%s", STR_ARGS(revision), name);
    if (header.kind == HEADER_OTHER)
        header = header_of_settings(arena, settings, key, header.at);
    switch (header.kind) {
    case HEADER_ABSENT:
    case HEADER_NONE: return true;
    case HEADER_TEXT:
    case HEADER_LIST: *texts = header.texts; break;
    case HEADER_BOOL:
    case HEADER_DICT:
    case HEADER_OTHER:
        diag_error(diag, header.at, "%s is neither a constant text, nor a list of texts, nor None", name);
        diag_hint(diag, "Say what it is, in [waybill.values]: %.*s = VALUE", STR_ARGS(key));
        diag_cure(diag, (Cure){.kind = CURE_VALUE, .name = key});
        return false;
    }
    // a lone empty depends_on is none to Alembic: script/revision.py, tuple_rev_as_scalar() and _add_depends_on()
    if (texts->count == 1 && !texts->items[0].len && strcmp(name, "depends_on") == 0)
        texts->count = 0;
    for (size_t i = 0; i < texts->count; i++) {
        if (!texts->items[i].len)
            return diag_error(diag, header.at, "%s holds an empty text", name);
        texts->items[i] = kept(arena, module->source, texts->items[i]);
    }
    return true;
}

static void read_docstring(Revision *revision, Str docstring)
{
    revision->docstring = docstring;
    size_t end = str_find(revision->docstring, STR("\n\n"), 0);
    revision->message = str_slice(revision->docstring, 0, end == SIZE_MAX ? revision->docstring.len : end);
}

static bool read_module(Arena *arena, Diag *diag, const Settings *settings, const Module *module, Revision *revision)
{
    if (!read_id(arena, diag, module, revision))
        return false;
    if (syntax_header(arena, module, STR("down_revision"), NULL).kind == HEADER_ABSENT) {
        diag_error(diag, revision->id_at, "revision \"%.*s\" has no down_revision", STR_ARGS(revision->id));
        diag_hint(diag, "Write down_revision = None for the first revision of a chain.");
        return false;
    }
    if (!read_names(arena, diag, settings, module, revision->id, "down_revision", &revision->down_ids, &revision->down_at) ||
        !read_names(arena, diag, settings, module, revision->id, "depends_on", &revision->depends_ids,
                    &revision->depends_at) ||
        !read_names(arena, diag, settings, module, revision->id, "branch_labels", &revision->labels, &revision->labels_at))
        return false;
    read_docstring(revision, kept(arena, revision->source, space_trim(module->docstring)));
    revision->has_upgrade = syntax_has_function(module, STR("upgrade"), NULL);
    revision->has_downgrade = syntax_has_function(module, STR("downgrade"), NULL);
    return true;
}

// Most files of a long chain are never evaluated: their trees are not kept.
static bool load_python(Arena *arena, Arena *trees, Diag *diag, const Settings *settings, Revision *revision)
{
    ArenaMark mark = arena_mark(trees);
    const Module *module = syntax_parse(trees, diag, revision->source);
    bool done = module && read_module(arena, diag, settings, module, revision);
    if (trees == arena)
        revision->tree = module;
    else
        arena_rewind(trees, mark);
    return done;
}

static bool check_id(Diag *diag, const Revision *revision)
{
    if (!revision->id.len)
        return diag_error(diag, revision->id_at, "revision is an empty text");
    for (size_t i = 0; i < revision->id.len; i++) {
        char c = revision->id.ptr[i];
        if (c == '@' || c == '-' || c == '+' || c == ':') {
            diag_error(diag, revision->id_at, "revision \"%.*s\" has a \"%c\"", STR_ARGS(revision->id), c);
            diag_hint(diag, "The characters @ - + : have a meaning of their own where revisions are named.");
            return false;
        }
        if ((unsigned char)c < ' ' || c == ',' || c == '\'')
            return diag_error(diag, revision->id_at, "revision \"%.*s\" has a character that no version row may hold",
                              STR_ARGS(revision->id));
    }
    return true;
}

bool load_revision(Arena *arena, Arena *trees, Diag *diag, const Settings *settings, const Location *file, Revision **result)
{
    Revision *revision = arena_new(arena, Revision);
    *result = NULL;
    revision->path = file->shown;
    revision->source = source_read(arena, diag, file->path, file->shown);
    if (!revision->source)
        return false;
    bool is_revision = true;
    if (str_ends(file->path, STR(".sql"))) {
        if (!load_sql_revision(arena, diag, revision->source, revision, &is_revision))
            return false;
        if (!is_revision)
            return true;
    } else if (!load_python(arena, trees, diag, settings, revision)) {
        return false;
    }
    *result = revision;
    return check_id(diag, revision);
}

void revision_sha256(const Revision *revision, uint8_t out[32])
{
    sha256(revision->source->text, out);
}

// ---- overrides: hand-written SQL in place of a revision's own ----

// The id as it stands in file names.
static Str file_id(Arena *arena, Str id)
{
    char *name = str_cstr(arena, id);
    for (size_t i = 0; i < id.len; i++)
        if (!((name[i] >= 'a' && name[i] <= 'z') || (name[i] >= 'A' && name[i] <= 'Z') ||
              (name[i] >= '0' && name[i] <= '9') || name[i] == '_' || name[i] == '.'))
            name[i] = '_';
    return (Str){name, id.len};
}

Str override_path(Arena *arena, const Settings *settings, const Revision *revision, Str dialect, bool is_upgrade)
{
    Str folder = settings->overrides;
    if (!folder.len)
        folder = str_equal(settings->root, STR(".")) ? STR("overrides") : path_join(arena, settings->root, STR("overrides"));
    return path_join(arena, folder,
                     str_format(arena, "%.*s.%.*s.%s.sql", STR_ARGS(file_id(arena, revision->id)), STR_ARGS(dialect),
                                is_upgrade ? "up" : "down"));
}

static Revision *find_overridden(Arena *arena, const Graph *graph, Str name)
{
    Revision *exact = map_get(&graph->by_id, name);
    for (size_t i = 0; !exact && i < graph->revisions.count; i++)
        if (str_equal(file_id(arena, graph->revisions.items[i]->id), name))
            exact = revision_mutable(graph->revisions.items[i]);
    return exact;
}

static Str cut_last(Str *name)
{
    size_t dot = name->len;
    while (dot && name->ptr[dot - 1] != '.')
        dot--;
    Str last = str_slice(*name, dot, name->len);
    *name = str_slice(*name, 0, dot ? dot - 1 : 0);
    return last;
}

static bool load_override(Arena *arena, Diag *diag, const Settings *settings, Graph *graph, Str file)
{
    Str path = path_join(arena, settings->overrides, file), rest = str_slice(file, 0, file.len - 4);
    Str direction = cut_last(&rest), dialect = cut_last(&rest);
    Source *source = source_read(arena, diag, path, path_shown(arena, settings, path));
    if (!source)
        return false;
    Span at = {source, 0, 0};
    if ((!str_equal(direction, STR("up")) && !str_equal(direction, STR("down"))) || !dialect_is_known(dialect)) {
        diag_error(diag, at, "name of the override \"%.*s\" is not REVISION.DIALECT.up.sql or .down.sql", STR_ARGS(file));
        diag_hint(diag, "Dialects are postgresql, mysql, mariadb, sqlite, oracle, mssql.");
        return false;
    }
    Revision *revision = find_overridden(arena, graph, rest);
    if (!revision)
        return diag_error(diag, at, "override \"%.*s\" is for a revision that does not exist", STR_ARGS(file));
    size_t bad = utf8_check(source->text);
    if (bad != SIZE_MAX)
        return diag_error(diag, (Span){source, (uint32_t)bad, 1}, "override is not UTF-8");
    Override override = {dialect, str_equal(direction, STR("up")), source->name, source};
    vec_push(arena, &revision->overrides, override);
    return true;
}

bool load_overrides(Arena *arena, Diag *diag, const Settings *settings, Graph *graph)
{
    StrList names = {0};
    if (!settings->overrides.len)
        return true;
    if (!dir_list(arena, diag, settings->overrides, &names))
        return false;
    bool is_good = true;
    for (size_t i = 0; i < names.count; i++)
        if (str_ends(names.items[i], STR(".sql")) && names.items[i].ptr[0] != '.')
            is_good = load_override(arena, diag, settings, graph, names.items[i]) && is_good;
    return is_good;
}
