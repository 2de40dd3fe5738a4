#!/bin/sh
# The trust file, approvals and the state file: whose signatures count, in which order bundles are accepted, and everything
# that must not pass.
. "$(dirname "$0")/common.sh"

# Days that have been: the state and what is installed are judged by the clock alone.
day() { date -u -d "$1 days ago" +%Y-%m-%d; }
TODAY=$(day 20)
NOW=${TODAY}T01:00:00Z
LATER=$(day 19)T01:00:00Z
for key in vendor alice bob carol root1 root2 root3 eve; do
    wants 0 "keygen $key" "$WAYBILL" keygen -o $key --no-password
done
project shop

# bundle NAME SEQUENCE [OPTION...]
bundle() {
    name=$1 sequence=$2
    shift 2
    wants 0 "pack $name" "$WAYBILL" -c shop/alembic.ini pack base:r1 --dialect sqlite --key vendor.key --no-password \
        --sequence "$sequence" -o "$name" "$@"
}
sums() { tar -xOf "$1" --wildcards '*/SHA256SUMS' | sha256sum | cut -d' ' -f1; }
verify() { "$WAYBILL" verify "$@"; }
approve() { "$WAYBILL" approve "$@" --no-password; }
trust() { "$WAYBILL" trust "$@"; }
# judged STATUS WHAT ARGUMENT...: verify with the trust file, at NOW
judged() {
    want=$1 what=$2
    shift 2
    wants "$want" "$what" "$WAYBILL" verify --trust trust.json --at "$NOW" "$@"
}

# ---- making a trust file ----

wants 0 "trust init" trust init trust.json --pubkey root1=root1.pub --pubkey root2=root2.pub --threshold root=2 --at $NOW \
    --customer acme --environment prod
says "version 1" "trust init says what it wrote"
wants 0 "trust add vendor" trust add trust.json --role vendor --pubkey vendor=vendor.pub --owner "The vendor" --at $NOW
wants 0 "trust add board" trust add trust.json --role board --pubkey alice=alice.pub --pubkey bob=bob.pub \
    --pubkey carol=carol.pub --threshold board=2 --require vendor --require board --no-require root --at $NOW
wants 0 "trust show" trust show trust.json
says "role *board: 2 of 3 (alice, bob, carol), required" "trust show lists the roles"
says "nobody: a draft" "trust show says that nobody has signed"
wants 0 "trust show as JSON" trust show trust.json --format json
cp out shown.json
wants 0 "its JSON is JSON" python3 -c 'import json; j = json.load(open("shown.json")); assert j["trust"]["version"] == 1 and not j["signed"]'
cp trust.json draft.json
wants 1 "a first trust file that too few have signed" trust update installed.json trust.json --at $NOW \
    --fingerprint "$(sha256sum < trust.json | cut -c1-64)"
says "E-114" "a first trust file that too few have signed"
absent installed.json "a refused trust file"
for root in root1 root2; do
    wants 0 "trust sign by $root" trust sign trust.json --key $root.key --no-password
done
wants 0 "minisign reads it" minisign -V -q -p root1.pub -m trust.json -x "$(ls trust.json.*.minisig | while read -r f; do
    grep -q "$(sed -n 2p root1.pub | cut -c5-12)" "$f" && echo "$f" && break; done)"
wants 2 "a first trust file without a fingerprint" trust update installed.json trust.json --at $NOW
wants 1 "a first trust file with another fingerprint" trust update installed.json trust.json --at $NOW \
    --fingerprint "$(printf x | sha256sum | cut -c1-64)"
says "E-114" "another fingerprint"
wants 0 "the first trust file" trust update installed.json trust.json --at $NOW \
    --fingerprint "$(sha256sum < trust.json | cut -c1-64 | sed 's/......../& /g')"
same trust.json installed.json "what is installed is what was signed"
wants 0 "installing it again" trust update installed.json trust.json --at $NOW
says "already" "installing it again"
wants 2 "changing a signed trust file in place" trust add trust.json --min-sequence shop=2 --at $NOW
wants 0 "the next version" trust add trust.json --min-sequence shop=2 -o trust2.json --at $LATER
says "version 2" "the next version"

threat A17
# ---- A17: from one version to the next ----

