#!/usr/bin/python3
"""Whole chains of real projects on real servers: each revision's own SQL, as `survey --emit` writes it, from base to head and back.

  real_chains.py [options] CHAIN...        CHAIN: a folder of revision files, an ini file, or a list (*.tsv: name, tab, folder or ini file)

  --dialect D         postgresql (default), mysql, mariadb or sqlite; mysql runs on MariaDB
  --root DIR          what a list's folders are relative to (default: the list's own folder)
  --only NAME,...     of a list these alone
  --setup DIR         DIR/NAME.DIALECT.sql, or DIR/NAME.sql, runs on the empty database first (extensions, what the application makes itself);
                      DIR/NAME.ini takes the place of the chain's folder (overrides, types, values)
  --skip-refused      a refused revision, or one that the server refused, is applied as nothing, and the chain goes on: what fails later failed after a gap
  --known FILE        server errors that are the project's own: chain, dialect, direction and revision, between tabs, a line each (what follows is a remark)
  --report FILE       a line for each refusal and server error: chain, dialect, direction, place in the chain, revision, kind, message, statement
  --keep DIR          the emitted SQL and, after the way up, the schema (NAME.DIALECT.schema)

A revision is one run of the database's client that stops at the first error, in one transaction where the database has them.
Without --skip-refused the way up ends at the first stop, and the way down begins there. The exit status is 1 when a server refused
anything before a gap that is not known."""
import argparse
import collections
import json
import os
import re
import shutil
import subprocess
import sys

from common import sqlite_word, WAYBILL, MariaDB, Postgres, run, scratch

Failure = collections.namedtuple("Failure", "direction place revision kind after_gap message statement")

# What an autocommit block is for: it cannot run in a transaction, or what it makes cannot be used before the end of one.
ALONE = re.compile(rb"\bINDEX\s+CONCURRENTLY\b|^ALTER TYPE [^;]* ADD VALUE|^VACUUM\b|^COMMIT\b", re.I | re.M)


def file_name(revision):
    return re.sub(r"[^A-Za-z0-9_.-]", "_", revision)


def line_of(text, number):
    lines = text.split("\n")
    return lines[number - 1].strip() if 0 < number <= len(lines) else ""


class Pg:
    EXTRA = """
select 'table ' || c.oid::regclass from pg_class c join pg_namespace n on n.oid = relnamespace where relkind in ('r', 'p', 'v', 'm', 'S', 'f') and NAMES
union all select 'type ' || t.oid::regtype from pg_type t join pg_namespace n on n.oid = typnamespace where typtype in ('e', 'd') and NAMES
union all select 'function ' || p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = pronamespace where NAMES
  and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
union all select 'schema ' || nspname from pg_namespace n where NAMES order by 1"""

    def __init__(self):
        self.server = Postgres()

    def fresh(self):
        self.server.create("chain")

    def apply(self, path, in_transaction=True):
        with open(path, "rb") as f:
            sql = f.read()
        script = os.path.join(self.server.folder, "step.sql")
        in_transaction = in_transaction and not ALONE.search(sql)
        with open(script, "wb") as f:   # the lines stay those of the file
            f.write(b"BEGIN; " + sql + b"\n;COMMIT;\n" if in_transaction else sql)
        code, text = self.server.psql("chain", "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-f", script)
        if code == 0:
            return None
        at = re.search(r"^psql:[^\n]*?:(\d+): (ERROR:[^\n]*)", text, re.M)
        return (at.group(2), line_of(sql.decode("utf-8", "replace"), int(at.group(1)))) if at else (text[:300], "")

    def objects(self):
        names = "nspname !~ '^pg_' and nspname <> 'information_schema'"
        return set(self.server.psql("chain", "-qAtc", self.EXTRA.replace("NAMES", names))[1].split("\n")) - {""}

    def schema(self):
        env = dict(os.environ, PGHOST=self.server.folder, PGUSER="postgres")
        return run([self.server.bin + "pg_dump", "--schema-only", "--no-owner", "-d", "chain"], env=env)[1]

    def stop(self):
        self.server.stop()


