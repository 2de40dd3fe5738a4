// op.sync_enum_values() of the package alembic_postgresql_enum: a new enum type takes the old one's place.
//
// The package reads the columns' defaults from the database. Here the model has them; where a table's shape is not known,
// one DO block keeps whatever default the database has.
#include "alembic_int.h"
#include "ops_int.h"

typedef struct AffectedColumn {
    Str table, column;    // quoted
    const Table *known;   // NULL: its shape is not known
    Str name;             // of the column
    bool is_array;
    const Expr *default_;
} AffectedColumn;
typedef VEC(AffectedColumn) AffectedList;

typedef struct Sync {
    Call *call;
    Str schema;
    Str type, old, old_name, labels;   // quoted
    AffectedList columns;
    StrList renames;   // old, new, old, new: literals
} Sync;

static Str number_of(Sync *s, size_t i)
{
    return str_format(s->call->a->arena, "default_%zu", i + 1);
}

static bool read_column(Sync *s, Value reference)
{
    Call *call = s->call;
    Alembic *a = call->a;
    Str schema = STR_EMPTY, table = STR_EMPTY, column = STR_EMPTY;
    AffectedColumn affected = {0};
    bool good = false;
    if ((reference.kind == VALUE_TUPLE || reference.kind == VALUE_LIST) &&
        reference.list->values.count == 2) {   // the old form
        good = is_text(reference.list->values.items[0], &table) && is_text(reference.list->values.items[1], &column);
    } else if (reference.kind == VALUE_DICT) {
        const Value *name = dict_get_str(reference.dict, STR("table_name")),
                    *in = dict_get_str(reference.dict, STR("table_schema"));
        const Value *part = dict_get_str(reference.dict, STR("column_name")),
                    *type = dict_get_str(reference.dict, STR("column_type"));
        HostObject *kind = type ? host_of(*type, OBJECT_EXPR) : NULL;
        good = name && part && is_text(*name, &table) && is_text(*part, &column);
        if (in)
            is_text(*in, &schema);
        affected.is_array = kind && str_equal(((ExprObject *)kind)->expr->text, STR("ARRAY"));
    }
    if (!good)
        return call_refuse(call, call->args->at, "Write TableReference(...).", "an affected column is no reference");
    schema = schema.len ? schema : s->schema;
    Str plain = str_equal(schema, STR("public")) ? STR_EMPTY : schema;
    const Table *known = model_table(a->model, plain, table);
    if (known && !known->is_opaque && !a->model->all_opaque && table_column(known, column)) {
        affected.known = known;
        affected.default_ = table_column(known, column)->default_;
    }
    affected.name = column;
    affected.table = sql_qualified(a->arena, a->dialect, schema, table);
    affected.column = sql_name(a->arena, a->dialect, column);
    vec_push(a->arena, &s->columns, affected);
    return true;
}

static bool add_literal(Sync *s, Str text, StrList *list)
{
    Call *call = s->call;
    Str sql;
    if (!sql_text(call->a->arena, interp_diag(call->in), call->a->style, call->args->at, text, &sql))
        return interp_refused(call->in);
    vec_push(call->a->arena, list, sql);
    return true;
}

static bool read_renames(Sync *s, Value pairs)
{
    for (size_t i = 0; i < pairs.list->values.count; i++) {
        Value pair = pairs.list->values.items[i];
        Str from, to;
        if ((pair.kind != VALUE_TUPLE && pair.kind != VALUE_LIST) || pair.list->values.count != 2 ||
            !is_text(pair.list->values.items[0], &from) || !is_text(pair.list->values.items[1], &to))
            return call_refuse(s->call, s->call->args->at, "Write (old, new).", "a renamed enum value is no pair");
        if (!add_literal(s, from, &s->renames) || !add_literal(s, to, &s->renames))
            return false;
    }
    return true;
}

