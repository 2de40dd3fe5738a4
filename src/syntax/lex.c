// Lexer: source bytes -> tokens, one at a time, without copying. It knows indentation, line joining and where strings end
// (f-strings end where the parser, which reads their fields, finds the end).
#include "parse_int.h"

enum { IS_START = 1, IS_DIGIT = 2, IS_SPACE = 4, IS_LINE = 8, IS_HIGH = 16, IS_STRING_STOP = 32 };

#define CLASS_LETTERS(first)                                                                                                \
    [first] = IS_START, [first + 1] = IS_START, [first + 2] = IS_START, [first + 3] = IS_START, [first + 4] = IS_START,     \
    [first + 5] = IS_START, [first + 6] = IS_START, [first + 7] = IS_START, [first + 8] = IS_START, [first + 9] = IS_START, \
    [first + 10] = IS_START, [first + 11] = IS_START, [first + 12] = IS_START, [first + 13] = IS_START,                     \
    [first + 14] = IS_START, [first + 15] = IS_START, [first + 16] = IS_START, [first + 17] = IS_START,                     \
    [first + 18] = IS_START, [first + 19] = IS_START, [first + 20] = IS_START, [first + 21] = IS_START,                     \
    [first + 22] = IS_START, [first + 23] = IS_START, [first + 24] = IS_START, [first + 25] = IS_START
#define CLASS_HIGH(first)                                                                                                   \
    [first] = IS_HIGH, [first + 1] = IS_HIGH, [first + 2] = IS_HIGH, [first + 3] = IS_HIGH, [first + 4] = IS_HIGH,          \
    [first + 5] = IS_HIGH, [first + 6] = IS_HIGH, [first + 7] = IS_HIGH
static const uint8_t classes[256] = {
    CLASS_LETTERS('a'),
    CLASS_LETTERS('A'),
    ['_'] = IS_START,
    ['0'] = IS_DIGIT,
    ['1'] = IS_DIGIT,
    ['2'] = IS_DIGIT,
    ['3'] = IS_DIGIT,
    ['4'] = IS_DIGIT,
    ['5'] = IS_DIGIT,
    ['6'] = IS_DIGIT,
    ['7'] = IS_DIGIT,
    ['8'] = IS_DIGIT,
    ['9'] = IS_DIGIT,
    [' '] = IS_SPACE,
    ['\t'] = IS_SPACE,
    ['\f'] = IS_SPACE,
    ['\n'] = IS_LINE | IS_STRING_STOP,
    ['\r'] = IS_LINE | IS_STRING_STOP,
    ['\\'] = IS_STRING_STOP,
    ['"'] = IS_STRING_STOP,
    ['\''] = IS_STRING_STOP,
    CLASS_HIGH(128),
    CLASS_HIGH(136),
    CLASS_HIGH(144),
    CLASS_HIGH(152),
    CLASS_HIGH(160),
    CLASS_HIGH(168),
    CLASS_HIGH(176),
    CLASS_HIGH(184),
    CLASS_HIGH(192),
    CLASS_HIGH(200),
    CLASS_HIGH(208),
    CLASS_HIGH(216),
    CLASS_HIGH(224),
    CLASS_HIGH(232),
    CLASS_HIGH(240),
    CLASS_HIGH(248),
};

static inline unsigned class_of(char c)
{
    return classes[(unsigned char)c];
}

static const char *const token_names[] = {
#define TOKEN(name, text) text,
#define KEYWORD(name, text) "\"" text "\"",
#include "token.def"
#undef TOKEN
#undef KEYWORD
};

const char *token_name(unsigned kind)
{
    return token_names[kind];
}

