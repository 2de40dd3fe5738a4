#!/bin/sh
# Every byte of a small bundle changed, every length it can be cut to, its files left out, twice and in another order, in each
# form: flip.c does it, without a process for each. Without --all every twelfth of them, with the sanitizers fewer.
. "$(dirname "$0")/common.sh"
FLIP=${FLIP:-$ROOT/build/$MODE/bundle-flip}
project p
rm p/versions/r2.py p/versions/r3.py
"$WAYBILL" keygen -o k --no-password > out 2> err || exit 1
for form in b.tar b.tar.gz b.tar.zst b.zip b.dir; do
    "$WAYBILL" -c p/alembic.ini pack base:head --dialect sqlite --key k.key -o $form > out 2> err || { cat err; exit 1; }
done
ls -l b.tar b.tar.gz b.tar.zst b.zip | awk '{ print $9 ": " $5 " bytes" }'
mkdir scratch
threat A2 E8
case ${1:-}$MODE in --all*) step=1 ;; san) step=40 ;; *) step=12 ;; esac
export FLIP_STEP=$step
wants 0 "each ${step}th byte changed, each $((7 * step))th length" "$FLIP" k.pub scratch b.tar b.tar.gz b.tar.zst b.zip b.dir
cat out
[ "$failed" = 0 ]
