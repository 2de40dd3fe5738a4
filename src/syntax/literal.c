// Numbers, strings and f-strings: what stands in the source becomes constants. A literal that holds no escape is used
// where it stands; nothing is copied.
#include <errno.h>
#include <stdlib.h>

#include "parse_int.h"

static Node *constant(Parser *p, uint32_t start, Constant value)
{
    Node *node = node_new(p, NODE_CONST, start, constant);
    node->as.constant = value;
    return node;
}

static Constant text_constant(Str text)
{
    return (Constant){.kind = CONSTANT_STR, .text = text};
}

static int digit_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

enum { MAX_INT_DIGITS = 4300 };   // CPython's own limit for decimal literals

static Node *parse_integer(Parser *p, uint32_t start, Str text)
{
    unsigned base = 10;
    if (text.len > 2 && text.ptr[0] == '0') {
        char c = (char)(text.ptr[1] | 32);
        base = c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 10;
    }
    uint64_t value = 0;
    size_t digits = 0;
    bool big = false;
    for (size_t i = base == 10 ? 0 : 2; i < text.len; i++) {
        if (text.ptr[i] == '_')
            continue;
        digits++;
        unsigned digit = (unsigned)digit_value(text.ptr[i]);
        big = big || value > ((uint64_t)INT64_MAX - digit) / base;
        value = value * base + digit;
    }
    if (base == 10 && digits > MAX_INT_DIGITS)
        fail_at(p, start, start + (uint32_t)text.len, "a decimal number of more than %d digits (the limit)", MAX_INT_DIGITS);
    return big ? node_make(p, NODE_BIG, start, offsetof(Node, as))
               : constant(p, start, (Constant){.kind = CONSTANT_INT, .integer = (int64_t)value});
}

Node *parse_number(Parser *p)
{
    Str text = token_text(p);
    uint32_t start = p->token.start;
    Node *node;
    char last = text.ptr[text.len - 1];
    bool prefixed = text.len > 1 && text.ptr[0] == '0' && strchr("xXoObB", text.ptr[1]);
    if (!prefixed && (last == 'j' || last == 'J')) {
        node = node_make(p, NODE_BIG, start, offsetof(Node, as));
        node->op = 2;
    } else if (!prefixed && (str_find_char(text, '.', 0) != SIZE_MAX || str_find_char(text, 'e', 0) != SIZE_MAX ||
                             str_find_char(text, 'E', 0) != SIZE_MAX)) {
        char *copy = arena_alloc(p->arena, text.len + 1);
        size_t len = 0;
        for (size_t i = 0; i < text.len; i++)
            if (text.ptr[i] != '_')
                copy[len++] = text.ptr[i];
        node = constant(p, start, (Constant){.kind = CONSTANT_FLOAT, .real = strtod(copy, NULL)});
    } else {
        node = parse_integer(p, start, text);
    }
    advance(p);
    return node_end(p, node);
}

typedef struct Literal {
    Buf text;
    bool unknown_name;   // holds a \N{...} that is not in the small table
} Literal;

// The characters that texts of revisions spell by name.
static uint32_t named_character(Str name)
{
    static const struct {
        const char *name;
        uint32_t code;
    } names[] = {
        {"NO-BREAK SPACE", 0xA0},
        {"COPYRIGHT SIGN", 0xA9},
        {"DEGREE SIGN", 0xB0},
        {"MICRO SIGN", 0xB5},
        {"EN DASH", 0x2013},
        {"EM DASH", 0x2014},
        {"LEFT SINGLE QUOTATION MARK", 0x2018},
        {"RIGHT SINGLE QUOTATION MARK", 0x2019},
        {"LEFT DOUBLE QUOTATION MARK", 0x201C},
        {"RIGHT DOUBLE QUOTATION MARK", 0x201D},
        {"BULLET", 0x2022},
        {"HORIZONTAL ELLIPSIS", 0x2026},
        {"EURO SIGN", 0x20AC},
        {"RIGHTWARDS ARROW", 0x2192},
        {"ZERO WIDTH SPACE", 0x200B},
        {"SNOWMAN", 0x2603},
        {"GREEK SMALL LETTER MU", 0x3BC},
        {"BELL", 0x1F514},
        {"SPACE", 0x20},
        {"HYPHEN-MINUS", 0x2D},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal_fold(name, str_from(names[i].name)))
            return names[i].code;
    return 0;
}

