"""Lists, manifests and scripts that the right key signed and that are refused all the same; files and signatures of two signed
bundles mixed. The signer may be careless or deceived: what programs would read differently is signed by nobody."""
import base64
import hashlib
import json
import os
import re
import shutil

from common import Key, check, copy, finish, get, list_again, must, pack, project, put, refused, run, sign, WAYBILL

project("p")
key = Key("vendor")
key.write("k")
ALL = [w for d in ("postgresql", "sqlite", "mysql", "mariadb") for w in ("--dialect", d)]
pack("b")
pack("older", "--sequence", "2")
pack("four", *ALL)


def bundle(source="b"):
    copy(source, "f")


bundle()
list_again("f")
sign("f", key)
check(run(WAYBILL, "verify", "f", "--pubkey", "k.pub")[0] == 0 and get("f/SHA256SUMS") == get("b/SHA256SUMS"), "listing and signing again changes nothing")
SUMS = get("b/SHA256SUMS")
ROWS = SUMS.splitlines(keepends=True)


# ---- SHA256SUMS ----
def sums(number, what, text, threats="B4"):
    bundle()
    put("f/SHA256SUMS", text)
    sign("f", key)
    refused(number, "the list: " + what, "f", threats)


def row(i, change):
    return b"".join(ROWS[:i] + [change(ROWS[i])] + ROWS[i + 1:])


for what, change in (("binary marker", lambda r: r.replace(b"  ", b" *")), ("upper-case digits", lambda r: r[:64].upper() + r[64:]), ("a tab", lambda r: r.replace(b"  ", b" \t")), ("one space", lambda r: r.replace(b"  ", b" ")),
                     ("three spaces", lambda r: r.replace(b"  ", b"   ")), ("space first", lambda r: b" " + r), ("space last", lambda r: r[:-1] + b" \n"), ("63 digits", lambda r: r[1:]), ("65 digits", lambda r: b"0" + r), ("a letter g", lambda r: b"g" + r[1:]),
                     ("sha256sum's escaped form", lambda r: b"\\" + r), ("an escaped name", lambda r: b"\\" + r[:-1] + b"\\n\n"), ("BSD's form", lambda r: b"SHA256 (" + r[66:-1] + b") = " + r[:64] + b"\n"), ("CRLF", lambda r: r[:-1] + b"\r\n"),
                     ("a bare carriage return", lambda r: r[:-1] + b"\r"), ("a NUL", lambda r: r[:-1] + b"\0\n"), ("no name", lambda r: r[:66] + b"\n"), ("a comment before it", lambda r: b"# x\n" + r), ("an empty line before it", lambda r: b"\n" + r),
                     ("a blank line", lambda r: b" \n" + r), ("twice", lambda r: r + r), ("twice, with another digest", lambda r: r + b"0" * 64 + r[64:]), ("./ before the name", lambda r: r[:66] + b"./" + r[66:]), ("a path upwards", lambda r: r[:66] + b"../x\n"),
                     ("an absolute path", lambda r: r[:66] + b"/etc/passwd\n"), ("a backslash", lambda r: r[:66] + b"sql\\x\n"), ("bytes that are not ASCII", lambda r: r[:66] + "é\n".encode())):
    for i in (0, len(ROWS) - 1):
        sums("E-204|E-401|E-402|E-406|E-418", "%s in row %d" % (what, i + 1), row(i, change))
