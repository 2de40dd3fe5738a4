#!/usr/bin/python3
"""Indexes that are built outside a transaction, of every shape: the framed script succeeds where the index is as it was asked for, for
psql and for other clients; it fails where the build fails, and goes on from there once that is cured.

test_concurrent.py [--all]: without --all each definition for every client once, and what goes wrong for one of them.
"""
import os

import terminal
from common import ALL, Postgres, check, finish, scratch, waybill

OP, RAW = "op.create_index(%s, postgresql_concurrently=True)", 'op.execute("""%s""")'

# what makes the index, and its name; empty: the server chooses it
INDEXES = [
    (OP % '"i", "t", ["b", "a"]', "i"),
    (OP % '"i", "t", ["a", "b"]', "i"),
    (OP % '"i", "t", ["c", "a", "b"]', "i"),
    (OP % '"i", "t", ["b", "a"], unique=True', "i"),
    (OP % '"i", "t", ["c"], postgresql_include=["b", "a"]', "i"),
    (OP % '"i", "t", ["b", "a"], postgresql_include=["c"], unique=True', "i"),
    (OP % '"i", "t", [sa.text("lower(c)")]', "i"),
    (OP % '"i", "t", [sa.text("lower(c)"), "a"]', "i"),
    (OP % '"i", "t", ["b", sa.text("(a + b)"), "a"], unique=True', "i"),
    (OP % '"i", "t", [sa.text("(a)"), sa.text("((b))")]', "i"),
    (OP % '"i", "t", [sa.text("a DESC"), "b"]', "i"),
    (OP % '"i", "t", [sa.text("a DESC NULLS LAST"), sa.text("b NULLS FIRST"), sa.text("c ASC")]', "i"),
    (OP % '"i", "t", [sa.column("a").desc(), sa.column("b").desc().nullslast()]', "i"),
    (OP % '"i", "t", [sa.func.lower(sa.column("c")), sa.func.coalesce(sa.column("a"), 0)]', "i"),
    (OP % '"i", "t", ["c"], postgresql_ops={"c": "text_pattern_ops"}', "i"),
    (OP % '"i", "t", ["a", "c"], postgresql_ops={"c": "text_pattern_ops", "a": "int4_ops"}', "i"),
    (OP % '"i", "t", ["v"], postgresql_ops={"v": "varchar_pattern_ops"}', "i"),
    (OP % '"i", "t", ["v"], postgresql_ops={"v": "varchar_ops"}', "i"),
    (OP % '"i", "t", ["a"], postgresql_using="hash"', "i"),
    (OP % '"i", "t", ["a"], postgresql_using="brin"', "i"),
    (OP % '"i", "t", ["a"], postgresql_using="BTREE"', "i"),
    (OP % '"i", "t", ["j"], postgresql_using="gin"', "i"),
    (OP % '"i", "t", ["j"], postgresql_using="gin", postgresql_ops={"j": "jsonb_path_ops"}', "i"),
    (OP % '"i", "t", ["r"], postgresql_using="gist"', "i"),
    (OP % '"i", "t", ["l"], postgresql_using="gin"', "i"),
    (OP % '"i", "t", ["e", "n"]', "i"),
    (OP % '"i", "t", [sa.text("to_tsvector(\'simple\', c)")], postgresql_using="gin"', "i"),
    (OP % '"i", "t", ["b", "a"], postgresql_where=sa.text("a > 0")', "i"),
    (OP % '"i", "t", ["b"], unique=True, postgresql_where=sa.text("c IS NOT NULL AND a IN (1, 2)")', "i"),
    (OP % '"i", "t", ["b"], postgresql_where=sa.text("true")', "i"),
    (OP % '"i", "t", ["a"], postgresql_with={"fillfactor": 70}', "i"),
    (OP % '"i", "t", ["b", "a"], postgresql_tablespace="pg_default"', "i"),
    (OP % '"i", "t", ["b", "a"], if_not_exists=True', "i"),
    (OP % '"I x", "t", ["b", "a"]', "I x"),
    (OP % '"order", "Odd T", ["Sum", "a b", "select"]', "order"),
    (OP % '"it\'s", "Odd T", ["a b", "select"], postgresql_include=["Sum"], unique=True', "it's"),
    (OP % '"i", "t", ["b", "a"], schema="app"', "app.i"),
    (OP % '"I x", "Odd T", ["a b", "Sum"], schema="App two"', "App two.I x"),
    (OP % ('"%s", "t", ["b", "a"]' % ("ix_" + "long_" * 12)), "ix_" + "long_" * 12),
    (RAW % "CREATE INDEX CONCURRENTLY i ON t (b, a)", "i"),
    (RAW % "create unique index concurrently if not exists I on only public.T using btree (B desc, A)", "i"),
    (RAW % "CREATE INDEX CONCURRENTLY i ON app.t (b, a)", "app.i"),
    (RAW % 'CREATE INDEX CONCURRENTLY \\"I x\\" ON \\"App two\\".\\"Odd T\\" (\\"a b\\", lower(\\"select\\"::text))', "App two.I x"),
    (RAW % "CREATE INDEX CONCURRENTLY i /* why */ ON t (b -- the first\n, a)", "i"),
    (RAW % "CREATE INDEX CONCURRENTLY i ON t USING gist (r, int4range(a, a + b))", "i"),
    (RAW % 'CREATE INDEX CONCURRENTLY i ON t (c COLLATE \\"C\\" text_pattern_ops DESC NULLS LAST, v COLLATE pg_catalog.\\"POSIX\\")', "i"),
    (RAW % "CREATE INDEX CONCURRENTLY i ON t USING gist (to_tsvector('simple', c) tsvector_ops (siglen = 100))", "i"),
    (RAW % "CREATE INDEX CONCURRENTLY i ON t (pg_catalog.lower(c) pg_catalog.text_pattern_ops, (CASE WHEN a > b THEN a ELSE b END) DESC)", "i"),
    (RAW % "CREATE INDEX CONCURRENTLY i ON t (((a)::integer), (a + (b * 2)), (c || '),(' || v))", "i"),
    (RAW % "CREATE INDEX CONCURRENTLY i ON t (CAST(a AS bigint), coalesce(b, a), (j ->> 'x'), a) INCLUDE (c, v) WITH (fillfactor = 80) WHERE (a > 1 AND b < 3)", "i"),
    (RAW % "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a, b) INCLUDE (c) NULLS NOT DISTINCT WITH (deduplicate_items = off) TABLESPACE pg_default WHERE a IS NOT NULL", "i"),
    (RAW % "CREATE UNIQUE INDEX CONCURRENTLY i ON t (b) NULLS DISTINCT", "i"),
    (RAW % "CREATE INDEX CONCURRENTLY i ON t (a) WHERE TRUE", "i"),
    (RAW % "CREATE INDEX CONCURRENTLY i ON t (U&\\\"\\\\0061\\\", b DESC)", "i"),
    (RAW % "CREATE INDEX CONCURRENTLY i ON t USING rtree (r)", "i"),
    (RAW % "CREATE INDEX CONCURRENTLY i ON t (a, a, b)", "i"),
    (RAW % "CREATE INDEX CONCURRENTLY ON t (b, a)", ""),
    (RAW % "CREATE UNIQUE INDEX CONCURRENTLY ON t (b, a)", ""),
    (RAW % "CREATE UNIQUE INDEX CONCURRENTLY ON t (lower(c), b DESC) INCLUDE (a) WHERE b > 0", ""),
    (RAW % "CREATE INDEX CONCURRENTLY ON app.t USING hash (b)", ""),
    (RAW % "CREATE INDEX CONCURRENTLY ON t USING gin (j jsonb_path_ops, l)", ""),
    (RAW % 'CREATE INDEX CONCURRENTLY ON \\"Odd T\\" (\\"Sum\\")', ""),
]

