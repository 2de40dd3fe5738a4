// What a status says and how a script ends, by the forms that the templates give them: a status only reads, and which script
// it names is compared with the manifest (claims.c); behind a script's last step stands a receipt whose result is computed.
#include "forms.h"

static Str kept(Arena *arena, Str text)
{
    return str_copy(arena, text);
}

// Out of the scratch arena.
static const ScriptSaid *keep_said(Arena *arena, const ScriptSaid *said)
{
    ScriptSaid *copy = arena_new(arena, ScriptSaid);
    *copy = (ScriptSaid){.bundle = kept(arena, said->bundle),
                         .needs = kept(arena, said->needs),
                         .minimum = said->minimum,
                         .names = kept(arena, said->names),
                         .count = said->count,
                         .token = kept(arena, said->token),
                         .asks_rows = said->asks_rows,
                         .row_count = said->row_count};
    for (size_t i = 0; i < said->cases.count; i++) {
        const SaidCase *c = &said->cases.items[i];
        vec_push(arena, &copy->cases, ((SaidCase){kept(arena, c->rows), kept(arena, c->apply), c->is_run}));
    }
    for (size_t i = 0; i < said->rows.count; i++)
        vec_push(arena, &copy->rows, kept(arena, said->rows.items[i]));
    return copy;
}

static size_t read_said(Arena *arena, FormsOf of, const Client *client, Str text, size_t first_line, ScriptHead *head)
{
    Arena *scratch = arena_open();
    ScriptSaid said;
    size_t line = forms_first_fault(scratch, of, client, text, first_line, &said);
    if (!line)
        head->said = keep_said(arena, &said);
    arena_close(scratch);
    return line;
}

bool status_is(Str path)
{
    return str_starts(path, STR("sql/")) && str_equal(path_base(path), STR("status.sql"));
}

bool status_check(Arena *arena, Diag *diag, Str text, ScriptHead *head)
{
    const Client *client = forms_client(head->path);
    size_t line = !client || text.len > FORMS_MOST_BYTES ? 1 : read_said(arena, FORMS_STATUS, client, text, 1, head);
    if (!line)
        return true;
    diag_error(diag, SPAN_NONE,
               "E-608 text in \"%.*s\": line %zu: a status only reads, and this is none of the statements that it may have",
               STR_ARGS(head->path), line);
    diag_hint(diag, "Run it nowhere, and ask whoever signed it for the bundle as it was packed.");
    return false;
}

void status_factors(Str dialect, int factors[3])
{
    size_t row = 0;
    while (script_rules[row].dialect && !str_equal(str_from(script_rules[row].dialect), dialect))
        row++;
    memcpy(factors, script_rules[row].factors, sizeof script_rules[row].factors);
}

Str receipt_begin(Str dialect)
{
    // SQL Server runs everything again from its last transaction's end on
    return str_equal(dialect, STR("mssql")) ? STR("-- The version rows must be these and no others; then the only COMMIT")
                                            : STR("-- Receipt: computed, never printed as a constant.");
}

bool receipt_check(Arena *arena, Diag *diag, Str text, size_t line, ScriptHead *head)
{
    const Client *client = forms_client(head->path);
    size_t fault = client ? read_said(arena, FORMS_RECEIPT, client, text, line, head) : line;
    if (!fault)
        return true;
    diag_error(
        diag, SPAN_NONE,
        "E-609 text in \"%.*s\": line %zu: behind its last step a script has a receipt that computes its result, and this "
        "is another statement",
        STR_ARGS(head->path), fault);
    diag_hint(diag, "Run it nowhere, and ask whoever signed it for the bundle as it was packed.");
    return false;
}
