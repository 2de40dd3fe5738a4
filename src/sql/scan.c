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

bool sql_says_variable(const Dialect *dialect, Str text, Str prefix)
{
    for (SqlToken t = sql_token(dialect, text, 0); t.kind != TOKEN_END && t.kind != TOKEN_BAD;
         t = sql_token(dialect, text, t.end)) {
        if ((t.kind != TOKEN_WORD && t.kind != TOKEN_QUOTED) || !t.start || text.ptr[t.start - 1] != '@')
            continue;
        if (t.text.len >= prefix.len && str_equal_fold(str_slice(t.text, 0, prefix.len), prefix))
            return true;
    }
    return false;
}
