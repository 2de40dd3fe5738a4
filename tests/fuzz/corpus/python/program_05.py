x = [1,'a']
try:
    result = x[0]
except (TypeError, KeyError) as e:
    result = type(e).__name__
except IndexError:
    result = 'index'