sums("E-202", "empty", b"")
sums("E-204", "no last line feed", SUMS[:-1])
sums("E-204", "an empty line last", SUMS + b"\n")
sums("E-204", "a byte order mark", b"\xef\xbb\xbf" + SUMS)
sums("E-204", "backwards", b"".join(ROWS[::-1]))
sums("E-204", "two rows swapped", b"".join([ROWS[1], ROWS[0]] + ROWS[2:]))
sums("E-204", "sorted as a dictionary would", b"".join(sorted(ROWS, key=lambda r: r[66:].lower())) if sorted(ROWS, key=lambda r: r[66:].lower()) != ROWS else ROWS[1] + ROWS[0])
sums("E-204", "itself", b"".join(sorted(ROWS + [b"0" * 64 + b"  SHA256SUMS\n"], key=lambda r: r[66:])))
sums("E-204", "a signature", b"".join(sorted(ROWS + [b"0" * 64 + b"  signatures/x.minisig\n"], key=lambda r: r[66:])))
sums("E-405", "a name again in another case", b"".join(sorted(ROWS + [ROWS[1][:66] + ROWS[1][66:].upper()], key=lambda r: r[66:])), "D7 B4")
sums("E-202", "without the manifest", b"".join(ROWS[1:]), "B4 B5")
sums("E-202", "a file more than there is", b"".join(sorted(ROWS + [b"0" * 64 + b"  sql/sqlite/from-base/upgrade.from-section-2.sql\n"], key=lambda r: r[66:])), "B2")
sums("E-203", "another digest", row(1, lambda r: b"0" * 64 + r[64:]), "B3")
sums("E-203", "another digest of the manifest", row(0, lambda r: b"0" * 64 + r[64:]), "B3")
many = b"".join(b"%064d  sql/%05d\n" % (0, i) for i in range(65535))
sums("E-418", "65 536 rows", ROWS[0] + many, "D29")
sums("E-411", "twelve mebibytes and a byte", b"x" * ((12 << 20) + 1), "D15 D29")

# ---- MANIFEST.json ----
MANIFEST = get("b/MANIFEST.json")


def manifest(number, what, text, threats):
    bundle()
    put("f/MANIFEST.json", text)
    list_again("f")
    sign("f", key)
    refused(number, "the manifest: " + what, "f", threats)


def swap(old, new):
    assert MANIFEST.count(old) == 1, old
    return MANIFEST.replace(old, new)


SEQUENCE = b'"sequence": 3'
for what, text in (("a key twice", b'"sequence": 3,\n  "sequence": 3'), ("a key twice, the values differ", b'"sequence": 4,\n  "sequence": 3'), ("a key twice, one written with \\u", b'"sequence": 3,\n  "\\u0073equence": 3'),
                   ("a key twice, all of it written with \\u", b'"sequence": 3,\n  "' + b"".join(b"\\u%04x" % c for c in b"sequence") + b'": 3')):
    manifest("E-206", what, swap(SEQUENCE, text), "B6")
manifest("E-206", "a key twice, in an object below", swap(b'"name": "waybill",', b'"name": "waybill",\n    "name": "waybill",'), "B6")
manifest("E-209", "a key in another case", swap(SEQUENCE, b'"sequence": 3,\n  "Sequence": 3'), "B6 B9")
for number in ("9007199254740992", "9007199254740993", "9223372036854775807", "9223372036854775808", "18446744073709551619", "1" + "0" * 400, "3.0", "3e0", "3E0", "30e-1", "0.3e1", "-3", "-1", "-0", "-0.0", "0e0", "1e400"):
    manifest("E-207|E-208|E-209|E-418", "the number " + number[:24], swap(SEQUENCE, b'"sequence": ' + number.encode()), "B7")
for number in ("03", "+3", "0x3", ".3", "3.", "3e", "3e+", "--3", "NaN", "Infinity", "-Infinity", "3_0", "3L", "٣", "true", "null", '"3"', "[3]", "{}", "", "3 3"):
    manifest("E-208|E-209", "for a number: " + number, swap(SEQUENCE, b'"sequence": ' + number.encode()), "B7 B8")
