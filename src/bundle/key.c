// minisign's key files, byte for byte. Secret bytes live only in locked memory, which is wiped when it is given back.
#include <errno.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle_int.h"

enum {
    PASSWORD_BYTES = 1024,
    KEY_ID = 8,
    SEED_AND_KEY = 64,
    CHECKSUM = 32,
    ENCRYPTED = KEY_ID + SEED_AND_KEY + CHECKSUM,
    PUBLIC_BYTES = 2 + KEY_ID + 32,
};
// What scrypt may cost: minisign's own "sensitive" figures, and four times their work.
static const uint64_t most_memory = crypto_pwhash_scryptsalsa208sha256_MEMLIMIT_SENSITIVE;
static const uint64_t most_work = 4 * (uint64_t)crypto_pwhash_scryptsalsa208sha256_OPSLIMIT_SENSITIVE;

// The file's 158 bytes; char arrays only, so there is no padding and every compiler lays it out alike.
typedef struct KeyFile {
    uint8_t algorithm[2];   // "Ed"
    uint8_t kdf[2];         // "Sc" or zeros
    uint8_t checksum[2];    // "B2"
    uint8_t salt[32];
    uint8_t work[8], memory[8];     // little-endian
    uint8_t id[KEY_ID];             // from here XORed with scrypt's stream
    uint8_t secret[SEED_AND_KEY];   // seed, public key
    uint8_t check[CHECKSUM];
} KeyFile;
_Static_assert(sizeof(KeyFile) == 158, "minisign's secret key");

struct SecretKey {
    KeyFile file;
    PublicKey public;
    char password[PASSWORD_BYTES];
    uint8_t stream[ENCRYPTED];
};

const PublicKey *secret_key_public(const SecretKey *key)
{
    return &key->public;
}

const uint8_t *secret_key_bytes(const SecretKey *key)
{
    return key->file.secret;
}

static SecretKey *open_locked(Diag *diag)
{
    SecretKey *key = sodium_malloc(sizeof *key);
    if (!key) {
        diag_system(diag, SPAN_NONE, "could not lock memory for a secret key: %s", strerror(errno));
        return NULL;
    }
    sodium_memzero(key, sizeof *key);
    return key;
}

void secret_key_close(SecretKey *key)
{
    sodium_free(key);   // wipes it
}

static uint64_t read_le64(const uint8_t bytes[8])
{
    uint64_t value = 0;
    for (size_t i = 8; i-- > 0;)
        value = value << 8 | bytes[i];
    return value;
}

static void write_le64(uint8_t bytes[8], uint64_t value)
{
    for (size_t i = 0; i < 8; i++, value >>= 8)
        bytes[i] = (uint8_t)value;
}

static void checksum(const KeyFile *file, uint8_t out[CHECKSUM])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, CHECKSUM);
    crypto_generichash_update(&state, file->algorithm, sizeof file->algorithm);
    crypto_generichash_update(&state, file->id, sizeof file->id);
    crypto_generichash_update(&state, file->secret, sizeof file->secret);
    crypto_generichash_final(&state, out, CHECKSUM);
    sodium_memzero(&state, sizeof state);
}

// XORs the key's last 104 bytes with scrypt's stream; the same call encrypts and decrypts.
static bool apply_password(Diag *diag, SecretKey *key)
{
    uint8_t *bytes = key->file.id;
    uint64_t work = read_le64(key->file.work), memory = read_le64(key->file.memory);
    if (crypto_pwhash_scryptsalsa208sha256(key->stream, sizeof key->stream, key->password, strlen(key->password),
                                           key->file.salt, work, (size_t)memory) != 0) {
        diag_system(diag, SPAN_NONE, "E-115 the key's password needs %llu MiB of memory, which are not to be had",
                    (unsigned long long)(memory >> 20));
        diag_hint(diag, "On small machines a key made with \"keygen --kdf light\" needs 16 MiB.");
        return false;
    }
    for (size_t i = 0; i < sizeof key->stream; i++)
        bytes[i] ^= key->stream[i];
    sodium_memzero(key->stream, sizeof key->stream);
    return true;
}

// ---- reading ----

static bool damaged(Diag *diag, Str name, const char *why)
{
    return diag_error(diag, SPAN_NONE, "E-115 secret key \"%.*s\": %s", STR_ARGS(name), why);
}

static bool decode_secret(Diag *diag, Str name, Str text, SecretKey *key)
{
    Str lines[2];
    if (!lines_exact(text, lines, 2) || !str_starts(lines[0], STR("untrusted comment: ")))
        return damaged(diag, name, "not the two lines of a minisign key file");
    if (!base64_strict(lines[1], (uint8_t *)&key->file, sizeof key->file))
        return damaged(diag, name, "not 158 bytes in canonical base64");
    const KeyFile *file = &key->file;
    bool encrypted = memcmp(file->kdf, "Sc", 2) == 0;
    if (memcmp(file->algorithm, "Ed", 2) != 0 || memcmp(file->checksum, "B2", 2) != 0 ||
        (!encrypted && memcmp(file->kdf, "\0\0", 2) != 0))
        return damaged(diag, name, "its algorithms are not minisign's");
    if (encrypted && (read_le64(file->memory) > most_memory || read_le64(file->work) > most_work))
        return damaged(diag, name, "opening it would cost more memory or time than any key minisign makes");
    return true;
}

