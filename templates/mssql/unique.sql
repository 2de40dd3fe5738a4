{{#name}}CONSTRAINT {{name}} {{/name}}UNIQUE {{#clustered}}{{clustered}} {{/clustered}}({{columns}})
