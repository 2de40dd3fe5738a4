-- {{title}}
-- {{range}}
-- Made for {{server}} and later, client {{client}}. Success is the last line with result=OK and no line with ERROR.
{{#psql}}
\set ON_ERROR_STOP on
\set AUTOCOMMIT on
\set QUIET on
\pset tuples_only on
\pset format unaligned
{{/psql}}
SET client_min_messages = error;
ROLLBACK;

-- Arm: from here on this session may only read, until the guard has checked everything.
SET default_transaction_read_only = on;
SET standard_conforming_strings = on;
SET client_encoding = 'UTF8';
SET client_min_messages = warning;
SET lock_timeout = '5s';
SET statement_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET search_path = '';
SELECT pg_catalog.set_config('waybill.at', '', false) AS armed;

-- Guard: product, version, database, revision and tables must be the ones this script was made for.
DO $wb$
DECLARE
  found text[] := '{}';
  missing text;
{{#several}}
  done int := 0;
{{/several}}
BEGIN
  IF pg_catalog.version() NOT LIKE 'PostgreSQL %' OR pg_catalog.current_setting('server_version_num')::int < {{minimum}} THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] needs {{server}} or later, this is %', pg_catalog.version();
  END IF;
{{#database}}
  IF pg_catalog.current_database() <> {{database}} THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] made for database %, this is %', {{database}}, pg_catalog.current_database();
  END IF;
{{/database}}
  IF NOT pg_catalog.pg_try_advisory_lock(87401234, 1) THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] another run holds the lock';
  END IF;
  IF pg_catalog.to_regclass({{version_regclass}}) IS NOT NULL THEN
    EXECUTE {{select_rows}} INTO found;
{{^from_base}}
  ELSE
    RAISE EXCEPTION '[WAYBILL-GUARD] version table % is missing, expected revision %', {{version_regclass}}, {{from_text}};
{{/from_base}}
  END IF;
  IF found IS DISTINCT FROM {{from_rows}} THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] expected revision %, found %, in database %', {{from_text}},
      coalesce(nullif(pg_catalog.array_to_string(found, ', '), ''), 'base'), pg_catalog.current_database();
  END IF;
{{#several}}
  IF pg_catalog.to_regclass({{journal_regclass}}) IS NOT NULL THEN
    EXECUTE {{select_other_runs}} INTO missing;
    IF missing IS NOT NULL THEN
      RAISE EXCEPTION '[WAYBILL-GUARD] the journal holds an unfinished run of another script: %', missing;
    END IF;
    EXECUTE {{select_sections}} INTO done;
  END IF;
  IF done <> {{sections_before}} THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] this script goes on after section %, the journal says %', {{sections_before}}, done;
  END IF;
{{/several}}
{{#tables}}
  SELECT pg_catalog.string_agg(t, ', ') INTO missing FROM pg_catalog.unnest(ARRAY[{{tables}}]) AS t WHERE pg_catalog.to_regclass(t) IS NULL;
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] revision % should have these tables, which are missing: %', {{from_text}}, missing;
  END IF;
{{/tables}}
{{#created}}
  SELECT pg_catalog.string_agg(t, ', ') INTO missing FROM pg_catalog.unnest(ARRAY[{{created}}]) AS t WHERE pg_catalog.to_regclass(t) IS NOT NULL;
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] the database is not empty: these tables exist already: %', missing;
  END IF;
{{/created}}
{{#owner}}
  PERFORM pg_catalog.set_config('role', {{owner}}, false);
{{/owner}}
  PERFORM pg_catalog.set_config('waybill.at', '{{run}}/{{sections_before}}', false);
END
$wb$;
{{#sections}}

-- Section {{number}} of {{count}}: {{what}}
DO $wb$
BEGIN
  IF pg_catalog.current_setting('waybill.at', true) IS DISTINCT FROM '{{run}}/{{before}}' THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] section {{number}} refused: what stands before it is not complete';
  END IF;
  PERFORM pg_catalog.set_config('search_path', {{search_path}}, false);
  PERFORM pg_catalog.set_config('default_transaction_read_only', 'off', false);
END
$wb$;
{{#transaction}}
BEGIN;
{{/transaction}}
{{#version_table}}
{{version_table}};
{{/version_table}}
{{#journal_table}}
CREATE TABLE IF NOT EXISTS {{journal_table}} (run text NOT NULL, section int NOT NULL, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (run, section));
{{/journal_table}}
{{#prepare}}
{{prepare}}
{{/prepare}}
{{#items}}
{{text}}
{{/items}}

DO $wb$
DECLARE
  found text[] := '{}';
BEGIN
{{#condition}}
  IF NOT ({{condition}}) THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] section {{number}} had no effect';
  END IF;
{{/condition}}
{{#check_rows}}
  SELECT coalesce(pg_catalog.array_agg(version_num::text ORDER BY version_num::text COLLATE pg_catalog."C"), '{}') INTO found FROM {{version_table_name}};
  IF found IS DISTINCT FROM {{check_rows}} THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] the version rows were moved by someone else: %', pg_catalog.array_to_string(found, ', ');
  END IF;
{{/check_rows}}
{{#journal_insert}}
  INSERT INTO {{journal_insert}} (run, section) VALUES ('{{run}}', {{number}});
{{/journal_insert}}
{{#journal_end}}
  DELETE FROM {{journal_end}} WHERE run = '{{run}}';
  DROP TABLE {{journal_end}};
{{/journal_end}}
  PERFORM pg_catalog.set_config('waybill.at', '{{run}}/{{number}}', false);
END
$wb$;
{{#transaction}}
COMMIT;
{{/transaction}}
SET default_transaction_read_only = on;
SET search_path = '';
{{/sections}}

-- Receipt: computed, never printed as a constant.
{{#owner}}
RESET ROLE;
{{/owner}}
SELECT pg_catalog.pg_advisory_unlock(87401234, 1) AS unlocked;
SELECT '[WAYBILL-RECEIPT] v=1 bundle={{bundle}} script_sha256={{script_sha256}} from={{from_label}} to={{to_label}} sections='
  || coalesce(nullif(pg_catalog.split_part(pg_catalog.current_setting('waybill.at', true), '/', 2), ''), '0') || '/{{count}}'
  || ' db=' || pg_catalog.current_database() || ' user=' || current_user
  || ' at=' || pg_catalog.to_char(pg_catalog.clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  || ' result=' || CASE WHEN pg_catalog.current_setting('waybill.at', true) = '{{run}}/{{count}}' THEN 'OK' ELSE 'FAILED' END AS receipt;
