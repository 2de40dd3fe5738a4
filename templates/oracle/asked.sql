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
{{#beside}}
  SELECT COUNT(*), MIN(LOWER(o.object_type) || ' ' || o.object_name) INTO others, others_name FROM all_objects o
    WHERE o.owner = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') AND o.object_type IN ('TABLE', 'VIEW', 'MATERIALIZED VIEW',
    'SEQUENCE', 'TYPE', 'SYNONYM', 'FUNCTION', 'PROCEDURE', 'PACKAGE') AND o.generated = 'N' AND o.secondary = 'N'
    AND o.object_name NOT LIKE 'BIN$%' AND o.object_name NOT LIKE 'ISEQ$$%' AND o.object_name NOT LIKE 'SYS!_%' ESCAPE '!'
    AND o.object_name NOT IN ({{own}}) AND NOT EXISTS (SELECT 1 FROM all_tables a
    WHERE a.owner = o.owner AND a.table_name = o.object_name AND (a.nested = 'YES' OR a.dropped = 'YES'));
{{/beside}}
{{#facts}}
  SELECT COUNT(*) INTO {{variable}} FROM {{from}};
{{/facts}}
{{#dropped}}
  FOR t IN (
{{#names}}
    SELECT {{name}} AS name, {{#must}}1{{/must}}{{^must}}0{{/must}} AS must FROM dual{{#more}} UNION ALL{{/more}}
{{/names}}
  ) LOOP
    BEGIN
      EXECUTE IMMEDIATE 'SELECT COUNT(*) FROM ' || t.name INTO many;
      IF many > 0 THEN holds := holds || CASE WHEN holds IS NOT NULL THEN ', ' END || t.name || ' ' || many; END IF;
    EXCEPTION
      WHEN no_table THEN IF t.must = 1 THEN RAISE; END IF;
    END;
  END LOOP;
{{/dropped}}
{{#columns}}
  SELECT MAX(CASE WHEN {{condition}} THEN 1 ELSE 0 END), MAX({{found}}) INTO {{variable}}, {{variable}}_is FROM {{from}};
{{/columns}}
