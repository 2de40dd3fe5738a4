// Any bytes as a pyproject.toml: a tree or a refusal, and the same of the settings in it.
#include "../../src/revision/revision_int.h"
#include "../../src/revision/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const Toml *value, size_t depth)
{
    if (depth > LIMIT_NESTING + 2)
        BUG("a tree deeper than its limit");
    toml_kind_name(value);
    for (size_t i = 0; i < value->items.count; i++)
        walk(value->items.items[i], depth + 1);
    for (MapEntry *e = map_first(&value->fields); e; e = map_next(&value->fields, e))
        walk(e->value, depth + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_open();
    Diag diag = diag_open(arena), own = diag_open(arena);
    Source source = {STR("pyproject.toml"), {(const char *)data, size}};
    const Toml *top = toml_parse(arena, &diag, &source);
    if (!top != (diag.errors == 1) || (top && diag.errors))
        BUG("a TOML refused without its one message, or read with one");
    if (top)
        walk(top, 0);
    const Ini *ini = pyproject_parse(arena, &own, &source, STR("/here"));
    if (!ini != (own.errors > 0))
        BUG("settings refused without a message, or read with one");
    Map taken = map_open(arena);
    Settings settings = settings_default(arena, STR("/nowhere"));
    size_t errors = own.errors;
    if (ini && settings_read_waybill(arena, &own, ini, &source, &taken, &settings) != (own.errors == errors))
        BUG("[tool.waybill] refused without a message, or read with one");
    for (size_t i = 0; i < own.messages.count && i < 50; i++)
        message_format(arena, &own.messages.items[i]);
    arena_close(arena);
    return 0;
}
