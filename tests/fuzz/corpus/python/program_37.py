fs = [lambda i=i: i * 1 for i in range(3)]
result = [f() for f in fs], (lambda *a, **k: (a, k))(1, b=2)
