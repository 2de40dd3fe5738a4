#!/bin/sh
# Runs a test and notes in a file how long it took: timed.sh FILE COMMAND...
# The slowest of them, for information: timed.sh FILE
set -eu
file=$1
shift
if [ $# = 0 ]; then
    [ ! -f "$file" ] || { echo "The slowest ten tests, in seconds:"; LC_ALL=C sort -rn "$file" | head -10; rm -f "$file"; }
    exit
fi
start=$(date +%s%N)
status=0
"$@" || status=$?
ms=$((($(date +%s%N) - start) / 1000000))
printf '%5d.%d  %s\n' $((ms / 1000)) $((ms % 1000 / 100)) "$*" >> "$file"
exit $status
