"""Undoing a run that stopped in the middle of a revision, PostgreSQL: abandon.from-section-K.sql gives back what stood there, schema
and rows, or there is no such script: what takes values away and what may have done nothing has none. Revisions are made of operations and
their inverses, with an index that cannot be built between them or in the revision behind; what stands there besides under the same names is nobody's to take away. Until a run is ended, no other script begins.

  test_abandon.py [--all]"""
import os
import random
import shutil
import subprocess

from common import ALL, Postgres, WAYBILL, check, finish, scratch, share

folder = scratch()
pg = Postgres()
subprocess.run([WAYBILL, "keygen", "-o", os.path.join(folder, "k"), "--no-password"], check=True, stdout=subprocess.DEVNULL)
HEAD = 'from alembic import op\nimport sqlalchemy as sa\nfrom sqlalchemy.dialects import postgresql\nrevision = "%s"\ndown_revision = %s\n\n\ndef upgrade():\n%s\n\n\ndef downgrade():\n%s\n'
FIRST = ('op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.String(50)), sa.Column("price", sa.Numeric(10, 2)), sa.Column("x", sa.String(20)), sa.Column("k", sa.Integer),\n'
         '        sa.UniqueConstraint("k", name="uq_k"), sa.CheckConstraint("k > 0", name="ck_k"))\n    op.create_index("ix_x", "t", ["x"])\n    op.create_table("gone", sa.Column("id", sa.Integer, primary_key=True), sa.Column("v", sa.Text))')
ROWS = "insert into t (n, price, x, k) values ('dup', 12.34, 'precious', 1), ('dup', 99.99, 'gold', 2); insert into gone values (1, 'kept')"
# what cannot be built while two rows say the same
CONCURRENTLY = ('with op.get_context().autocommit_block():\n        op.create_index("ix_n", "t", ["n"], unique=True, postgresql_concurrently=True)', 'op.drop_index("ix_n", "t")')
# operations and their inverses, those that need nothing of each other
OPS = {
    "column": ('op.add_column("t", sa.Column("d", sa.Integer))', 'op.drop_column("t", "d")'),
    "lost column": ('op.drop_column("t", "x")', 'op.add_column("t", sa.Column("x", sa.String(20)))\n    op.create_index("ix_x", "t", ["x"])'),
    "index": ('op.drop_index("ix_x", "t")', 'op.create_index("ix_x", "t", ["x"])'),
    "type": ('op.alter_column("t", "price", type_=sa.Integer(), postgresql_using="price * 100")', 'op.alter_column("t", "price", type_=sa.Numeric(10, 2), postgresql_using="price / 100.0")'),
    "type twice": ('op.alter_column("t", "price", type_=sa.Integer())\n    op.alter_column("t", "price", type_=sa.BigInteger())',
                   'op.alter_column("t", "price", type_=sa.Integer())\n    op.alter_column("t", "price", type_=sa.Numeric(10, 2))'),
    "replaced": ('op.drop_column("t", "x")\n    op.add_column("t", sa.Column("x", sa.Integer))', 'op.drop_column("t", "x")\n    op.add_column("t", sa.Column("x", sa.String(20)))\n    op.create_index("ix_x", "t", ["x"])'),
    "not null": ('op.alter_column("t", "k", nullable=False)', 'op.alter_column("t", "k", nullable=True)'),
    "default": ('op.alter_column("t", "n", server_default="q")', 'op.alter_column("t", "n", server_default=None)'),
    "name": ('op.alter_column("t", "k", new_column_name="kk")', 'op.alter_column("t", "kk", new_column_name="k")'),
    "uniqueness": ('op.drop_constraint("uq_k", "t")', 'op.create_unique_constraint("uq_k", "t", ["k"])'),
    "check": ('op.create_check_constraint("ck_p", "t", "price > 0")', 'op.drop_constraint("ck_p", "t")'),
    "table": ('op.create_table("made", sa.Column("id", sa.Integer, primary_key=True), sa.Column("t_id", sa.Integer, sa.ForeignKey("t.id", name="fk_t")))\n    op.create_index("ix_made", "made", ["t_id"])',
              'op.drop_index("ix_made", "made")\n    op.drop_table("made")'),
    "lost table": ('op.drop_table("gone")', 'op.create_table("gone", sa.Column("id", sa.Integer, primary_key=True), sa.Column("v", sa.Text))'),
    "renamed table": ('op.rename_table("gone", "went")', 'op.rename_table("went", "gone")'),
    "rows": ('op.execute("UPDATE t SET x = n")', 'op.execute("UPDATE t SET x = NULL")'),
    "raw": ('op.execute("ALTER TABLE t ADD COLUMN r INT")', 'op.drop_column("t", "r")'),
    "comment": ('op.create_table_comment("t", "c")', 'op.drop_table_comment("t")'),
    "type by name": ('sa.Enum("a", "b", name="kind").create(op.get_bind())', 'sa.Enum(name="kind").drop(op.get_bind())'),
}
# what they change nothing brings back for certain
LOSSY = {"lost column", "lost table", "replaced", "type", "type twice", "rows", "raw"}
# each with what stood there before, which it leaves alone: its inverse would take that away
IF_NOT_EXISTS = {
    "column": ('op.add_column("t", sa.Column("d", sa.Integer), if_not_exists=True)', 'op.drop_column("t", "d")', "alter table t add d int; update t set d = 5"),
    "index": ('op.create_index("ix_d", "t", ["n"], if_not_exists=True)', 'op.drop_index("ix_d", "t")', "create index ix_d on t (n)"),
    "table": ('op.create_table("made", sa.Column("id", sa.Integer, primary_key=True), if_not_exists=True)', 'op.drop_table("made")', "create table made (id int primary key, mine text)"),
    "column, drop": ('op.drop_column("t", "d", if_exists=True)', 'op.add_column("t", sa.Column("d", sa.Integer))', "select 1"),
    "raw column": ('op.execute("ALTER TABLE t ADD COLUMN IF NOT EXISTS d INT")', 'op.drop_column("t", "d")', "alter table t add d int; update t set d = 5"),
    "raw table": ('op.execute("create table if  not exists made (id int)")', 'op.drop_table("made")', "create table made (id int primary key, mine text)"),
    "raw index": ('op.execute("CREATE INDEX/**/IF NOT EXISTS ix_d ON t (n)")', 'op.drop_index("ix_d", "t")', "create index ix_d on t (n)"),
    "view": ('op.execute("CREATE OR REPLACE VIEW v AS SELECT 1 AS a")', 'op.execute("DROP VIEW v")', "create view v as select 2 as a"),
}
# types, and whether each value is the same after going there and back
TYPES = [("sa.Integer()", "sa.BigInteger()", "7", True), ("sa.String(50)", "sa.String(90)", "'x'", True), ("sa.String(50)", "sa.Text()", "'x'", True), ("sa.BigInteger()", "sa.Integer()", "7", False),
         ("sa.String(50)", "sa.String(5)", "'a     '", False), ("sa.String(50)", "sa.CHAR(60)", "'x '", False), ("sa.Numeric(10, 4)", "sa.Numeric(10, 1)", "1.2345", False), ("sa.DateTime()", "sa.Date()", "'2020-01-02 03:04'", False),
         ("sa.DateTime()", "sa.DateTime(timezone=True)", "'2020-01-02 03:04'", False), ("sa.Float()", "sa.REAL()", "1.23456789", False), ("sa.JSON()", "postgresql.JSONB()", "'{\"b\":1, \"b\":2}'", False)]
