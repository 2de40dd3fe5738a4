-- {{title}}
-- {{range}}
-- Made for {{server}} and later, any client. Success is the last row with result=OK and no error.
PRAGMA busy_timeout = 10000;
PRAGMA foreign_keys = ON;
DROP TABLE IF EXISTS temp.wb_env;
CREATE TEMP TABLE wb_env AS SELECT foreign_keys AS fk FROM pragma_foreign_keys;
PRAGMA foreign_keys = OFF;
DROP TABLE IF EXISTS temp.wb_mark;
DROP TABLE IF EXISTS temp.wb_gate;
DROP TABLE IF EXISTS temp.wb_keys;
CREATE TEMP TABLE wb_mark (step INTEGER PRIMARY KEY, sv INTEGER NOT NULL, tc INTEGER NOT NULL);
CREATE TEMP TABLE wb_keys (violations INTEGER);
CREATE TEMP TABLE wb_gate (found TEXT,
  CONSTRAINT "[WAYBILL-GUARD] some step did not complete, nothing was kept" CHECK (found IS 'complete'));

-- Guard: version, file, revision and tables must be the ones this script was made for.
DROP TRIGGER IF EXISTS temp.wb_guard;
CREATE TEMP TRIGGER wb_guard BEFORE INSERT ON wb_mark WHEN NEW.step = 0
BEGIN
{{#checks}}
  SELECT RAISE(ABORT, '[WAYBILL-GUARD] {{message_literal}}') WHERE NOT coalesce({{condition}}, 0);
{{/checks}}
  SELECT RAISE(ABORT, '[WAYBILL-GUARD] the script was started inside an open transaction') WHERE (SELECT fk FROM wb_env) <> 1 OR (SELECT foreign_keys FROM pragma_foreign_keys) <> 0;
END;
BEGIN;
{{#version_table}}
{{version_table}};
{{/version_table}}
UPDATE {{version_table_name}} SET version_num = version_num;
INSERT INTO wb_keys SELECT count(*) FROM pragma_foreign_key_check;
INSERT INTO wb_mark SELECT 0, (SELECT schema_version FROM pragma_schema_version), total_changes();
DROP TRIGGER IF EXISTS temp.wb_guard;
SAVEPOINT wb;
{{#items}}
{{text}}
{{/items}}

-- Foreign keys and version rows
{{#versions}}
{{text}};
{{/versions}}
INSERT INTO wb_mark SELECT {{last}}, (SELECT schema_version FROM pragma_schema_version), total_changes()
  WHERE {{to_check}} AND (SELECT count(*) FROM pragma_foreign_key_check) <= (SELECT violations FROM wb_keys);
-- The only gate that matters: a failure before it rolls the whole transaction back here.
INSERT OR ROLLBACK INTO wb_gate SELECT CASE WHEN (SELECT count(*) FROM wb_mark) = {{marks}} THEN 'complete' END;
COMMIT;
PRAGMA foreign_keys = ON;
-- Still inside a transaction (COMMIT was refused, for example by a reader)? Then undo it.
INSERT OR ROLLBACK INTO wb_gate SELECT 'commit refused' WHERE (SELECT foreign_keys FROM pragma_foreign_keys) = 0;

-- Receipt: computed, never printed as a constant.
SELECT '[WAYBILL-RECEIPT] v=1 bundle={{bundle}} script_sha256={{script_sha256}} from={{from_label}} to={{to_label}} steps='
  || max(0, (SELECT count(*) FROM wb_mark) - 2) || '/{{steps}}'
  || ' file=' || (SELECT file FROM pragma_database_list WHERE name = 'main') || ' at=' || strftime('%Y-%m-%dT%H:%M:%SZ', 'now')
  || ' result=' || CASE WHEN (SELECT count(*) FROM wb_mark) = {{marks}} AND (SELECT count(*) FROM wb_gate) = 1 AND (SELECT foreign_keys FROM pragma_foreign_keys) = 1 THEN 'OK' ELSE 'FAILED' END AS receipt;
