#!/usr/bin/python3
"""Whole chains of real projects: framed scripts on real servers against Alembic's online run of the same revisions; a figure, not a test.

  online_chains.py [options] CHAIN...      CHAIN: a folder of revision files, an ini file, or a list (*.tsv: name, tab, folder or ini file)

  --dialect D         postgresql (default), mariadb or sqlite
  --root DIR          what a list's folders are relative to (default: the list's own folder)
  --only NAME,...     of a list these alone
  --setup DIR         DIR/NAME.DIALECT.sql, or DIR/NAME.sql, runs on both empty databases first (extensions, what the application makes itself);
                      DIR/NAME.ini takes the place of the chain's folder (types, values)
  --no-down           the way up alone
  --show N            so many lines of a difference (default 6)

Each revision, in order: Alembic runs it on one database (in a process of its own, with a plain environment instead of the project's
env.py; what is not installed is a stub, and PYTHONPATH may give more), the framed script of that one step runs on another with its own
client. Then both hold the same tables, columns, indexes, constraints, types, sequences, functions, triggers and numbers of rows, or
what differs is printed. The way back of each runs on copies. What Waybill refuses, Alembic does on both sides, and the other way
round; what neither does is stamped: the databases are made equal again, and the chain goes on. Where all steps rendered, one script
from base to heads, and one back, ends with the same.

`failed` is a script of ours that did not end with OK, `after a gap` one that came after what neither did, `divergent` a difference
that folded_line() gives the reason for. The exit status is 1 when anything else differs, or failed."""
import argparse
import collections
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "alembic"))
from common import WAYBILL, MariaDB, Postgres, run, scratch, sqlite_word  # noqa: E402
from real_chains import chains_of, setup_of  # noqa: E402

MISSING = "NotImplementedError: "   # of a revision without a way back
SECONDS = 60   # for one revision of Alembic's
FIXED = ["--at", "2026-11-23T01:00:00Z", "--seed-uuid", "online_chains"]   # other values than Alembic's, in as many rows


# ---- Alembic's side: a process for each chain, told "up REVISION URL" line by line ----

def take_text(owner):
    """as SQLAlchemy 1.4, which older revisions were written for: execute() takes a plain text"""
    import sqlalchemy
    execute = owner.execute

    def execute_text(self, statement, *args, **kwargs):
        return execute(self, sqlalchemy.text(statement) if isinstance(statement, str) else statement, *args, **kwargs)
    owner.execute = execute_text


def alembic_side(place):
    import signal

    import sqlalchemy.orm
    from alembic.runtime.environment import EnvironmentContext
    from alembic.runtime.migration import RevisionStep

    import parity
    out, sys.stdout = sys.stdout, sys.stderr   # revisions print
    script = parity.open_script(place)
    take_text(sqlalchemy.engine.Connection)
    take_text(sqlalchemy.orm.Session)

    def missing(**_):
        raise NotImplementedError

    def take(word, revision, url):
        module = script.get_revision(revision).module
        for name in ("upgrade", "downgrade"):
            if not hasattr(module, name):
                setattr(module, name, missing)
        config = parity.Config()   # a revision may connect by itself
        config.set_main_option("sqlalchemy.url", url)
        step = RevisionStep(script.revision_map, script.get_revision(revision), word != "down")
        if word == "stamp":
            step.migration_fn = lambda **_: None
        engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool)
        signal.alarm(SECONDS)
        try:
            with EnvironmentContext(config, script, fn=lambda *_: [step]) as environment, \
                    engine.connect() as connection:
                environment.configure(connection=connection, transaction_per_migration=True)
                with environment.begin_transaction():
                    environment.run_migrations()
                connection.commit()   # what follows a commit of the revision's own
        except BaseException as error:   # noqa: B902 - a revision may end the process, or anything else
            try:
                return "%s: %s" % (type(error).__name__, str(error).split("\n")[0])
            except RuntimeError as stub:   # a stub among its parameters
                return "%s: %s" % (type(error).__name__, stub)
        finally:
            signal.alarm(0)
            engine.dispose()

    for line in sys.stdin:
        out.write(json.dumps(take(*line.split())) + "\n")
        out.flush()
    os._exit(0)   # whatever a revision's modules have started


class Alembic:
    def __init__(self, place):
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__), "--alembic", place], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def take(self, word, revision, url):
        """the error, or None"""
        self.process.stdin.write("%s %s %s\n" % (word, revision, url))
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit("Alembic's side has ended: %s %s" % (word, revision))
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


