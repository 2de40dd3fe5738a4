assert [1,'a'], 'message'
result = 'passed'
