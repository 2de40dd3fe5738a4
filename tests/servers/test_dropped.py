#!/usr/bin/python3
"""Ways back that drop tables which hold rows, on the real servers: whatever name a table has when it goes and however it got it,
without the word nothing is dropped; with the word, and where the tables are empty, the way back goes through. Then rows that come
while a script runs, between its count and its drop.

test_dropped.py [sqlite|postgresql|mariadb ...] [--all]
"""
import os
import subprocess
import time

from common import PSQL, MariaDB, Postgres, SqliteFile, at_once, check, finish, on_mariadb, run, scratch, share, sqlite_state, waybill

FIRST = '''revision = "r1"
down_revision = None
from alembic import op
import sqlalchemy as sa


def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("n", sa.Integer()))


def downgrade():
    pass
'''
SECOND = '''revision = "r2"
down_revision = "r1"
from alembic import op
import sqlalchemy as sa


def upgrade():
%s

def downgrade():
%s
'''
folder = scratch()
MAKES_U = ['op.create_table("u", sa.Column("id", sa.Integer(), primary_key=True))']
MAKES_SU = ['op.execute("CREATE SCHEMA s")', 'op.create_table("u", sa.Column("id", sa.Integer(), primary_key=True), schema="s")']


def raw(*statements):
    return ["op.execute(%r)" % s for s in statements]


