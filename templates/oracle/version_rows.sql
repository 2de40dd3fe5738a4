{{! The rows move, are looked at, and are committed with what the revision wrote since its last DDL: all of it or nothing. }}
-- Version row
DECLARE
  total PLS_INTEGER;
  known PLS_INTEGER;
BEGIN
{{>gate.sql}}
{{#trailing}}
  EXECUTE IMMEDIATE {{text}};
{{/trailing}}
{{#moves}}
  {{text}};
  IF SQL%ROWCOUNT = 1 THEN NULL; ELSE
    RAISE_APPLICATION_ERROR(-20006, '[WAYBILL-GUARD] a version row was moved by someone else');
  END IF;
{{/moves}}
  SELECT COUNT(*), {{known}} INTO total, known FROM {{version_table_name}};
  IF total = {{row_count}} AND known = {{row_count}} THEN NULL; ELSE
    RAISE_APPLICATION_ERROR(-20006, '[WAYBILL-GUARD] the version rows were moved by someone else');
  END IF;
{{#journal_name}}
  UPDATE {{journal_name}} SET section = {{number}};
{{/journal_name}}
  COMMIT;
  DBMS_APPLICATION_INFO.SET_CLIENT_INFO('WAYBILL:{{token}}:{{after}}');
{{#says}}
  DBMS_OUTPUT.PUT_LINE('[WAYBILL-STEP {{step}}]');
{{/says}}
EXCEPTION
  WHEN OTHERS THEN
    ROLLBACK;
    RAISE;
END;
/
