// Any bytes as an env.py: what it says is followed or named in warnings, and never refused once it is Python.
#include "../../src/revision/revision_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Every second name is imported: from the file itself, so that names lead round in a circle.
static bool find(const SaidImports *imports, const Module **module, Str name, Said *said)
{
    (void)imports;
    *said = syntax_assigned(*module, str_slice(name, 0, name.len / 2));
    return name.len % 2 && said->kind != SAID_NOTHING;
}

static void read_all(Arena *arena, const Module *module)
{
    const SaidImports self = {find};
    SaidList calls = {0};
    ImportList imports = {0};
    syntax_calls(arena, module, &calls);
    syntax_imports(arena, module, STR("a.b"), calls.count % 2, &imports);
    for (size_t i = 0; i < calls.count && i < 200; i++) {
        Said call = calls.items[i], given = syntax_argument(module, call, i % 3, STR("metadata"));
        StrList texts = {0}, rests = {0};
        SaidList bases = {0};
        if (syntax_said_table(arena, module, given, &self, &texts) && texts.count % 2)
            BUG("a key without a value");
        syntax_assigned(module, call.text);
        syntax_functions(arena, module, call.text, &rests);
        if (!syntax_class_bases(arena, module, call.text, &bases) &&
            syntax_class_assigned(module, call.text, STR("metadata")).kind != SAID_NOTHING)
            BUG("a class that is none has a value");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_open();
    Diag diag = diag_open(arena), own = diag_open(arena);
    char *text = arena_alloc(arena, size);
    if (size)
        memcpy(text, data, size);
    Source source = {STR("env.py"), {text, size}};
    const Module *module = syntax_parse(arena, &diag, &source);
    if (module) {
        Settings settings = settings_default(arena, STR("/nowhere"));
        Map taken = map_open(arena);
        settings_read_env_acts(arena, &own, module, &taken, &settings);
        settings_read_metadata(arena, &own, module, &taken, &settings);
        if (own.errors || settings.version_num_length < 1 || settings.version_num_length > 4000)
            BUG("env.py is refused, or makes what nothing can be");
        read_all(arena, module);
        for (size_t i = 0; i < own.messages.count && i < 50; i++)
            message_format(arena, &own.messages.items[i]);
    }
    arena_close(arena);
    return 0;
}
