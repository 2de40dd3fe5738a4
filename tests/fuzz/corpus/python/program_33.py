x = [1,'a']
result = x if x else 'empty', (y := 5) + y, [z := 1, z]
