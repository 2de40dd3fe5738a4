-- {{title}}
-- {{range}}
-- Made for {{server}} and later, {{client_name}}. It asks what upgrade.sql will ask, and changes nothing: run it days ahead, as the same user. Unless its last line ends in " ready", and not in "not ready", it is not.
{{#psql}}
{{#dropped}}
-- Run it by psql -f: a paste would stop at its first lines.
{{>allowed.sql}}
{{/dropped}}
{{/psql}}
{{>characters.sql}}
DO $wb1$
DECLARE
{{>asked_names.sql}}
  n numeric;
  why text;
  said text[] := '{}';
BEGIN
{{! What this block sets is undone at its end, which is why it always fails. }}
BEGIN
  PERFORM pg_catalog.set_config('transaction_read_only', 'on', true);
  PERFORM pg_catalog.set_config('search_path', '', true);
  PERFORM pg_catalog.set_config('standard_conforming_strings', 'on', true);
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
    EXECUTE {{query}} INTO STRICT n;
    why := CASE WHEN n IS DISTINCT FROM 0 THEN 'expected 0, found ' || coalesce(n::text, 'nothing') END;
  EXCEPTION WHEN OTHERS THEN
    why := SQLERRM;
  END;
  said := said || CASE WHEN why IS NULL THEN 'yes  {{name}}'::text ELSE 'no   {{name}}: ' || why END;
{{/asked_checks}}
  RAISE EXCEPTION USING ERRCODE = 'WB000';
EXCEPTION WHEN OTHERS THEN
  IF SQLSTATE <> 'WB000' THEN
    said := said || ('no   questions: ' || SQLERRM);
  END IF;
END;
  said := said || ({{summary_literal}} || ' db=' || pg_catalog.current_database() || ' user=' || current_user
    || CASE WHEN EXISTS (SELECT 1 FROM pg_catalog.unnest(said) AS s WHERE s NOT LIKE 'yes %') THEN ' not ready' ELSE ' ready' END);
  PERFORM pg_catalog.set_config('waybill.preflight', pg_catalog.array_to_string(said, E'\x01'), false);
END
$wb1$;
{{! Nothing follows: on a terminal a pager may stand open. }}
SELECT '[WAYBILL-PREFLIGHT] ' || line AS preflight FROM pg_catalog.regexp_split_to_table(nullif(pg_catalog.current_setting('waybill.preflight', true), ''), E'\x01') AS line
  WHERE pg_catalog.set_config('waybill.preflight', '', false) = '';
