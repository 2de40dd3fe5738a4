{{#name}}CONSTRAINT {{name}} {{/name}}FOREIGN KEY({{columns}}) {{references}}{{timing}}{{#not_valid}} NOT VALID{{/not_valid}}
