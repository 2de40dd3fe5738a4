-- {{title}}
-- Says at which revision a database is and which script of this bundle applies to it. It only reads.
{{#psql}}
{{>quiet.sql}}
{{/psql}}
BEGIN TRANSACTION READ ONLY;
SET LOCAL search_path = '';
SET LOCAL standard_conforming_strings = on;
DO $wb$
DECLARE
  found text[];
  open_run text;
BEGIN
  IF pg_catalog.to_regclass({{version_regclass}}) IS NOT NULL THEN
    EXECUTE {{select_rows}} INTO found;
  END IF;
  IF pg_catalog.to_regclass({{journal_regclass}}) IS NOT NULL THEN
    EXECUTE {{select_run}} INTO open_run;
  END IF;
  PERFORM pg_catalog.set_config('waybill.rows', coalesce(pg_catalog.array_to_string(found, ','), ''), true);
  PERFORM pg_catalog.set_config('waybill.run', coalesce(open_run, ''), true);
END
$wb$;
SELECT '[WAYBILL-STATUS] v=1 bundle={{bundle}} db=' || pg_catalog.current_database() || ' server=' || pg_catalog.current_setting('server_version_num')
  || ' revision=' || coalesce(nullif(pg_catalog.current_setting('waybill.rows', true), ''), 'base') || ' apply=' || CASE
{{#database}}
  WHEN pg_catalog.current_database() <> {{database}} THEN 'none: this bundle is for another database'
{{/database}}
  WHEN pg_catalog.current_setting('server_version_num')::int < {{minimum}} THEN 'none: this bundle needs {{server}} or later'
{{#runs}}
  WHEN pg_catalog.current_setting('waybill.run', true) = {{run}} THEN {{apply}}
{{/runs}}
  WHEN pg_catalog.current_setting('waybill.run', true) <> '' THEN 'none: an unfinished run of another script, ' || pg_catalog.current_setting('waybill.run', true)
{{#cases}}
  WHEN pg_catalog.current_setting('waybill.rows', true) = {{rows}} THEN {{apply}}
{{/cases}}
  ELSE 'none: no script of this bundle starts here' END AS status;
ROLLBACK;
