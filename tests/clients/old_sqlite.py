"""The example chain on SQLite 3.28 (npm sql.js), in the generic form written for it: every revision up, down, up; the schema is
the one that the machine's own SQLite gets from the newest form, and a script for another revision changes nothing."""
import os
import shutil
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "servers"))
from common import ROOT, check, finish, run, scratch, sqlite_schema, sqlite_state, waybill

CHAIN = ["base", "a1000", "a2000", "a3000", "a4000", "a5000", "a6000", "a7000", "a8000", "a9000"]
folder = scratch()
old, new = os.path.join(folder, "old.db"), os.path.join(folder, "new.db")


def on_old(script):
    path = os.path.join(folder, "script.sql")
    with open(path, "w", encoding="utf-8") as f:
        f.write(script)
    return run(["node", os.path.join(ROOT, "tests", "clients", "sqljs.js"), old, path])[1]


def on_new(script):
    db = sqlite3.connect(new, isolation_level=None)
    db.executescript(script)
    db.close()


def step(command, at, to):
    span = "%s:%s" % (at, to)
    log = on_old(waybill(command, span, "--dialect", "sqlite:3.28", "--client", "generic"))
    on_new(waybill(command, span, "--dialect", "sqlite", "--client", "generic"))
    check("ERROR" not in log and "OK" in log, "%s %s on 3.28\n%s" % (command, span, log[-500:]))
    check(sqlite_schema(old) == sqlite_schema(new), "%s %s: another schema on 3.28\n%s\n---\n%s" % (command, span, sqlite_schema(old), sqlite_schema(new)))


check(on_old("select sqlite_version();").strip().startswith("3.28."), "the server is SQLite 3.28")
for below, revision in zip(CHAIN, CHAIN[1:]):
    step("upgrade", below, revision)
    step("downgrade", revision, below)
    step("upgrade", below, revision)
before = sqlite_state(old)
for command, span in (("upgrade", "a3000:a4000"), ("downgrade", "a4000:a3000"), ("upgrade", "base:a1000")):
    log = on_old(waybill(command, span, "--dialect", "sqlite:3.28", "--client", "generic"))
    check("ERROR" in log and sqlite_state(old) == before, "%s %s on a database at a9000 changes nothing\n%s" % (command, span, log[-500:]))
step("downgrade", "a9000", "base")
shutil.rmtree(folder)
finish("SQLite 3.28")
