#!/usr/bin/python3
"""Every argument of every callable, given what is no argument of it: refused, never an abort, never SQL of what Alembic refuses.

  arguments.py PROGRAM [--all | --share N] [--seed N] [--show WORD] [--list]

Of each call in the statements of calls.py and cases.py, each argument (and each keyword that the real callable has besides) is
replaced by each of VALUES; Alembic renders the statement (in this process, offline) and so does PROGRAM (`survey --emit` of a
project made of it), for six dialects. An outcome fails when

  abort     PROGRAM ends by a signal, with a status other than 0 and 1, or not within a minute
  silent    Alembic raises, PROGRAM renders
  differs   both render, and no row of divergences.py explains the difference
  loose     PROGRAM refuses without a place, or in words that say nothing

unless a row of ACCEPTED says why it is right; so does a row of ACCEPTED that accepts nothing (with --all). Where Alembic raises for
the statement as it was, the dialect says nothing about its arguments, and only aborts count. What PROGRAM refuses and Alembic
renders is counted, and shown by --list.
"""
import ast
import copy
import inspect
import multiprocessing
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import typing

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import calls  # noqa: E402
import cases  # noqa: E402
import differential  # noqa: E402
from differential import DIALECTS, sa  # noqa: E402
from alembic.operations.base import BatchOperations  # noqa: E402

