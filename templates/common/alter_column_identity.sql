ALTER TABLE {{table}} ALTER COLUMN {{column}} {{action}}
