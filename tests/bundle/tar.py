"""Tar archives that someone wrote by hand: each header byte is made here, so that what tars can say and the packer never does
is said one thing at a time. Only the packer's own tar is accepted."""
import tarfile

from common import Key, check, finish, get, must, pack, project, put, refused, run, WAYBILL

project("p")
key = Key("vendor")
key.write("k")
pack("b.tar")
old = tarfile.open("b.tar")
FILES = [(m.name, old.extractfile(m).read()) for m in old.getmembers()]
TIME = old.getmembers()[0].mtime
TOP = FILES[0][0].split("/")[0]


def octal(digits, value):
    return b"%0*o" % (digits, value)


def header(name, length, type=b"0", link=b"", mode=0o644, uid=0, gid=0, time=TIME, checksum=None, magic=b"ustar\x0000", **raw):
    """a header in the packer's own form but for what is given; `raw` gives fields as bytes"""
    name, prefix = name if isinstance(name, bytes) else name.encode(), b""
    if len(name) > 100 and b"/" in name[:-100]:
        cut = name.index(b"/", len(name) - 101)
        prefix, name = name[:cut], name[cut + 1:]
    field = {"size": octal(11, length) + b" ", "mtime": octal(11, time) + b" ", "mode": octal(6, mode) + b" \0", "uname": b"root".ljust(32, b"\0"),
             "gname": b"root".ljust(32, b"\0"), "devices": b"000000 \x00000000 \0", "prefix": prefix.ljust(155, b"\0"), "end": bytes(12)}
    field.update(raw)
    h = (name[:100].ljust(100, b"\0") + field["mode"] + octal(6, uid) + b" \0" + octal(6, gid) + b" \0" + field["size"] + field["mtime"] + b" " * 8 + type +
         link.ljust(100, b"\0") + magic + field["uname"] + field["gname"] + field["devices"] + field["prefix"] + field["end"])
    assert len(h) == 512, len(h)
    return h[:148] + (checksum or b"%06o\0 " % sum(h)) + h[156:]


def entry(name, data=b"", **kw):
    return header(name, len(data), **kw) + data + bytes(-len(data) % 512)


def pax(records, type=b"x", name="PaxHeaders/x"):
    text = b""
    for k, v in records.items():
        body = b" %s=%s\n" % (k.encode(), v)
        n = len(body)
        while n != len(body) + len(str(n)):
            n = len(body) + len(str(n))
        text += b"%d" % n + body
    return entry(name, text, type=type)


plain = [entry(n, d) for n, d in FILES]
END = bytes(1024)
put("same.tar", b"".join(plain) + END)
check(get("same.tar") == get("b.tar"), "the headers made here are the packer's")
last = FILES[-1][0]
at = 6   # an entry among the scripts
name, data = FILES[at]


def tar(number, what, threats, raw):
    put("h.tar", raw)
    refused(number, what, "h.tar", threats)


def more(number, what, threats, *entries):
    """entries behind the last one"""
    tar(number, what, threats, b"".join(plain) + b"".join(entries) + END)


def instead(number, what, threats, *entries):
    """entries in the place of one"""
    tar(number, what, threats, b"".join(plain[:at]) + b"".join(entries) + b"".join(plain[at + 1:]) + END)


X = b"x" * 10
# ---- names ----
for path in ("../x", "%s/../x", "%s/sql/../../x", "%s/./x", "%s//x", "%s/sql/..", "./%s/x", "%s/sql/.", ".."):
    path = path % TOP if "%" in path else path
    more("E-401|E-402", "the path " + path, "D1", entry(path, X))
for path in ("/etc/x", "//server/share/x", "C:/x", "c:x", "/%s/x" % TOP):
    more("E-402", "the path " + path, "D2", entry(path, X))
for path in ("%s/sql\\..\\x", "%s/sql\\x", "%s/\\\\server\\x", "..\\x"):
    path = path % TOP if "%" in path else path
    more("E-401|E-406", "the path " + path, "D3", entry(path, X))
for what, path in (("another case", "/README.TXT"), ("the same in another case, in a folder", "/SQL/sqlite/status.sql")):
    more("E-201|E-404", what, "D7", entry(TOP + path, X))
for what, path in (("a composed letter", "/sql/é.sql"), ("a letter and its accent", "/sql/e\u0301.sql"), ("a dotless i", "/sql/\u0131.sql"), ("a Kelvin sign", "/sql/\u212a.sql")):
    more("E-406", what, "D7 D8", entry(TOP + path, X))
