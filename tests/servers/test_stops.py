#!/usr/bin/python3
"""Scripts that stop, on the real servers, in each of the ways that a bundle's README.txt names; then what README says: the commands are
cut from the file itself. Afterwards the database is where the script leads, or where it began, whole.

test_stops.py [--all] [sqlite|postgresql|mariadb ...]: with --all MariaDB's lock too, which is waited for half a minute.
"""
import os
import re
import resource
import signal
import subprocess
import sys
import time

from common import WAYBILL, MariaDB, Postgres, check, finish, run, scratch, sqlite_state, waybill

FIRST = '''"""A table"""
from alembic import op
import sqlalchemy as sa
revision = "s1"
down_revision = None


def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False), sa.Column("n", sa.String(20)))


def downgrade():
    op.drop_table("t")
'''
SECOND = '''"""A column, an index, rows, a table"""
from alembic import op
import sqlalchemy as sa
revision = "s2"
down_revision = "s1"


def upgrade():
    op.add_column("t", sa.Column("c", sa.Integer()))
    with op.get_context().autocommit_block():
        op.create_index("ix_t_n", "t", ["n"], unique=True, postgresql_concurrently=True)
    op.execute("UPDATE t SET c = id")
    op.create_table("u", sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False))


def downgrade():
    op.drop_table("u")
    with op.get_context().autocommit_block():
        op.drop_index("ix_t_n", table_name="t", postgresql_concurrently=True)
    op.drop_column("t", "c")
'''
LARGE = '''"""Many rows"""
from alembic import op
import sqlalchemy as sa
revision = "s3"
down_revision = "s2"


def upgrade():
    op.execute("INSERT INTO u SELECT %s")


def downgrade():
    op.execute("DELETE FROM u")
'''
ROWS = "INSERT INTO t (id, n) VALUES (1, 'a'), (2, 'b')"
folder = scratch()


def bundle(name, second=SECOND, large=None):
    """a project and its bundle's folder"""
    home = os.path.join(folder, name)
    os.makedirs(os.path.join(home, "versions"))
    for file, text in (("alembic.ini", "[alembic]\nscript_location = %(here)s\n"), ("versions/s1.py", FIRST), ("versions/s2.py", second), ("versions/s3.py", large)):
        if text:
            with open(os.path.join(home, file), "w", encoding="utf-8") as f:
                f.write(text)
    if not os.path.exists(os.path.join(folder, "k.key")):
        subprocess.run([WAYBILL, "keygen", "-o", os.path.join(folder, "k"), "--no-password"], check=True, stdout=subprocess.DEVNULL)
    out = os.path.join(home, "b")
    dialects = [x for d in ("postgresql", "sqlite", "mariadb") for x in ("--dialect", d)]
    subprocess.run([WAYBILL, "-c", os.path.join(home, "alembic.ini"), "pack", "base:s2", "s1:s2", *dialects, "--key", os.path.join(folder, "k.key"), "-o", out] if not large else
                   [WAYBILL, "-c", os.path.join(home, "alembic.ini"), "pack", "s2:s3", *dialects, "--key", os.path.join(folder, "k.key"), "-o", out], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["chmod", "-R", "a+rX", home], check=True)
    return out


class Site:
    """a bundle's folder and a database; commands come from README.txt"""

    def __init__(self, home, title, change, env, state, execute):
        self.home, self.title, self.change, self.env, self.state, self.execute = home, title, change, env, state, execute
        with open(os.path.join(home, "README.txt"), encoding="utf-8") as f:
            text = f.read()
        text = text[text.index(" %s\n" % title):]
        self.text = text[:text.index("\n\n\n")]
        self.commands = re.findall(r"^ {8}(\S.*)$", self.text, re.M)

    def command(self, part):
        """the command of README that names it, as a person types it here"""
        found = [c for c in self.commands if part in c]
        assert found, (part, self.commands)
        return self.change(found[0])

    def shell(self, command):
        """its output, with the log that it writes beside the folder"""
        out = run(["bash", "-c", command], cwd=self.home, env=dict(os.environ, **self.env))[1]
        log = re.search(r"> (\.\./\w+\.log)", command)
        return open(os.path.join(self.home, log.group(1)), encoding="utf-8", errors="replace").read() if log else out

    def where(self):
        return re.search(r"revision=(\S+) apply=(.*)", self.shell(self.command("status.sql"))).groups()

    def run_named(self, name):
        """a script that status.sql has named, by the command that README gives for such"""
        return self.shell(re.sub(r"sql/\S+/upgrade\.sql", name, self.command("from-s1/upgrade.sql") if "from-s1" in self.text else self.command("upgrade.sql")))

    def goes_on(self, case, at_to):
        """status.sql names what applies, until it leads where the bundle leads"""
        for _ in range(4):
            revision, apply = self.where()
            if apply.startswith("none"):
                break
            log = self.run_named(apply)
            if not check("result=OK" in log, case + ": what status.sql names runs\n" + log[-800:]):
                break
        check(self.where()[1].startswith("none: the database is where") and self.state() == at_to, case + ": at TO, whole\n%s\n%s" % (self.where(), self.state()))


