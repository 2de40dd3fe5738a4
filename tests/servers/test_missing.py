#!/usr/bin/python3
"""A script from which lines are missing, each in turn and runs of up to seven: real psql, mariadb and sqlite3, which go on after errors
as they do on a terminal, and drivers that do. Where it says OK, all of it has run; where the guard refuses the whole script, one that
lacks a line is refused too, and nothing is kept, and one that lacks several never says OK. The same in a session in which everything is
set otherwise: there the script does what it does in a new one, and without the line that sets it, it does so too or never says OK.

test_missing.py [--all] [database]
"""
import os
import re
import shutil
import sqlite3
import subprocess
import sys

import drivers
from common import PSQL, ALL, MariaDB, Postgres, at_once, chain, check, finish, run, scratch, share, sqlite_state, waybill

folder = scratch()
STEPS = [
    ["op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('name', sa.String(40)), sa.Column('at', sa.Integer()))",
     "op.execute(\"INSERT INTO t (id, name, at) VALUES (1, 'a', 1), (2, 'b', 2)\")"],
    ["op.execute(\"UPDATE t SET name = 'changed'\\nWHERE id = 1\\nAND at = 1\")",
     "op.add_column('t', sa.Column('more', sa.Integer(), server_default='7'))",
     "op.create_index('ix_name', 't', ['name'])",
     "op.create_table('u', sa.Column('id', sa.Integer(), primary_key=True),\n        sa.Column('note', sa.Text()))"],
    ["with op.get_context().autocommit_block():\n        op.create_index('ix_at', 't', ['at', 'id'], postgresql_concurrently=True)\n        op.execute('CREATE INDEX CONCURRENTLY\\nix_more ON t (more)' if op.get_bind().dialect.name == 'postgresql' else 'CREATE INDEX\\nix_more ON t (name)')",
     "op.drop_column('t', 'more')"],
]

# what depends on the settings of a session
ANY = ["op.create_table('s', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('t', sa.Text()), sa.Column('n', sa.Integer()), sa.CheckConstraint('n > 0', name='ck_n'))",
       "op.execute(\"INSERT INTO s (id, t, n) SELECT id + 10, name, at FROM t\")",
       "op.execute(\"INSERT INTO s (id, t, n) VALUES (1, 'a', 1), (3, 'umlaut \u00e4', 1)\")"]
SENSITIVE = {
    "postgresql": ANY + [
        "op.execute(\"UPDATE s SET t = (DATE '03/04/2020')::text WHERE id = 1\")",
        "op.execute(\"INSERT INTO s SELECT 4, concat(TIMESTAMPTZ '2020-01-01 00:00:00' AT TIME ZONE 'UTC', to_char(1.5, '9D9'), INTERVAL '1 day 2 hours', 0.1::float8, bytea 'ab', ARRAY[1]::text, '{null}'::text[] IS NULL, 'x' = null), 1\")",
        "op.execute(\"INSERT INTO s SELECT 5, to_tsvector('the houses')::text, 1\")",
        "op.execute(\"INSERT INTO s SELECT 6, (array_agg(x))[1] IS NULL, 1 FROM unnest('{NULL}'::text[]) AS x WHERE NULL = NULL\")"],
    "mariadb": ANY + [
        "op.execute(\"INSERT IGNORE INTO s (id, t, n) SELECT id + 20, 'wrong', 1 - id FROM t\")",
        "op.execute(\"INSERT INTO s SELECT 4, concat_ws(' ', DATE_FORMAT('2020-01-01', '%W'), WEEK('2020-01-01'), UNIX_TIMESTAMP('2020-01-01 00:00:00'), 1 / 3, NOW() < '2002-01-01', '1' || '0'), 1\")",
        "op.execute(\"INSERT INTO s SELECT 5, GROUP_CONCAT(t ORDER BY id), 1 FROM s\")",
        "op.create_table('k', sa.Column('id', sa.Integer(), primary_key=True, autoincrement=True), sa.Column('at', sa.TIMESTAMP(), nullable=False), sa.Column('u', sa.String(9)))",
        "op.execute(\"INSERT INTO k (at) VALUES ('2020-01-01 00:00:00')\")",
        "op.execute(\"UPDATE k SET u = 'found' WHERE id IS NULL\")",
        "op.execute(\"CREATE TABLE z (a CHAR(3) CHARACTER SET utf8) ROW_FORMAT=DYNAMIC\")"],
    "sqlite": ANY + [
        "op.execute(\"UPDATE s SET t = 'like' WHERE t LIKE 'A'\")",
        "op.execute(\"CREATE TRIGGER gone AFTER DELETE ON s BEGIN UPDATE s SET t = 'trigger' WHERE id = 3; END\")",
        "op.execute(\"INSERT OR REPLACE INTO s VALUES (1, 'again', 1)\")",
        "op.execute(\"CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER REFERENCES t (id) ON DELETE CASCADE)\")",
        "op.execute(\"INSERT INTO child VALUES (1, 1)\")",
        "op.execute(\"INSERT OR IGNORE INTO s (id, t, n) VALUES (2, 'wrong', -1)\")",
        "with op.batch_alter_table('t') as b:\n        b.alter_column('name', type_=sa.String(50))",
        "op.execute(\"CREATE TABLE renamed AS SELECT name FROM t\")"]}

