{{#declared}}
declare @{{variable}} nvarchar(4000) = {{literal}}
{{/declared}}
declare @const_name nvarchar(258)
{{#foreign_keys}}
select @const_name = QUOTENAME([name]) from sys.foreign_keys fk join sys.foreign_key_columns fkc
on fk.object_id=fkc.constraint_object_id where fkc.parent_object_id = object_id({{table_literal}})
and col_name(fkc.parent_object_id, fkc.parent_column_id) = {{column_literal}}
{{/foreign_keys}}
{{#keys}}
select @const_name = QUOTENAME(kc.[name]) from sys.key_constraints kc join sys.index_columns ic
on ic.object_id=kc.parent_object_id and ic.index_id=kc.unique_index_id where kc.parent_object_id = object_id({{table_literal}})
and col_name(ic.object_id, ic.column_id) = {{column_literal}} and kc.is_system_named = 1
{{/keys}}
{{^foreign_keys}}
{{^keys}}
select @const_name = QUOTENAME([name]) from {{view}}
where parent_object_id = object_id({{table_literal}})
and col_name(parent_object_id, parent_column_id) = {{column_literal}}
{{/keys}}
{{/foreign_keys}}
exec({{drop_literal}} + @const_name)
