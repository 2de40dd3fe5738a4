// Migration contexts, their configuration and their dialect, as they are without a database.
#include "alembic_int.h"

static bool dialect_type_descriptor(Call *call)
{
    const Value *value = call_value(call, 0, "typeobj");
    const Type *type;
    if (value && !to_type(call, call->args->at, *value, &type))
        return false;
    if (!value || !type)
        return interp_raise(call->in, call->args->at, STR("TypeError"), "type_descriptor() misses its type");
    *call->result = type_value_copy(call->a, type);
    return true;
}

bool dialect_attribute(Call *call, Str name, Value *result, bool *found)
{
    static const Method methods[] = {{"has_table", inspector_has_table, 1}, {"type_descriptor", dialect_type_descriptor, 0}};
    const Dialect *dialect = call->a->dialect;
    if (str_equal(name, STR("name")))
        *result = value_str(call->a->dialect_name);
    else if (str_equal(name, STR("supports_sequences")))   // as connected: MariaDB has them since 10.3
        *result = value_bool(dialect->id == DIALECT_POSTGRESQL || dialect->id == DIALECT_ORACLE ||
                             dialect->id == DIALECT_MSSQL || dialect->id == DIALECT_MARIADB);
    else if (str_equal(name, STR("is_mariadb")) && (dialect->id == DIALECT_MYSQL || dialect->id == DIALECT_MARIADB))
        *result = value_bool(dialect->id == DIALECT_MARIADB);
    else if (str_equal(name, STR("driver")))
        *result = value_str(dialect->id == DIALECT_POSTGRESQL ? STR("psycopg2") : STR("pysqlite"));
    else if (str_equal(name, STR("server_version_info")))
        *result = value_unknown(call->a->arena, call->args->at, STR("the server's version is known only to the database"),
                                STR("Write this revision for the oldest server that it has to support."));
    else
        *found = find_method(call, methods, 2, call->self, name, result);
    return true;
}

// ---- contexts ----

static bool is_offline(Alembic *a)
{
    a->asked_offline = true;
    return !a->as_online;
}

bool context_is_offline(Call *call)
{
    *call->result = value_bool(is_offline(call->a));
    return true;
}

static bool give_object(Call *call)
{
    *call->result = value_host(simple_object(call->a, (ObjectKind)call->extra));
    return true;
}

bool context_attribute(Call *call, Str name, Value *result, bool *found)
{
    static const Method methods[] = {
        {"autocommit_block", give_object, OBJECT_AUTOCOMMIT},
        {"begin_transaction", give_object, OBJECT_BLOCK},
        {"execute", bind_execute, 0},
        {"get_bind", give_object, OBJECT_BIND},
    };
    const Settings *settings = &call->a->project->settings;
    if (str_equal(name, STR("dialect")))
        *result = value_host(simple_object(call->a, OBJECT_DIALECT));
    else if (str_equal(name, STR("bind")) || str_equal(name, STR("connection")))
        *result = value_host(simple_object(call->a, OBJECT_BIND));
    else if (str_equal(name, STR("as_sql")))
        *result = value_bool(is_offline(call->a));
    else if (str_equal(name, STR("config")))
        *result = value_host(simple_object(call->a, OBJECT_CONFIG));
    else if (str_equal(name, STR("migration_context")))   // of op's proxy
        *result = value_host(simple_object(call->a, OBJECT_CONTEXT));
    else if (str_equal(name, STR("script")))
        *result = value_host(&module_new(call->a, "alembic.script.ScriptDirectory")->host);
    else if (str_equal(name, STR("version_table")))
        *result = value_str(settings->version_table);
    else if (str_equal(name, STR("version_table_schema")))
        *result = settings->version_table_schema.len ? value_str(settings->version_table_schema) : VALUE_OF_NONE;
    else if (str_equal(name, STR("opts"))) {
        bool is_said = false;
        if (!host_setting(&call->a->host, call->in, SPAN_NONE, STR("context.opts"), result, &is_said))
            return false;
        if (is_said)
            return true;
        *result = value_unknown_cured(call->a->arena, call->args ? call->args->at : SPAN_NONE,
                                      STR("what env.py gives to context.configure() is the application's"), STR_EMPTY,
                                      (Cure){.kind = CURE_VALUE, .name = STR("context.opts")});
    } else
        *found = find_method(call, methods, sizeof methods / sizeof methods[0], call->self, name, result);
    return true;
}

// ---- context.config: the project's ini file ----

static bool ini_option(Call *call, Str section, Str key, const Value *preset)
{
    const Settings *settings = &call->a->project->settings;
    IniValue value;
    bool failed = false;
    *call->result = preset ? *preset : VALUE_OF_NONE;
    if (settings->ini && ini_get(settings->ini, interp_diag(call->in), section, key, &value, &failed))
        *call->result = value_str(value.text);
    return !failed || interp_refused(call->in);
}

