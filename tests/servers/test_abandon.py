"""Undoing a run that stopped in the middle of a revision, PostgreSQL: abandon.from-section-K.sql gives back what stood there, schema
and rows, or there is no such script. Revisions are made of operations and their inverses, with an index that cannot be built between
them; what stands there besides under the same names is nobody's to take away. Until a run is ended, no other script begins.

  test_abandon.py [--all]"""
import os
import random
import shutil
import subprocess

from common import ALL, Postgres, WAYBILL, check, finish, scratch, share

folder = scratch()
pg = Postgres()
subprocess.run([WAYBILL, "keygen", "-o", os.path.join(folder, "k"), "--no-password"], check=True, stdout=subprocess.DEVNULL)
HEAD = 'from alembic import op\nimport sqlalchemy as sa\nrevision = "%s"\ndown_revision = %s\n\n\ndef upgrade():\n%s\n\n\ndef downgrade():\n%s\n'
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
LOSES = {"lost column", "lost table", "replaced", "type twice"}   # rows go with the upgrade itself
INI = "[alembic]\nscript_location = %%(here)s\nversion_locations = %%(here)s/versions\n[waybill]\nclient.postgresql = %s\n"
made = without = 0


def project(name, ups, downs):
    top = os.path.join(folder, name)
    shutil.rmtree(top, ignore_errors=True)
    os.makedirs(os.path.join(top, "versions"))
    for revision, down, up, back in (("a1", None, FIRST, "pass"), ("a2", "a1", "\n    ".join(ups), "\n    ".join(downs))):
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


def begin(ini, client):
    """of scripts for that client: the database at a1, with rows; the upgrade to a2 and its way out of section K, as a bundle has them"""
    shutil.rmtree(os.path.join(folder, "b"), ignore_errors=True)
    with open(ini, "w") as f:
        f.write(INI % client)
    done = subprocess.run([WAYBILL, "-c", ini, "pack", "a1:a2", "--key", os.path.join(folder, "k.key"), "-o", os.path.join(folder, "b"), "--dialect", "postgresql"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout.decode()
    pg.create("t")
    base, why = written(ini, "base.sql", "upgrade", "base:a1", "--dialect", "postgresql")
    log = apply(base, client)
    assert "result=OK" in log, log + why
    pg.psql("t", "-qc", ROWS)
    return os.path.join(folder, "b", "sql", "postgresql", "from-a1")


def stopped(ini, client):
    """stops where the index cannot be built; (state before, its way out or None)"""
    scripts = begin(ini, client)
    before = pg.state("t")
    log = apply(os.path.join(scripts, "upgrade.sql"), client)
    assert "result=OK" not in log and "could not create unique index" in log, log[-1500:]
    ways = [n for n in sorted(os.listdir(scripts)) if n.startswith("abandon.")]
    at = pg.psql("t", "-Atc", "select coalesce((select max(section) from waybill_journal), 0) + 1")[1].strip() if "waybill_journal" in pg.state("t") else "1"
    way = "abandon.from-section-%s.sql" % at
    return before, os.path.join(scripts, way) if way in ways else None


def undone(names, client, mirrored=True):
    """a revision of these operations, the index where None stands"""
    global made, without
    pairs = [CONCURRENTLY if name is None else OPS[name] for name in names]
    downs = [down for _, down in (reversed(pairs) if mirrored else pairs)]
    ini = project("p", [up for up, _ in pairs], downs)
    before, way = stopped(ini, client)
    case = "%s: %s" % (client, ", ".join(name or "INDEX" for name in names))
    if not way:
        without += 1
        return
    made += 1
    log = apply(way, client)
    done = names[:names.index(None)]
    lost = LOSES & set(done)
    after = pg.state("t")
    if lost:   # no downgrade brings rows back: the schema is there again
        strip = lambda text: "\n".join(sorted(line.rstrip("|").split("<")[0] for line in text.split("\n") if line.startswith(("column", "constraint", "index", "type"))))
        before, after = strip(before), strip(after)
    check("result=OK" in log and after == before, case + "\n" + log[-500:] + "\n" + "\n".join(sorted(set(before.split("\n")) ^ set(after.split("\n")))))


# each operation before the index, and behind it
for client in ("psql", "generic"):
    for name in OPS if client == "psql" else share(list(OPS), 0, 4):
        if name != "lost column":   # its index is dropped with it, and made again by itself
            undone(["column", None, name], client)
        if client == "psql" or ALL:
            undone([name, None, "default" if name != "default" else "column"], client)
check(made >= 20, "ways out were made for %d, for %d there is none" % (made, without))
rng = random.Random(7)
for turn in range(200 if ALL else 10):
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
