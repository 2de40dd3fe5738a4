{{! Made in the first section, within a block. }}
{{#version_table}}
  {{version_table}};
{{/version_table}}
{{#journal_table}}
  CREATE TABLE IF NOT EXISTS {{journal_table}} (run text NOT NULL, section int NOT NULL, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (run, section));
{{/journal_table}}