for what, path in (("a direction character", "\u202egpj.sql"), ("an escape", "\x1b[2J"), ("a line feed", "a\nb"), ("a tab", "a\tb"), ("a dash first", "-rf"), ("a dot first", ".x"), ("a dot last", "x."),
                   ("a blank", "a b"), ("a blank last", "x "), ("a device of Windows", "nul.txt"), ("one with a number", "COM1.sql"), ("a stream of NTFS", "x.sql:evil"), ("a short name of Windows", "README~1"),
                   ("a star", "*"), ("a quote", "a'b"), ("a dollar", "$(x)"), ("bytes that are not UTF-8", b"\xff\xfe")):
    for place in ("/", "/sql/"):
        path_bytes = (TOP + place).encode() + (path if isinstance(path, bytes) else path.encode())
        more("E-406", what + " in the name, " + ("at the top" if place == "/" else "in a folder"), "D8 E5", entry(path_bytes, X))
more("E-418", "a path of 101 bytes", "D29", entry(TOP + "/sql/" + "d" * 50 + "/" + "f" * 46, X))
more("E-401|E-406|E-418", "a path that fills name and prefix", "D29", entry("p" * 150 + "/" + "n" * 100, X))

# ---- what is no regular file ----
for what, type, threats in (("a symbolic link", b"2", "D4"), ("a hard link", b"1", "D5"), ("a character device", b"3", "D9"), ("a block device", b"4", "D9"), ("a folder", b"5", "D27"), ("a FIFO", b"6", "D9")):
    more("E-403", what, threats, entry(TOP + "/zz", type=type, link=b"/etc/passwd"))
    instead("E-403", what + " in a file's place", threats, entry(name, type=type, link=b"../../x"))
    more("E-403|E-416", what + " with data", threats, entry(TOP + "/zz", X, type=type, link=FILES[0][0].encode()))
more("E-403", "a file through a symbolic link", "D4", entry(TOP + "/zz", type=b"2", link=b"/tmp"), entry(TOP + "/zz/x", X))
instead("E-403", "a hard link whose data replace a file", "D5", entry(name, data, type=b"1", link=FILES[0][0].encode()))
for what, type in (("a contiguous file", b"7"), ("an old regular file", b"\0"), ("a type not known", b"Z"), ("a multi-volume part", b"M"), ("a volume's label", b"V"), ("a folder's dump", b"D"), ("Solaris' ACL", b"A")):
    instead("E-400|E-401|E-403|E-415|E-416", what, "D9 D25" if type == b"A" else "D9", entry(name, data, type=type))
instead("E-401|E-403|E-416", "a regular file whose name ends like a folder's", "D27", entry(name + "/", data))
instead("E-401|E-403|E-416", "a folder whose name ends like a file's", "D27", entry(name, data, type=b"5"))
instead("E-400|E-403", "a regular file with a link's target", "D4", entry(name, data, link=b"/etc/passwd"))

# ---- twice, another order ----
instead("E-404", "an entry twice, the same", "D6", plain[at], plain[at])
instead("E-203|E-404", "an entry twice, the other first", "D6", entry(name, X), plain[at])
instead("E-404", "an entry twice, the other last", "D6", plain[at], entry(name, X))
instead("E-401", "an entry twice, by another spelling", "D6 D1", plain[at], entry(name.replace("/sql/", "/./sql/"), data))
for i, what in ((0, "the manifest"), (1, "the list"), (2, "a signature")):
    more("E-201|E-404", what + " twice, at the end", "D6 D28", plain[i])
    tar("E-401|E-404|E-417", what + " twice, at once", "D6 D28", b"".join(plain[:i + 1] + plain[i:]) + END)
    tar("E-101|E-202|E-417", what + " last", "D28", b"".join(plain[:i] + plain[i + 1:] + [plain[i]]) + END)
tar("E-417", "the list first", "D28", b"".join([plain[1], plain[0]] + plain[2:]) + END)
tar("E-101", "a file before the signatures", "D28", b"".join(plain[:2] + [plain[3], plain[2]] + plain[4:]) + END)

# ---- modes, owners, times ----
for what, kw in (("set-user-id", {"mode": 0o4644}), ("set-group-id", {"mode": 0o2644}), ("sticky", {"mode": 0o1644}), ("executable", {"mode": 0o755}), ("others may write", {"mode": 0o666}),
                 ("nobody may read", {"mode": 0}), ("bits of a file's type", {"mode": 0o100644}), ("a user", {"uid": 1000}), ("a group", {"gid": 1000}), ("a time of its own", {"time": TIME + 1})):
    instead("E-400|E-407", "mode, owner or time: " + what, "D10", entry(name, data, **kw))