class Maria:
    def __init__(self):
        self.server = MariaDB()

    def fresh(self):
        self.server.create("chain")

    def apply(self, path, in_transaction=True):
        with open(path, "rb") as f:
            sql = f.read()
        code, text = self.server.client("chain", "--default-character-set=utf8mb4", stdin=sql)
        if code == 0:
            return None
        at = re.search(r"^ERROR [^\n]*?at line (\d+)[^\n]*", text, re.M)
        return (at.group(0), line_of(sql.decode("utf-8", "replace"), int(at.group(1)))) if at else (text[:300], "")

    def objects(self):
        return set(self.server.query("information_schema", "select concat(lower(table_type), ' ', table_name) from tables where table_schema = 'chain'").split("\n")) - {""}

    def schema(self):
        return self.server.dump("chain")

    def stop(self):
        self.server.stop()


class Lite:
    def __init__(self):
        self.folder = scratch()
        self.path = os.path.join(self.folder, "chain.db")

    def fresh(self):
        if os.path.exists(self.path):
            os.remove(self.path)

    def apply(self, path, in_transaction=True):
        with open(path, "rb") as f:
            sql = f.read()
        code, text = run(["sqlite3", "-batch", "-bail", *sqlite_word(self.path), self.path], input=b"BEGIN; " + sql + b"\n;COMMIT;\n" if in_transaction else sql, stdout=subprocess.PIPE)
        errors = re.search(r"^[^\n]*(error)[^\n]*near line (\d+): ([^\n]*)", text, re.M | re.I)
        if code == 0 and not errors:
            return None
        return (errors.group(3), line_of(sql.decode("utf-8", "replace"), int(errors.group(2)))) if errors else (text[:300], "")

    def objects(self):
        return set(run(["sqlite3", self.path, "select type || ' ' || name from sqlite_master where name not like 'sqlite_%'"])[1].split("\n")) - {""}

    def schema(self):
        return run(["sqlite3", self.path, ".schema"])[1]

    def stop(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Chain:
    """a chain's revisions, oldest first, and what was emitted for each"""

    def __init__(self, name, source, dialect, folder):
        project = ["-c", source] if source.endswith(".ini") else ["--versions", source]
        self.name, self.folder, self.error = name, os.path.join(folder, dialect), None
        history = subprocess.run([WAYBILL, "history", *project, "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        survey = subprocess.run([WAYBILL, "survey", *project, "--dialect", dialect, "--emit", folder], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if history.returncode or survey.returncode > 1 or not os.path.exists(os.path.join(self.folder, "refused.tsv")):
            self.error = (history.stderr + survey.stderr).decode("utf-8", "replace").split("\n")[0]
            return
        self.revisions = [r["revision"] for r in reversed(json.loads(history.stdout))]
        self.refused = {}
        with open(os.path.join(self.folder, "refused.tsv"), encoding="utf-8", errors="replace") as f:
            for row in f:
                revision, direction, path, line, reason = row.rstrip("\n").split("\t", 4)
                self.refused[revision, direction] = "%s:%s: %s" % (os.path.basename(path), line, reason)

        self.take_whole_way_down(project, dialect)

    def take_whole_way_down(self, project, dialect):
        """A survey starts each downgrade from what its own upgrade left, a downgrade from head goes on from the one before: where
        the whole way down renders, it is what an inspector's answers on that way are right for."""
        whole = subprocess.run([WAYBILL, "downgrade", "heads:base", *project, "--dialect", dialect, "--bare"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if whole.returncode:
            return
        pieces = re.split(r"^-- Running downgrade (\S+) -> .*$", whole.stdout.decode("utf-8"), flags=re.M)
        for revision, text in zip(pieces[1::2], pieces[2::2]):
            text = re.sub(r"^(?:(?:BEGIN|COMMIT);|(?:UPDATE|DELETE FROM|INSERT INTO) [^\n]*\bversion_num\b[^\n]*;)$", "", text, flags=re.M)
            with open(self.sql(revision, "down"), "w", encoding="utf-8") as f:
                f.write(text.strip() + "\n")

    def sql(self, revision, direction):
        return os.path.join(self.folder, "%s.%s.sql" % (file_name(revision), direction))


class Walk:
    """one chain on one database, up and down"""

    def __init__(self, chain, database, skip):
        self.chain, self.database, self.skip = chain, database, skip
        self.failures, self.gap = [], False

    def step(self, direction, place):
        revision = self.chain.revisions[place]
        reason = self.chain.refused.get((revision, direction))
        if reason:
            kind, message, statement = "refused", reason, ""
        else:
            error = self.database.apply(self.chain.sql(revision, direction))
            if not error:
                return True
            kind, (message, statement) = "server", error
        self.failures.append(Failure(direction, place + 1, revision, kind, self.gap, message, statement))
        self.gap = True
        return False

    def go(self, direction, places):
        done = []
        for place in places:
            if self.step(direction, place):
                done.append(place)
            elif not self.skip:
                break
        return done

    def first(self, direction):
        return next((f for f in self.failures if f.direction == direction), None)


def setup_of(folder, name, dialect):
    found = [os.path.join(folder, n) for n in ("%s.%s.sql" % (name, dialect), name + ".sql", name + ".ini") if folder and os.path.exists(os.path.join(folder, n))]
    return next((p for p in found if p.endswith(".sql")), None), next((p for p in found if p.endswith(".ini")), None)


def chains_of(arguments, root, only):
    for argument in arguments:
        if not argument.endswith(".tsv"):
            yield os.path.basename(os.path.abspath(argument)), argument
            continue
        with open(argument, encoding="utf-8") as f:
            for row in f:
                name, place = row.rstrip("\n").split("\t")[:2]
                if not only or name in only.split(","):
                    yield name, os.path.join(root or os.path.dirname(os.path.abspath(argument)), place)


def told(failure):
    if not failure:
        return "-"
    return "%s %s %d: %s%s" % (failure.kind, failure.revision, failure.place, " ".join(failure.message.split())[:200],
                               " | " + failure.statement[:160] if failure.statement else "")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("chains", nargs="+")
    p.add_argument("--dialect", default="postgresql", choices=("postgresql", "mysql", "mariadb", "sqlite"))
    p.add_argument("--root")
    p.add_argument("--only")
    p.add_argument("--setup")
    p.add_argument("--skip-refused", action="store_true")
    p.add_argument("--known")
    p.add_argument("--report")
    p.add_argument("--keep")
    a = p.parse_args()
    database = {"postgresql": Pg, "sqlite": Lite}.get(a.dialect, Maria)()
    folder = a.keep or scratch()
    report = open(a.report, "w", encoding="utf-8") if a.report else None
    known = set()
    if a.known:
        with open(a.known, encoding="utf-8") as f:
            known = {tuple(row.rstrip("\n").split("\t")[:4]) for row in f if not row.startswith("#")}
    wrong = 0
    try:
        for name, source in chains_of(a.chains, a.root, a.only):
            setup, ini = setup_of(a.setup, name, a.dialect)
            chain = Chain(name, ini or source, a.dialect, os.path.join(folder, name))
            if chain.error:
                print("%-28s %s: %s" % (name, a.dialect, chain.error), flush=True)
                continue
            database.fresh()
            if setup:
                error = database.apply(setup, False)
                if error:
                    print("%-28s %s: the set-up fails: %s | %s" % (name, a.dialect, *error), flush=True)
            before = database.objects()
            walk = Walk(chain, database, a.skip_refused)
            total = len(chain.revisions)
            up = walk.go("up", range(total))
            if a.keep:
                with open(os.path.join(a.keep, "%s.%s.schema" % (name, a.dialect)), "w", encoding="utf-8") as f:
                    f.write(database.schema())
            down = walk.go("down", list(reversed(up)))
            left = sorted(database.objects() - before) if len(down) == len(up) else None
            print("%-28s %s: up %d/%d, down %d/%d%s" % (name, a.dialect, len(up), total, len(down), len(up),
                  "" if left is None else ", nothing left" if not left else ", left: " + ", ".join(left)[:300]))
            for direction in ("up", "down"):
                if walk.first(direction):
                    print("    %s stops at %s" % (direction, told(walk.first(direction))))
            server = [f for f in walk.failures if f.kind == "server"]
            for f in server:
                if f not in (walk.first("up"), walk.first("down")):
                    print("    %s%s %s" % (f.direction, " after a gap:" if f.after_gap else ":", told(f)))
            sys.stdout.flush()
            wrong += len([f for f in server if not f.after_gap and (name, a.dialect, f.direction, f.revision) not in known])
            for f in walk.failures if report else []:
                report.write("\t".join(" ".join(str(x).split()) for x in (name, a.dialect, *f)) + "\n")
    finally:
        database.stop()
        if report:
            report.close()
        if not a.keep:
            shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
