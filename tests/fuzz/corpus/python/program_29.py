from dataclasses import dataclass, field
@dataclass
class D:
    a: int
    b: str = 'x'
    c: list = field(default_factory=list)
result = D(1), D(1, b='y') == D(1, 'y'), D(1).c, D(2).a
