#!/bin/sh
# The main job, end to end: the example chain becomes a signed bundle, which is verified and applied with stock clients.
set -eu
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
out=$root/dist/demo
rm -rf "$out"
mkdir -p "$out"
# a checkout that others may change is no place for trust files (E-116)
place=$out
while :; do
    if [ -n "$(find "$place" -maxdepth 0 \( -perm /022 ! -perm -1000 -o ! -user 0 ! -user "$(id -u)" \))" ]; then
        out=$(mktemp -d "${TMPDIR:-/tmp}/waybill-demo-XXXXXX")
        break
    fi
    [ "$place" != / ] || break
    place=$(dirname "$place")
done
say() { printf '\n\033[1m%s\033[0m\n' "$*" | sed 's/\x1b\[[0-9;]*m//g'; }
receipt() { grep 'WAYBILL-RECEIPT' "$1" | tail -1; grep -q 'result=OK' "$1"; }
cd "$root/migrations"

say "1. The chain, and what of it renders"
"$program" history
"$program" survey

say "2. A key pair, without a password only because this is a demonstration"
"$program" keygen -o "$out/vendor" --no-password

say "3. One signed bundle with upgrade and downgrade for both databases"
"$program" pack base:heads --dialect postgresql --dialect sqlite --key "$out/vendor.key" -o "$out/orders.tar.gz"

say "4. A site that wants two signatures: its trust file, and an approval in the bundle"
"$program" keygen -o "$out/board" --no-password > /dev/null
"$program" keygen -o "$out/root" --no-password > /dev/null
"$program" trust init "$out/site.json" --pubkey root="$out/root.pub" > /dev/null
"$program" trust add "$out/site.json" --role vendor --pubkey vendor="$out/vendor.pub" --require vendor > /dev/null
"$program" trust add "$out/site.json" --role board --pubkey board="$out/board.pub" --require board --no-require root
if "$program" verify "$out/orders.tar.gz" --trust "$out/site.json" 2> "$out/refused.log"; then echo "one signature was enough"; exit 1; fi
head -1 "$out/refused.log"
sums=$(tar -xOf "$out/orders.tar.gz" --wildcards '*/SHA256SUMS' | sha256sum | cut -d' ' -f1)
"$program" approve "$out/orders.tar.gz" --key "$out/board.key" --no-password --expect "$sums"

say "5. Verified by the trust file alone, recorded and extracted"
"$program" verify "$out/orders.tar.gz" --trust "$out/site.json" --record "$out/state.json" --extract "$out/orders"
(cd "$out/orders" && sha256sum --quiet -c SHA256SUMS && echo "sha256sum agrees")

say "6. Applied to a SQLite file with the stock client: asked first, upgrade, a second run and a downgrade that are refused, downgrade"
scripts=$(dirname "$(find "$out/orders/sql/sqlite" -name upgrade.sql | sort | head -1)")
sqlite3 -batch "$out/orders.db" < "$scripts/preflight.sql" > "$out/preflight.log" 2>&1
tail -n 1 "$out/preflight.log"
sqlite3 -batch -bail "$out/orders.db" < "$scripts/upgrade.sql" > "$out/upgrade.log" 2>&1
receipt "$out/upgrade.log"
if sqlite3 -batch -bail "$out/orders.db" < "$scripts/upgrade.sql" > "$out/again.log" 2>&1; then echo "the second run was not refused"; exit 1; fi
head -1 "$out/again.log"
# the example's own rows would go with their tables: that wants a word
if sqlite3 -batch -bail "$out/orders.db" < "$scripts/downgrade.sql" > "$out/refused.log" 2>&1; then echo "the downgrade was not refused"; exit 1; fi
grep GUARD "$out/refused.log" | head -1
sqlite3 -batch -bail -cmd "CREATE TEMP VIEW waybill_drop AS SELECT 'orders.db'" "$out/orders.db" < "$scripts/downgrade.sql" > "$out/downgrade.log" 2>&1
receipt "$out/downgrade.log"
echo "tables left: $(sqlite3 "$out/orders.db" .tables)"

say "Done. Everything lies in $out:"
cat <<END
  orders.tar.gz        the bundle (signed by vendor.key and board.key)
  site.json            the trust file that wants both
  orders/              the bundle, extracted: read README.txt and sql/*/from-base/upgrade.sql
  orders.db            the SQLite file the scripts were applied to
  upgrade.log, again.log, downgrade.log   what the client said
END
