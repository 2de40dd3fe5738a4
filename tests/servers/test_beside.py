#!/usr/bin/python3
"""The right place, on the real servers. A script from base refuses a schema in which something stands that is neither the project's
nor an extension's, whatever kind of thing it is, and names it; with beside = yes it goes ahead. A pinned database is that one to the
letter, and so are revisions, tables and the word that lets rows go.

test_beside.py [postgresql|mariadb|sqlite ...]
"""
import os
import sqlite3

from common import MariaDB, Postgres, at_once, check, finish, run, scratch, waybill

FIRST = '''revision = "r1"
down_revision = None
from alembic import op
import sqlalchemy as sa


def upgrade():
    op.create_table("item", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("n", sa.Integer()))


def downgrade():
    op.drop_table("item")
'''
SECOND = '''revision = "r2"
down_revision = "r1"
from alembic import op
import sqlalchemy as sa


def upgrade():
    op.add_column("item", sa.Column("m", sa.Integer()))


def downgrade():
    pass
'''
folder = scratch()


def write(name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def project(name, more="", baseline="", first=FIRST):
    write(name + "/versions/r1.py", first)
    write(name + "/versions/r2.py", SECOND)
    if baseline:
        write(name + "/before.py", "from alembic import op\nimport sqlalchemy as sa\n\n\ndef upgrade():\n" + baseline)
        more += "baseline = before.py\n"
    return write(name + "/alembic.ini", "[alembic]\nscript_location = %(here)s\n[waybill]\n" + more)


def says_ok(log):
    return "result=OK" in log


def script(ini, path, dialect, *more, command="upgrade"):
    return write("case.sql", waybill(command, path, "--dialect", dialect, *more, ini=ini))


def beside(dialect, clients, things, fresh, query, apply):
    """things: (kind as it is said, name, SQL that makes it)"""
    for client in clients:
        plain, allowed = project("plain"), project("allowed", "beside = yes\n")
        for kind, name, sql in things:
            case = "%s %s: a %s beside" % (dialect, client, kind)
            fresh()
            query(sql)
            log = apply(script(plain, "base:r1", dialect, "--client", client))
            check(not says_ok(log) and "%s %s" % (kind, name) in log and "another application" in log, "%s: refused by name\n%s" % (case, log[-800:]))
            log = apply(script(plain, "base:r1", dialect, "--client", client, "--preflight"))
            check("not ready" in log and "%s %s" % (kind, name) in log, "%s: the preflight\n%s" % (case, log[-800:]))
            log = apply(script(allowed, "base:r1", dialect, "--client", client))
            check(says_ok(log), "%s: beside = yes\n%s" % (case, log[-800:]))


def goes(dialect, name, ini, setup, fresh, query, apply):
    fresh()
    query(setup)
    log = apply(script(ini, "base:r1", dialect))
    check(says_ok(log), "%s: %s goes ahead\n%s" % (dialect, name, log[-1500:]))


# ---- PostgreSQL ----

PG_THINGS = [("table", "x", "create table x (a int)"), ("table", "x", "create table x (a int) partition by range (a)"),
             ("view", "x", "create view x as select 1 as a"), ("materialized view", "x", "create materialized view x as select 1 as a"),
             ("sequence", "x", "create sequence x"), ("type", "x", "create type x as enum ('a')"), ("type", "x", "create type x as (a int)"),
             ("type", "x", "create type x as range (subtype = int)"), ("domain", "x", "create domain x as int"),
             ("function", "x", "create function x() returns int language sql as 'select 1'"), ("procedure", "x", "create procedure x() language sql as 'select 1'"),
             ("aggregate", "x", "create aggregate x (int) (sfunc = int4pl, stype = int)"),
             ("foreign table", "x", "create extension postgres_fdw schema pg_catalog; create server s foreign data wrapper postgres_fdw; create foreign table x (a int) server s")]
PG_BASELINE = '''    op.create_table("old", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("mood", sa.Enum("a", "b", name="mood")))
    op.execute("CREATE VIEW seen AS SELECT id FROM old")
    op.execute("CREATE SEQUENCE IF NOT EXISTS counter")
    op.execute("CREATE OR REPLACE FUNCTION twice(a int) RETURNS int LANGUAGE sql AS 'SELECT 2 * a'")
    op.execute("CREATE DOMAIN small AS int")
'''


def postgresql(server):
    def query(sql):
        code, text = server.psql("t", "-v", "ON_ERROR_STOP=1", "-qc", sql)
        assert code == 0, text

    fresh, apply = lambda: server.create("t"), lambda path: server.psql("t", "-f", path)[1]
    beside("postgresql", ("psql", "generic"), PG_THINGS, fresh, query, apply)
    for extension in ("citext", "hstore", "pgcrypto", "ltree", "pg_trgm", "pg_stat_statements"):
        goes("postgresql", "an extension, " + extension, project("plain"), "create extension " + extension, fresh, query, apply)
    goes("postgresql", "the baseline's own", project("based", baseline=PG_BASELINE),
         "create type mood as enum ('a', 'b'); create table old (id serial primary key, mood mood, n int generated always as identity); create view seen as select id from old;"
         "create sequence counter; create function twice(a int) returns int language sql as 'select 2 * a'; create domain small as int", fresh, query, apply)
    goes("postgresql", "another schema", project("plain"), "create schema other; create view other.v as select 1; create type other.t as enum ('a')", fresh, query, apply)
    lenient = FIRST.replace("def upgrade():\n", "def upgrade():\n    op.execute(\"CREATE SEQUENCE IF NOT EXISTS counter\")\n")
    goes("postgresql", "what the script makes only where it is missing", project("lenient", first=lenient), "create sequence counter", fresh, query, apply)


# ---- MariaDB ----

MARIADB_THINGS = [("table", "x", "create table x (a int)"), ("view", "x", "create view x as select 1 as a"), ("sequence", "x", "create sequence x"),
                  ("procedure", "x", "create procedure x() select 1"), ("function", "x", "create function x() returns int return 1"),
                  ("event", "x", "create event x on schedule every 1 year do select 1"), ("table", "ALEMBIC_VERSION", "create table ALEMBIC_VERSION (a int)")]
MARIADB_BASELINE = '''    op.create_table("old", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("CREATE ALGORITHM=MERGE DEFINER=`root`@`localhost` SQL SECURITY INVOKER VIEW seen AS SELECT id FROM old")
    op.execute("CREATE SEQUENCE counter")
'''


def mariadb(server):
    fresh, query, apply = lambda: server.create("t"), lambda sql: server.query("t", sql), lambda path: server.apply("t", path)[1]
    beside("mariadb", ("mariadb", "generic"), MARIADB_THINGS, fresh, query, apply)
    goes("mariadb", "the baseline's own", project("based", baseline=MARIADB_BASELINE),
         "create table old (id int primary key); create view seen as select id from old; create sequence counter", fresh, query, apply)
    named(server, True)
    lower = MariaDB("--lower-case-table-names=1")
    try:
        named(lower, False)
    finally:
        lower.stop()


def named(server, tells_cases):
    """the pinned database, the revision and the tables are those to the letter"""
    here = "mariadb, %s" % ("cases told apart" if tells_cases else "names in lower case")
    for pinned, is_, good in (("prod", "prod", True), ("prod", "pr\u00f6d", False), ("pr\u00f6d", "prod", False), ("prod", "Prod", not tells_cases), ("Prod", "prod", not tells_cases),
                              ("Pr\u00d6d", "pr\u00f6d", not tells_cases), ("prod", "prod2", False)):
        server.create(is_)
        log = server.apply(is_, script(project("pinned", "database.mariadb = %s\n" % pinned), "base:r1", "mariadb"))[1]
        check(says_ok(log) is good, "%s: made for %s, this is %s\n%s" % (here, pinned, is_, log[-800:]))
    plain = project("plain")
    up, first = waybill("upgrade", "r1:r2", "--dialect", "mariadb", ini=plain), waybill("upgrade", "base:r1", "--dialect", "mariadb", ini=plain)
    for change, good in (("", True), ("update alembic_version set version_num = 'R1'", False), ("update alembic_version set version_num = 'r1 '", False),
                         ("update alembic_version set version_num = 'R2'", False), ("rename table item to `\u00edtem`", False)) + ((("rename table item to Item", False),) if tells_cases else ()):
        server.create("t")
        server.apply("t", write("first.sql", first))
        server.query("t", change)
        log = server.apply("t", write("case.sql", up))[1]
        check(says_ok(log) is good and "ALREADY" not in log.replace("%] ALREADY %", "").replace("'ALREADY", ""), "%s: %s\n%s" % (here, change, log[-800:]))
    # a table of the project's that is written with capitals
    big = project("big", first=FIRST.replace('"item"', '"\u00c4rger"'))
    server.create("t")
    log = server.apply("t", script(big, "base:r1", "mariadb"))[1]
    check(says_ok(log), "%s: capitals\n%s" % (here, log[-800:]))
    back = waybill("downgrade", "r1:base", "--dialect", "mariadb", ini=plain)
    for word, good in (("t", True), ("T", False), ("t ", False), ("\u0165", False)):
        server.create("t")
        server.apply("t", write("first.sql", first))
        server.query("t", "insert into item (id) values (1)")
        log = run(["mariadb", "--no-defaults", "--default-character-set=utf8mb4", "-S", server.socket, "-u", "root", "t"], input=("SET @waybill_drop = '%s';\n" % word + back).encode())[1]
        check(says_ok(log) is good, "%s: the word %r\n%s" % (here, word, log[-800:]))


# ---- SQLite ----

def sqlite():
    path = os.path.join(folder, "t.db")
    fresh, query = lambda: os.path.exists(path) and os.unlink(path), lambda sql: run(["sqlite3", path, sql])
    apply = lambda script: run(["sqlite3", path], stdin=open(script, "rb"))[1]
    things = [("table", "x", "create table x (a int)"), ("view", "x", "create view x as select 1 as a"), ("table", "x", "create virtual table x using fts5(a)")]
    beside("sqlite", ("sqlite3", "generic"), things, fresh, query, apply)
    goes("sqlite", "the baseline's own", project("based", baseline='    op.create_table("old", sa.Column("id", sa.Integer()))\n    op.execute("CREATE VIEW seen AS SELECT id FROM old")\n'),
         "create table old (id integer); create view seen as select id from old", fresh, query, apply)
    files = ["prod.db", "PROD.db", "xprod.db", "prod.dbx", "prod%.db", "prodx.db", "prod_.db", "p[r]od.db", "pr*d.db", "pr?d.db", "pr!d.db", "p'rod.db", 'p"rod.db', "pro d.db", " prod.db", "prod.db ",
             "pr\u00f6d.db", "PR\u00d6D.db", "x\\prod.db"]
    for client in ("sqlite3", "generic"):
        for pinned in [name for name in files if name == name.strip()]:   # what a setting can say
            text = waybill("upgrade", "base:r1", "--dialect", "sqlite", "--client", client, ini=project("pinned", "database.sqlite = %s\n" % pinned.replace("%", "%%")))
            for is_ in {pinned, *files} if client == "sqlite3" else (pinned, "PROD.db", "prodx.db"):
                pin(text, pinned, is_, pinned == is_)
        for pinned, is_, good in (("a/prod.db", "a/prod.db", True), ("a/prod.db", "xa/prod.db", False), ("a/prod.db", "b/a/prod.db", True), ("a/prod.db", "A/prod.db", False), ("prod.db", "a/prod.db", True),
                                  ("a/prod.db", "prod.db", False), ("a_/prod.db", "ab/prod.db", False), (os.path.join(folder, "pins/a/prod.db"), "a/prod.db", True)):
            text = waybill("upgrade", "base:r1", "--dialect", "sqlite", "--client", client, ini=project("pinned", "database.sqlite = %s\n" % pinned.replace("%", "%%")))
            pin(text, pinned, is_, good)
    # the word that lets rows go
    first, back = (waybill(command, way, "--dialect", "sqlite", ini=project("plain")) for command, way in (("upgrade", "base:r1"), ("downgrade", "r1:base")))
    for word, is_, good in (("prod.db", "prod.db", True), ("PROD.db", "prod.db", False), ("p'rod.db", "p'rod.db", True), ("prod.db", "x\\prod.db", False), ("rod.db", "prod.db", False)):
        file = place(is_)
        run(["sqlite3", file], input=first.encode())
        run(["sqlite3", file, "insert into item (id) values (1)"])
        log = run(["sqlite3", file], input=("CREATE TEMP VIEW waybill_drop AS SELECT '%s';\n" % word.replace("'", "''") + back).encode())[1]
        check(says_ok(log) is good, "sqlite: the word %r for %r\n%s" % (word, is_, log[-600:]))


def place(name):
    file = os.path.join(folder, "pins", name)
    os.makedirs(os.path.dirname(file), exist_ok=True)
    if os.path.exists(file):
        os.unlink(file)
    return file


def pin(text, pinned, is_, good):
    file = place(is_)
    log = run(["sqlite3", file], input=text.encode())[1]
    check(says_ok(log) is good, "sqlite: made for %r, this is %r\n%s" % (pinned, is_, log[-600:]))


def one(database):
    if database == "sqlite":
        return sqlite()
    server = Postgres() if database == "postgresql" else MariaDB()
    try:
        {"postgresql": postgresql, "mariadb": mariadb}[database](server)
    finally:
        server.stop()


if __name__ == "__main__":
    finish("beside, " + at_once(__file__, ("postgresql", "mariadb", "sqlite"), one))
