import re
s = 'abc, X'
result = re.findall(r'[a-z]+', s), re.sub(r'(\w)(\w)', r'\2\1', s), re.split(r'[,\s]+', s), bool(re.match(r'\w+$', s)), [m.span() for m in re.finditer(r'a|b', s)], re.search(r'(?P<x>[A-Z])', s) and re.search(r'(?P<x>[A-Z])', s).group('x'), re.escape(s)