// Renames one after the other do what they say only when none takes up what an earlier one has made.
static bool check_chain(Sync *s)
{
    for (size_t i = 0; i + 1 < s->renames.count; i += 2)
        for (size_t k = i + 2; k + 1 < s->renames.count; k += 2)
            if (str_equal(s->renames.items[i + 1], s->renames.items[k]))
                return call_refuse(s->call, s->call->args->at, "Give the values that do not take up each other's names.",
                                   "enum values are renamed one to another's old name");
    return true;
}

// A default's text with the renamed values under their new names.
static Str renamed_default(Sync *s, Str sql)
{
    for (size_t i = 0; i + 1 < s->renames.count; i += 2)
        sql = str_replace(s->call->a->arena, sql, s->renames.items[i], s->renames.items[i + 1]);
    return sql;
}

static Str change_of(Sync *s, const AffectedColumn *c)
{
    Arena *arena = s->call->a->arena;
    const char *brackets = c->is_array ? "[]" : "";
    Buf out = buf_open(arena);
    buf_addf(&out, "ALTER TABLE %.*s ALTER COLUMN %.*s TYPE %.*s%s USING ", STR_ARGS(c->table), STR_ARGS(c->column),
             STR_ARGS(s->type), brackets);
    if (!s->renames.count || c->is_array) {
        Str text = str_format(arena, "%.*s::text%s", STR_ARGS(c->column), brackets);
        for (size_t i = 0; i + 1 < s->renames.count; i += 2)
            text = str_format(arena, "array_replace(%.*s, %.*s, %.*s)", STR_ARGS(text), STR_ARGS(s->renames.items[i]),
                              STR_ARGS(s->renames.items[i + 1]));
        buf_addf(&out, "%.*s::%.*s%s", STR_ARGS(text), STR_ARGS(s->type), brackets);
        return buf_str(&out);
    }
    buf_addf(&out, "CASE %.*s::text", STR_ARGS(c->column));
    for (size_t i = 0; i + 1 < s->renames.count; i += 2)
        buf_addf(&out, " WHEN %.*s THEN %.*s::%.*s", STR_ARGS(s->renames.items[i]), STR_ARGS(s->renames.items[i + 1]),
                 STR_ARGS(s->type));
    buf_addf(&out, " ELSE %.*s::text::%.*s END", STR_ARGS(c->column), STR_ARGS(s->type));
    return buf_str(&out);
}

static void add_sql(Sync *s, Str text)
{
    Call *call = s->call;
    Op *op = op_new(call, OP_EXECUTE);
    Expr *raw = expr_new(call->a, EXPR_RAW, op->at);
    raw->text = text;
    op->sql = raw;
    vec_push(call->a->arena, call->a->ops, op);
}

// The default of the column in the model is the renamed one from here on.
static void keep_default(Sync *s, const AffectedColumn *c, Str sql)
{
    Alembic *a = s->call->a;
    const Table *now = model_table(a->model, c->known->schema, c->known->name);
    Table *table = table_copy(a->arena, now);
    for (size_t i = 0; i < table->columns.count; i++) {
        if (!str_equal(table->columns.items[i]->name, c->name))
            continue;
        Column *column = column_copy(a->arena, table->columns.items[i]);
        Expr *raw = expr_new(a, EXPR_RAW, s->call->args->at);
        raw->text = sql;
        column->default_ = raw;
        table->columns.items[i] = column;
    }
    model_put_table(a->model, table);
}

