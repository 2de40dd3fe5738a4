// Tabs in raw SQL. On a terminal, psql, mariadb and sqlite3 take a tab that is pasted for a wish to complete the name before
// it, and another statement is run; so no framed script holds one. Between words and in comments a blank means the same.
#include "sql_int.h"

static void put_blanks(char *bytes, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (bytes[i] == '\t')
            bytes[i] = ' ';
}

static bool has_tab(Str text, size_t from, size_t to)
{
    return from < to && memchr(text.ptr + from, '\t', to - from);
}

// The languages whose own texts are read as SQL is.
static bool says_code(const Dialect *dialect, Str text)
{
    static const char *const read[] = {"sql", "plpgsql", NULL};
    for (SqlToken t = sql_token(dialect, text, 0); t.kind != TOKEN_END && t.kind != TOKEN_BAD;
         t = sql_token(dialect, text, t.end)) {
        if (t.kind != TOKEN_WORD || !str_equal_fold(t.text, STR("LANGUAGE")))
            continue;
        SqlToken name = sql_token(dialect, text, t.end);
        bool quoted = name.kind == TOKEN_STRING && name.end - name.start > 2 && text.ptr[name.start] == '\'';
        Str said = quoted ? str_slice(text, name.start + 1, name.end - 1) : name.text;
        return str_is_one_of(said, read);
    }
    return true;   // DO without a language
}

// A whole statement, or the body of one.
static bool blank_tabs(const Dialect *dialect, char *bytes, size_t len, bool is_code, unsigned depth, size_t *fault)
{
    enum { MOST_DEPTH = 8 };
    static const char *const before_body[] = {"AS", "DO", "plpgsql", "sql", NULL};
    Str text = {bytes, len}, before = STR_EMPTY;
    for (size_t at = 0;;) {
        SqlToken t = sql_token(dialect, text, at);
        put_blanks(bytes, at, t.start);
        if (t.kind == TOKEN_END)
            return true;
        if (t.kind == TOKEN_COMMENT) {
            put_blanks(bytes, t.start, t.end);
        } else if (has_tab(text, t.start, t.end)) {
            bool is_body = t.kind == TOKEN_STRING && bytes[t.start] == '$' && is_code && str_is_one_of(before, before_body);
            size_t tag = is_body ? str_find_char(text, '$', t.start + 1) + 1 - t.start : 0, inner = t.start + tag;
            if (!is_body || depth == MOST_DEPTH) {
                *fault = str_find_char(text, '\t', t.start);
                return false;
            }
            if (!blank_tabs(dialect, bytes + inner, t.end - tag - inner, true, depth + 1, fault)) {
                *fault += inner;
                return false;
            }
        }
        if (t.kind != TOKEN_COMMENT)
            before = t.kind == TOKEN_WORD ? t.text : STR_EMPTY;
        at = t.end;
    }
}

bool sql_blank_tabs(Arena *arena, const Dialect *dialect, Str text, Str *out, size_t *fault)
{
    *out = text;
    if (!has_tab(text, 0, text.len))
        return true;
    char *bytes = arena_array(arena, char, text.len);
    memcpy(bytes, text.ptr, text.len);
    *out = (Str){bytes, text.len};
    return blank_tabs(dialect, bytes, text.len, says_code(dialect, text), 0, fault);
}
