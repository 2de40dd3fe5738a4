// re, third part: the module's functions and the methods of patterns and matches.
#include "regex_int.h"

static bool search_from(Interp *in, Span at, const Pattern *pattern, Str text, size_t start, Match *match, bool *found)
{
    *found = false;
    for (; start <= text.len && !*found; start++) {
        if (start && start < text.len && ((unsigned char)text.ptr[start] & 0xC0) == 0x80)
            continue;
        if (!regex_match_at(in, at, pattern, text, start, false, match, found))
            return false;
    }
    return true;
}

// ---- the module's functions ----

static Value match_value(Interp *in, const Match *match)
{
    Builtin *b = builtin_make(in, B_MATCH);
    Match *kept = arena_new(in->arena, Match);
    *kept = *match;
    b->data = kept;
    return value_builtin(b);
}

static Value group_value(const Match *match, int group)
{
    return match->starts[group] == SIZE_MAX ? VALUE_OF_NONE
                                            : value_str(str_slice(match->text, match->starts[group], match->ends[group]));
}

// (pattern, text...) of the module's functions, (text...) of a compiled pattern's methods.
static bool take_pattern(Interp *in, Value self, const Args *args, const char *name, const char *spec, size_t flags_at,
                         const Pattern **pattern, Value *v)
{
    bool method = self.kind == VALUE_BUILTIN && self.builtin->kind == B_PATTERN;
    int64_t flags = 0;
    if (!take_args(in, args, name, method ? str_find(str_from(spec), STR("pattern "), 0) == 0 ? spec + 8 : spec : spec,
                   method ? v + 1 : v))
        return false;
    if (method) {
        *pattern = self.builtin->data;
        return true;
    }
    if (!is_unset(v[flags_at]) && !want_int(in, args, v[flags_at], name, &flags))
        return false;
    return regex_compile(in, args->at, v[0], flags, pattern);
}

// What a pattern of text is looked for in: bytes are no text here.
static bool want_subject(Interp *in, const Args *args, Value v, const char *function, Str *out)
{
    if (unwrap(v).kind == VALUE_BYTES)
        return interp_raise(in, args->at, STR("TypeError"), "cannot use a string pattern on a bytes-like object");
    return want_text(in, args, v, function, out);
}

typedef enum MatchHow { HOW_SEARCH, HOW_MATCH, HOW_FULL } MatchHow;

static bool match_how(Interp *in, Value self, const Args *args, MatchHow how, Value *out)
{
    const Pattern *pattern;
    Value v[4];
    Str text;
    Match match;
    bool found;
    if (!take_pattern(in, self, args, "match", "pattern string flags?", 2, &pattern, v) ||
        !want_subject(in, args, v[1], "match", &text))
        return false;
    if (how == HOW_SEARCH ? !search_from(in, args->at, pattern, text, 0, &match, &found)
                          : !regex_match_at(in, args->at, pattern, text, 0, how == HOW_FULL, &match, &found))
        return false;
    *out = found ? match_value(in, &match) : VALUE_OF_NONE;
    return true;
}

NATIVE_FN(re_search)
{
    return match_how(in, self, args, HOW_SEARCH, out);
}
NATIVE_FN(re_match)
{
    return match_how(in, self, args, HOW_MATCH, out);
}
NATIVE_FN(re_fullmatch)
{
    return match_how(in, self, args, HOW_FULL, out);
}

// Walks the matches that do not overlap; calls `each` for every one and stores where the text before it began.
typedef struct Walk {
    Interp *in;
    Span at;
    const Pattern *pattern;
    Str text;
    size_t position, last;
    Match match;
} Walk;

static bool walk_next(Walk *w, bool *found)
{
    *found = false;
    if (w->position > w->text.len)
        return true;
    if (!search_from(w->in, w->at, w->pattern, w->text, w->position, &w->match, found))
        return false;
    if (!*found)
        w->position = w->text.len + 1;
    return true;
}

