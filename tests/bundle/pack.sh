#!/bin/sh
# pack: what is in a bundle, that stock tools accept it, that its scripts run, that the same inputs give the same bytes.
. "$(dirname "$0")/common.sh"
project p
"$WAYBILL" keygen -o k --no-password > out 2> err || exit 1
pack() { "$WAYBILL" -c p/alembic.ini pack "$@"; }

wants 0 "pack" pack base:head r1:head --key k.key -o b.tar.gz
wants 0 "verify" "$WAYBILL" verify b.tar.gz --pubkey k.pub --extract x
says 'VERIFIED: shop-000003' "verify prints its decision"
wants 0 "verify, JSON" "$WAYBILL" verify b.tar.gz --pubkey k.pub --format json
cp out report.json
wants 0 "its JSON is JSON" python3 -c 'import json; d = json.load(open("report.json")); assert d["verified"] and d["to"] == ["r3"] and d["revisions"][2]["emptyDowngrade"] and not d["recompressed"]'
wants 0 "inspect" "$WAYBILL" inspect b.tar.gz
says 'not judged' "inspect judges nobody"

# a database that is pinned, and one that is not
wants 0 "pack says where no name is pinned" pack base:head --key k.key -o nodb --dialect sqlite --dialect postgresql
says 'sqlite  *database of any name' "of SQLite"; says 'postgresql  *database of any name' "of PostgreSQL"
grep -q 'Database: of any name, none is pinned.' nodb/README.txt && good || bad "README says that none is pinned"
wants 0 "pack pins names" pack base:head --key k.key -o db1 --dialect sqlite --dialect postgresql --database shop --database sqlite=shop.db --format json
says '"databases": {"sqlite": "shop.db", "postgresql": "shop"}' "and says them"
grep -q 'Database: shop.db.' db1/README.txt && grep -q 'Database: shop.$' db1/README.txt && good || bad "README says the pinned names"
grep -q "made for database ' || 'shop'" db1/sql/postgresql/from-base/upgrade.sql && grep -q 'made for the database file shop.db' db1/sql/sqlite/from-base/preflight.sql && good || bad "the scripts ask for the pinned names"
wants 2 "a name that is none" pack base:head --key k.key -o db2 --dialect sqlite --database sqlite=

