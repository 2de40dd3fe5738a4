"""Every statement for SQL Server and Oracle against public grammars (npm antlr4ts-sql): the golden cases' own sections, the
example chain and the hostile chain, bare and framed. What a grammar refuses of valid SQL is listed with the reason."""
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "servers"))
import clients
import hostile
import test_scripts
from common import EXAMPLE, ROOT, check, finish, scratch, waybill

# What the statement looks like, why it is refused.
KNOWN = [
    (r"DEFAULT \('(?:[^']|'')*'\+", "SQL Server takes an expression for a default, the grammar a function or a constant"),
    (r"ON s \(lower\(b\)\)|ALTER TABLE \"user id\" ADD COLUMN|COMMENT ON TABLE own_shop_t", "golden cases with SQL by hand for another database"),
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
                    for dialect in ("mssql", "oracle"):
                        if (dialect not in head.split() and not re.search(r"--dialect[= ]%s\b" % dialect, line)) or "[stderr]" in body and "error:" in body:
                            continue
                        body = re.sub(r"^\[stderr\].*", "", body, flags=re.S | re.M)
                        yield from script(name, dialect, body, "--bare" in line)


def script(name, dialect, text, bare):
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


def chains():
    folder = scratch()
    for label, ini, revisions, heads in (("example", EXAMPLE, ["a1000", "a5000", "a9000"], "a9000,b1000"),
                                         ("hostile", hostile.write(os.path.join(folder, "h"), "+"), hostile.REVISIONS, "h4")):
        for dialect, clients_of in (("mssql", ["sqlcmd"]), ("oracle", ["sqlplus", "generic"])):
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
    for name, dialect, text in list(golden()) + list(chains()):
        text = re.sub(r"[0-9a-f]{64}|WAYBILL:[0-9a-f]{20}", "0", text)
        if (dialect, text) not in seen:
            seen[dialect, text] = name
            lines.append(json.dumps({"name": name, "dialect": dialect, "text": text}))
    p = subprocess.run(["node", os.path.join(os.path.dirname(os.path.abspath(__file__)), "grammar.js")], input="\n".join(lines).encode(), stdout=subprocess.PIPE)
    check(p.returncode == 0, "the grammars run")
    for line in p.stdout.decode().splitlines():
        bad = json.loads(line)
        check(any(re.search(pattern, bad["text"], re.S) for pattern, _ in KNOWN), "%s: %s\n    %s" % (bad["name"], bad["message"], bad["text"][:400].replace("\n", "\n    ")))
    print("grammar: %d different statements, %d of them refused for known reasons" % (len(lines), len(p.stdout.splitlines())))
    finish("grammar")
