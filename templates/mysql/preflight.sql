-- {{title}}
-- {{range}}
-- Made for {{server}} and later, {{client_name}}. It asks what upgrade.sql will ask, and changes nothing: run it days ahead, as the same user, in a session of its own.
SET @wb_cs = @@character_set_client, @wb_ready = 1, @wb_begun = NULL, @wb_from = NULL, @wb_found = NULL;
SET {{#tables}}{{count}} = NULL, {{/tables}}{{#others}}{{count}} = NULL, {{/others}}{{#columns}}{{variable}} = NULL, {{variable}}_is = NULL, {{/columns}}@wb_may = NULL;
SET NAMES utf8mb4;
SET default_storage_engine = InnoDB;
SET sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';
START TRANSACTION READ ONLY;
{{>asked.sql}}
{{#questions}}
SET @wb_why = NULL;
SET @wb_why = CASE WHEN ({{condition}}) IS NOT TRUE{{break}}THEN COALESCE({{why}}, 'no answer') ELSE '' END;
SET @wb_ready = @wb_ready AND @wb_why <=> '';
SELECT CONCAT('[WAYBILL-PREFLIGHT] ', IF(@wb_why <=> '', 'yes  {{name}}', CONCAT('no   {{name}}: ', COALESCE(@wb_why, 'the question failed')))) AS preflight;
{{/questions}}
{{#dropped}}
{{>held.sql}}
SET @wb_ready = @wb_ready AND @wb_held;
SELECT CONCAT('[WAYBILL-PREFLIGHT] ', IF(@wb_held, 'yes  rows', CONCAT('no   rows: drops tables with rows (', COALESCE(@wb_holds, '?'), '): SET @waybill_drop = ''', DATABASE(), ''' allows it'))) AS preflight;
{{/dropped}}
{{#asked_checks}}
SET @wb_now = NULL;
SET @wb_now = ({{check}});
SET @wb_ready = @wb_ready AND @wb_now <=> 0;
SELECT CONCAT('[WAYBILL-PREFLIGHT] ', IF(@wb_now <=> 0, 'yes  {{name}}', CONCAT('no   {{name}}: expected 0, found ', COALESCE(@wb_now, 'nothing')))) AS preflight;
{{/asked_checks}}
SELECT CONCAT('[WAYBILL-PREFLIGHT] ', {{summary_literal}}, ' db=', COALESCE(DATABASE(), '-'), ' user=', CURRENT_USER(), IF(@wb_ready, ' ready', ' not ready')) AS preflight;
ROLLBACK;
