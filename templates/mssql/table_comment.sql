execute {{procedure}} 'MS_Description', {{#comment}}{{comment}}, {{/comment}}'schema', {{schema}}, 'table', {{table_name}}
