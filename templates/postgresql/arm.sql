SET client_min_messages = error;
ROLLBACK;

-- Arm: from here on this session may only read, until the guard has checked everything.
SELECT pg_catalog.set_config('search_path', '', false) || pg_catalog.set_config('row_security', 'off', false) || pg_catalog.set_config('waybill.at', '', false) || pg_catalog.set_config('waybill.token', '', false) AS armed;
{{! RESET ALL would take the word that allows a way back to drop rows. quote_all_identifiers comes before what it would quote. }}
SELECT pg_catalog.count(pg_catalog.set_config(name, reset_val, false)) AS reset FROM (SELECT name, reset_val FROM pg_catalog.pg_settings WHERE source = 'session' AND setting <> reset_val AND name NOT IN ('search_path', 'row_security') ORDER BY name DESC) AS own;
SET default_transaction_read_only = on; SET default_transaction_isolation = 'read committed';
SET standard_conforming_strings = on; SET client_encoding = 'UTF8';
SET lock_timeout = '5s'; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;
{{#psql}}
SET client_min_messages = warning;
{{/psql}}
{{>characters.sql}}
{{^psql}}
COMMIT;
{{/psql}}

-- Guard: product, version, database, revision and tables must be the ones this script was made for.
{{! Where it passes, its own seal is what the first section asks for, and so on to the receipt: without a line that was lost,
    whichever it was, the next block stops. Every question refuses unless its answer is yes: one that fails ends the block, one that gives NULL is not true. At the
    revision that the script leads to there is nothing to do, which is no error. }}
{{#psql}}
{{seal_from}}
DO $wb1$
{{/psql}}
{{^psql}}
DO $wb1${{seal_from}}
{{/psql}}
DECLARE
{{>asked_names.sql}}
  state text;
BEGIN
{{>asked.sql}}
  state := CASE
    WHEN ({{sealed}}) IS NOT TRUE THEN 'a line of this block is missing or is not as it was written'
{{#questions}}
    WHEN ({{condition}}) IS NOT TRUE THEN {{why}}
{{/questions}}
    ELSE '{{token}}/{{sections_before}}'
  END;
  IF state IN ('already', '{{token}}/{{sections_before}}') THEN
    PERFORM pg_catalog.set_config('waybill.at', CASE state WHEN 'already' THEN state ELSE {{seal_sent}} || '/{{sections_before}}' END, false);{{seal_sets}}
  ELSE
    RAISE EXCEPTION '[WAYBILL-GUARD] %', coalesce(state, 'refused');
  END IF;
END
{{#psql}}
$wb1$;{{seal_to}}
{{/psql}}
{{^psql}}
{{seal_to}}$wb1$;
{{/psql}}
{{^psql}}
{{! A client that commits nothing by itself has begun a transaction with it. }}
COMMIT;
{{/psql}}
