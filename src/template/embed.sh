#!/bin/sh
# Prints a C file that holds every file below the folder $1 but dotfiles, sorted by path: builtin_templates[].
# Bytes become numbers, so any content will do; only od, awk, find and sort are needed.
set -eu
LC_ALL=C
export LC_ALL
folder=$1

printf '// Made from %s/ by src/template/embed.sh.\n#include "waybill/template.h"\n\n' "$folder"
if [ -d "$folder" ]; then
    cd "$folder"
    find . -type f ! -name '.*' | sed 's|^\./||' | sort
fi | {
    n=0
    table=
    while IFS= read -r path; do
        # Character constants fit a char whether it is signed or not.
        od -An -v -tu1 < "$folder/$path" | awk -v n="$n" '
            BEGIN { printf "static const char text_%d[] = {", n }
            { for (i = 1; i <= NF; i++) printf "%s\047\\%03o\047,", (count++ % 20 ? "" : "\n    "), $i }
            END { printf "\n    0};\n" }'
        name=$(printf '%s' "$path" | od -An -v -to1 | awk '{ for (i = 1; i <= NF; i++) printf "\\%s", $i }')
        table="$table    {\"$name\", text_$n, sizeof text_$n - 1},
"
        n=$((n + 1))
    done
    printf '\nconst BuiltinTemplate builtin_templates[] = {\n%s    {NULL, NULL, 0},\n};\n' "$table"
    printf 'const size_t builtin_template_count = %d;\n' "$n"
}
