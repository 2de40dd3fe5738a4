"""Every statement for SQL Server and Oracle, and every bare one for MySQL, against public grammars (npm antlr4ts-sql): the
golden cases' own sections, the example chain and the hostile chain, bare and framed. What a grammar refuses of valid SQL is listed with the reason."""
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "servers"))
import chains
import clients
import hostile
import test_scripts
from common import EXAMPLE, ROOT, WAYBILL, check, finish, scratch, waybill

# Where a statement comes from, what it looks like, why it is refused.
KNOWN = [
    ("", r"DROP CHECK|\bJSON\b|^CREATE UNIQUE INDEX ix2 ON t \(lower\(a\)\)|\) OVER \(", "the grammar is of a MySQL before 8"),
    ("data/|hostile", r"X'[0-9a-fA-F]+'\);$", "the grammar does not know MySQL's X'...'"),
    ("data/", r"WHERE t\.a ~ ", "an operator by hand for another database"),
    ("", r"DEFAULT \('(?:[^']|'')*'\+", "SQL Server takes an expression for a default, the grammar a function or a constant"),
    ("", r"^EXECUTE AS USER = '\w+';$", "the grammar knows EXECUTE AS in modules only"),
    ("table/", r"DROP COLUMN IF EXISTS|(TABLE|INDEX) IF NOT EXISTS", "of SQL Server 2016, of Oracle 23"),
    ("table/", r"COMPRESS TABLESPACE|CREATE SEQUENCE s INCREMENT BY", "the grammar wants one order of these clauses"),
    ("column/|python/", r"ON s \(lower\(b\)\)|ALTER TABLE \"user id\" ADD COLUMN|COMMENT ON TABLE own_shop_t", "SQL by hand for another database"),
    ("", r"SET NOCOUNT, XACT_ABORT, ANSI_NULLS", "SQL Server's SET takes several options at once, the grammar one"),
    ("table/", r"ADD DEFAULT NEXT VALUE FOR", "a sequence as a default is of SQL Server 2012"),
    ("column/|data/|project/|python/", r"DEFAULT FALSE;$|^SELECT (\d|'before');$|^CREATE VIEW \w+ AS\s+SELECT \d;$|MAX\(t\.b, 7\)|p PLACE\(4326\)|VALUES \('4e137de2",
     "SQL by hand, or a type of the revision's own, for another database"),
    ("seed ", r"RENAME (COLUMN|TO) |CURRENT_DATE|DEFAULT true|INDEX .*\(\(|\(lower\(|^DROP INDEX \S+;$|\(true, false\)", "SQL by hand for PostgreSQL and SQLite"),
]


def golden():
    """(name, dialect, statement) of every golden case that renders"""
    top = os.path.join(ROOT, "tests", "golden")
    for folder, _, files in sorted(os.walk(top)):
        for file in sorted(files):
            text = open(os.path.join(folder, file), encoding="utf-8").read()
            name = os.path.relpath(os.path.join(folder, file), top)
            for part in re.split(r"^=== run ", text, flags=re.M)[1:]:
                line = part.split("\n", 1)[0]
                for section in re.split(r"^=== expect ?", part, flags=re.M)[1:]:
                    head, body = section.split("\n", 1)
                    for dialect in ("mssql", "oracle", "mysql"):
                        if (dialect not in head.split() and not re.search(r"--dialect[= ]%s\b" % dialect, line)) or "[stderr]" in body and "error:" in body:
                            continue
                        body = re.sub(r"^\[stderr\].*", "", body, flags=re.S | re.M)
                        yield from script(name, dialect, body, "--bare" in line)


def script(name, dialect, text, bare):
    if dialect == "mysql":   # bare only: framed scripts run on a server, see tests/servers
        for piece in re.split(r";\n(?:\n|$)", text) if bare and "DELIMITER" not in text else []:
            piece = test_scripts.without_comments(piece).strip()
            if piece:
                yield name, "mysql", piece + ";"
        return
    if dialect == "mssql":
        pieces = test_scripts.bare_statements(text, True) if bare else [b for _, b in clients.sqlcmd(text)[0]]
        for piece in pieces:
            piece = test_scripts.without_comments(piece).strip()
            if piece and not piece.startswith("/*"):
                yield name, "tsql", piece
        return
    if bare:
        for piece in test_scripts.bare_statements(text, False):
            yield name, "plsql", piece if piece.endswith(";") else piece + ";"
        return
    for _, kind, piece in clients.sqlplus(text)[0]:
        if kind != "command":
            yield name, "plsql", piece + ("" if kind == "plsql" else ";")


def random_chains():
    folder = scratch()
    for seed in range(1, 31):
        ini, revisions = chains.write(os.path.join(folder, str(seed)), seed)
        for dialect in ("mssql", "oracle:21"):
            for what, command, span in test_scripts.runs(revisions, revisions[-1])[1:-1]:
                p = subprocess.run([WAYBILL, "-c", ini, command, span, "--dialect", dialect, "--bare"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                if what != "down" and p.returncode == 0:
                    yield from script("seed %d %s %s" % (seed, dialect, what), dialect.split(":")[0], p.stdout.decode(), True)
    shutil.rmtree(folder)


def known_chains():
    folder = scratch()
    for label, ini, revisions, heads in (("example", EXAMPLE, ["a1000", "a5000", "a9000"], "a9000,b1000"),
                                         ("hostile", hostile.write(os.path.join(folder, "h"), "+"), hostile.REVISIONS, "h4")):
        for dialect, clients_of in (("mssql", ["sqlcmd"]), ("oracle", ["sqlplus", "generic"]), ("mysql", [])):
            for what, command, span in test_scripts.runs(revisions, heads):
                for options in [["--bare"]] + [["--client", c] for c in clients_of]:
                    if label == "example" and what.startswith(("step", "back")):
                        continue
                    text = waybill(command, span, "--dialect", dialect, *options, ini=ini)
                    if options != ["--bare"] and dialect != "mssql":
                        text = text if "sqlplus" in options else "SET DEFINE OFF\nSET SQLBLANKLINES ON\n" + text
                    yield from script("%s %s %s %s" % (label, dialect, what, options[-1]), dialect.split(":")[0], text, options == ["--bare"])
    shutil.rmtree(folder)


if __name__ == "__main__":
    seen, lines = {}, []
    for name, dialect, text in list(golden()) + list(known_chains()) + list(random_chains()):
        text = re.sub(r"[0-9a-f]{64}|WAYBILL:[0-9a-f]{20}", "0", text)
        if (dialect, text) not in seen:
            seen[dialect, text] = name
            lines.append(json.dumps({"name": name, "dialect": dialect, "text": text}))
    p = subprocess.run(["node", os.path.join(os.path.dirname(os.path.abspath(__file__)), "grammar.js")], input="\n".join(lines).encode(), stdout=subprocess.PIPE)
    check(p.returncode == 0, "the grammars run")
    for line in p.stdout.decode().splitlines():
        bad = json.loads(line)
        check(any(re.match(where, bad["name"]) and re.search(pattern, bad["text"], re.S) for where, pattern, _ in KNOWN), "%s: %s\n    %s" % (bad["name"], bad["message"], bad["text"][:400].replace("\n", "\n    ")))
    print("grammar: %d different statements, %d of them refused for known reasons" % (len(lines), len(p.stdout.splitlines())))
    finish("grammar")
