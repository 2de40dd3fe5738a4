GENERATED {{#always}}ALWAYS{{/always}}{{^always}}BY DEFAULT{{#on_null}} ON NULL{{/on_null}}{{/always}} AS IDENTITY{{#options}} ({{options}}){{/options}}
