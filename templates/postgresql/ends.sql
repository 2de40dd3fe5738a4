{{! What must hold at the end of a section, before its token and its place in the journal. }}
{{#check_rows}}
  IF (SELECT coalesce(pg_catalog.array_agg(version_num::text ORDER BY version_num::text COLLATE pg_catalog."C"), '{}') FROM {{version_table_name}})::text IS DISTINCT FROM {{check_rows}}::text THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] the version rows were moved by someone else';
  END IF;
{{/check_rows}}
{{#journal_insert}}
  INSERT INTO {{journal_insert}} (run, section) VALUES ('{{run}}', {{number}});
{{/journal_insert}}
{{#journal_end}}
  DELETE FROM {{journal_end}} WHERE run = '{{run}}';
  DROP TABLE {{journal_end}};
{{/journal_end}}
  PERFORM pg_catalog.set_config('waybill.token', pg_catalog.pg_backend_pid() || '-' || pg_catalog.txid_current(), false), pg_catalog.set_config('waybill.at', {{seal_sent}} || '/{{number}}', false);{{seal_sets}}
