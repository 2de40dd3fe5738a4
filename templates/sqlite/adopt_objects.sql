UPDATE sqlite_master SET rowid = rowid + (SELECT max(rowid) FROM sqlite_master), tbl_name = {{name}}, sql = replace(sql, '"waybill_old"', {{quoted}})
  WHERE tbl_name = 'waybill_old' AND type IN ('index', 'trigger') AND sql IS NOT NULL{{#own}} AND NOT (type = 'index' AND name COLLATE NOCASE IN ({{own}})){{/own}}
