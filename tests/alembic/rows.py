#!/usr/bin/python3
"""Statements that change rows, as SQLAlchemy runs them and as Waybill writes them: the same rows afterwards.

  rows.py PROGRAM [--count N] [--seed N] [--show WORD] [sqlite|postgresql|mariadb ...]

Random inserts, updates and deletes over three tables: columns of Enum types compared with members, names, lists and subqueries;
subqueries that correlate; default= and onupdate=; parameters of texts, lists among them. SQLAlchemy runs each in a transaction of a
real connection, PROGRAM's SQL (`survey --emit`) in another from the same rows; both are undone. A statement fails when the
rows differ, or when SQLAlchemy runs it and PROGRAM's SQL is an error there. What both refuse, and what PROGRAM alone refuses, is
counted, and what SQLAlchemy alone cannot write; what PROGRAM refuses alone may not be more than one in ten.
"""
import datetime
import decimal
import enum
import os
import random
import subprocess
import sys
import tempfile

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

sys.path[:0] = [os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "servers")]

TABLES = '''
class Kind(enum.Enum):
    small = "s"
    large = "l"
    odd = "o'd"


def tables(metadata):
    kind = lambda: sa.Enum(Kind, name="kind")
    word = lambda: sa.Enum("aa", "bb", "c c", name="word")
    t = sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.Column("n", sa.Integer), sa.Column("name", sa.String(40)),
                 sa.Column("kind", kind()), sa.Column("word", word()), sa.Column("flag", sa.Boolean), sa.Column("day", sa.Date))
    u = sa.Table("u", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.Column("t_id", sa.Integer), sa.Column("n", sa.Integer),
                 sa.Column("kind", kind()), sa.Column("name", sa.String(40)))
    v = sa.Table("v", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), sa.Column("n", sa.Integer, default=5), sa.Column("m", sa.Integer, onupdate=8),
                 sa.Column("name", sa.String(40), default="made", onupdate="changed"), sa.Column("low", sa.String(40), default=sa.func.lower("ABC")),
                 sa.Column("kind", kind(), default=Kind.small), sa.Column("flag", sa.Boolean, default=False, onupdate=sa.true()), sa.Column("s", sa.Integer, server_default="3"))
    return t, u, v
'''
HEADER = '''import datetime
import decimal
import enum

import sqlalchemy as sa
from alembic import op

revision = "%s"
down_revision = %s
''' + TABLES + '''

def upgrade():
    t, u, v = tables(sa.MetaData())
    %s


def downgrade():
    pass
'''
exec(TABLES)   # noqa: S102 - the same text, for SQLAlchemy's side
TYPES = {"t": {"id": "int", "n": "int", "name": "text", "kind": "kind", "word": "word", "flag": "bool", "day": "date"},
         "u": {"id": "int", "t_id": "int", "n": "int", "kind": "kind", "name": "text"},
         "v": {"id": "int", "n": "int", "m": "int", "name": "text", "low": "text", "kind": "kind", "flag": "bool", "s": "int"}}


