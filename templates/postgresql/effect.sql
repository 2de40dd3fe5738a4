{{! What must hold behind a statement outside a transaction. }}
{{>pins.sql}}
{{#condition}}
  IF ({{condition}}) IS NOT TRUE THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] section {{number}} had no effect';
  END IF;
{{/condition}}
{{>ends.sql}}