static void walk_on(Walk *w)
{
    w->last = w->match.ends[0];
    w->position = w->last + (w->match.starts[0] == w->last ? 1 : 0);
    while (w->position < w->text.len && w->position && ((unsigned char)w->text.ptr[w->position] & 0xC0) == 0x80)
        w->position++;
}

static bool find_all(Interp *in, Value self, const Args *args, bool matches, Value *out)
{
    Value v[4];
    Walk w = {.in = in, .at = args->at};
    bool found;
    if (!take_pattern(in, self, args, "findall", "pattern string flags?", 2, &w.pattern, v) ||
        !want_subject(in, args, v[1], "findall", &w.text))
        return false;
    Value list = value_list(in->arena, VALUE_LIST);
    for (;;) {
        if (!walk_next(&w, &found))
            return false;
        if (!found)
            break;
        Value item;
        if (matches) {
            item = match_value(in, &w.match);
        } else if (w.pattern->groups <= 1) {
            item = group_value(&w.match, w.pattern->groups);
            item = value_is_none(item) ? value_str(STR_EMPTY) : item;
        } else {
            item = value_list(in->arena, VALUE_TUPLE);
            for (int g = 1; g <= w.pattern->groups; g++) {
                Value group = group_value(&w.match, g);
                list_push(in->arena, item, value_is_none(group) ? value_str(STR_EMPTY) : group);
            }
        }
        list_push(in->arena, list, item);
        walk_on(&w);
    }
    *out = matches ? iterator_of(in, list) : list;
    return true;
}

NATIVE_FN(re_findall)
{
    return find_all(in, self, args, false, out);
}
NATIVE_FN(re_finditer)
{
    return find_all(in, self, args, true, out);
}

// \1, \g<name>, \n in a replacement.
static bool add_replacement(Interp *in, Span at, const Match *match, Str text, Buf *buf)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '\\' || i + 1 >= text.len) {
            buf_add_char(buf, text.ptr[i]);
            continue;
        }
        char c = text.ptr[++i];
        int group = -1;
        if (c >= '0' && c <= '9') {
            group = c - '0';
        } else if (c == 'g' && i + 1 < text.len && text.ptr[i + 1] == '<') {
            size_t close = str_find_char(text, '>', i);
            Str name = close == SIZE_MAX ? STR_EMPTY : str_slice(text, i + 2, close);
            bool number = name.len == 1 && name.ptr[0] >= '0' && name.ptr[0] <= '9';
            group = number ? name.ptr[0] - '0' : regex_group(match->pattern, name);
            i = close == SIZE_MAX ? i : close;
            if (group < 0)
                return interp_raise(in, at, STR("IndexError"), "unknown group name");
        } else {
            static const char letters[] = "nrtabfv\\", values[] = "\n\r\t\a\b\f\v\\";
            const char *known = strchr(letters, c);
            if (known && c)
                buf_add_char(buf, values[known - letters]);
            else
                buf_add_char(buf, '\\'), buf_add_char(buf, c);
            continue;
        }
        if (group > match->pattern->groups)
            return interp_raise(in, at, STR("IndexError"), "invalid group reference %d", group);
        Value value = group_value(match, group);
        if (value.kind == VALUE_STR)
            buf_add(buf, value.text);
    }
    return true;
}

