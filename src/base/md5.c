// MD5, only because SQLAlchemy shortens names that are too long by its digits. Source: RFC 1321.
#include <stdint.h>
#include <string.h>

#include "waybill/base.h"

static const uint32_t sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af,
    0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa,
    0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8,
    0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244, 0x432aff97,
    0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1,
    0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};

static void add_block(uint32_t state[4], const uint8_t block[64])
{
    static const uint8_t turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t mixed, at;
        if (i < 16) {
            mixed = (b & c) | (~b & d);
            at = i;
        } else if (i < 32) {
            mixed = (d & b) | (~d & c);
            at = 5 * i + 1;
        } else if (i < 48) {
            mixed = b ^ c ^ d;
            at = 3 * i + 5;
        } else {
            mixed = c ^ (b | ~d);
            at = 7 * i;
        }
        const uint8_t *word = block + 4 * (at % 16);
        uint32_t sum = a + mixed + sines[i] +
                       ((uint32_t)word[0] | (uint32_t)word[1] << 8 | (uint32_t)word[2] << 16 | (uint32_t)word[3] << 24);
        unsigned turn = turns[i / 16][i % 4];
        a = d;
        d = c;
        c = b;
        b += sum << turn | sum >> (32 - turn);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

void md5(Str text, uint8_t out[16])
{
    uint32_t state[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
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
        block[56 + i] = (uint8_t)(bits >> (8 * i));
    add_block(state, block);
    for (unsigned i = 0; i < 16; i++)
        out[i] = (uint8_t)(state[i / 4] >> (8 * (i % 4)));
}
