def deco(f):
    def w(*a, **k):
        return ['w', f(*a, **k)]
    return w
@deco
def g(x): return x
result = g([1,'a'])
