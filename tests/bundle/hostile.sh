#!/bin/sh
# Bundles that someone made or changed to deceive: each refused, with the number and words for it, nothing left behind.
. "$(dirname "$0")/common.sh"
project p
"$WAYBILL" keygen -o k --no-password > out 2> err || exit 1
"$WAYBILL" -c p/alembic.ini pack base:head --key k.key -o b > out 2> err || { cat err; exit 1; }
for form in tar tar.gz tar.zst zip; do "$WAYBILL" repack b -o b.$form > out 2> err || exit 1; done

# refused NUMBER WHAT BUNDLE: by verify --extract, which leaves nothing, and without a crash by the others
refused() {
    wants 1 "$2" "$WAYBILL" verify "$3" --pubkey k.pub --extract taken
    says "$1" "$2"
    [ "$(grep -c 'error:' err)" = 1 ] && good || bad "$2: not exactly one error"
    absent taken "$2: left behind"
    rm -rf taken
}

# ---- archives ----
cat > craft.py << 'PY'
import io, sys, tarfile
what, source, target = sys.argv[1:4]
old = tarfile.open(source)
files = [(m, old.extractfile(m).read()) for m in old.getmembers()]
top = files[0][0].name.split("/")[0]
fmt, pax = tarfile.USTAR_FORMAT, {}
def entry(name, data=b"", like=files[0][0], **kw):
    m = tarfile.TarInfo(name)
    m.mode, m.mtime, m.uname, m.gname, m.size = 0o644, like.mtime, "root", "root", len(data)
    for k, v in kw.items():
        setattr(m, k, v)
    return (m, data)
last = files[-1][0].name
if what == "extra": files.append(entry(last + "z.sql"))
elif what == "outside": files.append(entry("other/x"))
elif what == "bare": files.append(entry("zzz"))
elif what == "dotdot": files.append(entry(top + "/sql/../../x"))
elif what == "absolute": files.append(entry("/etc/x"))
elif what == "backslash": files.append(entry(top + "/sql\\x"))
elif what == "drive": files.append(entry("C:/x"))
elif what == "escape": files.append(entry(top + "/sql/\x1b[31m"))
elif what == "dash": files.append(entry(top + "/-x"))
elif what == "device-name": files.append(entry(top + "/zql/aux.sql"))
elif what == "long": files.append(entry(top + "/sql/" + "d" * 60 + "/" + "f" * 50))
elif what == "missing": files.pop(5)
elif what == "twice": files.insert(6, files[5])
elif what == "order": files[5], files[6] = files[6], files[5]
elif what == "manifest-later": files[0], files[1] = files[1], files[0]
elif what == "symlink": files.append(entry(top + "/zz", type=tarfile.SYMTYPE, linkname="/etc/passwd"))
elif what == "hardlink": files.append(entry(top + "/zz", type=tarfile.LNKTYPE, linkname=files[0][0].name))
elif what == "folder": files.append(entry(top + "/zz", type=tarfile.DIRTYPE))
elif what == "fifo": files.append(entry(top + "/zz", type=tarfile.FIFOTYPE))
elif what == "device": files.append(entry(top + "/zz", type=tarfile.CHRTYPE))
elif what == "mode": files[4][0].mode = 0o755
elif what == "setuid": files[4][0].mode = 0o4644
elif what == "owner": files[4][0].uid = 1000
elif what == "user": files[4][0].uname = "mallory"
elif what == "time": files[4][0].mtime += 1
elif what == "times":
    for m, d in files: m.mtime += 86400
elif what == "pax": fmt, pax = tarfile.PAX_FORMAT, {"comment": "x"}
elif what == "gnu": fmt = tarfile.GNU_FORMAT
elif what == "swap": files[4] = (files[4][0], files[4][1][:-1] + b"!")
elif what == "grown":
    m, d = files[4]; m.size += 1; files[4] = (m, d + b"\n")
elif what == "unsigned": files = [f for f in files if "/signatures/" not in f[0].name]
elif what == "renamed":
    for m, d in files: m.name = "x" + m.name
