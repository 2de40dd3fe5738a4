// What a query gives back: nothing that is known, but a raise that depends on it becomes a check of the script. The query is
// asked whether its count is 0, whether it finds a row, whether it says yes.
#include "alembic_int.h"

// First a Question: the evaluator hands it back.
typedef struct QueryQuestion {
    Question question;
    Op *op;
    Expect no, yes;   // what the query must find where the answer is this one; EXPECT_ANYTHING: it cannot be asked
} QueryQuestion;

// What execute() returns, and what its methods make of it.
typedef struct ResultObject {
    HostObject host;
    Op *op;             // the query; NULL: nothing is asked of it
    QueryForm form;     // with an op
    bool *is_read;      // rows were taken from it: what is left is another thing
    bool has_scalars;   // each row is the value of its first column
    bool is_row;        // the one row of a query that counts, or says yes or no
    Value value;        // with is_row: what it holds
    bool is_known;      // the chain answers it
    bool has_all;       // then: there are no more rows than these
    Value rows;         // a list
} ResultObject;

#define RAISE_HINT                                                                                                          \
    "A raise becomes a check of the script when it depends on SELECT count(*) ..., or on whether a query finds a row: ask " \
    "that, or write this revision's SQL by hand in " OVERRIDE_FILE "."

Value rows_unknown(Call *call)
{
    Value value = value_unknown_cured(call->a->arena, call->args->at,
                                      STR("the rows of a query are known only to the database"), STR(ROWS_HINT),
                                      (Cure){.kind = CURE_OVERRIDE});
    Unknown *unknown = arena_new(call->a->arena, Unknown);
    *unknown = *value.unknown;
    unknown->raise_hint = STR(RAISE_HINT);
    return (Value){.kind = VALUE_UNKNOWN, .unknown = unknown};
}

static ResultObject *result_new(Alembic *a)
{
    ResultObject *result = arena_new(a->arena, ResultObject);
    result->host.kind = OBJECT_RESULT;
    result->is_read = arena_new(a->arena, bool);
    return result;
}

Value result_value(Alembic *a)
{
    return value_host(&result_new(a)->host);
}

// What most texts begin with, so that they need not be cut into statements once more.
static bool begins_change(Str text)
{
    static const char *const words[] = {"ALTER", "CREATE", "DELETE", "DROP", "INSERT", "UPDATE", NULL};
    size_t start = 0, end;
    while (start < text.len && strchr(" \t\r\n", text.ptr[start]))
        start++;
    for (end = start; end < text.len && ((text.ptr[end] | 32) >= 'a' && (text.ptr[end] | 32) <= 'z');)
        end++;
    return str_is_one_of(str_slice(text, start, end), words);
}

// The text of the operation when it is one query and nothing else.
static bool query_text(Call *call, const Op *op, Str *text)
{
    Alembic *a = call->a;
    Diag ignored = diag_open(a->arena);
    Buf out = buf_open(a->arena);
    RawList statements = {0};
    if (op->select) {
        bool done = sql_select(a->arena, &ignored, a->style, op->select, &out);
        *text = buf_str(&out);
        return done;
    }
    if (!op->sql || begins_change(op->sql->text) ||
        !sql_split(a->arena, &ignored, a->dialect, op->at, op->sql->text, &statements))
        return false;
    size_t queries = 0;
    for (size_t i = 0; i < statements.count; i++) {
        if (statements.items[i].kind == RAW_COMMENT)
            continue;
        queries++;
        *text = statements.items[i].text;
        if (statements.items[i].kind != RAW_QUERY)
            return false;
    }
    return queries == 1;
}

void result_of(Call *call, Op *op)
{
    ResultObject *result = result_new(call->a);
    Str text;
    *call->result = value_host(&result->host);
    result->is_known = catalogue_rows(call, op, &result->rows, &result->has_all);
    bool exists = op->select && select_only_exists(op->select);
    if (!exists && !query_text(call, op, &text))
        return;
    result->op = op;
    if (exists)
        result->form.is_exists = true;
    else
        result->form = sql_query_form(call->a->dialect, text);
}

static Value asked(Call *call, const ResultObject *result, UnknownForm form, Expect no, Expect yes)
{
    QueryQuestion *question = arena_new(call->a->arena, QueryQuestion);
    *question = (QueryQuestion){.op = result->op, .no = no, .yes = yes};
    return value_unknown_asked(call->a->arena, rows_unknown(call), form, &question->question);
}

