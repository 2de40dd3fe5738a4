ALTER TABLE {{table}} ADD {{constraint}}
