-- {{title}}
-- {{range}}
-- Made for {{server}} and later, client sqlite3. Success is the last line with result=OK and no line with error.
.bail on
.headers off
.mode list
.timeout 10000
PRAGMA foreign_keys = OFF;

-- Guard: version, file, revision and tables must be the ones this script was made for. The first error stops the script,
-- and what its transaction did is undone.
DROP TABLE IF EXISTS temp.waybill_token;
DROP TABLE IF EXISTS temp.waybill_guard;
CREATE TEMP TABLE waybill_token (section INTEGER NOT NULL);
CREATE TEMP TABLE waybill_guard (
  passed INTEGER NOT NULL,
  what TEXT NOT NULL,
  violations INTEGER,
{{#checks}}
  CONSTRAINT "[WAYBILL-{{kind}}] {{message}}" CHECK (what <> '{{name}}' OR passed){{comma}}
{{/checks}}
);
{{#early}}
INSERT INTO waybill_guard SELECT coalesce({{condition}}, 0), '{{name}}', NULL;
{{/early}}
{{#sections}}

{{#several}}
-- Section {{number}} of {{count}}: {{what}}
{{/several}}
BEGIN IMMEDIATE;
{{#version_table}}
{{version_table}};
{{/version_table}}
{{#guards}}
INSERT INTO waybill_guard SELECT coalesce({{condition}}, 0), '{{name}}', NULL;
{{/guards}}
INSERT INTO waybill_guard SELECT 1, 'keys', (SELECT count(*) FROM pragma_foreign_key_check);
{{#items}}
{{text}}
{{/items}}

INSERT INTO waybill_guard SELECT (SELECT count(*) FROM pragma_foreign_key_check) <= (SELECT violations FROM waybill_guard WHERE what = 'keys' ORDER BY rowid DESC LIMIT 1), 'broken', NULL;
INSERT INTO waybill_guard SELECT coalesce({{to_check}}, 0), 'moved', NULL;
INSERT INTO waybill_token SELECT {{number}};
COMMIT;
{{/sections}}

-- Receipt: computed, never printed as a constant.
PRAGMA foreign_keys = ON;
SELECT '[WAYBILL-RECEIPT] v=1 bundle={{bundle}} script_sha256={{script_sha256}} from={{from_label}} to={{to_label}} sections='
  || coalesce((SELECT max(section) FROM waybill_token), 0) || '/{{count}}'
  || ' file=' || (SELECT file FROM pragma_database_list WHERE name = 'main') || ' at=' || strftime('%Y-%m-%dT%H:%M:%SZ', 'now')
  || ' result=' || CASE WHEN (SELECT max(section) FROM waybill_token) = {{count}} AND (SELECT foreign_keys FROM pragma_foreign_keys) = 1 THEN 'OK' ELSE 'FAILED' END;
DROP TABLE temp.waybill_guard;
DROP TABLE temp.waybill_token;