# ---- the databases ----

class Pg:
    CATALOGUE = """
with spaces as (select oid, nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'),
  tables as (select c.oid, c.relkind, nspname || '.' || relname as name from pg_class c join spaces n on n.oid = relnamespace
    where not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e'))
select concat_ws(' | ', 'schema', nspname) from spaces
union all select concat_ws(' | ', 'relation', name, relkind, obj_description(oid, 'pg_class'), case when relkind in ('v', 'm') then pg_get_viewdef(oid) end) from tables where relkind not in ('i', 'I')
union all select concat_ws(' | ', 'column', t.name, row_number() over (partition by attrelid order by attnum), attname, format_type(atttypid, atttypmod), case when attnotnull then 'not null' end,
    'default ' || pg_get_expr(d.adbin, d.adrelid), nullif(attidentity, ''), nullif(attgenerated, ''), col_description(attrelid, attnum), nullif(attcollation::regcollation::text, '"default"'))
  from pg_attribute a join tables t on t.oid = attrelid left join pg_attrdef d on d.adrelid = attrelid and d.adnum = attnum
  where attnum > 0 and not attisdropped and relkind in ('r', 'p', 'v', 'm', 'f', 'c')
union all select concat_ws(' | ', 'constraint', coalesce(nullif(conrelid, 0)::regclass::text, contypid::regtype::text), conname, pg_get_constraintdef(c.oid), convalidated)
  from pg_constraint c join spaces n on n.oid = connamespace where conrelid = 0 or conrelid in (select oid from tables)
union all select concat_ws(' | ', 'index', t.name, pg_get_indexdef(indexrelid), indisvalid, indisclustered, indisreplident) from pg_index i join tables t on t.oid = indrelid
union all select concat_ws(' | ', 'type', nspname, typname, typtype, (select string_agg(quote_literal(enumlabel), ', ' order by enumsortorder) from pg_enum e where enumtypid = t.oid), typdefault, format_type(typbasetype, typtypmod))
  from pg_type t join spaces n on n.oid = typnamespace where typtype in ('e', 'd', 'r') and not exists (select from pg_depend d where d.objid = t.oid and d.deptype = 'e')
union all select concat_ws(' | ', 'sequence', t.name, format_type(seqtypid, null), seqstart, seqincrement, seqmax, seqmin, seqcycle,
    (select refobjid::regclass || '.' || attname from pg_depend d join pg_attribute a on attrelid = refobjid and attnum = refobjsubid where d.objid = t.oid and deptype in ('a', 'i') and refobjsubid > 0))
  from pg_sequence s join tables t on t.oid = seqrelid
union all select concat_ws(' | ', 'function', p.oid::regprocedure, md5(pg_get_functiondef(p.oid))) from pg_proc p join spaces n on n.oid = pronamespace
  where prokind in ('f', 'p') and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
union all select concat_ws(' | ', 'trigger', t.name, pg_get_triggerdef(g.oid), tgenabled) from pg_trigger g join tables t on t.oid = tgrelid where not tgisinternal
union all select concat_ws(' | ', 'policy', polname, polrelid::regclass, pg_get_expr(polqual, polrelid)) from pg_policy
union all select concat_ws(' | ', 'rows', name, (xpath('//c/text()', query_to_xml('select count(*) as c from ' || oid::regclass, false, true, '')))[1]) from tables where relkind = 'r'
union all select concat_ws(' | ', 'revision', row) from (select (xpath('//version_num/text()', x))[1]::text as row from
    (select unnest(xpath('//row', query_to_xml('select version_num from alembic_version', false, false, ''))) as x where to_regclass('alembic_version') is not null) y) z
order by 1"""

    def __init__(self):
        self.server = Postgres()

    def url(self, name):
        return "postgresql+psycopg2://postgres@/%s?host=%s" % (name, self.server.folder)

    def fresh(self, name):
        self.server.create(name)

    def copy(self, name, to):
        self.server.create(to, name)

    def execute(self, name, path):
        code, text = self.server.psql(name, "-q", "-v", "ON_ERROR_STOP=1", "-f", path)
        return text if code else None

    def apply(self, name, path):
        return self.server.psql(name, "-f", path)[1]

    def catalogue(self, name):
        code, text = self.server.psql(name, "-qAt", "-c", self.CATALOGUE)
        assert code == 0, text
        return text.split("\n")

    def stop(self):
        self.server.stop()


