#!/usr/bin/python3
"""Sessions of MariaDB's that hold what a script cannot see or undo. In an XA transaction nothing runs, whatever the client does about
errors; preflight and status say so. Temporary tables stand before the tables that a statement means, whatever its form: they are gone.
A setting of the session, each in turn, changes nothing of what a script leaves, or the guard refuses it. Tables that the server's own
settings let be, zero dates and wide rows in them, are altered; what is no date or does not fit is an error all the same. A receipt that
is read again says OK no second time.

What is for MySQL is run on MariaDB, where the two agree.

test_sessions.py [--all]
"""
import os
import re
import sys

from common import ALL, MariaDB, chain, check, finish, on_mariadb, scratch, share, waybill
from terminal import receipts, typed

folder = scratch()


def project(name, *steps):
    """its ini file; r1, r2, ... have these bodies"""
    return chain(os.path.join(folder, name), *(("r%d" % i, "r%d" % (i - 1) if i > 1 else None, *body) for i, body in enumerate(steps, 1)))


def rendered(ini, span, dialect, client, *more):
    text = waybill("upgrade", span, "--dialect", dialect, "--client", client, *more, ini=ini)
    return text if dialect == "mariadb" else on_mariadb(text)


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
        script, preflight = rendered(ini, "r1:r2", dialect, profile), rendered(ini, "r1:r2", dialect, profile, "--preflight")
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
          "INSERT INTO h1 VALUES (1) ON DUPLICATE KEY UPDATE a = (SELECT MAX(a) FROM h3)", "CREATE TRIGGER tr AFTER INSERT ON h1 FOR EACH ROW UPDATE h3 SET a = 1", "INSERT INTO h1 SET a = (SELECT MAX(a) FROM t.h3)",
          "INSERT INTO h1 SELECT h3.a + 5 FROM h3 JOIN t.h3 AS y ON h3.a = y.a JOIN t.h1 z ON 1"]
NAMES = ("h1", "h 2", "h3", "h4", "é")
# a server that tells no cases apart
ONE_TABLE = ["INSERT INTO h1 SELECT x.a + 5 FROM H3 x JOIN h3 y ON x.a = y.a JOIN T.H4 ON 1", "UPDATE H1 SET a = (SELECT MAX(a) FROM h3 WHERE EXISTS (SELECT 1 FROM h1 z JOIN t.h1 zz ON 1))",
             "UPDATE `é` SET a = (SELECT MAX(x.a) FROM `É` x JOIN H3 ON 1 JOIN h3 y ON 1)", "DROP TABLE H1, h3", "ALTER TABLE `É` ADD b INT"]


def hidden(server, statements):
    own = "".join("CREATE TABLE `%s` (a INT PRIMARY KEY); INSERT INTO `%s` VALUES (%d);" % (name, name, i) for i, name in enumerate(NAMES, 1))
    before = "".join("CREATE TEMPORARY TABLE `%s` (a INT PRIMARY KEY); INSERT INTO `%s` VALUES (%d);\n" % (name, name, i) for i, name in enumerate(NAMES, 101))
    server.create("t")
    dump = ""
    for i, sql in enumerate(statements):
        ini = project("hidden%d-%d" % (len(statements), i), ["pass"], ["op.execute(%r)" % sql])
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


# ---- settings of the session ----

SETTINGS_STEPS = (["op.create_table('p', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('n', sa.Integer()), sa.Column('s', sa.String(70)), sa.Column('d', sa.DateTime()))",
                   "op.execute(\"INSERT INTO p (n, s, d) VALUES (1, 'a', '2020-01-01'), (2, 'b', '2020-01-02')\")", "op.execute('CREATE TABLE v (a INT) WITH SYSTEM VERSIONING')", "op.execute('INSERT INTO v VALUES (1)')"],
                  ["op.create_table('k', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('at', sa.TIMESTAMP(), nullable=False, server_default=sa.text('CURRENT_TIMESTAMP')), sa.Column('u', sa.String(40)), sa.Column('f', sa.Text()), sa.Column('x', sa.Float()))",
                   "op.create_table('nokey', sa.Column('a', sa.Integer()))",
                   "op.execute(\"INSERT INTO k (at, u, f, x) SELECT d, s, 'about who', n / 3 FROM p\")", "op.execute('CREATE FULLTEXT INDEX ft ON k (f)')",
                   "op.execute(\"UPDATE k SET u = 'found' WHERE MATCH (f) AGAINST ('about' IN BOOLEAN MODE)\")",
                   "op.execute(\"INSERT INTO p (n, s) SELECT n + 10, CONCAT_WS(' ', CHARSET('x'), COLLATION('x'), ROUND(RAND(1) * 1000), DATE_FORMAT(d, '%W'), WEEK(d), 1 / 3, '1' || '0') FROM p WHERE s = 'a'\")",
                   "op.create_index('ix_s', 'p', ['s'])", "op.add_column('p', sa.Column('more', sa.Integer(), server_default='7', nullable=False))", "op.add_column('p', sa.Column('ts', sa.TIMESTAMP(), nullable=True))",
                   "op.alter_column('p', 's', existing_type=sa.String(70), type_=sa.String(90))", "op.execute('INSERT INTO nokey SELECT COUNT(*) FROM v')", "op.execute('DELETE FROM v')",
                   "op.execute('CREATE VIEW w AS SELECT id, s FROM p')", "op.execute(\"CREATE TABLE c2 AS SELECT s, NOW() > '2000-01-01' AS c, 'lit' AS l, 1 / 3 AS q FROM p\")",
                   "op.execute('CREATE TABLE ch (a CHAR(3) CHARACTER SET latin1, j JSON, b BLOB)')", "op.execute('INSERT INTO nokey SELECT COUNT(*) FROM k WHERE x > 0.33')",
                   "op.execute('INSERT INTO nokey SELECT MAX(id) FROM p GROUP BY s ORDER BY s')", "op.execute(\"UPDATE w SET s = 'view' WHERE id = 1\")"])
