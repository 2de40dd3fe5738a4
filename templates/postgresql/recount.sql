{{#recount}}
  IF pg_catalog.current_setting('waybill.drop', true) IS DISTINCT FROM pg_catalog.current_database() THEN
    LOCK TABLE {{tables}} IN ACCESS EXCLUSIVE MODE;
    IF {{condition}} THEN
      RAISE EXCEPTION '[WAYBILL-GUARD] rows have come into the tables that this way back drops';
    END IF;
  END IF;
{{/recount}}
