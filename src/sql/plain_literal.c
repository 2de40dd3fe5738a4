// Texts where the database takes one plain literal and no expression: the labels of MySQL's ENUM and SET, and what stands
// behind its COMMENT. There is no other way to write a hidden character there than as itself, where nobody would see it.
// Source: MariaDB 10.11 sql_yacc.yy, text_string and TEXT_STRING_sys: no character set may stand before it. A hexadecimal
// literal, which ENUM takes, would be read in the column's own character set.
#include "sql_int.h"

static bool is_plain(Str sql)
{
    return sql.len && sql.ptr[0] == '\'';
}

// The first character that makes it none; 0: none does alone.
static uint32_t culprit(Arena *arena, Diag *diag, const SqlStyle *style, Span at, Str text)
{
    uint32_t code = 0;
    for (size_t i = 0; i < text.len;) {
        Str sql, one = str_slice(text, i, i + utf8_decode(str_slice(text, i, text.len), &code));
        if (!sql_text(arena, diag, style, at, one, &sql) || !is_plain(sql))
            return code;
        i += one.len;
    }
    return 0;
}

bool sql_plain_text(Arena *arena, Diag *diag, const SqlStyle *style, Span at, const char *what, Str text, Str *sql)
{
    if (!sql_text(arena, diag, style, at, text, sql))
        return false;
    if (style->dialect->escape != ESCAPE_BACKSLASH || is_plain(*sql))
        return true;
    uint32_t code = culprit(arena, diag, style, at, text);
    if (!code) {
        diag_error(diag, at,
                   "%.*s cannot write the %s \"%.*s\": its client would act on a part of a plain text that says it",
                   STR_ARGS(style->dialect->title), what, STR_ARGS(str_printable(arena, text)));
        diag_hint(diag, "Write it otherwise: nothing but a plain text may stand there.");
        return false;
    }
    diag_error(diag, at, "%.*s cannot write U+%04X in the %s \"%.*s\": it takes nothing but a plain text there",
               STR_ARGS(style->dialect->title), (unsigned)code, what, STR_ARGS(str_printable(arena, text)));
    if (code_is_hidden(code))
        diag_hint(diag, "Remove the character, which nobody would see%s.",
                  strcmp(what, "comment") == 0 ? "" : ", or write Enum(..., native_enum=False), which checks a VARCHAR");
    else
        diag_hint(diag, "Leave --ascii out, or remove the character.");
    return false;
}