class Maker:
    """the statements, as Python text"""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.fresh = 100

    def one_of(self, *choices):
        return self.r.choice(choices)

    def value(self, kind):
        r = self.r
        if kind == "int":
            return str(r.randrange(-3, 12))
        if kind == "text":
            return repr(r.choice(["a", "b'c", "", "100%", "x:y", "%s", "a b", "\u00e9"]))
        if kind == "kind":
            return r.choice(["Kind.small", "Kind.large", "Kind.odd", "'small'", "'odd'"])
        if kind == "word":
            return r.choice(["'aa'", "'bb'", "'c c'"])
        if kind == "bool":
            return r.choice(["True", "False"])
        return "datetime.date(2024, %d, %d)" % (r.randrange(1, 13), r.randrange(1, 28))

    def met(self, kind):
        """what a column is compared with: a whole number may meet a broken one"""
        if kind == "int" and self.r.random() < 0.15:
            return "%d.5" % self.r.randrange(8)
        return self.value(kind)

    def column(self, table, kind):
        names = [n for n, k in TYPES[table].items() if k == kind]
        return "%s.c.%s" % (table, self.r.choice(names)) if names else None

    def expression(self, table, kind, depth=0):
        """of the kind, in the table's row"""
        r, column = self.r, self.column(table, kind)
        choice = r.randrange(12)
        if column and choice < 4:
            return column
        if kind == "int" and column and choice < 7:
            return "(%s %s %s)" % (column, r.choice("+-*"), self.value("int"))
        if kind == "text" and column and choice < 6:
            return self.one_of("sa.func.upper(%s)" % column, "(%s + %s)" % (column, self.value("text")), "sa.func.coalesce(%s, %s)" % (column, self.value("text")))
        if choice == 8 and depth < 2:
            return "sa.case((%s, %s), else_=%s)" % (self.condition(table, depth + 1), self.typed(table, kind), self.typed(table, kind))
        if choice == 9 and depth < 1 and kind in ("int", "kind"):
            return self.scalar(table, kind, depth)
        return "sa.literal(%s)" % self.value(kind) if kind in ("int", "text") else self.value(kind) if kind != "kind" else "sa.literal(%s, sa.Enum(Kind, name='kind'))" % self.value(kind)

    def typed(self, table, kind):
        return self.column(table, kind) or self.value(kind)

    def other(self, table):
        return self.r.choice([x for x in TYPES if x != table])

    def scalar(self, table, kind, depth):
        o = self.other(table)
        inner = self.column(o, kind)
        where = self.one_of("%s == %s" % (self.column(o, "int"), self.column(table, "int")), self.condition(o, depth + 1))
        return "sa.select(sa.func.%s(%s)).where(%s).scalar_subquery()" % (self.r.choice(["max", "min", "count"]) if kind == "int" else "max", inner, where) if kind == "int" else \
            "sa.select(%s).where(%s.c.id == %s.c.id).scalar_subquery()" % (inner, o, table)

    def condition(self, table, depth=0):
        r = self.r
        kind = r.choice(sorted(set(TYPES[table].values())))
        column = self.column(table, kind)
        choice = r.randrange(13)
        if choice == 0 and depth < 2:
            return "sa.%s(%s, %s)" % (r.choice(["and_", "or_"]), self.condition(table, depth + 1), self.condition(table, depth + 1))
        if choice == 1 and depth < 2:
            return "sa.not_(%s)" % self.condition(table, depth + 1)
        if choice == 2 and depth < 2:
            o = self.other(table)
            return "%ssa.exists().where(sa.and_(%s == %s, %s))" % (r.choice(["", "~"]), self.column(o, "int"), self.column(table, "int"), self.condition(o, 2))
        if choice == 3 and depth < 2 and r.random() < 0.3:
            o = self.other(table)
            if self.column(o, kind):
                name = self.column(o, kind).split(".")[-1]
                self.fresh += 1
                return "%s.%s((lambda x: sa.select(x.c.%s))(sa.select(%s.c.%s).where(%s).cte('w%d')))" % (
                    column, r.choice(["in_", "not_in"]), name, o, name, self.condition(o, 2), self.fresh)
        if choice == 3 and depth < 2:
            o = self.other(table)
            if self.column(o, kind):
                return "%s.%s(sa.select(%s).where(%s))" % (column, r.choice(["in_", "not_in"]), self.column(o, kind), self.condition(o, 2))
        if choice == 4:
            return "%s.%s(None)" % (column, r.choice(["is_", "is_not"]))
        if choice == 5 and kind != "bool":
            return "%s.%s([%s])" % (column, r.choice(["in_", "not_in"]), ", ".join(self.met(kind) for _ in range(r.randrange(4))))
        if choice == 6 and kind == "text":
            return "%s.%s(%r)" % (column, r.choice(["like", "startswith", "contains"]), r.choice(["a%", "b", "10", "%"]))
        if choice == 7 and kind == "int":
            return "%s.between(%s, %s)" % (column, self.met("int"), self.met("int"))
        if kind == "bool":
            return self.one_of(column, "%s == %s" % (column, self.value("bool")), "%s.is_(%s)" % (column, self.value("bool")))
        compare = r.choice(["==", "!="] + (["<", ">="] if kind in ("int", "date") else []))
        if r.random() < 0.15 and kind in ("int", "text"):
            return "%s %s %s" % (column, compare, self.expression(table, kind, 1))
        if r.random() < 0.1:
            return "%s %s %s" % (self.met(kind) if kind != "kind" else "Kind.odd", compare, column)
        return "%s %s %s" % (column, compare, self.met(kind))

    def assignments(self, table, least=1):
        names = self.r.sample([n for n in TYPES[table] if n != "id"], self.r.randrange(least, 4))
        return names

    def text(self):
        r = self.r
        return self.one_of(
            lambda: "op.execute(sa.text(\"UPDATE t SET n = :n WHERE name = :name OR id IN :ids\").bindparams(sa.bindparam('ids', [%s], expanding=True), n=%s, name=%s))" % (
                ", ".join(self.value("int") for _ in range(r.randrange(1, 4))), self.value("int"), self.value("text")),
            lambda: "op.execute(sa.text(\"DELETE FROM u WHERE name = :name AND n <> :n\").bindparams(name=%s, n=%s))" % (self.value("text"), self.value("int")),
            lambda: "op.get_bind().execute(sa.text(\"UPDATE u SET name = :name WHERE n > :n\"), {'name': %s, 'n': %s})" % (self.value("text"), self.value("int")),
            lambda: "op.get_bind().execute(sa.text(\"INSERT INTO u (id, n, name) VALUES (:id, :n, :name)\"), [{'id': %d, 'n': %s, 'name': %s}, {'id': %d, 'n': %s, 'name': %s}])" % (
                self.next(), self.value("int"), self.value("text"), self.next(), self.value("int"), self.value("text")))()

    def next(self):
        self.fresh += 1
        return self.fresh

    def statement(self):
        r = self.r
        table, choice = r.choice("tuv"), r.randrange(12)
        if choice >= 10:   # UPDATE ... FROM, DELETE ... USING, with subqueries over both tables; each row meets one other
            o = self.other(table)
            where = "%s.c.id == %s.c.id, %s" % (table, o, self.condition(self.one_of(table, o)))
            if r.random() < 0.4:
                third = self.other(table)
                inner = "sa.select(%s).where(%s == %s)" % (self.column(third, "int"), self.column(third, "int"), self.column(self.one_of(table, o), "int"))
                where += ", %s.in_(%s%s)" % (self.column(table, "int"), inner, self.one_of("", ".correlate(%s)" % table, ".correlate_except(%s)" % third))
            if r.random() < 0.4:
                return "op.execute(%s.delete().where(sa.and_(%s)))" % (table, where)
            values = ", ".join("%s=%s" % (n, self.column(o, TYPES[table][n]) or self.value(TYPES[table][n])) for n in self.assignments(table))
            return "op.execute(%s.update().where(sa.and_(%s)).values(%s))" % (table, where, values)
        if choice < 4:
            values = ", ".join("%s=%s" % (n, self.expression(table, TYPES[table][n]) if r.random() < 0.4 else self.value(TYPES[table][n]) if r.random() < 0.9 else "None")
                               for n in self.assignments(table))
            where = ".where(%s)" % self.condition(table) if r.random() < 0.9 else ""
            return "op.execute(%s.update()%s.values(%s))" % (table, where, values)
        if choice < 6:
            return "op.execute(%s.delete().where(%s))" % (table, self.condition(table))
        if choice == 6:
            values = ", ".join("%s=%s" % (n, self.value(TYPES[table][n])) for n in self.assignments(table, 0))
            return "op.execute(%s.insert().values(id=%d%s))" % (table, self.next(), ", " + values if values else "")
        if choice == 7:
            names = self.assignments(table, 0)
            rows = ["{'id': %d%s}" % (self.next(), "".join(", '%s': %s" % (n, self.value(TYPES[table][n])) for n in names)) for _ in range(r.randrange(1, 4))]
            return "op.bulk_insert(%s, [%s])" % (table, ", ".join(rows))
        if choice == 8:
            o = self.other(table)
            kinds = [n for n, k in TYPES[table].items() if self.column(o, k) and n != "id"]
            names = r.sample(kinds, min(len(kinds), r.randrange(1, 3)))
            return "op.execute(%s.insert().from_select(%r, sa.select((%s.c.id + %d).label('i'), %s).where(%s)))" % (
                table, ["id"] + names, o, 1000, ", ".join("%s.label('x%d')" % (self.column(o, TYPES[table][n]), i) for i, n in enumerate(names)), self.condition(o))
        return self.text()


