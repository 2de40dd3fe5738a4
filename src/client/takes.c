// What a client would act on, line by line and whatever it believes to be in: no quote or comment is looked for here.
#include "waybill/client.h"

#define ITS_OWN "take this for its own command"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || (c >= '\v' && c <= '\r');
}

static bool take_at(ClientTake *take, size_t at, size_t len, const char *what, const char *hint)
{
    *take = (ClientTake){at, len, what, hint};
    return true;
}

static size_t word_end(Str line, size_t at)
{
    while (at < line.len && (is_word_byte(line.ptr[at]) || line.ptr[at] == '?'))
        at++;
    return at;
}

static size_t skip_blanks(Str line, size_t at)
{
    while (at < line.len && is_blank(line.ptr[at]))
        at++;
    return at;
}

// ---- backslashes ----

#define BACKSLASH_HINT                                                                                                      \
    "Write the character behind the backslash otherwise: in a pattern [0-9], [[:space:]] or [[:alnum:]_]; in a text "       \
    "chr(92), E'\\\\134' or CHAR(92) for the backslash itself."

static const ClientCommand *find_name(const ClientCommand *list, Str name)
{
    for (const ClientCommand *c = list; c->name; c++) {
        Str known = str_from(c->name);
        if (c->rest == IS_PREFIX ? str_starts(name, known) : str_equal(name, known))
            return c;
    }
    return NULL;
}

// The command that the backslash at `at` begins, or NULL.
static const ClientCommand *command_behind(const Client *client, Str line, size_t at, size_t *end)
{
    *end = at + 1;
    if (client->backslash_letters) {
        *end += *end < line.len;
        return find_name(client->backslash_letters, str_slice(line, at + 1, *end));
    }
    while (*end < line.len && line.ptr[*end] != '\\' && !is_blank(line.ptr[*end]) &&
           !(line.ptr[*end] >= '\n' && line.ptr[*end] <= '\r'))
        ++*end;
    return find_name(client->backslash_names, str_slice(line, at + 1, *end));
}

// Two backslashes are one character, or an empty command, wherever they stand; but the first of them may be the second byte
// of a character, where the client reads another character set than the file has.
static bool takes_backslash(const ClientReading *r, Str line, ClientTake *take)
{
    const Client *client = r->client;
    const ClientCommand *harmless = NULL;
    if (!client->backslash_names && !client->backslash_letters)
        return false;
    for (size_t at = 0, end; (at = str_find_char(line, '\\', at)) != SIZE_MAX; at = end) {
        size_t start = at;
        while (at + 1 < line.len && line.ptr[at + 1] == '\\')
            at++;
        bool beyond_ascii = start > 0 && (unsigned char)line.ptr[start - 1] > 0x7f;
        end = at + 1;
        if ((at - start) % 2 && !beyond_ascii)
            continue;
        const ClientCommand *command = command_behind(client, line, at, &end);
        if (command && (r->strict || !command->harmless))
            return take_at(take, at, end - at, ITS_OWN, BACKSLASH_HINT);
        harmless = command ? command : harmless;
        if (!command)
            end = at + 1;
        if (command && client->runs_backticks && str_find_char(line, '`', at) != SIZE_MAX)
            return take_at(take, at, end - at, "run what stands between backticks behind this",
                           "Put what follows on a line of its own, or write the backtick as chr(96).");
    }
    return false;
}

// :NAME, but not in ::NAME; the value is read as if it were written.
static bool takes_variable(const Client *client, Str line, ClientTake *take)
{
    if (!client->variables)
        return false;
    for (size_t at = 0, end; (at = str_find_char(line, ':', at)) != SIZE_MAX; at = end) {
        size_t start = at;
        while (at + 1 < line.len && line.ptr[at + 1] == ':')
            at++;
        end = at + 1;
        if ((at - start) % 2 || end >= line.len || line.ptr[end] < 'A' || line.ptr[end] > 'Z')
            continue;
        while (end < line.len && (is_word_byte(line.ptr[end]) || (unsigned char)line.ptr[end] > 0x7f))
            end++;
        Str name = str_slice(line, at + 1, end);
        for (const char *const *v = client->variables; *v; v++)
            if (str_equal(name, str_from(*v)))
                return take_at(take, at, end - at, "put a variable's value in place of this",
                               "Put a blank behind the colon, or write the colon as chr(58).");
    }
    return false;
}

// ---- words ----

#define WORD_HINT "Put another word before it on its line, or quote it as a name."

// Whether the character is the second of an escape, or of a command that the client does not know: two in any case.
static bool is_escaped(Str line, size_t at)
{
    size_t run = 0;
    while (run < at && line.ptr[at - run - 1] == '\\')
        run++;
    return run % 2 && (run == at || (unsigned char)line.ptr[at - run - 1] <= 0x7f);
}

