"""Preflights that lie, though signed: for another script, for none, and such as would write, end a transaction or change a setting,
before the first statement, between two, behind the last, and within a question or a check, for each database. All are refused, and
the line is named. Without --all each write is tried at a share of the places."""
import re
import shutil

from common import Key, WAYBILL, check, copy, finish, get, golden_projects, list_again, must, project, put, run, share, sign

DIALECTS = ("postgresql", "mysql", "mariadb", "sqlite", "oracle", "mssql")
CHECK = b"SELECT count(*) FROM item WHERE name IS NULL"
REVISION = b'''"""Checked"""
from alembic import op
import sqlalchemy as sa
revision = "r4"
down_revision = "r3"


def upgrade():
    op.execute("SELECT count(*) FROM item WHERE name IS NULL")  # waybill: expect 0
    if not sa.inspect(op.get_bind()).has_table("fresh"):
        op.create_table("fresh", sa.Column("id", sa.Integer()))


def downgrade():
    pass
'''
WRITES = """DROP TABLE item
DELETE FROM item
INSERT INTO item (id) VALUES (9)
UPDATE item SET id = 1
CREATE TABLE x (n INTEGER)
ALTER TABLE item ADD x INTEGER
TRUNCATE TABLE item
GRANT SELECT ON item TO x
COMMIT
ROLLBACK
BEGIN
SET search_path = x
SET sql_mode = ''
SET GLOBAL read_only = 0
SET @wb_a = 1, GLOBAL read_only = 0
SET @wb_sql = 'DROP TABLE item'
SET @wb_cs = f()
SET TRANSACTION READ WRITE
CALL p()
EXEC p
EXECUTE p
MERGE INTO item USING item ON (1 = 1)
PRAGMA writable_schema = ON
DETACH DATABASE main
ATTACH DATABASE 'x' AS y
SELECT 1
SELECT pg_catalog.pg_terminate_backend(1)
LOCK TABLE item
COPY item TO PROGRAM 'x'
DO $$ BEGIN DELETE FROM item; END $$
PERFORM pg_catalog.set_config('session_replication_role', 'replica', false)
EXECUTE 'DELETE FROM item'
EXECUTE IMMEDIATE 'DROP TABLE item'
LOAD DATA INFILE 'x' INTO TABLE item
RESET ALL""".split("\n")
ANY_CHECK = """DELETE FROM item
SELECT 1; DELETE FROM item
WITH x AS (DELETE FROM item RETURNING 1) SELECT count(*) FROM x
SELECT 1 INTO x
SELECT count(*) FROM item FOR UPDATE
DROP TABLE item
SELECT count(*) FROM item /* /* */ DELETE */""".split("\n")
CHECKS = {   # in the text of a literal where the database takes it so
    "postgresql": r"""SELECT pg_terminate_backend(1)
SELECT lo_unlink(1)
SELECT count(*) FROM dblink(''x'', ''y'')
SELECT set_config(''transaction_read_only'', ''off'', true)
SELECT pg_catalog.pg_read_file(''x'')
SELECT "pg_terminate_backend"(1)
SELECT query_to_xml(''DELETE FROM item'', true, true, '''')
SELECT setval(''s'', 1)
SELECT U&"\0070g_terminate_backend"(1)
SELECT U&"!0070g_terminate_backend" UESCAPE ''!'' (1)
SELECT 1 OPERATOR(a.+) 1
SELECT ''\'' ; DELETE FROM item --''""",
    "mysql": """SELECT load_file('x')
SELECT 1 INTO OUTFILE 'x'
SELECT get_lock('x', 1)
SELECT @wb_yes := 5
SELECT 1 /*! INTO OUTFILE 'x' */""",
    "sqlite": """SELECT load_extension('x')
SELECT writefile('x', 'y')""",
    "oracle": """SELECT utl_http.request(''x'') FROM dual
SELECT dbms_lock.sleep(1) FROM dual
SELECT s.nextval FROM dual""",
    "mssql": """SELECT 1) AS n) AS a DROP TABLE item SELECT 1, N'x' FROM (SELECT (SELECT 1
SELECT 1) AS n) AS a SET IMPLICIT_TRANSACTIONS ON SELECT 1, N'x' FROM (SELECT (SELECT 1
SELECT count(*) FROM OPENROWSET('x', 'y', 'z')
SELECT 1 EXEC xp_cmdshell 'x'
SELECT NEXT VALUE FOR s""",
}
CHECKS["mariadb"] = CHECKS["mysql"]
EDITS = {   # one thing is otherwise
    "postgresql": [(b"'transaction_read_only', 'on'", b"'transaction_read_only', 'off'"), (b"  PERFORM pg_catalog.set_config('transaction_read_only', 'on', true);\n", b""),
                   (b"'search_path', '', true", b"'search_path', '', false"), (b"set_config('search_path', '', true)", b"set_config('session_replication_role', 'replica', true)"),
                   (b"<> 'WB000'", b"<> 'WB001'"), (b"  RAISE EXCEPTION USING ERRCODE = 'WB000';\n", b""), (b"EXECUTE 'SELECT", b"EXECUTE E'\\x44ELETE FROM item WHERE 1 = 1; SELECT"),
                   (b"pg_catalog.version() LIKE", b"public.version() LIKE"), (b"pg_catalog.version() LIKE", b"pg_catalog.pg_reload_conf() OR pg_catalog.version() LIKE"),
                   (b"pg_catalog.version() LIKE", b'"f"() OR pg_catalog.version() LIKE'), (b"DO $wb1$", b"DO LANGUAGE plpython3u $wb1$")],
    "mysql": [(b"IF(@@autocommit OR @wb_only, 1, 0)", b"IF(@@autocommit OR @wb_only, 0, 0)"), (b"SET SESSION transaction_read_only = IF(@@", b"SET GLOBAL transaction_read_only = IF(@@"), (b"SET NAMES utf8mb4;\n", b"SET NAMES gbk;\n"),
              (b"sql_mode = @wb_mode", b"sql_mode = ''"), (b"@wb_may = NULL;", b"@wb_may = f();"), (b"@wb_may = NULL;", b"@wb_may = '\xe7\xb8\x97\\';"), (b"@wb_may = NULL;", b"@wb_may = (SELECT f());"), (b"@wb_begun FROM", b"@@global.x FROM"), (b"SET @wb_why = NULL;", b"SET @wb_mode = '';")],
    "sqlite": [(b"':memory:'", b"'x.db'"), (b"temp.waybill_answers SELECT", b"main.item SELECT"), (b"ROLLBACK TO waybill_write; ROLLBACK", b"COMMIT"), (b"BEGIN IMMEDIATE; ", b""), (b"SAVEPOINT waybill_write; INSERT", b"INSERT"), (b"SET version_num = version_num", b"SET version_num = 1"), (b"BEFORE INSERT ON waybill_written", b"BEFORE INSERT ON item")],
    "oracle": [(b"CURRENT_SCHEMA = ", b"CURRENT_USER = "), (b"say('version', CASE WHEN", b"say('version', CASE WHEN evil THEN 'x' WHEN"), (b"has_table := 0;", b"has_table := evil;"), (b"  DBMS_OUTPUT.ENABLE(NULL);", b"  DBMS_OUTPUT.ENABLE(evil);"),
               (b"  n NUMBER;\n", b"  n NUMBER := evil;\n"), (b"SET DEFINE OFF", b"SET AUTOCOMMIT ON"), (b"SET DEFINE OFF", b"SET EXITCOMMIT OFF"), (b"  n NUMBER;\n", b"  PRAGMA AUTONOMOUS_TRANSACTION;\n  n NUMBER;\n")],
    "mssql": [(b"  RETURN;\n", b""), (b"@@TRANCOUNT > 0", b"@@TRANCOUNT > 9"), (b"EXEC sp_executesql @sql", b"EXEC sp_executesql N'DROP TABLE item'"), (b"SET NOCOUNT ON", b"SET IMPLICIT_TRANSACTIONS ON"), (b"N'SELECT @from", b"N'DELETE FROM item SELECT @from"),
              (b"IF @@TRANCOUNT", b"EXECUTE AS USER = N'x';\nGO\nIF @@TRANCOUNT")],
}
EDITS["mariadb"] = [(a.replace(b"transaction_read_only", b"tx_read_only"), b.replace(b"transaction_read_only", b"tx_read_only")) for a, b in EDITS["mysql"]]

