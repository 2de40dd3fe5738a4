#!/bin/sh
# Bundles for Oracle and SQL Server: a signed script may hold no command of SQL*Plus or sqlcmd but those of Waybill's frame.
. "$(dirname "$0")/common.sh"
project p
"$WAYBILL" keygen -o k --no-password > out 2> err || exit 1
cat > p/versions/r9.py << 'PY'
"""A trigger; values that look like commands"""
from alembic import op
import sqlalchemy as sa
revision = "r9"
down_revision = "r3"
def upgrade():
    op.bulk_insert(sa.table("item", sa.column("id", sa.Integer), sa.column("name", sa.String)), [{"id": 1, "name": "@x\n/\nGO\n$(x) :r"}])
    if op.get_bind().dialect.name == "oracle":
        op.execute("CREATE OR REPLACE TRIGGER tr BEFORE INSERT ON item FOR EACH ROW\nBEGIN\n  EXECUTE IMMEDIATE q'[BEGIN it's; END;]';\nEND;")
def downgrade():
    op.execute("DELETE FROM item")
PY
key=
for client in sqlplus sqlcmd generic; do
    case $client in sqlcmd) dialects="--dialect mssql" ;; sqlplus) dialects="--dialect oracle" ;; *) dialects="--dialect oracle --dialect mssql" ;; esac
    cp p/alembic.ini ini
    [ "$client" != generic ] || printf 'client.oracle = generic\nclient.mssql = generic\n' >> p/alembic.ini
    rm -rf b
    wants 0 "pack for $client" "$WAYBILL" -c p/alembic.ini pack base:head $dialects --key k.key -o b
    wants 0 "verify for $client" "$WAYBILL" verify b --pubkey k.pub
    cp ini p/alembic.ini
done
rm -rf b
"$WAYBILL" -c p/alembic.ini pack base:head --dialect oracle --dialect mssql --key k.key -o b > out 2> err || { cat err; exit 1; }
key=$(basename b/signatures/*.minisig .minisig)
threat F5
if command -v minisign > /dev/null; then
    text() { # what is added to script $2 must be refused, $3: in words
        rm -rf f; cp -r b f
        printf "$1" > added
        case ${4:-1} in
        0) awk '/^-- 1\// { while ((getline line < "added") > 0) print line } { print }' "b/$2" > "f/$2" ;;   # among the steps
        *) cat added >> "f/$2" ;;
        esac
        python3 "$ROOT/tests/bundle/seal.py" f
        (cd f && find . -type f ! -path './signatures/*' ! -name SHA256SUMS | sed 's|^\./||' | sort | xargs sha256sum > SHA256SUMS)
        minisign -S -s k.key -x "f/signatures/$key.minisig" -m f/SHA256SUMS > out 2> err || bad "minisign"
        wants "${4:-1}" "$3" "$WAYBILL" verify f --pubkey k.pub
        [ "${4:-1}" = 0 ] || says E-603 "$3"
    }
    plus=sql/oracle/from-base/upgrade.sql cmd=sql/mssql/from-base/upgrade.sql
    text '\nHOST ls\n' $plus "SQL*Plus HOST"
    text '\n!ls\n' $plus "SQL*Plus !"
    text '\n@other\n' $plus "SQL*Plus @"
    text '\nSELECT 1\n  @other\nFROM dual;\n' $plus "SQL*Plus @ in a statement"
    text "\nSELECT '\n#HOST ls\n' FROM dual;\n" $plus "SQL*Plus # in a text"
    text '\nSET DEFINE ON\n' $plus "a SET that is not the frame's"
    text '\nWHENEVER SQLERROR CONTINUE\n' $plus "WHENEVER SQLERROR CONTINUE"
    text '\nSPOOL x\n' $plus "SPOOL"
    text '\nSELECT 1 FROM dual;\n/\n' $plus "a slash that runs a statement again"
    text '\nSELECT 1 -\nFROM dual;\n' $plus "a line that goes on"
    text "\nSELECT nq'[it's]' FROM dual;\n" $plus "a quote that is left to doubt"
    text '\nPROMPT hello\n' $plus "a PROMPT that is no marker"
    text '\nBEGIN\n  NULL;\nEND;\n.\n' $plus "a dot"
    text '\nBEGIN\n  NULL;\nEND;\nHOST ls\n/\n' $plus "a word in a block" 0
    text '\nPROMPT [WAYBILL-STEP 9.9]\nCREATE OR REPLACE PROCEDURE p AS\nBEGIN\n  SET_IT;\nEND;\n/\n-- HOST\n' $plus "what only looks like commands" 0
    text '\n:r other.sql\nGO\n' $cmd "sqlcmd :r"
    text '\n!!ls\nGO\n' $cmd "sqlcmd !!"
    text "\nSELECT '\n:!!ls\n'\nGO\n" $cmd "sqlcmd :!! in a text"
    text "\nSELECT N'\$(x)'\nGO\n" $cmd "a variable of sqlcmd in a text"
    text '\n-- $(x)\nGO\n' $cmd "a variable of sqlcmd in a comment"
    text '\nquit\nGO\n' $cmd "sqlcmd quit"
    text '\nSELECT 1\nGO 5\n' $cmd "GO with a count"
    text "\nSELECT '\nGO\n'\nGO\n" $cmd "GO in a text"
    text '\n/* a /* nested */\nGO\n*/\nGO\n' $cmd "GO in a nested comment"
    text "\nSELECT '\$ (x) :r', [it's :r]\n  quitter\nGO\n" $cmd "what only looks like commands" 0
fi
finish bundle/clients