static bool unlock(Diag *diag, Str name, SecretKey *key, PasswordSource password)
{
    bool encrypted = memcmp(key->file.kdf, "Sc", 2) == 0;
    uint8_t check[CHECKSUM];
    if (encrypted && password.none) {
        damaged(diag, name, "it is encrypted");
        diag_hint(diag, "Leave out --no-password.");
        return false;
    }
    if (encrypted &&
        (!password_read(diag, password, false, key->password, sizeof key->password) || !apply_password(diag, key)))
        return false;
    checksum(&key->file, check);
    // minisign leaves an unencrypted key's checksum zero and does not look at it
    bool unchecked = !encrypted && sodium_is_zero(key->file.check, CHECKSUM);
    if (!unchecked && sodium_memcmp(check, key->file.check, CHECKSUM) != 0)
        return damaged(diag, name,
                       encrypted ? "wrong password, or the file is damaged" : "damaged: its checksum does not fit");
    return true;
}

// A public half that is not the seed's makes signatures that give the secret away.
static bool check_public_half(Diag *diag, Str name, SecretKey *key)
{
    uint8_t *again = sodium_malloc(crypto_sign_SECRETKEYBYTES);
    if (!again)
        return diag_system(diag, SPAN_NONE, "could not lock memory for a secret key: %s", strerror(errno));
    crypto_sign_seed_keypair(key->public.key, again, key->file.secret);
    bool same = sodium_memcmp(again, key->file.secret, SEED_AND_KEY) == 0;
    sodium_free(again);
    memcpy(key->public.id, key->file.id, KEY_ID);
    return same || damaged(diag, name, "damaged: its public half does not belong to its secret half");
}

// Whoever can change the file chooses the key that signs.
static bool check_owner(Arena *arena, Diag *diag, Str path, struct stat *st)
{
    if (stat(str_cstr(arena, path), st) != 0)
        return diag_system(diag, SPAN_NONE, "could not read \"%.*s\": %s", STR_ARGS(path), strerror(errno));
    if (st->st_uid != 0 && st->st_uid != geteuid()) {
        diag_error(diag, SPAN_NONE,
                   "E-115 secret key \"%.*s\": belongs to user %lu, who is neither root nor the one who runs this",
                   STR_ARGS(path), (unsigned long)st->st_uid);
        diag_hint(diag, "Sign with a key that is your own.");
        return false;
    }
    if (!(st->st_mode & (S_IWGRP | S_IWOTH)))
        return true;
    diag_error(diag, SPAN_NONE, "E-115 secret key \"%.*s\": others than its owner may change it (mode %04o)", STR_ARGS(path),
               (unsigned)(st->st_mode & 07777));
    diag_hint(diag, "When it is the right one, take their right away: chmod 600.");
    return false;
}

SecretKey *secret_key_open(Arena *arena, Diag *diag, Str path, PasswordSource password)
{
    Str text;
    struct stat st;
    if (!file_read(arena, diag, path, LIMIT_KEY_FILE_BYTES, &text) || !check_owner(arena, diag, path, &st))
        return NULL;
    SecretKey *key = open_locked(diag);
    bool done = key && decode_secret(diag, path, text, key) && unlock(diag, path, key, password) &&
                check_public_half(diag, path, key);
    if (done && st.st_mode & (S_IRWXG | S_IRWXO))
        diag_warn(diag, SPAN_NONE, "E-115 secret key \"%.*s\": others than its owner may read it (mode %04o)",
                  STR_ARGS(path), (unsigned)(st.st_mode & 07777));
    sodium_memzero((char *)(uintptr_t)text.ptr, text.len);
    if (done)
        return key;
    secret_key_close(key);
    return NULL;
}

bool public_key_parse(Diag *diag, Str name, Str text, PublicKey *key)
{
    Str lines[2];
    uint8_t bytes[PUBLIC_BYTES];
    if (!lines_exact(text, lines, 2) || !str_starts(lines[0], STR("untrusted comment: "))) {
        diag_error(diag, SPAN_NONE, "E-107 public key \"%.*s\": not the two lines of a minisign or signify key file",
                   STR_ARGS(name));
        if (str_find_char(text, '\r', 0) != SIZE_MAX)
            diag_hint(diag, "Its lines end in CRLF: something on the way, such as a mail gateway, changed it.");
        return false;
    }
    if (!base64_strict(lines[1], bytes, sizeof bytes))
        return diag_error(diag, SPAN_NONE, "E-106 public key \"%.*s\": not 42 bytes in canonical base64", STR_ARGS(name));
    if (memcmp(bytes, "Ed", 2) != 0)
        return diag_error(diag, SPAN_NONE, "E-103 public key \"%.*s\": not an Ed25519 key", STR_ARGS(name));
    memcpy(key->id, bytes + 2, sizeof key->id);
    memcpy(key->key, bytes + 10, sizeof key->key);
    if (crypto_core_ed25519_is_valid_point(key->key) != 1)
        return diag_error(diag, SPAN_NONE, "E-105 public key \"%.*s\": a weak curve point, which anyone can sign for",
                          STR_ARGS(name));
    return true;
}

