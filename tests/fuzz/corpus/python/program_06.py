try:
    raise ValueError([1,'a'])
except Exception as e:
    result = str(e), repr(e), e.args
