#!/usr/bin/python3
"""Foreign keys of SQLite files, with both clients. Keys that SQLite cannot check, as they lead to columns without a unique index, hinder
no script; rows that broke a key before hinder none, whatever becomes of their table; and a row that a script breaks anew is refused,
also where another one is mended. What the scripts say of keys is held against what SQLite says of each table.

test_keys.py [--all]: without it the clients share the cases.
"""
import os
import random
import re
import sqlite3

from common import ALL, chain, check, finish, run, scratch, share, waybill

folder = scratch()
path = os.path.join(folder, "t.db")
FIRST = ('op.create_table("p", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("n", sa.String(9)))',
         'op.create_table("kid", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("p", sa.Integer(), sa.ForeignKey("p.id", name="fk")), sa.Column("q", sa.Integer()))',
         'op.create_table("loose", sa.Column("a", sa.String(9), primary_key=True), sa.Column("p", sa.Integer(), sa.ForeignKey("p.id", name="fk_loose")))',
         'op.create_table("bare", sa.Column("a", sa.String(9), primary_key=True), sa.Column("p", sa.Integer(), sa.ForeignKey("p.id", name="fk_bare")), sqlite_with_rowid=False)')
ROWS = "INSERT INTO p VALUES (1, 'x'), (2, 'y'), (3, 'z'); INSERT INTO kid VALUES (1, 1, 1), (2, 2, 2), (4, 3, 3); INSERT INTO loose VALUES ('c', 1), ('b', 2), ('a', 3); INSERT INTO bare SELECT * FROM loose; "
OLD = "INSERT INTO kid VALUES (7, 99, 1); DELETE FROM loose WHERE p = 1; INSERT INTO loose VALUES ('0', 99); INSERT INTO bare VALUES ('0', 99); "


def script(name, up, client, span="r1:r2"):
    """of a chain whose second revision has these statements"""
    return waybill("upgrade", span, "--dialect", "sqlite", "--client", client, ini=chain(os.path.join(folder, name), ("r1", None, *FIRST), ("r2", "r1", *up)))


def on_sqlite(text):
    return run(["sqlite3", path], input=text.encode())[1]


def fresh(sql):
    with open(path, "wb") as f:
        f.write(begun)
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript("PRAGMA synchronous = OFF; BEGIN; " + sql + "; COMMIT")
    db.close()


def try_cases(group, cases, wanted):
    """a case: name, what is in the file, the revision's statements"""
    for i, (name, sql, up) in share(list(enumerate(cases)), len(group), 2):
        for client in share(["sqlite3", "generic"], i, 2):
            fresh(sql)
            log = on_sqlite(script("%s%d" % (group, i), up, client))
            good = "result=OK" in log and not re.search("rror", log)
            refused = "result=OK" not in log and re.search("a foreign key is broken" if client == "sqlite3" else "some step did not complete", log)
            check(good if wanted else refused, "%s, client %s: %s is %s\n%s" % (group, client, name, "refused" if wanted else "let through", log[-500:]))


log = on_sqlite(script("first", FIRST[:1], "sqlite3", "base:r1"))
assert "result=OK" in log, log
begun = open(path, "rb").read()

# ---- keys that cannot be asked ----

