import textwrap
result = textwrap.dedent("""
    select 1
      from t

    where x
    """), textwrap.indent('a\n\nb\n', '> ')
