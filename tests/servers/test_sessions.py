#!/usr/bin/python3
"""Sessions of MariaDB's that hold what a script cannot see or undo. In an XA transaction nothing runs, whatever the client does about
errors; preflight and status say so. Temporary tables stand before the tables that
a statement means, whatever its form: they are gone. A receipt that is read again says OK no second time.

What is for MySQL is run on MariaDB, where the two agree.

test_sessions.py [--all]
"""
import os
import re
import sys

from common import ALL, MariaDB, check, finish, on_mariadb, scratch, waybill
from terminal import receipts, typed

folder = scratch()
HEAD = '''revision = "%s"
down_revision = %s
from alembic import op
import sqlalchemy as sa


def upgrade():
    %s


def downgrade():
    pass
'''


def project(name, *steps):
    """its ini file; r1, r2, ... have these bodies"""
    top = os.path.join(folder, name)
    os.makedirs(top + "/versions")
    for i, body in enumerate(steps):
        with open(top + "/versions/r%d.py" % (i + 1), "w") as f:
            f.write(HEAD % ("r%d" % (i + 1), repr("r%d" % i) if i else "None", "\n    ".join(body)))
    with open(top + "/alembic.ini", "w") as f:
        f.write("[alembic]\nscript_location = %(here)s\n")
    return top + "/alembic.ini"


def rendered(ini, span, dialect, client, *more):
    text = waybill("upgrade", span, "--dialect", dialect, "--client", client, *more, ini=ini)
    return text if dialect == "mariadb" else text.replace("transaction_read_only", "tx_read_only") if more else on_mariadb(text)


def as_mysql_on_mariadb(preflight):
    return preflight.replace("VERSION() NOT LIKE '%MariaDB%'", "VERSION() LIKE '%MariaDB%'")


def fed(server, text, *options):
    return server.client("t", "--force", "-N", "--default-character-set=utf8mb4", *options, stdin=text.encode())[1]


def begun(server, ini):
    """the dump of a database at r1"""
    server.create("t")
    log = fed(server, waybill("upgrade", "r1", "--dialect", "mariadb", ini=ini))
    check(receipts(log) == ["OK"], "r1\n" + log[-900:])
    return server.dump("t")


PROFILES = [("mariadb", "mariadb"), ("mariadb", "generic"), ("mysql", "mysql"), ("mysql", "generic")]

# ---- an XA transaction ----

XA = {"active": ("XA START 'x';", "XA END 'x'; XA COMMIT 'x' ONE PHASE;"), "idle": ("XA START 'x'; XA END 'x';", "XA COMMIT 'x' ONE PHASE;"),
      "prepared": ("XA START 'x'; INSERT INTO q VALUES (1); XA END 'x'; XA PREPARE 'x';", "")}
XA_STEPS = (["op.create_table('p', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('n', sa.Integer()))", "op.create_table('q', sa.Column('a', sa.Integer()))",
             "op.execute('INSERT INTO p VALUES (1, 1)')"],
            ["op.execute('UPDATE p SET n = 2')", "op.execute('INSERT INTO p VALUES (2, 2)')", "op.add_column('p', sa.Column('m', sa.Integer()))"])


def xa(server):
    ini = project("xa", *XA_STEPS)
    dump = begun(server, ini)
    client = ["mariadb", "--no-defaults", "-A", "-S", server.socket, "-u", "root", "t"]
    for dialect, profile in PROFILES:
        script, preflight = rendered(ini, "r1:r2", dialect, profile), as_mysql_on_mariadb(rendered(ini, "r1:r2", dialect, profile, "--preflight"))
        path = os.path.join(folder, "case.sql")
        with open(path, "w") as f:
            f.write(script)
        for state, (before, after) in XA.items():
            runs = {"--force": lambda: fed(server, "%s\n%s\n%s\n" % (before, script, after)),
                    "a terminal": lambda: typed(client, [before, "source " + path, after]),
                    "": lambda: server.client("t", stdin=("%s\n%s\n%s\n" % (before, script, after)).encode())[1]}
            for mode, apply in runs.items():
                server.create("t", dump)
                start = server.state("t")
                log = apply()
                server.client("t", "-e", "XA ROLLBACK 'x'")
                what = "%s %s, an XA transaction that is %s, %s" % (dialect, profile, state, mode)
                check("OK" not in receipts(log) and server.state("t") == start, what + ": something has changed\n" + log[-1500:])
                said = "a transaction is open (XA" if mode else "XAER_RMFAIL"
                check(said in log, what + ": is not said\n" + log[-1500:])
            log = fed(server, "%s\n%s" % (before, preflight))
            server.client("t", "-e", "XA ROLLBACK 'x'")
            check(" not ready" in log and "a transaction is open (XA" in log, "%s %s, an XA transaction that is %s: the preflight\n%s" % (dialect, profile, state, log[-1500:]))
        server.create("t", dump)
        log = fed(server, "XA START 'x'; INSERT INTO p VALUES (7, 7); XA END 'x'; XA ROLLBACK 'x';\n" + script)
        check(receipts(log) == ["OK"], "%s %s: behind an XA transaction\n%s" % (dialect, profile, log[-900:]))
        server.create("t", dump)
        log = fed(server, preflight)
        check(log.endswith(" ready\n") and " not ready" not in log, "%s %s: the preflight\n%s" % (dialect, profile, log[-900:]))
    waybill("keygen", "-o", folder + "/k", "--no-password")
    waybill("pack", "base:r2", "--dialect", "mariadb", "--key", folder + "/k.key", "-o", folder + "/bundle", ini=ini)
    with open(folder + "/bundle/sql/mariadb/status.sql") as f:
        status = f.read()
    server.create("t")
    for state, (before, after) in {"none": ("", ""), **XA}.items():
        log = fed(server, "CREATE TABLE IF NOT EXISTS q (a INT);\n%s\n%s\n" % (before, status))
        server.client("t", "-e", "XA ROLLBACK 'x'")
        said = re.findall(r"^\[WAYBILL-STATUS\].*apply=(.*)", log, re.M)
        check(said in (["none: an XA transaction is open in this session"],) if before else "upgrade.sql" in "".join(said), "the status, an XA transaction: %s\n%s" % (state, log[-900:]))


