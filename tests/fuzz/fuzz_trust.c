// Any bytes as a trust file and as a state file: read or refused with one error, never a crash; what is accepted is written
// again as the same bytes, and no trust file that is accepted lets a bundle pass that nobody signed.
#include "waybill/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const Diag *diag, bool done)
{
    if (done == (diag->errors > 0) || diag->errors > 1)
        BUG("an answer without its one error");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_open();
    Diag start = diag_open(arena), diag = diag_open(arena), other = diag_open(arena);
    Str text = {(const char *)data, size}, again;
    Trust trust;
    SiteState state;
    if (!bundle_start(&start))
        BUG("libsodium");
    bool done = trust_parse(arena, &diag, STR("t"), text, &trust);
    check(&diag, done);
    if (done) {
        if (!trust_text(arena, &diag, &trust, &again) || !str_equal(again, text))
            BUG("a trust file that is not the one text it has");
        if (!trust.require.count)
            BUG("a trust file that requires nobody");
        for (size_t i = 0; i < trust.require.count; i++) {
            const TrustRole *role = trust_role(&trust, trust.require.items[i]);
            if (!role || role->threshold < 1 || (size_t)role->threshold > role->keys.count)
                BUG("a role that nobody, or not enough, can fill");
        }
        if (!trust_follows(&diag, &trust, &trust) && diag.errors != 1)
            BUG("a version that follows itself");
    }
    done = state_parse(arena, &other, STR("s"), text, &state);
    check(&other, done);
    for (size_t i = 0; done && i < state.rows.count; i++)
        if (!state_row(&state, state.rows.items[i].product))
            BUG("a row that is not found");
    arena_close(arena);
    return 0;
}
