// The table of modules, and the small ones: typing and the like (everything is ignored), random and the like (everything
// is unknown), os.path, string, math, operator, copy, base64, textwrap.
#include <math.h>

#include "module_int.h"

static const Builtin ignored = {.kind = B_IGNORED, .name = NAME_OF("ignored")},
                     ignored_call = {.kind = B_IGNORED, .type = 1};
static const Builtin unknown = {.kind = B_UNKNOWN};

// ---- textwrap ----

NATIVE_FN(text_dedent)
{
    Value v;
    Str text, margin = {0};
    (void)self;
    if (!take_args(in, args, "dedent", "text", &v) || !want_text(in, args, v, "dedent", &text) ||
        !interp_room(in, args->at, text.len))
        return false;
    bool any = false;
    for (Str rest = text; rest.len;) {
        Str line = str_cut(&rest, '\n');
        size_t indent = 0;
        while (indent < line.len && (line.ptr[indent] == ' ' || line.ptr[indent] == '\t'))
            indent++;
        if (indent == line.len)
            continue;
        Str own = str_slice(line, 0, indent);
        if (!any)
            margin = own;
        any = true;
        size_t common = 0;
        while (common < own.len && common < margin.len && own.ptr[common] == margin.ptr[common])
            common++;
        margin.len = common;
    }
    Buf buf = buf_open(in->arena);
    for (size_t at = 0; at <= text.len;) {
        size_t end = str_find_char(text, '\n', at);
        end = end == SIZE_MAX ? text.len : end;
        Str line = str_slice(text, at, end), blank = line;
        while (blank.len && (blank.ptr[0] == ' ' || blank.ptr[0] == '\t'))
            blank = str_slice(blank, 1, blank.len);
        buf_add(&buf, !blank.len                             ? blank
                      : margin.len && line.len >= margin.len ? str_slice(line, margin.len, line.len)
                                                             : line);
        if (end < text.len)
            buf_add_char(&buf, '\n');
        at = end + 1;
    }
    *out = value_str(buf_str(&buf));
    return true;
}

NATIVE_FN(text_indent)
{
    Value v[3];
    Str text, prefix;
    (void)self;
    if (!take_args(in, args, "indent", "text prefix predicate?", v))
        return false;
    if (!is_unknown(v[0]) && unwrap(v[0]).kind != VALUE_STR)
        return interp_raise(in, args->at, STR("AttributeError"), "'%.*s' object has no attribute 'splitlines'",
                            STR_ARGS(value_type_name(v[0])));
    if (!want_text(in, args, v[0], "indent", &text) || !want_text(in, args, v[1], "indent", &prefix))
        return false;
    Buf buf = buf_open(in->arena);
    for (size_t at = 0; at < text.len;) {
        size_t end = str_find_char(text, '\n', at);
        end = end == SIZE_MAX ? text.len : end + 1;
        Str line = str_slice(text, at, end);
        if (str_trim(line).len)
            buf_add(&buf, prefix);
        buf_add(&buf, line);
        at = end;
        if (!interp_room(in, args->at, buf.len > LIMIT_VALUE_BYTES ? buf.len : prefix.len))
            return false;
    }
    *out = value_str(buf_str(&buf));
    return true;
}

const Builtin textwrap_members[] = {NATIVE("dedent", text_dedent), NATIVE("indent", text_indent), MEMBERS_END};

// ---- base64, binascii ----

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

NATIVE_FN(base64_encode)
{
    Value v;
    Str text;
    (void)self;
    if (!take_args(in, args, "b64encode", "s", &v) || !want_text(in, args, v, "b64encode", &text) ||
        !interp_room(in, args->at, text.len * 2))
        return false;
    if (v.kind != VALUE_BYTES)
        return interp_raise(in, args->at, STR("TypeError"), "a bytes-like object is required, not 'str'");
    Buf buf = buf_open(in->arena);
    for (size_t i = 0; i < text.len; i += 3) {
        uint32_t word = 0;
        size_t n = text.len - i < 3 ? text.len - i : 3;
        for (size_t k = 0; k < 3; k++)
            word = word << 8 | (k < n ? (unsigned char)text.ptr[i + k] : 0u);
        for (size_t k = 0; k < 4; k++)
            buf_add_char(&buf, k <= n ? base64_digits[word >> (18 - 6 * k) & 63] : '=');
    }
    *out = (Value){.kind = VALUE_BYTES, .text = buf_str(&buf)};
    return true;
}

