#!/usr/bin/python3
"""Waybill's bare SQL against real Alembic's over whole projects, revision by revision; a figure, not a test.

  parity.py PROGRAM [--dialect D]... [--show N] INI|FOLDER...

Each project is rendered by Alembic (in a process of its own, offline, with a plain environment instead of its env.py; a module that
is not installed is a stub, so that the revisions which only import it still run) and by PROGRAM (`survey --emit`). What both render
is equal, divergent by the rules of divergences.py, or different: --show prints so many of those. What one alone renders is counted.
A FOLDER is one of revision files. The last line of each dialect is the figure.
"""
import ast
import collections
import importlib.abc
import importlib.machinery
import io
import json
import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
import types

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import differential  # noqa: E402
import alembic.runtime.migration  # noqa: E402
import alembic.util  # noqa: E402
import sqlalchemy.sql.schema  # noqa: E402
from alembic.config import Config  # noqa: E402
from alembic.operations import Operations  # noqa: E402
from alembic.runtime.environment import EnvironmentContext  # noqa: E402
from alembic.script import ScriptDirectory  # noqa: E402
from alembic.util import load_python_file as load  # noqa: E402
from sqlalchemy.util import OrderedSet  # noqa: E402

SECONDS = 20   # for one direction


class Stub:
    """what a module that is not installed gives: it can be called and inherited from; no SQL can be made of it"""
    def __init__(self, *args, **kwargs):
        pass

    def __getattr__(self, name):
        if name.startswith("__") or name.startswith("_sa_"):
            raise AttributeError(name)
        return Stub()

    def __call__(self, *args, **kwargs):
        return Stub()

    def __iter__(self):
        raise RuntimeError("a stub is no list")

    def __bool__(self):
        raise RuntimeError("a stub is neither true nor false")

    def __str__(self):
        raise RuntimeError("a stub is no text")

    __repr__ = __str__

    def __mro_entries__(self, bases):
        return ()

    def __getitem__(self, key):
        if isinstance(key, int):   # it would be gone through without an end
            raise RuntimeError("a stub is no list")
        return Stub()

    def __or__(self, other):
        return Stub()

    __ror__ = __or__


class StubModule(types.ModuleType):
    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Stub()


class StubFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, fullname, path, target=None):
        known = ("alembic", "sqlalchemy", "mako", "psycopg2", "pymysql", "encodings")
        return None if fullname.split(".")[0] in known else importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec):
        return StubModule(spec.name)

    def exec_module(self, module):
        pass


class ProjectLoader(importlib.machinery.SourceFileLoader):
    """what a module has said before it fails for want of something, and stubs for the rest"""
    def exec_module(self, module):
        try:
            super().exec_module(module)
        except BaseException:   # noqa: B902 - whatever it needs
            module.__getattr__ = StubModule.__getattr__.__get__(module)


class ProjectFinder(importlib.abc.MetaPathFinder):
    """the project's own modules, of those that are not installed"""
    def __init__(self, roots):
        self.roots = roots

    def find_spec(self, fullname, path, target=None):
        parent = sys.modules.get(fullname.rpartition(".")[0])
        if not isinstance(parent.__loader__, ProjectLoader) if parent else importlib.machinery.PathFinder.find_spec(fullname):
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path if parent else self.roots)
        if not spec or not isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            return None
        spec.loader = ProjectLoader(spec.loader.name, spec.loader.path)
        return spec


def roots_of(place):
    """the folders above a chain that its modules may be imported from: what holds a package, and the project's own"""
    found, folder = [], place
    while folder != "/":
        above = os.path.dirname(folder)
        holds = [os.path.exists(os.path.join(*name)) for name in ((folder, "__init__.py"), (above, "__init__.py"), (above, "setup.py"),
                                                                  (above, "setup.cfg"), (above, "pyproject.toml"), (above, "requirements.txt"))]
        if holds[0] and not holds[1] or any(holds[2:]):
            found.append(above)
        folder = above
    return found