NEW = ('op.add_column("p", sa.Column("x", sa.Integer()))',)
REBUILT = ('with op.batch_alter_table("p", recreate="always") as b:\n        b.alter_column("n", existing_type=sa.String(9), nullable=False, server_default="-")',)
BREAKS = ('op.execute("DELETE FROM p WHERE id = 2")',)
ODD = {
    "no index": "CREATE TABLE s (c TEXT, d TEXT); CREATE TABLE t (c TEXT REFERENCES s (c)); INSERT INTO t VALUES ('x')",
    "no key": "CREATE TABLE s (c TEXT, d TEXT); CREATE TABLE t (c TEXT REFERENCES s)",
    "an index that is not unique": "CREATE TABLE s (c TEXT, d TEXT); CREATE INDEX i ON s (c); CREATE TABLE t (c TEXT REFERENCES s (c))",
    "a partial index": "CREATE TABLE s (c TEXT, d TEXT); CREATE UNIQUE INDEX i ON s (c) WHERE d > 0; CREATE TABLE t (c TEXT REFERENCES s (c))",
    "an index of an expression": "CREATE TABLE s (c TEXT, d TEXT); CREATE UNIQUE INDEX i ON s (lower(c)); CREATE TABLE t (c TEXT REFERENCES s (c))",
    "an index of another collation": "CREATE TABLE s (c TEXT, d TEXT); CREATE UNIQUE INDEX i ON s (c COLLATE NOCASE); CREATE TABLE t (c TEXT REFERENCES s (c))",
    "an index of more": "CREATE TABLE s (c TEXT, d TEXT, UNIQUE (c, d)); CREATE TABLE t (c TEXT REFERENCES s (c))",
    "a key of less": "CREATE TABLE s (c TEXT, d TEXT, PRIMARY KEY (c, d)); CREATE TABLE t (c TEXT REFERENCES s)",
    "a view": "CREATE VIEW s AS SELECT 1 AS c; CREATE TABLE t (c TEXT REFERENCES s (c))",
    "a broken view": "CREATE VIEW s AS SELECT c FROM gone; CREATE TABLE t (c TEXT REFERENCES s (c))",
    "a virtual table": "CREATE VIRTUAL TABLE s USING fts5 (c); CREATE TABLE t (c TEXT REFERENCES s (c))",
    "a column that is none": "CREATE TABLE s (c INTEGER PRIMARY KEY); CREATE TABLE t (c TEXT REFERENCES s (d))",
    "names in quotes": "CREATE TABLE [the 'one'] (\"a b\" TEXT); CREATE TABLE \"t \"\"q\" (c TEXT REFERENCES [THE 'ONE'] (\"a b\"))",
    "itself": "CREATE TABLE t (a INTEGER PRIMARY KEY, c TEXT REFERENCES t (c))",
    "the table itself": "CREATE TABLE t (c TEXT REFERENCES p (n))",
}
FINE = {
    "no table": "CREATE TABLE t (c TEXT REFERENCES gone)",
    "columns in another order": "CREATE TABLE s (c TEXT, d TEXT, PRIMARY KEY (c, d)); CREATE TABLE t (a TEXT, b TEXT, FOREIGN KEY (a, b) REFERENCES s (D, C))",
    "a column with a collation": "CREATE TABLE s (c TEXT COLLATE NOCASE UNIQUE); CREATE TABLE t (a TEXT REFERENCES S (C))",
    "no rowid": "CREATE TABLE s (c TEXT PRIMARY KEY) WITHOUT ROWID; CREATE TABLE t (a TEXT REFERENCES s)",
    "a view that is broken": "CREATE VIEW v AS SELECT c FROM gone",
}
try_cases("odd", [("a key towards " + name, sql + "; " + ROWS, up) for name, sql in {**ODD, **FINE}.items() for up in (NEW, REBUILT)], True)
own = ('op.create_table("s", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("c", sa.String(5)))', 'op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("c", sa.String(5), sa.ForeignKey("s.c", name="fk_ts")))')
try_cases("own", [("a key towards no index, of the chain's own", ROWS, own),
                  ("an index that makes a key one that can be asked", "CREATE TABLE t (c TEXT REFERENCES p (n)); INSERT INTO t VALUES ('gone'); " + ROWS, ('op.create_index("i", "p", ["n"], unique=True)',)),
                  ("an index that is dropped", "CREATE TABLE s (c TEXT); CREATE UNIQUE INDEX i ON s (c); CREATE TABLE t (c TEXT REFERENCES s (c))", ('op.execute("DROP INDEX i")',))], True)
try_cases("beside", [("a row, where other keys lead to " + name, sql + "; " + ROWS, BREAKS) for name, sql in {**ODD, **FINE}.items()], False)
try_cases("with", [("a row, behind a key of the chain's own towards no index", ROWS, own + BREAKS)], False)

# ---- what broke a key before, and what does so now ----

