{{#declared}}
declare @{{variable}} nvarchar(4000) = {{literal}}
{{/declared}}
execute {{procedure}} 'MS_Description', {{#comment}}{{comment}}, {{/comment}}'schema', {{schema}}, 'table', {{table_name}}
