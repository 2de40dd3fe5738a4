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

bool sql_says(const Dialect *dialect, Str text, const char *const *words)
{
    for (SqlToken t = sql_token(dialect, text, 0); t.kind != TOKEN_END && t.kind != TOKEN_BAD;
         t = sql_token(dialect, text, t.end))
        for (size_t i = 0; t.kind == TOKEN_WORD && words[i]; i++)
            if (str_equal_fold(t.text, str_from(words[i])))
                return true;
    return false;
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
