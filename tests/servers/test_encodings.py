#!/usr/bin/python3
"""Databases of PostgreSQL's that are not of UTF-8, and the characters of a script: of its statements, names and comments, as they are
and by their numbers. The server takes a message only when its database has every character of it, comments too. A script runs whole,
or is refused before its first change, by the preflight too, and both say which characters they miss.

test_encodings.py [--all]
"""
import os
import re

from common import ALL, Postgres, chain, check, finish, scratch, share, waybill

folder = scratch()
ENCODINGS = ["LATIN1", "WIN1252", "EUC_JP", "SQL_ASCII", "UTF8"]
# a character, and the encodings that lack it; of those that have it some give another one back
CHARACTERS = {"ä": [], "→": ["LATIN1", "WIN1252"], "€": ["LATIN1", "EUC_JP"], "ж": ["LATIN1", "WIN1252"], "語": ["LATIN1", "WIN1252"], "～": ["LATIN1", "WIN1252"], "😀": ["LATIN1", "WIN1252", "EUC_JP"]}
FIRST = ["op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('s', sa.Text()))"]
PLACES = {"message": ("", "%s"), "literal": ("op.bulk_insert(sa.table('t', sa.column('id'), sa.column('s')), [{'id': 7, 's': '%s'}])", ""), "raw": ("op.execute(\"INSERT INTO t VALUES (8, '%s')\")", ""),
          "written by hand": ("op.execute(\"UPDATE t /* %s */ SET s = 'x'\")", ""), "number": ("op.execute(\"INSERT INTO t VALUES (9, E'%u')\")", ""), "name": ("op.add_column('t', sa.Column('%s', sa.Integer()))", ""), "table": ("op.create_table('t%s', sa.Column('a', sa.Integer()))", "")}
INDEX = "with op.get_context().autocommit_block():\n        op.create_index('ix_s', 't', ['s'], postgresql_concurrently=True)"


def by_number(character):
    return "\\\\U%08X" % ord(character)


def project(name, statement, message, sections):
    second = [INDEX.replace("ix_s", "ix_0"), "op.execute('UPDATE t SET s = 0')"] if sections > 1 else []
    ini = chain(os.path.join(folder, name), ("r1", None, *FIRST), ("r2", "r1", "op.execute('DELETE FROM t')", *second, statement or "pass", "op.execute('DELETE FROM t WHERE id = 1')"))
    path = os.path.join(folder, name, "versions", "r2.py")
    with open(path) as f:
        text = f.read()
    with open(path, "w") as f:
        f.write('"""%s"""\n' % (message or "plain") + text)
    return ini


def main():
    server = Postgres()
    try:
        for encoding in ENCODINGS:
            code, text = server.psql("postgres", "-qc", "create database empty_%s encoding '%s' template template0" % (encoding.lower(), encoding))
            assert code == 0, text
        turn = 0
        for place, (statement, message) in PLACES.items():
            for character, lacking in CHARACTERS.items():
                for client in ("psql", "generic"):
                    for sections in (1, 3):
                        for ascii in (False, True):
                            turn += 1
                            if ALL or turn % 31 == 0:
                                one(server, place, statement, message, character, lacking, client, sections, ascii, turn)
    finally:
        server.stop()


def one(server, place, statement, message, character, lacking, client, sections, ascii, turn):
    ini = project("p", statement.replace("%s", character).replace("%u", by_number(character)), message.replace("%s", "a %s b" % character), sections)
    options = ["--dialect", "postgresql", "--client", client] + ["--ascii"] * ascii
    scripts = [waybill("upgrade", *args, *options, ini=ini).encode() for args in (["r1"], ["r1:r2"], ["r1:r2", "--preflight"])]
    for encoding in share(ENCODINGS, turn // 31, 3):
        what = "%s, a database of %s: %s in a %s, %d sections%s" % (client, encoding, character, place, sections, ", --ascii" * ascii)
        server.create("e", "empty_" + encoding.lower())
        log = server.psql("e", "-q", stdin=scripts[0])[1]
        check("result=OK" in log, what + "\n" + log[-900:])
        start = server.state("e")
        ready = server.psql("e", "-qAt", stdin=scripts[2])[1]
        log = server.psql("e", "-q", stdin=scripts[1])[1]
        is_ready, is_ok = ready.rstrip().endswith(" ready") and " not ready" not in ready, "result=OK" in log
        check(is_ready == is_ok, "%s: the preflight says otherwise\n%s\n%s" % (what, ready[-900:], log[-900:]))
        # what is written by its number SQL_ASCII takes for none; of a comment --ascii leaves nothing
        by_its_number = place == "number" or (ascii and place == "literal")
        wanted = encoding not in lacking and not (encoding == "SQL_ASCII" and by_its_number) or (ascii and place == "message")
        if not is_ok:
            said = "encoding of this database, %s, lacks characters of this script: U+%04X" % (encoding, ord(character))
            check(server.state("e") == start, what + ": something has changed\n" + log[-900:])
            check(said in log and said in ready, "%s: does not say what it misses\n%s\n%s" % (what, ready[-900:], log[-900:]))
        check(is_ok == wanted, "%s: %s\n%s" % (what, "OK" if is_ok else "not OK", log[-900:]))


if __name__ == "__main__":
    main()
    finish("servers/encodings")
