#!/bin/sh
# Texts that ran a command on the machine of the one who applied them, though the checker believed them to be inside a quote.
# Each is refused where it is rendered, and again in a bundle that was signed with it all the same.
. "$(dirname "$0")/common.sh"
project p
"$WAYBILL" keygen -o k --no-password > out 2> err || exit 1
"$WAYBILL" -c p/alembic.ini pack base:head --dialect sqlite --dialect postgresql --dialect mysql --dialect mariadb --dialect oracle --dialect mssql \
    --key k.key -o b > out 2> err || { cat err; exit 1; }
key=$(basename b/signatures/*.minisig .minisig)

# rendered DIALECT TEXT WHAT: raw SQL of a revision (printf's escapes); must be refused, with its place and a hint
rendered() {
    printf '%s\n' '"""x"""' 'from alembic import op' 'revision = "r9"' 'down_revision = "r3"' 'def upgrade():' > p/versions/r9.py
    printf "$2" > text
    python3 -c 'print("    op.execute(%r)" % open("text").read())' >> p/versions/r9.py
    printf '%s\n' 'def downgrade():' '    pass' >> p/versions/r9.py
    wants "${4:-1}" "$1 renders: $3" "$WAYBILL" -c p/alembic.ini upgrade r3:r9 --dialect "$1"
    [ "${4:-1}" = 0 ] || { says 'versions/r9.py:6:5: error' "its place: $3"; says '^hint: ' "a hint: $3"; }
    rm p/versions/r9.py
}
# verified DIALECT TEXT WHAT: appended to a script, signed; must be refused
verified() {
    rm -rf f; cp -r b f
    printf "\n$2\n" > added
    if [ "${4:-1}" = 0 ]; then   # among the steps of a script that no status names
        script=$(cd f && ls sql/"$1"/from-base/steps/0001*.upgrade.sql)
        awk '/^-- 1\// { while ((getline line < "added") > 0) print line } { print }' "b/$script" > "f/$script"
    else
        cat added >> "f/sql/$1/from-base/upgrade.sql"
    fi
    python3 "$ROOT/tests/bundle/seal.py" f
    (cd f && find . -type f ! -path './signatures/*' ! -name SHA256SUMS | sed 's|^\./||' | sort | xargs sha256sum > SHA256SUMS)
    minisign -S -s k.key -x "f/signatures/$key.minisig" -m f/SHA256SUMS > out 2> err || bad "minisign"
    wants "${4:-1}" "$1 verifies: $3" "$WAYBILL" verify f --pubkey k.pub
    [ "${4:-1}" = 0 ] || says E-603 "said so: $3"
}
# Both ask one lexer: with the sanitizers, which make each command slow, every third is enough in a bundle too.
turn=0
both() {
    rendered "$@"
    turn=$((turn + 1))
    [ "$MODE" = san ] && [ $((turn % 3)) != 1 ] || verified "$@"
}
threat F5

# ---- sqlite3 ----
both sqlite "UPDATE item SET name = 'x';\n# '\n.shell TOUCH\n# '\nCREATE TABLE u (id INTEGER);" "a line with # and a quote"
both sqlite "UPDATE item SET name = '\n .shell TOUCH\n';" "a dot behind blanks"
both sqlite "UPDATE item SET name = '\nGo\t\n';" "go in a text"
both sqlite "SELECT edit('x', 'touch TOUCH');" "the client's edit()"
both sqlite "SELECT \"edit\"\n('x', 'touch TOUCH');" "edit() on two lines"
both sqlite "CREATE VIEW v AS SELECT writefile('TOUCH', 'x');" "the client's writefile()"
both sqlite "SELECT load_extension('TOUCH');" "load_extension()"
both sqlite "UPDATE item SET name = 'edit, C# and .NET';" "what only looks like it" 0

# ---- psql ----
both postgresql "INSERT INTO item (name) VALUES ('\\\\''\\\\! TOUCH\n');" "a command behind a quoted backslash"
both postgresql "SELECT \$x\$ \\\\! TOUCH \$x\$;" "a command between dollars"
both postgresql "SELECT E'\\\\\\\\\\\\! TOUCH';" "three backslashes"
both postgresql "SELECT 'é\\\\\\\\! TOUCH';" "a pair behind a byte that may take the first of it"
both postgresql "SELECT '\\\\d+', '\`TOUCH\`';" "backticks behind a harmless command"
both postgresql "DO \$\$BEGIN RAISE EXCEPTION '%%', chr(92) || '! TOUCH'; END\$\$; SELECT ':LAST_ERROR_MESSAGE';" "a variable that holds a command"
both postgresql "COPY item (name) FROM STDIN;" "COPY FROM STDIN"
both postgresql "SELECT 1; copy item from\n/* x */ stdout;" "COPY FROM STDOUT, which is the same"
both postgresql "SELECT '\nquit;\n';" "a line that leaves psql on a terminal"
verified postgresql "COPY item (name) FROM STDIN;\n'\n\\\\.\n\\\\! TOUCH\n'" "COPY FROM STDIN with rows"
both postgresql "SELECT E'a\\\\nb\\\\'c', '^\\\\d{3}\\\\s*\\\\w+\$', '\\\\1', 'C:\\\\\\\\x', 'a:b', x::text FROM (SELECT 1 AS x) t;" "patterns and escapes" 0

# ---- mysql and mariadb ----
for dialect in mysql mariadb; do
    both $dialect "UPDATE item SET name = '\\\\' \\\\! TOUCH\n-- '" "a command behind a backslash that escapes nothing"
    both $dialect "UPDATE item SET name = 'a\\\\r host'" "the client's connect"
    both $dialect "UPDATE item SET name = '\nsystem TOUCH\n'" "a word at a line's begin"
    both $dialect "UPDATE item SET name = 'a;  system TOUCH;'" "a word behind a semicolon"
    both $dialect "UPDATE item SET name = 'a */ tee TOUCH'" "a word behind a comment"
    both $dialect "UPDATE item SET name = '\n delimiter x'" "another delimiter"
    both $dialect "UPDATE item SET name = 's; s\\\\nystem TOUCH;'" "a word with a command of one letter in it"
    both $dialect "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE item" "a file of the client's machine"
    both $dialect "UPDATE item SET name = 'a\\\\n\\\\t\\\\\\\\d\\\\'b', status = 'use it, system; x delimiter y' WHERE status = 1" "escapes" 0
done

# ---- sqlplus ----
both oracle "UPDATE item SET name = 'x;\n   HOST TOUCH\n'" "a statement that ends in a text"
both oracle "SET SQLTERMINATOR OFF" "a SET that is not SQL"
both oracle "UPDATE item SET name = 'x\n@TOUCH\n'" "@ in a text"
both oracle "/* a\nHOST TOUCH\n*/ DELETE FROM item" "a comment of several lines"
rendered oracle "SET CONSTRAINTS ALL DEFERRED" "SET CONSTRAINTS" 0
verified oracle "SET CONSTRAINTS ALL DEFERRED;" "SET CONSTRAINTS" 0
verified oracle "SET ROLE NONE;" "SET ROLE"

# ---- sqlcmd ----
for line in '  !!TOUCH' '  :!! x' '  :r /etc/passwd' ' :setvar a b' '  EXIT' '	quit' ' reset' '  ED' ' GO 5' '	go -- x'; do
    both mssql "SELECT 1\n$line\nSELECT 2" "a line \"$line\""
done
both mssql "UPDATE item SET name = N'\$(x)'" "a variable in a text"

# ---- names that are commands too: rendered lines do not begin with them ----
printf '%s\n' '"""x"""' 'from alembic import op' 'import sqlalchemy as sa' 'revision = "r9"' 'down_revision = "r3"' 'def upgrade():' \
    '    op.create_table("t", *(sa.Column(n, sa.Integer()) for n in "source system tee use prompt delimiter field_delimiter help exit reset ed quit list go edit readfiles".split()))' \
    'def downgrade():' '    op.drop_table("t")' > p/versions/r9.py
for dialect in postgresql mysql mariadb sqlite oracle mssql; do
    rm -rf n
    wants 0 "$dialect: names that are commands" "$WAYBILL" -c p/alembic.ini pack r3:r9 --dialect $dialect --key k.key -o n
    wants 0 "$dialect: verified" "$WAYBILL" verify n --pubkey k.pub
done
rm p/versions/r9.py

# ---- settings that say how the rest is read: rendering refuses each spelling ----
threat
for text in "SELECT set_config('standard_conforming_strings', 'off', false)" "SET standard_conforming_strings = off" "SET \"standard_conforming_strings\" = off" \
    "SET LOCAL client_encoding TO 'SJIS'" "set session \"Search_Path\" to x" "DO \$\$ BEGIN PERFORM set_config('role', 'x', false); END \$\$" \
    "DO \$a\$ BEGIN EXECUTE 'SET backslash_quote = on'; END \$a\$" "DO \$\$ BEGIN EXECUTE \$x\$ EXECUTE 'SET ROLE x' \$x\$; END \$\$" \
    "ALTER ROLE r SET standard_conforming_strings = off" "ALTER DATABASE d SET search_path = x" "ALTER SYSTEM SET client_encoding = 'SJIS'" \
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET standard_conforming_strings = off AS 'SELECT 1'" "ALTER FUNCTION f() SET client_encoding FROM CURRENT" \
    "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS \$\$ BEGIN SET standard_conforming_strings = off; END \$\$" \
    "UPDATE pg_settings SET setting = 'off' WHERE name = 'standard_conforming_strings'" "update only pg_catalog.pg_settings set setting = 'x'" \
    "RESET ALL" "RESET search_path" "RESET \"role\"" "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE" "SET waybill.at = 'x'" "SELECT set_config('waybill.at', 'x', false)" \
    "SET default_transaction_read_only = off" "SET \"default_transaction_read_only\" = off" "DISCARD ALL" "SELECT set_config(x, 'y', false) FROM item" \
    "SELECT \"set_config\" /* x */ (E'role', 'x', false)"; do
    rendered postgresql "$text" "$text"
done
for text in "SET lock_timeout = '1s'" "RESET lock_timeout" "RESET statement_timeout" "SET LOCAL work_mem = '64MB'" "SET TIME ZONE 'UTC'" "ALTER TABLE item ALTER COLUMN name SET NOT NULL" \
    "UPDATE item SET name = 'Set role for a user; set names of things'" "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = public AS 'SELECT 1'" \
    "CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN UPDATE item SET role = 'x', search_path = 'y'; RETURN NEW; END \$\$" \
    "INSERT INTO item (name) VALUES ('set transaction limit')" "ALTER ROLE r SET statement_timeout = 0" "SET escape_string_warning = off" "SELECT set_config('work_mem', '1MB', false)"; do
    rendered postgresql "$text" "$text" 0
done
for dialect in mysql mariadb; do
    for text in "SET \`sql_mode\` = 'NO_BACKSLASH_ESCAPES'" "SET @a=1,@b=2,@c=3,@d=4,@e=5,@f=6,@g=7,@h=8,@i=9,@j=10,@k=11,sql_mode='x'" "SET @@sql_mode = ''" "SET @@session.sql_mode = ''" \
        "SET @@local.\`sql_mode\` = ''" "SET foreign_key_checks = (SELECT 1, 2), SESSION sql_mode := ''" "SET @@global.max_connections = 1" "SET GLOBAL x = 1" "SET PERSIST x = 1" "SET NAMES gbk" \
        "SET CHARACTER SET gbk" "SET autocommit = 0" "SET @x = 1, autocommit = 0" "SET STATEMENT sql_mode = 'x' FOR SELECT 1" "SET @s = 'SET sql_mode = 0'" "SELECT 'SET NAMES gbk' INTO @s" \
        "CREATE PROCEDURE p() BEGIN SET sql_mode = ''; END" "SET collation_connection = 'x'"; do
        rendered $dialect "$text" "$text"
    done
    for text in "SET FOREIGN_KEY_CHECKS = 0" "SET @a = 'sql_mode', @b = 2" "SET unique_checks = 1, foreign_key_checks = 1" "UPDATE item SET name = 'set names of things'"; do
        rendered $dialect "$text" "$text" 0
    done
done
for text in "SET QUOTED_IDENTIFIER OFF" "SET ANSI_NULLS, QUOTED_IDENTIFIER OFF" "SET NOCOUNT, QUOTED_IDENTIFIER OFF" "EXEC('SET QUOTED_IDENTIFIER OFF')" "EXEC(N'INSERT INTO #wb_pass VALUES (1)')" \
    "DECLARE @a INT; SET XACT_ABORT OFF"; do
    rendered mssql "$text" "$text"
done
for text in "SET IDENTITY_INSERT item ON" "UPDATE item SET name = 'set language of the user'"; do
    rendered mssql "$text" "$text" 0
done
for text in "ALTER SESSION SET NLS_SORT = XBINARY" "BEGIN EXECUTE IMMEDIATE 'ALTER SESSION SET NLS_SORT = XBINARY'; END;" "BEGIN EXECUTE IMMEDIATE q'[alter session set nls_sort = xbinary]'; END;" \
    "BEGIN DBMS_SESSION.SET_NLS('NLS_SORT', 'XBINARY'); END;" "BEGIN \"DBMS_SESSION\".\"SET_ROLE\"('x'); END;" "BEGIN DBMS_APPLICATION_INFO.SET_CLIENT_INFO('x'); END;" "SET ROLE x"; do
    rendered oracle "$text" "$text"
done
rendered oracle "BEGIN DBMS_APPLICATION_INFO.SET_MODULE('x', 'y'); END;" "SET_MODULE" 0
finish bundle/commands
