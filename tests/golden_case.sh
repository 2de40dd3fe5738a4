#!/bin/sh
# Renders golden cases anew: golden_case.sh PROGRAM OUTPUT-FOLDER CASE...
# A case: free text, then "=== file NAME" parts, then "=== run ARGUMENTS" parts; "@" in the arguments stands for each dialect
# in turn, and dialects with equal output share one "=== expect" part. "=== cat PATH" shows a file that a run before it has written.
set -u
umask 077   # a secret key that others may read is warned of
program=$(realpath "$1") out=$2
shift 2
dialects="postgresql mysql mariadb sqlite mssql oracle"

run_one() {   # arguments: of the program; prints stdout, [stderr], [exit N]
    "$program" "$@" > ../out 2> ../err
    status=$?
    cat ../out
    if [ -s ../err ]; then echo "[stderr]"; cat ../err; fi
    [ "$status" -eq 0 ] || echo "[exit $status]"
}

for case in "$@"; do
    box=$(mktemp -d) || exit 3
    made=$out/$(echo "$case" | tr / _)
    mkdir "$box/p"
    # input parts into files, everything but expectations into the head of the new case
    awk -v box="$box" '
        /^=== / { kind = $2; if (kind == "file") { name = box "/p/" $3; dir = name; sub(/\/[^\/]*$/, "", dir); system("mkdir -p \"" dir "\""); printf "" > name }
                  if (kind == "run" || kind == "cat") { runs++; sub(/^=== /, ""); print > (box "/run." runs); next } ; if (kind != "expect") print > (box "/head"); next }
        kind == "file" { print > name }
        kind == "file" || kind == "" { print > (box "/head") }
        ' "$case"
    cp "$box/head" "$made"
    [ -f "$box/p/alembic.ini" ] || printf '[alembic]\nscript_location = %%(here)s\nversion_locations = %%(here)s/versions\n' > "$box/p/alembic.ini"
    n=1
    while [ -f "$box/run.$n" ]; do
        line=$(cat "$box/run.$n")
        printf '=== %s\n' "$line" >> "$made"
        cd "$box/p" || exit 3
        kind=${line%% *} line=${line#* }
        case $kind$line in
        cat*)
            printf '=== expect\n' >> "$made"
            cat "$line" >> "$made" 2>&1
            ;;
        *--dialect=@*)
            for d in $dialects; do
                eval "set -- $(printf '%s' "$line" | sed "s/--dialect=@/--dialect=$d/g")"
                run_one "$@" > "$box/result.$d"
            done
            for d in $dialects; do
                [ -f "$box/result.$d" ] || continue
                same=$d
                for e in $dialects; do
                    if [ "$e" != "$d" ] && [ -f "$box/result.$e" ] && cmp -s "$box/result.$d" "$box/result.$e"; then same="$same $e"; fi
                done
                printf '=== expect %s\n' "$same" >> "$made"
                cat "$box/result.$d" >> "$made"
                for e in $same; do [ "$e" = "$d" ] || rm -f "$box/result.$e"; done
            done
            rm -f "$box"/result.*
            ;;
        *)
            eval "set -- $line"
            printf '=== expect\n' >> "$made"
            run_one "$@" >> "$made"
            ;;
        esac
        cd / || exit 3
        n=$((n + 1))
    done
    rm -rf "$box"
done
