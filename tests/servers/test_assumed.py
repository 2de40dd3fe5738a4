#!/usr/bin/python3
"""What revisions take for granted, on the real servers: an inspector's answer, and that what stands in a try succeeds. Where the
database is as the chain says the script goes through; where it is not, the guard names what is otherwise and nothing changes.
On servers that commit by themselves a check of a revision stops the script before its first change. The preflight says beforehand
what the guard will say, and changes nothing.

test_assumed.py [sqlite|postgresql|mariadb ...]
"""
import os
import re
import subprocess
import sys
import time

from common import MariaDB, Postgres, SqliteFile, check, finish, run, scratch, sqlite_state, waybill

FIRST = '''revision = "r1"
down_revision = None
from alembic import op
import sqlalchemy as sa


def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("n", sa.Integer()),
                    sa.Column("m", sa.Integer()), sa.Column("k", sa.Integer()))
    op.create_index("ix_t_n", "t", ["n"])
    op.create_index("ix_t_k", "t", ["k"])
    op.execute("CREATE TABLE w (id INTEGER, a INTEGER)")
    op.rename_table("w", "v")
    op.execute("ALTER TABLE v RENAME TO w")


def downgrade():
    op.drop_table("w")
    op.rename_table("t", "t_gone")
    op.drop_table("t_gone")
'''
SECOND = '''revision = "r2"
down_revision = "r1"
from alembic import op
import sqlalchemy as sa


def has_index(inspector, name):
    return name in {index["name"] for index in inspector.get_indexes("t")}


def upgrade():
    inspector = sa.inspect(op.get_bind())
    if "coupons" not in inspector.get_table_names():
        op.create_table("coupons", sa.Column("id", sa.Integer(), primary_key=True))
    columns = [column["name"] for column in inspector.get_columns("t")]
    if "x" not in columns:
        op.add_column("t", sa.Column("x", sa.Integer()))
    if any(column["name"] == "m" for column in inspector.get_columns("t")):
        op.execute("UPDATE t SET m = 1")
    if has_index(inspector, "ix_t_n"):
        op.drop_index("ix_t_n", table_name="t")
    if not has_index(inspector, "ix_t_m"):
        op.create_index("ix_t_m", "t", ["m"])
    if inspector.has_table("w") and "a" in {c["name"] for c in inspector.get_columns("w")} and not inspector.has_table("v"):
        op.execute("UPDATE w SET a = 1")
    wanted = {"d1", "d2"}
    for name in sorted(wanted - set(inspector.get_table_names())):
        op.create_table(name, sa.Column("id", sa.Integer(), primary_key=True))
    if {table: True for table in inspector.get_table_names()}.get("d3") is None and not {"d4"} & set(inspector.get_table_names()):
        op.create_table("d3", sa.Column("id", sa.Integer(), primary_key=True))
    if not inspector.has_table("vouchers"):
        op.create_table("vouchers", sa.Column("id", sa.Integer(), primary_key=True))
    try:
        op.add_column("t", sa.Column("y", sa.Integer()))
    except Exception:
        pass
    try:
        op.drop_index("ix_t_k", table_name="t")
    except sa.exc.OperationalError:
        pass
    try:
        op.execute("ALTER TABLE t ADD COLUMN raw INTEGER")
        op.execute("CREATE TABLE raw2 (id INTEGER)")
        op.execute("CREATE INDEX ix_raw ON t (n, k)")
    except Exception:
        pass


def downgrade():
    pass
'''
# What is otherwise than the chain says, and how it is named; the last by the table that is missing.
BY_HAND = [
    ("CREATE TABLE coupons (id INTEGER)", "table coupons is not there"),
    ("ALTER TABLE t ADD COLUMN x INTEGER", "column t.x is not there"),
    ("ALTER TABLE t RENAME COLUMN m TO m2", "column t.m is there"),
    ("DROP INDEX ix_t_n", "index t.ix_t_n is there"),
    ("CREATE INDEX ix_t_m ON t (id)", "index t.ix_t_m is not there"),
    ("CREATE TABLE vouchers (id INTEGER)", "table vouchers is not there"),
    ("ALTER TABLE t ADD COLUMN y INTEGER", "column t.y is not there"),
    ("DROP INDEX ix_t_k", "index t.ix_t_k is there"),
    ("ALTER TABLE t ADD COLUMN raw INTEGER", "column t.raw is not there"),
    ("CREATE TABLE raw2 (id INTEGER)", "table raw2 is not there"),
    ("CREATE INDEX ix_raw ON t (id)", "index t.ix_raw is not there"),
    ("CREATE TABLE d2 (id INTEGER)", "table d2 is not there"),
    ("CREATE TABLE d3 (id INTEGER)", "table d3 is not there"),
    ("CREATE TABLE d4 (id INTEGER)", "table d4 is not there"),
]
CHECKED = '''revision = "r2"
down_revision = "r1"
from alembic import op
import sqlalchemy as sa


def upgrade():
    op.create_table("u", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("SELECT count(*) FROM t WHERE n < 0")  # waybill: expect 0
    op.drop_column("t", "k")
    op.execute("SELECT count(*) FROM t WHERE k < 0")  # waybill: expect 0


def downgrade():
    pass
'''
# a check that holds only once other rows are gone is asked in its place alone
CHANGED = CHECKED[:CHECKED.index("    op.create_table")] + '''    op.execute("DELETE FROM t WHERE n < 0")
    op.execute("SELECT count(*) FROM t WHERE n < 0")  # waybill: expect 0


def downgrade():
    pass
'''
folder = scratch()


