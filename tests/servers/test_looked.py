#!/usr/bin/python3
"""However a revision looks at what an inspector lists, its script runs only where it would have done the same online. Ways of
looking times things that are listed times changes made by hand: real Alembic runs the revision on the database as the chain made
it and on the changed one (SQLite); where it does another thing there, the script must refuse and change nothing, on all servers.
Where it does the same, the script may go on; how many go on is counted. On the unchanged database every script goes through.

test_looked.py [--all] [sqlite|postgresql|mariadb ...]
"""
import importlib.util
import os
import re
import shutil
import sqlite3
import subprocess
import sys

from common import MariaDB, Postgres, check, finish, run, scratch, sqlite_state, WAYBILL

try:
    import sqlalchemy
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
except ImportError:
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])   # where Debian's package is

FIRST = '''revision = "r1"
down_revision = None
from alembic import op
import sqlalchemy as sa


def upgrade():
    op.create_table("w", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("p", sa.Integer()))
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("n", sa.Integer()),
                    sa.Column("m", sa.Integer()), sa.Column("k", sa.String(20), nullable=False, server_default="x"),
                    sa.Column("w_id", sa.Integer()), sa.UniqueConstraint("k", name="uq_t_k"),
                    sa.CheckConstraint("n > 0", name="ck_t_n"),
                    sa.ForeignKeyConstraint(["w_id"], ["w.id"], name="fk_t_w"))
    op.create_index("ix_t_n", "t", ["n"])
    op.create_index("ix_t_nm", "t", ["n", "m"], unique=True)


def downgrade():
    pass
'''
SECOND = '''revision = "r2"
down_revision = "r1"
from alembic import op
import collections
import functools
import itertools
import json
import re
import sqlalchemy as sa


def upgrade():
    insp = sa.inspect(op.get_bind())
%s
        op.execute("UPDATE t SET m = 1")


def downgrade():
    pass
'''
NAMES = [   # the names of what is listed, S its rows
    '[x["name"] for x in S]', '{x["name"] for x in S}', 'set(x["name"] for x in S)', 'sorted(x["name"] for x in S)',
    'list(map(lambda x: x["name"], S))', '{x["name"]: x for x in S}', 'tuple([x["name"] for x in S])', '[x.get("name") for x in S]',
]
TESTS = [   # what is asked of the names L; P one that is there, A one that is not
    'if P in L:', 'if A not in L:', 'if not {P}.issubset(L):', 'if {A} & set(L):', 'for _ in {A} - set(L):', 'if {A}.isdisjoint(L):',
    'if set(L) == {P}:', 'if set(L) <= {P, A}:', 'if len(L) > 3:', 'if len(set(L)) == 4:', 'if not L:', 'if L:', 'if sorted(L)[0] == P:',
    'if any(x == A for x in L):', 'if not any(x == P for x in L):', 'if next((x for x in L if x == P), None) is None:', 'if any(True for _ in L):',
    'if A.upper() in [x.upper() for x in L]:', 'if "t." + P in ["t." + x for x in L]:', 'if ("t", A) in [("t", x) for x in L]:',
    'if any(x.startswith(A[:2]) for x in L):', 'if A in " ".join(L):', 'if A in " ".join(L).split():', 'if any(re.match("^%s$" % A, x) for x in L):',
    'if A in str(L):', 'if any(f"{x}!" == A + "!" for x in L):', 'if [x for x in L if len(x) > len(P)]:', 'if max(L) > A:',
    'if [x for x in L if x != P]:', 'if list(L).count(A):', 'if not list(L).count(P):', 'if sum(1 for x in L if x == A):', 'if dict.fromkeys(L).get(A, 1) is None:',
    'if any(A == x for x in L):', 'if all(x != A for x in L):', 'if A in list(filter(None, L)):', 'if P not in list(L) + ["other"]:', 'if A in [*L]:',
    'if not [x for x in L if x.lower() == P]:', 'if "%s" % (A,) in ["%s" % x for x in L]:', 'if min(x for x in L) == A:', 'if (lambda names: A in names)(L):',
    'if len(dict(enumerate(L))) > 3:', 'if [list(L)] == [[P]]:', 'if A in json.dumps(list(L)):', 'n = 0\n    for x in L:\n        n += 1\n    if n > 2:',
    'if list(itertools.chain(L, ["q"]))[-2] == P:', 'if functools.reduce(lambda n, x: n + 1, L, 0) > 3:', 'if collections.Counter(L) == collections.Counter([P]):',
    'if (lambda *a: len(a))(*L) > 3:', 'if {**{x: 1 for x in L}} == {P: 1}:', 'if all({P: 1, "id": 1}.get(x) for x in L):', 'if len({(x, 1) for x in L}) > 3:', 'if ("t", P) in {("t", x) for x in L}:',
    'try:\n        set(L).remove(A)\n        n = 1\n    except KeyError:\n        n = 0\n    if n:', 'try:\n        a, b, c, d, e = L\n        n = 1\n    except ValueError:\n        n = 0\n    if n:',
    'def names():\n        for x in L:\n            yield x\n    if A in names():', 'if op.f(A) in L:', 'if op.f(P) not in L:', 'rest = []\n    rest.extend(L)\n    if len(rest) > 3:', 'first, *rest = L\n    if rest:',
    'N = collections.namedtuple("N", "t c")\n    if N("t", A) in [N("t", x) for x in L]:', 'for n in range(210):\n        insp.get_columns("w")\n    if A in L:', 'if len(list(zip(L, range(9)))) > 3:',
    'for x in L:\n        op.execute("UPDATE w SET p = 1 -- %s" % x)\n    if A in L:', 'for i, x in enumerate(L):\n        if x == A:\n            break\n    else:',
]
ROWS = {   # what is asked of the rows S themselves
    "columns": ['if any(x["name"] == "m" and not x["nullable"] for x in S):', 'if {x["name"]: x for x in S}["m"]["nullable"]:', 'if [x["nullable"] for x in S].count(True) != 3:',
                'if isinstance({x["name"]: x for x in S}["m"]["type"], sa.Integer):', 'if {x["name"]: x["default"] for x in S}["m"] is None:', 'if len(S) == 5:', 'if not S[2]["nullable"]:',
                'if {x["name"]: x for x in S}.get("k", {}).get("nullable"):', 'if any(v["nullable"] is False for v in {x["name"]: x for x in S}.values() if v["name"] == "m"):',
                'if [dict(x)["nullable"] for x in S if x["name"] == "m"] == [False]:', 'if any(dict(x, extra=1)["nullable"] for x in S if x["name"] == "k"):',
                'if [x["name"] for x in S if isinstance(x["type"], sa.String)] == ["k"]:', 'if any(isinstance(x["type"], (sa.Text, sa.Date)) for x in S):', 'if {x["name"]: x for x in S}["k"]["default"] is None:',
                'if [n for n, ok in ((x["name"], x["nullable"]) for x in S) if not ok and n == "m"]:'],
    "indexes": ['if any(x["column_names"] == ["n"] for x in S):', 'if not any(x["column_names"] == ["m"] for x in S):', 'if not S:', 'if len(S) == 2:', 'if any(x["unique"] for x in S if x["name"] == "ix_t_n"):',
                'if {tuple(x["column_names"]) for x in S} & {("m",)}:', 'if any("m" in x["column_names"] for x in S):', 'if [x for x in S if x["column_names"] == ["n", "m"] and x["unique"]]:'],
    "uniques": ['if any(x["column_names"] == ["k"] for x in S):', 'if not S:', 'if any("m" in x["column_names"] for x in S):', 'if len(S) > 1:'],
    "foreign": ['if any(x["referred_table"] == "w" for x in S):', 'if not S:', 'if any(x["constrained_columns"] == ["w_id"] for x in S):', 'if {c for x in S for c in x["constrained_columns"]} - {"w_id"}:', 'if len(S) > 1:',
                'if any(x["options"].get("ondelete") for x in S):', 'if S[0]["options"] == {}:'],
    "checks": ['if not S:', 'if len(S) > 1:'],
    "none": ['if not S:', 'if S:', 'if len(S) == 0:', 'if any(True for x in S):', 'if not [x["name"] for x in S]:', 'if "ix_w9" in [x["name"] for x in S]:', 'if any(x["name"] == "ix_w9" for x in S):',
             'if "ix_w9" in {x["name"] for x in S}:', 'if any(x["column_names"] == ["p"] for x in S):'],
    "key": ['if S["constrained_columns"] != ["id"]:', 'if not S["constrained_columns"]:', 'if len(S["constrained_columns"]) > 1:', 'if "m" in S.get("constrained_columns"):'],
    "tables": ['if len(S) == 3:', 'if "z" in S:', 'if "t" not in S:', 'for x in S:\n        if x.startswith("z"):\n            op.execute("UPDATE w SET p = 2")\n    if "z" in S:', 'if "Z" in [x.upper() for x in S]:',
               'if set(S) == {"t", "w", "alembic_version"}:', 'if set(S) - {"t", "w", "alembic_version"}:', 'if any(x == "z" for x in S):', 'for x in S:\n        if x != "alembic_version":\n            op.execute("DELETE FROM " + x)\n    if not S:',
               'if any(c["name"] == "tenant" for x in S for c in insp.get_columns(x)):', 'if {"z", "t"} <= set(S):', 'if not {"z"} & set(S):', 'if sorted(S)[-1] == "z":', 'if [x for x in S if x not in ("t", "w", "alembic_version")]:'],
    "metadata": ['if len(S.tables) > 3:', 'if "z" in S.tables:', 'if set(S.tables) == {"t", "w", "alembic_version"}:', 'if "m" not in S.tables["t"].c:', 'if any(x.startswith("z") for x in S.tables):',
                 'if any("tenant" in x.c for x in S.tables.values()):'],
    "reflected": ['if isinstance(S.c.m.type, sa.Integer):', 'if len(S.foreign_keys) > 1:', 'if len(S.constraints) == 4:', 'if not S.foreign_key_constraints:',
                  'if "m" not in S.c:', 'if [c.name for c in S.columns] == ["id", "n"]:', 'if "z" in [c.name for c in S.columns]:', 'if not hasattr(S.c, "m"):', 'op.execute(S.insert().values(id=5, k="y"))\n    if len(S.columns) > 5:'],
}
SOURCES = {   # how it is asked for; one that is there, one that is not
    "columns": ('insp.get_columns("t")', "m", "z"),
    "indexes": ('insp.get_indexes("t")', "ix_t_n", "ix_z"),
    "uniques": ('insp.get_unique_constraints("t")', "uq_t_k", "uq_z"),
    "foreign": ('insp.get_foreign_keys("t")', "fk_t_w", "fk_z"),
    "checks": ('insp.get_check_constraints("t")', "ck_t_n", "ck_z"),
    "none": ('insp.get_indexes("w")', None, None),
    "key": ('insp.get_pk_constraint("t")', None, None),
    "tables": ("insp.get_table_names()", None, None),
    "metadata": ('(lambda m: m.reflect(op.get_bind()) or m)(sa.MetaData())', None, None),
    "reflected": ('sa.Table("t", sa.MetaData(), autoload_with=op.get_bind())', None, None),
}
T = "CREATE TABLE t (\n\tid INTEGER NOT NULL%s, \n\tn INTEGER, \n\tm %s, \n\tk VARCHAR(20) DEFAULT 'x' NOT NULL, \n\tw_id INTEGER%s\n)"
PARTS = ", PRIMARY KEY (id)", "INTEGER", ", CONSTRAINT uq_t_k UNIQUE (k), CONSTRAINT ck_t_n CHECK (n > 0), CONSTRAINT fk_t_w FOREIGN KEY(w_id) REFERENCES w (id)"
INDEXES = "; CREATE INDEX ix_t_n ON t (n); CREATE UNIQUE INDEX ix_t_nm ON t (n, m)"


