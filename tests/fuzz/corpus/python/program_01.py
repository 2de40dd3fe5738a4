def f(a, b=1, *args, c=3, **kw):
    return a, b, args, c, sorted(kw)
result = f([1,'a']), f(1, 2, 3, c=4, d=5), f(*[1, 2], **{'z': 1})