static bool config_main_option(Call *call)
{
    Str key;
    const Value *preset = call_value(call, 1, "default");
    return call_need_name(call, 0, "name", &key) && ini_option(call, call->a->project->settings.ini_section, key, preset);
}

static bool config_section_option(Call *call)
{
    Str section, key;
    const Value *preset = call_value(call, 2, "default");
    return call_need_name(call, 0, "section", &section) && call_need_name(call, 1, "name", &key) &&
           ini_option(call, section, key, preset);
}

// get_alembic_option(): the ini's, else pyproject.toml's.
static bool config_option(Call *call)
{
    const Ini *pyproject = call->a->project->settings.pyproject;
    Str key;
    IniValue value;
    bool failed = false;
    if (!config_main_option(call) || !call_need_name(call, 0, "name", &key))
        return false;
    const Ini *ini = call->a->project->settings.ini;
    if (!pyproject ||
        (ini && ini_get(ini, interp_diag(call->in), call->a->project->settings.ini_section, key, &value, &failed)))
        return true;
    if (ini_get(pyproject, interp_diag(call->in), STR("alembic"), key, &value, &failed))
        *call->result = value_str(value.text);
    return !failed || interp_refused(call->in);
}

static bool config_section(Call *call)
{
    const Ini *ini = call->a->project->settings.ini;
    Str section;
    StrList keys = {0};
    if (!call_need_name(call, 0, "name", &section))
        return false;
    const Value *preset = call_value(call, 1, "default");
    if (!ini || !ini_has_section(ini, section)) {
        *call->result = preset ? *preset : VALUE_OF_NONE;
        return true;
    }
    ini_keys(ini, section, &keys);
    Value dict = value_dict(call->a->arena);
    for (size_t i = 0; i < keys.count; i++) {
        if (!ini_option(call, section, keys.items[i], NULL))
            return false;
        dict_put(call->a->arena, dict.dict, value_str(keys.items[i]), *call->result);
    }
    *call->result = dict;
    return true;
}

bool config_attribute(Call *call, HostObject *config, Str name, Value *result, bool *found)
{
    static const Method methods[] = {{"get_main_option", config_main_option, 0},
                                     {"get_alembic_option", config_option, 0},
                                     {"get_section_option", config_section_option, 0},
                                     {"get_section", config_section, 0}};
    const Settings *settings = &call->a->project->settings;
    *found = true;
    if (str_equal(name, STR("config_ini_section")))
        *result = value_str(settings->ini_section);
    else if (str_equal(name, STR("config_file_name")))
        *result = settings->ini ? value_str(settings->source->name) : VALUE_OF_NONE;
    else
        *found = find_method(call, methods, sizeof methods / sizeof methods[0], config, name, result);
    return true;
}

// ---- the classes of dialects, for isinstance() ----

static const struct {
    const char *module, *name;
    DialectId id, kin;
} classes[] = {
    {"postgresql", "PGDialect", DIALECT_POSTGRESQL, DIALECT_POSTGRESQL},
    {"mysql", "MySQLDialect", DIALECT_MYSQL, DIALECT_MARIADB},
    {"sqlite", "SQLiteDialect", DIALECT_SQLITE, DIALECT_SQLITE},
    {"oracle", "OracleDialect", DIALECT_ORACLE, DIALECT_ORACLE},
    {"mssql", "MSDialect", DIALECT_MSSQL, DIALECT_MSSQL},
};

static bool construct_dialect(Call *call)
{
    return call_refuse(call, call->args->at, "Write an override for this revision.",
                       "a dialect made by %s() is not supported", call->name);
}

bool is_dialect_of(const Alembic *a, const HostObject *class, bool *result)
{
    const FunctionObject *function = (const FunctionObject *)class;
    if (class->kind != OBJECT_FUNCTION || function->handler != construct_dialect)
        return false;
    *result = a->dialect->id == classes[function->extra].id || a->dialect->id == classes[function->extra].kin;
    return true;
}

void open_context_modules(Alembic *a)
{
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        for (size_t f = 0; f < 2; f++) {
            Str name = f ? str_format(a->kept, "sqlalchemy.dialects.%s.base", classes[i].module)
                         : str_format(a->kept, "sqlalchemy.dialects.%s", classes[i].module);
            module_function(a, module_new(a, str_cstr(a->kept, name)), classes[i].name, construct_dialect, (int)i);
        }
    }
    HostObject *config = arena_new(a->kept, HostObject), *proxy = arena_new(a->kept, HostObject);
    config->kind = OBJECT_CONFIG;
    proxy->kind = OBJECT_CONTEXT;
    module_add(a, module_new(a, "alembic.context"), "config", config);
    module_add(a, module_new(a, "alembic.op"), "_proxy", proxy);
}
