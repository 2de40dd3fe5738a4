#!/usr/bin/python3
"""Raises that depend on what a query finds, on the real servers: where the revision would raise, the framed script stops with
[WAYBILL-CHECK] and changes nothing; where it would not, it goes through."""
import os
import re
import sqlite3

from common import MariaDB, Postgres, check, finish, run, scratch, sqlite_state, waybill

# what stands in upgrade(), and rows under which it raises; with the rows of GOOD alone none does
GOOD = "INSERT INTO t (id, a) VALUES (1, 1), (2, 2)"
GUARDS = [
    ("""
    count = conn.execute(sa.text("SELECT COUNT(*) FROM t WHERE a IS NULL")).scalar()
    if count and count > 0:
        raise ValueError(f"{count} rows; it's \\"no\\" -- /* :'a' \\\\ way")""", "INSERT INTO t (id) VALUES (3)"),
    ("""
    if conn.scalar(sa.select(sa.func.count()).select_from(t).where(t.c.a < 0)):
        raise ValueError""", "INSERT INTO t (id, a) VALUES (3, -3)"),
    ("""
    if conn.execute(sa.text("SELECT 1 FROM t WHERE a = :a LIMIT 1"), {"a": 10}).first() is not None:
        raise ValueError("ten;")""", "INSERT INTO t (id, a) VALUES (3, 10)"),
    ("""
    rows = conn.execute(sa.text("SELECT id, a FROM t WHERE a = 11 ORDER BY id -- in order")).fetchall()
    if len(rows) > 0:
        raise ValueError("eleven-")""", "INSERT INTO t (id, a) VALUES (3, 11), (4, 11)"),
    ("""
    if conn.execute(sa.select(t.c.a).group_by(t.c.a).having(sa.func.count() > 1)).all():
        raise ValueError("twice")""", "INSERT INTO t (id, a) VALUES (3, 2)"),
    ("""
    if conn.execute(sa.text("SELECT EXISTS (SELECT 1 FROM t WHERE a = 12)")).scalar():
        raise ValueError("twelve")""", "INSERT INTO t (id, a) VALUES (3, 12)"),
    ("""
    one, two = (conn.scalar(sa.text(f"SELECT count(*) FROM t WHERE a = {n}")) for n in (13, 14))
    if one + two:
        raise ValueError("thirteen or fourteen")""", "INSERT INTO t (id, a) VALUES (3, 14)"),
    ("""
    if not conn.scalar(sa.text("SELECT count(*) FROM t WHERE id = 1")):
        raise ValueError("no first row")""", "DELETE FROM t WHERE id = 1"),
    ("""
    assert conn.execute(sa.text("SELECT id FROM t WHERE id = 2")).fetchone(), "no second row\"""", "DELETE FROM t WHERE id = 2"),
    ("""
    if orm.Session(bind=conn).query(Thing).filter(Thing.a == 15).order_by(Thing.id).first():
        raise ValueError("fifteen")""", "INSERT INTO t (id, a) VALUES (3, 15)"),
    ("""
    if not orm.Session(bind=conn).query(orm.Session(bind=conn).query(Thing).filter(Thing.a == 1).exists()).scalar():
        raise ValueError("no one")""", "UPDATE t SET a = 16 WHERE a = 1"),
]

FIRST = '''revision = "r1"
down_revision = None
from alembic import op
import sqlalchemy as sa

def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False), sa.Column("a", sa.Integer()))

def downgrade():
    op.drop_table("t")
'''
HEAD = '''revision = "r2"
down_revision = "r1"
from alembic import op
import sqlalchemy as sa
from sqlalchemy import orm

t = sa.table("t", sa.column("id", sa.Integer()), sa.column("a", sa.Integer()))

class Thing(orm.declarative_base()):
    __tablename__ = "t"
    id = sa.Column(sa.Integer, primary_key=True)
    a = sa.Column(sa.Integer)

'''

folder = scratch()
ini = os.path.join(folder, "alembic.ini")


def write(name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, 0o644)
    return path


def project():
    write("alembic.ini", "[alembic]\nscript_location = %(here)s\nversion_locations = %(here)s/versions\n")
    write("versions/r1.py", FIRST)
    guards = "".join(code + "\n" for code, _ in GUARDS)
    body = '    conn = op.get_bind()' + guards + '    op.add_column("t", sa.Column("b", sa.Integer()))\n'
    down = '    conn = op.get_bind()' + guards + '    op.drop_column("t", "b")\n'
    write("versions/r2.py", HEAD + "def upgrade():\n" + body + "\ndef downgrade():\n" + down)


def script(dialect, client, what, *path):
    return write("%s.%s.%s.sql" % (dialect, what, path[0].replace(":", "-")), waybill(what, *path, "--dialect", dialect, "--client", client, ini=ini))


def server_cases(name, dialect, client, start, apply, execute, state, says=r"\[WAYBILL-CHECK\] expected 0, found [0-9]"):
    """start(): an empty database; apply(path): (status, log); execute(sql); state(): what stands there"""
    first = script(dialect, client, "upgrade", "base:r1")
    for what, path in (("upgrade", "r1:r2"), ("downgrade", "r2:r1"))[:1 if client == "generic" else 2]:
        own = script(dialect, client, "upgrade", "r1:r2")
        made = script(dialect, client, what, path)
        for i, (_, bad) in enumerate([(None, "")] + GUARDS):
            start()
            execute_all = [apply(first)] + [execute(GOOD)]
            if what == "downgrade":
                execute_all.append(apply(own))
            check(all(code == 0 for code, _ in execute_all), "%s: %s %d prepared: %r" % (name, what, i, execute_all))
            if bad:
                execute(bad)
            before = state()
            code, log = apply(made)
            case = "%s: %s with guard %d broken" % (name, what, i)
            if bad:
                check("result=OK" not in log and re.search(says, log), case + ": stops\n" + log[-1500:])
                check(state() == before, case + ": changes nothing")
            else:
                check("result=OK" in log and not re.search(says, log), "%s: %s of good rows\n%s" % (name, what, log[-1500:]))
                check(state() != before, "%s: %s does its work" % (name, what))


def sqlite():
    path = os.path.join(folder, "db")

    def start():
        if os.path.exists(path):
            os.remove(path)

    def execute(sql):
        db = sqlite3.connect(path)
        with db:
            db.execute(sql)
        db.close()
        return 0, ""

    def apply(made):
        return run(["sqlite3", path], stdin=open(made, "rb"))

    server_cases("sqlite3", "sqlite", "sqlite3", start, apply, execute, lambda: sqlite_state(path), r"failed: \[WAYBILL-CHECK\]")
    server_cases("sqlite, generic", "sqlite", "generic", start, apply, execute, lambda: sqlite_state(path),
                 "some step did not complete, nothing was kept ")   # it says no more


def postgresql():
    server = Postgres()
    try:
        for client in ("psql", "generic"):
            server_cases("postgresql, " + client, "postgresql", client, lambda: server.create("t"), lambda made: server.psql("t", "-f", made),
                         lambda sql: server.psql("t", "-qc", sql), lambda: server.state("t"))
    finally:
        server.stop()


def mariadb():
    server = MariaDB()
    try:
        server_cases("mariadb", "mariadb", "mariadb", lambda: server.create("t"), lambda made: server.apply("t", made),
                     lambda sql: server.client("t", "-e", sql), lambda: server.state("t"))
    finally:
        server.stop()


project()
sqlite()
postgresql()
mariadb()
finish("raise")
