#!/usr/bin/python3
"""What a terminal makes of a script that is pasted, beside its lines: a pager that a result opens takes the rest of the paste for its
own commands, and a tab completes the name before it. Real psql, mariadb and sqlite3 on a terminal of 24 lines.

test_paste.py
"""
import os
import stat
import subprocess
import sys

import terminal
from common import PSQL, WAYBILL, MariaDB, Postgres, check, finish, scratch, sqlite_state, waybill

folder = scratch()
MARK = os.path.join(folder, "ran")
FIRST = '''revision = "r1"
down_revision = None
from alembic import op
import sqlalchemy as sa


def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(40)))


def downgrade():
    op.drop_table("t")
'''
REVISION = '''revision = "%s"
down_revision = "%s"
from alembic import op


def upgrade():
    %s


def downgrade():
    pass
'''


def write(name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def project(name, bodies):
    write(name + "/versions/r1.py", FIRST)
    for i, body in enumerate(bodies, 2):
        write("%s/versions/r%d.py" % (name, i), REVISION % ("r%d" % i, "r%d" % (i - 1), body))
    return write(name + "/alembic.ini", "[alembic]\nscript_location = %(here)s\n[waybill]\ntransaction = step\n")


def pager():
    """a program that does what less does at a line of "!touch": it runs what it is given"""
    path = write("bin/pager", "#!/bin/sh\ncat > /dev/null\ntouch %s\nexec cat < /dev/tty > /dev/null\n" % MARK)
    os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)
    return path


def with_pager(server):
    """a result that is longer than the screen, in the middle of the script"""
    ini = project("pager", ["op.execute('SELECT g FROM generate_series(1, 200) AS g')", "op.execute(\"UPDATE t SET name = 'x' WHERE name <> '\\n!touch %s\\n'\")" % MARK])
    first = waybill("upgrade", "r1", "--dialect", "postgresql", ini=ini)
    script = waybill("upgrade", "r1:r3", "--dialect", "postgresql", ini=ini)
    for bracketed in (False, True):
        for program in (pager(), "less"):
            server.create("p")
            server.psql("p", "-f", write("first.sql", first))
            env = {"PGHOST": server.folder, "PGUSER": "postgres", "PAGER": program, "PSQL_PAGER": program}
            log = terminal.typed([PSQL, "-X", "-d", "p"], [script], env=env, bracketed=bracketed)
            name = "a pager (%s), %s" % (os.path.basename(program), "bracketed" if bracketed else "plain")
            check(terminal.receipts(log) == ([] if bracketed else ["OK"]), "%s: all of it goes through, or nothing\n%s" % (name, log[-1500:]))
            check(not os.path.exists(MARK), name + ": it was started")
            if os.path.exists(MARK):
                os.unlink(MARK)


# what a statement with tabs becomes, and whether it may be in a script at all
TABS = [("DROP TABLE IF EXISTS audit_lo\\t\\t", True), ("UPDATE\\tt SET name = 'a' /*\\tb */ WHERE\\tid = 1", True), ("DELETE FROM t --\\tc\\n\\tWHERE id\\t=\\t7", True),
        ("INSERT INTO t (id, name) VALUES (9, 'a\\tb')", False), ("UPDATE t SET name = 'x' WHERE name = 'audit_lo\\t'", False)]


def with_tabs(database):
    for number, (text, good) in enumerate(TABS):
        ini = project("tab%d" % number, ['op.execute("""%s""")' % text])
        for client in database.clients:
            name = "%s, %s: %s" % (database.dialect, client, text)
            args = ["upgrade", "r1:r2", "--dialect", database.dialect, "--client", client]
            if not good:
                p = subprocess.run([WAYBILL, "-c", ini, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
                check(p.returncode == 1 and "at this tab" in p.stderr and not p.stdout, "%s: refused\n%s" % (name, p.stderr[-400:]))
                continue
            done = waybill(*args, ini=ini)
            check("\t" not in done, name + ": no tab in the script")
            # what stands in brackets is one line, in which the client's own commands are none
            for bracketed in (False,) if client in ("psql", "sqlite3") else (False, True):
                database.fresh(waybill("upgrade", "r1", "--dialect", database.dialect, ini=ini))
                log = database.paste(done, bracketed)
                check(terminal.receipts(log) == ["OK"], "%s: all of it goes through\n%s" % (name, log[-1500:]))
                check("audit_log" in database.state(), name + ": a name was completed")


class PostgresTabs:
    dialect, clients = "postgresql", ("psql", "generic")

    def __init__(self, server):
        self.server = server

    def fresh(self, script):
        self.server.create("tab")
        self.server.psql("tab", "-f", write("first.sql", script))
        self.server.psql("tab", "-c", "create table audit_log (id int)")

    def paste(self, script, bracketed):
        return terminal.typed([PSQL, "-X", "-d", "tab"], [script], env={"PGHOST": self.server.folder, "PGUSER": "postgres", "PAGER": "cat"}, bracketed=bracketed)

    def state(self):
        return self.server.psql("tab", "-qAtc", "select relname from pg_class where relkind = 'r'")[1]


class MariaTabs:
    dialect, clients = "mariadb", ("mariadb", "generic")

    def __init__(self, server):
        self.server = server

    def fresh(self, script):
        self.server.create("tab")
        self.server.apply("tab", write("first.sql", script))
        self.server.query("tab", "create table audit_log (id int)")

    def paste(self, script, bracketed):
        return terminal.typed(["mariadb", "--no-defaults", "-S", self.server.socket, "-u", "root", "--comments", "tab"], [script], bracketed=bracketed)

    def state(self):
        return str(self.server.state("tab"))


class SqliteTabs:
    dialect, clients = "sqlite", ("sqlite3", "generic")
    path = os.path.join(folder, "tab.db")

    def fresh(self, script):
        if os.path.exists(self.path):
            os.unlink(self.path)
        subprocess.run(["sqlite3", self.path], input=(script + "\nCREATE TABLE audit_log (id int);\n").encode(), stdout=subprocess.DEVNULL, check=True)

    def paste(self, script, bracketed):
        return terminal.typed(["sqlite3", self.path], [script], bracketed=bracketed)

    def state(self):
        return str(sqlite_state(self.path))


def served(server, *tests):
    try:
        for test in tests:
            test(server)
    finally:
        server.stop()


with_tabs(SqliteTabs())
if "sqlite" not in sys.argv:
    served(Postgres(), with_pager, lambda server: with_tabs(PostgresTabs(server)))
    served(MariaDB(), lambda server: with_tabs(MariaTabs(server)))
finish("paste")
