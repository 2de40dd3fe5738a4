// SHA-256, by nettle: it uses the processor's own instructions where there are any, libsodium does not.
#include <nettle/sha2.h>

#include "waybill/base.h"

struct Sha256 {
    struct sha256_ctx state;
};

Sha256 *sha256_open(Arena *arena)
{
    Sha256 *hash = arena_new(arena, Sha256);
    sha256_init(&hash->state);
    return hash;
}

void sha256_add(Sha256 *hash, Str piece)
{
    sha256_update(&hash->state, piece.len, (const uint8_t *)piece.ptr);
}

void sha256_copy(Sha256 *hash, const Sha256 *from)
{
    *hash = *from;
}

void sha256_end(Sha256 *hash, uint8_t out[32])
{
    sha256_digest(&hash->state, SHA256_DIGEST_SIZE, out);   // begins anew too
}

void sha256(Str text, uint8_t out[32])
{
    struct Sha256 hash;
    sha256_init(&hash.state);
    sha256_add(&hash, text);
    sha256_end(&hash, out);
}
