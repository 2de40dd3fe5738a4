#!/bin/sh
# Where a project's settings are looked for when nothing names them. places.sh PROGRAM
set -u
program=$(realpath "$1")
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3
passed=0 failed=0
revision() {   # revision FOLDER ID: a version folder with one revision
    mkdir -p "$1"
    printf 'revision = "%s"\ndown_revision = None\n' "$2" > "$1/$2.py"
}
heads() {   # heads NAME TEXT ARGUMENTS...: that text is printed, on either stream
    name=$1 text=$2
    shift 2
    "$program" "$@" heads > out 2>&1
    if grep -q -- "$text" out; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name: no \"$text\" in:"
        cat out
    fi
}

mkdir empty && cd empty || exit 3
heads "nothing" 'there is no "alembic.ini" here'
cd ..
revision migrations/versions c0
: > migrations/env.py
printf '[alembic]\n' > migrations/alembic.ini
heads "Flask-Migrate's ini from the project's top" "c0 (head)"
printf '[tool.black]\n' > pyproject.toml
heads "a pyproject.toml of other tools" "c0 (head)"
revision own/versions w0
printf '[alembic]\nscript_location = own\n' > waybill.ini
heads "waybill.ini before it" "w0 (head)"
revision db/versions p0
printf '[tool.alembic]\nscript_location = "db"\n' > pyproject.toml
printf '[waybill]\nproduct = shop\n' > waybill.ini
heads "[tool.alembic] before both" "p0 (head)"
revision "db/more of it" p1
printf '[tool.alembic]\nscript_location = "db"\nversion_locations = ["%%(here)s/db/more of it"]\n' > pyproject.toml
heads "a folder with blanks" "p1 (head)"
printf '[tool.alembic]\nscript_location = "db"\n' > pyproject.toml
revision plain/versions i0
printf '[alembic]\nscript_location = plain\n[audit]\nscript_location = own\n' > alembic.ini
heads "alembic.ini before all" "i0 (head)"
heads "its section by name" "w0 (head)" -n audit
heads "its section by long name" "w0 (head)" --name audit
printf '[waybill]\nproduct = shop\nnosuch = 1\n' > waybill.ini
heads "waybill.ini is read with each" "unknown key \"nosuch\""
echo "places: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
