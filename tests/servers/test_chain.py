#!/usr/bin/python3
"""The example chain on real servers: up to head and down to base, each revision up, down, up, data that survives, the
narrowing check, --bare, stamp, several sections with a failure and --from-section, and transaction = step."""
import hashlib
import os
import re
import shutil
import sys

from common import EXAMPLE, ROOT, MariaDB, Postgres, check, finish, run, scratch, sqlite_schema, sqlite_state, sqlite_word, waybill

folder = scratch()
HEADS = "a9000,b1000"
SHOP = ["base", "a1000", "a2000", "a3000", "a4000", "a5000", "a6000", "a7000", "a8000", "a9000"]

USER = """INSERT INTO users (email, full_name, bio, avatar_url) VALUES ('a@example.de', 'A', 'it''s; "me" \\', 'u1');
INSERT INTO users (email, full_name, bio) VALUES ('b@example.com', 'B', NULL);
INSERT INTO orders (number, user_id, amount, placed_on) VALUES ('1', 1, 5.25, '2026-01-02'), ('2', 2, 7, NULL);
"""


def write(name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


class Pg:
    dialect = "postgresql"

    def __init__(self, server):
        self.server = server

    def fresh(self):
        self.server.create("c")

    def apply(self, script):
        return self.server.psql("c", "-f", write("c.sql", script))[1]

    def execute(self, sql):
        return self.server.psql("c", "-qAt", "-c", sql)[1]

    def schema(self):
        return "\n".join(sorted(line for line in self.server.state("c").split("\n") if re.match(r"(column|constraint|index|type)\|", line)))


class Maria:
    dialect = "mariadb"

    def __init__(self, server):
        self.server = server

    def fresh(self):
        self.server.create("c")

    def apply(self, script):
        return self.server.apply("c", write("c.sql", script))[1]

    def execute(self, sql):
        code, text = self.server.client("c", "--default-character-set=utf8mb4", "-N", "-r", stdin=("set sql_mode = 'NO_BACKSLASH_ESCAPES';" + sql).encode())
        return text.replace("\t", "|").replace("NULL", "")

    def schema(self):
        return "\n".join(sorted(self.server.catalogue("c").split("\n")))


class Lite:
    dialect = "sqlite"
    path = os.path.join(folder, "c.db")

    def fresh(self):
        if os.path.exists(self.path):
            os.remove(self.path)

    def apply(self, script):
        return run(["sqlite3", *sqlite_word(self.path), self.path], stdin=open(write("c.sql", script), "rb"))[1]

    def execute(self, sql):
        return run(["sqlite3", self.path, sql])[1]

    def schema(self):
        return sqlite_schema(self.path)


def ok(log):
    return "result=OK" in log and not re.search("ERROR(:| [0-9])", log)


def steps(db):
    d = db.dialect
    db.fresh()
    log = db.apply(waybill("upgrade", "heads", "--dialect", d))
    check(ok(log), d + ": base to heads\n" + log[-500:])
    log = db.apply(waybill("downgrade", HEADS + ":base", "--dialect", d))
    left = [line for line in db.schema().split("\n") if line and "alembic_version" not in line]
    check(ok(log) and not left, d + ": heads to base leaves only the version table: %r" % left)
    check(db.execute("select count(*) from alembic_version").strip() == "0", d + ": the version table is empty")
    # each revision up, down, up
    for below, revision in zip(SHOP, SHOP[1:]):
        before = db.schema()
        up = waybill("upgrade", "%s:%s" % (below, revision), "--dialect", d)
        down = waybill("downgrade", "%s:%s" % (revision, below), "--dialect", d)
        log = db.apply(up)
        first = db.schema()
        check(ok(log) and first != before, "%s: %s up\n%s" % (d, revision, log[-500:]))
        log = db.apply(down)
        check(ok(log), "%s: %s down\n%s" % (d, revision, log[-500:]))
        if revision != "a1000":   # at base the version table is there now
            check(db.schema() == before, "%s: %s down gives the schema before it\n%s\n---\n%s" % (d, revision, before, db.schema()))
        log = db.apply(up)
        check(ok(log) and db.schema() == first, "%s: %s up again gives the same schema" % (d, revision))


def data(db):
    d = db.dialect
    db.fresh()
    db.apply(waybill("upgrade", "a1000", "--dialect", d))
    db.execute(USER)
    keep = "select number, user_id, amount from orders order by number"
    orders = db.execute(keep)
    log = db.apply(waybill("upgrade", "a1000:a9000", "--dialect", d))
    check(ok(log), d + ": upgrade with data\n" + log[-600:])
    check(db.execute(keep) == orders, d + ": orders survive")
    rows = db.execute("select user_id, bio, avatar_url from profiles order by user_id").split("\n")
    check(rows[0] == "1|it's; \"me\" \\|u1" and rows[1] == "2||", d + ": profiles hold what users had: %r" % rows)
    check(db.execute("select email, locale, status from users order by id").split() == ["a@example.de|de-DE|active", "b@example.com|en-US|active"], d + ": users are filled")
    db.execute("update profiles set bio = 'changed' where user_id = 2")
    log = db.apply(waybill("downgrade", "a9000:a1000", "--dialect", d))
    check(ok(log), d + ": downgrade with data\n" + log[-600:])
    check(db.execute(keep) == orders, d + ": orders survive the way back")
    check(db.execute("select bio, avatar_url from users order by id").split("\n")[:2] == ["it's; \"me\" \\|u1", "changed|"], d + ": bios go back to users")


def narrowing(db):
    d = db.dialect
    db.fresh()
    db.apply(waybill("upgrade", "a5000", "--dialect", d))
    db.execute(USER)
    db.execute("insert into orders (number, user_id) values ('%s', 1)" % ("9" * 30))
    before = db.execute("select * from orders order by id") + db.schema()
    log = db.apply(waybill("downgrade", "a5000:a4000", "--dialect", d))
    check("result=OK" not in log, d + ": narrowing stops when a value does not fit\n" + log[-300:])
    check(db.execute("select * from orders order by id") + db.schema() == before, d + ": and changes nothing")


def stamp(db):
    d = db.dialect
    db.fresh()
    db.apply(waybill("upgrade", "a3000", "--dialect", d))
    log = db.apply(waybill("stamp", "a3000:a4000", "--dialect", d))
    check(ok(log) and db.execute("select version_num from alembic_version").strip() == "a4000", d + ": stamp\n" + log[-300:])
    log = db.apply(waybill("stamp", "a3000:a4000", "--dialect", d))
    check("result=OK" not in log, d + ": a second stamp is refused")


def bare(db):
    d = db.dialect
    db.fresh()
    log = db.apply(waybill("upgrade", "heads", "--dialect", d, "--bare"))
    check("ERROR" not in log and "rror" not in log, d + ": bare script\n" + log[-300:])
    check(db.execute("select version_num from alembic_version order by 1").split() == ["a9000", "b1000"], d + ": bare version rows")


def bodies(db):
    """a trigger's body, semicolons and all, and the version rows of branches that meet"""
    case = open(os.path.join(ROOT, "tests", "golden", "frame", "mysql.txt"), encoding="utf-8").read()
    os.makedirs(os.path.join(folder, "m", "versions"), exist_ok=True)
    for name, text in re.findall(r"^=== file (\S+)\n(.*?)(?=^===)", case, re.M | re.S):
        write("m/" + name, text)
    ini = write("m/alembic.ini", "[alembic]\nscript_location = %(here)s\n[waybill]\n")
    db.fresh()
    check(ok(db.apply(waybill("upgrade", "r4", "--dialect", "mariadb", ini=ini))), "mariadb: branches that meet")
    db.execute("insert into item (name) values ('a')")
    check(db.execute("select name from item").strip() == "$$" and db.execute("select version_num from alembic_version").split() == ["r4"], "mariadb: the trigger works")
    log = db.apply(waybill("downgrade", "r4:r1", "--dialect", "mariadb", ini=ini))
    check(ok(log) and db.execute("select version_num from alembic_version").split() == ["r1"] and not db.execute("show triggers").strip(), "mariadb: and back\n" + log[-300:])
    check(ok(db.apply(waybill("stamp", "r1:r2,r3", "--dialect", "mariadb", ini=ini))) and db.execute("select version_num from alembic_version order by 1").split() == ["r2", "r3"], "mariadb: two heads by stamp")
    # the second of two version statements is refused: the first is undone with it
    db.execute("create trigger held before update on alembic_version for each row signal sqlstate '45000'")
    for run in ("<", "--force"):
        path = write("c.sql", waybill("upgrade", "r2,r3:r4", "--dialect", "mariadb", ini=ini))
        log = db.apply(open(path).read()) if run == "<" else db.server.client("c", "--force", "-vv", stdin=open(path, "rb").read())[1]
        check("result=OK" not in log and db.execute("select version_num from alembic_version order by 1").split() == ["r2", "r3"], "mariadb, %s: version rows move together or not at all\n%s" % (run, log[-300:]))


# ---- sections ----

HEADER = 'revision = "%s"\ndown_revision = %r\nfrom alembic import op\nimport sqlalchemy as sa\n'


def sections(db):
    os.makedirs(os.path.join(folder, "s", "versions"), exist_ok=True)
    files = {
        "s1": (None, 'def upgrade():\n    op.execute("CREATE TYPE mood AS ENUM (\'sad\')")\n    op.create_table("t", sa.Column("a", sa.Integer()), sa.Column("m", sa.String(9)))\n'
                     "def downgrade():\n    op.drop_table('t')\n    op.execute('DROP TYPE mood')\n"),
        "s2": ("s1", 'def upgrade():\n    op.bulk_insert(sa.table("t", sa.column("a", sa.Integer)), [{"a": 1}, {"a": 2}])\n'
                     '    with op.get_context().autocommit_block():\n        op.create_index("ix_t_a", "t", ["a"], unique=True, postgresql_concurrently=True)\n'
                     "def downgrade():\n    op.drop_index('ix_t_a', table_name='t', postgresql_concurrently=True)\n"),
        "s3": ("s2", 'def upgrade():\n    op.execute("ALTER TYPE mood ADD VALUE \'fine\'")\n    op.execute("UPDATE t SET m = \'fine\'::mood::text")\n'
                     "def downgrade():\n    pass\n"),
    }
    for rev, (down, body) in files.items():
        write("s/versions/%s.py" % rev, '"""%s."""\n' % rev + HEADER % (rev, down) + body)
    ini = write("s/alembic.ini", "[alembic]\nscript_location = %(here)s\n[waybill]\n")
    for client in ("psql", "generic"):
        name = "sections, " + client
        whole = waybill("upgrade", "base:s3", "--dialect", "postgresql", "--client", client, ini=ini)
        count = int(re.search(r"-- Section 1 of (\d+)", whole).group(1))
        check(count == 4, name + ": %d sections" % count)
        db.fresh()
        log = db.apply(whole)
        check(ok(log) and db.execute("select string_agg(m, ',') from t").strip() == "fine,fine", name + "\n" + log[-800:])
        check(db.execute("select to_regclass('waybill_journal') is null").strip() == "t", name + ": the journal is gone")
        # a duplicate makes the concurrent index fail: section 2 of the run stops it, the journal says 1
        db.fresh()
        db.apply(waybill("upgrade", "base:s1", "--dialect", "postgresql", "--client", client, ini=ini))
        db.execute("insert into t values (1, 'x')")
        script = waybill("upgrade", "s1:s3", "--dialect", "postgresql", "--client", client, ini=ini)
        log = db.apply(script)
        check("result=OK" not in log, name + ": the index fails")
        check(db.execute("select version_num from alembic_version").strip() == "s1", name + ": the version row names the last whole revision")
        check(db.execute("select max(section) from waybill_journal").strip() == "1", name + ": the journal has section 1")
        before = db.execute("select * from t order by 1")
        log = db.apply(script)
        check("result=OK" not in log and db.execute("select * from t order by 1") == before, name + ": the same script again is refused")
        db.execute("delete from t where m = 'x'")
        log = db.apply(waybill("upgrade", "s1:s3", "--dialect", "postgresql", "--client", client, "--from-section", "2", ini=ini))
        check(ok(log) and db.execute("select version_num from alembic_version").strip() == "s3", name + ": --from-section 2 goes on\n" + log[-800:])
        check(db.execute("select indisvalid from pg_index where indexrelid = 'ix_t_a'::regclass").strip() == "t", name + ": the index is valid")


def enum_values(db):
    """a value added in one revision and used in the next: a commit stands between"""
    os.makedirs(os.path.join(folder, "e", "versions"), exist_ok=True)
    files = {
        "e1": (None, "CREATE TYPE mood AS ENUM ('x')", "CREATE TABLE t (m mood)", "DROP TABLE t", "DROP TYPE mood"),
        "e2": ("e1", "Alter Type public.mood\n  add  value if not exists 'z'", "ALTER TYPE mood ADD VALUE 'zz' AFTER 'z'", "SELECT 1", "SELECT 1"),
        "e3": ("e2", "INSERT INTO t (m) VALUES ('z')", "INSERT INTO t (m) VALUES ('zz')", "DELETE FROM t", "SELECT 1"),
    }
    for rev, (down, *sql) in files.items():
        write("e/versions/%s.py" % rev, HEADER % (rev, down) + "def upgrade():\n    op.execute(%r)\n    op.execute(%r)\ndef downgrade():\n    op.execute(%r)\n    op.execute(%r)\n" % tuple(sql))
    ini = write("e/alembic.ini", "[alembic]\nscript_location = %(here)s\n[waybill]\n")
    for ranges, count in ((["base:e3"], 2), (["base:e1", "e1:e3"], 2)):
        db.fresh()
        for spec in ranges:
            script = waybill("upgrade", spec, "--dialect", "postgresql", ini=ini)
            log = db.apply(script)
        check(ok(log) and db.execute("select string_agg(m::text, ',') from t").strip() == "z,zz", "enum values, %s\n%s" % (spec, log[-500:]))
        check(script.count("-- Section ") == count, "enum values, %s: %d sections" % (spec, script.count("-- Section ")))


def sync_enum(db):
    """the project of tests/golden/type/sync_enum.txt with rows in it: values renamed, defaults kept and renamed"""
    case = open(os.path.join(ROOT, "tests", "golden", "type", "sync_enum.txt"), encoding="utf-8").read()
    os.makedirs(os.path.join(folder, "y", "versions"), exist_ok=True)
    for name, text in re.findall(r"^=== file (\S+)\n(.*?)(?=^===)", case, re.M | re.S):
        write("y/" + name, text)
    ini = write("y/alembic.ini", "[alembic]\nscript_location = %(here)s\n[waybill]\n")
    look = "begin; insert into t default values; select string_agg(a::text, ',' order by a::text) || ' ' || min(b::text) from t; rollback"
    db.fresh()
    check(ok(db.apply(waybill("upgrade", "base:r1", "--dialect", "postgresql", ini=ini))), "sync_enum: r1")
    db.execute("insert into t (a, b) values ('sad', '{ok,sad}'), ('ok', '{}')")
    for command, span, want in (("upgrade", "r1:r2", "fine,fine,sad {fine,sad}"), ("downgrade", "r2:r1", "ok,ok,sad {ok,sad}")):
        log = db.apply(waybill(command, span, "--dialect", "postgresql", ini=ini))
        got = db.server.psql("c", "-qAt", "-c", look)[1].strip()
        check(ok(log) and got == want, "sync_enum: %s %s gives %r\n%s" % (command, span, got, log[-500:]))
    check(ok(db.apply(waybill("upgrade", "r1:r2", "--dialect", "postgresql", ini=ini))), "sync_enum: r2 again")
    db.execute("delete from t")
    log = db.apply(waybill("upgrade", "r2:r3", "--dialect", "postgresql", ini=ini))
    got = db.execute("insert into raw default values; select string_agg(a::text, ',') from raw").strip()
    check(ok(log) and got == "glad,glad", "sync_enum: a table that is not known gives %r\n%s" % (got, log[-500:]))


def zeros(db):
    """64 zeros, and what looks like a hash or stands for one, stay what they are in a script that names itself by its hash"""
    os.makedirs(os.path.join(folder, "z", "versions"), exist_ok=True)
    value = "script_sha256=" + "0" * 64 + " " + hashlib.sha256(b"mark 0").hexdigest()   # render/frame.c, own_mark()
    write("z/versions/z1.py", HEADER % ("z1", None) + "def upgrade():\n    op.execute(\"CREATE TABLE t (v text)\")\n    op.execute(\"INSERT INTO t VALUES (%r)\")\ndef downgrade():\n    op.drop_table('t')\n" % value)
    ini = write("z/alembic.ini", "[alembic]\nscript_location = %(here)s\n[waybill]\n")
    db.fresh()
    script = waybill("upgrade", "base:z1", "--dialect", db.dialect, ini=ini)
    log = db.apply(script)
    check(ok(log) and db.execute("select v from t").strip() == value, db.dialect + ": zeros stay zeros\n" + log[-500:])
    digits = re.search(r" script_sha256=([0-9a-f]{64}) release=", script, re.M).group(1)
    check(hashlib.sha256(script.replace(digits, "0" * 64).encode()).hexdigest() == digits, db.dialect + ": the script is named by its hash")


def each_step(db):
    ini = write("step-%s.ini" % db.dialect, open(EXAMPLE).read().replace("%(here)s", os.path.join(ROOT, "migrations")) + "transaction = step\n")
    db.fresh()
    script = waybill("upgrade", "a4000", "--dialect", db.dialect, ini=ini)
    broken = script.replace("ALTER TABLE users ADD COLUMN locale", "BROKEN ALTER TABLE users ADD COLUMN locale", 1)
    log = db.apply(broken)
    check("result=OK" not in log, db.dialect + ": transaction = step: the third revision fails")
    check(db.execute("select version_num from alembic_version").strip() == "a2000", db.dialect + ": two revisions are kept\n" + log[-300:])
    db.fresh()
    log = db.apply(script)
    check(ok(log) and db.execute("select version_num from alembic_version").strip() == "a4000", db.dialect + ": transaction = step\n" + log[-500:])


if __name__ == "__main__":
    server, maria = Postgres(), MariaDB()
    try:
        for db in (Lite(), Pg(server), Maria(maria)):
            for test in (steps, data, narrowing, stamp, bare, zeros, each_step):
                test(db)
        bodies(Maria(maria))
        sections(Pg(server))
        enum_values(Pg(server))
        sync_enum(Pg(server))
    finally:
        server.stop()
        maria.stop()
    shutil.rmtree(folder)
    finish("example chain")
