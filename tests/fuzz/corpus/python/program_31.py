import os
result = os.path.join('a', 'abc, X', 'c'), os.path.dirname('/x/y/z.py'), os.path.basename('/x/y/z.py'), os.path.splitext('a.tar.gz'), os.path.join('a', '/b')
