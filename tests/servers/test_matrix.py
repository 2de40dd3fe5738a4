#!/usr/bin/python3
"""Scripts that fail closed: every client mode x every way to run a script wrongly, on the real servers.

After each run: nothing is changed (or, for the good run, everything is), and the receipt is OK only for the good run.

test_matrix.py [--all] [postgresql|mariadb|sqlite ...]: without --all the wrong ways are spread over the modes, each of which has
a part of them; several databases at the same time.
"""
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading

from common import EXAMPLE, ROOT, MariaDB, Postgres, at_once, chain, check, finish, on_mariadb, revision_file, run, scratch, share, sqlite_state, waybill

FROM, TO, OTHER = "a4000", "a7000", "a5000"
folder = scratch()

INSERT = """INSERT INTO users (email, full_name, bio) VALUES ('a@example.de', 'A', 'x'), ('b@example.com', 'B', NULL);
INSERT INTO orders (number, user_id, amount) VALUES ('1', 1, 5), ('2', 2, 7);
"""
WRONG_STATES = [("no version table", "drop table alembic_version"), ("two heads", "insert into alembic_version values ('zzz')"),
                ("empty version table", "delete from alembic_version"), ("missing table", "drop table orders")]


def write(name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def own_statements(dialect):
    """the statements of the revisions between FROM and TO, as they stand in the script"""
    out = os.path.join(folder, "emit-" + dialect)
    waybill("survey", "--dialect", dialect, "--emit", out)
    found = []
    for rev in ("a5000", "a6000", "a7000"):
        text = open(os.path.join(out, dialect, rev + ".up.sql"), encoding="utf-8").read()
        found += [s for s in re.split(r";\n\n?", text) if s.strip() and not s.startswith("SELECT count(*)")]
    return found


def broken(script, statement):
    if statement not in script:   # for any client it stands in a text
        statement = statement.replace("'", "''").replace("\n", "\\n")
    assert script.count(statement) >= 1, statement
    return script.replace(statement, "BROKEN " + statement, 1)


def receipt_says_ok(log):
    return re.search(r"^.?.?\[WAYBILL-RECEIPT\] v=2 .* result=OK", log, re.M) is not None


def scripts(dialect, client, other_database):
    """name -> script, database name setting apart"""
    good = waybill("upgrade", "%s:%s" % (FROM, TO), "--dialect", dialect, "--client", client)
    ini = write("wrong-%s.ini" % dialect, open(EXAMPLE).read().replace("%(here)s", os.path.join(ROOT, "migrations")) +
                "database.%s = %s\n" % (dialect, other_database))
    old = waybill("upgrade", "%s:%s" % (FROM, TO), "--dialect", dialect + (":99" if dialect == "postgresql" else ":99.1"), "--client", client)
    cases = {
        "wrong revision": waybill("upgrade", "%s:%s" % (OTHER, TO), "--dialect", dialect, "--client", client),
        "wrong database": waybill("upgrade", "%s:%s" % (FROM, TO), "--dialect", dialect, "--client", client, ini=ini),
        "old server": old,
    }
    for i, statement in enumerate(own_statements(dialect)):
        cases["failure in statement %d" % (i + 1)] = broken(good, statement)
    return good, cases


def others(dialect, name, fresh, query, apply, state):
    """a script from base where another application has a table: refused, and done with beside = yes"""
    ini = write("beside-%s.ini" % dialect, open(EXAMPLE).read().replace("%(here)s", os.path.join(ROOT, "migrations")) + "beside = yes\n")
    fresh()
    query("create table somebody_elses (id int)")
    before = state()
    code, log = apply(write("case.sql", waybill("upgrade", FROM, "--dialect", dialect)))
    check(not receipt_says_ok(log) and "another application" in log and state() == before, "%s: another application's database\n%s" % (name, log[-400:]))
    code, log = apply(write("case.sql", waybill("upgrade", FROM, "--dialect", dialect, ini=ini)))
    check(receipt_says_ok(log) and "somebody_elses" in state(), "%s: beside = yes\n%s" % (name, log[-400:]))


# ---- PostgreSQL ----

def psql_modes(server):
    return {
        "plain": lambda db, path: server.psql(db, "-f", path),
        "ON_ERROR_STOP": lambda db, path: server.psql(db, "-v", "ON_ERROR_STOP=1", "-f", path),
        "-1": lambda db, path: server.psql(db, "-1", "-f", path),
        "AUTOCOMMIT off": lambda db, path: server.psql(db, "-v", "AUTOCOMMIT=off", "-f", path),
        "stdin": lambda db, path: server.psql(db, stdin=open(path, "rb").read()),
    }


def postgresql(server):
    server.create("at_from")
    for script in (waybill("upgrade", FROM, "--dialect", "postgresql"),):
        code, log = server.psql("at_from", "-f", write("base.sql", script))
        check(code == 0 and receipt_says_ok(log), "postgresql: the chain up to %s\n%s" % (FROM, log[-500:]))
    server.psql("at_from", "-qc", INSERT)
    start = server.state("at_from")
    base = waybill("upgrade", TO, "--dialect", "postgresql")
    others("postgresql", "postgresql", lambda: server.create("t"), lambda sql: server.psql("t", "-qc", sql), lambda path: server.psql("t", "-f", path), lambda: server.state("t"))
    for client in ("psql", "generic"):
        good, cases = scripts("postgresql", client, "elsewhere")
        for turn, (mode, apply) in enumerate(psql_modes(server).items()):
            name = "postgresql %s, %s" % (client, mode)
            server.create("t", "at_from")
            code, log = apply("t", write("good.sql", good))
            after = server.state("t")
            # with AUTOCOMMIT off the generic script, which cannot set it, must not claim success it did not have
            done = "fk_orders_user_id_users" in after and "a7000" in after
            check(done == receipt_says_ok(log) and (done or (client == "generic" and mode == "AUTOCOMMIT off")), name + ": good run\n" + log[-600:])
            if done:
                code, log = apply("t", write("again.sql", good))
                check(not receipt_says_ok(log) and server.state("t") == after, name + ": second run")
            server.create("t", "at_from")
            for case, script in share(list(cases.items()), turn, 5):
                code, log = apply("t", write("case.sql", script))
                check(not receipt_says_ok(log), "%s: %s: the receipt says OK\n%s" % (name, case, log[-400:]))
                if not check(server.state("t") == start, "%s: %s: something changed" % (name, case)):
                    server.create("t", "at_from")
            for case, sql in share(WRONG_STATES, turn, 2):
                server.create("t", "at_from")
                server.psql("t", "-qc", sql)
                before = server.state("t")
                code, log = apply("t", write("case.sql", good))
                check(not receipt_says_ok(log) and server.state("t") == before, "%s: %s" % (name, case))
            server.create("t", "at_from")   # a script from base on a database that is not empty
            code, log = apply("t", write("case.sql", base))
            check(not receipt_says_ok(log) and server.state("t") == start, name + ": base script on a full database")
    moved_meanwhile(server)


def moved_meanwhile(server):
    """another tool does the same and commits while the script waits for it, up or down: it says so and does nothing"""
    move = "BEGIN; UPDATE alembic_version SET version_num = '%s'; SELECT pg_sleep(2); COMMIT;"
    for client in ("psql", "generic"):
        for command, span, at, to in (("upgrade", FROM + ":" + TO, FROM, TO), ("downgrade", TO + ":" + FROM, TO, FROM)):
            name = "postgresql %s, %s while another tool moves the rows" % (client, command)
            server.create("t", "at_from")
            if command == "downgrade":
                server.psql("t", "-f", write("up.sql", waybill("upgrade", FROM + ":" + TO, "--dialect", "postgresql")))
            script = write("case.sql", waybill(command, span, "--dialect", "postgresql", "--client", client))
            before = server.state("t", "alembic_version")
            other = threading.Thread(target=lambda: server.psql("t", "-c", move % to))
            other.start()
            while "t" not in server.psql("t", "-qAtc", "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'alembic_version'::regclass AND mode = 'RowExclusiveLock')")[1]:
                pass
            log = server.psql("t", "-f", script)[1]
            other.join()
            check(not receipt_says_ok(log) and server.state("t", "alembic_version") == before, "%s\n%s" % (name, log[-500:]))


# ---- SQLite ----

def by_library(path, script_path):
    """statement by statement, errors ignored, as a careless tool would do it"""
    db = sqlite3.connect(path, isolation_level=None)
    log, statement = [], ""
    for piece in re.split("(?<=;)", open(script_path, encoding="utf-8").read()):
        statement += piece
        if sqlite3.complete_statement(statement):
            try:
                log += [str(row) for row in db.execute(statement)]
            except sqlite3.Error as e:
                log.append("ERROR " + str(e))
            statement = ""
    db.close()
    return 0, "\n".join(log)


def by_executescript(path, script_path):
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.executescript(open(script_path, encoding="utf-8").read())
        log = ""
    except sqlite3.Error as e:
        log = "ERROR " + str(e)
    db.close()
    return 0, log


SQLITE_MODES = {
    "stdin": lambda path, script: run(["sqlite3", path], stdin=open(script, "rb")),
    "-bail": lambda path, script: run(["sqlite3", "-bail", path], stdin=open(script, "rb")),
    ".read": lambda path, script: run(["sqlite3", path, ".read " + script]),
    "-bail .read": lambda path, script: run(["sqlite3", "-bail", path, ".read " + script]),
}


SESSION_BASE = """    op.create_table("wb_users", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(20)))
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("v", sa.Integer()))
    op.create_index("ix_t", "t", ["v"])
    op.create_table("waybill_log", sa.Column("id", sa.Integer(), primary_key=True))"""
SESSION_STEP = """    op.add_column("wb_users", sa.Column("z", sa.Integer()))
    op.execute("UPDATE wb_users SET name = 'changed'")
    op.drop_index("ix_t", "t")
    op.execute("UPDATE ext SET x = 1")"""


# a transaction that is rolled back, or cut off, leaves part of itself
NOTHING_UNDONE = ("journal_mode = OFF", "main.journal_mode = OFF", "journal_mode = MEMORY", "synchronous = OFF")


def sqlite_kept(ini, db, work):
    """a database that is no file: what is done is gone with the session"""
    opened = {"in memory": [":memory:"], "no name": [""], "none": [], "a copy in memory": ["-deserialize", work], "URI": ["file:x?mode=memory&cache=shared"], "vfs": ["file:/x?vfs=memdb"], "shared": ["-vfs", "memdb", "/x"]}
    commands = [".open :memory:", ".open --new :memory:", ".open --deserialize %s" % work, ".open \"\""]
    runs = [(name, args, "") for name, args in opened.items()] + [(command, [work], command + "\n") for command in commands]
    for client in ("sqlite3", "generic"):
        scripts = {span: [waybill("upgrade", span, "--dialect", "sqlite", "--client", client, *more, ini=ini) for more in ((), ("--preflight",))] for span in ("base:r1", "r1:r2")}
        for name, args, before in runs:
            for span in ("base:r1", "r1:r2"):
                for text in scripts[span]:
                    shutil.copy(db, work)
                    state = sqlite_state(work)
                    log = run(["sqlite3", *args], input=(before + text).encode(), stdin=None)[1]
                    said = "nothing would be kept" in log or span == "r1:r2" and "no such table: alembic_version" in log   # there is nothing in it
                    check("result=OK" not in log and said and not re.search("(?<!not) ready$", log.rstrip()),
                          "sqlite %s, %s, %s is not refused\n%s" % (client, name, span, log[-900:]))
                    check(sqlite_state(work) == state, "sqlite %s, %s, %s: the file has changed" % (client, name, span))


def sqlite_no_tables(home, db, work):
    """what stands under the name of a table and is none"""
    ini = home + "/beside.ini"
    write(ini, "[alembic]\nscript_location = %(here)s\n[waybill]\nbeside = yes\n")
    view = "CREATE VIEW %s AS SELECT * FROM av; CREATE TRIGGER v1 INSTEAD OF INSERT ON %s BEGIN INSERT INTO av VALUES (new.version_num); END; CREATE TRIGGER v2 INSTEAD OF UPDATE ON %s BEGIN UPDATE av SET version_num = new.version_num; END;" % (("alembic_version",) * 3)
    base = {"a view of versions": "CREATE TABLE av (version_num); " + view, "a virtual table of versions": "CREATE VIRTUAL TABLE Alembic_Version USING fts5(version_num)", "a view of t": "CREATE VIEW T AS SELECT 1 AS id, 2 AS v"}
    later = {"a view of versions": "ALTER TABLE alembic_version RENAME TO av; " + view, "a virtual table of versions": "DROP TABLE alembic_version; CREATE VIRTUAL TABLE alembic_version USING fts5(version_num); INSERT INTO alembic_version VALUES ('r1')",
             "a view of t": "ALTER TABLE t RENAME TO real; CREATE VIEW t AS SELECT * FROM real; CREATE INDEX again ON real (v)", "a virtual table t": "DROP TABLE t; CREATE VIRTUAL TABLE t USING fts5(id, v); CREATE TABLE other (v); CREATE INDEX ix_t ON other (v)",
             "a virtual table wb_users": "DROP TABLE wb_users; CREATE VIRTUAL TABLE wb_users USING rtree(id, a, b)"}
    for client in ("sqlite3", "generic"):
        for span, cases in (("base:r1", base), ("r1:r2", later)):
            texts = [waybill("upgrade", span, "--dialect", "sqlite", "--client", client, *more, ini=ini) for more in ((), ("--preflight",))]
            for name, made in cases.items():
                if os.path.exists(work):
                    os.remove(work)
                if span != "base:r1":
                    shutil.copy(db, work)
                log = run(["sqlite3", work, made])[1]
                check(not log, "%s: %s" % (name, log))
                state = sqlite_state(work)
                for text in texts:
                    log = run(["sqlite3", work], input=text.encode(), stdin=None)[1]
                    check("result=OK" not in log and re.search("is a view or a virtual|or a view or virtual|or are views or virtual|exist already", log) and not re.search("(?<!not) ready$", log.rstrip()),
                          "sqlite %s, %s, %s is not refused\n%s" % (client, span, name, log[-900:]))
                    check(sqlite_state(work) == state, "sqlite %s, %s, %s: something has changed\n%s" % (client, span, name, log[-900:]))


def sqlite_sessions():
    """what else a session may hold: objects that stand before the database's own, other files, triggers that are switched off"""
    home = os.path.join(folder, "session")
    ini, db, other, work = chain(home, ("r1", None, SESSION_BASE), ("r2", "r1", SESSION_STEP)), home + "/a.db", home + "/o.db", home + "/w.db"

    def fed(path, sql):
        return run(["sqlite3", path], input=sql.encode(), stdin=None)[1]
    log = fed(db, waybill("upgrade", "base:r1", "--dialect", "sqlite", ini=ini))
    check("result=OK" in log, "sessions: r1\n" + log)
    fed(db, "INSERT INTO wb_users (name) VALUES ('a'), ('b'); CREATE TABLE ext (x); INSERT INTO ext VALUES (5);")
    fed(other, "CREATE TABLE t (id, v); CREATE INDEX ix_t ON t (v); CREATE TABLE ext (x); INSERT INTO ext VALUES (5); CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES ('r1'); CREATE TABLE wb_users (id, name);")
    attach = "ATTACH '%s' AS o;" % other
    refused = {"temp table": "CREATE TEMP TABLE wb_users (id INT, name TEXT);", "temp view": "CREATE TEMP VIEW wb_users AS SELECT 1 AS id, 2 AS name;", "temp trigger": "CREATE TEMP TRIGGER wb_x AFTER UPDATE ON wb_users BEGIN SELECT 1; END;",
               "temp table like the script's": "CREATE TEMP TABLE waybill_log (id INT);", "temp table drop": "CREATE TEMP TABLE waybill_drop AS SELECT 'a.db';", "a temp index": "CREATE TEMP TABLE h (a); CREATE INDEX temp.wb_mark ON h (a);",
               "a trigger of a name of its own": "CREATE TEMP TRIGGER wb_write AFTER UPDATE ON wb_users BEGIN SELECT 1; END;", "another file": attach, "another file under the preflight's name": "ATTACH '%s' AS waybill_preflight;" % other, "a file in memory": "ATTACH ':memory:' AS o;",
               "another file, without the index": "DROP INDEX main.ix_t;" + attach, "another file, without the table": "DROP TABLE main.ext;" + attach, "no triggers": "\n.dbconfig enable_trigger off\n",
               **{name: "PRAGMA %s;" % name for name in NOTHING_UNDONE}}
    accepted = {**{name: "PRAGMA %s;" % name for name in ("journal_mode = WAL", "journal_mode = PERSIST", "main.journal_mode = TRUNCATE", "synchronous = NORMAL", "trusted_schema = OFF")}, "nothing": "", "the word to drop": "CREATE TEMP VIEW waybill_drop AS SELECT 'a.db';", "what a run left": "CREATE TEMP TABLE waybill_guard (passed, what, value); CREATE TEMP TABLE wb_mark (step, sv, tc); INSERT INTO wb_mark VALUES (1, 1, 1), (2, 1, 1), (3, 1, 1); CREATE TEMP TABLE wb_gate (found); CREATE TEMP TABLE wb_env (fk); CREATE TEMP TABLE waybill_before (m, t, k, r); CREATE TEMP VIEW waybill_keys AS SELECT 1, 2, 3, 4; CREATE TEMP VIEW waybill_broken AS SELECT 1 WHERE 0;",
                "a step of an earlier run": "CREATE TEMP TABLE wb_mark (step); CREATE TEMP TRIGGER wb_step AFTER INSERT ON wb_mark BEGIN SELECT 1; END;"}
    for client in ("sqlite3", "generic"):
        script, preflight = (waybill("upgrade", "r1:r2", "--dialect", "sqlite", "--client", client, *more, ini=ini) for more in ((), ("--preflight",)))
        for name, before in (*refused.items(), *accepted.items()):
            shutil.copy(db, work)
            held = run(["sqlite3", other, ".dump"])[1]
            setup, _, session = before.partition(attach) if before.endswith(attach) else ("", "", before)
            fed(work, setup)
            state = sqlite_state(work)
            log = fed(work, (attach if before.endswith(attach) else session) + "\n" + script)
            what = "sqlite %s, a session with %s" % (client, name)
            check(run(["sqlite3", other, ".dump"])[1] == held, what + ": the other file has changed")
            if name in accepted:
                rows = sqlite3.connect(work).execute("SELECT name FROM wb_users").fetchall()
                check("result=OK" in log and rows == [("changed",)] * 2, what + " is refused\n" + log[-900:])
                continue
            check("result=OK" not in log and sqlite_state(work) == state, what + ": something has changed\n" + log[-900:])
            said = "nothing would be kept" if name in NOTHING_UNDONE else "do not fire" if name == "no triggers" else "already an index named" if name == "a temp index" and client == "generic" else "the session has temporary tables"
            check(said in log, what + " is not named\n" + log[-900:])
            log = fed(work, (attach if before.endswith(attach) else session) + "\n" + preflight)
            check("not ready" in log and sqlite_state(work) == state, what + ": the preflight says ready\n" + log[-900:])
        # the frame's own names
        for body in ("op.create_table('%s', sa.Column('id', sa.Integer(), primary_key=True))", "op.execute('CREATE TABLE [%s] (a)')", "op.execute('UPDATE %s SET a = 1')", "op.execute('CREATE VIEW v AS SELECT * FROM \"%s\"')"):
            for name in ("waybill_guard", "WAYBILL_DROP", "wb_mark", "waybill_Keys", "waybill_before", "waybill_broken", "waybill_shape"):
                write(home + "/versions/r3.py", revision_file("r3", "r2", body % name))
                waybill("upgrade", "r2:r3", "--dialect", "sqlite", "--client", client, ini=ini, want=1)
        write(home + "/versions/r3.py", revision_file("r3", "r2", "op.execute('CREATE TABLE wb_marks (a)')"))
        waybill("upgrade", "r2:r3", "--dialect", "sqlite", "--client", client, ini=ini)
        os.remove(home + "/versions/r3.py")
    sqlite_kept(ini, db, work)
    sqlite_no_tables(home, db, work)


def sqlite():
    start_path, path = os.path.join(folder, "start.db"), os.path.join(folder, "t.db")
    code, log = SQLITE_MODES["stdin"](start_path, write("base.sql", waybill("upgrade", FROM, "--dialect", "sqlite")))
    check(code == 0 and receipt_says_ok(log), "sqlite: the chain up to %s\n%s" % (FROM, log[-500:]))
    run(["sqlite3", start_path, INSERT])
    start = sqlite_state(start_path)
    others("sqlite", "sqlite", lambda: os.path.exists(path) and os.unlink(path), lambda sql: run(["sqlite3", path, sql]), lambda script: SQLITE_MODES["stdin"](path, script), lambda: sqlite_state(path))
    for client in ("sqlite3", "generic"):
        base = waybill("upgrade", TO, "--dialect", "sqlite", "--client", client)
        good, cases = scripts("sqlite", client, "elsewhere.db")
        modes = dict(SQLITE_MODES)
        if client == "generic":
            modes.update({"library": by_library, "executescript": by_executescript})
        for mode, apply in modes.items():
            name = "sqlite %s, %s" % (client, mode)
            shutil.copy(start_path, path)
            code, log = apply(path, write("good.sql", good))
            after = sqlite_state(path)
            check("fk_orders_user_id_users" in after and "a7000" in after, name + ": good run\n" + log[-600:])
            check(receipt_says_ok(log) or mode == "executescript", name + ": good run: no receipt\n" + log[-600:])
            code, log = apply(path, write("again.sql", good))
            check(not receipt_says_ok(log) and sqlite_state(path) == after, name + ": second run")
            for case, script in cases.items():
                shutil.copy(start_path, path)
                code, log = apply(path, write("case.sql", script))
                check(not receipt_says_ok(log), "%s: %s: the receipt says OK\n%s" % (name, case, log[-400:]))
                check(sqlite_state(path) == start, "%s: %s: something changed\n%s" % (name, case, log[-300:]))
            for case, sql in WRONG_STATES:
                shutil.copy(start_path, path)
                run(["sqlite3", path, sql])
                before = sqlite_state(path)
                code, log = apply(path, write("case.sql", good))
                check(not receipt_says_ok(log) and sqlite_state(path) == before, "%s: %s" % (name, case))
            shutil.copy(start_path, path)
            code, log = apply(path, write("case.sql", base))
            check(not receipt_says_ok(log) and sqlite_state(path) == start, name + ": base script on a full database")


# ---- MariaDB ----

def mariadb_modes(server):
    def source(database, path, user="root"):
        return server.client(database, "--default-character-set=utf8mb4", "-vv", "-e", "source " + path, user=user)

    def force(database, path, user="root"):
        with open(path, "rb") as f:
            return server.client(database, "--default-character-set=utf8mb4", "--show-warnings", "--force", "-vv", stdin=f.read(), user=user)

    def open_transaction(database, path):
        text = "set autocommit = 0, completion_type = 2; start transaction; insert into orders (number, user_id, amount) values ('left open', 1, 1);\nsource %s\n" % path
        return server.client(database, "--default-character-set=utf8mb4", "-vv", "--force", stdin=text.encode())

    return {"<": server.apply, "source": source, "--force": force, "--force as an application's user": lambda d, p: force(d, p, "app"),
            "open transaction": open_transaction}


def versions(server):
    return server.query("t", "select version_num from alembic_version order by 1").split()


def mariadb_prefixes(server, dump):
    """what stands in the database when statement k of the range fails, for each k: (text of the statement, state, version)"""
    out = os.path.join(folder, "emit-mariadb")
    waybill("survey", "--dialect", "mariadb", "--emit", out)
    server.create("t", dump)
    found, version = [], FROM
    for rev in ("a5000", "a6000", "a7000"):
        text = open(os.path.join(out, "mariadb", rev + ".up.sql"), encoding="utf-8").read()
        for s in [s for s in re.split(r";\n\n?", text) if s.strip()]:
            found.append((s, server.state("t"), version))
            server.query("t", s)
        server.query("t", "update alembic_version set version_num = '%s'" % rev)
        version = rev
    return found


def refused(server, name, apply, script, before, same=True):
    """runs a script that must change nothing"""
    code, log = apply("t", write("case.sql", script))
    check(not receipt_says_ok(log), "%s: the receipt says OK\n%s" % (name, log[-400:]))
    check(not same or server.state("t") == before, "%s: something changed\n%s" % (name, log[-400:]))
    return log


def mariadb_failures(server, name, apply, good, dump, prefixes, turn):
    for i, (statement, state, version) in share(list(enumerate(prefixes)), turn, 4):
        case = "%s: failure in statement %d" % (name, i + 1)
        server.create("t", dump)
        code, log = apply("t", write("case.sql", broken(good, statement)))
        check(not receipt_says_ok(log), case + ": the receipt says OK")
        check(server.state("t") == state and versions(server) == [version], case + ": not exactly the statements before it are there\n" + log[-600:])
        steps = re.findall(r"^\[WAYBILL-STEP \d+\.\d+\]$", log, re.M)
        check(len(steps) == i, "%s: the log says %d statements done" % (case, len(steps)))
        refused(server, case + ", run again", apply, good, state)


def mariadb_wrong_states(server, name, apply, good, base, dump, start, turn):
    for case, sql in share(WRONG_STATES + [("other case", "update alembic_version set version_num = 'A4000'"), ("a run that stopped", "alter table alembic_version comment = 'waybill: x'")], turn, 2):
        server.create("t", dump + sql)
        refused(server, "%s: %s" % (name, case), apply, good, server.state("t"))
    server.create("t", dump)
    refused(server, name + ": base script on a full database", apply, base, start)
    server.query("t", "drop table alembic_version")
    refused(server, name + ": base script, no version table, tables are there", apply, base, server.state("t"))
    # somebody moves the version row while the script runs
    server.create("t", dump)
    moved = re.sub(r"^(?=.*ALTER TABLE users ADD COLUMN status)", "UPDATE alembic_version SET version_num = 'moved';\n", good, count=1, flags=re.M)
    log = refused(server, name + ": version row moved", apply, moved, None, False)
    check(versions(server) == ["moved"] and "ix_orders_user_id" not in server.state("t"), name + ": version row moved: the next revision is not begun\n" + log[-300:])


def failed_questions(server, name, apply, script, dump):
    """each statement up to the first step fails, where the guard would refuse: what it leaves behind must not let the script pass"""
    head = script[:script.index("\n-- The version table\n") if "\n-- The version table\n" in script else script.index("\n-- 1/")]
    ends = [m.end() for m in re.finditer(r";\n", head)]
    for begin in [0] + ends[:-1]:
        broken_script = script[:begin] + re.sub(r"^((?:\s|--[^\n]*\n)*)", r"\1BROKEN ", script[begin:], count=1)
        server.create("t", dump)
        refused(server, "%s: the guard's statement at %d fails" % (name, begin), apply, broken_script, server.state("t"))


def held_lock(server, modes, good, start):
    """each mode waits its few seconds: all at once"""
    holder = subprocess.Popen(["mariadb", "--no-defaults", "-n", "-N", "-S", server.socket, "-u", "root"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    holder.stdin.write(b"select get_lock(concat('waybill:', md5('t')), 0);\n")
    holder.stdin.flush()
    check(holder.stdout.readline().strip() == b"1", "the lock is held")
    path, logs = write("case.sql", good), {}
    threads = [threading.Thread(target=lambda m=mode, a=apply: logs.update({m: a("t", path)[1]})) for mode, apply in modes.items()]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    holder.stdin.close()
    holder.wait()
    for mode, log in logs.items():
        check("another run holds the lock" in log and not receipt_says_ok(log), "mariadb, %s: held lock\n%s" % (mode, log[-300:]))
    check(len(logs) == len(modes) and server.state("t") == start, "mariadb: held lock: something changed")


def two_at_once(server, apply, good, dump):
    server.create("t", dump)
    path, logs = write("case.sql", good), []
    threads = [threading.Thread(target=lambda: logs.append(apply("t", path)[1])) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check(sorted(receipt_says_ok(log) for log in logs) == [False, True] and versions(server) == [TO], "mariadb: two runs at once: one OK, one refused")


def mariadb(server):
    server.create("t")
    base = waybill("upgrade", TO, "--dialect", "mariadb")
    code, log = server.apply("t", write("base.sql", waybill("upgrade", FROM, "--dialect", "mariadb")))
    check(code == 0 and receipt_says_ok(log), "mariadb: the chain up to %s\n%s" % (FROM, log[-500:]))
    server.query("t", INSERT)
    start, dump = server.state("t"), server.dump("t")
    others("mariadb", "mariadb", lambda: server.create("t"), lambda sql: server.query("t", sql), lambda script: server.apply("t", script), lambda: server.state("t"))
    server.create("t", dump)
    check(server.state("t") == start, "mariadb: a dump gives the same database")
    prefixes = mariadb_prefixes(server, dump)
    good, cases = scripts("mariadb", "mariadb", "elsewhere")
    cases = {name: script for name, script in cases.items() if "failure" not in name}
    cases["wrong product"] = waybill("upgrade", "%s:%s" % (FROM, TO), "--dialect", "mysql")
    ini = write("schema.ini", open(EXAMPLE).read().replace("%(here)s", os.path.join(ROOT, "migrations")) + "schema.mariadb = elsewhere\n")
    cases["wrong schema"] = waybill("upgrade", "%s:%s" % (FROM, TO), "--dialect", "mariadb", ini=ini)
    modes = mariadb_modes(server)
    runs = [("mariadb, " + mode, apply, good, cases, base) for mode, apply in modes.items()]
    generic, generic_cases = scripts("mariadb", "generic", "elsewhere")
    runs.append(("mariadb generic, source", modes["source"], generic, {"wrong revision": generic_cases["wrong revision"]}, base))
    mysql, mysql_cases = scripts("mysql", "mysql", "elsewhere")
    mysql_cases = {name: on_mariadb(script) for name, script in mysql_cases.items() if "failure" not in name}
    for mode in ("<", "--force"):
        runs.append(("mysql on MariaDB, " + mode, modes[mode], on_mariadb(mysql), mysql_cases, on_mariadb(waybill("upgrade", TO, "--dialect", "mysql"))))
    for turn, (name, apply, script, wrong, from_base) in enumerate(runs):
        server.create("t", dump)
        code, log = apply("t", write("good.sql", script))
        after = server.state("t")
        check(receipt_says_ok(log) and "fk_orders_user_id_users" in after and versions(server) == [TO], name + ": good run\n" + log[-600:])
        check("steps=9/9" in log and "left open" not in after, name + ": all steps")
        refused(server, name + ": second run", apply, script, after)
        server.create("t", dump)
        for case, text in wrong.items():
            refused(server, "%s: %s" % (name, case), apply, text, start)
        refused(server, name + ": no database", lambda _, path: apply("", path), script, start)
        mariadb_failures(server, name, apply, script, dump, prefixes, turn)
        mariadb_wrong_states(server, name, apply, script, from_base, dump, start, turn)
    failed_questions(server, "mariadb, wrong revision", modes["--force"], cases["wrong revision"], dump)
    failed_questions(server, "mariadb, from base", modes["--force"], base, dump)
    failed_questions(server, "mysql on MariaDB, from base", modes["--force"], on_mariadb(waybill("upgrade", TO, "--dialect", "mysql")), dump)
    server.create("t", dump)
    held_lock(server, modes, good, start)
    two_at_once(server, modes["--force"], good, dump)


def one(database):
    if database == "sqlite":
        sqlite()
        sqlite_sessions()
    else:
        server = Postgres() if database == "postgresql" else MariaDB()
        try:
            {"postgresql": postgresql, "mariadb": mariadb}[database](server)
        finally:
            server.stop()


if __name__ == "__main__":
    finish("fail-closed matrix, " + at_once(__file__, ("postgresql", "mariadb", "sqlite"), one))
