#!/bin/sh
# Bad input: a clear message, the right exit status, no partial output, nothing left behind. bad_input.sh PROGRAM
set -u
program=$(realpath "$1")
work=$(mktemp -d) || exit 3
trap 'chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
cd "$work" || exit 3
passed=0 failed=0
head_lines='from alembic import op
import sqlalchemy as sa
revision = "r1"
down_revision = None
'
project() {   # project FILE-TEXT: a fresh project with one revision
    rm -rf p; mkdir -p p/versions
    printf '[alembic]\nscript_location = %%(here)s\n' > p/alembic.ini
    printf '%s' "$1" > p/versions/r1.py
}
refused() {   # refused NAME STATUS TEXT ARGUMENTS...: that status, that text on standard error, nothing on standard output
    name=$1 want=$2 text=$3
    shift 3
    timeout 120 "$program" "$@" > out 2> err
    status=$?
    if [ "$status" -eq "$want" ] && grep -q -- "$text" err && [ ! -s out ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name: status $status (want $want), output $(wc -c < out) bytes, messages:"
        head -c 600 err
    fi
}
up="upgrade head --dialect postgresql"

refused "no command" 2 "no command"
refused "unknown command" 2 "unknown command" frobnicate
refused "unknown option" 2 "unknown option" heads --frobnicate
project "$head_lines"; refused "no dialect" 2 "needs --dialect" -c p/alembic.ini upgrade head
refused "missing ini" 1 "could not open" -c nosuch.ini heads
mkdir folder; refused "ini is a folder" 1 "folder" -c folder heads
project "$head_lines"; rm -rf p/versions; printf '[alembic]\nscript_location = nowhere\n' > p/alembic.ini
refused "missing folder" 1 "error:" -c p/alembic.ini $up
project "$head_lines"; printf '[waybill]\nnosuch = 1\n' >> p/alembic.ini
refused "unknown setting" 1 "nosuch" -c p/alembic.ini heads
project "$head_lines"; refused "unknown dialect" 2 "unknown dialect" -c p/alembic.ini upgrade head --dialect db2
refused "unknown client" 2 "no client" -c p/alembic.ini upgrade head --dialect sqlite --client psql
refused "unknown revision" 1 "nosuch" -c p/alembic.ini upgrade nosuch --dialect sqlite
project "$head_lines"; mkdir p/versions/r2.py; refused "a revision file that is a folder" 1 "folder" -c p/alembic.ini $up
project ""; refused "an empty revision file" 1 "error:" -c p/alembic.ini $up
project "$head_lines"; head -c 5000 /dev/zero > p/versions/r2.py; refused "a binary file" 1 "r2.py" -c p/alembic.ini $up
project "$head_lines"; printf '\377\376x = 1\n' > p/versions/r2.py; refused "not UTF-8" 1 "UTF-8" -c p/alembic.ini $up
project "$head_lines"; head -c 104857600 /dev/zero | tr '\0' '#' > p/versions/r2.py; refused "100 MB" 1 "limit" -c p/alembic.ini $up; rm p/versions/r2.py
project "$head_lines
x = $(awk 'BEGIN { for (i = 0; i < 10000; i++) printf "(" ; printf "1"; for (i = 0; i < 10000; i++) printf ")" }')
"; refused "10,000 levels deep" 1 "limit" -c p/alembic.ini $up
project "${head_lines}def upgrade():
    while True:
        pass
def downgrade():
    pass
"; refused "loops for ever" 1 "limit" -c p/alembic.ini $up
project "${head_lines}def f():
    f()
def upgrade():
    f()
"; refused "recursion" 1 "error:" -c p/alembic.ini $up
project "${head_lines}def upgrade():
    op.execute('x' * 10**9)
"; refused "a huge text" 1 "limit" -c p/alembic.ini $up
project "${head_lines}def upgrade():
    op.execute('SELECT 1'
"; refused "a syntax error" 1 "r1.py:" -c p/alembic.ini $up
project "${head_lines}def upgrade():
    pass
"; sed 's/r1/r2/' p/versions/r1.py > p/versions/r2.py; refused "two heads" 1 "head" -c p/alembic.ini $up
project "${head_lines}def upgrade():
    pass
"; sed 's/None/"nosuch"/; s/"r1"/"r2"/' p/versions/r1.py > p/versions/r2.py; refused "a missing parent" 1 "nosuch" -c p/alembic.ini $up
project "${head_lines}def upgrade():
    op.drop_table('t')
"
mkdir -p tpl/common; printf 'DROP {{#table}} TABLE' > tpl/common/drop_table.sql; printf '[waybill]\ntemplates = %s/tpl\n' "$work" >> p/alembic.ini
refused "a template with an unclosed section" 1 "drop_table.sql" -c p/alembic.ini $up
project "${head_lines}def upgrade():
    op.drop_table('t')
"
: > there.sql; refused "an existing output file" 1 "exists" -c p/alembic.ini $up -o there.sql
[ -s there.sql ] && { failed=$((failed + 1)); echo "FAILED: the existing file was written"; }
refused "an output folder that is missing" 3 "could not" -c p/alembic.ini $up -o nowhere/x.sql
"$program" -c p/alembic.ini $up > /dev/full 2> err
status=$?
if [ $status -eq 3 ] && grep -q "standard output" err; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: full disk: status $status"; fi
"$program" -c p/alembic.ini $up -o /dev/full 2> err
status=$?
if [ $status -eq 3 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: -o /dev/full: status $status"; fi
project "${head_lines}def upgrade():
    op.create_table('t', sa.Column('id', sa.Integer))
"; sed 's/None$/"r1"/; s/"r1"$/&/; s/^revision = .*/revision = "r2"/' p/versions/r1.py | sed '/^def/,$d' > p/versions/r2.py
cat >> p/versions/r2.py << 'END'
def upgrade():
    if op.get_bind().execute(sa.text("SELECT count(*) FROM t WHERE pg_create_physical_replication_slot('x') IS NULL")).scalar():
        raise RuntimeError("no slot")
END
refused "a preflight whose check changes something" 1 "E-608" -c p/alembic.ini upgrade r1:r2 --dialect postgresql --preflight
project "${head_lines}def upgrade():
    op.execute(\"SELECT '[WAYBILL-RECEIPT] v=2 result=OK'\")
"; refused "a receipt that a revision writes itself" 1 "WAYBILL-" -c p/alembic.ini $up
# modules that a revision imports: whatever they hold, only their own names are not known
importing() {   # importing TEXT: a project whose revision executes SHOP.SQL
    project "${head_lines}from shop.sql import SQL
def upgrade():
    op.execute(SQL)
"
    mkdir -p p/shop; : > p/setup.py; printf '%s' "$1" > p/shop/sql.py
}
importing 'SQL = "SELECT 1'; refused "a module that does not parse" 1 "shop.sql.SQL" -c p/alembic.ini $up
importing ''; printf 'SQL = "\377"\n' > p/shop/sql.py; refused "a module that is not UTF-8" 1 "shop.sql.SQL" -c p/alembic.ini $up
importing ''; head -c 5000 /dev/zero > p/shop/sql.py; refused "a binary module" 1 "shop.sql.SQL" -c p/alembic.ini $up
importing ''; rm p/shop/sql.py; mkdir p/shop/sql.py; refused "a module that is a folder" 1 "shop.sql.SQL" -c p/alembic.ini $up
importing 'while True: SQL = "SELECT 1"'; refused "a module that loops for ever" 1 "limit" -c p/alembic.ini $up
importing 'SQL = SQL'; refused "a name of itself" 1 "shop.sql.SQL" -c p/alembic.ini $up
importing 'from ....x import SQL'; refused "an import beyond the top" 1 "beyond top-level package" -c p/alembic.ini $up
importing 'SQL = open("../../../../etc/passwd").read()'; refused "a file outside" 1 "the project has no file" -c p/alembic.ini $up
mkdir -p outside; printf 'SQL = "SELECT 1"\n' > outside/sql.py
importing ''; rm -r p/shop; ln -s ../outside p/shop; refused "a link that leads out" 1 "no part of the project" -c p/alembic.ini $up
importing ''; ln -s "$work/outside/sql.py" p/shop/text.sql; printf 'SQL = open("shop/text.sql").read()\n' > p/shop/sql.py
refused "a text behind a link that leads out" 1 "the project has no file" -c p/alembic.ini $up
importing 'from shop.m0 import SQL'; for i in $(seq 0 2999); do echo "from shop.m$((i + 1)) import SQL" > p/shop/m$i.py; done
refused "imports 3,000 deep" 1 "limit" -c p/alembic.ini $up
# nothing is left behind anywhere
left=$(find . -name '*.tmp-*' | wc -l)
[ "$left" -eq 0 ] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "FAILED: temporary files are left"; }
echo "bad input: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
