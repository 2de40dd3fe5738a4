{{#name}}CONSTRAINT {{name}} {{/name}}PRIMARY KEY {{#clustered}}{{clustered}} {{/clustered}}({{columns}})