# ---- temporary tables that stand before the database's own ----

HIDDEN = ["INSERT INTO h1 SELECT COUNT(*) + 50 FROM information_schema.TABLES JOIN h3", "UPDATE h1 SET a = 1000 + (SELECT COUNT(*) FROM performance_schema.global_status, h3)",
          "INSERT INTO h1 SELECT COUNT(*) + 70 FROM mysql.user, h3", "UPDATE h1 AS x, `h 2` y SET x.a = 7, y.a = 8", "UPDATE h1 JOIN t.`h 2` ON 1 LEFT JOIN (h3, h4) ON 1 SET h1.a = h4.a + 40", "DELETE h1, `h 2` FROM h1 INNER JOIN `h 2` JOIN h3", "DELETE FROM h1 USING h1 JOIN h3 WHERE 1",
          "DELETE h1.* FROM h1", "INSERT INTO h1 SELECT h3.a + 5 FROM h4, h3", "INSERT INTO h1 WITH c AS (SELECT a FROM h3), h4 AS (SELECT a FROM h4) SELECT c.a + h4.a FROM c, h4",
          "/* UPDATE x */ UPDATE/**/`h1`SET a = (SELECT MAX(a) FROM h3 WHERE EXISTS (SELECT 1 FROM h4))", "REPLACE h1 VALUES (9)", "TRUNCATE h1", "INSERT h1 SELECT STRAIGHT_JOIN h3.a FROM h4 STRAIGHT_JOIN h3",
          "INSERT INTO h1 SELECT h3.a FROM (h4 CROSS JOIN h3)", "INSERT INTO h1 SELECT h3.a FROM JSON_TABLE('[1]', '$[*]' COLUMNS (a INT PATH '$')) j, h3", "CREATE TABLE n1 AS SELECT * FROM h3",
          "CREATE TABLE n1 LIKE h3", "ALTER TABLE h1 ADD b INT", "RENAME TABLE h1 TO n1, h3 TO n3", "DROP TABLE h1, h3", "CREATE INDEX i ON h1 (a)", "UPDATE h1 SET a = EXTRACT(YEAR FROM '2020-01-01') + (SELECT MAX(a) FROM h4)",
          "INSERT INTO h1 VALUES (1) ON DUPLICATE KEY UPDATE a = (SELECT MAX(a) FROM h3)", "CREATE TRIGGER tr AFTER INSERT ON h1 FOR EACH ROW UPDATE h3 SET a = 1", "INSERT INTO h1 SET a = (SELECT MAX(a) FROM t.h3)"]


def hidden(server):
    own = "".join("CREATE TABLE `%s` (a INT PRIMARY KEY); INSERT INTO `%s` VALUES (%d);" % (name, name, i) for i, name in enumerate(("h1", "h 2", "h3", "h4"), 1))
    before = "".join("CREATE TEMPORARY TABLE `%s` (a INT PRIMARY KEY); INSERT INTO `%s` VALUES (%d);\n" % (name, name, i) for i, name in enumerate(("h1", "h 2", "h3", "h4"), 101))
    server.create("t")
    dump = ""
    for i, sql in enumerate(HIDDEN):
        ini = project("hidden%d" % i, ["pass"], ["op.execute(%r)" % sql])
        if not dump:
            dump = begun(server, ini) + own
        for dialect, profile in PROFILES if ALL else (PROFILES[i % 4],):
            if profile == "generic" and "TRIGGER" in sql:
                profile = dialect
            script = rendered(ini, "r1:r2", dialect, profile)
            server.create("t", dump)
            log = fed(server, script)
            whole = server.state("t")
            check(receipts(log) == ["OK"], "%s %s: %s\n%s" % (dialect, profile, sql, log[-900:]))
            server.create("t", dump)
            log = fed(server, before + script)
            check(receipts(log) != ["OK"] or server.state("t") == whole, "%s %s, temporary tables hide others: %s\n%s\n%s" % (dialect, profile, sql, server.state("t"), log[-900:]))
            check(receipts(log) == ["OK"], "%s %s, temporary tables hide others, not OK: %s\n%s" % (dialect, profile, sql, log[-900:]))


# ---- the receipt is read again ----

def again(server):
    ini = project("again", *XA_STEPS)
    dump = begun(server, ini)
    for dialect, profile in PROFILES:
        script = rendered(ini, "r1:r2", dialect, profile)
        receipt = script[script.rindex("SELECT CONCAT('[WAYBILL-RECEIPT]"):]
        end = script[script.rindex("-- Receipt"):]
        for before in ("", "SELECT GET_LOCK(CONCAT('waybill:', MD5('t')), 0), GET_LOCK(CONCAT('waybill:', MD5('t')), 0);\n"):
            server.create("t", dump)
            log = fed(server, script + "\n" + receipt + "\n" + receipt + "\n" + end)
            check(receipts(log) == ["OK", "FAILED", "FAILED", "FAILED"], "%s %s: read again\n%s" % (dialect, profile, log[-1500:]))


def main():
    server = MariaDB()
    try:
        for part in (xa, hidden, again):
            part(server)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
    finish("servers/sessions")
