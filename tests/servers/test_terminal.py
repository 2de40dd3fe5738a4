#!/usr/bin/python3
"""Scripts on terminals: pasted whole, pasted in halves, with the connection killed behind each statement, under the settings of
drivers that take errors back. The receipt is OK only where everything is done, and nothing is kept of a part.

test_terminal.py [--all] [postgresql|sqlite|mariadb ...]: without --all every n-th cut.
"""
import os
import re
import shutil
import subprocess
import sys

import terminal
from common import EXAMPLE, ROOT, MariaDB, Postgres, check, finish, run, scratch, sqlite_state, waybill

folder = scratch()
runs = 0

THREE = '''"""A column, an index outside the transaction, rows"""
from alembic import op
import sqlalchemy as sa
revision = "s2"
down_revision = "s1"


def upgrade():
    op.add_column("t", sa.Column("c", sa.Integer()))
    with op.get_context().autocommit_block():
        op.create_index("ix_t_n", "t", ["n"], postgresql_concurrently=True)
    op.execute("UPDATE t SET c = id")
    op.create_table("u", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    pass
'''
ONE = '''"""A table with rows"""
from alembic import op
import sqlalchemy as sa
revision = "s1"
down_revision = None


def upgrade():
    t = op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("n", sa.String(20)))
    op.bulk_insert(t, [{"id": 1, "n": "a"}, {"id": 2, "n": "b"}])


def downgrade():
    pass
'''
INSERT = """INSERT INTO users (email, full_name, bio) VALUES ('a@example.de', 'A', 'x'), ('b@example.com', 'B', NULL);
INSERT INTO orders (number, user_id, amount) VALUES ('1', 1, 5), ('2', 2, 7);
"""


def three_sections(dialect):
    """a project whose second revision needs three transactions: where the server cannot do so within one, by setting"""
    home = os.path.join(folder, "three-" + dialect)
    os.makedirs(os.path.join(home, "versions"))
    open(os.path.join(home, "versions", "s1.py"), "w").write(ONE)
    text = THREE
    if dialect == "sqlite":   # its sections are revisions
        parts = ['op.add_column("t", sa.Column("c", sa.Integer()))', 'op.execute("UPDATE t SET c = id")', 'op.create_table("u", sa.Column("id", sa.Integer(), primary_key=True))']
        for n, part in enumerate(parts):
            one = ONE.replace('"s1"', '"s%d"' % (n + 2)).replace("None", '"s%d"' % (n + 1))
            open(os.path.join(home, "versions", "s%d.py" % (n + 2)), "w").write(re.sub(r"    t = op.*?\n    op.bulk.*?\n", "    " + part.replace("\\", "\\\\") + "\n", one, flags=re.S))
    else:
        open(os.path.join(home, "versions", "s2.py"), "w").write(text)
    ini = os.path.join(home, "alembic.ini")
    open(ini, "w").write("[alembic]\nscript_location = %(here)s\n[waybill]\nproduct = three\n" + ("transaction = step\n" if dialect == "sqlite" else ""))
    return ini, "s1", "s4" if dialect == "sqlite" else "s2"


class Case:
    """One script at one database: what stands there before, and after each of its sections."""

    def __init__(self, name, script, states, plain):
        self.name, self.script, self.states, self.plain = name, script, states, plain


def judge(case, what, log, state, whole=False, may=()):
    """the one rule of all runs; `may`: what else a run of this kind may leave"""
    global runs
    runs += 1
    results, name = terminal.receipts(log), "%s: %s" % (case.name, what)
    done = state == case.states[-1]
    check("OK" not in results or done, "%s: the receipt says OK\n%s" % (name, log[-1500:]))
    check(state in case.states or state in may, "%s: a part was kept\n%s" % (name, log[-1500:]))
    check("result=OK" not in re.sub(r"\[WAYBILL-RECEIPT\][^\n]*", "", log), name + ": result=OK stands elsewhere than in a receipt")
    if whole:
        check(results == ["OK"] and done, "%s: not OK\n%s" % (name, log[-1500:]))


# ---- PostgreSQL ----

