-- {{title}}
-- {{range}}
-- Made for {{server}} and later, any client that runs a block at a line with "/". Success is a receipt in the last row that says OK, and no error.
{{! Every statement stands in a block that asks for the token of the one before: a client that goes on after an error changes
    nothing more. Rows are committed by their block, the last ones of a revision with its version row. }}
{{>guard.sql}}
{{#sections}}
{{#heading}}

{{heading}}
{{/heading}}
{{#items}}
{{#remark}}
{{remark}}
{{/remark}}
{{#statements}}
{{#first}}
DECLARE
  n NUMBER;
BEGIN
{{>gate.sql}}
{{/first}}
  EXECUTE IMMEDIATE {{text}}{{#zero}} INTO n{{/zero}};
{{#zero}}
  IF n = 0 THEN NULL; ELSE
    RAISE_APPLICATION_ERROR(-20005, '[WAYBILL-CHECK] expected 0, found ' || NVL(TO_CHAR(n), 'nothing'));
  END IF;
{{/zero}}
{{#last}}
{{#unit}}
  SELECT COUNT(*) INTO n FROM all_objects WHERE owner = {{owner}} AND object_name = {{name}} AND object_type = '{{type}}' AND status = 'VALID';
  IF n = 1 THEN NULL; ELSE
    RAISE_APPLICATION_ERROR(-20007, '[WAYBILL-GUARD] a {{type}} did not compile, see USER_ERRORS: ' || {{name}});
  END IF;
{{/unit}}
  COMMIT;
  DBMS_APPLICATION_INFO.SET_CLIENT_INFO('WAYBILL:{{token}}:{{after}}');
  DBMS_OUTPUT.PUT_LINE('[WAYBILL-STEP {{step}}]');
EXCEPTION
  WHEN OTHERS THEN
    ROLLBACK;
    RAISE;
END;
/
{{/last}}
{{/statements}}
{{/items}}
{{#rows}}
{{>version_rows.sql}}
{{/rows}}
{{/sections}}
{{>receipt.sql}}