bool public_key_read(Arena *arena, Diag *diag, Str path, PublicKey *key)
{
    Str text;
    return guarded_read(arena, diag, "public key", path, LIMIT_KEY_FILE_BYTES, &text) &&
           public_key_parse(diag, path, text, key);
}

// ---- making ----

static bool fill_new(Diag *diag, SecretKey *key, PasswordSource password)
{
    KeyFile *file = &key->file;
    memcpy(file->algorithm, "Ed", 2);
    memcpy(file->checksum, "B2", 2);
    randombytes_buf(file->id, sizeof file->id);
    crypto_sign_keypair(key->public.key, file->secret);
    memcpy(key->public.id, file->id, KEY_ID);
    if (password.none)
        return true;
    memcpy(file->kdf, "Sc", 2);
    randombytes_buf(file->salt, sizeof file->salt);
    write_le64(file->work, password.is_light ? crypto_pwhash_scryptsalsa208sha256_OPSLIMIT_INTERACTIVE
                                             : crypto_pwhash_scryptsalsa208sha256_OPSLIMIT_SENSITIVE);
    write_le64(file->memory, password.is_light ? crypto_pwhash_scryptsalsa208sha256_MEMLIMIT_INTERACTIVE
                                               : crypto_pwhash_scryptsalsa208sha256_MEMLIMIT_SENSITIVE);
    checksum(file, file->check);
    if (!password_read(diag, password, true, key->password, sizeof key->password))
        return false;
    if (!key->password[0]) {
        diag_error(diag, SPAN_NONE, "E-115 the password is empty");
        diag_hint(diag, "A key without a password is made by --no-password.");
        return false;
    }
    return apply_password(diag, key);
}

static bool write_secret(Diag *diag, OutFile *out, const SecretKey *key)
{
    static const char comment[] = "untrusted comment: minisign encrypted secret key\n";
    enum { TEXT = (sizeof(KeyFile) + 2) / 3 * 4 + 1 };
    char *text = sodium_malloc(TEXT);
    if (!text)
        return diag_system(diag, SPAN_NONE, "could not lock memory for a secret key: %s", strerror(errno));
    sodium_bin2base64(text, TEXT, (const uint8_t *)&key->file, sizeof key->file, sodium_base64_VARIANT_ORIGINAL);
    text[TEXT - 1] = '\n';
    bool done = out_write(diag, out, comment, sizeof comment - 1) && out_write(diag, out, text, TEXT);
    sodium_free(text);
    return done;
}

Str public_key_line(Arena *arena, const PublicKey *key)
{
    uint8_t bytes[PUBLIC_BYTES];
    memcpy(bytes, "Ed", 2);
    memcpy(bytes + 2, key->id, sizeof key->id);
    memcpy(bytes + 10, key->key, sizeof key->key);
    return base64_text(arena, bytes, sizeof bytes);
}

static bool write_public(Arena *arena, Diag *diag, OutFile *out, const PublicKey *key)
{
    Str text = str_format(arena, "untrusted comment: minisign public key %.*s\n%.*s\n", STR_ARGS(public_key_id(arena, key)),
                          STR_ARGS(public_key_line(arena, key)));
    return out_write(diag, out, text.ptr, text.len);
}

bool key_create(Arena *arena, Diag *diag, Str name, PasswordSource password, const Report *report, PublicKey *made)
{
    OutFile secret = OUT_FILE_CLOSED, public = OUT_FILE_CLOSED;
    Str public_path = str_format(arena, "%.*s.pub", STR_ARGS(name));
    SecretKey *key = NULL;
    bool done = false;
    // both names are taken before the password is asked for
    if (!out_open(diag, str_format(arena, "%.*s.key", STR_ARGS(name)), MODE_SECRET, NULL, &secret) ||
        !out_open(diag, public_path, MODE_FILE, NULL, &public) || !(key = open_locked(diag)) ||
        !fill_new(diag, key, password) || !write_secret(diag, &secret, key) ||
        !write_public(arena, diag, &public, &key->public))
        goto done;
    *made = key->public;
    if (!out_finish(diag, &public) || !out_finish(diag, &secret) || !report_print(report) || !out_commit(diag, &public))
        goto done;
    done = out_commit(diag, &secret);
    if (!done)
        unlink(str_cstr(arena, public_path));
done:
    secret_key_close(key);
    out_close(&secret);
    out_close(&public);
    return done;
}