# lines that a client leaves out elsewhere, within quotes; and outside of them
EXACT = ["op.execute(\"INSERT INTO s VALUES (31, 'signed\\n-- \\nyours', 1), (32, 'one\\n\\n\\ntwo', 1), (33, 'hash\\n%s\\n', 1), (34, 'semi\\n;\\n', 1)\")" % ("0f" * 32),
         "op.execute(\"/* of two lines:\\n-- odd */ UPDATE s SET n = 7\\nWHERE id = 31; -- a remark\\n\\n-- and another, on its own\\nUPDATE s SET n = 8 -- at the end\\n\\n  -- indented\\nWHERE id = 32\")",
         "op.execute(\"UPDATE s SET n = 9\\nWHERE id = 33 /* done */\")",
         "op.execute(\"CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $$\\nBEGIN\\n\\n  RETURN 'five\\n-- ten\\n';\\nEND\\n$$\")",
         "op.execute(\"INSERT INTO s SELECT 35, f(), 1\")"]

# a session that is set against all of it
AGAINST = {
    "postgresql": """
SET default_transaction_isolation = 'serializable'; SET standard_conforming_strings = off; SET escape_string_warning = off;
SET DateStyle = 'German, DMY'; SET TimeZone = 'Asia/Tokyo'; SET IntervalStyle = 'iso_8601'; SET extra_float_digits = -15;
SET bytea_output = 'escape'; SET array_nulls = off; SET transform_null_equals = on; SET default_text_search_config = 'simple';
SET row_security = on; SET quote_all_identifiers = on; SET check_function_bodies = off; SET search_path = pg_catalog;
SET client_min_messages = notice; SET lock_timeout = 1; SET statement_timeout = '5min'; SET xmloption = document;
SET client_encoding = 'LATIN1';
""",
    "mariadb": """
SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED; SET completion_type = 1, foreign_key_checks = 0, unique_checks = 0;
SET group_concat_max_len = 4, sql_select_limit = 1, sql_safe_updates = 1, check_constraint_checks = 0, sql_mode = 'PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES';
SET default_storage_engine = MEMORY, lock_wait_timeout = 1, max_statement_time = 100, sql_auto_is_null = 1, time_zone = '+05:00';
SET timestamp = 1000000000, old_mode = 'ZERO_DATE_TIME_CAST';
SET sql_if_exists = 1;
CREATE TEMPORARY TABLE t (id INTEGER, name VARCHAR(40), at INTEGER); CREATE TEMPORARY TABLE s (a INTEGER); SET NAMES latin1; SET autocommit = 0;
""",
    "sqlite": """
PRAGMA foreign_keys = ON; PRAGMA ignore_check_constraints = ON; PRAGMA legacy_alter_table = ON; PRAGMA case_sensitive_like = ON;
PRAGMA recursive_triggers = ON; PRAGMA reverse_unordered_selects = ON; PRAGMA writable_schema = ON; PRAGMA defer_foreign_keys = ON;
"""}

# lines within a statement that is good SQL without them: only PostgreSQL tells a script what has reached it
WITHIN = ("WHERE id = 1", "note TEXT,")
ELSEWHERE = "update alembic_version set version_num = 'r9'"   # so that the guard, and nothing else, stops the script


