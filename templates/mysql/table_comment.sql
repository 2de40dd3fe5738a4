ALTER TABLE {{table}} COMMENT {{comment}}