class Maria:
    MORE = """
select concat_ws('|', 'table', table_name, table_type, engine, table_collation, if(table_comment like 'waybill: %', '', table_comment)) from tables where table_schema = @db
union all select concat_ws('|', 'order', table_name, group_concat(column_name order by ordinal_position)) from columns where table_schema = @db group by table_name
union all select concat_ws('|', 'view', table_name, view_definition) from views where table_schema = @db
union all select concat_ws('|', 'routine', routine_name, md5(routine_definition)) from routines where routine_schema = @db
union all select concat('select concat_ws(''|'', ''rows'', ''', table_name, ''', count(*)) from `', table_name, '`;') from tables where table_schema = @db and table_type = 'BASE TABLE'"""

    def __init__(self):
        self.server = MariaDB()

    def url(self, name):
        return "mysql+pymysql://root@localhost/%s?unix_socket=%s&charset=utf8mb4" % (name, self.server.socket)

    def fresh(self, name):
        self.server.create(name)

    def copy(self, name, to):
        self.server.create(to, self.server.dump(name))

    def execute(self, name, path):
        with open(path, "rb") as f:
            code, text = self.server.client(name, "--default-character-set=utf8mb4", stdin=f.read())
        return text if code else None

    def apply(self, name, path):
        return self.server.apply(name, path)[1]

    def catalogue(self, name):
        lines = self.server.query("information_schema", "set @db = '%s', group_concat_max_len = 100000;%s" % (name, self.MORE)).split("\n")
        counts = [line for line in lines if line.startswith("select ")]
        counts += ["select concat('revision|', version_num) from alembic_version"] if any("`alembic_version`" in line for line in counts) else []
        # a database's name stands in views
        return [line.replace("`%s`" % name, "`DB`") for line in lines if line not in counts] + self.server.catalogue(name).split("\n") + \
            self.server.query(name, ";".join(counts)).split("\n")

    def stop(self):
        self.server.stop()


