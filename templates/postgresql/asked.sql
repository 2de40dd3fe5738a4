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
