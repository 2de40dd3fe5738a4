#!/usr/bin/python3
"""PostgreSQL's row level security: a script runs with row_security off, so that no policy hides a row from it, and a statement on a
table whose policies hold for the user is an error. That is told before the first change, by the preflight too, with what to do.

test_row_security.py [--all]
"""
import os

from common import Postgres, chain, check, finish, run, scratch, share, waybill, PSQL

folder = scratch()
# what is done to the table; who runs the script; whether its policies hold for him
TABLES = {"forced": ("ALTER TABLE p ENABLE ROW LEVEL SECURITY; ALTER TABLE p FORCE ROW LEVEL SECURITY; CREATE POLICY a ON p TO own USING (true) WITH CHECK (true)", "own", True),
          "forced, a role that bypasses it": ("ALTER TABLE p ENABLE ROW LEVEL SECURITY; ALTER TABLE p FORCE ROW LEVEL SECURITY; ALTER ROLE own BYPASSRLS", "own", False),
          "forced, a superuser": ("ALTER TABLE p ENABLE ROW LEVEL SECURITY; ALTER TABLE p FORCE ROW LEVEL SECURITY", "postgres", False),
          "the owner": ("ALTER TABLE p ENABLE ROW LEVEL SECURITY; CREATE POLICY a ON p USING (false)", "own", False),
          "forced, but not enabled": ("ALTER TABLE p FORCE ROW LEVEL SECURITY", "own", False),
          "another's": ("ALTER TABLE p OWNER TO postgres; GRANT ALL ON p TO own; ALTER TABLE p ENABLE ROW LEVEL SECURITY; CREATE POLICY a ON p USING (true)", "own", True)}
STATEMENTS = ["UPDATE p SET n = 3", "INSERT INTO p VALUES (3, 3)", "DELETE FROM p WHERE id = 1", "INSERT INTO q SELECT n FROM p", "UPDATE q SET a = 1 WHERE EXISTS (SELECT 1 FROM public.p)", "CREATE TABLE c AS SELECT * FROM p"]
INDEX = "with op.get_context().autocommit_block():\n        op.create_index('ix_a', 'q', ['a'], postgresql_concurrently=True)"


def one(server, state, statement, client, sections):
    made, user, holds = TABLES[state]
    what = "%s, %s: %s, %d sections" % (client, state, statement, sections)
    ini = chain(os.path.join(folder, "p"), ("r1", None, "op.execute('CREATE TABLE p (id INTEGER PRIMARY KEY, n INTEGER)')", "op.execute('INSERT INTO p VALUES (1, 1), (2, 2)')", "op.create_table('q', sa.Column('a', sa.Integer()))"),
                ("r2", "r1", "op.add_column('q', sa.Column('b', sa.Integer()))", INDEX if sections > 1 else "pass", "op.execute(%r)" % statement))

    def apply(sql, user="own"):
        return run([PSQL, "-X", "-q", "-A", "-t", "-d", "r"], env={**os.environ, "PGHOST": server.folder, "PGUSER": user}, input=sql.encode())[1]

    def rendered(*args):
        return waybill("upgrade", *args, "--dialect", "postgresql", "--client", client, ini=ini)

    code, text = server.psql("postgres", "-qc", "alter role own nobypassrls", "-c", "drop database if exists r", "-c", "create database r owner own template template0")
    assert code == 0, text
    log = apply(rendered("r1"))
    check("result=OK" in log, what + "\n" + log[-900:])
    log = apply(made, "postgres")
    check(log == "", log)
    start = server.state("r")
    ready = apply(rendered("r1:r2", "--preflight"), user)
    log = apply(rendered("r1:r2"), user)
    if holds:
        check("result=FAILED" in log or "RECEIPT" not in log, what + ": OK\n" + log[-900:])
        check(server.state("r") == start, what + ": something has changed\n" + log[-900:])
        for said in (ready, log):
            check("policies of row level security could hide rows from own" in said and "public.p" in said and "BYPASSRLS" in said, what + ": is not said\n" + said[-900:])
        check(" not ready" in ready, what + ": the preflight\n" + ready[-900:])
    else:
        check("result=OK" in log, what + "\n" + log[-900:])
        check(ready.rstrip().endswith(" ready") and " not ready" not in ready, what + ": the preflight\n" + ready[-900:])


def main():
    server = Postgres()
    try:
        code, text = server.psql("postgres", "-qc", "create role own login")
        assert code == 0, text
        every = [(state, statement, client, sections) for state in TABLES for statement in STATEMENTS for client in ("psql", "generic") for sections in (1, 3)]
        for case in share(every, 5, 18):
            one(server, *case)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
    finish("servers/row_security")
