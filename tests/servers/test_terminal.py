#!/usr/bin/python3
"""Scripts on terminals: pasted whole, pasted in halves, with the connection killed or the server restarted behind each statement,
under the settings of clients and of drivers that take errors back. The receipt is OK only where everything is done, and nothing is
kept of a part.

test_terminal.py [--all] [postgresql|sqlite|mariadb ...]: without --all every n-th cut; several databases at the same time.
"""
import collections
import os
import re
import shutil
import subprocess

import drivers
import terminal
from common import ALL, EXAMPLE, PSQL, MariaDB, Postgres, at_once, check, finish, run, scratch, sqlite_state, waybill

folder = scratch()
table = collections.defaultdict(collections.Counter)   # (database, client, mode) -> what is counted

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


def three_sections(dialect, client):
    """a project whose second revision needs three transactions; where one would do, its parts are revisions, by setting each in its own"""
    home = os.path.join(folder, "three-" + client)
    os.makedirs(os.path.join(home, "versions"))
    revisions, setting = {"s1": ONE, "s2": THREE}, ""
    if dialect == "sqlite":
        parts = ['op.add_column("t", sa.Column("c", sa.Integer()))', 'op.execute("UPDATE t SET c = id")', 'op.create_table("u", sa.Column("id", sa.Integer(), primary_key=True))']
        for n, part in enumerate(parts, 2):
            text = ONE.replace('"s1"', '"s%d"' % n).replace("None", '"s%d"' % (n - 1))
            revisions["s%d" % n] = re.sub(r"    t = op.*?\n    op.bulk.*?\n", lambda _: "    " + part + "\n", text, flags=re.S)
        setting = "transaction = step\n" if client != "generic" else ""   # which is one transaction always
    for name, text in revisions.items():
        write(os.path.join(home, "versions", name + ".py"), text)
    return write(os.path.join(home, "alembic.ini"), "[alembic]\nscript_location = %(here)s\n[waybill]\nproduct = three\n" + setting), "s1", max(revisions), "SELECT 1"


Case = collections.namedtuple("Case", "dialect client chain script states")   # states: before, and after each of its sections


def judge(case, mode, what, log, state, whole=False, may=lambda: ()):
    """the one rule of all runs; `may`: what else a run of this kind may leave"""
    results, name = terminal.receipts(log), "%s %s, %s: %s: %s" % (case.dialect, case.client, case.chain, mode, what)
    done, row = state == case.states[-1], table[case.dialect, case.client, mode]
    row["runs"] += 1
    row["OK"] += "OK" in results
    row["OK but not whole"] += not check("OK" not in results or done, "%s: the receipt says OK\n%s" % (name, log[-1500:]))
    row["a part kept"] += not check(state in case.states or state in may(), "%s: a part was kept\n%s" % (name, log[-1500:]))
    check("result=OK" not in re.sub(r"\[WAYBILL-RECEIPT\][^\n]*", "", log), name + ": result=OK stands elsewhere than in a receipt")
    row["good"] += whole
    row["good refused"] += whole and not check(results == ["OK"] and done, "%s: not OK\n%s" % (name, log[-1500:]))


class Database:
    """What the three share; `fresh` makes the database t from what `base` made, `state` is what stands there but for the frame's own."""

    def cases(self):
        for chain in ("example", "three"):
            base = None
            for client in self.clients:
                ini, start, end, rows = (EXAMPLE, "a4000", "a7000", INSERT) if chain == "example" else three_sections(self.dialect, client)
                base = base or self.base(chain, waybill("upgrade", start, "--dialect", self.dialect, ini=ini), rows)
                script = waybill("upgrade", "%s:%s" % (start, end), "--dialect", self.dialect, "--client", client, ini=ini)
                yield base, Case(self.dialect, client, chain, script, self.states(base, script))

    def states(self, base, script):
        """before, and after each section, by running the script up to there"""
        states = []
        for end in [0] + [m.start() for m in re.finditer(r"^-- Section \d", script, re.M)][1:] + [len(script)]:
            self.fresh(base)
            self.batch(script[:end])
            states.append(self.state())
        return states

    def type_(self, *pieces, bracketed=False):
        return terminal.typed(self.argv, pieces, env=self.env, bracketed=bracketed)

    def killed(self, script, at, bracketed):
        """the backend ends itself behind the statement: within an input of several, in it"""
        joint = script[:at].endswith("\\;\n")
        return self.type_(script[:at] + self.kill + (" \\;\n" if joint else ";\n") + script[at:], bracketed=bracketed)

    def restarted(self, script, at, bracketed):
        return self.type_(script[:at], self.server.restart, script[at:], bracketed=bracketed)

    def statements(self, script):
        """as a driver gets them"""
        ends = terminal.boundaries(script, self.dialect)
        return [script[begin:end] for begin, end in zip([0] + ends, ends)]

    def alone(self, base, case, at):
        return ()

    def special(self, base, case):
        pass

    def stop(self):
        self.server.stop()


