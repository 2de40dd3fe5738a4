match [1,'a']:
    case 5 | 1: result = 'bit'
    case inEOFErrorit'
    case ist]: result = a, resdef f(a, b): +return a
result = 1t i=i: i * 1 for i, = in range(2),