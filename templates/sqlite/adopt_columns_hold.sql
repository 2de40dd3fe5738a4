(SELECT count(*) FROM pragma_table_xinfo({{temporary}})) = (SELECT count(*) FROM pragma_table_xinfo({{table}})) + {{count}}
  AND NOT EXISTS (SELECT name, type, "notnull", dflt_value FROM pragma_table_xinfo({{table}}) WHERE lower(name) NOT IN (SELECT lower(column1) FROM (VALUES {{columns}}))
  EXCEPT SELECT name, type, "notnull", dflt_value FROM pragma_table_xinfo({{temporary}}))
