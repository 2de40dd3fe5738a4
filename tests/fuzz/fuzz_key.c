// Any bytes as a public key file and as a secret one: refused with one error; or a key that is written as the same text, and
// whose signatures verify. Keys whose password would cost more than a megabyte to try are left out.
#include <sodium.h>

#include "file.h"

static void read_public(Arena *arena, Str text)
{
    Diag diag = diag_open(arena);
    PublicKey key;
    uint8_t bytes[42];
    bool done = public_key_parse(&diag, STR("k"), text, &key);
    fuzz_check(&diag, done);
    if (!done)
        return;
    memcpy(bytes, "Ed", 2);
    memcpy(bytes + 2, key.id, 8);
    memcpy(bytes + 10, key.key, 32);
    Str first = str_slice(text, 0, str_find_char(text, '\n', 0));
    if (!str_equal(text, str_format(arena, "%.*s\n%.*s\n", STR_ARGS(first), STR_ARGS(base64_text(arena, bytes, 42)))))
        BUG("a key that is not the one text it has");
    if (crypto_core_ed25519_is_valid_point(key.key) != 1)
        BUG("a weak key");
}

// Whether opening it asks for no more than the fuzzer can pay, again and again.
static bool is_cheap(Str text)
{
    uint8_t file[158];
    size_t end = str_find_char(text, '\n', 0);
    Str line = end == SIZE_MAX ? STR_EMPTY : str_slice(text, end + 1, text.len ? text.len - 1 : 0);
    if (!base64_strict(line, file, sizeof file) || memcmp(file + 2, "Sc", 2) != 0)
        return true;
    uint64_t work = 0, memory = 0;
    for (size_t i = 8; i-- > 0;) {
        work = work << 8 | file[38 + i];
        memory = memory << 8 | file[46 + i];
    }
    bool refused = work > UINT64_C(4) * 0x2000000 || memory > 0x40000000;   // before anything is tried
    return refused || (work <= 1 << 16 && memory <= 1 << 20);
}

static void read_secret(Arena *arena, Str text)
{
    static const uint8_t password[] = "p\n";
    Diag diag = diag_open(arena), using = diag_open(arena);
    Str path = fuzz_file(arena, ".key", (const uint8_t *)text.ptr, text.len), signature;
    int fd = open(str_cstr(arena, fuzz_file(arena, ".password", password, 2)), O_RDONLY | O_CLOEXEC);
    SecretKey *key = secret_key_open(arena, &diag, path, (PasswordSource){.fd = fd});
    fuzz_check(&diag, key != NULL);
    if (key) {
        const PublicKey *public = secret_key_public(key);
        Signature s;
        Str name = str_format(arena, "signatures/%.*s.minisig", STR_ARGS(public_key_id(arena, public)));
        if (!signature_make(arena, &using, key, STR("message"), STR("comment"), &signature) ||
            !signature_parse(arena, &using, name, signature, &s) || !signature_verify(&s, public, STR("message")) ||
            signature_verify(&s, public, STR("massage")))
            BUG("a key whose signatures do not verify");
    }
    secret_key_close(key);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_open();
    Diag diag = diag_open(arena);
    Str text = {(const char *)data, size};
    if (!bundle_start(&diag))
        BUG("libsodium");
    read_public(arena, text);
    if (is_cheap(text))
        read_secret(arena, text);
    arena_close(arena);
    return 0;
}
