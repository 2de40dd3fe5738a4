-- {{title}}
-- {{range}}
-- Made for {{server}} and later, {{client_name}}. It asks what upgrade.sql will ask, and changes nothing: run it days ahead, as the same user. Unless its last line ends in " ready", and not in "not ready", it is not.
{{#sqlplus}}
SET DEFINE OFF
SET LINESIZE 2000
SET SERVEROUTPUT ON SIZE UNLIMITED FORMAT WRAPPED
{{/sqlplus}}
DECLARE
{{>asked_names.sql}}
  n NUMBER;
  ready BOOLEAN := TRUE;
  before VARCHAR2(128) := SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA');
  PROCEDURE say(name VARCHAR2, why VARCHAR2) IS
  BEGIN
    ready := ready AND why IS NULL;
    DBMS_OUTPUT.PUT_LINE('[WAYBILL-PREFLIGHT] ' || CASE WHEN why IS NULL THEN 'yes  ' || name ELSE 'no   ' || name || ': ' || why END);
  END;
BEGIN
  DBMS_OUTPUT.ENABLE(NULL);
{{! Whatever fails, the schema is again what it was. }}
BEGIN
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
EXCEPTION
  WHEN OTHERS THEN say('questions', SQLERRM);
END;
  EXECUTE IMMEDIATE 'ALTER SESSION SET CURRENT_SCHEMA = "' || before || '"';
  DBMS_OUTPUT.PUT_LINE('[WAYBILL-PREFLIGHT] ' || {{summary_literal}} || ' db=' || SYS_CONTEXT('USERENV', 'DB_NAME')
    || ' user=' || SYS_CONTEXT('USERENV', 'SESSION_USER') || CASE WHEN ready THEN ' ready' ELSE ' not ready' END);
END;
/
