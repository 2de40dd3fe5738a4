{{#name}}CONSTRAINT {{name}} {{/name}}CHECK ({{check}}){{timing}}{{#not_valid}} NOT VALID{{/not_valid}}
