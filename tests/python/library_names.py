#!/usr/bin/python3
"""What is said to raise does raise: every public name of 40 modules of CPython's library, and every attribute of their classes
and of objects of the common types, is read in a revision of its own. Whatever PROGRAM says of it, it may not say that Alembic
would stop there.

  library_names.py PROGRAM
"""
import importlib
import json
import keyword
import os
import subprocess
import sys
import tempfile
import warnings

MODULES = """abc base64 binascii builtins calendar collections collections.abc configparser contextlib copy csv dataclasses
datetime decimal difflib enum fractions functools glob hashlib hmac importlib importlib.resources inspect io ipaddress itertools
json logging math numbers operator os os.path pathlib pickle platform pprint random re secrets shutil statistics string struct
sys tempfile textwrap time traceback types typing unicodedata urllib.parse uuid warnings zoneinfo""".split()
HEAD = """import collections, datetime, decimal, enum, functools, io, itertools, json, pathlib, re, string, urllib.parse, uuid
class E(enum.Enum):
    A = 1
class C:
    a = 1
P = collections.namedtuple("P", "a b")
def f(a):
    return a
def g():
    yield 1
"""
OBJECTS = """'a' | b'a' | 1 | 1.5 | True | None | [1] | (1,) | {1: 2} | {1} | frozenset([1]) | range(3) | slice(1) | complex(1, 2)
datetime.datetime(2020, 1, 1) | datetime.date(2020, 1, 1) | datetime.time(1) | datetime.timedelta(1) | datetime.timezone.utc
decimal.Decimal('1.5') | uuid.UUID(int=5) | re.compile('a') | re.match('a', 'a') | pathlib.Path('a') | collections.OrderedDict()
collections.defaultdict(list) | collections.Counter('a') | collections.deque() | E.A | E | P(1, 2) | P | f | g() | C | C()
functools.partial(f, 1) | string.Template('a') | urllib.parse.urlparse('http://a') | ValueError('a') | {1: 2}.items() | iter([1])
memoryview(b'a') | object() | 'a'.join | len | str | int | list | dict | set | type | Exception | datetime.datetime
datetime.date | decimal.Decimal | pathlib.Path | io.StringIO() | json"""
REVISION = """%s
from alembic import op
revision = "%s"
down_revision = %s

def upgrade():
    if (%s) is None:
        op.execute("SELECT 1")

def downgrade():
    pass
"""


def expressions():
    for module in MODULES:
        held = importlib.import_module(module)
        for name in dir(held):
            if name.startswith("_") or keyword.iskeyword(name):
                continue
            yield "import " + module, "%s.%s" % (module, name)
            value = getattr(held, name)
            for part in dir(value) if isinstance(value, type) else []:
                if not part.startswith("_") and not keyword.iskeyword(part):
                    yield "import " + module, "%s.%s.%s" % (module, name, part)
    names = {}
    exec(HEAD, names)
    for text in OBJECTS.replace("\n", " | ").split(" | "):
        for part in dir(eval(text, names)):
            if not keyword.iskeyword(part):
                yield HEAD, "(%s).%s" % (text, part)


def main():
    warnings.simplefilter("ignore")
    program, down, read = os.path.abspath(sys.argv[1]), "None", {}
    with tempfile.TemporaryDirectory(prefix="waybill-names-") as folder:
        os.mkdir(os.path.join(folder, "versions"))
        with open(os.path.join(folder, "alembic.ini"), "w") as f:
            f.write("[alembic]\nscript_location = .\n")
        for number, (head, expression) in enumerate(expressions()):
            name = "n%05d" % number
            read[name] = expression
            with open(os.path.join(folder, "versions", name + ".py"), "w") as f:
                f.write(REVISION % (head, name, down, expression))
            down = '"%s"' % name
        done = subprocess.run([program, "survey", "--dialect", "postgresql", "--format", "json"], cwd=folder,
                              stdout=subprocess.PIPE)
    refused = json.loads(done.stdout)["dialects"][0]["refused"]
    wrong = [row for row in refused if "stop here too" in (row["hint"] or "")]
    for row in wrong[:20]:
        print("%s is said to raise: %s" % (read[row["revision"]], row["reason"]))
    print("library names: %d passed, %d failed" % (len(read) - len(wrong), len(wrong)))
    sys.exit(1 if wrong or len(read) < 5000 else 0)


if __name__ == "__main__":
    main()
