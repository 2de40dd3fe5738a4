-- {{title}}
-- Says at which revision a database is and which script of this bundle applies to it. It only reads.
SET NAMES utf8mb4;
SET SESSION sql_mode = '', SESSION group_concat_max_len = 1000000;
START TRANSACTION READ ONLY;
SET @wb_open = @@error_count, @wb_table = NULL, @wb_begun = NULL, @wb_rows = NULL;
SET @wb_version = SUBSTRING_INDEX(IF(VERSION() LIKE '5.5.5-%', SUBSTRING(VERSION(), 7), VERSION()), '-', 1);
SET @wb_version = SUBSTRING_INDEX(@wb_version, '.', 1) * 10000 + SUBSTRING_INDEX(SUBSTRING_INDEX(@wb_version, '.', 2), '.', -1) * 100 + SUBSTRING_INDEX(@wb_version, '.', -1);
SELECT COUNT(*), MAX(TABLE_COMMENT) INTO @wb_table, @wb_begun FROM information_schema.TABLES WHERE TABLE_SCHEMA = {{version_schema}} AND TABLE_NAME = {{version_table}} AND TABLE_TYPE <> 'VIEW';
SET @wb_sql = IF(@wb_table = 1, {{select_rows}}, 'SELECT '''' INTO @wb_rows');
PREPARE wb_p FROM @wb_sql;
EXECUTE wb_p;
DEALLOCATE PREPARE wb_p;
SELECT CONCAT('[WAYBILL-STATUS] v=1 bundle={{bundle}} db=', COALESCE(DATABASE(), ''), ' server=', VERSION(), ' revision=', IF(@wb_rows = '', 'base', COALESCE(@wb_rows, 'unknown')), ' apply=', CASE
  WHEN @wb_open THEN 'none: an XA transaction is open in this session'
  WHEN DATABASE() IS NULL THEN 'none: no database is selected'
{{#databases}}
  WHEN CAST(IF(@@lower_case_table_names, LOWER(DATABASE()), DATABASE()) AS BINARY) <> CAST(IF(@@lower_case_table_names, LOWER({{.}}), {{.}}) AS BINARY) THEN 'none: this bundle is for another database'
{{/databases}}
  WHEN VERSION() {{#mariadb}}NOT LIKE{{/mariadb}}{{^mariadb}}LIKE{{/mariadb}} '%MariaDB%' OR @wb_version < {{minimum}} THEN 'none: this bundle needs {{server}} or later'
  WHEN @wb_begun LIKE 'waybill: %' THEN CONCAT('none: an earlier run stopped (see README.txt): ', SUBSTRING(@wb_begun, 10))
{{#cases}}
  WHEN CAST(@wb_rows AS BINARY) = CAST({{rows}} AS BINARY) THEN {{apply}}
{{/cases}}
  ELSE 'none: no script of this bundle starts here' END) AS status;
ROLLBACK;
