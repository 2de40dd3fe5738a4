// The naming convention of the metadata that env.py hands over, wherever the project makes it: names are followed from file
// to file as they are written, through SQLAlchemy's, SQLModel's and Flask-SQLAlchemy's ways to make one. Nothing is
// evaluated.
#include "revision_int.h"

enum {
    MOST_STEPS = 200,     // names that stand for names
    MOST_MODULES = 300,   // that are looked at for what changes the metadata afterwards
    MOST_FILES = 4000,    // that are searched for Flask-SQLAlchemy's object
    MOST_DEPTH = 12,
};

typedef struct Place {
    const Module *module;
    ImportList imports;
} Place;

typedef enum Found {
    FOUND_CONVENTION,
    FOUND_NONE,      // metadata without one
    FOUND_NOTHING,   // it cannot be followed: Search.why
} Found;

typedef struct Search {
    SaidImports imports;   // first: names in a convention are followed through it
    Arena *arena;
    const Settings *settings;
    Map places;      // dotted name -> Place *
    Map by_source;   // a module's file -> Place *
    unsigned steps;
    Str why;
    StrList convention;
} Search;

static Found find_name(Search *s, const Place *place, Str dotted);
static Found find_value(Search *s, const Place *place, Said said);
static Found find_call(Search *s, const Place *place, Said call, Str rest);

static Found give_up(Search *s, const char *format, Str what)
{
    if (!s->why.len)
        s->why = str_format(s->arena, "\"%.*s\" %s", STR_ARGS(what), format);
    return FOUND_NOTHING;
}

static Str joined(Search *s, Str first, Str rest)
{
    return rest.len ? str_format(s->arena, "%.*s.%.*s", STR_ARGS(first), STR_ARGS(rest)) : first;
}

static Str last_part(Str dotted)
{
    size_t dot = dotted.len;
    while (dot && dotted.ptr[dot - 1] != '.')
        dot--;
    return str_slice(dotted, dot, dotted.len);
}

// ---- modules ----

static Place *place_of(Search *s, const Module *module, Str name, bool is_package)
{
    Place *place = arena_new(s->arena, Place);
    place->module = module;
    syntax_imports(s->arena, module, name, is_package, &place->imports);
    map_put(&s->by_source, module->source->name, place);
    return place;
}

static const Place *open_place(Search *s, Str name)
{
    Place *known = map_get(&s->places, name);
    ModuleFile file;
    if (known || !project_module_file(s->arena, s->settings, name, &file) || file.is_folder)
        return known;
    Diag own = diag_open(s->arena);
    const Source *source = source_read(s->arena, &own, file.path, file.shown);
    const Module *module = source ? syntax_parse(s->arena, &own, source) : NULL;
    if (!module)
        return NULL;
    known = place_of(s, module, name, file.is_package);
    map_put(&s->places, name, known);
    return known;
}

// The project's module that the longest beginning of a dotted name means; what follows goes to *rest.
static const Place *split_module(Search *s, Str dotted, Str *rest)
{
    for (size_t end = dotted.len; end; end--) {
        if (end != dotted.len && dotted.ptr[end] != '.')
            continue;
        const Place *place = open_place(s, str_slice(dotted, 0, end));
        *rest = end == dotted.len ? STR_EMPTY : str_slice(dotted, end + 1, dotted.len);
        if (place)
            return place;
    }
    return NULL;
}

// What an import says of a name's first part, with the rest of it; empty: nothing does.
static Str imported(Search *s, const Place *place, Str dotted)
{
    Str rest = dotted, first = str_cut(&rest, '.');
    for (size_t i = place->imports.count; i-- > 0;)
        if (str_equal(place->imports.items[i].name, first))
            return joined(s, place->imports.items[i].dotted, rest);
    for (size_t i = place->imports.count; i-- > 0;) {
        const Import *import = &place->imports.items[i];
        Str nothing;
        SaidList bases = {0};
        const Place *other = str_equal(import->name, STR("*")) ? split_module(s, import->module, &nothing) : NULL;
        if (other && (syntax_assigned(other->module, first).kind != SAID_NOTHING ||
                      syntax_class_bases(s->arena, other->module, first, &bases)))
            return joined(s, import->module, dotted);
    }
    return STR_EMPTY;
}

// ---- conventions ----

static bool find_imported(const SaidImports *imports, const Module **module, Str name, Said *said)
{
    Search *s = (Search *)(uintptr_t)imports;
    const Place *place = map_get(&s->by_source, (*module)->source->name);
    for (int hops = 0; place && hops < 8; hops++) {
        Str dotted = imported(s, place, name);
        place = dotted.len ? split_module(s, dotted, &name) : NULL;
        *said = place && name.len ? syntax_assigned(place->module, name) : (Said){0};
        if (said->kind != SAID_NOTHING) {
            *module = place->module;
            return true;
        }
    }
    return false;
}

