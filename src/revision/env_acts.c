// What env.py does beside configuring the context. A version table of its own making is followed, and so is a constant
// SET search_path or SET ROLE that stands under no condition: as if [waybill] said it. What its offline function executes
// so is written into bare scripts, as alembic --sql does. Whatever else it executes, and schemas that it translates, are in
// no script: each is named, with the setting that says the same.
#include "revision_int.h"

typedef struct Acts {
    Arena *arena;
    Diag *diag;
    const Module *module;
    const Map *taken;   // keys of [waybill]
    Settings *settings;
    SaidList calls;
} Acts;

static Str last_part(Str dotted)
{
    size_t dot = dotted.len;
    while (dot && dotted.ptr[dot - 1] != '.')
        dot--;
    return str_slice(dotted, dot, dotted.len);
}

static bool is_call_of(Said call, const char *const *names)
{
    return call.kind == SAID_CALL && str_is_one_of(last_part(call.text), names);
}

static bool is_said(const Acts *acts, Str key)
{
    return map_get(acts->taken, str_format(acts->arena, "waybill\n%.*s", STR_ARGS(key))) != NULL;
}

static bool says_schema(const Acts *acts)
{
    for (const MapEntry *e = map_first(acts->taken); e; e = map_next(acts->taken, e))
        if (e->value && str_starts(e->key, STR("waybill\nschema.")))
            return true;
    return false;
}

// ---- the version table ----

static bool find_length(const Acts *acts, Said column, size_t *length)
{
    static const char *const types[] = {"String", "VARCHAR", "Unicode", "NVARCHAR", NULL};
    enum { MOST = 4000 };
    Said type = syntax_argument(acts->module, column, 1, STR("type_"));
    Said given = is_call_of(type, types) ? syntax_argument(acts->module, type, 0, STR("length")) : (Said){0};
    if (given.kind == SAID_NAME)
        given = syntax_assigned(acts->module, given.text);
    *length = (size_t)given.integer;
    return given.kind == SAID_INT && given.integer > 0 && given.integer <= MOST;
}

static void read_version_table(Acts *acts)
{
    static const char *const columns[] = {"Column", NULL}, *const keys[] = {"PrimaryKeyConstraint", NULL};
    const Str own = STR("version_num_length"), hook = STR("version_table_impl");
    Said column = {0};
    bool has_key = false;
    for (size_t i = 0; i < acts->calls.count; i++) {
        Said call = acts->calls.items[i], name = syntax_argument(acts->module, call, 0, STR("name"));
        if (is_call_of(call, columns) && name.kind == SAID_TEXT && str_equal(name.text, STR("version_num")))
            column = call;
        has_key = has_key || is_call_of(call, keys);
    }
    size_t length, at = str_find(acts->module->source->text, hook, 0);
    if (column.kind == SAID_CALL && find_length(acts, column, &length)) {
        acts->settings->version_num_length = is_said(acts, own) ? acts->settings->version_num_length : length;
        has_key = has_key || syntax_argument(acts->module, column, SIZE_MAX, STR("primary_key")).kind != SAID_NOTHING;
        acts->settings->version_table_pk = acts->settings->version_table_pk && has_key;
    } else if ((column.kind == SAID_CALL || at != SIZE_MAX) && !is_said(acts, own)) {
        Span place = column.kind == SAID_CALL ? column.at : (Span){acts->module->source, (uint32_t)at, (uint32_t)hook.len};
        diag_warn(acts->diag, place,
                  "how wide env.py makes version_num cannot be read, so it is taken to hold %zu characters",
                  acts->settings->version_num_length);
        diag_hint(acts->diag, "Say it in [waybill]: version_num_length = 255");
    }
}

// ---- SQL of its own ----

typedef struct Effect {
    const char *begins;    // its name stands behind these words
    const char *setting;   // of [waybill] that says the same, "schema"; NULL: none does
    const char *dialect;
} Effect;

static const Effect effects[] = {
    {"set search_path", "schema", "postgresql"},
    {"set local search_path", "schema", "postgresql"},
    {"set session search_path", "schema", "postgresql"},
    {"alter session set current_schema", "schema", "oracle"},
    {"set role", "owner", "postgresql"},
    {"set local role", "owner", "postgresql"},
    {"set session role", "owner", "postgresql"},
    {"use", "database", "mysql"},
    {"create schema", NULL, "postgresql"},
};