// A command of one letter is taken out of the line, and what stands around it is one word: s\nystem. Those that do harm are
// looked for apart; \N stays where it is.
static size_t skip_gone(const Client *client, Str line, size_t at)
{
    while (client->backslash_letters && at + 1 < line.len && line.ptr[at] == '\\' && line.ptr[at + 1] != 'N' &&
           !is_escaped(line, at) && find_name(client->backslash_letters, str_slice(line, at + 1, at + 2)))
        at += 2;
    return at;
}

static size_t skip_to_word(const Client *client, Str line, size_t at)
{
    for (size_t before = SIZE_MAX; before != at;) {
        before = at;
        at = skip_gone(client, line, skip_blanks(line, at));
    }
    return at;
}

enum { LONGEST_WORD = 32 };

static bool takes_word_at(const ClientReading *r, Str line, size_t begin, ClientTake *take)
{
    const Client *client = r->client;
    char letters[LONGEST_WORD];
    Str word = {letters, 0};
    size_t at = skip_to_word(client, line, begin), start = at;
    for (; at < line.len && (is_word_byte(line.ptr[at]) || line.ptr[at] == '?'); at = skip_gone(client, line, at + 1)) {
        if (word.len == LONGEST_WORD)
            return false;
        letters[word.len++] = line.ptr[at];
    }
    if (!word.len)
        return false;
    size_t end = at, last = skip_to_word(client, line, at);
    // a comment is taken out before the word is looked at
    char next = last < line.len ? line.ptr[last] : 0;
    bool ends = !next || next == ';' || (client->words_after_delimiter && strchr("$/-#", next));
    if (client->words_end_at_blanks && end < line.len && !is_blank(line.ptr[end]) && !ends)
        return false;
    for (const ClientCommand *c = client->words; c->name; c++) {
        if (!str_equal_fold(word, str_from(c->name)) || (c->harmless && !r->strict))
            continue;
        return (c->rest != ALONE || ends) && take_at(take, start, end - start, ITS_OWN, WORD_HINT);
    }
    return false;
}

// Whether a statement would begin behind this character: a delimiter, a comment's end.
static bool ends_statement(Str line, size_t at)
{
    char c = line.ptr[at];
    return ((c == ';' || c == '$') && !is_escaped(line, at)) || (c == '/' && at > 0 && line.ptr[at - 1] == '*');
}

static bool takes_word(const ClientReading *r, Str line, size_t begin, ClientTake *take)
{
    const Client *client = r->client;
    if (!client->words)
        return false;
    if ((client->words_after_blanks || !begin) && takes_word_at(r, line, begin, take))
        return true;
    for (size_t i = begin; client->words_after_delimiter && i < line.len; i++) {
        char c = line.ptr[i];
        if ((c == ';' || c == '$' || c == '/') && ends_statement(line, i) && takes_word_at(r, line, i + 1, take))
            return true;
    }
    return false;
}

static bool same_fold(const char *a, Str b)
{
    for (size_t i = 0; i < b.len; i++)
        if ((a[i] | ((a[i] >= 'A' && a[i] <= 'Z') ? 0x20 : 0)) != b.ptr[i])
            return false;
    return true;
}

// Whether a parenthesis follows, or may follow on the next line.
static bool is_called(Str line, size_t at)
{
    static const char *const follows[] = {"(", "/*", "--", NULL};
    if (at < line.len && strchr("'\"`]", line.ptr[at]))   // SQLite takes a text for a table's name too
        at++;
    at = skip_blanks(line, at);
    for (size_t i = 0; follows[i]; i++)
        if (str_starts(str_slice(line, at, line.len), str_from(follows[i])))
            return true;
    return at == line.len;
}

static void note_initials(bool initials[256], const char *const *words)
{
    for (; words && *words; words++)
        initials[(unsigned char)**words] = initials[(unsigned char)**words & ~0x20u] = true;
}

// Every line of a data migration goes through here: most of its bytes begin no such word.
static bool takes_name(const Client *client, Str line, ClientTake *take)
{
    bool initials[256] = {false};
    if (!client->names && !client->calls)
        return false;
    note_initials(initials, client->names);
    note_initials(initials, client->calls);
    for (size_t at = 0; at < line.len; at++) {
        if (!initials[(unsigned char)line.ptr[at]] || (at > 0 && is_word_byte(line.ptr[at - 1])))
            continue;
        size_t end = word_end(line, at);
        Str word = str_slice(line, at, end);
        if ((client->names && str_is_one_of(word, client->names)) ||
            (client->calls && str_is_one_of(word, client->calls) && is_called(line, end)))
            return take_at(take, at, end - at, "carry this out on its own machine",
                           "It reads or writes files or runs programs there: do it outside the script.");
    }
    return false;
}