class Lite:
    def __init__(self):
        self.folder = scratch()

    def path(self, name):
        return os.path.join(self.folder, name + ".db")

    def url(self, name):
        return "sqlite:///" + self.path(name)

    def fresh(self, name):
        open(self.path(name), "w").close()

    def copy(self, name, to):
        shutil.copyfile(self.path(name), self.path(to))

    def execute(self, name, path):
        with open(path, "rb") as f:
            code, text = run(["sqlite3", "-batch", "-bail", self.path(name)], stdin=f)
        return text if code else None

    def apply(self, name, path):
        with open(path, "rb") as f:
            return run(["sqlite3", *sqlite_word(self.path(name)), self.path(name)], stdin=f)[1]

    def catalogue(self, name):
        import sqlite3
        db, lines = sqlite3.connect(self.path(name)), []
        for kind, item, table, sql in db.execute("select type, name, tbl_name, sql from sqlite_master").fetchall():
            if kind != "table":
                lines.append("%s %s on %s: %s" % (kind, item, table, folded(sql or "")))
                continue
            lines += ["%s: %s" % (item, part) for part in parts(sql)]
            lines += ["%s order: %s" % (item, ", ".join(row[0] for row in db.execute("select name from pragma_table_xinfo(?) order by cid", (item,))))]
            lines += ["%s column %r" % (item, row) for row in db.execute('select name, upper(type), "notnull", dflt_value, pk, hidden from pragma_table_xinfo(?)', (item,))]
            lines += ["rows %s %d" % (item, *db.execute('select count(*) from "%s"' % item).fetchone())]
            if item == "alembic_version":
                lines += ["revision %s" % row for row in db.execute("select version_num from alembic_version")]
        db.close()
        return lines

    def stop(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def folded(sql):
    """white space and quotes of plain names say nothing"""
    return re.sub(r"\s*([(),])\s*", r"\1", re.sub(r"\s+", " ", re.sub(r'(["`\[])(\w+)["`\]]', r"\2", sql))).strip()


def parts(sql):
    """what stands between the commas of a CREATE TABLE: its columns and constraints"""
    body, depth, quote, start, out = sql[sql.index("(") + 1:sql.rindex(")")] if "(" in sql else sql, 0, "", 0, []
    for i, c in enumerate(body):
        if quote:
            quote = "" if c == quote else quote
        elif c in "'\"`":
            quote = c
        elif c == "," and not depth:
            out.append(body[start:i])
            start = i + 1
        else:
            depth += (c == "(") - (c == ")")
    return [folded(part) for part in out + [body[start:]]] + [folded(sql[sql.rindex(")"):] if "(" in sql else "")]


# What was looked at and is right, or Alembic's own: tests/alembic/DIVERGENCES.md has the rows.
def folded_line(dialect, word, line):
    """a line of a catalogue without what is known to differ; None: of a thing that one side alone may have"""
    if dialect == "postgresql" and word == "down" and line.startswith("type | "):
        return None   # the enum types that an upgrade has made go with its way back
    if dialect == "sqlite":   # a rebuild from what SQLAlchemy reflects loses unnamed CHECKs, and ASC and DESC of an index
        if re.match(r"\S+: (CONSTRAINT \S+ )?CHECK\b", line):
            return None
        table, order, columns = line.partition(" order: ")   # beside a drop of the last column Alembic's new ones stand elsewhere
        return re.sub(r" (ASC|DESC)\b", "", line) if not order else table + order + str(sorted(columns.split(", ")))
    if dialect == "mariadb" and line.startswith("column|"):   # MODIFY keeps NOT NULL and DEFAULT, which Alembic's forgets
        return "|".join(line.split("|")[:4])
    return line


# ---- the walk ----

class Walk:
    """one chain, on two databases: `ours` and `theirs`"""

    def __init__(self, name, place, dialect, databases, down, show):
        self.name, self.place, self.dialect, self.databases, self.down, self.show = name, place, dialect, databases, down, show
        self.project = ["-c", place] if os.path.isfile(place) else ["--versions", place]
        self.counts = {"up": collections.Counter(), "down": collections.Counter(), "whole": collections.Counter()}
        self.gap = self.refused = False
        self.script = os.path.join(scratch(), "step.sql")
        history = subprocess.run([WAYBILL, "history", *self.project, "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.error = history.stderr.decode("utf-8", "replace").split("\n")[0] if history.returncode else None
        self.revisions = [] if self.error else json.loads(history.stdout)[::-1]

    def heads(self, applied):
        """as FROM and TO name them: what nothing else of these stands on"""
        below = {d for r in applied for d in r["down_revision"] + r["depends_on"]}
        return ",".join(r["revision"] for r in applied if r["revision"] not in below) or "base"

    def ours(self, command, start, end, name):
        """(None, None) when the framed script has run, else what happened and why"""
        if os.path.exists(self.script):
            os.remove(self.script)
        made = run([WAYBILL, command, "%s:%s" % (start, end), *self.project, "--dialect", self.dialect, *FIXED, "-o", self.script])
        self.refused = made[0] == 1
        if made[0] > 1:
            return "failed", made[1]
        if self.refused:
            return "refused", next((line for line in made[1].split("\n") if "error:" in line), made[1]).split("/")[-1]
        log = self.databases.apply(name, self.script)
        if "result=OK" in log and not re.search("^(psql:.*)?ERROR[: ]", log, re.M):
            return None, None
        told = re.findall(r"^(?:psql:|ERROR \d|Runtime error|Parse error|Error:)[^\n]*", log, re.M)
        return "failed", " / ".join(told[:3]) or log[-400:]

    def tell(self, kind, word, revision, text):
        print("    %s %s %s: %s" % (kind, word, revision, " ".join(text.split())[:600]), flush=True)

    def compare(self, word, revision, ours, theirs):
        mine, other = set(self.databases.catalogue(ours)), set(self.databases.catalogue(theirs))
        if mine == other:
            return "equal"
        left, right = ({folded_line(self.dialect, word, line) for line in lines} - {None} for lines in (mine - other, other - mine))
        if left == right:
            return "divergent"
        lines = ["      alembic  " + line for line in sorted(other - mine)[:self.show]] + ["      waybill  " + line for line in sorted(mine - other)[:self.show]]
        print("    different %s %s\n%s" % (word, revision, "\n".join(line[:700] for line in lines)), flush=True)
        return "different"

    def step(self, word, command, revision, start, end, ours, theirs):
        """runs a revision on both; the outcome"""
        error = self.alembic.take(word, revision, self.databases.url(theirs))
        kind, why = self.ours(command, start, end, ours)
        if not kind and not error:
            return self.compare(word, revision, ours, theirs)
        if kind and error:
            self.tell("neither", word, revision, "%s [Alembic: %s]" % (why, error))
            return "neither"
        if kind:
            if kind == "failed" and self.gap:
                return "after a gap"
            self.tell(kind, word, revision, why)
            return kind
        if error != MISSING:
            self.tell("only ours", word, revision, error)
        return "only ours"

    def mend(self, outcome, revision):
        """the same on both sides again; whether there is a way"""
        if outcome in ("refused", "failed", "after a gap"):
            self.databases.copy("theirs", "ours")
        elif outcome in ("only ours", "different", "divergent"):   # what follows stands on what Waybill has made
            self.databases.copy("ours", "theirs")
        elif outcome == "neither":
            if self.dialect == "mariadb" and not self.refused:
                return False
            self.databases.copy("ours", "theirs")   # a script that was undone, or none
            self.gap = True
            return not any([self.alembic.take("stamp", revision, self.databases.url(name)) for name in ("ours", "theirs")])
        return True

    def go(self, setup):
        self.alembic = Alembic(self.place)
        for name in ("ours", "theirs"):
            self.databases.fresh(name)
            error = setup and self.databases.execute(name, setup)
            if error:
                print("    the set-up fails: " + error[:500])
        applied = []
        for revision in self.revisions:
            start, end = self.heads(applied), self.heads(applied + [revision])
            outcome = self.step("up", "upgrade", revision["revision"], start, end, "ours", "theirs")
            self.counts["up"][outcome] += 1
            if not self.mend(outcome, revision["revision"]):
                print("    both stop at revision %d of %d" % (len(applied) + 1, len(self.revisions)))
                break
            applied.append(revision)
            if self.down and outcome in ("equal", "divergent", "different"):
                for name in ("ours", "theirs"):
                    self.databases.copy(name, name + "_down")
                self.counts["down"][self.step("down", "downgrade", revision["revision"], end, start, "ours_down", "theirs_down")] += 1
        if set(self.counts["up"]) == {"equal"}:   # a divergence would be another database than Alembic's
            self.whole("up", "upgrade", "base", end, setup)
            if self.down and not {"refused", "neither", "only ours"} & set(self.counts["down"]):
                for revision in reversed(applied):
                    self.alembic.take("down", revision["revision"], self.databases.url("theirs"))
                self.whole("down", "downgrade", end, "base", None)
        self.alembic.close()

    def whole(self, word, command, start, end, setup):
        if word == "up":
            self.databases.fresh("ours")
            if setup:
                self.databases.execute("ours", setup)
        kind, why = self.ours(command, start, end, "ours")
        if kind:
            self.tell(kind, "the whole way " + word, "", why)
        self.counts["whole"][kind or self.compare(word, "the whole way", "ours", "theirs")] += 1


def told(counts):
    return ", ".join("%d %s" % (n, word) for word, n in counts.most_common()) or "-"


def main():
    if sys.argv[1:2] == ["--alembic"]:
        alembic_side(sys.argv[2])
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("chains", nargs="+")
    p.add_argument("--dialect", default="postgresql", choices=("postgresql", "mariadb", "sqlite"))
    p.add_argument("--root")
    p.add_argument("--only")
    p.add_argument("--setup")
    p.add_argument("--no-down", action="store_true")
    p.add_argument("--show", type=int, default=6)
    a = p.parse_args()
    databases = {"postgresql": Pg, "mariadb": Maria, "sqlite": Lite}[a.dialect]()
    total = {word: collections.Counter() for word in ("up", "down", "whole")}
    try:
        for name, source in chains_of(a.chains, a.root, a.only):
            setup, ini = setup_of(a.setup, name, a.dialect)
            walk = Walk(name, os.path.abspath(ini or source), a.dialect, databases, not a.no_down, a.show)
            print("%s %s: %d revisions%s" % (name, a.dialect, len(walk.revisions), ": " + walk.error if walk.error else ""), flush=True)
            if not walk.error:
                walk.go(setup)
            for word, counts in walk.counts.items():
                total[word].update(counts)
            print("  %s %s: up %s; down %s; whole %s" % (name, a.dialect, *(told(walk.counts[w]) for w in ("up", "down", "whole"))), flush=True)
    finally:
        databases.stop()
    print("%s: up %s; down %s; whole %s" % (a.dialect, *(told(total[w]) for w in ("up", "down", "whole"))))
    sys.exit(any(total[w][bad] for w in total for bad in ("different", "failed")))


if __name__ == "__main__":
    main()
