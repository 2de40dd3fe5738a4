-- {{title}}
-- {{range}}
-- Made for {{server}} and later, client sqlite3. Success is a receipt in the last line that says OK, and no line with {{failure}}.
-- Run it from the file: a line that a paste loses within a statement may not be missed.
.headers off
.mode list
.timeout 10000
{{#adopts}}
.dbconfig defensive off
{{/adopts}}
PRAGMA ignore_check_constraints = OFF; PRAGMA legacy_alter_table = OFF; PRAGMA case_sensitive_like = OFF; PRAGMA foreign_keys = OFF; PRAGMA recursive_triggers = OFF; PRAGMA reverse_unordered_selects = OFF; PRAGMA writable_schema = OFF;

{{#beside}}
SELECT '[WAYBILL-BESIDE] another application has here: ' || type || ' ' || name {{beside}};
{{/beside}}
{{#dropped}}
SELECT '[WAYBILL-ROWS] this way back drops ' || {{name_literal}} || ' with ' || count(*) || ' rows' FROM {{table}};
{{/dropped}}
-- Guard: version, file, revision and tables must be the ones this script was made for; which rows break foreign keys already is noted.
DROP TABLE IF EXISTS temp.waybill_guard; CREATE TEMP TABLE waybill_guard (passed INTEGER NOT NULL, what TEXT NOT NULL, value,
{{#checks}}
  CONSTRAINT "[WAYBILL-{{kind}}] {{message}}" CHECK (what <> '{{name}}' OR passed){{comma}}
{{/checks}}
); DROP VIEW IF EXISTS temp.waybill_broken; DROP VIEW IF EXISTS temp.waybill_keys; DROP TABLE IF EXISTS temp.waybill_before; CREATE TEMP TABLE waybill_before (m, t, k, r);
{{>keys.sql}}
{{! A transaction is one input of the shell, up to the line ";": the shell stops an input at its first error, on a terminal too,
    where it does not heed .bail. The savepoint stands only within it: where a paste begins in the middle, nothing is run.
    Each statement releases the savepoint of the one before, which a line that is lost takes with it; the frame's own lines are
    counted. Nobody else can write between the guard and the steps. That the rows stand at TO already is remembered by a row's number,
    which no rollback takes back. }}
{{#sections}}

-- Section {{number}} of {{count}}: one transaction, one input of the shell, which stops at its first error.
BEGIN IMMEDIATE; SAVEPOINT begun
{{#first}}
{{#version_table}}
; {{version_table}}
{{/version_table}}
{{#fires}}
; CREATE TEMP TRIGGER waybill_fires AFTER INSERT ON waybill_guard WHEN NEW.what = 'fire' BEGIN INSERT INTO waybill_guard VALUES (1, 'fired', NULL); END
; INSERT INTO waybill_guard VALUES (1, 'fire', NULL)
; INSERT INTO waybill_guard SELECT EXISTS (SELECT 1 FROM waybill_guard WHERE what = 'fired'), 'fires', NULL
; DROP TRIGGER temp.waybill_fires
{{/fires}}
{{#questions}}
{{#done}}
; INSERT INTO waybill_guard (rowid, passed, what) SELECT -1, 1, 'already' WHERE NOT ({{condition}})
{{/done}}
{{^done}}
{{#of_shape}}
; {{shape}}
; SELECT '[WAYBILL-GUARD] table ' || fact FROM waybill_shape
{{/of_shape}}
; INSERT INTO waybill_guard SELECT coalesce({{condition}}, 0), '{{name}}', NULL
{{#of_shape}}
; DROP TABLE temp.waybill_shape
{{/of_shape}}
{{/done}}
{{/questions}}
{{/first}}
{{^first}}
; INSERT INTO waybill_guard SELECT coalesce({{before}}, 0), 'before', NULL
{{/first}}
; DELETE FROM temp.waybill_before; INSERT INTO temp.waybill_before SELECT * FROM waybill_keys; RELEASE begun; SAVEPOINT s0
{{#items}}
{{text}}
{{/items}}
; INSERT INTO waybill_guard SELECT NOT EXISTS (SELECT 1 FROM waybill_broken), 'broken', NULL
; INSERT INTO waybill_guard SELECT coalesce({{to_check}} AND (SELECT count(*) FROM waybill_guard WHERE passed) = {{rows}}, 0), 'section', lower(hex(randomblob(8))); RELEASE s{{last}}; COMMIT
;
{{/sections}}

-- Receipt: computed, never printed as a constant. A transaction that failed is undone here.
PRAGMA foreign_keys = ON;
{{! What was to be taken over may have left a schema that can be read with this only, until it is undone. }}
{{#adopts}}
PRAGMA writable_schema = ON;
{{/adopts}}
INSERT OR ROLLBACK INTO waybill_guard SELECT 0, 'undone', NULL WHERE (SELECT foreign_keys FROM pragma_foreign_keys) = 0;
{{#adopts}}
PRAGMA writable_schema = RESET;
{{/adopts}}
SELECT {{receipt}}
  || ' steps=' || count(*) || '/{{count}} token=' || coalesce(max(value), '-') || ' db=' || replace((SELECT file FROM pragma_database_list WHERE name = 'main'), ' ', '%20')
  || ' schema=main user=- at=' || strftime('%Y-%m-%dT%H:%M:%SZ', 'now') || ' result=' || CASE WHEN last_insert_rowid() = -1 THEN 'ALREADY' WHEN count(*) = {{count}} AND (SELECT foreign_keys FROM pragma_foreign_keys) = 1 THEN 'OK' ELSE 'FAILED' END FROM waybill_guard WHERE what = 'section' AND passed;
DROP TABLE temp.waybill_guard; DROP VIEW temp.waybill_broken; DROP VIEW temp.waybill_keys; DROP TABLE temp.waybill_before;