def project(dialect):
    steps = STEPS + [SENSITIVE[dialect]] + [EXACT] * (dialect == "postgresql")
    return chain(folder, *(("r%d" % i, "r%d" % (i - 1) if i else None, *body) for i, body in enumerate(steps)))


def ends_ok(log):
    return re.search(r"\[WAYBILL-RECEIPT\][^\n]*(\n *\|\|[^\n]*)*\bresult=OK\b", log) is not None


class OnPostgres:
    dialect, profiles = "postgresql", ("psql", "generic")

    def __init__(self):
        self.server = Postgres()
        self.stop = self.server.stop

    def keep(self, name):
        self.server.create("kept_" + name)

    def load(self, name, script):
        assert ends_ok(self.server.psql("kept_" + name, stdin=script.encode())[1])

    def spoil(self, name):
        self.server.psql("kept_" + name, "-c", ELSEWHERE)

    def fresh(self, name):
        self.server.create("now", template="kept_" + name)

    def apply(self, script, profile):
        if profile == "psql":
            # as on a terminal it goes on after an error
            return self.server.psql("now", stdin=script.replace("\\set ON_ERROR_STOP on\n", "").encode())[1]
        driver = drivers.Postgres(self.server.folder, "now")
        return drivers.through(driver, drivers.postgresql_statements(script))

    def state(self):
        return self.server.state("now")


class OnMariaDB:
    dialect, profiles = "mariadb", ("mariadb", "generic")

    def __init__(self):
        self.server = MariaDB()
        self.stop = self.server.stop
        self.kept = {}

    def keep(self, name):
        self.kept[name] = ""

    def load(self, name, script):
        self.server.create("now")
        assert ends_ok(self.server.client("now", "--comments", stdin=script.encode())[1])
        self.kept[name] = self.server.dump("now")

    def spoil(self, name):
        self.kept[name] += ELSEWHERE

    def fresh(self, name):
        self.server.create("now", self.kept[name])

    def apply(self, script, profile):
        return self.server.client("now", "--comments", "--force", stdin=script.encode())[1]

    def state(self):
        return self.server.state("now")


class OnSqlite:
    dialect, profiles = "sqlite", ("sqlite3", "generic")

    def stop(self):
        pass

    def path(self, name):
        return os.path.join(folder, name + ".db")

    def keep(self, name):
        sqlite3.connect(self.path(name)).close()

    def load(self, name, script):
        assert ends_ok(run(["sqlite3", self.path(name)], input=script.encode())[1])

    def spoil(self, name):
        run(["sqlite3", self.path(name), ELSEWHERE])

    def fresh(self, name):
        for old in os.listdir(folder):
            if old.startswith("now.db"):
                os.unlink(os.path.join(folder, old))
        shutil.copyfile(self.path(name), self.path("now"))

    def apply(self, script, profile):
        if profile == "sqlite3":
            return run(["sqlite3", self.path("now")], input=script.encode())[1]
        return drivers.through(drivers.Sqlite(self.path("now")), drivers.sqlite_statements(script))

    def state(self):
        return sqlite_state(self.path("now"))


def without(d, profile, lines, at, count, whole, spoilt):
    gone = [line.strip() for line in lines[at:at + count]]
    if d.dialect != "postgresql" and any(line in WITHIN or "CONSTRAINT " in line for line in gone):
        return
    less = "\n".join(lines[:at] + lines[at + count:])
    name = "%s, %s, without %d of line %d: %s" % (d.dialect, profile, count, at + 1, lines[at][:100])
    d.fresh("begun")
    log = d.apply(less, profile)
    check(not ends_ok(log) or d.state() == whole, name + "\n" + log[-900:])
    d.fresh("spoilt-" + profile)
    log = d.apply(less, profile)
    check(not ends_ok(log) and (count > 1 or d.state() == spoilt), name + ", where the guard refuses\n" + log[-900:])


