x = [3,1]
it = iter(x)
result = next(it, None), list(it), next(it, 'done')
