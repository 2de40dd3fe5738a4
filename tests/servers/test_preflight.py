#!/usr/bin/python3
"""Preflights on real servers and clients. One that is run while a transaction is open neither ends it nor changes the session;
nothing is written, not even by what a check calls; it says "ready" only where every question was asked and answered, however it is
pasted; and SQLite's says whether there is a file that can be written.

test_preflight.py [--all] [sqlite|postgresql|mariadb ...]: without --all every n-th cut on a terminal; several databases at the same time.
"""
import os
import re
import shutil
import stat
import subprocess

import terminal
from common import ALL, PSQL, MariaDB, Postgres, at_once, check, finish, run, scratch, sqlite_state, waybill

FIRST = '''revision = "r1"
down_revision = None
from alembic import op
import sqlalchemy as sa


def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("n", sa.Integer()))


def downgrade():
    op.drop_table("t")
'''
SECOND = '''revision = "r2"
down_revision = "r1"
from alembic import op
import sqlalchemy as sa


def upgrade():
    op.execute("SELECT %s FROM t WHERE n < 0")  # waybill: expect 0
    if not sa.inspect(op.get_bind()).has_table("u"):
        op.create_table("u", sa.Column("id", sa.Integer(), primary_key=True))
    with op.batch_alter_table("t") as batch:
        batch.alter_column("n", existing_type=sa.Integer(), type_=sa.String(20))


def downgrade():
    pass
'''
folder = scratch()
VERDICT = re.compile(r"\[WAYBILL-PREFLIGHT\] v=1 [^\n']*[0-9a-f]{64} [^\n']*?(not ready|ready)\b")


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def project(name, what="count(*)"):
    home = os.path.join(folder, name)
    write(os.path.join(home, "versions", "r1.py"), FIRST)
    write(os.path.join(home, "versions", "r2.py"), SECOND % what)
    return write(os.path.join(home, "alembic.ini"), "[alembic]\nscript_location = %(here)s\n[waybill]\nbeside = yes\n")


def verdicts(log):
    return VERDICT.findall(log)


def is_ready(log):
    return verdicts(log) == ["ready"]


def preflight(ini, dialect, client, path="r1:r2"):
    return waybill("upgrade", path, "--dialect", dialect, "--client", client, "--preflight", ini=ini)