elif what == "pubkey": files.insert(3, entry(top + "/signatures/mallory.pub", b"x\n"))
elif what == "bomb":
    files.insert(1, entry(top + "/SHA256SUMS", b"0" * (13 << 20))); files.pop(2)
def header(m):
    """a header in the packer's own form, so that only what was changed differs"""
    def octal(n, value): return b"%0*o" % (n, value)
    name, prefix = m.name.encode(), b""
    if len(name) > 100:
        cut = name.index(b"/", len(name) - 101); prefix, name = name[:cut], name[cut + 1:]
    h = name.ljust(100, b"\0") + octal(6, m.mode) + b" \0" + octal(6, m.uid) + b" \0" + octal(6, m.gid) + b" \0" + octal(11, m.size) + b" " + octal(11, m.mtime) + b" "
    h += b" " * 8 + m.type + m.linkname.encode().ljust(100, b"\0") + b"ustar\x0000" + m.uname.encode().ljust(32, b"\0") + m.gname.encode().ljust(32, b"\0")
    h += b"000000 \x00000000 \0" + prefix.ljust(155, b"\0") + bytes(12)
    return h[:148] + b"%06o\0 " % sum(h) + h[156:]
if fmt == tarfile.USTAR_FORMAT:
    raw = b"".join(header(m) + d + bytes(-len(d) % 512) for m, d in files) + bytes(10240 if what == "padded" else 1024)
else:
    out = io.BytesIO()
    new = tarfile.open(fileobj=out, mode="w", format=fmt, pax_headers=pax)
    for m, d in files: new.addfile(m, io.BytesIO(d))
    new.close()
    raw = out.getvalue()
if what == "behind": raw += b"x" * 512
if what == "second-archive": raw += raw
if what == "checksum": raw = raw[:148] + b"000000\0 " + raw[156:]
if what == "half-block": raw = raw[:-512]
open(target, "wb").write(raw)
PY
craft() { # NUMBER WHAT
    python3 craft.py "$2" b.tar h.tar
    refused "$1" "$2" h.tar
}
python3 craft.py same b.tar h.tar; same h.tar b.tar "the crafting itself changes nothing"
threat B1
craft E-201 extra
threat D1
craft E-401 outside
craft E-401 bare
craft E-401 dotdot
threat D2
craft E-402 absolute
threat D3
craft E-40[16] backslash
threat D2
craft E-402 drive
threat D8 E5
craft E-406 escape
threat D8
craft E-406 dash
craft E-406 device-name
threat D29
craft E-418 long
threat B2
craft E-202 missing
threat D6
craft E-404 twice
threat D28
craft E-202 order
craft E-417 manifest-later
threat D4
craft E-403 symlink
threat D5
craft E-403 hardlink
threat D27
craft E-403 folder
threat D9
craft E-403 fifo
craft E-403 device
threat D10
craft E-407 mode
craft E-407 setuid
craft E-407 owner
craft E-400 user
craft E-407 time
craft E-407 times
threat D22
craft E-415 pax
craft E-415 gnu
threat B3
craft E-203 swap
craft E-203 grown
threat A1
craft E-101 unsigned
threat D1
craft E-401 renamed
threat A18
craft E-201 pubkey
threat D15
craft E-411 bomb
threat D13
craft E-409 behind
craft E-409 second-archive
craft E-409 padded
threat D26
craft E-416 checksum
craft E-416 half-block

