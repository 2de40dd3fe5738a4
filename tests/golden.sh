#!/bin/sh
# Golden cases: tests/golden/*/*.txt, one file with input, runs and expectations (see README, "Add a case").
#   golden.sh PROGRAM          check: every case is rendered anew and compared
#   golden.sh PROGRAM accept   rewrite the expectations; git diff is the review
# Checking is accepting into a copy followed by a comparison: one code path. With WAYBILL_FIRST set, the first case that differs ends it.
set -u
program=$1 mode=${2:-check}
root=$(cd "$(dirname "$0")/.." && pwd)
here=$root/tests/golden
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
find "$here" -name '*.txt' | LC_ALL=C sort > "$work/cases"
count=$(wc -l < "$work/cases")
[ "$count" -gt 0 ] || { echo "golden: no cases"; exit 1; }
if [ -n "${WAYBILL_FIRST-}" ]; then   # 255 ends xargs
    # shellcheck disable=SC2016
    LC_ALL=C xargs -P 2 -n 1 sh -c '"$0" "$1" "$2" "$3" && cmp -s "$2/$(echo "$3" | tr / _)" "$3" || exit 255' \
        "$root/tests/golden_case.sh" "$program" "$work" < "$work/cases" 2> "$work/ended" || { echo "golden: a case differs"; exit 1; }
    echo "golden: $count passed, 0 failed"
    exit
fi
LC_ALL=C xargs -P 2 -n 8 "$root/tests/golden_case.sh" "$program" "$work" < "$work/cases"
failed=0
while read -r case; do
    made=$work/$(echo "$case" | tr / _)
    if [ ! -f "$made" ]; then
        echo "golden: $case: not rendered"
        failed=$((failed + 1))
    elif [ "$mode" = accept ]; then
        cmp -s "$made" "$case" || { cp "$made" "$case"; echo "accepted ${case#"$root"/}"; }
    elif ! diff -u "$case" "$made" > "$work/diff"; then
        echo "golden: ${case#"$root"/} differs:"
        head -40 "$work/diff"
        failed=$((failed + 1))
    fi
done < "$work/cases"
echo "golden: $((count - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
