#!/usr/bin/env python3
"""differential.py DRIVER [COUNT] [SEED]: the evaluator against Python itself; --seeds FOLDER writes its programs for the fuzzer.

Snippets are generated from templates over the supported subset, and one in three is a random program of programs.py; both run
them, and the repr of `result` (or the class of the exception) is compared. What the driver refuses (a limit, a part that is not built) is counted apart and is no failure.
Exit status 1 when anything differs."""
import collections
import os
import random
import subprocess
import sys

import programs

STRINGS = ["''", "'a'", "'abc'", "'Hello World'", "'  padded  '", "'a,b,,c'", "'äöü ß'", "'tab\\tline\\nend'", "'ABC123'", "'x'*5",
           "'it\\'s'", "'\"q\"'", "'a.b.c'", "'日本語'", "'%d%%'", "'{}'", "'aaa'", "'_private'", "'CamelCaseName'"]
INTS = ["0", "1", "-1", "7", "-7", "42", "1000000", "2**31", "-2**40", "255", "True", "False", "3"]
FLOATS = ["0.0", "1.5", "-2.25", "1e10", "1e-7", "3.14159", "1e16", "123456789.123", "0.1", "2.0", "1e100", "-0.0", "100.0", "5e-324", "1/3"]
LISTS = ["[]", "[1]", "[1, 2, 3]", "[3, 1, 2]", "['b', 'a', 'c']", "[1, 'a', None]", "[[1, 2], [3]]", "list(range(20))", "[True, 0, 1]", "[1.5, 2]"]
TUPLES = ["()", "(1,)", "(1, 2, 3)", "('a', 'b')", "(1, (2, 3))"]
DICTS = ["{}", "{'a': 1}", "{'a': 1, 'b': 2}", "{1: 'x', 2: 'y'}", "{'k': [1, 2]}", "dict(a=1, b=2)", "{i: i*i for i in range(20)}"]
NONE = ["None"]
ANY = STRINGS + INTS + FLOATS + LISTS + TUPLES + DICTS + NONE
SPECS = ["", "5", "<8", ">8", "^9", "*^9", "08", "+", " ", "x", "#x", "X", "o", "#o", "b", "#b", "d", ",", "_", "010,", "e", ".2e", "f", ".3f", "10.2f",
         "+.1f", "g", ".3g", "G", "%", ".1%", "s", "10s", ".2s", "c", "n", "05d", "-<6", "=+8", "#010x", ",.2f", "E", "#g", "_x", ".0f", "z>4", "5.", "é^7"]
PERCENTS = ["%s", "%r", "%d", "%5d", "%-5d|", "%05d", "%+d", "%x", "%#x", "%X", "%o", "%e", "%.2f", "%8.3f", "%g", "%c", "%5s|", "%-8s|", "%.2s", "%%%s",
            "%i", "%u", "% d", "%.3d", "%+.1e", "%G", "%10r"]