# stock tools
mkdir t && tar xzf b.tar.gz -C t
wants 0 "GNU tar gives what verify extracts" diff -r x t/shop-000003
key=$(basename x/signatures/*.minisig .minisig)
if command -v minisign > ls.out; then
    wants 0 "minisign verifies" minisign -V -H -p k.pub -x "x/signatures/$key.minisig" -m x/SHA256SUMS
    says "bundle=shop-000003" "the trusted comment names the bundle"
fi
(cd x && sha256sum -c --strict SHA256SUMS) > out 2> err && good || bad "sha256sum -c"
wants 0 "a script with sections has one to go on from each" ls x/sql/postgresql/from-base/upgrade.from-section-2.sql x/sql/postgresql/from-base/upgrade.from-section-3.sql
head -c 10 b.tar.gz | od -An -tx1 > out
says '1f 8b 08 00 00 00 00 00 00 03' "the gzip header says nothing of when and where"

# the scripts, on SQLite
status() { sqlite3 db < x/sql/sqlite/status.sql > out 2> err; }
threat C6
status; says 'revision=base apply=sql/sqlite/from-base/upgrade.sql' "status of a new database"
sqlite3 db < "$(ls x/sql/sqlite/from-base/steps/0001*.upgrade.sql)" > out 2> err; says 'bundle=shop-000003 .*result=OK' "one step's receipt"
status; says 'revision=r1 apply=sql/sqlite/from-r1/upgrade.sql' "status after a step"
sqlite3 db < x/sql/sqlite/from-r1/upgrade.sql > out 2> err; says 'from=r1 to=r3 .*result=OK' "the upgrade's receipt"
status; says 'revision=r3 apply=none: the database is where' "status at the end"
sqlite3 db < x/sql/sqlite/from-r1/upgrade.sql > out 2> err; says 'WAYBILL-GUARD' "a second run is refused"
sqlite3 db < x/sql/sqlite/from-r1/downgrade.sql > out 2> err; says 'from=r3 to=r1 .*result=OK' "the way back"
threat
before=$(sha256sum < db); status; [ "$before" = "$(sha256sum < db)" ] && good || bad "status.sql wrote"

# determinism: other folder, user, umask, time zone, locale, and time of day
mkdir -p far/away/from/here && chmod 777 far/away/from/here && cp -r p far/away/from/here/p && cp k.key far/away/from/here/ && chmod 644 far/away/from/here/k.key
as="env"; [ "$(id -u)" = 0 ] && as="setpriv --reuid=65534 --regid=65534 --clear-groups env"
touch -d 2001-01-01 far/away/from/here/p/versions/*
(cd far/away/from/here && umask 077 && $as TZ=Asia/Tokyo LC_ALL=C.UTF-8 HOME=/nowhere "$WAYBILL" -c p/alembic.ini pack base:head r1:head --key k.key -o again.tar.gz) > out 2> err
same b.tar.gz far/away/from/here/again.tar.gz "packed elsewhere by another"
wants 0 "pack at a time" pack base:head --key k.key -o at1.tar --at 2026-11-23T01:00:00Z
SOURCE_DATE_EPOCH=1795395600 "$WAYBILL" -c p/alembic.ini pack base:head --key k.key -o at2.tar > out 2> err
same at1.tar at2.tar "--at and SOURCE_DATE_EPOCH"
tar tvf at1.tar > out; says '2026-11-23 01:00' "mtime is the time given"

# what a revision asks of the machine that runs it is said, or refused
project q
cat > q/versions/r4.py << 'PY'
"""Sign them"""
import datetime, uuid
from alembic import op
revision = "r4"
down_revision = "r3"
def upgrade():
    op.execute(f"UPDATE item SET name = '{uuid.uuid4()} {datetime.datetime.now()}'")
def downgrade():
    pass
PY
wants 1 "a fresh UUID refuses the pack" "$WAYBILL" -c q/alembic.ini pack base:head --key k.key -o q.tar --at 2026-11-23T01:00:00Z
says "seed-uuid" "the hint names the option"
SOURCE_DATE_EPOCH=1795395600 "$WAYBILL" -c q/alembic.ini pack base:head --key k.key -o q.tar --seed-uuid s > out 2> err
says "Give the time with --at" "SOURCE_DATE_EPOCH is not the time of the revisions"
[ ! -e q.tar ] && good || bad "a refused pack left a file"
wants 0 "both given" "$WAYBILL" -c q/alembic.ini pack base:head --key k.key -o q.dir --at 2026-11-23T01:00:00Z --seed-uuid s
line=$(grep -ho "UPDATE item SET name = '........-....-4...-....-............ 2026-11-23 01:00:00'" q.dir/sql/sqlite/from-base/upgrade.sql)
[ -n "$line" ] && grep -qF "$line" q.dir/sql/postgresql/from-base/upgrade.sql && good || bad "the same UUID and time for each database"

# every form is the same bundle
for form in b.tar b.tar.zst b.zip b.dir; do wants 0 "pack $form" pack base:head r1:head --key k.key -o $form; done
gzip -dc b.tar.gz > un.tar; same un.tar b.tar "the tar inside .tar.gz"
wants 0 "the folder" diff -r b.dir x
if command -v zstd > ls.out; then zstd -qdc b.tar.zst > un.tar; same un.tar b.tar "the tar inside .tar.zst"; fi
head -c 6 b.tar.zst | od -An -tx1 > out
says '28 b5 2f fd 04 58' "the zstd header says the window and that a checksum follows"
python3 -m zipfile -e b.zip unzipped
wants 0 "Python's zipfile gives what verify extracts" diff -r x unzipped/shop-000003
python3 - > out << 'PY'
import zipfile
for i in zipfile.ZipFile("b.zip").infolist():
    assert i.compress_type == 0 and i.external_attr >> 16 == 0o100644 and i.create_system == 3 and i.date_time == (1980, 1, 1, 0, 0, 0), i
print("plain")
PY
says plain "a zip's entries are stored, 0644 and of one time"
for from in b.tar b.tar.gz b.tar.zst b.zip b.dir x; do
    rm -rf r.*
    for to in tar.gz tar.zst tar zip; do
        wants 0 "repack $from to $to" "$WAYBILL" repack $from -o r.$to
        same r.$to b.$to "repacked from $from"
    done
    wants 0 "repack $from to a folder" "$WAYBILL" repack $from -o r.dir
    wants 0 "repacked from $from" diff -r r.dir x
done
for form in b.tar b.tar.zst b.zip b.dir; do
    wants 0 "verify $form" "$WAYBILL" verify $form --pubkey k.pub --extract from.$form
    wants 0 "extracted from $form" diff -r from.$form x
    TZ=Asia/Tokyo "$WAYBILL" repack $form -o tokyo.zip > out 2> err; same tokyo.zip b.zip "zip in another time zone"; rm tokyo.zip
done
wants 0 "pack a zip at an odd second" pack base:head --key k.key -o odd.zip --at 2026-11-23T01:00:01Z
wants 0 "verify it" env TZ=America/New_York "$WAYBILL" verify odd.zip --pubkey k.pub
wants 0 "pack at a time after 2038" pack base:head --key k.key -o late.tar --at 2040-01-01T00:00:00Z
wants 1 "which a zip cannot hold" "$WAYBILL" repack late.tar -o late.zip
says 'E-418 .*later time' "said so"; says 'Use .tar.gz' "and what can"; absent late.zip "nothing is left"
# the same bytes however many processors there are
if command -v minisign > ls.out; then
    cp -r b.dir many && seq 1 700000 | sed 's/^/-- /' > remarks
    sed -i '/^-- Receipt: /{
r remarks
N
}' many/sql/sqlite/from-base/upgrade.sql
    python3 "$ROOT/tests/bundle/seal.py" many
    (cd many && find . -type f ! -path './signatures/*' ! -name SHA256SUMS | sed 's|^\./||' | LC_ALL=C sort | xargs sha256sum > SHA256SUMS)
    minisign -S -s k.key -x "many/signatures/$key.minisig" -m many/SHA256SUMS > out 2> err || bad "minisign"
    for form in tar.gz tar.zst; do
        wants 0 "$form on every processor" "$WAYBILL" repack many -o all.$form
        wants 0 "$form on one" taskset -c 0 "$WAYBILL" repack many -o one.$form
        same all.$form one.$form "on one processor"
        wants 0 "verify it" "$WAYBILL" verify all.$form --pubkey k.pub
        grep -q recompressed out && bad "$form of several blocks is called recompressed" || good
    done
    wants 0 "a .tar.gz of several blocks to .tar.zst" "$WAYBILL" repack all.tar.gz -o back.tar.zst
    same back.tar.zst all.tar.zst "and its bytes"
    wants 0 "a .tar.zst of several jobs to a folder" "$WAYBILL" repack all.tar.zst -o back.dir
    wants 0 "and its files" diff -r back.dir many
    gzip -t all.tar.gz && good || bad "gzip reads a stream of blocks"
    threat D14
    gzip -dc all.tar.gz | gzip -n6 > other.tar.gz
    printf '\003' | dd of=other.tar.gz bs=1 seek=9 conv=notrunc 2> ls.out
    command -v zstd > ls.out && zstd -q -dc all.tar.zst | zstd -q -3 -T1 --no-content-size > other.tar.zst
    for form in other.tar.gz other.tar.zst; do
        [ ! -f "$form" ] || for processors in 0 0-63; do
            wants 0 "several blocks as other programs make them" taskset -c $processors "$WAYBILL" verify "$form" --pubkey k.pub
            says 'recompressed' "recompression of several blocks is said"
        done
    done
fi
threat D14
gzip -dc b.tar.gz | gzip -n9 > other.tar.gz
printf '\003' | dd of=other.tar.gz bs=1 seek=9 conv=notrunc 2> ls.out; printf '\000' | dd of=other.tar.gz bs=1 seek=8 conv=notrunc 2> ls.out
wants 0 "another compression of the same tar" "$WAYBILL" verify other.tar.gz --pubkey k.pub
says 'recompressed' "recompression is said"
rm -f other.tar.zst
if command -v zstd > ls.out; then
    zstd -q -1 --single-thread --no-content-size --zstd=wlog=21 < b.tar > other.tar.zst
    wants 0 "another zstd of the same tar" "$WAYBILL" verify other.tar.zst --pubkey k.pub
    says 'recompressed' "recompression is said"
fi

threat
# options
wants 0 "all options" pack base:head --key k.key -o o.tar --sequence 17 --predecessor "$(sha256sum < x/SHA256SUMS | cut -c1-64)" --customer acme --environment prod \
    --not-before 2026-01-01T00:00:00Z --not-after 2027-01-01T00:00:00Z --ticket CHG-1 --dialect postgresql:13 --dialect sqlite
wants 0 "verify them" "$WAYBILL" verify o.tar --pubkey k.pub
for word in shop-000017-acme prod CHG-1 2027-01-01T00:00:00Z 'postgresql 13 and later' sha256:; do says "$word" "verify prints them"; done
cat > p/versions/r4.py << 'PY'
"""Forget the names"""
from alembic import op
revision = "r4"
down_revision = "r3"
def upgrade():
    op.drop_column("item", "name")
def downgrade():
    raise NotImplementedError("the names are gone")
PY
wants 1 "a downgrade that raises" pack base:head --key k.key -o i.tar
says 'irreversible' "the hint names the option"
absent i.tar "nothing is left"
wants 0 "irreversible" pack base:head --key k.key -o i --irreversible "r4=the names are gone"
wants 0 "verify it" "$WAYBILL" verify i --pubkey k.pub
says 'no way back but a backup' "verify says so"
grep -q 'RESTORE FROM BACKUP' i/README.txt && grep -q 'NO WAY BACK: the names are gone' i/README.txt && [ ! -e i/sql/sqlite/from-base/downgrade.sql ] && good || bad "README and files of an irreversible range"

# the README's way to compare a script with the receipt in its log
for script in $(find x/sql -name '*.sql' ! -name status.sql ! -name preflight.sql | LC_ALL=C sort); do
    d=$(sed -n 's/^.* script_sha256=\([0-9a-f]*\) release=.*/\1/p' "$script")
    [ "$(sed "s/$d/$(printf '%064d' 0)/g" "$script" | sha256sum | cut -c1-64)" = "$d" ] && good || bad "$script is not what its receipt names"
done
grep -qF "sed -n 's/^.* script_sha256=\([0-9a-f]*\) release=.*/\1/p' SCRIPT" x/README.txt && good || bad "the README's command"

threat F1 F2
# characters that no reader sees: escaped where Waybill writes, refused where it may not rewrite
cat > p/versions/r5.py << 'PY'
"""Hearts \ufe0f and tags \U000e0041, as written: ❤️"""
from alembic import op
import sqlalchemy as sa
revision = "r5"
down_revision = "r4"
def upgrade():
    op.execute(sa.text("UPDATE item SET name = :v").bindparams(v="❤️\U000e0041"))
def downgrade():
    op.execute("UPDATE item SET name = NULL")
PY
wants 0 "hidden characters" pack r4:head --key k.key -o h
wants 0 "verify them" "$WAYBILL" verify h --pubkey k.pub
grep -q "SET name = E'.*\\\\uFE0F\\\\U000E0041'" h/sql/postgresql/*/upgrade.sql && grep -q "||char(65039,917569)" h/sql/sqlite/*/upgrade.sql && good || bad "escapes of hidden characters"
cat > p/versions/r6.py << 'PY'
from alembic import op
revision = "r6"
down_revision = "r5"
def upgrade():
    op.execute("UPDATE item SET name = '❤️'")
def downgrade():
    pass
PY
wants 1 "a hidden character in the project's own SQL" pack r5:head --key k.key -o n.tar
says 'r6.py:5:5: error: .*hidden character U+FE0F' "it is named, and its place"
says 'E.*uFE0F' "the hint has the escape"
absent n.tar "nothing is left"
rm p/versions/r6.py
finish "bundle/pack"
