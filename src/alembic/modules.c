// The modules revision files import, and what each holds.
#include "alembic_int.h"

ModuleObject *module_new(Alembic *a, const char *name)
{
    ModuleObject *known = map_get(&a->modules, str_from(name));
    if (known)
        return known;
    ModuleObject *module = arena_new(a->kept, ModuleObject);
    module->host.kind = OBJECT_MODULE;
    module->name = str_from(name);
    module->members = map_open(a->kept);
    module->assigned = map_open(a->kept);
    map_put(&a->modules, module->name, module);
    return module;
}

void module_share(Alembic *a, ModuleObject *module, const char *name)
{
    map_put(&a->modules, str_from(name), module);
}

void module_add(Alembic *a, ModuleObject *module, const char *name, HostObject *object)
{
    (void)a;
    map_put(&module->members, str_from(name), object);
}

void module_set(Alembic *a, ModuleObject *module, Str name, Value value)
{
    Value *kept = value_boxed(a->arena, value);
    map_put(&module->assigned, str_copy(a->kept, name), kept);
}

void module_function(Alembic *a, ModuleObject *module, const char *name, Handler *handler, int extra)
{
    module_add(a, module, name, &function_new(a, name, handler, NULL, extra)->host);
}

void open_modules(Alembic *a)
{
    ModuleObject *alembic = module_new(a, "alembic");
    ModuleObject *op = module_new(a, "alembic.op");
    ModuleObject *sa = module_new(a, "sqlalchemy");
    (void)alembic;
    open_op_module(a, op);
    open_type_modules(a, sa);
    ModuleObject *sql = module_new(a, "sqlalchemy.sql");
    static const char *const expression_modules[] = {"sqlalchemy.sql.expression", "sqlalchemy.sql.elements",
                                                     "sqlalchemy.sql.selectable", "sqlalchemy.sql.dml"};
    for (size_t i = 0; i < sizeof expression_modules / sizeof expression_modules[0]; i++)
        module_share(a, sql, expression_modules[i]);
    ModuleObject *schema = module_new(a, "sqlalchemy.schema"), *with_expressions[] = {sa, sql, schema};
    for (size_t i = 0; i < sizeof with_expressions / sizeof with_expressions[0]; i++) {
        open_expr_functions(a, with_expressions[i]);
        open_dml_functions(a, with_expressions[i]);
    }
    static const char *const schema_modules[] = {"sqlalchemy", "sqlalchemy.schema", "sqlalchemy.sql.schema",
                                                 "sqlalchemy.sql.ddl"};
    for (size_t i = 0; i < sizeof schema_modules / sizeof schema_modules[0]; i++)
        open_schema_functions(a, module_new(a, schema_modules[i]));
    ModuleObject *functions = module_new(a, "sqlalchemy.sql.functions");
    HostObject *func = map_get(&sa->members, STR("func"));
    module_add(a, functions, "func", func);
    // dialect packages bring insert() with ON CONFLICT, and PostgreSQL's constraint
    static const char *const dialects[] = {"postgresql", "sqlite", "mysql"};
    for (size_t i = 0; i < 3; i++) {
        ModuleObject *module = module_new(a, str_format(a->arena, "sqlalchemy.dialects.%s", dialects[i]).ptr);
        module_add(a, module, "insert", map_get(&sa->members, STR("insert")));
        module_add(a, module, "array", map_get(&sa->members, STR("tuple_")));
        module_add(a, module, "ExcludeConstraint", map_get(&sa->members, STR("ExcludeConstraint")));
    }
    module_new(a, "sqlalchemy.dialects");
    module_new(a, "sqlalchemy.ext");
    open_bind_modules(a, sa);
    open_context_modules(a);
    open_library_modules(a);
    open_compiles_modules(a);
    open_metadata_modules(a);
    open_orm_modules(a);
    open_registered_modules(a);
    a->progress = map_open(a->kept);
}
