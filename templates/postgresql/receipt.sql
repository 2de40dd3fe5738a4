{{! A transaction that is still open holds what would be undone with it. }}

-- Receipt: computed, never printed as a constant.
SET client_min_messages = error;
ROLLBACK;
SELECT {{receipt}}
  || ' steps=' || coalesce(nullif(pg_catalog.split_part(state, '/', 2), ''), '0') || '/{{count}} token=' || coalesce(nullif(pg_catalog.current_setting('waybill.token', true), ''), '-')
  || ' db=' || pg_catalog.replace(pg_catalog.current_database(), ' ', '%20') || ' schema=' || {{schema}} || ' user=' || pg_catalog.replace(session_user, ' ', '%20')
  || ' at=' || pg_catalog.to_char(pg_catalog.clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  || ' result=' || CASE WHEN state = 'already' THEN 'ALREADY' WHEN state = '{{seal_at}}/{{count}}' AND pg_catalog.split_part(pg_catalog.current_setting('waybill.token', true), '-', 2) IS DISTINCT FROM pg_catalog.txid_current_if_assigned()::text THEN 'OK' ELSE 'FAILED' END AS receipt
FROM (SELECT pg_catalog.current_setting('waybill.at', true) AS state, pg_catalog.set_config('waybill.at', '', false) OFFSET 0) AS once, pg_catalog.pg_advisory_unlock(87401234, 1);