class Psql(Database):
    dialect, clients = "postgresql", ("psql", "generic")
    kill = "SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())"
    argv = [PSQL, "-X", "-d", "t"]
    settings = (("-v", "ON_ERROR_ROLLBACK=on"), ("-v", "AUTOCOMMIT=off"), ("-v", "ON_ERROR_ROLLBACK=on", "-v", "AUTOCOMMIT=off"), ("-S",), ("-1",))
    shadow = "CREATE TEMP TABLE t (id int, n text); CREATE TEMP TABLE orders (id int, number text, user_id int); CREATE TEMP TABLE users (id int); CREATE TEMP TABLE alembic_version (version_num text);\n"

    def __init__(self):
        self.server = Postgres()
        self.env = {"PGHOST": self.server.folder, "PGUSER": "postgres", "PAGER": "cat"}

    def base(self, name, script, rows):
        self.server.create(name)
        code, log = self.server.psql(name, "-f", write("base.sql", script))
        assert code == 0, log
        self.server.psql(name, "-qc", rows)
        return name

    def fresh(self, base):
        self.server.create("t", base)

    def state(self):
        return self.server.state("t", without="waybill_journal")

    def alone(self, base, case, at):
        """what the generic script's statement outside a transaction does by itself, which its first lines say"""
        statement = re.search(r"^CREATE INDEX CONCURRENTLY.*?;$", case.script[at:], re.M | re.S)
        if case.client != "generic" or not statement:
            return ()
        self.fresh(base)
        self.batch(statement.group(0))
        return (self.state(),)

    def batch(self, text, *args):
        return self.server.psql("t", *args, "-f", write("batch.sql", text))[1]

    def driver(self):
        return drivers.Postgres(self.server.folder, "t")

    def runs_whole(self, setting, case):
        """one line is one statement with -S; what may not stand in a transaction does not with -1, nor with a driver that begins one;
        and the server lets nobody write in a transaction that begins read-only and has a savepoint"""
        return setting not in (("-S",), "begins and saves") and not (setting in (("-1",), "begins") and len(case.states) > 2)

    def outside(self):
        """statements outside a transaction whose failure shows in no catalogue: each succeeds, and fails, in a file and pasted"""
        self.server.create("o")
        self.server.psql("o", "-qc", "create table alembic_version (version_num varchar(32) not null primary key); insert into alembic_version values ('o1');"
                         "create table t (n int); insert into t values (1), (1); create table p (n int) partition by list (n); create table p1 partition of p for values in (1)")
        home = os.path.join(folder, "outside")
        os.makedirs(os.path.join(home, "versions"))
        ini = os.path.join(home, "alembic.ini")
        open(ini, "w").write("[alembic]\nscript_location = %(here)s\n")
        open(os.path.join(home, "versions", "o1.py"), "w").write('revision = "o1"\ndown_revision = None\ndef upgrade():\n    pass\ndef downgrade():\n    pass\n')
        for statement, cure, good in (("CREATE UNIQUE INDEX CONCURRENTLY ON t (n)", "delete from t", True), ("REINDEX INDEX CONCURRENTLY nowhere", "create index nowhere on t (n)", True),
                                      ("VACUUM nowhere", "create table nowhere (n int)", True), ("ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY", None, True),
                                      ("DROP INDEX CONCURRENTLY nowhere", "create index nowhere on t (n)", True)):
            open(os.path.join(home, "versions", "o2.py"), "w").write(
                'from alembic import op\nrevision = "o2"\ndown_revision = "o1"\ndef upgrade():\n    with op.get_context().autocommit_block():\n'
                '        op.execute("%s")\ndef downgrade():\n    pass\n' % statement)
            script = waybill("upgrade", "o1:o2", "--dialect", "postgresql", ini=ini)
            for how in ("file", "paste"):
                for cured in (False, True) if cure else (True,):
                    self.server.create("t", "o")
                    self.server.psql("t", "-qc", cure or "select 1") if cured else None
                    log = self.batch(script) if how == "file" else self.type_(script)
                    at = self.server.psql("t", "-qAtc", "select version_num from alembic_version")[1].strip()
                    check((terminal.receipts(log) == ["OK"]) == cured and at == ("o2" if cured else "o1"), "%s, %s, %s\n%s" % (statement, how, "cured" if cured else "fails", log[-1200:]))

    def special(self, base, case):
        if case.chain == "three" and case.client == "generic":
            self.outside()


