-- {{title}}
-- Says at which revision a database is and which script of this bundle applies to it. It only reads.
{{#sqlplus}}
{{>quiet.sql}}
{{/sqlplus}}
{{! '' is NULL here, so base is compared as a blank. }}
DECLARE
  found VARCHAR2(4000);
  apply VARCHAR2(32767);
  journals PLS_INTEGER;
  no_table EXCEPTION;
  PRAGMA EXCEPTION_INIT(no_table, -942);
BEGIN
{{#set_schema}}
  EXECUTE IMMEDIATE {{set_schema}};
{{/set_schema}}
  SELECT COUNT(*) INTO journals FROM all_tables WHERE owner = {{version_owner}} AND table_name = 'WAYBILL_JOURNAL';
  BEGIN
    EXECUTE IMMEDIATE {{select_literal}} INTO found;
  EXCEPTION
    WHEN no_table THEN
      NULL;
  END;
  apply := CASE
{{#database}}
    WHEN UPPER({{database}}) NOT IN (UPPER(NVL(SYS_CONTEXT('USERENV', 'DB_NAME'), '-')), UPPER(NVL(SYS_CONTEXT('USERENV', 'CON_NAME'), '-')),
      UPPER(NVL(SYS_CONTEXT('USERENV', 'SERVICE_NAME'), '-'))) THEN 'none: this bundle is for another database'
{{/database}}
    WHEN DBMS_DB_VERSION.VERSION * 100 + DBMS_DB_VERSION.RELEASE < {{minimum}} THEN 'none: this bundle needs {{server}} or later'
    WHEN journals > 0 THEN 'none: a run stopped in the middle, see README.txt about WAYBILL_JOURNAL'
{{#cases}}
    WHEN NVL(found, ' ') = NVL({{rows}}, ' ') THEN {{apply}}
{{/cases}}
    ELSE 'none: no script of this bundle starts here' END;
  DBMS_OUTPUT.PUT_LINE('[WAYBILL-STATUS] v=1 bundle={{bundle}} db=' || SYS_CONTEXT('USERENV', 'DB_NAME') || ' schema='
    || SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') || ' server=' || DBMS_DB_VERSION.VERSION || '.' || DBMS_DB_VERSION.RELEASE
    || ' revision=' || NVL(found, 'base') || ' apply=' || apply);
END;
/
{{#sqlplus}}
EXIT SUCCESS
{{/sqlplus}}
