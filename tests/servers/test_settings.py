#!/usr/bin/python3
"""What a session of SQLite may be set to before a script comes, by ~/.sqliterc, -cmd or hand: every PRAGMA that the library knows with
every value that means something to some of them, the commands and the options of the sqlite3 client. A good script does what it does
in a new session, or is refused; one that fails changes nothing; OK is said only of what is whole, and in the file. Which are refused
is written down here: what is new in another version shows.

test_settings.py [--all]: without it a share of them.
"""
import os
import re
import shutil
import sqlite3

from common import chain, check, finish, run, scratch, share, sqlite_state, waybill

folder = scratch()
work, kept = os.path.join(folder, "w.db"), os.path.join(folder, "kept.db")
FIRST = """    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("v", sa.String(10)), sa.Column("n", sa.Integer()), sa.CheckConstraint("n > 0", name="ck_n"))
    op.execute("INSERT INTO t VALUES (1, 'a', 1), (2, 'B', 2)")
"""
SECOND = """    op.add_column("t", sa.Column("w", sa.Integer(), server_default="3"))
    op.execute("UPDATE t SET v = 'c' WHERE v LIKE 'b'")
    op.execute("CREATE TABLE taken AS SELECT t.v, n + 1, (SELECT max(n) FROM t) AS most FROM t ORDER BY t.id")
    op.execute("CREATE INDEX of_taken ON taken (v DESC)")
    with op.batch_alter_table("t") as batch:
        batch.alter_column("v", type_=sa.String(30))
"""
THIRD = SECOND + "    op.execute(\"INSERT INTO t (id, v, n) VALUES (1, 'again', 1)\")\n"   # which fails

VALUES = ["0", "1", "2", "-1", "1000000", "OFF", "ON", "FULL", "EXTRA", "EXCLUSIVE", "MEMORY", "WAL", "PERSIST", "'UTF-16'", "'/nonexistent'"]
REFUSED = {"journal_mode": ("OFF", "MEMORY"), "synchronous": ("0", "1000000", "OFF"), "query_only": ("1", "2", "1000000", "ON"), "max_page_count": ("1", "2"), "hard_heap_limit": ("1", "2", "1000000")}
COMMANDS = """.auth on;.bail on;.bail off;.binary on;.changes on;.dbconfig defensive on;.dbconfig dqs_ddl off;.dbconfig dqs_dml off;.dbconfig enable_fkey on;.dbconfig enable_qpsg on;.dbconfig enable_view off
.dbconfig legacy_alter_table on;.dbconfig legacy_file_format on;.dbconfig no_ckpt_on_close on;.dbconfig trigger_eqp on;.dbconfig trusted_schema off;.dbconfig writable_schema on;.echo on;.eqp on;.eqp full
.expert;.explain on;.filectrl persist_wal 1;.filectrl size_limit 4096;.filectrl chunk_size 100000;.headers on;.log stdout;.mode insert;.mode json;.mode quote;.mode html;.mode tcl;.nullvalue OK;.once /dev/null
.progress 1000 --once;.prompt a b;.scanstats on;.separator x y;.stats on;.timer on;.timeout 0;.trace stdout;.width 2 2;.limit variable_number 0;.limit worker_threads 0;.limit trigger_depth 1
.open --nofollow w.db;.open --append w.db;.open w.db;.testctrl prng_seed 1;.testctrl optimizations 65535;.testctrl internal_functions;.testctrl never_corrupt 1;.testctrl extra_schema_checks 0"""
REFUSED_COMMANDS = """.connection 1;.dbconfig enable_trigger off;.dbconfig reset_database on;.limit length 300;.limit sql_length 1000;.limit column 2;.limit expr_depth 3;.limit vdbe_op 50;.limit function_arg 1;.limit like_pattern_length 3
.limit trigger_depth 0;.parameter init;.parameter set :id 7;.progress 1 --limit 1;.progress 100 --limit 3;.open --readonly w.db;.open --zip w.db;.open --deserialize w.db;.open :memory:
BEGIN\\;;BEGIN EXCLUSIVE\\;;SAVEPOINT waybill\\;;SAVEPOINT begun\\;"""
OPTIONS = ["-append", "-nofollow", "-vfs unix-dotfile", "-vfs unix-excl", "-ascii", "-csv", "-json", "-html", "-line", "-quote", "-tabs", "-column", "-echo", "-stats", "-batch", "-bail", "-mmap 100000", "-lookaside 0 0", "-pagecache 0 0",
           "-separator X", "-nullvalue X", "-header", "-noheader", "-maxsize 10", "-interactive"]
REFUSED_OPTIONS = ["-readonly", "-zip", "-deserialize", "-vfs memdb"]
SILENT = [".output /dev/null", ".testcase x", ".nonce x", ".limit attached 0", "-safe"]   # OK or not: no receipt is seen, or any client's script is refused alone


def commands(text):
    return [c.replace("\\;", ";").rstrip("\\") for line in text.split("\n") for c in re.split(r"(?<!\\);(?!$)", line)]


def tried(script, before, options):
    for name in os.listdir(folder):
        if name.startswith("w.db"):
            os.remove(os.path.join(folder, name))
    shutil.copy(kept, work)
    log = run(["sqlite3", *options, "w.db"], input=(before + "\n" + script).encode(), stdin=None, cwd=folder)[1]
    return re.search(r"RECEIPT\].*result=OK", log) is not None, sqlite_state(work), log


ini = chain(folder, ("r1", None, FIRST), ("r2", "r1", SECOND), ("r3", "r1", THIRD))


def rendered(span, client):
    return waybill("upgrade", span, "--dialect", "sqlite", "--client", client, ini=ini)


log = run(["sqlite3", kept], input=rendered("base:r1", "sqlite3").encode(), stdin=None)[1]
assert "result=OK" in log, log
start = sqlite_state(kept)
pragmas = [row[0] for row in sqlite3.connect(":memory:").execute("SELECT name FROM pragma_pragma_list ORDER BY 1")]
settings = [("PRAGMA %s = %s;" % (p, v), [], v not in REFUSED.get(p, ())) for p in pragmas for v in VALUES]
settings += [(c, [], True) for c in commands(COMMANDS)] + [(c, [], False) for c in commands(REFUSED_COMMANDS)]
settings += [("", o.split(), True) for o in OPTIONS] + [("", o.split(), False) for o in REFUSED_OPTIONS]
settings += [(s if s[0] == "." else "", s.split() if s[0] == "-" else [], None) for s in SILENT]
runs = 0
for turn, client in enumerate(("sqlite3", "generic")):
    good, failing = rendered("r1:r2", client), rendered("r1:r3", client)
    ok, whole, log = tried(good, "", [])
    check(ok, "%s, a new session\n%s" % (client, log[-600:]))
    ok, state, log = tried(failing, "", [])
    check(not ok and state == start, "%s, a new session, a statement fails\n%s" % (client, log[-600:]))
    for before, options, fits in share(settings, 3 * turn, 16):
        what = "%s, %s" % (client, before or " ".join(options))
        ok, state, log = tried(good, before, options)
        runs += 2
        if fits is None:
            check(state in (start, whole) and (not ok or state == whole), what + ": a part is kept, or OK said of it\n" + log[-600:])
        else:
            check(ok == fits and state == (whole if fits else start), "%s is %s\n%s" % (what, "refused" if fits else "not refused", log[-600:]))
        ok, state, log = tried(failing, before, options)
        check(not ok and state == start, "%s, a statement fails: a part is kept, or OK said of it\n%s" % (what, log[-600:]))
print("%d settings, %d runs" % (len(settings), runs))
finish("settings of SQLite")
