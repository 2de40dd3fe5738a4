class M:
    def __enter__(self): return 5
    def __exit__(self, t, v, tb): return t is KeyError
with M() as m:
    {}['x']
result = m
