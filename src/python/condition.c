// What is known of an unknown value all the same: that it is true when the host's world gives certain answers. A comparison
// or an `and` of such values is one more, as long as its truth is any, or all, of these answers.
#include "python_int.h"
#include "waybill/syntax_tree.h"

static bool same_answer(Answer a, Answer b)
{
    return a.question == b.question && a.is_yes == b.is_yes;
}

static bool has_answer(const Condition *condition, Answer answer)
{
    for (size_t i = 0; i < condition->count; i++)
        if (same_answer(condition->answers[i], answer))
            return true;
    return false;
}

static bool within(const Condition *a, const Condition *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (!has_answer(b, a->answers[i]))
            return false;
    return true;
}

bool condition_truth(const Condition *condition, bool *truth)
{
    if (!condition)
        return false;
    bool open = false;
    for (size_t i = 0; i < condition->count; i++) {
        const Question *question = condition->answers[i].question;
        bool holds = question->is_yes == condition->answers[i].is_yes;
        if (!question->is_answered) {
            open = true;
        } else if (holds != condition->all) {
            *truth = holds;
            return true;
        }
    }
    *truth = condition->all;
    return !open;
}

// Returns NULL where it would be a mixture of both kinds.
static const Condition *joined(Arena *arena, const Condition *a, const Condition *b, bool all)
{
    if (within(a, b) && within(b, a) && (a->count == 1 || a->all == b->all))
        return a;
    if ((a->count > 1 && a->all != all) || (b->count > 1 && b->all != all))
        return NULL;
    Condition *both = arena_new(arena, Condition);
    Answer *answers = arena_array(arena, Answer, a->count + b->count);
    *both = (Condition){.answers = answers, .all = all};
    for (size_t i = 0; i < a->count; i++)
        answers[both->count++] = a->answers[i];
    for (size_t i = 0; i < b->count; i++) {
        Answer other = b->answers[i];
        other.is_yes = !other.is_yes;
        if (has_answer(a, other))   // x or not x
            return NULL;
        if (!has_answer(a, b->answers[i]))
            answers[both->count++] = b->answers[i];
    }
    return both;
}

// As `unknown`, with that condition; NULL: nothing is known of its truth.
static Value with_condition(Interp *in, Value unknown, UnknownForm form, const Condition *condition)
{
    unknown = value_unknown_by(unknown);
    if (!condition)
        return unknown;
    Unknown *made = arena_new(in->arena, Unknown);
    *made = *unknown.unknown;
    made->plain = unknown.unknown;
    made->form = form;
    made->condition = condition;
    return (Value){.kind = VALUE_UNKNOWN, .unknown = made};
}

Value unknown_not(Interp *in, Value operand)
{
    const Condition *condition = operand.unknown->condition;
    if (!condition)
        return operand;
    Condition *made = arena_new(in->arena, Condition);
    Answer *answers = arena_array(in->arena, Answer, condition->count);
    *made = (Condition){.answers = answers, .count = condition->count, .all = !condition->all};
    for (size_t i = 0; i < condition->count; i++)
        answers[i] = (Answer){condition->answers[i].question, !condition->answers[i].is_yes};
    return with_condition(in, operand, UNKNOWN_BOOL, made);
}

Value unknown_bool(Interp *in, Value operand)
{
    return with_condition(in, operand, UNKNOWN_BOOL, operand.unknown->condition);
}

Value unknown_length(Interp *in, Value operand)
{
    bool is_list = operand.unknown->form == UNKNOWN_LIST;
    return with_condition(in, operand, UNKNOWN_COUNT, is_list ? operand.unknown->condition : NULL);
}

// 0 + count, and the count of both: neither is ever negative.
Value unknown_sum(Interp *in, Value left, Value right)
{
    Value known = is_unknown(left) ? right : left, unknown = is_unknown(left) ? left : right;
    int64_t number;
    if (unknown.unknown->form != UNKNOWN_COUNT)
        return value_unknown_by(unknown);
    if (is_integral(known, &number) && !number)
        return unknown;
    if (!is_unknown(known) || known.unknown->form != UNKNOWN_COUNT)
        return value_unknown_by(unknown);
    return with_condition(in, unknown, UNKNOWN_COUNT,
                          joined(in->arena, left.unknown->condition, right.unknown->condition, false));
}

// What `known or value`, a default, leaves of the value's form.
static bool keeps_form(UnknownForm form, Value known)
{
    int64_t number;
    switch (form) {
    case UNKNOWN_COUNT: return is_integral(known, &number);
    case UNKNOWN_OBJECT: return value_is_none(known);
    case UNKNOWN_LIST: return known.kind == VALUE_LIST;
    case UNKNOWN_BOOL: return known.kind == VALUE_BOOL;
    case UNKNOWN_ANY: break;
    }
    return false;
}

