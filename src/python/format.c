// Python's format mini-language: format(), f-strings, str.format and the % operator.
#include <math.h>
#include <stdlib.h>

#include "python_int.h"

typedef struct Spec {
    Str fill;
    char align, sign, type;   // '\0': not given
    bool alternate, comma, underscore, zero;
    int64_t width, precision;   // -1: not given
} Spec;

static bool parse_spec(Interp *in, Span at, Str text, Spec *spec)
{
    *spec = (Spec){.fill = STR(" "), .width = -1, .precision = -1};
    size_t i = 0;
    uint32_t code;
    size_t first = text.len ? utf8_decode(text, &code) : 0;
    if (first && first < text.len && strchr("<>=^", text.ptr[first])) {
        spec->fill = str_slice(text, 0, first);
        spec->align = text.ptr[first];
        i = first + 1;
    } else if (text.len && strchr("<>=^", text.ptr[0])) {
        spec->align = text.ptr[i++];
    }
    if (i < text.len && strchr("+- ", text.ptr[i]))
        spec->sign = text.ptr[i++];
    if (i < text.len && text.ptr[i] == 'z')
        i++;
    if (i < text.len && text.ptr[i] == '#')
        spec->alternate = true, i++;
    if (i < text.len && text.ptr[i] == '0') {
        spec->zero = true, i++;
        if (!spec->align)
            spec->fill = STR("0"), spec->align = '=';
    }
    for (int part = 0; part < 2; part++) {
        int64_t *number = part ? &spec->precision : &spec->width;
        if (part) {
            if (i >= text.len || text.ptr[i] != '.')
                break;
            i++;
            if (i >= text.len || text.ptr[i] < '0' || text.ptr[i] > '9')
                return interp_raise(in, at, STR("ValueError"), "Format specifier missing precision");
        }
        while (i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9') {
            *number = (*number < 0 ? 0 : *number) * 10 + (text.ptr[i++] - '0');
            if (*number > LIMIT_VALUE_BYTES)
                return interp_room(in, at, (uint64_t)LIMIT_VALUE_BYTES + 1);
        }
        if (!part && i < text.len && text.ptr[i] == ',')
            spec->comma = true, i++;
        else if (!part && i < text.len && text.ptr[i] == '_')
            spec->underscore = true, i++;
    }
    if (i < text.len)
        spec->type = text.ptr[i++];
    if (i < text.len)
        return interp_raise(in, at, STR("ValueError"), "Invalid format specifier '%.*s'", STR_ARGS(text));
    return true;
}

static void add_fill(Buf *out, Str fill, int64_t count)
{
    while (count-- > 0)
        buf_add(out, fill);
}

static Str pad(Arena *arena, const Spec *spec, Str prefix, Str body, char preset)
{
    Buf out = buf_open(arena);
    int64_t missing = spec->width - (int64_t)(utf8_length(prefix) + utf8_length(body));
    char align = spec->align ? spec->align : preset;
    missing = missing > 0 ? missing : 0;
    int64_t before = align == '>' ? missing : align == '^' ? missing / 2 : 0;
    add_fill(&out, spec->fill, before);
    buf_add(&out, prefix);
    if (align == '=')
        add_fill(&out, spec->fill, missing);
    buf_add(&out, body);
    if (align == '<' || align == '^')
        add_fill(&out, spec->fill, missing - before);
    return buf_str(&out);
}

// Separators between groups of digits; leading zeros that fill the width are grouped too.
static Str group(Arena *arena, const Spec *spec, Str digits, size_t prefix_len, size_t tail_len)
{
    char separator = spec->comma ? ',' : spec->underscore ? '_' : '\0';
    if (!separator)
        return digits;
    size_t size = spec->underscore && strchr("xXob", spec->type ? spec->type : 'd') ? 4 : 3;
    bool fills = spec->align == '=' && str_equal(spec->fill, STR("0"));
    size_t count = digits.len;
    if (fills)
        while ((int64_t)(count + (count - 1) / size + prefix_len + tail_len) < spec->width)
            count++;
    Buf out = buf_open(arena);
    for (size_t i = 0; i < count; i++) {
        if (i && (count - i) % size == 0)
            buf_add_char(&out, separator);
        buf_add_char(&out, i < count - digits.len ? '0' : digits.ptr[i - (count - digits.len)]);
    }
    return buf_str(&out);
}

