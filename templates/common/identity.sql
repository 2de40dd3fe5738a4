GENERATED {{#always}}ALWAYS{{/always}}{{^always}}BY DEFAULT{{/always}} AS IDENTITY{{#options}} ({{options}}){{/options}}
