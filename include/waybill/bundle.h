// bundle: files given to it -> SHA256SUMS -> signatures -> archive, and back with trust. Knows nothing of rendering.
//
// A bundle is one top folder: MANIFEST.json, SHA256SUMS (the only thing signed), signatures/, then every other file, sorted.
// Canonical or refused: a bundle is accepted only when packing its contents again gives the same (uncompressed) bytes.
// Keys and signatures are minisign's, byte for byte, both ways.
// Messages about a bundle, key or signature read `E-nnn what in "name": why`; the numbers are the threats of BUNDLE.md.
#ifndef WAYBILL_BUNDLE_H
#define WAYBILL_BUNDLE_H

#include "waybill/base.h"

enum {
    BUNDLE_NAME_BYTES = 48,                 // a bundle's id
    BUNDLE_FROM_BYTES = 24,                 // <from> of a path before it becomes a hash
    BUNDLE_EARLIEST_TIME = 315532800,       // 1980-01-01: mtime without a creation time, and the oldest that zip can hold
    LIMIT_SUMS_BYTES = 12 << 20,            // 65 535 rows of at most 167 bytes
    LIMIT_BUNDLE_FILE_BYTES = 0x7fffffff,   // one file of a bundle
    LIMIT_SIGNATURES = 64,
};
#define BUNDLE_LATEST_TIME INT64_C(8589934591)         // what ustar's eleven octal digits hold
#define BUNDLE_INTEGER_MAX INT64_C(9007199254740991)   // 2^53 - 1: integers every JSON reader keeps

// Makes the room ready: libsodium, no core dumps, SIGINT, SIGTERM and SIGHUP end the work cleanly instead of killing it.
// Every command of this room calls it first.
MUST_CHECK bool bundle_start(Diag *diag);

// ---- changing a file that is there ----

// One process at a time changes a file: held from before it is read until it has been written.
typedef struct FileLock FileLock;
// Returns the lock, which the function that took it gives back. The file need not exist.
// Fails: E-503 another has held it for a minute.
MUST_CHECK FileLock *file_lock(Arena *arena, Diag *diag, Str path);
void file_unlock(FileLock *lock);              // accepts NULL
bool file_lock_exists(const FileLock *lock);   // there was a file when it was locked

// ---- keys ----

typedef struct PublicKey {
    uint8_t id[8];
    uint8_t key[32];
} PublicKey;

// Where a password comes from; never argv, never the environment.
typedef struct PasswordSource {
    bool none;       // --no-password
    int fd;          // --password-fd; -1: the terminal
    bool is_light;   // a new key: 16 MiB of memory to open it instead of a gigabyte
} PasswordSource;

typedef struct SecretKey SecretKey;

// Writes NAME.key (mode 0600, encrypted unless `password.none`) and NAME.pub, both or neither; `made` is known to `report`.
// Fails: one of them exists already; a folder that cannot be written; not the gigabyte of memory that scrypt wants.
MUST_CHECK bool key_create(Arena *arena, Diag *diag, Str name, PasswordSource password, const Report *report,
                           PublicKey *made);
// Returns a secret key, decrypted into locked memory; close it in the same function.
// Fails: E-115: no key file, damaged, costs over the cap, wrong password, public half that is not the seed's; it belongs to
// another, or others may change it. That others may read it is a warning: what they have read is not taken back by refusing.
MUST_CHECK SecretKey *secret_key_open(Arena *arena, Diag *diag, Str path, PasswordSource password);
void secret_key_close(SecretKey *key);   // accepts NULL; wipes it
const PublicKey *secret_key_public(const SecretKey *key);

// Reads a minisign or signify public key file, which decides whose signatures count.
// Fails: E-105 a weak point, E-106 base64 that is not canonical, E-107 not exactly two lines; E-116 as trust_read().
MUST_CHECK bool public_key_read(Arena *arena, Diag *diag, Str path, PublicKey *key);
MUST_CHECK bool public_key_parse(Diag *diag, Str name, Str text, PublicKey *key);
// Returns the key id as minisign prints it: 16 upper-case hexadecimal digits.
Str public_key_id(Arena *arena, const PublicKey *key);

