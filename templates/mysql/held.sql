{{#counts}}
SET @wb_holds = NULL;
SET @wb_holds = (SELECT COALESCE(GROUP_CONCAT(t, ' ', n SEPARATOR ', '), '') FROM ({{counts}}) AS wb WHERE n > 0);
{{/counts}}
{{#looked_up}}
{{! One that is not there is not counted; where the rows of one that is cannot be read, nothing is known. }}
SET {{^counts}}@wb_holds = '', {{/counts}}@wb_sql = NULL, @wb_more = NULL;
SET @wb_sql = (SELECT CONCAT('SELECT COALESCE(GROUP_CONCAT(t, '' '', n SEPARATOR '', ''), '''') INTO @wb_more FROM (',
  COALESCE(GROUP_CONCAT('SELECT ', QUOTE(CONCAT(IF(TABLE_SCHEMA = DATABASE(), '', CONCAT(TABLE_SCHEMA, '.')), TABLE_NAME)),
  ' AS t, COUNT(*) AS n FROM `', REPLACE(TABLE_SCHEMA, '`', '``'), '`.`', REPLACE(TABLE_NAME, '`', '``'), '`' SEPARATOR
  ' UNION ALL '), 'SELECT '''' AS t, 0 AS n'), ') AS wb WHERE n > 0') FROM information_schema.TABLES
  WHERE TABLE_TYPE NOT IN ('VIEW', 'SEQUENCE', 'SYSTEM VIEW') AND ({{looked_up}}));
PREPARE wb_p FROM @wb_sql;
EXECUTE wb_p;
DEALLOCATE PREPARE wb_p;
SET @wb_holds = CONCAT(@wb_holds, IF(@wb_holds <> '' AND @wb_more <> '', ', ', ''), @wb_more);
{{/looked_up}}
SET @wb_held = COALESCE(@wb_holds = '' OR (@wb_holds IS NOT NULL AND BINARY @waybill_drop = DATABASE()), 0);