// The value of the first column of the first row.
static Value scalar_of(Call *call, const ResultObject *result)
{
    if (result->form.is_count)
        return asked(call, result, UNKNOWN_COUNT, EXPECT_ZERO, EXPECT_COUNT);
    if (result->form.is_exists)
        return asked(call, result, UNKNOWN_BOOL, EXPECT_FALSE, EXPECT_TRUE);
    if (result->form.is_constant)
        return asked(call, result, UNKNOWN_OBJECT, EXPECT_NO_ROWS, EXPECT_ROWS);
    return rows_unknown(call);
}

static Value row_of(Call *call, const ResultObject *result)
{
    if (result->has_scalars)
        return scalar_of(call, result);
    if (result->form.is_count || result->form.is_exists) {
        ResultObject *row = result_new(call->a);
        row->is_row = true;
        row->value = scalar_of(call, result);
        return value_host(&row->host);
    }
    return result->form.reads_table ? asked(call, result, UNKNOWN_OBJECT, EXPECT_NO_ROWS, EXPECT_ROWS) : rows_unknown(call);
}

static Value list_of(Call *call, const ResultObject *result)
{
    if (!result->form.is_count && !result->form.is_exists)
        return result->form.reads_table ? asked(call, result, UNKNOWN_LIST, EXPECT_NO_ROWS, EXPECT_ROWS)
                                        : rows_unknown(call);
    Value list = value_list(call->a->arena, VALUE_LIST);
    vec_push(call->a->arena, &list.list->values, row_of(call, result));
    return list;
}

// first() and one_or_none() differ where there are several rows: then the latter raises whatever is asked.
static Value only_row_of(Call *call, const ResultObject *result)
{
    bool one = result->form.is_count || result->form.is_exists;
    if (!one && result->form.reads_table && (!result->has_scalars || result->form.is_constant))
        return asked(call, result, UNKNOWN_OBJECT, EXPECT_NO_ROWS, EXPECT_ANYTHING);
    return one ? row_of(call, result) : rows_unknown(call);
}

// How many rows there are.
static Value length_of(Call *call, const ResultObject *result)
{
    if (result->is_known && result->has_all)
        return value_int((int64_t)result->rows.list->values.count);
    bool one = result->form.is_count || result->form.is_exists || !result->form.reads_table;
    return one ? rows_unknown(call) : asked(call, result, UNKNOWN_COUNT, EXPECT_NO_ROWS, EXPECT_ROWS);
}

typedef enum Taking { TAKE_SCALAR, TAKE_ONLY_SCALAR, TAKE_ROW, TAKE_ONLY_ROW, TAKE_THE_ROW, TAKE_ALL } Taking;

static Value first_cell(Call *call, Value row)
{
    Value cell;
    return interp_iterate(call->in, call->args->at, row, &cell) && cell.list->values.count ? cell.list->values.items[0]
                                                                                           : rows_unknown(call);
}

// The same of rows that are known.
static void take_known(Call *call, const ResultObject *result, Taking taking)
{
    const List *rows = result->rows.list;
    Value row = rows->values.count ? rows->values.items[0] : VALUE_OF_NONE;
    bool is_cell = result->has_scalars || taking == TAKE_SCALAR || taking == TAKE_ONLY_SCALAR;
    row = rows->values.count && is_cell ? first_cell(call, row) : row;
    *call->result = row;
    if (!result->has_all && taking != TAKE_ROW && taking != TAKE_SCALAR) {
        *call->result = rows_unknown(call);
    } else if (taking == TAKE_ALL) {
        *call->result = value_list(call->a->arena, VALUE_LIST);
        if (rows->values.count)
            vec_push(call->a->arena, &call->result->list->values, row);
    } else if (!rows->values.count && (taking == TAKE_THE_ROW || strcmp(call->name, "scalar_one") == 0)) {
        *call->result = rows_unknown(call);   // NoResultFound
    }
}

static bool take(Call *call)
{
    ResultObject *result = (ResultObject *)call->self, scalars = *result;
    bool one = result->form.is_count || result->form.is_exists;
    scalars.has_scalars = true;
    if (!result->op || *result->is_read || call->args->count) {
        *call->result = rows_unknown(call);
        return true;
    }
    *result->is_read = true;
    if (result->is_known) {
        take_known(call, result, (Taking)call->extra);
        return true;
    }
    switch ((Taking)call->extra) {
    case TAKE_SCALAR: *call->result = scalar_of(call, result); break;
    case TAKE_ONLY_SCALAR: *call->result = only_row_of(call, &scalars); break;
    case TAKE_ROW: *call->result = row_of(call, result); break;
    case TAKE_ONLY_ROW: *call->result = only_row_of(call, result); break;
    case TAKE_THE_ROW: *call->result = one ? row_of(call, result) : rows_unknown(call); break;
    case TAKE_ALL: *call->result = list_of(call, result); break;
    }
    return true;
}

