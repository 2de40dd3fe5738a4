{{! What must hold behind a statement outside a transaction. }}
{{>pins.sql}}
  PERFORM pg_catalog.set_config('search_path', '', true);
{{#condition}}
  IF ({{condition}}) IS NOT TRUE THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] section {{number}} had no effect';
  END IF;
{{/condition}}
{{>ends.sql}}
