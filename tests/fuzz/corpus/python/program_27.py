from collections import OrderedDict, defaultdict, namedtuple, Counter
dd = defaultdict(list)
for i in [3,1]: dd[str(i)].append(i)
Pt = namedtuple('Pt', 'x y')
p = Pt(1, y=2)
result = dict(dd), p, p.x + p[1], list(p), Counter('abca')['a'], list(OrderedDict(a=1, b=2).items()), dict(Counter('aab'))
