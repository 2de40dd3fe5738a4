// Raw statements looked through: what stands in them outside quotes and comments.
#include "sql_int.h"

bool sql_has_body(const Dialect *dialect, Str text)
{
    for (SqlToken t = sql_token(dialect, text, 0); t.kind != TOKEN_END && t.kind != TOKEN_BAD;
         t = sql_token(dialect, text, t.end))
        if (t.kind == TOKEN_PUNCT && text.ptr[t.start] == ';')
            return true;
    return false;
}

Str sql_find_word(const Dialect *dialect, Str text, const char *const *words)
{
    for (SqlToken t = sql_token(dialect, text, 0); t.kind != TOKEN_END && t.kind != TOKEN_BAD;
         t = sql_token(dialect, text, t.end))
        if (t.kind == TOKEN_WORD && str_is_one_of(t.text, words))
            return t.text;
    return STR_EMPTY;
}

// Letters beyond ASCII stand for any letter: a server may take "ŵ" for "w" where it compares names.
static bool begins_like(Str name, Str prefix)
{
    size_t at = 0;
    for (size_t i = 0; i < prefix.len; i++) {
        while (at < name.len && name.ptr[at] == '\\')   // "\w" is "w" in quotes
            at++;
        if (at == name.len)
            return false;
        bool beyond = (unsigned char)name.ptr[at] > 0x7f;
        if (!beyond && !str_equal_fold(str_slice(name, at, at + 1), str_slice(prefix, i, i + 1)))
            return false;
        for (at++; beyond && at < name.len && ((unsigned char)name.ptr[at] & 0xc0) == 0x80;)
            at++;
    }
    return true;
}

// A text that is run as SQL, whose quotes stand there in another text's way: whether it says such a variable.
static bool text_says_variable(Str text, Str prefix)
{
    for (size_t at = 0; (at = str_find_char(text, '@', at)) != SIZE_MAX;) {
        for (at++; at < text.len && strchr("'\"`\\", text.ptr[at]);)
            at++;
        if (begins_like(str_slice(text, at, text.len), prefix))
            return true;
    }
    return false;
}

// MySQL and MariaDB take @a, @'a', @"a" and @`a` for the same, and nothing between the sign and the name.
bool sql_says_variable(const Dialect *dialect, Str text, Str prefix)
{
    static const char *const runs_texts[] = {"PREPARE", "EXECUTE", NULL};
    bool inside = sql_find_word(dialect, text, runs_texts).len > 0;
    for (SqlToken t = sql_token(dialect, text, 0); t.kind != TOKEN_END && t.kind != TOKEN_BAD;
         t = sql_token(dialect, text, t.end)) {
        Str name = t.kind == TOKEN_STRING ? str_slice(text, t.start + 1, t.end - 1) : t.text;
        if (t.kind == TOKEN_STRING && inside && text_says_variable(name, prefix))
            return true;
        if ((t.kind == TOKEN_WORD || t.kind == TOKEN_QUOTED || t.kind == TOKEN_STRING) && t.start &&
            text.ptr[t.start - 1] == '@' && begins_like(name, prefix))
            return true;
    }
    return false;
}
