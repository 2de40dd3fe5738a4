UPDATE sqlite_master SET sql = replace(sql, 'waybill_old INTEGER', (SELECT group_concat(coalesce('waybill_old_' || column2, printf('"%w" %s', name, type)
  || CASE WHEN "notnull" THEN ' NOT NULL' ELSE '' END || coalesce(' DEFAULT (' || dflt_value || ')', '')), ', ')
  FROM (SELECT * FROM pragma_table_xinfo({{table}}) LEFT JOIN (VALUES {{columns}}) ON column1 = name COLLATE NOCASE ORDER BY cid))) WHERE type = 'table' AND name = {{temporary}}