static unsigned keyword_of(const char *s, size_t len)
{
#define WORD(name, text)                                                                                                    \
    if (len == sizeof text - 1 && memcmp(s, text, sizeof text - 1) == 0)                                                    \
        return TOKEN_##name;
    if (len < 2 || len > 8)
        return TOKEN_NAME;
    switch (s[0]) {
    case 'F': WORD(FALSE, "False") break;
    case 'N': WORD(NONE, "None") break;
    case 'T': WORD(TRUE, "True") break;
    case 'a': WORD(AND, "and") WORD(AS, "as") WORD(ASSERT, "assert") WORD(ASYNC, "async") WORD(AWAIT, "await") break;
    case 'b': WORD(BREAK, "break") break;
    case 'c': WORD(CLASS, "class") WORD(CONTINUE, "continue") break;
    case 'd': WORD(DEF, "def") WORD(DEL, "del") break;
    case 'e': WORD(ELIF, "elif") WORD(ELSE, "else") WORD(EXCEPT, "except") break;
    case 'f': WORD(FINALLY, "finally") WORD(FOR, "for") WORD(FROM, "from") break;
    case 'g': WORD(GLOBAL, "global") break;
    case 'i': WORD(IF, "if") WORD(IMPORT, "import") WORD(IN, "in") WORD(IS, "is") break;
    case 'l': WORD(LAMBDA, "lambda") break;
    case 'n': WORD(NONLOCAL, "nonlocal") WORD(NOT, "not") break;
    case 'o': WORD(OR, "or") break;
    case 'p': WORD(PASS, "pass") break;
    case 'r': WORD(RAISE, "raise") WORD(RETURN, "return") break;
    case 't': WORD(TRY, "try") break;
    case 'w': WORD(WHILE, "while") WORD(WITH, "with") break;
    case 'y': WORD(YIELD, "yield") break;
    default: break;
    }
#undef WORD
    return TOKEN_NAME;
}

// Whether a code point above 127 may stand in a name: everything but the blocks of signs, spaces and symbols. CPython's
// table (XID_Start, XID_Continue) is finer; the difference is only which strange names are refused.
static bool is_name_code(uint32_t code, bool first)
{
    static const struct {
        uint32_t low, high;
    } signs[] = {
        {0x80, 0xA9},        {0xAB, 0xB4},     {0xB6, 0xB6},     {0xB8, 0xB9},       {0xBB, 0xBF},       {0xD7, 0xD7},
        {0xF7, 0xF7},        {0x2C2, 0x2C5},   {0x2D2, 0x2DF},   {0x375, 0x375},     {0x37E, 0x37E},     {0x2000, 0x203E},
        {0x2041, 0x2053},    {0x2055, 0x2070}, {0x2072, 0x207E}, {0x2080, 0x208F},   {0x20A0, 0x20CF},   {0x2190, 0x2BFF},
        {0x2E00, 0x2E7F},    {0x3000, 0x3004}, {0x3008, 0x3020}, {0x3030, 0x3030},   {0xD800, 0xF8FF},   {0xFE10, 0xFE1F},
        {0xFE30, 0xFE32},    {0xFE35, 0xFE4C}, {0xFE50, 0xFE6F}, {0xFEFF, 0xFF0F},   {0xFF1A, 0xFF20},   {0xFF3B, 0xFF3E},
        {0xFF40, 0xFF40},    {0xFF5B, 0xFF65}, {0xFFE0, 0xFFFF}, {0x1D000, 0x1D1FF}, {0x1F000, 0x1FAFF}, {0xE0000, 0xE00FF},
        {0xE01F0, 0x10FFFF},
    };
    if (first && (code == 0xB7 || (code >= 0x300 && code <= 0x36F)))
        return false;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (code >= signs[i].low && code <= signs[i].high)
            return false;
    return true;
}

static void token_error(Parser *p, uint32_t start, const char *text)
{
    fail_at(p, start, start + 1, "%s", text);
}

// Takes the rest of a name; p->pos is behind its first byte, unless that is not ASCII.
static uint32_t scan_name(Parser *p, uint32_t start)
{
    uint32_t pos = p->pos;
    for (;;) {
        const char *text = p->text + pos, *end = p->text + p->end;
        while (text < end && (class_of(*text) & (IS_START | IS_DIGIT)))
            text++;
        pos = (uint32_t)(text - p->text);
        if (pos == p->end || !(class_of(p->text[pos]) & IS_HIGH))
            return pos;
        uint32_t code;
        size_t bytes = utf8_decode((Str){p->text + pos, p->end - pos}, &code);
        if (!bytes || !is_name_code(code, pos == start)) {
            fail_at(p, pos, pos + (uint32_t)(bytes ? bytes : 1), "invalid character U+%04X", (unsigned)code);
            return p->end;
        }
        pos += (uint32_t)bytes;
    }
}

static uint32_t skip_line_end(const Parser *p, uint32_t pos)
{
    return p->text[pos] == '\r' && pos + 1 < p->end && p->text[pos + 1] == '\n' ? pos + 2 : pos + 1;
}

