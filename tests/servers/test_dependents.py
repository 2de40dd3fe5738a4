#!/usr/bin/python3
"""What stands on a column that changes, is renamed or goes: what is rendered runs on real servers, and what is refused fails there as Alembic would have written it."""
import os
import sqlite3

from common import MariaDB, Postgres, check, finish, run, scratch, waybill, WAYBILL

folder = scratch()
HEAD = "revision = %r\ndown_revision = %r\nfrom alembic import op\nimport sqlalchemy as sa\n\n\ndef upgrade():\n%s\n\n\ndef downgrade():\n    pass\n"
TABLES = '''
op.create_table("ship", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("code", sa.String(10), unique=True), sa.Column("n", sa.Numeric(9, 2), unique=True))
op.create_table("crew", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("ship_id", sa.Integer(), sa.ForeignKey("ship.id", name="fk_ship")),
                sa.Column("code", sa.String(10), sa.ForeignKey("ship.code", name="fk_code")))
op.create_table("sum", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.Integer()), sa.Column("b", sa.Integer()), sa.Column("c", sa.String(9)), sa.Column("d", sa.Integer()),
                sa.Column("g", sa.Integer(), sa.Computed("a + 1", persisted=True)), sa.CheckConstraint("b > 0", name="ck_b"), sa.CheckConstraint("b < d", name="ck_b_d"))
op.create_table("pair", sa.Column("a", sa.Integer(), primary_key=True), sa.Column("b", sa.Integer(), primary_key=True), sa.Column("u", sa.Integer()), sa.Column("v", sa.Integer()),
                sa.UniqueConstraint("u", "v", name="uq_uv"))
op.create_index("ix_where", "sum", ["id"], sqlite_where=sa.text("b > 1"), postgresql_where=sa.text("b > 1"))
op.execute("CREATE INDEX b_raw ON sum (id, b)")
'''
# what is done, where it is refused, and what the table's columns are then
CASES = [
    ('op.alter_column("ship", "id", type_=sa.BigInteger(), existing_type=sa.Integer())', "mariadb"),
    ('op.alter_column("crew", "ship_id", type_=sa.BigInteger(), existing_type=sa.Integer())', "mariadb"),
    ('op.alter_column("crew", "ship_id", type_=sa.Numeric(9, 2), existing_type=sa.Integer())', "mariadb postgresql"),
    ('op.alter_column("ship", "id", type_=sa.String(20), existing_type=sa.Integer())', "mariadb postgresql"),
    ('op.alter_column("ship", "code", type_=sa.String(20), existing_type=sa.String(10))', "mariadb"),
    ('op.alter_column("crew", "code", type_=sa.Text(), existing_type=sa.String(10))', "mariadb"),
    ('op.alter_column("ship", "id", new_column_name="key", existing_type=sa.Integer())', ""),
    ('op.drop_column("ship", "code")', "mariadb postgresql sqlite"),
    ('op.drop_column("crew", "code")', ""),
    ('op.drop_column("sum", "a")', "mariadb postgresql sqlite"),
    ('op.drop_column("sum", "g")\nop.drop_column("sum", "a")', ""),
    ('op.drop_column("sum", "b")\nop.alter_column("sum", "c", nullable=False, existing_type=sa.String(9))', ""),
    ('op.alter_column("sum", "a", type_=sa.BigInteger(), existing_type=sa.Integer())', "postgresql"),
    ('op.alter_column("sum", "b", type_=sa.BigInteger(), existing_type=sa.Integer())', ""),
    ('op.alter_column("sum", "a", new_column_name="z", existing_type=sa.Integer())\nop.alter_column("sum", "c", nullable=False, existing_type=sa.String(9))', ""),
    ('op.alter_column("sum", "b", new_column_name="z", existing_type=sa.Integer())\nop.alter_column("sum", "c", nullable=False, existing_type=sa.String(9))', ""),
    ('op.drop_column("pair", "b")', "mariadb"),
    ('op.drop_column("pair", "v")', ""),
    ('op.drop_constraint("fk_ship", "crew", type_="foreignkey")\nop.alter_column("ship", "id", type_=sa.BigInteger(), existing_type=sa.Integer())\n'
     'op.alter_column("crew", "ship_id", type_=sa.BigInteger(), existing_type=sa.Integer())\nop.create_foreign_key("fk_ship", "crew", "ship", ["ship_id"], ["id"])', ""),
    ('op.create_table("nothing")', "mariadb sqlite"),
    ('op.create_index("ix", "ship", [sa.text("lower(code) DESC"), "id"])', "mariadb"),
    ('op.create_index("ix", "ship", [sa.text("code DESC")])', ""),
    ('op.create_check_constraint("ck", "ship", "id > 0")', "mariadb"),
    ('op.create_table("b", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("g", sa.Integer(), sa.Computed("id + 1", persisted=True)))', "mariadb"),
    ('op.execute("SET FOREIGN_KEY_CHECKS = 0")\nop.alter_column("crew", "code", type_=sa.String(40), existing_type=sa.String(10))', "mariadb sqlite postgresql"),
]


def chain(name, body):
    home = os.path.join(folder, name)
    os.makedirs(home + "/versions", exist_ok=True)
    for revision, down, text in (("r1", None, TABLES), ("r2", "r1", body)):
        with open("%s/versions/%s.py" % (home, revision), "w") as f:
            f.write(HEAD % (revision, down, "\n".join("    " + line for line in text.strip().split("\n"))))
    ini = home + "/alembic.ini"
    with open(ini, "w") as f:
        f.write("[alembic]\nscript_location = %(here)s\n")
    return ini


def bare(ini, dialect, path):
    return run([WAYBILL, "-c", ini, "upgrade", path, "--bare", "--dialect", dialect], stderr=None if os.environ.get("KEEP") else -3)


def on_sqlite(sql):
    db = sqlite3.connect(":memory:")
    try:
        db.executescript(sql)
        return not db.execute("pragma foreign_key_check").fetchall()
    except sqlite3.Error:   # a foreign key to a column that is gone is one too
        return False


postgres, mariadb = Postgres(), MariaDB()


def on_postgresql(sql):
    postgres.create("d")
    return postgres.psql("d", "-qv", "ON_ERROR_STOP=1", stdin=sql.encode())[0] == 0


def on_mariadb(sql):
    mariadb.create("d")
    return mariadb.client("d", stdin=sql.encode())[0] == 0


for i, (body, refused) in enumerate(CASES):
    ini = chain("c%d" % i, body)
    for dialect, does in (("sqlite", on_sqlite), ("postgresql", on_postgresql), ("mariadb", on_mariadb)):
        framed, text = run([WAYBILL, "-c", ini, "upgrade", "r1:r2", "--dialect", dialect])
        wanted = dialect in refused.split() and (dialect == "mariadb" or "SET " not in body)
        if not check((framed == 1) == wanted, "%s: %s: status %d\n%s" % (dialect, body, framed, text[-600:])):
            continue
        code, sql = bare(ini, dialect, "base:r2")
        runs = code == 0 and does(sql)
        check(runs == (dialect not in refused.split()), "%s: %s: as it stands it %s" % (dialect, body, "runs" if runs else "fails"))
postgres.stop()
mariadb.stop()
finish("dependents")