NATIVE_FN(base64_decode)
{
    Value v;
    Str text;
    uint32_t word = 0;
    size_t n = 0, padding = 0;
    (void)self;
    if (!take_args(in, args, "b64decode", "s", &v) || !want_text(in, args, v, "b64decode", &text) ||
        !interp_room(in, args->at, text.len))
        return false;
    Buf buf = buf_open(in->arena);
    for (size_t i = 0; i < text.len; i++) {
        const char *digit = text.ptr[i] ? strchr(base64_digits, text.ptr[i]) : NULL;
        padding += text.ptr[i] == '=';
        if (!digit)
            continue;
        word = word << 6 | (uint32_t)(digit - base64_digits);
        if (++n % 4 == 0) {
            buf_add_char(&buf, (char)(word >> 16));
            buf_add_char(&buf, (char)(word >> 8));
            buf_add_char(&buf, (char)word);
        }
    }
    if (n % 4 == 1 || (n + padding) % 4)
        return interp_raise(in, args->at, STR("ValueError"), "Incorrect padding");
    if (n % 4 == 2)
        buf_add_char(&buf, (char)(word >> 4));
    if (n % 4 == 3) {
        buf_add_char(&buf, (char)(word >> 10));
        buf_add_char(&buf, (char)(word >> 2));
    }
    *out = (Value){.kind = VALUE_BYTES, .text = buf_str(&buf)};
    return true;
}

NATIVE_FN(hex_encode)
{
    Value v;
    Str text;
    (void)self;
    if (!take_args(in, args, "hexlify", "data", &v) || !want_text(in, args, v, "hexlify", &text) ||
        !interp_room(in, args->at, text.len * 2))
        return false;
    Buf buf = buf_open(in->arena);
    buf_add_hex(&buf, text);
    *out = (Value){.kind = VALUE_BYTES, .text = buf_str(&buf)};
    return true;
}

NATIVE_FN(hex_decode)
{
    Value v;
    Str text;
    (void)self;
    if (!take_args(in, args, "unhexlify", "hexstr", &v) || !want_text(in, args, v, "unhexlify", &text))
        return false;
    Buf buf = buf_open(in->arena);
    for (size_t i = 0; i < text.len; i += 2) {
        unsigned byte = 0;
        for (size_t k = 0; k < 2; k++) {
            char c = i + k < text.len ? text.ptr[i + k] : '\0';
            int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
            if (digit < 0)
                return interp_raise(in, args->at, STR("ValueError"), "Non-hexadecimal digit found");
            byte = byte * 16 + (unsigned)digit;
        }
        buf_add_char(&buf, (char)byte);
    }
    *out = (Value){.kind = VALUE_BYTES, .text = buf_str(&buf)};
    return true;
}

const Builtin base64_members[] = {NATIVE("b64encode", base64_encode), NATIVE("b64decode", base64_decode),
                                  NATIVE("standard_b64encode", base64_encode), NATIVE("b16encode", hex_encode), MEMBERS_END};
const Builtin binascii_members[] = {NATIVE("hexlify", hex_encode), NATIVE("unhexlify", hex_decode),
                                    NATIVE("b2a_hex", hex_encode), NATIVE("a2b_hex", hex_decode), MEMBERS_END};

// ---- os.path ----

NATIVE_FN(path_join_all)
{
    (void)self;
    Buf buf = buf_open(in->arena);
    for (size_t i = 0; i < args->count; i++) {
        Str part;
        if (!want_text(in, args, args->items[i].value, "join", &part))
            return false;
        if (part.len && part.ptr[0] == '/')
            buf.len = 0;
        else if (buf.len && buf.ptr[buf.len - 1] != '/')
            buf_add_char(&buf, '/');
        buf_add(&buf, part);
    }
    *out = value_str(buf_str(&buf));
    return interp_room(in, args->at, buf.len);
}

