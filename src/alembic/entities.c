// Entities of the package alembic_utils: PGFunction(...), PGView(...) and their kin, and op.create_entity(),
// replace_entity() and drop_entity() of them.
//
// What the package executes is a text of PostgreSQL's; parameters in it (":name") mean what they do in sa.text().
// Source: alembic_utils 0.8.8, replaceable_entity.py, pg_*.py, statement.py and reversible_op.py.
#include "alembic_int.h"

typedef enum EntityKind {
    ENTITY_EXTENSION,
    ENTITY_FUNCTION,
    ENTITY_TRIGGER,
    ENTITY_VIEW,
    ENTITY_MATERIALIZED_VIEW,
    ENTITY_POLICY
} EntityKind;

typedef struct EntityObject {
    HostObject host;
    EntityKind kind;
    Str schema, signature, definition;
    Str on_entity;        // of triggers and policies, with its schema
    bool is_constraint;   // trigger
    bool with_data;       // materialized view
} EntityObject;

typedef enum EntityChange { ENTITY_CREATE, ENTITY_REPLACE, ENTITY_DROP } EntityChange;

// ---- texts, as the package prepares them ----

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

// Every run of white space is one blank, and there is none at the ends.
static Str one_line(Arena *arena, Str s)
{
    Buf out = buf_open(arena);
    s = str_trim(s);
    for (size_t i = 0; i < s.len; i++)
        if (!is_space(s.ptr[i]))
            buf_add_char(&out, s.ptr[i]);
        else if (!is_space(s.ptr[i - 1]))
            buf_add_char(&out, ' ');
    return buf_str(&out);
}

static Str unquoted(Arena *arena, Str s)
{
    return str_replace(arena, s, STR("\""), STR_EMPTY);
}

static Str without_semicolon(Str s)
{
    s = str_trim(s);
    while (s.len && s.ptr[s.len - 1] == ';')
        s.len--;
    return str_trim(s);
}

// A colon that is no cast (and in PL/pgSQL no assignment) is written so that it begins no parameter.
static Str escape_colons(Arena *arena, Str s, bool plpgsql)
{
    Buf out = buf_open(arena);
    for (size_t i = 0; i < s.len; i++) {
        char next = i + 1 < s.len ? s.ptr[i + 1] : '\0', after = i + 2 < s.len ? s.ptr[i + 2] : '\0';
        bool pair = s.ptr[i] == ':' && (next == ':' || (plpgsql && next == '='));
        bool escaped = plpgsql && s.ptr[i] == '\\' && next == ':' && after != ':' && after != '=';
        if (!pair && !escaped && s.ptr[i] == ':')
            buf_add_char(&out, '\\');
        buf_add_char(&out, s.ptr[i]);
        if (pair || escaped)
            buf_add_char(&out, s.ptr[++i]);
    }
    return buf_str(&out);
}

static bool is_plpgsql(Arena *arena, Str definition)
{
    Str plain = str_replace(arena, str_lower(arena, one_line(arena, definition)), STR("'"), STR_EMPTY);
    return str_find(plain, STR("language plpgsql"), 0) < plain.len;
}

// ---- making one ----

static bool make_entity(Call *call)
{
    Arena *arena = call->a->arena;
    EntityObject *entity = arena_new(arena, EntityObject);
    *entity = (EntityObject){.host = {.kind = OBJECT_ENTITY}, .kind = (EntityKind)call->extra, .with_data = true};
    Str schema, signature, definition = STR_EMPTY, on_entity = STR_EMPTY;
    bool has_definition = entity->kind != ENTITY_EXTENSION;
    bool has_target = entity->kind == ENTITY_TRIGGER || entity->kind == ENTITY_POLICY;
    if (!call_need_name(call, 0, "schema", &schema) || !call_need_name(call, 1, "signature", &signature) ||
        (has_definition && !call_need_name(call, 2, "definition", &definition)) ||
        (has_target && !call_need_name(call, 3, "on_entity", &on_entity)) ||
        (entity->kind == ENTITY_TRIGGER && !call_bool(call, 4, "is_constraint", &entity->is_constraint)) ||
        (entity->kind == ENTITY_MATERIALIZED_VIEW && !call_bool(call, 3, "with_data", &entity->with_data)))
        return false;
    entity->schema = unquoted(arena, one_line(arena, schema));
    entity->signature = unquoted(arena, one_line(arena, signature));
    Str plain = without_semicolon(definition);
    bool is_view = entity->kind == ENTITY_VIEW || entity->kind == ENTITY_MATERIALIZED_VIEW;
    bool plpgsql = entity->kind == ENTITY_FUNCTION && is_plpgsql(arena, definition);
    entity->definition = is_view ? plain : escape_colons(arena, plain, plpgsql);
    if (has_target && str_find_char(on_entity, '.', 0) >= on_entity.len)
        on_entity = str_format(arena, "public.%.*s", STR_ARGS(on_entity));
    entity->on_entity = unquoted(arena, on_entity);
    *call->result = value_host(&entity->host);
    return true;
}

