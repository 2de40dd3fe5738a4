#!/usr/bin/python3
"""A script from which lines are missing, each in turn and runs of up to seven: real psql, mariadb and sqlite3, which go on after errors
as they do on a terminal, and drivers that do. Where it says OK, all of it has run; where the guard refuses the whole script, one that
lacks a line is refused too, and nothing is kept, and one that lacks several never says OK.

test_missing.py [--all] [database]
"""
import os
import re
import shutil
import sqlite3
import subprocess
import sys

import drivers
from common import PSQL, ALL, MariaDB, Postgres, at_once, check, finish, run, scratch, share, sqlite_state, waybill

folder = scratch()
HEAD = '''revision = "%s"
down_revision = %s
from alembic import op
import sqlalchemy as sa


def upgrade():
    %s


def downgrade():
    pass
'''
STEPS = [
    ["op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('name', sa.String(40)), sa.Column('at', sa.Integer()))",
     "op.execute(\"INSERT INTO t (id, name, at) VALUES (1, 'a', 1), (2, 'b', 2)\")"],
    ["op.execute(\"UPDATE t SET name = 'changed'\\nWHERE id = 1\\nAND at = 1\")",
     "op.add_column('t', sa.Column('more', sa.Integer(), server_default='7'))",
     "op.create_index('ix_name', 't', ['name'])",
     "op.create_table('u', sa.Column('id', sa.Integer(), primary_key=True),\n        sa.Column('note', sa.Text()))"],
    ["with op.get_context().autocommit_block():\n        op.create_index('ix_at', 't', ['at', 'id'], postgresql_concurrently=True)\n        op.execute('CREATE INDEX CONCURRENTLY\\nix_more ON t (more)' if op.get_bind().dialect.name == 'postgresql' else 'CREATE INDEX\\nix_more ON t (name)')",
     "op.drop_column('t', 'more')"],
]

# lines within a statement that is good SQL without them: only PostgreSQL tells a script what has reached it
WITHIN = ("WHERE id = 1", "note TEXT,")
ELSEWHERE = "update alembic_version set version_num = 'r9'"   # so that the guard, and nothing else, stops the script


def project():
    os.makedirs(folder + "/versions")
    for i, body in enumerate(STEPS):
        with open(folder + "/versions/r%d.py" % i, "w") as f:
            f.write(HEAD % ("r%d" % i, repr("r%d" % (i - 1)) if i else "None", "\n    ".join(body)))
    with open(folder + "/alembic.ini", "w") as f:
        f.write("[alembic]\nscript_location = %(here)s\n")
    return folder + "/alembic.ini"


def ends_ok(log):
    return re.search(r"\[WAYBILL-RECEIPT\][^\n]*(\n *\|\|[^\n]*)*\bresult=OK\b", log) is not None


class OnPostgres:
    dialect, profiles = "postgresql", ("psql", "generic")

    def __init__(self):
        self.server = Postgres()
        self.stop = self.server.stop

    def keep(self, name):
        self.server.create("kept_" + name)

    def load(self, name, script):
        assert ends_ok(self.server.psql("kept_" + name, stdin=script.encode())[1])

    def spoil(self, name):
        self.server.psql("kept_" + name, "-c", ELSEWHERE)

    def fresh(self, name):
        self.server.create("now", template="kept_" + name)

    def apply(self, script, profile):
        if profile == "psql":
            # as on a terminal it goes on after an error
            return self.server.psql("now", stdin=script.replace("\\set ON_ERROR_STOP on\n", "").encode())[1]
        driver = drivers.Postgres(self.server.folder, "now")
        return drivers.through(driver, drivers.postgresql_statements(script))

    def state(self):
        return self.server.state("now")