# what else runs outside a transaction: the statement, what makes it fail, what cures that; None: it cannot fail
OTHERS = [
    ("psql generic", RAW % "DROP INDEX CONCURRENTLY ix_there", "alter index ix_there rename to elsewhere", "alter index elsewhere rename to ix_there"),
    ("psql generic", RAW % 'DROP INDEX CONCURRENTLY app.\\"Ix there\\"', 'alter index app.\\"Ix there\\" rename to elsewhere', 'alter index app.elsewhere rename to \\"Ix there\\"'),
    ("psql generic", RAW % "DROP INDEX CONCURRENTLY IF EXISTS nowhere", None, None),
    ("psql generic", 'op.drop_index("ix_there", table_name="t", postgresql_concurrently=True)', "alter index ix_there rename to elsewhere", "alter index elsewhere rename to ix_there"),
    ("psql generic", 'op.drop_index("nowhere", table_name="t", postgresql_concurrently=True, if_exists=True)', None, None),
    ("psql", RAW % "REINDEX INDEX CONCURRENTLY ix_there", "alter index ix_there rename to elsewhere", "alter index elsewhere rename to ix_there"),
    ("psql", RAW % "REINDEX TABLE CONCURRENTLY app.t", "alter table app.t rename to elsewhere", "alter table app.elsewhere rename to t"),
    ("psql", RAW % "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY", "alter table p detach partition p1", "alter table p attach partition p1 for values in (1)"),
    ("psql generic", RAW % "VACUUM t", None, None),
    ("psql generic", RAW % "VACUUM (ANALYZE) app.t", None, None),
]