# ---- compression ----
header() { printf "$2" | dd of=h.tar.gz bs=1 seek="$1" conv=notrunc 2> ls.out; }
threat D11
cp b.tar.gz h.tar.gz; printf x >> h.tar.gz; refused E-408 "a byte behind the member" h.tar.gz
threat D12
cat b.tar.gz b.tar.gz > h.tar.gz; refused E-408 "a second member" h.tar.gz
cp b.tar.gz h.tar.gz; printf '' | gzip -n >> h.tar.gz; refused E-408 "an empty second member" h.tar.gz
threat D14
cp b.tar.gz h.tar.gz; header 4 '\001'; refused E-408 "a time in the gzip header" h.tar.gz
threat D11
cp b.tar.zst h.tar.zst; printf x >> h.tar.zst; refused E-408 "a byte behind the frame" h.tar.zst
threat D12
cat b.tar.zst b.tar.zst > h.tar.zst; refused E-408 "a second frame" h.tar.zst
{ cat b.tar.zst; printf '\120\052\115\030\004\000\000\000abcd'; } > h.tar.zst; refused E-408 "a skippable frame behind" h.tar.zst
{ printf '\120\052\115\030\004\000\000\000abcd'; cat b.tar.zst; } > h.tar.zst; refused E-410 "a skippable frame before" h.tar.zst
{ cat b.tar.zst; head -c 6 b.tar.zst; } > h.tar.zst; refused E-408 "the begin of a second frame" h.tar.zst
threat D26
head -c -3 b.tar.zst > h.tar.zst; refused E-416 "a frame cut off" h.tar.zst
if command -v zstd > ls.out; then
    threat D14
    zstd -q -3 -c b.tar > h.tar.zst; refused E-408 "a frame with the size of its content" h.tar.zst
    zstd -q -3 --no-check --single-thread --zstd=wlog=21 < b.tar > h.tar.zst; refused E-408 "a frame without checksum" h.tar.zst
    threat D30
    zstd -q --ultra --long=31 -1 < b.tar > h.tar.zst; refused E-411 "a window of 2 GiB" h.tar.zst
    threat D15
    # each announces what it does not have, or unpacks to what no bundle holds
    head -c 300000000 /dev/zero | zstd -q -3 --single-thread --zstd=wlog=21 > h.tar.zst; refused E-416 "300 MB of zeros in 10 kB" h.tar.zst
    python3 craft.py bomb b.tar h.tar && zstd -q -3 --single-thread --zstd=wlog=21 < h.tar > h.tar.zst; refused E-411 "a bomb in zstd" h.tar.zst