def pasted(dialect, client, script, argv, env, halves, brackets=True):
    """pasted whole and in halves; halves(text): what the client says that reads it as a file; `brackets`: the client asks the terminal
    to mark a paste. One that does not takes the marks, which no terminal would send it, for text"""
    name = "%s %s" % (dialect, client)
    for bracketed in (False, True):
        log = terminal.typed(argv, [script], env=env, bracketed=bracketed)
        check(is_ready(log) or (bracketed and not brackets and "ready" not in verdicts(log)), "%s: pasted%s\n%s" % (name, ", bracketed" * bracketed, log[-1500:]))
    cuts = [at for at in terminal.boundaries(script, dialect) if at < len(script.rstrip())]
    last = script.rindex("[WAYBILL-PREFLIGHT] ")   # the verdict's own statement
    for i, at in enumerate(cuts):
        for part, what in ((script[:at], "first"), (script[at:], "second")):
            whole = what == "first" and at > last
            logs = [halves(part)]
            if ALL or i % max(1, len(cuts) // 5) == 0:
                logs += [terminal.typed(argv, [part], env=env, bracketed=b) for b in (False, True)[:1 + brackets]]
            for log in logs:
                check(verdicts(log) == ["ready"] if whole else "ready" not in verdicts(log), "%s: the %s half, cut at %d\n%s" % (name, what, at, log[-1500:]))
        # the statement before the cut was lost
        before = ([0] + cuts)[i]
        log = halves(script[:before] + script[at:])
        lost = script[before:at]
        # what only cleans up or says nothing of what the database is
        harmless = re.fullmatch(r"(\s*--.*\n)*\s*(DROP TABLE( IF EXISTS)? temp\.\w+;|SET NAMES .*;|SET \w+ = [^@]*;|SET SESSION .*;|SET @wb_(why|now|sql|table)\b[^=]* = NULL.*;|SELECT .*PREFLIGHT.* AS preflight.*;|DEALLOCATE .*;|SET @wb_cs(.*\n)*?.*;|SET @wb_\w+ = NULL.*;|CREATE TABLE IF NOT EXISTS waybill_preflight.*|INSERT INTO temp.waybill_answers SELECT 0, 'no .*|ROLLBACK TO .*)\s*", lost)
        check("ready" not in verdicts(log) or at > last or harmless, "%s: without %s\n%s" % (name, lost, log[-1500:]))
    print("  %s: %d cuts" % (name, len(cuts)), flush=True)


SETTINGS = "SELECT concat_ws(',', current_setting('search_path'), current_setting('standard_conforming_strings'), current_setting('transaction_read_only'), current_setting('waybill.preflight', true)) AS \"WAS\";\n"


def postgresql():
    server = Postgres()
    ini, calls = project("p"), project("calls", "count(f(id))")
    env = {"PGHOST": server.folder, "PGUSER": "postgres", "PGDATABASE": "a", "PAGER": ""}

    def query(sql):
        return server.psql("a", "-qAtc", sql)[1].strip()

    def fed(text):
        return server.psql("a", "-qAt", stdin=text.encode())[1]
    try:
        server.create("a")
        fed(waybill("upgrade", "base:r1", "--dialect", "postgresql", ini=ini))
        for client in ("psql", "generic"):
            script = preflight(ini, "postgresql", client)
            check(is_ready(fed(script)), "postgresql %s: ready\n%s" % (client, fed(script)))
            for end, rows in (("COMMIT", "1"), ("ROLLBACK", "0")):
                log = fed("SET search_path = pg_catalog, public; SET standard_conforming_strings = off;\n" + SETTINGS + "BEGIN; INSERT INTO t VALUES (1, 1);\n" + SETTINGS +
                          script + SETTINGS + "INSERT INTO t VALUES (2, 2);\nSELECT 'mine', count(*) FROM t;\n\\! %s -X -d a -Atc \"SELECT 'theirs', count(*) FROM t\"\nDELETE FROM t WHERE id = 2; %s;\n" % ("PGHOST=%s PGUSER=postgres %s" % (server.folder, PSQL), end) + SETTINGS)
                was = re.findall(r"^pg_catalog, public,.*$", log, re.M)
                check(is_ready(log) and "mine|2" in log and "theirs|0" in log and query("SELECT count(*) FROM t") == rows and len(was) == 4 and len({w.rstrip(",") for w in was}) == 1 and "ERROR" not in log and "WARNING" not in log,
                      "postgresql %s: within a transaction, %s\n%s" % (client, end, log))
                query("DELETE FROM t")
            # what cannot be asked does not end the transaction either
            log = fed("CREATE ROLE other; GRANT INSERT, SELECT ON t TO other; SET ROLE other;\nBEGIN; INSERT INTO t VALUES (1, 1);\n" + script + "COMMIT;\n")
            check(verdicts(log) == ["not ready"] and query("SELECT count(*) FROM t") == "1", "postgresql %s: a question that fails within a transaction\n%s" % (client, log))
            query("DELETE FROM t")
            query("DROP OWNED BY other")
            query("DROP ROLE other")
            # a check that writes by what it calls
            query("CREATE OR REPLACE FUNCTION f(int) RETURNS int LANGUAGE sql VOLATILE AS 'INSERT INTO t VALUES (7, 7); SELECT 1'")
            query("INSERT INTO t VALUES (1, -1)")
            for before in ("", "BEGIN;\n"):
                log = fed(before + preflight(calls, "postgresql", client))
                check(verdicts(log) == ["not ready"] and "read-only transaction" in log and query("SELECT count(*) FROM t") == "1", "postgresql %s: a check that writes\n%s" % (client, log))
            query("DELETE FROM t")
            pasted("postgresql", client, script, [PSQL, "-X"], env, fed)
    finally:
        server.stop()


KEPT = "SELECT CONCAT_WS(',', 'was', @@sql_mode, @@tx_read_only, @@character_set_client, @@character_set_results, @@collation_connection, @@default_storage_engine, @@autocommit);\n"


def mariadb():
    server = MariaDB()
    ini, calls = project("p"), project("calls", "count(f(id))")

    def fed(text):
        return server.client("a", "-N", "-f", stdin=text.encode())[1]

    def query(sql):
        return server.query("a", sql).strip()
    try:
        server.create("a")
        fed(waybill("upgrade", "base:r1", "--dialect", "mariadb", ini=ini))
        for client in ("mariadb", "generic"):
            script = preflight(ini, "mariadb", client)
            check(is_ready(fed(script)), "mariadb %s: ready\n%s" % (client, fed(script)))
            for begin in ("BEGIN;", "SET autocommit = 0;"):
                for end, rows in (("COMMIT", "1"), ("ROLLBACK", "0")):
                    log = fed("SET sql_mode = 'ANSI', default_storage_engine = 'MyISAM'; SET NAMES latin1 COLLATE latin1_german1_ci;\n%s INSERT INTO t VALUES (1, 1);\n" % begin + KEPT + script + KEPT +
                              "SELECT 'mine', COUNT(*), @@in_transaction FROM t;\nsystem mariadb --no-defaults -S %s -u root a -Ne \"SELECT 'theirs', COUNT(*) FROM t\"\n%s;\n" % (server.socket, end))
                    was = re.findall(r"^was,.*$", log, re.M)
                    check(verdicts(log) == ["not ready"] and "no   settings: a transaction is open" in log and log.count("] no ") == 1 and "mine\t1\t1" in log and "theirs\t0" in log and query("SELECT COUNT(*) FROM t") == rows and len(was) == 2 and was[0] == was[1] and "ERROR" not in log,
                          "mariadb %s: within a transaction, %s %s\n%s" % (client, begin, end, log))
                    query("DELETE FROM t")
            query("DROP FUNCTION IF EXISTS f")
            fed("DELIMITER $$\nCREATE FUNCTION f(i INT) RETURNS INT MODIFIES SQL DATA BEGIN INSERT INTO a.w VALUES (7); RETURN 1; END$$\nDELIMITER ;\nCREATE OR REPLACE TABLE w (n INT); INSERT INTO t VALUES (1, -1);\n")
            log = fed(preflight(calls, "mariadb", client))
            check(verdicts(log) == ["not ready"] and "READ ONLY" in log and query("SELECT COUNT(*) FROM w") == "0", "mariadb %s: a check that writes\n%s" % (client, log))
            query("DELETE FROM t")
            pasted("mariadb", client, script, ["mariadb", "--no-defaults", "-S", server.socket, "-u", "root", "a"], {}, fed, brackets=False)
            # a second half in a session where a whole one was run before
            cut = next(at for at in terminal.boundaries(script, "mariadb") if "yes  version" in script[:at])
            check(verdicts(fed(script + script[cut:])) == ["ready", "not ready"], "mariadb %s: a second half behind a whole one" % client)
    finally:
        server.stop()


def nobody(args, **kw):
    """as a user who is not root"""
    return run((["runuser", "-u", "nobody", "--"] if os.getuid() == 0 else []) + args, **kw)


def sqlite():
    ini = project("p")
    home = os.path.join(folder, "files")
    os.makedirs(home)
    os.chmod(home, 0o777)
    db = os.path.join(home, "a.db")
    lite = ["sqlite3", "-batch", "-init", "/dev/null"]

    def fed(text, name=db, options=(), who=run):
        return who([*lite, *options, "file:%s?mode=rw" % name], input=text.encode())[1]
    fed(waybill("upgrade", "base:r1", "--dialect", "sqlite", ini=ini), os.path.join(home, "none.db"))
    check(not os.path.exists(os.path.join(home, "none.db")), "a file that is not there is not made")
    open(db, "w").close()
    check("result=OK" in fed(waybill("upgrade", "base:r1", "--dialect", "sqlite", ini=ini)), "sqlite: an empty file")
    for client in ("sqlite3", "generic"):
        script, at_base = preflight(ini, "sqlite", client), preflight(ini, "sqlite", client, "base:r1")
        case = "sqlite " + client
        before = sqlite_state(db)
        log = fed(script)
        check(is_ready(log) and "rror" not in log and sqlite_state(db) == before and os.listdir(home) == ["a.db"], case + ": ready\n" + log)
        for end, rows in (("COMMIT", 1), ("ROLLBACK", 0)):
            log = fed("BEGIN; INSERT INTO t VALUES (1, 1);\n" + script + "SELECT 'mine', count(*) FROM t;\n.shell sqlite3 %s \"SELECT 'theirs', count(*) FROM t\"\n%s;\nSELECT 'then', count(*) FROM t; SELECT name FROM temp.sqlite_master;\n" % (db, end))
            check(verdicts(log) == ["not ready"] and "no   transaction: one is open in this session" in log and "mine|1" in log and "theirs|0" in log and log.endswith("then|%d\n" % rows), "%s: within a transaction, %s\n%s" % (case, end, log))
            fed("DELETE FROM t;")
        # an empty file, a file that cannot be written, a folder in which no journal can be begun, another one that writes
        empty = os.path.join(home, "empty.db")
        open(empty, "w").close()
        log = fed(script, empty)
        check(verdicts(log) == ["not ready"] and "no   table: the version table is missing" in log, case + ": an empty file\n" + log)
        log = fed(at_base, empty)
        check(is_ready(log) and os.path.getsize(empty) in (0, 4096), "%s: an empty file, from base: %d\n%s" % (case, os.path.getsize(empty), log))
        for text, file in ((script, db), (at_base, empty)):
            check("ready" not in verdicts(fed(text, file, ["-readonly"])), case + ": -readonly\n" + fed(text, file, ["-readonly"]))
            os.chmod(file, 0o444)
            log = fed(text, file, who=nobody)
            check(verdicts(log) == ["not ready"] and "no   writable: the file, its folder or the version rows cannot be written" in log, "%s: a file that may not be written\n%s" % (case, log))
            os.chmod(file, 0o666)
            log = fed(text, file, who=nobody)
            check(is_ready(log), "%s: a file that may be written\n%s" % (case, log))
            os.chmod(home, 0o555)
            log = fed(text, file, who=nobody)
            os.chmod(home, 0o777)
            check(verdicts(log) == ["not ready"] and "no   writable" in log, "%s: a folder that may not be written\n%s" % (case, log))
            with subprocess.Popen([*lite, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
                other.stdin.write(b"BEGIN IMMEDIATE;\nSELECT 'begun';\n")
                other.stdin.flush()
                other.stdout.readline()
                log = fed(text, file)
                other.stdin.close()
            check(verdicts(log) == ["not ready"] and "writing just now" in log, "%s: another one writes\n%s" % (case, log))
        os.remove(empty)
        fed("PRAGMA journal_mode = WAL;")
        check(is_ready(fed(script)) and stat.S_IMODE(os.stat(db).st_mode) == 0o666, case + ": with a write-ahead log")
        fed("PRAGMA journal_mode = DELETE;")
        # a try to write is taken back before it reaches the file; a trigger on the version table neither leaves anything nor makes it ready
        for journal in ("DELETE", "WAL"):
            for name, made, ready in (("none", "", True), ("audit", "AFTER UPDATE ON alembic_version BEGIN INSERT INTO w VALUES (1);", True), ("fail", "BEFORE UPDATE ON alembic_version BEGIN INSERT INTO w VALUES (1); SELECT RAISE(FAIL, 'no');", False),
                                      ("ignore", "BEFORE UPDATE ON alembic_version BEGIN INSERT INTO w VALUES (1); SELECT RAISE(IGNORE);", False), ("rollback", "AFTER UPDATE ON alembic_version BEGIN INSERT INTO w VALUES (1); SELECT RAISE(ROLLBACK, 'no');", False),
                                      ("abort", "AFTER UPDATE ON alembic_version BEGIN SELECT RAISE(ABORT, 'no');", False)):
                tried = os.path.join(home, "tried.db")
                shutil.copy(db, tried)
                fed("PRAGMA journal_mode = %s; CREATE TABLE w (n); %s" % (journal, made and "CREATE TRIGGER au %s END;" % made), tried)
                log = fed(script + "INSERT INTO w VALUES (2); ROLLBACK;\nSELECT 'rows', group_concat(n) FROM w;\n", tried)
                what = "%s: %s, a trigger on the version table: %s" % (case, journal, name)
                check(("not ready" in log) != ready and "rows|2\n" in log, what + "\n" + log)
                log = fed(script, tried)
                check(fed("SELECT group_concat(n) FROM w;", tried).strip() == "2", what + ": something is left")
                shutil.copy(db, tried)
                fed("PRAGMA journal_mode = %s; CREATE TABLE w (n); %s" % (journal, made and "CREATE TRIGGER au %s END;" % made), tried)
                bytes_, time_ = open(tried, "rb").read(), os.stat(tried).st_mtime_ns
                fed(script, tried)
                if client == "sqlite3":
                    check(open(tried, "rb").read() == bytes_ and os.stat(tried).st_mtime_ns == time_, what + ": the file has changed")
                os.remove(tried)
        pasted("sqlite", client, script, ["sqlite3", "-init", "/dev/null", db], {}, fed)
        check(sqlite_state(db) == before and os.listdir(home) == ["a.db"], case + ": nothing was written by any part")
    # names as README says to write them
    for name in ("a b.db", "a%41.db", "a?x.db", "a#x.db", "\u00e4.db"):
        shutil.copy(db, os.path.join(home, name))
        written = name.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        log = fed(preflight(ini, "sqlite", "sqlite3"), os.path.join(home, written))
        check(is_ready(log) and " db=%s " % os.path.join(home, name) in log, "the name %s\n%s" % (name, log))


which = at_once(__file__, ["sqlite", "postgresql", "mariadb"], lambda database: {"sqlite": sqlite, "postgresql": postgresql, "mariadb": mariadb}[database]())
shutil.rmtree(folder)
finish("servers/preflight " + which)
