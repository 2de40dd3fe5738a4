// What the texts of a bundle may hold, read in pieces: no character that hides or reorders what a reader sees, and no
// command of the database's client but the lines that every frame has.
#include "content.h"
#include "head.h"

TextCheck *text_check_open(Arena *arena, Str path)
{
    TextCheck *check = arena_new(arena, TextCheck);
    *check = (TextCheck){.path = path, .line = 1, .column = 1, .line_is_code = true, .text = buf_open(arena)};
    if (!str_starts(path, STR("sql/")))
        return check;
    Str rest = str_slice(path, 4, path.len), dialect = str_cut(&rest, '/');
    check->client = client_find(dialect, STR_EMPTY);
    check->reading.client = check->client;
    check->bad_dialect = !check->client;
    check->receipt = receipt_begin(dialect);
    return check;
}

static bool fault(const TextCheck *check, Diag *diag, const char *number, const char *what)
{
    return diag_error(diag, SPAN_NONE, "%s text in \"%.*s\": line %zu, column %zu: %s", number, STR_ARGS(check->path),
                      check->line, check->column, what);
}

// ---- hidden characters ----

static bool check_code(TextCheck *check, Diag *diag, uint32_t code)
{
    char what[96];
    if (code == 0xfeff && check->line == 1 && check->column == 1)
        return fault(check, diag, "E-602", "a byte order mark");
    if (code == 0x2028 || code == 0x2029 || code == 0x85) {
        snprintf(what, sizeof what, "U+%04X, which some programs take for a line's end", (unsigned)code);
        return fault(check, diag, "E-602", what);
    }
    if (!code_is_hidden(code))
        return true;
    bool direction = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0x200e ||
                     code == 0x200f || code == 0x61c;
    snprintf(what, sizeof what, "%s U+%04X", direction ? "a hidden text-direction character" : "an invisible character",
             (unsigned)code);
    fault(check, diag, "E-601", what);
    if (check->client && check->client->quotes.escapes_quotes)
        diag_hint(diag, "A reader would not see it; in SQL the whole text is written _utf8mb4 X'...'.");
    else if (check->client && check->client->quotes.has_e_strings)
        diag_hint(diag, "A reader would not see it; in SQL it is written E'\\%c%0*X'.", code > 0xffff ? 'U' : 'u',
                  code > 0xffff ? 8 : 4, (unsigned)code);
    else if (check->client)
        diag_hint(diag, "A reader would not see it; in SQL it is written '...' || char(%u).", (unsigned)code);
    return false;
}

static bool check_control(TextCheck *check, Diag *diag, unsigned char c)
{
    char what[64];
    if (c == '\r' || c == '\v' || c == '\f')
        return fault(check, diag, "E-602",
                     c == '\r' ? "a carriage return" : "a control character that some programs take for a line's end");
    snprintf(what, sizeof what, "a control character, U+%04X", (unsigned)c);
    return fault(check, diag, "E-601", what);
}

static inline bool is_word(char c)
{
    return is_word_byte(c) || c == '$';
}

// ---- COPY ----

static bool word_is(const TextCheck *check, const char *word)
{
    return str_equal((Str){check->word, check->word_len}, str_from(word));
}

static void end_word(TextCheck *check)
{
    if (check->word_len && check->head == HEAD_UNREAD) {
        check->head = word_is(check, "copy") ? HEAD_COPY : HEAD_OTHER;
    } else if (check->word_len && check->head == HEAD_COPY) {
        // STDOUT means the same there
        check->is_command |= word_is(check, "stdin") || (check->after_from && word_is(check, "stdout"));
        check->after_from = word_is(check, "from");
    }
    check->word_len = 0;
}