key = Key("vendor")
key.write("k")
project("p")
put("p/versions/r4.py", REVISION)
must(WAYBILL, "-c", "p/alembic.ini", "pack", "r3:head", "--key", "k.key", "-o", "true", *[x for d in DIALECTS for x in ("--dialect", d)])
code, out, err = run(WAYBILL, "verify", "true", "--pubkey", "k.pub")
check(code == 0, "true preflights", "G12", err)
tried = 0


def lying(dialect, what, change, number, line=None):
    global tried
    tried += 1
    what = what.replace("\n", " ")
    path = "sql/%s/from-r3/preflight.sql" % dialect
    text = get("true/" + path)
    changed = change(text)
    if not check(changed != text, "%s: nothing to change for %s" % (dialect, what), "G12"):
        return
    copy("true", "f")
    put("f/" + path, changed)
    list_again("f")
    sign("f", key)
    code, out, err = run(WAYBILL, "verify", "f", "--pubkey", "k.pub")
    named = re.search(r"E-60[38] .*line (\d+)", err)
    good = code == 1 and re.search(number, err) and err.count("error:") == 1 and (line is None or (named and int(named.group(1)) >= line))
    check(good, "a preflight for %s: %s" % (dialect, what), "G12", "%d %s" % (code, err[:300]))


