"""Random programs of several statements over what revision files are written with: containers and slices, text and its methods,
formats, comprehensions, exceptions, functions, closures, generators, classes, dataclasses, enums, matching, and the members of
the library's modules that migrations call. Each statement may fail: what it raised is logged, and the program goes on.

In the templates §i is an int, §s a text, §l a list, §d a dict, §t a tuple, §f a float, §c a condition, §m a Decimal, §a any of them, §r a pattern;
§I, §S, ... the same, but a constant or a name; §(x|y) is one of these, §n the statement's own name."""

HEADER = """import collections, copy, dataclasses, datetime, decimal, enum, functools, itertools, json, math, operator, re, string, textwrap, uuid
from collections import OrderedDict, defaultdict, namedtuple, Counter, deque, ChainMap
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime as dt, time, timedelta, timezone
from decimal import Decimal, ROUND_DOWN, ROUND_HALF_UP
from enum import Enum, IntEnum, auto
from typing import Any, Dict, List, NamedTuple, Optional
log = []
"""

CONSTANTS = {
    "i": "0|1|-1|2|3|7|10|12|99|-8|255|1000|65536",
    "f": "0.0|0.5|-1.25|2.0|3.75|1e6|1e-3|100.125",
    "s": r"'alpha'|'Beta'|'user_id'|'x'|''|'a,b;c'|'  pad '|'Größe'|'it\'s'|'%s'|'{}'|'1'|'-5'|'3.50'|'CamelCase'|'tab\tend'|'line\nnext'|'ß'|'aaa'|'A-b.C'",
    "l": "[]|[§A]|[§A, §A]|[§A, §A, §A]|[1, 'a', None]|[3, 1, 2]|['b', 'a']|[[1], (2, 3)]",
    "d": "{}|{§S: §A}|{§S: §A, 'x': §A}|{'x': 1, 'a': [2]}",
    "t": "()|(§A,)|(§A, §A)|(1, 2)|('a', 'b', 'c')",
    "c": "True|False|§I > 3|§S|not §L",
    "m": "Decimal('1.10')|Decimal('-3')|Decimal('0.005')|Decimal('12.345')|Decimal('1E+2')|Decimal(7)|Decimal('0')|Decimal(§I)",
    "r": r"r'[a-z]+'|r'\d+'|r'(\w)(\w)'|r'^\s+,?'|r'(?i)B'|r'(?P<n>[A-Z])[a-z]*'|r'a{2,3}'|r'[^\w]'|r'\b'|r'(?<=a)b'|r'(a,?)*?c'|r'.'|r'(?=[A-Z])'",
}

