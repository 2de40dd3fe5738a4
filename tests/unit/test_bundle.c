// The bundle room where whole bundles cannot reach: signatures, the list's grammar, manifests, names, times, texts.
#include <setjmp.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/bundle/head.h"

static Arena *arena;
static Diag diag;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_open();
    diag = diag_open(arena);
    return bundle_start(&diag) ? 0 : 1;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

static bool said(const char *number)
{
    bool one = diag.errors == 1 && str_starts(diag.messages.items[0].text, str_from(number));
    if (!one && diag.messages.count)
        fprintf(stderr, "wanted %s, got %.*s\n", number, STR_ARGS(diag.messages.items[0].text));
    diag = diag_open(arena);
    return one;
}

// ---- signatures, with a key of fixed bytes ----

static const char public_text[] = "untrusted comment: minisign public key 0807060504030201\n"
                                  "RWQBAgMEBQYHCAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4\n";

static void fixed_keys(PublicKey *public, uint8_t secret[64])
{
    uint8_t seed[32];
    for (size_t i = 0; i < sizeof seed; i++)
        seed[i] = (uint8_t)i;
    crypto_sign_seed_keypair(public->key, secret, seed);
    for (size_t i = 0; i < 8; i++)
    public->id[i] = (uint8_t)(i + 1);
}

static void a_public_key_is_read_as_minisign_writes_it(void **state)
{
    (void)state;
    PublicKey key, fixed;
    uint8_t secret[64];
    fixed_keys(&fixed, secret);
    assert_true(public_key_parse(&diag, STR("k"), str_from(public_text), &key));
    assert_memory_equal(key.key, fixed.key, 32);
    assert_true(str_equal(public_key_id(arena, &key), STR("0807060504030201")));
}

// A signature file over `message` by the fixed key; `algorithm` "ED" or "Ed".
static Str signature_text(const char *algorithm, Str message, const char *comment)
{
    PublicKey key;
    uint8_t secret[64], hash[64], bytes[74], global[64];
    char first[101], second[101];
    fixed_keys(&key, secret);
    crypto_generichash(hash, 64, (const uint8_t *)message.ptr, message.len, NULL, 0);
    memcpy(bytes, algorithm, 2);
    memcpy(bytes + 2, key.id, 8);
    crypto_sign_detached(bytes + 10, NULL, hash, 64, secret);
    Str both = str_format(arena, "%64s%s", "", comment);
    memcpy((char *)(uintptr_t)both.ptr, bytes + 10, 64);
    crypto_sign_detached(global, NULL, (const uint8_t *)both.ptr, both.len, secret);
    sodium_bin2base64(first, sizeof first, bytes, 74, sodium_base64_VARIANT_ORIGINAL);
    sodium_bin2base64(second, sizeof second, global, 64, sodium_base64_VARIANT_ORIGINAL);
    return str_format(arena, "untrusted comment: signature from minisign secret key\n%s\ntrusted comment: %s\n%s\n", first,
                      comment, second);
}

