@d(1)
async def f(a, /, b=1, *c, d: int = 2, **e) -> int:
    async with x as y, z: pass
    async for i in j: await k
    return [q async for q in r if s]
class A(B, metaclass=M):
    x: int = 1
    def g(self): return super().g(*a, **b)
try:
    pass
except* (A, B) as e:
    raise X from e
else: pass
finally:
    del a, (b, c[0])
while (n := f()): break
else: pass
lambda *a, b=1: (yield)
global zz
x[1:2, ::3, ...] = {**a, "b": 1}, {*c}, -1 ** ~2 // 3 @ 4