EXPRESSIONS = {
    "i": """§i + §i|§i - §i|§i * §i|§i // §i|§i % §i|§i & §i|§i ^ §i|-§i|~§i|abs(§i)|max(§i, §i)|min(§i, §i)|§i if §c else §i|len(§s)|len(§l)|len(§d)
        |§s.count(§S)|§s.find(§S)|§s.index(§S)|§s.rfind(§S, 1)|int(§s)|int(§f)|int(§s, §(10|16|2|0))|sum(x for x in §l if isinstance(x, int))|sum(1 for x in §l if §c)
        |§l.index(§A)|§l.count(§A)|round(§f)|divmod(§i, §i)[§(0|1|-1)]|§d.get(§S, §i)|ord(§s)|bool(§a) + 1|math.floor(§f)|math.ceil(§f)
        |§i ** §(0|1|2|3)|§i << §(0|3)|§i >> §(1|4)|Counter(§s)['a'].exponent|int(§m)|(§i).bit_length()|next((x for x in §l if isinstance(x, int)), §i)
        |functools.reduce(lambda p, q: p + q, §l, §i)|sum(map(len, §l))|sum(§l, §i)|max(§l, key=str, default=0)|max(map(len, §l), default=0)""",
    "f": "§f + §f|§f - §f|§f * §f|§f / §f|§f // §f|§f % §f|float(§i)|float(§s)|round(§f, §(-1|0|1|2))|§i / §i|abs(§f)|max(§f, §I)|float(§m)|timedelta(§(days|hours|milliseconds)=§I).total_seconds()|math.sqrt(§i)",
    "s": r"""§s + §s|§s * §(0|1|3)|§s.§(upper|lower|title|capitalize|swapcase|strip|lstrip|rstrip|casefold)()|§s[§(|1|-2):§(|2|-1)]|§s[§i:]|§s[::§(-1|2|-2)]|§s[§i]|§s.replace(§S, §S)|§s.replace(§S, §S, 1)
        |§S.join(map(str, §l))|§S.join(sorted(str(x) for x in §l))|§S.join(§l)|§s.§(removeprefix|removesuffix|strip|lstrip|rstrip)(§S)|str(§a)|repr(§a)|str(§m)|repr(§m)|ascii(§s)
        |'%§(s|r|5s|-6s|d|05d|.2f|x|%s and %s|e|g|c)' % (§a,)|'%(a)s/%(b)r' % {'a': §A, 'b': §A}|§s % §a|'{:§(5|<8|>8|^9|*^9|05|+|x|#x|b|,|08.3f|.2f|e|g|%|s|.2|_|o|d|>+7)}'.format(§a)|format(§a, §S)
        |'{0}-{1!r}-{k[0]}-{0:>4}'.format(§A, §A, k=§l)|f"{§(i0|s0|l0|i0 + 1|len(l0)|l0[0]|f0|d0)§(|:5|:>6|!s:<7|=|!a|!r:>12|:05.1f)}, {§(i0|s0|f0):{i0 % 9}}"|§s.§(partition|rpartition)(§(','|'a'|'_'|§S))[§(0|1|2|-1|5)]
        |§s.§(ljust|rjust|center|zfill)(§(0|5|9))|§s.center(8, '*')|json.dumps(§a)|json.dumps(§a, §(sort_keys=True|indent=1|separators=(',', ':')|ensure_ascii=False|default=str))
        |re.sub(§r, §('-'|r'<\g<0>>'|lambda m: m.group().upper()), §s)|re.sub(§r, '', §s, count=1)|re.escape(§s)|textwrap.dedent(§('  a\n    b\n'|'\n\tx\n\ty'|§s))|textwrap.indent(§s, '> ')
        |string.Template('$a ${b} $$').substitute(a=§A, b=§A)|chr(§i)|type(§a).__name__|str(uuid.uuid5(uuid.NAMESPACE_DNS, §s))|§s.expandtabs(§(0|4))|§s.translate(str.maketrans(§('ab', 'xy'|{'a': None, 'b': 'ZZ'}|'', '', 'aeiou')))
        |§s or §s|§s and §s|§s if §c else §s|§s.encode().decode()|§s.encode('utf-8').hex()|§s.encode('ascii', 'ignore').decode()|str(timedelta(seconds=§i, days=§(-1|0|2)))|max(§s, §s)|min(§l, key=str)|json.loads(json.dumps(§s))
        |hex(§i)|bin(§i)|oct(§i)|str(§l[§I])|str(§d[§S])|''.join(reversed(§s))|''.join(c for c in §s if c.§(isalpha|isupper|isalnum)())|' '.join(f'{k}={v}' for k, v in §d.items())|re.compile(§r).pattern|format(§m, '§(>9|.2f|010.1f|,.2f|+f|^8|.0f|.1f)')|'%.2f' % §m|str(§t)|operator.itemgetter(0)(§l)""",
    "l": r"""§l + §l|§l[§(|1|-2):§(|2|-1)]|§l[::§(-1|2)]|§l[§i:]|sorted(§l, key=§(str|repr|lambda x: (str(type(x)), str(x))|lambda x: -len(str(x))))|sorted(§l, key=str, reverse=True)|sorted(§l)|list(§s)|list(§d)|list(§t)|list(§a)
        |§s.split()|§s.split(§(','|None, 1|'a'|'_', 1|§S))|§s.rsplit('_', §(0|1))|§s.splitlines(§(|True))|[§(x|str(x)|(x, §i)|x if x else None|f'{x}'|{x: 1}) for x in §l§(| if x| if not isinstance(x, str)| for _ in range(2))]
        |[y for x in §l for y in (x if isinstance(x, (list, tuple)) else [x])]|list(zip(§l, §(§s|§l|range(3)|itertools.count(1))))|list(enumerate(§l, §i))|list(reversed(§l))|[*§l, *§s]|list(map(lambda x: §(x|[x]|str(x) * 2|x + 1), §l))
        |list(filter(§(None|lambda x: x|callable), §l))|list(§d.§(keys|values|items)())|sorted(§d.items(), key=lambda kv: §(kv[0]|str(kv[1])|(str(kv[1]), kv[0])))|list(itertools.chain(§l, §l))|list(itertools.product(§L, 'ab'))
        |list(itertools.islice(§l, 1, 3))
        |list(itertools.chain.from_iterable([§l, §s]))
        |re.§(findall|split)(§r, §s)|[m.§(span()|group()|start()|groups()|groupdict()) for m in re.finditer(§r, §s)]|sorted(set(§l), key=lambda x: (str(x), str(type(x))))|list(dict.fromkeys(§l))|json.loads(json.dumps(§l))|copy.§(copy|deepcopy)(§l)|list(range(§I, §I))[:6]
        |list(range(§I, §I, §(2|-1|0)))[:6]|Counter(§l).most_common(§(|2))|§l * §(0|2)|[x for x in §l if §c]|§l or §l|list(map(operator.itemgetter(0), §l))|[*map(str, §l)][-2:]""",
    "d": """{**§d, **§d}|{str(x): §(x|len(str(x))|[x]) for x in §l}|dict(§d, k=§A)|dict(zip('abc', §l))|{k: v for k, v in §d.items() if §(v|k != 'x'|not isinstance(v, str))}|{str(v): k for k, v in §d.items()}|dict(sorted(§d.items()))
        |dict(Counter(§s))|json.loads(json.dumps(§d))|dict(OrderedDict(§d))|dict.fromkeys(§s, §A)|dict(enumerate(§l))|dict(§l)|§d.copy()|{x: y for x, y in zip(§s, §l)}""",
    "t": "tuple(§l)|§t + §t|(*§l, §A)|§s.partition('a')|divmod(§i, §i)|tuple(sorted(map(str, §l)))|§t[::-1]|§t[§(0:1|1:)]|tuple(§d.items())|§t * 2",
    "c": """§i §(<|<=|==|!=|>) §i|§S in §s|§A in §l|§S in §d|§A not in §t|§c and §c|§c or §c|not §c|§s.§(startswith|endswith)(§('a'|('a', 'B')|'x', 1|''))|§s.§(isdigit|isalpha|isupper|islower|isidentifier|isspace|istitle|isnumeric|isalnum|isdecimal|isascii)()
        |isinstance(§a, §(str|(int, list)|dict|bool|float|object))|§(any|all)(§l)|0 <= §I < §I|§A is None|§a is not None|§a == §a|§a != §a|re.§(match|search|fullmatch)(§r, §s) is not None|set(§l) §(<=|==|>|!=) set(§l)|§l < §l|§t <= §t|§s < §s|§m §(<|==|>=) §(1|Decimal('1.1')|0.5|§m)
        |any(x == §A for x in §l)|all(isinstance(x, str) for x in §l)|bool(§a)|callable(§A)|§d == §d|§d.keys() & §d.keys() == set()""",
    "m": "§m §(+|-|*) §m|abs(§m)|max(§m, §m)|sum([§m, §m])|-§m|§m + §I|Decimal(§s)|Decimal(str(§f))",
}