def anew(key=" PRIMARY KEY", m="INTEGER", parts=PARTS[2]):
    """SQLite: the table made again in another form"""
    return "DROP TABLE t; " + T % (key, m, parts.replace(", C", ", \n\tC").replace(", P", ", \n\tP")) + INDEXES   # as SQLAlchemy reads it


def alter(postgresql, mariadb=None):
    return {"postgresql": postgresql, "mariadb": mariadb or postgresql}


BY_HAND = [   # on SQLite; the same on the servers
    ("ALTER TABLE t ADD COLUMN z INTEGER", None),
    ("ALTER TABLE t RENAME COLUMN m TO m_old", None),
    ("CREATE INDEX ix_z ON t (m)", None),
    ("DROP INDEX ix_t_n", {"mariadb": "DROP INDEX ix_t_n ON t"}),
    ("DROP INDEX ix_t_n; CREATE INDEX ix_t_n ON t (k)", {"mariadb": "DROP INDEX ix_t_n ON t; CREATE INDEX ix_t_n ON t (k)"}),
    ("DROP INDEX ix_t_n; CREATE UNIQUE INDEX ix_t_n ON t (n)", {"mariadb": "DROP INDEX ix_t_n ON t; CREATE UNIQUE INDEX ix_t_n ON t (n)"}),
    ("CREATE INDEX ix_w9 ON w (p)", None),
    ("CREATE TABLE z (id INTEGER PRIMARY KEY, tenant INTEGER)", None),
    (anew(m="INTEGER NOT NULL DEFAULT 0"), alter("ALTER TABLE t ALTER m SET DEFAULT 0, ALTER m SET NOT NULL", "ALTER TABLE t MODIFY m INTEGER NOT NULL DEFAULT 0")),
    (anew(m="TEXT"), alter("DROP INDEX ix_t_nm; ALTER TABLE t ALTER m TYPE text; CREATE UNIQUE INDEX ix_t_nm ON t (n, m)", "ALTER TABLE t MODIFY m VARCHAR(90)")),
    (anew(m="INTEGER DEFAULT 7"), alter("ALTER TABLE t ALTER m SET DEFAULT 7")),
    (anew(parts=", CONSTRAINT uq_t_k UNIQUE (m), CONSTRAINT ck_t_n CHECK (n > 0), CONSTRAINT fk_t_w FOREIGN KEY(w_id) REFERENCES w (id)"),
     alter("ALTER TABLE t DROP CONSTRAINT uq_t_k, ADD CONSTRAINT uq_t_k UNIQUE (m)")),
    (anew(parts=", CONSTRAINT uq_t_k UNIQUE (k), CONSTRAINT uq_z UNIQUE (m), CONSTRAINT ck_t_n CHECK (n > 0), CONSTRAINT fk_t_w FOREIGN KEY(w_id) REFERENCES w (id)"),
     alter("ALTER TABLE t ADD CONSTRAINT uq_z UNIQUE (m)")),
    (anew(parts=", CONSTRAINT ck_t_n CHECK (n > 0), CONSTRAINT fk_t_w FOREIGN KEY(w_id) REFERENCES w (id)"), alter("ALTER TABLE t DROP CONSTRAINT uq_t_k")),
    (anew(parts=PARTS[2] + ", CONSTRAINT ck_z CHECK (m > 0)"), alter("ALTER TABLE t ADD CONSTRAINT ck_z CHECK (m > 0)")),
    (anew(parts=", CONSTRAINT uq_t_k UNIQUE (k), CONSTRAINT fk_t_w FOREIGN KEY(w_id) REFERENCES w (id)"), alter("ALTER TABLE t DROP CONSTRAINT ck_t_n")),
    (anew(parts=PARTS[2] + ", CONSTRAINT fk_z FOREIGN KEY(m) REFERENCES w (id)"), alter("ALTER TABLE t ADD CONSTRAINT fk_z FOREIGN KEY (m) REFERENCES w (id)")),
    (anew(parts=", CONSTRAINT uq_t_k UNIQUE (k), CONSTRAINT ck_t_n CHECK (n > 0)"), alter("ALTER TABLE t DROP CONSTRAINT fk_t_w")),
    (anew(parts=", CONSTRAINT uq_t_k UNIQUE (k), CONSTRAINT ck_t_n CHECK (n > 0), CONSTRAINT fk_t_w FOREIGN KEY(m) REFERENCES w (id)"),
     alter("ALTER TABLE t DROP CONSTRAINT fk_t_w, ADD CONSTRAINT fk_t_w FOREIGN KEY (m) REFERENCES w (id)", "ALTER TABLE t DROP CONSTRAINT fk_t_w; DROP INDEX fk_t_w ON t; ALTER TABLE t ADD CONSTRAINT fk_t_w FOREIGN KEY (m) REFERENCES w (id)")),
    (anew(parts=PARTS[2] + " ON DELETE CASCADE"), alter("ALTER TABLE t DROP CONSTRAINT fk_t_w, ADD CONSTRAINT fk_t_w FOREIGN KEY (w_id) REFERENCES w (id) ON DELETE CASCADE",
                                                        "ALTER TABLE t DROP CONSTRAINT fk_t_w; ALTER TABLE t ADD CONSTRAINT fk_t_w FOREIGN KEY (w_id) REFERENCES w (id) ON DELETE CASCADE")),
    (anew(key="", parts=PARTS[2] + ", PRIMARY KEY (id, k)"), alter("ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (id, k)", "ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (id, k)")),
    (anew(key=""), alter("ALTER TABLE t DROP CONSTRAINT t_pkey", "ALTER TABLE t MODIFY id INTEGER NOT NULL, DROP PRIMARY KEY")),
]
folder = scratch()
everything = "--all" in sys.argv