for dialect in DIALECTS:
    text = get("true/sql/%s/from-r3/preflight.sql" % dialect)
    digits = re.search(rb"upgrade_sha256=([0-9a-f]{64})", text).group(1)
    other = re.search(rb"upgrade_sha256=([0-9a-f]{64})", get("true/sql/%s/from-r3/preflight.sql" % DIALECTS[DIALECTS.index(dialect) - 1])).group(1)
    none = text.replace(b"upgrade_sha256=" + digits, b"upgrade=" + digits)
    lying(dialect, "for another script", lambda t: t.replace(digits, other), "E-605")
    lying(dialect, "for no script", lambda t: none, "E-607")
    lying(dialect, "for none but in a comment", lambda t: none.replace(b"\n", b"\n-- v=1 bundle=- upgrade_sha256=" + digits + b" from=r3 to=r4\n", 1), "E-607")
    lying(dialect, "of another range", lambda t: t.replace(b" from=r3 to=", b" from=r0 to="), "E-605")
    lines = text.split(b"\n")
    lying(dialect, "that asks nothing", lambda t: b"\n".join(lines[:3]) + b"\n", "E-608")
    last = max(i for i, line in enumerate(lines) if b"upgrade_sha256" in line)
    lying(dialect, "without an end", lambda t: b"\n".join(lines[:last]) + b"\n", "E-60[38]")
    lying(dialect, "twice", lambda t: t + t, "E-60[38]", len(lines))
    places = [3, len(lines) - 1] + [i for i, line in enumerate(lines) if line.endswith(b";")]
    for turn, write in enumerate(WRITES):
        for place in sorted({3, len(lines) - 1} | set(share(places, turn, 14, len(places)))):
            lying(dialect, "%s before line %d" % (write, place + 1), lambda t: b"\n".join(lines[:place] + [write.encode() + b";"] + lines[place:]), "E-60[38]", place - 8)   # or where the statement begins
    at = next(i for i, line in enumerate(lines, 1) if CHECK in line)
    for bad in ANY_CHECK + CHECKS[dialect].split("\n"):
        lying(dialect, "the check " + bad, lambda t: t.replace(CHECK, bad.encode()), "E-60[38]", at)
    for old, new in EDITS[dialect]:
        lying(dialect, "%s instead of %s" % (new.decode(), old.decode()), lambda t: t.replace(old, new, 1), "E-60[38]")
print("preflights: %d lies" % tried, flush=True)

# what the program itself writes is none
packed = 0
for case, files in golden_projects():
    for name, content in files:
        put("own/" + name, content.encode())
    for dialect in DIALECTS:
        code, out, err = run(WAYBILL, "-c", "own/alembic.ini", "pack", "base:heads", "--key", "k.key", "-o", "ownb", "--dialect", dialect)
        packed += code == 0
        check("E-608" not in err, "its own preflight, %s %s" % (case, dialect), "G12", err[:300])
        shutil.rmtree("ownb", ignore_errors=True)
    shutil.rmtree("own")
print("preflights: %d of its own" % packed, flush=True)
finish()
