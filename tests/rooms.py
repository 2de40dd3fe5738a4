#!/usr/bin/python3
"""How the house is kept: a room includes only rooms before it, a library is used in one room, no file passes 900 lines. Two things
are counted against rooms.txt and only become fewer: the lines that ask which database it is outside the files that are about one,
and the circles of calls between files of one room.

  rooms.py BUILD    a folder with the program's objects; prints what is counted"""
import glob
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# nothing but cli includes lint, rehearse and review
ROOMS = "base template syntax revision schema client sql python alembic render lint rehearse bundle review cli".split()
LIBRARIES = {"sodium.h": "bundle", "nettle/sha2.h": "base", "archive.h": "bundle", "jansson.h": "bundle", "zlib.h": "bundle", "sqlite3.h": "rehearse", "zstd.h": "bundle"}
MOST_LINES = 900
# one database's own files
OF_ONE = re.compile(r"(^|_)(dialect|postgresql|mysql|mariadb|sqlite|oracle|mssql)(_|\.)")
NAMES_ONE = re.compile(r"\bDIALECT_(?!COUNT\b)[A-Z]+\b|dialect->name\b.*\b(str_equal|strcmp)|\b(str_equal|strcmp)\w*\(.*dialect->name\b")
passed = failed = 0


def check(good, what):
    global passed, failed
    passed, failed = passed + good, failed + (not good)
    if not good:
        print("rooms: " + what)


def text_of(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def files_of(room):
    found = ["include/waybill/%s.h" % room, *glob.glob("include/waybill/%s_*.h" % room, root_dir=ROOT), *glob.glob("src/%s/*.[ch]" % room, root_dir=ROOT)]
    return sorted(path for path in found if os.path.exists(os.path.join(ROOT, path)))


def check_files():
    """the lines that name a database, by file"""
    naming = {}
    for own, room in enumerate(ROOMS):
        for path in files_of(room):
            text = text_of(path)
            for other in re.findall(r'^#include "waybill/([a-z]+)[a-z_]*\.h"', text, re.M):
                check(other in ROOMS and ROOMS.index(other) <= own, "%s includes the later room %s" % (path, other))
            check(text.count("\n") <= MOST_LINES, "%s has %d lines" % (path, text.count("\n")))
            for header in re.findall(r"^#include <([\w/.]+)>", text, re.M):
                check(LIBRARIES.get(header, room) == room, "%s uses %s" % (path, header))
            count = sum(bool(NAMES_ONE.search(line)) for line in text.split("\n"))
            if count and not OF_ONE.search(os.path.basename(path)) and path.startswith("src/"):
                naming[path] = count
    return naming


def circles(build):
    """sets of files of one room each of which calls, in some steps, each other"""
    for room in ROOMS:
        defined, used = {}, {}
        objects = [path for path in sorted(glob.glob(os.path.join(build, room, "*.o")))   # but not those of another day's sources
                   if os.path.exists(os.path.join(ROOT, "src", room, os.path.basename(path)[:-2] + ".c"))]
        for line in subprocess.run(["nm", "-A", "-P", *objects], capture_output=True, text=True, check=True).stdout.splitlines() if objects else []:
            path, symbol, kind = line.split()[:3]
            name = os.path.basename(path)[:-3]   # "PATH/name.o:"
            used.setdefault(name, set())
            if kind in "TDBRC":
                defined[symbol] = name
            elif kind == "U":
                used[name].add(symbol)
        calls = {name: {defined[s] for s in symbols if s in defined} - {name} for name, symbols in used.items()}
        reached = {}
        for name in calls:
            seen, todo = set(), list(calls[name])
            while todo:
                other = todo.pop()
                if other not in seen:
                    seen.add(other)
                    todo += calls[other]
            reached[name] = seen
        left = set(calls)
        for name in sorted(calls):
            circle = {other for other in reached[name] if name in reached[other]}
            if name in left and len(circle) > 1:
                yield room, sorted(circle)
            left -= circle


def main():
    build = sys.argv[1]
    listed = {}
    for line in text_of("tests/rooms.txt").split("\n"):
        if line and not line.startswith("#"):
            what, count, *reason = line.split(" ", 2)
            listed[what] = int(count)
            check(what == "dialects" or bool(reason), "rooms.txt gives no reason for " + what)
    naming = check_files()
    found = list(circles(build))
    counted = {"dialects": sum(naming.values()), **{"%s/%s" % (room, circle[0]): len(circle) for room, circle in found}}
    for what, count in counted.items():
        check(count <= listed.get(what, 0), "%s: %d, and rooms.txt has %d" % (what, count, listed.get(what, 0)))
    for what, count in listed.items():
        check(count <= counted.get(what, 0), "%s is down to %d: say so in rooms.txt, which has %d" % (what, counted.get(what, 0), count))
    print("lines that ask which database it is: %d in %d files" % (counted["dialects"], len(naming)))
    for room, circle in found:
        print("a circle of %d files in %s: %s" % (len(circle), room, " ".join(circle)))
    print("rooms: %d passed, %d failed" % (passed, failed))
    sys.exit(failed > 0)


main()