class Psql:
    dialect = "postgresql"
    kill = "SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())"

    def __init__(self):
        self.server = Postgres()
        self.env = {"PGHOST": self.server.folder, "PGUSER": "postgres", "PAGER": "cat"}
        self.bases = 0

    def stop(self):
        self.server.stop()

    def cases(self):
        for ini, start, end, rows in ((EXAMPLE, "a4000", "a7000", INSERT), (*three_sections("postgresql"), "")):
            self.bases += 1
            base = "base%d" % self.bases
            self.server.create(base)
            path = write("base.sql", waybill("upgrade", start, "--dialect", "postgresql", ini=ini))
            code, log = self.server.psql(base, "-f", path)
            assert code == 0, log
            self.server.psql(base, "-qc", rows or "select 1")
            for client in ("psql", "generic"):
                script = waybill("upgrade", "%s:%s" % (start, end), "--dialect", "postgresql", "--client", client, ini=ini)
                yield base, Case("postgresql %s %s" % (client, os.path.basename(os.path.dirname(ini))), script, self.states(base, script), ini)

    def fresh(self, base):
        self.server.create("t", base)

    def state(self):
        """what is not the frame's own: its journal"""
        return self.server.state("t", without="waybill_journal")

    def states(self, base, script):
        """before, and after each section, by running the script up to there"""
        self.fresh(base)
        states = [self.state()]
        heads = [m.start() for m in re.finditer(r"^-- Section \d", script, re.M)][1:] + [len(script)]
        for end in heads:
            self.fresh(base)
            self.server.psql("t", stdin=script[:end].encode())
            states.append(self.state())
        return states

    def alone(self, base, case, at):
        """what the generic script's statement outside a transaction does by itself, which its first lines say"""
        statement = re.search(r"^CREATE INDEX CONCURRENTLY.*?;$", case.script[at:], re.M | re.S)
        if "generic" not in case.name or not statement:
            return ()
        self.fresh(base)
        self.server.psql("t", stdin=statement.group(0).encode())
        return (self.state(),)

    def type_(self, text, **kw):
        return terminal.typed(["psql", "-X", "-d", "t"], text, env=self.env, **kw)

    def batch(self, text, *args):
        path = write("batch.sql", text)
        return self.server.psql("t", *args, "-f", path)[1]

    def killed_after(self, script, at):
        """the backend ends itself behind the statement: within an input of several, in it"""
        joint = script[:at].endswith("\\;\n")
        return script[:at] + self.kill + (" \\;\n" if joint else ";\n") + script[at:]

    def special(self, base, case):
        may = self.alone(base, case, 0)
        for name, args in (("ON_ERROR_ROLLBACK=on", ["-v", "ON_ERROR_ROLLBACK=on"]), ("AUTOCOMMIT=off", ["-v", "AUTOCOMMIT=off"]),
                           ("both", ["-v", "ON_ERROR_ROLLBACK=on", "-v", "AUTOCOMMIT=off"]), ("-S", ["-S"]), ("-1", ["-1"])):
            self.fresh(base)
            log = self.batch(case.script, *args)
            judge(case, name + ", good", log, self.state(), whole=not (name == "-1" and len(case.states) > 2) and name != "-S")   # one line is one statement there
            for n, at in enumerate(cuts(case, "postgresql", 6)):
                self.fresh(base)
                log = self.batch(broken(case.script, at), *args)
                judge(case, "%s, failure behind %d" % (name, n), log, self.state(), may=may)
        self.fresh(base)   # a temporary table of the same name is not the one that is meant
        log = self.batch("CREATE TEMP TABLE t (id int, n text); CREATE TEMP TABLE orders (id int, number text, user_id int); CREATE TEMP TABLE users (id int); CREATE TEMP TABLE alembic_version (version_num text);\n" + case.script)
        judge(case, "temporary tables of the same names", log, self.state(), whole=True)


# ---- SQLite ----