static bool bad_type(Interp *in, Span at, char type, Value v)
{
    return interp_raise(in, at, STR("ValueError"), "Unknown format code '%c' for object of type '%.*s'", type,
                        STR_ARGS(value_type_name(v)));
}

static bool format_int(Interp *in, Span at, int64_t integer, const Spec *spec, Value v, Value *out)
{
    uint64_t magnitude = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
    char digits[72];
    size_t at_digit = sizeof digits;
    char type = spec->type ? spec->type : 'd';
    if (type == 'c') {
        Buf text = buf_open(in->arena);
        if (integer < 0 || integer > 0x10FFFF)
            return interp_raise(in, at, STR("OverflowError"), "%%c arg not in range(0x110000)");
        buf_add_code(&text, (uint32_t)integer);
        *out = value_str(pad(in->arena, spec, STR_EMPTY, buf_str(&text), '<'));
        return true;
    }
    unsigned base = type == 'x' || type == 'X'   ? 16
                    : type == 'o'                ? 8
                    : type == 'b'                ? 2
                    : type == 'd' || type == 'n' ? 10
                                                 : 0;
    if (!base)
        return bad_type(in, at, type, v);
    if (spec->precision >= 0)
        return interp_raise(in, at, STR("ValueError"), "Precision not allowed in integer format specifier");
    do {
        digits[--at_digit] = (type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef")[magnitude % base];
        magnitude /= base;
    } while (magnitude);
    Buf prefix = buf_open(in->arena);
    if (integer < 0)
        buf_add_char(&prefix, '-');
    else if (spec->sign == '+' || spec->sign == ' ')
        buf_add_char(&prefix, spec->sign);
    if (spec->alternate && base != 10)
        buf_addf(&prefix, "0%c", type);
    Str body = group(in->arena, spec, (Str){digits + at_digit, sizeof digits - at_digit}, prefix.len, 0);
    *out = value_str(pad(in->arena, spec, buf_str(&prefix), body, '>'));
    return true;
}

static Str float_digits(Interp *in, double real, const Spec *spec, char type, int64_t precision)
{
    if (isnan(real) || isinf(real))
        return isnan(real) ? (type == 'F' || type == 'E' || type == 'G' ? STR("NAN") : STR("nan"))
                           : (type == 'F' || type == 'E' || type == 'G' ? STR("INF") : STR("inf"));
    int places = (int)(precision > 400 ? 400 : precision);
    switch (type) {
    case 'f':
    case 'F':
    case '%': return str_format(in->arena, spec->alternate ? "%#.*f" : "%.*f", places, type == '%' ? real * 100 : real);
    case 'e': return str_format(in->arena, spec->alternate ? "%#.*e" : "%.*e", places, real);
    case 'E': return str_format(in->arena, spec->alternate ? "%#.*E" : "%.*E", places, real);
    case 'G': return str_format(in->arena, spec->alternate ? "%#.*G" : "%.*G", places, real);
    default: return str_format(in->arena, spec->alternate ? "%#.*g" : "%.*g", places, real);
    }
}

// No type given: as repr, or as g with at least one digit behind the point.
static Str float_general(Interp *in, double real, const Spec *spec)
{
    if (spec->precision < 0)
        return real_text(in->arena, real);
    int places = (int)(spec->precision ? (spec->precision > 400 ? 400 : spec->precision) : 1);
    char text[512];
    snprintf(text, sizeof text, "%.*e", places - 1, real);
    int exponent = isfinite(real) ? atoi(strchr(text, 'e') + 1) : 0;
    Str g = str_format(in->arena, "%.*g", places, real);
    if (!isfinite(real) || exponent < -4 || exponent >= places)
        return g;
    if (exponent == places - 1)   // it would lose its point: the exponent is written
        return str_format(in->arena, "%.*e", places - 1, real);
    return str_find_char(g, '.', 0) == SIZE_MAX ? str_format(in->arena, "%.*s.0", STR_ARGS(g)) : g;
}

static Str strip_exponent_zeros(Interp *in, Str text)
{
    // 1.50000e+16 -> 1.5e+16
    size_t e = str_find_char(text, 'e', 0);
    if (e == SIZE_MAX || str_find_char(text, '.', 0) == SIZE_MAX)
        return text;
    size_t end = e;
    while (end && text.ptr[end - 1] == '0')
        end--;
    end -= text.ptr[end - 1] == '.';
    return str_format(in->arena, "%.*s%.*s", (int)end, text.ptr, STR_ARGS(str_slice(text, e, text.len)));
}

// The sign, the digits with their separators, and what fills the width.
static bool add_number(Interp *in, bool negative, Str text, const Spec *spec, Value *out)
{
    char type = spec->type;
    Buf prefix = buf_open(in->arena);
    if (negative)
        buf_add_char(&prefix, '-');
    else if (spec->sign == '+' || spec->sign == ' ')
        buf_add_char(&prefix, spec->sign);
    size_t whole = 0;
    while (whole < text.len && text.ptr[whole] >= '0' && text.ptr[whole] <= '9')
        whole++;
    size_t tail = text.len - whole + (type == '%');
    Buf body = buf_open(in->arena);
    if (whole)
        buf_add(&body, group(in->arena, spec, str_slice(text, 0, whole), prefix.len, tail));
    buf_add(&body, str_slice(text, whole, text.len));
    if (type == '%')
        buf_add_char(&body, '%');
    *out = value_str(pad(in->arena, spec, buf_str(&prefix), buf_str(&body), '>'));
    return true;
}

static bool format_float(Interp *in, Span at, double real, const Spec *spec, Value v, Value *out)
{
    char type = spec->type;
    if (type && !strchr("eEfFgGn%", type))
        return bad_type(in, at, type, v);
    int64_t precision = spec->precision < 0 ? 6 : spec->precision;
    if ((type == 'g' || type == 'G' || type == 'n') && !precision)
        precision = 1;
    bool negative = signbit(real) && !isnan(real);
    return add_number(in, negative,
                      type ? float_digits(in, fabs(real), spec, type == 'n' ? 'g' : type, precision)
                           : strip_exponent_zeros(in, float_general(in, fabs(real), spec)),
                      spec, out);
}

static Str cut_characters(Str text, int64_t count)
{
    size_t at = 0;
    for (uint32_t code; count-- > 0 && at < text.len;) {
        size_t bytes = utf8_decode(str_slice(text, at, text.len), &code);
        at += bytes ? bytes : 1;
    }
    return str_slice(text, 0, at);
}

static bool format_text(Interp *in, Span at, Str text, const Spec *spec, Value v, Value *out)
{
    if (spec->type && spec->type != 's')
        return bad_type(in, at, spec->type, v);
    if (spec->comma || spec->underscore)
        return interp_raise(in, at, STR("ValueError"), "Cannot specify '%c' with 's'.", spec->comma ? ',' : '_');
    if (spec->sign)
        return interp_raise(in, at, STR("ValueError"), "Sign not allowed in string format specifier");
    if (spec->align == '=' && !spec->zero)
        return interp_raise(in, at, STR("ValueError"), "'=' alignment not allowed in string format specifier");
    Spec own = *spec;
    own.align = own.align == '=' ? '<' : own.align;
    Str shown = spec->precision >= 0 ? cut_characters(text, spec->precision) : text;
    *out = value_str(pad(in->arena, &own, STR_EMPTY, shown, '<'));
    return true;
}

bool format_value(Interp *in, Span at, Value v, Str spec_text, Value *out)
{
    Spec spec;
    Value method, text = value_str(spec_text);
    if (v.kind == VALUE_STR && !spec_text.len) {
        *out = v;
        return true;
    }
    if (v.kind == VALUE_INSTANCE && instance_method(in, v, STR("__format__"), &method))
        return call_positional(in, at, method, 1, &text, out);
    if (!spec_text.len)
        return to_text(in, at, v, out);
    if (v.kind == VALUE_TIME) {
        const Builtin *strftime = member_find(time_methods, STR("strftime"));
        Arg arg = {STR_EMPTY, text, at};
        Args args = {&arg, 1, 1, at};
        return strftime->call(in, v, &args, out);
    }
    bool takes = v.kind == VALUE_STR || v.kind == VALUE_BOOL || v.kind == VALUE_INT || v.kind == VALUE_FLOAT ||
                 v.kind == VALUE_DECIMAL || v.kind == VALUE_HOST ||
                 (v.kind == VALUE_INSTANCE && (v.instance->class->is_enum || instance_plain(v.instance)));
    if (!takes)
        return interp_raise(in, at, STR("TypeError"), "unsupported format string passed to %.*s.__format__",
                            STR_ARGS(value_type_name(v)));
    Value shown = v;
    if (v.kind == VALUE_INSTANCE && instance_plain(v.instance) && !instance_method(in, v, STR("__str__"), &method))
        shown = unwrap(v);
    if (!parse_spec(in, at, spec_text, &spec) || !interp_room(in, at, spec.width > 0 ? (uint64_t)spec.width : 0))
        return false;
    int64_t integer;
    if (shown.kind == VALUE_DECIMAL) {
        if (spec.underscore || (spec.type && !strchr("eEfFgGn%", spec.type)))
            return interp_raise(in, at, STR("ValueError"), "invalid format string");
        Str digits;
        return decimal_fixed(in->arena, shown, spec.type, spec.precision, &digits)
                   ? add_number(in, str_starts(shown.text, STR("-")), digits, &spec, out)
                   : interp_refuse(in, at, STR("Write the text in the revision."),
                                   "this format of a Decimal is not supported");
    }
    if (is_integral(shown, &integer)) {
        if (shown.kind == VALUE_BOOL && (!spec.type || spec.type == 's') && spec.type)
            return bad_type(in, at, spec.type, v);
        if (spec.type && strchr("eEfFgG%", spec.type))
            return format_float(in, at, (double)integer, &spec, v, out);
        return format_int(in, at, integer, &spec, v, out);
    }
    if (shown.kind == VALUE_FLOAT)
        return format_float(in, at, shown.real, &spec, v, out);
    if (shown.kind == VALUE_STR)
        return format_text(in, at, shown.text, &spec, v, out);
    if (!to_text(in, at, shown, &shown) || is_unknown(shown))
        return shown.kind == VALUE_UNKNOWN ? (*out = shown, true) : false;
    return format_text(in, at, shown.text, &spec, v, out);
}

// ---- str.format ----

typedef struct Formatter {
    Interp *in;
    const Args *args;
    const Dict *map;    // format_map
    size_t automatic;   // next {}
    Value unknown;      // unset: none met
    unsigned depth;
} Formatter;

static bool format_run(Formatter *f, Str text, Buf *out);

static bool field_value(Formatter *f, Str name, Value *out)
{
    Interp *in = f->in;
    Span at = f->args->at;
    size_t end = 0;
    while (end < name.len && name.ptr[end] != '.' && name.ptr[end] != '[')
        end++;
    Str first = str_slice(name, 0, end);
    bool number = first.len && first.ptr[0] >= '0' && first.ptr[0] <= '9';
    if (!first.len || number) {
        size_t index = first.len ? (size_t)strtoul(str_cstr(in->arena, first), NULL, 10) : f->automatic++;
        if (index >= f->args->positional || f->map)
            return interp_raise(in, at, STR("IndexError"), "Replacement index %zu out of range for positional args tuple",
                                index);
        *out = f->args->items[index].value;
    } else {
        const Arg *arg = f->map ? NULL : args_find(f->args, SIZE_MAX, first);
        const Value *found = arg ? &arg->value : f->map ? dict_get_str(f->map, first) : NULL;
        if (!found)
            return interp_raise(in, at, STR("KeyError"), "%.*s", STR_ARGS(first));
        *out = *found;
    }
    while (end < name.len) {
        if (name.ptr[end] == '.') {
            size_t start = ++end;
            while (end < name.len && name.ptr[end] != '.' && name.ptr[end] != '[')
                end++;
            if (!interp_attribute(in, at, *out, str_slice(name, start, end), out))
                return false;
            continue;
        }
        if (name.ptr[end] != '[')
            return interp_raise(in, at, STR("ValueError"), "Only '.' or '[' may follow ']' in format field specifier");
        size_t close = str_find_char(name, ']', end);
        if (close == SIZE_MAX)
            return interp_raise(in, at, STR("ValueError"), "expected '}' before end of string");
        Str key = str_slice(name, end + 1, close);
        char *rest;
        char *copy = str_cstr(in->arena, key);
        long index = strtol(copy, &rest, 10);
        bool integer = key.len && !*rest && copy[0] >= '0' && copy[0] <= '9';
        if (!subscript(in, at, *out, integer ? value_int(index) : value_str(key), out))
            return false;
        end = close + 1;
    }
    return true;
}

static bool format_field(Formatter *f, Str field, Buf *out)
{
    Interp *in = f->in;
    Span at = f->args->at;
    size_t end = 0, brackets = 0;
    while (end < field.len && (brackets || (field.ptr[end] != ':' && field.ptr[end] != '!'))) {
        brackets += field.ptr[end] == '[';
        brackets -= field.ptr[end] == ']' && brackets;
        end++;
    }
    Value value;
    if (!field_value(f, str_slice(field, 0, end), &value))
        return false;
    if (end < field.len && field.ptr[end] == '!') {
        char conversion = end + 1 < field.len ? field.ptr[end + 1] : '\0';
        if ((conversion != 'r' && conversion != 's' && conversion != 'a') ||
            (end + 2 < field.len && field.ptr[end + 2] != ':'))
            return interp_raise(in, at, STR("ValueError"), "Unknown conversion specifier");
        if (conversion == 's' ? !to_text(in, at, value, &value) : !to_repr(in, at, value, &value))
            return false;
        value = conversion == 'a' ? value_ascii(in->arena, value) : value;
        end += 2;
    }
    Buf spec = buf_open(in->arena);
    if (end < field.len && !format_run(f, str_slice(field, end + 1, field.len), &spec))
        return false;
    if (is_unknown(value)) {
        f->unknown = value_unknown_by(value);
        return true;
    }
    if (!format_value(in, at, value, buf_str(&spec), &value))
        return false;
    if (is_unknown(value))
        f->unknown = value_unknown_by(value);
    else
        buf_add(out, value.text);
    return interp_room(in, at, out->len);
}

static bool format_run(Formatter *f, Str text, Buf *out)
{
    Interp *in = f->in;
    Span at = f->args->at;
    if (f->depth > 2)
        return interp_raise(in, at, STR("ValueError"), "Max string recursion exceeded");
    for (size_t i = 0; i < text.len;) {
        char c = text.ptr[i];
        if ((c == '{' || c == '}') && i + 1 < text.len && text.ptr[i + 1] == c) {
            buf_add_char(out, c);
            i += 2;
        } else if (c == '}') {
            return interp_raise(in, at, STR("ValueError"), "Single '}' encountered in format string");
        } else if (c != '{') {
            size_t start = i;
            while (i < text.len && text.ptr[i] != '{' && text.ptr[i] != '}')
                i++;
            buf_add(out, str_slice(text, start, i));
        } else {
            size_t start = ++i;
            for (int open = 1; i < text.len; i++) {
                open += text.ptr[i] == '{' ? 1 : text.ptr[i] == '}' ? -1 : 0;
                if (!open)
                    break;
            }
            if (i >= text.len)
                return interp_raise(in, at, STR("ValueError"),
                                    start < text.len ? "expected '}' before end of string"
                                                     : "Single '{' encountered in format string");
            f->depth++;
            if (!format_field(f, str_slice(text, start, i), out))
                return false;
            f->depth--;
            i++;
        }
    }
    return true;
}

static bool format_with(Interp *in, Str text, const Args *args, const Dict *map, Value *out)
{
    Formatter f = {.in = in, .args = args, .map = map, .unknown = UNSET_VALUE, .depth = 1};
    Buf buf = buf_open(in->arena);
    if (!format_run(&f, text, &buf))
        return false;
    *out = is_unset(f.unknown) ? value_str(buf_str(&buf)) : f.unknown;
    return true;
}

bool native_format(Interp *in, Value self, const Args *args, Value *out)
{
    return format_with(in, self.text, args, NULL, out);
}

bool native_format_map(Interp *in, Value self, const Args *args, Value *out)
{
    Value map;
    if (!take_args(in, args, "format_map", "mapping", &map))
        return false;
    if (map.kind != VALUE_DICT)
        return interp_raise(in, args->at, STR("TypeError"), "format_map() needs a dict");
    return format_with(in, self.text, args, map.dict, out);
}

// ---- % ----

typedef struct Percent {
    Interp *in;
    Span at;
    Value values;
    size_t next;
    bool used_map;
} Percent;

static bool next_value(Percent *p, Value *out)
{
    bool many = p->values.kind == VALUE_TUPLE;
    if (p->next >= (many ? p->values.list->values.count : 1))
        return interp_raise(p->in, p->at, STR("TypeError"), "not enough arguments for format string");
    *out = many ? p->values.list->values.items[p->next] : p->values;
    p->next++;
    return true;
}

static bool percent_number(Percent *p, Str text, size_t *i, int64_t *number)
{
    Value v;
    if (*i < text.len && text.ptr[*i] == '*') {
        ++*i;
        if (!next_value(p, &v))
            return false;
        if (!is_integral(v, number))
            return interp_raise(p->in, p->at, STR("TypeError"), "* wants int");
    } else {
        while (*i < text.len && text.ptr[*i] >= '0' && text.ptr[*i] <= '9') {
            *number = (*number < 0 ? 0 : *number) * 10 + (text.ptr[(*i)++] - '0');
            if (*number > LIMIT_VALUE_BYTES)
                break;
        }
    }
    return interp_room(p->in, p->at, *number > 0 ? (uint64_t)*number : 0);
}

static bool percent_value(Percent *p, const Spec *given, char type, Value v, Value *out)
{
    Interp *in = p->in;
    Spec spec = *given;
    int64_t integer;
    spec.type = type;
    switch (type) {
    case 's':
    case 'r':
    case 'a':
        if (type == 's' ? !to_text(in, p->at, v, out) : !to_repr(in, p->at, v, out))
            return false;
        if (is_unknown(*out))
            return true;
        *out = type == 'a' ? value_ascii(in->arena, *out) : *out;
        spec.type = 's';
        spec.sign = '\0';
        spec.align = spec.align == '<' ? '<' : '>';
        spec.fill = STR(" ");
        return format_text(in, p->at, out->text, &spec, *out, out);
    case 'c':
        if (v.kind == VALUE_STR && utf8_length(v.text) == 1) {
            spec.type = 's';
            spec.align = spec.align == '<' ? '<' : '>';
            return format_text(in, p->at, v.text, &spec, v, out);
        }
        break;
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        if (v.kind == VALUE_DECIMAL)
            return interp_refuse(in, p->at, STR("Convert it with int()."), "%%%c of a Decimal is not supported", type);
        if (v.kind == VALUE_FLOAT && (type == 'd' || type == 'i' || type == 'u') && fabs(v.real) < 9e18)
            v = value_int((int64_t)v.real);
        if (v.kind == VALUE_FLOAT && isfinite(v.real) && spec.type != 'x' && spec.type != 'X' && spec.type != 'o')
            return interp_refuse(in, p->at, STR_EMPTY, "an integer beyond 64 bits (the limit)");
        if (!is_integral(v, &integer))
            return interp_raise(in, p->at, STR("TypeError"), "%%%c format: a real number is required, not %.*s", type,
                                STR_ARGS(value_type_name(v)));
        spec.type = type == 'i' || type == 'u' ? 'd' : type;
        if (spec.precision >= 0) {   // at least so many digits
            Spec digits = {.fill = STR("0"), .align = '=', .width = spec.precision, .precision = -1, .type = spec.type};
            Value text;
            if (!format_int(in, p->at, integer < 0 && integer != INT64_MIN ? -integer : integer, &digits, v, &text))
                return false;
            Str prefix = integer < 0 ? STR("-") : spec.sign == '+' ? STR("+") : spec.sign == ' ' ? STR(" ") : STR_EMPTY;
            *out = value_str(pad(in->arena, &spec, prefix, text.text, '>'));
            return true;
        }
        return format_int(in, p->at, integer, &spec, v, out);
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        if (v.kind == VALUE_DECIMAL)
            v = (Value){.kind = VALUE_FLOAT, .real = strtod(str_cstr(in->arena, v.text), NULL)};
        if (v.kind == VALUE_FLOAT)
            return format_float(in, p->at, v.real, &spec, v, out);
        if (is_integral(v, &integer))
            return format_float(in, p->at, (double)integer, &spec, v, out);
        return interp_raise(in, p->at, STR("TypeError"), "must be real number, not %.*s", STR_ARGS(value_type_name(v)));
    default: return interp_raise(in, p->at, STR("ValueError"), "unsupported format character '%c'", type);
    }
    if (is_integral(v, &integer))
        return format_int(in, p->at, integer, &spec, v, out);
    return interp_raise(in, p->at, STR("TypeError"), "%%c requires int or char");
}

// One conversion behind its %; `i` is moved behind it.
static bool percent_one(Percent *p, Str text, size_t *i, Value *out)
{
    Interp *in = p->in;
    Spec spec = {.fill = STR(" "), .width = -1, .precision = -1};
    Value value = UNSET_VALUE;
    if (*i < text.len && text.ptr[*i] == '(') {
        size_t start = ++*i;
        int open = 1;
        for (; *i < text.len && open; ++*i)
            open += text.ptr[*i] == '(' ? 1 : text.ptr[*i] == ')' ? -1 : 0;
        if (p->values.kind != VALUE_DICT)
            return open ? interp_raise(in, p->at, STR("ValueError"), "incomplete format key")
                        : interp_raise(in, p->at, STR("TypeError"), "format requires a mapping");
        if (open)
            return interp_raise(in, p->at, STR("ValueError"), "incomplete format key");
        p->used_map = true;
        if (!subscript(in, p->at, p->values, value_str(str_slice(text, start, *i - 1)), &value))
            return false;
    }
    for (; *i < text.len && strchr("-+ #0", text.ptr[*i]); ++*i) {
        char flag = text.ptr[*i];
        if (flag == '-')
            spec.align = '<', spec.fill = STR(" ");
        else if (flag == '0' && spec.align != '<')
            spec.align = '=', spec.fill = STR("0");
        else if (flag == '#')
            spec.alternate = true;
        else if (flag == '+' || (flag == ' ' && spec.sign != '+'))
            spec.sign = flag;
    }
    if (!percent_number(p, text, i, &spec.width))
        return false;
    if (spec.width < -1) {
        spec.align = '<';
        spec.width = -spec.width;
    }
    if (*i < text.len && text.ptr[*i] == '.') {
        ++*i;
        spec.precision = 0;
        if (!percent_number(p, text, i, &spec.precision))
            return false;
    }
    while (*i < text.len && strchr("hlL", text.ptr[*i]))
        ++*i;
    if (*i >= text.len)
        return interp_raise(in, p->at, STR("ValueError"), "incomplete format");
    char type = text.ptr[(*i)++];
    if (type == '%') {
        *out = value_str(STR("%"));
        return true;
    }
    if (is_unset(value) && !next_value(p, &value))
        return false;
    if (is_unknown(value)) {
        *out = value_unknown_by(value);
        return true;
    }
    return percent_value(p, &spec, type, value, out);
}

bool format_percent(Interp *in, Span at, Str format, Value values, Value *out)
{
    if (values.kind == VALUE_INSTANCE && class_attribute(values.instance->class, STR("_fields"))) {   // a named tuple
        if (!interp_iterate(in, at, values, &values))
            return false;
        values.kind = VALUE_TUPLE;
    }
    Percent p = {in, at, values, 0, false};
    Buf buf = buf_open(in->arena);
    Value unknown = UNSET_VALUE;
    for (size_t i = 0; i < format.len;) {
        size_t next = str_find_char(format, '%', i);
        buf_add(&buf, str_slice(format, i, next == SIZE_MAX ? format.len : next));
        if (next == SIZE_MAX)
            break;
        i = next + 1;
        Value piece;
        if (!percent_one(&p, format, &i, &piece))
            return false;
        if (is_unknown(piece))
            unknown = piece;
        else
            buf_add(&buf, piece.text);
        if (!interp_room(in, at, buf.len))
            return false;
    }
    bool many = values.kind == VALUE_TUPLE;
    bool all = p.used_map || values.kind == VALUE_DICT || p.next >= (many ? values.list->values.count : 1) ||
               (!many && !p.next && (values.kind == VALUE_LIST || values.kind == VALUE_INSTANCE));
    if (!all)
        return interp_raise(in, at, STR("TypeError"), "not all arguments converted during string formatting");
    *out = is_unset(unknown) ? value_str(buf_str(&buf)) : unknown;
    return true;
}
