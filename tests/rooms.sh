#!/bin/sh
# A room includes only rooms above it in DESIGN's order; nothing but cli includes lint, rehearse and review.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
rooms="base template syntax revision schema client sql python alembic render lint rehearse bundle review cli"
failed=0 files=0
position() { n=0; for r in $rooms; do [ "$r" = "$1" ] && { echo $n; return; }; n=$((n + 1)); done; echo 99; }
for room in $rooms; do
    own=$(position "$room")
    for file in "$root/include/waybill/$room.h" "$root/include/waybill/${room}_"*.h "$root/src/$room"/*.[ch]; do
        [ -f "$file" ] || continue
        files=$((files + 1))
        for other in $(sed -n 's|^#include "waybill/\([a-z]*\)[a-z_]*\.h".*|\1|p' "$file"); do
            if [ "$(position "$other")" -gt "$own" ]; then
                echo "rooms: ${file#"$root"/} includes the later room $other"
                failed=$((failed + 1))
            fi
        done
        lines=$(wc -l < "$file")
        case $file in *.def) ;; *) [ "$lines" -le 900 ] || { echo "rooms: ${file#"$root"/} has $lines lines"; failed=$((failed + 1)); } ;; esac
    done
done
# libraries are used in one room each
for pair in "sodium.h bundle" "nettle/sha2.h base" "archive.h bundle" "jansson.h bundle" "zlib.h bundle" "sqlite3.h rehearse" "zstd.h bundle"; do
    set -- $pair
    header=$1
    shift
    for file in $(grep -rl "#include <$header>" "$root/src" "$root/include" 2>/dev/null); do
        room=$(echo "${file#"$root"/src/}" | cut -d/ -f1)
        case " $* " in *" $room "*) ;; *) echo "rooms: ${file#"$root"/} uses $header"; failed=$((failed + 1)) ;; esac
    done
done
echo "rooms: $((files - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
