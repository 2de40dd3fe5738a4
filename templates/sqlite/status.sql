-- {{title}}
-- Says at which revision a database is and which script of this bundle applies to it. It only reads.
{{#sqlite3}}
.headers off
.mode list
{{/sqlite3}}
{{#attached}}
-- A version table that is missing is read as an empty one, which is kept in memory.
ATTACH DATABASE ':memory:' AS waybill_status;
CREATE TABLE waybill_status.{{attached}} (version_num TEXT NOT NULL);
{{/attached}}
PRAGMA query_only = ON;
SELECT '[WAYBILL-STATUS] v=1 bundle={{bundle}} file=' || (SELECT file FROM pragma_database_list WHERE name = 'main') || ' server=' || sqlite_version()
  || ' revision=' || CASE version_rows WHEN '' THEN 'base' ELSE version_rows END || ' apply=' || CASE
{{#database}}
  WHEN replace(file_name, '\', '/') NOT LIKE '%/' || {{database_pattern}} ESCAPE '!' AND file_name <> {{database}} THEN 'none: this bundle is for another database'
{{/database}}
  WHEN version_number < {{minimum}} THEN 'none: this bundle needs {{server}} or later'
{{#cases}}
  WHEN version_rows = {{rows}} THEN {{apply}}
{{/cases}}
  ELSE 'none: no script of this bundle starts here' END AS status
FROM (SELECT
  (SELECT coalesce(group_concat(version_num, ','), '') FROM (SELECT version_num FROM {{version_table_name}} ORDER BY version_num COLLATE BINARY)) AS version_rows,
  (SELECT file FROM pragma_database_list WHERE name = 'main') AS file_name,
  (SELECT CAST(v AS INTEGER) * 1000000 + CAST(r AS INTEGER) * 1000 + CAST(substr(r, instr(r, '.') + 1) AS INTEGER)
    FROM (SELECT v, substr(v, instr(v, '.') + 1) AS r FROM (SELECT sqlite_version() AS v))) AS version_number);
PRAGMA query_only = OFF;
{{#attached}}
DETACH DATABASE waybill_status;
{{/attached}}
