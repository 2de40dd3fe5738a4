#!/usr/bin/python3
"""20,000 generated values, written into a revision file, rendered, run by the stock clients, and read back equal.

  test_literals.py [ROWS] [SEED]     ten values a row; --ascii is tried on a part of them
"""
import base64
import datetime
import decimal
import json
import os
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
import uuid

from common import WAYBILL, MariaDB, Postgres, check, finish, run, scratch, waybill

rows = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
r = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 20261123)
folder = scratch()

SNIPPETS = ["'", '"', "\\", "\n", "\r", "\t", ":x", ":name", "::text", "%", "%s", "%(a)s", "$1", "$$", "$tag$", "--", "/*", "*/", ";", ";\n", "\n\\!\n",
            "\n.quit\n", "\n/\n", "\ngo\n", "{{x}}", "\\n", "\\x41", "''", "E'", "U&'", "\u2028", "\u202e", "\ufeff", "\u200b", "\x7f", "\x01", "\x1b[0m", "\u0085",
            "\u00e9", "\u4e2d", "\U0001f600", "\U000e0041", "\U0010ffff", "\ud7ff", "\ue000", "null", "true", " ", "a", "Z", "0",
            "\\! x", "\\d", "\\w ", "`x`", ":HOST", ":LAST_ERROR_MESSAGE", "delimiter ", "DELIMITER x", "; system x;", "$ use x", "*/ tee x", "\nexit", "edit (", "edit(", "load_extension", "infile",
            "\u0441\\", "!! x", "$(x)", "\n:r x", "GO"]


def a_text():
    kind = r.random()
    if kind < 0.05:
        return ""
    if kind < 0.5:
        return "".join(r.choice(SNIPPETS) for _ in range(r.randrange(1, 12)))
    chars = []
    for _ in range(r.randrange(1, 30)):
        plane = r.choice([0, 0, 0, 1, 2, 14, 16])
        c = r.randrange(1, 0x250) if r.random() < 0.5 else plane * 0x10000 + r.randrange(0, 0x10000)
        if c and not 0xD800 <= c <= 0xDFFF:
            chars.append(chr(c))
    return "".join(chars)


def a_float():
    while True:
        x = r.choice([r.uniform(-1, 1), r.uniform(-1e6, 1e6), float(r.randrange(-1000, 1000)), struct.unpack("<d", r.randbytes(8))[0],
                      r.choice([0.0, -0.0, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.1, 1e22, 1e23, 123456789.123456789])])
        if x == x and x not in (float("inf"), float("-inf")):
            return x


def a_json():
    return r.choice([{"a": a_text(), "b": [1, 2.5, None, True]}, [a_text()], {"k": {"n": r.randrange(100)}}, 5, "x" + a_text(), False])


def day():
    return datetime.date(r.randrange(1, 10000), r.randrange(1, 13), r.randrange(1, 29))


def clock():
    return datetime.time(r.randrange(24), r.randrange(60), r.randrange(60), r.choice([0, r.randrange(1000000)]))


def moment():
    return datetime.datetime.combine(day(), clock())


def zoned():
    minutes = r.choice([0, 0, 60, -300, 330, 345, -720, 840])
    return datetime.datetime(r.randrange(1000, 9000), r.randrange(1, 13), r.randrange(1, 29), r.randrange(24), r.randrange(60), r.randrange(60),
                             r.randrange(1000000), tzinfo=datetime.timezone(datetime.timedelta(minutes=minutes)))


# MySQL's own types have no microseconds
MICROSECONDS = '.with_variant(mysql.%s(fsp=6), "mysql", "mariadb")'
COLUMNS = [
    ("txt", "sa.Text()", a_text),
    ("num", "sa.BigInteger()", lambda: r.choice([r.randrange(-10, 10), r.randrange(-2**63 + 1, 2**63), -2**63 + 1, 2**63 - 1])),
    ("dec", "sa.Numeric(30, 10)", lambda: decimal.Decimal(r.randrange(-10**18, 10**18)).scaleb(-r.randrange(0, 11))),
    ("flt", "sa.Float(53)", a_float),
    ("boo", "sa.Boolean()", lambda: r.random() < 0.5),
    ("dat", "sa.Date()", day),
    ("tim", "sa.Time()" + MICROSECONDS % "TIME", clock),
    ("mom", "sa.DateTime()" + MICROSECONDS % "DATETIME", moment),
    ("zon", "sa.DateTime(timezone=True)" + MICROSECONDS % "DATETIME", zoned),
    ("byt", "sa.LargeBinary()", lambda: r.randbytes(r.randrange(0, 40))),
    ("jsn", "sa.JSON()", a_json),
    ("uid", "sa.Uuid()", lambda: uuid.UUID(bytes=r.randbytes(16))),
]


def source(value):
    if isinstance(value, datetime.timezone):
        return repr(value)
    return repr(value).replace("UUID(", "uuid.UUID(").replace("Decimal(", "decimal.Decimal(")


