#!/usr/bin/python3
"""Scripts that fail closed: every client mode x every way to run a script wrongly, on the real servers.

After each run: nothing is changed (or, for the good run, everything is), and the receipt is OK only for the good run.
"""
import os
import re
import shutil
import sqlite3
import sys

from common import EXAMPLE, ROOT, Postgres, check, finish, run, scratch, sqlite_state, waybill

FROM, TO, OTHER = "a4000", "a7000", "a5000"
folder = scratch()

INSERT = """INSERT INTO users (email, full_name, bio) VALUES ('a@example.de', 'A', 'x'), ('b@example.com', 'B', NULL);
INSERT INTO orders (number, user_id, amount) VALUES ('1', 1, 5), ('2', 2, 7);
"""


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
    assert script.count(statement) >= 1, statement
    return script.replace(statement, "BROKEN " + statement, 1)


def receipt_says_ok(log):
    return "result=OK" in log


def scripts(dialect, client, other_database):
    """name -> script, database name setting apart"""
    good = waybill("upgrade", "%s:%s" % (FROM, TO), "--dialect", dialect, "--client", client)
    ini = write("wrong-%s.ini" % dialect, open(EXAMPLE).read().replace("%(here)s", os.path.join(ROOT, "migrations")) +
                "database.%s = %s\n" % (dialect, other_database))
    old = waybill("upgrade", "%s:%s" % (FROM, TO), "--dialect", dialect + (":99" if dialect == "postgresql" else ":99.0"), "--client", client)
    cases = {
        "wrong revision": waybill("upgrade", "%s:%s" % (OTHER, TO), "--dialect", dialect, "--client", client),
        "wrong database": waybill("upgrade", "%s:%s" % (FROM, TO), "--dialect", dialect, "--client", client, ini=ini),
        "old server": old,
    }
    for i, statement in enumerate(own_statements(dialect)):
        cases["failure in statement %d" % (i + 1)] = broken(good, statement)
    return good, cases


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
    for client in ("psql", "generic"):
        good, cases = scripts("postgresql", client, "elsewhere")
        for mode, apply in psql_modes(server).items():
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
            for case, script in cases.items():
                code, log = apply("t", write("case.sql", script))
                check(not receipt_says_ok(log), "%s: %s: the receipt says OK\n%s" % (name, case, log[-400:]))
                if not check(server.state("t") == start, "%s: %s: something changed" % (name, case)):
                    server.create("t", "at_from")
            for case, sql in {"no version table": "drop table alembic_version", "two heads": "insert into alembic_version values ('zzz')",
                              "empty version table": "delete from alembic_version", "missing table": "drop table orders"}.items():
                server.create("t", "at_from")
                server.psql("t", "-qc", sql)
                before = server.state("t")
                code, log = apply("t", write("case.sql", good))
                check(not receipt_says_ok(log) and server.state("t") == before, "%s: %s" % (name, case))
            server.create("t", "at_from")   # a script from base on a database that is not empty
            code, log = apply("t", write("case.sql", base))
            check(not receipt_says_ok(log) and server.state("t") == start, name + ": base script on a full database")


# ---- SQLite ----

def by_library(path, script_path):
    """statement by statement, errors ignored, as a careless tool would do it"""
    db = sqlite3.connect(path, isolation_level=None)
    log, statement = [], ""
    for line in open(script_path, encoding="utf-8"):
        statement += line
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


def sqlite():
    start_path, path = os.path.join(folder, "start.db"), os.path.join(folder, "t.db")
    code, log = SQLITE_MODES["stdin"](start_path, write("base.sql", waybill("upgrade", FROM, "--dialect", "sqlite")))
    check(code == 0 and receipt_says_ok(log), "sqlite: the chain up to %s\n%s" % (FROM, log[-500:]))
    run(["sqlite3", start_path, INSERT])
    start = sqlite_state(start_path)
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
            for case, sql in {"no version table": "drop table alembic_version", "two heads": "insert into alembic_version values ('zzz')",
                              "empty version table": "delete from alembic_version", "missing table": "drop table orders"}.items():
                shutil.copy(start_path, path)
                run(["sqlite3", path, sql])
                before = sqlite_state(path)
                code, log = apply(path, write("case.sql", good))
                check(not receipt_says_ok(log) and sqlite_state(path) == before, "%s: %s" % (name, case))
            shutil.copy(start_path, path)
            code, log = apply(path, write("case.sql", base))
            check(not receipt_says_ok(log) and sqlite_state(path) == start, name + ": base script on a full database")


if __name__ == "__main__":
    wanted = sys.argv[1:] or ["postgresql", "sqlite"]
    if "postgresql" in wanted:
        server = Postgres()
        try:
            postgresql(server)
        finally:
            server.stop()
    if "sqlite" in wanted:
        sqlite()
    shutil.rmtree(folder)
    finish("fail-closed matrix")
