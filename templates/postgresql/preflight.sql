-- {{title}}
-- {{range}}
-- Made for {{server}} and later, {{client_name}}. It asks what upgrade.sql will ask, and changes nothing: run it days ahead, as the same user, in a session of its own.
{{#psql}}
{{>quiet.sql}}
{{#dropped}}
{{>allowed.sql}}
{{/dropped}}
{{/psql}}
BEGIN TRANSACTION READ ONLY;
SET LOCAL search_path = '';
SET LOCAL standard_conforming_strings = on;
DO $wb1$
DECLARE
{{>asked_names.sql}}
  n bigint;
  why text;
  said text[] := '{}';
BEGIN
{{>asked.sql}}
{{! Each question in a block of its own: one that fails is answered by its error, and the others are asked all the same. }}
{{#questions}}
  BEGIN
    why := CASE WHEN ({{condition}}) IS NOT TRUE THEN coalesce({{why}}, 'no answer') END;
  EXCEPTION WHEN OTHERS THEN
    why := SQLERRM;
  END;
  said := said || CASE WHEN why IS NULL THEN 'yes  {{name}}'::text ELSE 'no   {{name}}: ' || why END;
{{/questions}}
  PERFORM pg_catalog.set_config('search_path', {{search_path}}, true);
{{#asked_checks}}
  BEGIN
    EXECUTE {{query}} INTO n;
    why := CASE WHEN n IS DISTINCT FROM 0 THEN 'expected 0, found ' || coalesce(n::text, 'nothing') END;
  EXCEPTION WHEN OTHERS THEN
    why := SQLERRM;
  END;
  said := said || CASE WHEN why IS NULL THEN 'yes  {{name}}'::text ELSE 'no   {{name}}: ' || why END;
{{/asked_checks}}
  said := said || ({{summary_literal}} || ' db=' || pg_catalog.current_database() || ' user=' || current_user
    || CASE WHEN EXISTS (SELECT 1 FROM pg_catalog.unnest(said) AS s WHERE s NOT LIKE 'yes %') THEN ' not ready' ELSE ' ready' END);
  PERFORM pg_catalog.set_config('waybill.preflight', pg_catalog.array_to_string(said, E'\x01'), true);
END
$wb1$;
SELECT '[WAYBILL-PREFLIGHT] ' || pg_catalog.regexp_split_to_table(pg_catalog.current_setting('waybill.preflight', true), E'\x01') AS preflight;
ROLLBACK;
