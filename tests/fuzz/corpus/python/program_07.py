class E(Exception):
    def __init__(self, code):
        super().__init__('code %s' % code)
        self.code = code
try:
    raise E(1)
except E as e:
    result = e.code, str(e), isinstance(e, Exception)
finally:
    done = True