fi
python3 craft.py bomb b.tar h.tar && gzip -n6 < h.tar > h.tar.gz; refused E-411 "a bomb in gzip" h.tar.gz
threat
for case in extra:E-201 missing:E-202 order:E-202 manifest-later:E-417 symlink:E-403 pax:E-415 behind:E-409 checksum:E-416; do
    python3 craft.py ${case%:*} b.tar h.tar
    gzip -n6 < h.tar > h.tar.gz; refused ${case#*:} "${case%:*} in gzip" h.tar.gz
    if command -v zstd > ls.out; then
        zstd -q -3 --single-thread --no-content-size --zstd=wlog=21 < h.tar > h.tar.zst; refused ${case#*:} "${case%:*} in zstd" h.tar.zst
    fi
done

# ---- names that do not say what is there ----
threat D14 D26
for form in tar tar.gz tar.zst zip; do
    for name in tar tar.gz tar.zst zip; do
        [ $form = $name ] && continue
        cp b.$form h.$name; refused E-410 "a .$form named .$name" h.$name
    done
    : > h.$form; refused E-416 "an empty .$form" h.$form
    head -c 20000 /dev/urandom > h.$form; refused E-41 "noise named .$form" h.$form
    head -c 1000000 /dev/zero > h.$form; refused E-41 "zeros named .$form" h.$form
done
printf 'PK\003\004' > h.jar; refused E-410 "a form not known" h.jar
refused E-416 "nothing" nothing.tar.gz
threat D9
mkfifo h2.tar h2.zip; refused E-416 "a pipe" h2.tar; refused E-416 "a pipe" h2.zip
mkdir empty; refused E-202 "an empty folder" empty

# ---- zip ----
cat > zip.py << 'PY'
import struct, sys, zipfile, zlib
what, source, target = sys.argv[1:4]
old = zipfile.ZipFile(source)
files = [(i.filename, old.read(i)) for i in old.infolist()]
top = files[0][0].split("/")[0]
mtime = 315532800
class Entry:
    """an entry as the packer writes it; what is set aside from that is written as it is set"""
    def __init__(self, name, data):
        self.name = self.central_name = name.encode(); self.data = data
        self.version, self.flags, self.method, self.time = 10, 8, 0, (0, 0x21)
        self.extra = struct.pack("<HHBi", 0x5455, 5, 1, mtime) + struct.pack("<HHBBIBI", 0x7875, 11, 1, 4, 0, 4, 0)
        self.central_extra, self.comment, self.mode, self.listed = self.extra, b"", 0o100644, True
        self.size = self.central_size = self.after_size = len(data); self.crc, self.local_crc, self.offset = zlib.crc32(data), 0, None
    def local(self):
        return struct.pack("<4sHHHHHIIIHH", b"PK\3\4", self.version, self.flags, self.method, *self.time, self.local_crc, self.size, self.size,
                           len(self.name), len(self.extra)) + self.name + self.extra + self.data + struct.pack("<4sIII", b"PK\7\10", self.crc, self.after_size, self.after_size)
    def central(self, at):
        at = at if self.offset is None else self.offset
        return struct.pack("<4sBBHHHHHIIIHHHHHII", b"PK\1\2", self.version, 3, self.version, self.flags, self.method, *self.time, self.crc, self.central_size, self.central_size,
                           len(self.central_name), len(self.central_extra), len(self.comment), 0, 0, self.mode << 16, at) + self.central_name + self.central_extra + self.comment
def build(entries, before=b"", between={}, comment=b"", more=[], count=None):
    out, places = before, []
    for n, e in enumerate(entries):
        out += between.get(n, b""); places.append(len(out)); out += e.local()
    out += between.get(len(entries), b"")
    start, listed = len(out), 0
    for e, at in zip(entries, places):
        if e.listed: out += e.central(at); listed += 1
    for e, at in more: out += e.central(at); listed += 1
    listed = listed if count is None else count
    return out + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, listed, listed, len(out) - start, start, len(comment)) + comment
entries = [Entry(*f) for f in files]
e, kw = entries[4], {}
def insert(name, data=b"x\n"): entries.append(Entry(name, data))
last = files[-1][0]
if what == "extra": insert(last + "z.sql")
elif what == "outside": insert("other/x")
elif what == "dotdot": insert(top + "/sql/../../x")
elif what == "absolute": insert("/etc/x")
elif what == "backslash": insert(top + "/zql\\x")
elif what == "drive": insert("C:/x")
elif what == "escape": insert(top + "/zql/\x1b[31m")
elif what == "folder": insert(top + "/zz/", b"")
elif what == "missing": entries.pop(5)
elif what == "twice": entries.insert(6, Entry(*files[5]))
elif what == "order": entries[5], entries[6] = entries[6], entries[5]
elif what == "manifest-later": entries[0], entries[1] = entries[1], entries[0]
elif what == "swap": entries[4] = Entry(files[4][0], files[4][1][:-1] + b"!")
elif what == "symlink": e.mode = 0o120777
elif what == "device": e.mode = 0o020644
elif what == "mode": e.mode = 0o100755
elif what == "setuid": e.mode = 0o104644
elif what == "prepended": kw["before"] = b"MZ" + bytes(510)
elif what == "prepended-zip": kw["before"] = build([Entry("x/y", b"z")])
elif what == "comment": kw["comment"] = b"hello"
elif what == "zip-in-comment": kw["comment"] = build([Entry(top + "/MANIFEST.json", b"{}")])
elif what == "entry-comment": e.comment = b"hello"
elif what == "gap": kw["between"] = {5: b"\0" * 64}
elif what == "gap-at-end": kw["between"] = {len(entries): b"\0" * 64}
elif what == "hidden-entry": entries[5].listed = False
elif what == "overlap": kw["more"] = [(Entry(last + "z.sql", files[-1][1]), 0)]
elif what == "same-offset": e.offset = 0
elif what == "names-differ": e.central_name = e.central_name[:-1] + b"X"
elif what == "name-longer": e.central_name += b"X"
elif what == "unicode-path":
    e.extra += struct.pack("<HHBI", 0x7075, 5 + len(top) + 3, 1, zlib.crc32(e.name)) + top.encode() + b"/zz"
elif what == "central-extra": e.central_extra += struct.pack("<HHI", 0x9999, 4, 0)
elif what == "owner": e.extra = e.extra[:-4] + struct.pack("<I", 1000)
elif what == "extra-gone": e.extra = e.extra[:9]
elif what == "time": e.extra = struct.pack("<HHBi", 0x5455, 5, 1, mtime + 2) + e.extra[9:]
elif what == "dos-time": e.time = (1, 0x21)
elif what == "encrypted": e.flags |= 1
elif what == "utf8-flag": e.flags |= 0x800
elif what == "no-descriptor": e.flags = 0
elif what == "deflated": e.method, e.data = 8, zlib.compress(e.data)[2:-4]
elif what == "method": e.method = 99
elif what == "version": e.version = 45
elif what == "size-small": e.size -= 1
elif what == "size-large": e.size += 1
elif what == "central-size": e.central_size += 1
elif what == "descriptor-size": e.after_size += 1
elif what == "crc": e.crc ^= 1
elif what == "local-crc": e.local_crc = e.crc
elif what == "count": kw["count"] = len(entries) - 1
elif what == "zip64":
    e.extra += struct.pack("<HHQQ", 1, 16, e.size, e.size); e.size = 0xffffffff
elif what == "bomb": entries.insert(1, Entry(top + "/SHA256SUMS", b"0" * (13 << 20))); entries.pop(2)
raw = build(entries, **kw)
if what == "behind": raw += b"x"
elif what == "second-archive": raw += raw
elif what == "cut": raw = raw[:-1]
elif what == "no-directory": raw = raw[:raw.rindex(b"PK\1\2" + bytes([10]))]
elif what == "zip64-end":
    end = raw[-22:]; raw = raw[:-22] + struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, len(entries), len(entries), 0, 0) + struct.pack("<4sIQI", b"PK\6\7", 0, len(raw) - 22, 1) + end