RAW = ('op.execute("CREATE TABLE made (a TEXT PRIMARY KEY, p INTEGER REFERENCES p (id))")', 'op.execute("INSERT INTO made SELECT * FROM loose")', 'op.execute("DROP TABLE loose")', 'op.execute("ALTER TABLE made RENAME TO loose")')
SWAPPED = ('op.rename_table("loose", "old")', 'op.create_table("loose", sa.Column("a", sa.String(9), primary_key=True), sa.Column("p", sa.Integer(), sa.ForeignKey("p.id", name="fk_new")))')
BATCH = 'with op.batch_alter_table("%s", recreate="always") as b:\n        b.alter_column("p", existing_type=sa.Integer(), server_default="1")'
STEADY = {   # what a revision may do: the rows keep their numbers
    "nothing of it": NEW,
    "a column": tuple('op.add_column("%s", sa.Column("x", sa.Integer()))' % t for t in ("kid", "loose", "bare")),
    "a table with another name": ('op.rename_table("kid", "kids")', 'op.rename_table("loose", "loosely")', 'op.rename_table("bare", "barely")'),
    "a column with another name": tuple('op.execute("ALTER TABLE %s RENAME COLUMN p TO pp")' % t for t in ("kid", "loose", "bare")),
    "a parent with another name": ('op.rename_table("p", "parent")',),
    "both, of another name": ('op.rename_table("p", "parent")', 'op.rename_table("kid", "kids")', 'op.execute("ALTER TABLE kids RENAME COLUMN p TO pp")'),
    "a table rebuilt": (BATCH % "kid", BATCH % "loose", BATCH % "bare"),
    "a parent rebuilt": REBUILT,
    "a key more": ('with op.batch_alter_table("kid") as b:\n        b.create_foreign_key("fk_q", "p", ["q"], ["id"])',),
    "a table whose place another takes": SWAPPED,
}
COUNTED = {   # they do not
    "a table rebuilt by hand": RAW,
    "a table rebuilt, with another key": ('with op.batch_alter_table("loose", recreate="always") as b:\n        b.add_column(sa.Column("id", sa.Integer()))\n        b.alter_column("a", existing_type=sa.String(9), nullable=False)', BATCH % "loose"),
    "a table rebuilt, of another name": ('op.rename_table("kid", "kids")', BATCH % "kids"),
}
try_cases("old", [(name, ROWS + OLD, up) for name, up in {**STEADY, **COUNTED}.items()], True)
try_cases("none", [(name, ROWS, up) for name, up in {**STEADY, **COUNTED}.items()], True)
try_cases("mended", [(name, ROWS + OLD, ('op.execute("DELETE FROM %s WHERE p = 99")' % t,) + up) for name, up in {**STEADY, **COUNTED}.items() for t in ("kid", "bare")], True)
for name, up in {**STEADY, **COUNTED}.items():
    try_cases("new " + name.replace(" ", "_").replace(",", ""), [(name, ROWS + OLD, ('op.execute("DELETE FROM p WHERE id = 2")',) + up)], False)
MENDED = ('op.execute("DELETE FROM kid WHERE p NOT IN (SELECT id FROM p)")', 'op.execute("DELETE FROM loose WHERE p NOT IN (SELECT id FROM p)")')
BREAK = {"kid": 'op.execute("UPDATE kid SET p = 98 WHERE id = 2")', "loose": 'op.execute("UPDATE loose SET p = 98 WHERE p = 2")'}
try_cases("one for another", [("%s, and a row of %s" % (name, t), ROWS + OLD, MENDED + (text,) + up) for name, up in STEADY.items() for t, text in BREAK.items()], False)
try_cases("other", [("a key of one table for one of another", ROWS + OLD, ('op.execute("DELETE FROM bare WHERE p = 99")', BREAK["loose"])),
                    ("a key of one column for one of another", ROWS + "CREATE TABLE two (a INTEGER REFERENCES p (id), b INTEGER REFERENCES p (id)); INSERT INTO two VALUES (99, 1)", ('op.execute("UPDATE two SET a = 1, b = 99")',)),
                    ("an empty key for a broken one", ROWS + OLD, ('op.execute("UPDATE kid SET p = CASE id WHEN 7 THEN NULL WHEN 1 THEN 77 ELSE p END")',)),
                    ("a new table's row for one of a table that stays", ROWS + OLD, ('op.execute("DELETE FROM kid WHERE p = 99")', 'op.create_table("t", sa.Column("id", sa.Integer(), sa.ForeignKey("p.id", name="fk_t")))', 'op.execute("INSERT INTO t VALUES (5)")'))], False)