for what, kw in (("user's name", {"uname": b"mallory".ljust(32, b"\0")}), ("group's name", {"gname": b"wheel".ljust(32, b"\0")}), ("unused numbers", {"devices": b"000001 \x00000000 \0"}), ("bytes behind the fields", {"end": b"x" * 12})):
    instead("E-400|E-407", "another header: " + what, "D10 D26", entry(name, data, **kw))

# ---- headers of later formats ----
instead("E-415", "pax: another path", "D22", pax({"path": b"/etc/x"}), plain[at])
instead("E-415", "pax: the same path", "D22", pax({"path": name.encode()}), plain[at])
instead("E-415|E-416", "pax: another size", "D22", pax({"size": b"1"}), plain[at])
instead("E-403|E-415|E-416", "pax: a link's target", "D22", pax({"linkpath": b"/etc/passwd"}), plain[at])
instead("E-415", "pax: a time in fractions", "D22", pax({"mtime": b"%d.5" % TIME}), plain[at])
instead("E-415", "pax: a character set", "D22", pax({"hdrcharset": b"BINARY"}), plain[at])
tar("E-415", "pax: for all entries", "D22", pax({"path": b"/etc/x"}, b"g") + b"".join(plain) + END)
tar("E-415", "pax: a comment for all entries", "D22", pax({"comment": b"x"}, b"g") + b"".join(plain) + END)
instead("E-415|E-416", "pax: two mebibytes", "D23", pax({"comment": b"x" * (2 << 20)}), plain[at])
instead("E-415|E-416", "pax: twenty thousand records", "D23", pax({"k%d" % i: b"x" for i in range(20000)}), plain[at])
instead("E-415|E-416", "pax: a header that says four gibibytes", "D23", header("PaxHeaders/x", 0xffffffff, type=b"x"), plain[at])
instead("E-415|E-416", "pax: a record longer than its header", "D23", entry("PaxHeaders/x", b"999999999 path=x\n", type=b"x"), plain[at])
instead("E-415|E-416", "pax: a record without length", "D23", entry("PaxHeaders/x", b"path=x\n", type=b"x"), plain[at])
instead("E-415|E-416", "pax: headers of headers", "D23", *[pax({"comment": b"x"}) for _ in range(200)], plain[at])
GNU = {"magic": b"ustar  \0"}
for letter, what in ((b"L", "name"), (b"K", "link")):
    instead("E-400|E-415|E-416", "GNU: a long " + what, "D22 D23", entry("././@LongLink", name.encode() + b"\0", type=letter, **GNU), plain[at])
    instead("E-415|E-416", "GNU: a %s of two mebibytes" % what, "D23", entry("././@LongLink", b"x" * (2 << 20), type=letter, **GNU), plain[at])
    instead("E-415|E-416", "GNU: a %s of four gibibytes" % what, "D23", header("././@LongLink", 0xffffffff, type=letter, **GNU), plain[at])
instead("E-400|E-415", "GNU's magic", "D22", entry(name, data, **GNU))
instead("E-400|E-415", "no magic: tar before ustar", "D22", entry(name, data, magic=bytes(8)))
sparse = octal(11, 0) + b"\0" + octal(11, 512) + b"\0"   # one piece
tail = bytes(41) + sparse.ljust(96, b"\0") + b"\0" + b"\x80" + (1 << 40).to_bytes(11, "big") + bytes(17)
instead("E-403|E-415|E-416", "GNU: a sparse file of a tebibyte", "D24", header(name, 512, type=b"S", prefix=tail[:155], end=tail[155:], **GNU) + b"x" * 512)
for what, records in (("0.0", {"GNU.sparse.size": b"1099511627776", "GNU.sparse.numblocks": b"1", "GNU.sparse.offset": b"0", "GNU.sparse.numbytes": b"1"}),
                      ("0.1", {"GNU.sparse.size": b"1099511627776", "GNU.sparse.numblocks": b"1", "GNU.sparse.map": b"0,1"}),
                      ("1.0", {"GNU.sparse.major": b"1", "GNU.sparse.minor": b"0", "GNU.sparse.name": name.encode(), "GNU.sparse.realsize": b"1099511627776"})):
    instead("E-415|E-416", "pax: sparse, form " + what, "D24", pax(records), plain[at])
for what, records in (("a capability", {"SCHILY.xattr.security.capability": b"\1\0\0\2\0\x20\0\0"}), ("an attribute", {"LIBARCHIVE.xattr.user.x": b"eA"}), ("an ACL", {"SCHILY.acl.access": b"user::rwx,group::rwx,other::rwx"}),
                      ("flags", {"SCHILY.fflags": b"immutable"}), ("SELinux", {"RHT.security.selinux": b"x"})):
    instead("E-415|E-416", "pax: " + what, "D25", pax(records), plain[at])

