#!/usr/bin/python3
"""Pairs of operations within one batch on SQLite: what our framed script makes of a table and its rows, and what Debian's Alembic makes of
them online. Where both do it, columns, keys, checks, indexes and rows are the same; what one alone refuses is counted by --show.

A column of a primary key is NOT NULL in what we write. --share N: each Nth pair.

batch_pairs.py PROGRAM [--show] [--share N]
"""
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import warnings

from alembic.migration import MigrationContext
from alembic.operations import Operations
import sqlalchemy as sa

WAYBILL = os.path.abspath(sys.argv[1])
SHARE = int(sys.argv[sys.argv.index("--share") + 1]) if "--share" in sys.argv else 1
warnings.simplefilter("ignore")
HEAD = 'revision = "%s"\ndown_revision = %s\nfrom alembic import op\nimport sqlalchemy as sa\n\n\ndef upgrade():\n%s\n\n\ndef downgrade():\n    pass\n'
TABLES = """    op.create_table("p", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.String(20), nullable=True), sa.Column("b", sa.Integer(), nullable=False, server_default="4"),
        sa.Column("c", sa.Integer(), nullable=True), sa.Column("p", sa.Integer()), sa.UniqueConstraint("a", name="uq_a"), sa.CheckConstraint("b > 0", name="ck_b"),
        sa.ForeignKeyConstraint(["p"], ["p.id"], name="fk_p"))
    op.create_index("ix_c", "t", ["c"])
    op.execute("INSERT INTO p VALUES (1)")
    op.execute("INSERT INTO t (id, a, b, c, p) VALUES (1, 'x', 1, 10, 1), (2, 'y', 2, NULL, NULL)")"""
OPERATIONS = [
    'b.add_column(sa.Column("d", sa.Integer(), server_default="9"))', 'b.add_column(sa.Column("a", sa.Integer(), server_default="8"))',
    'b.add_column(sa.Column("e", sa.String(5), sa.CheckConstraint("e <> \'no\'", name="ck_e")))',
    'b.drop_column("a")', 'b.drop_column("b")', 'b.drop_column("c")', 'b.drop_column("p")',
    'b.alter_column("a", nullable=False)', 'b.alter_column("a", type_=sa.Text())', 'b.alter_column("a", new_column_name="z")', 'b.alter_column("c", new_column_name="a2")',
    'b.alter_column("b", server_default=None)', 'b.alter_column("b", nullable=True)', 'b.alter_column("c", server_default="3", nullable=True)', 'b.alter_column("b", type_=sa.BigInteger())',
    'b.create_unique_constraint("uq_c", ["c"])', 'b.create_check_constraint("ck_c", "c > 1")', 'b.create_foreign_key("fk_c", "p", ["c"], ["id"])', 'b.create_index("ix_b", ["b"])',
    'b.drop_constraint("uq_a", type_="unique")', 'b.drop_constraint("ck_b", type_="check")', 'b.drop_constraint("fk_p", type_="foreignkey")', 'b.drop_index("ix_c")',
    'b.create_primary_key("pk_t", ["id", "b"])',
]
passed = failed = ours_alone = theirs_alone = 0


def run_alembic(path, bodies):
    engine = sa.create_engine("sqlite:///" + path)
    with engine.begin() as connection:
        op = Operations(MigrationContext.configure(connection))
        for body in bodies:
            exec("def upgrade():\n" + body, {"op": op, "sa": sa}, space := {})
            exec(space["upgrade"].__code__, {"op": op, "sa": sa})
    engine.dispose()