TABLE = """create table %s (a int, b int, c text, v varchar(20), j jsonb, r int4range, l int[], e mood, n numeric);
insert into %s values (1, 2, 'x', 'y', '{}', '[1,2)', '{1}', 'glad', 1), (2, 1, 'z', 'y', '[]', '[3,4)', '{2}', 'sad', 2);
"""
ODD = 'create table %s ("Sum" int, "a b" int, "select" text);\ninsert into %s values (1, 2, \'x\'), (2, 1, \'y\');\n'
PLACES = ("public.t", "app.t", 'public."Odd T"', '"App two"."Odd T"')

folder = scratch()
server = Postgres()


def base():
    server.create("base")
    text = "create schema app; create schema \"App two\"; create type mood as enum ('sad', 'glad');\n"
    text += "create table alembic_version (version_num varchar(32) not null primary key); insert into alembic_version values ('o1');\n"
    text += "".join((ODD if "Odd" in place else TABLE) % (place, place) for place in PLACES)
    text += "create table p (n int) partition by list (n); create table p1 partition of p for values in (1);\n"
    text += 'create index ix_there on t (n); create index "Ix there" on app.t (n);\n'
    code, log = server.psql("base", "-v", "ON_ERROR_STOP=1", "-q", "-f", write("base.sql", text))
    assert code == 0, log