class Sqlite(Database):
    dialect, clients = "sqlite", ("sqlite3", "generic")
    env = None
    restarted = None   # there is no server
    path = os.path.join(folder, "t.db")
    argv = ["sqlite3", path]
    settings = ((), ("-interactive",), ("-bail",), ("-batch",))
    shadow = None   # refused: see special

    def base(self, name, script, rows):
        path = os.path.join(folder, name + ".db")
        code, log = run(["sqlite3", path], input=script.encode())
        assert code == 0, log
        run(["sqlite3", path, rows])
        return path

    def fresh(self, base):
        for end in ("", "-journal", "-wal"):
            if os.path.exists(self.path + end):
                os.unlink(self.path + end)
        shutil.copy(base, self.path)

    def state(self):
        return sqlite_state(self.path)

    def killed(self, script, at, bracketed):
        """the shell is killed behind the statement, the next one gets the rest"""
        return self.type_(script[:at] + "\n.shell kill -9 $PPID\n", bracketed=bracketed) + self.type_(script[at:], bracketed=bracketed)

    def batch(self, text, *args):
        return run(["sqlite3", *args, self.path], input=text.encode())[1]

    def driver(self):
        return drivers.Sqlite(self.path)

    def statements(self, script):
        return drivers.sqlite_statements(script)

    def runs_whole(self, setting, case):
        return not str(setting).startswith("begins")   # the script needs the transaction to be its own, and refuses

    def special(self, base, case):
        self.fresh(base)
        shadow = "CREATE TEMP TABLE t (id int, n text); CREATE TEMP TABLE orders (id int, number text, user_id int); CREATE TEMP TABLE users (id int); CREATE TEMP TABLE alembic_version AS SELECT * FROM main.alembic_version;\n"
        log = self.batch(shadow + case.script)
        judge(case, "settings", "temporary tables of the same names", log, self.state())
        check("temporary" in log and "OK" not in terminal.receipts(log), "sqlite %s: temporary tables are refused" % case.client)

    def stop(self):
        pass


