NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql LIKE '%"waybill!_old"%' ESCAPE '!'{{#own}} AND NOT (type = 'index' AND name COLLATE NOCASE IN ({{own}})){{/own}})
