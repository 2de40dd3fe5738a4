from enum import Enum, IntEnum, auto
class P(str, Enum):
    low = 'LOW'
    high = 'HIGH'
class N(IntEnum):
    a = auto()
    b = auto()
result = P.low == 'LOW', P('HIGH').name, [p.value for p in P], N.b + 1, N.a < N.b, 'x' + P.low, P.low.lower(), ','.join(P), N.b == 2, isinstance(P.low, str)