wants 1 "version 2 unsigned" trust update installed.json trust2.json --at $LATER
says "E-114" "version 2 unsigned"
wants 0 "sign version 2" trust sign trust2.json --key root1.key --no-password
wants 1 "version 2 signed by one" trust update installed.json trust2.json --at $LATER
says "E-114.*1 of 2" "version 2 signed by one"
wants 0 "sign version 2" trust sign trust2.json --key root2.key --no-password
wants 0 "version 2" trust update installed.json trust2.json --at $LATER
wants 1 "back to version 1" trust update installed.json trust.json --at $LATER
says "E-114.*not newer" "back to version 1"
same trust2.json installed.json "version 2 stays"
wants 0 "version 3 gives root to one other key" trust add trust2.json --role root --pubkey root3=root3.pub --threshold root=1 \
    -o trust3.json --at $LATER
wants 0 "sign version 3" trust sign trust3.json --key root3.key --no-password
wants 1 "version 3 signed by its own new key" trust update installed.json trust3.json --at $LATER
says "E-114.*version 2 wants" "version 3 signed by its own new key"
for root in root1 root2; do
    wants 0 "sign version 3" trust sign trust3.json --key $root.key --no-password
done
cp trust3.json trust4.json   # a change of what is signed
sed -i 's/"version": 3/"version": 4/' trust4.json
for file in trust3.json.*; do cp "$file" "trust4.json.${file#trust3.json.}"; done
wants 1 "a signed trust file changed" trust update installed.json trust4.json --at $LATER
says "E-114.*does not follow" "a signed trust file changed, two ahead"
sed -i 's/"version": 4/"version": 3/; s/"maxSequenceJump": 1000/"maxSequenceJump": 9999/' trust4.json
wants 1 "a signed trust file changed" trust update installed.json trust4.json --at $LATER
says "E-111" "a signed trust file changed"
wants 0 "version 3" trust update installed.json trust3.json --at $LATER

threat
# ---- A4, A5, A9, A12, A13: what no trust file may say ----

# twisted SED WHAT NUMBER: a change of the draft
twisted() {
    rm -f twisted.json
    sed "$1" draft.json > twisted.json
    wants 1 "$2" trust show twisted.json
    says "$3" "$2"
}
threat A13
twisted 's/"threshold": 2/"threshold": 0/' "a threshold of 0" "E-110"
twisted 's/"threshold": 2/"threshold": 4/' "a threshold above the keys" "E-110"
twisted 's/"threshold": 2/"threshold": -1/' "a negative threshold" "E-207"
threat
twisted 's/"threshold": 2/"threshold": 2.0/' "a threshold that is no whole number" "E-207"
twisted 's/"carol"$/"alice"/' "a key twice in a role" "E-109\|E-209"
twisted 's/"root": {/"rooot": {/' "no root role" "E-110\|E-209"
twisted 's/"version": 1/"version": 1, "more": 2/' "a member that is not known" "E-209"
twisted 's/"version": 1/"version": 0/' "version 0" "E-211"
twisted 's/waybill-trust.1/waybill-trust\/2/' "another type" "E-209"
twisted 's/"issued": "[^"]*"/"issued": "yesterday"/' "no time" "E-211"
python3 - << 'PY'
import base64, json, re
t = json.load(open("draft.json"))
def write(name, change):
    copy = json.loads(json.dumps(t))
    change(copy)
    open(name, "w").write(json.dumps(copy, indent=2, ensure_ascii=True) + "\n")
raw = lambda line: bytearray(base64.b64decode(line))
line = lambda raw: base64.b64encode(bytes(raw)).decode()
def same_id(c):
    key = raw(c["keys"]["bob"]["minisign"])
    key[2:10] = raw(c["keys"]["alice"]["minisign"])[2:10]
    c["keys"]["bob"]["minisign"] = line(key)
def weak(c):
    key = raw(c["keys"]["bob"]["minisign"])
    key[10:] = bytes([1] + [0] * 31)
    c["keys"]["bob"]["minisign"] = line(key)
def other_id(c):
    key = raw(c["keys"]["alice"]["minisign"])
    key[2] ^= 1
    c["keys"]["bob"]["minisign"] = line(key)