def in_order():
    """sets that Alembic and SQLAlchemy loop over keep the order of declaration, one of those that they can have"""
    sqlalchemy.sql.schema.set = alembic.runtime.migration.set = OrderedSet


def load_what_is_there(folder, name):
    """a revision file, or of one that cannot be imported here what the chain needs of it"""
    try:
        module = load(folder, name)
        for word in ("branch_labels", "depends_on"):
            if isinstance(getattr(module, word, None), Stub):
                setattr(module, word, None)
        return module
    except BaseException as error:   # noqa: B902 - whatever its modules do
        module = types.ModuleType(name)
        module.down_revision = module.branch_labels = module.depends_on = None
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            for node in ast.parse(f.read()).body:
                target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
                if isinstance(target, ast.Name) and target.id in ("revision", "down_revision", "branch_labels", "depends_on"):
                    try:
                        setattr(module, target.id, ast.literal_eval(node.value))
                    except ValueError:   # a label that the project's own modules name, of which no link is made
                        if target.id == "revision" or target.id == "down_revision":
                            raise
        if not hasattr(module, "revision"):
            raise error
        return module


def late(*_):
    raise TimeoutError


def render(script, function, dialect):
    buffer = io.StringIO()
    signal.alarm(SECONDS)
    try:
        with EnvironmentContext(Config(), script, as_sql=True) as environment:
            environment.configure(dialect_name="mysql" if dialect == "mariadb" else dialect, literal_binds=True, output_buffer=buffer,
                                  dialect_opts={"paramstyle": "named"})
            context = environment.get_context()
            if dialect == "mariadb":   # as it is behind a mysql:// URL, which is what projects have
                context.dialect._set_mariadb(True, (10, 6))
                context.dialect.supports_sequences = True   # as once it is connected
            with Operations.context(context):
                function()
        return buffer.getvalue()
    except BaseException:   # noqa: B902 - a revision may end the process, or anything else
        return None
    finally:
        signal.alarm(0)


def open_script(place):
    """the revisions of an ini file or a folder, as Alembic reads them here"""
    in_order()
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGALRM, late)
    config = Config(None if os.path.isdir(place) else place)
    if os.path.isdir(place):
        config.set_main_option("script_location", tempfile.mkdtemp())
        config.set_main_option("version_locations", place)
        config.set_main_option("version_path_separator", "os")
    else:
        os.chdir(os.path.dirname(os.path.abspath(place)))
        sys.path[:0] = [os.getcwd()]
        if not config.get_main_option("script_location"):   # as Flask-Migrate has it
            config.set_main_option("script_location", os.getcwd())
    sys.meta_path.insert(0, ProjectFinder(roots_of(place)))
    sys.meta_path.append(StubFinder())
    alembic.util.load_python_file = load_what_is_there
    return ScriptDirectory.from_config(config)


def reference(place, dialects):
    """{"REV.up": {dialect: SQL}} of what Alembic renders"""
    script, found = open_script(place), {}
    for revision in list(script.walk_revisions())[::-1]:
        for name, way in (("upgrade", "up"), ("downgrade", "down")):
            function = getattr(revision.module, name, None)
            for dialect in dialects if function else ():
                sql = render(script, function, dialect)
                if sql is not None:
                    found.setdefault("%s.%s" % (revision.revision, way), {})[dialect] = sql
    return found


