// The match statement.
#include "python_int.h"

static bool match_pattern(Interp *in, Env *env, const Node *pattern, Value v, bool *matches);

static bool bind_name(Interp *in, Env *env, Str name, uint32_t hash, Value v)
{
    return !name.len || assign_name(in, env, name, hash, v);
}

static bool match_sequence(Interp *in, Env *env, const Node *pattern, Value v, bool *matches)
{
    NodeList items = pattern->as.list;
    uint32_t star = UINT32_MAX;
    *matches = false;
    if (v.kind != VALUE_LIST && v.kind != VALUE_TUPLE)
        return true;
    for (uint32_t i = 0; i < items.count; i++)
        star = items.items[i]->kind == PATTERN_STAR ? i : star;
    size_t have = v.list->values.count;
    if (star == UINT32_MAX ? have != items.count : have + 1 < items.count)
        return true;
    size_t position = 0;
    for (uint32_t i = 0; i < items.count; i++) {
        const Node *item = items.items[i];
        if (i == star) {
            Value rest = value_list(in->arena, VALUE_LIST);
            for (size_t k = 0; k < have + 1 - items.count; k++)
                list_push(in->arena, rest, v.list->values.items[position++]);
            bind_name(in, env, item->as.pattern_as.name, item->extra, rest);
            continue;
        }
        if (!match_pattern(in, env, item, v.list->values.items[position++], matches))
            return false;
        if (!*matches)
            return true;
    }
    *matches = true;
    return true;
}

static bool match_mapping(Interp *in, Env *env, const Node *pattern, Value v, bool *matches)
{
    NodeList items = pattern->as.list;
    *matches = false;
    if (v.kind != VALUE_DICT)
        return true;
    Value rest = value_dict(in->arena);
    tell_looked(in, v);
    for (size_t i = 0; i < v.dict->items.count; i++)
        dict_put(in->arena, rest.dict, v.dict->items.items[i].key, v.dict->items.items[i].value);
    for (uint32_t i = 0; i < items.count; i += 2) {
        if (items.items[i]->kind == PATTERN_STAR) {
            bind_name(in, env, items.items[i]->as.pattern_as.name, items.items[i]->extra, rest);
            break;
        }
        Value key;
        if (!eval(in, env, items.items[i], &key))
            return false;
        const Value *found = dict_find(v.dict, key);
        if (!found)
            return true;
        dict_delete(in->arena, rest.dict, key);
        if (!match_pattern(in, env, items.items[i + 1], *found, matches))
            return false;
        if (!*matches)
            return true;
    }
    *matches = true;
    return true;
}

static bool match_class(Interp *in, Env *env, const Node *pattern, Value v, bool *matches)
{
    Value class, is;
    NodeList patterns = pattern->as.pattern_class.patterns;
    const StrList *names = pattern->as.pattern_class.names;
    size_t positional = patterns.count - names->count;
    Value given[2] = {v, VALUE_OF_NONE}, test;
    *matches = false;
    if (!eval(in, env, pattern->as.pattern_class.class, &class) ||
        !env_lookup(in, &in->space->env, span_of(in, pattern), STR("isinstance"), name_hash("isinstance", 10), &is))
        return false;
    given[1] = class;
    if (!call_positional(in, span_of(in, pattern), is, 2, given, &test) ||
        !interp_truth(in, span_of(in, pattern), test, "a class pattern", matches))
        return false;
    if (!*matches)
        return true;
    const Value *fields = class.kind == VALUE_CLASS ? class_lookup(class.class, STR("__match_args__"), NULL, NULL) : NULL;
    fields = !fields && class.kind == VALUE_CLASS ? class_lookup(class.class, STR("__fields__"), NULL, NULL) : fields;
    for (uint32_t i = 0; i < patterns.count; i++) {
        Value part = v;
        Str name = STR_EMPTY;
        if (i >= positional)
            name = names->items[i - positional];
        else if (fields && fields->kind == VALUE_TUPLE && i < fields->list->values.count &&
                 fields->list->values.items[i].kind == VALUE_STR)
            name = fields->list->values.items[i].text;
        else if (class.kind != VALUE_BUILTIN || positional > 1)
            return interp_raise(in, span_of(in, pattern), STR("TypeError"),
                                "the class accepts fewer positional sub-patterns");
        if (name.len && !interp_attribute(in, span_of(in, pattern), v, name, &part)) {
            if (in->trouble != TROUBLE_RAISED)
                return false;
            in->trouble = TROUBLE_NONE;
            *matches = false;
            return true;
        }
        if (!match_pattern(in, env, patterns.items[i], part, matches))
            return false;
        if (!*matches)
            return true;
    }
    return true;
}

static bool match_pattern(Interp *in, Env *env, const Node *pattern, Value v, bool *matches)
{
    Value wanted;
    *matches = true;
    if (!interp_tick(in, span_of(in, pattern), 1))
        return false;
    switch (pattern->kind) {
    case PATTERN_VALUE: {
        const Node *node = pattern->as.operand;
        if (!eval(in, env, node, &wanted))
            return false;
        bool identity = node->kind == NODE_CONST && (wanted.kind == VALUE_NONE || wanted.kind == VALUE_BOOL);
        if (!identity)
            return values_equal(in, span_of(in, pattern), v, wanted, matches);
        *matches = value_same(v, wanted);
        return true;
    }
    case PATTERN_CAPTURE: return bind_name(in, env, pattern->as.pattern_as.name, pattern->extra, v);
    case PATTERN_SEQUENCE: return match_sequence(in, env, pattern, v, matches);
    case PATTERN_MAPPING: return match_mapping(in, env, pattern, v, matches);
    case PATTERN_CLASS: return match_class(in, env, pattern, v, matches);
    case PATTERN_OR:
        for (uint32_t i = 0; i < pattern->as.list.count; i++) {
            if (!match_pattern(in, env, pattern->as.list.items[i], v, matches))
                return false;
            if (*matches)
                return true;
        }
        return true;
    case PATTERN_AS:
        if (!match_pattern(in, env, pattern->as.pattern_as.pattern, v, matches))
            return false;
        return !*matches || bind_name(in, env, pattern->as.pattern_as.name, pattern->extra, v);
    default: return true;
    }
}

Flow exec_match(Interp *in, Env *env, const Node *node)
{
    Value subject;
    if (!eval(in, env, node->as.match.subject, &subject))
        return FLOW_FAIL;
    if (is_unknown(subject)) {
        interp_refuse_unknown(in, span_of(in, node->as.match.subject), subject, "a match statement");
        return FLOW_FAIL;
    }
    for (uint32_t i = 0; i < node->extra; i++) {
        const MatchCase *one = &node->as.match.cases[i];
        bool matches;
        if (!match_pattern(in, env, one->pattern, subject, &matches))
            return FLOW_FAIL;
        if (matches && one->guard) {
            Value guard;
            if (!eval(in, env, one->guard, &guard) ||
                !interp_truth(in, span_of(in, one->guard), guard, "a case's condition", &matches))
                return FLOW_FAIL;
        }
        if (matches)
            return exec_block(in, env, one->body);
    }
    return FLOW_NEXT;
}