def make(count):
    table = []
    for i in range(count):
        row = {"id": i}
        for name, _, make_value in COLUMNS:
            row[name] = None if r.random() < 0.03 else make_value()
        table.append(row)
    os.makedirs(os.path.join(folder, "versions"), exist_ok=True)
    with open(os.path.join(folder, "versions", "v1.py"), "w", encoding="utf-8") as f:
        f.write('"""Values."""\nimport datetime, decimal, uuid\nfrom alembic import op\nimport sqlalchemy as sa\nfrom sqlalchemy.dialects import mysql\nrevision = "v1"\ndown_revision = None\n\n\ndef upgrade():\n')
        f.write("    t = op.create_table('v', sa.Column('id', sa.Integer(), autoincrement=False, primary_key=True), %s)\n" %
                ", ".join("sa.Column(%r, %s)" % (n, t) for n, t, _ in COLUMNS))
        f.write("    op.bulk_insert(t, [\n")
        for row in table:
            f.write("        {%s},\n" % ", ".join("%r: %s" % (k, source(v)) for k, v in row.items()))
        f.write("    ])\n\n\ndef downgrade():\n    op.drop_table('v')\n")
    with open(os.path.join(folder, "alembic.ini"), "w") as f:
        f.write("[alembic]\nscript_location = %(here)s\n")
    return table


PG_SELECT = """select id, encode(convert_to(txt, 'UTF8'), 'hex'), num, dec, encode(float8send(flt), 'hex'), boo, to_char(dat, 'YYYY-MM-DD'),
to_char(tim, 'HH24:MI:SS.US'), to_char(mom, 'YYYY-MM-DD HH24:MI:SS.US'), to_char(zon at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'),
encode(byt, 'hex'), encode(convert_to(jsn::text, 'UTF8'), 'hex'), uid from v order by id"""


def iso(value, zone=False):
    if zone:
        value = value.astimezone(datetime.timezone.utc)
    return value.strftime("%%04d-%m-%d %H:%M:%S.%f") % value.year if isinstance(value, datetime.datetime) else value.strftime("%H:%M:%S.%f")


def same_json(text, value):
    return json.loads(text) == value


def compare_pg(line, row):
    got = line.split("|")
    bad = []
    for (name, _, _), cell in zip(COLUMNS, got[1:]):
        v = row[name]
        if v is None:
            # JSON None and SQL NULL are one here
            good = cell == ""
        elif name == "txt":
            good = bytes.fromhex(cell).decode() == v
        elif name in ("num",):
            good = int(cell) == v
        elif name == "dec":
            good = decimal.Decimal(cell) == v
        elif name == "flt":
            good = struct.unpack(">d", bytes.fromhex(cell))[0] == v and cell == struct.pack(">d", v).hex()
        elif name == "boo":
            good = cell == ("t" if v else "f")
        elif name == "dat":
            good = cell == "%04d-%02d-%02d" % (v.year, v.month, v.day)
        elif name == "tim":
            good = cell == iso(v)
        elif name == "mom":
            good = cell == iso(v)
        elif name == "zon":
            good = cell == iso(v, True)
        elif name == "byt":
            good = bytes.fromhex(cell) == v
        elif name == "jsn":
            good = same_json(bytes.fromhex(cell).decode(), v)
        else:
            good = uuid.UUID(cell) == v
        if not good:
            bad.append((name, v, cell))
    return bad


MARIADB_SELECT = """select id, hex(txt), num, `dec`, flt, boo, dat, tim, mom, zon, hex(byt), hex(jsn), uid from v order by id"""


def compare_mariadb(line, row):
    bad = []
    for (name, _, _), cell in zip(COLUMNS, line.split("\t")[1:]):
        v = row[name]
        if v is None:
            good = cell == "NULL"
        elif name in ("txt", "jsn"):
            text = bytes.fromhex(cell).decode()
            good = text == v if name == "txt" else same_json(text, v)
        elif name == "num":
            good = int(cell) == v
        elif name == "dec":
            good = decimal.Decimal(cell) == v
        elif name == "flt":
            good = float(cell) == v   # a column stores -0.0 as 0.0
        elif name == "boo":
            good = cell == "%d" % v
        elif name == "dat":
            good = cell == "%04d-%02d-%02d" % (v.year, v.month, v.day)
        elif name == "zon":   # as SQLAlchemy stores it: without its zone
            good = cell == iso(v.replace(tzinfo=None))
        elif name in ("tim", "mom"):
            good = cell == iso(v)
        elif name == "byt":
            good = bytes.fromhex(cell) == v
        else:
            good = uuid.UUID(cell) == v
        if not good:
            bad.append((name, v, cell))
    return bad


def run_mariadb(server, script, mode):
    if mode == "<":
        return server.apply("v", script)
    args = ["--default-character-set=latin1"]   # the script says its own
    if mode == "source":
        return server.client("v", *args, "-e", "source " + script)
    with open(script, "rb") as f:
        return server.client("v", *args, "--force", stdin=f.read())


