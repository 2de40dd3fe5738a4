from contextlib import contextmanager
log = []
@contextmanager
def tag(name):
    log.append('<' + name)
    try:
        yield name.upper()
    finally:
        log.append(name + '>')
with tag('a') as a, tag('b') as b:
    log.append((a, b))
result = log