static Found read_convention(Search *s, const Place *place, Said said)
{
    StrList texts = {0};
    if (said.kind == SAID_NONE)
        return FOUND_NONE;
    if (!syntax_said_table(s->arena, place->module, said, &s->imports, &texts))
        return give_up(s, "is no table of constant texts", STR("naming_convention"));
    s->convention = texts;
    return FOUND_CONVENTION;
}

// Whether the module itself says what the name has: its convention, or what it is; *found is what comes of that.
static bool find_here(Search *s, const Place *place, Str dotted, Found *found)
{
    Said said = syntax_assigned(place->module, joined(s, dotted, STR("naming_convention")));
    if (said.kind != SAID_NOTHING) {
        *found = read_convention(s, place, said);
        return true;
    }
    said = syntax_assigned(place->module, dotted);
    if (said.kind != SAID_NOTHING)
        *found = find_value(s, place, said);
    return said.kind != SAID_NOTHING;
}

// What gives metadata its convention afterwards: SQLModel's own is changed by whoever imports it.
static Found find_change(Search *s, const Place *from, Str dotted)
{
    Map seen = map_open(s->arena);
    VEC(const Place *) queue = {0};
    vec_push(s->arena, &queue, from);
    for (size_t i = 0; i < queue.count && i < MOST_MODULES; i++) {
        const Place *place = queue.items[i];
        Found found;
        if (find_here(s, place, dotted, &found))
            return found;
        for (size_t k = 0; k < place->imports.count * 2; k++) {
            const Import *import = &place->imports.items[k / 2];
            Str rest;   // import a.b binds a, and reads a/b.py; from a import b may read a/b.py as well
            const Place *next = split_module(s, k % 2 ? import->dotted : import->module, &rest);
            if (!next || map_get(&seen, next->module->source->name))
                continue;
            map_put(&seen, next->module->source->name, s);
            vec_push(s->arena, &queue, next);
        }
    }
    return FOUND_NONE;
}

// ---- names ----

// A name of another package.
static Found find_foreign(Search *s, const Place *place, Str dotted)
{
    const Str sqlmodel = STR("sqlmodel.");
    if (str_starts(dotted, sqlmodel))
        return find_change(s, place, str_slice(dotted, sqlmodel.len, dotted.len));
    static const char *const plain[] = {"sqlalchemy", "flask_sqlalchemy", "typing", "typing_extensions", "abc", NULL};
    Str rest = dotted;
    return str_is_one_of(str_cut(&rest, '.'), plain) ? FOUND_NONE : give_up(s, "is no part of the project", dotted);
}

// @as_declarative(metadata=...) above a class, of which a file has one.
static Said find_decorator(Search *s, const Place *place)
{
    static const char *const decorator[] = {"as_declarative", NULL};
    SaidList calls = {0};
    syntax_calls(s->arena, place->module, &calls);
    for (size_t i = 0; i < calls.count; i++)
        if (str_is_one_of(last_part(calls.items[i].text), decorator))
            return syntax_argument(place->module, calls.items[i], SIZE_MAX, STR("metadata"));
    return (Said){0};
}

static Found find_class(Search *s, const Place *place, Str class, const SaidList *bases)
{
    Said said = syntax_class_assigned(place->module, class, STR("metadata.naming_convention"));
    if (said.kind != SAID_NOTHING)
        return read_convention(s, place, said);
    said = syntax_class_assigned(place->module, class, STR("metadata"));
    if (said.kind == SAID_NOTHING && !bases->count)
        said = find_decorator(s, place);
    if (said.kind != SAID_NOTHING)
        return find_value(s, place, said);
    said = syntax_class_assigned(place->module, class, STR("registry"));
    if (said.kind == SAID_CALL)
        return find_call(s, place, said, STR("metadata"));
    for (size_t i = 0; i < bases->count; i++) {
        Said base = bases->items[i];
        if (base.kind != SAID_NAME || str_equal(base.text, STR("object")))
            continue;   // Generic[T] and such
        Found found = find_name(s, place, joined(s, base.text, STR("metadata")));
        if (found != FOUND_NONE)
            return found;
    }
    return FOUND_NONE;
}

