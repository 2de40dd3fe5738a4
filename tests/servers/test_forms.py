#!/usr/bin/python3
"""Every form of a statement that SQLite's grammar knows, in a script for the sqlite3 client and in one for any: it runs to OK where
the statement itself runs, or it is refused when it is rendered, with a hint. What the stock client's script takes is refused
for any client for a reason only.

test_forms.py [--all]: without it a quarter of the forms.
"""
import os
import re
import sqlite3
import subprocess

from common import WAYBILL, chain, check, finish, run, scratch, share

folder = scratch()
path = os.path.join(folder, "t.db")
FIRST = ('op.create_table("p", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("n", sa.Integer()))', 'op.create_index("ix", "p", ["n"])',
         'op.create_table("q", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("n", sa.Integer()))')
TEMPORARY, TARGET = "a temporary table, view or trigger", "a table's schema"
NAMES = {"p": None, "main.p": TARGET, '"p"': None, "[p]": None, "`p`": None, "p /* main.p */": None, "main . \"p\"": TARGET, "p AS x": "another name for its table"}
LOOKS = {"": None, " INDEXED BY ix": "INDEXED BY or NOT INDEXED", " NOT INDEXED": "INDEXED BY or NOT INDEXED"}
ENDS = {"": None, " ORDER BY id LIMIT 1": "ORDER BY or LIMIT", " LIMIT 1": "ORDER BY or LIMIT", " RETURNING id": "RETURNING"}
FORMS = {   # and what keeps it from being gated; None: nothing
    **{"UPDATE %s SET n = 2" % name: why for name, why in NAMES.items()}, **{"DELETE FROM %s" % name: why for name, why in NAMES.items()},
    **{"INSERT INTO %s VALUES (9, 9)" % name: why for name, why in NAMES.items()}, **{"REPLACE INTO %s VALUES (1, 5)" % name: why for name, why in NAMES.items() if " AS " not in name},
    **{"UPDATE p%s SET n = 2 WHERE n = 1" % look: why for look, why in LOOKS.items()}, **{"DELETE FROM p%s WHERE n = 1" % look: why for look, why in LOOKS.items()},
    **{"UPDATE p SET n = 2 WHERE id > 1%s" % end: why for end, why in ENDS.items()}, **{"DELETE FROM p WHERE id > 1%s" % end: why for end, why in ENDS.items()},
    **{"%s OR %s %s" % (verb, conflict, rest): None for conflict in ("ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE") for verb, rest in (("INSERT", "INTO p VALUES (9, 1)"), ("UPDATE", "p SET n = 2"))},
    "UPDATE OR IGNORE main.p SET n = 2": TARGET, "INSERT OR REPLACE INTO main.p VALUES (1, 2)": TARGET,
    "UPDATE p SET n = q.n FROM q WHERE q.id = p.id": None, "UPDATE p SET n = q.n FROM main.q AS q NOT INDEXED WHERE q.id = p.id": None, "UPDATE p SET (n) = (SELECT 4)": None,
    "UPDATE p SET n = (SELECT n FROM q ORDER BY id LIMIT 1)": None, "UPDATE p SET n = (SELECT max(n) FROM main.q NOT INDEXED)": None, "UPDATE p SET n = (WITH a AS (SELECT 1 AS i) SELECT i FROM a)": None,
    "UPDATE p SET n = ' RETURNING id'": None, "UPDATE p SET n = 'INDEXED BY', id = id -- ORDER BY id": None, "UPDATE p SET n = 'WITH DEFAULT VALUES'": None,
    "WITH a AS (SELECT 1 AS i) UPDATE p SET n = 3 WHERE id IN (SELECT i FROM a)": "WITH", "WITH a AS (SELECT 1 AS i) DELETE FROM p WHERE id IN (SELECT i FROM a)": "WITH", "WITH a AS (SELECT 77 AS i) INSERT INTO p SELECT i, i FROM a": "WITH",
    "DELETE FROM p WHERE id IN (SELECT id FROM q ORDER BY id LIMIT 1)": None, "INSERT INTO p SELECT id + 10, n FROM q ORDER BY id LIMIT 1": None, "INSERT INTO p WITH a AS (SELECT 77 AS i) SELECT i, i FROM a": None,
    "INSERT INTO p (id, n) VALUES (1, 9) ON CONFLICT (id) DO UPDATE SET n = excluded.n": None, "INSERT INTO p (id, n) VALUES (1, 9) ON CONFLICT DO NOTHING": None, "INSERT INTO p AS x (id, n) VALUES (9, 9) ON CONFLICT (id) DO UPDATE SET n = x.n": "another name for its table",
    "INSERT INTO p SELECT id + 50, n FROM main.q AS x WHERE true ON CONFLICT DO NOTHING": None, "INSERT INTO p DEFAULT VALUES": "DEFAULT VALUES", "INSERT INTO p (n) VALUES (1) RETURNING id": "RETURNING", "INSERT INTO p VALUES (11, 1), (12, 2)": None,
    "INSERT INTO p SELECT * FROM (VALUES (13, 1))": None, "VALUES (1)": None, "SELECT 1": None,
    **{word + what: word for word in ("ANALYZE", "REINDEX") for what in ("", " p", " main.p", " main.ix", " ix")}, "REINDEX NOCASE": "REINDEX",
    "ALTER TABLE p RENAME TO pp": None, "ALTER TABLE main.p RENAME TO pp": None, "ALTER TABLE p RENAME COLUMN n TO m": None, "ALTER TABLE main.p RENAME n TO m": None, "ALTER TABLE main.p ADD COLUMN z INTEGER": None, "ALTER TABLE p ADD z INTEGER": None,
    "ALTER TABLE q DROP COLUMN n": None, "ALTER TABLE main.q DROP n": None,
    "CREATE TABLE main.a (i INTEGER)": None, "CREATE TABLE IF NOT EXISTS main.a (i INTEGER)": None, "CREATE TABLE IF NOT EXISTS p (i INTEGER)": None, "CREATE TABLE a AS SELECT * FROM p": None, "CREATE VIRTUAL TABLE a USING fts5 (x)": None,
    "CREATE VIRTUAL TABLE IF NOT EXISTS main.a USING fts5 (x)": None, "CREATE VIEW a AS SELECT * FROM p": None, "CREATE VIEW IF NOT EXISTS main.a (x) AS SELECT 1": None, "CREATE TRIGGER a AFTER INSERT ON p BEGIN UPDATE q SET n = 1; END": None,
    "CREATE TRIGGER IF NOT EXISTS main.a BEFORE DELETE ON p BEGIN DELETE FROM q; END": None, "CREATE INDEX main.ix2 ON p (n DESC)": None, "CREATE UNIQUE INDEX IF NOT EXISTS main.ix2 ON p (id, n) WHERE n > 0": None, "CREATE INDEX IF NOT EXISTS ix ON p (n)": None,
    **{"CREATE %s%s" % (word, rest): TEMPORARY for word in ("TEMP ", "TEMPORARY ") for rest in ("TABLE a (i INTEGER)", "TABLE IF NOT EXISTS a (i INTEGER)", "VIEW a AS SELECT 1", "TRIGGER a AFTER INSERT ON p BEGIN SELECT 1; END")},
    "CREATE TABLE temp.a (i INTEGER)": TEMPORARY, "CREATE VIEW IF NOT EXISTS temp.a AS SELECT 1": TEMPORARY, "DROP TABLE q": None, "DROP TABLE IF EXISTS main.q": None, "DROP TABLE IF EXISTS missing": None, "DROP INDEX ix": None, "DROP INDEX IF EXISTS main.ix": None,
    "DROP VIEW IF EXISTS v": None, "DROP TRIGGER IF EXISTS main.v": None,
    **{text: "" for text in ("VACUUM", "PRAGMA user_version = 5", "PRAGMA optimize", "SAVEPOINT a", "DETACH DATABASE a", "ATTACH DATABASE ':memory:' AS a")},   # by both
}