Value unknown_logic(Interp *in, bool is_or, Value left, Value right)
{
    const Condition *condition = left.unknown->condition;
    UnknownForm form = left.unknown->form;
    bool truth;
    if (!condition)
        return left;
    if (!is_unknown(right)) {
        if (right.kind == VALUE_HOST || right.kind == VALUE_INSTANCE ||
            !interp_truth(in, SPAN_NONE, right, "a default", &truth) || truth == is_or)
            return value_unknown_by(left);
        return with_condition(in, left, is_or && keeps_form(form, right) ? form : UNKNOWN_ANY, condition);
    }
    if (!right.unknown->condition)
        return right;
    form = form == right.unknown->form ? form : UNKNOWN_ANY;
    // of two counts, `and` gives one and `or` the other
    return with_condition(in, left, form, joined(in->arena, condition, right.unknown->condition, !is_or));
}

// ---- comparisons ----

static unsigned mirrored(unsigned op)
{
    switch (op) {
    case BINARY_LT: return BINARY_GT;
    case BINARY_LE: return BINARY_GE;
    case BINARY_GT: return BINARY_LT;
    case BINARY_GE: return BINARY_LE;
    default: return op;
    }
}

static Value compare_count(Interp *in, unsigned op, Value count, int64_t number)
{
    bool below = number < 0, equal = op == BINARY_EQ || op == BINARY_NE;
    if (below && op >= BINARY_EQ && op <= BINARY_GE)
        return value_bool(op == BINARY_NE || op == BINARY_GT || op == BINARY_GE);
    if (!number && (op == BINARY_LT || op == BINARY_GE))
        return value_bool(op == BINARY_GE);
    bool at_zero = !number && (equal || op == BINARY_GT || op == BINARY_LE);
    bool at_one = number == 1 && (op == BINARY_GE || op == BINARY_LT);
    if (!at_zero && !at_one)
        return value_unknown_by(count);
    bool is_zero = op == BINARY_EQ || op == BINARY_LE || op == BINARY_LT;
    return is_zero ? unknown_not(in, count) : unknown_bool(in, count);
}

Value unknown_compare(Interp *in, unsigned op, Value left, Value right)
{
    bool equal = op == BINARY_EQ || op == COMPARE_IS, differs = op == BINARY_NE || op == COMPARE_IS_NOT;
    Value known = is_unknown(left) ? right : left, unknown = is_unknown(left) ? left : right;
    if (is_unknown(known) || !unknown.unknown->condition)
        return value_unknown_by(unknown);
    UnknownForm form = unknown.unknown->form;
    op = is_unknown(left) ? op : mirrored(op);
    if (form == UNKNOWN_COUNT && known.kind == VALUE_INT)
        return compare_count(in, op, unknown, known.integer);
    if (!equal && !differs)
        return value_unknown_by(unknown);
    if (value_is_none(known) && form != UNKNOWN_ANY && form != UNKNOWN_OBJECT)
        return value_bool(differs);   // never None
    bool is_true = form == UNKNOWN_BOOL && known.kind == VALUE_BOOL && known.boolean;
    bool is_false = (form == UNKNOWN_BOOL && known.kind == VALUE_BOOL && !known.boolean) ||
                    (form == UNKNOWN_OBJECT && value_is_none(known)) ||
                    (form == UNKNOWN_LIST && known.kind == VALUE_LIST && !known.list->values.count && op <= BINARY_NE);
    if (!is_true && !is_false)
        return value_unknown_by(unknown);
    Value same = is_true ? unknown_bool(in, unknown) : unknown_not(in, unknown);
    return equal ? same : unknown_not(in, same);
}

// ---- assumptions ----

bool assume_truth(Interp *in, Span at, Value unknown, bool truth, const char *what, Str why)
{
    const Condition *condition = unknown.unknown->condition;
    bool can = in->host && in->host->assume && !in->catching;
    // that `all` is false, or `any` is true, says of none of several what it is
    bool is_plain = condition && (condition->count == 1 || condition->all == truth);
    if (!can || !is_plain) {
        Unknown *own = arena_new(in->arena, Unknown);
        *own = *unknown.unknown;
        if (condition && in->catching)
            own->hint = STR("Where no except clause can catch it, the raise becomes a check of the script.");
        else if (condition && can)
            own->hint = STR("Raise for each of the queries on its own: then it becomes a check of the script.");
        else if (own->raise_hint.len)
            own->hint = own->raise_hint;
        unknown.unknown = own;
        return interp_refuse_unknown(in, at, unknown, what);
    }
    for (size_t i = 0; i < condition->count; i++) {
        Question *question = condition->answers[i].question;
        bool is_yes = condition->answers[i].is_yes == truth;
        if (question->is_answered)
            continue;
        if (!in->host->assume(in->host, in, at, question, is_yes, why))
            return false;
        question->is_answered = true;
        question->is_yes = is_yes;
    }
    return true;
}
