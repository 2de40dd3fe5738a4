#!/bin/sh
# Bundles that someone made or changed to deceive: each refused, with the number and words for it, nothing left behind.
. "$(dirname "$0")/common.sh"
project p
"$WAYBILL" keygen -o k --no-password > out 2> err || exit 1
"$WAYBILL" -c p/alembic.ini pack base:head --key k.key -o b > out 2> err || { cat err; exit 1; }
"$WAYBILL" repack b -o b.tar > out 2> err && "$WAYBILL" repack b -o b.tar.gz > out 2> err || exit 1

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
craft E-201 extra
craft E-401 outside
craft E-401 bare
craft E-401 dotdot
craft E-402 absolute
craft E-40[16] backslash
craft E-402 drive
craft E-406 escape
craft E-406 dash
craft E-406 device-name
craft E-418 long
craft E-202 missing
craft E-404 twice
craft E-202 order
craft E-417 manifest-later
craft E-403 symlink
craft E-403 hardlink
craft E-403 folder
craft E-403 fifo
craft E-403 device
craft E-407 mode
craft E-407 setuid
craft E-407 owner
craft E-400 user
craft E-407 time
craft E-407 times
craft E-415 pax
craft E-415 gnu
craft E-203 swap
craft E-203 grown
craft E-101 unsigned
craft E-401 renamed
craft E-201 pubkey
craft E-411 bomb
craft E-409 behind
craft E-409 second-archive
craft E-409 padded
craft E-416 checksum
craft E-416 half-block

# ---- compression ----
header() { printf "$2" | dd of=h.tar.gz bs=1 seek="$1" conv=notrunc 2> ls.out; }
cp b.tar.gz h.tar.gz; printf x >> h.tar.gz; refused E-408 "a byte behind the member" h.tar.gz
cat b.tar.gz b.tar.gz > h.tar.gz; refused E-408 "a second member" h.tar.gz
cp b.tar.gz h.tar.gz; printf '' | gzip -n >> h.tar.gz; refused E-408 "an empty second member" h.tar.gz
cp b.tar.gz h.tar.gz; header 4 '\001'; refused E-408 "a time in the gzip header" h.tar.gz
cp b.tar h.tar.gz; refused E-410 "a tar named .tar.gz" h.tar.gz
cp b.tar.gz h.tar; refused E-41 "a .tar.gz named .tar" h.tar
: > h.tar.gz; refused E-416 "an empty .tar.gz" h.tar.gz
: > h.tar; refused E-416 "an empty .tar" h.tar
head -c 1000000 /dev/zero > h.tar; refused E-416 "zeros" h.tar
head -c 20000 /dev/urandom > h.tar; refused E-416 "noise" h.tar
printf 'PK\003\004' > h.jar; refused E-410 "a form not known" h.jar
refused E-416 "nothing" nothing.tar.gz
mkfifo h2.tar; refused E-416 "a pipe" h2.tar
mkdir empty; refused E-202 "an empty folder" empty

