#!/usr/bin/python3
"""The SQLite script for any client, statement by statement through drivers as programs have them: some begin transactions by
themselves, some commit what they are given at once, or before a statement of the schema, some do not pass on what begins a
transaction; and all go on behind an error. Each statement in turn is spoilt, and lost. No row is ever gone, and OK is said only of
what is whole; where a driver cannot run the script, nothing is changed.

test_drivers.py [--all]: without it each driver has a part of the statements.
"""
import os
import re
import sqlite3

import drivers
from common import chain, check, finish, scratch, share, sqlite_state, waybill

folder = scratch()
path = os.path.join(folder, "t.db")
FIRST = """    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("v", sa.String(10)), sa.Column("n", sa.Integer()))
    op.create_table("gone", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_index("ix_t", "t", ["n"])
    op.execute("INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2)")
    op.execute("CREATE VIEW seen AS SELECT v FROM t")
    op.execute("CREATE TRIGGER noted AFTER DELETE ON gone BEGIN DELETE FROM t; END")"""
SECOND = """    op.add_column("t", sa.Column("w", sa.Integer(), server_default="3"))
    op.execute("UPDATE t SET v = 'c' WHERE id = 1")
    op.create_table("made", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("DELETE FROM t WHERE id = 1")
    with op.batch_alter_table("t") as batch:
        batch.alter_column("v", type_=sa.String(30))
    op.drop_index("ix_t", "t")
    op.execute("DROP VIEW seen")
    op.execute("DROP TRIGGER noted")
    op.drop_table("gone")"""


class Driver:
    """level: python's isolation_level. commits: behind which statements it commits; before: before all that only reads or changes rows,
    as python did up to 3.5; begins: it is always in a transaction; loses: what begins and ends a transaction is its own business;
    undoes: it rolls back behind an error"""
    ROWS = ("INSERT", "UPDATE", "DELETE", "REPLACE")

    def __init__(self, good, level=None, commits=(), before=False, begins=False, loses=False, undoes=False):
        self.good, self.level, self.commits, self.before, self.begins, self.loses, self.undoes = good, level, commits, before, begins, loses, undoes

    def run(self, statements):
        db, log = sqlite3.connect(path, isolation_level=self.level), []
        for statement in statements:
            word = re.sub(r"^(?:\s|--[^\n]*\n)*", "", statement).split(None, 1)[0].rstrip(";").upper()
            try:
                if self.begins and not db.in_transaction:
                    db.execute("BEGIN")
                if self.before and db.in_transaction and word not in (*self.ROWS, "SELECT"):
                    db.commit()
                if not self.loses or word not in ("SAVEPOINT", "RELEASE", "ROLLBACK"):
                    log += [str(row[0]) for row in db.execute(statement)]
            except sqlite3.Error as e:
                log.append("ERROR %s" % e)
                if self.undoes and db.in_transaction:
                    db.rollback()
            if db.in_transaction and (self.commits == "all" or word in self.commits):
                db.execute("COMMIT")
        if self.begins and db.in_transaction:
            db.commit()
        db.close()
        return "\n".join(log)


DRIVERS = {"as it is": Driver(True), "begins before rows change": Driver(True, ""), "begins at once": Driver(True, "IMMEDIATE"), "rolls back": Driver(True, undoes=True),
           "is always in a transaction": Driver(False, begins=True), "commits each": Driver(False, commits="all"), "commits rows": Driver(False, commits=Driver.ROWS),
           "commits the schema": Driver(False, "", commits=("CREATE", "DROP", "ALTER")), "commits before the schema": Driver(False, "", before=True), "begins none": Driver(False, loses=True),
           "begins none, but before rows change": Driver(False, "", loses=True), "commits each and rolls back": Driver(False, commits="all", undoes=True)}


def fresh(data):
    for name in os.listdir(folder):
        if name.startswith("t.db"):
            os.remove(os.path.join(folder, name))
    with open(path, "wb") as f:
        f.write(data)


def ok(log):
    return re.search(r"^\[WAYBILL-RECEIPT\].*result=OK", log, re.M) is not None


ini = chain(folder, ("r1", None, FIRST), ("r2", "r1", SECOND))
scripts = [list(drivers.sqlite_statements(waybill("upgrade", span, "--dialect", "sqlite", "--client", "generic", ini=ini))) for span in ("base:r1", "r1:r2")]
log = Driver(True).run(scripts[0])
assert ok(log), log
data = open(path, "rb").read()
start = sqlite_state(path)
log = Driver(True).run(scripts[1])
assert ok(log), log
whole = sqlite_state(path)
ends = next(i for i, s in enumerate(scripts[1]) if "INTO wb_gate SELECT CASE" in s)   # from here on the script is whole
runs = 0
for turn, (name, driver) in enumerate(DRIVERS.items()):
    # where nothing stands yet: at most the version table is made, which is as good as none
    fresh(b"")
    log = driver.run(scripts[0])
    check(ok(log) == driver.good, "from base, a driver that %s: %s" % (name, log[-600:]))
    check(driver.good or not re.search("'t'|'gone'", sqlite_state(path)), "from base, a driver that %s: tables are made" % name)
    fresh(data)
    log = driver.run(scripts[1])
    check(ok(log) == driver.good and sqlite_state(path) == (whole if driver.good else start), "a driver that %s: %s" % (name, log[-600:]))
    for i, statement in share(list(enumerate(scripts[1])), turn, 3):
        savepoint = statement.split("\n")[-1].strip().startswith("SAVEPOINT")
        if driver.undoes and driver.good and savepoint:   # one that cannot be made, and undoes what was there: nothing is left to hold the next
            continue
        for how in ("spoilt", "lost"):
            fresh(data)
            log = driver.run(scripts[1][:i] + ["BROKEN;"] * (how == "spoilt") + scripts[1][i + 1:])
            state = sqlite_state(path)
            what = "a driver that %s, statement %d is %s: %s" % (name, i + 1, how, statement.strip()[-100:])
            check(not ok(log) or state == whole, what + "\nsays OK")
            check(state in (start, whole) and (state == start or driver.good), what + "\nsomething is gone, or made in part\n" + log[-600:])
            check(state != whole or ok(log) or i >= ends, what + "\nis kept without a word\n" + log[-600:])
            runs += 1
print("%d runs through %d drivers" % (runs, len(DRIVERS)))
finish("drivers of SQLite")
