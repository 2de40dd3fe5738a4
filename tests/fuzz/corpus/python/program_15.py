import enum
class Color(enum.Enum):
    RED = 1
    GREEN = 'g'
    ALIAS = 1
result = Color.RED, Color('g'), Color['GREEN'], [c.name for c in Color], Color.ALIAS is Color.RED, Color.RED == 1, str(Color.RED), len(Color), Color.GREEN.value