# What a revision may hold besides; `unknown` is of a library that neither side has.
PRELUDE = '''
import enum
class C: pass
class E(enum.Enum): a = "a"; b = "b"
def f(*args, **kwargs): return None
'''
UNKNOWN = "from another_library import unknown\n"
VALUES = {
    "None": "None", "True": "True", "zero": "0", "negative": "-1", "huge": "10**30", "nan": "float('nan')", "real": "1.5",
    "empty": "''", "text": "'zz'", "NUL": "'a\\x00b'", "surrogate": "'\\ud800'", "bytes": "b'\\x00'",
    "list": "[]", "list of 1": "[1]", "list of None": "[None]", "dict": "{}", "dict of 1": "{'a': 1}", "tuple": "()",
    "set": "{1}", "generator": "(i for i in (1, 2))", "range": "range(3)",
    "lambda": "(lambda *args: None)", "function": "f", "class": "C", "object": "C()", "exception": "ValueError", "builtin": "len",
    "Enum": "E", "member": "E.a", "Ellipsis": "...",
    "module": "sa", "sa function": "sa.Column", "type class": "sa.Integer", "type": "sa.Integer()", "column": "sa.Column('q', sa.Integer())",
    "expression": "sa.text('1')", "literal column": "sa.column('a')", "function call": "sa.func.now()",
    "table": "sa.table('w', sa.column('a'))", "Table": "sa.Table('w', sa.MetaData(), sa.Column('a', sa.Integer()))", "MetaData": "sa.MetaData()",
    "select": "sa.select(sa.literal_column('1'))", "constraint": "sa.UniqueConstraint('a')", "index": "sa.Index('ix', 'a')",
    "op": "op", "op function": "op.f", "bind": "op.get_bind()", "identity": "sa.Identity()", "list of columns": "[sa.Column('q', sa.Integer())]",
    "datetime": "datetime.datetime(2024, 1, 2)", "uuid": "uuid.UUID(int=1)", "decimal": "decimal.Decimal('1.5')",
    "unknown": "unknown", "list of unknown": "[unknown]", "unknown call": "unknown('a').b",
}
# (why it is right or left, outcomes, callable, argument, value, what Alembic says of it or else our SQL), as patterns
ANY = r".*"
ACCEPTED = [
    # right: rows of DIVERGENCES.md, and SQLAlchemy 2.0 where the installed one is older
    ("values without a type, and of kinds that SQLAlchemy has no literal for, are written for what they are", "silent", ANY, ANY, ANY,
     r"(CompileError|NotImplementedError): (No literal value renderer|Don't know how to literal-quote|Could not render literal).*"),
    ("bytes have a literal that the server reads", "differs", ANY, ANY, "bytes", ANY),
    ("NaN is a text for the server", "differs", ANY, ANY, "nan", ANY),
    ("True for a number is 1", "differs", ANY, ANY, "True", ANY),
    ("convert_unicode and unicode_error are gone in 2.0, and say nothing that a script would show", "silent", ANY,
     "convert_unicode|unicode_error", ANY, ANY),
    ("by position in 2.0 and not in 1.4", "silent", r"\.endswith|\.startswith|\.contains|\.having|\.with_variant|(sa|mssql|oracle)\.(NCHAR|NVARCHAR\w*|Unicode\w*|UNIQUEIDENTIFIER|NTEXT)|sa\.literal|postgresql\.array|sa\.schema\.\w+", r"\d", ANY,
     r"TypeError: .* takes .*"),
    ("by position another argument in 2.0", "differs", r"sa\.schema\.\w+", ANY, ANY, ANY),
    ("a column stands for its name", "silent", ANY, "columns|local_cols|remote_cols|prefixes|[0-4]", "list of columns|column|Table", ANY),
    ("a time with a zone has one", "differs", r".*\.(DATETIME|TIMESTAMP|TIME)", "0|timezone", ANY, r".*TIME ZONE.*"),
    ("a default in parentheses", "differs", ANY, "existing_server_default", ANY, r".*DEFAULT\(.*"),
    ("a text in parentheses", "differs", ANY, ANY, "expression", ANY),
    ("the names of what nobody reads are left out", "differs", r"\.returning|sa\.exists|sa\.func\.\w+", ANY, ANY, ANY),
    ("a table that the chain has not made is not dropped", "differs", r"\.drop", "checkfirst", ANY, ANY),
    ("SQL Server's comment is dropped", "silent", r"op\.alter_column|.*comment", ANY, "None", ANY),
    ("an unbound parameter is no SQL", "differs", r"\.is(not|_not)?_distinct_from", "0", ANY, ANY),
    ("a DELETE that reads other tables asks for them in EXISTS", "silent", ANY, ANY, ANY, r"NotImplementedError: .*multiple-table criteria.*"),
    ("SQL Server has comments", "silent", ANY, ANY, ANY, r"UnsupportedCompilationError: .*Comment.*"),
    ("what a query reads comes in 2.0's order", "differs", r"\.(outer)?join|\.select_from", "0|1", "table|Table|select", r".*FROM .*, t .*"),
    ("a text in RETURNING is 2.0's", "silent", r"\.returning", ANY, "expression", r"AttributeError: 'TextClause'.*"),
    ("no limit is no word", "differs", r"\.limit", "0|limit", "None", r".*OFFSET 2.*"),
    ("ALTER COLUMN without what is altered is no SQL", "differs", r"(op|batch)?\.alter_column", "server_default|existing_server_default", "identity",
     r".*SET GENERATED.*"),
    ("an empty comment is none", "differs", r"op\.create_table", "comment", "empty", ANY),
    ("with bound metadata 1.4 needs no connection", "silent", r"\.(create|drop)", "0|bind", "None", r"UnboundExecutionError: .*"),
    # left: of no use to anybody, or of one dialect's server alone, which refuses it
    ("what only objects at run time do", "silent", r"sa\.PickleType|sa\.bindparam", "impl|pickler|comparator|protocol|callable_|[0-4]", ANY, ANY),
    ("a function of the database with other arguments than it has", "silent differs", r"sa\.func\..*|\.fun", ANY, ANY, ANY),
    ("Oracle's and identity's words for true where a value is given", "differs", r"sa\.(Identity|Sequence)", ANY, ANY, ANY),
    ("no word for nothing", "silent differs", ANY, "match|initially|onupdate|ondelete|using|escape|1", "empty", ANY),
    ("a text among columns and sort keys is SQL", "silent", r"\.returning|\.with_only_columns|sa\.(asc|desc|nulls_\w+)|\.order_by|\.group_by", ANY,
     "text|NUL", ANY),
    ("a number by another type", "differs", r"\.values|sa\.literal|sa\.bindparam", ANY, "decimal|real", ANY),
    ("what is neither true nor false is true", "silent differs", r"(mysql|postgresql|sa|oracle|mssql)\.[A-Z]\w+|sa\.schema\.\w+|sa\.bindparam|op\.alter_column",
     "varying|unsigned|zerofill|create_type|metadata|include_foreign_key_constraints|charset|collation|schema|expanding|existing_autoincrement|[0-9]", ANY, ANY),
    ("NULL beside an operator", "silent", r"\.\w+", "[0-9]|precedence", "None|True", r"ArgumentError: Only .*|TypeError: '<='.*"),
    ("a number that MySQL's driver would bind", "differs", ANY, ANY, ANY, r".*<=>.*"),
    ("by position and by name", "silent", r"oracle\.FLOAT", "precision", ANY, r".*multiple values.*"),
    ("an array of one value", "silent", r"postgresql\.array", "0", ANY, ANY),
    ("a query among columns is one value", "silent", r"op\.bulk_insert|sa\.case", "[0-9]", ANY, ANY),
    ("a collation or a length that the server's type has not", "differs", r"(sa|sqlite|oracle)\.[A-Z]\w+", ANY, ANY, ANY),
    ("a length that a CHECK stands for", "differs", r"(sa|postgresql|mysql)\.(Enum|ENUM)", ANY, ANY, ANY),
]

