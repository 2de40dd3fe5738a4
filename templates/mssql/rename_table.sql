{{#declared}}
declare @{{variable}} nvarchar(4000) = {{literal}}
{{/declared}}
EXEC sp_rename {{old_literal}}, {{new_literal}}
