del_me = 1
del del_me
result = del_me
