"""Literals for SQL Server and Oracle: the generated values of the server tests, rendered into framed scripts, cut as the
clients cut them, worked out again by rules of our own, and compared.

  test_literals.py [ROWS] [SEED]"""
import datetime
import decimal
import json
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "servers"))
import clients
import evaluate
import importlib.util

spec = importlib.util.spec_from_file_location("values", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "servers", "test_literals.py"))
generator = importlib.util.module_from_spec(spec)
spec.loader.exec_module(generator)
from common import check, finish, waybill

rows = int(sys.argv[1]) if len(sys.argv) > 1 else 2000


def inserts(script, dialect):
    """the values of each INSERT INTO v, in order"""
    texts = [re.sub(r"^IF .* RETURN; END\n", "", b, flags=re.M) for _, b in clients.sqlcmd(script)[0]] if dialect == "mssql" else [t for _, kind, t in clients.sqlplus(script)[0] if kind == "sql"]
    for text in texts:
        for statement in text.split(";\n") if dialect == "mssql" else [text]:
            if not statement.lstrip().startswith("INSERT INTO v "):
                continue
            names, values = statement.split(") VALUES (", 1)
            names = [n.strip().strip('"[]') for n in names.split("(", 1)[1].split(",")]
            end = values.rindex(")")
            r = evaluate.Reader(values[:end], dialect == "mssql")
            got = [r.sum()]
            while r.peek() == ",":
                r.take()
                got.append(r.sum())
            if r.peek() is not None:
                raise evaluate.Bad("left over: %r" % r.peek())
            yield dict(zip(names, map(evaluate.surrogates_joined, got)))


def same(name, got, want, oracle):
    if want is None:
        return got is None or name == "jsn" and got == "null"
    if name == "txt":
        return got == want
    if name in ("num", "dec"):
        return got == want
    if name == "flt":
        return float(got) == want
    if name == "boo":
        return got == (1 if want else 0)
    if name == "dat":
        return (got.date() == want and got.time() == datetime.time()) if oracle else got == "%04d-%02d-%02d" % (want.year, want.month, want.day)
    if name == "tim":
        return datetime.time.fromisoformat(got) == want
    if name == "mom":
        return (got if isinstance(got, datetime.datetime) else datetime.datetime.fromisoformat(got)) == want
    if name == "zon":
        return got == want
    if name == "byt":
        return got == want
    if name == "jsn":
        return json.loads(got) == want
    return got.replace("-", "") == want.hex


def compare(dialect, table, *options):
    script = waybill("upgrade", "v1", "--dialect", dialect, *options, ini=os.path.join(generator.folder, "alembic.ini"))
    check(not options or script.isascii(), dialect + ": --ascii is ASCII")
    good = count = 0
    for got, row in zip(inserts(script, dialect.split(":")[0]), table):
        count += 1
        for name, _, _ in generator.COLUMNS:
            try:
                equal = same(name, got[name], row[name], dialect != "mssql")
            except (ValueError, AttributeError, TypeError, decimal.InvalidOperation) as error:
                equal = error is None
            good += equal
            if not equal:
                check(False, "%s: %s %r came back as %r" % (dialect, name, row[name], got[name]))
    check(count == len(table), "%s: %d rows of %d" % (dialect, count, len(table)))
    print("%s%s: %d values equal" % (dialect, "".join(" " + o for o in options), good), flush=True)
    check(good == len(table) * len(generator.COLUMNS), dialect + ": all values")


def numbers_of_oracle():
    while True:   # NUMBER ends at 1e126
        x = generator.a_float()
        if x == 0 or 1e-130 <= abs(x) < 1e126:
            return x


if __name__ == "__main__":
    all_columns = list(generator.COLUMNS)
    for dialect in ("mssql", "oracle:21"):
        if dialect != "mssql":   # no time of day, and the zoned time is what carries one
            generator.COLUMNS = [(n, "sa.TIMESTAMP(timezone=True)" if n == "zon" else "sa.TIMESTAMP()" if n == "mom" else t, numbers_of_oracle if n == "flt" else f)
                                 for n, t, f in all_columns if n != "tim"]
        compare(dialect, generator.make(rows))
        compare(dialect, generator.make(max(1, rows // 10)), "--ascii")
    shutil.rmtree(generator.folder)
    finish("client literals")
