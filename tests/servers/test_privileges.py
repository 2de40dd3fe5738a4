#!/usr/bin/python3
"""Who may run a script on MariaDB, where every statement commits itself: a privilege that a later statement needs is missed before
the first change, table by table, wherever it is granted to the user; what a role brings is not seen, so with one nobody is refused.

test_privileges.py
"""
import os
import re

from common import MariaDB, check, finish, on_mariadb, scratch, waybill

FIRST = '''revision = "r1"
down_revision = None
from alembic import op
import sqlalchemy as sa


def upgrade():
    for name in ("par", "kid", "old", "gone", "src", "dst"):
        op.create_table(name, sa.Column("id", sa.Integer(), primary_key=True), sa.Column("n", sa.Integer()))
    op.create_index("ix_kid_n", "kid", ["n"])


def downgrade():
    pass
'''
SECOND = '''revision = "r2"
down_revision = "r1"
from alembic import op
import sqlalchemy as sa


def upgrade():
    op.create_table("made", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("par", sa.Column("m", sa.Integer()))
    op.drop_index("ix_kid_n", table_name="kid")
    op.execute("INSERT INTO dst (id, n) SELECT s.id, EXTRACT(YEAR FROM NOW()) FROM src AS s")
    op.execute("UPDATE dst SET n = 2 WHERE id > 0")
    op.execute("DELETE FROM dst WHERE id = 7")
    op.rename_table("old", "new")
    op.drop_table("gone")
    op.create_foreign_key("fk_kid", "kid", "par", ["n"], ["id"])
    op.execute("CREATE TEMPORARY TABLE brief (id INTEGER)")
    op.execute("INSERT INTO brief VALUES (1)")
    op.execute("DROP TEMPORARY TABLE brief")


def downgrade():
    pass
'''
# what the server denies without: privilege, table; "" the database
NEEDED = [("SELECT", "alembic_version"), ("ALTER", "alembic_version"), ("UPDATE", "alembic_version"), ("CREATE", "made"), ("ALTER", "par"),
          ("SELECT", "par"), ("INDEX", "kid"), ("ALTER", "kid"), ("INSERT", "dst"), ("UPDATE", "dst"), ("SELECT", "dst"), ("DELETE", "dst"),
          ("SELECT", "src"), ("ALTER", "old"), ("DROP", "old"), ("CREATE", "new"), ("INSERT", "new"), ("DROP", "gone"), ("CREATE TEMPORARY TABLES", "")]
SAID = {("SELECT", "par"): "REFERENCES[A-Z,]* on par", ("CREATE TEMPORARY TABLES", ""): "CREATE TEMPORARY TABLES"}   # how the guard says it, where otherwise
DATABASE = "p_q"
folder = scratch()


