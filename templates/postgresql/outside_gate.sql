{{! The session is opened for one statement that cannot run in a transaction, and armed again behind it. }}
{{>own_tables.sql}}
  PERFORM pg_catalog.set_config('search_path', {{search_path}}, false);
{{#owner}}
  PERFORM pg_catalog.set_config('role', {{owner}}, false);
{{/owner}}
  PERFORM pg_catalog.set_config('default_transaction_read_only', CASE pg_catalog.current_setting('waybill.at', true) WHEN '{{seal_at}}/{{before}}' THEN 'off' ELSE 'on' END, false);