open(target, "wb").write(raw)
PY
python3 zip.py same b.zip h.zip; same h.zip b.zip "the crafting itself changes nothing"
for case in extra:E-201 outside:E-401 dotdot:E-401 absolute:E-402 backslash:E-401 drive:E-402 escape:E-406 folder:E-403 missing:E-202 twice:E-404 order:E-202 \
    manifest-later:E-417 swap:E-203 symlink:E-403 device:E-403 mode:E-407 setuid:E-407 prepended:E-414 prepended-zip:E-4 comment:E-414 zip-in-comment:E-414 \
    entry-comment:E-414 gap:E-412 gap-at-end:E-412 hidden-entry:E-413 overlap:E-412 same-offset:E-412 names-differ:E-413 name-longer:E-413 unicode-path:E-413 \
    central-extra:E-415 owner:E-407 extra-gone:E-415 time:E-407 dos-time:E-407 encrypted:E-415 utf8-flag:E-415 no-descriptor:E-415 deflated:E-415 method:E-415 \
    version:E-415 size-small:E-203 size-large:E-203 central-size:E-203 descriptor-size:E-416 crc:E-203 local-crc:E-415 count:E-412 zip64:E-415 bomb:E-411 \
    behind:E-408 second-archive:E-408 cut:E-416 no-directory:E-41 zip64-end:E-415; do
    case ${case%:*} in
    size-* | central-size | swap) threat D16 ;;
    overlap | same-offset | gap* | hidden-entry | count) threat D17 ;;
    names-differ | name-longer) threat D18 ;;
    prepended* | comment | zip-in-comment | entry-comment | second-archive | behind) threat D19 ;;
    unicode-path | central-extra | extra-gone | time | dos-time) threat D20 ;;
    encrypted | deflated | method | version | zip64* | no-descriptor | descriptor-size | utf8-flag | local-crc | crc) threat D21 ;;
    outside | dotdot) threat D1 ;;
    absolute | drive) threat D2 ;;
    backslash) threat D3 ;;
    symlink) threat D4 ;;
    twice) threat D6 ;;
    escape) threat D8 ;;
    device) threat D9 ;;
    mode | setuid | owner) threat D10 ;;
    bomb) threat D15 ;;
    folder) threat D27 ;;
    order | manifest-later) threat D28 ;;
    *) threat ;;
    esac
    python3 zip.py ${case%:*} b.zip h.zip
    refused ${case#*:} "${case%:*} in a zip" h.zip
done
threat

# ---- folders ----
folder() { rm -rf f; cp -r b f; }
key=$(basename b/signatures/*.minisig .minisig)
threat B1
folder; echo > f/sql/sqlite/from-base/x.sql; refused E-201 "a file too many" f
threat B2
folder; rm f/README.txt; refused E-202 "a file missing" f
threat D4
folder; rm f/README.txt; ln -s ../b/README.txt f/README.txt; refused E-403 "a link" f
threat D9
folder; rm f/README.txt; mkfifo f/README.txt; refused E-403 "a pipe in a folder" f
threat B1
folder; mkdir f/more; refused E-201 "an empty folder in it" f
threat D4
folder; mv f/sql g; ln -s ../g f/sql; refused E-403 "a linked folder" f; rm -rf g
threat A1
folder; rm -r f/signatures; refused E-101 "no signatures" f
threat A4 A11
folder; mv "f/signatures/$key.minisig" f/signatures/0000000000000000.minisig; refused E-104 "a signature under another name" f
threat A9
folder; sed -i 's/$/\r/' "f/signatures/$key.minisig"; refused E-107 "a signature with CRLF" f
folder; echo >> "f/signatures/$key.minisig"; refused E-107 "a signature with a line too many" f
threat A10
folder; sed -i '1s/.*/untrusted comment: trust me/' "f/signatures/$key.minisig"; refused E-107 "another untrusted comment" f
folder; sed -i '3s/shop-000003/shop-000004/' "f/signatures/$key.minisig"; refused E-102 "another trusted comment" f
threat A8
folder; sed -i '2s/=$/ /' "f/signatures/$key.minisig"; refused E-106 "a signature in another base64" f
threat B1
folder; echo x > f/signatures/x.txt; refused E-201 "a stranger among the signatures" f

# ---- signed by the right key, wrong all the same ----
if command -v minisign > out; then
    resign() { # what: an edit of f is signed and judged
        python3 "$ROOT/tests/bundle/seal.py" f
        (cd f && find . -type f ! -path './signatures/*' ! -name SHA256SUMS | sed 's|^\./||' | sort | xargs sha256sum > SHA256SUMS)
        sign
    }
    sign() { minisign -S -s k.key -x "f/signatures/$key.minisig" -m f/SHA256SUMS > out 2> err || bad "minisign"; }
    threat
    folder; resign; wants 0 "signing again changes nothing" "$WAYBILL" verify f --pubkey k.pub
    sums() { folder; (cd f && eval "$1"); sign; refused "$2" "$3" f; }
    threat B4
    sums "sed -i '2s/ /*/2' SHA256SUMS" E-204 "a binary marker"
    sums "sed -i 's/^./A/' SHA256SUMS" E-204 "upper-case digits"
    sums "sed -i '2p' SHA256SUMS" E-204 "a row twice"
    sums "sort -r SHA256SUMS -o SHA256SUMS" E-204 "rows not sorted"
    sums "echo '# x' >> SHA256SUMS" E-204 "a comment"
    sums "printf '%s' \"\$(cat SHA256SUMS)\" > s; mv s SHA256SUMS" E-204 "no last line feed"
    sums "sed -i '2s|  .*|  ../x|' SHA256SUMS" E-401 "a path upwards in the list"
    sums ": > SHA256SUMS" E-202 "an empty list"
    manifest() { folder; sed -i "$1" f/MANIFEST.json; resign; refused "$2" "$3" f; }
    threat B6
    manifest 's/"product": "shop"/"product": "shop", "product": "shop"/' E-206 "a key twice"
    manifest 's/"product": "shop"/"product": "shop", "\\u0070roduct": "shop"/' E-206 "a key twice, escaped"
    threat B7
    manifest 's/"sequence": 3/"sequence": 3.0/' E-207 "a real number"
    manifest 's/"sequence": 3/"sequence": -0/' E-209 "minus zero"
    manifest 's/"sequence": 3/"sequence": 9007199254740992/' E-207 "a number over 2^53-1"
    manifest 's/"sequence": 3/"sequence": 4/' E-209 "a name that is not the sequence's"
    threat B10
    manifest 's/"ticket": null/"ticket":  null/' E-209 "another white space"
    threat B9
    manifest 's/"ticket": null/"ticket": null, "more": 1/' E-209 "a key too many"
    manifest 's|waybill-bundle/1|waybill-bundle/9|' E-209 "another type"
    threat B8
    manifest 's/"waivers": \[\]/"waivers": [[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]/' E-208 "nested too deep"
    manifest '1s/^/\xef\xbb\xbf/' E-208 "a byte order mark in the manifest"
    manifest 's/"created": null/"created": "1970-01-01T00:00:00Z"/' E-209 "a time too early"
    threat B5
    folder; mkdir f/extra; echo hi > f/extra/x.sql; resign; refused E-205 "a file the layout has no place for" f
    folder; rm f/sql/sqlite/status.sql; resign; refused E-205 "a file the manifest wants" f
    folder; mkdir -p f/sql/oracle; mv f/sql/sqlite/status.sql f/sql/oracle/; resign; refused E-205 "a dialect's file moved" f
    text() { folder; printf "$1" >> "f/$2"; resign; refused "$3" "$4" f; }
    up=sql/postgresql/from-base/upgrade.sql lite=sql/sqlite/from-base/upgrade.sql
    threat F1
    text '\342\200\256' README.txt E-601 "a direction character"
    threat F2
    text '\342\200\213' $up E-601 "a zero-width space"
    threat F4
    text '\033[2J' README.txt E-601 "an escape"
    text '\000' $up E-601 "a NUL"
    threat F3
    text 'a\rb\n' $up E-602 "a bare carriage return"
    text '\302\205' $up E-602 "NEL"
    threat F7
    text '\377' $up E-602 "not UTF-8"
    text '\342\200' $up E-602 "a character cut off at the end"
    threat F5
    text '\\! ls\n' $up E-603 'psql \!'
    text 'select 1 \\g |ls\n' $up E-603 'psql \g in a line'
    text "select E'a\\\\\\\\' \\\\! ls\n" $up E-603 'psql \! behind an E-string'
    text "select 'a\\\\' \\\\! ls\n" $up E-603 'psql \! behind a plain string'
    text 'select $a$ $b$ $a$ \\! ls\n' $up E-603 'psql \! behind a dollar quote'
    text '/* /* */ */ \\! ls\n' $up E-603 'psql \! behind nested comments'
    text "select E'a'\n'\\\\' x' \\\\! ls --'\n" $up E-603 "psql \\! behind a string that goes on"
    text "select 'open\n" $up E-603 "a quote not closed"
    text '.shell ls\n' $lite E-603 'sqlite3 .shell'
    text '/*\n.shell ls\n*/\n' $lite E-603 'sqlite3 .shell in a comment'
    before_receipt() { awk -v more="$1" '/^-- Receipt: / { while ((getline line < more) > 0) print line } { print }' "$2" > scratch && cp scratch "$2"; }
    folder; printf "\n-- \\\\1 a comment\nselect '\\\\n text', \$x\$ \\\\( \$x\$, \"\\\\\\\\\" ;\n" > looks; before_receipt looks "$(ls f/sql/postgresql/from-base/steps/0001*.upgrade.sql)"
    printf "select '\n; .shell ls\n';\n" > looks; before_receipt looks f/$lite; resign
    wants 0 "what only looks like commands" "$WAYBILL" verify f --pubkey k.pub
fi

# ---- outputs ----
threat E2
exists() { wants 1 "$1" "$WAYBILL" "$2" "$3" "$4" "$5" ${6+"$6"} ${7+"$7"}; says 'E-501' "$1"; }
mkdir there; echo mine > there.tar; ln -s nowhere link.tar
exists "repack over a file" repack b -o there.tar
[ "$(cat there.tar)" = mine ] && good || bad "it was overwritten"
exists "repack over a link" repack b -o link.tar
exists "repack over a folder" repack b -o there
exists "extract over a folder" verify b --pubkey k.pub --extract there
wants 1 "pack over a file" "$WAYBILL" -c p/alembic.ini pack base:head --key k.key -o there.tar
says 'E-501' "pack over a file"
wants 3 "into no folder" "$WAYBILL" repack b -o no/such/x.tar
threat E4 E3
if [ "$(id -u)" = 0 ] && mkdir full && mount -t tmpfs -o size=4k tmpfs full 2> ls.out; then
    trap 'umount "$HERE/full" 2> ls.out; cd /; rm -rf "$HERE"' EXIT
    for o in full/x.tar full/x.tar.gz full/x.tar.zst full/x.zip full/x; do
        wants 3 "repack to a full disk: $o" "$WAYBILL" repack b -o $o
        says 'No space left' "said so"
        wants 3 "pack to a full disk: $o" "$WAYBILL" -c p/alembic.ini pack base:head --key k.key -o $o
        [ -z "$(ls -A full)" ] && good || bad "something is left on the full disk: $(ls -A full | head -3)"
    done
    wants 3 "extract to a full disk" "$WAYBILL" verify b --pubkey k.pub --extract full/x
    [ -z "$(ls -A full)" ] && good || bad "something is left on the full disk"
    umount full
else
    mkdir -p full
    wants 3 "a file-size limit" sh -c "ulimit -f 8; exec $WAYBILL repack b -o full/x.tar"
    [ -z "$(ls -A full)" ] && good || bad "something is left"
fi
threat E4
wants 3 "standard output on a full device" sh -c "exec $WAYBILL inspect b > /dev/full"
before=$(ls -A | wc -l)
threat E3
# ended by a signal: nothing stays
head -c 30000000 /dev/zero | tr '\0' 'x' | fold -w 100 | sed 's/^/-- /' > big.sql
folder; cat big.sql >> f/$lite
for signal in TERM INT HUP; do
    for form in tar.gz tar.zst zip; do
        "$WAYBILL" repack f -o sig.$form > out 2> err & child=$!
        sleep 0.1; kill -$signal $child 2> ls.out; wait $child; status=$?
        [ $status != 0 ] && good || bad "status $status after $signal"
        [ -z "$(ls | grep sig.$form)" ] && good || bad "left after $signal: $(ls | grep sig.$form)"
    done
done

threat
# ---- wrong command lines ----
for line in "pack base:head" "pack --key k.key" "pack head --key k.key" "repack b" "verify b" "inspect" "inspect b c" "verify b --pubkey k.pub --format xml" \
    "pack base:head --key k.key --at yesterday" "pack base:head --key k.key --sequence x" "pack base:head --key k.key --predecessor x" \
    "pack base:head --key k.key --irreversible r1" "pack base:head --key k.key --dialect db2" "approve b" "trust" "trust make x" "trust sign x" "verify b --pubkey k.pub --trust x" "keygen -o x --password-fd x"; do
    wants 2 "$line" "$WAYBILL" -c p/alembic.ini $line
done
"$WAYBILL" --help > out
grep -qE '^  (diff|review)' out && bad "help names what is not there" || good
finish "bundle/hostile"