def write(name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.write(text)
    return path


def script(action, client, *more):
    ini = write("chain/alembic.ini", "[alembic]\nscript_location = %(here)s\n")
    write("chain/versions/o1.py", 'revision = "o1"\ndown_revision = None\ndef upgrade():\n    pass\ndef downgrade():\n    pass\n')
    write("chain/versions/o2.py", 'from alembic import op\nimport sqlalchemy as sa\nrevision = "o2"\ndown_revision = "o1"\ndef upgrade():\n'
          '    op.execute("CREATE TABLE before (a int)")\n    with op.get_context().autocommit_block():\n        %s\n'
          '    op.execute("CREATE TABLE behind (a int)")\ndef downgrade():\n    pass\n' % action)
    return waybill("upgrade", "o1:o2", "--dialect", "postgresql", "--client", client, *more, ini=ini)


def runs(what, text, well):
    log = server.psql("t", "-f", write("run.sql", text))[1]
    at = server.psql("t", "-qAtc", "select version_num from alembic_version")[1].strip()
    stands = server.psql("t", "-qAtc", "select to_regclass('behind') is not null")[1].strip() == "t"
    good = "had no effect" not in log if well else True
    return check((terminal.receipts(log) == ["OK"]) == well and (at == "o2") == well and stands == well and good, "%s\n%s" % (what, log[-1500:]))


def sql(*texts):
    for text in texts:
        code, log = server.psql("t", "-v", "ON_ERROR_STOP=1", "-qc", text.replace('\\"', '"'))
        assert code == 0, (text, log)


def index(action, name, client, fails):
    what, unique = "%s: %s: " % (client, action), "unique=True" in action or "unique" in action.lower().split("index")[0]
    text = script(action, client)
    again = script(action, client, "--from-section", "2")
    server.create("t", "base")
    runs(what + "good", text, True)
    if not fails:
        return
    if unique:   # two rows are equal: what is left is half built, and invalid
        server.create("t", "base")
        sql(*("insert into %s select * from %s; delete from t where false" % (place, place) for place in PLACES))
        runs(what + "rows twice", text, False)
        runs(what + "rows twice, again", again, False)
        sql(*("delete from %s where ctid in (select max(ctid) from %s group by a, b)" % (place, place) if "Odd" not in place else
              'delete from %s where ctid in (select max(ctid) from %s group by "Sum")' % (place, place) for place in PLACES))
        if not name:   # nobody knows its name, so the person that is told drops it
            runs(what + "what is left, without a name", again, False)
            drop_invalid()
        runs(what + "cured", again, True)
    if name:   # another build of that name was left half built, before the script and after it stopped
        schema, _, own = name.rpartition(".")
        quoted = '"%s"."%s"' % (schema or "public", own)
        server.create("t", "base")
        table = '"%s"."%s"' % (schema or "public", "Odd T" if "Odd T" in action else "t")
        half = "create index \"%s\" on %s (%s); update pg_index set indisvalid = false where indexrelid = '%s'::regclass" % (own, table, '"Sum"' if "Odd" in table else "n", quoted.replace("'", "''"))
        sql(half)
        runs(what + "half built before", text, True)
        # one that is whole and is another: nothing says that it is ours to drop, and nothing begins that would stop there
        server.create("t", "base")
        other = half.split(";")[0]
        may_stand = "if not exists" in action.lower().replace("_", " ")
        sql(other)
        runs(what + "another of that name", text, False)
        begun = server.psql("t", "-qAtc", "select to_regclass('before') is not null")[1].strip() == "t"
        check(begun == may_stand, what + "another of that name: " + ("begun" if begun else "not begun"))
        # it has come since, where the run stopped before it
        server.create("t", "base")
        server.psql("t", "-f", write("run.sql", text[:text.index("-- Section 2 of")]))
        sql(other)
        runs(what + "another of that name since", again, False)
        sql("drop index " + quoted, half)
        runs(what + "half built where it stopped", again, True)
        # the connection was lost behind a build that went through
        server.create("t", "base")
        stopped = text.index("SELECT pg_catalog.set_config('waybill.failed'") if client == "psql" else text.index("\nDO $wb", text.index("\nCOMMIT;\n", text.index("Section 2 of")))
        server.psql("t", "-f", write("run.sql", text[:stopped]))
        if "if not exists" not in action.lower().replace("_", " "):
            runs(what + "built where it stopped", again, False)
            sql("drop index " + quoted)
        runs(what + "built where it stopped, dropped", again, True)


def drop_invalid():
    names = server.psql("t", "-qAtc", "select format('drop index %s', indexrelid::regclass) from pg_index where not indisvalid")[1]
    sql(*names.strip().split("\n"))


def main():
    base()
    for n, (action, name) in enumerate(INDEXES):
        for k, client in enumerate(("psql", "generic")):
            index(action, name, client, ALL or n % 4 == 2 * k)
    for clients, action, breaks, cures in OTHERS:
        for client in clients.split():
            what, text = "%s: %s: " % (client, action), script(action, client)
            server.create("t", "base")
            runs(what + "good", text, True)
            if breaks:
                server.create("t", "base")
                sql(breaks)
                # an index that is not there any more was dropped, whoever did it, for a client that cannot be asked for more
                gone = client == "generic" and "DROP INDEX" in action or client == "generic" and "drop_index" in action
                runs(what + "fails", text, gone)
                if not gone:
                    sql(cures)
                    runs(what + "cured", script(action, client, "--from-section", "2"), True)


if __name__ == "__main__":
    try:
        main()
    finally:
        server.stop()
    finish("indexes outside a transaction: %d definitions, %d other statements" % (len(INDEXES), len(OTHERS)))