try_cases("moved", [("a row that goes with its table", ROWS + OLD, ('op.create_table("t", sa.Column("a", sa.String(9)), sa.Column("p", sa.Integer(), sa.ForeignKey("p.id", name="fk_t")))', 'op.execute("INSERT INTO t SELECT a, p FROM loose")', 'op.drop_table("loose")')),
                    ("a key that is dropped", ROWS + OLD, ('with op.batch_alter_table("kid") as b:\n        b.drop_constraint("fk", type_="foreignkey")',))], True)

# ---- what the scripts say of keys, and what SQLite says of each table ----

view = re.search(r"^CREATE TEMP VIEW waybill_keys.*?;$", script("said", NEW, "sqlite3"), re.S | re.M)
check(view, "a script says what its keys are")
rng = random.Random(1)


def random_schema():
    """tables with columns a to c, keys and indexes of every kind, and keys towards any of them"""
    sql, names = [], ["t%d" % i for i in range(5)]
    for t in names:
        parts = ["%s %s%s" % (c, rng.choice(["INTEGER", "TEXT", "INT"]), rng.choice(["", "", "", " UNIQUE", " COLLATE NOCASE"])) for c in "abc"]
        tail = ""
        kind = rng.randrange(4)
        if kind:
            columns = rng.sample("abc", rng.choice([1, 1, 2]))
            parts.append("PRIMARY KEY (%s)" % ", ".join(columns))
            tail = rng.choice(["", "", " WITHOUT ROWID"])
        if rng.random() < 0.3:
            parts.append("UNIQUE (%s)" % ", ".join(rng.sample("abc", rng.choice([1, 2, 3]))))
        for _ in range(rng.choice([0, 1, 1, 2])):
            n = rng.choice([1, 1, 2])
            to = rng.choice(["", "(%s)" % ", ".join(rng.sample("ABC" if rng.random() < 0.5 else "abc", n))])
            parts.append("FOREIGN KEY (%s) REFERENCES %s %s" % (", ".join(rng.sample("abc", n)), rng.choice(names + ["v", "T1", "gone"]), to))
        sql.append("CREATE TABLE %s (%s)%s" % (t, ", ".join(parts), tail))
        if rng.random() < 0.5:
            sql.append("CREATE UNIQUE INDEX i%s ON %s (%s)%s" % (t, t, ", ".join(rng.sample("abc", rng.choice([1, 1, 2]))), rng.choice(["", "", " WHERE a > 0"])))
        for _ in range(3):
            sql.append("INSERT OR IGNORE INTO %s VALUES (%s)" % (t, ", ".join(rng.choice(["1", "2", "3", "4", "NULL"]) for _ in "abc")))
    return sql + ["CREATE VIEW v AS SELECT a FROM gone"]


asked = 0
for turn in range(400 if ALL else 60):
    db = sqlite3.connect(":memory:", isolation_level=None)
    schema = []
    for statement in random_schema():
        try:
            db.execute(statement)
            schema.append(statement)
        except sqlite3.Error:   # a foreign key's two sides do not fit: SQLite refuses that table
            pass
    odd, broken = set(), []
    for t, in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        try:
            broken += [(row[0], row[1] if row[1] is not None else "") for row in db.execute("PRAGMA foreign_key_check(%s)" % t)]
        except sqlite3.Error:
            odd.add(t)
    if view:
        db.execute(view.group())
        said = db.execute("SELECT * FROM waybill_keys").fetchall()
        check({t for _, t, k, _ in said if k == "?"} == odd, "tables that cannot be asked: %s, and %s" % (odd, "; ".join(schema)))
        check(sorted(((t, r) for _, t, k, r in said if r is not None), key=str) == sorted(broken, key=str), "rows that break keys: %s, and %s" % (broken, "; ".join(schema)))
        asked += len(broken)
    db.close()
print("%d rows asked of" % asked)
finish("foreign keys of SQLite")
