// isinstance(object, class) for SQLAlchemy's objects and types: what is sure is answered, what is not is refused, as a wrong
// no would leave a step out without a word.
#include "expr_int.h"

// ---- types ----

// What each class is made of. Source: SQLAlchemy 1.4.46 and 2.0.52 sql/sqltypes.py.
static const struct {
    TypeKind kind, parent;
} parents[] = {
    {TYPE_SMALL_INTEGER, TYPE_INTEGER},
    {TYPE_BIG_INTEGER, TYPE_INTEGER},
    {TYPE_SQL_INTEGER, TYPE_INTEGER},
    {TYPE_SQL_SMALLINT, TYPE_SMALL_INTEGER},
    {TYPE_SQL_BIGINT, TYPE_BIG_INTEGER},
    {TYPE_FLOAT, TYPE_NUMERIC},
    {TYPE_DOUBLE, TYPE_FLOAT},
    {TYPE_SQL_NUMERIC, TYPE_NUMERIC},
    {TYPE_SQL_DECIMAL, TYPE_NUMERIC},
    {TYPE_SQL_FLOAT, TYPE_FLOAT},
    {TYPE_SQL_REAL, TYPE_FLOAT},
    {TYPE_TEXT, TYPE_STRING},
    {TYPE_UNICODE, TYPE_STRING},
    {TYPE_UNICODE_TEXT, TYPE_TEXT},
    {TYPE_ENUM, TYPE_STRING},
    {TYPE_SQL_VARCHAR, TYPE_STRING},
    {TYPE_SQL_CHAR, TYPE_STRING},
    {TYPE_SQL_NVARCHAR, TYPE_UNICODE},
    {TYPE_SQL_NCHAR, TYPE_UNICODE},
    {TYPE_SQL_TEXT, TYPE_TEXT},
    {TYPE_SQL_TIMESTAMP, TYPE_DATETIME},
};

// A class that a revision writes down itself.
static Answer3 type_is(TypeKind kind, TypeKind class)
{
    bool known = false, has_kin = false;
    for (TypeKind at = kind;;) {
        size_t i = 0;
        if (at == class)
            return ANSWER_YES;
        while (i < sizeof parents / sizeof parents[0] && parents[i].kind != at)
            i++;
        if (i == sizeof parents / sizeof parents[0])
            break;
        known = true;
        at = parents[i].parent;
    }
    for (size_t i = 0; i < sizeof parents / sizeof parents[0]; i++) {
        known |= parents[i].parent == kind;
        has_kin |= parents[i].parent == class || parents[i].kind == class;
    }
    static const TypeKind alone[] = {TYPE_BOOLEAN, TYPE_DATE, TYPE_TIME, TYPE_LARGE_BINARY, TYPE_INTERVAL};
    for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++) {
        known |= kind == alone[i];
        has_kin |= class == alone[i];
    }
    return known && has_kin ? ANSWER_NO : ANSWER_DOUBT;
}

static bool is_one(TypeKind kind, TypeKind a, TypeKind b)
{
    return kind == a || kind == b;
}

