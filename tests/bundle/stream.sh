#!/bin/sh
# A large bundle in each form: packed, read, turned into the next form within 64 MiB of memory, and always the same bundle.
# --all: a quarter of a GiB. A build with sanitizers is given less, and its memory says nothing.
. "$(dirname "$0")/common.sh"
command -v minisign > ls.out || { echo "bundle/stream: needs minisign"; exit 1; }
case ${1:-}$MODE in --all*) mb=256 most=64 ;; release) mb=96 most=64 ;; *) mb=8 most=100000 ;; esac
project p
rm p/versions/r2.py p/versions/r3.py
"$WAYBILL" keygen -o k --no-password > out 2> err && "$WAYBILL" -c p/alembic.ini pack base:head --dialect sqlite --key k.key -o b > out 2> err || { cat err; exit 1; }
sh "$ROOT/tests/bundle/sql_text.sh" "$mb" b || exit 1
(cd b && find . -type f ! -path './signatures/*' ! -name SHA256SUMS | sed 's|^\./||' | LC_ALL=C sort | xargs sha256sum > SHA256SUMS)
minisign -S -s k.key -x "$(ls b/signatures/*.minisig)" -m b/SHA256SUMS > out 2> err || exit 1
cat > measure.py << 'PY'
import os, sys
pid = os.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
_, status, usage = os.wait4(pid, 0)
sys.stderr.write("memory: %d MiB\n" % (usage.ru_maxrss >> 10))
sys.exit(3 if usage.ru_maxrss >> 10 > int(sys.argv[1]) else os.waitstatus_to_exitcode(status))
PY
measured() { # WHAT COMMAND...
    what=$1
    shift
    wants 0 "$what within $most MiB" python3 measure.py "$most" "$@"
    peaks="${peaks:-} $(sed -n 's/^memory: \(.*\) MiB/\1/p' err)"
}
from=b
for form in tar tar.gz tar.zst zip dir last.tar; do
    measured "$from to $form" "$WAYBILL" repack "$from" -o "n.$form"
    measured "verify $form" "$WAYBILL" verify "n.$form" --pubkey k.pub
    case $from in b | n.tar) ;; *) rm -rf "$from" ;; esac
    from=n.$form
done
same n.tar n.last.tar "the tar after a way through all forms"
measured "extract" "$WAYBILL" verify n.tar --pubkey k.pub --extract x
wants 0 "what is extracted" diff -r b x
echo "$mb MiB; peaks in MiB:${peaks}"
finish bundle/stream
