#!/bin/sh
# Text like a data migration's into all SQLite scripts of a bundle's folder, always the same, each sealed again:
# sql_text.sh MEBIBYTES BUNDLE
python3 - "$1" "$2" << 'PY'
import glob, random, sys
r = random.Random(1)
words = "order customer invoice address locale status created shipped amount region profile account payment note".split()
def line():
    return "INSERT INTO %s (id, %s, %s) VALUES (%d, '%s %s', %d.%02d);\n" % (r.choice(words), r.choice(words), r.choice(words), r.randrange(10**7), r.choice(words), r.choice(words), r.randrange(9999), r.randrange(100))
scripts = sorted(glob.glob(sys.argv[2] + "/sql/sqlite/**/*grade*.sql", recursive=True))
lines = [line() for _ in range(400000)]
for path in scripts:
    text = open(path, "rb").read()
    begin = text.rindex(b"\n-- Receipt: ") + 1
    left, more = (int(sys.argv[1]) << 20) // len(scripts), []
    while left > 0:
        # lines of which each has its own order: as hard to compress as new ones, and quickly made
        more.append("".join(r.sample(lines, 4000)).encode())
        left -= len(more[-1])
    with open(path, "wb") as f:
        f.write(text[:begin] + b"".join(more) + text[begin:])
PY
python3 "$(dirname "$0")/seal.py" "$2"
