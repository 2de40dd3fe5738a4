-- {{title}}
-- {{range}}
-- Made for {{server}} and later, {{client_name}}. It asks what upgrade.sql will ask, and changes nothing: run it days ahead, as the same user. Unless its last line ends in " ready", and not in "not ready", it is not.
{{^sqlite3}}
-- What it tries to write it takes back, which may show in the file's time and counter of changes.
{{/sqlite3}}
{{#at_base}}
-- Where there is no file yet, the client that opens it makes an empty one, which stays.
{{/at_base}}
-- A version table that is missing is read as an empty one, which is kept in memory.
ATTACH DATABASE ':memory:' AS waybill_preflight;
CREATE TABLE IF NOT EXISTS waybill_preflight.{{stand_in}} (version_num TEXT NOT NULL);
DROP TABLE IF EXISTS temp.waybill_answers;
CREATE TEMP TABLE waybill_answers AS SELECT 1 AS yes, 'yes  begun' AS line FROM pragma_database_list WHERE name = 'waybill_preflight';
{{#questions}}
{{#of_shape}}
DROP TABLE IF EXISTS temp.waybill_shape;
{{shape}};
INSERT INTO temp.waybill_answers SELECT 0, 'no   {{name}}: table ' || fact FROM waybill_shape;
{{/of_shape}}
INSERT INTO temp.waybill_answers SELECT yes, CASE WHEN yes THEN 'yes  {{name}}' ELSE 'no   {{name}}: ' || {{why}} END FROM (SELECT coalesce({{condition}}, 0) AS yes);
{{#of_shape}}
DROP TABLE temp.waybill_shape;
{{/of_shape}}
{{/questions}}
{{#asked_checks}}
INSERT INTO temp.waybill_answers SELECT n IS 0, CASE WHEN n IS 0 THEN 'yes  {{name}}' ELSE 'no   {{name}}: expected 0, found ' || coalesce(n, 'nothing') END FROM (SELECT ({{check}}) AS n);
{{/asked_checks}}
{{#beside}}
SELECT '[WAYBILL-PREFLIGHT] another application has here: ' || type || ' ' || name AS beside {{beside}};
{{/beside}}
SELECT '[WAYBILL-PREFLIGHT] ' || line AS preflight FROM temp.waybill_answers ORDER BY rowid;
-- This fails while a transaction is open.
DETACH DATABASE waybill_preflight;
{{#at_base}}
-- Whether the file and its folder can be written shows when a table is begun in it, which is taken back at once.
{{#sqlite3}}
BEGIN IMMEDIATE; SAVEPOINT waybill_write; CREATE TABLE main.waybill_write (number INTEGER); INSERT INTO main.waybill_write (rowid) VALUES (-1);
ROLLBACK TO waybill_write; ROLLBACK;
{{/sqlite3}}
{{^sqlite3}}
SAVEPOINT waybill_write; CREATE TABLE main.waybill_write (number INTEGER); INSERT INTO main.waybill_write (rowid) VALUES (-1);
ROLLBACK TO waybill_write; RELEASE waybill_write;
{{/sqlite3}}
{{/at_base}}
{{^at_base}}
-- Whether the file and its folder can be written shows when version rows are set to what they are, which is taken back at once.
CREATE TEMP TABLE waybill_written (number INTEGER);
CREATE TEMP TRIGGER waybill_write BEFORE INSERT ON waybill_written WHEN NEW.number = 0 BEGIN UPDATE {{stand_in}} SET version_num = version_num; INSERT INTO waybill_written (number) SELECT 1 WHERE changes() = (SELECT count(*) FROM {{stand_in}}); END;
{{! The shell stops a line at its first error: where a transaction is open already, none is begun, and none is rolled back. }}
{{#sqlite3}}
BEGIN IMMEDIATE; SAVEPOINT waybill_write; INSERT INTO temp.waybill_written (number) VALUES (0); INSERT INTO temp.waybill_written (rowid) SELECT -1 FROM temp.waybill_written WHERE number = 1;
ROLLBACK TO waybill_write; ROLLBACK;
{{/sqlite3}}
{{^sqlite3}}
SAVEPOINT waybill_write; INSERT INTO temp.waybill_written (number) VALUES (0); INSERT INTO temp.waybill_written (rowid) SELECT -1 FROM temp.waybill_written WHERE number = 1;
ROLLBACK TO waybill_write; RELEASE waybill_write;
{{/sqlite3}}
DROP TABLE temp.waybill_written;
{{/at_base}}
INSERT INTO temp.waybill_answers SELECT yes, CASE WHEN yes THEN 'yes  writable' ELSE 'no   writable: the file, its folder or the version rows cannot be written, triggers do not fire in this session, or another one is writing just now' END FROM (SELECT last_insert_rowid() = -1 AS yes);
INSERT INTO temp.waybill_answers SELECT yes, CASE WHEN yes THEN 'yes  transaction' ELSE 'no   transaction: one is open in this session: run this in a session of its own' END FROM (SELECT NOT EXISTS (SELECT 1 FROM pragma_database_list WHERE name = 'waybill_preflight') AS yes);
SELECT '[WAYBILL-PREFLIGHT] ' || line AS preflight FROM temp.waybill_answers WHERE substr(line, 6, 8) IN ('writable', 'transact') ORDER BY rowid;
SELECT '[WAYBILL-PREFLIGHT] ' || {{summary_literal}} || ' db=' || (SELECT file FROM pragma_database_list WHERE name = 'main')
  || CASE WHEN count(DISTINCT line) = {{asked}} AND min(yes) THEN ' ready' ELSE ' not ready' END AS preflight FROM temp.waybill_answers;
DROP TABLE temp.waybill_answers;