NATIVE_FN(re_sub)
{
    Value v[6];
    Walk w = {.in = in, .at = args->at};
    int64_t most = 0;
    bool found;
    if (!take_pattern(in, self, args, "sub", "pattern repl string count? flags?", 4, &w.pattern, v) ||
        !want_subject(in, args, v[2], "sub", &w.text) || (!is_unset(v[3]) && !want_int(in, args, v[3], "sub", &most)))
        return false;
    Buf buf = buf_open(in->arena);
    for (int64_t n = 0; !most || n < most; n++) {
        if (!walk_next(&w, &found))
            return false;
        if (!found)
            break;
        buf_add(&buf, str_slice(w.text, w.last, w.match.starts[0]));
        if (v[1].kind == VALUE_STR) {
            if (!add_replacement(in, args->at, &w.match, v[1].text, &buf))
                return false;
        } else {
            Value match = match_value(in, &w.match), text;
            if (!call_positional(in, args->at, v[1], 1, &match, &text))
                return false;
            if (is_unknown(text)) {
                *out = value_unknown_by(text);
                return true;
            }
            if (text.kind == VALUE_STR)
                buf_add(&buf, text.text);
        }
        walk_on(&w);
        if (!interp_room(in, args->at, buf.len > LIMIT_VALUE_BYTES ? buf.len : 32))
            return false;
    }
    buf_add(&buf, str_slice(w.text, w.last, w.text.len));
    *out = value_str(buf_str(&buf));
    return true;
}

NATIVE_FN(re_split)
{
    Value v[5];
    Walk w = {.in = in, .at = args->at};
    int64_t most = 0;
    bool found;
    if (!take_pattern(in, self, args, "split", "pattern string maxsplit? flags?", 3, &w.pattern, v) ||
        !want_subject(in, args, v[1], "split", &w.text) || (!is_unset(v[2]) && !want_int(in, args, v[2], "split", &most)))
        return false;
    *out = value_list(in->arena, VALUE_LIST);
    for (int64_t n = 0; !most || n < most; n++) {
        if (!walk_next(&w, &found))
            return false;
        if (!found)
            break;
        list_push(in->arena, *out, value_str(str_slice(w.text, w.last, w.match.starts[0])));
        for (int g = 1; g <= w.pattern->groups; g++)
            list_push(in->arena, *out, group_value(&w.match, g));
        walk_on(&w);
    }
    list_push(in->arena, *out, value_str(str_slice(w.text, w.last, w.text.len)));
    return true;
}

NATIVE_FN(re_compile)
{
    Value v[2];
    int64_t flags = 0;
    const Pattern *pattern;
    (void)self;
    if (!take_args(in, args, "compile", "pattern flags?", v) ||
        (!is_unset(v[1]) && !want_int(in, args, v[1], "compile", &flags)) ||
        !regex_compile(in, args->at, v[0], flags, &pattern))
        return false;
    Builtin *b = builtin_make(in, B_PATTERN);
    b->data = pattern;
    b->self = value_str(pattern->text);
    *out = value_builtin(b);
    return true;
}

NATIVE_FN(re_escape)
{
    Value v;
    Str text;
    (void)self;
    if (!take_args(in, args, "escape", "pattern", &v) || !want_text(in, args, v, "escape", &text))
        return false;
    Buf buf = buf_open(in->arena);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] && strchr("()[]{}?*+-|^$\\.&~# \t\n\r\v\f", text.ptr[i]))
            buf_add_char(&buf, '\\');
        buf_add_char(&buf, text.ptr[i]);
    }
    *out = value_str(buf_str(&buf));
    return interp_room(in, args->at, buf.len);
}

#define FLAG(text, number)                                                                                                  \
    {                                                                                                                       \
        .kind = B_CONSTANT, .name = NAME_OF(text), .self = {.kind = VALUE_INT, .integer = (number) }                        \
    }