// p->pos is at the opening quote. F-strings stop behind it.
static void scan_string(Parser *p, uint32_t start, unsigned flags)
{
    char quote = p->text[p->pos];
    uint32_t pos = p->pos;
    p->token.prefix = (uint8_t)(pos - start);
    bool triple = pos + 2 < p->end && p->text[pos + 1] == quote && p->text[pos + 2] == quote;
    pos += triple ? 3 : 1;
    flags |= triple ? STRING_TRIPLE : 0;
    p->token.kind = flags & PREFIX_F ? TOKEN_FSTRING : TOKEN_STRING;
    while (!(flags & PREFIX_F)) {
        const char *text = p->text + pos, *end = p->text + p->end;
        unsigned seen = 0;
        while (text < end && !(class_of(*text) & IS_STRING_STOP))
            seen |= class_of(*text++);
        flags |= seen & IS_HIGH ? STRING_HIGH : 0u;
        pos = (uint32_t)(text - p->text);
        if (pos >= p->end) {
            fail_at(p, start, start + 1, triple ? "unterminated triple-quoted string" : "unterminated string");
            return;
        }
        char c = p->text[pos];
        if (c == '\\') {
            flags |= STRING_ESCAPES;
            pos += pos + 1 < p->end && class_of(p->text[pos + 1]) & IS_LINE ? skip_line_end(p, pos + 1) - pos : 1;
            if (pos < p->end && !(class_of(p->text[pos - 1]) & IS_LINE)) {
                flags |= class_of(p->text[pos]) & IS_HIGH ? STRING_HIGH : 0u;
                pos++;
            }
        } else if (c == quote && !triple) {
            pos++;
            break;
        } else if (c == quote && pos + 2 < p->end && p->text[pos + 1] == quote && p->text[pos + 2] == quote) {
            pos += 3;
            break;
        } else if (!triple && c != '"' && c != '\'') {
            fail_at(p, start, pos, "unterminated string");
            return;
        } else {
            flags |= c == '\r' ? STRING_ESCAPES : 0u;
            pos++;
        }
    }
    p->token.flags = (uint8_t)flags;
    p->pos = pos;
}

static unsigned string_prefix(Str word)
{
    unsigned flags = 0;
    for (size_t i = 0; i < word.len; i++) {
        unsigned flag = 0;
        switch (word.ptr[i]) {
        case 'r':
        case 'R': flag = PREFIX_RAW; break;
        case 'b':
        case 'B': flag = PREFIX_BYTES; break;
        case 'f':
        case 'F': flag = PREFIX_F; break;
        case 'u':
        case 'U': flag = STRING_UNICODE; break;
        default: return UINT8_MAX + 1u;
        }
        if (flags & flag)
            return UINT8_MAX + 1u;
        flags |= flag;
    }
    bool bad = (flags & STRING_UNICODE && word.len > 1) || (flags & PREFIX_BYTES && flags & PREFIX_F);
    return bad ? UINT8_MAX + 1u : flags;
}

// Digits of a base with single underscores between them. Returns whether there was at least one and none is misplaced.
static bool scan_digits(Parser *p, const char *digits)
{
    bool any = false;
    for (;;) {
        if (p->pos >= p->end || !p->text[p->pos] || !strchr(digits, p->text[p->pos]))
            return any && p->text[p->pos - 1] != '_';
        any = true;
        p->pos++;
        if (p->pos < p->end && p->text[p->pos] == '_')
            p->pos++;
    }
}

static bool scan_number_body(Parser *p, uint32_t start)
{
    static const char decimal[] = "0123456789";
    char second = p->pos + 1 < p->end ? (char)(p->text[p->pos + 1] | 32) : '\0';
    if (p->text[p->pos] == '0' && (second == 'x' || second == 'o' || second == 'b')) {
        p->pos += 2;
        if (p->pos < p->end && p->text[p->pos] == '_')
            p->pos++;
        return scan_digits(p, second == 'x' ? "0123456789abcdefABCDEF" : second == 'o' ? "01234567" : "01");
    }
    bool is_float = false;
    if (p->text[p->pos] != '.' && !scan_digits(p, decimal))
        return false;
    if (p->pos < p->end && p->text[p->pos] == '.') {
        is_float = true;
        p->pos++;
        if (p->pos < p->end && class_of(p->text[p->pos]) & IS_DIGIT && !scan_digits(p, decimal))
            return false;
    }
    if (p->pos < p->end && (p->text[p->pos] | 32) == 'e') {
        uint32_t digits = p->pos + 1;
        digits += digits < p->end && (p->text[digits] == '+' || p->text[digits] == '-');
        if (digits < p->end && class_of(p->text[digits]) & IS_DIGIT) {
            is_float = true;
            p->pos = digits;
            if (!scan_digits(p, decimal))
                return false;
        } else if (digits > p->pos + 1) {
            return false;
        }
    }
    if (p->pos < p->end && (p->text[p->pos] | 32) == 'j') {
        p->pos++;
        return true;
    }
    if (!is_float && p->text[start] == '0')
        for (uint32_t i = start; i < p->pos; i++)
            if (p->text[i] >= '1' && p->text[i] <= '9')
                return false;
    return true;
}

