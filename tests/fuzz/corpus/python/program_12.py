result = [(x, y) for x in range(3) for y in 'ab' if x != 1], {k: v for k, v in zip('abc', range(3))}, sorted({x % 3 for x in range(10)})
