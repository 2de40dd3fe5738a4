log = []
for i in range(1):
    if i == 2: continue
    if i == 6: break
    log.append(i)
else:
    log.append('else')
result = log
