#!/usr/bin/python3
"""One attribute of a column is altered: in the server's catalogue everything else of the table is as it was.

test_preserve.py [database]
"""
import os
import re
import sqlite3
import sys

from common import MariaDB, Postgres, at_once, chain, check, finish, run, scratch, waybill

folder = scratch()
COLLATIONS = {"postgresql": "C", "mariadb": "utf8mb4_bin", "sqlite": "NOCASE"}
TABLE = """op.create_table("t",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False, comment="the key"),
        sa.Column("name", sa.String(40, collation="%s"), nullable=False, server_default="x", comment="said of it"),
        sa.Column("n", sa.Numeric(10, 2), nullable=True, server_default=sa.text("1.5"), comment="a number"),
        sa.Column("at", sa.TIMESTAMP(), nullable=False, server_default=sa.text("CURRENT_TIMESTAMP"), comment="when"),
        sa.Column("other", sa.Integer(), nullable=False, server_default="7"),
        sa.PrimaryKeyConstraint("id", name="pk_t"), sa.UniqueConstraint("name", name="uq_name"), sa.CheckConstraint("n > 0", name="ck_n"))
    op.create_index("ix_n", "t", ["n"])
    op.execute("INSERT INTO t (name, n, at, other) VALUES ('a', 1, '2020-01-01 00:00:00', 1), ('b', 2, '2020-01-02 00:00:00', 2)")"""

# the column, what is altered (None: a change of SQLite's table that is made in a batch alone), and of what the catalogue differs then
CHANGES = [
    ("id", "type_=sa.BigInteger()", "type"), ("id", 'comment="another"', "comment"), ("id", "comment=None", "comment"), ("id", 'new_column_name="key"', "name"),
    ("name", 'type_=sa.String(60, collation="%s")', "type"), ("name", "nullable=True", "null"), ("name", 'server_default="y"', "default"), ("name", "server_default=None", "default"),
    ("name", 'comment="another"', "comment"), ("name", "comment=None", "comment"), ("name", 'new_column_name="title"', "name"),
    ("n", "type_=sa.Numeric(12, 2)", "type"), ("n", "nullable=False", "null"), ("n", 'server_default=sa.text("2.5")', "default"), ("n", "server_default=None", "default"),
    ("n", 'comment="another"', "comment"), ("n", 'new_column_name="m"', "name"),
    ("at", "nullable=True", "null"), ("at", 'comment="another"', "comment"), ("at", 'new_column_name="since"', "name"),
    ("other", "type_=sa.BigInteger()", "type"), ("other", "nullable=True", "null"), ("other", "server_default=None", "default"), ("other", 'comment="another"', "comment"),
]
NEW_NAMES = re.compile(r'new_column_name="(\w+)"')


def project(dialect):
    bodies = [TABLE % COLLATIONS[dialect]]
    for column, change, _ in CHANGES:
        change = change % COLLATIONS[dialect] if "%s" in change else change
        call = 'op.alter_column("t", "%s", %s)' if dialect != "sqlite" else 'with op.batch_alter_table("t") as b:\n        b.alter_column("%s", %s)'
        bodies.append(call % (column, change))
    return chain(folder, *(("r%d" % i, "r0" if i else None, body) for i, body in enumerate(bodies)))


class OnPostgres:
    def __init__(self):
        self.server = Postgres()
        self.stop = self.server.stop

    def begin(self, script):
        self.server.create("kept")
        return self.server.psql("kept", stdin=script.encode())[1]

    def fresh(self):
        self.server.create("now", template="kept")

    def apply(self, script):
        return self.server.psql("now", stdin=script.encode())[1]

    def columns(self):
        sql = """select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, coalesce(pg_get_expr(d.adbin, d.adrelid), '-'), coalesce(col_description(a.attrelid, a.attnum), '-'),
  coalesce((select collname from pg_collation c where c.oid = a.attcollation), '-') || a.attidentity || a.attgenerated
  from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum where a.attrelid = 't'::regclass and attnum > 0 and not attisdropped order by attnum"""
        return [dict(zip(("name", "type", "null", "default", "comment", "rest"), line.split("|"))) for line in self.server.psql("now", "-qAtc", sql)[1].strip().split("\n")]

    def others(self):
        return self.server.psql("now", "-qAtc", """select pg_get_constraintdef(oid), conname from pg_constraint where conrelid = 't'::regclass union all select indexdef, '' from pg_indexes
  where tablename = 't' union all select t::text, '' from t order by 1""")[1]


