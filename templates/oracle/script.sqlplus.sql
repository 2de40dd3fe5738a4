-- {{title}}
-- {{range}}
-- Made for {{server}} and later, client {{client}}. Success is a receipt in the last line that says OK, and no line with {{failure}}.
-- Run with @file, do not paste: SQL*Plus may hand the rest of a paste to the shell.
{{! Settings of the client, one a line (a second command on the line of a SET is not read): texts arrive as they are written
    (DEFINE, ESCAPE, SQLCASE), statements end only where they end here (SQLTERMINATOR, BLOCKTERMINATOR, SQLBLANKLINES, CMDSEP),
    nothing is committed by itself, and the receipt is one line. SQLPREFIX takes a character and has no OFF. }}
SET ECHO ON
SET TERMOUT ON
SET FEEDBACK ON
SET VERIFY OFF
SET DEFINE OFF
SET ESCAPE OFF
SET SQLBLANKLINES ON
SET SQLTERMINATOR ON
SET BLOCKTERMINATOR ON
SET SQLPREFIX #
SET SQLCASE MIXED
SET CMDSEP OFF
SET AUTOCOMMIT OFF
SET EXITCOMMIT OFF
SET PAGESIZE 0
SET LINESIZE 2000
SET TRIMOUT ON
SET TRIMSPOOL ON
SET TAB OFF
SET SERVEROUTPUT ON SIZE UNLIMITED FORMAT WRAPPED
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT FAILURE ROLLBACK
{{>guard.sql}}
{{#sections}}
{{#heading}}

{{heading}}
BEGIN
{{>gate.sql}}
END;
/
{{/heading}}
{{#items}}
{{#remark}}
{{remark}}
{{/remark}}
{{#zero}}
DECLARE
  n NUMBER;
BEGIN
  EXECUTE IMMEDIATE {{zero}} INTO n;
  IF n = 0 THEN NULL; ELSE
    RAISE_APPLICATION_ERROR(-20005, '[WAYBILL-CHECK] expected 0, found ' || NVL(TO_CHAR(n), 'nothing'));
  END IF;
END;
/
{{/zero}}
{{#text}}
{{text}}
{{/text}}
{{#unit}}
{{! A unit that does not compile is created nevertheless, with a warning: its status is read back. }}
DECLARE
  n PLS_INTEGER;
BEGIN
  SELECT COUNT(*) INTO n FROM all_objects WHERE owner = {{owner}} AND object_name = {{name}} AND object_type = '{{type}}' AND status = 'VALID';
  IF n = 1 THEN NULL; ELSE
    RAISE_APPLICATION_ERROR(-20007, '[WAYBILL-GUARD] a {{type}} did not compile, see USER_ERRORS: ' || {{name}});
  END IF;
END;
/
{{/unit}}
{{#commit}}
COMMIT;
{{/commit}}
{{#step}}
PROMPT [WAYBILL-STEP {{step}}]
{{/step}}
{{/items}}
{{#rows}}
{{>version_rows.sql}}
PROMPT [WAYBILL-STEP {{step}}]
{{/rows}}
{{/sections}}
{{>receipt.sql}}
EXIT SUCCESS
