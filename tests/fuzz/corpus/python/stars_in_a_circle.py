import abc
from abcdef import Xmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmbc
from abcdef import Xmmmmm
# module
mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmg, f, C, copy
from arc import *
revision = "a"
w = 9
v = 2*d*e3