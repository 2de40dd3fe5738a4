#!/bin/sh
# Packing 200 MB of SQL, a folder through repack, against tar | gzip -n6, then sha256sum and minisign -S: wall time and size
# as ratios (1.00 = as theirs). BENCH_MB sets another size.
set -eu
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
WAYBILL=${WAYBILL:-$ROOT/build/release/waybill}
MB=${BENCH_MB:-200}
HERE=$(mktemp -d "${TMPDIR:-/tmp}/waybill-bench-XXXXXX")
trap 'cd /; rm -rf "$HERE"' EXIT
cd "$HERE"
mkdir -p p/versions
printf '[alembic]\nscript_location = %%(here)s\n[waybill]\nproduct = bench\ndialects = sqlite\n' > p/alembic.ini
: > p/env.py
printf '"""One"""\nfrom alembic import op\nimport sqlalchemy as sa\nrevision = "r1"\ndown_revision = None\ndef upgrade():\n    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True))\ndef downgrade():\n    op.drop_table("t")\n' > p/versions/r1.py
"$WAYBILL" keygen -o k --no-password > log
"$WAYBILL" -c p/alembic.ini pack base:head --key k.key -o b > log
# ten files of text like a data migration's, always the same
python3 - "$MB" << 'PY'
import random, sys
r = random.Random(1)
words = "order customer invoice address locale status created shipped amount region profile account payment note".split()
for n in range(10):
    left = int(sys.argv[1]) * 1000 * 1000 // 10
    with open("b/sql/sqlite/from-base/steps/%04d_r1_data.upgrade.sql" % (n + 2), "w") as f:
        while left > 0:
            line = "INSERT INTO %s (id, %s, %s) VALUES (%d, '%s %s', %d.%02d);\n" % (r.choice(words), r.choice(words), r.choice(words), r.randrange(10**7), r.choice(words), r.choice(words), r.randrange(9999), r.randrange(100))
            left -= len(line)
            f.write(line)
PY
(cd b && find . -type f ! -path './signatures/*' ! -name SHA256SUMS | sed 's|^\./||' | LC_ALL=C sort | xargs sha256sum > SHA256SUMS)
minisign -S -s k.key -x "$(ls b/signatures/*.minisig)" -m b/SHA256SUMS > log
cat > theirs.sh << 'SH'
rm -f theirs.tar.gz*
tar -cf - --sort=name --mtime=@315532800 --owner=0 --group=0 b | gzip -n6 > theirs.tar.gz
sha256sum theirs.tar.gz > theirs.sum
minisign -S -s k.key -m theirs.tar.gz > log
SH
printf 'rm -f ours.tar.gz\nexec "%s" repack b -o ours.tar.gz > log\n' "$WAYBILL" > ours.sh
printf 'exec "%s" verify ours.tar.gz --pubkey k.pub > log\n' "$WAYBILL" > verify.sh
cat b/sql/sqlite/from-base/steps/* > /dev/null
python3 - "$MB" << 'PY'
import os, resource, subprocess, sys, time
def run(name):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(["sh", "-e", name], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - start, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
# by turns, so that what else the machine does falls on both; the best of five each
turns = [(run("theirs.sh"), run("ours.sh")) for _ in range(5)]
wall, work = [[min(t[side][what] for t in turns) for side in (0, 1)] for what in (0, 1)]
size = os.path.getsize("ours.tar.gz") / os.path.getsize("theirs.tar.gz")
print("pack %s MB: tar|gzip|sha256sum|minisign %.2f s (%.2f s of processor), waybill %.2f s (%.2f): ratio %.2f (%.2f); size ratio %.4f; verify %.2f s"
      % (sys.argv[1], wall[0], work[0], wall[1], work[1], wall[1] / wall[0], work[1] / work[0], size, run("verify.sh")[0]))
PY