def project(name, second):
    home = os.path.join(folder, name)
    os.makedirs(os.path.join(home, "versions"))
    for file, text in (("alembic.ini", "[alembic]\nscript_location = %(here)s\n[waybill]\nbeside = yes\n"),
                       ("versions/r1.py", FIRST), ("versions/r2.py", second)):
        with open(os.path.join(home, file), "w", encoding="utf-8") as f:
            f.write(text)
    return os.path.join(home, "alembic.ini")


def script(ini, path, dialect, client, *options, command="upgrade"):
    file = os.path.join(folder, "%s-%s-%s%s.sql" % (path.replace(":", "-"), dialect, client, "".join(options)))
    with open(file, "w", encoding="utf-8") as f:
        f.write(waybill(command, path, "--dialect", dialect, "--client", client, *options, ini=ini))
    os.chmod(file, 0o644)
    return file


def is_ready(log):
    """what the preflight's last line says; None: there is none"""
    last = [line for line in log.split("\n") if "[WAYBILL-PREFLIGHT] v=1 " in line and "CASE" not in line and "IF(" not in line]
    return last[-1].strip(" |").endswith(" ready") and not last[-1].strip(" |").endswith(" not ready") if last else None


def cases(dialect, client, start, apply, execute, state):
    """start(): an empty database; apply(file): its log; execute(sql); state(): what stands there"""
    first, second = script(assumed, "base:r1", dialect, client), script(assumed, "r1:r2", dialect, client)
    preflight = script(assumed, "r1:r2", dialect, client, "--preflight")
    start()
    log = apply(script(assumed, "base:r2", dialect, client))
    check("result=OK" in log, "%s %s: the whole chain at once: %s" % (dialect, client, log))
    for sql, named in [(None, None)] + BY_HAND:
        start()
        log = apply(first)
        check("result=OK" in log, "%s %s: made: %s" % (dialect, client, log))
        case = "%s %s: %s" % (dialect, client, sql or "as the chain says")
        if sql:
            execute(sql + (" ON t" if sql.startswith("DROP INDEX") and dialect == "mariadb" else ""))
        before = state()
        log = apply(preflight)
        check(is_ready(log) is (not sql), case + ": preflight\n" + log)
        says = r"no +assumed\d*: revision r2 (looks at table t, which has other columns|looks at all tables|takes for granted that %s)"
        check(not sql or re.search(says % re.escape(named), log), case + ": preflight names it\n" + log)
        check(state() == before, case + ": the preflight changes nothing")
        log = apply(second)
        if not sql:
            check("result=OK" in log, case + ": goes through\n" + log)
            log = apply(preflight)
            check(is_ready(log) is False and re.search("no +pending", log), case + ": nothing is left to do\n" + log)
            continue
        says = r"revision r2 (looks at table t, which has other columns|looks at all tables|takes for granted that %s)" % re.escape(named)
        check("result=OK" not in log and re.search(says, log), case + ": named\n" + log)
        check(state() == before, case + ": nothing changed")