static bool take_scalars(Call *call)
{
    ResultObject *scalars = result_new(call->a);
    *scalars = *(ResultObject *)call->self;
    scalars->has_scalars |= call->extra;
    *call->result = call->args->count ? rows_unknown(call) : value_host(&scalars->host);
    return true;
}

static bool close_result(Call *call)
{
    *call->result = VALUE_OF_NONE;
    return true;
}

static bool row_attribute(Call *call, const ResultObject *row, Str name, Value *result)
{
    static const char *const of_tuples[] = {"count", "index", "keys", "values", "items", "t", "tuple", NULL};
    if (str_equal(name, STR("_mapping")))
        *result = value_host((HostObject *)(uintptr_t)&row->host);
    else
        *result = str_is_one_of(name, of_tuples) || str_starts(name, STR("_")) ? rows_unknown(call) : row->value;
    return true;
}

bool result_attribute(Call *call, HostObject *object, Str name, Value *result, bool *found)
{
    static const Method methods[] = {
        {"scalar", take, TAKE_SCALAR},
        {"scalar_one", take, TAKE_ONLY_SCALAR},
        {"scalar_one_or_none", take, TAKE_ONLY_SCALAR},
        {"first", take, TAKE_ROW},
        {"fetchone", take, TAKE_ROW},
        {"one_or_none", take, TAKE_ONLY_ROW},
        {"one", take, TAKE_THE_ROW},
        {"all", take, TAKE_ALL},
        {"fetchall", take, TAKE_ALL},
        {"scalars", take_scalars, 1},
        {"mappings", take_scalars, 0},
        {"close", close_result, 0},
    };
    ResultObject *self = (ResultObject *)object;
    *found = true;
    if (self->is_row)
        return row_attribute(call, self, name, result);
    // the other drivers do not count what a query finds; psycopg has it all
    if (str_equal(name, STR("rowcount")) && self->op && call->a->dialect->id == DIALECT_POSTGRESQL) {
        *result = length_of(call, self);
        return true;
    }
    if (!find_method(call, methods, sizeof methods / sizeof methods[0], object, name, result))
        *result = rows_unknown(call);
    return true;
}

bool result_row(HostObject *object, Value *value)
{
    const ResultObject *result = (const ResultObject *)object;
    if (object->kind != OBJECT_RESULT || !result->is_row)
        return false;
    *value = result->value;
    return true;
}

bool result_rows(Call *call, HostObject *object, Value *rows)
{
    const ResultObject *result = (const ResultObject *)object;
    if (object->kind != OBJECT_RESULT || !result->is_known || !result->has_all || *result->is_read)
        return false;
    *result->is_read = true;
    Call own = *call;
    own.result = rows;
    take_known(&own, result, TAKE_ALL);
    return true;
}

bool result_take(Call *call, HostObject *result, const char *method)
{
    Value function;
    return interp_attribute(call->in, call->args->at, value_host(result), str_from(method), &function) &&
           interp_call(call->in, function, &(Args){.at = call->args->at}, call->result);
}

bool result_length(Call *call)
{
    *call->result = length_of(call, (const ResultObject *)call->result->host);
    return true;
}

bool host_assume(Host *host, Interp *in, Span at, Question *question, bool is_yes, Str why)
{
    const QueryQuestion *asks = (const QueryQuestion *)question;
    Expect expect = is_yes ? asks->yes : asks->no;
    Op *op = asks->op;
    (void)host;
    if (expect == EXPECT_ANYTHING || (op->expect != EXPECT_ANYTHING && op->expect != expect)) {
        interp_refuse(in, at, STR("Write this revision's SQL by hand in " OVERRIDE_FILE "."),
                      "a raise depends on the rows of a query in a way that no check of the script can ask");
        diag_cure(interp_diag(in), (Cure){.kind = CURE_OVERRIDE});
        return false;
    }
    if (!op->raised_at.source) {
        op->raised_at = at;
        op->raised = why;
    }
    op->expect = expect;
    return true;
}