static size_t last_slash(Str path)
{
    size_t at = path.len;
    while (at && path.ptr[at - 1] != '/')
        at--;
    return at;   // behind it
}

NATIVE_FN(path_dirname)
{
    Value v;
    Str path;
    (void)self;
    if (!take_args(in, args, "dirname", "path", &v) || !want_text(in, args, v, "dirname", &path))
        return false;
    size_t end = last_slash(path);
    while (end > 1 && path.ptr[end - 1] == '/')
        end--;
    *out = value_str(str_slice(path, 0, end));
    return true;
}

NATIVE_FN(path_basename)
{
    Value v;
    Str path;
    (void)self;
    if (!take_args(in, args, "basename", "path", &v) || !want_text(in, args, v, "basename", &path))
        return false;
    *out = value_str(str_slice(path, last_slash(path), path.len));
    return true;
}

NATIVE_FN(path_splitext)
{
    Value v;
    Str path;
    (void)self;
    if (!take_args(in, args, "splitext", "path", &v) || !want_text(in, args, v, "splitext", &path))
        return false;
    size_t name = last_slash(path), dot = path.len;
    while (name < path.len && path.ptr[name] == '.')
        name++;
    for (size_t i = path.len; i-- > name;)
        if (path.ptr[i] == '.') {
            dot = i;
            break;
        }
    *out = value_list(in->arena, VALUE_TUPLE);
    list_push(in->arena, *out, value_str(str_slice(path, 0, dot)));
    list_push(in->arena, *out, value_str(str_slice(path, dot, path.len)));
    return true;
}

NATIVE_FN(path_same)
{
    Value v;
    (void)self;
    if (!take_args(in, args, "abspath", "path", &v))
        return false;
    *out = v;
    return true;
}

// os.getenv(key, default): what the settings say of os.environ, so that one line says it for both.
NATIVE_FN(environment_get)
{
    Value v[2], environ = VALUE_OF_NONE;
    bool said = false;
    (void)self;
    if (!take_args(in, args, "getenv", "key default?", v))
        return false;
    if (in->host && in->host->setting && !in->host->setting(in->host, in, args->at, STR("os.environ"), &environ, &said))
        return false;
    if (said && environ.kind == VALUE_DICT && value_is_str(v[0])) {
        const Value *found = dict_get_str(environ.dict, v[0].text);
        *out = found ? *found : is_unset(v[1]) ? VALUE_OF_NONE : v[1];
        return true;
    }
    *out = value_unknown_cured(in->arena, args->at, STR("the environment in which the revision runs is not known"),
                               STR("Write the value in the revision."),
                               (Cure){.kind = CURE_VALUE, .name = STR("os.environ"), .example = STR(ENVIRON_EXAMPLE)});
    return true;
}

const Builtin path_members[] = {NATIVE("join", path_join_all),     NATIVE("dirname", path_dirname),
                                NATIVE("basename", path_basename), NATIVE("splitext", path_splitext),
                                NATIVE("abspath", path_same),      NATIVE("realpath", path_same),
                                NATIVE("normpath", path_same),     MEMBERS_END};
static const Builtin os_path = {.kind = B_MODULE,
                                .name = NAME_OF("os.path"),
                                .members = path_members,
                                .other = {.kind = VALUE_BUILTIN, .builtin = &unknown}};
const Builtin os_members[] = {
    {.kind = B_CONSTANT, .name = NAME_OF("path"), .self = {.kind = VALUE_BUILTIN, .builtin = &os_path}},
    NATIVE_ANY("getenv", environment_get),
    {.kind = B_CONSTANT, .name = NAME_OF("sep"), .self = {.kind = VALUE_STR, .text = {"/", 1}}},
    {.kind = B_CONSTANT, .name = NAME_OF("linesep"), .self = {.kind = VALUE_STR, .text = {"\n", 1}}},
    MEMBERS_END};

// ---- math, string, sys ----

