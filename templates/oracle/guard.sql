{{! Armed: no token, so nothing behind the guard may run. Then what the meaning of dates, numbers, lengths and comparisons
    depends on. The numbers of RAISE_APPLICATION_ERROR are no multiples of 256, which some clients exit with as 0. }}
BEGIN
  ROLLBACK;
  DBMS_APPLICATION_INFO.SET_CLIENT_INFO('WAYBILL:none');
  DBMS_OUTPUT.ENABLE(NULL);
  EXECUTE IMMEDIATE 'ALTER SESSION SET NLS_LANGUAGE = ''AMERICAN''';
  EXECUTE IMMEDIATE 'ALTER SESSION SET NLS_COMP = BINARY NLS_SORT = BINARY NLS_LENGTH_SEMANTICS = CHAR NLS_NUMERIC_CHARACTERS = ''.,''';
  EXECUTE IMMEDIATE 'ALTER SESSION SET NLS_DATE_FORMAT = ''YYYY-MM-DD HH24:MI:SS'' NLS_TIMESTAMP_FORMAT = ''YYYY-MM-DD HH24:MI:SS.FF''';
  EXECUTE IMMEDIATE 'ALTER SESSION SET NLS_TIMESTAMP_TZ_FORMAT = ''YYYY-MM-DD HH24:MI:SS.FF TZH:TZM''';
  EXECUTE IMMEDIATE 'ALTER SESSION SET DDL_LOCK_TIMEOUT = 30';
  EXECUTE IMMEDIATE {{set_schema}};
END;
/

-- Guard: version, database, schema, revision and tables must be the ones this script was made for.
{{! Every question refuses unless its answer is yes: one that fails ends the block, one that gives NULL goes to ELSE. The
    version table is read by dynamic SQL, as a block that names a missing table does not compile; ORA-00942 leaves what was read
    NULL. At the revision that the script leads to there is nothing to do: blocks that ask for the token are told so and return,
    plain statements of SQL*Plus cannot be skipped, so there the guard refuses. }}
DECLARE
  maintained PLS_INTEGER;
  journals PLS_INTEGER;
{{#privileges}}
  granted PLS_INTEGER;
{{/privileges}}
{{#counts}}
  {{variable}} PLS_INTEGER;
  {{variable}}_name VARCHAR2(4000);
{{/counts}}
{{#columns}}
  {{variable}} PLS_INTEGER;
  {{variable}}_is VARCHAR2(4000);
{{/columns}}
  has_table PLS_INTEGER := 1;
  at_from PLS_INTEGER;
  at_to PLS_INTEGER;
  found VARCHAR2(4000);
  state VARCHAR2(4000);
  no_table EXCEPTION;
  PRAGMA EXCEPTION_INIT(no_table, -942);
BEGIN
  SELECT COUNT(*) INTO maintained FROM all_users WHERE username = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') AND oracle_maintained = 'Y';
  SELECT COUNT(*) INTO journals FROM all_tables WHERE owner = {{version_owner}} AND table_name = 'WAYBILL_JOURNAL';
{{#privileges}}
  SELECT COUNT(DISTINCT REPLACE(privilege, ' ANY')) INTO granted FROM session_privs WHERE REPLACE(privilege, ' ANY') IN ({{privileges}});
{{/privileges}}
  BEGIN
    EXECUTE IMMEDIATE {{rows_literal}} INTO at_from, at_to, found;
  EXCEPTION
    WHEN no_table THEN has_table := 0;
  END;
{{#counts}}
  SELECT COUNT(*), MIN(t.name) INTO {{variable}}, {{variable}}_name FROM (
{{#names}}
    SELECT {{name}} AS name, {{owner}} AS owner FROM dual{{#more}} UNION ALL{{/more}}
{{/names}}
  ) t WHERE {{not}}EXISTS (SELECT 1 FROM all_tables a WHERE a.owner = t.owner AND a.table_name = t.name);
{{/counts}}
{{#columns}}
  SELECT MAX(CASE WHEN {{condition}} THEN 1 ELSE 0 END), MAX({{found}}) INTO {{variable}}, {{variable}}_is FROM {{from}};
{{/columns}}
  state := COALESCE(
{{#questions}}
    CASE WHEN {{condition}} THEN NULL ELSE {{why}} END,
{{/questions}}
    'go');
{{#generic}}
  IF state IN ('go', 'already') THEN
    DBMS_APPLICATION_INFO.SET_CLIENT_INFO('WAYBILL:{{token}}:' || CASE state WHEN 'go' THEN '0' ELSE state END);
{{/generic}}
{{^generic}}
  IF state = 'go' THEN
    DBMS_APPLICATION_INFO.SET_CLIENT_INFO('WAYBILL:{{token}}:0');
{{/generic}}
  ELSE
    RAISE_APPLICATION_ERROR(-20001, '[WAYBILL-GUARD] ' || state || ' (database ' || SYS_CONTEXT('USERENV', 'DB_NAME')
      || ', schema ' || SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') || ')');
  END IF;
END;
/
{{#version_table}}

-- Version table
{{! That it is there already is no error, as long as it can be read and is empty: ORA-00942 may have meant that this user sees
    it not. }}
DECLARE
  n PLS_INTEGER;
  exists_already EXCEPTION;
  PRAGMA EXCEPTION_INIT(exists_already, -955);
BEGIN
{{>gate.sql}}
  EXECUTE IMMEDIATE {{create_literal}};
EXCEPTION
  WHEN exists_already THEN
    EXECUTE IMMEDIATE {{count_literal}} INTO n;
    IF n = 0 THEN NULL; ELSE RAISE; END IF;
END;
/
{{/version_table}}
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
