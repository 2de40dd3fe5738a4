ALTER TABLE {{table}} RENAME {{column}} TO {{name}}
