// One more signature for a bundle that is there: nothing that is signed changes.
#include "bundle_int.h"

static bool write_signature(Diag *diag, Str place, Str name, Str text)
{
    OutFile out;
    // begun outside a bundle's folder, so that nothing unfinished ever stands in it
    bool done = out_open(diag, place, 0666, false, &out);
    if (done) {
        out.path = str_cstr(diag->arena, name);
        done = out_write(diag, &out, text.ptr, text.len) && out_commit(diag, &out);
    }
    out_close(&out);
    return done;
}

static bool write_archive(Arena *arena, Diag *diag, Str path, const BundleFacts *facts, const Signature *signature,
                          Str output)
{
    BundleFacts again;
    BundleOptions options = {
        .to = output.len ? output : path, .replaces = !output.len, .digest = facts->digest, .adds = signature};
    return bundle_read(arena, diag, path, &options, &again);
}

bool bundle_approve(Arena *arena, Diag *diag, Str path, const BundleFacts *facts, const Approval *approval, Str *written)
{
    Signature signature;
    Str text, id = public_key_id(arena, secret_key_public(approval->key));
    Str inside = str_format(arena, "signatures/%.*s.minisig", STR_ARGS(id)), beside = signature_path_beside(arena, path, id);
    for (size_t i = 0; i < facts->signatures.count; i++)
        if (str_equal(facts->signatures.items[i].key_id, id) && !facts->signatures.items[i].is_legacy)
            return diag_error(diag, SPAN_NONE, "E-109 bundle \"%.*s\": key %.*s has signed it already, in \"%.*s\"",
                              STR_ARGS(facts->manifest.bundle), STR_ARGS(id), STR_ARGS(facts->signatures.items[i].file));
    if (facts->signatures.count >= LIMIT_SIGNATURES)
        return diag_error(diag, SPAN_NONE, "E-418 bundle \"%.*s\": it has the most signatures that a bundle may have",
                          STR_ARGS(facts->manifest.bundle));
    Str comment = signature_comment(arena, facts->manifest.bundle, facts->digest, approval->at);
    if (!signature_make(arena, diag, approval->key, facts->sums_text, comment, &text) ||
        !signature_parse(arena, diag, inside, text, &signature))
        return false;
    if (approval->is_detached) {
        *written = approval->output.len ? approval->output : beside;
        return write_signature(diag, *written, *written, text);
    }
    if (str_equal(facts->format, format_folder.name) && !approval->output.len) {
        *written = path_join(arena, path, inside);
        return write_signature(diag, beside, *written, text);
    }
    *written = approval->output.len ? approval->output : path;
    return write_archive(arena, diag, path, facts, &signature, approval->output);
}
