#!/bin/sh
# Rendering base:head of 1,000 and 5,000 generated revisions: against reading the files (cat), and against real Alembic
# where it is installed. Ratios of the best of several runs, all in this run. render.sh PROGRAM
set -eu
program=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 - "$program" "$here" "$work" <<'PY'
import glob, os, resource, subprocess, sys, time
program, here, work = sys.argv[1:]
sys.path.insert(0, here)
import chain

def best(runs, args, stdout):
    seconds, memory = [], 0
    for _ in range(runs):
        with open(stdout, "wb") as out:
            start = time.perf_counter()
            p = subprocess.Popen(args, stdout=out, stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(p.pid, 0)
            seconds.append(time.perf_counter() - start)
        if status:
            return None, None
        memory = max(memory, usage.ru_maxrss)
    return min(seconds), memory

figures = {}
for n in (1000, 5000):
    folder = os.path.join(work, str(n))
    head = chain.write(n, os.path.join(folder, "versions"))
    files = sorted(glob.glob(folder + "/versions/*.py"))
    os.makedirs(folder, exist_ok=True)
    with open(folder + "/alembic.ini", "w") as f:
        f.write("[alembic]\nscript_location = %(here)s\n")
    with open(folder + "/env.py", "w") as f:
        f.write('from alembic import context\ncontext.configure(dialect_name="postgresql", literal_binds=True, dialect_opts={"paramstyle": "named"})\n'
                "with context.begin_transaction():\n    context.run_migrations()\n")
    with open(folder + "/script.py.mako", "w") as f:
        f.write("")
    cat, _ = best(15, ["cat"] + files, "/dev/null")
    up, memory = best(15, [program, "-c", folder + "/alembic.ini", "upgrade", "base:head", "--dialect", "postgresql", "--bare"], work + "/up.sql")
    framed, _ = best(9, [program, "-c", folder + "/alembic.ini", "upgrade", "base:head", "--dialect", "postgresql"], work + "/framed.sql")
    down, _ = best(9, [program, "-c", folder + "/alembic.ini", "downgrade", head + ":base", "--dialect", "postgresql", "--bare"], work + "/down.sql")
    figures[n] = (up, down)
    survey = [program, "-c", folder + "/alembic.ini", "survey"]
    each = [d for name in ("postgresql", "mysql", "mariadb", "sqlite", "oracle", "mssql") for d in ("--dialect", name)]
    one, _ = best(5, survey + each[:2], "/dev/null")
    six, _ = best(5, survey + each, "/dev/null")
    print("%d revisions: upgrade %.3f s, %d MB; framed %.3f s; downgrade %.3f s; cat %.3f s" % (n, up, memory // 1024, framed, down, cat))
    print("  upgrade / cat = %.1f   downgrade / cat = %.1f   framed / cat = %.1f" % (up / cat, down / cat, framed / cat))
    print("  survey of six dialects / of one = %.1f" % (six / one))
    alembic = os.environ.get("ALEMBIC", "alembic")
    try:
        slow, much = best(1, [alembic, "-c", folder + "/alembic.ini", "upgrade", "base:head", "--sql"], work + "/alembic.sql")
    except FileNotFoundError:
        slow = None
    if slow:
        print("  alembic: %.1f s, %d MB: %.0f times our time, %.1f times our memory" % (slow, much // 1024, slow / up, much / memory))
    else:
        print("  alembic: not installed here, not compared")
print("growth from 1,000 to 5,000: upgrade %.1f times, downgrade %.1f times" % (figures[5000][0] / figures[1000][0], figures[5000][1] / figures[1000][1]))
PY
