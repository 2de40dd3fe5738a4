// minisign's signature files, and signify's legacy form of the same signature.
#include <sodium.h>

#include "bundle_int.h"

enum { SIGNATURE_BYTES = 74, HASH_BYTES = 64, MOST_TRUSTED = 8192 };
static const Str untrusted_line = {"untrusted comment: signature from minisign secret key", 53};
static const Str trusted_start = {"trusted comment: ", 17};

static bool fault(Diag *diag, const char *number, Str file, const char *why)
{
    return diag_error(diag, SPAN_NONE, "%s signature in \"%.*s\": %s", number, STR_ARGS(file), why);
}

static bool is_ascii_text(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] > 0x7e)
            return false;
    return true;
}

static bool read_lines(Diag *diag, Str file, Str text, bool legacy, Str lines[4])
{
    if (lines_exact(text, lines, legacy ? 2 : 4))
        return true;
    fault(diag, "E-107", file, legacy ? "not exactly two lines" : "not exactly four lines");
    if (str_find_char(text, '\r', 0) != SIZE_MAX)
        diag_hint(diag, "Its lines end in CRLF: something on the way, such as a mail gateway, changed it.");
    return false;
}

bool signature_parse(Arena *arena, Diag *diag, Str file, Str text, Signature *signature)
{
    Str base = path_base(file), lines[4] = {{"", 0}};
    bool legacy = str_ends(base, STR(".sig"));
    uint8_t bytes[SIGNATURE_BYTES];
    *signature = (Signature){.file = file, .is_legacy = legacy, .text = text};
    if (!legacy && !str_ends(base, STR(".minisig")))
        return diag_error(diag, SPAN_NONE, "E-201 file \"%.*s\": no signature, and not covered by one", STR_ARGS(file));
    if (!read_lines(diag, file, text, legacy, lines))
        return false;
    if (legacy ? !str_starts(lines[0], STR("untrusted comment: verify with ")) || !is_ascii_text(lines[0])
               : !str_equal(lines[0], untrusted_line))
        return fault(diag, "E-107", file, "the untrusted comment is not the one a bundle has");
    if (!base64_strict(lines[1], bytes, sizeof bytes))
        return fault(diag, "E-106", file, "not 74 bytes in canonical base64");
    if (memcmp(bytes, legacy ? "Ed" : "ED", 2) != 0)
        return fault(diag, "E-103", file,
                     legacy ? "a .sig file holds an \"Ed\" signature" : "a legacy signature, or none that minisign makes");
    memcpy(signature->id, bytes + 2, sizeof signature->id);
    memcpy(signature->bytes, bytes + 10, sizeof signature->bytes);
    signature->key_id = key_id_text(arena, signature->id);
    Str stem = str_slice(base, 0, base.len - (legacy ? 4 : 8));
    if (!str_equal(stem, signature->key_id))
        return diag_error(diag, SPAN_NONE, "E-104 signature in \"%.*s\": the key inside is %.*s", STR_ARGS(file),
                          STR_ARGS(signature->key_id));
    if (legacy)
        return true;
    if (!str_starts(lines[2], trusted_start) || lines[2].len > MOST_TRUSTED || !is_ascii_text(lines[2]))
        return fault(diag, "E-107", file, "no trusted comment in printable ASCII");
    signature->comment = str_slice(lines[2], trusted_start.len, lines[2].len);
    return base64_strict(lines[3], signature->global, sizeof signature->global) ||
           fault(diag, "E-106", file, "its last line is not 64 bytes in canonical base64");
}

static void hash_message(Str message, uint8_t hash[HASH_BYTES])
{
    crypto_generichash(hash, HASH_BYTES, (const uint8_t *)message.ptr, message.len, NULL, 0);
}

// What the second signature covers: the first one and the trusted comment.
static Str global_message(Arena *arena, const uint8_t bytes[64], Str comment)
{
    char *text = arena_alloc(arena, 64 + comment.len + 1);
    memcpy(text, bytes, 64);
    memcpy(text + 64, comment.ptr, comment.len);
    return (Str){text, 64 + comment.len};
}

static bool verify_detached(const uint8_t signature[64], Str message, const PublicKey *key)
{
    return crypto_sign_verify_detached(signature, (const uint8_t *)message.ptr, message.len, key->key) == 0;
}

bool signature_verify(const Signature *signature, const PublicKey *key, Str message)
{
    uint8_t hash[HASH_BYTES];
    uint8_t joined[64 + MOST_TRUSTED];
    if (signature->is_legacy)
        return verify_detached(signature->bytes, message, key);
    hash_message(message, hash);
    if (signature->comment.len > MOST_TRUSTED ||
        !verify_detached(signature->bytes, (Str){(const char *)hash, sizeof hash}, key))
        return false;
    memcpy(joined, signature->bytes, 64);
    memcpy(joined + 64, signature->comment.ptr, signature->comment.len);
    return verify_detached(signature->global, (Str){(const char *)joined, 64 + signature->comment.len}, key);
}

