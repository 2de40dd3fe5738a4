"""What the server tests share: throwaway PostgreSQL and MariaDB servers on a socket, SQLite files, the program, and a count of checks."""
import atexit
import os
import pwd
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WAYBILL = os.environ.get("WAYBILL", os.path.join(ROOT, "build", os.environ.get("MODE", "release"), "waybill"))
PG_BIN = "/usr/lib/postgresql/%s/bin/" % max(os.listdir("/usr/lib/postgresql"), key=float)
PSQL = PG_BIN + "psql"   # what Debian has in the path is a script that takes longer than the client itself
EXAMPLE = os.path.join(ROOT, "migrations", "alembic.ini")

ALL = "--all" in sys.argv   # as make soak says it

passed = failed = 0


def share(items, turn, turns):
    """each turn another part of the items, one of so many and half of that; with --all each has all"""
    return items if ALL else items[turn % min(2 * turns, len(items) or 1)::2 * turns]


def check(good, what):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("FAILED: " + what, flush=True)
    return good


def at_once(file, databases, one):
    """tests the one database that is wanted, and returns it; several at the same time, each in a process of its own: they share nothing"""
    wanted = [a for a in sys.argv[1:] if a in databases] or databases
    if len(wanted) == 1:
        one(wanted[0])
        return wanted[0]
    running = [subprocess.Popen([sys.executable, file, database] + ["--all"] * ALL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for database in wanted]
    for process in running:
        print(process.communicate()[0].decode(), end="", flush=True)
    sys.exit(any(process.returncode for process in running))


def finish(name):
    print("%s: %d passed, %d failed" % (name, passed, failed), flush=True)
    sys.exit(1 if failed else 0)


def run(args, **kw):
    kw.setdefault("stdout", subprocess.PIPE)
    kw.setdefault("stderr", subprocess.STDOUT)
    p = subprocess.run(args, **kw)
    return p.returncode, (p.stdout or b"").decode("utf-8", "replace")


def waybill(*args, ini=EXAMPLE, want=0):
    """the program's standard output; its errors are shown when the status is not the wanted one"""
    p = subprocess.run([WAYBILL, "-c", ini, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if p.returncode != want:
        raise SystemExit("waybill %s: status %d\n%s" % (" ".join(args), p.returncode, p.stderr.decode("utf-8", "replace")[:2000]))
    return p.stdout.decode("utf-8")


def scratch():
    folder = tempfile.mkdtemp(prefix="waybill-test-")
    os.chmod(folder, 0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def revision_file(revision, down, *statements):
    """a revision file whose upgrade() has these statements, each as it stands in a function; `down`: the revision before, or None"""
    body = "\n".join("    " + statement.strip() for statement in statements)
    return "from alembic import op\nimport sqlalchemy as sa\nrevision = %r\ndown_revision = %r\n\n\ndef upgrade():\n%s\n\n\ndef downgrade():\n    pass\n" % (revision, down, body)


def chain(home, *steps):
    """writes a project into the folder, of each step (revision, down, statement, ...) a revision_file(); returns its ini file"""
    os.makedirs(os.path.join(home, "versions"), exist_ok=True)
    ini = os.path.join(home, "alembic.ini")
    for path, text in ((ini, "[alembic]\nscript_location = %(here)s\n"), *((os.path.join(home, "versions", step[0] + ".py"), revision_file(*step)) for step in steps)):
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    return ini


class SqliteFile:
    """A database file that begins anew; statements as another program would run them."""

    def __init__(self, path):
        self.path = path

    def start(self):
        if os.path.exists(self.path):
            os.remove(self.path)

    def execute(self, sql):
        with sqlite3.connect(self.path) as db:
            db.execute(sql)
        db.close()


class Server:
    """One server with a data folder of its own, listening on a socket in it only."""

    def serve(self, command, ends, **how):
        self.command, self.ends, self.how = command, ends, how
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.start()

    def start(self):
        self.server = subprocess.Popen(self.command, stdout=self.log, stderr=self.log, **self.how)
        for _ in range(400):
            if self.answers():
                return
            time.sleep(0.025)
        raise SystemExit("%s did not start: %s" % (self.command[0], open(self.log.name).read()[-1000:]))

    def end(self):
        self.server.send_signal(self.ends)
        self.server.wait()

    def restart(self):
        self.end()
        self.start()

    def stop(self):
        self.end()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Postgres(Server):
    def __init__(self):
        self.folder = scratch()
        self.bin = os.environ.get("WAYBILL_PG_BIN", PG_BIN)   # another release's folder of programs, as make soak gives
        self.user = None
        if os.getuid() == 0:   # the server refuses to run as root
            self.user = pwd.getpwnam("nobody")
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        data = os.path.join(self.folder, "data")
        subprocess.run([self.bin + "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"],
                       check=True, stdout=subprocess.DEVNULL, **self.as_user())
        self.serve([self.bin + "postgres", "-D", data, "-k", self.folder, "-c", "listen_addresses=", "-c", "fsync=off",
                    "-c", "full_page_writes=off", "-c", "synchronous_commit=off"], signal.SIGINT, **self.as_user())

    def answers(self):
        return self.psql("postgres", "-qAtc", "select 1")[0] == 0

    def as_user(self):
        if not self.user:
            return {}
        user = self.user

        def drop():
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
        return {"preexec_fn": drop, "cwd": "/"}

    def psql(self, database, *args, stdin=None):
        # ways back that drop rows are allowed to, where a test does not look at that
        env = {"PGOPTIONS": "-c waybill.drop=" + database, **os.environ, "PGHOST": self.folder, "PGUSER": "postgres"}
        return run([PSQL, "-X", "-d", database, *args], env=env, input=stdin)

    def create(self, name, template="template0"):
        code, text = self.psql("postgres", "-qc", 'drop database if exists "%s"' % name, "-c", 'create database "%s" template "%s"' % (name, template))
        assert code == 0, text

    def state(self, database, without=""):
        """columns, constraints, indexes, types, rows of the version table and of every other table but one, as text"""
        query = """
select 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull::text, coalesce(pg_get_expr(d.adbin, d.adrelid), ''), a.attidentity::text
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
union all select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', '' from pg_constraint where connamespace = 'public'::regnamespace
union all select 'index', tablename, indexname, indexdef, '', '', '' from pg_indexes where schemaname = 'public'
union all select 'type', typname, coalesce((select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum e where e.enumtypid = t.oid), ''), '', '', '', ''
  from pg_type t where typnamespace = 'public'::regnamespace and typtype = 'e'
order by 1, 2, 3, 4"""
        rows = """
select relname, query_to_xml(format('select t::text from %I t order by 1', relname), true, true, '')
  from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1"""
        rows = rows.replace("'r' and", "'r' and relname <> '%s' and" % without) if without else rows
        code, text = self.psql(database, "-qAt", "-c", query, "-c", rows)
        assert code == 0, text
        return "\n".join(line for line in text.split("\n") if not without or without not in line)


MARIADB_CATALOGUE = """
select concat_ws('|', 'column', table_name, column_name, column_type, is_nullable, coalesce(column_default, '-'), extra, column_comment, coalesce(collation_name, ''))
  from columns where table_schema = @db
union all select concat_ws('|', 'index', table_name, index_name, non_unique, group_concat(column_name, coalesce(sub_part, '') order by seq_in_index)) from statistics
  where table_schema = @db group by table_name, index_name, non_unique
union all select concat_ws('|', 'constraint', t.table_name, t.constraint_name, t.constraint_type, coalesce(c.check_clause, ''), coalesce(r.delete_rule, ''), coalesce(r.update_rule, ''),
  coalesce(r.referenced_table_name, ''), (select coalesce(group_concat(column_name, '>', coalesce(referenced_column_name, '') order by ordinal_position), '') from key_column_usage k
    where k.table_schema = @db and k.table_name = t.table_name and k.constraint_name = t.constraint_name))
  from table_constraints t left join check_constraints c on c.constraint_schema = @db and c.table_name = t.table_name and c.constraint_name = t.constraint_name
  left join referential_constraints r on r.constraint_schema = @db and r.table_name = t.table_name and r.constraint_name = t.constraint_name where t.table_schema = @db
union all select concat_ws('|', 'trigger', event_object_table, trigger_name, action_timing, event_manipulation, action_statement) from triggers where trigger_schema = @db
order by 1"""


class MariaDB(Server):
    """`app` is a user that may do no more than an application's."""

    def __init__(self, *options):
        self.folder = scratch()
        self.user = None
        if os.getuid() == 0:   # the server refuses to run as root
            self.user = "nobody"
            shutil.chown(self.folder, self.user)
        self.socket = os.path.join(self.folder, "s")
        data = os.path.join(self.folder, "data")
        as_user = ["--user=" + self.user] if self.user else []
        code, text = run(["mariadb-install-db", "--no-defaults", "--datadir=" + data, "--auth-root-authentication-method=normal", "--skip-test-db",
                          "--innodb-log-file-size=8M", "--tmpdir=" + self.folder, *as_user])
        assert code == 0, text
        self.serve([shutil.which("mariadbd") or "/usr/sbin/mariadbd", "--no-defaults", "--datadir=" + data, "--socket=" + self.socket, "--skip-networking",
                    "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M", "--innodb-log-file-size=8M", "--sync-binlog=0", "--skip-log-bin",
                    "--tmpdir=" + self.folder,   # a server that starts removes what others keep in a shared one
                    "--innodb-doublewrite=0", "--innodb-flush-method=nosync", "--debug-no-sync", *as_user, *options], signal.SIGTERM)
        self.client("", "-e", "create user app@localhost; grant select, insert, update, delete, create, alter, index, drop, references on *.* to app@localhost")

    def answers(self):
        return self.client("", "-e", "select 1")[0] == 0

    def client(self, database, *args, stdin=None, user="root"):
        word = ["--init-command=SET @waybill_drop = DATABASE()"]   # as with PostgreSQL
        return run(["mariadb", "--no-defaults", "-S", self.socket, "-u", user, *word, *args, *([database] if database else [])], input=stdin)

    def query(self, database, sql):
        code, text = self.client(database, "--default-character-set=utf8mb4", "-N", "-r", stdin=sql.encode())
        assert code == 0, text
        return text

    def apply(self, database, path, user="root"):
        """as the bundle's README says it"""
        with open(path, "rb") as f:
            return self.client(database, "--default-character-set=utf8mb4", "--comments", "--show-warnings", "--skip-reconnect", "--unbuffered", "-vv", stdin=f.read(), user=user)

    def create(self, name, dump=None):
        text = "drop database if exists `%s`; create database `%s` character set utf8mb4; use `%s`;\n" % (name, name, name)
        self.query("", text + (dump or ""))

    def dump(self, name):
        code, text = run(["mariadb-dump", "--no-defaults", "-S", self.socket, "-u", "root", "--compact", "--skip-extended-insert", "--order-by-primary", name])
        assert code == 0, text
        return "set foreign_key_checks = 0, names utf8mb4;\n" + text

    def catalogue(self, database):
        return self.query("information_schema", "set @db = '%s', group_concat_max_len = 100000;%s" % (database, MARIADB_CATALOGUE))

    def state(self, database):
        """tables, triggers and rows as text; what a table's comment says is the frame's business, and a counter is no state"""
        return re.sub(r" AUTO_INCREMENT=\d+| COMMENT='waybill: .*'", "", self.dump(database))


def on_mariadb(script):
    """a script or a preflight for MySQL as MariaDB takes it: the product, its version and a variable's name are another"""
    edits = (("VERSION() NOT LIKE '%MariaDB%'", "VERSION() LIKE '%MariaDB%'"), ("transaction_read_only", "tx_read_only"),
             ("max_execution_time", "max_statement_time"),
             ("performance_schema.session_variables", "(SELECT VARIABLE_NAME, SESSION_VALUE AS VARIABLE_VALUE FROM information_schema.SYSTEM_VARIABLES) s"),
             ("performance_schema.global_variables", "(SELECT VARIABLE_NAME, GLOBAL_VALUE FROM information_schema.SYSTEM_VARIABLES) g"))
    for old, new in edits:
        assert old in script or "[WAYBILL-PREFLIGHT]" in script
        script = script.replace(old, new)
    return script


def sqlite_word(path):
    """what allows a way back to drop rows, as options of the sqlite3 client"""
    return ["-cmd", "CREATE TEMP VIEW waybill_drop AS SELECT '%s'" % os.path.basename(path)]


def sqlite_state(path):
    db = sqlite3.connect(path)
    lines = [str(row) for row in db.execute("select type, name, tbl_name, sql from sqlite_master order by 1, 2")]
    for (table,) in db.execute("select name from sqlite_master where type = 'table' order by 1").fetchall():
        lines += [table + repr(row) for row in sorted(db.execute('select * from "%s"' % table), key=repr)]
    db.close()
    return "\n".join(lines)


def sqlite_schema(path):
    """columns, keys, foreign keys and indexes, whatever the text of CREATE TABLE says"""
    db = sqlite3.connect(path)
    lines = []
    for (table,) in db.execute("select name from sqlite_master where type = 'table' order by 1").fetchall():
        lines += ["%s %r" % (table, row) for row in db.execute("select name, type, \"notnull\", dflt_value, pk from pragma_table_xinfo(?) order by name", (table,))]
        lines += ["%s fk %r" % (table, row[2:]) for row in sorted(db.execute("select * from pragma_foreign_key_list(?)", (table,)), key=repr)]
        lines += ["%s index %r" % (table, row) for row in db.execute("select name, \"unique\", origin from pragma_index_list(?) where origin = 'c' order by name", (table,))]
    db.close()
    return "\n".join(lines)