# what is put into a container is a copy: none holds itself
CHANGES = """§l.append(copy.deepcopy(§a))
§l.extend(copy.deepcopy(§a))
§l.insert(§I, copy.deepcopy(§A))
§l.pop(§(|0|-1|5))
§l.remove(§A)
§l.sort(§(|key=str|reverse=True|key=lambda x: str(x)))
§l.reverse()
§L[§(0|-1|3)] = copy.deepcopy(§a)
§L[§(|1):§(|2|-1)] = copy.deepcopy(§a)
del §L[§(0|:1|::2|9)]
§D[§S] = copy.deepcopy(§a)
§D.update(copy.deepcopy(§(§d|dict(a=§A)|[('k', §A)])))
log.append(§D.pop(§S))
log.append(§D.pop(§S, None))
§D.setdefault(§S, []).append(copy.deepcopy(§A))
del §D[§S]
log.append(§D.popitem())
a, *b = §a; log.append((a, b))
*a, b = §s; log.append((a, b))
(a, b), c = §t, §A; log.append((a, b, c))
a = b = §l; a.append(1); log.append(b)
a = §(i0|f0|s0|l0|t0|d0); a §(+|-|*|//|%|)= copy.deepcopy(§a); log.append(a)
s = set(§l); s.§(add(§A)|discard(§A)|remove(§A)|update(§l)|clear()|intersection_update(§l)); log.append(sorted(map(repr, s)))
log.append(sorted(set(§l) §(&|-|^) set(§l), key=repr))
log.append(sorted(set(§l).§(union|difference|intersection)(§l), key=repr))
log.append(hasattr(§A, §('upper'|'items'|'nothing')))
map(log.append, §l)
(log.append(x) for x in §l)
log.append(§(str|repr|list|len|sorted|type)(§d.§(keys|values|items)()) if §c else 0)
log.append(§d.§(keys|values|items)()[0])
log.append(getattr(§A, §S, §A))
log.append([§A, §A][§a])
x: int = §a; log.append(x)
log.append((lambda *a, **k: (a, sorted(k)))(*[§a], **§d))
log.append(§a(§A))
log.append(§(int|str|float|list|dict|tuple|bool|set|bytes|Decimal|iter|len|sorted|sum|reversed|enumerate|zip|min|max|abs|ord|chr|round|any|all|next|repr)(§a) and 1)"""

