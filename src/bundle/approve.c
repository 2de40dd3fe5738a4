// One more signature for a bundle that is there: nothing that is signed changes.
#include "bundle_int.h"

static bool write_signature(Diag *diag, Str place, Str name, Str text, const Report *report)
{
    OutFile out;
    // begun outside a bundle's folder, so that nothing unfinished ever stands in it
    bool done = out_open(diag, place, MODE_FILE, NULL, &out);
    if (done) {
        out.path = str_cstr(diag->arena, name);
        done = out_write(diag, &out, text.ptr, text.len) && out_finish(diag, &out) && report_print(report) &&
               out_commit(diag, &out);
    }
    out_close(&out);
    return done;
}

bool approve_fits(Diag *diag, const BundleFacts *facts, Str key_id)
{
    for (size_t i = 0; i < facts->signatures.count; i++)
        if (str_equal(facts->signatures.items[i].key_id, key_id) && !facts->signatures.items[i].is_legacy)
            return diag_error(diag, SPAN_NONE, "E-109 bundle \"%.*s\": key %.*s has signed it already, in \"%.*s\"",
                              STR_ARGS(facts->manifest.bundle), STR_ARGS(key_id), STR_ARGS(facts->signatures.items[i].file));
    return facts->signatures.count < LIMIT_SIGNATURES ||
           diag_error(diag, SPAN_NONE, "E-418 bundle \"%.*s\": it has the most signatures that a bundle may have",
                      STR_ARGS(facts->manifest.bundle));
}

// Whoever was asked may have taken an hour to answer: the bundle is read again, as it is now, under the lock.
static bool add_signature(Arena *arena, Diag *diag, Str path, const BundleFacts *facts, const Approval *approval,
                          const Signature *signature, const FileLock *lock)
{
    BundleFacts now;
    BundleOptions options = {.digest = facts->digest};
    Str beside = signature_path_beside(arena, path, signature->key_id);
    bool is_archive = !approval->is_detached && (approval->output.len || !str_equal(facts->format, format_folder.name));
    *approval->written = approval->output.len    ? approval->output
                         : is_archive            ? path
                         : approval->is_detached ? beside
                                                 : path_join(arena, path, signature->file);
    if (is_archive) {
        options.to = *approval->written;
        options.lock = approval->output.len ? NULL : lock;
        options.adds = signature;
        options.report = approval->report;
    }
    if (!signatures_beside(arena, diag, path, &options.beside) || !bundle_read(arena, diag, path, &options, &now))
        return false;
    if (is_archive)
        return true;
    return approve_fits(diag, &now, signature->key_id) &&
           write_signature(diag, approval->is_detached ? *approval->written : beside, *approval->written, signature->text,
                           approval->report);
}

bool bundle_approve(Arena *arena, Diag *diag, Str path, const BundleFacts *facts, const Approval *approval)
{
    Signature signature;
    Str text, id = public_key_id(arena, secret_key_public(approval->key));
    Str inside = str_format(arena, "signatures/%.*s.minisig", STR_ARGS(id));
    if (!approve_fits(diag, facts, id))
        return false;
    Str comment = signature_comment(arena, facts->manifest.bundle, facts->digest, approval->at);
    if (!signature_make(arena, diag, approval->key, facts->sums_text, comment, &text) ||
        !signature_parse(arena, diag, inside, text, &signature))
        return false;
    FileLock *lock = file_lock(arena, diag, path);
    bool done = lock && add_signature(arena, diag, path, facts, approval, &signature, lock);
    file_unlock(lock);
    return done;
}
