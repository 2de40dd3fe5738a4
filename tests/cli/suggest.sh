#!/bin/sh
# survey --suggest: what it prints is settings that Waybill reads back, and its live lines let more of a chain render; survey's
# progress is for a terminal's standard error alone. suggest.sh PROGRAM
set -u
program=$(realpath "$1")
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3
passed=0 failed=0
good() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED: $*"; }
check() {   # check WHAT TEST...
    what=$1
    shift
    if "$@" > out 2>&1; then good; else bad "$what"; head -c 600 out; fi
}
refusals() { "$program" survey --format json "$@" | python3 -c 'import json, sys; print(sum(len(d["refused"]) for d in json.load(sys.stdin)["dialects"]))'; }

mkdir versions
printf '[alembic]\nscript_location = %%(here)s\n[waybill]\ndialects = postgresql, sqlite\n' > alembic.ini
cat > versions/r1.py << 'PY'
revision = "r1"
down_revision = None
import datetime
import pytz
from alembic import op
import sqlalchemy as sa
from sqlalchemy_utc import UtcDateTime
from oslo_utils import timeutils
from shop.config import FLAG, RATE

def upgrade():
    op.create_table("t", sa.Column("made", UtcDateTime()), sa.Column("done", UtcDateTime))
    op.execute("UPDATE t SET made = '%s'" % datetime.datetime(2020, 1, 1, tzinfo=pytz.utc))

def downgrade():
    op.execute("UPDATE t SET made = '%s'" % timeutils.utcnow(True))
    if FLAG:
        op.drop_table("t")
PY
cat > versions/r2.py << 'PY'
revision = "r2"
down_revision = "r1"
import pytz
from alembic import op
from dateutil.tz import tzutc
from oslo_utils import timeutils

def upgrade():
    op.execute(f"SELECT '{tzutc()}'")
    op.execute(f"SELECT '{timeutils.utcnow()}'")
    op.execute(f"SELECT '{pytz.UTC}'")

def downgrade():
    pass
PY
at="--at 2026-11-23T01:00:00Z"
before=$(refusals $at)
# as people would run it: the shell has made the file already
"$program" survey --suggest $at > waybill.ini 2> err; status=$?
check "exit status" [ $status = 0 ]
check "no messages" [ ! -s err ]
cp waybill.ini first.ini
check "a type" grep -qx 'sqlalchemy_utc.UtcDateTime = sa.DateTime(timezone=True)' first.ini
check "what a cure brings to light" grep -qx 'pytz.utc = datetime.timezone.utc' first.ini
check "a function" grep -q '^oslo_utils.timeutils.utcnow = lambda with_timezone' first.ini
check "what nobody knows is a comment" grep -qx '# shop.config.FLAG = VALUE' first.ini
check "one name in two spellings is one line" [ "$(grep -ci '^pytz.utc = ' first.ini)" = 1 ]
check "the other spelling is a comment" grep -q '^# pytz.U' first.ini
check "lines are sorted" sh -c "sed -n '/values/,\$p' first.ini | grep '^[a-z]' | LC_ALL=C sort -c"
check "read back" "$program" heads
after=$(refusals $at)
check "fewer refusals: $before, then $after" [ "$after" -lt "$before" ]
check "the upgrade renders with them" "$program" upgrade r1 --dialect postgresql --bare
"$program" survey --suggest $at > again.ini
check "lines of the settings are not repeated" sh -c "! grep -q '^[a-z]' again.ini"
check "the open line is still there" grep -qx '# shop.config.FLAG = VALUE' again.ini
# the comment taken away and a value given, as its reader would
sed -i 's/^# shop.config.FLAG = VALUE/shop.config.FLAG = True/' waybill.ini
check "a line filled in" "$program" downgrade r1:base --dialect sqlite --bare $at
# the same text in alembic.ini
cat first.ini >> alembic.ini; rm waybill.ini
check "read back from alembic.ini" "$program" heads
check "the same there" [ "$(refusals $at)" = "$after" ]

# progress
rm -f versions/r2.py
i=2
while [ $i -le 160 ]; do
    printf 'revision = "r%d"\ndown_revision = "r%d"\ndef upgrade():\n    pass\ndef downgrade():\n    pass\n' $i $((i - 1)) > versions/r$i.py
    i=$((i + 1))
done
"$program" survey > plain 2> err
check "no progress into a file" [ ! -s err ]
cat > terminal.py << 'PY'
import os, pty, subprocess, sys
main, side = pty.openpty()
p = subprocess.Popen(sys.argv[1:], stdout=open("shown", "wb"), stderr=side)
os.close(side)
seen = b""
try:
    while True:
        piece = os.read(main, 4096)
        if not piece:
            break
        seen += piece
except OSError:
    pass
p.wait()
assert b"\rpostgresql 10/160\x1b[K" in seen and b"\rsqlite 160/160\x1b[K" in seen, seen
assert seen.endswith(b"\r\x1b[K") and b"\n" not in seen, seen
PY
check "progress on a terminal, erased at the end" python3 terminal.py "$program" survey
check "and the same report" cmp plain shown
echo "suggest: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