class Sqlite:
    dialect = "sqlite"

    def __init__(self):
        self.path = os.path.join(folder, "t.db")

    def stop(self):
        pass

    def cases(self):
        for ini, start, end, rows in ((EXAMPLE, "a4000", "a7000", INSERT), (*three_sections("sqlite"), "")):
            base = os.path.join(folder, "base-%s.db" % start)
            code, log = run(["sqlite3", base], stdin=open(write("base.sql", waybill("upgrade", start, "--dialect", "sqlite", ini=ini)), "rb"))
            assert code == 0, log
            run(["sqlite3", base, rows or "select 1"])
            for client in ("sqlite3", "generic"):
                if client == "generic" and ini != EXAMPLE:
                    continue   # it is one transaction
                script = waybill("upgrade", "%s:%s" % (start, end), "--dialect", "sqlite", "--client", client, ini=ini)
                yield base, Case("sqlite %s %s" % (client, os.path.basename(os.path.dirname(ini))), script, self.states(base, script), ini)

    def fresh(self, base):
        for end in ("", "-journal", "-wal"):
            if os.path.exists(self.path + end):
                os.unlink(self.path + end)
        shutil.copy(base, self.path)

    def state(self):
        return sqlite_state(self.path)

    def states(self, base, script):
        self.fresh(base)
        states = [self.state()]
        heads = [m.start() for m in re.finditer(r"^-- Section \d", script, re.M)][1:] + [len(script)]
        for end in heads:
            self.fresh(base)
            run(["sqlite3", self.path], stdin=open(write("part.sql", script[:end]), "rb"))
            states.append(self.state())
        return states

    def type_(self, text, **kw):
        return terminal.typed(["sqlite3", self.path], text, **kw)

    def batch(self, text, *args):
        with open(write("batch.sql", text), "rb") as f:
            return run(["sqlite3", *args, self.path], stdin=f)[1]

    def alone(self, base, case, at):
        return ()

    killed_after = None   # a process that is killed runs nothing more

    def special(self, base, case):
        for args in ((), ("-interactive",), ("-bail",), ("-batch",)):
            self.fresh(base)
            judge(case, " ".join(args) + " good", self.batch(case.script, *args), self.state(), whole=True)
            judge(case, " ".join(args) + " again", self.batch(case.script, *args), self.state())
            for n, at in enumerate(cuts(case, "sqlite", 12)):
                self.fresh(base)
                judge(case, "%s, failure behind %d" % (" ".join(args), n), self.batch(broken(case.script, at), *args), self.state())
        self.fresh(base)
        shadow = "CREATE TEMP TABLE t (id int, n text); CREATE TEMP TABLE orders (id int, number text, user_id int); CREATE TEMP TABLE users (id int); CREATE TEMP TABLE alembic_version AS SELECT * FROM main.alembic_version;\n"
        log = self.batch(shadow + case.script)
        judge(case, "temporary tables of the same names", log, self.state())
        check("temporary" in log and "OK" not in terminal.receipts(log), case.name + ": temporary tables are refused")


# ---- MariaDB ----

