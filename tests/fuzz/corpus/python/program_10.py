n = 0
while n < 1:
    n += 2
else:
    n = -n
result = n
