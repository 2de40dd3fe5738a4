#!/usr/bin/python3
"""What somebody made by hand on a table or a column that a script rebuilds or completes from the model: the script refuses
before its first change and names it, or it is there afterwards. And databases that Alembic itself has made are never refused.

  test_shape.py [sqlite] [online] [mariadb] [postgresql]
"""
import os
import re
import shutil
import sqlite3
import subprocess
import sys

from common import EXAMPLE, MariaDB, Postgres, check, finish, on_mariadb, run, scratch, share, sqlite_schema, sqlite_state, waybill

folder = scratch()
wanted = [a for a in sys.argv[1:] if a[0] != "-"] or ["sqlite", "online", "mariadb", "postgresql"]

HEAD = "import sqlalchemy as sa\nfrom alembic import op\nrevision = '%s'\ndown_revision = %s\n"
ENV = """from alembic import context
from sqlalchemy import create_engine
url = context.get_x_argument(as_dictionary=True)['url']
with create_engine(url).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


def project(name, revisions, settings="", head=""):
    """an Alembic project of (id, upgrade, downgrade)s; returns its ini file"""
    path = os.path.join(folder, name)
    os.makedirs(path + "/versions")
    os.chmod(path, 0o755)
    with open(path + "/env.py", "w") as f:
        f.write(ENV)
    with open(path + "/alembic.ini", "w") as f:
        f.write("[alembic]\nscript_location = %(here)s\n[waybill]\nproduct = shape\n" + settings)
    below = "None"
    for revision, up, down in revisions:
        with open("%s/versions/%s.py" % (path, revision), "w") as f:
            f.write(HEAD % (revision, below) + head + "def upgrade():\n" + up + "def downgrade():\n" + down)
        below = repr(revision)
    return path + "/alembic.ini"


def script(ini, span, dialect, client=None, command="upgrade"):
    path = os.path.join(folder, "script.sql")
    with open(path, "w", encoding="utf-8") as f:
        f.write(waybill(command, span, "--dialect", dialect, *(["--client", client] if client else []), ini=ini))
    return path


def is_ok(log):
    return log.rstrip().split("\n")[-1].endswith("result=OK") or "result=OK" in log and not re.search("rror", log)


# ---- SQLite ----

UP1 = '''    op.create_table('p', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('code', sa.String(8), nullable=False, unique=True))
    op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('name', sa.String(20), nullable=False),
        sa.Column('amount', sa.Numeric(10, 2), server_default='0'), sa.Column('state', sa.String(8), server_default='New'),
        sa.Column('p_id', sa.Integer()), sa.Column('twice', sa.Integer(), sa.Computed('id * 2')),
        sa.CheckConstraint('amount >= 0', name='ck_t_amount'), sa.UniqueConstraint('name', name='uq_t_name'),
        sa.ForeignKeyConstraint(['p_id'], ['p.id'], name='fk_t_p', ondelete='CASCADE'))
    op.create_index('ix_t_state', 't', ['state'])
    op.create_table('s', sa.Column('id', sa.Integer(), nullable=False), sa.Column('a', sa.Text()), sa.PrimaryKeyConstraint('id'))
    op.create_table('c', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('t_id', sa.Integer(), sa.ForeignKey('t.id')))
    op.create_table('log', sa.Column('what', sa.Text()))
    op.execute("CREATE TRIGGER known AFTER UPDATE ON t BEGIN INSERT INTO log VALUES ('known ' || new.id); END")
'''
UP2 = '''    with op.batch_alter_table('t') as batch:
        batch.alter_column('state', type_=sa.String(30))
        batch.add_column(sa.Column('extra', sa.String(5)))
    with op.batch_alter_table('s') as batch:
        batch.alter_column('a', new_column_name='b', existing_type=sa.Text())
'''
ROWS = """INSERT INTO p VALUES (1, 'one'), (2, 'two');
INSERT INTO t (id, name, amount, state, p_id) VALUES (1, 'a', 5, 'New', 1), (2, 'b', 7.25, 'Old', 2), (9, 'c', NULL, NULL, NULL);
INSERT INTO s VALUES (1, 'x'), (2, NULL);
INSERT INTO c VALUES (1, 1), (2, 2);
"""


def text_edit(table, old, new):
    """the table's text in the catalogue changed, as a person with writable_schema does"""
    def act(db):
        sql = db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
        assert old in sql, sql
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql.replace(old, new), table))
        db.commit()
        db.execute("PRAGMA writable_schema = RESET")
    return act


def remade(table, edit):
    """the table copied and moved by hand, its text edited"""
    def act(db):
        sql = db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
        made = edit(sql)
        assert made != sql, sql
        db.executescript("PRAGMA legacy_alter_table = ON; ALTER TABLE %s RENAME TO old_one; %s; INSERT INTO %s SELECT * FROM old_one; DROP TABLE old_one; PRAGMA legacy_alter_table = OFF;" % (table, made, table))
    return act


def statements(sql):
    return lambda db: db.executescript(sql)


# what is made by hand; what the refusal says, None: nothing, as it survives; what shows afterwards that it is there
KINDS = [
    ("column", statements("ALTER TABLE t ADD COLUMN note TEXT; UPDATE t SET note = 'n' || id"), "column note TEXT"),
    ("column not null", statements("ALTER TABLE t ADD COLUMN note VARCHAR(9) NOT NULL DEFAULT 'it''s'; UPDATE t SET note = 'x' WHERE id = 2"), "column note VARCHAR(9) not null default 'it''s'"),
    ("generated column", statements("ALTER TABLE t ADD COLUMN half INTEGER AS (id / 2)"), "column half INTEGER generated"),
    ("index", statements("CREATE INDEX by_hand ON t (p_id, name DESC)"), "index by_hand"),
    ("unique index", statements("CREATE UNIQUE INDEX by_hand ON t (name, id)"), "unique index by_hand"),
    ("partial index", statements("CREATE INDEX by_hand ON t (name) WHERE amount > 3"), "index by_hand"),
    ("expression index", statements("CREATE INDEX \"by hand\" ON t (lower(name))"), "index by hand"),
    ("trigger", statements("CREATE TRIGGER by_hand AFTER INSERT ON t BEGIN INSERT INTO log VALUES ('hand ' || new.id); END"), "trigger by_hand"),
    ("trigger on T", statements("CREATE TRIGGER by_hand AFTER INSERT ON T BEGIN INSERT INTO log VALUES ('hand ' || new.id); END"), "trigger by_hand"),
    ("trigger on [T]", statements("CREATE TRIGGER by_hand AFTER INSERT ON [T] BEGIN INSERT INTO log VALUES ('hand ' || new.id); END"), "trigger by_hand"),
    ("trigger on 'T'", statements("CREATE TRIGGER by_hand AFTER INSERT ON 'T' BEGIN INSERT INTO log VALUES ('hand ' || new.id); END"), "trigger by_hand"),
    ("trigger on \"T\"", statements("CREATE TRIGGER by_hand AFTER INSERT ON \"T\" BEGIN INSERT INTO log VALUES ('hand ' || new.id); END"), "trigger by_hand"),
    ("trigger on main.T", statements("CREATE TRIGGER by_hand AFTER INSERT ON main.T BEGIN INSERT INTO log VALUES ('hand ' || new.id); END"), "trigger by_hand"),
    ("view", statements("CREATE VIEW v AS SELECT id, name FROM t WHERE amount > 3"), None),
    ("view's trigger", statements("CREATE VIEW v AS SELECT id, name FROM t; CREATE TRIGGER vt INSTEAD OF DELETE ON v BEGIN DELETE FROM t WHERE id = old.id; END"), None),
    ("trigger elsewhere", statements("CREATE TRIGGER el AFTER INSERT ON p BEGIN UPDATE t SET amount = 1 WHERE id = 1; END"), None),
    ("foreign key towards", statements("CREATE TABLE h (id INTEGER PRIMARY KEY, t_id INTEGER REFERENCES t (id), n VARCHAR(20) REFERENCES t (name)); INSERT INTO h VALUES (1, 2, 'b')"), None),
    ("foreign key", statements("ALTER TABLE t ADD COLUMN q INTEGER REFERENCES p (id) ON DELETE SET NULL"), "foreign key (q) to p (id) SET NULL, NO ACTION"),
    ("check", text_edit("t", "CONSTRAINT uq_t_name", "CHECK (name <> ''), CONSTRAINT uq_t_name"), "CHECK (name < > '')"),
    ("changed check", text_edit("t", "amount >= 0", "amount >= 1"), "CHECK (amount > = 1)"),
    ("changed expression", text_edit("t", "id * 2", "id * 3"), "column twice AS (id * 3)"),
    ("unique", remade("s", lambda sql: sql.replace("a TEXT", "a TEXT UNIQUE")), "unique (a)"),
    ("type", text_edit("t", "VARCHAR(20)", "VARCHAR(40)"), "column name VARCHAR(40) not null"),
    ("default", text_edit("t", "'New'", "'new'"), "column state VARCHAR(8) default 'new'"),
    ("default added", text_edit("t", "name VARCHAR(20)", "name VARCHAR(20) DEFAULT ''"), "column name VARCHAR(20) not null default ''"),
    ("nullability", text_edit("s", "a TEXT", "a TEXT NOT NULL"), "column a TEXT not null"),
    ("collation", text_edit("s", "a TEXT", "a TEXT COLLATE NOCASE"), "column a collate nocase"),
    ("autoincrement", remade("s", lambda sql: "CREATE TABLE s (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, a TEXT)"), "autoincrement"),
    ("autoincrement of the table", remade("s", lambda sql: "CREATE TABLE s (id INTEGER NOT NULL, a TEXT, PRIMARY KEY (id AUTOINCREMENT))"), "autoincrement"),
    ("strict", remade("s", lambda sql: sql + " STRICT"), "option strict"),
    ("without rowid", remade("s", lambda sql: sql + " WITHOUT ROWID"), "option without rowid"),
    ("conflict clause", text_edit("t", "UNIQUE (name)", "UNIQUE (name) ON CONFLICT IGNORE"), "column name unique ON CONFLICT ignore"),
    ("deferred key", text_edit("t", "ON DELETE CASCADE", "ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED"), "column p_id deferrable"),
    # one name of several kinds: an index, a trigger and a column
    ("trigger of a known index's name", statements("CREATE TRIGGER ix_t_state AFTER INSERT ON t BEGIN INSERT INTO log VALUES ('hand ' || new.id); END"), "trigger ix_t_state"),
    ("trigger of a column's name", statements("CREATE TRIGGER state AFTER INSERT ON t BEGIN INSERT INTO log VALUES ('hand ' || new.id); END"), "trigger state"),
    ("index of a column's name", statements("CREATE INDEX state ON t (p_id)"), "index state"),
    ("index of a trigger's name", statements("CREATE INDEX known ON t (p_id)"), "index known"),
    ("column of an index's name", statements("ALTER TABLE t ADD COLUMN ix_t_state TEXT DEFAULT 'x'"), "column ix_t_state TEXT default 'x'"),
    ("column of a trigger's name", statements("ALTER TABLE t ADD COLUMN known TEXT DEFAULT 'x'"), "column known TEXT default 'x'"),
    ("column, index and trigger of one name", statements("ALTER TABLE t ADD COLUMN one TEXT DEFAULT 'x'; CREATE INDEX one ON t (one); CREATE TRIGGER one AFTER INSERT ON t BEGIN INSERT INTO log VALUES ('hand ' || new.id); END"), "trigger one"),
    ("another index of that name", statements("DROP INDEX ix_t_state; CREATE INDEX ix_t_state ON t (amount)"), "index ix_t_state"),
    ("another trigger of that name", statements("DROP TRIGGER known; CREATE TRIGGER known AFTER UPDATE ON t BEGIN DELETE FROM log; END"), "trigger known"),
]