// One escape of `count` hexadecimal digits at `at`; returns false (failed) when they are not all there.
static bool hex_escape(Parser *p, uint32_t at, uint32_t end, uint32_t count, uint32_t *code)
{
    *code = 0;
    for (uint32_t i = 0; i < count; i++) {
        int digit = at + i < end ? digit_value(p->text[at + i]) : 99;
        if (digit > 15) {
            fail_at(p, at - 2, at + i, "incomplete escape in a string");
            return false;
        }
        *code = *code * 16 + (uint32_t)digit;
    }
    return true;
}

// Decodes the escape at `at` (its backslash); returns where it ends.
static uint32_t decode_escape(Parser *p, uint32_t at, uint32_t end, bool bytes, Literal *out)
{
    char c = p->text[at + 1];
    uint32_t code = 0, next = at + 2;
    switch (c) {
    case '\r': return next < end && p->text[next] == '\n' ? next + 1 : next;
    case '\n': return next;
    case '\\':
    case '\'':
    case '"': buf_add_char(&out->text, c); return next;
    case 'a': buf_add_char(&out->text, '\a'); return next;
    case 'b': buf_add_char(&out->text, '\b'); return next;
    case 'f': buf_add_char(&out->text, '\f'); return next;
    case 'n': buf_add_char(&out->text, '\n'); return next;
    case 'r': buf_add_char(&out->text, '\r'); return next;
    case 't': buf_add_char(&out->text, '\t'); return next;
    case 'v': buf_add_char(&out->text, '\v'); return next;
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
        for (next = at + 1; next < end && next < at + 4 && p->text[next] >= '0' && p->text[next] <= '7'; next++)
            code = code * 8 + (uint32_t)(p->text[next] - '0');
        break;
    case 'x':
        next = at + 4;
        if (!hex_escape(p, at + 2, end, 2, &code))
            return end;
        break;
    case 'u':
    case 'U':
        if (bytes) {
            buf_add(&out->text, (Str){p->text + at, 2});
            return next;
        }
        next = at + (c == 'u' ? 6 : 10);
        if (!hex_escape(p, at + 2, end, c == 'u' ? 4 : 8, &code))
            return end;
        if (code > 0x10FFFF) {
            fail_at(p, at, next, "escape beyond U+10FFFF in a string");
            return end;
        }
        break;
    case 'N': {
        if (bytes)
            goto unknown;
        size_t close = next < end && p->text[next] == '{' ? str_find_char((Str){p->text, end}, '}', next) : SIZE_MAX;
        if (close == SIZE_MAX || close == next + 1) {
            fail_at(p, at, at + 2, "incomplete \\N{...} escape in a string");
            return end;
        }
        code = named_character((Str){p->text + next + 1, close - next - 1});
        out->unknown_name = out->unknown_name || !code;
        next = (uint32_t)close + 1;
        break;
    }
    default:
    unknown:
        buf_add_char(&out->text, '\\');   // kept as it is; the character follows as plain text
        return at + 1;
    }
    if (bytes)
        buf_add_char(&out->text, (char)(code & 0xFF));
    else
        buf_add_code(&out->text, code);
    return next;
}

static void decode(Parser *p, uint32_t start, uint32_t end, unsigned flags, Literal *out)
{
    for (uint32_t at = start, run = start;; at++) {
        bool stop = at >= end || p->text[at] == '\r' || (p->text[at] == '\\' && !(flags & PREFIX_RAW) && at + 1 < end);
        if (!stop)
            continue;
        buf_add(&out->text, (Str){p->text + run, at - run});
        if (at >= end || p->failed || p->spoiled)
            return;
        if (p->text[at] == '\r') {
            buf_add_char(&out->text, '\n');
            run = at + 1 < end && p->text[at + 1] == '\n' ? at + 2 : at + 1;
        } else {
            run = decode_escape(p, at, end, flags & PREFIX_BYTES, out);
        }
        if (run == at + 1 && run < end && p->text[run] != '\r' && p->text[run] != '\\')
            continue;   // an unknown escape: its character is text
        at = run - 1;
    }
}

static void add_text(Parser *p, Literal *literal, uint32_t start)
{
    if (literal->unknown_name) {
        Node *node = node_make(p, NODE_BIG, start, offsetof(Node, as));
        node->op = 1;
        list_add(p, node_end(p, node));
    } else if (literal->text.len) {
        list_add(p, node_end(p, constant(p, start, text_constant(buf_str(&literal->text)))));
    }
    *literal = (Literal){.text = buf_open(p->arena)};
}