static Str key_of(const Acts *acts, const Effect *effect)
{
    return effect && effect->setting ? str_format(acts->arena, "%s.%s", effect->setting, effect->dialect) : STR_EMPTY;
}

static bool is_search_path(const Effect *effect)
{
    return effect && effect->setting && str_ends(str_from(effect->begins), STR("search_path"));
}

static bool is_name_byte(char c)
{
    return is_word_byte(c) || c == '$';
}

// The first name behind `at`, without its quotes; a name that env.py works out is nobody's.
static Str name_behind(Str text, size_t at)
{
    for (;;) {
        while (at < text.len && strchr(" \t\r\n=\"'`", text.ptr[at]))
            at++;
        size_t end = at;
        while (end < text.len && is_name_byte(text.ptr[end]))
            end++;
        Str name = str_slice(text, at, end);
        if (!str_equal_fold(name, STR("to")))
            return name.len && end < text.len && text.ptr[end] == '{' ? STR_EMPTY : name;
        at = end;
    }
}

// The one name that the statement gives, and nothing else: what a setting can say; of PostgreSQL's search_path the names, as
// "a, b".
static Str only_names(const Acts *acts, const Effect *effect, Str text)
{
    static const char *const nobody[] = {"none", "default", NULL};
    bool is_path = is_search_path(effect);
    StrList names = {0};
    for (size_t at = effect && effect->setting ? strlen(effect->begins) : text.len; at < text.len; at++) {
        Str name = name_behind(text, at);
        if (!name.len || str_is_one_of(name, nobody) || str_find_char(name, '$', 0) != SIZE_MAX ||
            (is_path && str_starts(name, STR("pg_"))))
            return STR_EMPTY;
        vec_push(acts->arena, &names, name);
        at = (size_t)(name.ptr - text.ptr) + name.len;
        while (at < text.len && strchr(" \t\r\n\"'`;", text.ptr[at]))
            at++;
        if (at < text.len && !(is_path && text.ptr[at] == ','))
            return STR_EMPTY;
    }
    return strlist_join(acts->arena, &names, STR(", "));
}

static void hint_at_effect(const Acts *acts, const Effect *effect, Str text)
{
    static const char *const nobody[] = {"none", "default", NULL};
    if (!effect || str_is_one_of(name_behind(text, strlen(effect->begins)), nobody)) {
        bool is_version = str_find(text, STR("version_num"), 0) != SIZE_MAX;
        diag_hint(acts->diag, "%s",
                  is_version ? "Say how wide the column is in [waybill]: version_num_length = 255"
                             : "If the scripts need it, let a revision execute it.");
        return;
    }
    if (!effect->setting) {
        diag_hint(acts->diag, "The scripts want the schema to be there: make it before, or in a revision.");
        return;
    }
    Str name = name_behind(text, strlen(effect->begins));
    Str rest = only_names(acts, effect, text), first = str_cut(&rest, ',');
    bool is_list = is_search_path(effect) && str_find_char(text, ',', 0) != SIZE_MAX;
    Str further = !is_list ? STR_EMPTY
                           : str_format(acts->arena, " and search_path.postgresql = %.*s",
                                        STR_ARGS(rest.len ? str_trim(rest) : STR("NAME, NAME")));
    name = first.len ? first : name;
    diag_hint(acts->diag, "Say it in [waybill]: %.*s = %.*s%.*s", STR_ARGS(key_of(acts, effect)),
              STR_ARGS(name.len ? name : STR("NAME")), STR_ARGS(further));
}

static const Effect *find_effect(Str text)
{
    for (size_t i = 0; i < sizeof effects / sizeof *effects; i++) {
        Str begins = str_from(effects[i].begins);
        if (text.len > begins.len && str_equal_fold(str_slice(text, 0, begins.len), begins) &&
            !is_name_byte(text.ptr[begins.len]))
            return &effects[i];
    }
    return NULL;
}