// Asks at the terminal. Fails: there is none.
MUST_CHECK bool answer_read(Diag *diag, Str prompt, char *text, size_t cap);

// ---- signatures ----

typedef enum Standing {
    STANDING_NOT_JUDGED,
    STANDING_COUNTS,
    STANDING_COPY,      // for signify: verified, but the .minisig counts
    STANDING_UNKNOWN,   // its key is not the one wanted, or not in the trust file
    STANDING_REVOKED,   // its key
    STANDING_EXPIRED,   // its key
    STANDING_SECOND,    // the same key's signature stands elsewhere too
} Standing;

typedef struct Signature {
    Str file;   // "signatures/6B8C….minisig"
    Str key_id;
    bool is_legacy;   // a .sig file: "Ed", two lines, for signify
    uint8_t id[8];
    uint8_t bytes[64];
    uint8_t global[64];
    Str comment;        // the trusted one; empty in a .sig
    Str text;           // the whole file
    bool is_verified;   // against the key given, or the trust file's
    bool is_beside;     // from a file beside the bundle
    Standing standing;
    Str signer;   // the key's name in the trust file; empty: none
} Signature;
typedef VEC(Signature) SignatureList;

// Reads a signature file by its name's ending: .minisig (four lines, "ED") or .sig (two lines, "Ed").
// Fails: E-103 the other algorithm, E-104 the name is not the key id inside, E-106, E-107.
MUST_CHECK bool signature_parse(Arena *arena, Diag *diag, Str file, Str text, Signature *signature);
// Stores the .minisig file for `message`, verified once more before it is handed out.
MUST_CHECK bool signature_make(Arena *arena, Diag *diag, const SecretKey *key, Str message, Str trusted_comment, Str *text);
// Returns whether the signature over `message` and its comment is by `key`.
bool signature_verify(const Signature *signature, const PublicKey *key, Str message);
// Returns whether a trusted comment speaks of this bundle, or is minisign's own form.
bool signature_comment_fits(Arena *arena, Str comment, Str bundle, const uint8_t sums_digest[32]);
// Returns the trusted comment of a bundle's signature; `at` may be empty.
Str signature_comment(Arena *arena, Str bundle, const uint8_t sums_digest[32], Str at);
// Adds the signatures that stand beside a bundle or trust file: PATH.KEYID.minisig, sorted.
// Fails: one that is no signature, or more than LIMIT_SIGNATURES.
MUST_CHECK bool signatures_beside(Arena *arena, Diag *diag, Str path, SignatureList *signatures);
// Returns that name.
Str signature_path_beside(Arena *arena, Str path, Str key_id);

// ---- SHA256SUMS ----

typedef struct SumsRow {
    uint8_t digest[32];
    Str path;
} SumsRow;
typedef struct Sums {
    VEC(SumsRow) rows;   // sorted by path
    Map by_path;         // path -> SumsRow
} Sums;

// Reads the strict grammar: `64 lower-case hex digits, two spaces, path, LF`, sorted, unique also without case.
// Fails: E-204 with the line; E-401, E-402, E-405, E-406 for a path.
MUST_CHECK bool sums_parse(Arena *arena, Diag *diag, Str text, Sums *sums);
Str sums_text(Arena *arena, const Sums *sums);

// ---- names ----

// Checks a path inside a bundle. Fails: E-401, E-402, E-406, E-418; `what` is the file it stands in.
MUST_CHECK bool bundle_path_check(Diag *diag, Str path);
// Fails: not `<product>-<sequence>[-<customer>]` in safe characters, or over BUNDLE_NAME_BYTES.
MUST_CHECK bool bundle_name_make(Arena *arena, Diag *diag, Str product, int64_t sequence, Str customer, Str *name);
// Returns `text` with every character outside [A-Za-z0-9._-] as `_`.
Str bundle_safe(Arena *arena, Str text);
// Returns what stands after "from-": ids joined by `+`, "base", or 12 hex digits when that is too long.
Str bundle_from_label(Arena *arena, const StrList *rows);
// Returns "NNNN_<rev>_<slug>.<direction>.sql", cut so that `folder`/it stays within LIMIT_PATH_BYTES.
Str bundle_step_name(Arena *arena, Str folder, size_t number, Str revision, Str message, bool is_upgrade);

