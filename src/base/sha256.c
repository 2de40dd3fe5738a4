// SHA-256, by libsodium.
#include "waybill/base.h"

#include <sodium.h>

void sha256(Str text, uint8_t out[32])
{
    crypto_hash_sha256(out, (const unsigned char *)text.ptr, text.len);
}