LEFT_PER_MILLE = 3

CONSTRUCTS = {"op.create_index": sa.Index, "op.create_table": sa.Table, "op.create_unique_constraint": sa.UniqueConstraint,
              "op.create_primary_key": sa.PrimaryKeyConstraint, "op.create_foreign_key": sa.ForeignKeyConstraint,
              "sa.Index": sa.Index, "sa.Table": sa.Table, "sa.UniqueConstraint": sa.UniqueConstraint,
              "sa.PrimaryKeyConstraint": sa.PrimaryKeyConstraint, "sa.ForeignKeyConstraint": sa.ForeignKeyConstraint,
              "sa.ForeignKey": sa.ForeignKeyConstraint}


def dialect_arguments(construct):
    """the keywords that dialects bring to a construct: postgresql_using, ..."""
    out = []
    for name in DIALECTS:
        known = dict(sa.dialects.registry.load(name).construct_arguments or ())
        out += ["%s_%s" % (name, key) for key in known.get(construct, {}) if key != "*"]
    return sorted(set(out))


def real_parameters(name, names):
    """the names of the callable's parameters, as far as they can be asked for"""
    try:
        found = eval(name, dict(names))
        parameters = inspect.signature(found).parameters.values()
    except Exception:  # noqa: BLE001 - a method of what only the statement makes
        return []
    out = [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    if name in CONSTRUCTS:
        out += dialect_arguments(CONSTRUCTS[name])
    return [each for each in out if each not in ("self", "operations", "batch_op") and not each.startswith("_")]


def callable_name(node):
    """sa.Column; of a method, what follows the last dot"""
    name = ast.unparse(node.func)
    if re.fullmatch(r"(sa(\.\w+)?|op|postgresql|mysql|sqlite|oracle|mssql|\w+)\.\w+", name) and name.split(".")[0] in (
            "sa", "op", "postgresql", "mysql", "sqlite", "oracle", "mssql", "batch"):
        return name
    return "." + node.func.attr if isinstance(node.func, ast.Attribute) else name


def calls_of(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


class Mutant(typing.NamedTuple):
    callable: str
    argument: str
    value: str
    before: str
    base: str
    number: int    # of the call in the base
    how: str       # what becomes of the argument
    at: object

    def body(self):
        """the base, the value in the argument's place"""
        tree = ast.parse(self.base)
        call, new = calls_of(tree)[self.number], ast.parse(VALUES[self.value], mode="eval").body
        if self.how == "positional":
            call.args[self.at:self.at + 1] = [new]
        elif self.how == "keyword":
            call.keywords[self.at].value = new
        else:
            call.keywords.append(ast.keyword(self.at, new))
        return ast.unparse(tree)


def mutants(before, body, names, seen):
    """a Mutant of each argument that was not seen yet and each value"""
    for number, node in enumerate(calls_of(ast.parse(body))):
        name = callable_name(node)
        places = [("positional", i, str(i)) for i in range(len(node.args) + 1)]
        places += [("keyword", i, keyword.arg) for i, keyword in enumerate(node.keywords) if keyword.arg]
        given = {keyword.arg for keyword in node.keywords}
        places += [("added", parameter, parameter) for parameter in real_parameters(name, names) if parameter not in given]
        for how, at, label in places:
            if (name, label) in seen:
                continue
            seen.add((name, label))
            for value in VALUES:
                yield Mutant(name, label, value, before, body, number, how, at)


def all_mutants():
    operations = differential.Operations
    names = {"sa": sa, "op": operations, **{m: getattr(differential, m) for m in ("postgresql", "mysql", "sqlite", "oracle", "mssql")},
             "batch": BatchOperations}
    seen = set()
    for before, body in calls.all_calls() + [(before, body) for _, before, body in cases.all_cases()]:
        yield from mutants(before, body, names, seen)


# ---- one call ----

# What a sanitizer finds would end the program with 1, as a refusal does.
ENVIRONMENT = dict(os.environ, ASAN_OPTIONS="abort_on_error=1", UBSAN_OPTIONS="abort_on_error=1:print_stacktrace=1")


class Outcome(Exception):
    """how PROGRAM fails"""


def theirs(dialect, before, body):
    return differential.alembic_sql(dialect, before, PRELUDE + body)


def ours(program, folder, before, body):
    """{dialect: what PROGRAM writes, or (place, reason) of its refusal}"""
    versions = os.path.join(folder, "versions")
    os.makedirs(versions)
    with open(os.path.join(folder, "alembic.ini"), "w") as f:
        f.write("[alembic]\nscript_location = %(here)s\nversion_locations = %(here)s/versions\n")
    steps = ([("r1", "None", before)] if before else []) + [("r2", '"r1"' if before else "None", body)]
    for name, down, text in steps:
        with open(os.path.join(versions, name + ".py"), "w") as f:
            f.write(UNKNOWN + PRELUDE + differential.HEADER % (name, down, textwrap.indent(text, "    ")))
    out = os.path.join(folder, "out")
    args = [program, "-c", os.path.join(folder, "alembic.ini"), "survey", "--emit", out]
    for dialect in DIALECTS:
        args += ["--dialect", dialect]
    try:
        done = subprocess.run(args, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60, env=ENVIRONMENT)
    except subprocess.TimeoutExpired:
        raise Outcome("not within a minute")
    if done.returncode not in (0, 1):
        raise Outcome("status %d: %s" % (done.returncode, done.stderr.decode(errors="replace")[-2000:]))
    result = {}
    for dialect in DIALECTS:
        path = os.path.join(out, dialect, "r2.up.sql")
        if os.path.exists(path):
            with open(path, encoding="utf-8", errors="replace") as f:
                result[dialect] = f.read()
            continue
        try:
            with open(os.path.join(out, dialect, "refused.tsv"), encoding="utf-8", errors="replace") as f:
                rows = [line.rstrip("\n").split("\t") for line in f if line.startswith("r2\tup")]
        except FileNotFoundError:
            raise Outcome("no outcome for %s: %s" % (dialect, done.stderr.decode(errors="replace")[-500:]))
        if not rows:
            raise Outcome("neither SQL nor a refusal for %s" % dialect)
        result[dialect] = (rows[0][3], rows[0][4])
    return result


bases = {}


def base_of(program, folder, before, body):
    """{dialect: what becomes of the statement as it was: None where Alembic raises, else whether PROGRAM writes the same}"""
    if (before, body) not in bases:
        mine = ours(program, folder, before, body)
        shutil.rmtree(folder)
        told = {d: theirs(d, before, body) for d in DIALECTS}
        bases[before, body] = {d: None if isinstance(told[d], Exception) else not isinstance(mine[d], tuple) and
                               differential.judge(d, told[d], mine[d], set()) is not None for d in DIALECTS}
    return bases[before, body]


def judge(program, folder, mutant):
    """[(outcome, dialect, mutant, what Alembic says, what PROGRAM says)]"""
    body = mutant.body()
    try:
        mine = ours(program, folder, mutant.before, body)
    except Outcome as outcome:
        return [("abort", "", mutant, "", str(outcome))]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    out = []
    renders = base_of(program, folder, mutant.before, mutant.base)
    for dialect in DIALECTS:
        my = mine[dialect]
        if isinstance(my, tuple) and (my[0] == "0" or my[1] in ("", "unknown")):
            out.append(("loose", dialect, mutant, "", my))
        if "unknown" in mutant.value or renders[dialect] is None:
            out.append(("apart", dialect, mutant, "", my))
            continue
        their = theirs(dialect, mutant.before, body)
        if isinstance(their, Exception):
            their = "%s: %s" % (type(their).__name__, their)
            out.append(("both refuse" if isinstance(my, tuple) else "silent", dialect, mutant, their, my))
        elif isinstance(my, tuple):
            out.append(("ours refuses", dialect, mutant, differential.statements(their), my))
        elif renders[dialect] and differential.judge(dialect, their, my, set()) is None:
            out.append(("differs", dialect, mutant, differential.statements(their), differential.statements(my)))
        else:
            out.append(("same", dialect, mutant, "", ""))
    return out


def accepted(result):
    outcome, _, (name, label, value, *_), their, my = result
    text = str(their) if outcome == "silent" else str(my)
    for number, (_, outcomes, *patterns) in enumerate(ACCEPTED):
        if outcome in outcomes.split() and all(
                re.fullmatch(p, t, re.S) for p, t in zip(patterns, (name, label, value, text))):
            return number
    return None


def check_kinds():
    """a parameter's kind that signature.c lacks would take anything"""
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "alembic")
    with open(os.path.join(source, "signature.def")) as f:
        used = set(re.findall(r"\w\??:([a-z]+)", re.sub(r"//.*|type:", "", f.read())))
    with open(os.path.join(source, "signature.c")) as f:
        known = set(re.findall(r'\{"(\w+)", takes_', f.read()))
    if not used or used != known:
        raise SystemExit("kinds of parameters that are not known, or not used: %s" % sorted(used ^ known))


def work(job):
    program, top, number, mutant = job
    return judge(program, os.path.join(top, str(number)), mutant)


def main():
    def option(name, default):
        return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default
    program = os.path.abspath(sys.argv[1])
    check_kinds()
    show, out = option("--show", None), option("--out", None)
    chosen = list(all_mutants())
    of = len(chosen)
    if show:
        chosen = [m for m in chosen if re.search(show, "%s %s %s" % m[:3])]
    elif "--all" not in sys.argv:
        seed = int(option("--seed", "1"))
        print("arguments: seed %d" % seed)
        chosen = random.Random(seed).sample(chosen, min(len(chosen), int(option("--share", "250"))))
    tally, used, failed = {}, set(), 0
    top = tempfile.mkdtemp(prefix="waybill-arguments-")
    dump = open(out, "w") if out else None
    try:
        with multiprocessing.Pool(2) as pool:
            jobs = ((program, top, number, mutant) for number, mutant in enumerate(chosen))
            for results in pool.imap_unordered(work, jobs, 20):
                for result in results:
                    outcome = result[0]
                    row = accepted(result) if outcome in ("silent", "differs", "loose") else None
                    if row is not None:
                        used.add(row)
                        outcome = "accepted"
                    tally[outcome] = tally.get(outcome, 0) + 1
                    bad = outcome in ("abort", "silent", "differs", "loose")
                    failed += bad
                    if dump:
                        dump.write(repr((outcome, result[1], *result[2][:3], result[2].body(), *result[3:])) + "\n")
                    elif bad or (show and "--list" in sys.argv):
                        print("%s %s: %s(%s = %s)\n  %s\n  alembic  %s\n  waybill  %s" % (
                            outcome, result[1], *result[2][:3], result[2].body().replace("\n", "; "), *result[3:]))
    finally:
        shutil.rmtree(top)
    if "--all" in sys.argv:
        for number in set(range(len(ACCEPTED))) - used:
            print("FAILED: nothing is accepted because \"%s\"" % ACCEPTED[number][0])
            failed += 1
    print("arguments: %d of %d calls, %s" % (len(chosen), of, ", ".join("%d %s" % (n, w) for w, n in sorted(tally.items()))))
    if "--all" in sys.argv:
        # a ratchet: what is not listed yet is no more than it was
        left, of = sum(tally.get(word, 0) for word in ("silent", "differs")), sum(tally.values())
        print("%d of %d outcomes are not listed yet" % (left, of))
        failed += (left > of * LEFT_PER_MILLE / 1000) - left
    print("arguments: %d passed, %d failed" % (sum(tally.values()) - failed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
