// SHA-1, only because Python's uuid5() is made with it; libsodium has none. Source: RFC 3174.
#include <stdint.h>
#include <string.h>

#include "waybill/base.h"

static uint32_t turned(uint32_t word, unsigned bits)
{
    return word << bits | word >> (32 - bits);
}

static void add_block(uint32_t state[5], const uint8_t block[64])
{
    uint32_t words[80], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (unsigned i = 0; i < 16; i++)
        words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
                   (uint32_t)block[4 * i + 3];
    for (unsigned i = 16; i < 80; i++)
        words[i] = turned(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    for (unsigned i = 0; i < 80; i++) {
        uint32_t mixed, constant;
        if (i < 20) {
            mixed = (b & c) | (~b & d);
            constant = 0x5a827999;
        } else if (i < 40) {
            mixed = b ^ c ^ d;
            constant = 0x6ed9eba1;
        } else if (i < 60) {
            mixed = (b & c) | (b & d) | (c & d);
            constant = 0x8f1bbcdc;
        } else {
            mixed = b ^ c ^ d;
            constant = 0xca62c1d6;
        }
        uint32_t sum = turned(a, 5) + mixed + e + constant + words[i];
        e = d;
        d = c;
        c = turned(b, 30);
        b = a;
        a = sum;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

void sha1(Str text, uint8_t out[20])
{
    uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    uint8_t block[64];
    size_t done = 0;
    for (; text.len - done >= 64; done += 64)
        add_block(state, (const uint8_t *)text.ptr + done);
    size_t rest = text.len - done;
    memset(block, 0, sizeof block);
    if (rest)
        memcpy(block, text.ptr + done, rest);
    block[rest] = 0x80;
    if (rest >= 56) {
        add_block(state, block);
        memset(block, 0, sizeof block);
    }
    uint64_t bits = (uint64_t)text.len * 8;
    for (unsigned i = 0; i < 8; i++)
        block[63 - i] = (uint8_t)(bits >> (8 * i));
    add_block(state, block);
    for (unsigned i = 0; i < 20; i++)
        out[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
}
