{{! Armed: no token, so nothing behind the guard may run. Then what the meaning of dates, numbers, lengths and comparisons
    depends on. The numbers of RAISE_APPLICATION_ERROR are no multiples of 256, which some clients exit with as 0. }}
BEGIN
  ROLLBACK;
  DBMS_APPLICATION_INFO.SET_CLIENT_INFO('WAYBILL:none');
  DBMS_OUTPUT.ENABLE(NULL);
  EXECUTE IMMEDIATE 'ALTER SESSION SET NLS_LANGUAGE = ''AMERICAN''';
  EXECUTE IMMEDIATE 'ALTER SESSION SET NLS_COMP = BINARY';
  EXECUTE IMMEDIATE 'ALTER SESSION SET NLS_SORT = BINARY';
  EXECUTE IMMEDIATE 'ALTER SESSION SET NLS_LENGTH_SEMANTICS = CHAR';
  EXECUTE IMMEDIATE 'ALTER SESSION SET NLS_NUMERIC_CHARACTERS = ''.,''';
  EXECUTE IMMEDIATE 'ALTER SESSION SET NLS_DATE_FORMAT = ''YYYY-MM-DD HH24:MI:SS''';
  EXECUTE IMMEDIATE 'ALTER SESSION SET NLS_TIMESTAMP_FORMAT = ''YYYY-MM-DD HH24:MI:SS.FF''';
  EXECUTE IMMEDIATE 'ALTER SESSION SET NLS_TIMESTAMP_TZ_FORMAT = ''YYYY-MM-DD HH24:MI:SS.FF TZH:TZM''';
  EXECUTE IMMEDIATE 'ALTER SESSION SET DDL_LOCK_TIMEOUT = 30';
  EXECUTE IMMEDIATE {{set_schema}};
END;
/

-- Guard: version, database, schema, revision and tables must be the ones this script was made for.
{{! The version table is read by dynamic SQL, as a block that names a missing table does not compile. A nested handler turns
    ORA-00942 into the guard's own words. }}
DECLARE
  total PLS_INTEGER := 0;
  known PLS_INTEGER := 0;
  found VARCHAR2(4000);
  missing VARCHAR2(4000);
  no_table EXCEPTION;
  PRAGMA EXCEPTION_INIT(no_table, -942);
  PROCEDURE refuse(why VARCHAR2) IS
  BEGIN
    RAISE_APPLICATION_ERROR(-20001, '[WAYBILL-GUARD] ' || why || ' (database ' || SYS_CONTEXT('USERENV', 'DB_NAME')
      || ', schema ' || SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') || ')');
  END;
BEGIN
  IF DBMS_DB_VERSION.VERSION < {{major}}{{#minor}} OR (DBMS_DB_VERSION.VERSION = {{major}} AND DBMS_DB_VERSION.RELEASE < {{minor}}){{/minor}} THEN
    refuse('needs {{server}} or later, this is ' || DBMS_DB_VERSION.VERSION || '.' || DBMS_DB_VERSION.RELEASE);
  END IF;
{{#probe}}
  IF ASCIISTR({{probe}}) <> '{{probe_code}}' THEN
    refuse('the client read this file in another encoding than UTF-8 (NLS_LANG=.AL32UTF8), or the database cannot hold its texts');
  END IF;
{{/probe}}
{{#database}}
  IF UPPER({{database}}) NOT IN (UPPER(NVL(SYS_CONTEXT('USERENV', 'DB_NAME'), '-')), UPPER(NVL(SYS_CONTEXT('USERENV', 'CON_NAME'), '-')),
      UPPER(NVL(SYS_CONTEXT('USERENV', 'SERVICE_NAME'), '-'))) THEN
    refuse('made for the database ' || {{database}});
  END IF;
{{/database}}
{{#schema}}
  IF SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') <> {{schema}} THEN
    refuse('made for the schema ' || {{schema}});
  END IF;
{{/schema}}
  SELECT COUNT(*) INTO total FROM all_users WHERE username = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') AND oracle_maintained = 'Y';
  IF total > 0 THEN
    refuse('this schema is Oracle''s own: connect as the owner of the tables, or render with schema.oracle');
  END IF;
  SELECT COUNT(*) INTO total FROM all_tables WHERE owner = {{version_owner}} AND table_name = 'WAYBILL_JOURNAL';
  IF total > 0 THEN
    refuse('WAYBILL_JOURNAL says that a run stopped in the middle, or is at work: see README.txt, then drop that table');
  END IF;
  BEGIN
    EXECUTE IMMEDIATE {{#from}}{{rows_literal}}{{/from}} INTO total, known, found;
  EXCEPTION
    WHEN no_table THEN
{{#from_base}}
      NULL;
{{/from_base}}
{{^from_base}}
      refuse({{no_version_table_literal}});
{{/from_base}}
  END;
  IF total <> {{#from}}{{row_count}}{{/from}} OR known <> {{#from}}{{row_count}}{{/from}} THEN
    refuse({{expected_literal}} || NVL(found, 'base') || ' (' || total || ' rows)');
  END IF;
{{#present}}
  SELECT MIN(t.name) INTO missing FROM (
{{#names}}
    SELECT {{name}} AS name, {{owner}} AS owner FROM dual{{#more}} UNION ALL{{/more}}
{{/names}}
  ) t WHERE NOT EXISTS (SELECT 1 FROM all_tables a WHERE a.owner = t.owner AND a.table_name = t.name);
  IF missing IS NOT NULL THEN
    refuse({{missing_literal}} || missing);
  END IF;
{{/present}}
{{#absent}}
  SELECT MIN(t.name) INTO missing FROM (
{{#names}}
    SELECT {{name}} AS name, {{owner}} AS owner FROM dual{{#more}} UNION ALL{{/more}}
{{/names}}
  ) t WHERE EXISTS (SELECT 1 FROM all_tables a WHERE a.owner = t.owner AND a.table_name = t.name);
  IF missing IS NOT NULL THEN
    refuse('the schema is not empty, there is already ' || missing);
  END IF;
{{/absent}}
  DBMS_APPLICATION_INFO.SET_CLIENT_INFO('WAYBILL:{{token}}:0');
END;
/
{{#journal}}

-- Every DDL commits: this table says that a run is at work or stopped in the middle. It goes with the last revision.
BEGIN
{{>gate.sql}}
  EXECUTE IMMEDIATE {{create_literal}};
  EXECUTE IMMEDIATE {{insert_literal}};
  COMMIT;
END;
/
{{/journal}}
{{#version_table}}

-- Version table
DECLARE
  exists_already EXCEPTION;
  PRAGMA EXCEPTION_INIT(exists_already, -955);
BEGIN
{{>gate.sql}}
  EXECUTE IMMEDIATE {{create_literal}};
EXCEPTION
  WHEN exists_already THEN
    NULL;
END;
/
{{/version_table}}