def way_back(dialect, client, start, apply, execute, state):
    """apply(file, word=None): its log, the word given as the client gives it; rows of a table that goes want that word"""
    first = script(assumed, "base:r1", dialect, client)
    back = script(assumed, "r1:base", dialect, client, command="downgrade")
    for rows, word, good in ((False, None, True), (True, None, False), (True, "other", False), (True, "a", True)):
        start()
        apply(first)
        if rows:
            execute("INSERT INTO t (id, n, m, k) VALUES (1, 1, 1, 1), (2, 1, 1, 1)")
        before = state()
        log = apply(back, word)
        case = "%s %s: a way back %s rows, word %s" % (dialect, client, "over" if rows else "without", word)
        check(("result=OK" in log) is good, case + "\n" + log)
        check(good or (state() == before and re.search(r"\bt( with)? 2\b", log) and "waybill" in log.split("hold rows")[-1].split("with rows")[-1]), case + ": says what it holds, nothing changed\n" + log)


def elsewhere(dialect, client, start, apply, state):
    """the preflight where the script does not belong: on nothing, and at another revision"""
    preflight = script(assumed, "r1:r2", dialect, client, "--preflight")
    at_base = script(assumed, "base:r1", dialect, client, "--preflight")
    start()
    log = apply(at_base)
    check(is_ready(log) is True, "%s %s: preflight from base\n%s" % (dialect, client, log))
    log = apply(preflight)
    check(not is_ready(log), "%s %s: preflight on an empty database\n%s" % (dialect, client, log))
    start()
    apply(script(assumed, "base:r1", dialect, client))
    before = state()
    log = apply(at_base)
    check(is_ready(log) is False and state() == before, "%s %s: preflight of what is done\n%s" % (dialect, client, log))


def postgresql():
    server = Postgres()
    try:
        for client in ("psql", "generic"):
            start, state = (lambda: server.create("a")), (lambda: server.state("a"))
            apply = lambda file: server.psql("a", "-f", file)[1]
            cases("postgresql", client, start, apply, lambda sql: server.psql("a", "-c", sql), state)
            elsewhere("postgresql", client, start, apply, state)
            os.environ["PGOPTIONS"] = ""   # no word but the one that is given

            def given(file, word=None):
                os.environ["PGOPTIONS"] = "-c waybill.drop=" + word if word and client == "generic" else ""
                return server.psql("a", *(["-v", "waybill_drop=" + word] if word and client == "psql" else []), "-f", file)[1]
            # a row that is committed behind the guard's count
            start()
            given(script(assumed, "base:r1", "postgresql", client))
            with subprocess.Popen(["psql", "-X", "-q", "-d", "a"], env=dict(os.environ, PGHOST=server.folder, PGUSER="postgres"), stdin=subprocess.PIPE) as other:
                other.stdin.write(b"BEGIN; INSERT INTO t (id) VALUES (1); SELECT pg_sleep(2); COMMIT;\n")
                other.stdin.flush()
                time.sleep(0.7)
                log = given(script(assumed, "r1:base", "postgresql", client, command="downgrade"))
                other.stdin.close()
            check("rows have come into the tables" in log and "result=OK" not in log and server.psql("a", "-Atc", "SELECT count(*) FROM t")[1].strip() == "1",
                  "postgresql %s: a row that comes behind the count\n%s" % (client, log))
            way_back("postgresql", client, start, given, lambda sql: server.psql("a", "-c", sql), state)
            start()
            apply(script(assumed, "base:r1", "postgresql", client))
            server.psql("a", "-c", "drop role if exists guest", "-c", "create role guest login", "-c", "revoke create on schema public from public", "-c", "grant select on all tables in schema public to guest")
            preflight = script(assumed, "r1:r2", "postgresql", client, "--preflight")
            log = server.psql("a", "-U", "guest", "-f", preflight)[1]
            check(is_ready(log) is False and "guest does not own these tables: public.t" in log and "may not make tables in schema public" in log,
                  "postgresql %s: the preflight of a guest\n%s" % (client, log))
            server.psql("a", "-c", "drop owned by guest", "-c", "drop role guest")
            row_rights(server, client)
    finally:
        server.stop()


