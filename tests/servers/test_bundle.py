"""A bundle on real servers by README's own commands: status.sql says what applies, before, between, after a failure and at
the end; a run that stopped after a section goes on with the script that status.sql names; status.sql changes nothing."""
import os
import re
import shutil
import subprocess

from common import MariaDB, Postgres, check, finish, run, scratch, sqlite_state, sqlite_word, WAYBILL, ROOT

folder = scratch()
project = os.path.join(folder, "p")
# the small project of the shell tests: the second revision has a part outside a transaction
subprocess.run(["sh", "-c", "sed -n '/^project()/,/^}/p' %s/tests/bundle/common.sh > fn.sh; . ./fn.sh; project p" % ROOT], cwd=folder, check=True)
for args in (["keygen", "-o", "k", "--no-password"],
             ["-c", "p/alembic.ini", "pack", "base:head", "r1:head", "--key", "k.key", "-o", "b", *[x for d in ("postgresql", "sqlite", "mariadb", "mysql") for x in ("--dialect", d)]]):
    subprocess.run([WAYBILL, *args], cwd=folder, check=True, stdout=subprocess.DEVNULL)
sql = os.path.join(folder, "b", "sql")
pg = Postgres()


def needs(dialect, version, ask):
    """status.sql of bundles that need the server's own version, the one before it and the one behind it: `version` is its parts"""
    for more, word in ((-1, "sql/"), (0, "sql/"), (1, "none: this bundle needs ")):
        wanted = ".".join(str(part) for part in version[:-1] + [version[-1] + more])
        shutil.rmtree(os.path.join(folder, "n"), ignore_errors=True)
        subprocess.run([WAYBILL, "-c", "p/alembic.ini", "pack", "base:head", "--key", "k.key", "-o", "n", "--dialect", dialect + ":" + wanted],
                       cwd=folder, check=True, stdout=subprocess.DEVNULL)
        text = ask(os.path.join(folder, "n", "sql", dialect, "status.sql"))
        check("apply=" + word in text, "a bundle that needs %s %s, on %s: %s" % (dialect, wanted, version, text))


def script(name):
    return os.path.join(folder, "b", name)


def status(database):
    before = pg.state(database)
    code, text = pg.psql(database, "-f", script("sql/postgresql/status.sql"))
    check(code == 0 and pg.state(database) == before, "status.sql only reads: " + text)
    return text.strip()


def apply(database, name):
    return pg.psql(database, "-v", "ON_ERROR_STOP=1", "-e", "-f", script(name))