def script(ini, span, client):
    p = subprocess.run([WAYBILL, "-c", ini, "upgrade", span, "--dialect", "sqlite", "--client", client], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return p.returncode, (p.stdout or p.stderr).decode()


def on_sqlite(text):
    return run(["sqlite3", path], input=text.encode())[1]


log = on_sqlite(script(chain(os.path.join(folder, "first"), ("r1", None, *FIRST)), "base:r1", "sqlite3")[1])
assert "result=OK" in log, log
db = sqlite3.connect(path, isolation_level=None)
db.executescript("INSERT INTO p VALUES (1, 1), (2, 2), (3, 3); INSERT INTO q SELECT * FROM p; ANALYZE")
db.close()
begun = open(path, "rb").read()
for i, (text, why) in share(list(enumerate(FORMS.items())), 1, 4):
    ini = chain(os.path.join(folder, "c%d" % i), ("r1", None, *FIRST), ("r2", "r1", "op.execute(%r)" % text))
    for client, wanted in (("sqlite3", "" if why == "" else None), ("generic", why)):
        status, made = script(ini, "r1:r2", client)
        if wanted is not None:
            check(status == 1 and "\nhint: " in made and wanted in made, "%s, client %s: is not refused for %s\n%s" % (text, client, wanted, made[-300:]))
            continue
        if not check(status == 0, "%s, client %s: is refused\n%s" % (text, client, made)):
            continue
        with open(path, "wb") as f:
            f.write(begun)
        log = on_sqlite(made)
        check("result=OK" in log and not re.search("rror", log), "%s, client %s: does not run\n%s" % (text, client, log[-400:]))
finish("forms of SQLite's statements")