ROWS = CHECKED[:CHECKED.index("    op.create_table")] + '''    op.execute("INSERT INTO w (id, a) SELECT id, n FROM t")
    op.execute("UPDATE t SET m = 1 WHERE k > 0")
    op.execute("DELETE FROM w WHERE id < 0")


def downgrade():
    pass
'''
ROW_RIGHTS = [("w", "INSERT"), ("w", "DELETE"), ("w", "SELECT"), ("t", "SELECT"), ("t", "UPDATE")]


def row_rights(server, client):
    """PostgreSQL: each right on rows that is missing is said by the preflight; with all of them it is ready, and the script runs"""
    ini = project("rows-" + client, ROWS)
    for lacking in [None] + ROW_RIGHTS:
        server.create("a")
        server.psql("a", "-f", script(ini, "base:r1", "postgresql", client))
        server.psql("a", "-c", "drop role if exists clerk", "-c", "create role clerk login", "-c", "grant select, update on alembic_version to clerk",
                    *[x for table, right in ROW_RIGHTS if (table, right) != lacking for x in ("-c", "grant %s on %s to clerk" % (right, table))])
        log = server.psql("a", "-U", "clerk", "-f", script(ini, "r1:r2", "postgresql", client, "--preflight"))[1]
        case = "postgresql %s: a clerk without %s" % (client, lacking)
        check(is_ready(log) is (not lacking), case + ": preflight\n" + log)
        check(not lacking or "clerk may not: %s public.%s" % (lacking[1], lacking[0]) in log, case + ": says so\n" + log)
        log = server.psql("a", "-U", "clerk", "-f", script(ini, "r1:r2", "postgresql", client))[1]
        check(("result=OK" in log) is (not lacking), case + "\n" + log)
        server.psql("a", "-c", "drop owned by clerk", "-c", "drop role clerk")


GRANTS = [   # who may run r1:r2, which needs ALTER, CREATE, INDEX, UPDATE
    ("`p_q`.*", "select, insert, update, create, alter, index, references", True),
    ("`p\\_q`.*", "select, insert, update, create, alter, index", True),
    ("*.*", "all", True),
    ("role", "all", True),
    ("`p_q`.t", "select, insert, update, create, alter, index", True),   # and what else there is, below
    ("`p_q`.*", "select, insert, update, create, alter", False),
    ("`p_q`.*", "select, insert, update, create, index", False),
    ("`p_q`.*", "select, insert, alter, create, index", False),
]


def privileges(server, client):
    """a privilege that some statement needs is missed before the first change, wherever it may be granted"""
    first, second = script(assumed, "base:r1", "mariadb", client), script(assumed, "r1:r2", "mariadb", client)
    for number, (where, what, good) in enumerate(GRANTS):
        user = "'u%d''@x'@localhost" % number
        server.create("p_q")
        server.apply("p_q", first)
        grant = "grant %s on %s to %s;" % (what, where, user)
        if where == "role":
            grant = "create or replace role r; grant all on p_q.* to r; grant r to %s; set default role r for %s;" % (user, user)
        elif where.endswith(".t"):
            grant += "grant select, update, alter on p_q.alembic_version to %s; grant update, select on p_q.w to %s; grant create on p_q.* to %s;" % (user, user, user)
        server.query("p_q", "create or replace user %s; grant select on mysql.* to %s; %s" % (user, user, grant))
        before = server.state("p_q")
        name = "u%d'@x" % number
        log = server.apply("p_q", script(assumed, "r1:r2", "mariadb", client, "--preflight"), user=name)[1]
        case = "mariadb %s: %s on %s" % (client, what, where)
        check(is_ready(log) is good, case + ": preflight\n" + log)
        log = server.apply("p_q", second, user=name)[1]
        check(("result=OK" in log) is good, case + "\n" + log)
        check(good or (server.state("p_q") == before and "the user lacks" in log), case + ": nothing changed, and it says why\n" + log)


