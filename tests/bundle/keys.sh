#!/bin/sh
# Keys and signatures: minisign's and ours, both ways, with and without a password; signify; damaged keys.
. "$(dirname "$0")/common.sh"
project p
pack() { "$WAYBILL" -c p/alembic.ini pack base:head "$@"; }

wants 0 "keygen" "$WAYBILL" keygen -o plain --no-password
threat A19
[ "$(stat -c %a plain.key)" = 600 ] && good || bad "mode of the secret key"
wants 0 "keygen under umask 0" sh -c "umask 0; exec $WAYBILL keygen -o loose --no-password"
[ "$(stat -c %a loose.key)" = 600 ] && good || bad "mode of the secret key under umask 0"
threat E2
wants 1 "keygen over a key" "$WAYBILL" keygen -o plain --no-password
says 'E-501' "what exists stays"
cp plain.pub half.pub
wants 1 "keygen over a public key" "$WAYBILL" keygen -o half --no-password
absent half.key "no half of a pair"
threat A19
wants 1 "an empty password" sh -c "exec $WAYBILL keygen -o empty --password-fd 3 3< /dev/null"
absent empty "no half of a pair"
wants 1 "no terminal to ask at" setsid "$WAYBILL" keygen -o none
says 'password-fd' "the hint names the option"
threat E6
wants 2 "both password options" "$WAYBILL" keygen -o none --no-password --password-fd 3
threat
wants 2 "no name" "$WAYBILL" keygen
wants 0 "pack" pack --key plain.key -o a --no-password
cp a/SHA256SUMS message
id=$(basename a/signatures/*.minisig .minisig)

printf 'correct horse\n' > password
wants 0 "keygen with a password" sh -c "exec $WAYBILL keygen -o locked --password-fd 3 3< password"
threat A19
wants 1 "a wrong password" sh -c "echo wrong | exec $WAYBILL -c p/alembic.ini pack base:head --key locked.key -o b --password-fd 0"
says 'wrong password' "said so"
absent b "nothing is left"
wants 0 "the right password" sh -c "exec $WAYBILL -c p/alembic.ini pack base:head --key locked.key -o b --password-fd 3 3< password"
wants 0 "verify" "$WAYBILL" verify b --pubkey locked.pub
wants 0 "a key for small machines" sh -c "exec $WAYBILL keygen -o light --kdf light --password-fd 3 3< password"
limit="ulimit -v 262144;"; [ "$MODE" = release ] || limit=   # what the sanitizers map is beyond any limit
wants 0 "opens in little memory" sh -c "$limit exec $WAYBILL -c p/alembic.ini pack base:head --key light.key -o small --password-fd 3 3< password"
wants 0 "verify" "$WAYBILL" verify small --pubkey light.pub
wants 2 "another KDF" "$WAYBILL" keygen -o x --kdf fast
wants 1 "--no-password with an encrypted key" pack --key locked.key -o c --no-password

threat
if command -v minisign > out; then
    wants 0 "minisign signs with our key" minisign -S -s plain.key -x by_minisign -m message
    wants 0 "and verifies it" minisign -V -p plain.pub -x by_minisign -m message
    wants 0 "minisign signs with our light key" sh -c "minisign -S -s light.key -x by_light -m message < password"
    wants 0 "and verifies it" minisign -V -p light.pub -x by_light -m message
    wants 0 "minisign signs with our encrypted key" sh -c "minisign -S -s locked.key -x by_locked -m message < password"
    # the file it signs must be called as the comment says; its own form of comment is accepted
    cp -r a m && minisign -S -s plain.key -x "m/signatures/$id.minisig" -m m/SHA256SUMS > out 2> err
    wants 0 "we verify minisign's signature" "$WAYBILL" verify m --pubkey plain.pub
    wants 0 "minisign makes a key without password" minisign -G -W -p ms.pub -s ms.key
    wants 0 "we sign with it" pack --key ms.key -o d
    wants 0 "we verify that" "$WAYBILL" verify d --pubkey ms.pub
    wants 0 "minisign verifies that" minisign -V -H -p ms.pub -x d/signatures/*.minisig -m d/SHA256SUMS
    cat password password > twice
    wants 0 "minisign makes a key with a password" sh -c "minisign -G -p mp.pub -s mp.key < twice"
    wants 0 "we sign with it" sh -c "exec $WAYBILL -c p/alembic.ini pack base:head --key mp.key -o e --password-fd 3 3< password"
    wants 0 "minisign verifies that" minisign -V -H -p mp.pub -x e/signatures/*.minisig -m e/SHA256SUMS
    mid=$(basename d/signatures/*.minisig .minisig)
    cp -r a two && minisign -S -s ms.key -x "two/signatures/$mid.minisig" -m two/SHA256SUMS > out 2> err
    wants 0 "a second signature, added by hand" "$WAYBILL" verify two --pubkey plain.pub
    wants 0 "either key verifies" "$WAYBILL" verify two --pubkey ms.pub
    wants 0 "repack keeps both" "$WAYBILL" repack two -o two.tar.gz
    wants 0 "so does the archive" "$WAYBILL" verify two.tar.gz --pubkey ms.pub
    threat A3
    cp -r a legacy && minisign -S -l -s plain.key -x "legacy/signatures/$id.minisig" -m legacy/SHA256SUMS > out 2> err
    wants 1 "a legacy signature" "$WAYBILL" verify legacy --pubkey plain.pub
    says 'E-103' "by its number"
    threat
    cp -r a sig && minisign -S -l -s plain.key -x l.minisig -m sig/SHA256SUMS > out 2> err
    { echo "untrusted comment: verify with plain.pub"; sed -n 2p l.minisig; } > "sig/signatures/$id.sig"
    wants 0 "a copy for signify" "$WAYBILL" verify sig --pubkey plain.pub
    wants 0 "signify verifies it" signify-openbsd -V -p plain.pub -x "sig/signatures/$id.sig" -m sig/SHA256SUMS
    cp sig/SHA256SUMS changed && echo >> changed
    wants 1 "signify sees a change" signify-openbsd -V -p plain.pub -x "sig/signatures/$id.sig" -m changed
    # OpenSSL: Ed25519 over BLAKE2b-512 of the list, and over the list itself in signify's copy
    { printf '\060\052\060\005\006\003\053\145\160\003\041\000'; sed -n 2p plain.pub | base64 -d | tail -c 32; } > plain.der
    sed -n 2p "a/signatures/$id.minisig" | base64 -d | tail -c 64 > ours.raw
    openssl dgst -blake2b512 -binary a/SHA256SUMS > hash
    wants 0 "OpenSSL verifies ours" openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey plain.der -sigfile ours.raw -in hash
    sed -n 2p "sig/signatures/$id.sig" | base64 -d | tail -c 64 > copy.raw
    wants 0 "and signify's copy" openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey plain.der -sigfile copy.raw -in sig/SHA256SUMS
    openssl dgst -blake2b512 -binary changed > hash
    wants 1 "OpenSSL sees a change" openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey plain.der -sigfile ours.raw -in hash
    threat A3 A1
    mv "sig/signatures/$id.minisig" away
    wants 1 "the copy alone is not enough" "$WAYBILL" verify sig --pubkey plain.pub
    says 'E-101' "by its number"
    threat A11
    cp -r a other && minisign -S -s plain.key -t "waybill-bundle/1 bundle=shop-000009 sums=00" -x "other/signatures/$id.minisig" -m other/SHA256SUMS > out 2> err
    wants 1 "a comment that speaks of another bundle" "$WAYBILL" verify other --pubkey plain.pub
    says 'E-108' "by its number"
fi

threat A1 A4
wants 1 "another key" "$WAYBILL" verify a --pubkey locked.pub
says 'E-101' "by its number"
refused() { # NUMBER WHAT FILE: as a public key
    wants 1 "$2" "$WAYBILL" verify a --pubkey "$3"
    says "$1" "$2: by its number"
}
threat A9
sed 's/$/\r/' plain.pub > crlf.pub; refused E-107 "a public key with CRLF" crlf.pub
{ cat plain.pub; echo; } > long.pub; refused E-107 "a public key with a line too many" long.pub
printf '%s' "$(cat plain.pub)" > cut.pub; refused E-107 "a public key without its last line feed" cut.pub
: > nil.pub; refused E-107 "an empty public key" nil.pub
threat A8
{ head -1 plain.pub; sed -n '2s/^R/-/p' plain.pub; } > url.pub; refused E-106 "a public key in URL-safe base64" url.pub
threat A5
{ head -1 plain.pub; printf 'RWQAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n'; } > low.pub; refused E-105 "the identity as a public key" low.pub
threat A3
{ head -1 plain.pub; printf 'RUQAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n'; } > alg.pub; refused E-103 "a public key of another algorithm" alg.pub
threat A1
wants 1 "no such public key" "$WAYBILL" verify a --pubkey nothing.pub
head -c 5000 /dev/zero > big.pub; wants 1 "a public key too large" "$WAYBILL" verify a --pubkey big.pub
wants 2 "no public key" "$WAYBILL" verify a

threat A19
# every byte of a secret key's second line changed: refused, or (the unchecked salt of a key without password) the same key
python3 - plain.key << 'PY'
import base64, sys
lines = open(sys.argv[1]).read().split("\n")
raw = bytearray(base64.b64decode(lines[1]))
for i in range(0, len(raw)):
    b = bytearray(raw)
    b[i] ^= 1
    open("flip-%d.key" % i, "w").write(lines[0] + "\n" + base64.b64encode(bytes(b)).decode() + "\n")
PY
refusals=0 others=0
for f in flip-*.key; do
    i=${f#flip-}; i=${i%.key}
    if "$WAYBILL" -c p/alembic.ini pack base:head --key $f --no-password -o f.tar > out 2> err; then
        rm f.tar
        # salt, costs and key id are not secret: the signature must be by the same key or say another id
        if [ $i -ge 6 ] && [ $i -lt 62 ]; then others=$((others + 1)); else bad "byte $i of a secret key changed"; fi
    else
        refusals=$((refusals + 1)); grep -q 'E-115' err || bad "byte $i: no E-115"
    fi
done
[ $refusals = 102 ] && good || bad "$refusals of 102 changes of a secret key refused"
echo "secret key: 158 bytes changed, $refusals refused, $others without meaning in a key without password"
# costs over any that minisign asks for are refused before they are paid; a key that others may read is said
python3 - locked.key << 'PY'
import base64, sys
head, line = open(sys.argv[1]).read().split("\n")[:2]
raw = base64.b64decode(line)
for name, at, value in (("memory", 46, 1 << 40), ("memory2", 46, (1 << 30) + 1), ("memory3", 46, (1 << 64) - 1), ("work", 38, 1 << 40), ("work2", 38, (1 << 64) - 1)):
    open("dear-%s.key" % name, "w").write(head + "\n" + base64.b64encode(raw[:at] + value.to_bytes(8, "little") + raw[at + 8:]).decode() + "\n")
PY
for f in dear-*.key; do
    wants 1 "a key that is dear to open: $f" sh -c "exec $WAYBILL -c p/alembic.ini pack base:head --key $f -o f --password-fd 3 3< password"
    says 'E-115.*cost' "$f: by its number"
done
{ cat plain.key; echo; } > long.key; wants 1 "a secret key with a line too many" pack --key long.key -o f; says E-115 "by its number"
sed 's/$/\r/' plain.key > crlf.key; wants 1 "a secret key with CRLF" pack --key crlf.key -o f; says E-115 "by its number"
cp plain.key open.key; chmod 644 open.key
wants 0 "a secret key that others may read" pack --key open.key -o f; says 'E-115.*others than its owner' "it is said"
rm -r f

# a process that holds a password: nothing of it in core files, arguments or environment, and no debugger of its user
threat E6
mkfifo pipe && chmod 666 pipe
exec 4<> pipe
as=; [ "$(id -u)" = 0 ] && as="setpriv --reuid=65534 --regid=65534 --clear-groups" && chmod 777 .
$as sh -c "ulimit -c unlimited 2> /dev/null; exec '$WAYBILL' keygen -o held --password-fd 3 3< pipe 4>&-" > held.out 2> held.err & child=$!
tries=0
until ls held.key.tmp-* > ls.out 2>&1 || [ $tries = 200 ]; do sleep 0.05; tries=$((tries + 1)); done   # the names are taken, so the process is ready
[ "$(awk '/^Max core file size/ { print $5 "/" $6 }' "/proc/$child/limits")" = 0/0 ] && good "no core file" || bad "core files are possible"
[ "$(stat -c %u "/proc/$child/environ")" = 0 ] && good "no debugger of its user" || bad "a debugger of its user may look"
printf 'correct horse' >&4   # no line's end: it goes on waiting, with the password in its memory
tr '\0' ' ' < "/proc/$child/cmdline" > shown; [ "$(id -u)" != 0 ] || tr '\0' ' ' < "/proc/$child/environ" >> shown
grep -q 'horse' shown && bad "the password is seen from outside" || good "arguments and environment hold no password"
kill -SEGV $child; wait $child 2> ls.out
[ -z "$(ls | grep -i core)" ] && good "killed, no core" || bad "a core file: $(ls | grep -i core)"
rm -f held*
exec 4>&-
wants 0 "passwords on a terminal" python3 "$ROOT/tests/bundle/terminal.py" "$WAYBILL"
finish "bundle/keys"
