ALTER TABLE {{table}} ALTER COLUMN {{column}} {{type}}{{#not_null}} NOT NULL{{/not_null}}{{#null}} NULL{{/null}}