BLOCK = "log.append(§a)|log.append(§a)|i0 = i0 + 1|pass|d0 = dict(d0)|s0 = s0 + 'z'"

FLOWS = """if §c:
    §b
elif §c:
    §b
else:
    §b
====
for x in §(§l|§s|§d|range(4)|§a):
    if §c: §(break|continue|pass)
    §b
    log.append(x)
else:
    §b
====
for §(a, b|a, (b, c)|*a, b|(a, b)) in §([(1, (2, 3))]|zip(§l, §l)|enumerate(§d.items())|§l|§d.items()):
    log.append((a, b))
====
n = 0
while n < §(0|2|4):
    n += 1
    if §c: §(break|continue)
    §b
else:
    §b
====
try:
    §b
    log.append(§a)
except §(KeyError|(ValueError, TypeError)|IndexError) as e:
    log.append((type(e).__name__, len(e.args)))
except §(AttributeError|LookupError|ZeroDivisionError):
    §b
else:
    §b
finally:
    §b
====
v = §a
try:
    raise §(ValueError(v)|KeyError(§A)|RuntimeError|Exception(§A, §A)|OSError('gone')|LookupError(v, 1))
except §(ValueError|Exception|(KeyError, RuntimeError)|LookupError) as e:
    log.append((type(e).__name__, str(e), repr(e), e.args))
====
try:
    try:
        §({}['q']|int('z')|1 / 0|(§A).nothing)
    except (KeyError, ValueError) as e:
        raise ValueError('outer') §(from e|from None|)
    finally:
        log.append('f')
except ValueError as e:
    log.append(type(e.__cause__).__name__)
====
with suppress(§(KeyError|Exception|ValueError, TypeError)):
    log.append(§a)
    log.append(§a)
====
match §a:
    case [] | {}: log.append('empty')
    case [x]: log.append(('one', x))
    case [x, *rest] if §c: log.append((x, rest))
    case {'x': v, **o}: log.append((v, o))
    case str() | bytes(): log.append('text')
    case int(n) | float(n): log.append(n)
    case None: log.append('none')
    case _: log.append('else')
====
if (w := §i) §(> 1|% 2|):
    log.append(w)
====
assert §c, §S
====
def §n(a, b=§A, *args, c=§A, **kw):
    return a, b, args, c, sorted(kw.items())
log.append(§n(§(1|1, 2, 3, x=4|*§l|b=1|1, c=2, **§d|1, a=2|)))
====
def §n(a, /, b, *, c=§A): return (a, b, c)
log.append(§n(§(1, 2|1, b=2, c=3|a=1, b=2|1, 2, 3|*§l)))
====
def §n():
    n = §i
    def step(k=1):
        nonlocal n
        n += k
        return n
    return step
g = §n()
log.append((g(), g(§I), g()))
====
def §n(xs):
    for x in xs:
        if §(not x|x == 1|isinstance(x, list)): return
        yield x
    yield §A
log.append(list(§n(§a)))
====
def §n():
    try:
        got = yield 1
        yield got
    finally:
        log.append('closed')
g = §n()
log.append((next(g), §(next(g)|next(g, 0)), next(g, 'end')))
====
def §n(xs):
    yield from xs
    return (yield 'last')
log.append([*§n(§a)])
====
def §n(f):
    @functools.wraps(f)
    def g(*a, **k):
        log.append(('call', len(a), sorted(k)))
        return f(*a, **k)
    return g
@§n
def h(x, y=2): return [x, y]
log.append((h(§A), h(1, y=§A), h.__name__))
====
@contextmanager
def §n(a):
    log.append('in')
    try: yield a
    except ValueError: log.append('caught')
    finally: log.append('out')
with §n(§A) as v:
    log.append(v)
    §(pass|raise ValueError|raise KeyError('k')|int('z'))
====
def §n(n): return 1 if n < 2 else n * §n(n - 1)
log.append([§n(x) for x in range(6)])
====
§n = functools.partial(§(int, base=2|sorted, key=str|max, default=0|dict, a=1))
log.append(§n(§('101'|[2, 1]|[]|{})))
====
§n = [lambda: k for k in range(3)]
log.append([f() for f in §n])
====
def §n(a: int, b: Optional[str] = None) -> Dict[str, Any]:
    'a doc'
    return {'a': a, 'b': b}
log.append((§n(§A), §n.__doc__, §n.__name__))
====
def §n():
    for x in range(3):
        try:
            if x == §(0|1|9): return x
            continue
        finally:
            log.append(('f', x))
    return 'end'
log.append(§n())
====
class §n:
    kind = §A
    def __init__(self, x): self._x = x
    @property
    def x(self): return self._x
    §(@x.setter|@property)
    def x(self, §(v|*v)): self._x = [v]
    @classmethod
    def make(cls, *a): return cls(a)
    @staticmethod
    def s(a): return a
    def __repr__(self): return '§n(%r)' % (self._x,)
o = §n(§A)
log.append((repr(o), o.kind, §n.make(1).x, §n.s(2), hasattr(o, 'y'), getattr(o, 'z', 'none')))
o.x = §A
log.append((o.x, [o]))
====
class A§n:
    def __init__(self, *a): self.a = a
    def f(self): return ['A']
    def g(self): return self.f() + ['g']
class B§n(A§n):
    def f(self): return super().f() + ['B']
class M§n:
    def f(self): return ['M'] + super().f()
class C§n(§(M§n, B§n|B§n|B§n, M§n)):
    y = §A
    def f(self): return ['C'] + super().f()
log.append((C§n(§A).g(), C§n(1).a, isinstance(C§n(), A§n), issubclass(A§n, B§n), C§n.y))
====
class §n:
    def __init__(self, v): self.v = v
    def __eq__(self, o): return isinstance(o, §n) and self.v == o.v
    def __lt__(self, o): return self.v < o.v
    def __hash__(self): return hash(self.v)
    def __add__(self, o): return §n(self.v + (o.v if isinstance(o, §n) else o))
    def __len__(self): return 3
    def __getitem__(self, i): return self.v * i
    def __contains__(self, x): return x == self.v
    def __iter__(self): return iter([self.v, 1])
    def __bool__(self): return bool(self.v)
    def __call__(self, *a): return a
    def __str__(self): return 'S%s' % self.v
x = §n(§A)
log.append((x == §n(§A), len(x), 1 in x, list(x), bool(x), x(1), str(x), f'{x}'))
log.append(((x + 2).v, x[2], sorted([§n(3), x])[0].v))
====
@dataclass§(|(frozen=True))
class §n:
    a: int
    b: str = §A
    c: list = field(default_factory=list)
    def __post_init__(self): §(pass|self.c.append(self.a)|self.d = 1)
o = §n(§(1|1, 'z'|a=2, c=[3]|))
log.append((o == §n(1), dataclasses.asdict(o)))
§(o.a = 5|log.append(o == o)|log.append(hash(o) * 0))
====
class §n(§(Enum|str, Enum|IntEnum)):
    A = §(1|2|'x'|auto()|'a')
    B = §(1|2|'y'|auto()|'b')
    C = §(3|'x'|auto()|'c')
    @property
    def both(self): return [§(1|2)]
log.append([(m.name, m.value) for m in §n])
log.append((§n.A == 1, §n['B'].value, str(§n.C), repr(§n.A), §n(§(1|'x'|2|'a')), §n.A in §n, len(§n), §n.B is §n.A, f'{§n.A}', §n.A.name))
log.append((list(§n.__members__), §n.A.both, '%s' % §n.B, isinstance(§n.A, str)))
====
class §n(NamedTuple):
    p: int
    q: str = §A
o = §n(§(1|1, 2||q=1, p=2))
log.append((o, o.q, o._asdict(), o._replace(p=9), tuple(o), §n._fields))
====
§n = namedtuple('§n', §('a b'|['a', 'b']|'a, b'|'a b c', defaults=[0]))
o = §n(§(1, 2|1|a=1, b=2))
log.append((o, o[0], o.a, o == (1, 2), o + (3,)))
====
class §n(Exception):
    code = 5
    def __init__(self, m, code=None):
        super().__init__(m)
        self.code = code or self.code
try:
    raise §n(§A§(|, 7|, code=0))
except §(§n|Exception|ValueError) as e:
    log.append((str(e), e.code, e.args))
====
§n = defaultdict(§(list|int|lambda: §A|set))
for x in §l: §n[str(x)]
log.append((dict(§n), len(§n), §n.get('none')))
====
m = dt(§(1999|2000|2024|2023), §(1|2|6|12), §(1|28|29|31), §(0|5|23), §(0|59), §(0|7))
log.append(§(m|str(m)|m + timedelta(§I)|m - timedelta(hours=§I)|m.isoformat()|m.isoformat(' ')|m.isoformat(timespec='minutes')|m.date()|m.time()|m.replace(day=1)|m.replace(tzinfo=timezone.utc)|(m.weekday(), m.isoweekday())|m.isocalendar()[1]))
log.append(§(m - dt(2000, 1, 1)|m < dt(2010, 1, 1)|m.strftime('%Y-%m-%d %H:%M:%S')|m.strftime('%a %b %d %j %U %y %I%p')|m.toordinal()|m.timetuple()[:6]|m.replace(tzinfo=timezone(timedelta(hours=2))).isoformat()|m.replace(tzinfo=timezone.utc).timestamp()))
log.append(§(m.replace(tzinfo=timezone.utc).astimezone(timezone(timedelta(hours=-3)))|m == m.date()|m.date() == date(2024, 1, 1)|max(m, dt(2020, 1, 1))|m > dt(2020, 1, 1, tzinfo=timezone.utc)|dt.combine(m.date(), time(3))|m + §I|json.dumps({'m': m}, default=str)))
====
log.append(§(dt.strptime('2024-03-04 05:06', '%Y-%m-%d %H:%M')|dt.strptime(§S, '%Y')|dt.fromisoformat('2024-03-04T05:06:07')|dt.fromisoformat(§S)|date.fromisoformat('2024-03-04')|dt.fromtimestamp(86400, timezone.utc)|date(2024, 2, 29) + timedelta(365)|date(§I, §I, §I)))
log.append(§(timedelta(§I) / timedelta(hours=5)|timedelta(1) % timedelta(hours=5)|timedelta(days=§I, hours=§I)|timedelta(§I) * 2|-timedelta(hours=§I)|timedelta(hours=§I) // 2|abs(timedelta(-1))|timedelta(§f)|(timedelta(hours=§I).days, timedelta(hours=§I).seconds)|time(§I, 5)))"""


