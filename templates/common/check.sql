{{#name}}CONSTRAINT {{name}} {{/name}}CHECK ({{check}}){{timing}}{{#not_valid}} NOT VALID{{/not_valid}}{{#on_conflict}} ON CONFLICT {{on_conflict}}{{/on_conflict}}