static Said named_value(const Acts *acts, Said said)
{
    Said value = said.kind == SAID_NAME ? syntax_assigned(acts->module, said.text) : (Said){0};
    return value.kind == SAID_NOTHING ? said : value;
}

// What an argument of execute() says: the text itself, in text(...), behind a name; else as it is written.
static Str sql_of(const Acts *acts, Said said, bool *is_constant)
{
    static const char *const wraps[] = {"text", "DDL", NULL}, *const schemas[] = {"CreateSchema", NULL};
    said = named_value(acts, said);
    *is_constant = false;
    if (is_call_of(said, schemas)) {
        Said name = syntax_argument(acts->module, said, 0, STR("name"));
        return name.kind == SAID_TEXT ? str_format(acts->arena, "CREATE SCHEMA %.*s", STR_ARGS(name.text))
                                      : STR("CREATE SCHEMA {}");
    }
    if (is_call_of(said, wraps))
        said = named_value(acts, syntax_argument(acts->module, said, 0, STR("text")));
    *is_constant = said.kind == SAID_TEXT;
    if (*is_constant)
        return str_trim(said.text);
    Str written = said.at.source ? str_slice(said.at.source->text, said.at.start, said.at.start + said.at.len) : STR_EMPTY;
    while (written.len && strchr("fFrRbB\"' \n", written.ptr[0]))   // f"SET ROLE {role}"
        written = str_slice(written, 1, written.len);
    while (written.len && strchr("\"'", written.ptr[written.len - 1]))
        written = str_slice(written, 0, written.len - 1);
    return written;
}

// On one line that is not too long.
static Str shown_sql(const Acts *acts, Str text)
{
    enum { LONGEST = 72 };
    Buf out = buf_open(acts->arena);
    for (size_t i = 0; i < text.len; i++) {
        bool is_blank = strchr(" \t\r\n", text.ptr[i]);
        if (!is_blank)
            buf_add_char(&out, text.ptr[i]);
        else if (out.len && out.ptr[out.len - 1] != ' ')
            buf_add_char(&out, ' ');
    }
    Str line = buf_str(&out);
    size_t end = line.len > LONGEST ? LONGEST : line.len;
    while (end && end < line.len && ((unsigned char)line.ptr[end] & 0xc0) == 0x80)
        end--;
    return str_printable(acts->arena,
                         str_format(acts->arena, "%.*s%s", STR_ARGS(str_slice(line, 0, end)), end < line.len ? "..." : ""));
}

static bool only_reads(Str text)
{
    return str_is_one_of(name_behind(text, 0), (const char *const[]){"select", "show", "values", NULL});
}

// Whether an offline run of env.py executes the call on its way to the revisions; alembic --sql runs that function alone.
static bool is_offline(const Acts *acts, size_t at, bool *is_before_begin)
{
    static const char *const configures[] = {"configure", NULL}, *const begins[] = {"begin_transaction", NULL},
                             *const runs[] = {"run_migrations", NULL};
    Said executed = acts->calls.items[at];
    bool is_configured = false, is_run = false;
    *is_before_begin = true;
    for (size_t i = 0; i < acts->calls.count; i++) {
        Said call = acts->calls.items[i];
        if (!str_equal(call.function, executed.function))
            continue;
        if (is_call_of(call, configures))
            is_configured = syntax_argument(acts->module, call, 0, STR("connection")).kind == SAID_NOTHING;
        if (is_call_of(call, begins) && i < at)
            *is_before_begin = false;
        is_run = is_run || (is_call_of(call, runs) && i > at);
    }
    return is_configured && is_run && !executed.is_conditional && str_equal(executed.text, STR("context.execute"));
}

typedef struct Executed {
    Said call;
    Str text;
    const Effect *effect;
    bool is_constant;
} Executed;

static bool read_call(const Acts *acts, size_t at, Executed *executed)
{
    static const char *const executes[] = {"execute", "exec_driver_sql", NULL};
    Said call = acts->calls.items[at], given = syntax_argument(acts->module, call, 0, STR("statement"));
    if (given.kind == SAID_NOTHING)
        given = syntax_argument(acts->module, call, 0, STR("sql"));
    if (!is_call_of(call, executes) || given.kind == SAID_NOTHING)
        return false;
    executed->call = call;
    executed->text = sql_of(acts, given, &executed->is_constant);
    executed->effect = find_effect(executed->text);
    return !only_reads(executed->text);
}

