execute {{procedure}} 'MS_Description', {{#comment}}{{comment}}, {{/comment}}'schema', {{schema}}, 'table', {{table_name}}, 'column', {{column_name}}
