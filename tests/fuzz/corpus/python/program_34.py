x = 5
def f():
    global x
    x = 6
    return x
f()
result = x