def ours(program, place, dialects, folder):
    args = ["--versions", place] if os.path.isdir(place) else ["-c", place]
    subprocess.run([program, "survey", "--emit", folder, *args, *(x for d in dialects for x in ("--dialect", d))],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    found = {}
    for dialect in dialects:
        for name in os.listdir(os.path.join(folder, dialect)) if os.path.isdir(os.path.join(folder, dialect)) else ():
            if name.endswith(".sql"):
                with open(os.path.join(folder, dialect, name), encoding="utf-8") as f:
                    found.setdefault(name[:-4], {})[dialect] = f.read()
    return found


LITERAL = r"(?:TO_DATE\('[^']*', '[^']*'\)|[EN]?'(?:[^']|'')*'(?:::\w+)?|-?[0-9.]+|true|false)"


def is_unbound(theirs, ours):
    """Alembic offline sends a text without the parameters that execute() gives it, each as NULL"""
    return re.fullmatch(re.escape(theirs).replace("NULL", "(?:NULL|%s)" % LITERAL), ours) is not None


def split(statements):
    """one text may hold several statements, which Waybill writes one by one"""
    return [part.strip() for s in statements for part in s.split("; ") if part.strip()]


def judge(dialect, theirs, ours):
    verdict = differential.judge(dialect, theirs, ours, set())
    if verdict:
        return verdict
    if dialect == "sqlite" and "_alembic_tmp_" in ours:
        return "divergent: rebuilt from the model"
    left, right = split(differential.statements(theirs)), split(differential.statements(ours))
    if left == right:
        return "divergent: a text's statements one by one"
    if len(left) == len(right) and all(x == y or is_unbound(x, y) for x, y in zip(left, right)):
        return "divergent: the parameters that execute() gives a text"
    return differential.judge(dialect, "\n\n".join(left), "\n\n".join(right), set()) or "different"


def values(option):
    return [sys.argv[i + 1] for i, a in enumerate(sys.argv) if a == option]


def main():
    if sys.argv[1] == "--reference":
        out, sys.stdout = sys.stdout, sys.stderr   # revisions print
        json.dump(reference(sys.argv[2], sys.argv[3:]), out)
        out.flush()
        os._exit(0)   # whatever a revision's modules have started
    dialects = values("--dialect") or differential.DIALECTS
    show = int((values("--show") or ["0"])[0])
    places = [os.path.abspath(a) for i, a in enumerate(sys.argv[2:], 2) if not a.startswith("--") and not sys.argv[i - 1].startswith("--")]
    counts = {d: collections.Counter() for d in dialects}
    for place in places:
        done = subprocess.run([sys.executable, os.path.abspath(__file__), "--reference", place, *dialects], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            theirs = json.loads(done.stdout)
        except ValueError:
            print("%s: Alembic reads none of it: %s" % (place, done.stderr.decode("utf-8", "replace").strip().split("\n")[-1][:200]))
            continue
        with tempfile.TemporaryDirectory(prefix="waybill-parity-") as folder:
            rendered = ours(os.path.abspath(sys.argv[1]), place, dialects, os.path.join(folder, "out"))
        for key in sorted(set(theirs) | set(rendered)):
            for d in dialects:
                left, right = theirs.get(key, {}).get(d), rendered.get(key, {}).get(d)
                if left is None or right is None:
                    counts[d]["neither" if left is right else "only Alembic" if right is None else "only Waybill"] += 1
                    continue
                verdict = judge(d, left, right)
                counts[d][verdict] += 1
                if verdict == "different" and show > 0:
                    show -= 1
                    a, b = differential.statements(left), differential.statements(right)
                    print("%s %s %s" % (place, key, d))
                    for x, y in zip(a + ["nothing"] * (len(b) - len(a)), b + ["nothing"] * (len(a) - len(b))):
                        if x != y:
                            print("  alembic  %s\n  waybill  %s" % (x[:500], y[:500]))
                            break
    for d in dialects:
        c = counts[d]
        both = sum(n for w, n in c.items() if w not in ("neither", "only Alembic", "only Waybill"))
        for word, n in sorted(c.items(), key=lambda item: (-item[1], item[0])):
            print("  %-12s %6d  %s" % (d, n, word))
        print("%s: both render %d, equal %.2f %%, equal or divergent for a written reason %.2f %%" % (
            d, both, 100.0 * c["equal"] / max(1, both), 100.0 * (both - c["different"]) / max(1, both)))


if __name__ == "__main__":
    main()