static void a_signature_covers_message_and_comment(void **state)
{
    (void)state;
    PublicKey key;
    uint8_t secret[64];
    Signature s;
    Str file = STR("signatures/0807060504030201.minisig"),
        text = signature_text("ED", STR("message"), "timestamp:1\tfile:x\thashed");
    fixed_keys(&key, secret);
    assert_true(signature_parse(arena, &diag, file, text, &s));
    assert_true(signature_verify(&s, &key, STR("message")));
    assert_false(signature_verify(&s, &key, STR("massage")));
    key.key[0] ^= 1;
    assert_false(signature_verify(&s, &key, STR("message")));
    key.key[0] ^= 1;
    s.comment = STR("timestamp:2\tfile:x\thashed");
    assert_false(signature_verify(&s, &key, STR("message")));
    // S + L: the same signature in another form
    assert_true(signature_parse(arena, &diag, file, text, &s));
    static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
                                      0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
    unsigned carry = 0;
    for (size_t i = 0; i < 32; i++) {
        carry += (unsigned)s.bytes[32 + i] + order[i];
        s.bytes[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    assert_false(signature_verify(&s, &key, STR("message")));
}

static void wrong_signature_files_are_refused(void **state)
{
    (void)state;
    Str file = STR("signatures/0807060504030201.minisig"), good = signature_text("ED", STR("m"), "c");
    Signature s;
    const struct {
        const char *number;
        Str file, text;
    } rows[] = {
        {"E-103", file, signature_text("Ed", STR("m"), "c")},
        {"E-104", STR("signatures/0807060504030202.minisig"), good},
        {"E-104", STR("signatures/0807060504030a01.minisig"), good},
        {"E-106", file, str_replace(arena, good, STR("=\ntrusted"), STR("\ntrusted"))},
        {"E-107", file, str_format(arena, "%.*s\n", STR_ARGS(good))},
        {"E-107", file, str_slice(good, 0, good.len - 1)},
        {"E-107", file, str_replace(arena, good, STR("\n"), STR("\r\n"))},
        {"E-107", file, str_replace(arena, good, STR("signature from"), STR("another from"))},
        {"E-107", file, str_replace(arena, good, STR("trusted comment: c"), STR("trusted comment: \033[31m"))},
        {"E-107", file, str_replace(arena, good, STR("trusted comment: c"), STR("trusted comment: \xc3\xa4"))},
        {"E-201", STR("signatures/0807060504030201.pub"), good},
        {"E-107", file, STR("")},
    };
    assert_true(signature_parse(arena, &diag, file, good, &s));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_false(signature_parse(arena, &diag, rows[i].file, rows[i].text, &s));
        assert_true(said(rows[i].number));
    }
}

static void a_comment_must_speak_of_this_bundle(void **state)
{
    (void)state;
    uint8_t digest[32] = {0};
    const struct {
        const char *comment;
        bool fits;
    } rows[] = {
        {"waybill-bundle/1 bundle=b-000001 sums=0000000000000000000000000000000000000000000000000000000000000000", true},
        {"waybill-bundle/1 bundle=b-000001 sums=0000000000000000000000000000000000000000000000000000000000000000 "
         "at=2026-11-23T01:00:00Z",
         true},
        {"waybill-bundle/1 bundle=b-000001 sums=0000000000000000000000000000000000000000000000000000000000000000 at=today",
         false},
        {"waybill-bundle/1 bundle=b-000002 sums=0000000000000000000000000000000000000000000000000000000000000000", false},
        {"waybill-bundle/1 bundle=b-000001 sums=1000000000000000000000000000000000000000000000000000000000000000", false},
        {"timestamp:1795395600\tfile:SHA256SUMS\thashed", true},
        {"timestamp:1795395600\tfile:SHA256SUMS", true},
        {"timestamp:\tfile:SHA256SUMS", false},
        {"trust me", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(signature_comment_fits(arena, str_from(rows[i].comment), STR("b-000001"), digest), rows[i].fits);
}

// ---- the list ----

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static void the_list_has_one_grammar(void **state)
{
    (void)state;
    Sums sums;
    const struct {
        const char *number, *text;
    } rows[] = {
        {NULL, ZEROS "  MANIFEST.json\n" ZEROS "  README.txt\n"},
        {"E-202", ""},
        {"E-202", ZEROS "  README.txt\n"},
        {"E-204", ZEROS "  MANIFEST.json"},
        {"E-204", ZEROS " MANIFEST.json\n"},
        {"E-204", ZEROS " *MANIFEST.json\n"},
        {"E-204", "\\" ZEROS "  MANIFEST.json\n"},
        {"E-204", "A" ZEROS "  MANIFEST.json\n"},
        {"E-204", ZEROS "  MANIFEST.json\n\n"},
        {"E-406", ZEROS "  MANIFEST.json\r\n"},
        {"E-204", ZEROS "  MANIFEST.json\n" ZEROS "  MANIFEST.json\n"},
        {"E-204", ZEROS "  README.txt\n" ZEROS "  MANIFEST.json\n"},
        {"E-204", ZEROS "  MANIFEST.json\n" ZEROS "  SHA256SUMS\n"},
        {"E-204", ZEROS "  MANIFEST.json\n" ZEROS "  signatures/x\n"},
        {"E-405", ZEROS "  MANIFEST.json\n" ZEROS "  sql/A\n" ZEROS "  sql/a\n"},
        {"E-401", ZEROS "  ../x\n"},
        {"E-402", ZEROS "  /x\n"},
        {"E-401", ZEROS "  a//b\n"},
        {"E-401", ZEROS "  a/\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool done = sums_parse(arena, &diag, str_from(rows[i].text), &sums);
        assert_int_equal(done, rows[i].number == NULL);
        assert_true(done || said(rows[i].number));
        if (done)
            assert_true(str_equal(sums_text(arena, &sums), str_from(rows[i].text)));
    }
}

// ---- the manifest ----

static Manifest some_manifest(void)
{
    Manifest m = {.bundle = STR("shop-000003"),
                  .product = STR("shop"),
                  .sequence = 3,
                  .generator_name = STR("waybill"),
                  .generator_version = STR("0")};
    ManifestScript script = {.dialect = STR("sqlite"),
                             .minimum = STR("3.35.0"),
                             .client = STR("sqlite3"),
                             .upgrade = STR("sql/sqlite/from-base/upgrade.sql"),
                             .sections = 1};
    ManifestRevision revision = {.id = STR("r1"),
                                 .message = STR("\xc3\xa4 \xe2\x80\xae \"x\""),
                                 .source_sha256 = STR(ZEROS),
                                 .irreversible = STR("gone")};
    ManifestOverride override = {STR("sqlite"), true, STR(ZEROS)};
    vec_push(arena, &revision.overrides, override);
    vec_push(arena, &m.to, STR("r1"));
    vec_push(arena, &m.scripts, script);
    vec_push(arena, &m.revisions, revision);
    return m;
}

static void a_manifest_has_one_text(void **state)
{
    (void)state;
    Manifest m = some_manifest(), again;
    Str text, twice;
    assert_true(manifest_text(arena, &diag, &m, &text));
    assert_true(utf8_length(text) == text.len);   // ASCII
    assert_true(manifest_parse(arena, &diag, text, &again));
    assert_true(manifest_text(arena, &diag, &again, &twice));
    assert_true(str_equal(text, twice));
    assert_true(str_equal(again.revisions.items[0].message, m.revisions.items[0].message));
    const struct {
        const char *number, *from, *to;
    } rows[] = {
        {"E-208", "{", "["},
        {"E-208", "null", "nul"},
        {"E-208", "\"shop\"", "\"\\ud800\""},
        {"E-208", "\"shop\"", "\"\\u0000\""},
        {"E-207", "\"sequence\": 3", "\"sequence\": 3e0"},
        {"E-207", "\"sequence\": 3", "\"sequence\": -3"},
        {"E-209", "\"sequence\": 3", "\"sequence\": \"3\""},
        {"E-209", "\"sequence\": 3", "\"sequence\": 2"},
        {"E-209", "\"customer\": null", "\"customer\": \"\""},
        {"E-209", "\"customer\": null", "\"customer\": \"acme\""},
        {"E-209", "\"notAfter\": null", "\"notAfter\": \"2026-02-30T00:00:00Z\""},
        {"E-209", "\"predecessor\": null", "\"predecessor\": \"sha256:1\""},
        {"E-206", "\"type\":", "\"bundle\": 1, \"type\":"},
        {"E-209", "\"r1\"\n", "\"r1\" \n"},
        {"E-209", "\\u00E4", "\\u00e4"},
        {"E-209", "\\u00E4", "\xc3\xa4"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Str changed = str_replace(arena, text, str_from(rows[i].from), str_from(rows[i].to));
        assert_false(str_equal(changed, text));
        assert_false(manifest_parse(arena, &diag, changed, &again));
        assert_true(said(rows[i].number));
    }
}

// ---- names and times ----

static void paths_are_safe_on_every_system(void **state)
{
    (void)state;
    static const char *const good[] = {"a", "sql/sqlite/from-a+b/upgrade.sql", "A-1_b.c", "console/x", "com10"};
    static const char *const bad[] = {"",     "/",        "/a",  "a/",      "a//b",       "./a", "a/..",
                                      "a\\b", "C:x",      "-a",  "a/-b",    ".a",         "a.",  "a b",
                                      "a\n",  "\xc3\xa4", "con", "CON.txt", "a/Lpt1.sql", "com0"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(bundle_path_check(&diag, str_from(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(bundle_path_check(&diag, str_from(bad[i])));
        assert_true(said("E-40"));
    }
}

static void ids_become_names_that_fit(void **state)
{
    (void)state;
    StrList rows = {0};
    assert_true(str_equal(bundle_from_label(arena, &rows), STR("base")));
    vec_push(arena, &rows, STR("ae1"));
    vec_push(arena, &rows, STR("b/2"));
    assert_true(str_equal(bundle_from_label(arena, &rows), STR("ae1+b_2")));
    vec_push(arena, &rows, STR("0123456789abcdef"));
    vec_push(arena, &rows, STR("0123456789abcdef"));
    assert_int_equal(bundle_from_label(arena, &rows).len, 12);
    Str folder = STR("sql/postgresql/from-0123456789ab/steps"),
        long_id = STR("0123456789012345678901234567890123456789012345678901234567890123456789");
    Str name = bundle_step_name(arena, folder, 7, long_id, STR("Add a column"), false);
    assert_true(folder.len + 1 + name.len <= LIMIT_PATH_BYTES);
    assert_true(str_equal(bundle_step_name(arena, folder, 7, STR("ae1"), STR("Add a column, at last"), true),
                          STR("0007_ae1_add_a_column_at_last.upgrade.sql")));
    assert_true(str_equal(bundle_step_name(arena, folder, 12345, STR("ae1"), STR("\xe6\x97\xa5"), true),
                          STR("12345_ae1.upgrade.sql")));
    Str bundle;
    assert_true(bundle_name_make(arena, &diag, STR("a b"), 7, STR("acme"), &bundle));
    assert_true(str_equal(bundle, STR("a_b-000007-acme")));
    assert_false(bundle_name_make(arena, &diag, STR("a"), 7, STR("a/b"), &bundle));
    assert_true(said("E-406"));
    assert_false(bundle_name_make(arena, &diag, STR("0123456789012345678901234567890123456789012345"), 7, STR(""), &bundle));
    assert_true(said("E-418"));
}

static void times_go_both_ways(void **state)
{
    (void)state;
    int64_t seconds;
    static const int64_t some[] = {0, 315532800, 951782400, 951868799, 1795395600, 4107542399, 8589934591};
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        assert_true(rfc3339_parse(rfc3339_text(arena, some[i]), &seconds));
        assert_true(seconds == some[i]);
    }
    assert_true(str_equal(rfc3339_text(arena, 1795395600), STR("2026-11-23T01:00:00Z")));
    static const char *const bad[] = {"",
                                      "2026-11-23",
                                      "2026-11-23T01:00:00",
                                      "2026-11-23T01:00:00+00:00",
                                      "2026-11-23t01:00:00z",
                                      "2026-13-01T00:00:00Z",
                                      "2026-02-29T00:00:00Z",
                                      "2026-01-01T24:00:00Z",
                                      "2026-01-01T00:00:60Z",
                                      "1969-12-31T23:59:59Z"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(rfc3339_parse(str_from(bad[i]), &seconds));
}

// ---- texts ----

static bool text_passes(const char *path, Str text, size_t piece)
{
    TextCheck *check = text_check_open(arena, str_from(path));
    for (size_t at = 0; at < text.len; at += piece)
        if (!text_check(check, &diag, text.ptr + at, text.len - at < piece ? text.len - at : piece))
            return false;
    return text_check_end(check, &diag);
}

static void texts_are_judged_alike_in_any_pieces(void **state)
{
    (void)state;
    const char *pg = "sql/postgresql/x.sql", *lite = "sql/sqlite/x.sql", *maria = "sql/mariadb/x.sql",
               *readme = "README.txt";
    const struct {
        const char *number, *path, *text;
    } rows[] = {
        {NULL, pg,
         "\\set ON_ERROR_STOP on\nSELECT 'a\\b', \"c\\b\", $x$ \\n \\1 $x$, E'\\'\\\\'; -- \\n\n/* \\( /* */ \\d */\n"},
        {NULL, pg, "COPY t TO STDOUT;\nSELECT stdin FROM stdout; SELECT copy FROM stdin;\n'copy from stdin';\n"},
        {NULL, pg, "SELECT '\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80', a$b, E'x', name'y';\n"},
        {NULL, pg, "SELECT $1, E'a' || 'b';\n"},
        {NULL, lite, ".bail on\nSELECT 'a\n x', [\nb], `\nc`, 1.5\n;\n; .x\n"},
        {NULL, maria, "-- use x\n# use x '\n\nSELECT 'a\\'', \"\\\"\", `\\`, 1 - -1 /* \\\\! \\n */ -- it's\n, status\n;\n"},
        {NULL, maria,
         "DELIMITER $$\nCREATE TRIGGER t\nBEGIN\n  SET a = 1;\nEND$$\nDELIMITER ;\nSELECT delimiter\n, system;\n"},
        {NULL, readme, "\\! .shell 'open\n"},
        {"E-603", pg, "\\! x\n"},
        {"E-603", pg, "\\set ON_ERROR_STOP off\n"},
        {"E-603", pg, " \\set ON_ERROR_STOP on\n"},
        {"E-603", pg, "SELECT 1 \\gexec\n"},
        {"E-603", pg, "SELECT 'a\\' \\! x\n"},
        {"E-603", pg, "SELECT E'a\\\\' \\! x\n"},
        {"E-603", pg, "SELECT E'a''\\'' \\! x\n"},
        {"E-603", pg, "SELECT $a$ $b$ $a$ \\! x\n"},
        {"E-603", pg, "SELECT $a$ $$ $a$ \\! x\n"},
        {"E-603", pg, "SELECT E'a'\n'\\' x' \\! x\n"},
        {"E-603", pg, "SELECT 1E'\\' \\! x'\n"},
        {"E-603", pg, "SELECT $E'\\' \\! x'\n"},
        {"E-603", pg, "/* */ \\! x\n"},
        {"E-603", pg, "SELECT 'open\n"},
        {"E-603", pg, "SELECT '\\! x';\n"},
        {"E-603", pg, "-- \\! x\n"},
        {"E-603", pg, "/* \\! */\n"},
        {"E-603", pg, "SELECT $x$ \\g\\ $x$;\n"},
        {"E-603", pg, "SELECT '\\d', '`x`';\n"},
        {"E-603", pg, "SELECT '\xc3\xa9\\\\! x';\n"},
        {"E-603", pg, "SELECT 'a:LAST_ERROR_MESSAGE';\n"},
        {"E-603", pg, "SELECT '\nQuit ;\n';\n"},
        {"E-603", pg, "COPY t (a) FROM STDIN;\n"},
        {"E-603", pg, "SELECT 1; copy t FROM /* x */ stdin WITH (FORMAT csv);\n"},
        {"E-603", pg, "COPY t FROM\n\n-- x\nSTDOUT\n;\n"},
        {"E-603", pg, "/* /* */\n"},
        {"E-603", lite, ".shell x\n"},
        {"E-603", lite, ".bail on \n"},
        {"E-603", lite, "SELECT '\n.shell x\n';\n"},
        {"E-603", lite, "SELECT '\n # x\n';\n"},
        {"E-603", lite, "SELECT '\n / \n';\n"},
        {"E-603", lite, "SELECT \"edit\" ('x', 'y');\n"},
        {"E-603", lite, "SELECT 1\n/\n"},
        {"E-603", lite, "SELECT 1\nGO\n"},
        {"E-603", lite, "/*\n.shell x\n*/\n"},
        {"E-603", maria, "\\! x\n"},
        {"E-603", maria, "SELECT 1 \\G\n"},
        {"E-603", maria, "SELECT 'a\\\\' \\! x'\n"},
        {"E-603", maria, "SELECT \"a\\\\\" \\! x\"\n"},
        {"E-603", maria, "system x\n"},
        {"E-603", maria, "SELECT 1;\n-- a\n  # b\n/* c */\n SYSTEM x\n"},
        {"E-603", maria, "SELECT 1;\nuse other;\n"},
        {"E-603", maria, "SELECT 1,\n delimiter //\n"},
        {"E-603", maria, "DELIMITER $$\nSELECT 1$$\nsystem x\n"},
        {"E-603", maria, "DELIMITER //\n"},
        {"E-603", maria, "DELIMITER $$\nsystem x\nDELIMITER ;\n"},
        {"E-603", maria, "SELECT 1 --1\n"},
        {"E-603", maria, "SELECT 1 /*! + 1 */\n"},
        {"E-603", maria, "SELECT 1 /*M! + 1 */\n"},
        {"E-603", maria, "SELECT `open\n"},
        {"E-603", maria, "SELECT 'a\nuse x';\n"},
        {"E-603", maria, "SELECT 'a; system x';\n"},
        {"E-603", maria, "SELECT '\\r';\n"},
        {"E-603", maria, "/* \\! */\n"},
        {"E-603", maria, "SELECT 'a; delimiter b';\n"},
        {"E-603", maria, "SELECT '\xc3\xa9\\\\! x';\n"},
        {"E-603", maria, "LOAD DATA LOCAL INFILE 'x' INTO TABLE t;\n"},
        {"E-604", "sql/db2/x.sql", "x"},
        {"E-601", readme, "a\xe2\x80\xae"},
        {"E-601", readme, "a\xe2\x80\x8b"},
        {"E-601", readme, "a\xc2\xad"},
        {"E-601", readme, "a\x1b"},
        {"E-601", readme, "a\x7f"},
        {"E-602", readme, "a\r\n"},
        {"E-602", readme,
         "\xef\xbb\xbf"
         "a"},
        {"E-602", readme, "a\xe2\x80\xa8"},
        {"E-602", readme, "a\xc2\x85"},
        {"E-602", readme, "a\xff"},
        {"E-602", readme, "a\xc0\x80"},
        {"E-602", readme, "a\xed\xa0\x80"},
        {"E-602", readme, "a\xe2\x80"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t piece = 1; piece < 70; piece += piece < 8 ? 1 : 30) {
            bool done = text_passes(rows[i].path, str_from(rows[i].text), piece);
            if (done != (rows[i].number == NULL))
                fprintf(stderr, "text %zu in pieces of %zu: %s\n", i, piece, rows[i].text);
            assert_int_equal(done, rows[i].number == NULL);
            assert_true(done || said(rows[i].number));
        }
}

// Lines put together of what changes a reader's state, most of them long enough to be read as wholes: 20,000 texts, in
// pieces of one byte, of seven, and whole, by each client's rules.
static void lines_are_judged_alike_as_wholes(void **state)
{
    (void)state;
    static const char *const paths[] = {"sql/postgresql/x.sql", "sql/sqlite/x.sql", "sql/mysql/x.sql",
                                        "sql/mariadb/x.sql",    "sql/oracle/x.sql", "sql/mssql/x.sql"};
    static const char *const parts[] = {
        "INSERT INTO t (a, b) VALUES (",
        "SELECT 1234567890 + 1234567890",
        "'a plain text of some length'",
        ", ",
        ", 'it''s', ",
        "'",
        "''",
        "E'",
        "1e'",
        "q'",
        "nq'[",
        "]'",
        "--",
        "- -1",
        "-- a comment that is long enough",
        "/*",
        "*/",
        ";",
        ");",
        "  ",
        "$",
        "$x$",
        "(",
        "\\",
        "\"",
        "`",
        "[",
        "]",
        "#",
        ".",
        "/",
        "@",
        "GO",
        "use x",
        "\t",
        "\xc3\xa4",
        "\x01",
        "\n",
        "\n",
        "\n",
        "\n",
        "\nINSERT INTO some_table VALUES (1, 'x');\n",
        "\nDELIMITER $$\n",
        "\nGO\n",
        "\n/\n",
        "\nBEGIN NULL; END;\n",
    };
    uint32_t seed = 1;
    size_t passed = 0;
    for (size_t n = 0; n < 20000; n++) {
        Buf text = buf_open(arena);
        for (size_t left = 1 + n % 24; left; left--) {
            seed = seed * 1664525 + 1013904223;
            // one in four is a part that changes nothing, so that some texts pass
            size_t part = (seed >> 16) % (sizeof parts / sizeof parts[0] * 4 / 3);
            buf_add(&text, str_from(parts[part < sizeof parts / sizeof parts[0] ? part : part % 5]));
        }
        for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
            bool verdicts[3];
            Str messages[3] = {STR_EMPTY, STR_EMPTY, STR_EMPTY};
            static const size_t pieces[3] = {1, 7, SIZE_MAX};
            for (size_t k = 0; k < 3; k++) {
                diag = diag_open(arena);
                verdicts[k] = text_passes(paths[i], buf_str(&text), pieces[k]);
                if (!verdicts[k])
                    messages[k] = diag.messages.items[0].text;
            }
            passed += verdicts[0];
            if (verdicts[0] != verdicts[1] || verdicts[0] != verdicts[2] || !str_equal(messages[0], messages[1]) ||
                !str_equal(messages[0], messages[2]))
                fail_msg("%s judges this differently in pieces: %.*s", paths[i], STR_ARGS(buf_str(&text)));
        }
    }
    assert_true(passed > 10000);
}

// ---- what scripts say of themselves ----

static Str sealed_script(size_t padding, bool twice)
{
    static const uint8_t zeros[32] = {0};
    Str zero = hex_text(arena, zeros, 32);
    uint8_t hash[32];
    Buf out = buf_open(arena);
    buf_add(&out, STR("-- Waybill 0.1.0: upgrade of shop\n-- From r1, r2 to r3, r4, 2 revisions.\n"
                      "-- Made for SQL Server 2017 and later, client sqlcmd. Success is the last line.\n"));
    if (twice)
        buf_addf(&out, "INSERT INTO journal VALUES ('%.*s');\n", STR_ARGS(zero));
    for (size_t i = 0; i < padding; i++)
        buf_add_char(&out, i % 50 == 49 ? '\n' : "-[W 0f"[i % 6]);
    buf_add(&out, STR("\n-- Section 1 of 9: a comment\n-- Section 1 of 2: one\n-- 1/1 upgrade r3: its message\n"));
    for (size_t i = 0; i < padding; i++)
        buf_add_char(&out, i % 70 == 69 ? '\n' : 'x');
    buf_addf(&out,
             "\n-- Section 2 of 2: two\n-- 1/1 upgrade r9: another\nSELECT N'[WAYBILL-RECEIPT] v=1 bundle=shop-000003 "
             "script_sha256=%.*s ' + N'from=r1'\n",
             STR_ARGS(zero));
    sha256(buf_str(&out), hash);
    return str_replace(arena, buf_str(&out), zero, hex_text(arena, hash, 32));
}

static void a_script_says_the_same_in_any_pieces(void **state)
{
    static const size_t pieces[] = {1, 7, 64, 1000, 2047, 2048, 2049, 4096, 1 << 20};
    static const HeadField looked_at[] = {HEAD_VERSION, HEAD_WORD,   HEAD_PRODUCT, HEAD_FROM,      HEAD_TO,
                                          HEAD_SERVER,  HEAD_CLIENT, HEAD_BUNDLE,  HEAD_REVISIONS, HEAD_STEP};
    static const char *const wanted[] = {"0.1.0",           "upgrade", "shop",        "r1, r2", "r3, r4",
                                         "SQL Server 2017", "sqlcmd",  "shop-000003", "2",      "r3: its message"};
    (void)state;
    ScriptReader *reader = script_reader_open(arena);
    for (size_t n = 0; n < 40 * sizeof pieces / sizeof pieces[0]; n++) {
        size_t piece = pieces[n / 40], padding = n % 40 * 173;
        bool twice = n % 2;
        Str text = sealed_script(padding, twice);
        uint8_t digest[32], whole[32];
        script_reader_begin(reader, STR("sql/mssql/from-r1/steps/0001_r3.upgrade.sql"));
        for (size_t at = 0; at < text.len; at += piece)
            script_reader_add(reader, str_slice(text, at, text.len - at < piece ? text.len : at + piece));
        ScriptHead *head = script_reader_end(reader, digest);
        sha256(text, whole);
        assert_memory_equal(digest, whole, sizeof whole);
        for (size_t i = 0; i < sizeof looked_at / sizeof looked_at[0]; i++)
            if (!str_equal(head->fields[looked_at[i]], str_from(wanted[i])))
                fail_msg("pieces of %zu, padding %zu: \"%.*s\", not \"%s\"", piece, padding,
                         STR_ARGS(head->fields[looked_at[i]]), wanted[i]);
        assert_int_equal(head->run_count, 2);
        assert_int_equal(head->runs[1].first, 1);
        assert_int_equal(head->runs[1].last, 2);
        assert_int_equal(head->runs[0].last, 1);
        // digits that stand elsewhere too are found only when they are known
        assert_int_equal(head->is_sealed, !twice);
        SealReader *seal = seal_open(arena, head);
        for (size_t at = 0; at < text.len; at += piece)
            seal_add(seal, str_slice(text, at, text.len - at < piece ? text.len : at + piece));
        assert_true(seal_end(seal));
        seal = seal_open(arena, head);
        seal_add(seal, text);
        seal_add(seal, STR(" "));
        assert_false(seal_end(seal));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_public_key_is_read_as_minisign_writes_it, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_signature_covers_message_and_comment, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(wrong_signature_files_are_refused, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_comment_must_speak_of_this_bundle, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(the_list_has_one_grammar, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_manifest_has_one_text, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(paths_are_safe_on_every_system, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(ids_become_names_that_fit, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(times_go_both_ways, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(texts_are_judged_alike_in_any_pieces, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(lines_are_judged_alike_as_wholes, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_script_says_the_same_in_any_pieces, open_arena, close_arena),
    };
    return cmocka_run_group_tests_name("bundle", tests, NULL, NULL);
}
