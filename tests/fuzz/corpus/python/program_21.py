import datetime as dt
d = dt.datetime(2024, 2, 1, 23, 59, 58, 1 % 1000000)
result = d, str(d), d.isoformat(), d + dt.timedelta(days=1, hours=1), d.date(), d.strftime('%Y-%m-%d %H:%M:%S.%f %j %a %b %p %I %y %B %A %%'), d - dt.datetime(2020, 1, 1), d.weekday(), d.replace(year=2023, day=1), d < dt.datetime(2025, 1, 1)
