def gen(n):
    for i in range(n):
        yield i * 2
    yield 'end'
result = list(gen(1)), sum(gen(0) and [1]), [x for x in gen(2)]
