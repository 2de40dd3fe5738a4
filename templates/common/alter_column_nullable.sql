ALTER TABLE {{table}} ALTER COLUMN {{column}} {{#nullable}}DROP{{/nullable}}{{^nullable}}SET{{/nullable}} NOT NULL