bool entity_attribute(HostObject *object, Str name, Value *result, bool *found)
{
    const EntityObject *entity = (EntityObject *)object;
    *found = true;
    if (str_equal(name, STR("schema")))
        *result = value_str(entity->schema);
    else if (str_equal(name, STR("signature")))
        *result = value_str(entity->signature);
    else
        *found = false;
    return true;
}

// ---- what is executed ----

static Str quoted_schema(Arena *arena, Str schema)
{
    size_t dot = str_find_char(schema, '.', 0);
    if (dot >= schema.len)
        return str_format(arena, "\"%.*s\"", STR_ARGS(str_trim(schema)));
    return str_format(arena, "\"%.*s\".\"%.*s\"", STR_ARGS(str_trim(str_slice(schema, 0, dot))),
                      STR_ARGS(str_trim(str_slice(schema, dot + 1, schema.len))));
}

static bool run_text(Call *call, Str sql)
{
    Expr *text = expr_make(call->a, EXPR_TEXT, EXPR_OP_EQ, call->args->at, 0, NULL);
    text->text = str_trim(sql);
    return emit_sql_text(call, call->args->at, text);
}

static bool no_match(Call *call, const EntityObject *entity, const char *what)
{
    return call_refuse(call, call->args->at, "Write it as CREATE writes it.", "the %s of \"%.*s\" cannot be read", what,
                       STR_ARGS(entity->signature));
}

// name(parameters), with the name in quotes
static bool function_name(Call *call, const EntityObject *entity, Str *name, Str *rest)
{
    size_t open = str_find_char(entity->signature, '(', 0);
    if (!open || open >= entity->signature.len)
        return no_match(call, entity, "signature");
    *name = str_trim(str_slice(entity->signature, 0, open));
    *rest = str_slice(entity->signature, open + 1, entity->signature.len);
    return true;
}

static bool write_function(Call *call, const EntityObject *entity, EntityChange change)
{
    Str name, rest;
    if (!function_name(call, entity, &name, &rest))
        return false;
    return run_text(call, str_format(call->a->arena, "CREATE %sFUNCTION %.*s.\"%.*s\"(%.*s %.*s",
                                     change == ENTITY_REPLACE ? "OR REPLACE " : "",
                                     STR_ARGS(quoted_schema(call->a->arena, entity->schema)), STR_ARGS(name), STR_ARGS(rest),
                                     STR_ARGS(entity->definition)));
}

// DROP FUNCTION knows parameters without their defaults.
static bool drop_function(Call *call, const EntityObject *entity, const char *cascade)
{
    Arena *arena = call->a->arena;
    Str name, rest;
    if (!function_name(call, entity, &name, &rest))
        return false;
    if (!str_ends(rest, STR(")")))
        return no_match(call, entity, "signature");
    rest = str_trim(str_slice(rest, 0, rest.len - 1));
    StrList parameters = {0};
    while (rest.len || !parameters.count) {
        Str parameter = str_cut(&rest, ',');
        size_t preset = str_find(str_lower(arena, parameter), STR("default"), 0);
        vec_push(arena, &parameters, str_trim(str_slice(parameter, 0, preset < parameter.len ? preset : parameter.len)));
    }
    return run_text(call,
                    str_format(arena, "DROP FUNCTION %.*s.\"%.*s\"(%.*s) %s", STR_ARGS(quoted_schema(arena, entity->schema)),
                               STR_ARGS(name), STR_ARGS(strlist_join(arena, &parameters, STR(", "))), cascade));
}