// ---- the manifest ----

typedef struct ManifestScript {
    Str dialect, minimum, client;
    StrList from;
    Str upgrade, downgrade;   // paths; downgrade empty: restore from backup
    int64_t sections;         // of the upgrade
} ManifestScript;

typedef struct ManifestOverride {
    Str dialect;
    bool is_upgrade;
    Str sha256;
} ManifestOverride;

typedef struct ManifestRevision {
    Str id;
    StrList down, depends;
    Str message, source_sha256;
    bool empty_downgrade;
    Str irreversible;   // the reason; empty: it has a way back
    VEC(ManifestOverride) overrides;
} ManifestRevision;

typedef struct Manifest {
    Str bundle, product;
    int64_t sequence;
    Str predecessor, customer, environment, ticket;   // empty: null
    Str created, not_before, not_after;               // empty: null
    Str generator_name, generator_version;
    StrList to;
    VEC(ManifestScript) scripts;
    VEC(ManifestRevision) revisions;
} Manifest;

// Stores the one text that a manifest has.
// Fails: a text that is not UTF-8, or the whole is over LIMIT_JSON_BYTES.
MUST_CHECK bool manifest_text(Arena *arena, Diag *diag, const Manifest *manifest, Str *text);
// Reads a manifest whose text is exactly what manifest_text() makes of it.
// Fails: E-206 duplicate key, E-207 number, E-208 not JSON, too deep or too large, E-209 not the packer's form or values.
MUST_CHECK bool manifest_parse(Arena *arena, Diag *diag, Str text, Manifest *manifest);
// Fails: E-205: a script that SHA256SUMS does not list, or a listed file that the layout has no place for.
MUST_CHECK bool manifest_check_layout(Arena *arena, Diag *diag, const Manifest *manifest, const Sums *sums);
// Returns the mtime of every entry.
int64_t manifest_time(const Manifest *manifest);

// ---- trust: whose signatures a site wants ----

typedef struct TrustKey {
    Str name, owner;
    PublicKey key;
    Str not_after;   // empty: none
    bool is_revoked;
    Str revoked_at, revoked_why;
    int64_t revoked_from;   // bundles of this sequence and later; 0: all
} TrustKey;

typedef struct TrustRole {
    Str name;
    int64_t threshold;
    StrList keys;   // names
} TrustRole;

typedef struct TrustMinimum {
    Str product;
    int64_t sequence;
} TrustMinimum;

// Whether a bundle must follow the one recorded before it.
typedef enum PredecessorPolicy {
    PREDECESSOR_CHECKED,   // the one it names, if it names one
    PREDECESSOR_REQUIRED,
    PREDECESSOR_IGNORED,
} PredecessorPolicy;

extern const char *const predecessor_policies[];   // what each is called in the file; ends with NULL

// A site's policy. What it says is all that `verify --trust` asks; it never comes from a bundle.
typedef struct Trust {
    int64_t version;
    Str issued, expires;         // expires empty: null
    Str customer, environment;   // the site; empty: null
    StrList dialects;            // of the site; none: any
    VEC(TrustKey) keys;          // sorted by name, as all below are
    VEC(TrustRole) roles;        // "root" signs trust files
    StrList require;             // roles whose thresholds a bundle must meet
    VEC(TrustMinimum) minimums;
    StrList revoked_bundles;   // "sha256:…" of their SHA256SUMS
    bool allow_legacy;         // a signify copy counts as its key's signature
    PredecessorPolicy predecessor;
    int64_t most_jump;    // how far a sequence may lead beyond the recorded one
    Str name;             // of the file, for messages
    uint8_t digest[32];   // of its text: its fingerprint
} Trust;

