#!/bin/sh
# Rendering base:head of 1,000 and 5,000 generated revisions: against reading the files (cat), and against real Alembic
# where it is installed. Then the survey, both ways, of a chain as long as the longest real ones, against Alembic's
# upgrade base:head --sql; WAYBILL_CHAIN names the version folder of a real chain instead: what it imports and is not there
# is a stand-in to Alembic, and revisions that raise are passed over. Ratios of the best of several runs, all in this run.
# render.sh PROGRAM
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
ENV = '''import importlib.abc, importlib.machinery, sys
from unittest import mock
from alembic import context

class StandIn(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        return importlib.machinery.ModuleSpec(name, self, is_package=True)
    def create_module(self, spec):
        module = mock.MagicMock(name=spec.name)
        module.__path__ = []
        module.__spec__ = spec
        return module
    def exec_module(self, module):
        pass

sys.meta_path.append(StandIn())

def passing_over(function):
    def run(*args, **kw):
        try:
            function(*args, **kw)
        except Exception:
            pass
    return run

for script in context.script.walk_revisions():
    script.module.upgrade = passing_over(script.module.upgrade)
context.configure(dialect_name="postgresql", literal_binds=True, dialect_opts={"paramstyle": "named"})
with context.begin_transaction():
    context.run_migrations()
'''
folder = os.path.join(work, "survey")
os.makedirs(folder)
versions = os.environ.get("WAYBILL_CHAIN")
if not versions:
    versions = folder + "/versions"
    chain.write(549, versions)
with open(folder + "/alembic.ini", "w") as f:
    f.write("[alembic]\nscript_location = %%(here)s\nversion_locations = %s\n" % os.path.abspath(versions))
with open(folder + "/env.py", "w") as f:
    f.write(ENV)
with open(folder + "/script.py.mako", "w") as f:
    f.write("")
survey = [program, "--versions", versions, "survey", "--dialect", "postgresql"]
ours, memory = best(9, ["sh", "-c", '"$@" || [ $? -eq 1 ]', "sh"] + survey, "/dev/null")   # 1: something is refused
try:
    slow, much = best(2, [alembic, "-c", folder + "/alembic.ini", "upgrade", "base:heads", "--sql"], work + "/alembic.sql")
except FileNotFoundError:
    slow = None
print("survey of %d revisions, both ways: %.3f s, %d MB" % (len(glob.glob(versions + "/*.py")), ours, memory // 1024))
print("  alembic upgrade base:heads --sql: " + ("%.1f s: %.0f times our time" % (slow, slow / ours) if slow else "not compared"))
print("growth from 1,000 to 5,000: upgrade %.1f times, downgrade %.1f times" % (figures[5000][0] / figures[1000][0], figures[5000][1] / figures[1000][1]))
PY