def two_roles(c): c["roles"]["vendor"]["keys"] = ["alice", "vendor"]
def nobody(c): c["require"] = []
write("id.json", same_id); write("weak.json", weak); write("twin.json", other_id); write("roles.json", two_roles); write("nobody.json", nobody)
PY
threat A4
wants 1 "A4: two keys with one id" trust show id.json; says "E-104" "A4: two keys with one id"
threat A5
wants 1 "A5: a weak key" trust show weak.json; says "E-105" "A5: a weak key"
threat A12
wants 1 "A12: one key under two names" trust show twin.json; says "E-109" "A12: one key under two names"
wants 1 "A12: one key in two required roles" trust show roles.json; says "E-109" "A12: one key in two required roles"
threat A13
wants 1 "A13: nothing required" trust show nobody.json; says "E-110" "A13: nothing required"
cp draft.json loose.json; chmod 666 loose.json
threat
wants 1 "a trust file that anybody may change" trust show loose.json; says "E-116" "a trust file that anybody may change"

# ---- approvals ----

cp draft.json trust.json   # its signatures do not matter to verify
rm -f trust.json.*
bundle b1.tar.gz 1 --customer acme --environment prod
judged 1 "the vendor alone" b1.tar.gz
says 'E-101 role "board": 0 of 2' "the vendor alone"
cp b1.tar.gz before.tar.gz
wants 1 "approve without a terminal" setsid -w "$WAYBILL" approve b1.tar.gz --key alice.key --no-password
says "expect" "approve without a terminal"
wants 1 "approve another bundle than expected" approve b1.tar.gz --key alice.key --expect "$(printf x | sha256sum | cut -c1-64)"
says "E-203" "approve another bundle than expected"
same before.tar.gz b1.tar.gz "a bundle that was not approved"
wants 0 "approve" approve b1.tar.gz --key alice.key --expect "sha256:$(sums b1.tar.gz)" --pubkey vendor.pub --at $NOW
says "Signed shop-000001-acme" "approve says what it signed"
[ "$(sums b1.tar.gz)" = "$(sums before.tar.gz)" ] && good || bad "approve changed what is signed"
wants 1 "approve twice" approve b1.tar.gz --key alice.key --expect "$(sums b1.tar.gz)"
says "E-109" "approve twice"
judged 1 "one of two"  b1.tar.gz
says 'E-101 role "board": 1 of 2' "one of two"
wants 0 "approve beside" approve b1.tar.gz --key bob.key --detached --expect "$(sums b1.tar.gz)" --at $NOW
judged 0 "two of three, one beside" b1.tar.gz
says "board: 2 of 2 (alice, bob)" "the decision names those who signed"
says "beside the bundle" "the decision says where"
wants 0 "minisign reads an approval" sh -c 'mkdir x && tar -xzf b1.tar.gz -C x && cd x/* && minisign -V -q -p ../../bob.pub -m SHA256SUMS -x ../../b1.tar.gz.*.minisig'
judged 0 "as JSON" b1.tar.gz --format json
cp out shown.json
wants 0 "the JSON decision" python3 -c '
import json
j = json.load(open("shown.json"))
assert j["verified"] and j["trust"]["version"] == 1 and [r["role"] for r in j["roles"]] == ["board", "vendor"], j
assert j["roles"][0]["signers"] == ["alice", "bob"]'
wants 0 "inspect lists who signed" "$WAYBILL" inspect b1.tar.gz
says "beside the bundle" "inspect lists who signed"
# every format takes an approval, and the archive is still the one form
for form in .tar .dir; do
    wants 0 "repack to $form" "$WAYBILL" repack before.tar.gz -o "form$form"
    wants 0 "approve $form" approve "form$form" --key carol.key --expect "$(sums before.tar.gz)" --at $NOW
    judged 1 "one approval in $form" "form$form"
    says "1 of 2" "one approval in $form"
    wants 0 "approve $form again" approve "form$form" --key bob.key --expect "$(sums before.tar.gz)" --at $NOW
    judged 0 "two approvals in $form" "form$form"
