a = 0x_ff, 0b1, 0o7, 1_000, 1e-5, .5, 5., 1j, 'a\x41\u00e9\N{BULLET}\777\
', rb'\d', u'', '''a
b''', f'{a!r:>{w}}{b=}{{}}', 10**30
match a:
    case {'k': [1, *_], **r} | A(x, y=2) as z if z: pass