static bool takes_anywhere(const Client *client, Str line, ClientTake *take)
{
    for (size_t i = 0; client->anywhere && client->anywhere[i]; i++) {
        Str text = str_from(client->anywhere[i]);
        // the last character is the rarest to find
        for (size_t at = text.len - 1; (at = str_find_char(line, text.ptr[text.len - 1], at)) != SIZE_MAX; at++)
            if (same_fold(line.ptr + at + 1 - text.len, text))
                return take_at(take, at + 1 - text.len, text.len, "read this within any text",
                               "Write it apart, as in N'$' + N'('.");
    }
    return false;
}

static bool takes_tab(const Client *client, Str line, ClientTake *take)
{
    size_t at = client->completes ? str_find_char(line, '\t', 0) : SIZE_MAX;
    return at != SIZE_MAX && take_at(take, at, 1, "complete a name at this tab, when it is pasted on a terminal",
                                     "Write the tab as chr(9), E'\\t' or char(9).");
}

// ---- lines ----

static bool is_batch_end(Str bare)
{
    if (bare.len < 2 || !str_equal_fold(str_slice(bare, 0, 2), STR("GO")))
        return false;
    if (bare.len > 2 && (is_word_byte(bare.ptr[2]) || bare.ptr[2] == '$'))
        return false;
    Str rest = str_trim(str_slice(bare, 2, bare.len));
    size_t digits = 0;
    while (digits < rest.len && rest.ptr[digits] >= '0' && rest.ptr[digits] <= '9')
        digits++;
    rest = str_trim(str_slice(rest, digits, rest.len));
    return !rest.len || str_starts(rest, STR("--")) || str_starts(rest, STR("/*")) || str_starts(rest, STR(";"));
}

static bool takes_line(const Client *client, Str line, Str bare, size_t begin, ClientTake *take)
{
    static const char hint[] = "Begin the line otherwise, or join it with the one before.";
    if (!bare.len)
        return false;
    if (client->starts && strchr(client->starts, bare.ptr[0]))
        return take_at(take, begin, bare.len, "take this line for its own command", hint);
    for (size_t i = 0; client->start_texts && client->start_texts[i]; i++)
        if (str_starts(bare, str_from(client->start_texts[i])))
            return take_at(take, begin, bare.len, "take this line for its own command", hint);
    if (client->lines && str_is_one_of(bare, client->lines))
        return take_at(take, begin, bare.len, "end the statement at this line", "Write it otherwise.");
    if (client->has_batches && is_batch_end(bare))
        return take_at(take, begin, bare.len, "end the batch at this line", "Give each batch an op.execute() of its own.");
    if (client->line_end && bare.ptr[bare.len - 1] == client->line_end)
        return take_at(take, begin + bare.len - 1, 1, "read on behind the \"-\" at this line's end",
                       "End the line otherwise.");
    if (client->longest_line && line.len > client->longest_line)
        return take_at(take, begin, bare.len, "pass over a line as long as this", "Break the line.");
    return false;
}

// ---- statements that end where a line does ----

static Str first_word(Str text)
{
    return str_slice(text, 0, word_end(text, 0));
}

static Str next_word(Str *text)
{
    Str word = first_word(*text);
    *text = str_trim(str_slice(*text, word.len, text->len));
    return word;
}

// Source: SQL*Plus User's Guide, "Running PL/SQL Blocks"; SQL Language Reference, plsql_declarations.
static bool begins_unit(Str line)
{
    static const char *const units[] = {"TRIGGER", "FUNCTION", "PROCEDURE", "PACKAGE", "TYPE", "LIBRARY", "JAVA", NULL};
    static const char *const between[] = {"OR",          "REPLACE",        "AND", "RESOLVE", "COMPILE", "NOFORCE",
                                          "EDITIONABLE", "NONEDITIONABLE", NULL};
    static const char *const with[] = {"FUNCTION", "PROCEDURE", NULL};
    Str word = next_word(&line);
    if (str_equal_fold(word, STR("BEGIN")) || str_equal_fold(word, STR("DECLARE")))
        return true;
    if (str_equal_fold(word, STR("WITH")))
        return str_is_one_of(first_word(line), with);
    if (!str_equal_fold(word, STR("CREATE")))
        return false;
    do
        word = next_word(&line);
    while (word.len && str_is_one_of(word, between));
    return str_is_one_of(word, units);
}

static bool begins_statement(const Client *client, Str bare)
{
    static const char *const sets[] = {"CONSTRAINT", "CONSTRAINTS", NULL};
    Str rest = bare, word = next_word(&rest);
    if (str_equal_fold(word, STR("SET")))
        return str_is_one_of(first_word(rest), sets);
    return str_starts(bare, STR("(")) || str_is_one_of(word, client->verbs);
}