class Lite:
    """the two profiles, as the sqlite3 client runs them: the generic one goes on after errors"""

    def __init__(self, client):
        self.client = client

    def apply(self, path, sql):
        return run(["sqlite3", path], stdin=open(sql, "rb"))[1]


def contents(path):
    """what a database holds beside the columns that the script changes"""
    db = sqlite3.connect(path)
    out = {}
    for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('alembic_version', 'sqlite_sequence')"):
        columns = [x[0] for x in db.execute("SELECT name FROM pragma_table_xinfo(?)", (table,))]
        columns = [c for c in columns if c not in ("b", "extra", "log")]
        out[table] = {c: db.execute('SELECT "%s" FROM "%s" ORDER BY 1' % (c.replace('"', '""'), table)).fetchall() for c in columns}
    return out


def keys_hold(path):
    db = sqlite3.connect(path)
    tables = [x[0] for x in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    targets = {x[0] for t in tables for x in db.execute('SELECT "table" FROM pragma_foreign_key_list(?)', (t,))}
    return not db.execute("PRAGMA foreign_key_check").fetchall() and db.execute("PRAGMA integrity_check").fetchall() == [("ok",)] and targets <= set(tables)


def hand_made(ini):
    first, second = script(ini, "base:r1", "sqlite"), os.path.join(folder, "second.sql")
    base = os.path.join(folder, "base.db")
    log = Lite("sqlite3").apply(base, first)
    assert "result=OK" in log, log
    sqlite3.connect(base).executescript(ROWS)
    for client in ("sqlite3", "generic"):
        shutil.copy(script(ini, "r1:r2", "sqlite", client), second)
        lite = Lite(client)
        for name, act, says in [("nothing", lambda db: None, None)] + KINDS:
            path = os.path.join(folder, "k.db")
            shutil.copy(base, path)
            db = sqlite3.connect(path)
            act(db)
            db.commit()
            db.close()
            before, held = sqlite_state(path), contents(path)
            log = lite.apply(path, second)
            what = "%s, %s" % (client, name)
            if says is None:
                good = check("result=OK" in log and "rror" not in log, "%s is refused\n%s" % (what, log[-900:]))
                after = contents(path)
                for table in held:
                    for column in held[table]:
                        if good and (table, column) != ("s", "a"):
                            check(after.get(table, {}).get(column) == held[table][column], "%s: rows of %s.%s differ" % (what, table, column))
                gone = set(re.findall(r"\('(view|trigger)', '(\w+)'", before)) - set(re.findall(r"\('(view|trigger)', '(\w+)'", sqlite_state(path)))
                check(not gone, "%s: gone are %s" % (what, gone))
                check(keys_hold(path), "%s: keys or pages are not whole" % what)
                if name == "view's trigger":
                    db = sqlite3.connect(path)
                    db.execute("DELETE FROM v WHERE id = 9")
                    check(db.execute("SELECT count(*) FROM t").fetchone() == (2,), what + ": the view's trigger does nothing")
                    db.close()
                if name == "trigger elsewhere":
                    db = sqlite3.connect(path)
                    db.execute("INSERT INTO p VALUES (5, 'five')")
                    check(db.execute("SELECT amount FROM t WHERE id = 1").fetchone() == (1,), what + ": the trigger does nothing")
                    db.close()
                continue
            check("result=OK" not in log, what + " is not refused")
            check("[WAYBILL-GUARD] table %s has %s, which" % ("s" if name in ("unique", "nullability", "collation", "autoincrement", "autoincrement of the table", "strict", "without rowid") else "t", says) in log,
                  "%s is not named: %s\n%s" % (what, says, log[:900]))
            check(sqlite_state(path) == before, what + ": something has changed")


ADOPTABLE = {   # what shows that each is at work afterwards: a query and its answer
    "column": ("SELECT note FROM t ORDER BY id", [("n1",), ("n2",), ("n9",)]), "column not null": ("SELECT note FROM t ORDER BY id", [("it's",), ("x",), ("it's",)]),
    "index": ("SELECT count(*) FROM t INDEXED BY by_hand", [(3,)]), "unique index": ("SELECT name FROM t INDEXED BY by_hand WHERE name > 'a' ORDER BY name", [("b",), ("c",)]),
    "partial index": ("SELECT name FROM t INDEXED BY by_hand WHERE amount > 3 ORDER BY name", [("a",), ("b",)]), "expression index": ("SELECT id FROM t INDEXED BY \"by hand\" WHERE lower(name) = 'c'", [(9,)]),
    "trigger": ("INSERT INTO t (id, name) VALUES (20, 'new'); SELECT what FROM log", [("hand 20",)]), "another trigger of that name": ("INSERT INTO log VALUES ('x'); UPDATE t SET amount = 1 WHERE id = 1; SELECT count(*) FROM log", [(0,)]),
}
ADOPTABLE.update({name: ADOPTABLE["trigger"] for name in ("trigger of a known index's name", "trigger of a column's name")})
ADOPTABLE.update({"index of a column's name": ("SELECT count(*) FROM t INDEXED BY state", [(3,)]), "index of a trigger's name": ("SELECT count(*) FROM t INDEXED BY known", [(3,)]),
                  "column of an index's name": ("SELECT DISTINCT ix_t_state FROM t INDEXED BY ix_t_state WHERE state > ''", [("x",)]), "column of a trigger's name": ("SELECT DISTINCT known FROM t", [("x",)]),
                  "column, index and trigger of one name": ("INSERT INTO t (id, name) VALUES (20, 'new'); SELECT DISTINCT one || what FROM t INDEXED BY one, log WHERE one > ''", [("xhand 20",)])})
ADOPTABLE.update({name: ADOPTABLE["trigger"] for name, _, _ in KINDS if name.startswith("trigger on ")})
MANY = statements("""ALTER TABLE t ADD COLUMN note TEXT; ALTER TABLE t ADD COLUMN "odd ""name" REAL NOT NULL DEFAULT -1.5; ALTER TABLE t ADD COLUMN [Third One] VARCHAR(9) DEFAULT 'a;b';
    UPDATE t SET note = 'n' || id, "odd ""name" = id / 2.0, [Third One] = 'é' || char(10) || id; CREATE UNIQUE INDEX h1 ON t (note, "odd ""name" DESC); CREATE INDEX h2 ON t (lower([Third One])) WHERE note IS NOT NULL;
    CREATE TRIGGER h3 AFTER DELETE ON t BEGIN INSERT INTO log VALUES ('gone ' || old.note); END; CREATE VIEW v AS SELECT note FROM t; ALTER TABLE s ADD COLUMN n INTEGER; UPDATE s SET n = 5; CREATE INDEX h4 ON s (n)""")


IN_THE_WAY = [   # what the revision itself makes impossible to take over: refused, or undone
    ("a column of that name", statements("ALTER TABLE t ADD COLUMN extra TEXT; UPDATE t SET extra = 'mine'"), "table t has column extra TEXT, which"),
    ("an index on a column that goes", statements("CREATE INDEX by_hand ON s (a)"), "no such column: a"),
    ("a partial index on one", statements("CREATE INDEX by_hand ON s (id) WHERE a > 'x'"), "no such column: a"),
    ("a column whose type says more", statements('ALTER TABLE t ADD COLUMN q "INT UNIQUE"'), "what was made by hand is not all there"),
    ("a column whose type hides a check", statements("ALTER TABLE t ADD COLUMN q [INT CHECK (q > 0)]"), "what was made by hand is not all there"),
    ("a column whose type hides a default", statements("ALTER TABLE t ADD COLUMN q 'INT DEFAULT 5'"), "what was made by hand is not all there"),
    ("a column that refers", statements("ALTER TABLE t ADD COLUMN q INTEGER REFERENCES p (id)"), "foreign key (q)"),
    ("a column with a check", statements("ALTER TABLE t ADD COLUMN q INTEGER CHECK (q > 0)"), "CHECK (q > 0)"),
    ("a column with a collation", statements("ALTER TABLE t ADD COLUMN q TEXT COLLATE NOCASE"), "column q collate nocase"),
]


def adopted(ini):
    """what was made by hand, all there behind the script; what cannot be taken over refuses as before"""
    second, base = os.path.join(folder, "second.sql"), os.path.join(folder, "base.db")
    count = 0
    for client in ("sqlite3", "generic"):
        shutil.copy(script(ini, "r1:r2", "sqlite", client), second)
        lite = Lite(client)
        for name, act, says in KINDS + [("nothing", lambda db: None, None), ("many", MANY, None)] + IN_THE_WAY:
            path = os.path.join(folder, "k.db")
            shutil.copy(base, path)
            db = sqlite3.connect(path)
            act(db)
            db.commit()
            made = dict(db.execute("SELECT type || ' ' || name, sql FROM sqlite_master WHERE type IN ('index', 'trigger', 'view') AND sql IS NOT NULL"))
            db.close()
            before, held = sqlite_state(path), contents(path)
            log = lite.apply(path, second)
            what = "adopt, %s, %s" % (client, name)
            if client == "generic" and says:   # which takes nothing over
                check("result=OK" not in log and sqlite_state(path) == before, "%s is not refused\n%s" % (what, log[-900:]))
                continue
            if client == "generic" and name == "many":
                check(log.count("which this script does not know") == 8 and sqlite_state(path) == before, "%s is not refused\n%s" % (what, log[-900:]))
                continue
            if says and name not in ADOPTABLE:
                check("result=OK" not in log and says in log and sqlite_state(path) == before, "%s is not refused\n%s" % (what, log[-900:]))
                continue
            count += 1
            if not check("result=OK" in log and "rror" not in log, "%s is refused\n%s" % (what, log[-900:])):
                continue
            after = contents(path)
            for table in held:
                for column in held[table]:
                    if (table, column) != ("s", "a"):
                        check(after.get(table, {}).get(column) == held[table][column], "%s: rows of %s.%s differ" % (what, table, column))
            db = sqlite3.connect(path)
            now = dict(db.execute("SELECT type || ' ' || name, sql FROM sqlite_master WHERE type IN ('index', 'trigger', 'view') AND sql IS NOT NULL"))
            plain = lambda text: re.sub(r" ON \S*\bt\b\S* ", " ON t ", text.replace('"', ""), flags=re.I).strip()   # the table's name as SQLite writes it
            check({n: plain(x) for n, x in now.items()} == {n: plain(x) for n, x in made.items()},
                  "%s: indexes, triggers and views are others\n%s\n%s" % (what, made, now))
            check(not [x for x in db.execute("SELECT name FROM sqlite_master WHERE name LIKE '%waybill%' OR name LIKE '%tmp%' OR sql LIKE '%waybill%'")], what + ": something of the script is left")
            if name in ADOPTABLE:
                query, answer = ADOPTABLE[name]
                *first, last = query.split("; ")
                for statement in first:
                    db.execute(statement)
                check(db.execute(last).fetchall() == answer, "%s: %s is %s" % (what, last, db.execute(last).fetchall()))
            db.commit()
            db.close()
            check(keys_hold(path), "%s: keys or pages are not whole" % what)
            check(sqlite_schema_of(path, "t", made, name), what + ": columns are others")
    # a session that goes on behind a failure is not left in the transaction, though its schema could not be read
    shutil.copy(script(ini, "r1:r2", "sqlite", "sqlite3"), second)
    for name, act, says in IN_THE_WAY:
        path = os.path.join(folder, "k.db")
        shutil.copy(base, path)
        db = sqlite3.connect(path)
        act(db)
        db.commit()
        db.close()
        before = sqlite_state(path)
        log = run(["sqlite3", path], input=open(second, "rb").read() + b"BEGIN; INSERT INTO log VALUES ('free'); COMMIT; SELECT what FROM log;\n", stdin=None)[1]
        check("result=OK" not in log and log.rstrip().split("\n")[-1] == "free", "%s: the session is left in the transaction\n%s" % (name, log[-900:]))
        db = sqlite3.connect(path)
        db.execute("DELETE FROM log WHERE what = 'free'")
        db.commit()
        db.close()
        check(sqlite_state(path) == before and keys_hold(path), name + ": something has changed")
    print("adopted: %d databases" % count)


def sqlite_schema_of(path, table, made, name):
    """a column that was made by hand has its type, NOT NULL and default"""
    wanted = {"column": [("TEXT", 0, None)], "column not null": [("VARCHAR(9)", 1, "'it''s'")], "many": [("TEXT", 0, None), ("REAL", 1, "-1.5"), ("VARCHAR(9)", 0, "'a;b'")]}.get(name)
    rows = sqlite3.connect(path).execute("SELECT type, \"notnull\", dflt_value FROM pragma_table_xinfo('t') WHERE name IN ('note', 'odd \"name', 'Third One') ORDER BY cid").fetchall()
    return wanted is None or rows == wanted


# ---- what is written in another way ----

GAPS = [" ", "\t", "\n", "\r\n", "\f", " \v", " \ufeff", "/* c */", "/**/", "--c\n", " -- it's (\n", "\t/* ) */\n"]
# tokens that make something of s which the model does not know: in its column a, as a constraint, behind the table
IN_COLUMN = [["CHECK", "(", "a", "<>", "'x'", ")"], ["CONSTRAINT", "[x y]", "CHECK", "(", "a", "<>", "'CHECK'", ")"], ["CONSTRAINT", "`check`", "CHECK", "(", '"a"', ">", "''", ")"], ["COLLATE", "NOCASE"], ["COLLATE", "[RTRIM]"],
             ["NOT", "NULL", "ON", "CONFLICT", "IGNORE"], ["UNIQUE", "ON", "CONFLICT", "REPLACE"], ["REFERENCES", "p", "(", "id", ")"], ["REFERENCES", "p", "(", "code", ")", "DEFERRABLE", "INITIALLY", "DEFERRED"],
             ["REFERENCES", "p", "(", "code", ")", "MATCH", "FULL"], ["DEFAULT", "(", "'x'", ")"], ["CONSTRAINT", "'named'", "NULL"]]
AS_CONSTRAINT = [["CHECK", "(", "a", "<>", "'x'", ")"], ["UNIQUE", "(", "a", ")"], ["UNIQUE", "(", "id", "COLLATE", "NOCASE", ",", "a", "DESC", ")"], ["CONSTRAINT", '"check ("', "FOREIGN", "KEY", "(", "a", ")", "REFERENCES", "p", "(", "code", ")"]]
# all of s, in words that are its own where the model's s has none
WHOLE = ["id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT , a TEXT", "id INTEGER NOT NULL CONSTRAINT k PRIMARY KEY ASC ON CONFLICT ABORT AUTOINCREMENT , a TEXT", "[id] [INTEGER] NOT NULL PRIMARY KEY AutoIncrement , a TEXT",
         "id INTEGER NOT NULL , a TEXT , PRIMARY KEY ( id AUTOINCREMENT )", 'id INTEGER NOT NULL , a TEXT , CONSTRAINT "k" PRIMARY KEY ( "id" ASC autoincrement ) ON CONFLICT FAIL', "id INTEGER NOT NULL , a TEXT , UNIQUE ( a , id ) PRIMARY KEY ( `id` AUTOINCREMENT )",
         "id INTEGER NOT NULL , a TEXT , UNIQUE ( a , id ) PRIMARY KEY ( [id] COLLATE BINARY AUTOINCREMENT )", "id INTEGER NOT NULL , a TEXT , PRIMARY KEY ( id ) ON CONFLICT REPLACE", "id INTEGER NOT NULL PRIMARY KEY ON CONFLICT ROLLBACK , a TEXT",
         "id INTEGER NOT NULL PRIMARY KEY DESC , a TEXT", "id INTEGER NOT NULL , a TEXT , PRIMARY KEY ( id DESC )", "id INTEGER NOT NULL , a TEXT , PRIMARY KEY ( id COLLATE NOCASE )", "id INTEGER NOT NULL ON CONFLICT IGNORE , a TEXT , PRIMARY KEY ( id )",
         "id INTEGER NOT NULL , a TEXT , PRIMARY KEY ( id ) , UNIQUE ( a ) ON CONFLICT IGNORE", "id INTEGER NOT NULL , a TEXT , PRIMARY KEY ( id ) CHECK ( a > '' ) ON CONFLICT FAIL", "id INTEGER NOT NULL , a TEXT , PRIMARY KEY ( id ) CONSTRAINT c CHECK ( a > '' )",
         "id INTEGER NOT NULL , a TEXT , PRIMARY KEY ( id ) , FOREIGN KEY ( a ) REFERENCES p ( code ) DEFERRABLE INITIALLY DEFERRED", "id INTEGER NOT NULL , a TEXT , PRIMARY KEY ( id ) FOREIGN KEY ( a ) REFERENCES p ( code ) MATCH FULL",
         "id INTEGER NOT NULL , a TEXT GENERATED ALWAYS AS ( 'x' ) , PRIMARY KEY ( id )", "id INTEGER NOT NULL , a TEXT AS ( 'x' ) STORED , PRIMARY KEY ( id )", "id INTEGER NOT NULL , a TEXT , [check] TEXT COLLATE NOCASE , PRIMARY KEY ( id )"]
BEHIND = [["WITHOUT", "ROWID"], ["STRICT"], ["STRICT", ",", "WITHOUT", "ROWID"]]
WORDS = r'''    op.create_table('k', sa.Column('id', sa.Integer(), nullable=False), sa.Column('State', sa.String(20), server_default='New'), sa.Column('n', sa.Integer()), sa.Column('both', sa.String(40), sa.Computed("'A ' || n")), sa.PrimaryKeyConstraint('id'),
        sa.CheckConstraint("\"State\" IN ('New', 'Old One', 'it''s', 'it''S')", name='ck_k'))
    op.create_index('ix_k', 'k', ['State'], sqlite_where=sa.text("n > 0 AND State <> 'New'"))
    op.create_table('s', sa.Column('id', sa.Integer(), nullable=False), sa.Column('a', sa.Text()), sa.PrimaryKeyConstraint('id'))
    op.create_table('p', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('code', sa.String(8), nullable=False, unique=True))
    op.create_table('log', sa.Column('what', sa.Text()))
    op.execute("CREATE TRIGGER known AFTER INSERT ON k BEGIN INSERT INTO log VALUES ('Known one'); END")
    op.execute("CREATE TABLE r (id INTEGER PRIMARY KEY, /* whose */ a TEXT NOT NULL -- name, (or none)\n, b INT CHECK (b /* not a */ > 0))")
    op.execute("ALTER TABLE p ADD COLUMN more TEXT /* and more */")
'''
WORDS2 = """    for table, column in (('k', 'State'), ('s', 'a'), ('r', 'a'), ('p', 'more')):
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, type_=sa.String(50))
"""
# (a table or what stands on it, its text here, another text): they say something else, or the same
OTHERS = [("k", "'New', 'Old", "'NEW', 'Old"), ("k", "'Old One'", "'OldOne'"), ("k", "'Old One'", "'Old  One'"), ("k", "'Old One'", "'Old\tOne'"), ("k", "'it''s', 'it''S'", "'it''S', 'it''s'"), ("k", "'it''s'", "'its'"), ("k", "'it''s'", "'it''''s'"),
          ("k", "'New', 'Old", "\"New\", 'Old"), ("k", "'New', 'Old", "\"NEW\", 'Old"), ("k", "'New', 'Old", "'New', 'New', 'Old"), ("k", "'New', 'Old", "[n], 'Old"), ("k", '"State" IN', "'State' IN"), ("k", '"State" IN', "n IN"), ("k", "IN (", "NOT IN ("),
          ("k", "'A ' || n", "'A' || n"), ("k", "'A ' || n", "'a ' || n"), ("k", "AS ('A ' || n)", "AS ('A ' || n) STORED"), ("k", "DEFAULT 'New'", "DEFAULT 'new'"), ("k", "DEFAULT 'New'", 'DEFAULT "New"'), ("k", "PRIMARY KEY (id)", "PRIMARY KEY (id DESC)"),
          ("k", "PRIMARY KEY (id)", "PRIMARY KEY (id) ON CONFLICT REPLACE"), ("k", "CONSTRAINT ck_k", "CONSTRAINT ck_k2"), ("k", "n INTEGER", "n INTEGER NOT NULL ON CONFLICT FAIL"),
          ("ix_k", "'New'", "'NEW'"), ("ix_k", "'New'", '"New"'), ("ix_k", "'New'", "'N ew'"), ("ix_k", "> 0", ">0 OR 1"), ("ix_k", "ON k (", "ON k (id, "), ("ix_k", '"State")', '"State" COLLATE NOCASE)'), ("ix_k", '"State")', '"State" DESC)'), ("ix_k", "CREATE INDEX", "CREATE UNIQUE INDEX"),
          ("known", "'Known one'", "'KNOWN ONE'"), ("known", "'Known one'", "'Known  one'"), ("known", "AFTER INSERT", "BEFORE INSERT"), ("known", "'Known one'", '"Known one"'),
          ("r", "/* whose */", "extra TEXT CHECK (id > 1),"), ("r", "/* not a */", "/* not a */ + 1")]
SAMES = [("k", " INTEGER", "\tINTEGER"), ("k", "\n", "\r\n"), ("k", "KEY (id", "KEY(\t[id] "), ("k", "IN (", "in("), ("k", '"State" IN', "[sTATE] IN"), ("k", '"State" IN', "`state` IN"), ("k", "CONSTRAINT", "constraint"), ("k", "CHECK (", "check("), ("k", "id INTEGER", "[id] INTEGER"),
         ("k", "PRIMARY KEY (id)", "PRIMARY KEY (`ID`)"), ("k", "GENERATED ALWAYS AS", "as"), ("k", "CONSTRAINT ck_k", 'CONSTRAINT "CK_K"'), ("k", ",", "\n,\ufeff"), ("ix_k", " ", "\n"), ("ix_k", "State <>", '"state"<>'), ("ix_k", "CREATE INDEX ", "CREATE INDEX IF NOT EXISTS main."), ("ix_k", "WHERE", "where"), ("known", " AFTER ", "\tAFTER\r\n"),
         ("known", "CREATE TRIGGER known", "create trigger if not exists main.[known]"), ("known", "INSERT INTO log", "insert into\n`LOG`"), ("r", "/* whose */", "\t"), ("r", "-- name", "-- another name"), ("k", "CREATE TABLE k (", "CREATE TABLE k (/* check (x) */ "), ("k", ",", " -- it's, (\n,"),
         ("ix_k", "n > 0", "n /* c */ > 0"), ("known", "'Known one'", "'Known one' -- c\n"), ("p", "more TEXT", "more /* collate */ TEXT")]


def in_other_words():
    """what is hidden behind other blanks, comments and quotes is found; what only looks otherwise is known"""
    ini = project("words", [("r1", WORDS, "    pass\n"), ("r2", WORDS2, "    pass\n")])
    base, path, counts, scripts = os.path.join(folder, "words.db"), os.path.join(folder, "k.db"), [0, 0], {}
    log = Lite("sqlite3").apply(base, script(ini, "base:r1", "sqlite"))
    assert "result=OK" in log, log
    for client in ("sqlite3", "generic"):
        scripts[client] = os.path.join(folder, "words-%s.sql" % client)
        shutil.copy(script(ini, "r1:r2", "sqlite", client), scripts[client])
    rows = sqlite3.connect(base).execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    texts = {name: sql for name, _, sql in rows}

    def tried(what, table, sql, known, says=None):
        for client in ("sqlite3", "generic") if sum(counts) % 5 == 0 else ("sqlite3",):   # both ask the same question
            shutil.copy(base, path)
            db = sqlite3.connect(path)
            try:
                db.executescript("PRAGMA legacy_alter_table = ON; " + sql)
            except sqlite3.Error as e:
                return check(False, "in other words, %s: %s" % (what, e))
            db.close()
            before = sqlite_state(path)
            log = Lite(client).apply(path, scripts[client])
            if known:
                check("result=OK" in log and "rror" not in log, "in other words, %s, %s is refused\n%s" % (client, what, log[-900:]))
            else:
                check("result=OK" not in log and (says or "[WAYBILL-GUARD] table %s has " % table) in log and sqlite_state(path) == before,
                      "in other words, %s, %s is not refused, or not named\n%s" % (client, what, log[-900:]))
        counts[known] += 1

    def instead(name, old, new):
        made = texts[name].replace(old, new)
        assert made != texts[name], (name, old, texts[name])
        if not texts[name].startswith("CREATE TABLE"):
            return "DROP %s %s; %s" % ("INDEX" if name == "ix_k" else "TRIGGER", name, made)
        around = "".join("; " + sql for other, table, sql in rows if table == name and other != name)
        return "DROP TABLE %s; %s%s" % (name, made, around)

    for turn, gap in enumerate(GAPS):
        for tokens in share(IN_COLUMN, turn, 3):
            tried("%r in %r" % (gap, tokens), "s", "DROP TABLE s; CREATE TABLE s (id INTEGER NOT NULL, a TEXT%s%s, PRIMARY KEY (id))" % (gap, gap.join(tokens)), False)
        for tokens in share(AS_CONSTRAINT, turn, 2):
            tried("%r in %r" % (gap, tokens), "s", "DROP TABLE s; CREATE TABLE s (id INTEGER NOT NULL, a TEXT, PRIMARY KEY (id),%s%s)" % (gap, gap.join(tokens)), False)
        for body in share(WHOLE, turn, 4):
            tried("%r in %r" % (gap, body), "s", "DROP TABLE s; CREATE TABLE s (%s)" % gap.join(body.split(" ")), False)
        for tokens in share(BEHIND, turn, 2):
            tried("%r in %r" % (gap, tokens), "s", "DROP TABLE s; CREATE TABLE s (id INTEGER NOT NULL, a TEXT, PRIMARY KEY (id))%s%s%s-- (see 12)\n" % (gap, gap.join(tokens), gap), False)
    for name, old, new in OTHERS:
        tried("%s: %r for %r" % (name, new, old), "k" if name in ("ix_k", "known") else name, instead(name, old, new), False)
    for name, old, new in SAMES:
        tried("%s: %r for %r" % (name, new, old), name, instead(name, old, new), True)
    tried("nothing", "k", "", True)
    tried("a virtual table", "s", "DROP TABLE s; CREATE VIRTUAL TABLE s USING fts5(id, a)", False, "tables of this revision are missing, or are views or virtual tables")
    # taken over are columns alone, not what is written with them
    ini = project("words-adopted", [("r1", WORDS, "    pass\n"), ("r2", WORDS2, "    pass\n")], "adopt.s = yes\n")
    shutil.copy(script(ini, "r1:r2", "sqlite"), scripts["sqlite3"])
    scripts["generic"] = scripts["sqlite3"]
    for turn, gap in enumerate(GAPS):
        for tokens in share(IN_COLUMN[:5] + IN_COLUMN[7:10], turn, 4):
            tried("adopted, %r in %r" % (gap, tokens), "s", "ALTER TABLE s ADD COLUMN more TEXT%s%s" % (gap, gap.join("more" if x.strip('"') == "a" else x for x in tokens)), False)
    print("in other words: %d that are something else, %d that are the same" % tuple(counts))


# ---- what no column shows ----

NUMBERS = """    op.create_table('auto', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('v', sa.String(9)), sqlite_autoincrement=True)
    op.create_table('Two Autos', sa.Column('n', sa.Integer(), primary_key=True), sa.Column('v', sa.String(9)), sqlite_autoincrement=True)
    op.create_table('plain', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('v', sa.String(9)))
    op.create_table('x', sa.Column('id', sa.String(9), primary_key=True), sa.Column('v', sa.String(20)))
    op.create_table('y', sa.Column('ROWID', sa.String(9), primary_key=True), sa.Column('_rowid_', sa.String(20)), sa.Column('v', sa.String(20)))
    op.create_table('z', sa.Column('rowid', sa.String(9), primary_key=True), sa.Column('_rowid_', sa.String(20)), sa.Column('oid', sa.String(20)), sa.Column('v', sa.String(20)))
    op.create_table('big', sa.Column('id', sa.BigInteger(), primary_key=True), sa.Column('v', sa.String(20)))
    op.create_table('none', sa.Column('id', sa.String(9), primary_key=True), sa.Column('v', sa.String(20)), sqlite_with_rowid=False)
"""
ALTERED = ("auto", "Two Autos", "plain", "x", "y", "none")


def altered(tables, column="v", more=""):
    return "".join("    with op.batch_alter_table('%s') as b:\n        b.alter_column('%s', type_=sa.%s)\n" % (t, column, "Integer()" if column == "id" else "String(40)") for t in tables) + more


def counters_and_row_numbers():
    """what AUTOINCREMENT has given is not given again; rows are found by their rowids, or the script refuses where something may look for them so"""
    path, base = os.path.join(folder, "k.db"), os.path.join(folder, "numbers.db")
    found = "SELECT %s.v FROM f JOIN %s ON %s._rowid_ = f.rowid WHERE f MATCH 'cherry'"
    ini = project("numbers", [("r1", NUMBERS, "    pass\n"), ("r2", altered(ALTERED), altered(ALTERED))])
    assert "result=OK" in Lite("sqlite3").apply(base, script(ini, "base:r1", "sqlite"))
    for client in ("sqlite3", "generic"):
        for gone, before in (("", 3), ("DELETE FROM auto WHERE id > 1; DELETE FROM \"Two Autos\" WHERE n > 1;", 3), ("DELETE FROM auto; DELETE FROM \"Two Autos\";", 3), ("INSERT INTO auto VALUES (70, 'x'); INSERT INTO \"Two Autos\" VALUES (70, 'x'); DELETE FROM auto;", 70),
                             ("DELETE FROM sqlite_sequence; DELETE FROM auto; DELETE FROM \"Two Autos\"", None)):
            shutil.copy(base, path)
            db = sqlite3.connect(path)
            db.executescript("INSERT INTO auto (v) VALUES ('a'), ('b'), ('c'); INSERT INTO \"Two Autos\" (v) VALUES ('a'), ('b'), ('c');" + gone)
            db.close()
            for span, command in (("r1:r2", "upgrade"), ("r2:r1", "downgrade")):
                log = Lite(client).apply(path, script(ini, span, "sqlite", client, command))
                check("result=OK" in log and "rror" not in log, "%s: counters, %s\n%s" % (client, span, log[-900:]))
                db = sqlite3.connect(path)
                rows = db.execute("SELECT name, seq FROM sqlite_sequence ORDER BY name").fetchall()
                check([x for x in rows if x[1]] == ([("Two Autos", before), ("auto", before)] if before else []), "%s: the counters after %s %r are %s" % (client, span, gone, rows))
                db.close()
        # all keep their numbers, whatever their columns are called
        shutil.copy(base, path)
        db = sqlite3.connect(path)
        numbers = {"auto": "_rowid_", "plain": "_rowid_", "x": "_rowid_", "y": "oid"}
        for table, name in numbers.items():
            db.execute("INSERT INTO %s (%s, %s, v) VALUES %s" % (table, name, "ROWID" if table == "y" else "id", ", ".join("(%d, %s, 'v')" % (n, n if table in ("auto", "plain") else "'k%d'" % n) for n in (2, 5, -7, 9000000000))))
        db.executescript("CREATE VIRTUAL TABLE f USING fts5(v, content='x'); INSERT INTO x (_rowid_, id, v) VALUES (77, 'c', 'cherry'); INSERT INTO f (f) VALUES ('rebuild'); INSERT INTO none VALUES ('n', 'v')")
        kept = {t: db.execute("SELECT %s, v FROM %s ORDER BY 1" % (name, t)).fetchall() for t, name in numbers.items()}
        db.close()
        log = Lite(client).apply(path, script(ini, "r1:r2", "sqlite", client))
        db = sqlite3.connect(path)
        check("result=OK" in log and {t: db.execute("SELECT %s, v FROM %s ORDER BY 1" % (name, t)).fetchall() for t, name in numbers.items()} == kept, "%s: other numbers\n%s" % (client, log[-900:]))
        check(db.execute(found % ("x", "x", "x")).fetchall() == [("cherry",)], client + ": the full text index finds other rows")
        db.close()
    # where they cannot be kept: no name is left for them, the key becomes the number or ceases to be, columns are taken over
    cases = [("z", altered(["z"]), "", None), ("big", altered(["big"], "id"), "", None), ("x", altered(["x"]), "adopt.x = yes\n", None), ("plain", altered(["plain"]), "adopt.plain = yes\n", "kept"),
             ("plain", "    with op.batch_alter_table('plain') as b:\n        b.alter_column('id', type_=sa.BigInteger())\n", "", "kept")]
    for n, (table, body, settings, kept) in enumerate(cases):
        ini = project("numbers%d" % n, [("r1", NUMBERS, "    pass\n"), ("r2", body, "    pass\n")], settings)
        for virtual, depends in (("", False), ("CREATE VIRTUAL TABLE f USING fts5(v, content=%s)" % table, True), ("CREATE VIRTUAL TABLE f USING fts5(v, content='%s')" % table.upper(), True), ("CREATE VIRTUAL TABLE f USING fts5(v%s)" % table, False)):
            shutil.copy(base, path)
            sqlite3.connect(path).executescript(virtual)
            before = sqlite_state(path)
            log = Lite("sqlite3").apply(path, script(ini, "r1:r2", "sqlite"))
            if kept or not depends:
                check("result=OK" in log and "rror" not in log, "%s %r is refused\n%s" % (table, virtual, log[-900:]))
            else:
                check("result=OK" not in log and "table %s has row numbers that change, by which the virtual table f may" % table in log and sqlite_state(path) == before, "%s %r is not refused\n%s" % (table, virtual, log[-900:]))
    bare = waybill("upgrade", "r1:r2", "--dialect", "sqlite", "--bare", ini=ini)
    check("rowid" not in bare and "sqlite_sequence" not in bare, "the bare script is not Alembic's")


def names_on_the_way():
    """asked about is the table as it stands at the script's start, whatever it is called later; one that the script makes is not"""
    ini = project("names", [("r1", UP1, "    pass\n"),
                            ("r2", "    op.rename_table('s', 's2')\n    op.create_table('n', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('a', sa.Text()))\n", "    pass\n"),
                            ("r3", "    op.execute('ALTER TABLE s2 RENAME COLUMN a TO z')\n    op.execute('ALTER TABLE s2 RENAME TO s3')\n", "    pass\n"),
                            ("r4", "    with op.batch_alter_table('s3') as b:\n        b.alter_column('z', nullable=False, server_default='')\n    with op.batch_alter_table('n') as b:\n        b.alter_column('a', nullable=False)\n    op.drop_table('log')\n    op.create_table('log', sa.Column('what', sa.Text()))\n    with op.batch_alter_table('log') as b:\n        b.alter_column('what', nullable=False)\n", "    pass\n")])
    for client in ("sqlite3", "generic"):
        path = os.path.join(folder, "names.db")
        for by_hand, says in (("", None), ("CREATE INDEX by_hand ON s (a)", "table s has index by_hand, which"), ("CREATE INDEX by_hand ON log (what)", None)):
            if os.path.exists(path):
                os.remove(path)
            assert "result=OK" in Lite(client).apply(path, script(ini, "base:r1", "sqlite"))
            sqlite3.connect(path).executescript(by_hand)
            log = Lite(client).apply(path, script(ini, "r1:r4", "sqlite", client))
            check(("result=OK" in log) == (says is None) and (says or "") in log, "names, %s, %s: %s" % (client, by_hand, log[-900:]))


def short():
    """what it costs to read: nothing where nothing is rebuilt, a few lines for each table that is"""
    ini = project("short", [("r1", UP1, "    pass\n"), ("r2", "    op.add_column('log', sa.Column('n', sa.Integer()))\n", "    op.drop_column('log', 'n')\n"),
                            ("r3", UP2, "    pass\n")])
    lines = len(open(script(ini, "r2:r1", "sqlite", command="downgrade")).read().split("\n")) - 1
    check(lines <= 52, "one DROP COLUMN for SQLite has %d lines" % lines)
    both = open(script(ini, "r2:r3", "sqlite")).read()
    print("SQLite: one DROP COLUMN %d lines; two tables rebuilt %d lines, %d of them to ask what stands on them" % (
        lines, len(both.split("\n")), len(both[both.index("; CREATE TEMP TABLE waybill_shape"):both.index("; DROP TABLE temp.waybill_shape")].split("\n"))))


# ---- databases that Alembic itself has made, online ----

ALEMBIC = os.environ.get("ALEMBIC", "/usr/bin/python3 -m alembic.config").split()   # Debian's, or another release's

KINDS_OF_COLUMNS = '''    meta = sa.MetaData()
    op.create_table('many', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('a', sa.String(40), nullable=False, unique=True), sa.Column('b', sa.Numeric(12, 4), server_default=sa.text('1.5')),
        sa.Column('c', sa.Float(), server_default='2'), sa.Column('d', sa.Date()), sa.Column('e', sa.DateTime(), server_default=sa.func.now()), sa.Column('f', sa.Time()), sa.Column('g', sa.Interval()),
        sa.Column('h', sa.LargeBinary()), sa.Column('i', sa.JSON()), sa.Column('j', sa.Boolean(create_constraint=True, name='ck_j'), server_default=sa.false(), nullable=False),
        sa.Column('k', sa.Enum('x', 'y', name='kind', create_constraint=True)), sa.Column('l', sa.Enum('x', 'long one', name='other')), sa.Column('m', sa.Text(), server_default="it's"), sa.Column('n', sa.Unicode(9)),
        sa.Column('o', sa.SmallInteger(), server_default=sa.text('(1 + 2)')), sa.Column('p', sa.BigInteger()), sa.Column('q', sa.String(9, collation='NOCASE')), sa.Column('r', sa.CHAR(32)), sa.Column('s', sa.TIMESTAMP()),
        sa.Column('t', sa.String(), server_default=sa.text("(lower('X'))")), sa.Column('v', sa.REAL()), sa.Column('w', sa.Integer(), sa.CheckConstraint('w > 0')),
        sa.Column('Mixed Case', sa.String(5), key='mixed'), sa.Column('order', sa.Integer(), index=True), sa.Column('x', sa.Integer(), sa.ForeignKey('many.id', ondelete='SET NULL')), sa.Column('y', sa.DateTime(timezone=True)),
        sa.Column('z', sa.VARBINARY(16)), sa.Column('aa', sa.String(3), server_default=''), sa.Column('ab', sa.DECIMAL(5, 1), server_default='-1.5'),
        sa.UniqueConstraint('a', 'b', name='uq_many_ab'), sa.CheckConstraint("a <> 'check (x)' AND length(a) > 0", name='ck_many_a'), sa.UniqueConstraint('c', 'd'))
    op.create_table('gen', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('u', sa.Integer(), sa.Computed('id + 1', persisted=True)), sa.Column('v', sa.String(9), sa.Computed("'a' || id")), sa.Column('w', sa.Integer()))
    op.create_index('ix_many_de', 'many', ['d', sa.text('e DESC')])
    op.create_index('ix_many_low', 'many', [sa.text('lower(a)')], unique=True)
    op.create_index('ix_many_part', 'many', ['p'], sqlite_where=sa.text('p > 0'))
    op.create_table('auto', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('a', sa.String(5)), sqlite_autoincrement=True)
    op.create_table('pair', sa.Column('a', sa.Integer(), primary_key=True, autoincrement=False), sa.Column('b', sa.String(5), primary_key=True), sa.Column('c', sa.Integer()), sqlite_with_rowid=False)
    op.create_table('kid', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('a', sa.Integer()), sa.Column('b', sa.String(5)), sa.ForeignKeyConstraint(['a', 'b'], ['pair.a', 'pair.b'], name='fk_kid', onupdate='CASCADE', deferrable=True, initially='DEFERRED'))
    op.execute("create table raw (id integer primary key, 'a' varchar(10) not null default 'x', \\"b\\" decimal(10,2) default 0, c int references many (id) on delete cascade, d double precision, check (b >= 0), unique (a, b))".replace("\'a\'", "a"))
    op.execute("CREATE  INDEX  ix_raw  ON raw(a,  b DESC)")
    op.execute("""CREATE TRIGGER raw_known
        AFTER UPDATE ON raw
        BEGIN  UPDATE raw SET d = 1 WHERE id = new.id; END""")
'''
REBUILDS = [
    """    with op.batch_alter_table('many') as b:
        b.alter_column('a', existing_type=sa.String(40), type_=sa.String(60))
        b.add_column(sa.Column('added', sa.Integer(), nullable=False, server_default='4'))
""",
    """    op.add_column('many', sa.Column('plain', sa.String(12), server_default='p'))
    op.add_column('auto', sa.Column('plain', sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column('raw', sa.Column('plain', sa.Numeric(7, 3)))
    op.create_index('ix_auto', 'auto', ['a', 'plain'])
""",
    """    for table in ('auto', 'kid', 'raw', 'pair'):
        with op.batch_alter_table(table) as b:
            b.add_column(sa.Column('again', sa.String(4), nullable=False, server_default=sa.text('(2 + 2)')))
    op.execute("ALTER TABLE kid RENAME TO child")
    op.execute("ALTER TABLE many RENAME COLUMN a TO first")
""",
    """    for table in ('many', 'auto', 'child', 'pair', 'raw'):
        with op.batch_alter_table(table) as b:
            b.add_column(sa.Column('third', sa.Integer(), nullable=False, server_default=sa.text('(3 + 4)')))
""",
    """    for table in ('many', 'auto', 'child', 'pair', 'raw'):
        with op.batch_alter_table(table) as b:
            b.alter_column('third', existing_type=sa.Integer(), type_=sa.BigInteger())
""",
    # which Alembic cannot: it copies generated columns too
    """    with op.batch_alter_table('gen') as b:
        b.alter_column('w', existing_type=sa.Integer(), type_=sa.BigInteger())
""",
]


def online(ini, db, revision):
    """Alembic's own run; whether it went through"""
    p = subprocess.run([*ALEMBIC, "-c", ini, "-x", "url=sqlite:///" + db, "upgrade", revision], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return p.returncode == 0, p.stdout.decode("utf-8", "replace")


def after_alembic(what, ini, revisions, must=0):
    """each revision by Alembic, and by a script on what Alembic has made of those before; counts the scripts"""
    db, copy = os.path.join(folder, "online.db"), os.path.join(folder, "copy.db")
    if os.path.exists(db):
        os.remove(db)
    below, runs, by_alembic = "base", 0, 0
    for n, revision in enumerate(revisions):
        schemas = []
        for client in ("sqlite3", "generic"):
            if not n:
                continue
            shutil.copy(db, copy)
            log = Lite(client).apply(copy, script(ini, "%s:%s" % (below, revision), "sqlite", client))
            runs += 1
            if not check("result=OK" in log, "%s, %s: %s is refused\n%s" % (what, client, revision, log[-2500:])):
                return runs, by_alembic
            check(keys_hold(copy), "%s, %s: keys or pages are not whole" % (what, client))
            schemas.append(sqlite_schema(copy))
        check(len(set(schemas)) < 2, what + ": the clients' scripts leave different schemas")
        done, text = online(ini, db, revision)
        by_alembic += done
        if not done:
            if n < must or not n:
                check(False, "%s: Alembic itself fails at %s\n%s" % (what, revision, text[-900:]))
                return runs, by_alembic
            shutil.copy(copy, db)   # as the script has left it
        below = revision
    return runs, by_alembic


def online_runs():
    ini = project("kinds", [("r0", KINDS_OF_COLUMNS, "    pass\n")] + [("r%d" % (n + 1), body, "    pass\n") for n, body in enumerate(REBUILDS)])
    runs = [after_alembic("kinds of columns", ini, ["r%d" % n for n in range(len(REBUILDS) + 1)], must=len(REBUILDS))]
    # sqlite3's script takes over what stands there, the generic one does not: the schemas are the same
    ini = project("kinds adopted", [("r0", KINDS_OF_COLUMNS, "    pass\n")] + [("r%d" % (n + 1), body, "    pass\n") for n, body in enumerate(REBUILDS)],
                  "".join("adopt.%s = yes\n" % t for t in ("many", "auto", "pair", "kid", "child", "raw", "gen")))
    runs.append(after_alembic("kinds of columns, adopted", ini, ["r%d" % n for n in range(len(REBUILDS) + 1)], must=len(REBUILDS)))
    example = os.path.join(folder, "example")
    shutil.copytree(os.path.dirname(EXAMPLE), example)
    with open(example + "/env.py") as f:
        text = f.read()
    text = text.replace('context.config.get_main_option("sqlalchemy.url")', 'context.get_x_argument(as_dictionary=True)["url"]')
    with open(example + "/env.py", "w") as f:
        f.write(text)
    revisions = sorted(x.split("_")[0] for x in os.listdir(example + "/versions") if x.startswith("a"))
    runs.append(after_alembic("the example", example + "/alembic.ini", revisions))
    import test_random
    test_random.TYPES[:] = [t for t in test_random.TYPES if t[0] != "uuid"]   # Debian's SQLAlchemy has none
    for seed in range(1, 1 + int(os.environ.get("CHAINS", "12"))):
        g, ini = test_random.project(seed, False)
        with open(os.path.dirname(ini) + "/env.py", "w") as f:
            f.write(ENV.replace("configure(connection=connection)", "configure(connection=connection, target_metadata=MetaData(naming_convention=%r))" % (test_random.CONVENTION if g.convention else {}))
                    .replace("import create_engine", "import create_engine, MetaData"))
        runs.append(after_alembic("random chain %d" % seed, ini, [revision for revision, _ in g.files]))
        shutil.rmtree(os.path.dirname(ini))
    shutil.rmtree(test_random.folder)
    print("Alembic online: %d scripts on what Alembic made in %d revisions, of them kinds of columns %d, the example %d" % (
        sum(x for x, _ in runs), sum(x for _, x in runs), runs[0][0] + runs[1][0], runs[2][0]))


# ---- MariaDB, and MySQL's scripts on it ----

COLUMNS = """    op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('a', sa.String(20), server_default='New', comment="it's"), sa.Column('b', sa.Integer(), server_default='7'),
        sa.Column('c', sa.Numeric(10, 2), server_default='1.5'), sa.Column('d', sa.DateTime(), server_default=sa.func.now()), sa.Column('e', sa.Enum('x', "y'z")), sa.Column('f', sa.Text()), sa.Column('g', sa.Boolean(), server_default=sa.true()),
        sa.Column('h', sa.Date(), server_default='2020-01-01'), sa.Column('i', sa.JSON()), sa.Column('j', sa.BigInteger(), nullable=False), sa.Column('k', sa.TIMESTAMP()), sa.Column('l', sa.CHAR(3), server_default=''),
        sa.Column('m', sa.Float()), sa.Column('n', sa.LargeBinary()), sa.Column('o', sa.String(9, collation='latin1_bin')), sa.Column('p', sa.SmallInteger(), sa.CheckConstraint('p > 0')), sa.Column('q', sa.Time(), server_default='10:00:00'),
        sa.Column('r', sa.Unicode(30), server_default=sa.text("'a b'")), sa.Column('s', mysql.INTEGER(unsigned=True)), sa.Column('u', mysql.SET('a', 'b')), sa.Column('v', mysql.MEDIUMTEXT()), sa.Column('w', sa.Double()), sa.Column('x', mysql.DATETIME(fsp=6)),
        sa.Column('y', mysql.YEAR()), sa.Column('z', mysql.BIT(3)), sa.Column('aa', sa.VARBINARY(16)), sa.Column('ab', mysql.TINYINT()), sa.Column('ac', sa.Uuid()), sa.Column('ad', mysql.VARCHAR(9, charset='latin1')),
        sa.Column('ae', sa.Integer(), server_default=sa.text('(1 + 2)')), sa.Column('af', sa.DateTime(), server_default=sa.text('CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP')), sa.Column('ag', sa.Integer(), sa.Computed('b + 1')),
        sa.Column('ah', sa.Numeric()), sa.Column('ai', sa.LargeBinary(100000)), sa.Column('aj', sa.Text(200000)), sa.Column('ak', sa.REAL()), sa.Column('Al', sa.NCHAR(4)), comment='table')
    op.execute("CREATE TABLE raw (id INT(11) NOT NULL PRIMARY KEY, a VARCHAR(5) DEFAULT 'x' COMMENT 'c', b DECIMAL(8,2) DEFAULT '1.5', c TINYINT(1) NOT NULL DEFAULT 0, d DATETIME DEFAULT '2020-01-01', e INT DEFAULT NULL, f CHAR(3) COLLATE latin1_bin, g TIMESTAMP NULL)")
"""
NAMES = "a b c d e f g h i j k l m n o p q r s u v w x y z aa ab ac ad ae af ah ai aj ak Al".split()
# Alembic writes each column as a whole: what the revision does not say comes from the model
CHANGE = "    for name in %r:\n        op.alter_column('t', name, nullable=(name == 'j'))\n    for name in ('a', 'b', 'd', 'f'):\n        op.alter_column('raw', name, nullable=(name == 'c'))\n    op.alter_column('raw', 'c', nullable=True)\n" % NAMES
AGAIN = "    op.execute('ALTER TABLE t RENAME TO u')\n    op.alter_column('u', 'a', new_column_name='a2')\n    op.alter_column('u', 'a2', nullable=True)\n"

BY_HAND = [   # what is made by hand, the column that the refusal names, what it says the column is
    ("type", "modify b bigint default 7", "t.b", "bigint(20)"), ("length", "modify a varchar(40) default 'New' comment 'it''s'", "t.a", "varchar(40)"), ("scale", "modify c decimal(12,4) default 1.5", "t.c", "decimal(12,4)"),
    ("nullability", "modify id int not null, modify j bigint null", None, ""), ("default", "alter a set default 'new'", "t.a", "'new'"), ("default dropped", "alter b drop default", "t.b", "int(11)"),
    ("default added", "alter m set default 1", "t.m", "DEFAULT 1"), ("number's default", "alter c set default 1.75", "t.c", "1.75"), ("date's default", "alter h set default '2021-01-01'", "t.h", "2021-01-01"),
    ("time's default", "alter d drop default", "t.d", "datetime"), ("comment", "modify a varchar(20) default 'New' comment 'by hand'", "t.a", "by hand"), ("collation", "modify f text collate utf8mb4_bin", "t.f", "utf8mb4_bin"),
    ("character set", "modify r varchar(30) character set latin1 default 'a b'", "t.r", "latin1"), ("said collation", "modify o varchar(9) collate latin1_general_cs", "t.o", "latin1_general_cs"),
    ("on update", "modify d datetime default now() on update now()", "t.d", "on update"), ("no on update", "modify af datetime default now()", "t.af", "datetime DEFAULT current_timestamp()"), ("invisible", "modify m float invisible", "t.m", "INVISIBLE"),
    ("labels", "modify e enum('x', 'y''z', 'new')", "t.e", "enum('x','y''z','new')"), ("order of labels", "modify u set('b', 'a')", "t.u", "set('b','a')"), ("unsigned", "modify s int", "t.s", "int(11)"),
    ("boolean", "modify g int default 1", "t.g", "int(11)"),  ("made generated", "drop m, add m float as (b * 2)", "t.m", "GENERATED"), ("check", "modify b int default 7 check (b < 9)", "t.b", "int(11)"),
    ("fraction", "modify x datetime(3)", "t.x", "datetime(3)"), ("binary", "modify aa varbinary(32)", "t.aa", "varbinary(32)"), ("larger text", "modify v longtext", "t.v", "longtext"), ("bits", "modify z bit(5)", "t.z", "bit(5)"),
    ("auto increment", "drop primary key, modify id int, modify ab tinyint auto_increment primary key", "t.ab", "auto_increment"), ("missing", "drop column w", "t.w", "missing"), ("table's collation", "default collate utf8mb4_bin", "t.a", "varchar(20)"),
    ("json's collation", "modify i longtext collate utf8mb4_general_ci check (json_valid(i))", "t.i", "utf8mb4_general_ci"), ("compressed", "modify f text compressed", "t.f", "COMPRESSED"),
    ("unversioned", "add system versioning; set system_versioning_alter_history = keep; alter table t modify m float without system versioning", "t.m", "VERSIONING"),
    ("json check that says more", "modify i json check (json_valid(i) and length(i) < 10)", "t.i", "longtext"), ("json check of a text", "modify f text check (json_valid(f))", "t.f", "text"),
    ("another column", "add by_hand int", None, ""), ("index", "add index by_hand (b)", None, ""), ("order of columns", "modify c decimal(10,2) default 1.5 first", None, ""), ("unsigned key", "modify id int unsigned auto_increment", None, ""),
]


def completions():
    server = MariaDB()
    try:
        head = "from sqlalchemy.dialects import mysql\n"
        ini = project("columns", [("r1", COLUMNS, "    pass\n"), ("r2", CHANGE, "    pass\n"), ("r3", AGAIN, "    pass\n")], head=head)
        runs = 0
        for dialect, client in (("mariadb", None), ("mariadb", "generic"), ("mysql", None)):
            def text(span):
                path = script(ini, span, dialect, client)
                with open(path, encoding="utf-8") as f:
                    sql = f.read()
                with open(path, "w", encoding="utf-8") as f:
                    f.write(on_mariadb(sql) if dialect == "mysql" else sql)
                return path
            server.create("c")
            log = server.apply("c", text("base:r1"))[1]
            assert "result=OK" in log, log[-3000:]
            dump = server.dump("c")
            log = server.apply("c", text("r1:r2"))[1]
            check("result=OK" in log, "%s %s: r2 is refused\n%s" % (dialect, client, log[-1500:]))
            if dialect == "mariadb":
                check("CHECK (`p` > 0)" in server.dump("c"), "the column's own check is lost")
            log = server.apply("c", text("r2:r3"))[1]
            check("result=OK" in log, "%s %s: r3 is refused\n%s" % (dialect, client, log[-1500:]))
            second, third = text("r1:r2"), None
            for name, change, column, says in BY_HAND if not client else BY_HAND[::6]:
                # MySQL keeps checks apart from the column, and has neither compressed nor unversioned ones, nor a JSON that is a text
                if dialect == "mysql" and ("check" in name or name in ("json's collation", "compressed")):
                    continue
                server.create("c", dump)
                server.query("c", "alter table t " + change)
                before = server.state("c")
                log = server.apply("c", second)[1]
                runs += 1
                if column is None:
                    check("result=OK" in log, "%s, %s is refused\n%s" % (dialect, name, log[-900:]))
                    continue
                shown = re.search(r"GUARD\] column %s is not as the chain made it, but (.*)" % re.escape(column), log)
                check("result=OK" not in log and shown and says.replace("'", "`") in log.replace("'", "`"), "%s, %s is not named: %s\n%s" % (dialect, name, says, log[-900:]))
                check(server.state("c") == before, "%s, %s: something has changed" % (dialect, name))
        # under its first name, though a column and the table are renamed on the way
        server.create("c")
        server.apply("c", script(ini, "base:r2", "mariadb"))
        server.query("c", "alter table t alter a set default 'x'")
        log = server.apply("c", script(ini, "r2:r3", "mariadb"))[1]
        check("column t.a is not as the chain made it" in log and "result=OK" not in log, "renamed on the way: " + log[-900:])
        # a comment on the version table is somebody's; a temporary table stands before one that only raw SQL names
        server.query("c", "alter table alembic_version comment = 'ask team x'")
        log = server.apply("c", script(ini, "r2:r3", "mariadb"))[1]
        check("a comment not ours: ask team x" in log and "result=OK" not in log, "the version table's comment: " + log[-900:])
        hidden = project("hidden", [("r1", "    op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True))\n", "    pass\n"),
                                    ("r2", "    op.execute('UPDATE ext SET n = 2')\n    op.execute('INSERT INTO `log` SELECT n FROM src')\n", "    pass\n")])
        for client in (None, "generic"):
            server.create("c")
            server.apply("c", script(hidden, "base:r1", "mariadb"))
            server.query("c", "create table ext (n int); insert into ext values (1); create table `log` (n int); create table src (n int); insert into src values (7)")
            path = script(hidden, "r1:r2", "mariadb", client)
            with open(path, encoding="utf-8") as f:
                rest = f.read()
            with open(path, "w", encoding="utf-8") as f:
                f.write("create temporary table ext (n int); create temporary table `log` (n int); create temporary table src (n int);\n" + rest)
            log = server.apply("c", path)[1]
            check("result=OK" in log and server.query("c", "select (select n from ext), (select n from `log`)").split() == ["2", "7"], "%s: hidden by temporary tables\n%s" % (client, log[-900:]))
            # rows that do not fit are refused by the constraint that is made over them, whatever the session has said
        loose = project("loose", [("r1", "    op.create_table('t', sa.Column('n', sa.Integer()))\n    op.execute('INSERT INTO t VALUES (-1)')\n", "    pass\n"),
                                  ("r2", "    op.create_check_constraint('ck', 't', 'n > 0')\n", "    pass\n")])
        for setting in ("check_constraint_checks = 0", "group_concat_max_len = 4"):
            server.create("c")
            server.apply("c", script(loose, "base:r1", "mariadb"))
            path = script(loose, "r1:r2", "mariadb")
            with open(path, encoding="utf-8") as f:
                rest = f.read()
            with open(path, "w", encoding="utf-8") as f:
                f.write("set %s;\n%s" % (setting, rest))
            log = server.apply("c", path)[1]
            check("result=OK" not in log and server.query("c", "select version_num from alembic_version").strip() == "r1", "with %s\n%s" % (setting, log[-900:]))
        print("MariaDB: %d changes by hand, on three kinds of script" % runs)
    finally:
        server.stop()


# ---- PostgreSQL: a new type brings its own collation, storage and compression; a view is no table ----

RETYPED1 = """    op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('a', sa.String(20)), sa.Column('c', sa.String(20, collation='C')), sa.Column('n', sa.Integer()))
    op.execute("INSERT INTO t VALUES (1, 'x', 'y', 3)")
"""
RETYPED2 = """    op.alter_column('t', 'a', type_=sa.String(40))
    op.alter_column('t', 'c', type_=sa.String(40, collation='C'))
    op.alter_column('t', 'n', type_=sa.BigInteger())
    op.execute("UPDATE t SET n = 4")
"""
# by hand, whether the script must go on, what the refusal says; "no": nothing is refused, and the script must not say OK all the same
BY_HAND_PG = [("", True, ""), ("create index on t (a)", True, ""), ("alter table t alter a set statistics 7", True, ""), ("alter table t alter a set (n_distinct = 5)", True, ""),
           ('alter table t alter a type varchar(20) collate "C"', False, "column t.a is not as the chain made it"), ('alter table t alter c type varchar(20) collate "POSIX"', False, "column t.c"),
           ("alter table t alter c type varchar(20) collate pg_catalog.default", False, "column t.c"), ("alter table t alter a set storage external", False, "STORAGE e"),
           ("alter table t alter a set storage plain", False, "column t.a"), ("alter table t alter a set compression pglz", False, "COMPRESSION p"),
           ("alter table t rename to real; create view t as select * from real", False, "missing or no tables: public.t"),
           ("alter table alembic_version rename to v; create view alembic_version as select * from v", False, "no tables: public.alembic_version"),
           ("create schema prod; alter table t set schema prod; create view public.t as select * from prod.t", False, "no tables: public.t"),
           ("alter table t rename to real; create materialized view t as select * from real", False, "no tables: public.t"),
           ("alter table t owner to app; grant all on alembic_version to app; alter table t enable row level security, force row level security; create policy p on t for all to app using (false)", False, "row level security")]


def retyped():
    server, ini = Postgres(), project("retyped", [("r1", RETYPED1, "    pass\n"), ("r2", RETYPED2, "    pass\n")])
    try:
        server.psql("postgres", "-qc", "create role app login")
        first, preflight = shutil.copy(script(ini, "base:r1", "postgresql"), os.path.join(folder, "first.sql")), os.path.join(folder, "preflight.sql")
        for client in ("psql", "generic"):
            for by_hand, good, says in BY_HAND_PG:
                if "compression" in by_hand and int(server.psql("postgres", "-qAtc", "show server_version_num")[1]) < 140000:
                    continue
                server.create("p")
                server.psql("p", "-f", first)
                server.psql("p", "-qc", "grant create on schema public to app", *(["-c", by_hand] if by_hand else []))
                before = server.psql("p", "-qAtc", "select version_num from alembic_version")[1]
                user = ["-U", "app"] if "to app" in by_hand else []
                log = server.psql("p", *user, "-f", script(ini, "r1:r2", "postgresql", client))[1]
                what = "PostgreSQL, %s: %s" % (client, by_hand or "nothing")
                check(("result=OK" in log) is good, "%s: %s\n%s" % (what, "goes on" if good else "refused", log[-900:]))
                check(good or says in log, "%s: says %s\n%s" % (what, says, log[-900:]))
                check(good or server.psql("p", "-qAtc", "select version_num from alembic_version")[1] == before, what + ": the version has moved")
                if not good and client == "psql" and "app" not in by_hand:
                    with open(preflight, "w", encoding="utf-8") as f:
                        f.write(waybill("upgrade", "r1:r2", "--dialect", "postgresql", "--preflight", ini=ini))
                    log = server.psql("p", "-f", preflight)[1]
                    check("not ready" in log, "%s: the preflight says so\n%s" % (what, log[-900:]))
    finally:
        server.stop()


try:
    if "postgresql" in wanted:
        retyped()
    if "mariadb" in wanted:
        completions()
    if "online" in wanted:
        online_runs()
    if "sqlite" in wanted:
        hand_made(project("hand", [("r1", UP1, "    pass\n"), ("r2", UP2, "    pass\n")]))
        adopted(project("adopt", [("r1", UP1, "    pass\n"), ("r2", UP2, "    pass\n")], "adopt.t = yes\nadopt.S = yes\n"))
        in_other_words()
        counters_and_row_numbers()
        names_on_the_way()
        short()
finally:
    if not os.environ.get("KEEP"):
        shutil.rmtree(folder)
finish("made by hand: " + ", ".join(wanted))
