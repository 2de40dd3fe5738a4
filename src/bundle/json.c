// What the room's JSON files share; jansson does the work.
#include <stdlib.h>

#include "json.h"

json_t *json_text(Str text)
{
    return text.len ? json_stringn(text.ptr, text.len) : json_null();
}

json_t *json_texts(const StrList *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(array, json_stringn(list->items[i].ptr, list->items[i].len));
    return array;
}

bool json_write(Arena *arena, Diag *diag, const char *what, Str name, json_t *object, Str *text)
{
    // jansson refuses a text that is not UTF-8 with a NULL, which no dump can hold
    char *dump = json_dumps(object, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII);
    json_decref(object);
    if (!dump)
        return diag_error(diag, SPAN_NONE, "E-208 %s \"%.*s\": it would hold a text that is not UTF-8", what,
                          STR_ARGS(name));
    *text = str_format(arena, "%s\n", dump);
    free(dump);
    if (text->len <= LIMIT_JSON_BYTES)
        return true;
    return diag_error(diag, SPAN_NONE, "E-208 %s \"%.*s\": larger than the limit of %d bytes", what, STR_ARGS(name),
                      LIMIT_JSON_BYTES);
}

// Before anything is built from the text: how deep its brackets go.
static bool is_too_deep(Str text)
{
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.len && depth <= LIMIT_JSON_DEPTH; i++) {
        char c = text.ptr[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && depth && (c == '}' || c == ']'))
            depth--;
    }
    return depth > LIMIT_JSON_DEPTH;
}

static bool has_bad_number(const json_t *value)
{
    const char *key;
    json_t *item;
    size_t i;
    if (json_is_real(value))
        return true;
    if (json_is_integer(value))
        return json_integer_value(value) < 0 || json_integer_value(value) > BUNDLE_INTEGER_MAX;
    if (json_is_array(value))
        json_array_foreach(value, i, item) if (has_bad_number(item)) return true;
    if (json_is_object(value))
        json_object_foreach((json_t *)(uintptr_t)value, key, item) if (has_bad_number(item)) return true;
    return false;
}

json_t *json_read(Arena *arena, Diag *diag, const char *what, Str name, Str text, Str type)
{
    json_error_t error;
    if (text.len > LIMIT_JSON_BYTES) {
        diag_error(diag, SPAN_NONE, "E-208 %s \"%.*s\": larger than the limit of %d bytes", what, STR_ARGS(name),
                   LIMIT_JSON_BYTES);
        return NULL;
    }
    if (is_too_deep(text)) {
        diag_error(diag, SPAN_NONE, "E-208 %s \"%.*s\": nested deeper than the limit of %d", what, STR_ARGS(name),
                   LIMIT_JSON_DEPTH);
        return NULL;
    }
    json_t *object = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);
    if (!object) {
        bool twice = json_error_code(&error) == json_error_duplicate_key;
        diag_error(diag, SPAN_NONE, "%s %s \"%.*s\": line %d: %s", twice ? "E-206" : "E-208", what, STR_ARGS(name),
                   error.line, error.text);
        return NULL;
    }
    bool numbers = !has_bad_number(object), is_ours = str_equal(json_get_text(arena, object, "type"), type);
    if (numbers && is_ours)
        return object;
    json_decref(object);
    if (!numbers) {
        diag_error(diag, SPAN_NONE, "E-207 %s \"%.*s\": a number that is not a whole one from 0 to 2^53-1", what,
                   STR_ARGS(name));
        return NULL;
    }
    diag_error(diag, SPAN_NONE, "E-209 %s \"%.*s\": its type is not \"%.*s\"", what, STR_ARGS(name), STR_ARGS(type));
    diag_hint(diag, "A newer Waybill may read it.");
    return NULL;
}

Str json_get_text(Arena *arena, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? str_copy(arena, (Str){json_string_value(value), json_string_length(value)}) : STR_EMPTY;
}

void json_get_texts(Arena *arena, const json_t *object, const char *key, StrList *list)
{
    const json_t *array = json_object_get(object, key);
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *value = json_array_get(array, i);
        Str text = json_is_string(value) ? (Str){json_string_value(value), json_string_length(value)} : STR_EMPTY;
        vec_push(arena, list, str_copy(arena, text));
    }
}
