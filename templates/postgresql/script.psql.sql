-- {{title}}
-- {{range}}
-- Made for {{server}} and later, client psql. Success is a receipt in the last line that says OK, and no line with {{failure}}.
\set ON_ERROR_STOP on
\set ON_ERROR_ROLLBACK off
\set AUTOCOMMIT on
{{! A pager would take what is pasted behind the statement that opened it for its own commands. }}
\pset pager off \pset tuples_only on \pset format unaligned
{{#dropped}}
{{>allowed.sql}}
{{/dropped}}
{{>arm.sql}}
SELECT pg_catalog.current_setting('waybill.at', true) LIKE '{{seal_at}}/%' AS go
\gset waybill_
\if :waybill_go
{{#sections}}
{{#transaction}}

-- Section {{number}} of {{count}}: one transaction. What "\;" joins goes to the server as one: all of it happens, or none.
{{seal_from}}BEGIN READ WRITE\;
DO {{gate_tag}}
BEGIN
{{>gate.sql}}
{{#owner}}
  PERFORM pg_catalog.set_config('role', {{owner}}, true);
{{/owner}}
{{>recount.sql}}
  PERFORM pg_catalog.set_config('search_path', {{search_path}}, true), pg_catalog.set_config('waybill.part', {{seal_sent}}, true);
END
{{gate_tag}};{{seal_to}}
{{#parts}}
{{seal_from}}
{{#opens}}
{{#version_table}}
{{version_table}}\;
{{/version_table}}
{{#journal_table}}
CREATE TABLE IF NOT EXISTS {{journal_table}} (run text NOT NULL, section int NOT NULL, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (run, section))\;
{{/journal_table}}
{{/opens}}
{{#items}}
{{text}}
{{/items}}
{{! Each input asks at its end for the one before, in this transaction: what was pasted alone, or goes on in another session,
    fails as a whole. The COMMIT stands behind the end of a quote: where lines above it are lost, that opens one. }}
DO {{part_tag}}
BEGIN
  IF pg_catalog.current_setting('waybill.part', true) IS DISTINCT FROM '{{seal_before}}' OR ({{sealed}}) IS NOT TRUE THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] not whole, or not in the transaction that was begun for it: nothing of this is kept';
  END IF;
{{>pins.sql}}
{{^ends}}
  PERFORM pg_catalog.set_config('waybill.part', {{seal_sent}}, true);
{{/ends}}
{{#ends}}
{{>ends.sql}}
{{/ends}}
END
{{part_tag}}{{#ends}}\; COMMIT{{/ends}};{{seal_to}}
{{/parts}}
{{/transaction}}
{{#outside}}

-- Section {{number}} of {{count}}: outside a transaction.
{{seal_from}}BEGIN READ WRITE\;
DO {{gate_tag}}
BEGIN
{{>gate.sql}}
{{#prepare}}
{{prepare}}
{{/prepare}}
{{>outside_gate.sql}}
END
{{gate_tag}}\; COMMIT;{{seal_to}}
{{#heading}}

{{heading}}
{{/heading}}
{{seal_from}}SELECT {{tag}}{{text}}{{tag}} WHERE pg_catalog.current_setting('waybill.at', true) = '{{seal_at}}/{{before}}' AND {{sent}}{{seal_to}}
\gexec
SELECT pg_catalog.set_config('waybill.failed', :'ERROR', false) AS failed
\gset waybill_
{{#parts}}
{{seal_from}}
DO {{part_tag}}
BEGIN
  IF pg_catalog.current_setting('waybill.at', true) IS DISTINCT FROM '{{seal_at}}/{{before}}' OR pg_catalog.current_setting('waybill.failed', true) IS DISTINCT FROM 'false' OR {{not_sent}} OR ({{sealed}}) IS NOT TRUE THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] section {{number}} failed';
  END IF;
{{>effect.sql}}
END
{{part_tag}};{{seal_to}}
{{/parts}}
{{#owner}}
RESET ROLE;
{{/owner}}
SET default_transaction_read_only = on;
SET search_path = '';
{{/outside}}
{{/sections}}
\endif
{{>receipt.sql}}