done
wants 0 "approve into another file" approve before.tar.gz --key carol.key -o after.tar.gz --expect "$(sums before.tar.gz)"
wants 1 "approve over another file" approve before.tar.gz --key bob.key -o after.tar.gz --expect "$(sums before.tar.gz)"
says "E-501" "approve over another file"
ls -d -- *.tmp-* > ls.out 2>&1 && bad "something temporary is left" || good
# at a terminal: the question is asked, and only the right answer signs
wants 1 "a wrong answer" python3 "$ROOT/tests/bundle/answer.py" "12345678" "$WAYBILL" approve after.tar.gz --key bob.key --no-password
says "not signed" "a wrong answer"
wants 0 "the right answer" python3 "$ROOT/tests/bundle/answer.py" "$(sums after.tar.gz | cut -c1-8)" "$WAYBILL" approve after.tar.gz --key bob.key --no-password

# ---- A11, A12, A14, A15, A16: signatures that do not count ----

wants 0 "an unknown key's approval" approve form.tar --key eve.key --expect "$(sums form.tar)" --at $NOW
judged 0 "an unknown key's approval changes nothing" form.tar
says "not known here" "an unknown key's approval is said not to count"
cp before.tar.gz dup.tar.gz
wants 0 "approve" approve dup.tar.gz --key alice.key --expect "$(sums dup.tar.gz)" --at $NOW
wants 0 "the same key beside" approve before.tar.gz --key alice.key --detached -o "$HERE/dup.tar.gz.$(ls form.dir/signatures | head -1 | cut -c1-16).minisig" --expect "$(sums dup.tar.gz)" --at $LATER
rm -f dup.tar.gz.*.minisig
id=$(sed -n 1p alice.pub | grep -o '[0-9A-F]*$')
wants 0 "the same key beside" approve before.tar.gz --key alice.key --detached -o "dup.tar.gz.$id.minisig" --expect "$(sums dup.tar.gz)" --at $LATER
judged 1 "one key twice" dup.tar.gz
threat A12
says "E-109" "A12: one key twice"
mkdir forged && tar -xzf b1.tar.gz -C forged && cp b1.tar.gz.*.minisig forged/
cp -r forged/shop-000001-acme forged.dir
for file in forged.dir/signatures/"$id".minisig; do sed -i '4{s/^[^A]/A/;t;s/^A/B/}' "$file"; done
threat A14
judged 1 "A14: a known key's broken signature" forged.dir
says "E-111\|E-106" "A14: a known key's broken signature"
# a signature moved to another key's name
cp -r forged/shop-000001-acme moved.dir
mv moved.dir/signatures/"$id".minisig moved.dir/signatures/"$(sed -n 1p carol.pub | grep -o '[0-9A-F]*$')".minisig
threat A11
judged 1 "A11: a signature under another key's name" moved.dir
says "E-104" "A11: a signature under another key's name"
threat
wants 0 "revoke alice" trust revoke trust.json --key alice --reason "laptop stolen" --at $NOW -o revoked.json
threat A15
wants 1 "A15: a revoked key" verify b1.tar.gz --trust revoked.json --at $NOW
says "E-112.*laptop stolen" "A15: a revoked key"
threat
wants 0 "revoke alice for later bundles" trust revoke trust.json --key alice --reason "left" --from-sequence 2 --at $NOW -o left.json
threat A15
wants 0 "A15: a key revoked for later bundles" verify b1.tar.gz --trust left.json --at $NOW
threat
wants 1 "revoking below the threshold" trust revoke revoked.json --key bob --reason "lost" --at $NOW
says "E-110" "revoking below the threshold"
wants 0 "a key with an end" trust init short.json --pubkey root1=root1.pub --at $NOW
wants 0 "a key with an end" trust add short.json --role vendor --pubkey vendor=vendor.pub --not-after ${TODAY}T12:00:00Z --require vendor \
    --no-require root --customer acme --environment prod --expires $(day 12)T00:00:00Z --at $NOW
