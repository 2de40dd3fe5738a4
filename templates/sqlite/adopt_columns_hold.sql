(SELECT count(*) FROM pragma_table_xinfo({{temporary}})) = (SELECT count(*) FROM pragma_table_xinfo({{table}})) + {{count}}