// Sorts what is sorted, checks it, and stores the one text that a trust file has, and its digest.
// Fails: E-104 two keys with one id, E-109 a key twice, or in two required roles, E-110 a threshold that cannot be met or
// asks for nobody, E-211 what is no trust file's.
MUST_CHECK bool trust_text(Arena *arena, Diag *diag, Trust *trust, Str *text);
// Reads a trust file whose text is exactly what trust_text() makes of it.
// Fails: as trust_text(), E-105 a weak key, E-206 to E-209 as the manifest.
MUST_CHECK bool trust_parse(Arena *arena, Diag *diag, Str name, Str text, Trust *trust);
// Fails: as trust_parse(); E-116 others than root and the one who runs this could change what the path leads to.
MUST_CHECK bool trust_read(Arena *arena, Diag *diag, Str path, Trust *trust, Str *text);
// The same for a file that its signatures or its fingerprint vouch for, wherever it stands.
MUST_CHECK bool trust_read_offered(Arena *arena, Diag *diag, Str path, Trust *trust, Str *text);
// Writes a trust file's text so that only its owner may change it; appears whole or not at all.
// `lock`: of the file that it replaces; NULL: none may be there.
MUST_CHECK bool trust_write(Diag *diag, Str path, Str text, const FileLock *lock, const Report *report);
const TrustKey *trust_key(const Trust *trust, Str name);     // or NULL
const TrustRole *trust_role(const Trust *trust, Str name);   // or NULL
// Returns the trusted comment that a signature over a trust file has.
Str trust_comment(Arena *arena, const Trust *trust);
// Judges a new trust file's signatures by the root role of `by`, which may be the file itself.
// Fails: E-114 fewer than the root role wants, E-111 one by a known key that does not verify.
MUST_CHECK bool trust_is_signed(Arena *arena, Diag *diag, const Trust *trust, Str text, SignatureList *signatures,
                                const Trust *by, int64_t now_s);
// Judges whether `next` may take the place of `installed`. Fails: E-114.
MUST_CHECK bool trust_follows(Diag *diag, const Trust *installed, const Trust *next);

// ---- state: what a site has accepted before ----

typedef struct StateRow {
    Str product;
    int64_t sequence;
    Str bundle;   // "sha256:…" of its SHA256SUMS
} StateRow;

typedef struct SiteState {
    Str clock;            // when it was last written; empty: never
    VEC(StateRow) rows;   // sorted by product
} SiteState;

// Reads a state whose text is exactly what is written again. Fails: E-206 to E-209, E-211 as a trust file.
MUST_CHECK bool state_parse(Arena *arena, Diag *diag, Str name, Str text, SiteState *state);
// Reads a state file; one that is not there is an empty state. Fails: as state_parse(); E-116 as trust_read().
MUST_CHECK bool state_read(Arena *arena, Diag *diag, Str path, SiteState *state);
const StateRow *state_row(const SiteState *state, Str product);   // or NULL
// Notes in a state that this bundle is accepted, and stores the text that the file then has.
MUST_CHECK bool state_add(Arena *arena, Diag *diag, Str path, SiteState *state, const Manifest *manifest,
                          const uint8_t digest[32], int64_t now_s, Str *text);

// ---- what the texts may hold ----

// Reads a text in pieces: UTF-8 without hidden characters, and no command of the database's client but the frame's own
// lines.
typedef struct TextCheck TextCheck;
TextCheck *text_check_open(Arena *arena, Str path);
// Fails: E-601 a hidden character, E-602 a line end that is not LF, E-603 a client command, E-604 a dialect not known here,
// or a script made for another.
MUST_CHECK bool text_check(TextCheck *check, Diag *diag, const char *bytes, size_t len);
MUST_CHECK bool text_check_end(TextCheck *check, Diag *diag);

// ---- reading ----

typedef struct RoleCount {
    const TrustRole *role;
    StrList signers;   // distinct keys of it that count
} RoleCount;

