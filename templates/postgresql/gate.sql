{{! A section is begun only where the one before it was committed in this session. Where there is nothing to do, which psql
    tells by itself, a block for any client does nothing. }}
{{^psql}}
  IF pg_catalog.current_setting('waybill.at', true) = 'already' THEN
    RETURN;
  END IF;
{{/psql}}
{{#rows_before}}
{{! Whoever moves the rows now, and has not committed yet, is waited for. Texts are compared, for which no operator of the steps' schema fits better than the server's own. }}
  LOCK TABLE {{version_table_name}} IN SHARE ROW EXCLUSIVE MODE;
{{/rows_before}}
  IF pg_catalog.current_setting('waybill.at', true) IS DISTINCT FROM '{{seal_at}}/{{before}}' OR ({{sealed}}) IS NOT TRUE{{#rows_before}} OR (SELECT pg_catalog.array_agg(version_num::text ORDER BY version_num::text COLLATE pg_catalog."C") FROM {{version_table_name}})::text IS DISTINCT FROM {{rows_before}}::text{{/rows_before}} THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] section {{number}} refused: what stands before it is not complete{{#rows_before}}, or the version rows were moved by someone else{{/rows_before}}';
  END IF;