static void parse_fstring_body(Parser *p, unsigned flags, char quote, bool in_spec, Literal *literal);

// The format after a field's colon: text and fields up to the closing brace.
static Node *parse_spec(Parser *p, unsigned flags, char quote)
{
    uint32_t start = p->pos;
    Node *spec = node_new(p, NODE_FSTRING, start, list);
    size_t from = list_open(p);
    Literal literal = {.text = buf_open(p->arena)};
    if (parse_enter(p)) {
        parse_fstring_body(p, flags, quote, true, &literal);
        parse_leave(p);
    }
    add_text(p, &literal, start);
    spec->as.list = list_close(p, from);
    return spec;
}

static Node *field_expression(Parser *p)
{
    uint32_t start = p->token.start;
    if (at(p, TOKEN_YIELD))
        return parse_yield(p);
    Node *value = parse_star_expressions(p);
    if (value->kind == NODE_STARRED)
        fail_at(p, start, p->previous_end, "a starred expression cannot stand here");
    if (at_comprehension(p))
        return parse_comprehension(p, NODE_GENEXP, start, value, NULL);
    return value;
}

// p->pos is behind the opening brace. Afterwards it is behind the closing one.
static void parse_field(Parser *p, unsigned flags, char quote, Literal *literal)
{
    uint32_t open = p->pos - 1;
    int outer = p->field_brackets;
    if (p->brackets >= LIMIT_NESTING) {
        fail_at(p, open, open + 1, "more than %d brackets inside one another (the limit)", LIMIT_NESTING);
        return;
    }
    p->bracket_at[p->brackets] = open;
    p->bracket[p->brackets++] = '}';
    p->field_brackets = p->brackets;
    p->token.end = p->pos;
    advance(p);
    Node *value = field_expression(p);
    Node *spec = NULL;
    uint8_t conversion = 0;
    if (at(p, TOKEN_EQUAL)) {
        uint32_t text_end = p->token.end;
        while (text_end < p->end && strchr(" \t\f\r\n", p->text[text_end]) && p->text[text_end])
            text_end++;
        decode(p, open + 1, text_end, PREFIX_RAW, literal);
        advance(p);
        conversion = at(p, TOKEN_COLON) ? 0 : 'r';
    }
    add_text(p, literal, open);
    if (at(p, TOKEN_BANG)) {
        char c = p->pos < p->end ? p->text[p->pos] : '\0';
        bool alone = p->pos + 1 < p->end && (p->text[p->pos + 1] == '}' || p->text[p->pos + 1] == ':');
        if ((c != 'r' && c != 's' && c != 'a') || !alone)
            fail_at(p, p->pos, p->pos + 1, "invalid conversion in an f-string: \"!r\", \"!s\" or \"!a\" is needed");
        conversion = (uint8_t)c;
        p->pos += !p->failed && !p->spoiled;
        advance(p);
    }
    if (at(p, TOKEN_COLON)) {
        p->pos = p->token.end;
        spec = parse_spec(p, flags, quote);
        if (!p->failed && !p->spoiled)
            p->brackets--;
    } else if (!at(p, TOKEN_RBRACE)) {
        fail_expected(p, "\"}\" at the end of an f-string's field");
    }
    p->field_brackets = outer;
    Node *field = node_new(p, NODE_FIELD, open, field);
    field->op = conversion;
    field->as.field.value = value;
    field->as.field.spec = spec;
    field->len = p->pos - open;
    list_add(p, field);
}

// Where the plain text of an f-string goes on behind the backslash at `at`.
static uint32_t skip_escape(const Parser *p, uint32_t at, unsigned flags)
{
    char c = at + 1 < p->end ? p->text[at + 1] : '\0';
    if (c == '{' || c == '}')
        return at + 1;
    if (c == 'N' && !(flags & PREFIX_RAW) && at + 2 < p->end && p->text[at + 2] == '{') {
        at += 2;
        while (at < p->end && !strchr("}\n\"'", p->text[at]))
            at++;
        return at < p->end && p->text[at] == '}' ? at + 1 : at;
    }
    return at + 2;
}

