// The JSON files of this room (manifest, trust, state): each is one struct and has one text. What is read must be exactly
// what would be written again, so nothing can stand in it that is not looked at.
#ifndef WAYBILL_BUNDLE_JSON_H
#define WAYBILL_BUNDLE_JSON_H

#include <jansson.h>

#include "bundle_int.h"

// ---- writing ----

json_t *json_text(Str text);   // empty: null
json_t *json_texts(const StrList *list);
// Stores the text of an object, which is given back in every case; `what` and `name` are for messages.
// Fails: E-208: a text that is not UTF-8, or the whole is over LIMIT_JSON_BYTES.
MUST_CHECK bool json_write(Arena *arena, Diag *diag, const char *what, Str name, json_t *object, Str *text);

// ---- reading: a value of another kind becomes an empty one, which the comparison of the texts then finds ----

// Returns the object, or NULL. Fails: E-206 duplicate key, E-207 number, E-208 not JSON, too deep or too large, E-209 its
// "type" is not the one wanted.
MUST_CHECK json_t *json_read(Arena *arena, Diag *diag, const char *what, Str name, Str text, Str type);
Str json_get_text(Arena *arena, const json_t *object, const char *key);
void json_get_texts(Arena *arena, const json_t *object, const char *key, StrList *list);

#endif