// A number may be followed at once by a keyword (1if x else y), as CPython still allows.
static bool number_may_end(const Parser *p)
{
    static const char *const words[] = {"and", "else", "for", "if", "in", "is", "or", "not"};
    if (p->pos >= p->end || !(class_of(p->text[p->pos]) & (IS_START | IS_DIGIT | IS_HIGH)))
        return true;
    Str rest = {p->text + p->pos, p->end - p->pos};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_starts(rest, str_from(words[i])))
            return true;
    return false;
}

static void scan_number(Parser *p, uint32_t start)
{
    if (!scan_number_body(p, start) || !number_may_end(p)) {
        fail_at(p, start, p->pos > start ? p->pos : start + 1, "invalid number");
        return;
    }
    p->token.kind = TOKEN_NUMBER;
}

static void open_bracket(Parser *p, TokenKind kind, char close)
{
    if (p->brackets >= LIMIT_NESTING) {
        fail_at(p, p->pos, p->pos + 1, "more than %d brackets inside one another (the limit)", LIMIT_NESTING);
        return;
    }
    p->bracket_at[p->brackets] = p->pos;
    p->bracket[p->brackets++] = close;
    p->token.kind = (uint8_t)kind;
    p->pos++;
}

static void close_bracket(Parser *p, TokenKind kind)
{
    char c = p->text[p->pos];
    if (!p->brackets || p->bracket[p->brackets - 1] != c) {
        fail_at(p, p->pos, p->pos + 1,
                p->brackets ? "closing \"%c\" does not match the opening bracket" : "unmatched \"%c\"", c);
        return;
    }
    p->brackets--;
    p->token.kind = (uint8_t)kind;
    p->pos++;
}