static Found find_name(Search *s, const Place *place, Str dotted)
{
    if (!s->steps)
        return give_up(s, "leads through too many names", dotted);
    s->steps--;
    Found found;
    if (find_here(s, place, dotted, &found))
        return found;
    Str rest = dotted, first = str_cut(&rest, '.');
    SaidList bases = {0};
    if (str_equal(rest, STR("metadata")) && syntax_class_bases(s->arena, place->module, first, &bases))
        return find_class(s, place, first, &bases);
    Said said = rest.len ? syntax_assigned(place->module, first) : (Said){0};
    if (said.kind == SAID_NAME)
        return find_name(s, place, joined(s, said.text, rest));
    if (said.kind == SAID_CALL)
        return find_call(s, place, said, rest);
    Str full = imported(s, place, dotted);
    if (!full.len)
        return give_up(s, "is not said by the file", dotted);
    const Place *other = split_module(s, full, &rest);
    return !other ? find_foreign(s, place, full) : rest.len ? find_name(s, other, rest) : give_up(s, "is a module", full);
}

static Found find_value(Search *s, const Place *place, Said said)
{
    if (said.kind == SAID_NAME)
        return find_name(s, place, said.text);
    if (said.kind == SAID_CALL)
        return find_call(s, place, said, STR_EMPTY);
    char first = said.at.source && said.at.len ? said.at.source->text.ptr[said.at.start] : '\0';
    if (said.kind == SAID_NONE || first == '[' || first == '(')   // of a list of them Alembic takes no convention
        return FOUND_NONE;
    Str written = said.at.source ? str_slice(said.at.source->text, said.at.start, said.at.start + said.at.len) : STR_EMPTY;
    return give_up(s, "is worked out", str_printable(s->arena, written));
}

// What a call makes, or `rest` of it.
static Found find_call(Search *s, const Place *place, Said call, Str rest)
{
    static const char *const makers[] = {"declarative_base", "automap_base", "registry", "SQLAlchemy", NULL};
    Str callee = last_part(call.text);
    Said given = syntax_argument(place->module, call, SIZE_MAX,
                                 str_equal(callee, STR("MetaData")) ? STR("naming_convention") : STR("metadata"));
    Str written = str_slice(place->module->source->text, call.at.start, call.at.start + call.at.len);
    if (given.kind == SAID_NOTHING && str_find(written, STR("**"), 0) != SIZE_MAX)
        return give_up(s, "is given what is not known", call.text);
    if (str_equal(callee, STR("MetaData")) && !rest.len)
        return given.kind == SAID_NOTHING ? FOUND_NONE : read_convention(s, place, given);
    bool is_metadata = str_equal(rest, STR("metadata")) || str_equal(rest, STR("Model.metadata"));
    if (is_metadata && str_equal(callee, STR("generate_base")) && call.text.len > callee.len)
        return find_name(s, place, joined(s, str_slice(call.text, 0, call.text.len - callee.len - 1), STR("metadata")));
    if (!is_metadata || !str_is_one_of(callee, makers))
        return give_up(s, "makes what is not known", call.text.len ? call.text : STR("a call"));
    if (given.kind != SAID_NOTHING)
        return find_value(s, place, given);
    Said model = syntax_argument(place->module, call, SIZE_MAX, STR("model_class"));
    return model.kind == SAID_NAME ? find_name(s, place, joined(s, model.text, STR("metadata"))) : FOUND_NONE;
}

// ---- Flask-SQLAlchemy ----

typedef struct FlaskSearch {
    Search *s;
    Arena *scratch;   // of files that turn out to be others
    Str top;
    size_t files, depth;
    size_t calls;   // of SQLAlchemy() in the project
    const Place *place;
    Said call;
} FlaskSearch;

static void search_file(FlaskSearch *f, Str path)
{
    static const char *const maker[] = {"SQLAlchemy", NULL};
    Search *s = f->s;
    Diag own = diag_open(s->arena);
    ArenaMark mark = arena_mark(f->scratch);
    Str text;
    bool is_read = file_read(f->scratch, &own, path, LIMIT_SOURCE_BYTES, &text);
    bool is_maker = is_read && str_find(text, STR("SQLAlchemy("), 0) != SIZE_MAX;
    arena_rewind(f->scratch, mark);
    const Source *source = is_maker ? source_read(s->arena, &own, path, path_shown(s->arena, s->settings, path)) : NULL;
    const Module *module = source ? syntax_parse(s->arena, &own, source) : NULL;
    SaidList calls = {0};
    if (module)
        syntax_calls(s->arena, module, &calls);
    for (size_t i = 0; i < calls.count; i++) {
        if (!str_is_one_of(last_part(calls.items[i].text), maker))
            continue;
        bool is_package = str_equal(path_base(path), STR("__init__.py"));
        Str name = is_package ? path_parent(path) : str_slice(path, 0, path.len - 3);
        name = name.len > f->top.len ? str_slice(name, f->top.len + 1, name.len) : STR_EMPTY;
        f->calls++;
        f->call = calls.items[i];
        f->place = place_of(s, module, str_replace(s->arena, name, STR("/"), STR(".")), is_package);
    }
}

