#!/usr/bin/python3
"""Hostile texts where a server takes a plain literal and no expression, and beside them where it takes one: labels of an enum,
comments on tables and columns, defaults. Each comes back from PostgreSQL, MariaDB and SQLite as it is, or is refused with its
name and the cure.

  test_plain.py [TEXTS] [SEED]
"""
import os
import random
import shutil
import subprocess
import sys

from common import WAYBILL, MariaDB, Postgres, check, finish, run, scratch

texts = int(sys.argv[1]) if len(sys.argv) > 1 else 300
r = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 20261128)
folder = scratch()
SNIPPETS = ["'", '"', "\\", "\n", "\r", "\t", "\b", "\x1a", "\\'", "\\n", "''", "%", "$(x)", "$1", "&", ":x", ";", "--", "/*", "*/", "DELIMITER", "`", "{{x}}", "\x01", "\x0b", "\x7f", "\u0085",
            "\u00ad", "\u200b", "\u202e", "\u2028", "\ufeff", "\U000e0041", "\u00e9", "\u4e2d", "\U0001f600", "a", "Z", "0", " x"]
# what MySQL's plain literal can write: an escape of its own, or the character as it is seen; \r is a command of its client
WRITABLE = "\n\t\b\x1a"


def is_hidden(c):
    return ord(c) < 32 or 0x7f <= ord(c) < 0xa0 or c in "\u00ad\u200b\u202e\u2028\ufeff\U000e0041"


def a_text(n):
    if n < len(SNIPPETS):
        return "a" + SNIPPETS[n] + "b"
    kind = SNIPPETS if n % 2 else [s for s in SNIPPETS if not any(is_hidden(c) and c not in WRITABLE for c in s)]
    while True:
        text = "".join(r.choice(kind) for _ in range(r.randrange(1, 9)))
        if len(text.encode()) <= 60 and text.rstrip(" ") == text:   # an enum's label in PostgreSQL is no longer, MariaDB drops its last blanks
            return text


ALL = ("label", "comment", "default")


def project(rows, parts):
    """a table for each text, in which it stands in these parts"""
    path = os.path.join(folder, "p")
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path + "/versions")
    open(path + "/env.py", "w").close()
    with open(path + "/alembic.ini", "w") as f:
        f.write("[alembic]\nscript_location = %(here)s\n[waybill]\nproduct = plain\n")
    with open(path + "/versions/r1.py", "w") as f:
        f.write("import sqlalchemy as sa\nfrom alembic import op\nrevision = 'r1'\ndown_revision = None\ndef upgrade():\n")
        for n, t in rows:
            default = ", server_default=%a" % t if "default" in parts else ""
            comment = ", comment=%a" % t if "comment" in parts else ""
            f.write("    op.create_table('t%d', sa.Column('id', sa.Integer(), nullable=False), sa.Column('d', sa.String(100)%s%s), sa.Column('e', sa.Enum(%a, 'plain', name='e%d')%s)%s)\n"
                    % (n, default, comment, t if "label" in parts else "other", n, default if "label" in parts else "", comment))
        f.write("def downgrade():\n    pass\n")
    return path + "/alembic.ini"


