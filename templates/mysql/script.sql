-- {{title}}
-- {{range}}
-- Made for {{server}} and later, client {{client}}. Success is a receipt in the last line that says OK, and no ERROR with a number.
-- Every statement commits itself here. A failure stops the script; exactly the statements before it are there, and the
-- version row names the last whole revision.
ROLLBACK AND NO CHAIN NO RELEASE;

-- Arm: from here on this session may only read, until the guard has checked everything.
SET SESSION TRANSACTION READ ONLY;
SET NAMES utf8mb4;
SET SESSION autocommit = 1, SESSION completion_type = 0;
SET SESSION lock_wait_timeout = 30, SESSION innodb_lock_wait_timeout = 30, SESSION sql_safe_updates = 0;
SET SESSION foreign_key_checks = 1, SESSION unique_checks = 1;
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';
SET @wb_ok = 0, @wb_at = 0, @wb_why = NULL, @wb_lock = NULL, @wb_table = NULL, @wb_begun = NULL, @wb_found = NULL, @wb_match = NULL, @wb_part = NULL, @wb_missing = '', @wb_present = '', @wb_now = NULL;

-- Guard: product, version, database, revision and tables must be the ones this script was made for.
SET @wb_lock = GET_LOCK(CONCAT('waybill:', MD5(COALESCE(DATABASE(), ''))), 5);
SET @wb_version = SUBSTRING_INDEX(IF(VERSION() LIKE '5.5.5-%', SUBSTRING(VERSION(), 7), VERSION()), '-', 1);
SET @wb_version = SUBSTRING_INDEX(@wb_version, '.', 1) * 10000 + SUBSTRING_INDEX(SUBSTRING_INDEX(@wb_version, '.', 2), '.', -1) * 100 + SUBSTRING_INDEX(@wb_version, '.', -1);
SELECT COUNT(*), MAX(TABLE_COMMENT) INTO @wb_table, @wb_begun FROM information_schema.TABLES WHERE TABLE_SCHEMA = {{version_schema}} AND TABLE_NAME = {{version_table}} AND TABLE_TYPE <> 'VIEW';
SET @wb_sql = IF(@wb_table = 1, {{select_rows}}, {{select_none}});
PREPARE wb_p FROM @wb_sql;
EXECUTE wb_p;
DEALLOCATE PREPARE wb_p;
{{#tables}}
SET @wb_part = NULL;
SET @wb_part = (SELECT COALESCE(GROUP_CONCAT(t SEPARATOR ' '), '') FROM ({{rows}}) AS wanted
  LEFT JOIN (SELECT TABLE_NAME AS n FROM information_schema.TABLES WHERE TABLE_SCHEMA = {{schema}} AND TABLE_TYPE <> 'VIEW') AS found
  ON CAST(IF(@@lower_case_table_names, LOWER(n), n) AS BINARY) = CAST(IF(@@lower_case_table_names, LOWER(t), t) AS BINARY) WHERE n IS NULL);
SET @wb_missing = CONCAT(@wb_missing, @wb_part);
{{/tables}}
{{#created}}
SET @wb_part = NULL;
SET @wb_part = (SELECT COALESCE(GROUP_CONCAT(t SEPARATOR ' '), '') FROM ({{rows}}) AS made
  LEFT JOIN (SELECT TABLE_NAME AS n FROM information_schema.TABLES WHERE TABLE_SCHEMA = {{schema}}) AS found
  ON CAST(IF(@@lower_case_table_names, LOWER(n), n) AS BINARY) = CAST(IF(@@lower_case_table_names, LOWER(t), t) AS BINARY) WHERE n IS NOT NULL);
SET @wb_present = CONCAT(@wb_present, @wb_part);
{{/created}}
SET @wb_why = CASE
  WHEN VERSION() {{#mariadb}}NOT LIKE{{/mariadb}}{{^mariadb}}LIKE{{/mariadb}} '%MariaDB%' OR @wb_version < {{minimum}} THEN CONCAT('needs {{server}} or later, this is ', VERSION())
  WHEN @@max_error_count = 0 THEN 'max_error_count is 0, errors would not be seen'
  WHEN DATABASE() IS NULL THEN 'no database is selected'
{{#databases}}
  WHEN CAST(IF(@@lower_case_table_names, LOWER(DATABASE()), DATABASE()) AS BINARY) <> CAST(IF(@@lower_case_table_names, LOWER({{.}}), {{.}}) AS BINARY) THEN CONCAT('made for database ', {{.}}, ', this is ', DATABASE())
{{/databases}}
  WHEN NOT (@wb_lock <=> 1) THEN 'another run holds the lock'
  WHEN @wb_begun LIKE 'waybill: %' THEN CONCAT('an earlier run stopped: ', SUBSTRING(@wb_begun, 10))
  WHEN NOT (@wb_match <=> 1) THEN CONCAT('expected revision ', {{from_text}}, ', found ', COALESCE(@wb_found, 'nothing'))
  WHEN NOT (@wb_missing <=> '') THEN CONCAT('tables of this revision are missing: ', COALESCE(@wb_missing, '?'))
  WHEN NOT (@wb_present <=> '') THEN CONCAT('tables to be created exist already: ', COALESCE(@wb_present, '?'))
  ELSE '' END;
SET @wb_ok = (@wb_why <=> '');
SELECT CONCAT('[WAYBILL-GUARD] ', IF(@wb_ok, 'passed', COALESCE(@wb_why, 'refused'))) AS guard;
SET @wb_sql = IF(@wb_ok, 'DO 0', CONCAT('SELECT `[WAYBILL-GUARD] ', LEFT(REPLACE(COALESCE(@wb_why, 'refused'), '`', ''), 47), '`'));
PREPARE wb_p FROM @wb_sql;
EXECUTE wb_p;
DEALLOCATE PREPARE wb_p;
SET SESSION {{read_only}} = IF(@wb_ok, 0, 1);
{{#create_version_table}}

-- The version table
{{create_version_table}};
SET @wb_ok = (@wb_ok AND @@error_count = 0); SET SESSION {{read_only}} = IF(@wb_ok, 0, 1); SELECT '[WAYBILL-STEP 0.1]' AS step FROM DUAL WHERE @wb_ok;
{{/create_version_table}}
{{#items}}
{{#heading}}

{{heading}}
{{/heading}}
{{#begin}}
ALTER TABLE {{version_table_name}} COMMENT = {{begin}};
SET @wb_ok = (@wb_ok AND @@error_count = 0); SET SESSION {{read_only}} = IF(@wb_ok, 0, 1);
{{/begin}}
{{#comment}}
{{comment}}
{{/comment}}
{{#statement}}
{{statement}}
SET @wb_ok = (@wb_ok AND @@error_count = 0); SET @wb_at = @wb_at + @wb_ok, SESSION {{read_only}} = IF(@wb_ok, 0, 1); SELECT '[WAYBILL-STEP {{number}}]' AS step FROM DUAL WHERE @wb_ok;
{{/statement}}
{{#check}}
SET @wb_now = NULL;
SET @wb_now = ({{check}});
SET @wb_ok = (@wb_ok AND @wb_now <=> 0); SET @wb_at = @wb_at + @wb_ok, SESSION {{read_only}} = IF(@wb_ok, 0, 1); SELECT '[WAYBILL-STEP {{number}}]' AS step FROM DUAL WHERE @wb_ok;
SET @wb_sql = IF(@wb_now <=> 0, 'DO 0', CONCAT('SELECT `[WAYBILL-CHECK] expected 0, found ', LEFT(REPLACE(COALESCE(@wb_now, 'nothing'), '`', ''), 20), '`')); PREPARE wb_p FROM @wb_sql; EXECUTE wb_p; DEALLOCATE PREPARE wb_p;
{{/check}}
{{#moves}}
{{#several}}
START TRANSACTION;
{{/several}}
{{#statements}}
{{text}};
SET @wb_ok = (@wb_ok AND @@error_count = 0), @wb_now = NULL;
{{/statements}}
{{#several}}
SET @wb_sql = IF(@wb_ok, 'COMMIT', 'ROLLBACK'); PREPARE wb_p FROM @wb_sql; EXECUTE wb_p;
SET @wb_ok = (@wb_ok AND @@error_count = 0); DEALLOCATE PREPARE wb_p;
{{/several}}
SET @wb_now = ({{rows_are}});
SET @wb_ok = (@wb_ok AND @wb_now <=> 1); SET SESSION {{read_only}} = IF(@wb_ok, 0, 1);
{{#end}}
ALTER TABLE {{version_table_name}} COMMENT = '';
SET @wb_ok = (@wb_ok AND @@error_count = 0); SET SESSION {{read_only}} = IF(@wb_ok, 0, 1);
{{/end}}
SET @wb_at = @wb_at + @wb_ok; SELECT IF(@wb_ok, {{done}}, {{not_done}}) AS step;
{{/moves}}
{{/items}}

-- Receipt: computed, never printed as a constant.
SET @wb_now = NULL;
SET @wb_now = ({{to_are}});
SET SESSION TRANSACTION READ ONLY;
DO RELEASE_LOCK(CONCAT('waybill:', MD5(COALESCE(DATABASE(), ''))));
SELECT CONCAT('[WAYBILL-RECEIPT] v=1 bundle={{bundle}} script_sha256={{script_sha256}} from={{from_label}} to={{to_label}} steps=',
  COALESCE(@wb_at, 0), '/{{steps}} db=', COALESCE(DATABASE(), ''), ' user=', CURRENT_USER(), ' at=', DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%dT%H:%i:%sZ'),
  ' result=', IF(@wb_ok AND @wb_at = {{steps}} AND @wb_now <=> 1, 'OK', 'FAILED')) AS receipt;
