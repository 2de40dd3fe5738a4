// A stand-in for the python room: header lines of the plainest form, `name = "text"`, lists of such and None.
#include "waybill/python.h"

#define WEAK __attribute__((weak))
WEAK Module *python_parse(Arena *arena, Diag *diag, const Source *source)
{
    size_t bad = utf8_check(source->text);
    if (bad != SIZE_MAX || memchr(source->text.ptr, 0, source->text.len)) {
        diag_error(diag, (Span){source, 0, 1}, "stand-in cannot read this");
        return NULL;
    }
    Module *module = arena_new(arena, Module);
    *module = (Module){.source = source, .docstring = STR_EMPTY};
    if (str_starts(source->text, STR("\"\"\""))) {
        size_t end = str_find(source->text, STR("\"\"\""), 3);
        module->docstring = str_slice(source->text, 3, end == SIZE_MAX ? source->text.len : end);
    }
    return module;
}

static inline void standin_texts(Arena *arena, Str value, StrList *texts)
{
    for (size_t at = 0; at < value.len; at++) {
        char quote = value.ptr[at];
        size_t end = quote == '\'' || quote == '"' ? str_find_char(value, quote, at + 1) : SIZE_MAX;
        if (end == SIZE_MAX)
            continue;
        vec_push(arena, texts, str_slice(value, at + 1, end));
        at = end;
    }
}

WEAK Header python_header(Arena *arena, const Module *module, Str name)
{
    for (Str rest = module->source->text; rest.len;) {
        Str line = str_cut(&rest, '\n'), value = line, key = str_trim(str_cut(&value, '='));
        if (!str_equal(key, name) || value.ptr == line.ptr)
            continue;
        value = str_trim(value);
        Header header = {.at = {module->source, (uint32_t)(value.ptr - module->source->text.ptr), (uint32_t)value.len}};
        standin_texts(arena, value, &header.texts);
        header.kind = str_equal(value, STR("None"))              ? HEADER_NONE
                      : value.len && strchr("([", value.ptr[0])  ? HEADER_LIST
                      : value.len && strchr("'\"", value.ptr[0]) ? HEADER_TEXT
                                                                 : HEADER_OTHER;
        return header;
    }
    return (Header){.kind = HEADER_ABSENT};
}

WEAK bool python_has_function(const Module *module, Str name, Span *at)
{
    *at = (Span){module->source, 0, 0};
    size_t found = str_find(module->source->text, STR("def "), 0);
    for (; found != SIZE_MAX; found = str_find(module->source->text, STR("def "), found + 1))
        if (str_starts(str_slice(module->source->text, found + 4, module->source->text.len), name))
            return true;
    return false;
}

WEAK bool python_call_keywords(Arena *arena, const Module *module, Str callee_suffix, Map *keywords)
{
    size_t found = str_find(module->source->text, callee_suffix, 0);
    if (found == SIZE_MAX)
        return false;
    Str rest = str_slice(module->source->text, found + callee_suffix.len + 1, module->source->text.len);
    while (rest.len) {
        Str line = str_cut(&rest, '\n'), value = line, key = str_trim(str_cut(&value, '='));
        if (str_starts(str_trim(line), STR(")")))
            break;
        if (!value.len)
            continue;
        value = str_trim(value);
        Header *header = arena_new(arena, Header);
        header->at = (Span){module->source, (uint32_t)(line.ptr - module->source->text.ptr), (uint32_t)line.len};
        standin_texts(arena, value, &header->texts);
        header->boolean = str_starts(value, STR("True"));
        header->kind = header->boolean || str_starts(value, STR("False")) ? HEADER_BOOL
                       : value.ptr[0] == '{'                              ? HEADER_DICT
                       : header->texts.count                              ? HEADER_TEXT
                                                                          : HEADER_OTHER;
        map_put(keywords, key, header);
    }
    return true;
}
#undef WEAK