# they changed what a script left, or ended one in the middle
KNOWN = ["alter_algorithm = INSTANT", "auto_increment_increment = 3", "auto_increment_increment = 10, auto_increment_offset = 4", "default_week_format = 3", "div_precision_increment = 0", "enforce_storage_engine = 'MyISAM'",
         "innodb_compression_default = 1", "innodb_default_encryption_key_id = 3", "innodb_ft_enable_stopword = 0", "insert_id = 1000", "lc_time_names = 'de_DE'", "old_alter_table = INSTANT", "sql_buffer_result = 1",
         "sql_quote_show_create = 0", "system_versioning_asof = '2020-01-01'", "max_error_count = 0", "innodb_strict_mode = 0"]
FINE = ["time_zone = '+05:00'", "sql_select_limit = 1", "sql_mode = 'ANSI'", "sql_mode = ''", "old_mode = 'NO_PROGRESS_INFO'", "wait_timeout = 100", "last_insert_id = 3"]   # a good run goes through
# every one of a session's, and values other than usual
ALL_OF_THEM = """SELECT variable_name, variable_type, COALESCE(numeric_min_value, ''), COALESCE(numeric_max_value, ''), COALESCE(enum_value_list, '')
FROM information_schema.SYSTEM_VARIABLES WHERE variable_scope IN ('SESSION', 'SESSION ONLY') AND read_only = 'NO' ORDER BY 1"""


def values(kind, least, most, labels):
    if kind == "BOOLEAN":
        return ["0", "1"]
    if kind in ("ENUM", "SET", "FLAGSET"):
        return ["''"] * (kind != "ENUM") + ["'%s'" % label for label in labels.split(",")[:12]]
    if "INT" in kind or kind == "DOUBLE":
        return list(dict.fromkeys([least, "1", "3", "1000", most]))
    return ["''", "'utf8mb4'", "'latin1'", "'t/p'", "'utf8mb3_bin'", "'latin1_bin'", "'2020-01-01'", "'x'", "'+05:00'", "'MEMORY'", "'MyISAM'"]


def settings(server):
    ini = project("settings", *SETTINGS_STEPS)
    dump = begun(server, ini)

    def run(script, before=""):
        server.create("t", dump)
        log = fed(server, before + script)
        views = server.query("t", "SELECT view_definition, character_set_client, collation_connection FROM information_schema.VIEWS WHERE table_schema = 't'")
        return log, server.state("t") + views

    assignments = KNOWN + FINE
    if ALL:
        for row in server.query("t", ALL_OF_THEM).strip("\n").split("\n"):
            name, *kind = row.split("\t")
            assignments += ["%s = %s" % (name, value) for value in values(*kind)]
    begin = run("")[1]
    for dialect, profile in PROFILES if ALL else PROFILES[::2]:
        script = rendered(ini, "r1:r2", dialect, profile)
        log, whole = run(script)
        check(receipts(log) == ["OK"] and run(script)[1] == whole, "%s %s: settings\n%s" % (dialect, profile, log[-900:]))
        for assignment in assignments if (dialect, profile) == PROFILES[0] else KNOWN + FINE:
            set_ = "SET SESSION %s;\n" % assignment.replace(", ", ", SESSION ")
            if "ERROR" in fed(server, set_):
                continue
            log, left = run(script, set_)
            result, what = receipts(log), "%s %s: SET %s" % (dialect, profile, assignment)
            asked = dialect == "mysql" and assignment.startswith(("alter_", "old_", "enforce", "innodb_c", "innodb_d", "system_"))   # MySQL has none of them
            if not asked:
                check(left == (whole if result == ["OK"] else begin), what + " changes what is left, or stops in the middle\n%s" % log[-900:])
            check((result == ["OK"]) or assignment not in FINE, what + " is refused\n" + log[-900:])


# ---- what the server lets through of its own, and what is strict all the same ----

