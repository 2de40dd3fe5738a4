{{#declared}}
declare @{{variable}} nvarchar(4000) = {{literal}}
{{/declared}}
declare @const_name nvarchar(258)
{{#foreign_keys}}
select @const_name = QUOTENAME([name]) from sys.foreign_keys fk join sys.foreign_key_columns fkc
on fk.object_id=fkc.constraint_object_id where fkc.parent_object_id = object_id({{table_literal}})
and col_name(fkc.parent_object_id, fkc.parent_column_id) = {{column_literal}}
{{/foreign_keys}}
{{^foreign_keys}}
select @const_name = QUOTENAME([name]) from {{view}}
where parent_object_id = object_id({{table_literal}})
and col_name(parent_object_id, parent_column_id) = {{column_literal}}
{{/foreign_keys}}
exec({{drop_literal}} + @const_name)