INI = "[alembic]\nscript_location = %%(here)s\nversion_locations = %%(here)s/versions\n[waybill]\nclient.postgresql = %s\n"
made = without = 0


def project(name, ups, downs, first=FIRST, behind=None):
    """a1, a2 and, where its (upgrade, downgrade) is given, a3"""
    top = os.path.join(folder, name)
    shutil.rmtree(top, ignore_errors=True)
    os.makedirs(os.path.join(top, "versions"))
    for revision, down, up, back in (("a1", None, first, "pass"), ("a2", "a1", "\n    ".join(ups), "\n    ".join(downs)), *([("a3", "a2", *behind)] if behind else [])):
        with open(os.path.join(top, "versions", revision + ".py"), "w") as f:
            f.write(HEAD % (revision, repr(down), "    " + up, "    " + back))
    return os.path.join(top, "alembic.ini")


def written(ini, name, *args):
    """the script's path, or why there is none"""
    done = subprocess.run([WAYBILL, "-c", ini, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    path = os.path.join(folder, name)
    with open(path, "wb") as f:
        f.write(done.stdout)
    return (path, "") if done.returncode == 0 else (None, done.stderr.decode())


def apply(path, client="psql"):
    return pg.psql("t", *(["-v", "ON_ERROR_STOP=1"] if client == "psql" else []), "-f", path)[1]


def begin(ini, client, rows=ROWS):
    """of scripts for that client: the database at a1, with rows; the upgrade to the head and its way out of section K, as a bundle has them"""
    shutil.rmtree(os.path.join(folder, "b"), ignore_errors=True)
    with open(ini, "w") as f:
        f.write(INI % client)
    done = subprocess.run([WAYBILL, "-c", ini, "pack", "a1:heads", "--key", os.path.join(folder, "k.key"), "-o", os.path.join(folder, "b"), "--dialect", "postgresql"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout.decode()
    pg.create("t")
    base, why = written(ini, "base.sql", "upgrade", "base:a1", "--dialect", "postgresql")
    log = apply(base, client)
    assert "result=OK" in log, log + why
    pg.psql("t", "-qc", rows)
    return os.path.join(folder, "b", "sql", "postgresql", "from-a1")


def stopped(ini, client, rows=ROWS):
    """stops where the index cannot be built; (state before or None: it stopped elsewhere, its way out or None)"""
    scripts = begin(ini, client, rows)
    before = pg.state("t")
    log = apply(os.path.join(scripts, "upgrade.sql"), client)
    assert "result=OK" not in log, log[-1500:]
    if "could not create unique index" not in log:   # operations drawn at random may not go together
        return None, None
    ways = [n for n in sorted(os.listdir(scripts)) if n.startswith("abandon.")]
    at = pg.psql("t", "-Atc", "select coalesce((select max(section) from waybill_journal), 0) + 1")[1].strip() if "waybill_journal" in pg.state("t") else "1"
    way = "abandon.from-section-%s.sql" % at
    return before, os.path.join(scripts, way) if way in ways else None


def undone(names, client, mirrored=True):
    """a revision of these operations, the index where None stands"""
    pairs = [CONCURRENTLY if name is None else OPS[name] for name in names]
    downs = [down for _, down in (reversed(pairs) if mirrored else pairs)]
    ini = project("p", [up for up, _ in pairs], downs)
    judged(ini, client, "%s: %s" % (client, ", ".join(name or "INDEX" for name in names)), LOSSY & set(names[:names.index(None)]))


def judged(ini, client, case, is_lossy, rows=ROWS):
    """stops, and goes back where that is possible"""
    global made, without
    before, way = stopped(ini, client, rows)
    if not way:
        without += before is not None
        return
    made += 1
    log = apply(way, client)
    after = pg.state("t")
    check(not is_lossy, case + ": there is a way out, and it says %s\n%s" % ("OK" if "result=OK" in log else "FAILED", "\n".join(sorted(set(before.split("\n")) ^ set(after.split("\n"))))))
    check("result=OK" in log and after == before, case + "\n" + log[-500:] + "\n" + "\n".join(sorted(set(before.split("\n")) ^ set(after.split("\n")))))


# each operation before the index, and behind it
for client in ("psql", "generic"):
    for name in OPS if ALL else share(list(OPS), 0, 2 if client == "psql" else 6):
        if name != "lost column":   # its index is dropped with it, and made again by itself
            undone(["column", None, name], client)
        if client == "psql" or ALL:
            undone([name, None, "default" if name != "default" else "column"], client)
check(made >= (20 if ALL else 5), "ways out were made for %d, for %d there is none" % (made, without))
for client in ("psql", "generic"):
    for i, (name, (up, down, there)) in enumerate(IF_NOT_EXISTS.items()):
        for in_one in (True, False):
            if ALL or (i + in_one) % 4 == (client == "generic"):
                behind = None if in_one else CONCURRENTLY
                ini = project("p", [up, CONCURRENTLY[0]] if in_one else [up], [CONCURRENTLY[1], down] if in_one else [down], behind=behind)
                judged(ini, client, "%s: %s, which was there, %s" % (client, name, "in one revision" if in_one else "the revision before"), True, ROWS + "; " + there)
# revisions that are whole
for client in ("psql", "generic"):
    for name in OPS if ALL else share(list(OPS), 1, 4) if client == "psql" else []:
        ini = project("p", [OPS[name][0]], [OPS[name][1]], behind=CONCURRENTLY)
        judged(ini, client, "%s: %s, the revision before" % (client, name), name in LOSSY)
    for name, up, down, is_lossy in (("rows of its own", 'op.create_table("made", sa.Column("id", sa.Integer, primary_key=True))\n    op.execute("INSERT INTO made SELECT id FROM t")', 'op.drop_table("made")', False),
                                     ("rows of another", 'op.execute("INSERT INTO gone VALUES (7)")', 'op.add_column("t", sa.Column("d", sa.Integer))\n    op.drop_column("t", "d")', True),
                                     ("rows deleted", 'op.add_column("t", sa.Column("d", sa.Integer))\n    op.execute("DELETE FROM gone")', 'op.drop_column("t", "d")', True),
                                     ("rows, by a query", 'op.add_column("t", sa.Column("d", sa.Integer))\n    op.execute("WITH x AS (DELETE FROM gone RETURNING 1) SELECT count(*) FROM x")', 'op.drop_column("t", "d")', True),
                                     ("rows, by a block", 'op.add_column("t", sa.Column("d", sa.Integer))\n    op.execute("DO $$ BEGIN DELETE FROM gone; END $$")', 'op.drop_column("t", "d")', True)):
        if client == "psql" or ALL:
            judged(project("p", [up], [down], behind=CONCURRENTLY), client, "%s: %s" % (client, name), is_lossy)
for i, (old, new, value, is_same) in enumerate(TYPES if ALL else share(TYPES, 1, 3)):
    ini = project("p", ['op.alter_column("t", "v", type_=%s, existing_type=%s)' % (new, old)], ['op.alter_column("t", "v", type_=%s, existing_type=%s)' % (old, new)],
                  'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.String(50)), sa.Column("v", %s))' % old, CONCURRENTLY)
    before = made
    judged(ini, ("psql", "generic")[i % 2], "%s to %s" % (old, new), not is_same, "insert into t values (1, 'dup', %s), (2, 'dup', %s)" % (value, value))
    check((made > before) is is_same, "%s to %s: a way out %s" % (old, new, "is missing" if is_same else "is there"))
rng = random.Random(7)
for turn in range(200 if ALL else 6):
    names = rng.sample(list(OPS), rng.randrange(2, 6))
    names.insert(rng.randrange(len(names) + 1), None)
    undone(names, ("psql", "generic")[turn % 2], rng.random() < 0.8)

# what stands there under the index's name before the run, or has come since
ini = project("q", [OPS["column"][0], CONCURRENTLY[0]], [CONCURRENTLY[1], OPS["column"][1]])
for client in ("psql", "generic"):
    for sql in ("create table other (z int); create unique index ix_n on other (z)", "create index ix_n on t (n)", "create unique index ix_n on t (n, id)", "create table ix_n (z int)"):
        scripts = begin(ini, client)
        pg.psql("t", "-qc", sql)
        before = pg.state("t")
        log = apply(os.path.join(scripts, "upgrade.sql"), client)
        check("result=OK" not in log and "is there already" in log and pg.state("t") == before, "%s: there before: %s\n%s" % (client, sql, log[-500:]))
    for sql in ("drop index ix_n; create table other (z int); create unique index ix_n on other (z)", "drop index ix_n; create index ix_n on t (n)", "drop index ix_n; create unique index ix_n on t (n, id)",
                "drop index ix_n; create table ix_n (z int)"):
        before, way = stopped(ini, client)
        pg.psql("t", "-qc", sql)
        now = pg.state("t")
        log = apply(way, client)
        check("result=OK" not in log and "has not built this" in log and pg.state("t") == now, "%s: came since: %s\n%s" % (client, sql, log[-500:]))
        pg.psql("t", "-qc", "alter %s ix_n rename to mine" % ("table" if "table ix_n" in sql else "index"))
        log = apply(way, client)
        check("result=OK" in log and "mine" in pg.state("t") and "|d|" not in pg.state("t"), "%s: under another name: %s\n%s" % (client, sql, log[-500:]))
    # cut off behind a build that went through
    before, way = stopped(ini, client)
    pg.psql("t", "-qc", "update t set n = n || id; drop index ix_n", "-c", "create unique index concurrently ix_n on t (n)")
    log = apply(way, client)
    check("result=OK" in log and "ix_n" not in pg.state("t"), "%s: built, and not heard of\n%s" % (client, log[-500:]))

# until it is ended, nothing else begins
ini = project("r", ["op.add_column('t', sa.Column('d', sa.Integer))", CONCURRENTLY[0], "op.add_column('t', sa.Column('e', sa.Integer))"], ["op.drop_column('t', 'e')", CONCURRENTLY[1], "op.drop_column('t', 'd')"])
with open(os.path.join(folder, "r", "versions", "a3.py"), "w") as f:
    f.write(HEAD % ("a3", "'a1'", "    pass", "    pass"))
with open(os.path.join(folder, "r", "versions", "a1.py")) as f:
    text = f.read()
for client in ("psql", "generic"):
    shutil.rmtree(os.path.join(folder, "b"), ignore_errors=True)
    os.rename(os.path.join(folder, "r", "versions", "a3.py"), os.path.join(folder, "a3.py"))
    before, way = stopped(ini, client)
    os.rename(os.path.join(folder, "a3.py"), os.path.join(folder, "r", "versions", "a3.py"))
    now = pg.state("t")
    for args in (["upgrade", "a1:a3"], ["downgrade", "a1:base"], ["stamp", "a1:a3"], ["stamp", "a1:a2"]):
        path, why = written(ini, "other.sql", *args, "--dialect", "postgresql")
        log = apply(path, client) if path else why
        check("result=OK" not in log and "is not ended" in log and pg.state("t") == now, "%s: %s while a run is not ended\n%s" % (client, " ".join(args), log[-500:]))
    log = apply(way, client)
    check("result=OK" in log and pg.state("t") == before, "%s: it is ended\n%s" % (client, log[-500:]))
    path, why = written(ini, "other.sql", "upgrade", "a1:a3", "--dialect", "postgresql")
    check("result=OK" in apply(path, client), client + ": then another begins")
pg.stop()
shutil.rmtree(folder)
print("ways out: %d made, %d not" % (made, without))
finish("servers/abandon")