static bool plain_statements(Sync *s)
{
    Call *call = s->call;
    Arena *arena = call->a->arena;
    add_sql(s, str_format(arena, "ALTER TYPE %.*s RENAME TO %.*s", STR_ARGS(s->type), STR_ARGS(s->old_name)));
    add_sql(s, str_format(arena, "CREATE TYPE %.*s AS ENUM (%.*s)", STR_ARGS(s->type), STR_ARGS(s->labels)));
    for (size_t i = 0; i < s->columns.count; i++) {
        const AffectedColumn *c = &s->columns.items[i];
        Str alter = str_format(arena, "ALTER TABLE %.*s ALTER COLUMN %.*s", STR_ARGS(c->table), STR_ARGS(c->column)), value;
        if (c->default_)
            add_sql(s, str_format(arena, "%.*s DROP DEFAULT", STR_ARGS(alter)));
        add_sql(s, change_of(s, c));
        if (!c->default_)
            continue;
        if (!sql_default(arena, interp_diag(call->in), call->a->style, c->default_, NULL, &value))
            return interp_refused(call->in);
        Str renamed = renamed_default(s, value);
        add_sql(s, str_format(arena, "%.*s SET DEFAULT %.*s", STR_ARGS(alter), STR_ARGS(renamed)));
        if (!str_equal(renamed, value))
            keep_default(s, c, renamed);
    }
    add_sql(s, str_format(arena, "DROP TYPE %.*s", STR_ARGS(s->old)));
    return true;
}

static bool one_block(Sync *s)
{
    Arena *arena = s->call->a->arena;
    Buf out = buf_open(arena);
    buf_add(&out, STR("DO $sync$\nDECLARE\n"));
    for (size_t i = 0; i < s->columns.count; i++)
        buf_addf(&out, "  %.*s text;\n", STR_ARGS(number_of(s, i)));
    buf_add(&out, STR("BEGIN\n"));
    for (size_t i = 0; i < s->columns.count; i++) {
        StrList names = {0};
        if (!add_literal(s, s->columns.items[i].table, &names) || !add_literal(s, s->columns.items[i].column, &names))
            return false;
        buf_addf(&out,
                 "  SELECT pg_get_expr(d.adbin, d.adrelid) INTO %.*s FROM pg_attrdef AS d JOIN pg_attribute AS a ON "
                 "a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE d.adrelid = %.*s::regclass AND quote_ident(a.attname) "
                 "= quote_ident((parse_ident(%.*s))[1]);\n",
                 STR_ARGS(number_of(s, i)), STR_ARGS(names.items[0]), STR_ARGS(names.items[1]));
        for (size_t k = 0; k + 1 < s->renames.count; k += 2) {
            StrList quoted = {0};   // the default's text holds the values as literals
            if (!add_literal(s, s->renames.items[k], &quoted) || !add_literal(s, s->renames.items[k + 1], &quoted))
                return false;
            buf_addf(&out, "  %.*s := replace(%.*s, %.*s, %.*s);\n", STR_ARGS(number_of(s, i)), STR_ARGS(number_of(s, i)),
                     STR_ARGS(quoted.items[0]), STR_ARGS(quoted.items[1]));
        }
    }
    buf_addf(&out, "  ALTER TYPE %.*s RENAME TO %.*s;\n  CREATE TYPE %.*s AS ENUM (%.*s);\n", STR_ARGS(s->type),
             STR_ARGS(s->old_name), STR_ARGS(s->type), STR_ARGS(s->labels));
    for (size_t i = 0; i < s->columns.count; i++) {
        const AffectedColumn *c = &s->columns.items[i];
        Str alter = str_format(arena, "ALTER TABLE %.*s ALTER COLUMN %.*s", STR_ARGS(c->table), STR_ARGS(c->column));
        StrList text = {0};
        if (!add_literal(s, str_format(arena, "%.*s SET DEFAULT ", STR_ARGS(alter)), &text))
            return false;
        buf_addf(&out, "  %.*s DROP DEFAULT;\n  %.*s;\n  IF %.*s IS NOT NULL THEN\n    EXECUTE %.*s || %.*s;\n  END IF;\n",
                 STR_ARGS(alter), STR_ARGS(change_of(s, c)), STR_ARGS(number_of(s, i)), STR_ARGS(text.items[0]),
                 STR_ARGS(number_of(s, i)));
    }
    buf_addf(&out, "  DROP TYPE %.*s;\nEND\n$sync$", STR_ARGS(s->old));
    add_sql(s, buf_str(&out));
    return true;
}