class OnMariaDB:
    def __init__(self):
        self.server = MariaDB()
        self.stop = self.server.stop

    def begin(self, script):
        self.server.create("now")
        log = self.server.client("now", "--comments", stdin=script.encode())[1]
        self.dump = self.server.dump("now")
        return log

    def fresh(self):
        self.server.create("now", self.dump)

    def apply(self, script):
        return self.server.client("now", "--comments", stdin=script.encode())[1]

    def columns(self):
        sql = """select column_name, column_type, is_nullable, coalesce(column_default, '-'), column_comment, concat(extra, ' ', coalesce(collation_name, '-'))
  from information_schema.columns where table_schema = 'now' and table_name = 't' order by ordinal_position"""
        return [dict(zip(("name", "type", "null", "default", "comment", "rest"), line.split("\t"))) for line in self.server.client("now", "-N", "-e", sql)[1].strip("\n").split("\n")]

    def others(self):
        create = self.server.client("now", "-N", "-r", "-e", "show create table t")[1].split("\n")
        keys = [line.strip(" ,") for line in create if not line.strip().startswith("`") or "CHECK" in line]
        return "\n".join(sorted(keys)[1:]) + self.server.client("now", "-N", "-e", "select * from t order by 1")[1]


class OnSqlite:
    def stop(self):
        pass

    def path(self, name):
        return os.path.join(folder, name)

    def begin(self, script):
        return run(["sqlite3", self.path("kept.db")], input=script.encode())[1]

    def fresh(self):
        with open(self.path("kept.db"), "rb") as kept, open(self.path("now.db"), "wb") as now:
            now.write(kept.read())

    def apply(self, script):
        return run(["sqlite3", self.path("now.db")], input=script.encode())[1]

    def columns(self):
        db = sqlite3.connect(self.path("now.db"))
        text = db.execute("select sql from sqlite_master where name = 't'").fetchone()[0]
        found = []
        for _, name, type_, notnull, default, key, hidden in db.execute("pragma table_xinfo(t)"):
            line = next(line for line in text.split("\n") if re.match(r"\s*\"?%s\b" % name, line))
            found.append({"name": name, "type": type_, "null": notnull, "default": default, "comment": "", "rest": (key, hidden, re.findall(r"COLLATE \S+", line.rstrip(",")))})
        return found

    def others(self):
        db = sqlite3.connect(self.path("now.db"))
        text = db.execute("select sql from sqlite_master where name = 't'").fetchone()[0]
        return "\n".join(sorted(line.strip(" ,\t") for line in text.replace("\"", "").split("\n") if "CONSTRAINT" in line)) + repr(db.execute("select sql from sqlite_master where type = 'index' and sql is not null").fetchall()) + \
            repr(db.execute("select * from t order by 1").fetchall())


def one(database):
    d = {"postgresql": OnPostgres, "mariadb": OnMariaDB, "sqlite": OnSqlite}[database]()
    ini = project(database)
    try:
        log = d.begin(waybill("upgrade", "r0", "--dialect", database, ini=ini))
        check("result=OK" in log, "%s: the table\n%s" % (database, log[-900:]))
        d.fresh()
        before, others = d.columns(), d.others()
        for i, (column, change, what) in enumerate(CHANGES):
            name = "%s: %s, %s" % (database, column, change)
            if database == "sqlite" and what == "comment":
                continue   # it has none
            d.fresh()
            log = d.apply(waybill("upgrade", "r0:r%d" % (i + 1), "--dialect", database, ini=ini))
            if not check("result=OK" in log, "%s\n%s" % (name, log[-900:])):
                continue
            after = d.columns()
            for old, new in zip(before, after):
                differ = {key for key in old if old[key] != new[key]}
                check(differ == ({what} if old["name"] == column else set()), "%s: of column %s there differ %s\n%s\n%s" % (name, old["name"], differ, old, new))
            renamed = NEW_NAMES.search(change)
            now = re.sub(r"\b%s\b" % renamed.group(1), column, d.others()) if renamed else d.others()
            check(len(before) == len(after) and now == others, "%s: keys, indexes, checks or rows\n%s\n%s" % (name, others, now))
    finally:
        d.stop()


at_once(os.path.abspath(__file__), ["postgresql", "mariadb", "sqlite"], one)
finish("preserved " + " ".join(a for a in sys.argv[1:] if a[0] != "-"))
