{{! A section is begun only where the one before it was committed in this session. Where there is nothing to do, which psql
    tells by itself, a block for any client does nothing. }}
{{^psql}}
  IF pg_catalog.current_setting('waybill.at', true) = 'already' THEN
    RETURN;
  END IF;
{{/psql}}
  IF pg_catalog.current_setting('waybill.at', true) IS DISTINCT FROM '{{seal_at}}/{{before}}' OR ({{sealed}}) IS NOT TRUE THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] section {{number}} refused: what stands before it is not complete';
  END IF;