pg.create("a")
check("revision=base apply=sql/postgresql/from-base/upgrade.sql" in status("a"), "status of an empty database")
first = sorted(n for n in os.listdir(sql + "/postgresql/from-base/steps") if n.endswith(".upgrade.sql"))[0]
code, text = apply("a", "sql/postgresql/from-base/steps/" + first)
check(code == 0 and "to=r1" in text and "result=OK" in text, "a single step")
check("revision=r1 apply=sql/postgresql/from-r1/upgrade.sql" in status("a"), "status after it")
# the second section fails on this row, the first one stays
pg.psql("a", "-qc", "alter table item add constraint not_none check (name <> 'none'); insert into item values (1, null)")
code, text = apply("a", "sql/postgresql/from-r1/upgrade.sql")
check(code == 3 and "result=OK" not in text, "a section that fails")
named = status("a").split("apply=")[1]
check(named == "sql/postgresql/from-r1/upgrade.from-section-2.sql", "status names the script that goes on: " + named)
code, text = apply("a", "sql/postgresql/from-base/upgrade.sql")
check(code == 3, "another script is refused in between")
run_of = pg.psql("a", "-Atc", "select min(run) from waybill_journal")[1].strip()
pg.psql("a", "-qc", "update waybill_journal set run = 'f' || substr(run, 2)")
check("apply=none: an unfinished run of another script, f%s/1" % run_of[1:] in status("a"), "an unfinished run that no script of this bundle knows: " + status("a"))
pg.psql("a", "-qc", "update waybill_journal set run = '%s'" % run_of)
check(status("a").endswith("apply=" + named), "and of one that it knows")
pg.psql("a", "-qc", "alter table item drop constraint not_none")
code, text = apply("a", named)
check(code == 0 and "to=r3" in text and "result=OK" in text, "it goes on: " + text[-300:])
check("revision=r3 apply=none: the database is where this bundle leads" in status("a"), "status at the end")
code, text = apply("a", "sql/postgresql/from-r1/downgrade.sql")
check(code == 0 and "result=OK" in text and "revision=r1" in status("a"), "the way back")
pg.psql("a", "-qc", "update alembic_version set version_num = 'zz'")
check("revision=zz apply=none: no script of this bundle starts here" in status("a"), "a revision not known")
pg.create("v")
needs("postgresql", [int(pg.psql("v", "-Atc", "show server_version_num")[1]) // 10000], lambda path: pg.psql("v", "-f", path)[1])
pg.stop()

# MariaDB, by the commands that README.txt prints
maria = MariaDB()
readme = open(script("README.txt"), encoding="utf-8").read()
readme = readme[readme.index("MARIADB\n"):readme.index("MYSQL\n")]
commands = [c for c in re.findall(r"^        (mariadb .*)$", readme, re.M)]
check(len(commands) == 8 and not os.path.exists(script("sql/mariadb/from-r1/upgrade.from-section-2.sql")), "README's commands for MariaDB: %d" % len(commands))


def shell(database, name):
    command = next(c for c in commands if "< " + name in c).replace("--no-defaults", "--no-defaults -u root -S " + maria.socket).replace("DATABASE", database)
    return run(["sh", "-c", command], cwd=os.path.join(folder, "b"))


def where(database):
    before = maria.dump(database)
    code, text = shell(database, "sql/mariadb/status.sql")
    check(code == 0 and maria.dump(database) == before, "status.sql only reads: " + text)
    return text.strip()


def by_hand(database, name):
    return maria.apply(database, script(name))


maria.create("a")
check("db=a " in where("a") and "revision=base apply=sql/mariadb/from-base/upgrade.sql" in where("a"), "MariaDB: status of an empty database")
first = sorted(n for n in os.listdir(sql + "/mariadb/from-base/steps") if n.endswith(".upgrade.sql"))
code, text = by_hand("a", "sql/mariadb/from-base/steps/" + first[0])
check(code == 0 and "to=r1" in text and "result=OK" in text, "MariaDB: a single step\n" + text[-300:])
check("revision=r1 apply=sql/mariadb/from-r1/upgrade.sql" in where("a"), "MariaDB: status after it")
maria.query("a", "insert into item values (1, null); alter table item add constraint not_none check (name <> 'none')")
code, text = shell("a", "sql/mariadb/from-r1/upgrade.sql")
check("result=OK" not in text and "ERROR" in text, "MariaDB: a statement that fails")
stopped = where("a")
check("apply=none: an earlier run stopped (see README.txt): revision r3" in stopped and "revision=r2" in stopped, "MariaDB: status says where it stopped: " + stopped)
before = maria.dump("a")
for name in ("sql/mariadb/from-r1/upgrade.sql", "sql/mariadb/from-base/steps/" + first[2]):
    code, text = by_hand("a", name)
    check(code == 1 and "an earlier run stopped" in text and maria.dump("a") == before, "MariaDB: nothing runs in between: " + name)
maria.query("a", "alter table item drop constraint not_none; " + re.search(r"ALTER TABLE .* COMMENT = '';", readme).group(0))
named = where("a").split("apply=")[1]
check(named == "sql/mariadb/from-base/steps/" + first[2], "MariaDB: status names the step that goes on: " + named)
code, text = by_hand("a", named)
check(code == 0 and "to=r3" in text and "result=OK" in text, "MariaDB: it goes on\n" + text[-300:])
check("revision=r3 apply=none: the database is where this bundle leads" in where("a"), "MariaDB: status at the end")
code, text = shell("a", "sql/mariadb/from-r1/downgrade.sql")
check("result=OK" in text and "revision=r1" in where("a"), "MariaDB: the way back\n" + text)
code, text = maria.client("a", "-N", stdin=open(script("sql/mysql/status.sql"), "rb").read())
check(code == 0 and "apply=none: this bundle needs MySQL 8.0.16 or later" in text, "MySQL's status.sql on MariaDB: " + text)
maria.create("v")
release = maria.query("v", "select substring_index(version(), '-', 1)")
needs("mariadb", [int(part) for part in re.search(r"(\d+)\.(\d+)\.(\d+)", release).groups()], lambda path: maria.client("v", "-N", stdin=open(path, "rb").read())[1])
maria.stop()

db = os.path.join(folder, "a.db")


def lite(name):
    with open(script(name), "rb") as f:
        return run(["sqlite3", *sqlite_word(db), db], stdin=f)


check("revision=base apply=sql/sqlite/from-base/upgrade.sql" in lite("sql/sqlite/status.sql")[1], "status of an empty file")
code, text = lite("sql/sqlite/from-base/upgrade.sql")
check(code == 0 and "result=OK" in text, "upgrade")
before = sqlite_state(db)
check("revision=r3 apply=none" in lite("sql/sqlite/status.sql")[1] and sqlite_state(db) == before, "status at the end")
code, text = lite("sql/sqlite/from-base/downgrade.sql")
check(code == 0 and "result=OK" in text, "the way back")
check("revision=base" in lite("sql/sqlite/status.sql")[1], "status at base, where the version table is empty")
needs("sqlite", [int(part) for part in run(["sqlite3", "--version"])[1].split()[0].split(".")], lambda path: lite(path)[1])
shutil.rmtree(folder)
finish("servers/bundle")
