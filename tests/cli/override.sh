#!/bin/sh
# override: where skeletons are written, that one that is not finished is refused wherever it would be used, that a finished one
# is used, and that a revision that renders whole gives the same script by its own skeleton. override.sh PROGRAM
set -u
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3
passed=0 failed=0
good() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED: $*"; }
# wants STATUS TEXT WHAT ARGUMENTS...: that status, that text in what is printed
wants() {
    want=$1 text=$2 what=$3
    shift 3
    "$program" "$@" > out 2> err
    status=$?
    if [ $status = "$want" ] && cat out err | grep -qe "$text"; then good; else bad "$what: status $status, not $want"; cat out err | head -5; fi
}

mkdir -p p/versions
printf '[alembic]\nscript_location = %%(here)s\n' > p/alembic.ini
cat > p/versions/r1.py << 'PY'
revision = "r1"
down_revision = None
from alembic import op
import sqlalchemy as sa
def upgrade():
    op.create_table("t", sa.Column("a", sa.Integer()))
    for row in op.get_bind().execute("SELECT a FROM t"):
        op.execute("UPDATE t SET a = 1")
    op.execute("DELETE FROM t WHERE a = 2")
def downgrade():
    op.drop_table("t")
PY
sed 's/r1/r-2/; s/None/"r1"/; s/"t"/"u"/' p/versions/r1.py > p/versions/r2.py
sed -i 's/"r-2"/"r_2"/' p/versions/r2.py
w="-c p/alembic.ini"
mark="-- waybill: write this part by hand"

wants 0 "^p/overrides/r1.sqlite.up.sql: 1 part to write by hand$" "the folder is made" $w override r1 --dialect sqlite
wants 0 "^p/overrides/r1.sqlite.down.sql: renders whole$" "a downgrade" $w override r1 --dialect sqlite --down
wants 0 "r_2.mysql.up.sql: 1 part" "an id's name" $w override r_2 --dialect mysql
cp p/overrides/r1.sqlite.up.sql before.sql
wants 1 "there is an override already" "an existing one" $w override r1 --dialect sqlite
cmp -s before.sql p/overrides/r1.sqlite.up.sql && good || bad "the existing override was written"
wants 1 "exists" "an existing file" $w override r1 --dialect postgresql -o before.sql
wants 3 "could not" "a folder that is missing" $w override r1 --dialect postgresql -o nowhere/x.sql
wants 2 "no argument" "two revisions" $w override r1 r_2 --dialect sqlite
"$program" $w override r_2 --dialect sqlite -o - > /dev/full 2> err; [ $? = 3 ] && good || bad "a full disk"

# not finished: refused wherever it would be used, with the place of the mark
wants 1 "r1.sqlite.up.sql:8:1: error: override has a part that is still to be written" "upgrade" $w upgrade r1 --dialect sqlite
[ ! -s out ] && good || bad "a refused upgrade printed something"
wants 1 "still to be written" "upgrade --bare" $w upgrade r1 --dialect sqlite --bare
wants 1 "p/overrides/r1.sqlite.up.sql:8:1\|overrides/r1.sqlite.up.sql:8:1" "survey" $w survey --dialect sqlite
"$program" keygen -o k --no-password > out 2>&1
wants 1 "still to be written" "pack" $w pack base:r1 --dialect sqlite --key k.key -o b.tar
[ ! -e b.tar ] && good || bad "a refused pack left a file"
wants 0 "r_2" "what needs no SQL goes on" $w heads
wants 0 "DELETE FROM t" "a new one can still be printed" $w override r1 --dialect sqlite -o -
grep -qx -e "$mark" out && good || bad "it has its mark"
# another spelling of the mark is a mark
sed "s/$mark/  -- WAYBILL: write this part by hand (later)/" before.sql > p/overrides/r1.sqlite.up.sql
wants 1 "still to be written" "a mark with more behind it" $w upgrade r1 --dialect sqlite --bare

# finished
sed "s/^$mark\$/UPDATE t SET a = 7;/" before.sql > p/overrides/r1.sqlite.up.sql
wants 0 "UPDATE t SET a = 7;" "a finished one is used" $w upgrade r1 --dialect sqlite --bare
wants 0 "result=" "and in a framed script" $w upgrade r1 --dialect sqlite
sqlite3 -bail db < out > receipt 2>&1; grep -q "result=OK" receipt && good || bad "which runs"
wants 1 "1 of 2  50.0 %" "survey counts it" $w survey --dialect sqlite

# whole: the same scripts with skeletons as without; each downgrade from its own upgrade, for a longer way back may have put
# the columns of a rebuilt table in another order
cp -r "$root/migrations" m
m="-c m/alembic.ini"
revisions=$("$program" $m history --format json | python3 -c 'import json, sys; print(*[r["revision"] for r in json.load(sys.stdin)])')
dialects="postgresql mysql mariadb sqlite oracle mssql"
for d in $dialects; do
    "$program" $m upgrade base:heads --dialect $d --bare > up.$d 2> err || bad "upgrade on $d"
    for r in $revisions; do
        "$program" $m downgrade $r:-1 --dialect $d --bare > down.$d.$r 2> err || bad "downgrade of $r on $d"
        for way in "" --down; do
            "$program" $m override $r --dialect $d $way -o $r.$d.${way:-up}.sql > out 2>&1 && grep -q "renders whole" out && good || bad "override of $r, $d $way"
        done
    done
done
mkdir m/overrides
for f in *.up.sql *.--down.sql; do mv "$f" "m/overrides/$(echo "$f" | sed 's/--down/down/')"; done
[ "$(ls m/overrides | wc -l)" = 120 ] && good || bad "not every revision has its overrides"
same() { "$program" $m "$@" --bare 2> err | grep -v "^-- expect: 0$"; }   # a check's mark is the override's own
for d in $dialects; do
    same upgrade base:heads --dialect $d | cmp -s - up.$d && good || bad "the same upgrade on $d"
    for r in $revisions; do
        same downgrade $r:-1 --dialect $d | cmp -s - down.$d.$r && good || bad "the same downgrade of $r on $d"
    done
done
echo "override: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
