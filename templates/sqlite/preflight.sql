-- {{title}}
-- {{range}}
-- Made for {{server}} and later, {{client_name}}. It asks what upgrade.sql will ask, and changes nothing: run it days ahead, in a session of its own.
{{#sqlite3}}
.headers off
.mode list
{{/sqlite3}}
{{#attached}}
-- A version table that is missing is read as an empty one, which is kept in memory.
ATTACH DATABASE ':memory:' AS waybill_preflight;
CREATE TABLE waybill_preflight.{{attached}} (version_num TEXT NOT NULL);
{{/attached}}
DROP TABLE IF EXISTS temp.waybill_answers;
CREATE TEMP TABLE waybill_answers (yes INTEGER NOT NULL, line TEXT NOT NULL);
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
SELECT '[WAYBILL-PREFLIGHT] ' || {{summary_literal}} || ' db=' || (SELECT file FROM pragma_database_list WHERE name = 'main')
  || CASE WHEN count(*) = {{asked}} AND min(yes) THEN ' ready' ELSE ' not ready' END AS preflight FROM temp.waybill_answers;
DROP TABLE temp.waybill_answers;
{{#attached}}
DETACH DATABASE waybill_preflight;
{{/attached}}