# tables as servers have them: global settings, what comes before, the statements that made it
EXISTING = {"dates that are zero, or none": ("", "SET sql_mode = 'ALLOW_INVALID_DATES'; CREATE TABLE p (id INT PRIMARY KEY, d DATE, t DATETIME, s VARCHAR(70), ts TIMESTAMP NULL);"
                                             "INSERT INTO p VALUES (1, '0000-00-00', '0000-00-00', 'a', '0000-00-00'), (2, '2020-00-10', '2020-12-00', 'b', NULL), (3, '2020-02-31', '2020-02-31', 'c', '2020-01-01');"),
            "defaults that are zero": ("", "SET sql_mode = ''; CREATE TABLE p (id INT PRIMARY KEY, d DATE NOT NULL DEFAULT '0000-00-00', t DATETIME DEFAULT '0000-00-00', s VARCHAR(70), ts TIMESTAMP NOT NULL DEFAULT '0000-00-00'); INSERT INTO p (id) VALUES (1);"),
            "rows too wide for their format": ("innodb_strict_mode = 0", "SET innodb_strict_mode = 0; CREATE TABLE p (id INT PRIMARY KEY, s VARCHAR(70), %s) CHARACTER SET utf8mb4 ROW_FORMAT=COMPACT;" % ", ".join("c%d VARCHAR(255)" % i for i in range(60)))}
EXISTING_STEP = ["op.add_column('p', sa.Column('more', sa.Integer(), server_default='7'))", "op.alter_column('p', 's', existing_type=sa.String(70), type_=sa.Text())", "op.create_index('ix_id', 'p', ['id'])", "op.execute(\"UPDATE p SET s = 'x'\")"]
# each is refused by the server where sql_mode is what a script sets, and nothing comes behind it
STRICT = ["INSERT INTO q VALUES (1, '2020-02-31', 1)", "INSERT INTO q VALUES (1, '2020-13-01', 1)", "INSERT INTO q VALUES (1, 'no date', 1)", "INSERT INTO q VALUES (1, '2020-01-01', 1 / 0)", "UPDATE q SET n = n % 0", "INSERT INTO q VALUES (300, NULL, 1)",
          "INSERT INTO m VALUES ('longer than that')", "INSERT INTO q (d) VALUES (NULL)", "CREATE TABLE x (a INT) ENGINE = NoSuchEngine", "GRANT SELECT ON t.q TO nobody_such@localhost"]


def strictness(server):
    for i, (what, (settings, made)) in enumerate(EXISTING.items()):
        server.query("", "SET GLOBAL innodb_strict_mode = 1; %s" % ("SET GLOBAL %s;" % settings if settings else ""))
        ini = project("existing%d" % i, ["op.create_table('p', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('s', sa.String(70)))"], EXISTING_STEP)
        begin = begun(server, ini)

        def new():
            server.create("t", begin)
            server.query("t", "DROP TABLE p;" + made)

        new()
        code, log = server.client("t", stdin=waybill("upgrade", "r1:r2", "--dialect", "mariadb", "--bare", ini=ini).encode())
        bare = server.state("t")
        check(code == 0, "bare, %s\n%s" % (what, log))
        for dialect, profile in share(PROFILES, i, 2):
            new()
            log = fed(server, rendered(ini, "r1:r2", dialect, profile, "--preflight"))
            check(log.endswith(" ready\n") and " not ready" not in log, "%s %s, %s: the preflight\n%s" % (dialect, profile, what, log[-900:]))
            log = fed(server, rendered(ini, "r1:r2", dialect, profile))
            check(receipts(log) == ["OK"] and server.state("t") == bare, "%s %s, %s\n%s" % (dialect, profile, what, log[-900:]))
    server.query("", "SET GLOBAL innodb_strict_mode = 1")
    for i, sql in enumerate(STRICT):
        ini = project("strict%d" % i, ["op.create_table('q', sa.Column('a', sa.SmallInteger()), sa.Column('d', sa.Date()), sa.Column('n', sa.Integer()))", "op.execute('ALTER TABLE q MODIFY a TINYINT NOT NULL')",
                                       "op.execute(\"INSERT INTO q VALUES (1, '2020-01-01', 1)\")", "op.execute('CREATE TABLE m (s VARCHAR(5)) ENGINE = MyISAM')", "op.execute(\"INSERT INTO m VALUES ('a')\")"],
                      ["op.execute(%r)" % sql, "op.execute(\"INSERT INTO m VALUES ('b')\")"])
        begin = begun(server, ini)
        start = server.state("t")
        for dialect, profile in share(PROFILES, i, 4):
            if dialect == "mysql" and sql.startswith("GRANT"):   # MySQL 8 makes no user so, whatever is set
                continue
            server.create("t", begin)
            log = fed(server, "SET sql_mode = '';\n" + rendered(ini, "r1:r2", dialect, profile))
            check("OK" not in receipts(log) and "ERROR" in log and server.state("t") == start, "%s %s: %s\n%s" % (dialect, profile, sql, log[-900:]))
    check(server.query("mysql", "SELECT COUNT(*) FROM user WHERE user = 'nobody_such'") == "0\n", "GRANT has made a user")


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
        xa(server)
        hidden(server, HIDDEN)
        settings(server)
        strictness(server)
        again(server)
    finally:
        server.stop()
    server = MariaDB("--lower-case-table-names=1")
    try:
        hidden(server, ONE_TABLE)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
    finish("servers/sessions")