class Maker:
    def __init__(self, r):
        self.r, self.number, self.names = r, 0, {kind: [kind + "0"] for kind in "isldtf"}

    def constant(self, kind):
        if kind in self.names and self.r.random() < 0.5:
            return self.r.choice(self.names[kind])
        return self.filled(self.r.choice(CONSTANTS[kind].split("|")), 0)

    def expression(self, kind, depth):
        if kind == "a":
            kind = self.r.choice("isldtfm") if self.r.random() < 0.9 else "c"
        if depth <= 0 or kind == "r" or self.r.random() < 0.2:
            return self.constant(kind)
        return "(%s)" % self.filled(self.r.choice(CHOICES[kind]), depth - 1)

    def filled(self, text, depth, own=""):
        out, at = [], 0
        while "§" in text[at:]:
            mark = text.index("§", at)
            out.append(text[at:mark])
            hole, at = text[mark + 1], mark + 2
            if hole == "(":
                at = closing(text, mark + 1) + 1
                out.append(self.filled(self.r.choice(choices(text[mark + 2:at - 1])), depth, own))
            elif hole == "n":
                out.append(own)
            elif hole == "b":
                out.append(self.filled(self.r.choice(BLOCK.split("|")), depth, own))
            elif hole == "A":
                out.append(self.constant(self.r.choice("isldtf")) if self.r.random() < 0.8 else self.r.choice(["None", "True", "b'ab'"]))
            else:
                out.append(self.constant(hole.lower()) if hole.isupper() else self.expression(hole, depth))
        return "".join(out) + text[at:]

    def statement(self):
        self.number += 1
        kind = self.r.choice(["assign", "assign", "change", "flow", "flow", "flow"])
        if kind == "assign":
            kind = self.r.choice("isldtf")
            name = "%s%d" % (kind, self.number)
            made = "%s = %s" % (name, self.expression(kind, 3))
            self.names[kind].append(name)
            start = "%s = %s\n" % (name, {"i": "0", "s": "''", "l": "[]", "d": "{}", "t": "()", "f": "0.0"}[kind])
            # what is repeated and joined again and again stays small
            check = "\nif %s: log.append('other'); %s" % ("len(str(%s)) > 300" % name, start.strip())
            return start + guarded(made) + check
        return guarded(self.filled(self.r.choice(CHANGES.split("\n") if kind == "change" else FLOWS.split("\n====\n")), 2, "N%d" % self.number))

    def program(self):
        starts = ["%s0 = %s" % (kind, self.filled(self.r.choice(CONSTANTS[kind].replace("§A", "1").replace("§S", "'k'").split("|")), 0)) for kind in self.names]
        body = [self.statement() for _ in range(self.r.randrange(2, 7))]
        return HEADER + "\n".join(starts + body) + "\nresult = log, %s" % ", ".join(name for names in self.names.values() for name in names)


def closing(text, at):
    depth = 0
    for i in range(at, len(text)):
        depth += (text[i] == "(") - (text[i] == ")")
        if not depth:
            return i
    raise ValueError(text[at:])


def choices(text):
    """what stands between bars that are in no parentheses"""
    out, depth = [""], 0
    for c in text:
        depth += (c == "(") - (c == ")")
        out[-1:] = [out[-1], ""] if c == "|" and not depth else [out[-1] + c]
    return out


CHOICES = {kind: [c.strip() for c in choices(text)] for kind, text in EXPRESSIONS.items()}


def guarded(statement):
    return "try:\n%s\nexcept Exception as e: log.append(type(e).__name__)" % "\n".join("    " + line for line in statement.split("\n"))


def program(r):
    return Maker(r).program()
