// Prints the repr of a variable `result` of each snippet read from standard input, for comparing with Python itself.
// Snippets are separated by a line with a single form feed. A raised exception prints "!Class", a refusal "?text".
#include <stdlib.h>

#include "waybill/python.h"

static bool import_nothing(Host *host, Interp *in, Span at, Str module, Value *result)
{
    (void)host;
    *result = value_unknown(interp_arena(in), at, str_format(interp_arena(in), "module %.*s", STR_ARGS(module)), STR_EMPTY);
    return true;
}

static void run(Str text)
{
    Arena *arena = arena_open();
    Diag diag = diag_open(arena);
    Source source = {STR("snippet"), text};
    Host host = {.import = import_nothing};
    Module *module = syntax_parse(arena, &diag, &source);
    Interp *in = module ? interp_open(arena, &diag, &host, module, NULL) : NULL;
    if (!in) {
        Str message = diag.messages.items[0].text;
        Str raises = STR("the file raises ");
        if (str_starts(message, raises)) {
            Str rest = str_slice(message, raises.len, message.len);
            Str class = str_cut(&rest, ':');
            printf("!%.*s\n", STR_ARGS(class));
        } else {
            printf("?%.*s\n", STR_ARGS(message));
        }
    } else {
        const Value *value = interp_global(in, STR("result"));
        printf("%.*s\n", STR_ARGS(value && value_is_str(*value) ? value->text : STR("?unknown")));
    }
    arena_close(arena);
}

int main(void)
{
    Arena *arena = arena_open();
    Buf all = buf_open(arena);
    char line[1 << 16];
    while (fgets(line, sizeof line, stdin)) {
        if (strcmp(line, "\f\n") == 0) {
            buf_add(&all, STR("\nresult = repr(result)\n"));   // so that a class's own __repr__ is called
            run(str_copy(arena, buf_str(&all)));
            all.len = 0;
        } else {
            buf_add(&all, str_from(line));
        }
    }
    arena_close(arena);
    return 0;
}
