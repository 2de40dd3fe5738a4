class A:
    kind = 'a'
    def __init__(self, x): self.x = x
    def __repr__(self): return 'A(%r)' % (self.x,)
    def __eq__(self, o): return self.x == o.x
    @property
    def double(self): return self.x * 2
    @staticmethod
    def s(v): return v
    @classmethod
    def make(cls, v): return cls(v)
class B(A):
    kind = 'b'
    def __init__(self, x):
        super().__init__(x)
        self.y = 1
    def __str__(self): return 'B!'
result = A([1,'a']), B(2).double, A.s(3), B.make(4), A(1) == A(1), A(1) != A(2), str(B(1)), f'{B(1)}', B.kind, A.kind, [A(1)]
