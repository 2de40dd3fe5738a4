import string, math
result = string.ascii_lowercase[:3], math.ceil(1), math.floor(1), math.pi