static void read_word(TextCheck *check, char c)
{
    if (is_word(c)) {
        if (check->word_len < WORD_KEPT)
            check->word[check->word_len++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
        return;
    }
    end_word(check);
    if (c == ';') {
        check->head = HEAD_UNREAD;
        check->after_from = false;
    }
}

// Whether words must be looked at one by one.
static bool may_copy(const TextCheck *check)
{
    return check->client->copies_rows && check->place == IN_CODE && check->head != HEAD_OTHER;
}

// The same for a line that begins and ends in code.
static bool line_may_copy(const TextCheck *check, Str line)
{
    size_t last = line.len;
    if (!check->client->copies_rows)
        return false;
    while (last && (line.ptr[last - 1] == ' ' || line.ptr[last - 1] == ';'))
        last--;
    if (check->head == HEAD_COPY || memchr(line.ptr, ';', last))
        return true;
    if (check->head == HEAD_OTHER)
        return false;
    return !is_word(line.ptr[0]) || str_equal_fold(str_slice(line, 0, 4), STR("COPY"));
}

// ---- code, quotes, comments ----

// What MySQL's clients and servers read differently: --x is two minus signs for some of them, and /*! and /*M! are run.
static void begin_of_comment(TextCheck *check, char c)
{
    size_t at = check->comment_at++;
    if (!check->client->quotes.has_hash || at > 1)
        return;
    if (check->place == IN_LINE_COMMENT)
        check->is_command |= at == 0 && c != ' ' && c != '\t' && c != '\n';
    else
        check->is_command |= c == '!' && (at == 0 || check->before == 'M');
}

static void in_code(TextCheck *check, char c)
{
    const ClientQuotes *r = &check->client->quotes;
    char before = check->before;
    // "\;" is psql's semicolon that does not send
    if (check->backslash)
        check->is_command |= c != ';';
    check->backslash = false;
    if (check->tag_open) {
        if (c == '$') {
            check->tag_open = false;
            check->place = IN_DOLLAR;
            check->tag_at = 0;
            check->before = 0;
            return;
        }
        bool first = check->tag_len == 0;
        if (is_word(c) && !(first && c >= '0' && c <= '9') && check->tag_len < TAG_KEPT) {
            check->tag[check->tag_len++] = c;
            return;
        }
        // a lone $word is cut up differently by different lexers
        check->tag_open = false;
        check->is_command |= check->tag_len > 0;
    }
    bool digit = before >= '0' && before <= '9';
    if (check->after_escaped && c == '\n')
        check->newline_after = true;
    // E'a', a new line, 'b': one literal for PostgreSQL; 1E'...' and 1$tag$ depend on the version
    if (r->has_e_strings && c == '\'' &&
        ((check->newline_after && before != 'E') || ((before == 'E' || before == 'e') && check->is_digit_before)))
        check->is_command = true;
    if (c == '$' && r->has_dollars && digit)
        check->is_command = true;
    if (c != ' ' && c != '\t' && c != '\n' && c != '-')
        check->after_escaped = check->newline_after = false;
    // nq'...' is left to no doubt: none is written
    if (c == '\'' && r->has_q_quotes && (before == 'q' || before == 'Q') && check->is_word_before)
        check->is_command = true;
    if (c == '\'' && r->has_q_quotes && (before == 'q' || before == 'Q')) {
        check->place = IN_Q;
        check->q_end = 0;
    } else if (c == '\'')
        check->place = r->has_e_strings && (before == 'E' || before == 'e') && !check->is_word_before ? IN_ESCAPED
                                                                                                      : IN_QUOTE;
    else if (c == '"')
        check->place = IN_NAME;
    else if (c == '`' && r->has_backticks)
        check->place = IN_BACKTICK;
    else if (c == '[' && r->has_brackets)
        check->place = IN_BRACKET;
    else if (c == '-' && before == '-') {
        check->place = IN_LINE_COMMENT;
        check->comment_at = 0;
    } else if (c == '*' && before == '/') {
        check->place = IN_COMMENT;
        check->depth = 1;
        check->comment_at = 0;
    } else if (c == '$' && r->has_dollars && !is_word(before)) {
        check->tag_open = true;
        check->tag_len = 0;
    } else if (c == '\\' && check->client->backslash_names)
        check->backslash = true;
    else if (c == '\\' && check->client->backslash_letters)
        check->is_command = true;
    else if (c == '#' && r->has_hash)
        check->place = IN_LINE_COMMENT;
    if (check->client->copies_rows)
        read_word(check, c);
    check->is_word_before = is_word(before);
    check->is_digit_before = digit;
    check->before = check->place == IN_CODE ? c : 0;
}

// A closing tag is searched for as it goes by; tags hold no dollar, so a failed match can only begin again at one.
static void in_dollar(TextCheck *check, char c)
{
    size_t whole = check->tag_len + 2;
    char wanted = check->tag_at == 0 || check->tag_at == whole - 1 ? '$' : check->tag[check->tag_at - 1];
    check->tag_at = c == wanted ? check->tag_at + 1 : c == '$' ? 1 : 0;
    if (check->tag_at == whole) {
        check->place = IN_CODE;
        check->before = '$';
        check->is_word_before = false;
    }
}

static void in_q_quote(TextCheck *check, char c)
{
    static const char open[] = "[{(<", close[] = "]})>";
    if (!check->q_end) {
        const char *bracket = strchr(open, c);
        check->q_end = bracket ? close[bracket - open] : c;
    } else if (c == '\'' && check->before == check->q_end) {
        check->place = IN_CODE;
    }
    check->before = check->place == IN_CODE ? 0 : c;
    check->is_word_before = false;
}

static void in_comment(TextCheck *check, char c)
{
    if (check->before == '*' && c == '/') {
        check->before = 0;
        if (--check->depth == 0)
            check->place = IN_CODE;
    } else if (check->before == '/' && c == '*' &&
               (check->client->quotes.has_dollars || check->client->quotes.nests_comments)) {
        check->depth++;
        check->before = 0;
    } else {
        check->before = c;
    }
}

static void in_quotes(TextCheck *check, char c)
{
    static const char ends[] = {
        [IN_QUOTE] = '\'', [IN_ESCAPED] = '\'', [IN_NAME] = '"', [IN_BACKTICK] = '`', [IN_BRACKET] = ']'};
    if (check->escaped)
        check->escaped = false;
    else if (c == '\\' && (check->place == IN_ESCAPED ||
                           (check->client->quotes.escapes_quotes && (check->place == IN_QUOTE || check->place == IN_NAME))))
        check->escaped = true;
    else if (c == ends[check->place]) {
        // a doubled quote closes and opens again; what an E-string goes on as must stay one
        check->after_escaped = check->place == IN_ESCAPED;
        check->before = check->place == IN_ESCAPED ? 'E' : 0;
        check->is_word_before = check->is_digit_before = false;
        check->place = IN_CODE;
    }
}

static bool read_char(TextCheck *check, Diag *diag, char c)
{
    if (c == '\n') {
        if (!client_ends_line(check, diag))
            return false;
        if (check->place == IN_LINE_COMMENT) {
            check->place = IN_CODE;
            check->after_receipt = check->line_is_code && str_starts(buf_str(&check->text), check->receipt);
        }
        check->text.len = 0;
        check->whole = STR_EMPTY;
        check->line_is_code = check->place == IN_CODE;
    } else {
        buf_add_char(&check->text, c);
    }
    switch (check->place) {
    case IN_CODE: in_code(check, c); break;
    case IN_DOLLAR: in_dollar(check, c); break;
    case IN_Q: in_q_quote(check, c); break;
    case IN_LINE_COMMENT: begin_of_comment(check, c); break;
    case IN_COMMENT:
        begin_of_comment(check, c);
        in_comment(check, c);
        break;
    case IN_QUOTE:
    case IN_ESCAPED:
    case IN_NAME:
    case IN_BACKTICK:
    case IN_BRACKET: in_quotes(check, c); break;
    }
    return true;
}

// ---- runs of characters that change nothing: most of every file ----

enum { PLAIN_IN_CODE = 1, PLAIN_IN_QUOTES = 2, PLAIN_IN_COMMENT = 4, PLAIN_IN_DOLLAR = 8, PLAIN_IN_LINE = 16 };

static const uint8_t *plain_classes(void)
{
    static uint8_t table[256];
    if (table['a'])
        return table;
    for (int c = 0x20; c < 0x7f; c++) {
        bool quote = c == '\'' || c == '"' || c == '`' || c == ']' || c == '\\';
        bool code = !quote && c != '[' && c != '-' && c != '/' && c != '*' && c != '$' && c != ';' && c != '#';
        table[c] = (uint8_t)((code ? PLAIN_IN_CODE : 0) | (quote ? 0 : PLAIN_IN_QUOTES) |
                             (c == '*' || c == '/' ? 0 : PLAIN_IN_COMMENT) | (c == '$' ? 0 : PLAIN_IN_DOLLAR) |
                             PLAIN_IN_LINE);
    }
    return table;
}

// Returns how many bytes can be passed over at once, and does what reading them one by one would have done.
static size_t skip_plain(TextCheck *check, const char *bytes, size_t len)
{
    static const uint8_t wanted[] = {
        [IN_CODE] = PLAIN_IN_CODE,     [IN_QUOTE] = PLAIN_IN_QUOTES,      [IN_ESCAPED] = PLAIN_IN_QUOTES,
        [IN_NAME] = PLAIN_IN_QUOTES,   [IN_BACKTICK] = PLAIN_IN_QUOTES,   [IN_BRACKET] = PLAIN_IN_QUOTES,
        [IN_DOLLAR] = PLAIN_IN_DOLLAR, [IN_LINE_COMMENT] = PLAIN_IN_LINE, [IN_COMMENT] = PLAIN_IN_COMMENT};
    // an open tag, an escape, what follows an E-string and what may be COPY are read one by one
    if (check->tag_open || check->escaped || check->after_escaped || check->backslash ||
        (check->place == IN_DOLLAR && check->tag_at) ||
        ((check->place == IN_COMMENT || check->place == IN_LINE_COMMENT) && check->comment_at < 2) || may_copy(check))
        return 0;
    const uint8_t *classes = plain_classes();
    uint8_t mask = wanted[check->place];
    size_t n = 0;
    while (n < len && classes[(unsigned char)bytes[n]] & mask)
        n++;
    if (n < 2)
        return 0;
    buf_add(&check->text, (Str){bytes, n});
    if (check->place == IN_CODE) {
        check->is_word_before = is_word(bytes[n - 2]);
        check->is_digit_before = bytes[n - 2] >= '0' && bytes[n - 2] <= '9';
    }
    if (check->place == IN_CODE || check->place == IN_COMMENT)
        check->before = bytes[n - 1];
    check->column += n;
    return n;
}

// ---- whole lines of plain statements: most of a data migration ----

// Sixteen bytes at a time: an extension of C that gcc and clang have for every machine.
typedef uint8_t Block __attribute__((vector_size(16)));
enum { BLOCK_BYTES = sizeof(Block), LONGEST_LINE = 254 * BLOCK_BYTES };   // a byte counts the quotes of its column

// All bits where a byte must be read by itself.
static inline Block odd_bytes(Block c)
{
    return (Block)((c < 0x20) | (c > 0x7e) | (c == '\\') | (c == '"') | (c == '`') | (c == '[') | (c == ']') | (c == '$') |
                   (c == '#') | (c == '/') | (c == '*'));
}

// Returns whether no byte of the line must be read by itself, and how many quotes it has. `len` is a block at least.
static bool count_quotes(const char *bytes, size_t len, size_t *quotes)
{
    // the last block overlaps the one before; of its quotes those count that are new
    static const uint8_t masks[2 * BLOCK_BYTES] = {
        [BLOCK_BYTES] = 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    Block odd = {0}, counts = {0}, c, is_new;
    uint8_t any = 0;
    for (size_t at = 0; at + BLOCK_BYTES <= len; at += BLOCK_BYTES) {
        memcpy(&c, bytes + at, sizeof c);
        odd |= odd_bytes(c);
        counts -= (Block)(c == '\'');   // all bits are minus one
    }
    memcpy(&c, bytes + len - sizeof c, sizeof c);
    memcpy(&is_new, masks + len % BLOCK_BYTES, sizeof is_new);
    odd |= odd_bytes(c);
    counts -= (Block)(c == '\'') & is_new;
    *quotes = 0;
    for (size_t i = 0; i < BLOCK_BYTES; i++) {
        any |= odd[i];
        *quotes += counts[i];
    }
    return !any;
}

// Whether each literal that begins in the line is a plain '...', and no comment begins with --.
static bool has_plain_literals(const ClientQuotes *r, const char *bytes, size_t len, size_t quotes)
{
    static const char prefixes[] = "EeqQ";
    const char *at = bytes, *end = bytes + len;
    for (size_t i = 0; (r->has_e_strings || r->has_q_quotes) && i < quotes; i++, at++) {
        at = memchr(at, '\'', (size_t)(end - at));
        if (i % 2 == 0 && at > bytes && memchr(prefixes, at[-1], sizeof prefixes - 1))
            return false;
    }
    for (at = bytes; (at = memchr(at, '-', (size_t)(end - at))); at++)
        if (at + 1 < end && at[1] == '-')
            return false;
    return true;
}

// The same as skip_plain for a whole line up to its end, when that begins and ends in code and holds nothing but words,
// numbers and '...'.
static size_t skip_plain_line(TextCheck *check, const char *bytes, size_t len)
{
    if (check->text.len || check->place != IN_CODE || check->tag_open || check->after_escaped || check->backslash || !len)
        return 0;
    const char *end = memchr(bytes, '\n', len);
    size_t n = end ? (size_t)(end - bytes) : 0, quotes, last;
    if (n < BLOCK_BYTES || n > LONGEST_LINE || line_may_copy(check, (Str){bytes, n}))
        return 0;
    if (!count_quotes(bytes, n, &quotes) || quotes % 2 || !has_plain_literals(&check->client->quotes, bytes, n, quotes))
        return 0;
    for (last = n; last && bytes[last - 1] == ' ';)
        last--;
    check->whole = (Str){bytes, n};
    check->head = last && bytes[last - 1] == ';' ? HEAD_UNREAD : HEAD_OTHER;
    bool ends_quoted = bytes[n - 1] == '\'';
    check->before = ends_quoted ? 0 : bytes[n - 1];
    check->is_word_before = !ends_quoted && is_word(bytes[n - 2]);
    check->is_digit_before = !ends_quoted && bytes[n - 2] >= '0' && bytes[n - 2] <= '9';
    check->column += n;
    return n;
}

// ---- pieces ----

static bool check_multibyte(TextCheck *check, Diag *diag, Str rest, size_t *used)
{
    uint32_t code;
    size_t len = utf8_decode(rest, &code);
    if (len == 0 || (code >= 0xd800 && code <= 0xdfff))
        return fault(check, diag, "E-602", "bytes that are not UTF-8");
    *used = len;
    return check_code(check, diag, code);
}

static size_t wanted_bytes(unsigned char first)
{
    return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
}

static bool read_multibyte(TextCheck *check, Diag *diag, const char *bytes, size_t used)
{
    for (size_t i = 0; check->client && i < used; i++)
        if (!read_char(check, diag, bytes[i]))
            return false;
    check->column++;
    return true;
}

bool text_check(TextCheck *check, Diag *diag, const char *bytes, size_t len)
{
    size_t at = 0, used = 0;
    if (check->bad_dialect)
        return diag_error(diag, SPAN_NONE, "E-604 file \"%.*s\": a dialect that this version does not know",
                          STR_ARGS(check->path));
    while (check->cut_len && at < len) {
        check->cut[check->cut_len++] = (uint8_t)bytes[at++];
        if (check->cut_len < wanted_bytes(check->cut[0]))
            continue;
        Str whole = {(const char *)check->cut, check->cut_len};
        if (!check_multibyte(check, diag, whole, &used) || !read_multibyte(check, diag, whole.ptr, used))
            return false;
        check->cut_len = 0;
    }
    while (at < len) {
        if (check->client) {
            at += skip_plain_line(check, bytes + at, len - at);
            at += skip_plain(check, bytes + at, len - at);
        }
        if (at == len)
            break;
        unsigned char c = (unsigned char)bytes[at];
        if (c >= 0x80) {
            if (len - at < wanted_bytes(c)) {
                memcpy(check->cut, bytes + at, len - at);
                check->cut_len = len - at;
                break;
            }
            if (!check_multibyte(check, diag, (Str){bytes + at, len - at}, &used) ||
                !read_multibyte(check, diag, bytes + at, used))
                return false;
            at += used;
            continue;
        }
        if (c == 0x7f || (c < 0x20 && c != '\n' && c != '\t'))
            return check_control(check, diag, c);
        if (check->client && !read_char(check, diag, (char)c))
            return false;
        if (check->after_receipt) {
            check->after_receipt = false;
            check->receipt_at = check->fed + at + 1;
            check->receipt_line = check->line + 1;
        }
        check->column = c == '\n' ? 1 : check->column + 1;
        check->line += c == '\n';
        at++;
    }
    check->fed += len;
    return true;
}

bool text_check_end(TextCheck *check, Diag *diag)
{
    if (check->cut_len)
        return fault(check, diag, "E-602", "bytes that are not UTF-8");
    if (check->client && !client_ends_line(check, diag))
        return false;
    if (check->client && check->place != IN_CODE && check->place != IN_LINE_COMMENT)
        return fault(check, diag, "E-603", "a quote or comment is not closed, so its end cannot be judged");
    return true;
}
