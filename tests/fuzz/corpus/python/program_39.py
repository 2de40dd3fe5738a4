s = ''
for i in range(1):
    s += str(i)
result = s, len(s)
