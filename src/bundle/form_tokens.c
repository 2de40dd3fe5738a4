// A preflight cut into words, literals, names in quotes and marks, as its database would cut it.
#include "forms.h"

static char peek(const Reader *r, size_t ahead)
{
    return r->at + ahead < r->text.len ? r->text.ptr[r->at + ahead] : 0;
}

bool is_word_char(char c)
{
    return is_word_byte(c) || c == '@' || c == '$' || c == '#' || (unsigned char)c > 0x7f;
}

static void skip_blanks(Reader *r)
{
    for (; r->at < r->text.len; r->at++) {
        char c = peek(r, 0);
        if (c == '-' && peek(r, 1) == '-')
            while (peek(r, 1) != '\n' && r->at + 1 < r->text.len)
                r->at++;
        else if (c == '/' && peek(r, 1) == '*') {
            // nested ones end elsewhere for each database, and some are run
            r->odd |= peek(r, 2) == '!' || peek(r, 2) == 'M' || peek(r, 2) == '+';
            for (r->at += 2; r->at < r->text.len && !(peek(r, 0) == '*' && peek(r, 1) == '/'); r->at++) {
                r->odd |= peek(r, 0) == '/' && peek(r, 1) == '*';
                r->line += peek(r, 0) == '\n';
            }
            r->at++;
        } else if (c != ' ' && c != '\t' && c != '\n')
            return;
        r->line += c == '\n';
    }
}

static unsigned digits_at(Reader *r, size_t most, unsigned base)
{
    unsigned value = 0;
    for (size_t i = 0; i < most; i++) {
        char c = peek(r, 0);
        unsigned digit = c >= '0' && c <= '9'                     ? (unsigned)(c - '0')
                         : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (unsigned)((c | 0x20) - 'a') + 10
                                                                  : 99;
        if (digit >= base)
            break;
        value = value * base + digit;
        r->at++;
    }
    return value;
}

// What stands behind a backslash; a character beyond ASCII is in no word that matters.
static char escaped_char(Reader *r, bool e_string)
{
    static const char letters[] = "bfnrt", are[] = "\b\f\n\r\t";
    char c = peek(r, 0);
    unsigned code;
    if (e_string && c >= '0' && c <= '7') {
        code = digits_at(r, 3, 8);
        return code < 0x80 ? (char)code : '?';
    }
    r->at++;
    r->line += c == '\n';
    if (e_string && (c == 'x' || c == 'u' || c == 'U')) {
        code = digits_at(r, c == 'x' ? 2 : c == 'u' ? 4 : 8, 16);
        return code < 0x80 ? (char)code : '?';
    }
    const char *letter = c ? strchr(letters, c) : NULL;
    return letter ? are[letter - letters] : c;
}

// From the quote to the one that ends it.
static Str quoted(Reader *r, char end, bool escapes, bool e_string)
{
    Buf out = buf_open(r->arena);
    for (r->at++; r->at < r->text.len;) {
        char c = peek(r, 0);
        if (c == end && peek(r, 1) == end) {
            r->at++;
        } else if (c == end) {
            r->at++;
            return buf_str(&out);
        } else if (c == '\\' && escapes) {
            r->at++;
            buf_add_char(&out, escaped_char(r, e_string));
            continue;
        } else if (c == '\\' && end == '\'' && r->quotes->has_e_strings) {
            r->odd = true;   // a setting decides what it means
        }
        r->line += c == '\n';
        buf_add_char(&out, c);
        r->at++;
    }
    r->odd = true;
    return buf_str(&out);
}

static Str q_quoted(Reader *r)
{
    static const char open[] = "[{(<", close[] = "]})>";
    char begin = peek(r, 1), end = begin;
    const char *bracket = begin ? strchr(open, begin) : NULL;
    if (bracket)
        end = close[bracket - open];
    r->at += 2;
    size_t from = r->at;
    for (; r->at < r->text.len && !(peek(r, 0) == end && peek(r, 1) == '\''); r->at++)
        r->line += peek(r, 0) == '\n';
    Str text = str_slice(r->text, from, r->at);
    r->odd |= r->at >= r->text.len;
    r->at += 2;
    return text;
}

static Token next_token(Reader *r)
{
    const ClientQuotes *q = r->quotes;
    skip_blanks(r);
    Token token = {.kind = TOKEN_MARK, .line = r->line};
    char c = peek(r, 0), lower = (char)(c | 0x20);
    size_t from = r->at;
    if (!c) {
        token.kind = TOKEN_END;
        r->odd |= r->at < r->text.len;
    } else if (c == '\'') {
        token.kind = TOKEN_TEXT;
        token.text = quoted(r, c, q->escapes_quotes, false);
    } else if (peek(r, 1) == '\'' && ((lower == 'e' && q->has_e_strings) || (c == 'N' && q->has_brackets))) {
        r->at++;
        token.kind = TOKEN_TEXT;
        token.text = quoted(r, '\'', q->has_e_strings, true);
    } else if (peek(r, 1) == '\'' && lower == 'q' && q->has_q_quotes) {
        r->at++;
        token.kind = TOKEN_TEXT;
        token.text = q_quoted(r);
    } else if (c == '"' || (c == '`' && q->has_backticks) || (c == '[' && q->has_brackets)) {
        token.kind = TOKEN_NAME;
        token.text = quoted(r, c == '[' ? ']' : c, c == '"' && q->escapes_quotes, false);
    } else if (is_word_char(c)) {
        r->odd |= c == '#' && q->has_hash;
        while (is_word_char(peek(r, 0)))
            r->at++;
        token.kind = TOKEN_WORD;
        token.text = str_slice(r->text, from, r->at);
    } else {
        r->at++;
        token.text = str_slice(r->text, from, r->at);
    }
    return token;
}

bool is_mark(const Token *t, char c)
{
    return t->kind == TOKEN_MARK && t->text.ptr[0] == c;
}

bool is_word(const Token *t, const char *word)
{
    return t->kind == TOKEN_WORD && str_equal_fold(t->text, str_from(word));
}

bool is_one_of(Str text, const char *const *list)
{
    for (size_t i = 0; list && list[i]; i++)
        if (str_equal_fold(text, str_from(list[i])))
            return true;
    return false;
}

bool begins_as(Str text, const char *const *list)
{
    for (size_t i = 0; list[i]; i++) {
        size_t len = strlen(list[i]);
        if (text.len >= len && str_equal_fold(str_slice(text, 0, len), str_from(list[i])))
            return true;
    }
    return false;
}

TokenList form_tokens(Reader *r)
{
    TokenList list = {0};
    do {
        vec_push(r->arena, &list, next_token(r));
    } while (list.items[list.count - 1].kind != TOKEN_END);
    return list;
}
