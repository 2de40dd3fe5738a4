ALTER TABLE {{table}} ALTER COLUMN {{column}} {{#default}}SET DEFAULT {{default}}{{/default}}{{^default}}DROP DEFAULT{{/default}}
