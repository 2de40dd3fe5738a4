#!/bin/sh
# Packing and verifying 1 GiB of SQL, a folder through repack, against stock tools: wall time, work and size as ratios
# (1.00 = as theirs). BENCH_MB sets another size, BENCH_TURNS how often. In memory, so that no disk is measured.
set -eu
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
WAYBILL=${WAYBILL:-$ROOT/build/release/waybill}
MB=${BENCH_MB:-1024}
[ -w /dev/shm ] && [ "$(df -m /dev/shm | awk 'NR == 2 { print $4 }')" -gt $((MB * 3)) ] && TMPDIR=${TMPDIR:-/dev/shm}
HERE=$(mktemp -d "${TMPDIR:-/tmp}/waybill-bench-XXXXXX")
trap 'cd /; rm -rf "$HERE"' EXIT
cd "$HERE"
mkdir -p p/versions
printf '[alembic]\nscript_location = %%(here)s\n[waybill]\nproduct = bench\ndialects = sqlite\n' > p/alembic.ini
: > p/env.py
printf '"""One"""\nfrom alembic import op\nimport sqlalchemy as sa\nrevision = "r1"\ndown_revision = None\ndef upgrade():\n    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True))\ndef downgrade():\n    op.drop_table("t")\n' > p/versions/r1.py
"$WAYBILL" keygen -o k --no-password > log
"$WAYBILL" -c p/alembic.ini pack base:head --key k.key -o b > log
sh "$ROOT/tests/bundle/sql_text.sh" "$MB" b
(cd b && find . -type f ! -path './signatures/*' ! -name SHA256SUMS | sed 's|^\./||' | LC_ALL=C sort | xargs sha256sum > SHA256SUMS)
minisign -S -s k.key -x "$(ls b/signatures/*.minisig)" -m b/SHA256SUMS > log
for form in "tar.gz:gzip -n6:gzip -dc" "tar.zst:zstd -q -3 -T1:zstd -dc"; do
    suffix=${form%%:*} rest=${form#*:}
    cat > "theirs.pack.$suffix.sh" << SH
rm -f theirs.$suffix*
tar -cf - --sort=name --mtime=@315532800 --owner=0 --group=0 b | ${rest%%:*} > theirs.$suffix
sha256sum theirs.$suffix > theirs.sum
minisign -S -s k.key -m theirs.$suffix > log
SH
    printf 'rm -f ours.%s\nexec "%s" repack b -o ours.%s > log\n' "$suffix" "$WAYBILL" "$suffix" > "ours.pack.$suffix.sh"
    printf '%s theirs.%s | sha256sum > log\n' "${rest#*:}" "$suffix" > "theirs.verify.$suffix.sh"
    printf 'exec "%s" verify ours.%s --pubkey k.pub > log\n' "$WAYBILL" "$suffix" > "ours.verify.$suffix.sh"
done
# a small one: upgrade and downgrade of nine revisions, and each of their steps, make twenty scripts
mkdir -p q/versions && cp p/alembic.ini q && : > q/env.py
for n in 1 2 3 4 5 6 7 8 9; do
    printf '"""Table %s"""\nfrom alembic import op\nimport sqlalchemy as sa\nrevision = "q%s"\ndown_revision = %s\ndef upgrade():\n    op.create_table("t%s", sa.Column("id", sa.Integer(), primary_key=True))\ndef downgrade():\n    op.drop_table("t%s")\n' \
        $n $n "$([ $n = 1 ] && echo None || echo "\"q$((n - 1))\"")" $n $n > q/versions/q$n.py
done
printf 'rm -f small.tar.gz\n"%s" -c q/alembic.ini pack base:head --key k.key --no-password -o small.tar.gz > log\n"%s" verify small.tar.gz --pubkey k.pub > log\n' "$WAYBILL" "$WAYBILL" > ours.small.sh
printf 'rm -f log.minisig\nminisign -S -s k.key -m q/alembic.ini -x small.minisig > log\nminisign -V -p k.pub -m q/alembic.ini -x small.minisig > log\n' > theirs.small.sh
python3 - "$MB" "${BENCH_TURNS:-3}" << 'PY'
import os, resource, subprocess, sys, time
def run(name):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(["sh", "-e", name], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - start, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
turns = [(run("theirs.small.sh")[0], run("ours.small.sh")[0]) for _ in range(15)]
theirs, ours = (1000 * min(t[side] for t in turns) for side in (0, 1))
print("a bundle of 20 scripts: minisign -S and -V %.1f ms, waybill pack and verify %.1f ms: %+.1f ms" % (theirs, ours, ours - theirs), flush=True)
for suffix, theirs in (("tar.gz", ("tar|gzip -n6|sha256sum|minisign", "gzip -dc|sha256sum")), ("tar.zst", ("tar|zstd -3 -T1|sha256sum|minisign", "zstd -dc|sha256sum"))):
    for what, name in zip(("pack", "verify"), theirs):
        # by turns, so that what else the machine does falls on both; the best of them each
        turns = [(run("theirs.%s.%s.sh" % (what, suffix)), run("ours.%s.%s.sh" % (what, suffix))) for _ in range(int(sys.argv[2]))]
        wall, work = [[min(t[side][k] for t in turns) for side in (0, 1)] for k in (0, 1)]
        print("%s %s MiB as .%s: %s %.2f s (%.2f s of processor), waybill %.2f s (%.2f): ratio %.2f (%.2f)"
              % (what, sys.argv[1], suffix, name, wall[0], work[0], wall[1], work[1], wall[1] / wall[0], work[1] / work[0]), flush=True)
    print("size as .%s: ratio %.4f" % (suffix, os.path.getsize("ours." + suffix) / os.path.getsize("theirs." + suffix)), flush=True)
PY