const Builtin re_members[] = {
    NATIVE("search", re_search),
    NATIVE("match", re_match),
    NATIVE("fullmatch", re_fullmatch),
    NATIVE("findall", re_findall),
    NATIVE("finditer", re_finditer),
    NATIVE("sub", re_sub),
    NATIVE("split", re_split),
    NATIVE("compile", re_compile),
    NATIVE("escape", re_escape),
    FLAG("I", FLAG_I),
    FLAG("IGNORECASE", FLAG_I),
    FLAG("M", FLAG_M),
    FLAG("MULTILINE", FLAG_M),
    FLAG("S", FLAG_S),
    FLAG("DOTALL", FLAG_S),
    FLAG("X", FLAG_X),
    FLAG("VERBOSE", FLAG_X),
    FLAG("U", 0),
    FLAG("UNICODE", 0),
    MEMBERS_END,
};
const Builtin pattern_methods[] = {NATIVE("search", re_search),       NATIVE("match", re_match),
                                   NATIVE("fullmatch", re_fullmatch), NATIVE("findall", re_findall),
                                   NATIVE("finditer", re_finditer),   NATIVE("sub", re_sub),
                                   NATIVE("split", re_split),         MEMBERS_END};

// ---- match objects ----

static bool group_number(Interp *in, const Args *args, const Match *match, Value v, int *group)
{
    int64_t number;
    if (v.kind == VALUE_STR)
        number = regex_group(match->pattern, v.text);
    else if (!want_int(in, args, v, "group", &number))
        return false;
    if (number < 0 || number > match->pattern->groups)
        return interp_raise(in, args->at, STR("IndexError"), "no such group");
    *group = (int)number;
    return true;
}

NATIVE_FN(match_group)
{
    const Match *match = self.builtin->data;
    int group = 0;
    Value all = value_list(in->arena, VALUE_TUPLE);
    *out = group_value(match, 0);
    for (size_t i = 0; i < args->positional; i++) {
        if (!group_number(in, args, match, args->items[i].value, &group))
            return false;
        *out = group_value(match, group);
        list_push(in->arena, all, *out);
    }
    if (args->positional > 1)
        *out = all;
    return true;
}

NATIVE_FN(match_groups)
{
    const Match *match = self.builtin->data;
    Value preset;
    if (!take_args(in, args, "groups", "default?", &preset))
        return false;
    *out = value_list(in->arena, VALUE_TUPLE);
    for (int g = 1; g <= match->pattern->groups; g++) {
        Value group = group_value(match, g);
        list_push(in->arena, *out, value_is_none(group) && !is_unset(preset) ? preset : group);
    }
    return true;
}

NATIVE_FN(match_groupdict)
{
    const Match *match = self.builtin->data;
    if (!take_args(in, args, "groupdict", "", out))
        return false;
    *out = value_dict(in->arena);
    for (size_t i = 0; i < match->pattern->names.count; i++)
        if (match->pattern->names.items[i].len)
            dict_put(in->arena, out->dict, value_str(match->pattern->names.items[i]), group_value(match, (int)i + 1));
    return true;
}

static bool match_place(Interp *in, Value self, const Args *args, bool end, Value *out)
{
    const Match *match = self.builtin->data;
    Value v;
    int group = 0;
    if (!take_args(in, args, "start", "group?", &v) || (!is_unset(v) && !group_number(in, args, match, v, &group)))
        return false;
    size_t at = end ? match->ends[group] : match->starts[group];
    *out = value_int(at == SIZE_MAX ? -1 : (int64_t)utf8_length(str_slice(match->text, 0, at)));
    return true;
}

NATIVE_FN(match_start)
{
    return match_place(in, self, args, false, out);
}
NATIVE_FN(match_end)
{
    return match_place(in, self, args, true, out);
}

NATIVE_FN(match_span)
{
    Value start, end;
    if (!match_place(in, self, args, false, &start) || !match_place(in, self, args, true, &end))
        return false;
    *out = value_list(in->arena, VALUE_TUPLE);
    list_push(in->arena, *out, start);
    list_push(in->arena, *out, end);
    return true;
}

const Builtin match_methods[] = {NATIVE("group", match_group),
                                 NATIVE("groups", match_groups),
                                 NATIVE("groupdict", match_groupdict),
                                 NATIVE("start", match_start),
                                 NATIVE("end", match_end),
                                 NATIVE("span", match_span),
                                 MEMBERS_END};