def render(rows, dialect, *more, parts=ALL):
    p = subprocess.run([WAYBILL, "-c", project(rows, parts), "upgrade", "head", "--dialect", dialect, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return p.returncode, p.stdout, p.stderr.decode()


TEXTS = list(enumerate(dict.fromkeys(a_text(n) for n in range(texts))))
postgres, mariadb = Postgres(), MariaDB()
try:
    # what a plain literal cannot say is refused, and nothing else is
    kept = {}
    for dialect in ("mysql", "mariadb"):
        kept[dialect] = []
        for n, t in TEXTS:
            bad = [c for c in t if is_hidden(c) and c not in WRITABLE]
            for part in ("label", "comment") if bad else ():
                code, out, err = render([(n, t)], dialect, parts=(part,))
                check(code == 1 and "cannot write U+%04X in the %s " % (ord(bad[0]), part) in err and "hint:" in err and not out, "%s refuses the %s %a: %s" % (dialect, part, t, err[:300]))
            code, out, err = render([(n, t)], dialect, parts=("default",) if bad else ALL)
            if check(code == 0, "%s writes %a: %s" % (dialect, t, err[:300])):
                kept[dialect].append((n, t, bad))
        for n, t in TEXTS[:len(SNIPPETS)]:
            code, out, err = render([(n, t)], dialect, "--ascii")
            check(code == (0 if (n, t, []) in kept[dialect] and t.isascii() else 1), "%s --ascii: %a: %d %s" % (dialect, t, code, err[:200]))
    plain = [(n, t) for n, t, bad in kept["mariadb"] if not bad]
    check(len(plain) > texts / 3 and len(plain) < len(TEXTS), "some are written and some refused")
    for dialect in ("postgresql", "sqlite", "oracle", "mssql"):
        code, out, err = render(TEXTS, dialect)
        check(code == 0, "%s writes all of them: %s" % (dialect, err[:300]))
    hexed = {n: t.encode().hex() for n, t in TEXTS}

    # MariaDB
    mariadb.create("plain")
    code, script, err = render(plain, "mariadb")
    with open(folder + "/up.sql", "wb") as f:
        f.write(script)
    code, log = mariadb.apply("plain", folder + "/up.sql")
    check(code == 0 and "result=OK" in log, "MariaDB applies it: " + log[-500:])
    for n, t in plain:
        found = mariadb.query("plain", "set names utf8mb4; insert into t%d (id) values (1); select lower(hex(d)), lower(hex(e)) from t%d; update t%d set e = 1; select lower(hex(e)) from t%d; "
                              "select lower(hex(column_comment)) from information_schema.columns where table_schema = 'plain' and table_name = 't%d' and column_name = 'd'; "
                              "select lower(hex(table_comment)) from information_schema.tables where table_schema = 'plain' and table_name = 't%d'" % ((n,) * 6)).split()
        # MariaDB keeps its catalogue in utf8mb3: of a comment's characters beyond U+FFFF it keeps a question mark
        comment = "".join(c if ord(c) < 0x10000 else "?" for c in t).encode().hex()
        check(found == [hexed[n]] * 3 + [comment] * 2, "MariaDB keeps %a: %s" % (t, found))

    # a default is an expression: it holds whatever a text may
    mariadb.create("rest")
    rest = [(n, t) for n, t, bad in kept["mariadb"] if bad]
    code, script, err = render(rest, "mariadb", parts=("default",))
    with open(folder + "/up.sql", "wb") as f:
        f.write(script)
    code, log = mariadb.apply("rest", folder + "/up.sql")
    check(code == 0 and "result=OK" in log, "MariaDB applies the defaults: " + log[-500:])
    for n, t in rest:
        found = mariadb.query("rest", "insert into t%d (id) values (1); select lower(hex(d)) from t%d" % (n, n)).split()
        check(found == [hexed[n]], "MariaDB keeps the default %a: %s" % (t, found))

    # PostgreSQL
    postgres.create("plain")
    code, script, err = render(TEXTS, "postgresql")
    with open(folder + "/up.sql", "wb") as f:
        f.write(script)
    code, log = postgres.psql("plain", "-f", "-", stdin=script)
    check(code == 0 and "result=OK" in log, "PostgreSQL applies it: " + log[-500:])
    queries = "".join("insert into t%d (id) values (1); select encode(convert_to(d, 'UTF8'), 'hex'), encode(convert_to(e::text, 'UTF8'), 'hex'), encode(convert_to((select enumlabel::text from pg_enum where enumtypid = 'e%d'::regtype order by enumsortorder limit 1), 'UTF8'), 'hex'), "
                      "encode(convert_to(col_description('t%d'::regclass, 2), 'UTF8'), 'hex'), encode(convert_to(obj_description('t%d'::regclass), 'UTF8'), 'hex') from t%d;\n" % ((n,) * 5) for n, t in TEXTS)
    code, out = postgres.psql("plain", "-qAt", "-F", " ", "-f", "-", stdin=queries.encode())
    found = out.split("\n")[:-1]
    check(code == 0 and len(found) == len(TEXTS), "PostgreSQL answers: " + out[-300:])
    for (n, t), line in zip(TEXTS, found):
        check(line.split() == [hexed[n]] * 5, "PostgreSQL keeps %a: %s" % (t, line))

    # SQLite, which has neither enums nor comments
    code, script, err = render(TEXTS, "sqlite")
    code, log = run(["sqlite3", "-batch", "-bail", folder + "/plain.db"], input=script)
    check(code == 0 and "result=OK" in log, "SQLite applies it: " + log[-500:])
    code, out = run(["sqlite3", "-batch", "-bail", folder + "/plain.db"], input="".join("insert into t%d (id) values (1); select lower(hex(d)) || ' ' || lower(hex(e)) from t%d;\n" % (n, n) for n, t in TEXTS).encode())
    for (n, t), line in zip(TEXTS, out.split("\n")):
        check(line.split() == [hexed[n]] * 2, "SQLite keeps %a: %s" % (t, line))
    print("texts: %d, of which MySQL's plain literals hold %d" % (len(TEXTS), len(plain)))
finally:
    postgres.stop()
    mariadb.stop()
    shutil.rmtree(folder, ignore_errors=True)
finish("servers/plain")
