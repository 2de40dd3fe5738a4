// Any bytes cut into Python's tokens: they follow one another, lie inside the text, and end.
#include "../../src/syntax/parse_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_open();
    Diag diag = diag_open(arena);
    char *text = arena_alloc(arena, size);
    if (size)
        memcpy(text, data, size);
    Source source = {STR("fuzz.py"), {text, size}};
    // what is no UTF-8, or too long, is refused before the lexer sees it
    if (utf8_check(source.text) != SIZE_MAX || str_find_char(source.text, '\0', 0) != SIZE_MAX || size > 1 << 20) {
        arena_close(arena);
        return 0;
    }
    Parser p = {.arena = arena,
                .diag = &diag,
                .source = &source,
                .text = text,
                .end = (uint32_t)size,
                .line_start = true,
                .field_brackets = -1};
    p.token.kind = TOKEN_NEWLINE;
    uint32_t last = 0;
    for (size_t n = 0;; n++) {
        advance(&p);
        if (p.failed || p.token.kind == TOKEN_EOF)
            break;
        if (p.token.start < last || p.token.end < p.token.start || p.token.end > size || n > 2 * size + 1000)
            BUG("a token out of order");
        last = p.token.start;
    }
    if (p.failed != (diag.errors == 1) || diag.errors > 1)
        BUG("a refusal is one error");
    arena_close(arena);
    return 0;
}
