#!/bin/sh
# Every number, time and mode that judging compares, at its edge: one below, itself, one above. Policies against each form of
# signature.
. "$(dirname "$0")/common.sh"
"$WAYBILL" keygen -o vendor --no-password > out 2> err || exit 1
"$WAYBILL" keygen -o root --no-password > out 2> err || exit 1
"$WAYBILL" keygen -o other --no-password > out 2> err || exit 1
project shop
NOW=2026-01-10T12:00:00Z
bundle() { # NAME SEQUENCE [OPTION...]
    name=$1 sequence=$2
    shift 2
    "$WAYBILL" -c shop/alembic.ini pack base:r1 --dialect sqlite --key vendor.key --no-password --sequence "$sequence" -o "$name" "$@" > out 2> err || bad "pack $name"
}
trust() { "$WAYBILL" trust "$@" > out 2> err || { bad "trust $*"; cat err; }; }
site() { # FILE [OPTION...]: a site that wants the vendor's signature
    file=$1
    shift
    trust init "$file" --pubkey root=root.pub --at 2026-01-01T00:00:00Z
    trust add "$file" --role vendor --pubkey vendor=vendor.pub --require vendor --no-require root --at 2026-01-01T00:00:00Z "$@"
}
at() { wants "$2" "$3, at $1" "$WAYBILL" verify "$4" --trust "$5" --at "$1"; }
site plain.json
for n in 4 5 6; do bundle b$n.tar.gz $n; done

# ---- numbers ----

trust add plain.json --min-sequence shop=5 --at $NOW -o minimum.json
threat C7
at $NOW 1 "one below the lowest sequence" b4.tar.gz minimum.json; says "E-305" "one below the lowest sequence: why"
at $NOW 0 "the lowest sequence" b5.tar.gz minimum.json
at $NOW 0 "one above the lowest sequence" b6.tar.gz minimum.json
threat A15
trust add plain.json --role vendor --pubkey other=other.pub --at 2026-01-01T00:00:00Z -o two.json
trust revoke two.json --key vendor --reason left --from-sequence 5 --at $NOW -o left.json
at $NOW 0 "the last bundle before a key is revoked" b4.tar.gz left.json
at $NOW 1 "the first from which a key is revoked" b5.tar.gz left.json; says "E-112" "the first from which a key is revoked: why"
at $NOW 1 "the second from which a key is revoked" b6.tar.gz left.json
threat C8
trust add plain.json --max-jump 3 --at $NOW -o jump.json
bundle b1.tar.gz 1; bundle b3.tar.gz 3
for n in 3 4 5; do
    rm -f state.json
    wants 0 "record the first" "$WAYBILL" verify b1.tar.gz --trust jump.json --record state.json
    wants $((n > 4)) "a jump from 1 to $n, of at most 3" "$WAYBILL" verify b$n.tar.gz --trust jump.json --record state.json
done
says "E-306" "a jump too far: why"
threat C1
rm -f state.json
wants 0 "record 5" "$WAYBILL" verify b5.tar.gz --trust plain.json --record state.json
wants 1 "one before the last" "$WAYBILL" verify b4.tar.gz --trust plain.json --record state.json; says "E-301" "one before the last: why"
wants 0 "the last again" "$WAYBILL" verify b5.tar.gz --trust plain.json --record state.json
threat C2
bundle fork.tar.gz 5 --ticket X
wants 1 "another with the last's number" "$WAYBILL" verify fork.tar.gz --trust plain.json --record state.json; says "E-302" "another with the last's number: why"
threat
wants 0 "one behind the last" "$WAYBILL" verify b6.tar.gz --trust plain.json --record state.json

# ---- times ----

threat C7
bundle window.tar.gz 1 --not-before 2026-01-10T10:00:00Z --not-after 2026-01-10T14:00:00Z
at 2026-01-10T09:59:59Z 1 "a second before a bundle's time" window.tar.gz plain.json; says "E-305" "a second before a bundle's time: why"
at 2026-01-10T10:00:00Z 0 "a bundle's first second" window.tar.gz plain.json
at 2026-01-10T10:00:01Z 0 "a bundle's second second" window.tar.gz plain.json
at 2026-01-10T13:59:59Z 0 "a second before a bundle's end" window.tar.gz plain.json
at 2026-01-10T14:00:00Z 0 "a bundle's last second" window.tar.gz plain.json
at 2026-01-10T14:00:01Z 1 "a second behind a bundle's end" window.tar.gz plain.json; says "E-305" "a second behind a bundle's end: why"
threat A16
site short.json --not-after 2026-01-10T12:00:00Z --expires 2026-01-12T00:00:00Z
at 2026-01-10T11:59:59Z 0 "a second before a key's end" b4.tar.gz short.json
at 2026-01-10T12:00:00Z 0 "a key's last second" b4.tar.gz short.json
at 2026-01-10T12:00:01Z 1 "a second behind a key's end" b4.tar.gz short.json; says "E-113" "a second behind a key's end: why"
site ends.json --expires 2026-01-12T00:00:00Z
at 2026-01-11T23:59:59Z 0 "a second before a trust file's end" b4.tar.gz ends.json
at 2026-01-12T00:00:00Z 0 "a trust file's last second" b4.tar.gz ends.json
at 2026-01-12T00:00:01Z 1 "a second behind a trust file's end" b4.tar.gz ends.json; says "E-113" "a second behind a trust file's end: why"
threat C10
at 2025-12-31T23:59:59Z 1 "a second before a trust file was issued" b4.tar.gz plain.json; says "E-308" "a second before a trust file was issued: why"
at 2026-01-01T00:00:00Z 0 "the second in which a trust file was issued" b4.tar.gz plain.json
at 2026-01-01T00:00:01Z 0 "a second behind" b4.tar.gz plain.json
clock() { sed "s/\"clock\": \"[^\"]*\"/\"clock\": \"$1\"/" state.json > clock.json; }
clock "$(date -u -d '1 hour ago' +%Y-%m-%dT%H:%M:%SZ)"; wants 0 "the last bundle was recorded before now" "$WAYBILL" verify b6.tar.gz --trust plain.json --record clock.json
clock "$(date -u -d '1 hour' +%Y-%m-%dT%H:%M:%SZ)"; wants 1 "the last bundle was recorded later than now" "$WAYBILL" verify b6.tar.gz --trust plain.json --record clock.json