static bool math_number(Interp *in, const Args *args, const char *name, double *real)
{
    Value v;
    int64_t integer;
    if (!take_args(in, args, name, "x", &v))
        return false;
    if (is_integral(v, &integer))
        *real = (double)integer;
    else if (v.kind == VALUE_FLOAT)
        *real = v.real;
    else
        return interp_raise(in, args->at, STR("TypeError"), "must be real number, not %.*s", STR_ARGS(value_type_name(v)));
    return true;
}

static bool whole(Interp *in, const Args *args, const char *name, double (*round_it)(double), Value *out)
{
    double real;
    int64_t integer;
    if (args->count == 1 && is_integral(args->items[0].value, &integer)) {
        *out = value_int(integer);
        return true;
    }
    if (!math_number(in, args, name, &real))
        return false;
    real = round_it(real);
    if (!(fabs(real) < 9.2e18))
        return interp_refuse(in, args->at, STR_EMPTY, "an integer beyond 64 bits (the limit)");
    *out = value_int((int64_t)real);
    return true;
}

NATIVE_FN(math_ceil)
{
    (void)self;
    return whole(in, args, "ceil", ceil, out);
}
NATIVE_FN(math_floor)
{
    (void)self;
    return whole(in, args, "floor", floor, out);
}
NATIVE_FN(math_trunc)
{
    (void)self;
    return whole(in, args, "trunc", trunc, out);
}

NATIVE_FN(math_sqrt)
{
    double real;
    (void)self;
    if (!math_number(in, args, "sqrt", &real))
        return false;
    if (real < 0)
        return interp_raise(in, args->at, STR("ValueError"), "math domain error");
    *out = (Value){.kind = VALUE_FLOAT, .real = sqrt(real)};
    return true;
}

#define REAL(text, number)                                                                                                  \
    {                                                                                                                       \
        .kind = B_CONSTANT, .name = NAME_OF(text), .self = {.kind = VALUE_FLOAT, .real = (number) }                         \
    }
const Builtin math_members[] = {
    NATIVE("ceil", math_ceil),     NATIVE("floor", math_floor),  NATIVE("trunc", math_trunc),   NATIVE("sqrt", math_sqrt),
    REAL("pi", 3.141592653589793), REAL("e", 2.718281828459045), REAL("inf", (double)INFINITY), MEMBERS_END};
#define TEXT(name_text, value)                                                                                              \
    {                                                                                                                       \
        .kind = B_CONSTANT, .name = NAME_OF(name_text), .self = {.kind = VALUE_STR, .text = NAME_OF(value) }                \
    }
