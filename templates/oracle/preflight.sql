-- {{title}}
-- {{range}}
-- Made for {{server}} and later, {{client_name}}. It asks what upgrade.sql will ask, and changes nothing: run it days ahead, as the same user, in a session of its own.
{{#sqlplus}}
{{>quiet.sql}}
{{/sqlplus}}
DECLARE
{{>asked_names.sql}}
  n NUMBER;
  ready BOOLEAN := TRUE;
  PROCEDURE say(name VARCHAR2, why VARCHAR2) IS
  BEGIN
    ready := ready AND why IS NULL;
    DBMS_OUTPUT.PUT_LINE('[WAYBILL-PREFLIGHT] ' || CASE WHEN why IS NULL THEN 'yes  ' || name ELSE 'no   ' || name || ': ' || why END);
  END;
BEGIN
  DBMS_OUTPUT.ENABLE(NULL);
  EXECUTE IMMEDIATE {{set_schema}};
{{>asked.sql}}
{{#questions}}
  say('{{name}}', CASE WHEN {{condition}} THEN NULL ELSE NVL({{why}}, 'no answer') END);
{{/questions}}
{{#asked_checks}}
  BEGIN
    EXECUTE IMMEDIATE {{query}} INTO n;
    say('{{name}}', CASE WHEN n = 0 THEN NULL ELSE 'expected 0, found ' || NVL(TO_CHAR(n), 'nothing') END);
  EXCEPTION
    WHEN OTHERS THEN say('{{name}}', SQLERRM);
  END;
{{/asked_checks}}
  DBMS_OUTPUT.PUT_LINE('[WAYBILL-PREFLIGHT] ' || {{summary_literal}} || ' db=' || SYS_CONTEXT('USERENV', 'DB_NAME')
    || ' user=' || SYS_CONTEXT('USERENV', 'SESSION_USER') || CASE WHEN ready THEN ' ready' ELSE ' not ready' END);
END;
/
{{#sqlplus}}
EXIT SUCCESS
{{/sqlplus}}