static void scan_operator(Parser *p)
{
    char c = p->text[p->pos];
    char second = p->pos + 1 < p->end ? p->text[p->pos + 1] : '\0';
    char third = p->pos + 2 < p->end ? p->text[p->pos + 2] : '\0';
#define ONE_OR_ASSIGN(one, assign)                                                                                          \
    (second == '=' ? (p->pos += 2, p->token.kind = TOKEN_##assign) : (p->pos++, p->token.kind = TOKEN_##one))
#define DOUBLED(one, assign, two, two_assign)                                                                               \
    (second == c                                                                                                            \
         ? (third == '=' ? (p->pos += 3, p->token.kind = TOKEN_##two_assign) : (p->pos += 2, p->token.kind = TOKEN_##two))  \
         : ONE_OR_ASSIGN(one, assign))
    switch (c) {
    case ',':
        p->pos++;
        p->token.kind = TOKEN_COMMA;
        break;
    case '(': open_bracket(p, TOKEN_LPAREN, ')'); break;
    case '[': open_bracket(p, TOKEN_LBRACKET, ']'); break;
    case '{': open_bracket(p, TOKEN_LBRACE, '}'); break;
    case ')': close_bracket(p, TOKEN_RPAREN); break;
    case ']': close_bracket(p, TOKEN_RBRACKET); break;
    case '}': close_bracket(p, TOKEN_RBRACE); break;
    case ';':
        p->pos++;
        p->token.kind = TOKEN_SEMICOLON;
        break;
    case '~':
        p->pos++;
        p->token.kind = TOKEN_TILDE;
        break;
    case ':':
        if (p->brackets == p->field_brackets)   // {value:=10} is a format of "=10"
            p->pos++, p->token.kind = TOKEN_COLON;
        else
            ONE_OR_ASSIGN(COLON, WALRUS);
        break;
    case '.':
        if (second == '.' && third == '.')
            p->pos += 3, p->token.kind = TOKEN_ELLIPSIS;
        else
            p->pos++, p->token.kind = TOKEN_DOT;
        break;
    case '=': ONE_OR_ASSIGN(EQUAL, EQ); break;
    case '!':
        if (second != '=' && p->brackets != p->field_brackets)
            token_error(p, p->pos, "invalid character \"!\"");
        else
            ONE_OR_ASSIGN(BANG, NE);
        break;
    case '<': DOUBLED(LT, LE, LSHIFT, LSHIFT_EQUAL); break;
    case '>': DOUBLED(GT, GE, RSHIFT, RSHIFT_EQUAL); break;
    case '*': DOUBLED(STAR, STAR_EQUAL, DSTAR, DSTAR_EQUAL); break;
    case '/': DOUBLED(SLASH, SLASH_EQUAL, DSLASH, DSLASH_EQUAL); break;
    case '|': ONE_OR_ASSIGN(BAR, BAR_EQUAL); break;
    case '^': ONE_OR_ASSIGN(CARET, CARET_EQUAL); break;
    case '&': ONE_OR_ASSIGN(AMPERSAND, AMPERSAND_EQUAL); break;
    case '+': ONE_OR_ASSIGN(PLUS, PLUS_EQUAL); break;
    case '%': ONE_OR_ASSIGN(PERCENT, PERCENT_EQUAL); break;
    case '@': ONE_OR_ASSIGN(AT, AT_EQUAL); break;
    case '-':
        if (second == '>')
            p->pos += 2, p->token.kind = TOKEN_ARROW;
        else
            ONE_OR_ASSIGN(MINUS, MINUS_EQUAL);
        break;
    default: fail_at(p, p->pos, p->pos + 1, "invalid character \"%c\"", c); break;
    }
#undef ONE_OR_ASSIGN
#undef DOUBLED
}

// A backslash joins lines; returns where the next one starts.
static bool join_line(Parser *p, uint32_t *pos)
{
    uint32_t next = *pos + 1;
    if (next < p->end && class_of(p->text[next]) & IS_LINE) {
        *pos = skip_line_end(p, next);
        if (*pos < p->end)
            return true;
    }
    fail_at(p, *pos, *pos + 1,
            next < p->end && !(class_of(p->text[next]) & IS_LINE) ? "unexpected character after the line continuation \"\\\""
                                                                  : "the file ends after a line continuation");
    return false;
}

static void change_indent(Parser *p, uint32_t column, uint32_t alternate)
{
    uint32_t top = p->indent ? p->columns[p->indent - 1] : 0, top_alternate = p->indent ? p->alternates[p->indent - 1] : 0;
    const char *mixed = "tabs and spaces are mixed inconsistently in the indentation";
    if (column == top) {
        if (alternate != top_alternate)
            token_error(p, p->pos, mixed);
        return;
    }
    if (column > top) {
        if (alternate <= top_alternate) {
            token_error(p, p->pos, mixed);
        } else if (p->indent + 1 >= INDENTS) {
            fail_at(p, p->pos, p->pos + 1, "more than %d blocks inside one another (the limit)", INDENTS - 1);
        } else {
            p->columns[p->indent] = column;
            p->alternates[p->indent++] = alternate;
            p->token.kind = TOKEN_INDENT;
        }
        return;
    }
    int level = p->indent;
    while (level && p->columns[level - 1] > column)
        level--;
    if ((level ? p->columns[level - 1] : 0) != column)
        token_error(p, p->pos, "this indentation matches no outer block");
    else if ((level ? p->alternates[level - 1] : 0) != alternate)
        token_error(p, p->pos, mixed);
    else
        p->dedents = p->indent - level;
}

// At the start of a logical line: skips blank lines, compares the indentation. Returns whether a token was made.
static bool start_line(Parser *p)
{
    uint32_t pos = p->pos, column = 0, alternate = 0, joined_column = 0, joined_alternate = 0;
    bool joined = false;
    for (;;) {
        char c = pos < p->end ? p->text[pos] : '\n';
        if (c == ' ') {
            column++, alternate++, pos++;
        } else if (c == '\t') {
            column = (column / 8 + 1) * 8, alternate++, pos++;
        } else if (c == '\f') {
            column = alternate = 0, pos++;
        } else if (c == '\\') {
            if (!joined)
                joined_column = column, joined_alternate = alternate;
            joined = joined || column > 0;
            if (!join_line(p, &pos))
                return true;
        } else if (c == '#') {
            while (pos < p->end && !(class_of(p->text[pos]) & IS_LINE))
                pos++;
        } else if (pos >= p->end) {
            column = alternate = joined_column = joined_alternate = 0;
            break;
        } else if (c == '\n' || c == '\r') {
            pos = skip_line_end(p, pos);
            column = alternate = 0;
            joined = false;
        } else {
            break;
        }
    }
    p->pos = pos;
    p->line_start = false;
    p->token.kind = TOKEN_NEWLINE;   // stands for "none yet"
    p->token.start = p->token.end = pos;
    change_indent(p, joined ? joined_column : column, joined ? joined_alternate : alternate);
    return p->token.kind != TOKEN_NEWLINE;
}

static void scan_token(Parser *p)
{
    uint32_t pos = p->pos;
    unsigned class;
    for (;;) {
        const char *text = p->text + pos, *end = p->text + p->end;
        while (text < end && (class_of(*text) & IS_SPACE))
            text++;
        pos = (uint32_t)(text - p->text);
        class = text < end ? class_of(*text) : IS_LINE;
        if (class & (IS_START | IS_DIGIT)) {
            break;
        } else if (pos < p->end && p->text[pos] == '#') {
            while (pos < p->end && !(class_of(p->text[pos]) & IS_LINE))
                pos++;
        } else if (pos < p->end && p->text[pos] == '\\') {
            if (!join_line(p, &pos))
                return;
        } else if (class & IS_LINE && p->brackets && pos < p->end) {
            pos = skip_line_end(p, pos);
        } else {
            break;
        }
    }
    p->pos = pos;
    p->token.start = pos;
    if (class & (IS_START | IS_HIGH)) {
        p->pos += class & IS_START ? 1 : 0;
        uint32_t end = scan_name(p, pos);
        if (p->failed || p->spoiled)
            return;
        p->pos = end;
        if (end < p->end && end - pos <= 2 && (p->text[end] == '"' || p->text[end] == '\'')) {
            unsigned flags = string_prefix((Str){p->text + pos, end - pos});
            if (flags <= UINT8_MAX) {
                scan_string(p, pos, flags);
                return;
            }
        }
        p->token.kind = (uint8_t)keyword_of(p->text + pos, end - pos);
    } else if (class & IS_DIGIT ||
               (pos < p->end && p->text[pos] == '.' && pos + 1 < p->end && class_of(p->text[pos + 1]) & IS_DIGIT)) {
        scan_number(p, pos);
    } else if (class & IS_LINE) {
        if (pos >= p->end && p->brackets) {
            uint32_t open = p->bracket_at[p->brackets - 1];
            fail_at(p, open, open + 1, "this bracket is never closed");
            return;
        }
        p->token.kind = TOKEN_NEWLINE;
        p->pos = pos < p->end ? skip_line_end(p, pos) : pos;
        p->line_start = true;
    } else if (p->text[pos] == '"' || p->text[pos] == '\'') {
        scan_string(p, pos, 0);
    } else {
        scan_operator(p);
    }
}

void advance(Parser *p)
{
    if (p->token.kind == TOKEN_ERROR)
        return;
    p->previous_end = p->token.end;
    if (!p->line_start && !p->dedents && p->pos < p->end) {   // within a line: the quick way
        scan_token(p);
        p->token.end = p->token.kind == TOKEN_NEWLINE && p->pos > p->token.start ? p->token.start + 1 : p->pos;
        return;
    }
    if (p->line_start && start_line(p))
        return;
    if (p->dedents) {
        p->dedents--;
        p->indent--;
        p->token.kind = TOKEN_DEDENT;
        p->token.start = p->token.end = p->pos;
        return;
    }
    if (p->pos >= p->end && p->token.kind != TOKEN_ERROR && (p->token.start == p->token.end) && !p->brackets) {
        p->token.kind = TOKEN_EOF;
        return;
    }
    if (p->token.kind == TOKEN_ERROR)
        return;
    scan_token(p);
    p->token.end = p->pos;
    if (p->token.kind == TOKEN_NEWLINE && p->pos > p->token.start)
        p->token.end = p->token.start + 1;
}