def mariadb():
    server = MariaDB()
    try:
        for client in ("mariadb", "generic"):
            start, state = (lambda: server.create("a")), (lambda: server.state("a"))
            apply = lambda file: server.apply("a", file)[1]
            cases("mariadb", client, start, apply, lambda sql: server.query("a", sql), state)
            elsewhere("mariadb", client, start, apply, state)

            def given(file, word=None):
                sql = ("SET @waybill_drop = '%s';\n" % word if word else "") + open(file, encoding="utf-8").read()
                return run(["mariadb", "--no-defaults", "-S", server.socket, "-u", "root", "a"], input=sql.encode())[1]
            way_back("mariadb", client, start, given, lambda sql: server.query("a", sql), state)
            privileges(server, client)
            ini = project("changed-" + client, CHANGED)
            server.create("a")
            server.apply("a", script(ini, "base:r1", "mariadb", client))
            server.query("a", "INSERT INTO t (id, n) VALUES (1, -1)")
            log = server.apply("a", script(ini, "r1:r2", "mariadb", client, "--preflight"))[1]
            check(is_ready(log), "mariadb %s: rows that go before the check: preflight\n%s" % (client, log))
            log = server.apply("a", script(ini, "r1:r2", "mariadb", client))[1]
            check("result=OK" in log, "mariadb %s: rows that go before the check\n%s" % (client, log))
            ini = project("checked-" + client, CHECKED)
            first, second = script(ini, "base:r1", "mariadb", client), script(ini, "r1:r2", "mariadb", client)
            for rows, good in (("(1, 1, 1)", True), ("(1, -1, 1)", False)):
                server.create("a")
                server.apply("a", first)
                server.query("a", "INSERT INTO t (id, n, k) VALUES " + rows)
                before = server.state("a")
                log = server.apply("a", script(ini, "r1:r2", "mariadb", client, "--preflight"))[1]
                check(is_ready(log) is good, "mariadb %s: rows %s: preflight\n%s" % (client, rows, log))
                log = server.apply("a", second)[1]
                case = "mariadb %s: rows %s" % (client, rows)
                # the second check is of a column that is gone by then: it stops in its place, after the first changes
                check("result=OK" not in log, case + ": stops\n" + log)
                check((server.state("a") != before) == good, case + ": stops before the first change, or behind it\n" + log)
                check(good or "[WAYBILL-CHECK] expected 0, found 1" in log, case + ": says so\n" + log)
    finally:
        server.stop()


def sqlite():
    file = os.path.join(folder, "a.db")
    database = SqliteFile(file)
    start, execute = database.start, database.execute

    def apply(path):
        with open(path, "rb") as stdin:
            return run(["sqlite3", file], stdin=stdin)[1]

    for client in ("sqlite3", "generic"):
        cases("sqlite", client, start, apply, execute, lambda: sqlite_state(file))
        elsewhere("sqlite", client, start, apply, lambda: sqlite_state(file))

        def given(path, word=None):
            with open(path, "rb") as stdin:
                return run(["sqlite3", *(["-cmd", "CREATE TEMP VIEW waybill_drop AS SELECT '%s.db'" % word] if word else []), file], stdin=stdin)[1]
        way_back("sqlite", client, start, given, execute, lambda: sqlite_state(file))


assumed = project("assumed", SECOND)
for name in sys.argv[1:] or ("sqlite", "postgresql", "mariadb"):
    {"sqlite": sqlite, "postgresql": postgresql, "mariadb": mariadb}[name]()
finish("taken for granted")
