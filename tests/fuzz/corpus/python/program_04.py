def f(a, b): return a
result = f(1, c=3, b=2)
