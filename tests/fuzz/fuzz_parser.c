// Any bytes as a file of Python: parsed or refused with one error; what is read from a tree without evaluating it.
#include "waybill/python.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Header find(const HeaderImports *imports, Arena *arena, Str dotted)
{
    (void)imports;
    (void)arena;
    return (Header){.kind = dotted.len % 2 ? HEADER_NONE : HEADER_ABSENT};
}

// Every other name is a module of the project: the file itself, so that calls lead round in a circle.
typedef struct SameModule {
    SchemaModules modules;
    const Module *module;
} SameModule;

static const Module *find_module(const SchemaModules *modules, Str dotted, bool *is_package, bool *is_project)
{
    *is_package = dotted.len % 3 == 0;
    *is_project = dotted.len % 2;
    return *is_project ? ((const SameModule *)modules)->module : NULL;
}

static bool is_said(const SchemaModules *modules, Str dotted)
{
    (void)modules;
    return dotted.len % 5 == 0;
}

static bool is_library(const SchemaModules *modules, Str name)
{
    (void)modules;
    return name.len % 3 == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"revision", "down_revision", "depends_on", "branch_labels", "a"};
    Arena *arena = arena_open();
    Diag diag = diag_open(arena);
    char *text = arena_alloc(arena, size);
    if (size)
        memcpy(text, data, size);
    Source source = {STR("fuzz.py"), {text, size}};
    Module *module = syntax_parse(arena, &diag, &source);
    if (!module != (diag.errors == 1) || diag.errors > 1)
        BUG("parsing reports one error or none");
    if (module) {
        const HeaderImports imports = {find};
        StrList texts = {0};
        Map keywords = map_open(arena);
        Span at = {&source, (uint32_t)(size / 2), 1};
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
            syntax_header(arena, module, str_from(names[i]), i % 2 ? &imports : NULL);
        syntax_call_keywords(arena, module, STR("configure"), &keywords);
        const SameModule same = {{find_module, is_said, is_library}, module};
        const FilePart *whole = syntax_part(arena, module, STR("upgrade"), SPAN_NONE, false);
        const FilePart *rest = syntax_part(arena, module, STR("upgrade"), at, false);
        const FilePart *alone = syntax_part(arena, module, STR("upgrade"), at, true);
        for (int change = CHANGE_ANY; change <= CHANGE_ELSEWHERE; change++) {
            bool of_rest = syntax_may_change_schema(arena, rest, (SchemaChange)change, &same.modules);
            if (!syntax_may_change_schema(arena, whole, (SchemaChange)change, &same.modules) && of_rest)
                BUG("a part of a function changes more than the whole");
            if (!of_rest && syntax_may_change_schema(arena, alone, (SchemaChange)change, &same.modules))
                BUG("a statement changes more than what begins with it");
        }
        syntax_texts(arena, rest, &texts);
        syntax_call_texts(arena, whole, STR("create_table"), 0, &texts);
        space_open(arena, module, STR("a.b"), true);
    }
    for (size_t i = 0; i < diag.messages.count; i++)
        message_format(arena, &diag.messages.items[i]);
    arena_close(arena);
    return 0;
}