TICKET = b'"ticket": null'
for what, text in (("bytes that are not UTF-8", b'"\xff"'), ("a character cut off", b'"\xe2\x82"'), ("an overlong slash", b'"\xc0\xaf"'), ("an overlong slash of four bytes", b'"\xf0\x80\x80\xaf"'), ("a surrogate in UTF-8", b'"\xed\xa0\x80"'),
                   ("a character over U+10FFFF", b'"\xf4\x90\x80\x80"'), ("a high surrogate alone", b'"\\ud800"'), ("a low surrogate alone", b'"\\udc00"'), ("surrogates in the wrong order", b'"\\udc00\\ud800"'), ("two high surrogates", b'"\\ud800\\ud800"'),
                   ("half a surrogate and a letter", b'"\\ud800x"'), ("U+0000", b'"a\\u0000b"'), ("a NUL", b'"a\0b"'), ("a raw line feed", b'"a\nb"'), ("a raw tab", b'"a\tb"'), ("an escape not known", b'"\\x41"'), ("an escape of three digits", b'"\\u004"'),
                   ("an upper-case U", b'"\\U00000041"'), ("single quotes", b"'x'"), ("no quotes", b"x"), ("not closed", b'"x'), ("an escape last", b'"x\\"'), ("a comma too many", b'"x",'), ("no value", b""), ("a comment", b'"x" /* y */'),
                   ("a comment to the line's end", b'"x" // y'), ("a hash", b'"x" # y'), ("True", b"True"), ("nul", b"nul"), ("undefined", b"undefined"), ("a list with a comma last", b'["x",]'), ("a list of commas", b"[,]"), ("a bracket of the other kind", b"[}")):
    manifest("E-208", what, swap(TICKET, b'"ticket": ' + text), "B8")
for what, text in (("a letter written with \\u", b'"\\u0041"'), ("an escaped slash", b'"a\\/b"'), ("lower-case digits of an escape", b'"\\u00e9"'), ("a character not escaped", '"é"'.encode()), ("an empty text for null", b'""'), ("a list for a text", b"[]"), ("an object for a text", b"{}"), ("false for null", b"false")):
    manifest("E-209", what, swap(TICKET, b'"ticket": ' + text), "B8 B10")