class Maria(Database):
    dialect, clients = "mariadb", ("mariadb", "generic")
    env = None
    kill = "KILL CONNECTION CONNECTION_ID()"
    settings = ((), ("--force",), ("-vv",))
    shadow = "CREATE TEMPORARY TABLE t (id int, n text); CREATE TEMPORARY TABLE alembic_version AS SELECT * FROM alembic_version; CREATE TEMPORARY TABLE orders (id int, number text, user_id int);\n"

    def __init__(self):
        self.server = MariaDB()
        self.argv = ["mariadb", "--no-defaults", "-S", self.server.socket, "-u", "root", "--reconnect", "t"]

    def base(self, name, script, rows):
        self.server.create("t")
        code, log = self.server.apply("t", write("base.sql", script))
        assert code == 0, log
        self.server.query("t", rows)
        return self.server.dump("t")

    def fresh(self, base):
        self.server.create("t", base)

    def state(self):
        return self.server.state("t")

    def states(self, base, script):
        """after each statement, as each commits itself: the script given to one client in pieces"""
        self.fresh(base)
        states, start = [self.state()], 0
        client = subprocess.Popen(["mariadb", "--no-defaults", "-n", "-N", "-S", self.server.socket, "-u", "root", "--default-character-set=utf8mb4", "t"],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for at in terminal.boundaries(script, "mariadb"):
            client.stdin.write(script[start:at].encode())
            start = at
            if not script[:at].rstrip("\n").endswith(("SET SESSION tx_read_only = @wb_at IS NULL;", "AS step FROM DUAL WHERE @wb_at;", "OR ROW_COUNT() <> 1, @wb_at = IF(ROW_COUNT() = 1, @wb_at + 1, NULL);")):
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
        if case.client == "generic" or not at or not ends:
            return ()
        states = []   # a gate may stand before it, which the marks of a bracketed paste make unreadable
        for begin, end in zip([at] + ends, ends[:7]):
            self.fresh(base)
            self.server.client("t", "--default-character-set=utf8mb4", stdin=case.script[begin:end].encode())
            states.append(self.state())
        return states

    def batch(self, text, *args):
        return self.server.client("t", *args, stdin=text.encode())[1]

    def driver(self):
        return drivers.MariaDB(self.server.socket, "t")

    def runs_whole(self, setting, case):
        return True


def write(name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def broken(script, at):
    """the statement behind the offset is none"""
    return script[:at] + re.sub(r"^(\s*(?:--[^\n]*\n\s*)*;? ?)", r"\1BROKEN ", script[at:], count=1)


def cuts(case, wanted):
    """about half as many of the script's boundaries, spread over it; all with --all"""
    found = terminal.boundaries(case.script, case.dialect)
    if ALL:
        return found
    step = max(1, 2 * len(found) // wanted)
    return found[step // 2::step]


def drive(database):
    for base, case in database.cases():
        script = case.script

        def attempt(mode, what, log, **judged):
            database.fresh(base)
            judge(case, mode, what, log(), database.state(), **judged)

        def alone(at):
            return {"may": lambda: database.alone(base, case, at)}

        for bracketed in (False, True):
            how = ", bracketed" if bracketed else ""
            # of psql's and sqlite3's own the first command swallows what is bracketed with it: then nothing runs, and nothing says OK
            attempt("paste" + how, "whole", lambda: database.type_(script, bracketed=bracketed), whole=not (bracketed and case.client in ("psql", "sqlite3")))
            if not bracketed:
                log = database.type_(script)
                judge(case, "paste", "again", log, database.state())
                check("OK" not in terminal.receipts(log), "%s %s, %s: second paste: OK" % (case.dialect, case.client, case.chain))
            for n, at in enumerate(cuts(case, 1 if bracketed else 2)):
                attempt("halves" + how, "the first, up to %d" % n, lambda: database.type_(script[:at], bracketed=bracketed))
                attempt("halves" + how, "the second, from %d" % n, lambda: database.type_(script[at:], bracketed=bracketed), **alone(at))
            for n, at in enumerate(cuts(case, 1 if bracketed else 2)):
                attempt("killed" + how, "behind %d" % n, lambda: database.killed(script, at, bracketed), **alone(0))
            for n, at in enumerate(cuts(case, 1 if bracketed else 2) if database.restarted else ()):
                attempt("restarted" + how, "behind %d" % n, lambda: database.restarted(script, at, bracketed), **alone(0))
        for args in database.settings:
            attempt("settings", "%s, good" % (args,), lambda: database.batch(script, *args), whole=database.runs_whole(args, case))
            judge(case, "settings", "%s, again" % (args,), database.batch(script, *args), database.state())
            for n, at in enumerate(cuts(case, 3)):
                attempt("settings", "%s, failure behind %d" % (args, n), lambda: database.batch(broken(script, at), *args), **alone(0))
        if database.shadow:   # a temporary table of the same name is not the one that is meant
            attempt("settings", "temporary tables of the same names", lambda: database.batch(database.shadow + script), whole=True)
        if case.client == "generic" or case.client == "mariadb":   # the others are for their clients only
            for begins, saves in ((False, True), (True, False), (True, True)):
                name = " and ".join(["begins"] * begins + ["saves"] * saves)

                def through(text):
                    return drivers.through(database.driver(), database.statements(text), begins, saves)

                attempt("driver", name + ", good", lambda: through(script), whole=database.runs_whole(name, case))
                for n, at in enumerate(cuts(case, 4)):
                    attempt("driver", "%s, failure behind %d" % (name, n), lambda: through(broken(script, at)), **alone(0))
        database.special(base, case)


def one(dialect):
    database = {"postgresql": Psql, "sqlite": Sqlite, "mariadb": Maria}[dialect]()
    try:
        drive(database)
    finally:
        database.stop()
    total = collections.Counter()
    for (_, client, mode), row in sorted(table.items()):
        total.update(row)
        check(row["OK"] < row["runs"] or mode.startswith("paste"), "%s %s, %s: nothing was cut, killed or broken" % (dialect, client, mode))
        print("terminals: %-10s %-8s %-22s %s" % (dialect, client, mode, ", ".join("%s %d" % item for item in row.items())))
    print("terminals: %-10s %s" % (dialect, ", ".join("%s %d" % item for item in total.items())))


if __name__ == "__main__":
    finish("terminals, " + at_once(__file__, ("postgresql", "sqlite", "mariadb"), one))