bool signature_make(Arena *arena, Diag *diag, const SecretKey *key, Str message, Str trusted_comment, Str *text)
{
    uint8_t hash[HASH_BYTES], bytes[SIGNATURE_BYTES];
    Signature made = {.comment = trusted_comment};
    const PublicKey *public = secret_key_public(key);
    hash_message(message, hash);
    bool signed_both = crypto_sign_detached(made.bytes, NULL, hash, sizeof hash, secret_key_bytes(key)) == 0;
    Str global = global_message(arena, made.bytes, trusted_comment);
    signed_both = signed_both && crypto_sign_detached(made.global, NULL, (const uint8_t *)global.ptr, global.len,
                                                      secret_key_bytes(key)) == 0;
    // a fault of the machine while signing would show here, and must not leave the house
    if (!signed_both || !signature_verify(&made, public, message))
        return diag_system(diag, SPAN_NONE, "could not sign: the signature made does not verify");
    memcpy(bytes, "ED", 2);
    memcpy(bytes + 2, public->id, sizeof public->id);
    memcpy(bytes + 10, made.bytes, sizeof made.bytes);
    *text = str_format(arena, "%.*s\n%.*s\n%.*s%.*s\n%.*s\n", STR_ARGS(untrusted_line),
                       STR_ARGS(base64_text(arena, bytes, sizeof bytes)), STR_ARGS(trusted_start), STR_ARGS(trusted_comment),
                       STR_ARGS(base64_text(arena, made.global, sizeof made.global)));
    return true;
}

// timestamp:<digits>\tfile:<name>[\thashed]
static bool is_minisign_comment(Str comment)
{
    Str rest = comment, time = str_cut(&rest, '\t'), file = str_cut(&rest, '\t');
    if (!str_starts(time, STR("timestamp:")) || time.len < 11 || !str_starts(file, STR("file:")))
        return false;
    for (size_t i = 10; i < time.len; i++)
        if (time.ptr[i] < '0' || time.ptr[i] > '9')
            return false;
    return rest.len == 0 || str_equal(rest, STR("hashed"));
}

Str signature_comment(Arena *arena, Str bundle, const uint8_t sums_digest[32], Str at)
{
    return str_format(arena, "waybill-bundle/1 bundle=%.*s sums=%.*s%s%.*s", STR_ARGS(bundle),
                      STR_ARGS(hex_text(arena, sums_digest, 32)), at.len ? " at=" : "", STR_ARGS(at));
}

bool signature_comment_fits(Arena *arena, Str comment, Str bundle, const uint8_t sums_digest[32])
{
    Str start = signature_comment(arena, bundle, sums_digest, STR_EMPTY);
    int64_t seconds;
    if (!str_starts(comment, start))
        return is_minisign_comment(comment);
    Str rest = str_slice(comment, start.len, comment.len);
    return rest.len == 0 || (str_starts(rest, STR(" at=")) && rfc3339_parse(str_slice(rest, 4, rest.len), &seconds));
}

// ---- beside a file ----

Str signature_path_beside(Arena *arena, Str path, Str key_id)
{
    return str_format(arena, "%.*s.%.*s.minisig", STR_ARGS(path_trimmed(path)), STR_ARGS(key_id));
}

static bool is_key_id(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!((text.ptr[i] >= '0' && text.ptr[i] <= '9') || (text.ptr[i] >= 'A' && text.ptr[i] <= 'F')))
            return false;
    return text.len == 16;
}

bool signatures_beside(Arena *arena, Diag *diag, Str path, SignatureList *signatures)
{
    StrList names = {0};
    path = path_trimmed(path);
    Str folder = path_parent(path), start = str_format(arena, "%.*s.", STR_ARGS(path_base(path))), end = STR(".minisig");
    if (!dir_list(arena, diag, folder, &names))
        return false;
    for (size_t i = 0; i < names.count; i++) {
        Str name = names.items[i], text;
        Signature signature;
        if (name.len != start.len + 16 + end.len || !str_starts(name, start) || !str_ends(name, end) ||
            !is_key_id(str_slice(name, start.len, start.len + 16)))
            continue;
        if (signatures->count == LIMIT_SIGNATURES)
            return diag_error(diag, SPAN_NONE, "E-418 file \"%.*s\": more than the limit of %d signatures beside it",
                              STR_ARGS(path), LIMIT_SIGNATURES);
        Str file = path_join(arena, folder, name);
        if (!file_read(arena, diag, file, 2 * LIMIT_KEY_FILE_BYTES, &text) ||
            !signature_parse(arena, diag, str_slice(name, start.len, name.len), text, &signature))
            return false;
        signature.file = file;
        signature.is_beside = true;
        vec_push(arena, signatures, signature);
    }
    return true;
}