def cases():
    """(what, body of upgrade()): a fifth of them, or all"""
    for number, case in enumerate(all_cases()):
        if everything or number % 5 == len(BY_HAND) % 5:
            yield case


def all_cases():
    for source, (rows, present, absent) in SOURCES.items():
        for test in ROWS[source]:
            yield "%s: %s" % (source, test), "    S = %s\n    %s" % (rows, test)
        for k, test in enumerate(TESTS if present else ()):
            for i, names in enumerate(NAMES):
                if i == (k + len(source)) % len(NAMES):
                    body = '    S, P, A = %s, "%s", "%s"\n    L = %s\n    %s' % (rows, present, absent, names, test)
                    yield "%s: %s, %s" % (source, names, test), body


def project(body):
    home = os.path.join(folder, "p")
    shutil.rmtree(home, ignore_errors=True)
    os.makedirs(os.path.join(home, "versions"))
    for name, text in (("alembic.ini", "[alembic]\nscript_location = %(here)s\n"), ("versions/r1.py", FIRST), ("versions/r2.py", SECOND % body)):
        with open(os.path.join(home, name), "w", encoding="utf-8") as f:
            f.write(text)
    return home


def script(home, path, dialect, file):
    p = subprocess.run([WAYBILL, "-c", home + "/alembic.ini", "upgrade", path, "--dialect", dialect], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with open(file, "wb") as f:
        f.write(p.stdout)
    return p.returncode == 0, p.stderr.decode()


def real(home, file):
    """the statements that real Alembic sends for the second revision, reads aside; or that it fails"""
    spec = importlib.util.spec_from_file_location("r2", home + "/versions/r2.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    copy = os.path.join(folder, "real.db")
    shutil.copyfile(file, copy)
    engine, sent = sqlalchemy.create_engine("sqlite:///" + copy), []
    sqlalchemy.event.listen(engine, "before_cursor_execute", lambda c, cursor, sql, *rest: sent.append(sql) if not re.match(r"\s*(SELECT|PRAGMA)", sql) else None)
    try:
        with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
            module.upgrade()
    except Exception as e:
        sent.append("%s" % type(e).__name__)
    engine.dispose()
    return sent


def sqlite3_client(file, path):
    with open(path, "rb") as stdin:
        return run(["sqlite3", "-batch", "-init", "/dev/null", file], stdin=stdin)[1]


def changed(hand, dialect):
    sql = BY_HAND[hand][1]
    return sql.get(dialect, BY_HAND[hand][0]) if sql else BY_HAND[hand][0]


def sqlite_bases():
    """a database as the chain made it, and one for each change by hand"""
    home, first, base = project("    if False:"), os.path.join(folder, "first.sql"), os.path.join(folder, "base.db")
    script(home, "base:r1", "sqlite", first)
    check("result=OK" in sqlite3_client(base, first), "the first revision")
    files = []
    for number, (sql, _) in enumerate(BY_HAND):
        files.append(os.path.join(folder, "hand%d.db" % number))
        shutil.copyfile(base, files[-1])
        with sqlite3.connect(files[-1]) as db:
            db.executescript(sql)
        db.close()
    return base, files


class Servers:
    """a database on each server as the chain made it, and one for each change by hand; each script runs in a copy"""

    def __init__(self, name):
        self.name = name
        self.server = Postgres() if name == "postgresql" else MariaDB()
        first = os.path.join(folder, "first-%s.sql" % name)
        script(project("    if False:"), "base:r1", name, first)
        for number in range(-1, len(BY_HAND)):
            database = self.database(number)
            self.server.create(database)
            log = self.apply(database, first)
            check("result=OK" in log, "%s: the first revision: %s" % (name, log))
            if number >= 0:
                code, log = self.execute(database, changed(number, name))
                check(code == 0, "%s: %s: %s" % (name, changed(number, name), log))

    def database(self, number):
        return "base" if number < 0 else "hand%d" % number

    def execute(self, database, sql):
        return self.server.psql(database, "-c", sql) if self.name == "postgresql" else (0, self.server.query(database, sql))

    def apply(self, database, file):
        return self.server.psql(database, "-f", file)[1] if self.name == "postgresql" else self.server.apply(database, file)[1]

    def run(self, number, file):
        """the log, and whether anything is as it was; a good run's database is made again"""
        database = self.database(number)
        before = self.server.state(database)
        log = self.apply(database, file)
        same = self.server.state(database) == before
        if not same:
            self.execute(database, "UPDATE alembic_version SET version_num = 'r1'")
            if self.name == "mariadb":
                self.execute(database, "DROP TABLE IF EXISTS waybill_journal")
        return log, same


def main():
    names = [name for name in sys.argv[1:] if not name.startswith("-")] or ["sqlite", "postgresql", "mariadb"]
    base, files = sqlite_bases()
    servers = [Servers(name) for name in names if name != "sqlite"]
    others = same = went = refused = not_rendered = 0
    try:
        for number, (what, body) in enumerate(cases()):
            home, file = project(body), os.path.join(folder, "second.sql")
            rendered, errors = script(home, "r1:r2", "sqlite", file)
            if not rendered:
                not_rendered += 1
                continue
            good = real(home, base)
            with open(file, encoding="utf-8") as f:
                updates = "UPDATE t SET m = 1" in f.read()
            check(("UPDATE t SET m = 1" in good) == updates, "%s: real Alembic %s" % (what, good))
            log = sqlite3_client(shutil.copyfile(base, os.path.join(folder, "run.db")), file)
            check("result=OK" in log, "%s: sqlite: as the chain made it: %s" % (what, log))
            verdicts = {}
            for hand, hand_file in enumerate(files):
                must = real(home, hand_file) != good
                verdicts[hand] = must
                shutil.copyfile(hand_file, os.path.join(folder, "run.db"))
                before = sqlite_state(os.path.join(folder, "run.db"))
                log = sqlite3_client(os.path.join(folder, "run.db"), file)
                ok = "result=OK" in log
                if must:
                    others += 1
                    check(not ok and sqlite_state(os.path.join(folder, "run.db")) == before, "%s: sqlite: %s: goes on where it would do another thing" % (what, " ".join(BY_HAND[hand][0].split())))
                else:
                    same += 1
                    went += ok
            for index, server in enumerate(servers):
                if not script(home, "r1:r2", server.name, file)[0]:
                    continue
                log, _ = server.run(-1, file)
                check("result=OK" in log, "%s: %s: as the chain made it: %s" % (what, server.name, log))
                musts = [hand for hand in verdicts if verdicts[hand]]
                for hand in musts if everything else musts[(number + index) % max(len(musts), 1):][:1]:
                    log, unchanged = server.run(hand, file)
                    refused += 1
                    check("result=OK" not in log and unchanged, "%s: %s: %s: goes on where it would do another thing\n%s" % (what, server.name, changed(hand, server.name), log[-300:]))
    finally:
        for server in servers:
            server.server.stop()
    print("looked: sqlite: %d databases where online another thing would be done; %d where the same: %d scripts go on there; servers: %d; %d not rendered" %
          (others, same, went, refused, not_rendered), flush=True)
    check(others > (250 if everything else 50) and went > 0.85 * same, "as many databases and good runs as were there: %d, %d of %d" % (others, went, same))
    finish("looked at")


main()
