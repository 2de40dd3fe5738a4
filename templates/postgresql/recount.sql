{{#recount}}
  IF pg_catalog.current_setting('waybill.drop', true) IS DISTINCT FROM pg_catalog.current_database() THEN
{{#tables}}
    LOCK TABLE {{tables}} IN ACCESS EXCLUSIVE MODE;
    IF {{condition}} THEN
      RAISE EXCEPTION '[WAYBILL-GUARD] rows have come into the tables that this way back drops';
    END IF;
{{/tables}}
{{#array}}
{{! Some may be missing, or are all tables of a schema. }}
    DECLARE
      held text;
      has bool;
    BEGIN
      FOREACH held IN ARRAY {{array}} LOOP
        IF pg_catalog.to_regclass(held) IS NOT NULL THEN
          EXECUTE 'LOCK TABLE ' || held || ' IN ACCESS EXCLUSIVE MODE';
          EXECUTE 'SELECT EXISTS (SELECT 1 FROM ' || held || ')' INTO has;
          IF has THEN
            RAISE EXCEPTION '[WAYBILL-GUARD] rows have come into %, which this way back drops', held;
          END IF;
        END IF;
      END LOOP;
    END;
{{/array}}
  END IF;
{{/recount}}