class Maria:
    dialect = "mariadb"
    kill = "KILL CONNECTION CONNECTION_ID()"

    def __init__(self):
        self.server = MariaDB()

    def stop(self):
        self.server.stop()

    def cases(self):
        for ini, start, end, rows in ((EXAMPLE, "a4000", "a7000", INSERT), (*three_sections("mariadb"), "")):
            self.server.create("t")
            path = write("base.sql", waybill("upgrade", start, "--dialect", "mariadb", ini=ini))
            code, log = self.server.apply("t", path)
            assert code == 0, log
            self.server.query("t", rows or "select 1")
            base = self.server.dump("t")
            for client in ("mariadb", "generic"):
                script = waybill("upgrade", "%s:%s" % (start, end), "--dialect", "mariadb", "--client", client, ini=ini)
                yield base, Case("mariadb %s %s" % (client, os.path.basename(os.path.dirname(ini))), script, self.states(base, script, ini), ini)

    def fresh(self, base):
        self.server.create("t", base)

    def state(self):
        return self.server.state("t")

    def states(self, base, script, ini):
        """after each statement, as each commits itself: the script given to one client in pieces"""
        self.fresh(base)
        states, start = [self.state()], 0
        client = subprocess.Popen(["mariadb", "--no-defaults", "-n", "-N", "-S", self.server.socket, "-u", "root", "--default-character-set=utf8mb4", "t"],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for at in terminal.boundaries(script, "mariadb"):
            client.stdin.write(script[start:at].encode())
            start = at
            if not script[:at].rstrip("\n").rpartition("\n")[2].startswith("SET SESSION tx_read_only"):
                continue   # asking in between would make the gate lose what it looks at
            client.stdin.write(b"SELECT 'at %d';\n" % at)
            client.stdin.flush()
            while client.stdout.readline().strip() != b"at %d" % at:
                pass
            state = self.state()
            if state != states[-1]:
                states.append(state)
        client.stdin.close()
        client.wait()
        states += [self.state()] if self.state() != states[-1] else []
        return states

    def alone(self, base, case, at):
        """what the statement behind the offset does by itself, which the stock script's first lines say"""
        ends = [e for e in terminal.boundaries(case.script, "mariadb") if e > at]
        if ends and case.script[at:].startswith("SELECT '[WAYBILL-STEP"):
            ends = ends[1:]
        if "generic" in case.name or not at or not ends:
            return ()
        self.fresh(base)
        self.server.client("t", "--default-character-set=utf8mb4", stdin=case.script[at:ends[0]].encode())
        return (self.state(),)

    def type_(self, text, **kw):
        return terminal.typed(["mariadb", "--no-defaults", "-S", self.server.socket, "-u", "root", "--reconnect", "t"], text, **kw)

    def batch(self, text, *args):
        return self.server.client("t", *args, stdin=text.encode())[1]

    def killed_after(self, script, at):
        return script[:at] + self.kill + ";\n" + script[at:]

    def special(self, base, case):
        for args in ((), ("--force",), ("-vv",)):
            self.fresh(base)
            judge(case, " ".join(args) + " good", self.batch(case.script, *args), self.state(), whole=True)
        self.fresh(base)
        shadow = "CREATE TEMPORARY TABLE IF NOT EXISTS t LIKE t; CREATE TEMPORARY TABLE alembic_version AS SELECT * FROM alembic_version; CREATE TEMPORARY TABLE orders (id int, number text, user_id int);\n"
        judge(case, "temporary tables of the same names", self.batch(shadow + case.script, "--force"), self.state(), whole=True)


def write(name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def broken(script, at):
    """the statement behind the offset is none"""
    return script[:at] + re.sub(r"^(\s*(?:--[^\n]*\n\s*)*;? ?)", r"\1BROKEN ", script[at:], count=1)


def cuts(case, dialect, wanted):
    """about as many of the script's boundaries, spread over it; all with --all"""
    found = terminal.boundaries(case.script, dialect)
    if "--all" in sys.argv:
        return found
    step = max(1, len(found) // wanted)
    return found[::step]


def drive(client):
    for base, case in client.cases():
        for bracketed in (False, True):
            how = "bracketed paste" if bracketed else "paste"
            client.fresh(base)
            log = client.type_(case.script, bracketed=bracketed)
            # a client's own command swallows what is bracketed with it: then nothing runs, and nothing says OK
            judge(case, how, log, client.state(), whole=not bracketed)
            if not bracketed:
                log = client.type_(case.script)
                judge(case, "second paste", log, client.state())
                check("OK" not in terminal.receipts(log), "%s: second paste: OK" % case.name)
            for n, at in enumerate(cuts(case, client.dialect, 4 if bracketed else 12)):
                client.fresh(base)
                judge(case, "%s, first half up to %d" % (how, n), client.type_(case.script[:at], bracketed=bracketed), client.state())
                may = client.alone(base, case, at)
                client.fresh(base)
                judge(case, "%s, second half from %d" % (how, n), client.type_(case.script[at:], bracketed=bracketed), client.state(), may=may)
        may = client.alone(base, case, 0)
        if client.killed_after:
            for n, at in enumerate(cuts(case, client.dialect, 20)):
                client.fresh(base)
                log = client.type_(client.killed_after(case.script, at))
                judge(case, "killed behind %d" % n, log, client.state(), may=may)
        client.special(base, case)


if __name__ == "__main__":
    wanted = [a for a in sys.argv[1:] if not a.startswith("--")] or ["postgresql", "sqlite", "mariadb"]
    for kind in (Psql, Sqlite, Maria):
        if kind.dialect not in wanted:
            continue
        client = kind()
        try:
            drive(client)
        finally:
            client.stop()
    shutil.rmtree(folder)
    print("terminals: %d runs" % runs)
    finish("terminals")
