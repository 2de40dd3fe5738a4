{{#owner}}
  PERFORM pg_catalog.set_config('role', {{owner}}, true);
{{/owner}}
  IF pg_catalog.to_regclass({{version_regclass}}) IS NOT NULL THEN
    EXECUTE {{select_rows}} INTO found;
  END IF;
{{#several}}
  IF pg_catalog.to_regclass({{journal_regclass}}) IS NOT NULL THEN
    EXECUTE {{select_other_runs}} INTO others;
    EXECUTE {{select_sections}} INTO done;
  END IF;
{{/several}}
{{#dropped}}
  FOREACH held IN ARRAY {{dropped}} LOOP
    IF pg_catalog.to_regclass(held) IS NOT NULL THEN
      EXECUTE 'SELECT count(*) FROM ' || held INTO many;
      holds := pg_catalog.concat_ws(', ', nullif(holds, ''), CASE WHEN many > 0 THEN held || ' ' || many END);
    END IF;
  END LOOP;
{{/dropped}}