static bool takes_statement(ClientReading *r, Str bare, size_t begin, ClientTake *take)
{
    if (str_equal(bare, STR("/"))) {
        bool runs = r->in_unit;
        r->begun = r->in_unit = false;
        return !runs && take_at(take, begin, 1, "run the statement before this line again", "Write it otherwise.");
    }
    if (!bare.len || r->in_unit)
        return false;
    if (!r->begun) {
        if (str_starts(bare, STR("--")))
            return false;
        if (str_starts(bare, STR("/*"))) {
            bool whole = bare.len > 4 && is_blank(bare.ptr[2]) && str_find(bare, STR("*/"), 2) == bare.len - 2;
            return !whole && take_at(take, begin, 2, "take the slash for its own command",
                                     "Put the comment on one line, \"/* ... */\", or begin its lines with \"--\".");
        }
        if (!begins_statement(r->client, bare))
            return take_at(take, begin, first_word(bare).len, "take a line that begins so for its own command",
                           r->ended
                               ? "The statement before it ends at its line's semicolon, even within a text: end that line "
                                 "otherwise."
                               : "Write it as SQL (EXEC and the like are blocks, BEGIN ... END), or, where it is "
                                 "another database's, branch on the dialect's name.");
        r->in_unit = begins_unit(bare);
    }
    r->begun = !r->in_unit && bare.ptr[bare.len - 1] != ';';
    r->ended = !r->begun;
    return false;
}

bool client_takes_line(ClientReading *reading, Str line, ClientTake *take)
{
    const Client *client = reading->client;
    Str bare = str_trim(line);
    size_t begin = bare.len ? (size_t)(bare.ptr - line.ptr) : 0;
    if (takes_line(client, line, bare, begin, take) || takes_backslash(reading, line, take) ||
        takes_variable(client, line, take) || takes_word(reading, line, begin, take) || takes_name(client, line, take) ||
        takes_anywhere(client, line, take) || takes_tab(client, line, take))
        return true;
    return client->runs_lines && takes_statement(reading, bare, begin, take);
}

bool client_takes(const Client *client, Str text, ClientTake *take)
{
    ClientReading reading = {.client = client};
    for (size_t at = 0; at < text.len;) {
        size_t end = str_find_char(text, '\n', at);
        end = end == SIZE_MAX ? text.len : end;
        if (client_takes_line(&reading, str_slice(text, at, end), take)) {
            take->at += at;
            return true;
        }
        at = end + 1;
    }
    return false;
}

// ---- the frame's own lines ----

// "PROMPT [WAYBILL-STEP 1.12]"
static bool is_step(Str line)
{
    static const Str before = {"PROMPT [WAYBILL-STEP ", 21};
    size_t i = before.len, dots = 0;
    if (!str_starts(line, before) || !str_ends(line, STR("]")))
        return false;
    for (; i + 1 < line.len; i++) {
        dots += line.ptr[i] == '.';
        if (line.ptr[i] != '.' && !(line.ptr[i] >= '0' && line.ptr[i] <= '9'))
            return false;
    }
    return dots == 1;
}

bool client_is_frame_line(const Client *client, Str line)
{
    for (const char *const *known = client->frame_lines; *known; known++)
        if (str_equal(line, str_from(*known)))
            return true;
    return client->runs_lines && is_step(line);
}

// Of a paste in brackets psql makes one line: what stands between a command of the frame's and the next backslash are its
// arguments.
static bool takes_arguments(ClientReading *reading, Str line, ClientTake *take)
{
    if (!reading->client->runs_backticks)
        return false;
    size_t first = str_find_char(line, '\\', 0), tick = str_find_char(line, '`', 0);
    if (reading->takes_arguments && tick < first)
        return take_at(take, tick, 1, "run what stands between backticks, where all is pasted as one line",
                       "Write it without backticks.");
    if (first != SIZE_MAX)
        reading->takes_arguments = str_starts(line, STR("\\set ")) || str_starts(line, STR("\\if "));
    return false;
}

bool client_takes_script_line(ClientReading *reading, Str line, ClientTake *take)
{
    bool inside = reading->begun || reading->in_unit;
    if (takes_arguments(reading, line, take))
        return true;
    return (inside || !client_is_frame_line(reading->client, line)) && client_takes_line(reading, line, take);
}

Str client_plain(Arena *arena, const Client *client, Str line)
{
    ClientTake take;
    Buf out = buf_open(arena);
    buf_add(&out, line);
    for (size_t n = 0; n < out.len; n++) {
        ClientReading reading = {.client = client, .strict = true, .begun = true};
        if (!client_takes_line(&reading, buf_str(&out), &take))
            break;
        out.ptr[take.at] = out.ptr[take.at] == '\t' ? ' ' : '.';
    }
    return buf_str(&out);
}