def rows_of(connection):
    return [sorted(map(repr, connection.exec_driver_sql("SELECT * FROM " + name).fetchall())) for name in "tuv"]


def fill(connection, seed):
    r = random.Random(seed)
    metadata = sa.MetaData()
    t, u, v = tables(metadata)   # noqa: F821 - of TABLES
    metadata.create_all(connection)
    kinds, words = [*Kind, None], ["aa", "bb", "c c", None]   # noqa: F821
    for i in range(12):
        connection.execute(t.insert().values(id=i, n=r.choice([None, *range(8)]), name=r.choice(["a", "b'c", "", "100%", None, "x:y"]), kind=r.choice(kinds), word=r.choice(words),
                                             flag=r.choice([True, False, None]), day=r.choice([None, datetime.date(2024, r.randrange(1, 13), 5)])))
        connection.execute(u.insert().values(id=i, t_id=r.randrange(12), n=r.choice([None, *range(8)]), kind=r.choice(kinds), name=r.choice(["a", "b", None, "%s"])))
        connection.execute(v.insert().values(id=i, n=r.randrange(8), m=r.randrange(8), name=r.choice(["a", None]), low="l", kind=r.choice(kinds), flag=r.choice([True, False])))


def by_sqlalchemy(connection, body):
    """the rows afterwards, or the exception"""
    outer = connection.begin()
    try:
        context = MigrationContext.configure(connection)
        with Operations.context(context) as op:
            names = {"op": op, "sa": sa, "datetime": datetime, "decimal": decimal, "enum": enum, "Kind": Kind}   # noqa: F821
            names.update(zip("tuv", tables(sa.MetaData())))   # noqa: F821
            exec(body, names)   # noqa: S102
        return rows_of(connection)
    except Exception as error:   # noqa: BLE001 - whatever it is, the statement does not run
        return error
    finally:
        outer.rollback()


