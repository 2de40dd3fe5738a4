// What revision files and project modules use of other libraries, beyond their column types.
#include "alembic_int.h"

// lazy_object_proxy.Proxy(function): what the function gives.
static bool proxy(Call *call)
{
    const Value *factory = call_value(call, 0, "factory");
    Args none = {.at = call->args->at};
    if (!factory)
        return interp_raise(call->in, call->args->at, STR("TypeError"), "Proxy() missing its factory");
    return interp_call(call->in, *factory, &none, call->result);
}

// MutableDict.as_mutable(type): the same column.
static bool as_mutable(Call *call)
{
    const Value *value = call_value(call, 0, "sqltype");
    const Type *type;
    if (!value)
        return interp_raise(call->in, call->args->at, STR("TypeError"), "as_mutable() missing its type");
    if (!to_type(call, call->args->at, *value, &type))
        return false;
    *call->result = type_value_copy(call->a, type);
    return true;
}

// enginefacade.reader.get_engine(): the application's database, which is the one that its revisions change.
static bool get_engine(Call *call)
{
    *call->result = value_host(simple_object(call->a, OBJECT_BIND));
    return true;
}

static void open_oslo_modules(Alembic *a)
{
    static const char *const facades[] = {"reader", "writer"};
    ModuleObject *module = module_new(a, "oslo_db.sqlalchemy.enginefacade");
    for (size_t i = 0; i < sizeof facades / sizeof facades[0]; i++) {
        ModuleObject *facade = module_new(
            a, str_cstr(a->kept, str_format(a->kept, "oslo_db.sqlalchemy.enginefacade.%s", facades[i])));
        module_function(a, facade, "get_engine", get_engine, 0);
        module_add(a, module, facades[i], &facade->host);
    }
}

// What these modules of SQLAlchemy and of sqlmodel give of sqlalchemy's own names, each the same object.
// Source: SQLAlchemy 2.0.52 sql/*.py; sqlmodel 0.0.39 __init__.py, sql/expression.py.
static const struct {
    const char *module, *names;
} given_on[] = {
    {"sqlalchemy.schema", "Table"},
    {"sqlalchemy.sql.schema", "Table DefaultClause FetchedValue"},
    {"sqlalchemy.sql.ddl", "DDL"},
    {"sqlalchemy.sql.functions", "literal_column"},
    {"sqlalchemy.sql.naming",
     "CheckConstraint Column ForeignKeyConstraint Index PrimaryKeyConstraint Table UniqueConstraint"},
    {"sqlalchemy.sql.util", "Column"},
    {"sqlalchemy.sql.sqltypes", "literal"},
    {"sqlmodel.sql.expression",
     "all_ and_ any_ asc between case cast column delete desc distinct exists extract false func insert join literal "
     "literal_column not_ null nulls_first nulls_last nullsfirst nullslast or_ outerjoin select table text true tuple_ "
     "type_coerce union union_all update"},
    {"sqlmodel",
     "create_engine inspect DDL CheckConstraint Column Computed DefaultClause FetchedValue ForeignKey ForeignKeyConstraint "
     "Identity Index MetaData PrimaryKeyConstraint Sequence Table UniqueConstraint bindparam column delete exists false "
     "func "
     "insert join literal literal_column null nullsfirst nullslast outerjoin table text true union union_all update ARRAY "
     "BIGINT BINARY BLOB BOOLEAN CHAR CLOB DATE DATETIME DECIMAL DOUBLE DOUBLE_PRECISION FLOAT INT INTEGER JSON NCHAR "
     "NUMERIC "
     "NVARCHAR REAL SMALLINT TEXT TIME TIMESTAMP UUID VARBINARY VARCHAR BigInteger Boolean Date DateTime Double Enum Float "
     "Integer Interval LargeBinary Numeric PickleType SmallInteger Text Time TypeDecorator Unicode UnicodeText Uuid all_ "
     "and_ "
     "any_ asc between case cast desc distinct extract not_ nulls_first nulls_last or_ select tuple_ type_coerce"},
};

static void give_on(Alembic *a, const char *to, const char *names)
{
    const ModuleObject *sa = module_new(a, "sqlalchemy");
    ModuleObject *module = module_new(a, to);
    for (Str rest = str_from(names); rest.len;) {
        Str name = str_cut(&rest, ' ');
        HostObject *object = map_get(&sa->members, name);
        if (object && !map_get(&module->members, name))
            map_put(&module->members, name, object);
    }
}

void open_library_modules(Alembic *a)
{
    static const char *const mutable[] = {"Mutable", "MutableDict", "MutableList", "MutableSet"};
    module_function(a, module_new(a, "lazy_object_proxy"), "Proxy", proxy, 0);
    ModuleObject *ext = module_new(a, "sqlalchemy.ext.mutable");
    for (size_t i = 0; i < sizeof mutable / sizeof mutable[0]; i++) {
        ModuleObject *class = module_new(a, str_cstr(a->kept, str_format(a->kept, "sqlalchemy.ext.mutable.%s", mutable[i])));
        module_function(a, class, "as_mutable", as_mutable, 0);
        module_add(a, ext, mutable[i], &class -> host);
    }
    open_listen_module(a);
    open_entity_modules(a);
    open_oslo_modules(a);
    for (size_t i = 0; i < sizeof given_on / sizeof *given_on; i++)
        give_on(a, given_on[i].module, given_on[i].names);
    // conv("name") is what op.f("name") gives
    static const char *const conv[] = {"sqlalchemy.schema", "sqlalchemy.sql.naming", "sqlalchemy.sql.elements"};
    for (size_t i = 0; i < sizeof conv / sizeof *conv; i++)
        module_add(a, module_new(a, conv[i]), "conv", map_get(&module_new(a, "alembic.op")->members, STR("f")));
    // the same names in other places
    static const char *const same[][2] = {{"sqlalchemy.sql.type_api", "sqlalchemy.types"},
                                          {"sqlalchemy.databases", "sqlalchemy.dialects"},
                                          {"sqlalchemy.databases.mysql", "sqlalchemy.dialects.mysql"},
                                          {"sqlalchemy.databases.postgresql", "sqlalchemy.dialects.postgresql"},
                                          {"sqlalchemy.databases.sqlite", "sqlalchemy.dialects.sqlite"}};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        module_new(a, same[i][0])->members = module_new(a, same[i][1])->members;
}
