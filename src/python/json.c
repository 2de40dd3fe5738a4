// json: dumps as CPython writes it, loads.
#include <math.h>
#include <stdlib.h>

#include "module_int.h"

typedef struct Dump {
    Interp *in;
    Span at;
    Buf out;
    Str indent, item, key;   // indent unset: ptr NULL
    bool ascii, sort;
    Value preset;   // default=
} Dump;

static void dump_text(Dump *d, Str text)
{
    buf_add_char(&d->out, '"');
    for (size_t i = 0; i < text.len;) {
        uint32_t c = 0;
        size_t bytes = utf8_decode(str_slice(text, i, text.len), &c);
        bytes = bytes ? bytes : 1;
        static const char shorts[] = "\"\\\n\r\t\f\b", letters[] = "\"\\nrtfb";
        const char *special = c && c < 0x80 ? strchr(shorts, (int)c) : NULL;
        if (special)
            buf_addf(&d->out, "\\%c", letters[special - shorts]);
        else if (c < 0x20 || (d->ascii && c > 0x7E && c < 0x10000 && c != 0x7F))
            buf_addf(&d->out, "\\u%04x", (unsigned)c);
        else if (d->ascii && c > 0xFFFF)
            buf_addf(&d->out, "\\u%04x\\u%04x", (unsigned)(0xD800 + ((c - 0x10000) >> 10)),
                     (unsigned)(0xDC00 + ((c - 0x10000) & 0x3FF)));
        else
            buf_add(&d->out, str_slice(text, i, i + bytes));
        i += bytes;
    }
    buf_add_char(&d->out, '"');
}

static void dump_line(Dump *d, unsigned depth)
{
    if (!d->indent.ptr)
        return;
    buf_add_char(&d->out, '\n');
    for (unsigned i = 0; i < depth; i++)
        buf_add(&d->out, d->indent);
}

static bool dump_value(Dump *d, Value v, unsigned depth);

static bool dump_key(Dump *d, Value key)
{
    key = unwrap(key);
    if (key.kind == VALUE_STR)
        dump_text(d, key.text);
    else if (key.kind == VALUE_BOOL || key.kind == VALUE_NONE)
        buf_addf(&d->out, "\"%s\"", key.kind == VALUE_NONE ? "null" : key.boolean ? "true" : "false");
    else if (key.kind == VALUE_INT || key.kind == VALUE_FLOAT)
        buf_addf(&d->out, "\"%.*s\"", STR_ARGS(value_repr(d->in->arena, key)));
    else
        return interp_raise(d->in, d->at, STR("TypeError"), "keys must be str, int, float, bool or None, not %.*s",
                            STR_ARGS(value_type_name(key)));
    return true;
}

static bool dump_dict(Dump *d, const Dict *dict, unsigned depth)
{
    Value keys = value_list(d->in->arena, VALUE_LIST);
    for (size_t i = 0; i < dict->items.count; i++)
        list_push(d->in->arena, keys, dict->items.items[i].key);
    if (d->sort && !sort_values(d->in, d->at, keys.list, VALUE_OF_NONE, false))
        return false;
    buf_add_char(&d->out, '{');
    for (size_t i = 0; i < keys.list->values.count; i++) {
        if (i)
            buf_add(&d->out, d->item);
        dump_line(d, depth + 1);
        if (!dump_key(d, keys.list->values.items[i]))
            return false;
        buf_add(&d->out, d->key);
        if (!dump_value(d, *dict_find(dict, keys.list->values.items[i]), depth + 1))
            return false;
    }
    if (dict->items.count)
        dump_line(d, depth);
    buf_add_char(&d->out, '}');
    return true;
}

static bool dump_value(Dump *d, Value v, unsigned depth)
{
    if (depth > LIMIT_NESTING)
        return interp_refuse(d->in, d->at, STR_EMPTY, "JSON more than %d levels deep (the limit)", LIMIT_NESTING);
    if (!interp_room(d->in, d->at, d->out.len > LIMIT_VALUE_BYTES ? d->out.len : 32))
        return false;
    v = unwrap(v);
    ValueKind kind = v.kind == VALUE_LIST && v.list->view ? VALUE_SET : v.kind;   // a dict's view is no list
    switch ((int)kind) {
    case VALUE_NONE: buf_add(&d->out, STR("null")); return true;
    case VALUE_BOOL: buf_add(&d->out, v.boolean ? STR("true") : STR("false")); return true;
    case VALUE_STR: dump_text(d, v.text); return true;
    case VALUE_INT: buf_addf(&d->out, "%lld", (long long)v.integer); return true;
    case VALUE_FLOAT:
        buf_add(&d->out, isnan(v.real)   ? STR("NaN")
                         : isinf(v.real) ? (v.real < 0 ? STR("-Infinity") : STR("Infinity"))
                                         : real_text(d->in->arena, v.real));
        return true;
    case VALUE_LIST:
    case VALUE_TUPLE:
        buf_add_char(&d->out, '[');
        for (size_t i = 0; i < v.list->values.count; i++) {
            if (i)
                buf_add(&d->out, d->item);
            dump_line(d, depth + 1);
            if (!dump_value(d, v.list->values.items[i], depth + 1))
                return false;
        }
        if (v.list->values.count)
            dump_line(d, depth);
        buf_add_char(&d->out, ']');
        return true;
    case VALUE_DICT: return dump_dict(d, v.dict, depth);
    default: break;
    }
    if (!is_unset(d->preset) && !value_is_none(d->preset))
        return call_positional(d->in, d->at, d->preset, 1, &v, &v) && dump_value(d, v, depth + 1);
    return interp_raise(d->in, d->at, STR("TypeError"), "Object of type %.*s is not JSON serializable",
                        STR_ARGS(value_type_name(v)));
}

