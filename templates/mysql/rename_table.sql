ALTER TABLE {{table}} RENAME TO {{qualified}}