// op.sync_enum_values(enum_schema, enum_name, new_values, affected_columns, enum_values_to_rename)
// The package alembic-autogenerate-enums has the same name for less: (schema, name, old_values, new_values) adds what is
// new.
static bool is_old_and_new(Value fourth)
{
    bool texts = fourth.kind == VALUE_LIST || fourth.kind == VALUE_TUPLE || fourth.kind == VALUE_SET;
    Str text;
    for (size_t i = 0; texts && i < fourth.list->values.count; i++)
        texts = is_text(fourth.list->values.items[i], &text);
    return texts && fourth.list->values.count > 0;
}

static bool add_values(Call *call, Str schema, Str name, const StrList *old, const StrList *wanted)
{
    Alembic *a = call->a;
    for (size_t i = 0; i < wanted->count; i++) {
        Sync s = {.call = call};
        StrList literal = {0};
        if (strlist_has(old, wanted->items[i]))
            continue;
        if (!add_literal(&s, wanted->items[i], &literal))
            return false;
        // no parameter of sa.text() begins in a value
        Str value = str_replace(a->arena, literal.items[0], STR(":"), STR("\\:"));
        Expr *text = expr_make(a, EXPR_TEXT, EXPR_OP_EQ, call->args->at, 0, NULL);
        text->text = str_format(a->arena, "ALTER TYPE %.*s ADD VALUE %.*s",
                                STR_ARGS(sql_qualified(a->arena, a->dialect, schema, name)), STR_ARGS(value));
        if (!emit_sql_text(call, call->args->at, text))
            return false;
    }
    return true;
}

bool op_sync_enum_values(Call *call)
{
    Alembic *a = call->a;
    Sync s = {.call = call};
    Str schema = STR_EMPTY, name = STR_EMPTY;
    StrList values = {0}, literals = {0};
    const Value *columns = call_value(call, 3, "affected_columns"), *renames = call_value(call, 4, "enum_values_to_rename");
    Value list, pairs = value_list(a->arena, VALUE_LIST);
    if (!a->dialect->has_enum_types)   // the package too says so and goes on
        return diag_warn(interp_diag(call->in), call->args->at, "sync_enum_values() does nothing on %.*s",
                         STR_ARGS(a->dialect->title));
    if (!columns)
        return interp_raise(call->in, call->args->at, STR("TypeError"),
                            "sync_enum_values() missing a required argument: 'affected_columns'");
    if (!call_str(call, 0, "enum_schema", &schema) || !call_need_name(call, 1, "enum_name", &name) ||
        !call_names(call, 2, "new_values", &values) || !interp_iterate(call->in, call->args->at, *columns, &list) ||
        (renames && !value_is_none(*renames) && !interp_iterate(call->in, call->args->at, *renames, &pairs)))
        return false;
    StrList wanted = {0};
    if (is_old_and_new(*columns))
        return call_names(call, 3, "affected_columns", &wanted) && add_values(call, schema, name, &values, &wanted);
    for (size_t i = 0; i < values.count; i++)
        if (!add_literal(&s, values.items[i], &literals))
            return false;
    s.labels = strlist_join(a->arena, &literals, STR(", "));
    Str old_name = str_format(a->arena, "%.*s_old", STR_ARGS(name));
    s.type = sql_qualified(a->arena, a->dialect, schema, name);
    s.old = sql_qualified(a->arena, a->dialect, schema, old_name);
    s.old_name = sql_name(a->arena, a->dialect, old_name);
    s.schema = schema;
    bool known = true;
    for (size_t i = 0; i < list.list->values.count; i++)
        if (!read_column(&s, list.list->values.items[i]))
            return false;
    for (size_t i = 0; i < s.columns.count; i++)
        known &= s.columns.items[i].known != NULL;
    if (!read_renames(&s, pairs) || !check_chain(&s) || !(known ? plain_statements(&s) : one_block(&s)))
        return false;
    NamedType *now = arena_new(a->arena, NamedType);
    *now = (NamedType){.schema = str_equal(schema, STR("public")) ? STR_EMPTY : schema,
                       .name = name,
                       .labels = values,
                       .revision = a->model->revision};
    model_put_type(a->model, now);
    return true;
}
