import abc
from abcdef import X, f, C, copy
from abc import *
revision = "a"
def upgrade():
    x = f(X) + copy[0] + C().y
    with open("abcd") as h:
        y = h.read()
    f.g = 1
    type("T", (C,), {"a": 1})
    abc.missing
    import os
    os.environ["A"]
# module
from ..x import Z
X = 1
copy = []
alias = copy
copy.append(2)
X = X + 1
def f(a):
    return a + X + LATE
class C(Z):
    y = X
    def __init__(self):
        super().__init__()
LATE = 3
for i in (1, 2):
    copy.append(i)
if X:
    raise ValueError(X)
