{{#pins}}
  IF ({{pins}}) IS NOT TRUE THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] a statement changed the settings of this session';
  END IF;
{{/pins}}