// What the server's type is read as is one of the dialect's own, made of these classes.
static Answer3 reflected_is(DialectId dialect, const Type *type, TypeKind class)
{
    TypeFamily family = type_family(type);
    bool oracle = dialect == DIALECT_ORACLE, mssql = dialect == DIALECT_MSSQL, sqlite = dialect == DIALECT_SQLITE;
    bool numbers = family == FAMILY_INTEGER || family == FAMILY_NUMERIC || family == FAMILY_FLOAT;
    bool times = family == FAMILY_DATE || family == FAMILY_TIME || family == FAMILY_DATETIME;
    bool plain = numbers || times || family == FAMILY_TEXT, big = is_one(type->kind, TYPE_BIG_INTEGER, TYPE_SQL_BIGINT);
    bool small = is_one(type->kind, TYPE_SMALL_INTEGER, TYPE_SQL_SMALLINT), integer = family == FAMILY_INTEGER;
    bool usual = is_one(type->kind, TYPE_INTEGER, TYPE_SQL_INTEGER) || big || small;
    if (!plain || (oracle && (numbers || times)) || (mssql && (times || family == FAMILY_FLOAT)))
        return family == FAMILY_BOOLEAN && class == TYPE_BOOLEAN && (sqlite || dialect == DIALECT_POSTGRESQL) ? ANSWER_YES
                                                                                                              : ANSWER_DOUBT;
    switch ((int)class) {
    case TYPE_INTEGER: return integer ? ANSWER_YES : ANSWER_NO;
    case TYPE_BIG_INTEGER: return !integer ? ANSWER_NO : usual ? (big ? ANSWER_YES : ANSWER_NO) : ANSWER_DOUBT;
    case TYPE_SMALL_INTEGER: return !integer ? ANSWER_NO : usual ? (small ? ANSWER_YES : ANSWER_NO) : ANSWER_DOUBT;
    case TYPE_NUMERIC: return numbers && !integer ? ANSWER_YES : ANSWER_NO;
    case TYPE_FLOAT: return family == FAMILY_FLOAT ? ANSWER_YES : ANSWER_NO;
    case TYPE_STRING: return family == FAMILY_TEXT ? ANSWER_YES : ANSWER_NO;
    case TYPE_TEXT:
        if (family != FAMILY_TEXT)
            return ANSWER_NO;
        if (oracle || mssql || type->length > 0)
            return is_one(type->kind, TYPE_STRING, TYPE_SQL_VARCHAR) ? ANSWER_NO : ANSWER_DOUBT;
        return is_one(type->kind, TYPE_TEXT, TYPE_SQL_TEXT) ? ANSWER_YES
               : type->kind == TYPE_STRING                  ? ANSWER_NO
                                                            : ANSWER_DOUBT;
    case TYPE_BOOLEAN: return dialect == DIALECT_MYSQL || dialect == DIALECT_MARIADB ? ANSWER_DOUBT : ANSWER_NO;
    case TYPE_DATETIME: return family == FAMILY_DATETIME ? ANSWER_YES : ANSWER_NO;
    case TYPE_DATE: return family == FAMILY_DATE ? ANSWER_YES : ANSWER_NO;
    case TYPE_TIME: return family == FAMILY_TIME ? ANSWER_YES : ANSWER_NO;
    default: return ANSWER_DOUBT;
    }
}

// ---- tables, columns, constraints ----

static Answer3 named_is(const HostObject *object, const char *class)
{
    static const char *const known[] = {"Column",
                                        "Table",
                                        "Index",
                                        "UniqueConstraint",
                                        "CheckConstraint",
                                        "ForeignKey",
                                        "ForeignKeyConstraint",
                                        "Constraint",
                                        "PrimaryKeyConstraint",
                                        NULL};
    static const char *const kinds[] = {[CONSTRAINT_PRIMARY] = "PrimaryKeyConstraint",
                                        [CONSTRAINT_UNIQUE] = "UniqueConstraint",
                                        [CONSTRAINT_FOREIGN] = "ForeignKeyConstraint",
                                        [CONSTRAINT_CHECK] = "CheckConstraint",
                                        [CONSTRAINT_EXCLUDE] = "ExcludeConstraint"};
    const char *own = object->kind == OBJECT_COLUMN        ? "Column"
                      : object->kind == OBJECT_INDEX       ? "Index"
                      : object->kind == OBJECT_FOREIGN_KEY ? "ForeignKey"
                      : object->kind == OBJECT_CONSTRAINT  ? kinds[((const ConstraintObject *)object)->constraint->kind]
                      : object->kind == OBJECT_TABLE && ((const TableObject *)object)->table ? "Table"
                                                                                             : NULL;
    if (!own || !str_is_one_of(str_from(class), known))
        return ANSWER_DOUBT;
    bool is = strcmp(own, class) == 0 || (object->kind == OBJECT_CONSTRAINT && strcmp(class, "Constraint") == 0);
    return is ? ANSWER_YES : ANSWER_NO;
}

static Answer3 answer(Alembic *a, const HostObject *object, HostObject *class)
{
    if (class->kind == OBJECT_TYPE_CLASS) {
        TypeKind kind = ((TypeClassObject *)class)->kind;
        const TypeObject *type = (const TypeObject *)object;
        if (object->kind != OBJECT_TYPE)
            return ANSWER_NO;
        if (type->class)
            return type->type->kind == kind ? ANSWER_YES : ANSWER_DOUBT;
        return type->is_reflected ? reflected_is(a->dialect->id, type->type, kind) : type_is(type->type->kind, kind);
    }
    return class->kind == OBJECT_FUNCTION ? named_is(object, ((const FunctionObject *)class)->name) : ANSWER_DOUBT;
}

bool host_is_a(Alembic *a, Interp *in, Span at, const HostObject *object, HostObject *class, bool *result)
{
    Answer3 given = answer(a, object, class);
    *result = given == ANSWER_YES;
    return given != ANSWER_DOUBT ||
           interp_refuse(in, at, STR("Ask for a name or another attribute, or write an override for this revision."),
                         "whether an object is of this class of SQLAlchemy's is not known");
}