// Takes a SET over as the setting that says the same; false when it says too much for one, stands under a condition, or is
// not the only thing that env.py says of it.
static bool take_over(const Acts *acts, const Executed *executed)
{
    const Effect *effect = executed->effect;
    Str names = only_names(acts, effect, executed->text), key = key_of(acts, effect);
    if (!names.len || !executed->is_constant || executed->call.is_conditional)
        return false;
    for (size_t i = 0; i < acts->calls.count; i++) {
        Executed other;
        if (read_call(acts, i, &other) && str_equal(key_of(acts, other.effect), key) &&
            !(other.is_constant && str_equal(only_names(acts, other.effect, other.text), names)))
            return false;
    }
    DialectSettings *entry = settings_dialect_entry(acts->arena, acts->settings, str_from(effect->dialect));
    Str *field = str_equal(str_from(effect->setting), STR("schema"))  ? &entry->schema
                 : str_equal(str_from(effect->setting), STR("owner")) ? &entry->owner
                                                                      : &entry->database;
    Str rest = names;
    *field = str_cut(&rest, ',');
    while (rest.len)
        vec_push(acts->arena, &entry->search_path, str_trim(str_cut(&rest, ',')));
    return true;
}

static void read_executed(Acts *acts)
{
    for (size_t i = 0; i < acts->calls.count; i++) {
        Executed executed;
        bool is_before_begin;
        if (!read_call(acts, i, &executed))
            continue;
        const Effect *effect = executed.effect;
        bool is_bare = executed.is_constant && effect && is_offline(acts, i, &is_before_begin);
        if (is_bare) {
            EnvStatement statement = {executed.text, str_from(effect->dialect), is_before_begin};
            vec_push(acts->arena, &acts->settings->env_statements, statement);
        }
        Str key = key_of(acts, effect);
        bool is_answered = effect && (key.len ? is_said(acts, key) : says_schema(acts));
        if (is_answered || take_over(acts, &executed))
            continue;
        diag_warn(acts->diag, executed.call.at, "env.py executes \"%.*s\" itself, and %s",
                  STR_ARGS(shown_sql(acts, executed.text)), is_bare ? "only bare scripts do" : "no script does");
        hint_at_effect(acts, effect, executed.text);
    }
}

// ---- schemas in other schemas' place ----

static void name_translated(Acts *acts)
{
    const Str key = STR("schema_translate_map");
    Span at = SPAN_NONE;
    for (size_t i = 0; i < acts->calls.count && !at.source; i++)
        at = syntax_argument(acts->module, acts->calls.items[i], SIZE_MAX, key).at;
    size_t quoted = str_find(acts->module->source->text, STR("\"schema_translate_map\""), 0);
    if (!at.source && quoted != SIZE_MAX)   // execution_options={"schema_translate_map": ...}
        at = (Span){acts->module->source, (uint32_t)quoted, (uint32_t)key.len + 2};
    if (!at.source || says_schema(acts))
        return;
    diag_warn(acts->diag, at,
              "schema_translate_map is not followed: every table stays in the schema that its revision names");
    Str written = str_slice(at.source->text, at.start, at.start + at.len);
    size_t none = str_find(written, STR("None: \""), 0);   // {None: "tenant_a"}
    Str name = none == SIZE_MAX ? STR_EMPTY : name_behind(written, none + 6);
    diag_hint(acts->diag, "Where tables without a schema stand is said in [waybill], as in schema.postgresql = %.*s",
              STR_ARGS(name.len ? name : STR("NAME")));
}

void settings_read_env_acts(Arena *arena, Diag *diag, const Module *env, const Map *taken, Settings *settings)
{
    Acts acts = {.arena = arena, .diag = diag, .module = env, .taken = taken, .settings = settings};
    enum { MOST_CALLS = 2000 };   // that are looked at, each beside the others
    syntax_calls(arena, env, &acts.calls);
    acts.calls.count = acts.calls.count < MOST_CALLS ? acts.calls.count : MOST_CALLS;
    read_version_table(&acts);
    read_executed(&acts);
    name_translated(&acts);
}
