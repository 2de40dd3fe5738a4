log = []
def g():
    try:
        log.append(1)
        return log
    finally:
        log.append(2)
result = g()