def state(path):
    db = sqlite3.connect(path)
    text = (db.execute("select sql from sqlite_master where name = 't'").fetchone() or [""])[0]
    checks = sorted(re.sub(r'[\s"()]', "", c) for c in re.findall(r"(?:CONSTRAINT \"?\w+\"? )?CHECK ?\((?:[^()]|\([^()]*\))*\)", text))
    unique = sorted(re.sub(r'[\s"]', "", c) for c in re.findall(r"(?:CONSTRAINT \"?\w+\"? )?UNIQUE ?\([^()]*\)", text))
    columns = [(name, type_.upper(), notnull or key > 0, default, key) for _, name, type_, notnull, default, key in db.execute("pragma table_info(t)")]
    indexes = sorted((row[1], row[2], [c[2] for c in db.execute("pragma index_info('%s')" % row[1])]) for row in db.execute("pragma index_list(t)") if row[3] == "c")
    keys = sorted(row[2:7] for row in db.execute("pragma foreign_key_list(t)"))
    names = [c[0] for c in sorted(columns)]
    rows = db.execute("select %s from t order by id" % ", ".join('"%s"' % n for n in names)).fetchall() if names else []
    left = [r[0] for r in db.execute("select name from sqlite_master where name like '%tmp%'")]
    db.close()
    return {"columns": sorted(columns), "indexes": indexes, "keys": keys, "checks": checks, "unique": unique, "rows": rows, "left": left}


def main():
    global passed, failed, ours_alone, theirs_alone
    with tempfile.TemporaryDirectory(prefix="waybill-pairs-") as folder:
        os.mkdir(folder + "/versions")
        with open(folder + "/alembic.ini", "w") as f:
            f.write("[alembic]\nscript_location = %(here)s\n")
        with open(folder + "/versions/r0.py", "w") as f:
            f.write(HEAD % ("r0", "None", TABLES))
        pairs = [(one, two) for one in OPERATIONS for two in OPERATIONS if one != two][::SHARE]
        bodies = ['    with op.batch_alter_table("t") as b:\n        %s\n        %s' % pair for pair in pairs]
        for i, body in enumerate(bodies):
            with open(folder + "/versions/n%d.py" % i, "w") as f:
                f.write(HEAD % ("n%d" % i, '"r0"', body))
        first = subprocess.run([WAYBILL, "-c", folder + "/alembic.ini", "upgrade", "r0", "--dialect", "sqlite"], stdout=subprocess.PIPE, check=True).stdout
        subprocess.run(["sqlite3", folder + "/first.db"], input=first, stdout=subprocess.DEVNULL, check=True)
        with open(folder + "/first.db", "rb") as f:
            first = f.read()
        for i, body in enumerate(bodies):
            paths = [folder + "/ours.db", folder + "/theirs.db"]
            for path in paths:
                with open(path, "wb") as f:
                    f.write(first)
            script = subprocess.run([WAYBILL, "-c", folder + "/alembic.ini", "upgrade", "r0:n%d" % i, "--dialect", "sqlite"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            log = subprocess.run(["sqlite3", paths[0]], input=script.stdout, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout if script.returncode == 0 else script.stderr
            ours = script.returncode == 0 and b"result=OK" in log
            try:
                run_alembic(paths[1], [body])
                theirs = True
            except Exception as e:   # whatever it is
                theirs, why = False, e
            if ours and theirs:
                a, b = state(paths[0]), state(paths[1])
                if a == b:
                    passed += 1
                else:
                    failed += 1
                    print("FAILED: %s\n" % body + "\n".join("  %s: ours %s, Alembic's %s" % (k, a[k], b[k]) for k in a if a[k] != b[k]), flush=True)
            elif ours or theirs:
                ours_alone, theirs_alone = ours_alone + ours, theirs_alone + theirs
                if "--show" in sys.argv:
                    print(("ours alone: %s\n  %s" % (body, str(why).split("\n")[0])) if ours else "theirs alone: %s\n  %s" % (body, log.decode()[:300]))
            else:
                passed += 1
    print("batch pairs: %d passed, %d failed; %d are done by us alone, %d by Alembic alone" % (passed, failed, ours_alone, theirs_alone))
    sys.exit(1 if failed else 0)


main()