def against(d, profile, ini):
    """each line that arms the session or asks for it is lost, in a session that is set against it"""
    script = waybill("upgrade", "r2:r3", "--dialect", d.dialect, "--client", profile, ini=ini)
    d.fresh("second")
    log = d.apply(script, profile)
    whole = d.state()
    check(ends_ok(log), "%s, %s: what depends on settings\n%s" % (d.dialect, profile, log))
    d.fresh("second")
    log = d.apply(AGAINST[d.dialect] + script, profile)
    good = check(ends_ok(log), "%s, %s: in a session that is set against it\n%s" % (d.dialect, profile, log[-900:]))
    check(not good or d.state() == whole, "%s, %s: in a session that is set against it something else is done\n%s" % (d.dialect, profile, different(whole, d.state())))
    if d.dialect == "mariadb":
        d.fresh("second")
        log = d.apply("SET explicit_defaults_for_timestamp = 0;\n" + script, profile)
        check(not ends_ok(log) and "explicit_defaults_for_timestamp" in log, "mariadb, %s: a TIMESTAMP gets a default of its own\n%s" % (profile, log[-900:]))
    lines = script.split("\n")
    for i in range(next(i for i, line in enumerate(lines) if line.startswith("-- 1/"))):
        if not lines[i] or lines[i].startswith("--"):
            continue
        for count in (1, 2, 4, 8) if ALL else (1 + i % 2,):
            d.fresh("second")
            log = d.apply(AGAINST[d.dialect] + "\n".join(lines[:i] + lines[i + count:]), profile)
            check(not ends_ok(log) or d.state() == whole, "%s, %s, in a session that is set against it, without %d of line %d: %s\n%s" % (
                d.dialect, profile, count, i + 1, lines[i][:100], different(whole, d.state())))


def exact(d, profile, ini):
    """each line that a client could leave out elsewhere"""
    script = waybill("upgrade", "r3:r4", "--dialect", d.dialect, "--client", profile, ini=ini)
    d.fresh("third")
    log = d.apply(script, profile)
    whole = d.state()
    check(ends_ok(log), "%s, %s: quotes of several lines\n%s" % (d.dialect, profile, log[-900:]))
    lines = script.split("\n")
    begins = next(i for i, line in enumerate(lines) if line.startswith("-- 1/"))
    for i in share(range(begins, len(lines)), len(profile), 3):
        for count in (1, 2):
            d.fresh("third")
            log = d.apply("\n".join(lines[:i] + lines[i + count:]), profile)
            check(not ends_ok(log) or d.state() == whole, "%s, %s, without %d of line %d: %s\n%s" % (d.dialect, profile, count, i + 1, lines[i][:100], different(whole, d.state())))


def different(a, b):
    a, b = a.split("\n"), b.split("\n")
    return "\n".join(["- " + line for line in a if line not in b] + ["+ " + line for line in b if line not in a])


def one(database):
    d = {"postgresql": OnPostgres, "mariadb": OnMariaDB, "sqlite": OnSqlite}[database]()
    ini = project(database)
    try:
        d.keep("begun")
        d.load("begun", waybill("upgrade", "r0", "--dialect", d.dialect, ini=ini))
        d.keep("second")
        d.load("second", waybill("upgrade", "r2", "--dialect", d.dialect, ini=ini))
        if database == "postgresql":
            d.keep("third")
            d.load("third", waybill("upgrade", "r3", "--dialect", d.dialect, ini=ini))
        for profile in d.profiles:
            against(d, profile, ini)
            if database == "postgresql":
                exact(d, profile, ini)
            script = waybill("upgrade", "r0:r2", "--dialect", d.dialect, "--client", profile, ini=ini)
            d.keep("spoilt-" + profile)
            d.load("spoilt-" + profile, waybill("upgrade", "r0", "--dialect", d.dialect, ini=ini))
            d.spoil("spoilt-" + profile)
            d.fresh("begun")
            log = d.apply(script, profile)
            whole = d.state()
            check(ends_ok(log), "%s, %s: the whole script\n%s" % (database, profile, log[-600:]))
            d.fresh("spoilt-" + profile)
            spoilt = d.state()
            log = d.apply(script, profile)
            check(not ends_ok(log) and d.state() == spoilt, "%s, %s: where the guard refuses\n%s" % (database, profile, log[-600:]))
            lines = script.split("\n")
            for i in share(range(len(lines) - 1), len(profile), 16):
                if not lines[i] or lines[i].startswith("--"):
                    continue
                without(d, profile, lines, i, 1, whole, spoilt)
            for i in share(range(len(lines) - 1), len(profile), 1 if ALL else 24):
                without(d, profile, lines, i, 2 + i % 6, whole, spoilt)
    finally:
        d.stop()


at_once(os.path.abspath(__file__), ["postgresql", "mariadb", "sqlite"], one)
finish("missing " + " ".join(a for a in sys.argv[1:] if a[0] != "-"))