// "EVENT ON table ACTION": finds the first ON that stands alone, and the word behind it.
static bool trigger_parts(Str s, Str *event, Str *table, Str *action)
{
    for (size_t i = 2; i + 3 < s.len; i++) {
        if (!is_space(s.ptr[i - 1]) || (s.ptr[i] | 32) != 'o' || (s.ptr[i + 1] | 32) != 'n' || !is_space(s.ptr[i + 2]))
            continue;
        size_t end = i - 1, start = i + 2;
        while (end > 1 && is_space(s.ptr[end - 1]))
            end--;
        while (start < s.len && is_space(s.ptr[start]))
            start++;
        size_t stop = start;
        while (stop < s.len && !is_space(s.ptr[stop]))
            stop++;
        if (stop == s.len)
            return false;
        *event = str_slice(s, 0, end);
        *table = str_slice(s, start, stop);
        *action = str_trim(str_slice(s, stop, s.len));
        return end > 0 && action->len > 0;
    }
    return false;
}

static bool create_trigger(Call *call, const EntityObject *entity)
{
    Str event, table, action;
    if (!trigger_parts(entity->definition, &event, &table, &action))
        return no_match(call, entity, "definition");
    size_t dot = str_find_char(table, '.', 0);
    if (dot < table.len)
        table = str_slice(table, dot + 1, table.len);
    return run_text(call, str_format(call->a->arena, "CREATE%sTRIGGER \"%.*s\" %.*s ON %.*s.%.*s %.*s",
                                     entity->is_constraint ? " CONSTRAINT " : " ", STR_ARGS(entity->signature),
                                     STR_ARGS(event), STR_ARGS(entity->schema), STR_ARGS(table), STR_ARGS(action)));
}

static bool write_view(Call *call, const EntityObject *entity, EntityChange change)
{
    Arena *arena = call->a->arena;
    Str name = str_format(arena, "%.*s.\"%.*s\"", STR_ARGS(quoted_schema(arena, entity->schema)),
                          STR_ARGS(entity->signature));
    if (change == ENTITY_REPLACE)
        return run_text(call, str_format(arena,
                                         "do $$\n"
                                         "            begin\n"
                                         "                CREATE OR REPLACE VIEW %.*s AS %.*s;\n"
                                         "\n"
                                         "            exception when others then\n"
                                         "                DROP VIEW IF EXISTS %.*s;\n"
                                         "\n"
                                         "                CREATE VIEW %.*s AS %.*s;\n"
                                         "            end;\n"
                                         "        $$ language 'plpgsql'",
                                         STR_ARGS(name), STR_ARGS(entity->definition), STR_ARGS(name), STR_ARGS(name),
                                         STR_ARGS(entity->definition)));
    return run_text(call, str_format(arena, "CREATE VIEW %.*s AS %.*s", STR_ARGS(name), STR_ARGS(entity->definition)));
}

static bool write_materialized_view(Call *call, const EntityObject *entity, EntityChange change)
{
    Arena *arena = call->a->arena;
    Str name = str_format(arena, "%.*s.\"%.*s\"", STR_ARGS(quoted_schema(arena, entity->schema)),
                          STR_ARGS(entity->signature));
    if (change == ENTITY_REPLACE &&
        !run_text(call, str_format(arena, "DROP MATERIALIZED VIEW IF EXISTS %.*s", STR_ARGS(name))))
        return false;
    return run_text(call, str_format(arena, "CREATE MATERIALIZED VIEW %.*s AS %.*s WITH %s DATA", STR_ARGS(name),
                                     STR_ARGS(entity->definition), entity->with_data ? "" : "NO"));
}

static bool write_entity(Call *call, const EntityObject *entity, EntityChange change)
{
    Arena *arena = call->a->arena;
    bool replaces = change == ENTITY_REPLACE;
    switch (entity->kind) {
    case ENTITY_EXTENSION:
        if (replaces)
            return interp_raise(call->in, call->args->at, STR("NotImplementedError"), "%s", "");
        return run_text(call, str_format(arena, "CREATE EXTENSION \"%.*s\" WITH SCHEMA %.*s", STR_ARGS(entity->signature),
                                         STR_ARGS(quoted_schema(arena, entity->schema))));
    case ENTITY_FUNCTION: return write_function(call, entity, change);
    case ENTITY_TRIGGER:
        return (!replaces || run_text(call, str_format(arena, "DROP TRIGGER IF EXISTS \"%.*s\" ON %.*s",
                                                       STR_ARGS(entity->signature), STR_ARGS(entity->on_entity)))) &&
               create_trigger(call, entity);
    case ENTITY_VIEW: return write_view(call, entity, change);
    case ENTITY_MATERIALIZED_VIEW: return write_materialized_view(call, entity, change);
    case ENTITY_POLICY:
        return (!replaces || run_text(call, str_format(arena, "DROP POLICY IF EXISTS %.*s on %.*s",
                                                       STR_ARGS(entity->signature), STR_ARGS(entity->on_entity)))) &&
               run_text(call, str_format(arena, "CREATE POLICY %.*s on %.*s %.*s", STR_ARGS(entity->signature),
                                         STR_ARGS(entity->on_entity), STR_ARGS(entity->definition)));
    }
    return false;
}