threat A16
wants 0 "A16: before its end" verify b1.tar.gz --trust short.json --at $NOW
wants 1 "A16: after its end" verify b1.tar.gz --trust short.json --at $LATER
says "E-113" "A16: after its end"
wants 1 "A16: a trust file that has expired" verify b1.tar.gz --trust short.json --at $(day 11)T00:00:00Z
says "E-113 trust file" "A16: a trust file that has expired"
threat C10
wants 1 "C10: the clock before the trust file" verify b1.tar.gz --trust short.json --at 2001-01-01T00:00:00Z
says "E-308" "C10: the clock before the trust file"
# C4: an approval of another bundle
bundle b2.tar.gz 2 --customer acme --environment prod --predecessor "$(sums b1.tar.gz)"
cp b1.tar.gz.*.minisig "b2.tar.gz.$(ls b1.tar.gz.*.minisig | sed 's/.*gz\.//')"
threat C4
judged 1 "C4: another bundle's approval" b2.tar.gz
says "E-111" "C4: another bundle's approval"
rm -f b2.tar.gz.*.minisig

threat
# ---- C1 to C10: site, time and order ----

wants 0 "a plain trust file" trust init site.json --pubkey root1=root1.pub --at $NOW
wants 0 "a plain trust file" trust add site.json --role vendor --pubkey vendor=vendor.pub --require vendor --no-require root \
    --customer acme --environment prod --dialect sqlite --max-jump 10 --at $NOW
# at WHEN STATUS WHAT BUNDLE [OPTION...]
at() {
    when=$1 want=$2 what=$3
    shift 3
    wants "$want" "$what" "$WAYBILL" verify --trust site.json --at "$when" "$@"
}
# now STATUS WHAT BUNDLE [OPTION...]: by the clock, as all that is recorded
now() {
    want=$1 what=$2
    shift 2
    wants "$want" "$what" "$WAYBILL" verify --trust site.json "$@"
}
bundle other.tar.gz 1 --customer beta
threat C5
at $NOW 1 "C5: another customer" other.tar.gz
says "E-303.*beta" "C5: another customer"
bundle test.tar.gz 1 --customer acme --environment test
at $NOW 1 "C5: another environment" test.tar.gz
says "E-303.*test" "C5: another environment"
threat
wants 0 "pack for another database" "$WAYBILL" -c shop/alembic.ini pack base:r1 --dialect postgresql --key vendor.key --no-password --sequence 1 -o pg.tar.gz
threat C5
at $NOW 1 "C5: another database" pg.tar.gz
says "E-303" "C5: another database"
bundle window.tar.gz 1 --not-before ${TODAY}T00:30:00Z --not-after ${TODAY}T02:00:00Z
threat
at $NOW 0 "within its time" window.tar.gz
threat C7
at ${TODAY}T02:00:01Z 1 "C7: after its time" window.tar.gz
says "E-305.*not valid after" "C7: after its time"
cp site.json early.json; sed -i 's/"issued": "[^"]*"/"issued": "2020-01-01T00:00:00Z"/' early.json
threat
wants 1 "before its time" verify window.tar.gz --trust early.json --at $(day 21)T00:00:00Z
says "E-305.*not valid before" "before its time"
wants 1 "a key alone looks at the time too" verify window.tar.gz --pubkey vendor.pub --at $LATER
says "E-305" "a key alone looks at the time too"

