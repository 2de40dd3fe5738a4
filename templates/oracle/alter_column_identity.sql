ALTER TABLE {{table}} MODIFY {{column}} {{action}}