# how u becomes v, by database; each with each drop of v
RENAMES = {
    "op": ('op.rename_table("u", "v")', "sqlite postgresql mariadb mysql"),
    "raw": (raw("ALTER TABLE u RENAME TO v")[0], "sqlite postgresql mariadb mysql"),
    "raw, quoted": (raw('ALTER TABLE "u" RENAME TO "v"')[0], "sqlite postgresql"),
    "raw, case": (raw("alter table U rename to V")[0], "sqlite postgresql"),
    "raw, a text for a name": (raw("ALTER TABLE 'u' RENAME TO 'v'")[0], "sqlite"),
    "raw, ONLY": (raw("ALTER TABLE ONLY u RENAME TO v")[0], "postgresql"),
    "raw, IF EXISTS": (raw("ALTER TABLE IF EXISTS u RENAME TO v")[0], "postgresql mariadb"),
    "raw, IF EXISTS ONLY": (raw("ALTER TABLE IF EXISTS ONLY public.u RENAME TO v")[0], "postgresql"),
    "raw, two": ("; ".join(raw("ALTER TABLE u RENAME TO w", "ALTER TABLE w RENAME TO v")), "sqlite postgresql mariadb mysql"),
    "raw, over another name and back": ("; ".join(raw("ALTER TABLE u RENAME TO w", "CREATE TABLE u (id INTEGER)", "DROP TABLE u", "ALTER TABLE w RENAME TO v")),
                                        "sqlite postgresql mariadb mysql"),
    "raw, in a block": (raw("DO $$ BEGIN IF true THEN ALTER TABLE u RENAME TO v; END IF; END $$")[0], "postgresql"),
    "raw, in a text of a block": (raw("DO $$ BEGIN EXECUTE 'ALTER TABLE u RENAME TO v'; END $$")[0], "postgresql"),
    "RENAME TABLE": (raw("RENAME TABLE u TO v")[0], "mariadb mysql"),
    "RENAME TABLE, two": (raw("RENAME TABLE t TO t2, u TO v")[0], "mariadb mysql"),
    "RENAME v": (raw("ALTER TABLE u RENAME v")[0], "mariadb mysql"),
    "RENAME AS v": (raw("ALTER TABLE u RENAME AS v")[0], "mariadb mysql"),
    "ADD COLUMN, RENAME": (raw("ALTER TABLE u ADD COLUMN q INT, RENAME TO v")[0], "mariadb mysql"),
    "MODIFY, RENAME, quoted": (raw("ALTER TABLE `u` MODIFY id BIGINT NOT NULL, RENAME `v`")[0], "mariadb mysql"),
}
DROPS = {
    "op": ('op.drop_table("v")', "sqlite postgresql mariadb mysql"),
    "op, IF EXISTS": ('op.drop_table("v", if_exists=True)', "sqlite postgresql mariadb mysql"),
    "raw": (raw("DROP TABLE v")[0], "sqlite postgresql mariadb mysql"),
    "raw, IF EXISTS": (raw("DROP TABLE IF EXISTS v")[0], "sqlite postgresql mariadb mysql"),
    "raw, CASCADE": (raw("DROP TABLE public.v CASCADE")[0], "postgresql"),
    "raw, several": (raw("DROP TABLE IF EXISTS other, v")[0], "postgresql mariadb mysql"),
    "raw, in a block": (raw("DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'v'); END $$")[0], "postgresql"),
}
# others: name, databases, what the upgrade does, the way back, rows into
SINGLE = [
    ("op", "sqlite postgresql mariadb mysql", MAKES_U, ['op.drop_table("u")'], "u"),
    ("another case", "sqlite", MAKES_U, ['op.drop_table("U")'], "u"),
    ("another case, by hand", "sqlite", MAKES_U, raw("DROP TABLE IF EXISTS [U]"), "u"),
    ("another case, renamed", "sqlite", MAKES_U, raw("ALTER TABLE U RENAME TO v") + ['op.drop_table("V")'], "u"),
    ("a table that the chain does not know", "sqlite postgresql mariadb mysql", raw("CREATE TABLE u AS SELECT 1 AS id", "DELETE FROM u"), ['op.drop_table("u")'], "u"),
    ("the same, IF EXISTS", "postgresql mariadb mysql", raw("CREATE TABLE u AS SELECT 1 AS id", "DELETE FROM u"), raw("DROP TABLE IF EXISTS u"), "u"),
    ("a rename back", "sqlite postgresql mariadb mysql", MAKES_U, ['op.rename_table("u", "v")', 'op.rename_table("v", "u")', 'op.drop_table("u")'], "u"),
    ("SET SCHEMA", "postgresql", MAKES_SU, raw("ALTER TABLE s.u SET SCHEMA public") + ['op.drop_table("u")'], "s.u"),
    ("another name for its schema", "postgresql", MAKES_SU, raw("ALTER SCHEMA s RENAME TO z", "DROP TABLE z.u"), "s.u"),
    ("the same, and the operation", "postgresql", MAKES_SU, raw("ALTER SCHEMA s RENAME TO z") + ['op.drop_table("u", schema="z")'], "s.u"),
    ("DROP SCHEMA", "postgresql", MAKES_SU, raw("DROP SCHEMA s CASCADE"), "s.u"),
    ("DROP SCHEMA of another name", "postgresql", MAKES_SU, raw("ALTER SCHEMA s RENAME TO z", "DROP SCHEMA IF EXISTS z CASCADE"), "s.u"),
    ("DROP SCHEMA, a table that the chain does not know", "postgresql", raw("CREATE SCHEMA s", "CREATE TABLE s.u AS SELECT 1 AS id", "DELETE FROM s.u"), raw("DROP SCHEMA s CASCADE"), "s.u"),
    ("a partition with its table", "postgresql", raw("CREATE TABLE p (id int) PARTITION BY LIST (id)", "CREATE TABLE u PARTITION OF p FOR VALUES IN (1)"), raw("DROP TABLE p CASCADE"), "u"),
    ("the same, and the operation", "postgresql", raw("CREATE TABLE p (id int) PARTITION BY LIST (id)", "CREATE TABLE u PARTITION OF p FOR VALUES IN (1)"), ['op.drop_table("p")'], "u"),
    ("an heir with its table", "postgresql", raw("CREATE TABLE p (id int)", "CREATE TABLE u () INHERITS (p)"), raw("DROP TABLE p CASCADE"), "u"),
    ("attached as a partition", "postgresql", raw("CREATE TABLE p (id int) PARTITION BY LIST (id)", "CREATE TABLE u (id int)"), raw("ALTER TABLE p ATTACH PARTITION u FOR VALUES IN (1)", "DROP TABLE p"), "u"),
    ("all that a query finds", "postgresql", MAKES_U, raw("DO $$ DECLARE x text; BEGIN FOR x IN SELECT relname FROM pg_class WHERE relname = 'u' LOOP EXECUTE 'DROP TABLE ' || x; END LOOP; END $$"), "u"),
    ("another database", "mariadb mysql", raw("CREATE TABLE IF NOT EXISTS o.u (id INT)"), raw("DROP TABLE o.u"), "o.u"),
    ("another database, IF EXISTS", "mariadb mysql", raw("CREATE TABLE IF NOT EXISTS o.u (id INT)"), raw("DROP TABLE IF EXISTS `o`.`u`"), "o.u"),
    ("into another database", "mariadb mysql", MAKES_U, raw("RENAME TABLE u TO o.u", "DROP TABLE o.u"), "u"),
    ("DROP DATABASE", "mariadb mysql", raw("CREATE TABLE IF NOT EXISTS o.u (id INT)"), raw("DROP DATABASE o"), "o.u"),
    ("OR REPLACE", "mariadb", MAKES_U, raw("CREATE OR REPLACE TABLE u (id INT)"), "u"),
    ("a rebuild before it", "sqlite", MAKES_U, ['with op.batch_alter_table("u") as b:\n        b.add_column(sa.Column("q", sa.Integer(), sa.CheckConstraint("q > 0")))'] + ['op.rename_table("u", "v")', 'op.drop_table("v")'], "u"),
]
# nothing that stood there before goes: no word is wanted, whatever t holds
HARMLESS = [
    ("made by itself", "sqlite postgresql mariadb mysql", [], raw("CREATE TABLE x (id INTEGER)", "INSERT INTO x VALUES (1)", "ALTER TABLE x RENAME TO y") + ['op.drop_table("y")'], "t (id)"),
    ("a rebuild", "sqlite", [], ['with op.batch_alter_table("t") as b:\n        b.alter_column("n", nullable=True, existing_type=sa.Integer(), type_=sa.BigInteger())'], "t (id)"),
    ("a rename", "sqlite postgresql mariadb mysql", [], raw("ALTER TABLE t RENAME TO w", "ALTER TABLE w RENAME TO t"), "t (id)"),
    ("what is not there", "sqlite postgresql mariadb mysql", [], raw("DROP TABLE IF EXISTS nowhere"), "t (id)"),
    ("a column", "postgresql mariadb mysql", ['op.add_column("t", sa.Column("q", sa.Integer()))'], ['op.drop_column("t", "q")'], "t (id)"),
]


