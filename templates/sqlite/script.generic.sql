-- {{title}}
-- {{range}}
-- Made for {{server}} and later, any client. Success is a receipt in the last row that says OK, and no error.
-- Run it from the file: a line that a paste loses within a statement may not be missed.
PRAGMA busy_timeout = 10000;
PRAGMA ignore_check_constraints = OFF;
PRAGMA legacy_alter_table = OFF;
PRAGMA case_sensitive_like = OFF;
PRAGMA recursive_triggers = OFF;
PRAGMA reverse_unordered_selects = OFF;
PRAGMA writable_schema = OFF;
PRAGMA foreign_keys = ON;
DROP TRIGGER IF EXISTS temp.wb_guard;
DROP TRIGGER IF EXISTS temp.wb_step;
DROP TABLE IF EXISTS temp.wb_env;
DROP TABLE IF EXISTS temp.wb_alive;
CREATE TEMP TABLE wb_env AS SELECT foreign_keys AS fk FROM pragma_foreign_keys;
PRAGMA foreign_keys = OFF;
DROP TABLE IF EXISTS temp.wb_mark;
DROP TABLE IF EXISTS temp.wb_gate;
DROP VIEW IF EXISTS temp.waybill_broken;
DROP VIEW IF EXISTS temp.waybill_keys;
DROP TABLE IF EXISTS temp.waybill_before;
{{#shape}}
DROP TABLE IF EXISTS temp.waybill_shape;
{{/shape}}
{{! The transaction is a savepoint, and its end is the release of that savepoint: a paste that begins behind it has none to
    release, one that begins before it has all that the guard needs. Every statement stands on one line behind a savepoint, so
    that none runs by itself. }}
-- What is taken back here, of each kind of statement, stays where the client commits by itself: the guard sees it.
SAVEPOINT waybill; CREATE TEMP TABLE wb_alive (found TEXT); ALTER TABLE temp.wb_env ADD COLUMN found TEXT; UPDATE temp.wb_env SET fk = 0; DELETE FROM temp.wb_env; ROLLBACK TO waybill;
CREATE TEMP TABLE wb_mark (step INTEGER PRIMARY KEY, sv INTEGER NOT NULL, tc INTEGER NOT NULL);
CREATE TEMP TABLE waybill_before (m, t, k, r);
{{>keys.sql}}
CREATE TEMP TABLE wb_gate (found TEXT,
  CONSTRAINT "[WAYBILL-GUARD] triggers do not fire in this session" CHECK (found IS NOT 'silent'),
  CONSTRAINT "[WAYBILL-GUARD] some step did not complete, nothing was kept" CHECK (found IS 'complete'));

{{#beside}}
SELECT '[WAYBILL-BESIDE] another application has here: ' || type || ' ' || name AS beside {{beside}};
{{/beside}}
{{#dropped}}
SELECT '[WAYBILL-ROWS] this way back drops ' || {{name_literal}} || ' with ' || count(*) || ' rows' AS held FROM {{table}};
{{/dropped}}
-- Guard: version, file, revision and tables must be the ones this script was made for; which rows break foreign keys already is noted.
CREATE TEMP TRIGGER wb_guard BEFORE INSERT ON wb_mark WHEN NEW.step = 0
BEGIN
  SELECT RAISE(ABORT, '[WAYBILL-GUARD] the script was started inside an open transaction, or the client commits by itself') WHERE (SELECT fk FROM wb_env) IS NOT 1 OR (SELECT foreign_keys FROM pragma_foreign_keys) <> 0;
{{#questions}}
{{#done}}
  INSERT INTO waybill_before (rowid) SELECT -1 WHERE NOT ({{condition}});
{{/done}}
{{^done}}
  SELECT RAISE(ABORT, '[WAYBILL-GUARD] {{why}}') WHERE NOT coalesce({{condition}}, 0);
{{/done}}
{{/questions}}
{{! Only once the keys are noted: where the first line of this is lost, its others run before that, by themselves. }}
  INSERT INTO waybill_before (rowid) SELECT -2 FROM waybill_before WHERE rowid = 1;
END;
{{#version_table}}
SAVEPOINT wb; {{version_table}};
{{/version_table}}
UPDATE {{version_table_name}} SET version_num = version_num;
INSERT INTO waybill_before SELECT * FROM waybill_keys;
-- Within a transaction this has no effect; the guard sees that too.
PRAGMA foreign_keys = ON;
{{#shape}}
SAVEPOINT wb; {{shape}};
SELECT '[WAYBILL-GUARD] table ' || fact FROM waybill_shape;
{{/shape}}
INSERT INTO wb_mark SELECT 0, (SELECT schema_version FROM pragma_schema_version), total_changes();
-- The guard is a trigger, and so is each change of rows: without a trace of the guard, triggers do not fire.
INSERT INTO wb_gate SELECT 'silent' WHERE EXISTS (SELECT 1 FROM wb_mark) AND NOT EXISTS (SELECT 1 FROM waybill_before WHERE rowid = -2);
DELETE FROM temp.wb_mark WHERE NOT EXISTS (SELECT 1 FROM waybill_before WHERE rowid = -2);
DROP TRIGGER IF EXISTS temp.wb_guard;
{{#shape}}
DROP TABLE IF EXISTS temp.waybill_shape;
{{/shape}}
{{! A statement that changes the schema cannot be made conditional, but a file attached can: a client that goes on behind a guard
    that has refused, in no transaction that could be rolled back, is left in a session that only reads. What abs() cannot give
    hangs on a count: SQLite 3.28 works out beforehand what hangs on nothing. }}
-- From here on nothing is written, unless the guard has passed: else there is no waybill_go, through which that is taken back.
PRAGMA query_only = ON;
ATTACH DATABASE (SELECT substr(':memory:', abs(CASE count(*) WHEN 1 THEN 1 ELSE -9223372036854775808 END)) FROM temp.wb_mark) AS waybill_go;
PRAGMA query_only = ON; PRAGMA waybill_go.query_only = OFF;
{{#items}}
{{text}}
{{/items}}

-- Foreign keys and version rows
{{#versions}}
SAVEPOINT wb; {{text}};
{{/versions}}
INSERT INTO wb_mark SELECT {{last}}, (SELECT schema_version FROM pragma_schema_version), total_changes()
  WHERE {{to_check}} AND NOT EXISTS (SELECT 1 FROM waybill_broken);
PRAGMA query_only = OFF;
-- The only gates that matter: a failure before them rolls the whole transaction back here. The first asks for what the second needs.
INSERT OR ROLLBACK INTO {{version_table_name}} (version_num) SELECT NULL WHERE (SELECT count(*) FROM sqlite_temp_master WHERE type = 'table' AND name IN ('wb_mark', 'wb_gate', 'waybill_before')) <> 3;
INSERT OR ROLLBACK INTO wb_gate SELECT CASE WHEN (SELECT count(*) FROM wb_mark) = {{marks}} THEN 'complete' END; RELEASE waybill;
PRAGMA foreign_keys = ON;
DETACH DATABASE waybill_go;
-- Still inside a transaction (it could not be ended, for example for a reader)? Then undo it.
INSERT OR ROLLBACK INTO wb_gate SELECT 'not ended' WHERE (SELECT foreign_keys FROM pragma_foreign_keys) = 0;

-- Receipt: computed, never printed as a constant.
CREATE TEMP TABLE IF NOT EXISTS wb_mark (step INTEGER PRIMARY KEY, sv INTEGER NOT NULL, tc INTEGER NOT NULL);
CREATE TEMP TABLE IF NOT EXISTS wb_gate (found TEXT);
SELECT {{receipt}} || ' steps=' || max(0, (SELECT count(*) FROM wb_mark) - 2) || '/{{steps}} token=-'
  || ' db=' || replace((SELECT file FROM pragma_database_list WHERE name = 'main'), ' ', '%20') || ' schema=main user=- at=' || strftime('%Y-%m-%dT%H:%M:%SZ', 'now')
  || ' result=' || CASE WHEN last_insert_rowid() = -1 THEN 'ALREADY' WHEN (SELECT count(*) FROM wb_mark) = {{marks}} AND (SELECT count(*) FROM wb_gate) = 1 AND (SELECT foreign_keys FROM pragma_foreign_keys) = 1 THEN 'OK' ELSE 'FAILED' END AS receipt;
DROP TABLE temp.wb_mark;
DROP TABLE temp.wb_gate;
DROP VIEW IF EXISTS temp.waybill_broken;
DROP VIEW IF EXISTS temp.waybill_keys;
DROP TABLE IF EXISTS temp.waybill_before;
