// What a site has accepted before: the highest sequence of each product and the bundle that had it.
#include <stdlib.h>

#include "json.h"

static const Str state_type = {"waybill-state/1", 15};

static bool fault(Diag *diag, const char *number, Str path, const char *why)
{
    return diag_error(diag, SPAN_NONE, "%s state file \"%.*s\": %s", number, STR_ARGS(path), why);
}

static int compare_rows(const void *a, const void *b)
{
    return str_compare(((const StateRow *)a)->product, ((const StateRow *)b)->product);
}

static bool make_text(Arena *arena, Diag *diag, Str path, SiteState *state, Str *text)
{
    json_t *o = json_object(), *products = json_object();
    if (state->rows.count)
        qsort(state->rows.items, state->rows.count, sizeof *state->rows.items, compare_rows);
    for (size_t i = 0; i < state->rows.count; i++) {
        json_t *row = json_object();
        json_object_set_new(row, "sequence", json_integer(state->rows.items[i].sequence));
        json_object_set_new(row, "bundle", json_text(state->rows.items[i].bundle));
        json_object_set_new(products, str_cstr(arena, state->rows.items[i].product), row);
    }
    json_object_set_new(o, "type", json_text(state_type));
    json_object_set_new(o, "clock", json_text(state->clock));
    json_object_set_new(o, "products", products);
    return json_write(arena, diag, "state file", path, o, text);
}

static bool check(Diag *diag, Str path, const SiteState *state)
{
    int64_t seconds;
    if (!rfc3339_parse(state->clock, &seconds))
        return fault(diag, "E-211", path, "its clock is no time of the form 2026-11-23T01:00:00Z");
    for (size_t i = 0; i < state->rows.count; i++)
        if (!state->rows.items[i].product.len || !is_named_digest(state->rows.items[i].bundle))
            return fault(diag, "E-211", path, "a product has no name, or its bundle is not \"sha256:\" and 64 digits");
    return true;
}

bool state_parse(Arena *arena, Diag *diag, Str path, Str text, SiteState *state)
{
    Str again;
    const char *name;
    json_t *row;
    *state = (SiteState){0};
    json_t *o = json_read(arena, diag, "state file", path, text, state_type);
    if (!o)
        return false;
    state->clock = json_get_text(arena, o, "clock");
    json_object_foreach(json_object_get(o, "products"), name, row)
    {
        StateRow one = {.product = str_copy(arena, str_from(name)),
                        .sequence = json_integer_value(json_object_get(row, "sequence")),
                        .bundle = json_get_text(arena, row, "bundle")};
        vec_push(arena, &state->rows, one);
    }
    json_decref(o);
    return make_text(arena, diag, path, state, &again) &&
           (str_equal(again, text) || fault(diag, "E-209", path, "not in the one form that \"waybill verify\" writes")) &&
           check(diag, path, state);
}

bool state_read(Arena *arena, Diag *diag, Str path, SiteState *state)
{
    Str text;
    bool exists;
    *state = (SiteState){0};
    // only a file that is not there is an empty state: one that cannot be looked at may hold anything
    if (!path_is_guarded(arena, diag, "state file", path, &exists))
        return false;
    return !exists || (file_read(arena, diag, path, LIMIT_JSON_BYTES, &text) && state_parse(arena, diag, path, text, state));
}

const StateRow *state_row(const SiteState *state, Str product)
{
    for (size_t i = 0; i < state->rows.count; i++)
        if (str_equal(state->rows.items[i].product, product))
            return &state->rows.items[i];
    return NULL;
}

bool state_add(Arena *arena, Diag *diag, Str path, SiteState *state, const Manifest *manifest, const uint8_t digest[32],
               int64_t now_s, Str *text)
{
    StateRow *row = (StateRow *)(uintptr_t)state_row(state, manifest->product);
    if (!row) {
        vec_push(arena, &state->rows, (StateRow){.product = manifest->product});
        row = &state->rows.items[state->rows.count - 1];
    }
    row->sequence = manifest->sequence;
    row->bundle = named_digest(arena, digest);
    state->clock = rfc3339_text(arena, now_s);
    return make_text(arena, diag, path, state, text);
}
