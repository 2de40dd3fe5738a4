{{#from_base}}
SET @wb_table = NULL, @wb_sql = NULL;
SELECT COUNT(*), COALESCE(MAX(TABLE_COMMENT), '') INTO @wb_table, @wb_begun FROM information_schema.TABLES
  WHERE TABLE_SCHEMA = {{version_schema}} AND TABLE_NAME = {{version_table}} AND TABLE_TYPE <> 'VIEW';
SET @wb_sql = ELT(@wb_table + 1, 'SELECT 1, ''no version table'' INTO @wb_from, @wb_found',
  {{select_rows}});
PREPARE wb_p FROM @wb_sql;
EXECUTE wb_p;
DEALLOCATE PREPARE wb_p;
{{/from_base}}
{{^from_base}}
{{#begun_apart}}
SELECT COALESCE(MAX(TABLE_COMMENT), '') INTO @wb_begun FROM information_schema.TABLES
  WHERE TABLE_SCHEMA = {{version_schema}} AND TABLE_NAME = {{version_table}} AND TABLE_TYPE <> 'VIEW';
{{/begun_apart}}
{{select_rows}};
{{/from_base}}
{{#tables}}
{{#with_version}}
SELECT COUNT(*), COALESCE(GROUP_CONCAT(TABLE_NAME), 'none'), COALESCE(MAX(IF(TABLE_NAME = {{version_table}},
  TABLE_COMMENT, NULL)), '') INTO {{count}}, {{names}}, @wb_begun FROM information_schema.TABLES
{{/with_version}}
{{^with_version}}
SELECT COUNT(*), COALESCE(GROUP_CONCAT(TABLE_NAME), 'none') INTO {{count}}, {{names}} FROM information_schema.TABLES
{{/with_version}}
  WHERE TABLE_SCHEMA = {{schema}}{{#present}} AND TABLE_TYPE <> 'VIEW'{{/present}} AND {{one_of}};
{{/tables}}
{{#others}}
SELECT COUNT(*), COALESCE(GROUP_CONCAT(k, ' ', n SEPARATOR ', '), 'none') INTO {{count}}, {{names}} FROM (
  SELECT IF(TABLE_TYPE IN ('VIEW', 'SEQUENCE'), LOWER(TABLE_TYPE), 'table') k, TABLE_NAME n FROM information_schema.TABLES
  WHERE TABLE_SCHEMA = DATABASE() UNION ALL SELECT LOWER(ROUTINE_TYPE), ROUTINE_NAME FROM information_schema.ROUTINES
  WHERE ROUTINE_SCHEMA = DATABASE() UNION ALL SELECT 'event', EVENT_NAME FROM information_schema.EVENTS
  WHERE EVENT_SCHEMA = DATABASE()) wb WHERE {{none_of}};
{{/others}}
{{#columns}}
SELECT {{condition}},
  {{found}}
  INTO {{variable}}, {{variable}}_is FROM {{from}};
{{/columns}}
{{may}};