# ---- numbers ----
size = len(data)
for what, raw in (("negative", b"\xff" * 12), ("negative, of few bits", b"\xff" * 11 + b"\xf0"), ("in base 256", b"\x80" + size.to_bytes(11, "big")), ("of 2^64 in base 256", b"\x80" + (1 << 64).to_bytes(11, "big")),
                  ("with blanks first", b"%11o " % size), ("ended by NUL", octal(11, size) + b"\0"), ("of twelve digits", octal(12, size)), ("with letters", octal(8, size) + b"xyz "), ("with a digit 9", b"0000000009 9"),
                  ("with a sign", b"-%010o " % size), ("empty", bytes(12)), ("of blanks", b" " * 12), ("smaller", octal(11, size - 1) + b" "), ("larger", octal(11, size + 1) + b" ")):
    instead("E-4|E-2|E-601", "a size that is " + what, "D26", header(name, size, size=raw) + data + bytes(-size % 512))
instead("E-418|E-416", "a size of three gibibytes", "D29 D26", header(name, 3 << 30))
instead("E-418|E-416", "the largest size", "D29 D26", header(name, 0o77777777777))
for what, raw in (("in base 256", b"\x80" + TIME.to_bytes(11, "big")), ("negative", b"\xff" * 12), ("with letters", b"xxxxxxxxxxxx")):
    instead("E-4", "a time that is " + what, "D26", entry(name, data, mtime=raw))
good = header(name, size)
total = sum(good[:148]) + sum(good[156:]) + 8 * 32
for what, sumtext in (("wrong", b"%06o\0 " % (total + 1)), ("zero", b"000000\0 "), ("of blanks", b" " * 8), ("in another form", b"%07o\0" % total), ("without its end", b"%08o" % total)):
    instead("E-400|E-415|E-416", "a checksum that is " + what, "D26", header(name, size, checksum=sumtext) + data + bytes(-size % 512))
instead("E-400|E-409", "padding that is not zero", "D26 D13", header(name, size) + data + b"x" * (-size % 512))
whole = b"".join(plain)
tar("E-416", "cut in a header", "D26", whole[:700])
tar("E-416", "cut in a file", "D26", whole[:len(whole) - 600])
tar("E-202|E-416", "no end", "D26", whole)
tar("E-416", "one block of the end", "D26 D13", whole + bytes(512))
tar("E-409", "three blocks of the end", "D13", whole + bytes(1536))
tar("E-409", "the end filled up as tar fills it", "D13", whole + bytes(10240))
tar("E-409", "another archive behind the end", "D13", whole + END + whole + END)
tar("E-409", "an entry behind the end", "D13", whole + END + entry(TOP + "/zz", X) + END)
tar("E-4", "an end in the middle", "D13", b"".join(plain[:at]) + END + b"".join(plain[at:]) + END)
tar("E-4", "zeros first", "D13 D26", END + whole + END)
tar("E-416", "an empty archive", "D26", END)

# ---- other formats under the name ----
for what, raw in (("an empty file", b""), ("cpio", b"070701" + b"0" * 104 + b"x\0\0\0"), ("ar", b"!<arch>\n"), ("zip", b"PK\3\4" + bytes(100)), ("gzip", b"\x1f\x8b\x08" + bytes(50)), ("xz", b"\xfd7zXZ\0" + bytes(50)),
                  ("7z", b"7z\xbc\xaf\x27\x1c" + bytes(50)), ("rar", b"Rar!\x1a\x07\0" + bytes(50)), ("mtree", b"#mtree\n./x type=file\n"), ("shar", b"#!/bin/sh\n"), ("warc", b"WARC/1.0\r\n"), ("iso", bytes(32768) + b"\1CD001" + bytes(5000)),
                  ("zip and tar at once", whole + END + b"PK\5\6" + bytes(18))):
    tar("E-409|E-410|E-416", "no tar: " + what, "D14 E8", raw)
for stop in range(0, 1024, 7):
    put("h.tar", get("b.tar")[:512] + bytes(b ^ 0xa5 if i == stop else b for i, b in enumerate(get("b.tar")[512:1536])) + get("b.tar")[1536:])
    code, out, err = run(WAYBILL, "inspect", "h.tar")
    if code != 1:
        check(False, "a byte changed at %d" % stop, "E8", err)
        break
else:
    check(True, "147 changed bytes: inspect refuses each, and does not crash", "E8")
finish()
