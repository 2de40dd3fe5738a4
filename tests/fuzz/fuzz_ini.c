// Any bytes as an ini file: read or refused, and every value interpolated or refused.
#include "waybill/revision.h"

#include "../../src/revision/revision_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_values(Arena *arena, Diag *diag, const Ini *ini)
{
    StrList sections = {0};
    ini_sections(ini, &sections);
    for (size_t i = 0; i < sections.count; i++) {
        StrList keys = {0};
        ini_keys(ini, sections.items[i], &keys);
        for (size_t k = 0; k < keys.count && k < 100; k++) {
            IniValue value;
            bool failed = false;
            size_t errors = diag->errors;
            if (!ini_get(ini, diag, sections.items[i], keys.items[k], &value, &failed) &&
                (!failed || diag->errors != errors + 1))
                BUG("a key of the section is neither there nor refused");
            Span at;
            ini_written_key(ini, sections.items[i], keys.items[k], &at);
        }
    }
    Map taken = map_open(arena);
    Settings settings = settings_default(arena, STR("/nowhere"));
    size_t errors = diag->errors;
    Source source = {STR("waybill.ini"), STR_EMPTY};
    if (settings_read_waybill(arena, diag, ini, &source, &taken, &settings) != (diag->errors == errors))
        BUG("settings refused without a message, or read with one");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_open();
    Diag diag = diag_open(arena);
    Source source = {STR("fuzz.ini"), {(const char *)data, size}};
    const Ini *ini = ini_parse(arena, &diag, &source, STR("/here"));
    if (!ini != (diag.errors > 0))
        BUG("an ini refused without a message, or read with one");
    if (ini)
        read_values(arena, &diag, ini);
    for (size_t i = 0; i < diag.messages.count && i < 50; i++)
        message_format(arena, &diag.messages.items[i]);
    arena_close(arena);
    return 0;
}
