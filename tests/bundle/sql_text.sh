#!/bin/sh
# Ten files of text like a data migration's, always the same: sql_text.sh MEBIBYTES FOLDER
python3 - "$1" "$2" << 'PY'
import random, sys
r = random.Random(1)
words = "order customer invoice address locale status created shipped amount region profile account payment note".split()
def line():
    return "INSERT INTO %s (id, %s, %s) VALUES (%d, '%s %s', %d.%02d);\n" % (r.choice(words), r.choice(words), r.choice(words), r.randrange(10**7), r.choice(words), r.choice(words), r.randrange(9999), r.randrange(100))
for n in range(10):
    left = (int(sys.argv[1]) << 20) // 10
    with open("%s/%04d_r1_data.upgrade.sql" % (sys.argv[2], n + 11), "w") as f:
        # lines of which each file has its own order: as hard to compress as new ones, and quickly made
        lines = [line() for _ in range(400000)] if n == 0 else lines
        while left > 0:
            text = "".join(r.sample(lines, 4000))
            left -= len(text)
            f.write(text)
PY
