// Any bytes as a signature file, .minisig and .sig: refused with one error, or exactly the text that its parts make.
// The first byte says which. The key is the seeds'.
#include "file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const PublicKey key = {{0x66, 0x3d, 0x54, 0x8b, 0x34, 0x2a, 0xdf, 0xb8},
                                  {0x2b, 0x6c, 0x34, 0xc8, 0x40, 0xc3, 0x32, 0x81, 0x8c, 0x48, 0x64,
                                   0x8d, 0x35, 0x5a, 0x4e, 0x9c, 0x28, 0xb2, 0x23, 0x45, 0xe0, 0xbd,
                                   0x4a, 0xd3, 0x39, 0xae, 0xef, 0xc8, 0xf8, 0xb4, 0xcd, 0x62}};
    Arena *arena = arena_open();
    Diag diag = diag_open(arena);
    bool legacy = size && data[0] == 's';
    Str text = size ? (Str){(const char *)data + 1, size - 1} : STR_EMPTY;
    Str name = str_format(arena, "signatures/B8DF2A348B543D66.%s", legacy ? "sig" : "minisig");
    Signature s;
    uint8_t bytes[74];
    if (!bundle_start(&diag))
        BUG("libsodium");
    bool done = signature_parse(arena, &diag, name, text, &s);
    fuzz_check(&diag, done);
    if (done) {
        memcpy(bytes, legacy ? "Ed" : "ED", 2);
        memcpy(bytes + 2, s.id, 8);
        memcpy(bytes + 10, s.bytes, 64);
        Str first = str_slice(text, 0, str_find_char(text, '\n', 0)), line = base64_text(arena, bytes, sizeof bytes);
        Str again = legacy ? str_format(arena, "%.*s\n%.*s\n", STR_ARGS(first), STR_ARGS(line))
                           : str_format(arena,
                                        "untrusted comment: signature from minisign secret key\n%.*s\ntrusted comment: "
                                        "%.*s\n%.*s\n",
                                        STR_ARGS(line), STR_ARGS(s.comment),
                                        STR_ARGS(base64_text(arena, s.global, sizeof s.global)));
        if (!str_equal(again, text))
            BUG("a signature that is not the one text it has");
        if (memcmp(s.id, key.id, 8) != 0 || signature_verify(&s, &key, STR("message")))
            BUG("a signature verifies that was never made");
        uint8_t digest[32] = {0};
        signature_comment_fits(arena, s.comment, STR("shop-000001"), digest);
    }
    arena_close(arena);
    return 0;
}
