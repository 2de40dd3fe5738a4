import itertools, functools, operator
result = list(itertools.chain([1], (2, 3))), list(itertools.product('ab', [0, 1])), list(itertools.islice(range(10), 2, 7, 2)), functools.reduce(lambda a, b: a + b, [1, 2, 3]), functools.partial(int, base=16)('ff'), sorted([(2, 'a'), (1, 'b')], key=operator.itemgetter(0)), list(itertools.chain.from_iterable([[1], [2]]))