now 0 "record 1" b1.tar.gz --record state.json
says "recorded in" "record 1"
now 0 "record 1 again" b1.tar.gz --record state.json
now 0 "record 2" b2.tar.gz --record state.json --extract two
[ -f two/MANIFEST.json ] && good || bad "what is recorded is extracted"
cp state.json kept.json
threat C1
now 1 "C1: back to 1" b1.tar.gz --record state.json --extract one
says "E-301" "C1: back to 1"
absent one "what is refused is not extracted"
same kept.json state.json "a refusal records nothing"
bundle fork.tar.gz 2 --ticket X
threat C2
now 1 "C2: another 2" fork.tar.gz --record state.json
says "E-302" "C2: another 2"
bundle gap.tar.gz 4 --predecessor "$(printf x | sha256sum | cut -c1-64)"
now 1 "C2: it follows another" gap.tar.gz --record state.json
says "E-302.*follows" "C2: it follows another"
bundle far.tar.gz 9007199254740991
threat C8
now 1 "C8: far ahead" far.tar.gz --record state.json
says "E-306" "C8: far ahead"
bundle near.tar.gz 12
threat
wants 0 "a predecessor required" trust add site.json --predecessor required --at $NOW -o strict.json
threat C2
wants 1 "C2: no predecessor where one is required" verify near.tar.gz --trust strict.json --record state.json
says "E-302.*names no bundle" "C2: no predecessor where one is required"
threat
wants 0 "predecessors ignored" trust add site.json --predecessor ignored --at $NOW -o lax.json
cp state.json lax-state.json
wants 0 "gaps by policy" verify gap.tar.gz --trust lax.json --record lax-state.json
now 0 "within the jump" near.tar.gz --record state.json
threat C10
sed 's/"clock": "[^"]*"/"clock": "2099-01-01T00:00:00Z"/' state.json > ahead.json
cp ahead.json kept.json
now 1 "C10: the clock set back" near.tar.gz --record ahead.json
says "E-308.*set back" "C10: the clock set back"
same kept.json ahead.json "C10: a refusal leaves the state"
threat C11
says 'hint:.*set "clock" in it back by hand' "a clock that was once ahead: the way out is said"
sed -i "s/\"clock\": \"[^\"]*\"/\"clock\": \"$NOW\"/" ahead.json
now 0 "a clock that was once ahead: the way out" near.tar.gz --record ahead.json
cp state.json kept.json
for time in 2099-01-01T00:00:00Z "$NOW" 1999-01-01T00:00:00Z; do
    wants 2 "judging as of $time and recording" verify near.tar.gz --trust site.json --at "$time" --record state.json --extract lost
    says "exclude each other" "judging as of $time and recording: why"
    same kept.json state.json "judging as of $time records nothing"
    wants 2 "a key alone, judging as of $time and recording" verify near.tar.gz --pubkey vendor.pub --at "$time" --record none.json
    absent none.json "judging as of $time makes no state"
    absent lost "judging as of $time and recording extracts nothing"
done
# a trust file of the future would refuse every bundle, and every next version that is not of the future too
cp draft.json t1.json
for root in root1 root2; do wants 0 "sign" trust sign t1.json --key $root.key --no-password; done
wants 0 "install" trust update installed2.json t1.json --fingerprint "$(sha256sum < t1.json | cut -c1-64)"
wants 0 "a version of the future" trust add t1.json --min-sequence shop=2 -o t2.json --at 2099-01-01T00:00:00Z
for root in root1 root2; do wants 0 "sign" trust sign t2.json --key $root.key --no-password; done
for at in "" "--at 2099-06-01T00:00:00Z"; do
    wants 1 "a trust file of the future, $at" trust update installed2.json t2.json $at
    says "E-308.*2099" "a trust file of the future, $at: why"
    same t1.json installed2.json "a trust file of the future is not installed, $at"
    wants 1 "a first trust file of the future, $at" trust update installed3.json t2.json --fingerprint "$(sha256sum < t2.json | cut -c1-64)" $at
    says "E-308.*2099" "a first trust file of the future, $at: why"
    absent installed3.json "a first trust file of the future, $at"
done
threat
wants 0 "a minimum" trust add site.json --min-sequence shop=5 --at $NOW -o minimum.json
threat C7
wants 1 "C7: below the minimum" verify b2.tar.gz --trust minimum.json --at $NOW
says "E-305.*below 5" "C7: below the minimum"
threat
wants 0 "withdraw" trust revoke site.json --bundle "sha256:$(sums b2.tar.gz)" --at $NOW -o withdrawn.json
threat C9
wants 1 "C9: withdrawn" verify b2.tar.gz --trust withdrawn.json --at $NOW
says "E-307" "C9: withdrawn"
# a state that is damaged refuses
sed 's/"sequence": 12/"sequence": 12.0/' state.json > s1.json; now 1 "a state with a fraction" near.tar.gz --record s1.json; says "E-207" "a state with a fraction"
sed 's/"products"/"product"/' state.json > s2.json; now 1 "a state of another form" near.tar.gz --record s2.json; says "E-209" "a state of another form"
: > s3.json; now 1 "an empty state" near.tar.gz --record s3.json; says "E-208" "an empty state"
threat
now 3 "a state that cannot be written" near.tar.gz --record /proc/state.json --extract lost
absent lost "what could not be recorded is not extracted"

finish bundle/trust