OPS = ["+", "-", "*", "/", "//", "%", "**", "&", "|", "^", "<<", ">>", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or"]

STR_CALLS = [".upper()", ".lower()", ".title()", ".capitalize()", ".swapcase()", ".strip()", ".lstrip()", ".rstrip()", ".strip('a ')", ".split()",
             ".split(',')", ".split(None, 1)", ".split(',', 1)", ".rsplit(',', 1)", ".rsplit(None, 1)", ".splitlines()", ".splitlines(True)", ".join(['x', 'y'])",
             ".join('ab')", ".replace('a', 'X')", ".replace('', '-')", ".replace('a', 'bb', 1)", ".find('b')", ".rfind('a')", ".find('')", ".index('a')",
             ".rindex('a')", ".count('a')", ".count('')", ".startswith('a')", ".endswith(('c', 'd'))", ".startswith(('x', 'H'))", ".zfill(8)", ".ljust(8, '.')",
             ".rjust(8)", ".center(9, '*')", ".center(8)", ".partition('b')", ".rpartition('b')", ".isdigit()", ".isalpha()", ".isalnum()", ".isspace()",
             ".isupper()", ".islower()", ".istitle()", ".isidentifier()", ".isascii()", ".encode()", ".encode('utf-8').decode()", ".removeprefix('a')",
             ".removesuffix('c')", ".expandtabs(4)", ".casefold()", "[0]", "[-1]", "[1:]", "[:-1]", "[::-1]", "[1:5:2]", "[-3:]", "[::-2]", "[5:1:-1]", ".find('a', 1)",
             ".find('b', -2, 10)", ".startswith('b', 1)", ".translate(str.maketrans('abc', 'xyz'))", ".translate({97: None})", ".format()", ".isdecimal()"]
LIST_CALLS = [".copy()", ".index(1)", ".count(1)", "[0]", "[-1]", "[1:]", "[::-1]", "[:2]", "[::2]", "[-2:]", "[10:]"]
LIST_STMTS = ["x.append(9)", "x.extend([7, 8])", "x.insert(0, 'i')", "x.insert(-1, 5)", "x.insert(99, 5)", "x.pop()", "x.pop(0)", "x.remove(1)", "x.reverse()", "x.sort()",
              "x.sort(reverse=True)", "x.sort(key=str)", "x.clear()", "x += [1]", "x *= 2", "x[0] = 'n'", "x[1:2] = [8, 9]", "del x[0]", "del x[1:]", "x = x + x", "x[-1] += 1"]
DICT_STMTS = ["x['n'] = 5", "x.update({'z': 26})", "x.update(q=1)", "x.update([('l', 2)])", "x.pop('a')", "x.pop('zz', 0)", "x.setdefault('a', 3)", "x.setdefault('m', [])",
              "del x['a']", "x.clear()", "x |= {'u': 1}", "x.popitem()", "x['a'] += 1"]
FUNCTIONS = ["len(%s)", "str(%s)", "repr(%s)", "int(%s)", "float(%s)", "bool(%s)", "list(%s)", "tuple(%s)", "sorted(%s)", "sorted(%s, reverse=True)", "sum(%s)", "min(%s)",
             "max(%s)", "any(%s)", "all(%s)", "abs(%s)", "list(reversed(%s))", "list(enumerate(%s))", "dict(%s)", "ord(%s)", "chr(%s)", "hex(%s)", "oct(%s)", "bin(%s)",
             "round(%s)", "round(%s, 2)", "type(%s).__name__", "isinstance(%s, str)", "isinstance(%s, (int, float))", "callable(%s)", "list(map(str, %s))", "sorted(set(%s))",
             "list(zip(%s, 'abc'))", "list(filter(None, %s))", "-%s", "+%s", "~%s", "not %s", "next(iter(%s), 'none')", "hash(%s) == hash(%s)", "[*%s]", "{**%s}",
             "list(range(%s))[:5]", "divmod(%s, 3)", "pow(%s, 2)", "tuple(%s) == tuple(%s)", "f\"\"\"{%s}\"\"\"", "f\"\"\"{%s!r}\"\"\"", "f\"\"\"{%s!s:>10}\"\"\"", "'%%s' %% (%s,)", "'{}'.format(%s)", "'{!r:<9}|'.format(%s)",
             "bytes(%s, 'utf-8')", "int(%s, 16)", "max(%s, default=1)", "sum(%s, 10)", "json.dumps(%s)", "json.loads(json.dumps(%s))",
             "json.dumps(%s, indent=2, sort_keys=True)", "json.dumps(%s, separators=(',', ':'), ensure_ascii=False)", "copy.deepcopy(%s) == %s"]

PROGRAMS = r'''
import datetime
days = [datetime.datetime(y, m, 28, 5).toordinal() for y in (1, 1969, 2016, 9999) for m in (2, 12)]
result = days, [datetime.date.fromordinal(d) for d in days], datetime.datetime.fromordinal({small} + 1)
----
import datetime
result = datetime.datetime.utcfromtimestamp({int})
----
import urllib.parse as p
u = p.urlparse({str} + 'http://u:p@Ex.com:80/a;b?c=' + {str} + '#' + {str})
result = u, u.geturl(), u.hostname, u.username, list(u), u._replace(path='/x'), p.urlsplit('//h/' + {str}).path
----
from urllib.parse import urlparse
u = urlparse('http://User:pa:ss@Ex.com:80/a/b;c?d#e')
result = u.hostname, u.port, u.username, u.password, u[0], u.params, u.netloc, urlparse('http://h:99999/').port
----
from urllib.parse import quote, quote_plus, unquote, unquote_plus
result = quote({str}), quote({str}, safe=''), quote_plus({str} + ' +'), unquote(quote({str})), unquote_plus({str} + '%20+%zz%')
----
from urllib import parse
result = parse.urlencode({{'a': {any}, {str}: {int}}}), parse.urlencode([('k', {list}), ('s', {str})], doseq=True)
----
from urllib.parse import parse_qs, parse_qsl
result = parse_qs('a=1&a=2&b=&' + {str} + '=' + {str}), parse_qsl({str} + '&x=%41+', keep_blank_values=True)
----
from urllib.parse import urljoin
result = [urljoin(b, r) for b in ('http://a/b/c/d;p?q', '/x/y', '') for r in ('../g', './g/', '//h/i', '?y', '#s', 'g;x=1/../y', {str})]
----
import string
t = string.Template({str} + ' $a ${{b}}x $$ $a_b! ')
result = t.safe_substitute(a={any}), t.substitute({{'a': 1, 'b': {int}}}, a_b=2)
----
import string
result = string.Template({str} + '$').substitute()
----
import string
result = string.Template('${{a}}$1 $b').safe_substitute({{'a': {any}}}), string.Template('$zz').substitute(a=1)
----
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
result = [fib(i) for i in range({small})]
----
def f(a, b={int}, *args, c=3, **kw):
    return a, b, args, c, sorted(kw)
result = f({any}), f(1, 2, 3, c=4, d=5), f(*[1, 2], **{{'z': 1}})
----
def f(a, /, b, *, c):
    return a + b + c
result = f(1, b=2, c={int})
----
def f(a, b): return a
result = f(1, 2, 3)
----
def f(a, b): return a
result = f(1, c=3, b=2)
----
x = {any}
try:
    result = x[0]
except (TypeError, KeyError) as e:
    result = type(e).__name__
except IndexError:
    result = 'index'
----
try:
    raise ValueError({any})
except Exception as e:
    result = str(e), repr(e), e.args
----
class E(Exception):
    def __init__(self, code):
        super().__init__('code %s' % code)
        self.code = code
try:
    raise E({int})
except E as e:
    result = e.code, str(e), isinstance(e, Exception)
finally:
    done = True
----
log = []
def g():
    try:
        log.append(1)
        return log
    finally:
        log.append(2)
result = g()
----
log = []
for i in range({small}):
    if i == 2: continue
    if i == 6: break
    log.append(i)
else:
    log.append('else')
result = log
----
n = 0
while n < {small}:
    n += 2
else:
    n = -n
result = n
----
a, *b, (c, d) = 1, 2, 3, (4, {any})
result = a, b, c, d
----
result = [(x, y) for x in range(3) for y in 'ab' if x != 1], {{k: v for k, v in zip('abc', range(3))}}, sorted({{x % 3 for x in range(10)}})
----
def counter():
    n = 0
    def inc(by=1):
        nonlocal n
        n += by
        return n
    return inc
c = counter()
result = c(), c(5), c()
----
class A:
    kind = 'a'
    def __init__(self, x): self.x = x
    def __repr__(self): return 'A(%r)' % (self.x,)
    def __eq__(self, o): return self.x == o.x
    @property
    def double(self): return self.x * 2
    @staticmethod
    def s(v): return v
    @classmethod
    def make(cls, v): return cls(v)
class B(A):
    kind = 'b'
    def __init__(self, x):
        super().__init__(x)
        self.y = 1
    def __str__(self): return 'B!'
result = A({any}), B(2).double, A.s(3), B.make(4), A(1) == A(1), A(1) != A(2), str(B(1)), f'{{B(1)}}', B.kind, A.kind, [A(1)]
----
import enum
class Color(enum.Enum):
    RED = 1
    GREEN = 'g'
    ALIAS = 1
result = Color.RED, Color('g'), Color['GREEN'], [c.name for c in Color], Color.ALIAS is Color.RED, Color.RED == 1, str(Color.RED), len(Color), Color.GREEN.value
----
from enum import Enum, IntEnum, auto
class P(str, Enum):
    low = 'LOW'
    high = 'HIGH'
class N(IntEnum):
    a = auto()
    b = auto()
result = P.low == 'LOW', P('HIGH').name, [p.value for p in P], N.b + 1, N.a < N.b, 'x' + P.low, P.low.lower(), ','.join(P), N.b == 2, isinstance(P.low, str)
----
import enum
class C(enum.Enum):
    A = 1
result = C({int})
----
def gen(n):
    for i in range(n):
        yield i * 2
    yield 'end'
result = list(gen({small})), sum(gen(0) and [1]), [x for x in gen(2)]
----
from contextlib import contextmanager
log = []
@contextmanager
def tag(name):
    log.append('<' + name)
    try:
        yield name.upper()
    finally:
        log.append(name + '>')
with tag('a') as a, tag('b') as b:
    log.append((a, b))
result = log
----
class M:
    def __enter__(self): return 5
    def __exit__(self, t, v, tb): return t is KeyError
with M() as m:
    {{}}['x']
result = m
----
import datetime as dt
d = dt.datetime(2024, 2, {day}, 23, 59, 58, {int} % 1000000)
result = d, str(d), d.isoformat(), d + dt.timedelta(days=1, hours=1), d.date(), d.strftime('%Y-%m-%d %H:%M:%S.%f %j %a %b %p %I %y %B %A %%'), d - dt.datetime(2020, 1, 1), d.weekday(), d.replace(year=2023, day=1), d < dt.datetime(2025, 1, 1)
----
from datetime import timedelta, date, time, timezone, datetime
result = timedelta(days={int} % 1000, seconds=61), str(timedelta(hours=-5, minutes=3)), date(2000, 3, 1) - date(2000, 2, 28), time(4, 5), datetime(2020, 1, 1, tzinfo=timezone.utc), str(datetime(2020, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=30)))), datetime.fromisoformat('2021-05-06T07:08:09+02:00').isoformat(), timedelta(1).total_seconds()
----
from decimal import Decimal
result = Decimal('1.10') + Decimal('{small}.5'), Decimal('3') * 2, str(Decimal('1E+3')), Decimal('0.10') == Decimal('0.1'), Decimal('-1.50') - 1, Decimal(5), str(Decimal('0.0000001'))
----
import uuid
u = uuid.UUID('12345678-1234-5678-1234-56781234567{digit}')
result = u, str(u), u.hex, uuid.UUID(u.hex) == u, uuid.uuid5(uuid.NAMESPACE_URL, {str}), uuid.uuid3(u, {str} * 9), uuid.uuid5(u, ''), uuid.uuid5(u, {str} * 7)
----
import re
s = {str}
result = re.findall(r'[a-z]+', s), re.sub(r'(\w)(\w)', r'\2\1', s), re.split(r'[,\s]+', s), bool(re.match(r'\w+$', s)), [m.span() for m in re.finditer(r'a|b', s)], re.search(r'(?P<x>[A-Z])', s) and re.search(r'(?P<x>[A-Z])', s).group('x'), re.escape(s)
----
import textwrap
result = textwrap.dedent("""
    select {int}
      from t

    where x
    """), textwrap.indent('a\n\nb\n', '> ')
----
from collections import OrderedDict, defaultdict, namedtuple, Counter
dd = defaultdict(list)
for i in {list}: dd[str(i)].append(i)
Pt = namedtuple('Pt', 'x y')
p = Pt(1, y=2)
result = dict(dd), p, p.x + p[1], list(p), Counter('abca')['a'], list(OrderedDict(a=1, b=2).items()), dict(Counter('aab'))
----
import itertools, functools, operator
result = list(itertools.chain([1], (2, 3))), list(itertools.product('ab', [0, 1])), list(itertools.islice(range(10), 2, 7, 2)), functools.reduce(lambda a, b: a + b, [1, 2, 3]), functools.partial(int, base=16)('ff'), sorted([(2, 'a'), (1, 'b')], key=operator.itemgetter(0)), list(itertools.chain.from_iterable([[1], [2]]))
----
from dataclasses import dataclass, field
@dataclass
class D:
    a: int
    b: str = 'x'
    c: list = field(default_factory=list)
result = D({int}), D(1, b='y') == D(1, 'y'), D(1).c, D(2).a
----
match {any}:
    case 0 | 1: result = 'bit'
    case int(): result = 'int'
    case str() as s if s: result = 'str ' + s
    case [a, *rest]: result = a, rest
    case {{'a': v, **others}}: result = v, others
    case None: result = 'none'
    case _: result = 'other'
----
import os
result = os.path.join('a', {str}, 'c'), os.path.dirname('/x/y/z.py'), os.path.basename('/x/y/z.py'), os.path.splitext('a.tar.gz'), os.path.join('a', '/b')
----
import base64, binascii
b = {str}.encode()
result = base64.b64encode(b), base64.b64decode(base64.b64encode(b)) == b, binascii.hexlify(b), b.hex()
----
x = {any}
result = x if x else 'empty', (y := 5) + y, [z := 1, z]
----
x = 5
def f():
    global x
    x = 6
    return x
f()
result = x
----
def f():
    print(v)
    v = 1
f()
----
del_me = 1
del del_me
result = del_me
----
fs = [lambda i=i: i * {int} for i in range(3)]
result = [f() for f in fs], (lambda *a, **k: (a, k))(1, b=2)
----
def deco(f):
    def w(*a, **k):
        return ['w', f(*a, **k)]
    return w
@deco
def g(x): return x
result = g({any})
----
s = ''
for i in range({small}):
    s += str(i)
result = s, len(s)
----
result = "{{0}} {{1!r}} {{name}} {{0:>5}} {{d[k]}} {{l[0]}}".format({any0}, 'x', name='n', d={{'k': 1}}, l=[2])
----
result = '%(a)s-%(b)05d' % {{'a': {any}, 'b': 42}}, '%s %s' % (1, 'a'), '%s' % {str}, '%-5s|%5.1f' % ('ab', 2.55)
----
w = 8
v = {num}
result = f'{{v:>{{w}}}}', f'{{v=}}', f'{{v!r:^10}}', f"{{'a' 'b'}}{{1 + 1}}", f'{{{{}}}}', f'{{v:{{w}}.{{2}}f}}'
----
assert {any}, 'message'
result = 'passed'
----
import string, math
result = string.ascii_lowercase[:3], math.ceil({num}), math.floor({num}), math.pi
----
x = {list}
it = iter(x)
result = next(it, None), list(it), next(it, 'done')
----
result = {list} < {list}, {tuple} < {tuple}, {tuple} + {tuple}
----
result = sorted({{1, 2}} | {{3}}), sorted({{1, 2}} & {{2}}), sorted({{1, 2}} - {{2}}), sorted({{1, 2}} ^ {{2, 3}}), {{1}} <= {{1, 2}}, {{1}} == {{1}}, sorted(set('abca')), 1 in {{1}}
'''.strip('\n').split('\n----\n')


def literal(kind, r):
    pools = {"str": STRINGS, "int": INTS, "float": FLOATS, "list": LISTS, "tuple": TUPLES, "dict": DICTS, "any": ANY, "any0": STRINGS + INTS, "num": INTS + FLOATS,
             "small": ["0", "1", "3", "8", "12"], "day": ["1", "28", "29"], "digit": list("0123456789abcdef")}
    return r.choice(pools[kind])


def snippet(r):
    kind = r.randrange(16)
    if kind > 10:
        return programs.program(r)
    if kind == 0:
        return "result = %s %s %s" % (r.choice(ANY), r.choice(OPS), r.choice(ANY))
    if kind == 1:
        pool = r.choice([INTS, FLOATS, INTS + FLOATS, STRINGS, LISTS, TUPLES])
        return "result = %s %s %s" % (r.choice(pool), r.choice(OPS), r.choice(pool))
    if kind == 2:
        return "result = (%s)%s" % (r.choice(STRINGS), r.choice(STR_CALLS))
    if kind == 3:
        return "result = format(%s, %r)" % (r.choice(INTS + FLOATS + STRINGS), r.choice(SPECS))
    if kind == 4:
        return "result = %r %% (%s,)" % (r.choice(PERCENTS), r.choice(INTS + FLOATS + STRINGS))
    if kind == 5:
        return "x = %s\n%s\nresult = x" % (r.choice(LISTS), r.choice(LIST_STMTS))
    if kind == 6:
        return "x = %s\n%s\nresult = x, list(x.items()), list(x), list(x.values())" % (r.choice(DICTS), r.choice(DICT_STMTS))
    if kind == 7:
        f = r.choice(FUNCTIONS)
        return "import json, copy\nresult = " + f.replace("%s", "(" + r.choice(ANY) + ")").replace("%%", "%")
    if kind == 8:
        return "result = (%s)%s" % (r.choice(LISTS + TUPLES), r.choice(LIST_CALLS))
    return fill(r.choice(PROGRAMS), r)


def fill(program, r):
    return program.format(**{k: literal(k, r) for k in ("str", "int", "float", "list", "tuple", "dict", "any", "any0", "num", "small", "day", "digit")})


def is_heavy(source):
    """Whether Python itself would need gigabytes or minutes."""
    big = any(n in source for n in ("2**31", "2**40", "1000000", "1e10", "1e16"))
    return big and any(op in source for op in (") * (", " * ", " ** ", " << ", "range(", "bytes(", "pow("))


def reference(source):
    names = {"__name__": "revision"}
    try:
        exec(compile(source, "snippet", "exec"), names)
    except BaseException as e:
        return "!" + type(e).__name__
    try:
        return repr(names.get("result", "(none)"))
    except Exception:
        return "(no repr)"


def write_seeds(folder):
    """one instance of each program, for the fuzz target to start from"""
    r = random.Random(1)
    for i, program in enumerate(PROGRAMS):
        with open(os.path.join(folder, "program_%02d.py" % i), "w", encoding="utf-8", errors="surrogateescape") as f:
            f.write(fill(program, r) + "\n")
    return 0


def main():
    if sys.argv[1] == "--seeds":
        return write_seeds(sys.argv[2])
    if sys.version_info[:2] != (3, 11):   # what the evaluator is held to
        print("python: not compared, this is Python %d.%d and not 3.11" % sys.version_info[:2])
        return 0
    driver, count, seed = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3000, int(sys.argv[3]) if len(sys.argv) > 3 else 1
    import warnings
    warnings.simplefilter("ignore")
    r = random.Random(seed)
    snippets = []
    while len(snippets) < count:
        source = snippet(r)
        if not is_heavy(source):
            snippets.append(source)
    fed = "".join(s + "\n\f\n" for s in snippets)
    lines = subprocess.run([driver], input=fed, capture_output=True, text=True, encoding="utf-8", errors="surrogateescape").stdout.split("\n")
    same = refused = 0
    reasons, wrong = collections.Counter(), []
    for source, got in zip(snippets, lines):
        want = reference(source)
        if want == "!SyntaxError" and '{' in source and sys.version_info < (3, 12):
            want = got   # f-strings of 3.12 hold quotes and backslashes
        if got == want or {got, want} <= {"!UnboundLocalError", "!NameError"}:
            same += 1
        elif got.startswith("?"):
            refused += 1
            reasons[got] += 1
        else:
            wrong.append((source, got, want))
    print("%d snippets: %d equal, %d refused, %d different" % (len(snippets), same, refused, len(wrong)))
    for reason, n in reasons.most_common(12):
        print("  refused %5d  %s" % (n, reason))
    for source, got, want in wrong[:40]:
        print("---\n%s\n  got  %s\n  want %s" % (source, got, want))
    return 1 if wrong or len(lines) < len(snippets) else 0


sys.exit(main())