static bool drop_entity(Call *call, const EntityObject *entity, const char *cascade)
{
    Arena *arena = call->a->arena;
    Str schema = quoted_schema(arena, entity->schema);
    switch (entity->kind) {
    case ENTITY_EXTENSION:
        return run_text(
            call, str_format(arena, "DROP EXTENSION \"%.*s\" %s", STR_ARGS(entity->signature), *cascade ? "CASCADE" : ""));
    case ENTITY_FUNCTION: return drop_function(call, entity, cascade);
    case ENTITY_TRIGGER:
        return run_text(call, str_format(arena, "DROP TRIGGER \"%.*s\" ON %.*s %s", STR_ARGS(entity->signature),
                                         STR_ARGS(entity->on_entity), cascade));
    case ENTITY_VIEW:
    case ENTITY_MATERIALIZED_VIEW:
        return run_text(call, str_format(arena, "DROP %s %.*s.\"%.*s\" %s",
                                         entity->kind == ENTITY_VIEW ? "VIEW" : "MATERIALIZED VIEW", STR_ARGS(schema),
                                         STR_ARGS(entity->signature), cascade));
    case ENTITY_POLICY:
        return run_text(call, str_format(arena, "DROP POLICY %.*s on %.*s %s", STR_ARGS(entity->signature),
                                         STR_ARGS(entity->on_entity), cascade));
    }
    return false;
}

// op.create_entity(entity), op.replace_entity(entity), op.drop_entity(entity, cascade=False)
static bool change_entity(Call *call)
{
    const Value *target = call_value(call, 0, "target");
    bool cascade = false;
    *call->result = VALUE_OF_NONE;
    if (call->a->dialect->id != DIALECT_POSTGRESQL)
        return call_refuse(call, call->args->at, OVERRIDE_HINT, "entities of alembic_utils are PostgreSQL's, not %.*s's",
                           STR_ARGS(call->a->dialect->title));
    if (!target || !call_known(call, call->args->at, *target, "target"))
        return target ? false
                      : interp_raise(call->in, call->args->at, STR("TypeError"), "%s() missing its target", call->name);
    if (!host_of(*target, OBJECT_ENTITY))
        return call_refuse(call, call->args->at, OVERRIDE_HINT, "%s() of something else than an entity of alembic_utils",
                           call->name);
    const EntityObject *entity = (EntityObject *)target->host;
    if (call->extra != ENTITY_DROP)
        return write_entity(call, entity, (EntityChange)call->extra);
    return call_bool(call, 1, "cascade", &cascade) && drop_entity(call, entity, cascade ? "cascade" : "");
}

// register_entities(...): for autogenerate
static bool registered(Call *call)
{
    *call->result = VALUE_OF_NONE;
    return true;
}

void open_entity_modules(Alembic *a)
{
    static const struct {
        const char *module, *name;
        EntityKind kind;
    } classes[] = {{"alembic_utils.pg_extension", "PGExtension", ENTITY_EXTENSION},
                   {"alembic_utils.pg_function", "PGFunction", ENTITY_FUNCTION},
                   {"alembic_utils.pg_trigger", "PGTrigger", ENTITY_TRIGGER},
                   {"alembic_utils.pg_view", "PGView", ENTITY_VIEW},
                   {"alembic_utils.pg_materialized_view", "PGMaterializedView", ENTITY_MATERIALIZED_VIEW},
                   {"alembic_utils.pg_policy", "PGPolicy", ENTITY_POLICY}};
    static const struct {
        const char *name;
        EntityChange change;
    } operations[] = {{"create_entity", ENTITY_CREATE}, {"replace_entity", ENTITY_REPLACE}, {"drop_entity", ENTITY_DROP}};
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
        module_function(a, module_new(a, classes[i].module), classes[i].name, make_entity, (int)classes[i].kind);
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
        module_function(a, module_new(a, "alembic.op"), operations[i].name, change_entity, (int)operations[i].change);
    module_function(a, module_new(a, "alembic_utils.replaceable_entity"), "register_entities", registered, 0);
}
