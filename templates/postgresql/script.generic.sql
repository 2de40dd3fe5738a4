-- {{title}}
-- {{range}}
-- Made for {{server}} and later, any client. Success is a receipt in the last row that says OK, and no line with {{failure}}.
-- Leave the client's autocommit on, and let it set no savepoints of its own; psql: with its pager off.
{{#has_outside}}
-- A statement outside a transaction is not asked for what stands before it when it is run alone: run the whole script.
{{/has_outside}}
{{>arm.sql}}
{{#sections}}
{{#transaction}}

-- Section {{number}} of {{count}}: one transaction, one block.
BEGIN READ WRITE;
DO {{gate_tag}}{{seal_from}}
{{#has_checks}}
DECLARE
  n numeric;
{{/has_checks}}
BEGIN
{{>gate.sql}}
{{#owner}}
  PERFORM pg_catalog.set_config('role', {{owner}}, true);
{{/owner}}
{{>recount.sql}}
  PERFORM pg_catalog.set_config('search_path', {{search_path}}, true), pg_catalog.set_config('client_min_messages', 'warning', true);
{{>own_tables.sql}}
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
{{seal_to}}{{gate_tag}};
COMMIT;
{{/transaction}}
{{#outside}}

-- Section {{number}} of {{count}}: outside a transaction.
BEGIN READ WRITE;
DO {{gate_tag}}{{seal_from}}
BEGIN
{{>gate.sql}}
{{#prepare}}
{{prepare}}
{{/prepare}}
{{>outside_gate.sql}}
END
{{seal_to}}{{gate_tag}};
COMMIT;
{{#heading}}

{{heading}}
{{/heading}}
{{text}}
{{#parts}}
DO {{part_tag}}{{seal_from}}
BEGIN
{{>gate.sql}}
{{>effect.sql}}
END
{{seal_to}}{{part_tag}};
{{/parts}}
{{#owner}}
RESET ROLE;
{{/owner}}
SET default_transaction_read_only = on;
SET search_path = '';
COMMIT;
{{/outside}}
{{/sections}}
{{>receipt.sql}}
