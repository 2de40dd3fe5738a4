import enum
class C(enum.Enum):
    A = 1
result = C(1)