def by_text(connection, sql):
    outer = connection.begin()
    try:
        cursor = connection.connection.cursor()
        for statement in sql.split(";\n"):
            if statement.strip():
                cursor.execute(statement)
        return rows_of(connection)
    except Exception as error:   # noqa: BLE001
        return error
    finally:
        outer.rollback()


def written(program, bodies, dialect):
    """{number: SQL} of what PROGRAM renders"""
    with tempfile.TemporaryDirectory(prefix="waybill-rows-") as folder:
        os.mkdir(folder + "/versions")
        for i, body in enumerate(bodies):
            with open("%s/versions/r%d.py" % (folder, i), "w", encoding="utf-8") as f:
                f.write(HEADER % ("r%d" % i, repr("r%d" % (i - 1)) if i else "None", body))
        done = subprocess.run([program, "survey", "--versions", folder + "/versions", "--emit", folder + "/out", "--dialect", dialect], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode not in (0, 1):
            raise SystemExit("status %d: %s" % (done.returncode, done.stderr.decode()[-500:]))
        found, refused = {}, {}
        for i in range(len(bodies)):
            path = "%s/out/%s/r%d.up.sql" % (folder, dialect, i)
            if os.path.exists(path):
                with open(path, encoding="utf-8") as f:
                    found[i] = f.read()
        with open("%s/out/%s/refused.tsv" % (folder, dialect), encoding="utf-8") as f:
            for line in f:
                parts = line.rstrip("\n").split("\t")
                if parts[1] == "up":
                    refused[int(parts[0][1:])] = parts[-1]
        return found, refused


def connect(database):
    """a connection to an empty database, and what ends its server"""
    if database == "sqlite":
        engine = sa.create_engine("sqlite://")

        @sa.event.listens_for(engine, "connect")
        def plain(connection, _):
            connection.isolation_level = None   # its own BEGIN comes too late for DDL

        @sa.event.listens_for(engine, "begin")
        def begin(connection):
            connection.exec_driver_sql("BEGIN")
        return engine.connect(), lambda: None
    from common import MariaDB, Postgres
    if database == "postgresql":
        server = Postgres()
        return sa.create_engine("postgresql+psycopg2://postgres@/postgres?host=" + server.folder).connect(), server.stop
    server = MariaDB()
    server.create("rows")
    return sa.create_engine("mysql+pymysql://root@localhost/rows?unix_socket=%s&charset=utf8mb4" % server.socket).connect(), server.stop


def option(name, default):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default


def main():
    program, count, seed, show = os.path.abspath(sys.argv[1]), int(option("--count", 300)), int(option("--seed", 1)), option("--show", None)
    maker = Maker(seed)
    bodies = [maker.statement() for _ in range(count)]
    failed = 0
    for database in [a for a in sys.argv[2:] if a in ("sqlite", "postgresql", "mariadb")] or ["sqlite"]:
        ours, refused = written(program, bodies, database)
        connection, stop = connect(database)
        tally = {"same": 0, "neither runs": 0, "ours alone": 0, "ours refuses": 0, "different": 0}
        try:
            with connection.begin():
                fill(connection, seed)
            for i, body in enumerate(bodies):
                theirs = by_sqlalchemy(connection, body)
                if i not in ours:
                    tally["neither runs" if isinstance(theirs, Exception) else "ours refuses"] += 1
                    if show and not isinstance(theirs, Exception) and show in body:
                        print("refused %s\n  %s" % (body, refused.get(i)))
                    continue
                mine = by_text(connection, ours[i])
                if isinstance(theirs, Exception) and not isinstance(theirs, sa.exc.DBAPIError):   # it cannot be written
                    good, word = True, "ours alone"
                elif isinstance(theirs, Exception):   # the server refuses it
                    good, word = isinstance(mine, Exception), "neither runs"
                else:
                    good, word = mine == theirs, "same"
                tally[word if good else "different"] += 1
                if not good:
                    failed += 1
                    print("FAILED: %s: %s\n  SQLAlchemy %s\n  Waybill    %s\n  %s" % (database, body, str(theirs)[:300], str(mine)[:300], ours[i]))
        finally:
            connection.close()
            stop()
        if tally["ours refuses"] > count // 10:
            failed += 1
            print("FAILED: %s: too many are refused" % database)
        print("rows, %s, sqlalchemy %s: %d statements, %s" % (database, sa.__version__, count, ", ".join("%d %s" % (n, w) for w, n in tally.items())))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