class OnMariaDB:
    dialect, profiles = "mariadb", ("mariadb", "generic")

    def __init__(self):
        self.server = MariaDB()
        self.stop = self.server.stop
        self.kept = {}

    def keep(self, name):
        self.kept[name] = ""

    def load(self, name, script):
        self.server.create("now")
        assert ends_ok(self.server.client("now", "--comments", stdin=script.encode())[1])
        self.kept[name] = self.server.dump("now")

    def spoil(self, name):
        self.kept[name] += ELSEWHERE

    def fresh(self, name):
        self.server.create("now", self.kept[name])

    def apply(self, script, profile):
        return self.server.client("now", "--comments", "--force", stdin=script.encode())[1]

    def state(self):
        return self.server.state("now")


class OnSqlite:
    dialect, profiles = "sqlite", ("sqlite3", "generic")

    def stop(self):
        pass

    def path(self, name):
        return os.path.join(folder, name + ".db")

    def keep(self, name):
        sqlite3.connect(self.path(name)).close()

    def load(self, name, script):
        assert ends_ok(run(["sqlite3", self.path(name)], input=script.encode())[1])

    def spoil(self, name):
        run(["sqlite3", self.path(name), ELSEWHERE])

    def fresh(self, name):
        for old in os.listdir(folder):
            if old.startswith("now.db"):
                os.unlink(os.path.join(folder, old))
        shutil.copyfile(self.path(name), self.path("now"))

    def apply(self, script, profile):
        if profile == "sqlite3":
            return run(["sqlite3", self.path("now")], input=script.encode())[1]
        return drivers.through(drivers.Sqlite(self.path("now")), drivers.sqlite_statements(script))

    def state(self):
        return sqlite_state(self.path("now"))


def without(d, profile, lines, at, count, whole, spoilt):
    gone = [line.strip() for line in lines[at:at + count]]
    if d.dialect != "postgresql" and any(line in WITHIN or "CONSTRAINT " in line for line in gone):
        return
    less = "\n".join(lines[:at] + lines[at + count:])
    name = "%s, %s, without %d of line %d: %s" % (d.dialect, profile, count, at + 1, lines[at][:100])
    d.fresh("begun")
    log = d.apply(less, profile)
    check(not ends_ok(log) or d.state() == whole, name + "\n" + log[-900:])
    d.fresh("spoilt-" + profile)
    log = d.apply(less, profile)
    check(not ends_ok(log) and (count > 1 or d.state() == spoilt), name + ", where the guard refuses\n" + log[-900:])


def one(database):
    d = {"postgresql": OnPostgres, "mariadb": OnMariaDB, "sqlite": OnSqlite}[database]()
    ini = project()
    try:
        d.keep("begun")
        d.load("begun", waybill("upgrade", "r0", "--dialect", d.dialect, ini=ini))
        for profile in d.profiles:
            script = waybill("upgrade", "r0:r2", "--dialect", d.dialect, "--client", profile, ini=ini)
            d.keep("spoilt-" + profile)
            d.load("spoilt-" + profile, waybill("upgrade", "r0", "--dialect", d.dialect, ini=ini))
            d.spoil("spoilt-" + profile)
            d.fresh("begun")
            log = d.apply(script, profile)
            whole = d.state()
            check(ends_ok(log), "%s, %s: the whole script\n%s" % (database, profile, log[-600:]))
            d.fresh("spoilt-" + profile)
            spoilt = d.state()
            log = d.apply(script, profile)
            check(not ends_ok(log) and d.state() == spoilt, "%s, %s: where the guard refuses\n%s" % (database, profile, log[-600:]))
            lines = script.split("\n")
            for i in share(range(len(lines) - 1), len(profile), 8):
                if not lines[i] or lines[i].startswith("--"):
                    continue
                without(d, profile, lines, i, 1, whole, spoilt)
            for i in share(range(len(lines) - 1), len(profile), 1 if ALL else 12):
                without(d, profile, lines, i, 2 + i % 6, whole, spoilt)
    finally:
        d.stop()


at_once(os.path.abspath(__file__), ["postgresql", "mariadb", "sqlite"], one)
finish("missing " + " ".join(a for a in sys.argv[1:] if a[0] != "-"))
