NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql LIKE '%"waybill!_old"%' ESCAPE '!'{{#own}} AND name COLLATE NOCASE NOT IN ({{own}}){{/own}})
