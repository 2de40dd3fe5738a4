match [1,'a']:
    case 0 | 1: result = 'bit'
    case int(): result = 'int'
    case str() as s if s: result = 'str ' + s
    case [a, *rest]: result = a, rest
    case {'a': v, **others}: result = v, others
    case None: result = 'none'
    case _: result = 'other'