def project(name, up, down):
    home = os.path.join(folder, name)
    os.makedirs(os.path.join(home, "versions"), exist_ok=True)
    lines = lambda body: "".join("    %s\n" % line for line in body or ["pass"])
    for file, text in (("alembic.ini", "[alembic]\nscript_location = %(here)s\n[waybill]\nbeside = yes\n"),
                       ("versions/r1.py", FIRST), ("versions/r2.py", SECOND % (lines(up), lines(down)))):
        with open(os.path.join(home, file), "w", encoding="utf-8") as f:
            f.write(text)
    return os.path.join(home, "alembic.ini")


def cases(dialect):
    for name, (rename, where) in RENAMES.items():
        for drop, (text, also) in DROPS.items():
            if dialect in where.split() and dialect in also.split():
                yield "%s; %s" % (name, drop), MAKES_U, [rename, text], "u", True
    for group, held in ((SINGLE, True), (HARMLESS, False)):
        for name, where, up, down, rows in group:
            if dialect in where.split():
                yield name, up, down, rows, held


def family(dialect, client, start, apply, execute, state, turn, turns):
    """apply(sql, word): its log; the profiles of a database share the cases"""
    for name, up, down, rows, held in share(list(cases(dialect)), turn, turns):
        ini = project("p", up, down)
        first = waybill("upgrade", "base:r2", "--dialect", dialect, "--client", client, ini=ini)
        back = waybill("downgrade", "r2:r1", "--dialect", dialect, "--client", client, ini=ini)
        what = "%s %s: %s" % (dialect, client, name)
        for word in (False, True):
            start()
            log = apply(first, False)
            if not check("result=OK" in log, what + ": the way up\n" + log[-1500:]):
                break
            execute("INSERT INTO %s VALUES (1)" % rows)
            before = state()
            log = apply(back, word)
            good = word or not held
            check(("result=OK" in log) is good, "%s, rows, %s\n%s" % (what, "with the word" if word else "no word", log[-1500:]))
            check(good or (state() == before and "drops" in log), "%s: says so, nothing has changed\n%s" % (what, log[-1500:]))
        start()
        apply(first, False)
        if dialect == "sqlite" and not held or dialect != "sqlite" or "IF EXISTS" not in name:   # where it is there, SQLite wants the word
            log = apply(back, False)
            check("result=OK" in log, what + ": nothing is in it\n" + log[-1500:])


