ALTER TABLE {{table}} MODIFY {{column}} {{type}}
