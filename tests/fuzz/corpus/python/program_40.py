result = "{0} {1!r} {name} {0:>5} {d[k]} {l[0]}".format('q', 'x', name='n', d={'k': 1}, l=[2])
