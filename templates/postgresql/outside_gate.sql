{{! The session is opened for one statement that cannot run in a transaction, and armed again behind it. }}
{{#version_table}}
  {{version_table}};
{{/version_table}}
{{#journal_table}}
  CREATE TABLE IF NOT EXISTS {{journal_table}} (run text NOT NULL, section int NOT NULL, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (run, section));
{{/journal_table}}
  PERFORM pg_catalog.set_config('search_path', {{search_path}}, false);
{{#owner}}
  PERFORM pg_catalog.set_config('role', {{owner}}, false);
{{/owner}}
  PERFORM pg_catalog.set_config('default_transaction_read_only', 'off', false);