# ---- one trust file after another ----

# follows STATUS WHAT ISSUED WHEN: version 2, issued then, signed by root, is installed over version 1 at another time
install() {
    rm -f installed.json*
    wants 0 "install version 1" "$WAYBILL" trust update installed.json "$1" --fingerprint "$(sha256sum < "$1" | cut -c1-64)" --at 2026-01-05T00:00:00Z
}
follows() {
    expected=$1 case=$2 issued=$3 when=$4
    rm -f next.json*
    trust add first.json --min-sequence shop=2 -o next.json --at "$issued"
    trust sign next.json --key root.key --no-password
    install first.json
    wants "$expected" "$case" "$WAYBILL" trust update installed.json next.json --at "$when"
}
threat A14
trust init first.json --pubkey root=root.pub --at 2026-01-05T00:00:00Z
trust sign first.json --key root.key --no-password
follows 1 "issued a second before the installed one" 2026-01-04T23:59:59Z $NOW; says "E-114.*before the installed" "issued a second before the installed one: why"
follows 0 "issued in the same second" 2026-01-05T00:00:00Z $NOW
follows 0 "issued a second behind" 2026-01-05T00:00:01Z $NOW
rm -f first.json*
trust init first.json --pubkey root=root.pub --not-after 2026-01-10T12:00:00Z --at 2026-01-05T00:00:00Z
trust sign first.json --key root.key --no-password
follows 0 "signed by a root key, a second before its end" 2026-01-06T00:00:00Z 2026-01-10T11:59:59Z
follows 0 "signed by a root key in its last second" 2026-01-06T00:00:00Z 2026-01-10T12:00:00Z
follows 1 "signed by a root key, a second behind its end" 2026-01-06T00:00:00Z 2026-01-10T12:00:01Z; says "E-114" "a root key behind its end: why"
rm -f first.json*
trust init first.json --pubkey root=root.pub --at 2026-01-05T00:00:00Z
trust sign first.json --key root.key --no-password
install first.json
for version in 1 3; do
    rm -f next.json*
    sed "s/\"version\": 1/\"version\": $version/; s/01-05T00:00:00Z/01-05T00:00:01Z/" first.json > next.json
    trust sign next.json --key root.key --no-password
    wants 1 "version $version behind version 1" "$WAYBILL" trust update installed.json next.json --at $NOW; says "E-114" "version $version behind version 1: why"
done

# ---- modes ----

threat E12
for mode in 600 604 640 644 755 700; do
    cp plain.json mode.json; chmod $mode mode.json
    at $NOW 0 "a trust file of mode $mode" b4.tar.gz mode.json
done
for mode in 620 602 660 606 664 646 666 622 777; do
    cp plain.json mode.json; chmod $mode mode.json
    at $NOW 1 "a trust file of mode $mode" b4.tar.gz mode.json; says "may be changed by others" "a trust file of mode $mode: why"
done

# ---- which signatures count ----

# counts STATUS WHAT: signed in these ways, where signify's copies count or do not
threat A17
tar xzf b4.tar.gz && mv shop-000004 forms || bad "unpack"
trust add plain.json --allow-legacy yes --at $NOW -o legacy.json
trust add plain.json --allow-legacy no --at $NOW -o strict.json
id=$(sed -n 1p vendor.pub | grep -o '[0-9A-F]*$')
minisign -S -l -s vendor.key -x copy.minisig -m forms/SHA256SUMS > out 2> err || bad "minisign: $(head -1 err)"
{ echo "untrusted comment: verify with vendor.pub"; sed -n 2p copy.minisig; } > copy.sig
for form in minisign signify both; do
    rm -rf signed; cp -R forms signed
    [ $form = minisign ] || cp copy.sig "signed/signatures/$id.sig"
    [ $form != signify ] || rm "signed/signatures/$id.minisig"
    [ $form = signify ] && without=1 || without=0
    wants 0 "$form, where signify's copies count" "$WAYBILL" verify signed --trust legacy.json --at $NOW
    wants $without "$form, where they do not" "$WAYBILL" verify signed --trust strict.json --at $NOW
    wants $without "$form, where nothing is said of them" "$WAYBILL" verify signed --trust plain.json --at $NOW
done
finish bundle/edges