const Builtin string_members[] = {
    TEXT("ascii_letters", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    TEXT("ascii_lowercase", "abcdefghijklmnopqrstuvwxyz"),
    TEXT("ascii_uppercase", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    TEXT("digits", "0123456789"),
    TEXT("hexdigits", "0123456789abcdefABCDEF"),
    TEXT("octdigits", "01234567"),
    TEXT("punctuation", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
    TEXT("whitespace", " \t\n\r\v\f"),
    MEMBERS_END,
};

static Value version_items[] = {{.kind = VALUE_INT, .integer = 3},
                                {.kind = VALUE_INT, .integer = 12},
                                {.kind = VALUE_INT, .integer = 0},
                                {.kind = VALUE_STR, .text = {"final", 5}},
                                {.kind = VALUE_INT}};
static List version_list = {.values = {version_items, 5, 5}};

NATIVE_FN(sys_exit)
{
    (void)self;
    (void)out;
    return interp_raise(in, args->at, STR("SystemExit"), "%.*s",
                        STR_ARGS(args->count ? value_text(in->arena, args->items[0].value) : STR_EMPTY));
}

static const Builtin sys_members[] = {
    {.kind = B_CONSTANT, .name = NAME_OF("version_info"), .self = {.kind = VALUE_TUPLE, .list = &version_list}},
    NATIVE_ANY("exit", sys_exit),
    {.kind = B_CONSTANT, .name = NAME_OF("maxsize"), .self = {.kind = VALUE_INT, .integer = INT64_MAX}},
    {.kind = B_CONSTANT, .name = NAME_OF("stdout"), .self = {.kind = VALUE_BUILTIN, .builtin = &ignored_call}},
    {.kind = B_CONSTANT, .name = NAME_OF("stderr"), .self = {.kind = VALUE_BUILTIN, .builtin = &ignored_call}},
    MEMBERS_END,
};

#define IGNORED_MODULE(text)                                                                                                \
    {                                                                                                                       \
        .kind = B_MODULE, .name = NAME_OF(text), .other = {.kind = VALUE_BUILTIN, .builtin = &ignored }                     \
    }
#define SILENT_MODULE(text)                                                                                                 \
    {                                                                                                                       \
        .kind = B_MODULE, .name = NAME_OF(text), .other = {.kind = VALUE_BUILTIN, .builtin = &ignored_call }                \
    }
#define UNKNOWN_MODULE(text)                                                                                                \
    {                                                                                                                       \
        .kind = B_MODULE, .name = NAME_OF(text), .other = {.kind = VALUE_BUILTIN, .builtin = &unknown }                     \
    }
#define PARTLY(text, table)                                                                                                 \
    {                                                                                                                       \
        .kind = B_MODULE, .name = NAME_OF(text), .members = (table), .other = {.kind = VALUE_BUILTIN, .builtin = &unknown } \
    }

static const Builtin iterable_types[] = {{.kind = B_TYPE, .name = NAME_OF("Iterable"), .type = TYPE_ITERABLE},
                                         {.kind = B_TYPE, .name = NAME_OF("Mapping"), .type = VALUE_DICT},
                                         MEMBERS_END};
static const Builtin abc_module = {.kind = B_MODULE,
                                   .name = NAME_OF("collections.abc"),
                                   .members = iterable_types,
                                   .other = {.kind = VALUE_BUILTIN, .builtin = &ignored}};
static const Builtin modules[] = {
    {.kind = B_MODULE,
     .name = NAME_OF("typing"),
     .members = typing_members,
     .other = {.kind = VALUE_BUILTIN, .builtin = &ignored}},
    IGNORED_MODULE("__future__"),
    {.kind = B_MODULE,
     .name = NAME_OF("typing_extensions"),
     .members = typing_members,
     .other = {.kind = VALUE_BUILTIN, .builtin = &ignored}},
    IGNORED_MODULE("abc"),
    IGNORED_MODULE("types"),
    IGNORED_MODULE("numbers"),
    SILENT_MODULE("logging"),
    SILENT_MODULE("logging.config"),
    SILENT_MODULE("warnings"),
    SILENT_MODULE("traceback"),
    SILENT_MODULE("pprint"),
    SILENT_MODULE("gc"),
    SILENT_MODULE("atexit"),
    SILENT_MODULE("signal"),
    SILENT_MODULE("locale"),
    PARTLY("datetime", datetime_members),
    PARTLY("decimal", decimal_members),
    PARTLY("uuid", uuid_members),
    PARTLY("json", json_members),
    PARTLY("re", re_members),
    PARTLY("textwrap", textwrap_members),
    PARTLY("base64", base64_members),
    PARTLY("binascii", binascii_members),
    PARTLY("os", os_members),
    PARTLY("os.path", path_members),
    PARTLY("posixpath", path_members),
    PARTLY("collections", collections_members),
    PARTLY("itertools", itertools_members),
    PARTLY("functools", functools_members),
    PARTLY("operator", operator_members),
    PARTLY("contextlib", contextlib_members),
    PARTLY("copy", copy_members),
    PARTLY("dataclasses", dataclasses_members),
    PARTLY("math", math_members),
    PARTLY("string", string_members),
    PARTLY("enum", enum_members_table),
    PARTLY("sys", sys_members),
    PARTLY("time", time_module_members),
    UNKNOWN_MODULE("random"),
    UNKNOWN_MODULE("secrets"),
    UNKNOWN_MODULE("hashlib"),
    UNKNOWN_MODULE("hmac"),
    UNKNOWN_MODULE("socket"),
    UNKNOWN_MODULE("subprocess"),
    UNKNOWN_MODULE("urllib"),
    UNKNOWN_MODULE("urllib.parse"),
    UNKNOWN_MODULE("urllib.request"),
    UNKNOWN_MODULE("http"),
    UNKNOWN_MODULE("http.client"),
    UNKNOWN_MODULE("unittest"),
    UNKNOWN_MODULE("unittest.mock"),
    UNKNOWN_MODULE("inspect"),
    UNKNOWN_MODULE("pathlib"),
    UNKNOWN_MODULE("importlib"),
    UNKNOWN_MODULE("importlib.util"),
    UNKNOWN_MODULE("importlib.resources"),
    UNKNOWN_MODULE("pickle"),
    UNKNOWN_MODULE("csv"),
    UNKNOWN_MODULE("io"),
    UNKNOWN_MODULE("shutil"),
    UNKNOWN_MODULE("tempfile"),
    UNKNOWN_MODULE("glob"),
    UNKNOWN_MODULE("platform"),
    UNKNOWN_MODULE("getpass"),
    UNKNOWN_MODULE("threading"),
    UNKNOWN_MODULE("multiprocessing"),
    UNKNOWN_MODULE("concurrent"),
    UNKNOWN_MODULE("concurrent.futures"),
    UNKNOWN_MODULE("asyncio"),
    UNKNOWN_MODULE("zlib"),
    UNKNOWN_MODULE("gzip"),
    UNKNOWN_MODULE("zipfile"),
    UNKNOWN_MODULE("struct"),
    UNKNOWN_MODULE("configparser"),
    UNKNOWN_MODULE("argparse"),
    UNKNOWN_MODULE("calendar"),
    UNKNOWN_MODULE("zoneinfo"),
    UNKNOWN_MODULE("ipaddress"),
    UNKNOWN_MODULE("fractions"),
    UNKNOWN_MODULE("statistics"),
    UNKNOWN_MODULE("difflib"),
    UNKNOWN_MODULE("html"),
    UNKNOWN_MODULE("xml"),
    UNKNOWN_MODULE("email"),
    UNKNOWN_MODULE("sqlite3"),
    UNKNOWN_MODULE("ast"),
    UNKNOWN_MODULE("unicodedata"),
    UNKNOWN_MODULE("heapq"),
    UNKNOWN_MODULE("bisect"),
    UNKNOWN_MODULE("array"),
    UNKNOWN_MODULE("weakref"),
    UNKNOWN_MODULE("pkgutil"),
    UNKNOWN_MODULE("builtins"),
    UNKNOWN_MODULE("select"),
    UNKNOWN_MODULE("ssl"),
    UNKNOWN_MODULE("codecs"),
    UNKNOWN_MODULE("shlex"),
    UNKNOWN_MODULE("stat"),
    UNKNOWN_MODULE("errno"),
    MEMBERS_END,
};

bool module_is_silent(Str name)
{
    static const char *const packages[] = {
#define SILENT(package) #package,
#include "silent.def"
#undef SILENT
        NULL};
    return str_is_one_of(str_cut(&name, '.'), packages);
}

static Value silent_value(Interp *in, Span at, Str reason)
{
    Value value = value_unknown(in->arena, at, reason, STR("Write the value in the revision."));
    ((Unknown *)(uintptr_t)value.unknown)->is_silent = true;
    return value;
}

Value silent_module(Interp *in, Span at, Str name)
{
    Str package = str_cut(&name, '.');
    return silent_value(in, at,
                        str_format(in->arena,
                                   "the package \"%.*s\" is taken to log, trace or measure only: what it gives is not known",
                                   STR_ARGS(package)));
}

Value or_silent(Interp *in, Value value)
{
    Cure cure = value.unknown->cure;
    if (cure.kind != CURE_VALUE || !cure.name.len || is_said_whole(cure.name))
        return value;
    cure.is_called = false;
    cure.example = STR(SILENT_NAME);
    return value_unknown_cured(in->arena, value.unknown->at, value.unknown->reason, STR_EMPTY, cure);
}

Value interp_silent(Interp *in, Span at)
{
    return silent_value(in, at, STR("the settings say that it logs, traces or measures only: what it gives is not known"));
}

bool python_has_module(Str name)
{
    return module_find(name) != NULL;
}

const Builtin *module_find(Str name)
{
    if (str_equal(name, STR("collections.abc")))
        return &abc_module;
    return member_find(modules, name);
}