def background(site, command):
    return subprocess.Popen(["bash", "-c", "exec " + command.split(" > ")[0]], cwd=site.home, env=dict(os.environ, **site.env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)


def waited(question, seconds=20):
    """until the answer is true"""
    for _ in range(seconds * 20):
        if question():
            return True
        time.sleep(0.05)
    return False


# ---- PostgreSQL ----

def ways_out(name, upgrade, downgrade):
    """the sections for which a bundle has a script that goes back"""
    second = SECOND[:SECOND.index("def upgrade")] + "def upgrade():\n%s\n\ndef downgrade():\n%s\n" % (upgrade, downgrade)
    return sorted(n for n in os.listdir(os.path.join(bundle(name, second), "sql/postgresql/from-s1")) if n.startswith("abandon"))


ADD, BACK = '    op.add_column("t", sa.Column("c", sa.Integer()))\n', '    op.drop_column("t", "c")\n'
OUTSIDE = '    with op.get_context().autocommit_block():\n        op.create_index("ix_t_n", "t", ["n"], postgresql_concurrently=True)\n'
LESS = '    with op.get_context().autocommit_block():\n        op.drop_index("ix_t_n", "t", postgresql_concurrently=True)\n'


def postgresql(home, corrected, other_begin):
    server = Postgres()
    site = Site(home, "POSTGRESQL", lambda c: c.replace("DATABASE", "a"), {"PGHOST": server.folder, "PGUSER": "postgres"}, lambda: server.state("a"), lambda sql: server.psql("a", "-qc", sql))

    def start():
        server.create("a")
        site.shell(site.command("from-base/upgrade.sql").replace("upgrade.sql", "steps/" + sorted(os.listdir(os.path.join(home, "sql/postgresql/from-base/steps")))[1]))
        site.execute(ROWS)
        return site.state()

    def stopped(case, log, section, rows="s1"):
        check("result=OK" not in log and site.where()[0] == rows, case + ": stops\n" + log[-800:])
        check(section is None or "from-section-%d" % section in site.where()[1], case + ": status.sql names the section: %s" % (site.where(),))

    up = site.command("from-s1/upgrade.sql")
    start()
    check("result=OK" in site.shell(up), "PostgreSQL: it runs")
    at_to = site.state()

    def back(case, section, before):
        log = site.shell(site.command("from-s1/abandon.from-section-%d.sql" % section))
        check("result=OK" in log and site.state() == before and site.where()[0] == "s1", case + ": back, whole\n" + log[-800:] + site.state())
        check("result=ALREADY" in site.shell(site.command("from-s1/abandon.from-section-%d.sql" % section)), case + ": back twice")

    for way in ("on", "back"):
        # refused: nothing was changed
        start()
        site.execute("UPDATE alembic_version SET version_num = 'zz'")
        before = site.state()
        log = site.shell(up)
        check("[WAYBILL-GUARD] expected revision s1" in log and site.state() == before, "PostgreSQL: guard\n" + log[-500:])
        site.execute("UPDATE alembic_version SET version_num = 's1'")
        site.goes_on("PostgreSQL: guard", at_to)
        # a statement of the first section
        before = start()
        site.execute("ALTER TABLE t ADD COLUMN c TEXT")
        stopped("PostgreSQL: statement", site.shell(up), None)
        site.execute("ALTER TABLE t DROP COLUMN c")
        check(site.state() == before, "PostgreSQL: statement: nothing is kept")
        site.goes_on("PostgreSQL: statement", at_to)
        # the statement outside a transaction: its index is left, not valid
        before = start()
        site.execute("UPDATE t SET n = 'a'")
        stopped("PostgreSQL: section 2", site.shell(up), 2)
        check("ix_t_n" in site.shell(site.command("indisvalid")), "PostgreSQL: README shows the index that is not valid")
        site.execute("UPDATE t SET n = 'b' WHERE id = 2")
        back("PostgreSQL: section 2", 2, before) if way == "back" else site.goes_on("PostgreSQL: section 2", at_to)
        # the last section
        before = start()
        site.execute("CREATE TABLE u (x int)")
        stopped("PostgreSQL: section 3", site.shell(up), 3)
        site.execute("DROP TABLE u")
        back("PostgreSQL: section 3", 3, before) if way == "back" else site.goes_on("PostgreSQL: section 3", at_to)
        # a lock that is waited for too long
        before = start()
        with subprocess.Popen(["psql", "-X", "-q", "-d", "a"], env=dict(os.environ, **site.env), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as other:
            other.stdin.write(b"BEGIN; LOCK TABLE t;\n")
            other.stdin.flush()
            waited(lambda: "1" in server.psql("a", "-Atc", "SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass AND granted")[1])
            stopped("PostgreSQL: lock", site.shell(up), None)
            other.stdin.close()
        check(site.state() == before, "PostgreSQL: lock: nothing is kept")
        site.goes_on("PostgreSQL: lock", at_to)
        # cut and killed while the index is built: a reader of the table keeps it waiting
        for how in ("connection", "client"):
            before = start()
            with subprocess.Popen(["psql", "-X", "-q", "-d", "a"], env=dict(os.environ, **site.env), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as other:
                other.stdin.write(b"BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM alembic_version;\n")
                other.stdin.flush()
                waited(lambda: "1" in server.psql("a", "-Atc", "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'")[1])
                child = background(site, up)
                check(waited(lambda: "1" in server.psql("a", "-Atc", "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%CREATE UNIQUE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()")[1]), "PostgreSQL: the index waits")
                if how == "connection":
                    site.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%CREATE UNIQUE INDEX CONCURRENTLY%' AND pid <> pg_backend_pid()")
                else:
                    os.killpg(child.pid, signal.SIGKILL)
                log = child.communicate()[0].decode()
                other.stdin.close()
            waited(lambda: "0" in server.psql("a", "-Atc", "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%CONCURRENTLY%' AND pid <> pg_backend_pid()")[1])
            stopped("PostgreSQL: cut " + how, log, 2)
            if how == "client" and way == "on":   # the server may have gone on building: README says what to do then
                site.execute("DROP INDEX IF EXISTS ix_t_n")
            back("PostgreSQL: cut " + how, 2, before) if way == "back" else site.goes_on("PostgreSQL: cut " + how, at_to)
    # cut behind the index, before its section was noted: it is done, which nobody can tell from another's of that name
    start()
    site.execute("UPDATE t SET n = 'a'")
    site.shell(up)
    site.execute("DROP INDEX ix_t_n; UPDATE t SET n = 'b' WHERE id = 2; CREATE UNIQUE INDEX ix_t_n ON t (n)")
    log = site.run_named(site.where()[1])
    check("result=OK" not in log and "is built already" in log and "ix_t_n|t" in site.shell(site.command("indisvalid").replace("-X", "-XAt")), "PostgreSQL: cut behind the index\n" + log[-500:])
    site.execute("DROP INDEX ix_t_n")
    site.goes_on("PostgreSQL: cut behind the index", at_to)
    # a corrected script: section 3 inserts what t lacks
    start()
    site.execute("CREATE TABLE u (x int)")
    site.shell(up)
    old = os.path.join(home, "sql/postgresql/from-s1/upgrade.sql")
    new = os.path.join(folder, "new.sql")
    args = ["upgrade", "s1:s2", "--dialect", "postgresql", "--from-section", "3", "--resume-of", old]
    with open(new, "w", encoding="utf-8") as f:
        f.write(waybill(*args, ini=os.path.join(corrected, "../alembic.ini")))
    os.chmod(new, 0o644)
    log = server.psql("a", "-f", new)[1]
    check("result=OK" in log and site.where()[0] == "s2" and "waybill_journal" not in site.state(), "PostgreSQL: a corrected script goes on\n" + log[-800:])
    # not with another beginning, nor with a script that was changed since, nor in a section that is done
    for what, text, ini in (("another column", open(old, encoding="utf-8").read(), os.path.join(other_begin, "../alembic.ini")),
                            ("a changed file", open(old, encoding="utf-8").read().replace("INTEGER", "BIGINT"), os.path.join(corrected, "../alembic.ini"))):
        with open(new, "w", encoding="utf-8") as f:
            f.write(text)
        said = run([WAYBILL, "-c", ini, *args[:-1], new])
        check(said[0] == 1 and "--resume-of" in said[1], "PostgreSQL: %s is not gone on with: %r" % (what, said))
    # a user who lacks what a later section needs: before the first one
    before = start()
    site.execute("DROP ROLE IF EXISTS guest")
    site.execute("CREATE ROLE guest LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO guest; GRANT CREATE ON SCHEMA public TO guest")
    for without, says in (("", "guest does not own"), ("ALTER TABLE t OWNER TO guest; REVOKE UPDATE ON alembic_version FROM guest", "may not write to public.alembic_version"),
                          ("GRANT UPDATE ON alembic_version TO guest; REVOKE CREATE ON SCHEMA public FROM guest", "may not make tables in schema public")):
        site.execute(without or "SELECT 1")
        log = site.shell("PGUSER=guest " + up)
        check("result=OK" not in log and says in log and site.where()[0] == "s1" and "waybill_journal" not in site.state(), "PostgreSQL: a guest: %s\n%s" % (says, log[-800:]))
    site.execute("GRANT CREATE ON SCHEMA public TO guest")
    log = site.shell("PGUSER=guest " + up)
    check("result=OK" in log, "PostgreSQL: a guest who may\n" + log[-800:])
    site.execute("DROP OWNED BY guest; DROP ROLE guest")
    # there is a way out only where it leads back to what was there
    good = ["abandon.from-section-2.sql"]
    check(ways_out("w1", ADD + OUTSIDE, LESS + BACK)[:1] == good, "a way out")
    check(ways_out("w2", ADD + OUTSIDE, "    pass\n") == [], "no way out by a downgrade that does nothing")
    check(ways_out("w3", ADD + '    op.execute("DELETE FROM t")\n' + OUTSIDE, LESS + BACK) == [], "no way out over rows")
    check(ways_out("w4", ADD + OUTSIDE + LESS + '    op.add_column("t", sa.Column("d", sa.Integer()))\n', BACK + '    op.drop_column("t", "d")\n')[:1] == good
          and "abandon.from-section-3.sql" not in ways_out("w5", ADD + OUTSIDE + LESS, BACK), "no way out of an index that is being dropped")
    # a full disk: files may not grow any further
    big = Site(bundle("pg-large", SECOND, LARGE % "generate_series(1, 700000)"), "POSTGRESQL", site.change, site.env, site.state, site.execute)
    start()
    site.goes_on("PostgreSQL: to s2", at_to)
    before = site.state()
    resource.setrlimit(resource.RLIMIT_FSIZE, (17 << 20, resource.RLIM_INFINITY))
    server.restart()
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    log = big.shell(big.command("from-s2/upgrade.sql"))
    check("result=OK" not in log and "could not" in log and site.state() == before, "PostgreSQL: a full disk: nothing is kept\n" + log[-500:])
    server.restart()
    log = big.shell(big.command("from-s2/upgrade.sql"))
    check("result=OK" in log and big.where()[1].startswith("none: the database is where"), "PostgreSQL: with room again\n" + log[-500:])
    server.stop()


# ---- SQLite ----

def sqlite(home):
    file = os.path.join(home, "../a.db")
    site = Site(home, "SQLITE", lambda c: c.replace("DATABASE.db", "../a.db"), {}, lambda: sqlite_state(file), lambda sql: run(["sqlite3", file, sql]))

    def start():
        for name in (file, file + "-journal"):
            if os.path.exists(name):
                os.remove(name)
        open(file, "w").close()   # as README begins a new database
        site.run_named("sql/sqlite/from-base/steps/" + sorted(os.listdir(os.path.join(home, "sql/sqlite/from-base/steps")))[1])
        site.execute(ROWS)
        return site.state()

    up = site.command("from-s1/upgrade.sql")
    start()
    check("result=OK" in site.shell(up), "SQLite: it runs")
    at_to = site.state()

    def stops(case, log, before):
        check("result=OK" not in log and site.state() == before, case + ": stops, and nothing is kept\n" + log[-500:])

    start()
    site.execute("UPDATE alembic_version SET version_num = 'zz'")
    stops("SQLite: guard", site.shell(up), site.state())
    site.execute("UPDATE alembic_version SET version_num = 's1'")
    site.goes_on("SQLite: guard", at_to)
    start()
    site.execute("UPDATE t SET n = 'a'")
    stops("SQLite: statement", site.shell(up), site.state())
    site.execute("UPDATE t SET n = 'b' WHERE id = 2")
    site.goes_on("SQLite: statement", at_to)
    before = start()
    with subprocess.Popen(["sqlite3", file], stdin=subprocess.PIPE) as other:
        other.stdin.write(b"BEGIN EXCLUSIVE;\n")
        other.stdin.flush()
        waited(lambda: "locked" in run(["sqlite3", file, "SELECT 1 FROM t"])[1])
        log = site.shell(up.replace("< ", "-cmd '.timeout 100' < "))
        check("result=OK" not in log and "locked" in log, "SQLite: lock\n" + log[-500:])
        other.stdin.close()
    check(site.state() == before, "SQLite: lock: nothing is kept")
    site.goes_on("SQLite: lock", at_to)
    # killed in the middle: the pages that were written already are undone by the journal
    big = Site(bundle("lite-large", SECOND, LARGE % "value FROM (WITH RECURSIVE g(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM g WHERE value < 1500000) SELECT value FROM g)"),
               "SQLITE", lambda c: c.replace("DATABASE.db", file), {}, site.state, site.execute)
    child = subprocess.Popen(["bash", "-c", "exec " + big.command("from-s2/upgrade.sql").split(" > ")[0]], cwd=big.home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    grown = waited(lambda: os.path.exists(file + "-journal") and os.path.getsize(file) > 1 << 20)
    child.kill()
    child.communicate()
    check(grown and os.path.exists(file + "-journal"), "SQLite: killed while it writes")
    check(site.state() == at_to, "SQLite: killed: nothing is kept")
    # a full disk, as SQLite says it
    log = big.shell(big.command("from-s2/upgrade.sql").replace("-init /dev/null", "-init /dev/null -cmd 'PRAGMA max_page_count = 500'"))
    check("result=OK" not in log and "full" in log and site.state() == at_to, "SQLite: a full disk: nothing is kept\n" + log[-500:])
    log = big.shell(big.command("from-s2/upgrade.sql"))
    check("result=OK" in log and big.where()[1].startswith("none: the database is where"), "SQLite: with room again\n" + log[-500:])


# ---- MariaDB ----

def mariadb(home):
    server = MariaDB()
    site = Site(home, "MARIADB", lambda c: c.replace("--no-defaults", "--no-defaults -S %s -u root" % server.socket).replace(" TABLE TABLE", " TABLE t").replace("DATABASE", "a"), {},
                lambda: server.state("a"), lambda sql: server.query("a", sql))
    step = os.path.join(home, "sql/mariadb/from-s1/steps", sorted(os.listdir(os.path.join(home, "sql/mariadb/from-s1/steps")))[1])
    done = re.search(r"^ +(ALTER TABLE \S+ COMMENT = '';)$", site.text, re.M).group(1)

    def start():
        server.create("a")
        site.run_named("sql/mariadb/from-base/steps/" + sorted(os.listdir(os.path.join(home, "sql/mariadb/from-base/steps")))[1])
        site.execute(ROWS)
        return site.state()

    def left(first):
        """what the step's script does from that statement on, and its version row: by hand, as README says"""
        text = open(step, encoding="utf-8").read()
        own = re.findall(r"^(?:SET @wb_k = 1; |SET SESSION tx_read_only = COALESCE[^;]*; )?((?:ALTER TABLE t|CREATE|UPDATE)[^;]*;)", text, re.M)
        at = next(i for i, s in enumerate(own) if s.startswith(first))
        return "\n".join(own[at:])

    def stopped(case, log, changed):
        revision, apply = site.where()
        check("result=OK" not in log and revision == "s1" and ("an earlier run stopped" in apply) is changed, case + ": stops: %s %s\n%s" % (revision, apply, log[-500:]))

    up = site.command("from-s1/upgrade.sql")
    start()
    check("result=OK" in site.shell(up), "MariaDB: it runs")
    at_to = site.state()
    start()
    site.execute("UPDATE alembic_version SET version_num = 'zz'")
    log = site.shell(up)
    check("[WAYBILL-GUARD] expected revision s1" in log, "MariaDB: guard\n" + log[-500:])
    site.execute("UPDATE alembic_version SET version_num = 's1'")
    site.goes_on("MariaDB: guard", at_to)
    for way in ("on", "back"):
        before = start()
        site.execute("UPDATE t SET n = 'a'")
        stopped("MariaDB: statement", site.shell(up), True)
        check("`c` int" in site.shell(site.command("SHOW CREATE TABLE")), "MariaDB: README shows what is done")
        site.execute("UPDATE t SET n = 'b' WHERE id = 2")
        site.execute((left("CREATE UNIQUE INDEX") if way == "on" else "ALTER TABLE t DROP COLUMN c;") + done)
        check(way == "on" or site.state() == before, "MariaDB: back at FROM, whole")
        site.goes_on("MariaDB: statement, " + way, at_to)
        # cut and killed while a statement waits for a reader of the table
        for how in ("connection", "client"):
            start()
            with subprocess.Popen(["mariadb", "--no-defaults", "-S", server.socket, "-u", "root", "a"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as other:
                other.stdin.write(b"BEGIN; SELECT * FROM t;\n")
                other.stdin.flush()
                waited(lambda: "Sleep" in site.shell("mariadb --no-defaults -S %s -u root -N -e \"SELECT command FROM information_schema.processlist WHERE db = 'a' AND id <> connection_id()\"" % server.socket))
                child = background(site, up)
                waits = "SELECT id FROM information_schema.processlist WHERE info LIKE 'ALTER TABLE t ADD%' AND state LIKE '%metadata lock%'"
                ask = "mariadb --no-defaults -S %s -u root -N -e \"%s\"" % (server.socket, waits)
                check(waited(lambda: site.shell(ask).strip()), "MariaDB: the statement waits")
                if how == "connection":
                    site.execute("KILL CONNECTION " + site.shell(ask).strip())
                else:
                    os.killpg(child.pid, signal.SIGKILL)
                log = child.communicate()[0].decode()
                other.stdin.close()
            waited(lambda: not site.shell("mariadb --no-defaults -S %s -u root -N -e \"SELECT id FROM information_schema.processlist WHERE info LIKE 'ALTER TABLE t%%'\"" % server.socket).strip())
            stopped("MariaDB: cut " + how, log, True)
            took = "`c` int" in site.shell(site.command("SHOW CREATE TABLE"))   # a client that is killed does not stop its statement
            check(took is (how == "client"), "MariaDB: cut %s: whether the statement took effect: %s" % (how, took))
            if way == "on":
                site.execute(left("CREATE UNIQUE INDEX" if took else "ALTER TABLE t") + done)
            else:
                site.execute(("ALTER TABLE t DROP COLUMN c;" if took else "") + done)
            site.goes_on("MariaDB: cut %s, %s" % (how, way), at_to)
    if "--all" in sys.argv:
        start()
        with subprocess.Popen(["mariadb", "--no-defaults", "-S", server.socket, "-u", "root", "a"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as other:
            other.stdin.write(b"BEGIN; SELECT * FROM t;\n")
            other.stdin.flush()
            time.sleep(1)
            stopped("MariaDB: lock", site.shell(up), True)
            other.stdin.close()
        site.execute(done)
        site.goes_on("MariaDB: lock", at_to)
    server.stop()


home = bundle("p")
corrected = bundle("q", SECOND.replace("UPDATE t SET c = id", "UPDATE t SET c = id + 1").replace('op.create_table("u",', 'op.execute("DROP TABLE u")\n    op.create_table("u",'))
other_begin = bundle("r", SECOND.replace('"c", sa.Integer', '"c", sa.BigInteger'))
databases = [a for a in sys.argv[1:] if a != "--all"] or ["sqlite", "postgresql", "mariadb"]
if "sqlite" in databases:
    sqlite(home)
if "postgresql" in databases:
    postgresql(home, corrected, other_begin)
if "mariadb" in databases:
    mariadb(home)
finish("stops")