for what, text in (("a byte order mark", b"\xef\xbb\xbf" + MANIFEST), ("UTF-16", MANIFEST.decode().encode("utf-16")), ("UTF-16 without a mark", MANIFEST.decode().encode("utf-16-le")), ("something behind it", MANIFEST + b"x"), ("another object behind it", MANIFEST + b"{}"),
                   ("a NUL behind it", MANIFEST + b"\0"), ("something before it", b"x" + MANIFEST), ("nothing", b""), ("white space", b" \n"), ("cut in half", MANIFEST[:len(MANIFEST) // 2]), ("without its last bracket", MANIFEST.rstrip()[:-1]),
                   ("a text", b'"x"'), ("a number", b"3"), ("17 lists", b"[" * 17 + b"]" * 17), ("100 000 lists", b"[" * 100000), ("100 000 objects", b'{"a":' * 100000), ("17 levels below", swap(b'"waivers": []', b'"waivers": ' + b"[" * 17 + b"]" * 17)),
                   ("16 levels below, and one for the object", swap(b'"waivers": []', b'"waivers": ' + b"[" * 16 + b"]" * 16))):
    manifest("E-208", what, text, "B8")
manifest("E-411", "two mebibytes and a byte", MANIFEST + b" " * (2 * 1024 * 1024 + 1 - len(MANIFEST)), "B8 D15")
manifest("E-209", "two mebibytes of white space", MANIFEST + b" " * (2 * 1024 * 1024 - len(MANIFEST)), "B8 B10")
manifest("E-209", "brackets in a text only", swap(TICKET, b'"ticket": "' + b"[" * 100 + b'\\u0041"'), "B8 B10")
manifest("E-209", "a list", b"[]", "B8")
for what, text in (("no last line feed", MANIFEST[:-1]), ("CRLF", MANIFEST.replace(b"\n", b"\r\n")), ("tabs", MANIFEST.replace(b"  ", b"\t")), ("on one line", json.dumps(json.loads(MANIFEST)).encode() + b"\n"),
                   ("keys sorted", json.dumps(json.loads(MANIFEST), indent=2, sort_keys=True).encode() + b"\n"), ("a blank behind a colon more", swap(TICKET, b'"ticket":  null'))):
    manifest("E-209", what, text, "B10")
for what, text in (("type waybill-bundle/2", swap(b"waybill-bundle/1", b"waybill-bundle/2")), ("type waybill-bundle/1.1", swap(b"waybill-bundle/1", b"waybill-bundle/1.1")), ("no type", swap(b'"type": "waybill-bundle/1",\n  ', b"")),
                   ("a key not known", swap(TICKET, TICKET + b',\n  "requires": ["x"]')), ("a key not known, last", swap(b'"waivers": []', b'"waivers": [],\n  "x": null')), ("a key of a script not known", MANIFEST.replace(b'"sections": 3', b'"sections": 3,\n      "x": 1', 1)),
                   ("a key missing", swap(TICKET + b",\n  ", b"")), ("a waiver", swap(b'"waivers": []', b'"waivers": [\n    {}\n  ]'))):
    manifest("E-209", what, text, "B9")
for what, old, new in (("another bundle's name", b'"bundle": "shop-000003"', b'"bundle": "shop-000004"'), ("a path for a name", b'"bundle": "shop-000003"', b'"bundle": "../x"'), ("a product with a slash", b'"product": "shop"', b'"product": "sh/op"'),
                       ("a time with a zone", b'"created": null', b'"created": "2026-01-01T00:00:00+00:00"'), ("the 30th of February", b'"created": null', b'"created": "2026-02-30T00:00:00Z"'), ("a leap second", b'"created": null', b'"created": "2016-12-31T23:59:60Z"'),
                       ("a predecessor of MD5", b'"predecessor": null', b'"predecessor": "md5:d41d8cd98f00b204e9800998ecf8427e"')):
    manifest("E-206|E-209|E-406", what, swap(old, new), "B9" if "time" not in what else "B8")

# ---- the manifest, the list and the files ----
def files(number, what, change, threats, source="b"):
    bundle(source)
    change()
    list_again("f")
    sign("f", key)
    refused(number, what, "f", threats)


first = json.loads(MANIFEST)["scripts"][0]
files("E-205", "a script that the manifest names is gone", lambda: os.remove("f/" + first["upgrade"]), "B5")
files("E-205", "a way back that the manifest names is gone", lambda: os.remove("f/" + first["downgrade"]), "B5")
files("E-205", "README.txt is gone", lambda: os.remove("f/README.txt"), "B5")
for path in ("sql/x.sql", "sql/oracle/status.sql", "sql/postgresql/x.sql", "sql/postgresql/from-base/x.sql", "sql/postgresql/from-base/upgrade.from-section-0.sql", "sql/postgresql/from-base/upgrade.from-section-2.sql.bak", "sql/postgresql/from-r1/upgrade.sql",
             "sql/postgresql/from-base/steps/x.sql", "sql/postgresql/from-base/steps/0001_x.sql", "REVIEW.pdf", "x", "signature/x.minisig"):
    files("E-205|E-604", "a file without a place: " + path, lambda: put("f/" + path, b"-- x\n"), "B5 B1")
for what, old, new in (("a script in another folder", "sql/postgresql/from-base/upgrade.sql", "sql/postgresql/from-r1/upgrade.sql"), ("a script above", "sql/postgresql/from-base/upgrade.sql", "upgrade.sql"), ("another database's script", "sql/postgresql/from-base/upgrade.sql", "sql/sqlite/from-base/upgrade.sql"),
                       ("its own way back for a script", "sql/postgresql/from-base/upgrade.sql", "sql/postgresql/from-base/downgrade.sql")):
    manifest("E-205", what, swap(b'"upgrade": "%s"' % old.encode(), b'"upgrade": "%s"' % new.encode()), "B5")
manifest("E-205|E-209", "two ranges of one folder", MANIFEST.replace(b'"dialect": "sqlite"', b'"dialect": "postgresql"').replace(b"sql/sqlite", b"sql/postgresql"), "B5")

# ---- two signed bundles ----
def mixed(number, what, change, threats, source="b"):
    bundle(source)
    change()
    refused(number, what, "f", threats)


signature = "f/signatures/%s.minisig" % key.id
mixed("E-203", "a script of an older bundle", lambda: shutil.copy("older/sql/sqlite/from-base/upgrade.sql", "f/sql/sqlite/from-base/upgrade.sql"), "C3")
mixed("E-203", "all scripts of an older bundle", lambda: copy("older/sql", "f/sql"), "C3")
mixed("E-203", "the manifest of an older bundle", lambda: shutil.copy("older/MANIFEST.json", "f/MANIFEST.json"), "C3")
mixed("E-102", "the list of an older bundle", lambda: shutil.copy("older/SHA256SUMS", "f/SHA256SUMS"), "C3 C4")
mixed("E-102", "the signature of an older bundle", lambda: shutil.copy("older/signatures/%s.minisig" % key.id, signature), "C4")
mixed("E-203", "list and signature of an older bundle", lambda: [shutil.copy("older/SHA256SUMS", "f/SHA256SUMS"), shutil.copy("older/signatures/%s.minisig" % key.id, signature)], "C3 C4")
other = Key("board")
other.write("o")
pack("theirs", key="o.key")
mixed("E-102", "a comment of another bundle of ours", lambda: put(signature, re.sub(rb"(?m)^trusted.*$", re.search(rb"(?m)^trusted.*$", get("older/signatures/%s.minisig" % key.id)).group(), get(signature))), "A11 A10")
mixed("E-104", "a signature under another's name", lambda: os.rename(signature, "f/signatures/%s.minisig" % other.id), "A11")
mixed("E-104", "a signature under a role's name", lambda: os.rename(signature, "f/signatures/vendor.minisig"), "A11")
mixed("E-101", "the signature of another key alone", lambda: [os.remove(signature), shutil.copy("theirs/signatures/%s.minisig" % other.id, "f/signatures")], "A1")
sums_sha = hashlib.sha256(SUMS).hexdigest()
for what, comment, number in (("of another bundle", "waybill-bundle/1 bundle=shop-000004 sums=" + sums_sha, "E-108"), ("with another digest", "waybill-bundle/1 bundle=shop-000003 sums=" + "0" * 64, "E-108"), ("with a role", "waybill-bundle/1 bundle=shop-000003 sums=%s role=board" % sums_sha, "E-108"),
                              ("with no time for a time", "waybill-bundle/1 bundle=shop-000003 sums=%s at=now" % sums_sha, "E-108"), ("of a later form", "waybill-bundle/2 bundle=shop-000003 sums=" + sums_sha, "E-108"), ("of nothing", "", "E-107|E-108"), ("that says it was verified", "VERIFIED", "E-108"),
                              ("with an escape", "timestamp:1\tfile:\x1b[2J\thashed", "E-107"), ("with a carriage return", "timestamp:1\tfile:x\rVERIFIED\thashed", "E-107"), ("with a direction character", "timestamp:1\tfile:\u202ex\thashed", "E-107"), ("with DEL", "timestamp:1\tfile:\x7f\thashed", "E-107"),
                              ("over 8192 bytes", "timestamp:1\tfile:%s\thashed" % ("x" * 9000), "E-411|E-107|E-108")):
    mixed(number, "signed, with a trusted comment " + what, lambda: put(signature, key.minisig(SUMS, comment=comment).encode()), "A10" if "with a" in what or "says" in what else "A11")
mixed("E-101", "an unknown key's bad signature does not help", lambda: [os.remove(signature), put("f/signatures/%s.minisig" % other.id, other.minisig(b"x").encode())], "A14 A1")


def judged(what, want, threats, change, *words):
    bundle()
    change()
    code, out, err = run(WAYBILL, "verify", "f", "--pubkey", "k.pub")
    check(code == want and all(w in out + err for w in words), what, threats, "status %d %r" % (code, err[:200]))


judged("an unknown key's bad signature does not harm and is not called verified", 0, "A14", lambda: put("f/signatures/%s.minisig" % other.id, other.minisig(b"x").encode()), "%s: its key is not known here" % other.id, "%s: verified" % key.id)
judged("our key's bad copy for signify refuses, though its own signature is good", 1, "A14", lambda: put("f/signatures/%s.sig" % key.id, b"untrusted comment: verify with k.pub\n" + base64.b64encode(b"Ed" + key.number + bytes(64)) + b"\n"), "E-102")
judged("64 signatures", 0, "D29", lambda: [put("f/signatures/%s.minisig" % k.id, k.minisig(SUMS).encode()) for k in (Key("n%d" % i) for i in range(63))])
judged("65 signatures", 1, "D29", lambda: [put("f/signatures/%s.minisig" % k.id, k.minisig(SUMS).encode()) for k in (Key("n%d" % i) for i in range(64))], "E-418")
bundle()
shutil.copy("k.pub", "f/signatures/%s.pub" % key.id)
refused("E-201", "a public key among the signatures", "f", "A18")
bundle()
other.write("f/vendor")
os.remove("f/vendor.key")
refused("E-201", "a public key at the top", "f", "A18")
code, out, err = run(WAYBILL, "verify", "theirs")
check(code == 2 and "--pubkey" in err, "without a public key from outside nothing is verified", "A18 A1", err)
for command in (("sign", "b/SHA256SUMS"), ("pack", "b/SHA256SUMS"), ("pack", "-")):
    check(run(WAYBILL, "-c", "p/alembic.ini", *command, "--key", "k.key", "-o", "signed")[0] == 2 and not os.path.exists("signed"), "no command signs a file: " + " ".join(command), "A20")

# ---- scripts ----
def script(number, what, path, text, threats):
    files(number, what, lambda: put("f/" + path, get("f/" + path) + text), threats, "four" if path.startswith("sql/m") else "b")


my, lite, pg = "sql/mysql/from-base/upgrade.sql", "sql/sqlite/from-base/upgrade.sql", "sql/postgresql/from-base/upgrade.sql"
for where in (my, my.replace("mysql", "mariadb")):
    for what, text in (("run by every version", "/*! DROP TABLE item */;\n"), ("run by some versions", "/*!50000 DROP TABLE item */;\n"), ("run by MariaDB", "/*M! DROP TABLE item */;\n"), ("run by MariaDB of a version", "/*M!100100 DROP TABLE item */;\n"),
                       ("in a statement", "SELECT 1 /*!50000 + sleep(9) */;\n"), ("two minus signs that are no comment", "SELECT 1 --1;\n")):
        script("E-603", "%s: a comment %s" % (where.split("/")[1], what), where, text.encode(), "F6")
    for text in ("\\! ls", "system ls", "SYSTEM ls", "source x.sql", "\\. x.sql", "tee x", "pager less", "connect x", "use other", "delimiter //", "SELECT 1\ndelimiter //", "SELECT 1 \\g", "  \\! ls", "SELECT 'a\\\\' \\! ls", "quit", "help", "?", "prompt x"):
        script("E-603", "%s: the client's %s" % (where.split("/")[1], text.replace("\n", " / ")), where, (text + "\n").encode(), "F5")
for text in ("\\! ls", "\\i x.sql", "\\copy item from program 'ls'", "\\o |ls", "select 1 \\gexec", "\\c other", "\\set x `ls`", "\\set ON_ERROR_STOP off", "select 1; \\q", "select :'x' \\bind", "\\if true", "\\lo_import x", "\\\\!"):
    script("E-603", "psql: " + text, pg, (text + "\n").encode(), "F5")
for line in (b"\\set AUTOCOMMIT on\n", b"\\set ON_ERROR_STOP on\n", b"\\if :waybill_go\n"):
    files("E-603", "psql: backticks in a comment behind %r, which a paste in brackets makes its argument" % line, lambda: put("f/" + pg, get("b/" + pg).replace(line, line + b"-- `touch x`\n", 1)), "F5")
files("E-603", "psql: backticks in a comment at the head of status.sql", lambda: put("f/sql/postgresql/status.sql", get("b/sql/postgresql/status.sql").replace(b"\\set QUIET on\n", b"\\set QUIET on\n-- `touch x`\n", 1)), "F5")
for text in (".shell ls", ".system ls", ".read x.sql", ".import |ls item", ".output |ls", ".once x", ".open other.db", ".load x", ".bail off", ".mode csv", ".quit", "/", "go", "/* x\n.shell ls\n*/", "GO"):
    script("E-603", "sqlite3: " + text.replace("\n", " / "), lite, (text + "\n").encode(), "F5")
for path in (pg, "README.txt"):
    for code in (0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0x200e, 0x200f, 0x61c):
        script("E-601", "U+%04X in %s" % (code, path), path, ("-- %c\n" % code).encode(), "F1")
    for code in (0x200b, 0x200c, 0x200d, 0x2060, 0xfeff, 0xad, 0x180e, 0xfe0f, 0xe0041, 0x34f, 0x115f, 0x3164):
        script("E-601", "U+%04X in %s" % (code, path), path, ("-- a%cb\n" % code).encode(), "F2")
    for what, text in (("a carriage return", b"-- a\rDROP TABLE item;\n"), ("CRLF", b"-- a\r\n"), ("a vertical tab", b"-- a\vb\n"), ("a form feed", b"-- a\fb\n"), ("NEL", "-- a\u0085b\n".encode()), ("U+2028", "-- a\u2028b\n".encode()), ("U+2029", "-- a\u2029b\n".encode())):
        script("E-602", "%s in %s" % (what, path), path, text, "F3")
    for code in (0, 1, 4, 7, 8, 0x1a, 0x1b, 0x7f, 0x80, 0x90, 0x9b, 0x9f):
        script("E-601", "U+%04X in %s" % (code, path), path, ("-- %c\n" % code).encode(), "F4 E5")
    for what, text in (("Latin-1", b"-- caf\xe9\n"), ("a character cut off", b"-- \xe2\x82"), ("an overlong one", b"-- \xc0\xaf\n"), ("a surrogate", b"-- \xed\xa0\x80\n"), ("over U+10FFFF", b"-- \xf4\x90\x80\x80\n"), ("a lone continuation", b"-- \x80x\n"), ("0xff", b"\xff\n")):
        script("E-602", "%s in %s" % (what, path), path, text, "F7")
    files("E-602", "a byte order mark in " + path, lambda: put("f/" + path, b"\xef\xbb\xbf" + get("f/" + path)), "F7")
    files("E-60", "UTF-16 in " + path, lambda: put("f/" + path, get("f/" + path).decode().encode("utf-16")), "F7")
for path in (lite, my, "sql/sqlite/status.sql"):
    for number, code, threat in (("E-601", 0x202e, "F1"), ("E-601", 0x200b, "F2"), ("E-602", 0x2028, "F3"), ("E-602", 0x0d, "F3"), ("E-601", 0x1b, "F4"), ("E-601", 0, "F4")):
        script(number, "U+%04X in %s" % (code, path), path, ("-- %cb\n" % code).encode(), threat)
    script("E-602", "Latin-1 in " + path, path, b"-- caf\xe9\n", "F7")
dialects = ("postgresql", "sqlite", "mysql", "mariadb")
for a in dialects:
    for b in dialects:
        for name in ("upgrade.sql", "downgrade.sql", "steps/0001_r1_create_the_items.upgrade.sql"):
            def swapped():
                shutil.copy("four/sql/%s/from-base/%s" % (b, name), "f/sql/%s/from-base/%s" % (a, name))
            if a != b:
                mixed("E-203|E-603|E-604", "%s's %s is %s's" % (a, name, b), swapped, "F8", "four")
                files("E-603|E-604", "signed: %s's %s is %s's" % (a, name, b), swapped, "F8", "four")
files("E-604|E-611", "a database that this version does not know", lambda: [os.rename("f/sql/sqlite", "f/sql/db2"), put("f/MANIFEST.json", MANIFEST.replace(b"sqlite", b"db2"))], "B9")
finish()
