def f(a, /, b, *, c):
    return a + b + c
result = f(1, b=2, c=1)
