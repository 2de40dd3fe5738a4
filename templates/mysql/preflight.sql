-- {{title}}
-- {{range}}
-- Made for {{server}} and later, {{client_name}}. It asks what upgrade.sql will ask, and changes nothing: run it days ahead, as the same user. Unless its last line ends in " ready", and not in "not ready", it is not.
SET @wb_cs = COALESCE(@wb_cs, @@character_set_client), @wb_results = COALESCE(@wb_results, @@character_set_results),
  @wb_collation = COALESCE(@wb_collation, @@collation_connection), @wb_mode = COALESCE(@wb_mode, @@sql_mode),
  @wb_engine = COALESCE(@wb_engine, @@default_storage_engine), @wb_only = COALESCE(@wb_only, @@{{read_only}});
{{^mariadb}}
SET TRANSACTION READ ONLY;
{{/mariadb}}
SET @wb_open = {{#mariadb}}@@in_transaction{{/mariadb}}{{^mariadb}}@@error_count{{/mariadb}}, @wb_yes = 0, @wb_held = NULL, @wb_begun = NULL, @wb_from = NULL, @wb_found = NULL;
SET {{#tables}}{{count}} = NULL, {{/tables}}{{#others}}{{count}} = NULL, {{/others}}{{#columns}}{{variable}} = NULL, {{variable}}_is = NULL, {{/columns}}@wb_may = NULL;
SET NAMES utf8mb4;
SET default_storage_engine = InnoDB;
SET sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,{{#mariadb}}NO_AUTO_CREATE_USER,{{/mariadb}}NO_ENGINE_SUBSTITUTION';
-- A transaction that is open goes on as it is, and is no place to ask from; where a session commits by itself, nothing can be written until the end of this script.
SET SESSION {{read_only}} = IF(@@autocommit OR @wb_only, 1, 0);
{{>asked.sql}}
{{#questions}}
SET @wb_why = NULL;
SET @wb_why = CASE WHEN ({{condition}}) IS NOT TRUE{{break}}THEN COALESCE({{why}}, 'no answer') ELSE '' END;
SET @wb_yes = IF(@wb_yes <=> {{before}} AND @wb_why <=> '', {{number}}, NULL);
SELECT CONCAT('[WAYBILL-PREFLIGHT] ', IF(@wb_why <=> '', 'yes  {{name}}', CONCAT('no   {{name}}: ', COALESCE(@wb_why, 'the question failed')))) AS preflight;
{{/questions}}
{{#dropped}}
{{>held.sql}}
SELECT CONCAT('[WAYBILL-PREFLIGHT] ', IF(@wb_held, 'yes  rows', CONCAT('no   rows: drops tables with rows (', COALESCE(@wb_holds, '?'), '): SET @waybill_drop = ''', DATABASE(), ''' allows it'))) AS preflight;
{{/dropped}}
{{#asked_checks}}
SET @wb_now = NULL;
SET @wb_now = ({{check}});
SET @wb_yes = IF(@wb_yes <=> {{before}} AND @wb_now <=> 0, {{number}}, NULL);
SELECT CONCAT('[WAYBILL-PREFLIGHT] ', IF(@wb_now <=> 0, 'yes  {{name}}', CONCAT('no   {{name}}: expected 0, found ', COALESCE(@wb_now, 'nothing')))) AS preflight;
{{/asked_checks}}
SELECT CONCAT('[WAYBILL-PREFLIGHT] ', {{summary_literal}}, ' db=', COALESCE(DATABASE(), '-'), ' user=', CURRENT_USER(), IF(@wb_yes <=> {{asked}}{{#dropped}} AND @wb_held{{/dropped}}, ' ready', ' not ready')) AS preflight;
SET SESSION {{read_only}} = IF(@wb_only, 1, 0), sql_mode = @wb_mode, default_storage_engine = @wb_engine,
  character_set_client = @wb_cs, character_set_results = @wb_results, collation_connection = @wb_collation;
SET @wb_yes = NULL, @wb_held = NULL, @wb_cs = NULL, @wb_results = NULL, @wb_collation = NULL, @wb_mode = NULL, @wb_engine = NULL, @wb_only = NULL;