def sqlite():
    file = os.path.join(folder, "a.db")
    database = SqliteFile(file)
    start, execute = database.start, database.execute

    def apply(sql, word):
        return run(["sqlite3", *(["-cmd", "CREATE TEMP VIEW waybill_drop AS SELECT 'a.db'"] if word else []), file], input=sql.encode())[1]
    for turn, client in enumerate(("sqlite3", "generic")):
        family("sqlite", client, start, apply, execute, lambda: sqlite_state(file), turn, 4)


SECTIONS = [
    ("an index before it", ['with op.get_context().autocommit_block():\n        op.create_index("iq", "t", ["n"], postgresql_concurrently=True)', 'op.drop_table("u")'], "u"),
    ("two indexes, renamed between", raw("ALTER TABLE u RENAME TO v") + ['with op.get_context().autocommit_block():\n        op.create_index("iq", "t", ["n"], postgresql_concurrently=True)', 'op.rename_table("v", "w")', 'op.drop_table("w")'], "v"),
    ("a schema", ['with op.get_context().autocommit_block():\n        op.create_index("iq", "t", ["n"], postgresql_concurrently=True)'] + raw("DROP SCHEMA s CASCADE"), "s.u"),
]


def postgresql():
    server = Postgres()
    os.environ["PGOPTIONS"] = ""   # no word but the one that is given
    try:
        for turn, client in enumerate(("psql", "generic")):
            def given(word):
                os.environ["PGOPTIONS"] = "-c waybill.drop=a" if word and client == "generic" else ""
                return ["-v", "waybill_drop=a"] if word and client == "psql" else []
            state = lambda: server.state("a") + server.psql("a", "-Atc", "SELECT nspname, relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname !~ '^pg|inf' ORDER BY 1, 2")[1]
            family("postgresql", client, lambda: server.create("a"), lambda sql, word: server.psql("a", *given(word), stdin=sql.encode())[1], lambda sql: server.psql("a", "-c", sql), state, turn, 4)
            for name, down, table in share(SECTIONS, turn, 2):
                ini = project("sections", MAKES_SU if "s." in table else MAKES_U, down)
                back = waybill("downgrade", "r2:r1", "--dialect", "postgresql", "--client", client, ini=ini)
                file = os.path.join(folder, "back.sql")
                with open(file, "w", encoding="utf-8") as f:
                    f.write(back)
                for word in (False, True):
                    server.create("a")
                    server.psql("a", stdin=waybill("upgrade", "base:r2", "--dialect", "postgresql", "--client", client, ini=ini).encode())
                    # the index waits for the other session
                    other = subprocess.Popen([PSQL, "-X", "-q", "-d", "a"], env=dict(os.environ, PGHOST=server.folder, PGUSER="postgres"), stdin=subprocess.PIPE)
                    other.stdin.write(b"BEGIN; LOCK TABLE t IN ROW EXCLUSIVE MODE; SELECT pg_sleep(2.5); COMMIT;\n")
                    other.stdin.close()
                    time.sleep(0.5)

                    def background(word):
                        options = given(word)
                        return subprocess.Popen([PSQL, "-X", "-d", "a", *options, "-f", file], env=dict(os.environ, PGHOST=server.folder, PGUSER="postgres"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                    running = background(word)
                    time.sleep(1)
                    code, text = server.psql("a", "-c", "INSERT INTO %s VALUES (1)" % table)
                    check(code == 0, "the row\n" + text)
                    log = running.communicate(timeout=60)[0].decode("utf-8", "replace")
                    other.wait()
                    what = "postgresql %s: sections, %s, word %s" % (client, name, word)
                    check(("result=OK" in log) is word, what + "\n" + log[-1500:])
                    check(word or "rows have come into" in log and server.psql("a", "-Atc", "SELECT count(*) FROM " + table)[1].strip() == "1", what + ": it is gone\n" + log[-1500:])
                    if word:
                        continue
                    # gone on with from there: without the word it does not, with it it does
                    number = str(back.count("-- Section "))
                    rest = waybill("downgrade", "r2:r1", "--dialect", "postgresql", "--client", client, "--from-section", number, ini=ini)
                    log = server.psql("a", stdin=rest.encode())[1] if not given(False) else ""
                    check("result=OK" not in log and "hold rows" in log, what + ": gone on with, no word\n" + log[-1500:])
                    log = server.psql("a", *given(True), stdin=rest.encode())[1]
                    check("result=OK" in log, what + ": gone on with, with the word\n" + log[-1500:])
                    given(False)
    finally:
        server.stop()


def mariadb():
    server = MariaDB("--lower-case-table-names=1")   # the same table, whatever its case
    try:
        def apply(sql, word):
            return run(["mariadb", "--no-defaults", "-S", server.socket, "-u", "root", "a"], input=(("SET @waybill_drop = 'a';\n" if word else "") + sql).encode())[1]
        for name, down in (("op", ['op.drop_table("U")']), ("by hand", raw("DROP TABLE IF EXISTS U")), ("renamed", raw("ALTER TABLE U RENAME TO V") + ['op.drop_table("V")'])):
            ini = project("case", MAKES_U, down)
            for word in (False, True):
                server.create("a")
                apply(waybill("upgrade", "base:r2", "--dialect", "mariadb", ini=ini), False)
                server.query("a", "INSERT INTO u VALUES (1)")
                log = apply(waybill("downgrade", "r2:r1", "--dialect", "mariadb", ini=ini), word)
                check(("result=OK" in log) is word, "mariadb: another case, %s, word %s\n%s" % (name, word, log[-1500:]))
    finally:
        server.stop()
    server = MariaDB()
    try:
        for turn, (dialect, client) in enumerate((("mariadb", "mariadb"), ("mariadb", "generic"), ("mysql", "mysql"))):
            def apply(sql, word, wait=True):
                sql = ("SET @waybill_drop = 'a';\n" if word else "") + (on_mariadb(sql) if dialect == "mysql" else sql)
                args = ["mariadb", "--no-defaults", "-S", server.socket, "-u", "root", "a"]
                if wait:
                    return run(args, input=sql.encode())[1]
                running = subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                running.stdin.write(sql.encode())
                running.stdin.close()
                running.stdin = None
                return running

            def start():
                server.create("o")
                server.create("a")
            family(dialect, client, start, apply, lambda sql: server.query("a", sql), lambda: server.state("a") + server.state("o"), turn, 3)
            for name, down, table in (("a long statement before it", raw("UPDATE t SET n = SLEEP(2)") + ['op.drop_table("u")'], "u"),
                                      ("renamed before that", raw("RENAME TABLE u TO v", "UPDATE t SET n = SLEEP(2)") + ['op.drop_table("v")'], "v")):
                ini = project("long", MAKES_U, down)
                back = waybill("downgrade", "r2:r1", "--dialect", dialect, "--client", client, ini=ini)
                for word in (False, True):
                    start()
                    apply(waybill("upgrade", "base:r2", "--dialect", dialect, "--client", client, ini=ini), False)
                    server.query("a", "INSERT INTO t (id) VALUES (1)")
                    running = apply(back, word, wait=False)
                    time.sleep(1)
                    server.query("a", "INSERT INTO %s VALUES (1)" % table)
                    log = running.communicate(timeout=60)[0].decode("utf-8", "replace")
                    what = "%s %s: %s, word %s" % (dialect, client, name, word)
                    check(("result=OK" in log) is word, what + "\n" + log[-2500:])
                    check(word or server.query("a", "SELECT COUNT(*) FROM " + table).strip() == "1", what + ": it is gone\n" + log[-1500:])
            # a row that is not committed yet, which the drop itself would wait for
            ini = project("open", MAKES_U, ['op.drop_table("u")'])
            start()
            apply(waybill("upgrade", "base:r2", "--dialect", dialect, "--client", client, ini=ini), False)
            other = subprocess.Popen(["mariadb", "--no-defaults", "-S", server.socket, "-u", "root", "a"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
            other.stdin.write(b"BEGIN; INSERT INTO u VALUES (1); SELECT SLEEP(2); COMMIT;\n")
            other.stdin.close()
            time.sleep(0.7)
            log = apply(waybill("downgrade", "r2:r1", "--dialect", dialect, "--client", client, ini=ini), False)
            other.wait()
            check("result=OK" not in log and server.query("a", "SELECT COUNT(*) FROM u").strip() == "1", "%s %s: a row that is not committed yet\n%s" % (dialect, client, log[-1500:]))
    finally:
        server.stop()


database = at_once(os.path.abspath(__file__), ["sqlite", "postgresql", "mariadb"], lambda name: {"sqlite": sqlite, "postgresql": postgresql, "mariadb": mariadb}[name]())
finish("dropped, " + database)
