-- {{title}}
-- {{range}}
-- Made for {{server}} and later, any client. Success is a receipt in the last row that says OK, and no line with {{failure}}.
{{#has_outside}}
-- A statement outside a transaction is not asked for what stands before it when it is run alone: run the whole script.
{{/has_outside}}
{{>arm.sql}}
{{#sections}}
{{#transaction}}

-- Section {{number}} of {{count}}: one transaction, one block.
BEGIN READ WRITE;
DO {{gate_tag}}
{{#has_checks}}
DECLARE
  n bigint;
{{/has_checks}}
BEGIN
  IF pg_catalog.current_setting('waybill.at', true) = 'already' THEN
    RETURN;
  END IF;
  IF pg_catalog.current_setting('waybill.at', true) IS DISTINCT FROM '{{token}}/{{before}}' THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] section {{number}} refused: what stands before it is not complete';
  END IF;
{{#owner}}
  PERFORM pg_catalog.set_config('role', {{owner}}, true);
{{/owner}}
  PERFORM pg_catalog.set_config('search_path', {{search_path}}, true), pg_catalog.set_config('client_min_messages', 'warning', true);
{{#version_table}}
  {{version_table}};
{{/version_table}}
{{#journal_table}}
  CREATE TABLE IF NOT EXISTS {{journal_table}} (run text NOT NULL, section int NOT NULL, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (run, section));
{{/journal_table}}
{{#parts}}
{{#items}}
{{text}}
{{/items}}
{{>pins.sql}}
{{#ends}}

{{>ends.sql}}
{{/ends}}
{{/parts}}
END
{{gate_tag}};
COMMIT;
{{/transaction}}
{{#outside}}

-- Section {{number}} of {{count}}: outside a transaction.
BEGIN READ WRITE;
DO {{gate_tag}}
BEGIN
  IF pg_catalog.current_setting('waybill.at', true) = 'already' THEN
    RETURN;
  END IF;
  IF pg_catalog.current_setting('waybill.at', true) IS DISTINCT FROM '{{token}}/{{before}}' THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] section {{number}} refused: what stands before it is not complete';
  END IF;
{{#prepare}}
{{prepare}}
{{/prepare}}
{{>outside_gate.sql}}
END
{{gate_tag}};
COMMIT;
{{#heading}}

{{heading}}
{{/heading}}
{{text}}
{{#parts}}
DO {{part_tag}}
BEGIN
  IF pg_catalog.current_setting('waybill.at', true) = 'already' THEN
    RETURN;
  END IF;
  IF pg_catalog.current_setting('waybill.at', true) IS DISTINCT FROM '{{token}}/{{before}}' THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] section {{number}} refused: what stands before it is not complete';
  END IF;
{{>pins.sql}}
{{#condition}}
  IF ({{condition}}) IS NOT TRUE THEN
    RAISE EXCEPTION '[WAYBILL-GUARD] section {{number}} had no effect';
  END IF;
{{/condition}}
{{>ends.sql}}
END
{{part_tag}};
{{/parts}}
RESET ROLE;
SET default_transaction_read_only = on;
SET search_path = '';
COMMIT;
{{/outside}}
{{/sections}}
{{>receipt.sql}}