def compare_lite(cells, row):
    bad = []
    for (name, _, _), cell in zip(COLUMNS, cells[1:]):
        v = row[name]
        if v is None:
            good = cell is None
        elif name == "dec":   # NUMERIC affinity: the nearest binary number
            good = float(cell) == float(v)
        elif name == "flt":
            good = cell == v and isinstance(cell, float)
        elif name == "boo":
            good = cell == int(v)
        elif name == "dat":
            good = cell == "%04d-%02d-%02d" % (v.year, v.month, v.day)
        elif name in ("tim", "mom"):
            good = cell == iso(v)
        elif name == "zon":   # as SQLAlchemy stores it: without its zone
            good = cell == iso(v.replace(tzinfo=None))
        elif name == "jsn":   # the type name JSON has NUMERIC affinity: a document that is a number becomes one
            good = same_json(cell, v) if isinstance(cell, str) else cell == v
        elif name == "uid":
            good = cell == v.hex
        else:
            good = cell == v
        if not good:
            bad.append((name, v, cell))
    return bad


def round_trip(servers, table, *options):
    script = os.path.join(folder, "s.sql")
    runs = [("postgresql", ""), ("sqlite", ""), ("mariadb", "<")] + ([] if options else [("mariadb", "source"), ("mariadb", "--force")])
    for dialect, mode in runs:
        text = waybill("upgrade", "v1", "--dialect", dialect, *options, ini=os.path.join(folder, "alembic.ini"))
        name = " ".join([dialect, *([mode] if mode else []), *options])
        if options:
            check(all(ord(c) < 128 for c in text), dialect + ": --ascii is ASCII")
        hidden = [c for c in text if ord(c) < 32 and c != "\n" or c in "\u2028\u202e\ufeff\u200b\x7f\u0085"]
        check(not hidden, "%s: no hidden character stands in the script: %r" % (dialect, hidden[:3]))
        with open(script, "w", encoding="utf-8", newline="") as f:
            f.write(text)
        if dialect == "postgresql":
            server = servers[0]
            server.create("v")
            code, log = server.psql("v", "-f", script)
            lines = server.psql("v", "-qAtc", PG_SELECT)[1].rstrip("\n").split("\n")
            got = [compare_pg(line, row) for line, row in zip(lines, table)]
        elif dialect == "mariadb":
            server = servers[1]
            server.create("v")
            code, log = run_mariadb(server, script, mode)
            lines = server.query("v", MARIADB_SELECT).rstrip("\n").split("\n")
            got = [compare_mariadb(line, row) for line, row in zip(lines, table)]
        else:
            path = os.path.join(folder, "v.db")
            if os.path.exists(path):
                os.remove(path)
            code, log = run(["sqlite3", path], stdin=open(script, "rb"))
            lines = sqlite3.connect(path).execute("select * from v order by id").fetchall()
            got = [compare_lite(c, row) for c, row in zip(lines, table)]
        check("result=OK" in log, name + ": values are inserted\n" + log[-600:])
        check(len(lines) == len(table), "%s: %d rows of %d" % (name, len(lines), len(table)))
        for bad in got:
            for column, value, cell in bad:
                check(False, "%s: %s %r came back as %r" % (name, column, value, cell))
        good = sum(len(COLUMNS) - len(b) for b in got)
        print("%s: %d values equal" % (name, good), flush=True)
        check(good == len(lines) * len(COLUMNS), name + ": all values")


def refused():
    for what, literal in {"U+0000": '"a\\x00b"', "a lone surrogate": '"\\ud800"', "NaN": "float('nan')", "infinity": "-float('inf')"}.items():
        with open(os.path.join(folder, "versions", "v1.py"), "w", encoding="utf-8") as f:
            f.write('revision = "v1"\ndown_revision = None\nfrom alembic import op\nimport sqlalchemy as sa\n\ndef upgrade():\n'
                    '    op.bulk_insert(sa.table("v", sa.column("a", %s)), [{"a": %s}])\n\ndef downgrade():\n    pass\n' % ("sa.Float" if "float" in literal else "sa.String", literal))
        for dialect in ("mysql", "mariadb") if "float" in literal else ("postgresql", "sqlite", "mysql", "mariadb"):
            p = subprocess.run([WAYBILL, "-c", os.path.join(folder, "alembic.ini"), "upgrade", "v1", "--dialect", dialect], capture_output=True)
            check(p.returncode == 1 and not p.stdout and b"error:" in p.stderr, "%s: %s is refused: %d %s" % (dialect, what, p.returncode, p.stderr[:200]))


if __name__ == "__main__":
    servers = Postgres(), MariaDB()
    try:
        round_trip(servers, make(rows))
        round_trip(servers, make(max(1, rows // 10)), "--ascii")
        refused()
    finally:
        for server in servers:
            server.stop()
    shutil.rmtree(folder)
    finish("literals")