# ---- folders ----
folder() { rm -rf f; cp -r b f; }
key=$(basename b/signatures/*.minisig .minisig)
folder; echo > f/sql/sqlite/from-base/x.sql; refused E-201 "a file too many" f
folder; rm f/README.txt; refused E-202 "a file missing" f
folder; rm f/README.txt; ln -s ../b/README.txt f/README.txt; refused E-403 "a link" f
folder; rm f/README.txt; mkfifo f/README.txt; refused E-403 "a pipe in a folder" f
folder; mkdir f/more; refused E-201 "an empty folder in it" f
folder; mv f/sql g; ln -s ../g f/sql; refused E-403 "a linked folder" f; rm -rf g
folder; rm -r f/signatures; refused E-101 "no signatures" f
folder; mv "f/signatures/$key.minisig" f/signatures/0000000000000000.minisig; refused E-104 "a signature under another name" f
folder; sed -i 's/$/\r/' "f/signatures/$key.minisig"; refused E-107 "a signature with CRLF" f
folder; echo >> "f/signatures/$key.minisig"; refused E-107 "a signature with a line too many" f
folder; sed -i '1s/.*/untrusted comment: trust me/' "f/signatures/$key.minisig"; refused E-107 "another untrusted comment" f
folder; sed -i '3s/shop-000003/shop-000004/' "f/signatures/$key.minisig"; refused E-102 "another trusted comment" f
folder; sed -i '2s/=$/ /' "f/signatures/$key.minisig"; refused E-106 "a signature in another base64" f
folder; cp f/README.txt f/signatures/x.txt; refused E-201 "a stranger among the signatures" f

# ---- signed by the right key, wrong all the same ----
if command -v minisign > out; then
    resign() { # what: an edit of f is signed and judged
        (cd f && find . -type f ! -path './signatures/*' ! -name SHA256SUMS | sed 's|^\./||' | sort | xargs sha256sum > SHA256SUMS)
        sign
    }
    sign() { minisign -S -s k.key -x "f/signatures/$key.minisig" -m f/SHA256SUMS > out 2> err || bad "minisign"; }
    folder; resign; wants 0 "signing again changes nothing" "$WAYBILL" verify f --pubkey k.pub
    sums() { folder; (cd f && eval "$1"); sign; refused "$2" "$3" f; }
    sums "sed -i '2s/ /*/2' SHA256SUMS" E-204 "a binary marker"
    sums "sed -i 's/^./A/' SHA256SUMS" E-204 "upper-case digits"
    sums "sed -i '2p' SHA256SUMS" E-204 "a row twice"
    sums "sort -r SHA256SUMS -o SHA256SUMS" E-204 "rows not sorted"
    sums "echo '# x' >> SHA256SUMS" E-204 "a comment"
    sums "printf '%s' \"\$(cat SHA256SUMS)\" > s; mv s SHA256SUMS" E-204 "no last line feed"
    sums "sed -i '2s|  .*|  ../x|' SHA256SUMS" E-401 "a path upwards in the list"
    sums ": > SHA256SUMS" E-202 "an empty list"
    manifest() { folder; sed -i "$1" f/MANIFEST.json; resign; refused "$2" "$3" f; }
    manifest 's/"product": "shop"/"product": "shop", "product": "shop"/' E-206 "a key twice"
    manifest 's/"product": "shop"/"product": "shop", "\\u0070roduct": "shop"/' E-206 "a key twice, escaped"
    manifest 's/"sequence": 3/"sequence": 3.0/' E-207 "a real number"
    manifest 's/"sequence": 3/"sequence": -0/' E-209 "minus zero"
    manifest 's/"sequence": 3/"sequence": 9007199254740992/' E-207 "a number over 2^53-1"
    manifest 's/"sequence": 3/"sequence": 4/' E-209 "a name that is not the sequence's"
    manifest 's/"ticket": null/"ticket":  null/' E-209 "another white space"
    manifest 's/"ticket": null/"ticket": null, "more": 1/' E-209 "a key too many"
    manifest 's|waybill-bundle/1|waybill-bundle/9|' E-209 "another type"
    manifest 's/"waivers": \[\]/"waivers": [[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]/' E-208 "nested too deep"
    manifest '1s/^/\xef\xbb\xbf/' E-208 "a byte order mark in the manifest"
    manifest 's/"created": null/"created": "1970-01-01T00:00:00Z"/' E-209 "a time too early"
    folder; mkdir f/extra; echo hi > f/extra/x.sql; resign; refused E-205 "a file the layout has no place for" f
    folder; rm f/sql/sqlite/status.sql; resign; refused E-205 "a file the manifest wants" f
    folder; mkdir -p f/sql/oracle; mv f/sql/sqlite/status.sql f/sql/oracle/; resign; refused E-205 "a dialect's file moved" f
    text() { folder; printf "$1" >> "f/$2"; resign; refused "$3" "$4" f; }
    up=sql/postgresql/from-base/upgrade.sql lite=sql/sqlite/from-base/upgrade.sql
    text '\342\200\256' README.txt E-601 "a direction character"
    text '\342\200\213' $up E-601 "a zero-width space"
    text '\033[2J' README.txt E-601 "an escape"
    text '\000' $up E-601 "a NUL"
    text 'a\rb\n' $up E-602 "a bare carriage return"
    text '\302\205' $up E-602 "NEL"
    text '\377' $up E-602 "not UTF-8"
    text '\342\200' $up E-602 "a character cut off at the end"
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
    folder; printf "\n-- \\\\! a comment\nselect '\\\\! text', \$x\$ \\\\! \$x\$, \"\\\\\\\\\" ;\n" >> f/$up; printf "select '\n.shell ls\n';\n" >> f/$lite; resign
    wants 0 "what only looks like commands" "$WAYBILL" verify f --pubkey k.pub
fi

# ---- outputs ----
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
if [ "$(id -u)" = 0 ] && mkdir full && mount -t tmpfs -o size=4k tmpfs full 2> ls.out; then
    trap 'umount "$HERE/full" 2> ls.out; cd /; rm -rf "$HERE"' EXIT
    for o in full/x.tar full/x.tar.gz full/x; do
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
wants 3 "standard output on a full device" sh -c "exec $WAYBILL inspect b > /dev/full"
before=$(ls -A | wc -l)
# ended by a signal: nothing stays
head -c 30000000 /dev/zero | tr '\0' 'x' | fold -w 100 | sed 's/^/-- /' > big.sql
folder; cat big.sql >> f/$lite
for signal in TERM INT HUP; do
    "$WAYBILL" repack f -o sig.tar.gz > out 2> err & child=$!
    sleep 0.1; kill -$signal $child 2> ls.out; wait $child; status=$?
    [ $status != 0 ] && good || bad "status $status after $signal"
    [ -z "$(ls | grep sig.tar.gz)" ] && good || bad "left after $signal: $(ls | grep sig.tar.gz)"
done

# ---- wrong command lines ----
for line in "pack base:head" "pack --key k.key" "pack head --key k.key" "repack b" "verify b" "inspect" "inspect b c" "verify b --pubkey k.pub --format xml" \
    "pack base:head --key k.key --at yesterday" "pack base:head --key k.key --sequence x" "pack base:head --key k.key --predecessor x" \
    "pack base:head --key k.key --irreversible r1" "pack base:head --key k.key --dialect db2" "approve b --key k.key" "trust" "keygen -o x --password-fd x"; do
    wants 2 "$line" "$WAYBILL" -c p/alembic.ini $line
done
"$WAYBILL" --help > out
grep -qE '^  (approve|trust|diff|review)' out && bad "help names what is not there" || good
finish "bundle/hostile"
