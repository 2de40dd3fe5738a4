// Small forms that several files share: strict base64, exact lines, hexadecimal, times.
#include <sodium.h>

#include "bundle_int.h"

Str hex_text(Arena *arena, const uint8_t *bytes, size_t len)
{
    Buf text = buf_open(arena);
    buf_add_hex(&text, (Str){(const char *)bytes, len});
    return buf_str(&text);
}

Str digest_groups(Arena *arena, const uint8_t digest[32])
{
    Str hex = hex_text(arena, digest, 32);
    Buf out = buf_open(arena);
    for (size_t i = 0; i < 8; i++)
        buf_addf(&out, "%s%.*s", i ? " " : "", 8, hex.ptr + 8 * i);
    return buf_str(&out);
}

Str base64_text(Arena *arena, const uint8_t *bytes, size_t len)
{
    size_t cap = sodium_base64_encoded_len(len, sodium_base64_VARIANT_ORIGINAL);
    char *text = arena_alloc(arena, cap);
    sodium_bin2base64(text, cap, bytes, len, sodium_base64_VARIANT_ORIGINAL);
    return (Str){text, cap - 1};
}

bool base64_strict(Str text, uint8_t *bytes, size_t want)
{
    enum { LARGEST = 158 };   // a secret key
    char again[(LARGEST + 2) / 3 * 4 + 1];
    size_t got = 0;
    const char *end = NULL;
    if (want > LARGEST || text.len != (want + 2) / 3 * 4)
        return false;
    // libsodium accepts what it stops at, so both its end and its own form of the bytes must be the text's
    bool good = sodium_base642bin(bytes, want, text.ptr, text.len, NULL, &got, &end, sodium_base64_VARIANT_ORIGINAL) == 0 &&
                got == want && end == text.ptr + text.len;
    if (good) {
        sodium_bin2base64(again, sizeof again, bytes, want, sodium_base64_VARIANT_ORIGINAL);
        good = memcmp(again, text.ptr, text.len) == 0;
    }
    sodium_memzero(again, sizeof again);
    return good;
}

bool lines_exact(Str text, Str *lines, size_t count)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        size_t end = str_find_char(text, '\n', at);
        if (end == SIZE_MAX)
            return false;
        lines[i] = str_slice(text, at, end);
        for (size_t k = 0; k < lines[i].len; k++) {
            unsigned char c = (unsigned char)lines[i].ptr[k];
            if ((c < 0x20 && c != '\t') || c == 0x7f)
                return false;
        }
        at = end + 1;
    }
    return at == text.len;
}

Str key_id_text(Arena *arena, const uint8_t id[8])
{
    // minisign prints the little-endian number
    Buf out = buf_open(arena);
    for (size_t i = 8; i-- > 0;)
        buf_addf(&out, "%02X", id[i]);
    return buf_str(&out);
}

Str public_key_id(Arena *arena, const PublicKey *key)
{
    return key_id_text(arena, key->id);
}

// ---- digests as texts ----

Str digest_digits(Str text)
{
    Str name = STR("sha256:");
    return str_starts(text, name) ? str_slice(text, name.len, text.len) : text;
}

bool is_digest(Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!((text.ptr[i] >= '0' && text.ptr[i] <= '9') || (text.ptr[i] >= 'a' && text.ptr[i] <= 'f')))
            return false;
    return text.len == 64;
}

bool is_named_digest(Str text)
{
    return str_starts(text, STR("sha256:")) && is_digest(digest_digits(text));
}

Str named_digest(Arena *arena, const uint8_t digest[32])
{
    return str_format(arena, "sha256:%.*s", STR_ARGS(hex_text(arena, digest, 32)));
}