NATIVE_FN(json_dumps)
{
    Value v[7], unknown;
    bool sort = false, ascii = true;
    int64_t spaces;
    (void)self;
    if (!take_args(in, args, "dumps", "obj ensure_ascii? indent? separators? sort_keys? default? cls?", v))
        return false;
    if (find_unknown(v[0], &unknown)) {
        *out = unknown;
        return true;
    }
    if ((!is_unset(v[1]) && !interp_truth(in, args->at, v[1], "ensure_ascii", &ascii)) ||
        (!is_unset(v[4]) && !interp_truth(in, args->at, v[4], "sort_keys", &sort)))
        return false;
    Dump d = {.in = in,
              .at = args->at,
              .out = buf_open(in->arena),
              .item = STR(", "),
              .key = STR(": "),
              .ascii = ascii,
              .sort = sort,
              .preset = v[5]};
    if (v[2].kind == VALUE_STR) {
        d.indent = v[2].text;
    } else if (is_integral(v[2], &spaces)) {
        Value text;
        if (!binary(in, args->at, BINARY_MUL, value_str(STR(" ")), value_int(spaces), &text))
            return false;
        d.indent = text.text.ptr ? text.text : STR_EMPTY;
    }
    if (d.indent.ptr)
        d.item = STR(",");
    if (!is_unset(v[3]) && !value_is_none(v[3])) {
        Value parts;
        if (!interp_iterate(in, args->at, v[3], &parts))
            return false;
        if (parts.list->values.count != 2 || !value_is_str(parts.list->values.items[0]) ||
            !value_is_str(parts.list->values.items[1]))
            return interp_raise(in, args->at, STR("TypeError"), "separators must be two strings");
        d.item = parts.list->values.items[0].text;
        d.key = parts.list->values.items[1].text;
    }
    if (!dump_value(&d, v[0], 0))
        return false;
    *out = value_str(buf_str(&d.out));
    return true;
}

bool value_json(Interp *in, Span at, Value value, Str *text)
{
    Arg arg = {.value = value, .at = at};
    Args args = {.items = &arg, .count = 1, .positional = 1, .at = at};
    Value dumped = VALUE_OF_NONE;
    if (!json_dumps(in, VALUE_OF_NONE, &args, &dumped))
        return false;
    if (dumped.kind == VALUE_UNKNOWN)
        return interp_refuse_unknown(in, at, dumped, "a JSON value");
    *text = dumped.text;
    return true;
}

// ---- loads ----

typedef struct Load {
    Interp *in;
    Span at;
    Str text;
    size_t pos;
} Load;

static bool load_value(Load *l, unsigned depth, Value *out);

static bool load_error(Load *l, const char *what)
{
    return interp_raise(l->in, l->at, STR("ValueError"), "%s: char %zu", what, l->pos);
}

static void load_space(Load *l)
{
    while (l->pos < l->text.len && l->text.ptr[l->pos] && strchr(" \t\r\n", l->text.ptr[l->pos]))
        l->pos++;
}

static bool load_char(Load *l, char c)
{
    load_space(l);
    if (l->pos >= l->text.len || l->text.ptr[l->pos] != c)
        return false;
    l->pos++;
    return true;
}

static bool load_hex(Load *l, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++, l->pos++) {
        char c = l->pos < l->text.len ? l->text.ptr[l->pos] : '\0';
        int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
        if (digit < 0)
            return false;
        *code = *code * 16 + (uint32_t)digit;
    }
    return true;
}

static bool load_escape(Load *l, Buf *text)
{
    static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    char c = l->pos < l->text.len ? l->text.ptr[l->pos++] : '\0';
    const char *known = c ? strchr(letters, c) : NULL;
    uint32_t code, low;
    if (known) {
        buf_add_char(text, values[known - letters]);
        return true;
    }
    if (c != 'u' || !load_hex(l, &code))
        return load_error(l, "Invalid \\escape");
    size_t pos = l->pos;
    if (code >= 0xD800 && code < 0xDC00 && pos + 1 < l->text.len && l->text.ptr[pos] == '\\' &&
        l->text.ptr[pos + 1] == 'u') {
        l->pos += 2;
        if (load_hex(l, &low) && low >= 0xDC00 && low < 0xE000)
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        else
            l->pos = pos;
    }
    buf_add_code(text, code);
    return true;
}