static void search_folder(FlaskSearch *f, Str folder)
{
    static const char *const left_out[] = {"node_modules", "venv", "env", "site-packages", "__pycache__", "tests", NULL};
    StrList names = {0};
    Diag own = diag_open(f->s->arena);
    if (f->depth > MOST_DEPTH || !dir_list(f->s->arena, &own, folder, &names))
        return;
    f->depth++;
    for (size_t i = 0; i < names.count && f->files < MOST_FILES; i++) {
        Str path = path_join(f->s->arena, folder, names.items[i]);
        if (names.items[i].ptr[0] == '.' || str_is_one_of(names.items[i], left_out))
            continue;
        if (str_ends(path, STR(".py")) && !path_is_dir(path)) {
            f->files++;
            search_file(f, path);
        } else if (path_is_dir(path) && str_equal(path_real(f->s->arena, path), path)) {   // no link
            search_folder(f, path);
        }
    }
    f->depth--;
}

// Flask-Migrate's env.py asks the running application for its metadata: where a project makes one object, it is that one's.
static Found find_flask(Search *s)
{
    FlaskSearch f = {.s = s, .scratch = arena_child(s->arena)};
    if (!s->settings->import_roots.count)
        return FOUND_NOTHING;
    f.top = s->settings->import_roots.items[s->settings->import_roots.count - 1].limit;
    search_folder(&f, f.top);
    if (f.calls != 1)
        return FOUND_NOTHING;
    s->why = STR_EMPTY;
    s->steps = MOST_STEPS;
    return find_call(s, f.place, f.call, STR("metadata"));
}

// ---- env.py ----

static Said find_handed(Arena *arena, const Module *env)
{
    SaidList calls = {0};
    syntax_calls(arena, env, &calls);
    for (size_t i = 0; i < calls.count; i++) {
        Said given = syntax_argument(env, calls.items[i], SIZE_MAX, STR("target_metadata"));
        if (given.kind != SAID_NOTHING && str_equal(last_part(calls.items[i].text), STR("configure")))
            return given;
    }
    return syntax_assigned(env, STR("target_metadata"));   // context.configure(**options)
}

static void take_convention(const StrList *texts, const Map *taken, NamingConvention *naming)
{
    const struct {
        Str name;
        Str *field;
        Str own_key;
    } fields[] = {
        {STR("ix"), &naming->ix, STR("waybill\nnaming_convention.ix")},
        {STR("uq"), &naming->uq, STR("waybill\nnaming_convention.uq")},
        {STR("ck"), &naming->ck, STR("waybill\nnaming_convention.ck")},
        {STR("fk"), &naming->fk, STR("waybill\nnaming_convention.fk")},
        {STR("pk"), &naming->pk, STR("waybill\nnaming_convention.pk")},
    };
    for (size_t i = 0; i + 1 < texts->count; i += 2)
        for (size_t f = 0; f < sizeof fields / sizeof *fields; f++)
            if (str_equal(texts->items[i], fields[f].name) && !map_get(taken, fields[f].own_key))
                *fields[f].field = texts->items[i + 1];
}

static bool is_said(const Map *taken)
{
    for (const MapEntry *e = map_first(taken); e; e = map_next(taken, e))
        if (str_starts(e->key, STR("waybill\nnaming_convention.")))
            return true;
    return false;
}

void settings_read_metadata(Arena *arena, Diag *diag, const Module *env, const Map *taken, Settings *settings)
{
    Search s = {{find_imported}, arena, settings, map_open(arena), map_open(arena), MOST_STEPS, STR_EMPTY, {0}};
    Said handed = find_handed(arena, env);
    if (handed.kind == SAID_NOTHING)
        return;
    const Place *place = place_of(&s, env, STR("env"), false);
    Found found = find_value(&s, place, handed);
    if (found == FOUND_NOTHING && str_find(env->source->text, STR("current_app"), 0) != SIZE_MAX) {
        Str why = s.why;
        found = find_flask(&s);
        s.why = s.why.len ? s.why : why;
    }
    if (found == FOUND_CONVENTION)
        take_convention(&s.convention, taken, &settings->naming);
    if (found != FOUND_NOTHING || is_said(taken))
        return;
    diag_warn(diag, handed.at, "the naming convention of target_metadata cannot be followed: %.*s", STR_ARGS(s.why));
    diag_hint(diag,
              "Say it in [waybill], as in naming_convention.uq = uq_%%%%(table_name)s_%%%%(column_0_name)s; where there is "
              "none, naming_convention.ix = ix_%%%%(column_0_label)s says so.");
}