typedef struct BundleOptions {
    const PublicKey *key;   // who must have signed; NULL: no signature is judged, unless `trust` is given
    const Trust *trust;     // the site's policy; NULL: none
    int64_t now_s;          // the one reading of the clock, with `key` or `trust`
    bool is_awaiting;       // more signatures are to come: required roles may lack some
    Str record;             // the state file to judge by and to write; empty: none
    // Of it. Taken before the clock is read: who waits for it would else judge by a time from before the other's record.
    const FileLock *record_lock;
    SignatureList beside;     // signatures over SHA256SUMS that do not stand in the bundle
    const uint8_t *digest;    // of SHA256SUMS, which must be this one; NULL: any
    const Signature *adds;    // one more signature for the output; NULL: none
    const FileLock *lock;     // of `to`, which is replaced; NULL: it must not exist
    const Report *report;     // printed when all has passed, before anything gets its name; it may look at the facts
    Str to;                   // where its files are written, in the form that the name says; empty: nowhere
    bool to_folder;           // `to` is a folder whatever its name says
    bool judge_compression;   // find out whether the compressed bytes are the packer's, in the archive's first 4 MiB
} BundleOptions;

typedef struct BundleFacts {
    Str format;   // "tar.gz"
    Manifest manifest;
    SignatureList signatures;
    size_t files;           // of all kinds
    uint64_t bytes;         // of their contents
    uint8_t digest[32];     // of SHA256SUMS: the bundle's identity
    bool is_recompressed;   // the same tar, compressed by another program or library version
    Str sums_text;
    VEC(RoleCount) roles;   // those that the trust file requires
} BundleFacts;

// Reads a whole bundle, judging everything in it; with `to`, writes its files on the way. `to` appears only when all has
// passed. Memory does not grow with the bundle.
//
// Fails: everything of BUNDLE.md part B that this version knows; the output exists already (E-501) or cannot be written.
MUST_CHECK bool bundle_read(Arena *arena, Diag *diag, Str path, const BundleOptions *options, BundleFacts *facts);
// Adds one more signature to a bundle that bundle_read() has just read: inside it, or in a file beside it.
typedef struct Approval {
    const SecretKey *key;
    Str at;             // when; empty: not said
    Str output;         // the new bundle or signature file, which must not exist; empty: the bundle itself, or beside it
    bool is_detached;   // only the signature's file is written
    const Report *report;
    Str *written;   // where the signature is now; known to `report`
} Approval;
// The bundle's other bytes stay, and so do the signatures that it has got since it was read.
// Fails: the key has signed it before (E-109); it was changed since it was read (E-203); E-5nn.
MUST_CHECK bool bundle_approve(Arena *arena, Diag *diag, Str path, const BundleFacts *facts, const Approval *approval);
// Returns the digest in eight groups of eight digits, as people compare them.
Str digest_groups(Arena *arena, const uint8_t digest[32]);
Str hex_text(Arena *arena, const uint8_t *bytes, size_t len);
// A SHA-256 as a text: 64 lower-case hexadecimal digits, named "sha256:…" where it may stand among others.
Str digest_digits(Str text);   // what stands behind "sha256:", or the text itself
bool is_digest(Str text);
bool is_named_digest(Str text);
Str named_digest(Arena *arena, const uint8_t digest[32]);

// ---- packing ----

// Where a bundle is put together: memory, and what is more than that keeps in a private folder beside the output, which is
// removed on every way out.
typedef struct BundleStage BundleStage;
MUST_CHECK BundleStage *stage_open(Arena *arena, Diag *diag, Str output);
// Checks a text, keeps it and its hash.
// Fails: a path that may not be or is there already (E-404, E-405), E-6nn, a full disk.
MUST_CHECK bool stage_add(BundleStage *stage, Diag *diag, Str path, Str text);
// Judges a preflight of a dialect ("postgresql") that is in no bundle as stage_add() would. Fails: E-608.
MUST_CHECK bool preflight_only_asks(Arena *arena, Diag *diag, Str dialect, Str text);
// Adds manifest, sums and signature and writes the output; `digest` is known to `report`.
MUST_CHECK bool stage_pack(BundleStage *stage, Diag *diag, const Manifest *manifest, const SecretKey *key,
                           const Report *report, uint8_t digest[32]);
void stage_close(BundleStage *stage);   // accepts NULL

#endif
