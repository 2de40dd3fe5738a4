a, *b, (c, d) = 1, 2, 3, (4, [1,'a'])
result = a, b, c, d