static bool load_text(Load *l, Str *out)
{
    Buf text = buf_open(l->in->arena);
    for (;;) {
        if (l->pos >= l->text.len)
            return load_error(l, "Unterminated string");
        char c = l->text.ptr[l->pos++];
        if (c == '"')
            break;
        if ((unsigned char)c < 0x20)
            return load_error(l, "Invalid control character");
        if (c != '\\')
            buf_add_char(&text, c);
        else if (!load_escape(l, &text))
            return false;
    }
    *out = buf_str(&text);
    return true;
}

static bool load_number(Load *l, Value *out)
{
    size_t start = l->pos, digits = 0;
    bool real = false;
    l->pos += l->pos < l->text.len && l->text.ptr[l->pos] == '-';
    for (; l->pos < l->text.len && l->text.ptr[l->pos] && strchr("0123456789+-.eE", l->text.ptr[l->pos]); l->pos++) {
        real = real || strchr(".eE", l->text.ptr[l->pos]);
        digits += l->text.ptr[l->pos] >= '0' && l->text.ptr[l->pos] <= '9';
    }
    char *end, *text = str_cstr(l->in->arena, str_slice(l->text, start, l->pos));
    if (!digits)
        return load_error(l, "Expecting value");
    if (real) {
        *out = (Value){.kind = VALUE_FLOAT, .real = strtod(text, &end)};
    } else {
        if (digits > 18)
            return interp_refuse(l->in, l->at, STR_EMPTY, "an integer beyond 64 bits (the limit)");
        *out = value_int(strtoll(text, &end, 10));
    }
    return !*end || load_error(l, "Expecting ',' delimiter");
}

static bool load_items(Load *l, char close, unsigned depth, Value *out)
{
    *out = close == ']' ? value_list(l->in->arena, VALUE_LIST) : value_dict(l->in->arena);
    if (load_char(l, close))
        return true;
    do {
        Value item;
        Str key;
        if (close == '}' && (!load_char(l, '"') || !load_text(l, &key) || !load_char(l, ':')))
            return l->in->trouble == TROUBLE_NONE ? load_error(l, "Expecting property name enclosed in double quotes")
                                                  : false;
        if (!load_value(l, depth + 1, &item))
            return false;
        if (close == ']')
            list_push(l->in->arena, *out, item);
        else
            dict_put(l->in->arena, out->dict, value_str(key), item);
    } while (load_char(l, ','));
    return load_char(l, close) || load_error(l, "Expecting ',' delimiter");
}

static bool load_value(Load *l, unsigned depth, Value *out)
{
    static const struct {
        const char *word;
        Value value;
    } words[] = {
        {"null", {.kind = VALUE_NONE}},
        {"true", {.kind = VALUE_BOOL, .boolean = true}},
        {"false", {.kind = VALUE_BOOL}},
    };
    if (depth > LIMIT_NESTING)
        return interp_refuse(l->in, l->at, STR_EMPTY, "JSON more than %d levels deep (the limit)", LIMIT_NESTING);
    if (!interp_tick(l->in, l->at, 1))
        return false;
    load_space(l);
    Str rest = str_slice(l->text, l->pos, l->text.len);
    for (size_t i = 0; i < 3; i++)
        if (str_starts(rest, str_from(words[i].word))) {
            l->pos += strlen(words[i].word);
            *out = words[i].value;
            return true;
        }
    if (load_char(l, '{'))
        return load_items(l, '}', depth, out);
    if (load_char(l, '['))
        return load_items(l, ']', depth, out);
    if (load_char(l, '"')) {
        Str text;
        if (!load_text(l, &text))
            return false;
        *out = value_str(text);
        return true;
    }
    return load_number(l, out);
}

NATIVE_FN(json_loads)
{
    Value v;
    Str text;
    (void)self;
    if (!take_args(in, args, "loads", "s", &v) || !want_text(in, args, v, "loads", &text))
        return false;
    Load l = {in, args->at, text, 0};
    if (!load_value(&l, 0, out))
        return false;
    load_space(&l);
    return l.pos == text.len || load_error(&l, "Extra data");
}

static const Builtin json_error = {.kind = B_IGNORED};
const Builtin json_members[] = {
    NATIVE_ANY("dumps", json_dumps),
    NATIVE("loads", json_loads),
    {.kind = B_CONSTANT, .name = NAME_OF("JSONDecodeError"), .self = {.kind = VALUE_BUILTIN, .builtin = &json_error}},
    MEMBERS_END,
};