def write(name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def project(name="one", second=SECOND, more=""):
    write(name + "/versions/r1.py", FIRST)
    write(name + "/versions/r2.py", second)
    return write(name + "/alembic.ini", "[alembic]\nscript_location = %%(here)s\n%s" % more)


def grants(who, needed, place=None):
    """statements that give just this, table by table, or all of it at one place"""
    if place:
        return "grant %s on %s to %s;" % (", ".join(sorted({p for p, _ in needed})), place, who)
    by_table = {}
    for privilege, table in needed:
        by_table.setdefault(table, []).append(privilege)
    # nothing but CREATE can be granted first on a table that is not there
    return "".join("grant %s on %s.%s to %s;" % (", ".join(ps), DATABASE, t or "*", who) for t, ps in by_table.items() if "CREATE" in ps or t not in ("made", "new"))


class Case:
    def __init__(self, server, script):
        self.server, self.script = server, script
        self.dump = None

    def run(self, name, setup, good, says="", role="", reads=False):
        """as a new user after `setup`; none of its roles and grants stay"""
        server = self.server
        if not self.dump:
            server.create(DATABASE)
            server.apply(DATABASE, write("first.sql", waybill("upgrade", "r1", "--dialect", "mariadb", ini=project())))
            self.dump = server.dump(DATABASE)
        server.create(DATABASE, self.dump)
        public = "grant usage on *.* to public; revoke all, grant option from public;"
        server.query("", "drop user if exists u@localhost; drop role if exists r1; drop role if exists r2; drop role if exists r3; %s create user u@localhost;"
                     "create role r1; create role r2; create role r3; %s %s" % (public, setup, "grant select on mysql.* to u@localhost;" if reads else ""))
        before = server.state(DATABASE)
        # whoever may use the database by a role only cannot begin in it
        path = write("case.sql", ("%s; use %s;\n" % (role, DATABASE) if role else "") + self.script)
        log = server.apply("" if role else DATABASE, path, user="u")[1]
        name = "%s%s" % (name, ", who may read mysql" if reads else "")
        check(("result=OK" in log) is good, "%s: %s\n%s" % (name, "goes through" if good else "refused", log[-1500:]))
        if not good:
            check(re.search(r"\[WAYBILL-GUARD\] the user lacks one of [^\n]*%s" % says, log, re.I), "%s: says %s\n%s" % (name, says, log[-1500:]))
            check(server.state(DATABASE) == before, name + ": something changed")
        server.query("", public)


def enough(case):
    user, public = "u@localhost", "public"
    half = len(NEEDED) // 2
    ways = {
        "on the server": (grants(user, NEEDED, "*.*"), ""),
        "on the database": (grants(user, NEEDED, "`p_q`.*"), ""),
        "on databases of a pattern": (grants(user, NEEDED, "`p\\_q`.*"), ""),
        "on databases of another pattern": (grants(user, NEEDED, "`p%`.*"), ""),
        "on tables": (grants(user, NEEDED), ""),
        "in part on the server, on the database and on tables": (grants(user, NEEDED[:4], "*.*") + grants(user, NEEDED[4:9], "`p_q`.*") + grants(user, NEEDED), ""),
        "by a default role": (grants("r1", NEEDED) + "grant r1 to u@localhost; set default role r1 for u@localhost;", ""),
        "by a default role on the server": (grants("r1", NEEDED, "*.*") + "grant r1 to u@localhost; set default role r1 for u@localhost;", ""),
        "by SET ROLE": (grants("r1", NEEDED, "`p_q`.*") + "grant r1 to u@localhost;", "set role r1"),
        "by nested roles": (grants("r3", NEEDED[:half]) + grants("r2", NEEDED[half:], "`p\\_q`.*") + "grant r3 to r2; grant r2 to r1; grant r1 to u@localhost;", "set role r1"),
        "by a role in part": (grants(user, NEEDED[:half]) + grants("r1", NEEDED[half:]) + "grant r1 to u@localhost;", "set role r1"),
    }
    for name, (setup, role) in ways.items():
        for reads in (False, True):
            case.run(name, setup, True, role=role, reads=reads)


def one_short(case):
    user = "u@localhost"
    for lacking in NEEDED:
        rest = [n for n in NEEDED if n != lacking]
        name, says = "without %s on %s" % (lacking[0], lacking[1] or "the database"), SAID.get(lacking, r"\b%s\b[A-Z,]* on %s" % lacking)
        if lacking in (("SELECT", "alembic_version"), ("CREATE TEMPORARY TABLES", "")):
            continue   # the guard cannot be asked without the one; the other, on the database, is enough for a foreign key's table
        # MariaDB lets a foreign key point to any table of a database on which something is granted
        if lacking == ("SELECT", "par"):
            continue
        # on another table of the database it does not help
        case.run(name, grants(user, rest) + "create table if not exists p_q.besides (id int); grant all on p_q.besides to u@localhost;", False, says)
        case.run(name + ", which another database has", grants(user, rest) + "create database if not exists other; create table if not exists other.%s (id int);"
                 "grant all on other.* to u@localhost;" % lacking[1], False, says)


def main():
    server = MariaDB()
    try:
        ini = project()
        for client in ("mariadb", "generic"):
            case = Case(server, waybill("upgrade", "r1:r2", "--dialect", "mariadb", "--client", client, ini=ini))
            enough(case)
            if client == "mariadb":
                one_short(case)
        for dialect in ("mariadb", "mysql"):
            long = [line for line in waybill("upgrade", "r1:r2", "--dialect", dialect, ini=ini).split("\n")[3:] if len(line) > 120 and "BINARY TABLE_NAME IN" not in line and "@wb_pins" not in line and "alembic_version SET" not in line]
            check(not long, "%s: lines longer than 120 characters: %s" % (dialect, long))
        case = Case(server, on_mariadb(waybill("upgrade", "r1:r2", "--dialect", "mysql", ini=ini)))
        user = "u@localhost"
        case.run("MySQL's script: on tables", grants(user, NEEDED), True)
        case.run("MySQL's script: without INDEX on kid", grants(user, [n for n in NEEDED if n != ("INDEX", "kid")]), False, r"INDEX\b[A-Z,]* on kid")
        other_names(server)
    finally:
        server.stop()
    server = MariaDB("--lower-case-table-names=1")
    try:
        other_names(server)
    finally:
        server.stop()


def other_names(server):
    """tables of another database, and names with capitals"""
    second = SECOND[:SECOND.index("    op.create_table")] + """    op.execute("ALTER TABLE other.Thing ADD COLUMN m INTEGER")
    op.execute("UPDATE other.Thing SET m = 1")
    op.execute("ALTER TABLE Big_One ADD COLUMN m INTEGER")


def downgrade():
    pass
"""
    made = "drop database if exists other; create database other; create table other.Thing (id int); create table other.thingx (id int); drop database if exists twin; create database twin;" \
        "create table twin.Thing (id int); use p_q; create table Big_One (id int); create table BigXOne (id int); create table Thing (id int);"
    # a table on which nothing is granted is not seen, and taken for missing
    base = "grant select, alter, update on p_q.alembic_version to u@localhost;" + "".join("grant select on p_q.%s to u@localhost;" % t for t in ("par", "kid", "old", "gone", "src", "dst"))
    full = "grant alter, update on other.Thing to u@localhost; grant alter on p_q.Big_One to u@localhost;"
    case = Case(server, waybill("upgrade", "r1:r2", "--dialect", "mariadb", ini=project("two", second)))
    for name, setup, good, says in (
            ("on tables", full, True, ""), ("on databases", "grant all on `oth%`.* to u@localhost; grant all on p_q.* to u@localhost;", True, ""), ("on the server", "grant alter, update, select on *.* to u@localhost;", True, ""),
            ("by a role", "create or replace role r1; grant all on other.* to r1; grant alter on p_q.Big_One to r1; grant r1 to u@localhost; set default role r1 for u@localhost;", True, ""),
            ("of another database's twin", "grant all on twin.* to u@localhost; grant all on p_q.* to u@localhost;", False, r"ALTER\b[A-Z,]* on Thing"),
            ("on another table", "grant alter, update on other.Thing to u@localhost; grant all on p_q.BigXOne to u@localhost;", False, r"ALTER\b[A-Z,]* on Big_One"),
            ("of one", "grant update on other.Thing to u@localhost; grant alter on p_q.Big_One to u@localhost;", False, r"ALTER\b[A-Z,]* on Thing"),
            ("of the other", "grant alter on other.Thing to u@localhost; grant alter on p_q.Big_One to u@localhost;", False, r"UPDATE\b[A-Z,]* on Thing")):
        for reads in (False, True):
            case.run("another database: " + name, made + base + setup, good, says, reads=reads)


if __name__ == "__main__":
    main()
    finish("privileges")