// Reads from p->pos: up to behind the closing quote, or (in_spec) behind the closing brace of the field.
static void parse_fstring_body(Parser *p, unsigned flags, char quote, bool in_spec, Literal *literal)
{
    uint32_t at = p->pos, run = at;
    while (!p->failed && !p->spoiled) {
        char c = at < p->end ? p->text[at] : '\0';
        bool closes = c == quote && (!(flags & STRING_TRIPLE) ||
                                     (at + 2 < p->end && p->text[at + 1] == quote && p->text[at + 2] == quote));
        if (at >= p->end || ((c == '\n' || c == '\r') && !(flags & STRING_TRIPLE)) || (closes && in_spec)) {
            fail_at(p, at < p->end ? at : p->end - 1, at + 1,
                    in_spec ? "an f-string's field is not closed" : "unterminated f-string");
        } else if (closes) {
            decode(p, run, at, flags, literal);
            p->pos = at + (flags & STRING_TRIPLE ? 3 : 1);
            return;
        } else if (c == '\\') {
            at = skip_escape(p, at, flags);
        } else if (c == '{' && !in_spec && at + 1 < p->end && p->text[at + 1] == '{') {
            decode(p, run, at + 1, flags, literal);
            run = at = at + 2;
        } else if (c == '{') {
            decode(p, run, at, flags, literal);
            p->pos = at + 1;
            parse_field(p, flags, quote, literal);
            run = at = p->pos;
        } else if (c == '}' && in_spec) {
            decode(p, run, at, flags, literal);
            p->pos = at + 1;
            return;
        } else if (c == '}') {
            if (at + 1 >= p->end || p->text[at + 1] != '}')
                fail_at(p, at, at + 1, "single \"}\" in an f-string");
            decode(p, run, at + 1, flags, literal);
            run = at = at + 2;
        } else {
            at++;
        }
    }
}

static void parse_fstring(Parser *p, Literal *literal)
{
    unsigned flags = p->token.flags;
    char quote = p->text[p->token.start + p->token.prefix];
    int brackets = p->brackets;
    if (parse_enter(p)) {
        parse_fstring_body(p, flags, quote, false, literal);
        parse_leave(p);
    }
    if (p->failed || p->spoiled)
        return;
    p->brackets = brackets;
    p->token.kind = TOKEN_STRING;
    p->token.end = p->pos;
}

static Str plain_content(const Parser *p)
{
    uint32_t quotes = p->token.flags & STRING_TRIPLE ? 3 : 1;
    uint32_t start = p->token.start + p->token.prefix + quotes;
    return (Str){p->text + start, p->token.end - quotes - start};
}

// Reads the adjacent strings from the current token on; f-strings add their parts to the open list.
static bool join_strings(Parser *p, uint32_t start, bool bytes, Literal *literal)
{
    bool is_format = false;
    while (at(p, TOKEN_STRING) || at(p, TOKEN_FSTRING)) {
        unsigned flags = p->token.flags;
        if (((flags & PREFIX_BYTES) != 0) != bytes) {
            fail_at(p, start, p->token.end, "bytes and text cannot be joined");
            break;
        }
        if (at(p, TOKEN_FSTRING)) {
            is_format = true;
            parse_fstring(p, literal);
        } else {
            Str piece = plain_content(p);
            uint32_t at_piece = (uint32_t)(piece.ptr - p->text);
            if (bytes && flags & STRING_HIGH)
                fail_at(p, p->token.start, p->token.end, "bytes can only hold ASCII characters");
            decode(p, at_piece, at_piece + (uint32_t)piece.len, flags, literal);
        }
        advance(p);
    }
    return is_format;
}

Node *parse_strings(Parser *p)
{
    uint32_t start = p->token.start;
    bool bytes = p->token.flags & PREFIX_BYTES;
    Literal literal = {.text = buf_open(p->arena)};
    if (at(p, TOKEN_STRING) && !(p->token.flags & (STRING_ESCAPES | PREFIX_BYTES))) {
        Str content = plain_content(p);
        advance(p);
        if (!at(p, TOKEN_STRING) && !at(p, TOKEN_FSTRING))
            return node_end(p, constant(p, start, text_constant(content)));
        buf_add(&literal.text, content);
    }
    size_t from = list_open(p);
    bool is_format = join_strings(p, start, bytes, &literal);
    if (!is_format && !literal.unknown_name) {
        list_close(p, from);
        Node *node = constant(p, start,
                              (Constant){.kind = bytes ? CONSTANT_BYTES : CONSTANT_STR, .text = buf_str(&literal.text)});
        node->flags |= bytes ? FLAG_BYTES : 0;
        return node_end(p, node);
    }
    add_text(p, &literal, start);
    return list_node(p, NODE_FSTRING, start, from);
}
