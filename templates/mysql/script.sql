-- {{title}}
-- {{range}}
-- Made for {{server}} and later, client {{client}}. Success is a receipt that says OK in the last line, and no line with {{failure}}.
{{#generic}}
-- Every statement commits itself: after a failure exactly those before it are there. A client that sends statements of its own
-- in between gets FAILED. Paste it into none that has a pager: that takes the rest for its own commands.
{{/generic}}
{{^generic}}
-- Every statement commits itself. Run it from the file: a paste may be cut, lose lines, open a pager for the rest.
{{/generic}}
{{! The client's own reading of the file cannot be changed from here; in a character set whose second bytes are quotes or
    backslashes it would lose texts. A temporary table would stand before the one that is meant, and is seen in no catalogue.
    What cannot be rolled back is an XA transaction; nothing of the script could end it. }}
ROLLBACK AND NO CHAIN NO RELEASE; SET @wb_open = @@{{#mariadb}}in_transaction{{/mariadb}}{{^mariadb}}error_count{{/mariadb}}, @wb_a = 0, @wb_cs = @@character_set_client;
{{drop_temporary}}
{{! Each of these lines counts itself, and the guard asks for the count: a session may have been set to anything. What the
    server has set for all of its sessions is not of this session. }}
-- Guard: until product, version, database, revision and tables prove to be this script's, the session may only read.
{{! Strict, but for dates that are zero: those a table has are the server's business, an ALTER would stop at them. Of two lines
    of a statement none is one alone. }}
{{#mariadb}}
SET @wb_a = @wb_a + 1, @wb_at = NULL, timestamp = 0; SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SET NAMES utf8mb4, sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION',
  default_storage_engine = InnoDB, sql_auto_is_null = 0, sql_safe_updates = 0{{#if_exists}}, sql_if_exists = 0{{/if_exists}}, @wb_a = @wb_a + 1;
SET innodb_lock_wait_timeout = 30, lock_wait_timeout = 30, max_statement_time = 0, completion_type = 0, autocommit = 1,
  group_concat_max_len = 1048576, sql_select_limit = DEFAULT, sql_big_selects = 1, unique_checks = 1, @wb_a = @wb_a + 1;
SET foreign_key_checks = 1, check_constraint_checks = 1, time_zone = DEFAULT, old_mode = DEFAULT, @wb_a = @wb_a + 1;
{{/mariadb}}
{{^mariadb}}
SET @wb_a = @wb_a + 1, @wb_at = NULL; SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SET NAMES utf8mb4, sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', unique_checks = 1,
  foreign_key_checks = 1, default_storage_engine = InnoDB, sql_safe_updates = 0, time_zone = DEFAULT, @wb_a = @wb_a + 1;
SET innodb_lock_wait_timeout = 30, lock_wait_timeout = 30, max_execution_time = 0, completion_type = 0, autocommit = 1,
  group_concat_max_len = 1048576, sql_select_limit = DEFAULT, sql_big_selects = 1, @wb_a = @wb_a + 1;
{{/mariadb}}
{{! Every question refuses unless its answer is yes: one that fails leaves NULL, and NULL is not true. Each opens a bracket, so
    that without its line the whole fails. }}
SET @wb_key = CONCAT('waybill:', MD5(COALESCE(DATABASE(), ''))), @wb_why = NULL, @wb_begun = NULL, @wb_from = NULL;
SET {{#tables}}{{count}} = NULL, {{/tables}}{{#others}}{{count}} = NULL, {{/others}}{{#columns}}{{variable}} = NULL, {{variable}}_is = NULL, {{/columns}}@wb_end = NULL, @wb_may = NULL, @wb_got = RELEASE_LOCK(@wb_key), @wb_got = GET_LOCK(@wb_key, 5);
{{>asked.sql}}
SET @wb_why = LEFT(CONCAT('[WAYBILL-GUARD] ',
{{#questions}}
{{#regroup}}
  'more'{{closed}}), 120);
SET @wb_why = LEFT(CONCAT('[WAYBILL-GUARD] ',
  IF((@wb_why LIKE '%] more') IS NOT TRUE, SUBSTR(@wb_why, 17),
{{/regroup}}
  IF(({{condition}}) IS NOT TRUE,{{break}}{{why}},
{{/questions}}
  'passed'{{closed}}), 120);{{^mariadb}} SELECT @wb_why AS guard;{{/mariadb}}
SET @wb_at = IF(@wb_why <=> '[WAYBILL-GUARD] passed', 0, NULL), @wb_run = '{{token}}', @wb_a = NULL;
{{#has_raw}}
SET @wb_pins = CONCAT_WS(' ', @@sql_mode, @@autocommit, @@completion_type, @@character_set_client);
{{/has_raw}}
{{! What has begun may write in whatever session it did: a client that goes on after errors would, in an XA transaction. }}
{{#mariadb}}
{{>raise.sql}}
{{^generic}}EXECUTE IMMEDIATE IF(@wb_open, CONCAT('KILL ', CONNECTION_ID()), 'DO 0'); {{/generic}}SET SESSION {{read_only}} = @wb_at IS NULL;
{{/mariadb}}
{{^mariadb}}
{{^generic}}
SET @wb_sql = IF(@wb_open, CONCAT('KILL ', CONNECTION_ID()), 'DO 0'); PREPARE wb_p FROM @wb_sql; EXECUTE wb_p;
{{/generic}}
SET @wb_sql = IF(@wb_why LIKE '% passed', 'DO 0', CONCAT('SELECT `', LEFT(REPLACE(@wb_why, '`', ''), 63), '`'));
PREPARE wb_p FROM @wb_sql; EXECUTE wb_p; DEALLOCATE PREPARE wb_p; SET SESSION {{read_only}} = @wb_at IS NULL;
{{/mariadb}}
{{#dropped}}
{{>held.sql}}
SET @wb_why = IF(@wb_at IS NULL OR @wb_held, @wb_why, LEFT(CONCAT('[WAYBILL-GUARD] drops tables with rows (',
  COALESCE(@wb_holds, '?'), '): SET @waybill_drop = ''', DATABASE(), ''' allows it'), 120));
SET SESSION {{read_only}} = @wb_at IS NULL OR NOT @wb_held, @wb_at = IF(@wb_held, @wb_at, NULL);
{{>raise.sql}}
{{/dropped}}
{{! A line that a paste has lost takes its statement's word with it, without which the count behind it ends; with its gate it
    leaves another count than the next one knows. By hand, what stands before a statement does nothing. }}
{{! Every change commits itself: what a revision checks is asked before the first one too, where none of them matters to it. }}
{{#first_checks}}
{{>checked.sql}}
{{/first_checks}}
{{#create_version_table}}

-- The version table
SET @wb_k = 0; {{create_version_table}};
SET @wb_at = IF(@@error_count, NULL, @wb_at + @wb_k), @wb_k = NULL; SET SESSION {{read_only}} = @wb_at IS NULL;
SELECT '[WAYBILL-STEP 0.1]' AS step FROM DUAL WHERE @wb_at IS NOT NULL;
{{/create_version_table}}
{{#items}}
{{#heading}}

{{heading}}
{{/heading}}
{{#begin}}
SET @wb_k = 0; {{begin}};
SET @wb_at = IF(@@error_count, NULL, @wb_at + @wb_k), @wb_k = NULL; SET SESSION {{read_only}} = @wb_at IS NULL;
{{/begin}}
{{#comment}}
{{comment}}
{{/comment}}
{{#statement}}
{{statement}}
SET @wb_at = IF(@@error_count = 0 AND @wb_at = {{before}}, {{before}} + @wb_k, NULL), @wb_k = NULL;
SET SESSION {{read_only}} = @wb_at IS NULL; SELECT '[WAYBILL-STEP {{number}}]' AS step FROM DUAL WHERE @wb_at;
{{/statement}}
{{#check}}
{{>checked.sql}}
{{/check}}
{{#moves}}
{{#raw}}
SET @wb_at = IF(CONCAT_WS(' ', @@sql_mode, @@autocommit, @@completion_type, @@character_set_client) <=> @wb_pins, @wb_at, NULL);
SET SESSION {{read_only}} = @wb_at IS NULL;
{{/raw}}
{{#several}}
SET SESSION {{read_only}} = COALESCE(@wb_at <> {{before}}, @@{{read_only}}); START TRANSACTION;
{{/several}}
{{#statements}}
{{^several}}SET SESSION {{read_only}} = COALESCE(@wb_at <> {{before}}, @@{{read_only}}); {{/several}}{{text}};
SET {{^several}}SESSION {{read_only}} = @wb_at IS NULL OR ROW_COUNT() <> 1, {{/several}}@wb_at = IF(ROW_COUNT() = 1, @wb_at{{^several}} + 1{{/several}}, NULL);
{{/statements}}
{{#several}}
SET @wb_sql = IF(@wb_at IS NULL, 'ROLLBACK', 'COMMIT');
PREPARE wb_p FROM @wb_sql;
EXECUTE wb_p;
SET SESSION {{read_only}} = @wb_at IS NULL OR @@error_count, @wb_at = IF(@@error_count, NULL, @wb_at + 1);
DEALLOCATE PREPARE wb_p;
{{/several}}
{{#end}}
SET @wb_k = 0; {{end}};
SET @wb_at = IF(@@error_count, NULL, @wb_at + @wb_k), @wb_k = NULL; SET SESSION {{read_only}} = @wb_at IS NULL;
{{/end}}
SELECT IF(@wb_at, {{done}}, {{not_done}}) AS step;
{{/moves}}
{{/items}}

-- Receipt: computed, never printed as a constant.
SET @wb_end = ({{to_are}});
{{! The lock goes with the first reading: read again, this says no second OK. }}
SET @wb_n = @wb_at, @wb_at = NULL; SELECT CONCAT({{receipt}}, ' steps=', COALESCE(@wb_n, 0), '/{{steps}} token=', CONNECTION_ID(), ' db=',
  REPLACE(COALESCE(DATABASE(), '-'), ' ', '%20'), ' schema=- user=', REPLACE(CURRENT_USER(), ' ', '%20'), ' at=',
  DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%dT%H:%i:%sZ'), ' result=', IF(RELEASE_LOCK(@wb_key) AND @wb_n = {{steps}} AND
  @wb_end AND @wb_run = '{{token}}', 'OK', IF(@wb_why LIKE '%] ALREADY %', 'ALREADY', 'FAILED'))) AS receipt;
