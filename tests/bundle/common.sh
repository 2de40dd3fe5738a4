# What the bundle tests share: a scratch folder, a small project, a key, and a count of checks.
# Sourced; needs WAYBILL or build/MODE/waybill.
set -u
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
MODE=${MODE:-release}
WAYBILL=${WAYBILL:-$ROOT/build/$MODE/waybill}
export LC_ALL=C TZ=UTC
unset SOURCE_DATE_EPOCH
# What the path has may be a script that looks for the right one, each time.
PYTHON=$(python3 -c 'import sys; print(sys.executable)')
python3() { "$PYTHON" "$@"; }
HERE=$(mktemp -d "${TMPDIR:-/tmp}/waybill-bundle-XXXXXX")
chmod 755 "$HERE"
trap 'cd /; rm -rf "$HERE"' EXIT
cd "$HERE" || exit 1
passed=0
failed=0
suite=$(basename "$0" .sh)
threats=

# threat ID...: the threats of threats.txt that the checks from here on are for; `threat` alone: of none.
threat() { threats=$*; }
# Each check is a row of the file EVIDENCE, from which threats.sh makes its table.
record() { for threat in $threats; do printf '%s\t%s\t%s\t%s\n' "$threat" "$suite" "$1" "$2" >> "${EVIDENCE:-/dev/null}"; done; }

good() { passed=$((passed + 1)); record ok "$*"; }
bad() { failed=$((failed + 1)); record FAILED "$*"; echo "FAILED: $*"; }

# wants STATUS WHAT COMMAND...: runs it; its output is in out and err.
wants() {
    want=$1 what=$2
    shift 2
    "$@" > out 2> err
    got=$?
    if [ "$got" = "$want" ]; then good "$what"; else bad "$what: status $got, not $want"; head -3 err; fi
}

# says PATTERN WHAT: the last command's messages hold it.
says() { if grep -qe "$1" err out; then good "$2"; else bad "$2: no \"$1\" in"; head -3 err; fi; }
same() { if cmp -s "$1" "$2"; then good "$3"; else bad "$3: $1 and $2 differ"; fi; }
absent() { if [ -e "$1" ] || ls "$1".* > ls.out 2>&1; then bad "$2: $1 is there"; else good "$2"; fi; }

finish() {
    echo "$1: $passed passed, $failed failed"
    [ "$failed" = 0 ]
    exit
}

# A project of three revisions in a line; the second has a part outside a transaction, the third an empty downgrade.
project() {
    mkdir -p "$1/versions"
    cat > "$1/alembic.ini" << 'INI'
[alembic]
script_location = %(here)s
[waybill]
product = shop
dialects = postgresql, sqlite
INI
    : > "$1/env.py"
    cat > "$1/versions/r1.py" << 'PY'
"""Create the items"""
from alembic import op
import sqlalchemy as sa
revision = "r1"
down_revision = None
def upgrade():
    op.create_table("item", sa.Column("id", sa.Integer(), nullable=False), sa.Column("name", sa.String(50)), sa.PrimaryKeyConstraint("id"))
def downgrade():
    op.drop_table("item")
PY
    cat > "$1/versions/r2.py" << 'PY'
"""Index the names, while others write"""
from alembic import op
revision = "r2"
down_revision = "r1"
def upgrade():
    with op.get_context().autocommit_block():
        op.create_index("ix_item_name", "item", ["name"], postgresql_concurrently=True)
def downgrade():
    op.drop_index("ix_item_name", table_name="item")
PY
    cat > "$1/versions/r3.py" << 'PY'
"""Name them all"""
from alembic import op
revision = "r3"
down_revision = "r2"
def upgrade():
    op.execute("UPDATE item SET name = 'none' WHERE name IS NULL")
def downgrade():
    pass
PY
}
