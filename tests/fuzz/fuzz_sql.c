// Any bytes as a .sql revision: read or refused; its sections cut into statements, and the model told of them, for each
// dialect.
#include "waybill/revision.h"
#include "waybill/schema.h"
#include "waybill/sql.h"

#include "../../src/revision/revision_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void split(Arena *arena, Diag *diag, Str sql)
{
    for (size_t d = 0; dialect_at(d); d++) {
        RawList statements = {0};
        Model *model = model_open(arena);
        size_t errors = diag->errors;
        if (sql_split(arena, diag, dialect_at(d), SPAN_NONE, sql, &statements) != (diag->errors == errors))
            BUG("SQL refused without a message, or read with one");
        for (size_t i = 0; i < statements.count; i++) {
            Str text = statements.items[i].text;
            if (text.len && (text.ptr < sql.ptr || text.ptr + text.len > sql.ptr + sql.len))
                BUG("a statement that the text does not have");
            sql_follow(arena, dialect_at(d), &statements.items[i], SPAN_NONE, model);
            TableChangeList changes = {0};
            sql_table_changes(arena, dialect_at(d), text, &changes);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_open();
    Diag diag = diag_open(arena);
    char *text = arena_alloc(arena, size);
    if (size)
        memcpy(text, data, size);
    Source source = {STR("fuzz.sql"), {text, size}};
    Revision *revision = arena_new(arena, Revision);
    bool is_revision = false;
    if (load_sql_revision(arena, &diag, &source, revision, &is_revision) != (diag.errors == 0))
        BUG("a .sql file refused without a message, or read with one");
    for (size_t i = 0; !diag.errors && is_revision && i < revision->sections.count; i++)
        split(arena, &diag, revision->sections.items[i].sql);
    if (utf8_check(source.text) == SIZE_MAX && str_find_char(source.text, '\0', 0) == SIZE_MAX)
        split(arena, &diag, source.text);
    for (size_t i = 0; i < diag.messages.count && i < 50; i++)
        message_format(arena, &diag.messages.items[i]);
    arena_close(arena);
    return 0;
}
